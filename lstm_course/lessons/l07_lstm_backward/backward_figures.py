"""Figures of lesson 07: the cell forward and backward, side by side, and the two roads out of a memory."""

import numpy as np

from lstm_course.lessons.l07_lstm_backward.backward_cell import GATES, GRADIENT, cell, forward_cell
from lstm_course.lessons.l07_lstm_backward.backward_debugger import first
from lstm_course.lessons.l07_lstm_backward.backward_lines import ONE, RESULTS, network, walk
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.numbers import trimmed
from lstm_course.widgets.style import INK, ORANGE, PALE, SMALL

SCALE = 0.98
WIDE, HIGH, GAP, TOP = 490, 326, 24, 34         # of one cell; between the two, and above them


# ---- the cell, forward and backward ------------------------------------------------------------------------------

def both_ways_svg():
    """One step of the network with one unit: its numbers on the way forward; beside it the gradients to be found."""
    run = walk(network(ONE), 1)
    known = {name: "" if name.startswith("dz") else "?" for name in RESULTS} | {"dh": "1"}
    back = cell(known, arriving={"dc_next": "0", "ell": "1", "dh_next": "0"}, scale=SCALE)
    words = [svg.text(x * SCALE, y * SCALE, text, SMALL, anchor) for x, y, text, anchor in _forward(run)]
    inner = [svg.text((x + 8) * SCALE, y * SCALE, f"{name}{gate} = ?", SMALL, "start", GRADIENT, "bold")
             for gate, x in GATES.items() for name, y in (("d", 184), ("dz_", 241))]
    titles = [svg.text(WIDE / 2 + k * (WIDE + GAP), 22, words, 16, weight="bold")
              for k, words in enumerate(("forward: values", "backward: gradients, for L = h"))]
    return svg.picture(2 * WIDE + GAP, HIGH + TOP, *titles, _moved(0, forward_cell(SCALE), *words),
                       _moved(WIDE + GAP, back, *inner))


def _moved(x, *parts):
    return f'<g transform="translate({x} {TOP})">{"".join(parts)}</g>'


def _forward(run):
    """(x, y, words, anchor) of what the forward pass has computed."""
    v = run.states[0]
    c_prev, h_prev, written, kept = (trimmed(first(part)) for part in (v["c_prev"], v["h_prev"], v["i"] * v["g"],
                                                                      v["f"] * v["c_prev"]))
    gates = [trimmed(first(v[name])) for name in GATES]
    c, h, squashed = (trimmed(first(part)) for part in (v["c"], v["h"], np.tanh(v["c"])))
    yield from [(14, 39, f"c_{{prev}} = {c_prev}", "start"), (164, 39, kept, "middle"), (314, 39, f"c = {c}", "middle"),
                (232, 88, written, "start"), (411, 134, squashed, "start"), (497, 184, f"h = {h}", "end"),
                (10, 243, f"h_{{prev}} = {h_prev}", "start")]
    yield from [(x + 8, 184, f"{name} = {value}", "start")
                for (name, x), value in zip(GATES.items(), gates, strict=True)]


@figure
def backward_cell_figure():
    """The cell of lesson 07, forward and backward; the gradients are for the student to find."""
    v = walk(network(ONE), 1).states[0]
    values = ", ".join(f"{name} = {trimmed(first(v[name]))}" for name in ("c_prev", "h_prev", *GATES, "c", "h"))
    alt = (f"The LSTM cell twice. On the left with its values, arrows forward: {values}. The box z feeds the four "
           "gates; c_prev times f and i times g meet at a plus and make c; c goes on, and through tanh and times o it "
           "makes h. On the right the same wires, arrows backward, for L = h. Known are dh = 1, dc_next = 0, dh_next = "
           "0. Question marks stand at dc, where two arrows meet; at do, di, df and dg above the gates; at dz_o, dz_i, "
           "dz_f and dz_g below them; at dc_prev, dh_prev, and at W, U and b.")
    return show_svg(both_ways_svg(), alt, data=[alt, *v["i"]], title="The cell, forward and backward")


# ---- the two roads -------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 880, 344
UP, MID, DOWN = 70, 160, 250            # rows: the road along c, the middle, the road through h
C1, TIMES, SQUASH, H1, NEXT, LOSS = 66, 336, 240, 470, 660, 836


def roads():
    """What arrives at c_1 of L = h_1 + h_2: along c, through h, and in all; and what arrives at h_1 from step 2."""
    run = walk(network(ONE), 2)
    v = run.states[0]
    total, along = first(run.result("dc", 1)), first(v["grad_c_next"])
    return {"along c": along, "through h": total - along, "all": total, "into h": first(v["grad_h_next"]),
            "f": first(run.states[1]["f"]), "dc": first(run.result("dc", 2)), "dh": first(run.result("dh", 1))}


def two_roads_svg():
    """c_1, the road along c into step 2, and the road through h_1."""
    r = {name: trimmed(number) for name, number in roads().items()}
    back = [[(LOSS - 26, MID), (NEXT + 76, MID)], [(NEXT - 76, UP), (TIMES + 72, UP)],
            [(TIMES - 72, UP), (C1, UP), (C1, MID - 34)], [(NEXT - 76, DOWN), (H1 + 32, DOWN)],
            [(H1 - 32, DOWN), (SQUASH + 76, DOWN)], [(SQUASH - 76, DOWN), (C1, DOWN), (C1, MID + 34)],
            [(LOSS, MID + 26), (LOSS, 322), (H1, 322), (H1, DOWN + 32)]]
    arrows = [svg.arrow(points, stroke=ORANGE, stroke_width=5, head=9) for points in back]
    nodes = [_round(C1, MID, 34, "c_1"), _round(H1, DOWN, 32, "h_1"), _round(LOSS, MID, 26, "L"),
             _box(TIMES, UP, 144, 48, f"× f_2 = {r['f']}"), _box(SQUASH, DOWN, 152, 48, "× o_1 · slope"),
             svg.box(NEXT - 76, UP - 40, 152, DOWN - UP + 80, fill=PALE, stroke_width=2.5),
             svg.text(NEXT, MID - 4, "step 2", 20, weight="bold"), svg.text(NEXT, MID + 22, "gates, c_2, h_2", 16)]
    total = f"dc_1 = {r['along c']} + {r['through h']} = {r['all']}"
    words = [(496, UP - 12, f"dc_2 = {r['dc']}", "middle"), (C1 + 46, MID + 7, total, "start"),
             (C1 + 12, UP - 12, f"along c: {r['along c']}", "start"),
             (C1 + 12, DOWN + 46, f"through h: {r['through h']}", "start"), (543, DOWN - 12, r["into h"], "middle"),
             (780, 314, "ℓ_1 = 1", "middle"), (380, DOWN - 38, f"dh_1 = {r['dh']}", "middle")]
    labels = [svg.text(x, y, text, 17, anchor, GRADIENT, "bold") for x, y, text, anchor in words]
    return svg.picture(WIDTH, HEIGHT, *arrows, *nodes, *labels)


def _round(x, y, r, words):
    return svg.circle(x, y, r, fill=PALE, stroke_width=2.5) + svg.text(x, y + 7, words, 20, fill=INK, weight="bold")


def _box(x, y, width, height, words):
    sheet = svg.box(x - width / 2, y - height / 2, width, height, fill=PALE, stroke_width=2.5)
    return sheet + svg.text(x, y + 6, words, 17, weight="bold")


@figure
def two_roads_figure():
    """The two roads on which a gradient comes back into c_1."""
    r = {name: trimmed(number) for name, number in roads().items()}
    alt = (f"Two roads lead back into the memory c_1 of a loss L = h_1 + h_2. Along c: from step 2 the gradient "
           f"{r['dc']} at c_2 is multiplied by f_2 = {r['f']} and brings {r['along c']}. Through h: at h_1 meet 1 from "
           f"the loss and {r['into h']} from the gates of step 2, together {r['dh']}; times o_1 and the slope of tanh "
           f"this brings {r['through h']}. Together dc_1 = {r['all']}.")
    return show_svg(two_roads_svg(), alt, data=roads(), title="Two roads into c")
