"""What an answer depends on: an argument that the right answer needs and hers never uses, or the other way round.

An argument is changed a little, alone, and both functions run again: true by construction.
"""

import ast

import numpy as np

from lstm_course.checking.budget import Budget
from lstm_course.checking.compare import is_close, unpack
from lstm_course.checking.locate import GATES, has_blocks
from lstm_course.checking.repair import quiet
from lstm_course.checking.run import names_of, run_quietly
from lstm_course.checking.solution import solution
from lstm_course.checking.source import read
from lstm_course.checking.workshop import Workshop, counted_parts

SECONDS = 0.2
ENDS = (("the first step, {0}[0],", 0), ("the last step, {0}[-1],", -1))


def unused(case):
    """"`draws` is not used: …", or ""."""
    trials = [trial for trial in case.trials if trial.comparable]
    found, budget = counted_parts(case.function), Budget(SECONDS)
    if not found or not trials or len(trials) < len(case.trials):
        return ""
    workshop = Workshop(found, budget.end)
    own = workshop.build()                              # a copy, which changes nothing in the notebook
    if own is None:
        return ""

    def answer(arguments):
        workshop.steps = 0
        return unpack(run_quietly(own, arguments).returned, case.exercise.outputs)

    with quiet():
        for name, value in trials[-1].arguments.items():
            if not isinstance(value, np.ndarray) or value.size < 2 or value.dtype.kind not in "fiu":
                continue
            if _is_free_of(case.exercise, answer, trials, name, slice(None)):
                return (f"your answer does not depend on the numbers in {name}: with others there it stays the same, "
                        "and the right one does not. Where should they come in?")
            for words, part in _parts(name, value, trials[-1].arguments):
                if _is_free_of(case.exercise, answer, trials, name, part):
                    return (f"{words} does not count in yours: with other numbers there your answer stays the same, "
                            "and the right one does not")
    return ""


def unread(case):
    """"your code never uses `kernel` and `padding`", of arguments that the lesson's solution reads; or ""."""
    own, right = read(case.function), read(solution(case.exercise))
    if own is None or right is None or case.first.run.error is not None:
        return ""
    names = [mine for mine, name in zip(names_of(case.function), case.first.arguments, strict=False)
             if mine not in _read_in(own.tree) and name in _read_in(right.tree)]
    return f"your code never uses {' and '.join(f'`{name}`' for name in names)}: what should come in there?" if (
        names) else ""


def _read_in(tree):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _parts(name, value, arguments):
    """(words, index) of steps and blocks that may have been forgotten."""
    if value.ndim == 3:
        yield from ((words.format(name), index) for words, index in ENDS)
    for gates in GATES.values():
        if name in "WUb" and has_blocks(arguments, len(gates)):
            width = value.shape[-1] // len(gates)
            for k, gate in enumerate(gates):
                yield f"the block {gate} of {name}", (..., slice(k * width, (k + 1) * width))


def _is_free_of(exercise, answer, trials, name, part):
    """Does no output of hers change with this part of an argument, up or down, in any case, though the right do?"""
    seen = False
    for trial in trials:
        if np.ndim(trial.arguments[name]) == 0:
            return False
        for other in _others(trial.arguments[name], part):
            arguments = {**trial.arguments, name: other}
            right = unpack(run_quietly(exercise.reference, arguments).returned, exercise.outputs)
            own = answer(arguments)
            if not isinstance(right, list) or not isinstance(own, list) or not _same(own, trial.got):
                return False
            seen = seen or not _same(right, trial.expected)
    return seen


def _others(array, part):
    """The same with other numbers in a part of it; whole numbers are those that occur, elsewhere or more often."""
    old = array[part]
    if array.dtype.kind == "f":
        change = 3.0 * (1 + np.arange(np.size(old)) % 3).reshape(np.shape(old))
        changed = [old - change, old + change]
    else:
        changed = [np.roll(old, 1), np.roll(old, 2), np.maximum(old, np.roll(old, 1))]
    for numbers in changed:
        new = array.copy()
        new[part] = numbers
        yield new


def _same(a, b):
    return all(one.shape == two.shape and bool(is_close(one, two).all()) for one, two in zip(a, b, strict=True))
