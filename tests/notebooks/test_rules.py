"""Each fault that a notebook can have is found: tiny notebooks, each with one fault."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.notebooks import rules, support
from tests.notebooks.names_in_cells import pairs_to_rerun
from tools import build
from tools.run_notebook import WIDGET

ALT = "A line that falls from one to zero within five steps"


def code(source, *outputs, count=1, tags=()):
    """An executed code cell."""
    metadata = {"tags": list(tags)} if tags else {}
    return new_code_cell(source, outputs=list(outputs), execution_count=count, metadata=metadata)


def picture(alt=ALT, sha="0" * 64, kind="image/png"):
    """An output with a picture."""
    return new_output("display_data", {kind: "iVBO", "text/plain": "x"}, metadata={
        kind: {"alt": alt, "data_sha256": sha}})


def stored(folder, *cells):
    """The path of a notebook with these cells."""
    path = Path(folder) / "sample.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


# ---- what is stored ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["source", "tags", "id", "nbgrader", "order", "more", "fewer"])
def test_a_notebook_that_differs_from_its_source(change):
    expected = new_notebook(cells=[new_markdown_cell("# A"), code("1 + 1"), code("2 + 2")])
    other = nbformat.from_dict(nbformat.reads(nbformat.writes(expected), 4))
    assert not rules.different_sources(expected, other)
    cell = other.cells[1]
    if change == "source":
        cell.source += " "
    elif change == "tags":
        cell.metadata["tags"] = ["setup"]
    elif change == "id":
        cell.id = "other"
    elif change == "nbgrader":
        cell.metadata["nbgrader"] = {"grade": True}
    elif change == "order":
        other.cells.reverse()
    elif change == "more":
        other.cells.append(code("3"))
    else:
        other.cells.pop()
    assert rules.different_sources(expected, other)


@pytest.mark.parametrize("cells, fault", [
    ([code("1"), code("2", count=2)], None),
    ([code("1"), code("2", count=None)], "never executed"),
    ([code("1", count=None), code("2", count=2)], "never executed"),
    ([code("1"), code("2", count=1)], "number 1, not 2"),
    ([code("1"), code("2", count=3)], "number 3, not 2"),
    ([code("1"), code(" ", count=2)], "empty"),
])
def test_a_cell_that_was_not_executed(cells, fault):
    check(rules.unrun_cells(new_notebook(cells=cells)), fault)


def check(faults, fault):
    """The only fault says this; or there is none."""
    assert len(faults) == (fault is not None), faults
    assert fault is None or fault in faults[0]


@pytest.mark.parametrize("output, tags, fault", [
    (new_output("stream", name="stdout", text="fine, 1/2 of /5 and 0x1f"), (), None),
    (new_output("stream", name="stderr", text="careful"), (), "stderr"),
    (new_output("error", ename="E", evalue="e", traceback=["E: e"]), (), "an error"),
    (new_output("error", ename="E", evalue="e", traceback=["E: e"]), ("raises-exception",), None),
    (new_output("display_data", {WIDGET: {}, "text/plain": "x"}), (), "a widget"),
    (new_output("display_data", {"application/vnd.jupyter.widget-state+json": {}}), (), "a widget"),
    (new_output("display_data", {"image/svg+xml": "<svg/>"}), (), "SVG"),
    (new_output("execute_result", {"text/plain": "<A at 0x7f70a3162f10>"}), (), "a memory address"),
    (new_output("stream", name="stdout", text="/".join(["", "home", "me", "x.py"])), (), "a path"),
])
def test_an_output_that_must_not_be_stored(output, tags, fault):
    check(rules.bad_outputs(new_notebook(cells=[code("f()", output, tags=tags)])), fault)


def test_stored_widgets():
    check(rules.bad_outputs(new_notebook(metadata={"widgets": {}})), "stores widgets")


@pytest.mark.parametrize("outputs, fault", [
    ([picture(), picture("A bar for each gate: input, forget, output")], None),
    ([picture("")], "alt text is ''"),
    ([picture("figure")], "'figure'"),
    ([picture("The figure of the plot")], "'The figure of the plot'"),
    ([picture("Image 1234567890 1234567890")], "alt text is"),
    ([picture("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")], "alt text is"),
    ([picture(), picture()], "the alt text of 'f()'"),
    ([picture(sha="")], "hash"),
    ([picture("", kind="image/jpeg")], "alt text is ''"),
    ([new_output("display_data", {"text/html": "<img src='x'>"})], "<img>"),
])
def test_a_picture_that_is_not_described(outputs, fault):
    check(rules.bad_pictures(new_notebook(cells=[code("f()", *outputs)])), fault)


AGAIN = [code("x = [1, 2]"), code("def total():\n    return sum(x)"), code("y = total()"),
         code("x = [1, 2, 3]\nw = [1, 1, 1]"), code("[a * b for a, b in zip(w, x, strict=True)]"),
         code("n = 0"), code("n += 1\nassert n < 4"), code("for k in range(3):\n    z = k"), code("z"),
         code("d = {}"), code("d['a'] = 1"), code("d['a']")]


def test_cells_that_see_other_values_when_they_are_run_again(tmp_path):
    pairs = pairs_to_rerun(AGAIN)
    assert pairs == [[0, 4], [2], [9, 11]], "only what can differ is run"
    [fault] = support.run_twice(executed(tmp_path, *AGAIN))[-1]
    assert fault.startswith("'x = [1, 2]' then '[a * b for a, b in zip(w, x, strict=True)]': ")
    assert "ValueError" in fault
    (tmp_path / "second").mkdir()
    [fault] = support.run_twice(executed(tmp_path / "second", *AGAIN[-3:]))[-1]
    assert fault.startswith("'d = {}' then \"d['a']\": ") and "KeyError" in fault


# ---- prose and rhythm -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, markdown, fault", [
    ("00_start", "# A\n\n## B\n\n### C\n\n## D", None),
    ("00_start", "# A\n\n```\n# a comment\n```", None),
    ("00_start", "# A\n\n# B", "level 1"),
    ("00_start", "## A", "level 1"),
    ("00_start", "text", "level 1"),
    ("00_start", "# A\n\n### B", "'B' skips a level"),
    ("01_rnn", "# A\n\n" + "\n\n".join(f"## {title}" for title in rules.GRAMMAR), None),
    ("14_words", "# A\n\n" + "\n\n".join(f"## {title}: so" for title in rules.GRAMMAR), None),
    ("01_rnn", "# A\n\n" + "\n\n".join(f"## {title}" for title in rules.GRAMMAR[:6]), "the sections are"),
    ("01_rnn", "# A\n\n" + "\n\n".join(f"## {title}" for title in rules.GRAMMAR[::-1]), "the sections are"),
    ("01_rnn", "# A\n\n" + "\n\n".join(f"## {title} so" for title in rules.GRAMMAR), "the sections are"),
    ("01_rnn", "# A\n\n" + "\n\n".join(f"## {title}" for title in [*rules.GRAMMAR, "More · B (9 minutes)"]), None),
    ("01_rnn", "# A\n\n" + "\n\n".join(f"## {title}" for title in [*rules.GRAMMAR, "More"]), "the sections are"),
    ("15_more", "# A\n\n## B", None),
])
def test_headings_out_of_order(name, markdown, fault):
    check(rules.bad_headings(new_notebook(cells=[new_markdown_cell(markdown)]), name), fault)


@pytest.mark.parametrize("markdown, fault", [
    ("See [the next](02_next.ipynb#there), [this](#here), [that](https://example.org) and $a/b$.", None),
    ("![a picture](https://example.org/a.png)", "holds a picture"),
    ("<img src='a.png'>", "holds a picture"),
    ("See [the next](03_next.ipynb).", "not there"),
    ("In " + "/".join(["", "tmp", "x"]), "a path of a machine"),
])
def test_prose_that_leads_nowhere(tmp_path, markdown, fault):
    (tmp_path / "02_next.ipynb").touch()
    check(rules.bad_prose(new_notebook(cells=[new_markdown_cell(markdown)]), tmp_path), fault)


@pytest.mark.parametrize("sizes, fault", [
    ([1, 5, 7, 14], None), ([3] * 20 + [16, 16], None), ([3, 3, 31], "more than 30"),
    ([3] * 9 + [16, 17], "more than 15"), ([8, 8, 9], "a typical code cell"),
])
def test_cells_that_are_too_long(sizes, fault):
    cells = [code("\n\n".join(f"x{number} = {line}" for line in range(size))) for number, size in enumerate(sizes)]
    check(rules.bad_rhythm(new_notebook(cells=cells)), fault)


# ---- running ----------------------------------------------------------------------------------------------


def executed(folder, *cells):
    """The path of a notebook whose cells have been run."""
    path = stored(folder, *cells)
    notebook = build.execute(nbformat.read(path, 4), folder)
    nbformat.write(notebook, path)
    return path


def changed(path, old, new):
    """The notebook with another text in it."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


DRAWING = """
class Drawing:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": "Drawing", "image/png": "iVBO"}, {"image/png": {"data_sha256": str(y)}}
Drawing()"""
PROCESSOR = """\
import os
[name in os.environ for name in ('OPENBLAS_CORETYPE', 'NPY_DISABLE_CPU_FEATURES')]"""


def test_outputs_that_change_when_a_cell_is_run_twice(tmp_path):
    """On an older processor, which is really used."""
    path = executed(tmp_path, code("x = y = 5"), code("print(x)"), code(DRAWING), code("x = x + 1\nx"), code(PROCESSOR),
                    code("import time\ntime.perf_counter()"),
                    code("time.perf_counter()", tags=["nbval-ignore-output"]))
    _, first, second, seconds, megabytes, _ = support.run_twice(path)
    found = [cell.source.split("\n")[-1] for cell, again in zip(first, second, strict=True)
             if support.differences([cell], [again])]
    assert found == ["x", "time.perf_counter()"]
    assert first[4].outputs[0].data["text/plain"] == str([support.IS_X86] * 2)
    assert 0 < seconds < 30
    assert 10 < megabytes < 400 or sys.platform != "linux"


def test_stale_text_and_stale_pictures(tmp_path):
    path = executed(tmp_path, code("x = y = 5"), code("print(x)"), code(DRAWING), code("-0.0"))
    old, first, *_ = support.run_twice(path)
    assert not support.differences(old, first)
    changed(path, '"5\\n"', '"4\\n"')
    assert len(support.differences(support.code_cells(nbformat.read(path, 4)), first)) == 1
    changed(path, '"data_sha256": "5"', '"data_sha256": "6"')
    assert len(support.differences(support.code_cells(nbformat.read(path, 4)), first)) == 2
    changed(path, '"-0.0"', '"0.0"')
    assert len(support.differences(support.code_cells(nbformat.read(path, 4)), first)) == 2


@pytest.mark.parametrize("text, same", [
    ("-0.0", "0.0"), ("[-0. 1.]", "[0. 1.]"), ("(-0.000, 2)", "(0.000, 2)"), ("-0.01", None), ("1e-0", None),
    ("10-0", None), ("-0", "0"), ("-0.5", None),
])
def test_only_zeros_lose_their_sign(text, same):
    assert re.sub(*support.MINUS_ZERO, text) == (same or text)


def test_a_section_that_needs_another_one(tmp_path):
    path = stored(
        tmp_path, code("import math", tags=["setup"]), code("helper = 1"),
        new_markdown_cell("## One"), code("a = 1"), code("print(math.pi, a)"),
        new_markdown_cell("Text.\n\n## Two"), code("b = 2"), new_markdown_cell("### Part"), code("b + a"),
        new_markdown_cell("## Three"), code("1 / 0", tags=["raises-exception"]), code("import sys"),
        new_markdown_cell("## Four"), code("sys.path"),
        new_markdown_cell("## Five"), code("import warnings; warnings.warn('old')"),
        new_markdown_cell("## Six"), code("import sys; print('careful', file=sys.stderr)"),
        new_markdown_cell("## Seven"), code("import os; os._exit(3)"),
        new_markdown_cell("## Eight"), code("helper"))
    faults = support.section_faults(path)
    assert [fault.split(":")[0] for fault in faults] == ["Two", "Four", "Five", "Six", "Seven", "Eight"]
    assert "name 'a' is not defined" in faults[0]


def test_set_up_cells_that_need_a_section(tmp_path):
    path = stored(tmp_path, new_markdown_cell("## One"), code("a = 1"), code("a + 1", tags=["setup"]))
    [fault] = support.section_faults(path)
    assert "name 'a' is not defined" in fault


def test_nbval_compares_strictly(tmp_path):
    """The settings in pyproject.toml, on good cells and bad ones."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    path = executed(folder, code("print('a')"), code("1 + 1"), code("-0.0"), code("print('b')"), code("2 + 2"),
                    code("3 + 3"), code("4 + 4"), code("5 + 5"))
    for old, new in [('"b\\n"', '"c\\n"'), ('"4"', '"5"'), ("3 + 3", "3 / 0"),
                     ("4 + 4", "import warnings; warnings.warn('a')\\n4 + 4"),
                     ("5 + 5", "import sys; _ = sys.stderr.write('a')\\n5 + 5")]:
        changed(path, old, new)
    for name in ("pyproject.toml", "notebooks/conftest.py"):
        (tmp_path / name).write_text((support.ROOT / name).read_text())
    for name in ("tests", "tools"):
        (tmp_path / name).symlink_to(support.ROOT / name)
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-n", "0", "notebooks", "-rf", "--color=no"],
                          cwd=tmp_path, capture_output=True, text=True)
    failed = [line.split("::")[1][:6] for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert failed == [f"Cell {number}" for number in range(3, 8)], done.stdout
