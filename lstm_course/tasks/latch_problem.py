"""The latch: hold one bit. The first input says which; all later ones are noise.

After Bengio, Simard & Frasconi 1994, section II, and Hochreiter & Schmidhuber 1997, section 5.3.
"""

import numpy as np


def latch_problem(steps: int, sequences: int, rng: np.random.Generator | int | None = None, noise: float = 0.3,
                  ) -> tuple[np.ndarray, np.ndarray]:
    """-> x (T,B,1): +1 or -1, then normal numbers of standard deviation `noise`; targets (B,1).

    The target is 1.0 if the first input was +1 and 0.0 if it was -1, asked at the last step.
    """
    if steps < 1 or noise < 0:
        raise ValueError(f"steps is {steps} and noise {noise}, expected steps ≥ 1 and noise ≥ 0")
    rng = np.random.default_rng(rng)
    bit = rng.integers(0, 2, sequences).astype(float)
    x = noise * rng.standard_normal((steps, sequences, 1))
    x[0, :, 0] = 2 * bit - 1
    return x, bit[:, None]


def baseline() -> float:
    """Accuracy of a coin."""
    return 1 / 2


latch = latch_problem         # its name in the first edition
