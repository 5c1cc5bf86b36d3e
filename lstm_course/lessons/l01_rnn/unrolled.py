"""Figure of lesson 01: the network as a loop, and the same network unrolled in time."""

from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import FRAME, GREY, PALE

WIDTH, HEIGHT = 880, 400
WIRE, CELL_W, CELL_H = 226, 112, 88                     # y of the wire; size of a cell
LOOP, STEPS = 124, (400, 570, 740)                      # middles of the folded cell and of the unrolled ones
ALT = ("Left, the folded network: one cell takes the input x_t from below, gives the output y_t above, and gets its "
       "own state h_t back over a loop, one step later. Right, the same network unrolled: three copies of the cell in "
       "a row for t = 1, 2, 3, each with its own input and output; the states h_1, h_2, h_3 go on to the right, "
       "starting from h_0. In every cell stand the same W, U, b, V, a. Above all: one W, one U, one b, one V, one a.")


def unrolled_svg():
    """The diagram as SVG text."""
    heads = svg.text(LOOP, 384, "folded: one cell, a loop", 17, weight="bold") + svg.text(
        STEPS[1], 384, "unrolled: the same cell at t = 1, 2, 3", 17, weight="bold")
    divide = svg.path([(256, 80), (256, 390)], stroke=FRAME, stroke_width=1.5, dash=(2, 6))
    shared = svg.text(WIDTH / 2, 36, "one W, one U, one b, one V, one a: the same at all steps", 20, weight="bold")
    steps = [_cell(x, f"t = {t}") + _input(x, f"x_{t}") + _output(x, f"y_{t}") for t, x in enumerate(STEPS, 1)]
    return svg.picture(WIDTH, HEIGHT, shared, divide, heads, _folded(), *steps, _states())


def _cell(x, words):
    box = svg.box(x - CELL_W / 2, WIRE - CELL_H / 2, CELL_W, CELL_H, fill=PALE, stroke_width=2.5)
    return box + svg.text(x, WIRE - 2, "W U b V a", 18, weight="bold") + svg.text(x, WIRE + 26, words, 16, fill=GREY)


def _input(x, words):
    foot = WIRE + CELL_H / 2
    up = svg.arrow([(x, foot + 50), (x, foot)], stroke_width=2.5)
    return up + svg.text(x, foot + 76, words, 22, weight="bold")


def _output(x, words):
    head = WIRE - CELL_H / 2
    return svg.arrow([(x, head), (x, head - 50)], stroke_width=2.5) + svg.text(x, head - 60, words, 22, weight="bold")


def _folded():
    """The cell whose state comes back to it: out on the right, and in again from above."""
    right, head = LOOP + CELL_W / 2, WIRE - CELL_H / 2
    loop = [(right, WIRE), (right + 34, WIRE), (right + 34, head - 36), (LOOP + 30, head - 36), (LOOP + 30, head)]
    name = svg.text(right + 42, WIRE + 6, "h_t", 22, weight="bold", anchor="start")
    return svg.arrow(loop, "h") + name + _cell(LOOP, "every t") + _input(LOOP, "x_t") + _output(LOOP - 26, "y_t")


def _states():
    """The state's wire from cell to cell."""
    ends = [STEPS[0] - CELL_W / 2 - 62, *(x + CELL_W / 2 for x in STEPS)]
    starts = [x - CELL_W / 2 for x in STEPS] + [STEPS[-1] + CELL_W / 2 + 62]
    wires = [svg.arrow([(a, WIRE), (b, WIRE)], "h") for a, b in zip(ends, starts, strict=True)]
    names = [svg.text((a + b) / 2 - 3, WIRE - 14, f"h_{t}", 22, weight="bold")
             for t, (a, b) in enumerate(zip(ends, starts, strict=True))]
    return "".join(wires + names)


@figure
def unrolled_figure():
    """The folded loop beside the unrolled chain, one W, one U, one b."""
    return show_svg(unrolled_svg(), ALT, title="A recurrent network, folded and unrolled")
