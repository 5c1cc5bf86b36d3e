"""Figure of lesson 13: what a linear probe reads after each row of a digit, and its controls."""

import numpy as np

from lstm_course.experiments import digit_rows, load
from lstm_course.tasks import mnist
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import FRAME, GREY, INK, SMALL

IMAGE = 7                                       # of the test images: a seven
LOOKS = (("probe on the trained states", {"stroke": INK, "stroke_width": 4}, "dot"),
         ("probe on the pixels so far", {"stroke": INK, "stroke_width": 2, "dash": (3, 4)}, "ring"),
         ("probe on untrained states", {"stroke": GREY, "stroke_width": 2}, "square"),
         ("the network's own last layer", {"stroke": GREY, "stroke_width": 3, "dash": (12, 5)}, "frame"))


def curves():
    """rows (R,), and four arrays (runs, R) of percentages in the order of LOOKS."""
    found = load("digit_rows")
    probed = 100 * found["probed"]
    return found["rows"], (probed[:, 1], 100 * found["pixels"][None], probed[:, 0], 100 * found["own"])


@figure
def probe_figure():
    """Left a digit and its rows, right the share of digits that each reader finds after a row."""
    (rows, runs), images = curves(), mnist.split(*mnist.load())[1].images[IMAGE:IMAGE + 1]
    image = digit_rows.coarse(images)[:, 0]
    chart = svg.Chart(560, 350, (1.5, 14.5), (0, 100), "asked after row", "right, of 1 000 images (%)", x=262,
                      xticks=rows, yticks=range(0, 101, 20), margins=(76, 16, 14, 54))
    parts = [svg.heat_image(20, 40, 196, 196, image, "Greys", 0, 1),
             svg.box(20, 40, 196, 196, fill="none", stroke=FRAME, stroke_width=1, rx=0),
             svg.text(20, 26, "read from top to bottom", SMALL, "start"), chart.frame]
    for row in (4, 8, 12):
        at = 40 + 14 * row
        parts.append(svg.path([(14, at), (222, at)], stroke=INK, stroke_width=1, dash=(4, 3)))
        parts.append(svg.text(224, at + 5, str(row), SMALL, "start"))
    words = []
    for k, ((name, look, sign), found) in enumerate(zip(LOOKS, runs, strict=True)):
        middle = np.median(found, axis=0)
        if len(found) > 1:
            parts.append(chart.band(rows, found.min(axis=0), found.max(axis=0), fill=look["stroke"], opacity=0.12))
        parts.append(chart.line(rows, middle, **look))
        parts.append(_signs(chart, rows, middle, sign))
        words.append(f"{name}: " + ", ".join(f"{row}: {value:.0f}" for row, value in zip(rows, middle, strict=True)))
        y = 268 + 22 * k
        parts.append(svg.path([(20, y), (56, y)], **look) + _sign(38, y, sign)
                     + svg.text(64, y + 5, name, SMALL, "start"))
    alt = f"Share of 1 000 digits that are found, in %, after some rows, median of 20 networks. {'. '.join(words)}."
    return show_svg(svg.picture(838, 360, *parts), alt, data=list(runs), title="What the state knows after each row")


def _signs(chart, rows, values, sign):
    """One sign at each point, so that lines differ without colour."""
    xs, ys = (chart.left + chart.width * (np.array(rows) - 1.5) / 13, chart.top + chart.height * (1 - values / 100))
    return "".join(_sign(x, y, sign) for x, y in zip(xs, ys, strict=True))


def _sign(x, y, sign):
    """A filled or empty circle or square around a point."""
    fill = INK if sign in ("dot", "square") else "#ffffff"
    return svg.circle(x, y, 5, fill=fill) if sign in ("dot", "ring") else svg.box(x - 5, y - 5, 10, 10, fill=fill, rx=0)
