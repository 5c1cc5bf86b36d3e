"""Nobody is sent to a line that is right: slips of first-time readers, each with the words that show its place."""

import pytest

from lstm_course.checking import diagnose
from lstm_course.exercises import check
from tests.checking.test_diagnosis import written

BACKWARD = """
grad_W, grad_U = np.zeros_like(W), np.zeros_like(U)
grad_b = np.zeros(len(U))
future = np.zeros_like(h0)
for t in range(len(x) - 1, -1, -1):
    h_prev = states[t - 1] if t > 0 else h0
    grad_h = grad_outputs[t] + future
    delta = grad_h * (1 - states[t] ** 2)
    grad_W += x[t].T @ delta
    grad_U += h_prev.T @ delta
    grad_b += delta.sum(axis=0)
    future = delta @ U.T
return grad_W, grad_U, grad_b"""
STEP = "new = np.zeros_like(h)\nfor i in range(len(x)):\n    new[i] = np.tanh(x[i] @ W + h[i] @ U + b)\nreturn new"


@pytest.mark.parametrize("name, code, changes, words", [
    ("rnn_backward", BACKWARD, [("x[t].T @ delta", "delta.T @ x[t]")],
     "line 9, `grad_W += delta.T @ x[t]`. Look at `delta.T @ x[t]`: is it this product, or its transpose?"),
    ("rnn_backward", BACKWARD, [("delta.sum(axis=0)", "delta")], "line 11, `grad_b += delta`. Look at `delta`"),
    ("rnn_backward", BACKWARD, [("x[t].T @ delta", "x[t].T @ grad_h"), ("h_prev.T @ delta", "h_prev.T @ grad_h"),
                                ("delta.sum", "grad_h.sum")], "line 9, `grad_W += x[t].T @ grad_h`"),
    ("rnn_backward", BACKWARD, [("return grad_W, grad_U, grad_b", "return grad_W, grad_U")],
     "it should return 3 things, grad_W, grad_U, grad_b"),
    ("rnn_step", STEP, [("h[i]", "h[0]")], "Look at the index in `h[0]`"),
    ("rnn_step", STEP, [("new[i] =", "new =")], "Look at `new`: is the whole of it set in each round, or a part?"),
    ("rnn_step", "return np.tanh(x @ W + h @ U + b[:, None])", [], "Look at the order of the axes in `b[:, None]`"),
    ("sigmoid", "return 1 / (1 + np.e ^ -x)", [], "Look at `^`"),
    ("leaky_jacobian", "s = 1 - n ** 2\nreturn keep * np.ones(len(n)) + (1 - keep) * s @ U.T", [],
     "jacobian should have shape (2, 2) = (H, H), yours has shape (2,)")])
def test_nobody_is_sent_to_a_right_line(name, code, changes, words, monkeypatch):
    monkeypatch.setattr(diagnose, "known_mistake", lambda *_: None)         # as if it had no message of its own
    for old, new in changes:
        assert old in code
        code = code.replace(old, new)
    message = getattr(check, name)(written(name, code)).message
    assert words in message and "another way than the lesson" not in message and "np.eye" not in message


def test_a_wrong_shape_is_followed_to_its_line(monkeypatch):
    """Where no repair is found: whether one is depends on the time that is left."""
    for means in ("known_mistake", "repair"):
        monkeypatch.setattr(diagnose, means, lambda *_: None)
    code = BACKWARD.replace("np.zeros(len(U))", "np.zeros_like(h0)").replace("delta.sum(axis=0)", "delta")
    message = check.rnn_backward(written("rnn_backward", code)).message
    assert "`grad_b` has had this shape since line 3, `grad_b = np.zeros_like(h0)`" in message
    assert "another way than the lesson" not in message
