"""Right answers in another form: floats for whole numbers and the reverse, one array for several, and so on."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from lstm_course.exercises import check

VALUES = [("rnn_parameter_count", one) for one in ([45], (45.0,), np.float64(45), Fraction(45), Decimal(45),
                                                   np.array([[45]]))]
VALUES += [("lstm_parameter_count", np.int64(80384)), ("half_left", Fraction(9659363289248456, 10 ** 16))]


@pytest.mark.parametrize("name, number", VALUES, ids=str)
def test_a_number_may_come_in_any_form(name, number):
    assert getattr(check, name)(number).correct


def coupled(W, U, b):
    H = len(U)
    return [np.concatenate([-a[..., H:2 * H], a[..., H:]], axis=-1) for a in (W, U, b)]


ANSWERS = [
    ("rnn_carry", lambda: np.array([4, 2, -36])), ("rnn_carry", lambda: (np.array([[4]]), np.array([2]), -36)),
    ("rnn_carry", lambda: [4.0, 2, -36]), ("rnn_counter", lambda: [1, 1, 0]),
    ("carries", lambda a, b: np.stack([((2.0 ** np.arange(t + 1) @ a[:t + 1]) + (2.0 ** np.arange(t + 1) @ b[:t + 1])
                                        >= 2 ** (t + 1)) * 1.0 for t in range(len(a))])),
    ("sum_accuracy", lambda p, t: np.array([np.mean(p == t), np.mean((p != t).sum(0) == 0)])),
    ("odd_ones", lambda x: np.cumsum(x, axis=0) % 2.0), ("odd_ones", lambda x: np.cumsum(x, axis=0) % 2 == 1),
    ("find_leak", lambda X, y: np.array([float((X[:, j] == y).all()) for j in range(X.shape[1])])),
    ("output_side", lambda size, kernel, padding, stride: np.floor((size + 2 * padding - kernel) / stride + 1)),
    ("output_side", lambda size, kernel, padding, stride: np.array([(size + 2 * padding - kernel) // stride + 1])),
    ("couple", coupled),
    ("sample", lambda z, T, u: 1.0 * np.array([np.argmax(np.cumsum(np.exp((z - z.max()) / T)) / np.exp(
        (z - z.max()) / T).sum() > v) for v in u])),
    ("repaired_sigmoid", lambda z: 1 / (1 + np.exp(-z))), ("repaired_sigmoid", lambda z: np.exp(-np.logaddexp(0, -z))),
    ("class_accuracy", lambda p, t, c: np.bincount(t[p == t], minlength=c) / np.bincount(t, minlength=c)),
    ("last_valid", lambda out, n: np.take_along_axis(out, n[None, :, None] - 1, axis=0)[0])]


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("name, function", ANSWERS, ids=lambda one: one if isinstance(one, str) else "")
def test_an_answer_may_come_in_any_form(name, function):
    getattr(check, name)(function).require()


def test_a_form_does_not_make_wrong_numbers_right():
    assert "cuts off everything after the point" in check.rnn_step(
        lambda x, h, W, U, b: np.tanh(x @ W + h @ U + b).astype(int)).message
    assert "whole numbers" in check.output_side(lambda size, kernel, padding, stride: (
        size + 2 * padding - kernel) / stride + 1).message
    assert "truth values" in check.rnn_step(lambda x, h, W, U, b: h > 0).message
    assert "overflow" in check.repaired_sigmoid(lambda z: 1 / (1 + np.exp(-z))).message
