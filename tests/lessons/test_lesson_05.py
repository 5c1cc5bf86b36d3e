"""Lesson 05: right answers to keep_first that are written otherwise than the solution."""

import numpy as np
import pytest

from lstm_course.exercises import check


def nothing_to_keep_before(x, flag):
    c = seen = np.zeros(x.shape[1])
    memory = []
    for x_t, flag_t in zip(x, flag, strict=True):
        i = np.where((flag_t == 1) & (seen == 0), 1, 0)
        f = seen                        # before the first flag c is 0, kept or not
        seen = np.maximum(seen, flag_t)
        c = f * c + i * x_t
        memory.append(c)
    return np.stack(memory)


def at_the_first_flag(x, flag):
    steps, first = np.arange(len(x))[:, None], np.where(flag.any(axis=0), flag.argmax(axis=0), len(x))
    return np.where(steps >= first, x[np.minimum(first, len(x) - 1), np.arange(x.shape[1])], 0.0)


@pytest.mark.parametrize("right", [nothing_to_keep_before, at_the_first_flag])
def test_another_right_answer_is_accepted(right):
    for seed in range(3):
        assert check.keep_first.judge(right, np.random.default_rng(seed)).status == "correct"
