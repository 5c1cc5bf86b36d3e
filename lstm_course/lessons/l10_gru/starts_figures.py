"""Figures of lesson 10: twenty runs of each cell from each start, adding and counting."""

import numpy as np

from lstm_course.experiments import load, two_gates
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import BLACK, GREY, INK, SMALL

PITCH, TOP, LEFT = 31, 34, 236                  # px: from row to row, of the first row, where the dots begin
STARTS = {"usual": "as usual", "half": "gates at one half", "keep": "gates that keep 95 %"}


def rows():
    """(start, kind, its place in the results), the starts one after the other."""
    return [(start, kind, k) for k, (kind, start) in enumerate(two_gates.CELLS.values())]


def dots_figure(values, top, xlabel, right=None):
    """20 dots a row for values (N,S), their median as a bar and in numbers; right: where all dots should be."""
    height = TOP + PITCH * (len(values) + len(STARTS)) + 40
    chart = svg.Chart(880, height, (0, top), (0, 1), xlabel, yticks=[], margins=(LEFT, 80, 14, 54))
    parts, y, last = [chart.frame, svg.text(872, 24, "median", SMALL, "end")], TOP - PITCH, ""
    if right is not None:
        parts.append(chart.line([right, right], [0, 1], stroke=GREY, stroke_width=1.5, dash=(2, 4)))
    for start, kind, k in rows():
        if start != last:
            y, last = y + PITCH, start
            parts.append(svg.text(14, y + 5, STARTS[start], 16, "start", weight="bold"))
        y += PITCH
        usual = ", its usual start" if (kind, start) == ("GRU", "half") else ""
        parts.append(_row(chart, y, kind + usual, values[k]))
    return svg.picture(880, height, *parts)


def _row(chart, y, kind, values):
    """A name, its dots, those with the same value one above the other, the median."""
    values = np.sort(values)
    x = chart.xy(values, 0)[:, 0]
    middle, seen = np.median(values), {}
    parts = [svg.text(28, y + 5, kind, 16, "start"),
             svg.path([(chart.left, y), (chart.left + chart.width, y)], stroke="#DDDDDD", stroke_width=1)]
    for at, exact in zip(np.round(x / 6).astype(int), x, strict=True):
        seen[at] = seen.get(at, -1) + 1
        parts.append(svg.circle(exact, y + 8 - 4 * min(seen[at], 5), 4, fill=INK, stroke="none", fill_opacity=0.45))
    bar = chart.xy([middle], [0])[0, 0]
    return "".join(parts) + svg.path([(bar, y - 13), (bar, y + 13)], stroke=BLACK, stroke_width=4) + svg.text(
        872, y + 5, f"{middle:g}", 16, "end", weight="bold")


def _alt(values, what):
    """Each row in words."""
    said = [f"{kind}, {STARTS[start]}: {np.median(values[k]):g}, {values[k].min():.0f} to {values[k].max():.0f}"
            for start, kind, k in rows()]
    return f"{what}, median and range of 20 runs. {'; '.join(said)}."


@figure
def adding_figure():
    """How many updates each run needs until it adds."""
    values = load("two_gates")["solved"]
    return show_svg(dots_figure(values, 25 * np.ceil(values.max() / 25 + 1), "updates until the error is below 0.01"),
                    _alt(values, "Updates until a network adds with an error below 0.01"), data=values,
                    title="Adding, from equal starts")


@figure
def counting_figure():
    """How far each run counts: after 120 a, how many b until its answer turns."""
    n, values = two_gates.COUNTS[-1], load("two_gates")["turns"][:, :, -1]
    return show_svg(dots_figure(values, 130, f"after {n} letters a: letters b until the answer turns", right=n),
                    _alt(values, f"After {n} letters a, how many b until the answer turns (right: {n})"), data=values,
                    title="Counting, from equal starts")
