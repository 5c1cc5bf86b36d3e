"""The exercise of lesson 01 in which one relu unit is programmed to count."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import CodeExercise

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
