"""The next-prime network of the article "真正掌握一种算法…", and what held-out windows and false data say of it.

Per seed one network with the article's weights (its seed is 0), trained as in the article on each of three data
sets: the true ones, the same with shuffled labels, and the true labels with random inputs.

Expected: everything learned is fitted (off by less than 0.05), nothing held out is (off by 18 to 53), whatever the
control.
"""

import numpy as np

from lstm_course import LSTM
from lstm_course.experiments.shared.first_unit import first_unit_error
from lstm_course.tasks.primes import HUNDRED, next_prime
from lstm_course.training import fit
from lstm_course.training.optimizers import SGD

CONTROLS = ("true labels", "shuffled labels", "random inputs")
SEEDS, ITERATIONS, UNITS, RATE = 8, 10_000, 100, 0.01
TRAINED, TESTED = 10, 10            # windows 0 to 9 are learned, 10 to 19 held out
CHECKPOINTS = tuple(sorted({0, 1000, 9000, *np.geomspace(1, ITERATIONS - 1, 40).round().astype(int).tolist()}))


# ---- the article's network -----------------------------------------------------------------------------------

def article_lstm(inputs, seed=0, units=UNITS):
    """The article's LSTM: h = o ⊙ c, weights uniform in ±0.1, its generator re-seeded at every draw.

    So its four gates begin with equal weights: one matrix (units, inputs + units) on [x, h], and one bias.
    """
    layer = LSTM(inputs, units, output_activation="identity")
    draw = lambda *shape: 0.2 * np.random.RandomState(seed).random_sample(shape) - 0.1          # noqa: NPY002
    matrix, bias = draw(units, inputs + units), draw(units)
    for name, one in [("W", matrix[:, :inputs].T), ("U", matrix[:, inputs:].T), ("b", bias)]:
        layer.parameters[name][...] = np.tile(one, 4)
    return layer


def outputs(layer, x):
    """What the network answers, (T,): the first unit of h."""
    return layer.forward(x).outputs[:, 0, 0]


def error_in_primes(answers, targets, scale=HUNDRED):
    """The root mean square error, in the units of the primes: 2.0 means "off by 2"."""
    return float(scale * np.sqrt(np.mean((np.ravel(answers) - np.ravel(targets)) ** 2)))


# ---- the controls --------------------------------------------------------------------------------------------

def controlled(x, targets, control, seed=0, held_out=False):
    """The data of a control -> x, targets. Nothing else changes; labels that are held out are never shuffled."""
    rng = np.random.default_rng((2000 if held_out else 1000) + seed)
    if control == "shuffled labels" and not held_out:
        return x, rng.permutation(targets)
    return (rng.random(x.shape), targets) if control == "random inputs" else (x, targets)


def train(x, targets, seed, iterations):
    """-> the network, and the loss before each iteration (iterations,)."""
    layer = article_lstm(x.shape[-1], seed)
    return layer, np.array(fit(layer, (x, targets), first_unit_error, SGD(RATE), updates=iterations).losses)


def every_second_window(seed, iterations):
    """The illusion: windows 0, 2, …, 24 are learned and the twelve between them held out -> both errors."""
    x, targets = next_prime(count=25)
    layer, _ = train(x[::2], targets[::2], seed, iterations)
    return [error_in_primes(outputs(layer, x[k::2]), targets[k::2]) for k in (0, 1)]


def run(seeds=range(SEEDS), iterations=ITERATIONS, controls=CONTROLS):
    """For S seeds, C controls and K iterations that were noted:

    at (K,); losses (C,S,K); train (C,S) and held_out (C,S): the error on windows 0 to 9, as they were learned, and on
    windows 10 to 19, in primes; answers (S,10): what the networks of the true labels say to windows 10 to 19;
    gone_on (S,): their error there if the state goes on from window 9; second (S,2): the errors of
    `every_second_window`.
    """
    at = np.array([k for k in CHECKPOINTS if k < iterations])
    true, new = next_prime(count=TRAINED), next_prime(start=TRAINED, count=TESTED)
    losses = np.zeros((len(controls), len(seeds), len(at)))
    learned, held_out = (np.zeros((len(controls), len(seeds))) for _ in range(2))
    answers, gone_on = np.zeros((len(seeds), TESTED)), np.zeros(len(seeds))
    for s, seed in enumerate(seeds):
        for c, control in enumerate(controls):
            x, targets = controlled(*true, control, seed)
            x_new, targets_new = controlled(*new, control, seed, held_out=True)
            layer, every_loss = train(x, targets, seed, iterations)
            losses[c, s] = every_loss[at]
            learned[c, s] = error_in_primes(outputs(layer, x), targets)
            held_out[c, s] = error_in_primes(outputs(layer, x_new), targets_new)
            if control == "true labels":
                answers[s] = HUNDRED * outputs(layer, x_new)
                on = layer.forward(x_new, layer.forward(x).state).outputs[:, 0, 0]
                gone_on[s] = error_in_primes(on, targets_new)
    second = np.array([every_second_window(seed, min(iterations, 3000)) for seed in seeds])
    return {"at": at, "losses": losses, "train": learned, "held_out": held_out, "answers": answers,
            "gone_on": gone_on, "second": second}
