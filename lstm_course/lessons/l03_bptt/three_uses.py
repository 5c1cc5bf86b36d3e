"""Figure of lesson 03: on paper, each use of u gets a name of its own, and with it a derivative of its own."""

from lstm_course.lessons.l03_bptt.bptt_stepper import ALL, PRESETS, T, compute, short, width
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import GREY, INK, MARKS, ORANGE, PALE

WIDTH, HEIGHT = 880, 350
COLUMNS, CELL, LOSS_AT = (176, 426, 676), (55, 40), 842     # middles of the steps; half width and height of a cell
SUM, NAMES, ROW = (8, 50), (92, 128), 232                   # edges of the boxes of u and u_t; middle of the cells
LINK = MARKS["gradient"].ink


def three_uses_svg(run):
    """The unrolled network of a backward pass as SVG text: h forward, gradients back, the parts of ∂L/∂u upwards."""
    parts = [_step(run, t, x) for t, x in enumerate(COLUMNS, 1)]
    words = " + ".join(short(part) for part in run.du).replace("+ −", "− ")
    top = svg.box(40, SUM[0], 800, SUM[1] - SUM[0], fill="#ffffff", stroke_width=2.5)
    equation = f"there is only one u = {svg.num(run.u, 1)}, so ∂L/∂u = {words} = {short(run.grad_u)}"
    total = svg.text(440, SUM[1] - 14, equation, 20, fill=LINK, weight="bold")
    loss = svg.circle(LOSS_AT, ROW, 24, fill=PALE, stroke_width=2.5)
    loss += svg.text(LOSS_AT, ROW + 7, "L", 20, weight="bold")
    ends = [20, *COLUMNS, LOSS_AT + CELL[0] - 24]
    wires = [_between(run, t, a + (CELL[0] if t else 0), b - CELL[0]) for t, (a, b) in
             enumerate(zip(ends[:-1], ends[1:], strict=True))]
    return svg.picture(WIDTH, HEIGHT, top, total, *wires, loss, *parts)


def _gradient(run, points, number):
    if number == 0:
        return svg.arrow(points, stroke=GREY, dash=(2, 4), stroke_width=2.5, head=7)
    thick = 1.4 * width(run, number)
    return svg.arrow(points, stroke=ORANGE, stroke_width=thick, head=5 + 0.6 * thick)


def _step(run, t, x):
    """The cell of step t, its input, and the copy of u that it uses."""
    top, foot, part = ROW - CELL[1], ROW + CELL[1], run.du[t - 1]
    cell = svg.box(x - CELL[0], top, 2 * CELL[0], 2 * CELL[1], fill=PALE, stroke_width=2.5)
    names = svg.text(x, ROW - 4, "tanh", 20, weight="bold") + svg.text(x, ROW + 22, f"t = {t}", 16, fill=GREY)
    given = svg.arrow([(x, foot + 44), (x, foot)], stroke_width=2) + svg.text(
        x, foot + 66, f"x_{t} = {svg.num(run.x[t - 1], 0)}", 18, weight="bold")
    own = svg.box(x - 105, NAMES[0], 210, NAMES[1] - NAMES[0], fill="#ffffff", stroke_width=2) + svg.text(
        x, NAMES[1] - 11, f"u_{t}:  ∂L/∂u_{t} = {short(part)}", 18, weight="bold")
    down = svg.arrow([(x - 22, NAMES[1]), (x - 22, top)], stroke=INK, stroke_width=2, head=7)
    up = _gradient(run, [(x + 22, top), (x + 22, NAMES[1])], part) + _gradient(
        run, [(x + 22, NAMES[0]), (x + 22, SUM[1])], part)
    return cell + names + given + own + down + up


def _between(run, t, a, b):
    """h_t forward in the upper lane, ∂L/∂h_t back in the lower one."""
    middle, upper, lower = (a + b) / 2, ROW - 16, ROW + 16
    back = "" if t == 0 else _gradient(run, [(b, lower), (a, lower)], run.grad_h[t]) + svg.text(
        middle, ROW + 52, f"∂L/∂h_{t}", 16, fill=LINK, weight="bold") + svg.text(
        middle, ROW + 73, short(run.grad_h[t]), 16, fill=LINK, weight="bold")
    name = svg.text(middle, ROW - 48, f"h_{t}", 16, weight="bold") + svg.text(middle, ROW - 28, short(run.h[t]), 16)
    return svg.arrow([(a, upper), (b, upper)], stroke_width=2, head=7) + name + back


@figure
def three_uses_figure():
    """The unrolled network of the lesson, x = (1, 0, 0), with its gradients."""
    run = compute(**PRESETS["one input"], only=ALL, step=0)
    parts = ", ".join(f"{short(run.du[t - 1])} for u_{t}" for t in range(1, T + 1))
    back = ", ".join(f"{short(run.grad_h[t])} at h_{t}" for t in range(T, 0, -1))
    alt = (f"The unrolled network with three copies of u. Going back from L, the gradient is {back}; its line gets "
           f"thinner. From each step an arrow leads up to that step's copy of u, with its derivative: {parts}. "
           f"The three are added: the derivative for the one u is {short(run.grad_u)}.")
    return show_svg(three_uses_svg(run), alt, data=run, title="Three uses of u, one derivative")
