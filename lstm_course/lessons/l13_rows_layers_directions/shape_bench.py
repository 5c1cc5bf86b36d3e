"""Explorer of lesson 13: which input does an output see? Found by moving one input after the other."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import LSTM, Bidirectional
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, NORMAL, SMALL, VERMILION, ink_on

T, B, I, H = 8, 3, 2, 4                 # steps, sequences, inputs, units of a direction
NAMES, LENGTHS = "ABC", (8, 5)          # the sequences; the lengths of A and B, that of C is a control
SIZE, SEEN = 0.01, 1e-9                 # how far an input is moved; an output that moves more has seen it
FADED = 0.5                             # "faded": less than this share of what the last valid step holds
AXES = {"(T, B, I)": "right", "(B, T, I)": "swapped"}
GIVEN = {"given": True, "not given": False}
WAYS = {"one way": False, "two ways": True}
READ = {"out[-1]": "last", "last valid output": "valid", "both ends": "ends"}
WHO = {name: k for k, name in enumerate(NAMES)}


# ---- the perturbation test ---------------------------------------------------------------------------------

@lru_cache
def network(two_way):
    """The layer on the bench, as the package makes it: LSTM(2, 4), or one in each direction."""
    rng = np.random.default_rng(1)
    layers = [LSTM(I, H, rng=rng) for _ in range(1 + two_way)]
    return Bidirectional(*layers) if two_way else layers[0]


def batch(length):
    """Three sequences, padded with zeros -> x (T,B,I), lengths (B,): 8, 5 and that of C."""
    lengths = np.array([*LENGTHS, length])
    x = np.random.default_rng(2).uniform(-1, 1, (T, B, I))
    return x * (np.arange(T)[:, None] < lengths)[:, :, None], lengths


def moved(layer, x, lengths=None, size=SIZE):
    """How far each output moves if one input is moved, per unit -> (T, B, T, B, parts): output, then input.

    x is what the layer is given, (T,B,I). Each of its T·B inputs is moved by `size` in a copy of the batch; all
    copies go through the layer side by side. parts: 1, or 2 for the forward and the backward half.
    """
    steps, sequences, inputs = x.shape
    copies = np.repeat(x[:, None], steps * sequences + 1, axis=1)               # (T, copies, B, I), the last untouched
    which = np.arange(steps * sequences)
    copies[which // sequences, which, which % sequences] += size
    many = None if lengths is None else np.tile(lengths, steps * sequences + 1)
    out = layer.forward(copies.reshape(steps, -1, inputs), lengths=many).outputs
    out = out.reshape(steps, steps * sequences + 1, sequences, -1, H)           # …, parts, units
    change = np.linalg.norm(out[:, :-1] - out[:, -1:], axis=-1) / (size * np.sqrt(inputs))
    change = change.transpose(0, 2, 1, 3).reshape(steps, sequences, steps, sequences, -1)
    return np.where(change > SEEN, change, 0.0)


@lru_cache(64)
def bench(axes, given, two_way, length):
    """-> what `moved` finds as (B, T, B, T, parts), and the layer's words if it refuses the batch."""
    x, lengths = batch(length)
    x = x if axes == "right" else x.swapaxes(0, 1)
    layer = network(two_way)
    try:
        layer.forward(x, lengths=lengths if given else None)
    except ValueError as error:
        return np.zeros((B, T, B, T, 1 + two_way)), str(error)
    found = moved(layer, x, lengths if given else None)
    return found.transpose(1, 0, 3, 2, 4) if axes == "right" else found, ""


# ---- what is read ------------------------------------------------------------------------------------------

@dataclass
class Bench:
    """One setting of the bench, and what its summary of one sequence has seen."""

    axes: str
    given: bool
    two_way: bool
    read: str
    who: int
    lengths: np.ndarray         # (B,)
    moved: np.ndarray           # (B, T, B, T, parts): output (sequence, step), input (sequence, step)
    refused: str

    @property
    def steps_read(self):
        """The step at which each part of the summary is read."""
        end = T - 1 if self.read == "last" else int(self.lengths[self.who]) - 1
        return [end, 0 if self.read == "ends" else end][:1 + self.two_way]

    @property
    def seen(self):
        """(parts, B, T): how far each part of the summary moves with each input."""
        return np.stack([self.moved[self.who, step, :, :, part] for part, step in enumerate(self.steps_read)])

    @property
    def valid(self):
        """(B, T): True where an input is no padding."""
        return np.arange(T) < self.lengths[:, None]

    def counts(self):
        """For each part: how many real steps of its own sequence it sees, and how many steps of padding."""
        own, valid = self.seen[:, self.who] > 0, self.valid[self.who]
        return [{"own": int((part & valid).sum()), "padding": int((part & ~valid).sum())} for part in own]

    @property
    def leak(self):
        """How many inputs of other sequences the summary sees."""
        other = np.arange(B)[:, None] != self.who
        return int(((self.seen > 0).any(axis=0) & other).sum())

    @property
    def kept(self):
        """What the last valid step holds of itself, and how much of it is left in the forward part of the summary."""
        last = int(self.lengths[self.who]) - 1
        now = self.moved[self.who, last, self.who, last, 0]
        return float(self.seen[0, self.who, last] / now) if now else 0.0


def compute(axes, given, two_way, read, who, length):
    """The bench in one setting."""
    found, refused = bench(axes, given, two_way, length)
    return Bench(axes, given, two_way, read, who, batch(length)[1], found, refused)


# ---- words -------------------------------------------------------------------------------------------------

def source(data):
    """What is read, as code, one line for each part."""
    name, n = NAMES[data.who], int(data.lengths[data.who])
    index = {"last": "-1", "valid": str(n - 1), "ends": str(n - 1)}[data.read]
    put = (lambda step: f"out[{step}, {name}]") if data.axes == "right" else (lambda step: f"out[{name}, {step}]")
    return [put(index), put("0" if data.read == "ends" else index)][:1 + data.two_way]


def faults(data):
    """What is wrong with this summary, one sentence each; none if it is as it should be."""
    n, counts, found = int(data.lengths[data.who]), data.counts(), []
    parts = ["forward half", "backward half"] if data.two_way else ["summary"]
    leak = data.leak
    if leak:
        found.append(f"LEAK: it sees {_many(leak, 'input')} of other sequences")
    for part, count in zip(parts, counts, strict=True):
        if not any(count.values()):
            found.append(f"the {part} is read on padding: it is 0")
        elif count["own"] < n:
            found.append(f"the {part} has seen {count['own']} of {_many(n, 'step')}")
        if count["padding"]:
            found.append(f"the {part} has read {_many(count['padding'], 'step')} of padding")
    if counts[0]["padding"] and counts[0]["own"] == n and data.kept < FADED:
        found.append(f"of what step {n - 1} did to it, {100 * data.kept:.0f} % is left")
    return found


def _many(number, word):
    return f"{number} {word}" + ("" if number == 1 else "s")


def verdict(data):
    """"✓ …" or "✗ …", one line each."""
    n, found = int(data.lengths[data.who]), faults(data)
    whole = f"✓ it has seen {_every(n)} of {NAMES[data.who]}, and nothing else"
    return [f"✗ {words}" for words in found] or [whole]


def _every(n):
    return "the one step" if n == 1 else f"all {n} steps"


def describe(data):
    """What the picture shows, in words."""
    ways = "two ways" if data.two_way else "one way"
    axes = next(key for key, value in AXES.items() if value == data.axes)
    head = f"Array {axes}, {ways}, lengths {'given' if data.given else 'not given'}. "
    if data.refused:
        return head + f"The layer refuses the batch: {data.refused}."
    what = " and ".join(dict.fromkeys(source(data)))
    n = int(data.lengths[data.who])
    lines = faults(data) or [f"it has seen {_every(n)} and nothing else"]
    return head + f"Summary of {NAMES[data.who]} ({_many(n, 'step')}): {what}; {'; '.join(lines)}."


def code(values):
    """The current state as NumPy code."""
    given = ", lengths=lengths" if values["given"] else ""
    swap = "" if values["axes"] == "right" else "x = x.swapaxes(0, 1)      # (B, T, I): wrong for this layer\n"
    data = compute(**values)
    turned = "" if values["axes"] == "right" else "out = out.swapaxes(0, 1)\n"
    steps = data.steps_read
    parts = [f"out[{step}, {values['who']}, {H * k}:{H * k + H}]" for k, step in enumerate(steps)]
    return ("import numpy as np\n"
            "from lstm_course.lessons.l13_rows_layers_directions.shape_bench import batch, network\n\n"
            f"x, lengths = batch({values['length']})           # x (T, B, I), lengths of A, B, C\n"
            f"{swap}layer = network(two_way={values['two_way']})\n\n"
            "def summary(x):\n"
            f"    out = layer.forward(x{given}).outputs\n    {turned.strip() or 'T, B, H = out.shape'}\n"
            f"    return np.concatenate([{', '.join(parts)}])\n\n"
            "print(summary(x))")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, KEY_Y = 880, 442, 412
MAP_X, MAP_Y, CELL = 70, 52, 13                         # the map: upper left, size of a cell
SIDE = B * T * CELL
TABLE_X, COLUMN, ROW = 478, 49, 27                      # the tables: first cell, size of a cell
PALETTE, WEAK, STRONG = "cividis_r", -2.6, -0.4         # log10 of the strengths at its two ends


def draw(data, hidden=False):
    """Left all outputs against all inputs, right what the summary of one sequence has seen."""
    if data.refused:
        return svg.picture(WIDTH, HEIGHT, _titles(), _axes(data), _refusal(data), _key())
    body = "" if hidden else _map(data) + _marks(data)
    return svg.picture(WIDTH, HEIGHT, _titles(), body, _axes(data), _tables(data, hidden), _key())


def _titles():
    left = svg.text(MAP_X, 22, "All outputs: who sees what?", NORMAL, "start", weight="bold")
    return left + svg.text(MAP_X + SIDE / 2, 43, "input: sequence, step 0 … 7", SMALL) + svg.text(
        TABLE_X - 40, 22, "The summary", NORMAL, "start", weight="bold")


@lru_cache(64)
def _heat(axes, given, two_way, length):
    values, _ = bench(axes, given, two_way, length)
    largest = values.max(axis=-1).reshape(B * T, B * T)
    strength = np.where(largest > 0, np.log10(np.maximum(largest, SEEN)), np.nan)      # what is not seen stays white
    return svg.heat_image(MAP_X, MAP_Y, SIDE, SIDE, strength, PALETTE, WEAK, STRONG)


def _map(data):
    return _heat(data.axes, data.given, data.two_way, int(data.lengths[2]))


def _marks(data):
    """The outputs that are read, framed."""
    rows = sorted({data.who * T + step for step in data.steps_read})
    frames = [svg.box(MAP_X - 2, MAP_Y + row * CELL - 1.5, SIDE + 4, CELL + 3, fill="none", stroke=VERMILION,
                      stroke_width=3, rx=2) for row in rows]
    tips = [svg.arrow([(MAP_X + SIDE + 30, MAP_Y + (row + 0.5) * CELL), (MAP_X + SIDE + 3, MAP_Y + (row + 0.5) * CELL)],
                      stroke=VERMILION, stroke_width=3, head=8) for row in rows]
    return "".join([*frames, *tips])


def _axes(data):
    """Frame, letters, and a grey bar along each padding."""
    parts = [svg.box(MAP_X, MAP_Y, SIDE, SIDE, fill="none", stroke=INK, rx=0)]
    for k, name in enumerate(NAMES):
        at, n = k * T * CELL, int(data.lengths[k])
        middle = at + T * CELL / 2
        if k:
            parts.append(svg.path([(MAP_X + at, MAP_Y), (MAP_X + at, MAP_Y + SIDE)], stroke_width=1.5))
            parts.append(svg.path([(MAP_X, MAP_Y + at), (MAP_X + SIDE, MAP_Y + at)], stroke_width=1.5))
        parts.append(svg.text(MAP_X - 24, MAP_Y + middle + 6, name, NORMAL, weight="bold"))
        parts.append(svg.text(MAP_X + middle, MAP_Y + SIDE + 28, name, NORMAL, weight="bold"))
        if n < T:
            start, long = at + n * CELL, (T - n) * CELL
            parts.append(svg.box(MAP_X + start, MAP_Y + SIDE + 4, long - 1, 7, fill="#B5B5B5", stroke=GREY,
                                 stroke_width=1, rx=0))
            parts.append(svg.box(MAP_X - 11, MAP_Y + start, 7, long - 1, fill="#B5B5B5", stroke=GREY, stroke_width=1,
                                 rx=0))
    turn = f"translate(22 {MAP_Y + SIDE / 2:g}) rotate(-90)"
    parts.append(f'<g transform="{turn}">{svg.text(0, 0, "output: sequence, step 0 … 7", SMALL)}</g>')
    return "".join(parts)


def _tables(data, hidden):
    """One table for each part of the summary, then the verdict."""
    names = ["forward half", "backward half"] if data.two_way else ["all units"]
    y, parts = 48, []
    for k, (name, words) in enumerate(zip(names, source(data), strict=True)):
        parts.append(svg.text(TABLE_X - 40, y, f"{name}: {words}", NORMAL, "start", weight="bold"))
        parts.append(_table(y + 24, data.seen[k], data.valid, hidden))
        y += 134
    lines = ["What has it seen? Make a guess first."] if hidden else verdict(data)
    top = y + (10 if data.two_way else 20)
    parts += [svg.text(TABLE_X - 40, top + 22 * k, line, SMALL, "start", weight="bold") for k, line in enumerate(lines)]
    return "".join(parts)


def _table(y, seen, valid, hidden):
    """(B, T) numbers on their colours; a dot where nothing is seen, a dashed frame around padding."""
    steps = [svg.text(TABLE_X + (t + 0.5) * COLUMN, y, str(t), SMALL, fill=GREY) for t in range(T)]
    return "".join([*steps, *(_row(y + 6, k, seen[k], valid[k], hidden) for k in range(B))])


def _row(y, k, seen, valid, hidden):
    top = y + k * ROW
    parts = [svg.text(TABLE_X - 20, top + 19, NAMES[k], NORMAL, weight="bold")]
    for t in range(T):
        x, value = TABLE_X + t * COLUMN, 0.0 if hidden else float(seen[t])
        fill = _colour(value)
        look = {"stroke": FRAME, "stroke_width": 1} if valid[t] else {"stroke": INK, "stroke_dasharray": "3 3"}
        parts.append(svg.box(x + 1, top + 1, COLUMN - 2, ROW - 2, fill=fill, rx=0, **look))
        parts.append(svg.text(x + COLUMN / 2, top + 19, "?" if hidden else short(value), SMALL, fill=ink_on(fill)))
    return "".join(parts)


def short(value):
    """0.31, or <.01; a dot for nothing."""
    if value == 0:
        return "·"
    return "<.01" if value < 0.005 else f"{value:.2f}"


def _colour(value):
    return svg.colour_of(np.log10(value), PALETTE, WEAK, STRONG) if value > 0 else "#FFFFFF"


@lru_cache
def _key():
    """What the colours and frames mean, in one line."""
    parts = []
    for k, value in enumerate((0.0, 0.003, 0.01, 0.03, 0.1, 0.3)):
        fill, x, wide = _colour(value), (MAP_X if k == 0 else MAP_X + 26 + 50 * k), (76 if k == 0 else 50)
        parts.append(svg.box(x, KEY_Y, wide, 24, fill=fill, stroke=FRAME, stroke_width=1, rx=0))
        words = f"{value:g}" if value else "not seen"
        parts.append(svg.text(x + wide / 2, KEY_Y + 17, words, SMALL, fill=ink_on(fill)))
    parts.append(svg.text(TABLE_X - 68, KEY_Y + 17, "output's move, if the input moves by 1", SMALL, "start"))
    parts.append(svg.box(TABLE_X + 245, KEY_Y + 1, 40, 22, stroke=INK, stroke_dasharray="3 3", rx=0))
    parts.append(svg.box(TABLE_X + 291, KEY_Y + 9, 24, 7, fill="#B5B5B5", stroke=GREY, stroke_width=1, rx=0))
    parts.append(svg.text(TABLE_X + 322, KEY_Y + 17, "padding", SMALL, "start"))
    return "".join(parts)


def _refusal(data):
    """What the layer says instead of computing."""
    x, words, lines = TABLE_X - 40, data.refused.replace(" = ", "\u00a0=\u00a0").split(" "), [""]
    for word in words:
        lines = [*lines, word] if len(lines[-1]) + len(word) > 46 else [*lines[:-1], f"{lines[-1]} {word}".strip()]
    head = svg.text(x, 92, "✗ The layer refuses this batch:", NORMAL, "start", weight="bold")
    said = [svg.text(x, 124 + 24 * k, line, NORMAL, "start") for k, line in enumerate(lines)]
    more = svg.text(x, 150 + 24 * len(lines), "Nothing was computed.", NORMAL, "start")
    return head + "".join(said) + more


# ---- the explorer ------------------------------------------------------------------------------------------

START = {"axes": "right", "given": True, "two_way": False, "read": "valid", "who": 1, "length": 2}
PRESETS = {
    "right": {},
    "axes swapped": {"axes": "swapped", "given": False, "who": 2},
    "padding read": {"given": False, "read": "last", "who": 2},
    "two ways, out[-1]": {"two_way": True, "read": "last", "who": 0},
}


def _buttons(name, word, options):
    """A choice whose buttons say what they are, so that it needs no row for a label."""
    options = {f"{word} {key}".strip(): value for key, value in options.items()}
    choice = Choice(name, {"two_way": "network", "read": "summary"}.get(name, name), options, START[name])
    choice.view.description = ""
    return choice


@explorer
def shape_bench():
    """The shape bench: axes, lengths, directions, and the step that is read."""
    question = "Two ways, out[-1, A] as summary of A: how many of its 8 steps has the backward half seen?"
    options = ["0", "1", "4", "8"]
    predict = Guess(question, options=options, truth=lambda data: str(data.counts()[-1]["own"]),
                      because=lambda data: "It walks from the last step to the first, and out[-1] is where it begins.",
                      mask=lambda data: draw(data, hidden=True), at=START | PRESETS["two ways, out[-1]"])
    controls = [_buttons("axes", "array", AXES), _buttons("given", "lengths", GIVEN), _buttons("two_way", "", WAYS),
                _buttons("read", "read", READ), _buttons("who", "of", WHO),
                Slider("length", "steps of C", 1, T, 1, START["length"], width="240px")]
    return Explorer("Shape bench", controls, compute, draw, describe, presets=PRESETS, predict=predict, code=code,
                    static=["axes swapped", "padding read", "two ways, out[-1]"], lines=2)
