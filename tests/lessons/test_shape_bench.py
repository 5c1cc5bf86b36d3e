"""The shape bench of lesson 13: its perturbation test against slow ones and against gradients, words and picture."""

import itertools
import re

import numpy as np
import pytest

from lstm_course.explorers import shape_bench
from lstm_course.lessons.l13_rows_layers_directions.shape_bench import (
    AXES,
    GIVEN,
    NAMES,
    PRESETS,
    READ,
    SIZE,
    START,
    WAYS,
    WHO,
    B,
    H,
    T,
    batch,
    bench,
    code,
    compute,
    describe,
    draw,
    moved,
    network,
    source,
    verdict,
)

SETTINGS = [dict(zip(START, values, strict=True)) for values in itertools.product(
    AXES.values(), GIVEN.values(), WAYS.values(), READ.values(), WHO.values(), (1, 2, 8))]


def at(**values):
    return compute(**START | values)


# ---- compute -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("two_way", [False, True])
@pytest.mark.parametrize("given", [False, True])
def test_the_copies_side_by_side_agree_with_one_after_the_other(two_way, given):
    x, lengths = batch(3)
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
    layer, (x, lengths) = network(True), batch(5)
    found, trace = moved(layer, x, lengths, size=1e-6), layer.forward(x, lengths=lengths)
    for t, b, part in ((7, 0, 0), (7, 0, 1), (0, 1, 1), (4, 2, 0)):
        rows = []
        for unit in range(H):
            grad = np.zeros_like(trace.outputs)
            grad[t, b, H * part + unit] = 1
            rows.append(layer.backward(trace, grad).x.sum(axis=2))
        expected = np.linalg.norm(rows, axis=0) / np.sqrt(2)
        np.testing.assert_allclose(found[t, b, :, :, part], expected, rtol=1e-4, atol=1e-8)


def test_who_sees_what():
    """One way: the past; backward: the future; with lengths: only real steps; swapped: other sequences."""
    lengths = np.array([8, 5, 2])
    past = np.tril(np.ones((T, T), bool))
    for two_way, given in itertools.product((False, True), (False, True)):
        found, refused = bench("right", given, two_way, 2)
        assert not refused
        for a, b in itertools.product(range(B), range(B)):
            n = lengths[a] if given else T
            real = np.outer(np.arange(T) < n, np.arange(T) < n) & (a == b)
            assert np.array_equal(found[a, :, b, :, 0] > 0, past & real)
            if two_way:
                assert np.array_equal(found[a, :, b, :, 1] > 0, past.T & real)
        swapped, refused = bench("swapped", given, two_way, 2)
        if given:
            assert refused == "lengths has shape (3,), expected (B,) with B = 8" and not swapped.any()
            continue
        for a, b in itertools.product(range(B), range(B)):
            assert np.array_equal(swapped[a, :, b, :, 0] > 0, np.eye(T, dtype=bool) & (b <= a))
            if two_way:
                assert np.array_equal(swapped[a, :, b, :, 1] > 0, np.eye(T, dtype=bool) & (b >= a))


def test_the_summary_reads_what_it_says():
    assert [at(read=read, two_way=True, who=1).steps_read for read in READ.values()] == [[7, 7], [4, 4], [4, 0]]
    assert [at(read=read, who=2, length=6).steps_read for read in READ.values()] == [[7], [5], [5]]
    assert source(at(read="ends", two_way=True, who=2)) == ["out[1, C]", "out[0, C]"]
    assert source(at(axes="swapped", read="last", who=0)) == ["out[A, -1]"]


def test_the_presets_tell_their_story():
    found = {name: at(**values) for name, values in PRESETS.items()}
    assert verdict(found["right"]) == ["✓ it has seen all 5 steps of B, and nothing else"]
    assert found["axes swapped"].leak == 2 and "LEAK" in verdict(found["axes swapped"])[0]
    assert found["padding read"].counts() == [{"own": 2, "padding": 6}] and 0.2 < found["padding read"].kept < 0.5
    assert found["two ways, out[-1]"].counts() == [{"own": 8, "padding": 0}, {"own": 1, "padding": 0}]
    both = at(two_way=True, read="ends", who=0)
    assert verdict(both) == ["✓ it has seen all 8 steps of A, and nothing else"]


def test_what_is_left_after_padding():
    """`kept` against the two maps that it compares."""
    for n in range(1, T + 1):
        data = at(given=False, read="last", who=2, length=n)
        found = moved(network(False), batch(n)[0])
        assert data.kept == pytest.approx(found[-1, 2, n - 1, 2, 0] / found[n - 1, 2, n - 1, 2, 0], rel=1e-12)
        assert data.kept < 1 or n == T


# ---- words -------------------------------------------------------------------------------------------------

def test_words():
    assert describe(at()) == ("Array (T, B, I), one way, lengths given. Summary of B (5 steps): out[4, B]; "
                              "it has seen all 5 steps and nothing else.")
    assert "the one step" in describe(at(who=2, length=1)) and "(1 step)" in describe(at(who=2, length=1))
    assert "read on padding: it is 0" in describe(at(read="last", who=2))
    assert "The layer refuses the batch: lengths has shape (3,)" in describe(at(axes="swapped"))
    assert "the backward half has seen 1 of 8 steps" in describe(at(two_way=True, read="last", who=0))
    assert "LEAK: it sees 1 input of" in describe(at(axes="swapped", given=False, who=1))
    padded = describe(at(given=False, read="last", who=2))
    assert "has read 6 steps of padding; of what step 1 did to it, 34 % is left" in padded


@pytest.mark.parametrize("values", SETTINGS[::7])
def test_ticks_and_words_agree(values):
    data = compute(**values)
    if data.refused:
        return
    fine = all(line.startswith("✓") for line in verdict(data))
    n = int(data.lengths[data.who])
    whole = all(np.array_equal(part > 0, data.valid & (np.arange(B) == data.who)[:, None]) for part in data.seen)
    assert fine == whole and ("nothing else" in describe(data)) == whole
    assert f"({n} step" in describe(data)


@pytest.mark.parametrize("values", [{}, *PRESETS.values(), {"two_way": True, "read": "ends", "who": 2}])
def test_the_code_runs_and_gives_the_summary(values, capsys):
    values = START | values
    exec(code(values), {})
    printed = np.array(re.findall(r"-?\d+\.\d+(?:e-?\d+)?", capsys.readouterr().out), float)
    data = compute(**values)
    x, lengths = batch(values["length"])
    told = lengths if values["given"] else None
    out = (network(values["two_way"]).forward(x, lengths=told).outputs if values["axes"] == "right" else
           network(values["two_way"]).forward(x.swapaxes(0, 1), lengths=told).outputs.swapaxes(0, 1))
    expected = [out[step, values["who"], H * k:H * k + H] for k, step in enumerate(data.steps_read)]
    np.testing.assert_allclose(printed, np.concatenate(expected), atol=1e-8)


# ---- the picture -------------------------------------------------------------------------------------------

def words_of(picture):
    return [re.sub(r"<[^>]+>", "", line) for line in re.findall(r"<text.*?</text>", picture)]


@pytest.mark.parametrize("values", SETTINGS[::5])
def test_the_picture(values):
    data = compute(**values)
    picture, words = draw(data), words_of(draw(data))
    assert len(picture) < 20_000
    if data.refused:
        assert "✗ The layer refuses this batch:" in words and "<image" not in picture
        return
    assert picture.count("<image") == 1
    assert all(any(line in word for word in words) for line in verdict(data))
    assert all(any(line in word for word in words) for line in source(data))
    cells = sum(word in ("·", "&lt;.01") or bool(re.fullmatch(r"0\.\d\d", word)) for word in words)
    assert cells >= data.seen.size
    assert words.count("·") == int((data.seen == 0).sum())


def test_nothing_is_given_away_before_the_guess():
    data = at(**PRESETS["two ways, out[-1]"])
    hidden = draw(data, hidden=True)
    assert "<image" not in hidden and "seen 1 of 8" not in hidden
    assert words_of(hidden).count("?") == 2 * B * T


# ---- the explorer ------------------------------------------------------------------------------------------

def test_the_prediction():
    explorer = shape_bench()
    assert "half has seen" not in explorer.readout.value
    explorer.reveal("8")
    assert "You predicted: 8. Computed: 1." in explorer.panel.verdict.value and explorer.error is None
    assert explorer.values == START | PRESETS["two ways, out[-1]"]


def test_it_is_there_on_paper():
    words = shape_bench()._repr_mimebundle_()["text/plain"]
    assert all(name in words for name in ("axes swapped", "padding read", "two ways, out[-1]"))
    assert NAMES == "ABC"
