"""Lesson 10: what the check of the lamp says of a unit that is wrong, and that its other way is right, too."""

import numpy as np
import pytest

from lstm_course.checking.solution import function_of
from lstm_course.exercises import check
from lstm_course.lessons.l10_gru.lamp import OPEN, N, R, Z, states

PROGRAM = """
def lamp(x):
    r, z, n = (
        {numbers}
    )
    return np.round(states(x, r, z, n)).astype(int)
"""


def programmed(numbers):
    return function_of(PROGRAM.format(numbers=numbers), f"lamp {numbers}", {"np": np, "states": states})


@pytest.mark.parametrize("numbers, words", [
    (f"{R}, {Z}, (0, 0, -20, 20)", "n = 0 at step 2 of sequence 0 (A, h was 1): h = 1 · 0 + 0 · 1 = 0, not −1."),
    (f"{R}, (-20, -20, 0, 20), {N}", "z = 0.5, n = 1 at step 0 of sequence 0 (A, h was −1): h = 0.5 · 1 + 0.5 · (−1)"),
    (f"{R}, {Z[:3]}, {N}", "z takes four numbers (w_A, w_B, u, b), and 3 came"),
])
def test_a_lamp_that_is_wrong_shows_its_unit_at_the_first_fault(numbers, words):
    result = check.lamp(programmed(numbers))
    assert result.status == "wrong" and words in result.headline


def test_a_large_weight_of_b_does_without_the_reset():
    assert check.lamp(programmed(f"{OPEN}, {Z}, (0, 40, -20, 0)")).status == "correct"
