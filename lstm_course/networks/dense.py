"""Layers without a memory: Linear (a matrix product) and Embedding (a table of rows).

Both work on any leading axes, (B, …) or (T, B, …), every row by itself. Their interface is that of the
recurrent layers: `trace = layer.forward(x)`, `grads = layer.backward(trace, grad_outputs)`.
"""

from typing import Any

import numpy as np

from lstm_course.networks.initial_weights import glorot_uniform
from lstm_course.networks.trace import Gradients, Trace, check_grad_outputs
from lstm_course.networks.validation import (
    check_dtype,
    check_finite,
    check_float,
    check_parameters,
    check_rng,
    check_size,
)


class Linear:
    """y = x W + b for every row x. Parameters W (I,O), b (O,).

    Glorot weights, uniform in ±√(6 / (I + O)) (Glorot & Bengio 2010, eq. 16), and zero bias.

        layer = Linear(16, 1, rng=0)
        layer.forward(x).outputs                              # (..., 16) -> (..., 1)
    """

    def __init__(self, input_size: int, output_size: int, rng: Any = None, dtype: Any = np.float64):
        I = self.input_size = check_size("input_size", input_size)
        O = self.output_size = check_size("output_size", output_size)
        self.dtype = check_dtype(dtype)
        W = glorot_uniform(check_rng(rng), I, O)
        self.parameters = {"W": W.astype(self.dtype), "b": np.zeros(O, self.dtype)}

    def __repr__(self) -> str:
        return f"Linear({self.input_size}, {self.output_size})"

    def forward(self, x: Any) -> Trace:
        """x (..., I) -> trace with outputs (..., O)"""
        I, O = self.input_size, self.output_size
        check_parameters(self.parameters, {"W": (I, O), "b": (O,)})
        x = _check_rows("x", x, I, "(..., I) with I = {}", self.dtype)
        rows = np.array(x, order="C").reshape(-1, I)              # a copy: the trace must stay as it is
        outputs = rows @ self.parameters["W"]
        outputs += self.parameters["b"]
        return _trace(self, rows, outputs.reshape(*x.shape[:-1], O))

    def backward(self, trace: Trace, grad_outputs: Any) -> Gradients:
        """∂L/∂y (..., O) -> ∂L/∂x = ∂L/∂y Wᵀ, ∂L/∂W = Σ xᵀ ∂L/∂y, ∂L/∂b = Σ ∂L/∂y, the sums over all rows"""
        grad_outputs = check_grad_outputs(trace, self, grad_outputs)
        rows, grad_rows = trace.memory["x"], grad_outputs.reshape(-1, self.output_size)
        parameters = {"W": rows.T @ grad_rows, "b": grad_rows.sum(axis=0)}
        grad_x = grad_rows @ self.parameters["W"].T
        return Gradients(grad_x.reshape(*grad_outputs.shape[:-1], self.input_size), None, parameters)


class Embedding:
    """Row k of W for every token k: the same as one-hot(k) @ W, without the zeros. Parameter W (V,E).

    Rows are drawn from the standard normal distribution, as in `torch.nn.Embedding`.

        layer = Embedding(5000, 32, rng=0)
        layer.forward(tokens).outputs                         # integers (...) -> (..., 32)
    """

    def __init__(self, vocabulary_size: int, embedding_size: int, rng: Any = None, dtype: Any = np.float64):
        V = self.vocabulary_size = check_size("vocabulary_size", vocabulary_size)
        E = self.embedding_size = check_size("embedding_size", embedding_size)
        self.dtype = check_dtype(dtype)
        self.parameters = {"W": check_rng(rng).standard_normal((V, E)).astype(self.dtype)}

    def __repr__(self) -> str:
        return f"Embedding({self.vocabulary_size}, {self.embedding_size})"

    def forward(self, x: Any) -> Trace:
        """tokens x (...), integers from 0 to V - 1 -> trace with outputs (..., E)"""
        check_parameters(self.parameters, {"W": (self.vocabulary_size, self.embedding_size)})
        x = self._check_tokens(x)
        return _trace(self, x, self.parameters["W"][x])

    def backward(self, trace: Trace, grad_outputs: Any) -> Gradients:
        """∂L/∂W[k] = the sum of ∂L/∂y wherever token k stood. grads.x is None: tokens have no slope"""
        grad_outputs = check_grad_outputs(trace, self, grad_outputs)
        grad_W = np.zeros_like(self.parameters["W"])
        np.add.at(grad_W, trace.memory["x"].reshape(-1), grad_outputs.reshape(-1, self.embedding_size))
        return Gradients(None, None, {"W": grad_W})

    def _check_tokens(self, x):
        x, V = np.asarray(x), self.vocabulary_size
        if x.dtype.kind not in "iu":
            raise TypeError(f"x has dtype {x.dtype}, expected whole numbers from 0 to V - 1 = {V - 1}")
        if x.size == 0:
            raise ValueError(f"x has shape {x.shape}, expected tokens (...) and no empty axis")
        wrong = (x < 0) | (x >= V)
        if wrong.any():
            where = tuple(map(int, np.argwhere(wrong)[0]))
            raise ValueError(f"x holds token {x[where]} at index {where}, "
                             f"expected tokens from 0 to V - 1 = {V - 1}")
        return x.astype(np.intp)


# -------------------------------------------------------------------------------- input checks

def _trace(layer, x, outputs):
    outputs.flags.writeable = False
    return Trace(layer, outputs, memory={"x": x})


def _check_rows(name, value, size, meaning, dtype):
    """A finite float array whose last axis has `size` entries, in the layer's dtype"""
    check_float(name, value)
    if value.ndim < 1 or value.shape[-1] != size or value.size == 0:
        raise ValueError(f"{name} has shape {value.shape}, expected {meaning.format(size)} and no empty axis")
    check_finite(name, value)
    return value.astype(dtype, copy=False)
