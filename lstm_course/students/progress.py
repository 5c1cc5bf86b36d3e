"""What a student has done: which checks were tried and passed, and which guesses were made.

It is kept in one small file, so that a restart of the kernel loses nothing that a student meant to keep. It holds
names of exercises and predictions and nothing else: no answers to quizzes, no code, no times, nobody's name.

Where the file is, the first of these that holds:

1. The variable LSTM_COURSE_PROGRESS: "off", or the file to use.
2. Nowhere, while the notebooks are built, tested or graded: their outputs must not depend on what somebody did.
3. In the folder that `python -m lstm_course copy` made: .lstm_course/progress.json. It travels with the folder.
4. In the home folder, also .lstm_course/progress.json, if the notebook was opened by a Jupyter server. (It sets
   JPY_SESSION_NAME. A script or a batch run such as nbconvert lacks it, and is not a student.)

Two kernels may write at once: each change is read, merged and put in place as a whole, under a lock. Without a
disk or a permission everything works as before, until the kernel ends.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from lstm_course.students.files import free_name, locked, replace, shown
from lstm_course.students.starting_cells import lessons
from lstm_course.whereabouts import FOLDER, copied_folder, is_student

VARIABLE = "LSTM_COURSE_PROGRESS"
FILE = "progress.json"
TRIED, GIVEN, PASSED = "tried", "given", "passed"
BETTER = {TRIED: 1, GIVEN: 2, PASSED: 3}
ABOUT = "Your own progress in the course on recurrent networks. Nobody else needs this file; you may delete it."

_here: dict[str, dict[str, Any]] = {"checks": {}, "predictions": {}}      # what this kernel knows
_unsaved: dict[tuple[str, str], Any] = {}      # what of it is not yet in the file
_troubles: list[str] = []      # why the file cannot be used; progress() says it


def students_file() -> Path | None:
    """The file of whoever sits here, or None if there is no place for it or nothing shall be kept."""
    said = os.environ.get(VARIABLE, "").strip()
    with contextlib.suppress(RuntimeError):         # there may be no home
        if said:
            return None if said.lower() in ("off", "no", "0") else Path(said).expanduser()
        folder = copied_folder()
        return (folder or Path.home()) / FOLDER / FILE
    return None


def place() -> Path | None:
    """The file that this kernel reads and writes, or None."""
    if os.environ.get(VARIABLE, "").strip():
        return students_file()
    if is_student() and ("JPY_SESSION_NAME" in os.environ or copied_folder()):
        return students_file()
    return None


# ---------------------------------------------------------------------------------------------- remembering

def note_check(name: str, status: str) -> None:
    """A check was tried, passed, or its function given. What was once passed stays passed."""
    _note("checks", name, status)


def note_guess(name: str, guess: str | float) -> None:
    """A guess was made; a later one replaces it."""
    _note("predictions", name, guess)


def guess_of(name: str) -> str | float | None:
    """The guess made under this name, in this kernel or in one before; None if there is none."""
    here = _here["predictions"]
    guess = here[name] if name in here else remembered(place())["predictions"].get(name)
    return guess if isinstance(guess, str | int | float) else None


def remembered(path: Path | None) -> dict[str, Any]:
    """What this kernel and the file know: {"checks": {name: status}, "predictions": {name: guess}}."""
    try:
        known = read(path) if path else empty()
    except OSError as error:
        _trouble(error)
        known = empty()
    for kind, entries in _here.items():
        for name, value in entries.items():
            _merge(known, kind, name, value)
    return known


def _note(kind, name, value):
    before = _here[kind].get(name)
    _merge(_here, kind, name, value)
    path = place()
    if path and (_unsaved or _here[kind][name] != before):         # also what a full disk refused before
        _unsaved[kind, name] = _here[kind][name]
        _save(path)


def _merge(known, kind, name, value):
    old = known[kind].get(name)
    if kind == "predictions" or BETTER.get(old, 0) <= BETTER.get(value, 0):
        known[kind][name] = value


def forget_everything(path: Path | None) -> bool:
    """Delete the file and what this kernel knows. True if there was something to forget."""
    was = any(_here.values()) or bool(path and path.is_file())
    for entries in _here.values():
        entries.clear()
    _unsaved.clear()
    if path:
        path.unlink(missing_ok=True)
    return was


# ------------------------------------------------------------------------------------------------- the file

def empty() -> dict[str, Any]:
    """What a new file holds."""
    return {"about": ABOUT, "checks": {}, "predictions": {}}


def read(path: Path) -> dict[str, Any]:
    """What the file holds; nothing, if there is none. One that makes no sense is kept aside, with a sentence."""
    try:
        known = json.loads(path.read_bytes().decode("utf-8-sig"))
        if all(isinstance(known.get(kind, {}), dict) for kind in _here):
            checks = {name: status for name, status in known.get("checks", {}).items() if isinstance(status, str)}
            return {**empty(), **known, "checks": checks}
    except FileNotFoundError:
        return empty()
    except (ValueError, AttributeError, RecursionError):
        pass
    aside = free_name(path, "broken")
    os.rename(path, aside)
    print(f"Your progress file could not be read. It is kept as {shown(aside)}, and a new one is begun.")
    return empty()


def _save(path):
    """Read the file, add what is not yet in it, and put it back, while nobody else does."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path):
            known = read(path)
            for (kind, name), value in _unsaved.items():
                _merge(known, kind, name, value)
            replace(path, (json.dumps(known, ensure_ascii=False, indent=1) + "\n").encode())
    except OSError as error:
        _trouble(error)
    else:
        _unsaved.clear()
        _troubles.clear()


def _trouble(error):
    _troubles[:] = [error.strerror or str(error)]


# --------------------------------------------------------------------------------------------- shown to you

def progress(forget: bool = False) -> None:
    """Print what you have done so far, lesson by lesson. Nobody else sees it.

    forget=True deletes it, in the file and in this notebook.
    """
    if forget:
        try:
            print("Forgotten." if forget_everything(place()) else "There was nothing to forget.")
        except OSError as error:
            print(f"This notebook has forgotten it, but {shown(place())} cannot be deleted ({error.strerror}).")
    else:
        print("\n".join(report(place())))


def report(path: Path | None) -> list[str]:
    """The lines of progress()."""
    known = remembered(path)
    lines = [line for lesson, parts in lessons().items() if (line := _lesson_line(lesson, parts, known))]
    lines = lines or ["No exercise checked and no prediction made yet."]
    if _troubles:
        return [*lines, f"The file {shown(path)} cannot be used ({_troubles[0]}): this is kept until the kernel ends."]
    if path is None:
        return [*lines, "This is kept until the kernel ends."]
    return [*lines, f"Only you see this. It is kept in {shown(path)}; progress(forget=True) deletes it."]


def _lesson_line(lesson, parts, known):
    """"lesson 06: 1 of 4 exercises passed (lstm_step); tried: odd_ones; 1 of 1 predictions made"; or ""."""
    names = {status: [name for name in parts["exercises"] if known["checks"].get(name) == status] for status in BETTER}
    guesses = [name for name in parts["predictions"] if name in known["predictions"]]
    if not guesses and not any(names.values()):
        return ""
    passed = names.pop(PASSED)
    said = [f"{len(passed)} of {len(parts['exercises'])} exercises passed"
            + (f" ({', '.join(passed)})" if passed else "")]
    said += [f"{status}: {', '.join(those)}" for status, those in names.items() if those]
    if parts["predictions"]:
        said.append(f"{len(guesses)} of {len(parts['predictions'])} predictions made")
    return f"lesson {lesson}: {'; '.join(said)}"
