"""The gate stepper and the figure of lesson 06: both modes against LSTM.forward, words, pictures, controls."""

import re

import numpy as np
import pytest

from lstm_course import LSTM
from lstm_course.explorers import gate_stepper, lstm_cell_figure
from lstm_course.lessons.l06_lstm_cell.gate_picture import LEFT, PITCH, draw
from lstm_course.lessons.l06_lstm_cell.gate_run import HANDS, STEPS, WEIGHTS, compute, describe, now, numbers_of, tidy
from lstm_course.lessons.l06_lstm_cell.gate_stepper import FIRST, HAND, PRESETS, PULSE, weighted
from lstm_course.lessons.l06_lstm_cell.lstm_cell import cell_numbers

START = {"x": PULSE, "pin": "nothing", "at": 1.0, "parts": False, "blind": False, "step": STEPS} | FIRST | HAND
RNG = np.random.default_rng(6)
HAND_SETTINGS = [dict(zip("ifgoc", values, strict=True)) for values in np.column_stack(
    [RNG.uniform(0, 1, (12, 2)), RNG.uniform(-1, 1, 12), RNG.uniform(0, 1, 12), RNG.uniform(-2, 2, 12)]).tolist()]
ENDS = [dict(zip("ifgoc", (*e, 2.0), strict=True)) for e in [(0, 1, 1, 1), (1, 0, -1, 0), (1, 1, 1, 0), (0, 0, -1, 1)]]
WEIGHT_SETTINGS = RNG.integers(-6, 7, (12, 12)).tolist()


def run(**values):
    values = {name: (value,) * STEPS if name in tuple("ifgo") and not isinstance(value, tuple) else value
              for name, value in (START | values).items()}
    return compute(**values | {"step": min(values["step"], 3 * STEPS if values["parts"] else STEPS)})


def layer_of(W, U, b):
    layer = LSTM(1, 1, rng=0)
    layer.parameters["W"][0], layer.parameters["U"][0], layer.parameters["b"][:] = W, U, b
    return layer


def assert_is_the_layer(found, layer, x):
    state = np.zeros((1, 1)), np.full((1, 1), found.c[0])
    trace = layer.forward(np.reshape(np.array(x, float), (STEPS, 1, 1)), state)
    for gate in "ifgo":
        np.testing.assert_allclose(found.gates[gate], trace.gates[gate].ravel(), rtol=0, atol=1e-12, err_msg=gate)
    np.testing.assert_allclose(found.c[1:], trace.gates["c"].ravel(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.h[1:], trace.outputs.ravel(), rtol=0, atol=1e-12)


logit = lambda share: np.clip(np.log(share) - np.log1p(-share), -50, 50)


# ---- numbers -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("write", ["always", "once"])
@pytest.mark.parametrize("gates", [*HAND_SETTINGS, *ENDS])
def test_hands_on_the_gates_equal_the_layer(gates, write):
    """An LSTM whose biases hold the gates; the input shuts i but for t = 2."""
    i, f, g, o = (float(gates[name]) for name in "ifgo")
    with np.errstate(divide="ignore"):
        b = np.array([logit(i), logit(f), np.clip(np.arctanh(g), -25, 25), logit(o)])
    shut = np.where(np.arange(1, STEPS + 1) == 2, 0.0, 1.0) if write == "once" else np.zeros(STEPS)
    i = (0.0, i) + 8 * (0.0,) if write == "once" else i
    found = run(i=i, f=f, g=g, o=o, c0=gates["c"])
    assert_is_the_layer(found, layer_of([-200, 0, 0, 0], 0, b), shut)


@pytest.mark.parametrize("weights", WEIGHT_SETTINGS)
def test_weights_equal_the_layer(weights):
    W, U, b = np.reshape(weights, (3, 4)).astype(float)
    x = RNG.integers(-3, 4, STEPS).tolist()
    found = run(mode=WEIGHTS, x=" ".join(map(str, x)), **weighted(*zip(W, U, b, strict=True)))
    assert_is_the_layer(found, layer_of(W, U, b), x)
    assert np.abs(found.c).max() > 1e-3


@pytest.mark.parametrize("name", [name for name, values in PRESETS.items() if values["mode"] == WEIGHTS])
def test_presets_with_weights_equal_the_layer(name):
    values = START | PRESETS[name]
    W, U, b = ([values[f"{kind}_{gate}"] for gate in "ifgo"] for kind in "wub")
    assert_is_the_layer(run(**PRESETS[name]), layer_of(W, U, b), numbers_of(values["x"]))


@pytest.mark.parametrize("gate, at", [("i", 0.3), ("f", 0.5), ("g", -0.8), ("o", 0.0), ("f", 1.0)])
def test_a_pinned_gate_equals_a_layer_without_its_weights(gate, at):
    values = dict(zip(FIRST, WEIGHT_SETTINGS[0], strict=True))
    found = run(mode=WEIGHTS, pin=gate, at=at, x="1 -1 2 0 1", **values)
    W, U, b = (np.array([values[f"{kind}_{k}"] for k in "ifgo"], float) for kind in "wub")
    W["ifgo".index(gate)] = U["ifgo".index(gate)] = 0
    with np.errstate(divide="ignore"):
        b["ifgo".index(gate)] = np.arctanh(at) if gate == "g" else logit(at)
    assert_is_the_layer(found, layer_of(W, U, b), numbers_of("1 -1 2 0 1"))
    assert np.all(found.gates[gate] == at)
    assert np.all(run(mode=WEIGHTS, pin="i", at=-0.5).gates["i"] == 0)      # a gate is never negative


def test_the_numbers_of_the_syllabus():
    first = run()
    np.testing.assert_allclose([first.c[1], first.h[1]], [0.42, 0.278], atol=5e-4)
    for f, left in ((0.95, 0.663), (0.5, 0.0039)):
        assert run(**PRESETS["write at t = 2"] | {"f": f}).c[10] == pytest.approx(left, rel=2e-3)
    shut = run(**PRESETS["remember"] | {"o": 0.0})
    assert np.all(shut.h == 0) and np.all(shut.c == 0.8)


def test_the_presets_tell_their_story():
    c = {name: run(**values).c for name, values in PRESETS.items()}
    assert np.all(c["remember"] == 0.8) and np.all(c["forget"][1:] == 0) and np.all(c["overwrite"][1:] == -0.6)
    np.testing.assert_allclose(np.diff(c["add"]), -0.6)
    np.testing.assert_allclose(c["latch"][1:], [0, 1, 1, 1, 1, 1, 0, 0, 0, 1], atol=1e-3)
    np.testing.assert_allclose(c["count"][1:], np.cumsum(numbers_of(PRESETS["count"]["x"])), atol=1e-3)
    without = run(**PRESETS["latch"] | {"u_i": 0})
    assert without.c[5] == pytest.approx(2, abs=1e-3) and without.c[7] == pytest.approx(0, abs=1e-3)
    pinned = run(**PRESETS["count"], pin="f", at=0.5)
    assert pinned.c[10] < 1
    assert [round(run(**PRESETS["write by weights"] | {"b_f": b}).c[10], 4) for b in (3, 1, 0)] == [
        0.6746, 0.0812, 0.0039]


def test_sub_steps():
    assert [now(step, False) for step in (0, 1, 10)] == [(1, 0), (1, 3), (10, 3)]
    assert [now(step, True) for step in (0, 1, 2, 3, 4, 30)] == [(1, 0), (1, 1), (1, 2), (1, 3), (2, 1), (10, 3)]


@pytest.mark.parametrize("typed, meant", [("0 1", "0 1 0 0 0 0 0 0 0 0"), ("1,-1, .5", "1 -1 0.5 0 0 0 0 0 0 0"),
                                          ("−1", "-1 0 0 0 0 0 0 0 0 0")])
def test_own_inputs(typed, meant):
    assert tidy(typed) == meant == tidy(meant)


@pytest.mark.parametrize("typed", ["", "a b", "10", "nan", "inf", "1 2 3 4 5 6 7 8 9 1 2", "1;2"])
def test_bad_inputs_are_refused_in_words(typed):
    with pytest.raises(ValueError, match="x takes 1 to 10 numbers"):
        tidy(typed)


# ---- words and pictures -------------------------------------------------------------------------------------

def plain(picture):
    """The words of a picture, without its subscripts' tags."""
    return re.sub("<[^>]*>", " ", picture)


def test_the_words_come_from_the_numbers():
    assert "0.900 · 0.800 + 0.500 · (−0.600) = 0.420" in describe(run(step=1))
    assert "h = o · tanh(c) = 0.700 · 0.397 = 0.278" in describe(run(step=1))
    for name, words in (("remember", "kept"), ("forget", "erased"), ("overwrite", "overwritten"), ("add", "added")):
        assert words in describe(run(**PRESETS[name]))
    assert "memory is" not in describe(run(step=1)) and "Press Step" in describe(run(step=0))
    assert "o hides" in describe(run(o=0.0, step=1)) and "o hides" not in describe(run(o=0.0, c0=0.0, i=0.0))
    parts = [describe(run(parts=True, step=step)) for step in (1, 2, 3)]
    assert "erase: f · c" in parts[0] and "0.420" not in parts[0]
    assert "write: c = f · c" in parts[1] and "tanh" not in parts[1] and "0.278" in parts[2]


def test_the_wires_carry_the_numbers():
    shown = plain(draw(run(step=1)))
    for number in ("0.800", "0.720", "−0.300", "0.420", "0.397", "0.278", "0.900", "0.500", "−0.600", "0.700"):
        assert number in shown
    assert all(words in shown for words in ("erase", "write", "read", "forget gate", "input gate", "candidate"))
    with_weights = plain(draw(run(**PRESETS["latch"] | {"step": 5})))
    for words in ("z = 20x − 30h − 10", "z = 20x + 10", "σ(−12.85)", "tanh(10.00)", "= 0.762"):
        assert words in with_weights
    assert "pinned" in plain(draw(run(**PRESETS["latch"], pin="o")))


def test_sub_steps_show_one_number_after_the_other():
    for step, seen, hidden in ((0, [], ["0.720", "−0.300", "0.420", "0.278"]), (1, ["0.720"], ["−0.300", "0.420"]),
                               (2, ["0.720", "−0.300", "0.420"], ["0.397", "0.278"]), (3, ["0.420", "0.278"], [])):
        shown = plain(draw(run(parts=True, step=step)))
        assert all(number in shown for number in seen) and not any(number in shown for number in hidden), step


@pytest.mark.parametrize("parts, step", [(False, 0), (False, 1), (False, 4), (True, 3), (True, 11)])
def test_before_the_guess_no_result_of_this_step_is_drawn(parts, step):
    found = run(parts=parts, step=step, f=0.83, c0=0.7)
    t = found.t
    numbers = [found.c[t], found.h[t], np.tanh(found.c[t]), found.gates["f"][t - 1] * found.c[t - 1]]
    shown = plain(draw(found, hidden=True))
    assert "?" in shown and not any(f"{number:.3f}".replace("-", "−") in shown for number in numbers)
    assert f"{found.c[t - 1]:.3f}".replace("-", "−") in shown                   # what is needed for it is there


@pytest.mark.parametrize("parts, step, hidden, c_at, h_at", [
    (False, 4, False, 4, 4), (False, 4, True, 3, 3), (True, 10, False, 3, 3), (True, 11, False, 4, 3),
    (True, 12, False, 4, 4), (True, 11, True, 3, 3), (False, 0, False, 0, 0)])
def test_the_chart_goes_as_far_as_is_computed(parts, step, hidden, c_at, h_at):
    dots = re.findall(r'<circle cx="([\d.]+)" cy="[\d.]+" r="5"', draw(run(parts=parts, step=step), hidden))
    assert [round((float(x) - LEFT) / PITCH) for x in dots] == [h_at, c_at]


def test_every_gate_has_its_line_and_its_letter():
    picture = draw(run(step=1))
    for dash in ('stroke-dasharray="9 5"', 'stroke-dasharray="2 4"', 'stroke-dasharray="10 4 2 4"'):
        assert picture.count(dash) >= 2                                         # the wire and the box
    for gate in "figo":
        assert f">{gate}</text>" in picture and f">{gate}, " in picture


def test_the_figure_says_its_numbers():
    picture = lstm_cell_figure()
    (kind,) = set(picture.data) - {"text/plain"}
    for number in ("0.800", "0.720", "−0.300", "0.420", "0.397", "0.278"):
        assert number in picture.data[kind] and number in picture.data["text/plain"]
    assert cell_numbers(0.8, 0.5, 0.9, -0.6, 0.7)["c"] == "0.420"


# ---- the widget --------------------------------------------------------------------------------------------

ONLY = {HANDS: {"sets", *"ifgo"}, WEIGHTS: {"x", "pin", "at", "tuned", "w_f", "u_f", "b_f"}}    # of one mode


def shown_controls(explorer):
    return {name for name, control in explorer.controls.items() if control.view.layout.display != "none"}


def test_each_mode_shows_its_controls():
    explorer = gate_stepper()
    always = {"mode", "c0", "parts", "blind", "step"}
    assert shown_controls(explorer) == always | ONLY[HANDS]
    explorer.controls["mode"].parts[0].value = WEIGHTS
    assert shown_controls(explorer) == always | ONLY[WEIGHTS] - {"at"}
    explorer.set(tuned="o")
    assert {"w_o", "u_o", "b_o"} < shown_controls(explorer) and not shown_controls(explorer) & {"w_f", "b_i"}
    explorer.set(pin="f")
    assert "at" in shown_controls(explorer)
    explorer.buttons["add"].click()
    assert shown_controls(explorer) == always | ONLY[HANDS] and explorer.error is None
    assert shown_controls(gate_stepper("weights")) == always | ONLY[WEIGHTS] - {"at"}
    with pytest.raises(ValueError, match="expected 'hands' or 'weights'"):
        gate_stepper("both")


def test_the_first_explorer_does_not_tell_what_the_exercises_ask_for():
    names = {mode: set(gate_stepper(mode).presets) for mode in (HANDS, WEIGHTS)}
    assert names == {mode: {name for name in PRESETS if PRESETS[name]["mode"] == mode} for mode in names}
    assert "latch" in names[WEIGHTS] and "overwrite" in names[HANDS]


def test_the_second_explorer_asks_nothing_at_first():
    explorer = gate_stepper("weights")
    assert explorer.revealed and "Press Step" in explorer.readout.value


def test_the_first_question():
    explorer = gate_stepper()
    assert "0.420" not in explorer.picture.value and "f = 0.900" in explorer.readout.value
    explorer.panel.answer.value = 0.42
    explorer.panel.commit.click()
    assert "✓" in explorer.panel.verdict.value and "0.900 · 0.800 + 0.500 · (−0.600)" in explorer.panel.verdict.value
    assert explorer.values["step"] == 3 and "0.420" in explorer.picture.value
    wrong = gate_stepper()
    wrong.panel.answer.value = 1.02
    wrong.panel.commit.click()
    assert "✗" in wrong.panel.verdict.value


@pytest.mark.parametrize("parts", [False, True])
def test_blind_mode_asks_at_every_step(parts):
    explorer = gate_stepper()
    explorer.reveal()
    explorer.set(parts=parts)
    explorer.set(blind=True)
    for t in range(1, 4):
        assert not explorer.revealed and "Hidden until you predict" in explorer.readout.value
        assert explorer.panel.verdict.value == "<div></div>"
        truth = explorer.data.c[explorer.data.t]
        explorer.panel.answer.value = round(truth, 3)
        explorer.panel.commit.click()
        assert explorer.revealed and "✓" in explorer.panel.verdict.value and explorer.data.t == t
        assert explorer.data.phase == 3
        explorer.buttons["Step"].click()
    explorer.set(blind=False)
    assert explorer.revealed and "t = 4" in explorer.readout.value
    explorer.buttons["Step"].click()
    assert explorer.revealed


def test_sub_steps_stay_at_the_same_step_of_time():
    explorer = gate_stepper()
    explorer.reveal()
    explorer.set(parts=False)
    explorer.set(step=7)
    box = explorer.controls["parts"].parts[0]
    box.value = True
    assert explorer.values["step"] == 21 and explorer.data.t == 7 and explorer.controls["step"].high == 30
    explorer.buttons["Back"].click()
    assert (explorer.data.t, explorer.data.phase) == (7, 2)
    box.value = False
    assert explorer.values["step"] == 7 and explorer.controls["step"].high == 10 and explorer.error is None


def test_a_bad_input_is_explained_and_the_next_one_recovers():
    explorer = gate_stepper("weights")
    explorer.reveal()
    field = explorer.controls["x"].parts[0]
    field.value = "0 1 x"
    assert "x takes 1 to 10 numbers" in explorer.readout.value and field.value == "0 1 x"
    field.value = "0 1 2"
    assert explorer.error is None and explorer.data.x[2] == 2


def test_a_number_for_the_text_of_inputs_is_taken():
    explorer = gate_stepper()
    explorer.set(x=3)
    assert explorer.error is None and explorer.values["x"].split() == ["3"] + (STEPS - 1) * ["0"]
