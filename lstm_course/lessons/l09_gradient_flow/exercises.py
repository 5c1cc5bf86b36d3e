"""Lesson 09, the carousel: all its exercises, declared in two files."""

import numpy as np

from lstm_course import LSTM
from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.lessons.l09_gradient_flow.truncation_exercises import truncated_gradients

__all__ = ["bias_for_half_life", "truncated_gradients", "two_steps_by_way"]

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
    "here σ is applied once more to the gate f = ½^(1/n). But f is already σ(b): undo σ, b = ln(f / (1 − f))":
        lambda n: 1 / (1 + np.exp(-0.5 ** (1 / n))),
    "f = 1 − 1/n loses one n-th at each step: after n steps about 1/e is left (0.37), not ½. Solve fⁿ = ½":
        lambda n: _bias(1 - 1 / n),
    "ln 2 / n is −ln f, from fⁿ = ½. So f = e^(−ln 2 / n), and then σ(b) = f has still to be solved for b":
        lambda n: np.log(2) / n,
    "½/n is neither the gate nor the bias. Each step keeps the same share f of what is left, fⁿ = ½, and f = σ(b)":
        lambda n: 0.5 / n,
    "½ⁿ is what is left if *half* is lost at each of n steps. Here half is left after n: f is the n-th root of ½. And "
    "f = σ(b) has still to be solved for b": lambda n: 0.5 ** n,
    "artanh undoes tanh, but the gate is σ(b) = 1 / (1 + e⁻ᵇ). Its inverse is ln(f / (1 − f))":
        lambda n: np.arctanh(0.5 ** (1 / n)),
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


def _parts(i, f, g, o, c, u, first=1, gates=2, before=1, way=1, forget=1, squash="1 - tanh²", slope_g="tanh",
           slopes="σ", factors="g c", path=None, detoured="ifg", beside_g=True):
    """The parts of a formula in which something may be wrong: indices, and what a slope is."""
    to_h = {"1 - tanh²": 1 - np.tanh(c[way]) ** 2, "1 - c²": 1 - c[way] ** 2,
            "1 - h²": 1 - (o[way] * np.tanh(c[way])) ** 2,
            "none": 1.0}[squash]
    detour = o[way] * to_h * (1.0 if forget is None else f[forget])
    direct = f[first] * f[first + 1] if path is None else path(f)
    i, f, g, c = i[gates], f[gates], g[gates], c[before]
    slope_i = {"none": 1.0, "tanh": 1 - i ** 2, "i tanh": 1 - i ** 2, "half": 1 - i}.get(slopes, i * (1 - i))
    slope_f = {"none": 1.0, "tanh": 1 - f ** 2, "f tanh": 1 - f ** 2, "half": 1 - f}.get(slopes, f * (1 - f))
    into_i, into_f = {"g c": (g, c), "g g": (g, g), "none": (1.0, 1.0), "1 c": (1.0, c), "g 1": (g, 1.0)}[factors]
    by_g = (i if beside_g else 1.0) * (1 - g ** 2 if slope_g == "tanh" else g * (1 - g))
    found = {"i": into_i * slope_i * u[0], "f": into_f * slope_f * u[1], "g": by_g * u[2]}
    return np.array([direct, *(part * detour if gate in detoured else part for gate, part in found.items())])


two_steps_by_way.mistakes({
    "the detours begin at c_t, and c_{t−1} is not reached: f_t, which leads from c_{t−1} to c_t, is missing in them":
        {"forget": None},
    "the gate f multiplies the cell state *before* its step, c_t. You took c_{t+1}": {"before": 2},
    "g is a tanh, so its slope is 1 − g². g (1 − g) belongs to σ": {"slope_g": "σ"},
    "the way from c_t to h_t goes through tanh as well: o_t (1 − tanh² c_t), not o_t alone": {"squash": "none"},
    "the parts by i and f lack what leads from c_{t−1} to h_t. It stands behind the bracket, so all three are "
    "multiplied by it": {"detoured": "g"},
    "the slopes of i and f are half: σ has the slope i (1 − i), and f (1 − f)": {"slopes": "half"},
    "i is missing in the part by g: c_{t+1} has the summand i g, so ∂c_{t+1}/∂g = i": {"beside_g": False},
    "1 − h² is no slope: h is o tanh(c). The tanh of c_t has the slope 1 − tanh² c_t": {"squash": "1 - h²"},
    "in the slope of tanh(c_t) the tanh is missing: it is 1 − tanh² c_t, and not 1 − c_t²": {"squash": "1 - c²"},
    "the gates i, f and g are those of step t. h_t reaches c_{t+1} through the gates of step t + 1: with t = 2 that is "
    "index 2": {"gates": 1},
    "the direct part is f_{t+1} f_t: with t = 2 the forget gates of steps 3 and 2, which have the indices 2 and 1":
        {"first": 0},
    "everything stands one step too early: this is ∂c_2/∂c_0. Python counts from 0, so step 2 has the index 1, and "
    "step 3 the index 2": {"first": 0, "gates": 1, "before": 0, "way": 0, "forget": 0},
    "the slopes of i and f are missing: σ has the slope i (1 − i), and f (1 − f)": {"slopes": "none"},
    "1 − i² and 1 − f² are slopes of tanh. i and f are σ, with the slopes i (1 − i) and f (1 − f)": {"slopes": "tanh"},
    "1 − i² is the slope of a tanh. i is a σ, with the slope i (1 − i)": {"slopes": "i tanh"},
    "1 − f² is the slope of a tanh. f is a σ, with the slope f (1 − f)": {"slopes": "f tanh"},
    "o and c between c_t and h_t are those of step t: with t = 2 the index 1. You took step t + 1": {"way": 2},
    "o and c between c_t and h_t are those of step t: with t = 2 the index 1. You took step t − 1": {"way": 0},
    "the way from c_{t−1} to c_t is f_t: with t = 2 that is the index 1. You took f_{t+1}": {"forget": 2},
    "two steps have two forget gates, f_{t+1} f_t. Yours are all three; the first one led from c_0 to c_1":
        {"path": np.prod},
    "the direct part is one step only. From c_{t−1} to c_{t+1} there are two: f_t, then f_{t+1}":
        {"path": lambda f: f[2]},
    "along a path derivatives are multiplied: the direct part is f_{t+1} f_t, not their sum":
        {"path": lambda f: f[1] + f[2]},
    "f multiplies c_t, so ∂c_{t+1}/∂f = c_t. You took g, which i multiplies": {"factors": "g g"},
    "what i multiplies is missing: c_{t+1} has the summand i g, so ∂c_{t+1}/∂i = g": {"factors": "1 c"},
    "what f multiplies is missing: c_{t+1} has the summand f c_t, so ∂c_{t+1}/∂f = c_t": {"factors": "g 1"},
    "what i and f multiply is missing: i multiplies g, so ∂c_{t+1}/∂i = g, and f multiplies c_t, so ∂c_{t+1}/∂f = c_t":
        {"factors": "none"},
}, of=_parts)
