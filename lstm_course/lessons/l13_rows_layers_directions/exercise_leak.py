"""Lesson 13: a detector for wrong axes."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.networks import GRU, LSTM, RNN


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
    for weights, shares, remembers in (([3, 2, 1], [5, 2, 3, 4], False), ([1, 2, 3], [2, 5, 3, 4], True)):
        and_steps = " and adds up the steps" if remembers else ""
        yield f"a toy that mixes all sequences{and_steps} (steps times {weights}, sequences times {shares})", {
            "forward": Named("toy", _toy(weights, shares, remembers)), "x": x}
    x = rng.standard_normal((5, 3, 2))
    for title, cell, swapped in (("an RNN with its axes right (T = 5, B = 3)", RNN, False),
                                 ("an LSTM that is given (B, T, I) (T = 5, B = 3)", LSTM, True),
                                 ("a GRU that is given (B, T, I) (T = 5, B = 3)", GRU, True)):
        yield title, {"forward": Named(cell.__name__, _forward(cell(2, 4, rng=rng), swapped)), "x": x}


def _toy(weights, shares, remembers):
    """out[t, b, h] = -weights[t] shares[b] Σ x[t] of input 0, for five h; if it remembers, Σ x[0 … t]"""
    factors = np.multiply.outer(weights, shares)[:, :, None] * np.ones(5)
    step = np.cumsum if remembers else lambda sums, axis: sums
    return lambda x: -factors[:, :x.shape[1]] * step(x[..., :1].sum(axis=1, keepdims=True), axis=0)


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
    "all sequences are changed: add 1 to sequence 0 alone, changed[:, 0] of a copy":
        lambda forward, x: response(forward, x, where=slice(None)),
    "sequence 0 is taken out instead of changed: give forward all sequences both times, once with 1 added to "
    "sequence 0":
        lambda forward, x: float(np.abs(forward(x)[:, 1:] - forward(x[:, 1:])).max()),
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
    "you change the others, one by one, and watch sequence 0. Change sequence 0, [:, 0], and watch the others, [:, 1:]":
        lambda forward, x: max(response(forward, x, where=(slice(None), b), watch=(slice(None), 0))
                               for b in range(1, x.shape[1])),
    "only the last step of the outputs is watched: a change may show at any step, [:, 1:]":
        lambda forward, x: response(forward, x, watch=(-1, slice(1, None))),
    "np.abs comes too late: it belongs around the changes, before the maximum. Else a large change downwards is "
    "overlooked":
        lambda forward, x: response(forward, x, measure=lambda change: abs(change.max())),
    "this is the length of all changes together, their norm. Asked is the largest: np.abs(…).max()":
        lambda forward, x: response(forward, x, measure=np.linalg.norm),
    "the sign is left in: take np.abs before the maximum, else a change downwards is overlooked":
        lambda forward, x: response(forward, x, measure=np.max),
    "this is the mean change, not the largest: take np.abs(…).max()":
        lambda forward, x: response(forward, x, measure=lambda change: np.abs(change).mean()),
    "you change the last sequence. If the axes are swapped that is the last step, behind which nothing can move, so "
    "that you find no leak. Change sequence 0, [:, 0], and watch the others, [:, 1:]":
        lambda forward, x: response(forward, x, where=(slice(None), -1), watch=(slice(None), slice(-1))),
    "only step 0 of the outputs is watched: a change may show at any step, [:, 1:]":
        lambda forward, x: response(forward, x, watch=(0, slice(1, None))),
    "only step 0 of sequence 0 is changed: add 1 to all of its steps, changed[:, 0]":
        lambda forward, x: response(forward, x, where=(0, 0)),
    "the outputs of two equal inputs are compared. Was x changed before both calls of forward, or a copy that forward "
    "never got? One call gets x as it was, the other the changed copy":
        lambda forward, x: 0.0,
    "these are two maxima, and their difference. First subtract the outputs from each other, then take the largest "
    "change":
        lambda forward, x: float(np.abs(_others_moved(forward, x).max() - forward(x)[:, 1:].max())),
})
