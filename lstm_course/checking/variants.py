"""A right computation with one thing changed that gives the student's numbers, however she wrote hers.

The lesson's solution is changed in every small way (edits.py). For answers whose own code cannot be had or mended.
"""

import ast

from lstm_course.checking.budget import Budget
from lstm_course.checking.compare import is_close
from lstm_course.checking.edits import applied, edits, text
from lstm_course.checking.repair import quiet
from lstm_course.checking.solution import solution
from lstm_course.checking.source import Part, read
from lstm_course.checking.workshop import Workshop, ticking

LEAST = 6                   # numbers that have to agree; fewer agree by accident


def same_as(case):
    """"Yours gives what comes out if …", or ""."""
    trials = [trial for trial in case.trials if trial.comparable]
    if len(trials) < len(case.trials) or sum(a.size for trial in trials for a in trial.got) < LEAST:
        return ""
    part = read(solution(case.exercise))
    if part is None:
        return ""
    part = Part(part.function, ticking(part.tree), part.lines)
    budget = Budget(max(0.3, case.budget.left))
    workshop = Workshop([part], budget.end)
    telling = max(trials, key=lambda trial: (not trial.passes(), -abs(sum(a.size for a in trial.got) - 60)))
    with quiet():
        for edit in edits(part.tree):
            if not budget:
                break
            with applied(edit):
                function, around = workshop.build([edit]), _around(edit)
            workshop.steps = 0
            if function and _agrees(telling, function) and all(_agrees(trial, function) for trial in trials):
                return in_words(edit, around)
    return ""


def _agrees(trial, function):
    """Does the function give the student's numbers here?"""
    other = trial.of(function)
    return other.comparable and all(
        a.shape == b.shape and bool(is_close(a, b, 1e-7).all()) for a, b in zip(other.got, trial.got, strict=True))


def _around(edit):
    """The changed expression with what stands around it, if that is short."""
    holder = edit.slots[0][0]
    words = text(holder) if isinstance(holder, ast.expr) else ""
    return words if 0 < len(words) <= 60 else edit.new.splitlines()[0]


def in_words(edit, around):
    """What the changed solution computes instead. The right line itself is not shown."""
    old = edit.old.splitlines()[0]
    new = f"`{around}`"
    if edit.kind == "moved":
        what = f"a line stands in another place: {edit.look}"
    elif edit.kind == "left out":
        what = f"`{old.split('=')[0].strip(' +-*')}` is not changed where it should be: one line is left out"
    elif edit.kind == "drop":
        what = f"{new} stands where more belongs"
    elif len(old) > 12 and old in edit.new:             # what is done too much, without what it is done to
        what = f"`{edit.new.splitlines()[0].replace(old, '…')}` is done to something that should stay as it is"
    else:
        what = f"{new} stands where something else belongs"
    return f"your numbers are, in every case, those of a computation in which {what}"
