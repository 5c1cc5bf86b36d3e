"""The prime tasks: the primes themselves, the article's windows with their leak, and gaps that hold no answer."""

import numpy as np
import pytest

from lstm_course.tasks import primes


def is_prime(n):
    return n > 1 and all(n % k for k in range(2, int(n ** 0.5) + 1))


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 4, 25, 26, 100, 1009, 1010])
def test_primes_below(limit):
    assert primes.below(limit).tolist() == [n for n in range(limit) if is_prime(n)]


def test_series():
    assert primes.series(27).tolist() == [*primes.below(100), 2, 3]
    assert primes.series(27, repeat=False).tolist() == [*primes.below(100), 101, 103]
    assert len(primes.series(0)) == 0 and len(primes.series(500, repeat=False)) == 500


def test_windows_and_what_comes_after():
    x, targets = primes.windows(np.arange(12), 4, start=2, count=5)
    assert x[0].tolist() == [2, 3, 4, 5] and x[-1].tolist() == [6, 7, 8, 9] and targets.tolist() == [6, 7, 8, 9, 10]


@pytest.mark.parametrize("given", [{"width": 4, "count": 9}, {"width": 4, "start": -1, "count": 2},
                                   {"width": 12, "count": 1}, {"width": 4, "start": 3, "count": 6}])
def test_windows_that_do_not_fit(given):
    with pytest.raises(ValueError, match="expected windows that lie within 12 numbers"):
        primes.windows(np.arange(12), **given)


def test_the_articles_windows():
    below_100 = [n for n in range(2, 100) if is_prime(n)]
    again_and_again = np.array(3 * below_100) / 100
    x, targets = primes.next_prime()
    assert x.shape == (10, 1, 50) and targets.shape == (10, 1, 1)
    for k in range(10):
        np.testing.assert_array_equal(x[k, 0], again_and_again[k:k + 50])
        assert targets[k, 0, 0] == again_and_again[k + 50]


def test_the_leak():
    x, targets = primes.next_prime(count=25)
    leaks = (x[:, 0] == targets[:, 0]).all(axis=0)
    assert np.flatnonzero(leaks).tolist() == [0, 25]
    x, targets = primes.next_prime(count=25, repeat=False)
    assert not (x == targets).any() and x.max() < targets.max() < 1


@pytest.mark.parametrize("repeat, count, scale", [(True, 20, 100), (True, 80, 100), (False, 25, 100), (False, 26, 200),
                                                  (False, 70, 400)])
def test_scale(repeat, count, scale):
    assert primes.scale(count, repeat) == scale and primes.series(count, repeat).max() <= scale


def test_held_out_windows_are_on_the_scale_of_the_learned_ones():
    whole, early = primes.next_prime(count=20)[0], primes.next_prime(count=10)[0]
    np.testing.assert_array_equal(whole[:10], early)
    np.testing.assert_array_equal(whole[10:], primes.next_prime(start=10, count=10)[0])


def test_gaps_and_their_classes():
    assert primes.gaps(5, 40).tolist() == [2, 4, 2, 4, 2, 4, 6, 2, 6]
    gap = np.array([2, 4, 6, 8, 10, 12, 14, 16, 18])
    assert primes.size_class(gap).tolist() == [0, 1, 2, 3, 3, 3, 3, 3, 3]
    assert primes.remainder_class(gap).tolist() == [1, 2, 0, 1, 2, 0, 1, 2, 0]
    with pytest.raises(ValueError, match="low is 3"):
        primes.gaps(3, 40)


def test_next_gap():
    x, classes = primes.next_gap(5, 3000, primes.size_class, width=4)
    found = primes.gaps(5, 3000)
    assert x.shape == (4, len(found) - 4, 16) and np.all(x.sum(axis=-1) == 1)
    read = 2 + 2 * x.argmax(axis=-1)
    for b in (0, 7, len(found) - 5):
        assert read[:, b].tolist() == np.minimum(found[b:b + 4], 32).tolist()
        assert classes[b] == primes.size_class(found[b + 4])


def test_a_gap_of_2_never_follows_a_gap_of_2():
    found = primes.gaps(5, 50_000)
    assert not np.any(found[1:][found[:-1] == 2] == 2) and not np.any(found[1:][found[:-1] == 4] == 4)
