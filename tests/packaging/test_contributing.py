"""The six recipes of CONTRIBUTING.md, followed in a scratch copy of the project: all checks run on what they add."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from lstm_course import lessons
from tests.browser.jupyterlab import CHROMIUM
from tests.packaging.test_files import ROOT, files
from tests.packaging.test_readme import dead_links

RECIPE = re.compile(r"^<!-- ([\w/]+\.\w+) -->\n(`{3,})\w+\n(.*?)^\2$", re.DOTALL | re.MULTILINE)
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = {name: text for name, _, text in RECIPE.findall(PAGE)}        # {file: what the page says to write into it}
CHECKS = ["tests/widgets/test_every_explorer.py", "tests/checking/test_exercises.py"]
ADDED = "fading or lifetime"


def run(place, *words):
    """A command of this Python in the copy, which comes first among the packages; what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    environment |= {"PYTHONPATH": str(place), "CHROMIUM": CHROMIUM}
    done = subprocess.run([sys.executable, *words], cwd=place, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def pytest_on(place, *words):
    """The same for tests: the exit code and what was said."""
    return run(place, "-m", "pytest", "--numprocesses=0", "-q", "-p", "no:cacheprovider", *words)


def copied(place):
    """A copy of the project in a folder."""
    for path in files():
        target = place / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return place


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A copy of the project in which somebody has followed the recipes and brought the tables up to date."""
    place = copied(tmp_path_factory.mktemp("scratch") / "course")
    for name, text in RECIPES.items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    code, said = run(place, "tools/names.py")
    assert code == 0, said
    return place


def test_the_recipes_are_short():
    """A recipe is some fifteen lines of its own (a network: two formulas), besides imports, fences and frames."""
    assert len(RECIPES) == 8 and len(re.findall(r"^## (?:An? |To )", PAGE, re.MULTILINE)) == 6
    for name, text in RECIPES.items():
        frame = r"\s*$|```|:|###|from |import |\"\"\""
        own = [line for line in text.splitlines() if not re.match(frame, line)]
        assert len(own) <= (30 if "networks" in name else 15), f"{name}: {len(own)} lines"


def test_the_page_names_what_is_there():
    assert not dead_links(PAGE, ROOT)
    for name in re.findall(r"`((?:lstm_course|teaching|tools)/[\w./]*)`", PAGE):
        assert (ROOT / name).exists(), name


def test_the_lesson_is_built_and_on_every_map(scratch):
    code, said = run(scratch, "tools/build.py", "C_fading")
    assert code == 0, said
    code, said = pytest_on(scratch, "tests/notebooks/test_notebooks.py", "tests/lessons/test_minutes.py", "-k",
                           "C_fading and (source or rules or minutes)")
    assert code == 0, said
    for name in ("README.md", "lstm_course/lessons/l00_start_here/text.md"):
        assert "C_fading.ipynb) | How long does a memory last? | 6 |" in (scratch / name).read_text(encoding="utf-8")
    assert "| `C_fading` | 1 | 0 |" in (scratch / "teaching" / "grading.md").read_text(encoding="utf-8")
    stub = nbformat.read(scratch / "notebooks" / "C_fading.ipynb", 4).cells[3].source
    assert stub.endswith("...") and "np.log" not in stub


def test_explorer_exercise_and_network_pass_the_checks_of_all(scratch):
    code, said = pytest_on(scratch, *CHECKS, "tests/networks/test_minimal_gated_unit.py", "-k",
                           f"{ADDED} or gradients")
    assert code == 0 and int(re.search(r"(\d+) passed", said)[1]) >= 12, said[-3000:]


def test_the_experiment_is_listed_run_and_stored(scratch):
    code, said = run(scratch, "-m", "lstm_course.experiments", "fading_rates")
    assert code == 0 and said.startswith("fading_rates: shares, left"), said
    assert (scratch / "lstm_course" / "experiments" / "fading_rates.npz").is_file()


BAD = {     # what the page says -> what somebody wrote instead, and the test that notices
    "the sign is turned: both logarithms are negative":
        ("the fraction is upside down", "test_there_are_at_least_four_wrong_answers_with_their_own_messages[lifetime"),
    "0.5 / (1 - f)": ("np.log(0.5) / np.log(f)", "test_a_wrong_answer_gets_its_own_message[lifetime"),
    '"keep": {"f": 1.0}, "lose half": {"f": 0.5}': ("", "test_it_has_a_title_presets_and_words[fading"),
}


def test_bad_contributions_are_found(scratch):
    texts = dict(RECIPES)
    for old, (new, _) in BAD.items():
        name = next(name for name, text in RECIPES.items() if old in text)
        texts[name] = texts[name].replace(old, new)
    try:
        for name, text in texts.items():
            (scratch / name).write_text(text, encoding="utf-8")
        code, said = pytest_on(scratch, *CHECKS, "-k", ADDED)
    finally:
        for name, text in RECIPES.items():
            (scratch / name).write_text(text, encoding="utf-8")
    failed = [line for line in said.splitlines() if line.startswith("FAILED")]
    assert code == 1 and all(any(test in line for line in failed) for _, test in BAD.values()), said[-3000:]


# ---- to rename a lesson ------------------------------------------------------------------------------------


def test_what_names_a_lesson_follows_its_folder(tmp_path):
    """One folder and one line are changed: no file names the old lesson any more, and nothing is left over."""
    place, one = copied(tmp_path / "course"), lessons.lesson("05")
    old, new, title = one.name, "05_write_or_overwrite", "Write or overwrite?"
    folder = (place / "lstm_course" / "lessons" / f"l{old}").rename(place / "lstm_course" / "lessons" / f"l{new}")
    toml = folder / "lesson.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace(one.title, title), encoding="utf-8")
    code, said = run(place, "tools/names.py")
    assert code == 0 and f"{old} is now {new}" in said, said

    assert not [path for path in place.rglob("*") if old in path.name]
    texts = {path: path.read_text(encoding="utf-8") for path in place.rglob("*")
             if path.suffix in (".md", ".py", ".toml", ".json", ".yaml")}
    assert [path.name for path, text in texts.items() if old in text and path.name != "test_contributing.py"] == []
    for name in ("README.md", "teaching/README.md", "lstm_course/lessons/l00_start_here/text.md"):
        assert f"[05 {title}](" in texts[place / name] and f"[05 {one.title}]" not in texts[place / name]
    assert texts[folder / "text.md"].startswith(f"# 05 · {title}\n")
    assert texts[folder / "teaching.md"].startswith(f"# 05 · {title} — teacher's page\n")
    assert {path.stem for path in (place / "notebooks").rglob("05_*.ipynb")} == {new}
    code, said = run(place, "-c", "from lstm_course.exercises import quiz; from lstm_course import explorers, lessons; "
                     "from lstm_course.exercises.lesson_05 import __name__ as name; print("
                     "name, lessons.lesson(5).title, len(quiz(5).questions) > 2, explorers.memory_workshop.__name__)")
    assert said.split() == f"lstm_course.lessons.l{new}.exercises {title} True memory_workshop".split()
    code, said = run(place, "tools/names.py")
    assert said == "Everything is up to date.\n"


def test_a_notebook_without_a_lesson_is_removed_and_a_teachers_own_stays(tmp_path):
    place = copied(tmp_path / "course")
    for name in ("C_gone.ipynb", "solutions/C_gone.ipynb", "D_of_the_teacher.ipynb"):
        (place / "notebooks" / name).write_text("{}", encoding="utf-8")
    code, said = run(place, "tools/names.py")
    assert code == 0 and "removed C_gone" in said
    assert [path.name for path in (place / "notebooks").rglob("[CD]_*.ipynb")] == ["D_of_the_teacher.ipynb"]
