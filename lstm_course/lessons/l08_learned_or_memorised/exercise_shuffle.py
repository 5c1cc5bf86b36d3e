"""Exercise 2 of lesson 08: the control with shuffled labels, for any learner."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise


def memorise(X, y):
    """Learn by heart: the answer is the label of the nearest sample."""
    return lambda new: y[((new[:, None] - X) ** 2).sum(axis=-1).argmin(axis=1)]


def straight_line(X, y):
    """Least squares: one weight for each input, and a bias. (lstsq would print warnings of its own at NaN.)"""
    widen = lambda a: np.column_stack([a, np.ones(len(a))])
    A = widen(X)
    weights = np.linalg.solve(A.T @ A, A.T @ y)
    return lambda new: widen(new) @ weights


def one_by_one(X, y, rate=0.1):
    """The delta rule, one sample after the other: the order of the samples matters."""
    weights = np.zeros(X.shape[1])
    for x_n, y_n in zip(X, y, strict=True):
        weights = weights + rate * (y_n - x_n @ weights) * x_n
    return lambda new: new @ weights


def control_cases(rng):
    """A learner by heart fits everything, a straight line only what lies on one."""
    X = np.array([[0.0, 1.0], [2.0, 1.0], [1.0, 3.0], [4.0, 0.0]])
    yield "a learner that learns 4 samples by heart", {
        "learn": memorise, "X": X, "y": np.array([1.0, 2.0, 3.0, 5.0]), "order": np.array([2, 0, 3, 1])}
    X = rng.standard_normal((20, 3))
    y = X @ rng.uniform(0.5, 2, 3) + rng.uniform(1, 2) + 0.1 * rng.standard_normal(20)
    given = {"X": X, "y": y, "order": rng.permutation(20)}
    yield "a straight line through 20 samples", {"learn": straight_line} | given
    yield "a learner that sees the 20 samples one after the other, as a recurrent network does", {
        "learn": one_by_one} | given


def fit_error(learn, X, y):
    """Learn, and measure on the same samples: the mean squared error."""
    return np.mean((learn(X, y)(X) - y) ** 2)


@exercise(
    cases=control_cases, outputs=(Output("error"), Output("error_shuffled")),
    correct="Two errors to compare: if the second is as small as the first, a small error proves no rule.",
    hints=("The control is a second training. Which of the two, X or y, has to change its order so that every window "
           "gets a wrong label?",
           "shuffled = y[order]. Then learn(X, shuffled) makes a new predict function. Which labels does it have to be "
           "judged on: y or shuffled?",
           "predict = learn(X, shuffled); error_shuffled = np.mean((predict(X) - shuffled) ** 2). The other error is "
           "the same with y."))
def shuffled_control(learn, X, y, order):
    """learn(X, y) gives predict(X); order (N,) permutes. -> mean squared error with y, and with shuffled labels"""
    return fit_error(learn, X, y), fit_error(learn, X, y[order])


@shuffled_control.mutant("X and y are shuffled *together*. Then every window still has its own label, and nothing is "
                         "controlled: shuffle y alone")
def together(learn, X, y, order):
    return fit_error(learn, X, y), fit_error(learn, X[order], y[order])


@shuffled_control.mutant("nothing is learned a second time: you measure the old network on shuffled labels. The "
                         "question is whether shuffled labels can be *learned*: call learn(X, y[order])")
def not_trained_again(learn, X, y, order):
    predict = learn(X, y)
    return np.mean((predict(X) - y) ** 2), np.mean((predict(X) - y[order]) ** 2)


shuffled_control.mistakes({
    "the second network has learned the shuffled labels but is judged on the true ones (predict(X[order]) beside "
    "y[order] comes to the same). Does it fit what it was given? Judge predict(X) on y[order]":
        lambda learn, X, y, order: (fit_error(learn, X, y), np.mean((learn(X, y[order])(X) - y) ** 2)),
    "X is shuffled and y is not. That breaks the pairs as well, but for a recurrent network it also changes the order "
    "of the sequence: two changes in one control. Shuffle y":
        lambda learn, X, y, order: (fit_error(learn, X, y), fit_error(learn, X[order], y)),
    "the labels are sorted instead of shuffled. Sorted labels follow a rule again, and a rule can be learned: use the "
    "given `order`":
        lambda learn, X, y, order: (fit_error(learn, X, y), fit_error(learn, X, np.sort(y))),
    "the labels are only turned round. What was smooth stays smooth, so that is a weak control: use the given `order`":
        lambda learn, X, y, order: (fit_error(learn, X, y), fit_error(learn, X, y[::-1])),
    "both errors belong to the true labels: y is never put into the new order. y[order] gives a shuffled copy; y "
    "itself stays":
        lambda learn, X, y, order: (fit_error(learn, X, y), fit_error(learn, X, y)),
    "both errors belong to the shuffled labels: the first is that of the true ones, for comparison":
        lambda learn, X, y, order: (fit_error(learn, X, y[order]), fit_error(learn, X, y[order])),
})


@shuffled_control.mutant("the two errors are in the wrong order: first the true labels, then the shuffled ones")
def swapped(learn, X, y, order):
    return shuffled_control.reference(learn, X, y, order)[::-1]


@shuffled_control.mutant("that is the sum of the squared errors: divide by N, or take the mean")
def sum_for_mean(learn, X, y, order):
    true, shuffled = shuffled_control.reference(learn, X, y, order)
    return true * len(y), shuffled * len(y)


@shuffled_control.mutant("that is the mean of the absolute errors: square them before you take the mean")
def absolute(learn, X, y, order):
    return tuple(np.mean(np.abs(learn(X, labels)(X) - labels)) for labels in (y, y[order]))


@shuffled_control.mutant("those are the two predictions. Asked are their errors: np.mean((predict(X) - labels) ** 2), "
                         "each with the labels that were learned")
def predictions(learn, X, y, order):
    return learn(X, y)(X), learn(X, y[order])(X)


@shuffled_control.mutant("the labels are put into the inverse order, mixed[order] = y. Asked is y[order]")
def inverse_order(learn, X, y, order):
    mixed = np.empty_like(y)
    mixed[order] = y
    return fit_error(learn, X, y), fit_error(learn, X, mixed)


@shuffled_control.mutant("that is the root of the mean squared error: leave out the root")
def root(learn, X, y, order):
    true, shuffled = shuffled_control.reference(learn, X, y, order)
    return np.sqrt(true), np.sqrt(shuffled)
