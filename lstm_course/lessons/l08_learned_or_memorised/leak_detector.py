"""Explorer of lesson 08: one window of the next-prime task as tiles, and the inputs that are the target."""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.tasks import primes
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Checkbox, Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.parts import stacked, unknown
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, FRAME, GREY, INK, PALE, SMALL, YELLOW

WIDEST, LEARNED, WINDOWS = 60, 10, 20               # inputs; windows 0 to 9 are learned, 10 to 19 held out
MOST_NUMBERS, LARGEST = 40, 999                     # of an own series


@dataclass
class Inspection:
    """The windows of a setting: x (20,W), targets (20,), the number k of the one that is shown; what the series is."""

    x: np.ndarray
    targets: np.ndarray
    k: int
    series: str

    @property
    def window(self):
        """The numbers of the window that is shown, (W,)."""
        return self.x[self.k]

    @property
    def target(self):
        return self.targets[self.k]

    @property
    def leaks(self):
        """The inputs that are the target in every learned window."""
        return np.flatnonzero((self.x[:LEARNED] == self.targets[:LEARNED, None]).all(axis=0))

    @property
    def equal(self):
        """The inputs that are the target in the window that is shown."""
        return np.flatnonzero(self.window == self.target)


def own_series(words):
    """Two to 40 whole numbers from 0 to 999, as a tidy text; an empty one means the primes."""
    parts = [part for part in re.split(r"[\s,;]+", words.strip()) if part]
    if parts and not (2 <= len(parts) <= MOST_NUMBERS and all(re.fullmatch("[0-9]{1,3}", part) for part in parts)):
        raise ValueError(f"Own numbers: type 2 to {MOST_NUMBERS} whole numbers from 0 to {LARGEST}, such as 2 3 5; "
                         "leave it empty for the primes.")
    return " ".join(str(int(part)) for part in parts)


@lru_cache(256)
def compute(width, repeat, own, step):
    """Twenty windows of the primes, or of the own numbers again and again; window `step` is shown."""
    count = WINDOWS + width
    series = np.resize([int(part) for part in own.split()], count) if own else primes.series(count, repeat)
    end = "97, 2, 3, 5, …" if repeat else "97, 101, 103, …"
    kind = f"{own.replace(' ', ', ')}, again and again" if own else f"2, 3, 5, 7, …, 89, {end}"
    return Inspection(*primes.windows(series, width, 0, WINDOWS), step, kind)


# ---- words -------------------------------------------------------------------------------------------------

def inputs_words(leaks):
    """"x[0] and x[25]"."""
    names = [f"x[{j}]" for j in leaks]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def describe(seen):
    """What the picture shows, in words."""
    kind = "learned" if seen.k < LEARNED else "held out"
    here = f"It stands in {inputs_words(seen.equal)}." if len(seen.equal) else "No input is equal to it."
    found = (f"In all {LEARNED} learned windows the target is {inputs_words(seen.leaks)}." if len(seen.leaks)
             else f"No input is the target in all {LEARNED} learned windows.")
    return f"Window {seen.k}, {kind}: the target is {seen.target}. {here} {found}"


def code(values):
    """The current state as NumPy code."""
    length, width, k = WINDOWS + values["width"], values["width"], values["step"]
    start, series = "from lstm_course.tasks import primes\n", f"primes.series({length}, repeat={values['repeat']})"
    if values["own"]:
        start, series = "", f"np.resize([{', '.join(values['own'].split())}], {length})"
    return (f"import numpy as np\n{start}\nseries = {series}\n"
            f"window, target = series[{k}:{k + width}], series[{k + width}]\n"
            "print(window, 'target', target, 'stands in inputs', np.flatnonzero(window == target))")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 860, 428
LEFT, TOP, ROW, PITCH, HIGH, TILE = 74, 52, 10, 54, 50, (48, 42)       # the tiles, px
RIGHT = LEFT + ROW * PITCH + 24                                        # the column of the target


def draw(seen, hidden=False):
    """Left the window as tiles, ten in a row; right its target, and what the detector counts. hidden: not yet."""
    tiles = "".join(_tile(seen, j, hidden) for j in range(seen.x.shape[1]))
    rows = "".join(svg.text(LEFT - 10, TOP + 27 + HIGH * (j // ROW), f"x[{j}] …", SMALL, "end", GREY)
                   for j in range(0, seen.x.shape[1], ROW))
    kind = "learned" if seen.k < LEARNED else "held out"
    head = svg.text(LEFT, 32, f"window {seen.k} ({kind}): one step of the network", 17, "start", weight="bold")
    return svg.picture(WIDTH, HEIGHT, head, rows, tiles, _target(seen, hidden), _key(),
                       "" if hidden else _found(seen))


def _tile(seen, j, hidden):
    """Input j: its number, bright if it is the target here, framed if it is so in every learned window."""
    x, y = LEFT + PITCH * (j % ROW), TOP + HIGH * (j // ROW)
    look = {"fill": "#ffffff", "stroke": FRAME, "stroke_width": 1.2, "rx": 4}
    if not hidden:
        look |= {"fill": YELLOW} if j in seen.equal else {}
        look |= {"stroke": BLACK, "stroke_width": 4} if j in seen.leaks else {}
    return svg.box(x, y, *TILE, **look) + svg.text(x + TILE[0] / 2, y + 27, str(seen.window[j]), 17)


def _target(seen, hidden):
    """The number that has to be said."""
    box = svg.box(RIGHT, TOP, 110, 92, fill="#ffffff" if hidden else YELLOW, stroke=INK, stroke_width=2)
    what = unknown(RIGHT + 55, TOP + 62) if hidden else svg.text(RIGHT + 55, TOP + 60, str(seen.target), 38,
                                                                  weight="bold")
    return box + what + svg.text(RIGHT, 32, "target", 17, "start", weight="bold")


def _found(seen):
    """What the detector has found, in numbers."""
    leaks = [f"x[{j}]" for j in seen.leaks]
    shown = [*leaks[:3], *([f"and {len(leaks) - 3} more"] if len(leaks) > 3 else [])] or ["no input"]
    rows = [f"{len(seen.equal)} of {seen.x.shape[1]} inputs", "are equal to it here",
            ("", {}), (f"in all {LEARNED} learned", {"weight": "bold"}), ("windows the target:", {"weight": "bold"}),
            *[(name, {"weight": "bold", "size": 18}) for name in shown]]
    series = svg.text(LEFT, HEIGHT - 14, f"series: {shortened(seen.series)}", SMALL, "start")
    ground = svg.box(RIGHT - 6, TOP + 112, WIDTH - RIGHT, 200, fill=PALE, stroke=FRAME, stroke_width=1)
    return series + ground + stacked(RIGHT + 6, TOP + 140, rows, 23)


def shortened(words, most=84):
    """Words that fit one line."""
    return words if len(words) <= most else f"{words[:most - 1]}…"


@lru_cache
def _key():
    y, parts = HEIGHT - 44, []
    looks = [(LEFT, "equal to the target", {"fill": YELLOW, "stroke": FRAME, "stroke_width": 1.2}),
             (LEFT + 182, "equal in every learned window", {"fill": "#ffffff", "stroke": BLACK, "stroke_width": 4})]
    for x, words, look in looks:
        parts.append(svg.box(x, y - 13, 18, 16, rx=3, **look) + svg.text(x + 26, y, words, SMALL, "start"))
    return "".join(parts)


# ---- the explorer ------------------------------------------------------------------------------------------

START = {"width": 50, "repeat": True, "own": "", "step": 0}
PRESETS = {
    "article": {"step": 0},
    "24 inputs": {"width": 24, "step": 0},
    "primes go on": {"repeat": False, "step": 0},
    "2, 3, 5 in windows of 6": {"own": "2 3 5", "width": 6, "step": 0},
}
ANSWERS = ("in none", "in one", "in two", "in all 50")
QUESTION = ("The article's network reads 50 numbers and has to say the next one. In how many of the 50 inputs does the "
            "answer already stand, in every window?")


def _truth(seen):
    return ANSWERS[min(len(seen.leaks), 3)]


@explorer
def leak_detector():
    """The leak detector: slide a window over the primes, and see which of its inputs are the target."""
    predict = Guess(QUESTION, options=ANSWERS, truth=_truth, mask=lambda seen: draw(seen, hidden=True), at=START,
                    because=lambda seen: "The 25 primes below 100 come back after 25 and after 50 numbers.")
    controls = [Slider("width", "inputs", 2, WIDEST, 1, 50),
                Checkbox("repeat", "after 97 begin again with 2", True, shown_if=lambda values: not values["own"]),
                Text("own", "own numbers", "", own_series)]
    return Explorer("Where does the answer stand?", controls, compute, draw, describe, presets=PRESETS,
                    steps=WINDOWS - 1, predict=predict, code=code, interval=0.7, static=["article", "24 inputs"])
