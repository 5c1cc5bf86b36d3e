"""An interactive course on recurrent neural networks, with every network written from scratch in NumPy.

The rooms, from the ground up: `networks`, `tasks`, `training`, `gradients`, `experiments`, `widgets`, `students`,
`checking`, `asking`, `lessons`. Notebooks import from `exercises` and `explorers`.
Importing the package loads NumPy and the networks only.
"""

import os

from lstm_course.former_names import find_former_names

# Two BLAS threads on a busy machine are many times slower than one. This works if NumPy comes after it.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

try:
    from lstm_course.networks import GRU, LSTM, RNN, Bidirectional, Embedding, Linear, Stacked
except ModuleNotFoundError as _error:
    if _error.name != "numpy":
        raise
    import sys
    raise ImportError(f"NumPy is missing in this Python, {sys.executable}. Is it the one in which the course was "
                      "installed? In a notebook: Kernel → Change Kernel; on the command line: the python of the "
                      "course's own environment (.venv)") from None

find_former_names()

__all__ = ["RNN", "LSTM", "GRU", "Stacked", "Bidirectional", "Linear", "Embedding"]
__version__ = "0.1.0"
