"""The stored experiments of lesson 08: small parts come out as stored, and the story that they tell."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import next_prime, prime_controls, prime_gaps, prime_speed
from lstm_course.tasks import primes

FIRST, AT_1000, AT_9000 = 0.17973085380850418, 3.92397e-4, 1.05172e-06          # the sources' figures


@pytest.fixture(scope="module")
def stored():
    return experiments.load("next_prime")


@pytest.fixture(scope="module")
def gaps():
    return experiments.load("prime_gaps")


# ---- the next prime ------------------------------------------------------------------------------------------

def test_the_stored_losses_are_the_articles(stored):
    at = stored["at"].tolist()
    losses = stored["losses"][0, 0]
    assert losses[at.index(0)] == pytest.approx(FIRST, rel=1e-9)
    assert [losses[at.index(k)] for k in (1000, 9000)] == pytest.approx([AT_1000, AT_9000], rel=1e-5)


def test_a_part_comes_out_as_stored(stored):
    again = next_prime.run(seeds=[0, 3], iterations=120)
    assert again.keys() == stored.keys()
    early = stored["at"] < 120
    np.testing.assert_array_equal(again["at"], stored["at"][early])
    np.testing.assert_allclose(again["losses"], stored["losses"][:, [0, 3]][..., early], rtol=1e-9)
    assert again["held_out"].shape == (3, 2) and again["answers"].shape == (2, 10) and again["second"].shape == (2, 2)


def test_shapes_and_errors_fit_together(stored):
    assert stored["train"].shape == stored["held_out"].shape == (3, next_prime.SEEDS)
    _, targets = primes.next_prime(start=10)
    errors = np.sqrt(np.mean((stored["answers"] - 100 * targets.ravel()) ** 2, axis=1))
    np.testing.assert_allclose(errors, stored["held_out"][0], rtol=1e-9)


def test_what_is_memorised(stored):
    """Everything that was learned is fitted, with or without a rule; nothing that was held out is."""
    assert stored["train"].max() < 0.05 and stored["held_out"].min() > 15
    assert np.all(stored["train"][1:] < stored["train"][0])
    assert stored["second"][:, 0].max() < 0.1 and 3 < stored["second"][:, 1].min() <= stored["second"][:, 1].max() < 6.2


def test_controls_change_one_thing():
    x, targets = primes.next_prime()
    assert all(a is b for a, b in zip(next_prime.controlled(x, targets, "true labels"), (x, targets), strict=True))
    same, shuffled = next_prime.controlled(x, targets, "shuffled labels")
    assert same is x and sorted(shuffled.ravel()) == sorted(targets.ravel()) and not np.array_equal(shuffled, targets)
    random, same = next_prime.controlled(x, targets, "random inputs")
    assert same is targets and random.shape == x.shape and not np.isclose(random, x).mean() > 0.1
    assert next_prime.controlled(x, targets, "shuffled labels", held_out=True)[1] is targets
    new, _ = next_prime.controlled(x, targets, "random inputs", held_out=True)
    assert not np.array_equal(new, random)
    assert not np.array_equal(next_prime.controlled(x, targets, "shuffled labels", seed=1)[1], shuffled)


def test_errors_are_in_primes():
    assert next_prime.error_in_primes(np.array([0.02, 0.05]), np.array([[0.03], [0.04]])) == pytest.approx(1.0)
    assert next_prime.error_in_primes(np.array([0.02]), np.array([0.03]), scale=500) == pytest.approx(5.0)


# ---- the gaps ------------------------------------------------------------------------------------------------

def test_a_part_of_the_gaps_comes_out_as_stored(gaps):
    _, losses = prime_gaps.learn("size", 1, updates=prime_gaps.EVERY)
    np.testing.assert_allclose(losses, gaps["validation"][0, 0, 1, :1], rtol=1e-7)
    for q, question in enumerate(prime_gaps.QUESTIONS):
        for name, known in prime_gaps.baselines(question).items():
            np.testing.assert_allclose(known, gaps[name][q], rtol=1e-12)


def test_learning_keeps_the_weights_that_were_best_on_the_validation_primes():
    model, losses = prime_gaps.learn("remainder", 0, "shuffled labels", updates=4 * prime_gaps.EVERY)
    x, targets = prime_gaps.data("remainder")["validate"]
    assert prime_gaps.scores(model.predict(x), targets)[1] == pytest.approx(losses.min(), rel=1e-9)
    assert losses.argmin() < len(losses) - 1          # so that the last weights would not do


def test_nothing_of_the_test_was_learned():
    ends = [prime_gaps.RANGES[part] for part in ("train", "validate", "test")]
    assert all(a[1] <= b[0] for a, b in zip(ends, ends[1:], strict=False))
    for part, (low, high) in prime_gaps.RANGES.items():
        x, targets = prime_gaps.data("size")[part]
        assert len(targets) == x.shape[1] == len(prime_gaps.before(part)) == len(primes.gaps(low, high)) - 16


def test_the_rule_knows_the_prime_before_the_gap():
    """After a prime with remainder 1 no gap has the remainder 2, after one with remainder 5 none has 4."""
    for part in prime_gaps.RANGES:
        before, (_, classes) = prime_gaps.before(part), prime_gaps.data("remainder")[part]
        assert set(before) == {1, 5}
        assert not np.any(classes[before == 1] == 1) and not np.any(classes[before == 5] == 2)


def test_the_majority_by_hand(gaps):
    (_, train), (_, test) = (prime_gaps.data("size")[part] for part in ("train", "test"))
    share = np.bincount(train) / train.size
    assert gaps["majority"][0, 0] == np.mean(test == share.argmax())
    assert gaps["majority"][0, 1] == pytest.approx(-np.log(share[test]).mean(), rel=1e-12)


def test_what_is_learned(gaps):
    """On the size no network beats the majority, but the loss is lower; on the remainder all do. Shuffled: near it."""
    true, shuffled = gaps["accuracy"].swapaxes(0, 1)
    assert true.shape == (2, prime_gaps.SEEDS) == (2, 20)
    assert np.all(true[0] < gaps["majority"][0, 0]) and np.all(true[1] > gaps["majority"][1, 0] + 0.14)
    assert np.abs(shuffled - gaps["majority"][:, :1]).max() < 0.013
    assert np.all(gaps["loss"][:, 0] < gaps["majority"][:, 1:] - 0.12)
    assert np.all(gaps["loss"][:, 1] > gaps["majority"][:, 1:] - 0.016)
    assert np.all(gaps["loss"][:, 0] > gaps["rule"][:, 1:]) and gaps["after_two"].max() < 0.008


# ---- what the controls take away ---------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def controls():
    return experiments.load("prime_controls")


def test_a_part_of_the_controls_comes_out_as_stored(controls):
    again = prime_controls.run(seeds=[2], iterations=40)
    assert {name: array.shape[1:] for name, array in again.items() if name not in ("at", "losses")} == {
        name: array.shape[1:] for name, array in controls.items() if name not in ("at", "losses")}
    early = controls["at"] < 40
    np.testing.assert_array_equal(again["at"], controls["at"][early])
    np.testing.assert_allclose(again["losses"], controls["losses"][:, [2]][..., early], rtol=1e-9)


def test_the_stored_parts_fit_together(controls):
    assert all(len(controls[name]) == prime_controls.SEEDS == 20 for name in controls if name not in ("at", "losses"))
    _, targets = primes.next_prime(start=10)
    errors = np.sqrt(np.mean((controls["answers"] - 100 * targets.ravel()) ** 2, axis=1))
    np.testing.assert_allclose(errors, controls["held_out"], rtol=1e-9)
    before = 100 * np.sqrt(controls["losses"][..., -1] / 10)                     # one iteration before the end
    np.testing.assert_allclose(before, [controls[name] for name in prime_controls.DATA], rtol=0.02)


def test_alone_each_window_begins_with_an_empty_state():
    x, targets = primes.next_prime()
    layer = next_prime.article_lstm(50, 0)
    first = layer.forward(x.swapaxes(0, 1)).outputs[0, :, 0]                     # as ten sequences of one step
    expected = 100 * np.sqrt(np.mean((first - targets.ravel()) ** 2))
    assert prime_controls.alone(layer, x, targets) == pytest.approx(expected, rel=1e-12)


def test_what_the_controls_say(controls):
    mean = 100 * primes.next_prime(count=10)[1].std()                   # of always the mean of the labels
    assert controls["constant"].max() < mean / 6 and np.all(controls["windows"] < controls["constant"])
    assert np.all(controls["reordered"].min(axis=0) > [6, 4]) and controls["alone"].min() > 6
    assert controls["held_out"].min() > 20
    early, late = (controls["at"].tolist().index(k) for k in (112, 2999))
    true, shuffled, _ = controls["losses"]
    assert np.all(true[:, early] < shuffled[:, early]) and np.all(shuffled[:, late] < true[:, late])


# ---- what makes true labels fast, and windows between learned ones -----------------------------------------------

@pytest.fixture(scope="module")
def speed():
    return experiments.load("prime_speed")


def test_a_part_of_the_speeds_comes_out_as_stored(speed, stored):
    again = prime_speed.run(seeds=[3], iterations=20)
    np.testing.assert_allclose(again["losses"], speed["losses"][:, [3]], rtol=1e-9)
    assert again["between"].shape == (1, 2)
    np.testing.assert_allclose(speed["between"][:len(stored["second"])], stored["second"], rtol=1e-6)


def test_the_speed_controls_change_what_they_say():
    data = prime_speed.data_of(0)
    assert tuple(data) == prime_speed.DATA
    x, y = data["true"]
    own, other = data["other order, own labels"], data["other order, other labels"]
    pairs = lambda x, y: {(tuple(a.ravel()), float(b)) for a, b in zip(x, y.ravel(), strict=True)}
    assert pairs(*own) == pairs(x, y) != pairs(*other) and np.any(np.diff(own[1].ravel()) < 0)
    np.testing.assert_array_equal(own[0], other[0])
    assert np.ptp(data["constant, true labels"][0]) == 0 and data["constant, true labels"][1] is y


def test_true_labels_are_fast_for_two_reasons(speed):
    faster = [np.sum(speed["losses"][k] < speed["losses"][k + 1]) for k in (0, 2, 4)]
    assert faster == [20, 19, 20]
    assert speed["between"][:, 0].max() < 0.15 and speed["between"][:, 1].min() > 2
