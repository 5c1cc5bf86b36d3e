"""GRU and LSTM with equal starts: the networks side by side are those of the package, the trainings begin as stored,
and what the lesson says of them holds.
"""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import two_gates as race
from lstm_course.experiments.shared import gated
from lstm_course.experiments.shared.gated import Gated, Setting
from lstm_course.networks import RNN
from lstm_course.tasks.adding_problem import adding_problem
from lstm_course.tasks.majority import majority
from lstm_course.training import fit
from lstm_course.training.losses import binary_cross_entropy, mean_squared_error
from lstm_course.training.optimizers import Adam

STORED = experiments.load("two_gates")
OF = {name: k for k, name in enumerate(race.CELLS)}
TASKS = {"adding": (adding_problem, gated.squared, mean_squared_error, False),
         "counting": (majority, gated.cross_entropy, binary_cross_entropy, True)}


# ---- side by side ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", gated.NAMES)
def test_networks_side_by_side_train_as_each_alone(kind, task):
    data, loss, same_loss, every_step = TASKS[task]
    setting, draw = Setting(kind, 5, 1.5, -0.5), lambda rng: data(7, 6, rng)
    networks = Gated(setting, 2, (3, 4), every_step)
    losses = np.stack(list(networks.train(draw, loss, 8, 0.02, 0.05)))
    for k, seed in enumerate((3, 4)):
        rng = np.random.default_rng(seed)
        model = gated.new_model(setting, 2, rng, every_step)
        history = fit(model, draw, same_loss, Adam(0.02), updates=8, clip_norm=0.05, rng=rng)
        np.testing.assert_allclose(losses[:, k], history.losses, rtol=1e-9)
        for name, array in gated.of_layers(model).items():
            np.testing.assert_allclose(networks.parameters[name][k].reshape(array.shape), array, rtol=1e-7, atol=1e-12)
        x, _ = draw(0)
        np.testing.assert_allclose(networks.one(k).predict(x), model.predict(x), rtol=1e-9)


def test_the_starts_are_equal():
    """All cells keep the same share at the start; i + f = 1 and z + (1 − z) = 1 where the input is 0 and h = 0."""
    x = np.zeros((1, 1, 2))
    for cell, (kind, start) in race.CELLS.items():
        gates = gated.new_layer(race.setting(cell, race.ADDING_UNITS), 2, 0).forward(x).gates
        kept = gates["f" if "f" in gates else "z"][0, 0]
        written = (1 - kept) if "z" in gates else gates["i"][0, 0]
        share = {"usual": 1 / (1 + np.exp(-1)), "half": 0.5, "keep": 1 / (1 + np.exp(-3))}[start]
        np.testing.assert_allclose(kept, share)
        np.testing.assert_allclose(written, 0.5 if start == "usual" else 1 - share)
        if kind == "GRU, r = 1":
            assert np.all(gates["r"] == 1)


def test_with_r_open_and_z_shut_the_gru_is_a_plain_rnn():
    rng = np.random.default_rng(0)
    layer, plain = gated.new_layer(Setting("GRU, r = 1", 4, -40.0), 2, rng), RNN(2, 4, rng=0)
    for name in "WUb":
        plain.parameters[name][...] = layer.parameters[name][..., 8:]
    x = rng.standard_normal((6, 3, 2))
    layer.parameters["W"][:, 4:8] = layer.parameters["U"][:, 4:8] = 0
    np.testing.assert_allclose(layer.forward(x).outputs, plain.forward(x).outputs, atol=1e-12)


def test_the_cells_of_a_task_have_about_equally_many_weights_that_move():
    for units in (race.ADDING_UNITS, race.COUNTING_UNITS):
        sizes = {}
        for kind, count in units.items():
            model = gated.new_model(Setting(kind, count, 0.0), 2, 0, True)
            fixed = count * (count + 3) if kind in ("LSTM, i = 1 − f", "GRU, r = 1") else 0
            sizes[kind] = sum(array.size for array in model.parameters.values()) - fixed
        assert max(sizes.values()) / min(sizes.values()) < 1.15 and sizes["GRU"] > sizes["LSTM"]


# ---- as stored ---------------------------------------------------------------------------------------------

def test_everything_is_stored_for_twenty_seeds():
    assert STORED["cells"].tolist() == list(race.CELLS) and STORED["seeds"].tolist() == list(range(20))
    shapes = {"solved": (), "adding": (race.FIRST,), "counting": (race.FIRST,), "turns": (len(race.COUNTS),),
              "accuracy": (2,), "largest": ()}
    assert STORED["alone_solved"].shape == STORED["alone_turns"].shape == (2, 20)
    assert STORED["rates_solved"].shape == (len(race.OTHER_RATES), len(race.RATE_CELLS), 20)
    for name, more in shapes.items():
        assert STORED[name].shape == (len(OF), 20, *more)


@pytest.mark.parametrize("cell", OF)
def test_both_trainings_begin_as_stored(cell):
    losses = race.adding(cell, (3, 7), updates=race.FIRST)
    np.testing.assert_allclose(losses, STORED["adding"][OF[cell], [3, 7]], rtol=1e-7)
    _, losses = race.counting(cell, (3, 7), updates=race.FIRST)
    np.testing.assert_allclose(losses, STORED["counting"][OF[cell], [3, 7]], rtol=1e-7)


def test_the_controls_are_as_stored():
    again = race.controls((3,), counting_updates=1)
    for name in ("alone_solved", "rates_solved"):
        np.testing.assert_array_equal(again[name], STORED[name][..., [3]])


@pytest.mark.parametrize("cell", OF)
def test_what_is_stored_of_a_counter_is_that_of_its_weights(cell):
    model = race.stored_counter(STORED, cell)
    np.testing.assert_array_equal(race.turns(model), STORED["turns"][OF[cell], 0])
    found = [race.accuracy(model, steps) for steps in (race.COUNTING_STEPS, race.LONG)]
    np.testing.assert_allclose(found, STORED["accuracy"][OF[cell], 0], atol=1e-3)
    assert abs(race.memories(model)).max() == pytest.approx(STORED["largest"][OF[cell], 0], rel=1e-6)


# ---- what is measured --------------------------------------------------------------------------------------

def test_solved_is_the_first_mean_below_the_goal():
    losses = np.full((3, 75), 0.02)
    losses[0, 25:50], losses[1, 50:] = 0.009, 0.0099
    assert race.solved(losses).tolist() == [50, 75, 0] and race.solved(losses[:, :25]).tolist() == [0, 0, 0]


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


# ---- what the lesson says ----------------------------------------------------------------------------------

def median(name, cell):
    return np.median(STORED[name][OF[cell]] if name == "solved" else STORED[name][OF[cell], :, -1])


def test_the_start_or_the_tie_takes_the_lstm_to_half_of_its_updates():
    assert STORED["solved"].min() > 0
    for changed in ("LSTM, keep", "LSTM, i = 1 − f, half"):
        slow, quick = STORED["solved"][OF["LSTM, half"]], STORED["solved"][OF[changed]]
        assert np.median(quick) <= np.median(slow) / 2 and (quick < slow).sum() >= 19
    assert median("solved", "GRU, keep") < median("solved", "LSTM, keep") < 2 * median("solved", "GRU, keep")


def test_the_tie_does_the_same_without_more_units():
    """The control of two claims: quicker at adding from one half, and a count that fades sooner from both starts."""
    slow, quick = STORED["solved"][OF["LSTM, half"]], STORED["alone_solved"][0]
    assert quick.min() > 0 and np.median(quick) <= np.median(slow) / 2 and (quick < slow).sum() >= 19
    for bound, start in zip(STORED["alone_turns"], ("half", "keep"), strict=True):
        free = STORED["turns"][OF[f"LSTM, {start}"], :, -1]
        assert np.median(bound) < 45 < 70 < np.median(free) and (bound < free).sum() >= 15


def test_at_half_and_twice_the_rate_the_start_and_the_tie_help_as_well():
    assert STORED["rates_solved"].min() > 0
    for usual, keeping, tied, gru, gru_keeping in np.median(STORED["rates_solved"], axis=2):
        assert max(keeping, tied) < (usual + gru) / 2 and keeping - gru_keeping < (usual - gru) / 2


def test_from_each_start_the_tie_costs_the_counting():
    for start, pairs in (("half", 15), ("keep", 20)):
        free = STORED["turns"][OF[f"LSTM, {start}"], :, -1]
        for kind in ("LSTM, i = 1 − f", "GRU", "GRU, r = 1"):
            bound = STORED["turns"][OF[f"{kind}, {start}"], :, -1]
            assert np.median(bound) < 45 < 70 < np.median(free) and (bound < free).sum() >= pairs
