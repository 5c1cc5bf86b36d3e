"""Sequences of different lengths: padding reaches nothing, and nothing reaches the padding."""

import numpy as np
import pytest

from lstm_course import RNN

from .support import (
    LAYERS,
    WRAPPERS,
    assert_close,
    assert_states_close,
    example,
    leaves,
    make,
    map_state,
)

LENGTHS = np.array([4, 1, 6, 3])
T, B = 6, 4
every_layer = pytest.mark.parametrize("name", LAYERS)


def padding():
    """(T,B) array, true where a sequence has ended."""
    return np.arange(T)[:, None] >= LENGTHS


def ragged(name, seed=0):
    """Layer, x, state, gradients of a ragged batch."""
    return example(name, T, B, seed)


def one(state, b):
    """The state of sequence b alone."""
    return map_state(lambda a: a[b:b + 1], state)


@every_layer
def test_each_sequence_is_as_if_it_were_alone(name):
    """Outputs, state and all gradients equal those of each sequence run by itself, cut to its length."""
    layer, x, state, grad_outputs, grad_state = ragged(name)
    trace = layer.forward(x, state, LENGTHS)
    grads = layer.backward(trace, grad_outputs, grad_state)
    totals = {key: np.zeros_like(a) for key, a in layer.parameters.items()}
    for b, n in enumerate(LENGTHS):
        alone = layer.forward(x[:n, b:b + 1], one(state, b))
        assert_close(trace.outputs[:n, b:b + 1], alone.outputs, "outputs", 1e-12)
        assert_states_close(one(trace.state, b), alone.state, "state", 1e-12)
        for key, gate in alone.gates.items():
            assert_close(trace.gates[key][:n, b:b + 1], gate, f"gate {key}", 1e-12)
        back = layer.backward(alone, grad_outputs[:n, b:b + 1], one(grad_state, b))
        assert_close(grads.x[:n, b:b + 1], back.x, "gradient of x", 1e-11)
        assert_states_close(one(grads.state, b), back.state, "gradient of the state", 1e-11)
        for key, gradient in back.parameters.items():
            totals[key] += gradient
    for key, gradient in grads.parameters.items():
        assert_close(gradient, totals[key], f"gradient of {key}", 1e-10)


@every_layer
def test_padding_is_zero(name):
    layer, x, state, grad_outputs, grad_state = ragged(name)
    trace = layer.forward(x, state, LENGTHS)
    grads = layer.backward(trace, grad_outputs, grad_state)
    for a in [trace.outputs, grads.x, *trace.gates.values()]:
        assert not a[padding()].any()
    assert name == "rnn_relu" or trace.outputs[~padding()].all()


@every_layer
@pytest.mark.parametrize("content", [1e6, -1e6, 1e300])
def test_content_of_the_padding_does_not_matter(name, content):
    layer, x, state, grad_outputs, grad_state = ragged(name)
    x[padding()] = 0.0
    expected = layer.forward(x, state, LENGTHS)
    expected_grads = layer.backward(expected, grad_outputs, grad_state)
    x[padding()] = content
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        trace = layer.forward(x, state, LENGTHS)
        grads = layer.backward(trace, grad_outputs, grad_state)
    np.testing.assert_array_equal(trace.outputs, expected.outputs)
    for actual, wanted in zip(leaves(trace.state), leaves(expected.state), strict=True):
        np.testing.assert_array_equal(actual, wanted)
    for key in expected.gates:
        np.testing.assert_array_equal(trace.gates[key], expected.gates[key])
    np.testing.assert_array_equal(grads.x, expected_grads.x)
    for key, gradient in expected_grads.parameters.items():
        np.testing.assert_array_equal(grads.parameters[key], gradient)


@every_layer
@pytest.mark.parametrize("content", [1e6, 1e300])
def test_grad_outputs_on_the_padding_are_ignored(name, content):
    layer, x, state, grad_outputs, grad_state = ragged(name)
    trace = layer.forward(x, state, LENGTHS)
    grad_outputs[padding()] = 0.0
    expected = layer.backward(trace, grad_outputs, grad_state)
    grad_outputs[padding()] = content
    grads = layer.backward(trace, grad_outputs, grad_state)
    np.testing.assert_array_equal(grads.x, expected.x)
    for actual, wanted in zip(leaves(grads.state), leaves(expected.state), strict=True):
        np.testing.assert_array_equal(actual, wanted)
    for key, gradient in expected.parameters.items():
        np.testing.assert_array_equal(grads.parameters[key], gradient)


@every_layer
def test_full_lengths_are_no_lengths(name):
    layer, x, state, grad_outputs, grad_state = ragged(name)
    plain, full = layer.forward(x, state), layer.forward(x, state, np.full(B, T))
    assert_close(full.outputs, plain.outputs, "outputs", 1e-13)
    assert_states_close(full.state, plain.state, "state", 1e-13)
    actual = layer.backward(full, grad_outputs, grad_state)
    expected = layer.backward(plain, grad_outputs, grad_state)
    for key in expected.parameters:
        assert_close(actual.parameters[key], expected.parameters[key], key, 1e-11)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "uint64", ">i4"])
@pytest.mark.parametrize("name", ["lstm", "two_way"])
def test_any_integer_type(name, dtype):
    layer, x, state, grad_outputs, grad_state = ragged(name)
    expected = layer.forward(x, state, LENGTHS)
    trace = layer.forward(x, state, LENGTHS.astype(dtype))
    np.testing.assert_array_equal(trace.outputs, expected.outputs)
    np.testing.assert_array_equal(layer.backward(trace, grad_outputs, grad_state).x,
                                  layer.backward(expected, grad_outputs, grad_state).x)


def test_small_integer_types_with_a_long_time_axis():
    """T = 200 does not fit into int8, T - 1 - t of a uint8 is never negative."""
    layer = make("two_way")
    x = np.random.default_rng(0).standard_normal((200, 2, 3))
    expected = layer.forward(x, None, np.array([3, 100]))
    for dtype in ("int8", "uint8"):
        trace = layer.forward(x, None, np.array([3, 100], dtype))
        np.testing.assert_array_equal(trace.outputs, expected.outputs)


def test_lengths_changed_after_forward_do_not_reach_backward():
    layer, x, state, grad_outputs, grad_state = ragged("stacked_two_way")
    lengths = LENGTHS.copy()
    trace = layer.forward(x, state, lengths)
    expected = layer.backward(trace, grad_outputs, grad_state).x.copy()
    lengths[...] = T
    np.testing.assert_array_equal(layer.backward(trace, grad_outputs, grad_state).x, expected)


def test_padding_cannot_explode():
    """A relu network whose state triples at every step: run on through the padding it would overflow."""
    layer = RNN(1, 1, activation="relu", rng=0)
    for key, value in {"W": 1.0, "U": 3.0, "b": 0.0}.items():
        layer.parameters[key][...] = value
    x = np.zeros((900, 2, 1))
    x[0, 0], x[:, 1] = 1.0, -1.0
    with np.errstate(over="raise", invalid="raise"):
        trace = layer.forward(x, None, np.array([2, 900]))
        grads = layer.backward(trace, np.ones_like(trace.outputs))
    np.testing.assert_array_equal(trace.outputs[:3, 0, 0], [1.0, 3.0, 0.0])
    np.testing.assert_array_equal(trace.state, [[3.0], [0.0]])
    np.testing.assert_array_equal(grads.x[:3, 0, 0], [4.0, 1.0, 0.0])
    np.testing.assert_array_equal(grads.x[:, 1], 0.0)
    np.testing.assert_array_equal(grads.parameters["U"], [[1.0]])


@pytest.mark.parametrize("name", ["two_way", "two_way_gru_before", "stacked_two_way", "two_way_stacked"])
def test_the_backward_direction_ends_at_step_0(name):
    """Its final state is the output at time 0, the forward one's that of the last valid step."""
    layer, x, state, *_ = ragged(name)
    trace = layer.forward(x, state, LENGTHS)
    width = trace.outputs.shape[2] // 2
    top = trace.state[-1] if name == "stacked_two_way" else trace.state
    forward, backward = (part[-1] if name == "two_way_stacked" else part for part in top)
    np.testing.assert_array_equal(leaves(backward)[0], trace.outputs[0, :, width:])
    last = trace.outputs[LENGTHS - 1, np.arange(B), :width]
    np.testing.assert_array_equal(leaves(forward)[0], last)


def test_the_backward_direction_starts_at_the_last_valid_step():
    """Its output there depends on the initial state and that step's input alone."""
    layer, x, state, *_ = ragged("two_way")
    trace = layer.forward(x, state, LENGTHS)
    for b, n in enumerate(LENGTHS):
        step = layer.forward(x[n - 1:n, b:b + 1], one(state, b))
        np.testing.assert_allclose(trace.outputs[n - 1, b, 4:], step.outputs[0, 0, 4:], rtol=1e-12)


@pytest.mark.parametrize("name", WRAPPERS)
def test_wrappers_with_equal_short_lengths(name):
    """All sequences shorter than T: the same as a shorter batch."""
    layer, x, state, grad_outputs, grad_state = ragged(name)
    trace, short = layer.forward(x, state, np.full(B, 4)), layer.forward(x[:4], state)
    assert_close(trace.outputs[:4], short.outputs, "outputs", 1e-12)
    assert not trace.outputs[4:].any()
    assert_states_close(trace.state, short.state, "state", 1e-12)
    actual = layer.backward(trace, grad_outputs, grad_state)
    expected = layer.backward(short, grad_outputs[:4], grad_state)
    for key in expected.parameters:
        assert_close(actual.parameters[key], expected.parameters[key], key, 1e-11)
