"""An LSTM layer whose backward pass has a known mistake, for check_gradients to find."""

from dataclasses import replace

import numpy as np

from lstm_course import LSTM
from lstm_course.lessons.l07_lstm_backward.backward_lines import BLOCKS, GATES, NONE, lines
from lstm_course.networks.trace import Gradients


class FaultyLSTM:
    """An LSTM with the backward pass of the debugger's eleven lines (and the twelfth, for x).

    Right if no mistake is named. Inputs x (T,B,I), states (B,H); a layer like those of the package.
    gives_state: whether its final state is h_T and c_T; otherwise it is 0, so that no loss can depend on it.
    """

    def __init__(self, mistake=NONE, input_size=2, hidden_size=4, rng=0, gives_state=True):
        self.mistake, self.gives_state = mistake, gives_state
        self.right = LSTM(input_size, hidden_size, rng=rng)
        self.parameters, self.dtype, self.hidden_size = self.right.parameters, self.right.dtype, hidden_size

    def __repr__(self):
        return f"FaultyLSTM({self.mistake!r})"

    def forward(self, x, state=None):
        """x (T,B,I), state (h, c) or None for zeros -> the trace of the right LSTM."""
        zeros = np.zeros((2, x.shape[1], self.hidden_size))
        self.read = np.copy(x), tuple(np.copy(part) for part in (zeros if state is None else state))
        trace = self.right.forward(*self.read)
        return trace if self.gives_state else replace(trace, state=tuple(zeros))

    def backward(self, trace, grad_outputs, grad_state=None):
        """The gradients that the lines give, with what the loss says about the outputs and the final state."""
        x, start = self.read
        zeros = tuple(np.zeros_like(part) for part in start)
        v = {"np": np, "U": self.parameters["U"], "x": x, "ell": grad_outputs}
        v["grad_h_prev"], v["grad_c_prev"] = grad_state if grad_state and self.gives_state else zeros
        v |= {f"grad_{name}": np.zeros_like(self.parameters[name]) for name in BLOCKS}
        grad_x = np.zeros_like(x)
        for t in reversed(range(len(x))):
            h_prev, c_prev = (trace.outputs[t - 1], trace.gates["c"][t - 1]) if t else start
            v |= {name: trace.gates[name][t] for name in (*GATES, "c")}
            v |= {"t": t, "h": trace.outputs[t], "h_prev": h_prev, "c_prev": c_prev,
                  "grad_h_next": v["grad_h_prev"], "grad_c_next": v["grad_c_prev"]}
            for line in lines(self.mistake):
                exec(line.program, v)
            grad_x[t] = v["grad_z"] @ self.parameters["W"].T
        return Gradients(grad_x, (v["grad_h_prev"], v["grad_c_prev"]), {name: v[f"grad_{name}"] for name in BLOCKS})
