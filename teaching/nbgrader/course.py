"""Lays out a course folder for nbgrader: its settings, and each lesson as an assignment.

    python teaching/nbgrader/course.py FOLDER                        # all lessons
    python teaching/nbgrader/course.py FOLDER 01_rnn 06_lstm_cell    # some of them

FOLDER/source/01_rnn/01_rnn.ipynb is the solution notebook, from which `nbgrader generate_assignment 01_rnn` makes
the students' version. Nothing that is already in FOLDER is changed: run it again to add lessons.
See teaching/grading.md for the rest.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONFIG = "nbgrader_config.py"


def lessons():
    """The names of the lessons -> their solution notebooks."""
    return {path.stem: path for path in sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))}


def with_links(text):
    """A notebook's text in which links to other lessons lead to the folders of their assignments."""
    names = "|".join(map(re.escape, lessons()))
    return re.sub(rf"\]\(({names})\.ipynb", r"](../\1/\1.ipynb", text)


def put(path, text):
    """Writes a file unless there is one; says in a line what was done."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return f"wrote {path}"
    if path.read_text(encoding="utf-8") == text:
        return f"kept  {path}"
    return f"kept  {path}, which differs from the course's. To get that one, move yours away and run this again."


def lay_out(folder, names):
    """Puts the settings and the named lessons into the folder; returns a line for each file."""
    said = [put(folder / CONFIG, (HERE / CONFIG).read_text(encoding="utf-8"))]
    for name in names:
        text = with_links(lessons()[name].read_text(encoding="utf-8"))
        said.append(put(folder / "source" / name / f"{name}.ipynb", text))
    return said


def main(arguments):
    """The command; returns 1 if it could not do what was asked."""
    if not arguments or arguments[0].startswith("-"):
        print(__doc__)
        return 0 if arguments in (["-h"], ["--help"]) else 1
    folder, names = Path(arguments[0]).resolve(), [Path(name).stem for name in arguments[1:]]
    unknown = [name for name in names if name not in lessons()]
    if unknown:
        print(f"There is no lesson {unknown[0]!r}, but {', '.join(lessons())}.", file=sys.stderr)
        return 1
    if folder.is_relative_to(ROOT):
        print(f"{folder} is inside the course. Choose a folder outside: it will hold the names and the work of "
              "your students, which do not belong into a repository.", file=sys.stderr)
        return 1
    try:
        print("\n".join(lay_out(folder, names or lessons())))
    except OSError as error:
        print(f"{folder} cannot be written: {error}", file=sys.stderr)
        return 1
    print(f"Next: cd {folder}, then nbgrader generate_assignment {(names or list(lessons()))[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
