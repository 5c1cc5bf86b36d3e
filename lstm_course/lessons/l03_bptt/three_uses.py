"""Figure of lesson 03: on paper each use of u has a name of its own, and two roads lead from the second to the loss."""

from lstm_course.lessons.l03_bptt.bptt_numbers import EVERY, compute
from lstm_course.lessons.l03_bptt.bptt_picture import product, short
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import FRAME, GREY, INK, PALE, SMALL, YELLOW

WIDTH, HEIGHT = 880, 330
Z, H, R = (120, 400, 680), (240, 520, 800), 21          # middles of the circles z_t and h_t; their radius
LOSS, ROW, USE = 46, 146, 232                           # heights of the losses, of the chain, of the uses of u


def three_uses_svg(run):
    """The unrolled network of three steps as SVG text; the roads from u_2 are thick, with their derivatives."""
    edges = [edge for t in (1, 2, 3) for edge in _edges(run, t)]
    lines = "".join(_edge(*edge) for edge in edges)
    nodes = "".join(_nodes(t) for t in (1, 2, 3))
    return svg.picture(WIDTH, HEIGHT, lines, nodes, _sums(run))


def _edges(run, t):
    """(from, to, its derivative, is it on a road of u_2?, where its number stands) for the arrows of a step."""
    z, h = (Z[t - 1], ROW), (H[t - 1], ROW)
    yield (Z[t - 1], USE), z, run.h[t - 1], t == 2, (12, 0)
    yield z, h, run.slope[t - 1], t >= 2, (0, -9)
    yield h, (H[t - 1], LOSS), run.direct[t - 1], t >= 2, (12, 0)
    if t < 3:
        yield h, (Z[t], ROW), run.u, t == 2, (0, -9)


def _edge(start, end, derivative, on_a_road, at):
    """An arrow between two circles."""
    along = [(b > a) - (b < a) for a, b in zip(start, end, strict=True)]
    a, b = ([p + sign * s * R for p, s in zip(point, along, strict=True)] for point, sign in ((start, 1), (end, -1)))
    stroke, wide, head = (INK, 4.5, 9) if on_a_road else (FRAME, 1.5, 6)
    x, y = (a[0] + b[0]) / 2 + at[0], (a[1] + b[1]) / 2 + at[1] + (5 if at[0] else 0)
    words = svg.text(x, y, short(derivative), 15, "start" if at[0] else "middle", weight="bold" if on_a_road else None,
                     fill=INK if on_a_road else GREY, halo=True)
    return svg.arrow([a, b], stroke=stroke, stroke_width=wide, head=head) + words


def _nodes(t):
    places = [(Z[t - 1], ROW, f"z_{t}"), (H[t - 1], ROW, f"h_{t}"), (H[t - 1], LOSS, f"L_{t}"),
              (Z[t - 1], USE, f"u_{t}")]
    return "".join(svg.circle(x, y, R, fill=YELLOW if name == "u_2" else PALE, stroke_width=2)
                   + svg.text(x, y + 6, name, 17, weight="bold") for x, y, name in places)


def roads(run):
    """The derivatives along the direct road of u_2, and along the one through step 3."""
    shared = [run.h[1], run.slope[1]]
    return [*shared, run.direct[1]], [*shared, run.u, run.slope[2], run.direct[2]]


def _sums(run):
    direct, future = roads(run)
    lines = [(f"direct: {product(direct)} = {short(_multiplied(direct))}", None),
             (f"through the future: {product(future)} = {short(_multiplied(future))}", None),
             (f"∂L/∂u_2 = {short(run.du[1])}    (∂L/∂u_1 = {short(run.du[0])},  ∂L/∂u_3 = {short(run.du[2])})", "bold")]
    note = svg.text(12, 24, "the numbers are derivatives", SMALL, "start", fill=GREY)
    return note + "".join(svg.text(240, 272 + 24 * k, words, 16, "start", weight=weight)
                          for k, (words, weight) in enumerate(lines))


def _multiplied(numbers):
    result = 1.0
    for number in numbers:
        result *= number
    return result


@figure
def three_uses_figure():
    """The unrolled network of the lesson, x = (1, 0, 0) with a loss at every step, and the roads from u_2."""
    run = compute(1.0, 0.5, "1 0 0", EVERY)
    direct, future = roads(run)
    alt = ("The unrolled network with a copy of u at each step, u_1, u_2 and u_3, and a loss at each step. From u_2 "
           f"one road leads over z_2 and h_2 directly to L_2, with the derivatives {product(direct)} = "
           f"{short(_multiplied(direct))}; the other goes on from h_2 over z_3 and h_3 to L_3: {product(future)} = "
           f"{short(_multiplied(future))}. They add: the derivative with respect to u_2 is {short(run.du[1])}.")
    return show_svg(three_uses_svg(run), alt, data=run, title="Three uses of u, and the two roads of the second")
