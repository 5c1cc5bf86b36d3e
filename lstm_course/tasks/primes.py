"""Prime numbers: the next one from a window of earlier ones, and the class of the gap to the next one.

The first task is that of the article "真正掌握一种算法…". It looks hard and is not one: the 25 primes below 100 are
written down again and again, so with 50 numbers in a window the one asked for stands in it, twice.
"""

from collections.abc import Callable

import numpy as np

HUNDRED = 100               # the article takes the primes below it, and divides by it
GAPS_UP_TO = 32             # larger gaps are read as this one


def below(limit: int) -> np.ndarray:
    """All primes below a number, by the sieve of Eratosthenes."""
    prime = np.ones(max(limit, 2), dtype=bool)
    prime[:2] = False
    for k in range(2, int(limit ** 0.5) + 1):
        if prime[k]:
            prime[k * k::k] = False
    return np.flatnonzero(prime)


def series(count: int, repeat: bool = True) -> np.ndarray:
    """`count` primes in their order; repeat: after 97 it begins again with 2, as in the article."""
    if repeat:
        return np.resize(below(HUNDRED), count)
    limit = 20
    while len(below(limit)) < count:
        limit *= 2
    return below(limit)[:count]


def windows(numbers: np.ndarray, width: int, start: int = 0, count: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Numbers (N,) -> windows number start … start + count - 1: x (count,width), and what comes after each (count,)."""
    if not 0 <= start <= start + count <= len(numbers) - width:
        raise ValueError(f"start is {start}, count {count} and width {width}, expected windows that lie within "
                         f"{len(numbers)} numbers and leave one to ask for")
    ends = np.arange(start, start + count) + width
    return numbers[ends[:, None] + np.arange(-width, 0)], numbers[ends]


def scale(count: int, repeat: bool = True) -> int:
    """What `count` primes are divided by: 100, as in the article; if they go on, the next hundred above them."""
    return HUNDRED if repeat else int(-(-series(count, repeat)[-1] // HUNDRED) * HUNDRED)


def next_prime(width: int = 50, start: int = 0, count: int = 10, repeat: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """The article's task -> x (T,1,width), targets (T,1,1): window after window is one step of one sequence."""
    used = start + count + width
    x, targets = windows(series(used, repeat) / scale(used, repeat), width, start, count)
    return x[:, None], targets[:, None, None]


# ---- the honest task: which gap comes next? ------------------------------------------------------------------

def gaps(low: int, high: int) -> np.ndarray:
    """The gaps between neighbours among the primes from low (at least 5) to high; all are even."""
    if low < 5:
        raise ValueError(f"low is {low}, expected at least 5: the gap from 2 to 3 is odd, and 3, 5, 7 are an exception")
    primes = below(high)
    return np.diff(primes[primes >= low])


def size_class(gap: np.ndarray) -> np.ndarray:
    """0, 1, 2, 3 for a gap of 2, of 4, of 6, of 8 or more."""
    return np.minimum(gap // 2, 4) - 1


def remainder_class(gap: np.ndarray) -> np.ndarray:
    """0, 1, 2 for a gap with the remainder 0, 2, 4 when divided by 6."""
    return gap % 6 // 2


def next_gap(low: int, high: int, classes: Callable[[np.ndarray], np.ndarray], width: int = 16,
             ) -> tuple[np.ndarray, np.ndarray]:
    """-> x (width,B,16): the gaps before, each one-hot; targets (B,): the class of the gap that follows."""
    found = gaps(low, high)
    x, following = windows(found, width, 0, len(found) - width)
    one_hot = np.eye(GAPS_UP_TO // 2)[np.minimum(x, GAPS_UP_TO) // 2 - 1]
    return one_hot.swapaxes(0, 1), classes(following)
