"""Does the next-prime network need its windows, or is it enough to count the steps?

The ten windows are ten steps of one sequence, so a network that counts its steps can say ten numbers in their order.
Five networks on the windows and five on an input of 0.5 everywhere, trained as in `next_prime`, 3 000
iterations. Then those of the windows read them in five other orders, and each alone as a first step. It takes
about a minute.

Expected: without anything to read the ten answers are still told apart (off by 0.8 to 1.0; always the mean: 8.6);
the learned windows in another order or alone are missed by 6 to 11.
"""

import numpy as np

from lstm_course.experiments.next_prime import TRAINED, error_in_primes, outputs, train
from lstm_course.tasks.primes import next_prime

SEEDS, ITERATIONS, ORDERS, CONSTANT = 5, 3000, 5, 0.5


def reordered(layer, x, targets, orders=ORDERS):
    """The mean errors over some orders of the windows -> from each window's own label, from the label of its step."""
    drawn = [np.random.default_rng(order).permutation(len(x)) for order in range(orders)]
    return np.mean([[error_in_primes(outputs(layer, x[order]), targets[order]),
                     error_in_primes(outputs(layer, x[order]), targets)] for order in drawn], axis=0)


def alone(layer, x, targets):
    """The error if each window is the first step of a sequence of its own."""
    return error_in_primes([outputs(layer, window[None])[0] for window in x], targets)


def run(seeds=range(SEEDS), iterations=ITERATIONS):
    """For S seeds, errors in the units of the primes: windows and constant (S,), as they were learned.

    Of the networks of the windows: reordered (S,2), from the window's own label and from that of the step; alone (S,).
    """
    x, targets = next_prime(count=TRAINED)
    same = np.full_like(x, CONSTANT)
    found = {"windows": [], "constant": [], "reordered": [], "alone": []}
    for seed in seeds:
        layer, _ = train(same, targets, seed, iterations)
        found["constant"].append(error_in_primes(outputs(layer, same), targets))
        layer, _ = train(x, targets, seed, iterations)
        found["windows"].append(error_in_primes(outputs(layer, x), targets))
        found["reordered"].append(reordered(layer, x, targets))
        found["alone"].append(alone(layer, x, targets))
    return {name: np.array(errors) for name, errors in found.items()}
