"""Exercises with lines to put in order: the rules against what the lines really compute, and the messages."""

import itertools

import numpy as np
import pytest

from lstm_course.checking.ordering import OrderExercise, order
from lstm_course.exercises import check

ORDERS = [one for one in check if isinstance(one, OrderExercise)]
RIGHT = [5, 3, 4, 6, 2, 1]
tiny = order("tiny", {1: "c = b", 2: "b = a", 3: "a = 1"}, {(2, 1): "c needs b", (3, 2): "b needs a"},
             {(1, 3, 2): "known mistake"}, hints=("a", "b", "c"), correct="Good.")


@pytest.mark.parametrize("one", ORDERS, ids=lambda one: one.name)
def test_some_order_is_right_and_every_rule_can_be_broken(one):
    assert any(map(one.is_right, itertools.permutations(one.lines)))
    assert len(set(one.before.values())) >= 4 and all(len({a, b} & set(one.lines)) == 2 for a, b in one.before)
    for (a, b), message in one.before.items():
        broken = [p for p in itertools.permutations(one.lines) if p.index(a) > p.index(b)]
        assert any(message in one(list(p)).headline for p in broken), message
    for known, message in one.wrong.items():
        assert not one.is_right(known) and message in one(list(known)).headline


def adder(rng, T=4, B=3, I=2, H=4):
    """Names for the lines of backward_order, with a state before the first step."""
    x, (h0, *states) = rng.standard_normal((T, B, I)), rng.uniform(0.1, 0.9, (T + 1, B, H))
    return {"x": x, "h0": h0, "states": states, "delta_y": rng.standard_normal((T, B, 1)),
            "U": rng.standard_normal((H, H)),
            "V": rng.standard_normal((H, 1)), "grad_W": np.zeros((I, H)), "grad_U": np.zeros((H, H)),
            "delta_next": np.zeros((B, H))}


def executed(lines):
    """The gradients that these lines compute in this order, or None if a name is missing."""
    names = adder(np.random.default_rng(0))
    code = compile("\n".join(lines), "lines", "exec")
    try:
        for t in reversed(range(len(names["x"]))):
            names["t"] = t
            exec(code, names)
    except NameError:
        return None
    return names["grad_W"], names["grad_U"]


def test_the_rules_are_exactly_what_the_computation_needs():
    one = check.backward_order
    expected = executed([one.lines[n] for n in RIGHT])
    for given in itertools.permutations(one.lines):
        got = executed([one.lines[n] for n in given])
        computes = got is not None and all(np.allclose(a, b) for a, b in zip(got, expected, strict=True))
        assert computes == one.is_right(given) == one(list(given)).correct, given


@pytest.mark.parametrize("attempt, words", [
    ([1, 2, 3], "line 2 has to stand before line 1: c needs b"), ([1, 3, 2], "known mistake"),
    ([3, 1, 2], "line 2 has to stand before line 1"), ([2, 3, 1], "line 3 has to stand before line 2: b needs a"),
    ([3, 2], "line 1 is missing"), ([3, 2, 2], "line 2 stands there 2 times and line 1 is missing"),
    ([0, 1, 2], "there is no line 0; the lines are numbered 1 to 3"), ([3], "line 1 and line 2 are missing"),
    ("321", "list of the line numbers"), (321, "list of the line numbers"), ([3.5, 2, 1], "list of the line numbers"),
    (["3", "2", "1"], "list of the line numbers"), ({3: 1}, "list of the line numbers"), (len, "list of the line")])
def test_messages(attempt, words):
    result = tiny(attempt)
    assert result.status == "wrong" and words in result.message and "tiny.hint(1)" in result.message


@pytest.mark.parametrize("attempt", [[3, 2, 1], (3, 2, 1), np.array([3, 2, 1]), [3.0, 2.0, 1.0]])
def test_right(attempt):
    assert tiny(attempt).require().correct


@pytest.mark.parametrize("attempt", [None, ..., [], [...], [3, ..., 1]])
def test_not_attempted(attempt, capsys):
    assert tiny(attempt).status == "not attempted" and capsys.readouterr().out.count("\n") == 1


def test_a_list_of_places_is_recognised():
    places = [RIGHT.index(n) + 1 for n in range(1, 7)]
    assert "for each line the place where it goes" in check.backward_order(places).message
