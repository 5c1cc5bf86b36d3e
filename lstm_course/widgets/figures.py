"""Pictures in a notebook that can also be read: every figure carries alt text and a hash of its numbers."""

import base64
import hashlib
import io
from dataclasses import asdict, is_dataclass
from html import escape

import numpy as np

from lstm_course.whereabouts import is_static
from lstm_course.widgets import svg as draw


class Picture:
    """What a notebook shows: data and metadata by MIME type."""

    def __init__(self, data, metadata):
        self.data, self.metadata = data, metadata

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.data, self.metadata

    def __repr__(self):
        return self.data["text/plain"]


def checked_alt(alt):
    """The alt text in one line, or a clear error."""
    words = " ".join(alt.split()) if isinstance(alt, str) else ""
    if not words:
        raise ValueError("alt is missing: say in a sentence what the picture shows")
    return words


def show(fig, alt, data=None):
    """A matplotlib figure as a picture with alt text; the figure is closed.

    The build stores a PNG. In front of a student it is the same PNG in an <img>, because JupyterLab gives an
    image/png no alt text.
    data: the numbers behind the figure (arrays, dicts, lists), for the hash that tells whether the stored
    figure is stale; without it the numbers are taken from the figure's lines, bars, images and dots.
    """
    alt = checked_alt(alt)
    png = io.BytesIO()
    fig.savefig(png, format="png", metadata={"Software": None})
    width, height = (int(round(v * 100)) for v in fig.get_size_inches())
    meta = {"alt": alt, "width": width, "height": height,
            "data_sha256": data_sha256(numbers(fig) if data is None else data)}
    _close(fig)
    code = base64.b64encode(png.getvalue()).decode()
    if is_static():
        return Picture({"text/plain": alt, "image/png": code}, {"image/png": meta})
    img = f'<img src="data:image/png;base64,{code}" alt="{escape(alt)}" width="{width}" height="{height}">'
    return Picture({"text/plain": alt, "text/html": img}, {"text/html": meta})


def _close(fig):
    import matplotlib.pyplot as plt
    plt.close(fig)


def show_svg(svg, alt, data=None, title=""):
    """A diagram drawn as SVG text, with alt text. The build turns it into a PNG."""
    alt = checked_alt(alt)
    svg = draw.labelled(svg, title or alt.split(".")[0], alt)
    return svg_picture(svg, alt, svg if data is None else data)


def svg_picture(svg, alt, data):
    """An SVG picture for both worlds: image/svg+xml in the build, live HTML in front of a student."""
    kind = "image/svg+xml" if is_static() else "text/html"
    return Picture({"text/plain": alt, kind: svg}, {kind: {"alt": alt, "data_sha256": data_sha256(data)}})


# ---- the hash of the numbers -------------------------------------------------------------------------------

def numbers(fig):
    """The numbers that a matplotlib figure shows, one list for each of its axes."""
    return [[*(line.get_xydata() for line in ax.lines),
             *(patch.get_path().vertices for patch in ax.patches),
             *(patch.get_extents().bounds for patch in ax.patches),
             *(np.ma.filled(image.get_array().astype(float), np.nan) for image in ax.images),
             *(np.asarray(dots.get_offsets()) for dots in ax.collections),
             *(words.get_text() for words in ax.texts)] for ax in fig.axes]


def data_sha256(data):
    """A hash that is the same on every machine: numbers count to 6 significant digits.

    Numbers below 1e-9 of the largest beside them count as 0 (they differ between machines).
    """
    return hashlib.sha256("\n".join(_canonical(data)).encode()).hexdigest()


def _canonical(data):
    """Yield the data as lines of text, in a fixed order."""
    if is_dataclass(data) and not isinstance(data, type):
        data = asdict(data)
    if isinstance(data, dict):
        for key in sorted(data, key=str):
            yield f"key {key}"
            yield from _canonical(data[key])
    elif isinstance(data, str) or data is None:
        yield f"text {data}"
    elif isinstance(data, (list, tuple)) and not _is_numeric(data):
        yield f"list {len(data)}"
        for item in data:
            yield from _canonical(item)
    else:
        yield from _number_lines(np.asarray(data))


def _is_numeric(data):
    try:
        return np.asarray(data).dtype.kind in "bifu"
    except ValueError:          # ragged
        return False


def _number_lines(array):
    if array.dtype.kind not in "bifu":
        raise TypeError(f"data holds {array.dtype}, expected numbers, text, lists or dicts of them")
    yield f"array {array.shape}"
    values = array.astype(float).ravel()
    finite = np.abs(values[np.isfinite(values)])
    floor = 1e-9 * finite.max() if finite.size else 0.0
    for value in values.tolist():
        yield "0" if abs(value) <= floor else f"{value:.5e}"
