"""What two libraries compute for a small GRU: a case of PyTorch and a case of ONNX, stored as numbers.

The two differ in what a GRU may differ in. Both say z = 1 for "keep":

- "torch": torch.nn.GRU 2.13. Gates r, z, n; the reset acts after the product; two biases.
- "onnx": the operator GRU with linear_before_reset = 0, its default, by ONNX's reference evaluator 1.19. Gates z, r, n;
  the reset acts before the product; two biases.

tests/tasks/generate_gru_cases.py makes the file; neither library is needed to read it.
"""

from functools import cache
from pathlib import Path

import numpy as np

STORED = Path(__file__).resolve().parent / "data" / "gru_cases.npz"


@cache
def load(library: str) -> dict[str, np.ndarray]:
    """The arrays of a case, float64 and read-only; library is "torch" or "onnx".

    Both: x (T,B,I), h0 (B,H) and the outputs y (T,B,H).
    torch: weight_ih_l0 (3H,I), weight_hh_l0 (3H,H), bias_ih_l0 and bias_hh_l0 (3H,) as in its state_dict(); grad_y
    (T,B,H), and for the loss Σ grad_y ⊙ y the gradients grad_x, grad_h0, grad_weight_ih_l0, …
    onnx: W (3H,I), R (3H,H), B (6H,): the biases beside the input, then those beside the state.
    """
    with np.load(STORED, allow_pickle=False) as stored:
        libraries = sorted({key.split("|")[0] for key in stored.files})
        if library not in libraries:
            raise ValueError(f"there is no case {library!r}, expected one of {', '.join(libraries)}")
        case = {key.split("|")[1]: stored[key] for key in stored.files if key.startswith(f"{library}|")}
    for array in case.values():
        array.flags.writeable = False
    return case
