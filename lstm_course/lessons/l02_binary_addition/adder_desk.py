"""Explorer of lesson 02: the adder article's network at work, column by column, at any moment of its training."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments.adder_checkpoints import CHECKPOINTS, network
from lstm_course.networks.functions import sigmoid
from lstm_course.tasks import binary_addition as adding
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Checkbox, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.numbers import grouped, trimmed
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, PALE, SMALL, WRONG, YELLOW

UNITS, LARGEST, SMALL_NUMBERS = 16, 2 ** 15 - 1, 128        # below 128 eight columns are enough, else sixteen


@dataclass
class Sum:
    """a + b at the desk. Arrays (T,) run over the columns, least significant first; T is 8 or 16."""

    a: int
    b: int
    pairs: int                  # how many pairs the network was trained on
    cut: bool                   # whether U is 0
    step: int                   # how many columns have been read
    x: np.ndarray               # (T, 2): the bits of a and b
    label: np.ndarray           # the bits of a + b, computed by Python: what the article prints
    carries: np.ndarray         # 1 where a column hands a carry on
    y: np.ndarray               # the network's outputs
    states: np.ndarray          # (T, 16)
    answer: int                 # the number that the network's bits make
    bits: float | None          # share of right bits, over all 16 384 sums of 8 columns; None if the wire is cut
    sums: float                 # share of right sums
    answers: int                # how many different numbers it answers to them, with its wire whole

    @property
    def columns(self):
        """T, the number of columns."""
        return len(self.label)

    @property
    def said(self):
        """The network's bits (T,): 1 where its output is above one half."""
        return (self.y > 0.5).astype(int)

    @property
    def wrong(self):
        """(T,): where the network's bit is not that of the sum."""
        return self.said != self.label


def columns_of(a, b):
    """8 columns if both numbers are below 128, else 16."""
    return 8 if max(a, b) < SMALL_NUMBERS else 16


@lru_cache(128)
def stored(pairs, cut):
    """The network after so many pairs, with U = 0 if it is cut, and what it knows: bits, sums, different answers.

    The share of bits without the wire is not told: it is the answer to an exercise.
    """
    results = experiments.load("adder_checkpoints")
    k = CHECKPOINTS.index(pairs)
    weights = {name: results[name][k] for name in "WUV"}
    model = network(weights | {"U": 0 * weights["U"]} if cut else weights)
    shares = (None, results["cut_sums"][k]) if cut else (results["bits"][k], results["sums"][k])
    return model, *shares, int(results["answers"][k])


def compute(a, b, pairs, cut, step):
    """Run the network of that moment over the columns of a and b."""
    model, bits, sums, answers = stored(pairs, cut)
    columns = columns_of(a, b)
    x, targets = adding.dataset([a], [b], columns)
    trace = model.forward(x)
    y = sigmoid(trace.outputs[:, 0, 0])
    return Sum(a=a, b=b, pairs=pairs, cut=cut, step=step, x=x[:, 0].astype(int), label=targets[:, 0, 0].astype(int),
               carries=adding.carries([a], [b], columns)[:, 0].astype(int), y=y,
               states=trace.memory["traces"][0].outputs[:, 0], answer=int(adding.decode(y > 0.5)), bits=bits, sums=sums,
               answers=answers)


# ---- words -------------------------------------------------------------------------------------------------

def share(part):
    """0.4995 -> "49.95 %"; whole numbers without decimals."""
    return f"{trimmed(100 * part, 2)} %"


def describe(desk):
    """What the picture shows, in words."""
    cut = ", recurrent wire cut" if desk.cut else ""
    head = f"{desk.a} + {desk.b} after {grouped(desk.pairs)} pairs{cut}. The program prints {desk.a + desk.b}. "
    if desk.step == 0:
        return head + "The network has read nothing yet: press Step."
    if desk.step < desk.columns:
        return head + _column_words(desk, desk.step - 1)
    count = int(desk.wrong.sum())
    verdict = f"wrong in {count} of {desk.columns} bits" if count else "right"
    bits = "" if desk.cut else f", and {share(desk.bits)} of their bits"
    return (head + f"The network says {desk.answer}: {verdict}. Of all 16\u00a0384 sums of 8 columns it gets "
                   f"{share(desk.sums)} right{bits}.")


def _column_words(desk, t):
    """What happens in the column that was read last."""
    verdict = f"wrong, the sum has {desk.label[t]}" if desk.wrong[t] else "right"
    return (f"Column {t} holds {desk.x[t, 0]} and {desk.x[t, 1]}. The network's output is {svg.num(desk.y[t], 2)}, so "
            f"its bit is {desk.said[t]}: {verdict}. The true carry handed on is {desk.carries[t]}.")


def code(values):
    """The current state as NumPy code."""
    k, cut = CHECKPOINTS.index(values["pairs"]), "U = 0 * U\n" if values["cut"] else ""
    return ("import numpy as np\nfrom lstm_course import experiments\n"
            "from lstm_course.tasks.binary_addition import decode\n\n"
            f"stored = experiments.load('adder_checkpoints')         # {values['pairs']} pairs: number {k}\n"
            f"W, U, V = (stored[name][{k}] for name in 'WUV')\n{cut}sigma = lambda z: 1 / (1 + np.exp(-z))\n"
            f"a, b, h, bits = {values['a']}, {values['b']}, np.zeros(16), []\n"
            f"for t in range({columns_of(values['a'], values['b'])}):\n    x = np.array([a >> t & 1, b >> t & 1])\n"
            "    h = sigma(x @ W + h @ U)\n    y = sigma(h @ V).item()\n    bits.append(y > .5)\n"
            "    print(t, x, round(y, 2))\nprint(a + b, decode(bits))")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 880, 436
LEFT, SPAN = 156, 560                                       # the columns' left edge, and the width of all of them
RIGHT = LEFT + SPAN + 12                                    # where the decimal numbers stand
HEAD, A, B, LABEL, ANSWER, OUTPUT = 22, 50, 76, 112, 150, 176           # baselines of the rows
CARRY, STATES, UNIT, FLOOR = 190, 216, 10, 376              # tops of the carry row and of the units, a unit's height
ROW = 17


def middle(desk, t):
    """The middle of column t: column 0 is on the right, as one writes."""
    return LEFT + (desk.columns - 0.5 - t) * SPAN / desk.columns


def draw(desk, hidden=False):
    """The columns of a sum, and the units of the network below; hidden: without what the network answers."""
    columns = "".join(_column(desk, t, hidden) for t in range(desk.columns))
    return svg.picture(WIDTH, HEIGHT, _ground(desk), _names(desk), columns, _strips(desk, hidden),
                       _numbers(desk, hidden), _footer(desk, hidden))


def _ground(desk):
    """A yellow ground under the column that was read last."""
    if desk.step == 0:
        return ""
    wide = SPAN / desk.columns
    return svg.box(middle(desk, desk.step - 1) - wide / 2, 4, wide, OUTPUT + 4, fill=YELLOW, stroke="none", rx=4)


def _names(desk):
    """The names of the rows, and the line under the addends."""
    rows = [(HEAD, "column", False), (A, f"a = {desk.a}", False), (B, f"b = {desk.b}", False),
            (LABEL, "program prints", True), (ANSWER, "network says", True), (OUTPUT, "its output y", False),
            (CARRY + 16, "true carry", False)]
    words = [svg.text(LEFT - 10, y, name, 15, "end", weight="bold" if bold else None) for y, name, bold in rows]
    units = [svg.text(LEFT - 10, STATES + UNIT * (unit + 1) + 2, name, SMALL, "end") for unit, name in
             ((0, "its 16 units: 0"), (4, "4"), (8, "8"), (12, "12"), (15, "15"))]
    line = svg.path([(LEFT, B + 10), (LEFT + SPAN, B + 10)], stroke=INK, stroke_width=2)
    return line + "".join(words + units)


def _column(desk, t, hidden):
    """The numbers of one column from top to bottom; what has not been read yet is left empty."""
    x = middle(desk, t)
    words = [svg.text(x, HEAD, t, SMALL, weight="bold"), svg.text(x, A, desk.x[t, 0], ROW),
             svg.text(x, B, desk.x[t, 1], ROW), svg.text(x, LABEL, desk.label[t], ROW)]
    return "".join(words) + _bit(desk, t, x, hidden)


def _bit(desk, t, x, hidden):
    """The network's bit, framed and crossed if it is wrong, and the output below it."""
    seen = t < desk.step
    if not seen or hidden:
        return svg.box(x - 13, ANSWER - 19, 26, 26, fill="none", stroke=FRAME, stroke_width=1, rx=4) + (
            svg.text(x, ANSWER, "?", ROW) if seen else "")
    wrong = desk.wrong[t]
    frame = svg.box(x - 13, ANSWER - 19, 26, 26, stroke=WRONG if wrong else INK, stroke_width=3 if wrong else 1.5,
                    rx=4)
    cross = svg.text(x + 13, ANSWER - 11, "✗", SMALL, fill=WRONG, weight="bold", halo=True) if wrong else ""
    return frame + svg.text(x, ANSWER, desk.said[t], ROW, weight="bold") + cross + svg.text(
        x, OUTPUT, svg.num(desk.y[t], 2), SMALL)


def _strips(desk, hidden):
    """The true carry and the 16 units as greys, 0 white and 1 black; columns that have not been read are empty."""
    seen = np.arange(desk.columns) < (0 if hidden else desk.step)
    carry = np.where(seen, desk.carries, np.nan)[None, ::-1]
    units = np.where(seen, desk.states.T, np.nan)[:, ::-1]
    parts = []
    for top, values, high in ((CARRY, carry, 20), (STATES, units, UNITS * UNIT)):
        parts += [svg.heat_image(LEFT, top, SPAN, high, values, "Greys", 0, 1),
                  svg.box(LEFT, top, SPAN, high, fill="none", stroke=FRAME, stroke_width=1, rx=0)]
    walls = [svg.path([(x, STATES), (x, FLOOR)], stroke="#FFFFFF", stroke_width=2)
             for x in LEFT + SPAN / desk.columns * np.arange(1, desk.columns)]
    return "".join(parts + walls)


def _numbers(desk, hidden):
    """On the right: the rows as decimal numbers, and the key of the greys."""
    asked = f"{desk.a} + {desk.b} " if desk.columns == 8 else ""
    printed = svg.text(RIGHT, LABEL, f"{asked}= {desk.a + desk.b}", 15, "start", weight="bold")
    way = svg.text(RIGHT, HEAD, "◀ reads this way", SMALL, "start", fill=GREY)
    keys = [svg.box(RIGHT, y, 18, 14, fill=fill, stroke=FRAME, stroke_width=1, rx=0) + svg.text(
        RIGHT + 26, y + 12, words, SMALL, "start") for y, fill, words in ((STATES + 2, "#000000", "1"),
                                                                         (STATES + 26, "#FFFFFF", "0"))]
    if hidden or desk.step < desk.columns:
        said = svg.text(RIGHT, ANSWER, "= ?", 15, "start", weight="bold")
    else:
        wrong = bool(desk.wrong.any())
        said = svg.text(RIGHT, ANSWER, f"= {desk.answer}  {'✗ wrong' if wrong else '✓ right'}", 15, "start",
                        WRONG if wrong else INK, "bold")
    return way + printed + said + "".join(keys)


def _footer(desk, hidden):
    """What the network knows in all."""
    known = f"{share(desk.sums)} of all 16\u00a0384 sums" + ("" if desk.cut else f", {share(desk.bits)} of their bits")
    cut = ", wire cut" if desk.cut else ""
    words = f"after {grouped(desk.pairs)} pairs{cut}, right:  {'?' if hidden else known}"
    ground = svg.box(8, HEIGHT - 42, WIDTH - 16, 34, fill=PALE, stroke="none", rx=6)
    return ground + svg.text(WIDTH / 2, HEIGHT - 19, words, 17, weight="bold")


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {
    "untrained": {"a": 9, "b": 60, "pairs": 0, "step": 8},
    "1\u00a0000 pairs": {"a": 9, "b": 60, "pairs": 1000, "step": 8},
    "6\u00a0000: a long carry": {"a": 127, "b": 1, "pairs": 6000, "step": 8},
    "10\u00a0000: 16 columns": {"a": 21_845, "b": 10_923, "pairs": 10_000, "step": 16},
}
OPTIONS = ["close to the right sums", "far off, in many ways", "all the same"]


def _truth(desk):
    if desk.answers == 1:
        return OPTIONS[2]
    return OPTIONS[0 if abs(desk.answer - desk.a - desk.b) <= 8 else 1]


@explorer
def adder_desk():
    """The adder desk: any sum of 8 or 16 columns, the network at any moment of its training, one column a step."""
    question = "After 1\u00a0000 pairs none of its sums is right. What are the network's own answers like?"
    predict = Guess(question, options=OPTIONS, truth=_truth, mask=lambda desk: draw(desk, hidden=True),
                    because=lambda desk: f"It says {desk.answer}, whatever a and b are.",
                    at=PRESETS["1\u00a0000 pairs"])
    controls = [Slider("pairs", "pairs seen", 0, CHECKPOINTS[-1], CHECKPOINTS[1], 1000),
                Slider("a", "a", 0, LARGEST, 1, 9), Slider("b", "b", 0, LARGEST, 1, 60),
                Checkbox("cut", "cut the recurrent wire (U = 0)")]
    return Explorer("What does the network itself say?", controls, compute, draw, describe, presets=PRESETS,
                    steps=lambda values: columns_of(values["a"], values["b"]), predict=predict, code=code,
                    static=list(PRESETS)[1:], lines=2)
