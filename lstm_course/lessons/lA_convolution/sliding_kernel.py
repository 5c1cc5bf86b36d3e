"""Explorer of lesson A: three weights slide over a series; each answer is the sum of what they cover."""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.widgets import svg
from lstm_course.widgets.controls import Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.parts import unknown
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, FRAME, GREY, INK, SKY, SMALL, YELLOW

T, K, MOST = 16, 3, 9                                 # numbers of the series, weights; the largest number
SERIES = "0 0 0 2 2 2 2 2 0 0"


@dataclass
class Slide:
    """The series x (T,), the weights W (K,), the dilation d, the answers y (T,), of which those up to t are known."""

    x: np.ndarray
    W: np.ndarray
    d: int
    t: int

    @property
    def places(self):
        """Where the window of step t stands, the earliest first; below 0 are the zeros before the series."""
        return [self.t - self.d * (K - 1 - k) for k in range(K)]

    @property
    def covered(self):
        """What the window covers, (K,)."""
        return np.array([self.x[place] if place >= 0 else 0.0 for place in self.places])

    @property
    def y(self):
        """All answers, (T,)."""
        padded = np.concatenate([np.zeros((K - 1) * self.d), self.x])
        return sum(self.W[k] * padded[k * self.d:k * self.d + T] for k in range(K))


def series(words):
    """One to 16 numbers from −9 to 9, as a tidy text."""
    parts = [part for part in re.split(r"[\s,;]+", words.replace("−", "-").strip()) if part]
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if not 1 <= len(numbers) <= T or not all(abs(number) <= MOST for number in numbers):
        raise ValueError(f"The series: type one to {T} numbers from −{MOST} to {MOST}, such as {SERIES}.")
    return " ".join(f"{round(number, 1) + 0.0:g}" for number in numbers)


@lru_cache(256)
def compute(own, w0, w1, w2, dilation, moved, step):
    """The own series, moved to the right; zeros stand before and after it."""
    numbers = np.zeros(2 * T)
    given = np.array([float(part) for part in own.split()])
    numbers[moved:moved + len(given)] = given
    return Slide(numbers[:T], np.array([w0, w1, w2]), dilation, step)


# ---- words -------------------------------------------------------------------------------------------------

def short(number):
    """2, −1, 0.5"""
    return f"{round(float(number), 2) + 0.0:g}".replace("-", "−")


def factor(number):
    """A number inside a product."""
    return f"({short(number)})" if number < 0 else short(number)


def the_sum(seen):
    """y[5] = −1 · 0 + 0 · 2 + 1 · 2 = 2"""
    products = " + ".join(f"{factor(w)} · {factor(x)}" for w, x in zip(seen.W, seen.covered, strict=True))
    return f"y[{seen.t}] = {products} = {short(seen.y[seen.t])}"


def describe(seen):
    """What the picture shows, in words."""
    known = [short(number) for number in seen.y[:seen.t + 1]]
    before = sum(place < 0 for place in seen.places)
    zeros = f" {before} of its places {'is' if before == 1 else 'are'} before the series, a 0." if before else ""
    places = [place for place in seen.places if place >= 0]
    where = f"step{'s' if len(places) > 1 else ''} {', '.join(map(str, places))}"
    return f"Step {seen.t}: the window covers {where}.{zeros} {the_sum(seen)}. Answers so far: {' '.join(known)}."


def code(values):
    """The current state as NumPy code."""
    own = ", ".join(values["own"].split())
    d = values["dilation"]
    return (f"import numpy as np\n\nx = np.zeros({T})\nown = np.array([{own}])[:{T - values['moved']}]\n"
            f"x[{values['moved']}:{values['moved']} + len(own)] = own\n"
            f"W = [{values['w0']}, {values['w1']}, {values['w2']}]\n"
            f"padded = np.concatenate([np.zeros({(K - 1) * d}), x])\n"
            f"y = sum(W[k] * padded[k * {d}:k * {d} + {T}] for k in range({K}))\nprint(y[:{values['step'] + 1}])")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 860, 412
LEFT, PITCH, SIDE = 62, 49, 43
X_Y, W_Y, Y_Y, SUM_Y = 58, 150, 262, 388             # the rows: x, W, y, and the sum in words


def draw(seen, hidden=False):
    """On top the series, below it the window at its place, below that the answers so far."""
    return svg.picture(WIDTH, HEIGHT, _names(), _steps(seen), _window(seen), _answers(seen, hidden),
                       "" if hidden else svg.text(LEFT - 2, SUM_Y, the_sum(seen), 18, "start", weight="bold"))


def _at(t):
    """The left edge of the tile of step t."""
    return LEFT + PITCH * t


def _tile(t, y, number, **look):
    words = short(number)
    return (svg.box(_at(t), y, SIDE, SIDE - 3, **({"stroke": FRAME, "stroke_width": 1.2, "rx": 4} | look))
            + svg.text(_at(t) + SIDE / 2, y + 26, words, 17 if len(words) < 5 else SMALL))


def _names():
    rows = ((X_Y, "x"), (W_Y, "W"), (Y_Y, "y"))
    return "".join(svg.text(26, y + 27, name, 20, weight="bold") for y, name in rows)


def _steps(seen):
    """The series, bright where the window stands, and the numbers of the steps."""
    tiles = [_tile(t, X_Y, number, fill=YELLOW if t in seen.places else "#ffffff") for t, number in enumerate(seen.x)]
    heads = [svg.text(_at(t) + SIDE / 2, X_Y - 12, str(t), SMALL, fill=GREY) for t in range(T)]
    return "".join(tiles + heads) + svg.text(26, X_Y - 12, "step", SMALL, fill=GREY)


def _window(seen):
    """The weights below what they cover, and the wires to the answer."""
    foot, parts = (_at(seen.t) + SIDE / 2, Y_Y - 3), []
    for place, weight in zip(seen.places, seen.W, strict=True):
        if place < 0:
            continue
        middle = _at(place) + SIDE / 2
        parts += [svg.path([(middle, X_Y + SIDE - 3), (middle, W_Y)], stroke=FRAME),
                  svg.path([(middle, W_Y + SIDE - 3), foot], stroke=FRAME),
                  _tile(place, W_Y, weight, fill="#DCEFFA", stroke=INK, stroke_width=2)]
    return "".join(parts)


def _answers(seen, hidden):
    """The answers up to this step, as tiles and as bars from a middle line."""
    middle, most = Y_Y + 79, max(1.0, float(np.abs(seen.y).max()))
    parts = [svg.path([(LEFT, middle), (_at(T) - 6, middle)], stroke=FRAME, stroke_width=1)]
    for t, number in enumerate(seen.y[:seen.t + 1]):
        if hidden:
            parts += [svg.box(_at(t), Y_Y, SIDE, SIDE - 3, stroke=FRAME, rx=4),
                      unknown(_at(t) + SIDE / 2, Y_Y + 28, 20)]
            continue
        look = {"stroke": BLACK, "stroke_width": 3} if t == seen.t else {}
        height = 28 * number / most
        parts.append(_tile(t, Y_Y, number, **look))
        parts.append(svg.box(_at(t) + 6, middle - max(height, 0), SIDE - 12, abs(height), fill=SKY, stroke=INK,
                             stroke_width=1, rx=0) if number else "")
    return "".join(parts)


# ---- the explorer ------------------------------------------------------------------------------------------

START = {"own": SERIES, "w0": -1.0, "w1": 0.0, "w2": 1.0, "dilation": 1, "moved": 0}
PRESETS = {
    "average": {"w0": 0.5, "w1": 0.5, "w2": 0.5},
    "echo": {"w0": 1.0, "w1": 0.0, "w2": 0.0, "dilation": 3},
    "own blip": {"own": "0 0 0 0 3 -3 0 0 -3 3", "w0": 0.0, "w1": 1.0, "w2": -1.0},
}
ANSWERS = ("while the series is high", "where it rises", "where it falls")
QUESTION = "The weights are −1, 0, 1; the last one stands at the present step. Where is the answer positive?"


@explorer
def sliding_kernel():
    """A kernel of three weights that can be edited slides over a series that can be edited."""
    predict = Guess(QUESTION, options=ANSWERS, truth=lambda seen: ANSWERS[1], mask=lambda seen: draw(seen, hidden=True),
                    because=lambda seen: "Present minus two steps before: it finds edges.", at=START | {"step": T - 1})
    controls = [Text("own", "series", SERIES, series),
                *(Slider(f"w{k}", f"W[{k}]", -2.0, 2.0, 0.5, START[f"w{k}"]) for k in range(K)),
                Slider("dilation", "dilation", 1, 6, 1, 1), Slider("moved", "moved by", 0, 6, 1, 0)]
    return Explorer("What does a kernel find?", controls, compute, draw, describe, presets=PRESETS, steps=T - 1,
                    predict=predict, code=code, interval=0.5, static=["average", "echo"])
