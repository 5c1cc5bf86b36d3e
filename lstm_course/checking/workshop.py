"""A changed tree as a function again, which can do no harm.

What is built runs on copies of the notebook's variables, without output, files and input, and with a count of its
steps, so that it ends.
"""

import ast
import builtins
import contextlib
import copy
import sys
import time
from types import FunctionType, ModuleType

import numpy as np

from lstm_course.checking.source import FORBIDDEN, Part, clone, closure, code_of, parts

TICK = "__tick__"
ADDING = ("append", "extend", "insert")
LARGEST = 10 ** 6                       # of a whole number in a power
STEPS = 3000                            # rounds of loops and calls of one run of an edited function


class TooLong(BaseException):
    """An edited function took too many steps."""


def counted(found):
    """The same Parts, whose trees count their steps."""
    return [Part(part.function, ticking(part.tree), part.lines) for part in found]


def counted_parts(function):
    """The Parts of a function and of those beside it, which count their steps; [] without source."""
    return counted(parts(function))


class Workshop:
    """Builds a function from its Parts again and again, each time with one of the trees changed."""

    def __init__(self, found, deadline, extra=None):
        self.parts, self.deadline, self.steps, self.extra = found, deadline, 0, extra or {}
        trees = [node for part in found for node in ast.walk(part.tree)]
        self.grows = any(isinstance(node, ast.Attribute) and node.attr in ADDING for node in trees)
        self.nested = {id(part): lists_in_lists(part.tree) for part in found} if self.grows else {}
        self.names = {node.id for node in trees if isinstance(node, ast.Name)} | {"np", "sigmoid", "cells", "math"}

    def build(self, changes=()):
        """The first Part as a function, from the trees as they are now, with these changes; None if it is no Python."""
        ours = {"__builtins__": SAFE | {TICK: self.tick, "__small__": _small} | self.extra}
        made = {}
        if self.grows and any(not lists_in_lists(part.tree) <= self.nested[id(part)] for part in self.parts):
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
        with _small_powers(part.tree):
            code = code_of(part.tree, part.function.__code__.co_freevars)
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


def lists_in_lists(tree):
    """(list, name) of each name of a list that is put into a list: they may come to hold each other.

    NumPy never ends when it makes an array of a list that holds itself. A name that may stand for a list counts as one.
    """
    nodes = list(ast.walk(tree))
    put = [(node.func.value, node.args) for node in nodes if isinstance(node, ast.Call)
           and getattr(node.func, "attr", "") in ADDING]
    lists = {owner.id for owner, _ in put if isinstance(owner, ast.Name)}
    put += [(target.value, [node.value]) for node in nodes if isinstance(node, ast.Assign) for target in node.targets
            if isinstance(target, ast.Subscript) and getattr(target.value, "id", "") in lists]
    for node in nodes:
        if isinstance(node, ast.Assign) and not lists.isdisjoint(_may_be(node.value)):
            lists |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {(ast.unparse(owner), name) for owner, given in put for one in given for name in _may_be(one)
            if name in lists}


def _may_be(node):
    """The names for whose values an expression may stand, also in a list that it makes."""
    if isinstance(node, ast.Name):
        return {node.id}
    sides = [node.body, node.orelse] if isinstance(node, ast.IfExp) else getattr(node, "values", []) if isinstance(
        node, ast.BoolOp) else node.elts if isinstance(node, ast.List | ast.Tuple) else []
    return {name for side in sides for name in _may_be(side)}


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


@contextlib.contextmanager
def _small_powers(tree):
    """While it is compiled, both sides of ** and << are limited: Python's whole numbers know no end."""
    powers = [node for node in ast.walk(tree) if isinstance(getattr(node, "op", None), ast.Pow | ast.LShift)
              and isinstance(node, ast.BinOp)]
    sides = [(node.left, node.right) for node in powers]
    for node in powers:
        for side in ("left", "right"):
            call = ast.Call(ast.Name("__small__", ast.Load()), [getattr(node, side)], [])
            setattr(node, side, ast.fix_missing_locations(ast.copy_location(call, node)))
    try:
        yield
    finally:
        for node, both in zip(powers, sides, strict=True):
            node.left, node.right = both


def _small(value):
    """The value, unless it is a whole number that would make a power too large."""
    if isinstance(value, int) and abs(value) > LARGEST:
        raise TooLong
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


def _known_import(name, globals=None, locals=None, fromlist=(), level=0):
    """Only what the notebook has imported already."""
    if name.split(".")[0] not in ("math", "numpy", "itertools", "functools", "lstm_course") or name not in sys.modules:
        raise ImportError(name)
    return builtins.__import__(name, globals, locals, fromlist, level)


def _nothing(*args, **named):
    """print, in an edited function."""


SAFE = {name: value for name, value in vars(builtins).items() if name not in FORBIDDEN and name != "exit"}
SAFE |= {"print": _nothing, "__import__": _known_import}
