"""What tests of explorers share: what a picture says, and where its words stand."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font, LoadFlags

from lstm_course.exercises import check
from lstm_course.widgets import svg
from lstm_course.widgets.han import HAN
from tests.checking.test_diagnosis import written


def shown(picture):
    """The words of a picture, each label as one piece: h_1 is "h1"."""
    return " ".join("".join(label.itertext()) for label in ET.fromstring(picture).iter() if label.tag.endswith("text"))


def revealed(make, **values):
    """An explorer after its question, with some of its controls set."""
    explorer = make() if callable(make) else make
    if explorer.predict:
        explorer.reveal()
    explorer.set(**values)
    return explorer


def judged(bodies, name, *changes):
    """What a check says to a right answer, bodies[name], with pieces of its text exchanged: old, new, old, new, …"""
    body = bodies[name]
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in body
        body = body.replace(old, new)
    return getattr(check, name)(written(name, body))


# ---- where words stand --------------------------------------------------------------------------------------------

@dataclass
class Label:
    """The box of a label, in px: from its capitals' top to its foot."""

    words: str
    left: float
    right: float
    top: float
    foot: float

    def meets(self, other, slack=1.0):
        """Do two labels lie on each other?"""
        across = min(self.right, other.right) - max(self.left, other.left)
        return across > slack and min(self.foot, other.foot) - max(self.top, other.top) > slack


@cache
def font(bold):
    """DejaVu Sans, as matplotlib ships it."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    found = FT2Font(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name))
    found.set_size(100, 72)
    return found


@cache
def width(words, bold=False):
    """The width of words at a size of 1 px; a Chinese character is as wide as it is high."""
    return sum(1 if HAN.match(letter) else font(bold).load_char(
        ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100 for letter in words)


def meeting(picture, slack=2.0):
    """The pairs of labels that lie on each other."""
    found = [label for label in labels(picture) if label.words.strip()]
    return [(a.words, b.words) for k, a in enumerate(found) for b in found[k + 1:] if a.meets(b, slack)]


def outside(picture):
    """The labels that the sheet cuts off."""
    wide, high = svg.size(picture)
    return [label.words for label in labels(picture) if label.left < 0 or label.right > wide or label.foot > high]


def labels(picture):
    """All upright labels of a picture."""
    return list(_labels(ET.fromstring(re.sub(r"<title>.*?</title>", "", picture)), {}, (0.0, 0.0)))


def _labels(node, inherited, moved):
    turn = node.get("transform", "")
    if "rotate" in turn:
        return
    if turn:
        x, y = map(float, re.findall(r"[-\d.]+", turn))
        moved = moved[0] + x, moved[1] + y
    look = inherited | {key: value for key, value in node.attrib.items() if key in ("font-size", "font-weight",
                                                                                    "text-anchor")}
    if node.tag.endswith("text"):
        yield _label(node, look, moved)
        return
    for child in node:
        yield from _labels(child, look, moved)


def _label(node, look, moved):
    size, bold = float(look["font-size"]), look.get("font-weight") == "bold"
    pieces = [(node.text or "", size), *((child.text or "", float(child.get("font-size", size))) for child in node)]
    wide = sum(width(words, bold) * big for words, big in pieces)
    left = float(node.get("x")) + moved[0] - wide * {"middle": 0.5, "end": 1}.get(look.get("text-anchor"), 0)
    y = float(node.get("y")) + moved[1]
    return Label("".join(words for words, _ in pieces), left, left + wide, y - 0.73 * size, y)
