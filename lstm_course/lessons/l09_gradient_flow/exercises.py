"""Lesson 09, the carousel: the exercises."""

import numpy as np

from lstm_course import LSTM
from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise

# ------------------------------------------------------------------- 1. the forget bias for a half-life

def half_life_cases(rng):
    """A half-life of one step, then some longer ones."""
    yield "n = 1, where half is lost at each step, and n = 2", {"n": np.array([1.0, 2.0])}
    yield "n = 5, 9 and 14 steps", {"n": np.array([5.0, 9.0, 14.0])}
    yield "random half-lives", {"n": rng.uniform(2, 14, 6)}         # ln σ(30) has three digits: it would hide a mistake


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


def _bias(f):
    return np.log(f / (1 - f))


bias_for_half_life.mistakes({
    "after n steps 1/e = 0.368 is left, not ½: you have taken the time constant, fⁿ = e⁻¹. The half-life asks for "
    "fⁿ = ½":
        lambda n: _bias(np.exp(-1 / n)),
    "these are the gates f = ½^(1/n), not the biases. The bias goes through σ first: solve σ(b) = f for b":
        lambda n: 0.5 ** (1 / n),
    "the sign is turned: your gates are 1 − f, so that a longer half-life gets a smaller bias. f = 1 keeps, and σ(b) "
    "is near 1 for large b": lambda n: -_bias(0.5 ** (1 / n)),
    "the loss is shared evenly, f = 1 − ½/n. But each step takes its share of what is *left*: (1 − ½/n)ⁿ is not ½, "
    "except for n = 1": lambda n: _bias(1 - 0.5 / n),
    "you took f = ½ⁿ: that is what is left if *half* is lost at each of n steps. You look for the gate of which half "
    "is left after n steps, so take the n-th root": lambda n: _bias(0.5 ** n),
    "b = ln f undoes an exponential, but the gate is σ(b) = 1 / (1 + e⁻ᵇ). Its inverse is ln(f / (1 − f))":
        lambda n: np.log(0.5 ** (1 / n)),
    "this is the half-life *of* a bias n: ln ½ / ln σ(n). Here n is the half-life, and the bias is asked: turn the "
    "formula around": lambda n: np.log(0.5) / np.log(1 / (1 + np.exp(-n))),
    "b = ln n is near, but it solves another equation: σ(ln n) = n / (n + 1), of which less than half is left after n "
    "steps (0.40 for n = 5), unless n = 1": np.log,
})


# ------------------------------------------------------------------------ 2. the ways of two steps

def two_step_cases(rng):
    """The small LSTM of the lesson, then random ones."""
    for title, seed in (("the small LSTM of the lesson", None), ("an LSTM with random weights", 1), ("another one", 2)):
        layer = LSTM(1, 1, rng=rng)
        layer.parameters["U"][...] = TINY["U"] if seed is None else rng.uniform(-2, 2, (1, 4))
        if seed is None:
            layer.parameters["W"][...], layer.parameters["b"][...] = TINY["W"], TINY["b"]
        x = np.array([1.0, 0, 0]) if seed is None else rng.standard_normal(3)
        gates = layer.forward(x.reshape(3, 1, 1)).gates
        yield title, {name: gates[name].ravel() for name in "ifgoc"} | {"u": layer.parameters["U"][0].copy()}


TINY = {"W": [[0, 0, 0.1, 0]], "U": [[1, 1, 4, 1]], "b": [1, 1, 0, 1]}      # the small LSTM of the lesson


@exercise(
    cases=two_step_cases, outputs=Output("parts", "N"),
    correct="Their sum is the full derivative that gradient_flow measures, and only the first part is below 1 for "
            "sure.",
    hints=("Which gates belong to step t + 1, and which to step t? With arrays of three steps t is 1 and t + 1 is 2.",
           "By i: c_{t+1} has the summand i g, so its derivative with respect to i is g. i = σ(z_i) has the slope "
           "i (1 − i), and z_i looks at h_t with u_i. By f the same, with the summand f c_t. Then comes what leads "
           "from c_{t−1} to h_t, as in the part by g.",
           "detour = o[1] * (1 - np.tanh(c[1]) ** 2) * f[1]; the part by i is g[2] * i[2] * (1 - i[2]) * u[0] * "
           "detour, and so on."))
def two_steps_by_way(i, f, g, o, c, u):
    """Gates and cell states of three steps, each (3,), and u = (u_i, u_f, u_g, u_o) -> the parts of ∂c_3/∂c_1 (4,):
    direct, by i, by f, by g
    """
    detour = o[1] * (1 - np.tanh(c[1]) ** 2) * f[1]
    return np.array([f[2] * f[1], g[2] * i[2] * (1 - i[2]) * u[0] * detour, c[1] * f[2] * (1 - f[2]) * u[1] * detour,
                     i[2] * (1 - g[2] ** 2) * u[2] * detour])


@two_steps_by_way.quantities
def ways_on_the_way(i, f, g, o, c, u):
    return {"direct": f[2] * f[1], "h by c": o[1] * (1 - np.tanh(c[1]) ** 2),
            "detour": o[1] * (1 - np.tanh(c[1]) ** 2) * f[1], "slopes": np.array([i[2] * (1 - i[2]), f[2] * (1 - f[2]),
                                                                                 1 - g[2] ** 2])}


def _parts(i, f, g, o, c, u, first=1, gates=2, before=1, way=1, way_f=True, squash="1 - tanh²", slope_g="tanh",
           slopes=True, factors=True):
    """The parts of a formula in which something may be wrong: indices, and what a slope is."""
    to_h = {"1 - tanh²": 1 - np.tanh(c[way]) ** 2, "1 - c²": 1 - c[way] ** 2, "none": 1.0}[squash]
    detour = o[way] * to_h * (f[way] if way_f else 1.0)
    direct = f[first] * f[first + 1]
    i, f, g, c = i[gates], f[gates], g[gates], c[before]
    slope_i, slope_f = (i * (1 - i), f * (1 - f)) if slopes else (1.0, 1.0)
    into_i, into_f = (g, c) if factors else (1.0, 1.0)
    by_g = i * (1 - g ** 2 if slope_g == "tanh" else g * (1 - g))
    return np.array([direct, into_i * slope_i * u[0] * detour, into_f * slope_f * u[1] * detour, by_g * u[2] * detour])


two_steps_by_way.mistakes({
    "the detours begin at c_t, and c_{t−1} is not reached: f_t, which leads from c_{t−1} to c_t, is missing in them":
        {"way_f": False},
    "the gate f multiplies the cell state *before* its step, c_t. You took c_{t+1}": {"before": 2},
    "g is a tanh, so its slope is 1 − g². g (1 − g) belongs to σ": {"slope_g": "σ"},
    "the way from c_t to h_t goes through tanh as well: o_t (1 − tanh² c_t), not o_t alone": {"squash": "none"},
    "in the slope of tanh(c_t) the tanh is missing: it is 1 − tanh² c_t, and not 1 − c_t²": {"squash": "1 - c²"},
    "the gates i, f and g are those of step t. h_t reaches c_{t+1} through the gates of step t + 1: with t = 2 that is "
    "index 2": {"gates": 1},
    "the direct part is f_{t+1} f_t: with t = 2 the forget gates of steps 3 and 2, which have the indices 2 and 1":
        {"first": 0},
    "everything stands one step too early: this is ∂c_2/∂c_0. Python counts from 0, so step 2 has the index 1, and "
    "step 3 the index 2": {"first": 0, "gates": 1, "before": 0, "way": 0},
    "the slopes of i and f are missing: σ has the slope i (1 − i), and f (1 − f)": {"slopes": False},
    "what i and f multiply is missing: i multiplies g, so ∂c_{t+1}/∂i = g, and f multiplies c_t, so ∂c_{t+1}/∂f = c_t":
        {"factors": False},
}, of=_parts)


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


@truncated_gradients.mutant("the gradient is not cut: one forward pass over everything, and the loss of each window "
                            "flows back to step 0, through the windows before it. Run forward and backward window by "
                            "window")
def loss_by_windows(layer, x, targets, k, state):
    trace = layer.forward(x, state)
    errors = [np.zeros_like(trace.outputs) for _ in range(0, len(x), k)]
    for n, error in enumerate(errors):
        window = slice(k * n, k * n + k)
        error[window] = trace.outputs[window] - targets[window]
    return np.stack([layer.backward(trace, error).parameters["U"] for error in errors])


@truncated_gradients.mutant("the windows are cut along axis 1, the sequences of the batch. Time is axis 0: "
                            "x[start:start + k]")
def windows_of_sequences(layer, x, targets, k, state):
    grads = []
    for start in range(0, x.shape[1], k):
        some = slice(start, start + k)
        trace = layer.forward(x[:, some], tuple(part[some] for part in state))
        grads.append(layer.backward(trace, trace.outputs - targets[:, some]).parameters["U"])
    return np.stack(grads)


@truncated_gradients.mutant("the slope of ½ (h − target)² is h − target. The ½ is there so that no 2 is left")
def factor_two(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new, lambda h, target: 2 * (h - target))


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
