"""Explorer of lesson 14: what comes next, in Chinese or English: a network beside counting, word by word."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments import cosine_words, word_models, writing
from lstm_course.lessons.l14_words.reader import (
    Reader,
    cut_chinese,
    cut_english,
    joined,
    shortened,
    size,
    visible,
    wrapped,
)
from lstm_course.networks.functions import softmax
from lstm_course.tasks import words
from lstm_course.training.sampling import distribution
from lstm_course.training.sampling import draw as draw_token
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import CHOSEN, FRAME, GREY, INK, PALE, SKY, SMALL, WRONG

TEXTS = {"论语, words": "analects", "sonnets, words": "sonnets", "sonnets, words by cosine": "cosine"}
TOPS = {"all": 0, "20": 20, "5": 5, "1": 1}
SHOWN, COUNT, LONGEST = 7, 40, 60                   # candidates shown, tokens written, letters of a beginning
CHINESE, ENGLISH = "子张问仁于孔子，孔子", "the expense of spirit in a waste of"         # both held out
SAME = 0.9                          # from this probability on, one token is drawn nearly always
COUNTED = "pairs (bigram)"


@dataclass
class Side:
    """What the network, or counting, says of the next token."""

    names: list                     # of the likeliest tokens, the first first
    plain: np.ndarray               # (SHOWN,): their probabilities at temperature 1, or cosines
    shaped: np.ndarray              # (SHOWN,): with temperature and top-k; for cosines the same again
    left: int                       # how many tokens can be drawn at all
    choices: float                  # exp of the entropy: among how many tokens it is as good as drawn
    written: list                   # COUNT tokens after the beginning


@dataclass
class Next:
    """What may come next, and what is written."""

    text: str
    temperature: float
    top: int
    seed: int
    step: int                       # how many of the written tokens have been read
    begun: list                     # the tokens of the beginning
    unknown: list                   # those that the vocabulary lacks
    network: Side
    counting: Side
    truth: float                    # the largest probability of the network at temperature 0.1


# ---- the networks and the counts ---------------------------------------------------------------------------------

@lru_cache(3)
def knows(text):
    """-> Reader, Vocabulary, log p(next | one token) of the pairs (V,V), word vectors of length 1 (or None)"""
    if text == "cosine":
        model, vectors = cosine_words.stored_network(experiments.load("cosine_words"))
        network = Reader(vectors, *model.parameters.values())
        return network, *knows("sonnets")[1:3], vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    if text == "analects":
        given, model = writing.text(text), writing.stored_network(experiments.load("writing"))
        vocabulary, training = given.vocabulary, given.training
    else:
        vocabulary, training, _ = word_models.data(text)
        model = word_models.stored_network(experiments.load("word_models"))
    pairs = np.log(words.Bigram(training, len(vocabulary)).probabilities)
    pairs[:, 0] = -np.inf                           # the unknown token is never written
    return Reader.of(model.parameters), vocabulary, pairs, None


def tokens_of(text, beginning):
    """The beginning as the network reads it, without the end of a line before it."""
    return cut_chinese(beginning) if text == "analects" else cut_english(beginning)


def scores(answer, unit):
    """Logits as they are, or the cosine with each word's vector; the unknown token is never written."""
    found = answer.copy() if unit is None else unit @ answer / np.linalg.norm(answer)
    found[0] = -np.inf
    return found


@lru_cache(16)
def writes(text, beginning, temperature, top, seed):
    """What the network writes after the beginning -> tokens (COUNT,), the scores (COUNT + 1, V) before each token;
    by cosine always the nearest word."""
    network, vocabulary, _, unit = knows(text)
    answer, state = network.read_all(vocabulary.encode([words.LINE_END, *tokens_of(text, beginning)]))
    rng, tokens, found = np.random.default_rng(seed), [], [scores(answer, unit)]
    for _ in range(COUNT):
        p = None if unit is not None else distribution(found[-1], temperature, top or None)
        tokens.append(int(found[-1].argmax()) if p is None else draw_token(p, rng))
        answer, state = network.read(tokens[-1], state)
        found.append(scores(answer, unit))
    return tokens, np.array(found)


@lru_cache(16)
def counts_write(text, last, temperature, top, seed):
    """What counting writes after a token, with the same draws."""
    pairs, rng, tokens = knows(text)[2], np.random.default_rng(seed), [last]
    for _ in range(COUNT):
        tokens.append(draw_token(distribution(pairs[tokens[-1]], temperature, top or None), rng))
    return tokens[1:]


def side(found, temperature, top, vocabulary, written, cosine=False):
    """A Side from scores (V,): logits, log probabilities, or cosines."""
    order = found.argsort(kind="stable")[::-1][:SHOWN]
    plain, shaped = (found, found) if cosine else (softmax(found), distribution(found, temperature, top or None))
    some = np.ones(1) if cosine else shaped[shaped > 0]
    return Side(vocabulary.decode(order), plain[order], shaped[order], len(some),
                float(np.exp(-(some * np.log(some)).sum())), vocabulary.decode(written))


def compute(text, chinese, english, temperature, top, seed, step):
    """The candidates for the next token, of the network and of counting, and what both write."""
    beginning = chinese if text == "analects" else english
    _, vocabulary, pairs, unit = knows(text)
    begun = tokens_of(text, beginning)
    written, found = writes(text, beginning, temperature, top, seed)
    read = [*vocabulary.encode(begun).tolist(), *written[:step]]
    counted = counts_write(text, int(vocabulary.encode(begun)[-1]), temperature, top, seed)
    return Next(text, temperature, top, seed, step, begun, [t for t in begun if t not in vocabulary.numbers],
                side(found[step], temperature, top, vocabulary, written, unit is not None),
                side(pairs[read[-1]], temperature, top, vocabulary, counted),
                1.0 if unit is not None else float(distribution(found[step], 0.1).max()))


def accept(beginning):
    """A beginning of at least one letter, mark or character."""
    beginning = " ".join(beginning.split())
    if not beginning:
        raise ValueError("Write at least one word or character to begin with.")
    if len(beginning) > LONGEST:
        raise ValueError(f"At most {LONGEST} letters, please; these are {len(beginning)}.")
    return beginning


# ---- words -------------------------------------------------------------------------------------------------------

def describe(found):
    """What the picture shows, in words."""
    net, count = found.network, found.counting
    first = f"“{visible(net.names[0])}”"
    lost = ""
    if found.unknown:
        lost = f" Unknown, read as □: {', '.join(map(visible, dict.fromkeys(found.unknown)))}."
    how = f"draw {found.seed}" if found.text != "cosine" else "always the nearest"
    drawn = f" Written: {found.step} of {COUNT} ({how}); it goes on: {shortened(joined(net.written[found.step:]), 40)}"
    name = next(key for key, value in TEXTS.items() if value == found.text)
    if found.text == "cosine":
        return (f"{name}: nearest is {first} with {svg.num(net.plain[0], 2)}, number {SHOWN} has "
                f"{svg.num(net.plain[-1], 2)}. Cosines are no probabilities: nothing is drawn.{lost}{drawn}")
    top = f", top {found.top}" if found.top else ""
    return (f"{name}, T = {svg.num(found.temperature, 1)}{top}: the network gives {first} {svg.num(net.shaped[0], 3)} "
            f"({svg.num(net.plain[0], 3)} at T = 1), as unsure as {svg.num(net.choices, 1)} equal choices; {COUNTED} "
            f"“{visible(count.names[0])}” {svg.num(count.shaped[0], 3)}, {svg.num(count.choices, 1)} choices."
            f"{lost}{drawn}")


# ---- the picture -------------------------------------------------------------------------------------------------

WIDTH, HEIGHT, TOP, ROW = 880, 400, 84, 26
HALF, NAME, BAR, LETTERS = 440, 96, 184, 42          # a half of the sheet; widths of names and bars; letters of a line
PAGE, LINES = TOP + ROW * SHOWN + 32, 4
EDGE = "\uE000"                                      # between what has been read and what comes


def draw(found, hidden=False):
    """The beginning in tokens; left the network, right counting: candidates, and below what is written."""
    return svg.picture(WIDTH, HEIGHT, _begun(found), _half(12, found.network, found, "network", hidden),
                       _half(12 + HALF, found.counting, found, COUNTED, hidden))


def _begun(found):
    """The tokens that have been read, each in its box, unknown ones in a dashed one; if they are many, the last."""
    tokens = [*found.begun, *found.network.written[:found.step]]
    widths = [10.5 * size(visible(token)) + 12 for token in tokens]
    first = next(k for k in range(len(tokens) + 1) if sum(widths[k:]) + 5 * len(tokens[k:]) <= WIDTH - 100)
    parts, x = ([svg.text(16, 34, "…", 18)] if first else []), 30
    for k, (token, width) in enumerate(zip(tokens[first:], widths[first:], strict=True), first):
        strange = k < len(found.begun) and token in found.unknown
        look = {"stroke": WRONG, "stroke_width": 2.5, "stroke_dasharray": "5 3"} if strange else {"stroke": FRAME}
        parts.append(svg.box(x, 12, width, 32, fill=PALE if k < len(found.begun) else CHOSEN, rx=4, **look))
        parts.append(svg.text(x + width / 2, 34, visible(token), 17, fill=WRONG if strange else None))
        x += width + 5
    return "".join(parts) + svg.box(x, 12, 36, 32, fill=CHOSEN, stroke_width=2.5, rx=4) + svg.text(
        x + 18, 35, "?", 18, weight="bold")


def _half(x, side, found, name, hidden):
    """One side: its candidates as bars, filled now, outlined at T = 1; and its page."""
    cosine = found.text == "cosine" and side is found.network
    title = "nearest by cosine" if cosine else name
    more = "" if cosine else "  filled: now; outline: T = 1"
    parts = [svg.text(x, TOP - 14, title, 16, "start", weight="bold"),
             svg.text(x + HALF - 28, TOP - 14, more, SMALL, "end", GREY)]
    for k, token in enumerate(side.names):
        y, at = TOP + ROW * k, x + NAME + 8
        parts.append(svg.text(x + NAME, y + 17, visible(token), 16, "end", weight=None if k else "bold"))
        if not hidden:
            parts.append(svg.box(at, y + 2, BAR * max(side.shaped[k], 0), 18, fill=SKY, stroke="none", rx=0))
        if not cosine:
            parts.append(svg.box(at, y + 2, BAR * side.plain[k], 18, fill="none", stroke=INK, rx=0))
        number = f"{svg.num(side.plain[k], 3)} → ?" if hidden else svg.num(side.shaped[k], 3)
        if side is found.network and not hidden and found.step < COUNT and token == side.written[found.step]:
            number += "  ← next"
        parts.append(svg.text(at + BAR + 8, y + 17, number, 16, "start"))
    return "".join(parts) + _page(x, side, found, hidden)


def _page(x, side, found, hidden):
    """What it writes: black what has been read, grey what comes."""
    sheet = svg.box(x, PAGE, HALF - 24, HEIGHT - PAGE - 6, fill=PALE, stroke=FRAME, stroke_width=1, rx=4)
    title = svg.text(x, PAGE - 8, "it goes on:", SMALL, "start", GREY)
    if hidden:
        return sheet + title + svg.text(x + HALF / 2, PAGE + 62, "?", 36, weight="bold")
    step = found.step if side is found.network else COUNT
    tokens = [token if token == "\n" else visible(token) for token in side.written]
    read, whole = joined(tokens[:step]), joined(tokens)
    blank = " " if whole[len(read):].startswith(" ") else ""
    lines = wrapped(f"{read}{blank}{EDGE}{whole[len(read + blank):]}", LETTERS)[:LINES]
    parts, grey = [], False
    for k, line in enumerate(lines):
        before, edge, after = line.partition(EDGE)
        before, after = (EDGE + before, after) if grey else (before, EDGE + after if edge else "")
        label = svg.text(x + 8, PAGE + 22 + 23 * k, before + after, 15, "start")
        parts.append(label.replace(EDGE, f'<tspan fill="{GREY}">').replace("</text>", "</tspan></text>")
                     if EDGE in label else label)
        grey = grey or bool(edge)
    return sheet + title + "".join(parts)


# ---- the explorer ------------------------------------------------------------------------------------------------

PRESETS = {
    "论语": {"text": "analects"},
    "sonnets": {"text": "sonnets"},
    "T = 0.1": {"temperature": 0.1},
    "T = 2": {"temperature": 2.0},
    "T = 2, top 5": {"temperature": 2.0, "top": 5},
    "nearest by cosine": {"text": "cosine"},
}
QUESTION = "The bars are probabilities at temperature 1. What becomes of the network's first one at temperature 0.1?"
ANSWERS = ("it stays as it is", "nearly 1", "it shrinks, like all others")


def _truth(found):
    first = found.network.plain[0]
    return "nearly 1" if found.truth >= SAME else "it stays as it is" if abs(found.truth - first) < 0.05 else (
        "it shrinks, like all others")


@explorer
def next_word():
    """The next word, of a network and of counting: candidates with temperature and top-k, and what both write."""
    predict = Guess(QUESTION, _truth, options=ANSWERS, mask=lambda found: draw(found, hidden=True),
                      because=lambda found: f"It becomes {found.truth:.3f}: divided by 0.1, logits lead tenfold.",
                      at=PRESETS["T = 0.1"] | {"text": "analects", "chinese": CHINESE, "top": 0, "step": 0})
    draws = lambda values: values["text"] != "cosine"           # by cosine nothing is drawn
    controls = [Choice("text", "text", TEXTS, "analects"),
                Text("chinese", "begin with", CHINESE, accept, shown_if=lambda values: values["text"] == "analects"),
                Text("english", "begin with", ENGLISH, accept, shown_if=lambda values: values["text"] != "analects"),
                Slider("temperature", "temperature", 0.1, 2.0, 0.1, 1.0, shown_if=draws),
                Choice("top", "top-k", TOPS, 0, draws), Slider("seed", "draw", 1, 20, 1, 1, shown_if=draws)]
    return Explorer("The next word", controls, compute, draw, describe, steps=COUNT, interval=0.7, predict=predict,
                    presets={name: values | {"step": 0} for name, values in PRESETS.items()},
                    static=["论语", "sonnets"], columns=1, lines=2, chinese=True)
