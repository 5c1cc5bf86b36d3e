"""word2vec in NumPy: continuous bag of words with negative sampling.

Mikolov, Chen, Corrado & Dean, "Efficient Estimation of Word Representations in Vector Space", 2013 (CBOW), and
Mikolov, Sutskever, Chen, Corrado & Dean, "Distributed Representations of Words and Phrases and their
Compositionality", 2013 (negative sampling, subsampling of frequent words).

    vectors = cbow(numbers, len(vocabulary), size=200, rng=0)           # (V, 200)
    cosines(vectors, vectors[7])                                        # (V,): how near each token is to token 7
"""

from typing import Any

import numpy as np

from lstm_course.networks.functions import sigmoid
from lstm_course.networks.validation import check_rng


def cbow(numbers: np.ndarray, vocabulary_size: int, size: int = 200, window: int = 8, negative: int = 25,
         subsample: float = 1e-4, epochs: int = 15, rate: float = 0.025, rng: Any = None) -> np.ndarray:
    """Tokens (N,) -> vectors (V, size): each token is guessed from the mean of the vectors around it.

    window: how many tokens on each side at most, drawn anew for every place; negative: how many random tokens the
    right one is told from; subsample: frequent tokens are dropped more often the smaller it is, 0 keeps all;
    rate: falls in a straight line to almost 0.
    """
    rng = check_rng(rng)
    counts = np.bincount(numbers, minlength=vocabulary_size)
    keep = keeping(counts, subsample)
    ladder = np.cumsum(counts ** 0.75) / np.sum(counts ** 0.75)
    vectors = (rng.random((vocabulary_size, size)) - 0.5) / size
    outputs = np.zeros((vocabulary_size, size))
    for epoch in range(epochs):
        text = numbers[rng.random(len(numbers)) < keep[numbers]]
        reach = rng.integers(1, window + 1, len(text))
        others = np.minimum(ladder.searchsorted(rng.random((len(text), negative))), vocabulary_size - 1)
        for t, word in enumerate(text):
            now = rate * max(1 - (epoch + t / len(text)) / epochs, 1e-4)
            around = np.concatenate([text[max(0, t - reach[t]):t], text[t + 1:t + 1 + reach[t]]])
            if len(around):
                guess(vectors, outputs, around, word, others[t][others[t] != word], now)
    return vectors


def keeping(counts: np.ndarray, subsample: float) -> np.ndarray:
    """How often each token is kept: (V,) counts -> (V,) probabilities. A token of share s: √(subsample / s) and a
    bit."""
    share = np.maximum(counts, 1) / counts.sum()
    return np.minimum(1, np.sqrt(subsample / share) + subsample / share) if subsample else np.ones(len(counts))


def guess(vectors: np.ndarray, outputs: np.ndarray, around: np.ndarray, word: int, others: np.ndarray,
          rate: float) -> None:
    """One update, in place: make `word` likelier and `others` unlikelier next to the tokens `around`."""
    centre = vectors[around].mean(axis=0)
    asked = np.concatenate([[word], others])
    wrong = sigmoid(outputs[asked] @ centre)                    # how likely each is said to be the right one
    wrong[0] -= 1                                               # slope of the cross-entropy: σ(z) - target
    grad_centre = wrong @ outputs[asked]
    np.subtract.at(outputs, asked, rate * wrong[:, None] * centre)
    np.subtract.at(vectors, around, rate * grad_centre / len(around))


def cosines(vectors: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """The cosine between each row of vectors (V, E) and one vector (E,) -> (V,)"""
    return vectors @ vector / (np.linalg.norm(vectors, axis=1) * np.linalg.norm(vector) + 1e-12)


def mean_cosine(vectors: np.ndarray) -> float:
    """The mean cosine of all pairs of different rows."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    n = len(unit)
    return float((np.square(unit.sum(axis=0)).sum() - n) / (n * (n - 1)))
