"""What the general means say of mistakes that nobody foresaw; each sentence is true of the answer before it."""

import numpy as np
import pytest

from lstm_course.checking import diagnose, explain, inject
from lstm_course.exercises import check
from lstm_course.networks.functions import sigmoid
from lstm_course.tasks import air_passengers
from tests.checking.test_diagnosis import written


@pytest.fixture
def no_repair(monkeypatch):
    """Only what is said without trying changes of the code."""
    monkeypatch.setattr(diagnose, "repair", lambda *_: None)


def drawn_anew(z):
    return np.random.default_rng(0).uniform(0, 1, z.shape)


def starts_at_step_one(x, h0, states, grad_outputs, W, U):
    grad_W, grad_U, grad_b, delta = np.zeros_like(W), np.zeros_like(U), np.zeros(len(U)), np.zeros_like(h0)
    for t in range(len(x) - 1, 0, -1):
        delta = (grad_outputs[t] + np.sin(delta @ U)) * (1 - states[t] ** 2)
        grad_W += x[t].T @ delta
        grad_U += states[t - 1].T @ delta
        grad_b += delta.sum(0)
    return grad_W, grad_U, grad_b


@pytest.mark.parametrize("name, function, words", [
    ("repaired_sigmoid", drawn_anew, "does not depend on the numbers in z"),
    ("rnn_backward", starts_at_step_one, "the first step, x[0], does not count"),
    ("last_valid", lambda out, n: np.array([out[:k, b].min(axis=0) for b, k in enumerate(n)]), "out[:k, b]")])
def test_what_is_not_used_is_named_and_nothing_else(name, function, words, no_repair):
    message = getattr(check, name)(function).message
    assert words in message and ("depend" in words) == ("not depend" in message)


def test_an_answer_that_counts_whole_numbers_depends_on_them(no_repair):
    message = check.class_accuracy(lambda p, t, c: np.bincount(p, minlength=c) ** 2 / len(t)).message
    assert "does not depend on the numbers in true" in message and "numbers in predicted" not in message
    message = check.class_accuracy(lambda p, t, c: np.bincount(p, minlength=c) ** 2 / np.bincount(t)).message
    assert "not depend" not in message


def masked(predictions, targets, lengths):
    mask = targets > 0
    error = (predictions - targets) * mask
    return (error ** 2).sum() / lengths.sum(), 2 * error / lengths.sum()


def test_from_where_on_all_is_right(no_repair, monkeypatch):
    monkeypatch.setattr(diagnose.depend, "unused", lambda case: "")
    line = masked.__code__.co_firstlineno + 1
    message = check.masked_loss(masked).message
    assert f"what comes after line {line} of masked is right" in message and "`mask = targets > 0`" in message
    monkeypatch.setattr(inject, "right_from", lambda case: None)
    assert "what comes after" not in check.masked_loss(masked).message


def chung_without_r(x, h_prev, W, U, b, b_hn):
    H, a, u = len(U), x @ W + b, h_prev @ U
    z = sigmoid(a[:, H:2 * H] + u[:, H:2 * H])
    n = np.tanh(a[:, 2 * H:] + u[:, 2 * H:] + b_hn)
    return z * n + (1 - z) * h_prev


def test_of_two_known_mistakes_both_are_named(no_repair):
    message = check.gru_step(chung_without_r).message
    assert "two things at once" in message and "the other way round" in message and "r is not used" in message


def one_sum_and_overflow(logits, targets):
    rows, e = np.arange(len(targets)), np.exp(logits)
    p = e / e.sum()
    grad = p.copy()
    grad[rows, targets] -= 1
    return -np.log(p[rows, targets]).mean(), grad / len(targets)


@pytest.mark.filterwarnings("ignore")
def test_the_first_of_two_mistakes_is_named_with_what_is_right_then():
    message = check.cross_entropy(one_sum_and_overflow).message
    line = one_sum_and_overflow.__code__.co_firstlineno + 2
    assert f"a mistake is in line {line}" in message and "but not yet “logits near 1000 and -1000”" in message


def test_a_known_mistake_is_known_though_other_cases_stop():
    message = check.decode(lambda bits: int("".join(str(bit) for bit in bits), 2)).message
    assert "read from the wrong end" in message


def interleaved(out, lengths):
    H, b = out.shape[2] // 2, np.arange(len(lengths))
    summary = np.empty((len(lengths), 2 * H))
    summary[:, ::2], summary[:, 1::2] = out[lengths - 1, b, :H], out[0, :, H:]
    return summary


def test_columns_in_another_order_are_named(no_repair):
    assert "are right, but in another order: yours are those that should be the columns 0, 2, 1, 3" in check.bi_last(
        interleaved).message


def test_what_makes_the_wrong_output_is_named(no_repair, monkeypatch):
    monkeypatch.setattr(diagnose.inject, "right_from", lambda case: None)

    def sum_accuracy(predicted, true):
        share = (predicted == true).mean()
        return share, np.sqrt(share)
    message = check.sum_accuracy(sum_accuracy).message
    assert "bit_accuracy is right, sum_accuracy is wrong: look at `np.sqrt(share)`" in message


@pytest.mark.parametrize("name, function", [
    ("find_leak", lambda X, y: ~(y[:, None] == X).all(axis=0)), ("rnn_step", lambda x, h, W, U, b: x[0] @ W),
    ("lstm_step", lambda x, h_prev, c_prev, W, U, b: (h_prev, c_prev > 0)),
    ("coupled_lines", lambda grad_h, grad_c, c_prev, c, f, g, o: [[1], [1, 2], 3, 4])])
def test_no_means_stumbles(name, function, monkeypatch):
    """A means that raises would be silent, for a check never does."""
    judged = diagnose._unknown
    fallen = []

    def watched(*given):
        try:
            return judged(*given)
        except Exception as error:
            fallen.append(error)
            raise
    monkeypatch.setattr(diagnose, "_unknown", watched)
    assert getattr(check, name)(function).status == "wrong" and not fallen


def stopped(function, **arguments):
    try:
        function(**arguments)
    except ValueError as error:
        return error


@pytest.mark.parametrize("attempt, same", [
    (lambda x, W: x * W, True),
    (lambda x, W: np.multiply(x, W) + 1, True),
    (lambda x, W: x + W, False),
    (lambda x, W: x @ W + W.reshape(-1, 1), False)])
def test_two_answers_stop_alike_only_in_the_same_operation(attempt, same):
    """In `x @ W + …` x and W meet as well, but not in a *: who did not write it is not told of it."""
    given = {"x": np.ones((3, 2)), "W": np.ones((2, 4))}
    errors = stopped(attempt, **given), stopped(lambda x, W: x * W, **given)
    assert explain.same_failure(*errors, given) is same


@pytest.mark.parametrize("mine, known", [
    (lambda x, W: W @ x, lambda x, W: np.dot(W, x)), (lambda x, W: W.dot(x), lambda x, W: W @ x),
    (lambda x, W: np.matmul(W, x), lambda x, W: W @ x)])
def test_a_matrix_product_is_known_however_it_is_written(mine, known):
    given = {"x": np.ones((3, 2)), "W": np.ones((2, 4))}
    assert explain.same_failure(stopped(mine, **given), stopped(known, **given), given)


def test_a_wrong_answer_that_knows_the_months_to_come():
    known = {"np": np, "passengers": air_passengers.load()[1]}
    exec("def f(past): return passengers[len(past) % 12] * past[-1] / past[0]", known)
    assert "it reads `passengers` from the notebook" in check.next_month(known["f"]).headline


def test_two_things_where_one_is_asked():
    def attempt(x, h0, W, U, b):
        states = [np.tanh(x_t @ W + h0 @ U + b) for x_t in x]
        return states, states[-1]
    assert "return only what is asked, states" in check.rnn_forward(attempt).message


def test_an_edit_that_never_ends_stops_no_check():
    """Without its brackets np.r_ can be iterated for ever."""
    body = """
z = np.log(passengers)
growth = z[12:] - z[:-12]
change = np.r_[growth[1:] - growth[:-1]]
known = change[:train]
return (change - known.mean()) / known.std(), known.mean(), known.std()"""
    assert "take change[:train - 13]" in check.prepare(written("prepare", body)).headline
