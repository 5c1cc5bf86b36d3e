"""The gradient-flow explorer of lesson 09: its norms against the networks, its words, its picture."""

import importlib
import re

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import trained_flows
from lstm_course.explorers import gradient_flow_explorer
from lstm_course.gradients import gradient_flow

flows = importlib.import_module("lstm_course.lessons.l09_gradient_flow.gradient_flow")
START = flows.START


def run(**values):
    return flows.compute(**START | values)


def shown(picture):
    return re.sub("<[^>]*>", "", picture)


def revealed():
    explorer = gradient_flow_explorer()
    explorer.reveal()
    return explorer


@pytest.mark.parametrize("cell", flows.CELLS)
@pytest.mark.parametrize("trained", [False, True])
@pytest.mark.parametrize("bias, T, seed", [(3, 50, 0), (-2, 100, 4), (6, 1, 2), (0, 73, 1)])
def test_the_norms_are_those_of_gradient_flow(cell, trained, bias, T, seed):
    found = run(cell=cell, trained=trained, bias=bias, T=T, seed=seed)
    flow = gradient_flow(flows.layer_of(cell, bias, trained, seed), flows.inputs(T))
    np.testing.assert_allclose(found.state, flow.state[::-1], rtol=1e-12)
    if cell == "LSTM":
        np.testing.assert_allclose(found.full, flow.c[::-1], rtol=1e-12)
        np.testing.assert_allclose(found.direct, flow.direct[::-1], rtol=1e-12)
    else:
        assert found.full is None and found.direct is None


def test_a_trained_network_began_as_the_untrained_one():
    model, _, _ = trained_flows.train("LSTM 3", 2, updates=1)
    start, end = flows.layer_of("LSTM", 3, False, 2), flows.layer_of("LSTM", 3, True, 2)
    for name, array in start.parameters.items():
        assert np.abs(array - model.layers[0].parameters[name]).max() <= 0.0101         # one update of Adam
    assert not np.allclose(start.parameters["U"], end.parameters["U"], atol=0.05)


def test_the_accuracy_is_the_stored_one():
    stored = experiments.load("trained_flows")
    row = stored["cells"].tolist().index("LSTM 1")
    for seed in range(5):
        found = run(bias=1, trained=True, seed=seed)
        assert found.accuracy == stored["accuracy"][row, seed]
        assert f"{100 * found.accuracy:.0f} % right" in flows.describe(found)
    assert run().accuracy is None and "untrained" in flows.describe(run())


def test_the_story():
    for seed in range(5):
        zero, one, three = (run(bias=bias, seed=seed) for bias in (0, 1, 3))
        assert zero.direct[-1] < 1e-14 and zero.verdict == "vanishes"
        assert one.direct[-1] < 1e-6 and one.full[-1] > 0.1 and one.verdict == "holds"
        assert 0.1 < three.direct[-1] < 0.3 and three.full[-1] > 50
        assert min(zero.ratio, one.ratio, three.ratio) > 100
        assert run(bias=6, seed=seed).verdict == "explodes" and run(cell="GRU", seed=seed).verdict == "vanishes"
        assert run(bias=0, trained=True, seed=seed).accuracy < 0.55 < 0.99 < run(trained=True, seed=seed).accuracy


@pytest.mark.parametrize("bias, word", [(0, "vanishes"), (1, "holds"), (6, "explodes")])
def test_the_words_come_from_the_numbers(bias, word):
    found = run(bias=bias)
    assert f"The gradient {word}." in flows.describe(found)
    assert word in shown(flows.draw(found)) and word not in shown(flows.draw(found, hidden=True))
    assert found.mean_gate == pytest.approx(
        flows.layer_of("LSTM", bias, False, 0).forward(flows.inputs(50)).gates["f"].mean(), rel=1e-12)


def test_all_three_numbers_are_drawn():
    found = run()
    for value in (found.direct[-1], found.full[-1], found.state[-1]):
        assert flows.svg.scientific(value, raised=False) in shown(flows.draw(found))
    words = shown(flows.draw(run(cell="RNN")))
    assert "whole state h" in words and "direct path" not in words


def test_a_curve_that_leaves_the_picture_is_pointed_at():
    arrows = lambda **values: flows.draw(run(**values)).count("Z\"")
    assert arrows(bias=3) == 0 and arrows(bias=-2, T=100) == 2
    for cell in flows.CELLS:
        for bias in range(-2, 7):
            assert run(cell=cell, bias=bias, T=100).state.max() < flows.HIGH


def test_before_the_guess_the_full_jacobian_is_hidden():
    explorer = gradient_flow_explorer()
    assert "?" in shown(explorer.picture.value) and "Hidden until you predict" in explorer.readout.value
    full = flows.svg.scientific(run().full[-1], raised=False)
    assert f">{full}<" not in explorer.picture.value
    explorer.panel.answer.value = flows.OPTIONS[1]
    explorer.panel.commit.click()
    assert f"Computed: {flows.OPTIONS[2]}. ✗" in explorer.panel.verdict.value and f">{full}<" in explorer.picture.value


def test_the_answer_comes_from_the_ratio():
    found = run()
    assert flows.answer(found) == flows.OPTIONS[2]
    found = flows.Flow("LSTM", 0, False, 1, 0, np.ones(2), np.array([1, 0.5]), np.array([1, 0.5]))
    assert flows.answer(found) == flows.OPTIONS[1]
    found.full = np.array([1, 0.1])
    assert flows.answer(found) == flows.OPTIONS[0]


@pytest.mark.parametrize("name", flows.PRESETS)
def test_presets(name):
    explorer = revealed()
    explorer.set(T=7, seed=3, bias=-1)
    explorer.buttons[name].click()
    assert explorer.error is None and explorer.values == START | flows.PRESETS[name]


def test_the_limits_can_be_reached():
    explorer = revealed()
    for cell in flows.CELLS:
        for trained in (False, True):
            for bias, T, seed in ((-2, 1, 0), (6, 100, 4), (-2, 100, 4), (6, 1, 0)):
                explorer.set(cell=cell, trained=trained, bias=bias, T=T, seed=seed)
                assert explorer.error is None and len(explorer.picture.value.encode()) <= 20_000


def test_everything_can_be_read_and_stays_inside():
    explorer = revealed()
    for name in explorer.presets:
        explorer.buttons[name].click()
        found = re.findall(r'<text x="([-\d.]+)" y="([-\d.]+)" font-size="([\d.]+)"', explorer.picture.value)
        assert found and min(float(size) for *_, size in found) >= 14
        assert all(0 < float(x) <= 880 and 0 < float(y) <= flows.HEIGHT for x, y, _ in found if x != "0")


@pytest.mark.parametrize("cell", flows.CELLS)
@pytest.mark.parametrize("trained", [False, True])
def test_the_code_gives_what_is_shown(cell, trained):
    explorer = revealed()
    explorer.set(cell=cell, trained=trained, bias=2, T=31, seed=1)
    space = {}
    exec(explorer.code(explorer.values), space)
    assert space["flow"].state[0] == pytest.approx(explorer.data.state[-1], rel=1e-12)


def test_the_text_without_a_kernel_is_stable():
    text = gradient_flow_explorer()._repr_mimebundle_()["text/plain"]
    assert text == gradient_flow_explorer()._repr_mimebundle_()["text/plain"] and "bias 3" in text
