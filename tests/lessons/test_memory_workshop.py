"""The memory workshop of lesson 05: its three rules against an LSTM, its words, its picture."""

import re

import numpy as np
import pytest

from lstm_course import LSTM
from lstm_course.explorers import memory_workshop
from lstm_course.gradients import gradient_flow
from lstm_course.lessons.l05_multiply_or_add.memory_workshop import (
    DRAWS,
    LONGEST,
    OTHERS,
    PRESETS,
    RULES,
    START,
    compute,
    describe,
    draw,
    remember,
    short,
)

START_VALUES = {"rule": "multiply", "m": 0.9, "f": 1.0, "i": 0.0, "noise": 0.0, "T": 20, "step": 20}


def run(**values):
    return compute(**START_VALUES | values)


def revealed():
    explorer = memory_workshop()
    explorer.reveal()
    return explorer


def hand_set(i, f):
    """An LSTM of one unit whose gates stand at i and f."""
    layer = LSTM(1, 1, rng=0)
    layer.parameters["U"][...] = 0
    layer.parameters["W"][...] = [[0, 0, 1, 0]]
    layer.parameters["b"][...] = [np.log(i / (1 - i)), np.log(f / (1 - f)), 0, 0]
    return layer


@pytest.mark.parametrize("f, i", [(0.95, 0.3), (0.5, 0.5), (0.999, 0.01), (0.05, 0.9)])
def test_the_gated_rule_is_the_cell_of_an_lstm(f, i):
    m = np.random.default_rng(0).uniform(-0.9, 0.9, 30)
    c, gradient = remember("gates", m, f, i)
    layer, x, state = hand_set(i, f), np.arctanh(m).reshape(30, 1, 1), (np.zeros((1, 1)), np.full((1, 1), START))
    np.testing.assert_allclose(layer.forward(x, state).gates["c"].ravel(), c[1:], rtol=0, atol=1e-12)
    flow = gradient_flow(layer, x, state)
    np.testing.assert_allclose([flow.c[0], flow.direct[0]], gradient[-1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(flow.c, gradient[::-1], rtol=0, atol=1e-12)      # the same f at every step


@pytest.mark.parametrize("rule", RULES)
def test_the_chain_of_slopes_is_the_derivative(rule):
    m, e = np.random.default_rng(1).uniform(0.5, 1.5, (4, 12)), 1e-6
    above, below = (remember(rule, m, 0.8, 0.4, START + s * e)[0] for s in (1, -1))
    np.testing.assert_allclose(remember(rule, m, 0.8, 0.4)[1], (above - below) / (2 * e), rtol=1e-6)


def test_the_numbers_of_the_story():
    for m, gradient in [(0.9, 0.9 ** 20), (1.1, 1.1 ** 20), (2.0, 1_048_576)]:
        found = run(m=m)
        assert found.gradient["multiply"][20] == pytest.approx(gradient, rel=1e-12)
        assert found.c["multiply"][20] == pytest.approx(START * gradient, rel=1e-12)
    assert [round(run(m=m).gradient["multiply"][20], digits) for m, digits in ((0.9, 3), (1.1, 1))] == [0.122, 6.7]
    noisy = run(rule="add", m=0.0, noise=0.2)
    assert np.all(noisy.gradient["add"] == 1) and noisy.others[:, -1].std() > 0.5
    held = run(rule="gates", m=1.3, noise=0.5, T=50, step=50)
    assert np.all(held.c["gates"] == START) and np.all(held.others == START) and np.all(held.gradient["gates"] == 1)
    assert run(rule="gates", f=0.95).gradient["gates"][20] == pytest.approx(0.95 ** 20, rel=1e-12)


def test_all_rules_get_the_same_inputs():
    found = run(m=0.3, noise=0.1, T=50, step=50)
    np.testing.assert_array_equal(found.inputs, 0.3 + 0.1 * DRAWS[0])
    np.testing.assert_allclose(np.diff(found.c["add"]), found.inputs, atol=1e-12)
    assert found.others.shape == (OTHERS, LONGEST + 1) and run().others.shape == (0, 21)


def test_the_words_come_from_the_numbers():
    assert "0.8 is lost" in describe(run()) and "it fades" in describe(run())
    assert "it grows" in describe(run(m=1.1)) and "1\u202f048\u202f576" in describe(run(m=2.0))
    assert "held exactly" in describe(run(m=1.0)) and "exactly 1" in describe(run(m=1.0))
    noisy = describe(run(rule="add", m=0.0, noise=0.2))
    assert "0.8 is lost" in noisy and "it is exactly 1" in noisy and "with noise 0.20" in noisy
    assert "0.8 is held;" in describe(run(rule="gates", m=0.0, f=1.0, i=0.01, noise=0.05))
    assert "nearly kept" in describe(run(rule="gates", f=0.99, T=3, step=3))
    assert "Press Step" in describe(run(step=0))


def test_numbers_stay_short():
    assert [short(v) for v in (0.8, -0.8, 0.0, 1e-17, 1234.5, 1048576.0, 2.5e-7, -3e12)] == [
        "0.800", "−0.800", "0.000", "0.000", "1\u202f234", "1\u202f048\u202f576", "2.50·10^{−7}", "−3.00·10^{12}"]
    assert short(1.5e-7, powers=False) == "1.50e−7"


def test_before_the_guess_no_computed_number_is_drawn():
    for step in (0, 1, 7, 20):
        shown = re.sub("<[^>]*>", " ", draw(run(step=step), hidden=True))
        numbers = set(re.findall(r"[−-]?\d+\.\d{3}", shown))
        assert numbers <= {"0.800"} and "?" in shown


def test_the_guess_is_compared_and_drawn():
    explorer = memory_workshop()
    explorer.panel.answer.value = 0.3
    explorer.panel.commit.click()
    verdict = explorer.panel.verdict.value
    assert "You predicted: 0.3. Computed: 0.0973." in verdict and "✗" in verdict
    assert "your guess" in explorer.picture.value
    explorer.set(m=1.1)
    assert "your guess" not in explorer.picture.value
    near = memory_workshop()
    near.panel.answer.value = 0.1
    near.panel.commit.click()
    assert "✓" in near.panel.verdict.value


@pytest.mark.parametrize("name", PRESETS)
def test_presets(name):
    explorer = revealed()
    explorer.set(T=50, f=0.3, i=0.7, noise=0.5)
    explorer.buttons[name].click()
    assert explorer.error is None and explorer.values == START_VALUES | {"noise": 0.0} | PRESETS[name]
    assert len(explorer.picture.value.encode()) <= 20_000


def test_step_back_and_play():
    explorer = revealed()
    explorer.reset()
    explorer.buttons["Step"].click()
    assert explorer.values["step"] == 1 and "After step 1 of 20: c = 0.720" in explorer.readout.value
    explorer.buttons["Back"].click()
    assert "Press Step" in explorer.readout.value
    explorer.buttons["Play"].click()
    assert explorer.values["step"] == 20
    explorer.set(T=7)
    assert explorer.values["step"] == 7 and explorer.error is None


def test_the_limits_can_be_reached():
    explorer = revealed()
    for rule in RULES:
        for m in (-2.0, 2.0):
            for T, step in ((1, 0), (1, 1), (LONGEST, LONGEST)):
                explorer.set(rule=rule, m=m, f=0.0, i=1.0, noise=0.5, T=T, step=step)
                assert explorer.error is None and len(explorer.picture.value.encode()) <= 20_000
                explorer.set(f=1.0)
                assert explorer.error is None


def test_nothing_is_too_small_to_read_and_all_stays_inside():
    explorer = revealed()
    for name in PRESETS:
        explorer.buttons[name].click()
        found = re.findall(r'<text x="([-\d.]+)" y="([-\d.]+)" font-size="([\d.]+)"', explorer.picture.value)
        assert found and min(float(size) for *_, size in found) >= 14
        assert all(0 < float(x) < 880 and 0 < float(y) < 440 for x, y, _ in found if x != "0")


@pytest.mark.parametrize("rule", RULES)
def test_the_code_runs_and_gives_what_is_shown(rule):
    explorer = revealed()
    explorer.set(rule=rule, m=0.7, f=0.9, i=0.4, step=13)
    space = {}
    exec(explorer.code(explorer.values), space)
    assert space["c"] == pytest.approx(explorer.data.c[rule][13], rel=1e-12)
    assert space["gradient"] == pytest.approx(explorer.data.gradient[rule][13], rel=1e-12)
