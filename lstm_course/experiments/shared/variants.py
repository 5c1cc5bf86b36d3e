"""The LSTM with one part changed: a gate fixed open, a squashing left out, i and f coupled, or peepholes added.

Greff, Srivastava, Koutník, Steunebrink & Schmidhuber, *LSTM: A Search Space Odyssey* (2015), section 3. Three of
the variants are options of the LSTM itself or a fixed bias; two need a cell of their own, `ChangedCell`.
"""

from dataclasses import dataclass

import numpy as np

from lstm_course import LSTM
from lstm_course.networks.cells import LSTMCell
from lstm_course.networks.functions import sigmoid, sigmoid_slope, tanh_slope
from lstm_course.networks.layer import Recurrent

OPEN = 40.0                                             # σ(40) is exactly 1 in float64, and its slope exactly 0


@dataclass(frozen=True)
class ChangedCell(LSTMCell):
    """An LSTM whose candidate is not squashed, g = z_g, or whose input gate is coupled, i = 1 − f.

    With coupled gates the i block of W, U and b is there, but nothing depends on it: its gradient is 0, so it never
    changes.
    """

    change: str = "g = z"

    def __post_init__(self):
        if self.change not in ("g = z", "i = 1 - f"):
            raise ValueError(f"change is {self.change!r}, expected 'g = z' or 'i = 1 - f'")

    def step(self, x, state, p):
        h, c = state
        z_i, z_f, z_g, z_o = np.split(x @ p["W"] + h @ p["U"] + p["b"], 4, axis=1)
        f, o = sigmoid(z_f), sigmoid(z_o)
        i = 1 - f if self.change == "i = 1 - f" else sigmoid(z_i)
        g = z_g if self.change == "g = z" else np.tanh(z_g)
        c = f * c + i * g
        return (o * np.tanh(c), c), (i, f, g, o)

    def step_backward(self, grad_state, x, state, new_state, gates, p):
        (grad_h, grad_c), (h_prev, c_prev), (i, f, g, o) = grad_state, state, gates
        out = np.tanh(new_state[1])
        grad_c = grad_c + grad_h * o * tanh_slope(out)
        grad_zi, grad_zf, grad_zg = grad_c * g * sigmoid_slope(i), grad_c * c_prev * sigmoid_slope(f), grad_c * i
        if self.change == "i = 1 - f":
            grad_zi, grad_zf = np.zeros_like(i), grad_c * (c_prev - g) * sigmoid_slope(f)
            grad_zg = grad_zg * tanh_slope(g)
        grad_z = np.concatenate([grad_zi, grad_zf, grad_zg, grad_h * out * sigmoid_slope(o)], axis=1)
        grads = {"W": x.T @ grad_z, "U": h_prev.T @ grad_z, "b": grad_z.sum(axis=0)}
        return grad_z @ p["W"].T, (grad_z @ p["U"].T, grad_c * f), grads


def open_for_good(layer, gate):
    """Take a gate out: its weights 0, its bias 40. It is then 1, and training never moves it."""
    H, k = layer.hidden_size, "ifgo".index(gate)
    for name, value in (("W", 0.0), ("U", 0.0), ("b", OPEN)):
        layer.parameters[name][..., k * H:(k + 1) * H] = value
    return layer


def _without(gate):
    return lambda inputs, hidden, rng: open_for_good(LSTM(inputs, hidden, rng=rng), gate)


def _with(**options):
    return lambda inputs, hidden, rng: LSTM(inputs, hidden, rng=rng, **options)


def _changed(change):
    return lambda inputs, hidden, rng: Recurrent(ChangedCell(change=change), inputs, hidden, rng=rng)


# name -> (what is different, how to make the layer)
VARIANTS = {
    "full": ("nothing is changed", _with()),
    "no i": ("the input gate is always open, i = 1", _without("i")),
    "no f": ("the forget gate is always open, f = 1", _without("f")),
    "no o": ("the output gate is always open, o = 1", _without("o")),
    "g = z": ("the candidate is not squashed, g = z_g", _changed("g = z")),
    "h = o c": ("the output is not squashed, h = o ⊙ c", _with(output_activation="identity")),
    "i = 1 - f": ("the gates i and f are coupled, i = 1 − f", _changed("i = 1 - f")),
    "peepholes": ("peepholes are added", _with(peephole=True)),
}


def variant(name, inputs, hidden, rng):
    """A new layer of this variant."""
    return VARIANTS[name][1](inputs, hidden, rng)
