"""The race of lesson 09: what it shows is what is stored, and a run trained in it is the stored run again."""

import importlib
import re

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments.shared import races
from lstm_course.explorers import race as make
from lstm_course.widgets.live_training import keeping, kept

race = importlib.import_module("lstm_course.lessons.l09_gradient_flow.race")


def run(result=None, **values):
    return race.compute(**race.START | values, result=result)


def shown(picture):
    return re.sub("<[^>]*>", " ", picture)


def revealed():
    explorer = make()
    explorer.reveal()
    return explorer


@pytest.mark.parametrize("task", race.EXPERIMENTS)
@pytest.mark.parametrize("network", race.NETWORKS)
def test_it_shows_what_is_stored(task, network):
    found, stored = run(task=task, network=network), experiments.load(race.EXPERIMENTS[task])
    row = stored["networks"].tolist().index(network)
    np.testing.assert_array_equal(found.scores, stored["scores"][row])
    np.testing.assert_array_equal(found.solved, stored["solved"][row])
    assert found.count == (stored["solved"][row] > 0).sum()
    words = race.describe(found)
    assert f"{found.count} of 10 runs solve it" in words and f"T = {races.TASKS[task].steps}" in words
    assert f"{found.count} of 10" in shown(race.draw(found))


@pytest.mark.parametrize("task", race.EXPERIMENTS)
def test_a_curve_ends_where_the_task_is_solved(task):
    for network in race.NETWORKS:
        found = run(task=task, network=network)
        for seed in range(10):
            x, y = found.curve(seed)
            assert len(x) == len(y) and x[0] == 0
            good = found.rules.solved(y[-1])
            assert good == (found.solved[seed] > 0) and x[-1] == (found.solved[seed] or found.rules.updates)
            assert not any(found.rules.solved(score) for score in y[:-1])


def test_a_run_trained_here_is_the_stored_run():
    explorer = revealed()
    explorer.set(task="latch", network="RNN", seed=3)
    explorer.buttons["Run"].click()                     # without an event loop it runs to its end
    found = explorer.data
    x, y = found.curve(3)
    assert [point[0] for point in found.live] == list(x)
    np.testing.assert_allclose([point[1] for point in found.live], y, rtol=1e-6)
    assert "Trained here" in explorer.readout.value and explorer.runner.progress.value == 1 and explorer.error is None
    assert explorer.picture.value.count(race.LIVE["stroke"]) >= 2


def test_it_shows_what_was_trained_in_this_setting():
    (_, found), = keeping(lambda **setting: iter([(1.0, [(10, 0.5)])]))(task="latch", network="RNN", seed=0)
    assert race.compute("latch", "RNN", 0, result=found).live == [(10, 0.5)]
    assert race.compute("latch", "RNN", 1, result=found).live == []


def test_a_live_run_ends_in_time(monkeypatch):
    monkeypatch.setattr(race, "SECONDS", 0.05)
    shares = [share for share, _ in race.live("latch", "LSTM b=0", 0)]
    assert shares[-1] == 1.0 and len(shares) < 20 and shares == sorted(shares)
    assert race.SECONDS < 15


def test_it_can_be_stopped_and_keeps_what_it_has():
    setting = {"task": "latch", "network": "LSTM b=0", "seed": 0}
    work = keeping(race.live)(**setting)
    for _ in range(3):
        share, found = next(work)
    work.close()
    assert 0 < share < 1 and [at for at, _ in kept(found, **setting)] == [0, 10, 20]


def test_the_prediction():
    explorer = make()
    assert "?" in shown(explorer.picture.value) and "10 of 10" not in shown(explorer.picture.value)
    explorer.panel.answer.value = 8
    explorer.panel.commit.click()
    assert "Answer: 0. ✗" in explorer.panel.verdict.value and explorer.values["task"] == "order"
    explorer = make()
    explorer.panel.answer.value = 0
    explorer.panel.commit.click()
    assert "✓" in explorer.panel.verdict.value
