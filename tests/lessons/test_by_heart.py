"""The explorer of lesson 08 in which true labels, shuffled ones and nothing to read are learned by heart."""

from itertools import islice

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import next_prime, prime_controls
from lstm_course.explorers import by_heart
from lstm_course.lessons.l08_learned_or_memorised.by_heart import (
    NAMES,
    OPTIONS,
    PIECE,
    TESTS,
    compute,
    describe,
    draw,
    live,
    primes_off,
)
from lstm_course.tasks import primes
from lstm_course.widgets.live_training import keeping
from tests.lessons.support import revealed, shown


def trained(data, pieces=2):
    """What a live run has after so many pieces."""
    *_, (_, found) = islice(keeping(live)(data=data), pieces)
    return found


def test_the_stored_errors():
    stored = experiments.load("prime_controls")
    for data in NAMES.values():
        assert np.array_equal(compute(data).stored["learned"], stored[data])
    tests = compute("windows").stored
    assert tuple(tests) == TESTS and np.array_equal(tests["held out"], stored["held_out"])
    assert compute("windows").always_mean == pytest.approx(100 * primes.next_prime()[1].std(), rel=1e-12)


@pytest.mark.parametrize("data", NAMES.values())
def test_a_live_run_is_the_stored_training(data):
    (done,) = trained(data).values()
    stored = experiments.load("prime_controls")
    common = np.intersect1d(done.at, stored["at"])
    kept = stored["losses"][prime_controls.DATA.index(data), 0][np.isin(stored["at"], common)]
    assert done.iterations == 2 * PIECE and len(common) > 5
    np.testing.assert_allclose(done.losses[np.isin(done.at, common)], kept, rtol=1e-9)


def test_its_errors_are_those_of_the_network():
    (done,) = trained("shuffled").values()
    x, targets = prime_controls.data_of(0)["shuffled"]
    layer, _ = next_prime.train(x, targets, 0, done.iterations)
    first = np.array([layer.forward(window[None]).outputs[0, 0, 0] for window in x])
    assert done.errors["the same, each alone"] == pytest.approx(
        100 * np.sqrt(np.mean((first - targets.ravel()) ** 2)), rel=1e-9)
    assert tuple(done.errors) == TESTS
    (nothing,) = trained("constant").values()
    assert tuple(nothing.errors) == ("learned",)


def test_a_run_is_kept_for_its_data():
    explorer = revealed(by_heart, data="shuffled")
    assert "press Train" in shown(draw(explorer.data)) and "stored networks" in describe(explorer.data)
    explorer.runner.toggle()
    for _ in range(2):
        explorer.runner.advance()
    explorer.stop()
    assert explorer.data.live.iterations >= 2 * PIECE and "trained here" in describe(explorer.data)
    explorer.set(data="constant")
    assert explorer.data.live is None and "nothing to test" in shown(draw(explorer.data))
    explorer.set(data="shuffled")
    assert explorer.data.live and explorer.error is None


def test_the_curves_cross():
    explorer = by_heart()
    explorer.panel.answer.value = OPTIONS[0]
    explorer.panel.commit.click()
    assert f"Answer: {OPTIONS[2]}" in explorer.panel.verdict.value and "✗" in explorer.panel.verdict.value


def test_before_the_guess_no_curve_is_drawn():
    picture = draw(compute("windows"), hidden=True)
    assert "?" in shown(picture) and "off by" not in shown(picture)
    assert picture.count("<path") < draw(compute("windows")).count("<path")


def test_numbers_to_read():
    assert [primes_off(v) for v in (0.0, 40.14, 9.96, 3.14, 0.0428, 0.0059, 2.7e-7)] == [
        "0", "40", "10", "3.1", "0.043", "0.0059", "2.7e−7"]
