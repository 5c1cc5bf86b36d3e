"""The printed pages in a browser: they fit on A4 and Letter, load nothing, and everyone can read them.

They are laid out in the fonts that come with matplotlib, which are wider than Helvetica, Arial and the fonts for
mathematics: the result is the same on each machine, and what fits in them fits in the teacher's.
"""

import re
from pathlib import Path

import matplotlib
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.jupyterlab import browser, need_a_browser
from tools import print_pages as build

LESSONS = set(map(build.name_of, build.sources()))
MOST_PAGES = {"worksheet": 1, "key": 1, "formulas": 2, "slide": 1}
LIKE_OTHERS = {"key", "slide", "formulas"}              # axe sees those of lesson 01; the rest are made alike
PAPER = {"width": "210mm", "height": "279mm"}           # as narrow as A4 and as low as Letter
PRINTED_WIDTH = int((210 - 2 * 15) * 96 / 25.4)         # px between the margins of A4, the narrower paper
SMALLEST = 11 * 96 / 72                                 # 11 pt in px
PAGE_OBJECT = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
FACES = {"DejaVu Sans": "DejaVuSans", "DejaVu Sans Mono": "DejaVuSansMono"}
STYLES = {"": "", "-Bold": "font-weight: bold;", "-Oblique": "font-style: italic;",
          "-BoldOblique": "font-weight: bold; font-style: italic;"}
HOST = "http://fonts.test/"                             # no machine: the requests are answered here
FONT_CSS = "math { font-family: 'DejaVu Sans' !important; }" + "".join(
    f"@font-face {{ font-family: '{name}'; {style} src: url({HOST}{file}{end}.ttf); }}"
    for name, file in FACES.items() for end, style in STYLES.items())
LOAD_FONTS = "() => Promise.all([...document.fonts].map(font => font.load())).then(() => document.fonts.ready)"
FACTS = """() => {
    const shown = [...document.querySelectorAll('body *')].filter(node => !node.closest('.hidden'));
    const ofText = shown.filter(node => !node.closest('math') &&
        [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim()));
    const right = Math.max(...shown.map(node => node.getBoundingClientRect().right));
    return {
        width: document.documentElement.clientWidth, right, scroll: document.documentElement.scrollWidth,
        smallest: Math.min(...ofText.map(node => parseFloat(getComputedStyle(node).fontSize))),
        headings: document.querySelectorAll('h1').length, scripts: document.scripts.length,
        paper: [...document.styleSheets].flatMap(sheet => [...sheet.cssRules]).some(rule => rule.style?.size),
    };
}"""


@pytest.fixture(scope="module")
def page():
    """A page of the browser, which counts what it loads."""
    need_a_browser()
    with browser() as chromium:
        opened = chromium.new_page()
        opened.loaded = []
        opened.on("request", lambda request: request.url.startswith(HOST) or opened.loaded.append(request.url))
        opened.route(f"{HOST}*", lambda route: route.fulfill(
            path=FONTS / route.request.url.removeprefix(HOST), headers={"Access-Control-Allow-Origin": "*"}))
        yield opened


def faults(page, path, most, axe=True):
    """What is wrong with a file that may have `most` pages (None: any number), in sentences."""
    page.loaded.clear()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(path.as_uri())
    page.add_style_tag(content=FONT_CSS)
    page.evaluate(LOAD_FONTS)
    for violation in Axe().run(page).response["violations"] if axe else ():
        if violation["impact"] in ("serious", "critical"):
            yield f"{violation['id']}: {violation['help']} ({violation['nodes'][0]['html'][:80]})"
    yield from printed_faults(page)
    pages = len(PAGE_OBJECT.findall(page.pdf(**PAPER))) if most else 1
    if most and not 1 <= pages <= most:
        yield f"It has {pages} pages, at most {most} are allowed."
    if page.loaded != [path.as_uri()]:
        yield f"It loads {page.loaded[1:]}."


def printed_faults(page):
    """What does not fit, or should not be there, when the page is laid out for paper."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PRINTED_WIDTH, "height": 900})
    facts = page.evaluate(FACTS)
    if max(facts["right"], facts["scroll"]) > facts["width"] + 1:
        yield f"It is {max(facts['right'], facts['scroll']):.0f} px wide, the paper {facts['width']}."
    if facts["smallest"] < SMALLEST - 0.01:
        yield f"Some text is {facts['smallest'] * 72 / 96:.1f} pt, the smallest allowed is 11."
    if facts["headings"] != 1 or facts["scripts"] or facts["paper"]:
        yield f"One h1, no script and no paper size are expected: {facts}."


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """A folder with all pages."""
    folder = tmp_path_factory.mktemp("print")
    build.write(build.everything(), folder)
    return folder


@pytest.mark.parametrize("name", build.names())
def test_printed(page, printed, name):
    path = printed / name
    lesson, _, kind = path.stem.rpartition("_")
    kind = kind if lesson in LESSONS else ""
    found = list(faults(page, path, MOST_PAGES.get(kind), axe=lesson == "01_rnn" or kind not in LIKE_OTHERS))
    assert not found, "\n".join(found)


GOOD = build.document("A page", "<p>Words.</p>", "worksheet")


@pytest.mark.parametrize("old, new, said", [
    ("<p>Words.</p>", "<p>Words.</p>" * 90, "pages, at most 1"),
    ("<p>Words.</p>", "<pre style='white-space: pre'>" + "wide " * 60 + "</pre>", "px wide"),
    ("<p>Words.</p>", "<p style='font-size: 10pt'>Small words.</p>", "10.0 pt"),
    ("<p>Words.</p>", "<h1>Another</h1>", "One h1"),
    ("<p>Words.</p>", "<script>1</script>", "no script"),
    ("@page {", "@page { size: A4;", "no paper size"),
    ("<p>Words.</p>", "<p><img src='other.png' alt='a picture'></p>", "It loads"),
    ("<p>Words.</p>", "<p><img src='data:,'></p>", "image-alt"),
    ("<p>Words.</p>", "<p style='color: #ccc'>Pale words.</p>", "color-contrast"),
    ('<html lang="en">', "<html>", "html-has-lang"),
], ids=["long", "wide", "small", "two h1", "script", "paper size", "loads", "alt text", "contrast", "language"])
def test_a_fault_is_found(page, tmp_path, old, new, said):
    path = tmp_path / "page.html"
    path.write_text(GOOD, encoding="utf-8")
    assert not list(faults(page, path, 1))
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    found = list(faults(page, path, 1))
    assert any(said in fault for fault in found), found
