"""python -m lstm_course: what it does, what it never does, and what it says when it cannot."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import lstm_course
from lstm_course import whereabouts
from lstm_course.__main__ import main
from lstm_course.students import copy_course as copying
from lstm_course.students import environment
from lstm_course.students import progress as remembering
from lstm_course.students.starting_cells import starting_cell
from tests.students.test_progress import restart

ROOT = Path(__file__).resolve().parents[2]
LESSON = "06_lstm_cell.ipynb"


def command(*words, **options):
    """A run of the command in a process of its own."""
    return subprocess.run([sys.executable, "-m", "lstm_course", *words], capture_output=True, text=True,
                          encoding="utf-8", **options)


@pytest.fixture
def course(tmp_path):
    """A small course: (its notebooks' folder, a function that publishes a new version of a lesson)."""
    notebooks = tmp_path / "course" / "notebooks"
    for folder in ("solutions", "pictures", "text"):
        (notebooks / folder).mkdir(parents=True)
    for name in (copying.FIRST, LESSON, "A_convolution.ipynb", "solutions/" + LESSON, "pictures/a.png",
                 "text/06_lstm_cell.md", "conftest.py", "Untitled.ipynb"):
        (notebooks / name).write_text(f"{name}, version 1")

    def publish(version, name=LESSON):
        (notebooks / name).write_text(f"{name}, version {version}")
    return notebooks, publish


def files(folder):
    """{name: text} of all files outside .lstm_course."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*"))
            if path.is_file() and whereabouts.FOLDER not in path.parts}


def copy(notebooks, folder, *more):
    return main(["copy", str(folder), "--from", str(notebooks), *more])


# --------------------------------------------------------------------------------------------------- copy

@pytest.mark.parametrize("words", [
    ["copy", "~nobody-of-this-name/course"], ["copy", "mine", "--from", "~nobody-of-this-name"],
    ["reset", "~nobody-of-this-name/a.ipynb", "lstm_step"]], ids=["copy", "from", "reset"])
def test_a_home_that_is_not_there_is_told(words, capsys):
    assert main(words) == 1
    assert "There is no home folder for ~nobody-of-this-name" in capsys.readouterr().err


def test_copy_takes_lessons_and_pictures_and_no_solutions(course, tmp_path, capsys):
    notebooks, _ = course
    assert copy(notebooks, tmp_path / "mine") == 0
    assert set(files(tmp_path / "mine")) == {copying.FIRST, LESSON, "A_convolution.ipynb", "pictures/a.png"}
    said = capsys.readouterr().out
    assert said.startswith(f"Copied 4 files into {tmp_path / 'mine'}: 00_start_here.ipynb, 06_lstm_cell.ipynb")
    assert f"-m jupyter lab {tmp_path / 'mine' / copying.FIRST}" in said
    assert whereabouts.copied_folder(tmp_path / "mine" / "pictures") == (tmp_path / "mine").resolve()


def test_solutions_on_demand(course, tmp_path):
    notebooks, _ = course
    copy(notebooks, tmp_path / "mine", "--solutions")
    assert files(tmp_path / "mine")["solutions/" + LESSON] == f"solutions/{LESSON}, version 1"


def test_a_second_time_changes_nothing(course, tmp_path, capsys):
    notebooks, _ = course
    copy(notebooks, tmp_path / "mine")
    (tmp_path / "mine" / LESSON).write_text("my notes")
    before = files(tmp_path / "mine")
    capsys.readouterr()
    copy(notebooks, tmp_path / "mine")
    assert files(tmp_path / "mine") == before
    assert capsys.readouterr().out.startswith("Everything is there already, and what you wrote is as you left it.\n")


def test_after_an_update_the_new_lesson_stands_beside_the_students(course, tmp_path, capsys):
    notebooks, publish = course
    mine = tmp_path / "mine"
    copy(notebooks, mine)
    (mine / LESSON).write_text("my notes")
    publish(2)
    capsys.readouterr()
    for _ in range(2):
        copy(notebooks, mine)
        assert files(mine)[LESSON] == "my notes"
        assert files(mine)["06_lstm_cell.new.ipynb"] == f"{LESSON}, version 2" and len(files(mine)) == 5
    said = capsys.readouterr().out
    assert said.count("06_lstm_cell.ipynb has a new version. Yours stays as it is; the new one stands beside it as "
                      "06_lstm_cell.new.ipynb.") == 1 and "Everything is there already" in said


def test_a_lesson_that_was_not_touched_is_updated_and_the_old_one_kept(course, tmp_path, capsys):
    notebooks, publish = course
    mine = tmp_path / "mine"
    copy(notebooks, mine)
    for version in (2, 3):
        publish(version)
        copy(notebooks, mine)
        assert files(mine)[LESSON] == f"{LESSON}, version {version}" and len(files(mine)) == 4
    assert "New versions of what you had not changed yet: 06_lstm_cell.ipynb" in capsys.readouterr().out
    kept = mine / whereabouts.FOLDER / "before"
    assert {path.read_text() for path in kept.iterdir()} == {f"{LESSON}, version 1", f"{LESSON}, version 2"}


def test_many_updates_and_many_notes_lose_nothing(course, tmp_path):
    notebooks, publish = course
    mine = tmp_path / "mine"
    copy(notebooks, mine)
    (mine / LESSON).write_text("notes on 1")
    publish(2)
    copy(notebooks, mine)
    publish(3)                                                      # the new one was not touched: replaced
    copy(notebooks, mine)
    assert files(mine)["06_lstm_cell.new.ipynb"] == f"{LESSON}, version 3"
    (mine / "06_lstm_cell.new.ipynb").write_text("notes on 3")
    copy(notebooks, mine)
    assert "06_lstm_cell.new-2.ipynb" not in files(mine)
    publish(4)
    copy(notebooks, mine)
    assert {name: text for name, text in files(mine).items() if name.startswith("06")} == {
        LESSON: "notes on 1", "06_lstm_cell.new.ipynb": "notes on 3",
        "06_lstm_cell.new-2.ipynb": f"{LESSON}, version 4"}
    publish(1)                                                      # back to a version that is known
    before = files(mine)
    copy(notebooks, mine)
    assert files(mine) == before


def test_what_a_student_deleted_or_took_over(course, tmp_path):
    notebooks, publish = course
    mine = tmp_path / "mine"
    copy(notebooks, mine)
    (mine / LESSON).unlink()                                        # a lesson: wants a fresh one
    copy(notebooks, mine)
    assert files(mine)[LESSON] == f"{LESSON}, version 1"
    (mine / LESSON).write_text("my notes")
    publish(2)
    copy(notebooks, mine)
    (mine / "06_lstm_cell.new.ipynb").unlink()                      # a new version: has seen it
    copy(notebooks, mine)
    assert "06_lstm_cell.new.ipynb" not in files(mine)
    (mine / LESSON).write_text(f"{LESSON}, version 2")              # takes it over, and works on
    copy(notebooks, mine)
    (mine / LESSON).write_text("notes on 2")
    copy(notebooks, mine)
    assert "06_lstm_cell.new.ipynb" not in files(mine) and files(mine)[LESSON] == "notes on 2"


@pytest.mark.parametrize("record", ["", "[]", "{", '{"files": 3}', None], ids=repr)
def test_a_folder_without_a_record_counts_as_the_students(record, course, tmp_path):
    notebooks, _ = course
    mine = tmp_path / "mine"
    (mine / whereabouts.FOLDER).mkdir(parents=True)
    if record is not None:
        (mine / whereabouts.FOLDER / whereabouts.COPIED).write_text(record)
    (mine / LESSON).write_text("copied by hand, with notes")
    assert copy(notebooks, mine) == 0
    assert files(mine)[LESSON] == "copied by hand, with notes"
    assert files(mine)["06_lstm_cell.new.ipynb"] == f"{LESSON}, version 1"


def test_a_full_disk_harms_nothing(course, tmp_path, monkeypatch, capsys):
    notebooks, publish = course
    mine = tmp_path / "mine"
    copy(notebooks, mine)
    publish(2)
    before = files(mine)

    def full(*_):
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(remembering.os, "fsync", full)
    assert copy(notebooks, mine) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert files(mine) == before
    monkeypatch.undo()
    assert copy(notebooks, mine) == 0 and files(mine)[LESSON] == f"{LESSON}, version 2"


@pytest.mark.parametrize("place", ["notebooks", "notebooks/mine", "notebooks/solutions"])
def test_not_into_the_courses_own_folder(place, course, capsys):
    notebooks, _ = course
    assert copy(notebooks, notebooks.parent / place) == 1
    assert "is the course's own folder. Choose another one, such as" in capsys.readouterr().err


def test_a_file_in_place_of_the_folder(course, tmp_path, capsys):
    notebooks, _ = course
    (tmp_path / "mine").write_text("a file")
    assert copy(notebooks, tmp_path / "mine") == 1 and "is a file" in capsys.readouterr().err


def test_the_notebooks_are_found_from_the_courses_folder_as_well(course):
    notebooks, _ = course
    assert copying.find_notebooks(notebooks.parent) == copying.find_notebooks(notebooks) == notebooks.resolve()


def test_without_notebooks_beside_the_package_it_says_what_to_do(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(lstm_course, "__file__", str(tmp_path / "site-packages" / "lstm_course" / "__init__.py"))
    assert main(["copy", str(tmp_path / "mine")]) == 1
    assert "The notebooks are not beside the installed package. Say where they are with --from PLACE" in (
        capsys.readouterr().err)
    assert copy(tmp_path, tmp_path / "mine") == 1 and "There are no lessons in" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_the_course_itself_in_a_process_of_its_own(tmp_path):
    done = command("copy", str(tmp_path / "mine"), cwd=tmp_path)
    assert done.returncode == 0 and not done.stderr and done.stdout.count("\n") == 2
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert (tmp_path / "mine" / path.name).read_bytes() == path.read_bytes()


# -------------------------------------------------------------------------------------------------- reset

@pytest.fixture
def attempt(tmp_path):
    """A student's lesson 06 with an attempt in it; its path."""
    path = tmp_path / LESSON
    shutil.copy(ROOT / "notebooks" / LESSON, path)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "lstm_step")
    cell.update(source=["def lstm_step(x):\n", "    return 'my attempt ✎'"], execution_count=9)
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    return path


def sources(path):
    """The cells of a notebook without their numbers."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [{**cell, "execution_count": 0, "source": "".join(cell["source"])} for cell in cells]


def test_reset_brings_one_exercise_back_and_keeps_the_attempt(attempt, capsys):
    before = attempt.read_bytes()
    for _ in range(2):
        assert main(["reset", str(attempt), "lstm_step"]) == 0
    assert sources(attempt) == sources(ROOT / "notebooks" / LESSON)
    said = capsys.readouterr().out
    assert "The notebook with your attempt is kept as 06_lstm_cell.before_reset.ipynb." in said
    assert "Nothing was changed." in said
    assert attempt.with_name("06_lstm_cell.before_reset.ipynb").read_bytes() == before
    assert len(list(attempt.parent.iterdir())) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes, and links need rights there")
def test_reset_keeps_who_may_read_it_and_where_it_is(attempt, tmp_path):
    attempt.chmod(0o664)
    link = tmp_path / "elsewhere" / LESSON
    link.parent.mkdir()
    link.symlink_to(attempt)
    assert main(["reset", str(link), "lstm_step"]) == 0
    assert link.is_symlink() and sources(attempt) == sources(ROOT / "notebooks" / LESSON)
    assert attempt.stat().st_mode & 0o777 == 0o664


def test_an_earlier_attempt_is_not_overwritten(attempt):
    before = attempt.read_bytes()
    for number in range(3):
        attempt.write_bytes(before + b"\n" * number)
        main(["reset", str(attempt), "lstm_step"])
    assert {path.read_bytes() for path in attempt.parent.glob("*.before_reset*")} == {
        before, before + b"\n", before + b"\n\n"}


def test_reset_without_the_marks_of_the_cells(attempt):
    notebook = json.loads(attempt.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    attempt.write_text(json.dumps(notebook), encoding="utf-8")
    assert main(["reset", str(attempt), "lstm_step"]) == 0
    assert "my attempt" not in attempt.read_text() and starting_cell("lstm_step").splitlines()[0] in attempt.read_text()


@pytest.mark.parametrize("words, said", [
    (["nothing.ipynb", "lstm_step"], "There is no notebook"),
    ([LESSON, "lstm_stp"], "There is no exercise 'lstm_stp'. Did you mean lstm_step?"),
    ([LESSON, "rnn_step"], "There is no cell of the exercise rnn_step in 06_lstm_cell.ipynb. It was not changed."),
    (["broken.ipynb", "lstm_step"], "cannot be read as a notebook. It was not changed."),
    (["list.ipynb", "lstm_step"], "cannot be read as a notebook. It was not changed.")])
def test_what_cannot_be_reset(words, said, attempt, capsys):
    attempt.with_name("broken.ipynb").write_text("{")
    attempt.with_name("list.ipynb").write_text("[]")
    before = files(attempt.parent)
    assert main(["reset", str(attempt.parent / words[0]), words[1]]) == 1
    assert said in capsys.readouterr().err and files(attempt.parent) == before


# ---------------------------------------------------------------------------------------------- the others

def test_in_a_notebook_it_runs_without_a_terminal(course, tmp_path):
    notebooks, _ = course
    run = f"%run -m lstm_course copy {tmp_path / 'mine'} --from"
    done = subprocess.run([sys.executable, "-m", "IPython", "-c", f"{run} {notebooks}\n{run} {tmp_path}\nprint('end')"],
                          capture_output=True, text=True, env={**os.environ, "IPYTHONDIR": str(tmp_path / "ipython")})
    assert done.stdout.startswith("Copied 4 files into") and done.stdout.endswith("end\n")
    assert done.stderr.startswith("There are no lessons in") and done.stderr.count("\n") == 1


def test_without_a_command_it_says_what_it_can():
    done = command()
    assert done.returncode == 0 and not done.stderr
    assert all(f"    {name}" in done.stdout for name in ("check", "copy", "reset", "progress"))


def test_progress(monkeypatch, tmp_path, capsys):
    restart()               # what other tests have checked in this process
    path = tmp_path / "progress.json"
    monkeypatch.setenv(remembering.VARIABLE, str(path))
    path.write_text(json.dumps({"checks": {"lstm_step": "passed"}}))
    assert main(["progress"]) == 0
    assert capsys.readouterr().out.startswith("lesson 06: 1 of 4 exercises passed (lstm_step); 0 of 1 predictions")
    assert main(["progress", "--forget"]) == 0 and not path.exists()
    assert main(["progress"]) == 0
    assert "No exercise checked" in capsys.readouterr().out


MISSING = """
import sys
from importlib import metadata
gone = {"ipywidgets", "jupyterlab", "matplotlib", "IPython", "packaging", "jupyter_client", "tqdm"}
version = metadata.version
def without(name):
    if name in gone:
        raise metadata.PackageNotFoundError(name)
    return version(name)
metadata.version = without
sys.modules.update(dict.fromkeys(gone))
from lstm_course.__main__ import main
sys.exit(main(["check"]))
"""


def test_check_works_when_half_of_it_is_missing():
    """Exactly then it is needed."""
    done = subprocess.run([sys.executable, "-c", MISSING], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1 and not done.stderr
    for name in ("ipywidgets", "jupyterlab", "matplotlib", "packaging", "tqdm"):
        assert f'{name:12}is missing: run {environment.python_command()} -m pip install "{name}' in done.stdout
    assert "numpy       ok" in done.stdout and "networks    ok" in done.stdout
    assert "Everything is there" not in done.stdout


def test_check_where_all_is_there():
    done = command("check")
    assert done.returncode == 0 and "Everything is there.\n" in done.stdout and not done.stderr
    assert f"this Python: {sys.executable}" in done.stdout


def test_without_numpy_it_says_which_python_that_is():
    done = subprocess.run([sys.executable, "-c", "import sys; sys.modules['numpy'] = None; import lstm_course"],
                          capture_output=True, text=True, cwd=ROOT)
    assert done.stderr.splitlines()[-1].startswith(f"ImportError: NumPy is missing in this Python, {sys.executable}.")


# ------------------------------------------------------------------------------------- advice on the place

def test_advice_is_for_students_only(monkeypatch, capsys):
    monkeypatch.setattr(environment, "advice_on_place", lambda: ["Do this."])
    environment.check_environment()
    assert "Advice" not in capsys.readouterr().out, "the build and the tests must give the same everywhere"
    monkeypatch.setattr(environment, "is_student", lambda: True)
    environment.check_environment()
    assert capsys.readouterr().out.endswith("Everything is there.\nAdvice: Do this.\n")


@pytest.mark.parametrize("variable", ["BINDER_LAUNCH_HOST", "BINDER_REPO_URL", ""])
def test_advice_on_the_folder(variable, monkeypatch, tmp_path):
    for name in ("BINDER_LAUNCH_HOST", "BINDER_REPO_URL"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, "x")
        assert "File → Download" in environment.advice_on_folder(tmp_path)
        return
    assert environment.advice_on_folder(tmp_path) == ""
    own = environment.advice_on_folder(ROOT / "notebooks")
    assert "the course's own folder" in own and f"{environment.python_command()} -m lstm_course copy" in own
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "Nothing can be saved in this folder" in environment.advice_on_folder(tmp_path)


def test_advice_on_memory(tmp_path):
    meminfo, group = tmp_path / "meminfo", tmp_path / "group"
    assert environment.free_megabytes(meminfo, group) is None and environment.advice_on_memory(None) == ""
    meminfo.write_text("MemTotal: 8000000 kB\nMemAvailable:  512000 kB\n")
    assert environment.free_megabytes(meminfo, group) == 500 and environment.advice_on_memory(500) == ""
    group.mkdir()
    (group / "memory.max").write_text("max\n")
    (group / "memory.current").write_text("1000000\n")
    assert environment.free_megabytes(meminfo, group) == 500
    (group / "memory.max").write_text("301000000\n")
    assert environment.free_megabytes(meminfo, group) == 300
    assert environment.advice_on_memory(300).startswith("Only 300 MB of memory are free")


def test_advice_on_threads_and_on_another_python(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "threads_of_products", lambda: 1)
    assert environment.advice_on_threads() == ""
    monkeypatch.setattr(environment, "threads_of_products", lambda: 8)
    assert "use 8 threads" in environment.advice_on_threads()
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    assert environment.advice_on_kernel() == ""
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    assert f"but the environment {tmp_path} is switched on" in environment.advice_on_kernel()


@pytest.mark.parametrize("program, words", [
    ("python", ""), (sys.executable, ""), ("/nowhere/bin/python", "a Python that is gone"),
    (shutil.which("sh"), "another Python")], ids=["relative", "this", "gone", "another"])
def test_advice_on_the_kernel_of_jupyterlab(program, words, monkeypatch, tmp_path):
    place = tmp_path / "kernels" / "python3"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps({"argv": [program, "-m", "x"], "display_name": "Python 3"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    said = environment.advice_on_kernelspec()
    assert (words in said and "-m ipykernel install --sys-prefix" in said) if words else said == ""


def test_in_a_notebook_the_advice_is_a_cell(monkeypatch):
    monkeypatch.setattr(environment, "in_notebook", lambda: True)
    assert environment.advice_on("tqdm", ">=4", None) == (
        'is missing: run %pip install "tqdm>=4" in a cell, then Kernel → Restart Kernel')


@pytest.mark.parametrize("system, program, said", [
    ("posix", "a b/python", "'a b/python'"), ("posix", "a/python", "a/python"), ("nt", "C:/a/python", "C:/a/python"),
    ("nt", "C:/a b/python", '& "C:/a b/python"')], ids=["blank", "plain", "Windows", "Windows, blank"])
def test_the_command_of_this_python(system, program, said, monkeypatch):
    monkeypatch.setattr(environment.os, "name", system)
    monkeypatch.setattr(environment.sys, "executable", program)
    words = environment.python_command()
    monkeypatch.undo()
    assert words == said
