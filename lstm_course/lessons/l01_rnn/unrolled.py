"""Figure of lesson 01: the network as a loop, and the same network unrolled in time."""

from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import FRAME, GREY, MARKS, PALE

WIDTH, HEIGHT = 880, 400
WIRE, WEIGHTS, CELL_W, CELL_H = 236, 74, 104, 84        # y of the wire; lower edge of the weights
LOOP, STEPS = 120, (410, 575, 740)                      # middles of the folded cell and of the unrolled ones
ALT = ("Left, the folded network: one cell takes the input x_t from below and its own state h_t over a loop. "
       "Right, the same network unrolled: three copies of the cell in a row for t = 1, 2, 3, each with its "
       "own input from below; the states h_1, h_2, h_3 go on to the right, starting from h_0. One box holds the "
       "weights W, U and b: it is drawn once, and dotted lines lead from it to every cell.")


def unrolled_svg():
    """The diagram as SVG text."""
    heads = svg.text(LOOP, 384, "folded: one cell, a loop", 17, weight="bold") + svg.text(
        STEPS[1], 384, "unrolled: the same cell at t = 1, 2, 3", 17, weight="bold")
    divide = svg.path([(256, 96), (256, 390)], stroke=FRAME, stroke_width=1.5, dash=(2, 6))
    steps = [_cell(x, f"t = {t}") + _input(x, f"x_{t}") for t, x in enumerate(STEPS, 1)]
    return svg.picture(WIDTH, HEIGHT, divide, heads, _weights(), _folded(), *steps, _states())


def _cell(x, words):
    return svg.box(x - CELL_W / 2, WIRE - CELL_H / 2, CELL_W, CELL_H, fill=PALE, stroke_width=2.5) + svg.text(
        x, WIRE - 4, "tanh", 20, weight="bold") + svg.text(x, WIRE + 24, words, 16, fill=GREY)


def _input(x, words):
    foot = WIRE + CELL_H / 2
    up = svg.arrow([(x, foot + 54), (x, foot)], stroke_width=2.5)
    return up + svg.text(x, foot + 78, words, 22, weight="bold")


def _weights():
    """The one box of weights, with a dotted line to every cell."""
    ground = svg.box(40, 12, WIDTH - 80, WEIGHTS - 12, stroke_width=2.5)
    names = "one W\u2003one U\u2003one b\u2003\u2003shared by all steps"
    words = svg.text(WIDTH / 2, 52, names, 22, weight="bold")
    look = {"stroke": MARKS["o"].ink, "stroke_width": 2.5, "dash": (2, 5)}
    lines = [svg.arrow([(x, WEIGHTS), (x, WIRE - CELL_H / 2)], **look) for x in (LOOP, *STEPS)]
    return ground + words + "".join(lines)


def _folded():
    """The cell whose output comes back to it."""
    right, left, over = LOOP + CELL_W / 2, LOOP - CELL_W / 2, WIRE - CELL_H / 2 - 40
    out, back = right + 30, left - 34
    loop = [(right, WIRE), (out, WIRE), (out, over), (back, over), (back, WIRE), (left, WIRE)]
    name = svg.text(right + 40, WIRE + 6, "h_t", 22, weight="bold", anchor="start")
    return svg.arrow(loop, "h") + name + _cell(LOOP, "every t") + _input(LOOP, "x_t")


def _states():
    """The state's wire from cell to cell."""
    ends = [STEPS[0] - CELL_W / 2 - 74, *(x + CELL_W / 2 for x in STEPS)]
    starts = [x - CELL_W / 2 for x in STEPS] + [STEPS[-1] + CELL_W / 2 + 74]
    wires = [svg.arrow([(a, WIRE), (b, WIRE)], "h") for a, b in zip(ends, starts, strict=True)]
    names = [svg.text((a + b) / 2 - 3, WIRE - 14, f"h_{t}", 22, weight="bold")
             for t, (a, b) in enumerate(zip(ends, starts, strict=True))]
    return "".join(wires + names)


@figure
def unrolled_figure():
    """The folded loop beside the unrolled chain, one W, one U, one b."""
    return show_svg(unrolled_svg(), ALT, title="A recurrent network, folded and unrolled")
