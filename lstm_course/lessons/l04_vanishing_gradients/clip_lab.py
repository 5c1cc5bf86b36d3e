"""Explorer of lesson 04: train a network whose gradient explodes, with and without clipping."""

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np

from lstm_course import RNN, Linear
from lstm_course.tasks.latch_problem import latch_problem
from lstm_course.training import Last, Model, steps
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import SGD, clip_by_norm, clip_by_value, global_norm
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLUE, FRAME, GREY, INK, MARKS, PALE, SMALL, VERMILION

UPDATES, STEPS, BATCH, HIDDEN, NOISE = 80, 50, 8, 32, 0.3
BASELINE = 1.0                      # the loss of who always answers 0, between the two targets +1 and -1
LEARNED, DIVERGED = 0.5, 1e3        # the mean of the last ten losses is below, or above
LIMITS = {"off": None, "norm": 1.0, "value": 0.1}
CLIPS = {"off": "off", "norm ≤ 1": "norm", "value ≤ 0.1": "value"}


@dataclass
class Training:
    """What happened at updates 1 … N; N < step if the numbers left the range of float64."""

    gain: float
    clip: str
    rate: float
    seed: int
    step: int
    losses: np.ndarray          # (N,)
    norms: np.ndarray           # (N,): of the true gradient
    taken: np.ndarray           # (N,): of the gradient after clipping
    angles: np.ndarray          # (N,): between the two, in degrees

    @property
    def now(self):
        """The last update, as an index; -1 before the first."""
        return len(self.losses) - 1

    @property
    def mean_loss(self):
        """Of the last ten updates."""
        return float(self.losses[-10:].mean())

    @property
    def verdict(self):
        """"has diverged", "has learned" or "has not learned", from the mean loss."""
        if self.over or self.mean_loss > DIVERGED:
            return "has diverged"
        return "has learned" if self.now >= 9 and self.mean_loss < LEARNED else "has not learned"

    @property
    def over(self):
        """Has an overflow ended the training before this step?"""
        return self.step > len(self.losses)


# ---- the training ------------------------------------------------------------------------------------------

def model_of(gain, seed):
    """RNN(1, 32), its last output, a linear layer. U is orthogonal times `gain`."""
    rng = np.random.default_rng(seed)
    model = Model([RNN(1, HIDDEN, rng=rng), Last(), Linear(HIDDEN, 1, rng=rng)])
    model.parameters["0.U"][...] *= gain
    return model


def batch(rng):
    """x (T,B,1): a cue of ±1, then noise; targets (B,1): the cue."""
    x, bit = latch_problem(STEPS, BATCH, rng, NOISE)
    return x, 2 * bit - 1


class ClippingSGD(SGD):
    """Gradient descent that clips first: by norm, by value or not ("off"), and notes what that did to the gradient.

    norm: of the gradient that was used. angle: between it and the true one, in degrees.
    """

    def __init__(self, rate, clip):
        super().__init__(rate)
        self.clip, self.norm, self.angle = clip, 0.0, 0.0

    def update(self, parameters, grads):
        used = {name: grad.copy() for name, grad in grads.items()}
        if self.clip != "off":
            (clip_by_norm if self.clip == "norm" else clip_by_value)(used, LIMITS[self.clip])
        self.norm, self.angle = global_norm(used), angle(grads, used)
        super().update(parameters, used)


def angle(grads, others):
    """The angle between two gradients in degrees, all arrays taken together; numbers of any size."""
    a, b = (np.concatenate([grad.ravel() for grad in each.values()]) / global_norm(each) for each in (grads, others))
    return round(float(np.degrees(2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b)))), 2)


def updates(gain, clip, rate, seed):
    """The training: yields (loss, norm, norm after clipping, angle) of each update; stops at an overflow.

    Four digits of each are kept: where gradients explode, further ones differ from processor to processor.
    """
    optimizer = ClippingSGD(rate, clip)
    with suppress(FloatingPointError):
        for now in steps(model_of(gain, seed), batch, mean_squared_error, optimizer, updates=UPDATES, rng=100 + seed):
            yield [float(f"{value:.3e}") for value in (now.loss, now.grad_norm, optimizer.norm, optimizer.angle)]


@lru_cache(128)
def _session(*setting):
    """What has been trained so far in this setting, and the rest of it."""
    return [], updates(*setting)


def train(gain, clip, rate, seed, count=UPDATES):
    """The first `count` updates (4, count), or fewer after an overflow; only what is new is trained."""
    rows, more = _session(gain, clip, rate, seed)
    rows.extend(islice(more, max(0, count - len(rows))))
    return np.array(rows[:count]).reshape(-1, 4).T


def compute(gain, clip, rate, seed, step):
    """The training up to this step."""
    return Training(gain, clip, rate, seed, step, *train(gain, clip, rate, seed, step))


# ---- words -------------------------------------------------------------------------------------------------

def describe(run):
    """What the picture shows, in words."""
    head = f"Gain {svg.num(run.gain, 1)}, clipping {_clip_name(run)}, learning rate {run.rate:g}. "
    if run.step == 0:
        return head + "Nothing is trained yet: press Step or Play."
    n = run.now
    if run.over:
        return (head + f"The training ended after update {n + 1}: the numbers left the range that float64 can hold "
                       f"(the last loss was {_size(run.losses[n])}). It has diverged.")
    turned = f", turned by {run.angles[n]:.0f}°" if run.clip != "off" else ""
    return (head + f"Update {n + 1}: true gradient norm {_size(run.norms[n])} (largest so far "
                   f"{_size(run.norms[:n + 1].max())}), used with norm {_size(run.taken[n])}{turned}. "
                   f"Mean loss of the last ten {_size(run.mean_loss)}: it {run.verdict}.")


def _clip_name(run):
    return next(key for key, value in CLIPS.items() if value == run.clip)


def _size(value):
    return svg.scientific(value, raised=False)


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHARTS = 880, 440, 590
LOW, HIGH = 1e-4, 1e12
TICKS = [1e-4, 1, 1e4, 1e8, 1e12]


@lru_cache
def _charts():
    loss = svg.Chart(CHARTS, 202, (0, UPDATES), (LOW, HIGH), "", "loss", yscale="log", margins=(84, 14, 14, 8),
                     xticks=[], yticks=TICKS)
    norm = svg.Chart(CHARTS, 238, (0, UPDATES), (LOW, HIGH), "update", "gradient norm", yscale="log", y=202,
                     margins=(84, 14, 14, 54), yticks=TICKS)
    return loss, norm


def draw(run, hidden=False):
    """Left loss and gradient norm over the updates, right the true gradient and the one that is used."""
    loss, norm = _charts()
    marks = "" if hidden else _losses(loss, run) + _norms(norm, run)
    return svg.picture(WIDTH, HEIGHT, loss.frame, norm.frame, _guides(loss, norm, run.clip), marks,
                       _compass(run, hidden))


@lru_cache
def _guides(loss, norm, clip):
    """The baseline of the loss, and the limit of the clipping."""
    ends = [0, UPDATES]
    parts = [loss.line(ends, [BASELINE] * 2, stroke=GREY, stroke_width=1.5, dash=(5, 4)),
             svg.text(loss.left + loss.width - 6, loss.xy([0], [BASELINE])[0, 1] - 15, "always answer 0: loss 1", SMALL,
                      "end", GREY, halo=True)]
    if clip == "norm":
        parts.append(norm.line(ends, [LIMITS["norm"]] * 2, stroke=VERMILION, stroke_width=2, dash=(9, 5)))
        parts.append(svg.text(norm.left + norm.width - 6, norm.xy([0], [1.0])[0, 1] + 19, "limit 1", SMALL, "end",
                              MARKS["o"].ink, halo=True))
    return "".join(parts)


def _losses(chart, run):
    n = run.now + 1
    return chart.line(np.arange(1, n + 1), run.losses[:n], stroke=BLUE, stroke_width=3) + _now(chart, run, run.losses)


def _norms(chart, run):
    """The true norm, and the norm of the step that is taken."""
    n = run.now + 1
    t = np.arange(1, n + 1)
    taken = chart.line(t, run.taken[:n], stroke=INK, stroke_width=1.5) if run.clip != "off" else ""
    return taken + chart.line(t, run.norms[:n], "gradient") + _now(chart, run, run.norms)


def _now(chart, run, values):
    """A dot at the present update, or an arrow if it is above the picture; a cross where numbers ended."""
    n = run.now
    if n < 0:
        return ""
    (x, _), = chart.xy([n + 1], [1.0])
    if run.over:
        y = chart.top + 14
        cross = [[(x - 7, y - 7), (x + 7, y + 7)], [(x - 7, y + 7), (x + 7, y - 7)]]
        word = svg.text(x - 14, y + 6, "overflow", SMALL, "end", weight="bold", halo=True)
        return "".join(svg.path(s, stroke=VERMILION, stroke_width=3.5) for s in cross) + word
    if values[n] > HIGH:
        return svg.arrow([(x, chart.top + 30), (x, chart.top + 4)], stroke=INK, stroke_width=3)
    return chart.dots([n + 1], [values[n]], 6, fill="#ffffff", stroke_width=2.5)


CENTRE, LENGTH = (CHARTS + 38, 176), 200


def _compass(run, hidden):
    """Two arrows of equal length from one point: the true gradient, and the one that is used."""
    x, right, n = CHARTS + 18, WIDTH - 12, run.now
    head = svg.text(x, 26, "Direction of this update", 16, "start", weight="bold")
    settings = [f"gain {svg.num(run.gain, 1)}, network {run.seed}", f"clipping {_clip_name(run)}",
                f"learning rate {run.rate:g}", f"update {run.step} of {UPDATES}"]
    if hidden or n < 0:
        words = [svg.text(x, 258 + 30 * k, line, 16, "start") for k, line in enumerate(settings)]
        mark = svg.text(x + 110, 130, "?", 44, weight="bold") if hidden else svg.text(x, 130, "Press Step or Play.",
                                                                                      16, "start")
        return head + mark + "".join(words)
    turn = np.radians(run.angles[n])
    (cx, cy), reach = CENTRE, LENGTH
    true = svg.arrow([(cx, cy), (cx + reach, cy)], "gradient")
    tip = (cx + reach * np.cos(turn), cy - reach * np.sin(turn))
    used = svg.arrow([(cx, cy), tip], stroke=INK, stroke_width=2, head=8) if run.clip != "off" else ""
    arc = [(cx + 70 * np.cos(a), cy - 70 * np.sin(a)) for a in np.linspace(0, turn, 12)]
    bend = svg.path(arc, stroke=FRAME, stroke_width=1.5) if turn > 0.05 else ""
    words = svg.text(cx + reach + 12, cy + 26, "true gradient", SMALL, "end", MARKS["gradient"].ink, "bold")
    if run.clip != "off":
        same = turn < 0.05
        words += svg.text(cx + reach + 12 if same else tip[0] + 12, cy - 14 if same else tip[1],
                          "used: same direction" if same else "used", SMALL, "end" if same else "start", weight="bold",
                          halo=True)
    return head + true + bend + used + words + _numbers(run, x, right)


def _numbers(run, x, right):
    n = run.now
    rows = [("true norm", svg.scientific(run.norms[n])), ("norm used", svg.scientific(run.taken[n])),
            ("angle", f"{run.angles[n]:.0f}°"), ("mean loss of last 10", svg.scientific(run.mean_loss))]
    parts = [svg.box(x - 10, 228, WIDTH - x + 6, 206, fill=PALE, stroke=FRAME, stroke_width=1)]
    for k, (name, value) in enumerate(rows):
        parts += [svg.text(x, 258 + 30 * k, name, 16, "start"),
                  svg.text(right, 258 + 30 * k, value, 17, "end", weight="bold")]
    shown = svg.text(x, 392, f"update {n + 1} of {UPDATES}", 16, "start")
    return "".join(parts) + shown + svg.text(x, 420, f"it {run.verdict}", 19, "start", weight="bold")


# ---- the explorer ------------------------------------------------------------------------------------------

START = {"gain": 1.5, "clip": "off", "rate": 0.05, "seed": 5}
PRESETS = {
    "gain 1.5, off": {"gain": 1.5, "clip": "off"},
    "gain 1.5, norm": {"gain": 1.5, "clip": "norm"},
    "gain 1, norm": {"gain": 1.0, "clip": "norm"},
    "gain 1, value": {"gain": 1.0, "clip": "value"},
}
ON_PAPER = ["gain 1.5, off", "gain 1, norm"]       # these end alike on every machine


def _because(run):
    return f"The largest norm is {_size(run.norms.max())}: clipping shortens steps, the cliffs stay."


@explorer
def clip_lab():
    """The clip lab: the same training without clipping, clipped by norm, clipped by value."""
    question = ("Gain 1.5, and every gradient is clipped to a norm of at most 1. How large does the gradient get, "
                "measured before it is clipped?")
    options = ["about 1", "far above 1"]
    predict = Guess(question, options=options, truth=lambda run: options[int(run.norms.max() > 10)],
                      because=_because, mask=lambda run: draw(run, hidden=True),
                      at=START | {"clip": "norm", "step": UPDATES})
    controls = [Choice("gain", "gain of U", {"1": 1.0, "1.5": 1.5, "2": 2.0}, 1.5), Choice("clip", "clipping", CLIPS),
                Choice("rate", "learning rate", {"0.005": 0.005, "0.05": 0.05, "5": 5.0}, 0.05),
                Slider("seed", "network", 0, 9, 1, 5, width="290px")]
    return Explorer("Clip lab", controls, compute, draw, describe, presets=PRESETS, steps=UPDATES, predict=predict,
                    static=ON_PAPER, interval=0.15, lines=3)
