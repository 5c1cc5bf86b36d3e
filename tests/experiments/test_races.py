"""The races of lesson 09: a small part comes out as stored, and the stored results say what the lesson says."""

from itertools import islice

import numpy as np
import pytest

from lstm_course import LSTM, experiments
from lstm_course.experiments import (
    adding_race,
    bias_sweep,
    clipping,
    cut_ways,
    forget_gate,
    latch_race,
    long_latch,
    order_race,
    truncation,
    truncation_probe,
    ways_into_c,
)
from lstm_course.experiments.shared import races
from lstm_course.gradients import gradient_ways
from lstm_course.tasks.latch_problem import latch_problem
from lstm_course.training import fit

RACES = {"adding_race": (adding_race, races.ADDING), "order_race": (order_race, races.ORDER),
         "latch_race": (latch_race, races.LATCH), "long_latch": (long_latch, races.LONG_LATCH)}


def stored_row(name, **chosen):
    """The index of a setting in a stored experiment."""
    found = experiments.load(name)
    return next(k for k in range(len(found["scores"])) if all(str(found[key][k]) == v for key, v in chosen.items()))


# ---- a part, recomputed --------------------------------------------------------------------------------------

@pytest.mark.parametrize("name, network, seed", [
    ("adding_race", "RNN", 3), ("order_race", "LSTM b=0", 7), ("order_race", "GRU", 2),
    ("latch_race", "RNN, Glorot U", 1), ("latch_race", "LSTM b=1, Glorot U", 9), ("long_latch", "LSTM b=5", 4)])
def test_the_beginning_of_a_run_comes_out_as_stored(name, network, seed):
    module, task = RACES[name]
    again, stored = module.run((network,), (seed,), task.every), experiments.load(name)
    row, column = stored_row(name, networks=network), stored["seeds"].tolist().index(seed)
    assert list(again["updates"]) == list(stored["updates"][:2]) == [0, task.every]
    np.testing.assert_allclose(again["scores"][0, 0], stored["scores"][row, column, :2], rtol=1e-6, err_msg=network)


def test_a_short_run_comes_out_as_stored_to_its_end():
    stored, row = experiments.load("latch_race"), stored_row("latch_race", networks="RNN")
    *_, last = races.training(races.LATCH, races.by_name(races.LATCH, "RNN"), 0)
    assert last.updates == stored["solved"][row, 0] < races.LATCH.updates and races.LATCH.solved(last.score)
    assert last.largest == pytest.approx(stored["largest"][row, 0], rel=1e-6)


def test_the_beginnings_of_the_other_experiments_come_out_as_stored():
    stored, again = experiments.load("clipping"), clipping.run(("SGD 0.3",), ("no clipping",), (2,), 10)
    row = stored_row("clipping", optimizers="SGD 0.3", clips="no clipping")
    np.testing.assert_allclose(again["scores"][0, 0], stored["scores"][row, 2, :2], rtol=1e-6)
    stored, again = experiments.load("truncation"), truncation.run((("RNN", 20),), (5, 0), (1,), 10)
    case, windows = stored["networks"].tolist().index("RNN"), [stored["windows"].tolist().index(k) for k in ("5", "0")]
    np.testing.assert_allclose(again["scores"][0, :, 0], stored["scores"][case, windows, 1, :2], rtol=1e-6)


# ---- the machinery -------------------------------------------------------------------------------------------

def test_pieces_are_the_same_as_one_training():
    task = races.LATCH
    *_, end = islice(races.training(task, races.by_name(task, "LSTM b=0"), 5), 3)
    rng = np.random.default_rng(5)
    model = races.new_model(task, "LSTM b=0", rng)
    fit(model, task.batch, task.loss, races.Adam(races.RATE), updates=20, clip_norm=1.0, rng=rng)
    assert end.updates == 20
    for name, array in model.parameters.items():
        np.testing.assert_array_equal(array, end.model.parameters[name])


def test_a_run_out_of_updates_ends():
    short = races.replace(races.LATCH, updates=20)
    assert [now.updates for now in races.training(short, races.by_name(short, "LSTM b=0"), 0)] == [0, 10, 20]


def test_a_run_that_diverges_ends():
    broken = races.replace(races.LATCH, loss=lambda outputs, targets: (np.nan, outputs))
    assert [now.updates for now in races.training(broken, races.by_name(broken, "GRU"), 0)] == [0]


def test_glorot_changes_only_u():
    for name in ("RNN", "LSTM b=1"):
        plain, other = (races.NETWORKS[n](2, 32, np.random.default_rng(0)) for n in (name, f"{name}, Glorot U"))
        assert np.array_equal(plain.parameters["W"], other.parameters["W"])
        assert np.array_equal(plain.parameters["b"], other.parameters["b"])
        U = plain.parameters["U"]
        np.testing.assert_allclose(U[:, :32] @ U[:, :32].T, np.eye(32), atol=1e-12)
        bound = np.sqrt(6 / sum(U.shape))
        assert 0.95 * bound < np.abs(other.parameters["U"]).max() <= bound


@pytest.mark.parametrize("name", ["LSTM b=0", "LSTM b=1", "LSTM b=3", "LSTM b=5"])
def test_a_name_says_its_forget_bias(name):
    layer = races.NETWORKS[name](1, 32, np.random.default_rng(0))
    assert np.all(layer.parameters["b"][32:64] == float(name[-1])) and layer.parameters["b"][:32].max() == 0


def test_goals_and_baselines():
    assert races.ADDING.solved(0.0049) and not races.ADDING.solved(0.0051)
    assert races.ORDER.solved(0.992) and not races.LATCH.solved(0.99)
    for task in races.TASKS.values():
        start = next(races.training(task, races.by_name(task, "GRU"), 0)).score
        assert not task.solved(start) and not task.solved(task.baseline)


def test_truncation_names_what_it_cuts():
    assert truncation.setting("RNN", 20, "full")["truncate"] is None
    assert truncation.setting("RNN", 20, 5)["truncate"] == 5
    frozen = truncation.setting("LSTM b=1", 20, 0)["freeze"]
    assert set(frozen) == {"0.W", "0.U", "0.b"}


def test_without_a_forget_gate_f_is_exactly_1_and_stays_so():
    model = forget_gate.train("f = 1", 0, updates=3)
    x = forget_gate.continual_reber(20, 2, 0)[0]
    assert np.all(model.layers[0].forward(x).gates["f"] == 1.0)
    with_gate = forget_gate.new_model("with forget gate", np.random.default_rng(0))
    assert with_gate.layers[0].forward(x).gates["f"].max() < 0.95


def test_the_largest_cell_state_never_falls():
    found = forget_gate.run(("f = 1",), (0,), updates=3, steps=200)
    assert np.all(np.diff(found["cells"]) >= 0) and found["times"][-1] == 190 and 0 <= found["right"][0, 0] <= 1


# ---- what the stored results say -----------------------------------------------------------------------------

@pytest.mark.parametrize("name", RACES)
def test_solved_agrees_with_the_scores(name):
    found, task = experiments.load(name), RACES[name][1]
    assert len(found["seeds"]) == 10 and found["updates"][-1] == task.updates
    for i, j in np.ndindex(found["solved"].shape):
        good = [task.solved(score) for score in found["scores"][i, j]]
        first = int(found["updates"][good.index(True)]) if any(good) else 0
        assert found["solved"][i, j] == first


def test_what_the_issue_asks_for():
    count = lambda name, network: int((experiments.load(name)["solved"][stored_row(name, networks=network)] > 0).sum())
    assert min(count("adding_race", "LSTM b=1"), count("adding_race", "GRU")) >= 9 and count("adding_race", "RNN") == 0
    rnn = experiments.load("adding_race")["scores"][stored_row("adding_race", networks="RNN"), :, -1]
    assert np.all(np.abs(rnn - 1 / 6) < 0.03)
    assert count("order_race", "LSTM b=1") >= 9 and count("order_race", "LSTM b=0") == 0
    assert count("latch_race", "RNN") == count("latch_race", "LSTM b=3") == 10 and count("latch_race", "LSTM b=0") == 0


# ---- the ways of the gradient, and their controls ------------------------------------------------------------

def test_the_ways_of_new_networks_come_out_as_stored():
    stored, again = experiments.load("ways_into_c"), ways_into_c.run((3,), (7,), updates=1)
    row = stored["biases"].tolist().index(3)
    np.testing.assert_allclose(again["norms"][0, 0, 0], stored["norms"][row, 7, 0], rtol=1e-6)


def test_short_runs_of_the_controls_come_out_as_stored_to_their_ends():
    stored, again = experiments.load("cut_ways"), cut_ways.run((3,), ("",), (1,))
    row, column = stored["biases"].tolist().index(3), stored["ways"].tolist().index("")
    assert again["solved"][0, 0, 0] == stored["solved"][row, column, 1] > stored["solved"][row, 0, 1] > 0
    assert again["last"][0, 0, 0] == stored["last"][row, column, 1]
    stored, again = experiments.load("bias_sweep"), bias_sweep.run((20,), (3,), (1,))
    row = stored["biases"].tolist().index("3")
    assert again["solved"][0, 0, 0] == stored["solved"][0, row, 1] > 0
    stored, again = experiments.load("truncation_probe"), truncation_probe.train(1, 3, updates=0)
    assert again[0] == again[1] == stored["before"][stored["windows"].tolist().index("1"), 3]


@pytest.mark.parametrize("ways", ["", "ifo", "g", "ifgo"])
def test_the_ways_are_cut_on_the_way_back_only(ways):
    cut, whole = cut_ways.model_of(3, ways, np.random.default_rng(0)).layers[0], LSTM(1, 32, forget_bias=3.0, rng=0)
    x, _ = latch_problem(50, 1, 0)
    trace = cut.forward(np.repeat(x, 32, axis=1))
    np.testing.assert_allclose(trace.outputs[:, :1], whole.forward(x).outputs, rtol=1e-9)
    grads = cut.backward(trace, None, (np.zeros((32, 32)), np.eye(32)))
    np.testing.assert_allclose(np.linalg.norm(grads.state[1], 2), gradient_ways(whole, x, ways)[0], rtol=1e-9)
    assert np.all(np.abs(grads.parameters["U"]).reshape(32, 4, 32).max(axis=(0, 2))[:3] > 0)       # at its own step


def test_chrono_biases_keep_and_close():
    model = bias_sweep.model_of(bias_sweep.task_of(100), "chrono", np.random.default_rng(0))
    i, f, *_ = model.parameters["0.b"].reshape(4, -1)
    np.testing.assert_array_equal(i, -f)
    assert f.min() >= 0 and f.max() <= np.log(99)
