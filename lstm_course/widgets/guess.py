"""Guesses: the student commits to one before the answer is shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import ipywidgets as widgets


@dataclass
class Guess:
    """A question about an explorer.

    truth(data) gives the right option (or number) from what the explorer computed; because(data) says why.
    Give either options, or number = (low, high, step, start). Until the answer is shown, the
    picture is mask(data) (without one: a sheet with the settings). mark(data, guess) is SVG drawn over the
    picture afterwards, so that guess and truth can be compared; the guess is None if there was none.
    `at` holds the values that the question is about (or is a function of the current ones): they are set when
    the answer is shown. given(data) says what is known before the answer; default: the values of the controls.
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
        shown = f"{truth:.3g}".replace("-", "−") if self.number else truth
        if guess is None:
            return f"Computed: {shown}. {self.because(data)}".strip()
        note = "✓ You were right." if right else "✗ Not what you expected?"
        return f"You predicted: {guess}. Computed: {shown}. {note} {self.because(data)}".strip()


class GuessPanel(widgets.VBox):
    """The question, the possible answers, and two buttons: commit, or just show."""

    def __init__(self, predict, reveal):
        self.predict, self.reveal = predict, reveal
        words = f"<b>Predict.</b> {escape(predict.question)}"
        question = widgets.HTML(f'<div class="lstm-question">{words}</div>')
        self.answer = self._answer()
        self.commit = widgets.Button(description="Commit to my guess", button_style="primary",
                                     layout={"width": "auto"})
        self.show = widgets.Button(description="Just show me", layout={"width": "auto"})
        self.verdict = widgets.HTML(layout={"min_height": "28px", "margin": "0 2px"})
        self.verdict.add_class("lstm-live")
        self.commit.on_click(lambda _: self._commit())
        self.show.on_click(lambda _: self.reveal(None))
        layout = {"flex_flow": "row wrap", "align_items": "center"}
        row = widgets.HBox([self.answer, self.commit, self.show], layout=layout)
        super().__init__([question, row, self.verdict])
        for name in ("lstm-predict", "lstm-group"):
            self.add_class(name)

    def _answer(self):
        if self.predict.number is None:
            return widgets.ToggleButtons(options=list(self.predict.options), value=None,
                                         style={"button_width": "auto"})
        low, high, step, start = self.predict.number
        return widgets.BoundedFloatText(value=start, min=low, max=high, step=step, description="my guess",
                                        tooltip="my guess", layout={"width": "180px"})

    def _commit(self):
        if self.answer.value is None:
            self.say("Choose an answer first, or press “Just show me”.")
        else:
            self.reveal(self.answer.value)

    def say(self, words):
        self.verdict.value = f"<div>{escape(words)}</div>"
