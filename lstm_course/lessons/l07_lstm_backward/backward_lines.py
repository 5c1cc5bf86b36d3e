"""The LSTM's backward pass as eleven lines of code that can be run one at a time, right or with a known mistake.

    run = walk(network(UNITS), T=2)             # 22 results, the last step first
    errors(network(UNITS), "no dh_next")        # {1: {"W": (0.0, ""), …}, 2: …, 6: …}

A line is shown as a formula and run as code, so what is shown is what is computed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from lstm_course import LSTM

LENGTHS = (1, 2, 6)                         # the T that are compared
ONE, UNITS = "one unit", "four units"       # the two networks of the explorer
GATES = "ifgo"
EXACT = 1e-12                               # two results that are nearer than this (relative) are the same


# ---- the lines -----------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Line:
    """One line of the backward pass: `result` is what it computes, `code` is run, `formula` is shown."""

    result: str
    formula: str
    code: str

    @property
    def program(self):
        return _compiled(self.code)

    @property
    def parts(self):
        """What its number is made of."""
        return PARTS[self.code]


@dataclass(frozen=True)
class Parts:
    """What the number of a line is made of, as declared beside its code.

    `products` lists the factors of each product, as code; for a product of matrices `terms` gives the numbers that the
    entry shown sums up, (N, 1 or 2), and `adds` and `mean` what is done with the sum.
    """

    products: tuple = ()
    terms: Callable | None = None
    adds: bool = False          # to what the later steps have left
    mean: bool = False          # over the sequences


PARTS = {}      # code of a line -> Parts; apart from Line, which is data that a notebook hashes


def _declared(result, formula, code, **parts):
    PARTS[code] = Parts(**parts)
    return Line(result, formula, code)


@cache
def _compiled(code):
    return compile(code, "backward pass", "exec")


def _line(result, formula, *products):
    """A sum of products of numbers; it is run as it is declared here."""
    code = " + ".join(" * ".join(factors) for factors in products)
    return _declared(result, formula, f"{named(result)} = {code}", products=products)


def _sums(result, formula, code, left=None, adds=True, mean=False):
    """The gradient of a block: dz summed over the sequences, times `left`, which W or U was multiplied by."""
    before = f"{named(result)} + " if adds else ""
    columns = lambda v: np.stack([*([left(v)[:, 0]] if left else []), v["grad_z"][:, 0]], axis=1)
    return _declared(result, formula, f"{named(result)} = {before}{code}", terms=columns, adds=adds, mean=mean)


def named(result):
    """The name in code of a result: "dz_i" is grad_zi, "dh" is grad_h."""
    return f"grad_{result[1:].replace('z_', 'z')}"


JOIN = "grad_z = np.hstack([grad_zi, grad_zf, grad_zg, grad_zo])"


def _back(formula, code, wires):
    """The road back through U: `wires` are the weights from unit 0 to the units of all gates."""
    return _declared("dh_prev", formula, f"{JOIN}\ngrad_h_prev = {code}",
                     terms=lambda v: np.stack([v["grad_z"][0], wires(v["U"])], axis=1))


def _x(v):
    return v["x"][v["t"]]


def _h_prev(v):
    return v["h_prev"]


LINES = (
    _line("dh", "dh = ℓ_t + dh_{next}", ("ell[t]",), ("grad_h_next",)),
    _line("dc", "dc = dc_{next} + dh ⊙ o ⊙ (1 − tanh^2c)", ("grad_c_next",), ("grad_h", "o", "(1 - np.tanh(c) ** 2)")),
    _line("dz_o", "dz_o = dh ⊙ tanh(c) ⊙ o ⊙ (1 − o)", ("grad_h", "np.tanh(c)", "o", "(1 - o)")),
    _line("dz_i", "dz_i = dc ⊙ g ⊙ i ⊙ (1 − i)", ("grad_c", "g", "i", "(1 - i)")),
    _line("dz_f", "dz_f = dc ⊙ c_{prev} ⊙ f ⊙ (1 − f)", ("grad_c", "c_prev", "f", "(1 - f)")),
    _line("dz_g", "dz_g = dc ⊙ i ⊙ (1 − g^2)", ("grad_c", "i", "(1 - g ** 2)")),
    _line("dc_prev", "dc_{prev} = dc ⊙ f", ("grad_c", "f")),
    _back("dh_{prev} = dz U^⊤", "grad_z @ U.T", lambda U: U[0]),
    _sums("dW", "dW ← dW + x_t^⊤ dz", "x[t].T @ grad_z", _x),
    _sums("dU", "dU ← dU + h_{prev}^⊤ dz", "h_prev.T @ grad_z", _h_prev),
    _sums("db", "db ← db + Σ dz", "grad_z.sum(axis=0)"),
)
RESULTS = tuple(line.result for line in LINES)
BLOCKS = ("W", "U", "b")


@dataclass(frozen=True)
class Mutant:
    """A known mistake: the lines that differ, and what is wrong in words."""

    lines: dict
    why: str


def _mutant(why, *lines):
    return Mutant({line.result: line for line in lines}, why)


NONE = "none"
MUTANTS = {
    NONE: _mutant("all eleven lines are right"),
    "no dh_next": _mutant("the road through h into the next step is forgotten", _line("dh", "dh = ℓ_t", ("ell[t]",))),
    "no dc_next": _mutant("the road along c into the next step is forgotten",
                          _line("dc", "dc = dh ⊙ o ⊙ (1 − tanh^2c)", ("grad_h", "o", "(1 - np.tanh(c) ** 2)"))),
    "dc_prev without f": _mutant("c_prev was multiplied by f, so its gradient has to be",
                                 _line("dc_prev", "dc_{prev} = dc", ("grad_c",))),
    "= for +=": _mutant("only the part of the first step is kept",
                        _sums("dW", "dW ← x_t^⊤ dz", "x[t].T @ grad_z", _x, adds=False),
                        _sums("dU", "dU ← h_{prev}^⊤ dz", "h_prev.T @ grad_z", _h_prev, adds=False),
                        _sums("db", "db ← Σ dz", "grad_z.sum(axis=0)", adds=False)),
    "U not transposed": _mutant("each gate's dz goes through its U the wrong way round",
                                _back("dh_{prev} = Σ dz_k U_k", "sum("
                                      "dz @ U_k for dz, U_k in zip(np.split(grad_z, 4, 1), np.split(U, 4, 1)))",
                                      lambda U: np.concatenate([block[:, 0] for block in np.split(U, 4, axis=1)]))),
    "dU with h_t": _mutant("U was multiplied by the state before this step",
                           _sums("dU", "dU ← dU + h_t^⊤ dz", "h.T @ grad_z", lambda v: v["h"])),
    "dz_f with c_t": _mutant("f was multiplied by the memory before this step",
                             _line("dz_f", "dz_f = dc ⊙ c_t ⊙ f ⊙ (1 − f)", ("grad_c", "c", "f", "(1 - f)"))),
    "1 − c²": _mutant("the slope of tanh is 1 − (its output)², and its output is tanh(c)",
                      _line("dc", "dc = dc_{next} + dh ⊙ o ⊙ (1 − c^2)", ("grad_c_next",),
                            ("grad_h", "o", "(1 - c ** 2)"))),
    "g(1 − g)": _mutant("g is a tanh, not a sigmoid",
                        _line("dz_g", "dz_g = dc ⊙ i ⊙ g ⊙ (1 − g)", ("grad_c", "i", "g", "(1 - g)"))),
    "mean over B": _mutant("the gradients of the sequences are averaged, but the loss is their sum",
                           _sums("dW", "dW ← dW + x_t^⊤ dz / B", "x[t].T @ grad_z / len(h)", _x, mean=True),
                           _sums("dU", "dU ← dU + h_{prev}^⊤ dz / B", "h_prev.T @ grad_z / len(h)", _h_prev, mean=True),
                           _sums("db", "db ← db + Σ dz / B", "grad_z.sum(axis=0) / len(h)", mean=True)),
}


def lines(mutant=NONE):
    """The eleven lines with a mistake built in."""
    return tuple(MUTANTS[mutant].lines.get(line.result, line) for line in LINES)


# ---- networks ------------------------------------------------------------------------------------------------

@dataclass(frozen=True, eq=False)
class Network:
    """An LSTM with inputs, a start state, and what the loss says about each output: L = Σ ℓ_t ⊙ h_t."""

    layer: LSTM
    x: np.ndarray           # (6,B,I)
    ell: np.ndarray         # (6,B,H)
    start: tuple            # h_0 and c_0, each (B,H)

    def backward(self, T):
        """The gradients of the package's layer."""
        return self.layer.backward(forward(self, T), self.ell[:T])


@lru_cache(256)
def forward(net, T):
    """The trace of the first T steps."""
    return net.layer.forward(net.x[:T], net.start)


@cache
def network(kind=UNITS, zero=False, seed=0):
    """One unit and one sequence with round numbers, or four units and three sequences drawn at random.

    zero: start from h_0 = c_0 = 0.
    """
    made = _one_unit() if kind == ONE else _four_units(seed)
    if not zero:
        return made
    return Network(made.layer, made.x, made.ell, tuple(np.zeros_like(part) for part in made.start))


def _one_unit():
    """Its first step has the gates i = 0.5, f = 0.9, g = −0.6, o = 0.7, the memory 0.8, and the input 1."""
    layer, h0 = LSTM(1, 1), 0.5
    z = np.array([0.0, np.log(9), np.arctanh(-0.6), np.log(7 / 3)])
    W, U = np.array([0.4, 0.6, -0.8, 0.2]), np.array([-0.6, 0.4, 0.4, 0.6])
    for name, values in zip("WUb", (W, U, z - W - h0 * U), strict=True):
        layer.parameters[name][...] = values
    x = np.array([1.0, -1.0, 0.5, 1.0, -0.5, 1.0]).reshape(6, 1, 1)
    return Network(layer, x, np.ones((6, 1, 1)), (np.full((1, 1), h0), np.full((1, 1), 0.8)))


def _four_units(seed):
    rng = np.random.default_rng(seed)
    B, I, H = 3, 2, 4
    layer = LSTM(I, H, rng=rng)
    x, ell = rng.standard_normal((6, B, I)), rng.standard_normal((6, B, H))
    return Network(layer, x, ell, (rng.uniform(-0.9, 0.9, (B, H)), rng.standard_normal((B, H))))


# ---- running the lines ---------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Walk:
    """The backward pass line by line: result n (0, 1, …) is that of line n % 11 at time step t = T - n // 11."""

    states: list            # one dict for each time step: what its lines read
    results: list           # one array for each line, in the order in which they were run
    lines: tuple            # the eleven lines

    def result(self, name, t):
        """The result of a line at time step t = 1 … T."""
        return self.results[11 * (len(self.states) - t) + RESULTS.index(name)]

    def names(self, t):
        """All that the lines of step t know by name: what they read, and what they compute."""
        found = {named(name): self.result(name, t) for name in RESULTS}
        return self.states[t - 1] | found | {"grad_z": np.hstack([found[f"grad_z{gate}"] for gate in GATES])}

    @property
    def gradients(self):
        """dW, dU, db at the end."""
        return dict(zip(BLOCKS, self.results[-3:], strict=True))


@lru_cache(256)
def walk(net, T, mutant=NONE):
    """Run the lines for t = T, …, 1."""
    W, U, b = (net.layer.parameters[name] for name in BLOCKS)
    chosen, results, states = lines(mutant), [], []
    v = {"np": np, "U": U, "x": net.x, "ell": net.ell, "grad_h_prev": np.zeros_like(net.start[0]),
         "grad_c_prev": np.zeros_like(net.start[1]), "grad_W": np.zeros_like(W), "grad_U": np.zeros_like(U),
         "grad_b": np.zeros_like(b)}
    for t in reversed(range(T)):
        read = _step(net, T, t) | {"grad_h_next": v["grad_h_prev"], "grad_c_next": v["grad_c_prev"], "t": t}
        sums = {f"{name}_before": v[name] for name in ("grad_W", "grad_U", "grad_b")}
        states.append({"np": np, "U": U, "x": net.x, "ell": net.ell} | read | sums)
        v |= read
        for line in chosen:
            exec(line.program, v)
            results.append(v[named(line.result)])
    return Walk(states[::-1], results, chosen)


def _step(net, T, t):
    """What the forward pass left behind at step t (counted from 0)."""
    trace = forward(net, T)
    before = net.start if t == 0 else (trace.outputs[t - 1], trace.gates["c"][t - 1])
    gates = {name: trace.gates[name][t] for name in (*GATES, "c")}
    return gates | {"h": trace.outputs[t], "h_prev": before[0], "c_prev": before[1]}


# ---- what a mistake does to the gradients --------------------------------------------------------------------

def relative_error(found, right):
    """The largest difference, divided by the largest entry of both: what check_gradients reports."""
    size = max(np.abs(found).max(), np.abs(right).max(), 1e-6)
    return float(np.abs(found - right).max() / size)


def same(found, right):
    """Do two results agree but for round-off?"""
    return relative_error(found, right) <= EXACT


@lru_cache(256)
def errors(net, mutant):
    """T -> block -> (relative error, 0 if there is none; the gates in which it is wrong, such as "if")."""
    return {T: {name: _error(walk(net, T, mutant).gradients[name], right)
                for name, right in walk(net, T).gradients.items()} for T in LENGTHS}


def _error(found, right):
    if same(found, right):
        return 0.0, ""
    wrong = [not same(a, b) for a, b in zip(np.split(found, 4, -1), np.split(right, 4, -1), strict=True)]
    return relative_error(found, right), "".join(gate for gate, bad in zip(GATES, wrong, strict=True) if bad)
