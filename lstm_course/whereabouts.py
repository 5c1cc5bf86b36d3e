"""Who is at work, and in which folder: a student, or the build, a test or a grader?"""

import contextlib
import os
import sys
from pathlib import Path

FOLDER = ".lstm_course"                 # what the course keeps for a student; in the copy of the course or at home
COPIED = "copied.json"                  # in FOLDER: this is a copy, made by `python -m lstm_course copy`
NO_STUDENT = ("PYTEST_VERSION", "PYTEST_CURRENT_TEST", "NBGRADER_EXECUTION", "NBGRADER_VALIDATING", "CI")
STATIC = "LSTM_COURSE_STATIC"           # set while the notebooks are built


def is_static():
    """Are the notebooks being built? Then outputs are stored, and need no kernel: pictures instead of widgets."""
    return os.environ.get(STATIC, "") not in ("", "0")


def is_student():
    """Is a person at work? Then outputs may depend on what this person did, and on the machine."""
    return not is_static() and not any(map(os.environ.get, NO_STUDENT))


def copied_folder(start=None):
    """The copy of the course in which we are, or None."""
    with contextlib.suppress(OSError):
        here = Path(start or Path.cwd()).resolve()
        return next((folder for folder in (here, *here.parents) if (folder / FOLDER / COPIED).is_file()), None)
    return None


def ipython():
    """The IPython in which we are, or None; it is not loaded for the question."""
    return sys.modules["IPython"].get_ipython() if sys.modules.get("IPython") else None
