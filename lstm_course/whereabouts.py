"""Who is at work, and in which folder: a student, or the build, a test or a grader?"""

import contextlib
import os
import sys
from pathlib import Path

FOLDER = ".lstm_course"                 # what the course keeps for a student; in the copy of the course or at home
COPIED = "copied.json"                  # in FOLDER: this is a copy, made by `python -m lstm_course copy`
NO_STUDENT = ("PYTEST_VERSION", "PYTEST_CURRENT_TEST", "NBGRADER_EXECUTION", "NBGRADER_VALIDATING", "CI")
DEPENDENCIES = ("numpy", "matplotlib", "ipywidgets", "tqdm", "IPython")      # taken for a student's file of that name
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


def why_not_imported(error):
    """What to do if the networks cannot be imported, as an exception; None if we cannot tell.

    `python -m lstm_course` ends with the sentence alone, without a traceback.
    """
    folder = Path(sys.path[0] or ".").resolve()
    there = sorted(path.stem for path in folder.glob("*.py"))
    shadows = [name for name in there if name in sys.stdlib_module_names or name in DEPENDENCIES]
    if shadows:
        names = " and ".join(f"{name}.py" for name in shadows)
        words = (f"The file {names} in {folder} has the name of a module that Python needs, and is taken for it. Give "
                 f"it another name, such as my_{shadows[0]}.py, and start again")
    elif getattr(error, "name", None) == "numpy":
        words = (f"NumPy is missing in this Python, {sys.executable}. Is it the one in which the course was installed? "
                 "In a notebook: Kernel → Change Kernel; on the command line: the python of the course's own "
                 "environment (.venv)")
    else:
        return None
    return SystemExit(words) if sys.argv[:1] == ["-m"] else ImportError(words)


def ipython():
    """The IPython in which we are, or None; it is not loaded for the question."""
    return sys.modules["IPython"].get_ipython() if sys.modules.get("IPython") else None
