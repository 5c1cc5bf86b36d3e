"""Every explorer and figure is drawn as it was when somebody last looked at it.

After a change that was meant: python tools/snapshots.py NAME, and look at the picture in tests/lessons/snapshots.
Three versions of resvg draw the same; a turned arrow head changes a place by 66 of 255 at least, swapped colours by 20.
"""

from dataclasses import replace

import pytest

from lstm_course.widgets import style, svg
from tools import snapshots


@pytest.mark.parametrize("name", snapshots.names())
def test_it_is_drawn_as_it_was_accepted(name):
    assert snapshots.changed(name) == ""


def test_nothing_else_is_stored():
    assert {path.stem for path in snapshots.FOLDER.glob("*.png")} == set(snapshots.names())
    assert sum(path.stat().st_size for path in snapshots.FOLDER.iterdir()) < 1_500_000


def test_a_turned_arrow_is_seen(monkeypatch):
    arrow = svg.arrow
    monkeypatch.setattr(svg, "arrow", lambda points, *rest, **more: arrow(points[::-1], *rest, **more))
    assert "not drawn as it was accepted" in snapshots.changed("two_roads_figure")


def test_swapped_colours_are_seen(monkeypatch):
    f, i = style.MARKS["f"], style.MARKS["i"]
    monkeypatch.setitem(style.MARKS, "f", replace(f, colour=i.colour))
    monkeypatch.setitem(style.MARKS, "i", replace(i, colour=f.colour))
    assert "not drawn as it was accepted" in snapshots.changed("gate_key")
