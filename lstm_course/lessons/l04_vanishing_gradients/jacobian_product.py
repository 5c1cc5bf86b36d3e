"""Explorer of lesson 04: how large ∂h_T/∂h_t still is, step by step into the past, and which factor decides it."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_course import RNN
from lstm_course.networks.functions import SLOPES
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.parts import unknown
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, MARKS, SMALL

HIDDEN, LONGEST = 32, 100
FLOAT32 = 2.0 ** -24                # 6e-8: a number below this is lost when it is added to 1 in float32
LOST = "below 6·10^{−8}: lost beside a 1 in float32"
VANISHED, EXPLODED = 1e-2, 1e2      # in between the gradient "holds"
ACTIVATIONS = {"σ": "sigmoid", "tanh": "tanh", "linear": "identity"}
KINDS = ("orthogonal", "Gaussian")


@dataclass
class Flow:
    """Norms of ∂h_T/∂h_{T-k} for k = 0 … T; slopes[k] is the mean slope φ′ at step T - k."""

    activation: str
    rho: float
    kind: str
    noise: float
    T: int
    seed: int
    norms: np.ndarray           # (T+1,)
    alone: np.ndarray           # (T+1,): the same product with all slopes 1, so U alone
    slopes: np.ndarray          # (T,)

    @property
    def last(self):
        return float(self.norms[-1])

    @property
    def per_step(self):
        return self.last ** (1 / self.T)

    @property
    def verdict(self):
        """"vanishes", "holds" or "explodes", from the last norm."""
        return "vanishes" if self.last < VANISHED else "explodes" if self.last > EXPLODED else "holds"

    @property
    def lost_at(self):
        """The first distance at which the norm is below FLOAT32, or None."""
        below = np.flatnonzero(self.norms < FLOAT32)
        return int(below[0]) if below.size else None


# ---- the network and its Jacobians -------------------------------------------------------------------------

def network(activation, rho, kind, seed):
    """-> the layer RNN(1, 32), the inputs of noise 1 (LONGEST,1,1). ρ is the largest |eigenvalue| of U.

    RNN has no linear activation: for "identity" the layer is a tanh layer of which only U is used.
    """
    rng = np.random.default_rng(seed)
    layer = RNN(1, HIDDEN, "tanh" if activation == "identity" else activation, rng=rng)
    x = rng.standard_normal((LONGEST, 1, 1))
    layer.parameters["U"][...] = rho * _base(kind, seed)
    return layer, x


@lru_cache(64)
def _base(kind, seed):
    """U (H,H) with spectral radius 1."""
    if kind == "orthogonal":
        return RNN(1, HIDDEN, rng=seed).parameters["U"]
    U = np.random.default_rng(seed).standard_normal((HIDDEN, HIDDEN))
    return U / np.abs(np.linalg.eigvals(U)).max()


def slopes_of(layer, x, activation):
    """The slopes φ′ at steps 1 … T, (T,H); all 1 if linear."""
    if activation == "identity":
        return np.ones((len(x), HIDDEN))
    return SLOPES[activation](layer.forward(x).outputs[:, 0])


def products(slopes, U):
    """∂h_T/∂h_{T-k} for k = 0 … T, (T+1,H,H): each step back multiplies by diag(φ′) Uᵀ on the right."""
    jacobian, found, Ut = np.eye(len(U)), [np.eye(len(U))], U.T.copy()
    for slope in slopes[::-1]:
        jacobian = (jacobian * slope) @ Ut
        found.append(jacobian)
    return np.stack(found)


def spectral_norms(matrices):
    return np.linalg.norm(matrices, ord=2, axis=(1, 2))


@lru_cache(64)
def _powers(kind, seed):
    """‖U^k‖ for k = 0 … LONGEST and ρ = 1. An orthogonal U keeps every length."""
    if kind == "orthogonal":
        return np.ones(LONGEST + 1)
    return spectral_norms(products(np.ones((LONGEST, HIDDEN)), _base(kind, seed)))


@lru_cache(256)
def compute(activation, rho, kind, noise, T, seed):
    """The true norms for this network and this input."""
    layer, x = network(activation, rho, kind, seed)
    slopes = slopes_of(layer, noise * x[:T], activation)
    alone = _powers(kind, seed)[:T + 1] * rho ** np.arange(T + 1.0)
    norms = alone if activation == "identity" else spectral_norms(products(slopes, layer.parameters["U"]))
    return Flow(activation, rho, kind, noise, T, seed, norms, alone, slopes.mean(axis=1)[::-1])


# ---- words -------------------------------------------------------------------------------------------------

def describe(flow):
    """What the picture shows, in words."""
    head = (f"{_name(flow)}, ρ = {svg.num(flow.rho, 2)}, {flow.kind} U, noise {svg.num(flow.noise, 1)}: "
            f"over {flow.T} steps the norm is {svg.scientific(flow.last, raised=False)}, "
            f"{svg.num(flow.per_step)} a step. The gradient {flow.verdict}.")
    lost = f" Below 6e−8 from distance {flow.lost_at} on." if flow.lost_at is not None else ""
    return f"{head} Mean slope {svg.num(flow.slopes.mean(), 2)}.{lost}"


def _name(flow):
    return next(key for key, value in ACTIVATIONS.items() if value == flow.activation)


def code(values):
    """The current state as NumPy code."""
    lines = ["import numpy as np", "from lstm_course import RNN", "from lstm_course.gradients import gradient_flow", "",
             f"rng = np.random.default_rng({values['seed']})"]
    linear = values["activation"] == "identity"
    kind = "" if linear else f", {values['activation']!r}"
    lines += [f"layer = RNN(1, {HIDDEN}{kind}, rng=rng)",
              f"x = {values['noise']} * rng.standard_normal(({values['T']}, 1, 1))", 'U = layer.parameters["U"]']
    if values["kind"] == "Gaussian":
        lines += [f"U[:] = np.random.default_rng({values['seed']}).standard_normal(U.shape)",
                  "U /= abs(np.linalg.eigvals(U)).max()"]
    lines += [f"U *= {values['rho']}"]
    lines += [f"norm = np.linalg.norm(np.linalg.matrix_power(U.T, {values['T']}), 2)    # all slopes are 1" if linear
              else "norm = gradient_flow(layer, x).h[0]", "print(norm)"]
    return "\n".join(lines)


# ---- the picture -------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHARTS = 880, 424, 612
LOW, HIGH = 1e-24, 1e12
LINES = {"gradient": {}, "U alone": {"stroke": GREY, "stroke_width": 2, "dash": (3, 4)},
         "rule": {"stroke": INK, "stroke_width": 2, "dash": (10, 4, 2, 4)}}
SIGNS = {"vanishes": "▼", "holds": "●", "explodes": "▲"}


@lru_cache
def _charts(longest):
    """The frames of both charts for distances up to `longest`."""
    margins = (84, 12, 12, 8)
    norm = svg.Chart(CHARTS, 278, (0, longest), (LOW, HIGH), "", "norm", yscale="log", margins=margins,
                     xticks=[], yticks=[10.0 ** k for k in range(-24, 13, 6)])
    slope = svg.Chart(CHARTS, 146, (0, longest), (0, 1.04), "distance: steps back from the end", "mean φ′", y=278,
                      margins=(84, 12, 12, 54), yticks=[0, 0.5, 1])
    return norm, slope


def draw(flow, hidden=False):
    """Above the norms against the distance, below the mean slopes, right the numbers; hidden: no results."""
    norm, slope = _charts(50 if flow.T <= 50 else LONGEST)
    return svg.picture(WIDTH, HEIGHT, _zone(norm), norm.frame, _curves(norm, flow, hidden), slope.frame,
                       "" if hidden else _slope_line(slope, flow), _panel(flow, hidden))


@lru_cache
def _zone(chart):
    """The part of the chart in which a number is lost beside one of size 1."""
    (_, top), = chart.xy([0], [FLOAT32])
    bottom = chart.top + chart.height
    ground = svg.box(chart.left, top, chart.width, bottom - top, fill="#E3E3DE", stroke="none", rx=0)
    return ground + svg.text(chart.left + 10, bottom - 12, LOST, SMALL, "start")


def _curves(chart, flow, hidden):
    """The three lines; before the guess the rule alone."""
    ends, k = np.array([0, flow.T]), np.arange(flow.T + 1)
    rule = chart.line(ends, 0.25 ** ends, **LINES["rule"])
    if hidden:
        x, y = chart.left + chart.width / 2, chart.top + 90
        return rule + unknown(x, y)
    one = chart.line(ends, [1, 1], stroke=FRAME, stroke_width=1.5)
    bends = ends if flow.kind == "orthogonal" else k                    # it is straight for an orthogonal U
    alone = chart.line(bends, flow.alone[bends], **LINES["U alone"])
    return one + rule + alone + chart.line(k, flow.norms, "gradient") + _end(chart, flow)


def _end(chart, flow):
    """A dot where the curve ends, or an arrow where it leaves the picture."""
    outside = np.flatnonzero((flow.norms < LOW) | (flow.norms > HIGH))
    if not outside.size:
        return chart.dots([flow.T], [flow.last], 7, fill=MARKS["gradient"].colour)
    at, below = outside[0] - 1, flow.norms[outside[0]] < LOW
    (x, y), = chart.xy([at], [LOW if below else HIGH])
    tip, back = (y - 4, y - 30) if below else (y + 4, y + 30)
    right = chart.left + chart.width
    place = (right - 4, back - 16, "end") if below else (right - 4, back + 24, "end") if x > right - 200 else (
        x + 14, back - 8, "start")
    words = svg.text(place[0], place[1], svg.scientific(flow.last) + f" at {flow.T}", SMALL, place[2], weight="bold",
                     halo=True)
    return svg.arrow([(x, back), (x, tip)], stroke=MARKS["gradient"].ink, stroke_width=3) + words


def _slope_line(chart, flow):
    ceiling = 0.25 if flow.activation == "sigmoid" else 1.0
    top = chart.line([0, flow.T], [ceiling, ceiling], stroke=FRAME, stroke_width=1.5, dash=(2, 3))
    return top + chart.line(np.arange(1, flow.T + 1), flow.slopes, stroke=INK, stroke_width=2.5)


def _panel(flow, hidden):
    """The two factors of a step, what comes of them, and what the lines mean."""
    x, y = CHARTS + 18, 34
    shown = lambda words: "?" if hidden else words
    rows = [("ρ, from U", svg.num(flow.rho, 2)), ("mean slope φ′", shown(svg.num(flow.slopes.mean(), 2))),
            ("norm, per step", shown("× " + svg.num(flow.per_step, 3)))]
    parts = [svg.text(x, y, "One step multiplies", 16, "start", weight="bold")]
    for k, (name, value) in enumerate(rows):
        parts += [svg.text(x, y + 30 + 27 * k, name, 16, "start"),
                  svg.text(WIDTH - 12, y + 30 + 27 * k, value, 16, "end", weight="bold")]
    verdict = f"{SIGNS[flow.verdict]} {flow.verdict}"
    parts += [svg.path([(x, 134), (WIDTH - 12, 134)], stroke=FRAME, stroke_width=1.5),
              svg.text(x, 162, f"After {flow.T} steps", 16, "start", weight="bold"),
              svg.text(x, 200, shown(svg.scientific(flow.last)), 28, "start", weight="bold"),
              svg.text(x, 234, shown(verdict), 20, "start", weight="bold")]
    parts += [svg.text(x, 264, f"{_name(flow)}, {flow.kind} U,", 15, "start", GREY),
              svg.text(x, 284, f"noise {svg.num(flow.noise, 1)}, network {flow.seed}", 15, "start", GREY)]
    return "".join(parts) + _legend(x, 318)


@lru_cache
def _legend(x, y):
    """What the four lines are."""
    names = {"gradient": "measured", "U alone": "U alone: all slopes 1", "rule": "the rule: ¼ per step"}
    parts = []
    for k, (key, words) in enumerate(names.items()):
        at = [(x, y + 27 * k - 5), (x + 44, y + 27 * k - 5)]
        parts.append(svg.wire(at, "gradient" if key == "gradient" else None, **LINES[key]))
        parts.append(svg.text(x + 54, y + 27 * k, words, 15, "start"))
    slopes = svg.path([(x, y + 76), (x + 44, y + 76)], stroke=INK, stroke_width=2.5)
    return "".join(parts) + slopes + svg.text(x + 54, y + 81, "mean slope of 32 units", 15, "start")


# ---- the explorer ------------------------------------------------------------------------------------------

PRESETS = {
    "σ, ρ = 1": {"activation": "sigmoid", "rho": 1.0},
    "tanh, ρ = 0.5": {"activation": "tanh", "rho": 0.5},
    "tanh, ρ = 1.05": {"activation": "tanh", "rho": 1.05},
    "tanh, ρ = 1.5": {"activation": "tanh", "rho": 1.5},
}


def _because(flow):
    return (f"Slopes {svg.num(flow.slopes.mean(), 2)} on average, but U halves it at every step: "
            f"{svg.scientific(flow.last, raised=False)} is left.")


@explorer
def jacobian_explorer():
    """The Jacobian product: the true norm of ∂h_T/∂h_t for every t, with U and φ in your hands."""
    question = ("tanh has slope 1 at 0, four times as much as σ. With tanh and ρ = 0.5: "
                "what becomes of the gradient over 50 steps?")
    predict = Guess(question, options=["vanishes", "holds", "explodes"], truth=lambda flow: flow.verdict,
                      because=_because, mask=lambda flow: draw(flow, hidden=True),
                      at={"activation": "tanh", "rho": 0.5, "kind": "orthogonal", "noise": 0.3, "T": 50, "seed": 0})
    controls = [Slider("rho", "ρ", 0.1, 4.0, 0.05, 0.5, width="300px"),
                Slider("T", "T", 1, LONGEST, 1, 50, width="250px"),
                Slider("noise", "noise", 0.0, 2.0, 0.1, 0.3, width="270px"),
                Choice("activation", "φ", ACTIVATIONS, "tanh"), Choice("kind", "U", list(KINDS)),
                Slider("seed", "network", 0, 9, 1, 0, width="280px")]
    return Explorer("Jacobian product", controls, compute, draw, describe, presets=PRESETS, predict=predict,
                    code=code, static=["tanh, ρ = 0.5", "tanh, ρ = 1.5"])
