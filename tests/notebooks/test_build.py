"""The build: what it makes of a source, what it refuses, and that it makes it twice alike."""

import base64
import struct

import nbformat
import pytest

from tools import build

EXERCISE = """\
# Doubling

```{code-cell}
:tags: [setup]
import numpy as np
```

## Task

```{code-cell}
:exercise: double

def double(x):
    if x is None:
        ### BEGIN SOLUTION
        return None
        ### END SOLUTION
    ### BEGIN SOLUTION
    y = x
    return x + y
    ### END SOLUTION
```

```{code-cell}
:check: double
:points: 2

print("correct" if double(2) == 4 else "not attempted yet")
### BEGIN HIDDEN TESTS
assert double(5) == 10
### END HIDDEN TESTS
```

+++ {"written": "why", "points": 1}

Why?

### BEGIN SOLUTION
Because.
### END SOLUTION
"""
PICTURES = """\
# Pictures

```{code-cell}
class Drawing:
    def _repr_mimebundle_(self, include=None, exclude=None):
        svg = ('<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><rect width="60" height="40"/>'
               '<text x="64" y="30" font-family="sans-serif">h⊙f ①</text></svg>')
        meta = {"alt": "A black square and three words", "data_sha256": "0" * 64}
        return {"text/plain": "Drawing", "image/svg+xml": svg}, {"image/svg+xml": meta}

Drawing()
```

```{code-cell}
import sys
print("one")
print("two")
print(sorted({"b", "a"}))
```
"""


def source(tmp_path, text, name="00_sample"):
    """A source file in a folder like that of the notebooks."""
    path = tmp_path / f"l{name}" / "text.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def cell_of(notebook, name):
    """The cell with this id."""
    return next(cell for cell in notebook.cells if cell.id == name)


def test_the_lesson_has_stubs_and_the_solution_notebook_has_everything(tmp_path):
    whole = build.read_source(source(tmp_path, EXERCISE))
    lesson = build.lesson(whole)
    assert cell_of(lesson, "double").source == "def double(x):\n    if x is None:\n        ...\n    ..."
    assert cell_of(lesson, "double-check").source == (
        'print("correct" if double(2) == 4 else "not attempted yet")')
    assert cell_of(lesson, "why").source == f"Why?\n\n{build.STUB['markdown']}"
    assert "### BEGIN SOLUTION" in cell_of(whole, "double").source
    assert "assert double(5)" in cell_of(whole, "double-check").source
    assert [cell.id for cell in lesson.cells] == [cell.id for cell in whole.cells]
    assert lesson.cells[1].metadata == {"tags": ["setup"]}


def test_the_metadata_is_what_nbgrader_expects(tmp_path):
    notebook = build.read_source(source(tmp_path, EXERCISE))
    entries = {name: dict(cell_of(notebook, name).metadata.nbgrader) for name in ("double", "double-check", "why")}
    common = {"schema_version": 3, "task": False}
    assert entries == {
        "double": {**common, "grade": False, "grade_id": "double", "locked": False, "solution": True},
        "double-check": {**common, "grade": True, "grade_id": "double-check", "locked": True, "points": 2,
                         "solution": False},
        "why": {**common, "grade": True, "grade_id": "why", "locked": False, "points": 1, "solution": True},
    }


def test_ids_come_from_the_content_and_survive_changes_elsewhere(tmp_path):
    ids = [cell.id for cell in build.read_source(source(tmp_path, EXERCISE)).cells]
    changed = EXERCISE.replace("## Task", "## Another task\n\nWith words.")
    new = [cell.id for cell in build.read_source(source(tmp_path, changed)).cells]
    assert len(set(ids)) == len(ids)
    assert [a == b for a, b in zip(ids, new, strict=True)].count(False) == 1
    twins = build.read_source(source(tmp_path, "# A\n\n+++\n\nsame\n\n+++\n\nsame\n"))
    assert len({cell.id for cell in twins.cells}) == 3


@pytest.mark.parametrize("old, new, complaint", [
    ("        return None\n        ### END SOLUTION\n", "        return None\n", "a second ### BEGIN SOLUTION"),
    ("    return x + y\n    ### END SOLUTION\n", "    return x + y\n", "BEGIN SOLUTION without ### END SOLUTION"),
    ("    ### BEGIN SOLUTION\n    y", "    y", "END SOLUTION without ### BEGIN SOLUTION"),
    ("### END HIDDEN TESTS\n", "", "BEGIN HIDDEN TESTS without ### END HIDDEN TESTS"),
    ("    y = x\n", "    y = x   ### BEGIN SOLUTION\n", "a marker must stand alone"),
    (":exercise: double\n", "", "a solution outside an exercise"),
    (":check: double\n:points: 2\n", "", "hidden tests outside a graded cell"),
    (":points: 2\n", "", "needs its points"),
    (":points: 2\n", ":points: many\n", "needs its points"),
    (":exercise: double\n", ":exercise: double\n:points: 1\n", "belong to the check"),
    (":check: double\n", ":check: triple\n", "no exercise of that name"),
    ('"written": "why"', '"written": "double"', "two cells are called 'double'"),
    (":exercise: double\n", ":exercise: double it\n", "letters, digits"),
    (":exercise: double\n", ":exercise: double\n:check: double\n", "both exercise and check"),
    (":exercise: double\n", ":exercize: double\n", "unknown option 'exercize'"),
    (":tags: [setup]\n", ":tags: setup\n", "in the options of a cell 'setup' is not of type"),
    (":tags: [setup]\n", ":points: 1\n", "points belong to a check"),
    (":tags: [setup]\n", ":minutes: 4\n", "minutes belong to an exercise"),
    (":exercise: double\n", ":exercise: double\n:minutes: few\n", "minutes belong to an exercise"),
    (":exercise: double\n", ":exercise: double\n:minutes: 6\n", None),
    ("Why?", "Why {term}`no such term`?", "the term 'no such term' is not in"),
    ('print("correct" if double(2) == 4 else "not attempted yet")\n', "", "nothing of it is left"),
    ("def double(x):\n    if x is None:\n", "if True:\n", None),
])
def test_mistakes_in_a_source_are_named_in_one_sentence(tmp_path, old, new, complaint):
    assert old in EXERCISE
    path = source(tmp_path, EXERCISE.replace(old, new))
    if complaint is None:
        build.read_source(path)
        return
    with pytest.raises(build.SourceError, match=complaint) as caught:
        build.read_source(path)
    assert "00_sample" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_stub_may_not_be_the_result_of_a_cell(tmp_path):
    cell = "# A\n\n```{code-cell}\n:exercise: a\n\n### BEGIN SOLUTION\na = 1\n### END SOLUTION\n```\n"
    with pytest.raises(build.SourceError, match="would be printed"):
        build.read_source(source(tmp_path, cell))
    in_brackets = cell.replace("### BEGIN", "a = (\n    ### BEGIN").replace("a = 1", "    1").replace(
        "### END SOLUTION", "    ### END SOLUTION\n)")
    lesson = build.lesson(build.read_source(source(tmp_path, in_brackets)))
    assert lesson.cells[1].source == "a = (\n    ...\n)"


def test_two_builds_are_identical_and_pictures_become_png(tmp_path):
    text = source(tmp_path, PICTURES)
    first = [path.read_bytes() for path in build.build(text, tmp_path)]
    second = [path.read_bytes() for path in build.build(text, tmp_path)]
    assert first == second
    drawing, words = nbformat.reads(first[0].decode(), 4).cells[1:]
    output = drawing.outputs[0]
    assert set(output.data) == {"text/plain", "image/png"}
    assert output.metadata["image/png"] == {"alt": "A black square and three words", "data_sha256": "0" * 64,
                                            "width": 120, "height": 40}
    png = base64.b64decode(output.data["image/png"])
    assert struct.unpack(">II", png[16:24]) == (240, 80)
    assert [output.text for output in words.outputs] == ["one\ntwo\n['a', 'b']\n"]
    assert [cell.execution_count for cell in (drawing, words)] == [1, 2]


def test_words_in_pictures_need_no_font_of_the_machine():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">{}</svg>'
    words = '<text x="2" y="15" font-family="{}">h⊙①σ</text>'
    empty = build.png_from_svg(svg.format(""))
    for family in ("sans-serif", "monospace", "serif", "Helvetica, Arial, sans-serif", "DejaVu Sans"):
        assert len(build.png_from_svg(svg.format(words.format(family)))[0]) > 2 * len(empty[0]), family


def test_a_widget_without_a_picture_stops_the_build(tmp_path):
    text = source(tmp_path, "# A\n\n```{code-cell}\nimport ipywidgets\nipywidgets.IntSlider()\n```\n")
    with pytest.raises(build.SourceError, match="shows a widget that has no picture"):
        build.build(text, tmp_path)


WARNING = "import warnings; warnings.warn('old')"


def test_a_warning_stops_the_build(tmp_path):
    with pytest.raises(build.CellExecutionError, match="Warning"):
        build.build(source(tmp_path, f"# A\n\n```{{code-cell}}\n{WARNING}\n```\n"), tmp_path)


def test_all_warnings_of_cells_and_of_the_course_are_errors(tmp_path):
    codes = [WARNING, "import numpy as np; np.array([1.0]) / 0", "warnings.warn('old', DeprecationWarning)",
             "import lstm_course; warnings.warn_explicit('x', UserWarning, 'f', 1, 'lstm_course.networks.cells')"]
    cells = [f"```{{code-cell}}\n:tags: [raises-exception]\n\n{code}\n```\n" for code in codes]
    lesson, _ = build.build(source(tmp_path, "# A\n\n" + "\n".join(cells)), tmp_path)
    found = [cell.outputs[0].ename for cell in nbformat.read(lesson, 4).cells[1:]]
    assert found == ["UserWarning", "RuntimeWarning", "DeprecationWarning", "UserWarning"]


def test_a_planned_error_is_stored_without_paths(tmp_path):
    text = source(tmp_path, "# A\n\n```{code-cell}\n:tags: [raises-exception]\n\nimport json\njson.loads('?')\n```\n")
    lesson, _ = build.build(text, tmp_path)
    [output] = nbformat.read(lesson, 4).cells[1].outputs
    assert output.traceback == ["JSONDecodeError: Expecting value: line 1 column 1 (char 0)"]


def test_the_command_builds_what_is_named_or_has_changed(tmp_path, capsys, monkeypatch):
    sources = [source(tmp_path, f"# {name}\n", name) for name in ("01_one", "02_two")]

    def write(text, folder):
        if "broken" in text.read_text(encoding="utf-8"):
            raise build.SourceError("It is broken.")
        for path in build.places(text, folder):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.read_bytes())

    def built(*names):
        build.contents.cache_clear()
        failed = build.main(names, tmp_path, sources)
        said = capsys.readouterr()
        return failed, sorted(line for line in said.out.splitlines() if line.startswith("built")), said.err

    monkeypatch.setattr(build, "build", write)
    assert built("01_one") == (0, ["built 01_one"], "")
    assert built("03_three") == (1, [], "There is no source '03_three', but 01_one, 02_two.\n")
    assert built() == (0, ["built 02_two"], "") and built() == (0, [], "")
    sources[1].write_text("broken", encoding="utf-8")
    assert built() == built() == (1, [], "02_two: It is broken.\n")
    sources[1].write_text("# Two\n", encoding="utf-8")
    (tmp_path / "01_one.ipynb").write_text("{}", encoding="utf-8")
    assert built() == (0, ["built 01_one", "built 02_two"], "") and built() == (0, [], "")
    assert built("--all") == (0, ["built 01_one", "built 02_two"], "")


def test_the_solution_is_stored_without_its_pictures(tmp_path):
    lesson, solution = (nbformat.read(path, 4) for path in build.build(source(tmp_path, PICTURES), tmp_path))
    [stored], [bare] = lesson.cells[1].outputs, solution.cells[1].outputs
    assert "image/png" in stored.data and set(bare.data) == {"text/plain"} and bare.metadata == stored.metadata
