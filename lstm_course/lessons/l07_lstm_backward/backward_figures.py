"""Figures of lesson 07: the cell drawn backwards with all its numbers, and the two roads out of a memory."""

import numpy as np

from lstm_course.lessons.l07_lstm_backward.backward_cell import GRADIENT, cell
from lstm_course.lessons.l07_lstm_backward.backward_debugger import first
from lstm_course.lessons.l07_lstm_backward.backward_lines import ONE, RESULTS, network, walk
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.numbers import compact, trimmed
from lstm_course.widgets.style import INK, ORANGE, PALE

SCALE, SIZE = 1.56, 18


# ---- the cell ------------------------------------------------------------------------------------------------

def backward_cell_svg():
    """One step of the network with one unit, L = h: black numbers from the forward pass, brown ones on the way back."""
    run = walk(network(ONE), 1)
    known = {name: compact(first(run.result(name, 1))) for name in RESULTS}
    words = [svg.text(x * SCALE, y * SCALE, text, SIZE - 2, anchor) for x, y, text, anchor in _forward(run)]
    parts = cell(known, arriving={"dc_next": "0", "ell": "1", "dh_next": "0"}, scale=SCALE, size=SIZE)
    return svg.picture(790, 524, parts, *words)


def _forward(run):
    """(x, y, words, anchor) of what the forward pass has computed."""
    v = run.states[0]
    c_prev, h_prev, written = (trimmed(first(part)) for part in (v["c_prev"], v["h_prev"], v["i"] * v["g"]))
    f, i, g, o, c, h, squashed = (trimmed(first(part)) for part in (*(v[name] for name in "figoch"), np.tanh(v["c"])))
    yield from [(14, 68, f"c_{{prev}} = {c_prev}", "start"), (314, 68, f"c = {c}", "middle"),
                (232, 90, f"i g = {written}", "start"), (411, 133, squashed, "start"), (490, 172, f"h = {h}", "end"),
                (14, 280, f"h_{{prev}} = {h_prev}", "start")]
    yield from [(x + 23, 209, value, "start") for x, value in ((104, f), (184, i), (264, g), (344, o))]


@figure
def backward_cell_figure():
    """The cell of lesson 07, drawn backwards."""
    run = walk(network(ONE), 1)
    found = {name: compact(first(run.result(name, 1))) for name in RESULTS}
    alt = (f"The LSTM cell drawn backwards, with gradients for L = h. At the output stands dh = {found['dh']}. At the "
           f"node times it splits: into the output gate, dz_o = {found['dz_o']}, and through tanh up to the memory, "
           f"where it meets dc_next = 0 and makes dc = {found['dc']}. The plus hands dc on unchanged, to the left and "
           f"down. Down, it reaches the input gate, dz_i = {found['dz_i']}, and the candidate, dz_g = {found['dz_g']}. "
           f"To the left, it reaches the forget gate, dz_f = {found['dz_f']}, and the memory before, dc_prev = "
           f"{found['dc_prev']}. From the four z it goes to h before, dh_prev = {found['dh_prev']}, and to W "
           f"{found['dW']}, U {found['dU']}, b {found['db']}.")
    return show_svg(backward_cell_svg(), alt, data=[alt, *run.results], title="The cell drawn backwards")


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
