"""Lesson 05, multiply or add: the exercises and the quiz."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise, value

# ----------------------------------------------------------------- 1. three rules and their derivatives

STEP_OUTPUTS = tuple(Output(name) for rule in ("multiplied", "added", "gated") for name in (rule, f"slope_{rule}"))


def step_cases(rng):
    """The number 0.8, then random numbers."""
    yield "the number 0.8 (c = 0.8, m = 0.9, f = 1, i = 0)", {"c": 0.8, "m": 0.9, "f": 1.0, "i": 0.0}
    for k in range(1, 4):
        c, m, f, i = (*rng.uniform(-2, 2, 2), *rng.uniform(0.1, 0.9, 2))
        given = {"c": c, "m": m, "f": f, "i": i}
        yield "random numbers, draw {} ({})".format(k, ", ".join(f"{n} = {v:.3g}" for n, v in given.items())), given


@exercise(
    cases=step_cases, outputs=STEP_OUTPUTS,
    correct="All three rules and all three slopes agree, also for random numbers.",
    hints=("A slope answers: if c grows by a little, by how much does the new c grow? Everything else stands still.",
           "In c · m, m is a constant factor. In c + m, m is a constant term. In f · c + i · m one part has c in it "
           "and the other has not.",
           "The slopes are m, 1.0 and f. What the input adds never appears in the slope."))
def memory_steps(c, m, f, i):
    """One step of c·m, c + m and f·c + i·m, each followed by its derivative by c: six numbers"""
    return c * m, m, c + m, 1.0, f * c + i * m, f


@memory_steps.mutant("the slope of the additive rule includes m. In c + m the input m is a term: it moves c, but "
                     "not the slope. If c grows by 0.1, c + m grows by 0.1, whatever m is")
def added_slope_is_m(c, m, f, i):
    return c * m, m, c + m, m, f * c + i * m, f


@memory_steps.mutant("the slope of the additive rule is 1 + m: m is a term and falls away in the derivative by c")
def added_slope_is_one_plus_m(c, m, f, i):
    return c * m, m, c + m, 1 + m, f * c + i * m, f


@memory_steps.mutant("the slope of the additive rule is 0: c itself is one of the two terms, and its derivative "
                     "by c is 1")
def added_slope_is_zero(c, m, f, i):
    return c * m, m, c + m, 0.0, f * c + i * m, f


@memory_steps.mutant("you differentiate c · m by m, which gives c. Asked is the derivative by c: how does the new "
                     "memory follow the old one?")
def multiplied_slope_is_c(c, m, f, i):
    return c * m, c, c + m, 1.0, f * c + i * m, f


@memory_steps.mutant("the slope of the multiplicative rule is 1: that would be so if m did not touch c. c · m grows "
                     "m times as fast as c")
def multiplied_slope_is_one(c, m, f, i):
    return c * m, 1.0, c + m, 1.0, f * c + i * m, f


@memory_steps.mutant("the slope of the gated rule includes i · m. That part has no c in it, so it falls away: "
                     "only f is left")
def gated_slope_with_the_input(c, m, f, i):
    return c * m, m, c + m, 1.0, f * c + i * m, f + i * m


@memory_steps.mutant("the slope of the gated rule is f + i: i belongs to the input m, not to c")
def gated_slope_is_f_plus_i(c, m, f, i):
    return c * m, m, c + m, 1.0, f * c + i * m, f + i


@memory_steps.mutant("the slope of the gated rule is 1: being additive does not make the slope 1. The old memory "
                     "is multiplied by f before something is added, so the slope is f")
def gated_slope_is_one(c, m, f, i):
    return c * m, m, c + m, 1.0, f * c + i * m, 1.0


@memory_steps.mutant("the slope of the gated rule is f · c: that is the part itself. Its derivative by c is f")
def gated_slope_is_f_times_c(c, m, f, i):
    return c * m, m, c + m, 1.0, f * c + i * m, f * c


@memory_steps.mutant("f and i have changed places: f decides what is kept of c, i what comes in from m")
def gates_swapped(c, m, f, i):
    return c * m, m, c + m, 1.0, i * c + f * m, i


@memory_steps.mutant("f seems to be read as “forget this much”, 1 − f. In this course, as in every library, f is "
                     "the share that is *kept*: f = 1 keeps all")
def f_forgets(c, m, f, i):
    return c * m, m, c + m, 1.0, (1 - f) * c + i * m, 1 - f


@memory_steps.mutant("1 − f stands where i should be: i is a gate of its own. With f = 1 yours could never add "
                     "anything")
def one_gate_for_both(c, m, f, i):
    return c * m, m, c + m, 1.0, f * c + (1 - f) * m, f


@memory_steps.mutant("the slope of the gated rule is i: that is its derivative by m. By c it is f")
def gated_slope_is_i(c, m, f, i):
    return c * m, m, c + m, 1.0, f * c + i * m, i


@memory_steps.mutant("the gated rule multiplies the whole sum by f: f · (c + i · m). Only the old memory goes "
                     "through f")
def f_times_the_sum(c, m, f, i):
    return c * m, m, c + m, 1.0, f * (c + i * m), f


@memory_steps.mutant("the six numbers stand in another order: first the three memories, then the three slopes. "
                     "Asked is each memory followed by its own slope")
def memories_first(c, m, f, i):
    return c * m, c + m, f * c + i * m, m, 1.0, f


# -------------------------------------------------------------------------- 2. how narrow the good factor is

half_left = value(
    "half_left", 0.5 ** (1 / 20), tolerance=6e-4,
    correct="0.9659²⁰ = ½. With 0.9 an eighth was left: a small change of m decides what survives.",
    wrong=[
        (0.5, "that halves the memory at *every* step, and after 20 steps a millionth is left"),
        (0.975, "you shared the loss evenly, ½ / 20 a step. But each step takes its share of what is *left*: "
                "0.975²⁰ = 0.603"),
        (0.025, "0.025 is ½ / 20, which is also what 0.5 ** 1 / 20 means: a power comes before a division. The 20th "
                "root needs brackets round its 1 / 20"),
        (0.9, "0.9²⁰ = 0.122: only an eighth is left"),
        (0.95, "0.95²⁰ = 0.358: a little more than a third is left"),
        (0.8 ** (1 / 20), "that is the m with m²⁰ = 0.8. Half of the memory is asked for, so m²⁰ = ½"),
        (0.4 ** (1 / 20), "that leaves 0.4 of the memory. Half of 0.8 is 0.4, so 0.4 / 0.8 = ½ must be left"),
        (-(0.5 ** (1 / 20)), "its 20th power is ½, but it turns the sign of the memory at every step: after one "
                             "step 0.8 has become −0.77. Take the positive root"),
        (2 ** (1 / 20), "that doubles the memory in 20 steps: m has to be below 1"),
        (10, "m²⁰ = ½ is not the same as 20 · m = …: the factor is taken 20 times, so take the 20th root"),
        (0.5 ** 20, "that is ½ taken 20 times. You look for the number that gives ½ when *it* is taken 20 times"),
    ],
    otherwise="Solve m²⁰ = ½. Try your number: print(m ** 20)",
    hints=("After one step m · c is left, after two m · m · c. What is left after 20?",
           "m²⁰ = 0.5. Which operation undoes a 20th power?",
           "The 20th root: m = 0.5 ** (1 / 20)."))


# ---------------------------------------------------------------------- 3. the gradient of a gated memory

def gradient_cases(rng):
    """Three steps by hand, then random gates."""
    yield "f = 1, 0.5, 0.8, and 0.5, 1, 0.1 (T = 3, B = 2)", {"f": np.array([[1.0, 0.5], [0.5, 1.0], [0.8, 0.1]])}
    yield "random gates (T = 6, B = 3)", {"f": rng.uniform(0.3, 1, (6, 3))}


@exercise(
    cases=gradient_cases, outputs=Output("gradient", "T+1 B"),
    correct="Each step back multiplies by one f: the gradient lives as long as no f comes near 0.",
    hints=("From the end backwards: c_T depends on itself with slope 1. What is the slope of c_T by c_{T−1}?",
           "∂c_T/∂c_t is the product of all f *after* step t. f[k] leads from c_k to c_{k+1}, so ∂c_T/∂c_t = f[t] · "
           "f[t + 1] · … · f[T − 1].",
           "gradient = np.ones((T + 1, B)), then for t from T − 1 down to 0: gradient[t] = f[t] * gradient[t + 1]."))
def memory_gradient(f):
    """∂c_T/∂c_t of c_{t+1} = f[t] c_t + i[t] m[t], for t = 0 … T: f (T,B) -> (T+1,B), the last row is 1"""
    ones = np.ones((1, f.shape[1]))
    return np.cumprod(np.concatenate([ones, f[::-1]]), axis=0)[::-1]


@memory_gradient.mutant("the product runs from the beginning: yours is ∂c_t/∂c_0. Asked is ∂c_T/∂c_t, the product "
                        "of the gates *after* step t. Its last row is 1, not its first")
def product_from_the_start(f):
    return np.cumprod(np.concatenate([np.ones((1, f.shape[1])), f]), axis=0)


@memory_gradient.mutant("the rows are in the order of the walk back: gradient[T] has to be 1 and stand last; turn "
                        "the result round")
def in_the_order_of_the_walk(f):
    return memory_gradient.reference(f)[::-1]


@memory_gradient.mutant("everything is 1: “additive, so the gradient is 1” holds only if every f is 1. The old "
                        "memory goes through f at each step")
def additive_means_one(f):
    return np.ones((len(f) + 1, f.shape[1]))


@memory_gradient.mutant("each row holds the gate of one step only. The chain rule multiplies *all* steps from t to T")
def one_step_only(f):
    return np.concatenate([f, np.ones((1, f.shape[1]))])


@memory_gradient.mutant("the gates are added up. Along a chain, slopes are multiplied")
def sum_of_gates(f):
    return np.cumsum(np.concatenate([np.ones((1, f.shape[1])), f[::-1]]), axis=0)[::-1]


@memory_gradient.mutant("this is the mean of the gates raised to a power. Each step has its own f; their product is "
                        "wanted, and a single f near 0 makes it 0")
def power_of_the_mean(f):
    return np.stack([f.mean(axis=0) ** k for k in range(len(f), -1, -1)])


@memory_gradient.mutant("one gate is missing: row t has to hold f[t] as well, since f[t] leads from c_t to c_{t+1}. "
                        "In your answer the last two rows are 1")
def one_gate_late(f):
    return np.concatenate([memory_gradient.reference(f)[1:], np.ones((1, f.shape[1]))])


@memory_gradient.mutant("one row is missing: T steps lie between T + 1 memories c_0 … c_T, and ∂c_T/∂c_T = 1 belongs "
                        "to the answer")
def without_the_last_row(f):
    return memory_gradient.reference(f)[:-1]


@memory_gradient.mutant("only ∂c_T/∂c_0 comes back: one row for each t = 0 … T is wanted")
def only_the_first_row(f):
    return np.prod(f, axis=0)


@memory_gradient.mutant("the product runs over 1 − f: f is the share that is kept, so it is f that multiplies")
def product_of_what_is_lost(f):
    return memory_gradient.reference(1 - f)


# ---------------------------------------------------------------------- 4. store at the flag, ignore the rest

def flagged_sequences(steps, sequences, rng):
    """-> x, flag (T,B) and c0 (B,): numbers of both signs between 0.2 and 1; one to three flags a sequence."""
    def numbers(*shape):
        return rng.uniform(0.2, 1, shape) * rng.choice([-1.0, 1.0], shape)
    x, c0 = numbers(steps, sequences), numbers(sequences)
    count = rng.integers(1, 4, sequences)
    flag = (rng.random((steps, sequences)).argsort(axis=0) < count).astype(float)
    return x, flag, c0


def store_cases(rng):
    """Five steps by hand, then 50 random sequences."""
    yield "x = 0.3, 0.8, −0.5, 0.4, −0.6 with one flag at 0.8 (memory at first 0.2), and a second sequence", {
        "x": np.array([[0.3, 0.7], [0.8, 0.6], [-0.5, 0.9], [0.4, 0.2], [-0.6, -0.4]]),
        "flag": np.array([[0.0, 1], [1, 0], [0, 0], [0, 1], [0, 0]]), "c0": np.array([0.2, -0.3])}
    x, flag, c0 = flagged_sequences(20, 50, rng)
    yield "50 random sequences (T = 20, one to three flags in each)", {"x": x, "flag": flag, "c0": c0}


def run_gates(x, flag, c0, f, i):
    """The gated memory over a sequence; f and i are functions of the flag (B,)."""
    c, memory = c0, []
    for x_t, flag_t in zip(x, flag, strict=True):
        c = f(flag_t) * c + i(flag_t) * x_t
        memory.append(c)
    return np.stack(memory)


@exercise(
    cases=store_cases, outputs=Output("memory", "T B"), rtol=0.01,
    correct="50 random sequences, every step within 1 %: you have written a memory with gates by hand.",
    hints=("There are two kinds of steps, with a flag (1) and without (0). What has to happen to the old memory in "
           "each? And to the input?",
           "With a flag: nothing of the old memory, all of the input. Without: all of the old memory, nothing of the "
           "input. Write f and i for both kinds, then as formulas in flag_t.",
           "f has to be 0 where the flag is 1 and 1 where it is 0: f = 1 - flag_t. And i?"))
def store(x, flag, c0):
    """x, flag (T,B), c0 (B,) -> the memory after each step (T,B): the x that stood at the last flag so far"""
    return run_gates(x, flag, c0, lambda flag: 1 - flag, lambda flag: flag)


def _store_mutant(name, message, f, i):
    """Declare a wrong pair of gates."""
    def wrong_gates(x, flag, c0):
        return run_gates(x, flag, c0, f, i)
    wrong_gates.__name__ = name
    store.mutant(message)(wrong_gates)


_store_mutant("i_always_1", "i is always 1: every input is added to the memory, the distractors too. Open i at the "
              "flag only", lambda flag: 1 - flag, np.ones_like)
_store_mutant("both_always_1", "f = 1 and i = 1 at every step: that is rule (b), which adds up everything that "
              "arrives", np.ones_like, np.ones_like)
_store_mutant("f_stays_1_at_the_flag", "f = 0 at the flag is forgotten: the new number is added to the old memory "
              "instead of replacing it", np.ones_like, lambda flag: flag)
_store_mutant("swapped_gates", "the gates are the wrong way round: yours erases at every step without a flag, and "
              "keeps the old memory at the flag", lambda flag: flag, lambda flag: 1 - flag)
_store_mutant("f_like_i", "f opens at the flag, together with i. But without a flag f = 0 erases the memory: f = 1 "
              "means keep", lambda flag: flag, lambda flag: flag)
_store_mutant("f_always_0", "f is always 0: nothing survives a single step. f = 0 erases, f = 1 keeps",
              np.zeros_like, lambda flag: flag)
_store_mutant("i_always_0", "i is always 0: nothing is ever written", lambda flag: 1 - flag, np.zeros_like)
_store_mutant("never_touched", "f = 1 and i = 0 at every step: the memory is kept, but nothing is ever written to it",
              np.ones_like, np.zeros_like)
_store_mutant("last_input", "f = 0 and i = 1 at every step: that is a copy of the last input, not a memory",
              np.zeros_like, np.ones_like)
_store_mutant("ignores_the_flagged", "i opens where there is *no* flag, so the distractors are written and the "
              "flagged number is not", lambda flag: 1 - flag, lambda flag: 1 - flag)
_store_mutant("half_open", "the gates stand at ½ (σ(0) = ½): half of the memory is lost at each step, and half of "
              "each distractor comes in", lambda flag: np.full_like(flag, 0.5), lambda flag: np.full_like(flag, 0.5))
_store_mutant("flag_at_0_only", "f is 0 at the flag but 0.9 elsewhere: a little is lost at each step, and after 20 "
              "steps 0.9²⁰ = 0.122 is left. Keep means f = 1", lambda flag: 0.9 * (1 - flag), lambda flag: flag)
