"""Every notebook, found by listing the folders: it agrees with its source, keeps the rules, runs again.

nbval runs each notebook once and compares its texts (notebooks/conftest.py). Here each lesson is run once more, each
cell twice, in a kernel with the linear algebra of an older processor; and each of its sections alone.
"""

import os

import nbformat
import pytest

from lstm_course import lessons
from tests.notebooks import rules, support
from tests.notebooks.support import LESSONS, NOTEBOOKS, name_of
from tools import build
from tools.source import tells

MOST_SECONDS, MOST_MEGABYTES = 60, 400
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=name_of)
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs forked processes, which Windows lacks")


def listed(faults):
    """All faults, one below the other."""
    return "\n".join(faults)


def test_every_source_has_its_two_notebooks_and_no_notebook_is_left_over():
    names = [lesson.name for lesson in lessons.lessons()]
    assert [path.stem for path in LESSONS] == names
    assert [path.stem for path in support.SOLUTIONS] == names


@each_notebook
def test_it_is_what_its_source_says(path):
    source = build.read_source(lessons.FOLDER / f"l{path.stem}" / "text.md")
    expected = build.lesson(source) if path in LESSONS else source
    faults = rules.different_sources(expected, nbformat.read(path, 4))
    assert not faults, listed(faults + [f"Run: python tools/build.py {path.stem}"])


@each_notebook
def test_it_keeps_the_rules(path):
    notebook = nbformat.read(path, 4)
    faults = (rules.unrun_cells(notebook) + rules.bad_outputs(notebook) + rules.bad_pictures(notebook)
              + rules.bad_headings(notebook, path.stem) + rules.bad_prose(notebook, path.parent))
    assert not faults, listed(faults)
    assert dict(notebook.metadata) == build.NOTEBOOK_METADATA


@each_lesson
def test_its_code_comes_in_small_cells(path):
    faults = rules.bad_rhythm(nbformat.read(path, 4))
    assert not faults, listed(faults)


@pytest.mark.parametrize("path", support.SOLUTIONS, ids=name_of)
def test_the_solution_shows_what_the_lesson_shows(path):
    """In all cells but those that need the student's answers or tell ours; nbval compares neither HTML nor pictures."""
    lesson, solution = (nbformat.read(each, 4) for each in (path.parents[1] / path.name, path))
    pairs = [(a, b) for a, b in zip(lesson.cells, solution.cells, strict=True) if a.cell_type == "code"
             and "nbgrader" not in a.metadata and "yours" not in support.tags(a) and not tells(a)]
    faults = support.differences(*zip(*pairs, strict=True), pictures=False)
    assert pairs and not faults, listed(faults)


@each_lesson
def test_no_answer_stands_below_its_question(path):
    told = [cell for cell in support.code_cells(nbformat.read(path, 4)) if tells(cell)]
    assert not [cell.source for cell in told if cell.outputs]


@each_lesson
def test_an_older_processor_shows_what_is_stored(path):
    stored, first, *_ = support.run_twice(path)
    faults = support.differences(stored, first)
    assert not faults, listed(faults)


@each_lesson
def test_each_cell_can_be_run_twice(path):
    _, first, second, *_ = support.run_twice(path)
    faults = support.differences(first, second)
    assert not faults, listed(faults)


@needs_fork
@each_lesson
def test_any_cell_may_be_run_again_and_then_any_below_it(path):
    *_, faults = support.run_twice(path)
    assert not faults, "\n".join(faults)


@each_lesson
def test_it_is_quick_and_small(path, record_property):
    *_, seconds, megabytes, _ = support.run_twice(path)
    record_property("notebook", name_of(path))
    record_property("seconds", seconds)
    record_property("megabytes", megabytes)
    assert seconds <= MOST_SECONDS
    assert megabytes <= MOST_MEGABYTES


@needs_fork
@each_lesson
def test_each_section_runs_alone(path):
    faults = support.section_faults(path)
    assert not faults, listed(faults)

