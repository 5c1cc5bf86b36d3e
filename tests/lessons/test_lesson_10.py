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
    (f"(20, 0, 0, -10), {Z}, (20, 20, -20, 0)", "at an A while the lamp is on, w_A + b of n and u h cancel"),
    (f"(20, 0, 0, -10), {Z}, (-20, 20, -20, 0)", "at an A while the lamp is off, w_A + b of n and u h cancel"),
    (f"{R}, {Z}, (0, 0, -20, 20)", "at an A while the lamp is on, w_A + b of n and u h cancel"),
    (f"(20, 0, 0, -10), (-20, -20, 0, 0), {N}", "without a button z is σ(0) = ½, since its b is 0"),
    (f"{R}, (-20, -20, 0, 0), {N}", "without a button z is σ(0) = ½, since its b is 0"),
    ("(10, 0, 0, -10), (-10, -10, 0, 10), (0, 10, -10, 0)", "r and z stand at one half at a button"),
    (f"(20, 0, 0, -10), {Z}, (0, 1, -1, 0)", "Make w_B and u larger"),
    (f"{R}, {Z}, (0, 20, -0.5, 0)", "or u of n is 0 or too weak"),
    (f"{R}, (-20, -20, 0, 20), {N}", "z = 0.5, n = 1 at step 0 of sequence 0 (A, h was −1): h = 0.5 · 1 + 0.5 · (−1)"),
    (f"{R}, {Z[:3]}, {N}", "z takes four numbers (w_A, w_B, u, b), and 3 came"),
])
def test_a_lamp_that_is_wrong_shows_its_unit_at_the_first_fault(numbers, words):
    result = check.lamp(programmed(numbers))
    assert result.status == "wrong" and words in result.headline


def test_a_large_weight_of_b_does_without_the_reset():
    assert check.lamp(programmed(f"{OPEN}, {Z}, (0, 40, -20, 0)")).status == "correct"


BACK = """
def gru_step_backward(grad_h, h_prev, r, z, n, U, b_hn):
    U_r, U_z, U_n = np.split(U, 3, axis=1)
    d_z = {d_z}
    d_n = {d_n}
    q = d_n * r
    d_r = {d_r}
    grad_h_prev = grad_h * z + q @ U_n.T + d_z @ U_z.T + d_r @ U_r.T
    return np.concatenate([d_r, d_z, d_n], axis=1), grad_h_prev
"""
RIGHT = {"d_z": "grad_h * (h_prev - n) * z * (1 - z)", "d_n": "grad_h * (1 - z) * (1 - n ** 2)",
         "d_r": "d_n * (h_prev @ U_n + b_hn) * r * (1 - r)"}


@pytest.mark.parametrize("changed, words", [
    ({"d_z": "grad_h * (h_prev - n)"}, "the slope of σ is missing in grad_z"),
    ({"d_r": "d_n * (h_prev @ U_n + b_hn)"}, "the slope of σ is missing in grad_r"),
    ({"d_r": "q * (h_prev @ U_n + b_hn) * r * (1 - r)"}, "grad_r is made from q"),
    ({"d_n": "grad_h * z * (1 - n ** 2)"}, "z stands in the place of 1 − z"),
])
def test_a_way_back_that_is_wrong_in_one_gate_is_named(changed, words):
    judged = lambda lines: check.gru_step_backward(function_of(BACK.format(**lines), f"back {lines}", {"np": np}))
    assert judged(RIGHT).status == "correct" and words in judged(RIGHT | changed).headline


def test_a_candidate_with_its_sign_turned_is_named():
    def flip_z(W, U, b):
        signs = np.repeat([1, -1, -1], len(U))
        return W * signs, U * signs, b * signs

    assert "n turns its sign, too" in check.flip_z(flip_z).headline
