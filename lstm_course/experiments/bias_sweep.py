"""Which forget bias at the start for how long a memory? A sweep of biases and lengths on the latch, and chrono biases.

LSTMs of 16 units, the latch over 20 and 100 steps, at most 300 updates (Adam, clipped), 20 seeds each. Biases 1
to 5, and chrono initialisation (Tallec & Ollivier 2018): b_f = ln u with u uniform between 1 and T − 1 for each unit,
and b_i = −b_f. A run has learned it as soon as more than 99 % of 500 new sequences are right. Takes about 6 minutes.

Expected: over 20 steps 19 or 20 learn with any bias; over 100 steps 9 with bias 1, 18 with 2 and 3, 20 with 5 and
chrono.
"""

from dataclasses import replace

import numpy as np

from lstm_course import LSTM
from lstm_course.experiments.shared import races

LENGTHS, BIASES, SEEDS, UPDATES, HIDDEN = (20, 100), (1, 2, 3, 5), tuple(range(20)), 300, 16
CHRONO = "chrono"


def task_of(steps):
    return replace(races.LATCH, name=f"latch, {steps} steps", steps=steps, updates=UPDATES)


def model_of(task, bias, rng):
    """The network with this forget bias, or with chrono biases."""
    layer = LSTM(task.inputs, HIDDEN, forget_bias=0.0 if bias == CHRONO else float(bias), rng=rng)
    if bias == CHRONO:
        b = np.log(rng.uniform(1, task.steps - 1, HIDDEN))
        layer.parameters["b"][:2 * HIDDEN] = np.concatenate([-b, b])
    return races.answering(task, layer, rng)


def run(lengths=LENGTHS, biases=(*BIASES, CHRONO), seeds=SEEDS, updates=None):
    """lengths (L,), biases (M,) as text, and from `race` updates, seeds, solved (L, M, seeds): after so many updates, 0
    if never; last (L, M, seeds): the share of right answers at the end.
    """
    found = []
    for steps in lengths:
        task = task_of(steps)
        settings = [{"make_model": lambda rng, task=task, bias=bias: model_of(task, bias, rng)} for bias in biases]
        found.append(races.race(task, settings, seeds, updates))
    return {"lengths": np.array(lengths), "biases": np.array([str(bias) for bias in biases]),
            "updates": found[0]["updates"], "seeds": np.array(seeds),
            "solved": np.stack([one["solved"] for one in found]),
            "last": np.stack([one["scores"][..., -1] for one in found])}
