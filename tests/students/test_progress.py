"""What a student has done survives a restart, is nobody else's business, and never gets in the way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from lstm_course import whereabouts
from lstm_course.exercises import check, predict, predicted, progress, reveal
from lstm_course.students import files, lesson_source
from lstm_course.students import progress as remembering
from lstm_course.students import starting_cells as starting
from tests.notebooks.support import LESSONS, SOLUTIONS, SOURCES, code_cells, tags
from tools import build, source

STUDENT = {"JPY_SESSION_NAME": "06_lstm_cell.ipynb"}        # a Jupyter server sets it for each notebook


def restart():
    """What a restart of the kernel does to the memory of this module."""
    for known in (*remembering._here.values(), remembering._unsaved):
        known.clear()
    remembering._troubles.clear()


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    """A home folder of its own, and no memory before and after."""
    for name in (remembering.VARIABLE, whereabouts.STATIC, "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    restart()
    yield
    restart()


@pytest.fixture
def file(monkeypatch, tmp_path):
    """A progress file in use, although this is a test."""
    path = tmp_path / "kept" / "progress.json"
    monkeypatch.setenv(remembering.VARIABLE, str(path))
    return path


def held(path):
    return json.loads(path.read_text(encoding="utf-8"))


def kept(folder):
    """The names of the files in a folder, without the empty one that serves as a lock."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock" or path.read_bytes())


def right(x, h, W, U, b):
    return check.rnn_step.reference(x, h, W, U, b)


# ----------------------------------------------------------------------------------------- when and where

def as_student(monkeypatch):
    for name in whereabouts.NO_STUDENT:
        monkeypatch.delenv(name, raising=False)
    for name, words in STUDENT.items():
        monkeypatch.setenv(name, words)


def test_nothing_is_written_or_read_in_a_test(tmp_path, capsys):
    other = tmp_path / "home" / whereabouts.FOLDER / remembering.FILE
    other.parent.mkdir(parents=True)
    other.write_text(json.dumps({"predictions": {"first": "of somebody"}}))
    before = other.read_bytes()
    check.rnn_step(right)
    predict("first", "?", ["a", "b"]).record("a")
    restart()
    assert remembering.place() is None and predicted("first") is None and other.read_bytes() == before
    progress()
    assert capsys.readouterr().out.endswith("This is kept until the kernel ends.\n")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [other]


def test_a_student_in_a_notebook_has_a_file_at_home(monkeypatch, tmp_path):
    as_student(monkeypatch)
    assert remembering.place() == tmp_path / "home" / ".lstm_course" / "progress.json"
    check.rnn_step(right)
    assert held(remembering.place())["checks"] == {"rnn_step": "passed"}


@pytest.mark.parametrize("name", [*whereabouts.NO_STUDENT, whereabouts.STATIC])
def test_the_build_a_test_and_a_grader_have_none(name, monkeypatch):
    as_student(monkeypatch)
    monkeypatch.setenv(name, "1")
    assert remembering.place() is None


def test_a_script_or_a_batch_run_has_none(monkeypatch):
    as_student(monkeypatch)
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert remembering.place() is None


def test_a_copy_of_the_course_keeps_its_own(monkeypatch, tmp_path):
    as_student(monkeypatch)
    copy = tmp_path / "my-course"
    (copy / ".lstm_course").mkdir(parents=True)
    (copy / ".lstm_course" / "copied.json").write_text("{}")
    (copy / "solutions").mkdir()
    monkeypatch.chdir(copy / "solutions")
    assert remembering.place() == copy.resolve() / ".lstm_course" / "progress.json"
    monkeypatch.delenv("JPY_SESSION_NAME")          # other editors set none
    assert remembering.place() == copy.resolve() / ".lstm_course" / "progress.json"


@pytest.mark.parametrize("word", ["off", "OFF", "no", "0"])
def test_it_can_be_switched_off(word, monkeypatch):
    as_student(monkeypatch)
    monkeypatch.setenv(remembering.VARIABLE, word)
    assert remembering.place() is None and remembering.students_file() is None


# ------------------------------------------------------------------------------------------ what is kept

def test_checks_are_kept_and_what_was_passed_stays_passed(file):
    check.rnn_step(...)
    assert not file.exists(), "not attempted is nothing to keep"
    check.rnn_step(lambda x, h, W, U, b: h)
    assert held(file)["checks"] == {"rnn_step": "tried"}
    check.rnn_step(right)
    restart()
    check.rnn_step(lambda x, h, W, U, b: h)
    check.rnn_parameter_count(1)
    assert held(file)["checks"] == {"rnn_step": "passed", "rnn_parameter_count": "tried"}


def test_a_prediction_survives_a_restart(file, capsys):
    predict("first", "Which?", ["the same", "different"]).record("the same")
    predict("z", "How many?").record(0.5)
    restart()
    assert predicted("first") == "the same" and predicted("z") == 0.5
    assert "Recorded: the same" in predict("first", "Which?", ["the same", "different"]).panel.said
    assert "Recorded: 0.5" in predict("z", "How many?").panel.said
    reveal("first", "different")
    assert "You predicted: the same. Answer: different." in capsys.readouterr().out
    predict("first", "Which?", ["the same", "different"]).record("different")
    assert held(file)["predictions"] == {"first": "different", "z": 0.5}


def test_nothing_personal_is_kept(file):
    check.rnn_step(right)
    predict("first", "Which?", ["a", "b"]).record("a")
    assert held(file) == {"about": remembering.ABOUT, "checks": {"rnn_step": "passed"}, "predictions": {"first": "a"}}
    assert kept(file.parent) == [file.name]


def test_progress_shows_it_by_lesson(file, capsys):
    check.rnn_step(right)
    check.rnn_parameter_count(1)
    remembering.note_check("lstm_step", remembering.GIVEN)
    predict("first", "Which?", ["a", "b"]).record("a")
    restart()
    capsys.readouterr()
    progress()
    assert capsys.readouterr().out.splitlines() == [
        "lesson 01: 1 of 6 exercises passed (rnn_step); tried: rnn_parameter_count; 1 of 1 predictions made",
        "lesson 06: 0 of 4 exercises passed; given: lstm_step; 0 of 1 predictions made",
        f"Only you see this. It is kept in {file}; progress(forget=True) deletes it."]


def test_progress_before_anything_was_done(file, capsys):
    progress()
    assert capsys.readouterr().out.startswith("No exercise checked and no prediction made yet.\nOnly you see this.")


def test_forget(file, capsys):
    check.rnn_step(right)
    predict("first", "?", ["a", "b"]).record("a")
    progress(forget=True)
    assert capsys.readouterr().out.endswith("\nForgotten.\n") and not file.exists() and predicted("first") is None
    progress(forget=True)
    assert capsys.readouterr().out == "There was nothing to forget.\n"
    check.rnn_parameter_count(1)
    assert held(file)["checks"] == {"rnn_parameter_count": "tried"}


def test_what_a_later_course_may_add_stays(file):
    file.parent.mkdir()
    file.write_text(json.dumps({"new": [1], "checks": {"of_a_later_lesson": "passed", "rnn_step": "excellent"}}))
    check.rnn_step(right)
    assert held(file)["new"] == [1] and held(file)["checks"] == {"of_a_later_lesson": "passed", "rnn_step": "passed"}
    progress()


# -------------------------------------------------------------------------------------------- what may fail

@pytest.mark.parametrize("broken", [b"", b"{", b"\xff\xfe\x00", b"[]", b'{"checks": 3}', b'{"checks": {"a"',
                                    b"[" * 100_000], ids=range(7))
def test_a_broken_file_is_kept_aside(broken, file, capsys):
    file.parent.mkdir()
    file.write_bytes(broken)
    check.rnn_step(right)
    said = [line for line in capsys.readouterr().out.splitlines() if "could not be read" in line]
    assert len(said) == 1 and "progress.broken.json" in said[0]
    assert (file.parent / "progress.broken.json").read_bytes() == broken
    assert held(file)["checks"] == {"rnn_step": "passed"}
    file.write_bytes(broken + b"2")
    assert predicted("first") is None
    assert (file.parent / "progress.broken-2.json").read_bytes() == broken + b"2"
    assert (file.parent / "progress.broken.json").read_bytes() == broken


@pytest.mark.parametrize("guess", [None, [1], {"a": 1}], ids=str)
def test_a_guess_that_makes_no_sense_is_no_guess(guess, file):
    file.parent.mkdir()
    file.write_text(json.dumps({"predictions": {"first": guess}}))
    assert predicted("first") is None


def test_a_broken_file_that_cannot_be_moved_is_not_overwritten(file, monkeypatch, capsys):
    file.parent.mkdir()
    file.write_bytes(b"{")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")
    monkeypatch.setattr(remembering.os, "rename", refuse)
    check.rnn_step(right)
    assert file.read_bytes() == b"{"
    progress()
    assert "cannot be used (Permission denied): this is kept until the kernel ends" in capsys.readouterr().out


def test_without_a_place_to_write_it_works_until_the_kernel_ends(monkeypatch, tmp_path, capsys):
    (tmp_path / "a file").write_text("not a folder")
    monkeypatch.setenv(remembering.VARIABLE, str(tmp_path / "a file" / "progress.json"))
    check.rnn_step(right)
    predict("first", "?", ["a", "b"]).record("a")
    assert predicted("first") == "a"
    progress()
    said = capsys.readouterr().out
    assert "1 of 6 exercises passed" in said and "cannot be used" in said and "kept until the kernel ends" in said


def test_what_could_not_be_written_is_written_later(file, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")
    with monkeypatch.context() as disk:
        disk.setattr(files.os, "replace", full)
        check.rnn_step(right)
    assert not kept(file.parent)
    check.rnn_parameter_count(1)
    assert held(file)["checks"] == {"rnn_step": "passed", "rnn_parameter_count": "tried"}
    progress()
    assert "cannot be used" not in capsys.readouterr().out


def test_what_could_not_be_written_is_written_when_it_is_done_again(file, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")
    with monkeypatch.context() as disk:
        disk.setattr(files.os, "replace", full)
        check.rnn_step(right)
    check.rnn_step(lambda x, h, W, U, b: x)
    assert held(file)["checks"] == {"rnn_step": "passed"}


@pytest.mark.parametrize("setting, content", [("~nobody-of-this-name/x", None),
                                              (None, '{"checks": {"rnn_step": ["x"]}}')],
                         ids=["a home that is not there", "a status that is none"])
def test_a_check_never_raises(setting, content, file, monkeypatch, capsys):
    if setting:
        monkeypatch.setenv(remembering.VARIABLE, setting)
    else:
        file.parent.mkdir()
        file.write_text(content, encoding="utf-8")
    assert check.rnn_step(right).status == "correct"
    progress()
    assert "rnn_step" in capsys.readouterr().out


def test_a_lock_of_a_dead_kernel_does_not_stop_anybody(file):
    file.parent.mkdir()
    (file.parent / "progress.json.lock").touch()
    check.rnn_step(right)
    assert held(file)["checks"] == {"rnn_step": "passed"}


def test_nobody_takes_the_lock_of_a_kernel_that_writes(file, monkeypatch, capsys):
    """Whoever waits too long keeps what it knows for the next time, and leaves the file and the lock alone."""
    file.parent.mkdir()
    monkeypatch.setattr(files, "SECONDS", 0.05)
    code = ("import sys; from filelock import FileLock\n"
            "with FileLock(sys.argv[1]): print('locked', flush=True); sys.stdin.read()")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code, f"{file}.lock"], **pipes) as other:
        other.stdout.readline()
        check.rnn_step(right)
        progress()
        assert not file.exists() and "cannot be used" in capsys.readouterr().out
        other.communicate()
    check.rnn_parameter_count(1)
    assert held(file)["checks"] == {"rnn_step": "passed", "rnn_parameter_count": "tried"}


def test_two_kernels_at_once_lose_nothing(file):
    code = ("import sys; from lstm_course.students import progress as remembering\n"
            "for number in range(25): remembering.note_check(f'{sys.argv[1]}_{number}', 'passed')")
    running = [subprocess.Popen([sys.executable, "-c", code, name]) for name in "abc"]
    assert [each.wait(60) for each in running] == [0, 0, 0]
    assert len(held(file)["checks"]) == 75


# ------------------------------------------------------------------------------------------ the notebooks

@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_starting_cells_are_those_of_the_notebooks(path):
    cells = {cell.metadata.nbgrader.grade_id: cell.source for cell in code_cells(nbformat.read(path, 4))
             if cell.metadata.get("nbgrader", {}).get("solution")}
    assert starting.lessons()[path.stem.partition("_")[0]]["exercises"] == cells


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.parent.name)
def test_the_small_reader_of_sources_finds_what_jupytext_finds(path):
    cells = [cell.source for cell in code_cells(source.read_source(path))]
    assert [cell.source for cell in lesson_source.code_cells(path.read_text(encoding="utf-8"))] == cells


def test_no_two_predictions_have_the_same_name():
    names = [name for parts in starting.lessons().values() for name in parts["predictions"]]
    assert len(names) == len(set(names)) > 20, "a prediction is kept by its name"


def cells_until(name):
    """(set-up cells, all cells up to the check of an exercise) of the solution notebook that has it."""
    for path in SOLUTIONS:
        cells = code_cells(nbformat.read(path, 4))
        ends = [k for k, cell in enumerate(cells) if cell.get("id") == f"{name}-check"]
        if ends:
            return [cell.source for cell in cells if "setup" in tags(cell)], [c.source for c in cells[:ends[0] + 1]]
    raise AssertionError(name)


def test_a_restarted_kernel_knows_it_still(monkeypatch, tmp_path):
    """A lesson up to its first check in a real kernel; a restart; then the set-up cell alone."""
    as_student(monkeypatch)
    setup, cells = cells_until("rnn_step")
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    environment = build.kernel_environment(build.make_ipython_dir(tmp_path / "ipython"), static=False)
    assert environment.pop(remembering.VARIABLE) == "off", "kernels of the build and the tests know of nobody"
    manager.start_kernel(env=environment, cwd=str(tmp_path))
    client = manager.blocking_client()
    printed = []

    def run(code):
        printed.clear()
        reply = client.execute_interactive(code, timeout=60, output_hook=lambda message: printed.append(
            message["content"].get("text", "")))
        assert reply["content"]["status"] == "ok", reply["content"]
        return "".join(printed)

    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        for code in cells:
            run(code)
        run("_guess = predict('first', '?', None); _guess.record(3)")
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=60)
        for code in setup:
            run(code)
        assert run("print(predicted('first'))" if "predicted" in setup[0] else
                   "from lstm_course.exercises import predicted; print(predicted('first'))") == "3.0\n"
        said = run("from lstm_course.exercises import progress; progress()")
        assert "lesson 01: 1 of 6 exercises passed (rnn_step); 1 of 1 predictions made" in said
        assert "~/.lstm_course/progress.json" in said
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert kept(Path(os.environ["HOME"]) / ".lstm_course") == ["progress.json"]
