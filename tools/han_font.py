"""Makes the course's font for Chinese: the characters of its texts, cut out of Noto Sans CJK SC.

    python tools/han_font.py                                       from where Debian's fonts-noto-cjk puts it
    python tools/han_font.py /some/where/NotoSansCJK-Regular.ttc

It is needed when a text of the course has a character that is not in the font: tests/widgets/test_han.py says so.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from lstm_course.widgets import han

SOURCE = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
READ = {".py", ".md", ".toml", ".json", ".css"}        # the files whose characters are drawn somewhere
SIMPLIFIED = 2                                          # the face of the collection: simplified Chinese


def characters():
    """All Chinese characters of the course's texts, sorted: a string."""
    files = [path for room in ("lstm_course", "tools", "teaching") for path in sorted((HERE / room).rglob("*"))
             if path.suffix in READ]
    return han.letters("".join(path.read_text(encoding="utf-8") for path in files))


def make(source=SOURCE):
    """Write the font; the same characters give the same bytes."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    font = TTFont(source, fontNumber=SIMPLIFIED, lazy=True, recalcTimestamp=False)
    options = subset.Options(layout_features=[], hinting=False, name_IDs=[0, 13, 14], notdef_outline=True,
                             drop_tables=["BASE", "VORG", "vhea", "vmtx", "DSIG"], recalc_timestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters())
    cutter.subset(font)
    for number, words in {1: han.FAMILY, 2: "Regular", 4: han.FAMILY, 6: han.FAMILY.replace(" ", "")}.items():
        font["name"].setName(words, number, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames = [han.FAMILY.replace(" ", "")]
    top.topDictIndex[0].FullName = top.topDictIndex[0].FamilyName = han.FAMILY
    font.save(han.FILE)


if __name__ == "__main__":
    make(*sys.argv[1:])
    print(f"{han.FILE.relative_to(HERE)}: {len(characters())} characters, {han.FILE.stat().st_size / 1000:.0f} kB")
