"""Counts what a lesson takes: its core, and each part "More".

    python tools/minutes.py 04 06      # these lessons, part by part
    python tools/minutes.py            # all

    words of prose / 110               without formulas, addresses of links, and the list of terms
    lines of visible code × 5 s        as the student's notebook has them
    figures × 20 s                     cells that call a function below @figure, or show(…)
    explorer tasks × 90 s              numbered list items in a section that has an explorer
    recorded predictions × 30 s        predict(…)
    exercises, written answers         what each declares beside its name; undeclared, as in old lessons, 5
    quiz questions × 45 s

The core is stated by `minutes` in lesson.toml, a part by its heading: ## More · Clipping (12 minutes).
"""

import ast
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

if not __package__:                     # `python tools/minutes.py`, from any folder
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lstm_course import explorers, lessons
from lstm_course.students.lesson_source import for_student
from tools.source import STUB, TERMS, is_verify, parsed

HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
PART = re.compile(r"More · (.+) \((\d+) minutes\)")
TASK = re.compile(r"^\d+\. ", re.MULTILINE)
NOT_READ = re.compile(r"<!--.*?-->|\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)\n]*\)|^```.*?^```", re.DOTALL | re.MULTILINE)
UNDECLARED, WORDS_A_MINUTE = 5, 110
SECONDS = {"lines": 5, "figures": 20, "tasks": 90, "predictions": 30, "questions": 45}


@dataclass
class Part:
    """The core or a part "More": what it states and what there is to count; exercises as {name: minutes or None}."""

    title: str
    stated: int
    words: int = 0
    lines: int = 0
    figures: int = 0
    tasks: int = 0
    predictions: int = 0
    questions: int = 0
    explorers: int = 0
    exercises: dict = field(default_factory=dict)

    @property
    def minutes(self):
        """What it takes."""
        seconds = sum(getattr(self, name) * each for name, each in SECONDS.items())
        declared = sum(minutes or UNDECLARED for minutes in self.exercises.values())
        return self.words / WORDS_A_MINUTE + seconds / 60 + declared

    @property
    def is_honest(self):
        """Whether what it states is right within 10 %, or half a minute."""
        return abs(self.minutes - self.stated) <= max(0.1 * self.stated, 0.5)

    def __str__(self):
        """One line, and how it comes about."""
        pieces = [f"{getattr(self, name)} {name}" for name in ("words", *SECONDS)]
        pieces += [f"{name} {minutes or f'{UNDECLARED} (undeclared)'} min" for name, minutes in self.exercises.items()]
        verdict = "" if self.is_honest else "   <- more than 10 % off"
        return f"{self.title}: {self.minutes:.1f} minutes, stated {self.stated}{verdict}\n    {', '.join(pieces)}"


def parts(lesson):
    """The parts of a lesson, the core first."""
    found, section = [Part("core", lesson.minutes)], Section()
    for cell in parsed(lesson.folder / "text.md").cells:
        if is_verify(cell):
            continue
        if cell.cell_type != "markdown":
            add_code(found[-1], section, cell, lesson)
            continue
        if "written" in cell.metadata:
            found[-1].exercises[cell.metadata["written"]] = cell.metadata.get("minutes")
        for heading, text in pieces(for_student(cell.source, STUB["markdown"])):
            if heading:
                section.close(found[-1])
                part = PART.fullmatch(heading.removeprefix("## "))
                found += [Part(f"More · {part[1]}", int(part[2]))] if part else []
            add_text(found[-1], section, text, "" if heading == f"### {TERMS}" else f"{heading}\n{text}")
    section.close(found[-1])
    return found


def pieces(markdown):
    """(heading or "", what follows it) of a text."""
    ends = [match.start() for match in HEADING.finditer(markdown)]
    for start, end in zip([0, *ends], [*ends, len(markdown)], strict=True):
        text = markdown[start:end]
        heading = HEADING.match(text)
        yield (heading[0], text[heading.end():]) if heading else ("", text)


@dataclass
class Section:
    """The numbered items and the explorers since the last heading."""

    tasks: int = 0
    explorers: int = 0

    def close(self, part):
        """The items count as tasks if there is an explorer."""
        part.tasks += self.tasks if self.explorers else 0
        self.tasks = self.explorers = 0


def add_text(part, section, text, read):
    """Counts the words that are read, and the numbered items."""
    part.words += len(re.findall(r"[^\W_][\w'’.-]*", NOT_READ.sub(" ", read)))
    section.tasks += len(TASK.findall(text))


def add_code(part, section, cell, lesson):
    """Counts the lines of a code cell, and what its calls show or ask."""
    source = for_student(cell.source)
    part.lines += sum(bool(line.strip()) for line in source.splitlines())
    called = calls(source)
    part.figures += len(called & {*explorers.places()["figure"], "show", "show_svg"})
    shown = len(called & set(explorers.places()["explorer"]))
    part.explorers, section.explorers = part.explorers + shown, section.explorers + shown
    part.predictions += "predict" in called
    if "quiz" in called:
        part.questions += len(lesson.module("quiz").QUIZ)
    if "exercise" in cell.metadata:
        part.exercises[cell.metadata["exercise"]] = cell.metadata.get("minutes")


def calls(source):
    """The functions that a cell calls by their names."""
    try:
        nodes = ast.walk(ast.parse(source))
    except SyntaxError:         # a magic command
        return set()
    return {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def main(names):
    """Prints the count of the lessons with these numbers or names."""
    wanted = [lessons.lesson(name.removeprefix("l").partition("_")[0]) for name in names] or lessons.lessons()
    for lesson in wanted:
        print(f"{lesson.number} {lesson.title}")
        for part in parts(lesson):
            print(f"  {part}")


if __name__ == "__main__":
    main(sys.argv[1:])
