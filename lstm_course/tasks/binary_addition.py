"""Binary addition, column by column: the two bits of a column go in, the bit of the sum has to come out.

The network sees one column a step and has to carry by itself. After iamtrask, "Anyone Can Learn To Code an
LSTM-RNN in Python (Part 1: RNN)", 2015, which the article "BiLSTM模型的Python代码" and others follow.

A number is a column of T bits: least significant first (order="lsb"), as one adds by hand, or most
significant first ("msb"). T counts the columns of the sum: with 8 columns the addends have 7 bits (0 … 127),
so that no carry is lost. Sums are made bit by bit, so no T overflows.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

ORDERS = ("lsb", "msb")
Pairs = tuple[np.ndarray, np.ndarray]
Predict = Callable[[np.ndarray], Any]


# --------------------------------------------------------------------------------------- numbers and bits

def encode(numbers: Any, bits: int = 8, order: str = "lsb") -> np.ndarray:
    """Whole numbers (B,), or one, -> their bits (T,B), or (T,), uint8."""
    numbers = np.asarray(numbers)
    if numbers.dtype.kind not in "iu" and not (numbers.dtype == object and _all_ints(numbers)):
        raise TypeError(f"numbers has dtype {numbers.dtype}, expected whole numbers")
    _check_bits(bits, least=1)
    if numbers.size and (numbers.min() < 0 or int(numbers.max()) >> bits):
        raise ValueError(f"numbers holds {numbers.min()} … {numbers.max()}, expected 0 to {(1 << bits) - 1}, "
                         f"which is what {bits} bits can hold")
    numbers = numbers.astype(np.uint64 if bits <= 64 else object)
    columns = [((numbers >> numbers.dtype.type(t) if bits <= 64 else numbers >> t) & 1) for t in range(bits)]
    return _ordered(np.array(columns).astype(np.uint8), order)


def decode(bits: Any, order: str = "lsb") -> Any:
    """Bits (T,B), or (T,), -> the numbers (B,), or one: uint64, or Python integers if T > 64."""
    bits = _ordered(np.asarray(bits), order)
    if bits.ndim < 1 or not np.all((bits == 0) | (bits == 1)):
        raise ValueError("bits holds other things than 0 and 1, expected bits (T,) or (T, B)")
    if len(bits) <= 64:
        weights = np.array([1 << t for t in range(len(bits))], dtype=np.uint64)
        return np.tensordot(weights, bits.astype(np.uint64), axes=1)[()]
    return sum(bit.astype(np.uint8).astype(object) * (1 << t) for t, bit in enumerate(bits))


def add_bits(a: Any, b: Any, order: str = "lsb") -> tuple[np.ndarray, np.ndarray]:
    """Bits of a and b (T,B) -> bits of a + b (T,B), carries (T,B). The schoolbook rule, without a network.

    carries[t] is what column t hands on to the next column: 1 if it had at least two ones.
    """
    a, b = _ordered(np.asarray(a, np.uint8), order), _ordered(np.asarray(b, np.uint8), order)
    total, carries, carry = np.empty_like(a), np.empty_like(a), np.zeros_like(a[0])
    for t in range(len(a)):
        ones = a[t] + b[t] + carry
        total[t], carry = ones & 1, ones >> 1
        carries[t] = carry
    if carry.any():
        raise ValueError(f"a + b has more than {len(a)} bits, expected addends with a 0 as highest bit")
    return _ordered(total, order), _ordered(carries, order)


# --------------------------------------------------------------------------------------------- the data

def dataset(a: Any, b: Any, bits: int = 8, order: str = "lsb") -> tuple[np.ndarray, np.ndarray]:
    """Numbers a, b (B,) -> x (T,B,2): their bits; targets (T,B,1): those of the sum. Floats 0.0 and 1.0."""
    _check_bits(bits)
    a, b = encode(a, bits, order), encode(b, bits, order)
    return _as_data(a, b, order)


def carries(a: Any, b: Any, bits: int = 8, order: str = "lsb") -> np.ndarray:
    """Numbers a, b (B,) -> (T,B), 1 where column t hands a carry on."""
    return add_bits(encode(a, bits, order), encode(b, bits, order), order)[1]


def random_sums(sequences: int, bits: int = 8, order: str = "lsb", rng: np.random.Generator | int | None = None,
                ) -> tuple[np.ndarray, np.ndarray]:
    """-> x (T,B,2), targets (T,B,1) of random pairs. Any number of bits: 16, 32, 64, 1000."""
    _check_bits(bits)
    drawn = np.random.default_rng(rng).integers(0, 2, (2, bits, sequences), dtype=np.uint8)
    drawn[:, -1] = 0                                                     # room for the last carry
    return _as_data(_ordered(drawn[0], order), _ordered(drawn[1], order), order)


def all_pairs(bits: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Every pair of addends -> a, b, both (4^(bits-1),): for 8 columns 128 · 128 = 16 384 pairs."""
    _check_bits(bits)
    if bits > 12:
        raise ValueError(f"bits is {bits}, expected at most 12 (4 million pairs); use random_sums for more")
    count = 1 << (bits - 1)
    return np.repeat(np.arange(count), count), np.tile(np.arange(count), count)


def split(bits: int = 8, test_share: float = 0.2, by: str = "pairs", rng: np.random.Generator | int | None = None,
          ) -> tuple[Pairs, Pairs]:
    """All pairs in two parts -> (a, b) to train on, (a, b) to test on. They have no pair in common.

    by="pairs"    pairs drawn at random
    by="numbers"  numbers drawn at random; the test pairs are those with at least one of these numbers
    by="carry"    the test pairs are those with the longest carry chains, so that the rule must stretch
    test_share is the share of the test pairs; with "numbers" and "carry" the nearest that comes out.
    """
    if not 0 < test_share < 1:
        raise ValueError(f"test_share is {test_share}, expected a share between 0 and 1, for example 0.2")
    a, b = all_pairs(bits)
    rng = np.random.default_rng(rng)
    if by == "pairs":
        test = np.zeros(len(a), dtype=bool)
        test[rng.permutation(len(a))[:round(test_share * len(a))]] = True
    elif by == "numbers":
        count = 1 << (bits - 1)
        kept = round(count * np.sqrt(1 - test_share))                    # kept² pairs have two kept numbers
        held_out = rng.permutation(count)[kept:]
        test = np.isin(a, held_out) | np.isin(b, held_out)
    elif by == "carry":
        chain = longest_carry(a, b, bits)
        shares = np.array([np.mean(chain > length) for length in range(bits)])
        test = chain > np.abs(shares - test_share).argmin()
    else:
        raise ValueError(f"by is {by!r}, expected 'pairs', 'numbers' or 'carry'")
    if test.all() or not test.any():
        raise ValueError(f"test_share is {test_share}, which leaves one part empty with {bits} bits")
    return (a[~test], b[~test]), (a[test], b[test])


def longest_carry(a: Any, b: Any, bits: int = 8) -> np.ndarray:
    """Numbers a, b (B,) -> (B,): over how many columns in a row a carry is handed on, at most."""
    longest = run = np.zeros(np.shape(a), dtype=int)
    for handed_on in carries(a, b, bits):
        run = (run + 1) * handed_on
        longest = np.maximum(longest, run)
    return longest


# -------------------------------------------------------------------------------------------- the judge

def evaluate(predict: Predict, bits: int = 8, order: str = "lsb", pairs: Pairs | None = None) -> dict[str, float]:
    """How often `predict` is right, over all pairs (or pairs = (a, b)) -> {"bits": share, "sums": share}.

    predict: function x (T,B,2) -> (T,B,1) or (T,B), a probability or a bit; above ½ counts as 1. A *sum* is
    right if all its bits are.
    """
    a, b = all_pairs(bits) if pairs is None else pairs
    return score(predict, *dataset(a, b, bits, order))


def score(predict: Predict, x: np.ndarray, targets: np.ndarray) -> dict[str, float]:
    """The same for any x (T,B,2) and targets (T,B,1) of `dataset` or `random_sums`."""
    answers = np.asarray(predict(x))
    if answers.size != targets.size or answers.shape[:2] != targets.shape[:2]:
        raise ValueError(f"predict gives shape {answers.shape}, expected {targets.shape}")
    right = (answers.reshape(targets.shape) > 0.5) == (targets > 0.5)
    return {"bits": float(right.mean()), "sums": float(right.all(axis=0).mean())}


def baseline(kind: str = "guess", bits: int = 8, order: str = "lsb") -> dict[str, float]:
    """What can be had without carrying -> {"bits": share, "sums": share}, like `evaluate`.

    kind="guess"      a coin for every bit
    kind="no memory"  the best answer that looks at the present column only: a ≠ b, as if there were no carry
    kind="one way"    the best answer that knows all columns so far, bit by bit. Least significant first that
                      is everything; most significant first the carry has not come yet (its chance is below
                      ½, so that a ≠ b is again the best answer).
    """
    if kind == "guess":
        return {"bits": 0.5, "sums": 0.5 ** bits}
    if kind not in ("no memory", "one way"):
        raise ValueError(f"kind is {kind!r}, expected 'guess', 'no memory' or 'one way'")
    if kind == "one way" and order == "lsb":
        return {"bits": 1.0, "sums": 1.0}
    return evaluate(lambda x: x[:, :, 0] != x[:, :, 1], bits, order)


# ------------------------------------------------------------------------------- the articles' own run

def source_weights(seed: int = 0) -> tuple[dict[str, np.ndarray], np.random.RandomState]:
    """The first weights of the articles' network: W (2,16), V (16,1), U (16,16), uniform in [-1, 1).

    Drawn in this order from NumPy's legacy generator; returned with it, since it then draws the pairs.
    """
    legacy = np.random.RandomState(seed)                                               # noqa: NPY002
    W, V, U = (2 * legacy.random_sample(shape) - 1 for shape in ((2, 16), (16, 1), (16, 16)))
    return {"W": W, "V": V, "U": U}, legacy


def source_pairs(iterations: int, seed: int = 0) -> np.ndarray:
    """The pairs that the articles' program trains on, one an iteration -> a, b (iterations,), 0 … 127."""
    legacy = source_weights(seed)[1]
    return legacy.randint(128, size=(iterations, 2)).T


# -------------------------------------------------------------------------------------------- small helpers

def _ordered(bits, order):
    """Between least-significant-first and the given order; the same step back and forth"""
    if order not in ORDERS:
        raise ValueError(f"order is {order!r}, expected 'lsb' or 'msb'")
    return bits if order == "lsb" else bits[::-1]


def _as_data(a, b, order):
    total, _ = add_bits(a, b, order)
    return np.stack([a, b], axis=-1).astype(float), total[..., None].astype(float)


def _check_bits(bits, least=2):
    if isinstance(bits, bool) or not isinstance(bits, (int, np.integer)):
        raise TypeError(f"bits is {bits!r}, expected a whole number")
    if bits < least:
        raise ValueError(f"bits is {bits}, expected at least {least}")


def _all_ints(numbers):
    return all(isinstance(n, (int, np.integer)) for n in numbers.ravel())
