"""Layers made of layers: one on top of the other, or one in each direction. They nest."""

from typing import Any

import numpy as np

from lstm_course.networks.interface import is_recurrent, run_backward, run_forward
from lstm_course.networks.trace import Gradients, Trace, check_trace
from lstm_course.networks.validation import check_array, check_lengths, check_tuple, valid_steps


class _Wrapper:
    """What both share: named parts, whose parameters, gates and states it carries along.

    `parameters` holds the parts' own arrays, so an update in place reaches them.
    """

    def __init__(self, parts: dict[str, Any], arguments: list[str]):
        for name, part in zip(arguments, parts.values(), strict=True):
            if not (is_recurrent(part) and all(hasattr(part, name) for name in ("input_size", "hidden_size", "dtype"))):
                raise TypeError(f"{name} is of type {type(part).__name__}, expected a recurrent layer (RNN, LSTM, GRU, "
                                "Stacked, Bidirectional, or one with a state, input_size, hidden_size and dtype)")
        self.parts = parts
        self.input_size = next(iter(parts.values())).input_size
        self.dtype = next(iter(parts.values())).dtype
        for name, part in zip(arguments, parts.values(), strict=True):
            if part.dtype != self.dtype:
                raise ValueError(f"{name} has dtype {part.dtype}, expected {self.dtype} as in the first part")

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """dict "part.name" -> the part's own array."""
        return {f"{name}.{key}": array for name, part in self.parts.items()
                for key, array in part.parameters.items()}

    def gates_of(self, trace: Trace) -> dict[str, np.ndarray]:
        return {f"{name}.{key}": gate for name, part_trace in trace.memory.items()
                for key, gate in self._part_gates(name, part_trace, trace.lengths).items()}

    def _part_gates(self, name, part_trace, lengths):
        return part_trace.gates

    def _states(self, name, state):
        return dict(zip(self.parts, check_tuple(name, state, len(self.parts), self._state_text), strict=True))

    @property
    def _state_text(self):
        return f"of one state for each of {', '.join(self.parts)}"

    def _prefixed(self, grads):
        """{part: Gradients} -> dict "part.name" -> array, in the order of `parameters`."""
        return {f"{name}.{key}": grads[name].parameters[key] for name, part in self.parts.items()
                for key in part.parameters}


class Stacked(_Wrapper):
    """Layers on top of each other: the outputs of each are the inputs of the next.

    Parameter and gate names start with the number of the layer: "0.W", "1.U". The state is the tuple of the
    layers' states. In each layer only h goes upward, never c.
    """

    def __init__(self, layers: Any):
        if not isinstance(layers, list | tuple) or not layers:
            raise TypeError(f"layers is {layers!r}, expected a list of at least one recurrent layer")
        super().__init__({str(k): layer for k, layer in enumerate(layers)},
                         [f"layers[{k}]" for k in range(len(layers))])
        for k, (below, above) in enumerate(zip(layers, layers[1:], strict=False)):
            if above.input_size != below.hidden_size:
                raise ValueError(f"layers[{k + 1}] has input_size {above.input_size}, "
                                 f"expected {below.hidden_size}, the outputs of layers[{k}]")
        self.layers = list(layers)
        self.hidden_size = layers[-1].hidden_size

    def __repr__(self) -> str:
        return f"Stacked({self.layers!r})"

    def forward(self, x: Any, state: Any = None, lengths: Any = None) -> Trace:
        """x (T,B,I), state: a tuple of the layers' states or None -> Trace; outputs are the last layer's."""
        states, traces = self._states("state", state), {}
        for name, layer in self.parts.items():
            traces[name] = run_forward(layer, x, states[name], lengths)
            x = traces[name].outputs
        return Trace(self, x, tuple(t.state for t in traces.values()), traces["0"].lengths, traces)

    def backward(self, trace: Trace, grad_outputs: Any, grad_state: Any = None) -> Gradients:
        """∂L/∂outputs (T,B,H) and ∂L/∂(final states) -> Gradients, layer by layer from the top."""
        check_trace(trace, self)
        grad_states, grads = self._states("grad_state", grad_state), {}
        for name, layer in reversed(self.parts.items()):
            grads[name] = run_backward(layer, trace.memory[name], grad_outputs, grad_states[name])
            grad_outputs = grads[name].x
        return Gradients(grad_outputs, tuple(grads[name].state for name in self.parts), self._prefixed(grads))


class Bidirectional(_Wrapper):
    """Two layers over the same inputs, one forward and one backward in time (Schuster & Paliwal 1997).

    Outputs (T,B,H_forward + H_backward) stand side by side at their original times. The backward layer starts at
    each sequence's last valid step; its final state is the one after step 0. Names start with "forward." and
    "backward.", the state is the tuple (forward layer's, backward layer's).
    """

    def __init__(self, forward_layer: Any, backward_layer: Any):
        super().__init__({"forward": forward_layer, "backward": backward_layer}, ["forward_layer", "backward_layer"])
        if forward_layer is backward_layer:
            raise ValueError("backward_layer is the same object as forward_layer, expected a layer of its own")
        if forward_layer.input_size != backward_layer.input_size:
            raise ValueError(f"backward_layer has input_size {backward_layer.input_size}, "
                             f"expected {forward_layer.input_size} as in forward_layer")
        self.forward_layer, self.backward_layer = forward_layer, backward_layer
        self.hidden_size = forward_layer.hidden_size + backward_layer.hidden_size

    def __repr__(self) -> str:
        return f"Bidirectional({self.forward_layer!r}, {self.backward_layer!r})"

    def forward(self, x: Any, state: Any = None, lengths: Any = None) -> Trace:
        """x (T,B,I), state: (forward, backward) or None -> Trace with outputs (T,B,H_forward + H_backward)."""
        x = check_array("x", x, "T B I", self.dtype, I=self.input_size)
        lengths = check_lengths(lengths, *x.shape[:2])
        states = self._states("state", state)
        ahead = run_forward(self.forward_layer, x, states["forward"], lengths)
        back = run_forward(self.backward_layer, reverse_time(x, lengths), states["backward"], lengths)
        outputs = np.concatenate([ahead.outputs, reverse_time(back.outputs, lengths)], axis=2)
        outputs.flags.writeable = False
        return Trace(self, outputs, (ahead.state, back.state), lengths, {"forward": ahead, "backward": back})

    def _part_gates(self, name, part_trace, lengths):
        if name == "forward":
            return part_trace.gates
        return {key: reverse_time(gate, lengths) for key, gate in part_trace.gates.items()}

    def backward(self, trace: Trace, grad_outputs: Any, grad_state: Any = None) -> Gradients:
        """∂L/∂outputs (T,B,H) and ∂L/∂(final states) -> Gradients; those of x are the sum of both directions."""
        check_trace(trace, self)
        T, B, H = trace.outputs.shape
        grad_ahead = grad_back = None
        if grad_outputs is not None:
            grad = check_array("grad_outputs", grad_outputs, "T B H", self.dtype, T=T, B=B, H=H)
            grad_ahead, grad_back = np.split(grad, [self.forward_layer.hidden_size], axis=2)
            grad_back = reverse_time(grad_back, trace.lengths)
        grad_states = self._states("grad_state", grad_state)
        arriving = {"forward": grad_ahead, "backward": grad_back}
        grads = {name: run_backward(part, trace.memory[name], arriving[name], grad_states[name])
                 for name, part in self.parts.items()}
        grad_x = grads["forward"].x + reverse_time(grads["backward"].x, trace.lengths)
        return Gradients(grad_x, (grads["forward"].state, grads["backward"].state), self._prefixed(grads))


def reverse_time(steps: np.ndarray, lengths: np.ndarray | None = None) -> np.ndarray:
    """(T,B,K) with each sequence's valid steps in reverse order; the padding stays behind them and becomes 0."""
    if lengths is None:
        return steps[::-1].copy()
    T, B = steps.shape[:2]
    last_first = np.maximum(lengths - 1 - np.arange(T)[:, None], 0)
    return np.where(valid_steps(lengths, T)[:, :, None], steps[last_first, np.arange(B)], 0)
