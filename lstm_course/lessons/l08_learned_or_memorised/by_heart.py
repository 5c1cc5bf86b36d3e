"""Explorer of lesson 08: a network learns true labels, shuffled ones, or has nothing to read; then it is tested."""

import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments.next_prime import (
    RATE,
    TESTED,
    TRAINED,
    article_lstm,
    error_in_primes,
    outputs,
)
from lstm_course.experiments.prime_controls import DATA, ITERATIONS, SEEDS, data_of, tested
from lstm_course.experiments.shared.first_unit import first_unit_error
from lstm_course.tasks.primes import next_prime
from lstm_course.training import steps
from lstm_course.training.optimizers import SGD
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.live_training import keeping, kept
from lstm_course.widgets.numbers import grouped, scientific, span
from lstm_course.widgets.parts import unknown
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, LIVE, NORMAL, PALE, SMALL, STORED

PIECE, SECONDS = 25, 40             # of a live run: iterations between two pictures; it ends after this time
NAMES = {"true labels": "windows", "shuffled labels": "shuffled", "0.5 everywhere": "constant"}
TESTS = ("learned", "the same, another order", "the same, each alone", "held out")


@dataclass
class Memory:
    """The stored networks on one data set, and the live one, if there is one."""

    data: str                   # of DATA
    at: np.ndarray              # (K,): iterations
    losses: np.ndarray          # (3,S,K): of all three data sets
    stored: dict                # {test: errors (S,)}, in primes
    live: "Live | None"
    always_mean: float          # the error of always the mean of the ten labels, on the learned windows

    @property
    def name(self):
        """As the control calls it."""
        return next(name for name, data in NAMES.items() if data == self.data)


@dataclass
class Live:
    """A network that was trained here."""

    iterations: int
    at: np.ndarray              # (K,)
    losses: np.ndarray          # (K,)
    errors: dict                # {test: error}


@lru_cache
def _stored():
    """-> the stored experiment, and the error of always the mean label."""
    return experiments.load("prime_controls"), error_in_primes(*np.broadcast_arrays(
        next_prime(count=TRAINED)[1].mean(), next_prime(count=TRAINED)[1]))


def compute(data, result=None):
    """The networks of one data set; `result` keeps those that were trained live."""
    found, always_mean = _stored()
    errors = {"learned": found[data]}
    if data == "windows":
        errors |= _by_test(found)
    return Memory(data, found["at"], found["losses"], errors, kept(result, data=data), always_mean)


def _by_test(found):
    """What `prime_controls` notes of the tests, for one network or all: {test but the first: errors}."""
    errors = found["reordered"][..., 0], found["alone"], found["held_out"]
    return dict(zip(TESTS[1:], errors, strict=True))


def live(data):
    """Train the network of seed 0 on a data set: yields (share done, Live so far)."""
    x, targets = data_of(0)[data]
    layer, start = article_lstm(x.shape[-1]), time.process_time()
    for now in steps(layer, (x, targets), first_unit_error, SGD(RATE), updates=ITERATIONS):
        if now.number % PIECE:
            continue
        at = np.unique(np.geomspace(1, now.number, 60).astype(int)) - 1
        yield now.number / ITERATIONS, Live(now.number, at, np.array(now.history.losses)[at],
                                            _tested(layer, x, targets, data))
        if time.process_time() - start > SECONDS:
            return


def _tested(layer, x, targets, data):
    """The errors of a network in all tests; with nothing to read there is but one."""
    errors = {"learned": error_in_primes(outputs(layer, x), targets)}
    if data != "constant":
        errors |= _by_test(tested(layer, (x, targets), next_prime(start=TRAINED, count=TESTED)))
    return errors


# ---- words -------------------------------------------------------------------------------------------------

def primes_off(error):
    """An error in primes, short: "32", "2.1", "0.0059", "3e−7"."""
    if error >= 9.95 or error == 0:
        return f"{error:.0f}"
    return f"{error:.2g}" if error >= 0.00095 else scientific(error, raised=False)


def _off(errors):
    return span(errors, primes_off, " to ")


def describe(memory):
    """What the picture shows, in words."""
    rows = memory.live.errors if memory.live else memory.stored
    who = (f"One network trained here, {grouped(memory.live.iterations)} iterations" if memory.live
           else f"{SEEDS} stored networks, {grouped(ITERATIONS)} iterations")
    words = f"{memory.name.capitalize()}. {who}: off by {_off(rows['learned'])} on what was learned"
    words += f" (always the mean of the ten labels: {primes_off(memory.always_mean)})."
    if len(rows) > 1:
        words += (f" The same windows in another order: {_off(rows[TESTS[1]])}; each alone: {_off(rows[TESTS[2]])}; "
                  f"held-out windows: {_off(rows[TESTS[3]])}.")
    return words


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHART = 880, 396, 530
OTHER = {"windows": (), "shuffled": (7, 4), "constant": (2, 4)}        # the strokes of the lines that are not chosen


@lru_cache
def _chart():
    return svg.Chart(CHART, HEIGHT - 34, (1, 3.2e3), (1e-10, 1e1), "iteration", "loss", y=34, xscale="log",
                     yscale="log", xticks=[1, 10, 100, 1000], yticks=[1, 1e-3, 1e-6, 1e-9], margins=(74, 16, 8, 52))


def draw(memory, hidden=False):
    """Left the loss of all three data sets, right the errors of the chosen one."""
    chart = _chart()
    head = svg.text(chart.left, 22, "loss of the learned windows, median of 20 networks", SMALL, "start", weight="bold")
    if hidden:
        return svg.picture(WIDTH, HEIGHT, head, chart.frame, unknown(chart.left + chart.width / 2, 200), _key(memory))
    return svg.picture(WIDTH, HEIGHT, head, chart.frame, _losses(chart, memory), _key(memory), _errors(memory))


def _look(memory, name):
    """The chosen data set is drawn as a stored run, the others thin."""
    return STORED if name == memory.data else {"stroke": GREY, "stroke_width": 1.8, "dash": OTHER[name]}


def _losses(chart, memory):
    """The band of the chosen data set, the three medians, and the live run on top."""
    x, chosen = memory.at + 1, np.maximum(memory.losses[DATA.index(memory.data)], 1e-12)
    parts = [chart.band(x, chosen.min(axis=0), chosen.max(axis=0), fill="#DCE9F3", stroke="none", stroke_width=0)]
    parts += [chart.line(x, np.maximum(np.median(memory.losses[d], axis=0), 1e-12), **_look(memory, name))
              for d, name in enumerate(DATA)]
    if memory.live and len(memory.live.at) > 1:
        parts.append(chart.line(memory.live.at + 1, np.maximum(memory.live.losses, 1e-12), **LIVE))
    return "".join(parts)


def _key(memory):
    """Which line is which; below the chart's middle, where no line runs."""
    x, y = CHART + 24, 34
    rows = [*[(_look(memory, data), name) for name, data in NAMES.items()], (LIVE, "trained here")]
    return "".join(svg.wire([(x, y + 24 * k), (x + 44, y + 24 * k)], None, **look) + svg.text(
        x + 54, y + 24 * k + 5, words, SMALL, "start") for k, (look, words) in enumerate(rows))


def _errors(memory):
    """The errors of the stored networks and of the live one, test by test."""
    x, right, top = CHART + 24, WIDTH - 14, 164
    parts = [svg.box(x - 12, top - 28, WIDTH - x + 8, HEIGHT - top + 22, fill=PALE, stroke=FRAME, stroke_width=1),
             svg.text(x, top, "off by, in primes", NORMAL, "start", weight="bold"),
             svg.text(right, top, "here", SMALL, "end", GREY) if memory.live else ""]
    for k, test in enumerate(TESTS):
        y = top + 30 + 48 * k
        errors = memory.stored.get(test)
        shown = "press Train" if errors is None else span(errors, primes_off, " – ")
        here = memory.live.errors.get(test) if memory.live else None
        parts += [svg.text(x, y, test, SMALL, "start"),
                  svg.text(x, y + 19, "nothing to test" if memory.data == "constant" and k else shown, NORMAL, "start",
                           weight="bold"),
                  "" if here is None else svg.text(right, y + 19, primes_off(here), NORMAL, "end", weight="bold")]
    return "".join(parts)


# ---- the explorer ------------------------------------------------------------------------------------------

OPTIONS = ["the true ones", "the shuffled ones", "true, later shuffled", "both equally"]


def _truth(memory):
    """Which of two data sets has the smaller median loss, from iteration 100 to the end."""
    true, shuffled = (np.median(memory.losses[DATA.index(name)], axis=0) for name in ("windows", "shuffled"))
    lower = (true < shuffled)[memory.at >= 100]
    return OPTIONS[0] if lower.all() else OPTIONS[1] if not lower.any() else OPTIONS[2]


@explorer
def by_heart():
    """Learned by heart: true labels, shuffled ones, or nothing to read, and what the network knows afterwards."""
    question = ("Twenty networks learn the ten windows with their true labels, twenty with the ten labels in random "
                "order. Which labels have the smaller loss, from iteration 100 on?")
    predict = Guess(question, options=OPTIONS, truth=_truth, mask=lambda memory: draw(memory, hidden=True),
                    because=lambda memory: "The curves cross.",
                    at={"data": "windows"})
    return Explorer("Can it learn this by heart?", [Choice("data", "data", NAMES)], compute, draw, describe,
                    predict=predict, run=(f"Train {grouped(ITERATIONS)} iterations", keeping(live)), lines=3)
