"""Many tanh RNNs that hold one bit, trained side by side: with all networks in one array, twenty take little longer
than one. The tests hold it equal to `fit` with `Model([RNN(1, H), Last(), Linear(H, 1)])`, network by network.
"""

import numpy as np

from lstm_course import RNN, Linear
from lstm_course.tasks.latch_problem import latch_problem
from lstm_course.training import Last, Model

HIDDEN, BATCH, NOISE, HELD_OUT = 32, 8, 0.3, 500
RECURRENT, OUTPUT = ("0.W", "0.U", "0.b"), ("2.W", "2.b")


def new_model(rho, seed):
    """An RNN with U = ρ times an orthogonal matrix, its last output, a linear layer."""
    rng = np.random.default_rng(seed)
    model = Model([RNN(1, HIDDEN, rng=rng), Last(), Linear(HIDDEN, 1, rng=rng)])
    model.parameters["0.U"][...] *= rho
    return model


def batch(T, sequences, rng):
    """x (T,B,1), the cue and then noise; targets (B,1), the cue as ±1"""
    x, bit = latch_problem(T, sequences, rng, NOISE)
    return x, 2 * bit - 1


class SideBySide:
    """S networks, one a seed. parameters: name -> (S, …), as in `new_model`, vectors as rows (S,1,H)."""

    def __init__(self, rho, seeds):
        models = [new_model(rho, seed).parameters for seed in seeds]
        stacked = {name: np.stack([model[name] for model in models]) for name in models[0]}
        self.seeds = tuple(seeds)
        self.parameters = {name: array[:, None] if array.ndim == 2 else array for name, array in stacked.items()}

    def forward(self, x):
        """x (T,S,B,1) -> the states h_0 … h_T, each (S,B,H), and the answers (S,B,1)"""
        p = self.parameters
        states = [np.zeros((*x.shape[1:3], HIDDEN))]
        for x_t in x:
            states.append(np.tanh(x_t * p["0.W"] + states[-1] @ p["0.U"] + p["0.b"]))
        return states, states[-1] @ p["2.W"] + p["2.b"]

    def slopes(self, x, targets):
        """-> losses (S,), the gradients by name, the states at the end (S,B,H)"""
        (*before, last), answers = self.forward(x)
        p, miss = self.parameters, answers - targets
        grads = {name: np.zeros_like(array) for name, array in p.items()}
        slope = 2 * miss / miss[0].size
        grads["2.W"], grads["2.b"] = last.swapaxes(1, 2) @ slope, slope.sum(axis=1, keepdims=True)
        grad_h = slope @ p["2.W"].swapaxes(1, 2)
        for x_t, h, new in zip(x[::-1], before[::-1], [last, *before[:0:-1]], strict=True):
            delta = grad_h * (1 - new ** 2)
            grads["0.W"] += (x_t * delta).sum(axis=1, keepdims=True)
            grads["0.U"] += h.swapaxes(1, 2) @ delta
            grads["0.b"] += delta.sum(axis=1, keepdims=True)
            grad_h = delta @ p["0.U"].swapaxes(1, 2)
        return (miss ** 2).mean(axis=(1, 2)), grads, last

    def train(self, T, updates, optimizer, clip=None, freeze=()):
        """Train all: yields losses (S,), gradient norms of the recurrent and of the output layer (2,S) before clipping,
        the mean of ‖h_T‖² (S,). clip(grads, norms) changes the gradients in place. What overflows becomes NaN.
        """
        rngs = [np.random.default_rng(seed) for seed in self.seeds]
        for _ in range(updates):
            x, targets = zip(*(batch(T, BATCH, rng) for rng in rngs), strict=True)
            with np.errstate(over="ignore", invalid="ignore"):
                losses, grads, last = self.slopes(np.stack(x, axis=1), np.stack(targets))
                grads = {name: grad for name, grad in grads.items() if name not in freeze}
                norms = np.array([norm_of(grads, names) for names in (RECURRENT, OUTPUT)])
                if clip:
                    clip(grads, norms)
                optimizer.update({name: self.parameters[name] for name in grads}, grads)
            yield losses, norms, (last ** 2).sum(axis=2).mean(axis=1)

    def right(self, T):
        """The share of right answers on new sequences, (S,); 0 for a network of NaN"""
        x, targets = zip(*(batch(T, HELD_OUT, 10_000 + seed) for seed in self.seeds), strict=True)
        with np.errstate(over="ignore", invalid="ignore"):
            answers = self.forward(np.stack(x, axis=1))[1]
        return (answers * np.stack(targets) > 0).mean(axis=(1, 2))


def norm_of(grads, names):
    """The common norm of these gradients, (S,)"""
    squares = [(grads[name] ** 2).sum(axis=(1, 2)) for name in names if name in grads]
    return np.sqrt(sum(squares)) if squares else 0 * next(iter(grads.values()))[:, 0, 0]


def shorten(grads, names, norms, limit):
    """Multiply these gradients so that no norm (S,) is above the limit, as `optimizers.clip_by_norm` does."""
    scale = np.minimum(1.0, limit / (norms + 1e-6))[:, None, None]
    for name in names:
        if name in grads:
            grads[name] *= scale
