"""Many gated networks, trained side by side: with all networks in one array, twenty take a fraction of the time.

LSTM, LSTM with i = 1 − f, and GRU (reset after the product), each with a linear layer on its outputs. The tests hold
them equal to `fit` with the package's layers, network by network.
"""

from dataclasses import dataclass

import numpy as np

from lstm_course import GRU, LSTM, Linear
from lstm_course.experiments.shared.variants import OPEN, variant
from lstm_course.training import Last, Model
from lstm_course.training.optimizers import Adam

NAMES = {"LSTM": "ifgo", "LSTM, i = 1 − f": "ifgo", "GRU": "rzn", "GRU, r = 1": "rzn"}


@dataclass(frozen=True)
class Setting:
    """A network of some units, and where its gates start: by how much the bias keeps the old, and lets the new in."""

    kind: str
    units: int
    keep: float
    write: float = 0.0                  # only an LSTM has a gate of its own for it

    @property
    def coupled(self):
        return self.kind == "LSTM, i = 1 − f"


def new_layer(setting, inputs, rng):
    """The package's layer, with the biases of the setting."""
    H, names = setting.units, NAMES[setting.kind]
    makers = {"LSTM": LSTM, "LSTM, i = 1 − f": lambda I, H, rng: variant("i = 1 - f", I, H, rng)}
    layer = makers.get(setting.kind, GRU)(inputs, H, rng=rng)
    starts = {"f": setting.keep, "z": setting.keep, "i": setting.write}
    if setting.kind == "GRU, r = 1":
        starts["r"] = OPEN
        layer.parameters["W"][:, :H] = layer.parameters["U"][:, :H] = 0.0
    for k, name in enumerate(names):
        layer.parameters["b"][k * H:(k + 1) * H] = starts.get(name, 0.0)
    return layer


def new_model(setting, inputs, rng, every_step):
    """The layer and its linear answer, at every step or after the last one."""
    layer = new_layer(setting, inputs, rng)
    return Model([layer, *([] if every_step else [Last()]), Linear(setting.units, 1, rng=rng)])


def of_layers(model):
    """{name: array} of a model of `new_model`, under the same names with and without `Last`."""
    recurrent, *_, linear = model.layers
    return recurrent.parameters | {"V": linear.parameters["W"], "a": linear.parameters["b"]}


class Gated:
    """S networks, one a seed. parameters: name -> (S, …), vectors as rows (S,1,·)."""

    def __init__(self, setting, inputs, seeds, every_step):
        self.setting, self.every_step, self.kind = setting, every_step, setting.kind
        self.rngs = [np.random.default_rng(seed) for seed in seeds]
        models = [of_layers(new_model(setting, inputs, rng, every_step)) for rng in self.rngs]
        stacked = {name: np.stack([model[name] for model in models]) for name in models[0]}
        self.parameters = {name: array[:, None] if array.ndim == 2 else array for name, array in stacked.items()}
        squashed = "g" if self.lstm else "n"
        self.half = np.repeat([1.0 if name == squashed else 0.5 for name in NAMES[self.kind]], setting.units)
        self.shift = np.where(self.half == 1, 0.0, 0.5)         # σ(a) = ½ tanh(½ a) + ½

    @property
    def lstm(self):
        return NAMES[self.kind] == "ifgo"

    def forward(self, x):
        """x (T,S,B,I) -> the answers (T,S,B,1), and what the way back needs of each step"""
        p = self.parameters
        step, start = (self.lstm_step, 2) if self.lstm else (self.gru_step, 1)
        state, saved, outputs = (np.zeros((*x.shape[1:3], self.setting.units)),) * start, [], []
        for a in x @ p["W"] + p["b"]:
            state, kept = step(a, *state)
            saved.append(kept)
            outputs.append(state[0])
        outputs = np.stack(outputs)
        return (outputs if self.every_step else outputs[-1:]) @ p["V"] + p["a"], (x, outputs, saved)

    def lstm_step(self, a, h, c):
        a += h @ self.parameters["U"]
        gates = np.tanh(a * self.half) * self.half + self.shift
        i, f, g, o = np.split(gates, 4, axis=2)
        if self.setting.coupled:
            i = 1 - f
        c_new = f * c + i * g
        out = np.tanh(c_new)
        return (o * out, c_new), (i, f, g, o, c, out)

    def gru_step(self, a, h):
        H, p = self.setting.units, self.parameters
        product = h @ p["U"]
        gates = np.tanh((a[..., :2 * H] + product[..., :2 * H]) / 2) / 2 + 0.5
        r, z = gates[..., :H], gates[..., H:]
        inside = product[..., 2 * H:] + p["b_hn"]
        n = np.tanh(a[..., 2 * H:] + r * inside)
        return ((1 - z) * n + z * h,), (r, z, n, h, inside)

    def backward(self, grad_answers, x, outputs, saved):
        """∂L/∂answers (as the answers) -> {name: gradient (S, …)}"""
        p, read = self.parameters, outputs if self.every_step else outputs[-1:]
        grads = {"V": summed(read, grad_answers), "a": grad_answers.sum(axis=(0, 2))[:, None]}
        arriving = np.zeros_like(outputs)
        arriving[-len(read):] = grad_answers @ p["V"].swapaxes(1, 2)
        into_h, into_c, in_W, in_U = np.zeros_like(outputs[0]), 0.0, [], []
        for kept, grad_h in zip(saved[::-1], arriving[::-1], strict=True):
            if self.lstm:
                delta, into_c = self.lstm_back(grad_h + into_h, into_c, *kept)
                product, direct = delta, 0.0
            else:
                delta, product, direct = self.gru_back(grad_h + into_h, *kept)
            into_h = product @ p["U"].swapaxes(1, 2) + direct
            in_W.append(delta)
            in_U.append(product)
        in_W, in_U = np.stack(in_W[::-1]), np.stack(in_U[::-1])
        before = np.concatenate([np.zeros_like(outputs[:1]), outputs[:-1]])
        grads |= {"W": summed(x, in_W), "U": summed(before, in_U), "b": in_W.sum(axis=(0, 2))[:, None]}
        if not self.lstm:
            grads["b_hn"] = in_U[..., 2 * self.setting.units:].sum(axis=(0, 2))[:, None]
        return grads

    def lstm_back(self, grad_h, grad_c, i, f, g, o, c, out):
        grad_c = grad_c + grad_h * o * (1 - out ** 2)
        grad_i, grad_f = (0 * g, c - g) if self.setting.coupled else (g, c)
        blocks = [grad_c * grad_i * i * (1 - i), grad_c * grad_f * f * (1 - f), grad_c * i * (1 - g ** 2),
                  grad_h * out * o * (1 - o)]
        return np.concatenate(blocks, axis=2), grad_c * f

    def gru_back(self, grad_h, r, z, n, h, inside):
        grad_z, grad_n = grad_h * (h - n) * z * (1 - z), grad_h * (1 - z) * (1 - n ** 2)
        grad_r = grad_n * inside * r * (1 - r)
        return (np.concatenate([grad_r, grad_z, grad_n], axis=2),
                np.concatenate([grad_r, grad_z, grad_n * r], axis=2), grad_h * z)

    def train(self, draw, loss, updates, rate, clip):
        """draw(rng) -> x, targets of one network. Yields the losses (S,), update by update."""
        optimizer = Adam(rate)
        for _ in range(updates):
            x, targets = zip(*(draw(rng) for rng in self.rngs), strict=True)
            answers, kept = self.forward(np.stack(x, axis=1))
            targets = np.stack(targets, axis=-3)
            losses, grad = loss(answers, targets.reshape(answers.shape))
            grads = self.backward(grad, *kept)
            norms = np.sqrt(sum((grad ** 2).sum(axis=(1, 2)) for grad in grads.values()))
            for grad in grads.values():
                grad *= np.minimum(1.0, clip / (norms + 1e-6))[:, None, None]
            optimizer.update(self.parameters, grads)
            yield losses

    def one(self, k):
        """Network k as a Model of the package."""
        model = new_model(self.setting, self.parameters["W"].shape[1], 0, self.every_step)
        for name, array in of_layers(model).items():
            array[...] = self.parameters[name][k].reshape(array.shape)
        return model


def summed(left, right):
    """Σ leftᵀ right over steps and sequences: (T,S,B,M), (T,S,B,N) -> (S,M,N)"""
    T, S, B, _ = left.shape
    left, right = (np.ascontiguousarray(array.swapaxes(0, 1)).reshape(S, T * B, -1) for array in (left, right))
    return left.swapaxes(1, 2) @ right


def squared(answers, targets):
    """Mean squared error of each network (S,), and its gradient"""
    miss = answers - targets
    return (miss ** 2).mean(axis=(0, 2, 3)), 2 * miss / miss[:, 0].size


def cross_entropy(answers, targets):
    """Binary cross-entropy from logits of each network (S,), and its gradient"""
    losses = np.maximum(answers, 0) - answers * targets + np.log1p(np.exp(-np.abs(answers)))
    return losses.mean(axis=(0, 2, 3)), (0.5 * np.tanh(answers / 2) + 0.5 - targets) / answers[:, 0].size
