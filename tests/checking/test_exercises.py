"""Every exercise of every lesson: the solution passes, each known wrong answer fails with its own message."""

import numpy as np
import pytest

from lstm_course import lessons
from lstm_course.checking.catalogue import load
from lstm_course.checking.compare import Problem, unpack
from lstm_course.checking.declare import CodeExercise, ValueExercise
from lstm_course.exercises import check
from lstm_course.tasks import binary_addition, numeric_rnn

EXERCISES = list(check)
CODE = [one for one in EXERCISES if isinstance(one, CodeExercise)]
VALUES = [one for one in EXERCISES if isinstance(one, ValueExercise)]
MUTANTS = [(one, mutant) for one in CODE for mutant in one.mutants.values()]
NUMBERS = [(one, known, message) for one in VALUES for known, message in one.wrong if not callable(known)]
SEEDS = range(2)


def named(thing):
    return getattr(thing, "name", None)


def test_the_lessons_are_found():
    assert {"rnn_step", "rnn_parameter_count", "rnn_forward", "decode", "sum_accuracy"} <= set(dir(check))


def test_no_name_is_used_twice():
    names = [name for one in lessons.lessons() for name in load(one.number)]
    assert len(names) == len(set(names)) == len(EXERCISES)


@pytest.mark.parametrize("one", EXERCISES, ids=named)
def test_hints_come_in_three_steps(one, capsys):
    assert len(one.hints) == 3 and len(set(one.hints)) == 3
    one.last = None                     # no answer yet
    for number in (1, 2, 3):
        one.hint(number)
        assert capsys.readouterr().out == f"{one.name}, hint {number} of 3: {one.hints[number - 1]}\n"
    for number in (0, 4, -1, "x", None, 1.5):
        one.hint(number)
        assert "there is no hint" in capsys.readouterr().out


# ------------------------------------------------------------------------------------------ code exercises

@pytest.mark.parametrize("one", CODE, ids=named)
def test_the_reference_passes(one, capsys):
    result = one(one.reference)
    assert result.status == "correct" and capsys.readouterr().out.startswith(f"{one.name}: correct")
    for _ in SEEDS:
        assert result.require() is result


@pytest.mark.parametrize("one", CODE, ids=named)
def test_there_are_at_least_four_wrong_answers_with_their_own_messages(one):
    messages = [mutant.message for mutant in one.mutants.values()]
    assert len(messages) >= 4 and len(set(messages)) == len(messages)


@pytest.mark.parametrize("one, mutant", MUTANTS, ids=named)
def test_a_wrong_answer_gets_its_own_message(one, mutant, capsys):
    result = one(mutant.function)
    assert result.status == "wrong"
    assert result.headline.startswith(f"{one.name}: not right yet ✗ {mutant.message}")
    assert "First seen in" in result.message
    assert capsys.readouterr().out == result.message + "\n"
    for seed in SEEDS:                  # it does so with any random numbers
        assert mutant.message in one.judge(mutant.function, np.random.default_rng(seed)).headline


@pytest.mark.parametrize("one", CODE, ids=named)
def test_messages_stay_the_same(one):
    wrong = next(iter(one.mutants.values())).function
    assert one(wrong).headline == one(wrong).headline


@pytest.mark.parametrize("one", CODE, ids=named)
def test_each_output_has_the_axes_that_it_says(one):
    for _, arguments in one.cases(np.random.default_rng(0)):
        parts = unpack(one.reference(*arguments.values()), one.outputs)
        assert not isinstance(parts, Problem)
        for part, output in zip(parts, one.outputs, strict=True):
            assert "?" not in output.letters(part.ndim)


@pytest.mark.parametrize("one", CODE, ids=named)
def test_no_axis_can_hide_behind_another(one):
    """In every case the axes have different sizes, and none but that of the inputs and of the windows is 1."""
    for title, arguments in one.cases(np.random.default_rng(1)):
        sizes = {}
        for part, output in zip(unpack(one.reference(*arguments.values()), one.outputs), one.outputs, strict=True):
            sizes |= dict(zip(output.letters(part.ndim), part.shape, strict=True))
        assert len(set(sizes.values())) == len(sizes), f"{title}: {sizes}"
        assert all(size > 1 for letter, size in sizes.items() if letter != "I"), f"{title}: {sizes}"


@pytest.mark.parametrize("name", ["rnn_step", "rnn_forward"])
def test_random_cases_hide_no_bug(name):
    """Several sequences, H != I, a state that is not 0; for sequences at least three steps."""
    *_, (_, last) = getattr(check, name).cases(np.random.default_rng(0))
    B, I = last["x"].shape[-2:]
    state = last.get("h", last.get("h0"))
    assert B >= 2 and state.shape[1] != I and np.abs(state).min() > 0
    assert last["x"].ndim == 2 or len(last["x"]) >= 3
    assert not np.allclose(last["U"], last["U"].T)


# ----------------------------------------------------------------------------------------- value exercises

@pytest.mark.parametrize("one", VALUES, ids=named)
def test_the_right_number_passes(one):
    assert one(one.answer).status == "correct"
    assert one(np.array(one.answer)).require()
    assert not any(known(one.answer) for known, _ in one.wrong if callable(known))


@pytest.mark.parametrize("one, known, message", NUMBERS, ids=lambda part: named(part) or str(part)[:12])
def test_a_wrong_number_gets_its_own_message(one, known, message):
    result = one(known)
    assert result.status == "wrong" and message in result.headline


@pytest.mark.parametrize("one", VALUES, ids=named)
def test_another_wrong_number_is_too_small_or_too_large_and_does_not_give_the_answer_away(one):
    assert len(one.wrong) >= 4 and len({message for _, message in one.wrong}) == len(one.wrong)
    result = one(one.answer * 1.137 + 0.0123)
    assert result.status == "wrong" and f"{one.answer:.4g}" not in result.message


@pytest.mark.parametrize("number, words", [
    (90, "90 is too large"), (315, "not times the number of steps"), (280, "shared by all steps"),
    (46, "too large"), (44, "too small"), ("45", "give the check a number"), (float("nan"), "nan"), (True, "number")])
def test_parameter_count(number, words):
    assert words in check.rnn_parameter_count(number).message


@pytest.mark.parametrize("number, words", [
    (0.62, "in percent"), (100, "has not come"), (50, "better than a coin"), (75, "most columns"), (120, "")])
def test_msb_first(number, words):
    result = check.msb_first_accuracy(number)
    assert result.status == "wrong" and words in result.message
    assert check.msb_first_accuracy(62).correct


# --------------------------------------------------------------------------------------- against the package

def test_the_article_s_two_steps():
    h = np.zeros((1, 2))
    for x, state in zip(numeric_rnn.X, numeric_rnn.STATES, strict=True):
        before, h = h, check.rnn_step.reference(x, h, **numeric_rnn.PARAMETERS)
        np.testing.assert_allclose(h[0], state, rtol=1e-12)
    wrong = check.rnn_step.mutants["u_transposed"].function(numeric_rnn.X[1], before, **numeric_rnn.PARAMETERS)[0]
    second = wrong @ numeric_rnn.HEAD["W"][:, 0] + numeric_rnn.HEAD["b"][0]
    assert second == pytest.approx(numeric_rnn.OUTPUT_IF_U_TRANSPOSED, rel=1e-12)


def test_bits_agree_with_the_package():
    a, b = np.arange(128), np.arange(128)[::-1]
    a_bits, b_bits = binary_addition.encode(a), binary_addition.encode(b)
    assert (check.decode.reference(a_bits) == a).all()
    assert (check.carries.reference(a_bits.astype(int), b_bits.astype(int)) == binary_addition.carries(a, b)).all()


def test_the_best_that_reads_the_highest_bit_first():
    best = binary_addition.baseline("one way", order="msb")["bits"]
    assert 100 * best == pytest.approx(check.msb_first_accuracy.answer, abs=0.005)


def test_what_the_messages_say_is_true():
    """The numbers that messages quote."""
    decode = check.decode
    six = np.array([0, 1, 1, 0, 0, 0, 0, 0])
    for name, read in (("reversed_weights", 96), ("weights_from_two", 12), ("counts_ones", 2),
                       ("decimal_digits", 110)):
        mutant = decode.mutants[name]
        assert mutant.function(six) == read and f"6 is read as {read}" in mutant.message
    two_hundred = np.array([200 >> t & 1 for t in range(8)])
    assert decode.mutants["without_highest_bit"].function(two_hundred) == 72
