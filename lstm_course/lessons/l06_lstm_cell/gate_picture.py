"""The picture of the gate stepper: the cell above, c and h over time below, and the gates under them."""

import math
from functools import lru_cache

import numpy as np

from lstm_course.lessons.l06_lstm_cell.gate_run import HANDS, STEPS, WEIGHTS, at_t
from lstm_course.lessons.l06_lstm_cell.lstm_cell import GATES, NAMES, bands, diagram, flow
from lstm_course.lessons.l06_lstm_cell.lstm_cell import HEIGHT as CELL_HEIGHT
from lstm_course.widgets import svg
from lstm_course.widgets.style import BLACK, FRAME, GREY, INK, MARKS, SMALL, YELLOW

WIDTH, HEIGHT, UP = 880, 440, 22        # UP: how far chart and rows move up if no x feeds the gates
LEFT, PITCH = 84, 69.0                                  # the column of t = 0; from column to column
TOP, FOOT = CELL_HEIGHT + 14, CELL_HEIGHT + 92           # of the chart
ROWS, ROW = FOOT + 19, 17                               # the baseline of the first row of numbers; its height
LIMITS = (1.0, 2.0, 4.0, 6.0, 8.0, 12.0)


def draw(run, hidden=False):
    """The cell at this step, and all steps so far; hidden: this step without its results."""
    cell = diagram(_wires(run), _boxes(run), run.phase, hidden, _feeds(run), _marked(run), _ground(run, hidden))
    below = _cursor(run) + _chart(run, hidden) + _table(run)
    if run.mode == WEIGHTS:
        return svg.picture(WIDTH, HEIGHT, cell, below)
    return svg.picture(WIDTH, HEIGHT - UP - ROW, cell, f'<g transform="translate(0 -{UP})">{below}</g>')


def _marked(run):
    """The phases that stand on yellow: the last one, or the one that the first press of Step brings."""
    if run.parts:
        return {max(run.phase, 1)}
    return {2, 3} if run.phase else set()


def _ground(run, hidden):
    """Under the wires: what moves in this phase, and how large the memory is."""
    _, f, _, _ = at_t(run)
    old, phase = float(run.c[run.t - 1]), 0 if hidden else run.phase
    words = [svg.text(138, y, line, SMALL, "start", GREY)
             for y, line in ((86, "band: size of c"), (103, "hollow: c below 0"))]
    return "".join([flow(phase) if run.parts else "",
                    bands(old, f * old if phase else None, float(run.c[run.t]) if phase > 1 else None), *words])


def _wires(run):
    """The numbers on the wires of the cell, as words."""
    (i, f, g, o), t, c = at_t(run), run.t, run.c
    values = {"c_prev": c[t - 1], "i": i, "f": f, "g": g, "o": o, "kept": f * c[t - 1], "written": i * g, "c": c[t],
              "tanh": math.tanh(c[t]), "h": run.h[t]}
    return {name: svg.num(value) for name, value in values.items()} | {"t": t}


def _boxes(run):
    """The words in the four boxes."""
    return {gate: (f"{gate}, {NAMES[gate]}", *_source(run, gate)) for gate in GATES}


def _source(run, gate):
    """Where a gate's number comes from."""
    if run.mode == HANDS:
        return ("set by hand",)
    if run.pinned == gate:
        return ("pinned",)
    z = float(run.z[gate][run.t - 1])
    return f"z = {_sum(*run.weights[gate])}", f"{'tanh' if gate == 'g' else 'σ'}({svg.num(z, 2)})"


def _sum(w, u, b):
    """"20x − 30h − 10"; what is 0 is left out."""
    terms = [f"{number:+g}{letter}" for number, letter in ((w, "x"), (u, "h"), (b, "")) if number]
    words = "".join(terms).removeprefix("+") or "0"
    return words[0].replace("-", "−") + words[1:].replace("+", " + ").replace("-", " − ")


def _feeds(run):
    """What all gates read, if weights compute them."""
    if run.mode == HANDS:
        return None
    t = run.t
    return f"x_{{{t}}} = {run.x[t - 1]:.3g}".replace("-", "−"), f"h_{{{t - 1}}} = {svg.num(run.h[t - 1])}"


def _limits(run):
    """The chart's ends: few, and enough for all ten steps."""
    low, high = min(run.c.min(), 0.0), max(run.c.max(), 0.0)
    nice = lambda size: next((limit for limit in LIMITS if limit >= size * 0.999), LIMITS[-1])
    return (-nice(-low) if low < -0.02 else 0.0), nice(high)


@lru_cache
def _axes(low, high):
    """The frame: a line at each end and at 0, the names of the lines."""
    parts = []
    for value in sorted({low, 0.0, high}):
        y = _y(value, low, high)
        parts.append(svg.path([(LEFT - 20, y), (LEFT + STEPS * PITCH + 20, y)],
                              stroke=FRAME if value == 0 else "#DDDDDD", stroke_width=1))
        if value == 0 or abs(y - _y(0.0, low, high)) >= SMALL:
            parts.append(svg.text(LEFT - 26, y + 5, f"{value:g}".replace("-", "−"), SMALL, "end"))
    numbers = [svg.text(LEFT + t * PITCH, ROWS, str(t), SMALL, fill=GREY) for t in range(STEPS + 1)]
    return "".join([*parts, *numbers, svg.text(30, ROWS, "t", SMALL, fill=GREY, weight="bold")])


def _y(value, low, high):
    return FOOT - (FOOT - TOP) * (value - low) / (high - low)


def _cursor(run):
    """A light ground under the column of the step that is shown."""
    bottom = HEIGHT - 2 if run.mode == WEIGHTS else HEIGHT - 2 - ROW
    return svg.box(LEFT + run.t * PITCH - 31, TOP - 4, 62, bottom - TOP + 4, fill="#FFF6C2", stroke=YELLOW)


def _chart(run, hidden):
    """c thick and black, h double and grey, as far as computed."""
    low, high = _limits(run)
    c_last = run.t if run.phase >= 2 and not hidden else run.t - 1
    h_last = run.t if run.phase == 3 and not hidden else run.t - 1
    at = lambda values, last: [(LEFT + t * PITCH, _y(values[t], low, high)) for t in range(last + 1)]
    c, h = at(run.c, c_last), at(run.h, h_last)
    lines = svg.wire(h, "h") + svg.wire(c, "c", stroke_width=4) if run.t > 1 or run.phase > 1 else ""
    dots = svg.circle(*h[-1], 5, stroke=MARKS["h"].ink, stroke_width=2.5) + svg.circle(*c[-1], 5, fill=BLACK)
    c_y, h_y = c[-1][1], h[-1][1]
    lower = min(max(c_y, h_y), FOOT - 3)                # the two letters must not meet, nor the numbers below
    upper = min(c_y, h_y, lower - 16)
    c_y, h_y = (upper, lower) if c_y <= h_y else (lower, upper)
    letters = svg.text(c[-1][0] + 10, c_y + 5, "c", 16, "start", BLACK, "bold", halo=True) + svg.text(
        h[-1][0] + 10, h_y + 5, "h", 16, "start", MARKS["h"].ink, "bold", halo=True)
    return _axes(low, high) + lines + dots + letters


def _table(run):
    """The input and the gates of all steps so far; a bar behind each number is as long as the number is large."""
    rows = ["x"] if run.mode == WEIGHTS else []
    parts = []
    for row, name in enumerate([*rows, *GATES], 1):
        y = ROWS + ROW * row
        ink = MARKS[name].ink if name in MARKS else INK
        values = run.x if name == "x" else run.gates[name] if run.mode == HANDS else run.gates[name][:run.t]
        if name != "x":
            parts.append(svg.path(_bars(values, y), fill=MARKS[name].colour, stroke="none", stroke_width=0,
                                  fill_opacity=0.25))
        parts.append(svg.text(30, y, name, 15, fill=ink, weight="bold"))
        parts += [svg.text(LEFT + t * PITCH, y, f"{value:g}".replace("-", "−") if name == "x" else svg.num(value, 2),
                           SMALL) for t, value in enumerate(values.tolist(), 1)]
    return "".join(parts)


def _bars(values, y):
    """Rectangles of one row, (N, 2) with gaps."""
    points = []
    for t, value in enumerate(values.tolist(), 1):
        left = LEFT + t * PITCH - 28
        right = left + 56 * abs(value)
        points += [(left, y + 2), (right, y + 2), (right, y - 12), (left, y - 12), (np.nan, np.nan)]
    return points
