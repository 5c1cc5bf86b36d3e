"""Does it help a decoder to look back at all states of the encoder? Digits written backwards, twenty networks each.

The networks of `reversing` with 16 units, trained on 1 to 8 digits, 2 000 updates of 32 sequences, Adam 1e-2. One
decoder attends to all states of the encoder (dot-product attention without scaling: Luong, Pham & Manning, "Effective
Approaches to Attention-based Neural Machine Translation", 2015). The control has the same layers and as many
parameters, and sees the last state instead. It takes about a minute.

Expected: with attention more of the sequences of 8 digits are right.
"""

import numpy as np

from lstm_course.experiments import reversing
from lstm_course.experiments.reversing import parameters, scores

SEEDS, UNITS, TESTED, KEPT = 20, 16, 12, 40
LOOKS = ("last", "all")                 # what the decoder sees of the encoder
SHORT = {"longest": 8, "batch": 32, "rate": 1e-2}           # of `reversing.training`
UPDATES = 2000


def run(seeds=SEEDS, updates=UPDATES):
    """sequences (looks, seeds, TESTED): the share of sequences that are right, for the lengths 1 … TESTED; losses
    (looks, seeds, KEPT) of the first updates; looked (seeds,): see `looks_right`; weights.*: attention, seed 0."""
    results = {"sequences": [], "losses": []}
    for look in LOOKS:
        runs = [reversing.train(UNITS, seed, updates, look=look, **SHORT) for seed in range(seeds)]
        results["sequences"].append([[scores(net, length)[1] for length in range(1, TESTED + 1)] for net, _ in runs])
        results["losses"].append([losses[:KEPT] for _, losses in runs])
    results["looked"] = [looks_right(net) for net, _ in runs]
    kept = {f"weights.{name}": array for name, array in parameters(runs[0][0]).items()}
    return {name: np.array(rows) for name, rows in results.items()} | kept


def stored_network(stored):
    """The network with attention of seed 0, from the stored weights."""
    net = reversing.network(UNITS, 0, "all")
    for name, array in parameters(net).items():
        array[...] = stored[f"weights.{name}"]
    return net


def weights(net, digits):
    """Where the network looks while it writes digits (S,B) backwards -> (S,B,S), a row for each that is written.

    It reads the right answer so far.
    """
    encoded = net["encode"].forward(net["read"].forward(digits).outputs)
    started = np.vstack([np.full((1, digits.shape[1]), reversing.GO), digits[::-1][:-1]])
    decoded = net["decode"].forward(net["written"].forward(started).outputs, encoded.state)
    return reversing.attend(decoded.outputs, encoded.outputs)[0]


def looks_right(net, length=6, count=500):
    """How often the largest weight lies on the digit that has to be written."""
    digits = np.random.default_rng(length).integers(0, reversing.DIGITS, (length, count))
    return (weights(net, digits).argmax(axis=-1) == np.arange(length)[::-1, None]).mean()
