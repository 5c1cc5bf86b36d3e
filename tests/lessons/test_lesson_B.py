"""The bug museum: a repair that leaves the warning is none."""

import warnings

import numpy as np

from lstm_course.exercises import check


def test_a_sigmoid_that_overflows_on_the_way_is_accepted_and_the_warning_is_told():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = check.repaired_sigmoid(lambda z: 1 / (1 + np.exp(-z)))
    assert result.correct and "NumPy warns on the way: overflow" in result.headline


def test_any_way_without_a_warning_will_do():
    positive = lambda z: 1 / (1 + np.exp(-np.abs(z)))
    for repaired in (lambda z: np.where(z < 0, 1 - positive(z), positive(z)), lambda z: np.exp(-np.logaddexp(0, -z))):
        assert check.repaired_sigmoid(repaired).require()
