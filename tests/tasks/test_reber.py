"""Embedded Reber strings: every one is grammatical, and the streams say what has to be remembered."""

import numpy as np
import pytest

from lstm_course.tasks.reber import SYMBOLS, baseline, continual_reber, embedded_string, is_grammatical, reber_string

REBER = {"BTXSE", "BPVVE", "BTSXSE", "BPTVVE", "BTXXVVE", "BPVPSE"}             # the shortest ones, by hand


def test_the_strings_are_those_of_the_grammar():
    found = {reber_string(np.random.default_rng(seed)) for seed in range(400)}
    assert found >= REBER and min(map(len, found)) == 5
    assert {string for string in found if len(string) == 5} == {"BTXSE", "BPVVE"}


@pytest.mark.parametrize("seed", range(50))
def test_an_embedded_string_repeats_its_second_symbol(seed):
    string = embedded_string(np.random.default_rng(seed))
    assert is_grammatical(string) and string[1] == string[-2] and string[0] == "B" and string[-1] == "E"
    other = "TP"[string[-2] == "T"]
    assert not is_grammatical(string[:-2] + other + "E") and not is_grammatical(string[:-1])
    assert not is_grammatical(string[:3] + string[4:])


@pytest.mark.parametrize("wrong", ["", "B", "BTE", "BTBTXSETB", "BTBTXXETE", "BTBTXSSETE", "BXBTXSEXE", "BTBEETE"])
def test_other_strings_are_not_grammatical(wrong):
    assert not is_grammatical(wrong)


def test_a_stream_is_one_string_after_the_other():
    x, targets, far = continual_reber(200, 3, rng=0)
    assert x.shape == (200, 3, 7) and targets.shape == far.shape == (200, 3) and targets.dtype.kind == "i"
    assert np.all(x.sum(axis=2) == 1) and np.array_equal(x[1:].argmax(axis=2), targets[:-1])
    for b in range(3):
        stream = "".join(SYMBOLS[k] for k in [x[0, b].argmax(), *targets[:, b]])
        start = 0
        while start < len(stream):
            ends = [end for end in range(start + 9, len(stream) + 1) if is_grammatical(stream[start:end])]
            if not ends:
                break                                   # the last string is cut off
            marked = far[start:ends[0] - 1, b]          # far[t] speaks of symbol t + 1
            assert list(np.flatnonzero(marked)) == [ends[0] - start - 3]
            start = ends[0]
        assert start > 100


def test_what_is_marked_can_only_be_known_from_far_back():
    _, targets, far = continual_reber(4000, 4, rng=1)
    assert set(targets[far]) == {SYMBOLS.index("T"), SYMBOLS.index("P")}
    assert np.mean(targets[far] == SYMBOLS.index("T")) == pytest.approx(baseline(), abs=0.05)


def test_the_same_rng_gives_the_same_stream():
    one, two = continual_reber(50, 2, rng=3), continual_reber(50, 2, rng=3)
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[1], continual_reber(50, 2, rng=4)[1])
