"""The LSTM over whole sequences, fast. Its formulas stand in cells.py.

Inside, the gates stand in the order o, i, f, g, so that the sigmoids are neighbours, and so are the roads into c'.
"Folded" parameters K are in this order, transposed, and negative for o, i, f, because σ(z) = 1 / (1 + e⁻ᶻ); what is
called ∂z here is the gradient of the folded pre-activation.
"""

import numpy as np

from lstm_course.networks.cells import LSTMCell
from lstm_course.networks.fast.layout import (
    add_to,
    as_columns,
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


def fold(K: np.ndarray, H: int) -> np.ndarray:
    """(H+I+1, 4H) in the order i, f, g, o -> (4H, H+I+1) in the order o, i, f, g, with a minus before o, i, f."""
    folded = np.empty(K.shape[::-1], K.dtype)
    np.negative(K[:, 3 * H:].T, out=folded[:H])
    np.negative(K[:, :2 * H].T, out=folded[H:3 * H])
    folded[3 * H:] = K[:, 2 * H:3 * H].T
    return folded


def unfold(grad_K: np.ndarray, H: int) -> np.ndarray:
    """The gradient of the folded parameters, (H+I+1, 4H) -> that of the parameters, in the order i, f, g, o."""
    np.negative(grad_K[:, :3 * H], out=grad_K[:, :3 * H])
    return np.concatenate([grad_K[:, H:], grad_K[:, :H]], axis=1)


def run(cell: LSTMCell, p: dict, x: np.ndarray, state: tuple, lengths: np.ndarray | None) -> Run:
    """The time loop. Inside, one step is s = [h; x; 1], gates = [o; i; f; g], c and squashed_c (H,B)."""
    (h0, c0), (T, B, _) = state, x.shape
    H, one = h0.shape[1], x.dtype.type(1)
    K = fold(stack_parameters(p), H)
    P = -p["P"][:, :, None] if cell.peephole else None
    s, gates, c = stack_steps(x, h0), np.empty((T, 4 * H, B), x.dtype), np.empty((T + 1, H, B), x.dtype)
    written = np.empty((H, B), x.dtype)
    c[0] = c0.T
    squash = cell.output_activation == "tanh"
    squashed_c = np.empty((T, H, B), x.dtype) if squash else c[1:]
    before_c = gates[:, :3 * H] if P is None else gates[:, H:3 * H]      # with peepholes, o has to wait for c'
    with np.errstate(over="ignore"):
        for s_t, z, sigmoids, o, i, f, g, c_prev, c_t, squashed, h in zip(
                s[:T], gates, before_c, *blocks(gates, 4), c[:T], c[1:], squashed_c, s[1:, :H], strict=True):
            np.dot(K, s_t, out=z)                                # x W + h U + b, for o, i, f with a minus
            if P is not None:
                i += P[0] * c_prev
                f += P[1] * c_prev
            sigmoid_of_negative(sigmoids, one)
            np.tanh(g, out=g)
            np.multiply(f, c_prev, out=c_t)
            np.multiply(i, g, out=written)
            c_t += written                                       # c' = f ⊙ c + i ⊙ g
            if P is not None:
                o += P[2] * c_t
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
    U = K[:, :H].T.copy()
    dh, dc, through_h = (np.zeros((H, B), K.dtype) for _ in range(3))
    grad_outputs, final_h, final_c = grad_outputs.transpose(0, 2, 1), final_h.T, final_c.T
    sums: dict[str, np.ndarray] = {}
    grad_x = np.empty((T, B, K.shape[1] - H - 1), K.dtype)
    for window in windows(T, gates[0].nbytes):
        dz, dc_dh = slopes(cell, memory, window)
        steps = zip(range(window.start, window.stop), dz, dz[:, :H], dz[:, H:].reshape(-1, 3, H, B),
                    gates[window, 2 * H:3 * H], dc_dh, strict=True)
        for t, dz_t, d_o, d_ifg, f, dc_dh_t in reversed(list(steps)):
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
                dc += P[0] * d_ifg[0] + P[1] * d_ifg[1]          # into c through the peepholes of i and f
            np.dot(U, dz_t, out=dh)                              # into h through all four gates
        columns = as_columns(dz)
        add_to(sums, "K", as_columns(memory["s"][window]) @ columns.T)
        grad_x[window] = (columns.T @ K[:, H:-1]).reshape(grad_x[window].shape)
        if P is not None:
            add_peepholes(sums, memory["c"], window, dz)
    grads = unstack_parameters(unfold(sums["K"], H), H)
    return grad_x, (dh.T.copy(), dc.T.copy()), grads | ({"P": -sums["P"]} if P is not None else {})


def slopes(cell: LSTMCell, memory: dict, window: slice) -> tuple[np.ndarray, np.ndarray]:
    """What does not depend on the gradients that arrive, for a window of m steps at once.

    dz (m,4H,B): ∂h'/∂z for the rows of o, ∂c'/∂z for those of i, f, g; dc_dh (m,H,B): ∂h'/∂c'.
    """
    H, gates, squashed = memory["H"], memory["gates"][window], memory["squashed_c"][window]
    (o, i, _, g), dz = blocks(gates, 4), np.empty_like(gates)
    d_o, d_i, d_f, d_g = blocks(dz, 4)
    np.subtract(gates[:, :3 * H], 1, out=dz[:, :3 * H])
    dz[:, :3 * H] *= gates[:, :3 * H]                            # -σ (1 - σ)
    d_o *= squashed
    d_i *= g
    d_f *= memory["c"][window]
    np.multiply(g, g, out=d_g)
    np.subtract(1, d_g, out=d_g)
    d_g *= i                                                     # i (1 - g²)
    if cell.output_activation == "identity":
        return dz, o
    dc_dh = squashed * squashed
    np.subtract(1, dc_dh, out=dc_dh)
    dc_dh *= o                                                   # o (1 - tanh²(c'))
    return dz, dc_dh


def add_peepholes(sums: dict, c: np.ndarray, window: slice, dz: np.ndarray) -> None:
    """Add a window's part of the gradient of P: i and f looked at the old c, o at the new one."""
    d_o, d_i, d_f, _ = blocks(dz, 4)
    looked_at = ((d_i, c[:-1][window]), (d_f, c[:-1][window]), (d_o, c[1:][window]))
    add_to(sums, "P", np.stack([(d * seen).sum(axis=(0, 2)) for d, seen in looked_at]))


def gates(cell: LSTMCell, memory: dict, lengths: np.ndarray | None) -> dict:
    """i, f, g, o and c, each (T,B,H)."""
    o, i, f, g = map(read_only, blocks(memory["gates"], 4))
    return {"i": i, "f": f, "g": g, "o": o, "c": read_only(memory["c"][1:])}


LOOPS = Loops(run, run_backward, gates)
