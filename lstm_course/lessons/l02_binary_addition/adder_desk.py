"""Explorer of lesson 02: the articles' adder at work, column by column, at eight moments of its training."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments.adder_checkpoints import CHECKPOINTS, network
from lstm_course.networks.functions import sigmoid
from lstm_course.tasks import binary_addition as adding
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Checkbox, Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.numbers import grouped, trimmed
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLUE, FRAME, GREY, INK, MARKS, PALE, SMALL, YELLOW

BITS, UNITS = 8, 16
WRONG = MARKS["o"].ink


@dataclass
class Sum:
    """a + b at the desk. Arrays (8,) run over the columns, least significant first."""

    a: int
    b: int
    pairs: int                  # how many pairs the network was trained on
    unit: int
    carry: bool                 # whether the true carry is shown
    step: int                   # how many columns have been read
    x: np.ndarray               # (8, 2): the bits of a and b
    label: np.ndarray           # the bits of a + b, computed by Python: what the article prints
    carries: np.ndarray         # 1 where a column hands a carry on
    y: np.ndarray               # the network's outputs
    states: np.ndarray          # (8,): the chosen unit
    answer: int                 # the number that the network's bits make
    bits: float                 # share of right bits, over all 16 384 sums
    sums: float                 # share of right sums
    correlation: float          # of the chosen unit with the true carry, over all sums

    @property
    def said(self):
        """The network's bits (8,): 1 where its output is above one half."""
        return (self.y > 0.5).astype(int)

    @property
    def wrong(self):
        """(8,): where the network's bit is not that of the sum."""
        return self.said != self.label


@lru_cache
def stored(pairs):
    """The network after so many pairs, and what it knows: (model, bits, sums, correlations (16,))."""
    results = experiments.load("adder_checkpoints")
    k = CHECKPOINTS.index(pairs)
    model = network({name: results[name][k] for name in ("W", "U", "V")})
    return model, float(results["bits"][k]), float(results["sums"][k]), results["correlations"][k]


def compute(a, b, pairs, unit, carry, step):
    """Run the network of that moment over the eight columns of a and b."""
    model, bits, sums, correlations = stored(pairs)
    x, targets = adding.dataset([a], [b])
    trace = model.forward(x)
    y = sigmoid(trace.outputs[:, 0, 0])
    return Sum(a=a, b=b, pairs=pairs, unit=unit, carry=carry, step=step, x=x[:, 0].astype(int),
               label=targets[:, 0, 0].astype(int), carries=adding.carries([a], [b])[:, 0].astype(int), y=y,
               states=trace.memory["traces"][0].outputs[:, 0, unit], answer=int(adding.decode(y > 0.5)),
               bits=bits, sums=sums, correlation=float(correlations[unit]))


# ---- words -------------------------------------------------------------------------------------------------

def share(part):
    """0.4995 -> "49.95 %"; whole numbers without decimals."""
    return f"{trimmed(100 * part, 2)} %"


def describe(desk):
    """What the picture shows, in words."""
    parts = [f"{desk.a} + {desk.b} after {grouped(desk.pairs)} pairs.",
             f"The program prints {desk.a + desk.b}, the label."]
    if desk.step == 0:
        parts.append("The network has read nothing yet: press Step.")
    elif desk.step < BITS:
        parts.append(_column_words(desk, desk.step - 1))
    else:
        count = desk.wrong.sum()
        verdict = f"wrong in {count} of 8 bits" if count else "right"
        parts.append(f"The network says {desk.answer}: {verdict}.")
        parts.append(f"Over all 16\u00a0384 sums it gets {share(desk.bits)} of the bits and {share(desk.sums)} "
                     "of the sums right.")
        parts.append(f"Unit {desk.unit}'s correlation with the true carry is {svg.num(desk.correlation, 2)}.")
        parts += ["The carry is shown."] if desk.carry else []
    return " ".join(parts)


def _column_words(desk, t):
    """What happens in the column that was read last."""
    verdict = f"wrong, the sum has {desk.label[t]}" if desk.wrong[t] else "right"
    words = (f"Column {t} holds {desk.x[t, 0]} and {desk.x[t, 1]}. The network's output is {svg.num(desk.y[t], 2)}, "
             f"so its bit is {desk.said[t]}: {verdict}. Unit {desk.unit} stands at {svg.num(desk.states[t], 2)}")
    return words + (f"; the true carry handed on is {desk.carries[t]}." if desk.carry else ".")


def code(values):
    """The current state as NumPy code."""
    k = CHECKPOINTS.index(values["pairs"])
    return ("import numpy as np\nfrom lstm_course import experiments\n\n"
            f"stored = experiments.load('adder_checkpoints')         # {values['pairs']} pairs: number {k}\n"
            f"W, U, V = (stored[name][{k}] for name in 'WUV')\nsigma = lambda z: 1 / (1 + np.exp(-z))\n"
            f"a, b, h, answer = {values['a']}, {values['b']}, np.zeros(16), 0\n"
            "for t in range(8):\n    x = np.array([a >> t & 1, b >> t & 1])\n    h = sigma(x @ W + h @ U)\n"
            "    y = sigma(h @ V).item()\n    answer += 2 ** t * (y > .5)\n"
            f"    print(t, x, round(y, 3), 'unit', h[{values['unit']}].round(3))\nprint(a + b, answer)")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 880, 396
LEFT, COLUMN = 208, 60                                     # the columns' left edge and their width
RIGHT = LEFT + BITS * COLUMN + 16                          # where the decimal numbers stand
CARRY, A, B, LABEL, ANSWER, OUTPUT = 68, 98, 126, 164, 206, 233       # baselines of the rows
TOP, FLOOR = 256, 318                                      # the unit's bars, 1 and 0
ROW = 17


def middle(t):
    """The middle of column t: column 0 is on the right, as one writes."""
    return LEFT + (BITS - 1 - t + 0.5) * COLUMN


def draw(desk, hidden=False):
    """The columns of a sum; hidden: without what the network answers."""
    ground = _ground(desk.step - 1) if desk.step else ""
    columns = "".join(_column(desk, t, hidden) for t in range(BITS))
    return svg.picture(WIDTH, HEIGHT, ground, _fixed(), _names(desk), columns, _numbers(desk, hidden),
                       _footer(desk, hidden))


def _ground(t):
    """A yellow ground under the column that was read last."""
    return svg.box(middle(t) - COLUMN / 2 + 1, 6, COLUMN - 2, FLOOR + 26, fill=YELLOW, stroke="none", rx=4)


@lru_cache
def _fixed():
    """What never changes: the columns' heads, the line under the addends, the frame of the bars."""
    heads = [svg.text(middle(t), 24, t, SMALL, weight="bold") + svg.text(middle(t), 42, 2 ** t, SMALL)
             for t in range(BITS)]
    end = LEFT + BITS * COLUMN
    lines = [svg.path([(LEFT, B + 12), (end, B + 12)], stroke=INK, stroke_width=2),
             *(svg.path([(LEFT, y), (end, y)], stroke=FRAME, stroke_width=1, dash=dash)
               for y, dash in ((TOP, (3, 4)), (FLOOR, ())))]
    names = [_name(24, "column t"), _name(42, "is worth", fill=GREY),
             _name(LABEL, "the program prints", weight="bold"), _name(ANSWER, "the network says", weight="bold"),
             _name(OUTPUT, "its output y", fill=GREY)]
    reads = svg.text(RIGHT, 24, "◀ reads this way", 15, anchor="start", fill=GREY)
    ticks = [svg.text(LEFT - 8, y + 5, value, SMALL, anchor="end") for y, value in ((TOP, 1), (FLOOR, 0))]
    return "".join([*heads, *lines, *names, reads, *ticks])


def _name(y, words, **look):
    return svg.text(LEFT - 14, y, words, 15, anchor="end", **look)


def _names(desk):
    """The names of the rows that depend on the controls."""
    carry = _name(CARRY, "true carry, handed on") if desk.carry else _name(CARRY, "true carry: not shown", fill=GREY)
    unit = svg.text(LEFT - 32, (TOP + FLOOR) / 2 + 5, f"hidden unit {desk.unit}", 15, anchor="end", weight="bold")
    return carry + _name(A, f"a = {desk.a}") + _name(B, f"b = {desk.b}") + unit


def _column(desk, t, hidden):
    """One column from top to bottom; what has not been read yet is left empty."""
    x, seen = middle(t), t < desk.step
    carry = f"◀ {desk.carries[t]}" if desk.carry and seen else ""
    words = [svg.text(x, CARRY, carry, weight="bold" if desk.carries[t] else None) if carry else "",
             svg.text(x, A, desk.x[t, 0], ROW), svg.text(x, B, desk.x[t, 1], ROW),
             svg.text(x, LABEL, desk.label[t], ROW)]
    return "".join(words) + _bit(desk, t, x, seen, hidden) + _unit(desk, t, x, seen, hidden)


def _bit(desk, t, x, seen, hidden):
    """The network's bit, framed and crossed if it is wrong, and the output below it."""
    if not seen or hidden:
        mark = svg.text(x, ANSWER, "?", ROW, fill=INK) if seen else ""
        return svg.box(x - 16, ANSWER - 20, 32, 28, fill="none", stroke=FRAME, stroke_width=1, rx=4) + mark
    wrong = desk.wrong[t]
    frame = svg.box(x - 16, ANSWER - 20, 32, 28, stroke=WRONG if wrong else INK, stroke_width=3 if wrong else 1.5, rx=4)
    cross = svg.text(x + 22, ANSWER - 11, "✗", SMALL, weight="bold") if wrong else ""
    return frame + svg.text(x, ANSWER, desk.said[t], ROW, weight="bold") + cross + svg.text(
        x, OUTPUT, svg.num(desk.y[t], 2), SMALL)


def _unit(desk, t, x, seen, hidden):
    """The unit's state as a bar, and where the true carry would be."""
    if not seen or hidden:
        return svg.text(x, FLOOR - 28, "?", ROW, fill=INK) if seen else ""
    top = FLOOR - (FLOOR - TOP) * desk.states[t]
    bar = svg.box(x - 15, top, 30, FLOOR - top, fill=BLUE, stroke=INK, stroke_width=1, rx=0)
    return bar + svg.text(x, FLOOR + 24, svg.num(desk.states[t], 2), SMALL) + _target(desk, t, x)


def _target(desk, t, x):
    """A diamond at 1 or 0: the true carry."""
    if not desk.carry:
        return ""
    y = TOP if desk.carries[t] else FLOOR
    return svg.path([(x - 9, y), (x, y - 9), (x + 9, y), (x, y + 9)], stroke=INK, stroke_width=2.5, fill="#ffffff",
                    close=True)


def _numbers(desk, hidden):
    """On the right: the rows as decimal numbers."""
    printed = svg.text(RIGHT, LABEL, f"{desk.a} + {desk.b} = {desk.a + desk.b}", ROW, "start", weight="bold")
    note = svg.text(RIGHT, LABEL + 18, "(the label)", SMALL, "start", fill=GREY)
    key = svg.text(RIGHT, FLOOR - 14, "◇ true carry", SMALL, "start") if desk.carry else ""
    if hidden or desk.step < BITS:
        return printed + note + key + svg.text(RIGHT, ANSWER, "= ?", ROW, "start", weight="bold")
    wrong = bool(desk.wrong.any())
    said = svg.text(RIGHT, ANSWER, f"= {desk.answer}  {'✗ wrong' if wrong else '✓ right'}", ROW, "start",
                    WRONG if wrong else INK, "bold")
    return printed + note + key + said


def _footer(desk, hidden):
    """What the network knows in all."""
    known = "?" if hidden else f"{share(desk.bits)} of the bits, {share(desk.sums)} of the sums"
    words = f"after {grouped(desk.pairs)} pairs, right over all 16\u00a0384 sums:  {known}"
    ground = svg.box(8, HEIGHT - 42, WIDTH - 16, 34, fill=PALE, stroke="none", rx=6)
    return ground + svg.text(WIDTH / 2, HEIGHT - 19, words, 17, weight="bold")


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {
    "untrained": {"a": 9, "b": 60, "pairs": 0, "step": BITS},
    "1\u00a0000: looks right, is wrong": {"a": 9, "b": 60, "pairs": 1000, "step": BITS},
    "6\u00a0000: fails on a long carry": {"a": 127, "b": 1, "pairs": 6000, "carry": True, "step": BITS},
    "10\u00a0000: carries": {"a": 127, "b": 1, "pairs": 10_000, "carry": True, "step": BITS},
}
OPTIONS = ["69", "a number close to 69", "something quite different"]
CLOSE = 8


def _truth(desk):
    off = abs(desk.answer - (desk.a + desk.b))
    return OPTIONS[0 if off == 0 else 1 if off <= CLOSE else 2]


def _because(desk):
    return f"The network says {desk.answer}; {desk.a + desk.b} is the label."


@explorer
def adder_desk():
    """The adder desk: any sum below 256, the network at eight moments of its training, one column a step."""
    question = "After 1\u00a0000 pairs the program prints 9 + 60 = 69. What does the network itself answer?"
    predict = Guess(question, options=OPTIONS, truth=_truth, because=_because,
                      mask=lambda desk: draw(desk, hidden=True), at=PRESETS["1\u00a0000: looks right, is wrong"])
    controls = [Slider("a", "a", 0, 127, 1, 9, width="290px"), Slider("b", "b", 0, 127, 1, 60, width="290px"),
                Checkbox("carry", "true carry"),
                Choice("pairs", "trained on", {grouped(n): n for n in CHECKPOINTS}, 1000),
                Slider("unit", "unit", 0, UNITS - 1, 1, 1, width="300px")]
    return Explorer("Adder desk", controls, compute, draw, describe, presets=PRESETS, steps=BITS, predict=predict,
                    code=code, static=list(PRESETS)[1:], lines=3)
