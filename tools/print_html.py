"""Markdown with formulas and blanks to write on -> an HTML file that can be printed.

Each file holds its own style, loads nothing and runs no script. Formulas become MathML, which browsers draw
themselves. The style fits A4 and Letter: no paper size is fixed.
"""

import re
import sys
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path

try:
    from latex2mathml.converter import convert
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
except ImportError as error:
    sys.exit(f"The package {error.name} is missing: the pages to print need what the extra `teach` brings. In the "
             f'folder of the course run  {sys.executable} -m pip install -c constraints.txt -e ".[teach]"')

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from lstm_course.widgets import han

COURSE = "Recurrent networks from scratch"
ENVIRONMENTS = {"matrix", "pmatrix", "bmatrix", "vmatrix", "cases", "array"}     # that latex2mathml can align
BLANK, WHOLE_LINE = re.compile("_{4,}"), 24
COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
LETTER = r"(?:\w|&#x[0-9A-F]+;)"                       # in MathML
CSS = "\n" + Path(__file__).with_name("print_pages.css").read_text(encoding="utf-8")


class PageError(ValueError):
    """Something in a page that its author has to change, said in one sentence."""


def document(title, body, kind, above=""):
    """A whole HTML file. `above` stands before the heading."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{han.css(f"{title}{above}{body}")}{CSS}</style>
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
    kind = tokens[index].type
    drawn = mathml(tokens[index].content.strip(), "inline" if kind == "math_inline" else "block")
    return f"<p>{drawn}</p>\n" if kind == "math_block" else drawn


def draw_blank(self, tokens, index, options, env):
    return blank(len(tokens[index].content))


def blank(length):
    """A line to write on, about `length` letters long."""
    kind = "blank long" if length >= WHOLE_LINE else "blank"
    return f'<span class="{kind}" role="img" aria-label="blank" style="width: {0.75 * length:g}em"></span>'


def markdown():
    """The converter."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("hr")     # a line of ____ is no rule
    made.use(dollarmath_plugin, double_inline=True, allow_labels=False)
    made.inline.ruler.before("emphasis", "blank", blank_rule)
    made.add_render_rule("blank", draw_blank)
    for kind in ("math_inline", "math_inline_double", "math_block"):
        made.add_render_rule(kind, draw_math)
    return made


def headings(text):
    """The line numbers of all headings of the second level."""
    return [token.map[0] for token in MarkdownIt("commonmark").parse(text)
            if token.type == "heading_open" and token.tag == "h2" and token.level == 0]


def to_html(text, shift=0):
    """Markdown as HTML; headings go up by `shift` levels."""
    made = markdown()
    tokens = made.parse(COMMENT.sub("", text))
    check_dollars(tokens)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{int(token.tag[1]) - shift}"
    mark_paragraphs(tokens)
    mark_headers(tokens)
    return made.renderer.render(tokens, made.options, {})


def check_dollars(tokens):
    """A $ that is left in the text has no partner."""
    for words in (child.content for token in tokens for child in token.children or () if child.type == "text"):
        if "$" in words:
            raise PageError(f"there is a $ without its partner before “{words.partition('$')[2][:30]}”.")


def mark_paragraphs(tokens):
    """A paragraph that begins in bold is a small heading; one of blanks alone is lines to write on."""
    for opened, inside in pairwise(tokens):
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
