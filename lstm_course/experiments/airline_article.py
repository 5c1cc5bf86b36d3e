"""The article's airline network, trained 20 times: what it forecasts for every month, 1 to 12 months before.

Its own system: look-back 2, two LSTM layers of 4 units, the months divided by the range of all 144, 1 000 updates on
the 96 months before the last four years, no stop. Takes about 2 minutes.

Expected: errors of 55 to 140 thousand over the last 48 months, 1 month before; “as last month” has 48.0.
"""

import numpy as np

from lstm_course.experiments import airline_networks
from lstm_course.experiments.airline_networks import ARTICLE, UPDATES, TwoBiases
from lstm_course.experiments.airline_preparations import HELD_BACK, HORIZONS, MONTHS, model_of, packed
from lstm_course.experiments.shared.stacks import Stacks

SEEDS = 20


def article(seeds, updates=UPDATES):
    """The article's system, trained on 96 months, one network a seed -> forecasts (S,12,144)."""
    low, width = airline_networks.scaler(ARTICLE.scaling, HELD_BACK)
    x, targets, train = airline_networks.dataset(ARTICLE, HELD_BACK)
    networks, optimizer = Stacks([airline_networks.network(ARTICLE, seed) for seed in seeds]), TwoBiases()
    same_for_all = [np.repeat(array[:train, None], len(seeds), axis=1) for array in (x, targets)]
    for _ in range(updates):
        _, grads = networks.slopes(*same_for_all)
        optimizer.update(networks.parameters, grads)
    found = np.full((len(seeds), HORIZONS, MONTHS), np.nan)
    for k, rows in enumerate(found):
        model = model_of(networks.weights_of(k), ARTICLE)
        ahead = airline_networks.ahead_in_one_sequence(model, x, HORIZONS)
        for horizon, row in enumerate(rows):
            row[ARTICLE.look_back + horizon:] = ahead[horizon, :len(x) - horizon]
    return found * width + low


def run(seeds=SEEDS):
    """forecasts (S,12,144) in tenths, 0 where there is none."""
    return {"forecasts": packed(article(range(seeds)))}
