"""The receptive field of appendix A: formula, pixel by pixel, differences; words, picture."""

import re
import sys

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.explorers import receptive_field
from lstm_course.lessons.lA_convolution.receptive_field import (
    KERNELS,
    MOST,
    POOLING,
    PRESETS,
    SIDE,
    STAGES,
    START,
    compute,
    counts,
    describe,
    draw,
    layers,
    picture,
    seen,
    slope,
)

MODULE = sys.modules["lstm_course.lessons.lA_convolution.receptive_field"]


def at(**values):
    return compute(**START | values)


def by_formula(kernel, pooling):
    """Width and distance of each stage."""
    R, S, found = 1, 1, {}
    for name, K, q in zip(STAGES, (kernel, pooling) * 2, (1, pooling) * 2, strict=True):
        R, S = R + (K - 1) * S, S * q
        found[name] = R, S
    return found


def run(kernel, pooling, x, end):
    for layer in layers(kernel, pooling)[:end]:
        x = layer.forward(x).outputs
    return x


@pytest.mark.parametrize("kernel", KERNELS.values())
@pytest.mark.parametrize("pooling", POOLING.values())
def test_asking_the_network_gives_what_the_formula_says(kernel, pooling):
    expected = by_formula(kernel, pooling)
    for name, (width, apart) in expected.items():
        for lines in seen(kernel, pooling)["image", name]:
            n = len(lines)
            assert lines.shape == (n, SIDE) and n == at(kernel=kernel, pooling=pooling).sizes[name][1]
            for k, line in enumerate(lines):
                assert np.flatnonzero(line).tolist() == list(range(apart * k, apart * k + width)), (name, k)
    assert at(kernel=kernel, pooling=pooling).widths == {name: width for name, (width, _) in expected.items()}


def test_pixel_by_pixel_says_the_same():
    """Each pixel of a random image alone, both up and down."""
    x = np.random.default_rng(1).random((1, 1, SIDE, SIDE))
    field = at(layer="conv 2", row=3, column=6)
    before, moved = run(5, 2, x, 5)[0, :, 3, 6], np.zeros((SIDE, SIDE), bool)
    for r in range(SIDE):
        both = np.repeat(x, 2 * SIDE, axis=0)
        both[np.arange(2 * SIDE), 0, r, np.arange(2 * SIDE) % SIDE] += np.repeat([5.0, -5.0], SIDE)
        change = np.abs(run(5, 2, both, 5)[:, :, 3, 6] - before).max(axis=1) > 1e-12
        moved[r] = change[:SIDE] | change[SIDE:]
    top, bottom, left, right = field.boxes["image"]
    rows, columns = np.nonzero(moved)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (top, bottom, left, right) == (6, 19, 12, 25)


@pytest.mark.parametrize("layer", STAGES)
@pytest.mark.parametrize("kernel, pooling", [(5, 2), (5, 1), (3, 2)])
def test_the_slopes_are_the_derivative(layer, kernel, pooling, monkeypatch):
    """On a noisy digit: on an empty ground whole blocks are equal, and the largest of them has no derivative."""
    rng, e = np.random.default_rng(0), 1e-6
    x = picture(3)[None, None] + 0.1 * rng.random((1, 1, SIDE, SIDE))
    monkeypatch.setattr(MODULE, "_traces", lambda *_: MODULE.maps(kernel, pooling, x))
    found = slope(kernel, pooling, 3, layer, 2, 4)
    direction = rng.standard_normal(x.shape)
    ends = [run(kernel, pooling, x + sign * e * direction, STAGES[layer])[0, :, 2, 4].sum() for sign in (1, -1)]
    assert (ends[0] - ends[1]) / (2 * e) == pytest.approx((found * direction).sum(), rel=1e-4, abs=1e-8)


def test_slopes_lie_inside_the_field():
    for digit in range(10):
        for values in (*PRESETS.values(), {"row": 1, "column": 8}):
            field = at(digit=digit, **values)
            top, bottom, left, right = field.boxes["image"]
            outside = field.slope.copy()
            outside[top:bottom + 1, left:right + 1] = 0
            assert not outside.any() and counts(field)[1] <= counts(field)[0]


def test_what_a_unit_sees_of_the_layers_between():
    field = at(layer="pool 2", row=1, column=3)
    assert field.boxes == {"image": (4, 19, 12, 27), "conv 1": (4, 15, 12, 23), "pool 1": (2, 7, 6, 11),
                           "conv 2": (2, 3, 6, 7), "pool 2": (1, 1, 3, 3)}
    assert set(at(layer="conv 1").boxes) == {"image", "conv 1"}


def test_the_weights_are_the_stored_ones_and_stay_so():
    stored = experiments.load("lenet")
    assert np.array_equal(layers(5, 2)[0].parameters["W"], stored["weights.0.W"])
    assert np.array_equal(layers(5, 1)[3].parameters["W"], stored["weights.3.W"])
    assert at().trained and not at(kernel=3).trained
    assert "trained weights" in describe(at()) and "random weights" in describe(at(kernel=7))
    assert "weights trained with pooling" in describe(at(pooling=1))


def test_a_unit_beyond_the_last_stands_for_the_last():
    assert at(layer="pool 2", row=MOST, column=MOST).unit == (4, 4)
    assert at(layer="conv 1", row=MOST, column=0).boxes["image"] == (27, 31, 0, 4)
    assert max(at(kernel=k).sizes["conv 1"][1] for k in (5, 7)) == MOST + 1


def test_words():
    words = describe(at())
    assert "conv 2, unit in row 4, column 4; kernel 5 × 5, pooling 2 × 2" in words
    assert "14 × 14 = 196 of 1024 pixels: rows 8 to 21, columns 8 to 21" in words
    assert f"{np.count_nonzero(at().slope)} of them have a slope that is not 0" in words
    assert "9 × 9 = 81 of 1024" in describe(at(pooling=1))


@pytest.mark.parametrize("values", [*PRESETS.values(), {"kernel": 7, "pooling": 1, "row": MOST},
                                    {"digit": 1, "row": 0}])
def test_the_picture_shows_field_and_sizes(values):
    field = at(**values)
    shown = draw(field)
    words = [re.sub(r"<[^>]+>", "", line) for line in re.findall(r"<text.*?</text>", shown)]
    top, bottom, left, right = field.boxes["image"]
    drawn = [name for name in STAGES if field.pooling == 2 or not name.startswith("pool") or name == field.layer]
    assert len(shown) < 20_000 and shown.count("<image") == 2 + len(drawn)
    assert any(f"can see {bottom - top + 1} × {right - left + 1}" in word for word in words)
    assert all(f"sees {field.widths[name]} × {field.widths[name]}" in words for name in drawn)
    assert ("none" in words) is (field.pooling == 1)
    place = [14 + left * 10, 40 + top * 10, (right - left + 1) * 10, (bottom - top + 1) * 10]
    assert re.search('x="{}" y="{}" width="{}" height="{}" fill="none" stroke="#000000"'.format(*place), shown)


def test_presets_and_controls_at_their_ends():
    explorer = receptive_field()
    explorer.reveal(9)
    assert "You predicted: 9. Answer: 14." in explorer.panel.verdict.value
    widths = {}
    for name, values in PRESETS.items():
        explorer.preset(values)
        widths[name] = explorer.data.boxes["image"][1] - explorer.data.boxes["image"][0] + 1
    assert widths == {"conv 1": 5, "conv 2": 14, "pool 2": 16, "no pooling": 9, "kernel 3 × 3": 8}
    for name, control in explorer.controls.items():
        options = control.options.values() if hasattr(control, "options") else (control.low, control.high)
        for value in options:
            explorer.set(**{name: value})
            assert explorer.error is None
    explorer.reset()
    assert explorer.values == START


def test_before_the_guess_nothing_is_told():
    explorer = receptive_field()
    assert "14" not in re.sub(r"<[^>]+>", " ", explorer.picture.value + explorer.readout.value)
