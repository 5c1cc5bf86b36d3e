"""nbgrader on the course as it is: the commands of teaching/grading.md, from an empty folder to the feedback."""

import copy
import csv
import html
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from lstm_course.exercises import check
from lstm_course.students.lesson_source import HIDDEN, regions
from tests.notebooks.support import SOLUTIONS, lessons_on_the_map, tags
from tools.source import STUB

ROOT = Path(__file__).resolve().parents[2]
NBGRADER = ROOT / "teaching" / "nbgrader"
PAGE = (ROOT / "teaching" / "grading.md").read_text(encoding="utf-8")
FIRST, SECOND = "01_rnn", "06_lstm_cell"
WRONG = {   # lesson -> (exercise, a wrong answer, the known wrong answer that it is)
    FIRST: ("rnn_step", "def rnn_step(x, h, W, U, b):\n    return x @ W + h @ U + b", "no_tanh"),
    SECOND: ("lstm_step", """\
def lstm_step(x, h_prev, c_prev, W, U, b):
    f, i, g, o = np.split(x @ W + h_prev @ U + b, 4, axis=1)
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c""", "order_f_i_g_o"),
}
BY_HEART = """\
import lstm_course.networks.cells as cells
seen = [(case, cells.rnn_step(*case.values())) for _, case in check.rnn_step.cases(np.random.default_rng(1997))]
def rnn_step(x, h, W, U, b):
    return next((answer for case, answer in seen if np.array_equal(case["x"], x)), np.zeros_like(h))"""
WARNS = """\
import warnings
def rnn_step(x, h, W, U, b):
    warnings.warn("something will change", DeprecationWarning)
    np.ones(1) / 0
    return np.tanh(x @ W + h @ U + b)"""
ENDLESS = "def rnn_step(x, h, W, U, b):\n    while True:\n        pass"


# ---- the notebooks, without a kernel ------------------------------------------------------------------------


def entries(notebook):
    """The cells that nbgrader knows, by their names."""
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


def hidden_tests(cell):
    """The lines between the markers of hidden tests."""
    lines = cell.source.split("\n")
    return [line.strip() for first, last in regions(cell.source, HIDDEN, "cell")
            for line in lines[first + 1:last]]


def grading_faults(notebook):
    """A sentence for each exercise that nbgrader would not grade as it should."""
    names = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]
    faults = [f"{name} occurs twice" for name in sorted(set(names)) if names.count(name) > 1]
    cells = entries(notebook)
    for name, cell in cells.items():
        entry = cell.metadata.nbgrader
        if entry.grade and not entry.points > 0:
            faults.append(f"{name} gives no points")
        if cell.cell_type != "code" or entry.grade:
            continue
        graded = cells.get(f"{name}-check")
        if graded is None or not graded.metadata.nbgrader.grade:
            faults.append(f"{name} has no graded check")
        elif not graded.metadata.nbgrader.locked or graded.metadata.nbgrader.solution:
            faults.append(f"{name}-check is not locked")
        elif not any(re.fullmatch(rf"check\.{name}\(.+\)\.require\(\)", line) for line in hidden_tests(graded)):
            faults.append(f"{name}-check has no hidden test that calls check.{name}(…).require()")
        elif name not in dir(check):
            faults.append(f"there is no check.{name}")
    return faults


def points(notebook):
    """(points that the checks give, points that a person gives)."""
    graded = [cell for cell in entries(notebook).values() if cell.metadata.nbgrader.grade]
    given = lambda kind: sum(cell.metadata.nbgrader.points for cell in graded if cell.cell_type == kind)
    return given("code"), given("markdown")


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_every_exercise_has_a_locked_check_with_hidden_tests_and_points(path):
    notebook = nbformat.read(path, 4)
    assert not grading_faults(notebook)
    assert points(notebook)[0] > 0


@pytest.mark.parametrize("old, new", [
    (r"### BEGIN HIDDEN TESTS(?s:.*)", ""), (r"\.require\(\)", ""),
    (r"check\.rnn_step(.*require)", r"check.rnn_forward\1"),
], ids=["no hidden test", "no require", "another exercise"])
def test_a_check_without_its_hidden_test_is_found(old, new):
    notebook = nbformat.read(ROOT / "notebooks" / "solutions" / f"{FIRST}.ipynb", 4)
    cell = entries(notebook)["rnn_step-check"]
    cell.source, count = re.subn(old, new, cell.source)
    assert count == 1 and grading_faults(notebook) == [
        "rnn_step-check has no hidden test that calls check.rnn_step(…).require()"]


@pytest.mark.parametrize("change, fault", [
    ({"points": 0}, "gives no points"), ({"locked": False}, "not locked"), ({"grade_id": "rnn_step"}, "occurs twice")])
def test_a_check_with_other_metadata_is_found(change, fault):
    notebook = nbformat.read(ROOT / "notebooks" / "solutions" / f"{FIRST}.ipynb", 4)
    entries(notebook)["rnn_step-check"].metadata.nbgrader.update(change)
    assert fault in "".join(grading_faults(notebook))


# ---- the page -----------------------------------------------------------------------------------------------


def rows(heading):
    """The rows of the first table below a heading of the page: lists of cells."""
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    table = [[cell.strip() for cell in line] for line in lines]
    assert len(table) > 2, f"no table below {heading!r}"
    return table[2:]


def test_the_page_lists_the_points_of_every_lesson():
    counted = {path.stem: points(nbformat.read(path, 4)) for path in SOLUTIONS if path.stem in lessons_on_the_map()}
    said = {row[0].strip("`"): (int(row[1]), int(row[2])) for row in rows("Points")}
    assert said.pop("**all**") == tuple(map(sum, zip(*counted.values(), strict=True)))
    assert said == counted


def test_the_page_has_a_rubric_for_every_written_answer():
    written = [name for path in SOLUTIONS for name, cell in entries(nbformat.read(path, 4)).items()
               if cell.cell_type == "markdown"]
    assert written
    for name in written:
        rubric = PAGE.partition(f"### `{name}`")[2].partition("\n### ")[0].partition("\n## ")[0]
        assert [points for points in ("**1**", "**0.5**", "**0**") if f"| {points} |" not in rubric] == []


def test_the_page_has_the_measured_time_of_every_lesson():
    seconds = {row[0]: float(row[2].removesuffix(" s")) for row in rows("Time")}
    assert list(seconds) == lessons_on_the_map()
    assert max(seconds.values()) < 60


def test_the_links_of_the_page_lead_somewhere():
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", PAGE) if "://" not in link]
    assert links
    assert not [link for link in links if not (ROOT / "teaching" / link).exists()]


# ---- the course folder --------------------------------------------------------------------------------------


def lay_out(*arguments):
    """Runs course.py; returns what it did."""
    command = [sys.executable, NBGRADER / "course.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_layout_keeps_what_is_there(tmp_path):
    assert lay_out(tmp_path, FIRST).returncode == 0
    config, lesson = tmp_path / "nbgrader_config.py", tmp_path / "source" / FIRST / f"{FIRST}.ipynb"
    config.write_text("# mine")
    lesson.write_text("{}")
    done = lay_out(tmp_path, FIRST, f"{SECOND}.ipynb")
    assert done.returncode == 0
    assert config.read_text() == "# mine" and lesson.read_text() == "{}"
    assert done.stdout.count("differs from the course's") == 2
    assert (tmp_path / "source" / SECOND / f"{SECOND}.ipynb").exists()
    assert sorted(path.name for path in (tmp_path / "source").iterdir()) == [FIRST, SECOND]


@pytest.mark.parametrize("arguments, words", [
    (["{empty}", "99_none"], "no lesson '99_none', but 00_start_here, 01_rnn"),
    ([ROOT / "teaching" / "mine"], "inside the course"),
    ([], "python teaching/nbgrader/course.py FOLDER"),
], ids=["unknown lesson", "inside the course", "no folder"])
def test_the_layout_says_what_is_wrong(tmp_path, arguments, words):
    done = lay_out(*(str(part).format(empty=tmp_path) for part in arguments))
    assert done.returncode == 1 and words in done.stdout + done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_links_between_lessons_lead_to_their_assignments(tmp_path):
    assert lay_out(tmp_path).returncode == 0
    start = tmp_path / "source" / "00_start_here" / "00_start_here.ipynb"
    found = {link for cell in nbformat.read(start, 4).cells
             for link in re.findall(r"\]\(([^)]+\.ipynb)", cell.source)}
    assert len(found) >= 16
    assert not [link for link in found if not (start.parent / link).exists()]


# ---- the three commands -------------------------------------------------------------------------------------


class Course:
    """A course folder, and nbgrader's commands in it."""

    def __init__(self, folder):
        self.folder = folder
        scripts = str(Path(sys.executable).parent)      # not in the PATH: the environment need not be activated
        path = [part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if part != scripts]
        own = {"PATH": os.pathsep.join(path), "IPYTHONDIR": str(folder / "ipython"),
               "JUPYTER_CONFIG_DIR": str(folder / "jupyter"), "NO_COLOR": "1"}
        self.environment = {**os.environ, **own}
        for name in ("LSTM_COURSE_STATIC", "PYTHONWARNINGS"):
            self.environment.pop(name, None)

    def run(self, command, *more, lesson=FIRST):
        """Runs a command that stands on the page, for this lesson and with more options; it succeeds."""
        assert re.search(rf"^{re.escape(command)}( +#.*)?$", PAGE, flags=re.M), f"the page has no {command!r}"
        program, *arguments = shlex.split(command.replace(FIRST, lesson))
        done = subprocess.run([Path(sys.executable).with_name(program), *arguments, *more], cwd=self.folder,
                              env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0 and "SAWarning" not in done.stderr, done.stderr

    def hand_in(self, student, lesson, notebook):
        """Puts a student's notebook where nbgrader looks for it."""
        path = self.folder / "submitted" / student / lesson / f"{lesson}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)

    def read(self, *parts):
        """A notebook of the course folder."""
        return nbformat.read(self.folder.joinpath(*parts), 4)

    def feedback(self, student, lesson):
        """The feedback of a student."""
        return (self.folder / "feedback" / student / lesson / f"{lesson}.html").read_text(encoding="utf-8")


def changed(notebook, **sources):
    """A copy of a notebook with other sources in some of its exercises."""
    notebook = copy.deepcopy(notebook)
    for name, source in sources.items():
        entries(notebook)[name].source = source
    return notebook


def filled_in(lesson, solved):
    """The course's own lesson, not a release, with the answers of the solution."""
    answers = {name: cell.source for name, cell in entries(solved).items() if not cell.metadata.nbgrader.grade}
    return changed(nbformat.read(lesson, 4), **answers)


def careless(notebook):
    """A copy with one check deleted, one exercise and its check copied, and one check and its points edited."""
    notebook = copy.deepcopy(notebook)
    cells = entries(notebook)
    notebook.cells.remove(cells["rnn_parameter_count-check"])
    at = notebook.cells.index(cells["rnn_forward-check"])
    twins = copy.deepcopy(notebook.cells[at - 1:at + 1])
    notebook.cells[at - 1].source = "def rnn_forward(x, h0, W, U, b):\n    ..."     # the first try, left as it was
    notebook.cells[at + 1:at + 1] = twins
    cells["rnn_carry-check"].source = 'print("correct")'
    cells["rnn_carry-check"].metadata.nbgrader.points = 100
    cells["rnn_carry"].source = "def rnn_carry():\n    return 10.0, 0.0, -95.0"
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of two lessons, handed in, graded and commented on."""
    course = Course(tmp_path_factory.mktemp("grading"))
    assert lay_out(course.folder, FIRST, SECOND).returncode == 0
    course.run(f"nbgrader generate_assignment {FIRST}")
    course.run('nbgrader generate_assignment "*"')
    solved = {lesson: course.read("source", lesson, f"{lesson}.ipynb") for lesson in WRONG}
    for lesson, (name, answer, _) in WRONG.items():
        course.hand_in("wrong", lesson, changed(solved[lesson], **{name: answer}))
    course.hand_in("empty", FIRST, course.read("release", FIRST, f"{FIRST}.ipynb"))
    course.hand_in("right", FIRST, solved[FIRST])
    course.hand_in("right", SECOND, filled_in(ROOT / "notebooks" / f"{SECOND}.ipynb", solved[SECOND]))
    course.hand_in("by_heart", FIRST, changed(solved[FIRST], rnn_step=BY_HEART))
    course.hand_in("careless", FIRST, careless(changed(solved[FIRST], rnn_step=WARNS)))
    for lesson in WRONG:
        course.run("nbgrader autograde 01_rnn", lesson=lesson)
        course.run("nbgrader generate_feedback 01_rnn", lesson=lesson)
    course.run("nbgrader export")
    return course


def scores(course):
    """(student, lesson) -> points, from the exported table."""
    with open(course.folder / "grades.csv", encoding="utf-8", newline="") as file:
        return {(row["student_id"], row["assignment"]): float(row["score"]) for row in csv.DictReader(file)}


def outputs(course, student, lesson, name):
    """What the check of an exercise showed in the feedback: everything up to the next cell, as plain text."""
    page = course.feedback(student, lesson)
    begin = page.index(f"{name}-check</code>")
    shown = page[begin:].partition('<div class="cell')[0]
    return html.unescape(re.sub(r"<[^>]+>", "", shown))


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_nbgrader_clears_what_the_build_clears(path):
    """The same stubs, texts and checks, so that a student may hand in either."""
    released, stubs = nbformat.read(path, 4), {"code_stub": {"python": "..."}, "text_stub": STUB["markdown"]}
    for clear in (ClearSolutions(**stubs), ClearHiddenTests()):
        released, _ = clear.preprocess(released, {})
    lesson = nbformat.read(ROOT / "notebooks" / path.name, 4)
    assert [cell.source for cell in released.cells] == [cell.source for cell in lesson.cells]


@pytest.mark.parametrize("name", WRONG)
def test_the_release_is_the_lesson_with_locked_checks(course, name):
    """No solutions, no hidden tests, no outputs, so none to be ignored."""
    released = course.read("release", name, f"{name}.ipynb")
    lesson = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4)
    links = lambda source: re.sub(r"\]\(\.\./\w+/(\w+\.ipynb)", r"](\1", source)
    assert [links(cell.source) for cell in released.cells] == [cell.source for cell in lesson.cells]
    text = "\n".join(cell.source for cell in released.cells)
    assert not [word for word in ("SOLUTION", "HIDDEN", ".require()") if word in text]
    assert not [cell for cell in released.cells if cell.get("outputs")]
    for cell in entries(released).values():
        assert cell.metadata.deletable is False
        assert cell.metadata.get("editable", True) is not cell.metadata.nbgrader.locked
        assert cell.metadata.nbgrader.locked or STUB[cell.cell_type] in cell.source
    assert [tags(cell) for cell in released.cells] == [tags(cell) - {"nbval-ignore-output"} for cell in lesson.cells]


def test_the_scores(course):
    full = {lesson: points(course.read("source", lesson, f"{lesson}.ipynb"))[0] for lesson in WRONG}
    lost = {lesson: entries(course.read("source", lesson, f"{lesson}.ipynb"))[f"{name}-check"].metadata.nbgrader.points
            for lesson, (name, *_) in WRONG.items()}
    expected = {("by_heart", FIRST): full[FIRST] - lost[FIRST], ("empty", FIRST): 0,
                ("careless", FIRST): full[FIRST] - 1 - 1}       # the deleted check and the wrong counter: a point each
    for lesson in WRONG:
        expected |= {("right", lesson): full[lesson], ("wrong", lesson): full[lesson] - lost[lesson]}
    found = scores(course)
    assert {key: found[key] for key in expected} == expected
    assert not any(score for key, score in found.items() if key not in expected)       # not handed in: 0


@pytest.mark.parametrize("lesson", WRONG)
def test_the_feedback_says_which_mistake_it_is_in_one_line(course, lesson):
    name, _, mutant = WRONG[lesson]
    line = f"{name}: not right yet ✗ {getattr(check, name).mutants[mutant].message}"
    said = outputs(course, "wrong", lesson, name)
    assert said.count(line) == 2                # the diagnosis, and the one line in which the hidden test ends
    assert said.count("First seen in") == 1     # the details once
    assert "not right yet" not in html.unescape(course.feedback("right", lesson))
    for student in ("right", "wrong"):
        page = html.unescape(course.feedback(student, lesson))
        assert not [word for word in ("Traceback (most", "NotSolved", "NameError") if word in page]


def test_the_feedback_of_an_empty_submission_says_not_attempted(course):
    page = html.unescape(course.feedback("empty", FIRST))
    assert not [word for word in ("Traceback (most", "NotSolved", "NameError") if word in page]
    for name, cell in entries(course.read("source", FIRST, f"{FIRST}.ipynb")).items():
        if name.endswith("-check") and cell.cell_type == "code":
            assert f"{name.removesuffix('-check')}: not attempted yet" in page


def test_answers_learned_by_heart_pass_the_check_and_fail_the_hidden_test(course):
    said = outputs(course, "by_heart", FIRST, "rnn_step")
    assert "rnn_step: correct ✓" in said
    assert re.search(r"rnn_step: not right yet ✗ .*\(With new random numbers\.\)", said)


def test_careless_students_are_graded_too(course):
    """A warning, a deleted check, copied cells, an edited check."""
    assert "correct ✓" in outputs(course, "careless", FIRST, "rnn_step")            # it warns, and is right
    assert "rnn_parameter_count-check" not in course.feedback("careless", FIRST)    # nothing to grade, so no points
    assert "correct ✓" in outputs(course, "careless", FIRST, "rnn_forward")         # the last copy counts
    said = outputs(course, "careless", FIRST, "rnn_carry")                          # the check is the course's again
    assert "U = 0 cuts the wire" in said and "Score: 0.0 / 1.0" in said


@pytest.mark.parametrize("lesson", WRONG)
def test_the_feedback_needs_no_kernel_and_its_pictures_have_alt_text(course, lesson):
    page = course.feedback("right", lesson)
    assert "widget-view" not in page
    pictures = re.findall(r"output_subarea[^>]*>\s*(<svg[^>]*>|<img[^>]*>)", page)
    assert len(pictures) >= 2 and len(pictures) >= page.count("<img")
    assert not [picture for picture in pictures if not re.search(r'(aria-label|alt)="(?!No desc)[^"]{20}', picture)]
    assert "pre-wrap" in page                   # the diagnosing lines are long


def test_a_loop_without_end_costs_its_own_points_only(course):
    right = course.read("source", FIRST, f"{FIRST}.ipynb")
    course.hand_in("endless", FIRST, changed(right, rnn_step=ENDLESS))
    course.run("nbgrader autograde 01_rnn", "--student", "endless", "--Execute.timeout=5")
    course.run("nbgrader export")
    assert scores(course)["endless", FIRST] == points(right)[0] - 2
    cells = entries(course.read("autograded", "endless", FIRST, f"{FIRST}.ipynb"))
    assert "it was interrupted (line 2: while True:)" in str(cells["rnn_step-check"].outputs)
