"""Card 4: a test, as small as can be, that notices six mistakes of a loop over time."""

import numpy as np

from lstm_course.checking.by_hand import ByHand
from lstm_course.lessons.lB_bug_museum.loops import LOOPS, as_arrays, noticed, states

MOST = 16                               # numbers: T = 3, B = 2, I = 1, H = 2
NEEDS = {
    "A": "it skips step 0. Its first state is h0: does the right one differ from h0 at any sequence and unit of yours?",
    "B": "it hands nothing on. Are there at least two steps, and does U let the state before count?",
    "C": "it takes U.T for U. One number is its own transpose, and so is every symmetric matrix",
    "D": "it begins at 0. With which h0 is that no mistake?",
    "E": "all its sequences read the inputs of sequence 0. What must there be, and does the difference count?",
    "F": "after every two steps it goes back to h0. After how many steps does that show for the first time?",
}


def hidden(loop, x, h0, W, U):
    """A sentence if sizes and numbers would show this loop's mistake, but all differences are too small; else ""."""
    shows = {"C": not np.array_equal(U, U.T) and (h0.any() or len(x) > 1), "D": h0.any() and U.any(),
             "E": np.ptp(x, axis=1).any() and W.any(), "F": len(x) > 2 and U.any(), "B": len(x) > 1 and U.any()}
    if not shows.get(loop):
        return ""
    if np.abs(states(x, h0, W, U)).mean() > 0.9:
        return "Your sizes would show it, but the numbers are so large that tanh is almost ±1 whatever it gets"
    return "Your sizes would show it, but with these numbers all states are within 0.01. Take numbers near ±1"


class TellingTest(ByHand):
    """A function () -> x (T,B,I), h0 (B,H), W (I,H), U (H,H), judged by which of the six loops it notices."""

    reference = staticmethod(lambda: (np.array([[[1.0], [-1.0]], [[0.5], [1.0]], [[-0.5], [0.0]]]),
                                      np.array([[0.5, -0.5], [1.0, 0.0]]), np.array([[1.0, -1.0]]),
                                      np.array([[0.5, 1.0], [-1.0, 0.5]])))

    def of(self, given):
        """The Result of what was returned."""
        if not isinstance(given, tuple | list) or len(given) != 4:
            return self.wrong_answer("return four arrays, x, h0, W, U, in this order")
        try:
            arrays = as_arrays(*given)
        except ValueError as error:
            return self.wrong_answer(str(error))
        size = sum(array.size for array in arrays)
        missed = [loop for loop, seen in noticed(*arrays).items() if not seen]
        if missed:
            names = " and ".join([", ".join(missed[:-1]), missed[-1]] if len(missed) > 1 else missed)
            mistake, need = NEEDS[missed[0]].split(". ", 1)
            return self.wrong_answer(f"of the six loops your test does not notice {names}. Loop {missed[0]}: "
                                     f"{mistake}. {hidden(missed[0], *arrays) or need}")
        if size > MOST:
            return self.wrong_answer(f"it notices all six loops, with {size} numbers. It can be done with {MOST}: "
                                     "which of T, B, I and H is larger than the loops ask for?")
        return self.right_answer()


telling_test = TellingTest(
    "telling_test",
    correct=f"Three steps, two sequences, two units: {MOST} numbers notice all {len(LOOPS)} loops.",
    hints=("Ask of each loop how small a test may be before it gives the right states. Which of T, B and H does that "
           "set, and what must hold for h0 and U?",
           "F shows from the third step on, E with two sequences, C with two units and a U that is not symmetric, D "
           "with an h0 that is not 0. One input is enough.",
           "So x (3, 2, 1), h0 (2, 2), W (1, 2), U (2, 2). Take any different numbers: "
           "np.random.default_rng(0).standard_normal((3, 2, 1)), and so on."))
