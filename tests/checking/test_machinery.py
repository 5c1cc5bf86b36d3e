"""The machinery of the checks: whatever a student hands in, a friendly line comes out and nothing is raised."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from lstm_course.checking.compare import Output, place, relation, two_numbers
from lstm_course.checking.declare import exercise
from lstm_course.checking.results import NotSolved, is_blank
from lstm_course.exercises import check
from lstm_course.networks import cells


def right(x, h, W, U, b):
    return np.tanh(x @ W + h @ U + b)


def rnn(change):
    """check.rnn_step of a right answer with something done to it."""
    return check.rnn_step(lambda *arguments: change(right(*arguments)))


# ----------------------------------------------------------------------------------------- not attempted

def stub(x, h, W, U, b):
    ...


def half_done(x, h, W, U, b):
    z = ...
    return np.tanh(z)


def stub_in_a_product(x, h, W, U, b):
    return np.tanh(x @ W + h @ ... + b)


def raises_not_implemented(x, h, W, U, b):
    raise NotImplementedError


@pytest.mark.parametrize("attempt", [
    None, ..., stub, half_done, stub_in_a_product, raises_not_implemented, lambda *a: ..., lambda *a: None,
    lambda *a: [1, ...], lambda *a: np.array([1, ...], dtype=object), lambda *a: (None, None), np.array(...)],
    ids=lambda attempt: getattr(attempt, "__name__", str(attempt)))
def test_not_attempted(attempt, capsys):
    result = check.rnn_step(attempt)
    out = capsys.readouterr().out
    assert result.status == "not attempted" and not result
    assert out.startswith("rnn_step: not attempted yet") and out.count("\n") == 1


@pytest.mark.parametrize("attempt", [None, ..., "", "...", [...], np.array(None)])
def test_value_not_attempted(attempt):
    assert check.rnn_parameter_count(attempt).status in ("not attempted", "wrong")
    assert check.rnn_parameter_count(...).status == "not attempted"


def test_an_ellipsis_in_an_index_is_no_stub():
    def last_column(x, h, W, U, b):
        return (x @ W)[..., 0] @ np.zeros((7, 7))
    result = check.rnn_step(last_column)
    assert result.status == "wrong" and "ValueError" in result.headline


def test_without_an_answer_or_with_two():
    assert check.rnn_step().status == "not attempted"
    assert "give the check one thing" in check.rnn_step(right, right).headline


@pytest.mark.parametrize("value, blank", [
    (None, True), (..., True), ([...], True), ({"a": ...}, True), ((1, ...), True), ([None], True), ([], False),
    ((1, None), False), (0, False), (np.zeros(2), False), ([[[[...]]]], False)])
def test_is_blank(value, blank):
    assert is_blank(value) is blank


# ------------------------------------------------------------------------------- types, dtypes, shapes, NaN

@pytest.mark.parametrize("change, words", [
    (lambda h: h.tolist(), "should be a NumPy array, yours is a list"),
    (lambda h: "tanh", "should hold numbers, yours is a str"),
    (lambda h: h > 0, "should hold numbers"),
    (lambda h: np.sin, "yours is a function"),
    (lambda h: {1: h}, "yours is a dict of 1"),
    (lambda h: h + 0j, "complex"),
    (lambda h: h.astype(int), "should be float64, yours is int64"),
    (lambda h: h.astype(np.float32), "should be float64, yours is float32"),
    (lambda h: h[..., :-1], "h should have shape (3, 4) = (B, H), yours has shape (3, 3)"),
    (lambda h: h[None], "one axis too many in front"),
    (lambda h: h.T, "h should have shape (3, 4) = (B, H), yours has shape (4, 3): it is transposed"),
    (lambda h: h.sum(), "yours is a single number"),
    (lambda h: h * np.nan, "holds NaN"),
    (lambda h: h + np.inf, "holds infinite values"),
    (lambda h: -h, "Everything has the wrong sign"),
    (lambda h: 3 * h, "exactly 3 times the right answer"),
    (lambda h: h.round(3), "agrees in the first digits"),
    (lambda h: 0 * h, "All of yours are 0"),
    (lambda h: h[::-1] if h.ndim == 2 else h, "in reversed order along the first axis"),
    (lambda h: None if len(h) == 2 else h, "gives back nothing (None)"),
])
def test_wrong_answers_get_their_own_sentence(change, words):
    result = rnn(change)
    assert result.status == "wrong" and words in result.message


def test_where_it_differs():
    def spoil(h):
        h = h.copy()
        if h.shape == (3, 4):
            h[1, 2] += 0.5
        return h
    message = rnn(spoil).message
    assert "in step 1, from h = 0" in message
    assert re.search(r"h\[1, 2\] \(sequence 1, unit 2; counted from 0\) should be [-.\d]+, yours is", message)
    assert "1 of 12 numbers differ" in message


def test_numbers_have_four_digits_or_as_many_as_it_takes():
    assert two_numbers(np.pi, np.e) == ("3.142", "2.718")
    assert two_numbers(1.0, 1.0 + 1e-7) == ("1", "1.0000001")
    assert two_numbers(np.int64(6), np.int64(96)) == ("6", "96")


def test_relation_finds_a_transpose_and_keeps_quiet_otherwise():
    rng = np.random.default_rng(0)
    a = rng.standard_normal((3, 3))
    assert relation(a, a.T) == "It is transposed."
    assert relation(a, rng.standard_normal((3, 3))) == ""


def test_a_value_instead_of_the_function():
    assert "without brackets" in check.rnn_step(np.zeros((3, 4))).headline
    assert "that does not fit" in check.rnn_step(lambda x, h: x).headline
    assert check.rnn_step(lambda x, h, W, U, b, extra=1: right(x, h, W, U, b)).correct


# ---------------------------------------------------------------------------------------------- exceptions

def wrong_product(x, h, W, U, b):
    z = x @ W
    return np.tanh(z @ W @ W)


def test_an_exception_becomes_a_sentence():
    result = check.rnn_step(wrong_product)
    line = wrong_product.__code__.co_firstlineno + 2
    assert "your code stopped with ValueError" in result.headline
    assert f"(line {line}: return np.tanh(z @ W @ W))" in result.headline
    assert f"In line {line}, `z` is of shape (3, 4) and `W` is of shape (2, 4)." in result.message


def test_a_mistake_that_always_raises_is_known_by_its_line():
    assert "x and h have each other's matrix" in check.rnn_step(
        lambda x, h, W, U, b: np.tanh(x@U + h@W + b)).headline
    assert "x and h stand on the left" in check.rnn_step(lambda x, h, W, U, b: np.tanh(b + W@x)).headline


def test_the_line_is_the_students_own_even_in_a_helper():
    def helper(x):
        return x.no_such_thing
    line = helper.__code__.co_firstlineno + 1
    assert f"(line {line}: return x.no_such_thing)" in check.rnn_step(lambda x, h, W, U, b: helper(x)).headline


@pytest.mark.parametrize("error", [
    ZeroDivisionError("division by zero"), KeyError("h"), SystemExit(1), KeyboardInterrupt(), MemoryError(),
    RecursionError("deep"), AssertionError(), ValueError("line one\nline two"), Exception(object())])
def test_no_exception_leaves_the_check(error):
    def attempt(x, h, W, U, b):
        raise error
    result = check.rnn_step(attempt)
    assert result.status == "wrong" and "0x" not in result.message and "line two" not in result.message


def test_an_interrupted_answer_is_not_started_again():
    """A graded cell checks twice; a loop without end must not cost the grader two time-outs, or hang it."""
    calls = []

    def attempt(x, h, W, U, b):
        calls.append(1)
        raise KeyboardInterrupt
    first = check.rnn_step(attempt)
    assert "it was interrupted" in first.headline and "does not start the same function twice" in first.message
    assert check.rnn_step(attempt).message == first.message and len(calls) == 1
    assert check.rnn_step(lambda *arguments: right(*arguments)).correct


def test_endless_recursion():
    def attempt(x, h, W, U, b):
        return attempt(x, h, W, U, b)
    assert "calls itself without end" in check.rnn_step(attempt).headline


def test_a_name_from_the_notebook():
    check_globals = {"np": np, "h": np.zeros(2)}
    exec("def f(x, h_prev, W, U, b): return np.tanh(x @ W + h @ U + b)", check_globals)
    assert "reads h from the notebook" in check.rnn_step(check_globals["f"]).message


class Hostile:
    """An object that raises whatever is done with it."""

    def __getattribute__(self, name):
        raise RuntimeError("hostile")


def test_hostile_answers():
    assert check.rnn_step(Hostile()).status == "wrong"
    assert check.rnn_step(lambda *a: Hostile()).status == "wrong"
    assert check.rnn_parameter_count(Hostile()).status == "wrong"


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.complex_numbers(), st.just(...),
    st.lists(st.integers(), max_size=3), st.dictionaries(st.text(max_size=2), st.floats(), max_size=2),
    hnp.arrays(st.sampled_from([np.float64, np.int8, np.bool, np.complex128, object, np.dtype("U3")]),
               hnp.array_shapes(min_dims=0, max_dims=3, max_side=4)))


@settings(max_examples=200, deadline=None)
@given(one=st.sampled_from(list(check)), value=ANYTHING)
def test_anything_may_be_handed_in(one, value):
    assert one(value).status in ("correct", "wrong", "not attempted")
    if one.usage().endswith("(your_function)"):
        assert one(lambda *arguments: value).status in ("wrong", "not attempted")


# --------------------------------------------------------------------------------------------- the inputs

def test_inputs_that_are_changed_are_found():
    def attempt(x, h, W, U, b):
        h @= U
        h += x @ W + b
        return np.tanh(h)
    result = check.rnn_step(attempt)
    assert result.status == "wrong" and "it changes its argument h" in result.headline
    assert "h.copy()" in result.message


def test_a_kept_array_is_not_compared_with_later_contents():
    """A function that reuses one output buffer gives right answers at each call."""
    buffers = {}

    def attempt(x, h, W, U, b):
        buffer = buffers.setdefault(h.shape, np.empty(h.shape))
        buffer[...] = right(x, h, W, U, b)
        return buffer
    assert check.rnn_step(attempt).correct


def test_what_the_student_prints_is_left_alone(capsys):
    def attempt(x, h, W, U, b):
        print("my own line")
        return right(x, h, W, U, b)
    check.rnn_step(attempt)
    out = capsys.readouterr().out
    assert "my own line\n" in out and out.endswith("of two sequences.\n")


def test_the_check_draws_the_same_numbers_each_time_and_require_does_not():
    seen = []

    def attempt(x, h, W, U, b):
        seen.append(x.copy())
        return right(x, h, W, U, b)
    result = check.rnn_step(attempt)
    first, seen[:] = seen[-1], []
    check.rnn_step(attempt)
    assert (seen[-1] == first).all()
    result.require()
    assert (seen[-1] != first).all()


def test_answers_learned_by_heart_do_not_pass():
    """Someone who stores what the fixed numbers of the check want fails in a graded cell."""
    stored = {}
    for _, case in check.rnn_step.cases(np.random.default_rng(1997)):
        stored[case["x"].tobytes()] = right(**case)

    def attempt(x, h, W, U, b):
        return stored.get(x.tobytes(), np.zeros_like(h))
    result = check.rnn_step(attempt)
    assert result.correct
    with pytest.raises(NotSolved, match=r"not right yet.*\(With new random numbers\.\)$"):
        result.require()


# ------------------------------------------------------------------------------------------------ require

@pytest.mark.parametrize("attempt, words", [(stub, "not attempted yet"), (wrong_product, "not right yet")])
def test_require_raises_one_line(attempt, words):
    with pytest.raises(NotSolved, match=words) as caught:
        check.rnn_step(attempt).require()
    assert caught.value._render_traceback_() == [str(caught.value)]
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def shell():
    shell = InteractiveShell()
    shell.run_cell("import numpy as np\nfrom lstm_course.exercises import check")
    return shell


def run(shell, source):
    """What a cell shows. A terminal prints "Out[1]: " before it asks what to show; a notebook does not."""
    with capture_output() as captured:
        shell.run_cell(source, store_history=True)
    words = re.sub(r"Out\[\d+\]: ", "", captured.stdout)
    return captured, words


def test_in_ipython_nothing_more_is_shown(shell):
    source = "def f(x, h, W, U, b):\n    return np.tanh(x @ W + h @ U + b)\ncheck.rnn_step(f)"
    captured, words = run(shell, source)
    assert words.strip().count("\n") == 0 and words.startswith("rnn_step: correct ✓")
    assert not captured.outputs and not captured.stderr
    assert run(shell, "check.rnn_step(f).require()")[1] == words


def test_in_ipython_a_failed_requirement_is_one_line(shell):
    lines = run(shell, "check.rnn_step(lambda *a: None).require()")[1].strip().splitlines()
    assert len(lines) == 2 and lines[0] == lines[1]


def test_in_ipython_the_line_of_the_cell_is_quoted(shell):
    words = run(shell, "def f(x, h, W, U, b):\n    z = x\n    return z.nothing\ncheck.rnn_step(f)")[1]
    assert "(line 3: return z.nothing)" in words


# ---------------------------------------------------------------------------------------------- the names

def test_the_list_and_the_completion():
    assert "rnn_step" in dir(check) and "rnn_step" in str(check).split("lesson 01: ")[1].split("\n")[0]
    assert "check.rnn_step(your_function)" in repr(check.rnn_step)
    assert "0x" not in str(check) + repr(check.rnn_step)


def test_a_wrong_name_is_answered_with_the_nearest():
    with pytest.raises(AttributeError, match=r"no exercise 'rnn_stp'. Did you mean check.rnn_step\?"):
        _ = check.rnn_stp
    with pytest.raises(AttributeError, match="lists them all"):
        _ = check.zzzzzzzz
    assert not hasattr(check, "_repr_html_")


# -------------------------------------------------------------------- several outputs, gates: later lessons

GATES = ("i", "f", "g", "o")


def lstm_cases(rng):
    B, I, H = 3, 2, 4
    yield "random numbers", {
        "x": rng.standard_normal((B, I)), "h": rng.uniform(-1, 1, (B, H)), "c": rng.standard_normal((B, H)),
        "W": rng.standard_normal((I, 4 * H)), "U": rng.standard_normal((H, 4 * H)), "b": rng.standard_normal(4 * H)}


@exercise(cases=lstm_cases, outputs=(Output("h", "B H"), Output("c", "B H")))
def lstm_step(x, h, c, W, U, b):
    return cells.lstm_step(x, h, c, W, U, b)[:2]


@lstm_step.mutant("the output's tanh is missing")
def no_output_tanh(x, h, c, W, U, b):
    return cells.lstm_step(x, h, c, W, U, b, output_activation="identity")[:2]


@exercise(cases=lstm_cases, outputs=(Output("W", "I H", blocks=GATES), Output("b", "H", blocks=GATES)))
def gradients(x, h, c, W, U, b):
    return {"W": 2 * W, "b": 3 * b}


def test_two_outputs_are_judged_one_by_one():
    result = lstm_step(no_output_tanh)
    assert "the output's tanh is missing" in result.headline
    assert "One by one: h ✗ wrong, c ✓ right" in result.message
    swapped = lstm_step(lambda *a: lstm_step.reference(*a)[::-1])
    assert "One by one: h ✗ wrong, c ✗ wrong" in swapped.message
    assert "it should return 2 things, h, c; yours returns an array of shape (3, 4)" in lstm_step(
        lambda *a: lstm_step.reference(*a)[0]).message
    assert "h should hold numbers, yours is nothing" in lstm_step(lambda *a: (None, a[2])).message


def test_gate_blocks_are_named():
    def attempt(x, h, c, W, U, b):
        W = 2 * W
        W[1, 6] += 1
        return {"W": W, "b": 3 * b}
    assert "W[1, 6] (input 1, gate f, unit 2; counted from 0)" in gradients(attempt).message
    assert gradients(gradients.reference).correct
    assert "lacks b" in gradients(lambda *a: {"W": 2 * a[3]}).message


def test_place_without_axes():
    assert place(Output("loss"), np.array(1.0), ()) == "loss"
    assert place(Output("y", "T B"), np.zeros(3), (2,)) == "y[2] (step 2; counted from 0)"
