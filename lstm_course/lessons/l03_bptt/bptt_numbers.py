"""What the BPTT stepper computes: one unit over up to eight steps, a loss at any of them, forward, backward, nudged."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from lstm_course import RNN
from lstm_course.networks import cells
from lstm_course.networks.functions import tanh_slope

MOST, LOW, HIGH, EPSILON = 8, -2.0, 2.0, 0.0001
LAST, EVERY, CHOSEN = "last step", "every step", "chosen steps"
OFF, ALL, ONE = "off", "every use", "one use"


class Nudge(NamedTuple):
    """u moved by ±EPSILON at the uses `at`: the losses L(u + ε), L(u − ε), and their difference over 2ε."""

    at: tuple
    above: float
    below: float
    slope: float


@dataclass
class Backward:
    """h_t = tanh(x_t w + h_{t-1} u), L = Σ ½ h_t² over the steps that count. Entry t - 1 of (T,) belongs to step t."""

    w: float
    u: float
    x: np.ndarray               # (T,)
    counts: np.ndarray          # (T,): does the loss look at h_t?
    h: np.ndarray               # (T+1,): h_0 ... h_T
    loss: float
    direct: np.ndarray          # (T,): the direct part, h_t where the loss looks at it, else 0
    future: np.ndarray          # (T,): δ_{t+1} u, 0 at the last step
    slope: np.ndarray           # (T,): 1 - h_t²
    delta: np.ndarray           # (T,): ∂L/∂z_t, z_t is what goes into tanh
    du: np.ndarray              # (T,): what step t contributes to ∂L/∂u
    dw: np.ndarray              # (T,): what step t contributes to ∂L/∂w
    nudge: Nudge | None
    step: int
    path: list = field(default_factory=list)        # what is computed, in its order: (kind, t); `step` of it is done

    @property
    def T(self):
        return len(self.x)

    @property
    def grad_h(self):
        return self.direct + self.future

    @property
    def done(self):
        return self.path[:self.step]


def path(T):
    """The backward pass: at each step what arrives at h_t, then δ_t, then the parts of u and w."""
    return [(kind, t) for t in range(T, 0, -1) for kind in ("arrives", "delta", "parts")]


def numbers(text):
    """x as it is typed -> up to eight numbers (T,). ValueError in plain words."""
    words = str(text).replace("−", "-").replace(";", " ").replace("(", " ").replace(")", " ").split()
    parts = [part.rstrip(",") for word in words for part in _decimal(word)]
    try:
        found = np.array([float(part) for part in parts if part])
    except ValueError:
        raise ValueError(f"x takes numbers with blanks between them, such as 1 0 −1, and “{text}” is none.") from None
    if not 1 <= len(found) <= MOST or not (np.isfinite(found).all() and np.abs(found).max() <= HIGH):
        raise ValueError(f"x takes 1 to {MOST} numbers from −2 to 2, one for each step.")
    return found


def _decimal(word):
    """"0,5" is one number, "1,0,0" are three."""
    return [word.replace(",", ".")] if word.count(",") == 1 and not word.endswith(",") else word.split(",")


def typed_numbers(text):
    """The same as text: "1 0 -0.5"."""
    return " ".join(f"{number:g}" for number in numbers(text))


def typed_steps(text):
    """Numbers of steps as text, "1 3"; ValueError in plain words."""
    words = str(text).replace(",", " ").split()
    if not words or not all(word.isdigit() and 1 <= int(word) <= MOST for word in words):
        raise ValueError(f"The steps that count are whole numbers from 1 to {MOST}, such as 1 3.")
    return " ".join(map(str, sorted({int(word) for word in words})))


def counted(loss_at, chosen, T):
    """Which steps the loss looks at, (T,) of truth values."""
    if loss_at != CHOSEN:
        return np.arange(1, T + 1) == T if loss_at == LAST else np.ones(T, dtype=bool)
    steps = [int(word) for word in chosen.split()]
    if max(steps) > T:
        raise ValueError(f"x has {T} numbers, so there is no step {max(steps)}: leave it out, or type more numbers.")
    return np.isin(np.arange(1, T + 1), steps)


def loss_of(w, uses, x, counts):
    """L if the steps use these numbers (T,) in the place of u."""
    state, loss = 0.0, 0.0
    for x_t, u, looked_at in zip(x, uses, counts, strict=True):
        state = np.tanh(x_t * w + state * u)
        loss += looked_at * state ** 2 / 2
    return loss


def nudged(w, u, x, counts, at):
    """The effect of a small move of u at the steps `at`."""
    move = EPSILON * np.isin(np.arange(1, len(x) + 1), at)
    above, below = loss_of(w, u + move, x, counts), loss_of(w, u - move, x, counts)
    return Nudge(tuple(at), above, below, (above - below) / (2 * EPSILON))


def compute(w, u, x, loss_at=LAST, chosen="1", nudge=OFF, use=1, step=0):
    """One unit of the course's network forward, and its cell backward, step by step -> Backward."""
    x = numbers(x)
    T, counts = len(x), counted(loss_at, chosen, len(x))
    layer = RNN(1, 1, rng=0)
    W, U = layer.parameters["W"], layer.parameters["U"]
    W[...], U[...] = w, u
    h = np.concatenate([[0.0], layer.forward(x.reshape(T, 1, 1)).outputs.ravel()])
    direct, future, delta, du, dw = np.where(counts, h[1:], 0.0), *np.zeros((4, T))
    at = lambda number: np.reshape(number, (1, 1))
    for t in range(T, 0, -1):
        arrives = at(direct[t - 1] + future[t - 1])
        _, before, grads = cells.rnn_step_backward(arrives, at(x[t - 1]), at(h[t - 1]), at(h[t]), W, U)
        delta[t - 1], du[t - 1], dw[t - 1] = (grads[name].item() for name in "bUW")
        if t > 1:
            future[t - 2] = before.item()
    uses = {OFF: (), ALL: range(1, T + 1), ONE: (min(use, T),)}[nudge]
    return Backward(w=w, u=u, x=x, counts=counts, h=h, loss=loss_of(w, np.full(T, u), x, counts), direct=direct,
                    future=future, slope=tanh_slope(h[1:]), delta=delta, du=du, dw=dw,
                    nudge=nudged(w, u, x, counts, uses) if uses else None, step=step, path=path(T))
