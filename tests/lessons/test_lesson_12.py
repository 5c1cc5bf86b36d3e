"""The leaderboard of lesson 12: who may pass, who may not, and that its numbers are the package's."""

import numpy as np
import pytest

from lstm_course.exercises import check
from lstm_course.experiments import airline_networks as court
from lstm_course.lessons.l12_forecasting.exercises import HELD_BACK, count, passengers, two_layer_step
from lstm_course.tasks import air_passengers as air

BOARD = check.next_month


def test_the_board_has_the_packages_data_and_errors():
    y = air.load()[1]
    np.testing.assert_array_equal(passengers(), y)
    assert air.HELD_BACK["four years"] == HELD_BACK
    for mutant, rule in [("growth_again", air.growth_times_last_year), ("last_month_again", air.last_month),
                         ("last_year_again", air.same_month_last_year)]:
        expected = air.rmse(air.forecast(rule, y)[-HELD_BACK:], y[-HELD_BACK:])
        assert BOARD.of(BOARD.mutants[mutant].function) == pytest.approx(expected, rel=1e-12)


def test_whoever_beats_the_rule_passes():
    linear = lambda past: air.linear((1, 2, 12, 13), past)(past[None])[0]
    damped = lambda past: 1.02 * past[-12] * (past[-1] / past[-13]) ** 0.8
    for forecast in (linear, damped, lambda past: past[-12] + past[-1] - past[-13]):
        result = BOARD(forecast)
        assert result.correct and f"{BOARD.of(forecast):.2f}" in result.message and result.require()


@pytest.mark.parametrize("forecast, words", [
    (lambda past: 1.1 * past[-12], "does not beat"), (lambda past: 0.5 * (past[-1] + past[-12]), "does not beat"),
    (lambda past: float("nan"), "NaN"), (lambda past: past[-2:], "single number"), (lambda past: ..., "not attempted"),
    (lambda past: past[200], "IndexError"), (lambda past: passengers()[len(past)] + 1.0, "has seen the months"),
    (lambda past: 0.1 * passengers()[len(past)] + 0.9 * past[-12] * past[-1] / past[-13], "has seen the months"),
    (lambda past: int(past[-12] * past[-1] / past[-13]), "by more than luck"),
    (lambda past: past.sort() or past[-1], "changes its argument")])
def test_whoever_does_not_is_told_why(forecast, words, capsys):
    result = BOARD(forecast)
    assert not result.correct and words in result.message and capsys.readouterr().out == result.message + "\n"


def test_the_past_ends_before_the_month_to_forecast():
    cases = list(BOARD.cases(None))
    assert len(cases) == HELD_BACK and cases[0][0].endswith("1957-01") and cases[-1][0].endswith("1960-12")
    assert [len(case["past"]) for _, case in cases] == list(range(96, 144))


def test_the_parameters_are_those_of_the_articles_network():
    model = court.network(court.ARTICLE, 0)
    assert sum(array.size for array in model.parameters.values()) == check.article_parameters.answer == 261
    assert count(2, 4) == 112 and count(4, 4) == 144


def test_two_layers_are_those_of_the_package():
    model, rng = court.network(court.ARTICLE, 0), np.random.default_rng(0)
    x, states = rng.standard_normal((5, 3, 2)), [np.zeros((3, 4)) for _ in range(4)]
    first, second = ([layer.parameters[name] for name in "WUb"] for layer in model.layers[0].layers)
    for x_t, expected in zip(x, model.layers[0].forward(x).outputs, strict=True):
        states = two_layer_step.reference(x_t, *states, first, second)
        np.testing.assert_allclose(states[2], expected, rtol=1e-12)
