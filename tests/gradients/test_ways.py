"""The gradient of the cell state by some ways only, against nudges in which the other ways see the recorded h."""

import numpy as np
import pytest

from lstm_course import GRU, LSTM
from lstm_course.gradients import gradient_flow, gradient_ways
from lstm_course.networks.functions import sigmoid

T, H = 6, 3


@pytest.fixture
def case():
    rng = np.random.default_rng(0)
    return LSTM(2, H, forget_bias=2.0, rng=rng), rng.standard_normal((T, 1, 2))


def end_of(layer, x, c, recorded, ways):
    """c_T (H,) from c at t = 0, where only the gates in `ways` look at the moving h and the others at the recorded
    one."""
    W, U, b = (layer.parameters[name] for name in "WUb")
    kept, h = np.repeat([gate in ways for gate in "ifgo"], H), np.zeros(H)
    for t in range(T):
        old = np.zeros(H) if t == 0 else recorded[t - 1]
        z = x[t, 0] @ W + b + np.where(kept, h @ U, old @ U)
        i, f, g, o = np.split(z, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return c


@pytest.mark.parametrize("ways", ["", "i", "f", "g", "o", "ifo", "ifgo"])
def test_as_measured_by_nudging(case, ways):
    layer, x = case
    recorded, e = layer.forward(x).outputs[:, 0], 1e-6
    nudged = np.array([end_of(layer, x, e * unit, recorded, ways) - end_of(layer, x, -e * unit, recorded, ways)
                       for unit in np.eye(H)]).T / (2 * e)
    np.testing.assert_allclose(gradient_ways(layer, x, ways)[0], np.linalg.norm(nudged, 2), rtol=1e-7)


def test_all_ways_are_the_flow_and_none_the_direct_path(case):
    layer, x = case
    flow = gradient_flow(layer, x)
    np.testing.assert_array_equal(gradient_ways(layer, x), flow.c)
    np.testing.assert_allclose(gradient_ways(layer, x, ""), flow.direct, rtol=1e-12)


@pytest.mark.parametrize("layer, ways, said", [
    (GRU(2, H), "ifgo", "expected an LSTM"), (LSTM(2, H, peephole=True), "ifgo", "without peepholes"),
    (LSTM(2, H), "ix", "letters i, f, g, o")])
def test_what_it_does_not_take_is_said(case, layer, ways, said):
    with pytest.raises((TypeError, ValueError), match=said):
        gradient_ways(layer, case[1], ways)
