"""Explorer of lesson 09: what is left of a gradient in RNN, LSTM and GRU, along the direct path and in truth."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import LSTM, RNN, experiments
from lstm_course.experiments import trained_flows
from lstm_course.lessons.l04_vanishing_gradients.jacobian_product import FLOAT32, LOST
from lstm_course.networks import cells
from lstm_course.tasks.latch_problem import latch_problem
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, MARKS, SMALL

LONGEST = 100
VANISHED, EXPLODED = 1e-2, 1e2      # in between the gradient "holds", as in lesson 04
CELLS = ("RNN", "LSTM", "GRU")
TRAINING = {"untrained": False, "trained": True}


@dataclass
class Flow:
    """Norms of ∂s_T/∂s_{T-k} for k = 0 … T; `full` and `direct` only for an LSTM.

    state: the whole state, (h, c) or h. full: ∂c_T/∂c_{T-k}. direct: the largest entry of ∏ f. mean_gate: the mean
    forget gate. accuracy: of the trained network on the latch, None before training.
    """

    cell: str
    bias: int
    trained: bool
    T: int
    seed: int
    state: np.ndarray
    full: np.ndarray | None = None
    direct: np.ndarray | None = None
    mean_gate: float | None = None
    accuracy: float | None = None

    @property
    def verdict(self):
        """"vanishes", "holds" or "explodes", from the norm of the whole state's Jacobian."""
        last = self.state[-1]
        return "vanishes" if last < VANISHED else "explodes" if last > EXPLODED else "holds"

    @property
    def ratio(self):
        """How many times larger than the direct path the full ∂c_T/∂c_0 is."""
        return float(self.full[-1] / self.direct[-1])


# ---- the networks and their Jacobians ------------------------------------------------------------------------

def key_of(cell, bias):
    return f"LSTM {bias}" if cell == "LSTM" else cell


def layer_of(cell, bias, trained, seed):
    """A layer of 16 units that reads one number, with its first weights or after 300 updates on the latch."""
    layer = trained_flows.new_layer(key_of(cell, bias), np.random.default_rng(seed))
    if trained:
        trained_flows.unflatten(layer, experiments.load("trained_flows")[key_of(cell, bias)][seed])
    return layer


def accuracy_of(cell, bias, seed):
    stored = experiments.load("trained_flows")
    return float(stored["accuracy"][list(stored["cells"]).index(key_of(cell, bias)), seed])


def inputs(T):
    """The first T steps of one sequence of the latch (T,1,1): the cue, then noise."""
    return _sequence()[:T]


@lru_cache
def _sequence():
    return latch_problem(LONGEST, 1, 7)[0]


@lru_cache(64)
def _one_step_jacobians(cell, bias, trained, seed, T):
    """∂s_t/∂s_{t-1} for t = 1 … T, (T,S,S), and the forget gates (T,H) of an LSTM. These do not depend on where the
    sequence ends, so a shorter one needs no new ones.
    """
    layer, x = layer_of(cell, bias, trained, seed), inputs(T)
    trace = layer.forward(x)
    if isinstance(layer, LSTM):
        return _lstm_jacobians(layer, trace), trace.gates["f"][:, 0]
    p, H = layer.parameters, layer.hidden_size
    rows, at = np.tile(np.eye(H), (T, 1)), lambda array: np.repeat(array[:, 0], H, axis=0)    # all steps as one batch
    h_prev = at(np.concatenate([np.zeros((1, 1, H)), trace.outputs[:-1]]))
    if isinstance(layer, RNN):
        back = cells.rnn_step_backward(rows, at(x), h_prev, at(trace.outputs), p["W"], p["U"])[1]
    else:
        gates = cells.GRUGates(*(at(trace.gates[name]) for name in "rzn"))
        back = cells.gru_step_backward(rows, at(x), h_prev, gates, p["W"], p["U"], p["b_hn"])[1]
    return back.reshape(T, H, H), None


def _lstm_jacobians(layer, trace):
    """∂(h,c)_t/∂(h,c)_{t-1}, (T,2H,2H): along c only f, and through h all four gates."""
    i, f, g, o, c = (trace.gates[name][:, 0] for name in "ifgoc")
    U_i, U_f, U_g, U_o = (block.T for block in np.split(layer.parameters["U"], 4, axis=1))
    c_prev, out, H = np.concatenate([np.zeros_like(c[:1]), c[:-1]]), np.tanh(c), c.shape[1]
    slope, jacobians = o * (1 - out ** 2), np.zeros((len(c), 2 * H, 2 * H))
    c_by_h = ((g * i * (1 - i))[..., None] * U_i + (c_prev * f * (1 - f))[..., None] * U_f
              + (i * (1 - g ** 2))[..., None] * U_g)
    jacobians[:, H:, :H] = c_by_h
    jacobians[:, :H, :H] = (out * o * (1 - o))[..., None] * U_o + slope[..., None] * c_by_h
    every = np.arange(H)
    jacobians[:, H + every, H + every], jacobians[:, every, H + every] = f, slope * f
    return jacobians


def _products(jacobians):
    """∂s_T/∂s_{T-k} for k = 0 … T."""
    product = np.eye(jacobians.shape[1])
    found = [product]
    for jacobian in jacobians[::-1]:
        product = product @ jacobian
        found.append(product)
    return np.stack(found)


@lru_cache(256)
def compute(cell, bias, trained, T, seed):
    """The true norms of this network on this sequence, as `gradient_flow` measures them."""
    jacobians, f = _one_step_jacobians(cell, bias if cell == "LSTM" else 0, trained, seed, 50 if T <= 50 else LONGEST)
    products = _products(jacobians[:T])
    norms = lambda matrices: np.linalg.norm(matrices, ord=2, axis=(1, 2))
    flow = Flow(cell, bias, trained, T, seed, norms(products),
                accuracy=accuracy_of(cell, bias, seed) if trained else None)
    if cell == "LSTM":
        H, ones = f.shape[1], np.ones((1, f.shape[1]))
        flow.full = norms(products[:, H:, H:])
        flow.direct = np.cumprod(np.concatenate([ones, f[:T][::-1]]), axis=0).max(axis=1)
        flow.mean_gate = float(f[:T].mean())
    return flow


# ---- words -------------------------------------------------------------------------------------------------

def name_of(flow):
    return f"LSTM, forget bias {flow.bias}".replace("-", "−") if flow.cell == "LSTM" else flow.cell


def training_of(flow):
    """"untrained", or how well the trained network does."""
    return f"trained, {100 * flow.accuracy:.0f} % right on the latch" if flow.trained else "untrained"


def _size(value):
    return svg.scientific(value, raised=False)


def describe(flow):
    """The state in words."""
    head = f"{name_of(flow)}, {training_of(flow)}, network {flow.seed}. Over {flow.T} steps "
    if flow.cell != "LSTM":
        return head + f"the norm of ∂h/∂h₀ is {_size(flow.state[-1])}. The gradient {flow.verdict}."
    return head + (f"the direct path keeps {_size(flow.direct[-1])}, the full ∂c/∂c₀ is {_size(flow.full[-1])}, "
                   f"that of the whole state (h, c) is {_size(flow.state[-1])}. The gradient {flow.verdict}.")


def code(values):
    """The current state as NumPy code."""
    T = values["T"]
    given = ", ".join(repr(values[name]) for name in ("cell", "bias", "trained", "seed"))
    last = ("print(flow.direct[0], flow.c[0], flow.state[0])" if values["cell"] == "LSTM" else "print(flow.state[0])")
    return ("from lstm_course.lessons.l09_gradient_flow.gradient_flow import layer_of\n"
            "from lstm_course.gradients import gradient_flow\n"
            "from lstm_course.tasks.latch_problem import latch_problem\n\n"
            f"layer = layer_of({given})      # cell, forget bias, trained, network\n"
            f"flow = gradient_flow(layer, latch_problem({LONGEST}, 1, 7)[0][:{T}])\n{last}")


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHART = 880, 372, 604
LOW, HIGH = 1e-20, 1e4
STATE, FULL, DIRECT = "gradient", "c", "f"
SIGNS = {"vanishes": "▼", "holds": "●", "explodes": "▲"}


@lru_cache
def _chart(longest):
    return svg.Chart(CHART, HEIGHT, (0, longest), (LOW, HIGH), "distance: steps back from the end", "norm",
                     yscale="log", margins=(84, 14, 12, 54), yticks=[10.0 ** k for k in range(-20, 5, 4)])


def draw(flow, hidden=False):
    """Left the norms against the distance, right the numbers; hidden: the direct path alone."""
    chart = _chart(50 if flow.T <= 50 else LONGEST)
    one = chart.line([0, flow.T], [1, 1], stroke=FRAME, stroke_width=1.5)
    curves = _curves(chart, flow, hidden)
    return svg.picture(WIDTH, HEIGHT, _zone(chart), chart.frame, one, curves, _panel(flow, hidden))


@lru_cache
def _zone(chart):
    """The part of the chart in which a number is lost beside one of size 1."""
    (_, top), = chart.xy([0], [FLOAT32])
    bottom = chart.top + chart.height
    ground = svg.box(chart.left, top, chart.width, bottom - top, fill="#E9E9E5", stroke="none", rx=0)
    return ground + svg.text(chart.left + 8, bottom - 12, LOST, SMALL, "start")


def _curves(chart, flow, hidden):
    """The direct path, the full Jacobian of c, that of the whole state."""
    k, parts = np.arange(flow.T + 1), []
    if flow.cell == "LSTM":
        parts += [chart.line(k, flow.direct, DIRECT, stroke_width=3), _end(chart, flow.direct, MARKS[DIRECT].colour)]
    if hidden:
        at = chart.left + chart.width / 2, chart.top + 150
        return "".join(parts) + svg.text(*at, "?", 44, weight="bold", halo=True)
    if flow.cell == "LSTM":
        parts.append(chart.line(k, flow.full, FULL))
    parts.append(chart.line(k, flow.state, STATE) + _end(chart, flow.state, MARKS[STATE].colour))
    return "".join(parts)


def _end(chart, norms, colour):
    """A dot where a curve ends, or an arrow where it leaves the picture."""
    outside = np.flatnonzero(norms < LOW)
    if not outside.size:
        return chart.dots([len(norms) - 1], [min(norms[-1], HIGH)], 6, fill=colour)
    (x, y), = chart.xy([outside[0] - 1], [LOW])
    return svg.arrow([(x, y - 30), (x, y - 4)], stroke=colour, stroke_width=3)


def _panel(flow, hidden):
    """Which network, what the lines mean, and where they end."""
    x, right = CHART + 14, WIDTH - 12
    trained = f"trained: {100 * flow.accuracy:.0f} % right" if flow.trained else "untrained"
    parts = [svg.text(x, 30, name_of(flow), 17, "start", weight="bold"),
             svg.text(x, 54, f"{trained}, network {flow.seed}", 15, "start", GREY),
             svg.text(x, 84, f"Left after {flow.T} steps", 16, "start", weight="bold")]
    shown = lambda value: "?" if hidden else svg.scientific(value)
    if flow.cell == "LSTM":
        parts += [_row(x, right, 118, DIRECT, "direct path ∏ f", svg.scientific(flow.direct[-1])),
                  _row(x, right, 174, FULL, "full ∂c_T/∂c_0", shown(flow.full[-1])),
                  _row(x, right, 230, STATE, "whole state (h, c)", shown(flow.state[-1])),
                  svg.text(x, 346, f"mean forget gate {svg.num(flow.mean_gate)}", 15, "start", GREY)]
    else:
        parts.append(_row(x, right, 118, STATE, "whole state h", shown(flow.state[-1])))
    verdict = "?" if hidden else f"{SIGNS[flow.verdict]} {flow.verdict}"
    return "".join(parts) + svg.path([(x, 278), (right, 278)], stroke=FRAME, stroke_width=1.5) + svg.text(
        x, 312, f"The gradient {verdict}" if not hidden else "The gradient …?", 18, "start", weight="bold")


def _row(x, right, y, name, words, value):
    """A line of the legend with its number below."""
    look = {"stroke_width": 3} if name == DIRECT else {}
    return (svg.wire([(x, y - 5), (x + 44, y - 5)], name, **look) + svg.text(x + 54, y, words, 15, "start")
            + svg.text(right, y + 26, value, 19, "end", weight="bold"))


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {
    "bias 0": {"bias": 0},
    "bias 1": {"bias": 1},
    "bias 3": {"bias": 3},
    "bias 3, trained": {"bias": 3, "trained": True},
    "GRU": {"cell": "GRU"},
    "RNN": {"cell": "RNN"},
}
START = {"cell": "LSTM", "bias": 3, "trained": False, "T": 50, "seed": 0}
OPTIONS = ("smaller", "about the same", "more than ten times larger")


def answer(flow):
    """The option that is true of the full Jacobian beside the direct path."""
    return OPTIONS[0] if flow.ratio < 0.9 else OPTIONS[2] if flow.ratio > 10 else OPTIONS[1]


@explorer
def gradient_flow_explorer():
    """Gradient flow: the direct path ∏ f beside the full Jacobian, for RNN, LSTM and GRU."""
    question = ("Forget bias 3. The blue line is the direct path ∏ f. The full ∂c/∂c₀ also has all the ways through "
                "the gates. After 50 steps it is …")
    predict = Guess(question, options=list(OPTIONS), truth=answer,
                      because=lambda flow: f"It is {flow.ratio:.0f} times the direct path.",
                      mask=lambda flow: draw(flow, hidden=True), at=START)
    controls = [Choice("cell", "cell", list(CELLS), "LSTM"), Choice("trained", "weights", TRAINING, False),
                Slider("bias", "forget bias", -2, 6, 1, 3, "300px", shown_if=lambda values: values["cell"] == "LSTM"),
                Slider("T", "T", 1, LONGEST, 1, 50, width="250px"),
                Slider("seed", "network", 0, 4, 1, 0, width="240px")]
    return Explorer("Gradient flow", controls, compute, draw, describe, presets=PRESETS, predict=predict, code=code,
                    static=["bias 0", "bias 3"])
