"""The elementwise functions of the networks, and their slopes written as functions of the *output*.

If y = sigmoid(x), the slope is y (1 - y); if y = tanh(x), it is 1 - y². Both need y only, which the forward
pass has stored. Given x instead of y these formulas are wrong.
"""

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    """σ(x) = 1 / (1 + e⁻ˣ), any shape, computed as ½ tanh(½x) + ½, which overflows for no x."""
    return 0.5 * np.tanh(0.5 * x) + 0.5


def tanh(x: np.ndarray) -> np.ndarray:
    """tanh(x), any shape."""
    return np.tanh(x)


def relu(x: np.ndarray) -> np.ndarray:
    """max(0, x), any shape."""
    return np.maximum(x, 0)


def identity(x: np.ndarray) -> np.ndarray:
    """x itself."""
    return x


def sigmoid_slope(y: np.ndarray) -> np.ndarray:
    """dσ/dx where y = σ(x): y (1 - y), at most ¼."""
    return y * (1 - y)


def tanh_slope(y: np.ndarray) -> np.ndarray:
    """dtanh/dx where y = tanh(x): 1 - y², at most 1."""
    return 1 - y * y


def relu_slope(y: np.ndarray) -> np.ndarray:
    """drelu/dx where y = relu(x): 1 if y > 0, else 0 (0 at the kink, as PyTorch has it)."""
    return (y > 0).astype(y.dtype)


def identity_slope(y: np.ndarray) -> np.ndarray:
    """1, in y's shape and dtype."""
    return np.ones_like(y)


ACTIVATIONS = {"tanh": tanh, "relu": relu, "sigmoid": sigmoid, "identity": identity}
SLOPES = {"tanh": tanh_slope, "relu": relu_slope, "sigmoid": sigmoid_slope, "identity": identity_slope}


def softmax(x: np.ndarray) -> np.ndarray:
    """e^x / Σ e^x over the last axis; the largest x is subtracted first, so nothing overflows."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
