"""Lets a student's `grad_check` judge a student's `rnn_backward` (lesson 03)."""

import numpy as np

from lstm_course.checking.results import is_blank
from lstm_course.lessons.l03_bptt.exercise_backward import all_states

B, I, H, EPSILON, LEAST = 2, 3, 4, 1e-5, 1e-7


def how_far_off(rnn_backward, grad_check, T, rng=0):
    """The largest difference between their two gradients of U, in words.

    Random x (T,B,I), h0 (B,H) and weights, with B = 2, I = 3, H = 4; the loss is ½ Σ h², so each direct part is h_t.
    """
    rng = np.random.default_rng(rng)
    x, h0, W, U, b = (rng.standard_normal(shape) for shape in ((T, B, I), (B, H), (I, H), (H, H), (H,)))
    states = all_states(x, h0, W, U, b)
    differences = grad_check(lambda U: float((all_states(x, h0, W, U, b) ** 2).sum() / 2), U.copy(), EPSILON)
    if is_blank(differences):
        return "? (this needs exercise 2)"
    try:
        _, grad_U, _ = rnn_backward(x, h0, states, states.copy(), W, U)
    except (NameError, TypeError):                      # its blank is not filled
        return "? (this needs exercise 1)"
    off = np.abs(grad_U - differences).max()
    return f"less than {LEAST:.0e}".replace("e-0", "e-") if off < LEAST else f"{off:.4f}"
