"""The experiments of lesson 13: what is stored is what they compute, and it shows what the lesson says."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import adder_directions, mnist_layers, mnist_orders, mnist_rows
from lstm_course.tasks import binary_addition as adding
from lstm_course.tasks import mnist

TRAIN, TEST = mnist.split(*mnist.load())
FEW = 6                                         # updates that are trained again


@pytest.fixture(scope="module")
def rows():
    return experiments.load("mnist_rows")


def end(stored, name):
    """Test accuracy after the last epoch, (seeds,)."""
    return stored[f"accuracy_{name}"][:, -1]


# ---- what is stored is what is computed --------------------------------------------------------------------

@pytest.mark.parametrize("name", ["RNN", "logistic"])
def test_the_first_epoch_on_rows_comes_out_as_stored(rows, name):
    _, losses, accuracies = mnist_rows.one(name, 1, epochs=1)
    np.testing.assert_allclose(losses[:FEW], rows[f"losses_{name}"][1, :FEW], rtol=1e-4)
    np.testing.assert_allclose(losses, rows[f"losses_{name}"][1, :len(losses)], rtol=0.05)
    assert accuracies[0] == pytest.approx(rows[f"accuracy_{name}"][1, 0], abs=0.02)


def test_the_stored_weights_are_those_of_the_first_lstm(rows):
    assert all(rows[f"weights.{name}"].dtype == np.float16 for name in mnist_rows.network("LSTM").parameters)
    model, x = mnist_rows.stored_network(rows, np.float32), mnist_rows.inputs("LSTM", TEST.images)
    assert mnist_rows.accuracy(model, x, TEST.labels) == pytest.approx(end(rows, "LSTM")[0], abs=0.003)
    double, few = mnist_rows.stored_network(rows), mnist_rows.inputs("LSTM", TEST.images[:50], np.float64)
    np.testing.assert_allclose(double.predict(few), model.predict(x[:, :50]), atol=1e-3)


@pytest.mark.parametrize("module, name", [*((mnist_rows, name) for name in ("LSTM", "GRU", "logistic_long")), *(
    (module, name) for module in (mnist_orders, mnist_layers) for name in module.NAMES)])
def test_the_first_updates_come_out_as_stored(module, name, monkeypatch):
    monkeypatch.setattr(module, "train", few_updates)
    losses = next(part for part in module.one(name, 1) if isinstance(part, np.ndarray))
    stored = experiments.load(module.__name__.rpartition(".")[2])
    np.testing.assert_allclose(losses, stored[f"losses_{name}"][1, :2], rtol=1e-4)


def few_updates(model, x, labels, test_x, test_labels, seed, epochs):
    """The first two updates of `train` alone."""
    history = mnist_rows.fit(model, (x, labels.astype(int)), mnist_rows.softmax_cross_entropy,
                             mnist_rows.Adam(mnist_rows.RATE), updates=2, batch_size=mnist_rows.BATCH, rng=seed)
    return np.array(history.losses), None


@pytest.mark.parametrize("name", adder_directions.NAMES)
def test_a_part_of_the_adder_comes_out_as_stored(name, monkeypatch):
    """On the pairs held out; for one network on all pairs, too, which takes five times as long."""
    stored, bits_right = experiments.load("adder_directions"), adder_directions.bits_right
    if name != "lsb":
        monkeypatch.setattr(adder_directions, "bits_right", lambda model, order, pairs=None: bits_right(
            model, order, pairs) if pairs is not None else np.nan)
    _, everything, held_out = adder_directions.one(name, 2, updates=50)
    np.testing.assert_allclose(held_out, stored[f"held_out_{name}"][2, :1], atol=1e-3)
    if name == "lsb":
        np.testing.assert_allclose(everything, stored[f"all_{name}"][2, :1], atol=2e-4)


# ---- what they show ----------------------------------------------------------------------------------------

def test_at_least_five_seeds_and_the_settings_of_the_article(rows):
    everything = {**rows, **experiments.load("mnist_orders"), **experiments.load("mnist_layers")}
    epochs = {"logistic_long": 100} | dict.fromkeys((*mnist_rows.CELLS, "logistic", "rows_permuted"), 20)
    for name, array in everything.items():
        if name.startswith("accuracy"):
            assert array.shape == (5, epochs.get(name.removeprefix("accuracy_"), 10))
            assert np.all((array >= 0) & (array <= 1))
    model = mnist_rows.network("LSTM", 0)
    assert mnist_rows.BATCH == 128 and mnist_rows.RATE == 1e-3 and model.parameters["0.W"].dtype == np.float32
    assert [layer.parameters["W"].shape for layer in model.layers if layer.parameters] == [
        (28, 128), (128, 512), (128, 10)]
    assert model.layers[1].forget_bias == 1


def test_the_lstm_reaches_the_goal(rows):
    assert np.sum(end(rows, "LSTM") >= 0.92) >= 4
    assert end(rows, "logistic").max() < end(rows, "LSTM").min()
    assert rows["accuracy_logistic_long"].max() < end(rows, "LSTM").min()


def test_pixels_are_a_smaller_experiment():
    assert mnist_orders.PIXELS == 196
    assert sorted(mnist_orders.PIXEL_ORDER) == list(range(196)) and sorted(mnist_orders.ROW_ORDER) == list(range(28))
    _, inputs = mnist_orders.model_and_inputs("pixels_LSTM", 0)
    assert inputs(TEST.images[:3]).shape == (196, 3, 1)
    _, inputs = mnist_orders.model_and_inputs("rows_permuted", 0)
    usual = mnist.rows(TEST.images[:3], dtype=np.float32)
    assert np.array_equal(inputs(TEST.images[:3]), usual[mnist_orders.ROW_ORDER])


def test_the_adder_in_both_directions():
    stored = experiments.load("adder_directions")
    best = adding.baseline("one way", order="msb")["bits"]
    assert stored["all_one_way"].shape[0] >= 5
    for name in ("one_way", "stacked"):
        last = stored[f"all_{name}"][:, -1]
        assert np.all(last >= 0.99 * best) and np.all(stored[f"all_{name}"] <= best + 1e-12)
    assert np.all(stored["all_two_way"][:, -1] == 1) and np.all(stored["held_out_two_way"][:, -1] == 1)
    assert np.all(stored["all_lsb"][:, -1] == 1)
