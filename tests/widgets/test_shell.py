"""The shell, driven from Python as a student would drive it."""

import asyncio
import math
import re
import xml.etree.ElementTree as ET
from html import unescape

import numpy as np
import pytest

from lstm_course.explorers import Checkbox, Choice, Explorer, Guess, Slider, Text
from lstm_course.widgets import svg


def bits(text):
    if set(text) - {"0", "1"}:
        raise ValueError("Type 0 and 1 only.")
    return text


def compute(x, n, flag, kind, word, step, result=None):
    if x == 0.7:
        raise RuntimeError("a fault")
    if x == 0.8:
        np.exp(np.array(1000.0))
    return {"x": x, "n": n, "flag": flag, "kind": kind, "word": word, "step": step, "result": result}


def draw(data):
    return svg.picture(200, 100, svg.text(9, 9, " ".join(map(str, data.values()))))


def describe(data):
    return f"x is {data['x']} at step {data['step']}"


def training(**values):
    for k in range(5):
        yield (k + 1) / 5, k


def make(**more):
    controls = [Slider("x", "x", -1.0, 1.0, 0.1, 0.3), Slider("n", "n", 0, 9, 1, 4), Checkbox("flag", "flag"),
                Choice("kind", "kind", ["a", "b"]), Text("word", "word", "01", accept=bits)]
    given = {"presets": {"high": {"x": 0.9}, "low": {"x": -0.9, "flag": True}}, "steps": 3} | more
    return Explorer("A test", controls, compute, draw, describe, **given)


def said(explorer):
    return unescape(re.sub("<[^>]*>", "", explorer.readout.value))


def press(explorer, name):
    explorer.buttons[name].click()


# ---- controls ----------------------------------------------------------------------------------------------

def test_the_picture_and_the_sentence_follow_every_control():
    explorer = make()
    seen = {explorer.picture.value}
    for name, part, value in [("x", 0, 0.5), ("x", 1, 0.6), ("n", 0, 7), ("flag", 0, True), ("kind", 0, "b"),
                              ("word", 0, "0110"), ("step", 1, 2)]:
        explorer.controls[name].parts[part].value = value
        assert explorer.values[name] == value and explorer.error is None
        seen.add(explorer.picture.value)
    assert len(seen) == 8
    assert said(explorer) == "x is 0.6 at step 2"


def test_slider_and_number_box_say_the_same():
    control = (explorer := make()).controls["x"]
    control.box.value = 0.5
    assert control.bar.value == 0.5
    control.bar.value = -0.2
    assert control.box.value == "−0.2"
    explorer.set(x=1)
    assert control.box.value == "1.0" and control.bar.value == 1.0


def test_drift_is_rounded_and_the_moving_slider_is_left_alone():
    explorer = make()
    explorer.controls["x"].bar.value = 0.2999999999999998 + 0.1
    assert explorer.values["x"] == 0.4 and explorer.controls["x"].box.value == "0.4"
    assert explorer.controls["x"].bar.value == 0.2999999999999998 + 0.1


@pytest.mark.parametrize("typed, value", [("0,5", 0.5), ("5e-1", 0.5), (" −0.5 ", -0.5), ("-.5", -0.5), ("1", 1.0)])
def test_a_number_is_taken_as_it_is_typed(typed, value):
    explorer = make()
    explorer.controls["x"].box.value = typed
    assert explorer.values["x"] == value and explorer.error is None
    assert explorer.controls["x"].bar.value == value


@pytest.mark.parametrize("name, typed, words", [
    ("x", "7", "x takes a number from −1 to 1, and “7” is none."), ("x", "abc", "“abc” is none"),
    ("x", "nan", "x takes a number"), ("x", "1e309", "x takes a number"), ("x", "", "x takes a number"),
    ("x", "0.26", "x goes in steps of 0.1: the nearest is 0.3."), ("n", "2.7", "n takes a whole number from 0 to 9"),
    ("step", "12.5", "step takes a whole number from 0 to 3")])
def test_what_is_not_understood_is_said_and_stays_to_be_corrected(name, typed, words):
    explorer = make()
    old = explorer.values[name]
    explorer.controls[name].box.value = typed
    assert words in said(explorer) and explorer.values[name] == old and explorer.controls[name].box.value == typed
    explorer.controls[name].bar.value = old + 1 if name != "x" else 0.4
    assert explorer.error is None and explorer.controls[name].box.value == explorer.controls[name].text(
        explorer.values[name])


@pytest.mark.parametrize("raw", [math.inf, "garbage", None])
def test_garbage_is_named(raw):
    with pytest.raises(ValueError, match="x takes a number from -1.0 to 1.0"):
        make().set(x=raw)


def test_bad_text_gets_a_sentence_and_may_be_corrected():
    explorer = make()
    field = explorer.controls["word"].parts[0]
    field.value = "012"
    assert said(explorer) == "Type 0 and 1 only." and explorer.values["word"] == "01" and field.value == "012"
    field.value = "0111"
    assert explorer.error is None and explorer.values["word"] == "0111"


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="no control 'y', expected one of x, n"):
        make().set(y=1)


# ---- errors ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("x, words", [(0.7, "cannot be shown (RuntimeError: a fault)"), (0.8, "left the range")])
def test_an_exception_is_one_sentence_and_the_next_change_recovers(x, words):
    explorer = make()
    good = explorer.picture.value
    explorer.controls["x"].box.value = x
    assert words in said(explorer) and "lstm-error" in explorer.readout.value
    assert "lstm-dim" in explorer.picture.value and "svg" in explorer.picture.value
    explorer.controls["x"].box.value = 0.3
    assert explorer.error is None and explorer.picture.value == good


def test_an_exception_behind_a_button_is_shown():
    explorer = make(presets={"bad": {"nothing": 1}})
    press(explorer, "bad")
    assert "no control 'nothing'" in said(explorer)
    press(explorer, "Reset")
    assert explorer.error is None


# ---- presets and time --------------------------------------------------------------------------------------

def test_presets_and_reset():
    explorer = make()
    start = explorer.picture.value
    press(explorer, "low")
    assert explorer.values["x"] == -0.9 and explorer.values["flag"] is True
    press(explorer, "high")
    assert explorer.values["x"] == 0.9 and explorer.values["flag"] is False, "a preset says the whole state"
    press(explorer, "Step")
    press(explorer, "Reset")
    assert explorer.picture.value == start


def test_step_and_back_stay_inside():
    explorer = make()
    for expected in (1, 2, 3, 3):
        press(explorer, "Step")
        assert explorer.values["step"] == explorer.controls["step"].bar.value == expected
    for expected in (2, 1, 0, 0):
        press(explorer, "Back")
        assert explorer.values["step"] == expected


def test_play_goes_to_the_end_and_starts_again():
    explorer = make()
    press(explorer, "Play")         # no event loop here: all at once
    assert explorer.values["step"] == 3 and explorer.buttons["Play"].description == "Play"
    press(explorer, "Play")
    assert explorer.values["step"] == 3 and not explorer.clock.ticker.running


def test_play_can_be_stopped_and_leaves_nothing_behind():
    async def scene():
        explorer = make(steps=50, interval=0.01)
        press(explorer, "Play")
        assert explorer.buttons["Play"].description == "Stop"
        while explorer.values["step"] < 3:
            await asyncio.sleep(0.005)
        press(explorer, "Play")
        at = explorer.values["step"]
        await asyncio.sleep(0.06)
        assert explorer.values["step"] == at < 50 and explorer.buttons["Play"].description == "Play"
        press(explorer, "Play")
        await asyncio.sleep(0.03)
        press(explorer, "Step")         # stepping by hand stops it too
        at = explorer.values["step"]
        await asyncio.sleep(0.06)
        assert explorer.values["step"] == at
        press(explorer, "Play")
        press(explorer, "high")         # and so does a preset
        assert not explorer.clock.ticker.running
    asyncio.run(scene())


def test_while_it_changes_by_itself_nothing_is_announced():
    async def scene():
        explorer = make(steps=2, interval=0.01, run=("Train", training))
        for name in ("Play", "Run"):
            press(explorer, name)
            assert "lstm-busy" in explorer._dom_classes
            while "lstm-busy" in explorer._dom_classes:
                await asyncio.sleep(0.01)
            assert not explorer.clock.ticker.running and not explorer.runner.running
    asyncio.run(asyncio.wait_for(scene(), 20))


def test_the_number_of_steps_may_depend_on_the_values():
    explorer = make(steps=lambda values: len(values["word"]))
    explorer.set(word="01101", step=9)
    assert explorer.controls["step"].high == 5 and explorer.values["step"] == 5
    explorer.set(word="01")
    assert explorer.values["step"] == 2 and explorer.controls["step"].bar.value == 2


# ---- predict -----------------------------------------------------------------------------------------------

def prediction(**more):
    given = {"options": ["yes", "no"], "truth": lambda data: "no", "because": lambda data: "It is so."}
    return Guess("Is it?", **given | {"at": {"step": 3}} | more)


def test_the_answer_is_hidden_until_a_guess_is_made():
    explorer = make(predict=prediction())
    assert "x is" not in said(explorer) and "x = 0.3" in said(explorer)
    hidden = explorer.picture.value
    explorer.controls["x"].bar.value = 0.5
    assert explorer.picture.value != hidden, "the settings can be seen to change"
    explorer.panel.commit.click()
    assert not explorer.revealed and "Choose an answer first" in explorer.panel.verdict.value
    explorer.panel.answer.value = "yes"
    explorer.panel.commit.click()
    assert explorer.revealed and explorer.guess == "yes" and said(explorer) == "x is 0.5 at step 3"
    verdict = explorer.panel.verdict.value
    assert "You predicted: yes. Answer: no." in verdict and "✗" in verdict and "It is so." in verdict


def test_just_show_me():
    explorer = make(predict=prediction())
    explorer.panel.show.click()
    assert explorer.revealed and explorer.guess is None and "Answer: no. It is so." in explorer.panel.verdict.value


def test_before_the_guess_it_stands_where_the_question_is_and_the_controls_rest():
    explorer = make(predict=prediction(at={"step": 3, "x": 0.5}))
    assert explorer.values["step"] == 3 and explorer.values["x"] == 0.5
    view, panel = explorer.view, explorer.panel
    assert view.controls.layout.display == "none" and view.tools.layout.visibility == "hidden" and panel.is_open
    panel.show.click()
    assert view.controls.layout.display is None and view.tools.layout.visibility is None and not panel.is_open


def test_a_guess_counts_once():
    explorer = make(predict=prediction())
    explorer.panel.answer.value = "yes"
    explorer.panel.commit.click()
    explorer.panel.answer.value = "no"
    explorer.panel.commit.click()
    assert explorer.guess == "yes" and "✗" in explorer.panel.verdict.value


@pytest.mark.parametrize("ends, typed, words", [
    ((0, 10, 1, 5), "", "Type a number first"), ((0, 10, 1, 5), "abc", "whole number from 0 to 10"),
    ((0, 10, 1, 5), "-99999", "whole number from 0 to 10"), ((0, 10, 1, 5), "2.5", "whole number"),
    ((0.0, 0.8, 0.01, 0.4), "0.81", "number from 0 to 0.8")])
def test_a_guess_that_makes_no_sense_is_not_taken(ends, typed, words):
    explorer = make(predict=prediction(options=(), number=ends, truth=lambda data: 2.0))
    assert explorer.panel.answer.value == "", "a guess begins empty"
    explorer.panel.answer.value = typed
    explorer.panel.commit.click()
    assert not explorer.revealed and words in explorer.panel.verdict.value


def test_a_guessed_number_is_compared_and_drawn():
    predict = prediction(options=(), number=(0.0, 9.0, 0.5, 1.0), truth=lambda data: 2.0, tolerance=0.5,
                         mark=lambda data, guess: svg.text(5, 5, f"guess {guess}"))
    explorer = make(predict=predict)
    explorer.panel.answer.value = 2.5
    explorer.panel.commit.click()
    assert "✓" in explorer.panel.verdict.value and "guess 2.5</text></svg>" in explorer.picture.value


def test_a_mistake_in_the_verdict_is_shown():
    explorer = make(predict=prediction(truth=lambda data: 1 / 0))
    explorer.panel.show.click()
    assert "ZeroDivisionError" in said(explorer)


# ---- code, static ------------------------------------------------------------------------------------------

def test_the_state_as_code():
    explorer = make(code=lambda values: f"x = {values['x']} < 1")
    explorer.view.code_button.value = True
    assert "x = 0.3 &lt; 1" in explorer.view.code_text.value
    explorer.set(x=0.5)
    assert "x = 0.5" in explorer.view.code_text.value
    explorer.view.code_button.value = False
    assert explorer.view.code_text.value == ""


def test_with_and_without_a_kernel_the_text_is_the_same(monkeypatch):
    live = make(predict=prediction())._repr_mimebundle_()
    monkeypatch.setenv("LSTM_COURSE_STATIC", "1")
    built, meta = make(predict=prediction())._repr_mimebundle_()
    assert set(live) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    assert set(built) == {"text/plain", "image/svg+xml"}
    assert live["text/plain"] == built["text/plain"] == "Explorer: A test\nhigh: x is 0.9 at step 3"
    assert meta["image/svg+xml"]["alt"] == built["text/plain"].replace("\n", " ")
    assert ET.fromstring(built["image/svg+xml"]).get("role") == "img"
    assert "0x" not in built["text/plain"] + repr(make())


def test_presets_side_by_side_on_paper(monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_STATIC", "1")
    built, meta = make(static=["high", "low"], columns=2)._repr_mimebundle_()
    assert "high: x is 0.9 at step 3\nlow: x is -0.9 at step 3" in built["text/plain"]
    assert svg.size(built["image/svg+xml"])[0] > 400
    again = make(static=["high", "low"])._repr_mimebundle_()[1]
    assert again["image/svg+xml"]["data_sha256"] == meta["image/svg+xml"]["data_sha256"]


def test_a_fault_in_the_start_state_stops_the_build(monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_STATIC", "1")
    with pytest.raises(ZeroDivisionError):
        Explorer("Bad", [Slider("x", "x", 0, 9, 1, 4)], lambda x: x / 0, draw, describe)


def test_hundred_steps_and_a_heat_map_are_drawn_in_time():
    chart = svg.Chart(860, 300, (0, 100), (1e-20, 10), "t", "norm", yscale="log")
    wave = np.exp(-np.linspace(0, 40, 101))
    big = np.linspace(-1, 1, 4000).reshape(40, 100)

    def paint(data):
        return svg.picture(860, 620, chart.frame, *(chart.line(range(101), wave * data, name) for name in "fiogch"),
                           svg.heat_image(70, 320, 770, 280, big, "PuOr", -1, 1))
    explorer = Explorer("Big", [Slider("x", "x", 1, 9, 1, 4)], lambda x: float(x), paint, str)
    assert len(explorer.picture.value.encode()) <= 20_000
