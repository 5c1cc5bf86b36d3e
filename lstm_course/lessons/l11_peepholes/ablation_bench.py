"""Explorer of lesson 11: take one part out of the LSTM, choose rate and budget, and see who learns to add."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments import gate_ablation
from lstm_course.experiments.shared.variants import VARIANTS
from lstm_course.tasks.adding_problem import baseline
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.live_run import follow
from lstm_course.widgets.live_training import keeping, kept
from lstm_course.widgets.numbers import capital
from lstm_course.widgets.parts import OTHERS, chosen, guides, key, runs, unknown
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, GREY, LIVE, SMALL, STORED

SECONDS = 14                        # of the processor: when a live run is ended
NAMES, RATES, BUDGETS = gate_ablation.NAMES, gate_ablation.RATES, gate_ablation.BUDGETS
SEEDS = len(gate_ablation.SEEDS)
LABELS = {"full": "the full LSTM", "no i": "without i", "no f": "without f", "no o": "without o",
          "i = 1 - f": "i = 1 − f", gate_ablation.STARTED: "full, b_i = −1"}
WHAT = {name: words for name, (words, _) in VARIANTS.items()} | {
    gate_ablation.STARTED: "nothing is changed but the first bias of i, −1"}


@dataclass
class Bench:
    """The stored runs of the chosen variant, rate and budget, the counts of all, and the live run if there is one."""

    variant: str
    rate: float
    budget: int
    seed: int
    updates: np.ndarray             # (N,), up to the budget
    scores: np.ndarray              # (seeds, N) of the chosen variant and rate
    solved: dict                    # variant -> (rates, seeds): after so many updates, 0 if not within the budget
    live: list = field(default_factory=list)        # (updates, score)

    @property
    def ends(self):
        """After how many updates the runs that are shown have learned to add (seeds,)."""
        return self.solved[self.variant][RATES.index(self.rate)]

    def counts(self, name):
        """How many runs of a variant learn to add, for each rate."""
        return (self.solved[name] > 0).sum(axis=1)

    def median(self, name):
        """"550": after so many updates half of the runs have learned at this rate; "> 400" if fewer do."""
        ends = self.solved[name][RATES.index(self.rate)]
        median = np.median(np.where(ends, ends, np.inf))
        return f"{median:g}" if np.isfinite(median) else f"> {self.budget}"

    def curve(self, seed):
        """Updates and scores of a stored run, up to its end; of a long one every third score is enough."""
        after = self.ends[seed]
        end = np.searchsorted(self.updates, after) + 1 if after else len(self.updates)
        at = np.unique([*range(0, end, self.budget // BUDGETS[0]), end - 1])
        at = at[np.isfinite(self.scores[seed, at])]
        return self.updates[at], self.scores[seed, at]


@lru_cache
def _stored(budget):
    """updates (N,), scores {variant: (rates, seeds, N)} and solved {variant: (rates, seeds)} within the budget."""
    found = experiments.load("gate_ablation")
    names, within = found["names"].tolist(), found["updates"] <= budget
    scores = {name: found["scores"][names.index(name)][..., within] for name in NAMES}
    solved = {name: found["solved"][names.index(name)] for name in NAMES}
    return found["updates"][within], scores, {name: np.where(row <= budget, row, 0) for name, row in solved.items()}


def compute(variant, rate, budget, seed, result=None):
    """The stored runs; `result` keeps the points of the live runs."""
    updates, scores, solved = _stored(budget)
    points = kept(result, variant=variant, rate=rate, budget=budget, seed=seed) or []
    return Bench(variant, rate, budget, seed, updates, scores[variant][RATES.index(rate)], solved, list(points))


def live(variant, rate, budget, seed):
    """Train this run once more, before the student's eyes: yields (share done, points so far)."""
    return follow(gate_ablation.training(variant, rate, seed, budget), budget, SECONDS)


# ---- words -------------------------------------------------------------------------------------------------

def describe(bench):
    """What the picture shows, in words."""
    name, ends = bench.variant, bench.ends
    others = " and ".join(f"{count} at {rate:g}" for rate, count in zip(RATES, bench.counts(name), strict=True)
                          if rate != bench.rate)
    words = (f"{capital(LABELS[name])}: {WHAT[name]}. At rate {bench.rate:g} {(ends > 0).sum()} of {SEEDS} runs learn "
             f"to add within {bench.budget} updates; {others}. The median at rate {bench.rate:g} is "
             f"{bench.median(name).replace('>', 'more than')} updates. ")
    end, (_, score) = ends[bench.seed], bench.curve(bench.seed)
    words += f"Run {bench.seed} " + (f"learns after {end} updates." if end else f"ends with error {score[-1]:.2g}.")
    if bench.live:
        updates, score = bench.live[-1]
        not_ = "" if score < gate_ablation.GOAL else "not "
        words += f" Trained here: {updates} updates, error {score:.2g}, {not_}learned."
    return words


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHART = 880, 388, 404
TABLE, COUNTS, TIMES, ROW, TOP = CHART + 16, (CHART + 190, CHART + 262, CHART + 334), WIDTH - 58, 46, 66     # x, y


@lru_cache
def _chart(budget):
    return svg.Chart(CHART, HEIGHT - 28, (0, budget), (1e-3, 10), "updates", "squared error", yscale="log",
                     margins=(84, 14, 42, 54), yticks=[1e-3, 1e-2, 1e-1, 1, 10],
                     xticks=range(0, budget + 1, budget // 4))


def draw(bench, hidden=False):
    """Left the error against the updates, right the counts of all variants; hidden: without results."""
    chart = _chart(bench.budget)
    words = f"{capital(LABELS[bench.variant])}, learning rate {bench.rate:g}"
    title = svg.text(14, 20, words, 16, "start", weight="bold")
    lines, words = _guides(bench.budget)
    curves = [(*bench.curve(seed), bench.ends[seed] > 0) for seed in range(SEEDS)]
    shown = unknown(chart.left + chart.width / 2, chart.top + 130) if hidden else runs(chart, curves, bench.seed,
                                                                                         bench.live)
    return svg.picture(WIDTH, HEIGHT, chart.frame, lines, shown, words, title, _table(bench, hidden), _legend(bench))


@lru_cache
def _guides(budget):
    """The baseline and the goal: their lines, their words."""
    chart = _chart(budget)
    right = chart.left + chart.width - 4
    y = [chart.xy([0], [value])[0, 1] for value in (baseline(), gate_ablation.GOAL)]
    lines = guides(chart, baseline(), gate_ablation.GOAL, BLACK)
    return lines, (svg.text(right, y[0] - 16, "always 1: error 1/6", SMALL, "end", GREY, halo=True)
                   + svg.text(right, y[1] + 20, "learned: below 0.01", SMALL, "end", halo=True))


def _table(bench, hidden):
    """A row for each variant: of 20 runs so many learn, at each rate; and their median at the chosen one."""
    middle = COUNTS[1]
    head = [svg.text(middle, 20, f"of {SEEDS} runs learn, at rate", SMALL, "middle", GREY),
            svg.text(TIMES, 20, "median", SMALL, "middle", GREY)]
    here = RATES.index(bench.rate)
    for k, (x, rate) in enumerate(zip(COUNTS, RATES, strict=True)):
        head.append(svg.text(x, 46, f"{rate:g}", SMALL, "middle", None if k == here else GREY,
                             "bold" if k == here else None))
    head.append(svg.text(TIMES, 46, f"at {bench.rate:g}", SMALL, "middle", GREY))
    return "".join(head) + "".join(_row(bench, k, name, hidden) for k, name in enumerate(NAMES))


def _row(bench, k, name, hidden):
    y, here = TOP + ROW * k, name == bench.variant
    at = RATES.index(bench.rate)
    parts = [chosen(TABLE - 8, y, WIDTH - TABLE + 6, ROW - 1, fill_opacity=0.6)] if here else []
    middle = y + ROW / 2 + 5
    parts.append(svg.text(TABLE, middle, LABELS[name], 15, "start", weight="bold" if here else None))
    if here:
        parts.append(svg.box(COUNTS[at] - 30, y + 3, 60, ROW - 7, fill="none", stroke=BLACK, stroke_width=1.5, rx=4))
    for x, count in zip(COUNTS, bench.counts(name), strict=True):
        parts.append(svg.text(x, middle, "?" if hidden else str(count), 15, "middle"))
    parts.append(svg.text(TIMES, middle, "?" if hidden else bench.median(name), 15, "middle"))
    return "".join(parts)


def _legend(bench):
    """What the lines of the chart are."""
    y = HEIGHT - 14
    rows = [(16, STORED, f"run {bench.seed}, stored"), (168, OTHERS, "the others"), (298, LIVE, "trained here")]
    return "".join(key(x, y, [(look, words)], length=34, size=SMALL, gap=8) for x, look, words in rows)


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {"full, 400": {"variant": "full", "rate": 0.01, "budget": 400},
           "without f, 400": {"variant": "no f", "rate": 0.005, "budget": 400},
           "without f, 1200": {"variant": "no f", "rate": 0.005, "budget": 1200},
           "another start": {"variant": gate_ablation.STARTED, "rate": 0.01, "budget": 400}}
QUESTION = "Without f, at rate 0.005, no run learns to add within 400 updates. How many of 20 within 1200?"


def _because(bench):
    return f"The full LSTM: {bench.counts('full')[RATES.index(bench.rate)]} of {SEEDS}."


@explorer
def ablation_bench():
    """The ablation bench: variants of the cell, three learning rates, two budgets, stored and live."""
    predict = Guess(QUESTION, lambda bench: int((bench.ends > 0).sum()), number=(0, SEEDS, 1, 10), tolerance=2,
                    because=_because, mask=lambda bench: draw(bench, hidden=True),
                    at={"variant": "no f", "rate": 0.005, "budget": 1200, "seed": 0})
    cells = {label.replace("the full LSTM", "full"): name for name, label in LABELS.items()}
    controls = [Choice("variant", "cell", cells, "full"), Choice("rate", "rate", {f"{r:g}": r for r in RATES}, 0.01),
                Choice("budget", "updates", {str(number): number for number in BUDGETS}, BUDGETS[0]),
                Slider("seed", "run", 0, SEEDS - 1, 1, 0, width="240px")]
    return Explorer("The ablation bench", controls, compute, draw, describe, presets=PRESETS, predict=predict,
                    run=("Train this run now", keeping(live)), static=["full, 400"])
