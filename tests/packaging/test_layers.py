"""The house: imports run downwards only, nothing goes in circles, what is private stays at home, no file is long.

The four lists below name what breaks a rule so far. They only shrink: what is mended must be taken off.
"""

import ast
import importlib
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "lstm_course"
LEVELS = [{"networks", "tasks", "whereabouts", "former_names", "lessons"},      # from the ground up
          {"training"}, {"gradients"}, {"experiments"}, {"widgets"}, {"students"}, {"checking"}, {"asking"},
          {"lessons.*"}, {"exercises", "explorers"}, {"__main__"}]
LEVEL = {room: number for number, rooms in enumerate(LEVELS) for room in rooms}
NO_JUPYTER = {"networks", "tasks", "training", "gradients", "experiments"}      # know nothing of Jupyter or plots
NUMPY_ONLY = {"numpy", "lstm_course"} | set(sys.stdlib_module_names)
MOST_LINES = 300

UPWARDS: set[str] = set()
CIRCLES: list[set[str]] = []
PRIVATE = set()
LONG = {
    "lstm_course/lessons/l07_lstm_backward/backward_debugger.py": 357,
    "tests/asking/test_concept_test.py": 456,
    "tests/checking/test_machinery.py": 405,
    "tests/lessons/test_backward_debugger.py": 317,
    "tests/packaging/test_offline.py": 340,
    "tests/students/test_command_line.py": 449,
    "tests/students/test_progress.py": 384,
    "tests/teaching/test_nbgrader.py": 401,
    "tests/teaching/test_server.py": 393,
    "tests/training/test_training.py": 402,
    "tests/widgets/test_shell.py": 349,
}


# ---- what imports what --------------------------------------------------------------------------------------


def name_of(path):
    """networks.cells for lstm_course/networks/cells.py; an empty string for the package itself."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip(".")


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def nodes(source):
    """[(node, whether it runs at import time)] for every node of a source."""
    found, waiting = [], [(ast.parse(source), True)]
    while waiting:
        node, at_import = waiting.pop()
        found.append((node, at_import))
        at_import = at_import and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        waiting += [(child, at_import) for child in ast.iter_child_nodes(node)]
    return found


@cache
def imports(source, package):
    """[(module, at import time)] for every import of a source; relative ones are resolved."""
    found = []
    for node, at_import in nodes(source):
        if isinstance(node, ast.Import):
            found += [(alias.name, at_import) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = parts[: len(parts) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            wholes = [f"{module}.{alias.name}" for alias in node.names]
            found += [(whole if whole.removeprefix("lstm_course.") in MODULES else module, at_import)
                      for whole in wholes]
    return found


def room(module):
    """The room of a module by its name in the package; a lesson is a room of its own. The package's own: networks."""
    first, _, rest = module.partition(".")
    return f"lessons.{rest.partition('.')[0]}" if first == "lessons" and rest else first or "networks"


def ours(module):
    """The part of a module's name after lstm_course; None for other packages."""
    first, _, rest = module.partition(".")
    return rest if first == "lstm_course" else None


def may_import(here, target):
    """Whether a room may import from another: from lower ones, a lesson from earlier lessons."""
    if here == target:
        return True
    level = {each: LEVEL.get("lessons.*" if each.startswith("lessons.") else each) for each in (here, target)}
    if level[here] == level[target] == LEVEL["lessons.*"]:
        return target < here
    return None not in level.values() and level[target] < level[here]


def package_of(module):
    """The package from which the relative imports of a module start."""
    whole = f"lstm_course.{module}".rstrip(".")
    return whole if MODULES.get(module, Path()).name == "__init__.py" else whole.rpartition(".")[0]


def wrong_imports(module, source):
    """The imports in a module's source that go upwards, or that bring what its room must not know."""
    for target, at_import in imports(source, package_of(module)):
        inside = ours(target)
        if inside is not None and module and not may_import(room(module), room(inside)):
            yield f"{module} -> {inside}"
        if room(module) in NO_JUPYTER and at_import and target.split(".")[0] not in NUMPY_ONLY:
            yield f"{module} -> {target}"


def text(module):
    return MODULES[module].read_text(encoding="utf-8")


def test_imports_run_downwards():
    assert {fault for module in MODULES for fault in wrong_imports(module, text(module))} == UPWARDS


def test_every_room_has_its_level():
    rooms = {"lessons.*" if name.startswith("lessons.") else room(name) for name in MODULES}
    assert rooms == set(LEVEL)


@pytest.mark.parametrize("module, source, bad", [
    ("networks.x", "from lstm_course.gradients import check_gradients", True),
    ("networks.x", "from ..gradients.flow import gradient_flow", True),
    ("networks.x", "from .. import gradients", True),
    ("networks.x", "import lstm_course.tasks", True),
    ("networks.x", "from .cells import lstm_step", False),
    ("networks.x", "import matplotlib.pyplot as plt", True),
    ("training.x", "def fit():\n    from tqdm import tqdm", False),
    ("networks.x", "def fit():\n    from ..explorers import show", True),
    ("gradients.x", "from lstm_course import tasks", False),
    ("gradients.x", "from lstm_course import LSTM", False),
    ("tasks.x", "from lstm_course import LSTM", True),
    ("tasks.x", "import numpy as np, json", False),
    ("experiments.x", "from ..widgets import shell", True),
    ("widgets.x", "import ipywidgets", False),
    ("widgets.x", "from lstm_course import lessons", False),
    ("checking.x", "from lstm_course.lessons.l06_lstm_cell import exercises", True),
    ("lessons.l06_lstm_cell.x", "from lstm_course.lessons.l03_bptt.bptt_stepper import draw", False),
    ("lessons.l06_lstm_cell.x", "from lstm_course.lessons.l07_lstm_backward.exercises import a", True),
    ("lessons.l06_lstm_cell.x", "from lstm_course.exercises import check", True),
])
def test_a_wrong_import_is_found(module, source, bad):
    assert bool(list(wrong_imports(module, source))) is bad


# ---- circles, private names, shadows ------------------------------------------------------------------------


def circles(graph):
    """The groups of modules that reach each other: {module: modules that it imports} -> sets of names."""
    def reached(start):
        seen, waiting = set(), [start]
        while waiting:
            new = graph.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        return seen
    reach = {module: reached(module) for module in graph}
    found = {frozenset(other for other in reach[module] if module in reach.get(other, ())) for module in graph}
    return [set(circle) for circle in found if circle]


def test_no_circles():
    graph = {module: {ours(target) for target, _ in imports(text(module), package_of(module))
                      if ours(target) in MODULES} - {""} for module in MODULES}
    assert sorted(map(sorted, circles(graph))) == sorted(map(sorted, CIRCLES))


def test_a_circle_is_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [{"b", "c"}]


def private_uses(module, source):
    """Names with a leading _ that a module takes from another one, as `from a import _b` or as `a._b`."""
    hidden = lambda name: name.startswith("_") and not name.startswith("__")
    taken = {}
    for node, _ in nodes(source):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("lstm_course")):
            taken |= {alias.asname or alias.name: f"{(node.module or '').rpartition('.')[2]}.{alias.name}"
                      for alias in node.names}
    yield from (f"{module}: {whole}" for name, whole in taken.items() if any(map(hidden, whole.split("."))))
    yield from {f"{module}: {node.value.id}.{node.attr}" for node, _ in nodes(source)
                if isinstance(node, ast.Attribute) and hidden(node.attr) and isinstance(node.value, ast.Name)
                and node.value.id in taken}


def test_what_is_private_stays_at_home():
    assert {use for module in MODULES for use in private_uses(module, text(module))} == PRIVATE


@pytest.mark.parametrize("source, bad", [
    ("from lstm_course.networks.cells import _affine", True), ("from .cells import lstm_step", False),
    ("from . import cells\ncells._affine()", True), ("import sys\nsys._getframe()", False),
    ("from lstm_course.networks._cells import step", True), ("self._own", False)])
def test_a_private_name_is_found(source, bad):
    assert bool(list(private_uses("x", source))) is bad


def test_no_module_is_private_or_hidden_by_a_function_of_its_name():
    hidden = []
    for name in filter(None, MODULES):
        parent, _, last = f"lstm_course.{name}".rpartition(".")
        if last == "__main__":
            continue
        module = importlib.import_module(f"lstm_course.{name}")
        hidden += [name] if getattr(importlib.import_module(parent), last) is not module or last[0] == "_" else []
    assert hidden == []


# ---- sizes ---------------------------------------------------------------------------------------------------


def test_no_file_is_long():
    paths = [path for folder in ("lstm_course", "tools", "tests", "teaching") for path in (ROOT / folder).rglob("*.py")]
    lines = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    long = {path: count for path, count in lines.items() if count > MOST_LINES}
    assert {path: count for path, count in long.items() if count > LONG.get(path, 0)} == {}, "split them"
    assert set(LONG) - set(long) == set(), "they are short now: take them off the list"


# ---- what is loaded ------------------------------------------------------------------------------------------


def test_the_package_imports_numpy_and_nothing_heavy():
    code = "import json, sys; import numpy; old = set(sys.modules); import lstm_course; " \
           "print(json.dumps(sorted(set(sys.modules) - old)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = json.loads(done.stdout)
    loaded = {name.partition(".")[0] for name in modules}
    assert "numpy.random" not in modules, "NumPy loads it when a Generator is asked for, and so should an annotation"
    assert loaded - set(sys.stdlib_module_names) == {"lstm_course"}
    slow = {"asyncio", "multiprocessing", "unittest", "http", "urllib", "sqlite3", "email", "ssl", "logging"}
    assert not loaded & slow
