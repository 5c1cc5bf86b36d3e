"""Explorer of lesson 14: what comes next, by softmax with temperature and top-k, or by the nearest vector."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments import cosine_words, letter_model, word_models
from lstm_course.networks.cells import lstm_step
from lstm_course.networks.functions import softmax
from lstm_course.tasks import words
from lstm_course.training.sampling import distribution
from lstm_course.training.sampling import draw as draw_token
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLUE, FRAME, GREY, ORANGE, PALE, SKY, SMALL

WAYS = {"softmax, words": "words", "cosine, words": "cosine", "softmax, letters": "letters"}
TOPS = {"all": 0, "20": 20, "5": 5, "1": 1}
SHOWN, COUNT = 10, {"words": 40, "cosine": 40, "letters": 90}       # candidates shown, tokens written
START, LONGEST = "the expense of spirit in a waste of", 60
SAME = 0.9                          # from this probability on, one token is drawn nearly always


@dataclass
class Next:
    """What may come next, and what is written."""

    way: str
    given: str
    temperature: float
    top: int
    seed: int
    unknown: list                   # words of the start that the vocabulary lacks
    names: list                     # of the likeliest tokens, the first first
    plain: np.ndarray               # (SHOWN,): their probabilities at temperature 1, or cosines
    shaped: np.ndarray              # (SHOWN,): with temperature and top-k; for cosines the same again
    left: int                       # how many tokens can be drawn at all
    choices: float                  # exp of the entropy: among how many tokens it is as good as drawn
    written: list                   # tokens
    truth: float                    # the largest probability at temperature 0.1


# ---- the networks --------------------------------------------------------------------------------------------

class Reader:
    """A network that reads one token at a time, fast: rows in, one row of logits or one vector out."""

    def __init__(self, rows, lstm, head):
        self.rows, self.head = rows, head
        self.W, self.U, self.b = (lstm[name] for name in ("W", "U", "b"))

    def start(self):
        return np.zeros((2, 1, len(self.U)))

    def read(self, token, state):
        """One step -> what the head says (O,), the new state"""
        h, c, _ = lstm_step(self.rows[token][None], *state, self.W, self.U, self.b)
        return (h @ self.head["W"] + self.head["b"])[0], (h, c)

    def read_all(self, tokens):
        state = self.start()
        for token in tokens:
            said, state = self.read(token, state)
        return said, state


@lru_cache(3)
def reader(way):
    """-> Reader, Vocabulary, word vectors of length 1 (or None)"""
    if way == "cosine":
        model, vectors = cosine_words.stored_network(experiments.load("cosine_words"))
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return Reader(vectors, *(layer.parameters for layer in model.layers)), word_models.data("sonnets")[0], unit
    module = word_models if way == "words" else letter_model
    model = module.stored_network(experiments.load(module.__name__.rsplit(".", 1)[1]))
    rows, lstm, head = (layer.parameters for layer in model.layers)
    return Reader(rows["W"], lstm, head), module.data()[0], None


def tokens_of(way, given):
    """The start as the network reads it, after the end of a line."""
    return [words.LINE_END, *(list(given) if way == "letters" else words.english([given])[:-1])]


@lru_cache(64)
def said(way, given):
    """After reading the start -> scores of all tokens (logits or cosines; the unknown one is out), the state"""
    network, vocabulary, unit = reader(way)
    answer, state = network.read_all(vocabulary.encode(tokens_of(way, given)))
    return scores(answer, unit), state


def scores(answer, unit):
    """Logits as they are, or the cosine with each word's vector; the unknown token is never written."""
    found = answer.copy() if unit is None else unit @ answer / np.linalg.norm(answer)
    found[0] = -np.inf
    return found


@lru_cache(64)
def writes(way, given, temperature, top, seed):
    """What the network writes after the start; by cosine always the nearest word."""
    network, vocabulary, unit = reader(way)
    found, state = said(way, given)
    rng, tokens = np.random.default_rng(seed), []
    for _ in range(COUNT[way]):
        p = None if unit is not None else distribution(found, temperature, top or None)
        tokens.append(int(found.argmax()) if p is None else draw_token(p, rng))
        answer, state = network.read(tokens[-1], state)
        found = scores(answer, unit)
    return vocabulary.decode(tokens)


def compute(way, given, temperature, top, seed):
    """The candidates for the next token, before and after temperature and top-k, and a continuation."""
    _, vocabulary, unit = reader(way)
    found, _ = said(way, given)
    order = found.argsort(kind="stable")[::-1][:SHOWN]
    plain = softmax(found) if unit is None else found
    shaped = distribution(found, temperature, top or None) if unit is None else found
    some = shaped[shaped > 0] if unit is None else np.ones(1)
    entropy = float(-(some * np.log(some)).sum())
    unknown = [token for token in tokens_of(way, given) if token not in vocabulary.numbers]
    return Next(way, given, temperature, top, seed, unknown, vocabulary.decode(order), plain[order], shaped[order],
                len(some), float(np.exp(entropy)), writes(way, given, temperature, top, seed),
                float(distribution(found, 0.1).max()) if unit is None else 1.0)


def accept(given):
    """A start of at least one letter."""
    given = " ".join(given.split())
    if not any(letter.isalpha() for letter in given):
        raise ValueError("Write at least one word to begin with.")
    if len(given) > LONGEST:
        raise ValueError(f"At most {LONGEST} letters, please.")
    return given


# ---- words ---------------------------------------------------------------------------------------------------

def visible(token):
    """A token that can be read: the end of a line and a blank have signs."""
    return {"\n": "↵ end of line", " ": "␣ blank"}.get(token, token)


def joined(found):
    """Tokens as running text."""
    if found.way == "letters":
        return "".join(found.written)
    parts = []
    for token in found.written:
        space = "" if not parts or token in ".,;:!?)\n" or parts[-1].endswith("\n") else " "
        parts.append(space + token)
    return "".join(parts)


def describe(found):
    """What the picture shows, in words."""
    first = visible(found.names[0])
    lost = f" Unknown to it, read as □: {', '.join(found.unknown)}." if found.unknown else ""
    if found.way == "cosine":
        spread = found.plain[0] - found.plain[-1]
        return (f"By cosine: nearest is “{first}” ({svg.num(found.plain[0], 2)}); the next nine follow within "
                f"{svg.num(spread, 2)}. These are no probabilities: there is nothing to draw from.{lost}")
    top = f", top {found.top}" if found.top else ""
    count = svg.num(found.choices, 1 if found.choices < 20 else 0)
    return (
        f"Temperature {svg.num(found.temperature, 1)}{top}: “{first}” has probability {svg.num(found.shaped[0], 3)} "
            f"({svg.num(found.plain[0], 3)} at temperature 1). As uncertain as {count} equal choices. "
        f"Draw {found.seed}.{lost}")


# ---- the picture -----------------------------------------------------------------------------------------------

WIDTH, HEIGHT, TOP, ROW = 880, 392, 66, 31
NAME_X, BAR_X, BAR_W, TEXT_X, WRAP = 140, 150, 230, 492, 38


def draw(found, hidden=False):
    """Left the candidates with their probabilities, right what is written."""
    words_row = svg.text(16, 28, f"… {found.given} ▁", 18, "start", weight="bold")
    return svg.picture(WIDTH, HEIGHT, words_row, _bars(found, hidden), _page(found, hidden))


def _bars(found, hidden):
    """Outlines: at temperature 1; filled: with temperature and top-k."""
    cosine = found.way == "cosine"
    parts = [svg.text(BAR_X, TOP - 10, "cosine with the guessed vector" if cosine else
                      "probability: filled now, outline T = 1", SMALL, "start", GREY)]
    scale = 1.0 if cosine else max(found.plain[0], 0 if hidden else found.shaped[0], 0.05)
    for k, name in enumerate(found.names):
        y = TOP + ROW * k
        width = BAR_W * max(found.shaped[k], 0) / scale
        parts.append(svg.text(NAME_X, y + 20, visible(name), 16, "end", weight="bold" if not k else None))
        if not hidden:
            parts.append(svg.box(BAR_X, y + 4, width, 20, fill=ORANGE if cosine else SKY, stroke="none", rx=0))
            parts.append(svg.text(BAR_X + BAR_W + 10, y + 20, svg.num(found.shaped[k], 3), 16, "start"))
        if not cosine:
            parts.append(svg.box(BAR_X, y + 4, BAR_W * found.plain[k] / scale, 20, fill="none", stroke=BLUE, rx=0))
            if hidden:
                parts.append(svg.text(BAR_X + BAR_W + 10, y + 20, f"{svg.num(found.plain[k], 3)} → ?", 16, "start"))
    return "".join(parts)


def _page(found, hidden):
    """The continuation on a sheet."""
    sheet = svg.box(TEXT_X - 14, TOP - 30, WIDTH - TEXT_X, HEIGHT - TOP + 14, fill=PALE, stroke=FRAME, stroke_width=1)
    title = svg.text(TEXT_X, TOP - 6, "the nearest word, again and again" if found.way == "cosine" else
                     f"it writes (draw {found.seed})", SMALL, "start", GREY)
    if hidden:
        return sheet + title + svg.text(TEXT_X + 180, HEIGHT / 2, "?", 40, weight="bold")
    lines = wrapped(joined(found))[:12]
    return sheet + title + "".join(svg.text(TEXT_X, TOP + 22 + 24 * k, line, 16, "start") for k, line in
                                   enumerate(lines))


def wrapped(written, width=WRAP):
    """The text in lines of at most so many letters, broken at blanks."""
    lines = []
    for line in written.split("\n"):
        while len(line) > width:
            cut = line.rfind(" ", 3, width + 1)
            cut = cut if cut > 0 else width
            lines.append(line[:cut])
            line = "  " + line[cut:].strip()
        lines.append(line)
    return lines


# ---- the explorer --------------------------------------------------------------------------------------------

PRESETS = {
    "T = 1": {"way": "words", "temperature": 1.0},
    "T = 0.1": {"way": "words", "temperature": 0.1},
    "T = 2": {"way": "words", "temperature": 2.0},
    "T = 2, top 5": {"way": "words", "temperature": 2.0, "top": 5},
    "nearest by cosine": {"way": "cosine"},
    "letters": {"way": "letters", "temperature": 0.7, "given": "the expense of spi"},
}
QUESTION = "The bars are probabilities at temperature 1. What becomes of the first one at temperature 0.1?"
ANSWERS = ("it stays as it is", "nearly 1", "it shrinks, like all others")


def _truth(found):
    return "nearly 1" if found.truth >= SAME else "it stays as it is" if abs(found.truth - found.plain[0]) < 0.05 else (
        "it shrinks, like all others")


@explorer
def next_word():
    """The next word: candidates and a continuation, by softmax with temperature and top-k, or by cosine."""
    predict = Guess(QUESTION, _truth, options=ANSWERS, mask=lambda found: draw(found, hidden=True),
                      because=lambda found: f"It becomes {found.truth:.3f}: divided by 0.1, the logits lead by ten "
                                            "times as much.", at=PRESETS["T = 0.1"] | {"given": START, "top": 0})
    draws = lambda values: values["way"] != "cosine"           # by cosine nothing is drawn
    controls = [Choice("way", "by", WAYS, "words"), Choice("top", "top-k", TOPS, 0, draws),
                Text("given", "begin with", START, accept, width="345px"),
                Slider("temperature", "temperature", 0.1, 2.0, 0.1, 1.0, "285px", draws),
                Slider("seed", "draw", 1, 20, 1, 1, "210px", draws)]
    return Explorer("Next word", controls, compute, draw, describe, presets=PRESETS, predict=predict,
                    static=["T = 1", "T = 0.1", "nearest by cosine", "letters"], columns=2, lines=2)
