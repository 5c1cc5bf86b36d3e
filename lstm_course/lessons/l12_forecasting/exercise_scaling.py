"""Lesson 12, More: scale a series without a leak."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise


def scale_cases(rng):
    """Five months by hand; then a series whose held-back part is both higher and lower than the training part."""
    yield "the months 2, 4, 6, 10, 12, of which 3 are for training", {
        "series": np.array([2.0, 4, 6, 10, 12]), "train_months": 3}
    series = np.concatenate([rng.uniform(200, 400, 7), [rng.uniform(420, 500)], rng.uniform(100, 700, 3),
                             [rng.uniform(710, 800), rng.uniform(50, 90)]])
    yield "13 random months, of which 7 are for training", {"series": series, "train_months": 7}


def between(series, low, high):
    """0 at low, 1 at high"""
    return (series - low) / (high - low)


@exercise(
    cases=scale_cases, outputs=Output("scaled", "T"),
    correct="0 and 1 are the lowest and the highest month of the training part; later months may lie outside.",
    hints=("Which months may the scale know? Take the minimum and the maximum of these only.",
           "train = series[:train_months]. The lowest of these becomes 0, the highest 1, and *all* months are scaled "
           "with the same two numbers.",
           "(series - train.min()) / (train.max() - train.min())"))
def scale_on_train(series, train_months):
    """series (T,) -> scaled (T,): its first train_months lie between 0 and 1, and only they decide the scale"""
    train = series[:train_months]
    return between(series, train.min(), train.max())


@scale_on_train.quantities
def limits(series, train_months):
    train = series[:train_months]
    return {"train": train, "min": train.min(), "max": train.max(), "range": train.max() - train.min()}


scale_on_train.mistakes({
    "minimum and maximum are those of *all* months: your scale knows how high the future goes. Take them from "
    "series[:train_months]":
        lambda series, train_months: between(series, series.min(), series.max()),
    "that is the article's scaling: the minimum is not subtracted, so 0 and 1 are not the ends, and the range is that "
    "of all months":
        lambda series, train_months: series / (series.max() - series.min()),
})


@scale_on_train.mutant("the minimum is not subtracted: divided by (max - min) alone, the lowest "
                       "month does not become 0")
def without_the_minimum(series, train_months):
    train = series[:train_months]
    return series / (train.max() - train.min())


scale_on_train.mistakes({
    "this runs from -1 to 1: here the lowest month of the training part is to become 0":
        lambda series, train_months: 2 * scale_on_train.reference(series, train_months) - 1,
    "only the training part is scaled, the later months are left as they were: scale all of them with the two numbers "
    "of the training part":
        lambda series, train_months: np.concatenate([scale_on_train.reference(series, train_months)[:train_months],
            series[train_months:]]),
    "the first and the last training month are taken. Take the lowest and the highest, train.min() and train.max()":
        lambda series, train_months: between(series, series[0], series[train_months - 1]),
    "the mean is subtracted: then the mean becomes 0. Subtract the minimum":
        lambda series, train_months: (series - series[:train_months].mean()) / np.ptp(series[:train_months]),
    "divided by the maximum: the highest month becomes 1, but the lowest does not become 0":
        lambda series, train_months: series / series[:train_months].max(),
})


@scale_on_train.mutant("the minimum is subtracted, but then it is divided by the maximum: the range is max - min")
def not_divided_by_the_range(series, train_months):
    train = series[:train_months]
    return (series - train.min()) / train.max()


@scale_on_train.mutant("the range is that of the training part, but the minimum is that of all months")
def minimum_of_all(series, train_months):
    train = series[:train_months]
    return (series - series.min()) / (train.max() - train.min())


@scale_on_train.mutant("the minimum is that of the training part, but the maximum is that of all months")
def maximum_of_all(series, train_months):
    return between(series, series[:train_months].min(), series.max())


@scale_on_train.mutant("both parts are scaled, each by its own minimum and maximum: then the same number of passengers "
                       "means two different things. Scale all months by the numbers of the training part")
def each_part_by_itself(series, train_months):
    parts = series[:train_months], series[train_months:]
    return np.concatenate([between(part, part.min(), part.max()) for part in parts])


scale_on_train.mistakes({
    "everything above 1 and below 0 is cut off: the growth of the later years is lost. Let them lie outside":
        lambda series, train_months: np.clip(scale_on_train.reference(series, train_months), 0, 1),
    "the month after the training part is taken along: series[:train_months] ends before it":
        lambda series, train_months: scale_on_train.reference(series, train_months + 1),
    "only the training part comes back: scale *all* months with its two numbers":
        lambda series, train_months: scale_on_train.reference(series, train_months)[:train_months],
})


@scale_on_train.mutant("this is (x - mean) / standard deviation, another scaling: here the lowest month is to become 0 "
                       "and the highest 1")
def standardised(series, train_months):
    train = series[:train_months]
    return (series - train.mean()) / train.std()
