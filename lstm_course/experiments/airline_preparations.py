"""What has to be done to the passengers before the article's network forecasts them well?

Its two LSTM layers of 4 units read 12 months as they are or as logarithms, and of these the numbers themselves, their
difference to the same month of last year, to last month, or both (the change of the first since last month). All else
is equal: the months that train, first weights, 250 updates, scaled to mean 0 and deviation 1 on the training months;
the numbers themselves also from 0 to 1. Of the 96 months before the last four years 84 train, and 12 say when to
stop. Twenty seeds each; takes half a minute.

Expected: 1 month before and stopped, a median of 15 thousand with both differences, with the logarithms or without, 18
to 26 with one, 60 or more with none. The rule growth × last year has 15.6. Least squares on the same 12 inputs
is better than the median network each time: 14 to 15 with differences, 17 to 21 without.
"""

from typing import NamedTuple

import numpy as np

from lstm_course.experiments import airline_networks
from lstm_course.experiments.airline_networks import Setting, TwoBiases
from lstm_course.experiments.shared.stacks import Stacks
from lstm_course.tasks import air_passengers as air

MONTHS, HELD_BACK, CHOOSING, HORIZONS = 144, 48, 12, 12
LOOK_BACK, FIRST = 12, 25                       # of the network; the first month that it forecasts
UPDATES, EVERY, SEEDS = 250, 10, 20
TRAIN, END = MONTHS - HELD_BACK - CHOOSING, MONTHS - HELD_BACK


class Preparation(NamedTuple):
    """What the network reads."""

    log: bool = False
    lags: tuple = ()                # differences one after the other: to 12 months before, to 1 month before
    range: bool = False             # scaled from 0 to 1 on the training months, not to mean 0 and deviation 1

    @property
    def name(self):
        words = {(): "", (12,): " − last year", (1,): " − last month", (12, 1): ", both differences"}[self.lags]
        words += ", 0 to 1" if self.range else ""
        return ("logs" if self.log else "months") + words


PREPARATIONS = tuple(Preparation(log, *rest) for log in (False, True)
                     for rest in (((), True), ((),), ((12,),), ((1,),), ((12, 1),)))
BEST = Preparation(True, (12, 1))


class Prepared:
    """The series that a network reads, (144,) with NaN where it is not defined, and the way back to passengers."""

    def __init__(self, preparation, train=TRAIN):
        _, y = air.load()
        self.preparation, self.values = preparation, np.log(y) if preparation.log else y
        self.differences = [self.values]
        for lag in preparation.lags:
            before = np.concatenate([np.full(lag, np.nan), self.differences[-1][:-lag]])
            self.differences.append(self.differences[-1] - before)
        known = self.differences[-1][:train]
        self.mean, self.width = ((np.nanmin(known), np.nanmax(known) - np.nanmin(known)) if preparation.range
                                 else (np.nanmean(known), np.nanstd(known)))
        self.series = (self.differences[-1] - self.mean) / self.width

    def windows(self):
        """x (119,12): the 12 months before each month from FIRST on; targets (119,)"""
        x, targets = air.windows(self.series, LOOK_BACK)
        return x[FIRST - LOOK_BACK:], targets[FIRST - LOOK_BACK:]

    def passengers(self, said):
        """Forecasts of the series made 1 … h months before, (h,144) -> of the passengers; h is 12 at most."""
        said = said * self.width + self.mean
        for level, lag in reversed([*zip(self.differences, self.preparation.lags, strict=False)]):
            back = []
            for horizon, row in enumerate(said):
                back.append(row + _shifted(level if horizon < lag else back[horizon - lag], lag))
            said = np.array(back)
        return np.exp(said) if self.preparation.log else said


def _shifted(series, months):
    """What stood so many months earlier; NaN where there was nothing."""
    return series if months == 0 else np.concatenate([np.full(months, np.nan), series[:-months]])


def _in_place(said):
    """(…,119) for the months from FIRST on -> (…,144)"""
    return np.concatenate([np.full((*said.shape[:-1], FIRST), np.nan), said], axis=-1)


# ---- training ------------------------------------------------------------------------------------------------

def training(preparations=PREPARATIONS, seeds=range(SEEDS), updates=UPDATES):
    """Train all preparations × seeds side by side -> yields (updates so far, the networks, losses (P,S), forecasts
    one month before (P,S,144)) after every 10 updates.
    """
    networks = Stacks([airline_networks.network(Setting(LOOK_BACK), seed) for _ in preparations for seed in seeds])
    prepared = [Prepared(one) for one in preparations]
    x, targets = (np.repeat(np.stack(arrays, axis=1), len(seeds), axis=1)
                  for arrays in zip(*(one.windows() for one in prepared), strict=True))
    x, targets, train = x[:, :, None], targets[:, :, None, None], TRAIN - FIRST
    optimizer = TwoBiases()
    for number in range(1, updates + 1):
        losses, grads = networks.slopes(x[:train], targets[:train])
        optimizer.update(networks.parameters, grads)
        if number % EVERY == 0 or number == updates:
            said = _in_place(networks.forward(x)[0][:, :, 0, 0].T).reshape(len(preparations), len(seeds), MONTHS)
            yield number, networks, losses.reshape(said.shape[:2]), np.array(
                [[one.passengers(row[None])[0] for row in rows] for one, rows in zip(prepared, said, strict=True)])


def model_of(weights, setting):
    """The package's model with these weights by name."""
    model = airline_networks.network(setting, 0)
    for name, array in model.parameters.items():
        array[...] = weights[name]
    return model


def packed(forecasts):
    """Forecasts in tenths of a thousand, 0 where there is none."""
    return np.nan_to_num(10 * np.array(forecasts)).round().astype(np.int32)


def unpacked(array):
    """The inverse."""
    return np.where(array == 0, np.nan, array / 10)


def forecasts(model, preparation=BEST):
    """(12,144): each month's forecast made 1 to 12 months before; NaN where too little was known."""
    prepared = Prepared(preparation)
    x, _ = prepared.windows()
    return _back(prepared, airline_networks.ahead_in_one_sequence(model, x[:, None, :], HORIZONS))


def _back(prepared, said):
    """What is said of the series from each month on, (12,119) -> forecasts of the passengers (12,144)."""
    return prepared.passengers(np.array([_shifted(row, horizon) for horizon, row in enumerate(_in_place(said))]))


# ---- the same preparations without a network ---------------------------------------------------------------------

def least_squares(preparation, train=TRAIN):
    """(12,144) as `forecasts`, by a weighted sum of the network's 12 inputs, fitted to the first `train` months."""
    prepared = Prepared(preparation)
    x, _ = prepared.windows()
    rule = air.linear(range(1, LOOK_BACK + 1), prepared.series[FIRST - LOOK_BACK:train])
    return _back(prepared, np.array([air.ahead(rule, x, horizon + 1) for horizon in range(HORIZONS)]))


def no_change(preparation):
    """(12,144) as `forecasts`, if the differences are 0 from the origin on."""
    prepared = Prepared(preparation)
    return _back(prepared, np.full((HORIZONS, MONTHS - FIRST), -prepared.mean / prepared.width))


# ---- the experiment ------------------------------------------------------------------------------------------

def run(preparations=PREPARATIONS, seeds=SEEDS, updates=UPDATES):
    """names (P,); moments (M,): updates; losses (P,S,M); choosing, later (P,S,M): errors 1 month before over the 12
    months that say when to stop, and over the last 48; forecasts (S,12,144) in tenths, 0 where there is none: those of
    the last preparation, stopped at the moment that is best for the 12.
    """
    _, y = air.load()
    moments, losses, choosing, later = [], [], [], []
    best, kept = np.full(seeds, np.inf), [None] * seeds
    for number, networks, loss, said in training(preparations, range(seeds), updates):
        moments.append(number)
        losses.append(loss)
        choosing.append(air.rmse(said[..., TRAIN:END], y[TRAIN:END]))
        later.append(air.rmse(said[..., END:], y[END:]))
        for seed, error in enumerate(choosing[-1][-1]):
            if error < best[seed]:
                best[seed] = error
                kept[seed] = {name: array.copy() for name, array in networks.weights_of(
                    (len(preparations) - 1) * seeds + seed).items()}
    said = [forecasts(model_of(weights, Setting(LOOK_BACK)), preparations[-1]) for weights in kept]
    return {"names": np.array([one.name for one in preparations]), "moments": np.array(moments),
            "losses": np.stack(losses, axis=-1), "choosing": np.stack(choosing, axis=-1),
            "later": np.stack(later, axis=-1), "forecasts": packed(said)}
