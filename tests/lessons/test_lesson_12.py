"""Lesson 12: what passes the leaderboard and what does not, the pipeline, and that the numbers are the package's."""

import numpy as np
import pytest

from lstm_course.exercises import check
from lstm_course.experiments import airline_networks as court
from lstm_course.experiments.airline_preparations import BEST, Prepared
from lstm_course.lessons.l12_forecasting import exercise_board
from lstm_course.lessons.l12_forecasting.exercise_board import HELD_BACK, passengers
from lstm_course.lessons.l12_forecasting.exercise_layers import count, two_layer_step
from lstm_course.lessons.l12_forecasting.pipeline import error_of
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


def by_log_linear(past):
    return air.log_linear((1, 2, 12, 13), past)(past[None])[0]


def by_mean_growth(past):
    """The growth over a year of the last two months, in the mean."""
    return past[-12] * np.sqrt(past[-1] / past[-13] * past[-2] / past[-14])


def by_airline_model(past):
    z = np.log(past)
    w = np.diff(z[12:] - z[:-12])
    e = np.zeros(len(w) + 14)
    said = lambda k: -0.4 * e[k - 1] - 0.6 * e[k - 12] + 0.24 * e[k - 13]
    for k in range(len(w)):
        e[k + 13] = w[k] - said(k + 13)
    return np.exp(z[-12] + z[-1] - z[-13] + said(len(w) + 13))


def seen(share):
    """A share of the true month, the rest growth × last year."""
    return lambda past: share * air.load()[1][len(past)] + (1 - share) * past[-12] * past[-1] / past[-13]


def fitted_to_all(past):
    z, own = np.log(air.load()[1]), np.log(past)
    growth = z[12:] - z[:-12]
    slope, start = np.polyfit(growth[:-1], growth[1:], 1)
    return np.exp(own[-12] + start + slope * (own[-1] - own[-13]))


@pytest.mark.parametrize("forecast", [BOARD.reference, by_log_linear, by_mean_growth, by_airline_model])
def test_an_answer_that_learns_from_the_past_passes(forecast):
    result = BOARD(forecast)
    assert result.correct and f"{BOARD.of(forecast):.2f}" in result.message and "of 10" in result.message
    assert result.require()


@pytest.mark.parametrize("forecast", [lambda past: int(past[-12] * past[-1] / past[-13]),
                                      lambda past: past[-12] + past[-1] - past[-13],
                                      lambda past: 1.02 * past[-12] * (past[-1] / past[-13]) ** 0.8])
def test_luck_does_not_pass(forecast):
    """These beat the rule on the 48 months: by rounding, by chance, by two numbers that fit this series."""
    result = BOARD(forecast)
    assert BOARD.of(forecast) < BOARD.to_beat and not result.correct
    assert "not by more than luck" in result.message and "On 32 other series" in result.message


@pytest.mark.parametrize("forecast", [*map(seen, (0.05, 0.1, 0.2, 0.4, 0.45)), fitted_to_all])
def test_the_future_does_not_pass(forecast):
    """F3: a share of the true month, or coefficients fitted to all months; none of it reads a global array."""
    result = BOARD(forecast)
    assert BOARD.of(forecast) < BOARD.to_beat and not result.correct
    assert "is lost on other series of the same kind" in result.message


def test_the_other_series_are_new_and_fair():
    """They begin with 1949, leave the true months, and cannot be forecast better than by the noise that they have."""
    others = exercise_board.other_series()
    assert len(others) == exercise_board.OTHERS and all(one.shape == (144,) for one in others)
    for one in others:
        np.testing.assert_allclose(one[:13], passengers()[:13])
        assert np.max(abs(one[96:] / passengers()[96:] - 1)) > 0.03 and (one > 0).all()
    ratio = exercise_board.elsewhere(by_airline_model)
    assert 0.7 < ratio < 0.9 < exercise_board.elsewhere(BOARD.reference) < exercise_board.NEEDED


@pytest.mark.parametrize("forecast, words", [
    (lambda past: np.log(past[-12] * past[-1] / past[-13]), "these are logarithms"),
    (lambda past: 1.1 * past[-12], "does not beat"), (lambda past: 0.5 * (past[-1] + past[-12]), "does not beat"),
    (lambda past: float("nan"), "NaN"), (lambda past: past[-2:], "single number"), (lambda past: ..., "not attempted"),
    (lambda past: past[200], "IndexError"), (lambda past: passengers()[len(past)] + 1.0, "is lost on other series"),
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


# ---- the pipeline ----------------------------------------------------------------------------------------------

def by_quotients(y, n):
    change = np.diff(np.log(y[12:] / y[:-12]))
    known = np.diff(np.log(y[12:n] / y[:n - 12]))
    return (change - known.mean()) / known.std(), known.mean(), known.std()


def month_first(y, n):
    change = np.diff(np.log(y))
    change = change[12:] - change[:-12]
    mean, width = (f(change[:n - 13]) for f in (np.mean, np.std))
    return (change - mean) / width, mean, width


def by_loop(y, n):
    z = [float(np.log(value)) for value in y]
    w = [z[t] - z[t - 12] - z[t - 1] + z[t - 13] for t in range(13, len(z))]
    mean = sum(w[:n - 13]) / (n - 13)
    width = (sum((value - mean) ** 2 for value in w[:n - 13]) / (n - 13)) ** 0.5
    return np.array([(value - mean) / width for value in w]), mean, width


@pytest.mark.parametrize("answer", [by_quotients, month_first, by_loop])
def test_a_right_preparation_is_accepted_however_it_is_written(answer):
    result = check.prepare(answer)
    assert result.correct, result.message


def test_the_pipelines_preparation_is_that_of_the_experiment():
    prepared = Prepared(BEST, train=84)
    s, mean, width = check.prepare.reference(air.load()[1], 84)
    np.testing.assert_allclose(s, prepared.series[13:], rtol=1e-9)
    assert (mean, width) == pytest.approx((prepared.mean, prepared.width))


def test_a_size_is_no_name_of_what_is_counted(capsys):
    check.prepare(lambda y, n: (2 * check.prepare.reference(y, n)[0], *check.prepare.reference(y, n)[1:]))
    assert "s[0] should be" in capsys.readouterr().out


@pytest.mark.parametrize("prepare, make_windows, words", [
    (lambda y, n: ..., check.make_windows.reference, "? (this needs exercise 2)"),
    (check.prepare.reference, lambda series, n: ..., "? (this needs exercise 1)"),
    (check.prepare.reference, check.make_windows.reference, "15.6")])
def test_a_pipeline_is_judged_when_it_is_there(prepare, make_windows, words):
    def rule(prepare, make_windows, seed):
        y = air.load()[1]
        return y[13:-12] * y[24:-1] / y[12:-13]
    assert error_of(rule, prepare, make_windows) == words
