"""Explorer draw_a_digit: what is typed, what is read, what is said."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import mnist_rows
from lstm_course.lessons.l13_rows_layers_directions import draw_a_digit as digit
from lstm_course.tasks import mnist


def test_blanks_and_short_rows_are_white():
    tidy = digit.tidy("\n  #\n +\n")
    assert tidy.split("\n")[:2] == ["..#...........", ".+............"] and tidy.count("\n") == 13
    assert np.flatnonzero(digit.ink_of(tidy)).tolist() == [2, 15] and digit.ink_of(tidy)[1, 1] == 0.5


@pytest.mark.parametrize("typed, words", [
    ("#" * 15, "14 signs wide and 14 rows high; this one is 15 wide and 1 high"), ("x", "not of x"),
    ("#\n" * 15, "1 wide and 15 high")])
def test_what_is_no_drawing_is_said(typed, words):
    with pytest.raises(ValueError, match=words):
        digit.tidy(typed)


def test_the_last_row_says_what_the_network_says():
    _, test = mnist.split(*mnist.load())
    model = mnist_rows.stored_network(experiments.load("mnist_rows"))
    drawn = [digit.drawing_of(test.images[k]) for k in range(20)]
    x = np.stack([np.kron(digit.ink_of(one), np.ones((2, 2))) for one in drawn], axis=1)
    shares = np.stack([digit.shares_of(one) for one in drawn])
    assert (shares[:, -1].argmax(axis=1) == model.predict(x).argmax(axis=1)).all()
    assert np.allclose(shares.sum(axis=2), 1)


def test_later_rows_change_nothing_before_them():
    drawing = digit.drawings()["a 3"]
    above = "\n".join(drawing.split("\n")[:9] + ["." * 14] * 5)
    assert np.array_equal(digit.shares_of(drawing)[:9], digit.shares_of(above)[:9])
    assert not np.allclose(digit.shares_of(drawing)[9:], digit.shares_of(above)[9:])


def test_the_words_say_since_when():
    shares = np.eye(10)[[4, 4, 7, 0, 0, 0]].repeat([1, 1, 1, 1, 1, 9], axis=0)
    say = lambda step: digit.describe(digit.Reading(np.zeros((14, 14)), shares, step))
    assert say(0) == "A drawing of 14 rows, none of which the network has read yet."
    assert say(2) == "After row 2 of 14 the network says 4 (100.0 %), as it has since row 1."
    assert "since" not in say(1) and "since" not in say(3) and say(14).endswith("as it has since row 4.")
