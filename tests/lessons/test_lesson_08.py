"""Lesson 08: what the checks of its exercises say to wrong answers that were once misjudged, and to right ones."""

import numpy as np
import pytest

from lstm_course.exercises import check
from lstm_course.lessons.l08_learned_or_memorised.windows import windows_of


def numbers_of_leaks(X, y):
    leaks = []
    for j in range(X.shape[1]):
        if (X[:, j] == y).all():
            leaks.append(j)
    return leaks


def return_in_the_loop(X, y):
    for j in range(X.shape[1]):
        return (X[:, j] == y).all()
    return None


def judged_in_the_new_order(learn, X, y, order):
    true, mixed = learn(X, y), learn(X, y[order])
    return np.mean((true(X) - y) ** 2), np.mean((mixed(X[order]) - y[order]) ** 2)


def absolute_errors(learn, X, y, order):
    return np.abs(learn(X, y)(X) - y).mean(), np.abs(learn(X, y[order])(X) - y[order]).mean()


def put_back(learn, X, y, order):
    mixed = np.zeros(len(y))
    mixed[order] = y
    return np.mean((learn(X, y)(X) - y) ** 2), np.mean((learn(X, mixed)(X) - mixed) ** 2)


def split(chosen):
    """An answer to `split_in_time`: chosen(y, series, width, known) gives a mask, or the rows in their new order."""
    def answer(series, width, known):
        X, y = windows_of(series, width)
        rows = chosen(y, series, width, known)
        if rows.dtype == bool:
            return X[rows], y[rows], X[~rows], y[~rows]
        cut = known - width
        return X[rows[:cut]], y[rows[:cut]], X[rows[cut:]], y[rows[cut:]]
    return answer


MISJUDGED = [
    ("find_leak", lambda X, y: (y[:, None] == X).mean(axis=0) > 0.5, "agrees in most samples, but not in all"),
    ("find_leak", lambda X, y: (y[:, None] == X).mean(axis=0) > 0.9, "agrees in most samples, but not in all"),
    ("find_leak", lambda X, y: np.array([all(X[n, j] == y[n] for n in range(10)) for j in range(X.shape[1])]),
     "it compares 10 samples"),
    ("find_leak", numbers_of_leaks, "a list of the leaking inputs' numbers"),
    ("find_leak", return_in_the_loop, "If `return` stands inside the loop"),
    ("shuffled_control", judged_in_the_new_order, "Judge predict(X) on y[order]"),
    ("shuffled_control", absolute_errors, "the mean of the absolute errors"),
    ("shuffled_control", lambda learn, X, y, order: (learn(X, y)(X), learn(X, y[order])(X)), "the two predictions"),
    ("shuffled_control", put_back, "the inverse order"),
    ("split_in_time", split(lambda y, series, width, known: np.isin(y, series[:known])), "the target's *value*"),
    ("split_in_time", split(lambda y, series, width, known: np.random.default_rng(0).permutation(len(y))),
     "the windows are shuffled before they are split"),
    ("split_in_time", split(lambda y, series, width, known: np.arange(len(y)) < int(len(y) * known / len(series))),
     "in the ratio of `known` to the length"),
    ("majority_accuracy", lambda train, test: np.mean(test == train[0]), "the first sample, train[0]"),
    ("majority_accuracy", lambda train, test: np.mean(test == 3), "the answer is class 3"),
    ("majority_accuracy", lambda train, test: np.mean(test == train.argmax()), "the *place* of the largest number"),
    ("majority_accuracy", lambda train, test: np.mean(test == np.median(train)), "the median of the class numbers"),
]


@pytest.mark.parametrize("name, function, words", MISJUDGED)
def test_a_wrong_answer_is_told_what_is_wrong_with_it(name, function, words):
    result = getattr(check, name)(function)
    assert result.status == "wrong" and words in result.headline
    assert "shuffled before" not in result.message or "shuffled before" in words


def shuffled_first(learn, X, y, order):
    mixed = y[order]
    learned_mixed, learned = learn(X, mixed), learn(X, y)
    return np.square(learned(X) - y).mean(), np.square(learned_mixed(X) - mixed).mean()


def one_window_after_the_other(series, width, known):
    parts = [], [], [], []
    for end in range(width, len(series)):
        late = 2 * (end >= known)
        parts[late].append(series[end - width:end])
        parts[late + 1].append(series[end])
    return tuple(np.array(part) for part in parts)


@pytest.mark.parametrize("name, function", [
    ("find_leak", lambda X, y: np.array([bool((X[:, j] != y).sum() == 0) for j in range(X.shape[1])])),
    ("shuffled_control", shuffled_first), ("split_in_time", one_window_after_the_other),
    ("majority_accuracy", lambda train, test: (test == max(range(4), key=list(train).count)).sum() / len(test))])
def test_another_way_to_write_it_is_right(name, function):
    assert getattr(check, name)(function).status == "correct"


def test_a_check_prints_nothing_but_its_verdict(capfd):
    result = check.shuffled_control(lambda learn, X, y, order: (0.0, float(np.mean(learn(X[order], y)(X)))))
    assert capfd.readouterr() == (result.message + "\n", "")
