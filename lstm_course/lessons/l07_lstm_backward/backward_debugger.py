"""Explorer of lesson 07: the backward pass of an LSTM line by line, right or with a known mistake."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course.lessons.l07_lstm_backward.backward_cell import GRADIENT, WRONG, cell
from lstm_course.lessons.l07_lstm_backward.backward_lines import (
    BLOCKS,
    GATES,
    LENGTHS,
    LINES,
    MUTANTS,
    NONE,
    ONE,
    RESULTS,
    UNITS,
    errors,
    lines,
    named,
    network,
    same,
    walk,
)
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Checkbox, Choice
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.numbers import bracketed, compact, joined, trimmed
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import CHOSEN, FRAME, GREY, INK, PALE, SMALL, YELLOW

COUNT = len(LINES)
ENTRY = {"W": "input 0, gate i, unit 0", "U": "from unit 0, gate i, unit 0", "b": "gate i, unit 0"}
AXES = {"W": "(I, 4H)", "U": "(H, 4H)", "b": "(4H,)"}


@dataclass
class Debugger:
    """Where the debugger stands, and what a mistake does. Numbers are those of sequence 0, unit 0."""

    mutant: str
    kind: str
    start: bool                 # is the state at the start not 0?
    T: int
    step: int                   # lines that have been run
    t: int                      # the time step of the last one, T … 1
    lines: tuple                # the eleven lines as they are run
    shown: dict                 # result -> its number, of the lines of this time step that have been run
    wrong: tuple                # those that differ from the right result, dc_next and dh_next among them
    right: float                # what the newest number should be
    factors: str                # the newest number as a sum of products
    shape: tuple
    arriving: dict              # dc_next, ell, dh_next: the numbers that come into this time step
    errors: dict                # T -> block -> (relative error, gates)
    blind: dict                 # T -> block -> is its right gradient 0, so that nothing can be seen?

    @property
    def line(self):
        """The line that was run last, or None."""
        return self.lines[(self.step - 1) % COUNT] if self.step else None


def compute(mutant, kind, T, start, step):
    """Run all lines (from a cache), and pick what is known after `step` of them."""
    net = network(kind, zero=not start)
    run, right = walk(net, T, mutant), walk(net, T)
    t = T - (max(step, 1) - 1) // COUNT
    names = run.names(t)
    done = RESULTS[:step - COUNT * (T - t)]
    shown = {name: first(run.result(name, t)) for name in done}
    newest = done[-1] if done else None
    return Debugger(
        mutant=mutant, kind=kind, start=start, T=T, step=step, t=t, lines=run.lines, shown=shown,
        wrong=(*_spoilt(run, right, done, t), *_spoilt_before(run, right, t, T)),
        right=first(right.result(newest, t)) if newest else 0.0,
        factors=factors(run.lines[len(done) - 1], names) if newest else "",
        shape=run.result(newest, t).shape if newest else (),
        arriving={"dc_next": first(names["grad_c_next"]), "ell": first(names["ell"][t - 1]),
                  "dh_next": first(names["grad_h_next"])},
        errors=errors(net, mutant), blind=_blind(net))


def _spoilt(run, right, results, t):
    """Which of the results of step t differ from the right ones."""
    return [name for name in results if not same(run.result(name, t), right.result(name, t))]


def _spoilt_before(run, right, t, T):
    """Whether what comes in from step t + 1 differs."""
    found = [] if t == T else _spoilt(run, right, ("dc_prev", "dh_prev"), t + 1)
    return [name.replace("prev", "next") for name in found]


def first(array):
    """The entry that is shown: sequence 0, unit 0."""
    return float(np.ravel(array)[0])


@lru_cache(16)
def _blind(net):
    """Where the right gradient is 0."""
    return {T: {name: not grad.any() for name, grad in walk(net, T).gradients.items()} for T in LENGTHS}


# ---- a number as a sum of products ---------------------------------------------------------------------------

def factors(line, names):
    """The numbers behind a line's result: "0.1956 + 0.7 · 0.8424"; of a long sum the first terms."""
    parts = line.parts
    if parts.terms is None:
        return _summed([[first(eval(factor, names)) for factor in product] for product in parts.products])
    terms = parts.terms(names).tolist()
    if len(terms) > 4:
        return f"{_summed(terms[:2])} + {len(terms) - 2} more products"
    before = [[first(names[f"{named(line.result)}_before"])]] if parts.adds else []
    if not parts.mean:
        return _summed(before + terms)
    return " + ".join([*(trimmed(number) for (number,) in before), f"({_summed(terms)}) / {len(names['h'])}"])


def _summed(products):
    """0.2 · 0.3 + (−0.1) · 0.5; a negative number stands in brackets, but for the first one."""
    first_product, *others = products
    words = [joined(map(trimmed, first_product), "·")]
    return " + ".join(words + [" · ".join(bracketed(trimmed(number)) for number in product) for product in others])


# ---- words ---------------------------------------------------------------------------------------------------

def plain(formula):
    """A formula as plain text: dc_{prev} is dc_prev, g^2 is g²."""
    return formula.translate(str.maketrans({"^": None, "{": None, "}": None})).replace("2", "²").replace("⊤", "ᵀ")


def verdict(data, T):
    """Which blocks are wrong at a length, in words."""
    found = {name: error for name, (error, _) in data.errors[T].items() if error}
    if not found:
        return "all right"
    if len(found) == len(BLOCKS) and len({f"{error:.2f}" for error in found.values()}) == 1:
        return f"W, U and b wrong by {found['W']:.2f}"
    return ", ".join(f"{name} wrong by {error:.2f}" for name, error in found.items())


def _instead(data, value):
    """What the number shown should be; the mistake may show in other entries only."""
    right = trimmed(data.right)
    return f": it should be {right}" if right != value else " in other entries; this one is right by chance"


def describe(data):
    """The newest line, and what the mistake does."""
    if data.line is None:
        first_words = f"{data.kind.capitalize()}, {COUNT * data.T} lines for T = {data.T}: press Step."
    else:
        value = trimmed(data.shown[data.line.result])
        numbers = value if data.factors == value else f"{data.factors} = {value}"
        first_words = f"t = {data.t}: {plain(data.line.formula)}, in numbers {numbers}"
        first_words += f" (wrong{_instead(data, value)})." if data.line.result in data.wrong else "."
    if data.mutant == NONE:
        return f"{first_words} No mistake is switched on."
    lengths = "; ".join(f"T = {T}: {verdict(data, T)}" for T in LENGTHS)
    return f"{first_words} Mistake “{data.mutant}”. {lengths}."


def code(values):
    """The backward pass of this setting as NumPy code."""
    body = "\n".join(f"    {part}" for line in lines(values["mutant"]) for part in line.code.split("\n"))
    one = values["kind"] == ONE
    return ("import numpy as np\nfrom lstm_course.lessons.l07_lstm_backward.backward_lines import forward, network\n\n"
            f"net = network({values['kind']!r}, zero={not values['start']})\n"
            f"trace, T = forward(net, {values['T']}), {values['T']}\n"
            "U, x, ell, (h0, c0) = net.layer.parameters[\"U\"], net.x, net.ell, net.start\n"
            "grad_h_prev, grad_c_prev = np.zeros_like(h0), np.zeros_like(c0)\n"
            "grad_W, grad_U, grad_b = (np.zeros_like(net.layer.parameters[name]) for name in \"WUb\")\n"
            "for t in reversed(range(T)):\n"
            "    i, f, g, o, c = (trace.gates[name][t] for name in \"ifgoc\")\n"
            "    h, h_prev = trace.outputs[t], trace.outputs[t - 1] if t else h0\n"
            "    c_prev = trace.gates[\"c\"][t - 1] if t else c0\n"
            "    grad_h_next, grad_c_next = grad_h_prev, grad_c_prev\n"
            f"{body}\n"
            f"print(grad_W{'' if one else '[0, 0]'}, grad_U{'' if one else '[0, 0]'}, grad_b{'' if one else '[0]'})")


# ---- the picture ---------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 880, 426
LIST, FIRST, ROW = 506, 52, 20.5                # left edge of the list, its first row, from row to row
TABLE, COLUMN = 286, 110                        # top of the table, width of a column
LONG = 52                                       # more signs do not fit into a line


def draw(data, hidden=False):
    """The cell, the list of lines, the newest line in numbers, the table of errors; hidden: without the answers."""
    show = (lambda number: "?") if hidden else compact
    newest = data.line.result if data.line else None
    known = {name: show(number) for name, number in data.shown.items()}
    spoilt = () if hidden else data.wrong
    arriving = {name: ("✗ " if name in spoilt else "") + show(number) for name, number in data.arriving.items()}
    return svg.picture(WIDTH, HEIGHT, cell(known, newest, spoilt, arriving), _list(data, known, spoilt),
                       _newest(data, hidden), _table(data, hidden))


def _list(data, known, spoilt):
    """The eleven lines; the newest on yellow, changed ones with ✗."""
    head = svg.text(LIST, 24, f"Time step t = {data.t} of {data.T}", 16, "start", weight="bold")
    units, zero = ("1 unit" if data.kind == ONE else "4 units"), ("≠" if data.start else "=")
    head += svg.text(WIDTH - 10, 24, f"{units}, h_0 {zero} 0", SMALL, "end", GREY)
    changed = MUTANTS[data.mutant].lines
    return head + "".join(_row(k, line, line.result in changed, data.line is line, known.get(line.result),
                               line.result in spoilt) for k, line in enumerate(data.lines))


def _row(k, line, changed, now, number, wrong):
    y = FIRST + ROW * k
    ground = svg.box(LIST - 6, y - 16, WIDTH - LIST + 2, ROW, fill=YELLOW, rx=4) if now else ""
    sign = f"✗ {k + 1}" if changed else str(k + 1)
    ink = None if now else WRONG if changed else None
    words = svg.text(LIST + 20, y, sign, SMALL, "end", ink or (INK if now else GREY), "bold")
    words += svg.text(LIST + 27, y, line.formula, SMALL, "start", ink)
    if number is None:
        return ground + words
    number, ink = (f"✗ {number}", WRONG) if wrong else (number, GRADIENT)
    return ground + words + svg.text(WIDTH - 10, y, number, SMALL, "end", None if now else ink, "bold")


def _newest(data, hidden):
    """The line that was run last: formula, numbers, shape."""
    looks = [(17, "bold"), (15, None), (15, None), (SMALL, None)]
    words = _sentences(data, hidden)
    if len(words) == 3:
        del looks[2]
    return svg.path([(10, 338), (490, 338)], stroke=FRAME, stroke_width=1) + "".join(
        svg.text(12, 360 + 20.5 * k, line, size, "start", weight=weight)
        for k, (line, (size, weight)) in enumerate(zip(words, looks, strict=True)))


def _sentences(data, hidden):
    if data.line is None:
        return [f"{COUNT} lines for each of the {data.T} time steps" if data.T > 1 else f"{COUNT} lines",
                "The thin lines are the forward pass, already done.", "Press Step: the first line is run."]
    name = data.line.result
    axes, entry = AXES.get(name[1:], "(B, H)"), ENTRY.get(name[1:], "sequence 0, unit 0")
    last = f"shape {data.shape} = {axes}; shown: {entry}"
    if name in data.wrong and not hidden:
        shown, right = trimmed(data.shown[name]), trimmed(data.right)
        words = f"{right} would be right" if right != shown else "other entries are wrong"
        last = f"✗ {words}. Shape {data.shape} = {axes}"
    return [data.line.formula, *(["= ?"] if hidden else _numbers(data, trimmed(data.shown[name]))), last]


def _numbers(data, value):
    """"= 0.2 · 0.3 + 0.1 = 0.16", on two lines if it is long."""
    if data.factors == value:
        return [f"= {value}"]
    words = f"= {data.factors} = {value}"
    if len(words) <= LONG:
        return [words]
    cut = words.rindex(" + ", 0, LONG) + 1
    return [words[:cut], words[cut:]]


def _table(data, hidden):
    """The relative errors of W, U and b at three lengths, and the gates in which they are wrong."""
    title = "Gradient check: relative error, wrong gates"
    parts = [svg.text(LIST, TABLE + 8, title, SMALL, "start", weight="bold")]
    for n, T in enumerate(LENGTHS):
        x, chosen = LIST + 36 + COLUMN * n, T == data.T
        middle = x + COLUMN / 2 - 2
        parts.append(svg.box(x, TABLE + 18, COLUMN - 6, 108, fill=CHOSEN if chosen else PALE,
                             stroke=FRAME, stroke_width=2 if chosen else 1, rx=4))
        parts.append(svg.text(middle, TABLE + 36, f"T = {T}", SMALL, weight="bold"))
        parts += [_mark(data, T, name, middle, TABLE + 62 + 27 * k, hidden) for k, name in enumerate(BLOCKS)]
    names = [svg.text(LIST + 14, TABLE + 62 + 27 * k, name, 16, weight="bold") for k, name in enumerate(BLOCKS)]
    return "".join(parts + names)


def _mark(data, T, name, x, y, hidden):
    """✓, or ✗ with the error and the gates."""
    error, gates = data.errors[T][name]
    if hidden:
        return svg.text(x, y, "?", SMALL, weight="bold")
    if not error:
        return svg.text(x, y, "✓ (it is 0)" if data.blind[T][name] else "✓", SMALL)
    where = "all" if gates == GATES else " ".join(gates)
    return svg.text(x, y, f"✗ {error:.2f}  {where}", SMALL, fill=WRONG, weight="bold")


# ---- the explorer --------------------------------------------------------------------------------------------

PRESETS = {
    "by hand": {"mutant": NONE, "kind": ONE, "T": 1, "start": True, "step": COUNT},
    "T = 1 sees nothing": {"mutant": "no dh_next", "kind": UNITS, "T": 1, "start": True, "step": COUNT},
    "T = 6 does": {"mutant": "no dh_next", "kind": UNITS, "T": 6, "start": True, "step": COUNT + 1},
    "h₀ = 0 hides U": {"mutant": "dc_prev without f", "kind": UNITS, "T": 2, "start": False, "step": COUNT + 2},
    "one unit hides it": {"mutant": "U not transposed", "kind": ONE, "T": 6, "start": True, "step": COUNT - 3},
}
QUESTION = ("Mistake “no dh_next”: the way back through h into the next step is forgotten. "
            "A gradient check with one time step, T = 1, and a loss on its output h: which of the gradients of W, U "
            "and b does it find wrong?")
OPTIONS = ["W, U and b", "U alone", "none"]


def _truth(data):
    """Which blocks the mistake spoils at T = 1."""
    wrong = [name for name in BLOCKS if errors(network(UNITS), "no dh_next")[1][name][0]]
    return {0: "none", 1: "U alone"}.get(len(wrong), "W, U and b")


def _because(data):
    return "With one step nothing comes back from a next one. At T = 2 all three are wrong."


@explorer
def backward_debugger():
    """The backward debugger: run the eleven lines one by one, switch a mistake on, see what a check finds."""
    predict = Guess(QUESTION, options=OPTIONS, truth=_truth, because=_because,
                      mask=lambda data: draw(data, hidden=True), at=PRESETS["T = 1 sees nothing"])
    mistakes = {"no mistake": NONE} | {name: name for name in MUTANTS if name != NONE}
    controls = [Choice("mutant", "mistake", mistakes, NONE),
                Choice("T", "length", {f"T = {T}": T for T in LENGTHS}, 1),
                Choice("kind", "network", {"1 unit, 1 sequence": ONE, "4 units, 3 sequences": UNITS}, ONE),
                Checkbox("start", "h₀ and c₀ not 0", True)]
    for control in controls[:3]:
        control.view.description = ""                   # the buttons say it, and the label would take a row
    return Explorer("Backward debugger", controls, compute, draw, describe, presets=PRESETS,
                    steps=lambda values: COUNT * values["T"], predict=predict, code=code,
                    static=["by hand", "T = 6 does"], interval=1.5, lines=3)
