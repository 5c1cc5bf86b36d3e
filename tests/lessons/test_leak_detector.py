"""The leak detector of lesson 08: its numbers, its words, its picture, its live run."""

import re
from itertools import islice

import numpy as np
import pytest

from lstm_course import LSTM, experiments
from lstm_course.experiments import next_prime
from lstm_course.explorers import leak_detector
from lstm_course.lessons.l08_learned_or_memorised.leak_detector import (
    ITERATIONS,
    START,
    compute,
    correlations,
    data_of,
    describe,
    draw,
    live,
    primes_off,
)
from lstm_course.tasks import primes
from lstm_course.widgets.live_training import keeping


def look(result=None, **values):
    return compute(**START | values, result=result)


def revealed():
    explorer = leak_detector()
    explorer.reveal()
    return explorer


def trained(updates=20, **values):
    """What a live run has after so many pieces."""
    setting = START | values
    *_, (_, done) = islice(keeping(live)(**setting), updates)
    return done


# ---- the numbers ---------------------------------------------------------------------------------------------

def test_the_article():
    seen = look()
    x, targets = primes.next_prime()
    np.testing.assert_array_equal(seen.x, x[:, 0])
    np.testing.assert_array_equal(seen.targets, targets.ravel())
    np.testing.assert_array_equal(seen.x_new, primes.next_prime(start=10)[0][:, 0])
    assert seen.leaks.tolist() == [0, 25] and seen.guess == ("copy x[0]", 0) and seen.known == 0
    assert seen.always_mean == pytest.approx(40.145, abs=1e-3)


@pytest.mark.parametrize("width, leaks", [(24, []), (25, [0]), (26, [1]), (49, [24]), (50, [0, 25]), (60, [10, 35])])
def test_leaks_by_width(width, leaks):
    """The target is 25 and 50 numbers back, if the window reaches so far."""
    assert look(width=width).leaks.tolist() == leaks
    assert look(width=width, repeat=False).leaks.tolist() == []


@pytest.mark.parametrize("count, known", [(10, 0), (15, 0), (16, 1), (20, 5), (25, 10)])
def test_held_out_windows_that_were_learned(count, known):
    assert look(count=count).known == known and look(count=count, repeat=False).known == 0


def test_shares_and_correlations():
    rng = np.random.default_rng(0)
    x, targets = rng.standard_normal((12, 5)), rng.standard_normal(12)
    expected = [np.corrcoef(column, targets)[0, 1] for column in x.T]
    np.testing.assert_allclose(correlations(x, targets), expected, atol=1e-12)
    assert correlations(np.ones((4, 1)), targets[:4]).tolist() == [0]
    seen = look(control="shuffled labels")
    by_hand = [np.mean([row[j] == t for row, t in zip(seen.x, seen.targets, strict=True)]) for j in range(50)]
    np.testing.assert_allclose(seen.share, by_hand, atol=1e-12)
    assert 0 < seen.share.max() < 1 and len(seen.leaks) == 0


def test_controls():
    true, shuffled, random = (look(control=control) for control in next_prime.CONTROLS)
    assert sorted(shuffled.targets) == sorted(true.targets) and np.array_equal(shuffled.x, true.x)
    assert np.array_equal(shuffled.targets_new, true.targets_new)
    assert np.array_equal(random.targets, true.targets) and not np.isin(random.x, true.x).any()
    assert not np.isin(random.x_new, random.x).any()


def test_the_guess_if_the_primes_go_on():
    seen = look(repeat=False)
    numbers = primes.series(70, repeat=False)
    gap = np.mean(numbers[50:60] - numbers[49:59])
    error = np.sqrt(np.mean((numbers[59:69] + gap - numbers[60:70]) ** 2))
    assert seen.guess == ("last + mean gap", pytest.approx(error, rel=1e-12)) and error < 5
    assert seen.scale == 400 and look(repeat=False, control="random inputs").guess is None


def test_stored_networks_belong_to_the_articles_setting():
    stored = experiments.load("next_prime")
    for c, control in enumerate(next_prime.CONTROLS):
        done = look(control=control).trained
        assert not done.live and done.iterations == 10_000
        assert done.learned == (stored["train"][c].min(), stored["train"][c].max())
        assert done.held_out == (stored["held_out"][c].min(), stored["held_out"][c].max())
    for other in ({"width": 49}, {"count": 11}, {"repeat": False}):
        assert look(**other).trained is None


# ---- the live run --------------------------------------------------------------------------------------------

def test_a_live_run_is_the_articles_training():
    (done,) = trained(8).values()
    stored = experiments.load("next_prime")
    early = stored["at"] < done.iterations
    at = stored["at"][early]
    shown = dict(zip(done.at.tolist(), done.losses[0], strict=True))
    common = [k for k in at.tolist() if k in shown]
    assert done.iterations == 200 and len(common) > 10 and 0 in common
    expected = stored["losses"][0, 0, np.isin(stored["at"], common)]
    np.testing.assert_allclose([shown[k] for k in common], expected, rtol=1e-9)


def test_its_errors_are_those_of_the_network():
    setting = {"width": 20, "repeat": False, "count": 4, "control": "true labels"}
    (done,) = trained(2, **setting).values()
    x, targets, x_new, targets_new = data_of(**setting)
    layer, _ = next_prime.train(x, targets, 0, done.iterations)
    assert isinstance(layer, LSTM)
    for error, a, b in [(done.learned, x, targets), (done.held_out, x_new, targets_new)]:
        off = layer.forward(a).outputs[:, 0, 0] - b.ravel()
        assert error == pytest.approx([primes.scale(34, False) * np.sqrt(np.mean(off ** 2))] * 2, rel=1e-9)


def test_runs_are_kept_for_their_setting():
    explorer = revealed()
    explorer.set(width=12, count=3)
    assert explorer.data.trained is None and "Press" in draw(explorer.data)
    explorer.runner.toggle()
    for _ in range(3):
        explorer.runner.advance()
    explorer.stop()
    assert explorer.data.trained.iterations >= 75 and explorer.error is None
    explorer.set(width=13)
    assert explorer.data.trained is None
    explorer.set(width=12)
    assert explorer.data.trained.iterations >= 75


def test_a_whole_run_ends():
    shares = [share for share, _ in live(**START | {"width": 10, "count": 2})]
    assert shares == sorted(shares) and shares[-1] == 1 and len(shares) <= ITERATIONS / 25


# ---- words ---------------------------------------------------------------------------------------------------

def test_words():
    words = describe(look())
    assert "The target is x[0] and x[25] in every learned window." in words
    assert "off by 0.006 to 0.043 on learned windows and by 24 to 49 on held-out ones (always the mean: 40)" in words
    assert "it fits what was learned but misses what was held out" in words
    for control in next_prime.CONTROLS[1:]:
        words = describe(look(control=control))
        assert "No input is the target" in words and "it fits what was learned but misses" in words
    assert "press Train" in describe(look(width=24)) and "the primes go on" in describe(look(repeat=False))
    assert "10 of the 10 held-out windows are among the learned ones" in describe(look(count=25))


def test_verdicts_come_from_the_errors():
    def verdict(learned, held_out, **values):
        done = look().trained
        done = type(done)(True, 100, done.at, done.losses[:1], (learned, learned), (held_out, held_out))
        (_, found), = keeping(lambda **setting: iter([(1.0, done)]))(**START | values)
        return look(found, **values).verdict
    assert verdict(0.1, 30) == "fits what was learned but misses what was held out"
    assert verdict(5, 30) == "does not fit what was learned and misses what was held out"
    assert verdict(0.1, 1) == "fits what was learned and predicts what was held out"
    assert verdict(0.1, 1, count=25) == "knows the held-out windows: 10 of 10 were learned"


def test_numbers_to_read():
    assert [primes_off(v) for v in (0.0, 40.14, 9.96, 3.14, 0.0428, 0.0059, 2.7e-7)] == [
        "0", "40", "10", "3.1", "0.043", "0.006", "3e−7"]
    assert primes_off(2.7e-7, raised=True) == "3·10^{−7}"


# ---- the picture ---------------------------------------------------------------------------------------------

def shown(picture):
    return re.sub("<[^>]*>", " ", picture)


def test_before_the_guess_nothing_is_found():
    picture = draw(look(), hidden=True)
    assert "?" in picture and "x[25]" not in picture and "#D55E00" not in picture and "error, in primes" not in picture
    explorer = leak_detector()
    explorer.panel.answer.value = "in one"
    explorer.panel.commit.click()
    assert "Computed: in two" in explorer.panel.verdict.value and "✗" in explorer.panel.verdict.value


def test_the_picture_shows_the_leaks():
    picture = draw(look())
    assert picture.count('stroke="#D55E00"') == 2 and "copy x[0]" in picture and "8 networks" in picture
    assert draw(look(width=24)).count('stroke="#D55E00"') == 0 and "no network yet" in draw(look(width=24))
    assert draw(look(width=60)).count('stroke="#D55E00"') == 2 and "last + mean gap" in draw(look(repeat=False))
