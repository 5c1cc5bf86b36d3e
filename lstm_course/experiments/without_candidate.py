"""Does an LSTM with a small forget bias learn the latch by way of its candidate? The control: g sees no h.

LSTMs of 32 units on the latch over 50 steps, at most 300 updates (Adam, clipped), 20 seeds for each of three forget
biases, with the block of g in U held at 0, forward and backward, so that g depends on x alone. A run has learned it
as soon as more than 99 % of 500 new sequences are right. The same networks with all of U are in `ways_into_c`. Takes
about 4 minutes.

Expected: with bias 1 none learns, with bias 3 and 5 all 20 do.
"""

import numpy as np

from lstm_course import LSTM
from lstm_course.experiments.shared import races
from lstm_course.training import steps
from lstm_course.training.optimizers import Adam

BIASES, SEEDS, UPDATES, EVERY = (1, 3, 5), tuple(range(20)), 300, 10


def train(bias, seed, updates):
    """-> updates until it was solved (0: never), share of right answers at the end"""
    rng, H = np.random.default_rng(seed), races.HIDDEN
    layer = LSTM(1, H, forget_bias=float(bias), rng=rng)
    model = races.answering(races.LATCH, layer, rng)
    candidate = layer.parameters["U"][:, 2 * H:3 * H]
    candidate[...] = 0
    x, targets = races.held_out(races.LATCH)
    for step in steps(model, races.LATCH.batch, races.LATCH.loss, Adam(races.RATE), updates=updates,
                      clip_norm=races.CLIP, rng=rng):
        candidate[...] = 0
        if step.number % EVERY == 0:
            score = races.right_bit(model.predict(x), targets)
            if score > races.LATCH.goal:
                return step.number, score
    return 0, score


def run(biases=BIASES, seeds=SEEDS, updates=UPDATES):
    """biases (M,); solved and score (M, seeds)."""
    found = np.array([[train(bias, seed, updates) for seed in seeds] for bias in biases])
    return {"biases": np.array(biases), "solved": found[..., 0].astype(int), "score": found[..., 1]}
