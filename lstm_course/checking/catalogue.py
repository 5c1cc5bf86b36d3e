"""`check`: all exercises of the course by name, loaded when the first one is asked for."""

import difflib
from functools import cached_property

from lstm_course import lessons
from lstm_course.checking.declare import Exercise
from lstm_course.students.errors import NoSuchChoice, NoSuchName


def load(number):
    """The exercises of a lesson, {name: exercise}, in the order in which it declares them: "01", 1, "1", "A"."""
    try:
        module = lessons.lesson(number).module("exercises")
    except KeyError:
        expected = ", ".join(one.number for one in lessons.lessons())
        raise NoSuchChoice(f"there is no lesson {str(number)!r} here, expected one of {expected}") from None
    return {thing.name: thing for thing in vars(module).values() if isinstance(thing, Exercise)} if module else {}


class Check:
    """All exercises: check.rnn_step(your_function). print(check) lists them, Tab completes their names."""

    @cached_property
    def lessons(self):
        """{"01": {"rnn_step": exercise}} in the order in which the lessons declare them."""
        return {lesson.number: load(lesson.number) for lesson in lessons.lessons()}

    @cached_property
    def exercises_found(self):
        return {name: one for lesson in self.lessons.values() for name, one in lesson.items()}

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self.exercises_found:
            return self.exercises_found[name]
        near = difflib.get_close_matches(name, self.exercises_found, n=1, cutoff=0.4)
        advice = f"Did you mean check.{near[0]}?" if near else "print(check) lists them all."
        raise NoSuchName(f"there is no exercise {name!r}. {advice}")

    def __dir__(self):
        return list(self.exercises_found)

    def __iter__(self):
        return iter(self.exercises_found.values())

    def __repr__(self):
        lines = [f"   lesson {lesson}: {', '.join(names)}" for lesson, names in self.lessons.items() if names]
        return "\n".join(["check.NAME(your answer) judges it, check.NAME.hint(1) helps. The exercises:", *lines])


check = Check()
