"""Lesson 13: reading outputs where a sequence ends, one way and two ways."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise

# ---------------------------------------------------------------------------- the last valid step of each sequence

def outputs_of(rng, T, B, H, lengths):
    """Random outputs of a layer (T,B,H), 0 on the padding, as the package gives them."""
    lengths = np.array(lengths)
    return rng.standard_normal((T, B, H)) * (np.arange(T)[:, None] < lengths)[:, :, None], lengths


def counted(T, B, H, lengths):
    """The number 10 t + b for output t of sequence b, 0 on the padding."""
    lengths = np.array(lengths)
    numbers = 10.0 * np.arange(T)[:, None, None] + np.arange(B)[:, None] + np.arange(H) / 10
    return numbers * (np.arange(T)[:, None] < lengths)[:, :, None], lengths


def last_cases(rng):
    """Outputs that can be read off, then random ones, at last with numbers on the padding, too."""
    out, lengths = counted(5, 3, 2, [4, 2, 3])
    yield "the example out[t, b] = 10 t + b with lengths (4, 2, 3)", {"out": out, "lengths": lengths}
    out, lengths = outputs_of(rng, 7, 4, 3, [3, 6, 1, 7])
    yield "random outputs (T = 7, B = 4, H = 3), lengths (3, 6, 1, 7)", {"out": out, "lengths": lengths}
    yield "the same with numbers on the padding", {"out": rng.standard_normal(out.shape), "lengths": lengths}


@exercise(
    cases=last_cases, outputs=Output("last", "B H"),
    correct="Each sequence is read where it ends: out[lengths - 1, np.arange(B)].",
    hints=("Sequence b has the steps 0 to lengths[b] - 1. Which entry of out belongs to its last one?",
           "Each sequence needs an index of its own for the step. NumPy takes one list of steps and one list of "
           "sequences, and pairs them up.",
           "out[lengths - 1, np.arange(len(lengths))]: the first index list names the steps, the second the "
           "sequences."))
def last_valid(out, lengths):
    """The output at the last valid step of each sequence: out (T,B,H), lengths (B,) -> (B,H)"""
    return out[lengths - 1, np.arange(len(lengths))]


last_valid.mistakes({
    "the last output that is not 0 is taken. Padding may hold numbers, and an output may be 0: the lengths say where a "
    "sequence ends":
        lambda out, lengths: out[len(out) - 1 - (out != 0).any(axis=2)[::-1].argmax(axis=0), np.arange(out.shape[1])],
    "out[-1] is the last step of the *batch*. A shorter sequence has ended before: there you read padding, which is 0 "
    "here":
        lambda out, lengths: out[-1],
    "one step too far: a sequence of length n has the steps 0 to n - 1, so its last one is lengths - 1":
        lambda out, lengths: out[lengths, np.arange(len(lengths))],
    "out[-lengths] counts back from the end of the time axis, padding included. The steps of a sequence are "
    "counted from the beginning: lengths - 1":
        lambda out, lengths: out[-lengths, np.arange(len(lengths))],
    "out[lengths - 1] takes whole steps, with all sequences in each. Give a second index list with the sequence for "
    "each step: np.arange(B)":
        lambda out, lengths: out[lengths - 1],
    "every sequence is read at the step where the longest one ends": lambda out, lengths: out[lengths.max() - 1],
    "every sequence is read at the step where the shortest one ends, so that later steps are ignored":
        lambda out, lengths: out[lengths.min() - 1],
    "this is the mean over the valid steps. It is a summary, too, but not the last valid output":
        lambda out, lengths: out.sum(axis=0) / lengths[:, None],
    "this is the sum over all steps. Asked is one of them, the last that is valid":
        lambda out, lengths: out.sum(axis=0),
    "this is the mean over all steps, padding included": lambda out, lengths: out.mean(axis=0),
    "the first step is read. A one-way layer has seen only one input there": lambda out, lengths: out[0],
    "this is the largest output of each unit over the steps. Asked is the one at the last valid step":
        lambda out, lengths: np.array([out[:n, b].max(axis=0) for b, n in enumerate(lengths)]),
})


# -------------------------------------------------------------------------------- the summary of a two-way layer

def two_way_cases(rng):
    """Outputs that can be read off, then random ones; the last axis holds the forward half, then the backward."""
    out, lengths = counted(5, 3, 4, [4, 2, 3])
    yield "the example out[t, b] = 10 t + b with lengths (4, 2, 3), two units in each direction", {
        "out": out, "lengths": lengths}
    out, lengths = outputs_of(rng, 7, 4, 6, [3, 6, 1, 7])
    yield "random outputs (T = 7, B = 4, three units in each direction), lengths (3, 6, 1, 7)", {
        "out": out, "lengths": lengths}


def halves(out, forward, backward):
    """Join the forward half of one (B,2H) array and the backward half of another."""
    H = out.shape[-1] // 2
    return np.concatenate([forward[:, :H], backward[:, H:]], axis=1)


@exercise(
    cases=two_way_cases, outputs=Output("summary", "B 2H", blocks=("forward", "backward")),
    correct="The forward half is read where it ends, at lengths - 1, the backward half where it ends, at step 0.",
    hints=("Each direction has seen the whole sequence at one step only. Which one, for each of the two?",
           "The forward layer ends at step lengths - 1, the backward layer at step 0. The first half of the last axis "
           "belongs to the forward layer.",
           "H = out.shape[2] // 2; forward = out[lengths - 1, np.arange(B), :H]; backward = out[0, :, H:]; then "
           "np.concatenate([forward, backward], axis=1)."))
def bi_last(out, lengths):
    """The summary of a two-way layer: out (T,B,2H), lengths (B,) -> (B,2H), the forward half first"""
    return halves(out, last_valid.reference(out, lengths), out[0])


bi_last.mistakes({
    "out[-1] for both halves: there the backward half has seen one step at most, and of shorter sequences you read "
    "padding":
        lambda out, lengths: out[-1],
    "all units are read at the last valid step. The backward layer *begins* there, and ends at step 0. Does H count "
    "the units of one direction, out.shape[2] // 2?":
        lambda out, lengths: last_valid.reference(out, lengths),
    "both halves are read at step 0. The forward layer begins there: it has seen one step": lambda out, lengths: out[0],
    "the halves are mixed up: you read each direction where it begins, not where it ends":
        lambda out, lengths: halves(out, out[0], last_valid.reference(out, lengths)),
    "the backward half is right, the forward half is read at out[-1]: for shorter sequences that is padding":
        lambda out, lengths: halves(out, out[-1], out[0]),
    "the forward half is right, the backward half is read at out[-1]: the backward layer begins at the end, and ends "
    "at step 0":
        lambda out, lengths: halves(out, last_valid.reference(out, lengths), out[-1]),
    "the forward half is read one step too far: a sequence of length n has the steps 0 to n - 1, so its last one is "
    "lengths - 1":
        lambda out, lengths: halves(out, out[lengths, np.arange(len(lengths))], out[0]),
    "the forward half is read at -lengths, or at T - lengths: out[-n] is n steps before the end of the "
    "padded batch. The last step of a sequence of length n is n - 1":
        lambda out, lengths: halves(out, out[-lengths, np.arange(len(lengths))], out[0]),
    "the backward half is read at T - lengths. No sequence is turned round in out: the backward layer ends at step 0 "
    "of each":
        lambda out, lengths: halves(out, last_valid.reference(out, lengths),
                                    out[len(out) - lengths, np.arange(len(lengths))]),
    "both steps are right, but you took the forward units twice: of step 0 take the last H, out[0, :, H:]":
        lambda out, lengths: halves(out, last_valid.reference(out, lengths), np.tile(out[0, :, :out.shape[2] // 2], 2)),
    "both steps are right, but of each you took all units. Of the last valid step the first H belong to the forward "
    "layer, of step 0 the last H to the backward layer":
        lambda out, lengths: np.concatenate([last_valid.reference(out, lengths), out[0]], axis=1),
    "the units of a direction are neighbours: the first H of the last axis, and the last H. You took every second one":
        lambda out, lengths: np.concatenate([last_valid.reference(out, lengths)[:, ::2], out[0, :, 1::2]], axis=1),
})


@bi_last.mutant("the right numbers in the wrong order: the forward half comes first, as in out")
def backward_first(out, lengths):
    H = out.shape[-1] // 2
    return np.roll(bi_last.reference(out, lengths), H, axis=1)


@bi_last.mutant("the two halves are added: put them side by side, with np.concatenate along axis 1")
def halves_added(out, lengths):
    H = out.shape[-1] // 2
    whole = bi_last.reference(out, lengths)
    return whole[:, :H] + whole[:, H:]


@bi_last.mutant("a slice needs a whole number, and / gives a float: H is out.shape[2] // 2")
def half_a_float(out, lengths):
    H = out.shape[2] / 2
    return np.concatenate([out[lengths - 1, np.arange(len(lengths)), :H], out[0, :, H:]], axis=1)
