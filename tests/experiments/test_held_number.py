"""The held number: its networks, what is measured of their gates, and that the trainings begin as stored."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import held_number
from lstm_course.experiments.held_number import SETTINGS, error_with, gates_of, new_model, new_sequences


@pytest.mark.parametrize("name", SETTINGS)
def test_a_training_begins_as_stored(name):
    stored = experiments.load("held_number")
    assert stored["settings"].tolist() == list(SETTINGS) and stored["seeds"].tolist() == list(range(20))
    _, losses = held_number.trained(SETTINGS[name], 7, updates=held_number.FIRST)
    np.testing.assert_allclose(losses, stored["losses"][list(SETTINGS).index(name), 7], rtol=1e-6)


def test_a_network_without_a_gate_has_no_fewer_weights_that_move():
    def moving(setting):
        model = new_model(setting, 0)
        gate = setting.kind.removeprefix("no ") if setting.kind.startswith("no ") else ""
        fixed = sum(p[..., :setting.units].size for name, p in model.parameters.items() if gate and name[0] == "0")
        return sum(p.size for p in model.parameters.values()) - fixed
    assert [moving(SETTINGS[name]) for name in ("full", "no i", "no f", "no o", "RNN")] == [361, 401, 401, 401, 358]


def test_the_error_with_a_gate_at_fixed_values():
    setting = SETTINGS["full"]
    model, (x, targets) = new_model(setting, 0), new_sequences(setting, 0)
    free = held_number.root_mean_square(model.predict(x), targets)
    assert error_with(model, x, targets) == pytest.approx(free, rel=1e-12)
    hidden = error_with(model, x, targets, "o", np.zeros(setting.units))        # nothing is shown: the readout's bias
    assert hidden == pytest.approx(held_number.root_mean_square(model.parameters["2.b"], targets), rel=1e-12)
    assert error_with(model, x, targets, "f", np.ones(setting.units)) != pytest.approx(free, rel=1e-3)


def test_a_deaf_block_reads_the_mean_of_h():
    setting = SETTINGS["full"]
    model, (x, targets) = new_model(setting, 0), new_sequences(setting, 0)
    outputs = model.layers[0].forward(x).outputs
    parameters, H = model.layers[0].parameters, setting.units
    without = new_model(setting, 0)                     # the same network: g has no U, and the mean's part in its bias
    changed = without.layers[0].parameters
    changed["b"][2 * H:3 * H] += outputs.mean(axis=(0, 1)) @ parameters["U"][:, 2 * H:3 * H]
    changed["U"][:, 2 * H:3 * H] = 0.0
    expected = held_number.root_mean_square(without.predict(x), targets)
    assert error_with(model, x, targets, deaf="g") == pytest.approx(expected, rel=1e-12)
    assert error_with(model, x, targets, deaf="ifo") != pytest.approx(expected, rel=1e-3)


def test_the_means_at_flags_are_of_the_gates():
    setting = SETTINGS["full"]
    x, _ = new_sequences(setting, 3)
    stored = experiments.load("held_number")["gates"][3]
    assert stored.shape == (2, 2, 2, 8)
    gates = gates_of(new_model(setting, np.random.default_rng(3)), x)
    for gate, (before, _) in zip("if", stored, strict=True):
        flagged = x[:, :, 1] == 1
        np.testing.assert_allclose(before, [gates[gate][flagged].mean(axis=0), gates[gate][~flagged].mean(axis=0)],
                                   rtol=1e-12)


def test_the_frozen_network_has_the_best_readout():
    error, (x, targets) = held_number.frozen(0), new_sequences(SETTINGS["full"], 0)
    assert error == pytest.approx(experiments.load("held_number")["frozen"][0], rel=1e-6)
    untrained = new_model(SETTINGS["full"], np.random.default_rng(0))
    assert error < held_number.root_mean_square(untrained.predict(x), targets)
    assert error < held_number.root_mean_square(0, targets)


def test_a_small_run_has_all_its_parts(monkeypatch):
    monkeypatch.setitem(SETTINGS, "full", held_number.Setting("full", 8, updates=5))
    found, stored = held_number.run(("full",), (0,)), experiments.load("held_number")
    assert {name: array.shape[2:] for name, array in found.items()} == {name: a.shape[2:] for name, a in stored.items()}
