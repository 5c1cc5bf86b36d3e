"""What a stored result remembers of its making: the settings, and a fingerprint of the code that computed it.

The fingerprint is a hash of what the code says, not of how it is written: of the experiment's module and of all
modules of `experiments` and `tasks` that it uses. Comments, docstrings, type hints, formatting and imports do not
count. `networks` and `training` do not either: their own tests hold them to the formulas and to PyTorch, and the tests
of the experiments replay the beginning of each stored result.
"""

import ast
import dataclasses
import importlib.util
import inspect
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

ROOMS = ("lstm_course.experiments.", "lstm_course.tasks.")
PASSED_OVER = {"ctx", "kind", "type_comment", "type_params", "annotation", "returns"}      # fields of the syntax tree
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
LONGEST = 100                                   # entries of an array that is written into the settings


# ---- the code ------------------------------------------------------------------------------------------------

def fingerprint(module: str) -> str:
    """The hash (64 hexadecimal digits) of a module and what it uses; see above."""
    own, *others = (sha256(said(tree).encode()).hexdigest() for tree in _trees(module).values())
    return sha256(" ".join([own, *sorted(others)]).encode()).hexdigest()


def _trees(module: str) -> dict[str, ast.Module]:
    """The syntax trees of a module and of all that it uses from ROOMS, itself first."""
    found: dict[str, ast.Module] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        spec = importlib.util.find_spec(name)
        if name in found or spec is None or spec.origin is None:
            continue
        found[name] = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
        waiting += [used for used in _imported(found[name]) if used.startswith(ROOMS)]
    return found


def _imported(tree: ast.Module) -> Iterator[str]:
    """Names of modules that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            below = (f"{node.module}.{name.name}" for name in node.names)
            yield from (name for name in below if name.startswith(ROOMS) and _is_module(name))


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def said(node: Any) -> str:
    """What a piece of a syntax tree says, in a form that is the same under all versions of Python."""
    if isinstance(node, list):
        return f"[{' '.join(said(part) for part in node if not isinstance(part, ast.Import | ast.ImportFrom))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        node = ast.Assign([node.target], node.value)
    fields = {name: value for name, value in ast.iter_fields(node) if name not in PASSED_OVER}
    if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
        fields["body"] = fields["body"][1:]
    parts = [f"{name}={said(value)}" for name, value in fields.items() if value is not None and value != []]
    return f"{type(node).__name__}({' '.join(parts)})"


# ---- the settings --------------------------------------------------------------------------------------------

def settings(module: ModuleType) -> dict[str, Any]:
    """The constants of an experiment, the defaults of its `run`, and the constants of the shared modules it uses."""
    defaults = {name: parameter.default for name, parameter in inspect.signature(module.run).parameters.items()}
    found = _constants(module) | {"run": plain(defaults)}
    for name in _trees(module.__name__):
        if ".shared." in name:
            found[name.split(".shared.")[1]] = _constants(importlib.import_module(name))
    return found


def _constants(module: ModuleType) -> dict[str, Any]:
    return {name: plain(value) for name, value in vars(module).items() if name.isupper()
            and not isinstance(value, type) and not (isinstance(value, np.ndarray) and value.size > LONGEST)}


def plain(value: Any) -> Any:
    """A setting as JSON can write it: arrays as lists, functions and classes by their names."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple | range | set | frozenset):
        return [plain(entry) for entry in value]
    return getattr(value, "__name__", type(value).__name__)
