"""The data: small tasks with known answers. NumPy only; knows nothing of the networks.

Every generator returns `(x, targets)`, time-major: x (T,B,I). The same `rng` (a numpy.random.Generator or a
whole number) gives the same data.
"""
