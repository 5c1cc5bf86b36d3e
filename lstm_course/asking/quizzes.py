"""Quizzes: multiple choice with a sentence of feedback for every choice. Answers are stored nowhere.

A lesson declares QUIZ, a tuple of Question (and QUIZ_TITLE, if it wants one); a notebook shows it with quiz("01").
"""

from collections.abc import Iterable
from functools import cached_property

from lstm_course import lessons
from lstm_course.asking.questions import LETTERS, Option, Question, bundle, right, wrong
from lstm_course.students.errors import NoSuchChoice
from lstm_course.whereabouts import is_static

__all__ = ["LETTERS", "Option", "Question", "Quiz", "quiz", "right", "wrong"]

class Quiz:
    """The questions of a lesson. In a notebook it is a widget; without a kernel it is plain text."""

    def __init__(self, title: str, questions: Iterable[Question]):
        self.title, self.questions = title, tuple(questions)

    @cached_property
    def panel(self):
        """The widget, made when it is first shown."""
        from lstm_course.asking.panels import QuizPanel
        return QuizPanel(self)

    def choose(self, number: int, letter: str) -> str:
        """Answer question `number` (1, 2, …) as if by a click, and return the feedback in words."""
        if number not in range(1, len(self.questions) + 1):
            raise ValueError(f"there is no question {number!r}, expected 1 to {len(self.questions)}")
        question = self.panel.questions[number - 1]
        question.choose(LETTERS.index(str(letter).strip().upper()) if question.data.pick(letter) else None)
        return question.said

    def plain(self) -> str:
        """The quiz as text, without a word about which choice is right."""
        head = f"{self.title} ({len(self.questions)} questions; run this cell to answer them)"
        return "\n\n".join([head, *(q.plain(k) for k, q in enumerate(self.questions, start=1))])

    def __repr__(self):
        return self.plain()

    def _repr_mimebundle_(self, include=None, exclude=None, **more):
        return bundle(self.plain(), None if is_static() else self.panel)


def quiz(lesson: str | int) -> Quiz:
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
