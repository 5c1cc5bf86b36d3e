"""The ablation: each variant is what its name says, its gradients are right, and a part comes out as stored."""

import numpy as np
import pytest

from lstm_course import LSTM, experiments
from lstm_course.experiments import gate_ablation
from lstm_course.experiments.shared.variants import VARIANTS, ChangedCell, open_for_good, variant
from lstm_course.gradients import check_gradients

NAMES = list(VARIANTS)


def trace_of(name, T=7, B=3):
    """A variant with random biases and c, h not 0: its gates, h and the c before each step."""
    rng = np.random.default_rng(0)
    layer = variant(name, 2, 4, np.random.default_rng(1))
    layer.parameters["b"] += rng.standard_normal(16) * (layer.parameters["b"] != 40)
    x, h, c = rng.standard_normal((T, B, 2)), rng.uniform(-0.9, 0.9, (B, 4)), rng.standard_normal((B, 4))
    trace = layer.forward(x, (h, c))
    before = np.concatenate([c[None], trace.gates["c"][:-1]])
    z = x @ layer.parameters["W"] + np.concatenate([h[None], trace.outputs[:-1]]) @ layer.parameters["U"]
    return layer, trace, before, dict(zip("ifgo", np.split(z + layer.parameters["b"], 4, axis=2), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_the_gradients_of_every_variant_are_right(name):
    layer = trace_of(name)[0]
    report = check_gradients(layer, np.random.default_rng(2).standard_normal((5, 3, 2)))
    assert report.ok and not report.warnings, report


@pytest.mark.parametrize("name", NAMES)
def test_every_variant_is_what_its_name_says(name):
    layer, trace, before, z = trace_of(name)
    gates = trace.gates
    logistic = lambda v: 1 / (1 + np.exp(-v))
    P = layer.parameters.get("P", np.zeros((3, 4)))
    expected = {"i": logistic(z["i"] + P[0] * before), "f": logistic(z["f"] + P[1] * before), "g": np.tanh(z["g"]),
                "o": logistic(z["o"] + P[2] * gates["c"])}
    if name.startswith("no "):
        expected[name[-1]] = np.ones_like(before)
    if name == "g = z":
        expected["g"] = z["g"]
    if name == "i = 1 - f":
        expected["i"] = 1 - expected["f"]
    for gate, values in expected.items():
        np.testing.assert_allclose(gates[gate], values, rtol=0, atol=1e-12, err_msg=gate)
    c = expected["f"] * before + expected["i"] * expected["g"]
    np.testing.assert_allclose(gates["c"], c, rtol=0, atol=1e-12)
    np.testing.assert_allclose(trace.outputs, expected["o"] * (c if name == "h = o c" else np.tanh(c)), rtol=0,
                               atol=1e-12)
    assert (name == "peepholes") == ("P" in layer.parameters) and len(VARIANTS[name][0]) > 10


@pytest.mark.parametrize("gate", "ifgo")
def test_a_gate_that_is_taken_out_is_never_moved_by_training(gate):
    layer = open_for_good(LSTM(2, 4, rng=0), gate)
    trace = layer.forward(np.random.default_rng(0).standard_normal((6, 3, 2)))
    assert np.all(trace.gates[gate] == 1)
    grads = layer.backward(trace, np.ones_like(trace.outputs)).parameters
    at = slice(4 * "ifgo".index(gate), 4 * "ifgo".index(gate) + 4)
    for name, grad in grads.items():
        assert not grad[..., at].any() and np.abs(grad).max() > 0, name


def test_coupled_gates_leave_their_unused_block_alone_and_keep_c_within_1():
    layer = variant("i = 1 - f", 2, 4, np.random.default_rng(0))
    trace = layer.forward(10 * np.random.default_rng(0).standard_normal((200, 3, 2)))
    assert np.abs(trace.gates["c"]).max() <= 1
    grads = layer.backward(trace, np.ones_like(trace.outputs)).parameters
    assert all(not grad[..., :4].any() and grad[..., 4:8].any() for grad in grads.values())


def test_changes_have_names():
    with pytest.raises(ValueError, match="change is 'g', expected 'g = z' or 'i = 1 - f'"):
        ChangedCell(change="g")


@pytest.mark.parametrize("name", gate_ablation.NAMES)
def test_the_beginning_of_a_run_comes_out_as_stored(name):
    stored, updates = experiments.load("gate_ablation"), 50
    assert stored["names"].tolist() == list(gate_ablation.NAMES)
    assert stored["rates"].tolist() == list(gate_ablation.RATES)
    scores = gate_ablation.adding(name, gate_ablation.RATES[1:2], (3,), updates)[1][0, 0]
    expected = stored["scores"][gate_ablation.NAMES.index(name), 1, 3, :updates // 25 + 1]
    np.testing.assert_allclose(scores, expected, rtol=1e-3)
    alone = [now.score for now in gate_ablation.training(name, gate_ablation.RATES[1], 3, updates)]
    np.testing.assert_allclose(alone, expected, rtol=1e-3)


def test_the_last_network_begins_with_as_much_kept_as_not_written():
    now = next(gate_ablation.training(gate_ablation.STARTED, 0.01, 0))
    b = now.model.layers[0].parameters["b"].reshape(4, -1)
    assert np.all(b[0] == -1) and np.all(b[1] == 1) and not b[2:].any()


def test_what_is_stored_is_consistent():
    stored = experiments.load("gate_ablation")
    at = stored["updates"]
    assert stored["solved"].shape == (6, 3, 20) and at[-1] == gate_ablation.BUDGETS[-1]
    for scores, solved in zip(stored["scores"].reshape(-1, len(at)), stored["solved"].ravel(), strict=True):
        below = np.flatnonzero(scores < gate_ablation.GOAL)
        assert solved == (at[below[0]] if below.size else 0)


def test_with_and_without_the_forget_gate_the_runs_are_those_of_the_stream():
    stored, stream = experiments.load("gate_ablation"), experiments.load("forget_gate")
    rows = [stored["variants"].tolist().index(name) for name in ("full", "no f")]
    np.testing.assert_allclose(stored["right"][rows], stream["right"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(stored["cells"][rows], stream["cells"][:, :, -1], rtol=1e-9)


def test_a_small_run_has_all_its_parts():
    found = gate_ablation.run(("no f", gate_ablation.STARTED), (0.01, 0.03), (0,), 25, ("no f",), (0,), 2, 60)
    assert found.keys() == experiments.load("gate_ablation").keys()
    assert found["scores"].shape == (2, 2, 1, 2) and found["right"].shape == found["cells"].shape == (1, 1)
    assert 0 <= found["right"][0, 0] <= 1 and found["cells"][0, 0] > 0


def test_on_reber_strings_only_the_forget_gate_is_missed():
    stored = experiments.load("gate_ablation")
    right = dict(zip(stored["variants"].tolist(), stored["right"], strict=True))
    others = [row.min() for name, row in right.items() if name != "no f"]
    assert right["no f"].max() < 0.7 and min(others) > gate_ablation.GOOD and len(others) == 7
