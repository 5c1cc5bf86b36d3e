"""Lesson 01, a network with a memory: the exercises and the quiz."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import CodeExercise, exercise, value
from lstm_course.networks import cells

SIZES = (5, 3, 2, 4), (3, 2, 5, 4)          # T, B, I, H: all different, and none of them 1


def parameters(rng, I, H):
    """Random W, U and b."""
    return {"W": rng.standard_normal((I, H)), "U": rng.standard_normal((H, H)) / 2, "b": rng.standard_normal(H) / 2}


# -------------------------------------------------------------------------------------- 1. one step

def step_cases(rng):
    """Three steps from the state 0, then one of other sizes from another state; all numbers are random."""
    for (_, B, I, H), steps in zip(SIZES, (3, 1), strict=True):
        given = parameters(rng, I, H)
        h = np.zeros((B, H)) if steps > 1 else rng.uniform(-0.9, 0.9, (B, H))
        for t in range(1, steps + 1):
            arguments = {"x": rng.standard_normal((B, I)), "h": h} | given
            name = "a step" if steps == 1 else f"step {t}, from h = 0" if t == 1 else f"step {t}"
            yield f"{name} (B = {B}, I = {I}, H = {H})", arguments
            h = cells.rnn_step(arguments["x"], h, **given)


@exercise(
    cases=step_cases, outputs=Output("h", "B H"),
    correct="All steps agree, for batches of three and of two sequences.",
    hints=("The new state is tanh of a sum of three terms. Which one comes from now, which one from before, "
           "and which one is always the same?",
           "Rows are samples, so the arrays stand on the left of their matrices: x @ W has shape (B, H). "
           "What has to be multiplied by U to get the same shape?",
           "One line: return np.tanh(x @ W + h @ … + …)"))
def rnn_step(x, h, W, U, b):
    """The new state h' = tanh(x W + h U + b): x (B,I), h (B,H), W (I,H), U (H,H), b (H,) -> (B,H)"""
    return cells.rnn_step(x, h, W, U, b)


@rnn_step.quantities
def on_the_way(x, h, W, U, b):
    return {"x @ W": x @ W, "h @ U": h @ U, "z": x @ W + h @ U + b}


@rnn_step.mutant("U @ h puts U on the wrong side. Rows are samples here: h is (B, H), so write h @ U")
def u_on_the_left(x, h, W, U, b):
    return np.tanh(x @ W + U @ h + b)


@rnn_step.mutant("U is transposed: step 1 agrees, step 2 does not (h = 0 hides it in step 1). Look at the "
                 "side U is on: h @ U, not h @ U.T")
def u_transposed(x, h, W, U, b):
    return np.tanh(x @ W + h @ U.T + b)


@rnn_step.mutant("tanh is missing: yours is the sum that should go into tanh. A state can never leave -1 to 1")
def no_tanh(x, h, W, U, b):
    return x @ W + h @ U + b


@rnn_step.mutant("the bias b is missing: add it to the sum inside tanh")
def no_bias(x, h, W, U, b):
    return np.tanh(x @ W + h @ U)


@rnn_step.mutant("the network forgets: the term h @ U is missing, so the new state knows the present input "
                 "only. Step 1 cannot show it, because h = 0 there")
def forgets_the_state(x, h, W, U, b):
    return np.tanh(x @ W + b)


@rnn_step.mutant("the input is missing: add x @ W inside tanh, else the network is deaf to what comes in")
def ignores_the_input(x, h, W, U, b):
    return np.tanh(h @ U + b) + np.zeros(x.shape[:-1] + (1,))


@rnn_step.mutant("this is σ (sigmoid) where tanh should be: your states lie between 0 and 1, those of tanh "
                 "between -1 and 1")
def sigmoid_for_tanh(x, h, W, U, b):
    return 1 / (1 + np.exp(-(x @ W + h @ U + b)))


@rnn_step.mutant("the bias is added after tanh: all three terms belong inside the brackets of tanh. A state "
                 "can never leave -1 to 1, yours can")
def bias_after_tanh(x, h, W, U, b):
    return np.tanh(x @ W + h @ U) + b


@rnn_step.mutant("tanh goes round the part with h only: it has to enclose all three terms")
def tanh_of_the_state_only(x, h, W, U, b):
    return x @ W + np.tanh(h @ U + b)


@rnn_step.mutant("tanh goes round the part with x only: it has to enclose all three terms")
def tanh_of_the_input_only(x, h, W, U, b):
    return np.tanh(x @ W + b) + h @ U


@rnn_step.mutant("the old state is added once more outside tanh: the new state is tanh(…) alone")
def adds_the_old_state(x, h, W, U, b):
    return h + np.tanh(x @ W + h @ U + b)


@rnn_step.mutant("* goes entry by entry; a matrix product is written @: x @ W and h @ U")
def entry_by_entry(x, h, W, U, b):
    return np.tanh(x * W + h * U + b)


@rnn_step.mutant("there are two tanh in yours: add up all three terms first, then take tanh once")
def two_tanhs(x, h, W, U, b):
    return np.tanh(x @ W) + np.tanh(h @ U) + b


@rnn_step.mutant("x and h have each other's matrix: W (I, H) belongs to the input x, U (H, H) to the state h")
def swapped_matrices(x, h, W, U, b):
    return np.tanh(h @ W + x @ U + b)


@rnn_step.mutant("W @ x puts W on the wrong side: rows are samples here, so x stands on the left, x @ W")
def w_on_the_left(x, h, W, U, b):
    return np.tanh(W @ x + h @ U + b)


# ------------------------------------------------------------------------------- 2. count the parameters

rnn_parameter_count = value(
    "rnn_parameter_count", 45,
    correct="3·5 in W, 5·5 in U, 5 in b: 45, for a sequence of any length.",
    wrong=[
        (40, "the bias is missing: b has one number for each unit"),
        (20, "U is missing: the state has a matrix of its own, of shape (H, H)"),
        (15, "that is W alone. U and b are learned as well"),
        (25, "that is U alone. W and b are learned as well"),
        (30, "W is missing: the input comes in through a matrix of shape (I, H)"),
        (50, "one bias vector, not two: PyTorch stores two of them, which are only ever added"),
        (48, "the bias belongs to the units, not to the inputs: b has shape (H,), which makes 5 numbers, not 8"),
        (29, "U has the shape (H, H) and W the shape (I, H): which of I and H is 5?"),
        (35, "U joins the 5 units of one step to the 5 of the next, so its shape is (5, 5)"),
        (39, "W leads from the 3 inputs to the 5 units, so its shape is (3, 5)"),
        (43, "the bias belongs to the units, not to the inputs: b has shape (H,), which makes 5 numbers, not 3"),
        (51, "you counted an output layer too; here only W, U and b are asked for"),
        (lambda n: n in (45 * 6, 45 * 7, 45 * 8), "not times the number of steps: W, U and b are the same at every "
                                           "step, so they are counted once"),
        (lambda n: n in (40 * 6, 40 * 7, 40 * 8), "the bias is missing, and nothing is counted once more for each "
                                           "step: W, U and b are shared by all steps"),
    ],
    otherwise="Write down the shapes of W, U and b for I = 3 inputs and H = 5 units, and count the numbers in each",
    hints=("Which arrays are learned? Their names stand in the formula h' = tanh(x W + h U + b).",
           "W has shape (I, H), U has shape (H, H), b has shape (H,). The state h is computed, not learned.",
           "With I = 3 and H = 5: 3·5 numbers in W, then U, then b. Add them up; the number of steps plays no part."))


# ----------------------------------------------------------------------------------- 3. the loop over time

def forward_cases(rng):
    """Random sequences from the state 0, then others of other sizes from another state."""
    for (T, B, I, H), start in zip(SIZES, (0.0, 0.9), strict=True):
        yield f"sequences from h0 {'other than' if start else '='} 0 (T = {T}, B = {B}, I = {I}, H = {H})", {
            "x": rng.standard_normal((T, B, I)), "h0": rng.uniform(-start, start, (B, H))} | parameters(rng, I, H)


def states_of(inputs, h, W, U, b):
    """The state after each of the inputs [(B,I), ...], as a list."""
    states = []
    for x in inputs:
        h = cells.rnn_step(x, h, W, U, b)
        states.append(h)
    return states


@exercise(
    cases=forward_cases, outputs=Output("states", "T B H"),
    correct="Every state of every sequence agrees, from h0 = 0 and from another state.",
    hints=("The state that one step returns is what the next step starts from. Where is it kept meanwhile?",
           "Before the loop h = h0; inside the loop h = rnn_step(x[t], h, W, U, b), and h is stored. The "
           "first axis of x is time: there are len(x) steps.",
           "Collect the states in a list with append and return np.stack(states), which has the shape (T, B, H)."))
def rnn_forward(x, h0, W, U, b):
    """An RNN over a whole sequence: x (T,B,I), h0 (B,H), W (I,H), U (H,H), b (H,) -> all states (T,B,H)"""
    return np.stack(states_of(x, h0, W, U, b))


@rnn_forward.mutant("every step starts from h0 again: is h = h0 inside the loop? Set it once, before the "
                    "loop, and let each step go on from the state of the step before")
def starts_again_from_h0(x, h0, W, U, b):
    return np.stack([cells.rnn_step(x_t, h0, W, U, b) for x_t in x])


@rnn_forward.mutant("h is set back to 0 inside the loop, so nothing is remembered: set h = h0 once, before the loop")
def starts_again_from_zero(x, h0, W, U, b):
    return starts_again_from_h0(x, np.zeros_like(h0), W, U, b)


@rnn_forward.mutant("the sequence starts from 0 instead of h0. In the first case h0 is 0, so that one cannot show it")
def ignores_h0(x, h0, W, U, b):
    return rnn_forward.reference(x, np.zeros_like(h0), W, U, b)


@rnn_forward.mutant("only the last state comes back: all T of them are wanted, so store h at every step")
def only_the_last(x, h0, W, U, b):
    return states_of(x, h0, W, U, b)[-1]


@rnn_forward.mutant("only the first state comes back: is return inside the loop? It ends the function at the "
                    "first step")
def only_the_first(x, h0, W, U, b):
    return states_of(x, h0, W, U, b)[0]


@rnn_forward.mutant("the sequence is read backwards: begin with x[0], the earliest input")
def reads_backwards(x, h0, W, U, b):
    return np.stack(states_of(x[::-1], h0, W, U, b))


@rnn_forward.mutant("x[:, t] is sequence t with all its steps. Time is the first axis: x[t] is step t of all sequences")
def batch_first(x, h0, W, U, b):
    h, states = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W + h @ U + b)
        states.append(h)
    return np.stack(states)


@rnn_forward.mutant("the states are in reversed order: states[0] is the one after the first input")
def stores_backwards(x, h0, W, U, b):
    return rnn_forward.reference(x, h0, W, U, b)[::-1]


@rnn_forward.mutant("every step gets the first input: use x[t], which changes with t, not x[0]")
def same_input(x, h0, W, U, b):
    return np.stack(states_of([x[0]] * len(x), h0, W, U, b))


@rnn_forward.mutant("the state is stored before the step instead of after it: states[0] should be the state "
                    "after x[0], yours is h0")
def stores_before_the_step(x, h0, W, U, b):
    return np.stack([h0, *states_of(x, h0, W, U, b)[:-1]])


@rnn_forward.mutant("there is one state too many: h0 is given, so only the T states after the steps are wanted")
def h0_in_front(x, h0, W, U, b):
    return np.stack([h0, *states_of(x, h0, W, U, b)])


@rnn_forward.mutant("all states are equal to the last one: the same array was stored T times and overwritten "
                    "at each step. Make a new array at each step (h = …, not h[...] = …), or store h.copy()")
def one_array_for_all(x, h0, W, U, b):
    last = only_the_last(x, h0, W, U, b)
    return np.stack([last] * len(x))


@rnn_forward.mutant("the loop counts the sequences instead of the steps: time is the first axis of x, so T "
                    "is x.shape[0]")
def counts_the_sequences(x, h0, W, U, b):
    return np.stack(states_of(x[:x.shape[1]], h0, W, U, b))


@rnn_forward.mutant("one step is missing at the end: the loop has to run over all T = len(x) steps")
def one_step_short(x, h0, W, U, b):
    return np.stack(states_of(x[:-1], h0, W, U, b))


@rnn_forward.mutant("the first input is left out: begin with t = 0 (the loop of the article has this bug)")
def skips_the_first(x, h0, W, U, b):
    return np.stack(states_of(x[1:], h0, W, U, b))


@rnn_forward.mutant("only the last state is stored: is append outside the loop? It belongs inside, so that every "
                    "step stores its state")
def stores_once(x, h0, W, U, b):
    return only_the_last(x, h0, W, U, b)[None]


@rnn_forward.mutant("the steps stand one below the other, without an axis of their own: np.stack makes a new axis "
                    "for time, np.concatenate does not")
def concatenates(x, h0, W, U, b):
    return np.concatenate(states_of(x, h0, W, U, b))


@rnn_forward.mutant("U is transposed in the step: look at the side U is on, h @ U")
def u_transposed_in_the_loop(x, h0, W, U, b):
    return rnn_forward.reference(x, h0, W, U.T, b)


# ------------------------------------------------------------------------------------------ 4. cut the wire

CUT = np.tanh(0.35) + 2 * np.tanh(0.2) + 0.1


def near(value):
    """Is a number this one, rounded to two digits?"""
    return lambda y: abs(y - value) < 6e-3


second_output_if_cut = value(
    "second_output_if_cut", CUT, tolerance=6e-3,
    correct="Without the wire only x = 0.5 counts: h = (tanh 0.35, tanh 0.2) = (0.3364, 0.1974), so y = 0.8312.",
    wrong=[
        (near(1.5067), "that is the output with the wire. Cut means that h U is left out at every step"),
        (near(1.5613), "that is the first output. The memory is gone, but the second input is 0.5, not 1"),
        (near(2.5015), "that is the second output for the inputs 1, 2. Here they are 1, 0.5"),
        (lambda y: near(0.1)(y) or near(0)(y), "x = 0.5 still comes in through W, so the state is not 0"),
        (near(0.85), "tanh is missing: 0.35 and 0.2 are the sums that go into tanh"),
        (near(np.tanh(0.35)), "that is the state of unit 1. The output is y = h₁ + 2 h₂ + 0.1"),
        (near(np.tanh(0.2)), "that is the state of unit 2. The output is y = h₁ + 2 h₂ + 0.1"),
        (near(CUT - 0.1), "the output's own bias of 0.1 is missing"),
        (near(np.tanh(0.25) + 2 * np.tanh(0.3) + 0.1), "the state's bias is missing: (0.1, -0.1) is added inside tanh"),
        (near(np.tanh(0.35) + np.tanh(0.2) + 0.1), "V = (1, 2): the second unit counts twice, in yours only once"),
        (near(2 * np.tanh(0.35) + np.tanh(0.2) + 0.1), "V = (1, 2): the second unit counts twice, not the first"),
    ],
    otherwise="Which term of h' = tanh(x W + h U + b) goes through the wire? Leave that term out, and keep the others",
    hints=("If the wire is cut, what is left of the formula h' = tanh(x W + h U + b)?",
           "h = tanh(x W + b) with x = 0.5, W = (0.5, 0.6), b = (0.1, -0.1).",
           "The sums are 0.5 · 0.5 + 0.1 and 0.5 · 0.6 - 0.1. Then y = 1 · h₁ + 2 · h₂ + 0.1."))


# ------------------------------------------------------------------- 5. a network that counts, by hand

BITS = (1.0, 0.0, 1.0, 1.0, 0.0, 1.0)


def counter_cases(rng):
    """There is one right answer, and nothing to vary."""
    yield "the three numbers", {}


def counts(W, U, b):
    """h of the relu unit after each of the bits, as text."""
    h, states = 0.0, []
    for x in BITS:
        h = max(0.0, x * W + h * U + b)
        states.append(f"{h:.4g}")
    return ", ".join(states)


class Counter(CodeExercise):
    """Three numbers, judged by what the unit does with them, so that none of them is given away."""

    def diagnose(self, function, trials):
        result = super().diagnose(function, trials)
        got = trials[0].got
        told = result.correct or any(trials[0].looks_like(mutant) for mutant in self.mutants.values())
        if told or not isinstance(got, list) or any(part.size != 1 for part in got):
            return result
        bits = ", ".join(f"{x:g}" for x in BITS)
        came = counts(*(float(np.ravel(part)[0]) for part in got))
        if came == counts(*self.reference()):
            return self.wrong_answer("your three numbers are right. Return them as numbers, not as arrays")
        return self.wrong_answer(f"with your three numbers h is {came} after the bits {bits}; it should be "
                                 f"{counts(*self.reference())}")


def counter(reference):
    """Decorator: the exercise of this reference."""
    return Counter(
        reference, counter_cases, (Output("W"), Output("U"), Output("b")),
        correct="h' = max(0, x + h): the state goes up by one for each one, and stays where it is for each zero.",
        hints=("Without an input the state has to stay as it is, whatever it is. What does this say about U and b?",
               "For x = 0: h' = max(0, h U + b) has to be h, for h = 0, 1, 2, … For x = 1: h' has to be h + 1.",
               "U = 1 and b = 0 keep the count. What must W be, so that one 1 adds 1?"))


@counter
def rnn_counter():
    """The numbers W, U, b with which h' = max(0, x W + h U + b) counts the ones among bits x"""
    return 1.0, 1.0, 0.0


@rnn_counter.mutant("U = 0 forgets: the state then knows the present bit only. A count must survive until "
                    "the next bit")
def forgets_the_count():
    return 1.0, 0.0, 0.0


@rnn_counter.mutant("b = 1 adds one at every step, so all steps are counted, ones and zeros alike")
def counts_the_steps():
    return 0.0, 1.0, 1.0


@rnn_counter.mutant("W = 1 and b = 1 together: a one counts double, and a zero counts too")
def counts_too_much():
    return 1.0, 1.0, 1.0


@rnn_counter.mutant("b = -1 takes one away at every step: a one then adds nothing, and a zero takes one off the count")
def takes_one_away():
    return 1.0, 1.0, -1.0


@rnn_counter.mutant("W = 0 is deaf: the bits never reach the state")
def deaf_counter():
    return 0.0, 1.0, 0.0


@rnn_counter.mutant("U = 2 doubles the count at every step. That reads the bits as a binary number, most "
                    "significant bit first; here they are to be counted")
def reads_a_binary_number():
    return 1.0, 2.0, 0.0
