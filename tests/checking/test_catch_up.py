"""Start in the middle, or start again: catch_up gives functions, reset gives the first cell back."""

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from lstm_course import lessons
from lstm_course.checking.declare import CodeExercise
from lstm_course.checking.results import NotSolved
from lstm_course.checking.run import run_quietly, same
from lstm_course.exercises import catch_up, check
from lstm_course.students import progress as remembering
from lstm_course.students import starting_cells as starting
from lstm_course.students.starting_cells import function_name, starting_cell

CODE = [one for one in check if isinstance(one, CodeExercise)]
OTHERS = [one for one in check if not isinstance(one, CodeExercise)]


def named(thing):
    return getattr(thing, "name", None)


def notebook(code, **names):
    """Run code as a notebook does; its names."""
    namespace = {"__name__": "__main__", "np": np, "check": check, "catch_up": catch_up, **names}
    exec(code, namespace)
    return namespace


@pytest.fixture(autouse=True)
def forgetful():
    remembering.forget_everything(None)             # what other tests of this process have done
    yield
    remembering.forget_everything(None)


# ----------------------------------------------------------------------------------------------- catch_up

@pytest.mark.parametrize("lesson", [one.number for one in lessons.lessons()])
def test_a_lesson_gives_all_its_functions(lesson, capsys):
    exercises = [one for one in check.lessons[lesson].values() if isinstance(one, CodeExercise)]
    names = notebook(f"catch_up({lesson!r})")
    said = capsys.readouterr().out
    assert said.startswith(f"Lesson {lesson}:\n") and said.count(": given.") == len(exercises) >= 1
    for one in exercises:
        assert f"   {function_name(one.name)}: given." in said
        assert callable(names[function_name(one.name)])
        assert remembering.remembered(None)["checks"][one.name] == "given"


@pytest.mark.parametrize("one", CODE, ids=named)
def test_a_given_function_is_the_courses_and_does_not_count(one, capsys):
    given = notebook(f"f = catch_up({one.name!r})")["f"]
    assert given.__name__ == function_name(one.name) and given.__doc__ == one.reference.__doc__
    for _, arguments in one.cases(np.random.default_rng(0)):
        assert same(run_quietly(given, arguments).returned, run_quietly(one.reference, arguments).returned)
    result = one(given)
    assert result.status == "not attempted" and "given by catch_up" in result.headline
    with pytest.raises(NotSolved):
        result.require()


def test_what_is_right_stays(capsys):
    code = "def rnn_step(x, h, W, U, b):\n    print('!')\n    return np.tanh(x @ W + h @ U + b)\nold = rnn_step\n"
    names = notebook(code + "got = catch_up('rnn_step')")
    assert names["rnn_step"] is names["got"] is names["old"]
    assert capsys.readouterr().out == "rnn_step: yours is right, and stays.\n"
    assert notebook(code + "catch_up('01')")["rnn_step"].__code__.co_filename == "<string>"
    assert "rnn_step: yours is right" in capsys.readouterr().out


@pytest.mark.parametrize("code, mine", [
    ("def rnn_step(x, h, W, U, b):\n    return h", True),
    ("def rnn_step(x, h, W, U, b):\n    ...", True),
    ("def rnn_step(x, h, W, U, b):\n    raise SystemExit", True),
    ("rnn_step = 3", False), ("catch_up('rnn_step')", False), ("", False)])
def test_what_is_not_right_is_replaced_and_said(code, mine, capsys):
    names = notebook(code)
    capsys.readouterr()
    exec("catch_up('rnn_step')", names)
    said = capsys.readouterr().out
    assert said.startswith("rnn_step: given.") and ("still stands in its cell" in said) is mine
    assert names["rnn_step"].is_given


def test_your_own_replaces_a_given_one_and_counts(capsys):
    names = notebook("catch_up('rnn_step')\ndef rnn_step(x, h, W, U, b):\n    return np.tanh(x @ W + h @ U + b)\n"
                     "result = check.rnn_step(rnn_step)")
    assert names["result"].correct and remembering.remembered(None)["checks"]["rnn_step"] == "passed"


@pytest.mark.parametrize("what", ["06", 6, "6", "lesson 6", "06_lstm_cell", "06_lstm_cell.ipynb"])
def test_a_lesson_by_its_number_or_name(what):
    assert "lstm_step" in notebook("catch_up(what)", what=what)


def test_an_exercise_by_its_function(monkeypatch):
    """Also where the function has another name than its exercise."""
    assert notebook("def rnn_step(): ...\nf = catch_up(rnn_step)")["f"].is_given
    monkeypatch.setitem(catch_up.__globals__, "function_name", lambda name: {"rnn_step": "one_step"}.get(name, name))
    assert notebook("f = catch_up('one_step')")["f"].__name__ == "one_step"
    assert notebook("def one_step(): ...\nf = catch_up(one_step)")["f"].is_given


@pytest.mark.parametrize("what, words", [
    ("rnn_stepp", "Did you mean catch_up('rnn_step')?"), ("77", "there is no exercise and no lesson '77'"),
    ("", "print(check) lists them all"), (None, "there is no exercise")])
def test_what_there_is_not(what, words):
    with pytest.raises(ValueError, match="there is no exercise") as caught:
        catch_up(what)
    assert words in str(caught.value) and caught.value._render_traceback_() == [str(caught.value)]


@pytest.mark.parametrize("one", OTHERS, ids=named)
def test_an_answer_is_not_given(one):
    with pytest.raises(ValueError, match=rf"is no function but an answer to find.*check\.{one.name}\.hint\(1\)"):
        catch_up(one.name)


# -------------------------------------------------------------------------------------------------- reset

@pytest.mark.parametrize("one", list(check), ids=named)
def test_every_exercise_can_be_reset(one, capsys):
    one.reset()
    said = capsys.readouterr().out
    assert said.startswith(f"{one.name}: this is how it began.") and said.endswith(f"\n\n{starting_cell(one.name)}\n")
    assert "..." in starting_cell(one.name) and "SOLUTION" not in starting_cell(one.name)
    compile(starting_cell(one.name), one.name, "exec")


def test_in_a_notebook_reset_makes_a_new_cell(monkeypatch):
    shell, asked = InteractiveShell.instance(), []
    monkeypatch.setattr(shell, "set_next_input", lambda text, replace=True: asked.append((text, replace)))
    try:
        with capture_output():
            shell.run_cell("from lstm_course.exercises import check\ncheck.rnn_step.reset()")
    finally:
        InteractiveShell.clear_instance()
    assert asked == [(starting_cell("rnn_step"), False)], "a new cell; the student's own is not replaced"


@pytest.mark.parametrize("one", CODE, ids=named)
def test_a_starting_cell_counts_as_not_attempted(one, tmp_path):
    """Whatever code is given in it: nobody is told that something is wrong who has not begun."""
    path = tmp_path / "cell.py"
    path.write_text(starting_cell(one.name), encoding="utf-8")
    names = {"np": np}
    exec(compile(path.read_text(encoding="utf-8"), path, "exec"), names)
    assert one(names[function_name(one.name)]).status == "not attempted"


def test_an_exercise_that_there_is_not():
    with pytest.raises(ValueError, match="no exercise 'rnn_stp'. Did you mean rnn_step?"):
        starting.reset("rnn_stp")
