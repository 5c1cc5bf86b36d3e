"""By which way does the gradient of an LSTM survive: directly along c, through the gates i, f, o, or the candidate g?

LSTMs of 32 units with six forget biases on the latch over 50 steps, untrained and after 300 updates (Adam, clipped), 20
seeds each, whether they learn it or not. Of each the norm ‖∂c_50/∂c_0‖ with only some ways left (`gradient_ways`), on a
sequence of its own. Takes about 15 minutes.

Expected: at every bias the way through g alone gives nearly the full norm, and the gates i, f, o alone next to nothing
but the direct path.
"""

import numpy as np

from lstm_course import LSTM
from lstm_course.experiments.shared import races
from lstm_course.gradients import gradient_ways
from lstm_course.tasks.latch_problem import latch_problem

WAYS = ("", "i", "f", "o", "ifo", "g", "ifgo")
BIASES, SEEDS, UPDATES = (0, 1, 2, 3, 4, 5), tuple(range(20)), 300


def norms(layer, seed):
    """The norm over 50 steps with each choice of ways, (ways,)."""
    x, _ = latch_problem(races.LATCH.steps, 1, seed)
    return [gradient_ways(layer, x, ways)[0] for ways in WAYS]


def train(bias, seed, updates):
    """-> norms before and after the training (2, ways), share of right answers on new sequences."""
    rng = np.random.default_rng(seed)
    layer = LSTM(1, races.HIDDEN, forget_bias=float(bias), rng=rng)
    before = norms(layer, seed)
    accuracy = races.train(races.LATCH, races.answering(races.LATCH, layer, rng), updates, rng)
    return [before, norms(layer, seed)], accuracy


def run(biases=BIASES, seeds=SEEDS, updates=UPDATES):
    """ways (W,), biases (M,), norms (M, seeds, 2, W): untrained and trained; accuracy (M, seeds)."""
    found = [[train(bias, seed, updates) for seed in seeds] for bias in biases]
    return {"ways": np.array(WAYS), "biases": np.array(biases),
            "norms": np.array([[pair for pair, _ in row] for row in found]),
            "accuracy": np.array([[accuracy for _, accuracy in row] for row in found])}
