"""The GRU dial of lesson 10 and the figure beside it: against the package's layers, their words, their pictures."""

import re
from itertools import product

import numpy as np
import pytest

from lstm_course import GRU, RNN
from lstm_course.explorers import gru_dial
from lstm_course.lessons.l10_gru.gru_dial import ASKED, INPUTS, OPTIONS, PRESETS, START, T, compute, describe, draw
from lstm_course.lessons.l10_gru.gru_figure import ALT, gru_beside_lstm, gru_beside_lstm_svg
from lstm_course.widgets.style import MARKS

TEXT = re.compile(r'<text x="([-\d.]+)" y="([-\d.]+)" font-size="([\d.]+)" text-anchor="(\w+)"[^>]*>(.*?)</text>')
X = np.array([float(word) for word in INPUTS.split()])


def run(**values):
    return compute(**ASKED | values)


def revealed():
    explorer = gru_dial()
    explorer.reveal()
    return explorer


def boxes(picture):
    """(left, top, right, bottom, words) of every text, with a generous width a letter."""
    for x, y, size, anchor, inner in TEXT.findall(picture):
        words, x, y, size = re.sub("<[^>]*>", "", inner), float(x), float(y), float(size)
        width = 0.6 * size * len(words)
        left = x - {"start": 0, "middle": 0.5, "end": 1}[anchor] * width
        yield left, y - 0.72 * size, left + width, y, words


def states_of(layer):
    return np.append(START, layer.forward(X.reshape(T, 1, 1), np.array([[START]])).outputs.ravel())


# ---- the numbers -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("r, z", [(0.3, 0.9), (0.7, 0.2), (0.5, 0.5)])
def test_the_states_are_those_of_the_package(r, z):
    layer = GRU(1, 1)
    layer.parameters["W"][:] = layer.parameters["U"][:] = [[0, 0, 1]]
    layer.parameters["b"][:2] = [np.log(gate / (1 - gate)) for gate in (r, z)]
    np.testing.assert_allclose(run(r=r, z=z).h, states_of(layer), atol=1e-12)
    gates = layer.forward(X.reshape(T, 1, 1), np.array([[START]])).gates
    np.testing.assert_allclose(run(r=r, z=z).n, gates["n"].ravel())


def test_the_limits():
    plain = RNN(1, 1)
    plain.parameters["W"][:] = plain.parameters["U"][:] = 1
    np.testing.assert_allclose(run(r=1.0, z=0.0).h, states_of(plain), atol=1e-12)
    assert np.all(run(r=0.4, z=1.0).h == START)
    np.testing.assert_allclose(run(r=0.0, z=0.0).h[1:], np.tanh(X), atol=1e-12)


def test_the_state_never_leaves_the_candidate_and_the_old_state():
    for r, z in product((0, 0.3, 1), (0, 0.4, 1)):
        dial = run(r=r, z=z, x="5 -5 0 0 3 -1 5 -5")
        low, high = np.minimum(dial.n, dial.h[:-1]), np.maximum(dial.n, dial.h[:-1])
        assert np.all(low - 1e-12 <= dial.h[1:]) and np.all(dial.h[1:] <= high + 1e-12) and abs(dial.h).max() <= 1


@pytest.mark.parametrize("typed", ["1 2", "a b c d e f g h", "9 0 0 0 0 0 0 0", ""])
def test_what_is_no_input_is_said(typed):
    with pytest.raises(ValueError, match="8 numbers from −5 to 5"):
        run(x=typed)


# ---- the words ---------------------------------------------------------------------------------------------

def test_the_words_come_from_the_numbers():
    assert describe(run(r=1.0, z=0.5, step=3)) == ("Step 3: the candidate is n = 0.99. 0.50 of the old state 0.68 and "
                                                   "0.50 of n make h = 0.83.")
    assert describe(run(r=1.0, z=0.0)).endswith("A plain RNN: h = n.")
    assert describe(run(z=1.0)).endswith("A copy of the old state.")
    assert describe(run(r=0.0, z=0.0, step=0)) == (
        "Before the first step: h = 0.80. r = 0.00, z = 0.00. No memory: h = tanh(x).")


def test_before_the_guess_no_answer_is_drawn():
    shown = [words for *_, words in boxes(draw(run(r=1.0, z=0.5), hidden=True))]
    assert shown.count("?") == 1 and "= ?" in shown and not any("0.83" in words for words in shown)


@pytest.mark.parametrize("option, mark", [(OPTIONS[0], "✓"), (OPTIONS[1], "✗"), (OPTIONS[2], "✗")])
def test_the_guess_is_judged_by_what_is_computed(option, mark):
    explorer = gru_dial()
    explorer.panel.answer.value = option
    explorer.panel.commit.click()
    assert mark in explorer.panel.verdict.value and f"Answer: {OPTIONS[0]}." in explorer.panel.verdict.value
    assert {name: explorer.values[name] for name in ("r", "z")} == {"r": 0, "z": 1}


def test_the_static_pictures_do_not_show_what_is_asked():
    assert not [name for name in gru_dial().static if PRESETS[name]["z"] == ASKED["z"]]


# ---- the controls ------------------------------------------------------------------------------------------

def test_the_limits_can_be_reached_and_nothing_overlaps():
    explorer = revealed()
    for z, r, x, step in product((0.0, 0.55, 1.0), (0.0, 1.0), (INPUTS, "-4.5 " * 8, "5 -5 " * 4), (0, 1, T)):
        explorer.set(z=z, r=r, x=x.strip(), step=step)
        assert explorer.error is None and len(explorer.picture.value.encode()) <= 20_000
        found = list(boxes(explorer.picture.value))
        assert all(left > 0 and right < 880 and top > 0 and bottom < 356 for left, top, right, bottom, _ in found)
        for k, a in enumerate(found):
            for b in found[k + 1:]:
                apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
                assert apart, f"{a[4]!r} lies on {b[4]!r} at z={z}, r={r}, x={x}"


@pytest.mark.parametrize("preset", PRESETS)
def test_the_code_runs_and_gives_what_is_shown(preset):
    explorer, space = revealed(), {}
    explorer.set(**PRESETS[preset], x="1 0 -0.5 0 3 0 0 0.25")
    exec(explorer.code(explorer.values), space)
    assert space["h"] == pytest.approx(explorer.data.h[-1], rel=1e-12)


# ---- the figure --------------------------------------------------------------------------------------------

def test_the_same_roles_have_the_same_look_on_both_sides():
    picture = gru_beside_lstm_svg()
    box = r'<rect x="([\d.]+)"[^>]*stroke="(#\w+)" stroke-width="3" rx="8"(?: stroke-dasharray="([\d ]+)")?'
    frames = re.findall(box, picture)
    left, right = ([(colour, dash) for x, colour, dash in frames if (float(x) > 440) is side] for side in (False, True))
    look = {name: (MARKS[name].colour, " ".join(f"{d}" for d in MARKS[name].dash)) for name in "figo"}
    assert left == [look[name] for name in "figo"]
    assert right == [look[name] for name in "fog"]          # z keeps as f does, r shows as o does, n as g


def test_the_figure_says_what_it_shows_and_its_words_do_not_overlap():
    assert gru_beside_lstm().data["text/plain"] == " ".join(ALT.split())
    found = list(boxes(gru_beside_lstm_svg()))
    assert {"f  σ", "z  σ", "1 − z", "n  tanh"} <= {words for *_, words in found}
    for k, a in enumerate(found):
        for b in found[k + 1:]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], f"{a[4]!r} lies on {b[4]!r}"
