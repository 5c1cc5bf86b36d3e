"""Which units know that the text is inside quotation marks: LSTM and tanh RNN, trained and untrained, 20 seeds.

The quote language (lstm_course.tasks.quotes), an embedding of 8 numbers, 32 units, Adam 1e-2, 400 updates of 32 texts
of 50 letters. Correlations are taken over fresh texts. Then 1, 2, 4 or 8 units are cut off: those that follow the marks
best, those that follow them least, or any (the mean of five draws). It takes about a minute.

Expected: after training one unit's h follows the quotation marks with a correlation above 0.9, before it with at most
0.5. Cutting it off costs little; the best eight cost more than the least eight.
"""

import numpy as np

from lstm_course import LSTM, RNN, Embedding, Linear
from lstm_course.tasks import quotes
from lstm_course.training import Model, fit
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam

SEEDS, UNITS, EMBEDDED, UPDATES, BATCH, STEPS, RATE, SKIP = 20, 32, 8, 400, 32, 51, 1e-2, 10
CUTS, DRAWS, KEPT = (1, 2, 4, 8), 5, 40         # units cut off, draws of any units, losses that are stored
CELLS = {"LSTM": LSTM, "RNN": RNN}
QUANTITIES = ("h", "c", "f", "i", "o")


def network(cell, seed=None):
    """A fresh network that says which letter comes next."""
    rng = np.random.default_rng(seed)
    V = len(quotes.ALPHABET)
    return Model([Embedding(V, EMBEDDED, rng), CELLS[cell](EMBEDDED, UNITS, rng=rng), Linear(UNITS, V, rng)])


def trained(cell, seed, updates=UPDATES):
    """-> the network and its losses"""
    def batch(rng):
        tokens, _ = quotes.text(STEPS, BATCH, rng)
        return tokens[:-1], tokens[1:]
    model = network(cell, seed)
    history = fit(model, batch, softmax_cross_entropy, Adam(RATE), updates=updates, clip_norm=1.0, rng=seed)
    return model, np.array(history.losses)


def watched(model, tokens):
    """What the recurrent layer does while it reads tokens (T,B) -> {"h": (T,B,H), "c": …}; an RNN has h alone."""
    x = model.layers[0].forward(tokens).outputs
    trace = model.layers[1].forward(x)
    return {"h": trace.outputs} | {name: trace.gates[name] for name in QUANTITIES[1:] if name in trace.gates}


def correlations(values, followed):
    """values (T,B,H), followed (T,B) -> (H,): the correlation of each unit with what it may follow; 0 if one is
    constant."""
    a = values.reshape(-1, values.shape[-1]) - values.mean(axis=(0, 1))
    b = np.asarray(followed, float).ravel() - np.mean(followed)
    size = np.sqrt((a ** 2).sum(axis=0) * (b ** 2).sum())
    return np.divide(a.T @ b, size, out=np.zeros(a.shape[1]), where=size > 1e-9)


def without(model, unit):
    """A copy of the network in which nothing reads this unit, or these: their rows of U and the output matrix are 0."""
    cell = next(name for name, kind in CELLS.items() if isinstance(model.layers[1], kind))
    copy = network(cell)
    for name, array in copy.parameters.items():
        array[...] = model.parameters[name]
    copy.parameters["1.U"][unit] = 0
    copy.parameters["2.W"][unit] = 0
    return copy


def perplexity(model, tokens):
    """Over all letters but the first few of each text."""
    outputs = model.predict(tokens[:-1])[SKIP:]
    return float(np.exp(softmax_cross_entropy(outputs, tokens[1:][SKIP:])[0]))


def probe(values, inside):
    """The correlation of `inside` with its best linear guess from all units together (least squares)."""
    a = values.reshape(-1, values.shape[-1])
    a = np.hstack([a, np.ones((len(a), 1))])
    half = len(a) // 2
    b = inside.astype(float).ravel()
    weights = np.linalg.lstsq(a[:half], b[:half], rcond=None)[0]
    return float(np.corrcoef(a[half:] @ weights, b[half:])[0, 1])


def cut_off(model, ranking, tokens, seed):
    """Perplexity without 1, 2, 4, 8 units: (3, CUTS), the best of the ranking, the least, and any."""
    rng = np.random.default_rng(seed)
    cut = lambda units: perplexity(without(model, units), tokens)
    any_of = lambda n: np.mean([cut(rng.choice(UNITS, n, replace=False)) for _ in range(DRAWS)])
    return [[cut(ranking[:n]) for n in CUTS], [cut(ranking[-n:]) for n in CUTS], [any_of(n) for n in CUTS]]


def run(seeds=SEEDS, updates=UPDATES):
    """For each CELL: best_CELL (seeds, quantities) the largest |correlation| with `inside`, untrained_CELL the same
    before training; perplexity_CELL (seeds,); cut_CELL (seeds, 3, CUTS): see `cut_off`; probe_CELL and
    probe_untrained_CELL (seeds,): the correlation of `inside` with its best guess from all h; losses_CELL (seeds,
    KEPT); weights.CELL.*: seed 0."""
    tokens, inside = quotes.text(200, 20, rng=1234)
    seen, results = inside[SKIP:], {}
    best_of = lambda found: [np.abs(correlations(v[SKIP:], seen)).max() for v in found.values()]
    for cell in CELLS:
        rows = {key: [] for key in ("best", "untrained", "perplexity", "cut", "probe", "probe_untrained", "losses")}
        for seed in range(seeds):
            model, losses = trained(cell, seed, updates)
            found, before = watched(model, tokens), watched(network(cell, seed), tokens)
            ranking = np.abs(correlations(found["h"][SKIP:], seen)).argsort()[::-1]
            rows["best"].append(best_of(found))
            rows["untrained"].append(best_of(before))
            rows["perplexity"].append(perplexity(model, tokens))
            rows["cut"].append(cut_off(model, ranking, tokens, seed))
            rows["probe"].append(probe(found["h"][SKIP:], seen))
            rows["probe_untrained"].append(probe(before["h"][SKIP:], seen))
            rows["losses"].append(losses[:KEPT])
            if seed == 0:
                results |= {f"weights.{cell}.{name}": array.astype(np.float32) for name, array in
                            model.parameters.items()}
        results |= {f"{key}_{cell}": np.array(values) for key, values in rows.items()}
    return results


def stored_network(stored, cell):
    """The trained network of seed 0, from the stored weights (rounded to float32)."""
    model = network(cell, 0)
    for name, array in model.parameters.items():
        array[...] = stored[f"weights.{cell}.{name}"]
    return model
