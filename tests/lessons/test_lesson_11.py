"""Lesson 11: the figure of the timing task, the medians of the bench, and what checks say to answers once misjudged."""

import importlib
import re
from functools import partial

import numpy as np
import pytest

from lstm_course import experiments
from tests.lessons.support import judged

bench = importlib.import_module("lstm_course.lessons.l11_peepholes.ablation_bench")
figure = importlib.import_module("lstm_course.lessons.l11_peepholes.timing_figure")

STEP = """
z_i, z_f, z_g, z_o = np.split(x @ W + h_prev @ U + b, 4, axis=1)
i, f, g = sigmoid(z_i + P[0] * c_prev), sigmoid(z_f + P[1] * c_prev), np.tanh(z_g)
c = f * c_prev + i * g
o = sigmoid(z_o + P[2] * c)
return o * np.tanh(c), c"""
BACK = """
i, f, g, o = gates
d_o = grad_h * np.tanh(c) * o * (1 - o)
dc = grad_c + grad_h * o * (1 - np.tanh(c) ** 2) + P[2] * d_o
d_i, d_f, d_g = dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dc * i * (1 - g ** 2)
grad_c_prev = dc * f + P[0] * d_i + P[1] * d_f
grad_P = np.array([(d_i * c_prev).sum(0), (d_f * c_prev).sum(0), (d_o * c).sum(0)])
return np.hstack([d_i, d_f, d_g, d_o]), grad_c_prev, grad_P"""
COUPLE = """
W, U, b, H = W.copy(), U.copy(), b.copy(), len(U)
for a in (W, U, b):
    a[..., :H], a[..., H:2 * H] = -a[..., H:2 * H], +a[..., H:2 * H]
return W, U, b"""
BODIES = {"peephole_step": STEP, "peephole_backward": BACK, "couple": COUPLE}


answer = partial(judged, BODIES)


@pytest.mark.parametrize("name", BODIES)
def test_the_answer_that_is_changed_below_is_right(name):
    assert answer(name).correct


@pytest.mark.parametrize("name, old, new, said", [
    ("peephole_step", "f * c_prev + i * g", "i * c_prev + f * g", "i and f have changed places in c"),
    ("peephole_step", "P[2] * c", "P[2] * np.tanh(c)", "o looks at tanh(c)"),
    ("peephole_step", "tanh(z_g)", "tanh(z_g + P[2] * c_prev)", "P[2] belongs to o, and the candidate has none"),
    ("peephole_step", "sigmoid(z_i + P[0] * c_prev), sigmoid(z_f + P[1] * c_prev)",
     "sigmoid(z_i + P[0] * h_prev), sigmoid(z_f + P[1] * h_prev)", "the peepholes of i and f look at h_prev"),
    ("peephole_step", "z_i + P[0] * c_prev", "z_i", "the peephole of i is missing"),
    ("peephole_step", "z_f + P[1] * c_prev", "z_f", "the peephole of f is missing"),
    ("couple", "= -a[..., H:2 * H],", "= -a[..., 3 * H:],", "that is the fourth block, o"),
    ("couple", ", +a[..., H:2 * H]", ", -a[..., H:2 * H]", "f is turned, too"),
    ("couple", ", +a[..., H:2 * H]", ", +a[..., :H]", "i and f have changed places, with a sign"),
    ("peephole_backward", "np.tanh(c) * o * (1 - o)", "np.tanh(c)", "grad_zo lacks the slope of its sigmoid"),
    ("peephole_backward", "dc * c_prev * f", "dc * c * f", "c stands beside grad_zf"),
    ("peephole_backward", "= dc * f", "= grad_c * f", "grad_c_prev is made from the grad_c that came"),
    ("peephole_backward", "P[1] * d_f", "P[1] * d_f + P[2] * d_o", "stands in grad_c and once more in grad_c_prev"),
    ("peephole_backward", "= dc * f", "= dc", "grad_c reaches c_prev through f"),
    ("peephole_backward", "+ P[2]", "- P[2]", "P[2] * grad_zo is subtracted"),
])
def test_what_was_misjudged_gets_its_words(name, old, new, said):
    message = answer(name, old, new).message
    assert said in message and "two things at once" not in message


def test_the_place_in_P_is_a_row():
    message = answer("peephole_backward", "d_o * c).sum", "d_o * c_prev).sum").message
    assert "(row 2, unit 0; counted from 0)" in message


@pytest.mark.parametrize("old, new", [
    ("np.tanh(c) * o * (1 - o)", "(np.tanh(c) + grad_c) * o * (1 - o)"), ("1 - np.tanh(c) ** 2", "1 - np.tanh(c)")])
def test_gates_that_were_given_are_not_praised_beside_their_blocks(monkeypatch, old, new):
    monkeypatch.setattr("lstm_course.checking.diagnose.repair", lambda *_: None)        # which would name the line
    message = answer("peephole_backward", old, new).message
    assert "i, f, g" not in re.sub("the blocks i, f, g of grad_z", "", message)
    assert "grad_P is right" not in message


# ---- pictures ----------------------------------------------------------------------------------------------

def test_the_figure_shows_the_stored_runs():
    stored, counts = experiments.load("timing_task"), figure.learned()
    at = stored["updates"].tolist()
    for name, rows in counts.items():
        solved = stored["solved"][stored["networks"].tolist().index(name)]
        for budget in (0, 1000, 2000):
            within = ((solved > 0) & (solved <= budget)).sum(axis=1)
            np.testing.assert_array_equal(rows[:, at.index(budget)], within)
    alt = str(figure.timing_figure())
    assert "without peepholes: 17, 15, 15; with peepholes: 9, 11, 5; with peepholes that begin at 0: 9, 9, 7" in alt


def test_a_run_that_has_not_learned_counts_as_longer():
    assert bench.compute("full", 0.01, 400, 0).median("full") == "325"
    assert bench.compute("full", 0.005, 400, 0).median("full") == "> 400"
    late = bench.compute("no i", 0.005, 1200, 0)
    assert late.counts("no i")[0] == 13 and late.median("no i") == "1100"
    assert "The median at rate 0.005 is 1100 updates" in bench.describe(late)
    assert "The median at rate 0.005 is more than 400 updates" in bench.describe(bench.compute("full", 0.005, 400, 0))
