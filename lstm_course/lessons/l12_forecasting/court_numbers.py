"""The forecast court: what each forecaster says from one origin about the next 12 months, and how far off that is."""

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count

import numpy as np

from lstm_course.experiments import airline_preparations
from lstm_course.experiments.airline_networks import Setting
from lstm_course.experiments.airline_preparations import BEST, CHOOSING, HORIZONS, LOOK_BACK, SEEDS
from lstm_course.lessons.l12_forecasting.ranking import ARTICLE, NETWORKS, PREPARED, TO_BEAT, TRAIN, forecasters, limits
from lstm_course.tasks import air_passengers as air

YOURS, SARIMA, LAST = "yours", "airline SARIMA", "last month"
DRAWN = (YOURS, LAST, TO_BEAT, SARIMA, ARTICLE, PREPARED)       # of these one is drawn; all are ranked
ORIGINS = 144 - TRAIN - HORIZONS                                # the last origin, 0 being December 1956
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")
LIVE_UPDATES = 300


@dataclass
class Court:
    """All forecasts of the 12 months after `known` months. said: name -> (S,12); truth (144,); limits (12,2) or None:
    the 90 % interval of the drawn one as factors; live: a network trained here (seed, updates), if it is drawn.
    """

    who: str
    known: int
    network: int
    covered: bool
    said: dict
    truth: np.ndarray
    limits: np.ndarray | None
    live: dict = field(default_factory=dict)

    @property
    def forecast(self):
        """(12,): that of the drawn forecaster."""
        return self.live["said"] if self.live else self.said[self.who][self.network if self.who in NETWORKS else 0]

    @property
    def errors(self):
        """name -> (S,) errors over the 12 months."""
        return {name: air.rmse(said, self.truth[self.known:self.known + HORIZONS]) for name, said in self.said.items()}

    @property
    def ranking(self):
        """(name, error), the smallest error first; of 20 networks the median."""
        return sorted(((name, float(np.median(found))) for name, found in self.errors.items()), key=lambda one: one[1])

    @property
    def place(self):
        """Of the drawn forecaster in the ranking, 1 being the best."""
        return 1 + [name for name, _ in self.ranking].index(self.who)

    @property
    def held(self):
        """How many of the 12 months lie in the interval."""
        truth = self.truth[self.known:self.known + HORIZONS]
        low, high = self.limits.T * self.forecast
        return int(np.sum((low <= truth) & (truth <= high)))

    @property
    def origin(self):
        """"December 1956", the last month known."""
        return name_of(self.known - 1)


def name_of(t):
    """The name of month t, 0 being January 1949."""
    return f"{MONTHS[t % 12]} {1949 + t // 12}"


def own_forecast(words):
    """"10 %" or 12 numbers, as they are meant: the text again. A ValueError says what is possible."""
    parts = words.replace("−", "-").replace(";", " ").replace(",", ".").replace("%", " % ").split()
    try:
        numbers = [float(part) for part in parts if part != "%"]
    except ValueError:
        numbers = []
    percent = parts[-1:] == ["%"] and len(numbers) == 1 and -50 <= numbers[0] <= 100
    twelve = "%" not in parts and len(numbers) == HORIZONS and min(numbers) > 0 and max(numbers) < 2000
    if not percent and not twelve:
        raise ValueError("Type a percentage from −50 to 100, as in 10 % (so much more than a year before), or 12 "
                         "numbers (thousands of passengers), with blanks between them.")
    return " ".join(f"{number:g}" for number in numbers) + (" %" if percent else "")


def own_numbers(own, known):
    """(12,): the student's forecast after so many known months."""
    y = air.load()[1]
    if own.endswith("%"):
        return y[known - 12:known] * (1 + float(own[:-1]) / 100)
    return np.array([float(part) for part in own.split()])


@lru_cache(64)
def _from(known):
    """name -> (S,12): what each says after so many known months."""
    ahead = np.arange(HORIZONS)
    return {name: said[:, ahead, known + ahead] for name, said in forecasters().items()}


@lru_cache(64)
def _limits(who, network):
    return limits(forecasters()[who][network])


def compute(who, now, own, network, covered, result=None):
    """The forecasts of all from one origin; `result`: a network trained here."""
    known, row = TRAIN + now, network if who in NETWORKS else 0
    said = {YOURS: own_numbers(own, known)[None]} | _from(known)
    live, between = {}, None if who == YOURS else _limits(who, row)
    if result and who == PREPARED:
        ahead = np.arange(HORIZONS)
        live = {"seed": result["seed"], "updates": result["updates"], "said": result["forecasts"][ahead, known + ahead]}
        between = limits(result["forecasts"])
    return Court(who, known, row, covered, said, air.load()[1], between, live)


NEXT_SEED = count(SEEDS)


def train(who, now, own, network, covered):
    """Train one more prepared network, with a seed of its own -> (share done, its forecasts at the best moment so far,
    for the 12 months that say when to stop).
    """
    (_, y), seed, best = air.load(), next(NEXT_SEED), np.inf
    for number, networks, _, said in airline_preparations.training((BEST,), (seed,), LIVE_UPDATES):
        error = air.rmse(said[0, 0, TRAIN - CHOOSING:TRAIN], y[TRAIN - CHOOSING:TRAIN])
        if error < best:
            best, model = error, airline_preparations.model_of(networks.weights_of(0), Setting(LOOK_BACK))
            result = {"seed": seed, "updates": number, "forecasts": airline_preparations.forecasts(model)}
        yield number / LIVE_UPDATES, result
