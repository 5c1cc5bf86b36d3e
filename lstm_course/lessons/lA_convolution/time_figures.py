"""Figures of lesson A: two blips in noise, and what a step sees of the past without and with dilation."""

import numpy as np

from lstm_course.tasks import windows
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import BLACK, FRAME, INK, NORMAL, YELLOW

STEPS, LAYERS, KERNEL, COLUMNS = 200, 3, 3, 18


@figure
def blips_figure():
    """Two series of 200 numbers, one with a blip that goes up first, one with the other."""
    x, up = windows.blip(STEPS, 6, 6)
    pair = [int(np.flatnonzero(up[:, 0] == kind)[0]) for kind in (1, 0)]
    parts = []
    for row, (k, words) in enumerate(zip(pair, ("up, then down", "down, then up"), strict=True)):
        chart = svg.Chart(870, 150, (-3, STEPS + 2), (-2.9, 2.9), "step" if row else "", words, y=150 * row,
                          yticks=[-2, 0, 2], xticks=range(0, STEPS + 1, 50), margins=(64, 10, 8, 48 if row else 28))
        parts += [chart.frame, chart.line(np.arange(STEPS), x[:, k, 0], stroke=INK, stroke_width=1.5)]
    places = [int(np.abs(np.convolve(x[:, k, 0], windows.BLIP[::-1], "valid")).argmax()) for k in pair]
    alt = (f"Two series of {STEPS} noisy numbers. The upper one goes up and then down at steps {places[0]} to "
           f"{places[0] + 7}, the lower one down and then up at steps {places[1]} to {places[1] + 7}.")
    return show_svg(svg.picture(870, 300, *parts), alt, data=[x[:, pair, 0]], title="Two blips")


def seen(dilations):
    """Which steps back each layer uses for the last output, from the last layer to the input: a list of sets."""
    found = [{0}]
    for d in reversed(dilations):
        found.append({back + d * k for back in found[-1] for k in range(KERNEL)})
    return found


@figure
def reach_figure():
    """Three layers of kernel 3: left with dilation 1, right with dilations 1, 2 and 4."""
    kinds = {"dilations 1, 1, 1": (1, 1, 1), "dilations 1, 2, 4": (1, 2, 4)}
    halves = [_tree(words, dilations, 440 * k) for k, (words, dilations) in enumerate(kinds.items())]
    sizes = [len(seen(dilations)[-1]) for dilations in kinds.values()]
    alt = (f"Three layers of kernel 3 as rows of dots, the input below. With dilations 1, 1, 1 the last output is "
           f"connected with {sizes[0]} inputs, with dilations 1, 2, 4 with {sizes[1]}, all of them neighbours.")
    data = [[sorted(steps) for steps in seen(d)] for d in kinds.values()]
    return show_svg(svg.picture(880, 330, *halves), alt, data=data, title="The reach")


def _tree(words, dilations, left):
    """Dots for 18 steps of the input and of each layer, and the lines by which the last output sees them."""
    used, names = seen(dilations), ("input", *(f"layer {k + 1}" for k in range(LAYERS)))
    at = lambda row, back: (left + 84 + 20 * (COLUMNS - 1 - back), 268 - 70 * row)
    lines, dots = [], []
    for row in range(LAYERS + 1):
        steps = used[LAYERS - row]
        dots.append(svg.text(left + 8, at(row, 0)[1] + 5, names[row], NORMAL, "start"))
        dots += [svg.circle(*at(row, back), 6, fill=YELLOW if back in steps else "#ffffff",
                            stroke=BLACK if back in steps else FRAME) for back in range(COLUMNS)]
        if row:
            lines += [svg.path([at(row, back), at(row - 1, back + dilations[row - 1] * k)], stroke=FRAME)
                      for back in steps for k in range(KERNEL)]
    head = svg.text(left + 84, 30, f"{words}: sees {len(used[-1])} steps", NORMAL, "start", weight="bold")
    ends = ((COLUMNS - 1, -6, "past", "start"), (0, 6, "now", "end"))
    foot = "".join(svg.text(at(0, back)[0] + dx, 300, name, NORMAL, anchor) for back, dx, name, anchor in ends)
    return "".join([head, *lines, *dots, foot])
