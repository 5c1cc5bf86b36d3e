"""What a network writes while it learns: the Analects word by word, the sonnets letter by letter.

Embedding 32, LSTM 64 units, Adam 5e-3, truncation 50, float32. Words of the Analects that occur once in the training
part are one unknown token. Perplexities are those of the *known* held-out tokens. It takes about a minute.

Expected: 64 for the Analects, against 78 of counting pairs; 7.5 for the sonnets' letters, against 11.1 of pairs and
5.9 of six letters in a row.
"""

from dataclasses import dataclass, field

import numpy as np

from lstm_course.experiments.shared import language
from lstm_course.networks.functions import softmax
from lstm_course.tasks import words
from lstm_course.training import steps
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam
from lstm_course.training.sampling import write

UNITS, SEED, TEMPERATURE, TESTED = 64, 0, 0.7, 3000
MOMENTS = (0, 1, 2, 5, 10, 20, 35, 50, 75, 100, 130, 160, 200, 240, 280, 320, 360, 400, 450, 500)     # updates
TEXTS = {"analects": (words.analects, words.chinese, 2), "sonnets": (words.sonnets, words.letters, 1)}
STREAMS = {"analects": 16, "sonnets": 32}
UPDATES = {"analects": 300, "sonnets": 400}
WRITTEN = {"analects": 60, "sonnets": 110}              # tokens
COUNTED = {"analects": (1, 2, 3), "sonnets": (1, 2, 6)}  # orders of the counting baselines


@dataclass
class Text:
    """A text to learn from, as numbers."""

    vocabulary: words.Vocabulary
    training: np.ndarray = field(repr=False)        # (N,)
    held_out: np.ndarray = field(repr=False)        # (M,): all of it
    streams: int

    @property
    def tested(self):
        """The part of the held-out text that is measured."""
        return self.held_out[:TESTED]

    @property
    def known(self):
        """Which tokens of it, from the second on, the vocabulary has, (M-1,) of bool."""
        return self.tested[1:] > 0

    def network(self, units=UNITS, seed=SEED):
        """A fresh network for it."""
        return language.network(len(self.vocabulary), units, seed)

    def perplexity(self, model):
        """exp of the mean surprise about the known tokens of the part that is measured."""
        p = softmax(model.predict(self.tested[:-1, None])[:, 0].astype(float))
        return known_perplexity(p[np.arange(len(p)), self.tested[1:]], self.known)

    def counted(self, order):
        """The same of counting `order` tokens: 1 is the unigram, 2 the bigram, …"""
        made = words.Unigram(self.training, len(self.vocabulary)) if order == 1 else words.Ngram(
            self.training, len(self.vocabulary), order)
        return known_perplexity(made.of_next(self.tested), self.known)


def known_perplexity(p, known):
    """From the probabilities (N,) of the tokens that came."""
    return float(np.exp(-np.log(p[known]).mean()))


def text(name):
    """One of TEXTS."""
    pieces, tokenize, at_least = TEXTS[name]
    return Text(*language.texts(pieces(), tokenize, at_least), STREAMS[name])


def learning(model, given, updates):
    """Trains the model on a Text: yields the number of the update and its loss, first of all (0, None)."""
    streams = words.streams(given.training, given.streams)
    yield 0, None
    for now in steps(model, (streams[:-1], streams[1:]), softmax_cross_entropy, Adam(language.RATE), updates=updates,
                     truncate=language.TRUNCATE, clip_norm=language.CLIP, rng=SEED):
        yield now.number, now.loss


def stored_network(stored, dtype=np.float64):
    """The network of the Analects after its training, from the stored weights (rounded to float16)."""
    given = text("analects")
    return language.with_weights(language.network(len(given.vocabulary), UNITS, 0, dtype), stored)


def run(updates=UPDATES):
    """For each text: losses_TEXT (updates,); at each of the moments_TEXT (S,) the perplexity_TEXT (S,) and the
    samples_TEXT (S, tokens); counts_TEXT (orders,) of counting; weights.*: those of the Analects."""
    results = {}
    for name, most in updates.items():
        given = text(name)
        model, rows = given.network(), []
        for number, loss in learning(model, given, most):
            rows.append(loss)
            if number in MOMENTS or number == most:
                start = given.vocabulary.encode([words.LINE_END])
                written = write(model, start, WRITTEN[name], TEMPERATURE, rng=number, never=(0,))
                for key, value in (("moments", number), ("perplexity", given.perplexity(model)), ("samples", written)):
                    results.setdefault(f"{key}_{name}", []).append(value)
        results[f"losses_{name}"] = np.array(rows[1:], np.float32)
        results[f"counts_{name}"] = [given.counted(order) for order in COUNTED[name]]
        results |= language.rounded_weights(model) if name == "analects" else {}
    return {key: np.asarray(value) for key, value in results.items()}
