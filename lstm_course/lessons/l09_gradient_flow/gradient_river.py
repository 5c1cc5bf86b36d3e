"""Explorer of lesson 09: the gradient river. RNN, LSTM and GRU side by side, each with its own real Jacobians."""

from lstm_course.lessons.l04_vanishing_gradients.rnn_river import (
    SETTING,
    River,
    T,
    by_candidate,
    code,
    controls,
    describe,
    draw,
    size_of,
    strip,
)
from lstm_course.widgets.controls import Checkbox
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer

START = {"rho": 0.9, "forget_bias": 1, "update_bias": 0, "trained": False, "own": "", "detail": False, "step": T}
PRESETS = {
    "bias 0": {"forget_bias": 0, "step": T},
    "bias 3": {"forget_bias": 3, "step": T},
    "bias 3, trained": {"forget_bias": 3, "trained": True, "step": T},
}


def compute(rho, forget_bias, update_bias, trained, own, detail, step):
    """Three strips; step: how far the pulse has run back."""
    settings = {"RNN": rho, "LSTM": forget_bias, "GRU": update_bias}
    strips = [strip(cell, settings[cell], trained, own) for cell in SETTING]
    return River(strips, step, trained, by_candidate(forget_bias, trained, own) if detail else None)


def strongest(river):
    """The cell whose strip keeps most of the gradient at t = 0."""
    return max(river.strips, key=lambda one: one.norms[0]).cell


@explorer
def gradient_river():
    """The gradient river: how much of a gradient is left, and what do ρ and the biases do to it?"""
    predict = Guess("Fifty steps, untrained: an RNN with ρ = 0.9, an LSTM with forget bias 1, a GRU as it comes. In "
                      "which of them does most of the gradient reach t = 0?",
                      options=list(SETTING), truth=strongest,
                      because=lambda river: "; ".join(f"{one.cell} {size_of(one.norms[0])}" for one in river.strips),
                      mask=lambda river: draw(river, hidden=True), at=START)
    given = [*controls(["rho", "forget_bias", "update_bias"], START), Checkbox("detail", "LSTM: ways of c alone")]
    return Explorer("How much of the gradient is left?", given, compute, draw, describe, presets=PRESETS, steps=T,
                    predict=predict, code=code, interval=0.1, static=["bias 0", "bias 3"])
