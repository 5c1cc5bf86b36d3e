"""Explorer of lesson 11: a unit that counts in secret. Can its output gate see when the count is high enough?"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.parts import node
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, GREY, INK, MARKS, PALE, SMALL, YELLOW

STEPS, GAIN = 20, 0.1                       # steps, and what each adds to c
NOTHING, OLD, NEW = "nothing", "old", "new"             # what the output gate looks at beside h_{t-1}
SHUT = -95                                  # b_o without a peephole, to begin with
FIRES = 0.5                                 # the cell is said to fire from the first step on with o at least this


@dataclass
class Count:
    """The unit over 20 steps; c, o, h, z (21,) with the start at 0 (z and o: not a number there)."""

    looks: str
    weight: float               # P_o
    u: float                    # weight from h_{t-1}
    bias: float                 # b_o = -P_o · threshold; without a peephole it is chosen
    threshold: float
    c: np.ndarray
    z: np.ndarray
    o: np.ndarray
    h: np.ndarray
    step: int

    @property
    def first(self):
        """The first step at which it fires, or None."""
        return next((t for t in range(1, STEPS + 1) if self.o[t] >= FIRES), None)

    def seen(self, t):
        """What the peephole sees at step t: c_{t-1}, c_t, or None."""
        return {NOTHING: None, OLD: self.c[t - 1], NEW: self.c[t]}[self.looks]


def bias_of(looks, threshold, weight, bias):
    """b_o, so that o is ½ where c is at the threshold; without a peephole it is the chosen one."""
    return bias if looks == NOTHING else -weight * threshold


@lru_cache(256)
def count(looks, threshold, weight, u, bias):
    """f = i = 1 and g = 0.1, so c_t = 0.1 t; o = σ(P_o c + u h_{t-1} + b_o)."""
    bias = bias_of(looks, threshold, weight, bias)
    c, z, o, h = [0.0], [math.nan], [math.nan], [0.0]
    for _ in range(STEPS):
        old, new = c[-1], c[-1] + GAIN
        z.append({NOTHING: 0.0, OLD: weight * old, NEW: weight * new}[looks] + u * h[-1] + bias)
        o.append(0.5 * math.tanh(0.5 * z[-1]) + 0.5 if z[-1] > -30 else math.exp(z[-1]))    # σ is eᶻ far below 0
        c.append(new)
        h.append(o[-1] * math.tanh(new))
    return bias, *(np.array(values) for values in (c, z, o, h))


def compute(looks, threshold, weight, u, bias, step):
    """The unit up to `step`."""
    bias, c, z, o, h = count(looks, threshold, weight, u, bias)
    return Count(looks, weight, u, bias, threshold, c, z, o, h, step)


# ---- words -------------------------------------------------------------------------------------------------

def small(value, raised=False):
    """0.005, or 5.5e−42 if it is smaller than that shows."""
    return svg.num(value) if value == 0 or abs(value) >= 5e-4 else svg.scientific(value, raised)


def sum_words(run, t):
    """"100 · 1.000 + 0 · 0.005 − 95.0 = 5.0"."""
    seen = run.seen(t)
    look = "" if seen is None else f"{run.weight:g} · {svg.num(seen)} + "
    u = svg.num(run.u, 0) if run.u >= 0 else f"({svg.num(run.u, 0)})"
    return f"{look}{u} · {small(run.h[t - 1], True)} − {svg.num(-run.bias, 1)} = {svg.num(run.z[t], 1)}"


def verdict(run):
    """Has it fired up to this step?"""
    if run.first is not None and run.first <= run.step:
        on = all(run.o[run.first:run.step + 1] >= FIRES)
        return f"It fires from step {run.first} on." if on else f"It fired at step {run.first}, but not always since."
    if run.looks == NOTHING and abs(run.h[:run.step + 1]).max() < 0.05:
        return "It has not fired: h is nearly 0, and h is all that the gate can see of the cell."
    return "It has not fired so far."


def describe(run):
    """The step in words."""
    names = {NOTHING: "No peephole", OLD: "Gate o looks at the old c", NEW: "Gate o looks at the new c"}
    head = f"{names[run.looks]}, b_o = {svg.num(run.bias, 1)}. "
    if run.step == 0:
        return head + "c = 0. Press Step or Play."
    t = run.step
    return (head + f"Step {t}: c = {svg.num(run.c[t], 1)}, z_o = {svg.num(run.z[t], 1)}, o = {small(run.o[t])}, "
            f"h = {small(run.h[t])}. {verdict(run)}")


def code(values):
    """The current state as NumPy code."""
    look = {NOTHING: "", OLD: "P_o * c_prev + ", NEW: "P_o * c + "}[values["looks"]]
    bias = bias_of(*(values[name] for name in ("looks", "threshold", "weight", "bias")))
    return (f"import numpy as np\n\nP_o, u, b_o = {values['weight']}, {values['u']}, "
            f"{bias}\nc, h = 0.0, 0.0\nfor t in range({values['step']}):\n"
            f"    c_prev, c = c, c + {GAIN}                  # f = i = 1, g = {GAIN}\n"
            f"    o = 1 / (1 + np.exp(-({look}u * h + b_o)))\n    h = o * np.tanh(c)\nprint(c, h)")


# ---- the picture: the reading half of the cell above, c, o and h over time below -----------------------------

WIDTH, HEIGHT, CHART_TOP, CHART_H = 880, 388, 158, 230
WIRE, READ, BOX = 40, 82, (104, 152)
PLUS, TANH, OUT, LEFT = 150, 470, 650, 300              # x of the +, the tanh, the ×, the box's left side
TAP = {OLD: 70, NEW: 250}                               # where the peephole leaves the wire: before or after the +


def draw(run, hidden=False):
    """The cell at this step, and the run so far; hidden: without what is computed."""
    return svg.picture(WIDTH, HEIGHT, _frame(run.looks), _numbers(run, hidden), _chart(run, hidden))


@lru_cache
def _frame(looks):
    """Wires and nodes."""
    middle = (LEFT + OUT + 16) / 2
    mark = MARKS["o"]
    parts = [svg.arrow([(8, WIRE), (WIDTH - 8, WIRE)], "c", head=11),
             svg.arrow([(PLUS, 88), (PLUS, WIRE + 13)], head=8), node(PLUS, WIRE, "+"),
             svg.text(PLUS, 106, f"i · g = {GAIN}", SMALL),
             svg.arrow([(TANH, WIRE), (TANH, READ - 13)], "c", head=7, stroke_width=3),
             svg.arrow([(TANH + 30, READ), (OUT - 13, READ)], head=8),
             svg.arrow([(OUT, BOX[0]), (OUT, READ + 13)], "o", head=7),
             svg.arrow([(OUT + 13, READ), (WIDTH - 8, READ)], "h", head=10), node(OUT, READ, "×"),
             svg.box(TANH - 30, READ - 13, 60, 26, fill=PALE, stroke_width=2, rx=13), svg.text(TANH, READ + 6, "tanh"),
             svg.box(LEFT, BOX[0], OUT + 16 - LEFT, BOX[1] - BOX[0], stroke=mark.colour, stroke_width=mark.width,
                     stroke_dasharray=" ".join(map(svg.px, mark.dash)))]
    if looks in TAP:
        x = TAP[looks]
        down = 128
        parts += [peephole([(x, WIRE), (x, down), (LEFT, down)]), svg.circle(x, WIRE, 5, fill=BLACK, stroke="none")]
        at, side, time = {OLD: ((x + 12, down + 19), "start", "t−1"), NEW: ((x - 8, down - 48), "end", "t")}[looks]
        parts.append(svg.text(*at, f"P_o · c_{{{time}}}", SMALL, side, weight="bold"))
    else:
        parts.append(svg.text(LEFT - 12, 132, "no peephole", SMALL, "end", GREY))
    return "".join([*parts, svg.text(middle, BOX[0] + 19, _formula(looks), SMALL, fill=mark.ink, weight="bold")])


def peephole(points, **more):
    """A peephole: a thin dashed wire of the cell state."""
    return svg.arrow(points, stroke=BLACK, stroke_width=2.5, dash=(7, 4), head=7, **more)


def _formula(looks):
    look = {NOTHING: "", OLD: "P_o c_{t−1} + ", NEW: "P_o c_t + "}[looks]
    return f"z_o = {look}u h_{{t−1}} + b_o"


def _numbers(run, hidden):
    """The numbers of this step on the wires."""
    t = max(run.step, 1)
    known = run.step > 0 and not hidden
    c, old = (svg.num(run.c[k], 1) for k in (t, t - 1))
    z = sum_words(run, t) if known else "?"
    o, h = (small(values[t], True) if known else "?" for values in (run.o, run.h))
    return "".join([
        svg.text(30, 24, f"c_{{{t - 1}}} = {old}", 16, "start"),
        svg.text(340, 24, f"c_{{{t}}} = {c if run.step else '?'}", 16, "start", weight="bold"),
        svg.text((LEFT + OUT + 16) / 2, BOX[0] + 40, z, 15),
        svg.text(OUT + 28, BOX[0] + 16, f"o = {o}", 16, "start", MARKS["o"].ink, "bold", halo=True),
        svg.box(734, READ - 29, 138, 20, fill=YELLOW, stroke="none", rx=5) if known and run.o[t] >= FIRES else "",
        svg.text(803, READ - 13, f"h_{{{t}}} = {h}", 16, weight="bold")])


@lru_cache(1)
def _frame_of_chart():
    return svg.Chart(WIDTH, CHART_H, (0, STEPS), (0, 2.1), "", "c, o, h", y=CHART_TOP, yticks=[0, 0.5, 1, 1.5, 2],
                     xticks=range(0, STEPS + 1, 2), margins=(74, 150, 14, 52))


def _chart(run, hidden):
    """c, o and h up to this step, and the threshold."""
    chart, t = _frame_of_chart(), np.arange(run.step + 1)
    parts = [chart.frame, _threshold(chart, run), chart.line(t, run.c[t], "c")]
    if hidden:
        (at,) = chart.xy([STEPS / 2], [0.4])
        return "".join([*parts, svg.text(*at, "h ?", 36, weight="bold", halo=True)])
    parts += [chart.line(t, run.h[t], "h"), chart.line(t, run.o[t], "o", stroke_width=3.5)]
    if run.first is not None and run.first <= run.step:
        (x, y), foot = chart.xy([run.first], [run.h[run.first]])[0], chart.top + chart.height - 10
        words = f"fires at {run.first}"
        parts += [svg.circle(x, y, 6, fill=YELLOW), svg.text(x + 10, foot, words, 15, "start", INK, "bold", halo=True)]
    return "".join([*parts, _key(chart)])


def _threshold(chart, run):
    x, y = chart.xy([STEPS], [run.threshold])[0]
    line = chart.line([0, STEPS], [run.threshold] * 2, stroke=GREY, stroke_width=1.5, dash=(2, 4))
    return line + svg.text(x + 10, y + 5, f"threshold {svg.num(run.threshold, 2)}", SMALL, "start", GREY)


def _key(chart):
    """The axis' name right of its end, and below which line is which."""
    y, rows = chart.top + chart.height + 39, ((74, "c", "c, memory"), (212, "o", "o, output gate"),
                                              (400, "h", "h, shown"))
    return svg.text(chart.left + chart.width + 22, y - 17, "step t", 16, "start") + "".join(
        svg.wire([(x, y), (x + 36, y)], name)
        + svg.text(x + 44, y + 5, words, SMALL, "start", MARKS[name].ink, "bold") for x, name, words in rows)


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {
    "no peephole": {"looks": NOTHING, "bias": SHUT, "step": STEPS},
    "peephole, c = 0.9": {"looks": NEW, "step": 9},
    "peephole, c = 1.0": {"looks": NEW, "step": 10},
    "the old c": {"looks": OLD, "step": 11},
    "soft": {"looks": NEW, "weight": 10, "step": STEPS},
}
QUESTION = "c grows by 0.1 at each step. No peephole, b_o = −95: when does the cell fire?"
OPTIONS = ("as soon as c is above 0.95", "later", "never")


def _truth(run):
    return OPTIONS[2] if run.first is None else OPTIONS[0] if run.first == 10 else OPTIONS[1]


def peeping(values):
    """Is there a peephole?"""
    return values["looks"] != NOTHING


@explorer
def blind_cell():
    """The blind cell: does the output gate see when c has reached a threshold?"""
    predict = Guess(QUESTION, _truth, OPTIONS, mask=lambda run: draw(run, hidden=True),
                      because=lambda run: f"o = σ(−95) = {small(run.o[STEPS])}, whatever c is: no gate sees c.",
                      at={"threshold": 0.95, "weight": 100, "u": 0, "bias": SHUT} | PRESETS["no peephole"])
    controls = [Choice("looks", "o sees", {"nothing": NOTHING, "old c": OLD, "new c": NEW}, NOTHING),
                Slider("threshold", "threshold", 0.15, 1.85, 0.05, 0.95, "280px", peeping),
                Slider("weight", "P_o", 10, 100, 10, 100, "240px", peeping),
                Slider("bias", "b_o", -185, 0, 0.5, SHUT, "280px", lambda values: values["looks"] == NOTHING),
                Slider("u", "u, from h", -100, 100, 10, 0, width="270px")]
    return Explorer("The blind cell", controls, compute, draw, describe, presets=PRESETS, steps=STEPS, predict=predict,
                    code=code, interval=0.35, static=["peephole, c = 1.0", "the old c"])
