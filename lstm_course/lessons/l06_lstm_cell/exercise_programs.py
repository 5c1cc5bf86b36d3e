"""Lesson 06: the two exercises in which a unit is programmed, each gate by three numbers (w, u, b)."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.checking.layer_run import first_fault
from lstm_course.networks import LSTM


def run_unit(x, i, f, g, o):
    """c of a one-unit LSTM whose gates are given as (w, u, b), over x (T,B) -> (T,B)."""
    layer = LSTM(1, 1, rng=0)
    W, U, b = np.array([i, f, g, o], dtype=float).T
    layer.parameters["W"][0], layer.parameters["U"][0], layer.parameters["b"][:] = W, U, b
    return layer.forward(np.asarray(x, float)[:, :, None]).gates["c"][:, :, 0]


OPEN, SHUT, HALF = (0, 0, 20), (0, 0, -20), (0, 0, 0)
AT_ONE, NOT_AT_ONE = (20, 0, -10), (-20, 0, 10)         # open only if x = 1; shut only if x = 1
NOT_AT_MINUS = (20, 0, 10)                              # shut only if x = −1


def declare_programs(task, programs):
    """Wrong weights as mutants: (name, message, i, f, g, o), the o open if it is left out."""
    for name, message, *gates in programs:
        def mutant(x, gates=tuple(gates)):
            return np.round(run_unit(x, *gates, *[OPEN] * (4 - len(gates)))).astype(int)
        mutant.__name__ = name
        task.mutant(message)(mutant)


# ------------------------------------------------------------------- 2. count the ones, with a reset button

def counter_cases(rng):
    """Ten steps that can be followed by hand, then all strings of seven."""
    yield "x = 1, 1, 0, 1, −1, 0, 1, 1, 0, −1, and a second sequence", {
        "x": np.array([[1.0, 1, 0, 1, -1, 0, 1, 1, 0, -1], [0, -1, 1, 0, 1, 1, 1, -1, -1, 1]]).T}
    strings = np.stack(np.meshgrid(*[[-1.0, 0.0, 1.0]] * 7, indexing="ij")).reshape(7, -1)
    yield "all 2 187 sequences of seven numbers −1, 0, 1", {"x": strings[:, rng.permutation(strings.shape[1])]}


@exercise(
    cases=counter_cases, outputs=Output("count", "T B", whole=True),
    correct="All 2 187 sequences of length 7 are counted right.",
    hints=("Three kinds of steps: 0 (keep), 1 (add one), −1 (erase). Which corner (f, i) is each of them?",
           "(f, i) is (1, 0) for x = 0, (1, 1) for x = 1 and (0, 0) for x = −1. So f is shut at −1 only, and i is "
           "open at 1 only. g and o are open always.",
           "σ(w x + b) is open for x = 1 and shut for x = 0 and −1 if w = 20, b = −10. For f you need: open for x = "
           "0 and 1, shut for −1. Only b changes."))
def count_ones(x):
    """x (T,B), numbers −1, 0, 1 -> (T,B): how many ones since the last −1"""
    count, counts = np.zeros(x.shape[1], dtype=int), []
    for x_t in x:
        count = np.where(x_t == 1, count + 1, np.where(x_t == -1, 0, count))
        counts.append(count)
    return np.stack(counts)


declare_programs(count_ones, [
    ("never_resets", "a −1 does not reset: f is always open. Shut it at x = −1", AT_ONE, OPEN, OPEN),
    ("forgets_always", "nothing is kept: f is always shut, so c is 1 after a one and 0 after anything else", AT_ONE,
     SHUT, OPEN),
    ("half_forgets", "half of the count is lost at each step: all weights of f are 0, and σ(0) = ½. “Keep” needs a "
     "large b", AT_ONE, HALF, OPEN),
    ("counts_steps", "zeros are counted, too: i is always open", OPEN, NOT_AT_MINUS, OPEN),
    ("counts_zeros_as_well", "i is open for 0 and 1, so zeros are counted, too. Take a lower b, so that 0 shuts it",
     NOT_AT_MINUS, NOT_AT_MINUS, OPEN),
    ("half_open_at_zero", "each zero counts half: at x = 0 your z_i is 0, and σ(0) = ½. b has to be negative, about "
     "−w/2",
     (20, 0, 0), NOT_AT_MINUS, OPEN),
    ("half_open_at_one", "each one counts half: at x = 1 your z_i = w + b is 0, and σ(0) = ½. b should be about −w/2",
     (20, 0, -20), NOT_AT_MINUS, OPEN),
    ("half_open_always", "all weights of i are 0, so it stands at σ(0) = ½ always", HALF, NOT_AT_MINUS, OPEN),
    ("weak_input_gate", "w = 1 is too small for i: σ(1) = 0.73 and σ(0) = 0.5 are neither open nor shut",
     (1, 0, 0), NOT_AT_MINUS, OPEN),
    ("mirrored", "i is open at −1 and 0 and shut at 1: turn the signs of w and b", NOT_AT_ONE, NOT_AT_MINUS, OPEN),
    ("never_writes", "nothing is ever written. Is i shut at x = 1, or is g = tanh(0) = 0? A one should write 1. "
     "A gate's numbers stand in the order w, u, b", SHUT, NOT_AT_MINUS, OPEN),
    ("too_little", "each one writes tanh(1) = 0.76 instead of 1: make the weights of g larger", AT_ONE, NOT_AT_MINUS,
     (0, 0, 1)),
    ("counts_down", "it counts downwards: g is −1, so its weights have the wrong sign", AT_ONE, NOT_AT_MINUS, SHUT),
    ("resets_at_zero", "zeros reset as well: f is open at x = 1 only. It has to be open for 0, too", AT_ONE, AT_ONE,
     OPEN),
    ("resets_at_one", "a one replaces the count by 1 instead of adding: f is shut at x = 1. It has to be shut at −1",
     AT_ONE, NOT_AT_ONE, OPEN),
    ("order_w_b_u", "the three numbers of a gate stand in the order w, u, b. Yours look like w, b, u: at x = 0 your "
     "gates are half open", (20, -10, 0), (20, 10, 0), OPEN),
    ("half_reset", "a −1 leaves half of the count: at x = −1 your z_f = b − w is 0, and σ(0) = ½. b should be about "
     "w/2",
     AT_ONE, (20, 0, 20), OPEN),
    ("i_and_f_swapped", "i and f have changed places: i is to be open at 1 only, f everywhere but at −1", NOT_AT_MINUS,
     AT_ONE, OPEN),
    ("adds_x", "a −1 takes one away instead of setting the count back: i is open at −1, and g is −1. At −1 f has to "
     "be shut, and i as well", OPEN, OPEN, (20, 0, 0)),
    ("writes_minus_one", "a −1 erases and then writes −1: i is open at −1, and g is −1. Shut i there", OPEN,
     NOT_AT_MINUS, (20, 0, 0)),
    ("counts_minus_ones", "a −1 leaves 1 and a one is not counted: i is open at −1 instead of 1. Turn the sign of its "
     "w", (-20, 0, -10), NOT_AT_MINUS, OPEN),
    ("half_kept_at_zero", "half of the count is lost at each zero: at x = 0 your z_f is 0, and σ(0) = ½. f needs a "
     "positive b, about w/2", AT_ONE, (20, 0, 0), OPEN),
    ("keeps_at_minus_only", "ones and zeros erase: f is shut at 0 and 1, and open at −1. Turn the signs of its w and b",
     AT_ONE, (-20, 0, -10), OPEN),
    ("order_b_w_u", "the three numbers of a gate stand in the order w, u, b. Yours look like b, w, u",
     (-10, 20, 0), (10, 20, 0), OPEN),
    ("small_weights", "weights near 1 are too small: σ(1) = 0.73 and σ(0) = 0.5 are neither open nor shut, tanh(1) is "
     "0.76. Take 20 for 1", (1, 0, 0), (1, 0, 1), (0, 0, 1)),
])


def gates_at_the_first_fault(function, trial):
    """What the gates of the student's unit were at the first step at which its c is wrong, as a sentence; or ""."""
    if (found := first_fault(LSTM, function, trial)) is None:
        return ""
    (run, t, sequence), expected, x = found, trial.expected[0], trial.arguments["x"]
    now = {name: values[:, sequence, 0] for name, values in run.gates.items()}
    f, i, g, new = (f"{now[name][t]:.2f}" for name in ("f", "i", "g", "c"))
    before, h = (now["c"][t - 1], run.outputs[t - 1, sequence, 0]) if t else (0.0, 0.0)
    written = f"{i} · {g}" if g[0] != "-" else f"{i} · ({g})"
    half = [name for name in "fi" if 0.07 < now[name][t] < 0.93]
    halves = f" {' and '.join(half)} {'is' if len(half) == 1 else 'are'} neither open nor shut" if half else ""
    return (f"look at the gates in step {t} of sequence {sequence}, where x is {x[t, sequence]:g} and h was {h:.2f}: "
            f"f is {f}, i is {i} and g is {g}, so c becomes {f} · {before:.2f} + {written} = {new}. It should be "
            f"{expected[t, sequence]}.{halves}").replace("-", "−")


# ------------------------------------------------------------------------------------ 3. odd or even?

def parity_cases(rng):
    """Eight steps that can be followed by hand, then all bit strings of length twelve."""
    yield "x = 1, 0, 1, 1, 0, 0, 1, 1, and a second sequence", {
        "x": np.array([[1.0, 0, 1, 1, 0, 0, 1, 1], [0, 1, 1, 1, 0, 1, 0, 0]]).T}
    strings = np.array([[k >> t & 1 for k in range(4096)] for t in range(12)], dtype=float)
    yield "all 4 096 strings of twelve bits", {"x": strings[:, rng.permutation(4096)]}
    yield "a 1 and then 100 zeros, beside zeros alone", {"x": np.outer(np.eye(101)[0], [1.0, 0.0])}


FULL, FREE = (20, 30, -30), (20, -30, -10)              # open if x = 1 and c is 1; open if x = 1 and c is 0


@exercise(
    cases=parity_cases, outputs=Output("odd", "T B", whole=True),
    correct="All 4 096 strings of twelve bits, and a 1 that has to last through 100 zeros. One unit can do it, with "
            "feedback from h.",
    hints=("A zero changes nothing. A one turns 0 into 1 and 1 into 0. Which corner (f, i) is “0 becomes 1”, which "
           "one “1 becomes 0”?",
           "At x = 1 the old c may always be erased, so f is shut at x = 1. But i may open only if c was 0, and it "
           "sees that through h: h = 0 if c = 0, h = tanh(1) = 0.76 if c = 1. That takes a negative u.",
           "f: open at x = 0, shut at x = 1, so (-20, 0, 10). i: w = 20 and b = −10 as in a counter, and a u so "
           "negative that 20 + u · 0.76 − 10 is far below 0."))
def odd_ones(x):
    """Bits x (T,B) -> (T,B): 1 if the number of ones so far is odd, else 0"""
    return np.cumsum(x, axis=0).astype(int) % 2


for program in (count_ones, odd_ones):
    program.explains(gates_at_the_first_fault)

declare_programs(odd_ones, [
    ("counts_on", "this counts the ones, 0, 1, 2, 3, …: a second one should erase the first. f has to be shut at x "
     "= 1",
     AT_ONE, OPEN, OPEN),
    ("any_one_so_far", "yours stays at 1 after the first one. A second one has to erase: with x = 1 and h = 0.76 f has "
     "to be shut, and i as well. i can tell the second from the first by h alone: by its u, if o is open",
     AT_ONE, NOT_AT_ONE, OPEN),
    ("copies_the_input", "this is the last input: a one does not survive a zero. Where is f at x = 0, with "
     "h = 0 and with h = 0.76? It has to be open for both", AT_ONE, SHUT, OPEN),
    ("free_but_forgets", "a one after a one gives 0, as it should, but a zero erases the 1. With x = 0 f has to be "
     "open, for h = 0 and for h = 0.76", FREE, SHUT, OPEN),
    ("half_forgets_at_zero", "half is lost at each zero: at x = 0 your z_f is 0, and σ(0) = ½. f needs a positive b",
     FREE, (-20, 0, 0), OPEN),
    ("f_not_set", "all weights of f are 0, so f = σ(0) = ½ at every step. It has to be open at 0 and shut at 1", FREE,
     HALF, OPEN),
    ("writes_at_zero", "i is open at zeros, too, as long as h is 0. With x = 0 and h = 0 its z is b: that has to be "
     "far below 0", (20, -30, 10),
     NOT_AT_ONE, OPEN),
    ("never_writes", "nothing is ever written. For x = 1 and h = 0 i has to be open: is your w + b far above 0, and "
     "g = tanh(b) near 1? A gate's numbers stand in the order w, u, b", FULL, NOT_AT_ONE, OPEN),
    ("writes_minus_one", "g is −1, so −1 is written instead of 1: its weights have the wrong sign", FREE, NOT_AT_ONE,
     SHUT),
    ("half_kept_at_one", "a second one leaves a half: at x = 1 your z_f = w + b is 0, and σ(0) = ½. f has to be shut "
     "there", FREE, (-20, 0, 20), OPEN),
    ("u_of_the_wrong_sign", "a zero after a one writes again: with x = 0 and h = 0.76 i is open. Its u should shut it "
     "there: has it the wrong sign?", (20, 30, -10), NOT_AT_ONE, OPEN),
    ("i_does_not_see_x", "zeros write, too: i is open whenever h is 0. It is to be open only if x = 1 *and* h = 0",
     (0, -20, 8), NOT_AT_ONE, OPEN),
    ("erases_twice", "a second one gives −1: f erases the 1, and g = −1 is written as well. One of the two will do",
     AT_ONE, NOT_AT_ONE, (0, -20, 8)),
    ("hides_at_zero", "a one after a zero writes again, as if the unit held 0: is o shut at x = 0? Then h is 0 there, "
     "and i cannot see the 1. Leave o open", FREE, NOT_AT_ONE, OPEN, AT_ONE),
])
