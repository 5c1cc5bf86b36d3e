"""Bits, sums, carries, splits and scores of the adder's data, and the articles' own run."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course.tasks import binary_addition as adding

BOTH = pytest.mark.parametrize("order", ["lsb", "msb"])


# ------------------------------------------------------------------------------------------------- bits

def test_six_reads_both_ways():
    assert adding.encode(6).tolist() == [0, 1, 1, 0, 0, 0, 0, 0]
    assert adding.encode(6, order="msb").tolist() == [0, 0, 0, 0, 0, 1, 1, 0]
    assert adding.decode([0, 1, 1, 0, 0, 0, 0, 0]) == 6
    assert adding.decode([0, 1, 1, 0, 0, 0, 0, 0], "msb") == 96


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 100), st.sampled_from(["lsb", "msb"]), st.data())
def test_sums_of_any_length_are_pythons_sums(bits, order, data):
    a, b = (data.draw(st.integers(0, 2 ** (bits - 1) - 1)) for _ in range(2))
    numbers = lambda n: np.array([n], dtype=object if bits > 63 else np.int64)
    x, targets = adding.dataset(numbers(a), numbers(b), bits, order)
    assert x.shape == (bits, 1, 2)
    assert targets.shape == (bits, 1, 1)
    assert int(adding.decode(x[:, 0, 0], order)) == a
    assert int(adding.decode(x[:, :, 1], order)[0]) == b
    assert int(adding.decode(targets[:, 0, 0], order)) == a + b
    handed_on = adding.carries(numbers(a), numbers(b), bits, order)[:, 0]
    low = [(a % 2 ** t + b % 2 ** t) >> t for t in range(1, bits + 1)]
    assert handed_on.tolist() == (low if order == "lsb" else low[::-1])


@pytest.mark.parametrize("bits", [8, 9, 16, 24, 32, 64, 65, 100])
def test_nothing_overflows(bits):
    top = 2 ** (bits - 1) - 1
    numbers = np.array([top], np.uint64 if bits < 65 else object)
    x, targets = adding.dataset(numbers, numbers, bits)
    assert int(adding.decode(x[:, 0, 0])) == top
    assert int(adding.decode(targets[:, 0, 0])) == 2 * top
    x, targets = adding.random_sums(200, bits, rng=0)
    sums = [int(adding.decode(x[:, i, 0])) + int(adding.decode(x[:, i, 1])) for i in range(200)]
    assert [int(n) for n in adding.decode(targets[:, :, 0])] == sums


@BOTH
def test_random_sums_use_every_bit_but_the_last(order):
    x, targets = adding.random_sums(500, 16, order, rng=0)
    lowest_first = x if order == "lsb" else x[::-1]
    ones = lowest_first.mean(axis=1)
    assert np.all(np.abs(ones[:-1] - 0.5) < 0.1)
    assert not ones[-1].any()
    again = adding.random_sums(500, 16, order, rng=np.random.default_rng(0))
    assert np.array_equal(x, again[0])
    assert np.array_equal(targets, again[1])


# --------------------------------------------------------------------------------------------- all pairs, splits

def test_all_16384_pairs():
    a, b = adding.all_pairs()
    assert len({*zip(a.tolist(), b.tolist(), strict=True)}) == 16384
    assert (a.min(), a.max(), b.min(), b.max()) == (0, 127, 0, 127)
    x, targets = adding.dataset(a, b)
    assert np.array_equal(adding.decode(targets[:, :, 0]), a + b)


@pytest.mark.parametrize("by", ["pairs", "numbers", "carry"])
def test_splits_share_no_pair_and_lose_none(by):
    (a, b), (a_test, b_test) = adding.split(test_share=0.2, by=by, rng=0)
    train, test = (set((128 * x + y).tolist()) for x, y in ((a, b), (a_test, b_test)))
    assert not train & test
    assert len(train) + len(test) == len(a) + len(a_test) == 16384
    assert abs(len(test) / 16384 - 0.2) < (0.1 if by == "carry" else 0.01)
    if by == "numbers":
        held_out = set(range(128)) - set(a.tolist())
        assert held_out == set(range(128)) - set(b.tolist())
        assert all(x in held_out or y in held_out for x, y in zip(a_test.tolist(), b_test.tolist(), strict=True))
    if by == "carry":
        assert adding.longest_carry(a, b).max() < adding.longest_carry(a_test, b_test).min()
    else:
        assert not np.array_equal(adding.split(by=by, rng=1)[1][0], a_test)
    assert np.array_equal(adding.split(by=by, rng=0)[1][0], a_test)


def test_longest_carry():
    assert adding.longest_carry([127, 1, 5, 0, 3], [1, 1, 5, 9, 1]).tolist() == [7, 1, 1, 0, 2]


# ----------------------------------------------------------------------------------------------------- the judge

@BOTH
def test_the_judge(order):
    truth = lambda x: adding.dataset(*(adding.decode(x[:, :, k], order) for k in (0, 1)), order=order)[1]
    assert adding.evaluate(truth, order=order) == {"bits": 1.0, "sums": 1.0}
    assert adding.evaluate(lambda x: truth(x)[:, :, 0] * 0.1 + 0.45, order=order)["sums"] == 1.0
    assert adding.evaluate(lambda x: 1 - truth(x), order=order) == {"bits": 0.0, "sums": 0.0}

    def one_bit_wrong(x):
        answers = truth(x)
        answers[3, : len(answers[3]) // 2] = 1 - answers[3, : len(answers[3]) // 2]
        return answers

    assert adding.evaluate(one_bit_wrong, order=order) == {"bits": 1 - 1 / 16, "sums": 0.5}
    assert adding.evaluate(truth, order=order, pairs=([1, 2], [3, 4]))["sums"] == 1.0
    with pytest.raises(ValueError, match="predict gives shape"):
        adding.evaluate(lambda x: x, order=order)


def test_baselines():
    assert adding.baseline() == {"bits": 0.5, "sums": 1 / 256}
    without_memory = adding.baseline("no memory")
    assert without_memory["sums"] == (3 / 4) ** 7, "right where no column has two ones"
    assert without_memory["bits"] == pytest.approx(0.6245, abs=5e-5)
    assert adding.baseline("one way", order="msb") == without_memory
    assert adding.baseline("one way", order="lsb")["sums"] == 1
    x, targets = adding.dataset(*adding.all_pairs())
    best = 0
    for a in (0, 1):
        for b in (0, 1):
            answers = targets[(x[:, :, 0] == a) & (x[:, :, 1] == b)]
            best += max(answers.sum(), (1 - answers).sum())
    assert best / targets.size == without_memory["bits"], "no table of columns does better"
    seen_most_significant_first = 0
    for t in range(8):                               # columns 7 … t are known, those below t are not
        known = ((x[t:, :, 0] + 2 * x[t:, :, 1]) * 4.0 ** np.arange(8 - t)[:, None]).sum(axis=0)
        _, group = np.unique(known, return_inverse=True)
        ones, all_ = np.bincount(group, targets[t, :, 0]), np.bincount(group)
        seen_most_significant_first += np.maximum(ones, all_ - ones).sum()
    assert seen_most_significant_first / targets.size == without_memory["bits"]


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: adding.encode(300), ValueError, "expected 0 to 255"),
    (lambda: adding.encode([-1]), ValueError, "holds -1"),
    (lambda: adding.encode([1.5]), TypeError, "numbers has dtype float64"),
    (lambda: adding.encode(1, order="big"), ValueError, "order is 'big'"),
    (lambda: adding.decode([0, 2]), ValueError, "bits holds other things"),
    (lambda: adding.dataset([128], [128]), ValueError, "more than 8 bits"),
    (lambda: adding.dataset([1], [1], bits=1), ValueError, "bits is 1"),
    (lambda: adding.dataset([1], [1], bits=8.0), TypeError, "bits is 8.0"),
    (lambda: adding.all_pairs(20), ValueError, "use random_sums"),
    (lambda: adding.split(test_share=2), ValueError, "test_share is 2"),
    (lambda: adding.split(by="day"), ValueError, "by is 'day'"),
    (lambda: adding.baseline("luck"), ValueError, "kind is 'luck'"),
])
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ------------------------------------------------------------------------------------------- the articles' own run

def test_the_stream_is_drawn_number_by_number():
    weights, legacy = adding.source_weights()
    assert {name: w.shape for name, w in weights.items()} == {"W": (2, 16), "V": (16, 1), "U": (16, 16)}
    one_by_one = [legacy.randint(128) for _ in range(20)]
    assert adding.source_pairs(10).T.ravel().tolist() == one_by_one
