"""Optimizers: what to do with a gradient. Each changes the arrays in `parameters` in place.

    optimizer = Adam(learning_rate=1e-3)
    optimizer.update(layer.parameters, grads.parameters)

Both are dicts of arrays under the same names. A parameter without an entry in `grads` stays
as it is (it is frozen). An optimizer remembers its averages by name: use a new one for a new network.
Every rule is PyTorch's, update for update.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lstm_course.networks.validation import check_number

Arrays = dict[str, np.ndarray]                              # name -> array: parameters, or their gradients
Gradients = Arrays | Sequence[np.ndarray]
BELOW_1 = float(np.nextafter(1, 0))


class Optimizer:
    """What all optimizers share: the checks, and the averages kept for each parameter between updates."""

    step: Any                       # step(parameter, grad, *averages): one update of one parameter, in place

    def __init__(self, learning_rate: float):
        self.learning_rate = _positive("learning_rate", learning_rate)
        self.averages: dict[str, list[np.ndarray]] = {}      # parameter name -> arrays of its shape

    def update(self, parameters: Arrays, grads: Arrays) -> None:
        """One update of every parameter that has a gradient, in place. Both are dicts, name -> array."""
        for name, grad in grads.items():
            _check(name, parameters, grad, self.averages)
        for name, grad in grads.items():
            if name not in self.averages:
                self.averages[name] = self.start(parameters[name])
            self.step(parameters[name], grad, *self.averages[name])

    def start(self, parameter: np.ndarray) -> list[np.ndarray]:
        """The averages of a parameter before its first update."""
        return []


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if wanted.

    v ← momentum · v + g,   p ← p − learning_rate · v          (Polyak 1964; `torch.optim.SGD`)
    """

    def __init__(self, learning_rate: float, momentum: float = 0.0):
        super().__init__(learning_rate)
        self.momentum = check_number("momentum", momentum, 0, BELOW_1)

    def start(self, parameter: np.ndarray) -> list[np.ndarray]:
        return [np.zeros_like(parameter)] if self.momentum else []

    def step(self, parameter, grad, velocity=None):
        if velocity is not None:
            velocity *= self.momentum
            velocity += grad
            grad = velocity
        parameter -= self.learning_rate * grad


class RMSprop(Optimizer):
    """Divide by the recent size of the gradient.

    s ← decay · s + (1 − decay) g²,   p ← p − learning_rate · g / (√s + epsilon)

    (Tieleman & Hinton, *Neural Networks for Machine Learning*, lecture 6.5, 2012; `torch.optim.RMSprop`)
    """

    def __init__(self, learning_rate: float, decay: float = 0.99, epsilon: float = 1e-8):
        super().__init__(learning_rate)
        self.decay = check_number("decay", decay, 0, BELOW_1)
        self.epsilon = _positive("epsilon", epsilon)

    def start(self, parameter: np.ndarray) -> list[np.ndarray]:
        return [np.zeros_like(parameter)]

    def step(self, parameter, grad, square):
        square *= self.decay
        square += (1 - self.decay) * grad * grad
        parameter -= self.learning_rate * grad / (np.sqrt(square) + self.epsilon)


class Adam(Optimizer):
    """RMSprop with momentum, both averages corrected for having started at 0.

    m ← β₁ m + (1 − β₁) g,   s ← β₂ s + (1 − β₂) g²,
    p ← p − learning_rate · m̂ / (√ŝ + epsilon),   m̂ = m / (1 − β₁ᵗ),   ŝ = s / (1 − β₂ᵗ)

    (Kingma & Ba 2015, algorithm 1; `torch.optim.Adam`)
    """

    def __init__(self, learning_rate: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8):
        super().__init__(learning_rate)
        self.beta1 = check_number("beta1", beta1, 0, BELOW_1)
        self.beta2 = check_number("beta2", beta2, 0, BELOW_1)
        self.epsilon = _positive("epsilon", epsilon)

    def start(self, parameter: np.ndarray) -> list[np.ndarray]:
        return [np.zeros_like(parameter), np.zeros_like(parameter), np.zeros(1)]          # m, s, t

    def step(self, parameter, grad, mean, square, t):
        t += 1
        mean *= self.beta1
        mean += (1 - self.beta1) * grad
        square *= self.beta2
        square += (1 - self.beta2) * grad * grad
        unbiased_mean = 1 - self.beta1 ** float(t[0])
        unbiased_square = 1 - self.beta2 ** float(t[0])
        parameter -= (self.learning_rate / unbiased_mean) * mean / (
            np.sqrt(square / unbiased_square) + self.epsilon)


def global_norm(grads: Gradients) -> float:
    """The length of all gradients laid end to end: √(sum of all squares). grads: dict or list of arrays."""
    norm = sum(float(np.vdot(grad, grad)) for grad in _arrays(grads)) ** 0.5
    if norm != np.inf:
        return norm
    largest = max(float(np.abs(grad).max()) for grad in _arrays(grads))
    if not largest < np.inf:
        return largest
    return largest * global_norm([grad / largest for grad in _arrays(grads)])       # the squares overflowed


def clip_by_norm(grads: Gradients, max_norm: float) -> float:
    """Shorten all gradients *together* if their global norm exceeds `max_norm`; returns the norm before.

    Works in place, on a dict or list of arrays: every array is multiplied by the same
    min(1, max_norm / (norm + 1e-6)), so that the direction stays (Pascanu, Mikolov & Bengio 2013,
    algorithm 1; `torch.nn.utils.clip_grad_norm_`). NaN and infinity cannot be shortened: ValueError,
    and nothing is changed.
    """
    max_norm = _positive("max_norm", max_norm)
    norm = global_norm(grads)
    if not np.isfinite(norm):
        _check_finite(grads)
    scale = max_norm / (norm + 1e-6)
    if scale < 1:
        for grad in _arrays(grads):
            grad *= scale
    return norm


def clip_by_value(grads: Gradients, max_value: float) -> None:
    """Cut every single entry to −max_value … max_value, in place. This changes the direction."""
    max_value = _positive("max_value", max_value)
    _check_finite(grads)
    for grad in _arrays(grads):
        np.clip(grad, -max_value, max_value, out=grad)


# -------------------------------------------------------------------------------- input checks

def _arrays(grads):
    return grads.values() if isinstance(grads, dict) else grads


def _check_finite(grads):
    named = grads.items() if isinstance(grads, dict) else enumerate(grads)
    for name, grad in named:
        if not np.isfinite(grad).all():
            raise ValueError(f"grads[{name!r}] holds NaN or infinite values, expected finite numbers: the "
                             "training has diverged; start again with a smaller learning rate")


def _check(name, parameters, grad, averages):
    if name not in parameters:
        raise ValueError(f"grads has the name {name!r}, expected one of {sorted(parameters)}")
    shape = np.shape(parameters[name])
    if np.shape(grad) != shape:
        raise ValueError(f"grads[{name!r}] has shape {np.shape(grad)}, expected the parameter's {shape}")
    if any(average.shape not in (shape, (1,)) for average in averages.get(name, ())):
        raise ValueError(f"parameter {name!r} has shape {shape}, other than at the last update: this "
                         "optimizer has served another network; make a new one")


def _positive(name, value):
    value = check_number(name, value)
    if value <= 0:
        raise ValueError(f"{name} is {value}, expected a positive number")
    return value
