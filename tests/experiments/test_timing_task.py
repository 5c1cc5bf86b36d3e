"""The timing task: what is asked, who is said to have learned it, and the beginning of stored runs."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import timing_task


def test_the_answer_is_1_exactly_ten_steps_after_each_spike():
    x, targets = timing_task.spikes(10, 500, 0)
    assert x.shape == targets.shape == (41, 500, 1) and set(np.unique(x)) == {0, 1}
    at, asked = ([np.flatnonzero(column) for column in array[..., 0].T] for array in (x, targets))
    for spikes, answers in zip(at, asked, strict=True):
        assert len(spikes) == 2 and np.array_equal(answers, spikes + 10) and 11 <= spikes[1] - spikes[0] <= 20
    assert {spikes[0] for spikes in at} == set(range(10)) and {b - a for a, b in at} == set(range(11, 21))


def test_one_wrong_step_spoils_a_sequence():
    targets = timing_task.spikes(10, 4, 0)[1]
    answers = np.stack([8 * targets - 4] * 2, axis=1)
    answers[3, 1, 2] = 0.1
    np.testing.assert_allclose(timing_task.share_right(answers, targets), [1, 0.75])
    late = np.stack([np.roll(8 * targets - 4, 1, axis=0)], axis=1)
    assert timing_task.share_right(late, targets) == 0


@pytest.mark.parametrize("name", ["LSTM", "peepholes"])
def test_the_soonest_run_comes_out_as_stored(name):
    """In 32 bits another processor may need some updates more or less, a wrong gradient or other data many."""
    stored = experiments.load("timing_task")
    assert stored["networks"].tolist() == list(timing_task.NETWORKS)
    assert stored["seeds"].tolist() == list(timing_task.SEEDS) and stored["rates"].tolist() == list(timing_task.RATES)
    solved = stored["solved"][stored["networks"].tolist().index(name)]
    rate, seed = np.unravel_index(np.where(solved, solved, np.inf).argmin(), solved.shape)
    soonest = solved[rate, seed]
    again = timing_task.run((name,), timing_task.RATES[rate:rate + 1], (int(seed),), soonest + 100)["solved"].item()
    assert abs(again - soonest) <= 100


def test_what_the_lesson_says_of_the_counts():
    stored = experiments.load("timing_task")
    learned = dict(zip(stored["networks"].tolist(), (stored["solved"] > 0).sum(axis=2), strict=True))
    lstm = learned.pop("LSTM")
    assert all((lstm > others).all() for others in learned.values())


def test_what_is_stored_is_consistent():
    stored = experiments.load("timing_task")
    at = stored["updates"]
    for scores, solved in zip(stored["scores"].reshape(-1, len(at)), stored["solved"].ravel(), strict=True):
        good = np.flatnonzero(scores >= timing_task.GOAL)
        assert solved == (at[good[0]] if good.size else 0)
