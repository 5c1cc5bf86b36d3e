"""Small networks trained to hold a bit, for the gradient-flow explorer: RNN, GRU, and LSTMs of nine forget biases.

16 units, the latch over 50 steps, 300 updates, five runs each, whether it is solved or not. The weights are stored
as float32. Takes about 2 minutes.

Expected: the RNN and forget biases from 1 on solve it in all five runs, the GRU and biases below 1 in none.
"""

import numpy as np

from lstm_course import GRU, LSTM, RNN, Linear
from lstm_course.experiments.shared import races
from lstm_course.training import Last, Model, fit
from lstm_course.training.optimizers import Adam

HIDDEN, UPDATES, SEEDS = 16, 300, tuple(range(5))
BIASES = tuple(range(-2, 7))
CELLS = ("RNN", "GRU", *(f"LSTM {bias}" for bias in BIASES))


def new_layer(cell, rng):
    """"RNN", "GRU" or "LSTM 3", one input and 16 units, with its first weights."""
    kind, *bias = cell.split()
    if kind == "LSTM":
        return LSTM(1, HIDDEN, forget_bias=float(bias[0]), rng=rng)
    return {"RNN": RNN, "GRU": GRU}[kind](1, HIDDEN, rng=rng)


def train(cell, seed, updates=UPDATES):
    """-> the trained model, its accuracy on new sequences, the largest gradient norm before clipping."""
    rng = np.random.default_rng(seed)
    model = Model([new_layer(cell, rng), Last(), Linear(HIDDEN, 1, rng=rng)])
    history = fit(model, races.LATCH.batch, races.LATCH.loss, Adam(races.RATE), updates=updates,
                  clip_norm=races.CLIP, rng=rng)
    x, targets = races.held_out(races.LATCH)
    return model, races.right_bit(model.predict(x), targets), max(history.grad_norms)


def flat(layer):
    """All weights of a layer in one row, float32."""
    return np.concatenate([array.ravel() for array in layer.parameters.values()]).astype(np.float32)


def unflatten(layer, row):
    """Put such a row into a layer."""
    start = 0
    for array in layer.parameters.values():
        array[...] = row[start:start + array.size].reshape(array.shape)
        start += array.size
    return layer


def run(cells=CELLS, seeds=SEEDS, updates=UPDATES):
    """cells (M,), accuracy and largest (M, seeds), and for each cell its weights (seeds, all of them in a row)."""
    accuracy, largest, weights = np.zeros((len(cells), len(seeds))), np.zeros((len(cells), len(seeds))), {}
    for i, cell in enumerate(cells):
        rows = []
        for j, seed in enumerate(seeds):
            model, accuracy[i, j], largest[i, j] = train(cell, seed, updates)
            rows.append(flat(model.layers[0]))
        weights[cell] = np.stack(rows)
    return {"cells": np.array(cells), "accuracy": accuracy, "largest": largest, **weights}
