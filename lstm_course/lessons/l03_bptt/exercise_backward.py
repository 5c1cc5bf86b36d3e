"""Exercises of lesson 03: one step of the adder's backward pass, and the backward pass of a whole sequence."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.networks import cells
from lstm_course.networks.functions import sigmoid_slope, tanh_slope

# ------------------------------------------------------------------------------- More: one step, the adder's delta

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
    correct="It is δ_t = (ℓ_t + δ_{t+1} Uᵀ) ⊙ h_t (1 - h_t), where ℓ_t comes from the output, under another name.",
    hints=("It is the formula for δ_t of this lesson with other names: layer_1 is h_t. What are the two things that "
           "arrive at h_t?",
           "From the output comes layer_2_delta @ V.T, from the future future_layer_1_delta @ U.T. Their sum goes back "
           "through the sigmoid.",
           "The units are sigmoids, and layer_1 is their output: the slope is layer_1 * (1 - layer_1), and it "
           "multiplies the whole sum."))
def layer_1_delta(future_layer_1_delta, layer_2_delta, layer_1, U, V):
    """δ of the adder's hidden units: future (B,H), layer_2_delta (B,1), layer_1 (B,H), U (H,H), V (H,1) -> (B,H)"""
    return one_step(future_layer_1_delta, layer_2_delta, layer_1, U, V)


def one_step(future, above, h, U, V, *, road=None, parts=(1, 1), slope=sigmoid_slope):
    """The two parts, each with its factor, back through the slope; the options make the wrong answers."""
    road = U.T if road is None else road
    return (parts[0] * future @ road + parts[1] * above @ V.T) * slope(h)


@layer_1_delta.mutant("U is not transposed: forward it was h @ U, so on the way back it is @ U.T")
def adder_untransposed(future, above, h, U, V):
    return one_step(future, above, h, U, V, road=U)


@layer_1_delta.mutant("U is missing: h_t went into the next step through U, so its delta comes back through U.T")
def adder_without_u(future, above, h, U, V):
    return one_step(future, above, h, U, V, road=np.eye(len(U)))


@layer_1_delta.mutant("the future is missing: h_t also acts on the later columns, so add future_layer_1_delta @ U.T")
def adder_without_future(future, above, h, U, V):
    return one_step(future, above, h, U, V, parts=(0, 1))


@layer_1_delta.mutant("the output of this very column is missing: add layer_2_delta @ V.T")
def adder_without_output(future, above, h, U, V):
    return one_step(future, above, h, U, V, parts=(1, 0))


@layer_1_delta.mutant("the two parts are subtracted: both are changes of the same loss, so they add")
def adder_subtracts(future, above, h, U, V):
    return one_step(future, above, h, U, V, parts=(1, -1))


@layer_1_delta.mutant("the slope is missing: the sum arrives at h, and has to go back through the sigmoid, "
                      "times layer_1 * (1 - layer_1)")
def adder_without_slope(future, above, h, U, V):
    return one_step(future, above, h, U, V, slope=np.ones_like)


@layer_1_delta.mutant("1 - h ** 2 is the slope of tanh. The adder's units are sigmoids: h * (1 - h)")
def adder_tanh_slope(future, above, h, U, V):
    return one_step(future, above, h, U, V, slope=tanh_slope)


@layer_1_delta.mutant("the sigmoid is taken twice: layer_1 is already its output, so the slope is layer_1 * (1 - "
                      "layer_1)")
def adder_sigmoid_twice(future, above, h, U, V):
    return one_step(future, above, h, U, V, slope=lambda h: sigmoid_slope(1 / (1 + np.exp(-h))))


@layer_1_delta.mutant("of the slope h * (1 - h) only 1 - h is there: multiply by layer_1, too")
def adder_half_a_slope(future, above, h, U, V):
    return one_step(future, above, h, U, V, slope=lambda h: 1 - h)


@layer_1_delta.mutant("of the slope h * (1 - h) only h is multiplied: put brackets round 1 - layer_1")
def adder_no_bracket(future, above, h, U, V):
    return one_step(future, above, h, U, V, slope=lambda h: h) - h


@layer_1_delta.mutant("the slope multiplies the output's part only: put brackets round the whole sum")
def adder_slope_on_output(future, above, h, U, V):
    return future @ U.T + above @ V.T * sigmoid_slope(h)


@layer_1_delta.mutant("the slope multiplies the future's part only: put brackets round the whole sum")
def adder_slope_on_future(future, above, h, U, V):
    return future @ U.T * sigmoid_slope(h) + above @ V.T


@layer_1_delta.mutant("the slope is that of this step, so it comes after U.T: first collect what arrives at h_t, then "
                      "go back through its sigmoid")
def adder_slope_before_u(future, above, h, U, V):
    return (future * sigmoid_slope(h)) @ U.T + above @ V.T


@layer_1_delta.mutant("the output's part goes through U as well: layer_2_delta @ V.T arrives at h_t directly, only the "
                      "future comes through U.T")
def adder_all_through_u(future, above, h, U, V):
    return (future + above @ V.T) @ U.T * sigmoid_slope(h)


@layer_1_delta.mutant("U and V have changed roles: future_layer_1_delta comes through U.T, layer_2_delta through V.T")
def adder_roles_changed(future, above, h, U, V):
    return (future @ V.T + above @ U.T) * sigmoid_slope(h)


# ------------------------------------------------------------------------ the backward pass of a whole sequence

def backward_cases(rng):
    """The example of the lesson, then random sequences with a gradient at every step."""
    W, U, b = np.ones((1, 2)), np.eye(2) / 2, np.zeros(2)
    x, h0 = np.zeros((3, 4, 1)), np.zeros((4, 2))
    x[0] = 1.0
    states = all_states(x, h0, W, U, b)
    looks = np.zeros((3, 4, 2))
    looks[:, 0, 0] = states[:, 0, 0]
    yield ("the example w = 1, u = 0.5, x = (1, 0, 0), L = Σ ½ h_t² (in sequence 0, unit 0; T = 3, B = 4, I = 1, "
           "H = 2)"), {"x": x, "h0": h0, "states": states, "grad_outputs": looks, "W": W, "U": U}
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


def states_before(first, states):
    """h_{t-1} for each step (T,B,H)."""
    return np.concatenate([first[None], states[:-1]])


def walk(x, h0, states, grad_outputs, W, U, *, road=None, slope=tanh_slope, steps=None, arrives=None, back=None,
         carry=None, seen=None, slopes_at=None):
    """Back through the sequence -> {"direct", "future", "grad_h", "delta"}: lists in the order of the rounds.

    The options make the wrong answers. road: the matrix on the way from delta_{t+1} to h_t. slope: a function of h_t,
    or of slopes_at[t] (T,B,H). steps: the order of the steps. arrives(direct, future, grad_h of the round before).
    back(grad_h, slope, direct, future) -> delta. carry(delta, grad_h, slope): what goes on to the step before.
    """
    road, found = U.T if road is None else road, {"direct": [], "future": [], "grad_h": [], "delta": []}
    arrives = arrives or (lambda direct, future, last: direct + future)
    back = back or (lambda grad_h, slope, direct, future: grad_h * slope)
    carry = carry or (lambda delta, grad_h, slope: delta)
    carried, grad_h = np.zeros_like(h0), np.zeros_like(h0)
    for t in reversed(range(len(x))) if steps is None else steps:
        direct, future = grad_outputs[t], carried @ road
        slope_t = slope((states if slopes_at is None else slopes_at)[t])
        grad_h = arrives(direct, future, grad_h)
        delta = back(grad_h, slope_t, direct, future)
        carried = carry(delta, grad_h, slope_t)
        for name, value in zip(found, (direct, future, grad_h, delta), strict=True):
            found[name].append(value)
    return found


def backward(x, h0, states, grad_outputs, W, U, *, steps=None, beside=None, inputs=None, total=sum,
             bias=lambda delta: delta.sum(axis=0), **options):
    """The three gradients. beside, inputs (T,B,.): what stands beside delta in grad_U and grad_W."""
    steps = list(reversed(range(len(x)))) if steps is None else list(steps)
    beside = states_before(h0, states) if beside is None else beside
    inputs = x if inputs is None else inputs
    deltas = walk(x, h0, states, grad_outputs, W, U, steps=steps, **options)["delta"]
    parts = [(inputs[t].T @ delta, beside[t].T @ delta, bias(delta)) for t, delta in zip(steps, deltas, strict=True)]
    return tuple(total(list(part)) for part in zip(*parts, strict=True))


@exercise(
    cases=backward_cases, outputs=(Output("grad_W", "I H"), Output("grad_U", "H H"), Output("grad_b", "H")),
    correct="W, U and b agree for the example and for random sequences (T = 5, B = 3, I = 2, H = 4, h0 not 0).",
    hints=("Go through the steps from the last to the first. Two things arrive at h_t: what the loss says about it "
           "directly, and what comes back from step t + 1.",
           "In each round: grad_h = grad_outputs[t] + future, where future = delta @ U.T with the delta of step t + 1 "
           "(0 at first); then delta = grad_h * (1 - states[t] ** 2). Three products of delta are added to the sums.",
           "grad_W += x[t].T @ delta, grad_U += h_prev.T @ delta, grad_b += delta.sum(axis=0), where h_prev is "
           "states[t - 1], and h0 if t is 0. Note that states[-1] is the last state, not h0."))
def rnn_backward(x, h0, states, grad_outputs, W, U):
    """Back through an RNN: x (T,B,I), h0 (B,H), states (T,B,H), grad_outputs (T,B,H) -> grads of W, U, b"""
    return backward(x, h0, states, grad_outputs, W, U)


@rnn_backward.quantities
def on_the_way(x, h0, states, grad_outputs, W, U):
    """What is computed in each round; not the future, which some set at the end of the round before."""
    found = walk(x, h0, states, grad_outputs, W, U)
    named = {name: found[name] for name in ("direct", "grad_h", "delta")}
    return named | {"future": None, "slope": [1 - h ** 2 for h in states[::-1]],
                    "h_prev": list(states_before(h0, states)[::-1])}
