"""The next word by cosine, as in the article "真正掌握一种算法…": on ten windows, on the whole text, on held-out text.

word2vec vectors of 200 numbers (CBOW, window 8, 25 negative samples, subsampling 1e-4, 15 epochs), an LSTM of 200 units
that reads 20 vectors and guesses the vector of the next word (squared error, SGD 0.1, 500 epochs on 10 windows); the
answer is the word whose vector is nearest by cosine. The text is the Analects; five seeds. It takes about 20 minutes.

Expected: with the article's settings any two vectors have a cosine of 0.999 and at most one of ten words is found, held
out at most 0.1 %; with better vectors and all of the text 14 to 15 %.
"""

import numpy as np

from lstm_course import LSTM, Linear
from lstm_course.experiments import word_models
from lstm_course.experiments.shared.language import CLIP, SEEDS, TRUNCATE, texts
from lstm_course.networks.word_vectors import cbow, mean_cosine
from lstm_course.tasks import words
from lstm_course.training import Last, Model, fit
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import SGD, Adam

WINDOWS, LENGTH, SIZE, EPOCHS = 10, 20, 200, 500
TEXT_EPOCHS, TEXT_RATE, STREAMS = 8, 3e-3, 16          # on the whole text: Adam, as the softmax networks have it
SETTINGS = {"article": {}, "better": {"subsample": 0, "rate": 0.2, "epochs": 5}}        # of word2vec
SMALL = 64                                              # vectors and units of the network that the explorer carries
DTYPE = np.float32


def analects():
    """-> Vocabulary, numbers to train on, numbers to test on: as in the article each word has a vector of its own."""
    return texts(words.analects(), words.chinese)


def windows(vectors, numbers, count=None):
    """-> x (20, count, E): vectors of 20 tokens in a row, and the numbers (count,) of the tokens after them."""
    starts = np.arange(len(numbers) - LENGTH)[:count]
    return vectors[numbers[starts[None, :] + np.arange(LENGTH)[:, None]]], numbers[starts + LENGTH]


def network(size=SIZE, seed=None, last=True, dtype=DTYPE):
    """Vectors in, one vector out: after the last step, or after each."""
    rng = np.random.default_rng(seed)
    layers = [LSTM(size, size, rng=rng, dtype=dtype), *([Last()] if last else []), Linear(size, size, rng, dtype)]
    return Model(layers)


def all_cosines(vectors, guessed):
    """The cosine of each guessed vector (..., E) with each token's vector -> (..., V); token 0 is never an answer."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    found = guessed @ unit.T / np.linalg.norm(guessed, axis=-1, keepdims=True)
    found[..., 0] = -1
    return found


def judge(model, vectors, x, nexts):
    """-> how often the nearest word is the next one, and the mean cosine with the next one's vector"""
    found = all_cosines(vectors, model.predict(x))
    right = np.take_along_axis(found, nexts[..., None], axis=-1)
    return float((found.argmax(axis=-1) == nexts).mean()), float(right.mean())


def ten_windows(vectors, training, held_out, seed, shuffled=False):
    """The article's training -> cosine on window 0, share of the ten found, held-out accuracy, held-out cosine.

    shuffled: the ten right answers are ten words drawn at random from the text, a control that nothing can predict.
    """
    x, nexts = windows(vectors, training, WINDOWS)
    if shuffled:
        nexts = np.random.default_rng(seed).choice(training, WINDOWS)
    model = network(vectors.shape[1], seed)
    fit(model, (x, vectors[nexts]), mean_squared_error, SGD(0.1), epochs=EPOCHS, rng=seed)
    share, _ = judge(model, vectors, x, nexts)
    _, first = judge(model, vectors, x[:, :1], nexts[:1])
    new = windows(vectors, held_out)
    return np.array([first, share, *judge(model, vectors, *new)])


def whole_text(vectors, training, held_out, seed, epochs=TEXT_EPOCHS):
    """The same kind of network on all of the training text -> the model, and held-out accuracy after each epoch."""
    text, model = words.streams(training, STREAMS), network(vectors.shape[1], seed, last=False)
    x, nexts = vectors[held_out[:-1, None]], held_out[1:, None]
    updates = -(-(len(text) - 1) // TRUNCATE)
    history = fit(model, (vectors[text[:-1]], vectors[text[1:]]), mean_squared_error, Adam(TEXT_RATE), epochs=epochs,
                  truncate=TRUNCATE, clip_norm=CLIP, rng=seed, every=updates,
                  metrics={"accuracy": lambda m: judge(m, vectors, x, nexts)[0]})
    return model, np.array(history.metrics["accuracy"])


def small_network(vectors=None, seed=None, dtype=DTYPE):
    """The network of the explorer: 64 numbers for a word of the sonnets, 64 units."""
    return network(SMALL, seed, last=False, dtype=dtype)


def stored_network(stored, dtype=np.float64):
    """-> the explorer's network and its word vectors (V, 64), from what is stored (rounded to float16)."""
    model = small_network(dtype=dtype)
    for name, array in model.parameters.items():
        array[...] = stored[f"weights.{name}"]
    return model, stored["vectors"].astype(dtype)


def run(seeds=SEEDS, text_epochs=TEXT_EPOCHS):
    """mean_cosine (seeds, settings): of any two words; ten and ten_shuffled (seeds, 4): see `ten_windows`;
    text_article and text_better (seeds, epochs): held-out accuracy, trained on the whole text with these vectors;
    text_sonnets (seeds, epochs): the same for the sonnets, 64 numbers a word; vectors, weights.*: seed 0 of these."""
    vocabulary, training, held_out = analects()
    rows = {key: [] for key in ("mean_cosine", "ten", "ten_shuffled", "text_article", "text_better", "text_sonnets")}
    kept = {}
    for seed in range(seeds):
        made = {name: cbow(training, len(vocabulary), SIZE, rng=seed, **given).astype(DTYPE)
                for name, given in SETTINGS.items()}
        rows["mean_cosine"].append([mean_cosine(vectors[1:].astype(float)) for vectors in made.values()])
        rows["ten"].append(ten_windows(made["article"], training, held_out, seed))
        rows["ten_shuffled"].append(ten_windows(made["article"], training, held_out, seed, shuffled=True))
        for name in ("article", "better"):
            rows[f"text_{name}"].append(whole_text(made[name], training, held_out, seed, text_epochs)[1])
        size, poems, new = word_models.data("sonnets")
        vectors = cbow(poems, len(size), SMALL, rng=seed, **SETTINGS["better"]).astype(DTYPE)
        model, accuracy = whole_text(vectors, poems, new, seed, text_epochs)
        rows["text_sonnets"].append(accuracy)
        if seed == 0:
            kept = {"vectors": vectors.astype(np.float16),
                    **{f"weights.{name}": array.astype(np.float16) for name, array in model.parameters.items()}}
    return {**{key: np.array(row) for key, row in rows.items()}, **kept}
