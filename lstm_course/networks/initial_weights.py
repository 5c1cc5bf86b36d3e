"""The weights that a network starts with."""

from __future__ import annotations

import numpy as np


def glorot_uniform(rng: np.random.Generator, inputs: int, outputs: int) -> np.ndarray:
    """(inputs, outputs), uniform in ±√(6 / (inputs + outputs)) (Glorot & Bengio 2010, eq. 16)."""
    bound = np.sqrt(6 / (inputs + outputs))
    return rng.uniform(-bound, bound, (inputs, outputs))


def orthogonal(rng: np.random.Generator, size: int) -> np.ndarray:
    """A random orthogonal matrix (size, size): Q Qᵀ = 1, so it keeps every length (Saxe et al. 2014)."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return q * np.where(np.diag(r) < 0, -1.0, 1.0)


def first_weights(rng: np.random.Generator, input_size: int, hidden_size: int, blocks: int) -> dict[str, np.ndarray]:
    """W (I,nH), U (H,nH) and b (nH,) for n = `blocks` gates side by side.

    Each gate's W is Glorot-uniform, each gate's U orthogonal, the biases are 0.
    """
    I, H = input_size, hidden_size
    return {"W": np.concatenate([glorot_uniform(rng, I, H) for _ in range(blocks)], axis=1),
            "U": np.concatenate([orthogonal(rng, H) for _ in range(blocks)], axis=1),
            "b": np.zeros(blocks * H)}
