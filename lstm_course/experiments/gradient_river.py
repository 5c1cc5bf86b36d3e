"""Networks for the gradient river: which ρ, forget bias or update bias learns to hold a bit over 50 steps?

RNNs whose U is ρ times an orthogonal matrix, LSTMs of nine forget biases, GRUs of nine update biases; 16 units, the
latch over 50 steps (`shared.races.LATCH`), 300 updates, ten runs each. A run has learned it if more than 99 % of 500
new sequences are right; a coin has 50 %. And one network of each kind that continues the quote language
(`quote_cells`), for the view along a text. Takes about 10 minutes.

Expected: all ten RNNs learn it from ρ = 0.9 on, nine or ten LSTMs from forget bias 1 on and none below, all ten GRUs
from update bias 2 on and at most two below.
"""

import numpy as np

from lstm_course import GRU, LSTM, RNN, Embedding, Linear
from lstm_course.experiments import quote_cells
from lstm_course.experiments.shared import races
from lstm_course.tasks import quotes
from lstm_course.training import Model, fit
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam

HIDDEN, UPDATES, SEEDS = 16, 300, tuple(range(10))
SETTINGS = {"RNN": tuple(k / 10 for k in range(5, 16)), "LSTM": tuple(range(-2, 7)),
            "GRU": tuple(range(-2, 7))}
READERS = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}


def new_layer(cell, setting, rng, inputs=1, hidden=HIDDEN):
    """A layer with its first weights. setting: ρ of an RNN, the forget bias of an LSTM, the update bias of a GRU."""
    if cell == "LSTM":
        return LSTM(inputs, hidden, forget_bias=float(setting), rng=rng)
    layer = READERS[cell](inputs, hidden, rng=rng)
    if cell == "RNN":
        layer.parameters["U"] *= setting                    # orthogonal before, so its spectral radius is ρ now
    else:
        layer.parameters["b"][hidden:2 * hidden] = setting
    return layer


def train(cell, setting, seed, updates=UPDATES):
    """-> the trained model and its share of right answers on new sequences (0.5 if the training diverged)"""
    rng = np.random.default_rng(seed)
    model = races.answering(races.LATCH, new_layer(cell, setting, rng), rng)
    return model, races.train(races.LATCH, model, updates, rng)


def reader(cell, seed=0):
    """A fresh network that continues the quote language, as in `quote_cells`: embedding, one layer, letters."""
    rng, V = np.random.default_rng(seed), len(quotes.ALPHABET)
    embedded, units = quote_cells.EMBEDDED, quote_cells.UNITS
    return Model([Embedding(V, embedded, rng), READERS[cell](embedded, units, rng=rng), Linear(units, V, rng)])


def trained_reader(cell, updates=quote_cells.UPDATES):
    """A network that has learned to continue the quote language."""
    def batch(rng):
        tokens, _ = quotes.text(quote_cells.STEPS, quote_cells.BATCH, rng)
        return tokens[:-1], tokens[1:]
    model = reader(cell)
    fit(model, batch, softmax_cross_entropy, Adam(quote_cells.RATE), updates=updates, clip_norm=1.0, rng=0)
    return model


def flat(model):
    """All weights in one row, float32."""
    return np.concatenate([array.ravel() for array in model.parameters.values()]).astype(np.float32)


def unflatten(model, row):
    """Put such a row into a layer or model -> the same, changed."""
    sizes = [array.size for array in model.parameters.values()]
    for array, values in zip(model.parameters.values(), np.split(row, np.cumsum(sizes)[:-1]), strict=True):
        array[...] = values.reshape(array.shape)
    return model


def run(settings=None, seeds=SEEDS, updates=UPDATES, reader_updates=quote_cells.UPDATES):
    """For each CELL: settings_CELL (M,), accuracy_CELL (M, seeds), weights_CELL (M, all weights of the layer of the
    first seed); reader_CELL: all weights of its reader of texts.
    """
    results = {}
    for cell, chosen in (settings or SETTINGS).items():
        runs = [[train(cell, setting, seed, updates) for seed in seeds] for setting in chosen]
        results[f"settings_{cell}"] = np.array(chosen, float)
        results[f"accuracy_{cell}"] = np.array([[accuracy for _, accuracy in row] for row in runs])
        results[f"weights_{cell}"] = np.stack([flat(row[0][0].layers[0]) for row in runs])
        results[f"reader_{cell}"] = flat(trained_reader(cell, reader_updates))
    return results
