"""The LSTM as a layer."""

from typing import Any

import numpy as np

from lstm_course.networks.cells import LSTMCell
from lstm_course.networks.fast import lstm as fast
from lstm_course.networks.layer import Recurrent
from lstm_course.networks.validation import check_flag, check_number, check_option


class LSTM(Recurrent):
    """Long short-term memory with forget gate (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000).

    i, f, o = σ(z_i), σ(z_f), σ(z_o),  g = tanh(z_g),  z = x W + h U + b
    c' = f ⊙ c + i ⊙ g,  h' = o ⊙ tanh(c'), as in `cells.lstm_step`

    forget_bias: what b holds in its f block at the start (1: Jozefowicz et al. 2015).
    peephole: i and f also see P ⊙ c, o sees P ⊙ c' (Gers & Schmidhuber 2000), with P (3,H), rows i, f, o.
    output_activation: "tanh", or "identity" for h' = o ⊙ c'.
    rng: a numpy.random.Generator or a seed. dtype: np.float64 or np.float32.

    parameters: W (I,4H), U (H,4H), b (4H,), gate order i, f, g, o; with peepholes also P (3,H).
    The state is the tuple (h, c), each (B,H); trace.gates holds i, f, g, o, c.
    Wrong arguments raise ValueError or TypeError.
    """

    loops = fast.LOOPS

    def __init__(self, input_size: int, hidden_size: int, forget_bias: float = 1.0, peephole: bool = False,
                 output_activation: str = "tanh", rng: Any = None, dtype: Any = np.float64):
        self.forget_bias = check_number("forget_bias", forget_bias)
        self.peephole = check_flag("peephole", peephole)
        self.output_activation = check_option("output_activation", output_activation, ("tanh", "identity"))
        cell = LSTMCell(self.forget_bias, self.peephole, self.output_activation)
        super().__init__(cell, input_size, hidden_size, rng, dtype)

    def __repr__(self) -> str:
        return (f"LSTM({self.input_size}, {self.hidden_size}, forget_bias={self.forget_bias:g}, "
                f"peephole={self.peephole}, output_activation={self.output_activation!r}, dtype={self.dtype})")
