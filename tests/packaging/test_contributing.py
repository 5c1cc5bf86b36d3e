"""The README's three recipes for contributors, followed in a scratch copy of the project: all checks run on them."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.browser.jupyterlab import CHROMIUM, need_a_browser
from tests.packaging.test_files import ROOT, files

RECIPE = re.compile(r"^<!-- ([\w/]+\.\w+) -->\n(`{3,})\w+\n(.*?)^\2$", re.S | re.M)
NAME, LESSON, EXPLORER, EXERCISE = "C_fading", "C", "fading", "lifetime"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A copy of the project in which somebody has followed the recipes and built the lesson."""
    place = tmp_path_factory.mktemp("scratch") / "course"
    for path in files():
        target = place / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    for name, text in recipes().items():
        (place / name).write_text(text, encoding="utf-8")
    done = run(place, "tools/build.py", NAME)
    assert done.returncode == 0, done.stdout + done.stderr
    return place


def recipes():
    """{file: what the README says to write into it}."""
    return {name: text for name, _, text in RECIPE.findall((ROOT / "README.md").read_text(encoding="utf-8"))}


def run(place, *words):
    """A command of this Python in the copy, which comes first among the packages."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    environment |= {"PYTHONPATH": str(place), "CHROMIUM": CHROMIUM}
    return subprocess.run([sys.executable, *words], cwd=place, env=environment, capture_output=True, text=True)


def pytest_on(place, *words):
    """How many tests have passed; fails if one has not."""
    done = run(place, "-m", "pytest", "--numprocesses=0", "-q", "-p", "no:cacheprovider", *words)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return int(re.search(r"(\d+) passed", done.stdout).group(1))


def test_the_recipes_are_short():
    """A recipe is about ten lines of its own, besides imports, fences, blank lines and the cells' frames."""
    assert sorted(recipes()) == ["lstm_course/exercises/lesson_C.py", "lstm_course/explorers/fading.py",
                                 "notebooks/text/C_fading.md"]
    for name, text in recipes().items():
        frame = r"\s*$|```|:|###|from |import |\"\"\""
        own = [line for line in text.splitlines() if not re.match(frame, line)]
        assert len(own) <= 15, f"{name}: {len(own)} lines"


def test_the_lesson_passes_the_checks_of_every_notebook(scratch):
    assert pytest_on(scratch, "tests/notebooks/test_notebooks.py", "-k", NAME) >= 14
    assert pytest_on(scratch, f"notebooks/{NAME}.ipynb", f"notebooks/solutions/{NAME}.ipynb") == 8


def test_the_explorer_and_the_exercise_pass_the_checks_of_all(scratch):
    assert pytest_on(scratch, "tests/explorers/test_every_explorer.py", "-k", EXPLORER) == 2
    assert pytest_on(scratch, "tests/exercises/test_exercises.py", "-k", EXERCISE) >= 12
    about_all = ["tests/exercises/test_exercises.py::test_no_name_is_used_twice", "tests/packaging/test_layers.py",
                 "tests/notebooks/test_notebooks.py::"
                 "test_every_source_has_its_two_notebooks_and_no_notebook_is_left_over",
                 "tests/packaging/test_files.py"]
    assert pytest_on(scratch, *about_all) > 100


def test_the_lesson_works_in_jupyterlab(scratch):
    need_a_browser()
    assert pytest_on(scratch, "tests/browser/test_in_jupyterlab.py", "-k", NAME) == 1


@pytest.mark.parametrize("old, new, words", [
    ("the sign is turned: both logarithms are negative", "the fraction is upside down", "their_own_messages"),
    ("0.5 / (1 - f)", "np.log(0.5) / np.log(f)", "own_message"),
    ('"keep": {"f": 1.0}, "lose half": {"f": 0.5}', "", "presets")], ids=["message", "mutant", "presets"])
def test_a_bad_contribution_is_found(scratch, old, new, words, tmp_path):
    name = next(name for name, text in recipes().items() if old in text)
    place = shutil.copytree(scratch, tmp_path / "course", ignore=shutil.ignore_patterns(".git", "*.ipynb", "data"))
    path = place / name
    shutil.copytree(scratch / "lstm_course" / "tasks" / "data", place / "lstm_course" / "tasks" / "data")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    found = run(place, "-m", "pytest", "--numprocesses=0", "-q", "-p", "no:cacheprovider",
                "tests/explorers/test_every_explorer.py", "tests/exercises/test_exercises.py",
                "-k", f"{EXPLORER} or {EXERCISE}")
    assert found.returncode == 1 and words in found.stdout, found.stdout[-3000:]
