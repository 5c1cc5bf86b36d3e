"""How far a central difference is from the derivative, for lesson 03's network, in float64 or float32."""

import numpy as np

INPUTS, POINTS = (1.0, 0.0, 0.0), np.linspace(0.3, 0.7, 401)


def states(u, kind):
    """h_0 … h_3 of the unit with w = 1, for many u at once (N,), in one kind of numbers."""
    found = [np.zeros_like(u)]
    for x_t in INPUTS:
        found.append(np.tanh(kind(x_t) + found[-1] * u))
    return found


def loss(u, kind):
    """½ h_1² + ½ h_2² + ½ h_3² (N,)."""
    return sum(h ** 2 for h in states(u, kind)) / kind(2)


def derivative(u):
    """dL/du (N,) by the backward pass, in float64."""
    h, future, total = states(u, np.float64), 0.0, 0.0
    for t in (3, 2, 1):
        delta = (h[t] + future) * (1 - h[t] ** 2)
        total, future = total + delta * h[t - 1], delta * u
    return total


def error_of_differences(epsilon, kind):
    """The median error over POINTS of (L(u + ε) - L(u - ε)) / 2ε, computed in `kind`: np.float64 or np.float32."""
    u, eps = POINTS.astype(kind), kind(epsilon)
    difference = (loss(u + eps, kind) - loss(u - eps, kind)) / (2 * eps)
    return float(np.median(np.abs(difference - derivative(POINTS))))
