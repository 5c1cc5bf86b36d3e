"""Small stored pictures of every explorer and figure, with which tests/lessons/test_snapshots.py compares.

    python tools/snapshots.py                      compare all, and say which have changed
    python tools/snapshots.py gate_stepper race    take these as they are now (a change that was meant)
    python tools/snapshots.py --all                take all
    python tools/snapshots.py --look race          write the sheet in full size beside the stored one, to look at

A sheet shows one explorer: before the guess, and at each of its presets. Stored is a quarter of the size, drawn by
resvg with the fonts that come with matplotlib, so that no machine's fonts matter.
"""

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from lstm_course import explorers
from lstm_course.widgets import svg
from tools.build import png_from_svg

FOLDER = HERE / "tests" / "lessons" / "snapshots"
SCALE, LEVELS = 0.25, 32        # of the stored pictures: size, and steps of each colour
VARIANTS = {"gate_stepper_weights": ("gate_stepper", {"mode": "weights"})}      # a second start of an explorer
TOLERANCE = 12                  # of 255: other versions of resvg, and rounding to LEVELS, make 4


def names():
    """All explorers and figures, in the order of the lessons."""
    places = explorers.places()
    return [*places["explorer"], *VARIANTS, *places["figure"]]


def panels(name):
    """The pictures of one sheet: a list of (caption, SVG text)."""
    maker, options = VARIANTS.get(name, (name, {}))
    made = getattr(explorers, maker)(**options)
    if maker in explorers.places()["figure"]:
        return [("", (made.data.get("text/html") or made.data["image/svg+xml"]))]
    found = []
    if made.predict:
        if made.predict.mask:
            found.append(("before the guess", made.predict.mask(made.data)))
        made.reveal()
    for caption, values in {"start": {}, **made.presets}.items():
        made.preset(values)
        if made.error:
            raise RuntimeError(f"{name}, {caption}: {made.error}")
        found.append((caption, made.draw(made.data)))
    return found


def taken(name, scale=SCALE):
    """The sheet of an explorer as it is drawn now, (rows, columns, 3) of uint8."""
    png, _, _ = png_from_svg(svg.stack(panels(name), columns=2), scale)
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def stored(name):
    """The sheet as it was accepted, or None."""
    path = FOLDER / f"{name}.png"
    return np.asarray(Image.open(path).convert("RGB")) if path.exists() else None


def store(name):
    """Accept the sheet as it is drawn now."""
    step = 256 // LEVELS
    FOLDER.mkdir(exist_ok=True)
    Image.fromarray(taken(name) // step * step + step // 2).save(FOLDER / f"{name}.png", optimize=True)


def difference(old, new):
    """How much two sheets differ where they differ most, 0 to 255: the mean of 2 x 2 pixels counts, in one colour."""
    if old is None or old.shape != new.shape:
        return 255.0
    gap = new.astype(float) - old
    means = (gap[1:, 1:] + gap[1:, :-1] + gap[:-1, 1:] + gap[:-1, :-1]) / 4
    return float(np.abs(means).max())


def changed(name):
    """What to do if a sheet is not as it was accepted, or ""."""
    far = difference(stored(name), taken(name))
    if far <= TOLERANCE:
        return ""
    return (f"{name} is not drawn as it was accepted ({far:.0f} of 255). To look: python tools/snapshots.py --look "
            f"{name}. If it was meant: python tools/snapshots.py {name}")


def look(name, folder):
    """Write NAME.png: the sheet in full size, and below it the stored one."""
    new, old = taken(name, 1.0), stored(name)
    large = [] if old is None else [np.asarray(Image.fromarray(old).resize(new.shape[1::-1]))]
    path = Path(folder) / f"{name}.png"
    Image.fromarray(np.vstack([new, *large])).save(path)
    return path


def main(given):
    if given[:1] == ["--look"]:
        for name in given[1:]:
            print(look(name, "."))
    elif given:
        for name in names() if given == ["--all"] else given:
            store(name)
            print(f"stored {name}")
    else:
        print("\n".join(filter(None, map(changed, names()))) or "all as they were accepted")


if __name__ == "__main__":
    main(sys.argv[1:])
