"""A new network is two functions and a declaration: here the minimal gated unit (Zhou et al. 2016), and that is all."""

import numpy as np
import pytest

from lstm_course import Bidirectional, Stacked
from lstm_course.gradients import check_gradients
from lstm_course.networks.functions import sigmoid, sigmoid_slope, tanh_slope
from lstm_course.networks.initial_weights import first_weights
from lstm_course.networks.layer import Recurrent


class MinimalGatedUnit:
    """f = σ(x W_f + h U_f + b_f), n = tanh(x W_n + (f ⊙ h) U_n + b_n), h' = (1 - f) ⊙ h + f ⊙ n."""

    gates = ("f", "n")
    state = ("h",)

    def first_parameters(self, input_size, hidden_size, rng):
        return first_weights(rng, input_size, hidden_size, 2)

    def step(self, x, state, p):
        (h,), (U_f, U_n) = state, np.split(p["U"], 2, axis=1)
        a_f, a_n = np.split(x @ p["W"] + p["b"], 2, axis=1)
        f = sigmoid(a_f + h @ U_f)
        n = np.tanh(a_n + (f * h) @ U_n)
        return ((1 - f) * h + f * n,), (f, n)

    def step_backward(self, grad_state, x, state, new_state, gates, p):
        (grad,), (h,), (f, n), (U_f, U_n) = grad_state, state, gates, np.split(p["U"], 2, axis=1)
        grad_n = grad * f * tanh_slope(n)
        grad_fh = grad_n @ U_n.T
        grad_f = (grad * (n - h) + grad_fh * h) * sigmoid_slope(f)
        grad_a = np.concatenate([grad_f, grad_n], axis=1)
        grad_h = grad * (1 - f) + grad_fh * f + grad_f @ U_f.T
        grad_U = np.concatenate([h.T @ grad_f, (f * h).T @ grad_n], axis=1)
        return grad_a @ p["W"].T, (grad_h,), {"W": x.T @ grad_a, "U": grad_U, "b": grad_a.sum(axis=0)}


def unit(rng=0, **options):
    return Recurrent(MinimalGatedUnit(), 3, 4, rng=rng, **options)


X = np.random.default_rng(0).standard_normal((5, 2, 3))


@pytest.mark.parametrize("layer", [unit(), Bidirectional(unit(1), unit(2)),
                                   Stacked([unit(3), Recurrent(MinimalGatedUnit(), 4, 2, rng=4)])],
                         ids=["alone", "two-way", "stacked"])
@pytest.mark.parametrize("lengths", [None, [5, 2]])
def test_its_gradients_alone_and_in_wrappers(layer, lengths):
    assert check_gradients(layer, X, lengths=lengths).ok


# ---------------------------------------------------------------- what a cell must give

def spoilt(method, change):
    """A layer of a minimal gated unit whose step or step_backward gives something else."""
    class Spoilt(MinimalGatedUnit):
        def __repr__(self):
            return "Spoilt()"
    right = getattr(MinimalGatedUnit, method)
    setattr(Spoilt, method, lambda self, *given: change(*right(self, *given)))
    return Recurrent(Spoilt(), 3, 4, rng=0)


@pytest.mark.parametrize(("method", "change", "words"), [
    ("step", lambda state, gates: (state[0], gates), r"new state one ndarray, expected a tuple of 1: \(h,\)"),
    ("step", lambda state, gates: (state, gates[:1]), r"gates a tuple of 1, expected a tuple of 2: \(f, n\)"),
    ("step", lambda state, gates: (state, (gates[0], gates[1].T)), r"n with shape \(4, 2\), expected \(2, 4\)"),
    ("step", lambda state, gates: ((state[0].astype(np.float32),), gates), "h in float32, expected float64"),
    ("step_backward", lambda x, state, p: (x, state), "tuple of 2, expected three things"),
    ("step_backward", lambda x, state, p: (x.T, state, p), r"gradient of x with shape"),
    ("step_backward", lambda x, state, p: (x, state[0], p), r"for the state one ndarray, expected a tuple of 1"),
    ("step_backward", lambda x, state, p: (x, (), p), r"for the state a tuple of 0, expected a tuple of 1: \(h,\)"),
    ("step_backward", lambda x, state, p: (x, state, {"W": p["W"]}), r"\['W'\], expected those of \['U', 'W', 'b'\]"),
    ("step_backward", lambda x, state, p: (x, state, p | {"U": p["U"].T}), r"gradient of U with shape \(8, 4\), exp"),
])
def test_errors_say_what_the_cell_gave_and_what_was_expected(method, change, words):
    with pytest.raises((ValueError, TypeError), match=rf"{method} of Spoilt\(\) gave .*{words}"):
        check_gradients(spoilt(method, change), X)
