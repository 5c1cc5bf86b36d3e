"""The GRU dial of lesson 10 and the figure beside it: against the cell of the package, their words, their pictures."""

import re
from itertools import product

import numpy as np
import pytest

from lstm_course.explorers import gru_dial
from lstm_course.lessons.l10_gru.gru_dial import (
    AFTER,
    BEFORE,
    KEEP,
    OPTIONS,
    PRESETS,
    RENEW,
    START,
    STATE,
    U,
    compute,
    describe,
    draw,
)
from lstm_course.lessons.l10_gru.gru_figure import ALT, gru_beside_lstm, gru_beside_lstm_svg
from lstm_course.networks import cells
from lstm_course.widgets.style import MARKS

TEXT = re.compile(r'<text x="([-\d.]+)" y="([-\d.]+)" font-size="([\d.]+)" text-anchor="(\w+)"[^>]*>(.*?)</text>')


def run(**values):
    return compute(**START | values)


def revealed():
    explorer = gru_dial()
    explorer.reveal()
    return explorer


def logit(share):
    return np.log(share / (1 - share))


def boxes(picture):
    """(left, top, right, bottom, words) of every text, with a generous width a letter."""
    for x, y, size, anchor, inner in TEXT.findall(picture):
        words, x, y, size = re.sub("<[^>]*>", "", inner), float(x), float(y), float(size)
        width = 0.6 * size * len(words)
        left = x - {"start": 0, "middle": 0.5, "end": 1}[anchor] * width
        yield left, y - 0.72 * size, left + width, y, words


# ---- the numbers -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("z, h_prev, n", [(0.9, 0.8, -0.5), (0.2, -0.7, 0.3), (0.5, 0.0, 0.9)])
def test_the_blend_is_the_cell_of_the_package(z, h_prev, n):
    W, no_U = np.zeros((1, 3)), np.zeros((1, 3))
    for convention, a in ((KEEP, logit(z)), (RENEW, -logit(z))):        # the other convention: z's sum turns its sign
        b = np.array([0.0, a, np.arctanh(n)])
        h, gates = cells.gru_step(np.zeros((1, 1)), np.array([[h_prev]]), W, no_U, b)
        dial = run(z=z, h_prev=h_prev, n=n, convention=convention)
        np.testing.assert_allclose([dial.h, dial.kept, dial.n], [h.item(), gates.z.item(), gates.n.item()], atol=1e-12)
        other = run(z=z, h_prev=h_prev, n=n, convention=RENEW if convention == KEEP else KEEP)
        assert dial.other == other.h


def test_the_lstm_beside_it_is_an_lstm_with_i_as_1_minus_f():
    z, h_prev, n = 0.7, 0.6, -0.4
    b = np.array([logit(1 - z), logit(z), np.arctanh(n), 50.0])         # i, f, g, o
    h, c, _ = cells.lstm_step(np.zeros((1, 1)), np.zeros((1, 1)), np.array([[h_prev]]), np.zeros((1, 4)),
                              np.zeros((1, 4)), b)
    dial = run(z=z, h_prev=h_prev, n=n)
    np.testing.assert_allclose([dial.c, np.tanh(dial.c)], [c.item(), h.item()], atol=1e-12)
    assert dial.c == pytest.approx(dial.h, abs=1e-15)


@pytest.mark.parametrize("place", [BEFORE, AFTER])
@pytest.mark.parametrize("r", [(0.0, 1.0), (0.3, 0.9), (0.5, 0.5)])
def test_the_reset_is_that_of_the_package(place, r):
    r = np.array(r)
    weights = np.concatenate([np.zeros((2, 4)), U], axis=1)
    bias = np.concatenate([logit(np.clip(r, 1e-17, 1 - 1e-16)), np.zeros(4)])
    b_hn = np.zeros(2) if place == AFTER else None
    _, gates = cells.gru_step(np.zeros((1, 1)), STATE[None], np.zeros((1, 6)), weights, bias, b_hn)
    dial = run(r1=r[0], r2=r[1])
    arrives = dial.before if place == BEFORE else dial.after
    np.testing.assert_allclose(np.arctanh(gates.n[0]), arrives, atol=1e-12)


def test_the_numbers_of_the_story():
    dial = run()
    assert dial.h == pytest.approx(0.67, abs=1e-12) and dial.other == pytest.approx(-0.37, abs=1e-12)
    np.testing.assert_array_equal([dial.before, dial.after], [[0.5, 0.0], [0.0, 1.0]])
    assert run(convention=RENEW).h == pytest.approx(-0.37, abs=1e-12)
    same = run(**PRESETS["the same r"])
    np.testing.assert_allclose(same.before, same.after, atol=1e-15)


def test_the_state_never_leaves_the_candidate_and_the_old_state():
    for z, h_prev, n, convention in product((0, 0.3, 1), (-1, 0.4, 1), (-1, 0.2, 1), (KEEP, RENEW)):
        h = run(z=z, h_prev=h_prev, n=n, convention=convention).h
        assert min(h_prev, n) - 1e-12 <= h <= max(h_prev, n) + 1e-12


# ---- the words ---------------------------------------------------------------------------------------------

def test_the_words_come_from_the_numbers():
    words = describe(run())
    assert "90 % of 0.80 and 10 % of −0.50 make h = 0.67" in words and "in the other convention −0.37" in words
    assert "before U (0.50, 0.00), after U (0.00, 1.00): not the same" in words
    assert "10 % of 0.80 and 90 % of −0.50 make h = −0.37" in describe(run(convention=RENEW))
    assert "the same in the other convention" in describe(run(z=0.5))
    assert describe(run(r1=0.4, r2=0.4)).endswith(": the same. Framed: after U.")


def test_before_the_guess_no_answer_is_drawn():
    shown = re.sub("<[^>]*>", " ", draw(run(), hidden=True))
    assert not {"0.67", "−0.37", "0.58", "0.90 of"} & set(re.findall(r"[−\d.]+(?: of)?", shown))
    lanes = [words for left, *_, words in boxes(draw(run(), hidden=True)) if left > 780]
    assert lanes.count("?") == 4


@pytest.mark.parametrize("option, mark", [(OPTIONS[0], "✗"), (OPTIONS[1], "✓"), (OPTIONS[2], "✗")])
def test_the_guess_is_judged_by_what_is_computed(option, mark):
    explorer = gru_dial()
    explorer.set(r1=0.7, r2=0.2)                # the question is about r = (0, 1), whatever the controls show
    explorer.panel.answer.value = option
    explorer.panel.commit.click()
    assert mark in explorer.panel.verdict.value and f"Computed: {OPTIONS[1]}." in explorer.panel.verdict.value
    assert explorer.values["r1"] == 0 and explorer.values["r2"] == 1


# ---- the controls ------------------------------------------------------------------------------------------

def test_the_limits_can_be_reached_and_nothing_overlaps():
    explorer = revealed()
    for z, h_prev, n, convention in product((0.0, 0.5, 1.0), (-1.0, 0.0, 1.0), (-1.0, 0.05, 1.0), (KEEP, RENEW)):
        explorer.set(z=z, h_prev=h_prev, n=n, convention=convention)
        assert explorer.error is None and len(explorer.picture.value.encode()) <= 20_000
        found = list(boxes(explorer.picture.value))
        assert all(left > 0 and right < 880 and top > 0 and bottom < 404 for left, top, right, bottom, _ in found)
        for k, a in enumerate(found):
            for b in found[k + 1:]:
                apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
                assert apart, f"{a[4]!r} lies on {b[4]!r} at z={z}, h={h_prev}, n={n}"


def test_the_chosen_place_is_marked():
    def marked(picture):
        return [float(y) for y in re.findall(r'y="([\d.]+)"[^>]*fill="#FFFBDD"', picture)]
    assert marked(draw(run(place=BEFORE))) != marked(draw(run(place=AFTER)))
    assert len(marked(draw(run()))) == 1


@pytest.mark.parametrize("convention, place", list(product((KEEP, RENEW), (BEFORE, AFTER))))
def test_the_code_runs_and_gives_what_is_shown(convention, place):
    explorer = revealed()
    explorer.set(convention=convention, place=place, z=0.3, n=0.6, r1=0.2, r2=0.7)
    space = {"np": np}
    exec(explorer.code(explorer.values), space)
    assert space["h"] == pytest.approx(explorer.data.h, rel=1e-12)
    np.testing.assert_allclose(space["arrives"], explorer.data.before if place == BEFORE else explorer.data.after)


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
