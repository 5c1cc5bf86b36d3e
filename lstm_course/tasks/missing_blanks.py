"""Missing blanks: a line is given without its blanks; after which letters does a word end?

    train, held_out = words.split(sonnet_lines())   # lists of words: ["shall", "i", "compare", …]
    task = joined(train)                            # letters in, word ends out

The last letter of a line is not asked, since the line ends there.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from lstm_course.tasks import words

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
SIZE = len(ALPHABET) + 1               # of the numbers for letters: 1 to 26, and 0 for padding


class Joined(NamedTuple):
    """Lines without blanks, filled up with 0: T letters, B lines."""

    letters: np.ndarray                 # (T, B): whole numbers
    ends: np.ndarray                    # (T, B): True where a word ends after this letter
    lengths: np.ndarray                 # (B,)
    asked: np.ndarray                   # (T, B): True but for the last letter of a line and the padding


def sonnet_lines(poems: Iterable[str] | None = None) -> list[list[str]]:
    """The lines of Shakespeare's sonnets, each a list of words of the letters a to z."""
    text = "\n".join(words.sonnets() if poems is None else poems).lower().replace("-", " ")
    lines = ([re.sub("[^a-z]", "", word) for word in line.split()] for line in text.split("\n"))
    return [line for line in ([word for word in line if word] for line in lines) if line]


def pieces(lines: Iterable[Sequence[str]], longest: int) -> list[list[str]]:
    """The lines cut between words into pieces of at most `longest` letters (of one word, if that is longer)."""
    found: list[list[str]] = []
    for line in lines:
        found.append([])
        for word in line:
            if found[-1] and sum(map(len, found[-1])) + len(word) > longest:
                found.append([])
            found[-1].append(word)
    return found


def numbers(text: str) -> np.ndarray:
    """Letters a to z -> whole numbers from 1 to 26. ValueError if there is another character."""
    other = set(text) - set(ALPHABET)
    if not text or other:
        came = "nothing" if not text else f"{min(other)!r}"
        raise ValueError(f"text holds {came}, expected letters from a to z without blanks, such as 'shalli'")
    return np.array([ALPHABET.index(letter) + 1 for letter in text])


def joined(lines: Sequence[Sequence[str]]) -> Joined:
    """Lists of words -> the letters without blanks, and where words end. ValueError if there are none."""
    if not lines:
        raise ValueError("lines is empty, expected lists of words such as [['shall', 'i']]")
    lengths = np.array([sum(map(len, line)) for line in lines])
    T = lengths.max()
    letters, ends = np.zeros((T, len(lines)), int), np.zeros((T, len(lines)), bool)
    for b, line in enumerate(lines):
        letters[:lengths[b], b] = numbers("".join(line))
        ends[np.cumsum([len(word) for word in line]) - 1, b] = True
    asked = np.arange(T)[:, None] < lengths - 1
    return Joined(letters, ends & asked, lengths, asked)


def delayed(task: Joined, steps: int) -> Joined:
    """The same task, but each answer is asked so many steps later: the network has then read as many letters more."""
    later, longer = ((steps, 0), (0, 0)), ((0, steps), (0, 0))
    return Joined(np.pad(task.letters, longer), np.pad(task.ends, later), task.lengths + steps,
                  np.pad(task.asked, later))


def right(task: Joined, answers: np.ndarray) -> float:
    """The share of the asked places (T,B) where the answers, True for "a word ends here", are right."""
    return float((answers == task.ends)[task.asked].mean())


# ---- what counting knows -----------------------------------------------------------------------------------

class Counts:
    """Says what was most frequent among the letters around a place: `before` ones up to it, `after` ones behind it.

    Where these were never seen in training, it takes fewer of them (back-off).
    """

    def __init__(self, task: Joined, before: int, after: int):
        self.sizes = sorted({(min(before, n), min(after, n)) for n in range(max(before, after) + 1)}, key=sum)
        self.tables = [_majority(_around(task, *size)[task.asked], task.ends[task.asked]) for size in self.sizes]

    def answers(self, task: Joined) -> np.ndarray:
        """(T, B): True where a word is said to end."""
        found = np.zeros(task.ends.shape, bool)
        for size, table in zip(self.sizes, self.tables, strict=True):
            keys = _around(task, *size)
            for place in zip(*np.nonzero(task.asked), strict=True):
                found[place] = table.get(keys[place], found[place])
        return found


def _around(task, before, after):
    """One number for the letters around each place (T, B)."""
    T = len(task.letters)
    padded = np.pad(task.letters, ((before, after), (0, 0)))
    keys = np.zeros(task.letters.shape, np.int64)           # 12 letters of 27 kinds fit into 64 bits
    for k in range(1, before + after + 1):
        keys = keys * SIZE + padded[k:k + T]
    return keys


def _majority(keys, ends):
    """{key: whether a word ends in more than half of its places}."""
    counted: dict = {}
    for key, end in zip(keys, ends, strict=True):
        pair = counted.setdefault(key, [0, 0])
        pair[int(end)] += 1
    return {key: pair[1] > pair[0] for key, pair in counted.items()}
