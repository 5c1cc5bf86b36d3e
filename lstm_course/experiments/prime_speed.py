"""Why are true labels of the ten prime windows learned faster? And windows held out between learned ones.

The true labels differ from shuffled ones in two things: each belongs to its window, and they rise from step to step.
So per seed the network of `next_prime` is trained on six data sets that part the two, and its loss before iteration
112 is noted. Then, 3 000 iterations, on every second window of 25. It takes about two minutes.

Expected: rising labels are learned faster even with nothing to read. In an order in which nothing rises, windows with
their own labels are learned faster than with those of other windows.
"""

import numpy as np

from lstm_course.experiments.next_prime import TRAINED, every_second_window, train
from lstm_course.experiments.prime_controls import CONSTANT
from lstm_course.tasks.primes import next_prime

DATA = ("true", "shuffled labels", "constant, true labels", "constant, shuffled labels",
        "other order, own labels", "other order, other labels")
SEEDS, NOTED, ITERATIONS = 20, 112, 3000


def data_of(seed):
    """The six data sets: {name of `DATA`: (x, targets)}."""
    x, y = next_prime(count=TRAINED)
    constant, rng = np.full_like(x, CONSTANT), np.random.default_rng(4000 + seed)
    order, labels = rng.permutation(len(x)), rng.permutation(len(x))
    return dict(zip(DATA, [(x, y), (x, y[labels]), (constant, y), (constant, y[labels]), (x[order], y[order]),
                           (x[order], y[labels])], strict=True))


def run(seeds=range(SEEDS), iterations=ITERATIONS):
    """losses (6,S), before iteration 112, as named in `DATA`; between (S,2), the errors of `every_second_window`."""
    losses = [[train(*pairs, seed, NOTED + 1)[1][NOTED] for pairs in data_of(seed).values()] for seed in seeds]
    between = [every_second_window(seed, iterations) for seed in seeds]
    return {"losses": np.array(losses).T, "between": np.array(between)}
