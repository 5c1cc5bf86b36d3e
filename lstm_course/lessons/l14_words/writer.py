"""Explorer of lesson 14: a small network learns to write, live: its perplexity, and what it writes on the way."""

import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from lstm_course import experiments
from lstm_course.experiments import letter_model
from lstm_course.experiments.shared import language
from lstm_course.lessons.l14_words.next_word import wrapped
from lstm_course.tasks import words
from lstm_course.training import steps
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam
from lstm_course.training.sampling import write
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLUE, FRAME, GREY, MARKS, PALE, SKY, SMALL, VERMILION

UNITS = {"32": 32, "64": 64, "128": 128}
SEED, SECONDS, PIECE, WRITTEN, TESTED, EPOCHS = 14, 15.0, 3, 100, 3000, 22


@dataclass
class Live:
    """A network in training: `model`, how far it is, what it knows and writes. Kept when the run is stopped."""

    units: int
    model: Any = field(repr=False)
    epochs: list = field(default_factory=list)          # how often the text was read, at each measurement
    losses: list = field(default_factory=list, repr=False)
    perplexities: list = field(default_factory=list)    # on held-out letters, at each measurement
    written: str = ""
    seconds: float = 0.0


@dataclass
class View:
    """What the picture shows."""

    units: int
    stored: np.ndarray          # (seeds, epochs): of the stored network of 128 units
    counts: np.ndarray          # perplexity of counting 1, 2, … letters
    live: Live | None


@lru_cache(1)
def _data():
    """-> Vocabulary, the training text in streams (T+1,B), held-out letters"""
    vocabulary, training, held_out = letter_model.data()
    return vocabulary, words.streams(training, letter_model.STREAMS), held_out[:TESTED]


def train(units, seconds=SECONDS, seed=SEED):
    """Yields (share done, Live) after every few updates, for at most so many seconds: the run of the explorer."""
    vocabulary, text, held_out = _data()
    live, begun = Live(units, letter_model.network(seed, units)), time.perf_counter()
    per_epoch = -(-(len(text) - 1) // language.TRUNCATE)
    for now in steps(live.model, (text[:-1], text[1:]), softmax_cross_entropy, Adam(language.RATE), epochs=EPOCHS,
                     truncate=language.TRUNCATE, clip_norm=language.CLIP):
        live.losses.append(now.loss)
        live.seconds = time.perf_counter() - begun
        over = live.seconds > seconds or now.number == now.total
        if now.number in (1, 2 * PIECE) or now.number % (8 * PIECE) == 0 or over:
            _measure(live, now.number / per_epoch, vocabulary, held_out)
        if now.number % PIECE == 0 or over:
            yield min(1.0, live.seconds / seconds), live
        if over:
            return


def _measure(live, seen, vocabulary, held_out):
    """Note the perplexity on held-out letters after `seen` readings of the text, and what the network writes now."""
    live.epochs.append(seen)
    live.perplexities.append(language.perplexity(live.model, held_out))
    tokens = write(live.model, vocabulary.encode(["\n"]), WRITTEN, 0.7, rng=1, never=(0,))
    live.written = "".join(vocabulary.decode(tokens))


def compute(units, result=None):
    """The stored runs, and the live one if there is one."""
    stored = experiments.load("letter_model")
    return View(units, stored["perplexity_letters"], stored["counts_letters"], result)


def describe(view):
    """What the picture shows, in words."""
    end, live = view.stored[:, -1], view.live
    stored = (f"Five stored networks of 128 units: {svg.num(end.min(), 2)} to {svg.num(end.max(), 2)}; counting pairs: "
              f"{svg.num(view.counts[1], 1)}.")
    if live is None or not live.perplexities:
        return f"Perplexity on held-out letters. {stored} Press the button to train one of {view.units} units yourself."
    place = "below" if live.perplexities[-1] < view.counts[1] else "above"
    return (f"Live, {live.units} units, {live.seconds:.0f} s, text read {svg.num(live.epochs[-1], 1)} times: "
            f"perplexity {svg.num(live.perplexities[-1], 1)}, {place} the pairs. {stored}")


WIDTH, HEIGHT, CHART_W = 880, 372, 520


@lru_cache(1)
def _chart():
    stored = experiments.load("letter_model")
    end = -(-max(EPOCHS, stored["perplexity_letters"].shape[1]) // 5) * 5
    return svg.Chart(CHART_W, HEIGHT, (0, end), (4, 30), "how often the text was read", "perplexity, held-out",
                     xticks=range(0, end + 1, 5), yticks=[5, 10, 15, 20, 25, 30], margins=(74, 12, 14, 52))


def _stored():
    """The band of the stored runs, and the lines of counting."""
    chart, stored = _chart(), experiments.load("letter_model")
    runs, counts = stored["perplexity_letters"], stored["counts_letters"]
    t = np.arange(1, runs.shape[1] + 1)
    parts = [chart.band(t, runs.min(axis=0), runs.max(axis=0), fill=SKY, stroke=BLUE, stroke_width=1.5)]
    end = chart.axes.get_xlim()[1]
    for order, name in ((1, "counting letters"), (2, "counting pairs"), (6, "counting sixes")):
        value = counts[order - 1]
        parts.append(chart.level(value, stroke=GREY, stroke_width=2, dash=(6, 4)))
        (at,) = chart.xy([end], [value])
        parts.append(svg.text(at[0] - 6, at[1] - 6, f"{name}: {svg.num(value, 1)}", SMALL, "end", GREY, halo=True))
    return "".join(parts)


def draw(view):
    """Left perplexity over time, right what the live network writes."""
    chart, live = _chart(), view.live
    parts = [chart.frame, _stored()]
    x = CHART_W + 26
    if live is not None and live.perplexities:
        if len(live.epochs) > 1:
            parts.append(chart.line(live.epochs, live.perplexities, stroke=VERMILION, stroke_width=2.5))
        parts.append(chart.clip(chart.dots(live.epochs[-1:], live.perplexities[-1:], 6, fill="#FFFFFF",
                                           stroke=VERMILION, stroke_width=2.5)))
    head = "not started" if live is None else f"{live.units} units, {live.seconds:.0f} s"
    parts.append(svg.box(x - 10, 12, WIDTH - x, HEIGHT - 24, fill=PALE, stroke=FRAME, stroke_width=1))
    parts.append(svg.text(x, 36, f"live (line with ring): {head}", SMALL, "start", MARKS["o"].ink, "bold"))
    parts.append(svg.text(x, 58, "blue band: five stored networks, 128 units", SMALL, "start", MARKS["f"].ink))
    if live is not None and live.written:
        parts.append(svg.text(x, 92, "It writes, at temperature 0.7:", SMALL, "start", GREY))
        for k, line in enumerate(wrapped(live.written, 34)[:10]):
            parts.append(svg.text(x, 118 + 24 * k, line, SMALL, "start"))
    return svg.picture(WIDTH, HEIGHT, *parts)


@explorer
def writer():
    """Train live, at the press of a button; `explorer.result.model` is the network, stopped or not."""
    return Explorer("Learn to write", [Choice("units", "units", UNITS, 64)], compute, draw, describe,
                    run=("Train 15 s", train), lines=2)
