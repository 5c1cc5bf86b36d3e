"""Lesson 10: the weights of one convention of z, for the other."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise


def flip_cases(rng):
    """Two units by hand, then random weights."""
    yield "two units, W = (1, 2, 3, 4, 5, 6)", {
        "W": np.arange(1.0, 7)[None], "U": np.array([[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [1.1, 1.2, 1.3, 1.4, 1.5, 1.6]]),
        "b": -np.arange(1.0, 7)}
    I, H = 2, 4
    yield f"random weights (I = {I}, H = {H})", {
        "W": rng.standard_normal((I, 3 * H)), "U": rng.standard_normal((H, 3 * H)), "b": rng.standard_normal(3 * H)}


@exercise(
    cases=flip_cases,
    outputs=tuple(Output(f"{name}_new", axes, blocks=("r", "z", "n"))
                  for name, axes in (("W", "I 3H"), ("U", "H 3H"), ("b", "3H"))),
    correct="Only z's block turns its sign, in W, U and b: σ(−a) = 1 − σ(a).",
    hints=("The other convention needs 1 − z wherever ours has z. z = σ(a). For which a' is σ(a') = 1 − σ(a)?",
           "σ(−a) = 1 − σ(a). And a = x W_z + h U_z + b_z is a sum: what has to change so that it turns its sign?",
           "H = len(U). On copies, W = W.copy(), turn the sign of the columns H to 2H of each, the block of z: "
           "W[..., H:2 * H] *= -1, and the same line for U and for b."))
def flip_z(W, U, b):
    """Weights of one convention of z -> those of the other: W (I,3H), U (H,3H), b (3H,), blocks r, z, n"""
    return turned(W, U, b)


def turned(W, U, b, blocks="z", where="WUb"):
    """The weights with the sign of some blocks turned."""
    signs = np.repeat([-1.0 if name in blocks else 1.0 for name in "rzn"], len(U))
    return tuple(array * signs if name in where else array.copy() for name, array in zip("WUb", (W, U, b), strict=True))


flip_z.mistakes({
    "the first block turns its sign: that is r. The order is r, z, n, so z's columns are H to 2H": {"blocks": "r"},
    "the last block turns its sign: that is the candidate n. z stands in the middle": {"blocks": "n"},
    "r turns its sign, too. r means the same in both conventions; only z does not": {"blocks": "rz"},
    "n turns its sign, too. The candidate means the same in both conventions; only z does not": {"blocks": "zn"},
    "everything turns its sign, r and n as well. Only z means something else": {"blocks": "rzn"},
    "nothing has changed: these are the weights of the old convention": {"blocks": ""},
    "only W turns its sign. z = σ(x W_z + h U_z + b_z): the whole sum has to, so U and b as well": {"where": "W"},
    "only U turns its sign. z = σ(x W_z + h U_z + b_z): the whole sum has to, so W and b as well": {"where": "U"},
    "b keeps its sign. z = σ(x W_z + h U_z + b_z): the whole sum has to turn": {"where": "WU"},
    "U keeps its sign. z = σ(x W_z + h U_z + b_z): the whole sum has to turn": {"where": "Wb"},
    "W keeps its sign. z = σ(x W_z + h U_z + b_z): the whole sum has to turn": {"where": "Ub"},
}, of=turned)


@flip_z.mutant("you took 1 − W. It is z that becomes 1 − z, and z comes out of σ: 1 − σ(a) = σ(−a)")
def one_minus_the_weights(W, U, b):
    H = len(U)
    new = [array.copy() for array in (W, U, b)]
    for array in new:
        array[..., H:2 * H] = 1 - array[..., H:2 * H]
    return tuple(new)


@flip_z.mutant("the blocks of r and z have changed places: that would help with a library whose order is z, r, n. The "
               "meaning of z is another matter: its sum turns its sign")
def swaps_r_and_z(W, U, b):
    return tuple(np.concatenate([np.split(array, 3, axis=-1)[k] for k in (1, 0, 2)], axis=-1) for array in (W, U, b))
