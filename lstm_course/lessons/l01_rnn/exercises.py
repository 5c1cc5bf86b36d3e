"""The exercises of lesson 01. The two functions have files of their own, with their wrong answers beside them."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import CodeExercise, value
from lstm_course.lessons.l01_rnn.exercise_forward import rnn_forward
from lstm_course.lessons.l01_rnn.exercise_step import rnn_step

__all__ = ["rnn_counter", "rnn_forward", "rnn_parameter_count", "rnn_step", "second_output_if_cut"]

# ----------------------------------------------------------------------------- 3. a network that counts, by hand

BITS = (1.0, 0.0, 1.0, 1.0, 0.0, 1.0)


def counter_cases(rng):
    """There is one right answer, and nothing to vary."""
    yield "the three numbers", {}


def counts(W, U, b):
    """h of the relu unit after each of the bits, as text."""
    h, states = 0.0, []
    for x in BITS:
        h = max(0.0, x * W + h * U + b)
        states.append(f"{h:.4g}")
    return ", ".join(states)


class Counter(CodeExercise):
    """Three numbers, judged by what the unit does with them, so that none of them is given away."""

    def diagnose(self, function, trials):
        result = super().diagnose(function, trials)
        got = trials[0].got
        told = result.correct or any(trials[0].looks_like(mutant) for mutant in self.mutants.values())
        if told or not isinstance(got, list) or any(part.size != 1 for part in got):
            return result
        bits = ", ".join(f"{x:g}" for x in BITS)
        came = counts(*(float(np.ravel(part)[0]) for part in got))
        if came == counts(*self.reference()):
            return self.wrong_answer("your three numbers are right. Return them as numbers, not as arrays")
        return self.wrong_answer(f"with your three numbers h is {came} after the bits {bits}; it should be "
                                 f"{counts(*self.reference())}")


def counter(reference):
    """Decorator: the exercise of this reference."""
    return Counter(
        reference, counter_cases, (Output("W"), Output("U"), Output("b")),
        correct="h' = max(0, x + h): the state goes up by one for each one, and stays where it is for each zero.",
        hints=("Without an input the state has to stay as it is, whatever it is. What does this say about U and b?",
               "For x = 0: h' = max(0, h U + b) has to be h, for h = 0, 1, 2, … For x = 1: h' has to be h + 1.",
               "U = 1 and b = 0 keep the count. What must W be, so that one 1 adds 1?"))


@counter
def rnn_counter():
    """The numbers W, U, b with which h' = max(0, x W + h U + b) counts the ones among bits x"""
    return 1.0, 1.0, 0.0


@rnn_counter.mutant("U = 0 forgets: the state then knows the present bit only. A count must survive until "
                    "the next bit")
def forgets_the_count():
    return 1.0, 0.0, 0.0


@rnn_counter.mutant("b = 1 adds one at every step, so all steps are counted, ones and zeros alike")
def counts_the_steps():
    return 0.0, 1.0, 1.0


@rnn_counter.mutant("W = 1 and b = 1 together: a one counts double, and a zero counts too")
def counts_too_much():
    return 1.0, 1.0, 1.0


@rnn_counter.mutant("b = -1 takes one away at every step: a one then adds nothing, and a zero takes one off the count")
def takes_one_away():
    return 1.0, 1.0, -1.0


@rnn_counter.mutant("W = 0 is deaf: the bits never reach the state")
def deaf_counter():
    return 0.0, 1.0, 0.0


@rnn_counter.mutant("U = 2 doubles the count at every step. That reads the bits as a binary number, most "
                    "significant bit first; here they are to be counted")
def reads_a_binary_number():
    return 1.0, 2.0, 0.0


@rnn_counter.mutant("these are the right three numbers in another order. Return W, U, b: first the weight of the "
                    "input, then that of the state before, last the bias")
def another_order():
    return 1.0, 0.0, 1.0


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
        (near(1.5613), "that is the first output. The memory is gone, but the second input is 0.5, not 1"),
        (near(2.5015), "that is the second output for the inputs 1, 2. Here they are 1, 0.5"),
        (lambda y: near(0.1)(y) or near(0)(y), "x = 0.5 still comes in through W, so the state is not 0"),
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
        (50, "one bias vector, not two: PyTorch stores two of them, which are only ever added"),
        (48, "the bias belongs to the units, not to the inputs: b has shape (H,), which makes 5 numbers, not 8"),
        (29, "U has the shape (H, H) and W the shape (I, H): which of I and H is 5?"),
        (35, "U joins the 5 units of one step to the 5 of the next, so its shape is (5, 5)"),
        (39, "W leads from the 3 inputs to the 5 units, so its shape is (3, 5)"),
        (43, "the bias belongs to the units, not to the inputs: b has shape (H,), which makes 5 numbers, not 3"),
        (75, "those are three matrices of H by H: W leads from 3 inputs to 5 units, and b has a number for each unit"),
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
