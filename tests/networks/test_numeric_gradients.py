"""Every gradient block of every layer against central differences that are computed here."""

import numpy as np
import pytest

from .support import LAYERS, example, named_gradients, numeric_gradients

LENGTHS = {"full": None, "ragged": np.array([2, 4, 1])}


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize("name", LAYERS)
def test_gradients(name, lengths):
    layer, x, state, grad_outputs, grad_state = example(name, T=4, B=3, seed=3)
    trace = layer.forward(x, state, LENGTHS[lengths])
    actual = named_gradients(layer.backward(trace, grad_outputs, grad_state))
    expected = numeric_gradients(layer, x, state, LENGTHS[lengths], grad_outputs, grad_state)
    assert set(actual) == set(expected)
    for block in expected:
        atol = 2e-8 * max(1.0, np.abs(expected[block]).max())
        np.testing.assert_allclose(actual[block], expected[block], rtol=1e-7, atol=atol, err_msg=block)
        assert np.abs(expected[block]).max() > 1e-4, f"{block}: a gradient of zero tests nothing"
