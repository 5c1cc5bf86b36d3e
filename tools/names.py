"""Lets everything that names a lesson follow its folder and its lesson.toml. `python tools/build.py` does this first.

    python tools/names.py       # says what it has changed

A lesson has a folder, lessons/lNN_name, and in it lesson.toml: title, question, minutes, needs. The rest follows:

- the tables in README.md, the start page and teaching/, between <!-- TABLE --> and <!-- end of TABLE -->
  are written anew;
- the first lines of text.md and teaching.md, and links such as [06 Title](06_name.ipynb), get the title and the name;
- the line "- *Time:* 45 minutes." of text.md gets the minutes, and "01 to 07 and 09, about six hours" their sum;
- a notebook of a former name gets the new one, and that name is replaced wherever it stands in code or text;
- a notebook whose lesson is gone is removed.
"""

import re
import sys
from pathlib import Path

if not __package__:                     # `python tools/names.py`, from any folder
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lstm_course import lessons
from lstm_course.students.lesson_source import code_cells
from tools import address

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
NOTEBOOK = re.compile(r"(\d\d|[A-Z])_\w+")
TEXTS = (".md", ".py", ".toml", ".json", ".yaml")
PLACES = ("README.md", "CONTRIBUTING.md", "teaching", "lstm_course", "tests", "tools")
HOURS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
CORE = ("01", "02", "03", "04", "05", "06", "07", "09")
WRITTEN = re.compile(r'^\+\+\+ \{"written": .*"points": (\d+)', re.M)


def refresh():
    """Brings everything up to date; a line for each thing that was changed."""
    said = list(move_notebooks(former := former_names()))
    for path in texts():
        before = path.read_text(encoding="utf-8")
        after = with_tables(with_titles(with_names(before, former), path))
        if after != before:
            path.write_text(after, encoding="utf-8", newline="\n")
            said.append(f"changed {path.relative_to(ROOT).as_posix()}")
    return said


def texts():
    """The files in which a lesson may be named."""
    for place in (ROOT / name for name in PLACES):
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and path.suffix in TEXTS and not {"__pycache__", "print", "data"} & set(path.parts):
                yield path


# ---- former names ------------------------------------------------------------------------------------------


def former_names():
    """{former name: name now, or None if the lesson is gone}, from the notebooks that have no lesson of their name."""
    now = {one.number: one.name for one in lessons.lessons()}
    stored = [path.stem for path in sorted((NOTEBOOKS / "solutions").glob("*.ipynb")) if NOTEBOOK.fullmatch(path.stem)]
    return {name: now.get(name.partition("_")[0]) for name in stored if name not in now.values()}


def move_notebooks(former):
    """Gives the notebooks of renamed lessons their new names, and removes those whose lessons are gone."""
    for old, new in former.items():
        for path in (NOTEBOOKS / f"{old}.ipynb", NOTEBOOKS / "solutions" / f"{old}.ipynb"):
            if path.is_file() and new:
                path.replace(path.with_name(f"{new}.ipynb"))
            else:
                path.unlink(missing_ok=True)
        yield f"{old} is now {new}" if new else f"removed {old}, which has no lesson any more"


def with_names(text, former):
    """The text with the new names of renamed lessons."""
    for old, new in former.items():
        if new:
            text = re.sub(rf"(?<![A-Za-z0-9_])(l?){old}(?![A-Za-z0-9])", rf"\g<1>{new}", text)
    return text


# ---- titles ------------------------------------------------------------------------------------------------


def with_titles(text, path):
    """The text with the lessons' titles in links to them, and in the first line if it is a lesson's own page."""
    if path.suffix != ".md":
        return text
    text = re.sub(r"(01 to 07 and 09[, (]+about )\w+(?= hours)", rf"\g<1>{hours_of_the_core()}", text)
    for one in lessons.lessons():
        link = rf"\[{one.number} [^\]\n]+\](\([^)\s]*?\b(?:l{one.name}/teaching\.md|{one.name}\.ipynb)\))"
        text = re.sub(link, lambda found, one=one: f"[{one.number} {one.title}]{found[1]}", text)
        if path.parent == one.folder and path.name in ("text.md", "teaching.md"):
            end = " — teacher's page" if path.name == "teaching.md" else ""
            text = re.sub(r"\A# .*", lambda _, one=one, end=end: f"# {one.number} · {one.title}{end}", text)
            text = re.sub(r"(?m)^(- \*Time:\*) \d+ minutes", rf"\g<1> {one.minutes} minutes", text)
    return text


def hours_of_the_core():
    """What lessons 01 to 07 and 09 take together, in words."""
    minutes = sum(one.minutes for one in lessons.lessons() if one.number in CORE)
    return HOURS[round(minutes / 60)]


# ---- tables ------------------------------------------------------------------------------------------------


def with_tables(text):
    """The text with its tables written anew, each between its two marks."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        if begin in text:
            before, _, rest = text.partition(begin)
            text = f"{before}{begin}{table()}{end}{rest.partition(end)[2]}"
    return text


def table(head, rows):
    """A Markdown table, between empty lines."""
    lines = [f"| {' | '.join(map(str, cells))} |\n" for cells in [head, *rows]]
    return "\n" + "".join([lines[0], f"|{'---|' * len(head)}\n", *lines[1:]]) + "\n"


def appendices():
    """The lessons with letters instead of numbers."""
    return [one for one in lessons.lessons() if not one.number.isdigit()]


def readme_map():
    """All lessons, with links to the notebooks and to Binder."""
    place = address.current()
    rows = [[f"[{one.number} {one.title}](notebooks/{one.name}.ipynb)", one.question, one.minutes,
             f"[open {one.number}]({address.binder_link(place, f'notebooks/{one.name}.ipynb')})"]
            for one in lessons.lessons()]
    return table(["lesson", "its question", "minutes", "on Binder"], rows)


def start_map(kind, chosen):
    """The start page's map of some lessons."""
    return table([kind, "its question", "minutes"],
                 [[f"[{one.number} {one.title}]({one.name}.ipynb)", one.question, one.minutes] for one in chosen])


def teachers_pages():
    """The lessons that have a teacher's page, with what they build on."""
    link = "[{0.number} {0.title}](../lstm_course/lessons/l{0.name}/teaching.md)"
    rows = [[link.format(one), one.needs or "–", one.minutes]
            for one in lessons.lessons() if (one.folder / "teaching.md").is_file()]
    return table(["teacher's page", "builds on", "minutes alone"], rows)


def points():
    """What each lesson is graded for: by the program and by a person."""
    rows = []
    for one in lessons.lessons():
        text = one.text
        program = sum(int(cell.options["points"]) for cell in code_cells(text) if "check" in cell.options)
        rows.append([f"`{one.name}`", program, sum(map(int, WRITTEN.findall(text)))])
    return table(["lesson", "by the program", "by you"],
                 [*rows, ["**all**", sum(row[1] for row in rows), sum(row[2] for row in rows)]])


TABLES = {
    "map": readme_map,
    "map of the lessons": lambda: start_map("lesson", [one for one in lessons.lessons()[1:] if one.number.isdigit()]),
    "map of the appendices": lambda: start_map("appendix", appendices()),
    "teacher's pages": teachers_pages,
    "points": points,
}

if __name__ == "__main__":
    print("\n".join(refresh()) or "Everything is up to date.")
