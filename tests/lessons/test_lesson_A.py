"""Lesson A: right answers in other spellings are accepted, and wrong ones of readers get a message that helps."""

import math

import numpy as np
import pytest

from lstm_course.exercises import check


def by_convolve(x, W, d):
    spread = np.zeros((len(W) - 1) * d + 1)
    spread[::d] = W
    return np.convolve(x, spread[::-1])[:len(x)]


def number_by_number(x, W, d):
    y = []
    for t in range(len(x)):
        total = 0.0
        for back, weight in enumerate(reversed(list(W))):
            if t - back * d >= 0:
                total += weight * x[t - back * d]
        y.append(total)
    return np.array(y)


def by_stretches(x, W, d, grad_y):
    """One stretch for each weight."""
    T, K = len(x), len(W)
    padded, grad_W = np.zeros(T + (K - 1) * d), np.zeros(K)
    wide = np.concatenate([np.zeros((K - 1) * d), x])
    for k in range(K):
        padded[k * d:k * d + T] += W[k] * grad_y
        grad_W[k] = wide[k * d:k * d + T] @ grad_y
    return padded[(K - 1) * d:], grad_W


def by_the_jacobian(x, W, d, grad_y):
    T, K = len(x), len(W)
    J = sum(W[k] * np.eye(T, k=-d * (K - 1 - k)) for k in range(K))
    return J.T @ grad_y, np.array([grad_y @ np.eye(T, k=-d * (K - 1 - k)) @ x for k in range(K)])


@pytest.mark.parametrize("name, function", [
    ("dilated_convolution", by_convolve), ("dilated_convolution", number_by_number),
    ("dilated_backward", by_stretches), ("dilated_backward", by_the_jacobian),
    ("layers_needed", lambda steps, kernel: max(1, math.ceil(math.log2((steps - 1) / (kernel - 1) + 1)))),
    ("layers_needed", lambda steps, kernel: next(n for n in range(1, 99) if (kernel - 1) * (2 ** n - 1) >= steps - 1))])
def test_right_answers(name, function):
    result = getattr(check, name)(function)
    assert result.correct, result.message
    result.require()


def from_the_end(x, W, d):
    return np.array([sum(W[k] * x[t - d * (len(W) - 1 - k)] for k in range(len(W))) for t in range(len(x))])


def mathematicians(x, W, d):
    spread = np.zeros((len(W) - 1) * d + 1)
    spread[::d] = W
    return np.convolve(x, spread)[:len(x)]


def valid_only(x, W, d):
    return np.array([sum(W[k] * x[t + k * d] for k in range(len(W))) for t in range(len(x) - (len(W) - 1) * d)])


def written_over(x, W, d, grad_y):
    grad_x = np.zeros(len(x))
    for t in range(len(x)):
        for k in range(len(W)):
            if t - d * (len(W) - 1 - k) >= 0:
                grad_x[t - d * (len(W) - 1 - k)] = W[k] * grad_y[t]
    return grad_x, by_stretches(x, W, d, grad_y)[1]


def both_written_over(x, W, d, grad_y):
    grad_x, grad_W = np.zeros(len(x)), np.zeros(len(W))
    for t, k in np.ndindex(len(x), len(W)):
        if t - d * (len(W) - 1 - k) >= 0:
            grad_x[t - d * (len(W) - 1 - k)] = W[k] * grad_y[t]
            grad_W[k] = x[t - d * (len(W) - 1 - k)] * grad_y[t]
    return grad_x, grad_W


def one_more_when_equal(steps, kernel):
    layers, field = 0, 1
    while field <= steps:
        field, layers = field + (kernel - 1) * 2 ** layers, layers + 1
    return layers


def from_first_to_last(kernels, strides):
    width = 1
    for kernel, stride in zip(kernels, strides, strict=True):
        width = width * stride + kernel - stride
    return int(width)


def blocks_in_a_row(x, grad_y):
    largest = x.reshape(-1, 4).max(axis=1).reshape(grad_y.shape)
    spread = [np.repeat(np.repeat(each, 2, axis=0), 2, axis=1) for each in (largest, grad_y)]
    return (x == spread[0]) * spread[1]


def around_the_step(x, W, d):
    """Half of the zeros before the series and half behind it."""
    before = d * (len(W) - 1) // 2
    padded = np.concatenate([np.zeros(before), x, np.zeros(d * (len(W) - 1) - before)])
    return np.array([sum(W[k] * padded[t + d * k] for k in range(len(W))) for t in range(len(x))])


def cut_behind(x, W, d, grad_y):
    T, K = len(x), len(W)
    padded = np.zeros(T + (K - 1) * d)
    for k in range(K):
        padded[k * d:k * d + T] += W[k] * grad_y
    return padded[:T], by_stretches(x, W, d, grad_y)[1]


def twice(grad_y):
    return np.repeat(np.repeat(grad_y, 2, axis=0), 2, axis=1)


def tiled(x, grad_y):
    blocks = x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2)
    return (x == twice(blocks.max(axis=(1, 3)))) * np.tile(grad_y, (2, 2))


@pytest.mark.parametrize("name, function, words", [
    ("dilated_convolution", around_the_step, "centred on step t"),
    ("dilated_backward", cut_behind, "cut at the wrong end"),
    ("layers_needed", lambda steps, kernel: next(n for n in range(1, 99) if (kernel - 1) * 2 ** n > steps),
     "turned into −1"),
    ("layers_needed", lambda steps, kernel: round(math.log2((steps - 1) / (kernel - 1) + 1)), "rounds to the nearest"),
    ("layers_needed", lambda steps, kernel: math.ceil(math.log(steps) / math.log(kernel)), "multiplies the field by K"),
    ("max_pool_backward", lambda x, grad_y: (x > 0) * twice(grad_y), "that is a ReLU"),
    ("max_pool_backward", tiled, "np.tile"),
    ("lenet_weights", 68_288, "each map has one"),
    ("dilated_backward", both_written_over, "both gradients are overwritten"),
    ("dilated_backward", written_over, "grad_x ✗ wrong"),
    ("layers_needed", one_more_when_equal, "equal is enough"),
    ("layers_needed", lambda steps, kernel: math.ceil(math.log2(steps / kernel)) + 1, "not exactly double"),
    ("field_width", from_first_to_last, "wrong order"),
    ("max_pool_backward", blocks_in_a_row, "four neighbours in a row"),
    ("dilated_convolution", from_the_end, "counts from the end"),
    ("dilated_convolution", mathematicians, "turned round"),
    ("dilated_convolution", valid_only, "shape"),
    ("dilated_backward", written_over, "overwritten"),
    ("dilated_backward", lambda *given: by_stretches(*given)[::-1], "order"),
    ("layers_needed", lambda steps, kernel: math.ceil(math.log2(steps)), "never uses `kernel`"),
    ("layers_needed", lambda steps, kernel: math.ceil((steps - 1) / (kernel - 1)), "without dilation"),
    ("layers_needed", lambda steps, kernel: int(math.log2((steps - 1) / (kernel - 1) + 1)), "round up")])
def test_wrong_answers(name, function, words):
    result = getattr(check, name)(function)
    assert result.status == "wrong" and words in result.message, result.message
