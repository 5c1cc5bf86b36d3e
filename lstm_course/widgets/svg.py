"""Small helpers that draw SVG text: every function returns a string, and strings are joined into a picture.

Nothing here has an id or a class, so that many pictures can stand in one page. Lengths are px.
"""

import base64
import io
import re
from functools import lru_cache
from html import escape

import numpy as np

from lstm_course.widgets import han
from lstm_course.widgets.numbers import num, scientific, vector  # noqa: F401  (svg.num is what explorers say)
from lstm_course.widgets.style import ALL, FONT, FRAME, INK, MARKS, NORMAL, RIM, RIMS, SMALL, line_look


def px(value):
    """A length as short text: four digits are finer than any screen."""
    return f"{value:.4g}"


def _attributes(given):
    names = {name.rstrip("_").replace("_", "-"): value for name, value in given.items() if value is not None}
    return "".join(f' {name}="{px(v) if isinstance(v, (int, float)) else escape(str(v))}"'
                   for name, v in names.items())


# ---- a whole picture ---------------------------------------------------------------------------------------

def picture(width, height, *parts):
    """A white sheet of width x height px with the parts drawn on it, in their order."""
    sheet = f'<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>'
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="{FONT}" fill="{INK}" '
            f'style="display:block;max-width:100%;height:auto">{sheet}{"".join(parts)}</svg>')


def labelled(svg, title, alt):
    """The picture with a short title and the sentence that a screen reader says."""
    title, alt = escape(title), escape(alt, quote=True)
    head, rest = svg.split(">", 1)
    named = head.replace("<svg", f'<svg role="img" aria-label="{alt}"', 1)
    return f"{named}><title>{title}</title>{rest}"


def size(svg):
    """(width, height) of a picture."""
    width, height = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg).groups()
    return float(width), float(height)


def stack(panels, columns=1, gap=12, caption=34):
    """One picture of several: panels is a list of (caption, picture), filled row by row."""
    cell_w = max(size(svg)[0] for _, svg in panels)
    cell_h = max(size(svg)[1] for _, svg in panels) + caption
    parts = []
    for k, (words, svg) in enumerate(panels):
        x, y = (k % columns) * (cell_w + gap), (k // columns) * (cell_h + gap)
        parts.append(text(x + 12, y + 24, words, weight="bold", anchor="start") if words else "")
        parts.append(svg.replace("<svg ", f'<svg x="{px(x)}" y="{px(y + caption)}" ', 1))
    columns, rows = min(columns, len(panels)), -(-len(panels) // columns)
    width, height = columns * (cell_w + gap) - gap, rows * (cell_h + gap) - gap
    return picture(int(width), int(height), *parts)


# ---- shapes ------------------------------------------------------------------------------------------------

@lru_cache(4096)        # most words of a picture were in the last one, too
def text(x, y, words, size=NORMAL, anchor="middle", fill=None, weight=None, style=None, halo=False):
    """Words at (x, y); "h_{t-1}" and "10^3" are set as subscript and superscript. halo: a white rim."""
    rim = {"stroke": "#ffffff", "stroke_width": 5, "stroke_linejoin": "round", "paint_order": "stroke"}
    given = _attributes({"x": x, "y": y, "font_size": size, "text_anchor": anchor, "fill": fill,
                         "font_weight": weight, "font_style": style,
                         "font_family": f"{han.FAMILY}, {FONT}" if han.HAN.search(str(words)) else None}
                        | (rim if halo else {}))
    return f"<text{given}>{_scripts(str(words), size)}</text>"


def _scripts(words, size):
    """Turn _x, _{xy}, ^x and ^{xy} into smaller, shifted spans."""
    out, shift = [], 0.0
    for plain, sign, script in re.findall(r"([^_^]+)|([_^])(\{[^}]*\}|.)", words):
        target = {"": 0.0, "_": 0.25 * size, "^": -0.4 * size}[sign]
        dy = f' dy="{px(target - shift)}"' if target != shift else ""
        small = f' font-size="{px(max(0.72 * size, 12))}"' if sign else ""
        shown = escape(plain or script.strip("{}"))
        out.append(f"<tspan{dy}{small}>{shown}</tspan>" if dy or small else shown)
        shift = target
    return "".join(out)


def box(x, y, width, height, fill="#ffffff", stroke=INK, stroke_width=1.5, rx=8, **more):
    """A rectangle with round corners; (x, y) is its upper left."""
    return "<rect" + _attributes({"x": x, "y": y, "width": width, "height": height, "fill": fill,
                                  "stroke": stroke, "stroke_width": stroke_width, "rx": rx} | more) + "/>"


def circle(x, y, r, fill="#ffffff", stroke=INK, stroke_width=1.5, **more):
    return "<circle" + _attributes({"cx": x, "cy": y, "r": r, "fill": fill, "stroke": stroke,
                                    "stroke_width": stroke_width} | more) + "/>"


def path(points, stroke=INK, stroke_width=2, dash=(), fill="none", close=False, **more):
    """A line through (N, 2) points; a point that is not finite leaves a gap. A pale line gets its rim."""
    d, pen = [], "M"
    for x, y in np.asarray(points, dtype=float).tolist():
        if np.isfinite(x) and np.isfinite(y):
            d.append(f"{pen}{px(x)} {px(min(max(y, -9999), 9999))}")
            pen = "L"
        else:
            pen = "M"
    dashes = " ".join(px(v) for v in dash) or None
    lines = [(RIMS[stroke], stroke_width + 2 * RIM)] if stroke in RIMS else []
    return "".join("<path" + _attributes({"d": "".join(d) + ("Z" if close else ""), "fill": fill, "stroke": colour,
                                          "stroke_width": width, "stroke_dasharray": dashes,
                                          "stroke_linejoin": "round"} | more) + "/>"
                   for colour, width in [*lines, (stroke, stroke_width)])


def wire(points, name=None, **more):
    """A line in the look of a quantity ("f", "i", "o", "g", "c", "h", "gradient") or of style.LOOKS."""
    if name is None:
        return path(points, **more)
    mark, look = ALL[name], line_look(name) | more
    inner = path(points, stroke="#ffffff", stroke_width=mark.width / 3) if mark.double else ""
    return path(points, **look) + inner


def arrow(points, name=None, head=9, **more):
    """A wire that ends in an arrow head at its last point."""
    points = np.asarray(points, dtype=float)
    tip, along = points[-1], points[-1] - points[-2]
    along = along / np.hypot(*along)
    across, foot = np.array([-along[1], along[0]]), tip - along * head * 1.4
    colour = more.get("stroke") or (MARKS[name].colour if name else INK)
    triangle = path([tip, foot + across * head * 0.7, foot - across * head * 0.7], fill=colour,
                    stroke=RIMS.get(colour, "none"), stroke_width=RIM if colour in RIMS else 0, close=True)
    return wire(np.vstack([points[:-1], foot]), name, **more) + triangle


def heat_image(x, y, width, height, values, cmap, low, high):
    """A (rows, columns) array as one tiny PNG stretched over the rectangle; row 0 is on top.

    Numbers that are not finite are left transparent.
    """
    values = np.asarray(values, dtype=float)
    share = np.clip((values - low) / (high - low), 0, 1)
    finite = np.isfinite(share)
    pixels = _palette(cmap)[np.where(finite, share * 255, 0).astype(int)]
    pixels[..., 3] = np.where(finite, 255, 0)
    code = base64.b64encode(_png(pixels)).decode()
    return (f'<image x="{px(x)}" y="{px(y)}" width="{px(width)}" height="{px(height)}" '
            f'preserveAspectRatio="none" style="image-rendering:pixelated" image-rendering="optimizeSpeed" '
            f'href="data:image/png;base64,{code}"/>')


@lru_cache
def _palette(name):
    """The 256 colours of a colour map, (256, 4) bytes."""
    from matplotlib import colormaps
    return (colormaps[name](np.arange(256)) * 255).round().astype(np.uint8)


def colour_of(value, cmap, low, high):
    """The colour "#rrggbb" of a number on a colour map."""
    share = min(max((value - low) / (high - low), 0), 1) if np.isfinite(value) else 0
    return "#" + bytes(_palette(cmap)[int(share * 255)][:3]).hex()


def _png(pixels):
    """The bytes of a PNG file; pixels (rows, columns, 4) bytes."""
    from PIL import Image
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return file.getvalue()


# ---- charts ------------------------------------------------------------------------------------------------

class Chart:
    """The frame of a chart: matplotlib chooses ticks, labels and scales once; only the marks change.

    `frame` is the SVG text of axes and labels; `xy` turns data into px; `line`, `dots`, `bars` and `heat`
    draw marks, clipped at the frame. (x, y) is the upper left of the chart's area of width x height px.
    """

    def __init__(self, width, height, xlim, ylim, xlabel="", ylabel="", xscale="linear", yscale="linear",
                 x=0, y=0, xticks=None, yticks=None, margins=(74, 16, 14, 52), grid=True):
        left, right, top, bottom = margins
        self.left, self.top = x + left, y + top
        self.width, self.height = width - left - right, height - top - bottom
        self.axes = self._axes(width, height, margins)
        self.axes.set(xscale=xscale, yscale=yscale)
        self.axes.set(xlim=xlim, ylim=ylim)
        if xticks is not None:
            self.axes.set_xticks(xticks)
        if yticks is not None:
            self.axes.set_yticks(yticks)
        self.corner, self.sheet = (x, y), height
        self.frame = self._frame(grid) + self._names(xlabel, ylabel)

    @staticmethod
    def _axes(width, height, margins):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        left, right, top, bottom = margins
        figure = Figure(figsize=(width / 72, height / 72), dpi=72, layout="none")      # one point is one px
        FigureCanvasAgg(figure)
        place = [left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height]
        return figure.add_axes(place)

    def xy(self, x, y):
        """Data to px: two arrays of N numbers to (N, 2)."""
        points = np.stack(np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float)), axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = self.axes.transData.transform(points.reshape(-1, 2))
        return np.stack([at[:, 0] + self.corner[0], self.sheet - at[:, 1] + self.corner[1]], axis=1)

    def _ticks(self, axis):
        places = axis.get_majorticklocs()
        at = axis.get_transform().transform(places)
        low, high = np.sort(axis.get_transform().transform(axis.get_view_interval()))
        slack = 1e-6 * (high - low)
        places = places[(at >= low - slack) & (at <= high + slack)]
        labels = axis.get_major_formatter().format_ticks(places)
        return [(v, _plain(label)) for v, label in zip(places, labels, strict=True)]

    def _frame(self, grid):
        right, bottom = self.left + self.width, self.top + self.height
        parts = []
        for value, label in self._ticks(self.axes.xaxis):
            x = self.xy([value], self.axes.get_ylim()[0])[0, 0]
            parts.append(path([(x, bottom), (x, bottom + 6)], stroke=FRAME, stroke_width=1.2))
            parts.append(text(x, bottom + 22, label, SMALL))
        for value, label in self._ticks(self.axes.yaxis):
            y = self.xy(self.axes.get_xlim()[0], [value])[0, 1]
            if grid:
                parts.append(path([(self.left, y), (right, y)], stroke="#DDDDDD", stroke_width=1))
            parts.append(text(self.left - 9, y + 5, label, SMALL, anchor="end"))
        corner = [(self.left, self.top), (self.left, bottom), (right, bottom)]
        return "".join(parts) + path(corner, stroke=FRAME, stroke_width=1.5)

    def _names(self, xlabel, ylabel):
        middle, bottom = self.left + self.width / 2, self.top + self.height
        across = text(middle, bottom + 44, xlabel, NORMAL) if xlabel else ""
        x, y = self.corner[0] + 18, self.top + self.height / 2
        turn = f"translate({px(x)} {px(y)}) rotate(-90)"
        return across + (f'<g transform="{turn}">{text(0, 0, ylabel, NORMAL)}</g>' if ylabel else "")

    def clip(self, *parts):
        """The parts, cut off at the frame."""
        x, y, w, h = (px(v) for v in (self.left, self.top, self.width, self.height))
        return (f'<svg x="{x}" y="{y}" width="{w}" height="{h}" viewBox="{x} {y} {w} {h}">'
                f'{"".join(parts)}</svg>')

    def line(self, x, y, name=None, **more):
        """A line through the points, in the look of a quantity."""
        return self.clip(wire(self.xy(x, y), name, **more))

    def level(self, value, **more):
        """A straight line across the chart."""
        return self.line(self.axes.get_xlim(), [value, value], **more)

    def band(self, x, low, high, **more):
        """The area between two lines."""
        edge = np.vstack([self.xy(x, low), self.xy(x, high)[::-1]])
        return self.clip(path(edge, close=True, **more))

    def letter(self, x, y, name, dx=8, dy=5, size=NORMAL):
        """The letter of a quantity beside the point (x, y), in its ink."""
        (at,) = self.xy([x], [y])
        mark = MARKS[name]
        return text(at[0] + dx, at[1] + dy, mark.letter, size, "start", mark.ink, "bold", halo=True)

    def dots(self, x, y, r=6, **more):
        return "".join(circle(a, b, r, **more) for a, b in self.xy(x, y) if np.isfinite(a + b))

    def bars(self, x, y, width=0.8, base=0.0, **more):
        """Bars from base to y; width in units of x."""
        x, y = np.ravel(x).astype(float), np.ravel(y).astype(float)
        a, b = self.xy(x - width / 2, np.full(len(x), base)), self.xy(x + width / 2, y)
        look = {"rx": 0, "stroke_width": 1.5} | more
        return self.clip(*(box(p[0], min(p[1], q[1]), q[0] - p[0], abs(q[1] - p[1]), **look)
                           for p, q in zip(a, b, strict=True) if np.isfinite(q[1])))

    def heat(self, values, cmap, low, high):
        """A (rows, columns) array over the whole frame, row 0 on top: make the chart with ylim=(rows, 0)."""
        return heat_image(self.left, self.top, self.width, self.height, values, cmap, low, high)


def _plain(label):
    """matplotlib's label without its mathematics: $\\mathdefault{10^{-3}}$ is 10^{−3}."""
    label = re.sub(r"\\math(?:default|regular)\{(.*)\}", r"\1", label.replace("$", ""))
    return label.replace("\\times", "·").replace("-", "−")
