"""Compare a layer's backward pass with central differences, block by block."""

from dataclasses import dataclass, field

import numpy as np

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

    @property
    def error_text(self):
        """The error, or only its bound where it is mere round-off (which differs between machines)."""
        return "< 1e-06" if self.ok and self.error < 1e-6 else f"{self.error:.0e}"

    @property
    def verdict(self):
        return "ok" if self.ok else f"WRONG, most at {self.worst}"


@dataclass
class GradientReport:
    """What `check_gradients` found. `ok`: every block agrees. Prints as a table, in Jupyter as HTML."""

    layer: str
    blocks: list = field(default_factory=list)
    warnings: list = field(default_factory=list)

    @property
    def ok(self):
        return all(block.ok for block in self.blocks)

    @property
    def errors(self):
        """dict block name -> relative error."""
        return {block.name: block.error for block in self.blocks}

    @property
    def wrong(self):
        """The names of the blocks that disagree."""
        return [block.name for block in self.blocks if not block.ok]

    def _cells(self):
        head = ("block", "shape", "checked", "relative error", "verdict")
        return [head] + [(b.name, "×".join(map(str, b.shape)), str(b.checked), b.error_text, b.verdict)
                         for b in self.blocks]

    def __repr__(self):
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


def check_gradients(layer, x, state=None, lengths=None, *, rng=0, epsilon=1e-5, tolerance=1e-6, entries=200):
    """Is `layer.backward` the derivative of `layer.forward`? -> GradientReport

    The loss is L = Σ outputs ⊙ R + Σ final state ⊙ R' with random R, so that every output and every part of the
    final state counts. Each entry θ is compared with (L(θ + ε) - L(θ - ε)) / 2ε, whose error is of order ε².

    layer: any float64 layer of this package. x (T,B,I) (for an Embedding: tokens). state: the initial state;
    by default random and not zero, because h₀ = 0 hides mistakes in the gradient of U. lengths (B,) or None.
    entries: at most so many entries of each block are compared, a random choice if there are more.
    The report warns if T < 3 or B < 2, which hide mistakes too. Raises ValueError for a float32 layer.
    """
    rng = check_rng(rng)
    epsilon, tolerance = check_number("epsilon", epsilon, 1e-15, 1), check_number("tolerance", tolerance, 0, 1)
    entries = check_size("entries", entries)
    if not all(hasattr(layer, name) for name in ("forward", "backward", "parameters", "dtype")):
        raise TypeError(f"layer is {layer!r}, expected a layer of this package, for example LSTM(3, 4)")
    if layer.dtype != np.float64:
        raise ValueError(f"layer has dtype {layer.dtype}, expected float64: differences need its 16 digits")
    probe = _Probe(layer, np.array(x), state, lengths, rng)
    report = GradientReport(repr(layer), warnings=_warnings(layer, probe.x, state))
    for name, array, gradient in probe.blocks():
        report.blocks.append(_check_block(name, array, gradient, probe.loss, rng, epsilon, tolerance, entries))
    return report


class _Probe:
    """A layer with inputs, an initial state and a random loss on everything that comes out."""

    def __init__(self, layer, x, state, lengths, rng):
        self.layer, self.x, self.recurrent = layer, x, hasattr(layer, "hidden_size")
        self.options = {"lengths": lengths} if self.recurrent else {}
        if self.recurrent:
            reached = layer.forward(x, state, lengths).state
            start = _map(lambda part: _random_like(part, rng), reached) if state is None else _map(np.copy, state)
            self.options["state"] = start
        self.trace = self._forward()
        self.grad_outputs = _random_like(self.trace.outputs, rng)
        self.grad_state = _map(lambda part: _random_like(part, rng), self.trace.state) if self.recurrent else None

    def _forward(self):
        return self.layer.forward(self.x, **self.options)

    def loss(self):
        """Σ outputs ⊙ R + Σ final state ⊙ R'"""
        trace = self._forward()
        states = zip(_leaves(trace.state), _leaves(self.grad_state), strict=True)
        return (trace.outputs * self.grad_outputs).sum() + sum((s * r).sum() for s, r in states)

    def blocks(self):
        """(name, array, ∂L/∂array) of each parameter, of x, and of each part of the initial state."""
        extra = (self.grad_state,) if self.recurrent else ()
        grads = self.layer.backward(self.trace, self.grad_outputs, *extra)
        found = [(name, array, grads.parameters[name]) for name, array in self.layer.parameters.items()]
        if grads.x is not None:
            found.append(("x", self.x, grads.x))
        if self.recurrent:
            states = list(zip(_leaves(self.options["state"]), _leaves(grads.state), strict=True))
            names = ["state"] if len(states) == 1 else [f"state[{k}]" for k in range(len(states))]
            found += [(name, array, grad) for name, (array, grad) in zip(names, states, strict=True)]
        return found


def _check_block(name, array, gradient, loss, rng, epsilon, tolerance, entries):
    """Compare up to `entries` entries of one block with central differences."""
    where = np.arange(array.size)
    if array.size > entries:
        where = np.sort(rng.choice(array.size, entries, replace=False))
    backward = np.asarray(gradient).ravel()[where]
    differences = np.array([_difference(array, np.unravel_index(k, array.shape), loss, epsilon) for k in where])
    distance = np.abs(backward - differences)
    size = max(np.abs(backward).max(), np.abs(differences).max(), 1e-6)
    error = distance.max() / size if np.isfinite(size) else np.inf
    worst = tuple(map(int, np.unravel_index(where[distance.argmax()], array.shape)))
    fits = np.shape(gradient) == array.shape and bool(error < tolerance)
    return Block(name, array.shape, len(where), float(error), worst, fits)


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


def _warnings(layer, x, state):
    if not hasattr(layer, "hidden_size") or x.ndim != 3:
        return []
    found = []
    if len(x) < 3:
        found.append(f"T = {len(x)} is short: mistakes in what is carried over time stay hidden; use T ≥ 3")
    if x.shape[1] < 2:
        found.append(f"B = {x.shape[1]}: mistakes in the sum over sequences stay hidden; use B ≥ 2")
    if state is not None and not any(part.any() for part in _leaves(state)):
        found.append("the initial state is 0, which hides mistakes in the gradient of U")
    return found


# A state is an array or a tuple of states.

def _map(function, state):
    return tuple(_map(function, part) for part in state) if isinstance(state, tuple | list) else function(state)


def _leaves(state):
    if state is None:
        return []
    return [leaf for part in state for leaf in _leaves(part)] if isinstance(state, tuple | list) else [state]


def _random_like(array, rng):
    return rng.standard_normal(array.shape)
