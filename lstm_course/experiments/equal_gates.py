"""Do equal gates harm? The hand-written LSTM on its toy task: gates that begin different, begin equal, stay equal.

160 networks, which differ in their random weights and inputs; the loss of each after 100 updates. Half a minute.

Expected: below 0.001 in 153 that begin different, in 137 that begin equal, in none that stay equal.
"""

import numpy as np

from lstm_course.experiments.article_lstm import RATE, TARGETS, UNITS, first_network, losses

SEEDS = 160


def equal_network(seed):
    """The LSTM and its inputs (4,1,50) as if seeded once, then the weights of g in the places of i, f and o, too."""
    layer, x = first_network(seed, anew=False)
    for array in layer.parameters.values():
        array[...] = np.concatenate([array[..., 2 * UNITS:3 * UNITS]] * 4, axis=-1)
    return layer, x


def kept_equal(layer, x, iterations=101, rate=RATE):
    """The loss before each iteration if every gate moves by the sum of the four gradients; the layer learns."""
    found = []
    for _ in range(iterations):
        trace = layer.forward(x)
        error, grad = trace.outputs[:, 0, 0] - TARGETS, np.zeros_like(trace.outputs)
        grad[:, 0, 0] = 2 * error
        for name, one in layer.backward(trace, grad).parameters.items():
            layer.parameters[name] -= rate * np.concatenate([sum(np.split(one, 4, axis=-1))] * 4, axis=-1)
        found.append((error ** 2).sum())
    return np.array(found)


def run(seeds=range(SEEDS)):
    """The loss after 100 updates: {"different", "equal", "kept equal": (seeds,)}."""
    return {"different": np.array([losses(*first_network(seed, anew=False))[-1] for seed in seeds]),
            "equal": np.array([losses(*equal_network(seed))[-1] for seed in seeds]),
            "kept equal": np.array([kept_equal(*equal_network(seed))[-1] for seed in seeds])}
