"""Quizzes: multiple choice with a sentence of feedback for every choice. Answers are stored nowhere.

A lesson declares QUIZ, a tuple of Question (and QUIZ_TITLE, if it wants one); a notebook shows it with quiz("01").
"""

from dataclasses import dataclass
from functools import cached_property

from lstm_course import lessons
from lstm_course.students.errors import NoSuchChoice
from lstm_course.whereabouts import is_static

LETTERS = "ABCDEF"


@dataclass(frozen=True)
class Choice:
    """One answer: what it says, what to tell who chooses it, and whether it is right."""

    text: str
    feedback: str
    correct: bool = False


def right(text, feedback):
    return Choice(text, feedback, correct=True)


def wrong(text, feedback):
    return Choice(text, feedback)


@dataclass(frozen=True, init=False)
class Question:
    """A question and its choices, exactly one of them right. They are shown in the order given here."""

    text: str
    choices: tuple[Choice, ...]

    def __init__(self, text, *choices):
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "choices", choices)

    def pick(self, letter):
        """The choice with a letter, "A" or "a"."""
        letters = LETTERS[:len(self.choices)]
        letter = str(letter).strip().upper()
        if len(letter) != 1 or letter not in letters:
            raise ValueError(f"there is no choice {letter!r}, expected one of {', '.join(letters)}")
        return self.choices[LETTERS.index(letter)]

    def plain(self, number):
        """The question as plain text, without a word about which choice is right."""
        choices = [f"   {letter}. {choice.text}" for letter, choice in zip(LETTERS, self.choices, strict=False)]
        return "\n".join([f"{number}. {self.text}", *choices])


class Quiz:
    """The questions of a lesson. In a notebook it is a widget; without a kernel it is plain text."""

    def __init__(self, title, questions):
        self.title, self.questions = title, tuple(questions)

    @cached_property
    def panel(self):
        """The widget, made when it is first shown."""
        from lstm_course.asking.panels import QuizPanel
        return QuizPanel(self)

    def choose(self, number, letter):
        """Answer question `number` (1, 2, …) as if by a click, and return the feedback in words."""
        if number not in range(1, len(self.questions) + 1):
            raise ValueError(f"there is no question {number!r}, expected 1 to {len(self.questions)}")
        question = self.panel.questions[number - 1]
        question.choose(LETTERS.index(str(letter).strip().upper()) if question.data.pick(letter) else None)
        return question.said

    def plain(self):
        head = f"{self.title} ({len(self.questions)} questions; run this cell to answer them)"
        return "\n\n".join([head, *(q.plain(k) for k, q in enumerate(self.questions, start=1))])

    def __repr__(self):
        return self.plain()

    def _repr_mimebundle_(self, include=None, exclude=None, **more):
        return bundle(self.plain(), None if is_static() else self.panel)


NO_WIDGET = "\n\n(Nothing to click on here? check_browser() of lesson 00 says why.)"


def bundle(words, widget=None):
    """What a cell displays: plain text, and the view of a widget unless outputs are being stored."""
    shown = {"text/plain": words}
    if widget is not None:
        shown["text/plain"] += NO_WIDGET
        shown["application/vnd.jupyter.widget-view+json"] = {
            "version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    return shown


def quiz(lesson):
    """The quiz of a lesson: quiz("01")."""
    try:
        found = lessons.lesson(lesson)
    except KeyError:
        raise NoSuchChoice(f"there is no lesson {str(lesson)!r} here, expected one of "
                         + ", ".join(one.number for one in lessons.lessons())) from None
    module = found.module("quiz")
    if module is None:
        raise ValueError(f"lesson {found.number} has no quiz")
    return Quiz(getattr(module, "QUIZ_TITLE", f"Quiz of lesson {found.number}"), module.QUIZ)
