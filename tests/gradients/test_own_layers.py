"""check_gradients and Model with everything that is a layer, and what they say of a layer of one's own that is none."""

import numpy as np
import pytest

from lstm_course import GRU, LSTM, Bidirectional, Embedding, Linear, Stacked
from lstm_course.gradients import check_gradients
from lstm_course.networks.convolution import Convolution, Flatten, Relu
from lstm_course.networks.interface import is_recurrent
from lstm_course.networks.trace import Gradients, Trace
from lstm_course.training import Last, Model

X = np.random.default_rng(0).standard_normal((4, 2, 3))
IMAGES = np.random.default_rng(0).standard_normal((3, 1, 3, 3))
TWO_WAY = Bidirectional(GRU(3, 2, rng=0), GRU(3, 2, rng=1))


@pytest.mark.parametrize(("layer", "x", "blocks"), [
    (Model([LSTM(3, 4, rng=0), Last(), Linear(4, 2, rng=1)]), X,
     ["0.W", "0.U", "0.b", "2.W", "2.b", "x", "state[0]", "state[1]"]),
    (Model([Embedding(5, 3, rng=0), GRU(3, 4, rng=0)]), np.array([[0, 4], [4, 1], [3, 3]]),
     ["0.W", "1.W", "1.U", "1.b", "1.b_hn", "state"]),
    (Model([Model([TWO_WAY, Last(two_way=True)]), Linear(4, 1, rng=0)]), X, None),
    (Model([Convolution(1, 2, 2, rng=0), Relu(), Flatten(), Linear(8, 2, rng=0)]), IMAGES, None),
    (Last(), X, ["x"]), (Last(two_way=True), X[:, :, :2], ["x"]),
    (Stacked([TWO_WAY, LSTM(4, 2, rng=1)]), X, None)], ids=repr)
def test_whatever_is_a_layer_is_checked(layer, x, blocks):
    report = check_gradients(layer, x)
    assert report.ok and not report.warnings, report
    assert blocks is None or list(report.errors) == blocks


def test_with_lengths_a_model_and_last_know_of_padding():
    for layer in (Model([LSTM(3, 4, rng=0), Last(), Linear(4, 2, rng=1)]), Last()):
        assert check_gradients(layer, X, lengths=[4, 2]).ok


@pytest.mark.parametrize(("thing", "answer"), [
    (LSTM(3, 4), True), (TWO_WAY, True), (Model([LSTM(3, 4)]), True), (Linear(3, 4), False), (Last(), False),
    (None, False), ("LSTM", False)], ids=repr)
def test_recurrent_is_what_takes_a_state(thing, answer):
    assert is_recurrent(thing) is answer


# ---------------------------------------------------------------- a layer of one's own

class Scale:
    """y = a x, with one parameter a (): a layer as a student would write it, with no base class."""

    def __init__(self):
        self.parameters = {"a": np.array([1.5])}

    def __repr__(self):
        return "Scale()"

    def forward(self, x):
        return Trace(self, self.parameters["a"] * x, memory={"x": x})

    def backward(self, trace, grad_outputs):
        return Gradients(self.parameters["a"] * grad_outputs, None,
                         {"a": np.array([(grad_outputs * trace.memory["x"]).sum()])})


class Summing:
    """The running sum of x: a recurrent layer of one's own, whose state is the sum so far."""

    def __init__(self):
        self.parameters = {}

    def __repr__(self):
        return "Summing()"

    def forward(self, x, state=None):
        outputs = np.cumsum(x, axis=0) + (0 if state is None else state)
        return Trace(self, outputs, outputs[-1])

    def backward(self, trace, grad_outputs, grad_state=None):
        later = np.cumsum(grad_outputs[::-1], axis=0)[::-1] + (0 if grad_state is None else grad_state)
        return Gradients(later, later[0], {})


@pytest.mark.parametrize("layer", [Scale(), Summing(), Model([Scale(), Summing(), Scale()])], ids=repr)
def test_a_layer_of_ones_own_needs_no_base_class(layer):
    assert check_gradients(layer, X).ok


def layer_with(kind, **methods):
    return type(kind.__name__, (kind,), methods)()


@pytest.mark.parametrize("wrap", [lambda layer: layer, lambda layer: Model([layer])], ids=["alone", "in a model"])
@pytest.mark.parametrize(("layer", "words"), [
    (layer_with(Scale, forward=lambda self, x: None), r"forward of Scale\(\) gave None, expected a trace with outputs: "
     r"end it with `return Trace\(self, outputs, memory"),
    (layer_with(Scale, forward=lambda self, x: x), r"forward of Scale\(\) gave something of type ndarray, expected"),
    (layer_with(Scale, backward=lambda self, trace, grad: None), r"backward of Scale\(\) gave None, expected grad"),
    (layer_with(Scale, backward=lambda self, trace, grad: Gradients(grad, None, {})),
     r"backward of Scale\(\) gave gradients of \[\], expected a dict with those of \['a'\]"),
    (layer_with(Scale, backward=lambda self, trace, grad: Gradients(grad, None, None)),
     r"gave gradients of None, expected a dict with those of \['a'\]"),
    (layer_with(Summing, backward=lambda self, trace, grad, grad_state: Gradients(grad, None, {})),
     r"gave 0 gradients for the state, expected 1"),
], ids=range(6))
def test_what_forward_and_backward_forget_is_said(layer, words, wrap):
    with pytest.raises((TypeError, ValueError), match=words):
        check_gradients(wrap(layer), X)


def test_a_gradient_of_a_wrong_shape_is_wrong_and_the_shape_is_shown():
    layer = layer_with(Scale, backward=lambda self, trace, grad: Gradients(grad[0], None, {"a": np.zeros((2, 1))}))
    report = check_gradients(layer, X)
    assert report.wrong == ["a", "x"]
    assert "WRONG, its gradient has shape (2, 1)" in repr(report)


@pytest.mark.parametrize(("layer", "options", "words"), [
    (LSTM, {}, "it is a class: make a layer of it first"),
    (type("Half", (), {"forward": 1, "parameters": {}})(), {}, "it has no backward"),
    (type("Half", (), {"forward": 1, "backward": 1})(), {}, r"parameters \(\{\} if there are none\); it has no param"),
    (Scale(), {"lengths": [4, 2]}, r"lengths is given, but forward of Scale\(\) takes none"),
    (Scale(), {"state": X[0]}, r"state is given, but forward of Scale\(\) takes none")], ids=range(5))
def test_what_is_no_layer_or_takes_no_state_is_named(layer, options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        check_gradients(layer, X, **options)
