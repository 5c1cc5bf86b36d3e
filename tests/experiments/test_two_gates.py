"""The stored race of LSTM, GRU and simple network: a part comes out as stored, and the lesson's claims hold in it."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import two_gates as race

STORED = experiments.load("two_gates")
OF = {name: k for k, name in enumerate(race.NETWORKS)}


def weights(model):
    return sum(array.size for array in model.parameters.values())


@pytest.mark.parametrize("network", race.NETWORKS)
def test_a_part_of_the_adding_comes_out_as_stored(network):
    """The error at the start, which shows the first weights, and of one network after the first 50 updates."""
    again = race.adding_errors(network, 3, updates=50 if network == "RNN" else 1)
    np.testing.assert_allclose(again, STORED["adding"][OF[network], 3, :len(again)], rtol=1e-7)
    assert len(again) == 1 + (network == "RNN")


@pytest.mark.parametrize("network", race.NETWORKS)
def test_a_part_of_the_counting_comes_out_as_stored(network):
    _, losses = race.train_counter(network, 4, updates=10)
    np.testing.assert_allclose(losses, STORED["first"][OF[network], 4], rtol=1e-7)


@pytest.mark.parametrize("network", race.NETWORKS)
def test_stored_turns_and_accuracies_are_those_of_the_stored_weights(network):
    model = race.stored_counter(STORED, network, 9)
    np.testing.assert_array_equal(race.turns(model), STORED["turns"][OF[network], 9])
    found = [race.accuracy(model, steps) for steps in (race.COUNTING_STEPS, race.LONG)]
    np.testing.assert_allclose(found, STORED["accuracy"][OF[network], 9], atol=1e-4)


def test_everything_is_stored_for_ten_seeds():
    assert STORED["adding"].shape == (4, 10, 13) and STORED["losses"].shape == (4, 10, 20)
    assert STORED["first"].shape == (4, 10, 10)
    assert STORED["turns"].shape == (4, 10, len(race.COUNTS)) and STORED["accuracy"].shape == (4, 10, 2)


def test_the_networks_of_a_task_have_about_equally_many_weights():
    adding = [weights(race.adding_model(name, 0)) for name in race.NETWORKS]
    assert max(adding) / min(adding) < 1.01
    counting = {name: weights(race.counting_model(name)) for name in race.NETWORKS}
    assert counting["GRU"] > counting["LSTM"] and max(counting.values()) / min(counting.values()) < 1.15


def test_every_gru_learns_to_add_before_every_lstm_and_no_simple_network_does():
    below = {name: (STORED["adding"][k] < 0.01) for name, k in OF.items()}
    assert not below["RNN"].any()
    for name in ("GRU", "GRU, reset before"):
        assert below[name].argmax(axis=1).max() < below["LSTM"].argmax(axis=1).min()
        assert below[name].any(axis=1).all() and below["LSTM"].any(axis=1).all()


def test_every_lstm_counts_further_than_every_gru():
    lstm, gru = STORED["turns"][OF["LSTM"]], STORED["turns"][OF["GRU"]]
    for far in (-2, -1):
        assert lstm[:, far].min() > gru[:, far].max()
    assert STORED["accuracy"][OF["LSTM"], :, 1].min() > STORED["accuracy"][1:, :, 1].max()


class Counter:
    """A model that turns after so many b as there were a, but after `most` at the latest."""

    def __init__(self, most):
        self.most = most

    def predict(self, x):
        count = np.zeros(x.shape[1])
        answers = []
        for letters in x:
            count = np.clip(count + letters[:, 0] - letters[:, 1], -self.most, self.most)
            answers.append(count)
        return np.stack(answers)[:, :, None]


def test_turns_measures_how_far_a_model_counts():
    np.testing.assert_array_equal(race.turns(Counter(10_000)), race.COUNTS)
    np.testing.assert_array_equal(race.turns(Counter(25)), np.minimum(race.COUNTS, 25))
    never, always_b = Counter(1), Counter(1)
    never.predict, always_b.predict = (lambda x, sign=sign: np.full((*x.shape[:2], 1), sign) for sign in (1.0, -1.0))
    np.testing.assert_array_equal(race.turns(never), [int(1.5 * n) + 50 for n in race.COUNTS])
    assert not race.turns(always_b).any()
