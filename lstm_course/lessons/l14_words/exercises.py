"""Lesson 14, words: the exercises and the quiz."""

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


@sample.mutant("the exponential overflows: 100 / 0.1 = 1000, and e^1000 is infinite. Subtract the largest logit first")
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
    "the logits are used as if they were probabilities: they may be negative and do not add up to 1. Softmax first":
        lambda logits, temperature, u: drawn(logits / temperature, u),
})


# ----------------------------------------------------------------------------------- 3. the control: shuffled text

def control_cases(rng):
    """Four tokens, then a longer text."""
    yield "the text 7 8 9 5 in the order 2, 0, 3, 1", {"text": np.array([7, 8, 9, 5]), "order": np.array([2, 0, 3, 1])}
    for N in (9, 30):
        yield f"a text of {N} tokens", {"text": rng.integers(0, 50, N), "order": _real_shuffle(rng, N)}


def _real_shuffle(rng, N):
    """An order that is neither the identity nor its own inverse."""
    while True:
        order = rng.permutation(N)
        if not np.array_equal(order, np.argsort(order)):
            return order


@exercise(
    cases=control_cases, outputs=(Output("inputs", "N", whole=True), Output("targets", "N", whole=True)),
    correct="Every token is as frequent as before, and nothing follows from anything. What is clearly better than the "
            "unigram on this text lets an answer leak.",
    hints=("Which comes first: shuffling, or cutting the text into inputs and targets?",
           "Shuffle the text once, text[order]. Then make the pairs as always: each target is the token after its "
           "input.",
           "mixed = text[order]; return mixed[:-1], mixed[1:]"))
def shuffled_pairs(text, order):
    """text (N,), order (N,) a permutation -> inputs (N-1,) and targets (N-1,) of the shuffled text"""
    mixed = text[order]
    return mixed[:-1], mixed[1:]


@shuffled_pairs.mutant("inputs and targets are shuffled together: each input keeps its true successor, so a bigram "
                       "still knows all it knew. Shuffle the text first, then make the pairs")
def pairs_together(text, order):
    keep = order[order < len(text) - 1]
    return text[:-1][keep], text[1:][keep]


@shuffled_pairs.mutant("nothing is shuffled: these are the pairs of the true text")
def not_shuffled(text, order):
    return text[:-1], text[1:]


@shuffled_pairs.mutant("inputs and targets have changed places: the target is the token *after* its input")
def backwards(text, order):
    mixed = text[order]
    return mixed[1:], mixed[:-1]


shuffled_pairs.mistakes({
    "inputs and targets are the same tokens: the target must be one place later":
        lambda text, order: (text[order][:-1], text[order][:-1]),
    "only the targets are shuffled. That is a control, too, but the network still reads the true text. Here the whole "
    "text is shuffled":
        lambda text, order: (text[:-1], text[order][1:]),
})


@shuffled_pairs.mutant("text is put at the places `order` instead of being taken from them: mixed[order] = text is the "
                       "opposite order. Write text[order]")
def the_other_way(text, order):
    mixed = text[np.argsort(order)]
    return mixed[:-1], mixed[1:]


# ------------------------------------------------------------------------------------- 4. perplexity of the bigram

def perplexity_cases(rng):
    """The text "abab" and "aab", then random text in which what follows depends on what came before."""
    yield "training text a b a b, held-out text a a b (a = 0, b = 1)", {
        "training": np.array([0, 1, 0, 1]), "held_out": np.array([0, 0, 1]), "size": 2}
    for size in (5, 8):
        text = [0]
        for _ in range(260):
            text.append(int((text[-1] + rng.choice([1, 1, 1, 2, 3])) % size) if rng.random() < 0.85 else int(
                rng.integers(0, size) // 2))
        text = np.array(text)
        yield f"random text of {size} tokens", {"training": text[:200], "held_out": text[200:], "size": size}


def bigram_table(numbers, size, extra=1.0):
    pairs = np.full((size, size), extra)
    np.add.at(pairs, (numbers[:-1], numbers[1:]), 1)
    return pairs


def rows_to_one(pairs):
    return pairs / pairs.sum(axis=1, keepdims=True)


def surprise(p, numbers):
    """-log p of each token but the first, p (V,V)"""
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.log(p[numbers[:-1], numbers[1:]])


@exercise(
    cases=perplexity_cases, outputs=Output("perplexity"),
    correct="This is the number that a network has to beat.",
    hints=("Three steps: count the pairs of the training text, make each row a distribution, measure the surprise on "
           "the held-out text.",
           "np.add.at(pairs, (training[:-1], training[1:]), 1) counts. Begin with 1 everywhere: a pair that was never "
           "seen must not get probability 0. Each row is divided by its sum.",
           "pairs = np.ones((size, size)); count; p = pairs / pairs.sum(axis=1, keepdims=True); "
           "np.exp(-np.log(p[held_out[:-1], held_out[1:]]).mean())"))
def bigram_perplexity(training, held_out, size):
    """Tokens (N,) and (M,), vocabulary size -> perplexity of pair counts, plus 1 for each pair, on the held-out text"""
    return np.exp(surprise(rows_to_one(bigram_table(training, size)), held_out).mean())


@bigram_perplexity.mutant("the pairs of the held-out text are counted, too: then it is no longer held out, and the "
                          "number flatters. Count the training text only")
def counts_both(training, held_out, size):
    pairs = bigram_table(training, size) + bigram_table(held_out, size, 0.0)
    return np.exp(surprise(rows_to_one(pairs), held_out).mean())


@bigram_perplexity.mutant("this is the perplexity on the training text: it says how well the table remembers, not how "
                          "well it predicts")
def on_training(training, held_out, size):
    return np.exp(surprise(rows_to_one(bigram_table(training, size)), training).mean())


@bigram_perplexity.mutant("the columns add up to 1, not the rows: asked is p(next | now), so each row, one for each "
                          "token now, is divided by its own sum")
def columns_to_one(training, held_out, size):
    pairs = bigram_table(training, size)
    return np.exp(surprise(pairs / pairs.sum(axis=0, keepdims=True), held_out).mean())


@bigram_perplexity.mutant("the whole table adds up to 1: that is the probability of a *pair*. Given the token now, "
                          "only its row counts")
def joint(training, held_out, size):
    pairs = bigram_table(training, size)
    return np.exp(surprise(pairs / pairs.sum(), held_out).mean())


@bigram_perplexity.mutant("this is the unigram: the token before is not looked at")
def unigram_only(training, held_out, size):
    p = (np.bincount(training, minlength=size) + 1) / (len(training) + size)
    return np.exp(-np.log(p[held_out[1:]]).mean())


@bigram_perplexity.mutant("without the 1 for every pair a new pair has probability 0, and one single such pair makes "
                          "the perplexity infinite (or NaN). Begin the counts with 1")
def unsmoothed(training, held_out, size):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.exp(surprise(rows_to_one(bigram_table(training, size, 0.0)), held_out).mean())


bigram_perplexity.mistakes({
    "this is the mean surprise itself (the cross-entropy). The perplexity is its exponential":
        lambda training, held_out, size: surprise(rows_to_one(bigram_table(training, size)), held_out).mean(),
    "this is the mean of 1/p. The perplexity is exp of the mean of -log p: average first, then exp":
        lambda training, held_out, size: np.exp(surprise(rows_to_one(bigram_table(training, size)), held_out)).mean(),
    "logarithm and exponential do not belong together: log2 goes with 2 **, log with exp":
        lambda training, held_out, size: np.exp(surprise(rows_to_one(bigram_table(training, size)), held_out).mean() /
            np.log(2)),
})


@bigram_perplexity.mutant("pairs[a, b] += 1 counts a pair once, however often it stands in a and b: NumPy reads, adds "
                          "and writes once for all. np.add.at(pairs, (a, b), 1) counts each")
def counts_once(training, held_out, size):
    pairs = np.ones((size, size))
    pairs[training[:-1], training[1:]] += 1
    return np.exp(surprise(rows_to_one(pairs), held_out).mean())


@bigram_perplexity.mutant("the sums of the rows lie along the wrong axis: pairs.sum(axis=1) has one axis, and NumPy "
                          "divides each *column* by it. keepdims=True keeps them where they belong")
def without_keepdims(training, held_out, size):
    pairs = bigram_table(training, size)
    return np.exp(surprise(pairs / pairs.sum(axis=1), held_out).mean())


@bigram_perplexity.mutant("1 is added to every pair, but only once to the sum of its row: a row has `size` pairs, so "
                          "its sum grows by `size`")
def one_for_the_row(training, held_out, size):
    counts = bigram_table(training, size, 0.0)
    return np.exp(surprise((counts + 1) / (counts.sum(axis=1, keepdims=True) + 1), held_out).mean())


bigram_perplexity.mistakes({
    "2 ** belongs to log2, exp to the natural logarithm np.log: yours takes 2 ** of a natural one":
        lambda training, held_out, size: 2 ** surprise(rows_to_one(bigram_table(training, size)), held_out).mean(),
    "the table is transposed: row = token now, column = token after it":
        lambda training, held_out, size: np.exp(surprise(rows_to_one(bigram_table(training, size).T), held_out).mean()),
})
