"""Lesson 06, inside the LSTM cell: the exercises and the quiz."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise, value
from lstm_course.lessons.l06_lstm_cell.exercise_programs import count_ones, odd_ones
from lstm_course.networks import cells
from lstm_course.networks.functions import sigmoid

__all__ = ["count_ones", "lstm_parameter_count", "lstm_step", "odd_ones"]

# ------------------------------------------------------------------------------------------ 1. one step

GATES = {"i": [0.5, 0.8], "f": [0.9, 0.4], "g": [-0.6, 0.5], "o": [0.7, 0.2]}   # unit 0: the example of the lesson


def weights_for(i, f, g, o):
    """The pre-activations (4H,) with which the gates of the units take these values."""
    i, f, g, o = map(np.array, (i, f, g, o))
    return np.concatenate([np.log(i / (1 - i)), np.log(f / (1 - f)), np.arctanh(g), np.log(o / (1 - o))])


def step_cases(rng):
    """The example of the lesson, then three random steps, each from the right state before it."""
    yield "the example (sequence 0, unit 0: f = 0.9, c_prev = 0.8, i = 0.5, g = −0.6, o = 0.7)", {
        "x": np.ones((3, 1)), "h_prev": np.zeros((3, 2)), "c_prev": np.array([[0.8, 0.5], [0.2, -1.0], [0.0, 1.0]]),
        "W": weights_for(**GATES)[None], "U": np.tile([1.0, -1.0, 0.5, 2.0], (2, 2)), "b": np.zeros(8)}
    B, I, H = 3, 2, 4
    parameters = {"W": rng.standard_normal((I, 4 * H)), "U": rng.standard_normal((H, 4 * H)) / 2,
                  "b": rng.standard_normal(4 * H)}
    h, c = rng.uniform(-0.9, 0.9, (B, H)), rng.uniform(-1.5, 1.5, (B, H))
    for t in range(1, 4):
        x = rng.standard_normal((B, I))
        yield f"step {t} with random numbers (B = {B}, I = {I}, H = {H})", {
            "x": x, "h_prev": h, "c_prev": c} | parameters
        h, c, _ = cells.lstm_step(x, h, c, **parameters)


@exercise(
    cases=step_cases, outputs=(Output("h", "B H"), Output("c", "B H")),
    correct="h and c agree: the example by hand, and three random steps with B = 3, I = 2, H = 4.",
    hints=("First one sum for all four gates, z = x W + h U + b, of shape (B, 4H). Then cut it into four pieces.",
           "np.split(z, 4, axis=1) gives z_i, z_f, z_g, z_o in this order. Three of them go through σ, one through "
           "tanh. Which one?",
           "i, f, o = σ of their z, g = np.tanh(z_g). Then c = f * c_prev + i * g, and h = o * np.tanh(c) with the "
           "*new* c. End with return h, c."))
def lstm_step(x, h_prev, c_prev, W, U, b):
    """One step of an LSTM, gates in the order i, f, g, o -> h, c (B,H)

    x (B,I), h_prev and c_prev (B,H), W (I,4H), U (H,4H), b (4H,)
    """
    return cells.lstm_step(x, h_prev, c_prev, W, U, b)[:2]


SQUASHED = {"i": sigmoid, "f": sigmoid, "g": np.tanh, "o": sigmoid}


def side_by_side(z):
    """Four blocks (B,H) of z (B,4H)."""
    return np.split(z, 4, axis=1)


def step_with(x, h_prev, c_prev, W, U, b, *, cut=side_by_side, order="ifgo", squash=SQUASHED,
              new_c=lambda c, i, f, g, o, h: f * c + i * g, read=lambda o, c, old: o * np.tanh(c)):
    """A step whose blocks are cut otherwise, stand in another order, …; squash: gate -> function"""
    z = dict(zip(order, cut(x @ W + h_prev @ U + b), strict=True))
    gates = {gate: squash[gate](z[gate]) for gate in "ifgo"}
    c = new_c(c_prev, **gates, h=h_prev)
    return read(gates["o"], c, c_prev), c


@lstm_step.mutant("i and f have changed places: the blocks stand in the order i, f, g, o, and it is f that multiplies "
                  "the old c, i that multiplies g")
def order_f_i_g_o(x, h_prev, c_prev, W, U, b):
    return step_with(x, h_prev, c_prev, W, U, b, order="figo")


def itself(z):
    """z is not squashed."""
    return z


def mirrored(z):
    """σ without its minus."""
    return sigmoid(-z)


lstm_step.mistakes({
    "g and o have changed places: the third block is the candidate g, the fourth the gate o": {"order": "ifog"},
    "f and g have changed places: that is the order i, g, f, o of some older libraries. Here it is i, f, g, o":
        {"order": "igfo"},
    "the blocks are read in the order i, o, f, g, as ONNX has them. Here it is i, f, g, o": {"order": "iofg"},
    "each gate takes every fourth column. A block is H columns side by side: np.split(z, 4, axis=1)":
        {"cut": lambda z: [z[:, gate::4] for gate in range(4)]},
    "reshape mixes sequences and gates. The blocks stand side by side: np.split(z, 4, axis=1)":
        {"cut": lambda z: z.reshape(4, len(z), -1)},
    "np.split cuts along axis 0, the sequences. The four blocks stand side by side: axis=1":
        {"cut": lambda z: np.split(z, 4)},
    "the candidate g goes through σ. It takes tanh: with σ nothing negative could ever be written":
        {"squash": SQUASHED | {"g": sigmoid}},
    "all four blocks go through tanh. The gates i, f and o take σ, a share between 0 and 1; only g takes tanh":
        {"squash": dict.fromkeys("ifgo", np.tanh)},
    "the gates are not squashed: z is still any number. Put σ round z_i, z_f and z_o":
        {"squash": dict.fromkeys("ifo", itself) | {"g": np.tanh}},
    "g goes through σ and then through tanh. It takes tanh alone; σ is for i, f and o":
        {"squash": SQUASHED | {"g": lambda z: np.tanh(sigmoid(z))}},
    "no block is squashed: i, f and o are σ of theirs, and g is tanh of its own":
        {"squash": dict.fromkeys("ifgo", itself)},
    "z[:, 0] is one column, not a block: each block has H columns side by side, np.split(z, 4, axis=1)":
        {"cut": lambda z: [z[:, gate] for gate in range(4)]},
    "the candidate is not squashed: g = tanh(z_g)": {"squash": SQUASHED | {"g": itself}},
    "your gates are mirrored: σ(2) should be 0.88, yours is 0.12. σ(z) = 1 / (1 + e⁻ᶻ), mind the minus":
        {"squash": dict.fromkeys("ifo", mirrored) | {"g": np.tanh}},
    "tanh is forgotten on c: h = o · tanh(c). (h = o · c is a variant that you will meet in the next lesson, but not "
    "the LSTM of this one)": {"read": lambda o, c, old: o * c},
    "h is read from the *old* c: first compute the new c, then h = o · tanh(c) from it":
        {"read": lambda o, c, old: o * np.tanh(old)},
    "tanh goes round the product: h = tanh(o · c). It goes round c alone, h = o · tanh(c)":
        {"read": lambda o, c, old: np.tanh(o * c)},
    "the output gate is missing: h = o · tanh(c)": {"read": lambda o, c, old: np.tanh(c)},
    "the new c itself goes through tanh. c stays as it is, so that it can be kept for long; tanh is only for reading "
    "it: h = o · tanh(c)":
        {"new_c": lambda c, i, f, g, o, h: np.tanh(f * c + i * g), "read": lambda o, c, old: o * c},
    "the forget gate is missing: yours only adds, c_prev + i · g (that was the LSTM of 1997). The old c is multiplied "
    "by f": {"new_c": lambda c, i, f, g, o, h: c + i * g},
    "the input gate is missing: the candidate g is multiplied by i before it is written":
        {"new_c": lambda c, i, f, g, o, h: f * c + g},
    "the old memory is missing: c = f · c_prev + i · g has two parts, yours only the second":
        {"new_c": lambda c, i, f, g, o, h: i * g},
    "1 − f multiplies the old c: f is the share that is *kept*":
        {"new_c": lambda c, i, f, g, o, h: (1 - f) * c + i * g},
    "1 − f stands where i should be: the input gate has weights of its own":
        {"new_c": lambda c, i, f, g, o, h: f * c + (1 - f) * g},
    "1 − i stands where f should be: the forget gate has weights of its own":
        {"new_c": lambda c, i, f, g, o, h: (1 - i) * c + i * g},
    "i · g is taken away. It is added: c = f · c_prev + i · g": {"new_c": lambda c, i, f, g, o, h: f * c - i * g},
    "f multiplies h_prev. It is the old c that is kept: c = f · c_prev + i · g":
        {"new_c": lambda c, i, f, g, o, h: f * h + i * g},
    "i is added to g. It is the share of g that is written: i · g":
        {"new_c": lambda c, i, f, g, o, h: f * c + i + g},
    "a gate acts entry by entry: ⊙ is written *. @ is the matrix product, which mixes the sequences":
        {"new_c": lambda c, i, f, g, o, h: f @ c + i @ g, "read": lambda o, c, old: o @ np.tanh(c)},
}, of=step_with)

lstm_step.mistakes({
    "h and c come back in the wrong order: return h, c":
        lambda x, h_prev, c_prev, W, U, b: lstm_step.reference(x, h_prev, c_prev, W, U, b)[::-1],
    "the bias b is missing in z":
        lambda x, h_prev, c_prev, W, U, b: lstm_step.reference(x, h_prev, c_prev, W, U, np.zeros_like(b)),
    "the bias b is added twice: once in all, not once for x and once for h":
        lambda x, h_prev, c_prev, W, U, b: lstm_step.reference(x, h_prev, c_prev, W, U, 2 * b),
    "h_prev @ U is missing in z: the gates then see the input only. The example cannot show it, because its h_prev is "
    "0":
        lambda x, h_prev, c_prev, W, U, b: lstm_step.reference(x, np.zeros_like(h_prev), c_prev, W, U, b),
    "c_prev @ U stands in z: what comes back to the gates is h_prev, not the cell state":
        lambda x, h_prev, c_prev, W, U, b: lstm_step.reference(x, c_prev, c_prev, W, U, b),
    "1 is added to z_f once more. A forget bias is already in b":
        lambda x, h_prev, c_prev, W, U, b: lstm_step.reference(
            x, h_prev, c_prev, W, U, b + np.repeat([0, 1, 0, 0], len(U))),
})


# ------------------------------------------------------------------------------- 4. count the parameters

I, H = 28, 128
BLOCK = I * H + H * H + H

lstm_parameter_count = value(
    "lstm_parameter_count", 4 * BLOCK,
    correct="4 · (28·128 + 128·128 + 128) = 80 384, as in Keras. PyTorch's second bias makes it 80 896.",
    wrong=[
        (4 * (BLOCK + H), "that is PyTorch's count: it stores two bias vectors, which are only ever added. Here "
                          "there is one"),
        (3 * BLOCK, "those are three blocks. There are three gates, but the candidate g has weights, too"),
        (5 * BLOCK, "those are five blocks. The cell state c is computed, it has no weights of its own"),
        (2 * BLOCK, "those are two blocks. Count: i, f, g, o"),
        (BLOCK, "that is one block, a simple recurrent network. An LSTM has one for each of i, f, g, o"),
        (4 * (I * H + H * H), "the bias is missing: each block has one number for each unit"),
        (4 * (I * H + H), "U is missing: h_prev goes through a matrix of shape (H, 4H)"),
        (4 * (H * H + H), "W is missing: the input goes through a matrix of shape (I, 4H)"),
        (4 * I * H, "that is W alone; U and b are learned, too"),
        (4 * H * H, "that is U alone; W and b are learned, too"),
        (4 * (I * H + H * H) + H, "every block has a bias: b has 4H numbers"),
        (4 * (I * H + H * H + 1), "one bias for each block is too few: each unit has its own, 128 for each block"),
        (4 * (I * H + H * H + I), "the bias belongs to the units: 128 for each block, not 28"),
        (4 * (I * H + I * I + H), "U leads from units to units: its blocks are (128, 128)"),
        (4 * (I + H) * H * H, "one H too many: W and U have (I + H) · H numbers in each block, and b has H more"),
        (4 * BLOCK + H * 10 + 10, "you counted an output layer, too; only W, U and b are asked for"),
        (lambda n: n > 4 * BLOCK and n % (4 * BLOCK) == 0, "not times the number of steps: all steps use the same "
                                                           "weights"),
        (lambda n: n > BLOCK and n % BLOCK == 0 and n != 4 * BLOCK,
         "a multiple of one block, but not four of them: i, f, g, o. The number of steps plays no part"),
    ],
    otherwise="Write down the shapes of W, U and b for I = 28 and H = 128, and count the numbers in each",
    hints=("How many blocks stand side by side in W?",
           "W has shape (I, 4H), U has shape (H, 4H), b has shape (4H,).",
           "4 · (28 · 128 + … + …): the second is a block of U, the third a block of b."))
