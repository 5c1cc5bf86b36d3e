"""Does an answer read arrays of the notebook that hold what it should find out? It is judged again without them."""

from types import FunctionType

import numpy as np

from lstm_course.checking.run import run_quietly
from lstm_course.checking.source import closure

FEW = 12                # numbers: an array of fewer may be a constant of the student's own


def reads_foreign_arrays(exercise, function, trials):
    """Two sentences if other numbers in the notebook's arrays change a right answer, else ()."""
    arrays = _arrays_read(function)
    if not arrays:
        return ()
    told = [name for name, value in arrays.items() if exercise.only_arguments or _holds_a_case(value, trials)]
    if not told:
        return ()
    other = with_globals(function, {name: _other_numbers(arrays[name]) for name in told})
    if other is None:
        return ()
    for trial in trials[:: max(1, len(trials) // 6)]:
        again = run_quietly(other, trial.arguments)
        if again.error is not None or not _same(again.returned, trial.run.returned):
            names = " and ".join(f"`{name}`" for name in told)
            return (f"it reads {names} from the notebook, and with other numbers there it gives another answer: it "
                    "uses what it cannot know when it is called", "Use the arguments alone")
    return ()


def _arrays_read(function):
    """{name: array} of the arrays of its module that a function, or one that it calls beside it, reads."""
    names, values = code_names(function), getattr(function, "__globals__", {})
    arrays = {name: values[name] for name in names if isinstance(values.get(name), np.ndarray)}
    return {name: value for name, value in arrays.items() if value.dtype.kind in "fiu" and value.size >= FEW}


def _holds_a_case(array, trials):
    """Do all numbers of a long argument of a case stand in the array?"""
    known = set(np.asarray(array, float).ravel().tolist())
    return any(isinstance(value, np.ndarray) and value.dtype.kind in "fiu" and len(set(value.ravel().tolist())) >= FEW
               and set(np.asarray(value, float).ravel().tolist()) <= known
               for trial in trials for value in trial.arguments.values())


def _other_numbers(array):
    """As many numbers of the same kind, in another order and a little different."""
    mixed = np.random.default_rng(7).permutation(array.ravel()).reshape(array.shape)
    return mixed if array.dtype.kind in "iu" else mixed * 1.0625


def _same(a, b):
    try:
        return bool(np.allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-9, equal_nan=True))
    except (TypeError, ValueError):
        return isinstance(a, tuple | list) and len(a) == len(b) and all(map(_same, a, b))


# -------------------------------------------------------------------------------------------- by byte code alone

def _beside(function):
    """A function and those of the same file or cell that it calls, without their source."""
    found = [function] if isinstance(function, FunctionType) else []
    for one in found:
        for name in _names_in(one.__code__):
            other = one.__globals__.get(name)
            if isinstance(other, FunctionType) and other.__globals__ is function.__globals__ and other not in found:
                found.append(other)
        found += [cell for cell in closure(one).values() if isinstance(cell, FunctionType) and cell not in found]
    return found


def _names_in(code):
    inner = [one for one in code.co_consts if hasattr(one, "co_names")]
    return {*code.co_names, *(name for one in inner for name in _names_in(one))}


def code_names(function):
    """All global names that a function reads, or one beside it that it calls."""
    return {name for one in _beside(function) for name in _names_in(one.__code__)}


def with_globals(function, changed):
    """The function with other values of some global names, also in those that it calls; None if it has none."""
    found = _beside(function)
    if not found or any(one.__globals__ is not function.__globals__ for one in found):
        return None
    ours = dict(function.__globals__)
    made = {}
    for one in found:
        made[one] = FunctionType(one.__code__, ours, one.__name__, one.__defaults__, one.__closure__)
        made[one].__kwdefaults__ = one.__kwdefaults__
    ours |= {name: made[value] for name, value in ours.items() if isinstance(value, FunctionType) and value in made}
    ours.update(changed)
    return made[function]
