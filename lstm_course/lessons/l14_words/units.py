"""What the gate viewer of lesson 14 looks at: stored networks, what their units do, and what cutting some costs."""

from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments import letter_model, quote_cells
from lstm_course.experiments.quote_cells import correlations, watched
from lstm_course.tasks import quotes, words

WIDE, ROWS = 46, 4                                  # letters of a line, lines of a text
QUOTED = ('abe gf "EB  AC  H" cd   fa b "GD BB   FC A   H" ea  c "D  " hg  ba f "C" d  e  hab "A  BF G  CC  H  DE A" '
          'f  g ca  b d "H FE  B" gg')


@lru_cache(1)
def samples():
    """A text of the quote language, and the beginning of a held-out sonnet: its first one with short lines."""
    poems = (poem.split("\n")[:ROWS] for poem in words.split(words.sonnets())[1])
    return {"quotes": QUOTED, "sonnets": "\n".join(next(poem for poem in poems if max(map(len, poem)) < WIDE))}


@lru_cache(6)
def model_of(network, trained=True):
    """A stored network, or the same before training."""
    if network == "sonnets":
        return letter_model.stored_network(experiments.load("letter_model")) if trained else letter_model.network(
            0, dtype=np.float64)
    if not trained:
        return quote_cells.network(network, 0)
    return quote_cells.stored_network(experiments.load("quote_cells"), network)


@lru_cache(1)
def _alphabet():
    return letter_model.data()[0]


def encoded(network, text):
    """A text -> tokens (T,); refuses letters that the network does not know."""
    if network != "sonnets":
        return quotes.encode(text)
    strange = sorted(set(text) - set(_alphabet().tokens))
    if strange:
        raise ValueError(f"The network has never seen {strange[0]!r}: write English letters and simple punctuation.")
    return _alphabet().encode(text)


def property_of(text, follow):
    """What is to be followed, at each letter of a text -> (T,)"""
    letters = np.array(list(text))
    if follow == "quotation":
        return (np.cumsum(letters == quotes.MARK) % 2 == 1).astype(float)
    if follow == "capital":
        return np.array([letter.isupper() for letter in text], float)
    if follow == "blank":
        return (letters == " ").astype(float)
    ends = np.array([not letter.isalpha() for letter in text]) if follow == "word" else letters == "\n"
    if follow == "line" and not ends.any():
        return np.zeros(len(text))
    last = np.maximum.accumulate(np.where(ends, np.arange(len(text)), -1))
    return (np.arange(len(text)) - last).astype(float)


@lru_cache(3)
def _long(network):
    """A long text that was not trained on: tokens (T,B), and its columns as strings."""
    if network == "sonnets":
        vocabulary, _, held_out = letter_model.data()
        tokens = held_out[:4000].reshape(-1, 1)
        return tokens, ["".join(vocabulary.decode(tokens[:, 0]))]
    tokens, _ = quotes.text(200, 20, rng=1234)
    return tokens, ["".join(quotes.ALPHABET[k] for k in column) for column in tokens.T]


@lru_cache(3)
def _inside():
    return quotes.text(200, 20, rng=1234)[1]


@lru_cache(6)
def _seen(network, trained):
    return watched(model_of(network, trained), _long(network)[0])


@lru_cache(128)
def ranked(network, quantity, follow, trained=True):
    """The correlation of every unit with a property over the long text, (H,)"""
    tokens, columns = _long(network)
    values, skip = _seen(network, trained)[quantity], quote_cells.SKIP
    if follow == "quotation" and network != "sonnets":
        target = _inside().astype(float)                # half of these texts begin inside
    else:
        target = np.stack([property_of(column, follow) for column in columns], axis=1)
    return correlations(values[skip:], target[skip:])


@lru_cache(16)
def on_text(network, text, trained=True):
    """All quantities of all units on a short text -> {name: (T,H)}"""
    seen = watched(model_of(network, trained), encoded(network, text)[:, None])
    return {name: array[:, 0] for name, array in seen.items()}


def stretch(text, first, length):
    """1 at the letters of a stretch, 0 at all others -> (T,)"""
    places = np.arange(len(text))
    return ((places >= first) & (places < first + length)).astype(float)


def ranked_here(network, quantity, text, first, length, trained=True):
    """The correlation of every unit with a stretch of this text, (H,)"""
    values = on_text(network, text, trained)[quantity]
    return correlations(values[:, None], stretch(text, first, length)[:, None])


@lru_cache(64)
def cut_off(network, follow, count, best=True):
    """The perplexity on the long text when nothing reads the `count` units whose h follows best (or least)."""
    order = np.abs(ranked(network, "h", follow)).argsort(kind="stable")[::-1]
    units = (order if best else order[::-1])[:count]
    model = model_of(network)
    return quote_cells.perplexity(quote_cells.without(model, units) if count else model, _long(network)[0])


def lines(text):
    """The places of the letters of a text, line by line: a list of (first, end)."""
    found, first = [], 0
    for t, letter in enumerate(text):
        if letter == "\n" or t + 1 - first == WIDE:
            found.append((first, t + 1))
            first = t + 1
    return [*found, (first, len(text))] if first < len(text) else found


def accept(text):
    """The student's own text."""
    if len(lines(text)) > ROWS:
        raise ValueError(f"At most {WIDE * ROWS} letters, please; yours has {len(text)}.")
    return text
