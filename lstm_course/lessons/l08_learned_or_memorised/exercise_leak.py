"""Exercise 1 of lesson 08: does the answer stand in the input? Samples are rows: X (N,C), y (N,)."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.lessons.l08_learned_or_memorised.windows import windows_of


def leak_cases(rng):
    """The primes 2, 3, 5 over and over; random samples with two leaks and three decoys; without a leak."""
    X, y = windows_of(np.resize([0.02, 0.03, 0.05], 11), 6)
    yield "2, 3, 5 over and over in windows of 6 (N = 5, C = 6)", {"X": X, "y": y}
    y = rng.uniform(1, 9, 40)
    X = rng.uniform(1, 9, (40, 9))
    X[:, [2, 7]] = y[:, None]                                           # the leaks
    X[:, 4] = y + rng.choice([-0.01, 0.01], 40)                         # nearly the target
    X[:, 5] = 20 + y / 2                                                # moves with it
    X[:39, 1] = y[:39]                                                  # in all samples but the last
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


@find_leak.mutant("that is a list of the leaking inputs' numbers. Asked is True or False for each of the C inputs: "
                  "append the comparison itself, for every input, and make one array of the list")
def list_of_numbers(X, y):
    return list(np.flatnonzero(find_leak.reference(X, y)))


@find_leak.mutant("that is the answer for input 0 alone. If `return` stands inside the loop, the function ends in its "
                  "first round: collect one answer for each input, and return after the loop")
def first_input_only(X, y):
    return (X[:, 0] == y).all()


@find_leak.mutant("it compares 10 samples, however many there are: X has len(y) rows")
def ten_samples(X, y):
    return np.array([all(X[n, j] == y[n] for n in range(10)) for j in range(X.shape[1])])
