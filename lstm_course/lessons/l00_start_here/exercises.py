"""The start page: one small exercise, to learn how a check works."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.networks import functions


def sigmoid_cases(rng):
    """One number, then arrays."""
    yield "x = 2", {"x": 2.0}
    yield "three random numbers", {"x": rng.standard_normal(3)}
    yield "random numbers (2 rows of 5)", {"x": rng.standard_normal((2, 5))}


@exercise(
    cases=sigmoid_cases, outputs=Output("gate", "B H"),
    correct="One number or an array: sigmoid(2) is 0.8808.",
    hints=("It is a fraction: 1 over something.",
           "The something is 1 + e to the power of minus x. np.exp(-x) is e to the power of minus x.",
           "One line: return 1 / (1 + …)"))
def sigmoid(x):
    """σ(x) = 1 / (1 + e⁻ˣ) for a number or an array x"""
    return functions.sigmoid(x)


@sigmoid.mutant("your gate is mirrored, 1 - σ(x): sigmoid(2) should be 0.8808, yours is 0.1192. Either the minus sign "
                "in np.exp(-x) is missing, or np.exp(-x) stands above the fraction line, where 1 belongs")
def mirrored(x):
    return 1 / (1 + np.exp(x))


@sigmoid.mutant("that is 1 + e^-x. Is the fraction there, and are there brackets round its denominator? "
                "1 / 1 + np.exp(-x) means (1 / 1) + np.exp(-x); write 1 / (1 + np.exp(-x))")
def no_brackets(x):
    return 1 / 1 + np.exp(-x)


@sigmoid.mutant("a minus stands where the plus should be: it is 1 + np.exp(-x)")
def minus_for_plus(x):
    return 1 / (1 - np.exp(-x))


@sigmoid.mutant("that is tanh. It runs from -1 to 1, a gate from 0 to 1")
def tanh_for_sigmoid(x):
    return np.tanh(x)


@sigmoid.mutant("the 1 in the denominator is missing: 1 / np.exp(-x) grows without end")
def no_one(x):
    return 1 / np.exp(-x)


NO_LOOP = ("no loop is needed: x may be one number, over which Python cannot loop, and np.exp takes numbers and arrays "
           "alike")


@sigmoid.mutant(NO_LOOP)
def loops_over_x(x):
    return np.array([1 / (1 + np.exp(-one)) for one in x])


@sigmoid.mutant(f"{NO_LOOP}; your loop gives a list")
def loops_and_gives_a_list(x):
    return [1 / (1 + np.exp(-one)) for one in x]
