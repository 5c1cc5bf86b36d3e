"""Explorer of lesson 14: a network learns to write, live; what it wrote on the way is kept, with the update."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.experiments import writing
from lstm_course.lessons.l14_words.live_writing import (
    OWN_UPDATES,
    SHORTEST,
    Live,
    Sample,
    accept_start,
    accept_text,
    counted,
    is_there,
    source,
    stored_samples,
    tokens_of,
    train,
    written,
)
from lstm_course.lessons.l14_words.reader import shortened, visible, wrapped
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.numbers import grouped
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import CHOSEN, FRAME, GREY, LIVE, PALE, SMALL, STORED

TEXTS = {"论语, words": "analects", "sonnets, letters": "sonnets", "own text, characters": "own"}
TOKENS = {"analects": "word", "sonnets": "letter", "own": "character"}
UNITS = {"32": 32, "64": 64, "128": 128}


@dataclass
class View:
    """What the picture shows."""

    text: str
    units: int
    temperature: float
    start: str
    unknown: list               # tokens of the beginning that the text lacks
    missing: float              # the share of the held-out tokens that are unknown
    size: int                   # of the vocabulary, 0 without a text
    counts: dict                # name -> perplexity of counting
    samples: list               # of the live run, or of the stored one
    live: Live | None
    chosen: int                 # which sample is shown in full


def compute(text, own, units, temperature, start, chosen, result=None):
    """The samples of the live run, written at this temperature; without one those of the stored run."""
    live = result if result is not None and (result.text, result.own) == (text, own if text == "own" else "") else None
    if not is_there(text, own):
        return View(text, units, temperature, start, [], 0.0, 0, {}, [], None, 0)
    own = own if text == "own" else ""
    given = source(text, own)
    strange = [token for token in tokens_of(text, start)[1:] if token not in given.vocabulary.numbers]
    samples = list(stored_samples(text))
    if live is not None:
        samples = [Sample(one.update, one.perplexity, written(live, one, temperature, start)) for one in live.samples]
    return View(text, units, temperature, start, strange, float((~given.known).mean()), len(given.vocabulary),
                counted(text, own), samples, live, min(chosen, len(samples)) - 1)


# ---- words -------------------------------------------------------------------------------------------------------

def describe(view):
    """What the picture shows, in words."""
    name = next(key for key, value in TEXTS.items() if value == view.text)
    setting = f"{view.units} units, temperature {svg.num(view.temperature, 1)}"
    if not view.size:
        return f"Paste a text of your own, Chinese or not, at least {SHORTEST} characters; then train. {setting}."
    lost = f" Unknown in the beginning: {', '.join(map(visible, dict.fromkeys(view.unknown)))}." if view.unknown else ""
    share = f"{svg.num(100 * view.missing, 1)} % of the held-out tokens are unknown and left out."
    if view.live is None:
        what = (f"Stored run, 64 units, temperature {writing.TEMPERATURE}: perplexity "
                f"{svg.num(view.samples[-1].perplexity, 1)} at the end, counting pairs "
                f"{svg.num(view.counts['bigram'], 1)}." if view.samples else
                f"Counting pairs: perplexity {svg.num(view.counts['bigram'], 1)}.")
        return f"{name}: {what} {share} Press the button to train your own: {setting}.{lost}{_reads(view)}"
    now = view.live.samples[-1]
    place = "below" if now.perplexity < view.counts["bigram"] else "above"
    return (f"{name}, yours, {view.live.units} units, {view.live.seconds:.0f} s, update {view.live.update}: perplexity "
            f"{svg.num(now.perplexity, 1)}, {place} counting pairs ({svg.num(view.counts['bigram'], 1)}). {share} "
            f"{setting}.{lost}{_reads(view)}")


def _reads(view):
    """The chosen sample, for who hears the picture."""
    one = view.samples[view.chosen] if view.samples else None
    return f" Update {one.update} writes: {shortened(one.text, 60)}" if one else ""


# ---- the picture -------------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHART_W, LEFT = 880, 400, 330, 344
ROWS, ROW, TOP, FULL_ROWS = 8, 25, 70, 4
TICKS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000)


@lru_cache(4)
def _chart(size, lowest, most, token):
    """Perplexity, on a logarithmic axis, over the updates; uniform guessing is on top. -> the chart, its marks"""
    chart = svg.Chart(CHART_W, HEIGHT, (0, most), (lowest, 1.15 * size), "update", f"held-out perplexity per {token}",
                      yscale="log", xticks=range(0, most + 1, 100), yticks=[], margins=(66, 12, 14, 52))
    ticks = [tick for tick in TICKS if lowest <= tick <= size]
    marks = [chart.level(tick, stroke="#DDDDDD", stroke_width=1) + svg.text(
        chart.left - 9, chart.xy([0], [tick])[0, 1] + 5, grouped(tick), SMALL, "end") for tick in ticks]
    return chart, chart.frame + "".join(marks)


def draw(view):
    """Left perplexity over the updates, right what the network wrote at each of them."""
    if not view.size:
        setting = f"{view.units} units, temperature {svg.num(view.temperature, 1)}"
        return svg.picture(WIDTH, HEIGHT, svg.text(WIDTH / 2, 190, "Paste a text of your own on the left.", 18),
                           svg.text(WIDTH / 2, 224, setting, 16, fill=GREY))
    return svg.picture(WIDTH, HEIGHT, _curve(view), _sheet(view))


def _curve(view):
    """The perplexity at each sample, and the lines of counting."""
    lowest = min([*view.counts.values(), *(one.perplexity for one in view.samples)])
    lowest = max(tick for tick in TICKS if tick < lowest or tick == 1)
    chart, frame = _chart(view.size, lowest, writing.UPDATES.get(view.text, OWN_UPDATES), TOKENS[view.text])
    parts, end = [frame], chart.axes.get_xlim()[1]
    for k, (name, value) in enumerate(view.counts.items()):
        (at,) = chart.xy([end], [value])
        parts.append(chart.level(value, stroke=GREY, stroke_width=2, dash=(6, 4)))
        label = f"{name}: {svg.num(value, 1)}"
        parts.append(svg.text(at[0] - 4, at[1] + (16 if k == 2 else -6), label, SMALL, "end", GREY, halo=True))
    if view.samples:
        look = STORED if view.live is None else LIVE
        x, y = [one.update for one in view.samples], [one.perplexity for one in view.samples]
        parts.append(chart.line(x, y, **look) + chart.dots(x, y, 4, fill=look["stroke"], stroke="none"))
        parts.append(chart.dots(x[view.chosen:][:1], y[view.chosen:][:1], 8, fill="none", stroke_width=2.5))
    return "".join(parts)


def shown_rows(view):
    """Which samples have a row: the first, the last, the chosen one, and some between them."""
    last = len(view.samples) - 1
    if last < 0:
        return []
    rows = {int(k) for k in np.linspace(0, last, ROWS).round()}
    return sorted(rows | {view.chosen}) if len(rows) < ROWS or view.chosen in rows else sorted(
        (rows - {min(rows - {0, last}, key=lambda k: abs(k - view.chosen))}) | {view.chosen})


def _sheet(view):
    """One line of each sample, and the chosen one in full."""
    yours = f"{view.units} units, T = {svg.num(view.temperature, 1)}"
    head = f"yours ({yours})" if view.live is not None else (
        f"stored run (64 units, T = {writing.TEMPERATURE})" if view.samples else f"not trained yet ({yours})")
    parts = [svg.box(LEFT, 8, WIDTH - LEFT - 6, HEIGHT - 16, fill=PALE, stroke=FRAME, stroke_width=1, rx=4),
             svg.text(LEFT + 12, 30, head, 15, "start", weight="bold")]
    if view.live is None and view.samples:
        parts.append(svg.text(WIDTH - 14, 30, f"next: {yours}", SMALL, "end", GREY))
    parts += [svg.text(LEFT + x, 51, name, SMALL, anchor, GREY) for x, name, anchor in (
        (62, "update", "end"), (124, "perpl.", "end"), (140, "it writes", "start"))]
    for row, k in enumerate(shown_rows(view)):
        one, y = view.samples[k], TOP + ROW * row
        if k == view.chosen:
            parts.append(svg.box(LEFT + 4, y - 15, WIDTH - LEFT - 14, 22, CHOSEN, FRAME, 1, 3))
        parts += [svg.text(LEFT + 62, y, str(one.update), SMALL, "end"),
                  svg.text(LEFT + 124, y, svg.num(one.perplexity, 0 if one.perplexity >= 100 else 1), SMALL, "end"),
                  svg.text(LEFT + 140, y, shortened(one.text, 43), SMALL, "start")]
    if view.samples:
        one, y = view.samples[view.chosen], TOP + ROW * ROWS + 14
        parts.append(svg.text(LEFT + 12, y, f"update {one.update}:", 15, "start", weight="bold"))
        lines = [visible(line) for line in wrapped(one.text.strip("\n"), 53) if line][:FULL_ROWS]
        parts += [svg.text(LEFT + 12, y + 25 + 23 * k, line, 16, "start") for k, line in enumerate(lines)]
    return "".join(parts)


@explorer
def writer():
    """Train live, at the press of a button: `explorer.result.model` is the network, stopped or not, and
    `explorer.result.samples` are all its samples."""
    controls = [Choice("text", "text", TEXTS, "analects"),
                Text("own", "own text", "", accept_text, shown_if=lambda values: values["text"] == "own", rows=4),
                Choice("units", "units", UNITS, 64), Slider("temperature", "temperature", 0.1, 2.0, 0.1, 0.7),
                Text("start", "begin with", "", accept_start),
                Slider("chosen", "sample", 1, len(writing.MOMENTS), 1, len(writing.MOMENTS))]
    return Explorer("Learn to write", controls, compute, draw, describe, chinese=True, lines=3,
                    run=("Train", train, lambda values: is_there(values["text"], values["own"])))
