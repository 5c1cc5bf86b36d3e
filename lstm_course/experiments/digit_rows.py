"""Digits row by row: orders of the rows, and what a linear probe reads after each row.

An LSTM of 24 units reads the 4 000 training images of `mnist_rows`, made coarser (blocks of 2 x 2 pixels are averaged):
14 rows of 14 pixels; a linear layer answers from its last state. Adam 1e-2, batches of 64, 20 epochs, float32, 20
seeds; tested on the 1 000 others. Orders of the rows: as they are, from below, and for each seed a random one.
"own_shuffle" keeps the order of the rows and shuffles the pixels within each, every row in its own way (the same in all
images). It takes about 3 minutes.

The probe is a linear map fitted by least squares (with a small ridge) from the states after a row to the ten digits, on
the training images. Controls: the states of the network before its training, and the pixels of the rows so far.
"""

from functools import cache

import numpy as np

from lstm_course import LSTM, Linear
from lstm_course.experiments.mnist_rows import accuracy, losses_and_accuracies
from lstm_course.tasks import mnist
from lstm_course.training import Last, Model, fit
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam

SEEDS, EPOCHS, BATCH, RATE, UNITS, DTYPE = 20, 20, 64, 1e-2, 24, np.float32
NAMES = ("usual", "from_below", "random", "own_shuffle")
SIDE = 14                               # rows, and pixels of a row
PROBED = (2, 4, 6, 8, 10, 12, 14)       # rows after which the states are probed
RIDGE = 0.1
FIRST = 10                              # updates whose losses are stored


def network(seed=None, dtype=DTYPE):
    """A fresh network for x (14,B,14)."""
    rng = np.random.default_rng(seed)
    return Model([LSTM(SIDE, UNITS, rng=rng, dtype=dtype), Last(), Linear(UNITS, mnist.CLASSES, rng, dtype)])


def in_order(name, x, seed):
    """x (14,B,14), the rows as they are -> in this order, or with these pixels shuffled."""
    rng, rows = np.random.default_rng(1000 + seed), np.arange(SIDE)
    if name == "own_shuffle":
        return np.stack([row[:, rng.permutation(SIDE)] for row in x])
    order = {"from_below": rows[::-1], "random": rng.permutation(SIDE)}
    return np.ascontiguousarray(x[order.get(name, rows)])


def resemblance(x):
    """The correlation of each pixel with the one at the same place in the step before: x (T,B,I) -> a number."""
    return float(np.corrcoef(x[1:].ravel(), x[:-1].ravel())[0, 1])


def coarse(images):
    """Images (B,28,28) -> x (14,B,14): row by row, blocks of 2 x 2 pixels averaged."""
    return mnist.pixels(images, dtype=DTYPE).reshape(SIDE, SIDE, -1).swapaxes(1, 2)


@cache
def _usual():
    """x and labels of the training images and of the test images, the rows as they are."""
    return [(coarse(part.images), part.labels.astype(int)) for part in mnist.split(*mnist.load())]


def data(name, seed):
    """x (14,B,14) and labels of the training images and of the test images, in this order."""
    return [(in_order(name, x, seed), labels) for x, labels in _usual()]


def one(name, seed, epochs=EPOCHS):
    """Train one network -> the model, its losses (updates,), and its accuracies (epochs,) on the test images."""
    (x, labels), test = data(name, seed)
    model, updates = network(seed), -(-len(labels) // BATCH)
    history = fit(model, (x, labels), softmax_cross_entropy, Adam(RATE), epochs=epochs, batch_size=BATCH, rng=seed,
                  every=updates, metrics={"accuracy": lambda model: accuracy(model, *test)})
    return model, np.array(history.losses, np.float32), np.array(history.metrics["accuracy"])


# ---- the probe ---------------------------------------------------------------------------------------------

def probe(inputs, labels, test_inputs, test_labels):
    """Least squares from inputs (N,D) to the ten digits -> the share of test_labels that it finds."""
    A, asked = (np.column_stack([part, np.ones(len(part))]).astype(float) for part in (inputs, test_inputs))
    weights = np.linalg.solve(A.T @ A + RIDGE * np.eye(A.shape[1]), A.T @ np.eye(mnist.CLASSES)[labels])
    return float(((asked @ weights).argmax(axis=1) == test_labels).mean())


def states_after(layer, x, rows=PROBED):
    """The states after some rows: x (14,B,14) -> (rows, B, H); 500 images at a time."""
    parts = [layer.forward(x[:, k:k + 500]).outputs[np.array(rows) - 1] for k in range(0, x.shape[1], 500)]
    return np.concatenate(parts, axis=1)


def probes(model, x, labels, test_x, test_labels):
    """After each row of PROBED: what a probe reads from the states, and what the model's own last layer says."""
    layer, _, head = model.layers
    learned, asked = states_after(layer, x), states_after(layer, test_x)
    own = [(head.forward(states).outputs.argmax(axis=1) == test_labels).mean() for states in asked]
    return [probe(*pair, test_labels) for pair in zip(learned, [labels] * len(asked), asked, strict=True)], own


def pixel_probes(x, labels, test_x, test_labels):
    """After each row of PROBED: what the same least squares reads from all pixels up to it."""
    flat = [[part[:row].transpose(1, 0, 2).reshape(part.shape[1], -1) for part in (x, test_x)] for row in PROBED]
    return [probe(seen, labels, asked, test_labels) for seen, asked in flat]


def run(seeds=SEEDS, epochs=EPOCHS, names=NAMES):
    """accuracy_NAME (seeds, epochs), resemblance_NAME (seeds,) of neighbouring steps, losses_NAME (seeds, FIRST).

    probed (seeds, 2, rows): before and after the training; own (seeds, rows): the network's own last layer; pixels
    (rows,): the probe on all pixels so far.
    """
    def first_losses(*given):
        _, losses, accuracies = one(*given)
        return losses[:FIRST], accuracies

    results, probed = losses_and_accuracies(first_losses, names[1:], seeds, epochs), []
    models, losses, accuracies = zip(*(one("usual", seed, epochs) for seed in range(seeds)), strict=True)
    (x, labels), test = data("usual", 0)
    for seed, model in enumerate(models):
        before, _ = probes(network(seed), x, labels, *test)
        after, own = probes(model, x, labels, *test)
        probed.append((before, after, own))
    of_orders = {f"resemblance_{name}": np.array([resemblance(data(name, seed)[1][0]) for seed in range(seeds)])
                 for name in names}
    table = np.array(probed)
    return results | of_orders | {
        "losses_usual": np.stack(losses)[:, :FIRST], "accuracy_usual": np.stack(accuracies), "rows": np.array(PROBED),
        "probed": table[:, :2], "own": table[:, 2], "pixels": np.array(pixel_probes(x, labels, *test))}
