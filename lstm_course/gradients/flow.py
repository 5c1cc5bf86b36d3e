"""How far does a gradient reach? The true Jacobians of the state over time, never an estimate."""

from dataclasses import dataclass

import numpy as np

from lstm_course.networks import GRU, LSTM, RNN, cells
from lstm_course.networks.validation import check_array


@dataclass
class GradientFlow:
    """Spectral norms ‖∂…_T/∂…_t‖₂ for t = 0 … T, each (T+1,); at t = T they are 1.

    h: of h_T by h_t alone (for an LSTM c_t is held fixed). state: of the whole state, which is (h, c) for an LSTM.
    c: of c_T by c_t alone (h_t held fixed), only for an LSTM.
    direct: the largest entry of the direct path ∏ f from t+1 to T, only for an LSTM: what is left of the cell
    state if one ignores that the gates look at h.
    """

    h: np.ndarray
    state: np.ndarray
    c: np.ndarray | None = None
    direct: np.ndarray | None = None


def gradient_flow(layer, x, state=None):
    """Measure ‖∂s_T/∂s_t‖₂ for every t along the sequence x (T,1,I), from `state` (zeros if None).

    Every unit vector of the final state is sent back through all T steps at once, as the rows of a batch; after
    step t these rows are the Jacobian ∂s_T/∂s_t.
    layer: one plain RNN, LSTM or GRU. Raises ValueError or TypeError for anything else.
    """
    if not isinstance(layer, RNN | LSTM | GRU):
        raise TypeError(f"layer is {layer!r}, expected one plain RNN, LSTM or GRU")
    check_array("x", x, "T B I", layer.dtype, B=1, I=layer.input_size)
    trace = layer.forward(x, state)
    if isinstance(layer, LSTM):
        return _lstm_flow(layer, x, trace, state)
    rows = np.stack(_jacobians(layer, x, trace, state))
    norms = _spectral_norms(rows)
    return GradientFlow(h=norms, state=norms)


def _jacobians(layer, x, trace, state):
    """∂h_T/∂h_t of an RNN or GRU for t = 0 … T, each (H,H)."""
    p, H = layer.parameters, layer.hidden_size
    h = _states(trace.outputs, state, layer)
    rows, found = np.eye(H, dtype=layer.dtype), []
    for t in reversed(range(len(x))):
        found.append(rows)
        if isinstance(layer, RNN):
            _, rows, _ = cells.rnn_step_backward(rows, *_repeat(H, x[t], h[t], h[t + 1]), p["W"], p["U"],
                                                 layer.activation)
        else:
            gates = cells.GRUGates(*_repeat(H, *(trace.gates[name][t] for name in "rzn")))
            _, rows, _ = cells.gru_step_backward(rows, *_repeat(H, x[t], h[t]), gates, p["W"], p["U"],
                                                 p.get("b_hn"))
    return [rows, *found[::-1]]


def _lstm_flow(layer, x, trace, state):
    """The (h, c) Jacobians (2H,2H) of an LSTM for t = 0 … T, and what is read off them."""
    p, H = layer.parameters, layer.hidden_size
    h = _states(trace.outputs, None if state is None else state[0], layer)
    c = _states(trace.gates["c"], None if state is None else state[1], layer)
    rows_h, rows_c = np.split(np.eye(2 * H, dtype=layer.dtype), 2, axis=1)
    direct = np.ones(H, layer.dtype)
    found, paths = [np.hstack([rows_h, rows_c])], [direct]
    for t in reversed(range(len(x))):
        gates = cells.LSTMGates(*_repeat(2 * H, *(trace.gates[name][t] for name in "ifgo")))
        _, rows_h, rows_c, _ = cells.lstm_step_backward(
            rows_h, rows_c, *_repeat(2 * H, x[t], h[t], c[t], c[t + 1]), gates, p["W"], p["U"], p.get("P"),
            layer.output_activation)
        direct = direct * gates.f[0]
        found.append(np.hstack([rows_h, rows_c]))
        paths.append(direct)
    full = np.stack(found[::-1])
    return GradientFlow(h=_spectral_norms(full[:, :H, :H]), state=_spectral_norms(full),
                        c=_spectral_norms(full[:, H:, H:]), direct=np.stack(paths[::-1]).max(axis=1))


def _states(later, first, layer):
    """(T+1,1,H): the state before the first step (zeros if None) and after each one."""
    first = np.zeros((1, layer.hidden_size), layer.dtype) if first is None else first
    return np.concatenate([first[None], later])


def _repeat(count, *rows):
    """Each (1,K) -> (count,K): the same step for every unit vector."""
    return [np.repeat(row, count, axis=0) for row in rows]


def _spectral_norms(matrices):
    """(T+1,K,K) -> (T+1,), the largest singular value of each."""
    return np.linalg.norm(matrices, ord=2, axis=(1, 2))
