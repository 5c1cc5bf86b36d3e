"""A network that reads word by word, Shakespeare's sonnets and the Analects, against counting: known and unknown words.

Embedding 32, LSTM 64 units, Adam 5e-3, truncation 50, 16 streams, float32; twenty seeds. In both texts words that
occur once in the training part are one unknown token. The opponents are n-grams: the smoothing of the lesson, Kneser-
Ney smoothing, and this with a cache, as the state of the network also knows what was said lately. What they may
choose (discount, share of the cache), and how long the network is trained, was chosen on the last tenth of the
training part (`language.chosen_epochs`). It takes about two minutes.

Expected: on known words without marks no network has a lower perplexity than the strongest counting on the Analects,
and about two of three have on the sonnets.
"""

import numpy as np

from lstm_course.experiments.shared import language
from lstm_course.experiments.shared.language import rounded_weights, texts, with_weights
from lstm_course.networks.functions import softmax
from lstm_course.tasks import ngrams, words

SEEDS, UNITS, STREAMS, KEPT = 20, 64, 16, 40       # KEPT: losses of the first updates
EPOCHS = {"sonnets": 16, "analects": 15}
AT_LEAST = 2                            # words seen less often in training are unknown
TEXTS = {"sonnets": (words.sonnets, words.english), "analects": (words.analects, words.chinese)}
A_LITTLE = 0.01                        # share of the single words in pairs: decides only between equal counts
GROUPS = ("all", "unknown", "marks", "words")               # of held-out tokens; words: known ones that are no marks
COUNTS = ("unigram", "bigram", "trigram", "Kneser-Ney 2", "Kneser-Ney 3", "Kneser-Ney with cache")


def data(name="sonnets"):
    """-> Vocabulary of words, numbers to train on, numbers to test on"""
    pieces, tokenize = TEXTS[name]
    return texts(pieces(), tokenize, AT_LEAST)


def network(seed=None, units=UNITS, dtype=language.DTYPE, name="sonnets"):
    """A fresh network for words."""
    return language.network(len(data(name)[0]), units, seed, dtype)


def stored_network(stored, dtype=np.float64, name="sonnets"):
    """The network of seed 0 on a text after its training, from the stored weights (rounded to float16)."""
    return with_weights(network(0, dtype=dtype, name=name), stored, f"weights.{name}.")


def of_next(model, numbers):
    """What the network gives to each token that came -> (N-1,)"""
    p = softmax(model.predict(numbers[:-1, None])[:, 0])
    return p[np.arange(len(p)), numbers[1:]]


def groups(vocabulary, numbers):
    """Which of the tokens 1 … N-1 belong to which of the GROUPS -> {name: (N-1,) of bool}"""
    mark = np.array([not any(letter.isalpha() for letter in token) for token in vocabulary.tokens])
    nexts = numbers[1:]
    unknown, marks = nexts == 0, mark[nexts] & (nexts > 0)
    return {"all": nexts >= 0, "unknown": unknown, "marks": marks, "words": ~unknown & ~marks}


def split_perplexity(p, vocabulary, numbers):
    """p (N-1,) -> the perplexity on each of the GROUPS (4,)"""
    return np.array([np.exp(-np.log(p[some]).mean()) for some in groups(vocabulary, numbers).values()])


def right(scores, vocabulary, numbers):
    """scores (N-1, V) of the tokens that may come -> how often the highest is right, in each of the GROUPS, and in the
    last one again when only known words that are no marks may be guessed (5,)"""
    every, others = groups(vocabulary, numbers), ~groups(vocabulary, np.arange(-1, len(vocabulary)))["words"]
    found = scores.argmax(axis=-1) == numbers[1:]
    among = np.where(others, -np.inf, scores).argmax(axis=-1) == numbers[1:]
    return np.array([*(found[some].mean() for some in every.values()), among[every["words"]].mean()])


def counted(training, size, numbers):
    """What each of the COUNTS gives to each token that came -> (counts, N-1)"""
    models = [words.Unigram(training, size), words.Bigram(training, size), words.Ngram(training, size, 3),
              ngrams.KneserNey(training, size, 2), ngrams.KneserNey(training, size, 3)]
    found = [model.of_next(numbers) for model in models]
    border = len(training) * 9 // 10
    last = training[border:]
    chosen = ngrams.KneserNey(training[:border], size, 3, models[-1].discount).of_next(last)
    share = min(ngrams.SHARES, key=lambda share: ngrams.surprise(ngrams.with_cache(chosen, last, share)))
    return np.stack([*found, ngrams.with_cache(found[-1], numbers, share)])


def counted_accuracy(name):
    """Always the most frequent token, and the most frequent successor (2, 5): see `right`."""
    vocabulary, training, held_out = data(name)
    single = words.Unigram(training, len(vocabulary)).probabilities
    after = words.Bigram(training, len(vocabulary), A_LITTLE).probabilities
    return np.array([right(p, vocabulary, held_out)
                     for p in (np.tile(single, (len(held_out) - 1, 1)), after[held_out[:-1]])])


def run(seeds=SEEDS, epochs=None):
    """For each text NAME: losses_NAME (seeds, KEPT) of the first updates;
    perplexity_NAME (seeds, groups); accuracy_NAME (seeds, 5): see `right`; counts_NAME (counts, groups);
    counts_accuracy_NAME (2, 5): see `counted_accuracy`; weights.NAME.*: seed 0."""
    results = {}
    for name in TEXTS:
        vocabulary, training, held_out = data(name)
        rows = {"losses": [], "perplexity": [], "accuracy": []}
        for seed in range(seeds):
            model = network(seed, name=name)
            losses, _ = language.train(model, training, STREAMS, EPOCHS[name] if epochs is None else epochs, seed)
            rows["losses"].append(losses[:KEPT])
            rows["perplexity"].append(split_perplexity(of_next(model, held_out), vocabulary, held_out))
            rows["accuracy"].append(right(model.predict(held_out[:-1, None])[:, 0], vocabulary, held_out))
            if seed == 0:
                results |= {f"weights.{name}.{key.removeprefix('weights.')}": array
                            for key, array in rounded_weights(model).items()}
        counts = [split_perplexity(p, vocabulary, held_out) for p in counted(training, len(vocabulary), held_out)]
        results |= {f"counts_{name}": np.array(counts), f"counts_accuracy_{name}": counted_accuracy(name)}
        results |= {f"{key}_{name}": np.array(row) for key, row in rows.items()}
    return results
