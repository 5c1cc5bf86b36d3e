"""The adding problem: remember two marked numbers of a long sequence, answer with their sum.

Hochreiter & Schmidhuber 1997, section 5.4, in the form of Le, Jaitly & Hinton 2015, section 4.1.
"""

import numpy as np

VARIANCE = 1 / 6                                                # of the sum of two uniform numbers: 2 · 1/12


def adding_problem(steps: int, sequences: int, rng: np.random.Generator | int | None = None,
                   ) -> tuple[np.ndarray, np.ndarray]:
    """-> x (T,B,2): uniform numbers in [0, 1) and a marker 0 or 1; targets (B,1): the sum of the two marked.

    One marker stands in the first half, the other in the second, each anywhere with equal chance.
    """
    if steps < 2:
        raise ValueError(f"steps is {steps}, expected at least 2: there are two numbers to add")
    rng = np.random.default_rng(rng)
    x = np.zeros((steps, sequences, 2))
    x[:, :, 0] = rng.random((steps, sequences))
    every = np.arange(sequences)
    first, second = rng.integers(0, steps // 2, sequences), rng.integers(steps // 2, steps, sequences)
    x[first, every, 1] = x[second, every, 1] = 1
    return x, (x[first, every, 0] + x[second, every, 0])[:, None]


def baseline() -> float:
    """Mean squared error of always answering 1, the mean: the variance of the sum, 1/6."""
    return VARIANCE
