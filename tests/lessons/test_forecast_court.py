"""The forecast court of lesson 12: its numbers, its words, its pictures, and its training."""

import re

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import airline_networks as court
from lstm_course.explorers import forecast_court as make
from lstm_course.lessons.l12_forecasting.forecast_court import (
    HELD_BACK,
    LSTM,
    MODELS,
    OPTIONS,
    PRESETS,
    RULES,
    TO_BEAT,
    compute,
    describe,
    draw,
    errors_words,
)
from lstm_course.tasks import air_passengers as air

Y = air.load()[1]
START = {"model": LSTM, "look_back": 2, "form": "features", "scaling": "article", "layers": 2, "horizon": 1,
         "network": 0}


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

@pytest.mark.parametrize("horizon", [1, 12])
@pytest.mark.parametrize("name", RULES)
def test_the_rules_are_the_packages(name, horizon):
    found = run(model=name, horizon=horizon)
    expected = air.forecast(air.rules(Y[:-HELD_BACK])[name], Y, horizon)
    np.testing.assert_allclose(found.forecast, expected, rtol=1e-12)
    assert found.rules[name] == pytest.approx(air.rmse(expected[-48:], Y[-48:]), rel=1e-12)
    assert found.errors.tolist() == [found.rules[name]]


@pytest.mark.parametrize("horizon", [1, 12])
@pytest.mark.parametrize("look_back, form, scaling, layers", [(2, "features", "article", 2), (24, "steps", "train", 1),
                                                              (1, "steps", "article", 2), (13, "features", "train", 1)])
def test_the_networks_are_the_stored_ones(look_back, form, scaling, layers, horizon):
    name = f"{look_back}_{form}_{scaling}_{layers}"
    stored = experiments.load("airline_networks")[name][:, (1, 12).index(horizon)] / 100
    for network in range(5):
        found = run(look_back=look_back, form=form, scaling=scaling, layers=layers, horizon=horizon, network=network)
        np.testing.assert_allclose(found.forecast[40:], stored[network, 40:], rtol=1e-12)
        assert found.networks[network] == pytest.approx(np.sqrt(np.mean((stored[network, -48:] - Y[-48:]) ** 2)))
        assert found.beaten == sum(found.networks < found.rules[TO_BEAT])


def test_the_interval_comes_from_the_training_months_alone():
    found = run(model=TO_BEAT)
    ratios = (Y / found.forecast)[13:96]
    np.testing.assert_allclose(found.limits, np.quantile(ratios, [0.05, 0.95]), rtol=1e-12)
    inside = [low <= y <= high for y, low, high in zip(Y[96:], found.limits[0] * found.forecast[96:],
                                                      found.limits[1] * found.forecast[96:], strict=True)]
    assert found.held == sum(inside) == 46


def test_the_likeness_is_the_correlation():
    found = run(model="last month")
    assert found.likeness == pytest.approx((np.corrcoef(Y[95:-1], Y[96:])[0, 1], 1))
    assert run(model="last month", horizon=12).likeness[1] == pytest.approx(1)


def test_a_year_ahead_last_month_is_last_year():
    found = run(horizon=12)
    assert found.rules["last month"] == pytest.approx(found.rules["same month last year"])
    assert found.rules["same month last year"] == pytest.approx(run().rules["same month last year"])
    for name in ("growth × last year", "linear, lags 1, 2, 12, 13", "linear, lags 1 to 12"):
        assert found.rules[name] > run().rules[name]


# ---- words and picture ---------------------------------------------------------------------------------------

def test_the_words_come_from_the_numbers():
    found = run()
    words = describe(found)
    assert words.startswith("LSTM with 2 layers, 2 months as features, the article's scaling, one month ahead.")
    assert f"Errors of 5 networks {errors_words(found.networks)} (network 0, drawn, {found.networks[0]:.1f})" in words
    assert "growth × last year 15.6" in words and f"holds {found.held} of 48 months" in words
    assert describe(run(model=TO_BEAT, horizon=12)).startswith("Growth × last year, twelve months ahead. Error 30.7.")


def test_how_many_beat_the_rule_is_counted():
    found = run()
    for errors, words in [([20.0] * 5, "None of the 5 beats it"), ([1.0, *[20.0] * 4], "One of the 5 beats it"),
                          ([1.0] * 5, "All of the 5 beat it")]:
        found.networks = np.array(errors)
        assert words in describe(found)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("horizon", [1, 12])
def test_the_picture_names_all_and_their_errors(model, horizon):
    found = run(model=model, horizon=horizon)
    words = shown(draw(found))
    for name in RULES:
        assert name in words and f"{found.rules[name]:.1f}" in words
    assert "held back: 48 months" in words and errors_words(found.networks) in words
    assert f"holds {found.held} of 48" in words


def test_the_truth_is_drawn_at_its_months():
    """One point a month, from January 1955 on, as high as there were passengers."""
    from lstm_course.lessons.l12_forecasting.forecast_court import _chart, _ground
    numbers = [float(v) for v in re.findall(r"[\d.]+", re.search(r' d="([^"]+)"', _ground()[1]).group(1))]
    points = np.array(numbers).reshape(-1, 2)
    assert len(points) == 72
    np.testing.assert_allclose(points, _chart().xy(1955 + np.arange(72) / 12, Y[72:]), atol=0.06)


def test_before_the_guess_the_networks_errors_are_hidden():
    explorer = make()
    errors = errors_words(explorer.data.networks)
    assert errors not in shown(explorer.picture.value) and "Hidden until you predict" in explorer.readout.value
    explorer.reveal()
    assert errors_words(explorer.data.networks) in shown(explorer.picture.value)


def test_the_story_of_the_presets():
    found = {name: run(**values) for name, values in PRESETS.items()}
    rules = found["the article's network"].rules
    assert np.median(found["the article's network"].networks) > rules["last month"]
    thirteen, steps = found["13 months as features"].networks, found["12 months as a sequence"].networks
    assert rules[TO_BEAT] < thirteen.min() and thirteen.max() < 32 < steps.min() and steps.max() < rules["last month"]


def test_no_network_of_the_court_beats_growth_times_last_year():
    errors = np.array([run(**setting._asdict()).networks for setting in court.COURT])
    assert errors.size == 320 and errors.min() > 17 and np.sum(errors < run().rules["last month"]) == 94


def test_the_prediction():
    assert not run(**PRESETS["13 months as features"]).beaten
    for guess, word in [("all five", "✗"), ("none", "✓ You were right")]:
        explorer = make()
        explorer.panel.answer.value = guess
        explorer.panel.commit.click()
        assert word in explorer.panel.verdict.value and explorer.values["look_back"] == 13
    assert "19.3 to 30.8" in explorer.panel.verdict.value


@pytest.mark.parametrize("errors, option", [([20.0] * 5, 2), ([1.0, *[20.0] * 4], 1), ([1.0] * 5, 0)])
def test_the_answer_is_counted(errors, option):
    found = run()
    found.networks = np.array(errors)
    assert make().predict.truth(found) == OPTIONS[option]


def test_every_setting_can_be_shown():
    explorer = revealed()
    for setting in court.COURT:
        for horizon in court.HORIZONS:
            explorer.set(**setting._asdict(), horizon=horizon, network=4)
            assert explorer.error is None and len(explorer.picture.value.encode()) <= 20_000


def test_the_code_prints_what_is_shown(capsys):
    explorer = revealed()
    for values in ({}, {"look_back": 12, "form": "steps", "horizon": 12, "network": 3},
                   {"model": TO_BEAT, "horizon": 12}, {"model": "linear, lags 1, 2, 12, 13"}):
        explorer.preset(values)
        exec(explorer.code(explorer.values), {})
        found = explorer.data
        error = found.errors[found.network if found.model == LSTM else 0]
        assert float(capsys.readouterr().out) == pytest.approx(error, rel=1e-9)


def test_without_a_kernel_it_shows_three_networks():
    words = make()._repr_mimebundle_()["text/plain"]
    assert words == make()._repr_mimebundle_()["text/plain"] and words.count("Errors of 5 networks") == 3


# ---- training ------------------------------------------------------------------------------------------------

def test_it_trains_and_keeps_what_it_has(monkeypatch):
    original = court.training
    short = lambda setting, held_back, seed, every: original(setting, held_back, seed, updates=30, every=10)
    monkeypatch.setattr(court, "training", short)
    monkeypatch.setitem(compute.__globals__, "UPDATES", 30)
    explorer = revealed()
    explorer.preset({"look_back": 3, "form": "steps", "layers": 1})
    explorer.buttons["Run"].click()
    seed = explorer.result["seed"]
    *_, (model, _) = original(explorer.data.setting, 48, seed, updates=30)
    expected = court.forecasts(model, explorer.data.setting, 48)[0]
    np.testing.assert_allclose(explorer.data.forecast[3:], expected[3:], rtol=1e-9)
    assert seed >= 5 and explorer.runner.progress.value == 1 and explorer.error is None
    assert f"the new network {seed}, trained now, {explorer.data.new['error']:.1f}" in explorer.readout.value
    explorer.set(look_back=6)
    assert explorer.data.new is None and "new network" not in explorer.readout.value
    explorer.set(look_back=3)
    assert explorer.data.new["seed"] == seed


def test_a_rule_is_not_trained():
    explorer = revealed()
    explorer.set(model=TO_BEAT)
    explorer.buttons["Run"].click()
    assert "choose the forecaster LSTM first" in explorer.readout.value
    explorer.set(model=LSTM)
    assert explorer.error is None and explorer.result is None
