"""Explorer of lesson 10: one unit of a GRU as a blend of old and new, and the two places of the reset gate."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.parts import node
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, CHOSEN, FRAME, GREY, INK, MARKS, PALE, SMALL, YELLOW

KEEP, RENEW = "keep", "renew"                       # what z = 1 does: keep the old state, or replace it
BEFORE, AFTER = "before", "after"                   # where r acts: before or after the product with U
U, STATE = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([1.0, 0.5])     # U exchanges the two units
LOOK = {"keep": "f", "new": "i", "n": "g", "r": "o"}                    # the roles that the LSTM has, too


# ---- the numbers -------------------------------------------------------------------------------------------

def blend(z, h_prev, n, convention=KEEP):
    """The new state of a unit."""
    kept = z if convention == KEEP else 1 - z
    return (1 - kept) * n + kept * h_prev


def reset(r, place):
    """What the reset gates r (2,) let through of the two units' state, times U -> (2,)."""
    return (r * STATE) @ U if place == BEFORE else r * (STATE @ U)


@dataclass
class Dial:
    """One unit with its z, and two units with their r."""

    z: float
    h_prev: float
    n: float
    convention: str
    kept: float                 # the share of the old state
    h: float                    # the new state
    other: float                # the new state in the other convention
    c: float                    # an LSTM's cell with f = kept and i = 1 - f
    r: np.ndarray
    place: str
    before: np.ndarray
    after: np.ndarray


def compute(convention, z, h_prev, n, place, r1, r2):
    """Both conventions of z, both places of r."""
    kept, r = z if convention == KEEP else 1 - z, np.array([r1, r2])
    f, i = kept, 1 - kept
    other = RENEW if convention == KEEP else KEEP
    return Dial(z, h_prev, n, convention, kept, blend(z, h_prev, n, convention), blend(z, h_prev, n, other),
                f * h_prev + i * n, r, place, reset(r, BEFORE), reset(r, AFTER))


def two(value):
    """A number with two decimals."""
    return svg.num(value, 2)


def words(dial, place):
    """The two numbers that arrive."""
    return svg.vector(dial.before if place == BEFORE else dial.after, 2)


def agree(dial):
    """Do both places of r give the same?"""
    return np.allclose(dial.before, dial.after, rtol=0, atol=1e-12)


def describe(dial):
    """What the picture shows, in words."""
    same = np.isclose(dial.h, dial.other, rtol=0, atol=1e-12)
    other = "the same in the other convention" if same else f"in the other convention {two(dial.other)}"
    verdict = "the same" if agree(dial) else "not the same"
    return (f"z = {two(dial.z)}: {100 * dial.kept:.0f} % of {two(dial.h_prev)} and {100 * (1 - dial.kept):.0f} % of "
            f"{two(dial.n)} make h = {two(dial.h)}, {other}. r = {svg.vector(dial.r, 2)}: before U "
            f"{words(dial, BEFORE)}, after U {words(dial, AFTER)}: {verdict}. Framed: {dial.place} U.")


def code(values):
    """The current state as NumPy code."""
    share = ("(1 - z) * n + z * h_prev" if values["convention"] == KEEP else "z * n + (1 - z) * h_prev")
    product = "(r * state) @ U" if values["place"] == BEFORE else "r * (state @ U)"
    return (f"import numpy as np\n\nz, h_prev, n = {values['z']}, {values['h_prev']}, {values['n']}\nh = {share}\n\n"
            f"U, state, r = np.array([[0, 1], [1, 0]]), np.array([1, 0.5]), np.array([{values['r1']}, "
            f"{values['r2']}])\narrives = {product}\nprint(h, arrives)")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 880, 404
AXIS, MIDDLE, UNIT, ENDS = 112, 265, 215, (46, 484)         # y of the blend; x of 0; px of 1; ends of the line
CARD, CARD_TOP, CARD_H = 254, 224, 172
LANE, LANE_X, LANE_H = 340, 534, 192


def draw(dial, hidden=False):
    """Left the blend and the same with an LSTM, right the two places of r; hidden: without results."""
    left = _axis() + _points(dial, hidden) + _card(dial, 6, hidden, "GRU") + _card(dial, 12 + CARD, hidden, "LSTM")
    lanes = [_lane(dial, place, 6 + k * (LANE_H + 8), hidden) for k, place in enumerate((BEFORE, AFTER))]
    return svg.picture(WIDTH, HEIGHT, left, *lanes)


def _x(value):
    return MIDDLE + UNIT * value


@lru_cache(1)
def _axis():
    """The line from -1 to 1."""
    ticks = [svg.path([(_x(v), AXIS - 6), (_x(v), AXIS + 6)], stroke=FRAME, stroke_width=1.5)
             + svg.text(_x(v) + dx, AXIS + 5, svg.num(v, 0), SMALL, anchor, GREY)
             for v, dx, anchor in ((-1, -15, "end"), (1, 15, "start"))]
    return svg.path([(_x(-1), AXIS), (_x(1), AXIS)], stroke=FRAME, stroke_width=1.5) + "".join(ticks)


def _points(dial, hidden):
    """Old state, candidate, and where between them the new state lies."""
    keep, new = (MARKS[LOOK[name]] for name in ("keep", "new"))
    symbol = {KEEP: ("z", "1 − z"), RENEW: ("1 − z", "z")}[dial.convention]
    equation = (f"h = {symbol[0]} · h_{{t−1}} + ({symbol[1]}) · n" if dial.convention == KEEP
                else f"h = ({symbol[0]}) · h_{{t−1}} + {symbol[1]} · n")
    top = svg.text(14, 26, equation, 17, "start", weight="bold")
    flags = [(dial.h_prev, 56, f"h_{{t−1}} = {two(dial.h_prev)}", 66, MARKS["h"].ink),
             (dial.n, 84, f"n = {two(dial.n)}", 52, MARKS["g"].ink)]
    ends = svg.circle(_x(dial.h_prev), AXIS, 9, fill="#ffffff", stroke=MARKS["h"].colour, stroke_width=4) + _square(
        _x(dial.n), AXIS, MARKS["g"].colour)
    if hidden:
        return top + _flags(flags) + ends + svg.text(MIDDLE, AXIS + 48, "h = ?", 20, weight="bold")
    parts = [svg.path([(_x(dial.n), AXIS), (_x(dial.h), AXIS)], stroke=keep.colour, stroke_width=7),
             svg.path([(_x(dial.h), AXIS), (_x(dial.h_prev), AXIS)], stroke=new.colour, stroke_width=7, dash=(9, 5))]
    ghost = svg.circle(_x(dial.other), AXIS, 7, fill="#ffffff", stroke=GREY, stroke_width=2, stroke_dasharray="3 3")
    flags += [(dial.h, 152, f"h = {two(dial.h)}", 60, BLACK, 20, "bold"),
              (dial.other, 180, f"other convention: {two(dial.other)}", 104, GREY)]
    here = svg.path([(_x(dial.h), AXIS - 13), (_x(dial.h), AXIS + 13)], stroke=BLACK, stroke_width=5)
    shares = svg.text(14, 207, f"h lies {two(dial.kept)} of the way from n to h_{{t−1}}", 16, "start")
    return "".join([top, _flags(flags), *parts, ghost, ends, here, shares])


def _flags(flags):
    """Labels above and below the line, over the thin lines that lead to their points."""
    return "".join(_lead(*flag[:2]) for flag in flags) + "".join(_label(*flag) for flag in flags)


def _lead(value, y):
    """A thin line from a label at height y to its point."""
    ends = (y + 4, AXIS - 8) if y < AXIS else (AXIS + 8, y - 16)
    return svg.path([(_x(value), end) for end in ends], stroke=FRAME, stroke_width=1)


def _label(value, y, words, half, ink, size=16, weight=None):
    """Words at height y on a white ground, as near to their point as the sheet allows; half: half their width."""
    x = min(max(_x(value), 8 + half), LANE_X - 18 - half)
    ground = svg.box(x - half, y - 0.82 * size, 2 * half, 1.1 * size, stroke="none", stroke_width=0, rx=0)
    return ground + svg.text(x, y, words, size, fill=ink, weight=weight)


def _square(x, y, colour):
    return svg.box(x - 8, y - 8, 16, 16, fill="#ffffff", stroke=colour, stroke_width=4, rx=0)


def _card(dial, x, hidden, network):
    """A memory wire: what is kept goes through ×, what is new comes from below."""
    gru, wire, gate = network == "GRU", CARD_TOP + 66, CARD_TOP + 99
    kept_x, new_x, foot = x + 72, x + 152, CARD_TOP + 142
    kept, new = ("z", "1 − z") if dial.convention == KEEP else ("1 − z", "z")
    kept, new = (kept, new) if gru else ("f", "i")
    ground = svg.box(x, CARD_TOP, CARD, CARD_H, fill=PALE, stroke=FRAME, stroke_width=1)
    title = svg.text(x + 12, CARD_TOP + 21, "GRU" if gru else "LSTM with i = 1 − f", 16, "start", weight="bold")
    name = "h" if gru else "c"
    result = "?" if hidden else two(dial.h if gru else dial.c)
    ends = svg.text(x + 12, wire - 19, two(dial.h_prev), anchor="start") + svg.text(
        x + CARD - 12, wire - 19, f"{name} = {result}", anchor="end", weight="bold")
    lines = [svg.arrow([(x + 8, wire), (x + CARD - 8, wire)], name, head=10, stroke_width=6 if gru else 3.5),
             svg.arrow([(kept_x, foot - 16), (kept_x, wire + 13)], "f", head=7),
             svg.arrow([(new_x, foot - 16), (new_x, gate + 13)], "i", head=7, dash=(5, 3)),
             svg.arrow([(x + CARD - 10, gate), (new_x + 13, gate)], "g", head=7),
             svg.arrow([(new_x, gate - 13), (new_x, wire + 13)], head=7)]
    nodes = node(kept_x, wire, "×") + node(new_x, wire, "+") + node(new_x, gate, "×")
    candidate = svg.text(x + CARD - 12, gate - 10, f"{'n' if gru else 'g'} = {two(dial.n)}", SMALL, "end",
                         MARKS["g"].ink)
    gates = [svg.text(at, foot, f"{label} = {two(value)}", SMALL, fill=MARKS[look].ink, weight="bold")
             for at, label, value, look in ((kept_x - 8, kept, dial.kept, "f"), (new_x + 10, new, 1 - dial.kept, "i"))]
    shown = "?" if hidden else two(np.tanh(dial.c))
    last = "h is memory and output" if gru else f"output, if o = 1: tanh(c) = {shown}"
    return "".join([ground, title, *lines, nodes, ends, candidate, *gates,
                    svg.text(x + 12, CARD_TOP + 163, last, SMALL, "start")])


def _lane(dial, place, top, hidden):
    """Two units on their way to the candidate."""
    chosen, rows = place == dial.place, (top + 78, top + 152)
    result = dial.before if place == BEFORE else dial.after
    middle = dial.r * STATE if place == BEFORE else STATE @ U
    gate_x, middle_x, cross = (100, 152, (178, 268)) if place == BEFORE else (226, 172, (52, 146))
    ground = svg.box(LANE_X, top, LANE, LANE_H, fill=CHOSEN if chosen else PALE,
                     stroke=BLACK if chosen else FRAME, stroke_width=3 if chosen else 1)
    title = "r before the product: (r ⊙ h) U" if place == BEFORE else "r after the product: r ⊙ (h U)"
    parts = [ground, svg.text(LANE_X + 12, top + 26, title, 16, "start", weight="bold")]
    for k, y in enumerate(rows):
        parts.append(_row(k, y, dial.r[k], gate_x, cross, rows[1 - k], place))
        parts.append(svg.text(LANE_X + 28, y + 6, two(STATE[k]), 16))
        parts.append(svg.text(LANE_X + middle_x, y + 6, "?" if hidden else two(middle[k]), 16))
        parts.append(svg.text(LANE_X + 304, y + 6, "?" if hidden else two(result[k]), 18, weight="bold"))
    return "".join(parts) + svg.text(LANE_X + sum(cross) / 2, top + 62, "U", 16, weight="bold")


def _row(k, y, r, gate_x, cross, other_y, place):
    """One unit: its reset gate, and its way through U to the other unit's place."""
    gate, (a, b) = LANE_X + gate_x, (LANE_X + x for x in cross)
    swap = svg.arrow([(a, y), (b, other_y)], stroke=INK, stroke_width=2, head=7)
    starts = (LANE_X + 52, gate + 36) if place == BEFORE else (LANE_X + 196, LANE_X + 278)
    into = svg.arrow([(starts[0], y), (gate - 13, y)], stroke=INK, stroke_width=2, head=7)
    out = svg.path([(gate + 13, y), (gate + 30, y)], stroke=INK, stroke_width=2) if place == BEFORE else svg.arrow(
        [(gate + 13, y), (starts[1], y)], stroke=INK, stroke_width=2, head=7)
    mark = MARKS["o"]
    stop = svg.circle(gate, y, 13, stroke=mark.colour, stroke_width=3, stroke_dasharray="3 3",
                      fill=YELLOW if r == 0 else "#ffffff") + svg.text(gate, y + 7, "×", 20, weight="bold")
    return swap + into + out + stop + svg.text(gate, y - 20, f"r_{k + 1} = {two(r)}", SMALL, fill=mark.ink,
                                               weight="bold")


# ---- the explorer ------------------------------------------------------------------------------------------

START = {"convention": KEEP, "z": 0.9, "h_prev": 0.8, "n": -0.5, "place": AFTER, "r1": 0.0, "r2": 1.0}
PRESETS = {
    "z keeps": {},
    "z renews": {"convention": RENEW},
    "half and half": {"z": 0.5},
    "r before": {"place": BEFORE},
    "the same r": {"r1": 0.4, "r2": 0.4},
}
QUESTION = ("On the right, U exchanges two units with h = (1, 0.5), and r = (0, 1). What arrives if r acts before the "
            "product, and what if after it?")
OPTIONS = ["(0, 1) both times", "before (0.5, 0), after (0, 1)", "before (0, 1), after (0.5, 0)"]


def _truth(dial):
    """The option that says what was computed."""
    before, after = ("(" + ", ".join(f"{v:g}" for v in pair) + ")" for pair in (dial.before, dial.after))
    return f"before {before}, after {after}"


@explorer
def gru_dial():
    """The GRU dial: z blends, r decides what the candidate sees of the state."""
    predict = Guess(QUESTION, options=OPTIONS, truth=_truth, at={"r1": 0.0, "r2": 1.0},
                      because=lambda dial: "r stops unit 1, then unit 2.",
                      mask=lambda dial: draw(dial, hidden=True))
    controls = [
        Choice("convention", "z = 1 means", {"keep": KEEP, "renew": RENEW}, KEEP),
        Choice("place", "r acts", {"before U": BEFORE, "after U": AFTER}, AFTER),
        Slider("z", "z", 0.0, 1.0, 0.01, 0.9, width="245px"),
        Slider("h_prev", "old h", -1.0, 1.0, 0.05, 0.8, width="275px"),
        Slider("n", "n", -1.0, 1.0, 0.05, -0.5, width="245px"),
        Slider("r1", "r₁", 0.0, 1.0, 0.05, 0.0, width="250px"),
        Slider("r2", "r₂", 0.0, 1.0, 0.05, 1.0, width="250px")]
    return Explorer("GRU dial", controls, compute, draw, describe, presets=PRESETS, predict=predict, code=code,
                    static=["z keeps", "z renews"])
