"""Many stacks of LSTM layers with a linear layer on top, trained side by side, each on a sequence of its own.

The tests hold it equal to `Model([Stacked([LSTM, …]), Linear])`, network by network.
"""

import numpy as np

from lstm_course.networks.functions import sigmoid


class Stacks:
    """S networks. parameters: name -> (S, …) as in the models ("0.0.W", …, "1.b"), vectors as rows (S,1,4H)."""

    def __init__(self, models):
        given = [model.parameters for model in models]
        stacked = {name: np.stack([one[name] for one in given]) for name in given[0]}
        self.parameters = {name: array[:, None] if array.ndim == 2 else array for name, array in stacked.items()}
        self.layers = sum(name.startswith("0.") and name.endswith(".U") for name in stacked)

    def weights_of(self, k):
        """The parameters of network k, as its model has them."""
        return {name: array[k, 0] if name.endswith("b") else array[k] for name, array in self.parameters.items()}

    def forward(self, x):
        """x (T,S,B,I) -> answers (T,S,B,O), and for each layer its inputs (T,S,B,·), states and gates."""
        traces = []
        for layer in range(self.layers):
            W, U, b = (self.parameters[f"0.{layer}.{name}"] for name in "WUb")
            ahead = x @ W + b
            h = c = np.zeros((*x.shape[1:3], U.shape[1]))
            states, gates = [(h, c)], []
            for z in ahead:
                i, f, g, o = np.split(z + h @ U, 4, axis=-1)
                i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
                c = f * c + i * g
                h = o * np.tanh(c)
                states.append((h, c))
                gates.append((i, f, g, o))
            traces.append((x, states, gates))
            x = np.stack([h for h, _ in states[1:]])
        return x @ self.parameters["1.W"] + self.parameters["1.b"], traces, x

    def slopes(self, x, targets):
        """targets (T,S,B,O) -> losses (S,), the gradients by name."""
        answers, traces, last = self.forward(x)
        miss = answers - targets
        count = miss[:, 0].size
        slope = 2 * miss / count
        grads = {"1.W": (last.swapaxes(2, 3) @ slope).sum(axis=0), "1.b": slope.sum(axis=0).sum(axis=1, keepdims=True)}
        above = slope @ self.parameters["1.W"].swapaxes(1, 2)
        for layer in reversed(range(self.layers)):
            above = self._back(layer, above, *traces[layer], grads)
        return (miss ** 2).sum(axis=(0, 2, 3)) / count, grads

    def _back(self, layer, above, x, states, gates, grads):
        """above (T,S,B,H): what comes from above to each h -> the same for the layer below."""
        W, U = (self.parameters[f"0.{layer}.{name}"] for name in "WU")
        grad_h = grad_c = 0.0
        deltas = [None] * len(x)
        for t in reversed(range(len(x))):
            (i, f, g, o), c = gates[t], states[t + 1][1]
            grad_h, tanh_c = grad_h + above[t], np.tanh(c)
            grad_c = grad_c + grad_h * o * (1 - tanh_c ** 2)
            deltas[t] = np.concatenate([grad_c * g * i * (1 - i), grad_c * states[t][1] * f * (1 - f),
                                        grad_c * i * (1 - g ** 2), grad_h * tanh_c * o * (1 - o)], axis=-1)
            grad_h, grad_c = deltas[t] @ U.swapaxes(1, 2), grad_c * f
        deltas = np.stack(deltas)
        before = np.stack([h for h, _ in states[:-1]])
        grads[f"0.{layer}.W"] = (x.swapaxes(2, 3) @ deltas).sum(axis=0)
        grads[f"0.{layer}.U"] = (before.swapaxes(2, 3) @ deltas).sum(axis=0)
        grads[f"0.{layer}.b"] = deltas.sum(axis=0).sum(axis=1, keepdims=True)
        return deltas @ W.swapaxes(1, 2)
