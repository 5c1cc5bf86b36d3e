"""Explorer of lesson 14: a text coloured by what one unit of a trained network does, and what each unit follows."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.lessons.l14_words.units import (
    ROWS,
    WIDE,
    accept,
    cut_off,
    lines,
    on_text,
    property_of,
    ranked,
    ranked_here,
    samples,
    stretch,
)
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, DIVERGING, FRAME, GREY, INK, MARKS, SEQUENTIAL, SKY, SMALL, WRONG, ink_on

NETWORKS = {"LSTM, quotes": "LSTM", "RNN, quotes": "RNN", "LSTM, sonnets": "sonnets"}
FOLLOW = {"quotation": "quotation", "capital": "capital", "blank": "blank", "place in word": "word", "place in line":
    "line", "a stretch": "stretch"}
LONG_NAMES = {"quotation": "inside quotation marks", "capital": "capital letter", "blank": "blank",
              "word": "place in the word", "line": "place in the line", "stretch": "the chosen stretch"}
SIGNED, SHARES = ("h", "c"), ("f", "i", "o")
CUTS = {"none": 0, "1": 1, "2": 2, "4": 4, "8": 8}
RANKS = 32                                          # how many units are ranked
CLOSELY, ROUGHLY, WEAKLY = 0.9, 0.6, 0.3            # of |correlation|


@dataclass
class View:
    """One unit on one text, at one letter."""

    network: str
    follow: str
    quantity: str                   # the chosen one, or h if the network lacks it
    asked: str
    rank: int
    unit: int
    correlation: float              # of this unit, over a long text
    untrained: float                # the largest |correlation| in the network before training
    ranking: np.ndarray             # (RANKS,): |correlations|, the largest first
    units: int
    text: str
    step: int                       # the letter that is looked at
    target: np.ndarray              # (T,): what is to be followed, at each letter
    traces: dict                    # quantity -> (T,): of this unit
    cut: int                        # how many units are cut off
    perplexities: dict              # "whole", "best" and "least" cut off; empty if none is
    best: dict                      # network -> largest |correlation| of h with "inside quotation marks"


def text_of(network, text):
    """The student's text, or the sample of the network."""
    return text or samples()["sonnets" if network == "sonnets" else "quotes"]


def compute(network, follow, quantity, rank, cut, text, first, length, step):
    """The unit at this rank, on the text, and what cutting off units costs; a stretch begins at letter `first`."""
    text = text_of(network, text)
    found = on_text(network, text)
    chosen = quantity if quantity in found else "h"
    first = min(first, len(text)) - 1
    here = follow == "stretch"
    all_units, untrained = (ranked_here(network, chosen, text, first, length, trained) if here else
                            ranked(network, chosen, follow, trained) for trained in (True, False))
    order = np.abs(all_units).argsort(kind="stable")[::-1]
    unit = int(order[min(rank, len(order)) - 1])
    cut = 0 if network == "sonnets" or here else cut
    perplexities = {name: cut_off(network, follow, count, best) for name, count, best in (
        ("whole", 0, True), ("best", cut, True), ("least", cut, False))} if cut else {}
    best = {name: float(np.abs(ranked(name, "h", "quotation")).max()) for name in ("LSTM", "RNN")}
    return View(network, follow, chosen, quantity, rank, unit, float(all_units[unit]),
                float(np.abs(untrained).max()), np.abs(all_units[order[:RANKS]]), len(order), text,
                min(step, len(text) - 1), stretch(text, first, length) if here else property_of(text, follow),
                {name: v[:, unit] for name, v in found.items()}, cut, perplexities, best)


# ---- words -------------------------------------------------------------------------------------------------------

def follows(view):
    """How well, in words, from the correlation."""
    if not view.ranking.any():
        return "there is nothing to follow: this language has no such thing"
    size = abs(view.correlation)
    how = next((word for least, word in ((CLOSELY, "closely"), (ROUGHLY, "roughly"), (WEAKLY, "weakly"))
                if size >= least), "hardly at all")
    return f"follows “{LONG_NAMES[view.follow]}” {how} (correlation {svg.num(view.correlation, 2)})"


def letter(view):
    """The letter that is looked at, as it can be read."""
    return {"\n": "↵", " ": "␣"}.get(view.text[view.step], view.text[view.step])


def describe(view):
    """What the picture shows, in words."""
    name = next(key for key, value in NETWORKS.items() if value == view.network)
    lacks = "" if view.asked == view.quantity else f"An RNN has no {view.asked}, so h is shown. "
    before = f"; before training the best had {svg.num(view.untrained, 2)}" if view.ranking.any() else ""
    values = ", ".join(f"{key} = {svg.num(trace[view.step], 2)}" for key, trace in view.traces.items())
    cut = ""
    if view.cut:
        whole, best, least = (svg.num(view.perplexities[key], 2) for key in ("whole", "best", "least"))
        cut = (f" Perplexity {whole}; with the {view.cut} cut off whose h follows best {best}, with the {view.cut} "
               f"that follow least {least}.")
    return (f"{lacks}{name}: {view.quantity} of unit {view.unit} (rank {view.rank} of {view.units}) {follows(view)}"
            f"{before}. At letter {view.step + 1}, “{letter(view)}”: {values}.{cut}")


# ---- the picture -------------------------------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, CELL = 880, 400, 26, 18
LINE, FIRST, STRIP = 52, 42, 28                     # from line to line; where the first strip begins, and its height
BARS_X, BARS_W, BARS_Y, BARS_H = 46, 512, 276, 76
NOW_X, NOW_Y, NOW_W, NOW_ROW = 634, 274, 150, 24


def draw(view, hidden=False):
    """The text, coloured by one quantity of the unit; below the ranking of all units, and the numbers at a letter."""
    if hidden:
        return svg.picture(WIDTH, HEIGHT, _text(view, False), svg.text(WIDTH / 2, 320, "?", 40, weight="bold"))
    return svg.picture(WIDTH, HEIGHT, _text(view), _ranking(view), _now(view))


def colours_of(view):
    """The colour map of the chosen quantity and its ends."""
    if view.quantity in SHARES:
        return SEQUENTIAL, 0.0, 1.0
    high = max(1.0, float(np.ceil(np.abs(view.traces[view.quantity]).max())))
    return DIVERGING, -high, high


def _text(view, coloured=True):
    """The letters, each on the colour of its value; a bar above each is as high as what is to be followed."""
    cmap, low, high = colours_of(view)
    parts = [svg.text(LEFT, 20, f"bars above the text: {LONG_NAMES[view.follow]}", SMALL, "start", INK)]
    if coloured:
        parts.append(_scale(view, cmap, low, high))
    for row, (first, end) in enumerate(lines(view.text)):
        y, values = FIRST + LINE * row, view.traces[view.quantity][first:end]
        if coloured:
            parts.append(svg.heat_image(LEFT, y, CELL * (end - first), STRIP, values[None], cmap, low, high))
        parts.append(svg.box(LEFT, y, CELL * (end - first), STRIP, "none", FRAME, 1, 0))
        parts.append(_bars(view, first, end, y))
        parts.append(_letters(view.text[first:end], y, values if coloured else None, cmap, low, high))
        if coloured and first <= view.step < end:
            parts.append(svg.box(LEFT + CELL * (view.step - first), y - 2, CELL, STRIP + 4, "none", BLACK, 3, 2))
    return "".join(parts)


def _scale(view, cmap, low, high):
    """What the colours mean."""
    x = LEFT + CELL * WIDE - 150
    ramp = svg.heat_image(x, 8, 100, 14, np.linspace(low, high, 50)[None], cmap, low, high)
    return (svg.text(x - 46, 20, f"colour: {view.quantity}", SMALL, "end") + svg.text(x - 6, 20, svg.num(low, 0), SMALL,
                                                                                      "end")
            + ramp + svg.text(x + 106, 20, svg.num(high, 0), SMALL, "start"))


@lru_cache(4)
def _dark(cmap):
    """Which of 256 colours need white letters, (256,)"""
    return np.array([ink_on(svg.colour_of(k, cmap, 0, 255)) != BLACK for k in range(256)])


def _letters(text, y, values, cmap, low, high):
    """The letters in black, or in white on dark colours, as two groups."""
    white = np.zeros(len(text), bool) if values is None else _dark(cmap)[
        (255 * np.clip((values - low) / (high - low), 0, 1)).astype(int)]
    groups = {True: [], False: []}
    for t, sign in enumerate(text):
        shown = {"\n": "↵", " ": "·", "&": "&amp;", "<": "&lt;"}.get(sign, sign)
        groups[bool(white[t])].append(f'<text x="{svg.px(LEFT + CELL * (t + 0.5))}" y="{y + 20}">{shown}</text>')
    return "".join(f'<g font-size="17" text-anchor="middle" fill="{"#FFFFFF" if light else BLACK}">{"".join(some)}</g>'
                   for light, some in groups.items())


def _bars(view, first, end, y):
    """As high as the property is, at each letter of a line."""
    top = view.target.max()
    if not top:
        return ""
    points = [(LEFT, y - 2)]
    for t, height in enumerate(12 * view.target[first:end] / top):
        points += [(LEFT + CELL * t, y - 2 - height), (LEFT + CELL * (t + 1), y - 2 - height)]
    return svg.path([*points, (LEFT + CELL * (end - first), y - 2)], stroke=INK, stroke_width=1, fill=SKY, close=True)


def _ranking(view):
    """|correlation| of the 32 best units; the chosen one dark, the best untrained one as a line; what a cut costs."""
    width, base, outline = BARS_W / RANKS, BARS_Y + BARS_H, []
    for k, size in enumerate(view.ranking):
        left, right = BARS_X + width * k + 2, BARS_X + width * (k + 1) - 2
        outline += [(left, base), (left, base - BARS_H * size), (right, base - BARS_H * size), (right, base)]
    y, k = base - BARS_H * view.untrained, min(view.rank, len(view.ranking)) - 1
    parts = [svg.text(BARS_X, BARS_Y - 10, f"how well each unit's {view.quantity} follows the bars", SMALL, "start"),
             svg.path(outline, fill=SKY, stroke=INK, stroke_width=1, close=True),
             svg.path(outline[4 * k:4 * k + 4], fill=BLACK, stroke=BLACK, stroke_width=1, close=True),
             svg.path([(BARS_X, y), (BARS_X + BARS_W, y)], stroke=GREY, stroke_width=2, dash=(6, 4)),
             svg.text(BARS_X + BARS_W, BARS_Y - 10, "dashed: untrained", SMALL, "end", GREY)]
    for value in (0, 1):
        at = base - BARS_H * value
        parts.append(svg.path([(BARS_X, at), (BARS_X + BARS_W, at)], stroke=FRAME, stroke_width=1))
        parts.append(svg.text(BARS_X - 8, at + 5, str(value), SMALL, "end"))
    if view.cut and view.quantity == "h":
        at = BARS_X + width * view.cut
        parts.append(svg.path([(BARS_X, base + 5), (at, base + 5)], stroke=WRONG, stroke_width=4))
    anchor, shift = ("start", -6) if view.rank < 8 else ("end", 6) if view.rank > RANKS - 8 else ("middle", 0)
    parts.append(svg.text(BARS_X + width * (k + 0.5) + shift, base + 22, f"▲ unit {view.unit}: "
                          f"{svg.num(view.correlation, 2)}", SMALL, anchor))
    return "".join(parts) + _cut(view, base + 42)


def _cut(view, y):
    """The perplexity without the units that are cut off."""
    if not view.cut:
        return ""
    number = {name: svg.num(value, 2) for name, value in view.perplexities.items()}
    return svg.text(BARS_X, y, f"perplexity: whole {number['whole']}, without the best {view.cut}: {number['best']}, "
                    f"the least {view.cut}: {number['least']}", SMALL, "start", WRONG)


def _now(view):
    """All quantities of the unit at the letter that is looked at: from −1 or 0 to 1 as bars, and as numbers."""
    title = f"unit {view.unit} at letter {view.step + 1}, “{letter(view)}”"
    parts = [svg.text(NOW_X - 46, NOW_Y - 8, title, SMALL, "start", weight="bold")]
    for row, name in enumerate(key for key in "fioch" if key in view.traces):
        y, value, mark = NOW_Y + NOW_ROW * row, view.traces[name][view.step], MARKS[name]
        zero = NOW_X if name in SHARES else NOW_X + NOW_W / 2
        end = zero + np.clip(value, -1, 1) * (NOW_W if name in SHARES else NOW_W / 2)
        parts += [svg.text(NOW_X - 22, y + 15, name, 16, "middle", mark.ink, "bold"),
                  svg.box(NOW_X, y + 2, NOW_W, 16, "#FFFFFF", FRAME, 1, 0),
                  svg.box(min(zero, end), y + 4, abs(end - zero), 12, mark.colour, "none", 0, 0),
                  svg.text(NOW_X + NOW_W + 10, y + 15, svg.num(value, 2), 16, "start")]
    return "".join(parts)


# ---- the explorer ------------------------------------------------------------------------------------------------

PRESETS = {
    "LSTM: h": {"network": "LSTM", "quantity": "h", "rank": 1},
    "LSTM: cell c": {"network": "LSTM", "quantity": "c", "rank": 1},
    "RNN: h": {"network": "RNN", "quantity": "h", "rank": 1},
    "a unit in the middle": {"network": "LSTM", "quantity": "h", "rank": 16},
    "a stretch": {"network": "LSTM", "follow": "stretch", "quantity": "c", "rank": 1, "first": 9, "length": 16,
                  "text": 'abe gf "EB  AC  H BG DF" cd fa b ea gf'},
    "sonnets: place in line": {"network": "sonnets", "follow": "line", "quantity": "c", "rank": 1},
}
QUESTION = "Which network has a unit whose h follows “inside quotation marks” with |correlation| above 0.9?"
ANSWERS = ("only the LSTM", "only the RNN", "both", "neither")


def _truth(view):
    both = (view.best["LSTM"] > CLOSELY, view.best["RNN"] > CLOSELY)
    return ANSWERS[{(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}[both]]


def on_a_stretch(values):
    return values["follow"] == "stretch"


@explorer
def gate_viewer():
    """The gate viewer: a text coloured by h, c, f, i or o of a unit; units sorted by what they follow, and cut off."""
    predict = Guess(QUESTION, _truth, options=ANSWERS, mask=lambda view: draw(view, hidden=True),
                      because=lambda view: f"Best unit: LSTM {view.best['LSTM']:.2f}, RNN {view.best['RNN']:.2f}.",
                      at={"follow": "quotation", "text": "", "cut": 0, "step": 0} | PRESETS["LSTM: h"])
    controls = [Choice("network", "network", NETWORKS, "LSTM"), Choice("quantity", "colour by", [*SIGNED, *SHARES],
                       shown_if=lambda values: values["network"] != "RNN"),
                Choice("follow", "follow", FOLLOW, "quotation"), Slider("rank", "unit, by rank", 1, RANKS, 1, 1),
                Slider("first", "from letter", 1, ROWS * WIDE, 1, 8, shown_if=on_a_stretch),
                Slider("length", "so many", 1, WIDE, 1, 14, shown_if=on_a_stretch),
                Choice("cut", "cut off", CUTS, 0, shown_if=lambda values: values["network"] != "sonnets"
                       and not on_a_stretch(values)),
                Text("text", "own text", "", accept)]
    last = lambda values: len(text_of(values["network"], values["text"])) - 1
    return Explorer("Gate viewer", controls, compute, draw, describe, steps=last, interval=0.4, predict=predict,
                    presets={name: values | {"step": 0} for name, values in PRESETS.items()},
                    static=["sonnets: place in line"], lines=3)
