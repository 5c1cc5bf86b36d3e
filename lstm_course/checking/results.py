"""What a check says: a Result, and the one-line exception of `require`."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from lstm_course.students.errors import OneLine

CORRECT, WRONG, NOT_ATTEMPTED = "correct", "wrong", "not attempted"


class NotSolved(OneLine, AssertionError):
    """An exercise is not solved."""


@dataclass(frozen=True)
class Result:
    """The outcome of a check: `status` is "correct", "wrong" or "not attempted"; `message` is what it printed.

    The headline says all in one line; the details say where to look. `again` judges the same
    answer with new random numbers.
    """

    name: str
    status: str
    headline: str
    details: tuple[str, ...] = ()
    again: Callable[[], "Result"] | None = field(default=None, repr=False, compare=False)
    follow: tuple[str, ...] = field(default=(), repr=False, compare=False)      # what the hints say of this answer

    @property
    def message(self):
        return "\n".join([self.headline, *("   " + line for line in self.details)])

    @property
    def correct(self):
        return self.status == CORRECT

    def with_detail(self, line):
        """The same with one more line, before the last one, which names the hints."""
        return replace(self, details=(*self.details[:-1], line, *self.details[-1:]))

    def __bool__(self):
        return self.correct

    def require(self):
        """Raise a one-line exception unless the answer is correct, with new random numbers too.

        For graded cells: an exercise that was not attempted scores 0. What was wrong with the fixed numbers of
        the check is reported with these, so that the line is the same at each run.
        """
        result = self.again() if self.correct and self.again else self
        if not result.correct:
            raise NotSolved(result.headline if result is self else f"{result.headline} (With new random numbers.)")
        return self

    def _ipython_display_(self):
        """Nothing more: the check has printed its line already."""

    def __repr__(self):
        return self.message


def is_blank(value, depth=3):
    """Is this an answer that was not given: None, `...`, or something that still holds a `...`?"""
    if value is None or value is ...:
        return True
    if isinstance(value, np.ndarray):
        return value.dtype == object and any(part is ... for part in value.ravel())
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple) and value and depth:
        blank = [is_blank(part, depth - 1) for part in value]
        return all(blank) or any(part is ... for part in value)
    return False
