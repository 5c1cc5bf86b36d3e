"""Lesson 10, the GRU: the exercises; the lamp stands in `lamp.py`, `flip_z` in `exercises_flip.py`."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise, value
from lstm_course.lessons.l10_gru.exercises_flip import flip_z  # noqa: F401
from lstm_course.lessons.l10_gru.lamp import lamp  # noqa: F401
from lstm_course.networks import cells
from lstm_course.networks.functions import sigmoid, sigmoid_slope, tanh_slope

# -------------------------------------------------------------------------------------------- 1. one step

B, I, H = 3, 2, 4                                                   # of the random cases


def example():
    """Sequence 0, unit 0: that of the lesson, x = 1, h_prev = 0.8, and weights with which r = 0.5, z = 0.9, n = -0.5.

    Unit 1 has a bias in place of its W, and neither unit reads the other.
    """
    lesson = np.array([-0.4, np.log(9) - 0.8, np.arctanh(-0.5) - 0.25])
    W, b = (np.stack(pair, axis=1).ravel() for pair in ((lesson, [0, 0, 0]), ([0, 0, 0], [1.0, -1.0, 0.5])))
    return {"x": np.array([[1.0], [2.0], [-1.0]]), "h_prev": np.array([[0.8, 0.4], [0.3, -0.5], [0.0, 0.9]]),
            "W": W[None], "U": np.concatenate([u * np.eye(2) for u in (0.5, 1.0, 0.5)], axis=1), "b": b,
            "b_hn": np.array([0.1, -0.2])}


def random_weights(rng):
    return {"W": rng.standard_normal((I, 3 * H)), "U": rng.standard_normal((H, 3 * H)) / 2,
            "b": rng.standard_normal(3 * H) / 2, "b_hn": rng.standard_normal(H)}


def step_cases(rng):
    """The example of the lesson, then three random steps, each from the right state before it."""
    yield "the example (sequence 0, unit 0: h_prev = 0.8, r = 0.5, z = 0.9, n = −0.5)", example()
    parameters, h = random_weights(rng), rng.uniform(-0.9, 0.9, (B, H))
    for t in range(1, 4):
        x = rng.standard_normal((B, I))
        yield f"step {t} with random numbers (B = {B}, I = {I}, H = {H})", {"x": x, "h_prev": h} | parameters
        h, _ = cells.gru_step(x, h, **parameters)


@exercise(
    cases=step_cases, outputs=Output("h", "B H"),
    correct="The example gives h = 0.67, and three random steps agree (B = 3, I = 2, H = 4).",
    hints=("Cut x @ W + b and U into three blocks each, in the order r, z, n. Two gates are made alike; the candidate "
           "is not.",
           "r = σ(a_r + h_prev @ U_r), and z likewise. In the candidate, r multiplies what comes from the state: "
           "r * (h_prev @ U_n + b_hn).",
           "n = np.tanh(a_n + r * (h_prev @ U_n + b_hn)), and then return (1 - z) * … + z * …"))
def gru_step(x, h_prev, W, U, b, b_hn):
    """One step of a GRU, gates r, z, n, reset after the product -> h (B,H)

    x (B,I), h_prev (B,H), W (I,3H), U (H,3H), b (3H,), b_hn (H,)
    """
    return cells.gru_step(x, h_prev, W, U, b, b_hn)[0]


def forward(x, h_prev, W, U, b, b_hn, *, order="rzn", gate=sigmoid, squash=np.tanh, candidate=None, state=None):
    """One step; the options make the mutants.

    candidate(a_n, r, h_prev, U_n, b_hn): what goes into n. state(z, n, h_prev, r): the new state.
    """
    names = [order.index(name) for name in "rzn"]
    a, blocks = np.split(x @ W + b, 3, axis=1), np.split(U, 3, axis=1)
    (a_r, a_z, a_n), (U_r, U_z, U_n) = ([parts[k] for k in names] for parts in (a, blocks))
    r, z = gate(a_r + h_prev @ U_r), gate(a_z + h_prev @ U_z)
    into = a_n + r * (h_prev @ U_n + b_hn) if candidate is None else candidate(a_n, r, h_prev, U_n, b_hn)
    n = squash(into)
    return (1 - z) * n + z * h_prev if state is None else state(z, n, h_prev, r)


gru_step.mistakes({
    "r is mirrored: 1 − r multiplies the state's part. r itself is the share that the candidate sees":
        {"candidate": lambda a, r, h, U, b: a + (1 - r) * (h @ U + b)},
    "this is the habit of the LSTM, one sum for all blocks: n never meets r, and b_hn is missing. In a GRU r comes "
    "first, then n = tanh(a_n + r * (h_prev @ U_n + b_hn))": {"candidate": lambda a, r, h, U, b: a + h @ U},
    "the new state goes through tanh once more. n is squashed already, and a blend of n and h_prev needs no tanh":
        {"state": lambda z, n, h, r: np.tanh((1 - z) * n + z * h)},
    "what is kept goes through tanh: z * np.tanh(h_prev). h_prev is kept as it is, z * h_prev":
        {"state": lambda z, n, h, r: (1 - z) * n + z * np.tanh(h)},
    "z is the other way round: yours is z · n + (1 − z) · h_prev, the convention of Chung et al. Here z is the share "
    "that is *kept*": {"state": lambda z, n, h, r: z * n + (1 - z) * h},
    "the reset acts before the product: (r * h_prev) @ U_n, as in the paper. Asked is PyTorch's place, r * (h_prev @ "
    "U_n + b_hn)": {"candidate": lambda a, r, h, U, b: a + (r * h) @ U},
    "the reset acts before the product, on h_prev alone. Asked is PyTorch's place: r multiplies what has come out of "
    "U_n, together with b_hn": {"candidate": lambda a, r, h, U, b: a + (r * h) @ U + b},
    "two conventions differ at once: z is the other way round (here z is the share that is kept), and the reset acts "
    "before the product. Asked are z * h_prev and r * (h_prev @ U_n + b_hn)":
        {"candidate": lambda a, r, h, U, b: a + (r * h) @ U, "state": lambda z, n, h, r: z * n + (1 - z) * h},
    "z is the other way round: here z is the share that is kept. And the reset acts before the product; asked is r * "
    "(h_prev @ U_n + b_hn)":
        {"candidate": lambda a, r, h, U, b: a + (r * h) @ U + b, "state": lambda z, n, h, r: z * n + (1 - z) * h},
    "b_hn stands outside the brackets: r multiplies h_prev @ U_n + b_hn, both of them. That is why b_hn cannot be "
    "added to b": {"candidate": lambda a, r, h, U, b: a + r * (h @ U) + b},
    "b_hn is missing: r * (h_prev @ U_n + b_hn)": {"candidate": lambda a, r, h, U, b: a + r * (h @ U)},
    "r and z have changed places: the blocks stand in the order r, z, n. (Keras and ONNX have z first)":
        {"order": "zrn"},
    "r is not used: the candidate sees the whole state. Multiply h_prev @ U_n + b_hn by r":
        {"candidate": lambda a, r, h, U, b: a + h @ U + b},
    "r multiplies the input's part, too. It acts on what comes from the state only: a_n stands outside the brackets":
        {"candidate": lambda a, r, h, U, b: r * (a + h @ U + b)},
    "r also multiplies the state that is kept: z * (r * h_prev). The reset hides the state from the candidate only; "
    "what is kept is kept whole": {"state": lambda z, n, h, r: (1 - z) * n + z * r * h},
    "the candidate is not squashed: n = tanh(…)": {"squash": lambda a: a},
    "the candidate goes through σ. It takes tanh: with σ the state could never become negative": {"squash": sigmoid},
    "r and z are not squashed: put σ round both sums": {"gate": lambda a: a},
    "r and z go through tanh: a gate is a share between 0 and 1, so it takes σ": {"gate": np.tanh},
    "your gates are mirrored: σ(2) should be 0.88, yours is 0.12. σ(a) = 1 / (1 + e⁻ᵃ), mind the minus":
        {"gate": lambda a: sigmoid(-a)},
    "the candidate comes in whole: z * h_prev + n. Its share is 1 − z, so that both shares make 1":
        {"state": lambda z, n, h, r: n + z * h},
    "the old state is missing: add z * h_prev": {"state": lambda z, n, h, r: (1 - z) * n},
    "this is the candidate n. The new state blends it with the old: (1 − z) · n + z · h_prev":
        {"state": lambda z, n, h, r: n},
}, of=forward)
for blocks, where in (((0, 0, 0), "everywhere"), ((0, 0, 1), "in r and z"), ((1, 1, 0), "in n; b_hn is another")):
    gru_step.mutant(f"the bias b is missing {where}: all three of its blocks are used")(
        lambda x, h_prev, W, U, b, b_hn, used=blocks: forward(x, h_prev, W, U, b * np.repeat(used, len(b_hn)), b_hn))


# --------------------------------------------------------------------------------------- 2. and back again

def backward_cases(rng):
    """The example with ∂L/∂h = 1, then a random step."""
    one = example()
    gates = cells.gru_step(**one)[1]
    grad_h = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    yield "the example with ∂L/∂h = 1 at sequence 0 and unit 0, else 0 (B = 3, H = 2)", {
        "grad_h": grad_h, "h_prev": one["h_prev"], "r": gates.r, "z": gates.z, "n": gates.n, "U": one["U"],
        "b_hn": one["b_hn"]}
    for number in (1, 2):
        weights, h_prev = random_weights(rng), rng.uniform(-0.9, 0.9, (B, H))
        gates = cells.gru_step(rng.standard_normal((B, I)), h_prev, **weights)[1]
        yield f"random numbers {number} (B = {B}, H = {H})", {
            "grad_h": rng.standard_normal((B, H)), "h_prev": h_prev, "r": gates.r, "z": gates.z, "n": gates.n,
            "U": weights["U"], "b_hn": weights["b_hn"]}


@exercise(
    cases=backward_cases,
    outputs=(Output("grad_a", "B 3H", blocks=("r", "z", "n")), Output("grad_h_prev", "B H")),
    correct="All three blocks and all four ways into h_prev agree.",
    hints=("Begin at h = (1 − z) n + z h_prev. What arrives at z, at n, and at h_prev directly? Then go through σ and "
           "tanh: their slopes are z (1 − z) and 1 − n².",
           "From n it goes back into the brackets: what arrives at r is grad_n * (h_prev @ U_n + b_hn), times the "
           "slope r (1 − r). Into the product goes grad_n * r.",
           "Four ways lead into h_prev: grad_h * z, (grad_n * r) @ U_n.T, grad_r @ U_r.T and grad_z @ U_z.T. Put "
           "grad_r, grad_z and grad_n side by side with np.concatenate([…], axis=1)."))
def gru_step_backward(grad_h, h_prev, r, z, n, U, b_hn):
    """∂L/∂h (B,H) -> grad_a (B,3H): what arrives at the three sums, in the order r, z, n; and grad_h_prev (B,H)"""
    return back(grad_h, h_prev, r, z, n, U, b_hn)


def back(grad_h, h_prev, r, z, n, U, b_hn, *, into_z=None, into_n=None, into_r=None, sigma=sigmoid_slope,
         sigma_r=None, slope_n=tanh_slope, roads="direct n r z", product=None, direct=None, order=(0, 1, 2),
         turn=np.transpose):
    """Back through one step; the options make the mutants."""
    U_r, U_z, U_n = np.split(U, 3, axis=1)
    grad_z = (grad_h * (h_prev - n) if into_z is None else into_z(grad_h, h_prev, n)) * sigma(z)
    grad_n = (grad_h * (1 - z) if into_n is None else into_n(grad_h, z)) * slope_n(n)
    arrives = h_prev @ U_n + b_hn if into_r is None else into_r(h_prev, U_n, b_hn)
    grad_r = grad_n * arrives * (sigma_r or sigma)(r)
    through = {"direct": grad_h * z if direct is None else direct(grad_h, z),
               "n": (grad_n * r if product is None else product(grad_n, r)) @ turn(U_n),
               "r": grad_r @ turn(U_r), "z": grad_z @ turn(U_z)}
    blocks = (grad_r, grad_z, grad_n)
    return np.concatenate([blocks[k] for k in order], axis=1), sum(through[road] for road in roads.split())


gru_step_backward.mistakes({
    "grad_z has the wrong sign: in (1 − z) n + z h_prev the derivative by z is h_prev − n":
        {"into_z": lambda g, h, n: g * (n - h)},
    "z is the other way round: yours goes back through z · n + (1 − z) · h_prev. Here z is the share that is kept":
        {"into_z": lambda g, h, n: g * (n - h), "into_n": lambda g, z: g * z, "direct": lambda g, z: g * (1 - z)},
    "z acts in two places, z h_prev and (1 − z) n: its derivative is h_prev − n, yours is h_prev":
        {"into_z": lambda g, h, n: g * h},
    "z acts in two places, z h_prev and (1 − z) n: its derivative is h_prev − n, yours is −n":
        {"into_z": lambda g, h, n: -g * n},
    "the direct way is missing: h_prev also stands in h itself, so add grad_h * z": {"roads": "n r z"},
    "the way through z is missing: z was made from h_prev, so add grad_z @ U_z.T": {"roads": "direct n r"},
    "the way through r is missing: r was made from h_prev, so add grad_r @ U_r.T": {"roads": "direct n z"},
    "the way through the candidate is missing: add (grad_n * r) @ U_n.T": {"roads": "direct r z"},
    "only the direct way is there. Three more lead into h_prev: through z, r and n": {"roads": "direct"},
    "the ways through both gates are missing: r and z were made from h_prev, so add grad_r @ U_r.T and grad_z @ U_z.T":
        {"roads": "direct n"},
    "on the way back to h_prev, r is missing: forward, r multiplied h_prev @ U_n, so grad_n * r goes into the product":
        {"product": lambda g, r: g},
    "b_hn is missing in grad_r: r multiplies h_prev @ U_n + b_hn": {"into_r": lambda h, U, b: h @ U},
    "grad_r is made with h_prev. With the reset after the product, r multiplies h_prev @ U_n + b_hn, so that is its "
    "derivative": {"into_r": lambda h, U, b: h},
    "1 − z is missing: n comes in with the share 1 − z, so grad_h * (1 − z) arrives at it": {"into_n": lambda g, z: g},
    "the slopes of σ are missing: grad_z and grad_r have to go back through σ, times z (1 − z) and r (1 − r)":
        {"sigma": np.ones_like},
    "the slope of σ is missing in grad_z: times z (1 − z). grad_r has its own":
        {"sigma": np.ones_like, "sigma_r": sigmoid_slope},
    "the slope of σ is missing in grad_r: times r (1 − r). grad_z has its own": {"sigma_r": np.ones_like},
    "grad_r is made from q. To r goes grad_n itself, times what r multiplied; q = grad_n * r goes into the product":
        {"sigma_r": lambda r: r * sigmoid_slope(r)},
    "z stands in the place of 1 − z: n comes in with the share 1 − z, so grad_h * (1 − z) arrives at it":
        {"into_n": lambda g, z: g * z},
    "the slope of tanh is missing: grad_n has to go back through tanh, times 1 − n²": {"slope_n": np.ones_like},
    "n (1 − n) is the slope of σ. The candidate is a tanh: 1 − n²": {"slope_n": sigmoid_slope},
    "1 − z² is the slope of tanh. The gates are σ: z (1 − z) and r (1 − r)": {"sigma": tanh_slope},
    "U is not transposed: forward it was h_prev @ U_r, so on the way back it is grad_r @ U_r.T": {"turn": lambda U: U},
    "grad_r and grad_z have changed places: the blocks stand in the order r, z, n": {"order": (1, 0, 2)},
}, of=back)


@gru_step_backward.mutant("this is the way back for a reset *before* the product. Here r multiplies h_prev @ U_n + "
                          "b_hn: into the product goes grad_n * r, and grad_r is made of what stands in the brackets")
def reset_before_backward(grad_h, h_prev, r, z, n, U, b_hn):
    _, grad_h_prev, grads = cells.gru_step_backward(
        grad_h, np.eye(len(h_prev)), h_prev, cells.GRUGates(r, z, n), np.zeros((len(h_prev), U.shape[1])), U)
    return grads["W"], grad_h_prev


# ----------------------------------------------------------------------------------------- 3. count the weights

PIXELS, UNITS = 28, 128
BLOCK = PIXELS * UNITS + UNITS * UNITS + UNITS

gru_parameter_count = value(
    "gru_parameter_count", 3 * BLOCK + UNITS,
    correct="3 · 20 096 + 128 = 60 416: three blocks, and b_hn, which r keeps apart from b.",
    wrong=[
        (3 * BLOCK, "that is the GRU with the reset before the product. Ours has one vector more, b_hn: r multiplies "
                    "it, so it cannot be added to b"),
        (3 * (BLOCK + UNITS), "that is the count of PyTorch and Keras: they store two bias vectors for all three "
                              "blocks. Here b is one vector, and only n has a second one, b_hn"),
        (2 * BLOCK + UNITS, "those are two blocks. There are two gates, but the candidate n has weights, too"),
        (2 * BLOCK, "those are two blocks, without b_hn. The candidate n has weights, too"),
        (4 * BLOCK, "that is an LSTM, with four blocks. A GRU has three: r, z, n"),
        (4 * BLOCK + UNITS, "those are four blocks: 1 − z is computed from z and has no weights of its own"),
        (BLOCK, "that is one block, a simple recurrent network. A GRU has one for each of r, z, n"),
        (3 * (PIXELS * UNITS + UNITS * UNITS), "the biases are missing: b has 3H numbers, b_hn has H"),
        (3 * (PIXELS * UNITS + UNITS * UNITS) + UNITS, "b is missing: it has 3H numbers. You counted b_hn only"),
        (3 * (PIXELS * UNITS + UNITS) + UNITS, "U is missing: it has shape (128, 3 · 128)"),
        (3 * (UNITS * UNITS + UNITS) + UNITS, "W is missing: it has shape (28, 3 · 128)"),
        (lambda n: n > 3 * BLOCK + UNITS and n % (3 * BLOCK + UNITS) == 0,
         "not times the number of steps: all steps use the same weights"),
    ],
    otherwise="Write down the shapes of W, U, b and b_hn for I = 28 and H = 128, and count the numbers in each",
    hints=("W, U and b have three blocks each. What else has the GRU of this course?",
           "W (28, 384), U (128, 384), b (384,), b_hn (128,).",
           "3 · (28 · 128 + 128 · 128 + 128) + …: the last number is the length of b_hn."))
