"""The widgets of quizzes and predictions: buttons that work by Tab and Enter, and words below them."""

from html import escape

import ipywidgets as widgets

from lstm_course.asking.questions import LETTERS
from lstm_course.widgets.accessible import style
from lstm_course.widgets.style import BLUE, FRAME, INK, VERMILION

CSS = style(f"""
.lstm-quiz {{--jp-widgets-font-size: 16px; max-width: 900px; padding: 4px 2px;
  --jp-widgets-input-border-color: {FRAME};}}
.lstm-quiz .lstm-title {{font-size: 18px; font-weight: bold; line-height: 1.4;}}
.lstm-quiz .lstm-question {{font-size: 17px; font-weight: bold; line-height: 1.4; white-space: normal;}}
.lstm-quiz .lstm-words {{font-size: 16px; line-height: 1.4; white-space: normal;}}
.lstm-quiz .lstm-given {{border-left: 5px solid {BLUE}; padding-left: 10px;}}
.lstm-quiz .lstm-error {{border-left: 5px solid {VERMILION}; padding-left: 10px;}}
.lstm-quiz button.lstm-choice {{height: auto; min-height: 34px; padding: 5px 12px; text-align: left;
  white-space: normal; line-height: 1.35; border: 2px solid {FRAME}; border-radius: 4px;
  background: var(--jp-layout-color1, white); color: var(--jp-ui-font-color1, {INK});}}
.lstm-quiz button.lstm-choice.lstm-chosen {{border-color: {BLUE}; border-left-width: 8px; font-weight: bold;}}
.lstm-quiz button:focus-visible, .lstm-quiz input:focus-visible {{
  outline: 3px solid {VERMILION} !important; outline-offset: -3px; box-shadow: none !important;}}
""")


class Panel(widgets.VBox):
    """A question, a button for each choice, and room for some lines about the choice; `said` holds them."""

    def __init__(self, question, choices, lines):
        self.choices, self.said = tuple(choices), ""
        self.buttons = [self._button(k) for k in range(len(self.choices))]
        self.words = widgets.HTML(layout={"min_height": f"{24 * lines}px", "margin": "2px"})
        self.words.add_class("lstm-live")
        asked = widgets.HTML(f'<div class="lstm-question">{escape(question)}</div>')
        super().__init__([asked, *self._answers(), self.words], layout={"margin": "0 0 6px 0"})
        self.add_class("lstm-group")

    def _answers(self):
        return self.buttons

    def _button(self, k):
        button = widgets.Button(description=self._label(k), layout={"width": "auto", "max_width": "860px",
                                                                    "align_self": "flex-start"})
        button.add_class("lstm-choice")
        button.on_click(lambda _: self.safely(lambda: self.choose(k)))
        return button

    def _label(self, k, mark=""):
        return f"{mark}{LETTERS[k]}. {self.choices[k]}"

    def choose(self, k):
        raise NotImplementedError

    def mark(self, chosen, mark):
        """Mark one button by a sign and a thick border, and no other."""
        for k, button in enumerate(self.buttons):
            button.description = self._label(k, mark if k == chosen else "")
            (button.add_class if k == chosen else button.remove_class)("lstm-chosen")

    def say(self, words, kind="lstm-given"):
        self.said = words
        self.words.value = f'<div class="lstm-words {kind}">{escape(words)}</div>'

    def safely(self, act):
        """ipywidgets swallows what a click raises, so it is shown here."""
        try:
            act()
        except Exception as error:
            self.say(f"That did not work: {error}", kind="lstm-error")


class QuestionPanel(Panel):
    """One question of a quiz. Another choice may be tried after each answer, but the first one counts."""

    def __init__(self, number, question, changed):
        self.data, self.changed, self.first = question, changed, None
        super().__init__(f"{number}. {question.text}", [choice.text for choice in question.choices], lines=2)

    def choose(self, k):
        choice = self.data.choices[k]
        self.first = self.first or choice
        self.mark(k, "✓ " if choice.correct else "✗ ")
        verdict = "✓ Right" if choice.correct else "✗ Not this one"
        self.say(f"{verdict} ({LETTERS[k]}). {choice.feedback}")
        self.changed()


class QuizPanel(widgets.VBox):
    """All questions of a quiz below each other, and how many first answers were right."""

    def __init__(self, quiz):
        head = widgets.HTML(f'{CSS}<div class="lstm-title">{escape(quiz.title)}</div>')
        self.score = widgets.HTML()
        self.questions = [QuestionPanel(number, question, self.count)
                          for number, question in enumerate(quiz.questions, start=1)]
        self.count()
        super().__init__([head, *self.questions, self.score])
        self.add_class("lstm-quiz")

    def count(self):
        """Say how many questions were answered, and how many of them right at first."""
        first = [question.first for question in self.questions if question.first is not None]
        words = (f"Answered: {len(first)} of {len(self.questions)}; right at the first choice: "
                 f"{sum(choice.correct for choice in first)}. Your answers are stored nowhere.")
        self.score.value = f'<div class="lstm-words">{words}</div>'


class PredictionPanel(Panel):
    """A prediction: choices as buttons, or a box for a number."""

    def __init__(self, prediction):
        self.prediction = prediction
        self.number = widgets.FloatText(description="my guess", tooltip="my guess", layout={"width": "220px"})
        self.record = widgets.Button(description="Record my guess", layout={"width": "auto"})
        self.record.on_click(lambda _: self.safely(lambda: self.keep(self.number.value)))
        self.number.observe(lambda change: self.safely(lambda: self.keep(change["new"])), "value")
        super().__init__(f"Predict: {prediction.question}", prediction.choices or (), lines=1)
        self.children = [widgets.HTML(CSS), *self.children]
        self.add_class("lstm-quiz")
        self._show(prediction.guess)

    def _answers(self):
        return self.buttons or [widgets.HBox([self.number, self.record])]

    def choose(self, k):
        self.keep(self.choices[k])

    def keep(self, guess):
        """Record a guess, and say so."""
        self.prediction.record(guess)
        self._show(guess)

    def _show(self, guess):
        if guess is None:
            return
        if self.choices:
            self.mark(self.choices.index(guess) if guess in self.choices else None, "● ")
        words = guess if isinstance(guess, str) else f"{guess:.6g}"
        self.say(f"● Recorded: {words}. Now read on and find out; you may still change it.")
