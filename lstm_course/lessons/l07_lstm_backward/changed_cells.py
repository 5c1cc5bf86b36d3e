"""Two changed cells of lesson 07: the article's output with a tanh, and coupled gates. Which backward lines change?"""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.networks.functions import sigmoid, sigmoid_slope, tanh_slope


def first_only(B, H):
    """∂L/∂h (B,H) of a loss that looks at sequence 0 and unit 0 alone."""
    grad = np.zeros((B, H))
    grad[0, 0] = 1.0
    return grad


# ----------------------------------------------------------------------------- 1. tanh for the article's output

def output_cases(rng):
    """A large memory, where tanh matters, then random numbers."""
    yield "c = 2, o = 0.5, ∂L/∂h = 1, nothing from the next step (of sequence 0 and unit 0; B = 2, H = 3)", {
        "c": np.array([[2.0, 0.5, 0.0], [-1.0, 1.0, 3.0]]), "o": np.array([[0.5, 0.2, 0.9], [0.1, 0.5, 0.7]]),
        "grad_h": np.array([[1.0, 2.0, -1.0], [0.0, 1.0, 0.5]]), "grad_c_next": np.zeros((2, 3))}
    B, H = 3, 4
    yield f"random numbers (B = {B}, H = {H})", {
        "c": 1.5 * rng.standard_normal((B, H)), "o": rng.uniform(0.1, 0.9, (B, H)),
        "grad_h": rng.standard_normal((B, H)), "grad_c_next": rng.standard_normal((B, H))}


def output(c, o, grad_h, grad_c_next, *, squash=np.tanh, for_o=np.tanh, slope=lambda c: 1 - np.tanh(c) ** 2,
           slope_o=np.ones_like):
    """h, grad_o, grad_c of h = o ⊙ squash(c)."""
    return o * squash(c), grad_h * for_o(c) * slope_o(o), grad_c_next + grad_h * o * slope(c)


LINEAR = {"squash": lambda c: c, "for_o": lambda c: c, "slope": np.ones_like}


@exercise(
    cases=output_cases, outputs=(Output("h", "B H"), Output("grad_o", "B H"), Output("grad_c", "B H")),
    correct="One line forward, and both lines backward.",
    hints=("Three lines use c. Forward there is one; which two backward lines come from it?",
           "h = o * tanh(c) is a product. Its derivative with respect to o is the other factor; that with "
           "respect to c is o times the slope of tanh.",
           "h = o * np.tanh(c); grad_o = grad_h * np.tanh(c); grad_c = grad_c_next + grad_h * o * "
           "(1 - np.tanh(c) ** 2)."))
def tanh_output(c, o, grad_h, grad_c_next):
    """h = o ⊙ tanh(c) and back: c, o, grad_h, grad_c_next (B,H) -> h, grad_o, grad_c (B,H)"""
    return output(c, o, grad_h, grad_c_next)


tanh_output.mistakes({
    "grad_o still has c where h = o * tanh(c) has tanh(c): grad_o = grad_h * np.tanh(c)": {"for_o": LINEAR["for_o"]},
    "grad_c lacks the slope of tanh: grad_h * o * (1 - np.tanh(c) ** 2)": {"slope": np.ones_like},
    "both backward lines are mended, the forward line is not: h = o * np.tanh(c)": {"squash": LINEAR["squash"]},
    "1 - c² is no slope: the output of tanh is tanh(c), so its slope is 1 - np.tanh(c) ** 2":
        {"slope": lambda c: 1 - c ** 2},
    "grad_c is multiplied by tanh(c), not by its slope 1 - np.tanh(c) ** 2": {"slope": np.tanh},
    "t * (1 - t) is the slope of a sigmoid with the output t. That of tanh is 1 - t ** 2, with t = np.tanh(c)":
        {"slope": lambda c: sigmoid_slope(np.tanh(c))},
    "1 - np.tanh(c) lacks the square: the slope of tanh is 1 - np.tanh(c) ** 2": {"slope": lambda c: 1 - np.tanh(c)},
    "the square stands inside the tanh. The slope is 1 - np.tanh(c) ** 2: first the tanh, then its square":
        {"slope": lambda c: 1 - np.tanh(c ** 2)},
    "the slope of tanh stands in grad_o. o was multiplied by tanh(c) itself; the slope belongs to grad_c":
        {"for_o": lambda c: 1 - np.tanh(c) ** 2},
    "grad_o has a slope too many: o * (1 - o) leads on from o to z_o. Asked is the gradient of o itself":
        {"slope_o": sigmoid_slope},
}, of=output)
tanh_output.mistakes({
    "grad_o is made with h, in which o stands already. o was multiplied by tanh(c): grad_o = grad_h * np.tanh(c)":
        lambda c, o, *given: output(c, o, *given, for_o=lambda c: o * np.tanh(c)),
    "this is still the article's program: h = o * c. Put np.tanh around c, then mend both backward lines":
        lambda *given: output(*given, **LINEAR),
    "the forward line is mended, the two backward lines are not: grad_o needs tanh(c), and grad_c the slope of tanh. "
    "It may even learn like this, with a wrong gradient": lambda *given: output(*given, **LINEAR | {"squash": np.tanh}),
    "1 - h² is no slope: h is o * tanh(c). The slope of tanh is 1 - (its own output)², 1 - np.tanh(c) ** 2":
        lambda c, o, grad_h, grad_c_next: output(c, o, grad_h, grad_c_next, slope=lambda c: 1 - (o * np.tanh(c)) ** 2),
    "the two gradients that meet in c are multiplied in yours. They are added: grad_c_next + …":
        lambda c, o, grad_h, grad_c_next: (*output(c, o, grad_h, grad_c_next)[:2],
                                           grad_c_next * grad_h * o * (1 - np.tanh(c) ** 2)),
    "in h the tanh is around the whole product. It is around c alone: o * np.tanh(c)":
        lambda c, o, *given: (np.tanh(o * c), *output(c, o, *given)[1:]),
    "in h the tanh is around o. It is around c: o * np.tanh(c)":
        lambda c, o, *given: (np.tanh(o) * c, *output(c, o, *given)[1:]),
})


@tanh_output.mutant("the slope multiplies grad_c_next, too. That comes along c and does not pass the tanh: only "
                    "grad_h * o is multiplied by the slope")
def slope_on_all(c, o, grad_h, grad_c_next):
    slope = 1 - np.tanh(c) ** 2
    return o * np.tanh(c), grad_h * np.tanh(c), (grad_c_next + grad_h * o) * slope


@tanh_output.mutant("grad_c_next is lost: add what comes along c from the next step")
def without_next(c, o, grad_h, grad_c_next):
    return output(c, o, grad_h, 0 * grad_c_next)


@tanh_output.mutant("tanh is around the whole product: it is o * tanh(c), not tanh(o * c)")
def tanh_around_all(c, o, grad_h, grad_c_next):
    h = np.tanh(o * c)
    return h, grad_h * c * (1 - h ** 2), grad_c_next + grad_h * o * (1 - h ** 2)


# --------------------------------------------------------------------------------------------- 4. coupled gates

def coupled_cases(rng):
    """The step of the lesson with coupled gates, then random numbers with a gradient that comes from the next step."""
    all_of = lambda number: np.full((3, 2), number)
    yield "the step of the lesson with i = 1 − f, L = h of sequence 0 and unit 0 (B = 3, H = 2)", {
        "grad_h": first_only(3, 2), "grad_c_next": all_of(0.0), "c_prev": all_of(0.8), "c": all_of(0.66),
        "f": all_of(0.9), "g": all_of(-0.6), "o": all_of(0.7)}
    B, H = 5, 4
    z_f, z_g, z_o, c_prev, grad_h, grad_c = rng.standard_normal((6, B, H))
    f, g, o = sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
    yield f"random numbers (B = {B}, H = {H}, with a gradient that comes along c)", {
        "grad_h": grad_h, "grad_c_next": grad_c, "c_prev": c_prev, "c": f * c_prev + (1 - f) * g,
        "f": f, "g": g, "o": o}


def coupled_back(grad_h, grad_c, c_prev, c, f, g, o, *, beside_f=np.subtract, write=lambda f: 1 - f,
                 slope_f=sigmoid_slope, slope_g=tanh_slope, slope_o=sigmoid_slope,
                 slope_c=lambda c: 1 - np.tanh(c) ** 2,
                 kept=lambda total, arrived, f: total * f, through_h=1.0, from_next=1.0, order=(0, 1, 2, 3)):
    """Lines 2 to 7 of the cell with i = 1 - f -> grad_zf, grad_zg, grad_zo, grad_c_prev; the options make the mutants.

    beside_f(c_prev, g): the other factor of f. write(f): what multiplies g.
    """
    total = from_next * grad_c + through_h * grad_h * o * slope_c(c)
    found = (total * beside_f(c_prev, g) * slope_f(f), total * write(f) * slope_g(g),
             grad_h * np.tanh(c) * slope_o(o), kept(total, grad_c, f))
    return tuple(found[place] for place in order)


@exercise(
    cases=coupled_cases,
    outputs=tuple(Output(name, "B H") for name in ("grad_zf", "grad_zg", "grad_zo", "grad_c_prev")),
    correct="Line 4 is gone, line 5 has two parts, line 6 has 1 − f for i. f is used twice, and its two gradients "
            "have opposite signs: what counts is c_prev − g, the difference between what is kept and what is written.",
    hints=("Draw the wires of c = f * c_prev + (1 - f) * g. From how many places does a gradient come back into f?",
           "From two: from the product with c_prev, and from the product with g, where f enters as 1 − f. What is the "
           "derivative of 1 − f? And what does g get, whose other factor was i?",
           "First grad_c = grad_c_next + grad_h * o * (1 - np.tanh(c) ** 2). Then grad_zf = grad_c * (c_prev - g) * "
           "f * (1 - f), grad_zg = grad_c * (1 - f) * (1 - g ** 2); lines 3 and 7 stay."))
def coupled_lines(grad_h, grad_c_next, c_prev, c, f, g, o):
    """Lines 2 to 7 back through the cell with i = 1 - f: all (B,H) -> grad_zf, grad_zg, grad_zo, grad_c_prev (B,H)"""
    return coupled_back(grad_h, grad_c_next, c_prev, c, f, g, o)


coupled_lines.mistakes({
    "grad_zf is still that of the LSTM. f now stands in both products: in f * c_prev and, as 1 - f, in (1 - f) * g. "
    "Two gradients come back into it, and are added": {"beside_f": lambda c_prev, g: c_prev},
    "a sign is lost in grad_zf: f enters the second product as 1 - f, whose derivative is −1": {"beside_f": np.add},
    "grad_zf has the wrong sign: f * c_prev has the derivative +c_prev, and (1 - f) * g has −g":
        {"beside_f": lambda c_prev, g: g - c_prev},
    "only the second product counts in grad_zf. f also keeps c_prev: add what comes back from f * c_prev":
        {"beside_f": lambda c_prev, g: -g},
    "beside g stands f. g was multiplied by i, which is 1 - f here": {"write": lambda f: f},
    "grad_zg lacks a factor: g was multiplied by 1 - f": {"write": np.ones_like},
    "grad_c_prev lacks f: c_prev was multiplied by f, as in the LSTM": {"kept": lambda total, arrived, f: total},
    "grad_c_prev is made from grad_c_next alone. It needs the whole grad_c, with what came through h":
        {"kept": lambda total, arrived, f: arrived * f},
    "c_prev gets f - 1 or 1 - f. It was multiplied by f alone; (1 - f) * g does not contain it":
        {"kept": lambda total, arrived, f: total * (1 - f)},
    "the slope of f is missing: yours is the gradient of f itself. Times f * (1 - f) it is that of z_f":
        {"slope_f": np.ones_like},
    "1 - f² is the slope of a tanh. f is a sigmoid: f * (1 - f)": {"slope_f": tanh_slope},
    "the slopes of f, g and o are all missing: yours are gradients of the gates. Times f * (1 - f), 1 - g ** 2 and "
    "o * (1 - o) they are those of z": {"slope_f": np.ones_like, "slope_g": np.ones_like, "slope_o": np.ones_like},
    "the slope of g is missing: yours is the gradient of g itself. Times 1 - g ** 2 it is that of z_g":
        {"slope_g": np.ones_like},
    "g * (1 - g) is the slope of a sigmoid. g is a tanh: 1 - g ** 2": {"slope_g": sigmoid_slope},
    "line 2 is missing: c also acts through h. Add grad_h * o * (1 - np.tanh(c) ** 2) to grad_c_next":
        {"through_h": 0.0},
    "what comes along c from the next step is lost: line 2 adds it to what comes through h": {"from_next": 0.0},
    "1 - c² is no slope: the slope of tanh is 1 - np.tanh(c) ** 2": {"slope_c": lambda c: 1 - c * c},
    "tanh(c) has lost its slope on the way to c: grad_h * o * (1 - np.tanh(c) ** 2)": {"slope_c": np.ones_like},
    "the slope of o is missing: yours is the gradient of o itself. Times o * (1 - o) it is that of z_o":
        {"slope_o": np.ones_like},
    "g is missing in what comes back from (1 - f) * g: its derivative with respect to f is −g, not −1":
        {"beside_f": lambda c_prev, g: c_prev - 1},
    "1 - g stands in grad_zf. It is f that enters as 1 - f; the other factor of (1 - f) is g, and the derivative −1":
        {"beside_f": lambda c_prev, g: c_prev + 1 - g},
    "the order is another one: return grad_zf, grad_zg, grad_zo, grad_c_prev": {"order": (0, 2, 1, 3)},
}, of=coupled_back)
coupled_lines.mistakes({
    "1 - np.tanh(c) lacks the square: the slope of tanh is 1 - np.tanh(c) ** 2":
        lambda *given: coupled_back(*given, slope_c=lambda c: 1 - np.tanh(c)),
    "1 - 2f is no slope: that of a sigmoid is f * (1 - f)":
        lambda *given: coupled_back(*given, slope_f=lambda f: 1 - 2 * f),
    "the second part of grad_zf has no slope: both parts are multiplied by f * (1 - f)":
        lambda *given: half_a_slope(*given, share=lambda f: 1.0),
    "grad_c_prev is grad_c times 2f − 1. c_prev was multiplied by f alone, and (1 - f) * g does not contain it":
        lambda *given: coupled_back(*given, kept=lambda total, arrived, f: total * (2 * f - 1)),
    "c stands in grad_zf. f was multiplied by the memory before the step, c_prev":
        lambda grad_h, grad_c, c_prev, c, f, g, o: coupled_back(
            grad_h, grad_c, c_prev, c, f, g, o, beside_f=lambda c_prev, g: c - g),
    "a 1 - f is missing in the second part of grad_zf: both parts are multiplied by the whole slope, f * (1 - f)":
        lambda *given: half_a_slope(*given, share=lambda f: f),
    "an f is missing in the second part of grad_zf: both parts are multiplied by the whole slope, f * (1 - f)":
        lambda *given: half_a_slope(*given, share=lambda f: 1 - f),
})


def half_a_slope(grad_h, grad_c, c_prev, c, f, g, o, *, share):
    """The second product of grad_zf with a share of the slope."""
    return coupled_back(grad_h, grad_c, c_prev, c, f, g, o,
                        beside_f=lambda c_prev, g: c_prev - g * share(f) / sigmoid_slope(f))
