"""The latch over several lengths, and the training that explodes: parts come out as stored, and as lesson 04 says."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import exploding_latch, latch_lengths
from lstm_course.experiments.shared import side_by_side
from lstm_course.training import fit
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import SGD, Adam


@pytest.mark.parametrize("make, freeze", [(lambda: SGD(0.05), ()), (lambda: Adam(0.01), ()),
                                          (lambda: SGD(0.05), side_by_side.RECURRENT)])
def test_networks_side_by_side_learn_as_each_does_alone(make, freeze):
    together = side_by_side.SideBySide(0.9, (0, 3))
    losses = [loss for loss, *_ in together.train(7, 6, make(), latch_lengths.clip, freeze)]
    for k, seed in enumerate(together.seeds):
        alone = side_by_side.new_model(0.9, seed)
        history = fit(alone, lambda rng: side_by_side.batch(7, side_by_side.BATCH, rng), mean_squared_error, make(),
                      updates=6, clip_norm=latch_lengths.CLIP, freeze=freeze, rng=seed)
        np.testing.assert_allclose(np.array(losses)[:, k], history.losses, rtol=1e-10)
        for name, array in alone.parameters.items():
            np.testing.assert_allclose(together.parameters[name][k].reshape(array.shape), array, rtol=1e-8, atol=1e-12)


def test_a_short_run_comes_out_as_stored():
    stored = experiments.load("latch_lengths")
    again = latch_lengths.run((("as it is", 0.5, 5),), (4,))
    row = list(zip(stored["ways"], stored["rhos"], stored["lengths"], strict=True)).index(("as it is", 0.5, 5))
    np.testing.assert_allclose(again["right"][0, 0], stored["right"][row, 4], atol=0.004)


def test_the_beginning_of_an_explosion_comes_out_as_stored():
    stored = experiments.load("exploding_latch")
    for way in ("off", "norm", "value", "output rate 0.01", "frozen"):
        rows, _ = exploding_latch.train(way, (exploding_latch.SHOWN,), 3)
        np.testing.assert_allclose(rows[0], stored["rows"][list(stored["ways"]).index(way), :3], rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("kind, expected", [
    (None, {"0.U": 30, "2.W": 40}), ("norm", {"0.U": 0.6, "2.W": 0.8}), ("recurrent", {"0.U": 1, "2.W": 40}),
    ("output", {"0.U": 30, "2.W": 1}), ("value", {"0.U": 0.1, "2.W": 0.1})])
def test_what_is_clipped(kind, expected):
    grads = {"0.U": np.full((1, 1, 1), 30.0), "2.W": np.full((1, 1, 1), 40.0)}
    exploding_latch.clip(kind, grads, np.array([[30.0], [40.0]]))
    assert {name: grad.item() for name, grad in grads.items()} == pytest.approx(expected, rel=1e-5)


def test_the_stored_runs_say_what_the_lesson_says():
    burst = experiments.load("exploding_latch")
    diverged = dict(zip(burst["ways"], burst["diverged"].sum(axis=1), strict=True))
    assert diverged.pop("off") > 5 and not any(diverged.values())
    final = dict(zip(burst["ways"], burst["final"], strict=True))
    assert np.median(final["norm"]) < final["frozen"].min() > np.median(final["value"])
    assert len(burst["final"][0]) == 20 == experiments.load("latch_lengths")["right"].shape[1]
