"""Explorer of lesson 10: one unit of a GRU over eight steps, each a blend of old state and candidate."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.widgets import svg
from lstm_course.widgets.controls import Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.parts import key
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, MARKS, SMALL

T, START, LARGEST = 8, 0.8, 5                   # steps, h_0, the largest |x|
INPUTS = "0 0 2 0 0 -1 0 0"


# ---- the numbers -------------------------------------------------------------------------------------------

@dataclass
class Dial:
    """The unit after `step` steps."""

    r: float
    z: float
    x: np.ndarray               # (T,)
    step: int
    n: np.ndarray               # (step,): the candidates
    h: np.ndarray               # (step+1,): h_0, h_1, …

    @property
    def limit(self):
        """What the unit is for these gates, in words; "" between the limits."""
        if self.z == 1:
            return "A copy of the old state."
        return {(1.0, 0.0): "A plain RNN: h = n.", (0.0, 0.0): "No memory: h = tanh(x)."}.get((self.r, self.z), "")


def numbers_of(text):
    """"0 0 2 …" -> T numbers; a ValueError in plain words if that cannot be."""
    try:
        numbers = [float(word.replace("−", "-").replace(",", ".")) for word in text.split()]
    except ValueError:
        numbers = []
    if len(numbers) != T or not all(abs(number) <= LARGEST for number in numbers):
        came = f", and {len(numbers)} came" if numbers and len(numbers) != T else ""
        raise ValueError(f"x takes {T} numbers from −{LARGEST} to {LARGEST} with blanks between them, one a step"
                         f"{came}.")
    return np.array(numbers)


def compute(z, r, x, step):
    """r and z stand still; the unit has weights 1 and biases 0, so n = tanh(x + r · h)."""
    x, h, n = numbers_of(x), [START], []
    for x_t in x[:step]:
        n.append(np.tanh(x_t + r * h[-1]))
        h.append((1 - z) * n[-1] + z * h[-1])
    return Dial(r, z, x, step, np.array(n), np.array(h))


def two(value):
    """A number with two decimals."""
    return svg.num(value, 2)


def signed(value):
    """A factor: in brackets if it is negative."""
    return f"({two(value)})" if two(value).startswith("−") else two(value)


def describe(dial):
    """What the picture shows, in words."""
    name = f" {dial.limit}" if dial.limit else ""
    if not dial.step:
        return f"Before the first step: h = {two(START)}. r = {two(dial.r)}, z = {two(dial.z)}.{name}"
    return (f"Step {dial.step}: the candidate is n = {two(dial.n[-1])}. {two(dial.z)} of the old state "
            f"{two(dial.h[-2])} and {two(1 - dial.z)} of n make h = {two(dial.h[-1])}.{name}")


def code(values):
    """The current state as NumPy code."""
    return (f"import numpy as np\n\nx = [{', '.join(values['x'].split())}]\nr, z = {values['r']}, {values['z']}\n"
            f"h = {START}\n"
            f"for x_t in x[:{values['step']}]:\n    n = np.tanh(x_t + r * h)\n    h = (1 - z) * n + z * h\nprint(h)")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, PITCH = 880, 356, 62, 60.0             # px; x of t = 0; from step to step
MIDDLE, UNIT, ROWS, SIDE = 134, 110, (286, 312, 338), 596   # y of 0; px of 1; the rows of numbers; x of the words


def draw(dial, hidden=False):
    """Left the state over time, right the last step in numbers; hidden: without what is computed."""
    parts = [_frame(), _inputs(dial)]
    if hidden:
        parts += [_state(dial.h[:1]), svg.text(LEFT + 4 * PITCH, MIDDLE - 30, "?", 44, weight="bold")]
    else:
        parts += [_blends(dial), _state(dial.h), _numbers(dial)]
    return svg.picture(WIDTH, HEIGHT, *parts, _words(dial, hidden))


def _at(t, value):
    return LEFT + PITCH * t, MIDDLE - UNIT * value


@lru_cache(1)
def _frame():
    """The lines at -1, 0 and 1, and the names of the rows."""
    parts = []
    for value in (-1, 0, 1):
        (left, y), (right, _) = _at(0, value), _at(T, value)
        parts += [svg.path([(left - 8, y), (right + 20, y)], stroke=FRAME, stroke_width=1),
                  svg.text(left - 14, y + 5, svg.num(value, 0), SMALL, "end", GREY)]
    names = zip(("x", "n", "h"), ROWS, (None, MARKS["g"].ink, MARKS["h"].ink), strict=True)
    return "".join(parts) + "".join(svg.text(14, y, name, 16, "start", ink, "bold") for name, y, ink in names)


def _inputs(dial):
    """The row of x; what is not read yet is grey."""
    return "".join(svg.text(_at(t, 0)[0], ROWS[0], f"{x:g}".replace("-", "−"), SMALL,
                            fill=None if t <= dial.step else GREY) for t, x in enumerate(dial.x, 1))


def _blends(dial):
    """For each step: the way from n to the old state, cut by the new state into the shares z and 1 − z."""
    parts = []
    for t, n in enumerate(dial.n, 1):
        old, new, candidate = _at(t, dial.h[t - 1]), _at(t, dial.h[t]), _at(t, n)
        parts += [svg.path([candidate, new], stroke=MARKS["f"].colour, stroke_width=7),
                  svg.path([new, old], stroke=MARKS["i"].colour, stroke_width=7, dash=MARKS["i"].dash),
                  svg.box(candidate[0] - 7, candidate[1] - 7, 14, 14, stroke=MARKS["g"].colour, stroke_width=3, rx=0)]
    return "".join(parts)


def _state(h):
    """The state as stairs: from step to step unchanged, then the blend."""
    wires = [svg.wire([_at(t, value), _at(t + 1, value)], "h") for t, value in enumerate(h[:-1])]
    dots = [svg.circle(*_at(t, value), 7, stroke=MARKS["h"].ink, stroke_width=3.5) for t, value in enumerate(h)]
    return "".join(wires + dots)


def _numbers(dial):
    """The rows of n and h."""
    rows = [(t, ROWS[1], n, "g") for t, n in enumerate(dial.n, 1)]
    rows += [(t, ROWS[2], h, "h") for t, h in enumerate(dial.h)]
    return "".join(svg.text(_at(t, 0)[0], y, two(value), SMALL, fill=MARKS[name].ink) for t, y, value, name in rows)


def _words(dial, hidden):
    """The formulas with the numbers of the last step, and what the lines are."""
    known = not hidden and dial.step
    old, n = (signed(values[-1]) if known else name for values, name in ((dial.h[:-1], "h"), (dial.n, "n")))
    x = f"{dial.x[dial.step - 1]:g}".replace("-", "−") if known else "x"
    results = [two(values[-1]) if known else "?" for values in (dial.n, dial.h)]
    lines = [(f"r = {two(dial.r)},  z = {two(dial.z)}", 18, None), ("n = tanh(x + r · h_{t−1})", 16, MARKS["g"].ink),
             (f"= tanh({x} + {two(dial.r)} · {old})", 14, MARKS["g"].ink), (f"= {results[0]}", 14, MARKS["g"].ink),
             ("h = (1 − z) · n + z · h_{t−1}", 16, MARKS["h"].ink),
             (f"= {two(1 - dial.z)} · {n} + {two(dial.z)} · {old}", 14, MARKS["h"].ink),
             (f"= {results[1]}", 14, MARKS["h"].ink)]
    words = "".join(svg.text(SIDE, 28 + 26 * k, line, size, "start", ink, "bold" if k in (0, 1, 4) else None)
                    for k, (line, size, ink) in enumerate(lines))
    limit = "" if hidden or not dial.limit else svg.text(SIDE, 218, dial.limit, 17, "start", weight="bold")
    blend = [({"stroke": MARKS["f"].colour, "stroke_width": 7}, "z of the way: n to h"),
             ({"stroke": MARKS["i"].colour, "stroke_width": 7, "dash": MARKS["i"].dash}, "1 − z of it: h to old h")]
    rows = key(SIDE, 284, blend, pitch=26, length=36, size=15)
    square = svg.box(SIDE + 11, 247, 14, 14, stroke=MARKS["g"].colour, stroke_width=3, rx=0)
    return words + limit + square + svg.text(SIDE + 46, 259, "the candidate n", 15, "start") + rows


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {"r = 1, z = 0": {"r": 1.0, "z": 0.0, "step": T}, "r = 0, z = 0": {"r": 0.0, "z": 0.0, "step": T},
           "z = 1": {"r": 0.0, "z": 1.0, "step": T}, "z = 0.9": {"r": 1.0, "z": 0.9, "step": T}}
ASKED = {"r": 0.0, "z": 1.0, "x": INPUTS, "step": T}
OPTIONS = ["0.80: as at first", "0.00: the unit is reset", "−0.76: the last input that is not 0"]


@explorer
def gru_dial():
    """The GRU dial: what one unit does over eight steps when its gates stand at r and z."""
    predict = Guess("The unit begins at h = 0.8. Its reset gate stands at r = 0 and its update gate at z = 1, for "
                    "all eight steps. What is h at the end?", options=OPTIONS,
                    truth=lambda dial: OPTIONS[0] if np.isclose(dial.h[-1], START) else OPTIONS[1], at=ASKED,
                    because=lambda dial: "r acts on n alone, and 1 − z is 0.",
                    mask=lambda dial: draw(dial, hidden=True))
    controls = [Slider("z", "z", 0.0, 1.0, 0.01, 1.0), Slider("r", "r", 0.0, 1.0, 0.01, 0.0),
                Text("x", "x", INPUTS, tidy)]
    return Explorer("GRU dial: what do r and z do?", controls, compute, draw, describe, presets=PRESETS,
                    steps=lambda _: T, predict=predict, code=code, interval=0.7, static=["r = 1, z = 0", "z = 0.9"])


def tidy(text):
    """The same numbers in their shortest form."""
    return " ".join(f"{number:g}" for number in numbers_of(text))
