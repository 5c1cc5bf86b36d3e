"""Lesson 04: what the checks say to answers that were once misjudged."""

from functools import partial

import numpy as np
import pytest

from lstm_course.exercises import check
from tests.lessons.support import judged

PRODUCT = """
jacobian = np.eye(len(U))
for t in range(1, len(h)):
    jacobian = np.diag(1 - h[t] ** 2) @ U.T @ jacobian
return jacobian"""
CLIP = """
norm = np.sqrt((grad_W ** 2).sum() + (grad_U ** 2).sum())
scale = min(1, max_norm / norm)
return grad_W * scale, grad_U * scale"""
LEAKY = """
return keep * np.eye(len(n)) + (1 - keep) * np.diag(1 - n ** 2) @ U.T"""
BODIES = {"jacobian_product": PRODUCT, "clip_by_norm": CLIP, "leaky_jacobian": LEAKY}


answer = partial(judged, BODIES)


@pytest.mark.parametrize("name", BODIES)
def test_the_answer_that_is_changed_below_is_right(name):
    assert answer(name).correct


@pytest.mark.parametrize("name, old, new, said", [
    ("jacobian_product", "np.diag(1 - h[t] ** 2) @ U.T",
     "(np.diag(1 - h[t] ** 2) * U.T)", "element by element, with *"),
    ("jacobian_product", " @ jacobian", "", "only the last factor is left"),
    ("jacobian_product", "range(1,", "range(2,", "the first factor is missing"),
    ("jacobian_product", "np.eye(len(U))", "np.zeros(U.shape)", "a product that begins with zeros stays 0"),
    ("jacobian_product", "np.eye(len(U))", "U.T", "one U too many"),
    ("jacobian_product", "1 - h[t] ** 2", "h[t] ** 2", "the slope is 1 - h²"),
    ("jacobian_product", "1 - h[t] ** 2", "1 - h[t]", "your slope is 1 - h."),
    ("jacobian_product", "1 - h[t] ** 2", "1 - 2 * h[t]", "1 - 2h stands where"),
    ("clip_by_norm", "sum", "mean", "you take means of the squares"),
    ("clip_by_norm", "np.sqrt((grad_W ** 2).sum() + (grad_U ** 2).sum())",
     "np.linalg.norm(grad_W) * np.linalg.norm(grad_U)",
     "the two norms are multiplied"),
    ("leaky_jacobian", "1 - n ** 2", "n * (1 - n)", "n (1 - n) is the slope of σ"),
    ("leaky_jacobian", "1 - n ** 2", "1 - n", "your slope is 1 - n."),
    ("leaky_jacobian", "1 - n ** 2", "n", "n is the value of tanh, not its slope"),
    ("jacobian_product", "return jacobian", "return [np.diag(1 - one ** 2) @ U.T for one in h[1:]]",
     "or what they make together"),
    ("clip_by_norm", "return grad_W * scale, grad_U * scale",
     "over = max(0, norm - max_norm)\nreturn grad_W - over, grad_U - over", "the excess is subtracted"),
    ("clip_by_norm", "return grad_W * scale, grad_U * scale",
     "return np.minimum(grad_W, max_norm / norm), np.minimum(grad_U, max_norm / norm)", "np.minimum compares"),
    ("leaky_jacobian", "+ (1 - keep)", "- (1 - keep)", "one road is subtracted"),
    ("leaky_jacobian", "return keep * np.eye(len(n)) + (1 - keep) * np.diag(1 - n ** 2) @ U.T",
     "J = (1 - keep) * np.diag(1 - n ** 2) @ U.T\nnp.fill_diagonal(J, keep)\nreturn J", "written over the diagonal"),
    ("leaky_jacobian", ") @ U.T", ") * U.T", "element by element, with *"),
    ("leaky_jacobian", "keep * np.eye(len(n)) + (1 - keep) * np.diag(1 - n ** 2)",
     "np.diag(keep + (1 - keep) * (1 - n ** 2))", "the straight road goes through U, too"),
])
def test_what_was_misjudged_gets_its_words(name, old, new, said):
    assert said in answer(name, old, new).message


def test_a_wrong_limit_is_told_from_a_wrong_factor():
    assert all("the factor is right" in check.lost_after(n).message for n in (49, 57, 169))


def test_what_is_left_is_not_the_number_of_steps():
    for left in (0.72 ** 51, 2.0 ** -24):
        assert "that is a size of a gradient" in check.lost_after(np.float64(left)).message
