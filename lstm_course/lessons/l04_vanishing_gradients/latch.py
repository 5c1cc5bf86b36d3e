"""Explorer of lesson 04: one unit that remembers a cue for ever, while the gradient towards the cue is gone."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import RNN
from lstm_course.lessons.l04_vanishing_gradients.jacobian_product import FLOAT32, LOST
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.parts import unknown
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, MARKS, PALE, SMALL

LONGEST, RUNS, SHOWN = 100, 1000, 6
KEPT = 0.99                         # the state "remembers" if the sign is right in at least this share of the runs


@dataclass
class Latch:
    """One unit h ← tanh(gain · h + noise), T steps after a cue of +1 or -1."""

    gain: float
    noise: float
    cue: int
    T: int
    h: np.ndarray               # (T+1, SHOWN): the states of some runs; run 0 is the one that is measured
    gradient: np.ndarray        # (T+1,): ∂h_T/∂h_t of run 0, t = 0 (just after the cue) … T
    kept: int                   # how many of RUNS runs still have the sign of the cue

    @property
    def remembers(self):
        return self.kept >= KEPT * RUNS

    @property
    def gradient_left(self):
        """Would the gradient be felt beside one of size 1, in float32?"""
        return abs(self.gradient[0]) >= FLOAT32


def unit(gain):
    """One tanh unit with W = 1, U = gain, b = 0."""
    layer = RNN(1, 1, rng=0)
    layer.parameters["W"][...], layer.parameters["U"][...] = 1.0, gain
    return layer


@lru_cache(4)
def _draws(seed):
    return np.random.default_rng(seed).standard_normal((LONGEST, RUNS))


@lru_cache(256)
def compute(gain, noise, cue, T, seed):
    """RUNS runs at once; the input is the cue, then T numbers of noise."""
    x = np.concatenate([np.full((1, RUNS), float(cue)), noise * _draws(seed)[:T]])[:, :, None]
    h = unit(gain).forward(x).outputs[:, :, 0]
    factors = gain * (1 - h[1:, 0] ** 2)                              # ∂h_t/∂h_{t-1}, one number
    gradient = np.cumprod(np.append(1.0, factors[::-1]))[::-1]
    return Latch(gain, noise, cue, T, h[:, :SHOWN].copy(), gradient, int((np.sign(h[-1]) == cue).sum()))


# ---- words -------------------------------------------------------------------------------------------------

def describe(latch):
    """What the picture shows, in words."""
    kept = "remembers" if latch.remembers else "does not remember reliably"
    left = "is small, but there" if latch.gradient_left else "is gone"
    return (f"h ← tanh({svg.num(latch.gain, 1)} h) with noise {svg.num(latch.noise, 2)}, cue {_sign(latch.cue)}1: "
            f"{latch.T} steps later h = {svg.num(latch.h[-1, 0])}, and {latch.kept} of {RUNS} runs have the sign "
            f"of the cue. The unit {kept}. The gradient back to the cue is "
            f"{svg.scientific(latch.gradient[0], raised=False)}: it {left}.")


def _sign(cue):
    return "+" if cue > 0 else "−"


def code(values):
    """The current state as NumPy code."""
    return ("import numpy as np\n\n"
            f"rng = np.random.default_rng({values['seed']})\n"
            f"noise = {values['noise']} * rng.standard_normal(({LONGEST}, {RUNS}))\n"
            f"h, gradient = np.tanh({values['cue']}) * np.ones({RUNS}), 1.0\n"
            f"for t in range({values['T']}):\n    h = np.tanh({values['gain']} * h + noise[t])\n"
            f"    gradient = gradient * {values['gain']} * (1 - h[0] ** 2)      # of the first run\n"
            f"print(h[0], gradient, sum(np.sign(h) == {values['cue']}))")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHARTS = 880, 440, 590
LOW, HIGH = 1e-60, 1e6


@lru_cache
def _charts(longest):
    """The frames for the states, the gradient and the map."""
    state = svg.Chart(CHARTS, 200, (0, longest), (-1.1, 1.1), "", "state h", margins=(84, 14, 12, 8), xticks=[],
                      yticks=[-1, 0, 1])
    gradient = svg.Chart(CHARTS, 240, (0, longest), (LOW, HIGH), "t: steps after the cue", "∂h_{T}/∂h_{t}",
                         yscale="log", y=200, margins=(84, 14, 12, 54), yticks=[10.0 ** k for k in range(-60, 1, 20)])
    table = svg.Chart(280, 240, (-1.1, 1.1), (-1.1, 1.1), "h", "next h", x=CHARTS + 8, margins=(56, 10, 12, 52),
                      xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    return state, gradient, table


def draw(latch, hidden=False):
    """Left the states and the gradient over time, right the map h → tanh(gain · h) and the numbers."""
    state, gradient, table = _charts(50 if latch.T <= 50 else LONGEST)
    (_, top), = gradient.xy([0], [FLOAT32])
    zone = svg.box(gradient.left, top, gradient.width, gradient.top + gradient.height - top, fill="#E3E3DE",
                   stroke="none", rx=0)
    return svg.picture(WIDTH, HEIGHT, state.frame, _states(state, latch), zone, gradient.frame,
                       _gradient(gradient, latch, hidden), table.frame, _map(table, latch), _panel(latch, hidden))


def _states(chart, latch):
    t = np.arange(latch.T + 1)
    zero = chart.line([0, latch.T], [0, 0], stroke=FRAME, stroke_width=1.5, dash=(4, 4))
    others = "".join(svg.path(chart.xy(t, h), stroke=FRAME, stroke_width=1) for h in latch.h.T[1:]) \
        if latch.noise else ""
    cue = svg.text(chart.left + 8, chart.top + (chart.height - 8 if latch.cue > 0 else 20),
                   f"cue {_sign(latch.cue)}1 at t = 0, then noise {svg.num(latch.noise, 2)}", SMALL, "start")
    return zero + chart.clip(others) + chart.line(t, latch.h[:, 0], "h") + cue


def _gradient(chart, latch, hidden):
    words = svg.text(chart.left + chart.width - 10, chart.top + chart.height - 12, LOST, SMALL, "end")
    if hidden:
        x, y = chart.left + chart.width / 2, chart.top + chart.height / 2 + 14
        return words + unknown(x, y)
    t = np.arange(latch.T + 1)
    line = chart.line(t, np.maximum(latch.gradient, 1e-300), "gradient")
    return words + line + chart.dots([latch.T], [1.0], 6, fill=MARKS["gradient"].colour)


def _map(chart, latch):
    """tanh(gain · h) beside the diagonal, and where run 0 stands with the slope there."""
    h = np.linspace(-1.1, 1.1, 41)
    diagonal = chart.line([-1.1, 1.1], [-1.1, 1.1], stroke=FRAME, stroke_width=1.5, dash=(4, 4))
    curve = chart.line(h, np.tanh(latch.gain * h), stroke=INK, stroke_width=3)
    at = latch.h[-1, 0]
    new = np.tanh(latch.gain * at)
    slope = latch.gain * (1 - new ** 2)
    tangent = chart.line([at - 0.5, at + 0.5], [new - 0.5 * slope, new + 0.5 * slope], stroke=INK, stroke_width=2)
    words = svg.text(chart.left + chart.width - 8, chart.top + chart.height - 12, f"slope {svg.num(slope)}", 15, "end",
                     weight="bold", halo=True)
    return diagonal + curve + tangent + chart.dots([at], [new], 7, fill=GREY) + words


def _panel(latch, hidden):
    """Remembering on the left, learning on the right of the same question."""
    x, right = CHARTS + 18, WIDTH - 12
    left = "yes" if latch.gradient_left else "no"
    rows = [(f"h after {latch.T} steps", svg.num(latch.h[-1, 0])), (f"sign kept, of {RUNS}", str(latch.kept)),
            ("∂h_{T}/∂h_{0}", "?" if hidden else svg.scientific(latch.gradient[0]))]
    parts = [svg.box(x - 10, 252, WIDTH - x + 6, 182, fill=PALE, stroke=FRAME, stroke_width=1)]
    for k, (name, value) in enumerate(rows):
        parts += [svg.text(x, 280 + 28 * k, name, 16, "start"),
                  svg.text(right, 280 + 28 * k, value, 16, "end", weight="bold")]
    verdicts = [("does it remember?", "yes" if latch.remembers else "no"),
                ("is a gradient left?", "?" if hidden else left)]
    for k, (name, value) in enumerate(verdicts):
        parts += [svg.text(x, 380 + 30 * k, name, 17, "start", weight="bold"),
                  svg.text(right, 380 + 30 * k, value, 18, "end", weight="bold")]
    return "".join(parts)


# ---- the explorer ------------------------------------------------------------------------------------------

START = {"gain": 2.5, "noise": 0.3, "cue": 1, "T": 50, "seed": 0}
PRESETS = {
    "no noise": {"noise": 0.0},
    "noise 0.3": {"noise": 0.3},
    "noise 1": {"noise": 1.0},
    "gain 1": {"gain": 1.0, "noise": 0.3},
}


SIZES = ["about 1", "about 0.01", "below 1e−50"]


def _truth(found):
    return SIZES[np.searchsorted([-0.1, -1e-50], -found.gradient[0])]


def _because(found):
    return (f"It is {svg.scientific(found.gradient[0], raised=False)}: what irons out noise "
            "irons out small changes of the cue.")


@explorer
def latch():
    """The latch: a unit that keeps its state and loses its gradient."""
    question = ("A unit h ← tanh(2.5 h) with noise 0.3 keeps its cue for 50 steps, in 1000 of 1000 runs. "
                "How large is ∂h₅₀/∂h₀, the gradient back to the cue?")
    predict = Guess(question, options=SIZES, mask=lambda found: draw(found, hidden=True), at=START, truth=_truth,
                      because=_because)
    controls = [Slider("gain", "gain", 0.5, 4.0, 0.1, 2.5, width="270px"),
                Slider("noise", "noise", 0.0, 1.5, 0.05, 0.3, width="270px"),
                Slider("T", "T", 1, LONGEST, 1, 50, width="270px"),
                Choice("cue", "cue", {"+1": 1, "−1": -1}),
                Slider("seed", "draw of noise", 0, 9, 1, 0, "300px", lambda values: values["noise"] > 0)]
    return Explorer("Latch", controls, compute, draw, describe, presets=PRESETS, predict=predict, code=code,
                    static=["no noise", "noise 1"], lines=3)
