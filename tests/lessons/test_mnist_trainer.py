"""The trainer of lesson 13: its run is the stored experiment's, a stop keeps the network, words and picture."""

import re
import sys

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import mnist_rows
from lstm_course.explorers import mnist_trainer

MODULE = sys.modules["lstm_course.lessons.l13_rows_layers_directions.mnist_trainer"]
STORED = experiments.load("mnist_rows")


@pytest.fixture
def few(monkeypatch):
    """300 images to learn from and 50 for the test."""
    x, labels, test_x, test_labels = MODULE._data()
    data = x[:, :300].copy(), labels[:300], test_x[:, :50].copy(), test_labels[:50]
    monkeypatch.setattr(MODULE, "_data", lambda: data)
    return data


def words_of(picture):
    return [re.sub(r"<[^>]+>", "", line) for line in re.findall(r"<text.*?</text>", picture)]


def test_a_run_reports_what_the_network_knows(few):
    *_, (share, live) = MODULE.train("GRU", epochs=2, seed=7)
    assert share == 1 and live.updates == len(live.losses) == 6 and live.epochs == 2
    assert live.accuracies[-1] == mnist_rows.accuracy(live.model, *few[2:])
    assert np.array_equal(MODULE.compute("GRU", live).answers, live.model.predict(few[2][:, :10]).argmax(axis=1))


def test_it_ends_in_time(few):
    assert [live.updates for _, live in MODULE.train("RNN", epochs=5, seconds=0)] == [2]
    assert MODULE.SECONDS < 60
    assert "55 s" in mnist_trainer().runner.label


def test_a_stop_keeps_what_was_learned(few):
    explorer = mnist_trainer()
    explorer.set(cell="RNN")
    explorer.runner.pieces = explorer.runner.work(**explorer.values)
    for _ in range(3):
        assert explorer.runner.advance()
    explorer.runner.ticker.running = True
    explorer.runner.toggle()                                    # the button says Stop now
    assert not explorer.runner.running and explorer.result.updates == 5
    kept = explorer.result.model.predict(few[2])
    explorer.set(cell="GRU")
    assert explorer.error is None and np.array_equal(explorer.result.model.predict(few[2]), kept)
    assert "Live tanh RNN: 5 updates, 1 epoch," in explorer.readout.value
    explorer.reset()
    assert explorer.result is None and "Live" not in explorer.readout.value


def test_before_a_run_it_shows_the_stored_results():
    for cell, name in (("LSTM", "LSTM"), ("GRU", "GRU"), ("RNN", "tanh RNN")):
        view, runs = MODULE.compute(cell), STORED[f"accuracy_{cell}"]
        assert np.array_equal(view.stored, runs)
        words = f"{100 * runs[:, -1].min():.1f} to {100 * runs[:, -1].max():.1f} %"
        assert words in MODULE.describe(view) and MODULE.describe(view).startswith(name)
        picture = MODULE.draw(view)
        assert any(words in word for word in words_of(picture)) and "live: not started" in words_of(picture)
        assert len(picture) < 20_000 and picture.count("<image") == 10


def test_the_answers_are_those_of_the_stored_network():
    labels, answers = MODULE._stored_answers()
    assert labels.tolist() == list(range(10))
    said = [word for word in words_of(MODULE.draw(MODULE.compute("LSTM"))) if re.fullmatch(r"[✓✗] \d", word)]
    assert said == [f"{'✓' if a == b else '✗'} {b}" for a, b in zip(labels, answers, strict=True)]


def test_a_run_in_the_picture(few):
    pieces = MODULE.train("LSTM", epochs=2)
    for _ in range(2):
        _, live = next(pieces)
    view = MODULE.compute("LSTM", live)
    picture, words = MODULE.draw(view), MODULE.describe(view)
    assert live.epochs == 1 and picture.count("<circle") == 1
    assert f"{100 * live.accuracies[0]:.1f} % of the test images" in words
    first = STORED["accuracy_LSTM"][:, 0]
    assert f"(stored runs then: {100 * first.min():.1f} to {100 * first.max():.1f} %)" in words
    assert "stored runs then" not in MODULE.describe(MODULE.compute("GRU", live))
    assert len(picture) < 20_000
