"""Start a lesson in the middle: the course's own functions in place of exercises that are not solved.

    catch_up("06")                           # all functions of lesson 06, defined in your notebook
    lstm_step = catch_up("lstm_step")        # one of them

What you have solved yourself stays. A function from here is marked: its check says "given" and does not count it.
"""

import contextlib
import difflib
import io
import sys
from functools import wraps

from lstm_course.checking.catalogue import check
from lstm_course.checking.declare import CodeExercise
from lstm_course.students import progress as remembering
from lstm_course.students.errors import NoSuchChoice
from lstm_course.students.starting_cells import function_name


def catch_up(what):
    """Define the function of an exercise, or those of a lesson, in the notebook that calls this.

    what    the name of an exercise ("lstm_step"), or the number of a lesson ("06", 6, "A")
    Returns the function if one exercise is asked for.
    """
    namespace = sys._getframe(1).f_globals
    lesson = _lesson(what)
    if lesson is None:
        name = _exercise(what)
        print(_define(name, namespace))
        return namespace[function_name(name)]
    names = [name for name, one in check.lessons[lesson].items() if isinstance(one, CodeExercise)]
    print("\n".join([f"Lesson {lesson}:", *(f"   {_define(name, namespace)}" for name in names)]))
    return None


def _define(name, namespace):
    """Give one function, unless the student's own is right; and say so."""
    exercise, function = getattr(check, name), function_name(name)
    own = namespace.get(function)
    if callable(own) and not is_given(own):
        with contextlib.redirect_stdout(io.StringIO()):         # a student's function may print
            if exercise.judge_safely([own]).correct:
                return f"{function}: yours is right, and stays."
    namespace[function] = given(exercise, function)
    remembering.note_check(name, remembering.GIVEN)
    mine = " Yours is not right yet; it still stands in its cell." if callable(own) and not is_given(own) else ""
    return f"{function}: given. It is the course's function until you run your own.{mine}"


def given(exercise, name):
    """The reference of an exercise as a function that says of itself where it comes from."""
    @wraps(exercise.reference)
    def function(*arguments, **named):
        return exercise.reference(*arguments, **named)
    function.is_given, function.__name__ = True, name
    return function


def is_given(function):
    return getattr(function, "is_given", False) is True


def _lesson(what):
    """The lesson that is meant ("06", 6, "6", "06_lstm_cell", "lesson 6"), or None."""
    words = str(what).strip().upper().removeprefix("LESSON").strip(" _").split("_")[0]
    return next((key for key in (words, words.zfill(2)) if words and key in check.lessons), None)


def _exercise(what):
    """The name of a code exercise, or an error that says what was expected."""
    name = getattr(what, "__name__", str(what))
    by_function = {function_name(one.name): one.name for one in check if isinstance(one, CodeExercise)}
    name = by_function.get(name, name)
    if name not in dir(check):
        near = difflib.get_close_matches(name, dir(check), n=1, cutoff=0.4)
        raise NoSuchChoice(f"there is no exercise and no lesson {name!r}. "
                         + (f"Did you mean catch_up({near[0]!r})?" if near else "print(check) lists them all."))
    if not isinstance(getattr(check, name), CodeExercise):
        raise NoSuchChoice(f"{name} is no function but an answer to find, and no later cell needs it: "
                         f"check.{name}.hint(1) helps")
    return name
