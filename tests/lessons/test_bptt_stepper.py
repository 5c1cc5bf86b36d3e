"""The explorer and the figure of lesson 03: every number of the backward pass against the networks."""

import re

import numpy as np
import pytest

from lstm_course import RNN
from lstm_course.explorers import bptt_stepper
from lstm_course.lessons.l03_bptt.bptt_numbers import (
    ALL,
    CHOSEN,
    EVERY,
    HIGH,
    LAST,
    LOW,
    ONE,
    compute,
    numbers,
    path,
    typed_numbers,
    typed_steps,
)
from lstm_course.lessons.l03_bptt.bptt_picture import draw, short, width
from lstm_course.lessons.l03_bptt.bptt_stepper import PRESETS, describe
from lstm_course.lessons.l03_bptt.three_uses import three_uses_figure

RNG = np.random.default_rng(3)
SETTINGS = [{"w": w, "u": u, "x": typed_numbers(" ".join(map(str, RNG.uniform(LOW, HIGH, T).round(2)))),
             "loss_at": loss_at, "chosen": "1"}
            for T, loss_at in zip((1, 2, 3, 5, 8, 3, 4, 8), (LAST, EVERY, CHOSEN, EVERY, LAST, LAST, CHOSEN, EVERY),
                                  strict=True) for w, u in RNG.uniform(LOW, HIGH, (2, 2)).round(1)]
FOUR = [*SETTINGS, *PRESETS.values()]


def run(preset="one loss", step=None, **values):
    values = PRESETS[preset] | values
    return compute(**values, step=len(path(len(numbers(values["x"])))) if step is None else step)


def gradients(found, direct=None):
    """The package's layer on the same network; direct (T,): what the loss says about each state."""
    layer = RNN(1, 1)
    layer.parameters["W"][...], layer.parameters["U"][...] = found.w, found.u
    trace = layer.forward(found.x.reshape(-1, 1, 1))
    return layer.backward(trace, np.reshape(found.direct if direct is None else direct, (-1, 1, 1)))


def test_the_numbers_of_the_syllabus():
    found = run()
    np.testing.assert_allclose(found.h[1:], [0.7616, 0.3634, 0.1797], atol=5e-5)
    np.testing.assert_allclose(found.delta, [0.0158, 0.0755, 0.1739], atol=5e-5)
    np.testing.assert_allclose(found.du, [0, 0.0575, 0.0632], atol=5e-5)
    np.testing.assert_allclose([found.du.sum(), found.dw.sum()], [0.1207, 0.0158], atol=5e-5)


@pytest.mark.parametrize("values", FOUR)
def test_sums_direct_parts_and_future_agree_with_the_layer(values):
    found = compute(**values)
    grads = gradients(found)
    for name, parts in (("U", found.du), ("W", found.dw), ("b", found.delta)):
        assert grads.parameters[name].item() == pytest.approx(parts.sum(), rel=1e-12, abs=1e-15)
    np.testing.assert_allclose(found.direct, np.where(found.counts, found.h[1:], 0))
    np.testing.assert_allclose(found.loss, (found.counts * found.h[1:] ** 2).sum() / 2)
    for t in range(1, found.T + 1):         # the future at step t: only the losses after t count
        later = np.where(np.arange(1, found.T + 1) > t, found.direct, 0)
        assert gradients(found, later).parameters["b"].item() == pytest.approx(
            _walk_back(found, later).sum(), rel=1e-12, abs=1e-15)
        assert found.future[t - 1] == pytest.approx(_future(found, t), rel=1e-6, abs=1e-9)


def _walk_back(found, direct):
    delta = np.zeros(found.T + 1)
    for t in range(found.T, 0, -1):
        delta[t - 1] = (direct[t - 1] + delta[t] * found.u) * found.slope[t - 1]
    return delta[:-1]


def _future(found, t, eps=1e-6):
    """How fast the losses after step t change with h_t, by differences."""
    def loss(h):
        total = 0.0
        for s in range(t, found.T):
            h = np.tanh(found.x[s] * found.w + h * found.u)
            total += found.counts[s] * h ** 2 / 2
        return total
    return (loss(found.h[t] + eps) - loss(found.h[t] - eps)) / (2 * eps)


@pytest.mark.parametrize("values", FOUR)
def test_a_nudge_agrees_with_the_backward_pass(values):
    one, everywhere = compute(**values, nudge=ONE, use=2), compute(**values, nudge=ALL)
    at = min(2, one.T)
    assert one.nudge.at == (at,) and one.nudge.slope == pytest.approx(one.du[at - 1], abs=2e-6)
    assert everywhere.nudge.slope == pytest.approx(everywhere.du.sum(), abs=2e-6)
    assert len(everywhere.nudge.at) == one.T


def test_two_gradients_meet_where_the_loss_looks_at_an_inner_state():
    words = describe(run("a loss at every step", step=4))
    assert "At h2 arrives: two gradients, and they are added. ∂L/∂h2 = h2 + δ3 · u = 0.3634 + 0.0870 = 0.4504" in words
    assert "from the future alone" in describe(run(step=4)) and "directly from L3" in describe(run(step=1))
    assert "arrives: nothing" in describe(run(x="1 0 0", loss_at=CHOSEN, chosen="2", step=1))


def test_each_step_shows_its_formula_and_its_numbers():
    words = [describe(run(step=step)) for step in range(10)]
    assert "press Step" in words[0] and "δ3 = ∂L/∂h3 · (1 − h3²) = 0.1797 · 0.9677 = 0.1739" in words[2]
    assert "u gets δ3 h2 = 0.1739 · 0.3634 = 0.0632" in words[3]
    assert "∂L/∂u so far: 0.0632 + 0.0575 + 0 = 0.1207" in words[9]
    assert len({draw(run(step=step)) for step in range(10)}) == 10


def test_the_newest_numbers_are_marked_without_colour():
    for step, (kind, _) in enumerate(path(3), 1):
        marked = re.findall(r'<rect[^>]*fill="#F0E442"[^>]*stroke="#1A1A1A"', draw(run(step=step)))
        assert len(marked) == {"arrives": 3, "delta": 2, "parts": 2}[kind]


def test_the_width_grows_with_the_gradient():
    found = run()
    widths = [width(found, number) for number in found.delta]
    assert widths == sorted(widths) and widths[0] < widths[1] < widths[2] <= width(found, found.grad_h[2]) == 10
    assert width(run(w=0.0), 0.0) == 2


def test_gradients_run_to_the_left_and_down():
    picture = draw(run("a loss at every step"))
    number = r"([\d.]+)"
    lines = re.findall(rf'<path d="M{number} {number}L{number} {number}"[^>]*"#E69F00"[^>]*stroke-dasharray', picture)
    moves = [(float(c) - float(a), float(d) - float(b)) for a, b, c, d in lines]
    assert len(moves) == 8 and all((x < 0 and y == 0) or (x == 0 and y > 0) for x, y in moves)


def test_before_the_guess_no_gradient_is_drawn():
    found = run()
    hidden = {short(n) for n in np.concatenate([found.delta, found.du[1:], found.dw[:1], found.future[:2]])}
    shown = re.sub("<[^>]*>", " ", draw(found, hidden=True))
    assert not [number for number in hidden if number in shown] and short(found.h[1]) in shown


def test_predict():
    explorer = bptt_stepper()
    explorer.panel.answer.value = "t = 1"
    explorer.panel.commit.click()
    verdict = explorer.panel.verdict.value
    assert "You predicted: t = 1. Answer: t = 3." in verdict
    assert "Parts for t = 1, 2, 3: 0, 0.0575, 0.0632" in verdict
    assert explorer.values["step"] == 9


def shown():
    explorer = bptt_stepper()
    explorer.reveal()
    return explorer


@pytest.mark.parametrize("name", PRESETS)
def test_presets(name):
    explorer = shown()
    explorer.buttons[name].click()
    assert {key: explorer.values[key] for key in PRESETS[name]} == PRESETS[name] and explorer.error is None


def test_the_parts_of_the_preset_signs_have_both_signs():
    assert run("signs").du.min() < 0 < run("signs").du.max()


@pytest.mark.parametrize("typed, meant", [("1 0 0", [1, 0, 0]), ("1, 0, -0.5", [1, 0, -0.5]), ("0,5 1", [0.5, 1]),
                                          ("(1.0, −2)", [1, -2]), ("1;0;2", [1, 0, 2]), ("1,0,0", [1, 0, 0])])
def test_numbers_are_understood_as_they_are_typed(typed, meant):
    assert numbers(typed).tolist() == meant and numbers(typed_numbers(typed)).tolist() == meant


@pytest.mark.parametrize("typed", ["", "one", "1 2 3 x", "3", "nan", "1e309", " ".join("1" * 9)])
def test_what_is_not_understood_is_said_and_the_picture_stays(typed):
    explorer = shown()
    before = explorer.picture.value
    with pytest.raises(ValueError, match="x takes"):
        numbers(typed)
    explorer.controls["x"].parts[0].value = typed
    assert "x takes" in str(explorer.error) and explorer.values["x"] == "1 0 0" and before in explorer.picture.value


@pytest.mark.parametrize("typed", ["", "0", "9", "1 a", "-1", "1.5"])
def test_steps_that_cannot_count_are_said(typed):
    with pytest.raises(ValueError, match="whole numbers from 1 to 8"):
        typed_steps(typed)


def test_a_loss_at_a_step_that_there_is_not():
    explorer = shown()
    explorer.set(loss_at=CHOSEN, chosen="2 5")
    assert "there is no step 5" in str(explorer.error)
    explorer.set(x="1 0 0 0 1")
    assert explorer.error is None and explorer.data.counts.tolist() == [False, True, False, False, True]


def test_the_steps_end_where_the_way_ends():
    explorer = shown()
    for x, last in (("1", 3), ("1 0 0 1 1 1 1 1", 24), ("1 0 0", 9)):
        explorer.set(x=x)
        explorer.set(step=99)
        assert explorer.values["step"] == last and explorer.error is None


def test_the_limits_can_be_reached():
    explorer = shown()
    for w, u in np.stack(np.meshgrid([LOW, 0.0, HIGH], [LOW, 0.0, HIGH]), -1).reshape(-1, 2).tolist():
        for x in ("2", "-2 2 -2 2 -2 2 -2 2", "0 0 0 0 0 0 0 0"):
            explorer.set(w=w, u=u, x=x, loss_at=EVERY, nudge=ALL)
            assert explorer.error is None and len(explorer.picture.value.encode()) <= 33_000


@pytest.mark.parametrize("values", FOUR)
def test_the_code_runs_and_computes_what_is_shown(values, capsys):
    explorer = shown()
    explorer.set(**values)
    space = {}
    exec(explorer.code(explorer.values), space)
    assert space["grad_u"] == pytest.approx(explorer.data.du.sum(), rel=1e-12, abs=1e-15)
    assert space["grad_w"] == pytest.approx(explorer.data.dw.sum(), rel=1e-12, abs=1e-15)
    assert capsys.readouterr().out.count("\n") == explorer.data.T


def test_the_figure_says_its_numbers():
    picture = three_uses_figure()
    (kind,) = set(picture.data) - {"text/plain"}
    for number in ("0.2402", "0.0575", "0.2977"):
        assert number in picture.data[kind] and number in picture.data["text/plain"]
    assert len(picture.data[kind].encode()) <= 20_000
