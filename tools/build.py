"""Builds the lessons: lessons/lNAME/text.md -> notebooks/NAME.ipynb and notebooks/solutions/NAME.ipynb.

    python tools/build.py                  # those whose source or package has changed since they were built here
    python tools/build.py 01_rnn 03_bptt   # these
    python tools/build.py --all            # all of them

First it lets everything that names a lesson follow the lessons' folders and lesson.toml (names.py). Both notebooks are
executed, two lessons at a time. The solution is stored without pictures: they are in the lesson. The lesson is stored
without what reveal() and progress() print. source.py says what
a source may hold, run_notebook.py how it is run.
"""

import hashlib
import importlib.metadata
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError

if not __package__:                     # `python tools/build.py`, from any folder
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lstm_course import lessons
from tools import names
from tools.run_notebook import TIMEOUT, execute, kernel_environment, make_ipython_dir, png_from_svg
from tools.source import (
    NOTEBOOK_METADATA,
    STUB,
    SourceError,
    first_line,
    lesson,
    name_of,
    read_source,
    with_terms,
    without_answers,
    without_verify,
)

__all__ = ["NOTEBOOK_METADATA", "SOURCES", "STUB", "TIMEOUT", "CellExecutionError", "SourceError", "build", "execute",
           "first_line", "kernel_environment", "lesson", "main", "make_ipython_dir", "name_of", "png_from_svg",
           "read_source"]

HERE = Path(__file__).resolve().parents[1] / "notebooks"
PAGES = ("00_concept_test",)            # notebooks beside the lessons: they have no exercises, so no solution
SOURCES = tuple(sorted(lessons.FOLDER.glob("l*/text.md")))
BUILT = ".built.json"                   # what was built here from what: {name: hash}; not in git
AT_ONCE = 2                             # lessons; each has a kernel of its own


def build(text, folder=HERE):
    """Builds the lesson and the solution notebook of a source into the folder; returns their paths."""
    text, folder = Path(text), Path(folder)
    source = read_source(text, verify=True)
    made = [without_answers(execute_in(lesson(source), folder))]
    if name_of(text) not in PAGES:
        made.append(without_pictures(execute_in(source, folder / "solutions")))
    return [store(without_verify(notebook), path) for notebook, path in zip(made, places(text, folder), strict=True)]


def places(text, folder):
    """Where the two notebooks of a source stand; a page has one."""
    both = [folder / f"{name_of(text)}.ipynb", folder / "solutions" / f"{name_of(text)}.ipynb"]
    return both[:1] if name_of(text) in PAGES else both


def execute_in(notebook, folder):
    """The notebook, run in a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    return execute(notebook, folder)


def without_pictures(notebook):
    """The notebook without its PNGs; their alt texts and the hashes of their data stay in the metadata."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("image/png", None)
    return notebook


def store(notebook, path):
    """Writes a notebook, the same on every system; its path."""
    nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    return path


# ---- what is up to date? -----------------------------------------------------------------------------------


@cache
def contents(path):
    """The hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def said(text):
    """A source with its terms explained; as it stands if one of them is unknown, which the build will say."""
    words = text.read_text(encoding="utf-8")
    try:
        return with_terms(words, name_of(text))
    except SourceError:
        return words


def state(text, folder):
    """A hash of a lesson's source, of the code and data that it may use, and of its two notebooks as they are.

    A lesson uses the package and earlier lessons; which packages are installed counts, too.
    """
    package, own = lessons.FOLDER.parent, text.parent
    files = [path for path in sorted(package.rglob("*")) if path.is_file() and "__pycache__" not in path.parts
             and (lessons.FOLDER not in path.parents or (path.suffix == ".py" and path.parent.name <= own.name))]
    versions = [importlib.metadata.version(name) for name in ("numpy", "matplotlib", "ipywidgets", "ipykernel")]
    hashes = [said(text), *(contents(path) for path in files)]
    built = [contents.__wrapped__(path) for path in places(text, folder) if path.is_file()]     # the build changes them
    return hashlib.sha256("\n".join([*versions, *hashes, *built]).encode()).hexdigest()


def remembered(folder):
    """{name: state} of the lessons that were built here."""
    try:
        return dict(json.loads((folder / BUILT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


# ---- the command -------------------------------------------------------------------------------------------


def main(arguments, folder=HERE, sources=SOURCES):
    """Builds the named lessons (without a name those that are out of date); returns 1 if one of them failed."""
    known, built = {name_of(path): path for path in sources}, remembered(folder)
    wanted = [Path(name).stem for name in arguments if name != "--all"]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"There is no source {unknown[0]!r}, but {', '.join(known) or 'none at all'}.", file=sys.stderr)
        return 1
    if not wanted:
        wanted = [name for name in known if "--all" in arguments or built.get(name) != state(known[name], folder)]
        print(f"{len(known) - len(wanted)} of {len(known)} lessons are up to date.", flush=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = dict(zip(wanted, pool.map(lambda name: succeeded(known[name], folder), wanted), strict=True))
    built |= {name: state(known[name], folder) for name, good in done.items() if good}
    (folder / BUILT).write_text(json.dumps(built, indent=1) + "\n", encoding="utf-8")
    return 0 if all(done.values()) else 1


def succeeded(text, folder):
    """Builds a source and says so, or says what is wrong with it."""
    try:
        build(text, folder)
    except (SourceError, CellExecutionError) as error:
        print(f"{name_of(text)}: {error}", file=sys.stderr, flush=True)
        return False
    print(f"built {name_of(text)}", flush=True)
    return True


if __name__ == "__main__":
    for line in names.refresh():
        print(line)
    sys.exit(main(sys.argv[1:]))
