"""The layers against PyTorch: outputs, states and every gradient (reference/torch and reference/more)."""

import importlib
import json

import numpy as np
import pytest

from lstm_course import GRU, LSTM, RNN
from lstm_course.networks.torch_weights import from_torch, to_torch

from .support import REFERENCE, assert_close, assert_states_close, leaves, reference_cases

KINDS = {"rnn_tanh": ("RNN", "tanh"), "rnn_relu": ("RNN", "relu"),
         "lstm": ("LSTM", "tanh"), "gru": ("GRU", "tanh")}
SHARED = {name: (KINDS[entry["kind"]], arrays) for name, (entry, arrays) in reference_cases("torch").items()
          if entry["kind"] in KINDS}
MORE = {name: ((entry["kind"], entry.get("nonlinearity", "tanh")), arrays)
        for name, (entry, arrays) in reference_cases("more").items() if entry["maker"] == "torch_case"}
VARIANTS = {name: (entry, arrays) for name, (entry, arrays) in reference_cases("more").items()
            if entry["maker"] == "variant_case"}
CASES = SHARED | MORE
RTOL = {np.dtype("float64"): 1e-9, np.dtype("float32"): 2e-4}
SATURATED = 1e-12   # 1 - h² of an h beside 1, and a gate beside 0, are known to 1e-16 at best, and x is 2000


def state_dict(arrays):
    """The weights of a case, as torch.nn's state_dict() has them."""
    return {name: a for name, a in arrays.items() if name.startswith(("weight_", "bias_"))}


def layer_of(kind, nonlinearity, arrays):
    """The layer with a case's weights."""
    options = {"nonlinearity": nonlinearity} if kind == "RNN" else {}
    return from_torch(kind, state_dict(arrays), dtype=arrays["x"].dtype, **options)


def nested(arrays, h, c):
    """The arrays h and c of a case as a nested state, None if the case has no such arrays."""
    if h not in arrays:
        return None
    if arrays[h].ndim == 2:                                     # one layer, without PyTorch's axis of layers
        return (arrays[h], arrays[c]) if c in arrays else arrays[h]
    parts = [(h_k, arrays[c][k]) if c in arrays else h_k for k, h_k in enumerate(arrays[h])]
    if "weight_ih_l0_reverse" in arrays:
        parts = list(zip(parts[::2], parts[1::2], strict=True))
    return parts[0] if len(parts) == 1 else tuple(parts)


def lengths_of(arrays):
    """The lengths of a ragged case, else None."""
    return arrays.get("lengths", arrays.get("lens"))


def forward(case):
    """Layer and trace of a case."""
    (kind, nonlinearity), arrays = CASES[case]
    layer = layer_of(kind, nonlinearity, arrays)
    return layer, layer.forward(arrays["x"], nested(arrays, "h0", "c0"), lengths_of(arrays))


def test_the_cases_are_there():
    """A renamed key must not silently empty the list of cases."""
    assert len(SHARED) == 10
    assert len(MORE) >= 30
    assert len(VARIANTS) == 5
    assert {kind for (kind, _), _ in CASES.values()} == {"RNN", "LSTM", "GRU"}


@pytest.mark.parametrize("case", CASES)
def test_forward(case):
    _, arrays = CASES[case]
    _, trace = forward(case)
    rtol = RTOL[arrays["x"].dtype]
    assert_close(trace.outputs, arrays["y"], "outputs", rtol)
    assert trace.outputs.dtype == arrays["x"].dtype
    if "hn" in arrays:
        assert_states_close(trace.state, nested(arrays, "hn", "cn"), "state", rtol)


@pytest.mark.parametrize("case", CASES)
def test_backward(case):
    _, arrays = CASES[case]
    layer, trace = forward(case)
    grads = layer.backward(trace, arrays["gy"], nested(arrays, "gh", "gc"))
    tolerance = {"rtol": RTOL[arrays["x"].dtype], "atol": SATURATED if "saturated" in case else 0.0}
    assert_close(grads.x, arrays["d_x"], "gradient of x", **tolerance)
    if "d_h0" in arrays:
        assert_states_close(grads.state, nested(arrays, "d_h0", "d_c0"), "gradient of the state", **tolerance)
    torch_grads = to_torch(layer, grads.parameters)
    weights = state_dict(arrays)
    assert list(torch_grads) == sorted(weights, key=torch_position)
    for name, gradient in torch_grads.items():
        assert_close(gradient, arrays[f"d_{name}"], f"gradient of {name}", **tolerance)


def torch_position(name):
    """Sort key for PyTorch's order: layer, direction, then weight_ih, weight_hh, bias_ih, bias_hh."""
    kinds = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    kind, rest = name.split("_l")
    return int(rest.split("_")[0]), rest.endswith("_reverse"), kinds.index(kind)


@pytest.mark.parametrize("case", [name for name in CASES if "saturated" in name])
def test_saturated_inputs_raise_no_floating_point_error(case):
    _, arrays = CASES[case]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        layer, trace = forward(case)
        grads = layer.backward(trace, arrays["gy"], nested(arrays, "gh", "gc"))
    for a in [trace.outputs, *leaves(trace.state), grads.x, *grads.parameters.values()]:
        assert np.isfinite(a).all()


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
@pytest.mark.parametrize("size", [1e3, 1e6, 1e30, 1e300])
def test_no_warning_for_huge_inputs(kind, size):
    """A naive 1/(1 + exp(-x)) overflows from 710 on."""
    layer = kind(3, 4, rng=0)
    x = size * np.random.default_rng(0).choice([-1.0, 1.0], (4, 2, 3))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        trace = layer.forward(x)
        grads = layer.backward(trace, np.ones_like(trace.outputs))
    assert np.abs(trace.outputs).max() <= 4.0
    assert np.isfinite(grads.x).all()


@pytest.mark.parametrize("case", VARIANTS)
def test_networks_that_torch_lacks(case):
    """Peepholes, identity output, sigmoid RNN and reset-before GRU, ragged, against autograd."""
    entry, arrays = VARIANTS[case]
    kind = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}[entry["kind"]]
    layer = kind(arrays["x"].shape[2], arrays["h0"].shape[1], rng=0, **entry["options"])
    assert set(layer.parameters) == {name[2:] for name in arrays if name[:2] == "d_"} - {"x", "h0", "c0"}
    for name, array in layer.parameters.items():
        array[...] = arrays[name]
    trace = layer.forward(arrays["x"], nested(arrays, "h0", "c0"), arrays["lengths"])
    assert_close(trace.outputs, arrays["y"], "outputs")
    assert_states_close(trace.state, nested(arrays, "hn", "cn"), "state")
    grads = layer.backward(trace, arrays["gy"], nested(arrays, "gh", "gc"))
    assert_close(grads.x, arrays["d_x"], "gradient of x")
    assert_states_close(grads.state, nested(arrays, "d_h0", "d_c0"), "gradient of the state")
    for name, gradient in grads.parameters.items():
        assert_close(gradient, arrays[f"d_{name}"], f"gradient of {name}")


def test_generated_cases_are_what_the_generator_makes():
    """Where PyTorch is installed, make some cases again."""
    pytest.importorskip("torch", reason="needs PyTorch (extra: oracle) to make a reference case again")
    generate = importlib.import_module("tests.networks.reference.generate")
    assert json.loads((REFERENCE / "more" / "manifest.json").read_text())["cases"]
    plan = {name: (seed, maker, settings) for seed, (name, maker, settings) in enumerate(generate.plan())}
    assert list(plan) == list(reference_cases("more"))
    for name in ("lstm_ragged_L2_D2", "gru_before", "jacobian_gru"):
        seed, maker, settings = plan[name]
        again, stored = maker(seed, **settings), reference_cases("more")[name][1]
        assert set(again) == set(stored)
        for key in stored:
            assert_close(again[key], stored[key], f"{name} {key}", rtol=1e-11)
