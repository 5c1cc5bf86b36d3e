"""Who forecasts how well: all forecasters of lesson 12 on the same months, and how sure the order is.

Everything is fitted once to the first 96 months. Then the *origin* moves on month by month (rolling origin): each
forecast knows all months up to its own origin, 1 to 12 months before the month that is forecast.
"""

from functools import cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments.airline_preparations import HORIZONS, unpacked
from lstm_course.tasks import air_passengers as air

HELD_BACK = air.HELD_BACK["four years"]
TRAIN = 144 - HELD_BACK
ARTICLE, PREPARED, TO_BEAT = "article's LSTM", "LSTM, prepared", "growth × last year"
RULES = {"last month": "last month", "same month last year": "same month last year", TO_BEAT: TO_BEAT,
         "step + last year": "step + last year", "linear, 4 lags": "linear, lags 1, 2, 12, 13",
         "log-linear, 4 lags": "log-linear, lags 1, 2, 12, 13"}
NETWORKS = {ARTICLE: "airline_article", PREPARED: "airline_preparations"}
BLOCK, DRAWS = 12, 2000                     # months drawn together; draws of a bootstrap


@cache
def forecasters():
    """name -> forecasts (S,12,144), NaN where there is none: one row for a rule or the SARIMA, 20 for a network. Row
    [:, h - 1] was made h months before.
    """
    _, y = air.load()
    rules = air.rules(y[:TRAIN])
    found = {name: np.array([[air.forecast(rules[rule], y, horizon + 1) for horizon in range(HORIZONS)]])
             for name, rule in RULES.items()}
    sarima = experiments.load("airline_sarima")["forecasts"][None]
    found["airline SARIMA"] = np.where(sarima == 0, np.nan, sarima)
    return found | {name: unpacked(experiments.load(stored)["forecasts"]) for name, stored in NETWORKS.items()}


def errors(said, horizon=1):
    """Forecasts (…,12,144) -> the errors over the last 48 months, made so many months before (…,)"""
    _, y = air.load()
    return air.rmse(said[..., horizon - 1, TRAIN:], y[TRAIN:])


def limits(said):
    """Forecasts (12,144) -> (12,2): between which two factors of the forecast 90 % of the training months lay, 1 to 12
    months before."""
    _, y = air.load()
    return np.array([air.limits(row[:TRAIN], y[:TRAIN]) for row in said])


def against_the_rule(said, horizon=1):
    """Forecasts (S,12,144) -> of the median one its error, its margin to the rule to beat, and the interval of that."""
    row = said[np.argsort(errors(said, horizon))[len(said) // 2], horizon - 1, TRAIN:]
    return air.rmse(row, air.load()[1][TRAIN:]), *margin(row, forecasters()[TO_BEAT][0, horizon - 1, TRAIN:])


def margin(first, second):
    """Forecasts (48,) of two -> how much larger the first's error is, and the 90 % interval of that: (3,).

    Bootstrap: four times a year's length of months in a row is drawn, anywhere in the 48, for both alike.
    """
    _, y = air.load()
    starts = np.random.default_rng(0).integers(0, HELD_BACK, (DRAWS, HELD_BACK // BLOCK, 1))
    drawn = ((starts + np.arange(BLOCK)) % HELD_BACK).reshape(DRAWS, HELD_BACK)
    squares = [(said - y[TRAIN:]) ** 2 for said in (first, second)]
    differences = np.subtract(*(np.sqrt(square[drawn].mean(axis=1)) for square in squares))
    return np.array([np.subtract(*(np.sqrt(square.mean()) for square in squares)),
                     *np.quantile(differences, [0.05, 0.95])])
