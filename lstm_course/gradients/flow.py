"""How far does a gradient reach? The true Jacobians of the state over time, never an estimate."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_course.networks.lstm import LSTM
from lstm_course.networks.validation import check_array


@dataclass
class GradientFlow:
    """Spectral norms ‖∂…_T/∂…_t‖₂ for t = 0 … T, each (T+1,); at t = T they are 1.

    h: of h_T by h_t alone (for an LSTM c_t is held fixed). state: of the whole state, which is (h, c) for an LSTM.
    c: of c_T by c_t alone (h_t held fixed), only if the state is (h, c).
    direct: the largest entry of the direct path ∏ f from t+1 to T, only if there is a c and a gate f: what is left of
    the cell state if one ignores that the gates look at h.
    """

    h: np.ndarray
    state: np.ndarray
    c: np.ndarray | None = None
    direct: np.ndarray | None = None


def gradient_flow(layer: Any, x: np.ndarray, state: Any = None) -> GradientFlow:
    """Measure ‖∂s_T/∂s_t‖₂ for every t along the sequence x (T,1,I), from `state` (zeros if None).

    layer: one recurrent layer with a cell, such as RNN, LSTM, GRU or `Recurrent` of a cell of your own.
    Raises ValueError or TypeError for anything else, and for an x or a state that does not fit.
    """
    if not hasattr(layer, "cell"):
        raise TypeError(f"layer is {layer!r}, expected one plain RNN, LSTM or GRU, or Recurrent(cell, ...)")
    check_array("x", x, "T B I", layer.dtype, B=1, I=layer.input_size)
    trace, names, H = layer.forward(x, state), layer.cell.state, layer.hidden_size
    full = _jacobians(layer, x.astype(layer.dtype, copy=False), trace, state, layer.parameters)
    flow = GradientFlow(h=spectral_norms(full[:, :H, :H]), state=spectral_norms(full))
    if names == ("h", "c"):
        flow.c = spectral_norms(full[:, H:, H:])
        if "f" in layer.cell.gates:
            later = np.cumprod(trace.gates["f"][::-1, 0], axis=0)[::-1]                 # (T,H): ∏ f from step t on
            flow.direct = np.append(later.max(axis=1), later.dtype.type(1))
    return flow


def gradient_ways(layer: LSTM, x: np.ndarray, ways: str = "ifgo") -> np.ndarray:
    """‖∂c_T/∂c_t‖₂ for t = 0 … T, (T+1,), of an LSTM along x (T,1,I), if h may reach the next step by some ways only.

    ways: the letters of what may look at h, of "ifgo". "ifgo" is the full Jacobian, `gradient_flow(layer, x).c`; "" is
    the direct path ∏ f, `.direct`; "g" leaves the candidate, "ifo" the three gates. The forward pass is the same for
    all: only the derivatives of the other ways are taken out, by zeros in their blocks of U on the way back.
    Raises ValueError or TypeError for another layer, unknown letters, or an x that does not fit.
    """
    if not isinstance(layer, LSTM) or layer.peephole:
        raise TypeError(f"layer is {layer!r}, expected an LSTM without peepholes")
    if set(ways) - set("ifgo"):
        raise ValueError(f"ways is {ways!r}, expected some of the letters i, f, g, o")
    check_array("x", x, "T B I", layer.dtype, B=1, I=layer.input_size)
    kept = np.repeat([float(gate in ways) for gate in "ifgo"], layer.hidden_size).astype(layer.dtype)
    parameters = {**layer.parameters, "U": layer.parameters["U"] * kept}
    full = _jacobians(layer, x.astype(layer.dtype, copy=False), layer.forward(x), None, parameters)
    return spectral_norms(full[:, layer.hidden_size:, layer.hidden_size:])


def _jacobians(layer, x, trace, state, parameters):
    """∂s_T/∂s_t for t = 0 … T, (T+1,nH,nH), where the state s has n parts.

    Every unit vector of the final state is sent back through all T steps at once, as the rows of a batch; after
    step t these rows are the Jacobian ∂s_T/∂s_t.
    """
    cell, p, T = layer.cell, parameters, len(x)
    states, gates = _states(layer, trace, state), [trace.gates[name] for name in cell.gates]
    rows = np.split(np.eye(len(states) * layer.hidden_size, dtype=layer.dtype), len(states), axis=1)
    found = [np.hstack(rows)]
    for t in reversed(range(T)):
        before, after, now = ([part[at] for part in parts] for parts, at in ((states, t), (states, t + 1), (gates, t)))
        x_t, before, after, now = _repeat(len(rows[0]), x[t], before, after, now)
        _, rows, _ = cell.step_backward(tuple(rows), x_t, before, after, now, p)
        found.append(np.hstack(rows))
    return np.stack(found[::-1])


def _states(layer, trace, state):
    """For each part of the state (T+1,1,H): before the first step (zeros if None) and after each one."""
    names = layer.cell.state
    first = state if isinstance(state, tuple | list) else [state] * len(names)
    later = [trace.outputs, *(trace.gates[name] for name in names[1:])]
    zeros = np.zeros((1, layer.hidden_size), layer.dtype)
    return [np.concatenate([(zeros if start is None else start)[None], steps]).astype(layer.dtype, copy=False)
            for start, steps in zip(first, later, strict=True)]


def _repeat(count, x, *parts):
    """Each (1,K) -> (count,K): the same step for every unit vector."""
    repeat = lambda row: np.repeat(row, count, axis=0)
    return repeat(x), *(tuple(map(repeat, part)) for part in parts)


def spectral_norms(matrices: np.ndarray) -> np.ndarray:
    """(T+1,K,K) -> (T+1,), the largest singular value of each."""
    return np.linalg.norm(matrices, ord=2, axis=(1, 2))
