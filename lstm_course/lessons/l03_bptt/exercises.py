"""The exercises of lesson 03. The two long ones have files of their own, with their wrong answers beside them."""

import re

from lstm_course.checking.declare import value
from lstm_course.checking.ordering import order
from lstm_course.lessons.l03_bptt import exercise_mistakes  # noqa: F401  (declares wrong answers of rnn_backward)
from lstm_course.lessons.l03_bptt.exercise_backward import layer_1_delta, rnn_backward
from lstm_course.lessons.l03_bptt.exercise_check import grad_check
from lstm_course.lessons.l03_bptt.faulty_layers import MISTAKES, MYSTERIES

__all__ = ["backward_order", "grad_check", "layer_1_delta", "mystery_rows", "rnn_backward"]

# -------------------------------------------------------------- More: which mistakes have the mystery layers?

ROWS = [MISTAKES.index(mistake) + 1 for mistake in MYSTERIES.values()]
ONLY_U = (5, 6)                                                                     # rows that spoil U alone
HIDDEN_BY = {3: "T=2", 6: "state=np.zeros((2, 5))", 7: "B=1", 8: "last=True"}       # with 5 units


def clue(name, row, right):
    """What tells a layer, which has the mistake of row `right`, apart from that of another row."""
    if (row in ONLY_U) != (right in ONLY_U):
        return "The full check shows it: another list is found wrong in that row"
    if row in HIDDEN_BY:
        return f'That row is not found with {HIDDEN_BY[row]}. Look at finds(mystery_layer("{name}"), {HIDDEN_BY[row]})'
    return f"That row is found with each of {', '.join(HIDDEN_BY.values())}. With which of them is {name} not found?"


def digit(given, k):
    """Digit k of a three-digit number."""
    return int(given) // 10 ** (2 - k) % 10


def wrong_rows():
    """(condition, message) for the layers A, B and C and each row that is not theirs."""
    for k, (name, right) in enumerate(zip(MYSTERIES, ROWS, strict=True)):
        for row in set(range(1, len(MISTAKES) + 1)) - {right}:
            yield (lambda given, k=k, row=row: digit(given, k) == row,
                   f"layer {name} is not that of row {row}. {clue(name, row, right)}")


mystery_rows = value(
    "mystery_rows", int("".join(map(str, ROWS))),
    [(lambda given: given != int(given) or not re.fullmatch("[1-8]{3}", str(int(given))),
      "write the rows of A, B and C one after the other, as one number of three digits from 1 to 8, such as 123"),
     *wrong_rows()],
    hints=("Which rows of the column \"full\" fit each layer? The others are out.",
           "Then look for a column in which the rows that are left differ, and call finds with that setting: T=2, B=1, "
           "state=np.zeros((2, 5)) or last=True.",
           "A: try the state of 0. B: T = 2. C: the last loss."),
    correct="Each of these three is hidden by another setting: row 6 by a state of 0, row 3 by T = 2, row 8 by the "
            "last loss.")

# ------------------------------------------------------------- More: the lines of the adder's backward loop, shuffled

backward_order = order(
    "backward_order",
    lines={1: "delta_next = delta", 2: "grad_U += h_prev.T @ delta", 3: "grad_h = delta_y[t] @ V.T + delta_next @ U.T",
           4: "delta = grad_h * h * (1 - h)", 5: "h, h_prev = states[t], states[t - 1] if t > 0 else h0",
           6: "grad_W += x[t].T @ delta"},
    before={
        (3, 1): "line 1 hands delta on to the next round, and line 3 reads what was handed on (in the first round "
                "there is no delta yet before line 4)",
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


