"""Explorer of lesson 09: three tasks that need a long memory, five networks, ten stored runs each, and one run live."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments.shared import races
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.live_run import follow, updates_words
from lstm_course.widgets.live_training import keeping, kept
from lstm_course.widgets.parts import OTHERS, chosen, guides, key, runs, unknown
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, LIVE, SMALL, STORED

SECONDS = 14                        # of the processor: when a live run is ended
EXPERIMENTS = {"adding": "adding_race", "order": "order_race", "latch": "latch_race"}
TITLES = {"adding": "Adding problem", "order": "Temporal order", "latch": "Latch"}
NETWORKS = races.RACERS
SEEDS = races.SEEDS


@dataclass
class Race:
    """All stored runs of one network on one task, and the live run of the chosen seed, if there is one."""

    task: str
    network: str
    seed: int
    updates: np.ndarray             # (N,)
    scores: np.ndarray              # (seeds, N): the score of new sequences; the last one repeated at the end
    solved: np.ndarray              # (seeds,): after so many updates, 0 if never
    table: dict                     # network -> (seeds,) solved
    live: list = field(default_factory=list)        # (updates, score) of the live run

    @property
    def rules(self):
        return races.TASKS[self.task]

    @property
    def count(self):
        """How many of the stored runs solve the task."""
        return int(np.sum(self.solved > 0))

    def curve(self, seed):
        """Updates and scores of a stored run, up to its end."""
        end = np.searchsorted(self.updates, self.solved[seed]) + 1 if self.solved[seed] else len(self.updates)
        return self.updates[:end], self.scores[seed, :end]


@lru_cache
def _stored(task):
    """network -> (scores, solved), and when the scores were taken."""
    found = experiments.load(EXPERIMENTS[task])
    names = [str(name) for name in found["networks"]]
    return {name: (found["scores"][names.index(name)], found["solved"][names.index(name)])
            for name in NETWORKS}, found["updates"]


def compute(task, network, seed, result=None):
    """The stored runs; `result` keeps the points of the live runs."""
    runs, updates = _stored(task)
    table = {name: solved for name, (_, solved) in runs.items()}
    points = kept(result, task=task, network=network, seed=seed) or []
    return Race(task, network, seed, updates, *runs[network], table, list(points))


def live(task, network, seed):
    """Train this run once more, before the student's eyes: yields (share done, points so far)."""
    rules = races.TASKS[task]
    return follow(races.training(rules, races.by_name(rules, network), seed), rules.updates, SECONDS)


# ---- words -------------------------------------------------------------------------------------------------

def score_words(race, score):
    """"error 0.0042" or "99.4 % right"."""
    return f"error {score:.2g}" if race.rules.small_is_good else f"{100 * score:.1f} % right"


def describe(race):
    """What the picture shows, in words."""
    head = f"{TITLES[race.task]}, T = {race.rules.steps}, {race.network.replace('b=', 'forget bias ')}: "
    times = f", after {updates_words(race.solved)} updates" if race.count else f" within {race.rules.updates} updates"
    words = head + f"{race.count} of {len(SEEDS)} runs solve it{times}. "
    end = race.solved[race.seed]
    words += f"Run {race.seed} " + (f"solves it after {end} updates." if end else (
        f"ends with {score_words(race, race.scores[race.seed, -1])}."))
    if race.live:
        updates, score = race.live[-1]
        done = "solved" if race.rules.solved(score) else "not solved"
        words += f" Trained here: {updates} updates, {score_words(race, score)}, {done}."
    return words


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHART = 880, 360, 560


@lru_cache
def _chart(task):
    rules = races.TASKS[task]
    if rules.small_is_good:
        return svg.Chart(CHART, HEIGHT, (0, rules.updates), (1e-3, 1), "updates", "squared error", yscale="log",
                         margins=(84, 14, 12, 54), yticks=[1e-3, 1e-2, 1e-1, 1])
    return svg.Chart(CHART, HEIGHT, (0, rules.updates), (0, 1.03), "updates", "share of right answers",
                     margins=(84, 14, 12, 54), yticks=[0, 0.25, 0.5, 0.75, 1])


def draw(race, hidden=False):
    """Left the score against the updates, right how often each network solves the task; hidden: without results."""
    chart = _chart(race.task)
    mark = unknown(chart.left + chart.width / 2, chart.top + 110)
    curves = [(*race.curve(seed), race.solved[seed] > 0) for seed in range(len(SEEDS))]
    lines_of_runs = mark if hidden else runs(chart, curves, race.seed, race.live)
    lines, words = _guides(race.task)
    return svg.picture(WIDTH, HEIGHT, chart.frame, lines, lines_of_runs, words, _table(race, hidden))


@lru_cache
def _guides(task):
    """The baseline and the goal: their lines, their words."""
    chart, rules = _chart(task), races.TASKS[task]
    right = chart.left + chart.width - 6
    words = {"adding": "always 1: error 1/6", "order": "guessing: 1/4", "latch": "a coin: 1/2"}[task]
    goal = "solved: below 0.005" if rules.small_is_good else "solved: above 0.99"
    y = [chart.xy([0], [value])[0, 1] for value in (rules.baseline, rules.goal)]
    lines = guides(chart, rules.baseline, rules.goal, INK)
    return lines, (svg.text(right, y[0] - 14, words, SMALL, "end", GREY, halo=True)
                   + svg.text(right, y[1] + 22, goal, SMALL, "end", INK, halo=True))


def _table(race, hidden):
    """How many of ten runs solve the task, and after how many updates."""
    x, right, top = CHART + 12, WIDTH - 10, 64
    parts = [svg.text(x, 26, f"{TITLES[race.task]}, T = {race.rules.steps}", 17, "start", weight="bold"),
             svg.text(x + 168, 52, "solved", SMALL, "middle", GREY), svg.text(right, 52, "updates", SMALL, "end", GREY)]
    for k, (name, solved) in enumerate(race.table.items()):
        y, here = top + 34 * k, name == race.network
        if here:
            parts.append(chosen(x - 6, y, right - x + 12, 32))
        weight = "bold" if here else None
        count = "?" if hidden else f"{int(np.sum(solved > 0))} of {len(SEEDS)}"
        parts += [svg.text(x + 2, y + 22, name.replace("b=", "bias "), 16, "start", weight=weight),
                  svg.text(x + 168, y + 22, count, 16, "middle", weight=weight),
                  svg.text(right, y + 22, "?" if hidden else updates_words(solved), 15, "end", weight=weight)]
    return "".join(parts) + _legend(race, x, top + 34 * len(race.table) + 32)


def _legend(race, x, y):
    """What the lines are."""
    rows = [(STORED, f"run {race.seed}, stored"),
            (OTHERS, "the other nine"), (LIVE, "trained here")]
    return svg.path([(x, y - 20), (WIDTH - 10, y - 20)], stroke=FRAME, stroke_width=1.5) + key(x, y, rows)


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {
    "adding: RNN": {"task": "adding", "network": "RNN"},
    "adding: LSTM, bias 1": {"task": "adding", "network": "LSTM b=1"},
    "order: bias 0": {"task": "order", "network": "LSTM b=0"},
    "order: bias 1": {"task": "order", "network": "LSTM b=1"},
    "latch: GRU": {"task": "latch", "network": "GRU"},
    "latch: RNN": {"task": "latch", "network": "RNN"},
}
START = {"task": "order", "network": "LSTM b=0", "seed": 0}
QUESTION = "Temporal order with forget bias 0: how many of ten LSTMs learn it?"


@explorer
def race():
    """The race: five networks on three tasks, stored and live."""
    predict = Guess(QUESTION, number=(0, 10, 1, 5), truth=lambda race: float(race.count),
                      because=lambda race: "Look at the row of bias 1.", mask=lambda race: draw(race, hidden=True),
                      at=START)
    tasks = {TITLES[name].lower(): name for name in EXPERIMENTS}
    networks = {name.replace("b=", "bias "): name for name in NETWORKS}
    controls = [Choice("task", "task", tasks, START["task"]),
                Choice("network", "network", networks, START["network"]),
                Slider("seed", "run", 0, len(SEEDS) - 1, 1, START["seed"], width="240px")]
    return Explorer("The race", controls, compute, draw, describe, presets=PRESETS, predict=predict,
                    run=("Train this run now", keeping(live)), static=["adding: RNN", "adding: LSTM, bias 1"])
