"""Explorer of lesson 08: the data of the next-prime task, a detector for answers in the input, and a network on it."""

import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments.next_prime import (
    CONTROLS,
    RATE,
    SEEDS,
    TESTED,
    TRAINED,
    article_lstm,
    controlled,
    error_in_primes,
    outputs,
)
from lstm_course.experiments.shared.first_unit import first_unit_error
from lstm_course.tasks import primes
from lstm_course.training import steps
from lstm_course.training.optimizers import SGD
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Checkbox, Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.live_training import keeping, kept
from lstm_course.widgets.numbers import grouped, span
from lstm_course.widgets.parts import stacked
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLUE, FRAME, GREY, INK, PALE, SEQUENTIAL, SMALL, VERMILION

WIDEST, MOST = 60, 25                               # inputs, learned windows
ITERATIONS, PIECE, SECONDS = 3000, 25, 12           # of a live run: it ends at the first of both limits
FITTED, NEAR = 2.0, 2.0                             # primes: an error up to this is "fitted", is "predicted"


@dataclass
class Inspection:
    """The windows of one setting, and what can be found in them without any network. n windows, W inputs."""

    width: int
    repeat: bool
    count: int
    control: str
    scale: int                  # what the primes are divided by
    x: np.ndarray               # (n,W): the windows that are learned
    targets: np.ndarray         # (n,)
    x_new: np.ndarray           # (10,W): the ten windows after them, held out
    targets_new: np.ndarray     # (10,)
    share: np.ndarray           # (W,): in what share of the learned windows this input is the target
    correlation: np.ndarray     # (W,): with the target
    always_mean: float          # error on the held-out windows, in primes, of the mean of the learned targets
    trained: "Trained | None"

    @property
    def leaks(self):
        """The inputs that are the target in every learned window."""
        return np.flatnonzero(self.share == 1)

    @property
    def known(self):
        """How many of the held-out windows stand among the learned ones, number for number."""
        return int((self.x_new[:, None] == self.x).all(axis=2).any(axis=1).sum())

    @property
    def guess(self):
        """A good guess without a network and its error on the held-out windows, in primes; None if there is none."""
        if len(self.leaks):
            name, answers = f"copy x[{self.leaks[0]}]", self.x_new[:, self.leaks[0]]
        elif not self.repeat and self.control == CONTROLS[0]:
            name, answers = "last + mean gap", self.x_new[:, -1] + np.mean(self.targets - self.x[:, -1])
        else:
            return None
        return name, error_in_primes(answers, self.targets_new, self.scale)

    @property
    def verdict(self):
        """What the network is worth, from its errors."""
        fits, predicts = self.trained.learned[1] <= FITTED, self.trained.held_out[1] <= NEAR
        if predicts and self.known:
            return f"knows the held-out windows: {self.known} of 10 were learned"
        return (f"{'fits' if fits else 'does not fit'} what was learned "
                f"{'and' if fits == predicts else 'but'} {'predicts' if predicts else 'misses'} what was held out")


@dataclass
class Trained:
    """What one network (live) or the stored ones made of the data; errors in primes, from lowest to highest."""

    live: bool
    iterations: int
    at: np.ndarray              # (K,): iterations
    losses: np.ndarray          # (S,K)
    learned: tuple
    held_out: tuple


# ---- the data ------------------------------------------------------------------------------------------------

@lru_cache(512)
def data_of(width, repeat, count, control):
    """-> x (n,1,W), targets (n,1,1), and the same for the ten windows after them."""
    x, targets = primes.next_prime(width, 0, count + TESTED, repeat)
    return (*controlled(x[:count], targets[:count], control),
            *controlled(x[count:], targets[count:], control, held_out=True))


def correlations(x, targets):
    """Of each column of x (n,W) with the targets (n,) -> (W,); 0 where a column is constant."""
    x, targets = x - x.mean(axis=0), targets - targets.mean()
    sizes = np.sqrt((x ** 2).sum(axis=0) * (targets ** 2).sum())
    return np.divide(targets @ x, sizes, out=np.zeros(x.shape[1]), where=sizes > 1e-12)


@lru_cache(512)
def _inspect(width, repeat, count, control):
    """All that needs no network, as keywords of Inspection."""
    x, targets, x_new, targets_new = (a.reshape(len(a), -1) for a in data_of(width, repeat, count, control))
    targets, targets_new = targets[:, 0], targets_new[:, 0]
    scale = primes.scale(count + TESTED + width, repeat)
    return {"scale": scale, "x": x, "targets": targets, "x_new": x_new, "targets_new": targets_new,
            "share": (x == targets[:, None]).mean(axis=0), "correlation": correlations(x, targets),
            "always_mean": error_in_primes(np.full(TESTED, targets.mean()), targets_new, scale)}


@lru_cache
def _stored(control):
    """The stored networks on the article's data, 10 000 iterations each."""
    found, c = experiments.load("next_prime"), CONTROLS.index(control)
    ends = lambda errors: (float(errors.min()), float(errors.max()))
    return Trained(False, int(found["at"][-1]) + 1, found["at"], found["losses"][c], ends(found["train"][c]),
                   ends(found["held_out"][c]))


def compute(width, repeat, count, control, result=None):
    """Inspect the data of a setting; `result` keeps the networks that were trained live."""
    setting = (width, repeat, count, control)
    trained = kept(result, width=width, repeat=repeat, count=count, control=control)
    if trained is None and (width, repeat, count) == (50, True, TRAINED):
        trained = _stored(control)
    return Inspection(*setting, **_inspect(*setting), trained=trained)


# ---- a live run ----------------------------------------------------------------------------------------------

def live(width, repeat, count, control):
    """Train one network on this setting: yields (share done, Trained so far)."""
    x, targets, x_new, targets_new = data_of(width, repeat, count, control)
    scale, start = primes.scale(count + TESTED + width, repeat), time.process_time()
    layer = article_lstm(width)
    for now in steps(layer, (x, targets), first_unit_error, SGD(RATE), updates=ITERATIONS):
        if now.number % PIECE:
            continue
        errors = [error_in_primes(outputs(layer, a), b, scale) for a, b in ((x, targets), (x_new, targets_new))]
        at = np.unique(np.geomspace(1, now.number, 60).astype(int)) - 1
        spent = (time.process_time() - start) / SECONDS
        yield min(1.0, max(now.number / ITERATIONS, spent)), Trained(
            True, now.number, at, np.array(now.history.losses)[None, at], *((error, error) for error in errors))
        if spent >= 1:
            return


# ---- words -------------------------------------------------------------------------------------------------

def inputs_words(leaks):
    """"x[0] and x[25]"."""
    names = [f"x[{k}]" for k in leaks]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def primes_off(error, raised=False):
    """An error in primes, short: "32", "2.1", "0.023", "3e−7" (raised: 3·10^{−7})."""
    if error >= 9.95 or error == 0:
        return f"{error:.0f}"
    if error >= 0.00095:
        return svg.scientific(error) if error >= 0.0095 else f"{error:.3f}"
    digit, power = f"{error:.0e}".split("e")
    return f"{digit}·10^{{{int(power)}}}".replace("-", "−") if raised else f"{digit}e{int(power)}".replace("-", "−")


def _off(ends):
    return span(ends, primes_off, " to ")


def describe(seen):
    """What the picture shows, in words."""
    kind = "the 25 primes below 100 again and again" if seen.repeat else "the primes go on"
    words = f"{seen.width} inputs, {kind}, {seen.count} learned windows, {seen.control}. "
    words += (f"The target is {inputs_words(seen.leaks)} in every learned window. " if len(seen.leaks)
              else "No input is the target in every learned window. ")
    if seen.known:
        words += f"{seen.known} of the 10 held-out windows are among the learned ones. "
    done = seen.trained
    if done is None:
        return words + "No network has been trained on this yet: press Train."
    who = f"After {grouped(done.iterations)} iterations the network" if done.live else (
        f"Stored, {SEEDS} networks, {grouped(done.iterations)} iterations: the network")
    return words + (f"{who} is off by {_off(done.learned)} on learned windows and by {_off(done.held_out)} on held-out "
                    f"ones (always the mean: {primes_off(seen.always_mean)}): it {seen.verdict}.")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 880, 392
LEFT, COLUMN, TOP, ROWS, GAP = 84, 8, 34, 176, 8        # the table of windows, px
TARGET = LEFT + WIDEST * COLUMN + 12                    # the target's column
PANEL, PANEL_TOP = 632, 34                              # the right half


@lru_cache
def _charts():
    """The detector's frame, its columns below those of the table, and the frame of the loss."""
    detector = svg.Chart(LEFT + WIDEST * COLUMN + 16, 148, (-0.5, WIDEST - 0.5), (-1.08, 1.08), "input x[j]", "", y=244,
                         xticks=range(0, WIDEST, 10), yticks=[-1, 0, 1], margins=(LEFT, 16, 6, 50))
    loss = svg.Chart(WIDTH - PANEL + 22, 176, (1, 1e4), (1e-28, 1e2), "iteration", "loss", x=PANEL - 22,
                     y=PANEL_TOP - 6, xscale="log", yscale="log", xticks=[1, 100, 1e4], yticks=[1, 1e-8, 1e-16, 1e-24],
                     margins=(84, 26, 8, 52))
    return detector, loss


def draw(seen, hidden=False):
    """Left the windows and the detector, right the network; hidden: without what is found."""
    detector, loss = _charts()
    mark = svg.text(LEFT + 4 * WIDEST, 300, "?", 40, weight="bold", halo=True)
    found = mark if hidden else _detector(detector, seen) + _boxes(seen)
    right = "" if hidden else _loss(loss, seen.trained) + _errors(seen)
    return svg.picture(WIDTH, HEIGHT, _table(seen), detector.frame, _legend(), found, loss.frame, right)


def _table(seen):
    """The windows as rows of colours, the target beside each; the held-out ones below."""
    height = ROWS / (seen.count + TESTED)
    learned, split = height * seen.count, TOP + height * seen.count + GAP
    top = max(seen.targets.max(), seen.targets_new.max(), seen.x.max(), seen.x_new.max())
    parts = [svg.text(LEFT, TOP - 12, f"inputs x[0] … x[{seen.width - 1}]", SMALL, "start"),
             svg.text(TARGET + 10, TOP - 12, "target", SMALL)]
    for y, size, x, targets in [(TOP, learned, seen.x, seen.targets),
                                (split, ROWS - learned, seen.x_new, seen.targets_new)]:
        parts += [svg.heat_image(LEFT, y, COLUMN * seen.width, size, x, SEQUENTIAL, 0, top),
                  svg.heat_image(TARGET, y, 20, size, targets[:, None], SEQUENTIAL, 0, top)]
    names = [(TOP + learned / 2, "learned", f"0 … {seen.count - 1}"),
             (split + (ROWS - learned) / 2, "held out", f"{seen.count} … {seen.count + TESTED - 1}")]
    for y, name, which in names:
        y = max(y, TOP + 14)
        parts += [svg.text(LEFT - 8, y - 2, name, SMALL, "end", weight="bold"),
                  svg.text(LEFT - 8, y + 15, which, SMALL, "end", GREY)]
    return "".join(parts)


def _boxes(seen):
    """A frame round every input that is the target."""
    return "".join(svg.box(LEFT + COLUMN * k - 1.5, TOP - 3, COLUMN + 3, ROWS + GAP + 6, fill="none", stroke=VERMILION,
                           stroke_width=3, rx=2) for k in seen.leaks)


@lru_cache
def _legend():
    y = 238
    return (svg.box(LEFT, y - 11, 12, 12, fill=BLUE, stroke_width=1, rx=0)
            + svg.text(LEFT + 18, y, "share of windows in which x[j] is the target", SMALL, "start")
            + svg.path([(LEFT + 374, y - 5), (LEFT + 400, y - 5)], stroke=INK, stroke_width=1.8, dash=(5, 3))
            + svg.text(LEFT + 406, y, "correlation", SMALL, "start"))


def _detector(chart, seen):
    """For every input the share as a bar, and its correlation with the target as a line."""
    j = np.flatnonzero(seen.share)
    whole = seen.share[j] == 1
    bars = chart.bars(j[~whole], seen.share[j[~whole]], 0.8, fill=BLUE, stroke="none", stroke_width=0) + chart.bars(
        j[whole], seen.share[j[whole]], 1.0, fill=VERMILION, stroke=INK, stroke_width=1.5)
    line = chart.line(np.arange(seen.width), seen.correlation, stroke=INK, stroke_width=1.8, dash=(5, 3))
    words = "".join(svg.text(*(chart.xy([k], [0])[0] + (9, 16)), f"x[{k}]", SMALL, "start", weight="bold", halo=True)
                    for k in seen.leaks)
    return bars + line + words


def _loss(chart, done):
    """The loss of the learned windows over the iterations, on two logarithmic scales."""
    if done is None:
        return svg.text(chart.left + chart.width / 2, chart.top + 60, "Press Train.", 16, halo=True)
    x, losses = done.at + 1, np.maximum(done.losses, 1e-30)
    if done.live:
        return chart.line(x, losses[0], stroke=BLUE, stroke_width=3)
    band = chart.band(x, losses.min(axis=0), losses.max(axis=0), fill="#B9D6EA", stroke="none", stroke_width=0)
    return band + chart.line(x, losses[0], stroke=BLUE, stroke_width=3)


def _errors(seen):
    """The errors, in a small table."""
    done, right, raised = seen.trained, WIDTH - 16, lambda error: primes_off(error, raised=True)
    source = "no network yet" if done is None else (
        f"{'one network' if done.live else f'{SEEDS} networks'}, {grouped(done.iterations)} iterations")
    rows = [("learned", span(done.learned, raised, " – ") if done else "–"),
            ("held out", span(done.held_out, raised, " – ") if done else "–"),
            ("held out, always the mean", primes_off(seen.always_mean)),
            *([(f"held out, {seen.guess[0]}", primes_off(seen.guess[1]))] if seen.guess else [])]
    looks = [{"weight": "bold" if k < 2 else None} for k in range(len(rows))]
    names, numbers = zip(*rows, strict=True)
    return (svg.box(PANEL - 12, 212, WIDTH - PANEL + 6, 174, fill=PALE, stroke=FRAME, stroke_width=1)
            + svg.text(PANEL, 236, "error, in primes", 16, "start", weight="bold")
            + stacked(PANEL, 264, list(zip(names, looks, strict=True)), 27)
            + stacked(right, 264, list(zip(numbers, looks, strict=True)), 27, anchor="end")
            + svg.text(PANEL, 372, source, SMALL, "start", GREY))


# ---- the explorer ------------------------------------------------------------------------------------------

START = {"width": 50, "repeat": True, "count": TRAINED, "control": CONTROLS[0]}
PRESETS = {
    "article": {},
    "shuffled labels": {"control": "shuffled labels"},
    "random inputs": {"control": "random inputs"},
    "24 inputs": {"width": 24},
    "25 windows": {"count": 25},
    "primes go on": {"repeat": False},
}
ANSWERS = ("in none", "in one", "in two", "in all 50")
QUESTION = ("The article's network reads 50 numbers and has to say the next one. In how many of the 50 inputs does the "
            "answer already stand, in every window?")


def _truth(seen):
    return ANSWERS[min(len(seen.leaks), 3)]


@explorer
def leak_detector():
    """The leak detector: what stands in the windows of the next-prime task, and what a network makes of them."""
    predict = Guess(QUESTION, options=ANSWERS, truth=_truth, mask=lambda seen: draw(seen, hidden=True), at=START,
                      because=lambda seen: "All 25 primes below 100 come back after 25 and after 50 numbers.")
    controls = [Slider("width", "inputs", 10, WIDEST, 1, 50, width="300px"),
                Slider("count", "learned windows", 2, MOST, 1, TRAINED, width="330px"),
                Checkbox("repeat", "after 97 begin again with 2", True), Choice("control", "data", list(CONTROLS))]
    return Explorer("Leak detector", controls, compute, draw, describe, presets=PRESETS, predict=predict,
                    run=(f"Train {grouped(ITERATIONS)} iterations", keeping(live)), lines=3,
                    static=["article", "shuffled labels", "random inputs"])
