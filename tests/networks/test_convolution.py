"""Convolution, MaxPool, Relu, Flatten: slow loops, differences, PyTorch's stored numbers, clear errors; the LeNet."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course import Linear
from lstm_course.gradients import check_gradients
from lstm_course.networks.convolution import Convolution, Flatten, MaxPool, Relu, col2im, im2col, lenet, output_size
from lstm_course.training import Model, fit
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import SGD
from tests.networks.generate_convolution import LAYERS, STORED
from tests.networks.support import assert_same


def slow(x, W, b, padding):
    """The formula of a convolution, number by number."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    B, C, Y, X = x.shape
    _, K, _, O = W.shape
    y = np.zeros((B, O, Y - K + 1, X - K + 1))
    for n, o, r, s in np.ndindex(y.shape):
        y[n, o, r, s] = b[o] + sum(x[n, c, r + i, s + j] * W[c, i, j, o] for c, i, j in np.ndindex(C, K, K))
    return y


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), st.integers(0, 2), st.integers(0, 3),
       st.integers(0, 2**32))
def test_the_fast_form_is_the_slow_form(C, O, K, padding, more, seed):
    rng = np.random.default_rng(seed)
    layer, x = Convolution(C, O, K, padding, rng), rng.standard_normal((2, C, K + more, K + 2))
    layer.parameters["b"][:] = rng.standard_normal(O)
    y = layer.forward(x).outputs
    np.testing.assert_allclose(y, slow(x, **layer.parameters, padding=padding), rtol=0, atol=1e-12)
    assert y.shape[2:] == (output_size(K + more, K, padding), output_size(K + 2, K, padding))


@pytest.mark.parametrize("layer, shape", [
    (Convolution(3, 4, 3, padding=1, rng=0), (2, 3, 5, 6)), (Convolution(2, 3, 5, rng=0), (3, 2, 6, 7)),
    (Convolution(1, 2, 1, padding=2, rng=0), (2, 1, 3, 4)), (MaxPool(2), (2, 3, 5, 6)), (MaxPool(3), (2, 2, 7, 6)),
    (MaxPool(1), (2, 2, 3, 3)), (Relu(), (2, 3, 4, 5)), (Flatten(), (2, 3, 4, 5))], ids=repr)
def test_backward_is_the_derivative(layer, shape):
    report = check_gradients(layer, np.random.default_rng(1).standard_normal(shape))
    assert report.ok, report


def test_col2im_is_the_transpose_of_im2col():
    """<im2col(x), y> = <x, col2im(y)>"""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 3, 6, 7))
    columns = im2col(x, 3)
    y = rng.standard_normal(columns.shape)
    assert columns.shape == (3 * 9, 2 * 4 * 5)
    assert (columns * y).sum() == pytest.approx((x * col2im(y, x.shape, 3)).sum(), rel=1e-12)


# ---- against PyTorch's numbers -----------------------------------------------------------------------------

def case(name):
    with np.load(STORED) as stored:
        return {key.split("|")[1]: stored[key] for key in stored.files if key.startswith(f"{name}|")}


def as_ours(array):
    """PyTorch's weights: (O,C,K,K) to (C,K,K,O), (O,I) to (I,O)."""
    return array.transpose(1, 2, 3, 0) if array.ndim == 4 else array.T


def compare(layer, numbers, pairs):
    """Outputs, and the gradients of x and of the parameters: pairs ours -> PyTorch's."""
    for ours, theirs in pairs.items():
        layer.parameters[ours][...] = as_ours(numbers[theirs])
    trace = layer.forward(numbers["x"])
    grads = layer.backward(trace, numbers["grad_y"])
    np.testing.assert_allclose(trace.outputs, numbers["y"], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(grads.x, numbers["grad_x"], rtol=1e-11, atol=1e-13)
    for ours, theirs in pairs.items():
        np.testing.assert_allclose(grads.parameters[ours], as_ours(numbers[f"grad_{theirs}"]), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", LAYERS)
def test_convolution_is_that_of_pytorch(name):
    channels, out, kernel, padding = LAYERS[name]
    compare(Convolution(channels, out, kernel, padding), case(name), {"W": "weight", "b": "bias"})


@pytest.mark.parametrize("size", [2, 3])
def test_pooling_is_that_of_pytorch_with_ties_and_left_over_pixels(size):
    compare(MaxPool(size), case(f"pool{size}"), {})


def test_a_whole_network_is_that_of_pytorch():
    model = Model([Convolution(2, 3, 3), Relu(), MaxPool(2), Convolution(3, 4, 3), Relu(), MaxPool(2), Flatten(),
                   Linear(16, 5), Relu(), Linear(5, 3)])
    compare(model, case("lenet"), {f"{k}.{ours}": f"{k}.{theirs}" for k in (0, 3, 7, 9)
                                   for ours, theirs in (("W", "weight"), ("b", "bias"))})


# ---- the LeNet ---------------------------------------------------------------------------------------------

def test_the_shapes_of_the_article():
    model = lenet(rng=0)
    trace = model.forward(np.random.default_rng(0).standard_normal((2, 3, 32, 32)))
    shapes = [part.outputs.shape[1:] for part in trace.memory["traces"]]
    assert shapes == [(6, 28, 28), (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 10, 10), (16, 5, 5), (400,), (120,),
                      (120,), (84,), (84,), (10,)]
    assert sum(p.size for p in model.parameters.values()) == 62_006
    assert sum(p.size for p in lenet(1, padding=2).parameters.values()) == 61_706
    assert lenet(1, padding=2).predict(np.zeros((1, 1, 28, 28))).shape == (1, 10)


def test_it_learns_with_fit():
    rng = np.random.default_rng(0)
    x, labels = rng.standard_normal((20, 3, 32, 32)), np.arange(20) % 10
    model = lenet(rng=0)
    history = fit(model, (x, labels), softmax_cross_entropy, SGD(0.05, 0.9), updates=60, rng=0)
    assert history.losses[0] > 2 and history.losses[-1] < 0.3


def test_the_same_seed_gives_the_same_weights_and_float32_stays():
    one, two, other = lenet(rng=3), lenet(rng=3), lenet(rng=4)
    assert all(np.array_equal(one.parameters[name], two.parameters[name]) for name in one.parameters)
    assert not np.array_equal(one.parameters["0.W"], other.parameters["0.W"])
    small = lenet(rng=0, dtype=np.float32)
    trace = small.forward(np.ones((2, 3, 32, 32), np.float32))
    grads = small.backward(trace, np.ones((2, 10), np.float32))
    assert {a.dtype for a in (trace.outputs, grads.x, *grads.parameters.values())} == {np.dtype(np.float32)}
    bound = np.sqrt(6 / (9 * 25))
    assert 0.95 * bound < np.abs(one.parameters["0.W"]).max() <= bound and not one.parameters["0.b"].any()


# ---- the trace, and errors ---------------------------------------------------------------------------------

@pytest.mark.parametrize("layer", [Convolution(2, 3, 3, 1, rng=0), MaxPool(2), Relu(), Flatten()], ids=repr)
def test_a_trace_stays_right_and_can_be_walked_twice(layer):
    x = np.random.default_rng(0).standard_normal((2, 2, 4, 4))
    trace = layer.forward(x)
    grad = np.ones(trace.outputs.shape)
    expected = layer.backward(trace, grad)
    x[:] = 7
    grads = layer.backward(trace, grad)
    assert_same({"x": grads.x} | grads.parameters, {"x": expected.x} | expected.parameters)
    assert np.all(grad == 1) and not trace.outputs.flags.writeable and trace.gates == {} and trace.state is None


CONV, POOL = Convolution(3, 2, 5, rng=0), MaxPool(2)
IMAGES = np.ones((2, 3, 6, 6))


@pytest.mark.parametrize("call, error, words", [
    (lambda: CONV.forward(np.ones((2, 1, 32, 32))), ValueError,
     r"x has shape \(2, 1, 32, 32\), expected \(B, C, Y, X\) with C = 3"),
    (lambda: CONV.forward(np.ones((3, 32, 32))), ValueError, r"expected \(B, C, Y, X\)"),
    (lambda: CONV.forward(np.ones((2, 3, 4, 9))), ValueError, "expected at least 5 rows and columns for kernel = 5"),
    (lambda: Convolution(3, 2, 5, padding=1).forward(np.ones((2, 3, 9, 2))), ValueError, "at least 3 rows and columns"),
    (lambda: CONV.forward(np.ones((2, 3, 32, 32), np.uint8)), TypeError, "x has dtype uint8"),
    (lambda: CONV.forward(np.full((2, 3, 6, 6), np.nan)), ValueError, "x holds nan"),
    (lambda: CONV.forward(np.ones((0, 3, 6, 6))), ValueError, "at least 1 along every axis"),
    (lambda: CONV.backward(CONV.forward(IMAGES), np.ones((2, 2, 6, 6))), ValueError,
     r"grad_outputs has shape \(2, 2, 6, 6\), expected \(2, 2, 2, 2\)"),
    (lambda: CONV.backward(POOL.forward(IMAGES), np.ones((2, 3, 3, 3))), ValueError, "another layer"),
    (lambda: CONV.backward(CONV.forward(IMAGES), np.full((2, 2, 2, 2), np.inf)), ValueError, "grad_outputs holds inf"),
    (lambda: Convolution(0, 2, 5), ValueError, "input_channels is 0"),
    (lambda: Convolution(3, 2, 2.5), TypeError, "kernel is 2.5"),
    (lambda: Convolution(3, 2, 5, padding=-1), ValueError, "padding is -1, expected a whole number of at least 0"),
    (lambda: Convolution(3, 2, 5, padding=0.5), TypeError, "padding is 0.5"),
    (lambda: Convolution(3, 2, 5, dtype=int), TypeError, "dtype"),
    (lambda: MaxPool(0), ValueError, "size is 0"),
    (lambda: MaxPool(4).forward(np.ones((1, 1, 3, 8))), ValueError, "at least 4 rows and columns"),
    (lambda: POOL.forward(np.ones((3, 8, 8))), ValueError, r"expected \(B, C, Y, X\)"),
    (lambda: POOL.forward([[1.0]]), TypeError, "x is of type list"),
    (lambda: Relu().forward(np.array([1])), TypeError, "x has dtype int64"),
    (lambda: Flatten().forward(np.ones(3)), ValueError, r"expected \(B, \.\.\.\)"),
    (lambda: lenet(3).forward(np.ones((1, 3, 28, 28))), ValueError, r"x has shape \(1, 256\)"),
])
def test_errors_name_what_is_wrong(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_replaced_parameter_is_named():
    layer = Convolution(3, 2, 5, rng=0)
    layer.parameters["W"] = np.ones((2, 3, 5, 5))
    with pytest.raises(ValueError, match=r"parameters\['W'\] has shape \(2, 3, 5, 5\), expected \(3, 5, 5, 2\)"):
        layer.forward(np.ones((1, 3, 6, 6)))
