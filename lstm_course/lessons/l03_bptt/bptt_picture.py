"""The picture of the BPTT stepper: the unrolled network, and below each of its steps the numbers found so far."""

import numpy as np

from lstm_course.widgets import svg
from lstm_course.widgets.numbers import compact, joined
from lstm_course.widgets.style import FRAME, INK, MARKS, PALE, SMALL, YELLOW

WIDTH, HEIGHT = 880, 440
LEFT, RIGHT, SUM = 136, 780, 870                # where the columns begin and end; right end of the sums
LOSS, NODE, HALF, X = (22, 15), (84, 126), 25, 158      # middle and radius of L; the box of tanh; its half width; x_t
FORWARD, BACK = 97, 113
TOP, ROW = 182, 25                              # the first row of the table, and from row to row
DARK = MARKS["gradient"].ink
ROWS = ("h_t", "direct", "δ_{t+1} · u", "∂L/∂h_t, both", "1 − h_t^2", "δ_t", "for u: δ_t h_{t−1}", "for w: δ_t x_t")
FILLED_BY = {"arrives": (1, 2, 3), "delta": (4, 5), "parts": (6, 7)}        # rows that a step of the pass fills


def short(number):
    """Four decimals, fewer for 0 and for very small numbers."""
    return compact(number, 4)


def product(numbers):
    """0.0870 · 0.8679, a negative factor in brackets if it is not the first."""
    return joined(map(short, numbers), "·")


def total(parts):
    """0.0632 + 0.0575 = 0.1207"""
    words = " + ".join(map(short, parts)).replace("+ −", "− ")
    return f"{words} = {short(sum(parts))}" if len(parts) > 1 else words


def middle(run, t):
    """The middle of column t, in px."""
    return LEFT + (RIGHT - LEFT) / run.T * (t - 0.5)


def draw(run, hidden=False):
    """The network with the gradients found so far; hidden: without anything of the way back."""
    steps = range(1, run.T + 1)
    way = "" if hidden else "".join(_gradients(run, kind, t) for kind, t in run.done)
    return svg.picture(WIDTH, HEIGHT, _nudged_wires(run), *(_step(run, t) for t in steps), way, _table(run, hidden),
                       _words(run, hidden))


# ---- the network ---------------------------------------------------------------------------------------------

def _ends(run, t):
    """Where the wire from h_{t-1} to step t begins and ends."""
    return (LEFT - 34 if t == 1 else middle(run, t - 1) + HALF), middle(run, t) - HALF


def _step(run, t):
    """The box of step t, its input, the wire that comes from the step before, and its loss."""
    x, (start, end) = middle(run, t), _ends(run, t)
    box = svg.box(x - HALF, NODE[0], 2 * HALF, NODE[1] - NODE[0], fill=PALE, stroke_width=2)
    parts = [box, svg.text(x, 110, "tanh", 15, weight="bold"), svg.arrow([(start, FORWARD), (end, FORWARD)], head=5),
             svg.text((start + end) / 2, FORWARD - 8, "· u", SMALL, weight="bold", halo=True),
             svg.arrow([(x, X - 13), (x, NODE[1])], head=5),
             svg.text(x, X, f"x_{t} = {svg.num(run.x[t - 1], 1)}", SMALL, weight="bold")]
    if t == 1:
        parts.append(svg.text(LEFT - 38, FORWARD + 5, "h_0 = 0", SMALL, "end"))
    if run.counts[t - 1]:
        parts += [svg.circle(x, *LOSS, fill=PALE, stroke_width=2),
                  svg.text(x, LOSS[0] + 5, f"L_{t}", 15, weight="bold"),
                  svg.arrow([(x - 8, NODE[0]), (x - 8, sum(LOSS) - 2)], head=5)]
    return "".join(parts)


def width(run, number):
    """The width of a gradient's line: 2 px for 0, 10 px for the largest of this network."""
    largest = max(np.abs(run.grad_h).max(), np.abs(run.delta).max(), np.abs(run.future).max())
    return 2 + 8 * abs(number) / largest if largest else 2.0


def _line(run, points, number):
    thick = width(run, number)
    return svg.arrow(points, "gradient", stroke_width=thick, head=4 + 0.6 * thick)


def _gradients(run, kind, t):
    """The lines that a step of the backward pass brings: from L and from the future, and down to the weights."""
    x, lines = middle(run, t), []
    if kind == "arrives":
        if run.counts[t - 1]:
            lines.append(_line(run, [(x + 8, sum(LOSS) + 1), (x + 8, NODE[0])], run.direct[t - 1]))
        if t < run.T:
            start, end = _ends(run, t + 1)
            lines.append(_line(run, [(end, BACK), (start, BACK)], run.future[t - 1]))
    if kind == "parts":
        lines.append(_line(run, [(x - 17, NODE[1]), (x - 17, X - 14)], run.delta[t - 1]))
    return "".join(lines)


def _nudged_wires(run):
    """A ground below the wires whose u is moved."""
    ends = [_ends(run, t) for t in (run.nudge.at if run.nudge else ())]
    return "".join(svg.box(a, FORWARD - 24, b - a, 42, fill=YELLOW, stroke=INK, rx=4) for a, b in ends)


# ---- the numbers ---------------------------------------------------------------------------------------------

def _table(run, hidden):
    """One row for each quantity, filled from right to left; what the words speak of on yellow with a dark rim."""
    found = {row for kind, _ in run.done for row in FILLED_BY[kind]} if not hidden else set()
    values = (run.h[1:], run.direct, run.future, run.grad_h, run.slope, run.delta, run.du, run.dw)
    parts = [svg.path([(8, TOP - 18 + ROW * k), (SUM + 4, TOP - 18 + ROW * k)], stroke=FRAME, stroke_width=0.8)
             for k in (0, 1, 4, 6, 8)]
    for row, (words, numbers) in enumerate(zip(ROWS, values, strict=True)):
        y = TOP + ROW * row
        parts.append(svg.text(10, y, words, SMALL, "start", weight="bold"))
        known = range(1, run.T + 1) if row == 0 else _known(run, row) if row in found else ()
        parts += [_number(middle(run, t), y, numbers[t - 1], row, _is_marked(run, row, t)) for t in known]
        if row >= 6 and known:
            parts.append(svg.text(SUM, y, f"Σ {short(sum(numbers[t - 1] for t in known))}", 15, "end", DARK, "bold"))
    return "".join(parts)


def _kind(row):
    return next((kind for kind, rows in FILLED_BY.items() if row in rows), None)


def _is_marked(run, row, t):
    """Is it what the words below speak of: the part of a use that is nudged, else what was computed last?"""
    return row == 6 and t in run.nudge.at if run.nudge else (_kind(row), t) in run.done[-1:]


def _known(run, row):
    return [t for kind, t in run.done if kind == _kind(row)]


def _number(x, y, number, row, now):
    ground = svg.box(x - 38, y - 17, 76, 23, fill=YELLOW, stroke=INK, rx=3) if now else ""
    return ground + svg.text(x, y, short(number), 15, fill=INK if row in (0, 4) or now else DARK,
                             weight=None if row in (0, 4) else "bold")


# ---- the words below -----------------------------------------------------------------------------------------

def _words(run, hidden):
    lines = ["The numbers of the way back appear when you have made a guess."] if hidden else lines_of(run)
    return "".join(svg.text(10, 401 + 25 * k, line, 16, "start", weight=None if k else "bold")
                   for k, line in enumerate(lines))


def lines_of(run):
    """What is computed in this step, in symbols and numbers, or what the nudge has shown: up to two lines."""
    if run.nudge:
        return nudge_lines(run)
    if not run.step:
        return [f"Forward is done: L = {short(run.loss)}. The way back begins at the right: press Step.",
                "Orange lines are gradients, wider if larger."]
    kind, t = run.done[-1]
    s = t - 1
    delta, h, x = run.delta[s], run.h[t - 1], run.x[s]
    if kind == "arrives":
        words = {(True, False): "directly from L_{t}", (False, True): "from the future alone",
                 (True, True): "two gradients, and they are added", (False, False): "nothing"}
        first = f"At h_{t} arrives: {words[bool(run.counts[s]), t < run.T].replace('{t}', str(t))}"
        parts = ([f"h_{t}"] if run.counts[s] else []) + ([f"δ_{t + 1} · u"] if t < run.T else [])
        given = ([run.direct[s]] if run.counts[s] else []) + ([run.future[s]] if t < run.T else [])
        return [first, f"∂L/∂h_{t} = {' + '.join(parts) or '0'} = {total(given) if given else '0'}"]
    if kind == "delta":
        return [f"Back through tanh, times its slope at step {t}:",
                f"δ_{t} = ∂L/∂h_{t} · (1 − h_{t}^2) = {product([run.grad_h[s], run.slope[s]])} = {short(delta)}"]
    return [f"In step {t}, u was multiplied by h_{t - 1} and w by x_{t}:",
            f"u gets δ_{t} h_{t - 1} = {product([delta, h])} = {short(run.du[s])},  "
            f"w gets δ_{t} x_{t} = {joined([short(delta), svg.num(x, 1)], '·')} = {short(run.dw[s])}"]


def nudge_lines(run):
    """The experiment: u is moved, everything is computed again."""
    nudge = run.nudge
    where = "everywhere" if len(nudge.at) == run.T > 1 else f"in step {nudge.at[0]} only"
    backward = sum(run.du[t - 1] for t in nudge.at)
    return [f"u + 0.0001 {where}: L = {nudge.above:.9f};  u − 0.0001: L = {nudge.below:.9f}",
            f"difference / 0.0002 = {short(nudge.slope)};  the backward pass says {short(backward)}"]
