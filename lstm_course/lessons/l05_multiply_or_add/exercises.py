"""Lesson 05, multiply or add: the exercises."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise, value

# ------------------------------------------------------------------------- 1. how narrow the good factor is

half_left = value(
    "half_left", 0.5 ** (1 / 20), tolerance=6e-4,
    correct="0.9659²⁰ = ½. With 0.9 an eighth was left: a small change of u decides what survives.",
    wrong=[
        (0.5, "that halves the number at *every* word, and after 20 words a millionth is left"),
        (0.975, "you shared the loss evenly, ½ / 20 a word. But each word takes its share of what is *left*: "
                "0.975²⁰ = 0.603"),
        (0.025, "0.025 is ½ / 20, which is also what 0.5 ** 1 / 20 means: a power comes before a division. The 20th "
                "root needs brackets round its 1 / 20"),
        (20 ** -0.5, "that is (1 / 20) ** 0.5. Base and exponent are swapped: ½ is what is left, and 1 / 20 takes the "
                     "20th root"),
        (0.97, "0.97²⁰ = 0.544: nearly. Let Python compute u, and do not round it"),
        (0.9, "0.9²⁰ = 0.122: only an eighth is left"),
        (0.95, "0.95²⁰ = 0.358: a little more than a third is left"),
        (0.5 ** (1 / 19), "that is the 19th root: after 20 words u²⁰ is left, so the exponent is 20"),
        (0.5 ** (1 / 21), "that is the 21st root: after 20 words u²⁰ is left, so the exponent is 20"),
        (0.5 ** (1 / 10), "that leaves half after 10 words, and a quarter after 20"),
        (-(0.5 ** (1 / 20)), "its 20th power is ½, but it turns the sign of the memory at every word. Take the "
                             "positive root"),
        (2 ** (1 / 20), "that doubles the number in 20 words: u has to be below 1"),
        (np.log(0.5) / 20, "that is the *logarithm* of u: ln u = ln ½ / 20. One more exp gives u"),
        (10, "u²⁰ = ½ is not the same as 20 · u = …: the factor is taken 20 times, so take the 20th root"),
        (0.5 ** 20, "that is ½ taken 20 times. You look for the number that gives ½ when *it* is taken 20 times"),
    ],
    otherwise="Solve u²⁰ = ½. Try your number: print(u ** 20)",
    hints=("After one word u times the number is left, after two u · u times. What is left after 20?",
           "u²⁰ = 0.5. Which operation undoes a 20th power?",
           "The 20th root: u = 0.5 ** (1 / 20)."))


# ---------------------------------------------------------------------- 2. the gradient of a gated memory

def gradient_cases(rng):
    """Four steps by hand, then random gates."""
    yield "f = 0.4, 1, 0.5, 0.8, and 0.7, 0.5, 1, 0.1 (T = 4, B = 2)", {
        "f": np.array([[0.4, 0.7], [1.0, 0.5], [0.5, 1.0], [0.8, 0.1]])}
    f = rng.uniform(0.3, 1, (6, 3))
    f[2, 1] = 0
    yield "random gates, one of them 0 (T = 6, B = 3)", {"f": f}


def chain(f):
    """f (T,B) -> the products of the rows from each row to the last (T,B)."""
    return np.cumprod(f[::-1], axis=0)[::-1]


def with_ones(f):
    """f (N,B) -> a row of ones below it (N+1,B)."""
    return np.concatenate([f, np.ones((1, f.shape[1]))])


@exercise(
    cases=gradient_cases, outputs=Output("gradient", "T B"),
    correct="Each step back multiplies by one f: the gradient lives as long as no f comes near 0.",
    hints=("From the end backwards: the last memory follows itself with slope 1. With which slope does it follow the "
           "one before?",
           "∂c[T-1]/∂c[t] is the product of all f *after* step t: f[t + 1] · f[t + 2] · … · f[T - 1]. f[t] itself "
           "leads into c[t], so it is not among them.",
           "gradient = np.ones((T, B)), then for t from T − 2 down to 0: gradient[t] = f[t + 1] * gradient[t + 1]."))
def memory_gradient(f):
    """∂c[T-1]/∂c[t] of a memory c[t] = f[t] c[t-1] + …, for each t: f (T,B) -> (T,B), the last row is 1"""
    return chain(with_ones(f[1:]))


@memory_gradient.mutant("f[t] is in row t. But f[t] leads *into* c[t]; from c[t] to the end come f[t + 1], f[t + 2], "
                        "…, and the last row is 1")
def with_its_own_gate(f):
    return chain(f)


@memory_gradient.mutant("the product runs from the beginning: yours is ∂c[t]/∂c[0]. Asked is ∂c[T-1]/∂c[t], the "
                        "product of the gates *after* step t. Its last row is 1, not its first")
def product_from_the_start(f):
    return np.cumprod(np.concatenate([np.ones((1, f.shape[1])), f[1:]]), axis=0)


@memory_gradient.mutant("the product runs from the first gate on: row t has the gates *up to* step t. Asked are those "
                        "*after* it, so that the last row is 1")
def product_of_the_gates_so_far(f):
    return np.cumprod(f, axis=0)


@memory_gradient.mutant("the rows are in the order of the walk back: the 1 of the last step has to stand last; turn "
                        "the result round")
def in_the_order_of_the_walk(f):
    return memory_gradient.reference(f)[::-1]


@memory_gradient.mutant("everything is 1: “additive, so the gradient is 1” holds only if every f is 1. Each step back "
                        "multiplies by the f that was given (and that must not be overwritten before it is read)")
def additive_means_one(f):
    return np.ones_like(f)


memory_gradient.mistakes({
    "all of yours are 0. The walk back begins with the last row, and that is 1: the last memory follows itself with "
    "slope 1": np.zeros_like,
    "each row holds the gate of one step only. The chain rule multiplies *all* steps from t to the end":
        lambda f: with_ones(f[1:]),
    "the gates are added up. Along a chain, slopes are multiplied":
        lambda f: np.cumsum(with_ones(f[1:])[::-1], axis=0)[::-1],
})


@memory_gradient.mutant("this is the mean of the gates raised to a power. Each step has its own f; their product is "
                        "wanted, and a single f near 0 makes it 0")
def power_of_the_mean(f):
    return np.stack([f.mean(axis=0) ** k for k in range(len(f) - 1, -1, -1)])


@memory_gradient.mutant("row t is f[t], taken once for each step that follows. But each of these steps has its own "
                        "gate: f[t + 1] · f[t + 2] · … · f[T − 1]")
def power_of_its_own_gate(f):
    return np.stack([f_t ** (len(f) - 1 - t) for t, f_t in enumerate(f)])


@memory_gradient.mutant("two things: the rows are in the order of the walk back, so turn the result round; and the "
                        "walk begins with 1, the slope of the last memory by itself, not with the last gate")
def walk_from_the_last_gate(f):
    return np.cumprod(f[::-1], axis=0)


@memory_gradient.mutant("the last row is 1, as it should be, but each other row has one gate too many: f[t] leads "
                        "*into* c[t], so row t begins with f[t + 1]")
def only_the_last_row_mended(f):
    return with_ones(chain(f)[:-1])


@memory_gradient.mutant("the idea is right, but you divide by the gates up to t, and where one of them is 0, that is "
                        "0 / 0. At *dog* f was 0. Multiply the gates after t instead")
def by_division(f):
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.prod(f, axis=0) / np.cumprod(f, axis=0)


@memory_gradient.mutant("one row too many: T steps have T memories c[0] … c[T-1], and the start before them is not "
                        "asked for")
def with_the_start(f):
    return chain(with_ones(f))


@memory_gradient.mutant("one row is missing: ∂c[T-1]/∂c[T-1] = 1 belongs to the answer, as its last row")
def without_the_last_row(f):
    return memory_gradient.reference(f)[:-1]


@memory_gradient.mutant("only the gradient by the first memory comes back: one row for each t is wanted")
def only_the_first_row(f):
    return np.prod(f[1:], axis=0)


@memory_gradient.mutant("one product over all gates comes back: one row for each t is wanted, with the gates after t")
def one_product(f):
    return np.prod(f, axis=0)


@memory_gradient.mutant("the sequences are multiplied with each other. Each column of f is a sequence of its own, with "
                        "a gradient of its own: np.prod needs axis=0")
def across_the_batch(f):
    return np.array([np.prod(f[t + 1:]) for t in range(len(f))])


@memory_gradient.mutant("the product runs over 1 − f: f is the share that is kept, so it is f that multiplies")
def product_of_what_is_lost(f):
    return memory_gradient.reference(1 - f)


# ---------------------------------------------------------------------- 3. hold the first flagged number

def first_cases(rng):
    """Five steps by hand, then random sequences; no flag, one, or several, also at the first and the last step."""
    yield "x = 3, 7, 2, 5, 4 with flags at 7 and 5, and a second sequence with flags at its first two steps", {
        "x": np.array([[3.0, 6], [7, 1], [2, 8], [5, 3], [4, 9]]),
        "flag": np.array([[0.0, 1], [1, 1], [0, 0], [1, 0], [0, 0]])}
    x = rng.uniform(0.2, 1, (12, 7)) * rng.choice([-1.0, 1.0], (12, 7))
    flag = (rng.random((12, 7)).argsort(axis=0) < [0, 1, 2, 3, 3, 4, 5]).astype(float)
    x[flag[:, 5].argmax(), 5] = 0                       # the first flagged number may be 0
    yield "random sequences (T = 12, B = 7, no flag to five)", {"x": x, "flag": flag}


def run_gates(x, flag, gates):
    """The memory over a sequence; gates(flag, seen) -> i, f and the new seen, each (B,)."""
    c = seen = np.zeros(x.shape[1])
    memory = []
    for x_t, flag_t in zip(x, flag, strict=True):
        i, f, seen = gates(flag_t, seen)
        c = f * c + i * x_t
        memory.append(c)
    return np.stack(memory)


@exercise(
    cases=first_cases, outputs=Output("memory", "T B"),
    correct="A gate that sees the flag *and* a memory tells the first flag from the others.",
    hints=("When may x be written? Only if two things hold at this step. One you see in flag_t, the other in seen.",
           "i is 1 if there is a flag and seen is still 0. A product of two numbers that are 0 or 1 says “and”; "
           "1 − seen says “not yet seen”. f keeps whatever is not being replaced.",
           "i = flag_t * (1 - seen), f = 1 - i. And seen must be 1 from this step on: add i to it, after the gates."))
def keep_first(x, flag):
    """x, flag (T,B) -> the memory after each step (T,B): 0, then the x that stood at the first flag"""
    return run_gates(x, flag, lambda flag, seen: (flag * (1 - seen), 1 - flag * (1 - seen), seen + flag * (1 - seen)))


@keep_first.quantities
def what_is_let_in(x, flag):
    """i alone: c, f and seen may be right in several ways."""
    return {"i": list(flag * (np.cumsum(flag, axis=0) == flag))}


def _mutant(name, message, gates):
    """Declare wrong gates."""
    def wrong_gates(x, flag):
        return run_gates(x, flag, gates)
    wrong_gates.__name__ = name
    keep_first.mutant(message)(wrong_gates)


def _seen(flag, seen):
    return np.maximum(flag, seen)


_mutant("keeps_the_last", "each flagged number replaces the one before: this holds the *last* flagged number. At the "
        "second flag i must stay 0: it has to ask for seen, and seen has to have become 1",
        lambda flag, seen: (flag, 1 - flag, _seen(flag, seen)))
_mutant("adds_the_flagged", "every flagged number is added to the memory. At the second flag i must stay 0: it has to "
        "ask for seen, and seen has to have become 1",
        lambda flag, seen: (flag, np.ones_like(flag), _seen(flag, seen)))
_mutant("seen_too_early", "nothing is ever written: at the first flag i stays 0. It should be 1 there, while seen is "
        "still 0: i has to read the *old* seen, and to ask for 0",
        lambda flag, seen: (flag * (1 - _seen(flag, seen)), np.ones_like(flag), _seen(flag, seen)))
_mutant("later_flags_erase", "i is right, but f is shut at every flag, so the second flag erases what was held. f may "
        "be 0 only where something is written", lambda flag, seen: (flag * (1 - seen), 1 - flag, _seen(flag, seen)))
_mutant("writes_until_the_flag", "before the first flag the memory follows the input; it should be 0 there. Without a "
        "flag nothing may be written", lambda flag, seen: (1 - seen, seen, _seen(flag, seen)))
_mutant("adds_until_the_flag", "i is open until the flag, so the numbers before it are added. Without a flag nothing "
        "may be written", lambda flag, seen: (1 - seen, np.ones_like(flag), _seen(flag, seen)))
_mutant("seen_lasts_one_step", "seen is 1 at the flag only, and forgotten a step later. It is a memory, too: once 1, "
        "it stays 1", lambda flag, seen: (flag * (1 - seen), 1 - flag * (1 - seen), flag))
_mutant("seen_counts", "seen counts the flags and reaches 2, so 1 − seen turns negative. It must stay at 1",
        lambda flag, seen: (flag * (1 - seen), 1 - flag * (1 - seen), seen + flag))
_mutant("waits_for_the_second", "what is written is a flagged number *after* the first: i asks that seen is 1 already. "
        "It has to be 0 still", lambda flag, seen: (flag * seen, 1 - flag * seen, _seen(flag, seen)))
_mutant("f_is_0_later", "what was written is lost a step later, as f is 0 there. f = 1 keeps: it has to be 1 wherever "
        "nothing is written", lambda flag, seen: (flag * (1 - seen), flag * (1 - seen), _seen(flag, seen)))
_mutant("or_for_and", "i is also open without a flag, as soon as one has been seen. “Flag and not yet seen” is a "
        "product: flag_t * (1 - seen)",
        lambda flag, seen: (_seen(flag, seen), 1 - _seen(flag, seen), _seen(flag, seen)))
_mutant("f_opens_at_the_flag", "f is 1 at a flag and 0 elsewhere, so what was written is lost a step later. f = 1 "
        "*keeps*: it is 0, if at all, where something is written",
        lambda flag, seen: (flag * (1 - seen), flag, _seen(flag, seen)))
_mutant("i_below_0", "i is flag − seen, which is −1 where a flag was seen and none is now, and f = 1 − i is then 2. A "
        "share is from 0 to 1: “flag and not yet seen” is a product",
        lambda flag, seen: (flag - seen, 1 - flag + seen, _seen(flag, seen)))
_mutant("i_below_0_added", "i is flag − seen, which is −1 where a flag was seen and none is now: x is then taken away. "
        "A share is never below 0: “flag and not yet seen” is a product",
        lambda flag, seen: (flag - seen, np.ones_like(flag), _seen(flag, seen)))
_mutant("seen_lasts_one_step_added", "seen falls back to 0 a step after the flag. It is a memory, too: once 1, it "
        "stays 1", lambda flag, seen: (flag * (1 - seen), np.ones_like(flag), flag))
_mutant("seen_counts_added", "seen counts the flags: it reaches 2, and then i = flag · (1 − seen) is −1. It must stay "
        "at 1", lambda flag, seen: (flag * (1 - seen), np.ones_like(flag), seen + flag))
_mutant("seen_without_a_flag", "seen is 1 from the first step on, flag or not, so that a flag later on writes nothing. "
        "It becomes 1 when a flag comes",
        lambda flag, seen: (flag * (1 - seen), np.ones_like(flag), np.ones_like(flag)))
_mutant("i_is_seen", "i is open at each step *after* the first flag. It has to be 1 at this flag alone: “flag and not "
        "yet seen”", lambda flag, seen: (seen, np.ones_like(flag), _seen(flag, seen)))
_mutant("i_is_seen_replacing", "from the first flag on the memory follows x: i, the share *written*, is open at each "
        "later step, and f, the share *kept*, is 0 there. Have they changed places? i is 1 at the first flag alone",
        lambda flag, seen: (seen, 1 - seen, _seen(flag, seen)))
_mutant("f_and_i_swapped", "f and i have changed places: i, the share *written*, is 1 at the first flag; f, the share "
        "*kept*, is 1 at all other steps",
        lambda flag, seen: (1 - flag * (1 - seen), flag * (1 - seen), _seen(flag, seen)))
_mutant("one_for_all", "one decision is made for all sequences at once. Each has its own flag: compute with the arrays "
        "flag_t and seen, without an if", lambda flag, seen: (np.full_like(flag, flag.any() and not seen.any()),
                                                      np.full_like(flag, not flag.any() or seen.any()),
                                                      np.full_like(flag, flag.any() or seen.any())))


@keep_first.mutant("c == 0 does not tell that no flag has come: the first flagged number may itself be 0, and is then "
                   "overwritten by the second. Ask seen")
def asks_whether_c_is_0(x, flag):
    c, memory = np.zeros(x.shape[1]), []
    for x_t, flag_t in zip(x, flag, strict=True):
        c = c + flag_t * (c == 0) * x_t
        memory.append(c)
    return np.stack(memory)


_mutant("seen_turns", "seen goes back to 0 at a further flag. Once 1, it has to stay 1",
        lambda flag, seen: (flag * (1 - seen), 1 - flag * (1 - seen), (seen + flag) % 2))
