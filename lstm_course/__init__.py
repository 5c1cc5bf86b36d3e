"""An interactive course on recurrent neural networks, with every network written from scratch in NumPy.

The rooms: `networks`, `gradients`, `tasks`, `experiments`, `explorers`, `exercises`.
Importing the package loads NumPy and the networks only.
"""

import os

# Two BLAS threads on a busy machine are many times slower than one. This works if NumPy comes after it.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from lstm_course.networks import GRU, LSTM, RNN, Bidirectional, Embedding, Linear, Stacked  # noqa: E402

__all__ = ["RNN", "LSTM", "GRU", "Stacked", "Bidirectional", "Linear", "Embedding"]
__version__ = "0.1.0"
