"""MNIST in other orders: rows in a fixed random order, and pixel by pixel, five seeds each.

Everything else is as in `mnist_rows`. Reading pixel by pixel is a reduced experiment: blocks of 2 x 2 pixels are
averaged, so that there are 196 steps instead of 784, one number a step goes straight into the recurrent layer, and
that has 32 units and learns for 10 epochs. It takes about 5 minutes.

Expected at the end: rows in a random order 87.7 to 89.2 %, pixels 37 to 55 %.
"""

import numpy as np

from lstm_course import LSTM, RNN, Linear
from lstm_course.experiments.mnist_rows import DTYPE, EPOCHS, SEEDS, losses_and_accuracies, network, train
from lstm_course.tasks import mnist
from lstm_course.training import Last, Model

PIXEL_UNITS, PIXEL_EPOCHS, SHRINK = 32, 10, 2
PIXELS = (mnist.SIZE // SHRINK) ** 2
ROW_ORDER = np.random.default_rng(13).permutation(mnist.SIZE)
PIXEL_ORDER = np.random.default_rng(13).permutation(PIXELS)
NAMES = ("rows_permuted", "pixels_LSTM", "pixels_RNN", "pixels_permuted")


def model_and_inputs(name, seed=None):
    """A fresh network, and the function that turns images (B,28,28) into its x."""
    if name == "rows_permuted":
        return network("LSTM", seed), lambda images: mnist.rows(images, ROW_ORDER, DTYPE)
    rng, cell = np.random.default_rng(seed), RNN if name == "pixels_RNN" else LSTM
    layers = [cell(1, PIXEL_UNITS, rng=rng, dtype=DTYPE), Last(), Linear(PIXEL_UNITS, mnist.CLASSES, rng, DTYPE)]
    order = PIXEL_ORDER if name == "pixels_permuted" else None
    return Model(layers), lambda images: mnist.pixels(images, order, SHRINK, DTYPE)


def one(name, seed, epochs=None):
    """Train one network -> its losses (updates,) and accuracies (epochs,)."""
    epochs = epochs or (EPOCHS if name == "rows_permuted" else PIXEL_EPOCHS)
    training, test = mnist.split(*mnist.load())
    model, inputs = model_and_inputs(name, seed)
    return train(model, inputs(training.images), training.labels, inputs(test.images), test.labels, seed, epochs)


def run(seeds=SEEDS, epochs=None, names=NAMES):
    """losses_NAME (seeds, updates) and accuracy_NAME (seeds, epochs) for each order."""
    return losses_and_accuracies(one, names, seeds, epochs)
