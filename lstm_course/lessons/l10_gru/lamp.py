"""Lesson 10: one unit of a GRU that is a lamp with two buttons, programmed by hand."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.checking.layer_run import first_fault
from lstm_course.networks import GRU


def program(r, z, n):
    """A GRU of one unit and two inputs; r, z and n each get (w_A, w_B, u, b)."""
    for name, four in zip("rzn", (r, z, n), strict=True):
        if np.shape(four) != (4,):
            raise ValueError(f"{name} takes four numbers (w_A, w_B, u, b), and {np.size(four)} came.")
    unit = GRU(2, 1)
    numbers = np.array([r, z, n], dtype=float).T
    unit.parameters["W"][:], unit.parameters["U"][0], unit.parameters["b"][:] = numbers[:2], numbers[2], numbers[3]
    return unit


def states(x, r, z, n):
    """Buttons x (T,B,2) -> h (T,B), from h = -1 on."""
    return program(r, z, n).forward(np.asarray(x, float), -np.ones((len(x[0]), 1))).outputs[:, :, 0]


def buttons(presses):
    """Rows of 0 (none), 1 (A) and 2 (B), (B,T) -> x (T,B,2)"""
    presses = np.asarray(presses).T
    return np.stack([presses == 1, presses == 2], axis=2).astype(float)


def cases(rng):
    """Ten steps that can be followed by hand, then all sequences of seven."""
    yield "the buttons A, -, A, A, B, -, B, A, -, A, and a second sequence", {
        "x": buttons([[1, 0, 1, 1, 2, 0, 2, 1, 0, 1], [0, 2, 0, 1, 0, 0, 1, 2, 2, 1]])}
    presses = np.stack(np.meshgrid(*[[0, 1, 2]] * 7, indexing="ij")).reshape(7, -1).T
    yield "all 2 187 sequences of seven steps: A, B or no button", {"x": buttons(rng.permutation(presses))}


@exercise(
    cases=cases, outputs=Output("lamp", "T B", whole=True),
    correct="All 2 187 sequences are right. At B n is 1 whatever h was: by r = 0, or by a w_B that outweighs u.",
    hints=("Three kinds of steps: no button (keep), A (the new state comes from the old one), B (1, whatever it was). "
           "Which limit (r, z) of ③ is each of them?",
           "z = (-20, -20, 0, 10) is open without a button and shut with one. At A the candidate must be the opposite "
           "of the old state: a u below 0, and r open.",
           "n = (0, 20, -20, 0) gives tanh(-20 h) at A. At B it would be tanh(20 - 20 h), "
           "which is 0 if the lamp is on: there r has to be shut."))
def lamp(x):
    """Buttons x (T,B,2) -> the lamp (T,B): A turns it to the other side, B switches it on; 1 on, −1 off, first off"""
    h, found = -np.ones(x.shape[1]), []
    for A, B in np.moveaxis(x, 2, 1):
        h = np.where(B == 1, 1, np.where(A == 1, -h, h))
        found.append(h)
    return np.stack(found).astype(int)


@lamp.explains
def gates_at_the_first_fault(function, trial):
    """The student's unit at the first step at which its lamp is wrong, as a sentence; or ""."""
    if (found := first_fault(GRU, function, trial)) is None:
        return ""
    (run, t, sequence), expected, x = found, trial.expected[0], trial.arguments["x"]
    r, z, n = (run.gates[name][t, sequence, 0] for name in "rzn")
    h = np.append(-1, run.outputs[:, sequence, 0])[t:t + 2]
    short = lambda number: f"{round(float(number), 2) + 0:g}"
    signed = lambda number: f"({short(number)})" if short(number)[0] == "-" else short(number)
    pressed = ("no button", "A", "B")[int(x[t, sequence] @ (1, 2))]
    return (f"r = {short(r)}, z = {short(z)}, n = {short(n)} at step {t} of sequence {sequence} ({pressed}, h was "
            f"{short(h[0])}): h = {short(1 - z)} · {signed(n)} + {short(z)} · {signed(h[0])} = {short(h[1])}, "
            f"not {expected[t, sequence]}").replace("-", "−")


R, Z, N = (0, -20, 0, 10), (-20, -20, 0, 10), (0, 20, -20, 0)
OPEN, SHUT, HALF = (0, 0, 0, 10), (0, 0, 0, -10), (0, 0, 0, 0)
WRONG = [
    ("b_sees_the_state", "a B while the lamp is on gives 0: tanh(20 − 20 h) for h = 1. At B the candidate must not see "
     "the old state: shut r there", OPEN, Z, N),
    ("nothing_is_kept", "without a button the state is lost: z is shut always. “Keep” is z = 1, so z needs a large b",
     R, SHUT, N),
    ("half_is_kept", "without a button a half of the candidate comes in: all weights of z are 0, and σ(0) = ½", R, HALF,
     N),
    ("never_renewed", "nothing ever changes: z is open always. Each button has to shut it", R, OPEN, N),
    ("z_is_mirrored", "z is mirrored: yours is shut without a button and open with one. Here z = 1 *keeps*", R,
     (20, 20, 0, -10), N),
    ("a_keeps", "A does nothing. Is z shut there, so that n comes in? And is n then the opposite of h, with a u below "
     "0?", R, (0, -20, 0, 10), N),
    ("b_keeps", "B does nothing: z stays open at B. Its weight in z has to be far below 0, too", R, (-20, 0, 0, 10), N),
    ("a_switches_on", "A always switches on: n sees the button and not the state. At A it has to be the opposite of h, "
     "so w_A is 0 and u is far below 0", R, Z, (20, 20, 0, 0)),
    ("a_gives_0", "A gives 0: either r is shut at A, so that n does not see the state, or u of n is 0 or too weak",
     SHUT, Z, N),
    ("r_is_mirrored", "r is mirrored: yours is open at B and shut at A. At A the candidate needs the old state, at B "
     "it must not see it", (0, 20, 0, -10), Z, N),
    ("b_switches_off", "B switches off: the weight of B in n has the wrong sign", R, Z, (0, -20, -20, 0)),
    ("b_gives_0", "B gives 0: the weight of B in n is 0, and with r shut nothing else is left", R, Z, (0, 0, -20, 0)),
    ("too_weak", "the candidate is too weak: tanh(−1) is −0.76, and it shrinks with each A. Make u larger", R, Z,
     (0, 20, -1, 0)),
    ("too_weak_everywhere", "the candidate is too weak: tanh(−1) is −0.76, and it shrinks with each A. Make w_B and u "
     "larger", R, Z, (0, 1, -1, 0)),
    ("a_pushes_up", "at an A while the lamp is on, w_A + b of n and u h cancel. u h alone should decide there: in n "
     "w_A + b is 0", R, Z, (20, 20, -20, 0)),
    ("a_pushes_down", "at an A while the lamp is off, w_A + b of n and u h cancel. u h alone should decide there: in n "
     "w_A + b is 0", R, Z, (-20, 20, -20, 0)),
    ("no_bias_in_z", "without a button z is σ(0) = ½, since its b is 0. “Keep” is z = 1, so z needs a large b", R,
     (-20, -20, 0, 0), N),
    ("no_bias_in_z_and_r_shut", "without a button z is σ(0) = ½, since its b is 0, and h shrinks by a half. “Keep” is "
     "z = 1, so z needs a large b", (20, 0, 0, -10), (-20, -20, 0, 0), N),
    ("both_half_open", "r and z stand at one half at a button: w + b is 0 there, and σ(0) = ½. w should be about −2 b",
     (10, 0, 0, -10), (-10, -10, 0, 10), (0, 10, -10, 0)),
    ("half_open_at_a_button", "z is only half shut at a button: w + b is 0 there, and σ(0) = ½. w should be about −2 b",
     R, (-10, -10, 0, 10), N),
    ("order_of_b_and_u", "the four numbers stand in the order w_A, w_B, u, b. In yours b and u have changed places",
     (0, -20, 10, 0), (-20, -20, 10, 0), (0, 20, 0, -20)),
]
for name, message, *gates in WRONG:
    def mutant(x, gates=tuple(gates)):
        return np.round(states(x, *gates)).astype(int)
    mutant.__name__ = name
    lamp.mutant(message)(mutant)
