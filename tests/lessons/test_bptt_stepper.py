"""The explorer and the figure of lesson 03: every multiplication of the backward pass against the networks."""

import re

import numpy as np
import pytest

from lstm_course import RNN
from lstm_course.explorers import bptt_stepper
from lstm_course.lessons.l03_bptt.bptt_stepper import (
    HIGH,
    LOW,
    PRESETS,
    T,
    compute,
    describe,
    draw,
    path,
    short,
    so_far,
    value,
    width,
)
from lstm_course.lessons.l03_bptt.three_uses import three_uses_figure

DEFAULT = {"w": 1.0, "u": 0.5, "x1": 1.0, "x2": 0.0, "x3": 0.0}
LAST = len(path())
SETTINGS = [dict(zip(DEFAULT, values, strict=True)) for values in
            np.random.default_rng(3).uniform(LOW, HIGH, (40, 5)).tolist()]


def run(only=0, step=LAST, **values):
    return compute(**DEFAULT | values, only=only, step=step)


def layer_of(w, u):
    layer = RNN(1, 1)
    layer.parameters["W"][...], layer.parameters["U"][...] = w, u
    return layer


def loss(uses_of_w, uses_of_u, x, h=0.0):
    """½ h_3² with weights of its own at every step."""
    for w, u, x_t in zip(uses_of_w, uses_of_u, x, strict=True):
        h = np.tanh(w * x_t + u * h)
    return h ** 2 / 2


def test_the_numbers_of_the_syllabus():
    found = run()
    np.testing.assert_allclose(found.h[1:], [0.7616, 0.3634, 0.1797], atol=5e-5)
    np.testing.assert_allclose(found.delta, [0.0158, 0.0755, 0.1739], atol=5e-5)
    np.testing.assert_allclose(found.du, [0, 0.0575, 0.0632], atol=5e-5)
    np.testing.assert_allclose([found.grad_u, found.grad_w], [0.1207, 0.0158], atol=5e-5)


@pytest.mark.parametrize("values", [*SETTINGS, *PRESETS.values()])
def test_every_multiplication_agrees_with_backward(values):
    """Each number is ∂L/∂something of the layer that runs the rest of the sequence."""
    found = run(**values)
    layer, x = layer_of(values["w"], values["u"]), found.x
    for step, (kind, t) in enumerate(found.path, 1):
        rest = layer.forward(x[t - 1:].reshape(-1, 1, 1), state=found.h[t - 1].reshape(1, 1))
        grad_outputs = np.zeros_like(rest.outputs)
        grad_outputs[-1] = rest.outputs[-1]
        grads = layer.backward(rest, grad_outputs)
        first = layer.backward(layer.forward(x[t - 1].reshape(1, 1, 1), state=found.h[t - 1].reshape(1, 1)),
                               found.grad_h[t].reshape(1, 1, 1))
        expected = {"start": found.h[3], "slope": first.parameters["b"], "u": first.parameters["U"],
                    "w": first.parameters["W"], "h": grads.state}[kind]
        np.testing.assert_allclose(value(found, kind, t), np.ravel(expected).item(), rtol=1e-12, atol=1e-15,
                                   err_msg=f"multiplication {step}: {kind} at t = {t}")


@pytest.mark.parametrize("values", [*SETTINGS, *PRESETS.values()])
def test_the_sums_agree_with_backward(values):
    found, layer = run(**values), layer_of(values["w"], values["u"])
    trace = layer.forward(found.x.reshape(T, 1, 1))
    grads = layer.backward(trace, np.array([0, 0, found.h[3]]).reshape(T, 1, 1))
    for name, parts, total in (("U", found.du, found.grad_u), ("W", found.dw, found.grad_w)):
        assert sum(so_far(found, name.lower()).values()) == pytest.approx(total, rel=1e-12, abs=1e-15)
        assert parts.sum() == pytest.approx(grads.parameters[name].item(), rel=1e-12, abs=1e-15)
    assert grads.parameters["b"].item() == pytest.approx(found.delta.sum(), rel=1e-12, abs=1e-15)
    assert grads.state.item() == pytest.approx(found.grad_h[0], rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("values", SETTINGS[:8])
def test_a_contribution_is_the_derivative_for_that_use_alone(values):
    found, eps = run(**values), 1e-5
    w, u = np.full(T, values["w"]), np.full(T, values["u"])
    for t, one in enumerate(np.eye(T) * eps):
        by_u = (loss(w, u + one, found.x) - loss(w, u - one, found.x)) / (2 * eps)
        by_w = (loss(w + one, u, found.x) - loss(w - one, u, found.x)) / (2 * eps)
        np.testing.assert_allclose([found.du[t], found.dw[t]], [by_u, by_w], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("only", [1, 2, 3])
def test_one_contribution_alone(only):
    full, alone = run(u=-0.7, x2=1.0), run(u=-0.7, x2=1.0, only=only, step=len(path(only)))
    assert len(path(only)) == 4 + 2 * (T - only) and set(path(only)) < set(path())
    for kind, parts in (("u", full.du), ("w", full.dw)):
        assert so_far(alone, kind) == {only: parts[only - 1]}
    assert f"part of step {only} alone" in describe(alone) and f"on the way to t = {only}" in draw(alone)


def test_the_order_is_that_of_the_backward_pass():
    assert path() == [("start", 3), ("slope", 3), ("u", 3), ("w", 3), ("h", 3), ("slope", 2), ("u", 2), ("w", 2),
                      ("h", 2), ("slope", 1), ("u", 1), ("w", 1), ("h", 1)]


def test_each_step_shows_its_formula_and_its_numbers():
    words = [describe(run(step=step)) for step in range(LAST + 1)]
    assert "press Step" in words[0] and "δ3 = ∂L/∂h3 · (1 − h3²) = 0.1797 · 0.9677 = 0.1739" in words[2]
    assert "∂L/∂u gets δ3 · h2 = 0.1739 · 0.3634 = 0.0632" in words[3]
    assert "∂L/∂u: 0.0632 + 0.0575 + 0 = 0.1207" in words[-1]
    pictures = [draw(run(step=step)) for step in range(LAST + 1)]
    assert len(set(pictures)) == LAST + 1
    assert all("= 0.0870 · 0.8679 = 0.0755" in picture for picture in pictures[6:7])


def test_the_newest_gradient_is_marked_without_colour():
    for only in range(4):
        for step in range(1, len(path(only)) + 1):
            picture = draw(run(only=only, step=step))
            assert len(re.findall('stroke="#1A1A1A" stroke-width="(?:1[7-9]|2[0-9])', picture)) == 1


def test_the_width_grows_with_the_gradient():
    found = run()
    widths = [width(found, number) for number in found.delta]
    assert widths == sorted(widths) and widths[0] < widths[1] < widths[2] <= width(found, found.grad_h[3]) == 12
    assert width(run(w=0.0), 0.0) == 2


def test_before_the_guess_no_gradient_is_drawn():
    found = run()
    numbers = {short(n) for n in np.concatenate([found.delta, found.du[1:], found.dw[:1], found.grad_h[:3]])}
    shown = re.sub("<[^>]*>", " ", draw(found, hidden=True))
    assert not [number for number in numbers if number in shown] and short(found.h[1]) in shown


def test_predict():
    explorer = bptt_stepper()
    explorer.set(u=1.0, only=2)
    explorer.panel.answer.value = "t = 1"
    explorer.panel.commit.click()
    verdict = explorer.panel.verdict.value
    assert "You predicted: t = 1. Computed: t = 3." in verdict
    assert "Parts for t = 1, 2, 3: 0, 0.0575, 0.0632" in verdict
    assert explorer.values["only"] == 0 and explorer.values["step"] == LAST


@pytest.mark.parametrize("name", PRESETS)
def test_presets(name):
    explorer = bptt_stepper()
    explorer.reveal()
    explorer.buttons[name].click()
    assert {key: explorer.values[key] for key in PRESETS[name]} == PRESETS[name] and explorer.error is None


def test_presets_show_what_the_lesson_says():
    assert np.count_nonzero(run(**PRESETS["u = 0"]).du) == np.count_nonzero(run(**PRESETS["u = 0"]).dw) == 1
    signs = run(**PRESETS["signs"]).du
    assert signs.min() < 0 < signs.max()


def test_the_steps_end_where_the_way_ends():
    explorer = bptt_stepper()
    explorer.reveal()
    for only in range(4):
        explorer.set(only=only)
        explorer.set(step=99)
        assert explorer.values["step"] == len(path(only)) and explorer.error is None
        explorer.clock.step(+1)
        assert explorer.values["step"] == len(path(only))


def test_the_limits_can_be_reached():
    explorer = bptt_stepper()
    explorer.reveal()
    for values in np.stack(np.meshgrid(*[[LOW, 0.0, HIGH]] * 5), -1).reshape(-1, 5):
        explorer.set(**dict(zip(DEFAULT, values, strict=True)))
        assert explorer.error is None and len(explorer.picture.value.encode()) <= 20_000


def test_the_code_runs_and_prints_what_is_shown(capsys):
    explorer = bptt_stepper()
    explorer.reveal()
    explorer.set(w=-1.2, u=0.7, x2=0.5)
    space = {}
    exec(explorer.code(explorer.values), space)
    assert space["grad_u"] == pytest.approx(explorer.data.grad_u, rel=1e-12)
    assert space["grad_w"] == pytest.approx(explorer.data.grad_w, rel=1e-12)
    assert capsys.readouterr().out.count("\n") == T


def test_the_figure_says_its_numbers():
    picture = three_uses_figure()
    (kind,) = set(picture.data) - {"text/plain"}
    for number in ("0.0575", "0.0632", "0.1207", "0.1797"):
        assert number in picture.data[kind] and number in picture.data["text/plain"]
    assert len(picture.data[kind].encode()) <= 20_000
