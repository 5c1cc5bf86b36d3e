"""What the experiments on text share: token -> vector -> LSTM -> softmax, trained on one part of a text, judged on
another.

How long to train is decided on the last tenth of the training part (a run of its own, with a seed of its own), so the
held-out part is only ever measured.
"""

import numpy as np

from lstm_course import LSTM, Embedding, Linear
from lstm_course.tasks import words
from lstm_course.training import Model, fit
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam

SEEDS, TRUNCATE, RATE, CLIP, EMBEDDED, CHOOSER = 5, 50, 5e-3, 1.0, 32, 100
DTYPE = np.float32
COUNTED = (1, 2, 3, 4, 5, 6)        # orders of the counting baselines: 1 is the unigram, 2 the bigram, …


def texts(pieces, tokenize, at_least=1):
    """-> Vocabulary, numbers of the training part (N,), numbers of the held-out part (M,)"""
    training, held_out = map(tokenize, words.split(pieces))
    vocabulary = words.Vocabulary(training, at_least)
    return vocabulary, vocabulary.encode(training), vocabulary.encode(held_out)


def network(vocabulary_size, units, seed=None, dtype=DTYPE, embedded=EMBEDDED):
    """Token -> a vector of `embedded` numbers -> LSTM -> one logit for each token of the vocabulary."""
    rng = np.random.default_rng(seed)
    layers = [Embedding(vocabulary_size, embedded, rng, dtype), LSTM(embedded, units, rng=rng, dtype=dtype),
              Linear(units, vocabulary_size, rng, dtype)]
    layers[0].parameters["W"] *= dtype(0.3)
    return Model(layers)


def perplexity(model, numbers):
    """exp of the mean surprise about the tokens 1 … N-1, read in one go."""
    return float(np.exp(softmax_cross_entropy(model.predict(numbers[:-1, None]), numbers[1:, None])[0]))


def accuracy(model, numbers):
    """How often the likeliest token is the next one."""
    return float((model.predict(numbers[:-1, None]).argmax(axis=-1)[:, 0] == numbers[1:]).mean())


def train(model, numbers, streams, epochs, seed, judge=None):
    """Adam, truncated after 50 steps with the state carried on -> losses, and judge(model) after each epoch."""
    text = words.streams(numbers, streams)
    updates = -(-(len(text) - 1) // TRUNCATE)
    history = fit(model, (text[:-1], text[1:]), softmax_cross_entropy, Adam(RATE), epochs=epochs, truncate=TRUNCATE,
                  clip_norm=CLIP, rng=seed, every=updates, metrics={"judge": judge} if judge else {})
    return np.array(history.losses, np.float32), np.array(history.metrics.get("judge", []))


def chosen_epochs(numbers, size, units, streams, most):
    """Perplexity on the last tenth of the training part after each epoch (most,); its lowest place is what to
    choose."""
    border = len(numbers) * 9 // 10
    model = network(size, units, CHOOSER)
    _, curve = train(model, numbers[:border], streams, most, CHOOSER, lambda m: perplexity(m, numbers[border:]))
    return curve


def study(name, pieces, tokenize, at_least, units, streams, most, seeds=SEEDS, epochs=None, counted=COUNTED):
    """Results of one text under keys that end in _NAME, and the model of the last seed but `seeds` - 1, that is seed 0.

    curve: perplexity on the tenth that chooses; losses (seeds, updates); perplexity (seeds, epochs) on held-out text;
    accuracy (seeds,); counts (orders,): perplexity of counting 1, 2, … tokens; counts_accuracy (2,).
    """
    vocabulary, training, held_out = texts(pieces, tokenize, at_least)
    size, results, models = len(vocabulary), {}, []
    curve = chosen_epochs(training, size, units, streams, most) if epochs is None else np.array([])
    epochs = int(curve.argmin()) + 1 if epochs is None else epochs
    runs = []
    for seed in range(seeds):
        models.append(network(size, units, seed))
        runs.append(train(models[-1], training, streams, epochs, seed, lambda m: perplexity(m, held_out)))
    losses, perplexities = zip(*runs, strict=True)
    unigram, bigram = words.Unigram(training, size), words.Bigram(training, size)
    counts = [unigram, bigram, *(words.Ngram(training, size, order) for order in counted if order > 2)]
    results = {"curve": curve, "losses": np.stack(losses), "perplexity": np.stack(perplexities),
               "accuracy": np.array([accuracy(model, held_out) for model in models]),
               "counts": np.array([count.perplexity(held_out) for count in counts]),
               "counts_accuracy": np.array([unigram.accuracy(held_out), bigram.accuracy(held_out)])}
    return {f"{key}_{name}": value for key, value in results.items()}, models[0]


def rounded_weights(model):
    """The weights to store, in float16."""
    return {f"weights.{name}": array.astype(np.float16) for name, array in model.parameters.items()}


def with_weights(model, stored, prefix="weights."):
    """The model with stored weights in it."""
    for name, array in model.parameters.items():
        array[...] = stored[prefix + name]
    return model
