"""Explorer of lesson 01: two steps of a small recurrent network, one operation at a time."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import RNN
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Checkbox, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLUE, FRAME, GREY, INK, MARKS, PALE, SMALL, VERMILION, YELLOW

W = np.array([[0.5, 0.6]])                  # (I, H) = (1, 2)
U = np.array([[0.1, 0.2], [0.3, 0.4]])      # (H, H)
B = np.array([0.1, -0.1])                   # (H,)
V, A = np.array([1.0, 2.0]), 0.1            # the output y = h V + a
LOW, HIGH, STEPS = -3.0, 3.0, 6             # the range of x; z, h, y for each of two inputs
FLAT = 0.1                                  # a unit is saturated if the slope 1 - h² is below this


@dataclass
class Run:
    """What the network does with (x_1, x_2). Arrays z, h, recurrent (2, 2): step, unit; x, y (2,): step."""

    x: np.ndarray
    recurrent: np.ndarray       # h_{t-1} U, what comes over the recurrent wire
    z: np.ndarray               # pre-activations
    h: np.ndarray
    y: np.ndarray
    saturated: np.ndarray
    swapped: float              # the last output for (x_2, x_1)
    influence: float            # how much the last output changes when x_1 runs over its range
    cut: bool
    step: int


def network(cut=False):
    """The network's recurrent layer; with the wire cut, U is zero."""
    layer = RNN(1, 2, rng=0)
    layer.parameters["W"][...] = W
    layer.parameters["U"][...] = 0 if cut else U
    layer.parameters["b"][...] = B
    return layer


def compute(x1, x2, cut, step):
    """Both steps for (x1, x2), for the swapped order, and for other values of x1: five sequences at once."""
    x = np.array([[x1, x2, LOW, 0.0, HIGH], [x2, x1, x2, x2, x2]])[:, :, None]
    layer = network(cut)
    states = layer.forward(x).outputs                               # (2, 5, 2)
    h, outputs = states[:, 0], states @ V + A
    recurrent = np.vstack([np.zeros(2), h[:1]]) @ layer.parameters["U"]
    return Run(x=x[:, 0, 0], recurrent=recurrent, z=x[:, 0] @ W + recurrent + B, h=h, y=outputs[:, 0],
               saturated=1 - h ** 2 < FLAT, swapped=float(outputs[1, 1]),
               influence=float(np.ptp(outputs[1, 2:])), cut=cut, step=step)


# ---- words -------------------------------------------------------------------------------------------------

def describe(run):
    """What has been computed so far, in words."""
    parts = [f"x₁ = {svg.num(run.x[0], 1)}, x₂ = {svg.num(run.x[1], 1)}."]
    for t in (0, 1):
        done = run.step - 3 * t
        found = [f"pre-activation {svg.vector(run.z[t])}", f"state {svg.vector(run.h[t])}",
                 f"output {svg.num(run.y[t], 4)}"][:max(done, 0)]
        parts += [f"Step {t + 1}: " + ", ".join(found) + "."] if found else []
    if run.step == 0:
        parts.append("Nothing is computed yet: press Step.")
    for t in (0, 1):
        units = [str(k + 1) for k in (0, 1) if run.saturated[t, k] and run.step >= 3 * t + 2]
        parts += [f"Saturated at step {t + 1}: unit {' and '.join(units)}."] if units else []
    if run.step == STEPS and run.influence == 0:
        parts.append("The last output does not depend on x₁.")
    return " ".join(parts)


def code(values):
    """The current state as NumPy code."""
    whole = "np.array([[.1, .2], [.3, .4]])"
    recurrent = "np.zeros((2, 2))         # the wire is cut" if values["cut"] else whole
    return ("import numpy as np\n\n"
            f"W, b = np.array([[.5, .6]]), np.array([.1, -.1])\nU = {recurrent}\n"
            "V, a = np.array([1, 2]), .1\nh = np.zeros(2)\n"
            f"for x in ({values['x1']}, {values['x2']}):\n"
            "    z = np.array([x]) @ W + h @ U + b\n    h = np.tanh(z)\n    print(z, h, h @ V + a)")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 880, 410
CELLS, CELL_W, TOP, CELL_H = (124, 504), 220, 74, 142      # left edges of the two cells
Z_AT, H_AT = 50, 188                                       # middles of the columns of z and h in a cell
WIRE = TOP + CELL_H / 2


def draw(run, hidden=False):
    """The unrolled network; hidden: symbols instead of all computed numbers."""
    return svg.picture(WIDTH, HEIGHT, _first_state(hidden), *(_column(run, t, hidden) for t in (0, 1)),
                       _cut() if run.cut else "", _equation(run, hidden), _weights(run.cut))


def _number(known, words, hidden):
    return "?" if hidden or not known else words


def _glow(on, x, y, width, height=26):
    """A yellow ground under what was computed last."""
    ground = svg.box(x - width / 2, y - height + 7, width, height, fill=YELLOW, stroke="none", rx=5)
    return ground if on else ""


def _first_state(hidden):
    words = svg.text(56, WIRE - 35, "h_0") + svg.text(56, WIRE - 15, "(0, 0)", 15)
    return words + svg.arrow([(8, WIRE), (CELLS[0], WIRE)], "h")


def _column(run, t, hidden):
    """One time step: input below, cell, output above, state to the right."""
    left, middle = CELLS[t], CELLS[t] + CELL_W / 2
    now = run.step - 3 * t                                  # 1: z is new, 2: h is new, 3: y is new
    bottom = TOP + CELL_H
    x = svg.arrow([(middle, bottom + 44), (middle, bottom)]) + svg.text(
        middle - 12, bottom + 38, f"x_{t + 1} = {svg.num(run.x[t], 1)}", weight="bold", anchor="end")
    xw = svg.text(middle + 12, bottom + 38, f"x_{t + 1}W = {svg.vector(run.x[t] * W[0], 2)}", 15,
                  anchor="start")
    y = f"y_{t + 1} = " + _number(now >= 3, svg.num(run.y[t], 4), hidden)
    up = svg.arrow([(middle, TOP), (middle, 40)]) + _glow(now == 3, middle, 26, 150) + svg.text(
        middle, 26, y, 18, weight="bold")
    return x + xw + up + _cell(run, t, now, hidden, left) + _state(run, t, now, hidden, left + CELL_W)


def _cell(run, t, now, hidden, left):
    """The box of one step: z on the left, the curve of tanh, h on the right."""
    frame = svg.box(left, TOP, CELL_W, CELL_H, fill=PALE, stroke_width=2)
    names = "".join(svg.text(left + x, TOP + 26, name)
                    for x, name in ((Z_AT, f"z_{t + 1}"), (119, "tanh"), (H_AT, f"h_{t + 1}")))
    rows = "".join(_unit(run, t, k, now, hidden, left) for k in (0, 1))
    units = [f"unit {k + 1}" for k in (0, 1) if run.saturated[t, k]]
    words = f"{' and '.join(units)} saturated" if units and now >= 2 and not hidden else ""
    flat = svg.text(left + CELL_W / 2, TOP + CELL_H - 9, words, SMALL, weight="bold", fill=MARKS["o"].ink)
    return frame + _curve(run, t, now, hidden, left + 83, TOP + 36) + names + rows + flat


def _unit(run, t, k, now, hidden, left):
    """One unit's row in the cell: z and h."""
    y = TOP + 62 + 40 * k
    z, h = _number(now >= 1, svg.num(run.z[t, k]), hidden), _number(now >= 2, svg.num(run.h[t, k]), hidden)
    grounds = _glow(now == 1, left + Z_AT, y, 60) + _glow(now == 2, left + H_AT, y, 60)
    numbers = svg.text(left + Z_AT, y, z) + svg.text(left + H_AT, y, h)
    return grounds + _dot(k, left + 12, y - 6, False) + numbers


def _dot(unit, x, y, saturated):
    """Unit 1 is a round dot, unit 2 a hollow square; a saturated unit is ringed."""
    ring = svg.circle(x, y, 11, fill="none", stroke=VERMILION, stroke_width=3) if saturated else ""
    square = svg.box(x - 6, y - 6, 12, 12, fill="none", stroke=VERMILION, stroke_width=2.5, rx=0)
    return ring + (svg.circle(x, y, 4, fill=BLUE, stroke=BLUE) if unit == 0 else square)


def _curve(run, t, now, hidden, x, y):
    """A small plot of tanh, 72 x 72 px, with a dot for each unit."""
    dots = "" if hidden or now < 2 else "".join(
        _dot(k, *_on_curve(run.z[t, k], x, y), run.saturated[t, k]) for k in (0, 1))
    return _tanh(x, y) + dots


def _on_curve(z, x, y):
    """Where (z, tanh z) is in the small plot; what is beyond its sides stands at them."""
    return x + 36 + 11.5 * min(max(z, -3), 3), y + 36 - 30 * np.tanh(z)


@lru_cache
def _tanh(x, y):
    """The small plot without dots."""
    axes = [[(x, y + 36), (x + 72, y + 36)], [(x + 36, y), (x + 36, y + 72)]]
    lines = [svg.path(axis, stroke=FRAME, stroke_width=1) for axis in axes]
    return "".join(lines) + svg.path([_on_curve(z, x, y) for z in np.linspace(-3, 3, 25)], stroke=INK)


def _state(run, t, now, hidden, x):
    """The wire that carries h on, with h above and what U makes of it below."""
    end = x + 160 - (4 if t else 0)
    middle, h = (x + end) / 2 - 4, _number(now >= 2, svg.vector(run.h[t]), hidden)
    words = svg.text(middle, WIRE - 35, f"h_{t + 1}") + svg.text(middle, WIRE - 15, h, 15)
    if t == 0:
        after = _number(now >= 4, svg.vector(run.recurrent[1]), hidden)
        look = {"fill": MARKS["o"].ink, "weight": "bold"} if run.cut else {}
        name = svg.text(middle, WIRE + 28, "cut: U = 0" if run.cut else "h_1U", 15, **look)
        words += name + svg.text(middle, WIRE + 48, after, 15)
    return svg.arrow([(x, WIRE), (end, WIRE)], "h") + words


def _cut():
    """The gap in the recurrent wire."""
    x = CELLS[0] + CELL_W + 76
    gap = svg.box(x - 9, WIRE - 5, 18, 10, fill="#ffffff", stroke="none", rx=0)
    strokes = [[(x - 13, WIRE + 8), (x - 5, WIRE - 8)], [(x + 5, WIRE + 8), (x + 13, WIRE - 8)]]
    return gap + "".join(svg.path(s, stroke=VERMILION, stroke_width=3.5) for s in strokes)


def _equation(run, hidden):
    """The operation of this step, in symbols and in numbers."""
    lines = _lines(run)
    if hidden and run.step:
        lines = [lines[0], "The numbers appear when you have made a guess."]
    ground = svg.box(8, 270, WIDTH - 16, 98, fill="#ffffff", stroke=FRAME)
    words = [svg.text(24, 296 + 27 * k, line, 17, anchor="start", weight="bold" if k == 0 else None)
             for k, line in enumerate(lines)]
    return ground + "".join(words)


def _lines(run):
    """The text of the equation, up to three lines."""
    if run.step == 0:
        return ["Start: the memory is empty, h_0 = (0, 0)", "Each Step does one operation of",
                "h_t = tanh(x_tW + h_{t−1}U + b)   and   y_t = h_tV + a"]
    t, part = divmod(run.step - 1, 3)
    n = t + 1
    if part == 0:
        return [f"z_{n} = x_{n}W + h_{t}U + b", *(_sum(run, t, k) for k in (0, 1))]
    if part == 1:
        return [f"h_{n} = tanh(z_{n})", *(
            f"unit {k + 1}:  tanh({svg.num(run.z[t, k], 4)}) = {svg.num(run.h[t, k], 4)},   slope there "
            f"{svg.num(1 - run.h[t, k] ** 2)}" for k in (0, 1))]
    h = [svg.num(v, 4) for v in run.h[t]]
    swap = f"In the other order, {svg.num(run.x[1], 1)} then {svg.num(run.x[0], 1)}, the last output is "
    rest = f"{swap}{svg.num(run.swapped, 4)}." if t else "The state h_1, not y_1, goes on to step 2."
    return [f"y_{n} = h_{n}V + a", f"{h[0]} · 1 + {h[1]} · 2 + 0.1 = {svg.num(run.y[t], 4)}", rest]


def _sum(run, t, k):
    before = run.h[t - 1] if t else np.zeros(2)
    weights = np.zeros(2) if run.cut else U[:, k]
    terms = [f"{svg.num(run.x[t], 1)} · {W[0, k]}",
             *(f"{svg.num(before[j], 3)} · {svg.num(weights[j], 1)}" for j in (0, 1)), svg.num(B[k], 1)]
    return f"unit {k + 1}:  " + " + ".join(terms).replace("+ −", "− ") + f" = {svg.num(run.z[t, k], 4)}"


def _weights(cut):
    u = "U = ((0, 0), (0, 0)): cut" if cut else "U = ((0.1, 0.2), (0.3, 0.4))"
    words = "\u2003".join(["W = (0.5, 0.6)", u, "b = (0.1, −0.1)", "V = (1, 2)", "a = 0.1"])
    return svg.text(WIDTH / 2, HEIGHT - 14, words, 15, fill=GREY)


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {
    "1 then 2": {"x1": 1.0, "x2": 2.0},
    "2 then 1": {"x1": 2.0, "x2": 1.0},
    "wire cut": {"x1": 1.0, "x2": 2.0, "cut": True},
    "only x₁": {"x1": 1.0, "x2": 0.0},
}


def _truth(run):
    return "the same" if abs(run.y[1] - run.swapped) < 1e-9 else "different"


def _because(run):
    return f"1 then 2 ends in {svg.num(run.y[1], 4)}, 2 then 1 in {svg.num(run.swapped, 4)}."


@explorer
def rnn_stepper():
    """The RNN stepper: two inputs, every number on the way, and a wire to cut."""
    question = "The network reads 1, then 2. If it reads 2, then 1: is the last output the same or different?"
    at = PRESETS["1 then 2"] | {"cut": False, "step": STEPS}
    predict = Guess(question, options=["the same", "different"], truth=_truth, because=_because,
                      mask=lambda run: draw(run, hidden=True), at=at)
    controls = [Slider("x1", "x₁", LOW, HIGH, 0.1, 1.0, width="300px"),
                Slider("x2", "x₂", LOW, HIGH, 0.1, 2.0, width="300px"),
                Checkbox("cut", "cut the recurrent wire")]
    return Explorer("RNN stepper", controls, compute, draw, describe, presets=PRESETS, steps=STEPS,
                    predict=predict, code=code, static=["1 then 2", "2 then 1"])
