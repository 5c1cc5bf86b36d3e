"""Lesson A, exercises on convolutions over time: with dilation, backwards, and how many layers a reach needs."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise

# --------------------------------------------------------------------------------------- 1. a window with gaps

def dilated_cases(rng):
    """By hand, with a dilation that reaches before the series, then random numbers."""
    yield "x = 1, 2, 4, 8, 16, W = 3, 5, dilation 2", {
        "x": np.array([1.0, 2, 4, 8, 16]), "W": np.array([3.0, 5]), "d": 2}
    yield "random numbers (T = 11, K = 4, dilation 3)", {
        "x": rng.standard_normal(11), "W": rng.standard_normal(4), "d": 3}
    yield "random numbers (T = 9, K = 3, dilation 1)", {
        "x": rng.standard_normal(9), "W": rng.standard_normal(3), "d": 1}


def dilated(x, W, d, *, apart=lambda d: d, first=0, order=1, before=lambda x, place: 0.0, middle=False):
    """y[t] = Σ W[k] x[t - d (K - 1 - k)]; the options make the mutants.

    apart: the distance of two places. first: how far from t the last weight stands. order: -1 turns W round. before:
    what stands where the series has not begun. middle: the window stands around t.
    """
    K, T, y = len(W), len(x), np.zeros(len(x))
    for t, k in np.ndindex(T, K):
        place = t - first - apart(d) * (K - 1 - k) + (apart(d) * ((K - 1) // 2 or 1) if middle else 0)
        y[t] += W[::order][k] * (x[place] if 0 <= place < T else before(x, place))
    return y


@exercise(
    cases=dilated_cases, outputs=Output("y", "T"),
    correct="The window has gaps of d − 1 steps, and before the series it meets zeros.",
    hints=("The last weight stands at step t. At which steps do the one before it, and the first one, stand?",
           "W[k] stands at step t − d · (K − 1 − k). If that is below 0, it adds nothing.",
           "Put (K - 1) * d zeros before x and take, for each k, the stretch padded[k * d:k * d + T]: y is the sum of "
           "W[k] times these."))
def dilated_convolution(x, W, d):
    """x (T,), W (K,), dilation d -> y (T,): W[K-1] at the present step, the others d apart, zeros before the series"""
    return dilated(x, W, d)


dilated_convolution.mistakes({
    "the dilation is not in it: the places of the window are d steps apart, not 1": {"apart": lambda d: 1},
    "the places are d + 1 apart. With dilation 1 they are neighbours, so d is the distance itself":
        {"apart": lambda d: d + 1},
    "the kernel is turned round: W[K − 1] belongs to the present step, W[0] to the earliest": {"order": -1},
    "the window ends one step too early: its last weight stands at the present step": {"first": 1},
    "x[place] with a negative place counts from the end of the series, so yours sees the future: before the series "
    "stand zeros": {"before": lambda x, place: x[place % len(x)]},
    "the first number stands for all that come before the series. There stand zeros":
        {"before": lambda x, place: x[0]},
    "the window stands around step t, so it sees later steps: its last weight stands at t": {"middle": True},
}, of=dilated)


@dilated_convolution.mutant("the window is centred on step t, so it sees later steps: all (K − 1) · d zeros "
                            "belong before the series, none behind it")
def centred(x, W, d):
    return dilated(np.append(x, np.zeros(len(x))), W, d, first=-(d * (len(W) - 1) - d * (len(W) - 1) // 2))[:len(x)]


@dilated_convolution.mutant("the window looks ahead: W[0] stands at t and the others at later steps. Here it is W[K "
                            "− 1] "
                            "that stands at t, and the others at earlier steps")
def ahead(x, W, d):
    return dilated(x[::-1], W[::-1], d)[::-1]


# ------------------------------------------------------------------------------------- 2. the same backwards

def back_cases(rng):
    """By hand, with a number that stands in two windows, then random numbers."""
    yield "x = 1, 2, 4, 8, 16, W = 3, 5, dilation 2", {
        "x": np.array([1.0, 2, 4, 8, 16]), "W": np.array([3.0, 5]), "d": 2,
        "grad_y": np.array([0.0, 0, 1, 0, 10])}
    yield "random numbers (T = 11, K = 4, dilation 3)", {
        "x": rng.standard_normal(11), "W": rng.standard_normal(4), "d": 3, "grad_y": rng.standard_normal(11)}


def back(x, W, d, grad_y, *, weight=lambda W, k: W[k], arriving=lambda grad, t: grad[t], beside=None, add=(True, True),
         wrap=False, ahead=False, apart=lambda d: d):
    """-> grad_x (T,), grad_W (K,); the options make the mutants.

    weight, beside: what stands beside the gradients of x and of W. arriving: the gradient of step t in grad_x. add: are
    the parts of grad_x, of grad_W added up? wrap: a place below 0 counts from the end. ahead: y[t] made of later steps.
    """
    K, grad_x, grad_W = len(W), np.zeros(len(x)), np.zeros(len(W))
    for t, k in np.ndindex(len(x), K):
        shift = apart(d) * (K - 1 - k)
        place = t + shift if ahead else t - shift
        if place >= len(x) or place < 0 and not wrap:
            continue
        share = weight(W, k) * arriving(grad_y, t), (grad_y[t] if beside is None else beside) * x[place]
        grad_x[place] = share[0] + (grad_x[place] if add[0] else 0)
        grad_W[k] = share[1] + (grad_W[k] if add[1] else 0)
    return grad_x, grad_W


def padded_back(x, W, d, grad_y):
    """grad_x with the places of the zeros before it, ((K-1)d + T,)."""
    return back(np.append(np.zeros(d * (len(W) - 1)), x), W, d, np.append(np.zeros(d * (len(W) - 1)), grad_y))[0]


@exercise(
    cases=back_cases, outputs=(Output("grad_x", "T"), Output("grad_W", "K")),
    correct="One kernel, used at every step, and each number in several windows: both gradients are sums.",
    hints=("y[t] contains the product W[k] · x[place], for each k. How fast does it grow with W[k], and with x[place]?",
           "grad_W[k] gets grad_y[t] · x[place] from each t, and grad_x[place] gets grad_y[t] · W[k] from each pair.",
           "Two loops, over t and k: place = t - d * (K - 1 - k); if place >= 0: grad_x[place] += W[k] * grad_y[t] and "
           "grad_W[k] += x[place] * grad_y[t]."))
def dilated_backward(x, W, d, grad_y):
    """Back through `dilated_convolution`: x, grad_y (T,), W (K,), dilation d -> grad_x (T,), grad_W (K,)"""
    return back(x, W, d, grad_y)


dilated_backward.mistakes({
    "grad_x is overwritten: `=` instead of `+=`. A number stands in several windows, and each sends a share":
        {"add": (False, True)},
    "grad_W is overwritten: `=` instead of `+=`. Each weight is used at every step": {"add": (True, False)},
    "both gradients are overwritten: `=` instead of `+=`. Each is a sum": {"add": (False, False)},
    "the kernel is turned round in grad_x: the share of a window goes back through the weight that it came through":
        {"weight": lambda W, k: W[len(W) - 1 - k]},
    "grad_y is not in grad_x: multiply each weight by the gradient of its step": {"arriving": lambda grad, t: 1.0},
    "grad_y is not in grad_W: multiply each number by the gradient of its step": {"beside": 1.0},
    "a place below 0 counts from the end of the series: there stood a zero, and nothing goes back to it":
        {"wrap": True},
    "the dilation is not in it: the places of a window are d steps apart": {"apart": lambda d: 1},
    "your windows look ahead: y[t] was made from x[t] and *earlier* numbers": {"ahead": True},
}, of=back)
dilated_backward.mistakes({
    "grad_W is the mean over the steps. The gradients of all uses are *added*":
        lambda x, W, d, grad_y: (back(x, W, d, grad_y)[0], back(x, W, d, grad_y)[1] / len(x)),
    "grad_x is the forward pass of grad_y: the shares go to earlier steps, x[t − …], not to later ones":
        lambda x, W, d, grad_y: (dilated(grad_y, W, d), back(x, W, d, grad_y)[1]),
    "grad_x is cut at the wrong end: of the padded series, the first (K − 1) · d places are the zeros. Drop these":
        lambda x, W, d, grad_y: (padded_back(x, W, d, grad_y)[:len(x)], back(x, W, d, grad_y)[1]),
})


# --------------------------------------------------------------------------------- 3. how many layers

def reach_cases(rng):
    """Just enough and just too few, then other kernels."""
    yield "127 steps, kernel 3", {"steps": 127, "kernel": 3}
    yield "128 steps, kernel 3", {"steps": 128, "kernel": 3}
    yield "1000 steps, kernel 2", {"steps": 1000, "kernel": 2}
    yield "1024 steps, kernel 2", {"steps": 1024, "kernel": 2}
    yield "14 steps, kernel 5", {"steps": 14, "kernel": 5}
    yield "20 steps, kernel 6", {"steps": 20, "kernel": 6}
    yield "5 steps, kernel 5", {"steps": 5, "kernel": 5}
    kernel = int(rng.integers(4, 9))
    yield f"{30 * kernel} steps, kernel {kernel}", {"steps": 30 * kernel, "kernel": kernel}


def needed(steps, kernel, *, field=None):
    """The smallest n ≥ 1 whose field(n, kernel) is at least steps; without a field the true one."""
    field, n = field or (lambda n, kernel: 1 + (kernel - 1) * (2 ** n - 1)), 1
    while field(n, kernel) < steps:
        n += 1
    return n


@exercise(
    cases=reach_cases, outputs=Output("layers", whole=True),
    correct="Each further layer about doubles the field: 1000 steps need 10 layers of kernel 2, and not 999.",
    hints=("How many steps does one layer see? And what does the second, with dilation 2, add?",
           "Layer n (from 0) has dilation 2ⁿ and adds (kernel − 1) · 2ⁿ steps. Begin with a field of 1.",
           "layers, field = 0, 1; while field < steps: field += (kernel - 1) * 2 ** layers; layers += 1."))
def layers_needed(steps, kernel):
    """The smallest number of layers with dilations 1, 2, 4, … whose last output sees at least so many steps"""
    return needed(steps, kernel)


layers_needed.mistakes({
    "that is too many where the field just equals `steps`: equal is enough. (A field begins with 1, the present step.)":
        {"field": lambda n, kernel: (kernel - 1) * (2 ** n - 1)},
    "without dilation that would be right: here the dilations are 1, 2, 4, …":
        {"field": lambda n, kernel: 1 + (kernel - 1) * n},
    "each layer adds (kernel − 1) times its dilation, not kernel times":
        {"field": lambda n, kernel: 1 + kernel * (2 ** n - 1)},
    "the field does not exactly double: each further layer adds (kernel − 1) times its dilation":
        {"field": lambda n, kernel: kernel * 2 ** (n - 1)},
    "the dilations 1, 2, 4, … add up to 2ⁿ − 1, not to 2ⁿ": {"field": lambda n, kernel: 1 + (kernel - 1) * 2 ** n},
    "the dilations are 1, 2, 4, 8, …: they double. Yours grow by 1":
        {"field": lambda n, kernel: 1 + (kernel - 1) * n * (n + 1) // 2},
    "the 1, the present step, is missing or turned into −1: the field is 1 + (kernel − 1)(2ⁿ − 1)":
        {"field": lambda n, kernel: -1 + (kernel - 1) * 2 ** n},
    "only the last layer counts in yours: it sees through all layers below it, so their reaches add up":
        {"field": lambda n, kernel: 1 + (kernel - 1) * 2 ** (n - 1)},
}, of=needed)
layers_needed.mistakes({
    "that is one layer too many: the field has to be at least `steps`, no more":
        lambda steps, kernel: needed(steps, kernel) + 1,
    "that is one layer too few: the field has to be at least `steps`. Do you round down?":
        lambda steps, kernel: needed(steps, kernel) - 1,
    "that rounds down: if the field does not come out even, one more layer is needed, so round up. Or has the "
    "first layer the dilation 2 in yours? It has 1":
        lambda steps, kernel: needed(steps + 1, kernel, field=lambda n, kernel: 1 + (kernel - 1) * (2 ** (n + 1) - 1)),
    "that rounds to the nearest whole number: a field that is a little too small is too small, so round up":
        lambda steps, kernel: round(np.log2((steps - 1) / (kernel - 1) + 1)),
    "log(steps) / log(kernel) belongs to dilations 1, K, K², …: there each layer multiplies the field by K":
        lambda steps, kernel: int(np.ceil(np.log(steps) / np.log(kernel) - 1e-9)),
})
