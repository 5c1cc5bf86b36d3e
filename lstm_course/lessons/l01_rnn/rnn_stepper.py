"""Explorer of lesson 01: eight steps of a small recurrent network, and how long the first input is felt."""

import re
from dataclasses import dataclass

import numpy as np

from lstm_course import RNN
from lstm_course.tasks import numeric_rnn
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Checkbox, Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.numbers import compact, trimmed
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, PALE, SKY, SMALL, YELLOW

W, B = numeric_rnn.PARAMETERS["W"], numeric_rnn.PARAMETERS["b"]         # (I, H) = (1, 2), (H,)
U = numeric_rnn.PARAMETERS["U"]                                         # (H, H), as the explorer begins
V, A = numeric_rnn.HEAD["W"][:, 0], float(numeric_rnn.HEAD["b"][0])     # the output y = h V + a
STEPS, FARTHEST = 8, 9.0
ENTRIES = {"u11": (0, 0), "u12": (0, 1), "u21": (1, 0), "u22": (1, 1)}
SIGNS = str.maketrans("−,;", "-  ")
LOW_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass
class Run:
    """What the network does with x (T,). Arrays recurrent, z, h (T, H): x_t's step, unit; y, trace (T,)."""

    x: np.ndarray
    U: np.ndarray
    recurrent: np.ndarray       # h_{t-1} U, what comes over the recurrent wire
    z: np.ndarray               # pre-activations
    h: np.ndarray
    y: np.ndarray
    other: float                # what stands for x_1 in the comparison: 0, or 1 if x_1 is 0
    trace: np.ndarray           # y minus the y of the comparison
    cut: bool
    step: int


def numbers(text):
    """Up to eight numbers as they are read: "1, 2" means "1 2 0 0 0 0 0 0". ValueError for anything else."""
    words = re.split(r"\s+", text.translate(SIGNS).strip())
    try:
        found = [float(word) for word in words]
    except ValueError:
        found = []
    if not 1 <= len(found) <= STEPS or not all(abs(value) <= FARTHEST for value in found):
        raise ValueError(f"x takes one to {STEPS} numbers from −9 to 9 with spaces between them, such as 1 2 0 0.5.")
    return " ".join(f"{value:g}" for value in found + [0.0] * (STEPS - len(found)))


def compute(x, u11, u12, u21, u22, cut, step):
    """All eight steps, and the same with another first input: two sequences at once."""
    matrix = np.zeros((2, 2)) if cut else np.array([[u11, u12], [u21, u22]])
    inputs = np.array([float(word) for word in x.split()])
    other = 1.0 if inputs[0] == 0 else 0.0
    both = np.stack([inputs, inputs], axis=1)
    both[0, 1] = other
    layer = RNN(1, 2, rng=0)
    for name, values in {"W": W, "U": matrix, "b": B}.items():
        layer.parameters[name][...] = values
    states = layer.forward(both[:, :, None]).outputs                    # (T, 2, H)
    h, outputs = states[:, 0], states @ V + A
    recurrent = np.vstack([np.zeros(2), h[:-1]]) @ matrix
    return Run(x=inputs, U=matrix, recurrent=recurrent, z=inputs[:, None] * W[0] + recurrent + B, h=h,
               y=outputs[:, 0], other=other, trace=outputs[:, 0] - outputs[:, 1], cut=cut, step=step)


# ---- words -------------------------------------------------------------------------------------------------

def low(number):
    """A number as a subscript: x₁."""
    return str(number).translate(LOW_DIGITS)


def describe(run):
    """The step that was computed last, and what is left of the first input in it."""
    if run.step == 0:
        return "Nothing is computed yet, and the state is (0, 0): press Step."
    t, n = run.step - 1, low(run.step)
    done = (f"Step {run.step}: x{n} = {trimmed(run.x[t])}, sum z{n} = {svg.vector(run.z[t])}, state h{n} = "
            f"{svg.vector(run.h[t])}, output y{n} = {svg.num(run.y[t], 4)}.")
    if run.trace[t] == 0:
        return f"{done} y{n} does not depend on x₁."
    return (f"{done} With x₁ = {run.other:g} it would be {svg.num(run.y[t] - run.trace[t], 4)}: "
            f"the trace of x₁ is {compact(abs(run.trace[t]), 4)}.")


def code(values):
    """The current state as NumPy code."""
    u = [[0, 0], [0, 0]] if values["cut"] else [[values["u11"], values["u12"]], [values["u21"], values["u22"]]]
    return ("import numpy as np\n\n"
            f"W, U, b = np.array([[.5, .6]]), np.array({u}), np.array([.1, -.1])\n"
            "V, a = np.array([1, 2]), .1\nh = np.zeros(2)\n"
            f"for x in [{', '.join(values['x'].split()[:max(values['step'], 1)])}]:\n"
            "    z = np.array([x]) @ W + h @ U + b\n    h = np.tanh(z)\n    y = h @ V + a\n    print(z, h, y)")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 880, 430
FIRST, COLUMN, CELL_W, CELL_H, TOP = 62, 102, 74, 66, 64        # left edge of cell 1, distance of two, size, upper edge
WIRE, BARS, BAR = TOP + CELL_H / 2, 296, 64                     # the foot of the bars and the height of the longest


def draw(run, hidden=False):
    """The chain of cells, the trace below it, and the sums of this step; hidden: "?" for all computed numbers."""
    columns = [_column(run, t, hidden) for t in range(STEPS)]
    start = svg.text(30, WIRE - 12, "h_0") + svg.arrow([(6, WIRE), (FIRST, WIRE)], "h")
    return svg.picture(WIDTH, HEIGHT, start, *columns, _trace(run, hidden), _sums(run, hidden))


def _column(run, t, hidden):
    """One time step: x below, the cell with both numbers of h, y above, the wire to the next cell."""
    left = FIRST + COLUMN * t
    middle, bottom, known = left + CELL_W / 2, TOP + CELL_H, run.step > t and not hidden
    now = run.step == t + 1
    fill = YELLOW if now else PALE
    cell = svg.box(left, TOP, CELL_W, CELL_H, fill=fill, stroke_width=2.5 if now else 1.5)
    rows = "".join(svg.text(middle, TOP + 28 + 26 * k, svg.num(run.h[t, k]) if known else "?", 15) for k in (0, 1))
    y = svg.text(middle, 26, f"y_{t + 1} = " + (svg.num(run.y[t], 2) if known else "?"), 15, weight="bold")
    x = svg.text(middle, bottom + 42, f"x_{t + 1} = {trimmed(run.x[t])}", 15, weight="bold")
    arrows = svg.arrow([(middle, TOP), (middle, 36)]) + svg.arrow([(middle, bottom + 26), (middle, bottom)])
    return cell + rows + y + x + arrows + _wire(run, t, left + CELL_W)


def _wire(run, t, x):
    """The wire from one cell to the next, or the gap where it is cut."""
    if t == STEPS - 1:
        return ""
    end = x + COLUMN - CELL_W
    if not run.cut:
        return svg.arrow([(x, WIRE), (end, WIRE)], "h", head=6)
    ends = svg.wire([(x, WIRE), (x + 7, WIRE)], "h") + svg.wire([(end - 7, WIRE), (end, WIRE)], "h")
    strokes = [[(at - 3, WIRE + 9), (at + 3, WIRE - 9)] for at in (x + 9, end - 9)]
    return ends + "".join(svg.path(stroke, stroke=INK, stroke_width=2.5) for stroke in strokes)


def _trace(run, hidden):
    """A bar for each step: how far y_t is from what it would be with another first input."""
    words = f"the trace of x_1: how far y_t moves if x_1 is replaced by {run.other:g}"
    parts = [svg.text(FIRST, BARS - BAR - 26, words, SMALL, "start", GREY),
             svg.path([(FIRST - 8, BARS), (WIDTH - 8, BARS)], stroke=FRAME, stroke_width=1.5)]
    longest = np.abs(run.trace).max() or 1.0
    for t, left in enumerate(abs(run.trace)):
        middle = FIRST + COLUMN * t + CELL_W / 2
        if run.step <= t or hidden:
            parts.append(svg.text(middle, BARS - 6, "?" if hidden else "", SMALL))
            continue
        height = BAR * left / longest
        parts.append(svg.box(middle - 26, BARS - height, 52, height, fill=SKY, rx=0) if height > 0.2 else "")
        parts.append(svg.text(middle, BARS - height - 6, compact(left), SMALL, weight="bold", halo=True))
    return "".join(parts)


def _sums(run, hidden):
    """The operations of this step, in symbols and in numbers."""
    lines = _lines(run)
    if hidden:
        lines = [lines[0], "The numbers appear when you have made a guess."]
    ground = svg.box(8, 310, WIDTH - 16, 112, fill="#ffffff", stroke=FRAME)
    words = [svg.text(24, 334 + 25 * k, line, 16, anchor="start", weight="bold" if k == 0 else None)
             for k, line in enumerate(lines)]
    return ground + "".join(words)


def _lines(run):
    """The text of the sums, up to four lines."""
    if run.step == 0:
        return ["Each Step computes:  h_t = tanh(x_tW + h_{t−1}U + b)   and   y_t = h_tV + a",
                "W = (0.5, 0.6)    b = (0.1, −0.1)    V = (1, 2)    a = 0.1    h_0 = (0, 0)"]
    t, n = run.step - 1, run.step
    h = [svg.num(value, 4) for value in run.h[t]]
    return [f"Step {n}:  h_{n} = tanh(x_{n}W + h_{t}U + b),   y_{n} = h_{n}V + a",
            *(_unit(run, t, k) for k in (0, 1)),
            f"output:  {h[0]} · 1 + {h[1]} · 2 + 0.1".replace("+ −", "− ") + f" = {svg.num(run.y[t], 4)}"]


def _unit(run, t, k):
    """One unit's sum: input, state before, bias."""
    before = run.h[t - 1] if t else np.zeros(2)
    terms = [f"{trimmed(run.x[t])} · {W[0, k]}",
             *(f"{svg.num(before[j])} · {trimmed(run.U[j, k])}" for j in (0, 1)), svg.num(B[k], 1)]
    return f"unit {k + 1}:  tanh({_joined(terms)}) = tanh({svg.num(run.z[t, k], 4)}) = {svg.num(run.h[t, k], 4)}"


def _joined(terms):
    """The terms of a sum; a negative factor after a product sign is in brackets."""
    return " + ".join(re.sub(r"· (−[\d.]+)", r"· (\1)", term) for term in terms).replace("+ −", "− ")


# ---- the explorer ------------------------------------------------------------------------------------------

START = {name: float(U[place]) for name, place in ENTRIES.items()} | {"cut": False}
PRESETS = {
    "1, then 2": {"x": numbers("1 2"), **START},
    "1, then twos": {"x": numbers("1 2 2 2 2 2 2 2"), **START},
    "wire cut": {"x": numbers("1 2"), **START, "cut": True},
    "all of U at 2": {"x": numbers("1 2"), **dict.fromkeys(ENTRIES, 2.0), "cut": False},
    "all of U at −2": {"x": numbers("1 2"), **dict.fromkeys(ENTRIES, -2.0), "cut": False},
}


def _truth(run):
    far = abs(run.trace[-1])
    return "by more than 0.1" if far > 0.1 else "by less than 0.001" if 0 < far < 0.001 else "not at all"


def _because(run):
    return f"It moves by {compact(abs(run.trace[-1]))}; y₁ moves by {compact(abs(run.trace[0]))}."


@explorer
def rnn_stepper():
    """The RNN stepper: eight inputs, every number on the way, the weights U, and a wire to cut."""
    question = "The network reads 1, then seven twos. If the 1 is replaced by 0, how far does the last output move?"
    predict = Guess(question, options=["by more than 0.1", "by less than 0.001", "not at all"], truth=_truth,
                    because=_because, mask=lambda run: draw(run, hidden=True),
                    at=PRESETS["1, then twos"] | {"step": STEPS})
    wires = [Slider(name, f"U{low(i + 1)}{low(j + 1)}", -2.0, 2.0, 0.1, START[name], "225px",
                    lambda values: not values["cut"])
             for name, (i, j) in ENTRIES.items()]
    controls = [Text("x", "x", PRESETS["1, then 2"]["x"], numbers, width="260px"), *wires,
                Checkbox("cut", "cut the wire (U = 0)")]
    return Explorer("How long does a network remember?", controls, compute, draw, describe, presets=PRESETS,
                    steps=STEPS, predict=predict, code=code, static=["1, then 2", "wire cut"])
