"""An exception of a student's code in words: her line, the shapes in that line, and what usually causes it."""

import ast
import builtins
import difflib
import linecache
import re
from dataclasses import dataclass, field

import numpy as np

from lstm_course.checking.compare import describe_type
from lstm_course.checking.exceptions import KINDS, NO_POWER, cause_that_fits
from lstm_course.checking.run import LONGEST, Endless, first_line, globals_line, names_of
from lstm_course.checking.source import nodes_of
from lstm_course.students.error_hints import of_name

HARMLESS = {"dot", "matmul", "tanh", "exp", "zeros", "zeros_like", "ones", "ones_like", "transpose", "arange"}
SHAPES = {"matmul", "broadcast", "axis", "index", "into shape", "inhomogeneous", "split", "einsum", "join",
          "float index", "too many indices", "reshape", "unpack"}
PLAIN = (ast.Name, ast.Attribute, ast.Subscript, ast.BinOp, ast.UnaryOp, ast.Constant, ast.Tuple, ast.List, ast.Slice,
         ast.operator, ast.unaryop, ast.expr_context, ast.Starred)

@dataclass
class Failure:
    """Where a student's code stopped: line, its text, the operation, and its operands {text: value}."""

    kind: str
    cause: str
    line: int = 0
    text: str = ""
    node: ast.AST | None = None
    operands: dict | None = None
    names: dict | None = None
    beside: list = field(default_factory=list)          # the other operations in that line, and their operands


def failure(error):
    """What is known of an exception that a student's code raised."""
    said = first_line(error)
    kind, cause = next(((kind, cause) for type_, words, kind, cause in KINDS
                        if isinstance(error, type_) and re.search(words, said)), (type(error).__name__, ""))
    step = _own_step(error)
    if step is None:
        return Failure(kind, cause)
    frame, line = step.tb_frame, step.tb_lineno
    text = linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()
    node, others = _node(frame, step.tb_lasti)
    names = {**frame.f_globals, **frame.f_locals}
    beside = [(other, operands) for other in others if (operands := _operands(other, names))]
    return Failure(kind, cause, line, text, node, _operands(node, names), frame.f_locals, beside)


def _own_step(error):
    """The deepest step of the traceback that lies in the student's own file or cell."""
    steps, step = [], error.__traceback__
    while step is not None:
        steps.append(step)
        step = step.tb_next
    steps = steps[1:]                                   # the first is ours
    return [one for one in steps if one.tb_frame.f_code.co_filename == steps[0].tb_frame.f_code.co_filename][-1] if (
        steps) else None


def _node(frame, lasti):
    """The expression that failed, found by its place in the source; and the other operations of its line."""
    try:
        place = list(frame.f_code.co_positions())[lasti // 2]
        lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
        nodes = [node for node in nodes_of("".join(lines)) if hasattr(node, "lineno")]
    except (SyntaxError, ValueError, IndexError, AttributeError):
        return None, []
    found = [node for node in nodes if (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset) == place]
    node = next((node for node in found if not isinstance(node, ast.Expr)), None)
    return node, [one for one in nodes if isinstance(one, ast.BinOp | ast.Call) and one.lineno == place[0]
                  and one is not node]


def _operands(node, names):
    """{text: value} of the operands of an operation or a call, as they were when it failed."""
    if isinstance(node, ast.BinOp):
        asked = [node.left, node.right]
    elif isinstance(node, ast.AugAssign):
        asked = [node.target, node.value]
    elif isinstance(node, ast.Call):
        owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        asked = [one for one in owner + node.args if not isinstance(one, ast.Starred)]
        asked += [one.value for one in node.keywords]
    elif isinstance(node, ast.Subscript):
        asked = [node.value, *(node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice])]
    elif isinstance(node, ast.Compare):
        asked = [node.left, *node.comparators]
    else:
        asked = [node] if isinstance(node, ast.Name | ast.Attribute) else []
    found = {}
    for one in asked:
        value = _value(one, names)
        if value is not NOTHING:
            found[ast.unparse(one)] = value
    return found


NOTHING = object()


def _value(node, names):
    """The value of an expression without calls, or NOTHING."""
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
    if any(not _is_harmless(call) for call in calls):
        return NOTHING
    if not all(isinstance(one, (*PLAIN, ast.Call, ast.keyword)) for one in ast.walk(node)):
        return NOTHING
    try:
        with np.errstate(all="ignore"):
            tree = ast.Expression(ast.parse(ast.unparse(node), mode="eval").body)
            value = eval(compile(tree, "<part>", "eval"), {"__builtins__": {"len": len}}, dict(names))
    except Exception:
        return NOTHING
    return NOTHING if isinstance(value, type(np)) else value


def _is_harmless(call):
    owner = getattr(call.func, "value", None)
    called = getattr(call.func, "attr", "")
    return getattr(call.func, "id", "") == "len" or (called in HARMLESS if getattr(owner, "id", "") == "np" else
                                                     called in ("dot", "sum", "mean", "copy", "reshape", "transpose"))


# -------------------------------------------------------------------------------------------------- in words

def explain(error, function, arguments, explained=False):
    """An exception as a sentence, and lines that help to mend it; explained: without usual causes (but a name, ^)."""
    if isinstance(error, KeyboardInterrupt):
        found = failure(error)
        ended = f"it had not ended after {LONGEST} s" if isinstance(error, Endless) else "it was interrupted"
        return f"{ended}{_place(found)}. Does a loop never end?", [
            "Mend it and run its cell again: the check does not start the same function twice"]
    found, name, words = failure(error), type(error).__name__, first_line(error)
    if isinstance(error, RecursionError):
        return f"your code stopped with {name}: it calls itself without end", [found.cause]
    sentence = f"your code stopped with {name}{': ' + words if words else ''}{_place(found)}"
    cause = _cause(error, found, function)
    lines = [_shapes(found), "" if explained and not isinstance(error, NameError) and NO_POWER not in cause else cause]
    if not found.operands and (shapes := [f"{name} {np.shape(value)}" for name, value in arguments.items()
                                          if isinstance(value, np.ndarray)]) and found.kind in SHAPES:
        lines.append(f"The shapes were {', '.join(shapes)}.")
    return sentence, [line for line in [*lines, *globals_line(function, arguments)] if line]


def _place(found):
    return f" (line {found.line}{': ' + found.text if found.text else ''})" if found.line else ""


def _shapes(found):
    """"There h is (3, 4) and W is (2, 4)."."""
    words = [f"`{text}` is {_described(value)}" for text, value in (found.operands or {}).items()
             if not (isinstance(value, int | float | str | bool) and text == repr(value)) and not callable(value)]
    if not words:
        return ""
    start = f"In line {found.line}, " if found.line else "There "
    return start + (" and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]) + "."


def _described(value):
    if isinstance(value, np.ndarray):
        kind = {"f": "", "i": " of whole numbers", "u": " of whole numbers", "b": " of truth values",
                "O": " of objects"}.get(value.dtype.kind, "")
        return f"of shape {value.shape}{kind}" if value.ndim else f"a single number{kind}"
    if isinstance(value, bool | int | float | np.generic):
        return f"the number {float(value):.4g}" if not isinstance(value, int) else f"the number {value}"
    if isinstance(value, list | tuple) and value and all(isinstance(one, np.ndarray) for one in value):
        shapes = list(dict.fromkeys(one.shape for one in value))
        return f"a {type(value).__name__} of {len(value)} arrays, of shape " + " and ".join(map(str, shapes[:3]))
    return describe_type(value).replace("nothing (None)", "None")


def _cause(error, found, function):
    """What usually causes it; with the name, where one is meant."""
    if found.kind == "unbound":
        return _unbound(error, function)
    if found.kind == "name":
        near = difflib.get_close_matches(error.name or "", [*(found.names or {}), *dir(builtins)], n=1, cutoff=0.75)
        if near and error.name not in near and not (hasattr(np, error.name) and not hasattr(builtins, error.name)):
            return f"There is no {error.name}; did you mean {near[0]}?"
        return of_name(error.name or "")
    if found.kind == "attribute":
        return _attribute(error)
    uncalled = [text for text, value in (found.operands or {}).items() if callable(value)]
    if isinstance(error, TypeError) and uncalled and not isinstance(found.node, ast.Call):
        return f"{uncalled[0]} is a function there: it wants its argument in round brackets, {uncalled[0]}(…)"
    if found.kind == "matmul" and found.operands and len(found.operands) == 2:
        (a, first), (b, second) = found.operands.items()
        if np.ndim(first) and np.ndim(second) and np.ndim(second) <= 2:
            return (f"For {a} @ {b} the last axis of {a}, {np.shape(first)[-1]}, and the first of {b}, "
                    f"{np.shape(second)[0]}, have to be the same: look at the order of the two, and at what is "
                    "transposed")
    return cause_that_fits(found.kind, found.node, found.operands or {}, first_line(error)) or found.cause


def unset(error):
    """The name of an UnboundLocalError."""
    return getattr(error, "name", None) or (re.search(r"variable '(\w+)'", str(error)) or [None, ""])[1]


def _unbound(error, function):
    name = unset(error)
    near = [one for one in names_of(function) if one.startswith(name) or name.startswith(one)]
    start = f", for example from {near[0]}" if near and near[0] != name else ""
    return (f"{name} is used before it has a value: give it one before the loop or the line that changes it{start}. (A "
            "function does not see a variable outside that has the same name as one that it sets)")


def _attribute(error):
    owner, name = getattr(error, "obj", None), getattr(error, "name", "") or ""
    if owner is None:
        return "Something is None there: a function without return, or list.append, gives nothing back"
    near = difflib.get_close_matches(name, dir(owner), n=2, cutoff=0.7)
    called = "NumPy" if owner is np else describe_type(owner)
    if isinstance(owner, list | tuple) and hasattr(np.ndarray, name):
        return f"This is {called}, and only an array has .{name}: np.array(…) makes one"
    if isinstance(owner, np.ndarray) and name == "outputs":
        return f"This is {called} already: the outputs themselves, without a name in front. Leave .outputs away"
    if callable(owner) and not near and called == "a function":
        return f"{called} has no .{name}: it is called as it is, with its arguments in round brackets"
    return f"{called} has no .{name}" + (f"; did you mean .{' or .'.join(near)}?" if near else "")


# ------------------------------------------------------------------------------------------- known mistakes

def same_failure(error, other, arguments):
    """Do two functions stop at the same operation, with the same arguments on its sides, however it is written?

    The order of the operations in a line may differ, so each one of the student's line may be the one.
    """
    if error is None or other is None:
        return False
    a, b = failure(error), failure(other)
    if a.kind != b.kind or a.kind in ("name", "attribute", "unbound", "import", "type", "value"):
        return False
    if not b.operands:
        return False
    if a.node is None:
        numbers = re.findall(r"\d+", first_line(error))
        return len(numbers) > 1 and sorted(numbers) == sorted(re.findall(r"\d+", first_line(other)))
    wanted = _signature(b.operands, arguments)
    return any(_signature(operands, arguments) == wanted for node, operands in [(a.node, a.operands), *a.beside]
               if None in (_operator(node), _operator(b.node)) or _operator(node) == _operator(b.node))


def _operator(node):
    """What an operation does, however it is written: "MatMult", "Mult", …; None if that is not known."""
    if isinstance(node, ast.BinOp):
        return type(node.op).__name__
    called = getattr(getattr(node, "func", None), "attr", "")
    return {"dot": "MatMult", "matmul": "MatMult", "multiply": "Mult", "add": "Add"}.get(called)


def _signature(operands, arguments):
    """The operands by the names of the arguments that they are; others by their shape or value."""
    found = []
    for value in operands.values():
        if isinstance(value, np.ndarray):
            found.append(next((name for name, other in arguments.items() if isinstance(other, np.ndarray)
                               and other.shape == value.shape and np.array_equal(other, value)), None)
                         or next((f"{name}.T" for name, other in arguments.items() if isinstance(other, np.ndarray)
                                  and other.T.shape == value.shape and np.array_equal(other.T, value)),
                                 f"an array of shape {value.shape}"))
        elif isinstance(value, int | float | bool):
            found.append(value)
    return found
