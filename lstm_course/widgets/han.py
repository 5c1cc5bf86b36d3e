"""Chinese in pictures and pages, drawn right on a machine that has no font for it.

The course ships a font with the Chinese characters of its own texts (fonts/, cut out of Noto Sans CJK SC; its licence
stands beside it). A browser takes a font of the machine first, if there is one for Chinese.

    css()                    for a notebook that is live: the whole font; JupyterLab's cells fall back on it, too
    css(text)                for a page that is kept: the characters of its text alone
    embedded(picture)        an SVG that carries the characters that it shows, to stand alone in a file or an <img>
    for_matplotlib()         matplotlib finds the font under its name
"""

import base64
import io
import re
from functools import cache, lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("fonts") / "lstm-course-han.otf"
FAMILY = "LSTM Course Han"
RANGES = ((0x3000, 0x303F), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF))   # marks, characters, full width
HAN = re.compile("[" + "".join(f"{chr(low)}-{chr(high)}" for low, high in RANGES) + "]")
LOCAL = ("Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei")
PLAIN = f"\"{FAMILY}\", system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"
CELLS = f"""body {{--jp-code-font-family: "{FAMILY}", var(--jp-code-font-family-default);
  --jp-content-font-family: "{FAMILY}", var(--jp-content-font-family-default); --jp-ui-font-family: {PLAIN};}}
.lstm-explorer, .lstm-explorer :is(input, textarea, button, label, div) {{font-family: {PLAIN};}}
"""                             # the course's font comes first: it has Chinese alone


def letters(text):
    """The Chinese characters of a text, and the marks that are set with them, each once and sorted: a string."""
    return "".join(sorted(set(HAN.findall(text))))


def css(text=None):
    """The rule that brings the font to a page: whole, or with the characters of `text` alone ("" if it has none)."""
    if text is None:
        return _rule(FILE.read_bytes()) + CELLS
    shown = letters(text)
    return _rule(part(shown)) if shown else ""


def _rule(font):
    ranges = ", ".join(f"U+{low:X}-{high:X}" for low, high in RANGES)
    sources = [*(f'local("{name}")' for name in LOCAL),
               f'url("data:font/otf;base64,{base64.b64encode(font).decode()}") format("opentype")']
    return f'@font-face {{font-family: "{FAMILY}"; unicode-range: {ranges}; src: {", ".join(sources)};}}\n'


@lru_cache(64)
def part(some):
    """The font with some of its characters: the bytes of a file."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    options = subset.Options(layout_features=[], name_IDs=[1, 2], recalc_timestamp=False)
    cutter, file = subset.Subsetter(options), io.BytesIO()
    cutter.populate(text=some)
    with TTFont(FILE, lazy=True, recalcTimestamp=False) as font:
        cutter.subset(font)
        font.save(file)
    return file.getvalue()


def embedded(picture):
    """An SVG with the characters that it shows, if there are Chinese ones among them."""
    rule = css(picture)
    head, end, rest = picture.partition(">")
    return f"{head}{end}<style>{rule}</style>{rest}" if rule else picture


@cache
def for_matplotlib():
    """Tell matplotlib of the font."""
    from matplotlib import font_manager
    font_manager.fontManager.addfont(FILE)
