"""Which inputs has an output seen? What the shape bench computes and says: it moves one input after the other."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import LSTM, Bidirectional

T, B, I, H = 8, 3, 2, 4                 # steps, sequences, inputs, units of a direction
NAMES, LENGTHS = "ABC", (8, 5, 2)       # the sequences, and how many of their steps are real
SIZE, SEEN = 0.01, 1e-9                 # how far an input is moved; an output that moves more has seen it


@lru_cache
def network(two_way):
    """The layer on the bench, as the package makes it: LSTM(2, 4), or one in each direction."""
    rng = np.random.default_rng(1)
    layers = [LSTM(I, H, rng=rng) for _ in range(1 + two_way)]
    return Bidirectional(*layers) if two_way else layers[0]


def batch(length=LENGTHS[-1]):
    """Three sequences of 8, 5 and `length` steps, filled up with zeros -> x (T,B,I), lengths (B,)."""
    lengths = np.array([*LENGTHS[:-1], length])
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


@lru_cache(8)
def bench(axes, given, two_way):
    """-> what `moved` finds as (B, T, B, T, parts), and the layer's words if it refuses the batch."""
    x, lengths = batch()
    x, layer = x if axes == "right" else x.swapaxes(0, 1), network(two_way)
    try:
        layer.forward(x, lengths=lengths if given else None)
    except ValueError as error:
        return np.zeros((B, T, B, T, 1 + two_way)), str(error)
    found = moved(layer, x, lengths if given else None)
    return found.transpose(1, 0, 3, 2, 4) if axes == "right" else found, ""


@dataclass
class Bench:
    """One output of the bench, and what each of its halves has seen."""

    axes: str
    given: bool
    two_way: bool
    who: int                    # the sequence of the output
    t: int                      # the step of the output
    seen: np.ndarray            # (parts, B, T): how far each part of the output moves with each input
    fresh: float                # how far the output at the last real step moves with its own input
    refused: str

    valid = np.arange(T) < np.array(LENGTHS)[:, None]                           # (B, T): no padding

    @property
    def parts(self):
        return ["forward half", "backward half"] if self.two_way else ["it"]

    @property
    def on_padding(self):
        """Whether this output stands behind the end of its sequence."""
        return self.t >= LENGTHS[self.who]

    def own(self, part):
        """The real steps of its own sequence that a part sees, and how many steps of padding."""
        seen, valid = self.seen[part, self.who] > 0, self.valid[self.who]
        return np.flatnonzero(seen & valid).tolist(), int((seen & ~valid).sum())

    @property
    def leak(self):
        """The names of other sequences that the output sees."""
        seen = (self.seen > 0).any(axis=(0, 2))
        return [name for k, name in enumerate(NAMES) if k != self.who and seen[k]]

    @property
    def kept(self):
        """How much of what the last real step did is left in the (forward half of the) output; 1 at that step."""
        return float(self.seen[0, self.who, LENGTHS[self.who] - 1] / self.fresh) if self.fresh else 0.0


def compute(axes, given, two_way, who, t):
    """The bench in one setting."""
    found, refused = bench(axes, given, two_way)
    last = LENGTHS[who] - 1
    return Bench(axes, given, two_way, who, t, np.moveaxis(found[who, t], -1, 0),
                 float(found[who, last, who, last, 0]), refused)


# ---- words -------------------------------------------------------------------------------------------------

def source(data):
    """The output as code."""
    name = NAMES[data.who]
    return f"out[{data.t}, {name}]" if data.axes == "right" else f"out[{name}, {data.t}]"


def _steps(steps):
    """1, or "0 to 4": neighbours, since a state hands on everything."""
    return f"step {steps[0]}" if len(steps) == 1 else f"steps {steps[0]} to {steps[-1]}"


def _part(data, part):
    """What one part of the output has seen of its own sequence."""
    steps, padding = data.own(part)
    seen = [f"{_steps(steps)} of {NAMES[data.who]}"] if steps else []
    seen += [f"{padding} step{'s' if padding > 1 else ''} of padding"] if padding else []
    return f"{data.parts[part]} has seen {' and '.join(seen) or 'nothing'}"


def verdict(data):
    """One line for each part, then what is wrong."""
    if data.on_padding and not data.seen.any():
        return [f"{NAMES[data.who]} has ended before: the output is 0"]
    lines = [_part(data, part) for part in range(len(data.parts))]
    if data.leak:
        lines.append(f"LEAK: it sees inputs of {' and '.join(data.leak)}")
    elif data.on_padding and data.seen[0].any():
        lines.append(f"{100 * data.kept:.0f} % is left of what step {LENGTHS[data.who] - 1} did")
    return lines


def describe(data):
    """What the picture shows, in words."""
    axes, ways = ("(T, B, I)" if data.axes == "right" else "(B, T, I)"), ("two ways" if data.two_way else "one way")
    head = f"Array {axes}, {ways}, lengths {'given' if data.given else 'not given'}. "
    if data.refused:
        return head + f"The layer refuses the batch: {data.refused}."
    return head + f"{source(data)}: {'; '.join(verdict(data))}."


def code(values):
    """The current state as NumPy code."""
    right, (who, step) = values["axes"] == "right", (values["who"], values["t"])
    swap = "" if right else "x = x.swapaxes(0, 1)                         # (B, T, I): wrong for this layer\n"
    given = ", lengths=lengths" if values["given"] else ""
    place, at = ("t, b", f"{step}, {who}") if right else ("b, t", f"{who}, {step}")
    return ("import numpy as np\n"
            "from lstm_course.lessons.l13_rows_layers_directions.who_sees import batch, network\n\n"
            f"x, lengths = batch()                         # x (T, B, I)\n{swap}"
            f"layer = network(two_way={values['two_way']})\n\n"
            "def output(x):\n"
            f"    return layer.forward(x{given}).outputs[{at}].reshape(-1, {H})      # one row for each direction\n\n"
            f"seen = np.zeros((len(output(x)), {B}, {T}))\n"
            f"for b in range({B}):\n    for t in range({T}):\n"
            f"        moved = x.copy()\n        moved[{place}] += {SIZE}\n"
            f"        change = np.linalg.norm(output(moved) - output(x), axis=1)\n"
            f"        seen[:, b, t] = change / ({SIZE} * np.sqrt({I}))\n"
            "print(seen.round(4))")
