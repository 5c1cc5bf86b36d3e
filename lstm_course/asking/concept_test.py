"""The concept test: twelve questions before the course and the same twelve after it, and the normalised gain.

    concept_test("before")        # the first lab; says how many are right, not which
    concept_test("after")         # after lesson 14; says which, why, and the gain
    concept_test(forget=True)     # deletes the answers

The answers stay in one small file on this computer (concept_store.py), which the student may delete. The questions
are in concept_questions.py.
"""

from functools import cached_property

from lstm_course.asking import concept_store as store
from lstm_course.asking.concept_gain import gain, gain_error, score, verdict
from lstm_course.asking.concept_questions import QUESTIONS, UNSURE
from lstm_course.asking.questions import LETTERS, bundle
from lstm_course.whereabouts import is_static

__all__ = ["QUESTIONS", "UNSURE", "ConceptTest", "concept_test", "gain", "gain_error", "score", "verdict"]

TIMES = {"before": "Concept test before the course", "after": "Concept test after the course"}


class ConceptTest:
    """The twelve questions. In a notebook it is a widget; without a kernel it is plain text."""

    def __init__(self, when: str):
        self.when, self.title = when, TIMES[when]

    @cached_property
    def panel(self):
        """The widget, made when it is first shown."""
        from lstm_course.asking.concept_panels import ConceptPanel
        return ConceptPanel(self)

    def plain(self) -> str:
        """The test as text, without a word about what is right."""
        head = f"{self.title} ({len(QUESTIONS)} questions; run this cell to answer them)"
        unsure = f"   {LETTERS[4]}. {UNSURE}"
        return "\n\n".join([head, *(f"{q.plain(k)}\n{unsure}" for k, q in enumerate(QUESTIONS, start=1))])

    def __repr__(self):
        return self.plain()

    def _repr_mimebundle_(self, include=None, exclude=None, **more):
        return bundle(self.plain(), None if is_static() else self.panel)


def concept_test(when: str = "before", *, forget: bool = False) -> ConceptTest | None:
    """Show the test: concept_test("before") or concept_test("after"). concept_test(forget=True) deletes the answers."""
    if forget:
        print("Your answers are deleted." if store.delete() else "There are no answers to delete.")
        return None
    if when not in TIMES:
        raise ValueError(f'there is no concept test {when!r}, expected "before" or "after"')
    return ConceptTest(when)
