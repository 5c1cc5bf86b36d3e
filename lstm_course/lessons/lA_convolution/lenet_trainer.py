"""Explorer of lesson A: train a LeNet live, beside the stored runs, and count what it gets right class by class."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments import lenet, mnist_rows
from lstm_course.tasks import mnist
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.live_training import LiveClassifier, train_classifier
from lstm_course.widgets.numbers import percent
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, LIVE, LOOKS, SMALL

PIXELS = {"as they are": "lenet", "in one random order": "permuted"}
EPOCHS, SEED, SECONDS = 10, 100, 14.0                     # a new seed; the longest run
ASKED = 100                                               # test images that are asked between the epochs


@dataclass
class View:
    """What the picture shows."""

    name: str
    stored: np.ndarray          # (seeds, epochs)
    lstm: np.ndarray            # (seeds, epochs)
    labels: np.ndarray          # of the images that were asked
    answers: np.ndarray         # to these
    live: LiveClassifier | None

    @property
    def overall(self):
        return float((self.answers == self.labels).mean())

    @property
    def classes(self):
        """The share of each class that is right, (10,)."""
        return class_shares(self.answers, self.labels)


def class_shares(answers, labels):
    """Of the images of each class, the share whose answer is right -> (10,)"""
    right = np.bincount(labels[answers == labels], minlength=mnist.CLASSES)
    return right / np.bincount(labels, minlength=mnist.CLASSES)


# ---- training ----------------------------------------------------------------------------------------------

@lru_cache(2)
def _data(name):
    """x and labels of the training and of the test images."""
    training, test = mnist.split(*mnist.load())
    return (lenet.inputs(name, training.images), training.labels.astype(int), lenet.inputs(name, test.images),
            test.labels.astype(int))


def train(pixels, epochs=EPOCHS, seconds=SECONDS, seed=SEED):
    """Yields (share done, LiveClassifier) after every other update, for at most so many seconds."""
    x, labels, test_x, test_labels = _data(pixels)
    live = LiveClassifier(pixels, lenet.network(pixels, seed))
    return train_classifier(live, (x, labels), (test_x, test_labels), epochs=epochs, batch_size=mnist_rows.BATCH,
                            rate=mnist_rows.RATE, seconds=seconds, rng=seed, every=2, asked=ASKED)


def compute(pixels, result=None):
    """The stored runs, and the live one if there is one."""
    stored, labels = experiments.load("lenet"), mnist.split(*mnist.load())[1].labels
    answers = stored[f"answers_{pixels}"][0]
    if result is not None and result.answers is not None:
        answers = result.answers
    lstm = experiments.load("mnist_rows")["accuracy_LSTM"]
    return View(pixels, stored[f"accuracy_{pixels}"][:, :EPOCHS], lstm[:, :EPOCHS], labels[:len(answers)], answers,
                result)


# ---- words -------------------------------------------------------------------------------------------------

def _range(runs):
    return percent(runs.T[EPOCHS - 1].min(), runs.T[EPOCHS - 1].max())


def name_of(pixels):
    return next(key for key, value in PIXELS.items() if value == pixels)


def who(view):
    """Whose answers are counted."""
    return f"the live LeNet, {view.live.updates} updates" if view.live and view.live.answers is not None else (
        f"a stored LeNet, {lenet.EPOCHS[view.name]} epochs")


def describe(view):
    """What the picture shows, in words."""
    shares, live = view.classes, view.live
    head = (f"Pixels {name_of(view.name)}: five stored LeNets {_range(view.stored)} after {EPOCHS} epochs; the LSTM on "
            f"rows then {_range(view.lstm)}. ")
    run = f"Live ({name_of(live.name)}): {live.updates} updates, {live.seconds:.0f} s. " if live else ""
    return (f"{head}{run}Of {len(view.labels)} test images, {who(view)} gets {percent(view.overall)}: best "
            f"{shares.argmax()} ({percent(shares.max())}), worst {shares.argmin()} ({percent(shares.min())}).")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, SPLIT = 880, 372, 450
LOWEST, BAND, LIVE_INK = 0.5, "#CCCCCC", LOOKS["live"].ink


@lru_cache(1)
def _charts():
    epochs = svg.Chart(SPLIT, 300, (0, EPOCHS), (LOWEST, 1), "epoch (4 000 images each)", "test accuracy",
                       xticks=range(0, EPOCHS + 1, 2), yticks=[0.5, 0.6, 0.7, 0.8, 0.9, 1.0], y=72,
                       margins=(74, 12, 10, 52))
    bars = svg.Chart(WIDTH - SPLIT, 300, (-0.6, 9.6), (0, 1), "digit", "right", x=SPLIT, y=72, xticks=range(10),
                     yticks=[0, 0.25, 0.5, 0.75, 1.0], margins=(78, 12, 28, 52))
    return epochs, bars


def draw(view):
    """Left accuracy over the epochs, right the share of each class."""
    return svg.picture(WIDTH, HEIGHT, _stored(view.name), _live(view), _classes(view))


@lru_cache(4)
def _stored(name):
    """The bands of the stored runs: LeNet filled, LSTM empty with a dashed rim."""
    chart, _ = _charts()
    both = experiments.load("lenet")[f"accuracy_{name}"], experiments.load("mnist_rows")["accuracy_LSTM"]
    runs = [values[:, :EPOCHS] for values in both]
    looks = ({"fill": BAND, "stroke": FRAME}, {"fill": "none", "stroke": INK, "dash": (4, 4)})
    parts = []
    for values, look in zip(runs, looks, strict=True):
        t, low, high = np.arange(1, EPOCHS + 1), *(np.maximum(v, LOWEST) for v in (values.min(0), values.max(0)))
        parts.append(chart.band(t, low, high, stroke_width=1.5, **look))
    words = [svg.text(20, 26, f"grey band: five stored LeNets, end {_range(runs[0])}", SMALL, "start", weight="bold"),
             svg.text(20, 46, f"dashed: five LSTMs on rows, end {_range(runs[1])}", SMALL, "start")]
    return "".join(c.frame for c in _charts()) + "".join(parts) + "".join(words)


def _live(view):
    """The live run: a dot for each epoch."""
    chart, live = _charts()[0], view.live
    if live is None:
        return svg.text(20, 66, "live: not started", SMALL, "start", LIVE_INK, "bold")
    now = f", {percent(live.accuracies[-1])}" if live.accuracies else ""
    words = f"live ({name_of(live.name)}): {live.updates} updates{now}"
    t, shown = np.arange(1, len(live.accuracies) + 1), np.maximum(live.accuracies, LOWEST)
    line = chart.line(t, shown, **LIVE) if len(t) > 1 else ""
    dots = chart.dots(t, shown, 5, fill=LIVE["stroke"], stroke=LIVE_INK, stroke_width=1.5)
    return line + dots + svg.text(20, 66, words, SMALL, "start", LIVE_INK, "bold")


def _classes(view):
    """A bar for each class, its percentage on it, and a line for the whole."""
    _, chart = _charts()
    shares, whole = view.classes, view.overall
    colour = LIVE["stroke"] if view.live and view.live.answers is not None else BAND
    bars = chart.bars(np.arange(10), shares, 0.92, fill=colour, stroke=INK)
    places = chart.xy(np.arange(10), np.full(10, 0.05))
    numbers = [svg.text(x, y, f"{100 * s:.0f}", SMALL, weight="bold") for (x, y), s in zip(places, shares, strict=True)]
    line = chart.level(whole, stroke=INK, stroke_width=2, dash=(6, 4))
    head = [svg.text(SPLIT + 20, 26, f"each digit, in %: {who(view)}", SMALL, "start", weight="bold"),
            svg.text(SPLIT + 20, 46, f"dashed: all {len(view.labels)} images, {percent(whole)}", SMALL, "start", GREY)]
    return bars + line + "".join(numbers) + "".join(head)


# ---- the explorer ------------------------------------------------------------------------------------------

@explorer
def lenet_trainer():
    """Train live, at the press of a button; `trainer.result.model` is the network, stopped or not."""
    return Explorer("Train a LeNet", [Choice("pixels", "pixels", PIXELS)], compute, draw, describe,
                    run=("Train, at most 15 s", train), lines=3)
