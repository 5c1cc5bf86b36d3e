"""Lesson 03: its layers with mistakes, the size of ε, and what the checks say of wrong answers that readers gave."""

import numpy as np
import pytest

from lstm_course.checking.solution import function_of
from lstm_course.exercises import check
from lstm_course.gradients import check_gradients
from lstm_course.lessons.l03_bptt import faulty_layers as faulty
from lstm_course.lessons.l03_bptt.exercise_backward import backward
from lstm_course.lessons.l03_bptt.exercise_check import differences
from lstm_course.lessons.l03_bptt.exercises import HIDDEN_BY, ONLY_U
from lstm_course.lessons.l03_bptt.step_sizes import POINTS, derivative, error_of_differences, loss
from lstm_course.lessons.l03_bptt.training_figures import downhill_figure, runs, two_programs_figure
from lstm_course.lessons.l03_bptt.yours import how_far_off
from lstm_course.training import Last, Model

X = np.random.default_rng(0).standard_normal((3, 2, 3))


# ---- the layers with mistakes

def test_without_a_mistake_the_layer_is_right():
    assert check_gradients(faulty.faulty_layer(""), X).ok


@pytest.mark.parametrize("mistake", faulty.MISTAKES)
def test_a_full_check_finds_each_mistake(mistake):
    assert check_gradients(faulty.faulty_layer(mistake), X).wrong


def test_the_mystery_layers_are_told_apart_by_the_settings_that_the_hints_name():
    def wrong(layer, T, state=None):
        return check_gradients(layer, np.random.default_rng(1).standard_normal((T, 2, 2)), state=state).wrong
    layers = {name: faulty.mystery_layer(name) for name in faulty.MYSTERIES}
    assert wrong(layers["A"], 3) == ["U"] and wrong(layers["A"], 3, np.zeros((2, 5))) == []
    assert len(wrong(layers["B"], 3)) == 5 and wrong(layers["B"], 2) == ["state"]
    assert len(wrong(layers["C"], 3)) == 5 and wrong(Model([layers["C"], Last()]), 3) == []


@pytest.mark.parametrize("row, mistake", list(enumerate(faulty.MISTAKES, 1)))
def test_the_clues_to_the_mystery_layers_are_true(row, mistake):
    """With 5 units each of four rows is hidden by one setting, the others by none; two rows spoil U alone."""
    settings = {"": {}, "T=2": {"T": 2}, "B=1": {"B": 1}, "last=True": {"last": True},
                "state=np.zeros((2, 5))": {"state": np.zeros((2, 5))}}

    def found(T=3, B=2, state=None, last=False):
        layer = faulty.faulty_layer(mistake, 2, 5)
        x = np.random.default_rng(0).standard_normal((T, B, 2))
        wrong = check_gradients(Model([layer, Last()]) if last else layer, x, state=state).wrong
        return "".join(name[-1] for name in wrong if name[-1] in "WUb")

    lists = {name: found(**setting) for name, setting in settings.items()}
    assert [name for name, wrong in lists.items() if not wrong] == [HIDDEN_BY[k] for k in HIDDEN_BY if k == row]
    assert (lists[""] == "U") == (row in ONLY_U)


def test_a_future_that_ends_after_two_steps_is_found_with_four_only(monkeypatch):
    """The lesson says so of W, U and b."""
    def cut(memory, grad_outputs, grad_state, mistake=""):
        T, parts = len(memory["x"]), []
        for t in range(T):                          # δ_t from the losses at t, t + 1 and t + 2 alone
            near = np.where((np.arange(T) <= t + 2)[:, None, None], grad_outputs, 0)
            last = grad_state if t + 2 >= T - 1 else 0 * grad_state
            parts.append(one_delta(memory, near, last, t))
        states = [state[0] for state in memory["states"]]
        U = sum(states[t].T @ delta for t, delta in enumerate(parts))
        W = sum(memory["x"][t].T @ delta for t, delta in enumerate(parts))
        return np.zeros_like(memory["x"]), (np.zeros_like(grad_state),), {"W": W, "U": U, "b": sum(parts).sum(axis=0)}

    def one_delta(memory, near, last, t):
        states, future = [state[0] for state in memory["states"]], last
        for s in range(len(memory["x"]) - 1, t - 1, -1):
            delta = (near[s] + future) * (1 - states[s + 1] ** 2)
            future = delta @ memory["p"]["U"].T
        return delta

    monkeypatch.setattr(faulty, "run_backward", cut)
    found = {T: set("WUb") & set(check_gradients(faulty.faulty_layer(""), np.random.default_rng(0).standard_normal(
        (T, 2, 3))).wrong) for T in (3, 4)}
    assert found == {3: set(), 4: set("WUb")}


@pytest.mark.parametrize("make", [faulty.faulty_layer, faulty.mystery_layer])
def test_an_unknown_layer_is_said(make):
    with pytest.raises(ValueError, match="expected"):
        make("D")


@pytest.mark.parametrize("number, words", [
    (538, "A is not that of row 5. That row is found with each of"), (138, "The full check shows it"),
    (628, "layer B is not that of row 2"), (637, 'finds(mystery_layer("C"), B=1)'), (68, "three digits"),
    (6.5, "three digits"), (690, "three digits"),
    ("638", "without quotation marks"), ([6, 3, 8], "a list of 3")])
def test_mystery_rows(number, words):
    assert words in check.mystery_rows(number).message
    assert check.mystery_rows(638).correct


# ---- ε

def test_the_derivative_is_that_of_the_loss():
    wide = (loss(POINTS + 1e-4, np.float64) - loss(POINTS - 1e-4, np.float64)) / 2e-4
    np.testing.assert_allclose(derivative(POINTS), wide, rtol=1e-7)


def test_the_best_step_is_larger_with_fewer_digits():
    best = {kind: min(range(1, 11), key=lambda k: error_of_differences(10.0 ** -k, kind))
            for kind in (np.float64, np.float32)}
    assert best[np.float64] in (5, 6) and best[np.float32] in (2, 3)


# ---- figures

@pytest.mark.parametrize("make, numbers", [
    (two_programs_figure, [runs("sums", "no future")[:, -1].min(), runs("sums", "no future")[:, -1].max()]),
    (downhill_figure, [])])
def test_a_figure_says_its_numbers(make, numbers):
    picture = make()
    assert all(f"{number:.1f}" in picture.data["text/plain"] for number in numbers)


def test_the_downhill_figure_says_where_it_goes_uphill():
    cosine, said = runs("cosine", "no future"), downhill_figure().data["text/plain"]
    assert "The lowest is -0.29, at 9000 pairs, uphill; at all other times every network is above 0" in said
    assert (np.delete(cosine, 9, axis=1) > 0).all() and round(cosine[:, 9].min(), 2) == -0.29


# ---- the student's check judges the student's backward pass

def test_a_backward_pass_without_the_future_is_found_from_two_steps_on():
    without = lambda x, h0, states, grad_outputs, W, U: backward(x, h0, states, grad_outputs, W, 0 * U)
    assert [how_far_off(backward, differences, T) for T in (1, 2, 3)] == ["less than 1e-7"] * 3
    assert [how_far_off(without, differences, T) for T in (1, 2, 3)] == ["less than 1e-7", "0.0680", "0.3724"]


def test_without_a_grad_check_nothing_is_judged():
    assert "exercise 1" in how_far_off(lambda x, h0, states, grad_outputs, W, U: delta, differences, 2)  # noqa: F821
    assert "exercise 2" in how_far_off(backward, lambda loss, theta, epsilon: ..., 2)


# ---- wrong answers of readers

BACKWARD = """
def f(x, h0, states, grad_outputs, W, U):
    gW, gU, gb = np.zeros_like(W), np.zeros_like(U), np.zeros(len(U))
    delta, grad_h = np.zeros_like(h0), np.zeros_like(h0)
    for t in reversed(range(len(x))):
        grad_h = {arrives}
        delta = {delta}
        gW = gW + {x}.T @ delta
        gU = gU + {before}.T @ delta
        gb = gb + {bias}
    return {result}
"""
RIGHT = {"arrives": "grad_outputs[t] + delta @ U.T", "delta": "grad_h * (1 - states[t] ** 2)", "x": "x[t]",
         "before": "(states[t - 1] if t else h0)", "bias": "delta.sum(0)", "result": "gW, gU, gb"}


def answer(**changed):
    space = {"np": np}
    exec(BACKWARD.format(**RIGHT | changed), space)
    return space["f"]


@pytest.mark.parametrize("changed, words", [
    ({"delta": "grad_h * (1 - (states[t - 1] if t else h0) ** 2)"}, "the slope is that of the state before"),
    ({"arrives": "grad_h + grad_outputs[t] + delta @ U.T"}, "grad_h grows from round to round"),
    ({"arrives": "delta @ U.T", "delta": "grad_h * (1 - states[t] ** 2) + grad_outputs[t]"},
     "the direct part does not go through the slope"),
    ({"x": "x[t - 1]"}, "grad_W is made with x[t - 1]"), ({"bias": "delta"}, "grad_b is not summed over the sequences"),
    ({"delta": "grad_h * (1 - np.tanh(x[t] @ W + (states[t - 1] if t else h0) @ U) ** 2)"}, "and without b"),
    ({"bias": "delta.sum()"}, "grad_b sums over the units as well"),
    ({"bias": "delta.mean(0)"}, "grad_b is averaged over the sequences"),
    ({"result": "gW / x.shape[1], gU / x.shape[1], gb / x.shape[1]"}, "averaged over the sequences"),
    ({"result": "gU, gW, gb"}, "grad_W and grad_U have changed places"),
    ({"arrives": "grad_outputs[t] - delta @ U.T"}, "the future is subtracted"),
    ({"delta": "grad_h * (1 - states[t]) ** 2"}, "(1 - h) ** 2 is not 1 - h ** 2"),
    ({"delta": "grad_h * 1 - states[t] ** 2"}, "put brackets round the slope"),
    ({"before": "h0"}, "h0 stands beside delta in every step"),
    ({"arrives": "grad_outputs[t] + (delta * (1 - states[t] ** 2)) @ U.T"}, "grad_h is not what it should be"),
    ({"arrives": "grad_outputs[t] + delta @ W.T"}, "W stands where U belongs"),
    ({"arrives": "delta @ U.T"}, "the direct part is missing"),
    ({"bias": "delta.mean()"}, "grad_b is one mean of all numbers"),
    ({"delta": "grad_h @ (1 - states[t] ** 2)"}, "For a @ b"), ({"result": "gW, gU"}, "it should return 3 things"),
    ({"result": "{'W': gW, 'U': gU, 'b': gb}"}, "the dict that you return lacks grad_W")])
def test_a_wrong_backward_pass_is_named(changed, words):
    assert check.rnn_backward(answer()).correct
    assert words in check.rnn_backward(answer(**changed)).message


IN_PLACE = """
def f(x, h0, states, grad_outputs, W, U):
    grad_W, grad_U, grad_b = np.zeros_like(W), np.zeros_like(U), np.zeros(len(U))
    future = np.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = states[t - 1] if t else h0
        grad_h = grad_outputs[t] + future
        delta = grad_h * (1 - states[t] ** 2)
        grad_W += x[t].T @ delta
        grad_U += h_prev.T @ delta
        future = delta @ U.T
        grad_b += delta.sum(axis=0)
    return grad_W, grad_U, grad_b
"""


@pytest.mark.parametrize("old, new, line, words", [
    ("x[t].T @ delta", "delta.T @ x[t]", "grad_W += delta.T @ x[t]", "grad_W is transposed"),
    ("delta.sum(axis=0)", "delta", "grad_b += delta", "grad_b is not summed over the sequences"),
    ("+= x[t].T @ delta\n        grad_U += h_prev.T @ delta", "+= x[t].T @ grad_h\n        grad_U += h_prev.T @ grad_h",
     "grad_W += x[t].T @ grad_h", "grad_h stands beside x[t] and h_prev")])
def test_a_slip_in_the_given_loop_is_named(old, new, line, words):
    function = function_of(IN_PLACE.replace(old, new), f"slip {old}", {"np": np, "__name__": "__main__"})
    message = check.rnn_backward(function).message
    assert words in message and "added up, or set" not in message
    assert "is the one to change" not in message or f"`{line}`" in message
