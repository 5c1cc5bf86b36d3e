"""The simple recurrent network as a layer."""

from typing import Any

import numpy as np

from lstm_course.networks.cells import RNNCell
from lstm_course.networks.fast import rnn as fast
from lstm_course.networks.layer import Recurrent
from lstm_course.networks.validation import check_option


class RNN(Recurrent):
    """The simple recurrent network (Elman 1990): h' = φ(x W + h U + b), as in `cells.rnn_step`.

    activation: φ, one of "tanh", "relu", "sigmoid".
    rng: a numpy.random.Generator or a seed. dtype: np.float64 or np.float32.

    parameters: W (I,H), U (H,H), b (H,). The state is h (B,H), and there are no gates.
    Wrong arguments raise ValueError or TypeError.
    """

    loops = fast.LOOPS

    def __init__(self, input_size: int, hidden_size: int, activation: str = "tanh", rng: Any = None,
                 dtype: Any = np.float64):
        self.activation = check_option("activation", activation, ("tanh", "relu", "sigmoid"))
        super().__init__(RNNCell(activation), input_size, hidden_size, rng, dtype)

    def __repr__(self) -> str:
        return f"RNN({self.input_size}, {self.hidden_size}, activation={self.activation!r}, dtype={self.dtype})"
