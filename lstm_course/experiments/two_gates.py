"""LSTM, GRU and simple network on two tasks: adding two numbers of a long sequence, and counting without end.

Ten seeds each. The networks of a task have about equally many weights, so that none wins by its size: 32 LSTM units
stand beside 37 GRU units. Adam, gradients clipped to norm 1, fresh batches of 50 sequences.

The results of `run` are arrays whose first axes are network (in the order of NETWORKS) and seed.

Expected: every LSTM and GRU adds, every GRU sooner, no RNN does; at counting to 200 every LSTM gets further (118 to
201) than every GRU (at most 95) that resets after the product.
"""

import numpy as np

from lstm_course import GRU, LSTM, RNN, Linear
from lstm_course.tasks.adding_problem import adding_problem
from lstm_course.tasks.majority import a_then_b, majority
from lstm_course.training import Last, Model, fit
from lstm_course.training.losses import binary_cross_entropy, mean_squared_error
from lstm_course.training.optimizers import Adam

SEEDS, BATCH, EVERY = tuple(range(10)), 50, 50
NETWORKS = ("LSTM", "GRU", "GRU, reset before", "RNN")
ADDING_UNITS, COUNTING_UNITS = (32, 37, 37, 65), (8, 10, 10, 17)
ADDING_STEPS, ADDING_UPDATES, COUNTING_STEPS, COUNTING_UPDATES = 50, 600, 100, 1000
COUNTS, LONG = (5, 10, 20, 30, 40, 60, 80, 100, 150, 200), 1000


def recurrent(network, units, rng):
    """The layer by its name, for two inputs."""
    if network == "GRU, reset before":
        return GRU(2, units, reset_after=False, rng=rng)
    return {"LSTM": LSTM, "GRU": GRU, "RNN": RNN}[network](2, units, rng=rng)


# ---- adding ------------------------------------------------------------------------------------------------

def adding_model(network, rng):
    units = ADDING_UNITS[NETWORKS.index(network)]
    return Model([recurrent(network, units, rng), Last(), Linear(units, 1, rng=rng)])


def adding_errors(network, seed, updates=ADDING_UPDATES):
    """Mean squared error on 500 new sequences of 50 steps, before the training and after each 50 updates."""
    rng = np.random.default_rng(seed)
    model = adding_model(network, rng)
    x, targets = adding_problem(ADDING_STEPS, 500, 1000 + seed)
    error = lambda model: float(np.mean((model.predict(x) - targets) ** 2))
    start = error(model)
    history = fit(model, lambda rng: adding_problem(ADDING_STEPS, BATCH, rng), mean_squared_error, Adam(1e-2),
                  updates=updates, clip_norm=1.0, metrics={"error": error}, every=EVERY, rng=rng)
    return np.array([start, *history.metrics["error"]])


# ---- counting ----------------------------------------------------------------------------------------------

def counting_model(network, rng=0):
    """An answer at every step: "more a than b so far" if it is above 0."""
    units = COUNTING_UNITS[NETWORKS.index(network)]
    return Model([recurrent(network, units, rng), Linear(units, 1, rng=rng)])


def train_counter(network, seed, updates=COUNTING_UPDATES, **more):
    """-> the model, and the loss of each update. It never sees more than 100 letters."""
    rng = np.random.default_rng(seed)
    model = counting_model(network, rng)
    history = fit(model, lambda rng: majority(COUNTING_STEPS, BATCH, rng), binary_cross_entropy, Adam(2e-2),
                  updates=updates, clip_norm=1.0, rng=rng, **more)
    return model, np.array(history.losses)


def turns(model, counts=COUNTS):
    """After n times a, how many b until the answer turns? For each n; right is n, 0 if it never said a.

    A network that has not turned after 1.5 n + 50 letters b counts as if it had turned then.
    """
    last = int(1.5 * max(counts)) + 50
    x, _ = a_then_b(counts, max(counts) + last)
    answers = model.predict(x)[:, :, 0] > 0
    found = []
    for k, n in enumerate(counts):
        end = int(1.5 * n) + 50
        after = np.append(answers[n:n + end - 1, k], False)
        found.append(int(after.argmin()) + 1 if answers[n - 1, k] else 0)
    return np.array(found)


def accuracy(model, steps, seed=77):
    """Share of right answers in 200 sequences."""
    x, targets = majority(steps, 200, seed)
    return float(np.mean((model.predict(x) > 0) == (targets > 0.5)))


def stored_counter(results, network, seed):
    """One of the trained counters."""
    model = counting_model(network)
    for name, array in model.parameters.items():
        array[...] = results[f"{network}|{name}"][seed]
    return model


def run(seeds=SEEDS):
    """adding (N,S,13): errors. Of the counters: losses (N,S,20), means of 50 updates; first (N,S,10), the losses of the
    first updates; turns (N,S,10), accuracy (N,S,2), and the weights.
    """
    adding, losses, first, found, scores, weights = [], [], [], [], [], {}
    for network in NETWORKS:
        adding.append([adding_errors(network, seed) for seed in seeds])
        models, curves = zip(*(train_counter(network, seed) for seed in seeds), strict=True)
        losses.append(np.reshape(curves, (len(seeds), -1, EVERY)).mean(axis=2))
        first.append(np.array(curves)[:, :10])
        found.append([turns(model) for model in models])
        scores.append([[accuracy(model, steps) for steps in (COUNTING_STEPS, LONG)] for model in models])
        for name in models[0].parameters:
            weights[f"{network}|{name}"] = np.stack([model.parameters[name] for model in models])
    return {"adding": np.array(adding), "losses": np.array(losses), "first": np.array(first), "turns": np.array(found),
            "accuracy": np.array(scores), **weights}
