"""Layers that slide over time: CausalConvolution, a window that looks back, and Largest, the maximum over all steps.

Sequences are (T,B,I) as for the recurrent layers, and the interface is that of `Linear`, so all of them fit into a
`Model`. Neither has a state: every step can be computed without the others.
"""

from typing import Any

import numpy as np

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


class CausalConvolution:
    """y[t] = Σ x[t - d·(K - 1 - k)] W[k] + b, the sum over k: step t sees itself and K - 1 earlier steps, d apart.

    d is the `dilation` (van den Oord et al., *WaveNet*, 2016, section 2.1). Before the sequence stand zeros, so there
    are as many outputs as steps. Parameters W (K,I,O), b (O,); Glorot weights, zero bias.

        layer = CausalConvolution(2, 8, kernel=3, dilation=4, rng=0)
        layer.forward(x).outputs                              # (T,B,2) -> (T,B,8)
    """

    over_time = True            # reads (T,B,I), as a recurrent layer does

    def __init__(self, input_size: int, output_size: int, kernel: int, dilation: int = 1, rng: Any = None,
                 dtype: Any = np.float64):
        I = self.input_size = check_size("input_size", input_size)
        O = self.output_size = check_size("output_size", output_size)
        K = self.kernel = check_size("kernel", kernel)
        self.dilation = check_size("dilation", dilation)
        self.dtype = check_dtype(dtype)
        bound = np.sqrt(6 / ((I + O) * K))
        W = check_rng(rng).uniform(-bound, bound, (K, I, O))
        self.parameters = {"W": W.astype(self.dtype), "b": np.zeros(O, self.dtype)}

    def __repr__(self) -> str:
        dilation = f", dilation={self.dilation}" if self.dilation > 1 else ""
        return f"CausalConvolution({self.input_size}, {self.output_size}, kernel={self.kernel}{dilation})"

    @property
    def reach(self) -> int:
        """How many steps back the first number of its window lies."""
        return (self.kernel - 1) * self.dilation

    def forward(self, x: Any) -> Trace:
        """x (T,B,I) -> trace with outputs (T,B,O)"""
        I, O, K, d = self.input_size, self.output_size, self.kernel, self.dilation
        check_parameters(self.parameters, {"W": (K, I, O), "b": (O,)})
        x = check_array("x", x, "T B I", self.dtype, I=I)
        T = len(x)
        padded = np.pad(x, ((self.reach, 0), (0, 0), (0, 0)))
        windows = np.concatenate([padded[k * d:k * d + T] for k in range(K)], axis=2)             # (T,B,K·I)
        outputs = windows @ self.parameters["W"].reshape(K * I, O)
        outputs += self.parameters["b"]
        outputs.flags.writeable = False
        return Trace(self, outputs, memory={"windows": windows})

    def backward(self, trace: Trace, grad_outputs: Any) -> Gradients:
        """∂L/∂y (T,B,O) -> ∂L/∂x: each window sends its share back; ∂L/∂W, ∂L/∂b: sums over all steps"""
        grad = check_grad_outputs(trace, self, grad_outputs)
        I, O, K, d = self.input_size, self.output_size, self.kernel, self.dilation
        windows, rows = trace.memory["windows"], grad.reshape(-1, O)
        W = self.parameters["W"]
        parameters = {"W": (windows.reshape(-1, K * I).T @ rows).reshape(W.shape), "b": rows.sum(axis=0)}
        shares = grad @ W.reshape(K * I, O).T
        T, B, _ = grad.shape
        padded = np.zeros((T + self.reach, B, I), grad.dtype)
        for k in range(K):
            padded[k * d:k * d + T] += shares[:, :, k * I:(k + 1) * I]
        return Gradients(padded[self.reach:], None, parameters)


class Largest:
    """Of every channel the largest number of all steps: (T,B,C) -> (B,C); no parameters (global max-pooling).

    The gradient goes to that step alone (to the first of them, if several are).
    """

    over_time = one_output = True           # reads (T,B,C), and gives one output a sequence
    parameters: dict[str, np.ndarray] = {}

    def __repr__(self) -> str:
        return "Largest()"

    def forward(self, x: Any) -> Trace:
        """x (T,B,C) -> trace with outputs (B,C)"""
        check_float("x", x)
        check_finite("x", x)
        x = check_array("x", x, "T B C", x.dtype)
        winners = x.argmax(axis=0)[None]
        outputs = np.take_along_axis(x, winners, axis=0)[0]
        outputs.flags.writeable = False
        return Trace(self, outputs, memory={"winners": winners, "shape": x.shape})

    def backward(self, trace: Trace, grad_outputs: Any) -> Gradients:
        """∂L/∂y (B,C) -> ∂L/∂x (T,B,C): at the winners, 0 elsewhere"""
        grad = check_grad_outputs(trace, self, grad_outputs)
        grad_x = np.zeros(trace.memory["shape"], grad.dtype)
        np.put_along_axis(grad_x, trace.memory["winners"], grad[None], axis=0)
        return Gradients(grad_x, None, {})
