"""Call a student's function safely, on copies; and what its byte code and first line say."""

import ast
import contextlib
import copy
import dis
import inspect
import itertools
import re
import signal
import threading
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lstm_course.checking.source import read

LONGEST = 5             # seconds of CPU time that one call may take


class Endless(KeyboardInterrupt):
    """A call took longer than it may."""


@dataclass
class Run:
    """One call: what came back or went wrong, and which of the arguments were changed."""

    returned: Any = None
    error: BaseException | None = None
    changed: list = field(default_factory=list)

    @property
    def interrupted(self):
        return isinstance(self.error, KeyboardInterrupt)


def run(function, arguments, seconds=LONGEST):
    """Call function(*copies of the arguments), for so many seconds of CPU time at most. Nothing is raised, not even by
    Ctrl-C or exit().
    """
    given = copy.deepcopy(arguments)
    try:
        with _limited(seconds):
            returned = function(*given.values())
        outcome = Run(returned=_copied(returned))
    except GeneratorExit:
        raise
    except BaseException as error:
        outcome = Run(error=error)
    outcome.changed = [name for name in arguments if not same(arguments[name], given[name])]
    return outcome


@contextlib.contextmanager
def _limited(seconds):
    """Raises Endless in what runs too long, where the system has such a clock (not on Windows, nor in a thread)."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_):
        raise Endless

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def run_quietly(function, arguments, seconds=LONGEST):
    """The same for our own functions: a wrong answer may overflow without a warning."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return run(function, arguments, seconds)


def same(a, b):
    """Are two arguments equal, number for number? Things that hold no numbers count as equal."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    return True


def _copied(value):
    try:
        return copy.deepcopy(value)
    except Exception:
        return value


# ------------------------------------------------------------------------------------- what a function holds

def is_stub(error, function):
    """Did the code stop because a `...` (not one in an index) is still in it, or with NotImplementedError?"""
    if isinstance(error, NotImplementedError):
        return True
    part = read(function)
    if part is not None:
        held = {id(one) for node in ast.walk(part.tree) if isinstance(node, ast.Subscript | ast.Compare)
                for one in ast.walk(node) if isinstance(one, ast.Constant)}
        return any(isinstance(node, ast.Constant) and node.value is ... and id(node) not in held
                   for node in ast.walk(part.tree))
    steps = _instructions(function)
    return any(step.argval is ... and step.opname == "LOAD_CONST" and _is_use(after)
               for step, after in itertools.pairwise(steps))


def _is_use(step):
    """Does this instruction store a value, compute with it or pass it on?"""
    return step.opname.startswith(("STORE_FAST", "STORE_DEREF", "CALL", "PRECALL")) or (
        step.opname == "BINARY_OP" and step.argrepr != "[]")


def _instructions(function):
    """The byte code of a function; nothing if it is not written in Python."""
    try:
        return list(dis.get_instructions(function.__code__))
    except AttributeError:
        return []


def reads_its_arguments(function):
    """Does its byte code, or that of a function in it, load one of its arguments? True if that cannot be seen."""
    code = getattr(function, "__code__", None)
    if code is None:
        return True
    stars = bool(code.co_flags & 4) + bool(code.co_flags & 8)              # *arguments, **named
    own = set(code.co_varnames[:code.co_argcount + code.co_kwonlyargcount + stars])
    loaded = [step.argval for step in _instructions(function) if step.opname.startswith("LOAD_")]
    names = {name for one in loaded for name in (one if isinstance(one, tuple) else [one]) if isinstance(name, str)}
    return bool(names & own)


def globals_line(function, arguments):
    """A line about arguments' names that the function takes from the notebook instead."""
    used = {step.argval for step in _instructions(function) if step.opname == "LOAD_GLOBAL"}
    own = [name for name in arguments if name in used]
    return [f"It reads {' and '.join(own)} from the notebook instead of from its arguments: "
            "use the names in its first line."] if own else []


def no_return(function):
    """A sentence about a function that does something and gave None back; "" if it may be a stub."""
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        return ""
    steps = _instructions(function)
    works = any(step.opname.startswith(("STORE_", "CALL", "BINARY_")) for step in steps)
    if not works or re.search(r"(?m)^\s*\.\.\.\s*$|\breturn\b[ \t]*(\.\.\.|None\b)", source):
        return ""
    if re.search(r"(?m)^[^\"'#]*\breturn\b[ \t]*\S", source):
        return ("it gives None back. Is a return reached in every case, also when an if is not taken? And does what it "
                "returns have a value (print, append and sort have none)")
    if re.search(r"\breturn\b[ \t]*\S", source):
        return ""
    if any(step.argval == "print" for step in steps):
        return ("it prints its answer and gives nothing back. print only shows a value: write return instead, so that "
                "the answer can be used")
    return "it computes something and gives nothing back. Its last line should be return, followed by the answer"


def names_of(function):
    """The names in the first line of a function: ["x", "h"]."""
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):     # some built-in functions have no signature
        return []


def wrong_order(function, arguments):
    """A sentence if the function has the right names in another order, else None."""
    own, expected = names_of(function), list(arguments)
    if own == expected or sorted(own) != sorted(expected):
        return None
    return (f"its arguments stand in another order: the check calls it with ({', '.join(expected)}), your first line "
            f"says ({', '.join(own)})")


def signature_problem(function, arguments):
    """A sentence if the function cannot be called with these arguments, else None."""
    try:
        inspect.signature(function).bind(*arguments.values())
    except TypeError as error:
        return (f"the check calls it with ({', '.join(arguments)}), and that does not fit: {first_line(error)}. "
                f"Its first line has ({', '.join(names_of(function))})")
    except ValueError:                  # some built-in functions have no signature
        return None
    return None


def first_line(error):
    """The first line of an exception's words, without addresses."""
    try:
        lines = str(error).strip().splitlines()
    except Exception:
        return ""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", lines[0])[:200].rstrip(".") if lines else ""
