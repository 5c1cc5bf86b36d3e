"""Exercise 1 of lesson 01: one step of a recurrent network, and its known wrong answers."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.networks import cells

SIZES = (5, 3, 2, 4), (3, 2, 5, 4)          # T, B, I, H: all different, and none of them 1


def parameters(rng, I, H):
    """Random W, U and b; W so small that tanh is not saturated."""
    W = rng.standard_normal((I, H)) / np.sqrt(I)
    return {"W": W, "U": rng.standard_normal((H, H)) / 2, "b": rng.standard_normal(H) / 2}


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


@rnn_step.mutant("W @ x puts W on the wrong side: rows are samples here, so x and h stand on the left, x @ W and h @ U")
def w_on_the_left(x, h, W, U, b):
    return np.tanh(W @ x + h @ U + b)


@rnn_step.mutant("U @ h puts U on the wrong side. Rows are samples here: h is (B, H), so write h @ U")
def u_on_the_left(x, h, W, U, b):
    return np.tanh(x @ W + U @ h + b)


@rnn_step.mutant("U is transposed: step 1 agrees, step 2 does not (h = 0 hides it in step 1). Look at the "
                 "side U is on: h @ U, not h @ U.T; with columns, U.T @ h.T")
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


@rnn_step.mutant("b is a column in yours: as it is, with the shape (H,), it is added to every row, so write + b")
def bias_as_a_column(x, h, W, U, b):
    return np.tanh(x @ W + h @ U + b[:, None])


@rnn_step.mutant("row 0 is right and the others are not: every row gets the state of row 0. In a loop over the rows "
                 "the state of row i is h[i]")
def state_of_the_first_row(x, h, W, U, b):
    return np.tanh(x @ W + h[:1] @ U + b)


@rnn_step.mutant("every row gets the input of row 0. In a loop over the rows the input of row i is x[i]")
def input_of_the_first_row(x, h, W, U, b):
    return np.tanh(x[:1] @ W + h @ U + b)


@rnn_step.mutant("only the state of the last row comes back: in a loop over the rows each one has to be kept, "
                 "new[i] = …, and not new = …")
def only_the_last_row(x, h, W, U, b):
    return cells.rnn_step(x, h, W, U, b)[-1]


@rnn_step.mutant("only the diagonal of U is used, so that each unit hears itself alone: h @ U adds up all of them")
def each_unit_alone(x, h, W, U, b):
    return np.tanh(x @ W + h * np.diag(U) + b)


@rnn_step.mutant("b goes through U in yours, because it is added to h: only h is multiplied by U, and b is added "
                 "after that")
def bias_through_u(x, h, W, U, b):
    return np.tanh(x @ W + (h + b) @ U)
