"""The figures of the source articles and PyTorch's training trajectories, through the public layers.

The articles' programs use NumPy's legacy generator, so the draws here do too, in the articles' order.
"""

import numpy as np
import pytest

from lstm_course import LSTM, RNN, Linear
from lstm_course.networks.functions import sigmoid
from lstm_course.networks.torch_weights import from_torch, to_torch
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import SGD, Adam

from .support import assert_close, reference_cases


def set_parameters(layer, **values):
    """Write values into a layer's parameters."""
    for name, value in values.items():
        layer.parameters[name][...] = value


# ---------------------------------------------------------------- article 002: the RNN with numbers

def numeric_rnn(W):
    """Outputs and hidden states of the article's network with the recurrent matrix W, for x = 1, then 2."""
    rnn, linear = RNN(1, 2), Linear(2, 1)
    set_parameters(rnn, W=[[0.5, 0.6]], U=W, b=[0.1, -0.1])
    set_parameters(linear, W=[[1.0], [2.0]], b=[0.1])
    trace = rnn.forward(np.array([1.0, 2.0]).reshape(2, 1, 1))
    return linear.forward(trace.outputs).outputs[:, 0, 0], trace.outputs[:, 0]


def test_numeric_rnn():
    outputs, states = numeric_rnn([[0.1, 0.2], [0.3, 0.4]])
    np.testing.assert_allclose(states, [[0.5370495669980352, 0.46211715726000974],
                                        [0.8597381843462615, 0.8836664119437349]], rtol=1e-14)
    np.testing.assert_allclose(outputs, [1.5612838815180548, 2.727071008233731], rtol=1e-14)
    z = [[0.6, 0.5], [1.2923401038778066, 1.3922567763036109]]
    np.testing.assert_allclose(np.arctanh(states), z, rtol=1e-14)


def test_numeric_rnn_with_a_transposed_matrix():
    """Right at step 1, where h is 0, and wrong at step 2."""
    outputs, _ = numeric_rnn([[0.1, 0.3], [0.2, 0.4]])
    np.testing.assert_allclose(outputs, [1.5612838815180548, 2.736977362017037], rtol=1e-14)


# ---------------------------------------------------------------- articles 000 and 003: the binary adder

def bits(number):
    """The 8 bits of a number, least significant first."""
    return (np.array(number) >> np.arange(8)) & 1


def adder_layers(legacy):
    """The network as the article draws it: input, output, recurrent weights, no biases."""
    W, V, U = (2 * legacy.random_sample(shape) - 1 for shape in ((2, 16), (16, 1), (16, 16)))
    rnn, linear = RNN(2, 16, activation="sigmoid"), Linear(16, 1)
    set_parameters(rnn, W=W, U=U, b=0.0)
    set_parameters(linear, W=V, b=0.0)
    return rnn, linear


def adder_iteration(rnn, linear, a, b, rate=0.1):
    """One pair of numbers: forward, backward, update of the three matrices; the sum of |error| before it."""
    x = np.stack([bits(a), bits(b)], axis=1)[:, None].astype(float)
    hidden = rnn.forward(x)
    logits = linear.forward(hidden.outputs)
    y = sigmoid(logits.outputs)
    error = y - bits(a + b)[:, None, None]
    linear_grads = linear.backward(logits, error * y * (1 - y))
    rnn_grads = rnn.backward(hidden, linear_grads.x)
    for layer, grads, names in [(rnn, rnn_grads, "WU"), (linear, linear_grads, "W")]:
        for name in names:
            layer.parameters[name] -= rate * grads.parameters[name]
    return np.abs(error).sum()


def test_binary_adder_to_iteration_5000():
    legacy = np.random.RandomState(0)                                                           # noqa: NPY002
    rnn, linear = adder_layers(legacy)
    errors = {}
    for iteration in range(5001):
        a, b = legacy.randint(128), legacy.randint(128)
        errors[iteration] = adder_iteration(rnn, linear, a, b)
    expected = {0: 3.45638663, 1000: 3.63389116, 2000: 3.91366595, 3000: 3.72191702, 4000: 3.58527130,
                5000: 2.53352328}
    np.testing.assert_allclose([errors[k] for k in expected], list(expected.values()), rtol=0, atol=5.1e-9)


# ---------------------------------------------------------------- article 003: the hand-written LSTM

def reseeded(*shape):
    """Uniform in ±0.1 from a generator that is seeded with 0 at every draw, and that generator afterwards."""
    legacy = np.random.RandomState(0)                                                           # noqa: NPY002
    return 0.2 * legacy.random_sample(shape) - 0.1, legacy


def article_lstm(I, H):
    """The article's LSTM: four equal matrices (H, I+H) on [x, h] and four equal biases, h = o ⊙ c."""
    lstm = LSTM(I, H, output_activation="identity")
    one, _ = reseeded(H, I + H)
    bias, legacy = reseeded(H)
    set_parameters(lstm, W=np.tile(one[:, :I].T, 4), U=np.tile(one[:, I:].T, 4), b=np.tile(bias, 4))
    return lstm, legacy


def article_iteration(lstm, x, targets, rate):
    """Squared error of the first unit, summed over the steps, and one step of gradient descent."""
    trace = lstm.forward(x)
    error = trace.outputs[:, 0, 0] - targets
    grad_outputs = np.zeros_like(trace.outputs)
    grad_outputs[:, 0, 0] = 2 * error
    grads = lstm.backward(trace, grad_outputs)
    for name, array in lstm.parameters.items():
        array -= rate * grads.parameters[name]
    return np.sum(error**2)


def test_toy_lstm():
    lstm, legacy = article_lstm(50, 100)
    x = np.stack([legacy.random_sample(50) for _ in range(4)])[:, None]
    losses = [article_iteration(lstm, x, np.array([-0.5, 0.2, 0.1, -0.5]), 0.1) for _ in range(100)]
    np.testing.assert_allclose([losses[0], losses[10]], [0.7534838862531601, 0.3318889220365654], rtol=1e-6)
    assert losses[99] < 5e-6


def next_prime_data():
    """Ten windows of 50 primes below 100, divided by 100, and the prime after each."""
    primes = [n for n in range(2, 100) if all(n % k for k in range(2, n))]
    series = np.array(primes * 3) / 100
    return np.stack([series[k:k + 50] for k in range(10)])[:, None], series[50:60]


def next_prime_losses(iterations):
    """The loss before each iteration."""
    lstm, _ = article_lstm(50, 100)
    x, targets = next_prime_data()
    return [article_iteration(lstm, x, targets, 0.01) for _ in range(iterations)]


def test_next_prime():
    """To iteration 1000; benchmarks/next_prime.py runs to 9000, where the article's last figure stands."""
    losses = next_prime_losses(1001)
    np.testing.assert_allclose(losses[0], 0.17973085380850418, rtol=1e-9)
    np.testing.assert_allclose(losses[1000], 3.92397e-4, rtol=1e-5)


# ---------------------------------------------------------------- PyTorch's training trajectories

TRAJECTORIES = {"train_rnn_adam": ("RNN", lambda: Adam(0.01)), "train_lstm_sgd": ("LSTM", lambda: SGD(0.1))}


def trajectory_gradients(kind, weights, arrays):
    """Mean squared error of a linear layer on the last state, and its gradients in PyTorch's layout."""
    layer = from_torch(kind, {name: a for name, a in weights.items() if name.endswith("_l0")})
    linear = Linear(4, 2)
    set_parameters(linear, W=weights["out_weight"].T, b=weights["out_bias"])
    trace = layer.forward(arrays["x"])
    predictions = linear.forward(trace.outputs[-1])
    loss, grad = mean_squared_error(predictions.outputs, arrays["target"])
    linear_grads = linear.backward(predictions, grad)
    grad_outputs = np.zeros_like(trace.outputs)
    grad_outputs[-1] = linear_grads.x
    gradients = to_torch(layer, layer.backward(trace, grad_outputs).parameters)
    return loss, gradients | {"out_weight": linear_grads.parameters["W"].T,
                              "out_bias": linear_grads.parameters["b"]}


@pytest.mark.parametrize("case", TRAJECTORIES)
def test_training_trajectory(case):
    """30 updates of PyTorch's weights (two biases), driven by our gradients."""
    kind, optimizer = TRAJECTORIES[case][0], TRAJECTORIES[case][1]()
    _, arrays = reference_cases("torch")[case]
    weights = {name[5:]: a.copy() for name, a in arrays.items() if name.startswith("init_")}
    losses, norms = [], []
    for _ in range(30):
        loss, gradients = trajectory_gradients(kind, weights, arrays)
        losses.append(loss)
        norms.append(np.sqrt(sum(np.sum(g**2) for g in gradients.values())))
        optimizer.update(weights, gradients)
    assert_close(losses, arrays["losses"], "losses")
    assert_close(norms, arrays["grad_norms_before_clip"], "gradient norms")
    for name, value in weights.items():
        assert_close(value, arrays[f"final_{name}"], f"final {name}")
