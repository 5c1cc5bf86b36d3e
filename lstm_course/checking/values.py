"""Exercises whose answer is one number."""

from decimal import Decimal
from numbers import Real

import numpy as np

from lstm_course.checking.base import Exercise
from lstm_course.checking.compare import describe_type
from lstm_course.checking.results import is_blank


class ValueExercise(Exercise):
    """A number to find, with messages for the wrong numbers that are seen most."""

    def __init__(self, name, answer, wrong=(), hints=(), correct="", tolerance=0.0, otherwise=""):
        super().__init__(name, hints, correct)
        self.answer, self.tolerance, self.otherwise = answer, tolerance, otherwise
        self.wrong = tuple(wrong.items()) if isinstance(wrong, dict) else tuple(wrong)

    def usage(self):
        return f"check.{self.name}(your_number)"

    def judge(self, attempt, rng):
        if is_blank(attempt) or (isinstance(attempt, str) and not attempt.strip(" .…")):
            return self.no_answer(f"Put your number where the ... is: {self.usage()}")
        given = as_number(attempt)
        if given is None:
            quotes = " without quotation marks" if isinstance(attempt, str) else ""
            return self.wrong_answer(f"give the check a number{quotes}, yours is {describe_type(attempt)}")
        if not np.isfinite(given):
            return self.wrong_answer(f"{given} is not a number that can be right here")
        if self._near(given, self.answer):
            return self.right_answer()
        for known, message in self.wrong:
            if known(given) if callable(known) else self._near(given, known):
                return self.wrong_answer(message)
        direction = "small" if given < self.answer else "large"
        return self.wrong_answer(f"{given:.6g} is too {direction}", self.otherwise)

    def _near(self, given, number):
        return abs(given - number) <= self.tolerance + 1e-9 * abs(number)


def value(name, answer, wrong=(), *, hints=(), correct="", tolerance=0.0, otherwise=""):
    """Declare a ValueExercise. `tolerance` is how far a number may be off (absolute).

    wrong      {number: message}, or pairs whose first part may also be a function number -> bool
    otherwise  what to look at if the number is none of these
    """
    return ValueExercise(name, answer, wrong, hints, correct, tolerance, otherwise)


def as_number(attempt):
    """An answer as a float, or None if it is not one number; a list or an array may hold it."""
    while isinstance(attempt, list | tuple) and len(attempt) == 1:
        attempt = attempt[0]
    if isinstance(attempt, np.ndarray | np.generic) and np.size(attempt) == 1 and attempt.dtype.kind in "iuf":
        attempt = attempt.item()
    if isinstance(attempt, Real | Decimal) and not isinstance(attempt, bool):
        try:
            return float(attempt)
        except OverflowError:
            return np.inf
    return None
