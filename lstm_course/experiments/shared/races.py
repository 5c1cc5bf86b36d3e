"""What the races share: tasks with a score, networks by name, training runs that can be watched.

Unless said otherwise: Adam 1e-2, gradients clipped to norm 1, 32 units, fresh batches of 50 sequences. The score is
taken before the first update and after every 10 or 25, on 500 sequences that are never trained on.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from lstm_course import GRU, LSTM, RNN, Linear
from lstm_course.networks.initial_weights import glorot_uniform
from lstm_course.tasks import adding_problem, latch_problem, temporal_order
from lstm_course.training import Last, Model, fit, steps
from lstm_course.training.losses import binary_cross_entropy, mean_squared_error, softmax_cross_entropy
from lstm_course.training.optimizers import SGD, Adam

HIDDEN, BATCH, RATE, CLIP, HELD_OUT, SEEDS = 32, 50, 1e-2, 1.0, 500, tuple(range(10))


# ---- tasks ---------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Task:
    """A task of `steps` steps; solved as soon as the score is better than `goal`, given up after `updates`.

    every: updates between two scores
    draw(steps, sequences, rng) -> x, targets; score(outputs, targets) -> a number.
    """

    name: str
    steps: int
    updates: int
    every: int
    inputs: int
    outputs: int
    draw: Callable
    loss: Callable
    score: Callable
    goal: float
    baseline: float
    small_is_good: bool = False

    def solved(self, score):
        return score < self.goal if self.small_is_good else score > self.goal

    def batch(self, rng):
        return self.draw(self.steps, BATCH, rng)


def mean_square(outputs, targets):
    return float(np.mean((outputs - targets) ** 2))


def right_class(logits, targets):
    return float(np.mean(logits.argmax(axis=1) == targets))


def right_bit(logits, targets):
    return float(np.mean((logits > 0) == (targets > 0.5)))


ADDING = Task("adding", 100, 1500, 25, 2, 1, adding_problem.adding_problem, mean_squared_error, mean_square, 0.005,
              adding_problem.baseline(), small_is_good=True)
ORDER = Task("order", 50, 1000, 25, 6, 4, temporal_order.temporal_order, softmax_cross_entropy, right_class, 0.99,
             temporal_order.baseline())
LATCH = Task("latch", 50, 600, 10, 1, 1, latch_problem.latch_problem, binary_cross_entropy, right_bit, 0.99,
             latch_problem.baseline())
LONG_LATCH = replace(LATCH, name="long latch", steps=100, updates=400)
TASKS = {task.name: task for task in (ADDING, ORDER, LATCH)}


@cache
def held_out(task):
    """500 sequences for the score."""
    return task.draw(task.steps, HELD_OUT, 12_345)


# ---- networks ------------------------------------------------------------------------------------------------

def _lstm(forget_bias):
    return lambda inputs, hidden, rng: LSTM(inputs, hidden, forget_bias=forget_bias, rng=rng)


def _glorot(make):
    """The same layer with Glorot's uniform numbers in all of U, instead of an orthogonal matrix for each gate."""
    def layer_of(inputs, hidden, rng):
        layer = make(inputs, hidden, rng)
        layer.parameters["U"][...] = glorot_uniform(rng, *layer.parameters["U"].shape)
        return layer
    return layer_of


def _rnn(inputs, hidden, rng):
    return RNN(inputs, hidden, rng=rng)


def _gru(inputs, hidden, rng):
    return GRU(inputs, hidden, rng=rng)


NETWORKS = {"RNN": _rnn, "LSTM b=0": _lstm(0.0), "LSTM b=1": _lstm(1.0), "LSTM b=3": _lstm(3.0), "GRU": _gru}
RACERS = tuple(NETWORKS)
NETWORKS |= {"RNN, Glorot U": _glorot(_rnn), "LSTM b=1, Glorot U": _glorot(_lstm(1.0)), "LSTM b=5": _lstm(5.0)}


def new_model(task, network, rng, hidden=HIDDEN):
    """The network by its name, then a linear layer on its last output."""
    return answering(task, NETWORKS[network](task.inputs, hidden, rng), rng)


def answering(task, layer, rng):
    """A recurrent layer, its last output, and a linear layer that answers the task."""
    return Model([layer, Last(), Linear(layer.hidden_size, task.outputs, rng=rng)])


def by_name(task, network):
    """What makes this network: a function of a random generator."""
    return partial(new_model, task, network)


# ---- runs ----------------------------------------------------------------------------------------------------

@dataclass
class Progress:
    """A run so far: the model, updates made, the score now, the largest gradient norm before clipping."""

    model: Model
    updates: int
    score: float
    largest: float


def training(task, make_model, seed, *, rate=RATE, sgd=False, clip=CLIP, truncate=None, freeze=()):
    """A run in pieces: yields its Progress, before it begins and after every few updates; ends when it is solved, out
    of updates, or diverges. make_model: a function of a random generator, such as `by_name(task, "GRU")`.
    """
    rng = np.random.default_rng(seed)
    model, (x, targets), largest = make_model(rng), held_out(task), 0.0
    score = lambda: task.score(model.predict(x), targets)
    now = Progress(model, 0, score(), largest)
    yield now
    if task.solved(now.score):
        return
    with suppress(FloatingPointError):
        for step in steps(model, task.batch, task.loss, (SGD if sgd else Adam)(rate), updates=task.updates,
                          clip_norm=clip, truncate=truncate, freeze=freeze, rng=rng):
            largest = max(largest, step.grad_norm)
            if step.number % task.every == 0:
                now = Progress(model, step.number, score(), largest)
                yield now
                if task.solved(now.score):
                    return


def train(task, model, updates, rng):
    """So many updates, whether the task is solved or not -> the score on the held-out sequences."""
    fit(model, task.batch, task.loss, Adam(RATE), updates=updates, clip_norm=CLIP, rng=rng)
    x, targets = held_out(task)
    return task.score(model.predict(x), targets)


def race(task, settings, seeds=SEEDS, updates=None):
    """Every setting (make_model and other arguments of `training`) with every seed -> arrays to store.

    updates (N,): when the score was taken; scores (settings, seeds, N), the last one repeated after a run has
    ended; solved (settings, seeds): after so many updates, 0 if never; largest (settings, seeds): gradient norm.
    """
    at = np.arange(0, (task.updates if updates is None else updates) + 1, task.every)
    scores = np.zeros((len(settings), len(seeds), len(at)))
    solved, largest = np.zeros(scores.shape[:2], int), np.zeros(scores.shape[:2])
    for i, setting in enumerate(settings):
        for j, seed in enumerate(seeds):
            run = training(task, seed=seed, **setting)
            for k, now in zip(range(len(at)), run, strict=False):
                scores[i, j, k:], largest[i, j] = now.score, now.largest
                solved[i, j] = now.updates if task.solved(now.score) else 0
    return {"updates": at, "seeds": np.array(seeds), "scores": scores, "solved": solved, "largest": largest}


def race_of_networks(task, networks, seeds, updates):
    """`race` with one setting for each network, and their names (M,)."""
    settings = [{"make_model": by_name(task, network)} for network in networks]
    return {"networks": np.array(networks)} | race(task, settings, seeds, updates)
