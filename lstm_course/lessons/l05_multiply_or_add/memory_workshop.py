"""Explorer of lesson 05: three rules that write a memory, each with its value and its gradient over time."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.parts import node
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, BLUE, CHOSEN, FRAME, GREY, MARKS, ORANGE, PALE, SMALL

START, LONGEST, OTHERS = 0.8, 50, 10        # what is to be held, the largest T, how many other draws of noise
KEPT, ALIKE = 0.01, 0.05                    # "held": this near to START; "nearly kept": a gradient this near to 1
RULES = {"multiply": "(a) multiply", "add": "(b) add", "gates": "(c) gates"}
FORMULAS = {"multiply": "c ← c · m", "add": "c ← c + m", "gates": "c ← f · c + i · m"}
SEED = 5
DRAWS = np.random.default_rng(SEED).standard_normal((1 + OTHERS, LONGEST))     # the same noise each time


# ---- the three rules -----------------------------------------------------------------------------------------

def write(rule, c, m, f=1.0, i=0.0):
    """One step of a rule: the new memory."""
    return {"multiply": c * m, "add": c + m, "gates": f * c + i * m}[rule]


def slope(rule, m, f=1.0):
    """∂(new c)/∂c of one step."""
    return {"multiply": m, "add": np.ones_like(m), "gates": np.full_like(m, f)}[rule]


def remember(rule, inputs, f=1.0, i=0.0, start=START):
    """A rule over the inputs (..., T) -> the memory c_t and the chain ∂c_t/∂c_0, each (..., T+1), t = 0 … T."""
    c = [np.full(inputs.shape[:-1], start)]
    for m in np.moveaxis(inputs, -1, 0):
        c.append(write(rule, c[-1], m, f, i))
    ones = np.ones((*inputs.shape[:-1], 1))
    return np.stack(c, axis=-1), np.cumprod(np.concatenate([ones, slope(rule, inputs, f)], axis=-1), axis=-1)


@dataclass
class Memory:
    """All three rules with the same inputs."""

    rule: str
    m: float
    f: float
    i: float
    noise: float
    step: int
    inputs: np.ndarray          # (T,): m plus noise
    c: dict                     # rule -> (T+1,)
    gradient: dict              # rule -> (T+1,): ∂c_t/∂c_0
    others: np.ndarray          # (OTHERS, T+1): the chosen rule, had the noise fallen differently


def compute(rule, m, f, i, noise, T, step):
    """Run the three rules over T inputs m + noise."""
    inputs = m + noise * DRAWS[:, :T]
    c, gradient = {}, {}
    for name in RULES:
        c[name], gradient[name] = remember(name, inputs[0], f, i)
    others = remember(rule, inputs[1:], f, i)[0] if noise else np.zeros((0, T + 1))
    return Memory(rule, m, f, i, noise, step, inputs[0], c, gradient, others)


# ---- words -------------------------------------------------------------------------------------------------

def short(value, powers=True):
    """A number to read: three decimals; whole if it is large; a power of ten if very large or very small."""
    size = abs(value)
    if size < 5e-16 or 5e-4 <= size < 1e3:
        return svg.num(value)
    if 1e3 <= size < 1e7:
        return f"{value:,.0f}".replace(",", "\u202f").replace("-", "−")
    digits, power = f"{value:.2e}".split("e")
    return f"{digits}·10^{{{int(power)}}}".replace("-", "−") if powers else f"{digits}e{int(power)}".replace("-", "−")


def judge_value(c):
    """Is the number still there?"""
    if np.all(c == START):
        return "0.8 is held exactly"
    return "0.8 is held" if abs(c[-1] - START) <= KEPT else "0.8 is lost"


def judge_gradient(gradient):
    """What became of the gradient?"""
    last = abs(gradient[-1])
    if np.all(gradient == 1):
        return "it is exactly 1"
    if abs(last - 1) <= ALIKE:
        return "it is nearly kept"
    return "it fades" if last < 1 else "it grows"


def describe(memory):
    """What the picture shows, in words."""
    rule, step, T = memory.rule, memory.step, len(memory.inputs)
    c, gradient = memory.c[rule][:step + 1], memory.gradient[rule][:step + 1]
    numbers = [f"f = {svg.num(memory.f, 2)}, i = {svg.num(memory.i, 2)}"] if rule == "gates" else []
    numbers += [f"m = {svg.num(memory.m, 2)}" + (f" with noise {svg.num(memory.noise, 2)}" if memory.noise else "")]
    head = f"Rule {RULES[rule]}, {', '.join(numbers)}. "
    if step == 0:
        return head + "The memory holds 0.8. Press Step or Play."
    return head + (f"After step {step} of {T}: c = {short(c[-1], powers=False)}, {judge_value(c)}; gradient ∂c/∂c₀ = "
                   f"{short(gradient[-1], powers=False)}, {judge_gradient(gradient)}.")


def code(values):
    """The current state as NumPy code."""
    step = {"multiply": ("c * m", "m"), "add": ("c + m", "1"), "gates": ("f * c + i * m", "f")}[values["rule"]]
    inputs = f"np.full({values['step']}, {values['m']})"
    if values["noise"]:
        inputs = (f"{values['m']} + {values['noise']} * np.random.default_rng({SEED}).standard_normal({LONGEST})"
                  f"[:{values['step']}]")
    return (f"import numpy as np\n\nc, gradient = {START}, 1.0\nf, i = {values['f']}, {values['i']}\n"
            f"for m in {inputs}:\n    c = {step[0]}\n    gradient = gradient * {step[1]}\nprint(c, gradient)")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CARD_W, CARD_H, GAP = 880, 432, 286, 176, 11
CHART_TOP, CHART_H, MARGINS = 182, 250, (84, 196, 14, 52)
WIRE, GATE, FOOT, SLOPE = 66, 100, 144, 166             # y in a card: memory wire, input gate, labels, slope


def draw(memory, hidden=False):
    """Above the three rules at this step, below the chosen one over time; hidden: without computed numbers."""
    cards = "".join(_card(memory, k, rule, hidden) for k, rule in enumerate(RULES))
    return svg.picture(WIDTH, HEIGHT, cards, _chart(memory, hidden))


def _card(memory, k, rule, hidden):
    """One rule as a wire with its nodes, and the numbers of this step on it."""
    x, t = k * (CARD_W + GAP), max(memory.step, 1)
    chosen = rule == memory.rule
    ground = svg.box(x + 2, 2, CARD_W - 4, CARD_H - 4, fill=CHOSEN if chosen else PALE,
                     stroke=BLACK if chosen else FRAME, stroke_width=3 if chosen else 1)
    title = svg.text(x + 14, 26, f"{RULES[rule]}:  {FORMULAS[rule]}", 16, "start", weight="bold")
    before = "?" if hidden and t > 1 else short(memory.c[rule][t - 1])
    after = "?" if hidden or memory.step == 0 else short(memory.c[rule][t])
    words = svg.text(x + 14, WIRE - 12, before, anchor="start") + svg.text(
        x + CARD_W - 14, WIRE - 12, after, anchor="end", weight="bold")
    wire = svg.arrow([(x + 8, WIRE), (x + CARD_W - 8, WIRE)], "c", head=11, stroke_width=3.5)
    m, factor = memory.inputs[t - 1], float(slope(rule, memory.inputs, memory.f)[t - 1])
    nodes = _gated(x, m, memory) if rule == "gates" else _plain(x, m, "×" if rule == "multiply" else "+")
    letter = {"multiply": "m = ", "add": "", "gates": "f = "}[rule]
    foot = svg.text(x + CARD_W - 14, SLOPE, f"gradient × {letter}{svg.num(factor, 2)}", SMALL, "end",
                    MARKS["gradient"].ink, "bold")
    when = svg.text(x + 14, SLOPE, f"step {t}", SMALL, "start", GREY)
    return ground + title + wire + nodes + words + foot + when


def _plain(x, m, sign):
    """The input m meets the memory."""
    x = x + CARD_W / 2
    up = svg.arrow([(x, FOOT - 16), (x, WIRE + 13)], head=7)
    return up + node(x, WIRE, sign) + svg.text(x, FOOT, f"m = {svg.num(m, 2)}")


def _gated(x, m, memory):
    """f multiplies the memory, i what arrives; then both are added."""
    f_x, i_x = x + 88, x + 178
    f_up = svg.arrow([(f_x, FOOT - 16), (f_x, WIRE + 13)], "f", head=7)
    i_up = svg.arrow([(i_x, FOOT - 16), (i_x, GATE + 13)], "i", head=7, dash=(5, 3))
    enter = svg.arrow([(x + 272, GATE), (i_x + 13, GATE)], head=7) + svg.arrow(
        [(i_x, GATE - 13), (i_x, WIRE + 13)], head=7)
    nodes = node(f_x, WIRE, "×") + node(i_x, WIRE, "+") + node(i_x, GATE, "×")
    names = [svg.text(f_x, FOOT, f"f = {svg.num(memory.f, 2)}", fill=MARKS["f"].ink, weight="bold"),
             svg.text(i_x, FOOT, f"i = {svg.num(memory.i, 2)}", fill=MARKS["i"].ink, weight="bold"),
             svg.text(x + 238, GATE - 8, f"m = {svg.num(m, 2)}", SMALL)]
    return f_up + i_up + enter + nodes + "".join(names)


@lru_cache(256)
def _frame(end, low, high):
    """The chart with axes; beyond 10 000 its numbers are in units of a power of ten -> chart, unit."""
    power = int(np.floor(np.log10(high - low) + 1e-9)) if high - low >= 1e4 else 0
    unit = 10.0 ** power
    name = "value, gradient" + (f" (10^{{{power}}})" if power else "")
    return svg.Chart(WIDTH, CHART_H, (0, end), (low / unit, high / unit), "step t", name, y=CHART_TOP,
                     xticks=np.arange(0, end + 1, end // 5), margins=MARGINS), unit


def _end(T):
    """Where the time axis ends: few ends, so that few frames are made."""
    return next(end for end in (5, 10, 20, 30, 40, 50) if end >= T)


def _nice(value):
    """The next of 0, 1.2, 1.5, 2, 3, 5, 7, 10, 15, … away from 0."""
    if abs(value) <= 1.2:
        return 0.0 if value == 0 else float(np.copysign(1.2, value))
    power = 10.0 ** np.floor(np.log10(abs(value)))
    size = next(k * power for k in (1, 1.5, 2, 3, 5, 7, 10) if k * power >= abs(value) * (1 - 1e-9))
    return float(np.copysign(size, value))


def _scale(memory):
    """The chart on which everything of the chosen rule has room, and its unit."""
    shown = np.concatenate([memory.c[memory.rule], memory.gradient[memory.rule], memory.others.ravel()])
    return _frame(_end(len(memory.inputs)), _nice(min(shown.min(), 0)), _nice(max(shown.max(), 1.2)))


def _chart(memory, hidden):
    """Value and gradient of the chosen rule up to this step."""
    if hidden:
        chart, _ = _frame(_end(len(memory.inputs)), 0.0, 1.2)
        (at,) = chart.xy([len(memory.inputs) / 2], [0.5])
        return chart.frame + _stop(chart, memory) + svg.text(*at, "?", 40, weight="bold")
    chart, unit = _scale(memory)
    t, seen = np.arange(memory.step + 1), slice(memory.step + 1)
    c, gradient = memory.c[memory.rule][seen] / unit, memory.gradient[memory.rule][seen] / unit
    goal = chart.line([0, len(memory.inputs)], [START / unit] * 2, stroke=BLUE, stroke_width=1.5, dash=(2, 4))
    lines = chart.line(t, c, "c", stroke_width=4) + chart.line(t, gradient, "gradient")
    dots = chart.dots(t[-1:], gradient[-1:], 6, fill=ORANGE, stroke=BLACK) + chart.dots(t[-1:], c[-1:], 5, fill=BLACK)
    numbers = _ends(chart, memory, c[-1], gradient[-1])
    return chart.frame + _stop(chart, memory) + goal + _fan(chart, memory, unit) + lines + dots + numbers + _legend(
        chart, memory)


def _stop(chart, memory):
    """A line where the last step is, if the axis goes on."""
    T = len(memory.inputs)
    x = chart.xy([T], chart.axes.get_ylim()[0])[0, 0]
    line = svg.path([(x, chart.top), (x, chart.top + chart.height)], stroke=FRAME, stroke_width=1.5)
    return "" if _end(T) == T else line + svg.text(x - 6, chart.top + 16, f"T = {T}", SMALL, "end", GREY, halo=True)


def _legend(chart, memory):
    """What the lines without a letter are."""
    y = chart.top + chart.height + 44
    goal = svg.text(chart.left, y, "dotted: 0.8, to be held", SMALL, "start", GREY)
    same = len(memory.others) and np.all(memory.others == memory.c[memory.rule])
    words = f"{OTHERS} other draws of the noise: no change" if same else f"thin: {OTHERS} other draws of the noise"
    thin = svg.text(WIDTH - 14, y, words, SMALL, "end", GREY)
    return goal + (thin if len(memory.others) else "")


def _fan(chart, memory, unit):
    """The same rule with other draws of the noise, thin and grey, as one path."""
    if not len(memory.others):
        return ""
    runs = memory.others[:, :memory.step + 1] / unit
    gaps = np.full((len(runs), 1), np.nan)
    t = np.tile(np.append(np.arange(memory.step + 1.0), np.nan), len(runs))
    return chart.line(t, np.hstack([runs, gaps]).ravel(), stroke=FRAME, stroke_width=1)


def _ends(chart, memory, c, gradient):
    """The two numbers at the right, at the height of their points, but never on each other."""
    heights = chart.xy([0, 0], [c, gradient])[:, 1]
    low, high = chart.top + 8, chart.top + chart.height
    upper, lower = np.sort(np.clip(heights, low, high))
    if lower - upper < 24:
        upper = min(max((upper + lower) / 2 - 12, low), high - 24)
        lower = upper + 24
    c_y, gradient_y = (upper, lower) if heights[0] <= heights[1] and c != gradient or c > gradient else (lower, upper)
    x, rule, step = chart.left + chart.width + 12, memory.rule, memory.step
    return svg.text(x, c_y + 6, f"c = {short(memory.c[rule][step])}", 16, "start", BLACK, "bold") + svg.text(
        x, gradient_y + 6, f"∂c/∂c_0 = {short(memory.gradient[rule][step])}", 16, "start", MARKS["gradient"].ink,
        "bold")


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {
    "× 0.9": {"rule": "multiply", "m": 0.9, "step": 20},
    "× 1.1": {"rule": "multiply", "m": 1.1, "step": 20},
    "× 2": {"rule": "multiply", "m": 2.0, "step": 20},
    "add noise": {"rule": "add", "m": 0.0, "noise": 0.2, "step": 20},
    "gates: f = 1, i = 0": {"rule": "gates", "m": 0.0, "noise": 0.2, "f": 1.0, "i": 0.0, "step": 20},
    "f = 0.95": {"rule": "gates", "m": 0.0, "noise": 0.2, "f": 0.95, "i": 0.0, "step": 20},
}
QUESTION = "Rule (a), m = 0.9: the memory holds 0.8 and is multiplied by 0.9 twenty times. What does it hold then?"


def _asked(memory):
    """Does the picture show what the question is about?"""
    return (memory.rule, memory.m, memory.noise, len(memory.inputs)) == ("multiply", 0.9, 0.0, 20)


def _mark(memory, guess):
    """The guess, as a ring at the last step."""
    if guess is None or not _asked(memory):
        return ""
    chart, unit = _scale(memory)
    ((x, y),) = chart.xy([len(memory.inputs)], [guess / unit])
    ring = svg.circle(x, y, 9, fill="none", stroke=MARKS["o"].ink, stroke_width=3)
    return ring + svg.text(x - 14, y - 10, "your guess", SMALL, "end", MARKS["o"].ink, "bold", halo=True)


@explorer
def memory_workshop():
    """The memory workshop: hold 0.8 for T steps with one of three rules."""
    predict = Guess(QUESTION, number=(0.0, 0.8, 0.01, 0.4), truth=lambda memory: float(memory.c["multiply"][20]),
                      because=lambda memory: "0.9²⁰ = 0.122, so an eighth of it is left.", tolerance=0.02,
                      mask=lambda memory: draw(memory, hidden=True), mark=_mark,
                      at={"T": 20, "f": 1.0, "i": 0.0, "noise": 0.0} | PRESETS["× 0.9"])
    names = {label: rule for rule, label in RULES.items()}
    controls = [Choice("rule", "rule", names, "multiply"), Slider("T", "T", 1, LONGEST, 1, 20, width="240px"),
                Slider("noise", "noise on m", 0.0, 0.5, 0.05, 0.0, width="300px"),
                Slider("m", "m", -2.0, 2.0, 0.05, 0.9, width="270px"),
                Slider("f", "f", 0.0, 1.0, 0.01, 1.0, width="270px"),
                Slider("i", "i", 0.0, 1.0, 0.01, 0.0, width="270px")]
    return Explorer("Memory workshop", controls, compute, draw, describe, presets=PRESETS,
                    steps=lambda values: values["T"], predict=predict, code=code, interval=0.4,
                    static=["× 0.9", "add noise", "gates: f = 1, i = 0"])
