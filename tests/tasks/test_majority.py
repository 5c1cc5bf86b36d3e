"""The majority task: its targets are the majority, and its sequences climb and come back."""

import numpy as np
import pytest

from lstm_course.tasks.majority import a_then_b, majority


def test_the_targets_are_the_majority_so_far():
    x, targets = majority(60, 40, rng=3)
    assert x.shape == (60, 40, 2) and targets.shape == (60, 40, 1)
    assert np.array_equal(x.sum(axis=2), np.ones((60, 40))) and set(np.unique(x)) == {0, 1}
    for b in range(40):
        a_so_far = b_so_far = 0
        for t in range(60):
            a_so_far, b_so_far = a_so_far + x[t, b, 0], b_so_far + x[t, b, 1]
            assert targets[t, b, 0] == (a_so_far > b_so_far)


def test_the_same_seed_gives_the_same_letters():
    for one, two in zip(majority(20, 5, 7), majority(20, 5, np.random.default_rng(7)), strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(majority(20, 5, 7)[0], majority(20, 5, 8)[0])


def test_counts_climb_high_and_answers_turn():
    x, targets = majority(100, 500, rng=0)
    counts = np.cumsum(x[:, :, 0] - x[:, :, 1], axis=0)
    assert np.abs(counts).max() > 90 and 0.4 < targets.mean() < 0.6
    late = (targets[50:] != targets[49:-1]).any(axis=(0, 2)).mean()
    assert late > 0.1                           # in many sequences the first half does not give the answer


@pytest.mark.parametrize("n", [1, 5, 20])
def test_after_n_times_a_it_takes_n_times_b(n):
    x, targets = a_then_b([n], 3 * n)
    assert x[:n, 0, 0].all() and x[n:, 0, 1].all()
    assert targets[:2 * n - 1].all() and not targets[2 * n - 1:].any()
