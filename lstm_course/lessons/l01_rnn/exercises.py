"""The exercises of lesson 01. Those with code have files of their own, with their wrong answers beside them."""

import numpy as np

from lstm_course.checking.declare import value
from lstm_course.lessons.l01_rnn.exercise_carry import rnn_carry
from lstm_course.lessons.l01_rnn.exercise_count import rnn_counter
from lstm_course.lessons.l01_rnn.exercise_forward import rnn_forward
from lstm_course.lessons.l01_rnn.exercise_step import rnn_step

__all__ = ["rnn_carry", "rnn_counter", "rnn_forward", "rnn_parameter_count", "rnn_step", "second_output_if_cut"]

# ----------------------------------------------------------------------------------------------- 4. cut the wire

CUT = np.tanh(0.35) + 2 * np.tanh(0.2) + 0.1


def near(value):
    """Is a number this one, rounded to two digits?"""
    return lambda y: abs(y - value) < 6e-3


second_output_if_cut = value(
    "second_output_if_cut", CUT, tolerance=6e-3,
    correct="Without the wire only x = 0.5 counts: h = (tanh 0.35, tanh 0.2) = (0.3364, 0.1974), so y = 0.8312.",
    wrong=[
        (near(1.5067), "that is the output with the wire. Cut means that h U is left out at every step"),
        (lambda y: abs(y - 1.554) < 1e-3, "that is with the wire, and U is transposed. Cut means that h U is left out"),
        (near(1.5613), "that is the first output. The memory is gone, but the second input is 0.5, not 1"),
        (near(2.5015), "that is the second output for the inputs 1, 2. Here they are 1, 0.5"),
        (lambda y: near(0.1)(y) or near(0)(y), "x = 0.5 still comes in through W, so the state is not 0"),
        (near(1.786), "those are sigmoids: the units of this network take tanh"),
        (near(np.tanh(CUT)), "the output takes no tanh: y = h₁ + 2 h₂ + 0.1"),
        (near(0.85), "tanh is missing: 0.35 and 0.2 are the sums that go into tanh"),
        (near(np.tanh(0.35)), "that is the state of unit 1. The output is y = h₁ + 2 h₂ + 0.1"),
        (near(np.tanh(0.2)), "that is the state of unit 2. The output is y = h₁ + 2 h₂ + 0.1"),
        (near(CUT - 0.1), "the output's own bias of 0.1 is missing"),
        (near(np.tanh(0.25) + 2 * np.tanh(0.3) + 0.1), "the state's bias is missing: (0.1, -0.1) is added inside tanh"),
        (near(np.tanh(0.35) + np.tanh(0.2) + 0.1), "V = (1, 2): the second unit counts twice, in yours only once"),
        (near(2 * np.tanh(0.35) + np.tanh(0.2) + 0.1), "V = (1, 2): the second unit counts twice, not the first"),
        (near(np.tanh(0.35) + 2 * np.tanh(0.4) + 0.1), "b = (0.1, -0.1): the bias of unit 2 is negative"),
        (near(np.tanh(0.15) + 2 * np.tanh(0.2) + 0.1), "b = (0.1, -0.1): the bias of unit 1 is positive"),
        (near(np.tanh(0.85)), "tanh goes round the whole output in yours: each unit takes tanh of its own sum, and y "
                              "adds the two"),
        (near(np.tan(0.35) + 2 * np.tan(0.2) + 0.1), "that is tan where tanh should be"),
        (near(np.tanh(0.85) + 2 * np.tanh(0.8) + 0.1), "the two inputs are added up in yours. Without the wire "
                                                       "the first one has no part in y₂"),
        (near(np.tanh(0.4) + 2 * np.tanh(0.15) + 0.1), "W = (0.5, 0.6): 0.5 leads to unit 1, 0.6 to unit 2"),
        (lambda y: abs(y - 0.8) < 1e-9, "0.8 has one digit after the point; two are asked for"),
        (lambda y: 0.005 < abs(y - CUT) < 0.02, "nearly: keep four digits on the way, and round at the end"),
    ],
    otherwise="Without the wire h = tanh(x W + b): 0.35 and 0.2 are the sums that go into tanh. y = h₁ + 2 h₂ + 0.1",
    hints=("If the wire is cut, what is left of the formula h' = tanh(x W + h U + b)?",
           "h = tanh(x W + b) with x = 0.5, W = (0.5, 0.6), b = (0.1, -0.1).",
           "The sums are 0.5 · 0.5 + 0.1 and 0.5 · 0.6 - 0.1. Then y = 1 · h₁ + 2 · h₂ + 0.1."))


# --------------------------------------------------------------------------------------- 5. count the parameters

rnn_parameter_count = value(
    "rnn_parameter_count", 45,
    correct="3·5 in W, 5·5 in U, 5 in b: 45, for a sequence of any length.",
    wrong=[
        (40, "the bias is missing: b has one number for each unit"),
        (20, "U is missing: the state has a matrix of its own, of shape (H, H)"),
        (15, "that is W alone. U and b are learned as well"),
        (25, "that is U alone. W and b are learned as well"),
        (30, "W is missing: the input comes in through a matrix of shape (I, H)"),
        (50, "5 too many: the state h is computed, not learned, and there is one bias vector (PyTorch stores two, "
             "which are only ever added)"),
        (48, "the bias belongs to the units, not to the inputs: b has shape (H,), which makes 5 numbers, not 8"),
        (29, "U has the shape (H, H) and W the shape (I, H): which of I and H is 5?"),
        (35, "U joins the 5 units of one step to the 5 of the next, so its shape is (5, 5)"),
        (39, "W leads from the 3 inputs to the 5 units, so its shape is (3, 5)"),
        (43, "the bias belongs to the units, not to the inputs: b has shape (H,), which makes 5 numbers, not 3"),
        (75, "30 too many: b has 5 numbers in all, not 5 for each step"),
        (27, "I and H are swapped: there are 5 units, so U has the shape (5, 5) and b 5 numbers"),
        (41, "b has a number for each unit, not one for all"),
        (66, "the inputs are not parameters: they are given, not learned"),
        (63, "you counted an output layer of 3 outputs too; here only W, U and b are asked for"),
        (51, "you counted an output layer too; here only W, U and b are asked for"),
        (lambda n: n in (45 * 6, 45 * 7, 45 * 8), "not times the number of steps: W, U and b are the same at every "
                                           "step, so they are counted once"),
        (lambda n: n in (40 * 6, 40 * 7, 40 * 8), "the bias is missing, and nothing is counted once more for each "
                                           "step: W, U and b are shared by all steps"),
    ],
    otherwise="Write down the shapes of W, U and b for I = 3 inputs and H = 5 units, and count the numbers in each",
    hints=("Which arrays are learned? Their names stand in the formula h' = tanh(x W + h U + b).",
           "W has shape (I, H), U has shape (H, H), b has shape (H,). The state h is computed, not learned.",
           "With I = 3 and H = 5: 3·5 numbers in W, then U, then b. Add them up; the number of steps plays no part."))
