"""Explorer of lesson 06: one unit of an LSTM, step by step, with its gates set by hand or by weights."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.lessons.l06_lstm_cell.lstm_cell import GATES, NAMES, diagram
from lstm_course.lessons.l06_lstm_cell.lstm_cell import HEIGHT as CELL_HEIGHT
from lstm_course.networks.functions import sigmoid
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Checkbox, Choice, Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.numbers import bracketed
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, FRAME, GREY, INK, MARKS, SMALL, YELLOW

STEPS, LARGEST = 10, 30                     # inputs; the largest weight
HANDS, WEIGHTS = "hands", "weights"
ALWAYS, ONCE, WRITE_AT = "always", "once", 2
OPEN, SHUT = 0.9, 0.1                       # a gate is called open from here on, and shut up to here
NOTHING = "nothing"                         # no gate is pinned


# ---- the cell ------------------------------------------------------------------------------------------------

def cell_step(i, f, g, o, c):
    """One step of one unit: the new c and h."""
    c = f * c + i * g
    return c, o * math.tanh(c)


def numbers_of(text):
    """"0 1 0" -> ten numbers, the missing ones 0; a ValueError in plain words if that cannot be."""
    try:
        numbers = [float(word.replace("−", "-")) for word in text.replace(",", " ").split()]
    except ValueError:
        numbers = []
    if not 1 <= len(numbers) <= STEPS or not all(abs(number) <= 9 for number in numbers):
        raise ValueError(f"x takes 1 to {STEPS} numbers from −9 to 9 with blanks between them, such as 0 1 0 -1")
    return numbers + [0.0] * (STEPS - len(numbers))


def tidy(text):
    """The same ten numbers in their shortest form."""
    return " ".join(f"{number:g}" for number in numbers_of(text))


@dataclass
class Run:
    """The unit over ten steps. Arrays: z and gates gate -> (10,), c and h (11,) with the start at 0."""

    mode: str
    x: np.ndarray               # (10,)
    weights: dict               # gate -> (w, u, b)
    pinned: str                 # the gate that is held, or "nothing"
    z: dict
    gates: dict
    c: np.ndarray
    h: np.ndarray
    step: int
    t: int                      # the step of time that is shown, 1 … 10
    phase: int                  # what of it is computed: 0 nothing, 1 erase, 2 write, 3 read
    parts: bool                 # whether a press of Step does one phase


def now(step, parts):
    """Presses of Step -> the step of time and the phase."""
    if step == 0:
        return 1, 0
    return ((step - 1) // 3 + 1, (step - 1) % 3 + 1) if parts else (step, 3)


def compute(mode, write, x, c0, i, f, g, o, pin, at, parts, blind, step, **weights):
    """Ten steps of the unit, h_0 = 0; weights are w_i, u_i, b_i, w_f, … of z = w x + u h + b."""
    hands, inputs = {"i": i, "f": f, "g": g, "o": o}, numbers_of(x)
    weights = {gate: tuple(float(weights[f"{kind}_{gate}"]) for kind in "wub") for gate in "ifgo"}
    z, gates, c, h = {gate: [] for gate in "ifgo"}, {gate: [] for gate in "ifgo"}, [c0], [0.0]
    for t, x_t in enumerate(inputs, 1):
        for gate, (w, u, b) in weights.items():
            z[gate].append(w * x_t + u * h[-1] + b)
            value = (math.tanh if gate == "g" else sigmoid)(z[gate][-1])
            if mode == HANDS:
                value = 0.0 if gate == "i" and write == ONCE and t != WRITE_AT else hands[gate]
            elif gate == pin:
                value = at if gate == "g" else max(at, 0.0)
            gates[gate].append(value)
        new_c, new_h = cell_step(*(gates[gate][-1] for gate in "ifgo"), c[-1])
        c.append(new_c)
        h.append(new_h)
    t, phase = now(step, parts)
    lists = [{gate: np.array(values) for gate, values in both.items()} for both in (z, gates)]
    return Run(mode, np.array(inputs), weights, pin if mode == WEIGHTS else NOTHING, *lists, np.array(c), np.array(h),
               step, t, phase, parts)


# ---- words -------------------------------------------------------------------------------------------------

def at_t(run):
    """The gates i, f, g, o of the step that is shown."""
    return tuple(float(run.gates[gate][run.t - 1]) for gate in "ifgo")


def corner(i, f):
    """What a step does to the memory, if both gates are nearly open or nearly shut."""
    ends = [gate >= OPEN if gate >= OPEN or gate <= SHUT else None for gate in (f, i)]
    return {(True, False): "f open, i shut: the memory is kept.",
            (False, True): "f shut, i open: the memory is overwritten.",
            (True, True): "Both open: i · g is added to the memory.",
            (False, False): "Both shut: the memory is erased."}.get(tuple(ends), "")


def given(run):
    """The numbers from which the new c follows."""
    i, f, g, o = at_t(run)
    return (f"step {run.t}: f = {svg.num(f)}, i = {svg.num(i)}, g = {svg.num(g)}, o = {svg.num(o)}, "
            f"old c = {svg.num(run.c[run.t - 1])}")


def sum_words(run):
    """"0.900 · 0.800 + 0.500 · (−0.600) = 0.420"."""
    i, f, g, _ = at_t(run)
    f, c, i, g, new = map(svg.num, (f, run.c[run.t - 1], i, g, run.c[run.t]))
    return f"{f} · {bracketed(c)} + {i} · {bracketed(g)} = {new}"


def describe(run):
    """The step in words, as far as it is computed."""
    if run.phase == 0:
        return f"Before {given(run)}. Press Step."
    (i, f, _, o), t, c = at_t(run), run.t, run.c
    if run.phase == 1:
        return f"Step {t}, erase: f · c = {svg.num(f)} · {bracketed(svg.num(c[t - 1]))} = {svg.num(f * c[t - 1])}."
    head = f"Step {t}{', write' if run.phase == 2 else ''}: c = f · c + i · g = {sum_words(run)}. {corner(i, f)} "
    if run.phase == 2:
        return head.strip()
    read = f"h = o · tanh(c) = {svg.num(o)} · {bracketed(svg.num(math.tanh(c[t])))} = {svg.num(run.h[t])}."
    hides = " o hides the memory from h." if o <= SHUT and abs(c[t]) >= 0.05 else ""
    return head + read + hides


def code(values):
    """The current state as NumPy code."""
    T = now(values["step"], values["parts"])[0] if values["step"] else 0
    head = f"import numpy as np\n\nsigma = lambda z: 1 / (1 + np.exp(-z))\nc, h = {values['c0']}, 0.0\n"
    if values["mode"] == HANDS:
        i = f"{values['i']} if t == {WRITE_AT} else 0.0" if values["write"] == ONCE else str(values["i"])
        lines = [f"for t in range(1, {T + 1}):", f"    i, f, g, o = {i}, {values['f']}, {values['g']}, {values['o']}"]
    else:
        lines = [f"for x in {numbers_of(values['x'])[:T]}:"]
        for gate in "ifgo":
            w, u, b = (values[f"{kind}_{gate}"] for kind in "wub")
            at = values["at"] if gate == "g" else max(values["at"], 0.0)
            z = f"{'np.tanh' if gate == 'g' else 'sigma'}({w} * x + {u} * h + {b})"
            lines.append(f"    {gate}_new = {at if gate == values['pin'] else z}")
        lines.append("    i, f, g, o = i_new, f_new, g_new, o_new")
    return head + "\n".join([*lines, "    c = f * c + i * g", "    h = o * np.tanh(c)", "print(c, h)"])


# ---- the picture: the cell above, c and h over time below, and the gates under them ---------------------------

WIDTH, HEIGHT, UP = 880, 440, 22        # UP: how far chart and rows move up if no x feeds the gates
LEFT, PITCH = 84, 69.0                                  # the column of t = 0; from column to column
TOP, FOOT = CELL_HEIGHT + 14, CELL_HEIGHT + 92           # of the chart
ROWS, ROW = FOOT + 19, 17                               # the baseline of the first row of numbers; its height
LIMITS = (1.0, 2.0, 4.0, 6.0, 8.0, 12.0)


def draw(run, hidden=False):
    """The cell at this step, and all steps so far; hidden: this step without its results."""
    cell = diagram(_wires(run), _boxes(run), run.phase, hidden, _feeds(run), _marked(run))
    below = _cursor(run) + _chart(run, hidden) + _table(run)
    if run.mode == WEIGHTS:
        return svg.picture(WIDTH, HEIGHT, cell, below)
    return svg.picture(WIDTH, HEIGHT - UP - ROW, cell, f'<g transform="translate(0 -{UP})">{below}</g>')


def _marked(run):
    """The phases that stand on yellow: the last one, or the one that the first press of Step brings."""
    if run.parts:
        return {max(run.phase, 1)}
    return {2, 3} if run.phase else set()


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
        values = run.x if name == "x" else run.gates[name][:run.t]
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


# ---- the explorer ------------------------------------------------------------------------------------------

def weighted(i, f, g, o):
    """Weights (w, u, b) of the four gates -> values of the controls."""
    return {f"{kind}_{gate}": number for gate, numbers in zip("ifgo", (i, f, g, o), strict=True)
            for kind, number in zip("wub", numbers, strict=True)}


PULSE = "0 1 0 0 0 0 0 0 0 0"
HAND = {"mode": HANDS, "write": ALWAYS, "c0": 0.8, "i": 0.5, "f": 0.9, "g": -0.6, "o": 0.7}
FIRST = weighted(i=(20, 0, -10), f=(0, 0, 3), g=(3, 0, 0), o=(0, 0, 3))
PRESETS = {
    "remember": HAND | {"f": 1.0, "i": 0.0, "step": 10},
    "forget": HAND | {"f": 0.0, "i": 0.0, "step": 10},
    "overwrite": HAND | {"f": 0.0, "i": 1.0, "step": 10},
    "add": HAND | {"f": 1.0, "i": 1.0, "step": 10},
    "write at t = 2": HAND | {"write": ONCE, "c0": 0.0, "i": 1.0, "f": 0.95, "g": 1.0, "o": 1.0, "step": 10},
    "write by weights": {"mode": WEIGHTS, "x": PULSE, "c0": 0.0, "step": 10} | FIRST,
    "latch": {"mode": WEIGHTS, "x": "0 1 0 0 1 0 -1 0 0 1", "c0": 0.0, "step": 10} | weighted(
        i=(20, -30, -10), f=(20, 0, 10), g=(0, 0, 10), o=(0, 0, 10)),
    "count": {"mode": WEIGHTS, "x": "0 1 1 0 1 0 0 1 1 0", "c0": 0.0, "step": 10} | weighted(
        i=(30, 0, -15), f=(0, 0, 15), g=(0, 0, 15), o=(0, 0, 15)),
}
QUESTION = "What is the new c? (Blind mode asks this at every step.)"


def _end_of_step(values):
    """The press of Step after which this step of time is done; before the first step, that of the first."""
    t = now(values["step"], values["parts"])[0]
    return {"step": 3 * t if values["parts"] else t}


def _same_t(step, old, new):
    """Sub-steps are switched on or off: stay at the same step of time."""
    if old["parts"] == new["parts"] or not step:
        return step
    t = now(step, old["parts"])[0]
    return 3 * t if new["parts"] else t


def _controls(start):
    """All controls of both modes; each shows its own."""
    by_hand, by_weights = (lambda values: values["mode"] == HANDS), (lambda values: values["mode"] == WEIGHTS)
    hands = [Slider(gate, gate, -1.0 if gate == "g" else 0.0, 1.0, 0.01, start[gate], "270px", by_hand)
             for gate in "figo"]
    weights = [Slider(f"{kind}_{gate}", f"{kind}_{gate}", -LARGEST, LARGEST, 1, start[f"{kind}_{gate}"],
                      shown_if=lambda values, gate=gate: by_weights(values) and values["tuned"] == gate)
               for gate in GATES for kind in "wub"]
    tuned = Choice("tuned", "weights of", list(GATES), shown_if=by_weights, for_controls=True)
    modes = {"A: hands on the gates": HANDS, "B: through the weights": WEIGHTS}
    writes = {"i open all the time": ALWAYS, f"i open at t = {WRITE_AT} only": ONCE}
    pins = {"no pin": NOTHING} | {f"pin {gate}": gate for gate in GATES}
    choices = [Choice("mode", "mode", modes, start["mode"]),
               Choice("write", "writing", writes, start["write"], by_hand),
               Choice("pin", "pin", pins, NOTHING, by_weights)]
    for choice in choices:
        choice.view.description = ""                    # the buttons say it, and the label would take a row
    mode, write, pin = choices
    return [mode, write, Text("x", "x", start["x"], tidy, "330px", by_weights), *hands, tuned, *weights,
            Slider("c0", "c₀", -2.0, 2.0, 0.1, start["c0"], width="270px"), pin,
            Slider("at", "at", -1.0, 1.0, 0.05, 1.0, "190px",
                   lambda values: by_weights(values) and values["pin"] != NOTHING),
            Checkbox("parts", "sub-steps"), Checkbox("blind", "blind mode")]


@explorer
def gate_stepper(mode=HANDS):
    """The gate stepper, starting with the hands on the gates ("hands") or with the weights ("weights")."""
    if mode not in (HANDS, WEIGHTS):
        raise ValueError(f"mode is {mode!r}, expected {HANDS!r} or {WEIGHTS!r}")
    start = {"x": PULSE} | FIRST | HAND | ({"mode": WEIGHTS, "c0": 0.0} if mode == WEIGHTS else {})
    predict = Guess(QUESTION, number=(-12.0, 12.0, 0.01, 0.0), truth=lambda run: float(run.c[run.t]),
                      because=lambda run: f"{sum_words(run)}.", tolerance=0.0051,
                      mask=lambda run: draw(run, hidden=True), at=_end_of_step, given=given)
    explorer = Explorer(
        "Gate stepper", _controls(start), compute, draw, describe, presets=PRESETS, predict=predict, code=code,
        steps=lambda values: STEPS * (3 if values["parts"] else 1), keep_time=_same_t, interval=0.7,
        ask_every_step=lambda values: values["blind"],
        static=["write at t = 2", "add"] if mode == HANDS else ["latch", "count"])
    if mode == WEIGHTS:                                 # the first question was asked with the hands on the gates
        explorer.skip_question()
    return explorer
