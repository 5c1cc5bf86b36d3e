"""The bug museum: cards stay closed until the student has committed, and their verdicts hold; the test with teeth."""

import ast
import re
import warnings

import numpy as np
import pytest

from lstm_course import experiments, lessons
from lstm_course.exercises import check, predict
from lstm_course.experiments import equal_gates
from lstm_course.lessons.lB_bug_museum import cards, loops
from lstm_course.lessons.lB_bug_museum.quiz import QUIZ
from lstm_course.students.progress import forget_everything

TEXT = lessons.lesson("B").text
CALLS = [ast.parse(call).body[0].value.args for call in re.findall(r"^predict\(.+?\)$", TEXT, re.MULTILINE | re.DOTALL)]
ASKED = {int(name.value.split()[-1]): [choice.value for choice in choices.elts] for name, _, choices in CALLS}
r = lambda *shape, seed=0: np.random.default_rng([seed, *shape]).standard_normal(shape)


@pytest.fixture(autouse=True)
def nothing_recorded():
    forget_everything(None)
    yield
    forget_everything(None)


# ---- the cards ----------------------------------------------------------------------------------------------------

def test_twelve_cards_in_order_each_asked_once_and_then_opened():
    assert list(cards.CARDS) == list(range(1, 13)) == list(ASKED)
    titles = re.findall(r"^##+ Card (\d+) · (.+)$", TEXT, re.MULTILINE)
    assert [int(number) for number, _ in titles] == list(cards.CARDS)
    for number, between in re.findall(r'predict\("museum (\d+)"(.*?)\nreveal\(\1\)', TEXT, re.DOTALL):
        assert "##" not in between, number
    assert re.findall(r"^reveal\((\d+)\)$", TEXT, re.MULTILINE) == list(map(str, cards.CARDS))


@pytest.mark.parametrize("number", cards.CARDS)
def test_the_truth_is_one_of_the_choices(number):
    truth, lines = cards.CARDS[number]()
    assert truth in ASKED[number] and len(lines) >= 2


@pytest.mark.parametrize("number", cards.CARDS)
def test_a_card_is_closed_until_an_answer_is_recorded(number, monkeypatch, capsys):
    monkeypatch.setattr(cards, "is_student", lambda: True)
    truth, lines = cards.CARDS[number]()
    cards.reveal(number)
    said = capsys.readouterr().out
    assert "closed" in said and not [line for line in lines if line in said]
    choices = ASKED[number]
    predict(cards.name(number), "?", choices).record(next(choice for choice in choices if choice != truth))
    cards.reveal(number)
    said = capsys.readouterr().out
    assert "Not what you expected?" in said and f"Answer: {truth}." in said and lines[0] in said
    predict(cards.name(number), "?", choices).record(truth)
    cards.reveal(number)
    assert "You were right" in capsys.readouterr().out


def test_the_summary_says_what_the_cards_say_of_how_they_were_found(capsys):
    rows = re.findall(r"^\| by (.+) \| (\d) \|$", TEXT, re.MULTILINE)
    assert {int(number): words for words, number in rows} == cards.FOUND
    cards.reveal(3)
    assert capsys.readouterr().out.endswith("Found by counting what should be different.\n")


def test_there_is_no_card_13():
    with pytest.raises(ValueError, match="no card 13, expected a number from 1 to 12"):
        cards.reveal(13)


def test_no_title_and_no_code_of_a_card_marks_its_mistake():
    for cell in re.findall(r"```\{code-cell\} python\n(.*?)```", TEXT.partition("## More")[0], re.DOTALL):
        assert "exercise:" in cell or "check:" in cell or "import" in cell or not re.search(
            r"(?i)#|wrong|bug|mistake|fault|article", cell.replace('mistakes does', '')), cell


def test_the_picture_is_the_truth_one_month_late():
    shown = cards.two_lines_figure()
    assert "copied" not in shown.data["text/plain"] and "last month" not in shown.data["text/plain"]


# ---- the loops ----------------------------------------------------------------------------------------------------

def test_each_loop_has_one_mistake_and_each_need_is_enough():
    x, h0, W, U = check.telling_test.reference()
    assert all(loops.noticed(x, h0, W, U).values())
    lost = {"C": (x, h0, W, (U + U.T) / 2), "D": (x, 0 * h0, W, U), "E": (x[:, :1].repeat(2, axis=1), h0, W, U),
            "F": (x[:2], h0, W, U), "B": (x, h0, W, 0 * U)}
    for loop, smaller in lost.items():
        assert not loops.noticed(*smaller)[loop] and loops.noticed(*smaller)["A"], loop
    assert not loops.noticed(0 * x, 0 * h0, W, U)["A"]


def test_the_bench_names_what_is_noticed_and_counts(capsys):
    loops.bench(np.ones((2, 1, 1)), np.zeros((1, 1)), [[0.5]], [[0.5]])
    said = capsys.readouterr().out
    assert "B  noticed: every step" in said and "F  not noticed\n5 numbers" in said and loops.LOOPS["F"] not in said


@pytest.mark.parametrize("answer, words", [
    (lambda: (r(3, 2, 1), r(2, 2), r(1, 2), r(2, 2)), "correct"),
    (lambda: [[[[-1], [0]], [[0], [1]], [[1], [2]]], np.array([[1, 0], [-1, 0]]), [[1, 2]], [[0, 1], [-1, 0]]],
     "correct"),
    ((r(3, 2, 1), r(2, 2), r(1, 2), r(2, 2)), "correct"),
    (lambda: (r(4, 2, 1), r(2, 2), r(1, 2), r(2, 2)), "with 18 numbers"),
    (lambda: (r(2, 2, 1), r(2, 2), r(1, 2), r(2, 2)), "does not notice F. Loop F"),
    (lambda: (r(3, 2, 1), np.zeros((2, 2)), r(1, 2), r(2, 2)), "does not notice D"),
    (lambda: (r(3, 1, 1), r(1, 2), r(1, 2, seed=1), np.eye(2)), "C and E. Loop C: it takes U.T"),
    (lambda: [30 * one for one in check.telling_test.reference()], "the numbers are so large that tanh is almost ±1"),
    (lambda: [one / 30 for one in check.telling_test.reference()], "all states are within 0.01. Take numbers near ±1"),
    (lambda: (r(3, 2, 1), r(2, 2), r(1, 2), np.eye(2)), "and so is every symmetric matrix"),
    (lambda: (r(3, 2), r(2, 2), r(1, 2), r(2, 2)), "x has the shape (3, 2), expected the axes (T, B, I)"),
    (lambda: (r(3, 2, 1), r(2, 2), r(2, 2), r(2, 2)), "W has the shape (2, 2), expected (1, 2)"),
    (lambda: (3, 2, 1, 2), "expected the axes (T, B, I): a number, not an array of this size"),
    (lambda: (r(3, 2, 1), r(2, 2), "W", r(2, 2)), "W is no array of numbers"),
    (lambda: (r(3, 2, 1), r(2, 2), r(1, 2), r(2, 2) * np.nan), "U holds nan"),
    (lambda: (r(3, 2, 1), r(2, 2)), "return four arrays"), (lambda x: x, "calls it with ()"),
    (lambda: 1 / 0, "ZeroDivisionError"), (lambda: None, "not attempted"), (..., "not attempted")])
def test_the_check_of_the_telling_test(answer, words):
    assert words in check.telling_test(answer).message


def test_a_test_that_prints_the_bench_has_given_nothing_back():
    def through_the_bench():
        x, h0, W, U = check.telling_test.reference()
        return loops.bench(x, h0, W, U)

    def without_return():
        x, h0, W, U = check.telling_test.reference()
        loops.bench(x, h0, W, U)
    assert "it gives None back" in check.telling_test(through_the_bench).headline
    assert "Its last line should be return" in check.telling_test(without_return).headline


@pytest.mark.parametrize("seed", [1, 150])
def test_equal_gates_come_out_as_stored(seed):
    stored = experiments.load("equal_gates")
    for name, found in equal_gates.run([seed]).items():
        np.testing.assert_allclose(found, stored[name][[seed]], rtol=1e-6)


def test_gates_that_begin_equal_differ_from_the_others_in_three_gates_alone():
    (one, x), (other, same_x) = equal_gates.first_network(3, anew=False), equal_gates.equal_network(3)
    for name, array in other.parameters.items():
        gates = np.split(array, 4, axis=-1)
        assert all(np.array_equal(gate, np.split(one.parameters[name], 4, axis=-1)[2]) for gate in gates)
    assert np.array_equal(x, same_x)


# ---- the repairs --------------------------------------------------------------------------------------------------

def half_mended(predicted, true, classes):
    counts = np.zeros(classes)
    for answer, label in zip(predicted, true, strict=True):
        if answer == label:
            counts[label] += 1
    return counts / (len(true) / classes)


def test_the_card_s_first_mistake_mended_alone_is_told_of_the_second():
    assert "as if all had the same number of pictures" in check.class_accuracy(half_mended).message
    assert half_mended(*cards.answers(), 3)[0] == pytest.approx(cards.half_mended()) == pytest.approx(1.15)


def honest(batches, weights, train):
    accuracies = []
    for k in range(len(batches)):
        x, labels = batches[k]
        accuracies += [sum(np.argmax(row @ weights) == label for row, label in zip(x, labels, strict=True)) / len(x)]
        weights = train(weights, x, labels)
    return np.array(accuracies)


def test_the_classes_of_the_first_question_can_not_overlap():
    """If they could, 80 % over all and 95, 90, 85 % by class could be right: 80 right pictures, each in two classes."""
    assert np.allclose([38 / (38 + 2), 54 / (54 + 6), 68 / (68 + 12)], [0.95, 0.90, 0.85]) and 38 + 54 + 68 == 2 * 80
    assert "exactly one of three classes" in QUIZ[0].text


def test_other_right_answers():
    assert check.fair_accuracy(honest).require()
    assert check.class_accuracy(
        lambda p, t, c: np.array([sum((p == t) & (t == k)) / sum(t == k) for k in range(c)])).require()


def test_a_sigmoid_that_overflows_on_the_way_is_accepted_and_the_warning_is_told():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = check.repaired_sigmoid(lambda z: 1 / (1 + np.exp(-z)))
    assert result.correct and "NumPy warns on the way: overflow" in result.headline


def test_any_way_without_a_warning_will_do():
    positive = lambda z: 1 / (1 + np.exp(-np.abs(z)))
    for repaired in (lambda z: np.where(z < 0, 1 - positive(z), positive(z)), lambda z: np.exp(-np.logaddexp(0, -z))):
        assert check.repaired_sigmoid(repaired).require()
