"""Lesson 05: right answers that are written otherwise than the solution, and what wrong ones are told."""

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


def gated(gates):
    """The cell of exercise 3 with other lines: gates(flag_t, seen) -> f, i and the new seen."""
    def keep_first(x, flag):
        c, seen = np.zeros((2, x.shape[1]))
        memory = []
        for x_t, flag_t in zip(x, flag, strict=True):
            f, i, seen = gates(flag_t, seen)
            c = f * c + i * x_t
            memory.append(c)
        return np.stack(memory)
    return keep_first


def first(flag, seen):
    return flag * (1 - seen)


@pytest.mark.parametrize(("gates", "said"), [
    (lambda flag, seen: (1, first(flag, seen), flag), "seen falls back to 0"),
    (lambda flag, seen: (1, first(flag, seen), seen + flag), "seen counts the flags"),
    (lambda flag, seen: (1, first(flag, seen), np.ones_like(seen)), "seen is 1 from the first step on"),
    (lambda flag, seen: (1, first(flag, seen), seen), "seen has to have become 1"),
    (lambda flag, seen: (1, seen, np.maximum(seen, flag)), "i is open at each step *after*"),
    (lambda flag, seen: (first(flag, seen), seen, np.maximum(seen, flag)), "Have they changed places?"),
    (lambda flag, seen: (0, 1, np.ones_like(seen)) if flag.any() and not seen.any() else (1, 0, seen),
     "for all sequences"),
])
def test_a_wrong_keep_first_is_told_what_is_wrong(gates, said):
    result = check.keep_first.judge(gated(gates), np.random.default_rng(0))
    assert result.status == "wrong" and said in result.headline


def test_the_first_flagged_number_may_be_0():
    def asks_c(x, flag):
        c, memory = np.zeros(x.shape[1]), []
        for x_t, flag_t in zip(x, flag, strict=True):
            c = np.where((flag_t == 1) & (c == 0), x_t, c)
            memory.append(c)
        return np.stack(memory)
    assert "may itself be 0" in check.keep_first.judge(asks_c, np.random.default_rng(0)).headline


def overwrites_its_gates(f):
    gradient = f
    gradient[-1] = 1
    for t in reversed(range(len(f) - 1)):
        gradient[t] = f[t + 1] * gradient[t + 1]
    return gradient


def divides(f):
    with np.errstate(invalid="ignore", divide="ignore"):
        return f.prod(axis=0) / f.cumprod(axis=0)


@pytest.mark.parametrize(("wrong", "said"), [
    (overwrites_its_gates, "must not be overwritten"),
    (divides, "0 / 0"),
    (lambda f: np.stack([f[t] ** (len(f) - 1 - t) for t in range(len(f))]), "each of these steps has its own gate"),
    (lambda f: np.cumprod(f[::-1], axis=0), "order of the walk back"),
    (lambda f: np.r_[np.cumprod(f[::-1], axis=0)[::-1][:-1], np.ones((1, f.shape[1]))], "one gate too many"),
])
def test_a_wrong_gradient_is_told_what_is_wrong(wrong, said):
    result = check.memory_gradient.judge(wrong, np.random.default_rng(0))
    assert result.status == "wrong" and said in result.headline
