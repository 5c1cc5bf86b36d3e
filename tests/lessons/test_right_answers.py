"""Right answers that are written otherwise than the solution: every one is accepted, with new random numbers too."""

import functools
import math

import numpy as np
import pytest

from lstm_course import LSTM
from lstm_course.exercises import check
from lstm_course.networks import cells
from lstm_course.networks.functions import sigmoid
from tests.lessons import right_answers_14

ANSWERS = {}


def answer(name):
    """Decorator: a right answer to an exercise."""
    def keep(function):
        ANSWERS.setdefault(name, []).append(function)
        return function
    return keep


answer("sigmoid")(lambda x: np.exp(x) / (np.exp(x) + 1))
answer("sigmoid")(lambda x: 0.5 + 0.5 * np.tanh(x / 2))
answer("sigmoid")(np.vectorize(lambda x: 1 / (1 + math.exp(-x))))

# ------------------------------------------------------------------------------------------------- one step of an RNN

answer("rnn_step")(lambda x, h, W, U, b: np.tanh(np.concatenate([x, h], axis=1) @ np.concatenate([W, U]) + b))
answer("rnn_step")(lambda x, h, W, U, b: np.tanh(np.einsum("bi,ih->bh", x, W) + np.einsum("bh,hk->bk", h, U) + b))
answer("rnn_step")(lambda x, h, W, U, b: np.tanh(W.T @ x.T + U.T @ h.T + b[:, None]).T)
answer("rnn_step")(lambda x, h, W, U, b: np.stack([np.tanh(x[n] @ W + h[n] @ U + b) for n in range(len(x))]))
answer("rnn_step")(lambda x, h, W, U, b: np.tanh(np.dot(x, W) + h.dot(U) + np.tile(b, (len(x), 1))))


@answer("rnn_step")
def number_by_number(x, h, W, U, b):
    (B, I), H = x.shape, len(U)
    new = np.empty((B, H))
    for n in range(B):
        for k in range(H):
            new[n, k] = math.tanh(sum(x[n, j] * W[j, k] for j in range(I)) + sum(h[n, j] * U[j, k] for j in range(H))
                                  + b[k])
    return new


@answer("rnn_forward")
def into_zeros(x, h0, W, U, b):
    states = np.zeros((len(x), *h0.shape))
    for t in range(x.shape[0]):
        states[t] = np.tanh(x[t] @ W + (states[t - 1] if t else h0) @ U + b)
    return states


@answer("rnn_forward")
def with_one_more(x, h0, W, U, b):
    h = [h0]
    for x_t in x:
        h += [cells.rnn_step(x_t, h[-1], W, U, b)]
    return np.array(h[1:])


@answer("rnn_forward")
def inputs_at_once(x, h0, W, U, b):
    z, h, states = x @ W + b, h0.copy(), np.empty((*x.shape[:2], len(U)))
    for t, z_t in enumerate(z):
        h[...] = np.tanh(z_t + h @ U)
        states[t] = h
    return states


@answer("rnn_forward")
def sequence_by_sequence(x, h0, W, U, b):
    each = []
    for n in range(x.shape[1]):
        h, states = h0[n], []
        for t in range(len(x)):
            h = np.tanh(x[t, n] @ W + h @ U + b)
            states.append(h)
        each.append(states)
    return np.array(each).swapaxes(0, 1)


# ----------------------------------------------------------------------------------------------------- binary addition

answer("decode")(lambda bits: sum(bit * 2 ** t for t, bit in enumerate(bits)))
answer("decode")(lambda bits: functools.reduce(lambda number, bit: 2 * number + bit, bits[::-1]))
answer("decode")(lambda bits: np.tensordot(1 << np.arange(len(bits)), bits, axes=1))
answer("decode")(lambda bits: (bits.T * 2 ** np.arange(len(bits))).sum(axis=-1))
answer("carries")(lambda a, b: np.array([(_number(a[:t]) + _number(b[:t])) >> t for t in range(1, len(a) + 1)]))
answer("sum_accuracy")(lambda p, t: (1 - np.abs(p - t).mean(), np.mean(np.abs(p - t).sum(axis=0) == 0)))
answer("sum_accuracy")(lambda p, t: (float(np.mean(p == t)), float(np.mean(np.prod(p == t, axis=0)))))


def _number(bits):
    return 2 ** np.arange(len(bits)) @ bits


@answer("carries")
def majority(a_bits, b_bits):
    carry, result = 0 * a_bits[0], np.zeros_like(a_bits)
    for t in range(len(a_bits)):
        a, b = a_bits[t], b_bits[t]
        carry = (a & b) | (a & carry) | (b & carry)
        result[t] = carry
    return result


# ------------------------------------------------------------------------------------------------------------ backward

@answer("rnn_backward")
def deltas_first(x, h0, states, grad_outputs, W, U):
    T, before = len(x), np.concatenate([h0[None], states[:-1]])
    delta = np.zeros_like(states)
    for t in range(T - 1, -1, -1):
        future = delta[t + 1] @ U.T if t + 1 < T else 0
        delta[t] = (grad_outputs[t] + future) * (1 - states[t] ** 2)
    return np.einsum("tbi,tbh->ih", x, delta), np.einsum("tbg,tbh->gh", before, delta), delta.sum(axis=(0, 1))


@answer("grad_check")
def one_number_at_a_time(loss, theta, epsilon):
    gradient = []
    for k in range(theta.size):
        step = np.zeros(theta.size)
        step[k] = epsilon
        step = step.reshape(theta.shape)
        gradient.append((loss(theta + step) - loss(theta - step)) / epsilon / 2)
    return np.reshape(gradient, theta.shape)


answer("jacobian_product")(lambda h, U: functools.reduce(
    np.dot, [(1 - h_t ** 2)[:, None] * U.T for h_t in h[:0:-1]]))
answer("jacobian_product")(lambda h, U: functools.reduce(
    lambda product, h_t: (product @ U) * (1 - h_t ** 2), h[1:], np.eye(len(U))).T)


@answer("clip_by_norm")
def as_one_vector(grad_W, grad_U, max_norm):
    norm = np.linalg.norm(np.concatenate([grad_W.ravel(), grad_U.ravel()]))
    if norm <= max_norm:
        return grad_W, grad_U
    return max_norm * grad_W / norm, max_norm * grad_U / norm


answer("leaky_jacobian")(lambda n, U, keep: np.diag(np.full(len(n), keep)) + (1 - keep) * (U * (1 - n ** 2)).T)
answer("memory_gradient")(lambda f: np.array([np.prod(f[t + 1:], axis=0) for t in range(len(f))]))

# ------------------------------------------------------------------------------------------------ LSTM, GRU, peepholes


@answer("lstm_step")
def slices(x, h_prev, c_prev, W, U, b):
    H = U.shape[0]
    z = np.hstack([x, h_prev]) @ np.vstack([W, U]) + b
    i, f, o = sigmoid(z[:, :H]), sigmoid(z[:, H:2 * H]), sigmoid(z[:, 3 * H:])
    c = i * np.tanh(z[:, 2 * H:3 * H]) + f * c_prev
    return np.tanh(c) * o, c


@answer("lstm_step")
def gate_by_gate(x, h_prev, c_prev, W, U, b):
    H, gates = len(U), []
    for k, squash in enumerate((sigmoid, sigmoid, np.tanh, sigmoid)):
        part = slice(k * H, (k + 1) * H)
        gates.append(squash(np.dot(x, W[:, part]) + np.dot(h_prev, U[:, part]) + b[part]))
    c = np.multiply(gates[1], c_prev) + np.multiply(gates[0], gates[2])
    return {"h": gates[3] * np.tanh(c), "c": c}


@answer("lstm_step")
def in_columns(x, h_prev, c_prev, W, U, b):
    i, f, g, o = np.split(W.T @ x.T + U.T @ h_prev.T + b.reshape(-1, 1), 4)
    c = sigmoid(f).T * c_prev + (sigmoid(i) * np.tanh(g)).T
    return [sigmoid(o).T * np.tanh(c), c]


@answer("lstm_step")
def with_the_package(x, h_prev, c_prev, W, U, b):
    layer = LSTM(x.shape[1], len(U))
    for name, value in (("W", W), ("U", U), ("b", b)):
        layer.parameters[name][...] = value
    return layer.forward(x[None], (h_prev, c_prev)).state


@answer("lstm_step_backward")
def into_one_array(grad_h, grad_c, x, h_prev, c_prev, c, gates, U):
    i, f, g, o = gates
    y, H = np.tanh(c), U.shape[0]
    whole = grad_c + grad_h * o * (1 - y * y)
    grad_z = np.empty((len(x), 4 * H))
    grad_z[:, :H], grad_z[:, H:2 * H] = whole * g * i * (1 - i), whole * c_prev * f * (1 - f)
    grad_z[:, 2 * H:3 * H], grad_z[:, 3 * H:] = whole * i * (1 - g ** 2), grad_h * y * o * (1 - o)
    return np.dot(grad_z, U.T), whole * f, np.einsum("bi,bz->iz", x, grad_z), np.dot(h_prev.T, grad_z), grad_z.sum(0)


@answer("gru_step")
def as_torch_writes_it(x, h_prev, W, U, b, b_hn):
    H = len(U)
    from_x, from_h = x @ W + b, h_prev @ U
    r, z = sigmoid(from_x[:, :H] + from_h[:, :H]), sigmoid(from_x[:, H:2 * H] + from_h[:, H:2 * H])
    n = np.tanh(from_x[:, 2 * H:] + r * (from_h[:, 2 * H:] + b_hn))
    return n + z * (h_prev - n)


@answer("peephole_step")
def peepholes_in_one_product(x, h_prev, c_prev, W, U, b, P):
    i, f, g, o = (x @ W + h_prev @ U + b).reshape(len(x), 4, -1).swapaxes(0, 1)
    c = sigmoid(f + c_prev @ np.diag(P[1])) * c_prev + sigmoid(i + c_prev @ np.diag(P[0])) * np.tanh(g)
    return sigmoid(o + c * P[2]) * np.tanh(c), c


@answer("flip_z")
def signs(W, U, b):
    H = len(U)
    sign = np.concatenate([np.ones(H), -np.ones(H), np.ones(H)])
    return W * sign, U * sign, b * sign


# --------------------------------------------------------------------------------------------------- data and judgement

answer("find_leak")(lambda X, y: np.array([np.array_equal(column, y) for column in X.T]))
answer("find_leak")(lambda X, y: np.array([all(row[j] == target for row, target in zip(X, y, strict=True))
                                           for j in range(X.shape[1])]))
answer("find_leak")(lambda X, y: np.abs(X - y.reshape(-1, 1)).max(axis=0) == 0)
answer("make_windows")(lambda series, n: (
    np.lib.stride_tricks.sliding_window_view(series, n)[:-1], np.array(series[n:])))
answer("scale_on_train")(lambda series, n: (series - min(series[:n])) / np.ptp(
    series[:n]))
answer("majority_accuracy")(lambda train, test: list(test).count(max(set(train), key=list(train).count)) / len(test))
answer("last_valid")(lambda out, lengths: np.array([out[n - 1, b] for b, n in enumerate(lengths)]))
answer("last_valid")(lambda out, lengths: np.take_along_axis(out, lengths[None, :, None] - 1, axis=0)[0])
answer("masked_loss")(lambda p, t, lengths: _masked(p, t, lengths))
answer("two_steps_by_way")(lambda i, f, g, o, c, u: np.r_[f[1] * f[2], o[1] / np.cosh(c[1]) ** 2 * f[1] * u[:3] * [
    g[2] * (i - i * i)[2], c[1] * (f - f * f)[2], i[2] - i[2] * g[2] ** 2]])


def _masked(predictions, targets, lengths):
    grad, total = np.zeros_like(predictions), 0.0
    for b, n in enumerate(lengths):
        error = predictions[:n, b] - targets[:n, b]
        total += error @ error
        grad[:n, b] = 2 * error / sum(lengths)
    return total / sum(lengths), grad


for name_of_14, answer_of_14 in right_answers_14.ANSWERS:
    answer(name_of_14)(answer_of_14)


@pytest.mark.parametrize("name, function", [(name, one) for name, those in ANSWERS.items() for one in those],
                         ids=lambda part: getattr(part, "__name__", part))
def test_a_right_answer_is_accepted_however_it_is_written(name, function):
    result = getattr(check, name)(function)
    assert result.correct, result.message
    result.require()


def test_there_are_enough():
    assert sum(len(those) for those in ANSWERS.values()) >= 50 and len(ANSWERS) >= 20
