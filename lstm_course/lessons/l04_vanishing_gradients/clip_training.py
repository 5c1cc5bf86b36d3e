"""Explorer of lesson 04: train a network whose gradient explodes, and see which layer's gradient does it.

The latch over 50 steps, U = 1.5 times an orthogonal matrix, plain gradient descent: the ways of `exploding_latch`.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile

import numpy as np

from lstm_course.experiments import exploding_latch
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.parts import key, pairs
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, FRAME, GREY, INK, PALE, SMALL

UPDATES, BASELINE = 80, 1.0         # the loss of always answering 0, between the targets +1 and −1
WAYS = {"off": "off", "norm ≤ 1": "norm", "each number ≤ 0.1": "value", "norm ≤ 1, recurrent layer only":
        "norm, recurrent only", "off, output rate 0.01": "output rate 0.01", "off, recurrent layer frozen": "frozen"}
OUTPUT = {"stroke": BLACK, "stroke_width": 2}


@dataclass
class Training:
    """What happened at updates 1 … N of `step`; N < step if the numbers left the range of float64.

    losses, recurrent, output (N,): gradient norms of both layers before clipping; size (N,): the mean of ‖h_T‖²
    """

    way: str
    seed: int
    step: int
    losses: np.ndarray
    recurrent: np.ndarray
    output: np.ndarray
    size: np.ndarray

    @property
    def over(self):
        """Has an overflow ended the training before this step?"""
        return self.step > len(self.losses)

    @property
    def factor(self):
        """2 · output rate · (mean ‖h_T‖² + 1), the 1 for the bias. The output layer is linear and its error is squared:
        up to 2 its gradient descent cannot diverge. Above, it may: what decides is the largest eigenvalue of the mean
        of (h, 1) (h, 1)ᵀ over the batch, which is the mean of ‖h‖² + 1 only if all h of the batch are parallel.
        """
        rate = exploding_latch.WAYS[self.way].get("output_rate", exploding_latch.RATE)
        return 2 * rate * (float(self.size[-1]) + 1)

    @property
    def mean_loss(self):
        """Of the last ten updates."""
        return float(self.losses[-10:].mean())


@lru_cache(64)
def _session(way, seed):
    """What has been trained so far, and the rest of it, up to an overflow."""
    training = exploding_latch.updates(way, (seed,), UPDATES)[1]
    numbers = ([float(loss[0]), *(float(norm[0]) for norm in norms), float(size[0])] for loss, norms, size in training)
    return [], takewhile(lambda row: bool(np.all(np.isfinite(row))), numbers)


def compute(way, seed, step):
    """The training up to this step; only what is new is trained. Four digits are kept: where gradients explode, further
    ones differ from processor to processor.
    """
    rows, more = _session(way, seed)
    rows.extend([float(f"{value:.3e}") for value in row] for row in islice(more, max(0, step - len(rows))))
    return Training(way, seed, step, *np.array(rows[:step]).reshape(-1, 4).T)


# ---- words -------------------------------------------------------------------------------------------------

def describe(run):
    """What the picture shows, in words."""
    head = f"Clipping {_name(run)}, network {run.seed}. "
    if run.step == 0:
        return head + "Nothing is trained yet: press Step or Play."
    if run.over:
        return head + f"The training ended after update {len(run.losses)}: the numbers left the range of float64."
    return (head + f"Update {run.step}: gradient norms {_size(run.recurrent[-1])} in the recurrent layer (largest so "
                   f"far {_size(run.recurrent.max())}) and {_size(run.output[-1])} in the output layer; 2 · rate · "
                   f"(‖h‖² + 1) = {svg.num(run.factor, 2)}. Mean loss of the last ten {_size(run.mean_loss)}.")


def _name(run):
    return next(name for name, way in WAYS.items() if way == run.way)


def _size(value):
    return svg.scientific(value, raised=False)


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHARTS = 880, 430, 590
LOSSES, NORMS = (1e-4, 1e9), (1e-12, 1e9)


@lru_cache
def _charts():
    loss = svg.Chart(CHARTS, 190, (0, UPDATES), LOSSES, "", "loss", yscale="log", margins=(84, 14, 14, 8), xticks=[],
                     yticks=[1e-3, 1, 1e3, 1e6, 1e9])
    norm = svg.Chart(CHARTS, 240, (0, UPDATES), NORMS, "update", "gradient norm", yscale="log", y=190,
                     margins=(84, 14, 14, 54), yticks=[1e-12, 1e-6, 1, 1e6])
    return loss, norm


def draw(run):
    """Left the loss and both gradient norms over the updates, right what the numbers are now."""
    loss, norm = _charts()
    n = np.arange(1, len(run.losses) + 1)
    inside = lambda values, limits: np.clip(values, *limits)
    marks = loss.line(n, inside(run.losses, LOSSES), **OUTPUT) + norm.line(n, inside(run.recurrent, NORMS), "gradient")
    marks += norm.line(n, inside(run.output, NORMS), **OUTPUT)
    level = loss.level(BASELINE, stroke=GREY, stroke_width=1.5, dash=(2, 3))
    words = svg.text(loss.left + loss.width - 6, loss.top + loss.height - 10, "dotted: always answer 0, loss 1", SMALL,
                     "end", GREY, halo=True)
    return svg.picture(WIDTH, HEIGHT, loss.frame, norm.frame, level, marks, words, _panel(run))


def _panel(run):
    x, right = CHARTS + 18, WIDTH - 14
    parts = [key(x, 30, [("gradient", "recurrent layer: W, U, b"), (OUTPUT, "output layer")]),
             svg.box(x - 10, 96, WIDTH - x + 6, 220, fill=PALE, stroke=FRAME, stroke_width=1)]
    if not run.step:
        lines = ["Press Step or Play.", *f"clipping: {_name(run)}".split(", "), f"network {run.seed}"]
        return "".join(parts) + "".join(svg.text(x, 128 + 28 * n, line, 16, "start") for n, line in enumerate(lines))
    if run.over:
        words = f"overflow after update {len(run.losses)}"
        return "".join(parts) + svg.text(x, 128, words, 16, "start", weight="bold")
    rows = [("loss, last ten", svg.scientific(run.mean_loss)),
            ("recurrent gradient", svg.scientific(run.recurrent[-1])),
            ("largest so far", svg.scientific(run.recurrent.max())),
            ("output gradient", svg.scientific(run.output[-1])), ("mean ‖h_T‖², of 32", svg.num(run.size[-1], 1)),
            ("2 · rate · (‖h_T‖² + 1)", svg.num(run.factor, 2))]
    verdict = "above 2: it may diverge" if run.factor > 2 else "below 2: it cannot diverge"
    parts += [pairs(x, right, 126, rows, 28), svg.text(x, 302, verdict, 15, "start", INK, "bold")]
    return "".join(parts) + svg.text(x, 344, f"update {len(run.losses)} of {UPDATES}", 16, "start")


# ---- the explorer ------------------------------------------------------------------------------------------

# On paper stands "frozen": the others end otherwise on other processors.
PRESETS = {"off": {"way": "off", "seed": 5}, "off, output rate 0.01": {"way": "output rate 0.01", "seed": 0},
           "norm, recurrent layer only": {"way": "norm, recurrent only", "seed": 5},
           "frozen": {"way": "frozen", "seed": 5}}


@explorer
def clip_training():
    """A training that explodes: the gradients of both layers apart, with and without clipping."""
    controls = [Choice("way", "clipping", WAYS), Slider("seed", "network", 0, 9, 1, 5)]
    return Explorer("Which gradient explodes?", controls, compute, draw, describe, presets=PRESETS, steps=UPDATES,
                    static=["frozen"], interval=0.15, lines=3)
