"""The LSTM with one part changed: a gate fixed open, a squashing left out, i and f coupled, or peepholes added.

Greff, Srivastava, Koutník, Steunebrink & Schmidhuber, *LSTM: A Search Space Odyssey* (2015), section 3. Three of
the variants are options of the LSTM itself or a fixed bias; two need a layer of their own, `Changed`.
"""

import numpy as np

from lstm_course import LSTM
from lstm_course.networks.functions import sigmoid
from lstm_course.networks.recurrent import blocks, stack_steps

OPEN = 40.0                                             # σ(40) is exactly 1 in float64, and its slope exactly 0


class Changed(LSTM):
    """An LSTM whose candidate is not squashed, g = z_g, or whose input gate is coupled, i = 1 − f.

    Everything else, and everything on the way back but two local slopes, is LSTM's. With coupled gates the i block
    of W, U and b is there, but nothing depends on it: its gradient is 0, so it never changes.
    """

    def __init__(self, input_size, hidden_size, change, rng=None):
        if change not in ("g = z", "i = 1 - f"):
            raise ValueError(f"change is {change!r}, expected 'g = z' or 'i = 1 - f'")
        self.change = change
        super().__init__(input_size, hidden_size, rng=rng)

    def _run(self, x, h0, c0):
        """The time loop, written plainly; s, gates, c and squashed_c are (…,B) inside, as in LSTM."""
        (T, B, _), H, K = x.shape, self.hidden_size, self._stacked_parameters()
        s, c = stack_steps(x, h0), np.empty((T + 1, H, B))
        gates, squashed_c = np.empty((T, 4 * H, B)), np.empty((T, H, B))
        c[0] = c0
        for t in range(T):
            z_i, z_f, z_g, z_o = np.split(K.T @ s[t], 4)
            f, o = sigmoid(z_f), sigmoid(z_o)
            i = 1 - f if self.change == "i = 1 - f" else sigmoid(z_i)
            g = z_g if self.change == "g = z" else np.tanh(z_g)
            c[t + 1] = f * c[t] + i * g
            squashed_c[t] = np.tanh(c[t + 1])
            s[t + 1, :H] = o * squashed_c[t]
            gates[t] = np.concatenate([i, f, g, o])
        return {"K": K, "P": None, "s": s, "gates": gates, "c": c, "squashed_c": squashed_c}

    def _slopes(self, memory, window):
        """LSTM's ∂c'/∂z_i, ∂c'/∂z_f, ∂c'/∂z_g, ∂h'/∂z_o, with what the change does to them."""
        dz, dc_dh = super()._slopes(memory, window)
        d_i, d_f, d_g, _ = blocks(dz, 4)
        i, f, g, _ = blocks(memory["gates"][window], 4)
        if self.change == "g = z":
            d_g[...] = i                                # g has slope 1
        else:
            d_i[...] = 0
            d_f[...] = (memory["c"][window] - g) * f * (1 - f)          # c' = f c + (1 - f) g
        return dz, dc_dh


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
    return lambda inputs, hidden, rng: Changed(inputs, hidden, change, rng=rng)


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
