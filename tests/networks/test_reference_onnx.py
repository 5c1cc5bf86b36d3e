"""The layers against ONNX: the official cases and random ones (reference/onnx), converted here.

ONNX keeps weights as (directions, gates·H, I), gates in the order i, o, f, c (LSTM) and z, r, h (GRU), two
biases, and peepholes as p_i, p_o, p_f. The order of the blocks here says where ours come from.
"""

import numpy as np
import pytest

from lstm_course import GRU, LSTM, RNN, Bidirectional

from .support import assert_close, reference_cases

CASES = reference_cases("onnx")
BLOCKS = {"RNN": [0], "LSTM": [0, 2, 3, 1], "GRU": [1, 0, 2]}
PEEPHOLES = [0, 2, 1]


def reordered(a, order):
    """The blocks of the first axis in another order."""
    return np.concatenate([np.split(a, len(order))[k] for k in order])


def new_layer(entry, inputs, dtype):
    """A layer of the right kind and size."""
    I, H = inputs["W"].shape[2], inputs["R"].shape[2]
    if entry["op"] == "GRU":
        return GRU(I, H, reset_after=bool(entry["attrs"].get("linear_before_reset", 0)), rng=0, dtype=dtype)
    if entry["op"] == "LSTM":
        return LSTM(I, H, peephole="P" in inputs, rng=0, dtype=dtype)
    return RNN(I, H, activation="tanh", rng=0, dtype=dtype)


def set_weights(layer, entry, inputs, direction):
    """Copy the weights of one direction into the layer."""
    order, p = BLOCKS[entry["op"]], layer.parameters
    H = p["U"].shape[0]
    p["W"][...] = reordered(inputs["W"][direction], order).T
    p["U"][...] = reordered(inputs["R"][direction], order).T
    both = inputs["B"][direction] if "B" in inputs else np.zeros(2 * len(order) * H)
    b_w, b_r = (reordered(half, order) for half in np.split(np.asarray(both, np.float64), 2))
    p["b"][...] = b_w + b_r
    if "b_hn" in p:
        p["b"][2 * H:], p["b_hn"][...] = b_w[2 * H:], b_r[2 * H:]
    if "P" in p:
        p["P"][...] = reordered(inputs["P"][direction], PEEPHOLES).reshape(3, H)


def directions_of(entry):
    """"forward", "reverse" or "bidirectional"."""
    return entry["attrs"].get("direction", "forward")


def build(entry, inputs, dtype):
    """The layer of a case; a reverse one is the second half of a two-way layer."""
    parts = [new_layer(entry, inputs, dtype) for _ in range(2)]
    if directions_of(entry) == "forward":
        set_weights(parts[0], entry, inputs, 0)
        return parts[0]
    for direction, part in enumerate(parts):
        set_weights(part, entry, inputs, direction if inputs["W"].shape[0] == 2 else 0)
    return Bidirectional(*parts)


def initial_state(entry, inputs, dtype):
    """The initial state in our nesting, zeros where ONNX gives none."""
    batch_axis = 0 if entry["attrs"].get("layout", 0) else 1
    shape = (inputs["W"].shape[0], inputs["X"].shape[batch_axis], inputs["R"].shape[2])
    h = inputs.get("initial_h", np.zeros(shape)).astype(dtype)
    c = inputs.get("initial_c", np.zeros(shape)).astype(dtype)
    states = [(h[k], c[k]) if entry["op"] == "LSTM" else h[k] for k in range(shape[0])]
    if directions_of(entry) == "forward":
        return states[0]
    return tuple(states) if len(states) == 2 else (states[0], states[0])


def run(case, dtype):
    """Our results of a case in ONNX's form: Y (T, directions, B, H), Y_h and Y_c (directions, B, H)."""
    entry, arrays = CASES[case]
    inputs = {name[3:]: a for name, a in arrays.items() if name.startswith("in|")}
    batch_first = bool(entry["attrs"].get("layout", 0))
    x = (inputs["X"].swapaxes(0, 1) if batch_first else inputs["X"]).astype(dtype)
    layer = build(entry, inputs, dtype)
    trace = layer.forward(x, initial_state(entry, inputs, dtype), inputs.get("sequence_lens"))
    kept = {"forward": [0], "reverse": [1], "bidirectional": [0, 1]}[directions_of(entry)]
    H = inputs["R"].shape[2]
    states = (trace.state,) if directions_of(entry) == "forward" else trace.state
    hs, cs = zip(*(s if entry["op"] == "LSTM" else (s, s) for s in states), strict=True)
    results = {"Y": np.stack([trace.outputs[..., k * H:(k + 1) * H] for k in kept], axis=1),
               "Y_h": np.stack([hs[k] for k in kept]), "Y_c": np.stack([cs[k] for k in kept])}
    if batch_first:
        return {"Y": results["Y"].transpose(2, 0, 1, 3), "Y_h": results["Y_h"].swapaxes(0, 1)}
    return results


def expected(case, ending):
    """The stored results whose names end so: "" (official), "_ref_f64", "_ort_f32"."""
    names = {f"out|{name}{ending}": name for name in ("Y", "Y_h", "Y_c")}
    return {name: CASES[case][1][key] for key, name in names.items() if key in CASES[case][1]}


def with_results(ending):
    """The cases that have such results."""
    return [case for case in CASES if expected(case, ending)]


def test_the_cases_are_there():
    assert len(with_results("")) == 12
    assert len(with_results("_ref_f64")) == 5
    assert len(with_results("_ort_f32")) == 8


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", with_results(""))
def test_official_cases(case, dtype):
    results = run(case, dtype)
    for name, value in expected(case, "").items():
        np.testing.assert_allclose(results[name], value, rtol=0, atol=2e-6, err_msg=name)


@pytest.mark.parametrize("case", with_results("_ref_f64"))
def test_float64_reference(case):
    results = run(case, np.float64)
    for name, value in expected(case, "_ref_f64").items():
        assert_close(results[name], value, name)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", with_results("_ort_f32"))
def test_onnxruntime(case, dtype):
    results = run(case, dtype)
    for name, value in expected(case, "_ort_f32").items():
        np.testing.assert_allclose(results[name], value, rtol=0, atol=2e-6, err_msg=name)
        assert results[name].dtype == dtype
