"""Explorer of lesson 05: three memories read a text: an RNN, one that only adds, one with gates set word by word."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.widgets import svg
from lstm_course.widgets.controls import Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, CHOSEN, FRAME, GREY, INK, MARKS, SMALL

WORDS = ["keys", "that", "man", "lost", "today", "ARE", "dog", "that", "boys", "love", "IS"]
NUMBERS = "1 0 -1 0 0 0 -1 0 1 0 0"                     # of the nouns: +1 plural, -1 singular
SUBJECTS, VERBS, T = (1, 7), (6, 11), len(WORDS)        # steps, counted from 1
LEAST, LARGEST = 0.005, 9                               # |c| from which a sign counts; |x| at most
OPEN = " ".join(["1"] * T)
NOT_MAN = "1 1 0" + " 1" * (T - 3)                    # the second noun is not written
RULES = {"RNN": "c ← u · c + x", "adding": "c ← c + x", "gates": "c ← f · c + i · x"}


# ---- the memories --------------------------------------------------------------------------------------------

def remember(f, i, x):
    """f, i, x (T,) -> the memory c_t, t = 0 … T, of c_t = f_t c_{t−1} + i_t x_t from c_0 = 0: (T+1,)."""
    c = [0.0]
    for f_t, i_t, x_t in zip(f, i, x, strict=True):
        c.append(f_t * c[-1] + i_t * x_t)
    return np.array(c)


def gradients(f):
    """f (T,) -> ∂c_T/∂c_t, t = 0 … T: the product of the f after step t (T+1,)."""
    return np.append(np.cumprod(f[::-1])[::-1], 1.0)


@dataclass
class Memories:
    """The text up to `step`, and what each memory made of it."""

    u: float
    x: np.ndarray               # (T,)
    f: np.ndarray
    i: np.ndarray
    step: int
    c: dict                     # rule -> (step+1,): c_t
    gradient: dict              # rule -> (step+1,): ∂c_step/∂c_t


def numbers_of(text, name, low, high):
    """"1 0 0.5" -> T numbers; a ValueError in plain words if that cannot be."""
    try:
        numbers = [float(word.replace("−", "-").replace(",", ".")) for word in text.split()]
    except ValueError:
        numbers = []
    if len(numbers) != T or not all(low <= number <= high for number in numbers):
        came = f", and {len(numbers)} came" if numbers and len(numbers) != T else ""
        raise ValueError(f"{name} takes {T} numbers from {low} to {high} with blanks between them, one a word{came}."
                         .replace("-", "−"))
    return np.array(numbers)


def tidy(name, low, high):
    """A function of a text: the same numbers in their shortest form."""
    return lambda text: " ".join(f"{number:g}" for number in numbers_of(text, name, low, high))


def compute(u, x, f, i, step):
    """All three memories over the first `step` words."""
    x, f, i = numbers_of(x, "x", -LARGEST, LARGEST), numbers_of(f, "f", 0, 1), numbers_of(i, "i", 0, 1)
    ones = np.ones(T)
    factors = {"RNN": (u * ones, ones), "adding": (ones, ones), "gates": (f, i)}
    c = {rule: remember(*(numbers[:step] for numbers in (*pair, x))) for rule, pair in factors.items()}
    return Memories(u, x, f, i, step, c, {rule: gradients(pair[0][:step]) for rule, pair in factors.items()})


def wanted(x, verb):
    """The sign that c should have at the verb (a step): that of its subject's number."""
    return np.sign(x[max(s for s in SUBJECTS if s < verb) - 1])


def is_right(memories, rule, verb):
    """Has c that sign?"""
    return bool(memories.c[rule][verb] * wanted(memories.x, verb) >= LEAST)


# ---- words ---------------------------------------------------------------------------------------------------

def describe(memories):
    """What each memory holds now, and which verbs it got right."""
    step = memories.step
    if step == 0:
        return "Nothing is read yet: every memory is 0. Press Step or Play."
    read = [verb for verb in VERBS if verb <= step]
    parts = []
    for rule, c in memories.c.items():
        named = f"{rule}, u = {svg.num(memories.u, 2)}" if rule == "RNN" else rule
        marks = " ".join(f"{WORDS[verb - 1]} {'✓' if is_right(memories, rule, verb) else '✗'}" for verb in read)
        parts.append(f"{named}: c = {svg.num(c[-1])}" + (f" {marks}" if marks else ""))
    return f"After {WORDS[step - 1]} (word {step}): {'; '.join(parts)}."


def code(values):
    """The current state as NumPy code."""
    listed = lambda name: f"[{', '.join(values[name].split())}]"
    return (f"x = {listed('x')}\nf = {listed('f')}\ni = {listed('i')}\nu = {values['u']}\nrnn = added = gated = 0.0\n"
            f"for x_t, f_t, i_t in list(zip(x, f, i))[:{values['step']}]:\n    rnn = u * rnn + x_t\n"
            "    added = added + x_t\n    gated = f_t * gated + i_t * x_t\nprint(rnn)\nprint(added)\nprint(gated)")


# ---- the picture ---------------------------------------------------------------------------------------------

WIDTH, LEFT, PITCH = 880, 134, 57.0                     # the place of t = 0; from word to word
HEAD, LANE, CHART, ROW = 70, 98, 66, 17                 # heights: of the head, a lane, its chart, a row of numbers
HEIGHT = HEAD + 3 * LANE + 2 * ROW + 12
LABELS = {"f": "share kept", "i": "share written"}
LIMITS = (1.25, 2, 3, 5, 10, 20, 50, 100, 500)


def _x(t):
    return LEFT + np.asarray(t, float) * PITCH


def draw(memories):
    """The text on top, below it each memory over time, its gradient, and for the last the gates."""
    lanes = "".join(_lane(memories, k, rule) for k, rule in enumerate(RULES))
    return svg.picture(WIDTH, HEIGHT, _verbs(), _head(memories), lanes, _gates(memories))


@lru_cache
def _verbs():
    """A light ground under the verbs."""
    look = {"fill": CHOSEN, "stroke": FRAME, "stroke_width": 1}
    return "".join(svg.box(_x(verb) - 27, 2, 54, HEIGHT - 4, **look) for verb in VERBS)


def _head(memories):
    """The words and their numbers; of what is not read yet, grey."""
    parts = [svg.text(14, 44, "x, number", SMALL, "start", weight="bold"),
             svg.text(14, 63, "+1 plural, −1 singular", SMALL, "start", GREY)]
    for t, word in enumerate(WORDS, 1):
        ink = INK if t <= memories.step else GREY
        bold = "bold" if t in SUBJECTS + VERBS else None
        parts.append(svg.text(_x(t), 21, word, SMALL, fill=ink, weight=bold))
        if t in SUBJECTS:
            parts.append(svg.path([(_x(t) - 20, 26), (_x(t) + 20, 26)], stroke=ink, stroke_width=2))
        if t in VERBS:
            parts.append(svg.text(_x(t), 63, f"c {'>' if wanted(memories.x, t) > 0 else '<'} 0 ?", SMALL, fill=ink))
        x = f"{memories.x[t - 1]:+g}".replace("-", "−").replace("+0", "0")
        parts.append(svg.text(_x(t), 44, x, SMALL, fill=ink))
    return "".join(parts)


def _lane(memories, k, rule):
    """One memory: its rule, c over time, the verdicts at the verbs, and ∂c/∂c_t below."""
    c, top = memories.c[rule], HEAD + k * LANE
    limit = next((limit for limit in LIMITS if np.abs(c).max() <= limit), LIMITS[-1])
    y = lambda value: top + CHART / 2 - (CHART / 2 - 4) * np.clip(value / limit, -1, 1)
    t = np.arange(len(c))
    points = np.stack([_x(t), y(c)], axis=1)
    parts = [_names(rule, top, memories.u), svg.path([(_x(0), y(0)), (_x(T) + 12, y(0))], stroke=FRAME, stroke_width=1),
             svg.wire(points, "c", stroke_width=4), *(svg.circle(*point, 4, fill=BLACK) for point in points)]
    read = [verb for verb in VERBS if verb < len(c)]
    for verb in read:
        sign = "✓" if is_right(memories, rule, verb) else "✗"
        parts.append(svg.text(_x(verb) + 18, top + 18 if c[verb] <= 0 else top + CHART - 6, sign, 18, weight="bold"))
    right = sum(is_right(memories, rule, verb) for verb in read)
    end = svg.text(WIDTH - 6, y(0) + 5, f"c = {svg.num(c[-1])}", SMALL, "end", weight="bold", halo=True)
    if read:
        end += svg.text(WIDTH - 6, y(0) + 26, f"{right} of {len(read)} right", SMALL, "end")
    return "".join(parts) + _row(memories.gradient[rule][1:], top + CHART + 13, "gradient") + end


def _names(rule, top, u):
    """What a lane is, at its left."""
    shown = f"u = {svg.num(u, 2)}" if rule == "RNN" else ""
    return (svg.path([(6, top - 3), (WIDTH - 6, top - 3)], stroke="#DDDDDD", stroke_width=1)
            + svg.text(14, top + 18, rule, 15, "start", weight="bold")
            + svg.text(14, top + 37, RULES[rule], SMALL, "start") + svg.text(14, top + 56, shown, SMALL, "start")
            + svg.text(14, top + CHART + 13, "∂c/∂c_t", SMALL, "start", MARKS["gradient"].ink, "bold"))


def _row(values, y, name):
    """The numbers of steps 1, 2, …; a bar behind each is as long as the number is large, up to 1."""
    mark = MARKS[name]
    parts = []
    for t, value in enumerate(values.tolist(), 1):
        left = float(_x(t)) - 26
        parts.append(svg.box(left, y - 12, 52 * min(abs(value), 1.0), 15, fill=mark.colour, stroke="none", rx=0,
                             fill_opacity=0.2))
        parts.append(svg.text(_x(t), y, svg.num(value, 2), SMALL, fill=mark.ink))
    return "".join(parts)


def _gates(memories):
    """The rows of f and i under the memory that has them."""
    parts = []
    for k, name in enumerate("fi"):
        y = HEAD + 3 * LANE + ROW * k + 6
        parts.append(svg.text(14, y, f"{name}, {LABELS[name]}", SMALL, "start", MARKS[name].ink, "bold"))
        parts.append(_row(getattr(memories, name), y, name))
    return "".join(parts)


# ---- the explorer --------------------------------------------------------------------------------------------

FIRST_ONLY = "1" + " 0" * (T - 1)
PRESETS = {"u = 0.8": {"u": 0.8, "step": T}, "u = 1.15": {"u": 1.15, "step": T},
           "write and hold": {"i": FIRST_ONLY, "step": T},
           "hold half": {"i": FIRST_ONLY, "f": "1 1 1 0.5" + " 1" * (T - 4), "step": T}}


@explorer
def memory_workshop():
    """The memory workshop: which memory has the number of the subject when the verb comes?"""
    controls = [Slider("u", "u", 0.0, 1.3, 0.05, 0.9),
                Text("f", "f", OPEN, tidy("f", 0, 1)), Text("i", "i", NOT_MAN, tidy("i", 0, 1)),
                Text("x", "x", NUMBERS, tidy("x", -LARGEST, LARGEST))]
    workshop = Explorer("Which memory says ARE, then IS?", controls, compute, draw, describe, presets=PRESETS,
                        steps=lambda _: T, code=code, interval=0.6, static=["u = 0.8", "write and hold"])
    workshop.set(step=T)                                # the whole text; Reset goes to its beginning
    return workshop
