"""What an exercise is, and how a lesson declares one.

A code exercise is a reference function with its known wrong answers beside it:

    @exercise(cases=step_cases, outputs=Output("h", "B H"), hints=("…", "…", "…"), correct="…")
    def rnn_step(x, h, W, U, b):
        return np.tanh(x @ W + h @ U + b)

    @rnn_step.mutant("tanh is missing: …")
    def no_tanh(x, h, W, U, b):
        return x @ W + h @ U + b

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
order of the rounds. An output whose last axis holds blocks says so: Output("grad_z", "B 4H", blocks="ifgo").

A value exercise is a number with the wrong numbers that are seen most: see `value`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Number

import numpy as np

from lstm_course.checking.compare import (
    Output,
    Problem,
    describe_type,
    first_difference,
    is_close,
    nan_sentence,
    relation,
    shape_problem,
    unpack,
)
from lstm_course.checking.results import CORRECT, NOT_ATTEMPTED, WRONG, Result, is_blank
from lstm_course.checking.run import (
    describe_error,
    globals_line,
    is_stub,
    no_return,
    run,
    run_quietly,
    signature_problem,
    student_line,
    wrong_order,
)
from lstm_course.students import progress as remembering
from lstm_course.students import starting_cells as starting

SEED = 1997             # a check draws the same numbers each time, so that its message stays the same


class Exercise:
    """One exercise: call it with an answer, and it prints what it thinks of it. It never raises."""

    def __init__(self, name, hints, correct):
        self.name, self.hints, self.correct = name, tuple(hints), correct

    def __call__(self, *attempt):
        """Judge an answer: print one line, or a diagnosis, and return the Result."""
        result = self._judge_safely(attempt)
        print(result.message)
        if result.status != NOT_ATTEMPTED:
            remembering.note_check(self.name, remembering.PASSED if result.correct else remembering.TRIED)
        return result

    def reset(self):
        """Give back the cell with which the exercise began; your own cell stays."""
        starting.reset(self.name)

    def hint(self, number=1):
        """Print one of the hints; the first says least."""
        count = len(self.hints)
        if isinstance(number, int) and 1 <= number <= count:
            print(f"{self.name}, hint {number} of {count}: {self.hints[number - 1]}")
        else:
            print(f"{self.name}: there is no hint {number!r}. Ask for hint(1) to hint({count}); "
                  "the first says least.")

    def judge(self, attempt, rng):
        raise NotImplementedError

    def usage(self):
        raise NotImplementedError

    def _judge_safely(self, attempt, fresh=False):
        try:
            if len(attempt) != 1:
                return self.judge(..., None) if not attempt else self._wrong(
                    f"give the check one thing: {self.usage()}")
            result = self.judge(attempt[0], np.random.default_rng(None if fresh else SEED))
        except Exception as error:
            return self._wrong(f"this answer could not be judged ({type(error).__name__}: {error})")
        again = None if fresh else lambda: self._judge_safely(attempt, fresh=True)
        return Result(result.name, result.status, result.headline, result.details, again)

    def _right(self):
        return Result(self.name, CORRECT, f"{self.name}: correct ✓ {self.correct}".rstrip())

    def _wrong(self, sentence, *details):
        details = [_sentence(line) for line in details if line]
        if self.hints:
            details.append(f"Stuck? check.{self.name}.hint(1)")
        return Result(self.name, WRONG, f"{self.name}: not right yet ✗ {_sentence(sentence)}", tuple(details))

    def _not_attempted(self, why):
        return Result(self.name, NOT_ATTEMPTED, f"{self.name}: not attempted yet. {_sentence(why)}")

    def __repr__(self):
        return f"{self.usage()} judges your answer, check.{self.name}.hint(1) helps"


# ------------------------------------------------------------------------------------------ code exercises

@dataclass(frozen=True)
class Mutant:
    """A known wrong answer: a function, and the message for who wrote one that gives the same numbers.

    One that stops with an exception is known by the type and the words of it, or, if `line` is given, by the
    type and by what stands in the line where it stopped ("h @ W"; blanks do not matter).
    """

    name: str
    message: str
    function: Callable
    line: str = ""


class CodeExercise(Exercise):
    """A function to write, compared with a reference and then with known wrong answers."""

    def __init__(self, reference, cases, outputs, hints=(), correct="", rtol=1e-9, name=None):
        super().__init__(name or reference.__name__, hints, correct)
        self.reference, self.cases, self.rtol = reference, cases, rtol
        self.outputs = (outputs,) if isinstance(outputs, Output) else tuple(outputs)
        self.mutants = {}
        self.declared_quantities = None         # arguments -> {name: array, or a list with one for each round}
        self._stopped = None            # the function that was interrupted last, and what was said about it
        self.__doc__ = reference.__doc__

    def mutant(self, message, line=""):
        """Decorator: declare a wrong answer with its message."""
        def declare(function):
            name = function.__name__ if function.__name__ != "<lambda>" else f"wrong_{len(self.mutants) + 1}"
            self.mutants[name] = Mutant(name, message, function, line)
            return function
        return declare

    def quantities(self, function):
        """Decorator: declare what is computed on the way, {name: array or list of arrays}, in that order."""
        self.declared_quantities = function
        return function

    def usage(self):
        return f"check.{self.name}(your_function)"

    def judge(self, attempt, rng):
        if is_blank(attempt):
            return self._not_attempted(f"Give the check your function: {self.usage()}")
        if not callable(attempt):
            quotes = " and without quotation marks" if isinstance(attempt, str) else ""
            return self._wrong(f"the check wants the function itself, yours is {describe_type(attempt)}. "
                               f"Write its name without brackets{quotes}: {self.usage()}")
        if getattr(attempt, "is_given", False):
            return self._not_attempted("This is the course's own function, given by catch_up. To have the exercise "
                                       "count, write your own and run its cell")
        if self._stopped and self._stopped[0] is attempt:       # a graded cell checks twice: never loop twice
            return self._stopped[1]
        trials = []
        for title, arguments in self.cases(rng):
            problem = None if trials else signature_problem(attempt, arguments)
            if problem:
                return self._wrong(problem)
            trial = Trial(self, title, arguments, run(attempt, arguments))
            if not trials and trial.is_blank(attempt):
                nothing = no_return(attempt) if trial.run.error is None and trial.run.returned is None else ""
                return self._wrong(nothing) if nothing else self._not_attempted(
                    "Put your code where the ... is. If it is written: does it end with return, and is no ... left?")
            trials.append(trial)
            if trial.run.interrupted:
                self._stopped = attempt, self._diagnose(attempt, trials)
                return self._stopped[1]
        return self._diagnose(attempt, trials)

    def _diagnose(self, function, trials):
        """The first thing that is wrong, and which known mistake it looks like."""
        wrong = next((trial for trial in trials if trial.finding(function)), None)
        changed = next((trial for trial in trials if trial.run.changed), None)
        overwrites = changed is not None and changed.run.error is None
        if wrong is None and not overwrites:
            return self._right()
        known = next((m for m in self.mutants.values() if all(trial.looks_like(m) for trial in trials)), None)
        if overwrites and not known:
            return self._wrong(*changed.changed_sentences())
        first = wrong or changed
        swapped = wrong_order(function, first.arguments)
        if swapped and not known:
            return self._wrong(swapped)
        headline, *details = wrong.finding(function) if wrong else changed.changed_sentences()
        if known:
            return self._wrong(known.message, f"First seen in {first.title}: {headline}", *details)
        return self._wrong(f"in {first.title}, {headline}", *details)


class Trial:
    """One case: what the student's function did, beside the reference."""

    def __init__(self, exercise, title, arguments, run):
        self.exercise, self.title, self.arguments, self.run = exercise, title, arguments, run
        self.expected = unpack(run_quietly(exercise.reference, arguments).returned, exercise.outputs)
        self.got = None if run.error else unpack(run.returned, exercise.outputs)

    def is_blank(self, function):
        """Has the function given nothing, or stopped at a `...` that is still in it?"""
        return is_blank(self.run.returned) if self.run.error is None else is_stub(self.run.error, function)

    def finding(self, function):
        """None if all is right, else sentences: what is wrong, then what to look at."""
        if self.run.error is not None:
            sentence, lines = describe_error(self.run.error, function, self.arguments)
            return [sentence, *lines]
        if is_blank(self.run.returned):
            return ["it gives back nothing (None). Does every way through the function end with return?"]
        if isinstance(self.got, Problem):
            return [self.got.sentence]
        return self._compare(function)

    def _compare(self, function):
        """The outputs one by one: shape, NaN, then values."""
        verdicts = [self._compare_one(*both) for both in zip(self.expected, self.got, self.exercise.outputs,
                                                             strict=True)]
        if not any(verdicts):
            return None
        first = next(verdict for verdict in verdicts if verdict)
        return [*first, self._overview(verdicts), *globals_line(function, self.arguments)]

    def _compare_one(self, expected, got, output):
        problem = shape_problem(expected, got, output) or nan_sentence(expected, got, output)
        if problem:
            return [problem]
        if is_close(expected, got, self.exercise.rtol).all():
            return None
        return [first_difference(expected, got, output, self.exercise.rtol), relation(expected, got)]

    def _overview(self, verdicts):
        """"W ✓ right, U ✗ wrong, b ✓ right", if there are several outputs."""
        if len(verdicts) == 1:
            return ""
        words = ["✗ wrong" if verdict else "✓ right" for verdict in verdicts]
        names = [output.name for output in self.exercise.outputs]
        return "One by one: " + ", ".join(f"{n} {w}" for n, w in zip(names, words, strict=True))

    def changed_sentences(self):
        names = " and ".join(self.run.changed)
        return (f"it changes its argument {names}: the caller's array is overwritten",
                f"Work on a copy: write a = a + b instead of a += b or a[...] = b, or begin with "
                f"{self.run.changed[0]}.copy()")

    def looks_like(self, mutant):
        """Does the known wrong answer do the same here?"""
        other = run_quietly(mutant.function, self.arguments)
        if self.run.error or other.error:
            if type(self.run.error) is not type(other.error):
                return False
            if mutant.line:
                return mutant.line.replace(" ", "") in student_line(self.run.error)[1].replace(" ", "")
            return str(self.run.error) == str(other.error)
        if other.changed != self.run.changed:
            return False
        got = unpack(other.returned, self.exercise.outputs)
        if isinstance(got, Problem) or isinstance(self.got, Problem):
            return got == self.got
        return all(a.shape == b.shape and is_close(a, b, 1e-7).all()
                   for a, b in zip(got, self.got, strict=True))


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


# ----------------------------------------------------------------------------------------- value exercises

class ValueExercise(Exercise):
    """A number to find, with messages for the wrong numbers that are seen most."""

    def __init__(self, name, answer, wrong=(), hints=(), correct="", tolerance=0.0, otherwise=""):
        super().__init__(name, hints, correct)
        self.answer, self.tolerance, self.otherwise = answer, tolerance, otherwise
        self.wrong = tuple(wrong.items()) if isinstance(wrong, dict) else tuple(wrong)

    def usage(self):
        return f"check.{self.name}(your_number)"

    def judge(self, attempt, rng):
        if is_blank(attempt) or (isinstance(attempt, str) and not attempt.strip(" .…")):
            return self._not_attempted(f"Put your number where the ... is: {self.usage()}")
        given = _as_number(attempt)
        if given is None:
            quotes = " without quotation marks" if isinstance(attempt, str) else ""
            return self._wrong(f"give the check a number{quotes}, yours is {describe_type(attempt)}")
        if not np.isfinite(given):
            return self._wrong(f"{given} is not a number that can be right here")
        if self._near(given, self.answer):
            return self._right()
        for known, message in self.wrong:
            if known(given) if callable(known) else self._near(given, known):
                return self._wrong(message)
        direction = "small" if given < self.answer else "large"
        return self._wrong(f"{given:.6g} is too {direction}", self.otherwise)

    def _near(self, given, number):
        return abs(given - number) <= self.tolerance + 1e-9 * abs(number)


def value(name, answer, wrong=(), *, hints=(), correct="", tolerance=0.0, otherwise=""):
    """Declare a ValueExercise. `tolerance` is how far a number may be off (absolute).

    wrong      {number: message}, or pairs whose first part may also be a function number -> bool
    otherwise  what to look at if the number is none of these
    """
    return ValueExercise(name, answer, wrong, hints, correct, tolerance, otherwise)


def _as_number(attempt):
    """A float, or None if it is not one number."""
    if isinstance(attempt, Number | np.generic | np.ndarray) and not isinstance(attempt, bool | np.bool):
        if np.size(attempt) == 1 and np.asarray(attempt).dtype.kind in "iuf":
            return float(np.asarray(attempt).item())
        if isinstance(attempt, int):
            return float(attempt) if abs(attempt) < 1e300 else np.inf
    return None


def _sentence(words):
    """Ends with a full stop, and without two."""
    words = words.strip()
    return words if words.endswith((".", "?", "!", ")", "…")) else words + "."

