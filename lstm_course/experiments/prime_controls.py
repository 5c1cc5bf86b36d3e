"""What has the next-prime network learned: its windows, their order, or only to count the steps?

The ten windows are ten steps of one sequence, so a network that counts its steps can say ten numbers in their order.
Per seed the article's network is trained as in `next_prime`, 3 000 iterations, on three data sets: the windows; the
windows with shuffled labels; 0.5 at all inputs. The networks of the windows then read new windows, their own in five
other orders, and each alone as a first step. It takes about six minutes.

Expected: true labels are learned faster than shuffled ones at first, and are fitted less closely in the end. Without
anything to read the ten answers are still told apart (off by about 1; always the mean: 8.6). The learned windows in
another order or alone are missed by 6 to 13, new windows by 22 to 49.
"""

import numpy as np

from lstm_course.experiments.next_prime import (
    CONTROLS,
    TESTED,
    TRAINED,
    controlled,
    error_in_primes,
    outputs,
    train,
)
from lstm_course.tasks.primes import HUNDRED, next_prime

DATA = ("windows", "shuffled", "constant")              # whose losses are kept
SEEDS, ITERATIONS, ORDERS, CONSTANT = 20, 3000, 5, 0.5
CHECKPOINTS = tuple(sorted({0, 1000, *np.geomspace(1, ITERATIONS - 1, 40).round().astype(int).tolist()}))


def reordered(layer, x, targets, orders=ORDERS):
    """The mean errors over some orders of the windows -> from each window's own label, from the label of its step."""
    drawn = [np.random.default_rng(order).permutation(len(x)) for order in range(orders)]
    return np.mean([[error_in_primes(outputs(layer, x[order]), targets[order]),
                     error_in_primes(outputs(layer, x[order]), targets)] for order in drawn], axis=0)


def alone(layer, x, targets):
    """The error if each window is the first step of a sequence of its own."""
    return error_in_primes([outputs(layer, window[None])[0] for window in x], targets)


def data_of(seed):
    """The three data sets whose losses are kept: {name: (x, targets)}."""
    x, targets = next_prime(count=TRAINED)
    return {"windows": (x, targets), "shuffled": controlled(x, targets, CONTROLS[1], seed),
            "constant": (np.full_like(x, CONSTANT), targets)}


def tested(layer, known, new):
    """What a network that has learned the windows `known` says of them in other settings, and of new ones."""
    on = layer.forward(new[0], layer.forward(known[0]).state).outputs[:, 0, 0]
    return {"answers": HUNDRED * outputs(layer, new[0]), "held_out": error_in_primes(outputs(layer, new[0]), new[1]),
            "gone_on": error_in_primes(on, new[1]), "reordered": reordered(layer, *known),
            "alone": alone(layer, *known)}


def run(seeds=range(SEEDS), iterations=ITERATIONS):
    """For S seeds; all errors in the units of the primes:

    at (K,) and losses (3,S,K), as noted for `DATA`; windows, shuffled, constant (S,): the errors on what was learned.
    Of the networks of the windows: answers (S,10) to the next ten windows and held_out (S,), their error; gone_on (S,),
    the same if the state goes on from window 9; reordered (S,2), from the window's own label and from that of the step;
    alone (S,).
    """
    new = next_prime(start=TRAINED, count=TESTED)
    at = np.array([k for k in CHECKPOINTS if k < iterations])
    losses, found = np.zeros((len(DATA), len(seeds), len(at))), []
    for s, seed in enumerate(seeds):
        one = {}
        for d, (name, pairs) in enumerate(data_of(seed).items()):
            layer, every_loss = train(*pairs, seed, iterations)
            losses[d, s] = every_loss[at]
            one[name] = error_in_primes(outputs(layer, pairs[0]), pairs[1])
            one |= tested(layer, pairs, new) if name == "windows" else {}
        found.append(one)
    return {"at": at, "losses": losses} | {name: np.array([one[name] for one in found]) for name in found[0]}
