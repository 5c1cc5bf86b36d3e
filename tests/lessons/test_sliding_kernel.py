"""The sliding kernel of lesson A: its answers are the layer's, its words and its picture say them."""

import numpy as np
import pytest

from lstm_course.explorers import sliding_kernel
from lstm_course.lessons.lA_convolution.sliding_kernel import PRESETS, START, T, compute, describe, draw, series
from lstm_course.networks.causal_convolution import CausalConvolution
from tests.lessons.support import revealed, shown


def at(step=T - 1, **values):
    return compute(**START | {"step": step} | values)


@pytest.mark.parametrize("values", [{}, {"dilation": 3, "w1": 0.5}, {"moved": 5, "w0": -2.0}, *PRESETS.values()])
def test_its_answers_are_those_of_the_layer(values):
    seen = at(**values)
    layer = CausalConvolution(1, 1, 3, seen.d, rng=0)
    layer.parameters["W"][:, 0, 0] = seen.W
    np.testing.assert_allclose(seen.y, layer.forward(seen.x[:, None, None]).outputs[:, 0, 0], atol=1e-12)
    assert seen.covered @ seen.W == pytest.approx(seen.y[T - 1])


def test_the_window_and_the_sum_in_words_and_picture():
    seen = at(step=3)
    assert seen.places == [1, 2, 3] and "y[3] = (−1) · 0 + 0 · 0 + 1 · 2 = 2" in describe(seen)
    assert "y[3] = (−1) · 0 + 0 · 0 + 1 · 2 = 2" in shown(draw(seen))
    assert "1 of its places is before the series" in describe(at(step=1)) and at(step=1).covered.tolist() == [0, 0, 0]
    assert "2 of its places are before the series" in describe(at(step=4, dilation=5))
    assert len({draw(at(step=t)) for t in range(T)}) == T


def test_before_the_guess_no_answer_is_shown():
    explorer = sliding_kernel()
    assert "−2" not in shown(explorer.picture.value) and "Answers" not in explorer.readout.value
    explorer.reveal("while the series is high")
    assert "Answer: where it rises. ✗" in explorer.panel.verdict.value
    assert "0 0 0 2 2 0 0 0 −2" in explorer.readout.value


@pytest.mark.parametrize("typed, meant", [
    ("1 2", "1 2"), ("1, −2; .5", "1 -2 0.5"), ("", None), ("x", None), ("10", None), ("nan", None), ("1 " * 17, None)])
def test_own_series(typed, meant):
    if meant:
        assert series(typed) == meant == series(meant)
    else:
        with pytest.raises(ValueError, match="one to 16 numbers from −9 to 9"):
            series(typed)


def test_a_series_that_is_moved_has_its_answers_moved():
    explorer = revealed(sliding_kernel)
    before = explorer.data.y
    explorer.set(moved=4)
    assert np.array_equal(explorer.data.y[4:], before[:-4]) and not explorer.data.y[:4].any()
