"""Sequences of different lengths: padding reaches nothing, and nothing reaches the padding."""

import numpy as np
import pytest

from lstm_course import RNN

from .support import LAYERS, assert_close, assert_same, example, leaves, map_state, passes

LENGTHS = np.array([4, 1, 6, 3])
T, B = 6, 4
PADDING = np.arange(T)[:, None] >= LENGTHS                          # (T,B), true where a sequence has ended
every_layer = pytest.mark.parametrize("name", LAYERS)


def one(state, b):
    """The state of sequence b alone."""
    return map_state(lambda a: a[b:b + 1], state)


@every_layer
@pytest.mark.parametrize("lengths", [LENGTHS, None, np.full(B, 4)], ids=["ragged", "whole", "all shorter"])
def test_each_sequence_is_as_if_it_were_alone(name, lengths):
    """Outputs, state, gates and all gradients equal those of each sequence run by itself, cut to its length."""
    layer, x, state, grad_outputs, grad_state = example(name, T, B)
    whole = passes(layer, x, state, grad_outputs, grad_state, lengths)
    totals = {f"gradient of {key}": 0 for key in layer.parameters}
    for b, n in enumerate([T] * B if lengths is None else lengths):
        steps = np.s_[:n, b:b + 1]
        alone = passes(layer, x[steps], one(state, b), grad_outputs[steps], one(grad_state, b))
        for key, array in alone.items():
            if key in totals:
                totals[key] = totals[key] + array
            else:
                assert_close(whole[key][steps if array.ndim == 3 else np.s_[b:b + 1]], array, key, 1e-11)
    for key, total in totals.items():
        assert_close(whole[key], total, key, 1e-10)


@every_layer
def test_padding_is_zero_and_what_stands_there_does_not_matter(name):
    """Neither in x nor in the gradients that arrive, however large."""
    layer, x, state, grad_outputs, grad_state = example(name, T, B)
    x[PADDING] = grad_outputs[PADDING] = 0.0
    expected = passes(layer, x, state, grad_outputs, grad_state, LENGTHS)
    for key, array in expected.items():
        if array.shape[:2] == (T, B):
            assert not array[PADDING].any(), key
    assert name == "rnn_relu" or expected["outputs"][~PADDING].all()
    for content in (1e6, -1e6, 1e300):
        x[PADDING], grad_outputs[PADDING] = content, -content
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            assert_same(passes(layer, x, state, grad_outputs, grad_state, LENGTHS), expected)
    x[3, 1] = np.nan                                        # but nonsense is refused there too
    with pytest.raises(ValueError, match="x holds nan"):
        layer.forward(x, state, LENGTHS)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "uint64", ">i4"])
@pytest.mark.parametrize("name", ["lstm", "two_way"])
def test_any_integer_type(name, dtype):
    """T = 200 does not fit into int8, T - 1 - t of a uint8 is never negative."""
    layer, x, state, grad_outputs, grad_state = example(name, 200, 2)
    expected, actual = (passes(layer, x, state, grad_outputs, grad_state, np.array([3, 100], kind))
                        for kind in (int, dtype))
    assert_same(actual, expected)


def test_lengths_changed_after_forward_do_not_reach_backward():
    layer, x, state, grad_outputs, grad_state = example("stacked_two_way", T, B)
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
        found = passes(layer, x, None, np.ones((900, 2, 1)), None, np.array([2, 900]))
    np.testing.assert_array_equal(found["outputs"][:3, 0, 0], [1.0, 3.0, 0.0])
    np.testing.assert_array_equal(found["final state, array 0"], [[3.0], [0.0]])
    np.testing.assert_array_equal(found["gradient of x"][:3, 0, 0], [4.0, 1.0, 0.0])
    np.testing.assert_array_equal(found["gradient of x"][:, 1], 0.0)
    np.testing.assert_array_equal(found["gradient of U"], [[1.0]])


@pytest.mark.parametrize("name", ["two_way", "two_way_gru_before"])
def test_the_backward_direction_runs_from_the_last_valid_step_to_step_0(name):
    """Its final state is its output at time 0, the forward one's that of the last valid step; its output there depends
    on the initial state and that step's input alone."""
    layer, x, state, *_ = example(name, T, B)
    trace, width = layer.forward(x, state, LENGTHS), layer.hidden_size // 2
    forward, backward = trace.state
    np.testing.assert_array_equal(leaves(backward)[0], trace.outputs[0, :, width:])
    np.testing.assert_array_equal(leaves(forward)[0], trace.outputs[LENGTHS - 1, np.arange(B), :width])
    for b, n in enumerate(LENGTHS):
        step = layer.forward(x[n - 1:n, b:b + 1], one(state, b))
        np.testing.assert_allclose(trace.outputs[n - 1, b, width:], step.outputs[0, 0, width:], rtol=1e-12)
