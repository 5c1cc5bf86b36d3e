"""The stored cases of PyTorch and ONNX: unchanged, regenerable, and computed by our GRU to the last digits."""

from pathlib import Path

import numpy as np
import pytest

from lstm_course import GRU
from lstm_course.networks.torch_weights import from_torch, to_torch
from lstm_course.tasks import gru_cases
from tests.tasks.generate_gru_cases import onnx_case, torch_case

WEIGHTS = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def test_our_gru_computes_what_pytorch_computes():
    case = gru_cases.load("torch")
    layer = from_torch("GRU", {name: case[name] for name in WEIGHTS})
    trace = layer.forward(case["x"], case["h0"])
    np.testing.assert_allclose(trace.outputs, case["y"], rtol=0, atol=1e-14)
    grads = layer.backward(trace, case["grad_y"])
    np.testing.assert_allclose(grads.x, case["grad_x"], rtol=0, atol=1e-13)
    np.testing.assert_allclose(grads.state, case["grad_h0"], rtol=0, atol=1e-13)
    for name, array in to_torch(layer, grads.parameters).items():
        np.testing.assert_allclose(array, case[f"grad_{name}"], rtol=0, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("order, reset_after, right", [
    ("zrn", False, True), ("rzn", False, False), ("zrn", True, False)])
def test_our_gru_computes_what_onnx_computes(order, reset_after, right):
    case = gru_cases.load("onnx")
    layer, blocks = GRU(2, 2, reset_after=reset_after), [order.index(name) for name in "rzn"]
    W, R, b_x, b_h = (np.split(array, 3) for array in (case["W"], case["R"], *np.split(case["B"], 2)))
    p = layer.parameters
    p["W"][:], p["U"][:] = (np.concatenate([array[k] for k in blocks]).T for array in (W, R))
    p["b"][:] = np.concatenate([b_x[k] + b_h[k] * (not reset_after or k < 2) for k in blocks])
    if reset_after:
        p["b_hn"][:] = b_h[2]
    difference = abs(layer.forward(case["x"], case["h0"]).outputs - case["y"]).max()
    assert difference < 1e-14 if right else difference > 0.01


def test_the_onnx_case_is_the_tests_reference():
    case = onnx_case()
    assert case.keys() == gru_cases.load("onnx").keys()
    for name, array in gru_cases.load("onnx").items():
        np.testing.assert_array_equal(array, case[name], err_msg=name)


def test_pytorch_still_gives_the_stored_case():
    pytest.importorskip("torch", reason="needs the extra oracle")
    case = torch_case()
    assert case.keys() == gru_cases.load("torch").keys()
    for name, array in gru_cases.load("torch").items():
        np.testing.assert_allclose(case[name], array, rtol=1e-12, atol=1e-14, err_msg=name)


def test_the_numbers_cannot_be_changed_and_an_unknown_library_is_named():
    with pytest.raises(ValueError, match="read-only"):
        gru_cases.load("torch")["y"][:] = 0
    with pytest.raises(ValueError, match="no case 'keras', expected one of onnx, torch"):
        gru_cases.load("keras")
    assert Path(gru_cases.STORED).stat().st_size < 20_000
