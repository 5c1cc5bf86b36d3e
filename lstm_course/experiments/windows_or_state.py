"""A window that slides, or a state? Convolutions and LSTMs of equal size on a blip in noise and on a lamp's buttons.

Three networks of about 1,050 parameters: an LSTM of 15 units; six causal convolutions of 8 channels, kernel 3, each
with a ReLU ("plain", which sees 13 steps); the same with dilations 1, 2, 4, … 32 ("dilated", 127 steps), or 1, 3, 9,
27, 30, 30 ("wide", 201 steps: a whole blip sequence). On the blip also "small", two kernels of 8 numbers, 21 parameters
in all. Tasks (`tasks.windows`): "blip", 200 steps, one answer a sequence, read from the largest outputs or from the
last; "early blip" and "late blip", which begins at one of the first, or of the last, 50 places; "last button", 100
steps, and "switch", 50 steps, one answer a step. Adam 1e-2, gradients clipped to norm 1, batches of 32, 20 seeds. A run
ends when more than 95 % of 500 held-out sequences (or of their steps) are right, or is given up after 200 updates (500
for the switch); that is looked at every 20 updates (blips) or 50 (buttons). It takes about 10 minutes.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from lstm_course import LSTM, Linear
from lstm_course.experiments.shared import races
from lstm_course.networks.causal_convolution import CausalConvolution, Largest
from lstm_course.networks.convolution import Relu
from lstm_course.tasks import windows
from lstm_course.training import Last, Model
from lstm_course.training.losses import binary_cross_entropy

UNITS, LAYERS, CHANNELS, KERNEL, BATCH, SEEDS = 15, 6, 8, 3, 32, tuple(range(20))


class Task(races.Task):
    """A task of the races, in batches of 32."""

    def batch(self, rng):
        return self.draw(self.steps, BATCH, rng)


BLIP = Task("blip", 200, 200, 20, 1, 1, windows.blip, binary_cross_entropy, races.right_bit, 0.95, 0.5)
LAST = replace(BLIP, name="last button", steps=100, every=50, inputs=2, draw=windows.last_button)
SWITCH = replace(LAST, name="switch", steps=50, updates=500, draw=windows.switch)
EARLY = replace(BLIP, name="early blip", draw=partial(windows.blip, places=(0, 50)))
LATE = replace(BLIP, name="late blip", draw=partial(windows.blip, places=(143, 193)))
TASKS = {task.name: task for task in (BLIP, EARLY, LATE, LAST, SWITCH)}
READ = {"largest": (Largest,), "last": (Last,), "each step": ()}
NETWORKS = ("LSTM", "plain", "dilated")
DILATIONS = {"plain": (1,) * LAYERS, "dilated": tuple(2 ** k for k in range(LAYERS)), "wide": (1, 3, 9, 27, 30, 30)}
CELLS = (*(("blip", name, "last") for name in ("LSTM", "wide")),
         *(("blip", name, "largest") for name in ("LSTM", "wide", "plain", "small")),
         *((task, name, "last") for task in ("early blip", "late blip") for name in ("LSTM", "wide")),
         *(("last button", name, "each step") for name in NETWORKS),
         *(("switch", name, "each step") for name in NETWORKS))


def body(network, inputs, rng):
    """The layers before the answer, and how many numbers they give a step."""
    if network == "LSTM":
        return [LSTM(inputs, UNITS, rng=rng)], UNITS
    if network == "small":
        return [CausalConvolution(inputs, 2, len(windows.BLIP), rng=rng), Relu()], 2
    found = []
    for k, dilation in enumerate(DILATIONS[network]):
        found += [CausalConvolution(CHANNELS if k else inputs, CHANNELS, KERNEL, dilation, rng), Relu()]
    return found, CHANNELS


def model_of(network, inputs, read, rng):
    """A network by its name, read as `read` says, with a linear layer that answers."""
    layers, size = body(network, inputs, rng)
    return Model([*layers, *(layer() for layer in READ[read]), Linear(size, 1, rng=rng)])


def run(cells=CELLS, seeds=SEEDS):
    """cells (C,3): task, network, read; solved (C, seeds): after so many updates, 0 if never; last (C, seeds): the
    share of right answers at the end; best (C, seeds): the largest share on the way.
    """
    solved, scores = [], []
    for name, network, read in cells:
        task = TASKS[name]
        make = partial(lambda rng, **given: model_of(**given, rng=rng), network=network, inputs=task.inputs, read=read)
        found = races.race(task, [{"make_model": make}], seeds)
        solved.append(found["solved"][0])
        scores.append(found["scores"][0])
    return {"cells": np.array(cells), "seeds": np.array(seeds), "solved": np.array(solved),
            "last": np.array([score[:, -1] for score in scores]),
            "best": np.array([score.max(axis=1) for score in scores])}
