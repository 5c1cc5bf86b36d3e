"""Explorer of lesson 02: gradient descent with one weight, as a ball on the curve of the loss."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.widgets import svg
from lstm_course.widgets.controls import Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.numbers import bracketed
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, NORMAL, SMALL, YELLOW

X, TARGET = 2.0, 6.0                # what goes in and what should come out, so that 3 is the right weight
BEST, STEPS, ARRIVED = TARGET / X, 12, 0.01
LOW, HIGH, TOP = -2.0, 8.0, 55.0    # of the chart: weights, and the largest loss


@dataclass
class Descent:
    """weights (step + 1,): w before the first step, and after each."""

    rate: float
    weights: np.ndarray

    @property
    def steps(self):
        """How many steps have been made."""
        return len(self.weights) - 1

    @property
    def now(self):
        """The present weight."""
        return float(self.weights[-1])


def loss(w):
    """½ (w x − target)²"""
    return 0.5 * (w * X - TARGET) ** 2


def slope(w):
    """dL/dw = (w x − target) x"""
    return (w * X - TARGET) * X


def compute(rate, start, step):
    """The weights from `start` on, step by step."""
    weights = [start]
    for _ in range(step):
        weights.append(weights[-1] - rate * slope(weights[-1]))
    return Descent(rate, np.array(weights))


# ---- words -------------------------------------------------------------------------------------------------

def describe(descent):
    """What the picture shows, in words."""
    w, rate = descent.now, f"{descent.rate:.2f}"
    head = f"After {descent.steps} steps" if descent.steps != 1 else "After 1 step"
    return (f"{head} with learning rate {rate}: w = {svg.num(w)}, loss {svg.num(loss(w))}, slope {svg.num(slope(w))}. "
            f"The next step leads from {svg.num(w)} to {svg.num(w - descent.rate * slope(w))}. {outcome(descent)}")


def outcome(descent):
    """In a few words where this leads: each step multiplies the distance from 3 by 1 − 4 · rate."""
    if abs(descent.now - BEST) < ARRIVED:
        return "The ball lies at the bottom, w = 3."
    factor = abs(1 - descent.rate * X ** 2)
    if abs(factor - 1) < 1e-9:
        return "It never comes nearer to w = 3."
    return f"Each step {'brings it nearer to' if factor < 1 else 'takes it farther from'} w = 3."


def code(values):
    """The current state as NumPy code."""
    return (f"w, rate = {values['start']}, {values['rate']}\nfor step in range({values['step']}):\n"
            f"    slope = (w * {X:g} - {TARGET:g}) * {X:g}\n    w = w - rate * slope\n"
            f"print(round(w, 3), round(0.5 * (w * {X:g} - {TARGET:g}) ** 2, 3))")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHART = 860, 420, 610


@lru_cache
def _chart():
    chart = svg.Chart(CHART, HEIGHT, (LOW, HIGH), (-3, TOP), "weight w", "loss", yticks=[0, 10, 20, 30, 40, 50])
    w = np.linspace(LOW, HIGH, 121)
    return chart, chart.frame + chart.line(w, loss(w), stroke=INK, stroke_width=2.5)


def draw(descent, hidden=False):
    """The curve of the loss with the ball; on the right the numbers of the step that comes next."""
    chart, ground = _chart()
    shown = compute(descent.rate, float(descent.weights[0]), 0) if hidden else descent
    return svg.picture(WIDTH, HEIGHT, ground, _trail(chart, shown), _tangent(chart, shown.now),
                       _ball(chart, shown.now), _numbers(shown, hidden))


def _trail(chart, descent):
    """Where the ball has been."""
    w = descent.weights[:-1]
    path = chart.line(descent.weights, loss(descent.weights), stroke=GREY, stroke_width=1.5, dash=(2, 4))
    return path + chart.clip(chart.dots(w, loss(w), 6, fill="#ffffff", stroke=GREY))


def _tangent(chart, w):
    """A piece of the straight line that touches the curve at w."""
    reach = 1.6 / np.hypot(1, slope(w) / 12)
    ends = np.array([w - reach, w + reach])
    return chart.line(ends, loss(w) + slope(w) * (ends - w), "gradient")


def _ball(chart, w):
    """The ball on the curve; an arrow at the edge if it has left the picture."""
    if LOW <= w <= HIGH and loss(w) <= TOP:
        return chart.dots([w], [loss(w)], 11, fill=YELLOW, stroke_width=2.5)
    right = w > BEST
    x = chart.left + chart.width - 8 if right else chart.left + 8
    back, y = (-44 if right else 44), chart.top + 30
    word = svg.text(x + back * 1.2, y + 5, f"w = {svg.num(w, 1)}", NORMAL, "end" if right else "start", weight="bold",
                    halo=True)
    return svg.arrow([(x + back, y), (x, y)], stroke=INK, stroke_width=3) + word


def _numbers(descent, hidden):
    """The step in numbers, from top to bottom as it is computed."""
    x, w = CHART + 18, descent.now
    after = w - descent.rate * slope(w)
    rows = [("step", f"{descent.steps} of {STEPS}"), ("weight w", svg.num(w)), ("output 2 · w", svg.num(w * X)),
            ("loss ½ (2w − 6)²", svg.num(loss(w), 3 if loss(w) < 1e4 else 0)),
            ("slope (2w − 6) · 2", svg.num(slope(w))), ("η", f"{descent.rate:.2f}")]
    parts = [svg.text(x, 34 + 32 * k, name, SMALL, "start") + svg.text(WIDTH - 14, 34 + 32 * k, value, 16, "end",
                                                                       weight="bold")
             for k, (name, value) in enumerate(rows)]
    line = svg.path([(x, 214), (WIDTH - 14, 214)], stroke=FRAME, stroke_width=1.5)
    change = f"{svg.num(w)} − {descent.rate:.2f} · {bracketed(svg.num(slope(w)))}"
    steps = [svg.text(x, 242, "next w = w − η · slope", SMALL, "start"), svg.text(x, 270, change, SMALL, "start"),
             svg.text(x, 302, f"= {'?' if hidden else svg.num(after)}", 18, "start", weight="bold")]
    key = svg.wire([(x, 346), (x + 44, 346)], "gradient") + svg.text(x + 54, 351, "slope at the ball", SMALL, "start")
    return "".join([*parts, line, *steps, key])


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {"small rate": {"rate": 0.02, "step": STEPS}, "the text's rate": {"rate": 0.1, "step": 3},
           "large rate": {"rate": 0.45, "step": STEPS}, "too large": {"rate": 0.6, "step": 4}}
OPTIONS = ["there, but sooner", "to and fro between two points", "farther and farther away"]


def _truth(descent):
    first, last = abs(descent.weights[0] - BEST), abs(descent.now - BEST)
    return OPTIONS[0 if last < first - 1e-9 else 1 if last < first + 1e-9 else 2]


@explorer
def one_weight():
    """A ball on the loss of one weight: choose the learning rate, and step."""
    question = "With η = 0.1 the ball comes nearer to w = 3 at each step. Where does it go with η = 0.6?"
    predict = Guess(question, options=OPTIONS, truth=_truth, mask=lambda descent: draw(descent, hidden=True),
                    because=lambda descent: "Each step leads past 3, to a larger loss.",
                    at={"rate": 0.6, "start": 0.0, "step": 4})
    controls = [Slider("rate", "learning rate η", 0.01, 0.6, 0.01, 0.1),
                Slider("start", "first w", -2.0, 8.0, 0.5, 0.0)]
    return Explorer("Which way is down?", controls, compute, draw, describe, presets=PRESETS, steps=STEPS,
                    predict=predict, code=code, static=["the text's rate"], interval=0.6)
