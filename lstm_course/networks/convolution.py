"""Layers that look at images: Convolution, MaxPool, Relu, Flatten, and the LeNet that is made of them.

Images are (B,C,Y,X): B images, C channels (1 for grey, 3 for colour), Y rows and X columns of pixels. The interface
is that of `Linear`: `trace = layer.forward(x)`, `grads = layer.backward(trace, grad_outputs)`; so the layers fit
into a `Model`, beside each other and beside `Linear`.
"""

from typing import Any

import numpy as np

from lstm_course.networks.dense import Linear
from lstm_course.networks.model import Model
from lstm_course.networks.trace import Gradients, Trace, check_grad_outputs
from lstm_course.networks.validation import (
    check_array,
    check_dtype,
    check_finite,
    check_float,
    check_parameters,
    check_rng,
    check_size,
)


def output_size(size: int, kernel: int, padding: int = 0) -> int:
    """How many windows of `kernel` pixels fit side by side into `size` pixels with `padding` zeros on either side."""
    return size + 2 * padding - kernel + 1


def im2col(x, kernel):
    """Every window of kernel x kernel pixels becomes a column: x (B,C,Y,X) -> (C·K·K, B·Y'·X')"""
    windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(2, 3))      # (B,C,Y',X',K,K)
    return windows.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * kernel * kernel, -1)


def col2im(columns, shape, kernel):
    """The way back for gradients: a pixel gets the sum over all windows that it stands in -> x of `shape` (B,C,Y,X)"""
    B, C, Y, X = shape
    rows, across = output_size(Y, kernel), output_size(X, kernel)
    columns, x = columns.reshape(C, kernel, kernel, B, rows, across), np.zeros((C, B, Y, X), columns.dtype)
    for i in range(kernel):
        for j in range(kernel):
            x[:, :, i:i + rows, j:j + across] += columns[:, i, j]
    return x.transpose(1, 0, 2, 3)


class Layer:
    """What the layers without parameters share."""

    parameters: dict[str, np.ndarray] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Convolution(Layer):
    """One small matrix for every window of an image. Parameters W (C,K,K,O), b (O,).

    y[n,o,r,s] = Σ x[n,c,r+i,s+j] W[c,i,j,o] + b[o], the sum over c, i and j. (Mathematicians call it a
    cross-correlation.) `padding` zeros are put around the image first. Glorot weights, zero bias.

        layer = Convolution(3, 6, kernel=5, rng=0)
        layer.forward(x).outputs                              # (B,3,32,32) -> (B,6,28,28)
    """

    def __init__(self, input_channels: int, output_channels: int, kernel: int, padding: int = 0, rng: Any = None,
                 dtype: Any = np.float64):
        C = self.input_channels = check_size("input_channels", input_channels)
        O = self.output_channels = check_size("output_channels", output_channels)
        K = self.kernel = check_size("kernel", kernel)
        self.padding = _check_padding(padding)
        self.dtype = check_dtype(dtype)
        bound = np.sqrt(6 / ((C + O) * K * K))
        W = check_rng(rng).uniform(-bound, bound, (C, K, K, O))
        self.parameters = {"W": W.astype(self.dtype), "b": np.zeros(O, self.dtype)}

    def __repr__(self) -> str:
        padding = f", padding={self.padding}" if self.padding else ""
        return f"Convolution({self.input_channels}, {self.output_channels}, kernel={self.kernel}{padding})"

    def forward(self, x: Any) -> Trace:
        """x (B,C,Y,X) -> trace with outputs (B,O,Y',X')"""
        C, O, K, p = self.input_channels, self.output_channels, self.kernel, self.padding
        check_parameters(self.parameters, {"W": (C, K, K, O), "b": (O,)})
        x = check_array("x", x, "B C Y X", self.dtype, C=C)
        if min(x.shape[2:]) + 2 * p < K:
            raise ValueError(f"x has shape {x.shape}, expected at least {max(1, K - 2 * p)} rows and columns for "
                             f"kernel = {K} and padding = {p}")
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        columns = im2col(padded, K)
        outputs = self.parameters["W"].reshape(-1, O).T @ columns
        outputs += self.parameters["b"][:, None]
        B, rows, across = len(x), output_size(x.shape[2], K, p), output_size(x.shape[3], K, p)
        outputs = outputs.reshape(O, B, rows, across).transpose(1, 0, 2, 3)
        return _trace(self, outputs, columns=columns, shape=padded.shape)

    def backward(self, trace: Trace, grad_outputs: Any) -> Gradients:
        """∂L/∂y (B,O,Y',X') -> ∂L/∂x: each window sends its share back; ∂L/∂W, ∂L/∂b: sums over all windows"""
        grad_outputs = check_grad_outputs(trace, self, grad_outputs)
        O, K, p = self.output_channels, self.kernel, self.padding
        grad = grad_outputs.transpose(1, 0, 2, 3).reshape(O, -1)
        W = self.parameters["W"]
        parameters = {"W": (trace.memory["columns"] @ grad.T).reshape(W.shape), "b": grad.sum(axis=1)}
        grad_x = col2im(W.reshape(-1, O) @ grad, trace.memory["shape"], K)
        Y, X = grad_x.shape[2:]
        return Gradients(grad_x[:, :, p:Y - p, p:X - p], None, parameters)


class MaxPool(Layer):
    """Of every block of size x size pixels the largest; no parameters. Rows and columns that are left over are dropped.

    The gradient goes to the largest alone (to the first of them, if several are).
    """

    def __init__(self, size: int = 2):
        self.size = check_size("size", size)

    def __repr__(self) -> str:
        return f"MaxPool({self.size})"

    def forward(self, x: Any) -> Trace:
        """x (B,C,Y,X) -> trace with outputs (B,C,Y//size,X//size)"""
        x, n = _check_images(x), self.size
        B, C, Y, X = x.shape
        if min(Y, X) < n:
            raise ValueError(f"x has shape {x.shape}, expected at least {n} rows and columns, the size of a block")
        rows, across = Y // n, X // n
        blocks = x[:, :, :rows * n, :across * n].reshape(B, C, rows, n, across, n)
        blocks = blocks.transpose(0, 1, 2, 4, 3, 5).reshape(B, C, rows, across, n * n)
        winners = blocks.argmax(axis=-1)[..., None]
        outputs = np.take_along_axis(blocks, winners, axis=-1)[..., 0]
        return _trace(self, outputs, winners=winners, shape=x.shape)

    def backward(self, trace: Trace, grad_outputs: Any) -> Gradients:
        """∂L/∂y (B,C,Y',X') -> ∂L/∂x (B,C,Y,X): at the winners, 0 elsewhere"""
        grad_outputs = check_grad_outputs(trace, self, grad_outputs)
        n, (B, C, rows, across) = self.size, grad_outputs.shape
        blocks = np.zeros((B, C, rows, across, n * n), grad_outputs.dtype)
        np.put_along_axis(blocks, trace.memory["winners"], grad_outputs[..., None], axis=-1)
        blocks = blocks.reshape(B, C, rows, across, n, n).transpose(0, 1, 2, 4, 3, 5)
        grad_x = np.zeros(trace.memory["shape"], grad_outputs.dtype)
        grad_x[:, :, :rows * n, :across * n] = blocks.reshape(B, C, rows * n, across * n)
        return Gradients(grad_x, None, {})


class Relu(Layer):
    """max(x, 0), element by element; no parameters. The slope is 1 where x > 0 and 0 elsewhere."""

    def forward(self, x: Any) -> Trace:
        """x (...) -> trace with outputs (...)"""
        check_float("x", x)
        check_finite("x", x)
        return _trace(self, np.maximum(x, 0))

    def backward(self, trace: Trace, grad_outputs: Any) -> Gradients:
        """∂L/∂y (...) -> ∂L/∂x (...)"""
        return Gradients(check_grad_outputs(trace, self, grad_outputs) * (trace.outputs > 0), None, {})


class Flatten(Layer):
    """All numbers of an image side by side: (B,C,Y,X) -> (B, C·Y·X), for a `Linear` layer behind it."""

    def forward(self, x: Any) -> Trace:
        """x (B,...) -> trace with outputs (B,N)"""
        check_float("x", x)
        if x.ndim < 2 or not x.size:
            raise ValueError(f"x has shape {x.shape}, expected (B, ...) with at least two axes and no empty one")
        return _trace(self, x.reshape(len(x), -1).copy(), shape=x.shape)

    def backward(self, trace: Trace, grad_outputs: Any) -> Gradients:
        """∂L/∂y (B,N) -> ∂L/∂x (B,...)"""
        return Gradients(check_grad_outputs(trace, self, grad_outputs).reshape(trace.memory["shape"]), None, {})


def lenet(channels: int = 3, padding: int = 0, rng: Any = None, dtype: Any = np.float64) -> Model:
    """The network of the article "真正掌握一种算法", after LeNet-5 (LeCun et al. 1998) -> Model.

    It turns images (B,channels,32,32) into logits (B,10); the log-softmax belongs to the loss
    (`softmax_cross_entropy`). With padding=2 it takes 28 x 28 pixels, such as the digits.
    """
    rng = check_rng(rng)
    return Model([Convolution(channels, 6, 5, padding, rng, dtype), Relu(), MaxPool(2),
                  Convolution(6, 16, 5, 0, rng, dtype), Relu(), MaxPool(2), Flatten(),
                  Linear(16 * 5 * 5, 120, rng, dtype), Relu(), Linear(120, 84, rng, dtype), Relu(),
                  Linear(84, 10, rng, dtype)])


# -------------------------------------------------------------------------------- small helpers

def _trace(layer, outputs, **memory):
    outputs = np.ascontiguousarray(outputs)
    outputs.flags.writeable = False
    return Trace(layer, outputs, memory=memory)


def _check_padding(padding):
    if isinstance(padding, int | np.integer) and padding < 0:
        raise ValueError(f"padding is {padding}, expected a whole number of at least 0")
    return check_size("padding", padding) if padding else 0


def _check_images(x):
    check_float("x", x)
    return check_array("x", x, "B C Y X", x.dtype)
