"""The look: every quantity can be told apart without its colour."""

from itertools import combinations

import matplotlib
import pytest

from lstm_course.widgets import style


@pytest.mark.parametrize("a, b", list(combinations("figoch", 2)))
def test_two_quantities_differ_without_colour(a, b):
    one, two = style.MARKS[a], style.MARKS[b]
    assert (one.dash, one.double, one.width >= 5) != (two.dash, two.double, two.width >= 5)
    assert one.letter != two.letter


@pytest.mark.parametrize("mark", list(style.MARKS.values()), ids=lambda mark: mark.name)
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
        for name in style.MARKS:
            (line,) = axes.plot([0, 1], **style.line(name))
            assert line.get_color() == style.MARKS[name].colour
