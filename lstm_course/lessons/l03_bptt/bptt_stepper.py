"""Explorer of lesson 03: the backward pass of one unit, step by step, with a loss at any step and a u to nudge."""

import numpy as np

from lstm_course.lessons.l03_bptt.bptt_numbers import (
    ALL,
    CHOSEN,
    EVERY,
    HIGH,
    LAST,
    LOW,
    MOST,
    OFF,
    ONE,
    compute,
    counted,
    numbers,
    path,
    typed_numbers,
    typed_steps,
)
from lstm_course.lessons.l03_bptt.bptt_picture import draw, lines_of, nudge_lines, short, total
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer

PRESETS = {
    "one loss": {"w": 1.0, "u": 0.5, "x": "1 0 0", "loss_at": LAST},
    "a loss at every step": {"w": 1.0, "u": 0.5, "x": "1 0 0", "loss_at": EVERY},
    "signs": {"w": 1.0, "u": 0.5, "x": "1 -1 -1", "loss_at": EVERY},
    "eight steps": {"w": 1.0, "u": 0.8, "x": "1 0 0 0 0 0 0 0", "loss_at": LAST},
}


def plain(words):
    """Words for a sentence, without the signs of subscript and superscript."""
    return words.replace("^2", "²").replace("_", "")


def describe(run):
    """What has been computed so far, in words."""
    looks = "every step" if run.counts.all() and run.T > 1 else "step " + ", ".join(
        str(t) for t in np.flatnonzero(run.counts) + 1)
    start = (f"w = {svg.num(run.w, 1)}, u = {svg.num(run.u, 1)}, x = {svg.vector(run.x, 1)}, loss at {looks}; "
             f"L = {short(run.loss)}.")
    if run.nudge:
        return plain(" ".join([start, *(f"{line}." for line in nudge_lines(run))]))
    if not run.step:
        return f"{start} Nothing is computed backwards yet: press Step."
    parts = [start, f"Step {run.step} of {len(run.path)} backwards.", *(f"{line}." for line in lines_of(run))]
    done = [t for kind, t in run.done if kind == "parts"]
    if done:
        steps = ", ".join(map(str, done))
        parts += [f"∂L/∂{name} so far: {total([values[t - 1] for t in done])} (from t = {steps})."
                  for name, values in (("u", run.du), ("w", run.dw))]
    return plain(" ".join(parts)).replace(":.", ":")


def code(values):
    """The current state as NumPy code."""
    x = numbers(values["x"])
    counts = counted(values["loss_at"], values["chosen"], len(x)).astype(int).tolist()
    lines = ["import numpy as np", "", f"w, u, x = {values['w']}, {values['u']}, {x.tolist()}",
             f"counts = {counts}          # 1 where the loss looks at h, L = Σ h² / 2", "",
             "h, before = [], 0.0", "for x_t in x:", "    before = np.tanh(x_t * w + before * u)",
             "    h.append(before)          # h[t] is the state after x[t], counted from 0", "",
             "grad_u = grad_w = future = 0.0", "for t in reversed(range(len(x))):",
             "    before = h[t - 1] if t > 0 else 0.0",
             "    delta = (counts[t] * h[t] + future) * (1 - h[t] ** 2)", "    grad_u += delta * before",
             "    grad_w += delta * x[t]", "    future = delta * u", "    print(t + 1, delta, grad_u, grad_w)"]
    return "\n".join(lines)


def _truth(run):
    """The step that contributes most to ∂L/∂u."""
    return f"t = {int(np.abs(run.du).argmax()) + 1}"


def _because(run):
    return f"Parts for t = 1, 2, 3: {', '.join(map(short, run.du))}."


@explorer
def bptt_stepper():
    """The BPTT stepper: forward is known, and the backward pass goes one step at a time."""
    start = PRESETS["one loss"]
    question = ("The only input comes at t = 1: x = (1, 0, 0), w = 1, u = 0.5, L = ½ h₃². "
                "Which use of u contributes most to ∂L/∂u?")
    predict = Guess(question, options=["t = 1", "t = 2", "t = 3"], truth=_truth, because=_because,
                    mask=lambda run: draw(run, hidden=True), at=start | {"nudge": OFF, "step": len(path(3))})
    controls = [Slider("u", "u", LOW, HIGH, 0.1, start["u"]), Slider("w", "w", LOW, HIGH, 0.1, start["w"]),
                Text("x", "x", start["x"], typed_numbers, width="220px"),
                Choice("loss_at", "loss at", [LAST, EVERY, CHOSEN]),
                Text("chosen", "steps", "1", typed_steps, width="160px",
                     shown_if=lambda values: values["loss_at"] == CHOSEN),
                Choice("nudge", "nudge u", [OFF, ALL, ONE]),
                Slider("use", "in step", 1, MOST, 1, 1, shown_if=lambda values: values["nudge"] == ONE)]
    return Explorer("BPTT stepper", controls, compute, draw, describe, presets=PRESETS,
                    steps=lambda values: len(path(len(numbers(values["x"])))), predict=predict, code=code,
                    static=["one loss", "a loss at every step"], interval=1.2, lines=3)
