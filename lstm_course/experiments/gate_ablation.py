"""Which parts of the LSTM matter? Eight variants of the cell, on two tasks.

In the manner of Greff et al. 2015. Adding: 50 steps, 32 units, until the mean squared error is below 0.01 or 600
updates are over. Reber: the strings without end of `forget_gate`, in the same setting. Takes about 8 minutes.

Expected: 10 runs of 10 learn to add, but none without i, 1 without f, 6 without o and 9 with an unsquashed h; on Reber
strings only the cell without f stays below 95 %.
"""

from contextlib import suppress
from dataclasses import replace

import numpy as np

from lstm_course import Linear
from lstm_course.experiments import forget_gate
from lstm_course.experiments.shared import races
from lstm_course.experiments.shared.variants import VARIANTS, variant
from lstm_course.tasks.reber import continual_reber
from lstm_course.training import Model, fit
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam

ADDING = replace(races.ADDING, name="adding, 50 steps", steps=50, updates=600, goal=0.01)
SEEDS = tuple(range(10))
GOOD = 0.95                                     # share of the symbols to be remembered: then Reber counts as learned


def training(name, seed, updates=ADDING.updates):
    """The adding problem in pieces, as `races.training`."""
    def new_model(rng):
        return races.answering(ADDING, variant(name, ADDING.inputs, races.HIDDEN, rng), rng)
    return races.training(replace(ADDING, updates=updates), new_model, seed)


def reber(name, seed, updates=forget_gate.UPDATES, steps=forget_gate.READ):
    """Train on endless Reber strings -> right, the share of symbols remembered on new ones; the largest |c| there."""
    rng = np.random.default_rng(seed)
    model = Model([variant(name, 7, forget_gate.HIDDEN, rng), Linear(forget_gate.HIDDEN, 7, rng=rng)])
    x, targets, _ = continual_reber(updates * forget_gate.WINDOW, forget_gate.STREAMS, rng)
    with suppress(FloatingPointError):          # the weights are then those of the last finite loss
        fit(model, (x, targets), softmax_cross_entropy, Adam(1e-2), updates=updates, truncate=forget_gate.WINDOW,
            clip_norm=1.0, rng=rng)
    right, c = forget_gate.measure(model, steps)
    return right, c.max()


def run(variants=tuple(VARIANTS), seeds=SEEDS, updates=ADDING.updates, windows=forget_gate.UPDATES,
        steps=forget_gate.READ):
    """variants (M,), seeds (S,). Adding: updates (N,), when the score was taken; scores (M,S,N), the last one repeated
    after a run has ended; solved (M,S): after so many updates, 0 if never. Reber: right (M,S), cells (M,S).
    """
    at = np.arange(0, updates + 1, ADDING.every)
    shape = len(variants), len(seeds)
    scores, solved = np.zeros((*shape, len(at))), np.zeros(shape, int)
    right, cells = np.zeros(shape), np.zeros(shape)
    for i, name in enumerate(variants):
        for j, seed in enumerate(seeds):
            for k, now in enumerate(training(name, seed, updates)):
                scores[i, j, k:] = now.score
                solved[i, j] = now.updates if ADDING.solved(now.score) else 0
            right[i, j], cells[i, j] = reber(name, seed, windows, steps)
    return {"variants": np.array(variants), "seeds": np.array(seeds), "updates": at, "scores": scores,
            "solved": solved, "right": right, "cells": cells}
