"""The formulas: each cell by itself, the scan over it, and the fast loops, which must be the same in every option."""

import inspect

import numpy as np
import pytest

from lstm_course.networks import cells
from lstm_course.networks.functions import ACTIVATIONS, SLOPES, sigmoid, softmax
from lstm_course.networks.layer import Recurrent

from .support import PLAIN, I, assert_same, backward_results, example, leaves, make, numeric_gradient, passes

every_plain_layer = pytest.mark.parametrize("name", PLAIN)
ROUNDING = {np.float64: 1e-11, np.float32: 2e-4}
PARTS = ("state", "grad_outputs", "grad_state")        # what may be given, or None
RAGGED = [None, np.array([5, 1, 3])]


def scanned(layer):
    """The same cell and the same parameter arrays, run by the readable scan."""
    slow = Recurrent(layer.cell, layer.input_size, layer.hidden_size, rng=0, dtype=layer.dtype)
    slow.parameters = layer.parameters
    return slow


@every_plain_layer
@pytest.mark.parametrize("lengths", RAGGED, ids=["full", "ragged"])
@pytest.mark.parametrize("dtype", ROUNDING, ids=["float64", "float32"])
@pytest.mark.parametrize("given", [PARTS, PARTS[:2], PARTS[1:], PARTS[1:2], (PARTS[0], PARTS[2])], ids=", ".join)
def test_the_fast_loops_are_the_scan(name, lengths, dtype, given):
    layer, x, *parts = example(name, dtype=dtype)
    parts = [part if what in given else None for what, part in zip(PARTS, parts, strict=True)]
    assert_same(passes(layer, x, *parts, lengths), passes(scanned(layer), x, *parts, lengths), ROUNDING[dtype])


@every_plain_layer
@pytest.mark.parametrize("lengths", [None, np.array([260, 1, 3, 259, 100, 77, 200, 201, 13, 130, 260, 42])],
                         ids=["full", "ragged"])
def test_so_many_steps_that_backward_cuts_them_into_windows(name, lengths):
    kind, rng = make(name), np.random.default_rng(2)
    layer = type(kind)(5, 48, rng=rng, **vars(kind.cell))
    x, grad_outputs = rng.standard_normal((260, 12, 5)), rng.standard_normal((260, 12, 48))
    if name == "rnn_relu":
        layer.parameters["U"] *= 0.5                                  # an orthogonal U lets relu's h grow
    assert_same(*(passes(loops, x, None, grad_outputs, None, lengths) for loops in (layer, scanned(layer))), 1e-8)


@every_plain_layer
@pytest.mark.parametrize("loops", [lambda layer: layer, scanned], ids=["fast", "scan"])
def test_nothing_that_happens_after_forward_reaches_its_trace(name, loops):
    layer, x, state, grad_outputs, grad_state = example(name)
    layer = loops(layer)
    trace = layer.forward(x, state)
    expected = backward_results(layer.backward(trace, grad_outputs, grad_state))
    for array in [x, *leaves(state), *leaves(trace.state), *layer.parameters.values()]:
        array[...] = 7
    assert_same(backward_results(layer.backward(trace, grad_outputs, grad_state)), expected)


@every_plain_layer
def test_one_step_against_central_differences(name):
    """The formulas by themselves, without a layer."""
    layer, rng = make(name), np.random.default_rng(0)
    cell, p, x, H = layer.cell, layer.parameters, rng.standard_normal((3, I)), layer.hidden_size
    state, arriving = (tuple(rng.uniform(-0.8, 0.8, (3, H)) for _ in cell.state) for _ in range(2))

    def number():
        return sum(np.sum(a * g) for a, g in zip(cell.step(x, state, p)[0], arriving, strict=True))

    new, gates = cell.step(x, state, p)
    assert len(new) == len(cell.state) and len(gates) == len(cell.gates)
    grad_x, grad_state, grad_p = cell.step_backward(arriving, x, state, new, gates, p)
    assert set(grad_p) == set(p)
    for actual, array in [(grad_x, x), *zip(grad_state, state, strict=True), *((grad_p[key], p[key]) for key in p)]:
        expected = numeric_gradient(number, array)
        np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-8 * max(1.0, np.abs(expected).max()))


def test_steps_change_nothing_and_say_their_shapes():
    for name in PLAIN:
        layer, x, state, _, grad_state = example(name, T=1)
        cell, p, state, arriving = layer.cell, layer.parameters, tuple(leaves(state)), tuple(leaves(grad_state))
        everything = [x, *state, *arriving, *p.values()]
        before = [a.tobytes() for a in everything]
        new, gates = cell.step(x[0], state, p)
        cell.step_backward(arriving, x[0], state, new, gates, p)
        assert [a.tobytes() for a in everything] == before
    functions = [f for name, f in inspect.getmembers(cells, inspect.isfunction) if "_step" in name]
    assert len(functions) >= 6 and all("(B,H)" in f.__doc__ for f in functions)


# ---------------------------------------------------------------- functions.py

@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_and_softmax_of_huge_numbers(dtype):
    x = np.array([-1e30, -1000, -20, -1, 0, 1, 20, 1000, 1e30], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y, shares = sigmoid(x), softmax(np.array([[1000, 1001, 999], [-1000, -1000, -1000]], dtype))
    assert y.dtype == shares.dtype == dtype
    expected = [1 / (1 + np.exp(-float(v))) if v > -700 else 0.0 for v in x]
    np.testing.assert_allclose(y, expected, rtol=1e-6, atol=2 * np.finfo(dtype).eps)
    assert (y[0], y[4], y[-1]) == (0, 0.5, 1)
    np.testing.assert_allclose(shares, [np.exp([0, 1, -1]) / np.exp([0, 1, -1]).sum(), [1 / 3] * 3], rtol=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_are_functions_of_the_output(name):
    x = np.array([-2.0, -0.7, 0.3, 1.9])
    numeric = (ACTIVATIONS[name](x + 1e-6) - ACTIVATIONS[name](x - 1e-6)) / 2e-6
    np.testing.assert_allclose(SLOPES[name](ACTIVATIONS[name](x)), numeric, rtol=1e-8, atol=1e-10)
    assert name != "relu" or SLOPES["relu"](np.zeros(1)) == 0, "PyTorch's convention at the kink"
