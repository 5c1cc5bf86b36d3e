"""Explorer of lesson 03: the backward pass of one unit over three steps, one multiplication at a time."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from lstm_course import RNN
from lstm_course.networks import cells
from lstm_course.networks.functions import tanh_slope
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.numbers import compact, joined
from lstm_course.widgets.parts import stacked
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, MARKS, ORANGE, PALE, SMALL, YELLOW

LOW, HIGH, T = -2.0, 2.0, 3
ALL = 0                                     # `only`: all steps, or the number of one
GRADIENT = MARKS["gradient"].ink


@dataclass
class Backward:
    """Forward and backward through h_t = tanh(x_t w + h_{t-1} u), L = ½ h_3². Entry t - 1 belongs to step t."""

    w: float
    u: float
    x: np.ndarray               # (3,)
    h: np.ndarray               # (4,): h_0 ... h_3
    slope: np.ndarray           # (3,): 1 - h_t²
    grad_h: np.ndarray          # (4,): ∂L/∂h_0 ... ∂L/∂h_3
    delta: np.ndarray           # (3,): ∂L/∂z_t, z_t is what goes into tanh
    du: np.ndarray              # (3,): what step t contributes to ∂L/∂u
    dw: np.ndarray              # (3,): what step t contributes to ∂L/∂w
    grad_u: float               # the sums, from RNN.backward
    grad_w: float
    only: int
    step: int
    path: list = field(default_factory=list)        # the multiplications to do: (kind, t), the first `step` are done

    @property
    def done(self):
        return self.path[:self.step]


def path(only=ALL):
    """The multiplications of the backward pass in their order; only=k: those on the way to the weights of step k."""
    found = [("start", T)]
    for t in range(T, 0, -1):
        here = only in (ALL, t)
        found += [("slope", t), *([("u", t), ("w", t)] if here else [])]
        if only == t:
            break
        found.append(("h", t))
    return found


def compute(w, u, x1, x2, x3, only, step):
    """One network of the course, forward; then its cell backward, step by step."""
    layer = RNN(1, 1, rng=0)
    W, U, b = (layer.parameters[name] for name in "WUb")
    W[...], U[...] = w, u
    x = np.array([x1, x2, x3])
    trace = layer.forward(x.reshape(T, 1, 1))
    h = np.concatenate([[0.0], trace.outputs.ravel()])
    grad_h, delta, du, dw = np.zeros(T + 1), np.zeros(T), np.zeros(T), np.zeros(T)
    grad_h[T] = h[T]                                                    # L = ½ h_3²
    at = lambda values, t: values[t].reshape(1, 1)
    for t in range(T, 0, -1):
        _, before, grads = cells.rnn_step_backward(at(grad_h, t), at(x, t - 1), at(h, t - 1), at(h, t), W, U)
        grad_h[t - 1], delta[t - 1] = before.item(), grads["b"].item()
        du[t - 1], dw[t - 1] = grads["U"].item(), grads["W"].item()
    total = layer.backward(trace, np.array([0.0, 0.0, h[T]]).reshape(T, 1, 1)).parameters
    return Backward(w=w, u=u, x=x, h=h, slope=tanh_slope(h[1:]), grad_h=grad_h, delta=delta, du=du, dw=dw,
                    grad_u=total["U"].item(), grad_w=total["W"].item(), only=only, step=step, path=path(only))


def value(run, kind, t):
    """The result of a multiplication."""
    results = {"start": run.grad_h[1:], "slope": run.delta, "u": run.du, "w": run.dw, "h": run.grad_h[:-1]}
    return float(results[kind][t - 1])


def factors(run, kind, t):
    """The numbers that are multiplied."""
    delta = run.delta[t - 1]
    return {"start": (run.h[T],), "slope": (run.grad_h[t], run.slope[t - 1]), "u": (delta, run.h[t - 1]),
            "w": (delta, run.x[t - 1]), "h": (delta, run.u)}[kind]


def so_far(run, kind):
    """The contributions to ∂L/∂u or ∂L/∂w that are known: {t: number}, in the order of the pass."""
    return {t: value(run, kind, t) for k, t in run.done if k == kind}


# ---- words -------------------------------------------------------------------------------------------------

def short(number):
    """Four decimals, fewer for 0 and for very small numbers."""
    return compact(number, 4)


def product(numbers):
    """0.0870 · 0.8679, a negative factor in brackets if it is not the first."""
    return joined(map(short, numbers), "·")


def total(parts):
    """0.0632 + 0.0575 = 0.1207"""
    if not parts:
        return "nothing yet"
    words = " + ".join(map(short, parts)).replace("+ −", "− ")
    return f"{words} = {short(sum(parts))}" if len(parts) > 1 else words


RESULT = {"start": "∂L/∂h_3", "slope": "δ_{t}", "u": "∂L/∂u gets", "w": "∂L/∂w gets", "h": "∂L/∂h_{s}"}
FORMULA = {"start": "∂L/∂h_3 = h_3", "slope": "δ_{t} = ∂L/∂h_{t} · (1 − h_{t}^2)", "u": "∂L/∂u += δ_{t} · h_{s}",
           "w": "∂L/∂w += δ_{t} · x_{t}", "h": "∂L/∂h_{s} = δ_{t} · u"}
REASON = {"start": "The derivative of L = ½ h_3^2. The way back begins.",
          "slope": "Back through tanh: times its slope at step {t}.",
          "u": "At step {t}, u is multiplied by h_{s}.",
          "w": "At step {t}, w is multiplied by x_{t}.",
          "h": "One step back in time: times u."}


def filled(words, t):
    return words.replace("{t}", str(t)).replace("{s}", str(t - 1))


def describe(run):
    """What has been computed so far, in words."""
    parts = [f"w = {svg.num(run.w, 1)}, u = {svg.num(run.u, 1)}, x = {svg.vector(run.x, 1)}; forward: "
             f"h₁, h₂, h₃ = {', '.join(map(short, run.h[1:]))}."]
    if not run.step:
        return " ".join([*parts, "Nothing is computed backwards yet: press Step."])
    kind, t = run.done[-1]
    formula = filled(FORMULA[kind], t).replace("^2", "²").replace("+=", "gets")
    plain = formula.translate(str.maketrans({"_": ""}))
    equals = "" if kind == "start" else f" = {product(factors(run, kind, t))}"
    parts.append(f"Multiplication {run.step} of {len(run.path)}: {plain}{equals} = {short(value(run, kind, t))}.")
    for name in "uw":
        found = so_far(run, name)
        if found:
            where = ", ".join(f"t = {t}" for t in found)
            only = f", the part of step {run.only} alone" if run.only else ""
            parts.append(f"∂L/∂{name}{only}: {total(list(found.values()))} ({where}).")
    return " ".join(parts)


def code(values):
    """The current state as NumPy code."""
    return ("import numpy as np\n\n"
            f"w, u, x = {values['w']}, {values['u']}, [{values['x1']}, {values['x2']}, {values['x3']}]\n"
            "h = [0.0]\nfor t in range(3):\n    h.append(np.tanh(x[t] * w + h[-1] * u))\n\n"
            "grad_h, grad_u, grad_w = h[3], 0.0, 0.0          # L = h[3]**2 / 2\n"
            "for t in (3, 2, 1):\n    delta = grad_h * (1 - h[t] ** 2)\n    grad_u += delta * h[t - 1]\n"
            "    grad_w += delta * x[t - 1]\n    grad_h = delta * u\n    print(t, delta, grad_u, grad_w)")


# ---- the picture: forward in the upper lane of each box, backward in the lower -------------------------------

WIDTH, HEIGHT = 880, 428
LEFT, PITCH = 44, 256                                   # the first column; from column to column
U_AT, PLUS_AT, TANH_AT = 46, 108, 180                   # middles of the boxes in a column
MIDDLE, HALF = 112, 28                                  # the row of boxes
FORWARD, BACK = MIDDLE - 13, MIDDLE + 13
U_BAR, W_BAR, W_BOX = (6, 34), (250, 278), (172, 206)   # upper and lower edges
LOSS_AT, LOSS_R = 850, 20


def draw(run, hidden=False):
    """The unrolled network with the gradients found so far; hidden: without their numbers."""
    return svg.picture(WIDTH, HEIGHT, _frame(), _bars(run, hidden), _numbers(run), _gradients(run, hidden),
                       _equation(run, hidden), _contributions(run, hidden))


def _places(t):
    left = LEFT + PITCH * (t - 1)
    return left + U_AT, left + PLUS_AT, left + TANH_AT


def _thin(wires):
    """Thin arrows from a to b, all in two paths."""
    ends = np.array(wires, dtype=float)                                 # (N, 2, 2): wire, end, x and y
    along = ends[:, 1] - ends[:, 0]
    along /= np.hypot(*along.T)[:, None]
    across, foot = along[:, ::-1] * [-1, 1], ends[:, 1] - 8 * along
    gap = np.full_like(foot, np.nan)
    lines = np.stack([ends[:, 0], foot, gap], axis=1).reshape(-1, 2)
    heads = np.stack([ends[:, 1], foot + 4 * across, foot - 4 * across, gap], axis=1).reshape(-1, 2)
    return svg.path(lines, stroke_width=1.6) + svg.path(heads, stroke="none", fill=INK)


def _node(x, half, words, top=MIDDLE - HALF, bottom=MIDDLE + HALF):
    box = svg.box(x - half, top, 2 * half, bottom - top, fill=PALE, stroke_width=2)
    return box + svg.text(x, (top + bottom) / 2 + 6, words, 17, weight="bold")


@lru_cache
def _frame():
    """What never changes: boxes and thin forward wires."""
    circle = svg.circle(LOSS_AT, MIDDLE, LOSS_R, fill=PALE, stroke_width=2)
    loss = circle + svg.text(LOSS_AT, MIDDLE + 6, "L", 18, weight="bold")
    last = ((_places(T)[2] + 30, FORWARD), (LOSS_AT - LOSS_R + 5, FORWARD))
    wires = _thin([*(wire for t in range(1, T + 1) for wire in _wires(t)), last])
    bars = [svg.box(LEFT + 10, top, 722, bottom - top, stroke_width=2) for top, bottom in (U_BAR, W_BAR)]
    panels = [svg.box(x, 292, width, 130, stroke=FRAME) for x, width in ((8, 452), (472, 400))]
    head = svg.text(486, 314, "∂L/∂u: each part starts where the last ended", SMALL, "start", weight="bold")
    return "".join([*map(_boxes, range(1, T + 1)), loss, wires, *bars, *panels, head])


def _boxes(t):
    """The operations of one step."""
    u, plus, tanh = _places(t)
    return _node(u, 17, "· u") + _node(plus, 14, "+") + _node(tanh, 30, "tanh") + _node(plus, 17, "· w", *W_BOX)


def _wires(t):
    """The forward wires of one step, from a to b."""
    u, plus, tanh = _places(t)
    return [((_before(t), FORWARD), (u - 17, FORWARD)), ((u + 17, FORWARD), (plus - 14, FORWARD)),
             ((plus + 14, FORWARD), (tanh - 30, FORWARD)), ((u - 7, U_BAR[1]), (u - 7, MIDDLE - HALF)),
             ((plus - 7, W_BOX[0]), (plus - 7, MIDDLE + HALF)), ((plus - 7, W_BAR[0]), (plus - 7, W_BOX[1])),
             ((plus - 40, 189), (plus - 17, 189))]


def _before(t):
    """Where the wire of h_{t-1} begins."""
    return LEFT if t == 1 else _places(t - 1)[2] + 30


def _numbers(run):
    """What the forward pass has computed."""
    ends = [_before(t) for t in range(1, T + 2)]
    starts = [*(_places(t)[0] - 17 for t in range(1, T + 1)), LOSS_AT - LOSS_R]
    states = [_state(run, t, (a + b) / 2) for t, (a, b) in enumerate(zip(ends, starts, strict=True))]
    inputs = [svg.text(_places(t)[1] - 44, 195, f"x_{t} = {svg.num(run.x[t - 1], 1)}", 15, "end", weight="bold")
              for t in range(1, T + 1)]
    loss = svg.text(828, 24, "L = ½ h_3^2", 15) + svg.text(828, 46, f"= {short(run.h[T] ** 2 / 2)}", 15)
    return "".join([*states, *inputs, loss])


def _state(run, t, x):
    """h_t over its wire."""
    words = svg.text(x, FORWARD - 27, f"h_{t}", 15, weight="bold")
    return words + svg.text(x, FORWARD - 9, short(run.h[t]), 15)


def _bars(run, hidden):
    """u above and w below: one number each, with what its derivative has got so far."""
    parts = []
    for name, number, bottom in (("u", run.u, U_BAR[1]), ("w", run.w, W_BAR[1])):
        found = so_far(run, name)
        alone = f"   part of t = {run.only} alone:" if run.only else f"   ∂L/∂{name} ="
        words = total(list(found.values())) if found and not hidden else "?"
        left = svg.text(LEFT + 24, bottom - 8, f"one {name} = {svg.num(number, 1)}", anchor="start", weight="bold")
        parts.append(left + svg.text(LEFT + 720, bottom - 8, f"{alone} {words}", anchor="end", fill=GRADIENT,
                                              weight="bold"))
    return "".join(parts)


# ---- gradients ---------------------------------------------------------------------------------------------

def _route(kind, t):
    """The lines along which a gradient goes: the last one is the result of the multiplication."""
    u, plus, tanh = _places(t)
    if kind == "start":
        return [[(LOSS_AT - LOSS_R + 3, BACK), (tanh + 30, BACK)]]
    if kind == "slope":
        return [[(tanh - 30, BACK), (plus + 14, BACK)]]
    if kind == "u":
        return [[(plus - 14, BACK), (u + 17, BACK)], [(u + 8, MIDDLE - HALF), (u + 8, U_BAR[1] + 1)]]
    if kind == "w":
        return [[(plus + 8, MIDDLE + HALF), (plus + 8, W_BOX[0])], [(plus + 8, W_BOX[1]), (plus + 8, W_BAR[0] - 1)]]
    return [[(plus - 14, BACK), (u + 17, BACK)], [(u - 17, BACK), (_before(t), BACK)]]


def width(run, number):
    """The width of a gradient's line: 2 px for 0, 12 px for the largest of this network."""
    largest = max(np.abs(part).max() for part in (run.grad_h, run.delta, run.du, run.dw))
    return 2 + 10 * abs(number) / largest if largest else 2.0


def _line(run, points, number, hidden, now):
    """A line that is as wide as the gradient is large; a gradient of 0 is thin and dotted."""
    thick = 4.0 if hidden else width(run, number)
    if number == 0 and not hidden:
        look = {"stroke": GREY, "dash": (2, 4), "stroke_width": 2.5, "head": 6}
    else:
        look = {"stroke": ORANGE, "stroke_width": thick, "head": 4 + 0.6 * thick}
    if not now:
        return svg.arrow(points, **look)
    ground = [svg.path(points, stroke=colour, stroke_width=thick + more) for colour, more in ((INK, 15), (YELLOW, 11))]
    return "".join(ground) + svg.arrow(points, **look)


def _gradients(run, hidden):
    """All gradients found so far; the newest stands on yellow with a dark rim, and so does its number."""
    lines, words = {}, []
    for number, (kind, t) in enumerate(run.done, 1):
        now = number == run.step
        *through, result = _route(kind, t)
        for points in through:
            if tuple(points) not in lines:
                lines[tuple(points)] = _line(run, points, run.delta[t - 1], hidden, False)
        lines[tuple(result)] = _line(run, result, value(run, kind, t), hidden, now)
        words.append(_label(run, kind, t, hidden, now))
    return "".join([*lines.values(), *words])


def _label(run, kind, t, hidden, now):
    """The number beside a gradient's line."""
    u, plus, tanh = _places(t)
    number = "?" if hidden else short(value(run, kind, t))
    if kind == "slope":
        name = svg.text(plus + 24, BACK + 28, f"δ_{t}", 15, "start", GRADIENT, "bold")
        return name + _written(plus + 22, BACK + 47, number, "start", now)
    if kind in ("u", "w"):
        x, y = (u + 20, 66) if kind == "u" else (plus + 20, 233)
        return _written(x, y, number if number.startswith("−") else f"+ {number}", "start", now)
    points = _route(kind, t)[-1]
    middle, s = (points[0][0] + points[1][0]) / 2, T if kind == "start" else t - 1
    name = svg.text(middle, BACK + 28, f"∂L/∂h_{s}", SMALL, fill=GRADIENT, weight="bold", halo=True)
    return name + _written(middle, BACK + 47, number, "middle", now)


def _written(x, y, words, anchor, now):
    wide = 10 * len(words.replace("_", ""))
    left = {"start": x - 4, "middle": x - wide / 2 - 3}[anchor]
    ground = svg.box(left, y - 15, wide + 6, 20, fill=YELLOW, stroke="none", rx=4) if now else ""
    return ground + svg.text(x, y, words, 15, anchor, INK if now else GRADIENT, "bold")


# ---- the multiplication, and the contributions ---------------------------------------------------------------

def _equation(run, hidden):
    """The multiplication of this step, in symbols and in numbers."""
    lines = _lines(run)
    if hidden and run.step:
        lines = [lines[0], "The numbers appear when you have", "made a guess."]
    sizes = (16, 18, 18, 14)
    looks = [{"size": size, "weight": None if k else "bold"} for k, size in enumerate(sizes)]
    return stacked(22, 318, list(zip(lines, looks, strict=False)), 30)


def _lines(run):
    """The text of the equation, up to four lines."""
    if not run.step:
        way = f"the way to t = {run.only} alone" if run.only else "the whole backward pass"
        return ["Start: h_0 … h_3 and L are known", f"{len(run.path)} multiplications: {way}",
                "from the right to the left", "Orange lines: gradients, as wide as they are large"]
    kind, t = run.done[-1]
    head = f"Multiplication {run.step} of {len(run.path)}" + (f" on the way to t = {run.only}" if run.only else "")
    equals = f"= {product(factors(run, kind, t))}" + ("" if kind == "start" else f" = {short(value(run, kind, t))}")
    return [head, filled(FORMULA[kind], t).replace("+=", "gets"), equals, _chain(run) or filled(REASON[kind], t)]


def _chain(run):
    """With one contribution alone: all its factors so far."""
    kind, t = run.done[-1]
    if not run.only or kind == "start":
        return ""
    numbers = [run.h[T]]
    for k, s in run.done:
        if k in ("slope", "h") or (k, s) == (kind, t):
            numbers += factors(run, k, s)[1:] if k != "start" else []
    digits = [svg.num(n, 2) if abs(n) >= 0.005 or n == 0 else short(n) for n in numbers]
    return "= " + joined(digits, "·")


ROWS, ROW, ZONE = 341, 23, (548, 796)                   # first row and its height; where the bars may be


def _contributions(run, hidden):
    """What each step adds to ∂L/∂u: every bar begins where the one before it ended."""
    found = {} if hidden else so_far(run, "u")
    at, scale = 0.0, _scale(run)
    zero = scale(0.0)
    parts = [svg.path([(zero, ROWS - 17), (zero, ROWS + 3 * ROW + 5)], stroke=FRAME, stroke_width=1.5)]
    for row, t in enumerate(range(T, 0, -1)):
        parts.append(_row(row, f"t = {t}", found.get(t), at, scale, ORANGE))
        at += found.get(t, 0.0)
    parts.append(_row(3, "part" if run.only else "sum", at if found else None, 0.0, scale, "#ffffff"))
    return "".join(parts)


def _scale(run):
    """A function number -> px that shows all partial sums of this network."""
    sums = np.concatenate([[0.0], np.cumsum(run.du[::-1]), run.du])
    low, high = sums.min(), sums.max()
    size = (high - low) or 1.0
    return lambda number: ZONE[0] + (ZONE[1] - ZONE[0]) * (number - low) / size


def _row(row, name, number, start, scale, fill):
    y = ROWS + ROW * row
    words = svg.text(486, y, name, 15, "start", weight="bold")
    if number is None:
        return words
    a, b = sorted((scale(start), scale(start + number)))
    bar = svg.box(a, y - 13, max(b - a, 1.5), 15, fill=fill, stroke=INK, rx=0)
    return words + bar + svg.text(864, y, short(number), 15, "end", weight="bold")


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {
    "one input": {"w": 1.0, "u": 0.5, "x1": 1.0, "x2": 0.0, "x3": 0.0},
    "three inputs": {"w": 1.0, "u": 0.5, "x1": 1.0, "x2": 1.0, "x3": 1.0},
    "signs": {"w": 1.0, "u": 0.5, "x1": 1.0, "x2": -1.0, "x3": -1.0},
    "u = 0": {"w": 1.0, "u": 0.0, "x1": 1.0, "x2": 1.0, "x3": 1.0},
}


def _truth(run):
    """The step that contributes most to ∂L/∂u."""
    return f"t = {int(np.abs(run.du).argmax()) + 1}"


def _because(run):
    return f"Parts for t = 1, 2, 3: {', '.join(map(short, run.du))}."


@explorer
def bptt_stepper():
    """The BPTT stepper: forward is known, every multiplication of the backward pass is one step."""
    question = ("The only input comes at t = 1: x = (1, 0, 0), w = 1, u = 0.5, L = ½ h₃². "
                "Which use of u contributes most to ∂L/∂u?")
    at = PRESETS["one input"] | {"only": ALL, "step": len(path())}
    predict = Guess(question, options=["t = 1", "t = 2", "t = 3"], truth=_truth, because=_because,
                      mask=lambda run: draw(run, hidden=True), at=at)
    start = PRESETS["one input"]
    labels = {"w": "w", "u": "u", "x1": "x₁", "x2": "x₂", "x3": "x₃"}
    controls = [Slider(name, label, LOW, HIGH, 0.1, start[name], width="400px" if name in "wu" else "268px")
                for name, label in labels.items()]
    options = {"all contributions": ALL} | {f"only t = {t}": t for t in range(1, T + 1)}
    only = Choice("only", "shown", options, ALL)
    only.view.description = ""                          # the buttons say it, and the label would take a row
    controls.append(only)
    return Explorer("BPTT stepper", controls, compute, draw, describe, presets=PRESETS,
                    steps=lambda values: len(path(values["only"])), predict=predict, code=code,
                    static=["one input", "three inputs"], interval=1.2, lines=3)
