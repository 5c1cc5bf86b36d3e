"""Explorer of lesson 13: train a network on rows of digits, live, beside the five stored runs."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments import mnist_rows
from lstm_course.tasks import mnist
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.live_training import LiveClassifier, train_classifier
from lstm_course.widgets.numbers import percent
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, LIVE, LOOKS, NORMAL, SMALL, WRONG

CELLS = {"LSTM": "LSTM", "GRU": "GRU", "tanh RNN": "RNN"}
EPOCHS, SEED, SECONDS, PIECE = mnist_rows.EPOCHS, 100, 55.0, 2       # a new seed; the longest run; updates at a time
SHOWN = 10                                                           # digits under the chart


@dataclass
class View:
    """What the picture shows."""

    cell: str
    stored: np.ndarray          # (seeds, epochs)
    logistic: np.ndarray        # (seeds,): at the end
    labels: np.ndarray          # (10,)
    answers: np.ndarray         # (10,): of the live network, else of the stored LSTM
    live: LiveClassifier | None


# ---- training ----------------------------------------------------------------------------------------------

@lru_cache(1)
def _data():
    """x and labels of the training and of the test images."""
    training, test = mnist.split(*mnist.load())
    return (mnist_rows.inputs("LSTM", training.images), training.labels.astype(int),
            mnist_rows.inputs("LSTM", test.images), test.labels.astype(int))


def train(cell, epochs=EPOCHS, seconds=SECONDS, seed=SEED):
    """Yields (share done, LiveClassifier) after every few updates, for at most so many seconds."""
    x, labels, test_x, test_labels = _data()
    live = LiveClassifier(cell, mnist_rows.network(cell, seed))
    return train_classifier(live, (x, labels), (test_x, test_labels), epochs=epochs, batch_size=mnist_rows.BATCH,
                            rate=mnist_rows.RATE, seconds=seconds, rng=seed, every=PIECE, asked=SHOWN)


@lru_cache(1)
def _stored_answers():
    """What the stored LSTM says to the ten digits."""
    _, test = mnist.split(*mnist.load())
    model = mnist_rows.stored_network(experiments.load("mnist_rows"))
    return test.labels[:SHOWN].astype(int), model.predict(mnist.rows(test.images[:SHOWN])).argmax(axis=1)


def compute(cell, result=None):
    """The stored runs of a cell, and the live one if there is one."""
    stored, (labels, answers) = experiments.load("mnist_rows"), _stored_answers()
    if result is not None and result.answers is not None:
        answers = result.answers[:SHOWN]
    return View(cell, stored[f"accuracy_{cell}"], stored["accuracy_logistic"][:, -1], labels, answers, result)


# ---- words -------------------------------------------------------------------------------------------------

def name_of(cell):
    return next(key for key, value in CELLS.items() if value == cell)


def _epochs(number):
    return "1 epoch" if number == 1 else f"{number} epochs"


def describe(view):
    """What the picture shows, in words."""
    live, right = view.live, int((view.answers == view.labels).sum())
    if live is None:
        end = view.stored[:, -1]
        return (f"{name_of(view.cell)}, five stored runs after {view.stored.shape[1]} epochs: "
                f"{percent(end.min(), end.max())} of the test images; logistic regression "
                f"{percent(view.logistic.min(), view.logistic.max())}. "
                f"The stored LSTM reads {right} of the ten digits.")
    words = f"Live {name_of(live.name)}: {live.updates} updates, {_epochs(live.epochs)}, {live.seconds:.0f} s"
    if live.epochs:
        words += f", {percent(live.accuracies[-1])} of the test images"
        if live.name == view.cell:
            then = view.stored[:, live.epochs - 1]
            words += f" (stored runs then: {percent(then.min(), then.max())})"
    return f"{words}. It reads {right} of the ten digits."


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHART_H = 880, 418, 300
LOWEST = 0.4                            # where the axis of the accuracy begins; a lower dot lies on it
DIGITS_X, DIGITS_Y, DIGIT, PITCH = 176, 322, 56, 70


@lru_cache(1)
def _chart():
    return svg.Chart(WIDTH, CHART_H, (0, EPOCHS), (LOWEST, 1), "epoch (4 000 images each)", "test accuracy",
                     xticks=range(0, EPOCHS + 1, 2), yticks=[0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
                     margins=(74, 196, 12, 52))


def draw(view):
    """Above accuracy over the epochs, below ten digits and what the network says to them."""
    return svg.picture(WIDTH, HEIGHT, _stored(view.cell), _live(view), _images(), _answers(view))


@lru_cache(8)
def _stored(cell):
    """The band of the stored runs, and the line of logistic regression."""
    chart, stored = _chart(), experiments.load("mnist_rows")
    runs, logistic = stored[f"accuracy_{cell}"], float(stored["accuracy_logistic"][:, -1].mean())
    t = np.arange(1, runs.shape[1] + 1)
    band = chart.band(t, runs.min(axis=0), runs.max(axis=0), fill="#D5D5D5", stroke=INK, stroke_width=1.5)
    guide = chart.level(logistic, stroke=GREY, stroke_width=2, dash=(6, 4))
    right, (low, high) = chart.left + chart.width + 10, (runs[:, -1].min(), runs[:, -1].max())
    words = [svg.text(right, 34, f"grey band: {name_of(cell)},", SMALL, "start", weight="bold"),
             svg.text(right, 54, "five stored runs", SMALL, "start"),
             svg.text(right, 74, f"end: {percent(low, high)}", SMALL, "start"),
             svg.text(right, 108, "dashed: logistic", SMALL, "start", GREY, "bold"),
             svg.text(right, 128, f"regression, end: {percent(logistic)}", SMALL, "start", GREY)]
    return chart.frame + band + guide + "".join(words)


def _live(view):
    """The live run: a dot for each epoch."""
    chart, live = _chart(), view.live
    x = chart.left + chart.width + 10
    if live is None:
        return svg.text(x, 164, "live: not started", SMALL, "start", weight="bold")
    t, words = np.arange(1, live.epochs + 1), [f"live {name_of(live.name)}: dots", f"{live.updates} updates"]
    if live.epochs:
        words.append(f"now: {percent(live.accuracies[-1])}")
    lines = [svg.text(x, 164 + 20 * k, line, SMALL, "start", weight="bold" if k != 1 else None)
             for k, line in enumerate(words)]
    shown = np.maximum(live.accuracies, LOWEST)
    line = chart.line(t, shown, **LIVE) if live.epochs > 1 else ""
    return line + chart.dots(t, shown, 5, fill="#FFFFFF", stroke=LOOKS["live"].ink, stroke_width=2.5) + "".join(lines)


@lru_cache(1)
def _images():
    """The ten digits, dark ink on white."""
    _, test = mnist.split(*mnist.load())
    parts = []
    for k, image in enumerate(test.images[:SHOWN]):
        x = DIGITS_X + k * PITCH
        parts.append(svg.heat_image(x, DIGITS_Y, DIGIT, DIGIT, image, "Greys", 0, 255))
        parts.append(svg.box(x, DIGITS_Y, DIGIT, DIGIT, fill="none", stroke=FRAME, stroke_width=1, rx=0))
    return "".join(parts)


def _answers(view):
    """What the network says: ✓ or ✗ and its answer under each digit."""
    who = f"Live {name_of(view.live.name)}" if view.live else "Stored LSTM"
    parts = [svg.text(24, DIGITS_Y + 34, "Ten test images", SMALL, "start"),
             svg.text(24, DIGITS_Y + 80, f"{who} says", SMALL, "start", weight="bold")]
    for k, (label, answer) in enumerate(zip(view.labels, view.answers, strict=True)):
        words, ink = (f"✓ {answer}", INK) if label == answer else (f"✗ {answer}", WRONG)
        parts.append(svg.text(DIGITS_X + k * PITCH + DIGIT / 2, DIGITS_Y + 80, words, NORMAL, fill=ink, weight="bold"))
    return "".join(parts)


# ---- the explorer ------------------------------------------------------------------------------------------

@explorer
def mnist_trainer():
    """Train live, at the press of a button; `trainer.result.model` is the network, stopped or not."""
    cell = Choice("cell", "cell", CELLS)
    cell.view.description = ""                          # the buttons say it, and the label would take a row
    return Explorer("Train on rows", [cell], compute, draw, describe,
                    run=("Train 20 epochs, at most 55 s", train), lines=2)
