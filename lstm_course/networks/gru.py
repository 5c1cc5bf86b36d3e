"""The GRU over whole sequences. The formulas of one step stand in cells.py; here they are fast."""

import numpy as np

from lstm_course.networks.recurrent import (
    Recurrent,
    add_to,
    as_columns,
    blocks,
    clear_padding,
    final_state,
    read_only,
    sequence_ends,
    stack_steps,
    windows,
)
from lstm_course.networks.trace import Gradients
from lstm_course.networks.validation import check_flag


class GRU(Recurrent):
    """The gated recurrent unit (Cho et al. 2014): h' = (1 - z) ⊙ n + z ⊙ h.

    r, z = σ(x W_r + h U_r + b_r), σ(x W_z + h U_z + b_z)
    reset_after=True (PyTorch, Keras):  n = tanh(x W_n + b_n + r ⊙ (h U_n + b_hn))
    reset_after=False (the paper):      n = tanh(x W_n + b_n + (r ⊙ h) U_n)

    rng: a numpy.random.Generator or a seed. dtype: np.float64 or np.float32.

    parameters: W (I,3H), U (H,3H), b (3H,), gate order r, z, n; only with reset_after also b_hn (H,).
    The state is h (B,H). Wrong arguments raise ValueError or TypeError.
    """

    gate_count = 3

    def __init__(self, input_size, hidden_size, reset_after=True, rng=None, dtype=np.float64):
        self.reset_after = check_flag("reset_after", reset_after)
        super().__init__(input_size, hidden_size, rng, dtype)

    def _first_parameters(self, rng):
        if self.reset_after:
            self.parameters["b_hn"] = np.zeros(self.hidden_size, self.dtype)

    def __repr__(self):
        return f"GRU({self.input_size}, {self.hidden_size}, reset_after={self.reset_after}, dtype={self.dtype})"

    # ------------------------------------------------------------------------------------------ forward

    def forward(self, x, state=None, lengths=None):
        """Run over x (T,B,I) from state h (B,H), zeros if None -> Trace with outputs (T,B,H).

        lengths (B,): sequence b ends after lengths[b] steps; later outputs are 0.
        trace.state: h after the last valid step. trace.gates: r, z, n, each (T,B,H).
        """
        x, lengths = self._check_inputs(x, lengths)
        memory = self._run(x, self._check_state("state", state, x.shape[1]))
        h = memory["s"][:, :self.hidden_size]
        state = final_state(h, lengths)
        clear_padding(lengths, h[1:], memory["gates"], memory["reset"])
        return self._trace(h, state, lengths, memory)

    def _run(self, x, h0):
        """The time loop. Inside, one step is s = [h; x; 1], gates = [r; z; n].

        `reset` (T,H,B) keeps what the reset gate acts on or makes: h U_n + b_hn if it acts after the product,
        r ⊙ h if before.
        """
        (T, B, _), H = x.shape, self.hidden_size
        half = x.dtype.type(0.5)
        K = self._stacked_parameters()
        Kt = K.T.copy()
        Kt[:2 * H] *= half                                   # the inner ½ of σ(z) = ½ tanh(½ z) + ½
        Ut, Wt = Kt[:, :H].copy(), Kt[:, H:].copy()
        s, gates, reset = stack_steps(x, h0), np.empty((T, 3 * H, B), x.dtype), np.empty((T, H, B), x.dtype)
        np.matmul(Wt, s[:T, H:], out=gates)                  # x W + b, all steps
        product = np.empty((3 * H if self.reset_after else 2 * H, B), x.dtype)
        difference = np.empty((H, B), x.dtype)
        b_hn = np.repeat(self.parameters["b_hn"][:, None], B, axis=1) if self.reset_after else None
        for rz, (r, z, n), h_prev, h, reset_t in zip(
                gates[:, :2 * H], gates.reshape(T, 3, H, B), s[:T, :H], s[1:, :H], reset, strict=True):
            np.dot(Ut[:len(product)], h_prev, out=product)   # h U
            rz += product[:2 * H]
            np.tanh(rz, out=rz)
            rz *= half
            rz += half
            if self.reset_after:
                np.add(product[2 * H:], b_hn, out=reset_t)
                np.multiply(r, reset_t, out=difference)
                n += difference                              # r ⊙ (h U_n + b_hn)
            else:
                np.multiply(r, h_prev, out=reset_t)
                n += np.dot(Ut[2 * H:], reset_t)             # (r ⊙ h) U_n
            np.tanh(n, out=n)
            np.subtract(h_prev, n, out=difference)
            np.multiply(z, difference, out=h)
            h += n                                           # h' = n + z ⊙ (h - n)
        return {"K": K, "s": s, "gates": gates, "reset": reset}

    def gates_of(self, trace):
        return {name: read_only(gate) for name, gate in zip("rzn", blocks(trace.memory["gates"], 3), strict=True)}

    # ----------------------------------------------------------------------------------------- backward

    def backward(self, trace, grad_outputs, grad_state=None):
        """Back through `forward` (backpropagation through time): ∂L/∂outputs (T,B,H) -> Gradients.

        grad_state: ∂L/∂h of the final state (B,H); None stands for zeros.
        Returns grads.x (T,B,I), grads.state (B,H) and grads.parameters.
        """
        grad_outputs = self._check_gradients(trace, grad_outputs)
        T, H, B = grad_outputs.shape
        final_h = self._check_state("grad_state", grad_state, B)
        ends = sequence_ends(trace.lengths, T)
        memory = trace.memory
        U = memory["K"][:H]
        U_n, U_rz = U[:, 2 * H:].copy(), U[:, :2 * H].copy()
        U_nrz = np.concatenate([U_n, U_rz], axis=1)
        dh, through = np.zeros((H, B), self.dtype), np.empty((H, B), self.dtype)
        sums = {"x": np.empty((T, B, self.input_size), self.dtype)}
        for window in windows(T, 4 * dh.nbytes):
            d = self._slopes(memory, window)
            steps = zip(range(window.start, window.stop), d, d.reshape(-1, 4, H, B), d[:, 2 * H:].reshape(-1, 2, H, B),
                        memory["gates"][window].reshape(-1, 3, H, B), strict=True)
            for t, d_t, (d_q, d_r, _, d_n), d_zn, (r, z, _) in reversed(list(steps)):
                dh += grad_outputs[t]
                if t in ends:
                    dh[:, ends[t]] += final_h[:, ends[t]]
                d_zn *= dh
                dh *= z                                      # into h directly: h' = n + z ⊙ (h - n)
                if self.reset_after:
                    np.multiply(r, d_n, out=d_q)             # towards the product h U_n + b_hn
                    d_r *= d_n
                    np.dot(U_nrz, d_t[:3 * H], out=through)  # into h through the product and both gates
                else:
                    np.dot(U_n, d_n, out=through)            # towards r ⊙ h
                    d_r *= through
                    through *= r
                    dh += through                            # into h through the candidate
                    np.dot(U_rz, d_t[H:3 * H], out=through)  # into h through both gates
                dh += through
            self._add_window(sums, memory, window, d)
        return Gradients(sums["x"], dh.T.copy(), self._unstack(sums))

    def _slopes(self, memory, window):
        """What does not depend on the gradients that arrive, for a window of m steps at once.

        d (m,4H,B), blocks q, r, z, n: q is empty (the loop fills it), r holds ∂(what r multiplies into n)/∂a_r,
        z and n hold ∂h'/∂a_z and ∂h'/∂a_n.
        """
        H = self.hidden_size
        gates, h_prev = memory["gates"][window], memory["s"][window, :H]
        r, z, n = blocks(gates, 3)
        d = np.empty((len(gates), 4 * H, gates.shape[2]), self.dtype)
        _, d_r, d_z, d_n = blocks(d, 4)
        np.subtract(1, gates[:, :2 * H], out=d[:, H:3 * H])
        np.multiply(d_z, 1 - n * n, out=d_n)                 # (1 - z) (1 - n²)
        d[:, H:3 * H] *= gates[:, :2 * H]
        d_r *= memory["reset"][window] if self.reset_after else h_prev
        d_z *= h_prev - n                                    # (h - n) z (1 - z)
        return d

    def _add_window(self, sums, memory, window, d):
        """Add a window's part to the gradients of U, of W and b (stacked) and of b_hn; fill in that of x."""
        H = self.hidden_size
        s, columns = as_columns(memory["s"][window]), as_columns(d)
        add_to(sums, "Wb", s[H:] @ columns[H:].T)
        sums["x"][window] = (columns[H:].T @ memory["K"][H:-1].T).reshape(sums["x"][window].shape)
        if self.reset_after:
            add_to(sums, "U_nrz", s[:H] @ columns[:3 * H].T)
            add_to(sums, "b_hn", columns[:H].sum(axis=1))
        else:
            add_to(sums, "U_rz", s[:H] @ columns[H:3 * H].T)
            add_to(sums, "U_n", as_columns(memory["reset"][window]) @ columns[3 * H:].T)

    def _unstack(self, sums):
        """The sums over all windows as gradients of W, U, b (and b_hn)."""
        H = self.hidden_size
        if self.reset_after:
            n_first = sums["U_nrz"]
            U, more = [n_first[:, H:], n_first[:, :H]], {"b_hn": sums["b_hn"]}
        else:
            U, more = [sums["U_rz"], sums["U_n"]], {}
        return {"W": sums["Wb"][:-1], "U": np.concatenate(U, axis=1), "b": sums["Wb"][-1]} | more
