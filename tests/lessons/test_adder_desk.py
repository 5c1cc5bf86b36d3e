"""The adder desk of lesson 02: its numbers, its words, its pictures."""

import re

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments.adder_checkpoints import CHECKPOINTS
from lstm_course.lessons.l02_binary_addition.adder_desk import (
    BITS,
    OPTIONS,
    PRESETS,
    UNITS,
    adder_desk,
    compute,
    describe,
    draw,
)


def run(a=9, b=60, pairs=1000, unit=1, carry=False, step=BITS):
    return compute(a, b, pairs, unit, carry, step)


def by_hand(a, b, k):
    """Outputs (8,) and states (8, 16) of the k-th network, column by column."""
    W, U, V = (experiments.load("adder_checkpoints")[name][k] for name in "WUV")
    sigma, h, states = lambda z: 1 / (1 + np.exp(-z)), np.zeros(UNITS), []
    for t in range(BITS):
        h = sigma(np.array([a >> t & 1, b >> t & 1]) @ W + h @ U)
        states.append(h)
    return sigma(np.array(states) @ V)[:, 0], np.array(states)


@pytest.mark.parametrize("k, pairs", list(enumerate(CHECKPOINTS)))
def test_the_numbers_are_the_networks(k, pairs):
    rng = np.random.default_rng(k)
    for a, b, unit in zip(*rng.integers(0, 128, (2, 5)).tolist(), rng.integers(0, UNITS, 5).tolist(), strict=True):
        found, (y, states) = run(a, b, pairs, unit), by_hand(a, b, k)
        np.testing.assert_allclose(found.y, y, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(found.states, states[:, unit], rtol=1e-12, atol=1e-14)
        assert found.answer == sum(2 ** t for t in range(BITS) if y[t] > 0.5)
        assert sum(found.label * 2 ** np.arange(BITS)) == a + b
        assert found.wrong.any() == (found.answer != a + b)


def test_the_carry_is_the_schoolbooks():
    assert run(127, 1).carries.tolist() == [1] * 7 + [0] and run(3, 1).carries.tolist() == [1, 1] + [0] * 6
    for a, b in [(85, 42), (100, 27), (77, 99)]:
        carry = 0
        for t in range(BITS):
            carry = int((a >> t & 1) + (b >> t & 1) + carry >= 2)
            assert run(a, b).carries[t] == carry


@pytest.mark.parametrize("pairs, bits, sums", [(1000, "49.95 %", "0 %"), (4000, "74.98 %", "17.82 %"),
                                               (6000, "97.9 %", "89.28 %"), (8000, "100 %", "100 %")])
def test_what_it_knows_is_said_and_drawn(pairs, bits, sums):
    found = run(pairs=pairs)
    assert f"{bits} of the bits and {sums} of the sums" in describe(found)
    assert f"{bits} of the bits, {sums} of the sums" in draw(found)


def test_the_label_is_printed_whatever_the_network_says():
    for pairs in CHECKPOINTS:
        found = run(pairs=pairs)
        assert "9 + 60 = 69" in draw(found) and "The program prints 69, the label." in describe(found)
    assert run().answer == 255 and "The network says 255: wrong in 5 of 8 bits." in describe(run())
    assert run(pairs=10_000).answer == 69 and "The network says 69: right." in describe(run(pairs=10_000))
    assert draw(run()).count("✗") == 6 and "✗" not in draw(run(pairs=10_000))


def test_one_column_at_a_time():
    words = [describe(run(step=step)) for step in range(BITS + 1)]
    assert "press Step" in words[0] and "Column 0 holds 1 and 0. The network's output is 0.60" in words[1]
    assert "Column 6" in words[7] and len(set(words)) == BITS + 1
    assert "255" not in "".join(words[:-1])
    assert len({draw(run(step=step)) for step in range(BITS + 1)}) == BITS + 1


def test_the_true_carry_is_shown_on_demand_and_only_where_the_network_has_been():
    assert draw(run(127, 1, carry=True, step=3)).count("◀ 1") == 3 and "◀ 1" not in draw(run(127, 1, step=3))
    assert "the true carry handed on is 1" in describe(run(127, 1, carry=True, step=3))
    assert "carry" not in describe(run(127, 1, step=3))


def test_before_the_guess_the_answer_is_not_drawn():
    for step in range(BITS + 1):
        shown = re.sub("<[^>]*>", " ", draw(run(step=step), hidden=True))
        assert "9 + 60 = 69" in shown and not re.search(r"255|49\.95|0\.\d\d", shown)


@pytest.mark.parametrize("guess, mark", list(zip(OPTIONS, "✗✗✓", strict=True)))
def test_predict(guess, mark):
    explorer = adder_desk()
    assert "255" not in explorer.readout.value + explorer.picture.value
    explorer.panel.answer.value = guess
    explorer.panel.commit.click()
    verdict = explorer.panel.verdict.value
    assert f"You predicted: {guess}" in verdict and mark in verdict and "255" in verdict
    assert "The network says 255" in explorer.readout.value


@pytest.mark.parametrize("name, right", list(zip(PRESETS, [False, False, False, True], strict=True)))
def test_presets_tell_the_story(name, right):
    explorer = adder_desk()
    explorer.reveal()
    explorer.buttons[name].click()
    assert {key: explorer.values[key] for key in PRESETS[name]} == PRESETS[name] and explorer.error is None
    assert (explorer.data.answer == explorer.data.a + explorer.data.b) is right


def test_after_6000_pairs_a_long_carry_fails_and_no_carry_does_not():
    assert run(127, 1, 6000).answer == 112 and run(127, 0, 6000).answer == 127


def test_the_limits_can_be_reached():
    explorer = adder_desk()
    explorer.reveal()
    for a, b in [(0, 0), (127, 127)]:
        for pairs in CHECKPOINTS:
            explorer.set(a=a, b=b, pairs=pairs, unit=15, carry=True, step=BITS)
            assert explorer.error is None


def test_the_code_prints_what_is_shown(capsys):
    explorer = adder_desk()
    explorer.reveal()
    exec(explorer.code(explorer.values), {})
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == "69 255"
    assert all(f"{y:.3f}".rstrip("0") in printed for y in explorer.data.y)


def test_without_a_kernel_it_shows_three_moments():
    words = adder_desk()._repr_mimebundle_()["text/plain"]
    assert words == adder_desk()._repr_mimebundle_()["text/plain"] and words.count("The network says") == 3
    assert all(name in words for name in list(PRESETS)[1:])
