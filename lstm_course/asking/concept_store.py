"""Where the answers of the concept test are kept: one small file beside that of progress(), and nowhere else.

    {"about": "…", "before": {"answers": ["C", "?", null, …], "handed_in": true}, "after": {…}}

`remembering` says where that is, and that nothing is written while notebooks are built, tested or graded. Without a
file the answers are kept until the kernel ends.
"""

import contextlib
import json
import os
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

from lstm_course.students import progress as remembering
from lstm_course.students.files import free_name, replace

FILE = "concept_test.json"
ABOUT = "Your own answers to the concept test. Nobody else needs this file; you may delete it."

_here: dict[str, Any] = {}                  # the answers, if there is no file for them


def path() -> Path | None:
    """The file, or None if nothing may be kept here."""
    beside = remembering.place()
    return beside and beside.with_name(FILE)


def load() -> dict[str, Any]:
    """All that is kept; {} if that is nothing or makes no sense."""
    file = path()
    if file is None:
        return _here
    with contextlib.suppress(OSError):
        return _read(file)
    return {}


def _read(file):
    """The same for one file. OSError if it is there but cannot be read now: then it is not broken."""
    try:
        known = json.loads(file.read_bytes().decode("utf-8-sig"))
    except (FileNotFoundError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def save(when: str, answers: Sequence[str | None], handed_in: bool) -> None:
    """Keep the answers of one of the two tests; the file is the old one or the new one, never half of it."""
    file, entry = path(), {"answers": list(answers), "handed_in": handed_in}
    if file is None:
        _here[when] = entry
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    known = _read(file)
    if not known and file.exists():
        os.rename(file, free_name(file, "broken"))      # somebody may want to mend it
    known = {"about": ABOUT, **known, when: entry}
    replace(file, (json.dumps(known, indent=1) + "\n").encode())


def delete() -> bool:
    """Delete the answers, in the file and here; says whether there were any."""
    file, was = path(), bool(_here)
    _here.clear()
    with contextlib.suppress(FileNotFoundError):
        if file:
            file.unlink()
            was = True
    return was


def kept(when: str, letters: Container[str], count: int) -> tuple[list[str | None], bool]:
    """(answers, handed_in) of one of the two tests; what does not fit to the questions counts as not answered."""
    entry = load().get(when)
    if not isinstance(entry, dict):
        return [None] * count, False
    answers = entry.get("answers")
    if not isinstance(answers, list) or len(answers) != count:
        return [None] * count, False
    answers = [letter if letter in letters else None for letter in answers]
    return answers, bool(entry.get("handed_in")) and None not in answers
