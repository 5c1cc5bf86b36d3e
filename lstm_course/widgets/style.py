"""The one look of the course: what every gate, state and gradient is drawn with.

A quantity is never told by its colour alone: each has a colour, a line style and a letter. The same table
serves the diagrams (SVG attributes) and the figures (matplotlib keywords).
"""

from collections import ChainMap
from dataclasses import dataclass

from lstm_course.widgets import han

BLUE, GREEN, VERMILION, PURPLE = "#0072B2", "#009E73", "#D55E00", "#CC79A7"        # Okabe and Ito
ORANGE, SKY, YELLOW, BLACK = "#E69F00", "#56B4E9", "#F0E442", "#000000"
GREY, INK, PALE, FRAME = "#6B6B6B", "#1A1A1A", "#F4F4F2", "#8A8A8A"                # states, text, areas, axes

CHOSEN = "#FFFBDD"               # the ground of the row or card that is chosen
RIMS = {ORANGE: "#8A5A00", SKY: "#1F6F9E"}      # lines too pale for a white sheet have a darker rim
WRONG = "#A50021"               # what is wrong or not known; always with a sign or words beside it
RIM = 1                         # px on each side

FONT = "DejaVu Sans, Verdana, sans-serif"       # matplotlib ships the first; Verdana has the same widths
SMALL, NORMAL, LARGE = 14, 16, 20               # px at 1280 x 800: nothing is smaller than SMALL

SEQUENTIAL, DIVERGING = "cividis", "PuOr"       # sizes from 0 up; signed numbers around 0


@dataclass(frozen=True)
class Mark:
    """How one quantity is drawn. `dash` lists the lengths of strokes and gaps in px; () is a solid line."""

    letter: str
    name: str
    colour: str
    ink: str                # the colour of its letter: the same hue, dark enough to read on white
    dash: tuple = ()
    width: float = 2.5
    double: bool = False    # two thin lines side by side


MARKS = {
    "f": Mark("f", "forget gate", BLUE, "#00609A"),
    "i": Mark("i", "input gate", GREEN, "#00734F", dash=(9, 5)),
    "o": Mark("o", "output gate", VERMILION, "#B04A00", dash=(2, 4), width=3),
    "g": Mark("g", "candidate", PURPLE, "#9C3F73", dash=(10, 4, 2, 4)),
    "c": Mark("c", "cell state", BLACK, BLACK, width=5),
    "h": Mark("h", "hidden state", GREY, "#4D4D4D", width=6, double=True),
    "gradient": Mark("∂", "gradient", ORANGE, "#8A5A00", dash=(14, 4), width=3.5),
}

LOOKS = {       # whose curve or number it is; the colours of MARKS are for gates, states and gradients alone
    "RNN": Mark("RNN", "a tanh RNN", "#8C5A1E", "#74480F", dash=(5, 3), width=3),
    "LSTM": Mark("LSTM", "an LSTM", "#5B3FA0", "#5B3FA0", dash=(16, 3), width=3),
    "GRU": Mark("GRU", "a GRU", "#0B7285", "#08606F", dash=(12, 3, 3, 3), width=3),
    "stored": Mark("stored", "the stored run that is looked at", INK, INK, width=3.5),
    "live": Mark("trained here", "a run that is trained before your eyes", SKY, "#1F6F9E", dash=(9, 4), width=5),
}
ALL = ChainMap(LOOKS, MARKS)                        # MARKS come first


def line_look(name):
    """The look of a line in a diagram, as keywords of svg.path: **line_look("live")."""
    mark = ALL[name]
    return {"stroke": mark.colour, "stroke_width": mark.width, "dash": mark.dash}


STORED, LIVE = line_look("stored"), line_look("live")


def line(name, **more):
    """matplotlib keywords of a quantity: ax.plot(t, f, **style.line("f"))."""
    mark = ALL[name]
    style = (0, tuple(d / mark.width for d in mark.dash)) if mark.dash else "-"
    keywords = {"color": mark.colour, "linestyle": style, "linewidth": mark.width, "label": mark.letter}
    effects = _effects(mark)
    return keywords | ({"path_effects": effects} if effects else {}) | more


def _effects(mark):
    """What is drawn over a line (the gap of a double one) and under it (the rim of a pale one)."""
    from matplotlib.patheffects import Normal, Stroke
    if mark.double:
        return [Normal(), Stroke(linewidth=mark.width / 3, foreground="white")]
    if mark.colour in RIMS:
        return [Stroke(linewidth=mark.width + 2 * RIM, foreground=RIMS[mark.colour]), Normal()]
    return []


RC = {
    "figure.figsize": (8.6, 4.0), "figure.dpi": 100, "savefig.dpi": 200,
    "figure.constrained_layout.use": True,
    "font.family": ["DejaVu Sans", han.FAMILY], "font.size": 14, "axes.titlesize": 16, "axes.labelsize": 15,
    "xtick.labelsize": 14, "ytick.labelsize": 14, "legend.fontsize": 14, "legend.frameon": False,
    "lines.linewidth": 2.5, "lines.markersize": 8, "axes.linewidth": 1.2, "axes.edgecolor": FRAME,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": "#DDDDDD",
    "axes.axisbelow": True, "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
    "image.cmap": SEQUENTIAL, "svg.hashsalt": "lstm_course", "svg.fonttype": "none",
}


def use():
    """Give matplotlib the look of the course, for all figures from here on."""
    import matplotlib
    from cycler import cycler
    han.for_matplotlib()
    colours, styles = [INK, GREY, INK, GREY, INK], ["-", "--", ":", "-.", (0, (8, 2))]
    matplotlib.rcParams.update(RC | {"axes.prop_cycle": cycler(color=colours, linestyle=styles)})


def luminance(colour):
    """The relative luminance of "#rrggbb", 0 (black) to 1 (white), as WCAG defines it."""
    parts = [int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ink_on(ground):
    """Black or white, whichever can be read better on a colour."""
    return BLACK if contrast(BLACK, ground) >= contrast("#FFFFFF", ground) else "#FFFFFF"


def contrast(colour, background="#FFFFFF"):
    """The contrast of two colours, 1 to 21; text needs 4.5."""
    low, high = sorted((luminance(colour), luminance(background)))
    return (high + 0.05) / (low + 0.05)
