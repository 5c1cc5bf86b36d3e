"""The LeNet of article 003 on the digits, also with shuffled pixels, and a dense network of the same size, five seeds.

The images, the split, Adam 1e-3, batch 128, 20 epochs and float32 are those of `mnist_rows`, whose LSTM is the
comparison. "permuted": the 784 pixels of all images in one fixed random order, 10 epochs only. "dense": two matrices,
784 -> 77 -> 10, which have about as many weights as the LeNet. At the end each network also sees the test images
moved to the right by 0 to 4 pixels. It takes about 5 minutes.

Expected at the end: the LeNet 95.8 to 96.6 %, dense 92.4 to 94.0, permuted 84.2 to 86.9.
"""

import numpy as np

from lstm_course import Linear
from lstm_course.experiments.mnist_rows import DTYPE, SEEDS, accuracy, train
from lstm_course.networks.convolution import Relu, lenet
from lstm_course.tasks import mnist
from lstm_course.training import Model

EPOCHS = {"lenet": 20, "permuted": 10, "dense": 20}
NAMES, HIDDEN, SHIFTS = tuple(EPOCHS), 77, 5
ORDER = np.random.default_rng(13).permutation(mnist.SIZE ** 2)


def network(name, seed=None, dtype=DTYPE):
    """A fresh network: for images (B,1,28,28), or "dense" for all pixels side by side (B,784)."""
    rng = np.random.default_rng(seed)
    if name == "dense":
        return Model([Linear(mnist.SIZE ** 2, HIDDEN, rng, dtype), Relu(), Linear(HIDDEN, mnist.CLASSES, rng, dtype)])
    return lenet(channels=1, padding=2, rng=rng, dtype=dtype)


def inputs(name, images, dtype=DTYPE):
    """Images (B,28,28) as this network reads them, 0.0 to 1.0."""
    flat = images.reshape(len(images), -1).astype(dtype) / dtype(255)
    if name == "dense":
        return flat
    flat = flat[:, ORDER] if name == "permuted" else flat
    return flat.reshape(-1, 1, mnist.SIZE, mnist.SIZE)


def moved(images, pixels):
    """Images (B,28,28) moved to the right; zeros come in on the left."""
    return np.pad(images, ((0, 0), (0, 0), (pixels, 0)))[:, :, :mnist.SIZE]


def one(name, seed, epochs=None):
    """Train one network -> the model, its losses, its accuracies after each epoch."""
    training, test = mnist.split(*mnist.load())
    model = network(name, seed)
    losses, accuracies = train(model, inputs(name, training.images), training.labels, inputs(name, test.images),
                               test.labels, seed, epochs or EPOCHS[name])
    return model, losses, accuracies


def stored_network(stored, dtype=np.float64):
    """The LeNet of seed 0 after its training, from the stored weights (rounded to float16)."""
    model = network("lenet", 0, dtype)
    for name, array in model.parameters.items():
        array[...] = stored[f"weights.{name}"]
    return model


def run(seeds=SEEDS, epochs=None, names=NAMES):
    """losses_NAME (seeds, updates), accuracy_NAME (seeds, epochs), answers_NAME (seeds, 1000): what each says to the
    test images at the end, shifted_NAME (seeds, SHIFTS): accuracy on test images moved by 0, 1, … pixels; weights.NAME:
    the LeNet of seed 0 in float16."""
    _, test = mnist.split(*mnist.load())
    results = {}
    for name in names:
        models, losses, accuracies = zip(*(one(name, seed, epochs) for seed in range(seeds)), strict=True)
        answers = [model.predict(inputs(name, test.images)).argmax(axis=1) for model in models]
        shifted = [[accuracy(model, inputs(name, moved(test.images, k)), test.labels) for k in range(SHIFTS)]
                   for model in models]
        results |= {f"losses_{name}": np.stack(losses), f"accuracy_{name}": np.stack(accuracies),
                    f"answers_{name}": np.array(answers, np.uint8), f"shifted_{name}": np.array(shifted)}
        if name == "lenet":
            results |= {f"weights.{key}": array.astype(np.float16) for key, array in models[0].parameters.items()}
    return results
