"""The search for a repair ends, whatever is tried; and where it finds none, the values of the expressions speak."""

import time

import numpy as np
import pytest

from lstm_course.checking import diagnose, inject, locate
from lstm_course.checking.workshop import Workshop, counted_parts
from lstm_course.exercises import check
from lstm_course.networks.functions import sigmoid


def decode(bits):
    n = 0
    for t, b in enumerate(bits):
        if b == 1:
            n += 2 ** t             # the edit 2 ** n grows without end
    return n


def rnn_forward(x, h0, W, U, b):
    h, states, more = h0, [], []
    for x_t in x:
        h = np.tanh(x_t @ W + h @ U) + np.sin(b)
        states.append(h)            # the edit states.append(states) makes a list that holds itself
        more.append(states)
    return np.stack(states)


def carries(a_bits, b_bits):
    carry, found = 0, []
    while len(found) < len(a_bits):     # without the next line, or with another sign, this never ends
        carry = (a_bits[len(found)] * b_bits[len(found)] + carry) % 3
        found.append(carry)
    return np.array(found)


def truncated_gradients(layer, x, targets, k, state, stale=False):
    grads = []
    for s in range(0, len(x), k):
        run = layer.forward(x[s:s + k], state)
        grad = layer.backward(run, 2 * (run.outputs - targets[s:s + k])).parameters["U"]
        grads.append(-grad if stale else grad)           # with grads for grad, it holds itself behind a condition
        state = run.state
    return np.array(grads)


@pytest.mark.parametrize("function", [decode, rnn_forward, carries, truncated_gradients],
                         ids=lambda function: function.__name__)
def test_every_search_ends_in_time(function, usual_pace):
    start = time.process_time()
    result = getattr(check, function.__name__)(function)
    assert result.status == "wrong" and time.process_time() - start < 2.5


def test_a_loop_without_end_is_ended():
    def endless(bits):
        while True:
            bits = bits
    workshop = Workshop(counted_parts(endless), time.process_time() + 5)
    with pytest.raises(BaseException) as caught:
        workshop.build()(np.zeros(3))
    assert type(caught.value).__name__ == "TooLong"


def unlike_tanh(x, h_prev, W, U, b, b_hn):
    H, a, u = len(U), x @ W + b, h_prev @ U
    r, z = sigmoid(a[:, :H] + u[:, :H]), sigmoid(a[:, H:2 * H] + u[:, H:2 * H])
    return z * h_prev + (1 - z) * np.arctan(a[:, 2 * H:] + r * (u[:, 2 * H:] + b_hn))


@pytest.mark.parametrize("name, function, words", [
    ("scale_on_train", lambda series, train_months: (series - series[:train_months].mean()) / (
        series[:train_months].max() - series[-1]), "has the numbers of `series[:train_months]` (line"),
    ("last_valid", lambda out, lengths: np.array([out[:n, b].min(axis=0) for b, n in enumerate(lengths)]),
     "from `out[:n, b]"),
    ("output_side", lambda size, kernel, padding, stride: -(-size // stride), "never uses `kernel` and `padding`"),
    ("gru_step", unlike_tanh, "with the right numbers for `np.arctan(")])
def test_another_way_is_a_mistake_only_where_runs_show_it(name, function, words, monkeypatch):
    for means, found in ((inject, "right_from"), (diagnose, "repair"), (locate, "on_the_way")):
        monkeypatch.setattr(means, found, lambda *_: None)
    message = getattr(check, name)(function).message
    assert words in message and ("so the mistake is there" in message) == ("right numbers for" in words)
