"""The adder fed most significant bit first: one way, one way with two layers, and two ways, ten seeds each.

LSTMs with 32 outputs a step (two ways: 16 in each direction), a linear output, cross-entropy, Adam 5e-3, 128 pairs an
update, 600 updates. Trained on 80 % of the pairs of 7-bit numbers, tested on all and on the other 20 %. "lsb" is the
one-way network with the least significant bit first. It takes about 4 minutes.

Expected: two ways reach 100 % of the bits, also held out, and so does one way with the least significant bit first; one
way stays at 62 %, however many layers.
"""

import numpy as np

from lstm_course import LSTM, Bidirectional, Linear, Stacked
from lstm_course.tasks import binary_addition as adding
from lstm_course.training import Model, fit
from lstm_course.training.losses import binary_cross_entropy
from lstm_course.training.optimizers import Adam

SEEDS, UPDATES, EVERY, BATCH, RATE, UNITS = 10, 600, 50, 128, 5e-3, 32
NAMES = ("one_way", "stacked", "two_way", "lsb")


def network(name, seed=None):
    """A fresh network for x (T,B,2): a logit for each bit of the sum."""
    rng = np.random.default_rng(seed)
    if name == "two_way":
        layer = Bidirectional(LSTM(2, UNITS // 2, rng=rng), LSTM(2, UNITS // 2, rng=rng))
    elif name == "stacked":
        layer = Stacked([LSTM(2, UNITS, rng=rng), LSTM(UNITS, UNITS, rng=rng)])
    else:
        layer = LSTM(2, UNITS, rng=rng)
    return Model([layer, Linear(UNITS, 1, rng)])


def bits_right(model, order, pairs=None):
    """The share of bits that are right, over all pairs or the given ones."""
    return adding.evaluate(lambda x: model.predict(x) > 0, order=order, pairs=pairs)["bits"]


def one(name, seed, updates=UPDATES):
    """Train one network -> the model, and the shares of bits right over all pairs and over the 20 % held out."""
    order = "lsb" if name == "lsb" else "msb"
    training, held_out = adding.split(rng=seed)
    x, targets = adding.dataset(*training, order=order)

    def batch(rng):
        chosen = rng.integers(0, x.shape[1], BATCH)
        return x[:, chosen], targets[:, chosen]

    model = network(name, seed)
    history = fit(model, batch, binary_cross_entropy, Adam(RATE), updates=updates, rng=seed, every=EVERY, metrics={
        "all": lambda model: bits_right(model, order),
        "held out": lambda model: bits_right(model, order, held_out)})
    return model, np.array(history.metrics["all"]), np.array(history.metrics["held out"])


def run(seeds=SEEDS, updates=UPDATES, names=NAMES):
    """all_NAME and held_out_NAME (seeds, N): shares of bits right after `updates` (N,) updates."""
    results = {"updates": np.arange(EVERY, updates + 1, EVERY)}
    for name in names:
        _, everything, held_out = zip(*(one(name, seed, updates) for seed in range(seeds)), strict=True)
        results |= {f"all_{name}": np.stack(everything), f"held_out_{name}": np.stack(held_out)}
    return results
