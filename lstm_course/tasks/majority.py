"""Majority so far: letters a and b arrive; at every step, have there been more a than b?

To answer, one number has to be kept: the a so far minus the b so far. It has no upper end, so a network must count.
"""

from collections.abc import Sequence

import numpy as np


def majority(steps: int, sequences: int, rng: np.random.Generator | int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """-> x (T,B,2): (1, 0) for a, (0, 1) for b; targets (T,B,1): 1 where there have been more a than b, else 0.

    Each sequence has two parts. The cut is anywhere, and each part has its own share of a, drawn from [0, 1): so the
    count climbs high in some sequences, and comes back in some of them.
    """
    rng = np.random.default_rng(rng)
    shares, cut = rng.random((2, sequences)), rng.integers(0, steps + 1, sequences)
    share = np.where(np.arange(steps)[:, None] < cut, *shares)
    return _letters(rng.random((steps, sequences)) < share)


def a_then_b(counts: Sequence[int], steps: int) -> tuple[np.ndarray, np.ndarray]:
    """One sequence for each count: so many a, then only b, `steps` letters in all -> x (T,B,2), targets (T,B,1)."""
    return _letters(np.arange(steps)[:, None] < np.asarray(counts))


def _letters(is_a):
    """Where the letter is a (T,B) -> x, targets"""
    x = np.stack([is_a, ~is_a], axis=-1).astype(float)
    return x, (np.cumsum(2 * is_a - 1, axis=0) > 0).astype(float)[:, :, None]
