"""The lesson's own solution of an exercise, from its text: its local variables are the named quantities."""

import linecache
import re
from functools import cache

import numpy as np

from lstm_course import lessons
from lstm_course.checking.run import run_quietly
from lstm_course.checking.trace import trace
from lstm_course.networks import cells, functions
from lstm_course.students.lesson_source import SOLUTION, STUB, code_cells, for_student


@cache
def sources_with_marks():
    """{exercise: source of its cell, the solution between its marks}, from the texts of all lessons."""
    return {cell.options["exercise"]: cell.source for lesson in lessons.lessons() for cell in code_cells(lesson.text)
            if "exercise" in cell.options}


@cache
def sources():
    """{exercise: code of its cell with the solution in it}, without the marks."""
    return {name: "\n".join(line for line in source.splitlines() if line.strip() not in SOLUTION).strip() + "\n"
            for name, source in sources_with_marks().items()}


@cache
def given(exercise):
    """The lines that the exercise's cell gives: they stand in its solution as well, so no mistake is in them."""
    code = for_student(sources_with_marks().get(exercise.name, ""))
    return {line.strip() for line in code.splitlines()} - {"", STUB}


def function_of(code, name, namespace):
    """The last function that a piece of code defines, with its source known to Python; None if it does not run."""
    file = f"<{name}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    try:
        exec(compile(code, file, "exec"), namespace)
    except Exception:
        return None
    defined = re.findall(r"(?m)^def (\w+)\(", code)
    return namespace[defined[-1]] if defined else None


@cache
def solution(exercise):
    """The solution as a function, if it passes its own check; else the reference."""
    code = sources().get(exercise.name)
    if code:
        own = exercise.reference.__globals__
        namespace = {name: value for name, value in {**vars(functions), **vars(cells)}.items() if name[0] != "_"}
        namespace |= {name: getattr(value, "reference", value) for name, value in own.items() if name[:2] != "__"}
        namespace |= {"np": np, "cells": cells, "lstm_step": cells.lstm_step, "__name__": "solution"}
        function = function_of(code, f"solution of {exercise.name}", namespace)
        if function is not None and _passes(exercise, function):
            return function
    return exercise.reference


def _passes(exercise, function):
    return all(trial.of(function).passes() for trial in exercise.trials(np.random.default_rng(1), exercise.reference))


def quantities(exercise, trial):
    """{name: values, one for each time that it is set} of what is computed on the way, in that order."""
    found = trace(solution(exercise), trial.arguments)
    named = {name: [value for _, value in values] for name, values in found.items() if name not in trial.arguments}
    if exercise.declared_quantities is None:
        return named
    declared = run_quietly(exercise.declared_quantities, trial.arguments).returned or {}
    listed = {name: list(value) if isinstance(value, list) else [value] for name, value in declared.items()
              if value is not None}
    return listed | {name: values for name, values in named.items() if name not in declared}
