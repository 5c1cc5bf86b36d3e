"""What RNN, LSTM and GRU share: input checks, first weights, ragged batches, weight gradients.

How the layers are fast and still read like the formulas:

- Inside, an array of one time step is (units, B): the *feature-major* layout. A gate is then a contiguous block
  of rows, and elementwise functions run over it without gaps. Outside, everything is (T,B,H).
- The state, the input and a one are stacked as s = [h; x; 1], and the parameters as K = [U; W; b]. Then
  h U + x W + b is the one product Kᵀ s, and the gradients of all three are the one product Σ s ∂zᵀ.
- Every array is made before the time loop; the loop writes into it.
- backward computes all local slopes of a window of time steps at once, before it walks through the window, and
  the weight gradients of the window in one product after it.
"""

import numpy as np

from lstm_course.networks.initial_weights import glorot_uniform, orthogonal
from lstm_course.networks.trace import Trace, check_trace
from lstm_course.networks.validation import (
    check_array,
    check_dtype,
    check_lengths,
    check_parameters,
    check_rng,
    check_size,
    valid_steps,
)

WINDOW_BYTES = 2**20            # of pre-activation gradients that backward keeps before it makes one product


class Recurrent:
    """Base of the recurrent layers. A subclass sets `gate_count` (the blocks of W) and runs its loops."""

    gate_count = 1

    def __init__(self, input_size, hidden_size, rng, dtype):
        self.input_size = check_size("input_size", input_size)
        self.hidden_size = check_size("hidden_size", hidden_size)
        self.dtype = check_dtype(dtype)
        rng = check_rng(rng)
        I, H, n = self.input_size, self.hidden_size, self.gate_count
        self.parameters = {
            "W": np.concatenate([glorot_uniform(rng, I, H) for _ in range(n)], axis=1).astype(self.dtype),
            "U": np.concatenate([orthogonal(rng, H) for _ in range(n)], axis=1).astype(self.dtype),
            "b": np.zeros(n * H, self.dtype),
        }
        self._first_parameters(rng)
        self._shapes = {name: array.shape for name, array in self.parameters.items()}

    def _first_parameters(self, rng):
        """A subclass adds what it has beside W, U and b."""

    def _check_inputs(self, x, lengths):
        """x (T,B,I) with zeros on the padding, lengths (B,) or None."""
        check_parameters(self.parameters, self._shapes)
        x = check_array("x", x, "T B I", self.dtype, I=self.input_size)
        lengths = check_lengths(lengths, *x.shape[:2])
        if lengths is not None:
            x = np.where(valid_steps(lengths, len(x))[:, :, None], x, 0)
        return x, lengths

    def _check_state(self, name, state, batch):
        """One part of a state, (B,H) -> (H,B); None becomes zeros."""
        if state is None:
            return np.zeros((self.hidden_size, batch), self.dtype)
        return check_array(name, state, "B H", self.dtype, B=batch, H=self.hidden_size).T

    def _check_gradients(self, trace, grad_outputs):
        """∂L/∂outputs (T,B,H) -> (T,H,B), zeros on the padding; None becomes zeros."""
        check_trace(trace, self)
        T, B, H = trace.outputs.shape
        if grad_outputs is None:
            return np.zeros((T, H, B), self.dtype)
        grad = check_array("grad_outputs", grad_outputs, "T B H", self.dtype, T=T, B=B, H=H)
        if trace.lengths is not None:
            grad = grad * valid_steps(trace.lengths, T)[:, :, None]
        return grad.transpose(0, 2, 1)

    def _stacked_parameters(self):
        """K (H+I+1, nH): U, W and b on top of each other, so that h U + x W + b = [h, x, 1] K."""
        return np.concatenate([self.parameters["U"], self.parameters["W"], self.parameters["b"][None]])

    def _unstack(self, K):
        """The inverse: {"W", "U", "b"} of K."""
        H = self.hidden_size
        return {"W": K[H:-1], "U": K[:H], "b": K[-1]}

    def _add_window(self, sums, memory, window, dz):
        """Add a window's part of ∂L/∂K = Σ s ∂zᵀ to sums["K"], and put its ∂L/∂x = W ∂z into sums["x"]."""
        columns = as_columns(dz)
        add_to(sums, "K", as_columns(memory["s"][window]) @ columns.T)
        W = memory["K"][self.hidden_size:-1]
        sums["x"][window] = (columns.T @ W.T).reshape(sums["x"][window].shape)

    def _trace(self, h, state, lengths, memory):
        """The trace; h (T+1,H,B) holds the hidden state before the first step and after each one."""
        return Trace(self, read_only(h[1:]), state, lengths, memory)


# --------------------------------------------------------------------------------------------- layouts

def stack_steps(x, h0):
    """s (T+1, H+I+1, B): in each step the rows [h; x; 1], with h0 (H,B) filled in and later h still empty."""
    T, B, I = x.shape
    H = len(h0)
    s = np.empty((T + 1, H + I + 1, B), x.dtype)
    s[0, :H] = h0
    s[:T, H:-1] = x.transpose(0, 2, 1)
    s[:, -1] = 1
    return s


def as_columns(steps):
    """(T,R,B) -> (R, T·B): all time steps and sequences side by side, for one product over all of them."""
    return steps.transpose(1, 0, 2).reshape(steps.shape[1], -1)


def blocks(steps, count):
    """(T,nH,B) -> n views (T,H,B), one per gate."""
    H = steps.shape[1] // count
    return [steps[:, k * H:(k + 1) * H] for k in range(count)]


def add_to(sums, name, value):
    """sums[name] += value, where nothing is there at first."""
    if name in sums:
        sums[name] += value
    else:
        sums[name] = value


def read_only(steps):
    """(T,R,B) -> a view (T,B,R) that nobody can write into."""
    view = steps.transpose(0, 2, 1)
    view.flags.writeable = False
    return view


def windows(steps, bytes_per_step):
    """Slices that cut 0 … steps-1 into windows of about WINDOW_BYTES, the last window first."""
    size = max(1, WINDOW_BYTES // bytes_per_step)
    return [slice(max(0, end - size), end) for end in range(steps, 0, -size)]


# --------------------------------------------------------------------------------------- ragged batches
# Padding comes after the valid steps, so it cannot influence them. The loops run through it as through any
# step; afterwards the states are taken where each sequence ends, and what stands on the padding is set to 0.
# On the way back no gradient enters on the padding, so all gradients there are 0 by themselves.

def final_state(states, lengths):
    """states (T+1,H,B) -> (B,H) after the last valid step of each sequence."""
    if lengths is None:
        return states[-1].T.copy()
    return states[lengths, :, np.arange(len(lengths))]


def clear_padding(lengths, *arrays):
    """Set the padding of each array (T,R,B) to 0, in place."""
    if lengths is not None:
        for array in arrays:
            array *= valid_steps(lengths, len(array))[:, None, :]


def sequence_ends(lengths, steps):
    """dict t -> the sequences whose last valid step is t (all of them at T-1 if lengths is None)."""
    if lengths is None:
        return {steps - 1: slice(None)}
    return {int(n) - 1: np.flatnonzero(lengths == n) for n in np.unique(lengths)}
