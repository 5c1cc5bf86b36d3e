"""GRU or LSTM, with equal starts: adding two numbers of a long sequence, and counting without end.

Four cells: LSTM, LSTM whose input gate is 1 − f, GRU, GRU whose reset gate is 1 for good. Each starts with its gates at
one half (biases 0), or so that they keep 95 % and let 5 % of the candidate in (f: 3, i: −3; z: 3); the LSTM also starts
as usual (f: 1, i: 0). 20 seeds each. The cells of a task have about equally many weights that move. Adam, gradients
clipped to norm 1, fresh batches of 10 and 20 sequences. Takes about 8 minutes.

Expected, medians: the LSTM adds after 450 updates as usual and from one half, after 225 if it starts keeping; the
GRU after 200 and 175; with i = 1 − f 225 and 200, with or without two units more; with
r = 1 250 and 175. After 120 a the LSTM's answer turns after 71 to 90 b, that of all others after 40 to 45, from either
start.
"""

import numpy as np

from lstm_course.experiments.shared.gated import NAMES, Gated, Setting, cross_entropy, squared
from lstm_course.tasks.adding_problem import adding_problem
from lstm_course.tasks.majority import a_then_b, majority

SEEDS, CLIP, FIRST, GOAL = tuple(range(20)), 1.0, 3, 0.01
STARTS = {"usual": (1.0, 0.0), "half": (0.0, 0.0), "keep": (3.0, -3.0)}          # biases: keep the old, write the new
CELLS = {f"{kind}, {start}": (kind, start) for start in STARTS for kind in NAMES if start != "usual" or kind == "LSTM"}
ADDING_UNITS = {"LSTM": 10, "LSTM, i = 1 − f": 12, "GRU": 12, "GRU, r = 1": 15}
COUNTING_UNITS = {"LSTM": 8, "LSTM, i = 1 − f": 10, "GRU": 10, "GRU, r = 1": 12}
TIED = "LSTM, i = 1 − f"
OTHER_RATES, RATE_CELLS = (1e-2, 4e-2), ("LSTM, usual", "LSTM, keep", f"{TIED}, half", "GRU, half", "GRU, keep")
RATE, EVERY = 2e-2, 25
ADDING_STEPS, ADDING_BATCH, ADDING_UPDATES = 30, 10, 800
COUNTING_STEPS, COUNTING_BATCH, COUNTING_UPDATES = 60, 20, 500
COUNTS, LONG = (10, 20, 30, 40, 60, 80, 100, 120), 600


def setting(cell, units):
    """The cell by its name, with as many units as the task gives it."""
    kind, start = CELLS[cell]
    return Setting(kind, units[kind], *STARTS[start])


def adding(cell, seeds=SEEDS, updates=ADDING_UPDATES, units=ADDING_UNITS, rate=RATE):
    """Train on the adding problem until all have learned it, or the updates are over -> the losses (S, updates made),
    each on new sequences.
    """
    networks, losses = Gated(setting(cell, units), 2, seeds, every_step=False), []
    draw = lambda rng: adding_problem(ADDING_STEPS, ADDING_BATCH, rng)
    for one in networks.train(draw, squared, updates, rate, CLIP):
        losses.append(one)
        if len(losses) % EVERY == 0 and solved(np.array(losses).T).all():
            break
    return np.stack(losses, axis=1)


def counting(cell, seeds=SEEDS, updates=COUNTING_UPDATES, units=COUNTING_UNITS):
    """Train to say at every step whether there have been more a than b -> the networks, losses (S, updates)."""
    networks = Gated(setting(cell, units), 2, seeds, every_step=True)
    draw = lambda rng: majority(COUNTING_STEPS, COUNTING_BATCH, rng)
    return networks, np.stack(list(networks.train(draw, cross_entropy, updates, RATE, CLIP)), axis=1)


def solved(losses):
    """After how many updates is the mean loss of the last EVERY below GOAL? Losses (S, updates) -> (S,); 0 if never."""
    below = losses.reshape(len(losses), -1, EVERY).mean(axis=2) < GOAL
    return np.where(below.any(axis=1), EVERY * (below.argmax(axis=1) + 1), 0)


# ---- what a counter has learned ----------------------------------------------------------------------------

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


def memories(model, count=COUNTS[-1]):
    """The memory, step by step (2 · count, H), while the network reads so many a and then as many b."""
    trace = model.layers[0].forward(a_then_b([count], 2 * count)[0])
    return trace.gates.get("c", trace.outputs)[:, 0]


def stored_counter(results, cell):
    """The trained counter of the first seed."""
    networks = Gated(setting(cell, COUNTING_UNITS), 2, (0,), every_step=True)
    for name, array in networks.parameters.items():
        array[0] = results[f"{cell}|{name}"]
    return networks.one(0)


def controls(seeds=SEEDS, adding_updates=ADDING_UPDATES, counting_updates=COUNTING_UPDATES):
    """The tie alone: i = 1 − f in an LSTM with no units more than the free one, from one half and from gates that keep.
    alone_solved (2,S): updates until it adds; alone_turns (2,S): b until the answer turns after the longest count.
    And adding at other learning rates: rates_solved (2,5,S), for OTHER_RATES and RATE_CELLS.
    """
    found = {"alone_solved": [], "alone_turns": [], "rates_solved": []}
    for cell in (f"{TIED}, half", f"{TIED}, keep"):
        found["alone_solved"].append(solved(adding(cell, seeds, adding_updates, {TIED: ADDING_UNITS["LSTM"]})))
        networks, _ = counting(cell, seeds, counting_updates, {TIED: COUNTING_UNITS["LSTM"]})
        found["alone_turns"].append([turns(networks.one(k))[-1] for k in range(len(seeds))])
    for rate in OTHER_RATES:
        found["rates_solved"].append([solved(adding(cell, seeds, adding_updates, rate=rate)) for cell in RATE_CELLS])
    return {name: np.array(values) for name, values in found.items()}


def run(cells=tuple(CELLS), seeds=SEEDS, adding_updates=ADDING_UPDATES, counting_updates=COUNTING_UPDATES):
    """cells (N,), seeds (S,). solved (N,S): updates until the adding problem was learned, 0 if never; adding and
    counting (N,S,3): the losses of the first updates. Counters: turns (N,S,8); accuracy (N,S,2) on 60 and 600 letters;
    largest (N,S): the largest |memory| of `memories`; the weights of the first seed; and what `controls` finds.
    """
    found = {name: [] for name in ("solved", "adding", "counting", "turns", "accuracy", "largest")}
    weights = {}
    for cell in cells:
        losses = adding(cell, seeds, adding_updates)
        found["solved"].append(solved(losses))
        found["adding"].append(losses[:, :FIRST])
        networks, losses = counting(cell, seeds, counting_updates)
        found["counting"].append(losses[:, :FIRST])
        models = [networks.one(k) for k in range(len(seeds))]
        found["turns"].append([turns(model) for model in models])
        found["accuracy"].append([[accuracy(model, steps) for steps in (COUNTING_STEPS, LONG)] for model in models])
        found["largest"].append([abs(memories(model)).max() for model in models])
        weights |= {f"{cell}|{name}": array[0] for name, array in networks.parameters.items()}
    found = {name: np.array(values) for name, values in found.items()}
    found |= controls(seeds, adding_updates, counting_updates)
    return {"cells": np.array(cells), "seeds": np.array(seeds)} | found | weights
