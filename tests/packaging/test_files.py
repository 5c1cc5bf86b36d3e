"""Every file of the project: no paths or addresses of one machine, no big files, and ruff has nothing to say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IGNORED = {".git", ".venv", ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__", ".ipynb_checkpoints", "build"}
BINARY = {".npz", ".png", ".jpg", ".gz", ".otf", ".pyc"}
FOLDERS = ("tmp", "work", "root", "home", "Users", "opt")
FAULTS = {
    "a path of a machine": re.compile(rf"(?<![\w.:/\])}}*])/(?:{'|'.join(FOLDERS)})/[\w.-]+"),
    "a path of a Windows machine": re.compile(r"\b[A-Z]:\\+Users\\"),
    "the address of a package registry": re.compile(r"https?://[^\s\"')]+/(?:simple|packages)/"),
}
MOST_BYTES = 4_000_000


def files():
    """The project's files: what git tracks or would add; without git, what is not in an ignored folder."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, text=True)
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.splitlines()]
    else:
        found = [path for path in ROOT.rglob("*") if not IGNORED & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in found if path.is_file() and ".egg-info" not in str(path))


def faults(text):
    """What a text must not hold."""
    return [f"{what}: {match.group(0)}" for what, pattern in FAULTS.items() if (match := pattern.search(text))]


def test_no_file_names_a_machine_or_a_registry():
    found = [f"{path.relative_to(ROOT)}: {fault}" for path in files() if path.suffix not in BINARY
             for fault in faults(path.read_text(encoding="utf-8", errors="ignore"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("parts, bad", [
    (["", "work", "main", "x.py"], True), (["", "home", "me", "lstm"], True), (["see ", "tmp", "a"], True),
    (["https:", "", "example.org", "home", "a"], False), (["a", "work", "b"], False), (["", "usr", "bin", "x"], False),
    (["https:", "", "pypi.example.org", "simple", ""], True), (["https:", "", "pypi.org", "project", "a"], False),
])
def test_a_machine_or_a_registry_is_found(parts, bad):
    assert bool(faults("/".join(parts))) is bad


def test_no_file_is_big():
    assert not [path for path in files() if path.stat().st_size > MOST_BYTES]


def test_no_lock_file_and_no_cache_is_part_of_the_project():
    unwanted = {"uv.lock", ".DS_Store", ".coverage"}
    assert not [path for path in files() if path.name in unwanted or IGNORED & set(path.parts[len(ROOT.parts):])]


def test_ruff_has_nothing_to_say():
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "."], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
