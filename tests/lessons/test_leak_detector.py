"""The leak detector of lesson 08: its numbers, its words, its picture, its code."""

import contextlib
import io

import numpy as np
import pytest

from lstm_course.explorers import leak_detector
from lstm_course.lessons.l08_learned_or_memorised.leak_detector import (
    PRESETS,
    START,
    compute,
    describe,
    draw,
    own_series,
)
from lstm_course.tasks import primes
from lstm_course.widgets.style import YELLOW
from tests.lessons.support import revealed, shown

FRAMED = 'stroke="#000000" stroke-width="4"'


def look(**values):
    return compute(**START | values)


def test_the_article():
    x, targets = primes.next_prime(count=20)
    seen = look(step=3)
    np.testing.assert_array_equal(seen.x, np.round(100 * x[:, 0]))
    np.testing.assert_array_equal(seen.targets, np.round(100 * targets.ravel()))
    assert seen.leaks.tolist() == seen.equal.tolist() == [0, 25] and seen.target == seen.window[0] == 7


@pytest.mark.parametrize("width, leaks", [(24, []), (25, [0]), (26, [1]), (49, [24]), (50, [0, 25]), (60, [10, 35])])
def test_leaks_by_width(width, leaks):
    """The target is 25 and 50 numbers back, if the window reaches so far."""
    assert look(width=width).leaks.tolist() == leaks
    assert look(width=width, repeat=False).leaks.tolist() == []


def test_what_is_equal_here_need_not_be_a_leak():
    """In 1 1 2, again and again, x[1] is the target in two windows of three."""
    seen = look(own="1 1 2", width=3, step=0)
    assert seen.equal.tolist() == [0, 1] and seen.leaks.tolist() == [0]
    assert "It stands in x[0] and x[1]" in describe(seen) and "the target is x[0]." in describe(seen)


def test_only_learned_windows_make_a_leak():
    """With 17 numbers again and again in windows of 17 all twenty windows leak; x is the same after a whole round."""
    own = " ".join(str(k) for k in range(17))
    assert look(own=own, width=17, step=12).leaks.tolist() == [0] and "Window 12, held out" in describe(
        look(own=own, width=17, step=12))


@pytest.mark.parametrize("typed, meant", [("2 3 5", "2 3 5"), ("2,3; 005", "2 3 5"), ("", ""), ("  ", ""), ("7", None),
                                          ("2 x", None), ("2 -3", None), ("1 1000", None), ("1 " * 41, None)])
def test_own_numbers(typed, meant):
    if meant is None:
        with pytest.raises(ValueError, match="2 to 40 whole numbers from 0 to 999"):
            own_series(typed)
    else:
        assert own_series(typed) == meant


def test_words():
    assert describe(look()) == ("Window 0, learned: the target is 2. It stands in x[0] and x[25]. "
                                "In all 10 learned windows the target is x[0] and x[25].")
    assert "No input is equal to it. No input is the target" in describe(look(width=24, step=19))


def test_the_picture_frames_the_leaks_and_brightens_what_is_equal():
    tiles = [draw(look(**values)) for values in ({}, {"width": 24}, {"own": "2 3 5", "width": 6})]
    key = 1
    assert [picture.count(FRAMED) - key for picture in tiles] == [2, 0, 2]
    assert [picture.count(YELLOW) - key for picture in tiles] == [3, 1, 3]          # the target has it, too
    assert "233" in shown(draw(look(repeat=False)))


def test_before_the_guess_nothing_is_found():
    picture = draw(look(), hidden=True)
    assert "?" in shown(picture) and picture.count(FRAMED) == 1 and "x[25]" not in picture
    explorer = leak_detector()
    explorer.panel.answer.value = "in one"
    explorer.panel.commit.click()
    assert "Answer: in two" in explorer.panel.verdict.value and "✗" in explorer.panel.verdict.value


@pytest.mark.parametrize("name", PRESETS)
def test_the_code_of_each_preset_prints_what_is_shown(name):
    explorer = revealed(leak_detector)
    explorer.preset(PRESETS[name])
    explorer.set(step=4)
    space, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(explorer.code(explorer.values), space)
    seen = explorer.data
    np.testing.assert_array_equal(space["window"], seen.window)
    assert space["target"] == seen.target and printed.getvalue().endswith(f"inputs {seen.equal}\n")
