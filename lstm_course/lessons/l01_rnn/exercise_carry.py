"""Exercise 3 of lesson 01: three numbers with which one tanh unit carries, judged by what the unit does."""

import numpy as np

from lstm_course.checking.by_hand import ByHand
from lstm_course.checking.compare import Output, Problem, unpack

NAMES = "W", "U", "b"
CLEAR = 0.5                             # h above it: a 1 is carried; below -CLEAR: none
NINES = 1000


def step(x, h, W, U, b):
    """The unit's next state."""
    return np.tanh(x * W + h * U + b)


def faults(W, U, b):
    """(x, state before, state after) of each kind of column that the unit gets wrong."""
    for x in (9, *range(10, 19), *range(8, -1, -1)):
        for before in (-1.0, 1.0):
            after = step(x, before, W, U, b)
            wanted = before if x == 9 else 1.0 if x > 9 else -1.0
            if not after * wanted > CLEAR:
                yield x, before, after


def fading(W, U, b):
    """(state, number of nines) after which a state is no longer clear, or None."""
    for x, before in (10, -1.0), (8, 1.0):
        first = h = step(x, before, W, U, b)
        for n in range(1, NINES + 1):
            h = step(9, h, W, U, b)
            if not h * first > 0 or abs(h) <= CLEAR:
                return first, n
    return None


def number(value):
    """A number in a product: (-2) in brackets."""
    return f"({value:g})" if value < 0 else f"{value:g}"


def seen(x, before, after, W, U, b):
    """One column in numbers."""
    came = "a 1" if before > 0 else "no 1"
    wanted = f"above {CLEAR}" if (x > 9 or (x == 9 and before > 0)) else f"below -{CLEAR}"
    total = x * W + before * U + b
    return (f"For x = {x}, when {came} has come in, the sum is {x} · {number(W)} + {number(before)} · {number(U)} + "
            f"{number(b)} = {total:.4g} and h = {after:.3f}; it should be {wanted}")


def reason(wrong, W, U, b):
    """What the numbers lack, in a sentence."""
    columns = {x for x, _, _ in wrong}
    if W == 0:
        return "W = 0 is deaf: the digits never reach the unit"
    if W < 0 and {0, 18} <= columns:
        return "W is negative, so that large sums push the state down: they should push it up"
    if U == 0:
        return "U = 0 cuts the wire: what has come in is not heard, and at x = 9 it alone decides whether a 1 goes on"
    if U < 0 and 9 in columns:
        return "U is negative, so that at x = 9 a 1 becomes none, and none a 1: the state should be kept there"
    middle = 9 * W + b
    if not list(faults(W, U, -9 * W)) or (9 in columns and abs(middle) > 1e-9 * abs(b)):
        return (f"at x = 9 only the state before should decide, so the rest of the sum should be small beside U there; "
                f"yours is 9 · {number(W)} + {number(b)} = {middle:.4g}")
    if 9 in columns:
        return "at x = 9 the state before decides, but too weakly: U is too small"
    return ("for 10 or more, and for 8 or less, the input should decide, whatever came in; in yours W is too small "
            "beside U for that")


class Carry(ByHand):
    """A function () -> W, U, b."""

    reference = staticmethod(lambda: (10.0, 5.0, -90.0))
    blank = "Put your three numbers where the ... is, with return in front of them"

    def of(self, given):
        arrays = unpack(given, [Output(name) for name in NAMES], [np.zeros(())] * 3)
        if isinstance(arrays, Problem):
            return self.wrong_answer(arrays.sentence)
        for name, array in zip(NAMES, arrays, strict=True):
            if array.ndim or not np.isfinite(array):
                return self.wrong_answer(f"{name} should be one number, yours is {array}")
        return self.of_numbers(*map(float, arrays))

    def of_numbers(self, W, U, b):
        """The Result of three numbers."""
        wrong = list(faults(W, U, b))
        if wrong:
            return self.wrong_answer(self._reason(wrong, W, U, b), seen(*wrong[0], W, U, b))
        if found := fading(W, U, b):
            state, nines = found
            return self.wrong_answer(
                f"every column is right from h = 1 and h = -1, but the state fades: h = {state:.3f} is no longer clear "
                f"after {nines} column{'s' * (nines > 1)} with x = 9",
                "A larger U holds it; then W may have to be larger, too")
        return self.right_answer()

    def _reason(self, wrong, W, U, b):
        orders = (U, W, b), (W, b, U), (b, W, U), (b, U, W), (U, b, W)
        if any(not list(faults(*order)) for order in orders):
            return "these three numbers would do in another order. Return W, U, b: input, state before, bias"
        return reason(wrong, W, U, b)


rnn_carry = Carry(
    "rnn_carry",
    correct=(f"It carries in every column, and through {NINES} nines in a row. The first columns hand on a 1 in "
             "47 + 38 and none in 41 + 32: with 4 + 3 that makes 8 and 7."),
    hints=("At x = 9 only the state before should decide. What must x W + b be there?",
           "9 W + b = 0, so b = -9 W, and the sum is (x - 9) W + h U. At x = 9 that is h U: which U keeps a 1 near 1? "
           "At x = 10 it is W + h U, and has to be above 0 for h = -1 too.",
           "U = 2 keeps: tanh(2) = 0.96. At x = 10 after none the sum is W - 2. Choose W so that its tanh is above "
           "0.5; then b = -9 W."))
