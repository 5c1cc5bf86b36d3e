"""The simple recurrent network over whole sequences. The formula of one step stands in cells.py."""

import numpy as np

from lstm_course.networks.functions import SLOPES
from lstm_course.networks.recurrent import Recurrent, final_state, sequence_ends, stack_steps, windows
from lstm_course.networks.trace import Gradients
from lstm_course.networks.validation import check_option


class RNN(Recurrent):
    """The simple recurrent network (Elman 1990): h' = φ(x W + h U + b).

    activation: φ, one of "tanh", "relu", "sigmoid".
    rng: a numpy.random.Generator or a seed. dtype: np.float64 or np.float32.

    parameters: W (I,H), U (H,H), b (H,). The state is h (B,H). Wrong arguments raise ValueError or TypeError.
    """

    def __init__(self, input_size, hidden_size, activation="tanh", rng=None, dtype=np.float64):
        self.activation = check_option("activation", activation, ("tanh", "relu", "sigmoid"))
        super().__init__(input_size, hidden_size, rng, dtype)

    def __repr__(self):
        return f"RNN({self.input_size}, {self.hidden_size}, activation={self.activation!r}, dtype={self.dtype})"

    def forward(self, x, state=None, lengths=None):
        """Run over x (T,B,I) from state h (B,H), zeros if None -> Trace with outputs (T,B,H).

        lengths (B,): sequence b ends after lengths[b] steps; later outputs are 0.
        trace.state: h after the last valid step. trace.gates: {}, there are none.
        """
        x, lengths = self._check_inputs(x, lengths)
        memory = self._run(x, self._check_state("state", state, x.shape[1]), lengths)
        h = memory["s"][:, :self.hidden_size]
        return self._trace(h, final_state(h, lengths), lengths, memory)

    def _run(self, x, h0, lengths):
        """The time loop. Inside, one step is s = [h; x; 1].

        On padding h is set to 0 at once, because relu's h is not bounded and could overflow there.
        """
        T, H = len(x), self.hidden_size
        K = self._stacked_parameters()
        Kt = K.T.copy()
        half = x.dtype.type(0.5)
        if self.activation == "sigmoid":
            Kt *= half                                       # the inner ½ of σ(z) = ½ tanh(½ z) + ½
        s = stack_steps(x, h0)
        for t, (s_t, h) in enumerate(zip(s[:T], s[1:, :H], strict=True)):
            np.dot(Kt, s_t, out=h)                           # z = x W + h U + b
            if self.activation == "relu":
                np.maximum(h, 0, out=h)
            else:
                np.tanh(h, out=h)
            if self.activation == "sigmoid":
                h *= half
                h += half
            if lengths is not None:
                h *= t < lengths
        return {"K": K, "s": s}

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
        Kh = memory["K"][:H].copy()
        dh = np.zeros((H, B), self.dtype)
        sums = {"x": np.empty((T, B, self.input_size), self.dtype)}
        for window in windows(T, dh.nbytes):
            dz = SLOPES[self.activation](memory["s"][1:, :H][window])
            for t, dz_t in reversed(list(zip(range(window.start, window.stop), dz, strict=True))):
                dh += grad_outputs[t]
                if t in ends:
                    dh[:, ends[t]] += final_h[:, ends[t]]
                dz_t *= dh
                np.dot(Kh, dz_t, out=dh)
            self._add_window(sums, memory, window, dz)
        return Gradients(sums["x"], dh.T.copy(), self._unstack(sums["K"]))
