"""A layer made of any cell: one scan over the time steps, forward and backward.

This is the code to read. RNN, LSTM and GRU have the same results by the faster loops in `fast`; the tests assert
that both agree, and a network of one's own (a `Cell`) needs nothing but this file.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lstm_course.networks.cells import Cell
from lstm_course.networks.trace import Gradients, Trace, check_trace
from lstm_course.networks.validation import (
    check_array,
    check_dtype,
    check_lengths,
    check_parameters,
    check_rng,
    check_size,
    check_tuple,
    valid_steps,
)


class Run(NamedTuple):
    """A forward pass: outputs (T,B,H), the final state's parts (B,H), and what the backward pass needs."""

    outputs: np.ndarray
    state: tuple
    memory: dict


class Loops(NamedTuple):
    """How a layer runs over time: `SCAN` for any cell, or the fast loops of one cell. The arguments are the scan's."""

    run: Callable[..., Run]
    run_backward: Callable[..., tuple[np.ndarray, tuple, dict]]
    gates: Callable[..., dict[str, np.ndarray]]


# ---------------------------------------------------------------------------------------------- the scan

def scan(cell: Cell, p: dict, x: np.ndarray, state: tuple, lengths: np.ndarray | None) -> Run:
    """The cell's step for every x_t of x (T,B,I), from a state of parts (B,H). On padding the state stays."""
    p = {name: array.copy() for name, array in p.items()}            # an update must not reach this trace
    state = tuple(part.copy() for part in state)
    states, gates = [state], []
    for t, x_t in enumerate(x):
        new, gates_t = cell.step(x_t, state, p)
        if t == 0:
            check_step(cell, new, gates_t, state)
        if lengths is not None:
            on = (t < lengths)[:, None]
            new = tuple(np.where(on, part, old) for part, old in zip(new, state, strict=True))
        state = new
        states.append(state)
        gates.append(gates_t)
    memory = {"p": p, "x": x.copy(), "states": states, "gates": gates}
    outputs = masked(np.stack([state[0] for state in states[1:]]), lengths)
    return Run(outputs, tuple(part.copy() for part in state), memory)


def scan_backward(cell: Cell, memory: dict, lengths: np.ndarray | None, grad_outputs: np.ndarray,
                  grad_state: tuple) -> tuple[np.ndarray, tuple, dict]:
    """Back through `scan`, from the last step to the first: ∂L/∂x (T,B,I), ∂L/∂state, ∂L/∂parameters.

    Every step adds to the gradients of the parameters. Where a sequence has ended, the state stayed, so its gradient
    goes past the step unchanged.
    """
    p, x, states = memory["p"], memory["x"], memory["states"]
    grad_x, totals = np.empty_like(x), {name: np.zeros_like(array) for name, array in p.items()}
    for t in reversed(range(len(x))):
        arriving = (grad_state[0] + grad_outputs[t], *grad_state[1:])
        on = np.ones((len(x[t]), 1), x.dtype) if lengths is None else (t < lengths)[:, None].astype(x.dtype)
        given = cell.step_backward(tuple(part * on for part in arriving), x[t], states[t], states[t + 1],
                                   memory["gates"][t], p)
        if t == len(x) - 1:
            check_step_backward(cell, p, x[t], states[t], given)
        grad_x[t], back, grads = given
        grad_state = tuple(part + old * (1 - on) for part, old in zip(back, arriving, strict=True))
        for name, gradient in grads.items():
            totals[name] += gradient
    return grad_x, grad_state, totals


def scan_gates(cell: Cell, memory: dict, lengths: np.ndarray | None) -> dict[str, np.ndarray]:
    """dict name -> (T,B,H): the cell's gates, then the parts of the state other than the output."""
    steps = {name: [gates[k] for gates in memory["gates"]] for k, name in enumerate(cell.gates)}
    steps |= {name: [state[k] for state in memory["states"][1:]] for k, name in enumerate(cell.state) if k}
    return {name: masked(np.stack(arrays), lengths) for name, arrays in steps.items()}


def masked(steps: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
    """(T,B,H) with zeros where a sequence has ended, read-only."""
    if lengths is not None:
        steps = np.where(valid_steps(lengths, len(steps))[:, :, None], steps, 0)
    steps.flags.writeable = False
    return steps


SCAN = Loops(scan, scan_backward, scan_gates)


# --------------------------------------------------------------------------------------------- the layer

class Recurrent:
    """A recurrent layer of any cell.

        layer = Recurrent(GRUCell(), 3, 8, rng=0)
        trace = layer.forward(x)                            # x (T,B,3), trace.outputs (T,B,8)
        grads = layer.backward(trace, grad_outputs)

    cell: see `cells.Cell`. rng: a numpy.random.Generator or a seed. dtype: np.float64 or np.float32.
    parameters: what the cell declares. The state is h (B,H), or a tuple if the cell's state has several parts.
    Wrong arguments raise ValueError or TypeError that name the argument, what was expected and what came.
    """

    loops = SCAN

    def __init__(self, cell: Cell, input_size: int, hidden_size: int, rng: Any = None, dtype: Any = np.float64):
        self.cell = cell
        self.input_size = check_size("input_size", input_size)
        self.hidden_size = check_size("hidden_size", hidden_size)
        self.dtype = check_dtype(dtype)
        first = cell.first_parameters(self.input_size, self.hidden_size, check_rng(rng))
        self.parameters = {name: array.astype(self.dtype) for name, array in first.items()}
        self._shapes = {name: array.shape for name, array in self.parameters.items()}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.cell!r}, {self.input_size}, {self.hidden_size}, dtype={self.dtype})"

    def forward(self, x: np.ndarray, state: Any = None, lengths: Any = None) -> Trace:
        """Run over x (T,B,I) from a state of parts (B,H), zeros if None -> Trace with outputs (T,B,H).

        lengths (B,): sequence b ends after lengths[b] steps; later outputs are 0.
        trace.state: the state after the last valid step. trace.gates: dict name -> (T,B,H), 0 on padding: what the
        cell calls its gates, and the parts of the state other than the output.
        """
        check_parameters(self.parameters, self._shapes)
        x = check_array("x", x, "T B I", self.dtype, I=self.input_size)
        lengths = check_lengths(lengths, *x.shape[:2])
        if lengths is not None:
            x = np.where(valid_steps(lengths, len(x))[:, :, None], x, 0)
        start = self._check_state("state", state, x.shape[1])
        run = self.loops.run(self.cell, self.parameters, x, start, lengths)
        return Trace(self, run.outputs, self._public(run.state), lengths, run.memory)

    def backward(self, trace: Trace, grad_outputs: np.ndarray | None, grad_state: Any = None) -> Gradients:
        """Back through `forward` (backpropagation through time): ∂L/∂outputs (T,B,H) -> Gradients.

        grad_state: ∂L/∂(final state), shaped like it. None stands for zeros, in either place.
        Returns grads.x (T,B,I), grads.state and grads.parameters.
        """
        check_trace(trace, self)
        T, B, H = trace.outputs.shape
        if grad_outputs is None:
            grad_outputs = np.zeros((T, B, H), self.dtype)
        else:
            grad_outputs = check_array("grad_outputs", grad_outputs, "T B H", self.dtype, T=T, B=B, H=H)
            if trace.lengths is not None:
                grad_outputs = grad_outputs * valid_steps(trace.lengths, T)[:, :, None]
        final = self._check_state("grad_state", grad_state, B)
        grad_x, grad_start, grads = self.loops.run_backward(self.cell, trace.memory, trace.lengths, grad_outputs, final)
        return Gradients(grad_x, self._public(grad_start), grads)

    def _check_state(self, name, state, batch):
        """The parts of a state as a tuple of (B,H); None becomes zeros."""
        names = self.cell.state
        if state is None:
            return (np.zeros((batch, self.hidden_size), self.dtype),) * len(names)
        parts = (state,) if len(names) == 1 else check_tuple(name, state, len(names), f"({', '.join(names)})")
        labels = [name] if len(names) == 1 else [f"{name}[{k}]" for k in range(len(names))]
        return tuple(np.zeros((batch, self.hidden_size), self.dtype) if part is None else
                     check_array(label, part, "B H", self.dtype, B=batch, H=self.hidden_size)
                     for label, part in zip(labels, parts, strict=True))

    def _public(self, parts):
        """One part stands for itself, several are a tuple."""
        return parts[0] if len(self.cell.state) == 1 else tuple(parts)

    def gates_of(self, trace: Trace) -> dict[str, np.ndarray]:
        """What `trace.gates` holds; read-only."""
        return self.loops.gates(self.cell, trace.memory, trace.lengths)


# ------------------------------------------------------------------------------------- what a cell gives

def check_step(cell: Cell, new: Any, gates: Any, state: tuple) -> None:
    """`step` gave (state, gates), as many parts as the cell names, each (B,H) in the layer's dtype."""
    for what, names, parts in (("new state", cell.state, new), ("gates", cell.gates, gates)):
        _check_tuple(f"step of {cell!r} gave as its {what}", parts, names)
        for name, part in zip(names, parts, strict=True):
            if np.shape(part) != state[0].shape:
                raise ValueError(f"step of {cell!r} gave {name} with shape {np.shape(part)}, expected "
                                 f"{state[0].shape}, which is (B, H)")
            if part.dtype != state[0].dtype:
                raise TypeError(f"step of {cell!r} gave {name} in {part.dtype}, expected {state[0].dtype}, the "
                                "layer's dtype")


def check_step_backward(cell: Cell, p: dict, x: np.ndarray, state: tuple, given: Any) -> None:
    """`step_backward` gave (grad_x, a gradient for each part of the state, one for each parameter), shaped alike."""
    who = f"step_backward of {cell!r} gave"
    if not isinstance(given, tuple) or len(given) != 3:
        raise ValueError(f"{who} {_came(given)}, expected three things: grad_x, a tuple of the state's gradients, "
                         "a dict of the parameters' gradients")
    grad_x, grad_state, grads = given
    _check_tuple(f"{who} for the state", grad_state, cell.state)
    if not isinstance(grads, dict) or set(grads) != set(p):
        raise ValueError(f"{who} gradients of {sorted(grads)}, expected those of {sorted(p)}")
    wanted = {"x": x} | dict(zip(cell.state, state, strict=True)) | p
    came = {"x": grad_x} | dict(zip(cell.state, grad_state, strict=True)) | grads
    for name, array in wanted.items():
        if np.shape(came[name]) != array.shape:
            raise ValueError(f"{who} a gradient of {name} with shape {np.shape(came[name])}, expected {array.shape}")


def _check_tuple(what, parts, names):
    if not isinstance(parts, tuple) or len(parts) != len(names):
        raise ValueError(f"{what} {_came(parts)}, expected a tuple of {len(names)}: "
                         f"({', '.join(names)}{',' if len(names) == 1 else ''})")


def _came(value):
    return f"a tuple of {len(value)}" if isinstance(value, tuple) else f"one {type(value).__name__}"
