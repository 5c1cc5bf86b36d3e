"""Chinese is drawn right on a machine without a font for it: in PNG pictures, matplotlib, pages and kept pictures."""

import base64
import io
import os
import re
import subprocess
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from lstm_course.explorers import next_word
from lstm_course.widgets import han, style, svg
from tests.browser.jupyterlab import CHROMIUM, need_a_browser
from tools import han_font, print_html
from tools.run_notebook import png_from_svg

WORDS = "学而时习之"


def ink(png):
    """How much of a picture is dark, and what it is: (rows, columns) of uint8."""
    grey = np.asarray(Image.open(io.BytesIO(png)).convert("L"))
    return (grey < 128).sum(), grey


def sheet(text):
    return svg.picture(160, 40, svg.text(10, 28, text, 24, "start"))


def test_the_font_has_every_chinese_character_of_the_course():
    with TTFont(han.FILE) as font:
        missing = set(han_font.characters()) - set(map(chr, font.getBestCmap()))
    assert not missing, f"{''.join(missing)}: python tools/han_font.py makes the font anew"
    assert han.FILE.stat().st_size < 400_000 and "Adobe" in han.FILE.with_name("OFL.txt").read_text(encoding="utf-8")


def test_what_is_chinese():
    assert han.letters("abc “学”，a学 ①↵") == "学，" and han.letters("plain ½ é “”") == ""


def test_a_picture_of_the_build_needs_no_font_of_the_machine():
    """Two characters differ, so neither is the box that stands for a missing one."""
    seen = [ink(png_from_svg(sheet(letter))[0]) for letter in "学而龘"]
    assert len({grey.tobytes() for _, grey in seen}) == 3 and seen[0][0] > 100
    _, mixed = ink(png_from_svg(sheet("ab学"))[0])
    _, plain = ink(png_from_svg(sheet("ab"))[0])
    assert (mixed[:, :70] == plain[:, :70]).all(), "the letters beside it are drawn as without it"


def test_matplotlib_draws_it_and_does_not_warn():
    from matplotlib.figure import Figure
    with matplotlib.rc_context():
        style.use()
        pictures = []
        for letter in "学而":
            file, figure = io.BytesIO(), Figure(figsize=(1, 1))
            figure.text(0.3, 0.3, letter)
            figure.savefig(file, format="png")
            pictures.append(file.getvalue())
    assert ink(pictures[0])[0] > 50 and (ink(pictures[0])[1] != ink(pictures[1])[1]).any()


def test_a_kept_picture_carries_the_characters_that_it_shows_and_no_others():
    assert han.embedded(sheet("plain")) == sheet("plain")
    kept = han.embedded(sheet(WORDS))
    assert len(kept) < 20_000 < len(han.css())
    font = base64.b64decode(kept.split("base64,")[1].split('"')[0])
    with TTFont(io.BytesIO(font)) as part:
        assert "".join(map(chr, sorted(part.getBestCmap()))) == han.letters(WORDS)


def test_the_copy_of_an_explorer_that_stays_in_the_notebook_carries_them():
    explorer = next_word()
    code = re.search('base64,([^"]*)"', explorer.stored.html())[1]
    kept = base64.b64decode(code).decode()
    assert "@font-face" in kept and "@font-face" in explorer.view.rows[0].value


def test_a_printed_page_carries_them_too():
    assert "font-face" not in print_html.document("A", "<p>no</p>", "key")
    assert "font-face" in print_html.document("A", f"<p>{WORDS}</p>", "key")


# ---- a browser on a machine whose only fonts are those that come with matplotlib ---------------------------------

PAGES = {
    "a picture": lambda letter: f"{sheet(letter)}",
    "a live picture": lambda letter: f"<style>{han.css()}</style>{sheet(letter)}",
    "a cell": lambda letter: f"<style>body {{--jp-code-font-family-default: monospace}} {han.css()}</style>"
                             f"<pre style='font: 24px var(--jp-code-font-family)'>{letter}</pre>",
    "a sentence": lambda letter: f"<style>{han.css()}</style><div class='lstm-explorer'><div>{letter}</div></div>",
    "a kept picture": lambda letter: '<img src="data:image/svg+xml;base64,'
                                     f'{base64.b64encode(han.embedded(sheet(letter)).encode()).decode()}">',
    "a printed page": lambda letter: print_html.document("", f"<p>{letter}</p>", "key"),
}


def seen(page, folder):
    """What such a browser shows of a page."""
    place = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    (folder / "fonts.conf").write_text(f"<fontconfig><dir>{place}</dir><cachedir>{folder}</cachedir></fontconfig>")
    (folder / "page.html").write_text(f'<meta charset="utf-8">{page}', encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--window-size=300,200", f"--user-data-dir={folder / 'user'}",
               "--virtual-time-budget=3000", f"--screenshot={folder / 'seen.png'}", str(folder / "page.html")]
    subprocess.run(command, env={**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf")}, capture_output=True,
                   check=True, timeout=60)
    return ink((folder / "seen.png").read_bytes())


@pytest.mark.parametrize("kind", PAGES)
def test_a_browser_needs_no_font_of_the_machine(kind, tmp_path):
    need_a_browser()
    (some, one), (_, other) = (seen(PAGES[kind](letter), tmp_path) for letter in "学而")
    drawn = some > 50 and (one != other).any()
    assert drawn == (kind != "a picture"), "without the course's font it is a box, or the machine has a font for it"
