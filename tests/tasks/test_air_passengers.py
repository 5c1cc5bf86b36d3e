"""The airline passengers: the file, the windows, the rules without a network, the judging."""

import numpy as np
import pytest

from lstm_course.tasks import air_passengers as air

Y = air.load()[1]


def test_the_file():
    months, y = air.load()
    assert months.shape == y.shape == (144,) and months[0] == "1949-01" and months[-1] == "1960-12"
    assert all(month == f"{1949 + t // 12}-{t % 12 + 1:02d}" for t, month in enumerate(months))
    assert y[:5].tolist() == [112, 118, 132, 129, 121] and y[-1] == 432
    assert (y.min(), y.max(), y.sum()) == (104, 622, 40363)
    for array in (months, y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_the_notice_names_the_file():
    assert air.FILE.name in (air.FILE.parent / "NOTICE.txt").read_text(encoding="utf-8")


def test_windows():
    x, targets = air.windows(np.arange(1.0, 7), 2)
    assert x.tolist() == [[1, 2], [2, 3], [3, 4], [4, 5]] and targets.tolist() == [3, 4, 5, 6]
    for look_back in (1, 12, 143):
        x, targets = air.windows(Y, look_back)
        assert x.shape == (144 - look_back, look_back)
        assert all(np.array_equal(x[k], Y[k:k + look_back]) and targets[k] == Y[k + look_back] for k in range(len(x)))


@pytest.mark.parametrize("look_back", [0, 144, -1])
def test_windows_that_do_not_exist(look_back):
    with pytest.raises(ValueError, match=f"look_back is {look_back}, expected 1 to 143"):
        air.windows(Y, look_back)


@pytest.mark.parametrize("held_back, errors", [(43, (49.97, 42.71, 16.37, 16.01, 14.88, 20.53, 14.69)),
                                               (48, (48.04, 41.85, 15.62, 15.36, 14.23, 20.95, 14.09))])
def test_the_rules_one_month_ahead(held_back, errors):
    found = [air.rmse(air.forecast(rule, Y)[-held_back:], Y[-held_back:])
             for rule in air.rules(Y[:-held_back]).values()]
    np.testing.assert_allclose(found, errors, atol=0.006)


def test_the_rules_are_what_they_say():
    t = np.arange(13, 144)
    by_hand = {"last month": Y[t - 1], "same month last year": Y[t - 12],
               "growth × last year": Y[t - 1] * Y[t - 12] / Y[t - 13],
               "step + last year": Y[t - 1] + Y[t - 12] - Y[t - 13]}
    for name, expected in by_hand.items():
        found = air.forecast(air.rules(Y)[name], Y)
        np.testing.assert_allclose(found[13:], expected, rtol=1e-14)
        assert np.isnan(found[:13]).all()


def test_the_linear_rule_finds_a_linear_law():
    y = [1.0, 2.0, 1.5]
    for _ in range(40):
        y.append(0.4 * y[-1] - 0.7 * y[-3] + 2)
    past = np.array(y[:20])[None]
    rule = air.linear((1, 3), np.array(y))
    np.testing.assert_allclose(rule(past), 0.4 * y[19] - 0.7 * y[17] + 2, rtol=1e-9)


def test_the_log_linear_rule_finds_growth_times_last_year():
    """Of numbers that multiply exactly, it has the weights 1, 0, 1, −1 (or what says the same)."""
    t = np.arange(60)
    y = np.exp(0.01 * t + 0.3 * np.cos(t * np.pi / 6) + 0.05 * np.sin(t * t))
    for k in range(13, 60):
        y[k] = y[k - 1] * y[k - 12] / y[k - 13]
    past = y[None, :40]
    np.testing.assert_allclose(air.log_linear((1, 12, 13), y)(past), air.growth_times_last_year(past), rtol=1e-6)


def test_twelve_months_ahead():
    t = np.arange(24, 144)
    expected = {"last month": Y[t - 12], "same month last year": Y[t - 12],
                "growth × last year": Y[t - 12] ** 2 / Y[t - 24]}
    for name, by_hand in expected.items():
        found = air.forecast(air.rules(Y)[name], Y, 12)
        assert np.isnan(found[:24]).all()
        np.testing.assert_allclose(found[24:], by_hand, rtol=1e-12)


@pytest.mark.parametrize("name", list(air.rules(Y)))
@pytest.mark.parametrize("horizon", [1, 12])
def test_no_rule_looks_into_the_future(name, horizon):
    """What comes after the last known month may be anything."""
    changed = Y.copy()
    changed[120 - horizon + 1:] = 1e6 * np.arange(1, 144 - 120 + horizon)
    rule = air.rules(Y[:96])[name]
    assert air.forecast(rule, Y, horizon)[120] == air.forecast(rule, changed, horizon)[120]


def test_rmse():
    assert air.rmse([1.0, 2.0], np.array([4.0, 6.0])) == pytest.approx(np.sqrt(12.5))
    assert air.rmse(np.zeros((3, 2)), np.array([3.0, 4.0])).tolist() == pytest.approx([np.sqrt(12.5)] * 3)


def test_limits_hold_the_share_that_they_say():
    rng = np.random.default_rng(0)
    forecast = rng.uniform(100, 600, 1000)
    truth = forecast * rng.lognormal(0.05, 0.1, 1000)
    low, high = air.limits(forecast, truth, 0.8)
    assert np.mean(truth < low * forecast) == pytest.approx(0.1, abs=0.002)
    assert np.mean(truth > high * forecast) == pytest.approx(0.1, abs=0.002)
    assert air.limits(np.array([np.nan, 1.0, 1.0]), np.array([9.0, 2.0, 2.0])).tolist() == [2, 2]
