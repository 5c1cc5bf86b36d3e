"""Guesses: the student commits to one before the answer is shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import ipywidgets as widgets
from traitlets import CUnicode

from lstm_course.widgets.controls import typed_number


@dataclass
class Guess:
    """A question about an explorer.

    truth(data) gives the right option (or number) from what the explorer computed; because(data) says why.
    Give either options, or number = (low, high, step, start), of which the ends count. Until the answer is shown,
    the picture is mask(data) (without one: a sheet with the settings). mark(data, guess) is SVG drawn over the
    picture afterwards, so that guess and truth can be compared; the guess is None if there was none.
    `at` holds the values that the question is about (or is a function of the current ones): the explorer begins
    there. given(data) says what is known before the answer; default: the values of the controls.
    """

    question: str
    truth: Callable[[Any], Any]
    options: Sequence[str] = ()
    number: tuple | None = None
    because: Callable[[Any], str] = lambda data: ""
    mask: Callable[[Any], str] | None = None
    mark: Callable[[Any, Any], str] | None = None
    tolerance: float = 0.0
    at: dict | Callable[[dict], dict] = field(default_factory=dict)
    given: Callable[[Any], str] | None = None

    def asked_at(self, values):
        """The values that the question is about."""
        return self.at(values) if callable(self.at) else self.at

    def verdict(self, data, guess):
        """The comparison in words."""
        truth = self.truth(data)
        right = guess == truth if not self.number or guess is None else abs(guess - truth) <= self.tolerance
        shown, guessed = (f"{v:.3g}".replace("-", "−") if self.number and v is not None else v for v in (truth, guess))
        if guess is None:
            return f"Answer: {shown}. {self.because(data)}".strip()
        note = "✓ You were right." if right else "✗"
        return f"You predicted: {guessed}. Answer: {shown}. {note} {self.because(data)}".strip()


class NumberField(widgets.Text):
    """A line in which a number is typed; from Python it may be set to a number."""

    value = CUnicode("").tag(sync=True)


class GuessPanel(widgets.VBox):
    """The question, the possible answers, and two buttons: commit, or just show. `verdict` is laid out elsewhere."""

    def __init__(self, guess, reveal):
        self.asked, self.reveal = guess, reveal
        words = f"<b>Predict.</b> {escape(guess.question)}"
        question = widgets.HTML(f'<div class="lstm-question">{words}</div>')
        self.answer = self._answer()
        self.commit = widgets.Button(description="Commit to my guess", button_style="primary",
                                     layout={"width": "auto"})
        self.show = widgets.Button(description="Just show me", layout={"width": "auto"})
        self.verdict = widgets.HTML(layout={"min_height": "24px", "margin": "0 2px"})
        self.verdict.add_class("lstm-live")
        self.verdict.add_class("lstm-verdict")
        self.commit.on_click(lambda _: self._commit())
        self.show.on_click(lambda _: self.is_open and self.reveal(None))
        row = widgets.HBox([self.commit, self.show], layout={"flex_flow": "row wrap"})
        super().__init__([question, self.answer, row])
        for name in ("lstm-predict", "lstm-group"):
            self.add_class(name)

    @property
    def is_open(self):
        """Is there still something to guess?"""
        return self.layout.display != "none"

    def ask(self, still):
        """Show the question, or take it away once it is answered: a guess counts once."""
        self.layout.display = None if still else "none"

    def _answer(self):
        if self.asked.number is None:
            return widgets.ToggleButtons(options=list(self.asked.options), value=None,
                                         style={"button_width": "auto"})
        return NumberField(description="my guess", tooltip="my guess", placeholder="a number",
                           layout={"width": "180px"}, style={"description_width": "auto"})

    def _commit(self):
        """Take the guess, if there is one that makes sense; else say what is missing."""
        if not self.is_open:
            return
        try:
            self.reveal(self._guess())
        except ValueError as error:
            self.say(str(error))

    def _guess(self):
        raw = self.answer.value
        if raw in (None, ""):
            raise ValueError("Choose an answer first, or press “Just show me”." if self.asked.number is None else
                             "Type a number first, or press “Just show me”.")
        if self.asked.number is None:
            return raw
        low, high, step, _ = self.asked.number
        return typed_number("Your guess", raw, low, high, step if isinstance(step, int) else None)

    def say(self, words):
        self.verdict.value = f"<div>{escape(words)}</div>"
