"""Lesson 01: what its checks say of wrong answers that are often given, and what the unit that carries does."""

import numpy as np
import pytest

from lstm_course.exercises import check
from lstm_course.lessons.l01_rnn.rnn_stepper import PRESETS, compute


@pytest.mark.parametrize("numbers, words", [
    ((1, 1, -9), "W is too small beside U"), ((5, 10, -45), "10 · 5 + (-1) · 10 + (-45) = -5"),
    ((2, 1, -18), "no longer clear after 4 columns with x = 9"), ((10, 0, -95), "U = 0 cuts the wire"),
    ((1, 1, 0), "yours is 9 · 1 + 0 = 9"), ((10, 5, -95), "yours is 9 · 10 + (-95) = -5"),
    ((10, 8, -93), "yours is 9 · 10 + (-93) = -3"), ((1, -1, -9), "U is negative"), ((-10, 5, 90), "W is negative"),
    ((5, 10, -90), "in another order"), ((10, -90, 5), "in another order"), ((0, 5, 0), "W = 0 is deaf"),
    ((10, 0.3, -90), "too weakly"), ((4, 2), "it should return 3 things"), (("4", 2, 3), "W should hold numbers"),
    ((np.nan, 1, 1), "W should be one number"), (([4, 2], 1, 1), "W should be one number"), (None, "not attempted"),
    ((..., ..., ...), "not attempted")])
def test_the_check_of_the_carry_says_what_is_missing(numbers, words):
    assert words in check.rnn_carry(lambda: numbers).message


@pytest.mark.parametrize("numbers", [(10, 5, -90), (4, 2, -36), (2, 1.2, -18), (3, 1.9, -27), (100, 50, -900.001)])
def test_many_numbers_carry(numbers):
    """Whole sums, column by column, against Python's."""
    assert check.rnn_carry(lambda: numbers).require() and check.rnn_carry(numbers).correct
    W, U, b = numbers
    for p, q in [*np.random.default_rng(0).integers(0, 10 ** 12, (200, 2)).tolist(), (999_999_999_999, 1)]:
        h, carry = -1.0, 0
        for k in range(12):
            x, y = p // 10 ** k % 10, q // 10 ** k % 10
            h, carry = np.tanh((x + y) * W + h * U + b), int(x + y + carry > 9)
            assert abs(h) > 0.5 and (h > 0) == carry


def test_the_function_itself_may_be_wrong():
    assert "missing a required argument" in check.rnn_carry(lambda x: x).message
    assert "ZeroDivisionError" in check.rnn_carry(lambda: 1 / 0).message
    assert "not attempted" in check.rnn_carry().message


@pytest.mark.parametrize("name, number, words", [
    ("second_output_if_cut", 0.8, "one digit after the point"), ("second_output_if_cut", 1.554, "U is transposed"),
    ("second_output_if_cut", 2.119, "added up"), ("second_output_if_cut", 0.7777, "W = (0.5, 0.6)"),
    ("rnn_parameter_count", 50, "h is computed"), ("rnn_parameter_count", 75, "30 too many"),
    ("rnn_parameter_count", 27, "swapped"), ("rnn_parameter_count", 41, "for each unit"),
    ("rnn_parameter_count", 63, "output layer"), ("rnn_parameter_count", 66, "not parameters")])
def test_numbers_that_are_often_given(name, number, words):
    assert words in getattr(check, name)(number).message


def sum_and_state(x, h, W, U, b):
    z = x @ W + h @ U + b
    return z, np.tanh(z)


def all_and_last(x, h0, W, U, b):
    h, states = h0, []
    for x_t in x:
        h = np.tanh(x_t @ W + h @ U + b)
        states.append(h)
    return np.array(states), h


@pytest.mark.parametrize("name, answer, alone", [("rnn_step", sum_and_state, "h alone"),
                                                 ("rnn_forward", all_and_last, "states alone")])
def test_two_results_where_one_is_wanted(name, answer, alone):
    said = getattr(check, name)(answer).message
    assert f"{alone} should come back, yours is a tuple of 2" in said and "np.stack" not in said


def test_the_teachers_answer_on_a_larger_u():
    traces = {name: abs(compute(**PRESETS[name], step=8).trace)[-1] for name in ("all of U at 2", "all of U at −2")}
    assert traces["all of U at 2"] < 1e-13 and round(traces["all of U at −2"], 1) == 6.0
