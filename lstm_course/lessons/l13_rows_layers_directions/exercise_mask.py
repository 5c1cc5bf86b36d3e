"""Lesson 13: a masked loss."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise


def loss_cases(rng):
    """Errors that can be counted, then random numbers."""
    predictions, targets = np.full((3, 2), 3.0), np.zeros((3, 2))
    predictions[1:, 1] = 5.0
    yield "errors of 3 on the real steps and 5 on the padding, lengths (3, 1)", {
        "predictions": predictions, "targets": targets, "lengths": np.array([3, 1])}
    yield "random numbers (T = 6, B = 4), lengths (2, 6, 1, 4)", {
        "predictions": rng.standard_normal((6, 4)), "targets": rng.standard_normal((6, 4)),
        "lengths": np.array([2, 6, 1, 4])}


def masked(predictions, targets, lengths, *, reach=0, over=None, mask_grad=True, slope=2.0):
    """The mean square over the valid steps, and its slope; the options make the mutants."""
    valid = np.arange(len(predictions))[:, None] < lengths + reach
    over = valid.sum() if over is None else over
    error = predictions - targets
    return (error ** 2 * valid).sum() / over, slope * error * (valid if mask_grad else 1) / over


@exercise(
    cases=loss_cases, outputs=(Output("loss"), Output("grad", "T B")),
    correct="In the example every real step is off by 3, so the loss is 9, whatever stands on the padding.",
    hints=("Step t belongs to sequence b if t < lengths[b]. Only those steps count, in the sum and in the number by "
           "which you divide.",
           "valid = np.arange(T)[:, None] < lengths has shape (T, B) and is True on real steps. What is its sum?",
           "error = (predictions - targets) * valid; n = valid.sum(); the loss is (error ** 2).sum() / n, its gradient "
           "2 * error / n."))
def masked_loss(predictions, targets, lengths):
    """Mean square of the error over the real steps, and ∂loss/∂predictions: (T,B), (T,B), (B,) -> number, (T,B)"""
    return masked(predictions, targets, lengths)


masked_loss.mistakes({
    "the padding counts: nothing is masked. In the example the 5s should play no part":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, reach=len(predictions)),
    "the padding is masked, but you divide by all T · B steps: divide by the number of real ones, valid.sum(). Else "
    "more padding makes the loss smaller":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, over=predictions.size),
    "the padding is masked, but you divide by the number of steps, T: divide by the number of real steps of all "
    "sequences, valid.sum()":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, over=len(predictions)),
    "this is the sum over the real steps, and its gradient: divide both by their number, valid.sum()":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, over=1),
    "np.arange(T) has shape (T,), lengths (B,). The steps belong on axis 0: np.arange(T)[:, None] < lengths":
        lambda predictions, targets, lengths: np.arange(len(predictions)) < lengths,
    "one step of padding too many counts: step t is real if t < lengths, not <=":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, reach=1),
    "the last real step is left out: step t is real if t < lengths, so step lengths - 1 still is":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, reach=-1, over=(lengths - 1).sum()),
    "the loss is right, but its gradient is not 0 on the padding: mask it, too":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, mask_grad=False),
    "the gradient is half of what it should be: the slope of a square is 2 · error":
        lambda predictions, targets, lengths: masked(predictions, targets, lengths, slope=1.0),
})


@masked_loss.mutant("the loss is right, the gradient is not divided by the number of real steps")
def gradient_of_the_sum(predictions, targets, lengths):
    loss, grad = masked(predictions, targets, lengths)
    return loss, grad * lengths.sum()


@masked_loss.mutant("this is the mean of the sequences' means: a step of a short sequence then counts more than one of "
                    "a long sequence. Take one mean over all real steps")
def mean_of_means(predictions, targets, lengths):
    valid = np.arange(len(predictions))[:, None] < lengths
    error = (predictions - targets) * valid
    return (error ** 2 / lengths).sum() / len(lengths), 2 * error / lengths / len(lengths)


@masked_loss.mutant("the gradient has the wrong sign: it is 2 (predictions - targets) / n")
def wrong_sign(predictions, targets, lengths):
    return masked(predictions, targets, lengths, slope=-2.0)
