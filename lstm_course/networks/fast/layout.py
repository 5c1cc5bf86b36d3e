"""What the fast loops share, and how they are fast:

- Inside, an array of one time step is (units, B): the *feature-major* layout. A gate is then a contiguous block
  of rows, and elementwise functions run over it without gaps. Outside, everything is (T,B,H).
- The state, the input and a one are stacked as s = [h; x; 1], and the parameters as K = [U; W; b]. Then
  h U + x W + b is the one product Kᵀ s, and the gradients of all three are the one product Σ s ∂zᵀ.
- Every array is made before the time loop; the loop writes into it.
- The sign in σ(z) = 1 / (1 + e⁻ᶻ) is multiplied into K's columns, so that the loop meets -z.
- Backward computes all local slopes of a window of time steps at once, before it walks through the window, and
  the weight gradients of the window in one product after it.
"""

import numpy as np

from lstm_course.networks.validation import valid_steps

WINDOW_BYTES = 2**20            # of pre-activation gradients that backward keeps before it makes one product


def stack_parameters(p: dict) -> np.ndarray:
    """K (H+I+1, nH): U, W and b on top of each other, so that h U + x W + b = [h, x, 1] K."""
    return np.concatenate([p["U"], p["W"], p["b"][None]])


def unstack_parameters(K: np.ndarray, H: int) -> dict[str, np.ndarray]:
    """The inverse: {"W", "U", "b"} of K."""
    return {"W": K[H:-1], "U": K[:H], "b": K[-1]}


def stack_steps(x: np.ndarray, h0: np.ndarray) -> np.ndarray:
    """s (T+1, H+I+1, B): in each step the rows [h; x; 1], with h0 (B,H) filled in and later h still empty."""
    (T, B, I), H = x.shape, h0.shape[1]
    s = np.empty((T + 1, H + I + 1, B), x.dtype)
    s[0, :H] = h0.T
    s[:T, H:-1] = x.transpose(0, 2, 1)
    s[:, -1] = 1
    return s


def sigmoid_of_negative(z: np.ndarray, one: np.floating) -> None:
    """1 / (1 + e^z) in place: σ where z holds the negative pre-activation. An overflow to infinity gives σ = 0.

    one: 1 in z's dtype, which is quicker than Python's.
    """
    np.exp(z, out=z)
    z += one
    np.divide(one, z, out=z)


def as_columns(steps: np.ndarray) -> np.ndarray:
    """(T,R,B) -> (R, T·B): all time steps and sequences side by side, for one product over all of them."""
    return steps.transpose(1, 0, 2).reshape(steps.shape[1], -1)


def blocks(steps: np.ndarray, count: int) -> list[np.ndarray]:
    """(T,nH,B) -> n views (T,H,B), one per gate."""
    H = steps.shape[1] // count
    return [steps[:, k * H:(k + 1) * H] for k in range(count)]


def add_to(sums: dict, name: str, value: np.ndarray) -> None:
    """sums[name] += value, where nothing is there at first."""
    if name in sums:
        sums[name] += value
    else:
        sums[name] = value


def add_product(sums: dict, memory: dict, window: slice, dz: np.ndarray) -> None:
    """Add a window's part of ∂L/∂K = Σ s ∂zᵀ to sums["K"], and put its ∂L/∂x = W ∂z into sums["x"]."""
    columns, H = as_columns(dz), memory["H"]
    add_to(sums, "K", as_columns(memory["s"][window]) @ columns.T)
    sums["x"][window] = (columns.T @ memory["K"][H:-1].T).reshape(sums["x"][window].shape)


def read_only(steps: np.ndarray) -> np.ndarray:
    """(T,R,B) -> a view (T,B,R) that nobody can write into."""
    view = steps.transpose(0, 2, 1)
    view.flags.writeable = False
    return view


def windows(steps: int, bytes_per_step: int) -> list[slice]:
    """Slices that cut 0 … steps-1 into windows of about WINDOW_BYTES, the last window first."""
    size = max(1, WINDOW_BYTES // bytes_per_step)
    return [slice(max(0, end - size), end) for end in range(steps, 0, -size)]


# --------------------------------------------------------------------------------------- ragged batches
# Padding comes after the valid steps, so it cannot influence them. The loops run through it as through any
# step; afterwards the states are taken where each sequence ends, and what stands on the padding is set to 0.
# On the way back no gradient enters on the padding, so all gradients there are 0 by themselves.

def final_state(states: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
    """states (T+1,H,B) -> (B,H) after the last valid step of each sequence."""
    if lengths is None:
        return states[-1].T.copy()
    return states[lengths, :, np.arange(len(lengths))]


def clear_padding(lengths: np.ndarray | None, *arrays: np.ndarray) -> None:
    """Set the padding of each array (T,R,B) to 0, in place."""
    if lengths is not None:
        for array in arrays:
            array *= valid_steps(lengths, len(array))[:, None, :]


def sequence_ends(lengths: np.ndarray | None, steps: int) -> dict:
    """dict t -> the sequences whose last valid step is t (all of them at T-1 if lengths is None)."""
    if lengths is None:
        return {steps - 1: slice(None)}
    return {int(n) - 1: np.flatnonzero(lengths == n) for n in np.unique(lengths)}
