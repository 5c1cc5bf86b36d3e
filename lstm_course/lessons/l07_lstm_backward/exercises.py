"""Lesson 07, the LSTM backwards: one step back and a whole sequence back. Two changed cells are in changed_cells.py."""

from types import SimpleNamespace

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.lessons.l07_lstm_backward.block_mistakes import mistakes_of_one_block
from lstm_course.lessons.l07_lstm_backward.changed_cells import coupled_lines, first_only, tanh_output
from lstm_course.networks import cells
from lstm_course.networks.functions import sigmoid_slope, tanh_slope

__all__ = ["coupled_lines", "lstm_backward", "lstm_step_backward", "tanh_output"]

GATES = ("i", "f", "g", "o")
GATES_OF_THE_LESSON, U_OF_THE_LESSON = (0.5, 0.9, -0.6, 0.7), np.array([-0.6, 0.4, 0.4, 0.6])
BLOCKS = (Output("grad_W", "I 4H", GATES), Output("grad_U", "H 4H", GATES), Output("grad_b", "4H", GATES))

# ---------------------------------------------------------------- one step back, with places for mistakes

def back(grad_h, grad_c, x, h_prev, c_prev, c, gates, U, *, squash=np.tanh, slope_c=None, slope_g=tanh_slope,
         slope_gate=sigmoid_slope, beside_f=None, kept=None, road=None, beside_U=None, order="ifgo", share=1.0,
         through_h=1.0, from_next=1.0, to_gates=None, share_b=None, meet=None, own=None):
    """Back through `lstm_step` -> grad_h_prev, grad_c_prev (B,H), grad_W, grad_U, grad_b; the options make the mutants.

    squash: what o multiplies. slope_c: its slope, a function of c. beside_f, beside_U (B,H): what stands beside the
    gradients of f and of U. kept(total, arrived, f): grad_c_prev. road(grad_z, U): grad_h_prev. order: the gates in
    grad_z. share: of the sums over the sequences. through_h, from_next: the two things that arrive at c.
    to_gates(total, arrived): what i, f and g get. share_b: as share, of b alone. meet(arrived, grad_h, o, slope): the
    gradient of c. own: {gate: function(v)}, gradients of its z, of v with dh, dc, arrived, i, f, g, o, tanh_c, c_prev.
    """
    i, f, g, o = gates
    slope = tanh_slope(np.tanh(c)) if slope_c is None else slope_c(c)
    total = from_next * grad_c + through_h * grad_h * o * slope if meet is None else meet(grad_c, grad_h, o, slope)
    inner = total if to_gates is None else to_gates(total, grad_c)
    z = {"o": grad_h * squash(c) * slope_gate(o), "i": inner * g * slope_gate(i), "g": inner * i * slope_g(g),
         "f": inner * (c_prev if beside_f is None else beside_f) * slope_gate(f)}
    v = SimpleNamespace(dh=grad_h, dc=total, arrived=grad_c, i=i, f=f, g=g, o=o, tanh_c=np.tanh(c), c_prev=c_prev)
    z |= {gate: made(v) for gate, made in (own or {}).items()}
    grad_z = np.concatenate([z[gate] for gate in order], axis=1)
    grad_h_prev = grad_z @ U.T if road is None else road(grad_z, U)
    grad_c_prev = total * f if kept is None else kept(total, grad_c, f)
    left = h_prev if beside_U is None else beside_U
    grad_b = (share_b or share) * grad_z.sum(axis=0)
    return grad_h_prev, grad_c_prev, share * x.T @ grad_z, share * left.T @ grad_z, grad_b


def untransposed(grad_z, U):
    """Each gate's grad_z through its U the wrong way round."""
    return sum(part @ own for part, own in zip(np.split(grad_z, 4, 1), np.split(U, 4, 1), strict=True))


def units_apart(u, H):
    """U (H,4H) of H units with the weights u (4,), of which none reads another."""
    return np.concatenate([number * np.eye(H) for number in u], axis=1)


# ------------------------------------------------------------------------------------------ 2. one step back

def step_cases(rng):
    """The step of the lesson, then random numbers with gradients that come from the next step."""
    all_of = lambda number: np.full((3, 2), number)
    yield "the step of the lesson, L = h of sequence 0 and unit 0 (B = 3, H = 2)", {
        "grad_h": first_only(3, 2), "grad_c_next": all_of(0.0), "x": np.ones((3, 1)), "h_prev": all_of(0.5),
        "c_prev": all_of(0.8), "c": all_of(0.42), "gates": tuple(map(all_of, GATES_OF_THE_LESSON)),
        "U": units_apart(U_OF_THE_LESSON, 2)}
    B, I, H = 3, 2, 4
    W, U, b = rng.standard_normal((I, 4 * H)), rng.standard_normal((H, 4 * H)) / 2, rng.standard_normal(4 * H) / 2
    x, h_prev, c_prev = rng.standard_normal((B, I)), rng.uniform(-0.9, 0.9, (B, H)), rng.standard_normal((B, H))
    _, c, gates = cells.lstm_step(x, h_prev, c_prev, W, U, b)
    yield f"random numbers (B = {B}, I = {I}, H = {H}, with a gradient that comes along c)", {
        "grad_h": rng.standard_normal((B, H)), "grad_c_next": rng.standard_normal((B, H)), "x": x, "h_prev": h_prev,
        "c_prev": c_prev, "c": c, "gates": tuple(gates), "U": U}


@exercise(
    cases=step_cases, outputs=(Output("grad_h_prev", "B H"), Output("grad_c_prev", "B H"), *BLOCKS),
    correct="Lines 2 to 11 agree for the step of the lesson and for random numbers (B = 3, I = 2, H = 4).",
    hints=("Go through the right cell of the figure, from h to the left. At a × comes the other factor, where c is "
           "used twice two gradients are added, and behind each gate comes its slope. All this is elementwise: *.",
           "First grad_c: what arrives, plus what comes through h (exercise 1). From it come the gradients of f, i and "
           "g, each with its other factor; that of o comes from grad_h. Times their slopes they are grad_zf, grad_zi, "
           "grad_zg and grad_zo.",
           "grad_zi = grad_c * g * i * (1 - i), grad_zf = grad_c * c_prev * f * (1 - f), grad_zg = grad_c * i * "
           "(1 - g ** 2), grad_zo = grad_h * np.tanh(c) * o * (1 - o); and grad_c_prev = grad_c * f."))
def lstm_step_backward(grad_h, grad_c_next, x, h_prev, c_prev, c, gates, U):
    """One LSTM step back: grad_h, grad_c_next (B,H) -> grad_h_prev, grad_c_prev (B,H), grads of W, U, b"""
    return back(grad_h, grad_c_next, x, h_prev, c_prev, c, gates, U)


lstm_step_backward.mistakes({
    "what comes along c from the next step is lost: add grad_c_next to grad_h * o * (1 - tanh²(c))":
        {"from_next": 0.0},
    "only what arrives along c counts in yours. c also acts through h = o * tanh(c): add grad_h * o * (1 - tanh²(c)) "
    "to grad_c_next. At the last step it is all there is": {"through_h": 0.0},
    "1 - c² is no slope: the slope of tanh is 1 - (its output)², and its output is tanh(c). Write 1 - np.tanh(c) ** 2":
        {"slope_c": lambda c: 1 - c * c},
    "tanh(c) has lost its slope on the way to c: grad_h * o * (1 - np.tanh(c) ** 2)": {"slope_c": np.ones_like},
    "o multiplies tanh(c), not c: grad_zo = grad_h * np.tanh(c) * o * (1 - o)": {"squash": lambda c: c},
    "g * (1 - g) is the slope of a sigmoid. g is a tanh: 1 - g ** 2": {"slope_g": sigmoid_slope},
    "tanh is taken twice: g is already the output of tanh, so its slope is 1 - g ** 2, not 1 - np.tanh(g) ** 2":
        {"slope_g": lambda g: 1 - np.tanh(g) ** 2},
    "1 - i² is the slope of a tanh. i, f and o are sigmoids: i * (1 - i), and likewise for f and o":
        {"slope_gate": tanh_slope},
    "the slopes of the sigmoids are missing: yours are gradients of i, f and o. To get those of z, multiply by i * (1 "
    "- i), f * (1 - f), o * (1 - o)": {"slope_gate": np.ones_like},
    "all four slopes are missing: yours are gradients of i, f, g and o. To get those of z, multiply by i * (1 - i), "
    "f * (1 - f), 1 - g ** 2 and o * (1 - o)": {"slope_gate": np.ones_like, "slope_g": np.ones_like},
    "grad_zi, grad_zf and grad_zg are made from grad_c_next alone. They need the whole gradient of c, with what "
    "came through h": {"to_gates": lambda total, arrived: arrived},
    "grad_c_prev lacks f: in c = f * c_prev + i * g, c_prev was multiplied by f":
        {"kept": lambda total, arrived, f: total},
    "grad_c_prev is made from grad_c_next alone. It needs the whole grad_c, with what came through h":
        {"kept": lambda total, arrived, f: arrived * f},
    "U is not transposed: forward it was h_prev @ U, so backward it is grad_z @ U.T, with the grad_z of all four "
    "gates side by side": {"road": untransposed},
    "the gates are not in the order i, f, g, o: yours look like i, f, o, g. W, U and b keep them in the order i, f, "
    "g, o": {"order": "ifog"},
    "the gates are not in the order i, f, g, o: yours look like f, i, g, o. W, U and b keep them in the order i, f, "
    "g, o": {"order": "figo"},
}, of=back)
lstm_step_backward.mistakes({
    "beside grad_zf stands c. In c = f * c_prev + i * g, f was multiplied by c_prev":
        lambda grad_h, grad_c, x, h_prev, c_prev, c, gates, U: back(grad_h, grad_c, x, h_prev, c_prev, c, gates, U,
             beside_f=c),
    "the gradients of W, U and b are divided by B: the products add up the sequences, and the loss is their sum. Do "
    "not divide": lambda grad_h, *given: back(grad_h, *given, share=1 / len(grad_h)),
    "grad_b is the mean over the sequences. The loss is their sum, so b gets the sum: .sum(axis=0)":
        lambda grad_h, *given: back(grad_h, *given, share_b=1 / len(grad_h)),
    "the factor in grad_c_prev is c_prev. In c = f * c_prev + i * g, c_prev was multiplied by f":
        lambda grad_h, grad_c, x, h_prev, c_prev, c, gates, U: back(grad_h, grad_c, x, h_prev, c_prev, c, gates, U,
             kept=lambda total, arrived, f: total * c_prev),
})
lstm_step_backward.mistakes({
    "the slope multiplies grad_c_next, too. That comes along c and does not pass the tanh: only grad_h * o is "
    "multiplied by the slope": {"meet": lambda arrived, grad_h, o, slope: (arrived + grad_h * o) * slope},
    "o is missing in grad_c: in h = o * tanh(c), tanh(c) was multiplied by o":
        {"meet": lambda arrived, grad_h, o, slope: arrived + grad_h * slope},
    "1 - np.tanh(c) lacks the square: the slope of tanh is 1 - np.tanh(c) ** 2":
        {"slope_c": lambda c: 1 - np.tanh(c)},
    "i, f, g and c_prev get grad_h. They stand in c, so first make grad_c, line 2, and take that for all four":
        {"meet": lambda arrived, grad_h, o, slope: grad_h},
    "the two gradients that meet in c are multiplied in yours. They are added":
        {"meet": lambda arrived, grad_h, o, slope: arrived * grad_h * o * slope},
    **mistakes_of_one_block(),
}, of=back)


@lstm_step_backward.mutant("there is an f too many in grad_c: grad_c_next was multiplied by the f of the next step "
                           "already")
def f_too_many(grad_h, grad_c, x, h_prev, c_prev, c, gates, U):
    return back(grad_h, grad_c, x, h_prev, c_prev, c, gates, U,
                meet=lambda arrived, grad_h, o, slope: arrived * gates[1] + grad_h * o * slope)


# ------------------------------------------------------------------------------------ 3. the whole sequence back

def sequence_cases(rng):
    """Two steps of the lesson's unit, then random sequences with a gradient at every step."""
    z, W = np.array([0.0, np.log(9), np.arctanh(-0.6), np.log(7 / 3)]), np.array([0.4, 0.6, -0.8, 0.2])
    x, start = np.array([1.0, -1.0])[:, None, None] * np.ones((4, 1)), (np.full((4, 3), 0.5), np.full((4, 3), 0.8))
    yield "two steps of the lesson, L = h₁ + h₂ of sequence 0 and unit 0 (T = 2, B = 4, I = 1, H = 3)", sequence(
        x, start, np.repeat(W, 3)[None], units_apart(U_OF_THE_LESSON, 3), np.repeat(z - W - U_OF_THE_LESSON / 2, 3),
        np.stack([first_only(4, 3)] * 2))
    T, B, I, H = 5, 3, 2, 4
    W, U, b = rng.standard_normal((I, 4 * H)), rng.standard_normal((H, 4 * H)) / 2, rng.standard_normal(4 * H) / 2
    start = rng.uniform(-0.9, 0.9, (B, H)), rng.standard_normal((B, H))
    yield f"random sequences (T = {T}, B = {B}, I = {I}, H = {H}, h0 and c0 not 0, a gradient at every step)", sequence(
        rng.standard_normal((T, B, I)), start, W, U, b, rng.standard_normal((T, B, H)))


def sequence(x, start, W, U, b, grad_outputs):
    """The forward pass -> the arguments of `lstm_backward`."""
    (h, c), found = start, []
    for x_t in x:
        h, c, gates = cells.lstm_step(x_t, h, c, W, U, b)
        found.append((h, c, gates))
    return {"x": x, "h0": start[0], "c0": start[1], "h": np.stack([h for h, _, _ in found]),
            "c": np.stack([c for _, c, _ in found]), "gates": [tuple(gates) for _, _, gates in found],
            "grad_outputs": grad_outputs, "W": W, "U": U}


def backward(x, h0, c0, h, c, gates, grad_outputs, W, U, *, before=None, steps=None, carry=(1.0, 1.0), first=(0.0, 0.0),
             total=sum, swap=False, beside_f=None, beside_U=None, memory=None, **mistakes):
    """Back through the sequence -> grads of W, U, b; the options make the mutants.

    before(states, start): h_{t-1} or c_{t-1} of all steps. steps: the order of the steps. carry: shares of grad_h and
    grad_c that go on. first: what they are after the last step. total: the parts of the steps, in the order in which
    they were computed -> the gradient. swap: grad_h for grad_c. beside_f, beside_U, memory (T,B,H), the last for c.
    """
    before = before or (lambda states, start: np.concatenate([start[None], states[:-1]]))
    h_before, c_before = before(h, h0), before(c, c0)
    grad_h, grad_c = (np.full_like(h0, number) for number in first)
    parts = []
    for t in reversed(range(len(x))) if steps is None else steps:
        beside = {"beside_f": c_before[t] if beside_f is None else beside_f[t],
                  "beside_U": h_before[t] if beside_U is None else beside_U[t]}
        grad_h, grad_c, *grads = back(grad_h + grad_outputs[t], grad_c, x[t], h_before[t], c_before[t],
                                      (c if memory is None else memory)[t], gates[t], U, **beside, **mistakes)
        grad_h, grad_c = carry[0] * grad_h, carry[1] * grad_c
        if swap:
            grad_h, grad_c = grad_c, grad_h
        parts.append(grads)
    return tuple(total(list(part)) for part in zip(*parts, strict=True))


@exercise(
    cases=sequence_cases, outputs=BLOCKS,
    correct="W, U and b agree for the example and for random sequences (T = 5, B = 3, I = 2, H = 4, h0 and c0 not 0).",
    hints=("Go from the last step to the first. Two gradients travel with you: grad_h and grad_c. Both are 0 after the "
           "last step.",
           "In each step: add grad_outputs[t] to the grad_h that came back; call cells.lstm_step_backward, which gives "
           "grad_x, the new grad_h and grad_c, and a dict with the parts of W, U and b; add the parts up.",
           "h_prev is h[t - 1], and h0 if t is 0; likewise c_prev. Note that h[-1] is the last state. The call is "
           "cells.lstm_step_backward(grad_h + grad_outputs[t], grad_c, x[t], h_prev, c_prev, c[t], gates[t], W, U)."))
def lstm_backward(x, h0, c0, h, c, gates, grad_outputs, W, U):
    """x (T,B,I), h0, c0 (B,H), h, c, grad_outputs (T,B,H), gates: T tuples of (B,H) -> grad_W, grad_U, grad_b"""
    return backward(x, h0, c0, h, c, gates, grad_outputs, W, U)


lstm_backward.mistakes({
    "grad_h of the next step is forgotten: h_t also acts through the gates of step t + 1. Add it to grad_outputs[t]. "
    "With T = 1 nobody would notice": {"carry": (0.0, 1.0)},
    "grad_c of the next step is forgotten: c_t goes on into c_{t+1} through f. Carry grad_c_prev to the step before. "
    "With T = 1 nobody would notice": {"carry": (1.0, 0.0)},
    "nothing is carried from step to step: grad_h and grad_c of the next step both have to come in":
        {"carry": (0.0, 0.0)},
    "grad_h and grad_c have changed places on the way to the step before": {"swap": True},
    "grad_c begins with 1. After the last step nobody uses c_T any more, so it begins with 0; the road through h is "
    "added inside the step": {"first": (0.0, 1.0)},
    "grad_h begins with 1. What the loss says about h_T stands in grad_outputs[T - 1] already, so it begins with 0":
        {"first": (1.0, 0.0)},
    "\"=\" where \"+=\" should be: only the part of t = 0, the last one to be computed, is left. W, U and b are used "
    "at every step, so add up": {"total": lambda parts: parts[-1]},
    "the parts are averaged over the steps. Each use of a weight adds its part: do not divide by T":
        {"total": lambda parts: sum(parts) / len(parts)},
    "h[t - 1] and c[t - 1] are h[-1] and c[-1] for t = 0, and those are the *last* states. Before the first step "
    "stand h0 and c0": {"before": lambda states, start: np.concatenate([states[-1:], states[:-1]])},
    "h0 and c0 are left out: at t = 0, U was multiplied by h0 and f by c0. A start at 0 hides it":
        {"before": lambda states, start: np.concatenate([0 * start[None], states[:-1]])},
}, of=backward)
lstm_backward.mistakes({
    "grad_U is made with h_t: U was multiplied by the state before, h_{t-1}. W and b are right, so a check of W alone "
    "would pass": lambda x, h0, c0, h, *given: backward(x, h0, c0, h, *given, beside_U=h),
    "c_t stands where c_{t-1} belongs: f was multiplied by the memory before the step":
        lambda x, h0, c0, h, c, *given: backward(x, h0, c0, h, c, *given, beside_f=c),
    "c_{t-1} stands where c_t belongs: the tanh of step t was taken of the new memory, c[t]":
        lambda x, h0, c0, h, c, *given: backward(x, h0, c0, h, c, *given, memory=np.concatenate([c0[None], c[:-1]])),
    "the loop runs forward in time: step t needs grad_h and grad_c of step t + 1, so begin with the last step":
        lambda x, *given: backward(x, *given, steps=range(len(x))),
    "the first step, t = 0, is left out: the loop must run down to 0, as reversed(range(T)) does":
        lambda x, *given: backward(x, *given, steps=range(len(x) - 1, 0, -1)),
})


@lstm_backward.mutant("grad_outputs[t] counts at the last step only in yours: the loss looks at every h_t")
def last_loss_only(x, h0, c0, h, c, gates, grad_outputs, W, U):
    only = np.zeros_like(grad_outputs)
    only[-1] = grad_outputs[-1]
    return backward(x, h0, c0, h, c, gates, only, W, U)


lstm_backward.mistakes({
    "grad_c_prev lacks f: c_prev was multiplied by f, so grad_c_prev is grad_c * f. With T = 1 nobody would notice":
        {"kept": lambda total, arrived, f: total},
    "U is not transposed on the way to grad_h_prev: it is grad_z @ U.T, with the four gates side by side. With T = 1, "
    "or with one unit, nobody would notice": {"road": untransposed},
    "the road through h counts twice: cells.lstm_step_backward adds it itself, as line 2 does. Hand it the grad_c that "
    "came back": {"through_h": 2.0},
    "grad_c is multiplied by f twice: cells.lstm_step_backward has done it, and gives grad_c_prev":
        {"kept": lambda total, arrived, f: total * f * f},
    "1 - c² stands for the slope of tanh: it is 1 - np.tanh(c) ** 2. For a small c both are nearly the same":
        {"slope_c": lambda c: 1 - c * c},
    "g * (1 - g) stands for the slope of g: g is a tanh, so it is 1 - g ** 2": {"slope_g": sigmoid_slope},
}, of=backward)
lstm_backward.mistakes({
    "the gradients are divided by the number of sequences: the products add the sequences up, and the loss is their "
    "sum. Do not divide by B": lambda x, *given: backward(x, *given, share=1 / x.shape[1]),
})
