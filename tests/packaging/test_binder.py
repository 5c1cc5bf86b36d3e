"""Binder builds what was tested: the steps that repo2docker prints, replayed in a fresh virtual environment.

repo2docker needs no container engine for printing them (`--no-build`). What they do to the machine (Debian packages,
a user, conda) is left out; what they do with this project runs here as printed. Binder's own packages, which stand
in repo2docker's lock file for conda, are installed first with pip, in the same versions: an install into an empty
environment would not show what does not fit them.
"""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlsplit

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.browser.jupyterlab import need_a_browser
from tests.packaging.elsewhere import assert_it_ran, bare_environment, make_venv, run_notebook, run_pip
from tests.packaging.test_files import files
from tests.packaging.test_settings import constraints

repo2docker = pytest.importorskip("repo2docker", reason="repo2docker is not made for this system")

ROOT = Path(__file__).resolve().parents[2]
BUILDPACKS = Path(repo2docker.__file__).parent / "buildpacks"
MEGABYTES = 2000                # what Binder gives the server and its kernels together
ON_PYPI = {"jupyterhub-base": "jupyterhub", "python-fastjsonschema": "fastjsonschema",
           "nbconvert-core": "nbconvert", "brotli-python": "Brotli"}    # conda's names of packages
CLOSURE = """
import importlib.metadata, json, sys
from packaging.requirements import Requirement
found, waiting = {}, [Requirement(name) for name in sys.argv[1:]]
while waiting:
    requirement = waiting.pop()
    for extra in {"", *requirement.extras}:
        if (requirement.name, extra) not in found:
            found[requirement.name, extra] = importlib.metadata.version(requirement.name)
            more = map(Requirement, importlib.metadata.requires(requirement.name) or [])
            waiting += [one for one in more if one.marker is None or one.marker.evaluate({"extra": extra})]
print(json.dumps({name: version for (name, _), version in found.items()}))
"""


# ---- what repo2docker prints ---------------------------------------------------------------------------------


def steps(dockerfile):
    """(instruction, the rest) of each step of a Dockerfile, lines that go on joined, without comments."""
    lines = [line for line in dockerfile.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines()]


def fill(text, environment):
    """The text with the values of ${NAME}."""
    return Template(text).safe_substitute(environment)


def replay(dockerfile, source, prefix, home, run):
    """Does what the steps do with the project, here; gives the environment and the working directory at the end.

    The repository is copied from `source` to `home`, Binder's Python environment is `prefix`; each of the project's
    own RUN steps goes to `run(command, environment, cwd)`.
    """
    environment, cwd, copied = {**bare_environment(home), "NB_USER": "student", "NB_UID": "1000"}, None, False
    for instruction, rest in steps(dockerfile):
        if instruction == "ARG" and "=" in rest:
            name, _, value = rest.partition("=")
            environment[name] = fill(value, environment)
        elif instruction == "ENV":
            for name, value in re.findall(r"(\w+)=(\S+)", rest):
                here = {"NB_PYTHON_PREFIX": str(prefix), "HOME": str(home)}.get(name)
                environment[name] = here or fill(value.strip('"'), environment)
        elif instruction == "WORKDIR":
            cwd = fill(rest, environment)
        elif instruction == "COPY" and re.search(r"\bsrc/ ", rest):
            shutil.copytree(source, fill(rest.split()[-1], environment), dirs_exist_ok=True)
            copied = True
        elif instruction == "RUN" and copied:
            run(rest, environment, cwd)
    assert copied, "no step copies the repository"
    return environment, cwd


def binders_packages(lock):
    """What of a lock file for conda are Python packages, as requirements for pip."""
    found = re.findall(r"/([^/\s]+)-([^-/\s]+)-py[^-/\s]*\.(?:conda|tar\.bz2)", lock)
    return [f"{ON_PYPI.get(name, name)}=={version}" for name, version in found]


# ---- the replay ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A copy of the project, without git."""
    place = tmp_path_factory.mktemp("repository")
    for path in files():
        copy = place / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    return place


@pytest.fixture(scope="module")
def dockerfile(repository):
    """The build steps that repo2docker prints for the copy."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(repository)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def lock(dockerfile):
    """Binder's own packages: the lock file that a step copies, from the installed repo2docker."""
    [copied] = [rest for instruction, rest in steps(dockerfile)
                if instruction == "COPY" and rest.endswith("/environment.lock")]
    plain = re.sub("-([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), copied)    # its name: / is written -2f
    return BUILDPACKS / "conda" / re.search(r"environment\.py-[\w.-]+\.lock", plain)[0]


def python_of(lock):
    """The version of Python for which a lock file was made."""
    return re.search(r"py-(\d+\.\d+)", lock.name)[1]


@pytest.fixture(scope="module")
def built(repository, dockerfile, lock, tmp_path_factory):
    """(prefix, environment, working directory) after the replay; half a gigabyte, which goes with the tests."""
    version = python_of(lock)
    same = version == "{}.{}".format(*sys.version_info)
    if not (python := sys.executable if same else shutil.which(f"python{version}")):
        pytest.skip(f"Binder's Python {version} is not on this machine")
    prefix = make_venv(tmp_path_factory.mktemp("binder") / "notebook", python)
    fast = {**os.environ, "PIP_NO_COMPILE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    run_pip([prefix / "bin" / "pip", "install", "--no-deps", *binders_packages(lock.read_text())], env=fast)

    def run(command, environment, cwd):
        for_pip = {name: value for name, value in fast.items() if name.startswith("PIP_") or name == "HOME"}
        run_pip(["bash", "-c", command], env={**environment, **for_pip}, cwd=cwd)

    home = tmp_path_factory.mktemp("home")
    yield prefix, *replay(dockerfile, repository, prefix, home, run)
    shutil.rmtree(prefix)


def test_the_steps_install_this_project(dockerfile, lock):
    runtime = (ROOT / "binder" / "runtime.txt").read_text().strip()
    assert f"python-{python_of(lock)}" == runtime
    seen = []
    found = [(instruction, rest) for instruction, rest in steps(dockerfile) if instruction in ("WORKDIR", "RUN")]
    after = found[[instruction for instruction, _ in found].index("WORKDIR"):]
    seen = [rest for _, rest in after]
    assert seen[0] == "${REPO_DIR}"
    assert '${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir -r "binder/requirements.txt"' in seen
    assert ("ENV", 'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"') in steps(dockerfile)


def test_binder_installs_the_tested_versions(built):
    prefix, _, _ = built
    python = prefix / "bin" / "python"
    asked = [line for line in (ROOT / "binder" / "requirements.txt").read_text().splitlines() if line[0].isalpha()]
    found = json.loads(run_pip([python, "-c", CLOSURE, "lstm_course", *asked]))
    frozen = dict(re.findall(r"(?m)^([\w.-]+)==([\w.]+)$", run_pip([python, "-m", "pip", "freeze", "--all"])))
    frozen = {canonicalize_name(name): Version(version) for name, version in frozen.items()}
    needed = {canonicalize_name(name) for name in found} - {"lstm-course"}
    assert len(needed) > 80
    pinned = constraints()
    wrong = {name: (frozen[name], pinned.get(name)) for name in needed if frozen[name] != pinned.get(name)}
    assert not wrong, "(installed, in constraints.txt)"


def test_binders_own_packages_fit_the_tested_versions(built):
    prefix, _, _ = built
    done = subprocess.run([prefix / "bin" / "python", "-m", "pip", "check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_lesson_01_runs_as_its_link_opens_it(built):
    need_a_browser()
    prefix, environment, cwd = built
    readme = (ROOT / "README.md").read_text()
    link = re.search(r"https://mybinder\.org/v2/[^)\s]*01_rnn\.ipynb", readme)[0]
    [name] = parse_qs(urlsplit(link).query)["labpath"]          # BinderHub opens it as /doc/tree/NAME, as we do
    entrypoint = [str(prefix / "bin" / "python3"), str(BUILDPACKS / "repo2docker-entrypoint")]
    seen = run_notebook([*entrypoint, "jupyter-lab"], name, cwd, environment, cwd)
    assert_it_ran(seen, prefix)
    assert seen["course"].startswith(cwd), "the course is not the repository's copy"
    print(seen["megabytes"])
    assert sum(seen["megabytes"].values()) < MEGABYTES


# ---- the parts of this test ----------------------------------------------------------------------------------


def test_steps_are_read():
    text = "# a\nFROM x\nRUN one && \\\n   two\n\nENV A=1 \\\n    B=${A}/b\nCOPY src/ ${REPO_DIR}/\n"
    assert steps(text) == [("FROM", "x"), ("RUN", "one &&  two"), ("ENV", "A=1  B=${A}/b"),
                           ("COPY", "src/ ${REPO_DIR}/")]


def test_a_lock_file_is_read():
    lines = ["https://host/linux-64/zlib-1.3.1-hb9d3cd8_2.conda#1", "https://host/noarch/async-lru-2.0.5-pyh2_0.conda#2",
             "https://host/linux-64/brotli-python-1.1.0-py311h1ddb823_4.conda#3",
             "https://host/noarch/python_abi-3.11-8_cp311.conda#4"]
    assert binders_packages("\n".join(lines)) == ["async-lru==2.0.5", "Brotli==1.1.0"]
    assert importlib.metadata.version("jupyter-repo2docker")
