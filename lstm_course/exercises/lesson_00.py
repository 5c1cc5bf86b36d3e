"""The start page: a self-test of what the course builds on, and one small exercise, to learn how a check works."""

import numpy as np

from lstm_course.exercises.comparing import Output
from lstm_course.exercises.declaring import exercise
from lstm_course.exercises.quizzes import Question, right, wrong
from lstm_course.networks import functions


def sigmoid_cases(rng):
    """One number, then an array."""
    yield "x = 2", {"x": np.array(2.0)}
    yield "three random numbers", {"x": rng.standard_normal(3)}


@exercise(
    cases=sigmoid_cases, outputs=Output("gate", "B"),
    correct="One number or an array: sigmoid(2) is 0.8808.",
    hints=("It is a fraction: 1 over something.",
           "The something is 1 + e to the power of minus x. np.exp(-x) is e to the power of minus x.",
           "One line: return 1 / (1 + …)"))
def sigmoid(x):
    """σ(x) = 1 / (1 + e⁻ˣ) for a number or an array x"""
    return functions.sigmoid(x)


@sigmoid.mutant("the minus sign is missing, so your gate is mirrored: sigmoid(2) should be 0.8808, yours is 0.1192")
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


# ------------------------------------------------------------------------------------------------ self-test

QUIZ_TITLE = "Self-test: are you ready?"

QUIZ = (
    Question(
        "h = 1, then three times over: h = 2 * h + 1. What is h?",
        wrong("7", "That is h after two times: 3, 7. To refresh: loops, in the Python tutorial."),
        right("15", "3, 7, 15. A recurrent network is such a loop: each turn starts from what the last one left."),
        wrong("9", "Each turn starts from the *new* h: 3, then 7, then 15. To refresh: loops, in the Python "
                   "tutorial.")),
    Question(
        "def f(x): y = x + 1 (and no further line). What is f(2)?",
        wrong("3", "3 is computed, but it stays inside: without return a function gives nothing back. To refresh: "
                   "functions, in the Python tutorial."),
        right("None", "There is no return. This is a frequent slip in exercises, and the checks say so."),
        wrong("an error", "It runs without an error, which makes this slip hard to see. To refresh: functions, in the "
                          "Python tutorial.")),
    Question(
        "x has shape (4, 3) and W has shape (3, 5). What shape has x @ W?",
        wrong("(3, 3)", "The inner sizes, 3 and 3, have to agree, and then they vanish. To refresh: the matrix "
                        "product, in the NumPy guide."),
        right("(4, 5)", "The inner sizes agree and vanish, the outer ones stay: 4 samples in, 5 numbers for each out."),
        wrong("it cannot be multiplied", "The inner sizes are both 3, and that is all it takes. To refresh: the matrix "
                                         "product, in the NumPy guide.")),
    Question(
        "a = np.array([1, 2]) and b = np.array([3, 4]). What is a * b?",
        right("[3 8]", "* goes entry by entry. In formulas it is written ⊙, and a gate does just that."),
        wrong("11", "That is a @ b, the sum of the products; * does not add up. To refresh: * and @, in the NumPy "
                    "guide."),
        wrong("[[3 4] [6 8]]", "That would be every entry times every other one, np.outer(a, b). To refresh: * and @, "
                               "in the NumPy guide.")),
    Question(
        "y = (3x + 1)². What is dy/dx at x = 1?",
        wrong("8", "2 · (3x + 1) = 8 is the slope of the square. The inside, 3x + 1, has a slope as well: 3. To "
                   "refresh: the chain rule."),
        right("24", "2 · 4 from the square, times 3 from the inside. Backpropagation is this rule, many times over."),
        wrong("16", "That is y itself, 4². To refresh: the chain rule.")),
)
