"""The gradient river of lessons 04 and 09: its numbers are those of `gradient_flow` and of real gradients."""

import numpy as np
import pytest

from lstm_course.experiments import gradient_river as experiment
from lstm_course.experiments import load
from lstm_course.explorers import gradient_river, letter_river, rnn_river
from lstm_course.gradients import gradient_flow
from lstm_course.lessons.l04_vanishing_gradients import rnn_river as strips
from lstm_course.lessons.l09_gradient_flow import gradient_river as river
from lstm_course.lessons.l09_gradient_flow import letter_river as letters
from lstm_course.tasks import quotes


@pytest.mark.parametrize("trained", [False, True])
@pytest.mark.parametrize("cell, setting", [("RNN", 0.7), ("LSTM", 0), ("LSTM", 5), ("GRU", 3)])
def test_the_bars_are_the_norms_of_gradient_flow(cell, setting, trained):
    one = strips.strip(cell, setting, trained, "1 0.5")
    x = np.zeros((50, 1, 1))
    x[:2, 0, 0] = 1, 0.5
    flow = gradient_flow(strips.layer_of(cell, setting, trained), x)
    np.testing.assert_allclose(one.norms, flow.state, rtol=1e-12)
    if cell == "LSTM":
        np.testing.assert_allclose(one.direct, flow.direct, rtol=1e-12)


def test_the_slider_of_the_rnn_is_its_spectral_radius():
    for rho in (0.5, 1.3):
        values = np.linalg.eigvals(strips.layer_of("RNN", rho, False).parameters["U"])
        np.testing.assert_allclose(np.abs(values), rho)


def test_each_slider_moves_its_own_strip_alone():
    start = river.compute(**river.START)
    for name, value, moved in [("rho", 1.2, 0), ("forget_bias", 4, 1), ("update_bias", 4, 2)]:
        after = river.compute(**river.START | {name: value})
        assert [a.norms[0] != b.norms[0] for a, b in zip(start.strips, after.strips, strict=True)] == [
            k == moved for k in range(3)]


def test_a_cell_below_the_limit_of_float32_goes_out():
    low = strips.Strip("RNN", 0.5, np.geomspace(1e-12, 1, 51), 0, 10)
    drawn = strips.draw(strips.River([low], 50, False))
    assert drawn.count('fill="#ffffff" stroke="#767676"') == (low.norms < 2.0 ** -24).sum() > 0
    assert "gone out" in drawn and "(lost)" in strips.describe(strips.River([low], 50, False))


def test_the_pulse_runs_back_from_the_loss():
    bars = [strips.draw(river.compute(**river.START | {"step": step})).count('stroke="#8A5A00"') for step in (0, 7, 50)]
    assert bars[1] - bars[0] == 3 * 7 and bars[2] - bars[0] == 3 * 50


def test_what_was_learned_is_counted_from_the_stored_runs():
    stored = load("gradient_river")
    for cell, settings in experiment.SETTINGS.items():
        assert stored[f"accuracy_{cell}"].shape == (len(settings), 10)
        for k, setting in enumerate(settings):
            assert strips.learned(cell, setting) == ((stored[f"accuracy_{cell}"][k] > 0.99).sum(), 10)
    assert strips.learned("LSTM", 0)[0] == 0 and strips.learned("LSTM", 3)[0] == 10


def test_a_stored_network_is_one_that_was_trained_from_the_untrained_one():
    model, accuracy = experiment.train("GRU", 2, 0, updates=1)
    start = strips.layer_of("GRU", 2, False)
    for name, array in start.parameters.items():
        assert 0 < np.abs(array - model.layers[0].parameters[name]).max() <= 0.0101          # one update of Adam
    assert 0.3 < accuracy < 0.7


@pytest.mark.parametrize("words, said", [("1 a", "Numbers"), ("1 " * 51, "At most 50"), ("1e9", "between")])
def test_own_input_that_is_not_understood_is_said(words, said):
    with pytest.raises(ValueError, match=said):
        strips.own_numbers(words)


def test_own_input_takes_a_decimal_comma():
    assert strips.own_numbers("1  0,5 -2") == "1 0.5 -2"


@pytest.mark.parametrize("cell", letters.CELLS)
def test_the_influence_of_a_letter_is_a_derivative(cell):
    tokens, step = quotes.encode('ab "C D'), 1e-6
    norms, share = letters.influence(cell, tokens)
    embedding, layer, output = letters.reader(cell).layers

    def value(x):
        return letters.lean(output.forward(layer.forward(x).outputs[-1]).outputs[0])[0]

    x = embedding.forward(tokens[:, None]).outputs
    for place in (2, 6):
        slopes = []
        for unit in range(x.shape[2]):
            up, down = x.copy(), x.copy()
            up[place, 0, unit] += step
            down[place, 0, unit] -= step
            slopes.append((value(up) - value(down)) / (2 * step))
        np.testing.assert_allclose(np.linalg.norm(slopes), norms[place], rtol=1e-5)
    np.testing.assert_allclose(share, 1 / (1 + np.exp(-value(x))))


def test_the_readers_know_whether_they_stand_inside_a_quotation():
    for place, inside in ((31, True), (45, False)):
        data = letters.compute(letters.TEXT, place)
        assert all((share > 0.9) == inside for share in data.leans.values())


def test_a_text_outside_the_language_is_refused():
    with pytest.raises(ValueError, match="a to h"):
        letters.own_text("xyz")
    with pytest.raises(ValueError, match="2 to 48"):
        letters.own_text("a" * 49)


@pytest.mark.parametrize("make", [gradient_river, letter_river, rnn_river])
def test_the_prediction_has_the_computed_answer(make):
    explorer = make()
    explorer.reveal()
    assert explorer.error is None and explorer.predict.truth(explorer.data) in explorer.predict.options
