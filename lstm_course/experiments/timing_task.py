"""Do peepholes help an LSTM to count steps? Answer 1 exactly ten steps after each spike.

In the manner of Gers, Schraudolph & Schmidhuber 2002 (*Learning Precise Timing with LSTM Recurrent Networks*). Four
units; until 95 % of 200 new sequences are right at every step, or 2000 updates are over; three learning rates, 20
seeds each. Controls: peepholes whose weights begin with 0 and not at random, and an output gate that is always open, so
that h shows c. Takes about 7 minutes.
"""

from functools import partial

import numpy as np

from lstm_course.experiments.shared.many_lstms import EVERY, Task, train
from lstm_course.networks.functions import sigmoid

SEEDS, RATES, UPDATES, BATCH, GOAL = tuple(range(20)), (0.01, 0.03, 0.1), 2000, 20, 0.95
DELAY, SPIKES, UNITS = 10, 2, 4
FROM_ZERO = "peepholes from 0"
NETWORKS = {"LSTM": "full", "peepholes": "peepholes", FROM_ZERO: "peepholes", "no o": "no o"}        # -> the variant


def spikes(delay, sequences, rng):
    """-> x (T,B,1): two spikes, the second up to twice the delay after the first, and later than its answer; targets
    (T,B,1): 1 exactly `delay` steps after each spike, 0 elsewhere.
    """
    rng = np.random.default_rng(rng)
    gaps = rng.integers(delay + 1, 2 * delay + 1, (SPIKES, sequences))
    gaps[0] = rng.integers(0, delay, sequences)
    at = np.cumsum(gaps, axis=0)
    x = np.zeros((2 * SPIKES * delay + 1, sequences, 1))
    targets = np.zeros_like(x)
    x[at, np.arange(sequences)] = 1
    targets[at + delay, np.arange(sequences)] = 1
    return x, targets


def slope(answers, targets):
    """Of each network's binary cross-entropy, the mean over its steps and sequences."""
    return (sigmoid(answers) - targets) / (answers.shape[0] * answers.shape[2])


def share_right(answers, targets):
    """The share of sequences that are answered rightly at every step, (S,)"""
    return ((answers > 0) == (targets[:, None] > 0.5)).all(axis=(0, 3)).mean(axis=1)


def task(delay=DELAY):
    return Task(partial(spikes, delay), slope, share_right, lambda score: score >= GOAL, BATCH, 1)


def shut_peepholes(parameters):
    """All peepholes at 0: the network begins as one without."""
    parameters["P"][...] = 0


def run(networks=tuple(NETWORKS), rates=RATES, seeds=SEEDS, updates=UPDATES):
    """networks (M,), rates (R,), seeds (S,); solved (M,R,S): after so many updates, 0 if never; scores (M,R,S,N): the
    share of right sequences, taken after each 25 updates, the last one repeated.
    """
    found = [train(NETWORKS[name], task(), UNITS, rates, seeds, updates, shut_peepholes if name == FROM_ZERO else None)
             for name in networks]
    solved, scores = zip(*found, strict=True)
    return {"networks": np.array(networks), "rates": np.array(rates), "seeds": np.array(seeds),
            "updates": np.arange(0, updates + 1, EVERY), "solved": np.array(solved), "scores": np.array(scores)}
