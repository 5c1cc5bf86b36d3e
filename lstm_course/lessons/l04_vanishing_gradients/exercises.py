"""Lesson 04, why the past fades: the exercises."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise, value
from lstm_course.lessons.l04_vanishing_gradients.exercise_product import jacobian_product
from lstm_course.training.optimizers import global_norm

__all__ = ["clip_by_norm", "jacobian_product", "leaky_jacobian", "lost_after"]

# ------------------------------------------------------------------------------------------ 2. clip by norm

def clip_cases(rng):
    """A gradient of length 5; one that is short; random ones, of which each is long, or only both together."""
    W, V = np.array([[3.0, 0.0], [0.0, 0.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [0.0, 4.0]])
    yield "a 3 in grad_W, a 4 in grad_U, so that the norm is 5, and max_norm = 1", {
        "grad_W": W, "grad_U": V, "max_norm": 1.0}
    yield "a short one: 0.3 in grad_W, 0.4 in grad_U, so that the norm is 0.5, and max_norm = 1", {
        "grad_W": W / 10, "grad_U": V / 10, "max_norm": 1.0}
    I, H = 2, 3
    W, V = rng.standard_normal((I, H)), rng.standard_normal((H, H))
    W, V = W / np.linalg.norm(W), V / np.linalg.norm(V)
    yield "random gradients of norms 3 and 9, max_norm = 2", {"grad_W": 3 * W, "grad_U": 9 * V, "max_norm": 2.0}
    yield "random gradients of norms 1.5 and 1.5, max_norm = 2", {
        "grad_W": 1.5 * W, "grad_U": 1.5 * V, "max_norm": 2.0}
    yield "random gradients of norms 1.2 and 0.5, max_norm = 2", {
        "grad_W": 1.2 * W, "grad_U": 0.5 * V, "max_norm": 2.0}


def norm_of(grad_W, grad_U):
    return global_norm([grad_W, grad_U])


def scaled(grad_W, grad_U, scale):
    return grad_W * scale, grad_U * scale


@exercise(
    cases=clip_cases, outputs=(Output("grad_W", "I H"), Output("grad_U", "H H")), rtol=1e-5,
    correct="Both arrays are shortened by the same factor, and short gradients are left alone.",
    hints=("The whole gradient is *one* long vector; grad_W and grad_U are pieces of it. How long is it?",
           "norm = np.sqrt((grad_W ** 2).sum() + (grad_U ** 2).sum()). By which factor must both be multiplied, so "
           "that this becomes max_norm? And if it is shorter already?",
           "scale = min(1, max_norm / norm); return grad_W * scale, …"),
    wrong={
        (lambda W, U, m: scaled(W, U, min(1.0, m / np.hypot(np.linalg.norm(W, 2), np.linalg.norm(U, 2))))):
            "norm(…, 2) of a matrix is ‖U‖ of part ④, how much it stretches a vector. Here all numbers count: the root "
            "of the sum of all squares, np.linalg.norm(grad_W) without the 2",
        (lambda W, U, m: tuple(grad * min(1.0, m / np.linalg.norm(grad)) for grad in (W, U))):
            "each array is clipped by itself, so (3, 4) becomes (1, 1) and points elsewhere. Take one norm of all "
            "numbers together, and one factor for both",
        (lambda W, U, m: scaled(W, U, m / norm_of(W, U))):
            "short gradients are made longer: 0.3 and 0.4 become 0.6 and 0.8. Shorten only if the norm is larger than "
            "max_norm: scale = min(1, max_norm / norm)",
        (lambda W, U, m: (np.clip(W, -m, m), np.clip(U, -m, m))):
            "that is clipping by value: every number is cut by itself, which changes the direction. Multiply all of "
            "them by one factor instead",
        (lambda W, U, m: scaled(W, U, min(1.0, m / norm_of(W, U) ** 2))):
            "the square root is missing: the norm is the root of the sum of squares, 5 for (3, 4), not 25",
        (lambda W, U, m: scaled(W, U, min(1.0, m / (np.linalg.norm(W) + np.linalg.norm(U))))):
            "the two norms are added: (3, 4) has norm 5, not 7. Add the squares, then take the root",
        (lambda W, U, m: scaled(W, U, min(1.0, m / max(np.linalg.norm(W), np.linalg.norm(U))))):
            "only the larger of the two norms counts in yours: all numbers of both arrays make the norm, 5 for (3, 4), "
            "not 4",
        (lambda W, U, m: scaled(W, U, min(1.0, m / max(np.abs(W).max(), np.abs(U).max())))):
            "you divide by the largest entry. The norm is the length of the whole gradient, √(Σ g²)",
        (lambda W, U, m: scaled(W, U, min(1.0, m / (np.abs(W).sum() + np.abs(U).sum())))):
            "the absolute values are added up instead of the squares: the norm is √(Σ g²)",
        (lambda W, U, m: scaled(W, U, 1.0 if norm_of(W, U) <= m else 1 / norm_of(W, U))):
            "a long gradient always becomes one of length 1; it should get the length max_norm",
        (lambda W, U, m: scaled(W, U, 1.0 if norm_of(W, U) <= m else 1 / m)):
            "that divides by max_norm, whatever the norm is, so a very long gradient stays long. The factor is "
            "max_norm / norm",
        (lambda W, U, m: scaled(W, U, max(1.0, norm_of(W, U) / m))):
            "the fraction is upside down: long gradients get longer. The factor is max_norm / norm, and at most 1",
        (lambda W, U, m: scaled(W, U, max(1.0, m / norm_of(W, U)))):
            "long gradients are left and short ones made longer. It is the other way round: min, not max, or the other "
            "branch of your if",
        (lambda W, U, m: scaled(W, U, min(1.0, m / np.sqrt((W ** 2).mean() + (U ** 2).mean())))):
            "you take means of the squares. The norm is the root of their sum, over all numbers of both arrays",
        (lambda W, U, m: scaled(W, U, min(1.0, m / (np.linalg.norm(W) * np.linalg.norm(U))))):
            "the two norms are multiplied: (3, 4) has norm 5, not 12. Add the squares, then take the root",
        (lambda W, U, m: (W - max(0, norm_of(W, U) - m), U - max(0, norm_of(W, U) - m))):
            "the excess is subtracted from every number, which changes the direction. Multiply all of them by one "
            "factor, max_norm / norm",
        (lambda W, U, m: tuple(np.minimum(grad, m / norm_of(W, U)) for grad in (W, U))):
            "np.minimum compares each number with the factor. The factor is to be multiplied: grad * min(1, max_norm / "
            "norm)",
        (lambda W, U, m: scaled(W, U, float(norm_of(W, U) <= m))):
            "a long gradient becomes 0, so nothing would be learned from it. Shorten it: its direction is good"})
def clip_by_norm(grad_W, grad_U, max_norm):
    """Two gradients (I,H), (H,H) -> the same two, shortened together if their global norm exceeds max_norm"""
    return scaled(grad_W, grad_U, min(1.0, max_norm / norm_of(grad_W, grad_U)))


# ------------------------------------------------------------------------------------ 3. how soon it is lost

lost_after = value(
    "lost_after", 51,
    correct="Each step multiplies by 0.9 · 0.8 = 0.72, and 0.72⁵⁰ is 7.3e-8, 0.72⁵¹ is 5.3e-8.",
    wrong=[
        (50, "after 50 steps 0.72⁵⁰ = 7.3e-8 is left, which is still above 6·10⁻⁸. One more"),
        (52, "0.72⁵¹ = 5.3e-8 is below 6·10⁻⁸ already: one step less"),
        (lambda n: 50 < n < 51, "right up to there, now round it up: steps are whole, and it must be below"),
        (49, "the factor is right, the limit is not: 2⁻²³ is twice too large. Here it is 2⁻²⁴ = 6·10⁻⁸"),
        (lambda n: n in (57, 169), "the factor is right. The limit is 2⁻²⁴, two to this power: 6·10⁻⁸"),
        (lambda n: 157 <= n <= 159, "that is U alone: 0.9 to this power. Each step multiplies by the slopes as well"),
        (lambda n: 74 <= n <= 76, "those are the slopes alone: 0.8 to this power. Each step multiplies by U as well"),
        (lambda n: 12 <= n <= 13, "that would be a quarter a step, as with σ. Here the slopes are 0.8, and U counts"),
        (lambda n: 102 <= n <= 103, "you take the mean of 0.9 and 0.8. They act one after the other: multiply them"),
        (lambda n: 3 <= n <= 4, "you subtract the same amount at each step. Each step takes a *share* of what is left"),
        (lambda n: 0 < n < 1, "that is a size of a gradient. Asked is after how many steps it is so small"),
        (lambda n: n <= 0, "a number of steps is positive. Both logarithms are negative, but their quotient is not"),
    ],
    otherwise="Which factor has each step? Multiply it by itself until it is below 6·10⁻⁸",
    hints=("Which two parts has the factor of one step, and what do they do to the length of a gradient?",
           "Each step multiplies by 0.9 · 0.8. You look for the smallest n with 0.72 ** n < 2 ** -24.",
           "Solve 0.72 ** n = 2 ** -24 with logarithms, np.log(2 ** -24) / np.log(0.72), and round up."))


# -------------------------------------------------------------------------------------------- 4. a leaky unit

def leaky_cases(rng):
    """Numbers for a calculator; then more units"""
    yield "two units, keep = 0.9", {"n": np.array([0.5, -0.8]), "U": np.array([[0.1, 0.2], [0.3, 0.4]]), "keep": 0.9}
    yield "five random units, keep = 0.3", {"n": rng.uniform(-0.9, 0.9, 5), "U": rng.standard_normal((5, 5)),
                                            "keep": 0.3}


def through_tanh(n, U):
    """∂n_t/∂h_{t-1} (H,H)"""
    return np.diag(1 - n ** 2) @ U.T


@exercise(
    cases=leaky_cases, outputs=Output("jacobian", "H H"),
    correct="Two roads: straight on, keep times the identity, and through tanh. With keep = 0.98 and ρ = 0.5, 50 steps "
            "leave up to 0.99⁵⁰ = 0.6; without the straight road 0.5⁵⁰ = 9e-16.",
    hints=("h_{t-1} stands in the formula twice: as it is, and inside n_t. Two roads meet, so their parts are …",
           "By the straight road unit j reaches only unit j, with the factor keep: keep * np.eye(H). Through n_t you "
           "know the matrix from above; which share does n_t get?",
           "keep * np.eye(len(U)) + (1 - keep) * (the Jacobian of n_t: slopes 1 - n ** 2, and U.T)"),
    wrong={
        (lambda n, U, keep: (1 - keep) * through_tanh(n, U)):
            "the straight road is missing: h_{t-1} also reaches h_t without tanh, with the factor keep. Add it",
        (lambda n, U, keep: keep + (1 - keep) * through_tanh(n, U)):
            "keep is added to every entry. By the straight road unit j reaches unit j only: keep * np.eye(H)",
        (lambda n, U, keep: keep * np.eye(len(U)) + through_tanh(n, U)):
            "the road through tanh has no share: n_t is multiplied by 1 - keep, and so is all that comes through it",
        (lambda n, U, keep: (1 - keep) * np.eye(len(U)) + keep * through_tanh(n, U)):
            "the shares are swapped: keep belongs to the old state, 1 - keep to the new value",
        (lambda n, U, keep: keep * np.eye(len(U)) - (1 - keep) * through_tanh(n, U)):
            "one road is subtracted from the other. Two values are added at h_t: add what comes by both",
        (lambda n, U, keep: (1 - keep) * through_tanh(n, U) * (1 - np.eye(len(U))) + keep * np.eye(len(U))):
            "keep is written over the diagonal. A unit reaches itself by both roads: add keep to what stands there",
        (lambda n, U, keep: np.eye(len(U)) + (1 - keep) * through_tanh(n, U)):
            "the straight road has the factor keep, not 1: only this share of the old state stays",
        (lambda n, U, keep: through_tanh(n, U)):
            "that is the plain network. Here h_{t-1} reaches h_t by two roads, and each has its share",
        (lambda n, U, keep: keep * (1 - keep) * through_tanh(n, U)):
            "the two roads are multiplied. They meet at h_t, where two values are added: add their derivatives, too",
        (lambda n, U, keep: keep * np.ones(len(U)) + (1 - keep) * (1 - n ** 2) @ U.T):
            "a vector stands where a matrix belongs. The slopes go on a diagonal, np.diag(1 - n ** 2), before they "
            "meet U.T, and keep goes on one, np.eye(H)",
        (lambda n, U, keep: keep * np.eye(len(U)) + (1 - keep) * (1 - n ** 2) @ U.T):
            "(1 - n ** 2) @ U.T is a vector, which is added to every row of the matrix. Put the slopes on a diagonal "
            "first: np.diag(1 - n ** 2) @ U.T",
        (lambda n, U, keep: keep + (1 - keep) * (1 - n ** 2) * U):
            "keep is added to every entry, and belongs on the diagonal alone: keep * np.eye(H). And your slopes times "
            "U are the transposed matrix: row i belongs to unit i of the later state, np.diag(1 - n ** 2) @ U.T",
        (lambda n, U, keep: keep + (1 - keep) * (1 - n ** 2) * U.T):
            "keep is added to every entry, and belongs on the diagonal alone: keep * np.eye(H). And a vector times U.T "
            "multiplies its columns; the slopes belong to its rows: np.diag(1 - n ** 2) @ U.T",
        (lambda n, U, keep: keep * np.eye(len(U)) + (1 - keep) * (1 - n ** 2)):
            "U is missing: h_{t-1} reaches n_t through U, then through tanh: np.diag(1 - n ** 2) @ U.T",
        (lambda n, U, keep: keep * np.eye(len(U)) + (1 - keep) * through_tanh((1 - keep) * n, U)):
            "you take the slope at (1 - keep) · n. It belongs to tanh alone, whose value is n: 1 - n²; the share is a "
            "factor in front",
        (lambda n, U, keep: keep * np.eye(len(U)) + (1 - keep) * through_tanh(n, U.T)):
            "U is not transposed. Row i belongs to unit i of the later state, and the weight from unit j to unit i is "
            "U[j, i]: that is U.T",
        (lambda n, U, keep: keep * np.eye(len(U)) + (1 - keep) * U.T * (1 - n ** 2)):
            "the slopes are on the wrong side of U.T: they belong to the rows, the units of the later state: "
            "np.diag(1 - n ** 2) @ U.T",
        (lambda n, U, keep: keep * np.eye(len(U)) + (1 - keep) * U.T):
            "the slope of tanh is missing: behind U comes tanh, whose slope is 1 - n²",
        (lambda n, U, keep: keep * np.eye(len(U)) + (1 - keep) * through_tanh(np.tanh(n), U)):
            "1 - tanh(n)² takes tanh once more: n is tanh of something already, so the slope is 1 - n²",
        (lambda n, U, keep: keep * np.eye(len(U)) + (1 - keep) * np.diag(n * (1 - n)) @ U.T):
            "n (1 - n) is the slope of σ. n is tanh of something, so the slope is 1 - n²",
        (lambda n, U, keep: keep * np.eye(len(U)) + (1 - keep) * np.diag(1 - n) @ U.T):
            "your slope is 1 - n. That of tanh is 1 - n², the square of its value taken from 1",
        (lambda n, U, keep: keep * np.eye(len(U)) + (1 - keep) * np.diag(n) @ U.T):
            "n is the value of tanh, not its slope: the slope is 1 - n²",
        (lambda n, U, keep: keep * np.eye(len(U)) + (1 - keep) * np.diag(1 - n ** 2) * U.T):
            "slopes and U.T are multiplied element by element, with *, so only the diagonal of U is left: "
            "np.diag(1 - n ** 2) @ U.T",
        (lambda n, U, keep: np.diag(keep + (1 - keep) * (1 - n ** 2)) @ U.T):
            "the straight road goes through U, too. There h_{t-1} is only multiplied by keep: keep * np.eye(H)",
        (lambda n, U, keep: np.diag(1 - n ** 2) @ (keep * np.eye(len(U)) + (1 - keep) * U.T)):
            "the slopes lie on the straight road, too. Only n_t goes through tanh"})
def leaky_jacobian(n, U, keep):
    """New values n_t (H,), U (H,H), keep: a share -> ∂h_t/∂h_{t-1} (H,H) of h_t = keep h_{t-1} + (1 - keep) n_t"""
    straight = keep * np.eye(len(U))
    through = through_tanh(n, U)
    return straight + (1 - keep) * through
