"""Lesson 06: its first exercise against PyTorch, and what its messages say."""

from pathlib import Path

import numpy as np
import pytest

from lstm_course import LSTM
from lstm_course.checking.solution import function_of
from lstm_course.exercises import check
from lstm_course.lessons.l06_lstm_cell.exercise_programs import odd_ones, run_unit
from lstm_course.lessons.l06_lstm_cell.exercises import GATES, lstm_step
from lstm_course.networks.functions import sigmoid
from lstm_course.networks.torch_weights import to_torch

CASES = np.load(Path(__file__).parent.parent / "networks" / "reference" / "torch" / "cases.npz")
CASE = "lstm_L1_D1_T5B2I3H4"


def walk(step):
    """A step function over a sequence of PyTorch's -> how far h and c are from PyTorch's."""
    get = lambda name: CASES[f"{CASE}|{name}"]
    W, U = get("weight_ih_l0").T, get("weight_hh_l0").T
    b, h, c, far = get("bias_ih_l0") + get("bias_hh_l0"), get("h0")[0], get("c0")[0], []
    for x, output in zip(get("x"), get("y"), strict=True):
        h, c = step(x, h, c, W, U, b)
        far.append(np.abs(h - output).max())
    return max(*far, np.abs(h - get("hn")[0]).max(), np.abs(c - get("cn")[0]).max())


def test_the_reference_is_the_lstm_of_pytorch():
    assert walk(lstm_step.reference) < 1e-12


PROGRAM = '''
def {name}(x):
    i, f, g, o = (
        {gates}
    )
    c = program(i, f, g, o).forward(x[:, :, None]).gates["c"][:, :, 0]
    return np.round(c).astype(int)
'''


def program(i, f, g, o):
    layer = LSTM(1, 1)
    for name, numbers in zip("WUb", np.transpose([i, f, g, o]), strict=True):
        layer.parameters[name][:] = numbers
    return layer


def programmed(name, gates):
    return function_of(PROGRAM.format(name=name, gates=gates), f"{name} {gates}", {"np": np, "program": program,
                                                                                  "OPEN": (0, 0, 20)})


@pytest.mark.parametrize("name, gates, words", [
    ("count_ones", "OPEN, (20, 0, 10), (20, 0, 0), OPEN",
     "x is −1 and h was 0.00: f is 0.00, i is 1.00 and g is −1.00, so c becomes 0.00 · 0.00 + 1.00 · (−1.00) = "
     "−1.00. It should be 0."),
    ("odd_ones", "(20, -13.2, -10), (-20, 0, 10), OPEN, OPEN",
     "x is 1 and h was 0.75: f is 0.00, i is 0.51 and g is 1.00, so c becomes 0.00 · 0.98 + 0.51 · 1.00 = 0.51. "
     "It should be 0. i is neither open nor shut."),
    ("count_ones", "(5, 0, -2.5), (5, 0, 2.5), OPEN, OPEN", "It should be 4. f and i are neither open nor shut."),
    ("odd_ones", "(20, -30, -10), (-20, 0, 10), OPEN, (0, 0, -20)", "x is 1 and h was 0.00")])
def test_a_unit_that_is_wrong_shows_its_gates_at_the_first_fault(name, gates, words):
    assert words in getattr(check, name)(programmed(name, gates)).message


STILL_ONE = "with x = 1 and h = 0.76 f has to be shut, and i as well"
ZERO_ERASES = "With x = 0 f has to be open, for h = 0 and for h = 0.76"


@pytest.mark.parametrize("name, gates, words", [
    ("count_ones", "(20, 0, -10), (20, 0, 10), (0, 0, 1), OPEN", "tanh(1) = 0.76 instead of 1"),
    ("count_ones", "(20, 0, 10), (20, 0, -10), OPEN, OPEN", "i and f have changed places"),
    ("count_ones", "OPEN, OPEN, (20, 0, 0), OPEN", "takes one away"),
    ("count_ones", "OPEN, (20, 0, 10), (20, 0, 0), OPEN", "then writes −1"),
    ("count_ones", "(-20, 0, -10), (20, 0, 10), OPEN, OPEN", "open at −1 instead of 1"),
    ("count_ones", "(20, 0, -10), (20, 0, 0), OPEN, OPEN", "lost at each zero"),
    ("count_ones", "(20, 0, -10), (-20, 0, -10), OPEN, OPEN", "ones and zeros erase"),
    ("count_ones", "(-10, 20, 0), (10, 20, 0), OPEN, OPEN", "b, w, u"),
    ("count_ones", "(1, 0, 0), (1, 0, 1), (0, 0, 1), (0, 0, 1)", "weights near 1 are too small"),
    ("odd_ones", "(20, -30, -10), OPEN, OPEN, OPEN", STILL_ONE),                # i is right
    ("odd_ones", "(20, -30, -10), (0, 20, -8), OPEN, OPEN", STILL_ONE),
    ("odd_ones", "(20, 0, -10), (-20, 0, 10), OPEN, OPEN", STILL_ONE),          # f is right
    ("odd_ones", "(20, -10, -10), (-20, 0, 10), OPEN, OPEN", STILL_ONE),        # u is too weak
    ("odd_ones", "(20, -30, -10), (-20, -20, 10), OPEN, OPEN", ZERO_ERASES),    # f is not always shut
    ("odd_ones", "(20, -30, -10), (20, -30, -10), OPEN, OPEN", ZERO_ERASES),
    ("odd_ones", "(20, 0, -10), (0, -20, 8), OPEN, OPEN", "this is the last input"),
    ("odd_ones", "(20, -30, -10), (-20, 0, 20), OPEN, OPEN", "leaves a half"),
    ("odd_ones", "(20, 20, -8), (-20, 0, 10), OPEN, OPEN", "has it the wrong sign?"),
    ("odd_ones", "(0, -20, 8), (-20, 0, 10), OPEN, OPEN", "i is open whenever h is 0"),
    ("odd_ones", "(20, 0, -10), (-20, 0, 10), (0, -20, 8), OPEN", "a second one gives −1"),
    ("odd_ones", "(20, -30, -10), (-20, 0, 10), OPEN, (20, 0, -10)", "is o shut at x = 0?")])
def test_a_wrong_program_is_told_what_it_does_and_no_line_that_is_not_to_blame(name, gates, words):
    message = getattr(check, name)(programmed(name, gates)).message
    assert words in message and "look at the gates in step" in message
    assert "is the one to change" not in message and "always shut" not in message


def test_parity_may_be_programmed_otherwise():
    for gates in ("(20, 0, -10), OPEN, (0, -20, 8), OPEN", "(20, -26, -10), (-20, 26, -10), OPEN, OPEN"):
        assert check.odd_ones(programmed("odd_ones", gates)).correct


STEP = '''
def lstm_step(x, h_prev, c_prev, W, U, b):
    i, f, g, o = np.split(x @ W + h_prev @ U + b, 4, axis=1)
    i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)
    g = np.tanh(g)
    c = f * c_prev + i * g
    return o * np.tanh(c), c
'''


@pytest.mark.parametrize("old, new, words", [
    ("f * c_prev", "(1 - i) * c_prev", "1 − i stands where f should be"),
    ("+ i * g", "- i * g", "i · g is taken away"),
    ("np.tanh(g)", "np.tanh(sigmoid(g))", "σ and then through tanh")])
def test_a_wrong_step_is_told_its_mistake(old, new, words):
    wrong = function_of(STEP.replace(old, new), f"step {new}", {"np": np, "sigmoid": sigmoid})
    assert check.lstm_step(function_of(STEP, "step", {"np": np, "sigmoid": sigmoid})).correct
    assert words in check.lstm_step(wrong).message


def test_a_right_program_that_overwrites_its_input_is_told_that():
    right = programmed("odd_ones", "(20, -30, -10), (-20, 0, 10), OPEN, OPEN")

    def odd_ones(x):
        found = right(x)
        x[...] = 0
        return found

    assert "it changes its argument x" in check.odd_ones(odd_ones).message


def test_a_line_that_the_lesson_gave_is_not_blamed(monkeypatch):
    monkeypatch.setattr(check.count_ones, "explanation", lambda *_: "")
    message = check.count_ones(programmed("count_ones", "OPEN, (20, 0, 10), (20, 0, 0), OPEN")).message
    assert "program(" not in message and "np.round" not in message


@pytest.mark.parametrize("name", list(lstm_step.mutants))
def test_no_mutant_is(name):
    try:
        distance = walk(lstm_step.mutants[name].function)
    except ValueError:
        distance = np.inf               # it stops
    assert distance > 1e-3


def test_the_example_has_the_gates_that_it_says():
    title, given = next(iter(lstm_step.cases(np.random.default_rng(0))))
    h, c = lstm_step.reference(**given)
    assert all(f"{name} = {value[0]:g}".replace("-", "−") in title for name, value in GATES.items())
    np.testing.assert_allclose([c[0, 0], h[0, 0]], [0.42, 0.7 * np.tanh(0.42)], rtol=1e-12)


def test_random_cases_hide_no_bug():
    *_, (_, last) = lstm_step.cases(np.random.default_rng(0))
    (B, I), H = last["x"].shape, last["h_prev"].shape[1]
    assert B >= 2 and I != H and np.abs(last["h_prev"]).min() > 0 and np.abs(last["c_prev"]).min() > 0
    assert len(list(lstm_step.cases(np.random.default_rng(0)))) >= 4


def test_the_parameter_counts():
    layer = LSTM(28, 128, rng=0)
    assert check.lstm_parameter_count.answer == 80_384 == sum(p.size for p in layer.parameters.values())
    assert sum(array.size for array in to_torch(layer).values()) == 80_896
    assert all(number in check.lstm_parameter_count(80_384).message for number in ("80 384", "80 896"))
    assert "PyTorch" in check.lstm_parameter_count(80_896).message
    assert "128 for each block" in check.lstm_parameter_count(79_876).message
    assert "three blocks" in check.lstm_parameter_count(60_288).message
    assert "not times the number of steps" in check.lstm_parameter_count(28 * 80_384).message


@pytest.mark.parametrize("size", [8, 10, 20, 50])
def test_many_weights_are_right_answers(size):
    always = (0, 0, size)
    counter = (2 * size, 0, -size), (2 * size, 0, size), always, always
    flip = (2 * size, -3 * size, -size), (-2 * size, 0, size), always, always
    for task, gates in ((check.count_ones, counter), (check.odd_ones, flip)):
        assert task(lambda x, gates=gates: np.round(run_unit(x, *gates)).astype(int)).correct


def test_parity_needs_feedback():
    """Without u the gates see one bit only: none of 1 000 such units computes the parity."""
    x = next(iter(odd_ones.cases(np.random.default_rng(0))))[1]["x"]
    rng = np.random.default_rng(0)
    for _ in range(1000):
        gates = [(w, 0.0, b) for w, b in rng.uniform(-30, 30, (4, 2))]
        assert not np.array_equal(np.round(run_unit(x, *gates)), odd_ones.reference(x))
