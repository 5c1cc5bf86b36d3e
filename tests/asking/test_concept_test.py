"""The concept test: its twelve answers are measured, its widget gives nothing away, its numbers are right."""

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest

from lstm_course import GRU, LSTM, RNN, Bidirectional, lessons
from lstm_course.asking import concept_store as store
from lstm_course.asking.concept_questions import QUESTIONS, UNSURE, Mistake
from lstm_course.asking.concept_test import TIMES, concept_test, gain, gain_error, score, verdict
from lstm_course.asking.questions import LETTERS, NO_WIDGET
from lstm_course.gradients import gradient_flow

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "teaching" / "concept_test.md").read_text(encoding="utf-8")
KEY = [question.key for question in QUESTIONS]
OF = len(QUESTIONS)
VIEW = "application/vnd.jupyter.widget-view+json"
EACH = pytest.mark.parametrize("question", QUESTIONS, ids=[f"lesson {q.lesson}" for q in QUESTIONS])


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """A folder of its own for each test, in which answers may be kept."""
    monkeypatch.delenv("LSTM_COURSE_STATIC", raising=False)
    monkeypatch.setenv("LSTM_COURSE_PROGRESS", str(tmp_path / "kept" / "progress.json"))
    store._here.clear()
    yield tmp_path
    store._here.clear()


def take(when, answers):
    """Answer by clicks ("?" is "I don't know"), without handing in; returns the widget."""
    panel = concept_test(when).panel
    for question, answer in zip(panel.questions, answers, strict=False):
        question.buttons["ABCD?".index(answer)].click()
    return panel


def handed_in(when, answers):
    panel = take(when, answers)
    panel.button.click()
    return panel


def with_right(count):
    """Twelve answers of which the first `count` are right; the others are known to be wrong or unknown."""
    wrong = ["?" if k % 2 else next(letter for letter in "ABCD" if letter != key) for k, key in enumerate(KEY)]
    return KEY[:count] + wrong[count:]


# ------------------------------------------------------------------------------------------ the questions

@EACH
def test_a_question_has_four_choices_one_right_and_a_reason_for_each(question):
    assert len(question.choices) == 4 and sum(choice.correct for choice in question.choices) == 1
    assert len({choice.text for choice in question.choices}) == 4
    assert all(len(choice.feedback.split()) >= 5 and choice.feedback[-1] in ".?" for choice in question.choices)
    wrong = [choice for choice in question.choices if not choice.correct]
    assert all(isinstance(choice, Mistake) and len(choice.believes.split()) >= 4 for choice in wrong)
    longest = max(question.choices, key=lambda choice: len(choice.text))
    assert not longest.correct or len(longest.text) < 1.5 * sorted(len(c.text) for c in question.choices)[-2]


def test_the_right_answers_stand_at_all_places_and_the_longest_choice_is_seldom_right():
    assert OF == 12 and {letter: KEY.count(letter) for letter in "ABCD"} == dict.fromkeys("ABCD", 3)
    assert all(a != b or b != c for a, b, c in zip(KEY, KEY[1:], KEY[2:], strict=False))
    longest = [max(q.choices, key=lambda choice: len(choice.text)).correct for q in QUESTIONS]
    assert sum(longest) <= 4


def test_no_question_of_a_quiz_is_repeated_word_for_word():
    quizzes = [one.module("quiz") for one in lessons.lessons()]
    asked = {question.text for module in quizzes if module for question in module.QUIZ}
    assert asked and not asked & {question.text for question in QUESTIONS}


@EACH
def test_its_lesson_exists_and_has_that_title_and_part(question):
    text = lessons.lesson(question.lesson).text
    assert f"\n## {question.part} " in text


# ------------------------------------------------------------------------------ the right answers, measured

def right_of(lesson):
    question, = (question for question in QUESTIONS if question.lesson == lesson)
    return question.choices[LETTERS.index(question.key)].text


def test_01_the_same_weights_at_every_step():
    layer, x = RNN(3, 5, rng=0), np.random.default_rng(0).standard_normal((100, 1, 3))
    before = {name: array.copy() for name, array in layer.parameters.items()}
    h = layer.forward(x).outputs
    W, U, b = (before[name] for name in "WUb")
    for t in (1, 9, 10, 99):
        assert np.allclose(h[t], np.tanh(x[t] @ W + h[t - 1] @ U + b))
    assert right_of("01").startswith("The same ones at every step")


def test_03_the_gradient_is_the_sum():
    layer, x = RNN(1, 1), np.array([1.0, 0, 0]).reshape(3, 1, 1)
    loss = lambda uses: 0.5 * tanh_chain(uses) ** 2
    parts = [(loss(0.5 + 1e-6 * step) - loss(0.5 - 1e-6 * step)) / 2e-6 for step in np.eye(3)]
    assert np.allclose(parts, [0, 0.0575, 0.0632], atol=5e-5)
    layer.parameters["W"][:], layer.parameters["U"][:], layer.parameters["b"][:] = 1, 0.5, 0
    trace = layer.forward(x)
    grad = np.zeros((3, 1, 1))
    grad[-1] = trace.outputs[-1]
    assert np.isclose(layer.backward(trace, grad).parameters["U"].item(), sum(parts), rtol=1e-6)
    assert f"{sum(parts):.4f}" == "0.1207" and right_of("03") == "0.1207, the sum"
    assert f"{np.mean(parts):.4f}" == "0.0402" and f"{parts[-1]:.4f}" == "0.0632"


def tanh_chain(uses):
    h = 0.0
    for u, x in zip(uses, (1.0, 0.0, 0.0), strict=True):
        h = np.tanh(x + u * h)
    return h


def test_04_the_sign_is_kept_and_the_gradient_is_gone():
    layer = RNN(1, 1)
    layer.parameters["W"][:], layer.parameters["U"][:], layer.parameters["b"][:] = 1, 2.5, 0
    rng = np.random.default_rng(0)
    x = 0.3 * rng.standard_normal((51, 1000, 1))
    x[0] = cue = rng.choice([-1.0, 1.0], (1000, 1))
    assert (np.sign(layer.forward(x).outputs[-1]) == cue).all()
    quiet = np.zeros((51, 1, 1))
    quiet[0] = 1
    assert f"{gradient_flow(layer, quiet).h[1]:.1e}" == "1.6e-57" and right_of("04") == "As good as 0"


def test_05_the_forget_gates_are_multiplied():
    ends = []
    for c in (0.0, 1.0):
        for _ in range(20):
            c = 0.95 * c + 0.5 * 0.3
        ends.append(c)
    assert round(ends[1] - ends[0], 3) == 0.358 and "0.36" in right_of("05")


def test_06_a_shut_output_gate_shows_nothing_and_keeps_all():
    layer = LSTM(1, 1)
    layer.parameters["W"][:], layer.parameters["U"][:] = 0, 0
    layer.parameters["b"][:] = -1000, 1000, 0.7, -1000      # i = 0, f = 1, o = 0
    h, c = layer.forward(np.ones((1, 1, 1)), (np.zeros((1, 1)), np.full((1, 1), 0.8))).state
    assert np.isclose(h, 0) and np.isclose(c, 0.8) and right_of("06") == "It gets 0, and the cell holds 0.8"


@pytest.mark.parametrize("T, shows", [(1, False), (5, True)])
def test_07_only_several_steps_show_that_nothing_is_handed_on(T, shows):
    layer, x = LSTM(3, 4, rng=0), np.random.default_rng(0).standard_normal((T, 2, 3))
    true = layer.backward(layer.forward(x), np.ones((T, 2, 4))).parameters["W"]
    short = sum(layer.backward(layer.forward(x[t:t + 1], layer.forward(x[:t]).state if t else None),
                               np.ones((1, 2, 4))).parameters["W"] for t in range(T))
    assert (not np.allclose(true, short)) is shows
    assert right_of("07") == "A gradient check with sequences of several steps"


def test_08_shuffled_labels_are_fitted_as_well():
    from lstm_course.experiments import load
    true, shuffled, _ = load("next_prime")["train"]
    assert shuffled.max() < 2e-4 and np.all(shuffled < true)
    assert right_of("08") == "As small as with the true labels"


def test_09_a_forget_bias_of_1_leaves_less_than_a_millionth():
    rng = np.random.default_rng(0)
    direct = [gradient_flow(LSTM(1, 16, forget_bias=1, rng=seed), rng.standard_normal((50, 1, 1))).direct[0]
              for seed in range(5)]
    assert 1e-8 < min(direct) < max(direct) < 1e-6 and right_of("09") == "Less than a millionth"
    assert round(1 / (1 + np.exp(-1)), 2) == 0.73


def test_10_both_meanings_of_z():
    z, h, n = 0.9, 0.8, -0.5
    kept, renewed, added = z * h + (1 - z) * n, z * n + (1 - z) * h, h + z * n
    assert np.allclose([kept, renewed, added], [0.67, -0.37, 0.35])
    gru = GRU(1, 1)
    for array in gru.parameters.values():
        array[:] = 0
    gru.parameters["b"][:] = 0, np.log(z / (1 - z)), np.arctanh(n)       # r, z, n
    assert np.isclose(gru.forward(np.zeros((1, 1, 1)), np.full((1, 1), h)).state.item(), 0.67)
    assert right_of("10").startswith("0.67 or −0.37")


def test_12_a_copy_of_last_month_lies_on_the_truth_and_a_rule_beats_it():
    from lstm_course.tasks import air_passengers as air
    _, passengers = air.load()
    assert np.corrcoef(passengers[1:], passengers[:-1])[0, 1] > 0.95
    rules = air.rules(passengers[:-48])
    error = {name: air.rmse(air.forecast(rule, passengers)[-48:], passengers[-48:]) for name, rule in rules.items()}
    assert error["growth × last year"] < error["last month"] / 3 and "“same as last month”" in right_of("12")


def test_13_the_backward_half_has_read_the_last_word_only():
    layer, x = Bidirectional(LSTM(2, 4, rng=0), LSTM(2, 4, rng=1)), np.random.default_rng(0).standard_normal((20, 1, 2))
    before, seen = layer.forward(x).outputs, []
    for t in range(20):
        moved = x.copy()
        moved[t] += 0.01
        seen.append(np.abs(layer.forward(moved).outputs - before)[-1, 0])
    forward, backward = np.split(np.array(seen), 2, axis=1)
    assert (forward.max(axis=1) > 0).all() and np.flatnonzero(backward.max(axis=1)).tolist() == [19]
    assert right_of("13") == "The last word only"


def test_14_without_its_best_unit_the_network_still_knows():
    from lstm_course.experiments import load
    from lstm_course.tasks import quotes
    cells = load("quote_cells")
    for cell in ("LSTM", "RNN"):
        assert cells[f"perplexity_{cell}"].max() < 8.8
        cut = cells[f"cut_{cell}"][:, 0, 0]           # the best unit cut off
        assert (cut > cells[f"perplexity_{cell}"]).all()
        assert cut.max() < 9.5 < quotes.best_perplexity(knows=False) - 3
    assert right_of("14").startswith("It may keep most of it")


# ------------------------------------------------------------------------------------------- plain text

@pytest.mark.parametrize("when", TIMES)
def test_plain_text_lists_all_and_reveals_nothing(when, monkeypatch):
    shown = concept_test(when)._repr_mimebundle_()
    words = shown["text/plain"]
    assert set(shown) == {"text/plain", VIEW} and words == repr(concept_test(when)) + NO_WIDGET and TIMES[when] in words
    assert words.count(UNSURE) == OF
    for question in QUESTIONS:
        assert all(choice.text in words and choice.feedback not in words for choice in question.choices)
        assert all(choice.correct or choice.believes not in words for choice in question.choices)
    assert not re.search("✓|✗|0x|correct", words)
    monkeypatch.setenv("LSTM_COURSE_STATIC", "1")
    assert concept_test(when)._repr_mimebundle_() == {"text/plain": words.removesuffix(NO_WIDGET)}


def test_an_unknown_test():
    with pytest.raises(ValueError, match='no concept test \'now\', expected "before" or "after"'):
        concept_test("now")


# ------------------------------------------------------------------------------------------- the widget

def visible(panel):
    """All words of the widget."""
    texts = [panel.said, *(question.said for question in panel.questions)]
    return " ".join(texts + [button.description for question in panel.questions for button in question.buttons])


def test_before_the_course_only_the_number_is_said():
    panel = handed_in("before", with_right(5))
    assert panel.said.startswith("Handed in: 5 of 12 right.")
    assert not re.search("✓|✗|Right is|Read again", visible(panel))
    assert all(button.disabled for question in panel.questions for button in question.buttons) and panel.button.disabled
    assert "until then they would only" in panel.said


@pytest.mark.parametrize("points", [0, 12], ids=["none right", "all right"])
def test_what_is_said_of_a_question_before_the_course_does_not_depend_on_its_being_right(points):
    panel = handed_in("before", with_right(points))
    for question in panel.questions:
        chosen = UNSURE if question.answer == "?" else question.answer
        assert question.said == f"● Your answer: {chosen}."
        assert [button.description[0] for button in question.buttons].count("●") == 1


def test_after_the_course_everything_is_said():
    handed_in("before", with_right(4))
    panel = handed_in("after", with_right(8))
    assert "Before the course: 4 of 12 right, after it: 8." in panel.said and "(8 − 4) / (12 − 4) = 0.50" in panel.said
    assert "0.3 or 0.7" in panel.said and "little about one person" in panel.said
    for k, (question, shown) in enumerate(zip(QUESTIONS, panel.questions, strict=True)):
        right = question.choices[LETTERS.index(question.key)]
        assert right.feedback in shown.said
        assert shown.buttons[LETTERS.index(question.key)].description.startswith("✓ ")
        if k < 8:
            assert shown.said.startswith(f"✓ Right ({question.key}).")
        else:
            assert f"Right is {question.key}: {right.text}" in shown.said
            assert f"Read again: lesson {question.lesson} (" in shown.said
            assert shown.answer == "?" or question.choices[LETTERS.index(shown.answer)].feedback in shown.said
    assert "lstm-live" in panel.words._dom_classes


def test_after_without_before():
    assert "no gain can be computed" in handed_in("after", KEY).said


def test_nothing_is_handed_in_before_every_question_has_an_answer():
    panel = take("before", KEY[:10])
    panel.button.click()
    assert "No answer to question 11, 12" in panel.said and not panel.questions[0].buttons[0].disabled
    assert json.loads(store.path().read_text())["before"]["handed_in"] is False


def test_an_answer_can_be_changed_until_it_is_handed_in():
    panel = take("before", KEY)
    panel.questions[0].buttons[4].click()
    assert panel.answers[0] == "?" and [b.description[0] for b in panel.questions[0].buttons].count("●") == 1
    panel.button.click()
    assert "11 of 12" in panel.said


# ------------------------------------------------------------------------------------------- what is kept

def test_answers_are_kept_at_once_and_the_cell_goes_on_from_them(home):
    take("before", ["A", "?", "B"])
    again = concept_test("before").panel
    assert again.answers[:4] == ["A", "?", "B", None] and again.said.startswith("3 of 12 answered")
    assert [file.name for file in (home / "kept").iterdir()] == ["concept_test.json"]
    assert concept_test("after").panel.answers == [None] * OF
    assert concept_test("before").plain().split("\n")[1:] == concept_test("after").plain().split("\n")[1:]


def test_a_test_that_was_handed_in_stays_handed_in():
    handed_in("before", with_right(5))
    again = concept_test("before").panel
    assert again.said.startswith("Handed in: 5 of 12") and again.button.disabled


def test_a_second_window_takes_nothing_away():
    first, second = concept_test("before").panel, concept_test("before").panel
    for question, answer in zip(first.questions, KEY, strict=True):
        question.buttons["ABCD?".index(answer)].click()
    first.button.click()
    second.questions[0].buttons[4].click()
    assert "handed in in another window" in second.said and second.button.disabled
    assert store.kept("before", "ABCD?", OF) == (KEY, True)


def test_a_file_that_cannot_be_read_for_a_moment_is_not_broken(monkeypatch):
    handed_in("before", KEY)
    kept = store.path().read_text(encoding="utf-8")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")
    with monkeypatch.context() as disk:
        disk.setattr(Path, "read_bytes", refuse)
        concept_test("after").panel.questions[0].buttons[0].click()
    assert [path.name for path in store.path().parent.iterdir()] == [store.path().name]
    assert store.path().read_text(encoding="utf-8") == kept


def test_forget_deletes_the_file(capsys):
    handed_in("before", with_right(5))
    assert concept_test(forget=True) is None and capsys.readouterr().out == "Your answers are deleted.\n"
    assert not store.path().exists() and concept_test("before").panel.answers == [None] * OF
    concept_test(forget=True)
    assert capsys.readouterr().out == "There are no answers to delete.\n"


@pytest.mark.parametrize("value", ["off", ""], ids=["off", "in a test"])
def test_nothing_is_written_in_tests(value, monkeypatch, home, capsys):
    monkeypatch.setenv("LSTM_COURSE_PROGRESS", value)
    assert "until the kernel ends" in take("before", ["A"]).said
    panel = handed_in("before", with_right(5))
    assert panel.said.startswith("Handed in: 5 of 12") and not list(home.iterdir()) and store.path() is None
    assert concept_test("before").panel.said == panel.said, "the cell may be run again"
    concept_test(forget=True)
    assert capsys.readouterr().out == "Your answers are deleted.\n"
    assert concept_test("before").panel.answers == [None] * OF


@pytest.mark.parametrize("text", ["", "{", "[]", '{"before": 3}', '{"before": {"answers": ["A"]}}',
                                  '{"before": {"answers": ["Z", 1, null, "A", [], "A", "A", "A", "A", "A", "A", "A"], '
                                  '"handed_in": true}}'],
                         ids=["empty", "broken", "a list", "a number", "too short", "wrong letters"])
def test_a_spoiled_file_stops_nothing(text, home):
    store.path().parent.mkdir(parents=True)
    store.path().write_text(text)
    panel = concept_test("before").panel
    assert "answered" in panel.said and not panel.button.disabled
    panel.questions[0].buttons[2].click()
    assert concept_test("before").panel.answers[0] == "C"
    aside = store.path().with_name("concept_test.broken.json")
    assert not aside.exists() or aside.read_text() == text
    assert aside.exists() or text.startswith('{"before"'), "a file that cannot be read is put aside"


def test_a_disk_that_refuses_is_said(monkeypatch):
    def refuse(*_, **__):
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(os, "replace", refuse)
    panel = take("before", KEY)
    assert "could not be kept on disk (No space left on device)" in panel.said
    assert not list(store.path().parent.iterdir()), "a draft is left over"
    panel.button.click()
    assert "12 of 12 right" in panel.said and "write the number down" in panel.said


# ------------------------------------------------------------------------------------------- the numbers

def test_score():
    assert score(KEY) == 12 and score(with_right(7)) == 7 and score(["?"] * OF) == 0


def test_gain_of_one_and_of_a_class():
    assert gain(4, 8) == 0.5 and gain(4, 4) == 0 and gain(0, 12) == 1 and gain(6, 3) == -0.5
    assert gain([3, 4, 5], [9, 7, 8]) == 0.5 and gain(2, 4, of=7) == 0.4
    for bad in ((12, 12), (13, 4), (4, -1), ([], [])):
        with pytest.raises(ValueError):
            gain(*bad)


@pytest.mark.parametrize("before, after, students", [(4, 8, 1), (2, 6, 1), (4, 8, 20), (5, 10, 20)])
def test_the_error_of_the_gain_is_that_of_a_simulation(before, after, students):
    rng = np.random.default_rng(0)
    low, high = ((points + 1) / (OF + 2) for points in (before, after))
    pre, post = (rng.binomial(OF, share, (20_000, students)).mean(axis=1) for share in (low, high))
    gains = ((post - pre)[pre < OF]) / (OF - pre[pre < OF])
    spread = np.subtract(*np.quantile(gains, [0.8413, 0.1587])) / 2
    expected = gain_error([OF * low] * students, [OF * high] * students)
    assert expected == pytest.approx(spread, rel=0.2)
    one = gain_error(before, after)
    assert gain_error([before] * students, [after] * students) == pytest.approx(one / students ** 0.5)


@pytest.mark.parametrize("before, after, words", [
    (4, 8, "this one would be medium"), (4, 5, "this one would be low"), (4, 12, "this one would be high"),
    (6, 3, "= −0.50"), (12, 11, "nothing left to gain"), (None, 9, "no gain can be computed")])
def test_the_verdict(before, after, words):
    assert words in verdict(before, after)


# --------------------------------------------------------------------------------------- the teacher's page

def rows_of(page):
    """The key of the page: {"1A": cells of that row}."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines()
            if re.match(r"\| \*{0,2}\d+[A-D]", line)]
    return {cells[0].strip("*"): cells for cells in rows}


def test_the_page_has_the_key_with_the_diagnosis_of_each_choice():
    rows = rows_of(PAGE)
    for number, question in enumerate(QUESTIONS, start=1):
        assert f"**{number}** (lesson {question.lesson}, {question.part}): right is **{question.key}**" in PAGE
        for letter, choice in zip("ABCD", question.choices, strict=True):
            _, text, says = rows[f"{number}{letter}"]
            assert text == choice.text and says == ("**right**" if choice.correct else choice.believes)
    assert len(rows) == 4 * OF


def test_the_numbers_of_the_page_are_computed():
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, flags=re.S))
    shown = re.findall(r"```text\n(.*?)```", PAGE, flags=re.S)
    printed = []
    exec(code, {"print": lambda *words: printed.append(" ".join(map(str, words)))})
    assert printed and "\n".join(printed) + "\n" == "".join(shown)
    assert f"{gain_error(4, 8):.2f}" in PAGE and f"{gain_error([4] * 20, [8] * 20):.2f}" in PAGE
    assert f"standard error of {2 ** 0.5 * gain_error([4] * 20, [8] * 20):.2f}." in PAGE
    assert f"{OF / 4:.0f} of {OF}" in PAGE and f"{(OF * 0.25 * 0.75) ** 0.5:.1f}" in PAGE
