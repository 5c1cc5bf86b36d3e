"""The ball of lesson 02 that rolls down the loss of one weight."""

import numpy as np
import pytest

from lstm_course.lessons.l02_binary_addition.one_weight import (
    OPTIONS,
    PRESETS,
    compute,
    describe,
    draw,
    loss,
    one_weight,
    slope,
)


def test_the_slope_is_that_of_the_loss():
    w = np.linspace(-2, 8, 11)
    np.testing.assert_allclose((loss(w + 1e-6) - loss(w - 1e-6)) / 2e-6, slope(w), rtol=1e-8, atol=1e-8)


def test_the_numbers_of_the_text():
    assert (loss(0.0), slope(0.0)) == (18, -12)
    np.testing.assert_allclose(compute(0.1, 0.0, 3).weights, [0, 1.2, 1.92, 2.352])
    assert compute(0.25, 0.0, 1).now == 3 and compute(0.25, 7.5, 1).now == 3


@pytest.mark.parametrize("rate, start, words", [
    (0.1, 0.0, "brings it nearer"), (0.49, 0.0, "brings it nearer"), (0.5, 0.0, "never comes nearer"),
    (0.51, 0.0, "farther from"), (0.6, 3.0, "lies at the bottom"), (0.25, 0.0, "lies at the bottom")])
def test_where_it_leads(rate, start, words):
    """The distance from 3 shrinks if 0 < rate < 0.5, and only then."""
    descent = compute(rate, start, 3)
    assert words in describe(descent)
    distance = abs(compute(rate, start, 12).weights - 3)
    if "nearer to" in words and "never" not in words:
        assert np.all(np.diff(distance) < 0)
    if "farther" in words:
        assert np.all(np.diff(distance) > 0)


def test_the_ball_stands_on_the_curve_or_an_arrow_says_where_it_went():
    inside, outside = draw(compute(0.1, 0.0, 3)), draw(compute(0.6, 0.0, 4))
    assert 'r="11"' in inside and 'r="11"' not in outside and "w = −8.5" in outside


def test_before_the_guess_no_step_is_shown():
    explorer = one_weight()
    assert explorer.picture.value.count("<circle") == 1 and "−8.5" not in explorer.picture.value
    assert ">= ?<" in explorer.picture.value and ">7.2" not in explorer.picture.value


@pytest.mark.parametrize("guess, mark", list(zip(OPTIONS, "✗✗✓", strict=True)))
def test_predict(guess, mark):
    explorer = one_weight()
    explorer.panel.answer.value = guess
    explorer.panel.commit.click()
    assert mark in explorer.panel.verdict.value and explorer.error is None


def test_no_preset_gives_a_task_of_the_text_away():
    """Which rate arrives at once, and from which one on it never arrives."""
    assert not {0.25, 0.5} & {values["rate"] for values in PRESETS.values()}


def test_the_code_prints_what_is_shown(capsys):
    explorer = one_weight()
    explorer.reveal()
    explorer.set(rate=0.1, step=3)
    exec(explorer.code(explorer.values), {})
    assert capsys.readouterr().out == "2.352 0.84\n"
