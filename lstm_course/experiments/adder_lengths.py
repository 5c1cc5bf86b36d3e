"""Trained on 8 columns, tested on 64: 25 RNNs, 25 LSTMs, and what was suspected of making the LSTMs' mistakes.

One recipe for all: 16 units, cross-entropy, Adam 0.02, gradients clipped to norm 1, 300 updates with 64 pairs each,
half of the pairs held back. The others differ from "LSTM" in one thing each, the last from "fresh":

cut          an RNN with U = 0, frozen: without recurrence
clipped      the trained LSTM, its c kept within the range that each unit had on the 8 columns of all pairs
longer       1000 updates instead of 300
fresh        random sums of 8 columns, drawn anew for each update, instead of half of all pairs
24 columns   fresh sums of 24 columns instead of 8

Expected: nearly all RNNs make no mistake on 1000 sums of 64 columns, few LSTMs; clipping c takes away less than a tenth
of the mistakes over all seeds, though nine in ten over the first five; LSTMs that were trained on 24 columns make none.
It takes about 4 minutes.
"""

import numpy as np

from lstm_course import LSTM, RNN, Linear
from lstm_course.networks.cells import lstm_step
from lstm_course.tasks import binary_addition as adding
from lstm_course.training import Model, fit
from lstm_course.training.losses import binary_cross_entropy
from lstm_course.training.optimizers import Adam

SEEDS, UNITS, RATE, UPDATES, BATCH, CLIP = 25, 16, 0.02, 300, 64, 1.0
COLUMNS, SUMS = (16, 32, 64), 1000
NAMES = {"RNN": {}, "cut": {}, "LSTM": {}, "longer": {"updates": 1000}, "fresh": {"fresh": True},
         "24 columns": {"columns": 24, "fresh": True}}


def train(name, seed, *, updates=UPDATES, columns=8, fresh=False):
    """One network -> the model, and the pairs (a, b) of 8 columns that it was not trained on.

    If they are fresh, the batches are random sums, and none of the pairs is held back on purpose.
    """
    rng = np.random.default_rng(seed)
    layer = (RNN if name in ("RNN", "cut") else LSTM)(2, UNITS, rng=rng)
    if name == "cut":
        layer.parameters["U"][...] = 0
    model = Model([layer, Linear(UNITS, 1, rng=rng)])
    (a, b), held_back = adding.split(test_share=0.5, rng=rng)
    data, size = (lambda rng: adding.random_sums(BATCH, columns, rng=rng), None) if fresh else (
        adding.dataset(a, b), BATCH)
    fit(model, data, binary_cross_entropy, Adam(RATE), updates=updates, batch_size=size, clip_norm=CLIP,
        freeze="0.U" if name == "cut" else (), rng=rng)
    return model, held_back


def held_back_right(model, pairs):
    """The share of the held-back sums that a network gets right."""
    return adding.evaluate(lambda x: model.predict(x) > 0, pairs=pairs)["sums"]


def wrong_sums(model, columns, sums=SUMS):
    """How many of so many random sums a network gets wrong."""
    share = adding.score(lambda x: model.predict(x) > 0, *adding.random_sums(sums, columns, rng=0))["sums"]
    return sums - round(sums * share)


def range_of_c(layer):
    """The lowest and the highest c of each unit, (H,) each, over the 8 columns of all pairs."""
    seen = layer.forward(adding.dataset(*adding.all_pairs())[0]).gates["c"]
    return seen.min(axis=(0, 1)), seen.max(axis=(0, 1))


def wrong_if_clipped(model, columns, sums=SUMS):
    """How many sums an LSTM gets wrong if c is kept, after each step, within its range on 8 columns."""
    W, U, b, V, a = model.parameters.values()
    low, high = range_of_c(model.layers[0])
    x, targets = adding.random_sums(sums, columns, rng=0)
    h = c = np.zeros((sums, len(U)))
    wrong = np.zeros((sums, 1), dtype=bool)
    for x_t, target in zip(x, targets, strict=True):
        h, c, _ = lstm_step(x_t, h, c, W, U, b)
        c = np.clip(c, low, high)
        wrong |= (h @ V + a > 0) != target
    return int(wrong.sum())


def largest_c(model, columns, sums=SUMS):
    """The largest |c| of an LSTM on random sums."""
    return abs(model.layers[0].forward(adding.random_sums(sums, columns, rng=0)[0]).gates["c"]).max()


def run(seeds=SEEDS, names=tuple(NAMES), columns=COLUMNS):
    """held_back_NAME (seeds,): shares of held-back sums that are right; wrong_NAME (seeds, columns): wrong of 1000.

    Of the LSTMs also wrong_clipped (seeds, columns), and largest_c (seeds, 2): the largest |c| on 8 and on 64 columns.
    """
    results = {"columns": np.array(columns)}
    for name in names:
        trained = [train(name, seed, **NAMES[name]) for seed in range(seeds)]
        results[f"held_back_{name}"] = np.array([held_back_right(*one) for one in trained])
        results[f"wrong_{name}"] = np.array([[wrong_sums(model, n) for n in columns] for model, _ in trained])
        if name == "LSTM":
            results["wrong_clipped"] = np.array([[wrong_if_clipped(model, n) for n in columns] for model, _ in trained])
            results["largest_c"] = np.array([[largest_c(model, n) for n in (8, 64)] for model, _ in trained])
    return results
