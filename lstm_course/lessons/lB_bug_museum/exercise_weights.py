"""Cards 3 and 8: four matrices from one generator, and a state that may be missing."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise

# ------------------------------------------------------------------------------------ card 3: the first weights

def weight_cases(rng):
    """Two small sizes and any seed."""
    yield "seed = 0, rows = 2, columns = 3", {"seed": 0, "rows": 2, "columns": 3}
    yield "another seed, rows = 5, columns = 4", {"seed": int(rng.integers(1, 10_000)), "rows": 5, "columns": 4}


def four(draw):
    """Four matrices, one after the other."""
    return tuple(draw(n) for n in range(4))


@exercise(
    cases=weight_cases, outputs=tuple(Output(f"W_{gate}", "N C") for gate in "gifo"),
    correct="One generator, seeded once: four matrices that differ, and the same four for the same seed.",
    hints=("How often is a generator made on the card? Each new one with seed 0 begins with the same "
           "numbers.",
           "Make one generator, before the first draw. Then draw four times from it.",
           "rng = np.random.default_rng(seed), then four times rng.uniform(-0.1, 0.1, (rows, columns)); return them in "
           "the order in which they were drawn."))
def gate_weights(seed, rows, columns):
    """W_g, W_i, W_f, W_o, each (rows, columns) and uniform in ±0.1, from one generator np.random.default_rng(seed)"""
    rng = np.random.default_rng(seed)
    return four(lambda n: rng.uniform(-0.1, 0.1, (rows, columns)))


gate_weights.mistakes({
    "all four matrices are equal: one draw stands in all four places, or the generator is seeded anew before every "
    "draw. Make it once, before the first draw, then draw four times":
        lambda seed, rows, columns: four(lambda n: np.random.default_rng(seed).uniform(-0.1, 0.1, (rows, columns))),
    "each matrix has a generator of its own, with seed, seed + 1, seed + 2, seed + 3. They differ, but the run with "
    "the next seed would get three of these four again. Take one generator for all":
        lambda seed, rows, columns: four(lambda n: np.random.default_rng(seed + n).uniform(-0.1, 0.1, (rows, columns))),
})


@gate_weights.mutant("the numbers lie between 0 and 0.1: uniform in ±0.1 begins at -0.1")
def only_positive(seed, rows, columns):
    rng = np.random.default_rng(seed)
    return four(lambda n: rng.uniform(0.0, 0.1, (rows, columns)))


@gate_weights.mutant("these are the numbers of one draw, cut into four by columns. Make four draws, each a whole "
                     "matrix (rows, columns)")
def one_draw_in_columns(seed, rows, columns):
    return tuple(np.split(np.random.default_rng(seed).uniform(-0.1, 0.1, (rows, 4 * columns)), 4, axis=1))


@gate_weights.mutant("these numbers are normally distributed. Asked are uniform ones in ±0.1: "
                     "rng.uniform(-0.1, 0.1, …)")
def normal(seed, rows, columns):
    rng = np.random.default_rng(seed)
    return four(lambda n: rng.normal(0, 0.1, (rows, columns)))


@gate_weights.mutant("the seed is not used: with seed 0 written into the function, every run starts from the same "
                     "weights")
def always_seed_zero(seed, rows, columns):
    rng = np.random.default_rng(0)
    return four(lambda n: rng.uniform(-0.1, 0.1, (rows, columns)))


@gate_weights.mutant("numbers uniform in ±1: asked is ±0.1")
def ten_times_as_large(seed, rows, columns):
    rng = np.random.default_rng(seed)
    return four(lambda n: rng.uniform(-1, 1, (rows, columns)))


@gate_weights.mutant("these are numbers of NumPy's old generator (RandomState, np.random.seed). Asked is "
                     "np.random.default_rng(seed). And what np.random.seed sets is shared: whatever else draws from it "
                     "changes your weights")
def old_generator(seed, rows, columns):
    old = np.random.RandomState(seed)                                                           # noqa: NPY002
    return four(lambda n: old.uniform(-0.1, 0.1, (rows, columns)))


@gate_weights.mutant("all four matrices are equal, and they come from NumPy's old generator, seeded before every draw. "
                     "Make one generator, np.random.default_rng(seed), before the first draw")
def seeds_the_old_one_every_time(seed, rows, columns):
    return four(lambda n: np.random.RandomState(seed).uniform(-0.1, 0.1, (rows, columns)))      # noqa: NPY002


# -------------------------------------------------------------------------------- card 8: a missing state

def start_cases(rng):
    """Two states, one of them with a 0 in it, then none."""
    yield "a state (0.5, -0.1)", {"s_prev": np.array([0.5, -0.1]), "units": 2}
    yield "a state (0.3, 0, -0.2)", {"s_prev": np.array([0.3, 0.0, -0.2]), "units": 3}
    yield "no state", {"s_prev": None, "units": 4}


@exercise(
    cases=start_cases, outputs=Output("s_prev", "H"),
    correct="None means: there is no state before the first step, so it is 0. `is` asks that, and nothing else.",
    hints=("What does `s_prev == None` give if s_prev is an array? Try it.",
           "An array compared by == gives one answer for each of its numbers. You want one answer: is this the object "
           "None?",
           "return np.zeros(units) if s_prev is None else s_prev"))
def start_state(s_prev, units):
    """s_prev (units,) as it is, or zeros (units,) if it is None"""
    return np.zeros(units) if s_prev is None else s_prev


@start_state.mutant("`==` and `not` ask every number of an array, and an `if` cannot decide by several answers. Ask "
                    "for the object: `if s_prev is None`")
def asks_every_number(s_prev, units):
    if s_prev == None:                                                                          # noqa: E711
        s_prev = np.zeros(units)
    return s_prev


@start_state.mutant("None == None is plain True, and True has no .all(). Ask for the object: `if s_prev is None`")
def all_of_nothing(s_prev, units):
    if (s_prev == None).all():                                                                  # noqa: E711
        s_prev = np.zeros(units)
    return s_prev


start_state.mistakes({
    "np.where looks at each number of a state, and of None it makes a single 0. Ask for the object: "
    "`if s_prev is None`":
        lambda s_prev, units: np.where(s_prev == None, 0, s_prev),                              # noqa: E711
    "the state is thrown away: only a missing one (None) is replaced by zeros": lambda s_prev, units: np.zeros(units),
    "None stays None: where there is no state, the first step needs zeros": lambda s_prev, units: s_prev,
    "a missing state becomes ones: before the first step nothing is remembered, so zeros":
        lambda s_prev, units: np.ones(units) if s_prev is None else s_prev,
    "all(…) is true only if no number of the state is 0, and a state may hold a 0. Ask `s_prev is None`":
        lambda s_prev, units: s_prev if s_prev is not None and np.all(s_prev) else np.zeros(units),
})
