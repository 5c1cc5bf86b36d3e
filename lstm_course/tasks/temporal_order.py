"""Temporal order: two symbols among distractors; which came first?

Hochreiter & Schmidhuber 1997, section 5.6, task 6a, with their positions (steps 10 to 20 and 50 to 60 of
about 100) as shares of the length, and without their start and end symbols, as all have one length.
"""

import numpy as np

SYMBOLS = ("X", "Y", "a", "b", "c", "d")
CLASSES = ("XX", "XY", "YX", "YY")


def temporal_order(steps: int, sequences: int, rng: np.random.Generator | int | None = None, first: tuple[float,
                   float] = (0.1, 0.2),
                   second: tuple[float, float] = (0.5, 0.6)) -> tuple[np.ndarray, np.ndarray]:
    """-> x (T,B,6): one-hot symbols X, Y, a, b, c, d; targets (B,): 0 XX, 1 XY, 2 YX, 3 YY.

    X or Y stands at one step of [0.1 T, 0.2 T) and one of [0.5 T, 0.6 T), distractors a to d everywhere else.
    The two windows are shares of T, for T = 50 steps 5 to 9 and 25 to 29.
    """
    windows = [(round(low * steps), round(high * steps)) for low, high in (first, second)]
    if not all(0 <= low < high <= steps for low, high in windows) or windows[0][1] > windows[1][0]:
        raise ValueError(f"steps is {steps} with windows {windows}, expected two windows of at least one "
                         "step, one after the other, for example steps=50")
    rng = np.random.default_rng(rng)
    symbols, every = rng.integers(2, 6, (steps, sequences)), np.arange(sequences)
    pair = rng.integers(0, 2, (2, sequences))
    for symbol, (low, high) in zip(pair, windows, strict=True):
        symbols[rng.integers(low, high, sequences), every] = symbol
    return np.eye(6)[symbols], 2 * pair[0] + pair[1]


def baseline() -> float:
    """Accuracy of guessing one of the four classes."""
    return 1 / 4
