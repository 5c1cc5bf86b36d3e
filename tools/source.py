"""A lesson's source, text.md, as two notebooks: the student's and the solution, not yet run.

A source is MyST Markdown as jupytext reads it. The options of a cell are, besides `:tags:`, only these:

    :exercise: NAME              a code cell for the student to complete; the solution stands between
                                 ### BEGIN SOLUTION and ### END SOLUTION
    :check: NAME                 the graded code cell of that exercise; what stands between
    :points: 2                   ### BEGIN HIDDEN TESTS and ### END HIDDEN TESTS is for the grader only
    +++ {"written": "NAME", "points": 1, "minutes": 4}     a text cell for the student to write and a person to grade
    :minutes: 6                  of an exercise: what it takes, beside its name (tools/minutes.py adds them up)

Three more things are written in the text:

    ```{verify}                  a cell that only tests the lesson's numbers: it runs in the build and in the tests, in
    assert round(loss, 4) == 0.0152      the lesson's namespace, and is in no notebook; it may not need an answer to an
    ```                          exercise, which the lesson does not have
    {term}`hidden state`         the first use of a term, or {term}`hidden states <hidden state>`: bold, and explained
                                 by its line of lessons/glossary.toml in a list at the end of the core
    ## More · Clipping (12 minutes)      begins an optional part after the summary

The lesson has `...` instead of each solution and no hidden tests; the solution notebook keeps both, with nbgrader's
metadata. Ids come from the content.
"""

import copy
import hashlib
import re
from pathlib import Path

import jupytext
import nbformat

from lstm_course.lessons import glossary
from lstm_course.students import lesson_source as markers
from lstm_course.students.lesson_source import HIDDEN, SOLUTION, SourceError, regions

STUB = {"code": markers.STUB, "markdown": "*Write your answer here.*"}
OPTIONS = {"code": {"tags", "exercise", "check", "points", "minutes"},
           "markdown": {"tags", "written", "points", "minutes"}, "raw": {"tags"}}
VERIFY = re.compile(r"^(`{3,})\{verify\}[ \t]*$", re.MULTILINE)
TERM = re.compile(r"\{term\}`([^`<]+?)(?:\s*<([^`>]+)>)?`")
MORE = re.compile(r"^## More\b", re.MULTILINE)
NOT_COMPARED = "nbval-ignore-output"
TERMS = "Terms of this lesson"          # the heading of their list
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def name_of(path):
    """The lesson's name from the path of its source, …/l06_lstm_cell/text.md."""
    return path.parent.name.removeprefix("l")


def read_source(path, verify=False):
    """The cells of a source, unexecuted, with nbgrader's metadata and stable ids; the verify cells only if wanted."""
    path = Path(path)
    notebook = parsed(path)
    if not verify:
        notebook = without_verify(notebook)
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells):
        where = f"{name_of(path)}, cell {number} ({first_line(cell)!r})"
        cell.metadata = expand_options(cell, where)
        check_markers(cell, where)
    check_names(notebook, name_of(path))
    set_ids(notebook)
    return notebook


def parsed(path):
    """The cells as jupytext reads them, with their options as metadata; the terms are explained."""
    try:
        text = with_terms(path.read_text(encoding="utf-8"), name_of(path))
        return jupytext.reads(VERIFY.sub(r"\1{code-cell}\n:tags: [verify]", text), fmt="md:myst")
    except nbformat.ValidationError as error:
        raise SourceError(f"{name_of(path)}: in the options of a cell {error.message}.") from None


def is_verify(cell):
    """Whether a cell only tests the lesson's numbers."""
    return "verify" in cell.metadata.get("tags", ())


def without_verify(notebook):
    """The notebook that students get; what was executed is counted without gaps."""
    notebook.cells = [cell for cell in notebook.cells if not is_verify(cell)]
    run = [cell for cell in notebook.cells if cell.get("execution_count")]
    for number, cell in enumerate(run, 1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    return notebook


def with_terms(text, name):
    """The text with each marked term in bold, a link to the list of all of them at the end of the core."""
    known, used = glossary(), {}

    def link(found):
        entry = (found[2] or found[1]).strip()
        if entry not in known:
            raise SourceError(f"{name}: the term {entry!r} is not in lessons/glossary.toml.")
        used[entry] = known[entry]
        words = known[entry].replace('"', "'")
        return f'**[{found[1].strip()}](#{TERMS.replace(" ", "-")} "{words}")**'

    text = TERM.sub(link, text)
    if not used:
        return text
    lines = "".join(f"- **{entry}**: {used[entry]}\n" for entry in sorted(used, key=str.lower))
    more = MORE.search(text)
    core, rest = (text[:more.start()], f"\n+++\n\n{text[more.start():]}") if more else (text, "")
    return f"{core.rstrip()}\n\n+++\n\n### {TERMS}\n\n{lines}{rest}"


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
    minutes = options.get("minutes", 1)
    if not isinstance(minutes, int) or minutes < 1 or ("minutes" in options and kinds in ([], ["check"])):
        raise SourceError(f"{where}: minutes belong to an exercise or a written answer, as in `:minutes: 6`.")
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


def lesson_source(cell):
    """What the student sees of a cell."""
    return markers.for_student(cell.source, STUB.get(cell.cell_type))


def tells(cell):
    """Does a cell tell what the student is to find out, or has done? Its output is then not stored in the lesson."""
    return cell.cell_type == "code" and re.search(r"^(reveal|progress)\(", cell.source, re.MULTILINE) is not None


def lesson(notebook):
    """The student's notebook of a source: stubs for solutions, no hidden tests; the ids stay."""
    result = copy.deepcopy(notebook)
    for cell in result.cells:
        if "nbgrader" in cell.metadata:
            cell.source = lesson_source(cell)
        if tells(cell):
            cell.metadata["tags"] = sorted({*cell.metadata.get("tags", []), NOT_COMPARED})
    return result


def without_answers(notebook):
    """The lesson without the outputs that would stand below a question before it is answered."""
    for cell in notebook.cells:
        if tells(cell):
            cell.outputs = []
    return notebook
