"""Makes the printable pages: lessons/lNN_title/teaching.md -> teaching/print/NN_title_*.html, and the concept test.

    python tools/print_pages.py                  # all pages, the concept test and the index
    python tools/print_pages.py 01_rnn 03_bptt   # the pages of some lessons

A teacher's page is plain CommonMark with LaTeX between $ … $ or $$ … $$, and has the headings in HEADINGS, in this
order. In it,

    ____                          is a blank to write on, after a space: four underscores, or more for a longer one
                                  (24 are a whole line)
    <!-- computed: 2 * 3 -> 6 --> says how a number comes about that the notebook does not print; it is not printed

Each file holds its own style, loads nothing and runs no script. Formulas become MathML, which browsers draw
themselves. The style fits A4 and Letter: no paper size is fixed. Two builds give the same bytes.
"""

import importlib
import re
import sys
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from latex2mathml.converter import convert
from markdown_it import MarkdownIt

from lstm_course import lessons

HERE = Path(__file__).resolve().parents[1] / "teaching"
PRINT = HERE / "print"
COURSE = "Recurrent networks from scratch"
HEADINGS = ("Plan", "Expected predictions", "Pair task", "Where to cut", "Board", "Questions students ask",
            "Exit ticket", "Slide", "Worksheet", "Worksheet key", "Formula card")
FOR_TEACHERS = HEADINGS[:HEADINGS.index("Slide")]
ENVIRONMENTS = {"matrix", "pmatrix", "bmatrix", "vmatrix", "cases", "array"}     # that latex2mathml can align
BLANK, WHOLE_LINE = re.compile("_{4,}"), 24
COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
LETTER = r"(?:\w|&#x[0-9A-F]+;)"                       # in MathML
MADE = re.compile(r"(\d\d|[A-Z])_\w+_(worksheet|key|formulas|slide|teacher)\.html")
TITLE = re.compile(r"# (?P<number>\w+) · (?P<title>.+?) +— teacher's page")

CSS = """
@page { margin: 12mm 15mm; }
* { box-sizing: border-box; }
html { font-size: 11pt; }
body { margin: 0 auto; padding: 8mm; max-width: 196mm; color: #000; background: #fff;
       font-family: "DejaVu Sans", Helvetica, Arial, sans-serif; line-height: 1.35; }
h1 { font-size: 16pt; line-height: 1.2; margin: 0 0 2mm; }
h2 { font-size: 13pt; margin: 4mm 0 1.5mm; }
h3 { font-size: 11pt; margin: 3mm 0 1mm; }
h1, h2, h3, p.lead { break-after: avoid; }
p, ul, ol { margin: 1.5mm 0; orphans: 2; widows: 2; }
ul, ol { padding-left: 6mm; }
li { margin: .7mm 0; break-inside: avoid; }
a { color: #00449c; }
table { border-collapse: collapse; margin: 2mm 0; max-width: 100%; break-inside: avoid; }
tr, pre, math[display=block], .question { break-inside: avoid; }
thead { display: table-header-group; }
th, td { border: 1px solid #555; padding: .8mm 1.8mm; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid #000; }
tbody th { font-weight: normal; }
pre { white-space: pre-wrap; border-left: 3px solid #555; padding: 1mm 3mm; margin: 2mm 0; }
code, pre { font-family: "DejaVu Sans Mono", Consolas, monospace; font-size: 11pt; }
math { font-size: 11.5pt; }
math[display=block] { margin: 2mm 0; }
mi { text-transform: none; font-style: italic; }
mi.word { font-style: normal; }
mi[mathvariant=normal] { font-style: normal; }
mi.word + :is(mi, mn, msub, msup, mfrac) { padding-left: .17em; }
mtable.matrix { border: solid #000; border-width: 0 1px; border-radius: 2mm; margin: 0 .5mm; }
.blank { display: inline-block; max-width: 100%; height: 1.1em; border-bottom: 1px solid #000;
         vertical-align: baseline; }
.line .blank, .blank.long { display: block; width: 100% !important; height: 7.5mm; }
.worksheet td, .worksheet th { padding: 1.4mm 1.8mm; }
.worksheet td .blank { min-width: 14mm; }
.worksheet li { margin: 1.2mm 0; }
.who { text-align: right; margin: 0 0 2mm; }
footer { break-before: avoid; margin-top: 4mm; border-top: 1px solid #555; padding-top: 1mm; }
.worksheet main { line-height: 1.45; }
.formulas main { line-height: 1.28; }
.formulas ul { break-inside: avoid; }
.formulas td, .formulas th { padding: .6mm 1.8mm; }
.slide { max-width: none; font-size: max(24pt, 2.9vw); padding: 5vh 6vw; }
.slide h1 { font-size: max(30pt, 3.8vw); margin-bottom: 4vh; }
.slide li, .slide p { margin: 1.5vh 0; }
.slide ul { padding-left: 1em; }
.slide math { font-size: 1.1em; }
.slide footer { font-size: 14pt; margin-top: 5vh; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.choices { list-style: none; padding-left: 4mm; }
.question h2 { font-size: 11pt; }
@media print { body { padding: 0; max-width: none; } a { color: #000; text-decoration: none; } }
"""


class PageError(ValueError):
    """Something in a page that its author has to change, said in one sentence."""


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
    if names != HEADINGS:
        raise PageError(f"{name_of(path)}: expected the headings {', '.join(HEADINGS)}; came {', '.join(names)}.")
    parts = ["\n".join(lines[a:b]).strip() for a, b in zip([0, *starts], [*starts, len(lines)], strict=True)]
    introduction, *sections = (part.partition("\n")[2].strip() for part in parts)
    return Page(name_of(path), first["number"], first["title"], introduction, dict(zip(names, sections, strict=True)))


def headings(text):
    """The line numbers of all headings of the second level."""
    return [token.map[0] for token in MarkdownIt("commonmark").parse(text)
            if token.type == "heading_open" and token.tag == "h2" and token.level == 0]


def name_of(path):
    """The lesson's name from the path of its page, …/l06_lstm_cell/teaching.md."""
    return path.parent.name.removeprefix("l")


def sources():
    """The files of the teacher's pages, in the order of the course."""
    return [lesson.folder / "teaching.md" for lesson in lessons.lessons()]


# ---- Markdown to HTML -------------------------------------------------------------------------------------


@cache
def mathml(latex, display="inline"):
    """A formula as MathML; a sentence if something in it cannot be converted."""
    if latex.count("{") != latex.count("}"):
        raise PageError(f"the formula ${latex}$ has {latex.count('{')} opening and {latex.count('}')} closing braces.")
    unknown = set(re.findall(r"\\begin{(\w+\*?)}", latex)) - ENVIRONMENTS
    if unknown:
        raise PageError(f"the formula ${latex}$ uses {', '.join(sorted(unknown))}; "
                        f"these can be printed: {', '.join(sorted(ENVIRONMENTS))}.")
    try:
        converted = convert(latex, display=display)
    except Exception as error:      # latex2mathml has an exception class for each fault, and raises others as well
        raise PageError(f"the formula ${latex}$ cannot be converted ({type(error).__name__}).") from error
    left = re.search(r">(\\[^<]*|&)<", converted)
    if left:
        raise PageError(f"the formula ${latex}$ has {left[1]}, which cannot be printed: write it in another way.")
    return without_math_fonts(converted)


def without_math_fonts(converted):
    """MathML that looks right without a mathematical font too: names upright, primes low, brackets as borders."""
    converted = re.sub(rf"<mi>((?:{LETTER}){{2,}})</mi>", r'<mi class="word">\1</mi>', converted)
    converted = re.sub(rf"<msup>(<mi>{LETTER}</mi>)<mi>(&#x02032;)</mi></msup>", r"<mrow>\1<mo>\2</mo></mrow>",
                       converted)
    return re.sub(r"<mo>&#x000(?:28|5B);</mo><mtable>(.*?)</mtable><mo>&#x000(?:29|5D);</mo>",
                  r'<mtable class="matrix">\1</mtable>', converted)


def math_rule(state, silent):
    """$ … $ and $$ … $$ for markdown-it."""
    if state.src[state.pos] != "$":
        return False
    mark = "$$" if state.src.startswith("$$", state.pos) else "$"
    start = state.pos + len(mark)
    end = state.src.find(mark, start)
    if end < 0:
        raise PageError(f"there is a {mark} without its partner before “{state.src[start:start + 30]}”.")
    if not silent:
        token = state.push("math", "math", 0)
        token.content, token.info = state.src[start:end].strip(), "block" if mark == "$$" else "inline"
    state.pos = end + len(mark)
    return True


def blank_rule(state, silent):
    """____ for markdown-it."""
    found = BLANK.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("blank", "span", 0).content = found[0]
    state.pos = found.end()
    return True


def draw_math(self, tokens, index, options, env):
    return mathml(tokens[index].content, tokens[index].info)


def draw_blank(self, tokens, index, options, env):
    return blank(len(tokens[index].content))


def blank(length):
    """A line to write on, about `length` letters long."""
    kind = "blank long" if length >= WHOLE_LINE else "blank"
    return f'<span class="{kind}" role="img" aria-label="blank" style="width: {0.75 * length:g}em"></span>'


def markdown():
    """The converter."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("hr")     # a line of ____ is no rule
    made.inline.ruler.before("escape", "math", math_rule)
    made.inline.ruler.before("emphasis", "blank", blank_rule)
    made.add_render_rule("math", draw_math)
    made.add_render_rule("blank", draw_blank)
    return made


def to_html(text, shift=0):
    """Markdown as HTML; headings go up by `shift` levels."""
    made = markdown()
    tokens = made.parse(COMMENT.sub("", text))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{int(token.tag[1]) - shift}"
    mark_paragraphs(tokens)
    mark_headers(tokens)
    return made.renderer.render(tokens, made.options, {})


def mark_paragraphs(tokens):
    """A paragraph that begins in bold is a small heading; one of blanks alone is lines to write on."""
    for opened, inside in zip(tokens, tokens[1:], strict=False):
        if opened.type == "paragraph_open" and inside.children:
            kinds = [child.type for child in inside.children if child.content or child.type != "text"]
            if kinds[:1] == ["strong_open"]:
                opened.attrSet("class", "lead")
            elif set(kinds) <= {"blank", "softbreak"}:
                opened.attrSet("class", "line")


def mark_headers(tokens):
    """Header cells of tables: the first row's, and the first of each row if the corner above it is empty."""
    corner_is_empty, column, in_head = False, 0, False
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            column = 0
        elif token.type in ("thead_open", "thead_close"):
            in_head = token.type == "thead_open"
        elif token.type in ("th_open", "td_open"):
            if in_head and column == 0:
                corner_is_empty = not tokens[index + 1].content
            if in_head and not (column == 0 and corner_is_empty):
                token.attrSet("scope", "col")
            elif in_head:
                token.tag = tokens[index + 2].tag = "td"
            elif column == 0 and corner_is_empty:
                token.tag = tokens[index + 2].tag = "th"
                token.attrSet("scope", "row")
            column += 1


# ---- the printed pages ------------------------------------------------------------------------------------


def document(title, body, kind, above=""):
    """A whole HTML file. `above` stands before the heading."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{CSS}</style>
</head>
<body class="{kind}">
<main>
{above}<h1>{escape(title)}</h1>
{body.strip()}
</main>
<footer>{COURSE} · CC BY 4.0</footer>
</body>
</html>
"""


def name_and_date():
    """The line on top of what students fill in."""
    return f'<p class="who">Name {blank(23)} Date {blank(12)}</p>\n'


def lesson_files(path):
    """All files made from one teacher's page: {name: HTML}."""
    page = read_page(path)
    lesson = f"{page.number} · {page.title}"
    part = page.sections
    teacher = page.introduction + "".join(f"\n\n## {name}\n\n{part[name]}" for name in FOR_TEACHERS)
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
    kinds = (("worksheet", "worksheet"), ("key", "key"), ("formulas", "formula card"), ("slide", "slide"),
             ("teacher", "teacher's page"))
    rows = []
    for path in sources():
        page = read_page(path)
        links = "".join(f'<td><a href="{page.stem}_{kind}.html">{words}<span class="hidden"> of {page.number}</span>'
                        "</a></td>" for kind, words in kinds)
        rows.append(f'<tr><th scope="row">{page.number} · {escape(page.title)}</th>{links}</tr>')
    head = "".join(f'<th scope="col">{words}</th>' for words in ("lesson", *(words for _, words in kinds)))
    body = f"""<p>Open a page and print it, on A4 or Letter. Worksheets have one page, formula cards at most two.</p>
<p>For the whole course: <a href="concept_test.html">concept test</a>, <a href="concept_test_key.html">its key</a>.</p>
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{chr(10).join(rows)}
</tbody>
</table>"""
    return document("Pages to print", body, "index")


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


def main(names):
    """Write the pages of these lessons, or everything; say what was written."""
    made = {}
    for path in chosen(names):
        made |= said_with_its_name(path)
    made = made if names else everything()
    PRINT.mkdir(exist_ok=True)
    for old in [] if names else sorted(PRINT.glob("*.html")):
        if old.name not in made and MADE.fullmatch(old.name):
            old.unlink()
    for name, html in made.items():
        (PRINT / name).write_text(html, encoding="utf-8", newline="\n")
    print(f"{len(made)} pages in {PRINT.relative_to(HERE.parent)}")


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))        # the course, if it is not installed
    try:
        main(sys.argv[1:])
    except PageError as error:
        sys.exit(f"Not built. {error}")
