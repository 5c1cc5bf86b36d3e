"""Airline passengers: the monthly totals of 1949 to 1960, and rules that forecast them without a network.

A *rule* takes what is known, past (N,K) with the latest month last, and gives the next month (N,). Every rule here
needs K = 13 months. The data: Series G of Box & Jenkins, see data/NOTICE.txt.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

Rule = Callable[[np.ndarray], np.ndarray]           # months known (N,K) -> the next one (N,)

FILE = Path(__file__).parent / "data" / "air_passengers.csv"
HELD_BACK = {"article": 43, "four years": 48}       # the months at the end that nothing may learn from
KNOWN = 13                                          # months that the rules look at


# ---- the data ------------------------------------------------------------------------------------------------

@cache
def load() -> tuple[np.ndarray, np.ndarray]:
    """-> months (144,), "1949-01" to "1960-12"; passengers (144,) in thousands. Neither can be changed."""
    table = np.loadtxt(FILE, delimiter=",", skiprows=1, dtype=str)
    months, passengers = table[:, 0].copy(), table[:, 1].astype(float)
    months.flags.writeable = passengers.flags.writeable = False
    return months, passengers


def windows(series: np.ndarray, look_back: int) -> tuple[np.ndarray, np.ndarray]:
    """series (T,) -> x (T - look_back, look_back): what was known; targets (T - look_back,): what came next."""
    count = len(series) - look_back
    if not 1 <= look_back < len(series):
        raise ValueError(f"look_back is {look_back}, expected 1 to {len(series) - 1}")
    return np.stack([series[k:k + look_back] for k in range(count)]), series[look_back:].copy()


# ---- rules without a network ---------------------------------------------------------------------------------

def last_month(past: np.ndarray) -> np.ndarray:
    """As last month."""
    return past[:, -1]


def same_month_last_year(past: np.ndarray) -> np.ndarray:
    """As twelve months ago: the same month of last year."""
    return past[:, -12]


def growth_times_last_year(past: np.ndarray) -> np.ndarray:
    """The same month of last year, times how much last month was above the same month of last year."""
    return past[:, -12] * past[:, -1] / past[:, -13]


def step_on_last_year(past: np.ndarray) -> np.ndarray:
    """The same month of last year, plus by how much last month was above the same month of last year."""
    return past[:, -12] + past[:, -1] - past[:, -13]


def linear(lags: Sequence[int], train: np.ndarray) -> Rule:
    """Least squares on some past months and a constant, fitted to `train` (T,) -> a rule."""
    x, targets = windows(train, max(lags))
    columns = lambda past: np.column_stack([*(past[:, -lag] for lag in lags), np.ones(len(past))])
    weights = np.linalg.lstsq(columns(x), targets, rcond=None)[0]
    return lambda past: columns(past) @ weights


def log_linear(lags: Sequence[int], train: np.ndarray) -> Rule:
    """The same with the logarithms of all months."""
    rule = linear(lags, np.log(train))
    return lambda past: np.exp(rule(np.log(past)))


def rules(train: np.ndarray) -> dict[str, Rule]:
    """All rules by name; the linear ones are fitted to `train` (T,)."""
    return {"last month": last_month, "same month last year": same_month_last_year,
            "growth × last year": growth_times_last_year, "step + last year": step_on_last_year,
            "linear, lags 1, 2, 12, 13": linear((1, 2, 12, 13), train),
            "linear, lags 1 to 12": linear(range(1, 13), train),
            "log-linear, lags 1, 2, 12, 13": log_linear((1, 2, 12, 13), train)}


def ahead(rule: Rule, past: np.ndarray, horizon: int) -> np.ndarray:
    """A rule over and over, on its own forecasts: past (N,K) -> what it says for `horizon` months later (N,)."""
    for _ in range(horizon):
        past = np.column_stack([past[:, 1:], rule(past)])
    return past[:, -1]


def forecast(rule: Rule, series: np.ndarray, horizon: int = 1) -> np.ndarray:
    """Forecasts of all months (T,), each made `horizon` months before; NaN where too little was known."""
    past = np.stack([series[k:k + KNOWN] for k in range(len(series) - KNOWN - horizon + 1)])
    return np.concatenate([np.full(len(series) - len(past), np.nan), ahead(rule, past, horizon)])


# ---- judging -------------------------------------------------------------------------------------------------

def rmse(forecasts: Any, truth: Any) -> Any:
    """Root of the mean square of the errors, over the last axis, in passengers (thousands)."""
    return np.sqrt(np.mean((np.asarray(forecasts) - truth) ** 2, axis=-1))


def limits(forecasts: np.ndarray, truth: np.ndarray, share: float = 0.9) -> np.ndarray:
    """Between which two factors of the forecast did this share of the truths lie? -> low, high.

    As many are left out above as below. Months without a forecast (NaN) do not count.
    """
    ratios = (truth / forecasts)[np.isfinite(forecasts)]
    return np.quantile(ratios, [(1 - share) / 2, (1 + share) / 2])
