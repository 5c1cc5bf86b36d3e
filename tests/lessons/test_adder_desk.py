"""The adder desk of lesson 02: its numbers, its words, its pictures."""

import re

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments.adder_checkpoints import CHECKPOINTS
from lstm_course.lessons.l02_binary_addition.adder_desk import (
    LARGEST,
    OPTIONS,
    PRESETS,
    adder_desk,
    columns_of,
    compute,
    describe,
    draw,
)


def run(a=9, b=60, pairs=1000, cut=False, step=None):
    return compute(a, b, pairs, cut, columns_of(a, b) if step is None else step)


def by_hand(a, b, pairs, cut):
    """Outputs (T,) and states (T, 16), column by column."""
    stored = experiments.load("adder_checkpoints")
    W, U, V = (stored[name][list(stored["pairs"]).index(pairs)] for name in "WUV")
    sigma, h, states = lambda z: 1 / (1 + np.exp(-z)), np.zeros(16), []
    for t in range(columns_of(a, b)):
        h = sigma(np.array([a >> t & 1, b >> t & 1]) @ W + (0 if cut else h @ U))
        states.append(h)
    return sigma(np.array(states) @ V)[:, 0], np.array(states)


@pytest.mark.parametrize("pairs", [0, 250, 1000, 5750, 10_000])
@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("largest", [127, LARGEST])
def test_the_numbers_are_the_networks(pairs, cut, largest):
    for a, b in np.random.default_rng(pairs).integers(0, largest + 1, (5, 2)).tolist():
        found, (y, states) = run(a, b, pairs, cut), by_hand(a, b, pairs, cut)
        np.testing.assert_allclose(found.y, y, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(found.states, states, rtol=1e-12, atol=1e-14)
        assert found.answer == sum(2 ** t for t in range(len(y)) if y[t] > 0.5)
        assert sum(found.label * 2 ** np.arange(len(y))) == a + b
        assert found.wrong.any() == (found.answer != a + b)


def test_sixteen_columns_if_a_number_needs_them():
    assert [run(a, b).columns for a, b in [(127, 127), (128, 0), (0, 128), (LARGEST, LARGEST)]] == [8, 16, 16, 16]
    assert run(LARGEST, LARGEST, 10_000).answer == 2 * LARGEST


def test_the_carry_is_the_schoolbooks():
    assert run(127, 1).carries.tolist() == [1] * 7 + [0] and run(3, 1).carries.tolist() == [1, 1] + [0] * 6
    for a, b in [(85, 42), (100, 27), (77, 9999)]:
        carry, found = 0, run(a, b)
        for t in range(found.columns):
            carry = int((a >> t & 1) + (b >> t & 1) + carry >= 2)
            assert found.carries[t] == carry


@pytest.mark.parametrize("pairs, bits, sums", [(1000, "49.95 %", "0 %"), (4000, "74.98 %", "17.82 %"),
                                               (6000, "97.9 %", "89.28 %"), (8000, "100 %", "100 %")])
def test_what_it_knows_is_said_and_drawn(pairs, bits, sums):
    found = run(pairs=pairs)
    assert f"it gets {sums} right, and {bits} of their bits." in describe(found)
    assert f"{sums} of all 16\u00a0384 sums, {bits} of their bits" in draw(found)


def test_without_the_wire_it_is_the_rule_without_memory_and_gives_no_answer_away():
    """From 8000 pairs on: 1 where the two bits of a column differ. The share of bits is asked in an exercise."""
    for a, b in np.random.default_rng(1).integers(0, 128, (20, 2)).tolist():
        found = run(a, b, 10_000, cut=True)
        assert found.answer == a ^ b
        assert "13.35 %" in draw(found) and "13.35 % right." in describe(found)
        assert "62.4" not in draw(found) + describe(found)


def test_what_is_printed_does_not_depend_on_the_network():
    for pairs in CHECKPOINTS[::4]:
        found = run(pairs=pairs)
        assert "9 + 60 = 69" in draw(found) and "The program prints 69." in describe(found)
    assert run().answer == 255 and "The network says 255: wrong in 5 of 8 bits." in describe(run())
    assert run(pairs=10_000).answer == 69 and "The network says 69: right." in describe(run(pairs=10_000))
    assert draw(run()).count("✗") == 6 and "✗" not in draw(run(pairs=10_000))


def test_nothing_says_label_before_the_lesson_does():
    explorer = adder_desk()
    words = explorer.title + explorer.predict.question + "".join(explorer.predict.options) + explorer.picture.value
    assert "label" not in re.sub("aria-label", "", words)


def test_one_column_at_a_time():
    words = [describe(run(step=step)) for step in range(9)]
    assert "press Step" in words[0] and "Column 0 holds 1 and 0. The network's output is 0.60" in words[1]
    assert "the true carry handed on is 0." in words[1].lower() and "Column 6" in words[7] and len(set(words)) == 9
    assert "255" not in "".join(words[:-1])
    assert len({draw(run(step=step)) for step in range(9)}) == 9


def test_before_the_guess_the_answer_is_not_drawn():
    for step in range(9):
        shown = re.sub("<[^>]*>", " ", draw(run(step=step), hidden=True))
        assert "9 + 60 = 69" in shown and not re.search(r"255|49\.95|0\.\d\d", shown)
        assert draw(run(step=step), hidden=True).count("<image") == 2
    images = [re.findall('href="([^"]*)"', draw(run(pairs=pairs), hidden=True)) for pairs in (0, 10_000)]
    assert images[0] == images[1], "the units are hidden as well"


@pytest.mark.parametrize("guess, mark", list(zip(OPTIONS, "✗✗✓", strict=True)))
def test_predict(guess, mark):
    explorer = adder_desk()
    assert "255" not in explorer.readout.value + explorer.picture.value
    explorer.panel.answer.value = guess
    explorer.panel.commit.click()
    verdict = explorer.panel.verdict.value
    assert f"You predicted: {guess}" in verdict and mark in verdict and "255" in verdict
    assert "The network says 255" in explorer.readout.value


def test_after_1000_pairs_every_answer_is_255_and_no_other_moment_is_so_plain():
    stored = experiments.load("adder_checkpoints")
    answers = dict(zip(stored["pairs"].tolist(), stored["answers"].tolist(), strict=True))
    assert answers[1000] == 1 and [n for n, count in answers.items() if count < 34] == [0, 250, 1000]
    for a, b in np.random.default_rng(0).integers(0, 128, (20, 2)).tolist():
        assert run(a, b).answer == 255


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
    for n in (0, 127, LARGEST):
        for pairs in CHECKPOINTS[::8]:
            explorer.set(a=n, b=n, pairs=pairs, cut=True, step=16)
            assert explorer.error is None and explorer.values["step"] == columns_of(n, n)


def test_the_code_prints_what_is_shown(capsys):
    explorer = adder_desk()
    explorer.reveal()
    for values, last in [({}, "69 255"), ({"a": 300, "b": 5, "pairs": 10_000, "cut": True}, "305 297")]:
        explorer.set(**values)
        exec(explorer.code(explorer.values), {})
        printed = capsys.readouterr().out
        assert printed.splitlines()[-1] == last == f"{explorer.data.a + explorer.data.b} {explorer.data.answer}"
        assert all(f"{y:.2f}".rstrip("0") in printed for y in explorer.data.y)


def test_without_a_kernel_it_shows_two_moments():
    words = adder_desk()._repr_mimebundle_()["text/plain"]
    assert words == adder_desk()._repr_mimebundle_()["text/plain"] and words.count("The network says") == 2
    assert all(name in words for name in list(PRESETS)[2:])
