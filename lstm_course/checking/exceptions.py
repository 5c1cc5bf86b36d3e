"""The exceptions that NumPy and Python raise most in such code, by what they say, and what usually causes each."""

import ast

import numpy as np

from lstm_course.checking.source import parts

ONE_LIST = "What is to be joined stands in one list: np.concatenate([a, b], axis=1)"

# (exception, words in its message, its kind, what usually causes it); the first that fits
KINDS = (
    (UnboundLocalError, "", "unbound", ""),
    (NameError, "", "name", ""),
    (ModuleNotFoundError, "", "import", "The exercises need NumPy alone, and np is there already"),
    (RecursionError, "", "recursion", "A function that calls itself needs a case in which it does not"),
    (ValueError, "einsum|subscript", "einsum",
     "In einsum each axis has a letter of its own: 'bi,ih->bh' for an (B, I) and an (I, H) array; the letter "
     "that both share and that is missing behind -> is summed"),
    (ValueError, "matmul|core dimension|not aligned", "matmul",
     "For a @ b the last axis of a and the first of b have the same length: look at the order of the two, and "
     "at what is transposed"),
    (ValueError, "truth value", "truth",
     "An array holds many answers, and `if` needs one: np.where chooses entry by entry, .all() and .any() make "
     "one of many, .mean() the share that is true, and `x is None` asks for the object"),
    (ValueError, "cannot reshape", "reshape", "reshape keeps the count of numbers"),
    (ValueError, "into shape", "into shape",
     "What stands on the right of = has another shape than its place on the left"),
    (ValueError, "setting an array element|inhomogeneous", "inhomogeneous",
     "The things that are to become one array have different shapes, or one of them is an array where one "
     "number belongs"),
    (ValueError, "must match exactly|same shape|must have (the )?same", "join",
     "What is joined has different shapes, or counts of axes: look at the axis along which it is joined, and at each "
     "part"),
    (ValueError, "broadcast|operands", "broadcast",
     "* and + go entry by entry and need the same shape, or 1, on each axis counted from the right. Is a "
     "product @ meant, a transposition missing, or the axis of a sum?"),
    (ValueError, "equal division", "split",
     "np.split cuts along axis 0 unless axis=1 is given, and the pieces have to come out even"),
    (ValueError, "unpack", "unpack",
     "On the left of = stand more or fewer names than there are things on the right"),
    (ValueError, "read-only", "read-only", "This array may not be written into: work on a copy, a.copy()"),
    (np.exceptions.AxisError, "", "axis",
     "The axes are counted from 0: an array with two axes has axis 0 and axis 1"),
    (IndexError, "only integers|arrays used as indices", "float index",
     "An index is a whole number, a slice, or an array of whole numbers or truth values; / gives a float even "
     "of two whole numbers, // a whole number"),
    (IndexError, "too many indices", "too many indices",
     "There are more indices in the brackets than the array has axes"),
    (IndexError, "", "index",
     "The first index is 0 and the last is the length - 1"),
    (KeyError, "", "key", "The dict holds no such key"),
    (TypeError, "not subscriptable|not indexable", "subscript",
     "Square brackets take a part of an array, a list or a tuple; this is none"),
    (TypeError, "not callable", "call",
     "Round brackets call a function, and this is none: an entry stands in square brackets, and a product "
     "needs its sign *"),
    (TypeError, "NoneType", "none",
     "Something is None there: list.append and in-place functions give nothing back, nor does a function "
     "without return"),
    (TypeError, "only .*(0-dimensional|length-1|size-1)", "one number",
     "One number is needed there: float(), int() and the functions of math take one; np.tanh, np.exp and the like take "
     "whole arrays"),
    (TypeError, "slice indices", "slice",
     "The ends of a slice are whole numbers: / gives a float even of two whole numbers, // a whole number"),
    (TypeError, "multiple values for argument 'axis'", "one list", ONE_LIST),
    (TypeError, "only .*integer|interpreted as an integer|list indices", "whole",
     "A single whole number is needed there"),
    (TypeError, "argument", "arguments",
     "Compare the call with the first line of the function: the same arguments, in the same order"),
    (TypeError, "unpack", "unpack", "What stands on the right of = is one thing and cannot be taken apart"),
    (TypeError, "not iterable", "iterate",
     "A loop needs a list, an array or a range: over the steps it is range(n) or the array itself"),
    (TypeError, "multiply sequence|can only concatenate|'list'|\"list\"", "list",
     "This is a list, and arithmetic needs an array: np.array(…) makes one"),
    (TypeError, "'str'", "text", "This is text, and arithmetic needs numbers"),
    (TypeError, "ufunc|casting|[Cc]annot cast|unsupported operand", "kinds",
     "The two kinds of things do not go together there"),
    (AttributeError, "", "attribute", ""),
    (ZeroDivisionError, "", "zero", "A divisor is 0: an index, a length or a difference that can be 0"),
    (OverflowError, "", "overflow",
     "The numbers became too large for Python's floats; np.exp gives inf instead of stopping"),
    (np.linalg.LinAlgError, "", "linalg", "NumPy needs a square or another matrix there"),
    (AssertionError, "", "assert", "An assert of your own is not true"),
    (TypeError, "", "type", "This operation cannot work with such a thing"),
    (ValueError, "", "value", "The operation does not accept such a value"),
)


NO_POWER = "^ is not the power"


def cause_that_fits(kind, node, operands, words):
    """What causes an exception, where the operands of the line tell it: else "".

    kind: that of KINDS; node: the expression that failed; operands: {text: value}; words: what the exception says
    """
    values, items = list(operands.values()), list(operands.items())
    if kind == "kinds":
        if "cast" in words:
            return "An array of whole numbers takes no floats in place: begin with an array of floats"
        if any(isinstance(value, np.ndarray) and value.dtype.kind == "b" for value in values):
            return "Truth values and - do not go together: write ~ or !="
        is_xor = isinstance(getattr(node, "op", None), ast.BitXor)
        return f"{NO_POWER}: ** is, and e to the power of x is np.exp(x)" if is_xor else ""
    if kind == "whole":
        if getattr(getattr(node, "func", None), "attr", "") in ("concatenate", "stack"):
            return ONE_LIST
        if any(isinstance(value, np.ndarray) and value.ndim for value in values):
            return "A single whole number is needed there, such as the length len(…) of an array"
        return "A single whole number is needed there: // gives one, / a float" if any(
            isinstance(value, float) for value in values) else ""
    if kind == "index" and isinstance(node, ast.Subscript) and items:
        text, value = items[0]
        if text.endswith(".shape") and isinstance(value, tuple):
            axes = "1 axis" if len(value) == 1 else f"{len(value)} axes"
            return (f"`{text[:-6]}` has {axes} here, so that `{ast.unparse(node)}` does not exist: the code has to do "
                    "for this case, too")
        if any(isinstance(one, ast.Name) for one in ast.walk(node.slice)):
            return ("The first index is 0 and the last is the length - 1: where does the index begin and end, and "
                    "along which axis does it run?")
    return ""


MAKES_NAN = (("an overflow", {"exp", "sinh", "cosh", "power", "Pow"}), ("a division by zero", {"Div", "divide"}),
             ("a logarithm or a root of what has none", {"log", "log2", "log10", "log1p", "sqrt"}),
             ("np.empty that was never filled", {"empty", "empty_like"}))


def what_makes_nan(function):
    """": look for …", of what can make NaN or infinite values and stands in a function's code; or ""."""
    nodes = [node for part in parts(function) for node in ast.walk(part.tree)]
    there = {getattr(node, "attr", getattr(node, "id", type(node).__name__)) for node in nodes}
    found = [words for words, names in MAKES_NAN if not there.isdisjoint(names)]
    return f": look for {' or '.join(found)}" if found else ""
