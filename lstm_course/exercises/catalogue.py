"""`check`: all exercises of the course by name, loaded when the first one is asked for."""

import difflib
import importlib
import pkgutil
from functools import cached_property

from lstm_course.exercises.declaring import Exercise
from lstm_course.exercises.results import NoSuchChoice, NoSuchName


def lesson_modules():
    """The numbers of the lessons that have exercises or a quiz -> their modules' names: {"01": "lesson_01"}."""
    folder = importlib.import_module("lstm_course.exercises").__path__
    names = sorted(module.name for module in pkgutil.iter_modules(folder))
    return {name.removeprefix("lesson_"): name for name in names if name.startswith("lesson_")}


def load(lesson):
    """The module of a lesson: "01", 1 or "1"; the appendices are "A" and "B"."""
    lesson, modules = str(lesson).strip().upper().zfill(2), lesson_modules()
    lesson = lesson if lesson in modules else lesson.lstrip("0")
    if lesson not in modules:
        raise NoSuchChoice(f"there is no lesson {lesson!r} here, expected one of {', '.join(modules)}")
    return importlib.import_module(f"lstm_course.exercises.{modules[lesson]}")


class Check:
    """All exercises: check.rnn_step(your_function). print(check) lists them, Tab completes their names."""

    @cached_property
    def _lessons(self):
        """{"01": {"rnn_step": exercise}} in the order in which the lessons declare them."""
        return {lesson: {thing.name: thing for thing in vars(load(lesson)).values() if isinstance(thing, Exercise)}
                for lesson in lesson_modules()}

    @cached_property
    def _exercises(self):
        return {name: one for lesson in self._lessons.values() for name, one in lesson.items()}

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._exercises:
            return self._exercises[name]
        near = difflib.get_close_matches(name, self._exercises, n=1, cutoff=0.4)
        advice = f"Did you mean check.{near[0]}?" if near else "print(check) lists them all."
        raise NoSuchName(f"there is no exercise {name!r}. {advice}")

    def __dir__(self):
        return list(self._exercises)

    def __iter__(self):
        return iter(self._exercises.values())

    def __repr__(self):
        lines = [f"   lesson {lesson}: {', '.join(names)}" for lesson, names in self._lessons.items() if names]
        return "\n".join(["check.NAME(your answer) judges it, check.NAME.hint(1) helps. The exercises:", *lines])


check = Check()
