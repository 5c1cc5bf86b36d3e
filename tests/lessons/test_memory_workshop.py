"""The memory workshop of lesson 05: its memories against an RNN, an LSTM and differences, what is typed, its words."""

import numpy as np
import pytest

from lstm_course import LSTM, RNN
from lstm_course.explorers import memory_workshop
from lstm_course.gradients import gradient_flow
from lstm_course.lessons.l05_multiply_or_add import memory_workshop as workshop
from lstm_course.lessons.l05_multiply_or_add.memory_workshop import NUMBERS, OPEN, T, compute, gradients, remember

X = np.array([float(word) for word in NUMBERS.split()])
SOLUTION = {"f": "1 1 1 1 1 1 0 1 1 1 1", "i": "1 1 0 1 1 1 1 1 0 1 1"}


def run(**values):
    return compute(**{"u": 0.9, "x": NUMBERS, "f": OPEN, "i": OPEN, "step": T} | values)


def verdicts(memories):
    return {rule: [workshop.is_right(memories, rule, verb) for verb in workshop.VERBS] for rule in workshop.RULES}


def test_the_first_memory_is_an_rnn_whose_unit_stays_on_the_straight_part_of_tanh():
    layer, tiny = RNN(1, 1), 1e-4
    layer.parameters["W"][:], layer.parameters["U"][:], layer.parameters["b"][:] = 1, 0.9, 0
    states = layer.forward(tiny * X.reshape(T, 1, 1)).outputs.ravel() / tiny
    np.testing.assert_allclose(run().c["RNN"][1:], states, atol=1e-7)


def test_the_gated_memory_is_the_cell_of_an_lstm():
    g, gate = np.random.default_rng(0).uniform(-0.9, 0.9, T), {"f": 0.8, "i": 0.3}
    layer = LSTM(1, 1)
    layer.parameters["W"][:], layer.parameters["U"][:] = [[0, 0, 1, 0]], 0
    layer.parameters["b"][:] = [np.log(gate["i"] / (1 - gate["i"])), np.log(gate["f"] / (1 - gate["f"])), 0, 0]
    x = np.arctanh(g).reshape(T, 1, 1)
    c = remember(np.full(T, gate["f"]), np.full(T, gate["i"]), g)
    np.testing.assert_allclose(layer.forward(x).gates["c"].ravel(), c[1:], atol=1e-12)
    np.testing.assert_allclose(gradient_flow(layer, x).c, gradients(np.full(T, gate["f"])), atol=1e-12)


def test_the_gradient_is_that_of_the_last_memory():
    rng, e = np.random.default_rng(1), 1e-6
    f, i, x = rng.uniform(0, 1, (3, T))
    for t in range(T):          # move c_t by moving what is written at word t
        write = np.arange(T) == t
        above, below = (remember(f, np.ones(T), i * x + sign * e * write)[-1] for sign in (1, -1))
        assert (above - below) / (2 * e) == pytest.approx(gradients(f)[t + 1], rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("u, right", [(0.5, [False, False]), (0.9, [False, False]), (1.0, [False, False]),
                                      (1.05, [True, False]), (1.3, [True, False])])
def test_no_u_gets_both_verbs_right(u, right):
    assert verdicts(run(u=u))["RNN"] == right and verdicts(run(u=u))["adding"] == [False, False]


def test_three_entries_of_the_gates_do():
    memories = run(**SOLUTION)
    assert verdicts(memories)["gates"] == [True, True]
    assert [memories.c["gates"][verb] for verb in workshop.VERBS] == [1, -1]
    assert sum(a != b for name in "fi" for a, b in zip(SOLUTION[name], OPEN, strict=True)) == 3
    halved = run(**SOLUTION | {"f": "1 1 1 1 1 1 0 1 0.5 1 1"})
    assert halved.c["gates"][-1] == -0.5 and halved.gradient["gates"][7:].tolist() == [0.5, 0.5, 1, 1, 1]


def test_the_wanted_sign_follows_the_subject_that_is_typed():
    assert verdicts(run(x="-1 0 1 0 0 0 1 0 -1 0 0", u=1.2))["RNN"] == [True, False]
    assert verdicts(run(x="0" + " 0" * (T - 1), **SOLUTION))["gates"] == [False, False]


@pytest.mark.parametrize("text, said", [("1 0 1", "and 3 came"), ("1 " * T + "x", "from 0 to 1"),
                                        ("2 " * T, "from 0 to 1"), ("", "11 numbers")])
def test_what_cannot_be_a_list_of_gates_is_said(text, said):
    explorer = memory_workshop()
    before = explorer.picture.value
    explorer.controls["f"].parts[0].value = text or " "
    assert said in explorer.readout.value and "f takes" in explorer.readout.value
    explorer.controls["f"].parts[0].value = "1 1 1 1 1 1 0,5 1 1 1 1"
    assert explorer.error is None and explorer.values["f"].split()[6] == "0.5" and explorer.picture.value != before


@pytest.mark.parametrize("step", [0, 1, 6, 11])
def test_words_picture_and_code_give_the_same_numbers(step, capsys):
    explorer = memory_workshop()
    explorer.set(u=1.15, step=step, **SOLUTION)
    exec(explorer.code(explorer.values), {})
    printed = [float(line) for line in capsys.readouterr().out.split()]
    assert printed == pytest.approx([c[-1] for c in explorer.data.c.values()], abs=1e-12)
    for c in explorer.data.c.values():
        number = f"{c[-1]:.3f}".replace("-", "−")
        assert f"c = {number}" in explorer.picture.value and (step == 0 or f"c = {number}" in explorer.readout.value)


def test_the_verdicts_are_said_once_the_verb_is_read():
    explorer = memory_workshop()
    explorer.set(u=1.15, step=5, **SOLUTION)
    assert "ARE" not in explorer.readout.value and "✓" not in explorer.picture.value
    explorer.set(step=6)
    assert explorer.readout.value.count("ARE ✓") == 2 and explorer.picture.value.count("✓</text>") == 2
