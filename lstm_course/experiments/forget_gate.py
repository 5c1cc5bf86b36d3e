"""Strings without end: what does the forget gate do that a memory with f = 1 cannot?

Gers, Schmidhuber & Cummins 2000: embedded Reber strings, one after the other. 16 units, 16 streams, windows of 40 steps
with the state carried on, 1 000 updates, ten runs each. Takes about 2 minutes.

Expected: with the gate 99.8 % or more of the symbols to be remembered are right in every run and |c| stays below 22;
with f = 1 at most 67 %, and |c| grows beyond 1500.
"""

import numpy as np

from lstm_course import LSTM, Linear
from lstm_course.tasks.reber import continual_reber
from lstm_course.training import Model, fit
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam

HIDDEN, STREAMS, WINDOW, UPDATES, SEEDS = 16, 16, 40, 1000, tuple(range(10))
KINDS = ("with forget gate", "f = 1")
READ = 4000                                         # steps of the new streams on which it is measured
TIMES = np.unique(np.geomspace(1, READ, 80).astype(int))


def new_model(kind, rng):
    """An LSTM and a linear layer on each of its outputs."""
    layer = LSTM(7, HIDDEN, rng=rng)
    if kind == "f = 1":
        without_forget_gate(layer)
    return Model([layer, Linear(HIDDEN, 7, rng=rng)])


def without_forget_gate(layer):
    """f = σ(40), which is 1 in float64; its slope is 0, so that training never moves it."""
    f = slice(layer.hidden_size, 2 * layer.hidden_size)
    layer.parameters["W"][:, f], layer.parameters["U"][:, f], layer.parameters["b"][f] = 0.0, 0.0, 40.0


def train(kind, seed, updates=UPDATES):
    """-> the model, trained on 16 endless streams."""
    rng = np.random.default_rng(seed)
    model = new_model(kind, rng)
    x, targets, _ = continual_reber(updates * WINDOW, STREAMS, rng)
    fit(model, (x, targets), softmax_cross_entropy, Adam(1e-2), updates=updates, truncate=WINDOW, clip_norm=1.0,
        rng=rng)
    return model


def measure(model, steps=READ):
    """On new streams: the share of right symbols where one has to be remembered; the largest |c| at each step (T,)."""
    x, targets, far = continual_reber(steps, STREAMS, 12_345)
    trace = model.forward(x)
    c = trace.memory["traces"][0].gates["c"]
    return float(np.mean(trace.outputs.argmax(axis=2)[far] == targets[far])), np.abs(c).max(axis=(1, 2))


def run(kinds=KINDS, seeds=SEEDS, updates=UPDATES, steps=READ):
    """kinds (M,), right (M, seeds); times (N,) and cells (M, seeds, N): the largest |c| up to then."""
    times = TIMES[steps >= TIMES]
    right, cells = np.zeros((len(kinds), len(seeds))), np.zeros((len(kinds), len(seeds), len(times)))
    for i, kind in enumerate(kinds):
        for j, seed in enumerate(seeds):
            right[i, j], c = measure(train(kind, seed, updates), steps)
            cells[i, j] = np.maximum.accumulate(c)[times - 1]
    return {"kinds": np.array(kinds), "seeds": np.array(seeds), "right": right, "times": times, "cells": cells}
