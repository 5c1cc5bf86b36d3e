"""Lesson 11, peepholes and the LSTM family: the exercises and the quiz."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise, value
from lstm_course.lessons.l11_peepholes.exercise_couple import NAMES, couple
from lstm_course.networks import cells
from lstm_course.networks.functions import sigmoid, sigmoid_slope, tanh_slope

__all__ = ["couple", "peephole_backward", "peephole_parameter_count", "peephole_step"]

B, I, H = 5, 2, 4


def random_step(rng):
    """x, h_prev, c_prev and the parameters of a random step."""
    draw = rng.standard_normal
    return {"x": draw((B, I)), "h_prev": rng.uniform(-0.9, 0.9, (B, H)), "c_prev": rng.uniform(-1.5, 1.5, (B, H)),
            "W": draw((I, 4 * H)), "U": draw((H, 4 * H)) / 2, "b": draw(4 * H) / 2, "P": draw((3, H))}


def counter_step(P_o=100.0):
    """Two of the lesson's counter: in sequence 0 step 10, where c goes from 0.9 to 1.0, earlier steps beside it."""
    c_prev = np.array([[0.9], [0.8], [0.1], [0.5]]) * [1, 1]
    return {"x": np.zeros((4, 1)), "h_prev": np.full((4, 2), 0.005), "c_prev": c_prev,
            "W": np.zeros((1, 8)), "U": np.zeros((2, 8)), "b": np.repeat([40.0, 40.0, np.arctanh(0.1), -95.0], 2),
            "P": np.array([[0.0], [0.0], [P_o]]) * [1, 1]}


# ------------------------------------------------------------------------------- 1. one step with peepholes

def step_cases(rng):
    """The counter at step 10, then three random steps."""
    yield "step 10 of the counter (sequence 0, c_prev = 0.9)", counter_step()
    for number in (1, 2, 3):
        yield f"random numbers {number} (B = {B}, I = {I}, H = {H})", random_step(rng)


@exercise(
    cases=step_cases, outputs=(Output("h", "B H"), Output("c", "B H")),
    correct="h and c agree: step 10 of the counter, and three random steps with B = 5, I = 2, H = 4.",
    hints=("Begin with the step of lesson 06. Three of the four sums get one more term; the candidate gets none.",
           "P[0] belongs to i, P[1] to f, P[2] to o; each is a row of H numbers, so it is multiplied with *, entry by "
           "entry. Which c is there already when i and f are computed, and which one when o is computed?",
           "Before σ, i's block gets + P[0] * c_prev and f's + P[1] * c_prev; then c = f * c_prev + i * g; only then "
           "o's block gets + P[2] * c, and h = o * np.tanh(c)."))
def peephole_step(x, h_prev, c_prev, W, U, b, P):
    """One step of an LSTM with peepholes, gates in the order i, f, g, o -> h, c (B,H)

    x (B,I), h_prev and c_prev (B,H), W (I,4H), U (H,4H), b (4H,), P (3,H) with the rows i, f, o
    """
    return cells.lstm_step(x, h_prev, c_prev, W, U, b, P)[:2]


def forward(x, h_prev, c_prev, W, U, b, P, *, looks=None, o_sees=None, into_g=None, rows=(0, 1, 2), sees=None,
            ahead=False, after=None, order="ifgo", squash=np.tanh, crossed=False, blind=""):
    """One step; the options make the mutants.

    looks(p, c): what a peephole adds. sees(h_prev, c_prev): what i and f look at; o_sees(c_prev, c, h_prev): what o
    looks at. ahead: i and f look at a new c, made without peepholes. into_g: a row of P for the candidate, too. rows:
    of P for i, f, o. after: peepholes act outside σ. order: of the blocks. squash: of c. crossed: i keeps, f writes.
    blind: a gate without its peephole.
    """
    blocks = dict(zip(order, np.split(x @ W + h_prev @ U + b, 4, axis=1), strict=True))
    z_i, z_f, z_g, z_o = (blocks[gate] for gate in "ifgo")
    looks = looks or (lambda p, c: p * c)
    seen = c_prev if sees is None else sees(h_prev, c_prev)
    if ahead:
        seen = sigmoid(z_f) * c_prev + sigmoid(z_i) * np.tanh(z_g)
    add = (lambda z, p, c: sigmoid(z + looks(p, c))) if after is None else after
    i, f = add(z_i, P[rows[0]], (blind != "i") * seen), add(z_f, P[rows[1]], (blind != "f") * seen)
    g = np.tanh(z_g if into_g is None else z_g + P[into_g] * c_prev)
    c = i * c_prev + f * g if crossed else f * c_prev + i * g
    o = add(z_o, P[rows[2]], c if o_sees is None else o_sees(c_prev, c, h_prev))
    return o * squash(c), c


def _none(p, c):
    return 0 * c


peephole_step.mistakes({
    "o looks at c_prev. When o is computed, the new c is there already: P[2] * c. (The counter would fire one step "
    "late)": {"o_sees": lambda c_prev, c, h: c_prev},
    "i and f look at a new c in yours. The new c is made with i and f, so they look at the old one, c_prev; only o "
    "sees the new c": {"ahead": True},
    "your peephole mixes the units: each gate sees the sum over all of them. A peephole is diagonal, each gate sees "
    "the c of its own unit: P[0] * c_prev, and so on": {"looks": lambda p, c: (c @ p)[:, None]},
    "there are no peepholes in it: this is the ordinary LSTM, whose gates see x and h_prev only": {"looks": _none},
    "the peephole of o is missing: P[2] * c, with the new c": {"o_sees": lambda c_prev, c, h: 0 * c},
    "the peepholes of i and f are missing: P[0] * c_prev and P[1] * c_prev. The counter cannot show it, because they "
    "are 0 there": {"sees": lambda h, c: 0 * c},
    "the peephole of i is missing: P[0] * c_prev": {"blind": "i"},
    "the peephole of f is missing: P[1] * c_prev": {"blind": "f"},
    "the rows of P for i and f have changed places: P[0] belongs to i, P[1] to f": {"rows": (1, 0, 2)},
    "o has got the wrong row: P has three rows, i, f, o, and none for g. o's is P[2]": {"rows": (0, 1, 1)},
    "the peepholes look at h. They look at c, past the output gate; h is what U looks at":
        {"sees": lambda h, c: h, "o_sees": lambda c_prev, c, h: h},
    "the peepholes of i and f look at h_prev. They look at c_prev; h_prev is what U looks at": {"sees": lambda h, c: h},
    "o looks at tanh(c). It looks at c itself, which may grow beyond 1":
        {"o_sees": lambda c_prev, c, h: np.tanh(c)},
    "i and f have changed places in c: f keeps the old c, i lets g in, c = f * c_prev + i * g": {"crossed": True},
    "the peepholes look at tanh(c). They look at c itself, which may grow beyond 1":
        {"looks": lambda p, c: p * np.tanh(c)},
    "the candidate g has a peephole in yours, with P[1]. Only the three gates have one": {"into_g": 1},
    "the candidate g has a peephole in yours. P[2] belongs to o, and the candidate has none": {"into_g": 2},
    "P * c is added after σ, so that a gate can leave 0 … 1. It belongs into the sum, inside σ":
        {"after": lambda z, p, c: sigmoid(z) + p * c},
    "the peephole multiplies the sum. It is one more term: z + P * c": {"after": lambda z, p, c: sigmoid(z * p * c)},
    "P * c is subtracted. It is one more term of the sum: z + P * c": {"looks": lambda p, c: -p * c},
    "the blocks of W, U and b are read in the order i, f, o, g. They stand in the order i, f, g, o": {"order": "ifog"},
    "the blocks of W, U and b are read in the order f, i, g, o. They stand in the order i, f, g, o": {"order": "figo"},
    "h is o * c in yours. What is shown is squashed: h = o * tanh(c)": {"squash": lambda c: c},
}, of=forward)


@peephole_step.mutant("all three gates look at one c, made without peepholes. i and f look at c_prev; only then comes "
                      "the new c, at which o looks")
def one_early_c(x, h_prev, c_prev, W, U, b, P):
    z_i, z_f, z_g, _ = np.split(x @ W + h_prev @ U + b, 4, axis=1)
    early = sigmoid(z_f) * c_prev + sigmoid(z_i) * np.tanh(z_g)
    return forward(x, h_prev, c_prev, W, U, b, P, ahead=True, o_sees=lambda old, new, h: early)


@peephole_step.mutant("h and c come back in the wrong order: return h, c")
def c_before_h(x, h_prev, c_prev, W, U, b, P):
    return peephole_step.reference(x, h_prev, c_prev, W, U, b, P)[::-1]


@peephole_step.mutant("@ is the matrix product. A peephole is diagonal: P[0] has one number for each unit, and * "
                      "multiplies entry by entry")
def matrix_product(x, h_prev, c_prev, W, U, b, P):
    z_i, *_ = np.split(x @ W + h_prev @ U + b, 4, axis=1)
    return sigmoid(z_i + c_prev @ P[0]), c_prev


@peephole_step.mutant("np.split without axis=1 cuts between the sequences. The four blocks stand side by side: "
                      "np.split(z, 4, axis=1)")
def split_across(x, h_prev, c_prev, W, U, b, P):
    z_i, z_f, z_g, z_o = np.split(x @ W + h_prev @ U + b, 4)
    return z_i, z_f


# ------------------------------------------------------------------------------- 2. and back again

def backward_cases(rng):
    """The counter with L = h, then two random steps with gradients from the next step."""
    for title, step, grads in [("step 10 of the counter, L = Σ h (B = 4, H = 2)", counter_step(),
                                (np.ones((4, 2)), np.zeros((4, 2)))),
                               *((f"random numbers {k} (B = {B}, H = {H})", random_step(rng),
                                  (rng.standard_normal((B, H)), rng.standard_normal((B, H)))) for k in (1, 2))]:
        _, c, gates = cells.lstm_step(**step)
        yield title, {"grad_h": grads[0], "grad_c": grads[1], "c_prev": step["c_prev"], "c": c, "gates": tuple(gates),
                      "P": step["P"]}


@exercise(
    cases=backward_cases,
    outputs=(Output("grad_z", "B 4H", NAMES), Output("grad_c_prev", "B H"), Output("grad_P", "3 H")),
    correct="All four blocks, the three roads into c_prev and all rows of P agree.",
    hints=("Begin with the backward step of lesson 07. There are three new terms: one goes into c, two go into c_prev. "
           "The order counts: what has to be known first?",
           "First grad_zo. Then all of grad_c: what arrives, what comes through h, and P[2] * grad_zo. Only then "
           "grad_zi, grad_zf and grad_zg.",
           "grad_c_prev = grad_c * f + P[0] * grad_zi + P[1] * grad_zf. grad_P has the rows (grad_zi * c_prev).sum(0), "
           "(grad_zf * c_prev).sum(0), (grad_zo * c).sum(0): np.stack([…])."))
def peephole_backward(grad_h, grad_c, c_prev, c, gates, P):
    """Back through one peephole step: grad_h, grad_c, c_prev, c (B,H), gates (i, f, g, o), P (3,H)
    -> grad_z (B,4H) in the order i, f, g, o; grad_c_prev (B,H); grad_P (3,H)
    """
    return back(grad_h, grad_c, c_prev, c, gates, P)


def back(grad_h, grad_c, c_prev, c, gates, P, *, into_c=1.0, late=False, into_i=1.0, into_f=1.0, through_f=False,
         o_seen=None, slope=sigmoid_slope, squash=np.tanh, total=np.sum, rows=(0, 1, 2), o_into_old=False, kept=True,
         g_peeps=False, slope_c=None, slope_g=tanh_slope, from_next=1.0, order="ifgo", slope_o=None, f_saw=None,
         given=False, both=False, forgets=True):
    """Back through one step; the options make the mutants."""
    i, f, g, o = gates
    grad_zo = grad_h * squash(c) * (slope if slope_o is None else slope_o)(o)
    arrived = from_next * grad_c + grad_h * o * (tanh_slope(np.tanh(c)) if slope_c is None else slope_c(c))
    everything = arrived + into_c * P[rows[2]] * grad_zo
    used = arrived if late or o_into_old else everything
    grad_zi, grad_zf, grad_zg = used * g * slope(i), used * (
        c_prev if f_saw is None else f_saw(c)) * slope(f), used * i * slope_g(g)
    roads = into_i * P[rows[0]] * grad_zi + into_f * P[rows[1]] * grad_zf + (P[1] * grad_zg if g_peeps else 0)
    if o_into_old or both:
        roads = roads + P[2] * grad_zo
    held = grad_c if given else arrived if o_into_old else everything
    grad_c_prev = (held + roads) * f if through_f else (held * (f if forgets else 1) if kept else 0) + roads
    seen = (c_prev, c_prev, c if o_seen is None else o_seen(c_prev, c))
    grad_P = np.stack([total(grad * what, axis=0) for grad, what in zip((grad_zi, grad_zf, grad_zo), seen,
                                                                        strict=True)])
    blocks = {"i": grad_zi, "f": grad_zf, "g": grad_zg, "o": grad_zo}
    return np.concatenate([blocks[gate] for gate in order], axis=1), grad_c_prev, grad_P


peephole_backward.mistakes({
    "the new term of o is missing: o looked at c, so P[2] * grad_zo goes into grad_c, before grad_zi, grad_zf and "
    "grad_zg are made from it": {"into_c": 0.0},
    "P[2] * grad_zo comes too late: grad_zi, grad_zf and grad_zg are made from a grad_c without it. Add it "
    "to grad_c before them": {"late": True},
    "P[2] * grad_zo goes into grad_c_prev in yours. o looked at the *new* c, so it goes into grad_c":
        {"o_into_old": True},
    "P[2] * grad_zo stands in grad_c and once more in grad_c_prev. o looked at the *new* c only: it belongs into "
    "grad_c": {"both": True},
    "P[2] * grad_zo is subtracted. It is one more road into c: add it": {"into_c": -1.0},
    "grad_c_prev is made from the grad_c that came from the next step. It needs the new one, with what comes through h "
    "and P[2] * grad_zo": {"given": True},
    "grad_zo lacks the slope of its sigmoid: grad_h * np.tanh(c) * o * (1 - o)": {"slope_o": np.ones_like},
    "c stands beside grad_zf. f multiplied the old c: grad_c * c_prev * f * (1 - f)": {"f_saw": lambda c: c},
    "the road through the peephole of i is missing: add P[0] * grad_zi to grad_c_prev": {"into_i": 0.0},
    "the road through the peephole of f is missing: add P[1] * grad_zf to grad_c_prev. (grad_c * f is another road)":
        {"into_f": 0.0},
    "the roads through the peepholes of i and f are both missing: grad_c_prev = grad_c * f + P[0] * grad_zi + P[1] * "
    "grad_zf": {"into_i": 0.0, "into_f": 0.0},
    "this is the way back of lesson 07: all three new terms are missing. P[2] * grad_zo goes into grad_c, P[0] * "
    "grad_zi and P[1] * grad_zf into grad_c_prev": {"into_c": 0.0, "into_i": 0.0, "into_f": 0.0},
    "f multiplies all three roads. It belongs to the direct one only: grad_c * f": {"through_f": True},
    "the direct road is missing: grad_c * f": {"kept": False},
    "grad_c reaches c_prev through f: grad_c * f, without it nothing is forgotten": {"forgets": False},
    "beside grad_zo stands c_prev in grad_P. P[2] was multiplied by the new c": {"o_seen": lambda c_prev, c: c_prev},
    "grad_P is the mean over the sequences. All of them used the same P: take the sum": {"total": np.mean},
    "P[0] and P[1] have changed places: the rows of P are i, f, o": {"rows": (1, 0, 2)},
    "1 - i² is the slope of a tanh. i, f and o are sigmoids: i * (1 - i)": {"slope": tanh_slope},
    "the slopes of the sigmoids are missing: yours are gradients of i, f and o, not of z": {"slope": np.ones_like},
    "o multiplies tanh(c), not c: grad_zo = grad_h * np.tanh(c) * o * (1 - o)": {"squash": lambda c: c},
    "P[1] * grad_zg goes into grad_c_prev in yours. The candidate has no peephole": {"g_peeps": True},
    "1 - c² is no slope: that of tanh is 1 - (its output)², and its output is tanh(c). Write 1 - np.tanh(c) ** 2":
        {"slope_c": lambda c: 1 - c * c},
    "tanh(c) has lost its slope on the way to c: grad_h * o * (1 - np.tanh(c) ** 2)": {"slope_c": np.ones_like},
    "g * (1 - g) is the slope of a sigmoid. g is a tanh: 1 - g ** 2": {"slope_g": sigmoid_slope},
    "what comes along c from the next step is lost: the new grad_c begins with the grad_c that is given":
        {"from_next": 0.0},
    "the blocks of grad_z are in the order i, f, o, g. They belong in the order i, f, g, o": {"order": "ifog"},
    "the blocks of grad_z are in the order f, i, g, o. They belong in the order i, f, g, o": {"order": "figo"},
}, of=back)


@peephole_backward.mutant("grad_P still has an axis for the sequences. All of them used the same P: .sum(axis=0)")
def not_summed(grad_h, grad_c, c_prev, c, gates, P):
    grad_z, grad_c_prev, _ = back(grad_h, grad_c, c_prev, c, gates, P)
    grad_zi, grad_zf, _, grad_zo = np.split(grad_z, 4, axis=1)
    return grad_z, grad_c_prev, np.stack([grad_zi * c_prev, grad_zf * c_prev, grad_zo * c])


# ------------------------------------------------------------------------------- 3. count the parameters

FULL = 4 * (28 * 128 + 128 * 128 + 128)

peephole_parameter_count = value(
    "peephole_parameter_count", FULL + 3 * 128,
    correct="80 384 + 3 · 128 = 80 768: three peepholes for each unit, 384 numbers in all.",
    wrong=[
        (3 * 128, "those are the peepholes alone. Add W, U and b: 4 · (28·128 + 128·128 + 128)"),
        (FULL, "that is the LSTM without peepholes. Add P, of shape (3, H)"),
        (FULL + 4 * 128, "those are four peepholes for each unit. The candidate g has none"),
        (FULL + 3 * 128 * 128, "those are full matrices, from each unit to each unit. Peepholes are diagonal: P has "
                               "shape (3, H)"),
        (FULL + 128, "that is one peephole for each unit. i, f and o each have one"),
        (FULL + 3, "P has a number for each unit and each gate: 3 · H, not 3"),
        (FULL + 2 * 128, "those are two peepholes for each unit. i, f and o each have one"),
        (FULL + 3 * 28, "peepholes belong to the units, 128 of them, not to the 28 inputs"),
        (FULL + 4 * 128 + 3 * 128, "that is one bias too many: PyTorch stores two, this course one"),
        (lambda n: n == 3 * (28 * 128 + 128 * 128 + 128) + 3 * 128, "W, U and b have four blocks: the candidate g has "
                                                                    "weights, too"),
    ],
    otherwise="An LSTM without peepholes has 4 · (28·128 + 128·128 + 128). P has shape (3, H)",
    hints=("Lesson 06 counts W, U and b. What is new is P.",
           "P has three rows, for i, f and o, and a number for each unit.",
           "4 · (28 · 128 + 128 · 128 + 128) + 3 · 128."))
