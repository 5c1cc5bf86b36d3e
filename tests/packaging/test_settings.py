"""pyproject.toml, constraints.txt, Binder's files, the README's commands and .ci/run say the same."""

import importlib.metadata
import itertools
import os
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
OURS = re.compile(r"lstm_course\[([\w,]+)\]")      # an extra that holds others
EXTRAS |= {name: [*(line for line in lines if not OURS.fullmatch(line)),
                  *(more for line in lines if (ours := OURS.fullmatch(line)) for other in ours[1].split(",")
                    for more in EXTRAS[other])] for name, lines in EXTRAS.items()}
LINES = (ROOT / "constraints.txt").read_text().splitlines()
ENVIRONMENTS = [{"sys_platform": platform, "platform_system": system, "os_name": name, "python_version": version,
                 "python_full_version": f"{version}.0"}
                for (platform, system, name), version in itertools.product(
                    [("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt")],
                    ["3.11", "3.12", "3.13", "3.14"])]


def constraints():
    """Canonical name -> version, from constraints.txt."""
    pinned = (line.split("==") for line in LINES if not line.startswith("#"))
    return {canonicalize_name(name): Version(version) for name, version in pinned}


def needed(requirements, extra=""):
    """The requirements that hold on some system that we support."""
    for requirement in map(Requirement, requirements):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({**place, "extra": extra}) for place in ENVIRONMENTS):
            yield requirement


def test_constraints_are_exact_versions_without_urls():
    for line in LINES:
        assert re.fullmatch(r"#.*|[\w.-]+==\d[\w.]*", line), line
        assert "://" not in line
    names = [line for line in LINES if not line.startswith("#")]
    assert len(constraints()) == len(names), "a name occurs twice"
    assert list(constraints()) == sorted(constraints())


@pytest.mark.parametrize("place", ["dependencies", *EXTRAS])
def test_every_dependency_has_a_constraint_in_its_range(place):
    listed = PROJECT["dependencies"] if place == "dependencies" else EXTRAS[place]
    for requirement in map(Requirement, listed):
        version = constraints().get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in constraints.txt"
        assert requirement.specifier.contains(version), f"{requirement} does not allow {version}"


def test_every_dependency_of_a_dependency_has_a_constraint():
    pinned, missing = constraints(), set()
    waiting = [*needed(PROJECT["dependencies"]), *needed(EXTRAS["test"])]
    seen = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name not in pinned:
            missing.add(str(requirement))
        for extra in ("", *requirement.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            try:
                more = importlib.metadata.requires(name) or []
            except importlib.metadata.PackageNotFoundError:     # of another system, or of the extra `teach`
                continue
            waiting += needed(more, extra)
    assert not missing


def test_what_is_installed_is_in_the_tested_ranges():
    for requirement in map(Requirement, [*PROJECT["dependencies"], *EXTRAS["test"]]):
        version = importlib.metadata.version(requirement.name)
        assert requirement.specifier.contains(version), f"{requirement.name} {version} is installed, not {requirement}"


def test_binder_installs_this_project_with_the_constraints():
    lines = (ROOT / "binder" / "requirements.txt").read_text().splitlines()
    first, second, *more = [line for line in lines if not line.startswith("#")]
    assert (first, second) == ("-c ../constraints.txt", "-e .")
    assert all(canonicalize_name(name) in constraints() for name in more)
    runtime = (ROOT / "binder" / "runtime.txt").read_text().strip()
    python = runtime.removeprefix("python-")
    assert runtime.startswith("python-")
    assert Version(python) in Requirement(f"python{PROJECT['requires-python']}").specifier
    start = (ROOT / "binder" / "start").read_text()
    assert os.access(ROOT / "binder" / "start", os.X_OK)
    assert "export OPENBLAS_NUM_THREADS=1\n" in start
    assert start.endswith('exec "$@"\n')
    assert {path.name for path in (ROOT / "binder").iterdir()} == {"requirements.txt", "runtime.txt", "start"}


# ---- the commands -----------------------------------------------------------------------------------------


def commands(text):
    """The commands in a shell text, each a list of words; `&&` and new lines part them."""
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    return [shlex.split(part) for line in lines for part in line.split(" && ")]


def readme_command(last):
    """The README's one-line command that ends in a program of the virtual environment."""
    blocks = re.findall(r"```\w*\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.S)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return next(commands(line) for line in lines if line.startswith("python3 -m venv .venv") and last in line)


def test_ci_runs_the_test_command_of_the_readme():
    here = "$folder/.venv"
    run = [[word.replace(here, ".venv").replace("$python", "python3") for word in words
            if word not in ("--quiet", "--disable-pip-version-check")]
           for words in commands((ROOT / ".ci" / "run").read_text())]
    run = [words for words in run if any(".venv" in word for word in words)]
    assert run == readme_command(".venv/bin/pytest")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_readme_has_the_two_commands():
    create = ["python3", "-m", "venv", ".venv"]
    install = [".venv/bin/pip", "install", "-c", "constraints.txt", "-e"]
    assert readme_command(".venv/bin/pytest") == [create, [*install, ".[test]"], [".venv/bin/pytest"]]
    lab = [".venv/bin/jupyter", "lab", "notebooks/00_start_here.ipynb"]
    assert readme_command(".venv/bin/jupyter lab") == [create, [*install, "."], lab]
