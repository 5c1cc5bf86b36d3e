"""Layers whose backward pass has a mistake that people make: something for a gradient check to find (lesson 03)."""

import numpy as np

from lstm_course.networks.cells import RNNCell
from lstm_course.networks.layer import SCAN, Loops, Recurrent

MISTAKES = ("= for +=", "no future", "only the next step", "U, not its transpose", "h_t for h_{t-1}", "h_0 left out",
            "only sequence 0", "only the last loss")


def faulty_layer(mistake, input_size=3, hidden_size=4, rng=0):
    """A tanh RNN whose backward pass has one of MISTAKES. "" is none; any other name raises ValueError."""
    if mistake not in ("", *MISTAKES):
        raise ValueError(f"there is no mistake {mistake!r}, expected one of {', '.join(MISTAKES)}")
    return FaultyRNN(mistake, input_size, hidden_size, rng)


class FaultyRNN(Recurrent):
    """A layer that runs forward as it should, and backward as its mistake has it."""

    def __init__(self, mistake, input_size, hidden_size, rng):
        super().__init__(RNNCell(), input_size, hidden_size, rng)
        self.loops = Loops(SCAN.run, lambda cell, memory, lengths, grad_outputs, grad_state: run_backward(
            memory, grad_outputs, grad_state[0], mistake), SCAN.gates)

    def __repr__(self):
        return f"FaultyRNN({self.input_size}, {self.hidden_size})"


def run_backward(memory, grad_outputs, grad_state, mistake=""):
    """Back through a tanh RNN: ∂L/∂outputs (T,B,H), ∂L/∂(final state) (B,H) -> ∂L/∂x, (∂L/∂h₀,), {name: gradient}."""
    x, states, W, U = memory["x"], [state[0] for state in memory["states"]], memory["p"]["W"], memory["p"]["U"]
    road = U if mistake == "U, not its transpose" else U.T
    T, future, parts, grad_x = len(x), grad_state, [], np.empty_like(x)
    for t in reversed(range(T)):
        h_before, h = states[t], states[t + 1]
        direct = grad_outputs[t] if mistake != "only the last loss" or t == T - 1 else 0
        delta = (direct + future) * (1 - h ** 2)
        handed_on = direct * (1 - h ** 2) if mistake == "only the next step" and t < T - 1 else delta
        future = 0 * delta if mistake == "no future" else handed_on @ road
        parts.append(_parts(delta, x[t], h_before, h, t, mistake))
        grad_x[t] = delta @ W.T
    total = (lambda part: part[-1]) if mistake == "= for +=" else sum
    return grad_x, (future,), {name: total([part[name] for part in parts]) for name in "WUb"}


def _parts(delta, x, h_before, h, t, mistake):
    """What one step adds to the gradients of W, U and b."""
    beside = {"h_t for h_{t-1}": h, "h_0 left out": h_before if t else 0 * h_before}.get(mistake, h_before)
    counted = delta[:1] if mistake == "only sequence 0" else delta
    return {"W": x[:len(counted)].T @ counted, "U": beside[:len(counted)].T @ counted, "b": counted.sum(axis=0)}


MYSTERIES = {"A": "h_0 left out", "B": "only the next step", "C": "only the last loss"}


def mystery_layer(name):
    """The layer "A", "B" or "C" of exercise 4: 2 inputs, 5 units."""
    if name not in MYSTERIES:
        raise ValueError(f"there is no mystery layer {name!r}, expected 'A', 'B' or 'C'")
    return FaultyRNN(MYSTERIES[name], 2, 5, rng=1)
