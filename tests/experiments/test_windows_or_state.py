"""Windows against states: the networks are those that the lesson speaks of, and runs come out as stored."""

from dataclasses import replace

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import windows_or_state
from lstm_course.experiments.windows_or_state import CELLS, TASKS, model_of

STORED = experiments.load("windows_or_state")


def test_the_networks_have_equal_sizes_and_the_fields_that_are_said():
    rng = np.random.default_rng(0)
    sizes = {name: sum(p.size for p in model_of(name, 1, "largest", rng).parameters.values())
             for name in ("LSTM", "plain", "dilated", "wide", "small")}
    assert sizes == {"LSTM": 1036, "plain": 1041, "dilated": 1041, "wide": 1041, "small": 21}
    for name, field in (("plain", 13), ("dilated", 127), ("wide", 201)):
        x = np.zeros((400, 1, 1))
        model, moved = model_of(name, 1, "each step", 0), x.copy()
        moved[100] = 1.0
        steps = np.flatnonzero(model.predict(moved) != model.predict(x))
        assert steps.min() == 100 and steps.max() <= 99 + field
        reach = 1 + sum(getattr(layer, "reach", 0) for layer in model.layers)
        assert reach == field


def test_the_wide_field_has_no_gaps_and_early_and_late_blips_stand_where_they_should():
    back = {0}
    for d in windows_or_state.DILATIONS["wide"]:
        back = {step + d * k for step in back for k in range(3)}
    assert back == set(range(201))
    for name, begin in (("early blip", 0), ("late blip", 143)):
        x, _ = TASKS[name].draw(200, 4000, 1)
        loud = np.flatnonzero(np.abs(x[:, :, 0]).mean(axis=1) > 0.4)                  # noise alone: 0.32
        assert begin <= loud.min() <= begin + 7 and begin + 49 <= loud.max() <= begin + 56


@pytest.mark.parametrize("cell", [("blip", "plain", "largest"), ("blip", "LSTM", "largest"),
                                  ("late blip", "LSTM", "last")], ids=" ".join)
def test_runs_that_learn_come_out_as_stored(cell):
    """A whole run; what stands right at the goal may fall on its other side on another processor."""
    again, row = windows_or_state.run((cell,), seeds=(1,)), CELLS.index(cell)
    assert abs(again["solved"][0, 0] - STORED["solved"][row, 1]) <= 20
    np.testing.assert_allclose(again["last"][0, 0], STORED["last"][row, 1], atol=0.04)


def test_the_beginning_of_a_run_that_fails_comes_out_as_stored(monkeypatch):
    """The LSTM that is asked at the end knows nothing yet after 20 updates."""
    task = replace(TASKS["blip"], updates=20)
    monkeypatch.setitem(TASKS, "blip", task)
    found = windows_or_state.run((("blip", "LSTM", "last"),), seeds=(0,))
    assert found["solved"][0, 0] == 0 and found["last"][0, 0] < 0.65
    assert list(map(tuple, STORED["cells"])) == list(CELLS) and STORED["solved"].shape == (len(CELLS), 20)
