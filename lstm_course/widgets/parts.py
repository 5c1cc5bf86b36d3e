"""Parts that many explorers draw: nodes, rows of words, keys, and charts of training runs. All return SVG text."""

import numpy as np

from lstm_course.widgets import svg
from lstm_course.widgets.style import BLACK, CHOSEN, FRAME, GREY, LIVE, SMALL, STORED


def node(x, y, sign, scale=1.0):
    """An operation on a wire: a circle with × or + in it."""
    ring = svg.circle(x, y, 13 * scale, stroke_width=2)
    return ring + svg.text(x, y + 7 * scale, sign, 20 * scale, weight="bold")


def unknown(x, y, size=44, words="?"):
    """What is not known before the guess."""
    return svg.text(x, y, words, size, weight="bold", halo=True)


def chosen(x, y, width, height, **look):
    """The ground of the row or card that is chosen."""
    return svg.box(x, y, width, height, **({"fill": CHOSEN, "stroke": BLACK, "stroke_width": 2, "rx": 5} | look))


def stacked(x, y, rows, pitch, size=SMALL, **look):
    """Rows of words, one below the other. A row is the words, or (words, what differs in its look)."""
    pairs = [(row, {}) if isinstance(row, str) else row for row in rows]
    return "".join(svg.text(x, y + pitch * k, words, **({"size": size, "anchor": "start"} | look | own))
                   for k, (words, own) in enumerate(pairs))


def pairs(x, right, y, rows, pitch, size=16, weight=None, value_size=None):
    """A name on the left and its bold value on the right, row by row."""
    return "".join(svg.text(x, y + pitch * k, name, size, "start", weight=weight)
                   + svg.text(right, y + pitch * k, value, value_size or size, "end", weight="bold")
                   for k, (name, value) in enumerate(rows))


def key(x, y, rows, pitch=25, length=44, size=15, gap=10):
    """What the lines of a chart are: rows of (look or the name of a quantity, words)."""
    parts = []
    for k, (look, words) in enumerate(rows):
        name, more = (look, {}) if isinstance(look, str) else (None, look)
        at = y + pitch * k
        parts.append(svg.wire([(x, at), (x + length, at)], name, **more) + svg.text(
            x + length + gap, at + 5, words, size, "start"))
    return "".join(parts)


# ---- training runs ------------------------------------------------------------------------------------------------

OTHERS = {"stroke": FRAME, "stroke_width": 1.2}


def runs(chart, curves, chosen, live=()):
    """Stored runs thin, the chosen one thick, a dot where one has reached the goal; the live one on top.

    curves: a list of (updates, scores, reached); live: a list of (updates, score).
    """
    thin = [_run(chart, *curve, OTHERS) for k, curve in enumerate(curves) if k != chosen]
    parts = [*thin, _run(chart, *curves[chosen], STORED)]
    if live:
        x, y = np.array(live).T
        parts.append(chart.line(x, y, **LIVE) + chart.dots(x[-1:], y[-1:], 7, fill=LIVE["stroke"], stroke=BLACK))
    return "".join(parts)


def _run(chart, x, y, reached, look):
    dot = chart.dots(x[-1:], y[-1:], 5, fill=look["stroke"], stroke="none") if reached else ""
    return chart.line(x, y, **look) + dot


def guides(chart, baseline, goal, ink):
    """Where guessing stands, and where the goal: their two lines."""
    return (chart.level(baseline, stroke=GREY, stroke_width=2, dash=(6, 5))
            + chart.level(goal, stroke=ink, stroke_width=2, dash=(2, 4)))
