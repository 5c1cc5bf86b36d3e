"""The stored forecasts: they come out again, they come from the stored weights, and they look at no future."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import airline_networks as court
from lstm_course.experiments.airline_networks import ARTICLE, COURT, Setting
from lstm_course.tasks import air_passengers as air

Y = air.load()[1]
SHORT = Setting(3, "steps", "train", 1)
SETTINGS = [ARTICLE, SHORT, Setting(12, "features", "train", 1), Setting(3, "steps", "article", 2)]


def stored():
    return experiments.load("airline_networks")


def after(setting, updates, held_back=48, seed=0):
    """The model after some updates."""
    *_, (model, _) = court.training(setting, held_back, seed, updates=updates)
    return model


# ---- stored and computed -------------------------------------------------------------------------------------

def test_what_is_stored():
    results = stored()
    assert {setting.name for setting in COURT} < set(results) and len(COURT) == 64
    for setting in COURT:
        said = court.unpacked(results[setting.name])
        assert said.shape == (5, 2, 144)
        for row, horizon in zip(said.swapaxes(0, 1), court.HORIZONS, strict=True):
            first = setting.look_back + horizon - 1
            assert np.isnan(row[:, :first]).all() and np.isfinite(row[:, first:]).all()


@pytest.mark.parametrize("name, setting", [("article", ARTICLE), ("twelve", Setting(12))])
@pytest.mark.parametrize("held_back", [43, 48])
def test_the_trainings_begin_as_stored(name, setting, held_back):
    losses = stored()[f"{name}_{held_back}_losses"]
    for seed in (0, 9):
        *_, (_, again) = court.training(setting, held_back, seed, updates=20, every=7)
        np.testing.assert_allclose(again, losses[seed, :20], rtol=1e-9)
    assert len(losses) == court.ARTICLE_SEEDS and len(np.unique(losses[:, 0])) == len(losses)


@pytest.mark.parametrize("name, setting", [("article", ARTICLE), ("twelve", Setting(12))])
@pytest.mark.parametrize("held_back", [43, 48])
def test_the_stored_forecasts_are_those_of_the_stored_weights(name, setting, held_back):
    results = stored()
    for weights, said in zip(results[f"{name}_{held_back}_weights"], results[f"{name}_{held_back}_forecasts"],
                             strict=True):
        model = court.with_weights(weights, setting)
        np.testing.assert_allclose(court.forecasts(model, setting, held_back), court.unpacked(said), atol=0.0051)


def test_the_article_stands_in_the_court_too():
    results = stored()
    np.testing.assert_array_equal(results["article_48_forecasts"][:5], results[ARTICLE.name])
    np.testing.assert_array_equal(results["twelve_48_forecasts"][:5], results[Setting(12).name])


def test_a_whole_training_comes_out_as_stored():
    """Thousand updates of a small network, as the stored forecasts have it (to 1 % on other processors)."""
    setting = Setting(1, "steps", "train", 1)
    said = court.unpacked(stored()[setting.name][0])
    np.testing.assert_allclose(court.forecasts(after(setting, 1000), setting, 48), said, rtol=0.01)


def test_the_corrections_come_out_as_stored():
    for held_back in (43, 48):
        said = court.unpacked(stored()[f"prepared_{held_back}"])
        assert said.shape == (court.ARTICLE_SEEDS, len(court.PREPARED), 144)
        np.testing.assert_allclose(court.prepared(held_back, 3, updates=(50, 100)), said[3, :2], atol=0.006)


def test_run_makes_what_is_stored():
    again = court.run(court=[], seeds=0, article_seeds=0)
    assert set(again) | {setting.name for setting in COURT} == set(stored())


# ---- the network ---------------------------------------------------------------------------------------------

def test_two_biases_move_twice_as_far():
    """As PyTorch: two vectors with the same gradient, each moved by Adam, and added."""
    rng = np.random.default_rng(0)
    parameters = {name: rng.standard_normal(3) for name in ("0.0.W", "0.0.b", "1.b")}
    start = {name: array.copy() for name, array in parameters.items()}
    ours, twice = court.TwoBiases(), court.Adam(court.RATE)
    halves = {name: array.copy() for name, array in parameters.items()}
    for _ in range(5):
        grads = {name: rng.standard_normal(3) for name in parameters}
        ours.update(parameters, grads)
        twice.update(halves, grads)
    for name, array in parameters.items():
        factor = 2 if name == "0.0.b" else 1
        np.testing.assert_allclose(array - start[name], factor * (halves[name] - start[name]), rtol=1e-12)


def test_the_first_weights_lie_where_pytorchs_do():
    model = court.network(ARTICLE, 0)
    assert [array.size for array in model.parameters.values()] == [32, 64, 16, 64, 64, 16, 4, 1]
    for name, array in model.parameters.items():
        assert np.abs(array).max() <= (1 if name in ("0.0.b", "0.1.b") else 0.5)
    drawn = np.concatenate([court.network(ARTICLE, seed).parameters["0.0.b"] for seed in range(200)])
    assert np.std(drawn) == pytest.approx(np.sqrt(2 / 12), rel=0.05)


def test_the_scalings():
    y = (Y - court.scaler("article", 43)[0]) / court.scaler("article", 43)[1]
    assert (y.min().round(3), y.max().round(3)) == (0.201, 1.201)
    low, width = court.scaler("train", 48)
    assert ((Y[:96] - low) / width).min() == 0 and ((Y[:96] - low) / width).max() == 1


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_forecasts_made_by_hand(setting):
    """One month after the other, each network's forecast handed to it as the next month."""
    model = after(setting, 3)
    low, width = court.scaler(setting.scaling, 48)
    said = court.forecasts(model, setting, 48)
    for month in (setting.look_back + 11, 60, 143):
        for row, horizon in zip(said, court.HORIZONS, strict=True):
            series = list((Y[:month - horizon + 1] - low) / width)
            for _ in range(horizon):
                x, _ = air.windows(np.array([*series, 0.0]), setting.look_back)
                x = x[:, None, :] if setting.form == "features" else x[-1][:, None, None]
                series.append(model.predict(x).ravel()[-1])
            assert row[month] == pytest.approx(series[-1] * width + low, rel=1e-10)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_the_months_held_back_teach_nothing(setting, monkeypatch):
    """Other numbers there, the same range: the training stays the same. With the article's scaling it is the range
    that leaks."""
    losses = lambda: next(court.training(setting, 48, 0, updates=3))[1]
    before = losses()
    changed = Y.copy()
    changed[96:] = 104 + (622 - changed[96:])
    changed[140] = 622
    monkeypatch.setattr(air, "load", lambda: (None, changed))
    np.testing.assert_allclose(losses(), before, rtol=1e-12)
    changed[140] = 900
    assert (losses()[0] == before[0]) is (setting.scaling == "train")


def test_corrections_are_what_growth_leaves_over():
    found = court.corrections()
    assert found.shape == (131,)
    assert found[0] == pytest.approx(np.log(Y[13] / (Y[12] * Y[1] / Y[0])))
    np.testing.assert_allclose(found[-1], np.log(Y[143] / (Y[142] * Y[131] / Y[130])), rtol=1e-9)


def test_packing_keeps_two_decimals():
    numbers = np.array([np.nan, 112.004, 321.456])
    np.testing.assert_allclose(court.unpacked(court.packed(numbers)), [np.nan, 112.0, 321.46])
