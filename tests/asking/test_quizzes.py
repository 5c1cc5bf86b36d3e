"""Quizzes and predictions, driven from Python."""

import json
import re
import subprocess
import sys

import pytest

from lstm_course import lessons
from lstm_course.asking.questions import NO_WIDGET
from lstm_course.asking.quizzes import LETTERS, Question, Quiz, right, wrong
from lstm_course.exercises import predict, predicted, quiz, reveal
from lstm_course.students.progress import forget_everything

LESSONS = [one.number for one in lessons.lessons() if one.module("quiz")]
QUESTIONS = [(lesson, question) for lesson in LESSONS for question in lessons.lesson(lesson).module("quiz").QUIZ]
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def no_guesses(monkeypatch):
    monkeypatch.delenv("LSTM_COURSE_STATIC", raising=False)
    forget_everything(None)
    yield
    forget_everything(None)


# ------------------------------------------------------------------------------------------ the questions

@pytest.mark.parametrize("lesson", LESSONS)
def test_at_least_three_questions(lesson):
    questions = lessons.lesson(lesson).module("quiz").QUIZ
    assert len(questions) >= 3
    places = {[c.correct for c in question.choices].index(True) for question in questions}
    assert len(places) > 1, "the right answer always stands at the same place"


@pytest.mark.parametrize("lesson, question", QUESTIONS, ids=lambda part: getattr(part, "text", part))
def test_one_right_choice_and_feedback_for_each(lesson, question):
    assert sum(choice.correct for choice in question.choices) == 1
    assert 3 <= len(question.choices) <= len(LETTERS)
    assert len({choice.text for choice in question.choices}) == len(question.choices)
    feedback = [choice.feedback for choice in question.choices]
    assert len(set(feedback)) == len(feedback)
    assert all(len(words.split()) >= 5 and words.endswith((".", "?")) for words in feedback)
    assert "$" not in question.text + "".join(c.text + c.feedback for c in question.choices)


# --------------------------------------------------------------------------- nothing gives an answer away

def right_place(question):
    return [choice.correct for choice in question.choices].index(True)


def quiz_faults(questions):
    """What lets somebody find answers of a quiz without understanding: the longest, the shortest, the middle one."""
    found, half = [], (len(questions) + 1) // 2
    lengths = [([len(choice.text) for choice in question.choices], right_place(question)) for question in questions]
    found += [f"“{question.text}” has options of {sorted(sizes)} characters"
              for question, (sizes, _) in zip(questions, lengths, strict=True) if max(sizes) > 2 * min(sizes) + 15]
    for name, most in (("longest", max), ("shortest", min)):
        count = sum(sizes[place] == most(sizes) and sizes.count(most(sizes)) == 1 for sizes, place in lengths)
        found += [f"the right option is the {name} in {count} of {len(questions)} questions"] if count > half else []
    for place, letter in enumerate(LETTERS):
        count = sum(right == place for _, right in lengths)
        found += [f"{letter} is right in {count} of {len(questions)} questions"] if count > half else []
    return found


@pytest.mark.parametrize("lesson", LESSONS)
def test_neither_length_nor_place_gives_the_answer_away(lesson):
    assert not (found := quiz_faults(lessons.lesson(lesson).module("quiz").QUIZ)), "\n".join(found)


def sample(*sizes, right_at=0):
    """A question with options of these lengths."""
    choices = [(right if number == right_at else wrong)("x" * size, "So it is.") for number, size in enumerate(sizes)]
    return Question("What?", *choices)


@pytest.mark.parametrize("questions, fault", [
    ([sample(10, 10, 10, right_at=place) for place in (0, 1, 2)], None),
    ([sample(9, 10, 40), sample(9, 10, 11, right_at=1)], "has options of [9, 10, 40]"),
    ([sample(12, 10, 9), sample(9, 12, 10, right_at=1), sample(9, 10, 12, right_at=2)], "the longest in 3 of 3"),
    ([sample(2, 4, 9), sample(9, 2, 4, right_at=1), sample(9, 4, 2, right_at=2)], "the shortest in 3 of 3"),
    ([sample(10, 10, 10, right_at=1) for _ in range(3)], "B is right in 3 of 3")])
def test_a_quiz_that_gives_its_answers_away_is_found(questions, fault):
    found = quiz_faults(questions)
    assert not found if fault is None else any(fault in words for words in found), found


def test_over_the_course_every_place_is_right_as_often():
    places = [right_place(question) for _, question in QUESTIONS if len(question.choices) == 3]
    for place in range(3):
        count = places.count(place)
        assert len(places) / 5 <= count <= len(places) / 2, f"{LETTERS[place]}: {count} of {len(places)}"


def test_over_the_course_yes_and_no_are_both_right():
    right = [re.match(r"(Yes|No)\b", question.choices[right_place(question)].text) for _, question in QUESTIONS]
    assert {answer[1] for answer in right if answer} == {"Yes", "No"}


# -------------------------------------------------------------------------------------------- plain text

@pytest.mark.parametrize("lesson", LESSONS)
def test_plain_text_lists_all_and_reveals_nothing(lesson):
    shown = quiz(lesson)._repr_mimebundle_()
    words = shown["text/plain"]
    assert set(shown) == {"text/plain", VIEW} and words == repr(quiz(lesson)) + NO_WIDGET
    for question in lessons.lesson(lesson).module("quiz").QUIZ:
        assert question.text in words
        for letter, choice in zip(LETTERS, question.choices, strict=False):
            assert f"{letter}. {choice.text}" in words and choice.feedback not in words
    assert not re.search("✓|✗|0x|correct|right answer", words)


def test_static_outputs_hold_plain_text_only(monkeypatch):
    live = quiz("01")._repr_mimebundle_()["text/plain"]
    monkeypatch.setenv("LSTM_COURSE_STATIC", "1")
    assert quiz("01")._repr_mimebundle_() == {"text/plain": live.removesuffix(NO_WIDGET)}
    assert set(predict("p", "How many?")._repr_mimebundle_()) == {"text/plain"}


def test_ipywidgets_is_loaded_only_when_a_quiz_is_shown():
    code = ("import json, os, sys; os.environ['LSTM_COURSE_STATIC'] = '1'\n"
            "from lstm_course.exercises import check, quiz, predict, reveal\n"
            "quiz('01')._repr_mimebundle_(); predict('p', 'q?', ['a'])._repr_mimebundle_(); reveal('p', 'a')\n"
            "check.rnn_step(None); print(json.dumps(sorted(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not {name for name in loaded if name.split(".")[0] in ("ipywidgets", "matplotlib", "IPython")}


@pytest.mark.parametrize("lesson", ["01", 1, "1"])
def test_a_lesson_by_its_number(lesson):
    assert quiz(lesson).title == "Quiz of lesson 01"


def test_an_unknown_lesson():
    with pytest.raises(ValueError, match="there is no lesson '77' here, expected one of"):
        quiz("77")


# ------------------------------------------------------------------------------------------- the widget

@pytest.mark.parametrize("lesson", LESSONS)
def test_every_choice_answers_with_its_feedback(lesson):
    shown = quiz(lesson)
    for question, panel in zip(shown.questions, shown.panel.questions, strict=True):
        for choice, button in zip(question.choices, panel.buttons, strict=True):
            button.click()
            assert choice.feedback in panel.said and panel.said.startswith("✓ Right" if choice.correct else "✗ Not")
            assert 'lstm-given' in panel.words.value
            marked = [other for other in panel.buttons if other.description[0] in "✓✗"]
            assert marked == [button] and "lstm-chosen" in button._dom_classes
            assert button.description.startswith("✓" if choice.correct else "✗")


def test_choose_from_python():
    shown = quiz("01")
    assert shown.choose(1, "a").startswith("✗ Not this one (A). ")
    assert shown.choose(1, "B").startswith("✓ Right (B). ")
    assert shown.choose(1, "C").startswith("✗")
    with pytest.raises(ValueError, match="no choice 'Z', expected one of A, B, C"):
        shown.choose(1, "Z")
    with pytest.raises(ValueError, match="no question 9"):
        shown.choose(9, "A")


@pytest.mark.parametrize("clicks, score", [
    ("", "Answered: 0 of 2; right at the first choice: 0."), ("1B", "1 of 2; right at the first choice: 0."),
    ("1B 1A", "1 of 2; right at the first choice: 0."), ("1A 1B", "1 of 2; right at the first choice: 1."),
    ("1B 1A 2A 2A", "2 of 2; right at the first choice: 1.")])
def test_the_first_answer_counts(clicks, score):
    question = Question("What?", right("this", "So it is."), wrong("that", "So it is not."))
    shown = Quiz("Two", [question, question])
    for number, letter in clicks.split():
        shown.choose(int(number), letter)
    assert score in shown.panel.score.value
    assert "Answered: 0" in Quiz("Two", [question, question]).panel.score.value, "answers are stored nowhere"


def test_text_is_escaped():
    shown = Quiz("<b>", [Question("1 < 2 & 3?", right("<i>", "a < b"), wrong("&", "c > d"))])
    shown.choose(1, "A")
    panel = shown.panel.questions[0]
    assert "1 &lt; 2 &amp; 3?" in panel.children[0].value and "a &lt; b" in panel.words.value


def test_an_error_in_a_click_is_shown():
    shown = quiz("01")
    panel = shown.panel.questions[0]
    panel.changed = lambda: 1 / 0
    panel.buttons[0].click()
    assert panel.said == "That did not work: division by zero" and 'lstm-error' in panel.words.value


# ----------------------------------------------------------------------------------------- predictions

def test_a_prediction_with_choices(capsys):
    asked = predict("order", "Same state?", ["the same", "different"])
    asked.panel.buttons[0].click()
    assert predicted("order") == "the same" and asked.panel.said.startswith("● Recorded: the same.")
    asked.panel.buttons[1].click()
    assert predicted("order") == "different"
    assert reveal("order", "different", "Because of U.").status == "correct"
    assert capsys.readouterr().out == ("You predicted: different. Answer: different. ✓ You were right. "
                                       "Because of U.\n")
    assert reveal("order", "the same").status == "wrong"


def test_a_prediction_of_a_number(capsys):
    asked = predict("y", "How much?")
    asked.panel.record.click()
    assert predicted("y") == 0
    asked.panel.number.value = 2.7
    assert predicted("y") == 2.7 and "Recorded: 2.7." in asked.panel.said
    assert reveal("y", 2.727071).status == "correct"
    assert reveal("y", 2.727071, tolerance=0.01).status == "wrong"
    assert "You predicted: 2.7. Answer: 2.727. ✗" in capsys.readouterr().out


def test_without_a_prediction(capsys):
    assert predicted("never asked") is None
    assert reveal("never asked", 2.5).status == "not attempted"
    assert capsys.readouterr().out == "Answer: 2.5. (No prediction recorded.)\n"


def test_a_cell_that_runs_again_shows_the_recorded_guess_and_the_same_text():
    asked = predict("order", "Same state?", ["the same", "different"])
    before = asked._repr_mimebundle_()["text/plain"]
    asked.panel.buttons[1].click()
    again = predict("order", "Same state?", ["the same", "different"])
    assert again._repr_mimebundle_()["text/plain"] == before and VIEW in again._repr_mimebundle_()
    assert again.panel.said.startswith("● Recorded: different.")
    assert "● B. different" in [button.description for button in again.panel.buttons]


def test_impossible_guesses_are_refused():
    with pytest.raises(ValueError, match="is no choice"):
        predict("order", "Same state?", ["the same", "different"]).record("maybe")
    with pytest.raises(ValueError, match="a number, please"):
        predict("y", "How much?").record("nan")
    assert predicted("order") is None and predicted("y") is None
