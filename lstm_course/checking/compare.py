"""Compare what came with what was expected, and say in words where they differ."""

from dataclasses import dataclass

import numpy as np

AXES = {"T": "step", "T+1": "step", "B": "sequence", "I": "input", "H": "unit", "V": "word", "N": "row", "C": "column",
        "O": "output"}
RTOL, ATOL = 1e-9, 1e-11


@dataclass(frozen=True)
class Output:
    """One array that an exercise returns.

    axes    one letter an axis: "T B H". An answer with one axis less lacks B.
    blocks  the names of the blocks side by side on the last axis, such as the gates "ifgo", or ("ri", "rf")
    whole   are these whole numbers? integers: do they have to be integers, so that 6.0 is no answer for 6?
    """

    name: str
    axes: str = ""
    blocks: tuple[str, ...] = ()
    whole: bool = False
    integers: bool = False

    def __post_init__(self):
        object.__setattr__(self, "blocks", tuple(self.blocks))

    def letters(self, ndim):
        letters = self.axes.split()
        if ndim == len(letters) - 1 and "B" in letters:
            letters.remove("B")
        return letters if ndim == len(letters) else ["?"] * ndim


@dataclass(frozen=True)
class Problem:
    """Something that cannot be compared: what it is and how to mend it, in one sentence."""

    sentence: str


# ---------------------------------------------------------------------------------------- type and dtype

def unpack(returned, outputs, expected=None):
    """What a function returned -> a list of arrays, one for each output, or a Problem.

    expected: the right arrays; the dtype matters where the numbers are wrong and the shape is right.
    """
    returned = _parts(returned, outputs) if len(outputs) > 1 else [_alone(returned)]
    if isinstance(returned, Problem):
        return returned
    arrays = [as_numbers(*both) for both in zip(returned, outputs, expected or [None] * len(outputs), strict=True)]
    problems = [array for array in arrays if isinstance(array, Problem)]
    return problems[0] if problems else arrays


def _parts(returned, outputs):
    names = [output.name for output in outputs]
    if isinstance(returned, dict):
        missing = [name for name in names if name not in returned]
        return Problem(f"the dict that you return lacks {', '.join(missing)}") if missing else [
            returned[name] for name in names]
    if isinstance(returned, np.ndarray) and returned.ndim and len(returned) == len(names) and (
            returned.ndim > 1 or not any(output.axes for output in outputs)):
        return list(returned)                               # one array of them all
    if not isinstance(returned, tuple | list) or len(returned) != len(names):
        return Problem(f"it should return {len(names)} things, {', '.join(names)}; "
                       f"yours returns {describe_type(returned)}. End with `return {', '.join(names)}`")
    return list(returned)


def _alone(returned):
    """The only thing in a tuple, as of `return h,`."""
    return returned[0] if isinstance(returned, tuple) and len(returned) == 1 else returned


def as_numbers(part, output, expected=None):
    """One part of the answer as an array, or the Problem with its type or dtype."""
    name = output.name
    if isinstance(part, list | tuple) and output.axes:
        return _many_for_one(part, name, expected)
    try:
        array = np.asarray(None if _has_no_end(part) else part)
    except Exception:
        array = np.asarray(None)
    if expected is not None and not expected.ndim and array.size == 1:
        array = array.reshape(())                           # one number in an array is a number
    if array.dtype.kind == "b" and not output.whole:
        kind = "yours is a truth value" if not array.ndim else "yours holds truth values"
        return Problem(f"{name} should hold numbers, {kind}: did you compare, and what is to be computed from it?")
    if array.dtype.kind not in "biufc":
        return Problem(f"{name} should hold numbers, yours is {describe_type(part)}")
    if array.dtype.kind == "c":
        return Problem(f"{name} should hold real numbers, yours are complex ({array.dtype})")
    if expected is not None and (array.shape != expected.shape or (
            not output.integers and bool(is_close(expected, array).all()))):
        return array
    if output.whole and array.dtype.kind == "f" and (output.integers or not _are_whole(array)):
        return Problem(f"{name} should hold whole numbers, yours are {array.dtype}. "
                       "Compute with whole numbers all the way (// instead of /, 2 instead of 2.0), or convert at "
                       "the end")
    if not output.whole and array.dtype.kind in "iu" and array.ndim:
        return Problem(f"{name} should be float64, yours is {array.dtype}, which cuts off everything after the "
                       "point. Did you make the array with dtype=int, or from whole numbers?")
    if array.dtype in (np.float16, np.float32):
        return Problem(f"{name} should be float64, yours is {array.dtype}, which keeps fewer digits. "
                       "Leave out the dtype")
    return array


def _many_for_one(part, name, expected):
    """The Problem of a list or tuple where one array is asked."""
    shapes = [one.shape if isinstance(one, np.ndarray) else type(one) for one in part]
    fits = [expected is not None and shape == expected.shape for shape in shapes]
    if any(fits) and isinstance(part, tuple):
        return Problem(f"{name} alone should come back, yours is {describe_type(part)}: return one of them")
    if len(set(shapes)) > 1:
        way = f"Its parts are of several kinds: return only what is asked, {name}"
    elif all(fits) and fits and expected.ndim > 1:
        way = "Each has the shape that is asked: is one of them meant, or what they make together?"
    else:
        way = "Make one array of it with np.array(…), or np.stack(…) for a list of arrays"
    return Problem(f"{name} should be a NumPy array, yours is {describe_type(part)}. {way}")


def _has_no_end(part):
    """Would NumPy ask it for its entries 0, 1, … for ever, as np.r_ without its brackets?"""
    return hasattr(part, "__getitem__") and not hasattr(part, "__iter__") and not hasattr(part, "__array__")


def _are_whole(array):
    """Are floats whole numbers all the same?"""
    return bool(np.isfinite(array).all() and (array == np.round(array)).all())


def describe_type(value):
    """"a list of 3", "a str", "an array of shape (3, 4)"."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" + (f" and dtype {value.dtype}" if value.dtype == object else "")
    if isinstance(value, list | tuple | dict):
        return f"a {type(value).__name__} of {len(value)}"
    if value is None or value is ...:
        return "nothing (None)" if value is None else "a ..."
    if isinstance(value, bool | int | float | np.generic):
        return f"a single {'truth value' if isinstance(value, bool | np.bool) else 'number'}"
    if callable(value):
        return "a function"
    return f"a {type(value).__name__}"


# --------------------------------------------------------------------------------------- shapes and values

def shape_problem(expected, got, output):
    """A sentence if the shape is wrong, else None."""
    if expected.shape == got.shape:
        return None
    letters = output.letters(expected.ndim)
    meaning = f" = ({', '.join(letters)}{',' * (len(letters) == 1)})" if letters else ""
    wanted = f"shape {expected.shape}{meaning}" if expected.ndim else "a single number"
    sentence = f"{output.name} should be {wanted}" if not expected.ndim else f"{output.name} should have {wanted}"
    came = f"shape {got.shape}" if got.ndim else "a single number"
    return f"{sentence}, yours {'has' if got.ndim else 'is'} {came}{_shape_help(expected, got, letters)}"


def _shape_help(expected, got, letters):
    """What may have happened, for the shapes that are seen most."""
    if expected.ndim == got.ndim > 1 and expected.shape == got.shape[::-1]:
        return ": it is transposed"
    if expected.ndim == got.ndim == 3 and expected.swapaxes(0, 1).shape == got.shape:
        return f": the axes {letters[0]} and {letters[1]} are swapped"
    if got.ndim == expected.ndim + 1 and got.shape[1:] == expected.shape:
        return ": there is one axis too many in front"
    if got.ndim + 1 == expected.ndim and got.shape == expected.shape[1:]:
        return f": the axis {letters[0]} is missing"
    if got.size == expected.size:
        return ": the right count of numbers in another shape"
    return ""


def is_close(expected, got, rtol=RTOL, atol=ATOL):
    """Element by element."""
    with np.errstate(all="ignore"):
        return np.isclose(got.astype(float), expected.astype(float), rtol=rtol, atol=atol, equal_nan=True)


def nan_sentence(expected, got, output):
    """A sentence about NaN and infinite values, or None."""
    bad = ~np.isfinite(got.astype(float)) & np.isfinite(expected.astype(float))
    if not bad.any():
        return None
    index = tuple(int(k) for k in np.argwhere(bad)[0])
    kind = "NaN (not a number)" if np.isnan(got.astype(float)).any() else "infinite values"
    return f"{output.name} holds {kind}, first {place(output, expected, index)}"


def first_difference(expected, got, output, rtol=RTOL, atol=ATOL):
    """"h[0, 2] (sequence 0, unit 2, counted from 0) should be 0.8597, yours is 0.8633; 3 of 12 … differ"."""
    wrong = ~is_close(expected, got, rtol, atol)
    index = tuple(int(k) for k in np.argwhere(wrong)[0])
    should, yours = two_numbers(expected[index], got[index])
    count = f"; {wrong.sum()} of {wrong.size} numbers differ" if wrong.size > 1 else ""
    return f"{place(output, expected, index)} should be {should}, yours is {yours}{count}"


def place(output, array, index):
    """Where an element stands: "W[0, 5] (input 0, gate f, unit 1; counted from 0)"."""
    if not index:
        return output.name
    words = [f"{AXES.get(letter, 'row' if letter.isdigit() else letter)} {k}"
             for letter, k in zip(output.letters(array.ndim), index, strict=True)
             if letter != "?" and "-" not in letter]               # "T-13" is a size, no name for what is counted
    if output.blocks:
        size = array.shape[-1] // len(output.blocks)
        words[-1] = f"{block_name(output.blocks[index[-1] // size])}, unit {index[-1] % size}"
    where = ", ".join(map(str, index))
    return f"{output.name}[{where}]" + (f" ({', '.join(words)}; counted from 0)" if words else "")


def block_name(name):
    """"gate f", "candidate g", or "block forward"."""
    kind = "gate" if name in ("i", "f", "o", "r", "z") else "candidate" if name in ("g", "n") else "block"
    return f"{kind} {name}"


def number(value, digits=4):
    """A number in `digits` significant digits; whole numbers and truth values in full."""
    return f"{float(value):.{digits}g}" if np.asarray(value).dtype.kind == "f" else str(int(value))


def two_numbers(a, b):
    """Both in 4 significant digits, or in as many as it takes to tell them apart."""
    for digits in range(4, 18):
        if number(a, digits) != number(b, digits):
            break
    return number(a, digits), number(b, digits)


def relation(expected, got, rtol=1e-7):
    """What a whole answer has to do with the right one: its negative, a multiple, rounded, …; or ""."""
    if expected.dtype.kind != "f" or not expected.size or not np.isfinite(got.astype(float)).all():
        return ""
    if expected.size > 1 and not got.any():
        return "All of yours are 0."
    if expected.ndim and np.abs(got - expected).max() < 6e-3 * np.abs(expected).max():
        return "It agrees in the first digits: is something rounded, or a small term missing?"
    if is_close(-expected, got, rtol).all():
        return "Everything has the wrong sign."
    safe = np.abs(expected) > 1e-6
    ratio = (got[safe] / expected[safe]) if safe.any() else np.array([])
    if ratio.size > 1 and np.allclose(ratio, ratio[0], rtol=rtol) and np.allclose(got[~safe], 0, atol=1e-5):
        return f"Yours is exactly {number(ratio[0])} times the right answer."
    if expected.ndim > 1 and expected.shape[0] > 1 and is_close(expected[::-1], got, rtol).all():
        return "The numbers are right, but in reversed order along the first axis."
    if expected.ndim == 2 and expected.shape == got.T.shape and is_close(expected.T, got, rtol).all():
        return "It is transposed."
    return ""
