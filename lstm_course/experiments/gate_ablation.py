"""Which parts of the LSTM matter? Variants of the cell on two tasks; adding with three learning rates and two budgets.

In the manner of Greff et al. 2015. Adding: 20 steps, 8 units, batches of 16, until the mean squared error is below
0.01; three learning rates, 20 seeds each, and two budgets: 400 and 1200 updates. Beside the variants stands the
full LSTM with b_i = −1: with the forget bias of 1 it begins, as the coupled gates do, with i = 1 − f. Reber: the
strings without end of `forget_gate`, in the same setting, ten seeds. Takes about 8 minutes.
"""

from contextlib import suppress
from functools import partial

import numpy as np

from lstm_course import Linear
from lstm_course.experiments import forget_gate
from lstm_course.experiments.shared import many_lstms, races
from lstm_course.experiments.shared.variants import VARIANTS, variant
from lstm_course.tasks.adding_problem import adding_problem
from lstm_course.tasks.reber import continual_reber
from lstm_course.training import Last, Model, fit, steps
from lstm_course.training.losses import mean_squared_error, softmax_cross_entropy
from lstm_course.training.optimizers import Adam

SEEDS, RATES, BUDGETS = tuple(range(20)), (0.005, 0.01, 0.03), (400, 1200)
STEPS, HIDDEN, BATCH, GOAL = 20, 8, 16, 0.01
STARTED = "full, b_i = -1"
NAMES = ("full", "no i", "no f", "no o", "i = 1 - f", STARTED)                    # of the adding problem
REBER_SEEDS = tuple(range(10))
GOOD = 0.95                                     # share of the symbols to be remembered: then Reber counts as learned


# ---- adding ------------------------------------------------------------------------------------------------

def slope(answers, targets):
    """Of the mean squared error of each network."""
    return 2 * (answers - targets) / answers.shape[2]


def error(answers, targets):
    """The mean squared error of each network, (S,)"""
    return ((answers[-1] - targets) ** 2).mean(axis=(1, 2))


TASK = many_lstms.Task(partial(adding_problem, STEPS), slope, error, lambda score: score < GOAL, BATCH, 2, last=True)


def write_less(parameters):
    """The bias of i at −1: σ(−1) = 1 − σ(1)."""
    parameters["b"][..., :HIDDEN] = -1


def adding(name, rates=RATES, seeds=SEEDS, updates=BUDGETS[-1]):
    """solved (rates, seeds) and scores (rates, seeds, N) of one variant, as `many_lstms.train`."""
    start = write_less if name == STARTED else None
    return many_lstms.train(name.partition(",")[0], TASK, HIDDEN, rates, seeds, updates, start)


def training(name, rate, seed, updates=BUDGETS[-1]):
    """One run of the adding problem, alone and in float64, for who wants to watch: yields a `races.Progress` before the
    training and after each 25 updates, and ends when it is solved, out of updates, or diverges.
    """
    rng = np.random.default_rng(seed)
    recurrent, linear = many_lstms.new_layers(name.partition(",")[0], TASK, HIDDEN, rng)
    if name == STARTED:
        write_less(recurrent.parameters)
    model, (x, targets) = Model([recurrent, Last(), linear]), TASK.held_out()
    score = lambda: races.mean_square(model.predict(x), targets)
    yield races.Progress(model, 0, score(), 0.0)
    with suppress(FloatingPointError):
        for step in steps(model, lambda rng: TASK.draw(BATCH, rng), mean_squared_error, Adam(rate), updates=updates,
                          clip_norm=many_lstms.CLIP, rng=rng):
            if step.number % many_lstms.EVERY == 0:
                now = races.Progress(model, step.number, score(), step.grad_norm)
                yield now
                if TASK.solved(now.score):
                    return


# ---- Reber strings -----------------------------------------------------------------------------------------

def reber(name, seed, updates=forget_gate.UPDATES, read=forget_gate.READ):
    """Train on endless Reber strings -> right, the share of symbols remembered on new ones; the largest |c| there."""
    rng = np.random.default_rng(seed)
    model = Model([variant(name, 7, forget_gate.HIDDEN, rng), Linear(forget_gate.HIDDEN, 7, rng=rng)])
    x, targets, _ = continual_reber(updates * forget_gate.WINDOW, forget_gate.STREAMS, rng)
    with suppress(FloatingPointError):          # the weights are then those of the last finite loss
        fit(model, (x, targets), softmax_cross_entropy, Adam(1e-2), updates=updates, truncate=forget_gate.WINDOW,
            clip_norm=1.0, rng=rng)
    right, c = forget_gate.measure(model, read)
    return right, c.max()


def run(names=NAMES, rates=RATES, seeds=SEEDS, updates=BUDGETS[-1], variants=tuple(VARIANTS), reber_seeds=REBER_SEEDS,
        windows=forget_gate.UPDATES, read=forget_gate.READ):
    """names (M,), rates (R,), seeds (S,). Adding: solved (M,R,S): after so many updates, 0 if never; scores (M,R,S,N),
    taken after each 25 updates, the last one repeated. Reber, at rate 0.01: variants (V,), right and cells
    (V,reber_seeds).
    """
    solved, scores = zip(*(adding(name, rates, seeds, updates) for name in names), strict=True)
    found = np.array([[reber(name, seed, windows, read) for seed in reber_seeds] for name in variants])
    return {"names": np.array(names), "rates": np.array(rates), "seeds": np.array(seeds),
            "updates": np.arange(0, updates + 1, many_lstms.EVERY), "solved": np.array(solved),
            "scores": np.array(scores), "variants": np.array(variants), "right": found[..., 0], "cells": found[..., 1]}
