"""The articles' hand-written LSTM: what is stored comes out again, and is what the article and its readers report."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import article_lstm, half_tanh
from lstm_course.gradients import check_gradients

STORED = experiments.load("article_lstm")


@pytest.mark.parametrize("name", article_lstm.VARIANTS)
@pytest.mark.parametrize("seed", [0, 7])
def test_a_part_comes_out_as_stored(name, seed):
    layer, x = article_lstm.first_network(seed, *article_lstm.VARIANTS[name])
    np.testing.assert_allclose(article_lstm.losses(layer, x, iterations=30), STORED[name][seed, :30], rtol=1e-8)


@pytest.mark.parametrize("activation", ["identity", "tanh"])
def test_a_part_of_the_ramp_comes_out_as_stored(activation):
    layer, x = article_lstm.first_network(3, False, activation)
    found = article_lstm.losses(layer, x, article_lstm.RAMP, iterations=30)
    np.testing.assert_allclose(found, STORED[f"ramp, {activation}"][3, :30], rtol=1e-8)


def test_the_figures_of_the_article_and_of_a_reader():
    published = STORED["as published"][0]
    np.testing.assert_allclose(published[[0, 10]], [0.7534838862531601, 0.3318889220365654], rtol=1e-6)
    assert published[99] == pytest.approx(2.61076356822e-06, rel=1e-6)
    layer, x = article_lstm.first_network(0, True, "tanh")
    assert article_lstm.half_mended(layer, x, iterations=100)[99] == pytest.approx(6.31438767294e-07, rel=1e-6)
    np.testing.assert_allclose(STORED["tanh forward only"][0, 99], 6.31438767294e-07, rtol=1e-6)


def test_seeded_at_each_draw_the_gates_start_equal_and_else_not():
    for anew in (True, False):
        parameters = article_lstm.first_network(5, anew)[0].parameters
        for name in "WUb":
            gates = np.split(parameters[name], 4, axis=-1)
            assert all(np.array_equal(gates[0], gate) is anew for gate in gates[1:])
        assert all(np.abs(array).max() <= 0.1 for array in parameters.values())


def test_the_half_mended_gradient_is_wrong_and_the_others_are_right():
    layer, x = article_lstm.first_network(1, False, "tanh")
    trace = layer.forward(x)
    error, wrong = article_lstm.half_mended_gradients(layer, x)
    np.testing.assert_allclose(error, trace.outputs[:, 0, 0] - article_lstm.TARGETS, rtol=1e-12)
    grad_outputs = np.zeros_like(trace.outputs)
    grad_outputs[:, 0, 0] = 2 * error
    right = layer.backward(trace, grad_outputs).parameters
    assert all(np.abs(right[name] - wrong[name]).max() > 1e-3 * np.abs(right[name]).max() for name in "WUb")
    for activation in ("identity", "tanh"):
        layer, x = article_lstm.first_network(1, True, activation)
        assert check_gradients(layer, x, entries=20).ok


def test_half_mended_with_the_right_lines_would_be_the_layer():
    """The loop over cells is the layer's: with the identity both ways its gradients agree."""
    layer, x = article_lstm.first_network(2, True, "identity")
    tanh_step = article_lstm.cells.lstm_step
    try:
        article_lstm.cells.lstm_step = lambda *given: tanh_step(*given, output_activation="identity")
        error, found = article_lstm.half_mended_gradients(layer, x)
    finally:
        article_lstm.cells.lstm_step = tanh_step
    trace = layer.forward(x)
    grad_outputs = np.zeros_like(trace.outputs)
    grad_outputs[:, 0, 0] = 2 * error
    right = layer.backward(trace, grad_outputs).parameters
    for name in "WUb":
        np.testing.assert_allclose(found[name], right[name], rtol=1e-9, atol=1e-14)


def test_what_the_lesson_says_of_20_seeds():
    below = {name: int((STORED[name][:, 100] < 1e-3).sum()) for name in (*article_lstm.VARIANTS, "tanh forward only")}
    assert below == {"as published": 18, "seeded once": 19, "with tanh": 20, "both": 20, "tanh forward only": 18}
    assert all(len(rows) == article_lstm.SEEDS == 20 for rows in STORED.values())
    assert STORED["ramp, identity"][:, -1].max() < 1e-4
    bound = (np.maximum(article_lstm.RAMP - 1, 0) ** 2).sum()
    assert bound == pytest.approx(7.16) and STORED["ramp, tanh"].min() > bound


@pytest.mark.parametrize("seed", [0, 100])
def test_right_and_wrong_gradient_come_out_as_stored(seed):
    stored = experiments.load("half_tanh")
    for name, found in half_tanh.run([seed]).items():
        np.testing.assert_allclose(found, stored[name][[seed]], rtol=1e-6)


def test_the_wrong_and_the_right_gradient_start_from_the_same_weights():
    stored = experiments.load("half_tanh")
    for name, variant in (("right", "with tanh"), ("wrong", "tanh forward only")):
        np.testing.assert_allclose(stored[name][:20], STORED[variant][:, 100], rtol=1e-6)
