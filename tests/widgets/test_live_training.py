"""Live training: the classifier learns as `fit` teaches it, answers on the way, ends in time; results are kept."""

import numpy as np

from lstm_course import Linear
from lstm_course.training import Model, fit
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam
from lstm_course.widgets.live_training import LiveClassifier, keeping, kept, train_classifier

RNG = np.random.default_rng(0)
X, LABELS = RNG.standard_normal((50, 4)), RNG.integers(0, 3, 50)


def run(**given):
    live = LiveClassifier("plain", Model(Linear(4, 3, rng=0)))
    settings = {"epochs": 2, "batch_size": 8, "rate": 1e-2, "seconds": 9.0, "rng": 5, "every": 3, "asked": 6} | given
    return live, train_classifier(live, (X[:40], LABELS[:40]), (X[40:], LABELS[40:]), **settings)


def test_it_learns_as_fit_teaches_it_and_says_what_it_knows():
    live, pieces = run()
    seen = [(share, live.updates, len(live.answers), live.epochs) for share, _ in pieces]
    assert seen == [(0.3, 3, 6, 0), (0.5, 5, 10, 1), (0.8, 8, 6, 1), (1.0, 10, 10, 2)]
    model = Model(Linear(4, 3, rng=0))
    history = fit(model, (X[:40], LABELS[:40]), softmax_cross_entropy, Adam(1e-2), epochs=2, batch_size=8, rng=5)
    assert live.losses == history.losses
    assert live.accuracies[-1] == np.mean(model.predict(X[40:]).argmax(axis=1) == LABELS[40:])


def test_it_ends_in_time():
    live, pieces = run(seconds=0.0)
    assert len(list(pieces)) == 1 and live.updates == 3


def test_every_setting_keeps_its_own_result():
    start = keeping(lambda a, b: iter([(0.5, 0), (1.0, 10 * a + b)]))
    first = [found for _, found in start(a=1, b=2)]
    (_, _), (_, both) = start(b=4, a=3)
    assert [kept(found, b=2, a=1) for found in first] == [0, 12]
    assert kept(both, a=1, b=2) == 12 and kept(both, a=3, b=4) == 34
    assert kept(both, a=1, b=4) is None and kept(None, a=1, b=2) is None
