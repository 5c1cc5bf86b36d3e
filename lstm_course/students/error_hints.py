"""A line "Hint: …" below the errors that beginners make most, in a notebook.

Python's own message stays as it is. `lstm_course.exercises` switches the hints on when it is imported in IPython;
never while notebooks are built, tested or graded. Before that import nothing of the course is there to help: a
forgotten set-up cell gives Python's NameError alone. Whoever runs a server for a class can load the hints in every
kernel from the start, by a line in its ipython_kernel_config.py:

    c.InteractiveShellApp.extensions = ["lstm_course.students.error_hints"]

tests/checking/test_mistakes.py holds the twenty mistakes that we expect most, with what a student is told.
"""

import builtins
import difflib
import re
from functools import cache
from types import ModuleType

import numpy as np

from lstm_course import lessons as folders
from lstm_course.students.starting_cells import lessons
from lstm_course.whereabouts import ipython, is_student

ABOVE = "Run → Run All Above Selected Cell"
SETUP = {"np": "NumPy", "plt": "matplotlib", "check": "the checks", "quiz": "the quizzes", "predict": "the predictions",
         "reveal": "the predictions", "predicted": "the predictions", "lstm_course": "the course",
         "style": "the style of the figures", "show": "show", "LSTM": "the networks", "RNN": "the networks",
         "GRU": "the networks"}
BY_HAND = {"catch_up", "progress"}     # few lessons import them
OTHER_LIBRARIES = {"torch", "tf", "tensorflow", "keras", "jax", "pandas", "pd", "scipy", "sklearn"}
NO_DEF = ("The def line is missing, or the lines below it are not indented. check.NAME.reset() gives you the cell back "
          "as it was.")
CALL = r"missing \d+ required|takes \d+ positional|takes no arguments|unexpected keyword|multiple values for"
BRACKET = "A bracket is open that is never closed, or closed that was never opened: count them, in the line before too."
BLOCK = ("The lines inside a def, for or if all begin in the same column, four blanks further right than that line. "
         "Mark them and press Tab, or Shift + Tab for the other direction.")

# what Python says of code that it cannot read -> what to look at; the first that fits
SYNTAX = (
    (r"'return' outside function", NO_DEF),
    (r"expected an indented block|unexpected indent|unindent does not match|inconsistent use of tabs", BLOCK),
    (r"never closed|incomplete input|unexpected EOF|unmatched|does not match opening", BRACKET),
    (r"expected ':'", "Lines that begin with def, for, if, else or while end with a colon."),
    (r"unterminated", "A text begins and ends with the same quotation mark, in one line."),
    (r"invalid (non-printable )?character", "A sign was copied that Python does not know, such as − or “. "
                                            "Type it on your keyboard: - and \"."),
    (r"'=='|cannot assign", "One = gives a value a name, and the name stands on the left. == compares two values."),
    (r"comma|invalid syntax", "Look just before the mark ^. Often a comma is missing (return h, c), a sign (x @ W), "
                              "or a bracket in the line above."),
)

# the beginning of Python's or NumPy's message -> what to look at
OTHERS = (
    (r"'ellipsis'|of type ellipsis", "A ... is still in it: put your code in its place."),
    (r"Cannot interpret '.*' as a data type", "A shape goes into brackets of its own: np.zeros((2, 3))."),
    (r"einsum|einstein sum|subscripts", "In np.einsum every array has a group of letters, one for each of its axes, "
                                        "and the same letter means the same length. Look with print(a.shape, "
                                        "b.shape)."),
    (r"matmul: |shapes .* not aligned", "For a @ b the last axis of a and the first of b have the same length. "
                                        "Look with print(a.shape, b.shape); in this course rows are samples, so it "
                                        "is x @ W."),
    (r"operands could not be broadcast", "Two shapes do not fit. Look with print(a.shape, b.shape). * goes entry by "
                                         "entry, @ is the matrix product."),
    (r"NoneType", "Something is None. Does the function that made it end with return?"),
    (r"'list'|multiply sequence|\"list\"", "This is a list, and arithmetic needs an array: np.array(…) makes one."),
    (r"'str'", "This is text in quotation marks, where a number or an array is needed."),
    (r"object is not callable", "Round brackets call a function. An entry of an array stands in square ones, x[0], "
                                "and a product needs its sign, 2 * (a + b)."),
)


def switch_on():
    """Give hints in this notebook. Does nothing outside IPython, or if no student is at work."""
    if ipython() is not None and is_student():
        load_ipython_extension(ipython())


def load_ipython_extension(shell):
    """Print a hint after a cell that failed, if there is one. (IPython registers a function only once.)"""
    shell.events.register("post_run_cell", after_cell)


def unload_ipython_extension(shell):
    shell.events.unregister("post_run_cell", after_cell)


def after_cell(result):
    """What IPython calls after each cell."""
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return
    try:
        words = hint(error, result.info.raw_cell or "", ipython().user_ns)
    except Exception:                               # a hint is a help, never one more trouble
        return
    if words:
        print(f"Hint: {words}")


def hint(error, cell="", namespace=None):
    """What to do about an error in a cell, in a sentence or two; "" if we have nothing better to say than Python."""
    namespace, words = namespace or {}, str(error)
    if isinstance(error, NameError | SyntaxError) and _has_lost_its_def(cell):
        return NO_DEF
    if isinstance(error, SyntaxError):
        return _found(SYNTAX, error.msg or "")
    if isinstance(error, ImportError):
        return of_import(error)
    if isinstance(error, NameError):
        return of_name(error.name or "")
    if isinstance(error, KeyboardInterrupt):
        return ("You stopped the cell. If it would not end by itself, look for a loop: does its condition ever become "
                "False?")
    if hasattr(error, "_render_traceback_"):        # ours, and says what to do
        return ""
    if isinstance(error, AttributeError) and (found := of_attribute(error, namespace)):
        return found
    if cell.strip() in cells_of_the_course():
        return (f"This cell stands as in the course, and it needs what the cells above it make: {ABOVE}, then run it "
                "again. If it uses a function of yours, ask the check of that function first.")
    if isinstance(error, TypeError) and re.search(CALL, words):
        return of_call(cell)
    if isinstance(error, ValueError) and (shapes := re.match(r"x has shape (\(.*?\)), expected \(T, B, I\)", words)):
        return of_layer_input(shapes.group(1), words)
    return _found(OTHERS, words) if isinstance(error, TypeError | ValueError | AttributeError) else ""


@cache
def cells_of_the_course():
    """All code cells in the texts of the lessons, without the exercises."""
    texts = ((one.folder / "text.md").read_text(encoding="utf-8") for one in folders.lessons())
    cells = [cell for text in texts for cell in re.findall(r"(?ms)^```\{code-cell\}[^\n]*\n(.*?)^```", text)]
    return {re.sub(r"\A(:[^\n]*\n)+", "", cell).strip() for cell in cells if "\n:exercise:" not in "\n" + cell}


def _has_lost_its_def(cell):
    """Is there a return, but no function? (IPython takes off the indentation of a cell and begins to run it.)"""
    return re.search(r"(?m)^\s*return\b", cell) and not re.search(r"(?m)^\s*(async )?def\b", cell)


def _found(table, words):
    return next((advice for pattern, advice in table if re.search(pattern, words)), "")


def of_name(name):
    """A name that Python does not know."""
    if name in SETUP:
        return f"{name} stands for {SETUP[name]}. Run the set-up cell at the top of the lesson, or: {ABOVE}."
    if name in BY_HAND:
        return f"Run this first: from lstm_course.exercises import {name}"
    if name in OTHER_LIBRARIES:
        return f"The exercises need NumPy alone. Use np instead of {name}."
    if any(name in parts["exercises"] for parts in lessons().values()):
        return f"Run the cell that defines {name} first; it stands above its check. Did you keep its name?"
    if hasattr(np, name) and not hasattr(builtins, name):
        return f"{name} belongs to NumPy: write np.{name}."
    return (f"Nothing is called {name} in this kernel. Is it spelled as above, and has the cell that makes it been "
            f"run? ({ABOVE})")


def of_import(error):
    """Something that cannot be imported."""
    package = (error.name or "").split(".")[0]
    if package == "lstm_course":
        return ("Mind the spelling. If the course was updated while this notebook was open: Kernel → Restart Kernel, "
                "then run the set-up cell.")
    if package in OTHER_LIBRARIES:
        return f"This course does not use {package}: everything is written with NumPy."
    return ("This kernel's Python does not have it. Kernel → Change Kernel chooses another; check_environment() of "
            "lesson 00 says what is missing.")


def of_attribute(error, namespace):
    """A name after a point that is not there: of NumPy, or of a name of ours that was given away."""
    for name, kind in (("np", ModuleType), ("check", None)):
        ours = isinstance(namespace[name], kind) if kind and name in namespace else hasattr(
            namespace.get(name), "exercises_found")
        if name in namespace and not ours and error.obj is namespace[name]:
            return f"{name} has another value in your code. Take another name there, and run the set-up cell again."
    if error.obj is np:
        near = difflib.get_close_matches(error.name, dir(np), n=2)
        return f"Did you mean {' or '.join(f'np.{name}' for name in near)}?" if near else ""
    return ""


def of_call(cell):
    """A call with too few or too many arguments; of the function inside the brackets of a check?"""
    call = re.search(r"check\.(\w+)\(\s*(\w+)\s*\(", cell)
    if call:
        return f"Give the check the function itself, without its brackets: check.{call.group(1)}({call.group(2)})."
    return "Compare the call with the first line of the function: the same arguments, in the same order."


def of_layer_input(shape, words):
    """An x with which a layer can do nothing."""
    sizes = [int(size) for size in re.findall(r"\d+", shape)]
    inputs = int(re.search(r"I = (\d+)", words).group(1)) if "I = " in words else None
    if len(sizes) == 2:
        return "A layer reads (steps, sequences, inputs). If x is one sequence: x[:, None, :] gives it the middle axis."
    if len(sizes) == 3 and sizes[2] != inputs and inputs in sizes:
        return f"The inputs belong on the last axis: np.moveaxis(x, {sizes.index(inputs)}, -1) puts them there."
    return ("A layer reads (steps, sequences, inputs), and the last number has to be its input_size. An x from PyTorch "
            "with batch_first=True becomes that by x.swapaxes(0, 1).")
