"""Explorer of lesson 14: a text coloured by what one unit of a trained network does, and what each unit follows."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments import letter_model, quote_cells
from lstm_course.experiments.quote_cells import correlations, watched
from lstm_course.tasks import quotes
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider, Text
from lstm_course.widgets.declare import explorer, figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, BLUE, DIVERGING, FRAME, MARKS, SEQUENTIAL, SKY, SMALL, ink_on

NETWORKS = {"LSTM, quotes": "LSTM", "RNN, quotes": "RNN", "LSTM, sonnets": "sonnets"}
FOLLOW = {"quotation": "quotation", "capital": "capital", "blank": "blank", "place in word": "word", "place in line":
    "line"}
LONG_NAMES = {"quotation": "inside quotation marks", "capital": "capital letter", "blank": "blank",
              "word": "place in the word", "line": "place in the line"}
SIGNED, SHARES = ("h", "c"), ("f", "i", "o")
LETTERS, RANKS = 60, 32                             # how many letters are shown, how many units are ranked
CLOSELY, SOMEWHAT = 0.9, 0.6                        # of |correlation|: "closely" and "roughly"
SAMPLES = {"quotes": 'abe gf "EB  AC  H" cd   fa b "GD BB   FC A   H" ea  c "D  " ',
           "sonnets": "So shall I live, supposing thou art true,\nLike a deceived hu"}


@dataclass
class View:
    """One unit on one text."""

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
    target: np.ndarray              # (T,): what is to be followed, at each letter shown
    traces: dict                    # quantity -> (T,): of this unit
    best: dict                      # network -> largest |correlation| of h with "inside quotation marks"


# ---- networks and texts --------------------------------------------------------------------------------------

@lru_cache(6)
def model_of(network, trained=True):
    """A stored network, or the same before training."""
    if network == "sonnets":
        return letter_model.stored_network(experiments.load("letter_model")) if trained else letter_model.network(
            0, dtype=np.float64)
    if not trained:
        return quote_cells.network(network, 0)
    return quote_cells.stored_network(experiments.load("quote_cells"), network)


@lru_cache(1)
def _alphabet():
    return letter_model.data()[0]


def encoded(network, text):
    """A text -> tokens (T,); refuses letters that the network does not know."""
    if network != "sonnets":
        return quotes.encode(text)
    strange = sorted(set(text) - set(_alphabet().tokens))
    if strange:
        raise ValueError(f"The network has never seen {strange[0]!r}: write English letters and simple punctuation.")
    return _alphabet().encode(text)


def property_of(text, follow):
    """What is to be followed, at each letter of a text -> (T,)"""
    letters = np.array(list(text))
    if follow == "quotation":
        return (np.cumsum(letters == quotes.MARK) % 2 == 1).astype(float)
    if follow == "capital":
        return np.array([letter.isupper() for letter in text], float)
    if follow == "blank":
        return (letters == " ").astype(float)
    ends = np.array([not letter.isalpha() for letter in text]) if follow == "word" else letters == "\n"
    if follow == "line" and not ends.any():
        return np.zeros(len(text))
    last = np.maximum.accumulate(np.where(ends, np.arange(len(text)), -1))
    return (np.arange(len(text)) - last).astype(float)


@lru_cache(3)
def _long(network):
    """A long text that was not trained on: tokens (T,B), and its columns as strings."""
    if network == "sonnets":
        vocabulary, _, held_out = letter_model.data()
        tokens = held_out[:4000].reshape(-1, 1)
        return tokens, ["".join(vocabulary.decode(tokens[:, 0]))]
    tokens, _ = quotes.text(200, 20, rng=1234)
    return tokens, ["".join(quotes.ALPHABET[k] for k in column) for column in tokens.T]


@lru_cache(3)
def _inside():
    return quotes.text(200, 20, rng=1234)[1]


@lru_cache(6)
def _seen(network, trained):
    return watched(model_of(network, trained), _long(network)[0])


@lru_cache(128)
def ranked(network, quantity, follow, trained=True):
    """The correlation of every unit with a property over the long text, (H,)"""
    tokens, columns = _long(network)
    values, skip = _seen(network, trained)[quantity], quote_cells.SKIP
    if follow == "quotation" and network != "sonnets":
        target = _inside().astype(float)                # half of these texts begin inside
    else:
        target = np.stack([property_of(column, follow) for column in columns], axis=1)
    return correlations(values[skip:], target[skip:])


@lru_cache(16)
def _on(network, text):
    """All quantities of all units on a short text -> {name: (T,H)}"""
    return {name: array[:, 0] for name, array in watched(model_of(network), encoded(network, text)[:, None]).items()}


def accept(text):
    """The student's own text: at most 60 letters."""
    if len(text) > LETTERS:
        raise ValueError(f"At most {LETTERS} letters, please; yours has {len(text)}.")
    return text


def compute(network, follow, quantity, rank, text):
    """The unit at this rank, on the text (the sample of the network if it is empty)."""
    text = text or SAMPLES["sonnets" if network == "sonnets" else "quotes"]
    found = _on(network, text)
    chosen = quantity if quantity in found else "h"
    all_units = ranked(network, chosen, follow)
    order = np.abs(all_units).argsort(kind="stable")[::-1]
    unit = int(order[min(rank, len(order)) - 1])
    best = {name: float(np.abs(ranked(name, "h", "quotation")).max()) for name in ("LSTM", "RNN")}
    return View(network, follow, chosen, quantity, rank, unit, float(all_units[unit]),
                float(np.abs(ranked(network, chosen, follow, False)).max()), np.abs(all_units[order[:RANKS]]),
                len(order), text, property_of(text, follow), {name: v[:, unit] for name, v in found.items()}, best)


# ---- words ---------------------------------------------------------------------------------------------------

def follows(view):
    """How well, in words, from the correlation."""
    if not view.ranking.any():
        return "there is nothing to follow: this language has no such thing"
    size = abs(view.correlation)
    how = "closely" if size >= CLOSELY else "roughly" if size >= SOMEWHAT else "hardly at all"
    return f"it follows “{LONG_NAMES[view.follow]}” {how}, correlation {svg.num(view.correlation, 2)}"


def describe(view):
    """What the picture shows, in words."""
    name = next(key for key, value in NETWORKS.items() if value == view.network)
    lacks = "" if view.asked == view.quantity else f"An RNN has no {view.asked}, so h is shown. "
    before = f"; the best of the untrained network has {svg.num(view.untrained, 2)}" if view.ranking.any() else ""
    return (f"{lacks}{name}, {MARKS[view.quantity].name} {view.quantity} of unit {view.unit} "
            f"(rank {view.rank} of {view.units}): {follows(view)}{before}.")


# ---- the picture -----------------------------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, CELL = 880, 416, 64, 13
STRIP_Y, STRIP_H, CHART_Y, CHART_H = 34, 30, 70, 232
GATES_H, BARS_Y, BARS_H = 90, 332, 54


HIGHS = (1.5, 2.2, 3.2, 5.0, 8.0, 16.0)         # where the axis of the traces may end: few, so that few are made


@lru_cache(16)
def _chart(high, gates):
    """The chart of h and c from -high to high, as high as there is room; or below it that of the gates, 0 to 1."""
    ends, margins = np.floor(high), (LEFT, WIDTH - LEFT - CELL * LETTERS, 8, 8)
    if high == 1.0:
        return svg.Chart(WIDTH, GATES_H, (-0.5, LETTERS - 0.5), (-0.06, 1.06), "", "", y=CHART_Y + CHART_H - GATES_H,
                         xticks=[], yticks=[0, 0.5, 1], margins=margins)
    ticks = np.arange(-ends, ends + 1) if high < 3 else np.linspace(-ends, ends, 3)
    height = CHART_H - (GATES_H if gates else 0)
    return svg.Chart(WIDTH, height, (-0.5, LETTERS - 0.5), (-high, high), "", "", y=CHART_Y, xticks=[], yticks=ticks,
                     margins=margins)


def draw(view, hidden=False):
    """A strip of text coloured by one quantity, the traces of the unit below, and the ranking of all units."""
    if hidden:
        words = svg.text(WIDTH / 2, HEIGHT / 2, "?", 40, weight="bold")
        return svg.picture(WIDTH, HEIGHT, _strip(view, False), words)
    return svg.picture(WIDTH, HEIGHT, _strip(view), _traces(view), _ranking(view))


def _range(view):
    """The colour map of the chosen quantity and its ends."""
    if view.quantity in SHARES:
        return SEQUENTIAL, 0.0, 1.0
    high = max(1.0, float(np.ceil(np.abs(view.traces[view.quantity]).max())))
    return DIVERGING, -high, high


def _strip(view, coloured=True):
    """The letters, each on the colour of its value; a bar above marks what is to be followed."""
    cmap, low, high = _range(view)
    values, T = view.traces[view.quantity], len(view.text)
    back = svg.heat_image(LEFT, STRIP_Y, CELL * T, STRIP_H, values[None], cmap, low, high) if coloured else ""
    letters = _inked(view.text, values if coloured else np.zeros(T), cmap if coloured else DIVERGING, low, high)
    frame = svg.box(LEFT, STRIP_Y, CELL * T, STRIP_H, fill="none", stroke=FRAME, stroke_width=1, rx=0)
    label = svg.text(LEFT - 10, STRIP_Y + 21, "text", SMALL, "end")
    scale = svg.text(LEFT, 18, f"bars: {LONG_NAMES[view.follow]}", SMALL, "start", MARKS["f"].ink)
    key = svg.text(LEFT + CELL * LETTERS, 18, f"colour: {view.quantity} from {svg.num(low, 0)} to {svg.num(high, 0)}",
                   SMALL, "end") if coloured else ""
    return back + frame + letters + _marks(view) + label + scale + key


@lru_cache(4)
def _dark(cmap):
    """Which of 256 colours need white letters, (256,)"""
    return np.array([ink_on(svg.colour_of(k, cmap, 0, 255)) != BLACK for k in range(256)])


def _inked(text, values, cmap, low, high):
    """The letters in black, or in white on dark colours, as two groups."""
    white = _dark(cmap)[(255 * np.clip((values - low) / (high - low), 0, 1)).astype(int)]
    groups = {True: [], False: []}
    for t, letter in enumerate(text):
        shown = {"\n": "↵", " ": "·", "&": "&amp;", "<": "&lt;"}.get(letter, letter)
        groups[bool(white[t])].append(f'<text x="{svg.px(LEFT + CELL * (t + 0.5))}" y="{STRIP_Y + 21}">{shown}</text>')
    return "".join(
        f'<g font-size="{SMALL}" text-anchor="middle" fill="{"#FFFFFF" if light else BLACK}">{"".join(some)}</g>'
                   for light, some in groups.items())


def _marks(view):
    """Bars between text and name: as high as the property is, at each letter."""
    top = view.target.max()
    if not top:
        return ""
    heights = 9 * view.target / top
    points = []
    for t, height in enumerate(heights):
        points += [(LEFT + CELL * t, STRIP_Y - 1 - height), (LEFT + CELL * (t + 1), STRIP_Y - 1 - height)]
    points = [(LEFT, STRIP_Y - 1), *points, (LEFT + CELL * len(heights), STRIP_Y - 1)]
    return svg.path(points, stroke=BLUE, stroke_width=1, fill=SKY, close=True)


def high_of(view):
    """Where the axis of the traces ends: one of a few numbers, and no trace is cut off."""
    largest = 1.05 * max(np.abs(view.traces[name]).max() for name in SIGNED if name in view.traces)
    return next((high for high in HIGHS if high >= largest), float(np.ceil(largest)))


def _traces(view):
    """All quantities of the unit over the text: h and c above, the gates below."""
    gates = any(name in view.traces for name in SHARES)
    above = _lines(view, _chart(high_of(view), gates), SIGNED, zero=True)
    return above + (_lines(view, _chart(1.0, True), SHARES) if gates else "")


def _lines(view, chart, names, zero=False):
    """Some of the traces in their chart, the chosen one thicker, and their letters at the end."""
    t, names = np.arange(len(view.text)), [name for name in names if name in view.traces]
    lines = "".join(chart.line(t, view.traces[name], name, stroke_width=MARKS[name].width * (
        1.2 if name == view.quantity else 0.7)) for name in names)
    axis = chart.line([-0.5, LETTERS - 0.5], [0, 0], stroke=FRAME, stroke_width=1) if zero else ""
    ends = {name: chart.xy([0], [view.traces[name][-1]])[0, 1] for name in names}
    return chart.frame + axis + lines + _letters(chart, LEFT + CELL * len(t) + 6, ends)


def _letters(chart, x, ends):
    """The letters of the lines at their right ends, at least 17 px apart."""
    names = sorted(ends, key=ends.get)
    heights = [ends[name] for name in names]
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + 17)
    low = chart.top + chart.height + 2
    for k in reversed(range(len(heights))):
        heights[k] = min(heights[k], low - 17 * (len(heights) - 1 - k))
    return "".join(svg.text(x, y + 5, name, 16, "start", MARKS[name].ink, "bold") for name, y in
                   zip(names, heights, strict=True))


def _ranking(view):
    """|correlation| of the 32 best units; the chosen one dark, the best untrained one as a line."""
    width = CELL * LETTERS / RANKS
    title = f"units by |correlation| of {view.quantity} with “{LONG_NAMES[view.follow]}”"
    parts = [svg.text(LEFT, BARS_Y - 12, title, SMALL, "start")]
    base, outline = BARS_Y + BARS_H, []
    for k, size in enumerate(view.ranking):
        left, right = LEFT + width * k + 2, LEFT + width * (k + 1) - 2
        outline += [(left, base), (left, base - BARS_H * size), (right, base - BARS_H * size), (right, base)]
    parts.append(svg.path(outline, fill=SKY, stroke=BLUE, stroke_width=1, close=True))
    k = view.rank - 1
    parts.append(svg.path(outline[4 * k:4 * k + 4], fill=BLACK, stroke=BLACK, stroke_width=1, close=True))
    for value in (0, 1):
        y = BARS_Y + BARS_H * (1 - value)
        parts.append(svg.path([(LEFT, y), (LEFT + CELL * LETTERS, y)], stroke=FRAME, stroke_width=1))
        parts.append(svg.text(LEFT - 10, y + 5, str(value), SMALL, "end"))
    y = BARS_Y + BARS_H * (1 - view.untrained)
    parts.append(svg.path([(LEFT, y), (LEFT + CELL * LETTERS, y)], stroke=MARKS["o"].ink, stroke_width=2, dash=(6, 4)))
    parts.append(svg.text(LEFT + CELL * LETTERS, BARS_Y - 12, "dashed: best unit before training", SMALL, "end",
                          MARKS["o"].ink))
    at = LEFT + width * (view.rank - 0.5)
    parts.append(svg.text(at, BARS_Y + BARS_H + 20, f"▲ unit {view.unit}", SMALL, anchor="start" if view.rank < 4 else
                          "end" if view.rank > RANKS - 4 else "middle"))
    return "".join(parts)


# ---- the explorer --------------------------------------------------------------------------------------------

PRESETS = {
    "LSTM: h": {"network": "LSTM", "quantity": "h", "rank": 1},
    "LSTM: cell c": {"network": "LSTM", "quantity": "c", "rank": 1},
    "RNN: h": {"network": "RNN", "quantity": "h", "rank": 1},
    "a unit in the middle": {"network": "LSTM", "quantity": "h", "rank": 16},
    "sonnets: place in line": {"network": "sonnets", "follow": "line", "quantity": "c", "rank": 1},
}
QUESTION = "Which network has a unit whose h follows “inside quotation marks” with |correlation| above 0.9?"
ANSWERS = ("only the LSTM", "only the RNN", "both", "neither")


def _truth(view):
    both = (view.best["LSTM"] > CLOSELY, view.best["RNN"] > CLOSELY)
    return ANSWERS[{(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}[both]]


@explorer
def gate_viewer():
    """The gate viewer: colour a text by f, i, o, c or h of a unit; units sorted by what they follow."""
    predict = Guess(QUESTION, _truth, options=ANSWERS, mask=lambda view: draw(view, hidden=True),
                      because=lambda view: f"Best unit: LSTM {view.best['LSTM']:.2f}, RNN {view.best['RNN']:.2f}.",
                      at={"follow": "quotation", "text": ""} | PRESETS["LSTM: h"])
    controls = [Choice("network", "network", NETWORKS, "LSTM"), Choice("quantity", "colour by", [*SIGNED, *SHARES],
                       shown_if=lambda values: values["network"] != "RNN"),
                Slider("rank", "unit, by rank", 1, RANKS, 1, 1, "290px"),
                Choice("follow", "follow", FOLLOW, "quotation"), Text("text", "own text", "", accept, width="330px")]
    return Explorer("Gate viewer", controls, compute, draw, describe, presets=PRESETS, predict=predict,
                    static=["LSTM: h", "RNN: h"], lines=2)


@figure
def text_strip_figure():
    """The figure of the lesson: a cell of the letter network that follows the place in the line, on a held-out poem."""
    view = compute("sonnets", "line", "c", 1, "")
    return show_svg(draw(view), f"A strip of text coloured by one cell, its traces below. {describe(view)} The state "
                    "moves away from 0 along the line and jumps part of the way back at its end.", data=view)
