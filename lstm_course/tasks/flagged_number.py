"""The flagged number: hold the number that stood at the last flag, past all others, until the end.

The input and output weight conflict of Hochreiter & Schmidhuber 1997, section 3.2, as a task: what is to be stored
comes through the same weight as what is to be ignored.
"""

import numpy as np


def flagged_number(steps: int, sequences: int, rng: np.random.Generator | int | None = None, signs: bool = False,
                   ) -> tuple[np.ndarray, np.ndarray]:
    """-> x (T,B,2): a number of [-1, 1), or only its sign, and a flag 0 or 1; targets (B,1): the last flagged number.

    The first step has a flag; each other one with the chance 0.1.
    """
    if steps < 1:
        raise ValueError(f"steps is {steps}, expected at least 1: the first number has a flag")
    rng = np.random.default_rng(rng)
    numbers, flags = rng.uniform(-1, 1, (steps, sequences)), rng.random((steps, sequences)) < 0.1
    numbers, flags[0] = np.sign(numbers) if signs else numbers, True
    last = steps - 1 - flags[::-1].argmax(axis=0)
    return np.stack([numbers, flags], axis=-1), numbers[last, np.arange(sequences), None]
