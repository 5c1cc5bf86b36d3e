"""Lesson 13, rows, layers, directions: the exercises and the quiz."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.networks import GRU, LSTM, RNN

# ---------------------------------------------------------------------------- 1. the last valid step of each sequence

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
    """Outputs that can be read off, then random ones; in the last case a sequence fills all steps."""
    out, lengths = counted(5, 3, 2, [4, 2, 3])
    yield "the example out[t, b] = 10 t + b with lengths (4, 2, 3)", {"out": out, "lengths": lengths}
    out, lengths = outputs_of(rng, 7, 4, 3, [3, 6, 1, 7])
    yield "random outputs (T = 7, B = 4, H = 3), lengths (3, 6, 1, 7)", {"out": out, "lengths": lengths}


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
    "out[-1] is the last step of the *batch*. A shorter sequence has ended before: there you read padding, which is 0 "
    "here":
        lambda out, lengths: out[-1],
    "one step too far: a sequence of length n has the steps 0 to n - 1, so its last one is lengths - 1":
        lambda out, lengths: out[lengths, np.arange(len(lengths))],
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


# -------------------------------------------------------------------------------- 2. the summary of a two-way layer

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
    "both halves are read at the last valid step. The backward layer *begins* there: it has seen one step. It ends at "
    "step 0":
        lambda out, lengths: last_valid.reference(out, lengths),
    "both halves are read at step 0. The forward layer begins there: it has seen one step": lambda out, lengths: out[0],
    "the halves are mixed up: you read each direction where it begins, not where it ends":
        lambda out, lengths: halves(out, out[0], last_valid.reference(out, lengths)),
    "the backward half is right, the forward half is read at out[-1]: for shorter sequences that is padding":
        lambda out, lengths: halves(out, out[-1], out[0]),
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


# ------------------------------------------------------------------------------------------ 3. a wrong-axis detector

class Named:
    """A function with a name to print."""

    def __init__(self, name, function):
        self.name, self.function = name, function

    def __call__(self, x):
        return self.function(x)

    def __repr__(self):
        return self.name


def leak_cases(rng):
    """Two toys that mix all sequences, then layers of the package: one used rightly, two with swapped axes."""
    x = np.ones((3, 4, 2))
    for weights in ([3.0, 2.0, 1.0], [1.0, 2.0, 3.0]):
        yield f"a toy that subtracts the sum of all sequences, step by step times {weights}", {
            "forward": Named("toy", _toy(np.array(weights))), "x": x}
    x = rng.standard_normal((5, 3, 2))
    for title, cell, swapped in (("an RNN with its axes right (T = 5, B = 3)", RNN, False),
                                 ("an LSTM that is given (B, T, I) (T = 5, B = 3)", LSTM, True),
                                 ("a GRU that is given (B, T, I) (T = 5, B = 3)", GRU, True)):
        yield title, {"forward": Named(cell.__name__, _forward(cell(2, 4, rng=rng), swapped)), "x": x}


def _toy(weights):
    """out[t, b, h] = -weights[t] (b + 1) Σ x[t] of input 0, for five h"""
    weights = weights[:, None, None] * np.ones(5)
    return lambda x: -weights * np.arange(1, x.shape[1] + 1)[:, None] * x[..., :1].sum(axis=1, keepdims=True)


def _forward(layer, swapped):
    if swapped:
        return lambda x: layer.forward(np.ascontiguousarray(x.swapaxes(0, 1))).outputs.swapaxes(0, 1)
    return lambda x: np.array(layer.forward(x).outputs)


def response(forward, x, where=(slice(None), 0), watch=(slice(None), slice(1, None)), measure=None):
    """Add 1 to x[where], and measure how the outputs change at `watch`; the options make the mutants."""
    changed = x.copy()
    changed[where] += 1
    change = (forward(changed) - forward(x))[watch]
    return float(np.abs(change).max() if measure is None else measure(change))


@exercise(
    cases=leak_cases, outputs=Output("leak"),
    correct="0 for a layer whose axes are right. Anything else says that sequences are mixed.",
    hints=("Sequences of a batch have nothing to do with each other. Change one, and watch the others.",
           "Make a copy of x, add 1 to all steps of sequence 0, and compare both outputs, without those of sequence 0.",
           "changed = x.copy(); changed[:, 0] += 1; the answer is np.abs(forward(changed) - forward(x))[:, 1:].max()."))
def leak(forward, x):
    """How far the outputs of the other sequences move if 1 is added to sequence 0: x (T,B,I) -> a number, 0 if right"""
    return response(forward, x)


def _others_moved(forward, x):
    """The outputs of the other sequences after the change."""
    changed = x.copy()
    changed[:, 0] += 1
    return forward(changed)[:, 1:]


leak.mistakes({
    "x[0] is *step* 0 of all sequences. Sequence 0 is x[:, 0]: time comes first":
        lambda forward, x: response(forward, x, where=0),
    "the outputs of sequence 0 itself count in yours. They move in any network; leave them out with [:, 1:]":
        lambda forward, x: response(forward, x, watch=(slice(None), slice(None))),
    "you watch the later steps, out[1:], instead of the other sequences, out[:, 1:]":
        lambda forward, x: response(forward, x, watch=slice(1, None)),
    "you watch sequence 0, the one you have changed. Watch the others, [:, 1:]":
        lambda forward, x: response(forward, x, watch=(slice(None), 0)),
    "steps and sequences are exchanged, in the change (x[0] is step 0) and in what you watch ([1:] are the later "
    "steps). Sequence 0 is x[:, 0], the others are [:, 1:]":
        lambda forward, x: response(forward, x, where=0, watch=slice(1, None)),
    "only the next sequence is watched, [:, 1]: take all others, [:, 1:]":
        lambda forward, x: response(forward, x, watch=(slice(None), 1)),
    "it is done the other way round: you change the others and watch sequence 0. Change sequence 0, [:, 0], and watch "
    "the others, [:, 1:]":
        lambda forward, x: response(forward, x, where=(slice(None), slice(1, None)), watch=(slice(None), 0)),
    "the sign is left in: take np.abs before the maximum, else a change downwards is overlooked":
        lambda forward, x: response(forward, x, measure=np.max),
    "this is the mean change, not the largest: take np.abs(…).max()":
        lambda forward, x: response(forward, x, measure=lambda change: np.abs(change).mean()),
    "only step 0 of sequence 0 is changed: add 1 to all of its steps, changed[:, 0]":
        lambda forward, x: response(forward, x, where=(0, 0)),
    "the outputs of two equal inputs are compared. Was x changed before both calls of forward, or a copy that forward "
    "never got? One call gets x as it was, the other the changed copy":
        lambda forward, x: 0.0,
    "these are two maxima, and their difference. First subtract the outputs from each other, then take the largest "
    "change":
        lambda forward, x: float(np.abs(_others_moved(forward, x).max() - forward(x)[:, 1:].max())),
})


# ------------------------------------------------------------------------------------------------ 4. a masked loss

def loss_cases(rng):
    """Errors that can be counted, then random numbers."""
    predictions, targets = np.full((3, 2), 3.0), np.zeros((3, 2))
    predictions[1:, 1] = 5.0
    yield "errors of 3 on the real steps and 5 on the padding, lengths (3, 1)", {
        "predictions": predictions, "targets": targets, "lengths": np.array([3, 1])}
    yield "random numbers (T = 6, B = 4), lengths (2, 6, 1, 4)", {
        "predictions": rng.standard_normal((6, 4)), "targets": rng.standard_normal((6, 4)),
        "lengths": np.array([2, 6, 1, 4])}


def masked(predictions, targets, lengths, *, reach=0, over=None, mask_grad=True, slope=2.0):
    """The mean square over the valid steps, and its slope; the options make the mutants."""
    valid = np.arange(len(predictions))[:, None] < lengths + reach
    over = valid.sum() if over is None else over
    error = predictions - targets
    return (error ** 2 * valid).sum() / over, slope * error * (valid if mask_grad else 1) / over


@exercise(
    cases=loss_cases, outputs=(Output("loss"), Output("grad", "T B")),
    correct="In the example every real step is off by 3, so the loss is 9, whatever stands on the padding.",
    hints=("Step t belongs to sequence b if t < lengths[b]. Only those steps count, in the sum and in the number by "
           "which you divide.",
           "valid = np.arange(T)[:, None] < lengths has shape (T, B) and is True on real steps. What is its sum?",
           "error = (predictions - targets) * valid; n = valid.sum(); the loss is (error ** 2).sum() / n, its gradient "
           "2 * error / n."))
def masked_loss(predictions, targets, lengths):
    """Mean square of the error over the real steps, and ∂loss/∂predictions: (T,B), (T,B), (B,) -> number, (T,B)"""
    return masked(predictions, targets, lengths)


masked_loss.mistakes({
    "the padding counts: nothing is masked. In the example the 5s should play no part":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, reach=len(predictions)),
    "the padding is masked, but you divide by all T · B steps: divide by the number of real ones, valid.sum(). Else "
    "more padding makes the loss smaller":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, over=predictions.size),
    "one step of padding too many counts: step t is real if t < lengths, not <=":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, reach=1),
    "the last real step is left out: step t is real if t < lengths, so step lengths - 1 still is":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, reach=-1, over=(lengths - 1).sum()),
    "the loss is right, but its gradient is not 0 on the padding: mask it, too":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, mask_grad=False),
    "the gradient is half of what it should be: the slope of a square is 2 · error":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, slope=1.0),
})


@masked_loss.mutant("the loss is right, the gradient is not divided by the number of real steps")
def gradient_of_the_sum(predictions, targets, lengths):
    loss, grad = masked(predictions, targets, lengths)
    return loss, grad * lengths.sum()


@masked_loss.mutant("this is the mean of the sequences' means: a step of a short sequence then counts more than one of "
                    "a long sequence. Take one mean over all real steps")
def mean_of_means(predictions, targets, lengths):
    valid = np.arange(len(predictions))[:, None] < lengths
    error = (predictions - targets) * valid
    return (error ** 2 / lengths).sum() / len(lengths), 2 * error / lengths / len(lengths)


@masked_loss.mutant("the gradient has the wrong sign: it is 2 (predictions - targets) / n")
def wrong_sign(predictions, targets, lengths):
    return masked(predictions, targets, lengths, slope=-2.0)
