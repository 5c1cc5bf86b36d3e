"""The article's airline network and its relatives: what each forecasts for every month, over several seeds.

The system of the article "深度学习(2) LSTM长短期记忆网络": the months divided by (max - min) of all of them, two
previous months as the two features of a step, the whole history as one sequence, two LSTM layers of 4 units and a
linear one, squared error, Adam 1e-2, 1 000 epochs. The relatives differ in the four things that a Setting names; all
else stays. Training all of them takes about 10 minutes.

Expected: the article's network is off by 56 to 140 thousand on the last 48 months, with 12 features by 19 to 49, the
rule growth × last year by 15.6.
"""

from itertools import product
from typing import NamedTuple

import numpy as np

from lstm_course import LSTM, Linear, Stacked
from lstm_course.tasks import air_passengers as air
from lstm_course.training import Last, Model, steps
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import Adam

UNITS, RATE, UPDATES, SEEDS, ARTICLE_SEEDS = 4, 1e-2, 1000, 5, 10
LOOK_BACKS = (1, 2, 3, 6, 12, 13, 18, 24)
HORIZONS = (1, 12)
FIRST = 50                          # so many losses are kept, for a quick test
PREPARED = (50, 100, 300, 1000)     # updates after which the network of the corrections is asked


class Setting(NamedTuple):
    """What the networks differ in."""

    look_back: int = 2
    form: str = "features"          # the months of a window: "features" of one step, or "steps" of one feature
    scaling: str = "article"        # "article": divided by the range of all months; "train": 0 to 1 in the training
    layers: int = 2

    @property
    def name(self):
        return f"{self.look_back}_{self.form}_{self.scaling}_{self.layers}"


ARTICLE = Setting()
COURT = [Setting(*choice) for choice in product(LOOK_BACKS, ("features", "steps"), ("article", "train"), (1, 2))]


# ---- data and network ----------------------------------------------------------------------------------------

def scaler(scaling, held_back):
    """-> low, width: a month y becomes (y - low) / width."""
    _, y = air.load()
    if scaling == "article":
        return 0.0, y.max() - y.min()
    train = y[:-held_back]
    return train.min(), train.max() - train.min()


def dataset(setting, held_back):
    """-> x (T,B,I) and targets for all windows of the 144 months; how many of them are for training.

    features: x (N, 1, look_back), targets (N, 1, 1): one sequence of N windows.
    steps:    x (look_back, N, 1), targets (N, 1): N sequences of one window each.
    """
    low, width = scaler(setting.scaling, held_back)
    x, targets = air.windows((air.load()[1] - low) / width, setting.look_back)
    count = len(x) - held_back
    if setting.form == "features":
        return x[:, None, :], targets[:, None, None], count
    return x.T[:, :, None], targets[:, None], count


def network(setting, seed):
    """The layers, with the first weights of PyTorch: all uniform in ±1/√H, and b the sum of two such vectors."""
    rng, bound = np.random.default_rng(seed), UNITS ** -0.5
    inputs = setting.look_back if setting.form == "features" else 1
    stack = Stacked([LSTM(inputs if k == 0 else UNITS, UNITS) for k in range(setting.layers)])
    head = Linear(UNITS, 1)
    for layer in (*stack.layers, head):
        for name, array in layer.parameters.items():
            array[...] = rng.uniform(-bound, bound, array.shape)
            if layer is not head and name == "b":
                array += rng.uniform(-bound, bound, array.shape)
    return Model([stack, head] if setting.form == "features" else [stack, Last(), head])


class TwoBiases:
    """Adam for an LSTM with two bias vectors, as PyTorch has: both move alike, so their sum b moves twice as far."""

    def __init__(self, learning_rate=RATE):
        self.single, self.double = Adam(learning_rate), Adam(2 * learning_rate)

    def update(self, parameters, grads):
        """One update in place; the LSTMs' biases are "0.0.b", "0.1.b"."""
        biases = {name: grad for name, grad in grads.items() if name.startswith("0.") and name.endswith(".b")}
        self.double.update(parameters, biases)
        self.single.update(parameters, {name: grad for name, grad in grads.items() if name not in biases})


def training(setting, held_back, seed, updates=UPDATES, every=UPDATES):
    """Train -> yields (model, losses so far) after each `every` updates."""
    x, targets, count = dataset(setting, held_back)
    train = (x[:count], targets[:count]) if setting.form == "features" else (x[:, :count], targets[:count])
    model = network(setting, seed)
    for now in steps(model, train, mean_squared_error, TwoBiases(), updates=updates):
        if now.number % every == 0 or now.number == updates:
            yield model, now.history.losses


# ---- forecasts -----------------------------------------------------------------------------------------------

def forecasts(model, setting, held_back):
    """(2,144): each month's forecast made 1 month and 12 months before; NaN where too little was known."""
    low, width = scaler(setting.scaling, held_back)
    x, _, _ = dataset(setting, held_back)
    ahead = (ahead_in_one_sequence if setting.form == "features" else _ahead_in_windows)(model, x, max(HORIZONS))
    found = np.full((len(HORIZONS), len(air.load()[1])), np.nan)
    for row, horizon in zip(found, HORIZONS, strict=True):
        first = setting.look_back + horizon - 1
        row[first:] = ahead[horizon - 1][:len(row) - first]
    return found * width + low


def _ahead_in_windows(model, x, horizon):
    """x (look_back, N, 1) -> (horizon, N): each window goes on with the network's own forecasts."""
    said = []
    for _ in range(horizon):
        said.append(model.predict(x))
        x = np.concatenate([x[1:], said[-1][None]])
    return np.array(said)[:, :, 0]


def ahead_in_one_sequence(model, x, horizon):
    """x (N, 1, look_back) -> (horizon, N): from the state after each window on, with the network's own forecasts."""
    trace = model.forward(x)
    layers = trace.memory["traces"][0].memory.values()
    state = (tuple((layer.outputs[:, 0], layer.gates["c"][:, 0]) for layer in layers), None)
    past, said = x[:, 0], [trace.outputs[:, 0]]
    for _ in range(horizon - 1):
        past = np.column_stack([past[:, 1:], said[-1]])
        trace = model.forward(past[None], state)
        state = trace.state
        said.append(trace.outputs[0])
    return np.array(said)[:, :, 0]


def packed(array):
    """Forecasts as whole hundredths, 0 where there is none."""
    return np.nan_to_num(100 * array).round().astype(np.int32)


def unpacked(array):
    """The inverse."""
    return np.where(array == 0, np.nan, array / 100)


# ---- a network for what the best rule leaves over ------------------------------------------------------------

def corrections():
    """(131,): by how much, as a logarithm, each month from February 1950 on differed from growth × last year."""
    _, y = air.load()
    return np.log(y[13:]) - np.log(air.forecast(air.growth_times_last_year, y)[13:])


def prepared(held_back, seed, updates=PREPARED, look_back=12):
    """One LSTM layer reads 12 corrections and gives the next -> forecasts (updates,144) after so many updates."""
    _, y = air.load()
    series = corrections()
    train = series[:-held_back]
    x, targets = air.windows((series - train.mean()) / train.std(), look_back)
    x, targets, count = x.T[:, :, None], targets[:, None], len(x) - held_back
    model, found = network(Setting(look_back, "steps", layers=1), seed), []
    rule = air.forecast(air.growth_times_last_year, y)
    for now in steps(model, (x[:, :count], targets[:count]), mean_squared_error, TwoBiases(), updates=max(updates)):
        if now.number not in updates:
            continue
        said = model.predict(x)[:, 0] * train.std() + train.mean()
        found.append(np.concatenate([np.full(len(y) - len(said), np.nan), np.exp(said) * rule[-len(said):]]))
    return np.array(found)


# ---- the stored results --------------------------------------------------------------------------------------

def article(held_back, seeds=ARTICLE_SEEDS, setting=ARTICLE):
    """A system over some seeds -> weights (seeds, count), the first losses (seeds, 50), forecasts (seeds,2,144)."""
    weights, losses, said = [], [], []
    for seed in range(seeds):
        *_, (model, history) = training(setting, held_back, seed)
        weights.append(np.concatenate([array.ravel() for array in model.parameters.values()]))
        losses.append(history[:FIRST])
        said.append(forecasts(model, setting, held_back))
    return np.array(weights), np.array(losses), packed(np.array(said))


def with_weights(weights, setting=ARTICLE):
    """A stored row of weights -> the model."""
    model, start = network(setting, 0), 0
    for array in model.parameters.values():
        array[...] = weights[start:start + array.size].reshape(array.shape)
        start += array.size
    return model


def run(court=COURT, seeds=SEEDS, article_seeds=ARTICLE_SEEDS):
    """All stored results. Forecasts (seeds, horizons, 144) are in hundredths of a thousand passengers.

    article_N, twelve_N: the article's system, and with look-back 12, with N months held back: _weights, _losses,
    _forecasts; prepared_N: forecasts (seeds, updates, 144); the settings of the court, 48 months held back, by name.
    """
    results = {}
    for held_back in air.HELD_BACK.values():
        for name, setting in (("article", ARTICLE), ("twelve", Setting(12))):
            found = article(held_back, article_seeds, setting)
            for what, array in zip(("weights", "losses", "forecasts"), found, strict=True):
                results[f"{name}_{held_back}_{what}"] = array
        said = [prepared(held_back, seed) for seed in range(article_seeds)]
        results[f"prepared_{held_back}"] = packed(np.array(said))
    for setting in court:
        results[setting.name] = article(48, seeds, setting)[2]
    return results
