"""The look: every quantity can be told apart without its colour."""

import re
from itertools import combinations

import matplotlib
import pytest

from lstm_course import lessons
from lstm_course.widgets import style

ALSO_TEXT = {style.BLACK, style.GREY, style.INK}        # words and axes have them, too


@pytest.mark.parametrize("a, b", list(combinations("figoch", 2)))
def test_two_quantities_differ_without_colour(a, b):
    one, two = style.MARKS[a], style.MARKS[b]
    assert (one.dash, one.double, one.width >= 5) != (two.dash, two.double, two.width >= 5)
    assert one.letter != two.letter


@pytest.mark.parametrize("mark", list(style.ALL.values()), ids=lambda mark: mark.name)
def test_letters_can_be_read_on_white(mark):
    assert style.contrast(mark.ink) >= 4.5


def test_words_can_be_read_on_every_ground():
    for ground in ("#FFFFFF", style.PALE, style.YELLOW):
        assert style.contrast(style.INK, ground) >= 7
    assert style.contrast(style.GREY) >= 4.5


def test_matplotlib_takes_every_mark_and_the_style():
    from matplotlib.figure import Figure
    with matplotlib.rc_context():
        style.use()
        sizes = [matplotlib.rcParams[name] for name in ("font.size", "xtick.labelsize", "legend.fontsize")]
        assert min(sizes) >= style.SMALL
        axes = Figure().add_subplot()
        for name, mark in style.ALL.items():
            (line,) = axes.plot([0, 1], **style.line(name))
            assert line.get_color() == mark.colour


def test_the_colours_of_the_key_mean_what_the_key_says():
    """No lesson writes the colour of a gate or a network: it takes it from MARKS or LOOKS, by what it stands for."""
    reserved = [rf"\b{name}\b" for name in ("BLUE", "GREEN", "VERMILION", "PURPLE")]
    reserved += [mark.colour for mark in style.ALL.values() if mark.colour not in ALSO_TEXT]
    sources = [path for path in lessons.FOLDER.rglob("*") if path.suffix in (".py", ".md")]
    found = [(path.name, word) for path in sources for word in reserved
             if re.search(word, path.read_text(encoding="utf-8"))]
    assert sources and not found, found
