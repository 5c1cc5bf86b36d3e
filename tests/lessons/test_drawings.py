"""What every drawing promises: words that stand beside each other and on the sheet, and the same text each time."""

import re

import pytest

from lstm_course import explorers
from lstm_course.widgets import svg
from tests.lessons.support import labels, revealed
from tests.widgets.test_every_explorer import at_the_ends
from tools import snapshots


def faults(picture):
    """Labels that lie on each other, or leave the sheet."""
    found, (wide, high) = [label for label in labels(picture) if label.words.strip()], svg.size(picture)
    outside = [f"{label.words!r} leaves the sheet" for label in found
               if label.left < 0 or label.right > wide or label.top < 0 or label.foot > high]
    return outside + [f"{a.words!r} lies on {b.words!r}" for k, a in enumerate(found) for b in found[:k] if a.meets(b)]


def other_states(name):
    """(caption, SVG text): sliders and boxes at their ends, and every option of every choice at the end of time."""
    explorer = revealed(getattr(explorers, name))
    for end in at_the_ends(explorer):
        yield end, explorer.draw(explorer.data)
    for values in ({}, {**explorer.presets}.get(next(reversed(explorer.presets), ""), {})):
        for control in explorer.controls.values():
            for label, option in getattr(control, "options", {}).items():
                explorer.preset(values)
                explorer.set(**{control.name: option} | ({"step": 9999} if explorer.clock else {}))
                yield f"{control.name}: {label}", explorer.draw(explorer.data)


@pytest.mark.parametrize("name", snapshots.names())
def test_labels_do_not_overlap(name):
    more = other_states(name) if name in explorers.places()["explorer"] else ()
    found = {caption: faults(picture) for caption, picture in [*snapshots.panels(name), *more]}
    assert {caption: words for caption, words in found.items() if words} == {}


def test_labels_on_each_other_are_found():
    one, two = svg.text(50, 30, "one two", anchor="start"), svg.text(90, 34, "three", anchor="start")
    assert faults(svg.picture(200, 60, one, two)) == ["'three' lies on 'one two'"]
    assert faults(svg.picture(200, 60, one, svg.text(50, 50, "three", anchor="start"))) == []
    assert faults(svg.picture(80, 60, one)) == ["'one two' leaves the sheet"]


@pytest.mark.parametrize("name", explorers.places()["explorer"])
def test_the_text_without_a_kernel_is_the_same_each_time(name):
    one, two = (getattr(explorers, name)()._repr_mimebundle_()["text/plain"] for _ in range(2))
    assert one == two and not re.search("0x[0-9a-f]{4}", one)


@pytest.mark.parametrize("name", explorers.places()["explorer"])
def test_the_picture_on_paper_can_be_made(name, monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_STATIC", "1")
    data, meta = getattr(explorers, name)()._repr_mimebundle_()
    assert "image/svg+xml" in data and len(meta["image/svg+xml"]["data_sha256"]) == 64
