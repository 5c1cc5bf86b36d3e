"""The code cells of a lesson's text.md, and what of a cell a student gets.

A text.md is MyST Markdown; `tools/build.py` makes the notebooks from it with jupytext. This reads the code cells alone
and needs nothing but Python, so that an exercise can be reset wherever the package is installed.
"""

import re
from dataclasses import dataclass

SOLUTION = ("### BEGIN SOLUTION", "### END SOLUTION")
HIDDEN = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
STUB = "..."
CELL = re.compile(r"^(`{3,})\{code-cell\}[^\n]*\n(.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE)
OPTION = re.compile(r":([\w-]+):[ \t]*(.*)")


class SourceError(ValueError):
    """Something in a lesson's source that its author has to change, said in one sentence."""


@dataclass(frozen=True)
class Cell:
    """A code cell: its options, as {"exercise": "lstm_step"}, and its code with solution and hidden tests."""

    options: dict[str, str]
    source: str


def code_cells(text: str) -> list[Cell]:
    """The code cells of a source, in their order."""
    return [_cell(body.split("\n")) for _, body in CELL.findall(text)]


def _cell(lines: list[str]) -> Cell:
    options = {}
    while lines and (option := OPTION.fullmatch(lines[0])):
        options[option[1]] = option[2].strip()
        lines = lines[1:]
    return Cell(options, "\n".join(lines).strip("\n"))


def regions(source: str, markers: tuple[str, str], where: str = "cell") -> list[tuple[int, int]]:
    """(first, last) line numbers of the regions between a pair of markers; SourceError if they are unbalanced."""
    begin, end = markers
    found, start = [], None
    for number, line in enumerate(source.split("\n")):
        if line.strip() == begin:
            if start is not None:
                raise SourceError(f"{where}: a second {begin} before {end}.")
            start = number
        elif line.strip() == end:
            if start is None:
                raise SourceError(f"{where}: {end} without {begin}.")
            found.append((start, number))
            start = None
        elif begin in line or end in line:
            raise SourceError(f"{where}: a marker must stand alone on its line ({line.strip()!r}).")
    if start is not None:
        raise SourceError(f"{where}: {begin} without {end}.")
    return found


def replace_regions(source: str, markers: tuple[str, str], stub: str | None) -> str:
    """The source with each region replaced by the stub in the region's indentation (None: by nothing)."""
    lines = source.split("\n")
    for first, last in reversed(regions(source, markers)):
        indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        lines[first : last + 1] = [] if stub is None else [indent + stub]
    return "\n".join(lines).rstrip()


def for_student(source: str, stub: str | None = STUB) -> str:
    """What a student sees of a graded cell: the stub for each solution, no hidden tests."""
    return replace_regions(replace_regions(source, SOLUTION, stub), HIDDEN, None)
