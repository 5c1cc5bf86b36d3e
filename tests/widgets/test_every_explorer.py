"""The contract: what every explorer promises, whatever it shows. All that are discovered are tried."""

import contextlib
import io
import itertools
import re
import warnings
from functools import partial

import pytest

from lstm_course import explorers
from lstm_course.widgets import paper
from lstm_course.widgets.controls import Text, Track
from lstm_course.widgets.han import HAN
from tools.snapshots import VARIANTS

MOST_BYTES = 60_000         # the largest picture; a change of one control is measured in the benchmarks
MOST_NUMBERS = 2            # printed in a line by the code of a state, all of which the picture shows; of arrays, some
WHOLE = {"backward_debugger"}       # whose code is that of the whole pass, whatever the step
MOST_LETTERS = 140          # of a verdict, which has one line of 1112 px
SMALLEST = 14               # px of a letter in a picture
IDLE = {("next_word", "top"): "at T = 0.1 one is left"}     # controls that do nothing in some states, and stay
SAME_WORDS = {("gate_stepper", "parts"): "at the end of a step, sub-steps have been the same",
              ("gate_stepper_weights", "parts"): "the same",
              ("gate_stepper_weights", "u_o"): "no preset uses it: h is 0, or o far from its middle"}
MAKERS = {name: getattr(explorers, name) for name in explorers.places()["explorer"]} | {
    name: partial(getattr(explorers, maker), **options) for name, (maker, options) in VARIANTS.items()}
each_explorer = pytest.mark.parametrize("name", MAKERS)


def answered(name):
    """The explorer after its question."""
    explorer = MAKERS[name]()
    if explorer.predict:
        explorer.reveal()
    return explorer


def states(explorer):
    """Goes through the states that are promised: after the question, then each preset at its end; yields the name."""
    yield "the question"
    for name, values in explorer.presets.items():
        explorer.preset(values)
        if explorer.clock and "step" not in values:
            explorer.set(step=explorer.state.last())
        assert explorer.error is None, f"{name}: {explorer.error!r}"
        yield name


def at_the_ends(explorer):
    """All sliders at their low ends, and at their high ends, with the boxes off and on; yields the end's name."""
    for end, on in (("low", False), ("high", True)):
        explorer.preset({})
        explorer.set(**{n: getattr(control, end) for n, control in explorer.controls.items() if hasattr(control, end)})
        explorer.set(**{n: on for n, value in explorer.values.items() if isinstance(value, bool)})
        assert explorer.error is None, f"{end}: {explorer.error!r}"
        yield end


def sheet(explorer):
    """The picture without what only a screen reader gets."""
    return re.sub(r' aria-label="[^"]*"|<title>[^<]*</title>', "", explorer.picture.value)


def in_hand(control, value):
    """What the widget of the control shows: of a value for each step, that of the step in hand."""
    return value[control.place] if isinstance(control, Track) else value


def another(control, value):
    """Another value that the control can take."""
    value = in_hand(control, value)
    if hasattr(control, "options"):
        return next(option for option in control.options.values() if option != value)
    if isinstance(value, bool):
        return not value
    return control.high if value < (control.low + control.high) / 2 else control.low


def shown(explorer):
    """Goes through all controls that can be moved now, also those that another control brings up."""
    seen, choosers = set(), [control for control in explorer.controls.values() if control.for_controls]
    for values in itertools.product(*(getattr(c, "options", {0: False, 1: True}).values() for c in choosers)):
        explorer.set(**{control.name: value for control, value in zip(choosers, values, strict=True)})
        for name, control in explorer.controls.items():
            if name not in seen and control not in choosers and not isinstance(control, Text) and control.shown_if(
                    explorer.values):
                seen.add(name)
                yield name, control


def move(explorer, control, value):
    """The student moves a control."""
    control.parts[-1].value = value
    assert explorer.error is None, f"{control.name} = {value}: {explorer.error!r}"


def test_the_explorers_are_found():
    assert {"first_widget", "rnn_stepper", "gate_stepper", "race"} <= set(MAKERS)


@each_explorer
def test_it_has_a_title_presets_and_words(name):
    explorer = MAKERS[name]()
    assert explorer.title and explorer.error is None
    assert explorer.runner or 2 <= len(explorer.presets) <= 9, "three or four settings tell the story"
    words = paper.summary(explorer, explorer.panels())
    assert len(words.split()) >= 8 and "nan" not in words.lower().split()


@each_explorer
def test_the_stored_picture_does_not_answer_its_question(name):
    explorer = MAKERS[name]()
    if explorer.predict and not paper.hides(explorer):
        asked = explorer.values | explorer.predict.asked_at(explorer.values)
        for caption, _ in explorer.panels():
            explorer.preset(explorer.presets.get(caption, {}))
            assert {**explorer.values, "step": 0} != {**asked, "step": 0}, f"{caption!r} shows what is asked"


def test_where_each_state_answers_the_question_the_picture_is_stored_as_before_the_guess(monkeypatch):
    explorer = explorers.by_heart()
    monkeypatch.setattr(paper, "is_static", lambda: True)
    shown, _ = paper.bundle(explorer)
    hidden = explorer.predict.mask(explorer.data)
    assert paper.hides(explorer) and hidden.partition(">")[2] in shown["image/svg+xml"]
    assert explorer.predict.question in shown["text/plain"] and "off by" not in shown["text/plain"]


@each_explorer
def test_its_verdict_fits_its_line(name):
    explorer = answered(name)
    if explorer.predict:
        guesses = explorer.predict.options or [explorer.predict.number[1]]
        words = max((explorer.predict.verdict(explorer.data, guess) for guess in guesses), key=len)
        assert len(words) <= MOST_LETTERS, f"the picture would jump: {words}"


@each_explorer
def test_its_presets_and_ends_give_pictures(name):
    explorer, seen = answered(name), {}
    for state in itertools.chain(states(explorer), at_the_ends(explorer)):
        assert picture_faults(explorer.picture.value) == []
        assert explorer.chinese or not HAN.search(explorer.picture.value), "chinese=True brings the font for it"
        seen[state] = sheet(explorer)
    assert not explorer.presets or len(set(seen.values())) > 1, "no preset changes the picture"
    for preset, values in explorer.presets.items():         # from any state, its button leads there
        explorer.buttons[preset].click()
        assert all(explorer.values[n] == explorer.controls[n].clean(value) for n, value in values.items())


@each_explorer
def test_every_control_moves_picture_and_words_and_comes_back(name):
    explorer, words = answered(name), {}
    for state in states(explorer):
        for n, control in shown(explorer):
            old, said, values = sheet(explorer), explorer.readout.value, dict(explorer.values)
            move(explorer, control, another(control, values[n]))
            assert sheet(explorer) != old or (name, n) in IDLE, f"{n} does nothing ({state}), so it should be hidden"
            words[n] = words.get(n) or explorer.readout.value != said
            move(explorer, control, in_hand(control, values[n]))
            assert (explorer.values, sheet(explorer)) == (values, old), f"{n} does not bring the picture back ({state})"
    silent = [n for n, moved in words.items() if not moved and (name, n) not in SAME_WORDS]
    assert not silent, f"the sentence says nothing of {silent}: who hears the picture does not know"


@each_explorer
def test_its_code_runs_alone_and_gives_the_numbers_of_the_picture(name):
    explorer = answered(name)
    for state in states(explorer) if explorer.code else ():
        if name in WHOLE:
            explorer.set(step=explorer.state.last())
        printed = run_alone(explorer.code(dict(explorer.values))).replace("\n ", " ").strip().splitlines()
        shown = [*numbers(explorer.readout.value), *numbers(re.sub("<[^>]*>", " ", sheet(explorer)))]
        found = [any(agree(number, other) for other in shown) for number in numbers(printed[-1])]
        assert (all if len(found) <= MOST_NUMBERS else any)(found), f"{state}: {printed[-1]} is not in the picture"


def run_alone(code):
    """What a code prints in a fresh namespace."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(code, "code", "exec"), {"__name__": "alone"})
    return out.getvalue()


def numbers(words):
    return re.findall(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?", words.replace("−", "-").replace("\u202f", ""))


def agree(exact, shown):
    """Is `shown` the number `exact`, or that rounded to two digits?"""
    digits, _, power = shown.partition("e")
    decimals = len(digits.partition(".")[2])
    precise = decimals or abs(float(digits)) >= 10
    return abs(float(exact) - float(shown)) <= (0.501 * 10.0 ** (int(power or 0) - decimals) if precise else 0)


def picture_faults(picture):
    """What is wrong with an SVG text."""
    faults = [] if 'role="img"' in picture and "aria-label" in picture else ["it has no name for a screen reader"]
    faults += ["a coordinate is not a number"] if re.search(r'="[^"]*\b(nan|inf)\b', picture.split(">", 1)[1]) else []
    faults += [f"letters of {size} px" for size in set(re.findall(r'<text [^>]*font-size="([\d.]+)"', picture))
               if float(size) < SMALLEST]
    return faults + (["it is too big"] if len(picture.encode()) > MOST_BYTES else [])


@pytest.mark.parametrize("picture, words", [
    ('<svg><circle/></svg>', "no name"), ('<svg role="img" aria-label="a"><circle cx="nan"/></svg>', "not a number"),
    ('<svg role="img" aria-label="a">' + "x" * MOST_BYTES, "too big"),
    ('<svg role="img" aria-label="a"><text font-size="9">a</text></svg>', "letters of 9 px")])
def test_a_fault_is_found(picture, words):
    assert any(words in fault for fault in picture_faults(picture))
