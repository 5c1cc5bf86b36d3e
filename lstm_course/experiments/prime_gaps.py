"""Which gap follows the next prime? An honest task, a network, and three baselines, on primes it has not seen.

An LSTM reads 16 gaps and gives the class of the next one: by its size, or by its remainder when divided by 6. It
learns from the primes below 30 000; the primes up to 40 000 say when to stop; those up to 60 000 are asked once.

Expected: no network beats the majority on the size; on the remainder it has 56 to 58 % against 40 %, and the rule that
knows the last prime has 60 %. Shuffled labels teach nothing.
"""

import numpy as np

from lstm_course import LSTM, Linear
from lstm_course.tasks import primes
from lstm_course.training import Last, Model, fit
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam

QUESTIONS = {"size": primes.size_class, "remainder": primes.remainder_class}
RANGES = {"train": (5, 30_000), "validate": (30_000, 40_000), "test": (40_000, 60_000)}
LABELS = ("true labels", "shuffled labels")
SEEDS, UPDATES, EVERY, UNITS, BATCH, RATE = 20, 600, 50, 16, 64, 0.01


def data(question):
    """{"train", "validate", "test"} -> (x (16,B,16), targets (B,))."""
    return {part: primes.next_gap(low, high, QUESTIONS[question]) for part, (low, high) in RANGES.items()}


def scores(logits, targets):
    """The share of right answers, and the mean −log of the probability that the true class was given."""
    return float(np.mean(logits.argmax(axis=-1) == targets)), softmax_cross_entropy(logits, targets)[0]


# ---- baselines -----------------------------------------------------------------------------------------------

def shares(targets, classes):
    """How often each class comes, as logits (log shares) -> (classes,)."""
    return np.log(np.bincount(targets, minlength=classes) / len(targets))


def before(part):
    """p mod 6, which is 1 or 5, of the prime p before each gap that is asked for -> (B,)."""
    low, high = RANGES[part]
    found = primes.below(high)
    return found[found >= low][16:-1] % 6


def baselines(question):
    """{"majority": (accuracy, loss), "rule": the same} on the test primes, counted on the training primes.

    majority: the shares of the classes, whatever came before. rule: their shares after a prime with the same
    remainder mod 6. It knows that of three numbers p, p + 2, p + 4 one is divisible by 3, and nothing else.
    """
    (_, train), (_, test) = (data(question)[part] for part in ("train", "test"))
    classes = train.max() + 1
    always = np.tile(shares(train, classes), (len(test), 1))
    rule = np.zeros_like(always)
    for remainder in (1, 5):
        counts = np.bincount(train[before("train") == remainder], minlength=classes) + 1e-3
        rule[before("test") == remainder] = np.log(counts / counts.sum())
    return {"majority": scores(always, test), "rule": scores(rule, test)}


# ---- the network ---------------------------------------------------------------------------------------------

def learn(question, seed, labels="true labels", updates=UPDATES):
    """Train, keep what was best on the validation primes -> the model, its loss there after each EVERY updates."""
    rng = np.random.default_rng(seed)
    parts = data(question)
    x, targets = parts["train"]
    if labels == "shuffled labels":
        targets = rng.permutation(targets)
    classes = parts["test"][1].max() + 1
    model = Model([LSTM(x.shape[-1], UNITS, rng=rng), Last(), Linear(UNITS, classes, rng=rng)])
    metrics = {"loss": lambda model: scores(model.predict(parts["validate"][0]), parts["validate"][1])[1],
               "weights": lambda model: {name: array.copy() for name, array in model.parameters.items()}}
    history = fit(model, (x, targets), softmax_cross_entropy, Adam(RATE), updates=updates, batch_size=BATCH,
                  clip_norm=1.0, rng=rng, every=EVERY, metrics=metrics)
    best = int(np.argmin(history.metrics["loss"]))
    for name, array in model.parameters.items():
        array[...] = history.metrics["weights"][best][name]
    return model, np.array(history.metrics["loss"])


def run(seeds=range(SEEDS), updates=UPDATES):
    """For 2 questions, 2 kinds of labels and S seeds, on the test primes:

    accuracy, loss (2,2,S); validation (2,2,S,K): the loss after each 50 updates; majority, rule (2,2): accuracy and
    loss of the baselines; after_two (S,): the mean probability that the networks of the first question give to a
    gap of 2 straight after a gap of 2.
    """
    found = {name: np.zeros((2, 2, len(seeds))) for name in ("accuracy", "loss")}
    validation, after_two = np.zeros((2, 2, len(seeds), updates // EVERY)), np.zeros(len(seeds))
    for q, question in enumerate(QUESTIONS):
        x, targets = data(question)["test"]
        for k, labels in enumerate(LABELS):
            for s, seed in enumerate(seeds):
                model, validation[q, k, s] = learn(question, seed, labels, updates)
                logits = model.predict(x)
                found["accuracy"][q, k, s], found["loss"][q, k, s] = scores(logits, targets)
                if (q, k) == (0, 0):
                    after_two[s] = np.exp(logits[:, 0] - np.logaddexp.reduce(logits, axis=1))[x[-1, :, 0] == 1].mean()
    known = {name: np.array([baselines(question)[name] for question in QUESTIONS]) for name in ("majority", "rule")}
    return {**found, "validation": validation, **known, "after_two": after_two}
