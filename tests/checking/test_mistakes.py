"""The mistakes that we expect most, in a real IPython: each gets a sentence that says what to do."""

import os
import subprocess
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from lstm_course.students import error_hints as hinting
from lstm_course.students import progress as remembering

SETUP = """\
import numpy as np
from lstm_course import LSTM, RNN
from lstm_course.exercises import catch_up, check, predict, predicted, quiz, reveal
"""
STEP = "def rnn_step(x, h, W, U, b):\n    "
CHECK = "\ncheck.rnn_step(rnn_step)"
LAYER = "layer = RNN(2, 3, rng=0)\n"

# The twenty: (what the student did, the cell, what is said). Where Python speaks first, our line begins with "Hint:".
TWENTY = [
    ("forgot the set-up cell", "del np\nh = np.zeros(3)",
     "Hint: np stands for NumPy. Run the set-up cell at the top of the lesson, or: Run → Run All Above Selected Cell."),
    ("ran the check before the exercise", "check.lstm_step(lstm_step)",
     "Hint: Run the cell that defines lstm_step first; it stands above its check. Did you keep its name?"),
    ("computes, but has no return", STEP + "h_new = np.tanh(x @ W + h @ U + b)" + CHECK,
     "rnn_step: not right yet ✗ it computes something and gives nothing back. Its last line should be return"),
    ("prints instead of returning", STEP + "print(np.tanh(x @ W + h @ U + b))" + CHECK,
     "rnn_step: not right yet ✗ it prints its answer and gives nothing back. print only shows a value: write return"),
    ("left a ... in it", STEP + "z = x @ W + ...\n    return np.tanh(z)" + CHECK,
     "rnn_step: not attempted yet. Put your code where the ... is. If it is written: does it end with return, and is"),
    ("arguments in another order", "def rnn_step(h, x, W, U, b):\n    return np.tanh(x @ W + h @ U + b)" + CHECK,
     "✗ its arguments stand in another order: the check calls it with (x, h, W, U, b), your first line says (h, x, W"),
    ("an argument too few", "def rnn_step(x, h, W, U):\n    return np.tanh(x @ W + h @ U)" + CHECK,
     "that does not fit: too many positional arguments. Its first line has (x, h, W, U)"),
    ("* for @", STEP + "return np.tanh(x * W + h * U + b)" + CHECK,
     "✗ * goes entry by entry; a matrix product is written @: x @ W and h @ U."),
    ("the matrix on the wrong side", STEP + "return np.tanh(W @ x + h @ U + b)" + CHECK,
     "✗ W @ x puts W on the wrong side: rows are samples here, so x and h stand on the left, x @ W and h"),
    ("changes an argument in place", STEP + "h += x @ W\n    return np.tanh(h)" + CHECK,
     "✗ it changes its argument h: the caller's array is overwritten.\n   Work on a copy: write a = a + b instead of"),
    ("takes a name from the notebook", "def rnn_step(x, h, W, V, b):\n    return np.tanh(x @ W + h @ U + b)" + CHECK,
     "It reads U from the notebook instead of from its arguments: use the names in its first line."),
    ("calls the function in the check", STEP + "return np.tanh(x @ W + h @ U + b)\ncheck.rnn_step(rnn_step())",
     "Hint: Give the check the function itself, without its brackets: check.rnn_step(rnn_step)."),
    ("a number in quotation marks", "check.rnn_parameter_count('70')",
     "rnn_parameter_count: not right yet ✗ give the check a number without quotation marks, yours is a str."),
    ("whole numbers", STEP + "out = np.zeros(h.shape, dtype=int)\n    out[:] = x @ W\n    return out" + CHECK,
     "h should be float64, yours is int64, which cuts off everything after the point. Did you make the array with"),
    ("a list instead of an array", STEP + "return list(np.tanh(x @ W + h @ U + b))" + CHECK,
     "h should be a NumPy array, yours is a list of 3. Make one array of it with np.array(…)"),
    ("a comma is missing", "def f(h, c):\n    return h c",
     "Hint: Look just before the mark ^. Often a comma is missing (return h, c), a sign (x @ W), or a bracket in"),
    ("lines not indented", "def f(x):\nreturn x",
     "Hint: The lines inside a def, for or if all begin in the same column, four blanks further right than that line."),
    ("lost the def line", "    h = x @ W\n    return np.tanh(h)",
     "Hint: The def line is missing, or the lines below it are not indented. check.NAME.reset() gives you the cell"),
    ("x without the axis of sequences", LAYER + "layer.forward(np.zeros((5, 2)))",
     "Hint: A layer reads (steps, sequences, inputs). If x is one sequence: x[:, None, :] gives it the middle axis."),
    ("a wrong name of a check", "check.rnn_stp(3)", "there is no exercise 'rnn_stp'. Did you mean check.rnn_step?"),
]
assert len(TWENTY) == 20

# And some more, which are seen less.
MORE = [
    ("returns in one case only", STEP + "if h.sum() > 1e9:\n        return np.tanh(x @ W + h @ U + b)" + CHECK,
     "rnn_step: not right yet ✗ it gives None back. Is a return reached in every case, also when an if is not taken?"),
    ("a wrong lesson", "quiz('77')", "there is no lesson '77' here, expected one of 00, 01"),
    ("catch_up with a typing mistake", "catch_up('lstm_stp')", "Did you mean catch_up('lstm_step')?"),
    ("the name in quotation marks", "check.rnn_step('rnn_step')",
     "Write its name without brackets and without quotation marks: check.rnn_step(your_function)"),
    ("a bracket is open", "h = np.tanh((1 + 2)", "Hint: A bracket is open that is never closed"),
    ("no colon", "def f(x)\n    return x", "Hint: Lines that begin with def, for, if, else or while end with a colon."),
    ("= for ==", "if x = 3:\n    pass", "Hint: One = gives a value a name"),
    ("a sign from a text", "a = 3 − 2", "Hint: A sign was copied that Python does not know"),
    ("tanh without np", "h = tanh(1)", "Hint: tanh belongs to NumPy: write np.tanh."),
    ("tanh without np, in a check", STEP + "return tanh(x @ W + h @ U + b)" + CHECK,
     "   tanh belongs to NumPy: write np.tanh."),
    ("another library", "import torch_geometric_of_nobody", "Hint: This kernel's Python does not have it."),
    ("PyTorch", "h = torch.tanh(1)", "Hint: The exercises need NumPy alone. Use np instead of torch."),
    ("an old import", "from lstm_course import no_such_layer", "Hint: Mind the spelling. If the course was updated"),
    ("a wrong name", "print(no_such_name)", "Hint: Nothing is called no_such_name in this kernel."),
    ("catch_up without its import", "del catch_up\ncatch_up('06')",
     "Hint: Run this first: from lstm_course.exercises import catch_up"),
    ("np.tahn", "np.tahn(1)", "Hint: Did you mean np.tan or np.tanh?"),
    ("np has another value", "np = 3\nnp.zeros(2)", "Hint: np has another value in your code."),
    ("check has another value", "check = 3\ncheck.rnn_step(4)", "Hint: check has another value in your code."),
    ("a shape without brackets", "np.zeros(2, 3)", "Hint: A shape goes into brackets of its own: np.zeros((2, 3))."),
    ("shapes in a product", "np.zeros((2, 3)) @ np.zeros((2, 3))", "Hint: For a @ b the last axis of a and the first"),
    ("shapes in a sum", "np.zeros(2) + np.zeros(3)", "Hint: Two shapes do not fit."),
    ("None", "None + 1", "Hint: Something is None. Does the function that made it end with return?"),
    ("a ... in a sum", "1 + ...", "Hint: A ... is still in it"),
    ("a list in a product", "[1.0, 2.0] @ [1.0, 2.0]", "Hint: This is a list, and arithmetic needs an array"),
    ("a sign is missing before a bracket", "2 * np.ones(2)(1 + 2)", "Hint: Round brackets call a function."),
    ("batch first", LAYER + "layer.forward(np.zeros((5, 2, 4)))", "Hint: The inputs belong on the last axis: "
     "np.moveaxis(x, 1, -1) puts them there."),
    ("a wrong number of inputs", LAYER + "layer.forward(np.zeros((5, 4, 7)))", "by x.swapaxes(0, 1)."),
    ("lost the def line, and the names are known", "x = 1\n    return x", "Hint: The def line is missing"),
    ("a control that there is not", "from lstm_course.explorers import first_widget\nfirst_widget().set(xx=1)",
     "there is no control 'xx', expected one of x"),
    ("a stopped loop in a check", STEP + "raise KeyboardInterrupt" + CHECK, "Does a loop never end?"),
    ("a stopped loop", "raise KeyboardInterrupt", "Hint: You stopped the cell."),
]
QUIET = [("a right cell", "h = np.zeros(3)"), ("an error of another kind", "1 / 0"),
         ("an error with its own advice", "layer = RNN(2, -3)"), ("an exit in a check", STEP + "exit()" + CHECK)]


@pytest.fixture(scope="module")
def shell():
    shell = InteractiveShell.instance(colors="nocolor")
    hinting.load_ipython_extension(shell)
    hinting.load_ipython_extension(shell)           # a second time changes nothing
    yield shell
    InteractiveShell.clear_instance()
    remembering.forget_everything(None)


def told(shell, cell):
    """What a student sees below a cell of a fresh notebook."""
    for name in set(shell.user_ns) - set(shell.user_ns_hidden):      # shell.reset() collects garbage, which is slow
        del shell.user_ns[name]
    shell.run_cell(SETUP)
    with capture_output() as shown:
        shell.run_cell(cell)
    return shown.stdout + shown.stderr


@pytest.mark.parametrize("cell, words", [each[1:] for each in TWENTY + MORE],
                         ids=[each[0] for each in TWENTY + MORE])
def test_a_mistake_gets_its_sentence(cell, words, shell):
    said = told(shell, cell)
    assert words in said and said.count("Hint: ") <= 1
    if "Hint" in words:
        assert said.rstrip().splitlines()[-1].startswith("Hint: ") and len(said.rstrip().splitlines()) > 1


@pytest.mark.parametrize("cell", [each[1] for each in QUIET], ids=[each[0] for each in QUIET])
def test_where_python_says_enough_nothing_is_added(cell, shell):
    assert "Hint" not in told(shell, cell)


@pytest.mark.parametrize("cell", ["check.rnn_stp(3)", "quiz('77')", "catch_up('nothing')"])
def test_our_own_errors_are_one_line(cell, shell):
    assert told(shell, cell).strip().count("\n") == 0


def test_a_server_can_load_the_hints_before_the_course(tmp_path):
    """Then even a set-up cell that was never run is named: nothing of the course was imported."""
    command = [sys.executable, "-m", "IPython", "--ext=lstm_course.students.error_hints", "-c", "h = np.zeros(3)"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "IPYTHONDIR": str(tmp_path)})
    assert "Hint: np stands for NumPy. Run the set-up cell at the top of the lesson" in done.stdout


def test_hints_are_off_while_notebooks_are_built_or_tested(monkeypatch, shell):
    hinting.unload_ipython_extension(shell)
    try:
        hinting.switch_on()
        assert "Hint" not in told(shell, "del np\nnp.zeros(3)"), "this is a test"
        for name in ("PYTEST_VERSION", "PYTEST_CURRENT_TEST", "CI", "LSTM_COURSE_STATIC"):
            monkeypatch.delenv(name, raising=False)
        hinting.switch_on()
        assert "Hint" in told(shell, "del np\nnp.zeros(3)")
    finally:
        if hinting.after_cell not in shell.events.callbacks["post_run_cell"]:
            hinting.load_ipython_extension(shell)
