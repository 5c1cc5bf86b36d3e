"""Linear and Embedding: values, slopes, repeated tokens, clear errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course import Embedding, Linear

from .support import assert_same, numeric_gradient


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=0, max_size=3), st.integers(0, 2**32))
def test_linear_on_any_leading_axes(leading, seed):
    rng = np.random.default_rng(seed)
    layer, x = Linear(3, 2, rng=rng), rng.standard_normal((*leading, 3))
    layer.parameters["b"][:] = rng.standard_normal(2)
    trace, grad = layer.forward(x), rng.standard_normal((*leading, 2))
    np.testing.assert_allclose(trace.outputs, x @ layer.parameters["W"] + layer.parameters["b"], atol=1e-12)
    assert trace.state is None and trace.gates == {}
    grads = layer.backward(trace, grad)
    assert grads.state is None
    loss = lambda: float((layer.forward(x).outputs * grad).sum())
    np.testing.assert_allclose(grads.x, numeric_gradient(loss, x), atol=1e-7)
    for name in ("W", "b"):
        np.testing.assert_allclose(grads.parameters[name], numeric_gradient(loss, layer.parameters[name]), atol=1e-7)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=0, max_size=3), st.integers(0, 2**32))
def test_embedding_is_one_hot_times_w(leading, seed):
    rng = np.random.default_rng(seed)
    layer, tokens = Embedding(4, 3, rng=rng), rng.integers(0, 4, leading)
    trace, grad = layer.forward(tokens), rng.standard_normal((*leading, 3))
    one_hot = np.eye(4)[tokens]
    np.testing.assert_allclose(trace.outputs, one_hot @ layer.parameters["W"], atol=1e-15)
    grads = layer.backward(trace, grad)
    assert grads.x is None
    expected = one_hot.reshape(-1, 4).T @ grad.reshape(-1, 3)                     # repeated tokens add up
    np.testing.assert_allclose(grads.parameters["W"], expected, atol=1e-12)


@pytest.mark.parametrize(("layer", "x"), [(Linear(3, 2, rng=0), np.ones((4, 3))),
                                          (Embedding(5, 2, rng=0), np.array([[0, 4, 0]]))], ids=["Linear", "Embedding"])
def test_a_trace_can_be_walked_twice_and_stays_right_when_x_is_used_again(layer, x):
    trace = layer.forward(x)
    outputs, grad = trace.outputs.copy(), np.ones(trace.outputs.shape)
    first = layer.backward(trace, grad).parameters
    x[...] = 1 - x // 2
    assert_same(layer.backward(trace, grad).parameters, first)
    assert np.array_equal(trace.outputs, outputs) and np.all(grad == 1)


def test_first_weights():
    layer = Linear(30, 20, rng=0)
    limit = np.sqrt(6 / 50)
    assert 0.9 * limit < np.abs(layer.parameters["W"]).max() <= limit
    assert not layer.parameters["b"].any()
    assert np.array_equal(layer.parameters["W"], Linear(30, 20, rng=np.random.default_rng(0)).parameters["W"])
    assert not np.array_equal(layer.parameters["W"], Linear(30, 20, rng=1).parameters["W"])
    rows = Embedding(200, 50, rng=0).parameters["W"]
    assert abs(rows.mean()) < 0.05
    assert abs(rows.std() - 1) < 0.05


def test_dtypes():
    layer = Linear(3, 2, rng=0, dtype=np.float32)
    trace = layer.forward(np.ones((4, 3)))
    grads = layer.backward(trace, np.ones((4, 2)))
    arrays = [trace.outputs, grads.x, *grads.parameters.values(), *layer.parameters.values()]
    assert all(array.dtype == np.float32 for array in arrays)
    words = Embedding(5, 2, rng=0, dtype="float32")
    assert words.forward(np.array([1], np.uint8)).outputs.dtype == np.float32


LINEAR, WORDS = Linear(28, 2, rng=0), Embedding(5, 2, rng=0)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: LINEAR.forward(np.ones((3, 32))), ValueError,
     r"x has shape \(3, 32\), expected \(\.\.\., I\) with I = 28"),
    (lambda: LINEAR.forward(np.ones((0, 28))), ValueError, "no empty axis"),
    (lambda: LINEAR.forward(np.ones((3, 28), int)), TypeError, "x has dtype int64"),
    (lambda: LINEAR.forward(np.full((3, 28), np.nan)), ValueError, "x holds nan"),
    (lambda: LINEAR.forward([1.0] * 28), TypeError, "x is of type list"),
    (lambda: LINEAR.backward(LINEAR.forward(np.ones((3, 28))), np.ones((3, 3))), ValueError,
     r"grad_outputs has shape \(3, 3\), expected \(3, 2\)"),
    (lambda: LINEAR.backward(LINEAR.forward(np.ones((3, 28))), np.full((3, 2), np.inf)), ValueError,
     "grad_outputs holds inf"),
    (lambda: LINEAR.backward(WORDS.forward(np.array([1])), np.ones((1, 2))), ValueError, "another layer"),
    (lambda: Linear(0, 2), ValueError, "input_size is 0"),
    (lambda: Linear(2, 2.5), TypeError, "output_size is 2.5"),
    (lambda: Linear(2, 2, dtype=int), TypeError, "dtype"),
    (lambda: Linear(2, 2, rng="a"), TypeError, "rng"),
    (lambda: WORDS.forward(np.array([[0, 1], [5, 2]])), ValueError, r"token 5 at index \(1, 0\).* 0 to V - 1 = 4"),
    (lambda: WORDS.forward(np.array([-1])), ValueError, "token -1"),
    (lambda: WORDS.forward(np.array([1.0])), TypeError, "x has dtype float64"),
    (lambda: WORDS.forward(np.array([], int)), ValueError, "no empty axis"),
    (lambda: Embedding(-1, 2), ValueError, "vocabulary_size is -1"),
])
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
