"""The explorers of the start page and of lesson 01: their numbers, their words, their pictures."""

import re
import subprocess
import sys

import numpy as np
import pytest

from lstm_course.explorers import first_widget, rnn_stepper
from lstm_course.lessons.l00_start_here.first_widget import compute as pass_gate
from lstm_course.lessons.l01_rnn.rnn_stepper import PRESETS, START, STEPS, U, W, compute, describe, draw, numbers
from lstm_course.tasks import numeric_rnn

MAKERS = [first_widget, rnn_stepper]
NUMBER = re.compile(r"[−-]?\d+\.\d+")


def run(x="1 2", cut=False, step=STEPS, **entries):
    return compute(numbers(x), **(START | entries | {"cut": cut}), step=step)


def test_the_numbers_of_the_source():
    found = run()
    np.testing.assert_allclose(found.z[:2], numeric_rnn.PRE_ACTIVATIONS, rtol=1e-9)
    np.testing.assert_allclose(found.h[:2], numeric_rnn.STATES, rtol=1e-9)
    np.testing.assert_allclose(found.y[:2], numeric_rnn.OUTPUTS, rtol=1e-9)
    transposed = run(u12=0.3, u21=0.2)
    assert transposed.y[1] == pytest.approx(numeric_rnn.OUTPUT_IF_U_TRANSPOSED, rel=1e-12)


@pytest.mark.parametrize("cut", [False, True])
def test_the_parts_fit_together(cut):
    found = run("-1.3 2.4 0 7 -9 0.5 1 1", cut)
    np.testing.assert_allclose(found.h, np.tanh(found.z), rtol=1e-12)
    before = np.vstack([np.zeros(2), found.h[:-1]])
    np.testing.assert_allclose(found.recurrent, before @ (np.zeros((2, 2)) if cut else U), rtol=1e-12)
    np.testing.assert_allclose(found.z, found.x[:, None] * W[0] + found.recurrent + [0.1, -0.1], rtol=1e-12)
    np.testing.assert_allclose(found.trace, found.y - run("0 2.4 0 7 -9 0.5 1 1", cut).y, atol=1e-15)


def test_the_trace_of_the_first_input_fades_and_ends_where_the_wire_is_cut():
    assert np.all(np.diff(np.abs(run("1").trace)) < 0) and abs(run("1").trace[-1]) > 0.01
    assert 0 < abs(run("1 2 2 2 2 2 2 2").trace[-1]) < 1e-6
    assert np.abs(run("1 2", cut=True).trace[1:]).max() == 0 and abs(run("1 2", cut=True).trace[0]) > 1
    assert "does not depend on x₁" in describe(run(cut=True)) and "does not depend" not in describe(run())
    kept = run("1 2", **dict.fromkeys(("u11", "u12", "u21", "u22"), -2.0)).trace
    assert abs(kept[-1]) > 3 * kept[0]
    assert run("0 2").other == 1 and "With x₁ = 1 it would" in describe(run("0 2"))


def test_the_numbers_appear_one_step_at_a_time():
    words = [describe(run(step=step)) for step in range(STEPS + 1)]
    assert "press Step" in words[0] and "output y₁ = 1.5613" in words[1] and "output y₂ = 2.7271" in words[2]
    pictures = [draw(run(step=step)) for step in range(STEPS + 1)]
    assert len(set(pictures)) == STEPS + 1 and "2.7271" in pictures[2] and "0.860" not in pictures[1]
    assert "tanh(2 · 0.5 + 0.537 · 0.1 + 0.462 · 0.3 + 0.1)" in re.sub("<[^>]*>", "", pictures[2])
    assert "0.5 · (−1)" in re.sub("<[^>]*>", "", draw(run("1 0.5", step=2, u11=-1))).replace("0.537", "0.5")


def test_before_the_guess_no_computed_number_is_drawn():
    for step in range(1, STEPS + 1):
        shown = re.sub("<[^>]*>", " ", draw(run(step=step), hidden=True))
        assert not {"0.600", "0.537", "1.56", "2.73", "0.860"} & set(NUMBER.findall(shown))
    assert len({draw(run(step=step), hidden=True) for step in range(STEPS + 1)}) == STEPS + 1


@pytest.mark.parametrize("typed, meant", [
    ("1 2", "1 2 0 0 0 0 0 0"), ("1, −2; .5", "1 -2 0.5 0 0 0 0 0"), ("9", "9 0 0 0 0 0 0 0"), ("", None), ("x", None),
    ("1 2 3 4 5 6 7 8 9", None), ("9.1", None), ("nan", None), ("1e9", None)])
def test_own_inputs(typed, meant):
    if meant:
        assert numbers(typed) == meant == numbers(meant)
    else:
        with pytest.raises(ValueError, match="one to 8 numbers from −9 to 9"):
            numbers(typed)


def test_how_far_does_the_last_output_move():
    explorer = rnn_stepper()
    explorer.panel.answer.value = "not at all"
    explorer.panel.commit.click()
    verdict = explorer.panel.verdict.value
    assert "You predicted: not at all. Answer: by less than 0.001." in verdict and "7.4e−08" in verdict


@pytest.mark.parametrize("name", PRESETS)
def test_presets(name):
    explorer = rnn_stepper()
    explorer.reveal()
    explorer.buttons[name].click()
    assert {key: explorer.values[key] for key in PRESETS[name]} == PRESETS[name] and explorer.error is None


def test_the_gate_and_its_powers():
    gate = pass_gate(0.0, 2)
    assert gate.open == 0.5 and list(gate.left[:3]) == [1.0, 0.5, 0.25]
    assert pass_gate(1.3, 0).open == pytest.approx(1 / (1 + np.exp(-1.3)), rel=1e-12)
    explorer = first_widget()
    explorer.panel.answer.value = "half"
    explorer.panel.commit.click()
    assert "✓" in explorer.panel.verdict.value and "lets 0.500 of a number through" in explorer.readout.value


@pytest.mark.parametrize("make", MAKERS)
def test_the_start_value_leaves_room_on_the_slider(make):
    explorer = make()
    start = {n: value[0] if isinstance(value, tuple) else value for n, value in explorer.state.start().items()}
    assert all(c.low <= start[n] < c.high for n, c in explorer.controls.items() if hasattr(c, "high"))


@pytest.mark.parametrize("make", MAKERS)
def test_the_limits_can_be_reached(make):
    explorer = make()
    explorer.reveal()
    sliders = {n: c for n, c in explorer.controls.items() if hasattr(c, "high")}
    for end in ("low", "high"):
        explorer.set(**{name: getattr(control, end) for name, control in sliders.items()})
        assert explorer.error is None


@pytest.mark.parametrize("make", MAKERS)
def test_the_code_runs_and_prints_what_is_shown(make):
    explorer = make()
    explorer.reveal()
    space = {}
    exec(explorer.code(explorer.values), space)
    if make is rnn_stepper:
        assert space["y"] == pytest.approx(explorer.data.y[explorer.values["step"] - 1], rel=1e-9)
    else:
        assert space["gate"] == pytest.approx(explorer.data.open)


def test_importing_the_course_loads_no_widgets():
    code = "import sys, lstm_course; print([m for m in ('ipywidgets', 'matplotlib', 'IPython') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
