"""Lesson 12, exercise: cut a series into windows."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise


def window_cases(rng):
    """Seven months by hand, then random ones."""
    yield "the months 1, 2, 3, 4, 5, 6, 7 with look_back = 2", {"series": np.arange(1.0, 8), "look_back": 2}
    yield "11 random months with look_back = 3", {"series": rng.uniform(100, 600, 11), "look_back": 3}


def stacked(series, look_back, starts, first=0):
    """Windows of the series that begin at the starts."""
    return np.stack([series[k + first:k + first + look_back] for k in starts])


@exercise(
    cases=window_cases, outputs=(Output("x", "window month"), Output("y", "window")),
    correct="Each row holds only what was known, and y what came next.",
    hints=("Write the windows of 1, 2, 3, 4, 5, 6 with look_back = 2 on paper: (1, 2) → 3, (2, 3) → 4, … How many are "
           "there?",
           "Window k is series[k:k + look_back], without its end. What comes next stands at series[k + look_back]. So "
           "k runs from 0 as long as k + look_back < len(series).",
           "x = np.stack([series[k:k + look_back] for k in range(len(series) - look_back)]), y = series[look_back:]"))
def make_windows(series, look_back):
    """series (T,) -> x (T - look_back, look_back), y (T - look_back,): what came right after each window"""
    return stacked(series, look_back, range(len(series) - look_back)), series[look_back:].copy()


@make_windows.mutant("the answer stands in the window: y is the *last month of the window* itself. It has to be the "
                     "month after it")
def target_is_the_last_month_known(series, look_back):
    return make_windows.reference(series, look_back)[0], series[look_back - 1:-1].copy()


@make_windows.mutant("the windows begin one month late and reach into the future: each one ends with its own y. "
                     "Window k is series[k:k + look_back]")
def window_holds_its_target(series, look_back):
    count = len(series) - look_back
    return stacked(series, look_back, range(count), first=1), series[look_back:].copy()


@make_windows.mutant("each window is one month too long, and its last month is its own y: series[a:b] ends before b, "
                     "so window k is series[k:k + look_back]")
def one_month_too_long(series, look_back):
    x, y = make_windows.reference(series, look_back + 1)
    return np.concatenate([x, np.append(x[-1, 1:], y[-1])[None]]), series[look_back:].copy()


@make_windows.mutant("the last window is missing: the last month of the series has to be a target too, so there are "
                     "len(series) - look_back windows, not one less")
def one_window_too_few(series, look_back):
    x, y = make_windows.reference(series, look_back)
    return x[:-1], y[:-1]


@make_windows.mutant("a month is left out between window and target. y has to be the month right after the "
                     "window, series[k + look_back]")
def skips_a_month(series, look_back):
    return stacked(series, look_back, range(len(series) - look_back - 1)), series[look_back + 1:].copy()


@make_windows.mutant("the windows do not overlap. The next window has to begin one month later; yours begins "
                     "look_back months later")
def no_overlap(series, look_back):
    starts = range(0, len(series) - look_back, look_back)
    return stacked(series, look_back, starts), series[look_back::look_back].copy()


@make_windows.mutant("each window runs backwards: its oldest month has to stand first")
def backwards(series, look_back):
    x, y = make_windows.reference(series, look_back)
    return x[:, ::-1], y


@make_windows.mutant("x is transposed: each window has to be a row")
def transposed(series, look_back):
    x, y = make_windows.reference(series, look_back)
    return x.T, y


@make_windows.mutant("y is the first month of each window, which was known already. y has to be the month after "
                     "the window")
def target_is_the_first_month(series, look_back):
    x, _ = make_windows.reference(series, look_back)
    return x, series[:len(x)].copy()


@make_windows.mutant("one window too many: behind the last months nothing follows, so that a window that ends with the "
                     "series has no target")
def one_window_too_many(series, look_back):
    starts = range(len(series) - look_back + 1)
    y = np.array([series[k + look_back] for k in starts])
    return stacked(series, look_back, starts), y


make_windows.mistakes({
    "one window too many: the last one ends with the series, and nothing comes next. There are len(series) - look_back "
    "windows":
        lambda series, look_back: (stacked(series, look_back, range(len(series) - look_back + 1)), series[look_back:]),
    "y is a whole window, one month later. It has to be one number for each window, the month right after it":
        lambda series, look_back: (make_windows.reference(series, look_back)[0],
                                   stacked(series, look_back, range(len(series) - look_back), first=1)),
    "y begins one month late, so that it is one too short: the month right after the first window is "
    "series[look_back]":
        lambda series, look_back: (make_windows.reference(series, look_back)[0], series[look_back + 1:]),
    "y is the whole series: it has to begin with the month right after the first window, series[look_back]":
        lambda series, look_back: (make_windows.reference(series, look_back)[0], series),
})
