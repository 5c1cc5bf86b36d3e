"""Runs a student's own pipeline (lesson 12) and says how good its forecasts are."""

import numpy as np

from lstm_course.checking.results import is_blank
from lstm_course.lessons.l12_forecasting.ranking import HELD_BACK
from lstm_course.tasks import air_passengers as air


def error_of(forecast_with, prepare, make_windows, seed=0):
    """The error of `forecast_with(prepare, make_windows, seed)` over the last 48 months, in words: "15.4"."""
    y = air.load()[1]
    for number, answer in ((1, make_windows(np.arange(5.0), 2)), (2, prepare(y, 84))):
        if is_blank(answer):
            return f"? (this needs exercise {number})"
    said = forecast_with(prepare, make_windows, seed)
    return f"{air.rmse(said[-HELD_BACK:], y[-HELD_BACK:]):.1f}"
