"""The quote language: small letters outside quotation marks, CAPITALS inside. Whoever continues it has to remember
which.

    tokens, inside = quotes.text(60, 1, rng=0)
    "".join(quotes.ALPHABET[k] for k in tokens[:, 0])

(After the cell that follows quotations in A. Karpathy, J. Johnson & L. Fei-Fei, "Visualizing and Understanding
Recurrent Networks", 2015.)
"""

import numpy as np

SMALL, CAPITAL, BLANK, MARK = "abcdefgh", "ABCDEFGH", " ", '"'
ALPHABET = SMALL + CAPITAL + BLANK + MARK
P_MARK, P_BLANK = 0.08, 0.3             # of a quotation mark and of a blank; the letters share the rest


def text(steps: int, sequences: int, rng: np.random.Generator | int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """-> tokens (T,B), places in ALPHABET, and inside (T,B): True from an opening mark to before the closing one."""
    if steps < 1 or sequences < 1:
        raise ValueError(f"steps is {steps} and sequences is {sequences}, expected at least 1 of both")
    rng = np.random.default_rng(rng)
    kind = rng.random((steps, sequences))
    letters = rng.integers(0, len(SMALL), (steps, sequences))
    marks = kind < P_MARK
    start = rng.integers(0, 2, sequences)                       # half of the texts begin inside a quotation
    inside = (np.cumsum(marks, axis=0) + start) % 2 == 1
    blank = (kind >= P_MARK) & (kind < P_MARK + P_BLANK)
    tokens = np.where(inside, letters + len(SMALL), letters)
    tokens = np.where(blank, ALPHABET.index(BLANK), tokens)
    return np.where(marks, ALPHABET.index(MARK), tokens), inside


def encode(words: str) -> np.ndarray:
    """A text of the language -> tokens (T,); letters outside the alphabet are refused."""
    strange = sorted(set(words) - set(ALPHABET))
    if strange:
        raise ValueError(f"Only a to h, A to H, blanks and quotation marks, please: not {strange[0]!r}.")
    return np.array([ALPHABET.index(letter) for letter in words], dtype=np.int64)


def best_perplexity(knows: bool = True) -> float:
    """The perplexity of who knows the rules: with what is inside remembered, or without (then 16 letters may come)."""
    letters = len(SMALL) * (1 if knows else 2)
    p = np.array([P_MARK, P_BLANK] + [(1 - P_MARK - P_BLANK) / letters] * letters)
    return float(np.exp(-(p * np.log(p)).sum()))
