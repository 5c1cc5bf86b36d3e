"""The explorer and the figures of lesson 07: the eleven lines against the networks, mistakes, words, pictures."""

import re

import numpy as np
import pytest

from lstm_course.explorers import backward_cell_figure, backward_debugger, two_roads_figure
from lstm_course.lessons.l07_lstm_backward.backward_debugger import (
    COUNT,
    PRESETS,
    QUESTION,
    compute,
    describe,
    draw,
    factors,
    plain,
)
from lstm_course.lessons.l07_lstm_backward.backward_figures import roads
from lstm_course.lessons.l07_lstm_backward.backward_lines import (
    BLOCKS,
    LENGTHS,
    LINES,
    MUTANTS,
    NONE,
    ONE,
    RESULTS,
    UNITS,
    errors,
    forward,
    lines,
    network,
    relative_error,
    walk,
)
from lstm_course.networks import cells
from lstm_course.widgets.numbers import compact, trimmed

NETWORKS = [(kind, zero, seed) for kind in (ONE, UNITS) for zero in (False, True) for seed in range(3)]
MISTAKES = [name for name in MUTANTS if name != NONE]


def state(mutant=NONE, kind=UNITS, T=2, start=True, step=None):
    return compute(mutant, kind, T, start, COUNT * T if step is None else step)


def close(found, right):
    np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-14)


# ---- the lines -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("T", LENGTHS)
@pytest.mark.parametrize("kind, zero, seed", NETWORKS)
def test_the_gradients_are_those_of_the_layer(kind, zero, seed, T):
    net = network(kind, zero, seed)
    found, right = walk(net, T), net.backward(T)
    for name in BLOCKS:
        close(found.gradients[name], right.parameters[name])
    close(found.result("dh_prev", 1), right.state[0])
    close(found.result("dc_prev", 1), right.state[1])


@pytest.mark.parametrize("kind, zero, seed", NETWORKS)
def test_every_line_agrees_with_the_cell(kind, zero, seed):
    """Step by step: what line 7 and line 8 give, and what lines 9 to 11 add."""
    net, T = network(kind, zero, seed), 6
    found, sums = walk(net, T), dict.fromkeys(BLOCKS, 0.0)
    W, U = net.layer.parameters["W"], net.layer.parameters["U"]
    for t in range(T, 0, -1):
        v = found.names(t)
        _, from_h, from_c, parts = cells.lstm_step_backward(
            v["grad_h"], v["grad_c_next"], net.x[t - 1], v["h_prev"], v["c_prev"], v["c"], [v[k] for k in "ifgo"], W, U)
        close(found.result("dh_prev", t), from_h)
        close(found.result("dc_prev", t), from_c)
        for name in BLOCKS:
            sums[name] = sums[name] + parts[name]
            close(found.result(f"d{name}", t), sums[name])
        close(v["grad_h"], net.ell[t - 1] + v["grad_h_next"])


def test_dc_is_the_derivative_for_the_memory():
    """∂L/∂c_t of the rest of the sequence, by differences: a step with i = 0 and f = 1 would hide it, so c is moved."""
    net, T, e = network(UNITS), 6, 1e-5
    found, trace = walk(net, T), forward(net, T)
    for t in range(1, T):
        h, c = trace.outputs[t - 1], trace.gates["c"][t - 1]
        o = trace.gates["o"][t - 1]

        def loss(moved, h=h, c=c, o=o, t=t):
            rest = net.layer.forward(net.x[t:T], (o * np.tanh(moved), moved))
            return (rest.outputs * net.ell[t:T]).sum() + (o * np.tanh(moved) * net.ell[t - 1]).sum()

        one = np.zeros_like(c)
        one[1, 2] = e
        np.testing.assert_allclose(found.result("dc", t)[1, 2], (loss(c + one) - loss(c - one)) / (2 * e), rtol=1e-6)


def test_the_first_step_of_the_one_unit_has_round_numbers():
    trace = forward(network(ONE), 1)
    found = [trace.gates[name].item() for name in "ifgoc"]
    np.testing.assert_allclose(found, [0.5, 0.9, -0.6, 0.7, 0.42], rtol=1e-12)
    assert trace.outputs.item() == pytest.approx(0.278, abs=5e-4)


def test_there_are_eleven_lines_in_the_order_of_the_lesson():
    assert RESULTS == ("dh", "dc", "dz_o", "dz_i", "dz_f", "dz_g", "dc_prev", "dh_prev", "dW", "dU", "db")
    assert COUNT == 11 and [line.result for line in lines("mean over B")] == list(RESULTS)


# ---- the mistakes --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_changes_its_lines_and_is_found_with_six_steps(name):
    changed = [a.result for a, b in zip(lines(name), LINES, strict=True) if a != b]
    assert changed == list(MUTANTS[name].lines) and MUTANTS[name].why
    for seed in range(5):
        assert any(error > 1e-3 for error, _ in errors(network(UNITS, seed=seed), name)[6].values())


def test_the_right_lines_have_no_error():
    for kind, zero, seed in NETWORKS:
        assert all(error == 0 and not gates for blocks in errors(network(kind, zero, seed), NONE).values()
                   for error, gates in blocks.values())


# what is wrong in each of five networks, from 0, with T = 1, 2, 6: the table of the lesson
WRONG = {
    "no dh_next": ("", "Wb", "WUb"), "no dc_next": ("", "Wb", "WUb"), "dc_prev without f": ("", "Wb", "WUb"),
    "= for +=": ("", "WUb", "WUb"), "U not transposed": ("", "Wb", "WUb"), "dU with h_t": ("U", "U", "U"),
    "dz_f with c_t": ("Wb", "WUb", "WUb"), "1 − c²": ("Wb", "WUb", "WUb"), "g(1 − g)": ("Wb", "WUb", "WUb"),
    "mean over B": ("Wb", "WUb", "WUb"),
}


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("seed", range(5))
def test_what_a_check_from_zero_finds(name, seed):
    found = errors(network(UNITS, True, seed), name)
    assert tuple("".join(block for block in BLOCKS if found[T][block][0]) for T in LENGTHS) == WRONG[name]


@pytest.mark.parametrize("seed", range(5))
def test_what_a_check_from_another_state_finds(seed):
    """With T = 1 the same five pass; U is blind to none any more."""
    for name in MISTAKES:
        found = errors(network(UNITS, False, seed), name)
        first = "".join(block for block in BLOCKS if found[1][block][0])
        assert first == ("" if WRONG[name][0] == "" else "U" if name == "dU with h_t" else "WUb")
        assert all(found[T]["U"][0] for T in (2, 6))


def test_the_mean_is_a_factor():
    assert all(error == pytest.approx(2 / 3, rel=1e-12)
               for blocks in errors(network(UNITS), "mean over B").values() for error, _ in blocks.values())


def test_one_unit_and_one_sequence_hide_two_mistakes():
    hidden = [name for name in MISTAKES if not any(error for error, _ in errors(network(ONE), name)[6].values())]
    assert hidden == ["U not transposed", "mean over B"]


def test_the_wrong_gates_are_named():
    found = {name: errors(network(UNITS), name)[1]["W"][1] for name in MISTAKES}
    assert (found["g(1 − g)"], found["dz_f with c_t"], found["1 − c²"]) == ("g", "f", "ifg")


def test_the_error_is_that_of_the_gradient_check():
    assert relative_error(np.array([1.0, 3.0]), np.array([1.0, 2.0])) == pytest.approx(1 / 3)
    assert relative_error(np.zeros(2), np.zeros(2)) == 0 and relative_error(np.ones(2), np.zeros(2)) == 1


# ---- what is shown -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", [ONE, UNITS])
@pytest.mark.parametrize("name", MUTANTS)
def test_the_factors_make_the_number(name, kind):
    """The sum of products that is shown is the number that is shown, wherever all its terms are shown."""
    for step in range(1, 2 * COUNT + 1):
        found = state(name, kind, step=step)
        if "more" in found.factors:
            continue
        arithmetic = found.factors.replace("−", "-").replace("·", "*")
        assert eval(arithmetic) == pytest.approx(found.shown[found.line.result], abs=2e-3), found.factors


def test_the_shown_numbers_are_those_of_the_walk():
    for step in range(1, 6 * COUNT + 1):
        found, run = state("no dc_next", T=6, step=step), walk(network(UNITS), 6, "no dc_next")
        assert found.shown[found.line.result] == np.ravel(run.results[step - 1])[0]
        assert found.shape == run.results[step - 1].shape and found.t == 6 - (step - 1) // COUNT


def test_what_goes_on_to_the_step_before_arrives_there():
    last, first = state(T=2, step=COUNT), state(T=2, step=COUNT + 1)
    assert first.arriving["dh_next"] == last.shown["dh_prev"] and first.arriving["dc_next"] == last.shown["dc_prev"]
    assert last.arriving["dh_next"] == last.arriving["dc_next"] == 0


def test_a_mistake_spoils_what_comes_after_it():
    found = state("1 − c²")
    assert {"dc", "dz_i", "dz_f", "dz_g", "dc_prev", "dh_prev"} <= set(found.wrong)
    assert {"dh_next", "dc_next"} <= set(found.wrong)
    last = state("1 − c²", step=COUNT)
    assert not {"dh", "dz_o", "dh_next", "dc_next"} & set(last.wrong) and "dc" in last.wrong
    assert draw(last).count("✗") > draw(state(step=COUNT)).count("✗") == 0


def test_a_gradient_that_is_zero_is_marked():
    blind, seeing = state("no dh_next", start=False), state("no dh_next", start=True)
    assert blind.blind[1] == {"W": False, "U": True, "b": False} and not any(seeing.blind[1].values())
    assert draw(blind).count("(it is 0)") == 1 and "(it is 0)" not in draw(seeing)


def test_words():
    assert "press Step" in describe(state(step=0)) and "No mistake" in describe(state())
    by_hand = describe(compute(**PRESETS["by hand"] | {"step": 2}))
    assert "dc = dc_next + dh ⊙ o ⊙ (1 − tanh²c), in numbers 0 + 1 · 0.7 · 0.8424 = 0.5897" in by_hand
    wrong = describe(state("no dh_next", T=6, step=COUNT + 1))
    assert "(wrong: it should be" in wrong and "T = 1: all right" in wrong and "T = 6: W wrong by" in wrong
    assert "T = 2: W, U and b wrong by 0.67" in describe(state("mean over B"))
    assert plain("dU ← dU + h_{prev}^⊤ dz") == "dU ← dU + h_prevᵀ dz"


@pytest.mark.parametrize("number, rough, exact", [
    (0.0, "0", "0"), (0.7, "0.700", "0.7"), (-0.08846, "−0.088", "−0.0885"), (3.14e-5, "3.1e−05", "3.1e−05"),
    (1.0, "1.000", "1")])
def test_numbers(number, rough, exact):
    assert compact(number) == rough and trimmed(number) == exact


def test_negative_numbers_stand_in_brackets_but_for_the_first():
    names = walk(network(ONE), 1).names(1)
    assert factors(lines()[3], names) == "0.5897 · (−0.6) · 0.5 · 0.5"
    assert factors(lines()[7], names).startswith("−0.0885 · (−0.6) + 0.0425 · 0.4 + ")


def test_every_line_lights_its_wire_and_its_row():
    pictures = [draw(state(step=step)) for step in range(COUNT + 1)]
    assert len(set(pictures)) == COUNT + 1
    for line, picture in zip(LINES, pictures[1:], strict=True):
        assert picture.count('fill="#F0E442"') == 2, "one row of the list and one number"
        assert re.search('stroke="#1A1A1A" stroke-width="14"', picture)
        assert line.formula.split(" ")[0].split("_")[0] in picture
    assert 'stroke-width="14"' not in pictures[0]


def test_before_the_guess_no_answer_is_drawn():
    for step in range(COUNT + 1):
        found = state("no dh_next", T=6, step=step)
        picture = re.sub("<[^>]*>", " ", draw(found, hidden=True))
        assert not re.search(r"\d\.\d\d", picture) and picture.count("✗") <= 1


def test_predict():
    explorer = backward_debugger()
    explorer.panel.answer.value = "W, U and b"
    explorer.panel.commit.click()
    verdict = explorer.panel.verdict.value
    assert "You predicted: W, U and b. Answer: none." in verdict and explorer.values["mutant"] == "no dh_next"
    assert explorer.error is None and "no dh_next" in QUESTION
    at_two = errors(network(UNITS), "no dh_next")[2]
    assert "At T = 2 all three are wrong" in verdict and all(at_two[name][0] for name in BLOCKS)


def test_presets_tell_their_story():
    found = {name: compute(**values) for name, values in PRESETS.items()}
    nothing = lambda data, T: not any(error for error, _ in data.errors[T].values())
    assert nothing(found["T = 1 sees nothing"], 1) and not nothing(found["T = 6 does"], 6)
    assert found["T = 6 does"].line.result == "dh" and "dh" in found["T = 6 does"].wrong
    hidden = found["h₀ = 0 hides U"].errors[2]
    assert hidden["W"][0] and hidden["b"][0] and not hidden["U"][0]
    assert all(nothing(found["one unit hides it"], T) for T in LENGTHS)
    assert found["by hand"].mutant == NONE and found["by hand"].step == COUNT


def test_the_steps_end_with_the_last_line():
    explorer = backward_debugger()
    explorer.reveal()
    for T in LENGTHS:
        explorer.set(T=T)
        explorer.set(step=999)
        assert explorer.values["step"] == COUNT * T and explorer.error is None


@pytest.mark.parametrize("name", MUTANTS)
def test_the_code_runs_and_gives_what_is_shown(name, capsys):
    explorer = backward_debugger()
    explorer.reveal()
    for kind in (ONE, UNITS):
        explorer.set(mutant=name, kind=kind, T=6, step=66)
        space = {}
        exec(explorer.code(explorer.values), space)
        for block in BLOCKS:
            close(space[f"grad_{block}"], walk(network(kind), 6, name).gradients[block])
        assert len(capsys.readouterr().out.split()) >= 3


# ---- the figures ---------------------------------------------------------------------------------------------

def test_the_two_roads_make_dc():
    found, net = roads(), network(ONE)
    right = net.backward(2)
    assert found["along c"] + found["through h"] == pytest.approx(found["all"], rel=1e-12)
    assert found["along c"] == pytest.approx(found["f"] * found["dc"], rel=1e-12)
    assert found["dh"] == pytest.approx(1 + found["into h"], rel=1e-12)
    f = forward(net, 1).gates["f"].item()
    assert right.state[1].item() == pytest.approx(f * found["all"], rel=1e-12)


def test_the_figures_say_their_numbers():
    for picture, numbers, most in ((backward_cell_figure(), ("0.42", "0.2779", "−0.6", "dh"), 24_000),     # two cells
                                   (two_roads_figure(), ("0.3154", "0.6361", "0.9515", "0.7127"), 20_000)):
        (kind,) = set(picture.data) - {"text/plain"}
        for number in numbers:
            assert number in picture.data[kind] and number in picture.data["text/plain"]
        assert len(picture.data[kind].encode()) <= most
