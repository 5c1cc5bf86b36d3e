"""`python -m lstm_course copy FOLDER`: the lessons in a folder of the student's own.

An update of the course then never meets a student's notes. The command may be run again at any time:

- What the student has written stays, always.
- A lesson that is not there is copied.
- A lesson that came with an update replaces the old one if that is still just as it was copied. The old one is kept,
  in FOLDER/.lstm_course/before.
- If the student has changed it, the new one arrives beside it, as 06_lstm_cell.new.ipynb.

FOLDER/.lstm_course/copied.json holds the SHA-256 of each file as it was copied. That tells a student's changes from
the course's.
"""

import contextlib
import hashlib
import itertools
import json
import re
from pathlib import Path

import lstm_course
from lstm_course.students.files import free_name, replace, shown
from lstm_course.students.starting_cells import starting_cell
from lstm_course.whereabouts import COPIED, FOLDER

FIRST = "00_start_here.ipynb"
NOTEBOOK = re.compile(r"(\d\d|[A-Z])_\w+\.ipynb")       # a lesson of the course, not a student's notebook


class CannotCopy(Exception):
    """Why not, and what to do, in a sentence or two."""


def named(words: str | Path) -> Path:
    """The path that somebody has typed, with ~ for the home folder."""
    if not str(words).strip():
        raise CannotCopy("The name of the folder is empty. For the folder in which you are, write a point: .")
    try:
        return Path(words).expanduser()
    except RuntimeError:
        raise CannotCopy(f"There is no home folder for {words}. Name the folder in full, without ~.") from None


# ---- what is copied from where -----------------------------------------------------------------------------


def find_notebooks(place: str | Path | None = None) -> Path:
    """The folder with the course's notebooks: a place that was named, or the one beside the package."""
    if place is None:
        beside = Path(lstm_course.__file__).resolve().parents[1] / "notebooks"
        if (beside / FIRST).is_file():
            return beside
        raise CannotCopy("The notebooks are not beside the installed package. Say where they are with --from PLACE: "
                         f"the folder in which {FIRST} is, from your teacher or from the course's repository.")
    place = named(place)
    for folder in (place, place / "notebooks"):
        if (folder / FIRST).is_file():
            return folder.resolve()
    raise CannotCopy(f"There are no lessons in {place}: {FIRST} should be there, or in its folder notebooks.")


def course_files(notebooks: Path, solutions: bool = False) -> list[str]:
    """The names of what is copied, relative to the notebooks' folder."""
    folders = ["", "solutions"] if solutions else [""]
    lessons = [path for folder in folders for path in sorted((notebooks / folder).glob("*.ipynb"))
               if NOTEBOOK.fullmatch(path.name)]
    pictures = sorted(path for path in (notebooks / "pictures").glob("*") if path.is_file())
    return [path.relative_to(notebooks).as_posix() for path in lessons + pictures]


# ---- copying -----------------------------------------------------------------------------------------------


def copy(folder: str | Path, place: str | Path | None = None, solutions: bool = False) -> list[str]:
    """Copy the lessons into a folder, or bring what is new; the lines to print."""
    notebooks, folder = find_notebooks(place), named(folder).resolve()
    if folder == notebooks or notebooks in folder.parents:
        raise CannotCopy(f"{folder} is the course's own folder. Choose another one, such as {Path('~') / 'my-course'}.")
    if folder.exists() and not folder.is_dir():
        raise CannotCopy(f"{folder} is a file. Choose another name for the folder.")
    lines, record = [], Record(folder)
    try:
        for name in course_files(notebooks, solutions):
            lines += bring(name, (notebooks / name).read_bytes(), record)
    except OSError as error:
        raise CannotCopy(f"{error.filename or folder} cannot be written ({error.strerror}). Nothing of yours was "
                         "changed; run the command again when there is room, or with another folder.") from None
    finally:
        record.write()
    return _summary(lines, folder)


def bring(name: str, data: bytes, record: "Record") -> list[tuple[str, str]]:
    """Put one file of the course where it harms nothing; what was done, [(verb, name)] or nothing.

    It looks at the file's name and then at NAME.new, NAME.new-2, …, until one of them holds this version or may do so.
    """
    new = digest(data)
    for number, target in enumerate(_names(record.folder / name)):
        key = record.key(target)
        known, there = record.copied.get(key), digest(target.read_bytes()) if target.exists() else None
        if there == new:
            record.copied[key] = new
            return []
        if there is None and (number == 0 or known != new):
            record.put(target, data)
            return [("new" if number else "copied", key)]
        if known == new:                                # it was this version, before the student changed or deleted it
            return []
        if there == known:                              # an older version, as it was copied
            record.keep(target)
            record.put(target, data)
            return [("updated", key)]
    return []


def _names(path):
    """06_lstm_cell.ipynb, 06_lstm_cell.new.ipynb, 06_lstm_cell.new-2.ipynb, …"""
    yield path
    for number in itertools.count(1):
        yield path.with_name(f"{path.stem}.new{'' if number == 1 else f'-{number}'}{path.suffix}")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Record:
    """What was copied into a folder, and how it was then: copied = {name: SHA-256}."""

    def __init__(self, folder: Path):
        self.folder, self.file = folder, folder / FOLDER / COPIED
        try:
            self.copied: dict[str, str] = dict(json.loads(self.file.read_text(encoding="utf-8"))["files"])
        except (OSError, ValueError, KeyError, TypeError):
            self.copied = {}                # then every file that differs counts as changed by the student

    def key(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def put(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        replace(path, data)
        if new:
            with contextlib.suppress(OSError):      # some network disks know no modes
                path.chmod(0o644)
        self.copied[self.key(path)] = digest(data)

    def keep(self, path: Path) -> None:
        """Copy a file that is about to be replaced to where it can be found."""
        before = self.folder / FOLDER / "before" / self.key(path)
        before.parent.mkdir(parents=True, exist_ok=True)
        replace(free_name(before, "older") if before.exists() else before, path.read_bytes())

    def write(self) -> None:
        if self.copied:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            replace(self.file, json.dumps({"files": self.copied}, indent=1).encode() + b"\n")


def _summary(done, folder):
    """What was done, in plain words."""
    if not done:
        return ["Everything is there already, and what you wrote is as you left it."]
    those = {verb: [name for what, name in done if what == verb] for verb in ("copied", "updated", "new")}
    lines = []
    if those["copied"]:
        count, names = len(those["copied"]), f": {', '.join(those['copied'])}" if len(those["copied"]) < 5 else ""
        lines.append(f"Copied {count} file{'s' * (count > 1)} into {shown(folder)}{names}.")
    if those["updated"]:
        lines.append(f"New versions of what you had not changed yet: {', '.join(those['updated'])}.")
    for name in those["new"]:
        old = re.sub(r"\.new(-\d+)?(?=\.\w+$)", "", name)
        lines.append(f"{old} has a new version. Yours stays as it is; the new one stands beside it as {name}.")
    return lines


# ---- one exercise back to its beginning --------------------------------------------------------------------


def reset(notebook: str | Path, exercise: str) -> list[str]:
    """Put the starting cell of an exercise back into a notebook; the notebook as it was is kept. Lines to print."""
    path, stub = named(notebook).resolve(), starting_cell(exercise)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    except FileNotFoundError:
        raise CannotCopy(f"There is no notebook {path}.") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise CannotCopy(f"{path} cannot be read as a notebook. It was not changed.") from None
    cell = _cell_of(exercise, stub, cells)
    if cell is None:
        raise CannotCopy(f"There is no cell of the exercise {exercise} in {path.name}. It was not changed.")
    if "".join(cell["source"]) == stub:
        return [f"{exercise} stands in {path.name} as at its beginning. Nothing was changed."]
    kept = free_name(path, "before_reset")
    kept.write_bytes(path.read_bytes())
    cell.update(source=stub.splitlines(keepends=True), outputs=[], execution_count=None)
    replace(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())
    return [f"{exercise} is as at its beginning. The notebook with your attempt is kept as {kept.name}.",
            "If the notebook is open in JupyterLab: File → Reload Notebook from Disk."]


def _cell_of(exercise, stub, cells):
    """The exercise's cell: by its mark, or by the first line, if a program has dropped the marks.

    Of several copies it is the last one: it is the one that is graded, and that has the last word when all are run.
    """
    marked = [cell for cell in cells if cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") == exercise]
    begun = [cell for cell in cells if "".join(cell["source"]).lstrip().startswith(stub.split("(")[0] + "(")]
    return next(reversed(marked or begun), None)
