"""The forecast court of lesson 12: its numbers, its words, its pictures, and its training."""

import re

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import airline_preparations
from lstm_course.explorers import forecast_court as make
from lstm_course.lessons.l12_forecasting import court_numbers, ranking
from lstm_course.lessons.l12_forecasting.court_numbers import DRAWN, ORIGINS, YOURS, compute, own_forecast
from lstm_course.lessons.l12_forecasting.forecast_court import PRESETS, START, describe, draw
from lstm_course.tasks import air_passengers as air

Y = air.load()[1]
STORED = {"article's LSTM": "airline_article", "LSTM, prepared": "airline_preparations"}


def run(**values):
    return compute(**START | values)


def shown(picture):
    return re.sub("<[^>]*>", " ", picture)


def revealed():
    explorer = make()
    explorer.reveal()
    explorer.reset()
    return explorer


# ---- numbers -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("now", [0, 17, ORIGINS])
def test_each_forecast_is_made_from_the_origin(now):
    """Twelve months ahead, one after the other, from what was known."""
    court, known = run(now=now), 96 + now
    assert known + 12 <= 144 and court.known == known
    for name, rule in air.rules(Y[:96]).items():
        name = name.replace("lags 1, 2, 12, 13", "4 lags")
        if name in court.said:
            past = Y[None, :known]
            expected = [air.ahead(rule, past, h + 1)[0] for h in range(12)]
            np.testing.assert_allclose(court.said[name][0], expected, rtol=1e-12)
    for name, key in STORED.items():
        rows = experiments.load(key)["forecasts"]
        np.testing.assert_allclose(court.said[name][7], rows[7, np.arange(12), known + np.arange(12)] / 10)


def test_the_ranking_is_sorted_and_counts_the_median():
    court = run(now=5, who="article's LSTM")
    names, found = zip(*court.ranking, strict=True)
    assert list(found) == sorted(found) and set(names) == set(court.said) and len(names) == 10
    rows = court.said["article's LSTM"]
    assert dict(court.ranking)["article's LSTM"] == pytest.approx(np.median(air.rmse(rows, Y[101:113])))
    assert names[court.place - 1] == "article's LSTM"


def test_the_interval_comes_from_the_training_months_alone():
    court = run(who="growth × last year", now=3)
    for horizon in (1, 12):
        said = air.forecast(air.growth_times_last_year, Y, horizon)
        ratios = (Y / said)[:96]
        np.testing.assert_allclose(court.limits[horizon - 1], np.nanquantile(ratios, [0.05, 0.95]), rtol=1e-12)
    low, high = (court.limits[:, k] * court.forecast for k in (0, 1))
    assert court.held == np.sum((low <= Y[99:111]) & (Y[99:111] <= high))
    assert run(who=YOURS).limits is None


@pytest.mark.parametrize("typed, meant", [("10 %", "10 %"), ("+10%", "10 %"), (" −2,5 % ", "-2.5 %"),
                                          (" ".join(["400"] * 12), " ".join(["400"] * 12)),
                                          ("400;" * 11 + "401.5", "400 " * 11 + "401.5")])
def test_what_is_typed_is_understood(typed, meant):
    assert own_forecast(typed) == meant


@pytest.mark.parametrize("typed", ["", "10", "ten %", "10 % 20 %", "400 " * 11, "-1 " * 12, "nan " * 12, "900 %"])
def test_what_is_not_understood_is_said(typed):
    with pytest.raises(ValueError, match="Type a percentage from −50 to 100, as in 10 %"):
        own_forecast(typed)


def test_ten_per_cent_above_last_year():
    np.testing.assert_allclose(run(who=YOURS, own="10 %", now=12).forecast, 1.1 * Y[96:108])
    np.testing.assert_allclose(run(who=YOURS, own=" ".join(["400"] * 12)).forecast, 400)


# ---- words and picture ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("who", DRAWN)
def test_words_and_picture_come_from_the_numbers(who):
    court = run(who=who, now=14, network=6)
    words, picture = describe(court), shown(draw(court))
    error = air.rmse(court.forecast, Y[110:122])
    assert words.startswith("Known to February 1958; forecast: March 1958 to February 1959.")
    assert f"Error {error:.1f}, place {court.place} of 10" in words
    assert "interval" not in words if who == YOURS else f"holds {court.held} of 12" in words
    for k, (name, one) in enumerate(court.ranking, start=1):
        assert f"{k}. {name}".replace("'", "&#x27;") in picture.replace("'", "&#x27;") and f"{one:.1f}" in picture


def test_what_is_covered_is_not_told():
    court = run(who=YOURS, now=12, covered=True)
    words, picture = describe(court), shown(draw(court))
    assert "What came is covered" in words and "Error" not in words and "what came" in picture
    assert not any(f"{error:.1f}" in picture for _, error in court.ranking)
    assert draw(court).count("<circle") < draw(run(who=YOURS, now=12)).count("<circle") - 11


def test_before_the_guess_errors_and_forecast_are_hidden():
    explorer = make()
    assert not any(f"{error:.1f}" in shown(explorer.picture.value) for _, error in explorer.data.ranking)
    assert "Hidden until you predict" in explorer.readout.value
    explorer.reveal()
    assert all(f"{error:.1f}" in shown(explorer.picture.value) for _, error in explorer.data.ranking)


def test_the_prediction():
    place = run().place
    assert place >= 8
    for guess, word in [("place 1 to 3", "✗"), ("place 8 to 10", "✓ You were right")]:
        explorer = make()
        explorer.panel.answer.value = guess
        explorer.panel.commit.click()
        assert word in explorer.panel.verdict.value and f"number {place}" in explorer.panel.verdict.value


def test_the_static_picture_does_not_give_the_answer():
    explorer = make()
    words = explorer._repr_mimebundle_()["text/plain"]
    assert words.count("Known to December") == 2 and "Known to December 1956" not in words


def test_the_code_prints_what_is_shown(capsys):
    explorer = revealed()
    for values in ({}, {"now": 20, "network": 3}, {"who": "airline SARIMA"}, {"who": YOURS, "own": "7.5 %", "now": 3},
                   {"who": YOURS, "own": " ".join(map(str, range(300, 312)))}):
        explorer.preset(values)
        exec(explorer.code(explorer.values), {})
        court = explorer.data
        error = air.rmse(court.forecast, Y[court.known:court.known + 12])
        assert float(capsys.readouterr().out) == pytest.approx(error)


@pytest.mark.parametrize("who", DRAWN)
def test_every_origin_can_be_shown(who):
    explorer = revealed()
    for now in range(ORIGINS + 1):
        explorer.set(who=who, now=now, network=19)
        assert explorer.error is None and len(explorer.picture.value.encode()) <= 20_000
    for values in PRESETS.values():
        explorer.preset(values)
        assert explorer.error is None


# ---- training ------------------------------------------------------------------------------------------------

def test_it_trains_and_keeps_what_it_has(monkeypatch):
    monkeypatch.setattr(court_numbers, "LIVE_UPDATES", 20)
    explorer = revealed()
    explorer.preset({"who": "LSTM, prepared", "now": 4})
    explorer.buttons["Run"].click()
    result = explorer.result
    *_, (_, networks, _, said) = airline_preparations.training((airline_preparations.BEST,), (result["seed"],), 20)
    assert result["seed"] >= 20 and result["updates"] in (10, 20) and explorer.error is None
    if result["updates"] == 20:
        np.testing.assert_allclose(result["forecasts"][0, 96:], said[0, 0, 96:], rtol=1e-9)
    np.testing.assert_allclose(explorer.data.forecast, result["forecasts"][np.arange(12), 100 + np.arange(12)])
    assert f"trained here, seed {result['seed']}" in explorer.readout.value
    explorer.set(who="last month")
    assert not explorer.data.live and "trained here" not in explorer.readout.value
    explorer.set(who="LSTM, prepared")
    assert explorer.data.live["seed"] == result["seed"]


def test_a_rule_is_not_trained():
    explorer = revealed()
    explorer.set(who="last month")
    assert explorer.buttons["Run"].disabled
    explorer.set(who="LSTM, prepared")
    assert not explorer.buttons["Run"].disabled


# ---- the ranking of the lesson -------------------------------------------------------------------------------

def test_errors_and_margins():
    said = ranking.forecasters()
    growth, last = said["growth × last year"][0], said["last month"][0]
    assert ranking.errors(growth) == pytest.approx(15.62, abs=0.01)
    assert ranking.errors(growth, 12) == pytest.approx(30.74, abs=0.01)
    difference, low, high = ranking.margin(last[0, 96:], growth[0, 96:])
    assert difference == pytest.approx(48.04 - 15.62, abs=0.02) and 0 < low < difference < high
    assert ranking.margin(growth[0, 96:], growth[0, 96:]).tolist() == [0, 0, 0]
    np.testing.assert_allclose(ranking.margin(growth[0, 96:], last[0, 96:]), -np.array([difference, high, low]))
    np.testing.assert_allclose(ranking.against_the_rule(last[None]), [ranking.errors(last), difference, low, high])


@pytest.mark.parametrize("horizon", [1, 12])
def test_against_the_rule_stands_the_median_network(horizon):
    rows = ranking.forecasters()["article's LSTM"]
    error, difference, low, high = ranking.against_the_rule(rows, horizon)
    assert error == sorted(ranking.errors(rows, horizon))[10] and low < difference < high
    rule = ranking.errors(ranking.forecasters()["growth × last year"], horizon)[0]
    assert difference == pytest.approx(error - rule)


def test_the_bootstrap_finds_a_difference_that_is_there():
    """Errors drawn at random: of two equal forecasters the interval holds 0 mostly, of a better one it does not."""
    rng, holds = np.random.default_rng(1), 0
    for _ in range(40):
        a, b = Y[96:] + rng.normal(0, 10, (2, 48))
        _, low, high = ranking.margin(a, b)
        holds += low <= 0 <= high
    assert holds >= 28
    _, low, _ = ranking.margin(Y[96:] + rng.normal(0, 30, 48), Y[96:] + rng.normal(0, 10, 48))
    assert low > 0
