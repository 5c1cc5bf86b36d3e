"""The LSTM over whole sequences. The formulas of one step stand in cells.py; here they are fast."""

import numpy as np

from lstm_course.networks.recurrent import (
    Recurrent,
    add_to,
    blocks,
    clear_padding,
    final_state,
    read_only,
    sequence_ends,
    stack_steps,
    windows,
)
from lstm_course.networks.trace import Gradients
from lstm_course.networks.validation import check_flag, check_number, check_option, check_tuple


class LSTM(Recurrent):
    """Long short-term memory with forget gate (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000).

    i, f, o = σ(z_i), σ(z_f), σ(z_o),  g = tanh(z_g),  z = x W + h U + b
    c' = f ⊙ c + i ⊙ g,  h' = o ⊙ tanh(c')

    forget_bias: what b holds in its f block at the start (1: Jozefowicz et al. 2015).
    peephole: i and f also see P ⊙ c, o sees P ⊙ c' (Gers & Schmidhuber 2000), with P (3,H), rows i, f, o.
    output_activation: "tanh", or "identity" for h' = o ⊙ c'.
    rng: a numpy.random.Generator or a seed. dtype: np.float64 or np.float32.

    parameters: W (I,4H), U (H,4H), b (4H,), gate order i, f, g, o; with peepholes also P (3,H).
    The state is the tuple (h, c), each (B,H). Wrong arguments raise ValueError or TypeError.
    """

    gate_count = 4

    def __init__(self, input_size, hidden_size, forget_bias=1.0, peephole=False, output_activation="tanh",
                 rng=None, dtype=np.float64):
        self.forget_bias = check_number("forget_bias", forget_bias)
        self.peephole = check_flag("peephole", peephole)
        self.output_activation = check_option("output_activation", output_activation, ("tanh", "identity"))
        super().__init__(input_size, hidden_size, rng, dtype)

    def _first_parameters(self, rng):
        H = self.hidden_size
        self.parameters["b"][H:2 * H] = self.forget_bias
        if self.peephole:
            bound = 1 / np.sqrt(H)
            self.parameters["P"] = rng.uniform(-bound, bound, (3, H)).astype(self.dtype)

    def __repr__(self):
        return (f"LSTM({self.input_size}, {self.hidden_size}, forget_bias={self.forget_bias:g}, "
                f"peephole={self.peephole}, output_activation={self.output_activation!r}, dtype={self.dtype})")

    # ------------------------------------------------------------------------------------------ forward

    def forward(self, x, state=None, lengths=None):
        """Run over x (T,B,I) from state (h, c), each (B,H), zeros if None -> Trace with outputs (T,B,H).

        lengths (B,): sequence b ends after lengths[b] steps; later outputs are 0.
        trace.state: (h, c) after the last valid step. trace.gates: i, f, g, o, c, each (T,B,H).
        """
        x, lengths = self._check_inputs(x, lengths)
        h0, c0 = self._check_states("state", state, x.shape[1])
        memory = self._run(x, h0, c0)
        h, c = memory["s"][:, :self.hidden_size], memory["c"]
        state = final_state(h, lengths), final_state(c, lengths)
        clear_padding(lengths, h[1:], c[1:], memory["gates"], memory["squashed_c"])
        return self._trace(h, state, lengths, memory)

    def _check_states(self, name, state, batch):
        """(h, c), each (B,H) -> both as (H,B); None becomes zeros."""
        parts = check_tuple(name, state, 2, "(h, c)")
        return [self._check_state(f"{name}[{k}]", part, batch) for k, part in enumerate(parts)]

    def _run(self, x, h0, c0):
        """The time loop. Inside, one step is s = [h; x; 1], gates = [i; f; g; o], c and squashed_c (H,B)."""
        (T, B, _), H = x.shape, self.hidden_size
        half, written = x.dtype.type(0.5), np.empty((H, B), x.dtype)
        K = self._stacked_parameters()
        Kt = K.T.copy()
        P = self.parameters["P"].copy()[:, :, None] if self.peephole else None
        for sigmoid_rows in (slice(0, 2 * H), slice(3 * H, 4 * H)):
            Kt[sigmoid_rows] *= half                         # the inner ½ of σ(z) = ½ tanh(½ z) + ½
        s, gates, c = stack_steps(x, h0), np.empty((T, 4 * H, B), x.dtype), np.empty((T + 1, H, B), x.dtype)
        c[0] = c0
        squash = self.output_activation == "tanh"
        squashed_c = np.empty((T, H, B), x.dtype) if squash else c[1:]
        before_c = gates if P is None else gates[:, :3 * H]          # with peepholes, o has to wait for c'
        for s_t, z, z_before, i_f, i, f, g, o, c_prev, c_t, squashed, h in zip(
                s[:T], gates, before_c, gates[:, :2 * H], *blocks(gates, 4),
                c[:T], c[1:], squashed_c, s[1:, :H], strict=True):
            np.dot(Kt, s_t, out=z)                           # z = x W + h U + b
            if P is not None:
                i += half * P[0] * c_prev
                f += half * P[1] * c_prev
            np.tanh(z_before, out=z_before)
            i_f *= half
            i_f += half
            np.multiply(f, c_prev, out=c_t)
            np.multiply(i, g, out=written)
            c_t += written                                   # c' = f ⊙ c + i ⊙ g
            if P is not None:
                o += half * P[2] * c_t
                np.tanh(o, out=o)
            o *= half
            o += half
            if squash:
                np.tanh(c_t, out=squashed)
            np.multiply(o, squashed, out=h)                  # h' = o ⊙ tanh(c')
        return {"K": K, "P": P, "s": s, "gates": gates, "c": c, "squashed_c": squashed_c}

    def gates_of(self, trace):
        named = zip("ifgo", blocks(trace.memory["gates"], 4), strict=True)
        return {name: read_only(gate) for name, gate in named} | {"c": read_only(trace.memory["c"][1:])}

    # ----------------------------------------------------------------------------------------- backward

    def backward(self, trace, grad_outputs, grad_state=None):
        """Back through `forward` (backpropagation through time): ∂L/∂outputs (T,B,H) -> Gradients.

        grad_state: ∂L/∂(h, c) of the final state, each (B,H); None stands for zeros.
        Returns grads.x (T,B,I), grads.state (two of (B,H)) and grads.parameters.
        """
        grad_outputs = self._check_gradients(trace, grad_outputs)
        T, H, B = grad_outputs.shape
        final_h, final_c = self._check_states("grad_state", grad_state, B)
        ends = sequence_ends(trace.lengths, T)
        memory, P = trace.memory, trace.memory["P"]
        Kh = memory["K"][:H].copy()
        dh, dc, through_h = (np.zeros((H, B), self.dtype) for _ in range(3))
        sums = {"x": np.empty((T, B, self.input_size), self.dtype)}
        for window in windows(T, memory["gates"][0].nbytes):
            dz, dc_dh = self._slopes(memory, window)
            steps = zip(range(window.start, window.stop), dz, dz[:, :3 * H].reshape(-1, 3, H, B), dz[:, 3 * H:],
                        memory["gates"][window, H:2 * H], dc_dh, strict=True)
            for t, dz_t, d_ifg, d_o, f, dc_dh_t in reversed(list(steps)):
                dh += grad_outputs[t]
                if t in ends:
                    dh[:, ends[t]] += final_h[:, ends[t]]
                    dc[:, ends[t]] += final_c[:, ends[t]]
                np.multiply(dh, dc_dh_t, out=through_h)
                dc += through_h                              # into c' through h' = o ⊙ tanh(c')
                d_o *= dh
                if P is not None:
                    dc += P[2] * d_o                         # into c' through o's peephole
                d_ifg *= dc
                dc *= f                                      # into c directly: c' = f ⊙ c + i ⊙ g
                if P is not None:
                    dc += P[0] * d_ifg[0] + P[1] * d_ifg[1]  # into c through the peepholes of i and f
                np.dot(Kh, dz_t, out=dh)                     # into h through all four gates
            self._add_window(sums, memory, window, dz)
        grads = self._unstack(sums["K"]) | ({"P": sums["P"]} if self.peephole else {})
        return Gradients(sums["x"], (dh.T.copy(), dc.T.copy()), grads)

    def _slopes(self, memory, window):
        """What does not depend on the gradients that arrive, for a window of m steps at once.

        dz (m,4H,B): ∂c'/∂z for the rows of i, f, g, and ∂h'/∂z for those of o; dc_dh (m,H,B): ∂h'/∂c'.
        """
        H = self.hidden_size
        gates, squashed = memory["gates"][window], memory["squashed_c"][window]
        i, _, g, o = blocks(gates, 4)
        dz = 1 - gates
        d_i, d_f, d_g, d_o = blocks(dz, 4)
        dz[:, :2 * H] *= gates[:, :2 * H]
        d_i *= g                                             # g i (1 - i)
        d_f *= memory["c"][window]                           # c f (1 - f)
        d_g *= 1 + g
        d_g *= i                                             # i (1 - g²)
        d_o *= o
        d_o *= squashed                                      # tanh(c') o (1 - o)
        if self.output_activation == "identity":
            return dz, o
        dc_dh = squashed * squashed
        np.subtract(1, dc_dh, out=dc_dh)
        dc_dh *= o                                           # o (1 - tanh²(c'))
        return dz, dc_dh

    def _add_window(self, sums, memory, window, dz):
        super()._add_window(sums, memory, window, dz)
        if self.peephole:
            c_prev, c, H = memory["c"][:-1][window], memory["c"][1:][window], self.hidden_size
            looked_at = (c_prev, c_prev, c)
            gradients = dz[:, :H], dz[:, H:2 * H], dz[:, 3 * H:]
            add_to(sums, "P", np.stack([(d * seen).sum(axis=(0, 2)) for d, seen in
                                        zip(gradients, looked_at, strict=True)]))
