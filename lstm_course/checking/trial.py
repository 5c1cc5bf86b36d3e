"""One case of a code exercise: what the student's function did, beside the reference."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np

from lstm_course.checking.compare import (
    Problem,
    first_difference,
    is_close,
    nan_sentence,
    relation,
    shape_problem,
    unpack,
)
from lstm_course.checking.exceptions import what_makes_nan
from lstm_course.checking.explain import explain, same_failure
from lstm_course.checking.results import is_blank
from lstm_course.checking.run import LONGEST, globals_line, is_stub, run_quietly


class Trial:
    """A case and one run of a function in it. expected, got: arrays, or a Problem; got None: it stopped."""

    def __init__(self, exercise, title, arguments, run, expected=None):
        self.exercise, self.title, self.arguments, self.run = exercise, title, arguments, run
        self.expected = expected or unpack(run_quietly(exercise.reference, arguments).returned, exercise.outputs)
        self.got = None if run.error else unpack(run.returned, exercise.outputs, self.expected)
        self.wrong_elsewhere: set[int] = set()          # outputs that are wrong in one of the other cases

    def of(self, function, seconds=LONGEST):
        """The same case with another function."""
        run = run_quietly(function, self.arguments, seconds)
        return Trial(self.exercise, self.title, self.arguments, run, self.expected)

    @property
    def size(self):
        """How many numbers the arguments hold: a measure of the time that a run takes."""
        return sum(np.size(value) for value in self.arguments.values() if isinstance(value, np.ndarray))

    @property
    def comparable(self):
        """Did it give arrays?"""
        return isinstance(self.got, list)

    @property
    def misfit(self):
        """Has it the wrong type or shape?"""
        return isinstance(self.got, Problem) or (self.comparable and any(
            a.shape != b.shape for a, b in zip(self.expected, self.got, strict=True)))

    def right_outputs(self):
        """For each output: is it right?"""
        if not self.comparable:
            return [False] * len(self.exercise.outputs)
        return [a.shape == b.shape and bool(is_close(a, b, self.exercise.rtol).all())
                for a, b in zip(self.expected, self.got, strict=True)]

    def passes(self):
        """All outputs right, and no argument changed?"""
        return all(self.right_outputs()) and not self.run.changed

    def score(self):
        """How near it is: 0 if it stops, then a point for each shape, number and output that is right."""
        if not self.comparable:
            return 0.0 if self.run.error is not None else 0.05
        points = 0.1
        for a, b in zip(self.expected, self.got, strict=True):
            if a.shape == b.shape:
                share = float(is_close(a, b, self.exercise.rtol).mean()) if a.size else 1.0
                points += 0.1 + share + (share == 1.0)
        return points - 0.5 * bool(self.run.changed)

    def is_blank(self, function):
        """Has the function given nothing, or stopped at a `...` that is still in it?"""
        return is_blank(self.run.returned) if self.run.error is None else is_stub(self.run.error, function)

    def finding(self, function, explained=False):
        """None if all is right, else sentences: what is wrong, then what to look at.

        explained: it is known already what causes an exception, so that its usual causes are not said
        """
        if self.run.error is not None:
            sentence, lines = explain(self.run.error, function, self.arguments, explained)
            return [sentence, *lines]
        if is_blank(self.run.returned):
            return ["it gives back nothing (None). Does every way through the function end with return?"]
        if isinstance(self.got, Problem):
            return [self.got.sentence]
        return self._compare(function)

    def _compare(self, function):
        """The outputs one by one: shape, NaN, then values."""
        verdicts = [self._compare_one(*both, function) for both in zip(self.expected, self.got, self.exercise.outputs,
                                                             strict=True)]
        if not any(verdicts):
            return None
        first = next(verdict for verdict in verdicts if verdict)
        return [*first, self._overview(verdicts), *globals_line(function, self.arguments)]

    def _compare_one(self, expected, got, output, function):
        if problem := shape_problem(expected, got, output):
            return [problem]
        if problem := nan_sentence(expected, got, output):
            return [problem + what_makes_nan(function)]
        if is_close(expected, got, self.exercise.rtol).all():
            return None
        return [first_difference(expected, got, output, self.exercise.rtol)]

    def relations(self):
        """What each wrong output has to do with the right one, {name: sentence}."""
        found = {}
        if self.comparable:
            for expected, got, output in zip(self.expected, self.got, self.exercise.outputs, strict=True):
                if expected.shape == got.shape and not is_close(expected, got, self.exercise.rtol).all():
                    found[output.name] = relation(expected, got)
        return found

    def _overview(self, verdicts):
        """"W ✓ right, U ✗ wrong, b ✓ right", if there are several outputs."""
        if len(verdicts) == 1:
            return ""
        words = ["✗ wrong" if verdict else "✗ wrong in another case" if k in self.wrong_elsewhere else "✓ right"
                 for k, verdict in enumerate(verdicts)]
        names = [output.name for output in self.exercise.outputs]
        return "One by one: " + ", ".join(f"{n} {w}" for n, w in zip(names, words, strict=True))

    def changed_sentences(self):
        names = " and ".join(self.run.changed)
        return (f"it changes its argument {names}: the caller's array is overwritten",
                f"Work on a copy: write a = a + b instead of a += b or a[...] = b, or begin with "
                f"{self.run.changed[0]}.copy()")

    def looks_like(self, mutant):
        """Does the known wrong answer give the same numbers here, or stop in the same way? 0.5: both only stop."""
        other = run_quietly(mutant.function, self.arguments)
        if self.run.error or other.error:
            return same_failure(self.run.error, other.error, self.arguments) or (
                0.5 if type(self.run.error) is type(other.error) else 0)
        if other.changed and other.changed != self.run.changed:
            return False
        got = unpack(other.returned, self.exercise.outputs, self.expected)
        if isinstance(got, Problem) or isinstance(self.got, Problem):
            return got == self.got
        return all(a.shape == b.shape and is_close(a, b, 1e-7).all() for a, b in zip(got, self.got, strict=True))


def known_mistake(exercise, trials):
    """The first known wrong answer that does the same in all trials, and surely in one; or None.

    If none does, and hers stops in some of them: the only one that does the same in the others.
    """
    ended = [trial for trial in trials if trial.run.error is None]
    alike = []
    for mutant in exercise.mutants.values():
        like = _all_alike(mutant, trials)
        if like and max(like) == 1:
            return mutant
        if 0 < len(ended) < len(trials) and not all(trial.passes() for trial in ended) and _all_alike(mutant, ended):
            alike.append(mutant)
    return alike[0] if len(alike) == 1 else None


def _all_alike(mutant, trials):
    """How much a known wrong answer is like hers in each trial; [] if it is not in one of them."""
    like = []
    for trial in trials:
        like.append(trial.looks_like(mutant))
        if not like[-1]:
            return []
    return like


def two_known_mistakes(exercise, trials):
    """The messages of two known wrong answers of one family that are in it at once; or ()."""
    first = next((trial for trial in trials if trial.comparable and not trial.passes()), None)
    for builder, table in exercise.families if first else ():
        for (one, options), (other, more) in combinations(table.items(), 2):
            both = Both(partial(builder, **options, **more)) if options.keys().isdisjoint(more) else None
            if both and first.looks_like(both) == 1 and all(trial.looks_like(both) for trial in trials):
                return one, other
    return ()


@dataclass
class Both:
    """A wrong answer with two mistakes."""

    function: Callable
