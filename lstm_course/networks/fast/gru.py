"""The GRU over whole sequences, fast. Its formulas stand in cells.py."""

import numpy as np

from lstm_course.networks.cells import GRUCell
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
    windows,
)
from lstm_course.networks.layer import Loops, Run


def run(cell: GRUCell, p: dict, x: np.ndarray, state: tuple, lengths: np.ndarray | None) -> Run:
    """The time loop. Inside, one step is s = [h; x; 1], gates = [r; z; n].

    `reset` (T,H,B) keeps what the reset gate acts on or makes: h U_n + b_hn if it acts after the product,
    r ⊙ h if before.
    """
    (h0,), (T, B, _) = state, x.shape
    H, K = h0.shape[1], stack_parameters(p)
    Kt = K.T.copy()
    np.negative(Kt[:2 * H], out=Kt[:2 * H])
    Ut, Wt = Kt[:, :H].copy(), Kt[:, H:].copy()
    s, gates, reset = stack_steps(x, h0), np.empty((T, 3 * H, B), x.dtype), np.empty((T, H, B), x.dtype)
    np.matmul(Wt, s[:T, H:], out=gates)                          # x W + b, all steps; for r and z with a minus
    product = np.empty((3 * H if cell.reset_after else 2 * H, B), x.dtype)
    difference, one = np.empty((H, B), x.dtype), x.dtype.type(1)
    b_hn = np.repeat(p.get("b_hn", np.zeros(H, x.dtype))[:, None], B, axis=1)
    with np.errstate(over="ignore"):
        for rz, r, z, n, h_prev, h, reset_t in zip(
                gates[:, :2 * H], *blocks(gates, 3), s[:T, :H], s[1:, :H], reset, strict=True):
            np.dot(Ut[:len(product)], h_prev, out=product)       # h U
            rz += product[:2 * H]
            sigmoid_of_negative(rz, one)
            if cell.reset_after:
                np.add(product[2 * H:], b_hn, out=reset_t)
                np.multiply(r, reset_t, out=difference)
                n += difference                                  # r ⊙ (h U_n + b_hn)
            else:
                np.multiply(r, h_prev, out=reset_t)
                n += np.dot(Ut[2 * H:], reset_t)                 # (r ⊙ h) U_n
            np.tanh(n, out=n)
            np.subtract(h_prev, n, out=difference)
            np.multiply(z, difference, out=h)
            h += n                                               # h' = n + z ⊙ (h - n)
    h = s[:, :H]
    final = final_state(h, lengths)
    clear_padding(lengths, h[1:], gates, reset)
    return Run(read_only(h[1:]), (final,), {"K": K, "s": s, "H": H, "gates": gates, "reset": reset})


def run_backward(cell: GRUCell, memory: dict, lengths: np.ndarray | None, grad_outputs: np.ndarray,
                 grad_state: tuple) -> tuple[np.ndarray, tuple, dict]:
    """Back through `run`."""
    (T, B, H), (final_h,) = grad_outputs.shape, grad_state
    K, ends = memory["K"], sequence_ends(lengths, T)
    U_n, U_rz = K[:H, 2 * H:].copy(), K[:H, :2 * H].copy()
    U_nrz = np.concatenate([U_n, U_rz], axis=1)
    dh, through = np.zeros((H, B), K.dtype), np.empty((H, B), K.dtype)
    grad_outputs, final_h = grad_outputs.transpose(0, 2, 1), final_h.T
    sums = {"x": np.empty((T, B, len(K) - H - 1), K.dtype)}
    for window in windows(T, 4 * dh.nbytes):
        d = slopes(cell, memory, window)
        steps = zip(range(window.start, window.stop), d[:, :3 * H], d[:, H:3 * H], *blocks(d, 4),
                    *blocks(memory["gates"][window], 3)[:2], strict=True)
        for t, d_qrz, d_rz, d_q, d_r, d_z, d_n, r, z in reversed(list(steps)):
            dh += grad_outputs[t]
            if t in ends:
                dh[:, ends[t]] += final_h[:, ends[t]]
            d_z *= dh
            d_n *= dh
            dh *= z                                              # into h directly: h' = n + z ⊙ (h - n)
            if cell.reset_after:
                np.multiply(r, d_n, out=d_q)                     # towards the product h U_n + b_hn
                d_r *= d_n
                np.dot(U_nrz, d_qrz, out=through)                # into h through the product and both gates
            else:
                np.dot(U_n, d_n, out=through)                    # towards r ⊙ h
                d_r *= through
                through *= r
                dh += through                                    # into h through the candidate
                np.dot(U_rz, d_rz, out=through)                  # into h through both gates
            dh += through
        add_window(cell, sums, memory, window, d)
    return sums["x"], (dh.T.copy(),), gradients(cell, sums, H)


def slopes(cell: GRUCell, memory: dict, window: slice) -> np.ndarray:
    """What does not depend on the gradients that arrive, for a window of m steps at once.

    d (m,4H,B), blocks q, r, z, n: q is empty (the loop fills it), r holds ∂(what r multiplies into n)/∂a_r,
    z and n hold ∂h'/∂a_z and ∂h'/∂a_n.
    """
    H, gates = memory["H"], memory["gates"][window]
    h_prev, (_, _, n) = memory["s"][window, :H], blocks(gates, 3)
    d = np.empty((len(gates), 4 * H, gates.shape[2]), gates.dtype)
    _, d_r, d_z, d_n = blocks(d, 4)
    np.subtract(1, gates[:, :2 * H], out=d[:, H:3 * H])
    np.multiply(d_z, 1 - n * n, out=d_n)                         # (1 - z) (1 - n²)
    d[:, H:3 * H] *= gates[:, :2 * H]
    d_r *= memory["reset"][window] if cell.reset_after else h_prev
    d_z *= h_prev - n                                            # (h - n) z (1 - z)
    return d


def add_window(cell: GRUCell, sums: dict, memory: dict, window: slice, d: np.ndarray) -> None:
    """Add a window's part to the gradients of U, of W and b (stacked) and of b_hn; fill in that of x."""
    H, s, columns = memory["H"], as_columns(memory["s"][window]), as_columns(d)
    add_to(sums, "Wb", s[H:] @ columns[H:].T)
    sums["x"][window] = (columns[H:].T @ memory["K"][H:-1].T).reshape(sums["x"][window].shape)
    if cell.reset_after:
        add_to(sums, "U_nrz", s[:H] @ columns[:3 * H].T)
        add_to(sums, "b_hn", columns[:H].sum(axis=1))
    else:
        add_to(sums, "U_rz", s[:H] @ columns[H:3 * H].T)
        add_to(sums, "U_n", as_columns(memory["reset"][window]) @ columns[3 * H:].T)


def gradients(cell: GRUCell, sums: dict, H: int) -> dict:
    """The sums over all windows as gradients of W, U, b (and b_hn)."""
    if cell.reset_after:
        U, more = [sums["U_nrz"][:, H:], sums["U_nrz"][:, :H]], {"b_hn": sums["b_hn"]}
    else:
        U, more = [sums["U_rz"], sums["U_n"]], {}
    return {"W": sums["Wb"][:-1], "U": np.concatenate(U, axis=1), "b": sums["Wb"][-1]} | more


def gates(cell: GRUCell, memory: dict, lengths: np.ndarray | None) -> dict:
    """r, z and n, each (T,B,H)."""
    return dict(zip("rzn", map(read_only, blocks(memory["gates"], 3)), strict=True))


LOOPS = Loops(run, run_backward, gates)
