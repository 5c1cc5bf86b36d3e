"""N-grams as strong as they get with counting alone: Kneser-Ney smoothing, and a cache of what was said lately.

    counts = ngrams.KneserNey(training, len(vocabulary), order=3)
    p = counts.of_next(held_out)                            # (N-1,)
    p = ngrams.with_cache(p, held_out, share=0.1)           # the same, and the last 300 tokens

Kneser & Ney, "Improved backing-off for m-gram language modeling", 1995, interpolated as in Chen & Goodman, "An
Empirical Study of Smoothing Techniques for Language Modeling", 1999; the cache is that of Kuhn & De Mori, 1990.
"""

from collections import Counter, defaultdict

import numpy as np

DISCOUNTS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
SHARES, WINDOW = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3), 300


class KneserNey:
    """Contexts of up to order - 1 tokens. A shorter context does not ask how often a token came, but after how many
    different tokens it came.

    From each count a `discount` is taken and given to the next shorter context; without it, it is the best of a grid
    for the last tenth of the training text.
    """

    def __init__(self, numbers: np.ndarray, size: int, order: int, discount: float | None = None):
        self.order, self.size = order, size
        self.discount = self._best(numbers) if discount is None else discount
        self.counts = [dict(counted) for counted in _counts(numbers.tolist(), order)]       # order 1, 2, …
        self.totals: list[Counter] = [Counter() for _ in self.counts]
        self.kinds: list[Counter] = [Counter() for _ in self.counts]       # how many different tokens follow a context
        for counted, totals, kinds in zip(self.counts, self.totals, self.kinds, strict=True):
            for gram, count in counted.items():
                totals[gram[:-1]] += count
                kinds[gram[:-1]] += 1

    def _best(self, numbers):
        border = len(numbers) * 9 // 10
        found = {d: surprise(KneserNey(numbers[:border], self.size, self.order, d).of_next(numbers[border:]))
                 for d in DISCOUNTS}
        return min(found, key=found.get)

    def of_next(self, numbers: np.ndarray) -> np.ndarray:
        """p(token t | up to order - 1 tokens before it) for t = 1 … N-1 -> (N-1,)"""
        plain = numbers.tolist()
        return np.array([self._one(plain[max(0, t - self.order + 1):t], plain[t]) for t in range(1, len(plain))])

    def _one(self, context, token):
        p = 1 / self.size
        for n in range(1, len(context) + 2):
            before = tuple(context[len(context) - n + 1:])
            total = self.totals[n - 1].get(before, 0)
            if total:
                kept = max(self.counts[n - 1].get((*before, token), 0) - self.discount, 0)
                p = (kept + self.discount * self.kinds[n - 1][before] * p) / total
        return p


def _counts(plain, order):
    """Counts of n-grams for n = 1 … order: plain ones of the highest order, below it kinds of tokens before."""
    found = [Counter(tuple(plain[k:k + order]) for k in range(len(plain) - order + 1))]
    for n in range(order - 1, 0, -1):
        grams = {tuple(plain[k:k + n + 1]) for k in range(len(plain) - n)}
        before = defaultdict(int)
        for gram in grams:
            before[gram[1:]] += 1
        found.append(before)
    return found[::-1]


def with_cache(p: np.ndarray, numbers: np.ndarray, share: float, window: int = WINDOW) -> np.ndarray:
    """(1 - share) p + share · (how frequent the token was among the `window` tokens before it), p (N-1,)."""
    plain, found = numbers.tolist(), p.copy()
    recent: Counter = Counter()
    for t in range(1, len(plain)):
        recent[plain[t - 1]] += 1
        if t > window:
            recent[plain[t - window - 1]] -= 1
        found[t - 1] = (1 - share) * p[t - 1] + share * recent[plain[t]] / min(t, window)
    return found


def surprise(p: np.ndarray) -> float:
    """The mean of -log p."""
    return float(-np.log(p).mean())
