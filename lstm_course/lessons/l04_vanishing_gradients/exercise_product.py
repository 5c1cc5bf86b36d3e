"""Lesson 04, exercise 2: the product of the Jacobians of a tanh network."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise

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


@jacobian_product.mutant("that is the first factor only, ∂h_2/∂h_1. If `return` stands in the loop, it ends in the "
                         "first round: move it to the left, below the loop")
def returned_in_the_loop(h, U):
    return factors(h, U)[0]


@jacobian_product.mutant("the factors stand in the wrong order, that of h_2 on the left and that of h_T on the right: "
                         "the loop and the product do not fit together. If the loop runs forward in time, write "
                         "jacobian = factor @ jacobian; if it runs backwards, jacobian @ factor. Change one of the two")
def order_of_time(h, U):
    return multiplied(factors(h, U)[::-1])


@jacobian_product.mutant("the slopes act on the columns: a vector times a matrix, (1 - h²) * (…), multiplies column j "
                         "by number j. The slope of unit i belongs to row i: np.diag(1 - h[t] ** 2) @ U.T @ jacobian")
def slopes_on_columns(h, U):
    jacobian = np.eye(len(U))
    for h_t in h[1:]:
        jacobian = (1 - h_t ** 2) * (U.T @ jacobian)
    return jacobian


@jacobian_product.mutant("a vector of slopes stands where a matrix belongs: (1 - h²) @ U.T adds up the rows and leaves "
                         "a vector. Put the slopes on a diagonal: np.diag(1 - h[t] ** 2) @ U.T")
def slopes_as_a_vector(h, U):
    jacobian = np.eye(len(U))
    for h_t in h[1:]:
        jacobian = (1 - h_t ** 2) @ U.T @ jacobian
    return jacobian


@jacobian_product.mutant("you begin with a matrix full of ones. What changes nothing in a matrix product is the unit "
                         "matrix, ones on the diagonal alone: np.eye(len(U))")
def begun_with_ones(h, U):
    return multiplied(factors(h, U)) @ np.ones_like(U)


@jacobian_product.mutant("you begin with the number 1, and @ wants matrices. Begin with the unit matrix: "
                         "np.eye(len(U))")
def begun_with_the_number_one(h, U):
    return factors(h, U)[0] @ 1


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


@jacobian_product.mutant("within a factor, slopes and U.T are multiplied element by element, with *, so off the "
                         "diagonal all is 0: np.diag(1 - h[t] ** 2) @ U.T")
def diagonal_times_element_by_element(h, U):
    return multiplied([np.diag(1 - h_t ** 2) * U.T for h_t in h[1:]])


@jacobian_product.mutant("only the last factor is left: each round overwrites those before. Multiply it by what is "
                         "there already: jacobian = factor @ jacobian")
def overwritten_in_the_loop(h, U):
    return factors(h, U)[-1]


@jacobian_product.mutant("the first factor is missing: ∂h_2/∂h_1 belongs to it, with the slopes of h_2, which is h[1]: "
                         "rows are counted from 0")
def without_the_first(h, U):
    return multiplied(factors(h, U)[1:])


@jacobian_product.mutant("all of yours are 0: a product that begins with zeros stays 0. What changes nothing in a "
                         "matrix product is the unit matrix: np.eye(len(U))")
def begun_with_zeros(h, U):
    return np.zeros_like(U)


@jacobian_product.mutant("you begin with U.T, so there is one U too many. Each U belongs to one factor, with its "
                         "slopes: begin with np.eye(len(U))")
def begun_with_u(h, U):
    return multiplied(factors(h, U)) @ U.T


@jacobian_product.mutant("h² is the share that tanh loses of its slope: the slope is 1 - h²")
def squares_for_slopes(h, U):
    return multiplied([np.diag(h_t ** 2) @ U.T for h_t in h[1:]])


@jacobian_product.mutant("your slope is 1 - h. That of tanh is 1 - h², the square of its value taken from 1")
def slopes_without_the_square(h, U):
    return multiplied([np.diag(1 - h_t) @ U.T for h_t in h[1:]])


@jacobian_product.mutant("1 - 2h stands where the slope of tanh belongs: 1 - h², h times h, in Python h ** 2")
def doubled_for_squared(h, U):
    return multiplied([np.diag(1 - 2 * h_t) @ U.T for h_t in h[1:]])
