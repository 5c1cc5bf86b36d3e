"""The trainer of appendix A: its run is the stored experiment's, a stop keeps the network, words and picture."""

import re
import sys

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.explorers import lenet_trainer
from lstm_course.tasks import mnist

MODULE = sys.modules["lstm_course.lessons.lA_convolution.lenet_trainer"]
STORED, LABELS = experiments.load("lenet"), mnist.split(*mnist.load())[1].labels


@pytest.fixture
def few(monkeypatch):
    """300 images to learn from and 50 for the test."""
    x, labels, test_x, test_labels = MODULE._data("lenet")
    data = x[:300].copy(), labels[:300], test_x[:50].copy(), test_labels[:50]
    monkeypatch.setattr(MODULE, "_data", lambda name: data)
    return data


def words_of(picture):
    return [re.sub(r"<[^>]+>", "", line) for line in re.findall(r"<text.*?</text>", picture)]


def test_a_run_reports_what_the_network_knows(few):
    *_, (share, live) = MODULE.train("lenet", epochs=2, seed=7)
    assert share == 1 and live.updates == 6 and live.epochs == 2
    assert live.accuracies[-1] == np.mean(live.model.predict(few[2]).argmax(axis=1) == few[3])


def test_it_ends_in_time(few):
    assert [live.updates for _, live in MODULE.train("lenet", epochs=5, seconds=0)] == [2]
    assert MODULE.SECONDS < 15 and "15 s" in lenet_trainer().runner.label


def test_a_stop_keeps_what_was_learned(few):
    explorer = lenet_trainer()
    explorer.runner.pieces = explorer.runner.work(**explorer.values)
    for _ in range(2):
        assert explorer.runner.advance()
    explorer.runner.ticker.running = True
    explorer.runner.toggle()                                    # the button says Stop now
    assert not explorer.runner.running and explorer.result.updates == 3
    kept = explorer.result.model.predict(few[2])
    explorer.set(pixels="permuted")
    assert explorer.error is None and np.array_equal(explorer.result.model.predict(few[2]), kept)
    assert "Live (as they are): 3 updates" in explorer.readout.value
    explorer.reset()
    assert explorer.result is None and "Live" not in explorer.readout.value


@pytest.mark.parametrize("name", MODULE.PIXELS.values())
def test_before_a_run_it_shows_the_stored_results(name):
    view, runs = MODULE.compute(name), STORED[f"accuracy_{name}"][:, 9]
    span = f"{100 * runs.min():.1f} to {100 * runs.max():.1f} %"
    shown = MODULE.draw(view)
    assert span in MODULE.describe(view) and any(span in word for word in words_of(shown))
    assert "live: not started" in words_of(shown) and len(shown) < 20_000
    assert view.overall == STORED[f"accuracy_{name}"][0, -1]
    lstm = experiments.load("mnist_rows")["accuracy_LSTM"][:, 9]
    assert f"LSTM on rows then {100 * lstm.min():.1f} to {100 * lstm.max():.1f} %" in MODULE.describe(view)


def test_class_by_class():
    """Counted one by one; the bars carry these numbers."""
    view = MODULE.compute("lenet")
    for digit in range(10):
        own = [said for said, label in zip(STORED["answers_lenet"][0], LABELS, strict=True) if label == digit]
        assert view.classes[digit] == own.count(digit) / len(own)
    assert view.classes.mean() == pytest.approx(view.overall)
    words = words_of(MODULE.draw(view))
    assert [f"{100 * share:.0f}" for share in view.classes] == [word for word in words if word.isdigit()][-10:]
    labels = np.array([*range(10), 0, 0, 0])
    unequal = MODULE.class_shares(np.where(np.arange(13) < 10, labels, 1), labels)
    assert unequal.tolist() == [0.25] + [1.0] * 9


def test_a_run_in_the_picture(few):
    pieces = MODULE.train("lenet", epochs=2)
    live = [next(pieces) for _ in range(2)][-1][1]
    view = MODULE.compute("lenet", live)
    assert len(view.labels) == len(view.answers) == 50 and view.overall == live.accuracies[0]
    shown, words = MODULE.draw(view), MODULE.describe(view)
    assert shown.count("<circle") == 1 and "the live LeNet, 3 updates" in words and len(shown) < 20_000
    assert any(word.startswith("live (as they are): 3 updates") for word in words_of(shown))
