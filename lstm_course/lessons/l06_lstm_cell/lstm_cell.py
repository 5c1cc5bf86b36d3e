"""The LSTM cell as a diagram: one drawing for the gate stepper and for the figure of lesson 06."""

from functools import lru_cache

import numpy as np

from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.parts import node
from lstm_course.widgets.style import GREY, INK, MARKS, PALE, SMALL, YELLOW

WIDTH, HEIGHT = 880, 238
GATES = "figo"                                          # from left to right: erase, write, write what, read
AT = {"f": 118, "i": 326, "g": 534, "o": 742}           # middles of the four boxes
PLUS, TANH = 430, 604                                   # x of the + and of the tanh
WIRE, READ, NODE, BOX, BUS = 56, 99, 115, (147, 212), 232       # y: c wire, h wire, i · g, boxes, what feeds them
WIDE = 196                                              # of a box
PHASES = ("", "① erase", "② write", "③ read")
WORDS_AT = {1: (118, 34), 2: (PLUS, 34), 3: (804, 132)}
KNOWN = {"kept": 1, "written": 2, "c": 2, "tanh": 3, "h": 3}        # the phase that computes each number


def diagram(numbers, boxes, phase=3, hidden=False, bus=None, focus=None, below=""):
    """The cell as SVG text, WIDTH x HEIGHT px; c runs on top, h leaves on the right.

    numbers   words for c_prev, f, i, g, o, kept (f·c), written (i·g), c, tanh, h, and t (whole number)
    boxes     gate -> up to three lines
    phase     how much is computed: 0 nothing, 1 erase, 2 write, 3 read; hidden: "?" instead of the results
    bus       words for x and h_{t-1} that feed the gates, or None; focus: the phases that are marked
    below     SVG that lies under the wires
    """
    focus = {phase} if focus is None else focus
    shown = {name: "?" if name in KNOWN and (hidden or phase < KNOWN[name]) else words
             for name, words in numbers.items()}
    parts = [below, _frame(bus is not None), *(_box(gate, boxes[gate]) for gate in GATES), _numbers(shown, focus)]
    if bus is not None:
        parts += [svg.text(x, BUS - 7, words, 15, "start", weight="bold")
                  for x, words in zip((20, 130), bus, strict=True)]
    return "".join(parts)


@lru_cache(4)
def _frame(bus):
    """What never changes: wires and nodes."""
    f, i, g, o = (AT[name] for name in GATES)
    wires = [
        svg.arrow([(8, WIRE), (WIDTH - 8, WIRE)], "c", head=11),
        svg.arrow([(f, BOX[0]), (f, WIRE + 13)], "f"),
        svg.arrow([(i, BOX[0]), (i, NODE), (PLUS - 13, NODE)], "i"),
        svg.arrow([(g, BOX[0]), (g, NODE), (PLUS + 13, NODE)], "g"),
        svg.arrow([(o, BOX[0]), (o, READ + 13)], "o"),
        svg.arrow([(PLUS, NODE - 13), (PLUS, WIRE + 13)], head=8),
        svg.arrow([(TANH, WIRE), (TANH, READ - 14)], "c", head=7, stroke_width=3),
        svg.arrow([(TANH + 30, READ), (o - 13, READ)], head=8),
        svg.arrow([(o + 13, READ), (WIDTH - 8, READ)], "h", head=10),
    ]
    nodes = [node(f, WIRE, "×"), node(PLUS, WIRE, "+"), node(PLUS, NODE, "×"), node(o, READ, "×")]
    pill = svg.box(TANH - 30, READ - 14, 60, 28, fill=PALE, stroke_width=2, rx=14) + svg.text(TANH, READ + 6, "tanh")
    return "".join([*wires, *nodes, pill, _bus() if bus else ""])


def _bus():
    """x and h_{t-1} reach all four boxes."""
    ends = [AT[gate] for gate in GATES]
    line = svg.path([(20, BUS), (ends[-1], BUS)], stroke_width=2)
    return line + "".join(svg.arrow([(x, BUS), (x, BOX[1])], head=6, stroke_width=2) for x in ends)


FLOWS = {   # phase -> the wires on which its numbers run
    1: [[(8, WIRE), (PLUS - 13, WIRE)], [(AT["f"], BOX[0]), (AT["f"], WIRE)]],
    2: [[(AT["i"], BOX[0]), (AT["i"], NODE), (PLUS, NODE), (PLUS, WIRE), (WIDTH - 8, WIRE)],
        [(AT["g"], BOX[0]), (AT["g"], NODE), (PLUS, NODE)]],
    3: [[(TANH, WIRE), (TANH, READ), (WIDTH - 8, READ)], [(AT["o"], BOX[0]), (AT["o"], READ)]],
}


def flow(phase):
    """The wires of a phase on yellow; after a press of Step they fill from where the numbers come from."""
    return "".join(svg.path(points, stroke="#FFE680", stroke_width=17, stroke_linejoin="round", pathLength="1",
                            class_="lstm-flow") for points in FLOWS.get(phase, []))


def bands(old, kept, new):
    """How large the memory is, as the width of a band along the c wire: before f, behind it, and behind the +.

    A band for a negative number is hollow; None is not known yet.
    """
    ends = (8, AT["f"], PLUS, WIDTH - 24)
    return "".join(_band(left, right, c) for left, right, c in zip(ends[:-1], ends[1:], (old, kept, new), strict=True)
                   if c is not None)


def _band(left, right, c):
    if abs(c) < 0.0005:
        return ""
    wide = 7 + 26 * abs(c) / (1 + abs(c))
    return svg.box(left, WIRE - wide / 2, right - left, wide, fill="#C9C9C9" if c > 0 else "#ffffff", rx=0,
                   stroke="#767676", stroke_width=1)


@lru_cache(256)
def _box(gate, lines):
    """A gate's box in its colour and line, with its words."""
    mark, (top, foot), left = MARKS[gate], BOX, AT[gate] - WIDE / 2
    ground = svg.box(left, top, WIDE, foot - top, stroke=mark.colour, stroke_width=mark.width,
                     stroke_dasharray=" ".join(map(svg.px, mark.dash)) or None)
    first = {1: 38, 2: 28, 3: 21}[len(lines)]
    words = [svg.text(AT[gate], top + first + 19 * k, line, 15 if k == 0 else SMALL,
                      fill=mark.ink if k == 0 else INK, weight="bold" if k == 0 else None)
             for k, line in enumerate(lines)]
    return ground + "".join(words)


def _numbers(shown, focus):
    """The numbers on the wires; those of the marked phases stand on yellow."""
    t, f, i, g, o = shown["t"], *(AT[name] for name in GATES)
    new = lambda name: KNOWN[name] in focus
    parts = [
        _named(50, f"c_{{{t - 1}}}", shown["c_prev"]), _named(272, f"f · c_{{{t - 1}}}", shown["kept"], new("kept")),
        _named(536, f"c_{{{t}}}", shown["c"], new("c"), bold=True),
        _gate(f - 10, BOX[0] - 14, "f", shown["f"], "end"), _gate((i + PLUS) / 2 - 6, NODE - 8, "i", shown["i"]),
        _gate((g + PLUS) / 2 + 6, NODE - 8, "g", shown["g"]), _gate(o - 10, BOX[0] - 8, "o", shown["o"], "end"),
        _number(PLUS + 42, WIRE + 31, shown["written"], new("written")),
        _number((TANH + o) / 2 + 9, READ - 8, shown["tanh"]),
        _number(815, READ - 12, f"h_{{{t}}} = {shown['h']}", new("h"), bold=True, wide=120),
    ]
    marks = [_phase(k, k in focus) for k in (1, 2, 3)]
    return "".join([*parts, *marks])


def _named(x, name, number, new=False, bold=False):
    """A name and its number over the c wire."""
    return svg.text(x, 18, name, 15, fill=GREY) + _number(x, 40, number, new, bold, wide=82)


def _number(x, y, words, new=False, bold=False, wide=66):
    ground = svg.box(x - wide / 2, y - 16, wide, 21, fill=YELLOW, stroke="none", rx=5) if new else ""
    return ground + svg.text(x, y, words, 16, weight="bold" if bold or new else None)


def _gate(x, y, gate, words, anchor="middle"):
    return svg.text(x, y, words, 16, anchor, MARKS[gate].ink, "bold", halo=True)


def _phase(k, now):
    x, y = WORDS_AT[k]
    return svg.text(x, y, PHASES[k], SMALL, "middle", INK if now else GREY, "bold" if now else None)


# ---- the figure --------------------------------------------------------------------------------------------

FORMULAS = {"f": "σ(z_f)", "i": "σ(z_i)", "g": "tanh(z_g)", "o": "σ(z_o)"}
ROLES = {"f": "what share is kept", "i": "what share is written", "g": "what could be written",
         "o": "what share is shown"}
NAMES = {"f": "forget gate", "i": "input gate", "g": "candidate", "o": "output gate"}


def cell_numbers(c_prev, i, f, g, o, t=1, digits=3):
    """One step of the cell, as the words of its wires."""
    kept, written = f * c_prev, i * g
    c = kept + written
    values = {"c_prev": c_prev, "f": f, "i": i, "g": g, "o": o, "kept": kept, "written": written, "c": c,
              "tanh": float(np.tanh(c)), "h": float(o * np.tanh(c))}
    return {name: svg.num(value, digits) for name, value in values.items()} | {"t": t}


@figure
def lstm_cell_figure(c_prev=0.8, i=0.5, f=0.9, g=-0.6, o=0.7):
    """The cell with one step's numbers: what each gate does, and where it gets its number from."""
    numbers = cell_numbers(c_prev, i, f, g, o)
    boxes = {gate: (f"{gate}, {NAMES[gate]}", FORMULAS[gate], ROLES[gate]) for gate in GATES}
    picture = svg.picture(WIDTH, HEIGHT + 24, diagram(numbers, boxes, focus={1, 2, 3}, bus=("x_1, h_0", "")),
                          svg.text(WIDTH - 30, BUS + 22, "each z = x W + h U + b, with weights of its own", 15, "end"))
    alt = (f"The LSTM cell in one step. On top the cell state runs from left to right: c_0 = {numbers['c_prev']} is "
           f"multiplied by the forget gate f = {numbers['f']}, which leaves {numbers['kept']}; the input gate "
           f"i = {numbers['i']} times the candidate g = {numbers['g']} adds {numbers['written']}; the new state is "
           f"c_1 = {numbers['c']}. Below, tanh of it, {numbers['tanh']}, is multiplied by the output gate "
           f"o = {numbers['o']} and leaves as h_1 = {numbers['h']}. All four gates are fed by x_1 and h_0.")
    return show_svg(picture, alt, data=numbers, title="Inside the LSTM cell")
