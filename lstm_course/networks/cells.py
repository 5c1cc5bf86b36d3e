"""One time step of each network, forward and backward, as pure functions: the formulas of the course.

Rows are samples: x (B,I), h and c (B,H), W (I,nH), U (H,nH), b (nH,), with n gates side by side.
LSTM gates stand in the order i, f, g, o; GRU gates in the order r, z, n. ⊙ is written *, the matrix product @.

Each backward function takes ∂L/∂(new state) and gives ∂L/∂ of everything that went in. Over a sequence, the
parameters' gradients of all steps are added up (the same W is used at every step).

Beneath each pair of functions stands the `Cell` that declares them as a network: `layer.Recurrent` runs any cell over
whole sequences. RNN, LSTM and GRU do so faster, by the loops in `fast`; the tests assert that both agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from lstm_course.networks.functions import ACTIVATIONS, SLOPES, sigmoid, sigmoid_slope, tanh_slope
from lstm_course.networks.initial_weights import first_weights


class Cell(Protocol):
    """A recurrent network as one time step: what a layer, a gradient check and the gradient flow need of it.

    gates: the names of what `step` computes on its way, in the order in which it gives them.
    state: the names of the state's parts; the first one is also the output. A state is a tuple of as many (B,H).
    """

    @property
    def gates(self) -> tuple[str, ...]: ...

    @property
    def state(self) -> tuple[str, ...]: ...

    def first_parameters(self, input_size: int, hidden_size: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """The parameters at the start, dict name -> array: this declares their names and shapes."""

    def step(self, x: np.ndarray, state: tuple, p: dict[str, np.ndarray]) -> tuple[tuple, tuple]:
        """x (B,I), the state and the parameters -> the new state, the gates (each (B,H))."""

    def step_backward(self, grad_state: tuple, x: np.ndarray, state: tuple, new_state: tuple, gates: tuple,
                      p: dict[str, np.ndarray]) -> tuple[np.ndarray, tuple, dict[str, np.ndarray]]:
        """∂L/∂(new state) and all that `step` saw and gave -> ∂L/∂x, ∂L/∂state, {name: ∂L/∂parameter}."""


# ------------------------------------------------------------------------------------------------- RNN

def rnn_step(x: np.ndarray, h_prev: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray,
             activation: str = "tanh") -> np.ndarray:
    """h = φ(x W + h_prev U + b), the simple recurrent network (Elman 1990).

    x (B,I), h_prev (B,H), W (I,H), U (H,H), b (H,) -> h (B,H). activation: tanh, relu or sigmoid.
    """
    return ACTIVATIONS[activation](x @ W + h_prev @ U + b)


def rnn_step_backward(grad_h: np.ndarray, x: np.ndarray, h_prev: np.ndarray, h: np.ndarray, W: np.ndarray,
                      U: np.ndarray, activation: str = "tanh") -> tuple[np.ndarray, np.ndarray, dict]:
    """Back through `rnn_step`: grad_h (B,H) -> grad_x (B,I), grad_h_prev (B,H), {"W", "U", "b"}."""
    grad_z = grad_h * SLOPES[activation](h)
    return grad_z @ W.T, grad_z @ U.T, _affine_gradients(grad_z, x, h_prev)


@dataclass(frozen=True)
class RNNCell:
    """The simple recurrent network; activation: "tanh", "relu" or "sigmoid"."""

    activation: str = "tanh"
    gates = ()
    state = ("h",)

    def first_parameters(self, input_size: int, hidden_size: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        return first_weights(rng, input_size, hidden_size, 1)

    def step(self, x: np.ndarray, state: tuple, p: dict) -> tuple[tuple, tuple]:
        (h_prev,) = state
        return (rnn_step(x, h_prev, p["W"], p["U"], p["b"], self.activation),), ()

    def step_backward(self, grad_state: tuple, x: np.ndarray, state: tuple, new_state: tuple, gates: tuple,
                      p: dict) -> tuple[np.ndarray, tuple, dict]:
        (grad_h,), (h_prev,), (h,) = grad_state, state, new_state
        grad_x, grad_h_prev, grads = rnn_step_backward(grad_h, x, h_prev, h, p["W"], p["U"], self.activation)
        return grad_x, (grad_h_prev,), grads


def _affine_gradients(grad_z, x, h_prev):
    """The parameters' gradients of z = x W + h_prev U + b: {"W": xᵀ ∂z, "U": h_prevᵀ ∂z, "b": Σ_B ∂z}."""
    return {"W": x.T @ grad_z, "U": h_prev.T @ grad_z, "b": grad_z.sum(axis=0)}


# ------------------------------------------------------------------------------------------------ LSTM

class LSTMGates(NamedTuple):
    """The gates i, f, o in (0, 1) and the candidate g in (-1, 1) of one step, each (B,H)."""

    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray


def lstm_step(x: np.ndarray, h_prev: np.ndarray, c_prev: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray,
              P: np.ndarray | None = None, output_activation: str = "tanh") -> tuple[np.ndarray, np.ndarray, LSTMGates]:
    """One step of the LSTM with forget gate (Hochreiter & Schmidhuber 1997; Gers et al. 2000).

    i, f, o = σ(z_i), σ(z_f), σ(z_o) and g = tanh(z_g), where z = x W + h_prev U + b
    c = f ⊙ c_prev + i ⊙ g
    h = o ⊙ φ(c), where φ is tanh, or the identity in the variant of article 003

    With peepholes (Gers & Schmidhuber 2000), P (3,H): z_i and z_f also see P ⊙ c_prev, z_o sees P_o ⊙ c.
    x (B,I), h_prev and c_prev (B,H), W (I,4H), U (H,4H), b (4H,) -> h (B,H), c (B,H), LSTMGates.
    """
    z_i, z_f, z_g, z_o = np.split(x @ W + h_prev @ U + b, 4, axis=1)
    if P is not None:
        z_i, z_f = z_i + P[0] * c_prev, z_f + P[1] * c_prev
    i, f, g = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g)
    c = f * c_prev + i * g
    if P is not None:
        z_o = z_o + P[2] * c
    o = sigmoid(z_o)
    h = o * ACTIVATIONS[output_activation](c)
    return h, c, LSTMGates(i, f, g, o)


def lstm_step_backward(grad_h: np.ndarray, grad_c: np.ndarray, x: np.ndarray, h_prev: np.ndarray, c_prev: np.ndarray,
                       c: np.ndarray, gates: LSTMGates, W: np.ndarray, U: np.ndarray, P: np.ndarray | None = None,
                       output_activation: str = "tanh") -> tuple[np.ndarray, np.ndarray, np.ndarray, dict]:
    """Back through `lstm_step`.

    grad_h and grad_c (B,H) are ∂L/∂h and ∂L/∂c as they arrive from the next step and from the outputs.
    Two roads lead into c_prev: directly through f, and (with peepholes) through the gates that look at it;
    a third one, through h_prev, is taken at the step before.
    Returns grad_x (B,I), grad_h_prev (B,H), grad_c_prev (B,H), {"W", "U", "b"} (and "P" with peepholes).
    """
    i, f, g, o = gates
    out = ACTIVATIONS[output_activation](c)
    grad_zo = grad_h * out * sigmoid_slope(o)
    grad_c = grad_c + grad_h * o * SLOPES[output_activation](out)
    if P is not None:
        grad_c = grad_c + grad_zo * P[2]
    grad_zi = grad_c * g * sigmoid_slope(i)
    grad_zf = grad_c * c_prev * sigmoid_slope(f)
    grad_zg = grad_c * i * tanh_slope(g)
    grad_c_prev = grad_c * f
    grad_z = np.concatenate([grad_zi, grad_zf, grad_zg, grad_zo], axis=1)
    grads = _affine_gradients(grad_z, x, h_prev)
    if P is not None:
        grad_c_prev = grad_c_prev + grad_zi * P[0] + grad_zf * P[1]
        grads["P"] = np.stack([(grad_zi * c_prev).sum(0), (grad_zf * c_prev).sum(0), (grad_zo * c).sum(0)])
    return grad_z @ W.T, grad_z @ U.T, grad_c_prev, grads


@dataclass(frozen=True)
class LSTMCell:
    """Long short-term memory; the options are those of the layer `LSTM`."""

    forget_bias: float = 1.0
    peephole: bool = False
    output_activation: str = "tanh"
    gates = ("i", "f", "g", "o")
    state = ("h", "c")

    def first_parameters(self, input_size: int, hidden_size: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        p = first_weights(rng, input_size, hidden_size, 4)
        p["b"][hidden_size:2 * hidden_size] = self.forget_bias
        if self.peephole:
            bound = 1 / np.sqrt(hidden_size)
            p["P"] = rng.uniform(-bound, bound, (3, hidden_size))
        return p

    def step(self, x: np.ndarray, state: tuple, p: dict) -> tuple[tuple, tuple]:
        h_prev, c_prev = state
        h, c, gates = lstm_step(x, h_prev, c_prev, p["W"], p["U"], p["b"], p.get("P"), self.output_activation)
        return (h, c), gates

    def step_backward(self, grad_state: tuple, x: np.ndarray, state: tuple, new_state: tuple, gates: tuple,
                      p: dict) -> tuple[np.ndarray, tuple, dict]:
        (grad_h, grad_c), (h_prev, c_prev), (_, c) = grad_state, state, new_state
        grad_x, grad_h_prev, grad_c_prev, grads = lstm_step_backward(
            grad_h, grad_c, x, h_prev, c_prev, c, LSTMGates(*gates), p["W"], p["U"], p.get("P"), self.output_activation)
        return grad_x, (grad_h_prev, grad_c_prev), grads


# ------------------------------------------------------------------------------------------------- GRU

class GRUGates(NamedTuple):
    """The reset gate r and update gate z in (0, 1) and the candidate n in (-1, 1) of one step, each (B,H)."""

    r: np.ndarray
    z: np.ndarray
    n: np.ndarray


def gru_step(x: np.ndarray, h_prev: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray,
             b_hn: np.ndarray | None = None) -> tuple[np.ndarray, GRUGates]:
    """One step of the gated recurrent unit (Cho et al. 2014), h = (1 - z) ⊙ n + z ⊙ h_prev.

    r, z = σ(x W_r + h_prev U_r + b_r), σ(x W_z + h_prev U_z + b_z)
    with b_hn (H,), the reset acts after the product, as in PyTorch and Keras:
        n = tanh(x W_n + b_n + r ⊙ (h_prev U_n + b_hn))
    without b_hn, it acts before, as in the paper's formula:
        n = tanh(x W_n + b_n + (r ⊙ h_prev) U_n)

    x (B,I), h_prev (B,H), W (I,3H), U (H,3H), b (3H,) -> h (B,H), GRUGates.
    """
    a_r, a_z, a_n = np.split(x @ W + b, 3, axis=1)
    U_r, U_z, U_n = np.split(U, 3, axis=1)
    r, z = sigmoid(a_r + h_prev @ U_r), sigmoid(a_z + h_prev @ U_z)
    memory = (r * h_prev) @ U_n if b_hn is None else r * (h_prev @ U_n + b_hn)
    n = np.tanh(a_n + memory)
    return (1 - z) * n + z * h_prev, GRUGates(r, z, n)


def gru_step_backward(grad_h: np.ndarray, x: np.ndarray, h_prev: np.ndarray, gates: GRUGates, W: np.ndarray,
                      U: np.ndarray, b_hn: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, dict]:
    """Back through `gru_step`: grad_h (B,H) -> grad_x (B,I), grad_h_prev (B,H), {"W", "U", "b"} (and "b_hn")."""
    r, z, n = gates
    U_r, U_z, U_n = np.split(U, 3, axis=1)
    grad_z = grad_h * (h_prev - n) * sigmoid_slope(z)
    grad_n = grad_h * (1 - z) * tanh_slope(n)
    if b_hn is None:
        grad_reset = grad_n @ U_n.T                                      # towards r ⊙ h_prev
        grad_r = grad_reset * h_prev * sigmoid_slope(r)
        grad_h_prev = grad_reset * r
        grad_U_n = (r * h_prev).T @ grad_n
    else:
        grad_product = grad_n * r                                        # towards h_prev U_n + b_hn
        grad_r = grad_n * (h_prev @ U_n + b_hn) * sigmoid_slope(r)
        grad_h_prev = grad_product @ U_n.T
        grad_U_n = h_prev.T @ grad_product
    grad_h_prev = grad_h_prev + grad_h * z + grad_r @ U_r.T + grad_z @ U_z.T
    grad_a = np.concatenate([grad_r, grad_z, grad_n], axis=1)
    grads = {"W": x.T @ grad_a,
             "U": np.concatenate([h_prev.T @ grad_r, h_prev.T @ grad_z, grad_U_n], axis=1),
             "b": grad_a.sum(axis=0)}
    if b_hn is not None:
        grads["b_hn"] = grad_product.sum(axis=0)
    return grad_a @ W.T, grad_h_prev, grads


@dataclass(frozen=True)
class GRUCell:
    """The gated recurrent unit; reset_after: whether the reset acts after the product with U."""

    reset_after: bool = True
    gates = ("r", "z", "n")
    state = ("h",)

    def first_parameters(self, input_size: int, hidden_size: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        p = first_weights(rng, input_size, hidden_size, 3)
        return p | {"b_hn": np.zeros(hidden_size)} if self.reset_after else p

    def step(self, x: np.ndarray, state: tuple, p: dict) -> tuple[tuple, tuple]:
        (h_prev,) = state
        h, gates = gru_step(x, h_prev, p["W"], p["U"], p["b"], p.get("b_hn"))
        return (h,), gates

    def step_backward(self, grad_state: tuple, x: np.ndarray, state: tuple, new_state: tuple, gates: tuple,
                      p: dict) -> tuple[np.ndarray, tuple, dict]:
        (grad_h,), (h_prev,) = grad_state, state
        grad_x, grad_h_prev, grads = gru_step_backward(grad_h, x, h_prev, GRUGates(*gates), p["W"], p["U"],
                                                       p.get("b_hn"))
        return grad_x, (grad_h_prev,), grads
