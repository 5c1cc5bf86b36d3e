"""Makes the printable pages: lessons/lNN_title/teaching.md -> teaching/print/NN_title_*.html, and the concept test.

    python tools/print_pages.py                  # all pages, the concept test and the index
    python tools/print_pages.py 01_rnn 03_bptt   # the pages of some lessons

A teacher's page is plain CommonMark with LaTeX between $ … $ or $$ … $$, and has the headings in HEADINGS, in this
order; the last one, EVIDENCE, is a table that lessons of the first edition do not have yet. In it,

    ____                          is a blank to write on, after a space: four underscores, or more for a longer one
                                  (24 are a whole line)
    <!-- computed: 2 * 3 -> 6 --> says how a number comes about that the notebook does not print; it is not printed

print_html.py makes HTML from it. Two builds give the same bytes; they are not kept in git.
"""

import importlib
import re
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

if not __package__:                     # `python tools/print_pages.py`, from any folder
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lstm_course import lessons
from tools.print_html import PageError, blank, document, headings, to_html

HERE = Path(__file__).resolve().parents[1] / "teaching"
PRINT = HERE / "print"
HEADINGS = ("Plan", "Expected predictions", "Pair task", "Where to cut", "Board", "Questions students ask",
            "Exit ticket", "Slide", "Worksheet", "Worksheet key", "Formula card")
EVIDENCE = "What stands on what"
FOR_TEACHERS = (*HEADINGS[:HEADINGS.index("Slide")], EVIDENCE)
KINDS = {"worksheet": "worksheet", "key": "key", "formulas": "formula card", "slide": "slide",
         "teacher": "teacher's page"}
MADE = re.compile(r"(\d\d|[A-Z])_\w+_(worksheet|key|formulas|slide|teacher)\.html")
TITLE = re.compile(r"# (?P<number>\w+) · (?P<title>.+?) +— teacher's page")


# ---- the sources ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A teacher's page: the lesson's number and title, what stands before the first heading, and the sections."""

    stem: str
    number: str
    title: str
    introduction: str
    sections: dict


def read_page(path):
    """The page in a file; a sentence if its headings are not the fixed ones."""
    text = path.read_text(encoding="utf-8")
    first = TITLE.fullmatch(text.partition("\n")[0])
    if not first:
        raise PageError(f"{name_of(path)}: the first line should be “# NN · Title — teacher's page”.")
    lines, starts = text.splitlines(), headings(text)
    names = tuple(lines[line].removeprefix("## ").strip() for line in starts)
    if names not in (HEADINGS, (*HEADINGS, EVIDENCE)):
        raise PageError(f"{name_of(path)}: expected the headings {', '.join((*HEADINGS, EVIDENCE))}; "
                        f"came {', '.join(names)}.")
    parts = ["\n".join(lines[a:b]).strip() for a, b in zip([0, *starts], [*starts, len(lines)], strict=True)]
    introduction, *sections = (part.partition("\n")[2].strip() for part in parts)
    return Page(name_of(path), first["number"], first["title"], introduction, dict(zip(names, sections, strict=True)))


def name_of(path):
    """The lesson's name from the path of its page, …/l06_lstm_cell/teaching.md."""
    return path.parent.name.removeprefix("l")


def sources():
    """The files of the teacher's pages, in the order of the course."""
    paths = [lesson.folder / "teaching.md" for lesson in lessons.lessons()]
    return [path for path in paths if path.is_file()]


# ---- the printed pages ------------------------------------------------------------------------------------


def name_and_date():
    """The line on top of what students fill in."""
    return f'<p class="who">Name {blank(23)} Date {blank(12)}</p>\n'


def lesson_files(path):
    """All files made from one teacher's page: {name: HTML}."""
    page = read_page(path)
    lesson = f"{page.number} · {page.title}"
    part = page.sections
    teacher = page.introduction + "".join(f"\n\n## {name}\n\n{part[name]}" for name in FOR_TEACHERS if name in part)
    made = {
        "worksheet": (f"{lesson} · worksheet", to_html(part["Worksheet"], 1), name_and_date()),
        "key": (f"{lesson} · worksheet key", to_html(part["Worksheet key"], 1), ""),
        "formulas": (f"{lesson} · formula card", to_html(part["Formula card"], 1), ""),
        "slide": (lesson, to_html(part["Slide"], 1), ""),
        "teacher": (f"{lesson} · teacher's page", to_html(teacher), ""),
    }
    return {f"{page.stem}_{kind}.html": document(title, body, kind, above)
            for kind, (title, body, above) in made.items()}


def concept_test(key=False):
    """The concept test as HTML, to fill in (no name: it is anonymous) or with its key."""
    test = importlib.import_module("lstm_course.asking.concept_test")
    body = "\n".join(question_html(number, question, (key_row if key else tick_row), ("" if key else test.UNSURE))
                     for number, question in enumerate(test.QUESTIONS, start=1))
    if key:
        letters = ", ".join(f"{number} {question.key}" for number, question in enumerate(test.QUESTIONS, start=1))
        return document("Concept test: key", f"<p><strong>{letters}</strong></p>\n{body}", "test")
    head = f"{len(test.QUESTIONS)} questions, 10 to 12 minutes, alone, without looking anything up. “{test.UNSURE}” " \
           "is a good answer: guessing spoils the comparison. One cross for each question."
    return document("Concept test", f"<p>{escape(head)}</p>\n{body}", "test",
                    '<p class="who">☐ before the course &nbsp; ☐ after the course</p>\n')


def question_html(number, question, row, last=""):
    """One question with a row for each choice, and one more choice."""
    rows = [row(letter, choice) for letter, choice in zip("ABCDEF", question.choices, strict=False)]
    rows += [f"☐ {escape(last)}"] if last else []
    lines = "\n".join(f"<li>{words}</li>" for words in rows)
    return f'<section class="question">\n<h2>{number}. {escape(question.text)}</h2>\n' \
           f'<ul class="choices">\n{lines}\n</ul>\n</section>'


def tick_row(letter, choice):
    return f"☐ {letter}. {escape(choice.text)}"


def key_row(letter, choice):
    """A choice with its feedback; the right one is marked, a wrong one says what it believes."""
    words, feedback = escape(choice.text), escape(choice.feedback)
    if choice.correct:
        return f"<strong>✓ {letter}. {words}.</strong> {feedback}"
    return f"✗ {letter}. {words}. <em>Believes: {escape(choice.believes)}.</em> {feedback}"


def index():
    """The list of all printable pages."""
    rows = []
    for path in sources():
        page = read_page(path)
        links = "".join(f'<td><a href="{page.stem}_{kind}.html">{words}<span class="hidden"> of {page.number}</span>'
                        "</a></td>" for kind, words in KINDS.items())
        rows.append(f'<tr><th scope="row">{page.number} · {escape(page.title)}</th>{links}</tr>')
    head = "".join(f'<th scope="col">{words}</th>' for words in ("lesson", *KINDS.values()))
    body = f"""<p>Open a page and print it, on A4 or Letter. Worksheets have one page, formula cards at most two.</p>
<p>For the whole course: <a href="concept_test.html">concept test</a>, <a href="concept_test_key.html">its key</a>.</p>
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{chr(10).join(rows)}
</tbody>
</table>"""
    return document("Pages to print", body, "index")


def names():
    """The names of all files in teaching/print, without making them."""
    of_lessons = [f"{name_of(path)}_{kind}.html" for path in sources() for kind in KINDS]
    return ["index.html", "concept_test.html", "concept_test_key.html", *of_lessons]


def everything():
    """All files that belong into teaching/print: {name: HTML}."""
    made = {"index.html": index(), "concept_test.html": concept_test(), "concept_test_key.html": concept_test(key=True)}
    for path in sources():
        made |= said_with_its_name(path)
    return made


def said_with_its_name(path):
    """The files of a page; a fault in it is told with the name of its file."""
    try:
        return lesson_files(path)
    except PageError as error:
        words = str(error)
        raise PageError(words if words.startswith(name_of(path)) else f"{name_of(path)}: {words}") from error


def chosen(names):
    """The pages with these names (01_rnn, 01 or 01_rnn.md); a sentence if there is none."""
    found = []
    for name in names:
        stem = Path(name).stem
        paths = [path for path in sources() if stem in (name_of(path), name_of(path).partition("_")[0])]
        if not paths:
            raise PageError(f"there is no page {name}, expected one of {', '.join(map(name_of, sources()))}.")
        found += paths
    return found


def write(made, folder):
    """Write these files into a folder."""
    folder.mkdir(exist_ok=True)
    for name, html in made.items():
        (folder / name).write_text(html, encoding="utf-8", newline="\n")


def main(wanted):
    """Write the pages of these lessons, or everything; say what was written."""
    made = {}
    for path in chosen(wanted):
        made |= said_with_its_name(path)
    made = made if wanted else everything()
    for old in [] if wanted else sorted(PRINT.glob("*.html")):
        if old.name not in made and MADE.fullmatch(old.name):
            old.unlink()
    write(made, PRINT)
    print(f"{len(made)} pages in {PRINT.relative_to(HERE.parent)}: open index.html there in a browser")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except PageError as error:
        sys.exit(f"Not built. {error}")
