"""Convolutions over time: the formula number by number, differences, what a step sees, and that shifts pass through."""

import numpy as np
import pytest

from lstm_course import Linear
from lstm_course.gradients import check_gradients
from lstm_course.networks.causal_convolution import CausalConvolution, Largest
from lstm_course.networks.convolution import Relu
from lstm_course.tasks import windows
from lstm_course.training import Model, fit
from lstm_course.training.losses import binary_cross_entropy
from lstm_course.training.optimizers import Adam


@pytest.mark.parametrize("kernel, dilation", [(1, 1), (3, 1), (2, 4), (3, 5)])
def test_the_formula_number_by_number(kernel, dilation):
    rng = np.random.default_rng(0)
    layer, x = CausalConvolution(2, 3, kernel, dilation, rng), rng.standard_normal((7, 4, 2))
    layer.parameters["b"][:] = rng.standard_normal(3)
    W, b = layer.parameters["W"], layer.parameters["b"]
    y = layer.forward(x).outputs
    for t, n, o in np.ndindex(y.shape):
        places = [(k, t - dilation * (kernel - 1 - k)) for k in range(kernel)]
        assert y[t, n, o] == pytest.approx(b[o] + sum(x[place, n] @ W[k, :, o] for k, place in places if place >= 0))
    assert layer.reach == (kernel - 1) * dilation


@pytest.mark.parametrize("layer", [
    CausalConvolution(2, 3, 3, rng=0), CausalConvolution(2, 4, 2, 3, rng=0), Largest(),
    Model([CausalConvolution(2, 3, 2, 2, rng=0), Relu(), Largest(), Linear(3, 1, rng=1)])], ids=repr)
def test_backward_is_the_derivative(layer):
    report = check_gradients(layer, np.random.default_rng(1).standard_normal((6, 3, 2)))
    assert report.ok, report


def test_a_step_sees_its_window_and_nothing_else():
    layers, x = [CausalConvolution(1, 1, 3, d, rng=d) for d in (1, 2, 4)], np.zeros((30, 1, 1))
    x[12] = 1.0
    for layer in layers:
        x = layer.forward(x).outputs
    assert np.flatnonzero(x).tolist() == list(range(12, 12 + 1 + 2 * (1 + 2 + 4)))


def test_a_series_that_comes_later_has_its_answers_later():
    layer, x = CausalConvolution(2, 3, 3, 2, rng=0), np.random.default_rng(0).standard_normal((9, 2, 2))
    late = np.concatenate([np.zeros((5, 2, 2)), x])
    np.testing.assert_allclose(layer.forward(late).outputs[5:], layer.forward(x).outputs, rtol=1e-12)


def test_fit_trains_a_model_without_a_state():
    """One answer a sequence, and one a step; x is (T,B,I) for both."""
    draw = lambda rng: windows.blip(20, 30, rng)
    model = Model([CausalConvolution(1, 4, 8, rng=0), Relu(), Largest(), Linear(4, 1, rng=1)])
    losses = fit(model, draw, binary_cross_entropy, Adam(0.02), updates=60, rng=0).losses
    assert np.mean(losses[-10:]) < 0.3 * np.mean(losses[:5])
    model = Model([CausalConvolution(2, 1, 3, rng=0)])
    data = windows.last_button(20, 30, 0)
    losses = fit(model, data, binary_cross_entropy, Adam(0.02), epochs=5, batch_size=10, rng=0).losses
    assert len(losses) == 15 and losses[-1] < losses[0]


def test_clear_errors():
    with pytest.raises(ValueError, match="dilation"):
        CausalConvolution(1, 1, 3, 0)
    with pytest.raises(ValueError, match=r"\(T, B, I\)"):
        CausalConvolution(2, 1, 3).forward(np.zeros((4, 3, 1)))
    with pytest.raises(ValueError, match=r"\(T, B, C\)"):
        Largest().forward(np.zeros((4, 3)))


def test_the_tasks():
    x, up = windows.blip(50, 400, 0)
    assert x.shape == (50, 400, 1) and up.shape == (400, 1) and 0.4 < up.mean() < 0.6
    scores = np.array([[x[t:t + 8, n, 0] @ windows.BLIP for t in range(43)] for n in range(400)])
    assert np.mean((scores.max(axis=1) > -scores.min(axis=1)) == up[:, 0]) > 0.98
    assert np.all(windows.blip(8, 3, 0)[0].shape == (8, 3, 1))
    with pytest.raises(ValueError, match="steps is 7, expected at least 8"):
        windows.blip(7, 3)
    (x, last), (same, parity) = windows.last_button(60, 20, 1), windows.switch(60, 20, 1, 0.1)
    assert np.array_equal(x, same) and 0.05 < x.sum(axis=2).mean() < 0.15 and x.sum(axis=2).max() == 1
    for n in range(20):
        on = other = 0
        for t in range(60):
            on = 1 if x[t, n, 0] else 0 if x[t, n, 1] else on
            other = 1 - other if x[t, n].any() else other
            assert last[t, n, 0] == on and parity[t, n, 0] == other
