"""The explorers of lesson 04: their numbers against the networks, their words, their pictures."""

import itertools
import re

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import exploding_latch
from lstm_course.experiments.shared import side_by_side
from lstm_course.explorers import clip_lab, clip_training, jacobian_explorer, latch
from lstm_course.gradients import gradient_flow
from lstm_course.lessons.l04_vanishing_gradients import clip_lab as wall
from lstm_course.lessons.l04_vanishing_gradients.clip_training import compute as training
from lstm_course.lessons.l04_vanishing_gradients.clip_training import describe as describe_training
from lstm_course.lessons.l04_vanishing_gradients.clip_training import draw as draw_training
from lstm_course.lessons.l04_vanishing_gradients.jacobian_product import ACTIVATIONS, KINDS, network
from lstm_course.lessons.l04_vanishing_gradients.jacobian_product import compute as product
from lstm_course.lessons.l04_vanishing_gradients.jacobian_product import describe as describe_product
from lstm_course.lessons.l04_vanishing_gradients.jacobian_product import draw as draw_product
from lstm_course.lessons.l04_vanishing_gradients.latch import RUNS, unit
from lstm_course.lessons.l04_vanishing_gradients.latch import compute as hold
from lstm_course.lessons.l04_vanishing_gradients.latch import describe as describe_latch
from lstm_course.lessons.l04_vanishing_gradients.latch import draw as draw_latch
from lstm_course.training import fit
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import SGD

MAKERS = [jacobian_explorer, latch, clip_lab, clip_training]
BUTTONS = [(make, name) for make in MAKERS for name in make().presets]


def sheet(explorer):
    return explorer.picture.value


def opened(make):
    """The explorer, its question answered."""
    explorer = make()
    if explorer.predict:
        explorer.reveal()
    return explorer


def shown(picture):
    return re.sub("<[^>]*>", " ", picture)


# ---- Jacobian product --------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
@pytest.mark.parametrize("rho, noise, T, seed", [(0.5, 0.3, 50, 0), (1.05, 0.0, 7, 1), (4.0, 2.0, 100, 3),
                                                 (0.1, 1.0, 1, 9)])
def test_the_norms_are_those_of_gradient_flow(activation, kind, rho, noise, T, seed):
    layer, x = network(activation, rho, kind, seed)
    flow = gradient_flow(layer, noise * x[:T])
    np.testing.assert_allclose(product(activation, rho, kind, noise, T, seed).norms, flow.h[::-1], rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rho", [0.1, 1.3, 4.0])
def test_linear_is_a_power_of_u(kind, rho):
    U = network("identity", rho, kind, 2)[0].parameters["U"]
    found = product("identity", rho, kind, 0.3, 20, 2)
    powers = [np.linalg.norm(np.linalg.matrix_power(U, k), 2) for k in range(21)]
    np.testing.assert_allclose(found.norms, powers, rtol=1e-10)
    np.testing.assert_allclose(found.norms, found.alone, rtol=1e-12)
    assert np.all(found.slopes == 1)


@pytest.mark.parametrize("kind", KINDS)
def test_rho_is_the_spectral_radius(kind):
    for seed in range(10):
        U = network("tanh", 1.7, kind, seed)[0].parameters["U"]
        assert np.abs(np.linalg.eigvals(U)).max() == pytest.approx(1.7)


def test_the_mean_slopes_stand_at_their_distance():
    layer, x = network("tanh", 1.5, "orthogonal", 4)
    states = layer.forward(0.3 * x[:30]).outputs[:, 0]
    np.testing.assert_allclose(product("tanh", 1.5, "orthogonal", 0.3, 30, 4).slopes,
                               (1 - states ** 2).mean(axis=1)[::-1], rtol=1e-12)


@pytest.mark.parametrize("rho, word", [(0.5, "vanishes"), (0.9, "vanishes"), (1.05, "holds"), (1.5, "explodes")])
def test_the_words_come_from_the_numbers(rho, word):
    for seed in range(5):
        found = product("tanh", rho, "orthogonal", 0.3, 50, seed)
        assert found.verdict == word and f"The gradient {word}." in describe_product(found)
        assert (found.lost_at is None) == (found.norms[-1] >= 2.0 ** -24)
        assert word in shown(draw_product(found)) and word not in shown(draw_product(found, hidden=True))


def test_a_norm_outside_the_picture_is_pointed_at():
    assert "at 50" in shown(draw_product(product("sigmoid", 1.0, "orthogonal", 0.3, 50, 0)))
    assert "at 100" in shown(draw_product(product("identity", 4.0, "orthogonal", 0.3, 100, 0)))
    assert "at 50" not in shown(draw_product(product("tanh", 1.0, "orthogonal", 0.3, 50, 0)))


# ---- latch -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("gain, noise, cue", [(2.5, 0.3, 1), (1.2, 1.0, -1), (4.0, 0.0, 1)])
def test_the_states_and_the_gradient_are_those_of_the_network(gain, noise, cue):
    found = hold(gain, noise, cue, 50, 3)
    x = np.concatenate([[float(cue)], noise * np.random.default_rng(3).standard_normal((100, RUNS))[:50, 0]])
    layer = unit(gain)
    np.testing.assert_allclose(found.h[:, 0], layer.forward(x[:, None, None]).outputs.ravel(), rtol=1e-12)
    flow = gradient_flow(layer, x[:, None, None])
    np.testing.assert_allclose(np.abs(found.gradient), flow.h[1:], rtol=1e-12)


@pytest.mark.parametrize("cue", [1, -1])
def test_it_remembers_without_a_gradient(cue):
    quiet = hold(2.5, 0.0, cue, 50, 0)
    assert quiet.h[-1, 0] == pytest.approx(0.986 * cue, abs=5e-4)
    assert quiet.gradient[0] == pytest.approx(1.64e-57, rel=0.01)
    for seed in range(5):
        noisy = hold(2.5, 0.3, cue, 50, seed)
        assert noisy.kept == RUNS and noisy.gradient[0] < 1e-50 and not noisy.gradient_left
        assert "The unit remembers." in describe_latch(noisy) and "it is gone" in describe_latch(noisy)


def test_it_forgets_under_strong_noise():
    found = hold(2.5, 1.0, 1, 50, 0)
    assert 500 < found.kept < 700 and "does not remember" in describe_latch(found)
    assert {"no", "yes"} & set(shown(draw_latch(found)).split()) == {"no"}


# ---- clip lab ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("u", [4.5, 4.75, 4.8216, 4.9, 5.3])
def test_the_slope_is_that_of_the_loss(u):
    h, loss, slope = wall.unit(u)
    eps = 1e-9 if u == 4.8216 else 1e-6
    assert slope == pytest.approx((wall.unit(u + eps)[1] - wall.unit(u - eps)[1]) / (2 * eps), rel=1e-3)
    for before, after in itertools.pairwise(h):
        assert after == pytest.approx(1 / (1 + np.exp(-(u * before - 2.5))), rel=1e-12)
    assert loss == pytest.approx((h[-1] - 0.7) ** 2)


@pytest.mark.parametrize("start", [0.62, 0.66])
def test_the_wall_is_where_the_watershed_passes_the_start(start):
    """After many steps: the state falls just left of the wall and climbs just right of it."""
    at = (np.log(start / (1 - start)) + 2.5) / start
    ends = []
    for u in (at - 1e-3, at + 1e-3):
        h = start
        for _ in range(2000):
            h = 1 / (1 + np.exp(-(u * h - 2.5)))
        ends.append(h)
    assert ends[0] < 0.2 and ends[1] > 0.7
    if start == wall.START_H:
        assert at == pytest.approx(wall.WALL, abs=1e-4)
        u = np.linspace(4.8, 4.85, 2001)
        slopes = [abs(wall.unit(round(float(value), 6))[2]) for value in u]
        assert u[np.argmax(slopes)] == pytest.approx(at, abs=1e-3) and max(slopes) > 500


def test_the_pair_of_fixed_points_appears_left_of_the_wall():
    h = np.linspace(0.0011, 0.999, 20_000)
    crossings = lambda u: int((np.diff(np.sign(1 / (1 + np.exp(-(u * h - 2.5))) - h)) != 0).sum())
    assert [crossings(u) for u in (4.7, 4.78, 4.785, 4.82, 5.0)] == [1, 1, 3, 3, 3]


def test_one_ball_is_thrown_away_for_ever_and_the_other_stays():
    found = wall.compute(4.88, 1.0, 60)
    assert found.free.here == pytest.approx(68.6, abs=0.05) and found.free.slope == 0 and found.free.largest_step > 60
    assert found.clipped.largest_step == pytest.approx(0.1) and 4.7 < found.clipped.u.min() < found.clipped.u.max() < 5
    assert "off the page, slope exactly 0" in wall.describe(found)
    assert "u = 68.6" in shown(wall.draw(found)) and "u = 68.6" not in shown(wall.draw(found, hidden=True))


@pytest.mark.parametrize("digits", [4, 5, 6, 10, 15])
def test_the_prediction_does_not_hang_on_the_rounding(digits, monkeypatch):
    monkeypatch.setattr(wall, "DIGITS", digits)
    ball = wall.roll(4.88, None, wall.UPDATES)
    assert ball.slope == 0 and ball.here > 60 and np.argmax(ball.u > wall.HIGH) == 6


@pytest.mark.parametrize("digits", [wall.DIGITS, 15])
def test_about_as_many_starts_fly_off_as_with_all_digits(digits):
    u, flown = 4.5 + 0.01 * np.arange(81), np.zeros(81, bool)
    for _ in range(wall.UPDATES):
        h, change = np.full(81, wall.START_H), np.zeros(81)
        for _ in range(wall.STEPS):
            new = 1 / (1 + np.exp(-(u * h + wall.BIAS)))
            h, change = new, new * (1 - new) * (h + u * change)
        flown |= (u := np.round(u - wall.RATE * 2 * (h - wall.TARGET) * change, digits)) > 10
    assert 16 <= flown.sum() <= 22


def test_the_watershed_is_marked_where_there_is_one():
    assert "watershed" in shown(wall.draw(wall.compute(4.8, 1.0, 0)))
    assert "watershed" not in shown(wall.draw(wall.compute(4.7, 1.0, 0)))


def test_a_smaller_limit_makes_smaller_jumps_and_does_not_end_them():
    jumps = {limit: np.ptp(wall.compute(4.88, limit, 60).clipped.u[-30:]) for limit in (1.0, 0.2)}
    assert 0.01 < jumps[0.2] < jumps[1.0]


def test_the_live_training_is_that_of_fit_and_of_the_stored_runs():
    def batch(rng):
        return side_by_side.batch(exploding_latch.T, side_by_side.BATCH, rng)
    history = fit(side_by_side.new_model(1.5, 5), batch, mean_squared_error, SGD(0.05), updates=3, rng=5)
    found = training("off", 5, 3)
    np.testing.assert_allclose(found.losses, history.losses, rtol=6e-4)
    np.testing.assert_allclose(np.hypot(found.recurrent, found.output), history.grad_norms, rtol=2e-3)
    stored = experiments.load("exploding_latch")["rows"][0, :3]
    live = np.transpose([found.losses, found.recurrent, found.output, found.size])
    np.testing.assert_allclose(live, stored, rtol=6e-4)


def test_the_output_layer_is_said_to_diverge_only_where_it_may():
    found, *others = [one for seed in range(10) if (one := training("off", seed, 30)).mean_loss > 1e3]
    assert all(one.factor > 2 for one in (found, *others))      # which of them it is depends on the processor
    assert "above 2: it may diverge" in shown(draw_training(found))
    calm = training("output rate 0.01", 5, 30)
    assert calm.factor < 2 and calm.mean_loss < 10 and "below 2: it cannot diverge" in shown(draw_training(calm))
    assert any(one.factor > 2.5 and one.mean_loss < 2 for one in (training("off", seed, 80) for seed in range(10)))
    assert f"2 · rate · (‖h‖² + 1) = {found.factor:.2f}" in describe_training(found)


# ---- all of them ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("make", MAKERS)
def test_the_limits_can_be_reached(make):
    explorer = opened(make)
    for end in ("low", "high"):
        ends = {n: getattr(c, end) for n, c in explorer.controls.items() if hasattr(c, end)}
        for name, control in explorer.controls.items():
            for option in getattr(control, "options", {}).values():
                explorer.set(**ends | {name: option})
                assert explorer.error is None and len(sheet(explorer).encode()) <= 20_000


@pytest.mark.parametrize("make, name", BUTTONS)
def test_presets(make, name):
    explorer = opened(make)
    explorer.buttons[name].click()
    assert {key: explorer.values[key] for key in explorer.presets[name]} == explorer.presets[name]
    assert explorer.error is None


@pytest.mark.parametrize("make, guess, truth", [
    (jacobian_explorer, "holds", "vanishes"), (latch, "about 1", "below 1e−50"),
    (clip_lab, wall.OPTIONS[0], wall.OPTIONS[2])])
def test_the_prediction(make, guess, truth):
    for answer in (guess, truth):
        explorer = make()
        explorer.panel.answer.value = answer
        explorer.panel.commit.click()
        assert f"You predicted: {answer}. Answer: {truth}." in explorer.panel.verdict.value
    assert "✓" in explorer.panel.verdict.value


@pytest.mark.parametrize("make", [jacobian_explorer, latch, clip_lab])
def test_before_the_guess_the_answer_is_hidden(make):
    explorer = make()
    assert "?" in shown(sheet(explorer))
    secret = {jacobian_explorer: "6.3·10", latch: "−57", clip_lab: "68"}[make]
    assert secret not in shown(sheet(explorer)) and "Hidden until you predict" in explorer.readout.value


@pytest.mark.parametrize("make", [jacobian_explorer, latch])
@pytest.mark.parametrize("setting", [{}, {"seed": 2, "noise": 0.5, "T": 20}])
def test_the_code_prints_what_is_shown(make, setting):
    explorer = make()
    explorer.reveal()
    explorer.set(**setting)
    options = [("cue", cue, "gain", 1.5) for cue in (1, -1)]
    if make is jacobian_explorer:
        options = [("activation", name, "kind", kind) for name in ACTIVATIONS.values() for kind in KINDS]
    for one, value, two, other in options:
        explorer.set(**{one: value, two: other})
        space = {}
        exec(explorer.code(explorer.values), space)
        if make is jacobian_explorer:
            assert space["norm"] == pytest.approx(explorer.data.last, rel=1e-9)
        else:
            assert space["gradient"] == pytest.approx(explorer.data.gradient[0], rel=1e-9)
            assert space["h"][0] == pytest.approx(explorer.data.h[-1, 0], rel=1e-12)


def test_the_code_of_the_clip_lab_prints_what_is_shown(capsys):
    explorer = clip_lab()
    explorer.reveal()
    explorer.set(start=4.77, limit=0.4, step=30)
    exec(explorer.code(explorer.values), {})
    printed = [[float(word) for word in line.split()] for line in capsys.readouterr().out.splitlines()]
    balls = (explorer.data.free, explorer.data.clipped)
    np.testing.assert_allclose(printed, [[ball.here, ball.loss, ball.slope] for ball in balls], rtol=1e-7)


@pytest.mark.parametrize("make", MAKERS)
def test_the_words_are_the_same_each_time(make):
    words = make()._repr_mimebundle_()["text/plain"]
    assert words == make()._repr_mimebundle_()["text/plain"] and not re.search("0x[0-9a-f]{4}", words)
