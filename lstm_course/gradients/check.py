"""Compare a layer's backward pass with central differences, block by block."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lstm_course.networks.interface import is_recurrent, require_layer, run_backward, run_forward, takes
from lstm_course.networks.validation import check_number, check_rng, check_size


@dataclass
class Block:
    """One row of the report: a parameter, the inputs x, or a part of the initial state."""

    name: str
    shape: tuple
    checked: int                # how many entries were compared
    error: float                # largest |backward - differences| / largest |entry| of both
    worst: tuple                # the entry with the largest difference
    ok: bool
    problem: str = ""           # what keeps the two from being compared at all

    @property
    def error_text(self) -> str:
        """The error, or only its bound where it is mere round-off (which differs between machines)."""
        return "< 1e-06" if self.ok and self.error < 1e-6 else f"{self.error:.0e}"

    @property
    def verdict(self) -> str:
        return "ok" if self.ok else f"WRONG, {self.problem or f'most at {self.worst}'}"


@dataclass
class GradientReport:
    """What `check_gradients` found. `ok`: every block agrees. Prints as a table, in Jupyter as HTML."""

    layer: str
    blocks: list[Block] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return all(block.ok for block in self.blocks)

    @property
    def errors(self) -> dict[str, float]:
        """dict block name -> relative error."""
        return {block.name: block.error for block in self.blocks}

    @property
    def wrong(self) -> list[str]:
        """The names of the blocks that disagree."""
        return [block.name for block in self.blocks if not block.ok]

    def _cells(self):
        head = ("block", "shape", "checked", "relative error", "verdict")
        return [head] + [(b.name, "×".join(map(str, b.shape)), str(b.checked), b.error_text, b.verdict)
                         for b in self.blocks]

    def __repr__(self) -> str:
        cells = self._cells()
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
                 for row in cells]
        return "\n".join([f"Gradient check of {self.layer}", *lines, *(f"Warning: {w}" for w in self.warnings)])

    def _repr_html_(self):
        head, *rows = [["<td>{}</td>".format(text.replace("<", "&lt;")) for text in row] for row in self._cells()]
        head = "".join(cell.replace("td>", "th>") for cell in head)
        body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
        notes = "".join(f"<p><b>Warning:</b> {w}</p>" for w in self.warnings)
        return f"<table><caption>Gradient check of {self.layer}</caption><tr>{head}</tr>{body}</table>{notes}"


def check_gradients(layer: Any, x: Any, state: Any = None, lengths: Any = None, *, rng: Any = 0,
                    epsilon: float = 1e-5, tolerance: float = 1e-6, entries: int = 200) -> GradientReport:
    """Is `layer.backward` the derivative of `layer.forward`? -> GradientReport

    The loss is L = Σ outputs ⊙ R + Σ final state ⊙ R' with random R, so that every output and every part of the
    final state counts. Each entry θ is compared with (L(θ + ε) - L(θ - ε)) / 2ε, whose error is of order ε².

    layer: anything with forward, backward and parameters, in float64: a layer, a model, one of your own.
    x: what the layer takes, (T,B,I) if it is recurrent. state: the initial state; by default random and not zero,
    because h₀ = 0 hides mistakes in the gradient of U. lengths (B,) or None.
    entries: at most so many entries of each block are compared, a random choice if there are more.
    The report warns if T < 3 or B < 2, which hide mistakes too.
    Raises TypeError for what is no layer, ValueError for a float32 one, and says what is missing if forward or
    backward do not return what they should.
    """
    rng = check_rng(rng)
    epsilon, tolerance = check_number("epsilon", epsilon, 1e-15, 1), check_number("tolerance", tolerance, 0, 1)
    entries = check_size("entries", entries)
    require_layer("layer", layer)
    for dtype in [getattr(layer, "dtype", np.float64), *(array.dtype for array in layer.parameters.values())]:
        if dtype != np.float64:
            raise ValueError(f"layer has dtype {dtype}, expected float64: differences need its 16 digits")
    for name, given in (("state", state), ("lengths", lengths)):
        if given is not None and name not in takes(layer):
            raise ValueError(f"{name} is given, but forward of {layer!r} takes none; expected {name}=None")
    x = np.array(x)
    probe = _Probe(layer, x.astype(np.float64) if x.dtype.kind == "f" else x, state, lengths, rng)
    report = GradientReport(repr(layer), warnings=_warnings(probe, state))
    for name, array, gradient in probe.blocks():
        report.blocks.append(_check_block(name, array, gradient, probe.loss, rng, epsilon, tolerance, entries))
    return report


class _Probe:
    """A layer with inputs, an initial state and a random loss on everything that comes out."""

    def __init__(self, layer, x, state, lengths, rng):
        self.layer, self.x, self.lengths, self.state = layer, x, lengths, state
        if is_recurrent(layer):
            reached = self.forward().state
            self.state = _map(lambda part: _random_like(part, rng), reached) if state is None else _map(np.copy, state)
        self.trace = self.forward()
        self.grad_outputs = _random_like(self.trace.outputs, rng)
        self.grad_state = _map(lambda part: _random_like(part, rng), self._final(self.trace))

    def forward(self):
        return run_forward(self.layer, self.x, self.state, self.lengths)

    def _final(self, trace):
        return trace.state if is_recurrent(self.layer) else None

    def loss(self) -> float:
        """Σ outputs ⊙ R + Σ final state ⊙ R'"""
        trace = self.forward()
        states = zip(_leaves(self._final(trace)), _leaves(self.grad_state), strict=True)
        return (trace.outputs * self.grad_outputs).sum() + sum((s * r).sum() for s, r in states)

    def blocks(self) -> Iterator[tuple[str, np.ndarray, Any]]:
        """(name, array, ∂L/∂array) of each parameter, of x, and of each part of the initial state."""
        grads = run_backward(self.layer, self.trace, self.grad_outputs, self.grad_state)
        yield from ((name, array, grads.parameters[name]) for name, array in self.layer.parameters.items())
        if grads.x is not None:
            yield "x", self.x, grads.x
        arrays, found = _leaves(self.state), _leaves(getattr(grads, "state", None))
        if len(found) != len(arrays):
            raise ValueError(f"backward of {self.layer!r} gave {len(found)} gradients for the state, expected "
                             f"{len(arrays)}: one for each of its parts")
        names = ["state"] if len(arrays) == 1 else [f"state[{k}]" for k in range(len(arrays))]
        yield from zip(names, arrays, found, strict=True)


def _check_block(name: str, array: np.ndarray, gradient: Any, loss: Callable[[], float], rng: np.random.Generator,
                 epsilon: float, tolerance: float, entries: int) -> Block:
    """Compare up to `entries` entries of one block with central differences."""
    if np.shape(gradient) != array.shape:
        return Block(name, array.shape, 0, np.inf, (), False, f"its gradient has shape {np.shape(gradient)}")
    where = np.arange(array.size)
    if array.size > entries:
        where = np.sort(rng.choice(array.size, entries, replace=False))
    backward = np.asarray(gradient).ravel()[where]
    differences = np.array([_difference(array, np.unravel_index(k, array.shape), loss, epsilon) for k in where])
    distance = np.abs(backward - differences)
    size = max(np.abs(backward).max(), np.abs(differences).max(), 1e-6)
    error = distance.max() / size if np.isfinite(size) else np.inf
    worst = tuple(map(int, np.unravel_index(where[distance.argmax()], array.shape)))
    return Block(name, array.shape, len(where), float(error), worst, bool(error < tolerance))


def _difference(array, index, loss, epsilon):
    """(L(θ + ε) - L(θ - ε)) / 2ε for one entry θ of the array, which is put back as it was."""
    value = array[index]
    try:
        array[index] = value + epsilon
        above = loss()
        array[index] = value - epsilon
        below = loss()
    finally:
        array[index] = value
    return (above - below) / (2 * epsilon)


def _warnings(probe, state):
    """What T, B and the state hide; for a layer that carries a state."""
    found = []
    if not _leaves(probe.state):
        return found
    T, B = probe.x.shape[:2]
    if T < 3:
        found.append(f"T = {T} is short: mistakes in what is carried over time stay hidden; use T ≥ 3")
    if B < 2:
        found.append(f"B = {B}: mistakes in the sum over sequences stay hidden; use B ≥ 2")
    if state is not None and not any(part.any() for part in _leaves(state)):
        found.append("the initial state is 0, which hides mistakes in the gradient of U")
    return found


# A state is an array, a tuple of states, or None where there is none.

def _map(function, state):
    if isinstance(state, tuple | list):
        return tuple(_map(function, part) for part in state)
    return None if state is None else function(state)


def _leaves(state):
    if state is None:
        return []
    return [leaf for part in state for leaf in _leaves(part)] if isinstance(state, tuple | list) else [state]


def _random_like(array, rng):
    return rng.standard_normal(np.shape(array))
