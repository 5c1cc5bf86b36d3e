"""Static figures: alt text is required, and the hash sees the numbers only."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from lstm_course.explorers import show, show_svg, unrolled_figure
from lstm_course.widgets import svg
from lstm_course.widgets.figures import data_sha256


def figure(y=(1, 2, 3)):
    fig, axes = plt.subplots(figsize=(4, 3))
    axes.plot(y)
    axes.bar([0, 1], y[:2])
    return fig


def test_the_build_stores_a_figure_as_a_png_with_alt_text(monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_STATIC", "1")
    fig = figure()
    data, meta = show(fig, "three  points\n rising")._repr_mimebundle_()
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert data["text/plain"] == meta["image/png"]["alt"] == "three points rising"
    assert (meta["image/png"]["width"], meta["image/png"]["height"]) == (400, 300)
    assert image.size[0] >= 400 and not plt.fignum_exists(fig.number)


def test_a_student_sees_the_same_png_with_an_alt_text_that_the_browser_knows(monkeypatch):
    live = show(figure(), 'three "points" rising').data
    monkeypatch.setenv("LSTM_COURSE_STATIC", "1")
    stored = show(figure(), 'three "points" rising').data
    assert live["text/plain"] == stored["text/plain"]
    assert f'data:image/png;base64,{stored["image/png"]}"' in live["text/html"]
    assert 'alt="three &quot;points&quot; rising"' in live["text/html"]


@pytest.mark.parametrize("alt", ["", "  \n", None, 3])
def test_alt_text_is_required(alt):
    fig = figure()
    for make in (lambda: show(fig, alt), lambda: show_svg(svg.picture(9, 9), alt)):
        with pytest.raises(ValueError, match="alt is missing"):
            make()
    plt.close(fig)


def test_the_hash_follows_the_numbers_of_the_figure():
    hashes = [show(figure(y), "x").metadata["text/html"]["data_sha256"]
              for y in ([1, 2, 3], [1, 2, 3 + 1e-9], [1, 2, 3.001])]
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_hash_of_data():
    base = {"a": np.arange(3.0), "b": ["x", 1.0, None]}
    noise = {"b": ["x", 1 + 1e-12, None], "a": [1e-17, 1.0, 2.0 - 1e-12]}
    assert data_sha256(base) == data_sha256(noise)
    assert data_sha256(base) != data_sha256({"a": np.arange(3.0), "b": ["y", 1.0, None]})
    assert data_sha256(np.zeros((2, 3))) != data_sha256(np.zeros((3, 2)))
    assert data_sha256([np.nan, 1]) == data_sha256([np.nan, 1])
    with pytest.raises(TypeError, match="data holds"):
        data_sha256(object())


def test_a_diagram_is_html_for_students_and_svg_for_the_build(monkeypatch):
    live, _ = unrolled_figure()._repr_mimebundle_()
    monkeypatch.setenv("LSTM_COURSE_STATIC", "1")
    built, meta = unrolled_figure()._repr_mimebundle_()
    assert set(live) == {"text/plain", "text/html"} and set(built) == {"text/plain", "image/svg+xml"}
    assert live["text/plain"] == built["text/plain"] == meta["image/svg+xml"]["alt"]
    assert live["text/html"] == built["image/svg+xml"]
    assert 'role="img"' in built["image/svg+xml"] and len(meta["image/svg+xml"]["data_sha256"]) == 64


def test_the_unrolled_figure_draws_each_weight_once():
    drawn = unrolled_figure().data["text/html"].split("</title>")[1]
    assert [drawn.count(f"one {name}") for name in "WUb"] == [1, 1, 1]
