"""What the gate stepper computes: one unit of an LSTM over ten steps, and its steps in words."""

import math
from dataclasses import dataclass

import numpy as np

from lstm_course.networks.functions import sigmoid
from lstm_course.widgets import svg
from lstm_course.widgets.numbers import bracketed

STEPS = 10                                  # inputs
HANDS, WEIGHTS = "hands", "weights"         # what sets the gates
OPEN, SHUT = 0.9, 0.1                       # a gate is called open from here on, and shut up to here
NOTHING = "nothing"                         # no gate is pinned


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


def fine(values):
    """Does a press of Step do one phase? In blind mode nothing of a step is seen before its end."""
    return values["parts"] and not values["blind"]


def compute(mode, x, c0, i, f, g, o, pin, at, parts, blind, step, **weights):
    """Ten steps of the unit, h_0 = 0; gates (10,) set by hand; w_i, u_i, b_i, w_f, … of z = w x + u h + b."""
    hands, inputs = {"i": i, "f": f, "g": g, "o": o}, numbers_of(x)
    parts = parts and not blind
    weights = {gate: tuple(float(weights[f"{kind}_{gate}"]) for kind in "wub") for gate in "ifgo"}
    z, gates, c, h = {gate: [] for gate in "ifgo"}, {gate: [] for gate in "ifgo"}, [c0], [0.0]
    for t, x_t in enumerate(inputs, 1):
        for gate, (w, u, b) in weights.items():
            z[gate].append(w * x_t + u * h[-1] + b)
            value = (math.tanh if gate == "g" else sigmoid)(z[gate][-1])
            if mode == HANDS:
                value = hands[gate][t - 1]
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
        kept = f"{svg.num(f)} · {bracketed(svg.num(c[t - 1]))} = {svg.num(f * c[t - 1])}"
        return f"t = {t}, sub-step 1 of 3, erase: f · c = {kept}."
    part = ", sub-step 2 of 3, write" if run.phase == 2 else ""
    head = f"t = {t}{part}: c = f · c + i · g = {sum_words(run)}. {corner(i, f)} "
    if run.phase == 2:
        return head.strip()
    read = f"h = o · tanh(c) = {svg.num(o)} · {bracketed(svg.num(math.tanh(c[t])))} = {svg.num(run.h[t])}."
    hides = " o hides the memory from h." if o <= SHUT and abs(c[t]) >= 0.05 else ""
    return head + read + hides
