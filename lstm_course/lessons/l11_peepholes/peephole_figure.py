"""Figure of lesson 11: the LSTM cell with its three peepholes, and the numbers of one step."""

from lstm_course.lessons.l06_lstm_cell.lstm_cell import BOX, HEIGHT, WIDTH, WIRE, cell_numbers, diagram
from lstm_course.lessons.l11_peepholes.blind_cell import peephole
from lstm_course.networks.functions import sigmoid
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import BLACK, GREY, SMALL

FOOT = "dashed black: the peepholes, and the time of the c that they see;   … : the sum of the ordinary LSTM"
TO_F, TO_I, TO_O, TURN = 38, 258, 654, 92               # x of the three ends; y where the second one turns


def peephole_numbers(c_prev=0.9, z_i=40.0, z_f=40.0, g=0.1, z_o=-95.0, P=(0.0, 0.0, 100.0)):
    """One step with peepholes -> the words of the wires; z_i, z_f, z_o without what the peepholes add."""
    i, f = sigmoid(z_i + P[0] * c_prev), sigmoid(z_f + P[1] * c_prev)
    c = f * c_prev + i * g
    return cell_numbers(c_prev, i, f, g, sigmoid(z_o + P[2] * c), t=10)


def peephole_figure_svg():
    """The diagram as SVG text: black dashed wires from c to f, i and o."""
    boxes = {"f": ("f, forget gate", "σ(… + P_f ⊙ c_{t−1})"), "i": ("i, input gate", "σ(… + P_i ⊙ c_{t−1})"),
             "g": ("g, candidate", "tanh(…)"), "o": ("o, output gate", "σ(… + P_o ⊙ c_t)")}
    old, new = (TO_F, WIRE), (TO_O, WIRE)
    wires = [peephole([old, (TO_F, BOX[0])]), peephole([(TO_F, TURN), (TO_I, TURN), (TO_I, BOX[0])]),
             peephole([new, (TO_O, BOX[0])])]
    dots = [svg.circle(*at, 5, fill=BLACK, stroke="none") for at in (old, (TO_F, TURN), new)]
    labels = [svg.text(TO_F - 6, 130, "t−1", 15, "end", weight="bold"),
              svg.text(TO_I + 8, 138, "t−1", 15, "start", weight="bold"),
              svg.text(TO_O - 8, 130, "t", 15, "end", weight="bold")]
    foot = svg.text(20, HEIGHT + 14, FOOT, SMALL, "start", GREY)
    parts = [diagram(peephole_numbers(), boxes, focus={1, 2, 3}), *wires, *dots, *labels, foot]
    return svg.picture(WIDTH, HEIGHT + 26, *parts)


@figure
def peephole_figure():
    """The cell with its three peepholes, at step 10 of the counter."""
    n = peephole_numbers()
    alt = ("The LSTM cell with three peepholes, drawn as dashed black wires. Two leave the cell state before the "
           f"step, c_9 = {n['c_prev']}, and end in the forget gate and in the input gate; they are labelled t−1. The "
           f"third leaves the new cell state, c_10 = {n['c']}, and ends in the output gate; it is labelled t. The "
           f"candidate g has none. Here f = {n['f']}, i = {n['i']}, g = {n['g']}, o = {n['o']}, h_10 = {n['h']}.")
    return show_svg(peephole_figure_svg(), alt, data=n, title="The LSTM cell with peepholes")
