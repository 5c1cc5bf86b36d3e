"""What a message says of a repair, and of an exception, fits the code at hand."""

import math

import numpy as np
import pytest

from lstm_course.exercises import check


def no_tanh_at_first(x, h0, W, U, b):
    h, states = h0, []
    for t in range(len(x)):
        h = np.tanh(x[t] @ W + h @ U + b) if t > 0 else x[t] @ W + h @ U + b
        states.append(h)
    return np.stack(states)


def stops_at_once(loss, theta, epsilon):
    g = np.zeros_like(theta)
    for k in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[k], down[k] = up[k] + epsilon, down[k] - epsilon
        g[k] = (loss(up) - loss(down)) / (2 * epsilon)
        return g
    return None


def stride_too_early(kernels, strides):
    width, apart = 1, 1
    for k, s in zip(kernels, strides, strict=True): apart *= s; width += (k - 1) * apart     # noqa: E701, E702
    return width


@pytest.mark.parametrize("name, function, words", [
    ("rnn_step", lambda x, h, W, U, b: np.maximum(0, x @ W + h @ U + b), "`maximum`: is it the right function there?"),
    ("rnn_step", lambda x, h, W, U, b: np.tanh(np.tanh(x @ W + h @ U + b)), "is it needed there?"),
    ("rnn_step", lambda x, h, W, U, b: x @ W + h @ U + b, "is something still to be done with it?"),
    ("rnn_step", lambda x, h, W, U, b: np.tanh(h @ W + h @ U + b), "`h` in `h @ W`: is it the right operand there?"),
    ("rnn_step", lambda x, h, W, U, b: math.tanh(x @ W + h @ U + b), "`math.tanh`: it takes one number"),
    ("rnn_forward", no_tanh_at_first, "the mistake is in the choice in line"),
    ("grad_check", stops_at_once, "it ends the function in the first round; does it belong into the loop?")])
def test_the_question_fits_the_change(name, function, words):
    assert words in getattr(check, name)(function).message


def test_a_known_mistake_names_the_line_to_change():
    line = stride_too_early.__code__.co_firstlineno + 2
    result = check.field_width(stride_too_early)
    assert f"Line {line} is the one to change: `for k, s in" in result.message
    assert "this line and the next" not in " ".join(result.follow) and "the order of `" in result.follow[1]


@pytest.mark.parametrize("name, function, words, missing", [
    ("sigmoid", lambda x: 1 / (1 + np.exp ^ (-x)),
     "np.exp(…)", "whole numbers"),
    ("decode", lambda bits: [sum(bits[t, k] * 2 ** t for t in range(8)) for k in range(bits.shape[1])],
     "`bits` has 1 axis here, so that `bits.shape[1]` does not exist", "loop"),
    ("next_month", lambda past: np.nan,
     "holds NaN", "look for"),
    ("next_month", lambda past: np.log(np.sin(7 * past[:90]).min() - 1),
     "look for a logarithm", "np.empty"),
    ("rnn_forward", lambda x, h0, W, U, b: np.stack([np.tanh(x[:, t] @ W + h0 @ U + b) for t in range(x.shape[1])]),
     "is sequence t with all its steps", "Is a product @ meant")])
@pytest.mark.filterwarnings("ignore")
def test_the_usual_causes_are_said_only_where_they_fit(name, function, words, missing):
    message = getattr(check, name)(function).message
    assert words in message and missing not in message


def test_what_has_no_end_is_no_array():
    result = check.rnn_step.judge(lambda x, h, W, U, b: np.r_, np.random.default_rng(0))
    assert result.status == "wrong" and "should hold numbers" in str(result)
