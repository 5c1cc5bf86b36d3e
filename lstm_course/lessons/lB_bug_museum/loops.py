"""Six loops over time, each with one mistake, and a bench that says which of them a test notices."""

import numpy as np

LOOPS = {
    "A": "the loop of card 4",
    "B": "every step begins at h0, nothing is handed on",
    "C": "U is transposed",
    "D": "h0 is ignored, the loop begins at 0",
    "E": "all sequences read the inputs of sequence 0",
    "F": "after every two steps the state goes back to h0",
}
NOTICED = 0.01                          # some state must differ by this much


def states(x, h0, W, U, loop=""):
    """x (T,B,I), h0 (B,H), W (I,H), U (H,H) -> the states (T,B,H): of the right loop, or of one of the six."""
    start = np.zeros_like(h0) if loop == "D" else h0
    h, found = start, []
    for t in range(len(x)):
        x_t = x[t, :1] if loop == "E" else x[t]
        h_prev = start if loop == "B" or (loop == "F" and t % 2 == 0) else h
        if not (loop == "A" and t == 0):
            h = np.tanh(x_t @ W + h_prev @ (U.T if loop == "C" else U))
        found.append(h)
    return np.stack(found)


def noticed(x, h0, W, U):
    """{loop: whether its states differ from the right ones}."""
    right = states(x, h0, W, U)
    return {loop: bool(np.abs(states(x, h0, W, U, loop) - right).max() > NOTICED) for loop in LOOPS}


def as_arrays(x, h0, W, U):
    """The four as arrays of numbers (T,B,I), (B,H), (I,H), (H,H); a ValueError says what does not fit."""
    given = dict(zip(("x", "h0", "W", "U"), (x, h0, W, U), strict=True))
    arrays = {}
    for (name, value), axes in zip(given.items(), ("T, B, I", "B, H", "I, H", "H, H"), strict=True):
        try:
            arrays[name] = np.array(value, dtype=float)
        except (TypeError, ValueError):
            raise ValueError(f"{name} is no array of numbers ({axes})") from None
        if arrays[name].ndim != len(axes.split()) or not arrays[name].size:
            single = ": a number, not an array of this size" if not arrays[name].ndim else ""
            raise ValueError(f"{name} has the shape {arrays[name].shape}, expected the axes ({axes}){single}")
        if not np.isfinite(arrays[name]).all():
            raise ValueError(f"{name} holds nan or inf")
    (_, B, I), H = arrays["x"].shape, arrays["h0"].shape[1]
    for name, shape in (("h0", (B, H)), ("W", (I, H)), ("U", (H, H))):
        if arrays[name].shape != shape:
            raise ValueError(f"{name} has the shape {arrays[name].shape}, expected {shape}: x has B = {B} and I = {I}, "
                             f"h0 has H = {H}")
    return tuple(arrays.values())


def bench(x, h0, W, U):
    """Print which of the six loops give other states than the right one for x (T,B,I), h0 (B,H), W (I,H), U (H,H)."""
    arrays = as_arrays(x, h0, W, U)
    for loop, seen in noticed(*arrays).items():
        print(f"{loop}  noticed: {LOOPS[loop]}" if seen else f"{loop}  not noticed")
    print(f"{sum(array.size for array in arrays)} numbers")
