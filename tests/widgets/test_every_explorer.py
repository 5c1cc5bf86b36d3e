"""Every explorer, found by itself: what all of them promise, whatever they show."""

import re

import pytest

from lstm_course import explorers

MOST_BYTES = 60_000         # the largest picture; a change of one control is measured in the benchmarks


MAKERS = {name: getattr(explorers, name) for name in explorers.places()["explorer"]}
each_explorer = pytest.mark.parametrize("name", MAKERS)


def test_the_explorers_are_found():
    assert {"first_widget", "rnn_stepper", "gate_stepper", "race"} <= set(MAKERS)


@each_explorer
def test_it_has_a_title_presets_and_words(name):
    explorer = MAKERS[name]()
    assert explorer.title and explorer.error is None
    assert explorer.run or 2 <= len(explorer.presets) <= 9, "three or four settings tell the story"
    words = explorer.summary(explorer.panels())
    assert len(words.split()) >= 8 and "nan" not in words.lower().split()


@each_explorer
def test_its_presets_and_ends_give_pictures(name):
    explorer = MAKERS[name]()
    if explorer.predict:
        explorer.reveal()
    assert explorer.error is None, explorer.readout.value
    seen = {explorer.picture.value}
    for values in explorer.presets.values():
        explorer.preset(values)
        if explorer.steps is not None:
            explorer.set(step=explorer._last(explorer.values))
        assert explorer.error is None, explorer.readout.value
        assert picture_faults(explorer.picture.value) == []
        seen.add(explorer.picture.value)
    assert not explorer.presets or len(seen) > 1, "no preset changes the picture"


def picture_faults(picture):
    """What is wrong with an SVG text."""
    faults = [] if 'role="img"' in picture and "aria-label" in picture else ["it has no name for a screen reader"]
    faults += ["a coordinate is not a number"] if re.search(r'="[^"]*\b(nan|inf)\b', picture.split(">", 1)[1]) else []
    return faults + (["it is too big"] if len(picture.encode()) > MOST_BYTES else [])


@pytest.mark.parametrize("picture, words", [
    ('<svg><circle/></svg>', "no name"), ('<svg role="img" aria-label="a"><circle cx="nan"/></svg>', "not a number"),
    ('<svg role="img" aria-label="a">' + "x" * MOST_BYTES, "too big")], ids=["name", "nan", "big"])
def test_a_fault_is_found(picture, words):
    assert any(words in fault for fault in picture_faults(picture))
