"""Explorer of lesson 12: from one month on, a year is forecast by rules, a SARIMA, two networks and the student."""

from functools import lru_cache

import numpy as np

from lstm_course.experiments.airline_preparations import HORIZONS, SEEDS
from lstm_course.lessons.l12_forecasting.court_numbers import (
    DRAWN,
    ORIGINS,
    SARIMA,
    YOURS,
    compute,
    name_of,
    own_forecast,
    train,
)
from lstm_course.lessons.l12_forecasting.ranking import ARTICLE, NETWORKS, PREPARED, TO_BEAT, TRAIN
from lstm_course.tasks import air_passengers as air
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Checkbox, Choice, Slider, Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.numbers import num
from lstm_course.widgets.parts import chosen, unknown
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, SKY, SMALL

__all__ = ["compute", "describe", "draw", "forecast_court"]

# ---- words ---------------------------------------------------------------------------------------------------

def name(court):
    """The drawn forecaster."""
    if court.live:
        return f"LSTM, prepared (trained here, seed {court.live['seed']}, asked after {court.live['updates']} updates)"
    return f"{court.who}, network {court.network}" if court.who in NETWORKS else court.who


def describe(court):
    """What the picture shows, in words."""
    from_to = f"{name_of(court.known)} to {name_of(court.known + HORIZONS - 1)}"
    first, last = (num(court.forecast[k], 0) for k in (0, -1))
    numbers = f"{name(court)} says {first} for the first month and {last} for the last."
    if court.covered:
        return f"Known to {court.origin}; forecast: {from_to}. {numbers[0].upper()}{numbers[1:]} What came is covered."
    error = float(air.rmse(court.forecast, court.truth[court.known:court.known + HORIZONS]))
    inside = "" if court.limits is None else f" The 90\u00a0% interval holds {court.held} of 12 months."
    best, least = court.ranking[0]
    return (f"Known to {court.origin}; forecast: {from_to}. {numbers[0].upper()}{numbers[1:]} Error {num(error, 1)}, "
            f"place {court.place} of {len(court.said)}{_median(court)}; the best: {best}, {num(least, 1)}.{inside}")


def _median(court):
    if court.who not in NETWORKS:
        return ""
    return f" (the median of {SEEDS}: {num(float(np.median(court.errors[court.who])), 1)})"


def code(values):
    """The current state as NumPy code."""
    known = TRAIN + values["now"]
    if values["who"] == YOURS:
        own = values["own"]
        said = (f"y[{known - 12}:{known}] * (1 + {float(own[:-1]) / 100:g})" if own.endswith("%")
                else f"np.array([{', '.join(own.split())}])")
    else:
        row = values["network"] if values["who"] in NETWORKS else 0
        said = f"forecasters()[{values['who']!r}][{row}, np.arange(12), {known} + np.arange(12)]"
    last = "said[0], said[-1]" if values["covered"] else f"air.rmse(said, y[{known}:{known + HORIZONS}])"
    return ("import numpy as np\nfrom lstm_course.lessons.l12_forecasting.ranking import forecasters\n"
            "from lstm_course.tasks import air_passengers as air\n\nmonths, y = air.load()\n"
            f"said = {said}\nprint({last})")


# ---- the picture ---------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHART = 880, 372, 570
FROM, TOP = 84, 800                         # the first month drawn (January 1956), the highest number
YEARS = 1949 + np.arange(144) / 12
BOARD, RIGHT, ROW = CHART + 16, WIDTH - 12, 30
SAID = {"stroke": INK, "stroke_width": 3, "dash": (7, 3)}


@lru_cache
def _chart():
    return svg.Chart(CHART, HEIGHT, (1956, 1961), (200, TOP), "", "passengers (thousands)", margins=(78, 12, 40, 34),
                     xticks=range(1956, 1962), yticks=range(200, TOP + 1, 100))


def draw(court, hidden=False):
    """Left the months and the forecast, right the ranking; hidden: without forecast, truth and ranking."""
    chart, now = _chart(), court.known
    (x, _), (end, _) = chart.xy(YEARS[[now - 1, now + HORIZONS - 1]], [TOP, TOP])
    ground = svg.box(x, chart.top, end - x, chart.height, fill="#EEF4FA", stroke="none", rx=0)
    edge = svg.path([(x, chart.top), (x, chart.top + chart.height)], stroke=FRAME, stroke_width=1.5, dash=(4, 4))
    known = chart.line(YEARS[FROM:now], court.truth[FROM:now], stroke=INK, stroke_width=2)
    parts = [ground, chart.frame, edge, known, _key(court)]
    if hidden:
        parts.append(unknown((x + end) / 2, chart.top + 150))
    else:
        parts += [_forecast(court), "" if court.covered else _what_came(court)]
    return svg.picture(WIDTH, HEIGHT, *parts, _ranking(court, hidden or court.covered))


def _forecast(court):
    """The interval as a pale area, and the line from the last known month on."""
    t = np.arange(court.known - 1, court.known + HORIZONS)
    said = np.concatenate([court.truth[[court.known - 1]], court.forecast])
    area = ""
    if court.limits is not None:
        low, high = court.limits.T * court.forecast
        area = _chart().band(YEARS[t[1:]], low, high, fill=SKY, fill_opacity=0.3, stroke=SKY, stroke_width=0.7)
    return area + _chart().line(YEARS[t], said, **SAID)


def _what_came(court):
    """The true months, as dots."""
    t = np.arange(court.known, court.known + HORIZONS)
    return _chart().dots(YEARS[t], court.truth[t], 4, fill=INK)


@lru_cache(256)
def _key_marks(who, interval):
    line = svg.path([(80, 17), (118, 17)], **SAID) + svg.text(124, 22, who, SMALL, "start")
    came = svg.circle(382, 17, 4, fill=INK) + svg.text(392, 22, "what came", SMALL, "start")
    band = svg.box(484, 9, 22, 16, fill=SKY, fill_opacity=0.3, stroke=SKY, rx=0)
    band += svg.text(512, 22, "90 %", SMALL, "start")
    return line + came + (band if interval else "")


def _key(court):
    who = f"{court.who}, trained here" if court.live else name(court)
    return _key_marks(who, court.limits is not None)


def _ranking(court, hidden):
    """All forecasters, the smallest error first; without errors in the order of their names."""
    rows = [(one, None) for one in court.said] if hidden else court.ranking
    parts = [svg.text(BOARD, 22, "error over these 12 months", SMALL, "start", weight="bold")]
    for k, (one, error) in enumerate(rows):
        y = 34 + ROW * k
        if one == court.who:
            parts.append(chosen(BOARD - 6, y, RIGHT - BOARD + 12, ROW - 2))
        weight = "bold" if one in (court.who, YOURS) else None
        words = "?" if hidden else num(error, 1)
        parts += [svg.text(BOARD, y + 19, one if hidden else f"{k + 1}. {one}", SMALL, "start", weight=weight),
                  svg.text(RIGHT, y + 19, words, SMALL, "end", weight=weight)]
    foot = 34 + ROW * len(rows) + 20
    return "".join(parts) + svg.text(BOARD, foot, f"LSTMs: the median of {SEEDS}", SMALL, "start", GREY)


# ---- the explorer --------------------------------------------------------------------------------------------

START = {"who": ARTICLE, "now": 0, "own": "10 %", "network": 0, "covered": False}
PRESETS = {
    "the article in 1957": {"who": ARTICLE, "now": 0},
    "your turn: 1958": {"who": YOURS, "now": 12, "covered": True},
    "growth × last year, 1958": {"who": TO_BEAT, "now": 12},
    "SARIMA, 1960": {"who": SARIMA, "now": ORIGINS},
    "prepared, 1960": {"who": PREPARED, "now": ORIGINS},
}
PLACES = ("place 1 to 3", "place 4 to 7", "place 8 to 10")


def _place(court):
    return PLACES[0 if court.place <= 3 else 1 if court.place <= 7 else 2]


@explorer
def forecast_court():
    """The forecast court: from one month on, who forecasts the next year best?"""
    predict = Guess("It is December 1956. The article's LSTM, trained on all months so far, forecasts 1957. Which "
                    "place does it take among these ten?", options=list(PLACES), truth=_place, at=START,
                    because=lambda court: f"It is number {court.place}; number 1 is {court.ranking[0][0]}.",
                    mask=lambda court: draw(court, hidden=True))
    controls = [Choice("who", "drawn", list(DRAWN), ARTICLE),
                Slider("now", "months after 1956", 0, ORIGINS, 1, 0),
                Text("own", "yours", "10 %", own_forecast),
                Checkbox("covered", "cover what came"),
                Slider("network", "network", 0, SEEDS - 1, 1, 0, shown_if=lambda values: values["who"] in NETWORKS)]
    return Explorer("Who forecasts the next year best?", controls, compute, draw, describe, presets=PRESETS,
                    predict=predict, code=code, static=["growth × last year, 1958", "prepared, 1960"],
                    run=("Train one more", train, lambda values: values["who"] == PREPARED))
