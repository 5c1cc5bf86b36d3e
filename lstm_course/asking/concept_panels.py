"""The widget of the concept test: twelve questions below each other, and a button to hand them in."""

from html import escape

import ipywidgets as widgets

from lstm_course.asking import concept_store as store
from lstm_course.asking.concept_gain import score, verdict
from lstm_course.asking.concept_questions import QUESTIONS, UNSURE
from lstm_course.asking.panels import CSS, Panel
from lstm_course.asking.questions import LETTERS

MARKS = (*LETTERS[:4], "?")         # what is kept of a choice; "?" is "I don't know"
READABLE = "<style>.lstm-quiz button.lstm-choice:disabled {opacity: 1;}</style>"        # also when it is over


class ConceptQuestionPanel(Panel):
    """One question. It says nothing about a choice before the test is handed in."""

    def __init__(self, number, question, changed):
        self.data, self.changed, self.answer = question, changed, None
        super().__init__(f"{number}. {question.text}", [*(c.text for c in question.choices), UNSURE], lines=1)

    def choose(self, k):
        self.put(MARKS[k])
        self.changed()

    def put(self, answer):
        """Show an answer as chosen, without a word about its being right."""
        self.answer = answer
        if answer is not None:
            self.mark(MARKS.index(answer), "● ")
            self.say(f"● Your answer: {UNSURE if answer == '?' else answer}. You may still change it.")

    def lock(self):
        """No more changes."""
        for button in self.buttons:
            button.disabled = True
        self.say(f"● Your answer: {UNSURE if self.answer == '?' else self.answer}.")

    def explain(self):
        """Say after the test what was right, and where to read it again."""
        key = LETTERS.index(self.data.key)
        right, chosen = self.data.choices[key], MARKS.index(self.answer)
        self.mark(chosen, "✓ " if chosen == key else "? " if self.answer == "?" else "✗ ")
        self.buttons[key].description = self._label(key, "✓ ")
        if self.answer == self.data.key:
            return self.say(f"✓ Right ({self.answer}). {right.feedback}")
        begin = "? Not known." if self.answer == "?" else (
            f"✗ Not this one ({self.answer}). {self.data.choices[chosen].feedback}")
        return self.say(f"{begin} Right is {LETTERS[key]}: {right.text}. {right.feedback} "
                        f"Read again: {self.data.place}.")


class ConceptPanel(widgets.VBox):
    """The whole test. Every choice is kept at once, so that nothing is lost if the notebook is closed."""

    say, safely = Panel.say, Panel.safely

    def __init__(self, test):
        self.when, self.said = test.when, ""
        head = widgets.HTML(
            f'{CSS}{READABLE}<div class="lstm-title">{escape(test.title)}</div>'
            f'<div class="lstm-words">Take 10 to 12 minutes, alone, without looking anything up. '
            f'“{UNSURE}” is a good answer: guessing spoils the comparison.</div>')
        self.questions = [ConceptQuestionPanel(number, question, self.keep)
                          for number, question in enumerate(QUESTIONS, start=1)]
        self.button = widgets.Button(description="Hand in", button_style="primary",
                                     layout={"width": "auto", "align_self": "flex-start"})
        self.button.on_click(lambda _: self.safely(self.hand_in))
        self.words = widgets.HTML(layout={"min_height": "48px", "margin": "2px"})
        self.words.add_class("lstm-live")
        super().__init__([head, *self.questions, self.button, self.words])
        self.add_class("lstm-quiz")
        self.safely(self.resume)

    @property
    def answers(self):
        return [question.answer for question in self.questions]

    def resume(self):
        """Go on from the answers that are kept."""
        answers, handed_in = store.kept(self.when, MARKS, len(QUESTIONS))
        for question, answer in zip(self.questions, answers, strict=True):
            question.put(answer)
        self.finish() if handed_in else self.count()

    def keep(self):
        """Keep the answers so far, and those that were given in another window."""
        if self.joined():
            return self.finish(" (It was handed in in another window.)")
        try:
            store.save(self.when, self.answers, handed_in=False)
        except OSError as error:
            return self.say(f"This answer could not be kept on disk ({error.strerror}). Go on, and do not close the "
                            "notebook before you have handed in.")
        return self.count()

    def joined(self):
        """Take over what another window has kept. True if the test was handed in there: that result stays."""
        answers, handed_in = store.kept(self.when, MARKS, len(QUESTIONS))
        for question, answer in zip(self.questions, answers, strict=True):
            if handed_in or question.answer is None:
                question.put(answer)
        return handed_in

    def count(self):
        done = sum(answer is not None for answer in self.answers)
        where = ("Your answers stay in a file on this computer; concept_test(forget=True) deletes it." if store.path()
                 else "Your answers are kept until the kernel ends: in the end write the number down.")
        self.say(f"{done} of {len(QUESTIONS)} answered. {where}")

    def hand_in(self):
        """End the test, if every question has an answer."""
        if self.joined():
            return self.finish(" (It was handed in in another window.)")
        missing = [str(k) for k, answer in enumerate(self.answers, start=1) if answer is None]
        if missing:
            return self.say(f"Not handed in yet. No answer to question {', '.join(missing)}: choose one, "
                            f"or “{UNSURE}”.")
        try:
            store.save(self.when, self.answers, handed_in=True)
        except OSError as error:
            return self.finish(f" The result could not be kept on disk ({error.strerror}): write the number down.")
        return self.finish()

    def finish(self, more=""):
        """No more changes. Before the course the number alone, after it everything."""
        for question in self.questions:
            question.lock()
        self.button.disabled = True
        points = score(self.answers)
        if self.when == "after":
            for question in self.questions:
                question.explain()
            before, handed_in = store.kept("before", MARKS, len(QUESTIONS))
            return self.say(verdict(score(before) if handed_in else None, points) + more)
        return self.say(f"Handed in: {points} of {len(QUESTIONS)} right. Which ones, the same test says after "
                        f"lesson 14; until then they would only be learned by heart.{more}")
