"""Explorer of lesson 11: take one part out of the LSTM and see what two tasks say; stored runs, and one run live."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments import gate_ablation
from lstm_course.experiments.shared.variants import VARIANTS
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.live_run import follow, updates_words
from lstm_course.widgets.live_training import keeping, kept
from lstm_course.widgets.numbers import capital
from lstm_course.widgets.parts import OTHERS, chosen, guides, key, runs, unknown
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLUE, FRAME, GREY, LIVE, MARKS, SMALL, STORED, VERMILION

SECONDS = 14                        # of the processor: when a live run is ended
NAMES = tuple(VARIANTS)
LABELS = {"full": "the full LSTM", "no i": "without i", "no f": "without f", "no o": "without o",
          "g = z": "g not squashed",
          "h = o c": "h not squashed", "i = 1 - f": "i = 1 − f", "peepholes": "peepholes"}
SEEDS = len(gate_ablation.SEEDS)
TASK = gate_ablation.ADDING


@dataclass
class Bench:
    """All stored runs of all variants, and the live run of the chosen variant and seed, if there is one."""

    variant: str
    seed: int
    updates: np.ndarray             # (N,)
    scores: np.ndarray              # (seeds, N) of the chosen variant on the adding problem
    solved: dict                    # variant -> (seeds,): after so many updates, 0 if never
    right: dict                     # variant -> (seeds,): share right on the Reber strings
    live: list = field(default_factory=list)        # (updates, score)

    def count(self, name):
        """How many runs of a variant learn to add."""
        return int(np.sum(self.solved[name] > 0))

    def curve(self, seed):
        """Updates and scores of a stored run, up to its end."""
        after = self.solved[self.variant][seed]
        end = np.searchsorted(self.updates, after) + 1 if after else len(self.updates)
        return self.updates[:end], self.scores[seed, :end]


@lru_cache
def _stored():
    found = experiments.load("gate_ablation")
    names = [str(name) for name in found["variants"]]
    rows = {key: {name: found[key][names.index(name)] for name in NAMES} for key in ("scores", "solved", "right")}
    return found["updates"], rows["scores"], rows["solved"], rows["right"]


def compute(variant, seed, result=None):
    """The stored runs; `result` keeps the points of the live runs."""
    updates, scores, solved, right = _stored()
    points = kept(result, variant=variant, seed=seed) or []
    return Bench(variant, seed, updates, scores[variant], solved, right, list(points))


def live(variant, seed):
    """Train this run once more, before the student's eyes: yields (share done, points so far)."""
    return follow(gate_ablation.training(variant, seed), TASK.updates, SECONDS)


# ---- words -------------------------------------------------------------------------------------------------

def describe(bench):
    """What the picture shows, in words."""
    name, solved, right = bench.variant, bench.solved[bench.variant], bench.right[bench.variant]
    times = f", after {updates_words(solved)} updates" if solved.any() else f" within {TASK.updates} updates"
    words = (f"{capital(LABELS[name])}: {VARIANTS[name][0]}. "
             f"Adding: {bench.count(name)} of {SEEDS} runs learn it{times}. "
             f"Reber: {right.min():.3f} to {right.max():.3f} right. ")
    end = solved[bench.seed]
    words += f"Run {bench.seed} " + (f"learns to add after {end} updates." if end else (
        f"ends with error {bench.scores[bench.seed, -1]:.2g}."))
    if bench.live:
        updates, score = bench.live[-1]
        words += f" Trained here: {updates} updates, error {score:.2g}, {'' if TASK.solved(score) else 'not '}learned."
    return words


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHART = 880, 372, 396
TABLE, TIMES, STRIP, ROW, TOP = CHART + 8, CHART + 245, (CHART + 314, WIDTH - 22), 33, 62      # x, row height, y


@lru_cache(1)
def _chart():
    return svg.Chart(CHART, HEIGHT - 28, (0, TASK.updates), (1e-3, 1), "updates", "squared error", yscale="log",
                     margins=(84, 10, 42, 54), yticks=[1e-3, 1e-2, 1e-1, 1], xticks=range(0, TASK.updates + 1, 150))


def draw(bench, hidden=False):
    """Left the error against the updates, right all variants on both tasks; hidden: without results."""
    chart = _chart()
    mark = unknown(chart.left + chart.width / 2, chart.top + 130)
    title = svg.text(14, 20, f"Adding, T = 50: {LABELS[bench.variant]}", 16, "start", weight="bold")
    lines, words = _guides()
    curves = [(*bench.curve(seed), bench.solved[bench.variant][seed] > 0) for seed in range(SEEDS)]
    lines_of_runs = mark if hidden else runs(chart, curves, bench.seed, bench.live)
    return svg.picture(WIDTH, HEIGHT, chart.frame, lines, lines_of_runs, words, title, _table(bench, hidden),
                       _legend(bench))


@lru_cache(1)
def _guides():
    """The baseline and the goal: their lines, their words."""
    chart, right = _chart(), _chart().left + _chart().width - 4
    y = [chart.xy([0], [value])[0, 1] for value in (TASK.baseline, TASK.goal)]
    foot, ink = chart.top + chart.height - 8, MARKS["i"].ink
    lines = guides(chart, TASK.baseline, TASK.goal, ink)
    return lines, (svg.text(right, y[0] - 16, "always 1: error 1/6", SMALL, "end", GREY, halo=True)
                   + svg.text(right, foot, "learned: below 0.01", SMALL, "end", ink, halo=True))


def _strip_x(share):
    """Where a share from 0 to 1 stands on the strips."""
    return STRIP[0] + (STRIP[1] - STRIP[0]) * share


def _table(bench, hidden):
    """A row for each variant: runs that learn to add, after how many updates, and the strip of Reber scores."""
    head = [svg.text(TIMES - 30, 22, "adding: learned", SMALL, "middle", GREY),
            svg.text(TIMES - 30, 44, "runs, updates", SMALL, "middle", GREY),
            svg.text(sum(STRIP) / 2, 22, "Reber: share right", SMALL, "middle", GREY)]
    bottom = TOP + ROW * len(NAMES)
    for share in (0.0, 0.5, 1.0):
        x = _strip_x(share)
        head += [svg.text(x, 44, f"{share:g}", SMALL, "middle", GREY),
                 svg.path([(x, TOP - 10), (x, bottom)], stroke=FRAME, stroke_width=1)]
    return "".join(head) + "".join(_row(bench, k, name, hidden) for k, name in enumerate(NAMES))


def _row(bench, k, name, hidden):
    y, here = TOP + ROW * k, name == bench.variant
    ground = chosen(TABLE - 6, y, WIDTH - TABLE, ROW - 1, fill_opacity=0.6) if here else ""
    weight, middle = "bold" if here else None, y + ROW / 2
    words = svg.text(TABLE, middle + 5, LABELS[name], 15, "start", weight=weight)
    if hidden:
        return ground + words + "".join(svg.text(x, middle + 5, "?", 15) for x in (TIMES - 30, sum(STRIP) / 2))
    count, solved = bench.count(name), bench.solved[name]
    words += svg.text(TIMES - 62, middle + 5, f"{count} of {SEEDS}", 15, weight=weight)
    words += svg.text(TIMES + 14, middle + 5, updates_words(solved), SMALL, weight=weight)
    spread = middle + 5 * np.linspace(-1, 1, SEEDS)[np.argsort(np.arange(SEEDS) % 3, kind="stable")]
    colour = BLUE if bench.right[name].min() > gate_ablation.GOOD else VERMILION
    look = {"fill": "#ffffff", "stroke": colour, "stroke_width": 2}
    dots = "".join(svg.circle(x, at, 4.5, **look) for x, at in zip(_strip_x(bench.right[name]), spread, strict=True))
    return ground + words + dots


def _legend(bench):
    """What the lines of the chart are."""
    y = HEIGHT - 14
    rows = [(16, STORED, f"run {bench.seed}, stored"),
            (168, OTHERS, "the others"), (298, LIVE, "trained here")]
    note = svg.text(STRIP[1] + 14, y + 5, "○ one run each; a coin has 0.5", SMALL, "end", GREY)
    return note + "".join(key(x, y, [(look, words)], length=34, size=SMALL, gap=8) for x, look, words in rows)


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {"full": {"variant": "full"}, "without i": {"variant": "no i"}, "without f": {"variant": "no f"},
           "i = 1 − f": {"variant": "i = 1 - f"}, "peepholes": {"variant": "peepholes"}}
QUESTION = "Coupled gates, i = 1 − f, save a quarter of the weights. How many updates until they can add?"
OPTIONS = ("fewer than the full LSTM", "about as many", "more, or they never learn it")


def _typical(bench, name):
    """The median number of updates until a variant has learned to add; infinite if most runs never do."""
    return float(np.median(np.where(bench.solved[name], bench.solved[name], np.inf)))


def _truth(bench):
    """"About as many": within a fifth."""
    coupled, full = _typical(bench, "i = 1 - f"), _typical(bench, "full")
    return OPTIONS[0] if coupled < 0.8 * full else OPTIONS[2] if coupled > 1.2 * full else OPTIONS[1]


def _because(bench):
    full, coupled = (updates_words(bench.solved[name]) for name in ("full", "i = 1 - f"))
    return f"{coupled} updates, the full LSTM {full}."


@explorer
def ablation_bench():
    """The ablation bench: eight variants of the cell, two tasks, stored and live."""
    predict = Guess(QUESTION, _truth, OPTIONS, because=_because, mask=lambda bench: draw(bench, hidden=True),
                      at={"variant": "i = 1 - f", "seed": 0})
    cells = {label.replace("the full LSTM", "full"): name for name, label in LABELS.items()}
    controls = [Choice("variant", "cell", cells, "full"),
                Slider("seed", "run", 0, SEEDS - 1, 1, 0, width="240px")]
    return Explorer("The ablation bench", controls, compute, draw, describe, presets=PRESETS, predict=predict,
                    run=("Train this run now (adding)", keeping(live)), static=["full", "without f"])
