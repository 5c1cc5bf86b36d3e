"""Explorer of lesson 13: choose an output, and see which inputs it has seen."""

from functools import lru_cache

import numpy as np

from lstm_course.lessons.l13_rows_layers_directions.who_sees import (
    LENGTHS,
    NAMES,
    B,
    T,
    batch,
    code,
    compute,
    describe,
    source,
    verdict,
)
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.parts import stacked
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import CHOSEN, FRAME, GREY, INK, NORMAL, SMALL, ink_on

__all__ = ["batch", "shape_bench"]      # batch: for copies of the lesson that import it from here

AXES = {"(T, B, I)": "right", "(B, T, I)": "swapped"}
GIVEN = {"given": True, "not given": False}
WAYS = {"one way": False, "two ways": True}
WHO = {name: k for k, name in enumerate(NAMES)}

# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, KEY_Y = 770, 440, 408
LEFT, COLUMN, ROW = 120, 56, 27                         # of the tables: first tile, size of a tile
OUTPUTS, INPUTS = 46, (180, 312)                        # where the tables begin
WORDS_X = LEFT + T * COLUMN + 24
PALETTE, WEAK, STRONG = "cividis_r", -2.6, -0.4         # log10 of the strengths at its two ends


def draw(data, hidden=False):
    """Above the outputs, one of them chosen; below the inputs, dark where that output has seen them."""
    parts = [_outputs(data), _key()]
    if data.refused:
        return svg.picture(WIDTH, HEIGHT, *parts, _refusal(data))
    names = ["forward half", "backward half"] if data.two_way else ["all units"]
    for y, name, seen in zip(INPUTS, names, data.seen, strict=False):
        parts.append(_inputs(y, name, seen, data.valid, hidden))
    return svg.picture(WIDTH, HEIGHT, *parts, _words(data, hidden))


def _head(y, words):
    """The title of a table, and its steps."""
    steps = [svg.text(LEFT + (t + 0.5) * COLUMN, y - 6, str(t), SMALL, fill=GREY) for t in range(T)]
    return "".join([svg.text(16, y - 26, words, NORMAL, "start", weight="bold"), *steps,
                    svg.text(LEFT - 42, y - 6, "step", SMALL, fill=GREY)])


def _outputs(data):
    """The tiles of all outputs; the chosen one is dark."""
    parts = [_head(OUTPUTS, f"Output: {source(data)}")]
    for k, name in enumerate(NAMES):
        top = OUTPUTS + k * ROW
        parts.append(svg.text(LEFT - 42, top + 20, name, NORMAL, weight="bold"))
        for t in range(T):
            chosen = (k, t) == (data.who, data.t)
            look = {"fill": INK if chosen else CHOSEN} | _border(t < LENGTHS[k])
            parts.append(svg.box(LEFT + t * COLUMN + 1, top + 1, COLUMN - 2, ROW - 2, rx=0, **look))
            if chosen:
                middle = LEFT + (t + 0.5) * COLUMN
                parts.append(svg.path([(middle - 6, top + 19), (middle + 6, top + 19), (middle, top + 8)],
                                      fill="#FFFFFF", stroke="none", close=True))
    layer = ("two ways" if data.two_way else "one way", "lengths given" if data.given else "no lengths given",
             "axes (T, B, I)" if data.axes == "right" else "axes (B, T, I)")
    return "".join(parts) + stacked(WORDS_X, OUTPUTS + 19, layer, 22)


def _border(valid):
    return {"stroke": FRAME, "stroke_width": 1} if valid else {"stroke": INK, "stroke_dasharray": "3 3"}


def _inputs(y, name, seen, valid, hidden):
    """The tiles of all inputs, (B, T): numbers on their colours, a dot where nothing is seen."""
    parts = [_head(y, f"Inputs seen by {'the ' if 'half' in name else ''}{name}")]
    for k in range(B):
        top = y + k * ROW
        parts.append(svg.text(LEFT - 42, top + 20, NAMES[k], NORMAL, weight="bold"))
        for t in range(T):
            x, value = LEFT + t * COLUMN, 0.0 if hidden else float(seen[k, t])
            fill = _colour(value)
            parts.append(svg.box(x + 1, top + 1, COLUMN - 2, ROW - 2, fill=fill, rx=0, **_border(valid[k, t])))
            parts.append(svg.text(x + COLUMN / 2, top + 20, "?" if hidden else short(value), SMALL, fill=ink_on(fill)))
    return "".join(parts)


def _words(data, hidden):
    """What it has seen, beside the tables."""
    lines = ["make a guess first"] if hidden else verdict(data)
    lines = [piece for line in lines for piece in _wrapped(line, 19)]
    return "".join(svg.text(WORDS_X, INPUTS[0] + 14 + 21 * k, line, SMALL, "start", weight="bold")
                   for k, line in enumerate(lines))


def _wrapped(words, width):
    """A sentence in lines of at most `width` letters."""
    lines = [""]
    for word in words.split(" "):
        lines = [*lines, word] if len(lines[-1]) + len(word) >= width else [*lines[:-1], f"{lines[-1]} {word}".strip()]
    return lines


def short(value):
    """0.31, or <.01; a dot for nothing."""
    if value == 0:
        return "·"
    return "<.01" if value < 0.005 else f"{value:.2f}"


def _colour(value):
    return svg.colour_of(np.log10(value), PALETTE, WEAK, STRONG) if value > 0 else "#FFFFFF"


@lru_cache
def _key():
    """What numbers, colours and borders mean, in one line."""
    parts = [svg.text(16, KEY_Y + 18, "number: how far the output moves, if the input moves by 1", SMALL, "start")]
    for x, wide, look, words in ((500, 40, _border(True), "· not seen"), (640, 40, _border(False), "padding")):
        parts.append(svg.box(x, KEY_Y + 2, wide, 22, fill="#FFFFFF", rx=0, **look))
        parts.append(svg.text(x + wide + 8, KEY_Y + 18, words, SMALL, "start"))
    return "".join(parts)


def _refusal(data):
    """What the layer says instead of computing."""
    lines = _wrapped(data.refused.replace(" = ", "\u00a0=\u00a0"), 58)
    said = ["✗ The layer refuses this batch:", *lines, "Nothing was computed."]
    return "".join(svg.text(LEFT, INPUTS[0] + 10 + 26 * k, line, NORMAL, "start", weight=None if k else "bold")
                   for k, line in enumerate(said))


# ---- the explorer ------------------------------------------------------------------------------------------

START = {"axes": "right", "given": True, "two_way": False, "who": 1, "t": 4}
PRESETS = {
    "axes swapped": {"axes": "swapped", "given": False, "who": 2, "t": 1},
    "padding read": {"given": False, "who": 2, "t": 7},
    "two ways, middle": {"two_way": True, "t": 2},
    "two ways, out[-1]": {"two_way": True, "who": 0, "t": 7},
}


def _buttons(name, label, options, word=""):
    """A choice whose buttons say what they are, so that it needs no row for a label."""
    choice = Choice(name, label, {f"{word} {key}".strip(): value for key, value in options.items()}, START[name])
    choice.view.description = ""
    return choice


@explorer
def shape_bench():
    """The shape bench: axes, lengths and directions, and an output anywhere."""
    predict = Guess("Two ways, the last output of A: how many of the 8 steps of A has its backward half seen?",
                    options=["0", "1", "4", "8"], truth=lambda data: str(len(data.own(-1)[0])),
                    because=lambda data: "It walks from the last step to the first, and this is where it begins.",
                    mask=lambda data: draw(data, hidden=True), at=START | PRESETS["two ways, out[-1]"])
    controls = [_buttons("who", "output of", WHO, "of"), Slider("t", "output t", 0, T - 1, 1, START["t"]),
                _buttons("two_way", "network", WAYS), _buttons("given", "lengths", GIVEN, "lengths"),
                _buttons("axes", "array", AXES)]
    return Explorer("Which inputs has this output seen?", controls, compute, draw, describe, presets=PRESETS,
                    predict=predict, code=code, static=["axes swapped", "padding read", "two ways, middle"])
