"""The weights that a network starts with."""

import numpy as np


def glorot_uniform(rng, inputs, outputs):
    """(inputs, outputs), uniform in ±√(6 / (inputs + outputs)) (Glorot & Bengio 2010, eq. 16)."""
    bound = np.sqrt(6 / (inputs + outputs))
    return rng.uniform(-bound, bound, (inputs, outputs))


def orthogonal(rng, size):
    """A random orthogonal matrix (size, size): Q Qᵀ = 1, so it keeps every length (Saxe et al. 2014)."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return q * np.where(np.diag(r) < 0, -1.0, 1.0)
