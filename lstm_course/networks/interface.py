"""What a layer is, asked in one place: of the package's layers, of models, and of a layer of one's own.

A layer has `parameters` (dict name -> array, {} if there are none), `forward(x) -> Trace` and
`backward(trace, grad_outputs) -> Gradients`. A recurrent one is a layer whose forward also takes a `state`; its trace
has one, and its backward takes a `grad_state`. A layer whose forward takes `lengths` knows of padding.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from lstm_course.networks.trace import Gradients, Trace


class Layer(Protocol):
    """Anything with these three."""

    parameters: dict[str, np.ndarray]

    def forward(self, x: Any) -> Trace:
        """x -> a trace with `outputs`."""

    def backward(self, trace: Trace, grad_outputs: Any) -> Gradients:
        """∂L/∂outputs -> ∂L/∂x and {name: ∂L/∂parameter}."""


def takes(layer: Any) -> tuple[str, ...]:
    """Which of "state" and "lengths" the layer's forward takes."""
    return _taken(getattr(layer.forward, "__func__", layer.forward))


@functools.lru_cache(maxsize=256)                   # a signature takes longer than a step of a small network
def _taken(forward: Callable) -> tuple[str, ...]:
    names = inspect.signature(forward).parameters
    return tuple(name for name in ("state", "lengths") if name in names)


def is_recurrent(layer: Any) -> bool:
    """Whether something is a layer that carries a state from step to step."""
    return callable(getattr(layer, "forward", None)) and "state" in takes(layer)


def require_layer(name: str, layer: Any) -> None:
    """Raise TypeError, naming what is missing, unless this is a layer."""
    missing = [part for part in ("forward", "backward", "parameters") if not hasattr(layer, part)]
    if missing or isinstance(layer, type):
        lacks = "it is a class: make a layer of it first" if isinstance(layer, type) else f"it has no {missing[0]}"
        raise TypeError(f"{name} is {layer!r}, expected a layer such as LSTM(3, 4) or one with forward, backward and "
                        f"parameters ({{}} if there are none); {lacks}")


def run_forward(layer: Any, x: Any, state: Any = None, lengths: Any = None) -> Trace:
    """`forward`, given what it takes; raises TypeError if what it returns is no trace."""
    given = {"state": state, "lengths": lengths}
    trace = layer.forward(x, **{name: given[name] for name in takes(layer)})
    for part in ("outputs", "state") if is_recurrent(layer) else ("outputs",):
        if not hasattr(trace, part):
            raise TypeError(f"forward of {layer!r} gave {_came(trace)}, expected a trace with {part}: end it with "
                            f"`return Trace(self, outputs{', state' if is_recurrent(layer) else ''}, memory=...)`")
    return trace


def run_backward(layer: Any, trace: Trace, grad_outputs: Any, grad_state: Any = None) -> Gradients:
    """`backward`, given what it takes; raises TypeError or ValueError if its gradients are not complete."""
    recurrent = is_recurrent(layer)
    grads = layer.backward(trace, grad_outputs, *((grad_state,) if recurrent else ()))
    for part in ("x", "state", "parameters") if recurrent else ("x", "parameters"):
        if not hasattr(grads, part):
            raise TypeError(f"backward of {layer!r} gave {_came(grads)}, expected gradients with {part}: end it with "
                            "`return Gradients(grad_x, grad_state, {name: gradient})`")
    if not isinstance(grads.parameters, dict) or set(grads.parameters) != set(layer.parameters):
        came = sorted(grads.parameters) if isinstance(grads.parameters, dict) else _came(grads.parameters)
        raise ValueError(f"backward of {layer!r} gave gradients of {came}, expected a dict with those of "
                         f"{sorted(layer.parameters)}, the names in its parameters")
    return grads


def _came(value):
    return "None" if value is None else f"something of type {type(value).__name__}"
