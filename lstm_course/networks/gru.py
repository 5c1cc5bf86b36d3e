"""The GRU as a layer."""

from typing import Any

import numpy as np

from lstm_course.networks.cells import GRUCell
from lstm_course.networks.fast import gru as fast
from lstm_course.networks.layer import Recurrent
from lstm_course.networks.validation import check_flag


class GRU(Recurrent):
    """The gated recurrent unit (Cho et al. 2014): h' = (1 - z) ⊙ n + z ⊙ h, as in `cells.gru_step`.

    r, z = σ(x W_r + h U_r + b_r), σ(x W_z + h U_z + b_z)
    reset_after=True (PyTorch, Keras):  n = tanh(x W_n + b_n + r ⊙ (h U_n + b_hn))
    reset_after=False (the paper):      n = tanh(x W_n + b_n + (r ⊙ h) U_n)

    rng: a numpy.random.Generator or a seed. dtype: np.float64 or np.float32.

    parameters: W (I,3H), U (H,3H), b (3H,), gate order r, z, n; only with reset_after also b_hn (H,).
    The state is h (B,H); trace.gates holds r, z, n. Wrong arguments raise ValueError or TypeError.
    """

    loops = fast.LOOPS

    def __init__(self, input_size: int, hidden_size: int, reset_after: bool = True, rng: Any = None,
                 dtype: Any = np.float64):
        self.reset_after = check_flag("reset_after", reset_after)
        super().__init__(GRUCell(self.reset_after), input_size, hidden_size, rng, dtype)

    def __repr__(self) -> str:
        return f"GRU({self.input_size}, {self.hidden_size}, reset_after={self.reset_after}, dtype={self.dtype})"
