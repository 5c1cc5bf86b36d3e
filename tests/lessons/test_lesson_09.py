"""Lesson 09: what the checks of its exercises say to wrong answers that were once misjudged."""

from functools import partial

import pytest

from tests.lessons.support import judged

WAYS = """
to_h = o[1] * (1 - np.tanh(c[1]) ** 2)
way = to_h * f[1]
direct = f[2] * f[1]
by_i = g[2] * i[2] * (1 - i[2]) * u[0] * way
by_f = c[1] * f[2] * (1 - f[2]) * u[1] * way
by_g = i[2] * (1 - g[2] ** 2) * u[2] * way
return np.array([direct, by_i, by_f, by_g])"""
BIAS = """
f = 0.5 ** (1 / n)
b = np.log(f / (1 - f))
return b"""
WINDOWS = """
grads = []
for start in range(0, len(x), k):
    trace = layer.forward(x[start:start + k], state)
    error = trace.outputs - targets[start:start + k]
    grads.append(layer.backward(trace, error).parameters["U"])
    state = trace.state
return np.array(grads)"""
BODIES = {"two_steps_by_way": WAYS, "bias_for_half_life": BIAS, "truncated_gradients": WINDOWS}
SOLVED = "b = np.log(f / (1 - f))"


answer = partial(judged, BODIES)


@pytest.mark.parametrize("name", BODIES)
def test_the_answer_that_is_changed_below_is_right(name):
    assert answer(name).correct


@pytest.mark.parametrize("name, changes, said", [
    ("two_steps_by_way", ("i[2] * (1 - i[2])", "(1 - i[2] ** 2)"), "i is a σ"),
    ("two_steps_by_way", ("f[2] * (1 - f[2])", "(1 - f[2] ** 2)"), "f is a σ"),
    ("two_steps_by_way", ("i[2] * (1 - i[2])", "(1 - i[2] ** 2)", "f[2] * (1 - f[2])", "(1 - f[2] ** 2)"),
     "1 − i² and 1 − f² are slopes of tanh"),
    ("two_steps_by_way", ("o[1]", "o[2]", "c[1]) ** 2", "c[2]) ** 2"), "You took step t + 1"),
    ("two_steps_by_way", ("o[1]", "o[0]", "c[1]) ** 2", "c[0]) ** 2"), "You took step t − 1"),
    ("two_steps_by_way", ("to_h * f[1]", "to_h * f[2]"), "You took f_{t+1}"),
    ("two_steps_by_way", ("f[2] * f[1]", "f.prod()"), "Yours are all three"),
    ("two_steps_by_way", ("direct = f[2] * f[1]", "direct = f[2]"), "the direct part is one step only"),
    ("two_steps_by_way", ("f[2] * f[1]", "f[2] + f[1]"), "not their sum"),
    ("two_steps_by_way", ("c[1] * f[2]", "g[2] * f[2]"), "You took g, which i multiplies"),
    ("two_steps_by_way", ("g[2] * i[2] *", "i[2] *"), "what i multiplies is missing"),
    ("two_steps_by_way", ("c[1] * f[2] *", "f[2] *"), "what f multiplies is missing"),
    ("two_steps_by_way", ("u[0] * way", "u[0]", "u[1] * way", "u[1]"), "stands behind the bracket"),
    ("two_steps_by_way", ("i[2] * (1 - i[2])", "(1 - i[2])", "f[2] * (1 - f[2])", "(1 - f[2])"), "are half"),
    ("two_steps_by_way", ("i[2] * (1 - g[2]", "(1 - g[2]"), "i is missing in the part by g"),
    ("two_steps_by_way", ("np.tanh(c[1]) ** 2", "(o[1] * np.tanh(c[1])) ** 2"), "1 − h² is no slope"),
    ("bias_for_half_life", (SOLVED, "b = 1 / (1 + np.exp(-f))"), "σ is applied once more"),
    ("bias_for_half_life", ("0.5 ** (1 / n)", "1 - 1 / n"), "loses one n-th at each step"),
    ("bias_for_half_life", (SOLVED, "b = np.log(2) / n"), "−ln f, from fⁿ = ½"),
    ("bias_for_half_life", (SOLVED, "b = 0.5 / n"), "neither the gate nor the bias"),
    ("bias_for_half_life", (SOLVED, "b = 0.5 ** n"), "f is the n-th root of ½"),
    ("bias_for_half_life", (SOLVED, "b = np.arctanh(f)"), "artanh undoes tanh"),
    ("truncated_gradients", ("range(0, len(x), k)", "range(0, len(x) - k + 1)"), "so that they overlap"),
    ("truncated_gradients", ("range(0, len(x), k)", "range(len(x))"), "up to the last, so that they overlap"),
    ("truncated_gradients", ("start in range(0, len(x), k)", "some, wanted in zip(np.array_split(x, k), "
     "np.array_split(targets, k))", "x[start:start + k]", "some", "targets[start:start + k]", "wanted"),
     "k is the length of a window"),
    ("truncated_gradients", ("np.array(grads)", "np.cumsum(grads, axis=0)"), "those of the windows before it added"),
    ("truncated_gradients", ("(trace, error)", "(trace, error / len(error))"), "Leave the mean out"),
    ("truncated_gradients", ("(trace, error)", "(trace, error / x.shape[1])"), "over the sequences, too"),
    ("truncated_gradients", ("(trace, error)", "(trace, error ** 2 / 2)"), "The loss itself is sent back"),
    ("truncated_gradients", (" - targets[start:start + k]", ""), "the targets do not appear"),
    ("truncated_gradients", ("targets[start:start + k]", "targets[:len(trace.outputs)]"),
     "the targets of the first one"),
])
def test_what_was_misjudged_gets_its_words(name, changes, said):
    message = answer(name, *changes).message
    assert said.lower() in message.lower() and "two things at once" not in message
