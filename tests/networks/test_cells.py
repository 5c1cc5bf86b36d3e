"""The one-step formulas in cells.py and the fast layers are the same networks, step by step, both ways."""

import inspect

import numpy as np
import pytest

from lstm_course.networks import cells
from lstm_course.networks.functions import ACTIVATIONS, SLOPES, sigmoid, softmax

from .support import (
    PLAIN,
    assert_close,
    assert_states_close,
    example,
    leaves,
    make,
    map_state,
    numeric_gradient,
)

every_plain_layer = pytest.mark.parametrize("name", PLAIN)
ACTIVATION = {"rnn_tanh": "tanh", "rnn_relu": "relu", "rnn_sigmoid": "sigmoid"}
OUTPUT = {"lstm_identity": "identity", "lstm_peephole_identity": "identity"}


def step(name, p, x, state):
    """One step with the pure function: new state as a tuple, gates by name, and what the way back needs."""
    if name in ACTIVATION:
        h = cells.rnn_step(x, *state, p["W"], p["U"], p["b"], ACTIVATION[name])
        return (h,), {}, h
    if name.startswith("lstm"):
        h, c, gates = cells.lstm_step(x, *state, p["W"], p["U"], p["b"], p.get("P"), OUTPUT.get(name, "tanh"))
        return (h, c), {**gates._asdict(), "c": c}, (c, gates)
    h, gates = cells.gru_step(x, *state, p["W"], p["U"], p["b"], p.get("b_hn"))
    return (h,), gates._asdict(), gates


def step_backward(name, p, grads, x, state, kept):
    """One step back: gradient of x, of the state as a tuple, of the parameters."""
    W, U = p["W"], p["U"]
    if name in ACTIVATION:
        grad_x, *grad_state, grad_p = cells.rnn_step_backward(*grads, x, *state, kept, W, U, ACTIVATION[name])
    elif name.startswith("lstm"):
        grad_x, *grad_state, grad_p = cells.lstm_step_backward(*grads, x, *state, *kept, W, U, p.get("P"),
                                                               OUTPUT.get(name, "tanh"))
    else:
        grad_x, *grad_state, grad_p = cells.gru_step_backward(*grads, x, *state, kept, W, U, p.get("b_hn"))
    return grad_x, tuple(grad_state), grad_p


def run_steps(name, p, x, state):
    """All steps with the pure functions: the list of (state before, state after, gates, kept)."""
    run = []
    for x_t in x:
        after, gates, kept = step(name, p, x_t, state)
        run.append((state, after, gates, kept))
        state = after
    return run


@every_plain_layer
def test_forward(name):
    layer, x, state, *_ = example(name)
    trace = layer.forward(x, state)
    run = run_steps(name, layer.parameters, x, tuple(leaves(state)))
    for t, (_, after, gates, _) in enumerate(run):
        assert_close(trace.outputs[t], after[0], f"h at step {t}", 1e-12)
        assert set(gates) == set(trace.gates)
        for key, gate in gates.items():
            assert_close(trace.gates[key][t], gate, f"gate {key} at step {t}", 1e-12)
    assert_states_close(tuple(leaves(trace.state)), run[-1][1], "state", 1e-12)


@every_plain_layer
def test_backward(name):
    layer, x, state, grad_outputs, grad_state = example(name)
    p, run = layer.parameters, run_steps(name, layer.parameters, x, tuple(leaves(state)))
    grads = layer.backward(layer.forward(x, state), grad_outputs, grad_state)
    carried, totals = tuple(leaves(grad_state)), {key: np.zeros_like(a) for key, a in p.items()}
    for t in reversed(range(len(x))):
        before, _, _, kept = run[t]
        arriving = (carried[0] + grad_outputs[t], *carried[1:])
        grad_x, carried, grad_p = step_backward(name, p, arriving, x[t], before, kept)
        assert_close(grads.x[t], grad_x, f"gradient of x at step {t}", 1e-11)
        assert set(grad_p) == set(p)
        for key, gradient in grad_p.items():
            totals[key] += gradient
    assert_states_close(tuple(leaves(grads.state)), carried, "gradient of the state", 1e-11)
    for key, total in totals.items():
        assert_close(grads.parameters[key], total, f"gradient of {key}", 1e-10)


def large(name):
    """A layer and a batch so large that a layer may cut the time axis into several pieces."""
    kind, rng = type(make(name)), np.random.default_rng(2)
    options = {"lstm_peephole": {"peephole": True}, "gru_before": {"reset_after": False}}.get(name, {})
    layer = kind(5, 48, rng=rng, **options)
    return layer, rng.standard_normal((260, 12, 5)), rng


@pytest.mark.parametrize("lengths", [None, np.array([260, 1, 3, 259, 100, 77, 200, 201, 13, 130, 260, 42])])
@pytest.mark.parametrize("name", ["rnn_tanh", "lstm", "lstm_peephole", "gru", "gru_before"])
def test_long_sequences(name, lengths):
    """260 steps of 12 sequences and 48 units, forward and backward."""
    layer, x, rng = large(name)
    p, (T, B, _) = layer.parameters, x.shape
    trace = layer.forward(x, None, lengths)
    on = np.ones((T, B, 1)) if lengths is None else (np.arange(T)[:, None] < lengths)[:, :, None] * 1.0
    zero = map_state(np.zeros_like, trace.state)
    run = run_steps(name, p, x, tuple(leaves(zero)))
    assert_close(trace.outputs, np.stack([after[0] for _, after, *_ in run]) * on, "outputs", 1e-9)
    grad_outputs = rng.standard_normal(trace.outputs.shape)
    grads = layer.backward(trace, grad_outputs)
    carried, totals = tuple(leaves(zero)), {key: np.zeros_like(a) for key, a in p.items()}
    for t in reversed(range(T)):
        before, _, _, kept = run[t]
        arriving = (carried[0] + grad_outputs[t] * on[t], *carried[1:])
        grad_x, carried, grad_p = step_backward(name, p, arriving, x[t], before, kept)
        assert_close(grads.x[t], grad_x, f"gradient of x at step {t}", 1e-8)
        for key, gradient in grad_p.items():
            totals[key] += gradient
    for key, total in totals.items():
        assert_close(grads.parameters[key], total, f"gradient of {key}", 1e-8)


@every_plain_layer
def test_one_step_against_central_differences(name):
    """The formulas by themselves, without the layers."""
    layer, x, state, grad_outputs, grad_state = example(name, T=1)
    p, state, arriving = layer.parameters, tuple(leaves(state)), tuple(leaves(grad_state))

    def number():
        after, *_ = step(name, p, x[0], state)
        return sum(np.sum(a * g) for a, g in zip(after, arriving, strict=True))

    *_, kept = step(name, p, x[0], state)
    grad_x, grads_state, grad_p = step_backward(name, p, arriving, x[0], state, kept)
    pairs = [(x[0], grad_x), *zip(state, grads_state, strict=True), *((p[key], grad_p[key]) for key in p)]
    for array, gradient in pairs:
        np.testing.assert_allclose(gradient, numeric_gradient(number, array), rtol=1e-7, atol=1e-9)


@every_plain_layer
def test_cells_change_nothing(name):
    layer, x, state, _, grad_state = example(name, T=1)
    state, arriving = tuple(leaves(state)), tuple(leaves(grad_state))
    everything = [x, *state, *arriving, *layer.parameters.values()]
    before = [a.tobytes() for a in everything]
    *_, kept = step(name, layer.parameters, x[0], state)
    step_backward(name, layer.parameters, arriving, x[0], state, kept)
    assert [a.tobytes() for a in everything] == before


def test_every_cell_function_has_a_docstring_with_shapes():
    functions = [f for name, f in inspect.getmembers(cells, inspect.isfunction) if "_step" in name]
    assert len(functions) >= 6
    for function in functions:
        assert "(B,H)" in function.__doc__, function.__name__


# ---------------------------------------------------------------- functions.py

@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid(dtype):
    x = np.array([-1e30, -1000, -20, -1, 0, 1, 20, 1000, 1e30], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = sigmoid(x)
    assert y.dtype == dtype
    expected = [1 / (1 + np.exp(-float(v))) if v > -700 else 0.0 for v in x]
    np.testing.assert_allclose(y, expected, rtol=1e-6, atol=2 * np.finfo(dtype).eps)
    assert y[0] == 0
    assert y[4] == 0.5
    assert y[-1] == 1


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_are_functions_of_the_output(name):
    x = np.array([-2.0, -0.7, 0.3, 1.9])
    numeric = (ACTIVATIONS[name](x + 1e-6) - ACTIVATIONS[name](x - 1e-6)) / 2e-6
    np.testing.assert_allclose(SLOPES[name](ACTIVATIONS[name](x)), numeric, rtol=1e-8, atol=1e-10)


def test_relu_at_the_kink():
    """PyTorch's convention: the slope at 0 is 0."""
    assert SLOPES["relu"](np.zeros(1)) == 0


def test_softmax():
    x = np.array([[1000.0, 1001.0, 999.0], [-1000.0, -1000.0, -1000.0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = softmax(x)
    np.testing.assert_allclose(y.sum(axis=-1), 1.0, rtol=1e-15)
    np.testing.assert_allclose(y[0], np.exp([0, 1, -1]) / np.exp([0, 1, -1]).sum(), rtol=1e-14)
    np.testing.assert_allclose(y[1], 1 / 3, rtol=1e-15)
