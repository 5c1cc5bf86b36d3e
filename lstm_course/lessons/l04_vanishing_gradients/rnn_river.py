"""Explorer of lesson 04: the gradient of an RNN flows back from the loss, and cells go out (and strips for lesson 09).

A strip is one network over time, t = 0 on the left, the loss on the right. The bar at t is ‖∂s_T/∂s_t‖₂ on a
logarithmic scale: the share of a gradient at the end that reaches the state of step t at most; s is the whole state, h
or (h, c).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.experiments import gradient_river, load
from lstm_course.gradients import gradient_flow, gradient_ways
from lstm_course.lessons.l04_vanishing_gradients.jacobian_product import FLOAT32
from lstm_course.tasks.latch import latch
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Checkbox, Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, MARKS, NORMAL, SMALL

T = 50
SETTING = {"RNN": ("rho", "ρ"), "LSTM": ("forget_bias", "forget bias"), "GRU": ("update_bias", "update bias")}


@dataclass
class Strip:
    """One network: norms (T+1,) of ∂s_T/∂s_t for t = 0 … T; c and direct (T+1,) only for an LSTM; learned: of how many
    networks with this setting (all in `runs`) hold a bit for 50 steps after training.
    """

    cell: str
    setting: float
    norms: np.ndarray
    learned: int
    runs: int
    c: np.ndarray | None = None
    direct: np.ndarray | None = None

    @property
    def name(self):
        """"LSTM, forget bias 1"."""
        return f"{self.cell}, {SETTING[self.cell][1]} {self.setting:g}".replace("-", "−")


@dataclass
class River:
    """What the explorer shows: strips, and how many steps the pulse has run back. by_g (T+1,): norms of ∂c_T/∂c_t by
    the direct path and the candidate alone, if the LSTM shows its parts.
    """

    strips: list
    back: int
    trained: bool
    by_g: np.ndarray | None = None


# ---- the numbers -------------------------------------------------------------------------------------------

def layer_of(cell, setting, trained):
    """A layer of 16 units with its first weights, or after 300 updates on the latch (the first of ten networks)."""
    layer = gradient_river.new_layer(cell, setting, np.random.default_rng(gradient_river.SEEDS[0]))
    if trained:
        stored = load("gradient_river")
        gradient_river.unflatten(layer, stored[f"weights_{cell}"][_row(cell, setting)])
    return layer


def learned(cell, setting):
    """(of how many networks with this setting learn the latch, all that were trained)"""
    accuracy = load("gradient_river")[f"accuracy_{cell}"][_row(cell, setting)]
    return int((accuracy > 0.99).sum()), len(accuracy)


def _row(cell, setting):
    return int(np.abs(load("gradient_river")[f"settings_{cell}"] - setting).argmin())


def inputs(own):
    """(T,1,1): one sequence of the latch, or the student's own numbers and then zeros."""
    if not own:
        return latch(T, 1, 7)[0]
    x = np.zeros((T, 1, 1))
    x[:len(own), 0, 0] = own
    return x


def sequence(own):
    """`inputs` of a line of numbers."""
    return inputs([float(part) for part in own.split()])


def own_numbers(words):
    """Up to 50 numbers from a line of text; a comma between digits is a decimal sign."""
    parts = words.replace(";", " ").replace(",", ".").split()
    try:
        numbers = tuple(float(part) for part in parts)
    except ValueError:
        raise ValueError("Numbers with blanks between them, please, as in 1 0 0.5 (empty: the latch).") from None
    if len(numbers) > T or not np.all(np.abs(numbers or (0,)) <= 100):
        raise ValueError(f"At most {T} numbers between −100 and 100, please.")
    return " ".join(f"{number:g}" for number in numbers)


@lru_cache(512)
def strip(cell, setting, trained, own=""):
    """The strip of one network, as `gradient_flow` measures it."""
    flow = gradient_flow(layer_of(cell, setting, trained), sequence(own))
    return Strip(cell, setting, flow.state, *learned(cell, setting), c=flow.c, direct=flow.direct)


@lru_cache(512)
def by_candidate(forget_bias, trained, own=""):
    """What is left in the LSTM if h reaches the next step through g only, (T+1,)."""
    return gradient_ways(layer_of("LSTM", forget_bias, trained), sequence(own), "g")


# ---- words -------------------------------------------------------------------------------------------------

def size_of(norm):
    """A norm in words; below float32's last digit it is lost beside a gradient of size 1."""
    return svg.scientific(norm, raised=False) + (" (lost)" if norm < FLOAT32 else "")


def describe(river):
    """What has arrived where the pulse is, and how many networks learn."""
    t = T - river.back
    parts = [f"{one.name}: {size_of(one.norms[t])}" for one in river.strips]
    state = "trained" if river.trained else "untrained"
    words = f"Of a gradient at t = {T} this much reaches t = {t} ({state}): " + "; ".join(parts) + "."
    if river.by_g is not None:
        lstm = next(one for one in river.strips if one.cell == "LSTM")
        words += (f" In the LSTM the direct path ∏f has {size_of(lstm.direct[t])}, with the way by g "
                  f"{size_of(river.by_g[t])}, the full ∂c_T/∂c_t {size_of(lstm.c[t])}.")
    return words + " Learned the latch: " + ", ".join(
        f"{one.cell} {one.learned} of {one.runs}" for one in river.strips) + "."


def code(values):
    """The current state as NumPy code."""
    chosen = [(cell, values[name]) for cell, (name, _) in SETTING.items() if name in values]
    own = [float(part) for part in values["own"].split()]
    return ("from lstm_course.gradients import gradient_flow\n"
            "from lstm_course.lessons.l04_vanishing_gradients.rnn_river import inputs, layer_of\n\n"
            f"x = inputs({own})\n"
            f"for cell, setting in {chosen}:\n"
            f"    flow = gradient_flow(layer_of(cell, setting, trained={values['trained']}), x)\n"
            f"    print(cell, flow.state[{T - values['step']}])")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, LEFT, RIGHT = 880, 196, 838
ROW, GAP, AXIS = 118, 8, 46                 # heights: a strip, between two, below the last
HIGH = 10.0                                 # the scale: from float32's limit to this, about eight decades
PITCH = (RIGHT - LEFT) / (T + 1)
AMBER, RIM = MARKS["gradient"].colour, "#8A5A00"


def draw(river, hidden=False):
    """The strips under each other; hidden: without the bars and what is left of them."""
    height = len(river.strips) * (ROW + GAP) + AXIS
    parts = [_strip(one, k * (ROW + GAP) + 4, river, hidden) for k, one in enumerate(river.strips)]
    return svg.picture(WIDTH, height, *parts, _axis(height - AXIS + 6))


def _level(norm, base):
    """The y of a norm in a strip that stands on `base`."""
    share = np.log(np.clip(norm, FLOAT32, HIGH) / FLOAT32) / np.log(HIGH / FLOAT32)
    return base - share * (ROW - 16)


def _strip(one, top, river, hidden):
    base, t = top + ROW, T - river.back
    ground = svg.box(LEFT, top, RIGHT - LEFT, ROW, fill="#F4F4F2", stroke="none", rx=0)
    parts = [ground, _scale(base), svg.text(6, top + 22, one.cell, 20, "start", weight="bold"),
             svg.wire([(6, top + 32), (60, top + 32)], one.cell),
             svg.text(LEFT - 10, top + 22, f"{SETTING[one.cell][1]} {one.setting:g}".replace("-", "−"), SMALL, "end",
                      GREY)]
    if hidden:
        return "".join(parts) + svg.text((LEFT + RIGHT) / 2, base - 40, "?", 44, weight="bold")
    parts += [_cell(k, norm, base, k == t) for k, norm in enumerate(one.norms) if k >= t]
    if river.by_g is not None and one.cell == "LSTM":
        over = 22 if one.norms[t] > HIGH else -6             # above stands an arrow
        parts += [_line(one.direct, t, base, "f", 24), _line(one.c, t, base, "c", over, width=6),
                  _line(river.by_g, t, base, "g", over, 34)]
    lost = one.norms[t] < FLOAT32
    parts += [svg.text(6, top + 60, svg.scientific(one.norms[t]), 28, "start", weight="bold"),
              svg.text(6, top + 82, "gone out" if lost else f"arrives at t = {t}", SMALL, "start", GREY),
              svg.text(6, top + 106, f"trained: {one.learned} of {one.runs} learn", SMALL, "start")]
    return "".join(parts)


def _scale(base):
    """Where 1, a hundredth, and so on stand in a strip."""
    parts = []
    for power, words in ((0, "1"), (-2, "10^{−2}"), (-4, "10^{−4}"), (-6, "10^{−6}")):
        level = _level(10.0 ** power, base)
        parts += [svg.path([(LEFT, level), (RIGHT, level)], stroke=FRAME, stroke_width=1, dash=(4, 4)),
                  svg.text(RIGHT + 3, level + 5, words, 14, "start", GREY)]
    return "".join(parts)


def _cell(k, norm, base, here):
    """One step: a bar as high as its norm; hollow and flat if it has gone out; with an arrow if it leaves the strip."""
    x, y = LEFT + k * PITCH, _level(norm, base)
    if norm < FLOAT32:
        return svg.box(x + 1.5, base - 7, PITCH - 3, 7, fill="#ffffff", stroke="#767676", stroke_width=1, rx=0)
    bar = svg.box(x + 1, y, PITCH - 2, base - y, fill=RIM if here else AMBER, stroke=RIM, stroke_width=1, rx=0)
    over = norm > HIGH
    return bar + (svg.text(x + PITCH / 2, y - 2, "▲", 14) if over else "")


def _line(norms, t, base, name, dy, dx=6, width=3):
    """One of the LSTM's parts over its bars, with its letter at the end."""
    points = [(LEFT + (k + 0.5) * PITCH, _level(norms[k], base)) for k in range(t, T + 1)]
    mark, (x, y) = MARKS[name], points[0]
    y = y + dy if y + dy < base else y - 8                  # below the strip there is no place
    letter = svg.text(x + dx, y, mark.letter, NORMAL, "start", mark.ink, "bold", halo=True)
    return svg.wire(points, name, stroke_width=width) + letter


def _axis(y):
    ends = svg.text(LEFT, y + 14, "t = 0", SMALL, "start", GREY) + svg.text(RIGHT, y + 14, f"loss at t = {T}", SMALL,
                                                                            "end", GREY)
    middle = (LEFT + RIGHT) / 2
    return ends + svg.arrow([(middle + 150, y + 26), (middle - 150, y + 26)], "gradient") + svg.text(
        middle, y + 14, "the gradient runs back", SMALL, fill=GREY)


# ---- the explorer of lesson 04 -----------------------------------------------------------------------------

def compute(rho, trained, own, step):
    """The RNN alone; step: how far the pulse has run back."""
    return River([strip("RNN", rho, trained, own)], step, trained)


def controls(names, start):
    """The sliders of these cells, then the switch of the weights and the own input."""
    sliders = {"rho": Slider("rho", "RNN: ρ of U", 0.5, 1.5, 0.1, start["rho"]),
               "forget_bias": Slider("forget_bias", "LSTM: forget bias", -2, 6, 1, start.get("forget_bias", 1)),
               "update_bias": Slider("update_bias", "GRU: update bias", -2, 6, 1, start.get("update_bias", 0))}
    return [*(sliders[name] for name in names), Checkbox("trained", "trained on the latch"),
            Text("own", "own input", "", own_numbers)]


SIZES = ["about a third", "about 0.005", "less than 0.001"]
START = {"rho": 0.9, "trained": False, "own": "", "step": T}
PRESETS = {"ρ = 0.9": {"rho": 0.9, "step": T}, "ρ = 1": {"rho": 1.0, "step": T}, "ρ = 1.2": {"rho": 1.2, "step": T},
           "ρ = 1, trained": {"rho": 1.0, "trained": True, "step": T}}


@explorer
def rnn_river():
    """The gradient river of one RNN: how far back does a gradient reach?"""
    predict = Guess("ρ = 0.9: U leaves nine tenths at each step. How large is the bar at t = 0, 50 steps before the "
                      "loss?", options=SIZES,
                      truth=lambda river: SIZES[int(np.searchsorted([-0.1, -1e-3], -river.strips[0].norms[0]))],
                      because=lambda river: f"0.9⁵⁰ = 0.0052, and slopes of tanh below 1: "
                                            f"{size_of(river.strips[0].norms[0])}.",
                      mask=lambda river: draw(river, hidden=True), at=START)
    return Explorer("How far back does the gradient reach?", controls(["rho"], START), compute, draw, describe,
                    presets=PRESETS, steps=T, predict=predict, code=code, interval=0.1, static=["ρ = 0.9", "ρ = 1.2"])
