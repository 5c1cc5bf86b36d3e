"""What the explorers of lesson 14 share: a network that reads token by token, and written text in lines."""

import re

import numpy as np

from lstm_course.networks.cells import lstm_step
from lstm_course.tasks import words
from lstm_course.training.sampling import distribution, draw
from lstm_course.widgets.han import HAN

LATIN = re.compile(r"[A-Za-z0-9'-]+|[^\sA-Za-z0-9'-]+")
ENGLISH = re.compile(f"{words.ENGLISH.pattern}|{HAN.pattern}+|\\S")
WIDE = 1.65                         # a Chinese character, in the width of a Latin letter


class Reader:
    """A network (token -> vector -> LSTM -> scores) that reads one token at a time, fast."""

    def __init__(self, rows, W, U, b, head_W, head_b):
        self.rows, self.W, self.U, self.b, self.head_W, self.head_b = rows, W, U, b, head_W, head_b

    @classmethod
    def of(cls, parameters):
        """From the parameters of a Model([Embedding, LSTM, Linear])."""
        return cls(*(parameters[name] for name in ("0.W", "1.W", "1.U", "1.b", "2.W", "2.b")))

    def start(self):
        """The state before the first token."""
        return np.zeros((2, 1, len(self.U)))

    def read(self, token, state):
        """One step -> what the head says (O,), the new state"""
        h, c, _ = lstm_step(self.rows[token][None], *state, self.W, self.U, self.b)
        return (h @ self.head_W + self.head_b)[0], (h, c)

    def read_all(self, tokens):
        """-> what the head says after the last token, the state"""
        state = self.start()
        for token in tokens:
            said, state = self.read(token, state)
        return said, state

    def writes(self, start, count, temperature, top=None, rng=0):
        """Reads the tokens `start`, then draws `count` more; never the unknown one -> list of tokens."""
        said, state = self.read_all(start)
        rng, tokens = np.random.default_rng(rng), []
        for _ in range(count):
            said[0] = -np.inf
            tokens.append(draw(distribution(said, temperature, top), rng))
            said, state = self.read(tokens[-1], state)
        return tokens


# ---- text and tokens ---------------------------------------------------------------------------------------------

def cut_chinese(text):
    """Chinese in words, by longest match; a word in Latin letters stays whole."""
    return [token for piece in LATIN.findall(text)
            for token in ([piece] if LATIN.match(piece)[0].isascii() else words.longest_match(piece))]


def cut_english(text):
    """English in words and marks, and what is neither: nothing that was typed is lost."""
    return ENGLISH.findall(text.lower())


def joined(tokens):
    """Tokens as running text: English words with blanks between them."""
    parts = []
    for token in tokens:
        before = parts[-1][-1] if parts else "\n"
        apart = not HAN.search(before + token) and token not in ".,;:!?)\n”’" and before not in "\n(“‘"
        parts.append(f" {token}" if apart else token)
    return "".join(parts)


def visible(token):
    """A token that can be read: the end of a line and a blank have signs; nothing is set as a subscript."""
    shown = {"\n": "↵", " ": "␣"}.get(token, token)
    return shown.replace("_", "＿").replace("^", "＾")


def size(text):
    """The width of a text in Latin letters."""
    wide = len(HAN.findall(text))
    return len(text) + (WIDE - 1) * wide


def shortened(text, letters):
    """A text in one line of at most so many letters."""
    line = visible(text.strip("\n").replace("\n", " ↵ "))
    if size(line) <= letters:
        return line
    while size(line) > letters - 1:
        line = line[:-1]
    return line + "…"


def wrapped(text, letters):
    """A text in lines of at most so many letters, broken at blanks or after a Chinese character."""
    lines = []
    for line in text.split("\n"):
        now = ""
        for piece in re.findall(rf"{HAN.pattern}|[^\s]+?(?={HAN.pattern}|\s|$)|\s+", line):
            for part in [piece] if size(piece) <= letters else re.findall(f".{{1,{letters}}}", piece):
                if size(now + part) > letters and now.strip():
                    lines.append(now.rstrip())
                    now = ""
                now += part if now or part.strip() else ""
        lines.append(now.rstrip())
    return lines
