"""Lesson 09, the carousel: the exercises and the quiz."""

import numpy as np

from lstm_course import LSTM
from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise

# ------------------------------------------------------------------- 1. the forget bias for a half-life

def half_life_cases(rng):
    """A half-life of one step, then some longer ones."""
    yield "n = 1, where half is lost at each step, and n = 2", {"n": np.array([1.0, 2.0])}
    yield "n = 5, 14 and 30 steps", {"n": np.array([5.0, 14.0, 30.0])}
    yield "random half-lives", {"n": rng.uniform(2, 30, 6)}


@exercise(
    cases=half_life_cases, outputs=Output("bias", "N"),
    correct="The half-life grows about like eᵇ: three more in the bias, twenty times the memory.",
    hints=("Two steps: which gate f loses exactly half in n steps? And which bias b gives this gate, σ(b) = f?",
           "fⁿ = ½, so f is the n-th root of ½. σ(b) = 1 / (1 + e⁻ᵇ) = f: solve it for b.",
           "f = 0.5 ** (1 / n), and b = np.log(f / (1 - f))."))
def bias_for_half_life(n):
    """n (N,) steps -> the biases b (N,) with σ(b)ⁿ = ½"""
    f = 0.5 ** (1 / n)
    return np.log(f / (1 - f))


@bias_for_half_life.mutant("after n steps 1/e = 0.368 is left, not ½: you have taken the time constant, fⁿ = e⁻¹. The "
                           "half-life asks for fⁿ = ½")
def time_constant(n):
    f = np.exp(-1 / n)
    return np.log(f / (1 - f))


@bias_for_half_life.mutant("these are the gates f = ½^(1/n), not the biases. The bias goes through σ first: solve "
                           "σ(b) = f for b")
def the_gate_itself(n):
    return 0.5 ** (1 / n)


@bias_for_half_life.mutant("the sign is turned: your gates are 1 − f, so that a longer half-life gets a smaller bias. "
                           "f = 1 keeps, and σ(b) is near 1 for large b")
def sign_turned(n):
    f = 0.5 ** (1 / n)
    return np.log((1 - f) / f)


@bias_for_half_life.mutant("the loss is shared evenly, f = 1 − ½/n. But each step takes its share of what is *left*: "
                           "(1 − ½/n)ⁿ is not ½, except for n = 1")
def even_loss(n):
    f = 1 - 0.5 / n
    return np.log(f / (1 - f))


@bias_for_half_life.mutant("you took f = ½ⁿ: that is what is left if *half* is lost at each of n steps. You look for "
                           "the gate of which half is left after n steps, so take the n-th root")
def half_to_the_n(n):
    f = 0.5 ** n
    return np.log(f / (1 - f))


@bias_for_half_life.mutant("b = ln f undoes an exponential, but the gate is σ(b) = 1 / (1 + e⁻ᵇ). Its inverse is "
                           "ln(f / (1 − f))")
def logarithm_of_the_gate(n):
    return np.log(0.5 ** (1 / n))


@bias_for_half_life.mutant("this goes the other way: ln ½ / ln σ(b) takes a bias and gives its half-life. Here the "
                           "half-life is given")
def the_inverse(n):
    return np.log(0.5) / np.log(1 / (1 + np.exp(-n)))


@bias_for_half_life.mutant("b = ln n is near, but it solves another equation: σ(ln n) = n / (n + 1), of which less "
                           "than half is left after n steps (0.40 for n = 5), unless n = 1")
def logarithm_of_n(n):
    return np.log(n)


# ------------------------------------------------------------------------------- 2. the direct path

def path_cases(rng):
    """Two units and three steps by hand, then random gates."""
    yield "f = (0.5, 0.9), (0.5, 0.9), (1, 0.9) (T = 3, H = 2)", {"f": np.array([[0.5, 0.9], [0.5, 0.9], [1.0, 0.9]])}
    f = rng.uniform(0.2, 0.99, (7, 4))
    f[3] = f[3, ::-1] * 0.5                               # the unit that is best at one step is not best at another
    yield "random gates (T = 7, H = 4)", {"f": f}


@exercise(
    cases=path_cases, outputs=Output("path", "T+1"),
    correct="That is flow.direct of the package: what the carousel alone would carry.",
    hints=("For one unit: c_T is f[T−1] · … · f[t] times c_t, if the gates stood still. So first a product over the "
           "steps, for each unit by itself.",
           "From the end backwards: path = ones; for t from T − 1 down to 0: path = path * f[t]. Note the largest "
           "entry each time.",
           "paths = [np.ones(H)], then paths.append(paths[-1] * f[t]) in the loop; the result is "
           "np.array([path.max() for path in paths[::-1]])."))
def direct_path(f):
    """Forget gates f (T,H) -> (T+1,): the largest entry of f[t] ⊙ … ⊙ f[T−1] for t = 0 … T; the last one is 1"""
    return _paths(f).max(axis=1)


def _paths(f):
    """The products f[t] ⊙ … ⊙ f[T−1] for t = 0 … T, (T+1,H)."""
    return np.cumprod(np.concatenate([np.ones((1, f.shape[1])), f[::-1]]), axis=0)[::-1]


@direct_path.mutant("the gates are averaged over time. Along a path slopes are *multiplied*: the mean of 0.5 and 0.9 "
                    "is 0.7, their product 0.45")
def mean_over_time(f):
    T = len(f)
    return np.array([f[t:].mean(axis=0).max() if t < T else 1.0 for t in range(T + 1)])


@direct_path.mutant("this is the mean gate, raised to a power. Each step has its own gate, and a single one near 0 "
                    "closes the path")
def power_of_the_mean(f):
    T = len(f)
    return np.array([(f[t:].mean(axis=0) ** (T - t)).max() if t < T else 1.0 for t in range(T + 1)])


@direct_path.mutant("you take the largest gate of each step, then the product. That path jumps from unit to unit, but "
                    "along the carousel a unit leads to itself only: first the product for each unit, then the largest")
def largest_then_product(f):
    return _paths(f.max(axis=1, keepdims=True))[:, 0]


@direct_path.mutant("you average over the units. Asked is the largest entry: what the best unit keeps")
def mean_over_units(f):
    return _paths(f).mean(axis=1)


@direct_path.mutant("the product runs from the beginning: yours is ∂c_t/∂c_0. Asked is ∂c_T/∂c_t, the gates *after* "
                    "step t, so that the last number is 1, not the first")
def from_the_start(f):
    return np.cumprod(np.concatenate([np.ones((1, f.shape[1])), f]), axis=0).max(axis=1)


@direct_path.mutant("the numbers stand in the order of the walk back: turn them round, so that the last one is 1")
def in_the_order_of_the_walk(f):
    return _paths(f)[::-1].max(axis=1)


@direct_path.mutant("the gates are added up. Along a path slopes are multiplied")
def sum_of_gates(f):
    return np.cumsum(np.concatenate([np.ones((1, f.shape[1])), f[::-1]]), axis=0)[::-1].max(axis=1)


@direct_path.mutant("the product runs over 1 − f. f is the share that is *kept*")
def product_of_what_is_lost(f):
    return _paths(1 - f).max(axis=1)


@direct_path.mutant("you give the units one by one, (T+1, H). Asked is the largest of them at each t")
def all_units(f):
    return _paths(f)


@direct_path.mutant("the last number is missing: T steps lie between T + 1 states, and ∂c_T/∂c_T = 1 belongs to the "
                    "answer")
def without_the_last(f):
    return _paths(f)[:-1].max(axis=1)


@direct_path.mutant("one gate is missing: number t has to contain f[t] as well, since f[t] leads from c_t to c_{t+1}. "
                    "In your answer the last two numbers are 1")
def one_gate_late(f):
    path = _paths(f).max(axis=1)
    return np.append(path[1:], 1.0)


# ---------------------------------------------------------------------- 3. truncated, with carried state

def tbptt_cases(rng):
    """Two whole windows, then three windows of which the last is short; states that are not 0."""
    for title, T, B, I, H, k in (("two windows of 4 steps (T = 8, B = 3, I = 1, H = 5)", 8, 3, 1, 5, 4),
                                 ("windows of 3 steps, the last one of 2 (T = 8, B = 5, I = 2, H = 4)", 8, 5, 2, 4, 3)):
        layer = LSTM(I, H, rng=rng)
        layer.parameters["U"][...] *= 1.5
        state = tuple(rng.uniform(0.2, 0.8, (2, B, H)) * rng.choice([-1.0, 1.0], (2, B, H)))
        yield title, {"layer": layer, "x": rng.standard_normal((T, B, I)), "targets": rng.standard_normal((T, B, H)),
                      "k": k, "state": state}


@exercise(
    cases=tbptt_cases, outputs=Output("grads", "N H C", blocks=("i", "f", "g", "o")),
    correct="The state went on, the gradient did not: the memory is not cut, the credit reaches at most k steps back.",
    hints=("What does a window need from the one before it? And what does it give back to it? Forward: the state. "
           "Backward: nothing.",
           "trace.state is the state at the end of a window. Give it to the next layer.forward(…, state). For the "
           "gradient call layer.backward(trace, outputs − targets) and nothing else.",
           "In the loop: trace = layer.forward(x[start:start + k], state); back = layer.backward(trace, trace.outputs "
           "− targets[start:start + k]); grads.append(back.parameters[\"U\"]); state = trace.state."))
def truncated_gradients(layer, x, targets, k, state):
    """Windows of k steps -> the gradient of U in each (N,H,4H); loss ½ Σ (h − target)²; the state is carried on"""
    return _windows(layer, x, targets, k, state, lambda old, new: new)


def _windows(layer, x, targets, k, state, carry, error=lambda h, target: h - target, starts=None):
    """The gradient of each window; carry(state, its last state) is what the next window begins with."""
    grads = []
    for start in range(0, len(x), k) if starts is None else starts:
        trace = layer.forward(x[start:start + k], state)
        back = layer.backward(trace, error(trace.outputs, targets[start:start + k]))
        grads.append(back.parameters["U"])
        state = carry(state, trace.state)
    return np.stack(grads)


@truncated_gradients.quantities
def on_the_way(layer, x, targets, k, state):
    traces = []
    for start in range(0, len(x), k):
        traces.append(layer.forward(x[start:start + k], state))
        state = traces[-1].state
    return {"outputs": [trace.outputs for trace in traces], "h": [trace.state[0] for trace in traces],
            "c": [trace.state[1] for trace in traces],
            "error": [trace.outputs - targets[k * n:k * n + k] for n, trace in enumerate(traces)]}


@truncated_gradients.mutant("every window begins with the state given at the start. The memory is cut, too: carry the "
                            "state on, state = trace.state, and cut the gradient only")
def state_not_carried(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: old)


@truncated_gradients.mutant("every window but the first begins with zeros: the state is reset. Carry trace.state on, "
                            "so that the memory reaches further back than the gradient")
def state_reset(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: None)


@truncated_gradients.mutant("even the first window begins with zeros: the state that is given does not appear")
def state_ignored(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, None, lambda old, new: new)


@truncated_gradients.mutant("every window begins with zeros, the first one too: layer.forward(…) is called without a "
                            "state. It is its second argument")
def no_state_at_all(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, None, lambda old, new: None)


@truncated_gradients.mutant("only h is carried on, and c begins at 0 again. The state of an LSTM is both, (h, c), and "
                            "the long memory is c")
def cell_state_lost(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: (new[0], np.zeros_like(new[1])))


@truncated_gradients.mutant("only c is carried on, and h begins at 0 again. The gates read h: the state is (h, c)")
def hidden_state_lost(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: (np.zeros_like(new[0]), new[1]))


@truncated_gradients.mutant("h and c have changed places from one window to the next: trace.state is (h, c)")
def states_swapped(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new[::-1])


@truncated_gradients.mutant("the gradient is not cut: a window also gets what flows back from the windows after it "
                            "(grad_state). That is full backpropagation through time, added up in pieces")
def gradient_not_cut(layer, x, targets, k, state):
    traces, starts = [], range(0, len(x), k)
    for start in starts:
        traces.append(layer.forward(x[start:start + k], state))
        state = traces[-1].state
    grads, grad_state = [], None
    for start, trace in zip(reversed(starts), reversed(traces), strict=True):
        back = layer.backward(trace, trace.outputs - targets[start:start + k], grad_state)
        grad_state = back.state
        grads.append(back.parameters["U"])
    return np.stack(grads[::-1])


@truncated_gradients.mutant("the error of a window has the wrong sign: the slope of ½ (h − target)² is h − target")
def sign_of_the_error(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new, lambda h, target: target - h)


@truncated_gradients.mutant("the last, shorter window is left out: start : start + k may reach beyond the end, NumPy "
                            "cuts it off. Begin a window at every k-th step")
def short_window_left_out(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new, starts=range(0, len(x) - k + 1, k))


@truncated_gradients.mutant("the error of the last step alone flows back. Each step of a window has its own loss")
def last_step_only(layer, x, targets, k, state):
    def error(h, target):
        only = np.zeros_like(h)
        only[-1] = h[-1] - target[-1]
        return only
    return _windows(layer, x, targets, k, state, lambda old, new: new, error)


@truncated_gradients.mutant("one gradient comes back, the sum over the windows. Asked are the single ones, stacked: "
                            "with truncation there is an update after each window")
def summed_up(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new).sum(axis=0)
