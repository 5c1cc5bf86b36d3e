"""The starting cells: how each exercise stands in its notebook before a student has touched it.

They are kept in starting_cells.json, so that an exercise can be reset wherever the package is installed, with the
notebooks beside it or not. `python tools/build.py` writes that file, and a test compares it with the notebooks.
"""

import ast
import difflib
import json
import re
from functools import lru_cache
from pathlib import Path

from lstm_course.checking.results import NoSuchChoice
from lstm_course.whereabouts import ipython

FILE = Path(__file__).with_name("starting_cells.json")


@lru_cache
def lessons():
    """{"06": {"exercises": {"lstm_step": "def lstm_step(…"}, "predictions": ["output gate"]}}, in their order."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def starting_cell(name):
    """The text of an exercise's cell as it was at the beginning."""
    cells = {key: words for parts in lessons().values() for key, words in parts["exercises"].items()}
    if name not in cells:
        near = difflib.get_close_matches(str(name), cells, n=1, cutoff=0.4)
        raise NoSuchChoice(f"there is no exercise {name!r}. "
                         + (f"Did you mean {near[0]}?" if near else "print(check) lists them all."))
    return cells[name]


def function_name(name):
    """What the function of a code exercise is called in its notebook; mostly as the exercise."""
    return re.search(r"(?m)^def (\w+)\(", starting_cell(name)).group(1)


def reset(name):
    """Give back the starting cell of an exercise, as a new cell below this one where that is possible."""
    cell = starting_cell(name)
    if ipython() is not None:
        ipython().set_next_input(cell, replace=False)
    print(f"{name}: this is how it began. Your own cell stays as it is.\n"
          f"JupyterLab puts it into a new cell below; elsewhere copy it from here.\n\n{cell}")


def collect(folder):
    """The starting cells and the names of the predictions, from the lesson notebooks in a folder."""
    found = {}
    for path in sorted(Path(folder).glob("*_*.ipynb")):
        cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
        exercises = {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]) for cell in cells
                     if cell["metadata"].get("nbgrader", {}).get("solution")}
        asked = [name for cell in cells for name in _predictions("".join(cell["source"]))]
        found[path.stem.split("_")[0]] = {"exercises": exercises, "predictions": asked}
    return found


def _predictions(source):
    """The names in the calls of predict("name", …)."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.args[0].value for call in calls if getattr(call.func, "id", "") == "predict"
            and len(call.args) > 1 and isinstance(call.args[0], ast.Constant)]


def store(folder):
    """Write starting_cells.json from the notebooks in a folder."""
    words = json.dumps(collect(folder), ensure_ascii=False, indent=1) + "\n"
    FILE.write_text(words, encoding="utf-8", newline="\n")
