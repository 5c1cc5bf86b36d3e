"""Lesson 07: the changed cells of its exercises against differences, the layer with a mistake, and its table."""

import runpy

import numpy as np
import pytest

from lstm_course.exercises import check
from lstm_course.explorers import backward_cell_figure
from lstm_course.gradients import check_gradients
from lstm_course.lessons.l07_lstm_backward.backward_figures import both_ways_svg
from lstm_course.lessons.l07_lstm_backward.backward_lines import MUTANTS, NONE
from lstm_course.lessons.l07_lstm_backward.faulty_lstm import FaultyLSTM
from lstm_course.networks import cells
from lstm_course.networks.functions import sigmoid

E = 1e-6
MISTAKES = [name for name in MUTANTS if name != NONE]


def differences(loss, array):
    """∂loss/∂array by central differences."""
    found = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        old, ends = array[index], []
        for array[index] in (old + E, old - E):
            ends.append(loss())
        array[index] = old
        found[index] = (ends[0] - ends[1]) / (2 * E)
    return found


@pytest.fixture
def numbers():
    """grad_h, grad_c_next, c_prev and three z, each (3,4)."""
    return np.random.default_rng(0).standard_normal((6, 3, 4))


def test_the_lines_of_coupled_gates_are_the_derivatives(numbers):
    grad_h, grad_c, c_prev, z_f, z_g, z_o = numbers

    def forward():
        f, g, o = sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
        return f * c_prev + (1 - f) * g, f, g, o

    def loss():
        c, _, _, o = forward()
        return (grad_h * o * np.tanh(c) + grad_c * c).sum()
    found = check.coupled_lines.reference(grad_h, grad_c, c_prev, *forward())
    for gradient, array in zip(found, (z_f, z_g, z_o, c_prev), strict=True):
        np.testing.assert_allclose(gradient, differences(loss, array), atol=1e-8)


def test_the_lines_of_the_tanh_are_the_derivatives(numbers):
    grad_h, grad_c, c, o = numbers[:4]
    h, grad_o, whole = check.tanh_output.reference(c, o, grad_h, grad_c)
    loss = lambda: (grad_h * o * np.tanh(c) + grad_c * c).sum()
    np.testing.assert_allclose(h, o * np.tanh(c))
    np.testing.assert_allclose(grad_o, differences(loss, o), atol=1e-8)
    np.testing.assert_allclose(whole, differences(loss, c), atol=1e-8)


def with_the_gradient_of_i(grad_h, grad_c, c_prev, c, f, g, o):
    whole = grad_c + grad_h * o / np.cosh(c) ** 2
    into_f, into_i = whole * c_prev, whole * g
    grad_zg, grad_zo = whole * (1 - f) - whole * (1 - f) * g * g, grad_h * np.tanh(c) * (o - o * o)
    return (into_f - into_i) * (f - f * f), grad_zg, grad_zo, whole * f


@pytest.mark.parametrize("name, other", [
    ("coupled_lines", with_the_gradient_of_i),
    ("tanh_output", lambda c, o, grad_h, grad_c_next: (
        np.tanh(c) * o, np.tanh(c) * grad_h, grad_c_next + grad_h * o / np.cosh(c) ** 2))])
def test_another_way_to_write_it_is_right(name, other):
    assert getattr(check, name)(other).status == "correct"


def found_wrong(mistake, T=3, B=2, H=4, gives_state=True, seed=0):
    layer = FaultyLSTM(mistake, hidden_size=H, rng=seed, gives_state=gives_state)
    return check_gradients(layer, np.random.default_rng(seed).standard_normal((T, B, 2)), entries=8).wrong


@pytest.mark.parametrize("gives_state", [True, False])
def test_without_a_mistake_nothing_is_wrong(gives_state):
    for T in (1, 3):
        assert found_wrong(NONE, T, gives_state=gives_state) == []


@pytest.mark.parametrize("seed", range(1, 5))
def test_with_one_step_it_matters_what_a_check_looks_at(seed):
    """The columns of the lesson with T = 1, and what stands between them, in other networks than the lesson's."""
    of = {name: [set(found_wrong(name, 1, gives_state=gives, seed=seed)) for gives in (True, False)]
          for name in MISTAKES}
    nothing = lambda place, blocks: [name for name, found in of.items() if not found[place] & blocks]
    everything, parameters = {"W", "U", "b", "x", "state[0]", "state[1]"}, {"W", "U", "b"}
    assert nothing(0, everything) == ["= for +="]
    assert nothing(1, everything) == ["no dh_next", "no dc_next", "= for +="]
    assert nothing(0, parameters) == ["dc_prev without f", "= for +=", "U not transposed"]
    assert len(nothing(1, parameters)) == 5 and of["dU with h_t"] == [{"U"}, {"U"}]


@pytest.mark.parametrize("seed", range(1, 5))
def test_each_size_of_one_hides_one_mistake(seed):
    """A check of W, U and b with two steps: T, B and H, in other networks than the lesson's."""
    simple = lambda name, **size: set(found_wrong(name, 2, gives_state=False, seed=seed, **size)) & set("WUb")
    hidden = [[name for name in MISTAKES if not simple(name, **size)] for size in ({}, {"B": 1}, {"H": 1})]
    assert hidden == [[], ["mean over B"], ["U not transposed"]]


def test_the_cell_forward_and_backward_gives_no_answer_away():
    words = backward_cell_figure().data["text/plain"] + both_ways_svg()
    assert not [number for number in ("0.5897", "0.590", "0.0834", "0.1887", "0.5307", "0.1956") if number in words]
    assert both_ways_svg().count("?") == 14


TANH = """def tanh_output(c, o, grad_h, grad_c_next):
    h = o * np.tanh(c)
    grad_o = grad_h * np.tanh(c)
    grad_c = grad_c_next + grad_h * o * (1 - np.tanh(c) ** 2)
    return h, grad_o, grad_c
"""
STEP = """def lstm_step_backward(grad_h, grad_c_next, x, h_prev, c_prev, c, gates, U):
    i, f, g, o = gates
    grad_c = grad_c_next + grad_h * o * (1 - np.tanh(c) ** 2)
    grad_zo = grad_h * np.tanh(c) * o * (1 - o)
    grad_zi = grad_c * g * i * (1 - i)
    grad_zf = grad_c * c_prev * f * (1 - f)
    grad_zg = grad_c * i * (1 - g ** 2)
    grad_c_prev = grad_c * f
    grad_z = np.concatenate([grad_zi, grad_zf, grad_zg, grad_zo], axis=1)
    return grad_z @ U.T, grad_c_prev, x.T @ grad_z, h_prev.T @ grad_z, grad_z.sum(axis=0)
"""
COUPLED = """def coupled_lines(grad_h, grad_c_next, c_prev, c, f, g, o):
    grad_c = grad_c_next + grad_h * o * (1 - np.tanh(c) ** 2)
    grad_zo = grad_h * np.tanh(c) * o * (1 - o)
    grad_zf = grad_c * c_prev * f * (1 - f) - grad_c * g * f * (1 - f)
    grad_zg = grad_c * (1 - f) * (1 - g ** 2)
    return grad_zf, grad_zg, grad_zo, grad_c * f
"""
LOOP = """def lstm_backward(x, h0, c0, h, c, gates, grad_outputs, W, U):
    total, dh, dc = 0, np.zeros_like(h0), np.zeros_like(c0)
    for t in range(len(x))[::-1]:
        h_prev, c_prev = (h[t - 1], c[t - 1]) if t else (h0, c0)
        _, dh, dc, part = cells.lstm_step_backward(dh + grad_outputs[t], dc, x[t], h_prev, c_prev, c[t], gates[t], W, U)
        total = part if t == len(x) - 1 else {name: total[name] + part[name] for name in part}
    return total["W"], total["U"], total["b"]
"""
# what students write, and what the check says of it
WRONG = (
    (TANH, "np.tanh(c) ** 2", "np.tanh(c ** 2)", "inside the tanh"),
    (TANH, "np.tanh(c) ** 2", "h ** 2", "1 - h² is no slope"),
    (TANH, "(1 - np.tanh(c) ** 2)", "np.tanh(c) * (1 - np.tanh(c))", "the slope of a sigmoid"),
    (TANH, "grad_h * np.tanh(c)", "grad_h * (1 - np.tanh(c) ** 2)", "the slope of tanh stands in grad_o"),
    (TANH, "grad_c_next +", "grad_c_next *", "are multiplied in yours"),
    (TANH, "h = o * np.tanh(c)", "h = np.tanh(o * c)", "around the whole product"),
    (TANH, "h = o * np.tanh(c)", "h = np.tanh(o) * c", "around o"),
    (STEP, "c_next + grad_h * o", "c_next + grad_h", "o is missing in grad_c"),
    (STEP, "c_next + grad_h", "c_next * grad_h", "are multiplied in yours"),
    (STEP, "grad_c_next + grad_h * o", "(grad_c_next + grad_h * o)", "does not pass the tanh"),
    (STEP, "grad_c_next + ", "grad_c_next * f + ", "an f too many"),
    (STEP, "g * i * (1 - i)", "g * (1 - i ** 2)", "in grad_zi is the slope of a tanh"),
    (STEP, "g * i * (1 - i)", "i * (1 - i)", "a factor is missing in grad_zi"),
    (STEP, "g * i * (1 - i)", "g", "the slope is missing in grad_zi"),
    (STEP, "g * i * (1 - i)", "i * i * (1 - i)", "i itself stands as the factor"),
    (STEP, "grad_h * np.tanh(c) * o", "grad_c * np.tanh(c) * o", "what arrives at it is grad_h"),
    (STEP, "grad_zf = grad_c", "grad_zf = grad_h", "what arrives at it is grad_c"),
    (STEP, "grad_zi = grad_c", "grad_zi = grad_c_next", "grad_zi is made from grad_c_next alone"),
    (STEP, "c_prev * f * (1 - f)", "c_prev * (1 - f)", "half of the slope is missing in grad_zf"),
    (STEP, "(1 - g ** 2)", "(1 - g) ** 2", "the brackets in grad_zg"),
    (STEP, "(1 - g ** 2)", "(1 - g)", "the square is missing in grad_zg"),
    (STEP, "(1 - g ** 2)", "(1 + g ** 2)", "*minus* its square"),
    (STEP, "grad_c * i * (1 - g", "grad_c * o * (1 - g", "o stands in grad_zg"),
    (STEP, "1 - np.tanh(c) ** 2", "1 - np.tanh(c)", "lacks the square"),
    (STEP, "grad_c = grad_c_next + grad_h * o * (1 - np.tanh(c) ** 2)", "grad_c = grad_h", "get grad_h"),
    (TANH, "1 - np.tanh(c) ** 2", "1 - np.tanh(c)", "lacks the square"),
    (TANH, "grad_h * np.tanh(c)", "grad_h * h", "in which o stands already"),
    (COUPLED, "1 - np.tanh(c) ** 2", "1 - np.tanh(c)", "lacks the square"),
    (COUPLED, "grad_c * g * f * (1 - f)", "grad_c * g", "the second part of grad_zf has no slope"),
    (COUPLED, "grad_zo, grad_c * f", "grad_zo, grad_c * (2 * f - 1)", "times 2f"),
    (LOOP, "dh + grad_outputs[t], dc,",
     "dh + grad_outputs[t], dc + (dh + grad_outputs[t]) * gates[t][3] * (1 - np.tanh(c[t]) ** 2),", "counts twice"),
    (LOOP, "        total =", "        dc = dc * gates[t][1]\n        total =", "multiplied by f twice"),
    (LOOP, "c_prev, c[t], g", "c_prev, c_prev, g", "the new memory, c[t]"),
    (COUPLED, "grad_c * c_prev", "grad_c * c", "c stands in grad_zf"),
    (COUPLED, "grad_c * g * f * (1 - f)", "grad_c * f * (1 - f)", "g is missing in what comes back"),
    (COUPLED, "grad_c * g * f * (1 - f)", "grad_c * g * f", "a 1 - f is missing in the second part"),
    (COUPLED, "grad_c * g * f * (1 - f)", "grad_c * g * (1 - f)", "an f is missing in the second part"),
    (COUPLED, "- grad_c * g", "+ grad_c * (1 - g)", "1 - g stands in grad_zf"),
    (COUPLED, " * (1 - np.tanh(c) ** 2)", "", "has lost its slope"),
    (COUPLED, "np.tanh(c) * o * (1 - o)", "np.tanh(c)", "the slope of o is missing"),
)


@pytest.mark.parametrize("program, right, wrong, said", WRONG)
def test_what_the_checks_say(program, right, wrong, said):
    name = program[4:program.index("(")]
    assert program.count(right) == 1
    exec(program, space := {"np": np, "cells": cells})
    assert getattr(check, name)(space[name]).status == "correct"
    exec(program.replace(right, wrong), space)
    assert said in getattr(check, name)(space[name]).headline


def test_the_given_end_alone_is_no_attempt(tmp_path):
    start, end = STEP.index("    grad_c ="), STEP.index("    grad_z =")
    file = tmp_path / "as_given.py"         # a blank is seen in the source
    file.write_text("import numpy as np\n" + STEP[:start] + "    ...\n" + STEP[end:], encoding="utf-8")
    as_given = runpy.run_path(str(file))
    assert check.lstm_step_backward(as_given["lstm_step_backward"]).status == "not attempted"
