"""Predictions in the text of a lesson: record a guess, and compare it later with what was computed.

    predict("order", "Do (1, 2) and (2, 1) end in the same state?", ["the same", "different"])
    reveal("order", "different", "The state of step 1 goes through U once more.")

A guess survives a restart of the kernel: see students/progress.py. Without a guess `reveal` shows the truth alone.
"""

from collections.abc import Iterable
from functools import cached_property

from lstm_course.asking.questions import LETTERS, bundle
from lstm_course.checking.compare import number
from lstm_course.checking.results import CORRECT, NOT_ATTEMPTED, WRONG, Result
from lstm_course.students import progress as remembering
from lstm_course.whereabouts import is_static

Guess = str | float                      # one of the choices, or a number


class Prediction:
    """A question to be answered before anything is computed; with choices, or without them for a number."""

    def __init__(self, name: str, question: str, choices: Iterable[str] | None = None):
        self.name, self.question = name, question
        self.choices = None if choices is None else tuple(map(str, choices))

    def record(self, guess: Guess) -> None:
        """Keep a guess: one of the choices, or a number."""
        if self.choices is None:
            guess = float(guess)
            if guess != guess or abs(guess) == float("inf"):
                raise ValueError("give a number, please")
        elif guess not in self.choices:
            raise ValueError(f"{guess!r} is no choice, expected one of {', '.join(self.choices)}")
        remembering.note_guess(self.name, guess)

    @property
    def guess(self) -> Guess | None:
        """The guess that was recorded, or None."""
        return predicted(self.name)

    @cached_property
    def panel(self):
        """The widget, made when it is first shown."""
        from lstm_course.asking.panels import PredictionPanel
        return PredictionPanel(self)

    def plain(self) -> str:
        """The question and its choices as text."""
        choices = [f"   {letter}. {choice}" for letter, choice in zip(LETTERS, self.choices or (), strict=False)]
        return "\n".join([f"Predict: {self.question}", *(choices or ["   Your guess: a number"])])

    def __repr__(self):
        return self.plain()

    def _repr_mimebundle_(self, include=None, exclude=None, **more):
        return bundle(self.plain(), None if is_static() else self.panel)


def predict(name: str, question: str, choices: Iterable[str] | None = None) -> Prediction:
    """Ask for a guess. `choices` is a list of answers; without it a number is asked for."""
    return Prediction(name, question, choices)


def predicted(name: str) -> Guess | None:
    """The guess that was recorded under this name (text or a float), or None."""
    return remembering.guess_of(name)


def reveal(name: str, truth: Guess, because: str = "", *, tolerance: float | None = None) -> Result:
    """Print the truth beside the recorded guess, if there is one, and return a Result.

    A number counts as right within `tolerance` (default: 5 % of the truth).
    """
    guess = predicted(name)
    said = _words(truth)
    if guess is None:
        status, line = NOT_ATTEMPTED, f"Answer: {said}. (No prediction recorded.)"
    else:
        right = _agrees(guess, truth, tolerance)
        status, mark = (CORRECT, "✓ You were right.") if right else (WRONG, "✗ Not what you expected?")
        line = f"You predicted: {_words(guess)}. Answer: {said}. {mark}"
    result = Result(name, status, f"{line} {because}".rstrip())
    print(result.message)
    return result


def _words(value):
    return value if isinstance(value, str) else number(value)


def _agrees(guess, truth, tolerance):
    if isinstance(guess, str) or isinstance(truth, str):
        return str(guess) == str(truth)
    return abs(guess - float(truth)) <= (0.05 * abs(float(truth)) if tolerance is None else tolerance)
