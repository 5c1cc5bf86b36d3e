"""The experiment of appendix A: what is stored is what it computes, and it shows what the appendix says."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import lenet, mnist_rows
from lstm_course.tasks import mnist

TRAIN, TEST = mnist.split(*mnist.load())
STORED = experiments.load("lenet")
FEW = 3                                         # updates that are trained again


def end(name, stored=STORED, epoch=-1):
    return stored[f"accuracy_{name}"][:, epoch]


@pytest.mark.parametrize("name", lenet.NAMES)
def test_the_first_updates_come_out_as_stored(name, monkeypatch):
    def few(model, x, labels, test_x, test_labels, seed, epochs):
        history = mnist_rows.fit(model, (x, labels.astype(int)), mnist_rows.softmax_cross_entropy,
                                 mnist_rows.Adam(mnist_rows.RATE), updates=FEW, batch_size=mnist_rows.BATCH, rng=seed)
        assert epochs == lenet.EPOCHS[name] and test_x.shape[0] == 1000
        return np.array(history.losses), None

    monkeypatch.setattr(lenet, "train", few)
    np.testing.assert_allclose(lenet.one(name, 1)[1], STORED[f"losses_{name}"][1, :FEW], rtol=1e-4)


def test_what_is_stored():
    assert lenet.EPOCHS["lenet"] == lenet.EPOCHS["dense"] == mnist_rows.EPOCHS == 20
    for name in lenet.NAMES:
        assert STORED[f"accuracy_{name}"].shape == (5, lenet.EPOCHS[name])
        assert STORED[f"losses_{name}"].shape == (5, 32 * lenet.EPOCHS[name])
        found = (STORED[f"answers_{name}"] == TEST.labels).mean(axis=1)
        np.testing.assert_allclose(found, end(name), atol=1e-12)
        np.testing.assert_allclose(STORED[f"shifted_{name}"][:, 0], end(name), atol=1e-12)
    assert experiments.path("lenet").stat().st_size < 500_000


def test_the_stored_weights_are_those_of_the_first_lenet():
    model = lenet.stored_network(STORED)
    said = model.predict(lenet.inputs("lenet", TEST.images[:300], np.float64)).argmax(axis=1)
    assert np.mean(said == STORED["answers_lenet"][0, :300]) > 0.99
    moved = lenet.inputs("lenet", lenet.moved(TEST.images[:300], 3), np.float64)
    found = np.mean(model.predict(moved).argmax(axis=1) == TEST.labels[:300])
    assert found == pytest.approx(STORED["shifted_lenet"][0, 3], abs=0.06)


def test_the_inputs():
    images, order = TEST.images[:4], lenet.ORDER
    assert sorted(order) == list(range(784))
    usual, other = (lenet.inputs(name, images) for name in ("lenet", "permuted"))
    assert usual.shape == other.shape == (4, 1, 28, 28) and usual.dtype == np.float32
    np.testing.assert_allclose(usual[2, 0, 5, 7], images[2, 5, 7] / 255, rtol=1e-6)
    assert np.array_equal(other.reshape(4, -1), usual.reshape(4, -1)[:, order])
    assert np.array_equal(lenet.inputs("dense", images), usual.reshape(4, -1))
    right = lenet.moved(images, 3)
    assert np.array_equal(right[:, :, 3:], images[:, :, :-3]) and not right[:, :, :3].any()
    assert np.array_equal(lenet.moved(images, 0), images)


def test_as_many_weights():
    sizes = {name: sum(p.size for p in lenet.network(name).parameters.values()) for name in lenet.NAMES}
    assert sizes["lenet"] == 61_706 and abs(sizes["dense"] / sizes["lenet"] - 1) < 0.01


def test_what_the_runs_show():
    rows = experiments.load("mnist_rows")
    assert end("lenet").min() > end("dense").max() > end("permuted").max()
    assert end("lenet", epoch=9).min() - end("permuted").max() > 0.05
    assert end("lenet").mean() > end("LSTM", rows).mean()
    for k in range(1, lenet.SHIFTS):
        assert STORED["shifted_lenet"][:, k].min() > STORED["shifted_dense"][:, k].max()
