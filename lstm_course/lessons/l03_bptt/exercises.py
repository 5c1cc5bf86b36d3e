"""Lesson 03, backpropagation through time: the exercises and the quiz."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.checking.ordering import order
from lstm_course.networks import cells
from lstm_course.networks.functions import sigmoid_slope, tanh_slope

# ------------------------------------------------------------------ 1. the backward pass of a whole sequence

def backward_cases(rng):
    """The example of the lesson, then random sequences with a gradient at every step."""
    W, U, b = np.ones((1, 2)), np.eye(2) / 2, np.zeros(2)
    x, h0 = np.zeros((3, 4, 1)), np.zeros((4, 2))
    x[0] = 1.0
    states, last = all_states(x, h0, W, U, b), np.zeros((3, 4, 2))
    last[-1, 0, 0] = states[-1, 0, 0]
    yield "the example w = 1, u = 0.5, x = (1, 0, 0), L = ½ h₃² (sequence 0, unit 0; T = 3, B = 4, I = 1, H = 2)", {
        "x": x, "h0": h0, "states": states, "grad_outputs": last, "W": W, "U": U}
    T, B, I, H = 5, 3, 2, 4
    W, U, b = rng.standard_normal((I, H)), rng.standard_normal((H, H)) / 2, rng.standard_normal(H) / 2
    x, h0 = rng.standard_normal((T, B, I)), rng.uniform(-0.9, 0.9, (B, H))
    yield f"random sequences (T = {T}, B = {B}, I = {I}, H = {H}, h0 not 0, a gradient at every step)", {
        "x": x, "h0": h0, "states": all_states(x, h0, W, U, b), "grad_outputs": rng.standard_normal((T, B, H)),
        "W": W, "U": U}


def all_states(x, h, W, U, b):
    """x (T,B,I), h (B,H) -> the states after each step (T,B,H)."""
    states = []
    for x_t in x:
        h = cells.rnn_step(x_t, h, W, U, b)
        states.append(h)
    return np.stack(states)


def backward(x, h0, states, grad_outputs, W, U, *, road=None, slope=tanh_slope, steps=None, carry=None, beside=None,
             total=sum):
    """Back through the sequence; the options make the mutants.

    road: the matrix on the way from delta_{t+1} to h_t. slope: a function of h_t. steps: the order of the steps.
    carry(delta, grad_h): what goes on to the step before. beside (T,B,H): what stands beside delta in grad_U.
    total: the contributions of the steps, as they were computed -> the gradient.
    """
    road = U.T if road is None else road
    beside = states_before(h0, states) if beside is None else beside
    parts, carried = [], np.zeros_like(h0)
    for t in reversed(range(len(x))) if steps is None else steps:
        grad_h = grad_outputs[t] + carried @ road
        delta = grad_h * slope(states[t])
        carried = delta if carry is None else carry(delta, grad_h)
        parts.append((x[t].T @ delta, beside[t].T @ delta, delta.sum(axis=0)))
    return tuple(total(list(part)) for part in zip(*parts, strict=True))


def states_before(first, states):
    """h_{t-1} for each step (T,B,H)."""
    return np.concatenate([first[None], states[:-1]])


@exercise(
    cases=backward_cases, outputs=(Output("grad_W", "I H"), Output("grad_U", "H H"), Output("grad_b", "H")),
    correct="W, U and b agree for the example and for random sequences (T = 5, B = 3, I = 2, H = 4, h0 not 0).",
    hints=("Go through the steps from the last to the first. Two things arrive at h_t: what the loss says about it "
           "directly, and what comes back from step t + 1.",
           "In each step: grad_h = grad_outputs[t] + delta @ U.T with the delta of step t + 1 (0 at first), then "
           "delta = grad_h * (1 - states[t] ** 2). Three products of delta are added to the three sums.",
           "grad_W += x[t].T @ delta, grad_U += h_prev.T @ delta, grad_b += delta.sum(axis=0), where h_prev is "
           "states[t - 1], and h0 if t is 0. Note that states[-1] is the last state, not h0."))
def rnn_backward(x, h0, states, grad_outputs, W, U):
    """Back through an RNN: x (T,B,I), h0 (B,H), states (T,B,H), grad_outputs (T,B,H) -> grads of W, U, b"""
    return backward(x, h0, states, grad_outputs, W, U)


@rnn_backward.mutant("\"=\" where \"+=\" should be: only the contribution of t = 0, the last one to be computed, is "
                     "left. W, U and b are used at every step, so add up")
def overwrites_the_sum(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, total=lambda parts: parts[-1])


@rnn_backward.mutant("the future is missing: h_t also reaches the loss through h_{t+1}, so delta @ U.T of the step "
                     "after has to be added to grad_outputs[t]")
def no_future(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, road=0 * U)


@rnn_backward.mutant("grad_U is made with h_t. In step t, U is multiplied by h_{t-1}, so h_{t-1} stands beside delta")
def h_now_for_u(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, beside=states)


@rnn_backward.mutant("states[t - 1] is states[-1] for t = 0, and that is the *last* state. Before the first step "
                     "stands h0")
def last_state_for_h0(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, beside=states_before(states[-1], states))


@rnn_backward.mutant("h0 is left out: at t = 0, U is multiplied by h0. The example cannot show it, because its h0 is 0")
def ignores_h0(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, beside=states_before(0 * h0, states))


@rnn_backward.mutant("the slope of tanh is missing: delta = grad_h * (1 - h ** 2). Without it you have the gradient "
                     "of a network without tanh")
def no_slope(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, slope=np.ones_like)


@rnn_backward.mutant("h * (1 - h) is the slope of the sigmoid; that of tanh is 1 - h ** 2")
def slope_of_sigmoid(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, slope=sigmoid_slope)


@rnn_backward.mutant("tanh is taken twice: h is already the output of tanh, so its slope is 1 - h ** 2, "
                     "not 1 - np.tanh(h) ** 2")
def slope_of_tanh_of_tanh(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, slope=lambda h: 1 - np.tanh(h) ** 2)


@rnn_backward.mutant("U is not transposed on the way back: forward it was h @ U, so backward it is delta @ U.T. With "
                     "one unit both are the same")
def untransposed(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, road=U)


@rnn_backward.mutant("the loop runs forward in time: delta of step t needs delta of step t + 1, so begin with the "
                     "last step")
def forward_in_time(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, steps=range(len(x)))


@rnn_backward.mutant("the first step, t = 0, is left out: the loop must run down to 0, as reversed(range(T)) does")
def stops_at_one(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, steps=range(len(x) - 1, 0, -1))


@rnn_backward.mutant("what goes on to the step before lacks the slope: carry delta, not grad_h, through U.T")
def carries_grad_h(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, carry=lambda delta, grad_h: grad_h)


@rnn_backward.mutant("only the loss at the last step counts in yours: add grad_outputs[t] at every step")
def last_loss_only(x, h0, states, grad_outputs, W, U):
    only = np.zeros_like(grad_outputs)
    only[-1] = grad_outputs[-1]
    return backward(x, h0, states, only, W, U)


@rnn_backward.mutant("the contributions are averaged over the steps. A derivative is a sum over all the ways in which "
                     "a weight acts: add, do not divide by T")
def averages(x, h0, states, grad_outputs, W, U):
    return backward(x, h0, states, grad_outputs, W, U, total=lambda parts: sum(parts) / len(parts))


@rnn_backward.mutant("grad_U is transposed: forward it was h_prev @ U, so it is h_prev.T @ delta, with the rows of "
                     "h_prev")
def transposed_product(x, h0, states, grad_outputs, W, U):
    grad_W, grad_U, grad_b = backward(x, h0, states, grad_outputs, W, U)
    return grad_W, grad_U.T, grad_b


# ----------------------------------------------------------------------------------- 2. check it by differences

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
                   "whoever uses theta next, start from a shifted theta")
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


@grad_check.mutant("all entries are moved at once, so each place holds the sum of the slopes: move one entry at a time")
def moves_everything(loss, theta, epsilon):
    change = (loss(theta + epsilon) - loss(theta - epsilon)) / (2 * epsilon)
    return np.full_like(theta, change)


@grad_check.mutant("the sign is wrong: the loss at θ + ε comes first, the loss at θ - ε is taken away")
def wrong_sign(loss, theta, epsilon):
    return -differences(loss, theta.copy(), epsilon)


for own, size in ((1e-2, "0.01"), (1e-3, "0.001"), (1e-4, "0.0001"), (1e-6, "0.00001 or less")):
    grad_check.mutant(f"an ε of your own, {size}, stands in it. Use the epsilon that is given")(
        lambda loss, theta, epsilon, own=own: differences(loss, theta.copy(), own))


# ------------------------------------------------------------- 3. the lines of the adder's backward loop, shuffled

backward_order = order(
    "backward_order",
    lines={1: "delta_next = delta", 2: "grad_U += h_prev.T @ delta", 3: "grad_h = delta_y[t] @ V.T + delta_next @ U.T",
           4: "delta = grad_h * h * (1 - h)", 5: "h, h_prev = hidden[t + 1], hidden[t]", 6: "grad_W += x[t].T @ delta"},
    before={
        (3, 1): "else delta_next, the delta of step t + 1, is overwritten before it was used",
        (3, 4): "else delta is made from the grad_h of another step (in the first round there is none at all)",
        (4, 1): "else delta_next gets the old delta, and the step before receives what is one step too old",
        (5, 4): "else the slope h * (1 - h) is that of another step",
        (4, 2): "else U gets the delta of another step (in the first round there is none at all)",
        (4, 6): "else W gets the delta of another step (in the first round there is none at all)",
    },
    wrong={(1, 2, 6, 4, 3, 5): "this is upside down. Only t runs backwards; inside the loop the lines run from top to "
                               "bottom, as always"},
    correct="Lines 5 and 3 may change places, and so may 6, 2 and 1: what counts is that nothing is used before it is "
            "made, or overwritten before it is used.",
    hints=("Which names does each line need, and which line makes them? Nothing can be used before it is made.",
           "One round: fetch the states; collect what arrives at h from the output and from the future; go back "
           "through the sigmoid; use delta for the weights; keep it for the next round.",
           "It may begin with 5, 3, 4. After 4 the delta of this step is known, and three lines use it."))


# ----------------------------------------------------------------------------------- 4. the adder's layer_1_delta

def delta_cases(rng):
    """Two units to check by hand, then random numbers for three sequences."""
    yield "two units: in sequence 0 layer_1 = (0.5, 0.8), future (0.1, -0.2), layer_2_delta = 0.3", {
        "future_layer_1_delta": np.array([[0.1, -0.2], [0.0, 0.5], [-0.1, 0.0]]),
        "layer_2_delta": np.array([[0.3], [0.1], [-0.2]]), "layer_1": np.array([[0.5, 0.8], [0.2, 0.5], [0.9, 0.6]]),
        "U": np.array([[0.1, 0.2], [0.3, 0.4]]), "V": np.array([[1.0], [2.0]])}
    B, H = 3, 5
    yield f"random numbers (B = {B}, H = {H})", {
        "future_layer_1_delta": rng.standard_normal((B, H)), "layer_2_delta": rng.standard_normal((B, 1)),
        "layer_1": rng.uniform(0.1, 0.9, (B, H)), "U": rng.standard_normal((H, H)), "V": rng.standard_normal((H, 1))}


@exercise(
    cases=delta_cases, outputs=Output("layer_1_delta", "B H"),
    correct="It is δ_t = (∂L/∂h_t from the output + δ_{t+1} Uᵀ) ⊙ h_t (1 - h_t), under another name.",
    hints=("It is the formula for δ_t of this lesson with other names: layer_1 is h_t. What are the two things that "
           "arrive at h_t?",
           "From the output comes layer_2_delta @ V.T, from the future future_layer_1_delta @ U.T. Their sum goes back "
           "through the sigmoid.",
           "The units are sigmoids, and layer_1 is their output: the slope is layer_1 * (1 - layer_1), and it "
           "multiplies the whole sum."))
def layer_1_delta(future_layer_1_delta, layer_2_delta, layer_1, U, V):
    """δ of the adder's hidden units: future (B,H), layer_2_delta (B,1), layer_1 (B,H), U (H,H), V (H,1) -> (B,H)"""
    return (future_layer_1_delta @ U.T + layer_2_delta @ V.T) * sigmoid_slope(layer_1)


@layer_1_delta.mutant("U is not transposed: forward it was h @ U, so on the way back it is @ U.T")
def adder_untransposed(future_layer_1_delta, layer_2_delta, layer_1, U, V):
    return (future_layer_1_delta @ U + layer_2_delta @ V.T) * sigmoid_slope(layer_1)


@layer_1_delta.mutant("the future is missing: h_t also acts on the later columns, so add future_layer_1_delta @ U.T")
def adder_without_future(future_layer_1_delta, layer_2_delta, layer_1, U, V):
    return layer_2_delta @ V.T * sigmoid_slope(layer_1)


@layer_1_delta.mutant("the output of this very column is missing: add layer_2_delta @ V.T")
def adder_without_output(future_layer_1_delta, layer_2_delta, layer_1, U, V):
    return future_layer_1_delta @ U.T * sigmoid_slope(layer_1)


@layer_1_delta.mutant("the slope is missing: the sum arrives at h, and has to go back through the sigmoid, "
                      "times layer_1 * (1 - layer_1)")
def adder_without_slope(future_layer_1_delta, layer_2_delta, layer_1, U, V):
    return future_layer_1_delta @ U.T + layer_2_delta @ V.T


@layer_1_delta.mutant("1 - h ** 2 is the slope of tanh. The adder's units are sigmoids: h * (1 - h)")
def adder_tanh_slope(future_layer_1_delta, layer_2_delta, layer_1, U, V):
    return (future_layer_1_delta @ U.T + layer_2_delta @ V.T) * tanh_slope(layer_1)


@layer_1_delta.mutant("the sigmoid is taken twice: layer_1 is already its output, so the slope is layer_1 * (1 - "
                      "layer_1)")
def adder_sigmoid_twice(future_layer_1_delta, layer_2_delta, layer_1, U, V):
    return (future_layer_1_delta @ U.T + layer_2_delta @ V.T) * sigmoid_slope(1 / (1 + np.exp(-layer_1)))


@layer_1_delta.mutant("the slope multiplies the output's part only: put brackets round the whole sum")
def adder_slope_on_output(future_layer_1_delta, layer_2_delta, layer_1, U, V):
    return future_layer_1_delta @ U.T + layer_2_delta @ V.T * sigmoid_slope(layer_1)


@layer_1_delta.mutant("the slope multiplies the future's part only: put brackets round the whole sum")
def adder_slope_on_future(future_layer_1_delta, layer_2_delta, layer_1, U, V):
    return future_layer_1_delta @ U.T * sigmoid_slope(layer_1) + layer_2_delta @ V.T
