"""The gradient of the lesson's small networks before and after training, for the tables of lesson 09."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.experiments import load, trained_flows
from lstm_course.gradients import gradient_flow
from lstm_course.tasks.latch import latch

CUE = 7                 # the sequence of the latch that all of them read


@dataclass
class Flow:
    """Norms (T+1,) of ∂s_T/∂s_t for t = T, T−1, …, 0: the whole state, the full ∂c_T/∂c_t, and the largest entry of the
    direct path ∏ f. accuracy: of the trained network on the latch, None before training.
    """

    state: np.ndarray
    full: np.ndarray | None
    direct: np.ndarray | None
    accuracy: float | None


def layer_of(cell, bias, trained, seed):
    """A layer of 16 units that reads one number, with its first weights or after 300 updates on the latch."""
    layer = trained_flows.new_layer(key_of(cell, bias), np.random.default_rng(seed))
    if trained:
        trained_flows.unflatten(layer, load("trained_flows")[key_of(cell, bias)][seed])
    return layer


def key_of(cell, bias):
    return f"LSTM {bias}" if cell == "LSTM" else cell


@lru_cache(256)
def flow_of(cell, bias, trained, T, seed):
    """The flow of a network over T steps, at most 100: "RNN", "GRU" or "LSTM" with a forget bias from −2 to 6."""
    flow = gradient_flow(layer_of(cell, bias, trained, seed), latch(100, 1, CUE)[0][:T])
    parts = [None if norms is None else norms[::-1] for norms in (flow.state, flow.c, flow.direct)]
    stored = load("trained_flows")
    row = stored["cells"].tolist().index(key_of(cell, bias))
    return Flow(*parts, float(stored["accuracy"][row, seed]) if trained else None)
