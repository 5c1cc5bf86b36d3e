"""Explorer of lesson 13: draw a digit with signs, and see what the LSTM on rows would say after each row."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments import mnist_rows
from lstm_course.networks.functions import softmax
from lstm_course.tasks import mnist
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Text
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.numbers import percent
from lstm_course.widgets.parts import unknown
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, GREY, INK, SEQUENTIAL, SMALL, ink_on

SIDE = 14                           # rows and columns of a drawing; the network's images are twice as fine
SIGNS = ".+#"                       # white, grey, black
BOUNDS = 0.25, 0.65                 # between them a pixel of a test image is grey
SHOWN = {"a 4": 4, "a 3": 13, "a 9": 19, "a 7, read as 9": 37}          # test images


@dataclass
class Reading:
    """ink (14,14) from 0 to 1, what the network says after each row, shares (14,10), and how many rows are read."""

    ink: np.ndarray
    shares: np.ndarray
    step: int

    @property
    def said(self):
        """The likeliest digit after each row, (14,)."""
        return self.shares.argmax(axis=1)


# ---- drawings ----------------------------------------------------------------------------------------------

def tidy(words):
    """14 rows of 14 signs, from what was typed: blanks are white, what is missing is white."""
    rows = [row.rstrip().replace(" ", ".") for row in words.strip("\n").split("\n")]
    longest, strange = max(map(len, rows)), sorted(set("".join(rows)) - set(SIGNS))
    if len(rows) > SIDE or longest > SIDE:
        raise ValueError(f"A drawing is {SIDE} signs wide and {SIDE} rows high; this one is {longest} wide and "
                         f"{len(rows)} high.")
    if strange:
        raise ValueError(f"A drawing is made of # (black), + (grey) and . (white), not of {' '.join(strange)}")
    return "\n".join(row.ljust(SIDE, ".") for row in [*rows, *[""] * (SIDE - len(rows))])


def ink_of(drawing):
    """(14,14): 0, 0.5 or 1 for each sign."""
    return np.array([[SIGNS.index(sign) for sign in row] for row in drawing.split("\n")]) / 2


def drawing_of(image):
    """An image (28,28) of 0 to 255 as a drawing."""
    blocks = image.reshape(SIDE, 2, SIDE, 2).mean(axis=(1, 3)) / 255
    return "\n".join("".join(SIGNS[level] for level in row) for row in np.digitize(blocks, BOUNDS))


@lru_cache(1)
def drawings():
    """The test images of SHOWN as drawings."""
    _, test = mnist.split(*mnist.load())
    return {name: drawing_of(test.images[k]) for name, k in SHOWN.items()}


# ---- reading -----------------------------------------------------------------------------------------------

@lru_cache(1)
def _network():
    return mnist_rows.stored_network(experiments.load("mnist_rows"))


@lru_cache(64)
def shares_of(drawing):
    """The shares of the ten digits after each row of the drawing, (14,10): two rows of the image."""
    before, lstm, _, answer = _network().layers
    x = np.kron(ink_of(drawing), np.ones((2, 2)))[:, None]
    return softmax(answer.forward(lstm.forward(before.forward(x).outputs).outputs).outputs[1::2, 0])


def compute(drawing, step):
    return Reading(ink_of(drawing), shares_of(drawing), step)


# ---- words -------------------------------------------------------------------------------------------------

def describe(reading):
    """What the picture shows, in words."""
    t = reading.step
    if t == 0:
        return f"A drawing of {SIDE} rows, none of which the network has read yet."
    says = reading.said[t - 1]
    others = np.flatnonzero(reading.said[:t] != says)
    since = int(others[-1]) + 2 if others.size else 1               # the row after the last that says otherwise
    held = f", as it has since row {since}" if since < t else ""
    return f"After row {t} of {SIDE} the network says {says} ({percent(reading.shares[t - 1, says])}){held}."


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, TOP, PITCH = 880, 396, 54, 24
DRAWN, TABLE, COLUMN = 22, 430, 42          # left edges of drawing and table; width of a digit's column


def draw(reading, hidden=False):
    """Left the rows, right what the network says after each of them; only those up to the step."""
    return svg.picture(WIDTH, HEIGHT, _heads(), *(_row(reading, t, hidden) for t in range(SIDE)))


def _heads():
    names = [svg.text(TABLE + COLUMN * (k + 0.5), TOP - 10, str(k), 17, weight="bold") for k in range(10)]
    return "".join(names) + svg.text(DRAWN, 20, "it reads, from top to bottom", SMALL, "start", GREY) + svg.text(
        TABLE, 20, "after this row it says (percent)", SMALL, "start", GREY)


def _row(reading, t, hidden):
    """One row of the drawing, and the ten shares after it."""
    y, read = TOP + PITCH * t, t < reading.step
    parts = [svg.box(DRAWN + PITCH * k, y, PITCH, PITCH, _grey(ink), "#E2E2E2", 1, 0, fill_opacity=1 if read else 0.25)
             for k, ink in enumerate(reading.ink[t])]
    parts.append(svg.text(DRAWN + PITCH * SIDE + 12, y + 17, str(t + 1), SMALL, "start", INK if read else GREY))
    if read and hidden:
        return "".join(parts) + unknown(TABLE + COLUMN * 5, y + 19, 18)
    return "".join(parts) + ("".join(_share(reading, t, k, y) for k in range(10)) if read else "")


def _grey(ink):
    level = round(255 * (1 - ink))
    return f"#{level:02X}{level:02X}{level:02X}"


def _share(reading, t, k, y):
    """One share: its ground and, from 1 % on, its number; the largest has a frame."""
    share, largest = reading.shares[t, k], reading.said[t] == k
    ground = svg.colour_of(share, SEQUENTIAL, 0, 1)
    look = (BLACK, 3) if largest else ("#FFFFFF", 1)
    number = svg.text(TABLE + COLUMN * (k + 0.5), y + 17, f"{100 * share:.0f}", SMALL, fill=ink_on(ground),
                      weight="bold" if largest else None) if share >= 0.01 else ""
    return svg.box(TABLE + COLUMN * k + 1, y + 1, COLUMN - 2, PITCH - 2, ground, *look, rx=0) + number


# ---- the explorer ------------------------------------------------------------------------------------------

OPTIONS = ("4", "7", "0")
QUESTION = ("The network reads a 4, and was trained to answer after the last row only. What would it say after half "
            "of the rows?")


def code(values):
    """The current state as NumPy code."""
    rows = ",\n        ".join(f'"{row}"' for row in values["drawing"].split("\n"))
    return (f"import numpy as np\nfrom lstm_course import experiments\n"
            f"from lstm_course.experiments import mnist_rows\n\n"
            f"rows = [{rows}]\nink = np.array([[\".+#\".index(sign) / 2 for sign in row] for row in rows])\n"
            f"x = np.kron(ink, np.ones((2, 2)))[:, None]          # (28, 1, 28)\n"
            f"before, lstm, last, answer = mnist_rows.stored_network(experiments.load(\"mnist_rows\")).layers\n"
            f"said = answer.forward(lstm.forward(before.forward(x).outputs).outputs).outputs[1::2, 0].argmax(axis=1)\n"
            f"print(said[:{values['step']}])")


@explorer
def draw_a_digit():
    """Draw with #, + and . what the LSTM on rows reads; step through the rows."""
    own = drawings()
    predict = Guess(QUESTION, options=OPTIONS, truth=lambda reading: str(reading.said[SIDE // 2 - 1]),
                    mask=lambda reading: draw(reading, hidden=True), given=lambda reading: "seven rows of a 4",
                    because=lambda reading: f"After all rows it says {reading.said[-1]}.",
                    at={"drawing": own["a 4"], "step": SIDE // 2})
    field = Text("drawing", "drawing (# + .)", own["a 4"], tidy, rows=SIDE)
    field.view.add_class("lstm-drawing")
    return Explorer("What does the network say after each row?", [field], compute, draw, describe,
                    presets={name: {"drawing": drawing} for name, drawing in own.items()}, steps=SIDE,
                    predict=predict, code=code, interval=0.4, lines=1, static=["a 9"])
