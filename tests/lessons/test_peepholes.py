"""The explorers and the figure of lesson 11: blind cell, ablation bench, peephole drawing."""

import importlib
import re

import numpy as np
import pytest

from lstm_course import LSTM, experiments
from lstm_course.experiments import gate_ablation
from lstm_course.networks import cells
from lstm_course.widgets.live_training import keeping

blind = importlib.import_module("lstm_course.lessons.l11_peepholes.blind_cell")
bench = importlib.import_module("lstm_course.lessons.l11_peepholes.ablation_bench")
figure = importlib.import_module("lstm_course.lessons.l11_peepholes.peephole_figure")

START = {"looks": blind.NOTHING, "threshold": 0.95, "weight": 100, "u": 0, "bias": -95, "step": 20}
TEXT = re.compile(r'<text x="([-\d.]+)" y="([-\d.]+)" font-size="([\d.]+)"(?: text-anchor="(\w+)")?[^>]*>(.*?)</text>')


def count(**values):
    return blind.compute(**START | values)


def step_10():
    """The counter from c = 0.9 to 1.0, by the course's formulas."""
    zero, four = np.zeros((1, 1)), np.zeros((1, 4))
    b, P = np.array([40, 40, np.arctanh(0.1), -95]), np.array([[0], [0], [100.0]])
    return cells.lstm_step(zero, zero, np.full((1, 1), 0.9), four, four, b, P)


def shown(picture):
    return re.sub("<[^>]*>", " ", picture)


def revealed(make):
    explorer = make()
    explorer.reveal()
    return explorer


def boxes_of_words(picture):
    """The rectangle (left, top, right, bottom) that each text fills, about, and its words."""
    found = []
    for x, y, size, anchor, words in TEXT.findall(picture):
        words, x, y, size = re.sub("<[^>]*>", "", words).strip(), float(x), float(y), float(size)
        wide = 0.56 * size * len(words)
        left = x - {"middle": wide / 2, "end": wide}.get(anchor, 0)
        found.append((left, y - 0.75 * size, left + wide, y + 0.1 * size, words))
    return [one for one in found if one[4] and one[3] > 2]          # (the turned name of an axis stands at 0)


def overlapping(picture):
    words = boxes_of_words(picture)
    return [(a[4], b[4]) for k, a in enumerate(words) for b in words[k + 1:]
            if a[0] < b[2] - 2 and b[0] < a[2] - 2 and a[1] < b[3] - 1 and b[1] < a[3] - 1]


# ---- the blind cell ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("threshold, weight, u", [(0.95, 100, 0), (0.4, 10, -50), (1.5, 30, 100), (0.15, 10, 100)])
@pytest.mark.parametrize("looks, bias", [(blind.NOTHING, -95), (blind.NOTHING, -4.5), (blind.NEW, -95)])
def test_the_counter_is_an_lstm(looks, bias, threshold, weight, u):
    layer = LSTM(1, 1, peephole=looks == blind.NEW, rng=0)
    for p in layer.parameters.values():
        p[:] = 0
    layer.parameters["U"][0, 3] = u
    layer.parameters["b"][:] = 40, 40, np.arctanh(0.1), blind.bias_of(looks, threshold, weight, bias)
    if looks == blind.NEW:
        layer.parameters["P"][2] = weight
    trace = layer.forward(np.zeros((20, 1, 1)))
    run = count(looks=looks, threshold=threshold, weight=weight, u=u, bias=bias)
    np.testing.assert_allclose(run.h[1:], trace.outputs.ravel(), rtol=0, atol=1e-12)
    for name, values in (("c", run.c), ("o", run.o)):
        np.testing.assert_allclose(values[1:], trace.gates[name].ravel(), rtol=0, atol=1e-12)


def test_looking_at_the_old_c_is_the_same_one_step_late():
    new, old = count(looks=blind.NEW), count(looks=blind.OLD)
    np.testing.assert_allclose(old.o[2:], new.o[1:-1], rtol=0, atol=1e-12)
    h, c, _ = step_10()
    assert new.h[10] == pytest.approx(h.item(), abs=1e-12) and new.c[10] == pytest.approx(c.item(), abs=1e-12)


def test_the_numbers_of_the_story():
    new = count(looks=blind.NEW)
    assert new.h[9] == pytest.approx(0.005, abs=5e-4) and new.h[10] == pytest.approx(0.756, abs=5e-4)
    assert (new.first, count(looks=blind.OLD).first, count().first) == (10, 11, None)
    assert count().o[1:] == pytest.approx(np.exp(-95), rel=1e-12)
    assert [count(looks=blind.NEW, threshold=t).first for t in (0.55, 1.45)] == [6, 15]


def test_without_a_peephole_u_makes_it_fire_if_the_gate_leaks():
    for u in range(-100, 101, 10):
        assert count(u=u).first is None and count(u=u, threshold=0.15, weight=10).first is None
    assert [count(u=100, bias=b).first for b in (-6, -5, -4)] == [None, 13, 7]
    assert count(u=0, bias=-4).first is None


def test_the_words_come_from_the_numbers():
    assert "It has not fired: h is nearly 0" in blind.describe(count())
    assert "It has not fired so far" in blind.describe(count(looks=blind.NEW, step=9))
    words = blind.describe(count(looks=blind.NEW, step=10))
    assert "It fires from step 10 on" in words and "z_o = 5.0" in words and "h = 0.756" in words
    assert "It fires from step 11 on" in blind.describe(count(looks=blind.OLD))
    shut_again = count(looks=blind.OLD, threshold=0.15, weight=10, u=-100)      # h pushes o down again
    first = shut_again.first
    assert min(shut_again.o[first:]) < blind.FIRES <= shut_again.o[first]
    assert f"It fired at step {first}, but not always since" in blind.describe(shut_again)
    assert "Press Step" in blind.describe(count(step=0))
    assert "It has not fired: h is nearly 0" in blind.describe(count(threshold=0.15, weight=10, u=100))


def test_the_picture_says_what_the_gate_sees():
    assert "no peephole" in shown(blind.draw(count())) and "fires at" not in shown(blind.draw(count()))
    new = shown(blind.draw(count(looks=blind.NEW, step=10)))
    assert "fires at 10" in new and "100 · 1.000" in new and "0.756" in new
    assert "stroke-dasharray=\"7 4\"" in blind.draw(count(looks=blind.NEW)) and "7 4" not in blind.draw(count())


def test_before_the_guess_no_answer_is_drawn():
    for step in (0, 9, 10, 20):
        words = shown(blind.draw(count(step=step), hidden=True))
        assert "?" in words and "fires" not in words and "o =" not in words.replace("o = ?", "").replace("z o =", "")
        assert "h, shown" not in words


def test_the_blind_guess_is_compared():
    for guess, mark in (("later", "✗"), ("never", "✓")):
        explorer = blind.blind_cell()
        explorer.panel.answer.value = guess
        explorer.panel.commit.click()
        assert "Answer: never" in explorer.panel.verdict.value and mark in explorer.panel.verdict.value


def test_the_ends_of_the_blind_controls():
    explorer = revealed(blind.blind_cell)
    for looks in (blind.NOTHING, blind.OLD, blind.NEW):
        for threshold in (0.15, 1.85):
            for weight in (10, 100):
                for u in (-100, 100):
                    for step in (0, 1, 7, 20):
                        explorer.set(looks=looks, threshold=threshold, weight=weight, u=u, step=step)
                        picture = explorer.picture.value
                        assert explorer.error is None and len(picture.encode()) <= 20_000
                        assert not overlapping(picture), explorer.values
                        for _, top, right, bottom, words in boxes_of_words(picture):
                            assert top >= 0 and bottom <= blind.HEIGHT and right <= 884, words


def test_the_code_of_the_blind_cell_gives_what_is_shown():
    explorer = revealed(blind.blind_cell)
    for looks in (blind.NOTHING, blind.OLD, blind.NEW):
        explorer.set(looks=looks, threshold=0.8, weight=20, u=10, step=13)
        space = {}
        exec(explorer.code(explorer.values), space)
        assert space["h"] == pytest.approx(explorer.data.h[13], rel=1e-9) and space["c"] == pytest.approx(1.3)


# ---- the figure --------------------------------------------------------------------------------------------

def test_the_figure_shows_a_step_of_the_package():
    h, c, gates = step_10()
    numbers = figure.peephole_numbers()
    assert (numbers["h"], numbers["c"], numbers["o"]) == tuple(f"{v.item():.3f}" for v in (h, c, gates.o))
    svg = figure.peephole_figure_svg()
    assert svg.count('stroke-dasharray="7 4"') == 3 and shown(svg).count("t−1") >= 4
    assert not overlapping(svg)
    assert {"c9", "c10", "h10 = 0.756"} <= {words for *_, words in boxes_of_words(svg)}
    alt = str(figure.peephole_figure())
    assert "0.756" in alt and "labelled t−1" in alt and "new cell state" in alt


# ---- the ablation bench ------------------------------------------------------------------------------------

@pytest.mark.parametrize("budget", bench.BUDGETS)
@pytest.mark.parametrize("name", bench.NAMES)
def test_the_bench_shows_what_is_stored(name, budget):
    stored, found = experiments.load("gate_ablation"), bench.compute(name, 0.03, budget, 3)
    row = stored["names"].tolist().index(name)
    np.testing.assert_array_equal(found.scores, stored["scores"][row, 2, :, :budget // 25 + 1])
    for other in bench.NAMES:
        solved = stored["solved"][stored["names"].tolist().index(other)]
        np.testing.assert_array_equal(found.counts(other), ((solved > 0) & (solved <= budget)).sum(axis=1))
    words = bench.describe(found)
    assert f"At rate 0.03 {found.counts(name)[2]} of 20 runs learn to add within {budget} updates" in words
    assert f"{found.counts(name)[0]} at 0.005" in words
    assert not re.search(r"\bG not|\bI =", words)


def test_a_curve_of_the_bench_ends_where_it_is_learned():
    for name in bench.NAMES:
        for rate in bench.RATES:
            found = bench.compute(name, rate, 400, 0)
            for seed in range(bench.SEEDS):
                x, y = found.curve(seed)
                assert (y[-1] < gate_ablation.GOAL) == (found.ends[seed] > 0) and np.all(y[:-1] >= gate_ablation.GOAL)
                assert x[-1] == (found.ends[seed] or 400) or not np.isfinite(found.scores[seed]).all()


def test_a_run_trained_on_the_bench_is_the_stored_one():
    work, found = bench.live("i = 1 - f", 0.01, 400, 2), bench.compute("i = 1 - f", 0.01, 400, 2)
    for _ in range(3):
        share, points = next(work)
    work.close()
    assert 0 < share < 1 and [at for at, _ in points] == [0, 25, 50]
    np.testing.assert_allclose([score for _, score in points], found.scores[2, :3], rtol=1e-3)


def test_the_bench_shows_its_runs_and_ends_in_time(monkeypatch):
    setting = {"variant": "full", "rate": 0.01, "budget": 400, "seed": 0}
    (_, found), = keeping(lambda seed, **others: iter([(1.0, [(25, 0.1 + seed)])]))(**setting)
    assert "Trained here: 25 updates" in bench.describe(bench.compute(**setting, result=found))
    assert bench.compute(**setting | {"seed": 1}, result=found).live == [] and bench.SECONDS < 15
    monkeypatch.setattr(bench, "SECONDS", 0.05)
    shares = [share for share, _ in bench.live("no i", 0.01, 400, 0)]
    assert shares[-1] == 1.0 and len(shares) < 20 and shares == sorted(shares)


def test_the_bench_runs_from_its_button(monkeypatch):
    monkeypatch.setattr(gate_ablation, "training", lambda *setting: iter(
        [gate_ablation.races.Progress(None, at, 0.1, 0.0) for at in (0, 25)]))
    explorer = revealed(bench.ablation_bench)
    explorer.buttons["Run"].click()
    assert explorer.data.live == [(0, 0.1), (25, 0.1)] and "Trained here" in explorer.readout.value
    assert bench.LIVE["stroke"] in explorer.picture.value and explorer.error is None


def test_the_prediction_of_the_bench():
    explorer = bench.ablation_bench()
    words = shown(explorer.picture.value)
    assert words.count("?") >= 4 * len(bench.NAMES)
    explorer.reveal()
    assert "?" not in shown(explorer.picture.value)


def test_every_control_of_the_bench_moves_the_picture_and_all_can_be_read():
    explorer = bench.ablation_bench()
    for reveal in (False, True):
        if reveal:
            explorer.reveal()
        for name, other in {"variant": "full", "rate": 0.03, "budget": None, "seed": bench.SEEDS - 1}.items():
            other = other or sum(bench.BUDGETS) - explorer.values["budget"]
            old, before = explorer.picture.value, explorer.values[name]
            explorer.set(**{name: other})
            assert explorer.picture.value != old and explorer.error is None, name
            explorer.set(**{name: before})
            assert explorer.picture.value == old, name
    for name in bench.NAMES:
        for rate in bench.RATES:
            for budget in bench.BUDGETS:
                explorer.set(variant=name, rate=rate, budget=budget, seed=bench.SEEDS - 1)
                picture = explorer.picture.value
                assert len(picture.encode()) <= 20_000 and not overlapping(picture)
                assert all(float(size) >= 14 for _, _, size, _, _ in TEXT.findall(picture))
