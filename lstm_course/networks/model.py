"""A model: layers in a row, each of which works on the outputs of the one before.

    model = Model([LSTM(2, 32, rng=0), Last(), Linear(32, 1, rng=1)])
    predictions = model.predict(x)

Without `Last` there is one output a step, with it one a sequence.
"""

from typing import Any

import numpy as np

from lstm_course.networks.interface import is_recurrent, require_layer, run_backward, run_forward
from lstm_course.networks.trace import Gradients, Trace, check_grad_outputs, check_trace
from lstm_course.networks.validation import check_flag, check_lengths, check_tuple


class Last:
    """Of every sequence the output at its last valid step: (T,B,H) -> (B,H).

    With two_way=True (after a `Bidirectional`) the backward half is taken at step 0, where it ends.
    """

    one_output = True           # one output a sequence, not one a step

    def __init__(self, two_way: bool = False):
        self.two_way = check_flag("two_way", two_way)
        self.parameters: dict[str, np.ndarray] = {}

    def __repr__(self) -> str:
        return f"Last(two_way={self.two_way})"

    def forward(self, x: np.ndarray, lengths: Any = None) -> Trace:
        """x (T,B,H) -> trace with outputs (B,H)"""
        if np.ndim(x) != 3:
            raise ValueError(f"x has shape {np.shape(x)}, expected (T, B, H)")
        T, B, H = x.shape
        lengths = check_lengths(lengths, T, B)
        steps = np.full(B, T - 1) if lengths is None else lengths - 1
        outputs = x[steps, np.arange(B)]
        if self.two_way:
            outputs[:, H // 2:] = x[0, :, H // 2:]
        return Trace(self, outputs, None, lengths, {"shape": x.shape, "steps": steps})

    def backward(self, trace: Trace, grad_outputs: np.ndarray) -> Gradients:
        """∂L/∂outputs (B,H) -> ∂L/∂x (T,B,H), which is 0 wherever nothing was taken"""
        grad_outputs = check_grad_outputs(trace, self, grad_outputs)
        T, B, H = trace.memory["shape"]
        one_way = H // 2 if self.two_way else H
        grad_x = np.zeros((T, B, H), grad_outputs.dtype)
        grad_x[trace.memory["steps"], np.arange(B), :one_way] = grad_outputs[:, :one_way]
        grad_x[0, :, one_way:] = grad_outputs[:, one_way:]
        return Gradients(grad_x, None, {})


class Model:
    """Layers in a row, together a layer: `forward`, `backward`, `parameters` ("0.W", "0.U", …, "2.b").

    `state` is a tuple with one entry for each layer, None where the layer has no memory.
    """

    def __init__(self, layers: Any):
        self.layers = list(layers) if isinstance(layers, list | tuple) else [layers]
        if not self.layers:
            raise ValueError("layers is empty, expected a list of layers such as [RNN(2, 16), Linear(16, 1)]")
        for k, layer in enumerate(self.layers):
            require_layer(f"layers[{k}]", layer)
        self.recurrent = any(is_recurrent(layer) or getattr(layer, "over_time", False) for layer in self.layers)
        self.one_output = any(getattr(layer, "one_output", False) for layer in self.layers)

    def __repr__(self) -> str:
        return f"Model({self.layers!r})"

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The layers' own arrays, dict name -> array."""
        return {f"{i}.{name}": array for i, layer in enumerate(self.layers)
                for name, array in layer.parameters.items()}

    def forward(self, x: np.ndarray, state: Any = None, lengths: Any = None) -> Trace:
        """x -> trace: the outputs of the last layer, and the state of every layer"""
        states = check_tuple("state", state, len(self.layers), "with one state for each layer")
        traces = []
        for layer, layer_state in zip(self.layers, states, strict=True):
            traces.append(run_forward(layer, x, layer_state, lengths))
            x = traces[-1].outputs
            demand_finite(f"the outputs of {layer!r}", x)
        return Trace(self, x, tuple(getattr(trace, "state", None) for trace in traces), lengths, {"traces": traces})

    def backward(self, trace: Trace, grad_outputs: np.ndarray, grad_state: Any = None) -> Gradients:
        """∂L/∂outputs -> ∂L/∂x, ∂L/∂state, ∂L/∂parameters: through the layers from the last to the first"""
        check_trace(trace, self)
        grad_states = check_tuple("grad_state", grad_state, len(self.layers), "with one state for each layer")
        grads_of: list[Any] = [None] * len(self.layers)
        for i in reversed(range(len(self.layers))):
            layer = self.layers[i]
            grads_of[i] = run_backward(layer, trace.memory["traces"][i], grad_outputs, grad_states[i])
            grad_outputs = grads_of[i].x
            if grad_outputs is not None:
                demand_finite(f"the gradient that leaves {layer!r}", grad_outputs)
        parameters = {f"{i}.{name}": grad for i, grads in enumerate(grads_of)
                      for name, grad in grads.parameters.items()}
        return Gradients(grad_outputs, tuple(getattr(grads, "state", None) for grads in grads_of), parameters)

    def predict(self, x: np.ndarray, lengths: Any = None) -> np.ndarray:
        """The outputs alone."""
        return self.forward(x, lengths=lengths).outputs

    def gates_of(self, trace: Trace) -> dict[str, np.ndarray]:
        """The layers' gates, dict "0.name" -> array."""
        return {f"{i}.{name}": gate for i, part in enumerate(trace.memory["traces"])
                for name, gate in part.gates.items()}


def demand_finite(what: str, value: Any) -> None:
    """Raise FloatingPointError unless every number is finite."""
    if not np.isfinite(value).all():
        raise FloatingPointError(f"{what} became NaN or infinite")
