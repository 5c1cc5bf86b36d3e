"""What a lesson takes is counted, and what it states is true. The glossary holds what the lessons use."""

from functools import cache

import pytest

from lstm_course import lessons
from tools import minutes
from tools.source import TERM

ALL = lessons.lessons()
parts_of = cache(minutes.parts)
CORE, EXERCISES, QUESTIONS, EXPLORERS = 50, 4, 5, 2
TEXT = """\
# 01 · Sample

Three words here. The formula $h_t = 1$ counts not, [a link](https://example.org/very/long) as two, $$x = 2$$
and neither the rule of a table:

| a | b |
|---|---|

```{code-cell}
import numpy as np
from lstm_course.explorers import rnn_stepper, show, unrolled_figure
```

## ② Try

```{code-cell}
rnn_stepper()
```

1. Move it.
2. Move it back.

```{code-cell}
predict("a", "Which one?", ["a", "b"])
```

```{code-cell}
unrolled_figure()
quiz("01")
```

### Without an explorer

1. Not a task.

```{verify}
assert True

assert unrolled_figure()
```

```{code-cell}
:exercise: one
:minutes: 6

def one():
    ### BEGIN SOLUTION
    a = 1
    return a
    ### END SOLUTION
```

+++ {"written": "why", "points": 1}

Why?

### BEGIN SOLUTION
Because of this.
### END SOLUTION

## More · Details (12 minutes)

A word more.
"""


@pytest.mark.parametrize("lesson", ALL, ids=lambda lesson: lesson.name)
def test_the_minutes_are_those_that_are_counted(lesson):
    counted = parts_of(lesson)
    assert all(part.is_honest for part in counted), "\n".join(map(str, counted))


@pytest.mark.parametrize("lesson", ALL, ids=lambda lesson: lesson.name)
def test_the_core_fits_an_hour_of_class(lesson):
    assert not (faults := core_faults(parts_of(lesson))), "\n".join(faults)


def core_faults(parts):
    """What is too much in a core; and exercises anywhere that do not say how long they take."""
    core = parts[0]
    found = [f"{count} {what}, more than {most}" for what, count, most in (
        ("minutes", core.stated, CORE), ("exercises", len(core.exercises), EXERCISES),
        ("quiz questions", core.questions, QUESTIONS), ("explorers", core.explorers, EXPLORERS)) if count > most]
    return found + [f"{name} declares no minutes" for part in parts for name, each in part.exercises.items()
                    if not each]


@pytest.fixture
def counted(tmp_path):
    """The parts of a sample."""
    def count(text):
        (tmp_path / "text.md").write_text(text, encoding="utf-8")
        lesson = lessons.Lesson("01", "01_rnn", tmp_path, "Sample", "?", 14)
        object.__setattr__(lesson, "module", lambda name: lessons.lesson("01").module(name))
        return minutes.parts(lesson)
    return count


def test_each_thing_is_counted_once_and_in_its_part(counted):
    core, more = counted(TEXT)
    assert (core.lines, core.figures, core.tasks, core.predictions, core.explorers) == (8, 1, 2, 1, 1)
    assert core.questions == len(lessons.lesson("01").module("quiz").QUIZ)
    assert core.exercises == {"one": 6, "why": None}
    read = ("01 Sample Three words here The formula counts not a link as two and neither the rule of a table a b ② Try "
            "1 Move it 2 Move it back Without an explorer 1 Not a task Why Write your answer here")
    assert core.words == len(read.split())
    assert (more.title, more.stated, more.words, more.lines) == ("More · Details", 12, 7, 0)
    assert more.minutes == pytest.approx(7 / 110)
    assert core.minutes == pytest.approx(
        core.words / 110 + (8 * 5 + 20 + 2 * 90 + 30 + core.questions * 45) / 60 + 6 + minutes.UNDECLARED)


@pytest.mark.parametrize("stated, words, honest", [
    (40, 44 * 110, True), (40, 45 * 110, False), (40, 36 * 110, True), (40, 35 * 110, False), (3, 385, True)])
def test_ten_percent_are_allowed(stated, words, honest):
    assert minutes.Part("core", stated, words=words).is_honest is honest


def test_what_is_too_much_is_found():
    many = dict.fromkeys("abcde", 5)
    core = minutes.Part("core", 51, questions=6, explorers=3, exercises=many | {"a": None})
    assert len(core_faults([core])) == 5 and not core_faults([minutes.Part("core", 50, exercises={"a": 5})])


def test_the_command_prints_the_parts(capsys):
    minutes.main(["01"])
    assert capsys.readouterr().out.startswith("01 A network with a memory\n  core: ")


# ---- the glossary -----------------------------------------------------------------------------------------


def test_every_term_of_the_glossary_is_used_and_explained_in_a_sentence():
    used = {(found[2] or found[1]).strip() for lesson in ALL for found in TERM.finditer(lesson.text)}
    assert set(lessons.glossary()) == used
    for term, words in lessons.glossary().items():
        assert words.endswith((".", "?", ")")) and "\n" not in words and 4 <= len(words.split()) <= 45, term


def test_the_glossary_is_in_alphabetical_order():
    terms = list(lessons.glossary())
    assert terms == sorted(terms, key=str.lower)


def test_no_lesson_marks_a_term_twice():
    for lesson in ALL:
        marked = [(found[2] or found[1]).strip() for found in TERM.finditer(lesson.text)]
        assert len(set(marked)) == len(marked), lesson.name
