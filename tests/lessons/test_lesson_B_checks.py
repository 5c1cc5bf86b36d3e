"""The bug museum: likely wrong answers, and what is said of each."""

import numpy as np
import pytest

from lstm_course.exercises import check


def cut_in_columns(seed, rows, columns):
    block = np.random.default_rng(seed).uniform(-0.1, 0.1, (rows, 4 * columns))
    return [block[:, k * columns:(k + 1) * columns] for k in range(4)]


def learned_from_the_others(batches, weights, train):
    accuracies = []
    for k, (x, labels) in enumerate(batches):
        learned = weights
        for j, other in enumerate(batches):
            learned = train(learned, *other) if j != k else learned
        accuracies.append(np.mean((x @ learned).argmax(axis=1) == labels))
    return np.array(accuracies)


def asks_all(s_prev, units):
    return np.zeros(units) if (s_prev == None).all() else s_prev                                # noqa: E711


def all_right_for_each(predicted, true, classes):
    counts = np.zeros(classes)
    for answer, label in zip(predicted, true, strict=True):
        if answer == label:
            counts += 1
    return counts / np.bincount(true)


def counted_in_the_if(predicted, true, classes):
    right, pictures = np.zeros(classes), np.zeros(classes)
    for answer, label in zip(predicted, true, strict=True):
        if answer == label:
            right[label] += 1
            pictures[label] += 1
    return right / pictures


def one_draw_in_all_places(seed, rows, columns):
    w = np.random.default_rng(seed).uniform(-0.1, 0.1, (rows, columns))
    return w, w, w, w


def a_generator_of_the_old_kind(seed, rows, columns):
    old = np.random.RandomState(seed)                                                           # noqa: NPY002
    return [old.uniform(-0.1, 0.1, (rows, columns)) for _ in range(4)]


def largest_down_the_columns(batches, weights, train):
    accuracies = []
    for x, labels in batches:
        accuracies.append(np.mean((x @ weights).argmax(0) == labels))
        weights = train(weights, x, labels)
    return np.array(accuracies)


def sums_for_classes(batches, weights, train):
    accuracies = []
    for x, labels in batches:
        accuracies.append(np.mean((x @ weights) == labels[:, None]))
        weights = train(weights, x, labels)
    return np.array(accuracies)


def weights_last(batches, weights, train):
    accuracies = []
    for x, labels in batches:
        accuracies.append(np.mean((x @ weights).argmax(axis=1) == labels))
        weights = train(x, labels, weights)
    return np.array(accuracies)


def returns_in_one_case(s_prev, units):                                                         # noqa: RET503
    if s_prev is None:
        return np.zeros(units)


def one_output_for_both(z):
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s), 1 - s ** 2


@pytest.mark.filterwarnings("ignore::RuntimeWarning")      # as in a notebook, where they only warn
# The words stand in a line of their own: a message may quote the line of a lambda.
@pytest.mark.parametrize("exercise, wrong, words", [
    ("gate_weights", cut_in_columns, "one draw, cut into four by columns"),
    ("fair_accuracy", learned_from_the_others, "one pass in their order"),
    ("class_accuracy", lambda p, t, c: np.array([np.mean(p[t == k] == k) for k in range(1, c + 1)]),
     "not range(1"),
    ("class_accuracy", lambda p, t, c: np.bincount(t[p == t], minlength=c) / c,
     "how many *classes* there are"),
    ("class_accuracy", lambda p, t, c: np.bincount(t[p == t], minlength=c) / (np.bincount(t) / c),
     "yours divides by these and multiplies"),
    ("class_accuracy", all_right_for_each, "the right answers of all classes"),
    ("class_accuracy", lambda p, t, c: np.bincount(p, minlength=c) / np.bincount(t, minlength=c),
     "class k was said"),
    ("class_accuracy", counted_in_the_if, "outside the if"),
    ("gate_weights", one_draw_in_all_places, "one draw stands in all four places"),
    ("gate_weights", a_generator_of_the_old_kind, "numbers of NumPy's old generator (RandomState"),
    ("gate_weights", lambda seed, n, c: np.random.default_rng(seed).uniform(-1, 1, (4, n, c)),
     "asked is ±0.1"),
    ("fair_accuracy", largest_down_the_columns, "the largest class of each picture: axis=1"),
    ("fair_accuracy", sums_for_classes, "Which column is the largest?"),
    ("fair_accuracy", weights_last, "train wants weights (D, C), x (N, D), labels (N,), in this order"),
    ("start_state", asks_all, "True has no .all()"),
    ("start_state", returns_in_one_case, "Is a return reached in every case"),
    ("repaired_sigmoid", lambda z: 1 - 1 / (1 + np.exp(-z)),
     "or there is one too many"),
    ("slopes", lambda z: ((1 - z) / (1 + np.exp(-z)), 1 - np.tanh(z) ** 2),
     "one factor is still z"),
    ("slopes", lambda z: (z * (1 - 1 / (1 + np.exp(-z))), 1 - np.tanh(z) ** 2),
     "the first factor is still z"),
    ("slopes", lambda z: (1 - (1 / (1 + np.exp(-z))) ** 2, 1 - np.tanh(z) ** 2),
     "has the form of tanh's"),
    ("slopes", lambda z: 1 - np.tanh(z) ** 2,
     "`return slope_σ, slope_tanh`"),
    ("slopes", one_output_for_both, "1 - tanh(z)²; yours is 1 - σ(z)²")])
def test_likely_slips_are_named(exercise, wrong, words):
    assert words in getattr(check, exercise)(wrong).headline
