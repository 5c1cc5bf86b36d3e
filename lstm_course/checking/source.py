"""The code of a function as a syntax tree: found in its file or notebook cell by its first line."""

import ast
import linecache
import sys
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType

FORBIDDEN = {"open", "exec", "eval", "compile", "input", "breakpoint", "os", "sys", "subprocess", "shutil", "pathlib",
             "Path", "socket", "requests", "urllib", "save", "savez", "savetxt", "load", "loadtxt", "genfromtxt",
             "fromfile", "tofile", "memmap", "threading", "multiprocessing", "globals", "setattr", "check",
             "catch_up", "__builtins__", "__import__", "__dict__", "__globals__", "nonlocal"}


@dataclass
class Part:
    """One function of the student: its tree, and how to build it again."""

    function: FunctionType
    tree: ast.AST                       # FunctionDef or Lambda
    lines: list[str]                    # of its file or cell

    def quote(self, line):
        """A line of the file or cell, as it stands there."""
        return self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""


    def made_into(self, names):
        """The variables that stand on the right of = where one of these names is set."""
        set_here = [node for node in ast.walk(self.tree) if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id in names for target in node.targets)]
        return {node.id for line in set_here for node in ast.walk(line.value) if isinstance(node, ast.Name)}


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
                 and code_of(node, code.co_freevars).co_code == code.co_code
                 and code_of(node, code.co_freevars).co_names == code.co_names]
    if len(found) != 1:
        return None
    tree = clone(found[0])
    if isinstance(tree, ast.FunctionDef):
        tree.decorator_list = []            # they have done their work
    return Part(function, tree, lines)


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
    return found


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


def code_of(node, free):
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
