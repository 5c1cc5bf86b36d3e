"""PyTorch's training trajectories, through the public layers and optimizers."""

import numpy as np
import pytest

from lstm_course import Linear
from lstm_course.networks.torch_weights import from_torch, to_torch
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import SGD, Adam, global_norm

from .support import assert_close, reference_cases


def gradients_of(kind, weights, arrays):
    """Mean squared error of a linear layer on the last state, and its gradients in PyTorch's layout."""
    layer, linear = from_torch(kind, {name: a for name, a in weights.items() if name.endswith("_l0")}), Linear(4, 2)
    linear.parameters["W"][:], linear.parameters["b"][:] = weights["out_weight"].T, weights["out_bias"]
    trace = layer.forward(arrays["x"])
    predictions = linear.forward(trace.outputs[-1])
    loss, grad = mean_squared_error(predictions.outputs, arrays["target"])
    above = linear.backward(predictions, grad)
    grad_outputs = np.zeros_like(trace.outputs)
    grad_outputs[-1] = above.x
    below = to_torch(layer, layer.backward(trace, grad_outputs).parameters)
    return loss, below | {"out_weight": above.parameters["W"].T, "out_bias": above.parameters["b"]}


@pytest.mark.parametrize(("case", "kind", "optimizer"),
                         [("train_rnn_adam", "RNN", Adam(0.01)), ("train_lstm_sgd", "LSTM", SGD(0.1))])
def test_thirty_updates_are_pytorchs(case, kind, optimizer):
    """PyTorch's weights, which have two biases, driven by our gradients and our optimizer."""
    _, arrays = reference_cases("torch")[case]
    weights = {name[5:]: a.copy() for name, a in arrays.items() if name.startswith("init_")}
    for t in range(30):
        loss, gradients = gradients_of(kind, weights, arrays)
        assert_close(loss, arrays["losses"][t], f"loss {t}")
        assert_close(global_norm(gradients), arrays["grad_norms_before_clip"][t], f"norm {t}")
        optimizer.update(weights, gradients)
    for name, value in weights.items():
        assert_close(value, arrays[f"final_{name}"], f"final {name}")
