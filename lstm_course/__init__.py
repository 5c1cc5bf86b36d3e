"""An interactive course on recurrent neural networks, with every network written from scratch in NumPy.

The rooms, from the ground up: `networks`, `tasks`, `training`, `gradients`, `experiments`, `widgets`, `students`,
`checking`, `asking`, `lessons`. Notebooks import from `exercises` and `explorers`.
Importing the package loads NumPy and the networks only.
"""

import os

# Two BLAS threads on a busy machine are many times slower than one. This works if NumPy comes after it.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

try:
    from lstm_course.former_names import find_former_names
    from lstm_course.networks import GRU, LSTM, RNN, Bidirectional, Embedding, Linear, Stacked
except Exception as _error:
    from lstm_course.whereabouts import why_not_imported

    if not (_words := why_not_imported(_error)):
        raise
    raise _words from None

find_former_names()

__all__ = ["RNN", "LSTM", "GRU", "Stacked", "Bidirectional", "Linear", "Embedding"]
__version__ = "0.1.0"
