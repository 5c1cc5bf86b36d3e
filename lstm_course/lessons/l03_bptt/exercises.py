"""The exercises of lesson 03. The two long ones have files of their own, with their wrong answers beside them."""

import re

from lstm_course.checking.declare import value
from lstm_course.checking.ordering import order
from lstm_course.lessons.l03_bptt import exercise_mistakes  # noqa: F401  (declares wrong answers of rnn_backward)
from lstm_course.lessons.l03_bptt.exercise_backward import layer_1_delta, rnn_backward
from lstm_course.lessons.l03_bptt.exercise_check import grad_check
from lstm_course.lessons.l03_bptt.faulty_layers import MISTAKES, MYSTERIES

__all__ = ["backward_order", "grad_check", "layer_1_delta", "mystery_rows", "rnn_backward"]

# -------------------------------------------------------------------- 4. which mistakes have the mystery layers?

ROWS = [MISTAKES.index(mistake) + 1 for mistake in MYSTERIES.values()]
A, B, C = ROWS


def digit(given, k):
    """Digit k of a three-digit number."""
    return int(given) // 10 ** (2 - k) % 10


mystery_rows = value(
    "mystery_rows", 100 * A + 10 * B + C,
    [(lambda given: given != int(given) or not re.fullmatch("[1-8]{3}", str(int(given))),
      "write the rows of A, B and C one after the other, as one number of three digits from 1 to 8, such as 123"),
     (lambda given: digit(given, 0) == 5, "layer A is not that of row 5. The full check finds U alone wrong, which "
                                          "fits two rows. In which column do these two differ?"),
     (lambda given: digit(given, 0) != A, "layer A is not that of your row. The full check says which blocks are "
                                          "wrong: is it the same list as in your row?"),
     (lambda given: digit(given, 1) != B, "layer A is right, layer B is not that of your row. Check it with T = 1 and "
                                          "with T = 2, and compare both with your row"),
     (lambda given: digit(given, 2) != C, "layers A and B are right, layer C is not that of your row. Which column "
                                          "takes away what your row would be found by? Check it so")],
    hints=("Run the full check on each layer first, T = 3, B = 2: rows with other blocks are out.",
           "Then look for a column in which the rows that are left differ, and check the layer with that setting: T = "
           "1, T = 2, B = 1, or state=np.zeros((2, 5)).",
           "A: two rows find U alone, and a state of 0 tells them apart. B and C: T = 1 and T = 2 are enough."),
    correct="Each mistake is blind to another setting, so the settings that miss it name it.")

# ------------------------------------------------------------- More: the lines of the adder's backward loop, shuffled

backward_order = order(
    "backward_order",
    lines={1: "delta_next = delta", 2: "grad_U += h_prev.T @ delta", 3: "grad_h = delta_y[t] @ V.T + delta_next @ U.T",
           4: "delta = grad_h * h * (1 - h)", 5: "h, h_prev = states[t], states[t - 1] if t > 0 else h0",
           6: "grad_W += x[t].T @ delta"},
    before={
        (3, 1): "else delta_next, the delta of step t + 1, is overwritten before it was used",
        (3, 4): "else delta is made from the grad_h of another step (in the first round there is none at all)",
        (4, 1): "else delta_next gets the old delta, and the step before receives what is one step too old",
        (5, 4): "else the slope h * (1 - h) is that of another step",
        (4, 2): "else U gets the delta of another step (in the first round there is none at all)",
        (4, 6): "else W gets the delta of another step (in the first round there is none at all)",
    },
    wrong={(1, 2, 6, 4, 3, 5): "this is upside down. Only t runs backwards; inside the loop the lines run from top to "
                               "bottom, as always"},
    correct="Lines 5 and 3 may change places, and so may 6, 2 and 1: what counts is that nothing is used before it is "
            "made, or overwritten before it is used.",
    hints=("Which names does each line need, and which line makes them? Nothing can be used before it is made.",
           "One round: fetch the states; collect what arrives at h from the output and from the future; go back "
           "through the sigmoid; use delta for the weights; keep it for the next round.",
           "It may begin with 5, 3, 4. After 4 the delta of this step is known, and three lines use it."))


