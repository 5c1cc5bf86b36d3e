"""The prepared networks and the airline model of lesson 12: they come out as stored, and look at no future."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import airline_article, airline_networks, airline_preparations, airline_sarima
from lstm_course.experiments.airline_networks import Setting, TwoBiases
from lstm_course.experiments.airline_preparations import BEST, FIRST, LOOK_BACK, PREPARATIONS, Preparation, Prepared
from lstm_course.experiments.shared.stacks import Stacks
from lstm_course.tasks import air_passengers as air
from lstm_course.training import steps
from lstm_course.training.losses import mean_squared_error

Y = air.load()[1]


# ---- side by side ----------------------------------------------------------------------------------------------

def test_stacks_train_as_the_models_do():
    """Three networks with inputs of their own, five updates each, alone and side by side."""
    setting, rng = Setting(3), np.random.default_rng(0)
    x, targets = rng.standard_normal((11, 3, 2, 3)), rng.standard_normal((11, 3, 2, 1))
    together, optimizer = Stacks([airline_networks.network(setting, seed) for seed in range(3)]), TwoBiases()
    losses = []
    for _ in range(5):
        loss, grads = together.slopes(x, targets)
        losses.append(loss)
        optimizer.update(together.parameters, grads)
    for seed in range(3):
        model = airline_networks.network(setting, seed)
        alone = [now.loss for now in steps(model, (x[:, seed], targets[:, seed]), mean_squared_error, TwoBiases(),
                                           updates=5)]
        np.testing.assert_allclose(np.array(losses)[:, seed], alone, rtol=1e-10)
        for name, array in together.weights_of(seed).items():
            np.testing.assert_allclose(array, model.parameters[name], rtol=1e-8, atol=1e-12)


# ---- preparations ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("preparation", PREPARATIONS, ids=lambda one: one.name)
def test_the_way_there_and_back(preparation):
    """A network that says the truth gives the true passengers, from 1 to 12 months before."""
    prepared = Prepared(preparation)
    series = prepared.series
    back = prepared.passengers(np.array([series] * 12))
    np.testing.assert_allclose(back[:, 40:], np.array([Y[40:]] * 12), rtol=1e-9)
    known = series[:airline_preparations.TRAIN]
    scale = (np.nanmin, np.nanmax) if preparation.range else (np.nanmean, np.nanstd)
    assert [one(known) for one in scale] == pytest.approx([0, 1], abs=1e-9)


@pytest.mark.parametrize("preparation", [Preparation(), Preparation(True, (12,)), Preparation(lags=(1,)), BEST],
                         ids=lambda one: one.name)
def test_forecasts_made_by_hand(preparation):
    """One month after the other, each forecast handed to the network as the next month."""
    model, prepared = airline_networks.network(Setting(LOOK_BACK), 3), Prepared(preparation)
    said = airline_preparations.forecasts(model, preparation)
    for month in (FIRST + 11, 143):
        for horizon in (1, 2, 12):
            values = list(prepared.values[:month - horizon + 1])
            for _ in range(horizon):
                z = np.array([*values, np.nan])
                for lag in preparation.lags:
                    z = z[lag:] - z[:-lag]
                s = (z - prepared.mean) / prepared.width
                windows = air.windows(s, LOOK_BACK)[0][FIRST - LOOK_BACK - sum(preparation.lags):]
                change = model.predict(windows[:, None])[-1, 0, 0] * prepared.width + prepared.mean
                before = {(): 0, (12,): values[-12], (1,): values[-1], (12, 1): values[-12] + values[-1] - values[-13]}
                values.append(change + before[preparation.lags])
            expected = np.exp(values[-1]) if preparation.log else values[-1]
            assert said[horizon - 1, month] == pytest.approx(expected, rel=1e-9)


def test_the_trainings_begin_as_stored():
    stored = experiments.load("airline_preparations")
    [(_, _, losses, said)] = airline_preparations.training((Preparation(), BEST), (0, 19), updates=10)
    for row, name in enumerate(("months", BEST.name)):
        kept = stored["losses"][stored["names"].tolist().index(name)][[0, 19], 0]
        np.testing.assert_allclose(losses[row], kept, rtol=1e-7)
        later = air.rmse(said[row][:, 96:], Y[96:])
        np.testing.assert_allclose(later, stored["later"][stored["names"].tolist().index(name)][[0, 19], 0], rtol=1e-6)


def test_the_months_held_back_teach_nothing(monkeypatch):
    before = next(airline_preparations.training((BEST,), (0,), updates=3))[2]
    changed = Y.copy()
    changed[84:] *= np.linspace(1, 2, 60)
    monkeypatch.setattr(air, "load", lambda: (None, changed))
    np.testing.assert_allclose(next(airline_preparations.training((BEST,), (0,), updates=3))[2], before, rtol=1e-12)


@pytest.mark.parametrize("log, lags, rule", [
    (False, (12, 1), air.step_on_last_year), (True, (12, 1), air.growth_times_last_year),
    (True, (12,), air.same_month_last_year), (False, (1,), air.last_month)])
def test_no_change_is_a_rule_without_a_network(log, lags, rule):
    said = airline_preparations.no_change(Preparation(log, lags))
    for horizon in (1, 2, 12):
        np.testing.assert_allclose(said[horizon - 1, 40:], air.forecast(rule, Y, horizon)[40:], rtol=1e-9)


@pytest.mark.parametrize("preparation", [Preparation(), Preparation(lags=(1,)), BEST], ids=lambda one: one.name)
def test_least_squares_has_what_the_network_has(preparation, monkeypatch):
    """The network's inputs and its 84 months, and no later ones; two months ahead the first forecast is an input."""
    prepared, said = Prepared(preparation), airline_preparations.least_squares(preparation)
    x, targets = prepared.windows()
    x = np.column_stack([np.ones(len(x)), x])
    weights = np.linalg.pinv(x[:84 - FIRST]) @ targets[:84 - FIRST]
    one = x @ weights
    two = np.column_stack([x[:, :1], x[:, 2:], one])[:-1] @ weights
    rows = np.full((2, 144), np.nan)
    rows[0, FIRST:], rows[1, FIRST + 1:] = one, two
    np.testing.assert_allclose(said[:2, FIRST + 1:], prepared.passengers(rows)[:, FIRST + 1:], rtol=1e-6)
    changed = Y.copy()
    changed[100:] *= 1.5
    monkeypatch.setattr(air, "load", lambda: (None, changed))
    again = airline_preparations.least_squares(preparation)
    np.testing.assert_allclose(again[0, FIRST:101], said[0, FIRST:101], rtol=1e-9)


def test_the_article_is_that_of_the_settings():
    said = airline_article.article((1,), updates=10)[0]
    *_, (model, _) = airline_networks.training(airline_networks.ARTICLE, 48, 1, updates=10)
    np.testing.assert_allclose(said[[0, 11]], airline_networks.forecasts(model, airline_networks.ARTICLE, 48),
                               rtol=1e-9)
    stored = experiments.load("airline_article")["forecasts"]
    assert stored.shape == (20, 12, 144) and (stored[:, 0, 2:] > 0).all() and (stored[:, 0, :2] == 0).all()


def test_the_article_comes_out_as_in_the_other_experiment():
    """The first ten seeds were trained there, too, one by one; a thousand updates magnify the last digits."""
    alone = airline_networks.unpacked(experiments.load("airline_networks")["article_48_forecasts"])[:, 0]
    together = airline_preparations.unpacked(experiments.load("airline_article")["forecasts"])[:10, 0]
    errors = [air.rmse(said[:, 96:], Y[96:]) for said in (together, alone)]
    np.testing.assert_allclose(*errors, rtol=0.1)


# ---- the airline model -----------------------------------------------------------------------------------------

def by_recursion(weights, known, ahead):
    """The airline model by hand: the surprises so far, 0 before the beginning, then `ahead` months (ahead,)."""
    last, year = weights
    z = list(np.log(known))
    e = [0.0] * 13
    said = lambda: z[-1] + z[-12] - z[-13] + last * e[-1] + year * e[-12] + last * year * e[-13]
    rest, z = z[13:], z[:13]
    for value in rest:
        e.append(value - said())
        z.append(value)
    for _ in range(ahead):
        z.append(said())
        e.append(0.0)
    return np.exp(z[-ahead:])


def test_the_stored_forecasts_are_those_of_the_formula():
    """Without statsmodels: the recursion of Box & Jenkins (chapter 9) gives them, to 0.3 %."""
    stored = experiments.load("airline_sarima")
    np.testing.assert_allclose(stored["weights"], [-0.394, -0.612], atol=0.001)
    for known in (96, 110, 132):
        expected = stored["forecasts"][np.arange(12), known + np.arange(12)]
        np.testing.assert_allclose(by_recursion(stored["weights"], Y[:known], 12), expected, rtol=0.003)
    assert air.rmse(stored["forecasts"][0, 96:], Y[96:]) == pytest.approx(13.74, abs=0.01)


def test_the_weights_are_the_best_ones():
    """Least squares of the surprises on the 96 months has its smallest sum near the stored weights."""
    def surprises(last, year):
        said = [by_recursion((last, year), Y[:t], 1)[0] for t in range(26, 96)]
        return np.sum((np.log(Y[26:96]) - np.log(said)) ** 2)
    last, year = experiments.load("airline_sarima")["weights"]
    least = surprises(last, year)
    assert all(surprises(last + a, year + b) > least for a, b in ((0.3, 0), (-0.3, 0), (0, 0.3), (0, -0.3)))


def test_with_statsmodels_it_comes_out_again():
    pytest.importorskip("statsmodels", reason="needs the extra statistics")
    again, stored = airline_sarima.run(first=140), experiments.load("airline_sarima")
    assert again["weights"].round(2).tolist() == stored["weights"].round(2).tolist() == [-0.39, -0.61]     # as printed
    made = again["forecasts"] > 0
    assert made.sum() == 4 + 3 + 2 + 1
    np.testing.assert_allclose(again["forecasts"][made], stored["forecasts"][made], rtol=1e-3)


def test_without_statsmodels_it_says_what_is_missing(monkeypatch):
    import sys
    monkeypatch.setitem(sys.modules, "statsmodels.tsa.statespace.sarimax", None)
    with pytest.raises(ImportError, match=r"lstm_course\[statistics\]"):
        airline_sarima.model(Y)
