"""The explorers of the start page and of lesson 01: their numbers, their words, their pictures."""

import re
import subprocess
import sys

import numpy as np
import pytest

from lstm_course.explorers import first_widget, rnn_stepper
from lstm_course.lessons.l00_start_here.first_widget import compute as pass_gate
from lstm_course.lessons.l01_rnn.rnn_stepper import PRESETS, STEPS, U, W, compute, describe, draw

MAKERS = [first_widget, rnn_stepper]
NUMBER = re.compile(r"[−-]?\d+\.\d+")


def run(x1=1.0, x2=2.0, cut=False, step=STEPS):
    return compute(x1, x2, cut, step)


def test_the_numbers_of_the_source():
    found = run()
    np.testing.assert_allclose(found.z, [[0.6, 0.5], [1.2923401038778066, 1.3922567763036109]], rtol=1e-9)
    np.testing.assert_allclose(
        found.h, [[0.5370495669980352, 0.46211715726000974], [0.8597381843462615, 0.8836664119437349]], rtol=1e-9)
    np.testing.assert_allclose(found.y, [1.5612838815180548, 2.727071008233731], rtol=1e-9)


@pytest.mark.parametrize("cut", [False, True])
def test_the_parts_fit_together(cut):
    found = run(-1.3, 2.4, cut)
    np.testing.assert_allclose(found.h, np.tanh(found.z), rtol=1e-12)
    recurrent = np.zeros(2) if cut else found.h[0] @ U
    np.testing.assert_allclose(found.z[1], found.x[1] * W[0] + recurrent + [0.1, -0.1], rtol=1e-12)
    assert found.swapped == pytest.approx(run(2.4, -1.3, cut).y[1])


def test_without_the_wire_the_second_output_does_not_see_the_first_input():
    assert run(cut=True).influence == 0 and run().influence > 0.3
    assert run(-2.0, 2.0, True).y[1] == run(1.7, 2.0, True).y[1]
    assert "does not depend on x₁" in describe(run(cut=True))
    assert "does not depend" not in describe(run())


def test_saturation_is_marked_from_the_slope():
    assert "Saturated at step 2: unit 1 and 2" in describe(run(3.0, 3.0))
    assert "saturated" not in draw(run()) and draw(run(3.0, 3.0)).count("unit 1 and unit 2 saturated") == 1
    assert draw(run(-3.0, 0.0)).count("unit 2 saturated") == 1


def test_the_numbers_appear_one_operation_at_a_time():
    words = [describe(run(step=step)) for step in range(STEPS + 1)]
    assert "press Step" in words[0]
    for step, number in enumerate(["0.600", "0.537", "1.5613", "1.292", "0.860", "2.7271"], 1):
        assert number in words[step] and number not in words[step - 1]
    pictures = [draw(run(step=step)) for step in range(STEPS + 1)]
    assert len(set(pictures)) == STEPS + 1 and "2.7271" in pictures[-1] and "2.7271" not in pictures[-2]


def test_before_the_guess_no_computed_number_is_drawn():
    for step in range(STEPS + 1):
        shown = re.sub("<[^>]*>", " ", draw(run(step=step), hidden=True))
        assert not {"0.600", "0.537", "1.5613", "2.7271", "2.3324"} & set(NUMBER.findall(shown))
    assert len({draw(run(step=step), hidden=True) for step in range(STEPS + 1)}) == STEPS + 1


def test_does_order_matter():
    explorer = rnn_stepper()
    explorer.panel.answer.value = "the same"
    explorer.panel.commit.click()
    verdict = explorer.panel.verdict.value
    assert "You predicted: the same. Computed: different." in verdict
    assert "2.7271" in verdict and "2.3324" in verdict and "2.7271" in explorer.readout.value


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
    start = explorer.state.start()
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
        assert space["h"] @ space["V"] + space["a"] == pytest.approx(explorer.data.y[1], rel=1e-9)
    else:
        assert space["gate"] == pytest.approx(explorer.data.open)


def test_importing_the_course_loads_no_widgets():
    code = "import sys, lstm_course; print([m for m in ('ipywidgets', 'matplotlib', 'IPython') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
