"""Missing blanks: how many word ends does an LSTM find that reads one way, both ways, or answers some letters later?

LSTMs with 32 outputs a step (two ways: 16 in each direction) read the lines of Shakespeare's sonnets without blanks
(`tasks/missing_blanks.py`), cut into pieces of at most 24 letters. Embeddings of 16 numbers, cross-entropy, Adam 2e-2,
64 pieces an update, 800 updates, float32, 20 seeds. Trained on the first four fifths of the lines, tested on the last;
a piece that stands in both, too, is not tested. Controls: a second layer; one way, answering 4 letters later; counts of
the letters around a place, in a window that is chosen on lines of the first four fifths alone. It takes some minutes.

Expected: two ways make less than half as many mistakes as one way or two layers. Four letters later one way closes most
of that gap. Counts of the letters so far are ahead of one way, counts of both sides are behind two ways.
"""

from functools import cache
from itertools import product

import numpy as np

from lstm_course import LSTM, Bidirectional, Embedding, Linear, Stacked
from lstm_course.tasks import missing_blanks, words
from lstm_course.tasks.missing_blanks import SIZE, delayed, right
from lstm_course.training import Model, fit
from lstm_course.training.losses import binary_cross_entropy
from lstm_course.training.optimizers import Adam

SEEDS, UPDATES, BATCH, RATE = tuple(range(20)), 800, 64, 2e-2
EMBEDDED, UNITS, LONGEST, DTYPE = 16, 32, 24, np.float32
FIRST = 10                              # updates whose losses are stored
DELAYS = {"later": 4}                  # how many letters later a network answers
NAMES = ("one_way", "two_layers", "two_way", *DELAYS)
KEPT = ("one_way", "two_way")           # whose weights are stored
BEFORE, AFTER = range(1, 8), range(7)   # letters that counts may look at, up to a place and behind it


def divided(lines):
    """-> the task (`Joined`) on the first four fifths of the lines, and on the last: without pieces that both hold."""
    learned, held_out = (missing_blanks.pieces(part, LONGEST) for part in words.split(lines))
    known = {"".join(piece) for piece in learned}
    return missing_blanks.joined(learned), missing_blanks.joined([one for one in held_out if "".join(one) not in known])


@cache
def tasks():
    """-> the task on the lines to learn from, and on those held out."""
    return divided(missing_blanks.sonnet_lines())


def network(name, seed=None, dtype=DTYPE):
    """A fresh network for letters (T,B): a logit for "a word ends here"."""
    rng = np.random.default_rng(seed)
    read = Embedding(SIZE, EMBEDDED, rng, dtype)

    def lstm(inputs, units):
        return LSTM(inputs, units, rng=rng, dtype=dtype)

    if name == "two_way":
        layer = Bidirectional(lstm(EMBEDDED, UNITS // 2), lstm(EMBEDDED, UNITS // 2))
    elif name == "two_layers":
        layer = Stacked([lstm(EMBEDDED, UNITS), lstm(UNITS, UNITS)])
    else:
        layer = lstm(EMBEDDED, UNITS)
    return Model([read, layer, Linear(UNITS, 1, rng, dtype)])


def answers(model, task):
    """(T, B): where the model says that a word ends."""
    return model.predict(task.letters, lengths=task.lengths)[..., 0] > 0


def one(name, seed, updates=UPDATES):
    """Train one network -> the model, its losses (updates,), and the share of right answers on the lines held out."""
    task, held_out = (delayed(part, DELAYS.get(name, 0)) for part in tasks())
    model = network(name, seed)
    data = task.letters, task.ends[..., None].astype(DTYPE), task.lengths, task.asked[..., None]
    history = fit(model, data, binary_cross_entropy, Adam(RATE), updates=updates, batch_size=BATCH, rng=seed)
    return model, np.array(history.losses, np.float32), right(held_out, answers(model, held_out))


def counted(task, held_out, window):
    """What counts of so many letters (before, after) in `task` get right of `held_out`."""
    return right(held_out, missing_blanks.Counts(task, *window).answers(held_out))


def counting():
    """-> before, around: what counts find from the letters up to a place, and from those on both sides.

    window_before, window_around: their windows, the best on the last fifth of the lines to learn from, if the first
    four fifths of these are counted. The lines held out play no part in the choice.
    """
    inner, found = divided(words.split(missing_blanks.sonnet_lines())[0]), {}
    for name, after in (("before", [0]), ("around", AFTER)):
        window = max(product(BEFORE, after), key=lambda window: counted(*inner, window))
        found |= {name: counted(*tasks(), window), f"window_{name}": window}
    return found


def stored_network(stored, name, dtype=np.float64):
    """The network "one_way" or "two_way" of seed 0 after its training, from its stored weights (float16)."""
    model = network(name, 0, dtype)
    for key, array in model.parameters.items():
        array[...] = stored[f"{name}.{key}"]
    return model


def run(seeds=SEEDS, updates=UPDATES, names=NAMES):
    """right_NAME (seeds,): right answers on the lines held out; losses_NAME (seeds, FIRST).

    never: "no word ends here". before, around, window_before, window_around: see `counting`. one_way.KEY, two_way.KEY:
    weights of seed 0, float16.
    """
    _, held_out = tasks()
    results = {"never": np.array(right(held_out, np.zeros_like(held_out.ends)))}
    results |= {key: np.array(value) for key, value in counting().items()}
    for name in names:
        models, losses, found = zip(*(one(name, seed, updates) for seed in seeds), strict=True)
        results |= {f"right_{name}": np.array(found), f"losses_{name}": np.stack(losses)[:, :FIRST]}
        if name in KEPT:
            results |= {f"{name}.{key}": array.astype(np.float16) for key, array in models[0].parameters.items()}
    return results
