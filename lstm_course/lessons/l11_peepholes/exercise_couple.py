"""Lesson 11: the exercise in which the gates of an LSTM are coupled, i = 1 − f."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise

I, H = 2, 4
NAMES = ("i", "f", "g", "o")


def couple_cases(rng):
    """Two units by hand, then random weights."""
    yield "two units, W = (1, 2, … 8)", {"W": np.arange(1.0, 9)[None], "U": np.arange(1.0, 17).reshape(2, 8) / 10,
                                         "b": np.arange(5.0, 13)}
    for number in (1, 2):
        draw = rng.standard_normal
        yield f"random numbers {number} (I = {I}, H = {H})", {
            "W": draw((I, 4 * H)), "U": draw((H, 4 * H)) / 2, "b": draw(4 * H) / 2}


@exercise(
    cases=couple_cases, outputs=(Output("W", "I 4H", NAMES), Output("U", "H 4H", NAMES), Output("b", "4H", NAMES)),
    correct="The i blocks are the negative f blocks, and nothing else has changed: i = σ(−z_f) = 1 − f.",
    hints=("σ(−z) = 1 − σ(z). So which z_i makes i = 1 − f?",
           "z_i = −z_f for every x and h. So W, U and b all need it: their i block becomes the negative f block.",
           "H = len(U). For each of the three, on a copy: array[..., :H] = -array[..., H:2 * H]."))
def couple(W, U, b):
    """W (I,4H), U (H,4H), b (4H,), blocks i, f, g, o -> the three of an LSTM with i = 1 − f; f, g, o unchanged"""
    return coupled(W, U, b)


def coupled(W, U, b, *, sign=-1.0, source="f", target="i", only="WUb", b_too=None, plus=0.0):
    """The three with their target block replaced; the options make the mutants."""
    size, made = len(U), []
    for name, array in zip("WUb", (W, U, b), strict=True):
        array = array.copy()
        at, of = (slice(NAMES.index(gate) * size, (NAMES.index(gate) + 1) * size) for gate in (target, source))
        if name in only:
            array[..., at] = plus + sign * array[..., of]
        elif b_too is not None:
            array[..., at] = b_too(array[..., of])
        made.append(array)
    return tuple(made)


couple.mistakes({
    "the sign is missing: with the same weights i = f, not 1 − f. σ(−z) = 1 − σ(z)": {"sign": 1.0},
    "f is changed, i stays. Asked is the other way round: f as it is, and i = 1 − f": {"source": "i", "target": "f"},
    "U and b keep their i blocks: then z_i = −z_f only if h and the biases are 0": {"only": "W"},
    "the i block of b is not turned: z_i and −z_f differ by the biases": {"only": "WU"},
    "the i block of U is not turned: z_i and −z_f differ as soon as h is not 0": {"only": "Wb"},
    "1 − b is no 1 − f: the 1 − … belongs outside σ. Inside, the sign turns: −b":
        {"only": "WU", "b_too": lambda b: 1 - b},
    "1 − z is not what makes 1 − f: the 1 − … belongs outside σ. Inside, the sign turns, in W, U and b": {"plus": 1.0},
    "the i block is turned, but it is still i's own. It should be the negative *f* block": {"source": "i"},
    "that is the third block, g. f is the second: columns H to 2H": {"source": "g"},
    "that is the fourth block, o. f is the second: columns H to 2H": {"source": "o"},
    "g is overwritten. i is the first block: columns 0 to H": {"target": "g"},
}, of=coupled)


@couple.mutant("the blocks are H columns wide, and H is the number of rows of U. len(W) is the number of inputs")
def as_wide_as_the_input(W, U, b):
    made = [array.copy() for array in (W, U, b)]
    for array in made:
        array[..., :len(W)] = -array[..., len(W):2 * len(W)]
    return tuple(made)


@couple.mutant("f is turned, too. Only i's block changes: it becomes the negative f block, and f stays as it was")
def both_turned(W, U, b):
    made = coupled(W, U, b)
    for array in made:
        array[..., len(U):2 * len(U)] *= -1
    return made


@couple.mutant("i and f have changed places, with a sign. f stays as it was: only i's block changes")
def exchanged(W, U, b):
    made = coupled(W, U, b)
    for old, array in zip((W, U, b), made, strict=True):
        array[..., len(U):2 * len(U)] = old[..., :len(U)]
    return made
