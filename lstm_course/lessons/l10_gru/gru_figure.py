"""Figure of lesson 10: the cells of LSTM and GRU side by side, the same role in the same colour."""

from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.parts import node
from lstm_course.widgets.style import GREY, INK, MARKS, PALE, SMALL

PANEL, GAP, HEIGHT = 434, 12, 366
WIRE, NODES, BOX, STATE, INPUT = 84, 136, (196, 248), 296, 336      # y: memory, inner nodes, boxes, buses of h and x
HALF, NODE_R = 41, 13                                               # half a box's width, a node's radius
ALT = ("Two cells side by side. The LSTM has four boxes: forget gate f, input gate i, candidate g and output gate o, "
       "all fed by x_t and h_{t-1}. Its memory c runs on top: it is multiplied by f, then i times g is added; "
       "through tanh and the gate o it becomes h_t. The GRU has three boxes: update gate z, reset gate r and "
       "candidate n. Its only state h runs on top: it is multiplied by z, in the blue solid line of f, then 1 minus "
       "z times n is added, in the green dashed line of i. The reset gate r has the vermilion dotted line of o: it "
       "decides how much of h_{t-1} the candidate n sees.")


def gru_beside_lstm_svg():
    """The diagram as SVG text."""
    return svg.picture(2 * PANEL + GAP, HEIGHT, _panel(0, "LSTM: three gates, two states"), _lstm(0),
                       _panel(PANEL + GAP, "GRU: two gates, one state"), _gru(PANEL + GAP))


def _panel(left, title):
    """Ground, title, and the bus of the input."""
    ground = svg.box(left + 1, 1, PANEL - 2, HEIGHT - 2, fill="#ffffff", stroke=GREY, stroke_width=1)
    words = svg.text(left + 14, 28, title, 17, "start", weight="bold")
    return ground + words + svg.text(left + 14, INPUT + 5, "x_t", 18, "start", weight="bold")


def _box(x, look, letter, function, role):
    """A gate or a candidate."""
    mark, (top, foot) = MARKS[look], BOX
    frame = svg.box(x - HALF, top, 2 * HALF, foot - top, fill=PALE, stroke=mark.colour, stroke_width=3,
                    stroke_dasharray=" ".join(map(svg.px, mark.dash)) or None)
    return frame + svg.text(x, top + 22, f"{letter}  {function}", 17, fill=mark.ink, weight="bold") + svg.text(
        x, top + 42, role, SMALL)


def _pill(x, y, words):
    return svg.box(x - 30, y - 14, 60, 28, fill=PALE, stroke_width=2, rx=14) + svg.text(x, y + 6, words, 16)


def _bus(start, ends, y):
    """A line at height y from start to the last end, with an arrow up to the box at each end."""
    line = svg.path([(start, y), (max(ends), y)], stroke=INK, stroke_width=2)
    return line + "".join(svg.arrow([(x, y), (x, BOX[1])], stroke=INK, stroke_width=2, head=6) for x in ends)


def _lstm(left):
    """c on top; f and i · g write it, tanh and o read it."""
    f, i, g, o = (left + x for x in (86, 178, 270, 378))
    plus, pill = left + 224, left + 312
    mouths = (f, i, g, o)
    wires = [_bus(left + 48, [x + 16 for x in mouths], INPUT), _bus(left + 58, [x - 16 for x in mouths], STATE),
             svg.arrow([(left + 8, WIRE), (left + PANEL - 8, WIRE)], "c", head=11),
             svg.arrow([(f, BOX[0]), (f, WIRE + NODE_R)], "f"),
             svg.arrow([(i, BOX[0]), (i, NODES), (plus - NODE_R, NODES)], "i"),
             svg.arrow([(g, BOX[0]), (g, NODES), (plus + NODE_R, NODES)], "g"),
             svg.arrow([(plus, NODES - NODE_R), (plus, WIRE + NODE_R)], head=7),
             svg.arrow([(pill, WIRE), (pill, NODES - 14)], "c", head=7, stroke_width=3),
             svg.arrow([(pill + 30, NODES), (o - NODE_R, NODES)], head=7),
             svg.arrow([(o, BOX[0]), (o, NODES + NODE_R)], "o"),
             svg.arrow([(o + NODE_R, NODES), (left + PANEL - 6, NODES)], "h", head=8)]
    nodes = [node(f, WIRE, "×"), node(plus, WIRE, "+"), node(plus, NODES, "×"), node(o, NODES, "×"),
             _pill(pill, NODES, "tanh")]
    boxes = [_box(f, "f", "f", "σ", "keep"), _box(i, "i", "i", "σ", "write"),
             _box(g, "g", "g", "tanh", "candidate"), _box(o, "o", "o", "σ", "show")]
    return "".join([*wires, *nodes, *boxes, _names(left, "c"), svg.text(left + PANEL - 12, NODES + 28, "h_t", 18, "end",
                                                                        weight="bold"),
                    svg.text(left + 14, STATE + 5, "h_{t−1}", 18, "start", weight="bold")])


def _gru(left):
    """h on top; z keeps it, 1 − z writes n, and r shows it to n."""
    z, r, n = (left + x for x in (84, 210, 352))
    plus, pill, seen = left + 236, left + 156, n - 22
    rise = svg.path([(left + 22, WIRE), (left + 22, STATE), (seen, STATE)], stroke=MARKS["h"].colour,
                    stroke_width=6) + svg.path([(left + 22, WIRE), (left + 22, STATE), (seen, STATE)],
                                               stroke="#ffffff", stroke_width=2)
    up = [svg.arrow([(x, STATE), (x, BOX[1])], stroke=INK, stroke_width=2, head=6) for x in (z - 16, r - 16)]
    look_y = 272
    wires = [_bus(left + 48, [z + 16, r + 16, n + 16], INPUT), rise, *up,
             svg.arrow([(seen, STATE), (seen, BOX[1])], stroke=INK, stroke_width=2, head=6),
             svg.arrow([(left + 8, WIRE), (left + PANEL - 8, WIRE)], "h", head=11),
             svg.arrow([(z, BOX[0]), (z, WIRE + NODE_R)], "f"),
             svg.path([(z, NODES), (pill - 30, NODES)], stroke=MARKS["f"].colour, stroke_width=2.5),
             svg.arrow([(pill + 30, NODES), (plus - NODE_R, NODES)], "i"),
             svg.arrow([(n, BOX[0]), (n, NODES), (plus + NODE_R, NODES)], "g"),
             svg.arrow([(plus, NODES - NODE_R), (plus, WIRE + NODE_R)], head=7),
             svg.arrow([(r + HALF, 222), (r + HALF + 22, 222), (r + HALF + 22, look_y), (seen - NODE_R, look_y)], "o")]
    nodes = [node(z, WIRE, "×"), node(plus, WIRE, "+"), node(plus, NODES, "×"), node(seen, look_y, "×"),
             _pill(pill, NODES, "1 − z")]
    boxes = [_box(z, "f", "z", "σ", "keep"), _box(r, "o", "r", "σ", "show to n"),
             _box(n, "g", "n", "tanh", "candidate")]
    write = svg.text(pill, NODES + 32, "write", SMALL, fill=MARKS["i"].ink, weight="bold")
    return "".join([*wires, *nodes, *boxes, write, _names(left, "h")])


def _names(left, name):
    """What comes in and what goes out on the memory's wire."""
    return svg.text(left + 12, WIRE - 14, f"{name}_{{t−1}}", 18, "start", weight="bold") + svg.text(
        left + PANEL - 12, WIRE - 14, f"{name}_t", 18, "end", weight="bold")


@figure
def gru_beside_lstm():
    """LSTM and GRU side by side, the same colours for the same roles."""
    return show_svg(gru_beside_lstm_svg(), ALT, title="LSTM and GRU")
