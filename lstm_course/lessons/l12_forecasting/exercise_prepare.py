"""Lesson 12, exercise: from passengers to what a network can learn: log, two differences, scaled without a leak."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise

SKIPPED = 13                        # months without a change: a year, and one month


def prepare_cases(rng):
    """A growing series with a season, then a random one whose end moves more than its beginning."""
    for title, months, train, wild in (("19 growing months, of which 16 are for training", 19, 16, 0.1),
                                       ("46 random months, of which 21 are for training", 46, 21, 0.6)):
        t = np.arange(months)
        noise = rng.uniform(-0.1, 0.1, months) + wild * (t >= train) * rng.uniform(0, 1, months)
        yield title, {"passengers": np.round(100 * np.exp(0.02 * t + 0.2 * np.sin(t) + noise), 1), "train": train}


def way(passengers, train, *, log=np.log, lag=12, again=1, known=None, scale=True, middle=np.mean, spread=np.std,
        back=False, centred=True):
    """The changes, scaled -> s (T-13,), mean, width; the options make the mutants.

    known: how many changes decide the scale. back: the differences turned round.
    """
    z = log(passengers)
    growth = z[lag:] - z[:-lag]
    change = growth[again:] - growth[:-again] if again else growth
    change = -change if back else change
    part = change[:train - SKIPPED if known is None else known(train, len(change))]
    mean, width = middle(part) if centred else 0.0, spread(part)
    return (change - mean) / width if scale else change, mean, width


@exercise(
    cases=prepare_cases, outputs=(Output("s", "T-13"), Output("mean"), Output("width")),
    correct="Log, last year, last month, and a scale that knows the training months only.",
    hints=("Four lines: the logarithms; the growth over a year; the change of the growth from month to month; the "
           "scale. How many numbers are left after each of them?",
           "z[12:] - z[:-12] is the growth over a year, and it begins in month 12. Its change begins in month 13: so "
           "train months hold train - 13 changes. Mean and deviation are those of these changes alone.",
           "z = np.log(passengers), growth = z[12:] - z[:-12], change = growth[1:] - growth[:-1], known = "
           "change[:train - 13], and return (change - known.mean()) / known.std(), known.mean(), known.std()"))
def prepare(passengers, train):
    """passengers (T,), of which the first `train` months are for training -> the scaled changes s (T-13,), their mean
    and their width (standard deviation) before the scaling
    """
    z = np.log(passengers)
    growth = z[12:] - z[:-12]
    change = growth[1:] - growth[:-1]
    known = change[:train - 13]
    mean, width = known.mean(), known.std()
    return (change - mean) / width, mean, width


prepare.mistakes({
    "mean and width are those of *all* changes: your scale has seen the future. Take them from the first train - 13, "
    "`train` being the argument":
        {"known": lambda train, count: count},
    "the first `train` changes decide the scale. But change 0 belongs to month 13, so 13 of these lie behind the "
    "training months: take change[:train - 13]": {"known": lambda train, count: train},
    "the first train - 12 changes decide the scale. Two differences cost 13 months, 12 and 1: take change[:train - "
    "13]": {"known": lambda train, count: train - 12},
    "the logarithm is missing: differences of passengers grow with the traffic. Begin with np.log(passengers)":
        {"log": lambda y: y},
    "the base of your logarithm is 10. Here np.log is meant, so that a change of 0.01 is about 1 %": {"log": np.log10},
    "the growth is that over 11 months: z[12:] - z[:-12] compares a month with the same month of last year":
        {"lag": 11},
    "the growth is that over 13 months: z[12:] - z[:-12] compares a month with the same month of last year":
        {"lag": 13},
    "this is the growth over a year itself, scaled. Take its change since last month: growth[1:] - growth[:-1]":
        {"again": 0},
    "the sign is turned: what is later comes first, z[12:] - z[:-12], and likewise for the change": {"back": True},
    "s is not scaled: subtract the mean, and divide by the width": {"scale": False},
    "the width is the range, max - min. Here the standard deviation is asked: .std()": {"spread": np.ptp},
    "the width is the variance: its root is the standard deviation": {"spread": np.var},
    "the minimum is subtracted, not the mean": {"middle": np.min},
    "the mean is not subtracted": {"centred": False},
    "your deviation divides by n - 1 (ddof=1). Here .std() of NumPy is meant, which divides by n":
        {"spread": lambda part: np.std(part, ddof=1)},
}, of=way)


@prepare.mutant("only the training months come back: scale all changes, with the mean and the width of the training "
                "part")
def training_part_only(passengers, train):
    s, mean, width = prepare.reference(passengers, train)
    return s[:train - SKIPPED], mean, width


@prepare.mutant("the logarithms are scaled, and then come the differences: these are not scaled any more. First the "
                "two differences, then mean and width of the changes")
def scaled_too_early(passengers, train):
    z = np.log(passengers)
    s, mean, width = way((z - z[:train].mean()) / z[:train].std(), train, log=lambda y: y, scale=False)
    return s, mean, width


@prepare.mutant("the difference to last month is taken alone: the season is still there. First the growth over a "
                "year, z[12:] - z[:-12], then its change")
def month_alone(passengers, train):
    return way(passengers, train, lag=1, again=0, known=lambda train, count: train - 1)


def changes_of(growth, train):
    """All is right but what stands for the growth over a year."""
    return way(growth, train, log=lambda y: y, lag=1, again=0)


prepare.mistakes({
    "np.diff(z, n=12) takes a difference to the month before, twelve times in a row. The growth over a year is "
    "z[12:] - z[:-12]":
        lambda passengers, train: changes_of(np.diff(np.log(passengers), n=12), train),
    "the logarithm is missing: passengers[12:] / passengers[:-12] is the quotient, and its logarithm is the growth":
        lambda passengers, train: changes_of(passengers[12:] / passengers[:-12], train),
    "the logarithm comes too late. First z = np.log(passengers), then differences of z: those of the passengers may be "
    "negative, and have no logarithm":
        lambda passengers, train: changes_of(np.log(passengers[12:] - passengers[:-12]), train),
    "the logarithms are scaled, and then come the differences. First the two differences, then mean and width of the "
    "changes":
        lambda passengers, train: (scaled_too_early(passengers, train)[0], np.log(passengers)[:train].mean(),
                                   np.log(passengers)[:train].std()),
    "mean and width are those after the scaling, 0 and 1. The way back to passengers needs those before it":
        lambda passengers, train: (prepare.reference(passengers, train)[0], 0.0, 1.0),
})
