"""The explorers and figures of all lessons by name, and what a notebook needs beside them.

    from lstm_course.explorers import gate_stepper, show, style

An explorer is found by its mark: a function below `@explorer` or `@figure` (widgets/declare.py) in a module of a
lesson. Its module, and with it ipywidgets and matplotlib, is loaded when it is asked for.
"""

import importlib
import re
from functools import cache

from lstm_course import lessons

HELPERS = {"Checkbox": "widgets.controls", "Choice": "widgets.controls", "Slider": "widgets.controls",
           "Text": "widgets.controls", "Explorer": "widgets.shell", "Guess": "widgets.guess",
           "show": "widgets.figures", "show_svg": "widgets.figures", "style": "widgets", "svg": "widgets",
           "check_browser": "students.check_page", "check_environment": "students.environment"}
MARK = re.compile(r"^@(explorer|figure)\ndef (\w+)\(", re.MULTILINE)

__path__ = []           # its submodules of the first edition are found by former_names


@cache
def places():
    """{"explorer": {name: module}, "figure": {name: module}}, in the order of the lessons."""
    found = {"explorer": {}, "figure": {}}
    for lesson in lessons.lessons():
        for path in sorted(lesson.folder.glob("*.py")):
            for kind, name in MARK.findall(path.read_text(encoding="utf-8")):
                found[kind][name] = f"{lesson.package}.{path.stem}"
    return found


def __getattr__(name):
    everything = {**places()["explorer"], **places()["figure"]}
    if name in everything:
        return getattr(importlib.import_module(everything[name]), name)
    if name in HELPERS:
        place = f"lstm_course.{HELPERS[name]}"
        return getattr(importlib.import_module(place), name, None) or importlib.import_module(f"{place}.{name}")
    raise AttributeError(f"there is no explorer {name!r}, expected one of {', '.join(everything)}")


def __dir__():
    return [*places()["explorer"], *places()["figure"], *HELPERS]
