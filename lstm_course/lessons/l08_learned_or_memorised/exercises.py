"""Lesson 08, learned or memorised: the exercises and the quiz.

Samples are rows: X (N,C) has N windows of C inputs, y (N,) their targets.
"""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise

# --------------------------------------------------------------------- 1. is the answer in the input?

def windows_of(series, width):
    """Numbers (N,) -> all windows (N-width,width) and the number after each."""
    return np.lib.stride_tricks.sliding_window_view(series[:-1], width).copy(), series[width:]


def leak_cases(rng):
    """The primes 2, 3, 5 over and over; random samples with two leaks and three decoys; without a leak."""
    X, y = windows_of(np.resize([0.02, 0.03, 0.05], 11), 6)
    yield "2, 3, 5 over and over in windows of 6 (N = 5, C = 6)", {"X": X, "y": y}
    y = rng.uniform(1, 9, 40)
    X = rng.uniform(1, 9, (40, 9))
    X[:, [2, 7]] = y[:, None]                                           # the leaks
    X[:, 4] = y + rng.choice([-0.01, 0.01], 40)                         # nearly the target
    X[:, 5] = 20 + y / 2                                                # moves with it
    X[:20, 1] = y[:20]                                                  # in every second sample
    X[:, 8] = np.roll(y, 1)                                             # the right values, in other samples
    X[0, 3], X[5, 0] = y[0], y[5]                                       # in a single sample
    yield "random samples with two leaks and some decoys (N = 40, C = 9)", {"X": X, "y": y}
    yield "random samples without a leak (N = 40, C = 7)", {"X": np.delete(X, [2, 7], axis=1), "y": y}


@exercise(
    cases=leak_cases, outputs=Output("leaks", "C", whole=True),
    correct="Both leaks are found, and no decoy is taken for one.",
    hints=("For one input j: in which samples does X[:, j] agree with y? A leak agrees in all of them.",
           "X == y[:, None] compares every input with the target of its sample: True or False, (N, C). Which axis runs "
           "over the samples?",
           "(X == y[:, None]).all(axis=0) asks of each column whether it agrees in all rows."))
def find_leak(X, y):
    """Samples X (N,C), targets y (N,) -> leaks (C,): True for every input that is the target in all samples"""
    return (y[:, None] == X).all(axis=0)


@find_leak.quantities
def on_the_way(X, y):
    return {"y[:, None]": y[:, None], "same": y[:, None] == X}


@find_leak.mutant("you search by correlation alone. A column that is *nearly* the target, or moves with it, correlates "
                  "too: neighbouring primes rise together. A leak is the target itself: compare with ==")
def correlation_only(X, y):
    return np.array([abs(np.corrcoef(column, y)[0, 1]) > 0.999 for column in X.T])


@find_leak.mutant("only the first leak is found: go on after the first hit. The article's windows hold the target "
                  "twice")
def first_only(X, y):
    leaks = find_leak.reference(X, y)
    return leaks & (np.cumsum(leaks) == 1)


find_leak.mistakes({
    "an input counts as soon as it agrees in *one* sample (any). That happens by chance: a leak agrees in all samples":
        lambda X, y: (y[:, None] == X).any(axis=0),
    "an input counts if it agrees in most samples, but not in all. Such a column is suspicious, too; asked are those "
    "that agree in every sample":
        lambda X, y: (y[:, None] == X).mean(axis=0) >= 0.5,
    "only the first sample is looked at: compare all N samples": lambda X, y: X[0] == y[0],
    "you ask whether the values of a column occur *somewhere* in y. They have to stand in the same sample: compare "
    "row by row":
        lambda X, y: np.isin(X, y).all(axis=0),
    "“nearly equal” is not equal: with such a wide tolerance a noisy copy is taken for the target. Here equal numbers "
    "are exactly equal":
        lambda X, y: np.isclose(X, y[:, None], rtol=0.02, atol=0).all(axis=0),
    "`all` runs along the wrong axis: you ask of each *sample* whether all its inputs are the target. Samples are "
    "axis 0, so all(axis=0) asks each input":
        lambda X, y: (y[:, None] == X).all(axis=1),
    "those are the numbers of the leaking inputs. Asked is True or False for each of the C inputs: leave out "
    "np.flatnonzero (or np.where)":
        lambda X, y: np.flatnonzero(find_leak.reference(X, y)),
    "it is the wrong way round: True should mark the inputs that *are* the target (==)":
        lambda X, y: ~find_leak.reference(X, y),
})


@find_leak.mutant("y has one number for each row. NumPy lines up the *last* axes, so write X == y[:, None]: then row n "
                  "is compared with y[n]")
def without_a_new_axis(X, y):
    return (X == y).all(axis=0)                                         # noqa: SIM300


# --------------------------------------------------------------------- 2. the control with shuffled labels

def memorise(X, y):
    """Learn by heart: the answer is the label of the nearest sample."""
    return lambda new: y[((new[:, None] - X) ** 2).sum(axis=-1).argmin(axis=1)]


def straight_line(X, y):
    """Least squares: one weight for each input, and a bias."""
    widen = lambda a: np.column_stack([a, np.ones(len(a))])
    weights = np.linalg.lstsq(widen(X), y, rcond=None)[0]
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
    "the second network has learned the shuffled labels but is judged on the true ones. Does it fit what it was "
    "given? Judge it on y[order]":
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


@shuffled_control.mutant("that is the root of the mean squared error: leave out the root")
def root(learn, X, y, order):
    true, shuffled = shuffled_control.reference(learn, X, y, order)
    return np.sqrt(true), np.sqrt(shuffled)


# --------------------------------------------------------------------- 3. windows, split in time

SPLIT = (Output("X_train", "N C", whole=True), Output("y_train", "N", whole=True),
         Output("X_test", "N C", whole=True), Output("y_test", "N", whole=True))


def split_cases(rng):
    """The first twelve primes by hand, then a random series; both go on long enough after the known numbers."""
    yield "the primes 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37 in windows of 3, known = 7", {
        "series": np.array([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]), "width": 3, "known": 7}
    yield "a random series of 30 numbers in windows of 4, known = 21", {
        "series": rng.permutation(1000)[:30], "width": 4, "known": 21}


@exercise(
    cases=split_cases, outputs=SPLIT,
    correct="Nothing that is known in the training comes after what is asked in the test.",
    hints=("First make all windows and targets: window k is series[k : k + width]. Which number is its target?",
           "Target k is series[k + width]. It is known if k + width < known. So how many windows can be learned?",
           "X has the rows series[k : k + width], y = series[width:], and cut = known - width: return X[:cut], "
           "y[:cut], X[cut:], y[cut:]."))
def split_in_time(series, width, known):
    """series (N,) -> X_train, y_train (targets among the first `known` numbers), X_test, y_test (all later ones)"""
    X, y = windows_of(series, width)
    cut = known - width
    return X[:cut], y[:cut], X[cut:], y[cut:]


def _cut(X, y, early):
    """Split rows by a mask."""
    return X[early], y[early], X[~early], y[~early]


@split_in_time.mutant("the windows are split by where they *begin*. Then the last targets of the training lie beyond "
                      "the known numbers: what counts is where the target stands")
def split_by_the_beginning(series, width, known):
    X, y = windows_of(series, width)
    return X[:known], y[:known], X[known:], y[known:]


@split_in_time.mutant("one window too many is learned: its target is series[known], the first number that is not "
                      "known. Counting starts at 0, so the known numbers are series[0] to series[known - 1]")
def one_too_many(series, width, known):
    X, y = windows_of(series, width)
    cut = known - width + 1
    return X[:cut], y[:cut], X[cut:], y[cut:]


@split_in_time.mutant("one window too few is learned: series[known - 1] is known as well, and may be a target in the "
                      "training")
def one_too_few(series, width, known):
    X, y = windows_of(series, width)
    cut = known - width - 1
    return X[:cut], y[:cut], X[cut:], y[cut:]


@split_in_time.mutant("every second window is held out. Then each test window stands between two learned ones that "
                      "share nearly all its numbers: split in time, early windows and late ones")
def every_second(series, width, known):
    X, y = windows_of(series, width)
    return _cut(X, y, np.arange(len(X)) % 2 == 0)


@split_in_time.mutant("the target stands in its own window: y is the *last* number of the window, not the one after "
                      "it. That is the leak of this lesson, built in by hand")
def target_in_the_window(series, width, known):
    X, y = windows_of(series, width)
    return _cut(X, X[:, -1], np.arange(len(X)) < known - width)


@split_in_time.mutant("y starts one too late: after the window series[k : k + width] comes series[k + width], with no "
                      "number left out between them")
def one_number_left_out(series, width, known):
    X, y = windows_of(series, width)
    return _cut(X[:-1], y[1:], np.arange(len(X) - 1) < known - width)


@split_in_time.mutant("the first window of the test begins only after all known numbers. That is allowed, but throws "
                      "away windows: in a test the *inputs* may be known, only the target must be new")
def nothing_known_in_the_test(series, width, known):
    train, test = windows_of(series[:known], width), windows_of(series[known:], width)
    return *train, *test


@split_in_time.mutant("the test holds all windows, also those that were learned. Held out means: never seen in the "
                      "training")
def test_on_everything(series, width, known):
    X, y = windows_of(series, width)
    return X[:known - width], y[:known - width], X, y


@split_in_time.mutant("training and test have changed places: the early windows are for learning, the late ones for "
                      "the test")
def test_first(series, width, known):
    X, y = windows_of(series, width)
    return _cut(X, y, np.arange(len(X)) >= known - width)


@split_in_time.mutant("the four arrays come in another order: X_train, y_train, X_test, y_test is asked for")
def inputs_first(series, width, known):
    X_train, y_train, X_test, y_test = split_in_time.reference(series, width, known)
    return X_train, X_test, y_train, y_test


# --------------------------------------------------------------------- 4. the majority class

def majority_cases(rng):
    """Six gaps by hand, then two random draws whose most frequent classes differ."""
    yield "train 3, 3, 0, 1, 3, 2 and test 0, 3, 3, 0, 0 (classes 0 to 3)", {
        "train": np.array([3, 3, 0, 1, 3, 2]), "test": np.array([0, 3, 3, 0, 0])}
    train = np.repeat(np.arange(4), [10, 14, 20, 9] + rng.integers(0, 3, 4))
    test = np.repeat(np.arange(4), [12, 30, 16, 8])
    yield "random classes, more often 2 in the training and more often 1 in the test", {
        "train": rng.permutation(train), "test": rng.permutation(test)}
    yield "train 3, 1, 3, 1, 3 and test 1, 3, 3, 3: no class 0 and no class 2", {
        "train": np.array([3, 1, 3, 1, 3]), "test": np.array([1, 3, 3, 3])}


@exercise(
    cases=majority_cases, outputs=Output("accuracy"),
    correct="This number stands beside every accuracy from now on.",
    hints=("Which class would you always say if you knew the training only?",
           "np.bincount(train) counts the classes; argmax gives the most frequent one. How often is it right in "
           "`test`?",
           "answer = np.bincount(train).argmax(), then np.mean(test == answer)."))
def majority_accuracy(train, test):
    """Classes (N,) and (M,) -> the accuracy on `test` if the answer is always the most frequent class of `train`"""
    return np.mean(test == np.bincount(train).argmax())


@majority_accuracy.quantities
def counted(train, test):
    return {"counts": np.bincount(train), "answer": np.bincount(train).argmax(),
            "hits": test == np.bincount(train).argmax()}


majority_accuracy.mistakes({
    "the most frequent class is taken from the *test*. That is not known yet when one answers: count in the training":
        lambda train, test: np.mean(test == np.bincount(test).argmax()),
    "that is how often the class is right in the *training*. Asked is the accuracy on the test":
        lambda train, test: np.mean(train == np.bincount(train).argmax()),
    "training and test are pooled to find the most frequent class. That looks at the test's answers":
        lambda train, test: np.mean(test == np.bincount(np.concatenate([train, test])).argmax()),
    "bincount(…).max() is *how often* the class comes; argmax() says *which* class it is":
        lambda train, test: np.mean(test == np.bincount(train).max()),
    "that is train.max(), the class with the largest number. Asked is the most frequent one":
        lambda train, test: np.mean(test == train.max()),
    "you round the mean of the class numbers. Classes are names: a mean of them means nothing":
        lambda train, test: np.mean(test == np.round(train.mean())),
    "that is 1 / 4, as if all classes were equally frequent. Count them": lambda train, test: 1 / 4,
    "that is the number of right answers: divide by how many there are, or take the mean":
        lambda train, test: float(np.sum(test == np.bincount(train).argmax())),
    "that is the share of *wrong* answers: count what agrees (==)":
        lambda train, test: np.mean(test != np.bincount(train).argmax()),
})
