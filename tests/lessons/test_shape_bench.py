"""The shape bench of lesson 13: its perturbation test against slow ones and against gradients, words and picture."""

import itertools
import re

import numpy as np
import pytest

from lstm_course.explorers import shape_bench
from lstm_course.lessons.l13_rows_layers_directions.shape_bench import AXES, GIVEN, PRESETS, START, WAYS, WHO, draw
from lstm_course.lessons.l13_rows_layers_directions.who_sees import (
    LENGTHS,
    NAMES,
    SIZE,
    B,
    H,
    T,
    batch,
    bench,
    code,
    compute,
    describe,
    moved,
    network,
    source,
    verdict,
)

SETTINGS = [dict(zip(("axes", "given", "two_way", "who", "t"), values, strict=True)) for values in itertools.product(
    AXES.values(), GIVEN.values(), WAYS.values(), WHO.values(), range(T))]


def at(**values):
    return compute(**START | values)


# ---- compute -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("two_way", [False, True])
@pytest.mark.parametrize("given", [False, True])
def test_the_copies_side_by_side_agree_with_one_after_the_other(two_way, given):
    x, lengths = batch()
    layer, told = network(two_way), lengths if given else None
    found, before = moved(layer, x, told), layer.forward(x, lengths=told).outputs
    for t, b in itertools.product(range(T), range(B)):
        changed = x.copy()
        changed[t, b] += SIZE
        change = (layer.forward(changed, lengths=told).outputs - before).reshape(T, B, -1, H)
        expected = np.linalg.norm(change, axis=-1) / SIZE / np.sqrt(2)
        np.testing.assert_allclose(found[:, :, t, b], np.where(expected > 1e-9, expected, 0), rtol=0, atol=1e-12)


def test_small_moves_are_the_gradient():
    """∂out/∂x by backward, for one output unit after the other."""
    layer, (x, lengths) = network(True), batch()
    found, trace = moved(layer, x, lengths, size=1e-6), layer.forward(x, lengths=lengths)
    for t, b, part in ((7, 0, 0), (7, 0, 1), (0, 1, 1), (1, 2, 0)):
        rows = []
        for unit in range(H):
            grad = np.zeros_like(trace.outputs)
            grad[t, b, H * part + unit] = 1
            rows.append(layer.backward(trace, grad).x.sum(axis=2))
        expected = np.linalg.norm(rows, axis=0) / np.sqrt(2)
        np.testing.assert_allclose(found[t, b, :, :, part], expected, rtol=1e-4, atol=1e-8)


def test_who_sees_what():
    """One way: the past; backward: the future; with lengths: only real steps; swapped: other sequences."""
    lengths = np.array(LENGTHS)
    past = np.tril(np.ones((T, T), bool))
    for two_way, given in itertools.product((False, True), (False, True)):
        found, refused = bench("right", given, two_way)
        assert not refused
        for a, b in itertools.product(range(B), range(B)):
            n = lengths[a] if given else T
            real = np.outer(np.arange(T) < n, np.arange(T) < n) & (a == b)
            assert np.array_equal(found[a, :, b, :, 0] > 0, past & real)
            if two_way:
                assert np.array_equal(found[a, :, b, :, 1] > 0, past.T & real)
        swapped, refused = bench("swapped", given, two_way)
        if given:
            assert refused == "lengths has shape (3,), expected (B,) with B = 8" and not swapped.any()
            continue
        for a, b in itertools.product(range(B), range(B)):
            assert np.array_equal(swapped[a, :, b, :, 0] > 0, np.eye(T, dtype=bool) & (b <= a))
            if two_way:
                assert np.array_equal(swapped[a, :, b, :, 1] > 0, np.eye(T, dtype=bool) & (b >= a))


def test_the_output_is_named_as_one_writes_it():
    assert source(at(who=2, t=1)) == "out[1, C]" and source(at(axes="swapped", who=0, t=7)) == "out[A, 7]"


def test_the_presets_tell_their_story():
    found = {name: at(**values) for name, values in PRESETS.items()}
    assert found["axes swapped"].leak == ["A", "B"] and "LEAK" in verdict(found["axes swapped"])[1]
    assert found["padding read"].own(0) == ([0, 1], 6) and 0.2 < found["padding read"].kept < 0.5
    middle, last = found["two ways, middle"], found["two ways, out[-1]"]
    assert [middle.own(0), middle.own(1)] == [([0, 1, 2], 0), ([2, 3, 4], 0)]
    assert [last.own(0), last.own(1)] == [(list(range(8)), 0), ([7], 0)]


def test_what_is_left_after_padding():
    """`kept` against the map that it compares."""
    found, _ = bench("right", False, False)
    for who, n in ((1, 5), (2, 2)):
        for step in range(n, T):
            own = found[who, :, who, n - 1, 0]
            assert at(given=False, who=who, t=step).kept == pytest.approx(own[step] / own[n - 1], rel=1e-12)


# ---- words -------------------------------------------------------------------------------------------------

def test_words():
    assert describe(at()) == "Array (T, B, I), one way, lengths given. out[4, B]: it has seen steps 0 to 4 of B."
    assert "it has seen step 0 of C" in describe(at(who=2, t=0))
    assert "C has ended before: the output is 0" in describe(at(who=2, t=2))
    assert "The layer refuses the batch: lengths has shape (3,)" in describe(at(axes="swapped"))
    assert "LEAK: it sees inputs of A." in describe(at(axes="swapped", given=False))
    assert "steps 0 to 1 of C and 6 steps of padding; 34 % is left of what step 1 did" in describe(
        at(given=False, who=2, t=7))
    assert "backward half has seen 1 step of padding" in describe(at(given=False, two_way=True, t=7))


@pytest.mark.parametrize("values", SETTINGS[::5])
def test_the_words_name_all_that_is_seen(values):
    data, said = compute(**values), " ".join(verdict(compute(**values)))
    for part, seen in enumerate(data.seen):
        own, padding = data.own(part)
        assert len(own) + padding == (seen[data.who] > 0).sum()
        assert own == (list(range(own[0], own[-1] + 1)) if own else [])         # so "steps 2 to 4" leaves out none
    others = {NAMES[k] for k in range(B) if k != data.who and data.seen[:, k].any()}
    assert set(data.leak) == others and ("LEAK" in said) == bool(others)


@pytest.mark.parametrize("values", [{}, *PRESETS.values(), {"two_way": True, "given": False, "who": 2, "t": 5}])
def test_the_code_runs_and_gives_what_is_seen(values, capsys):
    exec(code(START | values), {})
    printed = np.array(re.findall(r"\d+\.\d*", capsys.readouterr().out), float)
    np.testing.assert_allclose(printed, at(**values).seen.ravel(), atol=6e-5)


# ---- the picture -------------------------------------------------------------------------------------------

def words_of(picture):
    return [re.sub(r"<[^>]+>", "", line) for line in re.findall(r"<text.*?</text>", picture)]


@pytest.mark.parametrize("values", SETTINGS[::7])
def test_the_picture(values):
    data = compute(**values)
    picture, words = draw(data), words_of(draw(data))
    assert len(picture) < 20_000 and f"Output: {source(data)}" in words and picture.count("<path") == 1
    if data.refused:
        assert "✗ The layer refuses this batch:" in words and "·" not in words
        return
    shown = [word for word in words if word in ("·", "&lt;.01") or re.fullmatch(r"0\.\d\d", word)]
    assert len(shown) == data.seen.size and shown.count("·") == int((data.seen == 0).sum())
    beside = " ".join(words)
    assert all(all(word in beside for word in line.split(" ")) for line in verdict(data))


def test_nothing_is_given_away_before_the_guess():
    hidden = words_of(draw(at(**PRESETS["two ways, out[-1]"]), hidden=True))
    assert hidden.count("?") == 2 * B * T and "has seen" not in " ".join(hidden)


# ---- the explorer ------------------------------------------------------------------------------------------

def test_the_prediction():
    explorer = shape_bench()
    assert "half has seen" not in explorer.readout.value
    explorer.reveal("8")
    assert "You predicted: 8. Answer: 1." in explorer.panel.verdict.value and explorer.error is None
    assert explorer.values == START | PRESETS["two ways, out[-1]"]


def test_what_stands_on_paper_does_not_answer_the_question():
    words = shape_bench()._repr_mimebundle_()["text/plain"]
    assert all(name in words for name in ("axes swapped", "padding read", "two ways, middle"))
    assert "out[7, A]" not in words
