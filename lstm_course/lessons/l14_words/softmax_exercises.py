"""Lesson 14, words: softmax with cross-entropy, and drawing with a temperature."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.networks.functions import softmax

# --------------------------------------------------------------------- 1. softmax cross-entropy for a whole text

def entropy_cases(rng):
    """The example of the lesson, random logits, and logits that are far too large for exp."""
    yield "the example of the lesson (p = 0.5, 0.3, 0.2, the right token is number 1), and p = 0.1, 0.2, 0.7", {
        "logits": np.log([[5.0, 3.0, 2.0], [1.0, 2.0, 7.0]]), "targets": np.array([1, 2])}
    N, V = 5, 7
    yield f"random numbers (N = {N}, V = {V})", {"logits": rng.normal(0, 2, (N, V)), "targets": rng.integers(0, V, N)}
    far = rng.normal(0, 2, (3, V)) + np.array([[1000.0], [0.0], [-1000.0]])
    yield "logits near 1000 and -1000", {"logits": far, "targets": rng.integers(0, V, 3)}
    yield "a right token 1000 below the likeliest, which costs 1000", {
        "logits": np.array([[1000.0, 0.0, 3.0], [1.0, 2.0, 0.5]]), "targets": np.array([1, 1])}


def entropy(logits, targets, axis=1):
    """Loss and slope; axis=0 makes a mutant. ln p = z - ln Σ exp z needs no p, which may be too small for a float."""
    z, rows = logits - logits.max(axis=axis, keepdims=True), np.arange(len(targets))
    log_p = z - np.log(np.exp(z).sum(axis=axis, keepdims=True))
    grad = np.exp(log_p)
    grad[rows, targets] -= 1
    return -log_p[rows, targets].mean(), grad / len(targets)


@exercise(
    cases=entropy_cases, outputs=(Output("loss"), Output("grad", "N V")),
    correct="Loss and slope agree, logits of 1000 do no harm, and a right token 1000 below the likeliest costs 1000.",
    hints=("First all probabilities at once: softmax along the last axis, for each row by itself. How do you keep "
           "exp from overflowing?",
           "p = exp(z - z.max(axis=1, keepdims=True)), divided by its sum along axis 1 (keepdims=True). The loss looks "
           "at one entry of each row, [np.arange(N), targets], of ln p; and ln p = z - ln Σ exp z never needs a p "
           "that is too small.",
           "z = logits - logits.max(…); log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True)); loss = -log_p[rows, "
           "targets].mean(); grad = np.exp(log_p); grad[rows, targets] -= 1; grad / N, where rows = np.arange(N)."))
def cross_entropy(logits, targets):
    """logits (N,V), targets (N,) whole numbers -> the mean loss, and its slope with respect to logits (N,V)"""
    return entropy(logits, targets)


@cross_entropy.mutant("the softmax runs along the wrong axis: each row is one place in the text, and its V "
                      "probabilities must add up to 1. Use axis=1 (or -1)")
def wrong_axis(logits, targets):
    return entropy(logits, targets, axis=0)


@cross_entropy.mutant("the softmax runs along axis 0, over all rows: each row is one place in the text, and its V "
                      "probabilities must add up to 1. Use axis=1. And the logarithm of a p that has become 0 is -∞: "
                      "ln p = z - ln Σ exp z needs no p")
def wrong_axis_and_log_of_zero(logits, targets):
    with np.errstate(divide="ignore"):
        p = softmax(logits.T).T
        return -np.log(p[np.arange(len(targets)), targets]).mean(), entropy(logits, targets, axis=0)[1]


@cross_entropy.mutant("exp overflows: e^1000 is infinite, and ∞/∞ is NaN; e^-1000 is 0, and 0/0 is NaN, too. Subtract "
                      "the largest logit of each row first; the softmax stays the same")
def overflow(logits, targets):
    with np.errstate(all="ignore"):
        exponentials, rows = np.exp(logits), np.arange(len(targets))
        p = exponentials / exponentials.sum(axis=1, keepdims=True)
        grad = p.copy()
        grad[rows, targets] -= 1
        return -np.log(p[rows, targets]).mean(), grad / len(targets)


@cross_entropy.mutant("if p of the right token is smaller than a float can be, it is 0, and its logarithm is -∞: a "
                      "right token 1000 below the likeliest costs 1000, not infinitely much. ln p = z - ln Σ exp z "
                      "needs no p")
def log_of_zero(logits, targets):
    with np.errstate(divide="ignore"):
        return -np.log(softmax(logits)[np.arange(len(targets)), targets]).mean(), entropy(logits, targets)[1]


@cross_entropy.mutant("the loss is taken after 1 was subtracted from p: p - 1 is negative, and has no logarithm. "
                      "First the loss, then the slope")
def loss_after_the_slope(logits, targets):
    with np.errstate(invalid="ignore"):
        return np.log(softmax(logits)[np.arange(len(targets)), targets] - 1).mean(), entropy(logits, targets)[1]


def with_help(logits, targets, least, more):
    """The loss from a p that is not allowed below `least`, or to which a little more is added."""
    p, rows = np.maximum(softmax(logits), least), np.arange(len(targets))
    grad = p.copy()
    grad[rows, targets] -= 1
    return -np.log(p[rows, targets] + more).mean(), grad / len(targets)


for tiny in (1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7):
    limit = f"then no mistake can cost more than {-np.log(tiny):.0f}. ln p = z - ln Σ exp z needs no such help"
    cross_entropy.mutant(f"p is kept above 0 in the loss, by {tiny:g}: {limit}")(
        lambda logits, targets, tiny=tiny: with_help(logits, targets, 0.0, tiny))
    if tiny >= 1e-10:                   # else the slope is right in 11 digits
        cross_entropy.mutant(f"p is not allowed below {tiny:g}, in loss and slope: {limit}")(
            lambda logits, targets, tiny=tiny: with_help(logits, targets, tiny, 0.0))


@cross_entropy.mutant("the softmax is taken twice: what comes out of the first one are probabilities already. A second "
                      "one makes them nearly equal")
def double_softmax(logits, targets):
    return entropy(softmax(logits), targets)


@cross_entropy.mutant("the sign of the loss is wrong: log p is negative, the surprise is -log p")
def wrong_sign(logits, targets):
    loss, grad = entropy(logits, targets)
    return -loss, grad


@cross_entropy.mutant("the slope is missing the “- one-hot”: take 1 away at the right token of each row, or the logit "
                      "of the right token is pushed down like all others")
def without_one_hot(logits, targets):
    return entropy(logits, targets)[0], softmax(logits) / len(targets)


@cross_entropy.mutant("grad[:, targets] -= 1 takes 1 away in every row at all the targets. One entry of each row is "
                      "meant, that of its own target: grad[np.arange(N), targets] -= 1")
def in_every_row(logits, targets):
    grad = softmax(logits)
    grad[:, targets] -= 1
    return entropy(logits, targets)[0], grad / len(targets)


@cross_entropy.mutant("the slope belongs to the sum: the loss is a mean over N places, so the slope is divided by N, "
                      "too")
def slope_of_the_sum(logits, targets):
    loss, grad = entropy(logits, targets)
    return loss, grad * len(targets)


@cross_entropy.mutant("loss and slope are sums over the text: divide both by N, so that a long text does not make "
                      "large steps")
def sums(logits, targets):
    loss, grad = entropy(logits, targets)
    return loss * len(targets), grad * len(targets)


@cross_entropy.mutant("the loss averages over all V entries of the row: only the right token counts, "
                      "p[np.arange(N), targets]")
def mean_of_all(logits, targets):
    p, grad = softmax(logits), entropy(logits, targets)[1]
    with np.errstate(divide="ignore"):
        return -np.log(p).mean(), grad


@cross_entropy.mutant("this is log to base 2, so the loss is in bits; the slope belongs to the natural logarithm")
def bits(logits, targets):
    loss, grad = entropy(logits, targets)
    return loss / np.log(2), grad


@cross_entropy.mutant("the loss lacks the logarithm: 1 - p is no surprise. It is -log p, so that a right token with p "
                      "= 0 costs infinitely much")
def without_log(logits, targets):
    p, (_, grad) = softmax(logits), entropy(logits, targets)
    return (1 - p[np.arange(len(targets)), targets]).mean(), grad


@cross_entropy.mutant("the slope points the wrong way: it is p - one-hot, not one-hot - p")
def slope_upside_down(logits, targets):
    loss, grad = entropy(logits, targets)
    return loss, -grad


# --------------------------------------------------------------------------------- 2. drawing with a temperature

def sample_cases(rng):
    """Three tokens, many draws; then cold and hot, with logits that overflow if divided by T without care."""
    yield "p = 0.5, 0.3, 0.2 and u = 0.1, 0.6, 0.9, at T = 1", {
        "logits": np.log([5.0, 3.0, 2.0]), "temperature": 1.0, "u": np.array([0.1, 0.6, 0.9])}
    for temperature in (0.5, 2.0):
        yield f"seven tokens, 400 draws at T = {temperature}", {
            "logits": rng.permutation(np.linspace(-2, 2, 7)), "temperature": temperature, "u": rng.random(400)}
    yield "logits near 100 at T = 0.1", {
        "logits": 100 + rng.permutation(np.linspace(0, 0.3, 6)), "temperature": 0.1, "u": rng.random(400)}


def drawn(p, u):
    """Where u falls on a ladder of the probabilities p."""
    return np.minimum(np.searchsorted(np.cumsum(p), u, side="right"), len(p) - 1)


@exercise(
    cases=sample_cases, outputs=Output("tokens", "N", whole=True),
    correct="Cold and hot draws agree, and large logits divided by a small T do no harm.",
    hints=("Two steps: make probabilities of the logits, then see where each u falls.",
           "p = softmax(logits / temperature), with the largest logit taken away first. Stand the p on top of each "
           "other: np.cumsum(p) is a ladder from 0 to 1, and u falls between two rungs.",
           "z = (logits - logits.max()) / temperature; p = np.exp(z) / np.exp(z).sum(); "
           "np.searchsorted(np.cumsum(p), u) gives the places of all u at once."))
def sample(logits, temperature, u):
    """logits (V,), temperature > 0, random numbers u (N,) in [0, 1) -> the N tokens that they draw"""
    return drawn(softmax((logits - logits.max()) / temperature), u)


sample.mistakes({
    "you multiply by the temperature: cold has to sharpen and hot to flatten, so divide the logits by T":
        lambda logits, temperature, u: drawn(softmax((logits - logits.max()) * temperature), u),
    "the temperature has no effect: dividing the probabilities by T and making them sum to 1 again changes nothing. T "
    "belongs to the logits, inside the exponential":
        lambda logits, temperature, u: drawn(softmax(logits), u),
    "this always takes the likeliest token, whatever u is. That is T → 0; for other T use u":
        lambda logits, temperature, u: np.full(len(u), logits.argmax()),
})


@sample.mutant("the exponential overflows: 100 / 0.1 = 1000, and e^1000 is infinite. Subtract the largest *after* the "
               "division by T")
def sample_overflow(logits, temperature, u):
    with np.errstate(all="ignore"):
        exponentials = np.exp(logits / temperature)
        return drawn(exponentials / exponentials.sum(), u)


sample.mistakes({
    "u falls on one token, and yours is its neighbour below: searchsorted already gives the place, counted from 0. "
    "Take nothing away":
        lambda logits, temperature, u: np.maximum(sample.reference(logits, temperature, u) - 1, 0),
    "all tokens are equally likely in yours: u times V ignores the logits":
        lambda logits, temperature, u: (u * len(logits)).astype(int),
    "the p themselves are searched, and they do not rise: u falls between two rungs of np.cumsum(p)":
        lambda logits, temperature, u: np.searchsorted(softmax((logits - logits.max()) / temperature), u),
    "the p do not add up to 1: divide the exponentials by their sum":
        lambda logits, temperature, u: drawn(np.exp((logits - logits.max()) / temperature), u),
    "these are the probabilities of the tokens that are drawn: asked are the tokens, whole numbers":
        lambda logits, temperature, u: softmax((logits - logits.max()) / temperature)[
            sample.reference(logits, temperature, u)],
    "the logits are used as if they were probabilities: they may be negative and do not add up to 1. Softmax first":
        lambda logits, temperature, u: drawn(logits / temperature, u),
})
