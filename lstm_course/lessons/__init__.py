"""The lessons, found by their folders: each holds a lesson.toml and everything that belongs to it.

    lessons()               # all, in their order
    lesson("06")            # one: number, title, question, minutes, needs, folder
    lesson("06").module("exercises")
"""

import importlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Lesson:
    """A lesson: its number ("06", "A"), its name ("06_lstm_cell"), and what its lesson.toml says."""

    number: str
    name: str
    folder: Path
    title: str
    question: str
    minutes: int
    needs: str = ""

    @property
    def package(self) -> str:
        """The dotted name of its package."""
        return f"{__name__}.{self.folder.name}"

    @property
    def text(self) -> str:
        """Its source, text.md."""
        return (self.folder / "text.md").read_text(encoding="utf-8")

    def module(self, name: str) -> ModuleType | None:
        """Its module of that name, or None: module("exercises"), module("quiz")."""
        if not (self.folder / f"{name}.py").is_file():
            return None
        return importlib.import_module(f"{self.package}.{name}")


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons: the numbered ones, then the appendices."""
    return tuple(_read(path.parent) for path in sorted(FOLDER.glob("l*/lesson.toml")))


def lesson(number: str | int) -> Lesson:
    """The lesson with a number: "06", 6 or "6"; the appendices are "A" and "B". KeyError if there is none."""
    words = str(number).strip().upper()
    found = {one.number: one for one in lessons()}
    return found[words if words in found else words.zfill(2)]


@cache
def glossary() -> dict[str, str]:
    """{term: one sentence that explains it}, from glossary.toml."""
    with open(FOLDER / "glossary.toml", "rb") as file:
        return tomllib.load(file)


def _read(folder: Path) -> Lesson:
    with open(folder / "lesson.toml", "rb") as file:
        said = tomllib.load(file)
    name = folder.name.removeprefix("l")
    return Lesson(name.split("_")[0], name, folder, **said)
