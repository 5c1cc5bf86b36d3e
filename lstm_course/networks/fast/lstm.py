"""The LSTM over whole sequences, fast. Its formulas stand in cells.py."""

import numpy as np

from lstm_course.networks.cells import LSTMCell
from lstm_course.networks.fast.layout import (
    add_product,
    add_to,
    blocks,
    clear_padding,
    final_state,
    read_only,
    sequence_ends,
    sigmoid_of_negative,
    stack_parameters,
    stack_steps,
    unstack_parameters,
    windows,
)
from lstm_course.networks.layer import Loops, Run


def run(cell: LSTMCell, p: dict, x: np.ndarray, state: tuple, lengths: np.ndarray | None) -> Run:
    """The time loop. Inside, one step is s = [h; x; 1], gates = [i; f; g; o], c and squashed_c (H,B)."""
    (h0, c0), (T, B, _) = state, x.shape
    H, K = h0.shape[1], stack_parameters(p)
    Kt = K.T.copy()
    for sigmoids in (slice(0, 2 * H), slice(3 * H, 4 * H)):
        np.negative(Kt[sigmoids], out=Kt[sigmoids])
    P = p["P"].copy()[:, :, None] if cell.peephole else None
    s, gates, c = stack_steps(x, h0), np.empty((T, 4 * H, B), x.dtype), np.empty((T + 1, H, B), x.dtype)
    written, one = np.empty((H, B), x.dtype), x.dtype.type(1)
    c[0] = c0.T
    squash = cell.output_activation == "tanh"
    squashed_c = np.empty((T, H, B), x.dtype) if squash else c[1:]
    with np.errstate(over="ignore"):
        for s_t, z, i_f, i, f, g, o, c_prev, c_t, squashed, h in zip(
                s[:T], gates, gates[:, :2 * H], *blocks(gates, 4), c[:T], c[1:], squashed_c, s[1:, :H], strict=True):
            np.dot(Kt, s_t, out=z)                               # z = x W + h U + b, for i, f, o with a minus
            if P is not None:
                i -= P[0] * c_prev
                f -= P[1] * c_prev
            sigmoid_of_negative(i_f, one)
            np.tanh(g, out=g)
            np.multiply(f, c_prev, out=c_t)
            np.multiply(i, g, out=written)
            c_t += written                                       # c' = f ⊙ c + i ⊙ g
            if P is not None:
                o -= P[2] * c_t
            sigmoid_of_negative(o, one)
            if squash:
                np.tanh(c_t, out=squashed)
            np.multiply(o, squashed, out=h)                      # h' = o ⊙ tanh(c')
    h = s[:, :H]
    final = final_state(h, lengths), final_state(c, lengths)
    clear_padding(lengths, h[1:], c[1:], gates, squashed_c)
    return Run(read_only(h[1:]), final,
               {"K": K, "P": P, "s": s, "H": H, "gates": gates, "c": c, "squashed_c": squashed_c})


def run_backward(cell: LSTMCell, memory: dict, lengths: np.ndarray | None, grad_outputs: np.ndarray,
                 grad_state: tuple) -> tuple[np.ndarray, tuple, dict]:
    """Back through `run`."""
    (T, B, H), (final_h, final_c) = grad_outputs.shape, grad_state
    K, P, gates, ends = memory["K"], memory["P"], memory["gates"], sequence_ends(lengths, T)
    Kh = K[:H].copy()
    dh, dc, through_h = (np.zeros((H, B), K.dtype) for _ in range(3))
    grad_outputs, final_h, final_c = grad_outputs.transpose(0, 2, 1), final_h.T, final_c.T
    sums = {"x": np.empty((T, B, len(K) - H - 1), K.dtype)}
    for window in windows(T, gates[0].nbytes):
        dz, dc_dh = slopes(cell, memory, window)
        steps = zip(range(window.start, window.stop), dz, dz[:, :3 * H].reshape(-1, 3, H, B), dz[:, 3 * H:],
                    gates[window, H:2 * H], dc_dh, strict=True)
        for t, dz_t, d_ifg, d_o, f, dc_dh_t in reversed(list(steps)):
            dh += grad_outputs[t]
            if t in ends:
                dh[:, ends[t]] += final_h[:, ends[t]]
                dc[:, ends[t]] += final_c[:, ends[t]]
            np.multiply(dh, dc_dh_t, out=through_h)
            dc += through_h                                      # into c' through h' = o ⊙ tanh(c')
            d_o *= dh
            if P is not None:
                dc += P[2] * d_o                                 # into c' through o's peephole
            d_ifg *= dc
            dc *= f                                              # into c directly: c' = f ⊙ c + i ⊙ g
            if P is not None:
                dc += P[0] * d_ifg[0] + P[1] * d_ifg[1]                    # into c through the peepholes of i and f
            np.dot(Kh, dz_t, out=dh)                             # into h through all four gates
        add_product(sums, memory, window, dz)
        if P is not None:
            add_peepholes(sums, memory["c"], window, dz)
    grads = unstack_parameters(sums["K"], H)
    return sums["x"], (dh.T.copy(), dc.T.copy()), grads | ({"P": sums["P"]} if P is not None else {})


def slopes(cell: LSTMCell, memory: dict, window: slice) -> tuple[np.ndarray, np.ndarray]:
    """What does not depend on the gradients that arrive, for a window of m steps at once.

    dz (m,4H,B): ∂c'/∂z for the rows of i, f, g, and ∂h'/∂z for those of o; dc_dh (m,H,B): ∂h'/∂c'.
    """
    H, gates, squashed = memory["H"], memory["gates"][window], memory["squashed_c"][window]
    i, _, g, o = blocks(gates, 4)
    dz = 1 - gates
    d_i, d_f, d_g, d_o = blocks(dz, 4)
    dz[:, :2 * H] *= gates[:, :2 * H]
    d_i *= g                                                     # g i (1 - i)
    d_f *= memory["c"][window]                                   # c f (1 - f)
    d_g *= 1 + g
    d_g *= i                                                     # i (1 - g²)
    d_o *= o
    d_o *= squashed                                              # tanh(c') o (1 - o)
    if cell.output_activation == "identity":
        return dz, o
    dc_dh = squashed * squashed
    np.subtract(1, dc_dh, out=dc_dh)
    dc_dh *= o                                                   # o (1 - tanh²(c'))
    return dz, dc_dh


def add_peepholes(sums: dict, c: np.ndarray, window: slice, dz: np.ndarray) -> None:
    """Add a window's part of the gradient of P: i and f looked at the old c, o at the new one."""
    d_i, d_f, _, d_o = blocks(dz, 4)
    looked_at = ((d_i, c[:-1][window]), (d_f, c[:-1][window]), (d_o, c[1:][window]))
    add_to(sums, "P", np.stack([(d * seen).sum(axis=(0, 2)) for d, seen in looked_at]))


def gates(cell: LSTMCell, memory: dict, lengths: np.ndarray | None) -> dict:
    """i, f, g, o and c, each (T,B,H)."""
    named = zip("ifgo", map(read_only, blocks(memory["gates"], 4)), strict=True)
    return dict(named) | {"c": read_only(memory["c"][1:])}


LOOPS = Loops(run, run_backward, gates)
