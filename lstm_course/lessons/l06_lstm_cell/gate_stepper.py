"""Explorer of lesson 06: one unit of an LSTM, step by step, with its gates set by hand or by weights."""

from lstm_course.lessons.l06_lstm_cell.gate_picture import draw
from lstm_course.lessons.l06_lstm_cell.gate_run import (
    HANDS,
    NOTHING,
    STEPS,
    WEIGHTS,
    compute,
    describe,
    fine,
    given,
    now,
    numbers_of,
    sum_words,
    tidy,
)
from lstm_course.lessons.l06_lstm_cell.lstm_cell import GATES
from lstm_course.widgets.controls import Checkbox, Choice, Slider, Text, Track
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer

LARGEST = 30                                    # the largest weight
HERE, ONWARDS, ALL = "here", "onwards", "all"   # the steps whose gates a hand sets


def code(values):
    """The current state as NumPy code."""
    T = now(values["step"], fine(values))[0] if values["step"] else 0
    head = f"import numpy as np\n\nsigma = lambda z: 1 / (1 + np.exp(-z))\nc, h = {values['c0']}, 0.0\n"
    if values["mode"] == HANDS:
        rows = zip(*(values[gate][:T] for gate in "ifgo"), strict=True)
        lines = ["gates = [  # i, f, g, o; a row for each step", *(f"    {row}," for row in rows), "]",
                 "for i, f, g, o in gates:"]
    else:
        lines = [f"for x in {numbers_of(values['x'])[:T]}:"]
        for gate in "ifgo":
            w, u, b = (values[f"{kind}_{gate}"] for kind in "wub")
            at = values["at"] if gate == "g" else max(values["at"], 0.0)
            z = f"{'np.tanh' if gate == 'g' else 'sigma'}({w} * x + {u} * h + {b})"
            lines.append(f"    {gate}_new = {at if gate == values['pin'] else z}")
        lines.append("    i, f, g, o = i_new, f_new, g_new, o_new")
    return head + "\n".join([*lines, "    c = f * c + i * g", "    h = o * np.tanh(c)", "print(c, h)"])


def weighted(i, f, g, o):
    """Weights (w, u, b) of the four gates -> values of the controls."""
    return {f"{kind}_{gate}": number for gate, numbers in zip("ifgo", (i, f, g, o), strict=True)
            for kind, number in zip("wub", numbers, strict=True)}


LAST = 3 * STEPS
PULSE = "0 1 0 0 0 0 0 0 0 0"
HAND = {"mode": HANDS, "c0": 0.8, "i": 0.5, "f": 0.9, "g": -0.6, "o": 0.7}
FIRST = weighted(i=(20, 0, -10), f=(0, 0, 3), g=(3, 0, 0), o=(0, 0, 3))
PRESETS = {
    "remember": HAND | {"f": 1.0, "i": 0.0, "step": LAST},
    "forget": HAND | {"f": 0.0, "i": 0.0, "step": LAST},
    "overwrite": HAND | {"f": 0.0, "i": 1.0, "step": LAST},
    "add": HAND | {"f": 1.0, "i": 1.0, "step": LAST},
    "write at t = 2": HAND | {"c0": 0.0, "i": (0.0, 1.0) + 8 * (0.0,), "f": 0.95, "g": 1.0, "o": 1.0, "step": LAST},
    "write by weights": {"mode": WEIGHTS, "x": PULSE, "c0": 0.0, "step": LAST} | FIRST,
    "latch": {"mode": WEIGHTS, "x": "0 1 0 0 1 0 -1 0 0 1", "c0": 0.0, "step": LAST} | weighted(
        i=(20, -30, -10), f=(20, 0, 10), g=(0, 0, 10), o=(0, 0, 10)),
    "count": {"mode": WEIGHTS, "x": "0 1 1 0 1 0 0 1 1 0", "c0": 0.0, "step": LAST} | weighted(
        i=(30, 0, -15), f=(0, 0, 15), g=(0, 0, 15), o=(0, 0, 15)),
}
QUESTION = "What is the new c? (Blind mode asks this at every step.)"


def _end_of_step(values):
    """The press of Step after which this step of time is done; before the first step, that of the first."""
    t = now(values["step"], fine(values))[0]
    return {"step": 3 * t if fine(values) else t}


def _same_t(step, old, new):
    """Sub-steps are switched on or off: stay at the same step of time."""
    if fine(old) == fine(new) or not step:
        return step
    t = now(step, fine(old))[0]
    return 3 * t if fine(new) else t


def _at(values):
    """The place of the step that is shown, in a track of ten."""
    return now(values["step"], fine(values))[0] - 1


def _places(values):
    """The places that a hand sets."""
    t = _at(values)
    return {HERE: range(t, t + 1), ONWARDS: range(t, STEPS), ALL: range(STEPS)}[values["sets"]]


def _controls(start):
    """All controls of both modes; each shows its own."""
    by_hand, by_weights = (lambda values: values["mode"] == HANDS), (lambda values: values["mode"] == WEIGHTS)
    hands = [Track(Slider(gate, gate, -1.0 if gate == "g" else 0.0, 1.0, 0.01, start[gate], "270px", by_hand),
                   STEPS, _at, _places) for gate in "figo"]
    weights = [Slider(f"{kind}_{gate}", f"{kind}_{gate}", -LARGEST, LARGEST, 1, start[f"{kind}_{gate}"],
                      shown_if=lambda values, gate=gate: by_weights(values) and values["tuned"] == gate)
               for gate in GATES for kind in "wub"]
    tuned = Choice("tuned", "weights of", list(GATES), shown_if=by_weights, for_controls=True)
    modes = {"A: hands on the gates": HANDS, "B: through the weights": WEIGHTS}
    sets = Choice("sets", "set the gates", {"at this step": HERE, "from here on": ONWARDS, "at all steps": ALL}, ALL,
                  by_hand, for_controls=True)
    pins = {"no pin": NOTHING} | {f"pin {gate}": gate for gate in GATES}
    choices = [Choice("mode", "mode", modes, start["mode"]),
               Choice("pin", "pin", pins, NOTHING, by_weights)]
    for choice in choices:
        choice.view.description = ""                    # the buttons say it, and the label would take a row
    mode, pin = choices
    return [mode, sets, Text("x", "x", start["x"], tidy, "330px", by_weights), *hands, tuned, *weights,
            Slider("c0", "c₀", -2.0, 2.0, 0.1, start["c0"], width="270px"), pin,
            Slider("at", "at", -1.0, 1.0, 0.05, 1.0, "190px",
                   lambda values: by_weights(values) and values["pin"] != NOTHING),
            Checkbox("parts", "sub-steps", True, lambda values: not values["blind"]), Checkbox("blind", "blind mode")]


@explorer
def gate_stepper(mode=HANDS):
    """The gate stepper, starting with the hands on the gates ("hands") or with the weights ("weights").

    It has the presets of the mode in which it starts: those with weights would tell what lesson 06 asks for.
    """
    if mode not in (HANDS, WEIGHTS):
        raise ValueError(f"mode is {mode!r}, expected {HANDS!r} or {WEIGHTS!r}")
    start = {"x": PULSE} | FIRST | HAND | ({"mode": WEIGHTS, "c0": 0.0} if mode == WEIGHTS else {})
    predict = Guess(QUESTION, number=(-12.0, 12.0, 0.01, 0.0), truth=lambda run: float(run.c[run.t]),
                      because=lambda run: f"{sum_words(run)}.", tolerance=0.0051,
                      mask=lambda run: draw(run, hidden=True), at=_end_of_step, given=given)
    explorer = Explorer(
        "Gate stepper", _controls(start), compute, draw, describe, predict=predict, code=code,
        presets={name: values for name, values in PRESETS.items() if values["mode"] == mode},
        steps=lambda values: STEPS * (3 if fine(values) else 1), keep_time=_same_t, interval=0.7,
        ask_every_step=lambda values: values["blind"],
        static=["write at t = 2", "add"] if mode == HANDS else ["latch", "count"])
    if mode == WEIGHTS:                                 # the first question was asked with the hands on the gates
        explorer.skip_question()
    return explorer
