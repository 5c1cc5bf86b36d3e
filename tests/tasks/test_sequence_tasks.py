"""The long-memory tasks: shapes, who decides the answer, baselines, the same rng the same data; the tiny network."""

import ast
from pathlib import Path

import numpy as np
import pytest

import lstm_course.tasks
from lstm_course import RNN, Linear
from lstm_course.tasks import adding_problem, flagged_number, latch_problem, numeric_rnn, temporal_order

GENERATORS = {"adding": adding_problem.adding_problem, "order": temporal_order.temporal_order,
              "latch": latch_problem.latch_problem, "flagged": flagged_number.flagged_number}


@pytest.mark.parametrize("name", GENERATORS)
def test_the_same_rng_gives_the_same_data(name):
    make = GENERATORS[name]
    runs = [make(50, 20, rng) for rng in (0, np.random.default_rng(0), 1)]
    for part in (0, 1):
        assert np.array_equal(runs[0][part], runs[1][part])
    assert not np.array_equal(runs[0][0], runs[2][0])
    assert runs[0][0].shape[:2] == (50, 20)
    assert runs[0][0].dtype == np.float64


@pytest.mark.parametrize("steps", [2, 3, 100])
def test_the_adding_problem(steps):
    x, targets = adding_problem.adding_problem(steps, 3000, rng=0)
    assert targets.shape == (3000, 1)
    values, markers = x[:, :, 0], x[:, :, 1]
    np.testing.assert_allclose((values * markers).sum(axis=0), targets[:, 0], rtol=1e-15)
    assert np.all(markers[:steps // 2].sum(axis=0) == 1)
    assert np.all(markers[steps // 2:].sum(axis=0) == 1)
    assert 0 <= values.min() < values.max() < 1
    assert np.all(markers.sum(axis=1) > 0), "every step is marked at some time"
    assert np.mean((targets - 1) ** 2) == pytest.approx(adding_problem.baseline(), rel=0.06)


@pytest.mark.parametrize("steps, signs", [(1, False), (20, False), (20, True)])
def test_the_flagged_number(steps, signs):
    x, targets = flagged_number.flagged_number(steps, 3000, rng=0, signs=signs)
    assert targets.shape == (3000, 1)
    held = np.zeros(3000)
    for number, flag in x.transpose(0, 2, 1):           # a memory with gates: f = 1 - flag, i = flag
        held = (1 - flag) * held + flag * number
    np.testing.assert_array_equal(held, targets[:, 0])
    assert np.all(x[0, :, 1] == 1) and (steps == 1 or np.mean(x[1:, :, 1]) == pytest.approx(0.1, abs=0.01))
    assert set(np.unique(targets)) == {-1, 1} if signs else np.mean(targets ** 2) == pytest.approx(1 / 3, rel=0.06)


def test_temporal_order():
    x, targets = temporal_order.temporal_order(50, 4000, rng=0)
    assert np.all(x.sum(axis=2) == 1)
    symbols = x.argmax(axis=2)
    special = symbols < 2
    assert np.all(special.sum(axis=0) == 2)
    where = np.array([np.flatnonzero(column) for column in special.T])
    assert set(where[:, 0]) == set(range(5, 10))
    assert set(where[:, 1]) == set(range(25, 30))
    first, second = (symbols[where[:, k], np.arange(4000)] for k in (0, 1))
    names = ["XX", "XY", "YX", "YY"]
    assert all(names[t] == "XY"[i] + "XY"[j] for t, i, j in zip(targets, first, second, strict=True))
    assert np.all(np.abs(np.bincount(targets) / 4000 - temporal_order.baseline()) < 0.03)
    assert np.all(np.bincount(symbols[~special]) [2:] > 0)


def test_latch():
    x, targets = latch_problem.latch_problem(30, 3000, rng=0, noise=0.3)
    assert targets.shape == (3000, 1)
    assert np.array_equal(x[0], 2 * targets - 1)
    assert set(targets.ravel()) == {0, 1}
    assert x[1:].std() == pytest.approx(0.3, rel=0.02)
    assert abs(x[1:].mean()) < 0.01
    assert abs(targets.mean() - latch_problem.baseline()) < 0.03
    assert not latch_problem.latch_problem(5, 4, rng=0, noise=0)[0][1:].any()


@pytest.mark.parametrize(("call", "message"), [
    (lambda: adding_problem.adding_problem(1, 4), "steps is 1"),
    (lambda: temporal_order.temporal_order(3, 4), "steps is 3"),
    (lambda: temporal_order.temporal_order(50, 4, first=(0.5, 0.6), second=(0.1, 0.2)), "one after the other"),
    (lambda: latch_problem.latch_problem(0, 4), "steps is 0"),
    (lambda: latch_problem.latch_problem(5, 4, noise=-1), "noise -1"),
])
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_tiny_network_gives_the_articles_numbers():
    layer, head = RNN(1, 2), Linear(2, 1)
    for parameters, values in ((layer.parameters, numeric_rnn.PARAMETERS), (head.parameters, numeric_rnn.HEAD)):
        for name, value in values.items():
            parameters[name][:] = value
    states = layer.forward(numeric_rnn.X).outputs
    np.testing.assert_allclose(states[:, 0], numeric_rnn.STATES, rtol=1e-14)
    np.testing.assert_allclose(np.arctanh(states[:, 0]), numeric_rnn.PRE_ACTIVATIONS, rtol=1e-12)
    np.testing.assert_allclose(head.forward(states).outputs.ravel(), numeric_rnn.OUTPUTS, rtol=1e-14)
    layer.parameters["U"][:] = numeric_rnn.PARAMETERS["U"].T
    wrong = head.forward(layer.forward(numeric_rnn.X).outputs).outputs.ravel()
    np.testing.assert_allclose(wrong, [numeric_rnn.OUTPUTS[0], numeric_rnn.OUTPUT_IF_U_TRANSPOSED], rtol=1e-14)


def test_the_tasks_stand_alone():
    """They import NumPy, the standard library and each other only."""
    for path in Path(lstm_course.tasks.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                of_us = node.module.startswith("lstm_course") and not node.module.startswith("lstm_course.tasks")
                assert node.level == 0 and not of_us, path.name
            if isinstance(node, ast.Import):
                assert not any(name.name.startswith("lstm_course") for name in node.names), path.name
