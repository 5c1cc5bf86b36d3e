"""The explorers of lesson 04: their numbers against the networks, their words, their pictures."""

import re

import numpy as np
import pytest

from lstm_course.explorers import clip_lab, jacobian_explorer, latch
from lstm_course.gradients import gradient_flow
from lstm_course.lessons.l04_vanishing_gradients.clip_lab import UPDATES, ClippingSGD, angle, batch, model_of, train
from lstm_course.lessons.l04_vanishing_gradients.clip_lab import compute as clip
from lstm_course.lessons.l04_vanishing_gradients.clip_lab import describe as describe_clip
from lstm_course.lessons.l04_vanishing_gradients.clip_lab import draw as draw_clip
from lstm_course.lessons.l04_vanishing_gradients.exercises import NETWORKS, norm_after
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
from lstm_course.training.optimizers import SGD, global_norm

MAKERS = [jacobian_explorer, latch, clip_lab]
BUTTONS = [(make, name) for make in MAKERS for name in make().presets]


def sheet(explorer):
    return explorer.picture.value


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


def test_the_exercise_has_the_networks_of_the_explorer():
    for seed in NETWORKS:
        shown_norm = product("tanh", 1.05, "orthogonal", 0.3, 50, seed).last
        assert norm_after(1.05, seed) == pytest.approx(shown_norm, rel=1e-10) and 0.5 < shown_norm < 2


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

def test_clipping_by_norm_is_that_of_fit():
    history = fit(model_of(1.0, 5), batch, mean_squared_error, SGD(0.05), updates=5, clip_norm=1.0, rng=105)
    losses, norms, taken, angles = train(1.0, "norm", 0.05, 5)[:, :5]
    np.testing.assert_allclose(losses, history.losses, rtol=6e-4)
    np.testing.assert_allclose(norms, history.grad_norms, rtol=6e-4)
    np.testing.assert_allclose(taken, np.minimum(norms, 1.0), rtol=6e-4)
    assert np.all(angles == 0)


def test_only_clipping_by_value_turns_the_gradient():
    rng = np.random.default_rng(0)
    grads = {"W": rng.standard_normal((2, 3)), "U": 9 * rng.standard_normal((3, 3))}
    found = {}
    for name in ("off", "norm", "value"):
        parameters = {key: np.zeros_like(grad) for key, grad in grads.items()}
        optimizer = ClippingSGD(0.5, name)
        optimizer.update(parameters, grads)
        found[name] = optimizer.angle, optimizer.norm
        assert global_norm(parameters) == pytest.approx(0.5 * optimizer.norm)
    assert found["off"] == (0, global_norm(grads)) and found["norm"] == (0, pytest.approx(1, rel=1e-6))
    assert found["value"][0] > 10
    assert angle({"W": np.array([100.0, 1.0])}, {"W": np.array([1.0, 1.0])}) == pytest.approx(44.43, abs=0.01)
    for seed in range(5):
        assert clip(1.5, "value", 0.05, seed, UPDATES).angles.max() > 25


def test_with_clipping_it_learns_and_the_spikes_stay():
    for seed in range(5):
        found = clip(1.0, "norm", 0.05, seed, UPDATES)
        assert found.verdict == "has learned" and found.norms.max() > 20 and found.taken.max() <= 1
    assert "it has diverged." in describe_clip(clip(1.5, "off", 0.05, 5, UPDATES))


def test_an_overflow_is_said_in_a_sentence():
    found = clip(1.5, "off", 5.0, 5, UPDATES)
    assert len(found.losses) < UPDATES and found.over
    assert "left the range that float64 can hold" in describe_clip(found)
    assert "overflow" in shown(draw_clip(found))
    before = clip(1.5, "off", 5.0, 5, len(found.losses))
    assert not before.over and "overflow" not in shown(draw_clip(before))


# ---- all three ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("make", MAKERS)
def test_the_limits_can_be_reached(make):
    explorer = make()
    explorer.reveal()
    for end in ("low", "high"):
        ends = {n: getattr(c, end) for n, c in explorer.controls.items() if hasattr(c, end)}
        for name, control in explorer.controls.items():
            for option in getattr(control, "options", {}).values():
                explorer.set(**ends | {name: option})
                assert explorer.error is None and len(sheet(explorer).encode()) <= 20_000


@pytest.mark.parametrize("make, name", BUTTONS)
def test_presets(make, name):
    explorer = make()
    explorer.reveal()
    explorer.buttons[name].click()
    assert {key: explorer.values[key] for key in explorer.presets[name]} == explorer.presets[name]
    assert explorer.error is None


@pytest.mark.parametrize("make, guess, truth", [
    (jacobian_explorer, "holds", "vanishes"), (latch, "about 1", "below 1e−50"), (clip_lab, "about 1", "far above 1")])
def test_the_prediction(make, guess, truth):
    for answer in (guess, truth):
        explorer = make()
        explorer.panel.answer.value = answer
        explorer.panel.commit.click()
        assert f"You predicted: {answer}. Computed: {truth}." in explorer.panel.verdict.value
    assert "✓" in explorer.panel.verdict.value


@pytest.mark.parametrize("make", MAKERS)
def test_before_the_guess_the_answer_is_hidden(make):
    explorer = make()
    assert "?" in shown(sheet(explorer))
    secret = {jacobian_explorer: "6.3·10", latch: "−57", clip_lab: "it has"}[make]
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


@pytest.mark.parametrize("make", MAKERS)
def test_the_words_are_the_same_each_time(make):
    words = make()._repr_mimebundle_()["text/plain"]
    assert words == make()._repr_mimebundle_()["text/plain"] and not re.search("0x[0-9a-f]{4}", words)
