"""Lesson 04, why the past fades: the exercises and the quiz."""

from dataclasses import replace
from numbers import Number

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import ValueExercise, exercise
from lstm_course.checking.results import WRONG
from lstm_course.gradients import gradient_flow
from lstm_course.networks import RNN
from lstm_course.training.optimizers import global_norm

# ----------------------------------------------------------------------------- 1. the product of Jacobians

# The states of the small network of the lesson for the inputs 1, 2, 1, and its U
STATES = np.array([[0.5370495669980352, 0.46211715726000974], [0.8597381843462615, 0.8836664119437349],
                   [0.7402687686506543, 0.7720626029396262]])
U = np.array([[0.1, 0.2], [0.3, 0.4]])


def product_cases(rng):
    """The example, whose product has two factors; then more of both."""
    yield "the example (three states of two units, so two factors)", {"h": STATES, "U": U}
    T, H = 5, 4
    yield f"random states (T = {T}, H = {H}, so four factors)", {
        "h": rng.uniform(-0.9, 0.9, (T, H)), "U": rng.standard_normal((H, H))}


def factors(h, U):
    """The Jacobians ∂h_t/∂h_{t-1} = diag(1 - h_t²) Uᵀ for t = 2 … T, each (H,H)"""
    return [np.diag(1 - h_t ** 2) @ U.T for h_t in h[1:]]


def multiplied(matrices):
    """The latest one on the left"""
    product = np.eye(len(matrices[0]))
    for matrix in matrices:
        product = matrix @ product
    return product


@exercise(
    cases=product_cases, outputs=Output("jacobian", "H H"),
    correct="Four factors in the right order: each with its own slopes, the latest on the left.",
    hints=("How many steps lie between h_1 and h_T? Each gives one factor; which states do their slopes come from?",
           "One factor is np.diag(1 - h[t] ** 2) @ U.T. Start with the unit matrix, np.eye(H). From which side "
           "does the factor of a later step come?",
           "In a loop over h[1:]: jacobian = (factor of this step) @ jacobian. The later factor stands on the left, "
           "because h_T is a function of h_{T-1}, which is a function of …"))
def jacobian_product(h, U):
    """States h_1 … h_T of a tanh network, h (T,H), U (H,H) -> ∂h_T/∂h_1 (H,H): row i, column j is ∂h_T[i]/∂h_1[j]"""
    return multiplied(factors(h, U))


@jacobian_product.quantities
def on_the_way(h, U):
    return {"slope": [1 - h_t ** 2 for h_t in h[1:]], "factor": factors(h, U),
            "jacobian": [multiplied(factors(h[:t + 1], U)) for t in range(1, len(h))]}


@jacobian_product.mutant("the order of the product is wrong: your factors stand in the order of time. The latest one "
                         "belongs on the left, so multiply from the left: jacobian = factor @ jacobian")
def order_of_time(h, U):
    return multiplied(factors(h, U)[::-1])


@jacobian_product.mutant("U is not transposed. Row i of a factor belongs to unit i of the *later* state, and the "
                         "weight from unit j to unit i is U[j, i]: that is U.T")
def u_not_transposed(h, U):
    return jacobian_product.reference(h, U.T)


@jacobian_product.mutant("the factors are multiplied element by element: * should be @. Every unit at one step "
                         "influences all units at the next, and @ adds up these ways")
def elementwise_product(h, U):
    return np.prod(factors(h, U), axis=0)


@jacobian_product.mutant("U ** n takes the power of each number, not of the matrix, and the slopes are missing. "
                         "Multiply step by step, in a loop, with @")
def elementwise_power(h, U):
    return U.T ** (len(h) - 1)


@jacobian_product.mutant("the slopes are collected in front of a power of U. Matrices may not be reordered: each "
                         "diag(1 - h²) has to stay with its own Uᵀ")
def slopes_collected(h, U):
    return np.diag(np.prod(1 - h[1:] ** 2, axis=0)) @ np.linalg.matrix_power(U.T, len(h) - 1)


@jacobian_product.mutant("the slopes are missing, so this is a power of Uᵀ alone. Behind each product with U comes "
                         "tanh, whose slope is 1 - h²")
def no_slopes(h, U):
    return np.linalg.matrix_power(U.T, len(h) - 1)


@jacobian_product.mutant("the slopes are on the wrong side of Uᵀ: going forward, U comes first and tanh last, so the "
                         "slopes stand on the left, diag(1 - h²) @ U.T")
def slopes_on_the_right(h, U):
    return multiplied([U.T @ np.diag(1 - h_t ** 2) for h_t in h[1:]])


@jacobian_product.mutant("each factor takes the slopes of the state *before* the step. The factor ∂h_t/∂h_{t-1} needs "
                         "the slope where tanh gives h_t: 1 - h[t] ** 2")
def slopes_of_the_state_before(h, U):
    return jacobian_product.reference(np.concatenate([h[:1], h[:-1]]), U)


@jacobian_product.mutant("there is one factor too many: the slopes of h_1 belong to ∂h_1/∂h_0. From h_1 to h_T there "
                         "are T - 1 steps, so begin with h[1]")
def one_factor_too_many(h, U):
    return jacobian_product.reference(np.concatenate([h[:1], h]), U)


@jacobian_product.mutant("the last factor is missing: ∂h_T/∂h_{T-1} belongs to it, with the slopes of the last state")
def without_the_last(h, U):
    return jacobian_product.reference(h[:-1], U)


@jacobian_product.mutant("the factors are added. The chain rule multiplies along a chain; sums come where several "
                         "*ways* meet")
def added(h, U):
    return np.sum(factors(h, U), axis=0)


@jacobian_product.mutant("1 - tanh(h)² takes tanh once more: h is tanh of something already, so the slope is 1 - h²")
def tanh_twice(h, U):
    return multiplied([np.diag(1 - np.tanh(h_t) ** 2) @ U.T for h_t in h[1:]])


@jacobian_product.mutant("h (1 - h) is the slope of σ. These are tanh units: 1 - h²")
def slope_of_sigmoid(h, U):
    return multiplied([np.diag(h_t * (1 - h_t)) @ U.T for h_t in h[1:]])


@jacobian_product.mutant("your matrix is transposed: row i should belong to unit i of h_T, column j to unit j of h_1")
def transposed(h, U):
    return jacobian_product.reference(h, U).T


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


def scaled(grad_W, grad_U, scale):
    return grad_W * scale, grad_U * scale


@exercise(
    cases=clip_cases, outputs=(Output("grad_W", "I H"), Output("grad_U", "H H")), rtol=1e-5,
    correct="Both arrays are shortened by the same factor, and short gradients are left alone.",
    hints=("The whole gradient is *one* long vector; grad_W and grad_U are pieces of it. How long is it?",
           "norm = np.sqrt((grad_W ** 2).sum() + (grad_U ** 2).sum()). By which factor must both be multiplied, so "
           "that this becomes max_norm? And if it is shorter already?",
           "scale = min(1, max_norm / norm); return grad_W * scale, …"))
def clip_by_norm(grad_W, grad_U, max_norm):
    """Two gradients (I,H), (H,H) -> the same two, shortened together if their global norm exceeds max_norm"""
    return scaled(grad_W, grad_U, min(1.0, max_norm / global_norm([grad_W, grad_U])))


@clip_by_norm.mutant("each array is clipped by itself, so (3, 4) becomes (1, 1) and points elsewhere. Take one norm of "
                     "all numbers together, and one factor for both")
def each_array_separately(grad_W, grad_U, max_norm):
    return tuple(grad * min(1.0, max_norm / np.linalg.norm(grad)) for grad in (grad_W, grad_U))


@clip_by_norm.mutant("short gradients are made longer: 0.3 and 0.4 become 0.6 and 0.8. Divide only if the norm is "
                     "larger than max_norm: scale = min(1, max_norm / norm)")
def divides_even_when_small(grad_W, grad_U, max_norm):
    return scaled(grad_W, grad_U, max_norm / global_norm([grad_W, grad_U]))


@clip_by_norm.mutant("that is clipping by value: every number is cut by itself, which changes the direction. Multiply "
                     "all of them by one factor instead")
def clips_by_value(grad_W, grad_U, max_norm):
    return np.clip(grad_W, -max_norm, max_norm), np.clip(grad_U, -max_norm, max_norm)


@clip_by_norm.mutant("the square root is missing: the norm is the root of the sum of squares, 5 for (3, 4), not 25")
def no_square_root(grad_W, grad_U, max_norm):
    return scaled(grad_W, grad_U, min(1.0, max_norm / global_norm([grad_W, grad_U]) ** 2))


@clip_by_norm.mutant("the two norms are added: (3, 4) has norm 5, not 7. Add the squares, then take the root")
def sum_of_the_norms(grad_W, grad_U, max_norm):
    return scaled(grad_W, grad_U, min(1.0, max_norm / (np.linalg.norm(grad_W) + np.linalg.norm(grad_U))))


@clip_by_norm.mutant("only the larger of the two norms counts in yours: all numbers of both arrays make the norm, 5 "
                     "for (3, 4), not 4")
def the_larger_norm(grad_W, grad_U, max_norm):
    return scaled(grad_W, grad_U, min(1.0, max_norm / max(np.linalg.norm(grad_W), np.linalg.norm(grad_U))))


@clip_by_norm.mutant("the absolute values are added up instead of the squares: the norm is √(Σ g²)")
def sum_of_sizes(grad_W, grad_U, max_norm):
    return scaled(grad_W, grad_U, min(1.0, max_norm / (np.abs(grad_W).sum() + np.abs(grad_U).sum())))


@clip_by_norm.mutant("a long gradient always becomes one of length 1; it should get the length max_norm")
def always_to_one(grad_W, grad_U, max_norm):
    norm = global_norm([grad_W, grad_U])
    return scaled(grad_W, grad_U, 1.0 if norm <= max_norm else 1 / norm)


@clip_by_norm.mutant("that divides by max_norm, whatever the norm is, so a very long gradient stays long. The "
                     "factor is max_norm / norm")
def divides_by_the_limit(grad_W, grad_U, max_norm):
    return scaled(grad_W, grad_U, 1.0 if global_norm([grad_W, grad_U]) <= max_norm else 1 / max_norm)


@clip_by_norm.mutant("a long gradient becomes 0, so nothing would be learned from it. Shorten it: its direction "
                     "is good")
def throws_it_away(grad_W, grad_U, max_norm):
    return scaled(grad_W, grad_U, float(global_norm([grad_W, grad_U]) <= max_norm))


# ----------------------------------------------------------------------------- 3. a scale at which the norm holds

NETWORKS, LOW, HIGH = (0, 1, 2), 0.5, 2.0


def norm_after(rho, seed, T=50):
    """‖∂h_T/∂h_0‖ of a tanh network with 32 units whose U is orthogonal times rho; input: noise of size 0.3"""
    rng = np.random.default_rng(seed)
    layer = RNN(1, 32, rng=rng)
    layer.parameters["U"] *= rho
    return float(gradient_flow(layer, 0.3 * rng.standard_normal((T, 1, 1))).h[0])


class HoldingScale(ValueExercise):
    """A scale is right if the norm holds in every one of the networks. They are run for each answer."""

    def _near(self, given, number):
        if number != self.answer:
            return super()._near(given, number)
        return 0 < given < 10 and all(LOW <= norm_after(given, seed) <= HIGH for seed in NETWORKS)

    def judge(self, attempt, rng):
        result = super().judge(attempt, rng)
        if result.status != WRONG or not isinstance(attempt, Number) or not 0 < attempt < 10:
            return result
        norms = ", ".join(f"{norm_after(float(attempt), seed):.3g}" for seed in NETWORKS)
        return replace(result, details=(f"Measured in three networks: {norms}.", *result.details))


holding_scale = HoldingScale(
    "holding_scale", 1.05,
    correct="In all three networks the norm after 50 steps lies between 0.5 and 2. A little more than 1: U has to make "
            "good what the slopes of tanh take away.",
    wrong=[
        (1.0, "an orthogonal U with ρ = 1 keeps every length, but tanh does not: its slopes are below 1 wherever the "
              "state is not 0. Something has to make up for them"),
        (0.25, "¼ is the largest slope of σ. Here the units are tanh, and ρ is the scale of U"),
        (0.5, "U halves the gradient at each of the 50 steps"),
        (4.0, "1 / ¼ would make up for the slope of σ. The slopes of tanh are near 1 as long as the states are small"),
        (1.1, "U is a little too strong now: 1.1 to the power of 50 is 117, and the slopes do not take that much"),
        (lambda rho: rho <= 0, "ρ is a size, so it is positive; with 0 there is no recurrence at all"),
    ],
    tolerance=0.0, otherwise="Halve the interval between a ρ that is too small and one that is too large. The explorer "
                             "has the same networks, 0, 1 and 2",
    hints=("With ρ = 1 the norm is too small, with ρ = 1.5 it is in the hundreds. Try a number in between.",
           "If the norm after 50 steps is N, each step multiplied by the 50th root of N. To come from N to 1, ρ has to "
           "be divided by about that root.",
           "With ρ = 1 network 0 has a norm of about 0.14, and its 50th root is 0.961. So ρ is about 1 / 0.961, plus "
           "a little, because larger states have smaller slopes."))
