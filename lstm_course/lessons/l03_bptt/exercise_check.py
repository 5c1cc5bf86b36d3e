"""Exercise of lesson 03: the gradient of any loss by central differences."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.lessons.l03_bptt.exercise_backward import all_states


def check_cases(rng):
    """A cube, an array, and the loss of a small network as a function of U."""
    yield "L = Σ θ³ with ε = 0.1, the first θ is 2", {
        "loss": lambda theta: float((theta ** 3).sum()), "theta": np.array([[2.0, 1.0], [0.0, -1.0], [0.5, 3.0]]),
        "epsilon": 0.1}
    theta, mix = rng.uniform(0.5, 1.5, (2, 3)), rng.uniform(0.5, 1.5, (2, 3))
    yield "a loss that mixes six numbers, ε = 0.001", {
        "loss": lambda theta: float(np.exp(theta * mix).sum() + theta.prod()), "theta": theta, "epsilon": 1e-3}
    x, h0, W = rng.standard_normal((4, 2, 3)), rng.uniform(-0.9, 0.9, (2, 4)), rng.standard_normal((3, 4))
    U = rng.standard_normal((4, 4)) / 2
    yield "½ Σ h² of a network as a function of its W (3, 4), ε = 0.001", {
        "loss": lambda W: float((all_states(x, h0, W, U, np.zeros(4)) ** 2).sum() / 2), "theta": W, "epsilon": 1e-3}


def differences(loss, theta, epsilon, *, above=1.0, below=-1.0, over=2.0, restore=None):
    """(loss(θ + ε) - loss(θ - ε)) / 2ε for each entry of theta, which is put back; the options make the mutants."""
    gradient = np.zeros_like(theta)
    for index in np.ndindex(theta.shape):
        value = theta[index]
        theta[index] = value + above * epsilon
        high = loss(theta)
        theta[index] = value + below * epsilon
        low = loss(theta)
        gradient[index] = (high - low) / (over * epsilon)
        theta[index] = value if restore is None else restore(value, theta[index])
    return gradient


@exercise(
    cases=check_cases, outputs=Output("gradient", "N C"), rtol=1e-7,
    correct="For θ³ at 2 with ε = 0.1 you get 12.01; the true slope is 12, and the error shrinks with ε².",
    hints=("Move one entry of theta a little up, then a little down, and see how much the loss changes.",
           "For each index: loss with theta[index] + ε, minus loss with theta[index] - ε, divided by 2ε. "
           "np.ndindex(theta.shape) gives all indices of an array of any shape.",
           "old = theta[index]; theta[index] = old + epsilon; above = loss(theta); theta[index] = old - epsilon; "
           "below = loss(theta); theta[index] = old; then the quotient."))
def grad_check(loss, theta, epsilon):
    """The gradient of loss(theta) by central differences: theta any shape -> an array of the same shape"""
    return differences(loss, theta.copy(), epsilon)


@grad_check.mutant("this is the forward difference (loss(θ + ε) - loss(θ)) / ε: its error shrinks with ε only. Go to "
                   "both sides, and the error shrinks with ε²")
def forward_difference(loss, theta, epsilon):
    return differences(loss, theta.copy(), epsilon, below=0.0, over=1.0)


@grad_check.mutant("this is the backward difference (loss(θ) - loss(θ - ε)) / ε: go to both sides, and divide by 2ε")
def backward_difference(loss, theta, epsilon):
    return differences(loss, theta.copy(), epsilon, above=0.0, over=1.0)


@grad_check.mutant("everything is twice too large: from θ - ε to θ + ε it is 2ε, so divide by 2 * epsilon")
def divides_by_epsilon(loss, theta, epsilon):
    return differences(loss, theta.copy(), epsilon, over=1.0)


@grad_check.mutant("a / 2 * epsilon means (a / 2) * epsilon: put brackets round the 2 * epsilon below the line")
def brackets(loss, theta, epsilon):
    return differences(loss, theta.copy(), epsilon) * epsilon ** 2


@grad_check.mutant("ε = 1e-12 drowns in round-off: both losses agree in nearly all of their 16 digits, and the error "
                   "grows when ε shrinks. Use the epsilon that is given")
def tiny_epsilon(loss, theta, epsilon):
    return differences(loss, theta.copy(), 1e-12)


@grad_check.mutant("theta is not put back: theta[index] = old belongs after both losses, else all later entries, and "
                   "whatever uses theta next, start from a shifted theta")
def forgets_to_restore(loss, theta, epsilon):
    return differences(loss, theta, epsilon, restore=lambda old, now: now)


@grad_check.mutant("your copy of theta is not put back: theta[index] = old belongs after both losses, else all later "
                   "entries are measured beside a shifted neighbour")
def forgets_to_restore_the_copy(loss, theta, epsilon):
    return differences(loss, theta.copy(), epsilon, restore=lambda old, now: now)


@grad_check.mutant("theta comes back with round-off in it: + ε, - 2ε, + ε is not always 0 in floating point. Keep the "
                   "old value and put that back")
def restores_by_adding(loss, theta, epsilon):
    gradient = differences(loss, theta.copy(), epsilon)
    for step in (epsilon, -2 * epsilon, epsilon):
        theta += step
    return gradient


def quotient(loss, theta, step, epsilon):
    """(loss(θ + step) - loss(θ - step)) / 2ε, for a step that moves any entries."""
    return (loss(theta + step) - loss(theta - step)) / (2 * epsilon)


@grad_check.mutant("all entries are moved at once, so each place holds the sum of the slopes: move one entry at a time")
def moves_everything(loss, theta, epsilon):
    return np.full_like(theta, quotient(loss, theta, epsilon, epsilon))


@grad_check.mutant("all entries are moved at once, which gives one number, the sum of all slopes: move one entry at a "
                   "time, and keep the quotient at its place in an array like theta")
def one_number(loss, theta, epsilon):
    return quotient(loss, theta, epsilon, epsilon)


@grad_check.mutant("a whole row is moved at once: theta[i] of a matrix is a row. np.ndindex(theta.shape) gives the "
                   "index of one entry after the other")
def moves_rows(loss, theta, epsilon):
    rows = [quotient(loss, theta, epsilon * (np.arange(len(theta)) == k)[:, None], epsilon) for k in range(len(theta))]
    return np.repeat(rows, theta.shape[1]).reshape(theta.shape)


@grad_check.mutant("the quotients are right, but they stand in one long row: gradient[index] of an array like theta "
                   "keeps each at its place (or reshape to theta.shape)")
def one_long_row(loss, theta, epsilon):
    return differences(loss, theta.copy(), epsilon).ravel()


@grad_check.mutant("both losses are the same, because both names stand for one array: up = theta makes no copy. Write "
                   "up = theta.copy(), or put the old value back between the two losses")
def one_array_two_names(loss, theta, epsilon):
    return 0 * theta


@grad_check.mutant("after + ε you go back by ε only, so the second loss is that at θ itself: from θ + ε it is 2ε to θ "
                   "- ε, or set theta[index] = old - epsilon")
def half_the_way(loss, theta, epsilon):
    return differences(loss, theta.copy(), epsilon, below=0.0)


@grad_check.mutant("theta is multiplied by 1 + ε and 1 - ε: add ε and take it away; a product does not move an entry "
                   "that is 0, and moves the others by ε times their size")
def relative_step(loss, theta, epsilon):
    ones = np.eye(theta.size).reshape(-1, *theta.shape)
    return np.reshape([quotient(loss, theta, one * theta * epsilon, epsilon) for one in ones], theta.shape)


@grad_check.mutant("loss gets one number in yours: it wants the whole array theta, in which one entry is moved")
def loss_of_a_number(loss, theta, epsilon):
    return np.reshape([(loss(np.array(value + epsilon)) - loss(np.array(value - epsilon))) / (2 * epsilon)
                       for value in theta.ravel()], theta.shape)


@grad_check.mutant("the sign is wrong: the loss at θ + ε comes first, the loss at θ - ε is taken away")
def wrong_sign(loss, theta, epsilon):
    return -differences(loss, theta.copy(), epsilon)


for own, size in ((1e-2, "0.01"), (1e-3, "0.001"), (1e-4, "0.0001"), (1e-6, "0.00001 or less")):
    grad_check.mutant(f"an ε of your own, {size}, stands in it. Use the epsilon that is given")(
        lambda loss, theta, epsilon, own=own: differences(loss, theta.copy(), own))

for own in (1e-5, 1e-4, 1e-3, 1e-2):
    grad_check.mutant(f"the entry is moved by a number of your own, {own:g}, but the difference is divided by 2 * "
                      "epsilon. Use the epsilon that is given for both")(
        lambda loss, theta, epsilon, own=own: differences(loss, theta.copy(), own, over=2 * epsilon / own))
