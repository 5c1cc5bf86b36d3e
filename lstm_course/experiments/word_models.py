"""A network that reads word by word, Shakespeare's sonnets and the Analects: perplexity against counting, five seeds.

Embedding 32, LSTM 64 units, Adam 5e-3, truncation 50, 16 streams, float32. English words that occur once in the
training part are one unknown token; the Analects keep every word. It takes about 6 minutes.

Expected: perplexity 63 to 65 on the sonnets against 77 of counting, 121 to 126 on the Analects against 127.
"""

import numpy as np

from lstm_course.experiments.shared import language
from lstm_course.experiments.shared.language import SEEDS, rounded_weights, study, texts, with_weights
from lstm_course.tasks import words

UNITS, STREAMS, MOST = 64, 16, 30
TEXTS = {"sonnets": (words.sonnets, words.english, 2), "analects": (words.analects, words.chinese, 1)}


def data(name="sonnets"):
    """-> Vocabulary of words, numbers to train on, numbers to test on"""
    pieces, tokenize, at_least = TEXTS[name]
    return texts(pieces(), tokenize, at_least)


def network(seed=None, units=UNITS, dtype=language.DTYPE, name="sonnets"):
    """A fresh network for words."""
    return language.network(len(data(name)[0]), units, seed, dtype)


def stored_network(stored, dtype=np.float64):
    """The network of seed 0 on the sonnets after its training, from the stored weights (rounded to float16)."""
    return with_weights(network(0, dtype=dtype), stored)


def run(seeds=SEEDS, most=MOST):
    """What `study` gives for both texts, and the weights of seed 0 on the sonnets."""
    results = {}
    for name, (pieces, tokenize, at_least) in TEXTS.items():
        found, model = study(name, pieces(), tokenize, at_least, UNITS, STREAMS, most, seeds)
        results |= found | (rounded_weights(model) if name == "sonnets" else {})
    return results
