"""What is wrong with an answer: the means in their order, the first that can prove what it says.

1. It changes its arguments, has them in another order, or reads what it should not.
2. A known mistake: the same numbers in all cases, or the same operation that stops; else what the exercise explains.
3. Named parts: blocks in another order, swapped outputs, a step too early (locate.py).
4. The smallest repair of the student's own code that makes every case right (repair.py).
5. Two known mistakes at once (trial.py).
6. An argument, a step or a block that her answer does not depend on (depend.py).
7. Her own line after which all is right, if the right numbers are put in (inject.py).
8. A right computation with one thing changed that gives the same numbers (variants.py).
9. A change that makes some cases or outputs right: the first of several mistakes (repair.py).
10. Where her own variables and expressions leave the right way (locate.py, expressions.py, wrong_output.py).
11. The exception in words, or the smallest case with both numbers.

A wrong type or shape is said first, where a repair tells the line.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lstm_course.checking import depend, expressions, inject, locate, variants, wording, wrong_output
from lstm_course.checking.budget import Budget
from lstm_course.checking.example import example
from lstm_course.checking.explain import failure
from lstm_course.checking.foreign import reads_foreign_arrays
from lstm_course.checking.repair import repair
from lstm_course.checking.run import reads_its_arguments, wrong_order
from lstm_course.checking.solution import given, quantities
from lstm_course.checking.trace import trace
from lstm_course.checking.trial import known_mistake, two_known_mistakes

SECONDS, A_LINE = 1.4, 0.4          # CPU time for all means, and for the line of a known mistake
PACKAGE = "lstm_course"


@dataclass
class Case:
    """What the means work with."""

    exercise: object
    function: object
    trials: list
    budget: Budget
    suspect: int = 0                    # the line in which the first wrong variable is set
    explanation: str = ""               # what the exercise itself says of how the first wrong trial came about

    def more(self):
        """Other trials of the exercise, to be sure; drawn once."""
        if not hasattr(self, "_more"):
            self._more = list(self.exercise.trials(np.random.default_rng(2024), self.exercise.reference))
        return self._more

    @cached_property
    def variables(self):
        """In the first wrong trial: {name: [(line, value), …]} of hers, {name: [value, …]} of the solution's."""
        return trace(self.function, self.first.arguments), quantities(self.exercise, self.first)

    @property
    def first(self):
        """The first trial that is wrong."""
        return next(trial for trial in self.trials if not trial.passes())


def diagnose(exercise, function, trials):
    """The Result of a function that was run in these trials."""
    wrong = next((trial for trial in trials if trial.finding(function)), None)
    changed = next((trial for trial in trials if trial.run.changed and trial.run.error is None), None)
    if wrong is None and changed is None:
        foreign = reads_foreign_arrays(exercise, function, trials)
        return exercise.wrong_answer(*foreign) if foreign else exercise.right_answer()
    case = Case(exercise, function, trials, Budget(SECONDS))
    first = wrong or changed
    first.wrong_elsewhere = {k for trial in trials if trial.comparable for k, right in enumerate(trial.right_outputs())
                             if not right}
    exercise.last_example = example(exercise, function, first)
    case.explanation = exercise.explanation(function, first) if wrong and first.comparable else ""
    known = known_mistake(exercise, trials)
    also = list(changed.changed_sentences()) if changed else []
    if wrong is None:
        seen = f"First seen in {first.title}: {also[0]}"
        return _known(case, known, [seen, also[1]]) if known else exercise.wrong_answer(*also)
    finding, plain = wrong.finding(function), wrong.finding(function, explained=True)
    swapped = wrong_order(function, first.arguments)
    if swapped and (first.run.error or not known):
        return exercise.wrong_answer(swapped)
    if known:
        return _known(case, known, [f"First seen in {first.title}: {finding[0]}", *plain[1:],
                                    *(["Besides, " + also[0], also[1]] if also else [])])
    if first.run.interrupted:
        return exercise.wrong_answer(f"in {first.title}, {finding[0]}", *finding[1:])
    try:
        return _unknown(case, finding, plain, also)
    except (KeyboardInterrupt, Exception):      # whatever happens, the numbers are said
        return exercise.wrong_answer(f"in {first.title}, {finding[0]}", *finding[1:])


def _known(case, known, details):
    """A known mistake: its message, and the line where the student can mend it, if the exercise explains no run."""
    found = None
    if not case.explanation and not _is_ours(case.function):
        found = repair(case.function, case.trials, case.more, Budget(A_LINE), 0, given(case.exercise))
        found = None if found and found.then else found         # after a change elsewhere something may be right, too
    return case.exercise.wrong_answer(known.message, wording.in_line(found), case.explanation, *details,
                                      follow=wording.follow(found))


def _is_ours(function):
    return str(getattr(function, "__module__", "")).startswith(PACKAGE)


def _unknown(case, finding, plain, also):
    """No known mistake: what the general means find."""
    first, wrong = case.first, case.exercise.wrong_answer
    here = f"in {first.title}, {finding[0]}"
    seen = [f"First seen in {first.title}: {finding[0]}", *plain[1:], *_relations(case)]
    if also:
        return _overwritten(case, finding, also)
    if first.arguments and not reads_its_arguments(case.function):
        same = "Your function reads none of its arguments, so that its answer is always the same"
        return wrong(here, same, *finding[1:], paste=True)
    if case.explanation:
        return wrong(case.explanation, *seen)
    if foreign := reads_foreign_arrays(case.exercise, case.function, case.trials):
        return wrong(*foreign, *seen)
    if first.run.error is not None:
        case.suspect = failure(first.run.error).line
    structure, way = locate.structure(case), locate.on_the_way(case)
    injected = inject.right_from(case)
    if injected and injected[0].function is case.function:
        case.suspect = injected[1]
    found = repair(case.function, case.trials, case.more, case.budget.share(0.8), case.suspect,
                   given(case.exercise))
    if found and first.run.error is None and first.misfit:          # the type or the shape says most
        return wrong(here, wording.look(found), *wording.details(found), *finding[1:], follow=wording.follow(found))
    unused = "" if found and not found.then else depend.unread(case) or depend.unused(case)
    if structure:
        return wrong(structure, wording.in_line(found) or unused or way, *seen, follow=wording.follow(found))
    if found and not found.then:
        return wrong(wording.headline(found), *wording.details(found), *seen, follow=wording.follow(found))
    if first.run.error is None and first.misfit:
        return wrong(here, locate.misfit_since(case), *finding[1:])
    if two := two_known_mistakes(case.exercise, case.trials):
        return wrong(f"two things at once. The one: {two[0]}", f"The other: {two[1]}", *seen)
    if unused:
        return wrong(unused, inject.in_words(injected) if injected else way, *seen)
    if injected:
        return wrong(inject.in_words(injected), way, *seen)
    if changed := variants.same_as(case):
        return wrong(changed, way, *seen)
    if found:
        return wrong(wording.headline(found), *wording.details(found), way, *seen, follow=wording.follow(found))
    if way := way or expressions.first_wrong(case) or locate.right_until(case) or locate.steps(case) or (
            wrong_output.made_by(case)):
        return wrong(way, *seen)
    return wrong(here, *finding[1:], *_relations(case), paste=True)


def _overwritten(case, finding, also):
    """It changes its argument, and something else may be wrong."""
    found = repair(case.function, case.trials, case.more, case.budget.share(0.8), 0, given(case.exercise))
    besides = f"Besides, in {case.first.title}, {finding[0]}"
    return case.exercise.wrong_answer(*also, wording.in_line(found), *([] if found else [besides, *finding[1:]]),
                                      follow=wording.follow(found))


def _relations(case):
    """What all cases have in common, where many numbers say so."""
    found = [trial.relations() for trial in case.trials if not trial.passes()]
    sizes = sum(a.size for trial in case.trials if trial.comparable for a in trial.expected)
    if sizes < 4 or not found or not all(found):
        return []
    names = set.intersection(*(set(one) for one in found))
    return [words.pop() for name in sorted(names) if (words := {one[name] for one in found}) and len(words) == 1][:1]
