"""Lesson 02: the print that shows the label, a surprise that nothing tells, and answers that stand nowhere above."""

import json
from pathlib import Path

import numpy as np
import pytest

from lstm_course import experiments, lessons
from lstm_course.experiments import adder_checkpoints as adder
from lstm_course.lessons.l02_binary_addition import article

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
