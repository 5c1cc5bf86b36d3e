"""Exercise 2 of lesson 01: the loop over time, and its known wrong answers."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.lessons.l01_rnn.exercise_step import SIZES, parameters
from lstm_course.networks import cells


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


@rnn_forward.mutant("every step starts from h0 again: each step goes on from the state of the step before. "
                    "That takes a loop over the steps, with h = h0 once only, before it")
def starts_again_from_h0(x, h0, W, U, b):
    return np.stack([cells.rnn_step(x_t, h0, W, U, b) for x_t in x])


@rnn_forward.mutant("h is set back to 0 inside the loop, so nothing is remembered: set h = h0 once, before the loop")
def starts_again_from_zero(x, h0, W, U, b):
    return starts_again_from_h0(x, np.zeros_like(h0), W, U, b)


@rnn_forward.mutant("the sequence starts from 0 instead of h0. In the first case h0 is 0, so that one cannot show it. "
                    "If you read H[t - 1]: at t = 0 that is H[-1], the last row, which is still 0")
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


@rnn_forward.mutant("the first input is never read: range(1, len(x)) leaves x[0] out and row 0 as it was. Begin with "
                    "t = 0, from h0")
def leaves_row_0(x, h0, W, U, b):
    return np.stack([np.zeros_like(h0), *states_of(x[1:], h0, W, U, b)])


@rnn_forward.mutant("the first input is never read: states[0] is h0 in yours, and should be the state after x[0]")
def h0_for_the_first(x, h0, W, U, b):
    return np.stack([h0, *states_of(x[1:], h0, W, U, b)])


@rnn_forward.mutant("each step gets the whole of x, all T inputs at once: step t wants x[t]")
def whole_input_each_time(x, h0, W, U, b):
    return np.stack(states_of([x] * len(x), h0, W, U, b))


@rnn_forward.mutant("each step gets the whole of x, so that T states come back where one belongs: step t wants x[t]")
def whole_input_into_a_row(x, h0, W, U, b):
    states = np.zeros((*x.shape[:2], len(b)))
    for t in range(len(x)):
        h = cells.rnn_step(x, h0, W, U, b)
        states[t] = h
    return states


@rnn_forward.mutant("the sums are stored, not the states: what goes on to the next step is right, but store h, "
                    "which is tanh of the sum")
def stores_the_sums(x, h0, W, U, b):
    return np.stack([x_t @ W + h @ U + b for x_t, h in zip(x, [h0, *states_of(x, h0, W, U, b)], strict=False)])


@rnn_forward.mutant("tanh is taken once, at the end: each step needs the state of the step before, so tanh "
                    "belongs into the loop")
def tanh_at_the_end(x, h0, W, U, b):
    h, sums = h0, []
    for x_t in x:
        h = x_t @ W + h @ U + b
        sums.append(h)
    return np.tanh(np.stack(sums))


@rnn_forward.mutant("there is no tanh in your loop: the state is tanh of the sum")
def sums_only(x, h0, W, U, b):
    h, sums = h0, []
    for x_t in x:
        h = x_t @ W + h @ U + b
        sums.append(h)
    return np.stack(sums)


@rnn_forward.mutant("every row is h0: the new state is computed and not kept. Write h = … for the step's result")
def result_not_kept(x, h0, W, U, b):
    return np.stack([h0] * len(x))
