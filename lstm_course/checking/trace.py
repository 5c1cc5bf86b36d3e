"""What the local variables of a function hold while it runs: {name: [(line, value), …]}, one for each change."""

import copy
import sys

import numpy as np

from lstm_course.checking.budget import Budget
from lstm_course.checking.repair import quiet
from lstm_course.checking.run import run
from lstm_course.checking.workshop import TooLong

EVENTS, SECONDS, NUMBERS = 6000, 0.15, 4000      # most lines, CPU time, and numbers of one array that are kept


def trace(function, arguments):
    """The numbers and arrays that the function's variables held, in copies; {} if it has no code of its own."""
    code = getattr(function, "__code__", None)
    if code is None:
        return {}
    watched = Watch(code.co_filename, code)
    with quiet(), watched:
        run(function, arguments)
    return watched.found


class Watch:
    """A tracing function for sys.settrace, that puts back the one before it."""

    def __init__(self, file, code):
        self.file, self.code, self.found, self.events = file, code, {}, 0
        self.last = {}                      # frame -> line that is running
        self.budget = Budget(SECONDS)

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self.call)

    def __exit__(self, *_):
        sys.settrace(self.before)

    def call(self, frame, event, argument):
        """Follow the function itself, not what it calls."""
        if frame.f_code is not self.code:
            return None
        self.last[id(frame)] = frame.f_lineno
        return self.line

    def line(self, frame, event, argument):
        """A line begins or the function ends: what has changed was set by the line before."""
        self.events += 1
        if self.events > EVENTS or (self.events % 64 == 0 and not self.budget):
            raise TooLong
        line = self.last[id(frame)]
        for name, value in frame.f_locals.items():
            if _is_numeric(value):
                values = self.found.setdefault(name, [])
                if not values or not _equal(values[-1][1], value):
                    values.append((line, copy.deepcopy(value)))
        self.last[id(frame)] = frame.f_lineno
        return self.line


def _is_numeric(value):
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biuf" and value.size <= NUMBERS
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _equal(a, b):
    return np.shape(a) == np.shape(b) and np.array_equal(a, b, equal_nan=True)
