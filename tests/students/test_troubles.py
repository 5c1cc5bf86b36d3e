"""What real students ran into: paths with odd signs, shadowed modules, missing widgets, a cell that is run again."""

import json
import os
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from lstm_course.__main__ import main
from lstm_course.asking.quizzes import quiz
from lstm_course.students import check_page, environment, error_hints
from lstm_course.students import progress as remembering
from lstm_course.students.copy_course import reset
from lstm_course.students.starting_cells import starting_cell

ROOT = Path(__file__).resolve().parents[2]


def command(*words, **variables):
    """python -m lstm_course in a process of its own -> its standard output and error as bytes, and its end."""
    return subprocess.run([sys.executable, "-m", "lstm_course", *words], capture_output=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT), **variables.pop("env", {})}, **variables)


# ------------------------------------------------------------------------------------------- hints in a notebook

def said_of(code, cell="h = f(x)"):
    """The hint for the error that a line of code raises."""
    with pytest.raises(Exception) as caught:
        exec(code, {"np": np})
    return error_hints.hint(caught.value, cell)


@pytest.mark.parametrize("code, words", [
    ("np.tanh(None)", "Something is None"), ("float(None)", "Something is None"), ("np.tanh(...)", "A ... is still"),
    ("2 * ...", "A ... is still"), ("np.einsum('i,ij->j', np.ones((3, 2)), np.ones((2, 4)))", "In np.einsum"),
    ("(lambda a: a)()", "Compare the call"), ("(lambda a: a)(1, 2)", "Compare the call"), ("np.ones(2)[0.5]", "")])
def test_a_hint_is_not_given_for_one_word_of_a_long_message(code, words):
    assert said_of(code).startswith(words) and bool(words) is bool(said_of(code))


def test_a_cell_of_the_course_that_fails_needs_the_cells_above_it():
    cells = error_hints.cells_of_the_course()
    assert len(cells) > 300 and "check.lstm_step(lstm_step)" in "\n".join(cells)
    cell = next(cell for cell in cells if "np.split(" in cell and "def " not in cell)
    words = said_of("np.ones((2, 3)) @ np.ones((2, 3))", cell)
    assert words.startswith("This cell stands as in the course") and "Run All Above" in words
    assert said_of("np.ones((2, 3)) @ np.ones((2, 3))", cell + "\n1").startswith("For a @ b")
    assert not cells & {starting_cell("lstm_step").strip(), starting_cell("rnn_step").strip()}


# ------------------------------------------------------------------------------------------------ missing widgets

def test_widgets_that_jupyterlab_cannot_show_are_told(monkeypatch, capsys):
    real = metadata.version

    def version(name):
        if name == "jupyterlab_widgets":
            raise metadata.PackageNotFoundError(name)
        return real(name)
    monkeypatch.setattr(metadata, "version", version)
    environment.check_environment()
    said = capsys.readouterr().out
    assert "jupyterlab_widgets is missing" in said and "Everything is there" not in said


def test_the_text_in_place_of_a_widget_says_why(monkeypatch):
    monkeypatch.delenv("LSTM_COURSE_STATIC", raising=False)
    assert "jupyterlab_widgets is missing where JupyterLab itself is" in repr(check_page.check_browser())
    assert "check_browser() of lesson 00 says why" in quiz("01")._repr_mimebundle_()["text/plain"]
    monkeypatch.setenv("LSTM_COURSE_STATIC", "1")
    assert "missing" not in repr(check_page.check_browser())
    assert "check_browser" not in quiz("01")._repr_mimebundle_()["text/plain"]


# ------------------------------------------------------------------------------------------------------ commands

@pytest.mark.parametrize("name", ["numpy", "random", "matplotlib"])
def test_a_file_that_is_taken_for_a_module_is_named(name, tmp_path):
    (tmp_path / f"{name}.py").write_text("x = 1\n")
    done = command("check", cwd=tmp_path)
    if name != "matplotlib":                        # which the command does not load
        assert done.stderr.decode().startswith(f"The file {name}.py in {tmp_path} has the name of a module")
        assert done.returncode == 1 and b"Traceback" not in done.stderr
    else:
        assert done.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="sh")
@pytest.mark.parametrize("name", ["a $HOME b", "a`b", "it's", "ü", "plain"])
def test_a_command_to_copy_can_be_pasted(name, tmp_path, capsys):
    assert main(["copy", str(tmp_path / name)]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    pasted = subprocess.run(["sh", "-c", f"printf %s {line.split('jupyter lab ')[1]}"], capture_output=True, text=True)
    assert pasted.stdout == str(tmp_path / name / "00_start_here.ipynb")


def test_a_home_stays_one_that_the_shell_knows(monkeypatch):
    assert environment.quoted("~/my-course") == "~/my-course" and shlex.split(environment.quoted("~/a b")) == ["~/a b"]
    monkeypatch.setattr(environment.os, "name", "nt")
    said = [environment.quoted(path) for path in ("C:\\a", "C:\\a b", "C:\\a $b", "it's `b")]
    monkeypatch.undo()
    assert said == ["C:\\a", '"C:\\a b"', "'C:\\a $b'", "'it''s `b'"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locale")
def test_a_name_is_printed_as_it_is_in_the_locale_c(tmp_path):
    done = command("copy", str(tmp_path / "ü"), env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert str(tmp_path / "ü").encode() in done.stdout and b"\\udc" not in done.stdout


def test_an_empty_name_fills_no_folder(tmp_path):
    done = command("copy", "", cwd=tmp_path)
    assert done.returncode == 1 and b"The name of the folder is empty" in done.stderr and not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="a pipe of sh")
def test_a_reader_that_has_enough_is_no_trouble(tmp_path):
    words = f"{shlex.quote(sys.executable)} -u -m lstm_course copy {shlex.quote(str(tmp_path / 'mine'))} | true"
    done = subprocess.run(["sh", "-c", words], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": ROOT})
    assert done.stderr == ""


def test_of_two_copies_of_an_exercise_the_one_that_counts_is_reset(tmp_path):
    notebook = json.loads((ROOT / "notebooks" / "06_lstm_cell.ipynb").read_text(encoding="utf-8"))
    at = next(k for k, cell in enumerate(notebook["cells"])
              if cell["metadata"].get("nbgrader", {}).get("grade_id") == "lstm_step")
    copies = [{**notebook["cells"][at], "source": [f"def lstm_step():\n    return {n}\n"]} for n in ("'1st'", "'2nd'")]
    notebook["cells"][at:at + 1] = copies
    path = tmp_path / "06_lstm_cell.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    reset(path, "lstm_step")
    words = path.read_text(encoding="utf-8")
    assert "return '1st'" in words and "return '2nd'" not in words


def test_a_file_that_cannot_be_deleted_is_told(monkeypatch, tmp_path, capsys):
    file = tmp_path / "progress.json"
    file.write_text("{}")

    def refuse(*given, **named):
        raise PermissionError(13, "Permission denied", str(file))
    monkeypatch.setenv(remembering.VARIABLE, str(file))
    monkeypatch.setattr(Path, "unlink", refuse)
    remembering.progress(forget=True)
    said = capsys.readouterr().out
    assert "cannot be deleted (Permission denied)" in said


def test_no_copy_is_advised_where_none_can_be_made(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    words = environment.advice_on_folder(tmp_path)
    assert "my-course" not in words and "FOLDER" in words


@pytest.mark.parametrize("number", [1, 2])
def test_threads_are_measured(number):
    """NumPy comes first, so the course's own setting is too late."""
    if len(os.sched_getaffinity(0)) < number:
        pytest.skip("needs more cores")
    code = ("import numpy\nfrom lstm_course.students.environment import threads_of_products\n"
            "print(threads_of_products(seconds=0.2))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={
        **os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": str(number)})
    assert done.stdout.strip() == str(number)
