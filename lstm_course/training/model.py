"""A model: layers in a row, each of which works on the outputs of the one before.

    model = Model([LSTM(2, 32, rng=0), Last(), Linear(32, 1, rng=1)])
    predictions = model.predict(x)

Without `Last` there is one output a step, with it one a sequence.
"""

import inspect

import numpy as np

from lstm_course.networks.trace import Gradients, Trace, check_trace
from lstm_course.networks.validation import check_lengths, check_tuple


class Last:
    """Of every sequence the output at its last valid step: (T,B,H) -> (B,H).

    With two_way=True (after a `Bidirectional`) the backward half is taken at step 0, where it ends.
    """

    def __init__(self, two_way=False):
        self.two_way = two_way
        self.parameters = {}

    def __repr__(self):
        return f"Last(two_way={self.two_way})"

    def forward(self, x, lengths=None):
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

    def backward(self, trace, grad_outputs):
        """∂L/∂outputs (B,H) -> ∂L/∂x (T,B,H), which is 0 wherever nothing was taken"""
        check_trace(trace, self)
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

    def __init__(self, layers):
        self.layers = list(layers) if isinstance(layers, list | tuple) else [layers]
        if not self.layers:
            raise ValueError("layers is empty, expected a list of layers such as [RNN(2, 16), Linear(16, 1)]")
        for layer in self.layers:
            if not (hasattr(layer, "forward") and hasattr(layer, "backward")):
                raise TypeError(f"layers holds {layer!r}, expected layers such as RNN(2, 16)")
        takes = [inspect.signature(layer.forward).parameters for layer in self.layers]
        self._takes = [[name for name in ("state", "lengths") if name in names] for names in takes]
        self.recurrent = any("state" in names for names in self._takes)
        self.one_output = any(isinstance(layer, Last) for layer in self.layers)

    def __repr__(self):
        return f"Model({self.layers!r})"

    @property
    def parameters(self):
        """The layers' own arrays, dict name -> array."""
        return {f"{i}.{name}": array for i, layer in enumerate(self.layers)
                for name, array in layer.parameters.items()}

    def forward(self, x, state=None, lengths=None):
        """x -> trace: the outputs of the last layer, and the state of every layer"""
        states = check_tuple("state", state, len(self.layers), "with one state for each layer")
        traces = []
        for layer, takes, layer_state in zip(self.layers, self._takes, states, strict=True):
            given = {"state": layer_state, "lengths": lengths}
            traces.append(layer.forward(x, **{name: given[name] for name in takes}))
            x = traces[-1].outputs
            demand_finite(f"the outputs of {layer!r}", x)
        return Trace(self, x, tuple(trace.state for trace in traces), lengths, {"traces": traces})

    def backward(self, trace, grad_outputs, grad_state=None):
        """∂L/∂outputs -> ∂L/∂x, ∂L/∂state, ∂L/∂parameters: through the layers from the last to the first"""
        check_trace(trace, self)
        grad_states = check_tuple("grad_state", grad_state, len(self.layers), "with one state for each layer")
        grads_of = [None] * len(self.layers)
        for i in reversed(range(len(self.layers))):
            layer, given = self.layers[i], {}
            if "state" in self._takes[i]:
                given["grad_state"] = grad_states[i]
            grads_of[i] = layer.backward(trace.memory["traces"][i], grad_outputs, **given)
            grad_outputs = grads_of[i].x
            if grad_outputs is not None:
                demand_finite(f"the gradient that leaves {layer!r}", grad_outputs)
        parameters = {f"{i}.{name}": grad for i, grads in enumerate(grads_of)
                      for name, grad in grads.parameters.items()}
        return Gradients(grad_outputs, tuple(grads.state for grads in grads_of), parameters)

    def predict(self, x, lengths=None):
        """The outputs alone."""
        return self.forward(x, lengths=lengths).outputs

    def gates_of(self, trace):
        """The layers' gates, dict "0.name" -> array."""
        return {f"{i}.{name}": gate for i, part in enumerate(trace.memory["traces"])
                for name, gate in part.gates.items()}


def demand_finite(what, value):
    if not np.isfinite(value).all():
        raise FloatingPointError(f"{what} became NaN or infinite")
