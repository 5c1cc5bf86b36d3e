"""What `forward` and `backward` return."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from lstm_course.networks.validation import check_finite, check_float


@dataclass
class Trace:
    """All that a forward pass computed; `backward` reads it and never changes it.

    outputs: (T,B,H), read-only. state: the final state. gates: dict name -> (T,B,H), read-only.
    lengths: (B,) or None. memory: what the layer's own backward pass needs.
    """

    layer: Any
    outputs: Any
    state: Any = None
    lengths: Any = None
    memory: dict = field(default_factory=dict, repr=False)

    @cached_property
    def gates(self) -> dict[str, np.ndarray]:
        """Each gate over time, dict name -> (T,B,H); 0 on padding."""
        find = getattr(self.layer, "gates_of", None)
        return {} if find is None else find(self)

    def __repr__(self) -> str:
        return f"Trace of {self.layer!r}: outputs {self.outputs.shape}, gates {list(self.gates)}"


@dataclass
class Gradients:
    """∂L/∂ of what went into the layer: `x`, the initial `state`, and `parameters` (dict), same shapes."""

    x: Any
    state: Any
    parameters: dict


def check_trace(trace: Any, layer: Any) -> None:
    """The trace is one that this layer's `forward` returned."""
    if not isinstance(trace, Trace):
        raise TypeError(f"trace is of type {type(trace).__name__}, expected what forward returned")
    if trace.layer is not layer:
        raise ValueError(f"trace comes from another layer ({trace.layer!r}), expected one of {layer!r}")


def check_grad_outputs(trace: Trace, layer: Any, grad_outputs: Any) -> np.ndarray:
    """∂L/∂outputs of a layer without a memory: finite, shaped like trace.outputs; in their dtype."""
    check_trace(trace, layer)
    check_float("grad_outputs", grad_outputs)
    if grad_outputs.shape != trace.outputs.shape:
        raise ValueError(f"grad_outputs has shape {grad_outputs.shape}, expected {trace.outputs.shape}, "
                         "the shape of trace.outputs")
    check_finite("grad_outputs", grad_outputs)
    return grad_outputs.astype(trace.outputs.dtype, copy=False)
