"""Numbers as a student reads them."""

import numpy as np
import pytest

from lstm_course.widgets.live_run import updates_words
from lstm_course.widgets.numbers import (
    bracketed,
    capital,
    compact,
    grouped,
    joined,
    many,
    num,
    percent,
    scientific,
    span,
    trimmed,
    vector,
)


@pytest.mark.parametrize("said, words", [
    (num(-0.0001), "0.000"), (num(-1.5, 1), "−1.5"), (num(np.nan), "not a number"), (num(-np.inf), "−∞"),
    (vector([0.6, -0.5]), "(0.600, −0.500)"), (scientific(-3e9), "−3.0·10^{9}"), (scientific(-3e9, False), "−3.0e9"),
    (compact(0.0), "0"), (compact(0.1207, 4), "0.1207"), (compact(-3.14e-5), "−3.1e−05"), (compact(-0.5), "−0.500"),
    (trimmed(0.7), "0.7"), (trimmed(-0.84240001), "−0.8424"), (trimmed(100, 0), "100"), (trimmed(3e-5), "3.0e−05"),
    (bracketed("−1"), "(−1)"), (bracketed("1"), "1"), (joined(["−1", "2", "−3"], "·"), "−1 · 2 · (−3)"),
    (grouped(10_000), "10\u00a0000"), (percent(0.9314), "93.1 %"), (percent(0.928, 0.941), "92.8 to 94.1 %"),
    (span([75, 25]), "25–75"), (span([5, 5]), "5"), (span([]), "–"), (span([1.04, 1.0], lambda v: num(v, 1)), "1.0"),
    (updates_words(np.array([0, 75, 25])), "25–75"), (updates_words(np.zeros(2, int)), "–"),
    (many(1, "step"), "1 step"), (many(5, "step"), "5 steps"),
    (capital("without i"), "Without i"), (capital("i = 1 − f"), "i = 1 − f"), (capital("g not squashed"),
                                                                               "g not squashed")])
def test_in_words(said, words):
    assert said == words
