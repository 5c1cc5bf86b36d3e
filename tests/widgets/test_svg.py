"""The drawing helpers give well-formed SVG, at the right places."""

import base64
import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from lstm_course.widgets import svg

NS = "{http://www.w3.org/2000/svg}"


def parse(*parts):
    return ET.fromstring(svg.picture(100, 50, *parts))


def test_numbers_to_read():
    assert svg.num(-0.0001) == "0.000" and svg.num(-1.5, 1) == "−1.5" and svg.num(2.34567, 4) == "2.3457"
    assert svg.num(np.nan) == "not a number" and svg.num(-np.inf) == "−∞"
    assert svg.vector([0.6, -0.5]) == "(0.600, −0.500)"


def test_words_are_escaped_and_scripts_are_set():
    root = parse(svg.text(5, 5, "a < b & h_{t−1}x^2"))
    assert "".join(root.find(f"{NS}text").itertext()) == "a < b & ht−1x2"
    shifts = [float(span.get("dy")) for span in root.iter(f"{NS}tspan") if span.get("dy")]
    assert shifts[0] > 0 > shifts[1]


def test_a_picture_has_its_name_and_no_ids():
    text = svg.labelled(svg.picture(100, 50, svg.box(1, 2, 3, 4)), "A <title>", 'say "x" & <y>')
    root = ET.fromstring(text)
    assert root.get("role") == "img" and root.get("aria-label") == 'say "x" & <y>'
    assert root[0].tag == f"{NS}title" and root[0].text == "A <title>"
    assert " id=" not in text and "url(" not in text


def test_a_gap_where_a_number_is_missing():
    root = parse(svg.path([(0, 0), (1, 1), (np.nan, 2), (3, 3), (4, np.inf), (5, 5)]))
    assert root.find(f"{NS}path").get("d") == "M0 0L1 1M3 3M5 5"


def test_the_double_line_is_a_line_with_a_white_core():
    paths = parse(svg.wire([(0, 0), (9, 9)], "h")).findall(f"{NS}path")
    assert [p.get("stroke") for p in paths] == ["#6B6B6B", "#ffffff"]


def test_every_mark_has_its_own_dashes():
    paths = {name: parse(svg.wire([(0, 0), (9, 9)], name)).find(f"{NS}path") for name in "figo"}
    dashes = {name: path.get("stroke-dasharray") for name, path in paths.items()}
    assert len(set(dashes.values())) == 4


@pytest.mark.parametrize("scale, x, at", [("linear", 5, 0.5), ("log", 10 ** 0.5, 0.5), ("log", 1, 0.0)])
def test_a_chart_puts_data_at_their_px(scale, x, at):
    low = 0 if scale == "linear" else 1
    chart = svg.Chart(300, 200, (low, 10), (0, 1), xscale=scale, x=40, y=20)
    (place,) = chart.xy([x], [1])
    assert place == pytest.approx([chart.left + at * chart.width, chart.top])


def test_a_chart_names_its_axes_and_ticks():
    chart = svg.Chart(300, 200, (0, 100), (1e-4, 1), "steps back", "norm", yscale="log")
    words = ["".join(t.itertext()) for t in parse(chart.frame).iter(f"{NS}text")]
    assert {"steps back", "norm", "0", "100", "10−4"} <= set(words)


def test_ticks_and_letters_stay_inside():
    chart = svg.Chart(860, 300, (0, 100), (1e-20, 10), yscale="log")
    places = [float(t.get("y")) for t in parse(chart.frame).iter(f"{NS}text")]
    assert max(places) <= chart.top + chart.height + 25
    heat = svg.Chart(860, 300, (0, 50), (16, 0))
    assert heat.xy([0], [0])[0, 1] == pytest.approx(heat.top), "row 0 on top"
    (letter,) = parse(chart.letter(50, 1e-9, "g")).iter(f"{NS}text")
    assert letter.text == "g" and letter.get("fill") == "#9C3F73"


def test_lines_bars_and_dots_leave_out_what_is_not_finite():
    chart = svg.Chart(300, 200, (0, 4), (1e-3, 1), yscale="log")
    y = np.array([1, 0, 0.1, np.nan])
    parse(chart.line(range(4), y, "c"), chart.dots(range(4), y))
    linear = svg.Chart(300, 200, (0, 4), (-1, 1))
    assert linear.bars([1, 2], [0.5, np.nan]).count("<rect") == 1


def test_a_heat_map_is_one_small_png_with_the_right_colours():
    values = np.linspace(-1, 1, 2000).reshape(40, 50)
    values[0, 0] = np.nan
    image = parse(svg.heat_image(0, 0, 400, 300, values, "PuOr", -1, 1)).find(f"{NS}image")
    code = image.get("href").split(",", 1)[1]
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(code))))
    assert len(code) < 12_000 and pixels.shape == (40, 50, 4)
    assert pixels[0, 0, 3] == 0 and pixels[-1, -1, 3] == 255
    assert "#" + bytes(pixels[-1, -1, :3]).hex() == svg.colour_of(1, "PuOr", -1, 1)


def test_pictures_can_stand_side_by_side():
    one = svg.picture(100, 50, svg.text(1, 1, "x"))
    root = ET.fromstring(svg.stack([("a", one), ("b", one), ("c", one)], columns=2))
    assert [(s.get("x"), s.get("y")) for s in root.findall(f"{NS}svg")] == [("0", "34"), ("112", "34"), ("0", "130")]
    assert svg.size(svg.stack([("a", one)] * 3, columns=2)) == (212, 180)


@pytest.mark.parametrize("value, words", [
    (0.0, "0"), (1.0, "1.0"), (0.0383, "0.038"), (850.4, "850"), (9940.0, "9940"), (9994.0, "1.0·10^{4}"),
    (1.64e-57, "1.6·10^{−57}"), (0.00949, "9.5·10^{−3}"), (-3e9, "−3.0·10^{9}"), (np.inf, "∞")])
def test_numbers_of_any_size(value, words):
    assert svg.scientific(value) == words
    assert svg.scientific(value, raised=False) == words.replace("·10^{", "e").replace("}", "")
