"""Builds the lessons: lessons/lNAME/text.md -> notebooks/NAME.ipynb and notebooks/solutions/NAME.ipynb.

    python tools/build.py                  # all lessons
    python tools/build.py 01_rnn 03_bptt   # some of them

A source is MyST Markdown as jupytext reads it. The options of a cell are, besides `:tags:`, only these:

    :exercise: NAME              a code cell for the student to complete; the solution stands between
                                 ### BEGIN SOLUTION and ### END SOLUTION
    :check: NAME                 the graded code cell of that exercise; what stands between
    :points: 2                   ### BEGIN HIDDEN TESTS and ### END HIDDEN TESTS is for the grader only
    +++ {"written": "NAME", "points": 1}     a text cell for the student to write and a person to grade

The lesson has `...` instead of each solution and no hidden tests; the solution notebook keeps both, with
nbgrader's metadata. Both are executed, and two builds on one machine give the same bytes: ids come from the
content, no times, no widgets, no paths. A widget is shown by a picture: with LSTM_COURSE_STATIC=1 it displays
an SVG with its alt text and a hash of its data, which becomes a PNG here.
"""

import base64
import copy
import hashlib
import os
import re
import struct
import sys
import tempfile
from pathlib import Path

import jupytext
import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from lstm_course import lessons
from lstm_course.students import starting_cells as starting

HERE = Path(__file__).resolve().parents[1] / "notebooks"
SOURCES = tuple(one.folder / "text.md" for one in lessons.lessons())
TIMEOUT = 120
SOLUTION = ("### BEGIN SOLUTION", "### END SOLUTION")
HIDDEN = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
STUB = {"code": "...", "markdown": "*Write your answer here.*"}
OPTIONS = {"code": {"tags", "exercise", "check", "points"}, "markdown": {"tags", "written", "points"},
           "raw": {"tags"}}
WIDGET = "application/vnd.jupyter.widget-view+json"
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KERNEL_CONFIG = """\
c.HistoryManager.enabled = False
c.IPKernelApp.log_level = "ERROR"
c.InteractiveShellApp.exec_lines = [
    "__import__('warnings').filterwarnings('error', module=r'(__main__|lstm_course)(\\\\.|$)')"
]
"""


class SourceError(ValueError):
    """Something in a lesson's source that its author has to change, said in one sentence."""


# ---- the source -----------------------------------------------------------------------------------------


def name_of(path):
    """The lesson's name from the path of its source, …/l06_lstm_cell/text.md."""
    return path.parent.name.removeprefix("l")


def read_source(path):
    """The cells of a source, unexecuted, with nbgrader's metadata and stable ids."""
    path = Path(path)
    try:
        notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="md:myst")
    except nbformat.ValidationError as error:
        raise SourceError(f"{path.name}: in the options of a cell {error.message}.") from None
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells):
        where = f"{path.name}, cell {number} ({first_line(cell)!r})"
        cell.metadata = expand_options(cell, where)
        check_markers(cell, where)
    check_names(notebook, path.name)
    set_ids(notebook)
    return notebook


def first_line(cell):
    """The beginning of a cell, to name it in a message."""
    return cell.source.strip().split("\n")[0][:50]


def expand_options(cell, where):
    """The metadata of a cell: its tags, and nbgrader's entry made from the short form in the source."""
    options = dict(cell.metadata)
    unknown = sorted(set(options) - OPTIONS[cell.cell_type])
    if unknown:
        raise SourceError(f"{where}: unknown option {unknown[0]!r}; a {cell.cell_type} cell may have "
                          f"{', '.join(sorted(OPTIONS[cell.cell_type]))}.")
    metadata = {"tags": options["tags"]} if options.get("tags") else {}
    entry = nbgrader_entry(options, where)
    if entry:
        metadata["nbgrader"] = entry
    return nbformat.from_dict(metadata)


def nbgrader_entry(options, where):
    """nbgrader's metadata for an exercise, a graded check or a written answer; None for any other cell."""
    kinds = [kind for kind in ("exercise", "check", "written") if kind in options]
    if len(kinds) > 1:
        raise SourceError(f"{where}: it cannot be both {kinds[0]} and {kinds[1]}.")
    if not kinds:
        if "points" in options:
            raise SourceError(f"{where}: points belong to a check or a written answer.")
        return None
    kind, name = kinds[0], str(options[kinds[0]])
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise SourceError(f"{where}: the name {name!r} may hold letters, digits, _ and - only.")
    graded = kind != "exercise"
    points = options.get("points")
    if graded and (not isinstance(points, int) or points < 0):
        raise SourceError(f"{where}: a graded cell needs its points, as in `:points: 2`.")
    if not graded and points is not None:
        raise SourceError(f"{where}: the points belong to the check, not to the exercise.")
    is_check = kind == "check"
    entry = {"grade": graded, "grade_id": f"{name}-check" if is_check else name, "locked": is_check,
             "schema_version": 3, "solution": not is_check, "task": False}
    return {**entry, "points": points} if graded else entry


def check_markers(cell, where):
    """Markers are balanced, and stand only where nbgrader expects them."""
    entry = cell.metadata.get("nbgrader", {})
    solutions, hidden = regions(cell.source, SOLUTION, where), regions(cell.source, HIDDEN, where)
    if solutions and not entry.get("solution"):
        raise SourceError(f"{where}: a solution outside an exercise; give the cell `:exercise: NAME`.")
    if hidden and not (entry.get("grade") and not entry.get("solution")):
        raise SourceError(f"{where}: hidden tests outside a graded cell; give the cell `:check: NAME`.")
    if cell.cell_type == "code" and entry.get("solution") and not solutions:
        raise SourceError(f"{where}: an exercise without a solution between {SOLUTION[0]} and {SOLUTION[1]}.")
    if not entry:
        return
    left = lesson_source(cell).strip()
    if not left:
        raise SourceError(f"{where}: nothing of it is left for the student.")
    if cell.cell_type == "code" and re.search(r"(^|\n)\.\.\.$", left):
        raise SourceError(f"{where}: the stub `...` would be printed as the cell's result; "
                          "write `answer = (` before the solution and `)` after it.")


def check_names(notebook, name):
    """Every grade_id once, and every check has its exercise."""
    ids = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]
    for grade_id in ids:
        if ids.count(grade_id) > 1:
            raise SourceError(f"{name}: two cells are called {grade_id!r}; nbgrader needs different names.")
        exercise = grade_id.removesuffix("-check")
        if exercise not in ids:
            raise SourceError(f"{name}: the check {exercise!r} has no exercise of that name.")


def set_ids(notebook):
    """Each cell's id: its grade_id, or a hash of its content (so an edited neighbour changes nothing)."""
    seen = set()
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        base = cell_id = cell.metadata.get("nbgrader", {}).get("grade_id", digest)
        copies = 1
        while cell_id in seen:
            copies += 1
            cell_id = f"{base}-{copies}"
        seen.add(cell_id)
        cell["id"] = cell_id


def regions(source, markers, where):
    """(first, last) line numbers of the regions between a pair of markers; SourceError if unbalanced."""
    begin, end = markers
    found, start = [], None
    for number, line in enumerate(source.split("\n")):
        if line.strip() == begin:
            if start is not None:
                raise SourceError(f"{where}: a second {begin} before {end}.")
            start = number
        elif line.strip() == end:
            if start is None:
                raise SourceError(f"{where}: {end} without {begin}.")
            found.append((start, number))
            start = None
        elif begin in line or end in line:
            raise SourceError(f"{where}: a marker must stand alone on its line ({line.strip()!r}).")
    if start is not None:
        raise SourceError(f"{where}: {begin} without {end}.")
    return found


def replace_regions(source, markers, stub):
    """The source with each region replaced by the stub in the region's indentation (None: by nothing)."""
    lines = source.split("\n")
    for first, last in reversed(regions(source, markers, "cell")):
        indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        lines[first : last + 1] = [] if stub is None else [indent + stub]
    return "\n".join(lines).rstrip()


def lesson_source(cell):
    """What the student sees of a cell."""
    return replace_regions(replace_regions(cell.source, SOLUTION, STUB.get(cell.cell_type)), HIDDEN, None)


def lesson(notebook):
    """The student's notebook of a source: stubs for solutions, no hidden tests; the ids stay."""
    result = copy.deepcopy(notebook)
    for cell in result.cells:
        if "nbgrader" in cell.metadata:
            cell.source = lesson_source(cell)
    return result


# ---- running --------------------------------------------------------------------------------------------


def make_ipython_dir(folder):
    """Writes a kernel's settings into the folder: warnings of cells and lstm_course are errors, no history.

    Warnings of the kernel's own start-up are not (PYTHONWARNINGS=error would make them so).
    """
    profile = Path(folder) / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(KERNEL_CONFIG)
    return str(folder)


def kernel_environment(ipython_dir, static=True):
    """The environment of a notebook's kernel, with static pictures or with widgets; nobody's progress is in it."""
    kept = dict(os.environ, OPENBLAS_NUM_THREADS="1", IPYTHONDIR=str(ipython_dir), LSTM_COURSE_STATIC="1",
                LSTM_COURSE_PROGRESS="off")
    dropped = {"MPLBACKEND"} if static else {"MPLBACKEND", "LSTM_COURSE_STATIC"}
    return {name: value for name, value in kept.items() if name not in dropped}


def execute(notebook, folder, timeout=TIMEOUT, environment=()):
    """Runs all cells in a fresh kernel of this Python, in the folder; their outputs are cleaned."""
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    client = NotebookClient(notebook, km=manager, timeout=timeout, record_timing=False,
                            store_widget_state=False, resources={"metadata": {"path": str(folder)}})
    with tempfile.TemporaryDirectory() as ipython_dir:
        kernel = {**kernel_environment(make_ipython_dir(ipython_dir)), **dict(environment)}
        client.execute(env=kernel, cleanup_kc=True)
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = clean_outputs(cell)
    return notebook


def clean_outputs(cell):
    """The outputs of a cell without what differs between runs or machines, pictures as PNG."""
    cleaned = []
    for output in cell.outputs:
        if output.output_type == "error":
            output.traceback = [f"{output.ename}: {output.evalue}"]
        elif output.output_type == "stream" and cleaned and cleaned[-1].get("name") == output.name:
            cleaned[-1].text += output.text
            continue
        elif "data" in output:
            clean_picture(output, cell)
        cleaned.append(output)
    return cleaned


def clean_picture(output, cell):
    """No widget view; an SVG becomes a PNG that keeps its alt text and the hash of its data."""
    svg = output.data.pop("image/svg+xml", None)
    if svg is not None:
        png, width, height = png_from_svg(svg)
        output.data["image/png"] = base64.b64encode(png).decode()
        kept = output.metadata.pop("image/svg+xml", {})
        output.metadata["image/png"] = nbformat.from_dict({**kept, "width": width, "height": height})
    if output.data.pop(WIDGET, None) and "image/png" not in output.data:
        raise SourceError(f"{first_line(cell)!r} shows a widget that has no picture without a kernel.")


def png_from_svg(svg, scale=2):
    """(PNG bytes, width, height): sharp on a projector, in the fonts that come with matplotlib."""
    import matplotlib
    import resvg_py

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    png = bytes(resvg_py.svg_to_bytes(
        svg_string=svg, zoom=scale, skip_system_fonts=True, background="#ffffff",
        font_files=[str(path) for path in sorted(fonts.glob("DejaVuSans*.ttf"))],
        font_family="DejaVu Sans", sans_serif_family="DejaVu Sans", serif_family="DejaVu Sans",
        monospace_family="DejaVu Sans Mono"))
    width, height = struct.unpack(">II", png[16:24])
    return png, round(width / scale), round(height / scale)


# ---- building -------------------------------------------------------------------------------------------


def build(text, folder=HERE):
    """Builds the lesson and the solution notebook of a source into the folder; returns their two paths."""
    text, folder = Path(text), Path(folder)
    source = read_source(text)
    built = []
    for notebook, place in ((lesson(source), folder), (source, folder / "solutions")):
        place.mkdir(parents=True, exist_ok=True)
        execute(notebook, place)
        nbformat.validate(notebook)
        path = place / f"{name_of(text)}.ipynb"
        path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
        built.append(path)
    return built


def main(names, folder=HERE, sources=SOURCES):
    """Builds the named lessons (all, if none is named); returns 1 if one of them failed."""
    known = {name_of(path): path for path in sources}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"There is no source {unknown[0]!r}, but {', '.join(known) or 'none at all'}.", file=sys.stderr)
        return 1
    failed = 0
    for name in names or known:
        try:
            build(known[name], folder)
            print(f"built {name}", flush=True)
        except (SourceError, CellExecutionError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    failed = main([Path(name).stem for name in sys.argv[1:]])
    starting.store(HERE)                # how each exercise begins, for `reset`
    sys.exit(failed)
