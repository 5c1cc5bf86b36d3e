"""Lesson 09, the carousel: the exercise of the part *Truncation*."""

import numpy as np

from lstm_course import LSTM
from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise


def tbptt_cases(rng):
    """Two whole windows, then three windows of which the last is short; states that are not 0."""
    for title, T, B, I, H, k in (("two windows of 4 steps (T = 8, B = 3, I = 1, H = 5)", 8, 3, 1, 5, 4),
                                 ("windows of 3 steps, the last one of 2 (T = 8, B = 5, I = 2, H = 4)", 8, 5, 2, 4, 3)):
        layer = LSTM(I, H, rng=rng)
        layer.parameters["U"][...] *= 1.5
        state = tuple(rng.uniform(0.2, 0.8, (2, B, H)) * rng.choice([-1.0, 1.0], (2, B, H)))
        yield title, {"layer": layer, "x": rng.standard_normal((T, B, I)), "targets": rng.standard_normal((T, B, H)),
                      "k": k, "state": state}


@exercise(
    cases=tbptt_cases, outputs=Output("grads", "N H C", blocks=("i", "f", "g", "o")),
    correct="The state went on, the gradient did not: the memory is not cut, the credit reaches at most k steps back.",
    hints=("What does a window need from the one before it? And what does it give back to it? Forward: the state. "
           "Backward: nothing.",
           "trace.state is the state at the end of a window. Give it to the next layer.forward(…, state). For the "
           "gradient call layer.backward(trace, outputs − targets) and nothing else.",
           "In the loop: trace = layer.forward(x[start:start + k], state); back = layer.backward(trace, trace.outputs "
           "− targets[start:start + k]); grads.append(back.parameters[\"U\"]); state = trace.state."))
def truncated_gradients(layer, x, targets, k, state):
    """Windows of k steps -> the gradient of U in each (N,H,4H); loss ½ Σ (h − target)²; the state is carried on"""
    return _windows(layer, x, targets, k, state, lambda old, new: new)


def _windows(layer, x, targets, k, state, carry, error=lambda h, target: h - target, starts=None):
    """The gradient of each window; carry(state, its last state) is what the next window begins with."""
    grads = []
    for start in range(0, len(x), k) if starts is None else starts:
        trace = layer.forward(x[start:start + k], state)
        back = layer.backward(trace, error(trace.outputs, targets[start:start + k]))
        grads.append(back.parameters["U"])
        state = carry(state, trace.state)
    return np.stack(grads)


@truncated_gradients.quantities
def on_the_way(layer, x, targets, k, state):
    traces = []
    for start in range(0, len(x), k):
        traces.append(layer.forward(x[start:start + k], state))
        state = traces[-1].state
    return {"outputs": [trace.outputs for trace in traces], "h": [trace.state[0] for trace in traces],
            "c": [trace.state[1] for trace in traces],
            "error": [trace.outputs - targets[k * n:k * n + k] for n, trace in enumerate(traces)]}


@truncated_gradients.mutant("every window begins with the state given at the start. The memory is cut, too: carry the "
                            "state on, state = trace.state, and cut the gradient only")
def state_not_carried(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: old)


@truncated_gradients.mutant("every window but the first begins with zeros: the state is reset. Carry trace.state on, "
                            "so that the memory reaches further back than the gradient")
def state_reset(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: None)


@truncated_gradients.mutant("even the first window begins with zeros: the state that is given does not appear")
def state_ignored(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, None, lambda old, new: new)


@truncated_gradients.mutant("every window begins with zeros, the first one too: layer.forward(…) is called without a "
                            "state. It is its second argument")
def no_state_at_all(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, None, lambda old, new: None)


@truncated_gradients.mutant("only h is carried on, and c begins at 0 again. The state of an LSTM is both, (h, c), and "
                            "the long memory is c")
def cell_state_lost(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: (new[0], np.zeros_like(new[1])))


@truncated_gradients.mutant("only c is carried on, and h begins at 0 again. The gates read h: the state is (h, c)")
def hidden_state_lost(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: (np.zeros_like(new[0]), new[1]))


@truncated_gradients.mutant("h and c have changed places from one window to the next: trace.state is (h, c)")
def states_swapped(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new[::-1])


@truncated_gradients.mutant("the gradient is not cut: a window also gets what flows back from the windows after it "
                            "(grad_state). That is full backpropagation through time, added up in pieces")
def gradient_not_cut(layer, x, targets, k, state):
    traces, starts = [], range(0, len(x), k)
    for start in starts:
        traces.append(layer.forward(x[start:start + k], state))
        state = traces[-1].state
    grads, grad_state = [], None
    for start, trace in zip(reversed(starts), reversed(traces), strict=True):
        back = layer.backward(trace, trace.outputs - targets[start:start + k], grad_state)
        grad_state = back.state
        grads.append(back.parameters["U"])
    return np.stack(grads[::-1])


@truncated_gradients.mutant("the gradient is not cut: one forward pass over everything, and the loss of each window "
                            "flows back to step 0, through the windows before it. Run forward and backward window by "
                            "window")
def loss_by_windows(layer, x, targets, k, state):
    trace = layer.forward(x, state)
    errors = [np.zeros_like(trace.outputs) for _ in range(0, len(x), k)]
    for n, error in enumerate(errors):
        window = slice(k * n, k * n + k)
        error[window] = trace.outputs[window] - targets[window]
    return np.stack([layer.backward(trace, error).parameters["U"] for error in errors])


@truncated_gradients.mutant("the windows are cut along axis 1, the sequences of the batch. Time is axis 0: "
                            "x[start:start + k]")
def windows_of_sequences(layer, x, targets, k, state):
    grads = []
    for start in range(0, x.shape[1], k):
        some = slice(start, start + k)
        trace = layer.forward(x[:, some], tuple(part[some] for part in state))
        grads.append(layer.backward(trace, trace.outputs - targets[:, some]).parameters["U"])
    return np.stack(grads)


@truncated_gradients.mutant("the slope of ½ (h − target)² is h − target. The ½ is there so that no 2 is left")
def factor_two(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new, lambda h, target: 2 * (h - target))


@truncated_gradients.mutant("the error of a window has the wrong sign: the slope of ½ (h − target)² is h − target")
def sign_of_the_error(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new, lambda h, target: target - h)


@truncated_gradients.mutant("the last, shorter window is left out: start : start + k may reach beyond the end, NumPy "
                            "cuts it off. Begin a window at every k-th step")
def short_window_left_out(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new, starts=range(0, len(x) - k + 1, k))


@truncated_gradients.mutant("the error of the last step alone flows back. Each step of a window has its own loss")
def last_step_only(layer, x, targets, k, state):
    def error(h, target):
        only = np.zeros_like(h)
        only[-1] = h[-1] - target[-1]
        return only
    return _windows(layer, x, targets, k, state, lambda old, new: new, error)


@truncated_gradients.mutant("one gradient comes back, the sum over the windows. Asked are the single ones, stacked: "
                            "with truncation there is an update after each window")
def summed_up(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new).sum(axis=0)


@truncated_gradients.mutant("these are k windows. k is the length of a window: begin one at every k-th step, "
                            "range(0, len(x), k)")
def k_windows(layer, x, targets, k, state):
    grads = []
    for some, wanted in zip(np.array_split(x, k), np.array_split(targets, k), strict=True):
        trace = layer.forward(some, state)
        grads.append(layer.backward(trace, trace.outputs - wanted).parameters["U"])
        state = trace.state
    return np.stack(grads)


@truncated_gradients.mutant("a window begins at every step, so that they overlap. Begin one at every k-th step: "
                            "range(0, len(x), k)")
def overlapping(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new, starts=range(len(x) - k + 1))


@truncated_gradients.mutant("a window begins at every step up to the last, so that they overlap. Begin one at every "
                            "k-th step: range(0, len(x), k)")
def overlapping_to_the_end(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new, starts=range(len(x)))


@truncated_gradients.mutant("each gradient has those of the windows before it added. Asked is the one of its own "
                            "window")
def running_sum(layer, x, targets, k, state):
    return np.cumsum(_windows(layer, x, targets, k, state, lambda old, new: new), axis=0)


@truncated_gradients.mutant("the loss of a window is a sum over its steps, and you divide by their number. Leave the "
                            "mean out")
def mean_over_steps(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new, lambda h, target: (h - target) / len(h))


@truncated_gradients.mutant("the loss is a sum over the sequences, too, and you divide by their number. Leave the mean "
                            "out")
def mean_over_sequences(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new, lambda h, target: (h - target) / h.shape[1])


@truncated_gradients.mutant("the loss itself is sent back. layer.backward wants its derivative with respect to the "
                            "outputs: h − target")
def loss_sent_back(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new, lambda h, target: 0.5 * (h - target) ** 2)


@truncated_gradients.mutant("the outputs are sent back, and the targets do not appear. The derivative of the loss with "
                            "respect to h is h − target")
def outputs_sent_back(layer, x, targets, k, state):
    return _windows(layer, x, targets, k, state, lambda old, new: new, lambda h, target: h)


@truncated_gradients.mutant("every window gets the targets of the first one. Cut them as x is cut: "
                            "targets[start:start + k]")
def first_targets(layer, x, targets, k, state):
    return _windows(layer, x, np.concatenate([targets[:k]] * -(-len(x) // k))[:len(x)], k, state, lambda old, new: new)
