"""Explorer of lesson 09: which earlier letters still get a gradient? The real one of a prediction, along a text.

Three trained networks (RNN, LSTM, GRU) continue the quote language: small letters outside quotation marks, CAPITALS
inside. At the chosen letter the network leans to one of the two, by log p(CAPITAL) − log p(small). The bar under an
earlier letter is the norm of the derivative of that number with respect to the letter's embedding.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.experiments import gradient_river, load
from lstm_course.networks.functions import softmax
from lstm_course.tasks import quotes
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, MARKS, NORMAL, SMALL

LONGEST = 48
HUNDREDTH, LEAST = 0.01, 1e-5            # of the largest in the row; below the second a bar is hollow
FIRST, N = len(quotes.SMALL), len(quotes.SMALL) + len(quotes.CAPITAL)       # capitals stand at FIRST … N − 1
TEXT = 'ab "CD  A HB GE  D FA  EB CHA D" ab h  c fe d'
CELLS = ("RNN", "LSTM", "GRU")


@dataclass
class Influence:
    """norms[cell] (place + 1,): the influence of each letter up to the chosen one; leans[cell]: p(CAPITAL) /
    (p(CAPITAL) + p(small)) after the chosen letter.
    """

    text: str
    place: int
    norms: dict
    leans: dict

    def share(self, cell):
        """(place + 1,): the norms beside the largest of them."""
        return self.norms[cell] / (self.norms[cell].max() or 1.0)

    def reach(self, cell):
        """How many letters back the gradient is, for the last time, a hundredth of the largest."""
        return self.place - int(np.argmax(self.share(cell) >= HUNDREDTH))

    @property
    def mark(self):
        """The place of the last quotation mark, or None."""
        found = self.text[:self.place + 1].rfind(quotes.MARK)
        return None if found < 0 else found


@lru_cache
def reader(cell):
    """The trained network: embedding, one recurrent layer, letters."""
    return gradient_river.unflatten(gradient_river.reader(cell), load("gradient_river")[f"reader_{cell}"])


def lean(logits):
    """log p(CAPITAL) − log p(small) of logits (V,), and its derivative (V,)."""
    small, capital = softmax(logits[:FIRST]), softmax(logits[FIRST:N])
    value = np.logaddexp.reduce(logits[FIRST:N]) - np.logaddexp.reduce(logits[:FIRST])
    return value, np.concatenate([-small, capital, np.zeros(len(logits) - N)])


def influence(cell, tokens):
    """-> norms (len(tokens),) of ∂lean/∂embedding of each letter, and the share of CAPITAL"""
    embedding, layer, output = reader(cell).layers
    x = embedding.forward(tokens[:, None]).outputs
    trace = layer.forward(x)
    last = output.forward(trace.outputs[-1])
    value, slope = lean(last.outputs[0])
    grad_outputs = np.zeros_like(trace.outputs)
    grad_outputs[-1] = output.backward(last, slope[None]).x
    norms = np.linalg.norm(layer.backward(trace, grad_outputs).x[:, 0], axis=1)
    return norms, float(1 / (1 + np.exp(-value)))


@lru_cache(512)
def compute(text, place):
    """The influence on what follows the letter at `place` (1 is the first)."""
    place = min(place, len(text)) - 1
    found = {cell: influence(cell, quotes.encode(text[:place + 1])) for cell in CELLS}
    return Influence(text, place, {cell: norms for cell, (norms, _) in found.items()},
                     {cell: share for cell, (_, share) in found.items()})


def own_text(words):
    """A text of the quote language."""
    if not 2 <= len(words) <= LONGEST:
        raise ValueError(f"2 to {LONGEST} letters, please; these are {len(words)}.")
    quotes.encode(words)
    return words


def letter_at(data, place):
    """"the letter “H”", "the quotation mark" or "the blank", with its place."""
    letter = data.text[place]
    name = {quotes.MARK: "the quotation mark", " ": "the blank"}.get(letter, f"“{letter}”")
    return f"{name} at {place + 1}"


def describe(data):
    """How far back each network looks, and what it expects."""
    expected = ", ".join(f"{cell} {100 * data.leans[cell]:.0f} %" for cell in CELLS)
    reach = ", ".join(f"{cell} {data.reach(cell)}" for cell in CELLS)
    words = (f"After {letter_at(data, data.place)}. CAPITALS expected: {expected}. The gradient is 1 % of the largest "
             f"or more up to so many letters back: {reach}.")
    if data.mark is None:
        return words
    sizes = ", ".join(f"{cell} {svg.scientific(data.share(cell)[data.mark], raised=False)}" for cell in CELLS)
    return words + f" At the last quotation mark, {data.place - data.mark} back, of the largest: {sizes}."


def code(values):
    """The current state as NumPy code."""
    return ("from lstm_course.lessons.l09_gradient_flow.letter_river import influence\n"
            "from lstm_course.tasks import quotes\n\n"
            f"tokens = quotes.encode({values['text'][:values['place']]!r})\n"
            "for cell in ('RNN', 'LSTM', 'GRU'):\n    norms, share = influence(cell, tokens)\n"
            "    print(cell, len(norms) - 1 - (norms >= norms.max() / 100).argmax(), f'{100 * share:.0f} %')")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, LEFT, PITCH, ROW = 880, 108, 16, 104


def draw(data, hidden=False):
    """Three rows: the text, and under each letter its influence as a bar; hidden: the texts alone."""
    rows = [_row(data, cell, 8 + k * (ROW + 14), hidden) for k, cell in enumerate(CELLS)]
    return svg.picture(WIDTH, 3 * (ROW + 14) + 8, *rows)


def _row(data, cell, top, hidden):
    share, base, amber = data.share(cell), top + ROW, MARKS["gradient"].colour
    right = LEFT + PITCH * len(data.text)
    level = base - (ROW - 34) * (1 - 2 / -np.log10(LEAST))
    parts = [svg.text(6, top + 22, cell, 20, "start", weight="bold"),
             svg.wire([(6, top + 32), (60, top + 32)], cell),
             svg.path([(LEFT, level), (right, level)], stroke=FRAME, stroke_width=1, dash=(4, 4)),
             svg.text(LEFT - 6, level + 5, "1 %", SMALL, "end", GREY),
             svg.path([(LEFT, base), (right, base)], stroke=FRAME, stroke_width=1)]
    for k, letter in enumerate(data.text):
        x, chosen = LEFT + k * PITCH, k == data.place
        if not hidden and k <= data.place:
            height = (ROW - 34) * (1 + np.log10(max(share[k], LEAST)) / -np.log10(LEAST))
            fill, rim = (amber, "#8A5A00") if share[k] > LEAST else ("#ffffff", "#767676")
            parts.append(svg.box(x + 2, base - max(height, 5), PITCH - 4, max(height, 5), fill, rim, 1, rx=0))
        if chosen:
            parts.append(svg.box(x, top + 4, PITCH, 24, fill="#ffffff", stroke=INK, stroke_width=2, rx=3))
        if letter != " ":
            parts.append(svg.text(x + PITCH / 2, top + 22, letter, NORMAL, fill=INK if k <= data.place else GREY,
                                  weight="bold" if letter == quotes.MARK else None))
    if hidden:
        return "".join(parts) + svg.text((LEFT + right) / 2, base - 20, "?", 34, weight="bold")
    return "".join(parts) + svg.text(6, top + 92, f"{data.reach(cell)} back", NORMAL, "start", weight="bold")


# ---- the explorer ------------------------------------------------------------------------------------------

START = {"text": TEXT, "place": 31}
PRESETS = {"inside a quotation": START, "after it": {"text": TEXT, "place": 45},
           "no mark at all": {"text": "ab  c fe d ah  bb c g  h ab  f  ce da b h g cc", "place": 30},
           "long ago": {"text": '"A' + " B C" * 11, "place": 46},
           "a mark, then blanks": {"text": 'ab "' + " " * 30, "place": 34},
           "blanks only": {"text": "ab  " + " " * 30, "place": 34}}


def furthest(data):
    """The cell that looks back furthest."""
    return max(CELLS, key=data.reach)


@explorer
def letter_river():
    """Which earlier letters still get a gradient, in three networks that have learned the quote language?"""
    predict = Guess("All three networks know that the frame stands inside a quotation: they expect a CAPITAL next. "
                      "In which of them does the gradient reach back furthest?", options=list(CELLS), truth=furthest,
                      because=lambda data: ", ".join(f"{cell} {data.reach(cell)} steps" for cell in CELLS) + ".",
                      mask=lambda data: draw(data, hidden=True), at=START)
    given = [Text("text", "text", TEXT, own_text, width="440px"),
             Slider("place", "letter", 1, LONGEST, 1, START["place"], width="420px")]
    return Explorer("Which letters still get a gradient?", given, compute, draw, describe, presets=PRESETS,
                    predict=predict, code=code, static=["inside a quotation"])
