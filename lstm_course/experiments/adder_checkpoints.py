"""The articles' adder every 250 pairs of its training: its weights, and what it knows.

The run of the articles "BiLSTM模型的Python代码" and "真正掌握一种算法…": first weights, random pairs and all. It
takes 2 seconds; it is stored so that the adder desk need not train.

Expected: all 16 384 sums are right from 8 000 pairs on, 18 % of them after 4 000.
"""

import numpy as np

from lstm_course import RNN, Linear
from lstm_course.networks.functions import sigmoid
from lstm_course.tasks import binary_addition as adding
from lstm_course.training import Model, fit
from lstm_course.training.optimizers import SGD

CHECKPOINTS = tuple(range(0, 10_001, 250))                          # after so many pairs
PARAMETERS = {"W": "0.W", "U": "0.U", "V": "1.W"}                   # ours: the name in the Model


def network(weights):
    """W (2,16), U (16,16), V (16,1) -> a Model: 16 sigmoid units and one output, without biases (they stay 0)."""
    model = Model([RNN(2, 16, activation="sigmoid"), Linear(16, 1)])
    for name, ours in PARAMETERS.items():
        model.parameters[ours][...] = weights[name]
    return model


def error(logits, targets):
    """Σ |target - y|, which the articles print, and the slope of ½ Σ (target - y)², which they descend."""
    y = sigmoid(logits)
    return np.abs(targets - y).sum(), (y - targets) * y * (1 - y)


def training(pairs, every=250):
    """The articles' training -> pairs seen (N,), weights {name: (N, …)}, and their error at each pair (pairs,)."""
    x, targets = adding.dataset(*adding.source_pairs(pairs))
    one_by_one = iter(range(pairs))

    def next_pair(rng):
        n = next(one_by_one)
        return x[:, n:n + 1], targets[:, n:n + 1]

    model = network(adding.source_weights()[0])
    copies = {name: lambda model, ours=ours: model.parameters[ours].copy() for name, ours in PARAMETERS.items()}
    start = {name: copy(model) for name, copy in copies.items()}
    history = fit(model, next_pair, error, SGD(0.1), updates=pairs, freeze=("0.b", "1.b"), every=every,
                  metrics=copies)
    weights = {name: np.stack([start[name], *history.metrics[name]]) for name in PARAMETERS}
    return np.array([0, *history.measured_at]), weights, np.array(history.losses)


def carry_correlations(model):
    """(16,): how closely each unit follows the true carry, over all columns of all sums."""
    a, b = adding.all_pairs()
    states = model.layers[0].forward(adding.dataset(a, b)[0]).outputs.reshape(-1, 16)
    return np.corrcoef(states.T, adding.carries(a, b).ravel())[-1, :-1]


def shares_right(models):
    """{"bits": (N,), "sums": (N,)}: the shares that N networks get right of all 16 384 sums."""
    scores = [adding.evaluate(lambda x, model=model: model.predict(x) > 0) for model in models]
    return {name: np.array([score[name] for score in scores]) for name in ("bits", "sums")}


def different_answers(model):
    """How many different numbers a network gives as answers to all 16 384 sums."""
    x, _ = adding.dataset(*adding.all_pairs())
    return len(np.unique(adding.decode(model.predict(x)[:, :, 0] > 0)))


def run(checkpoints=CHECKPOINTS):
    """What there is after `pairs` (N,) pairs: weights W, U, V (N, …), and what the network knows of all 16 384 sums.

    bits, sums (N,): shares that are right, cut_sums with U = 0; answers (N,): how many different numbers it answers to
    all the sums; correlations (N,16): of each unit with the true carry.
    """
    seen, weights, _ = training(max(checkpoints))
    chosen = np.searchsorted(seen, checkpoints)
    weights = {name: stack[chosen] for name, stack in weights.items()}
    models = [network({name: stack[k] for name, stack in weights.items()}) for k in range(len(chosen))]
    without = {**weights, "U": np.zeros_like(weights["U"])}
    cut = [network({name: stack[k] for name, stack in without.items()}) for k in range(len(chosen))]
    known = {**shares_right(models), "cut_sums": shares_right(cut)["sums"]}
    known["answers"] = np.array([different_answers(model) for model in models])
    correlations = np.array([carry_correlations(model) for model in models])
    return {"pairs": seen[chosen], **weights, **known, "correlations": correlations}
