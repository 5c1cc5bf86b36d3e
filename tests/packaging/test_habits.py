"""What contributors run: the type check, the API pages, the hooks of a commit."""

import re
import subprocess
import sys

import yaml

from tests.packaging.test_files import ROOT
from tools import api


def run(*words):
    """A command of this Python in the project's folder."""
    return subprocess.run([sys.executable, *map(str, words)], cwd=ROOT, capture_output=True, text=True)


def test_the_types_are_right():
    done = run("-m", "mypy")
    assert done.returncode == 0, done.stdout


def test_a_wrong_type_is_found(tmp_path):
    path = tmp_path / "wrong.py"
    path.write_text("from lstm_course.students.files import free_name\n\nfree_name('progress.json', 1)\n")
    done = run("-m", "mypy", path)
    assert done.returncode == 1 and len(re.findall("arg-type", done.stdout)) == 2, done.stdout


def test_the_api_pages_hold_the_docstrings_and_load_nothing(tmp_path):
    api.write(tmp_path, ["lstm_course.students.files"])
    page = (tmp_path / "lstm_course" / "students" / "files.html").read_text(encoding="utf-8")
    assert "A name beside a file that is not taken" in page
    assert not re.search(r"""(?:src|<link[^>]*href)=["']https?:""", page)


def test_the_api_pages_are_of_all_rooms():
    names = set(api.modules())
    rooms = {f"lstm_course.{path.parent.name}" for path in (ROOT / "lstm_course").glob("*/__init__.py")}
    assert rooms <= names and "lstm_course.networks.lstm" in names and not any(".lessons.l" in name for name in names)


def test_the_hooks_are_of_this_project_alone():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [place["repo"] for place in hooks["repos"]] == ["local"], "nothing is downloaded"
    for hook in hooks["repos"][0]["hooks"]:
        command = hook["entry"].split()
        assert hook["language"] == "system" and command[0] == "python"
        assert command[1] == "-m" or (ROOT / command[1]).is_file()
