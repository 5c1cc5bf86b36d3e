"""What must hold for a teacher's page: `faults(page, lesson)` says in sentences what does not.

A page says much about its lesson. Its questions must stand in the lesson, its numbers must be computed there (or by a
`<!-- computed: … -> … -->` in the page), its plan must fill 50 minutes, and its slide must be short. What a verify cell
of the lesson states counts as computed, too.
"""

import ast
import html
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
from markdown_it import MarkdownIt

from lstm_course import explorers as course_explorers
from lstm_course import lessons
from tools.print_html import BLANK
from tools.print_pages import EVIDENCE
from tools.source import is_verify, parsed, tells

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
MINUTES, SLIDE_WORDS = 50, 40
SIGNS = "①②③④⑤⑥⑦"
ENTRY = ("Most will say", "Computed", "Why they say it", "Say next")
COMPUTED = re.compile(r"<!--\s*computed:(.*?)-->", re.DOTALL)
MATH = re.compile(r"\$\$.*?\$\$|\$.*?\$", re.DOTALL)
GROUPS = re.compile(r"(?<=\d)(?:,|\\,|\u00a0|\u202f| )(?=\d{3}(?!\d))")       # 16 384 and 16,384 are 16384
NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(e[+-]?\d+)?(?!\.?\d)")
EVIDENCE_HEAD = ["claim", "experiment or cell", "control", "seeds", "result"]
NAMES = {"np": np, "tanh": np.tanh, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": abs, "sum": sum,
         "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "__builtins__": {}}


# ---- the lesson -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lesson:
    """What a lesson says: its title, its headings, all its words (for questions), and all its numbers."""

    title: str
    headings: tuple
    words: str
    numbers: frozenset


@cache
def read_lesson(stem):
    """The lesson of a page: its notebook with outputs, its exercises, and the words of its explorers."""
    cells = json.loads((NOTEBOOKS / f"{stem}.ipynb").read_text(encoding="utf-8"))["cells"]
    prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    folder = lessons.lesson(stem.partition("_")[0]).folder
    code += [cell.source for cell in parsed(folder / "text.md").cells if is_verify(cell)]
    told = [cell for cell in nbformat.read(NOTEBOOKS / "solutions" / f"{stem}.ipynb", 4).cells if tells(cell)]
    shown = [words for cell in cells + told for output in cell.get("outputs", ()) for words in output_words(output)]
    files = [folder / "exercises.py", folder / "quiz.py", *explorers(code)]
    strings = constants("\n".join(code)) + [words for path in files for words in constants(read(path))]
    headings = tuple(re.findall(r"^#{2,3} (.+)", prose, re.MULTILINE))
    return Lesson(title=prose.partition("\n")[0].removeprefix("# "), headings=headings,
                  words=plain("\n".join([prose, *strings])),
                  numbers=frozenset(numbers("\n".join([prose, *code, *shown, *strings]))))


def read(path):
    return path.read_text(encoding="utf-8")


def output_words(output):
    """The text of an output: what was printed, what a value looks like, and the alt text of a picture."""
    yield "".join(output.get("text", ""))
    yield "".join(output.get("data", {}).get("text/plain", ""))
    yield from (about["alt"] for about in output.get("metadata", {}).values() if isinstance(about, dict)
                and "alt" in about)


def constants(source):
    """All strings in a source."""
    return [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)
            and isinstance(node.value, str)]


def explorers(code):
    """The files of the explorers that a lesson imports."""
    places = course_explorers.places()
    where = {**places["explorer"], **places["figure"]}
    names = {alias.name for node in ast.walk(ast.parse("\n".join(code))) if isinstance(node, ast.ImportFrom)
             and node.module == "lstm_course.explorers" for alias in node.names}
    return [ROOT / f"{where[name].replace('.', '/')}.py" for name in sorted(names & set(where))]


def plain(text):
    """Words for comparing: no marks of Markdown, no line ends."""
    return " ".join(re.sub(r"[*`\\]", "", html.unescape(text)).replace("\u00a0", " ").replace("−", "-").split())


def numbers(text):
    """All numbers in a text, without their signs; 1.6e-57 counts as 1.6 as well, for 1.6 · 10⁻⁵⁷."""
    for match in NUMBER.finditer(GROUPS.sub("", text.replace("−", "-"))):
        yield float(match[0])
        yield float(match[1])


# ---- the page ---------------------------------------------------------------------------------------------


def faults(page, lesson):
    """What is wrong with a page, in sentences."""
    rules = (wrong_title, wrong_plan, wrong_parts, wrong_predictions, wrong_numbers, wrong_sums, long_slide,
             lost_blanks, empty_sections)
    return [fault for rule in rules for fault in rule(page, lesson)]


def whole(page):
    """The page without its headings, and without what is not printed."""
    return COMPUTED.sub("", "\n\n".join([page.introduction, *page.sections.values()]))


def wrong_title(page, lesson):
    if f"{page.number} · {page.title}" != lesson.title:
        yield f"The title is {page.number} · {page.title}, that of the notebook {lesson.title}."


def rows(table):
    """The cells of a Markdown table, row by row, without its head."""
    lines = [line.strip() for line in table.splitlines() if line.strip().startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def wrong_plan(page, lesson):
    """The minutes follow one another from 0 to 50; each row says what, where in the notebook, and what if late."""
    end = 0
    for row in rows(page.sections["Plan"]):
        span = re.fullmatch(r"(\d+)[-–](\d+)", row[0])
        if not span or not all(row) or len(row) != 4:
            yield f"The plan's row {row} should have minutes like 0-5, what, notebook part, if late."
            continue
        if int(span[1]) != end or int(span[2]) <= end:
            yield f"The plan's row {row[0]} does not go on from minute {end}."
        end = int(span[2])
        if not any(sign in row[2] for sign in SIGNS) and not any(plain(heading) in plain(row[2])
                                                                 for heading in lesson.headings):
            yield f"The plan's row {row[0]} names no part of the notebook: {row[2]}."
    if end != MINUTES:
        yield f"The plan ends at minute {end}, not at {MINUTES}."


def wrong_parts(page, lesson):
    """The parts ① to ⑦ are headings of the notebook; the start page has none and may tell of them."""
    known = "".join(lesson.headings)
    known = known if any(sign in known for sign in SIGNS) else lesson.words
    missing = [sign for sign in SIGNS if sign in whole(page) and sign not in known]
    if missing:
        yield f"The notebook has no part {', '.join(missing)}."
    for sign, name in re.findall(rf"([{SIGNS}]) (Predict|Try|See|Formula|Code|Check|Apply)\b", page.sections["Plan"]):
        if f"{sign} {name}" not in lesson.headings:
            yield f"The notebook has no part {sign} {name}."


def entries(page):
    """The expected predictions: (question, {item: text})."""
    for part in page.sections["Expected predictions"].split("**Question**")[1:]:
        asked, *items = re.split(r"^- ", part, flags=re.MULTILINE)
        pairs = [re.fullmatch(r"\*([^*]+):\*\s+(.+)", item.strip(), re.DOTALL) for item in items]
        yield re.sub(r"^\s*\([^)]*\):\s+", "", asked), {pair[1]: pair[2] for pair in pairs if pair}


def wrong_predictions(page, lesson):
    """Three entries, each with a question that the lesson asks, and with all its items."""
    found = list(entries(page))
    if len(found) != 3:
        yield f"There are {len(found)} expected predictions, not 3."
    for question, items in found:
        if plain(question) not in lesson.words:
            yield f"The lesson does not ask “{plain(question)}”."
        if tuple(items) != ENTRY:
            yield f"“{plain(question)}” should have the items {', '.join(ENTRY)}; it has {', '.join(items)}."
        if not re.search(r"[\"“].+[\"”]", items.get("Say next", ""), re.DOTALL):
            yield f"“{plain(question)}”: the sentence to say next is not in quotation marks."


def sums(page):
    """(expression, number as it is written) for each `computed` in a page."""
    text = "\n".join([page.introduction, *page.sections.values()])
    for lines in COMPUTED.findall(text):
        for line in filter(str.strip, lines.splitlines()):
            expression, _, result = line.rpartition("->")
            yield expression.strip(), result.strip()


def wrong_sums(page, lesson):
    """Each `computed` gives the number that is written after its arrow, rounded as that is."""
    for expression, result in sums(page):
        mantissa, _, power = result.partition("e")
        last_digit = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
        try:
            value = float(eval(expression, dict(NAMES)))
        except Exception as error:
            yield f"“computed: {expression}” cannot be computed: {error}."
            continue
        if abs(value - float(result)) > 0.5000001 * last_digit:
            yield f"“computed: {expression}” gives {value:.6g}, not {result}."


def wrong_numbers(page, lesson):
    """Numbers with a decimal point, and all numbers after “Computed:”, are computed in the lesson or in the page."""
    known = lesson.numbers | {abs(float(result)) for _, result in sums(page)}
    text = GROUPS.sub("", whole(page).replace("−", "-"))
    decimals = [match[0] for match in NUMBER.finditer(text) if "." in match[0] or match[2]]
    stated = [match[0] for _, items in entries(page)
              for match in NUMBER.finditer(GROUPS.sub("", items.get("Computed", "")))]
    unknown = dict.fromkeys(number for number in decimals + stated if float(number) not in known)
    if unknown:
        yield f"The lesson does not compute {', '.join(unknown)}."


def long_slide(page, lesson):
    slide = page.sections["Slide"]
    words = re.findall(r"\w[\w'’.-]*", MATH.sub(" ", slide))
    if len(words) > SLIDE_WORDS:
        yield f"The slide has {len(words)} words, more than {SLIDE_WORDS}."
    if len(MATH.findall(slide)) > 1:
        yield f"The slide has {len(MATH.findall(slide))} formulas, more than one."


def lost_blanks(page, lesson):
    """Where plain CommonMark would take ____ for bold type, a reader of the source sees no blank."""
    text = page.sections["Worksheet"]
    if not BLANK.search(text):
        yield "The worksheet has no blanks."
    for line in text.splitlines():
        shown = MarkdownIt("commonmark").disable("hr").render(MATH.sub(" ", line))
        if len(BLANK.findall(shown)) != len(BLANK.findall(line)):
            yield f"A blank in “{line.strip()}” gets lost: put a space before it."


def evidence_faults(page):
    """What is wrong with the table of what stands on what."""
    if EVIDENCE not in page.sections:
        return [f"The page does not end with ## {EVIDENCE}."]
    lines = [line for line in page.sections[EVIDENCE].splitlines() if line.strip().startswith("|")]
    head = [cell.strip() for cell in lines[0].strip().strip("|").split("|")] if lines else []
    found = [] if head == EVIDENCE_HEAD else [f"Its table has the head {head}, expected {EVIDENCE_HEAD}."]
    table = rows(page.sections[EVIDENCE])
    found += ["Its table makes no claim."] if not table else []
    return found + [f"A row is not filled: {row}." for row in table if len(row) != len(EVIDENCE_HEAD) or not all(row)]


def empty_sections(page, lesson):
    for name, text in {"the introduction": page.introduction, **page.sections}.items():
        if len(text.split()) < 8:
            yield f"{name} is (almost) empty."
