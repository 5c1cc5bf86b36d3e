"""Which ways of its gradient does an LSTM need to learn the latch? Some are cut on the way back only.

LSTMs of 32 units on the latch over 50 steps, at most 300 updates (Adam, clipped), 20 seeds for each forget bias. The
forward pass is whole. On the way back h passes the gradient on by some of i, f, g, o only, as `gradient_ways` measures
it; every weight still gets a gradient at its own step. A run has learned the latch as soon as more than 99 % of 500 new
sequences are right, the score being taken every 10 updates.
"""

from dataclasses import replace

import numpy as np

from lstm_course import LSTM
from lstm_course.experiments.shared import races

WAYS = ("ifgo", "ifo", "")
BIASES, SEEDS = (1, 3, 5), tuple(range(20))
TASK = replace(races.LATCH, updates=300)


class CutLSTM(LSTM):
    """An LSTM whose gradient passes from h to the step before by some ways only: the letters in `ways`, of "ifgo"."""

    ways = "ifgo"

    def backward(self, trace, grad_outputs, grad_state=None):
        kept = np.repeat([float(gate in self.ways) for gate in "ifgo"], self.hidden_size)
        K = trace.memory["K"].copy()                                # U, W and b on top of each other
        K[:self.hidden_size] *= kept
        return super().backward(replace(trace, memory={**trace.memory, "K": K}), grad_outputs, grad_state)


def model_of(bias, ways, rng):
    """The network with this forget bias, of whose ways back only these are left."""
    layer = CutLSTM(TASK.inputs, races.HIDDEN, forget_bias=float(bias), rng=rng)
    layer.ways = ways
    return races.answering(TASK, layer, rng)


def run(biases=BIASES, ways=WAYS, seeds=SEEDS, updates=None):
    """biases (M,), ways (W,), and from `race` updates, seeds, solved (M, W, seeds): after so many updates, 0 if never;
    last (M, W, seeds): the share of right answers at the end.
    """
    settings = [{"make_model": lambda rng, bias=bias, left=left: model_of(bias, left, rng)}
                for bias in biases for left in ways]
    found, shape = races.race(TASK, settings, seeds, updates), (len(biases), len(ways), len(seeds))
    return {"biases": np.array(biases), "ways": np.array(ways), "updates": found["updates"],
            "seeds": np.array(seeds), "solved": found["solved"].reshape(shape),
            "last": found["scores"][..., -1].reshape(shape)}
