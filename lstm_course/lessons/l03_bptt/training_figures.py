"""Figures of lesson 03: what a right and a wrong backward pass learn, and how far the wrong gradient is off."""

import numpy as np

from lstm_course import experiments
from lstm_course.experiments.wrong_gradients import EVERY, NAMES, PAIRS
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import FRAME, INK, NORMAL, YELLOW

AT = np.arange(0, PAIRS + 1, EVERY)
LOOKS = {"A": ({"fill": "#D5D5D5", "stroke": FRAME, "stroke_width": 1}, {"stroke": INK, "stroke_width": 3}),
         "B": ({"fill": YELLOW, "stroke": FRAME, "stroke_width": 1, "fill_opacity": 0.5},
               {"stroke": INK, "stroke_width": 3, "dash": (5, 4)})}
PROGRAMS = {"A": "right", "B": "no future"}


def runs(quantity, name):
    """(20, 11): seeds, and measurements along the training."""
    return experiments.load("wrong_gradients")[quantity][NAMES.index(name)]


def spread(values):
    """Lowest, median and highest of the seeds at each measurement (11,)."""
    return values.min(axis=0), np.median(values, axis=0), values.max(axis=0)


def _range(values):
    return f"{values.min():.1f} to {values.max():.1f}"


def _runs(chart, *programs):
    """The areas of some programs, and over them their medians; a program is its values and its look."""
    areas, lines = [], []
    for values, (band, line) in programs:
        low, middle, high = spread(values)
        areas.append(chart.band(AT, low, high, **band))
        lines.append(chart.line(AT, middle, **line))
    return "".join([*areas, *lines])


def _chart(x, width, ylim, ylabel, yticks):
    return svg.Chart(width, 300, (0, PAIRS), ylim, "pairs", ylabel, x=x, xticks=(0, 2500, 5000, 7500, 10_000),
                     yticks=yticks, margins=(74, 26, 16, 56))


def _legend(y):
    return svg.text(712, y, "line: median", 14, "start") + svg.text(712, y + 20, "area: all 20 networks", 14, "start")


@figure
def two_programs_figure():
    """The sums that two programs get right during their training, 20 networks each."""
    chart = _chart(0, 700, (0, 103), "right sums in %", (0, 25, 50, 75, 100))
    data = {program: runs("sums", name) for program, name in PROGRAMS.items()}
    parts = [chart.frame, _runs(chart, *((data[program], LOOKS[program]) for program in data))]
    for y, program in ((96, "A"), (126, "B")):
        band, line = LOOKS[program]
        parts += [svg.box(712, y - 12, 50, 18, **band), svg.path([(712, y - 3), (762, y - 3)], **line),
                  svg.text(772, y + 3, f"program {program}", NORMAL, "start", weight="bold")]
    parts.append(_legend(156))
    half = {program: f"{np.median(values[:, 5]):.0f}" for program, values in data.items()}
    alt = (f"Right sums against pairs seen, for programs A and B, 20 networks each. Both begin at 0 and rise; at 5000 "
           f"pairs the median of A is {half['A']} %, of B {half['B']} %. After 10 000 pairs all of A have "
           f"{data['A'][:, -1].min():.0f} %, B has {_range(data['B'][:, -1])} %.")
    return show_svg(svg.picture(890, 300, *parts), alt, data=data, title="What the two programs learn")


@figure
def downhill_figure():
    """Program B: the cosine between its gradient of U and the right one, 20 networks."""
    cosine = runs("cosine", "no future")
    chart = _chart(0, 700, (-0.6, 1.05), "cosine", (-0.5, 0, 0.5, 1))
    parts = [chart.frame, chart.level(0, stroke=INK, stroke_width=1.5), _runs(chart, (cosine, LOOKS["B"])), _legend(72)]
    for value, words in ((1, "the right direction"), (0.12, "above 0: downhill"), (-0.12, "below 0: uphill")):
        parts.append(svg.text(712, chart.xy(0, value)[..., 1].item() + 5, words, 14, "start"))
    low, middle, high = spread(cosine)
    alt = ("The cosine between program B's gradient of U and the right one against pairs seen, 20 networks. At first "
           f"{low[0]:.2f} to {high[0]:.2f}, median {middle[0]:.2f}; then it falls. At the end the median is "
           f"{middle[-1]:.2f}. The lowest is {low.min():.2f}, at {AT[low.argmin()]} pairs, uphill; at all other times "
           "every network is above 0.")
    return show_svg(svg.picture(890, 300, *parts), alt, data=cosine, title="Less and less downhill")
