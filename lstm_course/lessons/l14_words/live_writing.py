"""What the writer of lesson 14 trains on, and how: a text that is there or the student's own; samples on the way."""

import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lstm_course import experiments
from lstm_course.experiments import writing
from lstm_course.lessons.l14_words.reader import Reader, cut_chinese, joined
from lstm_course.tasks import words

SECONDS, OWN_UPDATES, OWN_WRITTEN = 30.0, 400, 90
SHORTEST, LONGEST, TWICE = 400, 30_000, 2            # characters of an own text; how often a character has to occur
START_LONGEST = 40


@dataclass
class Sample:
    """A moment of a training: the network as it was then, and what it wrote."""

    update: int
    perplexity: float                       # on the known held-out tokens
    text: str
    parameters: dict = field(default_factory=dict, repr=False)
    others: dict = field(default_factory=dict, repr=False)      # (temperature, start) -> what it writes then


@dataclass
class Live:
    """A network in training: `model`, and all `samples` on the way. Kept when the run is stopped."""

    text: str
    own: str = field(repr=False)
    units: int
    model: Any = field(repr=False)
    samples: list = field(default_factory=list, repr=False)
    update: int = 0
    seconds: float = 0.0


# ---- the texts ---------------------------------------------------------------------------------------------------

@lru_cache(4)
def source(text, own=""):
    """A Text of writing.py: one of the two that are there, or the student's own, character by character."""
    if text != "own":
        return writing.text(text)
    letters = list(own)
    border = len(letters) * 4 // 5
    vocabulary = words.Vocabulary(letters[:border], TWICE)
    streams = max(4, min(32, border // 800))
    return writing.Text(vocabulary, vocabulary.encode(letters[:border]), vocabulary.encode(letters[border:]), streams)


@lru_cache(4)
def counted(text, own=""):
    """name -> perplexity of counting on the known held-out tokens."""
    if text == "own":
        return {"unigram": source(text, own).counted(1), "bigram": source(text, own).counted(2)}
    found = dict(zip(writing.COUNTED[text], experiments.load("writing")[f"counts_{text}"].tolist(), strict=True))
    most = max(found)
    better = {f"{most}-gram": found[most]} if found[most] < 0.95 * found[2] else {}
    return {"unigram": found[1], "bigram": found[2]} | better


def tokens_of(text, start):
    """The beginning as the network reads it, after the end of a line."""
    return [words.LINE_END, *(cut_chinese(start) if text == "analects" else start)]


def is_there(text, own):
    """Is there something to learn from?"""
    return text != "own" or bool(own)


def accept_text(own):
    """The student's own text: enough of it, and not more than a minute's work."""
    own = "\n".join(" ".join(line.split()) for line in own.splitlines() if line.strip())
    if own and len(own) < SHORTEST:
        raise ValueError(f"Paste at least {SHORTEST} characters, better some thousand; these are {len(own)}.")
    if len(set(own)) == 1:
        raise ValueError("This text has one character only: there is nothing to learn.")
    return own[:LONGEST]


def accept_start(start):
    """A beginning to go on from; none is the beginning of a line."""
    if len(start) > START_LONGEST:
        raise ValueError(f"At most {START_LONGEST} letters to begin with, please; these are {len(start)}.")
    return start.strip()


# ---- the run -----------------------------------------------------------------------------------------------------

def train(text, own, units, temperature, start, chosen, seconds=SECONDS):
    """Yields (share done, Live) after every few updates, for at most so many seconds: the run of the explorer."""
    given = source(text, own)
    live, begun = Live(text, own, units, given.network(units)), time.perf_counter()
    most = writing.UPDATES.get(text, OWN_UPDATES)
    for update, _ in writing.learning(live.model, given, most):
        live.update, live.seconds = update, time.perf_counter() - begun
        over = live.seconds > seconds or live.update == most
        if live.update in writing.MOMENTS or over:
            kept = {name: array.copy() for name, array in live.model.parameters.items()}
            live.samples.append(Sample(live.update, given.perplexity(live.model), "", kept))
            live.samples[-1].text = written(live, live.samples[-1], temperature, start)
        if live.update % 3 == 0 or live.update in writing.MOMENTS or over:
            yield min(1.0, max(live.update / most, live.seconds / max(seconds, 1e-9))), live
        if over:
            return


def written(live, sample, temperature, start):
    """What the network of a sample writes after a beginning; the same draws at each temperature."""
    if (temperature, start) not in sample.others:
        given = source(live.text, live.own)
        tokens = Reader.of(sample.parameters).writes(
            given.vocabulary.encode(tokens_of(live.text, start)), writing.WRITTEN.get(live.text, OWN_WRITTEN),
            temperature, rng=sample.update)
        sample.others[temperature, start] = start + together(live.text, given.vocabulary.decode(tokens))
    return sample.others[temperature, start]


def together(text, tokens):
    """Tokens as running text."""
    return joined(tokens) if text == "analects" else "".join(tokens)


@lru_cache(2)
def stored_samples(text):
    """The samples of the stored run; of an own text there are none."""
    if text == "own":
        return ()
    stored, vocabulary = experiments.load("writing"), source(text).vocabulary
    return tuple(Sample(int(update), float(perplexity), together(text, vocabulary.decode(tokens)))
                 for update, perplexity, tokens in zip(*(stored[f"{key}_{text}"] for key in (
                     "moments", "perplexity", "samples")), strict=True))
