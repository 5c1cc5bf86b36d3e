"""Many small LSTMs trained side by side, each with its own start, data and learning rate: sixty in one array take far
less time than one after the other. Their cell may be any of `variants`. The tests hold a network equal to `fit` with
`Model([variant(…), Linear(H, O)])`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lstm_course import Linear
from lstm_course.experiments.shared.side_by_side import norm_of, shorten
from lstm_course.experiments.shared.variants import variant
from lstm_course.networks.functions import sigmoid, sigmoid_slope, tanh_slope
from lstm_course.training.optimizers import Adam

CLIP, EVERY, HELD_OUT = 1.0, 25, 200                # gradient norm; updates between two scores; sequences for a score


@dataclass(frozen=True)
class Task:
    """draw(sequences, rng) -> x (T,B,I), targets. slope(answers, targets): the derivative of each network's loss with
    respect to its answers. score(answers, targets) -> (S,). last: the answer is asked at the last step only.
    """

    draw: Callable
    slope: Callable
    score: Callable
    solved: Callable
    batch: int
    inputs: int
    last: bool = False

    def held_out(self):
        """200 sequences for the score."""
        return self.draw(HELD_OUT, 12_345)


class Rates(Adam):
    """Adam with a learning rate of its own for each network: rates (S,)."""

    def __init__(self, rates, dtype=np.float32):
        super().__init__(1.0)
        self.learning_rate = np.reshape(rates, (-1, 1, 1)).astype(dtype)

    def keep(self, which):
        """Forget all networks but these."""
        self.learning_rate = self.learning_rate[which]
        self.averages = {name: [mean[which], square[which], t] for name, (mean, square, t) in self.averages.items()}


def new_layers(name, task, hidden, rng):
    """The recurrent layer of this variant and the linear layer behind it."""
    return variant(name, task.inputs, hidden, rng), Linear(hidden, 1, rng=rng)


class ManyLSTMs:
    """S LSTMs of one variant, one a generator and copy. parameters: name -> (S, …), vectors as rows (S,1,4H);
    out_W, out_b: the linear layer.
    """

    def __init__(self, name, task, hidden, rngs, copies=1, dtype=np.float32):
        layers = [new_layers(name, task, hidden, rng) for rng in rngs] * copies
        first = [recurrent.parameters for recurrent, _ in layers]
        stacked = {key: np.stack([given[key] for given in first]) for key in first[0]}
        stacked |= {f"out_{key}": np.stack([linear.parameters[key] for _, linear in layers]) for key in ("W", "b")}
        self.parameters = {key: (array[:, None] if array.ndim == 2 else array).astype(dtype)
                           for key, array in stacked.items()}
        self.name, self.task, self.hidden = name, task, hidden

    def keep(self, which):
        """Forget all networks but these."""
        self.parameters = {key: array[which] for key, array in self.parameters.items()}

    def forward(self, x):
        """x (T,S,B,I) -> what the way back needs of each step, and the answers (T,S,B,1), or (1,S,B,1) if `last`"""
        p, H, name = self.parameters, self.hidden, self.name
        x = x.astype(p["W"].dtype)
        sums = x @ p["W"] + p["b"]
        h = c = np.zeros((*x.shape[1:3], H), x.dtype)
        steps, outputs = [], []
        for given in sums:
            z = given + h @ p["U"]
            if "P" in p:
                z[..., :H] += p["P"][:, :1] * c
                z[..., H:2 * H] += p["P"][:, 1:2] * c
            i, f = np.split(sigmoid(z[..., :2 * H]), 2, axis=-1)
            g = z[..., 2 * H:3 * H] if name == "g = z" else np.tanh(z[..., 2 * H:3 * H])
            if name == "i = 1 - f":
                i = 1 - f
            new = f * c + i * g
            o = sigmoid(z[..., 3 * H:] + p["P"][:, 2:] * new if "P" in p else z[..., 3 * H:])
            shown = new if name == "h = o c" else np.tanh(new)
            steps.append((h, c, new, shown, i, f, g, o))
            h, c = o * shown, new
            outputs.append(h)
        read = np.stack(outputs[-1:] if self.task.last else outputs)
        return steps, read, read @ p["out_W"] + p["out_b"]

    def slopes(self, x, targets):
        """The gradients by name, each (S, …)"""
        p, H, name = self.parameters, self.hidden, self.name
        x, targets = x.astype(p["W"].dtype), targets.astype(p["W"].dtype)
        steps, read, answers = self.forward(x)
        slope = self.task.slope(answers, targets)
        grads = {"out_W": (read.swapaxes(2, 3) @ slope).sum(axis=0), "out_b": slope.sum(axis=(0, 2))[:, None]}
        grads |= {key: np.zeros_like(p[key]) for key in ("U", "P") if key in p}
        asked = dict(zip(range(len(x))[-len(slope):], slope @ p["out_W"].swapaxes(1, 2), strict=True))
        grad_h = grad_c = np.zeros_like(read[0])
        sums = np.empty((*x.shape[:3], 4 * H), x.dtype)
        for t in range(len(x) - 1, -1, -1):
            h, c, new, shown, i, f, g, o = steps[t]
            if t in asked:
                grad_h = grad_h + asked[t]
            z_i, z_f, z_g, z_o = (sums[t, ..., k * H:(k + 1) * H] for k in range(4))
            z_o[...] = grad_h * shown * sigmoid_slope(o)
            grad_c = grad_c + grad_h * o * (1 if name == "h = o c" else tanh_slope(shown))
            if "P" in p:
                grad_c = grad_c + p["P"][:, 2:] * z_o
            z_g[...] = grad_c * i * (1 if name == "g = z" else tanh_slope(g))
            coupled = name == "i = 1 - f"
            z_i[...] = 0 if coupled else grad_c * g * sigmoid_slope(i)
            z_f[...] = grad_c * (c - g if coupled else c) * sigmoid_slope(f)
            grads["U"] += h.swapaxes(1, 2) @ sums[t]
            grad_h, grad_c = sums[t] @ p["U"].swapaxes(1, 2), grad_c * f
            if "P" in p:
                grads["P"] += np.stack([(z_i * c).sum(axis=1), (z_f * c).sum(axis=1), (z_o * new).sum(axis=1)], axis=1)
                grad_c = grad_c + p["P"][:, :1] * z_i + p["P"][:, 1:2] * z_f
        grads["W"] = (x.swapaxes(2, 3) @ sums).sum(axis=0)
        grads["b"] = sums.sum(axis=(0, 2))[:, None]
        return grads

    def update(self, x, targets, optimizer):
        """One update of all networks, the gradients of each clipped to norm 1."""
        grads = self.slopes(x, targets)
        norms = norm_of(grads, tuple(grads))
        shorten(grads, tuple(grads), norms, CLIP)
        optimizer.update(self.parameters, grads)


def batches(task, rngs, copies, which=slice(None)):
    """A fresh batch from each generator, each as often as there are copies -> x (T,S,B,I), targets (…,S,B,1)"""
    x, targets = zip(*(task.draw(task.batch, rng) for rng in rngs), strict=True)
    return (np.stack(x * copies, axis=1)[:, which], np.stack(targets * copies, axis=-3)[..., which, :, :])


def train(name, task, hidden, rates, seeds, updates, start=None):
    """Every rate with every seed, each until solved or out of updates: the runs of one seed begin with the same weights
    and see the same batches. -> solved (rates, seeds): after so many updates, 0 if never; scores (rates, seeds, N),
    before the training and after each 25 updates, the last one repeated. start(parameters): changes the first weights.
    """
    rngs = [np.random.default_rng(seed) for seed in seeds]
    networks = ManyLSTMs(name, task, hidden, rngs, len(rates))
    if start:
        start(networks.parameters)
    optimizer, alive = Rates(np.repeat(rates, len(seeds))), np.arange(len(rates) * len(seeds))
    solved, scores = np.zeros(len(alive), int), np.zeros((len(alive), updates // EVERY + 1))
    x_held, held = task.held_out()
    with np.errstate(over="ignore", invalid="ignore"):
        for now in range(updates + 1):
            if now % EVERY == 0:
                found = task.score(networks.forward(x_held[:, None])[-1], held)
                scores[alive, now // EVERY:] = found[:, None]
                done = task.solved(found)
                solved[alive[done]] = now
                goes_on = ~done & np.isfinite(found)
                alive = alive[goes_on]
                networks.keep(goes_on)
                optimizer.keep(goes_on)
            if not alive.size or now == updates:
                break
            networks.update(*batches(task, rngs, len(rates), alive), optimizer)
    shape = len(rates), len(seeds)
    return solved.reshape(shape), scores.reshape(*shape, -1)
