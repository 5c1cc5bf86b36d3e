"""The airline model, a SARIMA fitted by statsmodels: what it forecasts for every month, 1 to 12 months before.

Box & Jenkins 1970, chapter 9: ARIMA (0,1,1) × (0,1,1)₁₂ of the logarithms. Its two moving-average weights and its
variance are fitted once, by maximum likelihood, to the 96 months before the last four years; then the origin of the
forecasts moves on month by month, with the same weights. Needs statsmodels (the extra `statistics`); takes seconds.

Expected: weights −0.39 and −0.61, an error of 13.7 thousand over the last 48 months, one month before.
"""

import warnings

import numpy as np

from lstm_course.tasks import air_passengers as air

ORDER, SEASON = (0, 1, 1), (0, 1, 1, 12)
HELD_BACK, HORIZONS = 48, 12
FIRST = 26                          # the first origin: so many months are known


def model(series):
    """The airline model of the logarithms of these months."""
    try:
        from statsmodels.tsa.statespace.sarimax import SARIMAX
    except ImportError:
        raise ImportError("this experiment needs statsmodels: pip install 'lstm_course[statistics]'. Its stored "
                          "results are there without it.") from None
    return SARIMAX(np.log(series), order=ORDER, seasonal_order=SEASON)


def run(first=FIRST):
    """weights (2,): of the last month and of the last year; forecasts (12,144) in thousands, 0 where too little was
    known; row h - 1: made h months before.
    """
    _, y = air.load()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = model(y[:-HELD_BACK]).fit(disp=False)
        forecasts = np.zeros((HORIZONS, len(y)))
        for known in range(first, len(y)):
            ahead = min(HORIZONS, len(y) - known)
            said = np.exp(model(y[:known]).filter(fitted.params).forecast(ahead))
            forecasts[np.arange(ahead), known + np.arange(ahead)] = said
    return {"weights": fitted.params[:2], "forecasts": forecasts}
