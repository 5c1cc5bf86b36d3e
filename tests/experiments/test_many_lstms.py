"""LSTMs trained side by side: each learns as it does alone, whatever its variant, rate and company."""

import numpy as np
import pytest

from lstm_course import Linear
from lstm_course.experiments import gate_ablation, timing_task
from lstm_course.experiments.shared import many_lstms
from lstm_course.experiments.shared.variants import VARIANTS, variant
from lstm_course.training import Last, Model, fit
from lstm_course.training.losses import binary_cross_entropy, mean_squared_error
from lstm_course.training.optimizers import Adam

SEEDS, RATES, UPDATES = (0, 3), (0.02, 0.5), 5


def alone(name, task, rate, seed, loss):
    """The same training by `fit`."""
    rng = np.random.default_rng(seed)
    layers = [variant(name, task.inputs, 4, rng), *[Last()] * task.last, Linear(4, 1, rng=rng)]
    fit(Model(layers), lambda rng: task.draw(task.batch, rng), loss, Adam(rate), updates=UPDATES, clip_norm=1.0,
        rng=rng)
    return {("out_" if layer is layers[-1] else "") + key: array for layer in (layers[0], layers[-1])
            for key, array in layer.parameters.items()}


@pytest.mark.parametrize("task, loss", [(gate_ablation.TASK, mean_squared_error),
                                        (timing_task.task(4), binary_cross_entropy)])
@pytest.mark.parametrize("name", list(VARIANTS))
def test_networks_side_by_side_learn_as_each_does_alone(name, task, loss):
    rngs = [np.random.default_rng(seed) for seed in SEEDS]
    together = many_lstms.ManyLSTMs(name, task, 4, rngs, len(RATES), dtype=np.float64)
    optimizer = many_lstms.Rates(np.repeat(RATES, len(SEEDS)), np.float64)
    for _ in range(UPDATES):
        together.update(*many_lstms.batches(task, rngs, len(RATES)), optimizer)
    for k, (rate, seed) in enumerate((rate, seed) for rate in RATES for seed in SEEDS):
        for key, array in alone(name, task, rate, seed, loss).items():
            np.testing.assert_allclose(together.parameters[key][k].reshape(array.shape), array, rtol=1e-7, atol=1e-10,
                                       err_msg=f"{key} of seed {seed}, rate {rate}")


def test_the_company_of_a_network_makes_no_difference():
    task = timing_task.task(4)
    one, two = (many_lstms.train("full", task, 4, (0.02,), seeds, 25)[1] for seeds in ((3,), (0, 3)))
    np.testing.assert_allclose(one[0, 0], two[0, 1], rtol=1e-5)


def test_a_network_that_is_solved_is_left_alone_and_one_that_diverges_counts_as_not_solved():
    easy = many_lstms.Task(timing_task.task(4).draw, timing_task.slope, lambda answers, _: np.array([0.0, np.nan, 1.0])[
        :answers.shape[1]], lambda score: score >= 0.5, 4, 1)
    solved, scores = many_lstms.train("full", easy, 2, (0.01,), (0, 1, 2), 25)
    assert solved.tolist() == [[0, 0, 0]] and scores.shape == (1, 3, 2)
    assert np.isnan(scores[0, 1]).all() and (scores[0, 2] == 1).all()
