"""The house: imports run downwards only, and `import lstm_course` loads NumPy and nothing heavy."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "lstm_course"
STYLE = {"explorers.style", "explorers.svg", "explorers.figures",    # how pictures look and what screen readers hear,
         "explorers.accessible"}                                     # which quizzes share
MAY_IMPORT = {
    "networks": set(),
    "tasks": set(),
    "gradients": {"networks"},
    "experiments": {"networks", "gradients", "tasks"},
    "explorers": {"networks", "gradients", "tasks", "experiments"},
    "exercises": {"networks", "gradients"} | STYLE,
}
NO_JUPYTER = {"networks", "gradients", "tasks"}     # know nothing of Jupyter or plots
NUMPY_ONLY = {"numpy", "lstm_course"}
FILES = sorted(PACKAGE.rglob("*.py"))


def imports(source, package):
    """(module, at import time) for every import of a source; relative ones are resolved in the package."""
    tree = ast.parse(source)
    inside = {id(node) for function in ast.walk(tree)
              if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) not in inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{name}.{alias.name}" for alias in node.names] if name.count(".") < 2 else [name]
            yield from ((module, id(node) not in inside) for module in names)


def faults(source, package):
    """The imports in a source that go upwards, or that bring what its room must not know."""
    room = package.split(".")[1] if "." in package else None
    found = []
    for module, at_import in imports(source, package):
        parts = module.split(".")
        if parts[0] == "lstm_course" and room and len(parts) > 1 and not allowed(room, parts[1:]):
            found.append(module)
        if room in NO_JUPYTER and at_import and parts[0] not in NUMPY_ONLY | set(sys.stdlib_module_names):
            found.append(module)
    return found


def allowed(room, target):
    """Whether a room may import this module of the package (its parts, without lstm_course)."""
    if target[0] == room or target[0] in MAY_IMPORT[room] or ".".join(target[:2]) in MAY_IMPORT[room]:
        return True
    return target[0] not in MAY_IMPORT and room not in ("networks", "tasks")    # the names in lstm_course itself


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_downwards(path):
    package = ".".join(path.relative_to(PACKAGE.parent).parts[:-1])
    assert not faults(path.read_text(encoding="utf-8"), package)


def test_every_room_has_its_rule():
    assert {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(MAY_IMPORT)


@pytest.mark.parametrize("room, source, bad", [
    ("networks", "from lstm_course.gradients import check_gradients", True),
    ("networks", "from ..gradients.flow import gradient_flow", True),
    ("networks", "from .. import gradients", True),
    ("networks", "from lstm_course import LSTM", True),
    ("networks", "import lstm_course.tasks", True),
    ("networks", "from .cells import lstm_step", False),
    ("networks", "import matplotlib.pyplot as plt", True),
    ("networks", "def fit():\n    from tqdm import tqdm", False),
    ("networks", "def fit():\n    from ..explorers import show", True),
    ("gradients", "from lstm_course.networks.cells import lstm_step", False),
    ("gradients", "from lstm_course import tasks", True),
    ("gradients", "from lstm_course import LSTM", False),
    ("tasks", "from ..networks import losses", True),
    ("tasks", "import numpy as np, json", False),
    ("experiments", "from ..explorers import shell", True),
    ("explorers", "import ipywidgets", False),
    ("explorers", "from ..exercises import check", True),
    ("exercises", "from ..explorers import style", False),
    ("exercises", "from lstm_course.widgets.svg import text", False),
    ("exercises", "from ..explorers import shell", True),
    ("exercises", "from ..explorers.shell import Explorer", True),
    ("exercises", "from ..experiments import results", True),
])
def test_a_wrong_import_is_found(room, source, bad):
    assert bool(faults(source, f"lstm_course.{room}")) is bad


def test_the_package_imports_numpy_and_nothing_heavy():
    code = "import json, sys; import numpy; old = set(sys.modules); import lstm_course; " \
           "print(json.dumps(sorted({name.split('.')[0] for name in set(sys.modules) - old})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert loaded - set(sys.stdlib_module_names) == {"lstm_course"}
    slow = {"asyncio", "multiprocessing", "unittest", "http", "urllib", "sqlite3", "email", "ssl", "logging"}
    assert not loaded & slow
