"""The experiment behind "RNN or LSTM on longer sums?": a part of it comes out as stored, and it shows what is said."""

import numpy as np
import pytest

from lstm_course import LSTM, Linear, experiments
from lstm_course.experiments import adder_lengths
from lstm_course.tasks import binary_addition as adding
from lstm_course.training import Model


@pytest.fixture(scope="module")
def stored():
    return experiments.load("adder_lengths")


@pytest.mark.parametrize("name", ["RNN", "cut"])
def test_a_part_comes_out_as_stored(stored, name):
    again = adder_lengths.run(seeds=1, names=(name,), columns=(16,))
    assert again[f"held_back_{name}"][0] == pytest.approx(stored[f"held_back_{name}"][0], abs=1e-3)
    assert again[f"wrong_{name}"][0, 0] == pytest.approx(stored[f"wrong_{name}"][0, 0], abs=3)


def test_an_lstm_comes_out_as_stored_free_and_clipped(stored):
    model, held_back = adder_lengths.train("LSTM", 0)
    assert adder_lengths.held_back_right(model, held_back) == pytest.approx(stored["held_back_LSTM"][0], abs=1e-3)
    assert adder_lengths.wrong_sums(model, 64) == pytest.approx(stored["wrong_LSTM"][0, 2], abs=3)
    assert adder_lengths.wrong_if_clipped(model, 64) == pytest.approx(stored["wrong_clipped"][0, 2], abs=3)
    assert adder_lengths.largest_c(model, 64) == pytest.approx(stored["largest_c"][0, 1], rel=1e-3)


def test_clipping_changes_nothing_where_c_is_in_its_range():
    """On sums of 8 columns, trained or not."""
    rng = np.random.default_rng(3)
    model = Model([LSTM(2, 16, rng=rng), Linear(16, 1, rng=rng)])
    assert adder_lengths.wrong_if_clipped(model, 8, 200) == adder_lengths.wrong_sums(model, 8, 200)
    low, high = adder_lengths.range_of_c(model.layers[0])
    c = model.layers[0].forward(adding.dataset(*adding.all_pairs())[0]).gates["c"]
    assert np.all(low <= c) and np.all(c <= high) and low.shape == (16,)


def test_without_recurrence_u_stays_0():
    model, _ = adder_lengths.train("cut", 0, updates=5)
    assert not model.parameters["0.U"].any() and model.parameters["0.W"].any()


def test_it_shows_what_the_lesson_says(stored):
    perfect = {name: int(np.sum(stored[f"wrong_{name}"][:, 2] == 0)) for name in adder_lengths.NAMES}
    assert perfect == {"RNN": 24, "cut": 0, "LSTM": 3, "longer": 5, "fresh": 6, "24 columns": 25}
    free, clipped = stored["wrong_LSTM"][:, 2], stored["wrong_clipped"][:, 2]
    assert (free[:5].sum(), clipped[:5].sum(), free.sum(), clipped.sum()) == (46, 5, 2495, 2383)
    assert len(free) == 25 and stored["held_back_cut"].max() < 0.15 and stored["held_back_RNN"].min() > 0.999
