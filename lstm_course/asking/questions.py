"""A multiple-choice question as data: its choices, exactly one of them right, with feedback for each."""

from dataclasses import dataclass
from typing import Any

LETTERS = "ABCDEF"
NO_WIDGET = "\n\n(Nothing to click on here? check_browser() of lesson 00 says why.)"


@dataclass(frozen=True)
class Option:
    """One answer: what it says, what to tell who chooses it, and whether it is right."""

    text: str
    feedback: str
    correct: bool = False


def right(text: str, feedback: str) -> Option:
    return Option(text, feedback, correct=True)


def wrong(text: str, feedback: str) -> Option:
    return Option(text, feedback)


@dataclass(frozen=True, init=False)
class Question:
    """A question and its choices, exactly one of them right. They are shown in the order given here."""

    text: str
    choices: tuple[Option, ...]

    def __init__(self, text: str, *choices: Option):
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "choices", choices)

    def pick(self, letter: str) -> Option:
        """The choice with a letter, "A" or "a"."""
        letters = LETTERS[:len(self.choices)]
        letter = str(letter).strip().upper()
        if len(letter) != 1 or letter not in letters:
            raise ValueError(f"there is no choice {letter!r}, expected one of {', '.join(letters)}")
        return self.choices[LETTERS.index(letter)]

    def plain(self, number: int) -> str:
        """The question as plain text, without a word about which choice is right."""
        choices = [f"   {letter}. {choice.text}" for letter, choice in zip(LETTERS, self.choices, strict=False)]
        return "\n".join([f"{number}. {self.text}", *choices])


def bundle(words: str, widget: Any = None) -> dict[str, Any]:
    """What a cell displays: plain text, and the view of a widget unless outputs are being stored."""
    shown: dict[str, Any] = {"text/plain": words}
    if widget is not None:
        shown["text/plain"] += NO_WIDGET
        shown["application/vnd.jupyter.widget-view+json"] = {
            "version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    return shown
