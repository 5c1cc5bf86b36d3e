"""Explorer of the start page: one slider, one number. It teaches how all the others are used."""

from dataclasses import dataclass

import numpy as np

from lstm_course.networks.functions import sigmoid
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import INK, PALE, SKY, YELLOW

LOW, HIGH, STEPS = -8.0, 8.0, 40
CURVE = np.linspace(LOW, HIGH, 61)


@dataclass
class Gate:
    """A gate that stands at x, and a number 1 that has gone through it `step` times."""

    x: float
    open: float                 # how far the gate is open, 0 to 1
    left: np.ndarray            # (STEPS + 1,): what is left of 1 after 0, 1, ... passes
    step: int


def compute(x, step):
    """sigmoid(x), and its powers."""
    share = float(sigmoid(np.array(x)))
    return Gate(x=x, open=share, left=share ** np.arange(STEPS + 1), step=step)


def describe(gate):
    """What the picture shows, in words."""
    times = {0: "before the gate", 1: "after 1 pass"}.get(gate.step, f"after {gate.step} passes")
    return (f"x = {svg.num(gate.x, 1)}: the gate lets {svg.num(gate.open)} of a number through. "
            f"Of the number 1, {svg.num(gate.left[gate.step])} is left {times}.")


CURVE_CHART = svg.Chart(440, 300, (LOW, HIGH), (0, 1.15), "x", "share let through",
                        yticks=[0, 0.5, 1], xticks=range(-8, 9, 2))
BAR_CHART = svg.Chart(420, 300, (-0.6, STEPS + 7), (0, 1.15), "passes through the gate",
                      "what is left of 1", x=450, yticks=[0, 0.5, 1], xticks=range(0, STEPS + 1, 5))


def draw(gate, hidden=False):
    """Left: where the gate stands on its curve. Right: the number after each pass."""
    return svg.picture(880, 310, _curve(gate, hidden), _bars(gate, hidden))


def _curve(gate, hidden):
    chart = CURVE_CHART
    (x, y), (_, floor) = chart.xy([gate.x, gate.x], [gate.open, 0])
    if hidden:
        mark = svg.path([(x, chart.top), (x, floor)], stroke=INK, dash=(5, 5)) + svg.text(
            x, chart.top + 90, "?", 30, weight="bold", halo=True)
        return chart.frame + mark
    at, side = (x - 16, "end") if gate.x > 0 else (x + 16, "start")
    drop = svg.path([(x, floor), (x, y), (chart.left, y)], stroke=INK, stroke_width=1.5, dash=(5, 5))
    value = svg.text(at, y - 10, svg.num(gate.open), 22, anchor=side, weight="bold", halo=True)
    curve = chart.line(CURVE, sigmoid(CURVE), stroke=INK, stroke_width=3)
    return chart.frame + curve + drop + svg.circle(x, y, 8, fill=SKY) + value


def _bars(gate, hidden):
    chart, seen = BAR_CHART, np.arange(gate.step + 1)
    if hidden:
        (x, y), = chart.xy(seen[-1:], [0.05])
        return chart.frame + svg.text(x, y, "?", 24, weight="bold")
    old = chart.bars(seen[:-1], gate.left[:gate.step], fill=PALE)
    new = chart.bars(seen[-1:], gate.left[gate.step:gate.step + 1], fill=YELLOW)
    (x, y), = chart.xy(seen[-1:], gate.left[gate.step:gate.step + 1])
    words = svg.text(x + 7, min(y + 5, chart.top + chart.height - 4), svg.num(gate.left[gate.step]), 15, "start",
                     weight="bold", halo=True)                                  # right of the bar, above the axis
    return chart.frame + old + new + chart.level(0.5, stroke=INK, stroke_width=1.5, dash=(5, 5)) + words


def code(values):
    return ("import numpy as np\n\n"
            f"gate = 1 / (1 + np.exp(-({values['x']})))\nprint(gate, gate ** {values['step']})")


PRESETS = {"half open": {"x": 0.0}, "almost open": {"x": 4.0}, "almost shut": {"x": -4.0}}


def _because(gate):
    return f"The gate is 1/(1 + e⁻ˣ), at x = 0 exactly {svg.num(gate.open, 1)}."


@explorer
def first_widget():
    """A gate: move the slider, pass a number through it, predict before you look."""
    question = "The slider stands at x = 0. How much of a number does this gate let through?"
    predict = Guess(question, options=["nothing", "half", "all"], because=_because,
                      truth=lambda gate: ["nothing", "half", "all"][int(round(2 * gate.open))],
                      mask=lambda gate: draw(gate, hidden=True), at={"x": 0.0, "step": 1})
    controls = [Slider("x", "x", LOW, HIGH, 0.1, 0.0, width="460px")]
    return Explorer("Your first explorer: a gate", controls, compute, draw, describe, presets=PRESETS,
                    steps=STEPS, predict=predict, code=code, static=["almost open"], interval=0.3)
