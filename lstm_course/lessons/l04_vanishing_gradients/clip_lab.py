"""Explorer of lesson 04: a loss with a wall in it, and two balls that roll down, one with clipping.

One σ unit, h ← σ(u h - 2.5), makes 50 steps from 0.62; the loss is (h - 0.7)² at the end. Gradient descent moves u.
The wall is that of Pascanu, Mikolov and Bengio 2013, section 2.3.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import RNN
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.parts import unknown
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, FRAME, GREY, INK, SMALL

STEPS, START_H, TARGET, BIAS, RATE, UPDATES = 50, 0.62, 0.7, -2.5, 0.1, 60
DIGITS = 8                          # of u: with fewer, other starts are thrown off the page than with all
LOW, HIGH = 4.4, 5.5                # the part of the landscape that is drawn
WALL = 4.8219                       # there the unstable fixed point is 0.62: (ln(0.62 / 0.38) + 2.5) / 0.62


@dataclass
class Ball:
    """Weights u (N+1,) before the first and after each of N updates; the loss and its slope at the last of them."""

    u: np.ndarray
    loss: float
    slope: float

    @property
    def here(self):
        return float(self.u[-1])

    @property
    def largest_step(self):
        """The largest change of u by one update."""
        return float(np.abs(np.diff(self.u)).max(initial=0))

    @property
    def gone(self):
        """Is it off the page?"""
        return not LOW <= self.here <= HIGH


@dataclass
class Descent:
    """Both balls after `step` updates, and the states h_0 … h_50 of the unit at the clipped ball's u."""

    start: float
    limit: float
    step: int
    free: Ball
    clipped: Ball
    h: np.ndarray


# ---- the unit ----------------------------------------------------------------------------------------------

@lru_cache(4096)
def unit(u):
    """h_0 … h_50 (51,), the loss, its slope ∂loss/∂u."""
    layer = RNN(1, 1, activation="sigmoid")
    layer.parameters["W"][...], layer.parameters["U"][...], layer.parameters["b"][...] = 0.0, u, BIAS
    trace = layer.forward(np.zeros((STEPS, 1, 1)), state=np.array([[START_H]]))
    miss = trace.state - TARGET
    slope = layer.backward(trace, None, grad_state=2 * miss).parameters["U"].item()
    return np.append(START_H, trace.outputs[:, 0, 0]), (miss ** 2).item(), slope


def roll(start, limit, updates):
    """Gradient descent with rate RATE from u = start; limit: for the slope, or None. u is rounded to DIGITS after each
    update, because on the wall the sixteenth digit decides, and that differs from computer to computer.
    """
    u = [start]
    for _ in range(updates):
        slope = unit(u[-1])[2]
        if limit is not None and abs(slope) > limit:
            slope = limit * np.sign(slope)
        u.append(round(float(u[-1] - RATE * slope), DIGITS))
    return Ball(np.array(u), *unit(u[-1])[1:])


@lru_cache(512)
def compute(start, limit, step):
    """Both balls after so many updates."""
    clipped = roll(start, limit, step)
    return Descent(start, limit, step, roll(start, None, step), clipped, unit(clipped.here)[0])


# ---- words -------------------------------------------------------------------------------------------------

def describe(found):
    """What the picture shows, in words."""
    if found.step == 0:
        return (f"Both balls are at u = {found.start:.2f}, where the slope is {_slope(found.free)}. From 0.62 the "
                f"state runs to {svg.num(found.h[-1], 2)}. Press Step or Play, or move the start.")
    off = ", off the page" if found.free.gone else ""
    stays = " A slope of 0 holds the first there for good, whatever its loss; the second still moves." if (
        found.free.slope == 0 != found.clipped.slope) else ""
    return (f"After {found.step} updates from u = {found.start:.2f}: without clipping u = {_u(found.free)}{off}, slope "
            f"{_slope(found.free)}, loss {svg.num(found.free.loss, 4)}, largest step "
            f"{svg.num(found.free.largest_step, 2)}; with the limit {found.limit:.1f} u = {_u(found.clipped)}, slope "
            f"{_slope(found.clipped)}, loss {svg.num(found.clipped.loss, 4)}, largest step "
            f"{svg.num(found.clipped.largest_step, 2)}.{stays}")


def _u(ball):
    return f"{ball.here:.4f}" if not ball.gone else f"{ball.here:.1f}"


def _slope(ball):
    if ball.slope == 0:
        return "exactly 0"
    return svg.scientific(ball.slope, raised=False) if 0 < abs(ball.slope) < 1e-3 else svg.num(ball.slope, 3)


def code(values):
    """The current state as NumPy code."""
    return ("import numpy as np\n\n"
            "def loss_and_slope(u):\n    h, change = 0.62, 0.0                    # change: ∂h/∂u\n"
            "    for t in range(50):\n        new = 1 / (1 + np.exp(-(u * h - 2.5)))\n"
            "        change, h = new * (1 - new) * (h + u * change), new\n"
            "    return (h - 0.7) ** 2, 2 * (h - 0.7) * change\n\n"
            f"for limit in (np.inf, {values['limit']}):\n    u = {values['start']}\n"
            f"    for update in range({values['step']}):\n"
            "        u = round(u - 0.1 * np.clip(loss_and_slope(u)[1], -limit, limit), 8)\n"
            "    print(u, *loss_and_slope(u))")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHARTS = 880, 440, 560
DASHED = {"stroke": GREY, "stroke_width": 2.5, "dash": (6, 4)}


@lru_cache
def _charts():
    land = svg.Chart(CHARTS, 270, (LOW, HIGH), (-0.02, 0.37), "", "loss", margins=(74, 14, 14, 34),
                     xticks=[4.4, 4.6, 4.8, 5.0, 5.2], yticks=[0, 0.1, 0.2, 0.3])
    time = svg.Chart(CHARTS, 170, (0, UPDATES), (LOW, HIGH), "update", "u", y=270, margins=(74, 14, 10, 52),
                     yticks=[4.4, 4.8, 5.2])
    step = svg.Chart(WIDTH - CHARTS, 300, (0, 1), (-0.08, 0.08), "h", "next h − h", x=CHARTS, margins=(72, 14, 40, 52),
                     xticks=[0, 0.5, 1], yticks=[-0.05, 0, 0.05])
    return land, time, step


@lru_cache
def _landscape():
    """The loss over u, and the grey words below it."""
    land, time, step = _charts()
    u = np.concatenate([np.linspace(LOW, 4.81, 40), np.linspace(4.81, 4.83, 80), np.linspace(4.83, HIGH, 60)])
    curve = land.line(u, [unit(round(float(x), 5))[1] for x in u], stroke=INK, stroke_width=2.5)
    name = svg.text(land.left + land.width, land.top + land.height + 22, "weight u", SMALL, "end")
    zero = step.level(0, stroke=FRAME, stroke_width=2)
    title = svg.text(WIDTH - 14, 24, "how far a step moves the state", SMALL, "end", weight="bold")
    return land.frame + curve + name + time.frame + step.frame + zero + title


def draw(found, hidden=False):
    """Above the landscape with both balls, below their u over the updates; right how far a step moves the state."""
    land, time, step = _charts()
    balls = svg.text(0, 0, "") if hidden else _paths(time, found) + _ball(land, found.free, False) + _ball(
        land, found.clipped, True)
    mark = unknown(land.left + land.width / 2, land.top + 90) if hidden else ""
    return svg.picture(WIDTH, HEIGHT, _landscape(), balls, mark, _map(step, found, hidden), _legend(found, hidden))


def _ball(chart, ball, clipped):
    """A full ball with clipping, an open one without; an arrow at the edge if it is off the page."""
    if ball.gone:
        right = ball.here > HIGH
        x, y = chart.left + (chart.width - 6 if right else 6), chart.top + 60
        words = svg.text(x + (-44 if right else 44), y + 5, f"u = {ball.here:.1f}, slope {_slope(ball)}", SMALL,
                         "end" if right else "start", weight="bold", halo=True)
        return svg.arrow([(x + (-38 if right else 38), y), (x, y)], stroke=INK, stroke_width=3) + words
    look = {"fill": INK} if clipped else {"fill": "#ffffff", "stroke": INK, "stroke_width": 3}
    return chart.dots([ball.here], [ball.loss], 7 if clipped else 10, **look)


def _paths(chart, found):
    n = np.arange(found.step + 1)
    return chart.line(n, found.free.u, **DASHED) + chart.line(n, found.clipped.u, stroke=BLACK, stroke_width=2)


def _map(chart, found, hidden):
    """The curve of σ minus the diagonal, σ(u h - 2.5) - h: where it crosses 0 the state rests. And the 50 steps."""
    u = found.start if hidden else found.clipped.here
    states = unit(u)[0]
    change = lambda h: 1 / (1 + np.exp(-(u * h + BIAS))) - h
    h = np.linspace(0, 1, 81)
    curve = chart.line(h, change(h), stroke=INK, stroke_width=2.5)
    steps = chart.dots(states[1:-1:3], np.zeros(len(states[1:-1:3])), 3, fill=GREY, stroke_width=0)
    (a, b), (c, d) = chart.xy([START_H, states[-1]], [0, 0])
    ends = svg.box(a - 6, b - 6, 12, 12, stroke_width=2, rx=0) + svg.box(c - 6, d - 6, 12, 12, fill=INK, rx=0)
    (x, y), = chart.xy([0.96], [0.068])
    ends += _watershed(chart, u)
    return curve + steps + ends + svg.text(x, y, f"u = {u:.3f}", SMALL, "end", weight="bold", halo=True)


def _watershed(chart, u):
    """A ring and its name where the curve crosses 0 upwards, left of which the state falls; nothing if it does not."""
    h = np.linspace(0.2, 0.75, 2201)
    change = 1 / (1 + np.exp(-(u * h + BIAS))) - h
    up = np.flatnonzero((change[:-1] < 0) & (change[1:] >= 0))
    if not up.size:
        return ""
    (x, y), = chart.xy([h[up[0]]], [0])
    ring = svg.circle(x, y, 9, fill="none", stroke=INK, stroke_width=2)
    return ring + svg.text(x, y - 22, "watershed", SMALL, halo=True)


def _legend(found, hidden):
    x, y = CHARTS + 26, 332
    rows = [("○", "without clipping", DASHED, found.free), ("●", f"slope cut at {found.limit:.1f}",
                                                           {"stroke": BLACK, "stroke_width": 2}, found.clipped)]
    parts = [svg.text(x - 4, y - 14, "□ 0.62, the start; ■ h_{50}, for u of ●", SMALL, "start", GREY)]
    for k, (sign, words, look, ball) in enumerate(rows):
        top = y + 14 + 48 * k
        value = "?" if hidden else f"slope {_slope(ball)}, largest step {svg.num(ball.largest_step, 2)}"
        parts += [svg.text(x + 4, top + 5, sign, 18, weight="bold"), svg.path([(x + 20, top), (x + 60, top)], **look),
                  svg.text(x + 70, top + 5, words, 15, "start", weight="bold"),
                  svg.text(x + 20, top + 24, value, SMALL, "start")]
    return "".join(parts)


# ---- the explorer ------------------------------------------------------------------------------------------

START = {"start": 4.88, "limit": 1.0}
OPTIONS = ["it settles at the foot", "it jumps to and fro", "it flies off for good"]
PRESETS = {
    "start 4.88": {"start": 4.88, "step": UPDATES},
    "start 4.75": {"start": 4.75, "step": UPDATES},
    "limit 0.2": {"start": 4.88, "limit": 0.2, "step": UPDATES},
    "left of the wall": {"start": 4.8, "step": 0},
    "right of the wall": {"start": 4.85, "step": 0},
}


def _truth(found):
    if found.free.slope == 0:
        return OPTIONS[2]
    return OPTIONS[0] if np.ptp(found.free.u[-10:]) < 0.01 else OPTIONS[1]


def _because(found):
    update = int(np.argmax(found.free.u > HIGH))
    return f"Update {update} throws it to u = {found.free.here:.0f}, where σ is flat."


@explorer
def clip_lab():
    """The clip lab: a loss with a wall, and two balls on it, with clipping and without."""
    question = ("Two balls roll down this loss by gradient descent, rate 0.1, from u = 4.88. What becomes of the one "
                "without clipping within 60 updates?")
    predict = Guess(question, options=OPTIONS, truth=_truth, because=_because, at=START | {"step": UPDATES},
                    mask=lambda found: draw(found, hidden=True))
    controls = [Slider("start", "start u", 4.5, 5.3, 0.01, 4.88), Slider("limit", "limit", 0.1, 3.0, 0.1, 1.0)]
    return Explorer("What does a wall do to a step?", controls, compute, draw, describe, presets=PRESETS, steps=UPDATES,
                    predict=predict, code=code, static=["start 4.75", "left of the wall"], interval=0.15, lines=3)
