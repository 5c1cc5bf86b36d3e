"""The classes that accessible.MEND goes by are where they are needed: in every explorer, quiz and prediction.

What MEND makes of them in a browser is tested in tests/browser/test_accessibility.py.
"""

import re

import ipywidgets as widgets
import pytest

from lstm_course import explorers, lessons
from lstm_course.asking.concept_panels import ConceptPanel
from lstm_course.asking.concept_test import concept_test
from lstm_course.asking.predictions import predict
from lstm_course.asking.quizzes import quiz
from lstm_course.widgets.accessible import MEND

EXPLORERS = explorers.places()["explorer"]
PANELS = {
    **{name: lambda name=name: getattr(explorers, name)() for name in EXPLORERS},
    **{f"quiz {lesson.number}": lambda lesson=lesson: quiz(lesson.number).panel for lesson in lessons.lessons()},
    "prediction": lambda: predict("made_up", "Which is larger, a gate or its input?", ["gate", "input"]).panel,
    "concept test": lambda: ConceptPanel(concept_test("before")),
}
SLIDERS = widgets.FloatSlider, widgets.IntSlider




def family(widget, above=()):
    """[(widget, those around it)] of a widget and everything in it."""
    yield widget, above
    for child in getattr(widget, "children", ()):
        yield from family(child, (*above, widget))


def missing(root):
    """What a screen reader would miss, in sentences."""
    has = lambda widget, *classes: bool(set(classes) & set(widget._dom_classes))
    everything = list(family(root))
    if not has(root, "lstm-explorer", "lstm-quiz"):
        yield "the whole is no group"
    for widget, above in everything:
        if isinstance(widget, SLIDERS) and not any(
                has(one, "lstm-slider") for one in above):
            yield f"the slider {widget.description!r} has no name"
        if isinstance(widget, widgets.Button) and re.match(r"\W*[A-F]\. ", widget.description) and not has(
                widget, "lstm-choice"):
            yield f"the choice {widget.description!r} has no state"
    texts = [widget for widget, _ in everything if isinstance(widget, widgets.HTML)]
    heard = {}
    for widget, _ in everything:
        before = [text.value for text in texts]
        use(widget)
        changed = [text for text, old in zip(texts, before, strict=True) if text.value != old]
        if changed:
            kind = "slider" if isinstance(widget, SLIDERS) else "answer"
            heard[kind] = heard.get(kind, False) or any(has(text, "lstm-live") for text in changed)
    yield from (f"nobody hears what a {kind} changes" for kind, some in heard.items() if not some)


def use(widget):
    """Chooses an answer, presses a button that commits or chooses, moves a slider to its other end."""
    if isinstance(widget, widgets.ToggleButtons):
        widget.index = 0
    elif isinstance(widget, widgets.Button) and re.match(r"Commit|Hand in|\W*[A-F]\. ", widget.description):
        widget.click()
    elif isinstance(widget, SLIDERS):
        widget.value = widget.min if widget.value == widget.max else widget.max


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_PROGRESS", "off")


@pytest.mark.parametrize("name", PANELS)
def test_everything_can_be_heard(name):
    assert list(missing(PANELS[name]())) == []


def test_no_class_of_the_script_is_left_over():
    found = {name for make in PANELS.values() for widget, _ in family(make()) for name in widget._dom_classes}
    in_markup = {"lstm-title", "lstm-question", "lstm-name"}
    only_later = {"lstm-chosen", "lstm-busy"}
    assert set(re.findall(r"\.(lstm-\w+)", MEND)) - in_markup - only_later <= found


@pytest.mark.parametrize("name, old, words", [
    ("gate_stepper", "lstm-slider", "has no name"), ("gate_stepper", "lstm-live", "nobody hears"),
    ("quiz 06", "lstm-live", "nobody hears"), ("quiz 06", "lstm-choice", "has no state"),
    ("prediction", "lstm-live", "nobody hears"), ("concept test", "lstm-live", "nobody hears"),
    ("gate_stepper", "lstm-explorer", "no group")])
def test_a_missing_class_is_found(name, old, words):
    root = PANELS[name]()
    for widget, _ in family(root):
        widget.remove_class(old)
    assert any(words in fault for fault in missing(root))
