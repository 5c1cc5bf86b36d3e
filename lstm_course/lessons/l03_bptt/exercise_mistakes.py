"""The known wrong answers of `rnn_backward` in lesson 03, each with what it looks like."""

import numpy as np

from lstm_course.lessons.l03_bptt.exercise_backward import backward, rnn_backward, states_before, walk
from lstm_course.networks.functions import sigmoid_slope


def wrong(message):
    """Decorator: a function of the arguments -> the options of `backward`, or the three gradients themselves."""
    def declare(options):
        def answer(x, h0, states, grad_outputs, W, U):
            found = options(x, h0, states, grad_outputs, W, U)
            return backward(x, h0, states, grad_outputs, W, U, **found) if isinstance(found, dict) else found
        answer.__name__ = options.__name__
        rnn_backward.mutant(message)(answer)
        return options
    return declare


# ---- the way back through time

@wrong("the future is missing: h_t also reaches the loss through h_{t+1}, so delta @ U.T of the step after has to be "
       "added to grad_outputs[t]")
def no_future(x, h0, states, grad_outputs, W, U):
    return {"road": 0 * U}


@wrong("U is not transposed on the way back: forward it was h @ U, so backward it is delta @ U.T. With one unit both "
       "are the same")
def untransposed(x, h0, states, grad_outputs, W, U):
    return {"road": U}


@wrong("the future is subtracted: direct part and future are changes of the same loss, so they add")
def subtracts_the_future(x, h0, states, grad_outputs, W, U):
    return {"road": -U.T}


@wrong("W stands where U belongs: from step to step the state went through U, so its gradient comes back through U.T")
def w_for_u(x, h0, states, grad_outputs, W, U):
    return {"road": W.T}


@wrong("only the direct part of the next step is handed on: carry the whole delta, which also holds the future of that "
       "step")
def next_step_only(x, h0, states, grad_outputs, W, U):
    rounds = reversed(range(len(x)))
    return {"carry": lambda delta, grad_h, slope: grad_outputs[next(rounds)] * slope}


@wrong("only the direct part of the next step is handed on, and without its slope: carry the whole delta of that step")
def next_direct_part_only(x, h0, states, grad_outputs, W, U):
    rounds = reversed(range(len(x)))
    return {"carry": lambda delta, grad_h, slope: grad_outputs[next(rounds)]}


@wrong("the direct part is handed on twice: delta holds it already, so carry delta alone through U.T")
def direct_twice(x, h0, states, grad_outputs, W, U):
    rounds = reversed(range(len(x)))
    return {"carry": lambda delta, grad_h, slope: delta + grad_outputs[next(rounds)]}


@wrong("the future grows from round to round: future = delta @ U.T is set anew in each. Only the gradients of W, U and "
       "b are added up")
def future_accumulates(x, h0, states, grad_outputs, W, U):
    carried = [0]

    def carry(delta, grad_h, slope):
        carried[0] = carried[0] + delta
        return carried[0]
    return {"carry": carry}


@wrong("the loop runs forward in time: delta of step t needs delta of step t + 1, so begin with the last step")
def forward_in_time(x, h0, states, grad_outputs, W, U):
    return {"steps": range(len(x))}


@wrong("what goes on to the step before lacks the slope: carry delta, not grad_h, through U.T")
def carries_grad_h(x, h0, states, grad_outputs, W, U):
    return {"carry": lambda delta, grad_h, slope: grad_h}


@wrong("the slope is taken twice on the way back: delta has gone through the tanh of its step already")
def slope_twice(x, h0, states, grad_outputs, W, U):
    return {"carry": lambda delta, grad_h, slope: delta * slope}


@wrong("grad_h grows from round to round: what arrives at h_t is grad_outputs[t] + future, set anew in each round. "
       "Only the gradients of W, U and b are added up")
def grad_h_accumulates(x, h0, states, grad_outputs, W, U):
    return {"arrives": lambda direct, future, last: last + direct + future}


@wrong("delta grows from round to round: it is set anew in each step. Only the gradients of W, U and b are added up")
def delta_accumulates(x, h0, states, grad_outputs, W, U):
    total = [0]

    def back(grad_h, slope, direct, future):
        total[0] = total[0] + grad_h * slope
        return total[0]
    return {"back": back}


# ---- what arrives, and the slope

@wrong("the direct part is missing: what the loss says about h_t itself, grad_outputs[t], is added to the future at "
       "every step")
def no_direct_part(x, h0, states, grad_outputs, W, U):
    return {"arrives": lambda direct, future, last: future}


@wrong("only the loss at the last step counts in yours: add grad_outputs[t] at every step")
def last_loss_only(x, h0, states, grad_outputs, W, U):
    rounds = iter(range(len(x)))
    return {"arrives": lambda direct, future, last: direct if next(rounds) == 0 else future}


@wrong("the direct part does not go through the slope in yours: first add direct part and future, then multiply the "
       "sum by the slope")
def direct_after_slope(x, h0, states, grad_outputs, W, U):
    return {"back": lambda grad_h, slope, direct, future: future * slope + direct}


@wrong("the future does not go through the slope in yours: first add direct part and future, then multiply the sum by "
       "the slope")
def future_after_slope(x, h0, states, grad_outputs, W, U):
    return {"back": lambda grad_h, slope, direct, future: direct * slope + future}


@wrong("the slope of tanh is missing: delta = grad_h * (1 - h ** 2). Without it you have the gradient of a network "
       "without tanh")
def no_slope(x, h0, states, grad_outputs, W, U):
    return {"slope": np.ones_like}


@wrong("h * (1 - h) is the slope of the sigmoid; that of tanh is 1 - h ** 2")
def slope_of_sigmoid(x, h0, states, grad_outputs, W, U):
    return {"slope": sigmoid_slope}


@wrong("tanh is taken twice: h is already the output of tanh, so its slope is 1 - h ** 2, not 1 - np.tanh(h) ** 2")
def slope_of_tanh_of_tanh(x, h0, states, grad_outputs, W, U):
    return {"slope": lambda h: 1 - np.tanh(h) ** 2}


@wrong("(1 - h) ** 2 is not 1 - h ** 2: the slope of tanh squares h alone")
def square_of_the_difference(x, h0, states, grad_outputs, W, U):
    return {"slope": lambda h: (1 - h) ** 2}


@wrong("grad_h * 1 - h ** 2 means (grad_h * 1) - h ** 2: put brackets round the slope, (1 - h ** 2)")
def no_bracket(x, h0, states, grad_outputs, W, U):
    rounds = reversed(range(len(x)))
    return {"back": lambda grad_h, slope, direct, future: grad_h - states[next(rounds)] ** 2}


@wrong("the slope is that of the state before: tanh gave h_t in step t, so it is 1 - states[t] ** 2")
def slope_one_step_early(x, h0, states, grad_outputs, W, U):
    return {"slopes_at": states_before(h0, states)}


@wrong("the states are computed again, and without b: states[t] is there, so the slope is 1 - states[t] ** 2")
def states_without_b(x, h0, states, grad_outputs, W, U):
    return {"slopes_at": np.tanh(x @ W + states_before(h0, states) @ U)}


@wrong("the slope is that of the state after: tanh gave h_t in step t, so it is 1 - states[t] ** 2")
def slope_one_step_late(x, h0, states, grad_outputs, W, U):
    return {"slopes_at": np.concatenate([states[1:], states[-1:]])}


# ---- what is multiplied with delta

@wrong("grad_U is made with h_t. In step t, U is multiplied by h_{t-1}, so h_{t-1} stands beside delta")
def h_now_for_u(x, h0, states, grad_outputs, W, U):
    return {"beside": states}


@wrong("states[t - 1] is states[-1] for t = 0, and that is the *last* state. Before the first step stands h0")
def last_state_for_h0(x, h0, states, grad_outputs, W, U):
    return {"beside": states_before(states[-1], states)}


@wrong("h0 is left out: at t = 0, U is multiplied by h0. The example cannot show it, because its h0 is 0")
def ignores_h0(x, h0, states, grad_outputs, W, U):
    return {"beside": states_before(0 * h0, states)}


@wrong("h0 stands beside delta in every step: it is the state before step 0 only. Before step t stands states[t - 1]")
def h0_everywhere(x, h0, states, grad_outputs, W, U):
    return {"beside": np.broadcast_to(h0, states.shape)}


@wrong("grad_W is made with x[t - 1]: here x[t] is the input of step t, and states[t] the state after it")
def input_before(x, h0, states, grad_outputs, W, U):
    return {"inputs": np.roll(x, 1, axis=0)}


@wrong("grad_W is transposed: forward it was x[t] @ W, so it is x[t].T @ delta, with the rows of x")
def transposed_product_for_w(x, h0, states, grad_outputs, W, U):
    grad_W, grad_U, grad_b = np.zeros_like(W), np.zeros_like(U), np.zeros(len(U))
    grad_W += grad_outputs[-1].T @ x[-1]
    return grad_W, grad_U, grad_b


@wrong("grad_h stands beside x[t] and h_prev: W, U and b act before tanh, on z_t, so delta belongs there")
def grad_h_beside(x, h0, states, grad_outputs, W, U):
    grads = walk(x, h0, states, grad_outputs, W, U)["grad_h"][::-1]
    grad_W, grad_U = (sum(a.T @ grad for a, grad in zip(beside, grads, strict=True))
                      for beside in (x, states_before(h0, states)))
    return grad_W, grad_U, backward(x, h0, states, grad_outputs, W, U)[2]


@wrong("grad_U is transposed: forward it was h_prev @ U, so it is h_prev.T @ delta, with the rows of h_prev")
def transposed_product(x, h0, states, grad_outputs, W, U):
    grad_W, grad_U, grad_b = backward(x, h0, states, grad_outputs, W, U)
    return grad_W, grad_U.T, grad_b


# ---- the sums

@wrong("\"=\" where \"+=\" should be: only the contribution of t = 0, the last one to be computed, is left. W, U and b "
       "are used at every step, so add up")
def overwrites_the_sum(x, h0, states, grad_outputs, W, U):
    return {"total": lambda parts: parts[-1]}


@wrong("the first step, t = 0, is left out: the loop must run down to 0, as reversed(range(T)) does")
def stops_at_one(x, h0, states, grad_outputs, W, U):
    return {"steps": range(len(x) - 1, 0, -1)}


@wrong("the contributions are averaged over the steps. A derivative is a sum over all the ways in which a weight acts: "
       "add, do not divide by T")
def averages(x, h0, states, grad_outputs, W, U):
    return {"total": lambda parts: sum(parts) / len(parts)}


@wrong("the contributions are averaged over the sequences: the loss is a sum over them, so add, do not divide by B")
def averages_over_sequences(x, h0, states, grad_outputs, W, U):
    return {"total": lambda parts: sum(parts) / x.shape[1]}


@wrong("grad_b is averaged over the sequences: b acts in each of them, so sum over axis 0")
def mean_for_b(x, h0, states, grad_outputs, W, U):
    return {"bias": lambda delta: delta.mean(axis=0)}


@wrong("grad_b is one mean of all numbers: each unit has a b of its own, and its parts are summed over the sequences, "
       "delta.sum(axis=0)")
def one_mean_for_b(x, h0, states, grad_outputs, W, U):
    return {"bias": lambda delta: np.full(delta.shape[1], delta.mean())}


@wrong("grad_b sums over the units as well: each unit has a b of its own, so sum over the sequences only, "
       "delta.sum(axis=0)")
def one_sum_for_b(x, h0, states, grad_outputs, W, U):
    return {"bias": lambda delta: np.full(delta.shape[1], delta.sum())}


@wrong("grad_b is not summed over the sequences: delta has a row for each of them, and b acts in all, so add "
       "delta.sum(axis=0)")
def no_sum_for_b(x, h0, states, grad_outputs, W, U):
    return {"bias": lambda delta: delta}


@wrong("grad_b is not summed over the sequences: delta, of shape (B, H), does not fit into it. Add delta.sum(axis=0)")
def no_sum_in_place(x, h0, states, grad_outputs, W, U):
    grad_b = np.zeros(len(U))
    grad_b += grad_outputs[-1]
    return U, U, grad_b


@wrong("the loop runs over the sequences: the first axis of x is time, T = len(x), and the second is B")
def loop_over_sequences(x, h0, states, grad_outputs, W, U):
    return {"steps": range(x.shape[1] - 1, -1, -1)}
