"""The colours, for students who see fewer of them, for grey print, and for pale projectors.

Simulated are the complete forms of the three deficiencies, with the matrices of Machado, Oliveira and Fernandes
(2009) in linear RGB. Differences are ΔE of CIE 1976 (Lab): 2 is just noticeable, 20 is seen at a glance. Contrast is
that of WCAG 2.1: 4.5 for words (1.4.3), 3 for words that are large and for lines (1.4.11).
"""

import io
import re
import xml.etree.ElementTree as ET
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from lstm_course.widgets import style, svg
from tests.widgets.test_every_explorer import MAKERS
from tools.build import png_from_svg

SEEN = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "grey": [[0.2126, 0.7152, 0.0722]] * 3,
}
XYZ = np.array([[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]])     # sRGB, D65
GLANCE = 20                     # ΔE between surfaces that only their colour tells apart
SHEETS = {"white": "#FFFFFF", "pale": style.PALE}
LINES = {"f": style.BLUE, "i": style.GREEN, "o": style.VERMILION, "g": style.PURPLE, "c": style.BLACK, "h": style.GREY,
         "frame": style.FRAME}
SURFACES = [        # fills that stand in one picture and say different things
    (style.BLUE, style.VERMILION), (style.YELLOW, "#FFFFFF"), (style.SKY, style.VERMILION), (style.SKY, style.GREY),
    (style.VERMILION, style.YELLOW), (style.YELLOW, style.GREY), (style.SKY, style.YELLOW)]


def linear(colour):
    """The light of "#rrggbb" in linear RGB, (3,)."""
    parts = np.array([int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(colour, eye="normal"):
    """L, a, b of a colour as an eye sees it."""
    xyz = XYZ @ np.clip(np.array(SEEN[eye]) @ linear(colour), 0, 1) / XYZ.sum(axis=1)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(a, b, eye="normal"):
    return float(np.linalg.norm(lab(a, eye) - lab(b, eye)))


def test_the_simulation_is_right():
    for eye, matrix in SEEN.items():
        assert np.allclose(np.sum(matrix, axis=1), 1, atol=1e-5), f"{eye}: white must stay white"
    assert difference("#000000", "#FFFFFF") == pytest.approx(100, abs=0.1)
    assert difference("#FF0000", "#808000", "protanopia") < difference("#FF0000", "#808000") / 2


# ---- quantities and surfaces -------------------------------------------------------------------------------

def told_apart(a, b, eye):
    """By colour at a glance, or by the line and the letter."""
    one, two = ((style.MARKS | style.LOOKS)[name] for name in (a, b))
    line = (one.dash, one.double, one.width >= 5) != (two.dash, two.double, two.width >= 5)
    return difference(one.colour, two.colour, eye) >= GLANCE or (line and one.letter != two.letter)


@pytest.mark.parametrize("eye", SEEN)
def test_quantities_are_told_apart(eye):
    assert [pair for pair in combinations(style.MARKS | style.LOOKS, 2) if not told_apart(*pair, eye)] == []


@pytest.mark.parametrize("eye", [eye for eye in SEEN if eye != "grey"])
def test_surfaces_are_told_apart(eye):
    assert [pair for pair in SURFACES if difference(*pair, eye) < GLANCE] == []


def test_a_pair_that_only_some_can_tell_apart_is_found():
    assert difference("#CC0000", "#667700") > 60 > GLANCE > difference("#B00000", "#5A5A00", "protanopia")
    assert difference(style.SKY, style.ORANGE, "grey") < 5, "in grey print these two are the same"


# ---- colour maps -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("eye", SEEN)
def test_sizes_are_ordered_by_lightness(eye):
    light = [lab(svg.colour_of(k, style.SEQUENTIAL, 0, 8), eye)[0] for k in range(9)]
    assert np.diff(light).min() >= 5, light


@pytest.mark.parametrize("eye", SEEN)
def test_signs_are_told_apart_and_sizes_by_lightness(eye):
    down, up = ([lab(svg.colour_of(sign * k, style.DIVERGING, -4, 4), eye)[0] for k in range(5)] for sign in (-1, 1))
    assert np.diff(down).max() <= -3 and np.diff(up).max() <= -3
    if eye != "grey":           # in grey print only the numbers in the cells tell the sign
        ends = [svg.colour_of(end, style.DIVERGING, -1, 1) for end in (-0.75, 0.75)]
        assert difference(*ends, eye) >= GLANCE


@pytest.mark.parametrize("cmap", [style.SEQUENTIAL, style.DIVERGING])
def test_numbers_in_cells_can_be_read(cmap):
    grounds = [svg.colour_of(k, cmap, 0, 255) for k in range(256)]
    assert min(style.contrast(style.ink_on(ground), ground) for ground in grounds) >= 4.5


# ---- lines and words ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", LINES)
def test_a_line_can_be_seen_on_a_white_sheet(name):
    assert style.contrast(LINES[name]) >= 3


@pytest.mark.parametrize("colour", style.RIMS)
def test_a_pale_line_has_a_dark_rim(colour):
    assert style.contrast(colour) < 3, "it needs no rim"
    assert all(style.contrast(style.RIMS[colour], sheet) >= 4.5 for sheet in SHEETS.values())
    drawn = svg.path([(0, 0), (9, 9)], stroke=colour)
    assert drawn.index(style.RIMS[colour]) < drawn.index(colour), "the rim lies below the line"


def test_every_quantity_has_a_line_that_can_be_seen():
    shown = {name: style.RIMS.get(mark.colour, mark.colour) for name, mark in (style.MARKS | style.LOOKS).items()}
    assert [name for name, colour in shown.items() if style.contrast(colour) < 3] == []


@pytest.mark.parametrize("name", MAKERS)
def test_the_words_of_an_explorer_can_be_read_on_their_ground(name):
    explorer = MAKERS[name]()
    found = word_faults(explorer.picture.value)
    if explorer.predict:
        explorer.reveal()
    for values in [{}, *explorer.presets.values()][:3]:
        explorer.preset(values)
        if explorer.clock:
            explorer.set(step=explorer.state.last())
        found += word_faults(explorer.picture.value)
    assert found == []


def test_pale_words_are_found():
    ground = svg.box(0, 0, 90, 40, fill=style.YELLOW)
    assert word_faults(svg.picture(90, 40, ground, svg.text(9, 25, "words", anchor="start", fill=style.GREY))) == [
        f"'words' in {style.GREY} on #f0e442: contrast 4.0"]
    assert word_faults(svg.picture(90, 40, ground, svg.text(9, 25, "words", anchor="start"))) == []


def word_faults(picture):
    """The words of a picture that can hardly be read: those whose contrast with what lies below is too small."""
    words = list(texts(ET.fromstring(picture)))
    png, _, _ = png_from_svg(re.sub(r"<text.*?</text>", "", picture, flags=re.S), scale=1)
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    faults = []
    for look in words:
        ground = look.get("stroke") or ground_of(look, pixels)
        large = look["size"] >= 24 or (look.get("font-weight") == "bold" and look["size"] >= 18.66)
        contrast = style.contrast(look["fill"], ground)
        if contrast < (3 if large else 4.5):
            faults.append(f"{look['words']!r} in {look['fill']} on {ground}: contrast {contrast:.1f}")
    return faults


def texts(node, inherited=None, turned=False):
    """The look of each upright text in a picture, with what it inherits."""
    look = (inherited or {}) | node.attrib
    turned = turned or "transform" in node.attrib
    if node.tag.endswith("text"):
        words = "".join(node.itertext())
        if words.strip() and not turned:
            yield look | {"words": words, "size": float(look["font-size"]), "fill": look.get("fill", "#000000")}
        return
    kept = {name: look[name] for name in ("fill", "font-size", "text-anchor", "font-weight") if name in look}
    for child in node:
        yield from texts(child, kept, turned)


def ground_of(look, pixels):
    """The colour that covers most of the place of a text."""
    x, y, size = float(look["x"]), float(look["y"]), look["size"]
    wide = 0.6 * size * len(look["words"])
    left = x - wide * {"start": 0, "middle": 0.5, "end": 1}[look.get("text-anchor", "start")]
    place = pixels[max(0, int(y - 0.75 * size)):int(y) + 1, max(0, int(left)):int(left + wide) + 1].reshape(-1, 3)
    colours, counts = np.unique(place, axis=0, return_counts=True)
    return "#" + bytes(colours[counts.argmax()].tolist()).hex()
