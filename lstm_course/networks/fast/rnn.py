"""The simple recurrent network over whole sequences, fast. Its formula stands in cells.py."""

from contextlib import nullcontext

import numpy as np

from lstm_course.networks.cells import RNNCell
from lstm_course.networks.fast.layout import (
    add_product,
    final_state,
    read_only,
    sequence_ends,
    sigmoid_of_negative,
    stack_parameters,
    stack_steps,
    unstack_parameters,
    windows,
)
from lstm_course.networks.functions import SLOPES
from lstm_course.networks.layer import Loops, Run


def run(cell: RNNCell, p: dict, x: np.ndarray, state: tuple, lengths: np.ndarray | None) -> Run:
    """The time loop. Inside, one step is s = [h; x; 1].

    On padding h is set to 0 at once, because relu's h is not bounded and could overflow there.
    """
    (h0,), T = state, len(x)
    H, K = h0.shape[1], stack_parameters(p)
    Kt = -K.T if cell.activation == "sigmoid" else K.T.copy()
    s, one = stack_steps(x, h0), x.dtype.type(1)
    with np.errstate(over="ignore") if cell.activation == "sigmoid" else nullcontext():
        for t, (s_t, h) in enumerate(zip(s[:T], s[1:, :H], strict=True)):
            np.dot(Kt, s_t, out=h)                               # z = x W + h U + b
            if cell.activation == "relu":
                np.maximum(h, 0, out=h)
            elif cell.activation == "tanh":
                np.tanh(h, out=h)
            else:
                sigmoid_of_negative(h, one)
            if lengths is not None:
                h *= t < lengths
    h = s[:, :H]
    return Run(read_only(h[1:]), (final_state(h, lengths),), {"K": K, "s": s, "H": H})


def run_backward(cell: RNNCell, memory: dict, lengths: np.ndarray | None, grad_outputs: np.ndarray,
                 grad_state: tuple) -> tuple[np.ndarray, tuple, dict]:
    """Back through `run`."""
    (T, B, H), (final_h,) = grad_outputs.shape, grad_state
    K, s, ends = memory["K"], memory["s"], sequence_ends(lengths, T)
    Kh, dh = K[:H].copy(), np.zeros((H, B), s.dtype)
    grad_outputs, final_h = grad_outputs.transpose(0, 2, 1), final_h.T
    sums = {"x": np.empty((T, B, len(K) - H - 1), s.dtype)}
    for window in windows(T, dh.nbytes):
        dz = SLOPES[cell.activation](s[1:, :H][window])
        for t, dz_t in reversed(list(zip(range(window.start, window.stop), dz, strict=True))):
            dh += grad_outputs[t]
            if t in ends:
                dh[:, ends[t]] += final_h[:, ends[t]]
            dz_t *= dh
            np.dot(Kh, dz_t, out=dh)
        add_product(sums, memory, window, dz)
    return sums["x"], (dh.T.copy(),), unstack_parameters(sums["K"], H)


def gates(cell: RNNCell, memory: dict, lengths: np.ndarray | None) -> dict:
    """There are none."""
    return {}


LOOPS = Loops(run, run_backward, gates)
