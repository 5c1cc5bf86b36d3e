"""The starting cells: how each exercise stands in its notebook before a student has touched it.

They are read from the lessons' text.md inside the package, as are the names of the predictions.
"""

import ast
import difflib
import re
from collections.abc import Callable
from functools import cache

from lstm_course import lessons as rooms
from lstm_course.students.errors import NoSuchChoice
from lstm_course.students.lesson_source import Cell, code_cells, for_student
from lstm_course.whereabouts import ipython


@cache
def lessons() -> dict[str, dict]:
    """{"06": {"exercises": {"lstm_step": "def lstm_step(…"}, "predictions": ["output gate"]}}, in their order."""
    return {lesson.number: _asked(code_cells(lesson.text)) for lesson in rooms.lessons()}


def _asked(cells: list[Cell]) -> dict:
    """What a lesson asks for: the starting cells of its exercises, and the names of its predictions."""
    return {"exercises": {cell.options["exercise"]: for_student(cell.source)
                          for cell in cells if "exercise" in cell.options},
            "predictions": [name for cell in cells if "predict(" in cell.source for name in _predictions(cell.source)]}


def _predictions(source: str) -> list[str]:
    """The names in the calls of predict("name", …)."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [str(call.args[0].value) for call in calls if getattr(call.func, "id", "") == "predict"
            and len(call.args) > 1 and isinstance(call.args[0], ast.Constant)]


def starting_cell(name: str) -> str:
    """The text of an exercise's cell as it was at the beginning. NoSuchChoice if there is no such exercise."""
    cells = {key: words for parts in lessons().values() for key, words in parts["exercises"].items()}
    if name not in cells:
        near = difflib.get_close_matches(str(name), cells, n=1, cutoff=0.4)
        raise NoSuchChoice(f"there is no exercise {name!r}. "
                         + (f"Did you mean {near[0]}?" if near else "print(check) lists them all."))
    return cells[name]


def function_name(name: str) -> str:
    """What the function of a code exercise is called in its notebook; mostly as the exercise."""
    [function, *_] = re.findall(r"(?m)^def (\w+)\(", starting_cell(name))
    return function


def reset(name: str, say: Callable[[str], None] = print) -> None:
    """Give back the starting cell of an exercise, as a new cell below this one where that is possible."""
    cell = starting_cell(name)
    if ipython() is not None:
        ipython().set_next_input(cell, replace=False)
    say(f"{name}: this is how it began. Your own cell stays as it is.\n"
        f"JupyterLab puts it into a new cell below; elsewhere copy it from here.\n\n{cell}")
