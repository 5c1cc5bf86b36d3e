"""Optimizers and clipping agree with PyTorch, update for update, and change the arrays in place."""

import numpy as np
import pytest

from lstm_course.training.optimizers import SGD, Adam, RMSprop, clip_by_norm, clip_by_value, global_norm
from tests.networks.support import REFERENCE, assert_close

OPTIMIZERS = {
    "sgd": lambda: SGD(0.1),
    "momentum": lambda: SGD(0.1, momentum=0.9),
    "rmsprop": lambda: RMSprop(0.01),
    "rmsprop_decay": lambda: RMSprop(0.01, decay=0.9, epsilon=1e-3),
    "adam": lambda: Adam(0.01),
    "adam_betas": lambda: Adam(0.01, beta1=0.8, beta2=0.9, epsilon=1e-3),
    "clip_norm": lambda: SGD(0.1),
    "clip_value": lambda: SGD(0.1),
}
CLIPS = {"clip_norm": lambda grads: clip_by_norm(grads, 3.0), "clip_value": lambda grads: clip_by_value(grads, 0.5)}


@pytest.mark.parametrize("case", OPTIMIZERS)
def test_every_update_is_pytorchs(case):
    with np.load(REFERENCE / "optimizers.npz") as stored:
        of = {key.removeprefix(f"{case}|"): stored[key] for key in stored.files if key.startswith(f"{case}|")}
    names = [key.removeprefix("start|") for key in of if key.startswith("start|")]
    parameters = {name: of[f"start|{name}"].copy() for name in names}
    arrays, optimizer = dict(parameters), OPTIMIZERS[case]()
    for t in range(12):
        grads = {name: of[f"grads|{name}"][t].copy() for name in names}
        norm = CLIPS[case](grads) if case in CLIPS else None
        if case == "clip_norm":
            assert_close(norm, of["norms"][t], "norm")
        optimizer.update(parameters, grads)
        for name in names:
            assert_close(parameters[name], of[f"values|{name}"][t], f"{name} after update {t + 1}", rtol=1e-12)
    assert all(parameters[name] is arrays[name] for name in names), "updates are made in place"


@pytest.mark.parametrize("optimizer", [SGD(0.1, 0.9), RMSprop(0.01), Adam(0.01)], ids=["SGD", "RMSprop", "Adam"])
def test_gradients_are_left_alone_and_float32_stays(optimizer):
    parameters, grads = {"W": np.ones(3, np.float32)}, {"W": np.array([1, -2, 3], np.float32)}
    optimizer.update(parameters, grads)
    optimizer.update(parameters, grads)
    assert grads["W"].tolist() == [1, -2, 3]
    assert parameters["W"].dtype == np.float32
    assert np.all(np.sign(1 - parameters["W"]) == [1, -1, 1]), "downhill"


def test_a_parameter_without_gradient_is_frozen():
    parameters = {"W": np.ones(2), "b": np.ones(2)}
    Adam(0.1).update(parameters, {"W": np.ones(2)})
    assert parameters["b"].tolist() == [1, 1]
    assert np.all(parameters["W"] < 1)


def test_clipping_shortens_all_arrays_together():
    grads = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]])}
    array = grads["a"]
    assert clip_by_norm(grads, 1.0) == 5.0
    assert grads["a"] is array
    np.testing.assert_allclose([grads["a"][0], grads["b"][0, 0]], [0.6, 0.8], rtol=1e-6)
    assert clip_by_norm(grads, 10.0) == pytest.approx(1.0, rel=1e-6)
    np.testing.assert_allclose([grads["a"][0], grads["b"][0, 0]], [0.6, 0.8], rtol=1e-6)
    clip_by_value(grads, 0.7)
    np.testing.assert_allclose([grads["a"][0], grads["b"][0, 0]], [0.6, 0.7], rtol=1e-6)


def test_clipping_a_list_zeros_and_huge_gradients():
    assert clip_by_norm([np.zeros(3)], 1.0) == 0
    huge = [np.full(4, 1e200), np.full(5, 1e200)]
    assert clip_by_norm(huge, 1.0) == pytest.approx(3e200)
    assert global_norm(huge) == pytest.approx(1.0)


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_clipping_refuses_nan_and_infinity(clip, bad):
    grads = {"a": np.ones(2), "U": np.array([1.0, bad])}
    with pytest.raises(ValueError, match=r"grads\['U'\] holds NaN or infinite"):
        clip(grads, 0.1)
    assert grads["a"].tolist() == [1, 1]


@pytest.mark.parametrize(("make", "message"), [
    (lambda: SGD(-0.1), "learning_rate is -0.1"),
    (lambda: SGD(np.nan), "learning_rate"),
    (lambda: SGD("fast"), "learning_rate is 'fast'"),
    (lambda: SGD(0.1, momentum=1.0), "momentum"),
    (lambda: RMSprop(0.1, decay=-0.1), "decay"),
    (lambda: Adam(0.1, beta1=1.5), "beta1"),
    (lambda: Adam(0.1, epsilon=0), "epsilon"),
    (lambda: clip_by_norm({"W": np.ones(1)}, 0), "max_norm"),
    (lambda: SGD(0.1).update({"W": np.ones(2)}, {"V": np.ones(2)}), "grads has the name 'V'"),
    (lambda: SGD(0.1).update({"W": np.ones(2)}, {"W": np.ones(3)}), r"grads\['W'\] has shape \(3,\), expected"),
])
def test_bad_settings_are_named(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_an_optimizer_of_another_network_is_refused_before_anything_changes():
    optimizer = Adam(0.1)
    optimizer.update({"W": np.ones(2)}, {"W": np.ones(2)})
    parameters = {"V": np.ones(2), "W": np.ones(3)}
    with pytest.raises(ValueError, match="another network"):
        optimizer.update(parameters, {"V": np.ones(2), "W": np.ones(3)})
    assert parameters["V"].tolist() == [1, 1]
