"""Exercise 3 of lesson 08: a series in windows, split in time."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.lessons.l08_learned_or_memorised.windows import windows_of

SPLIT = (Output("X_train", "N C", whole=True), Output("y_train", "N", whole=True),
         Output("X_test", "N C", whole=True), Output("y_test", "N", whole=True))


def split_cases(rng):
    """The first twelve primes by hand, a random series, and one that repeats; all go on long after what is known."""
    yield "the primes 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37 in windows of 3, known = 7", {
        "series": np.array([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]), "width": 3, "known": 7}
    yield "a random series of 30 numbers in windows of 4, known = 21", {
        "series": rng.permutation(1000)[:30], "width": 4, "known": 21}
    yield "2, 3, 5, 7, 11 over and over, 20 numbers in windows of 6, known = 9", {
        "series": np.resize([2, 3, 5, 7, 11], 20), "width": 6, "known": 9}


@exercise(
    cases=split_cases, outputs=SPLIT,
    correct="Nothing that is known in the training comes after what is asked in the test.",
    hints=("First make all windows and targets: window k is series[k : k + width]. Which number is its target?",
           "Target k is series[k + width]. It is known if k + width < known. So how many windows can be learned?",
           "X has the rows series[k : k + width], y = series[width:], and cut = known - width: return X[:cut], "
           "y[:cut], X[cut:], y[cut:]."))
def split_in_time(series, width, known):
    """series (N,) -> X_train, y_train (targets among the first `known` numbers), X_test, y_test (all later ones)"""
    X, y = windows_of(series, width)
    cut = known - width
    return X[:cut], y[:cut], X[cut:], y[cut:]


def _cut(X, y, early):
    """Split rows by a mask."""
    return X[early], y[early], X[~early], y[~early]


@split_in_time.mutant("the windows are split by where they *begin*. Then the last targets of the training lie beyond "
                      "the known numbers: what counts is where the target stands")
def split_by_the_beginning(series, width, known):
    X, y = windows_of(series, width)
    return X[:known], y[:known], X[known:], y[known:]


@split_in_time.mutant("one window too many is learned: its target is series[known], the first number that is not "
                      "known. Counting starts at 0, so the known numbers are series[0] to series[known - 1]")
def one_too_many(series, width, known):
    X, y = windows_of(series, width)
    cut = known - width + 1
    return X[:cut], y[:cut], X[cut:], y[cut:]


@split_in_time.mutant("one window too few is learned: series[known - 1] is known as well, and may be a target in the "
                      "training")
def one_too_few(series, width, known):
    X, y = windows_of(series, width)
    cut = known - width - 1
    return X[:cut], y[:cut], X[cut:], y[cut:]


@split_in_time.mutant("the windows are split in the ratio of `known` to the length of the series. What counts is where "
                      "each target stands: window k is learned if k + width < known")
def share_of_the_windows(series, width, known):
    X, y = windows_of(series, width)
    return _cut(X, y, np.arange(len(X)) < len(X) * known // len(series))


@split_in_time.mutant("you ask whether the target's *value* is among the known numbers. In a series that repeats every "
                      "value is: ask where the target stands, k + width < known")
def by_value(series, width, known):
    X, y = windows_of(series, width)
    return _cut(X, y, np.isin(y, series[:known]))


@split_in_time.explains
def drawn_at_random(_, trial):
    """If the right windows with the right targets are in another order: they were shuffled before the cut."""
    rows = [[*window, target] for X, y in (trial.got[:2], trial.got[2:]) if X.ndim == 2 and X.shape[:1] == y.shape
            for window, target in zip(X.tolist(), y.tolist(), strict=True)]
    right = np.column_stack(windows_of(trial.arguments["series"], trial.arguments["width"])).tolist()
    if trial.misfit or rows == right or sorted(rows) != sorted(right):
        return ""
    return ("the windows are shuffled before they are split. Then the test stands between learned windows that share "
            "nearly all its numbers: keep their order, early windows for learning and late ones for the test")


@split_in_time.mutant("every second window is held out. Then each test window stands between two learned ones that "
                      "share nearly all its numbers: split in time, early windows and late ones")
def every_second(series, width, known):
    X, y = windows_of(series, width)
    return _cut(X, y, np.arange(len(X)) % 2 == 0)


@split_in_time.mutant("the target stands in its own window: y is the *last* number of the window, not the one after "
                      "it. That is the leak of this lesson, built in by hand")
def target_in_the_window(series, width, known):
    X, y = windows_of(series, width)
    return _cut(X, X[:, -1], np.arange(len(X)) < known - width)


@split_in_time.mutant("y starts one too late: after the window series[k : k + width] comes series[k + width], with no "
                      "number left out between them")
def one_number_left_out(series, width, known):
    X, y = windows_of(series, width)
    return _cut(X[:-1], y[1:], np.arange(len(X) - 1) < known - width)


@split_in_time.mutant("the first window of the test begins only after all known numbers. That is allowed, but throws "
                      "away windows: in a test the *inputs* may be known, only the target must be new")
def nothing_known_in_the_test(series, width, known):
    train, test = windows_of(series[:known], width), windows_of(series[known:], width)
    return *train, *test


@split_in_time.mutant("the test holds all windows, also those that were learned. Held out means: never seen in the "
                      "training")
def test_on_everything(series, width, known):
    X, y = windows_of(series, width)
    return X[:known - width], y[:known - width], X, y


@split_in_time.mutant("training and test have changed places: the early windows are for learning, the late ones for "
                      "the test")
def test_first(series, width, known):
    X, y = windows_of(series, width)
    return _cut(X, y, np.arange(len(X)) >= known - width)


@split_in_time.mutant("the four arrays come in another order: X_train, y_train, X_test, y_test is asked for")
def inputs_first(series, width, known):
    X_train, y_train, X_test, y_test = split_in_time.reference(series, width, known)
    return X_train, X_test, y_train, y_test
