"""The LSTM cell drawn backwards: thin lines are the forward wires, orange arrows the gradients on their way back.

The drawing is 500 x 326 px at scale 1. Every result of the eleven lines (backward_lines.py) has its wire.
"""

from functools import lru_cache

import numpy as np

from lstm_course.widgets import svg
from lstm_course.widgets.style import GREY, INK, MARKS, ORANGE, PALE, SMALL, WRONG, YELLOW

GRADIENT = MARKS["gradient"].ink
LEFT, RIGHT = 10, 490
C, G, H = 50, 120, 158                          # heights: memory line, the node i × g, output line
GATE, BAR, BLOCK = 212, (250, 276), (302, 328)  # the gates' middles; edges of the box z and of the blocks W, U, b
GATES = {"f": 104, "i": 184, "g": 264, "o": 344}
WRITE, OUT = 224, 404                           # columns: what is written, what is put out
R, HALF = 13, 15                                # radius of a node, half height of a gate
BLOCKS = {"W": 130, "U": 234, "b": 338}        # their columns; each is 100 wide
BAR_X = (78, 390)                               # its left and right edge
RESULT = {"dh": [(RIGHT, H), (OUT + R, H)], "dc": [(OUT, C), (WRITE + R, C)], "dc_prev": [(91, C), (LEFT, C)],
          "dh_prev": [(BAR_X[0], 263), (LEFT, 263)],
          **{f"dz_{k}": [(x, GATE + HALF), (x, BAR[0])] for k, x in GATES.items()},
          **{f"d{name}": [(x, BAR[1]), (x, BLOCK[0])] for name, x in BLOCKS.items()}}
_INTO_F = [(WRITE - R, C), (GATES["f"] + R, C)]
_INTO_WRITE = [(WRITE, C + R), (WRITE, G - R)]
THROUGH = {                                     # the wires that lead there from what was known before
    "dc": [[(OUT, H - R), (OUT, 117)], [(OUT, 91), (OUT, C + 3)], [(RIGHT, C), (OUT + 3, C)]],
    "dz_o": [[(OUT - R, H), (GATES["o"], H), (GATES["o"], GATE - HALF)]],
    "dz_i": [_INTO_WRITE, [(WRITE - R, G), (GATES["i"], G), (GATES["i"], GATE - HALF)]],
    "dz_g": [_INTO_WRITE, [(WRITE + R, G), (GATES["g"], G), (GATES["g"], GATE - HALF)]],
    "dz_f": [_INTO_F, [(GATES["f"], C + R), (GATES["f"], GATE - HALF)]],
    "dc_prev": [_INTO_F],
}
PLACES = {"dh": (RIGHT, 147, "end"), "dc": (314, 39, "middle"), "dc_prev": (14, 39, "start"),
          "dh_prev": (14, 251, "start"), **{f"dz_{k}": (x + 9, 244, "start") for k, x in GATES.items()},
          **{f"d{name}": (x + 44, 320, "end") for name, x in BLOCKS.items()}}
NAMES = {"dh": "dh", "dc": "dc", "dc_prev": "dc_{prev}", "dh_prev": "dh_{prev}"}


def cell(known, now=None, wrong=(), arriving=None, scale=1.0, size=SMALL):
    """The cell with the gradients that are known, as SVG parts.

    known: result -> its number as text. now: the newest result, which is marked. wrong: results that a mistake
    has spoiled. arriving: the texts of dc_next, ℓ_t and dh_next. size: that of the numbers.
    """
    draw = _Scaled(scale, size)
    looks = {tuple(points): (name == now, name in wrong) for name in known
             for points in [*THROUGH.get(name, ()), RESULT[name]]}             # two lines may share a wire
    wires = [draw.back(points, *look) for points, look in looks.items()]
    numbers = [draw.number(name, text, name == now, name in wrong) for name, text in known.items()]
    return "".join([_frame(scale), *wires, _nodes(scale), *draw.arriving(arriving or {}), *numbers])


@lru_cache
def _frame(scale):
    """The forward wires, thin."""
    draw = _Scaled(scale)
    wires = [*RESULT.values(), *(wire for wires in THROUGH.values() for wire in wires)]
    gap = [(np.nan, np.nan)]
    thin = svg.path(np.vstack([[*draw.at(points), *gap] for points in wires]), stroke=GREY, stroke_width=1.4)
    line = svg.path(draw.at([(LEFT, C), (RIGHT, C)]), stroke=INK, stroke_width=3 * scale)
    return thin + line


@lru_cache
def _nodes(scale):
    """Gates, operations, the box z and the blocks of parameters."""
    draw = _Scaled(scale)
    signs = [(GATES["f"], C, "×"), (WRITE, C, "+"), (WRITE, G, "×"), (OUT, H, "×")]
    parts = [draw.node(*sign) for sign in signs] + [draw.gate(k, x) for k, x in GATES.items()]
    parts.append(draw.box(OUT - 26, 91, 52, 26, "tanh", 15))
    parts.append(draw.box(BAR_X[0], BAR[0], BAR_X[1] - BAR_X[0], BAR[1] - BAR[0], "z = x W + h_{prev} U + b", 15))
    parts += [draw.box(x - 50, BLOCK[0], 100, BLOCK[1] - BLOCK[0], name, 16, shift=-36) for name, x in BLOCKS.items()]
    dot = svg.circle(OUT * scale, C * scale, 4 * scale, fill=INK, stroke="none")
    return "".join(parts) + dot


def forward_cell(scale=1.0):
    """The cell with dark arrows on its wires, in the direction of the forward pass."""
    draw = _Scaled(scale)
    wires = [*RESULT.values(), *(wire for wires in THROUGH.values() for wire in wires)]
    arrows = [svg.arrow(draw.at(points), stroke=INK, stroke_width=2 * scale, head=5 * scale)
              for points in sorted({tuple(points[::-1]) for points in wires})]
    return "".join(arrows) + _nodes(scale)


class _Scaled:
    """Draws at a scale; words keep a readable size."""

    def __init__(self, scale, size=SMALL):
        self.s, self.size = scale, size

    def at(self, points):
        return [(x * self.s, y * self.s) for x, y in points]

    def words(self, x, y, text, size, anchor="middle", **more):
        return svg.text(x * self.s, y * self.s, text, size, anchor, **more)

    def box(self, x, y, width, height, text, size, shift=0, **look):
        s = self.s
        sheet = svg.box(x * s, y * s, width * s, height * s, **({"fill": PALE, "stroke": INK} | look))
        big = size * (1 + (s - 1) / 2)
        middle, low = (x + width / 2 + shift) * s, (y + height / 2) * s + 0.35 * big
        return sheet + svg.text(middle, low, text, big, weight="bold")

    def node(self, x, y, sign):
        s = self.s
        return svg.circle(x * s, y * s, R * s, stroke_width=2) + svg.text(x * s, y * s + 7 * s, sign, 20 * s,
                                                                          weight="bold")

    def gate(self, k, x):
        """A gate in its colour and line, with its letter."""
        mark, s = MARKS[k], self.s
        dash = " ".join(map(str, mark.dash)) or None
        sheet = svg.box((x - 20) * s, (GATE - HALF) * s, 40 * s, 2 * HALF * s, stroke=mark.colour, stroke_width=3,
                        stroke_dasharray=dash)
        return sheet + svg.text(x * s, GATE * s + 6 * s, k, 18 * s, fill=mark.ink, weight="bold")

    def back(self, points, now, wrong):
        """A gradient's arrow; the newest stands on yellow with a dark rim, a spoilt one is dashed."""
        points = self.at(points)
        look = {"stroke": WRONG, "dash": (7, 3)} if wrong else {"stroke": ORANGE}
        arrow = svg.arrow(points, stroke_width=3.5 * self.s, head=6 * self.s, **look)
        if not now:
            return arrow
        rims = ((INK, 14), (YELLOW, 10.5))
        return "".join(svg.path(points, stroke=colour, stroke_width=width * self.s) for colour, width in rims) + arrow

    def number(self, name, text, now, wrong):
        """The number of a result beside its wire, on yellow if it is the newest, with ✗ if it is spoilt."""
        x, y, anchor = PLACES[name]
        text = f"✗ {text}" if wrong else text
        x, y = x * self.s + (4 if wrong and anchor == "end" else 0), y * self.s        # ✗ needs room
        wide = 0.62 * self.size * len(text) + 8
        left = {"start": x - 4, "middle": x - wide / 2, "end": x - wide + 4}[anchor]
        ground = svg.box(left, y - self.size + 1, wide, self.size + 5, fill=YELLOW, stroke="none", rx=4) if now else ""
        label = NAMES.get(name)
        title = svg.text(x, y - 1.25 * self.size, label, self.size, anchor, GRADIENT) if label else ""
        ink = INK if now else WRONG if wrong else GRADIENT
        return title + ground + svg.text(x, y, text, self.size, anchor, ink, "bold")

    def arriving(self, texts):
        """What comes from the next step and from the loss."""
        places = {"dc_next": ("dc_{next}", 22, 39), "ell": ("ℓ_t", 190, None), "dh_next": ("dh_{next}", 209, None)}
        for name, text in texts.items():
            label, y, below = places[name]
            words = label if below else f"{label} = {text}"
            ink = WRONG if text.startswith("✗") else GRADIENT
            yield self.words(RIGHT, y, words, self.size, "end", fill=ink)
            if below:
                yield self.words(RIGHT, below, text, self.size, "end", fill=ink, weight="bold")
