"""The code of a function as a syntax tree, and a changed tree as a function again.

A function is found in its file or notebook cell by its first line. What is built from a changed tree runs on copies
of the notebook's variables, without output, files and input, and with a count of its steps, so that it ends.
"""

import ast
import builtins
import copy
import linecache
import sys
import time
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType, ModuleType

import numpy as np

TICK = "__tick__"
STEPS = 3000                            # rounds of loops and calls of one run of an edited function
FORBIDDEN = {"open", "exec", "eval", "compile", "input", "breakpoint", "os", "sys", "subprocess", "shutil", "pathlib",
             "Path", "socket", "requests", "urllib", "save", "savez", "savetxt", "load", "loadtxt", "genfromtxt",
             "fromfile", "tofile", "memmap", "threading", "multiprocessing", "globals", "setattr", "check",
             "catch_up", "__builtins__", "__import__", "__dict__", "__globals__", "nonlocal"}


class TooLong(BaseException):
    """An edited function took too many steps."""


@dataclass
class Part:
    """One function of the student: its tree, and how to build it again."""

    function: FunctionType
    tree: ast.AST                       # FunctionDef or Lambda
    lines: list[str]                    # of its file or cell

    def quote(self, line):
        """A line of the file or cell, as it stands there."""
        return self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""


@lru_cache(maxsize=8)
def nodes_of(text):
    """All nodes of a source; not to be changed."""
    return list(ast.walk(ast.parse(text)))


def read(function):
    """The Part of a function written in Python, or None where its source cannot be had."""
    code = getattr(function, "__code__", None)
    if code is None or not isinstance(function, FunctionType):
        return None
    try:
        lines = linecache.getlines(code.co_filename, function.__globals__)
        found = [node for node in nodes_of("".join(lines)) if _begins(node) == code.co_firstlineno]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = [node for node in found if getattr(node, "name", "<lambda>") == code.co_name]
    if len(found) > 1:
        found = [node for node in found if _arguments(node) == code.co_varnames[:len(_arguments(node))]
                 and _code_of(node, code.co_freevars).co_code == code.co_code
                 and _code_of(node, code.co_freevars).co_names == code.co_names]
    return Part(function, clone(found[0]), lines) if len(found) == 1 else None


def parts(function):
    """The Parts of a function and of the functions beside it that it uses; [] without source."""
    first = read(function)
    if first is None:
        return []
    found, queue = [first], [function]
    while queue:
        one = queue.pop()
        names = {node.id for node in ast.walk(found[-1].tree) if isinstance(node, ast.Name)}
        helpers = {name: one.__globals__.get(name) for name in sorted(names)}
        helpers |= closure(one)
        for helper in helpers.values():
            if (isinstance(helper, FunctionType) and len(found) < 4 and helper not in [part.function for part in found]
                    and helper.__code__.co_filename == function.__code__.co_filename and (part := read(helper))):
                found.append(part)
                queue.append(helper)
    if any(_is_forbidden(part.tree) for part in found):
        return []
    return [Part(part.function, ticking(part.tree), part.lines) for part in found]


def _is_forbidden(tree):
    """Does it reach for files, the system, or swallow every exception?"""
    for node in ast.walk(tree):
        if (isinstance(node, ast.Name) and node.id in FORBIDDEN) or (isinstance(node, ast.Attribute) and (
                node.attr in FORBIDDEN)) or isinstance(node, ast.Global | ast.Nonlocal | ast.Await | ast.Yield):
            return True
        if isinstance(node, ast.ExceptHandler) and (node.type is None or "BaseException" in ast.dump(node.type)):
            return True
    return False


def _begins(node):
    if not isinstance(node, ast.FunctionDef | ast.Lambda):
        return None
    return min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])


def _arguments(node):
    return tuple(one.arg for one in [*node.args.posonlyargs, *node.args.args])


def closure(function):
    cells = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            cells[name] = cell.cell_contents
        except ValueError:              # not yet filled
            continue
    return cells


def _code_of(node, free):
    """The code object of a function's tree, whose free names are those given."""
    if isinstance(node, ast.Lambda):
        inner = ast.fix_missing_locations(ast.Assign([ast.Name("_made", ast.Store())], node, lineno=1, col_offset=0))
    else:
        inner = ast.FunctionDef(**{field: getattr(node, field, None) for field in node._fields} | {
            "decorator_list": [], "returns": None})
        ast.copy_location(inner, node)
    place = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}
    arguments = ast.arguments([], [ast.arg(name, **place) for name in free], None, [], [], None, [])
    outer = ast.FunctionDef("_outer", arguments, [inner], [], None, None, **place)
    if sys.version_info >= (3, 12):
        outer.type_params = []
    module = ast.Module([outer], [])
    made = next(one for one in compile(module, "<edited>", "exec").co_consts if hasattr(one, "co_consts"))
    return next(one for one in made.co_consts if hasattr(one, "co_consts")
                and one.co_name == getattr(node, "name", "<lambda>"))


# ------------------------------------------------------------------------------------------ built again, safely

class Workshop:
    """Builds a function from its Parts again and again, each time with one of the trees changed."""

    def __init__(self, found, deadline, extra=None):
        self.parts, self.deadline, self.steps, self.extra = found, deadline, 0, extra or {}
        trees = [node for part in found for node in ast.walk(part.tree)]
        self.names = {node.id for node in trees if isinstance(node, ast.Name)} | {"np", "sigmoid", "cells", "math"}

    def build(self, changes=()):
        """The first Part as a function, from the trees as they are now, with these changes; None if it is no Python."""
        ours = {"__builtins__": SAFE | {TICK: self.tick} | self.extra}
        made = {}
        if any(holds_itself(node) for change in changes for slot in change.slots for node in (slot[0], slot[3])):
            return None
        try:
            for part in reversed(self.parts):
                made[part.function] = self._function(part, ours)
        except (SyntaxError, ValueError, TypeError, StopIteration, RecursionError):
            return None
        first = self.parts[0].function
        for name, value in first.__globals__.items():
            if name not in ours and name in self.names:
                ours[name] = made.get(value, value) if isinstance(value, FunctionType) else _own(value)
        for part, function in zip(self.parts, map(made.get, [part.function for part in self.parts]), strict=True):
            for cell in function.__closure__ or ():
                value = cell.cell_contents
                if isinstance(value, FunctionType) and value in made:
                    cell.cell_contents = made[value]
            if part.function.__code__.co_name in ours and ours[part.function.__code__.co_name] is part.function:
                ours[part.function.__code__.co_name] = function
        return made[first]

    def _function(self, part, ours):
        code = _code_of(part.tree, part.function.__code__.co_freevars)
        cells = closure(part.function)
        filled = tuple(_cell(_own(cells.get(name))) for name in code.co_freevars)
        function = FunctionType(code, ours, code.co_name, part.function.__defaults__, filled or None)
        function.__kwdefaults__ = part.function.__kwdefaults__
        return function

    def tick(self):
        """One more step; the time is looked at now and then."""
        self.steps += 1
        if self.steps > STEPS or (self.steps % 16 == 0 and time.process_time() > self.deadline):
            raise TooLong
        return True


def holds_itself(node):
    """Would a list be put into itself? NumPy never ends when it makes an array of such a list."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("append", "extend", "insert"):
        owner = getattr(node.func.value, "id", None)
        return any(getattr(one, "id", 0) == owner for argument in node.args for one in ast.walk(argument))
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        return getattr(node.targets[0].value, "id", 1) == getattr(node.value, "id", 0)
    return False


def _cell(value):
    return (lambda: value).__closure__[0]


def _own(value):
    """A copy of what an edited function could change: arrays and containers; the rest as it is."""
    if isinstance(value, ModuleType | FunctionType | type) or callable(value):
        return value
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
        return value
    if type(value).__module__ in ("numpy", "builtins"):
        try:
            return copy.deepcopy(value)
        except Exception:
            return value
    return value


class _Ticking(ast.NodeTransformer):
    """Puts a call of __tick__ at the beginning of each loop and function."""

    def _body(self, node):
        self.generic_visit(node)
        tick = ast.Expr(ast.Call(ast.Name(TICK, ast.Load()), [], []))
        node.body = [tick, *node.body]
        return ast.fix_missing_locations(ast.copy_location(node, node))

    visit_For = visit_While = visit_FunctionDef = _body

    def visit_comprehension(self, node):
        self.generic_visit(node)
        node.ifs = [*node.ifs, ast.Call(ast.Name(TICK, ast.Load()), [], [])]
        return node


def ticking(tree):
    """A copy of the tree that counts its steps."""
    return ast.fix_missing_locations(_Ticking().visit(clone(tree)))


def clone(node):
    """A copy of a syntax tree; faster than copy.deepcopy, and without what others have hung on its nodes."""
    if isinstance(node, list):
        return [clone(one) for one in node]
    if not isinstance(node, ast.AST) or isinstance(node, ast.expr_context | ast.operator | ast.unaryop | ast.cmpop):
        return node
    new = type(node)()
    for name in (*node._fields, *node._attributes):
        if hasattr(node, name):
            setattr(new, name, clone(getattr(node, name)))
    return new


def _known_import(name, globals=None, locals=None, fromlist=(), level=0):
    """Only what the notebook has imported already."""
    if name.split(".")[0] not in ("math", "numpy", "itertools", "functools", "lstm_course") or name not in sys.modules:
        raise ImportError(name)
    return builtins.__import__(name, globals, locals, fromlist, level)


def _nothing(*args, **named):
    """print, in an edited function."""


SAFE = {name: value for name, value in vars(builtins).items() if name not in FORBIDDEN and name != "exit"}
SAFE |= {"print": _nothing, "__import__": _known_import}
