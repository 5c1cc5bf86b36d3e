"""The smallest change of a student's own code that makes it right in all cases: true by construction.

First one change at a time, the likeliest first, then the same change in several places, then a second change on top of
the first ones that brought it nearer. What is found has passed every case of the check and others besides.
"""

import contextlib
import difflib
import io
import warnings
from dataclasses import dataclass

import numpy as np

from lstm_course.checking.budget import Budget
from lstm_course.checking.edits import Edit, applied, edits, everywhere, scope
from lstm_course.checking.explain import unset
from lstm_course.checking.run import Endless
from lstm_course.checking.statements import start_values
from lstm_course.checking.workshop import Workshop, counted_parts

KEPT = 12               # how many first changes get a second one
A_RUN = 0.5             # seconds of CPU time that an edited answer may take: its change may have made it endless


@dataclass
class Repair:
    """What was found: the changes, and the function in which they stand (None: the student's own)."""

    edits: list
    part: object
    helper: str = ""
    then: str = ""                      # what is right after it, if not everything

    @property
    def line(self):
        return min(edit.line for edit in self.edits)

    @property
    def lines(self):
        return sorted({edit.line for edit in self.edits})

    def quote(self, line=None):
        return self.part.quote(line or self.line)


@contextlib.contextmanager
def quiet():
    """Without output and warnings."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), \
            warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def repair(function, trials, more, budget, suspect=0, given=()):
    """A Repair of a function, or None.

    trials  the cases of the check, more: a function that makes others, to be sure; suspect: a line to begin with;
    given: lines (as text) that the lesson gave and that are right as they are
    """
    found = counted_parts(function)
    if not found or not budget:
        return None
    with quiet():
        return Search(found, trials, more, budget, suspect, given).result()


class Search:
    """One search: it tries changes until one passes, or the time is over."""

    def __init__(self, found, trials, more, budget, suspect=0, given=()):
        self.parts, self.more, self.budget, self.suspect, self.given = found, more, budget, suspect, given
        self.workshop = Workshop(found, budget.end)
        failing = [trial for trial in trials if not trial.passes()]
        self.first, *_ = sorted(failing, key=lambda trial: trial.size)
        self.others = [trial for trial in trials if trial is not self.first]
        self.base = self.first.score()
        self.nearer, self.partial = [], []

    def result(self):
        singles = [(part, edit) for part in self.parts for edit in self._singles(part)]
        for part, edit in singles:
            edit.rank += 2 * (part is not self.parts[0]) - 3 * (edit.line == self.suspect and part is self.parts[0])
        singles.sort(key=lambda pair: pair[1].rank)
        return (self._first_that_passes(((part, [edit]) for part, edit in singles), self.budget.share(0.7))
                or self._second_changes(self.budget.share(0.5) if self._is_progress() else Budget(0))
                or self._first_that_passes(self._groups(singles), self.budget.share(0.5))
                or self._second_changes(self.budget.share(0.8)) or self._one_of_several())

    def _is_progress(self):
        """Has one change made a whole output right?"""
        return max((score for score, *_ in self.nearer), default=0) > self.base + 1

    def _singles(self, part):
        yield from self._edits(part)
        error = self.first.run.error
        if isinstance(error, UnboundLocalError) and isinstance(part.tree.body, list):
            yield from (Edit(*change) for change in start_values(part.tree, unset(error), scope(part.tree)))

    def _edits(self, part):
        """The changes of its tree; a line that was given may have been moved, but is right as it stands."""
        return [edit for edit in edits(part.tree) if edit.moves or part.quote(edit.line) not in self.given]

    def _groups(self, singles):
        for part in self.parts:
            for group in everywhere([edit for own, edit in singles if own is part]):
                yield part, group

    def _first_that_passes(self, candidates, budget):
        """The best of those with the rank of the first that passes."""
        passed = []
        for part, changes in candidates:
            if not budget or (passed and _rank(changes) > _rank(passed[0].edits)):
                break
            if self._try(part, changes):
                passed.append(Repair(changes, part, self._helper(part)))
                if len(passed) == 8:
                    break
        return min(passed, key=_size) if passed else None

    def _try(self, part, changes):
        with applied(*changes):
            function = self.workshop.build(changes)
        if function is None:
            return False
        trial = self._run(function, self.first)
        if not trial.passes():
            score = trial.score()
            if score > self.base + 1e-9 and len(changes) == 1:
                self.nearer.append((score, part, changes))
            return False
        tried = [self._run(function, other) for other in self.others]
        if all(other.passes() for other in tried):
            return all(self._run(function, other).passes() for other in self.more())
        if len(changes) == 1:
            self.partial.append((part, changes, [trial, *tried]))
        return False

    def _one_of_several(self):
        """A change that makes more than one case right, and none wrong; or a whole output in all cases."""
        before = [self.first, *self.others]
        for part, changes, after in self.partial:
            mended = [a for a, b in zip(after, before, strict=True) if a.passes() and not b.passes()]
            if len(mended) > 1 and not any(b.passes() and not a.passes() for a, b in zip(after, before, strict=True)):
                rest = next(trial for trial in after if not trial.passes())
                return Repair(changes, part, self._helper(part), f"{len(mended)} cases more are right, but not yet "
                              f"“{rest.title}”")
        for _, part, changes in sorted(self.nearer, key=lambda one: (-one[0], _rank(one[2])))[:KEPT]:
            with applied(*changes):
                function = self.workshop.build(changes)
                after = [self._run(function, trial) for trial in before] if function else []
            names = [output.name for k, output in enumerate(self.first.exercise.outputs) if after and all(
                trial.right_outputs()[k] for trial in after) and not all(trial.right_outputs()[k] for trial in before)]
            if names:
                return Repair(changes, part, self._helper(part), f"{' and '.join(names)} "
                              f"{'is' if len(names) == 1 else 'are'} right, and something else is not yet")
        return None

    def _helper(self, part):
        return "" if part is self.parts[0] else part.function.__name__

    def _run(self, function, trial):
        self.workshop.steps = 0
        tried = trial.of(function, A_RUN)
        if isinstance(tried.run.error, KeyboardInterrupt) and not isinstance(tried.run.error, Endless):
            raise tried.run.error
        return tried

    def _second_changes(self, budget):
        """A change on top of one that brought the answer nearer."""
        best = sorted(self.nearer, key=lambda one: (-one[0], _rank(one[2])))[:KEPT]
        for _, part, changes in best:
            if not budget:
                break
            with applied(*changes):
                again = self._edits(part)
                for edit in again:
                    if not budget or edit.rank > 4:
                        break
                    if self._try_on_top(part, edit):
                        return Repair([*changes, edit], part, self._helper(part))
        return None

    def _try_on_top(self, part, edit):
        with applied(edit):
            function = self.workshop.build([edit])
        return function is not None and self._run(function, self.first).passes() and all(
            self._run(function, other).passes() for other in [*self.others, *self.more()])


def _rank(changes):
    return max(edit.rank for edit in changes)


def _size(found):
    """How much is written anew."""
    return sum(1 - difflib.SequenceMatcher(None, edit.old, edit.new).ratio() for edit in found.edits) + len(found.edits)


