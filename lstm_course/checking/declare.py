"""What an exercise is, and how a lesson declares one.

A code exercise is a reference function with its known wrong answers beside it:

    @exercise(cases=step_cases, outputs=Output("h", "B H"), hints=("…", "…", "…"), correct="…")
    def rnn_step(x, h, W, U, b):
        return np.tanh(x @ W + h @ U + b)

    rnn_step.mistakes({
        "tanh is missing: …": lambda x, h, W, U, b: x @ W + h @ U + b})

    @rnn_step.mutant("h is not handed on: …")          # one that takes several lines
    def …

cases(rng) yields (title, {argument: value}): first the small example that can be checked by hand, then random
numbers with T >= 3, B >= 2, H != I and states that are not 0. The order of the arguments is that of the call.

What is computed on the way is known from the solution in the lesson's text: its local variables are the named
quantities with which a student's own are compared ("h_prev is right, delta is the first that is not"). Where the
solution has too few names, or others than the lesson, the exercise declares them, in the order of the computation:

    @lstm_step.quantities
    def gates(x, h_prev, c_prev, W, U, b):
        z = x @ W + h_prev @ U + b
        i, f, g, o = …
        return {"z": z, "i": i, "f": f, "g": g, "o": o, "c": c}

It gets the arguments of the call and returns {name: array}; a list holds one array for each round of a loop, in the
order of the rounds, and None stands for a variable of the solution that is not to be compared. An output
whose last axis holds blocks says so: Output("grad_z", "B 4H", blocks="ifgo").

Where an answer is not code but numbers that a network runs with, its lines tell little; `explains` looks at that run.

A value exercise is a number with the wrong numbers that are seen most: see `value`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from lstm_course.checking.base import Exercise, say
from lstm_course.checking.compare import Output, describe_type
from lstm_course.checking.diagnose import diagnose
from lstm_course.checking.results import is_blank
from lstm_course.checking.run import no_return, run, signature_problem
from lstm_course.checking.trial import Trial
from lstm_course.checking.values import ValueExercise, value

__all__ = ["CodeExercise", "Exercise", "ValueExercise", "exercise", "value"]

# ------------------------------------------------------------------------------------------ code exercises

@dataclass(frozen=True)
class Mutant:
    """A known wrong answer: a function, and the message for who wrote one that gives the same numbers.

    One that stops with an exception is known by the operation at which it stops and the shapes that meet there.
    """

    name: str
    message: str
    function: Callable


class CodeExercise(Exercise):
    """A function to write, compared with a reference and then with known wrong answers."""

    only_arguments = False              # may a right answer read no array of the notebook at all?

    def __init__(self, reference, cases, outputs, hints=(), correct="", rtol=1e-9, name=None):
        super().__init__(name or reference.__name__, hints, correct)
        self.reference, self.cases, self.rtol = reference, cases, rtol
        self.outputs = (outputs,) if isinstance(outputs, Output) else tuple(outputs)
        self.mutants, self.families = {}, []
        self.declared_quantities = None         # arguments -> {name: array, or a list with one for each round}
        self.explanation = lambda function, trial: ""       # a sentence on how a wrong answer came about
        self.last_example = ""          # code that shows where the last wrong answer fails
        self._stopped = None            # the function that was interrupted last, and what was said about it
        self.__doc__ = reference.__doc__

    def mutant(self, message):
        """Decorator: declare a wrong answer with its message."""
        def declare(function):
            name = getattr(function, "__name__", "<lambda>")
            name = name if name != "<lambda>" else f"wrong_{len(self.mutants) + 1}"
            self.mutants[name] = Mutant(name, message, function)
            return function
        return declare

    def mistakes(self, table, of=None):
        """Declare wrong answers, {message: function}; or {message: options} of a function `of` that takes options.

        Of the latter two at once are recognised, too.
        """
        for message, one in table.items():
            self.mutant(message)(one if of is None else partial(of, **one))
        if of is not None:
            self.families.append((of, table))

    def quantities(self, function):
        """Decorator: declare what is computed on the way, {name: array or list of arrays}, in that order."""
        self.declared_quantities = function
        return function

    def explains(self, function):
        """Decorator: (the student's function, a Trial that is wrong) -> a sentence on how it came about, or ""."""
        self.explanation = function
        return function

    def usage(self):
        return f"check.{self.name}(your_function)"

    def judge(self, attempt, rng):
        if is_blank(attempt):
            return self.no_answer(f"Give the check your function: {self.usage()}")
        if not callable(attempt):
            quotes = " and without quotation marks" if isinstance(attempt, str) else ""
            return self.wrong_answer(f"the check wants the function itself, yours is {describe_type(attempt)}. "
                               f"Write its name without brackets{quotes}: {self.usage()}")
        if getattr(attempt, "is_given", False):
            return self.no_answer("This is the course's own function, given by catch_up. To have the exercise "
                                       "count, write your own and run its cell")
        if self._stopped and self._stopped[0] is attempt:       # a graded cell checks twice: never loop twice
            return self._stopped[1]
        trials = []
        for title, arguments in self.cases(rng):
            problem = None if trials else signature_problem(attempt, arguments)
            if problem:
                return self.wrong_answer(problem)
            trial = Trial(self, title, arguments, run(attempt, arguments))
            if not trials and trial.is_blank(attempt):
                nothing = no_return(attempt) if trial.run.error is None and trial.run.returned is None else ""
                return self.wrong_answer(nothing) if nothing else self.no_answer(
                    "Put your code where the ... is. If it is written: does it end with return, and is no ... left?")
            trials.append(trial)
            if trial.run.interrupted:
                self._stopped = attempt, self.diagnose(attempt, trials)
                return self._stopped[1]
        return self.diagnose(attempt, trials)

    def diagnose(self, function, trials):
        """The Result of a function that was run in these trials."""
        return diagnose(self, function, trials)

    def trials(self, rng, function, cases=None):
        """The function in each case."""
        for title, arguments in cases or self.cases(rng):
            yield Trial(self, title, arguments, run(function, arguments))

    def example(self):
        """Print code for a cell: the smallest case in which the last answer was wrong, its inputs and both results."""
        say(self.last_example or f"{self.name}: check a wrong answer first, then this shows where it fails.")


def exercise(*, cases, outputs, hints=(), correct="", rtol=1e-9, wrong=None):
    """Decorator: make a CodeExercise of its reference function; the function's name is the exercise's.

    wrong      {function: message}: known wrong answers short enough to stand here; others are decorated
    """
    def declare(reference):
        one = CodeExercise(reference, cases, outputs, hints, correct, rtol)
        for function, message in (wrong or {}).items():
            one.mutant(message)(function)
        return one
    return declare
