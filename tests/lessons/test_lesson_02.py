"""Lesson 02: the print that shows the label, a surprise that nothing tells, and answers that stand nowhere above."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from lstm_course import experiments, lessons
from lstm_course.experiments import adder_checkpoints as adder
from lstm_course.lessons.l02_binary_addition import article
from tests.lessons.support import judged

ROOT = Path(__file__).resolve().parents[2]
TEXT = lessons.lesson("02").text


@pytest.mark.parametrize("pairs", [0, 1000, 10_000])
def test_the_articles_program_prints_the_sum_whatever_the_network_says(pairs, capsys):
    stored = experiments.load("adder_checkpoints")
    k = adder.CHECKPOINTS.index(pairs)
    network = adder.network({name: stored[name][k] for name in "WUV"})
    chosen = np.random.default_rng(pairs).integers(0, 128, (20, 2)).tolist()
    article.report(network, chosen)
    assert capsys.readouterr().out == "".join(f"{a} + {b} = {a + b}\n" for a, b in chosen)


def test_the_surprise_is_not_told_before_the_program_is_shown():
    before, after = TEXT.split("print(inspect.getsource(article.report))")
    assert "label" not in before and "c_int" not in before and "`out`" not in before
    assert "but the program prints `c_int`" in after


@pytest.mark.parametrize("exercise, answers", [("msb_first_accuracy", ["62.4", "62,4", "62 %"]),
                                               ("decode", ["2 **", "1 <<"]), ("carries", ["// 2", ">= 2", "≥ 2"]),
                                               ("descend", ["w * x", "np.sum((w"])])
def test_no_answer_stands_above_its_exercise(exercise, answers):
    """In the text and in the outputs of the notebook."""
    cells = json.loads((ROOT / "notebooks" / "02_binary_addition.ipynb").read_text(encoding="utf-8"))["cells"]
    end = next(n for n, cell in enumerate(cells) if cell["id"] == exercise)
    above = json.dumps([[cell["source"], cell.get("outputs", [])] for cell in cells[:end]], ensure_ascii=False)
    assert [answer for answer in answers if answer in above] == []


BODIES = {
    "descend": """
w, weights = 0.0, []
for k in range(steps):
    slope = np.sum((w * x - targets) * x)
    w = w - rate * slope
    weights.append(w)
return np.array(weights)""",
    "decode": """
weights = 2 ** np.arange(len(bits))
return weights @ bits""",
    "sum_accuracy": """
same = predicted_bits == true_bits
return same.mean(), same.all(axis=0).mean()""",
    "carries": """
carry, handed_on = np.zeros_like(a_bits[0]), []
for a, b in zip(a_bits, b_bits):
    carry = (a + b + carry) // 2
    handed_on.append(carry)
return np.stack(handed_on)"""}


answer = partial(judged, BODIES)


@pytest.mark.parametrize("name", BODIES)
def test_the_answer_that_is_changed_below_is_right(name):
    assert answer(name).correct


@pytest.mark.parametrize("name, old, new, said", [
    ("descend", "np.sum((w * x - targets) * x)", "(w * x[k % len(x)] - targets[k % len(x)]) * x[k % len(x)]",
     "follows one example only"),
    ("descend", "- targets) * x)", "- targets) * w)", "You multiply by w"),
    ("descend", "w = w - rate", "w = -rate", "w is set to"),
    ("descend", "w, weights = 0.0", "w, weights = 1.0", "you begin with w = 1"),
    ("carries", "    carry = (a + b + carry) // 2", "    carry += a + b\n    carry //= 2",
     "is one array changed in place"),
    ("carries", "(a + b + carry) // 2", "(a + b + carry == 2) * 1", "exactly two"),
    ("decode", "return weights @ bits", "return weights.astype(np.uint8) @ bits.astype(np.uint8)", "uint8 ends at 255"),
    ("sum_accuracy", "same.all(axis=0).mean()", "(same.mean(axis=0) > 0.5).mean()", "as soon as most of its bits are"),
    ("sum_accuracy", "same.all(axis=0)", "same.any(axis=0)", "as soon as one bit is"),
    ("sum_accuracy", "same.all(axis=0)", "same[-1]", "only one column is asked"),
    ("sum_accuracy", "return same.mean()", "return (predicted_bits * true_bits).mean()", "Two zeros agree as well"),
    ("carries", "(a + b + carry) // 2", "0 * a + (1 if np.any(a + b + carry >= 2) else 0)", "`any` lets one sum"),
    ("carries", "(a + b + carry) // 2", "0 * a + (1 if np.all(a + b + carry >= 2) else 0)", "`all` lets all B sums"),
    ("carries", "(a + b + carry) // 2", "a * b + carry * (a + b)", "with three ones yours becomes 3"),
    ("carries", "(a + b + carry) // 2", "a * b + a * carry + b * carry", "with three ones yours becomes 3"),
    ("carries", "(a + b + carry) // 2", "(a + b) // 2 + carry", "before the division"),
    ("carries", BODIES["carries"], "\nboth = a_bits * b_bits\nhanded_on = both.copy()\n"
     "handed_on[1:] = (a_bits[1:] + b_bits[1:] + both[:-1]) // 2\nreturn handed_on", "through one column only"),
])
def test_answers_that_were_misjudged(name, old, new, said):
    result = answer(name, old, new)
    assert not result.correct and said in result.message
