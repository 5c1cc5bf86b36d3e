"""Explorer of lesson A: which pixels does a unit of a convolutional network see? Asked of the network itself."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import experiments
from lstm_course.experiments import lenet
from lstm_course.networks.convolution import Convolution, MaxPool, Relu
from lstm_course.tasks import mnist
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import BLACK, DIVERGING, FRAME, GREY, NORMAL, SMALL, WRONG

SIDE, TRAINED = 32, 5                           # pixels of the image; the kernel of the stored network
STAGES = {"conv 1": 2, "pool 1": 3, "conv 2": 5, "pool 2": 6}           # after how many layers
KERNELS, POOLING = {"3 × 3": 3, "5 × 5": 5, "7 × 7": 7}, {"2 × 2": 2, "none": 1}
START = {"layer": "conv 2", "kernel": 5, "pooling": 2, "digit": 3, "row": 4, "column": 4}
MOST = 27                                       # the last row of the largest map that is asked for


# ---- the network and what its units see ----------------------------------------------------------------------

@lru_cache(8)
def layers(kernel, pooling):
    """The first six layers of a LeNet for images (B,1,32,32): trained for 5 x 5, else with random weights."""
    first, second = Convolution(1, 6, kernel, rng=0), Convolution(6, 16, kernel, rng=1)
    if kernel == TRAINED:
        model = lenet.stored_network(experiments.load("lenet"))
        for layer, trained in ((first, model.layers[0]), (second, model.layers[3])):
            layer.parameters.update(trained.parameters)
    return [first, Relu(), MaxPool(pooling), second, Relu(), MaxPool(pooling)]


def maps(kernel, pooling, x):
    """The traces of all layers for x, one after the other."""
    traces = []
    for layer in layers(kernel, pooling):
        traces.append(layer.forward(x if not traces else traces[-1].outputs))
    return traces


@lru_cache(8)
def seen(kernel, pooling):
    """Change one row, or one column, at a time of the image or of a map, and look which later units move.

    -> {(from, to): (rows, columns)}, each (units of `to`, units of `from`) of True and False.
    """
    found, before = {}, np.random.default_rng(0).random((1, 1, SIDE, SIDE))
    starts = {"image": 0} | STAGES
    traces = maps(kernel, pooling, before)
    for name, start in starts.items():
        x = before if start == 0 else traces[start - 1].outputs
        both = [_moved(layers(kernel, pooling), start, x, axis) for axis in (2, 3)]
        for to, end in STAGES.items():
            if end > start:
                found[name, to] = both[0][end], both[1][end]
    return found


def _moved(net, start, x, axis):
    """For each line of x along the axis: which lines of each later map move -> {layers: (units, lines)}"""
    n = x.shape[axis]
    changed = np.repeat(x, n, axis=0)
    for k in range(n):
        np.moveaxis(changed, axis, 1)[k, k] += 1 + np.random.default_rng(k).random()
    across, found = 5 - axis, {}
    for number, layer in enumerate(net[start:], start + 1):
        x, changed = layer.forward(x).outputs, layer.forward(changed).outputs
        found[number] = (np.abs(changed - x) > 1e-12).any(axis=(1, across)).T
    return found


@lru_cache(16)
def _traces(kernel, pooling, digit):
    return maps(kernel, pooling, picture(digit)[None, None])


@lru_cache(10)
def picture(digit):
    """A test image of the digit, 0.0 to 1.0, with a rim of two pixels (32,32)."""
    _, test = mnist.split(*mnist.load())
    return np.pad(test.images[test.labels == digit][0] / 255, 2)


def slope(kernel, pooling, digit, layer, row, column):
    """∂(sum of all channels at one place of a map)/∂pixel (32,32), by the layers' own backward."""
    traces, end = _traces(kernel, pooling, digit), STAGES[layer]
    grad = np.zeros(traces[end - 1].outputs.shape)
    grad[0, :, row, column] = 1
    for part, trace in zip(layers(kernel, pooling)[end - 1::-1], traces[end - 1::-1], strict=True):
        grad = part.backward(trace, grad).x
    return grad[0, 0]


@dataclass
class Field:
    """A unit, what it can see, and what moves it on this digit."""

    layer: str
    kernel: int
    pooling: int
    digit: int
    unit: tuple                 # (row, column) in its map
    sizes: dict                 # stage -> (channels, units on a side)
    widths: dict                # stage -> the most pixels on a side that one of its units sees
    boxes: dict                 # "image" and the stages up to the layer -> (top, bottom, left, right), all included
    image: np.ndarray           # (32,32)
    slope: np.ndarray           # (32,32)
    maps: dict                  # stage -> (n,n): mean over the channels

    @property
    def trained(self):
        return self.kernel == TRAINED


def compute(layer, kernel, pooling, digit, row, column):
    """A unit beyond the last row or column stands for the last."""
    reach, traces = seen(kernel, pooling), _traces(kernel, pooling, digit)
    outputs = {name: traces[end - 1].outputs[0] for name, end in STAGES.items()}
    sizes = {name: out.shape[:2] for name, out in outputs.items()}
    unit = min(row, sizes[layer][1] - 1), min(column, sizes[layer][1] - 1)
    boxes = {name: (*_ends(rows[unit[0]]), *_ends(columns[unit[1]]))
             for (name, to), (rows, columns) in reach.items() if to == layer}
    boxes[layer] = unit[0], unit[0], unit[1], unit[1]
    widths = {name: int(reach["image", name][0].sum(axis=1).max()) for name in STAGES}
    return Field(layer, kernel, pooling, digit, unit, sizes, widths, boxes, picture(digit),
                 slope(kernel, pooling, digit, layer, *unit), {name: out.mean(axis=0) for name, out in outputs.items()})


def _ends(line):
    where = np.flatnonzero(line)
    return int(where[0]), int(where[-1])


# ---- words -------------------------------------------------------------------------------------------------

def counts(field):
    """Pixels in the field, and how many of them have a slope that is not 0 on this digit."""
    top, bottom, left, right = field.boxes["image"]
    return (bottom - top + 1) * (right - left + 1), int(np.count_nonzero(field.slope))


def describe(field):
    """What the picture shows, in words."""
    top, bottom, left, right = field.boxes["image"]
    inside, active = counts(field)
    weights = "trained weights" if field.trained and field.pooling == 2 else (
        "weights trained with pooling" if field.trained else "random weights")
    pooling = "pooling 2 × 2" if field.pooling == 2 else "no pooling"
    kernel = f"kernel {field.kernel} × {field.kernel}"
    return (f"{field.layer}, unit in row {field.unit[0]}, column {field.unit[1]}; {kernel}, {pooling}, {weights}. It "
            f"can see {bottom - top + 1} × {right - left + 1} = {inside} of {SIDE * SIDE} pixels: rows {top} to "
            f"{bottom}, columns {left} to {right}. On this {field.digit}, {active} of them have a slope that is not 0.")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 880, 372
IMAGE_X, IMAGE_Y, IMAGE = 14, 40, 320
MAP_X, MAP_Y, MAP, PITCH = 362, 64, 114, 130


def draw(field, hidden=False):
    """Left the image with the field of the unit, right the four maps with what it sees of them. hidden: not yet."""
    maps = [_map(field, k, name, hidden) for k, name in enumerate(STAGES)]
    return svg.picture(WIDTH, HEIGHT, _image(field, hidden), *maps, "" if hidden else _words(field))


def _image(field, hidden):
    """The digit, over it the slopes, around them the field."""
    x, y, size = IMAGE_X, IMAGE_Y, IMAGE
    head = svg.text(x, y - 14, f"image, {SIDE} × {SIDE} pixels", NORMAL, "start", weight="bold")
    digit = svg.heat_image(x, y, size, size, field.image, "Greys", 0, 2.2)
    if hidden:
        return head + digit + svg.box(x, y, size, size, fill="none", stroke=FRAME, rx=0)
    most = np.abs(field.slope).max() or 1.0
    shown = np.where(field.slope == 0, np.nan, field.slope)
    over = f'<g opacity="0.65">{svg.heat_image(x, y, size, size, shown, DIVERGING, -most, most)}</g>'
    rim = svg.box(x, y, size, size, fill="none", stroke=FRAME, rx=0)
    return head + digit + over + rim + _box(field.boxes["image"], x, y, size / SIDE)


def _box(ends, x, y, scale, colour=BLACK, width=3.5):
    """The outline of some rows and columns, with a white rim so that it shows on any ground."""
    top, bottom, left, right = ends
    place = x + left * scale, y + top * scale, (right - left + 1) * scale, (bottom - top + 1) * scale
    return "".join(svg.box(*place, fill="none", stroke=ink, stroke_width=w, rx=0)
                   for ink, w in (("#FFFFFF", width + 3), (colour, width)))


def _map(field, k, name, hidden):
    """One layer: the mean of its maps, and which of its units the chosen one sees; hidden: the chosen one alone."""
    x, y, (channels, n) = MAP_X + k * PITCH, MAP_Y, field.sizes[name]
    chosen, values = name == field.layer, field.maps[name]
    title = svg.text(x, y - 30, name, NORMAL, "start", weight="bold")
    none = name.startswith("pool") and field.pooling == 1
    words = "none" if none else "" if hidden else f"{channels} of {n} × {n}"
    shape = svg.text(x, y - 10, words, SMALL, "start", GREY)
    if none and not chosen:
        return title + shape
    heat = svg.heat_image(x, y, MAP, MAP, values, "Greys", 0, 1.6 * max(values.max(), 1e-9))
    rim = svg.box(x, y, MAP, MAP, fill="none", stroke=FRAME, rx=0)
    box = "" if name not in field.boxes or hidden and not chosen else _box(field.boxes[name], x, y, MAP / n,
                                                  WRONG if chosen else BLACK, 3 if chosen else 2.5)
    side = "?" if hidden else field.widths[name]
    width = svg.text(x, y + MAP + 22, f"sees {side} × {side}", SMALL, "start", weight="bold" if chosen else None)
    return title + shape + heat + rim + box + width


def _words(field):
    """The numbers of the chosen unit, and the key."""
    top, bottom, left, right = field.boxes["image"]
    inside, active = counts(field)
    x, y = MAP_X, MAP_Y + MAP + 62
    lines = [(f"{field.layer}, row {field.unit[0]}, column {field.unit[1]} (small square)", NORMAL, "bold"),
             (f"can see {bottom - top + 1} × {right - left + 1} = {inside} of {SIDE * SIDE} pixels (black square)",
              NORMAL, None),
             (f"on this {field.digit}: slope not 0 at {active} of them", NORMAL, None),
             ("colour: ∂ (sum of its channels) / ∂ pixel, purple up, orange down", SMALL, None),
             ("weights: " + ("trained with pooling" if field.trained else "random"), SMALL, None)]
    return "".join(svg.text(x, y + 25 * k, words, size, "start", weight=weight)
                   for k, (words, size, weight) in enumerate(lines))


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {
    "conv 1": {"layer": "conv 1", "row": 12, "column": 12},
    "conv 2": {"layer": "conv 2"},
    "pool 2": {"layer": "pool 2", "row": 2, "column": 2},
    "no pooling": {"layer": "conv 2", "pooling": 1, "row": 12, "column": 12},
    "kernel 3 × 3": {"layer": "conv 2", "kernel": 3, "row": 6, "column": 6},
}
QUESTION = ("Each kernel is 5 × 5, with max-pooling 2 × 2 in between. How many pixels wide is the square of the "
            "image that one unit of conv 2 can see?")


@explorer
def receptive_field():
    """The receptive field: which pixels a unit sees, by perturbation, and which move it, by its gradient."""
    for kernel in KERNELS.values():
        for pooling in POOLING.values():
            seen(kernel, pooling)               # once, so that no change has to wait for it
    predict = Guess(QUESTION, number=(1, SIDE, 1, 5), truth=lambda field: field.widths["conv 2"],
                      because=lambda field: "5 × 5 units of pool 1, each of which sees 6 × 6 pixels, 2 pixels apart: "
                                            "6 + 4 · 2.", at=START,
                    mask=lambda field: draw(field, hidden=True))
    controls = [Choice("layer", "layer", list(STAGES), START["layer"]),
                Choice("kernel", "kernel", KERNELS, START["kernel"]),
                Choice("pooling", "pooling", POOLING, START["pooling"]),
                Slider("row", "row", 0, MOST, 1, START["row"], width="260px"),
                Slider("column", "column", 0, MOST, 1, START["column"], width="270px"),
                Slider("digit", "digit", 0, 9, 1, START["digit"], width="260px")]
    return Explorer("Which pixels can a unit see?", controls, compute, draw, describe, presets=PRESETS, predict=predict,
                    static=["no pooling", "kernel 3 × 3"], lines=3)
