"""Losses: how wrong a prediction is, as one number, and that number's slope with respect to the prediction.

Each function takes `(predictions, targets, mask=None)` and returns `(loss, grad)`: a Python float, and
∂loss/∂predictions with the shape and dtype of `predictions`. All three average, as PyTorch's
`reduction="mean"` does. Leading axes are free: (B, O) for one answer a sequence, (T, B, O) for one a step.

`mask` says what counts (padding does not): True or 1 where an entry is real. It has the shape of the leading
axes, such as (T, B), or for the two elementwise losses that of the predictions. The mean is then taken over
the entries that count, the slope elsewhere is 0, and targets elsewhere may hold any value.
"""

from typing import Any

import numpy as np

from lstm_course.networks.functions import sigmoid
from lstm_course.networks.validation import check_finite, check_float


def mean_squared_error(predictions: np.ndarray, targets: Any, mask: Any = None) -> tuple[float, np.ndarray]:
    """Mean of (p − t)²; slope 2 (p − t) / n. predictions and targets (..., O) alike. (`torch.nn.MSELoss`)"""
    predictions, targets, counts, n = _elementwise(predictions, targets, mask)
    error = np.where(counts, predictions - targets, 0)
    return float(np.square(error).sum() / n), error * (2 / n)


def binary_cross_entropy(predictions: np.ndarray, targets: Any, mask: Any = None) -> tuple[float, np.ndarray]:
    """Mean of −t log σ(z) − (1 − t) log(1 − σ(z)) for logits z; slope (σ(z) − t) / n.

    predictions (..., O) are the logits z, *before* the sigmoid; targets (..., O) lie in 0 … 1. Computed as
    max(z, 0) − z t + log(1 + e^−|z|), which is the same and never overflows (`torch.nn.BCEWithLogitsLoss`;
    Bishop, *Pattern Recognition and Machine Learning*, 2006, eq. 4.90, and 4.91 for the slope).
    """
    z, t, counts, n = _elementwise(predictions, targets, mask)
    if not np.all((t >= 0) & (t <= 1)):
        raise ValueError(f"targets hold {_first(t, (t < 0) | (t > 1))}, expected numbers from 0 to 1")
    losses = np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))
    return float(np.where(counts, losses, 0).sum() / n), np.where(counts, sigmoid(z) - t, 0) * (1 / n)


def softmax_cross_entropy(predictions: np.ndarray, targets: Any, mask: Any = None) -> tuple[float, np.ndarray]:
    """Mean of −log softmax(z)[k] for logits z and the right class k; slope (softmax(z) − one-hot(k)) / n.

    predictions (..., K) are the logits z; targets (...) the right classes, integers from 0 to K − 1. The
    largest logit is subtracted first: softmax(z) = softmax(z − max z), and no exponential overflows
    (`torch.nn.CrossEntropyLoss`; Bishop 2006, eq. 4.108, and 4.109 for the slope).
    """
    z = predictions
    _check("predictions", z)
    if z.ndim < 1 or z.shape[-1] < 1:
        raise ValueError(f"predictions have shape {z.shape}, expected (..., K) with one logit for each class")
    leading, classes = z.shape[:-1], z.shape[-1]
    counts = _mask(mask, leading, leading)
    n = _count(counts)
    k = np.where(counts, _classes(targets, leading, classes, counts), 0)[..., None]
    shifted = z - z.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=-1, keepdims=True)
    losses = (np.log(total) - np.take_along_axis(shifted, k, axis=-1))[..., 0]
    grad = exponentials / total
    np.put_along_axis(grad, k, np.take_along_axis(grad, k, axis=-1) - 1, axis=-1)
    return float(np.where(counts, losses, 0).sum() / n), np.where(counts[..., None], grad, 0) * (1 / n)


# -------------------------------------------------------------------------------- input checks

def _check(name, value):
    check_float(name, value)
    check_finite(name, value)


def _elementwise(predictions, targets, mask):
    """-> predictions, targets (both of one shape and dtype), what counts (same shape), how many count"""
    _check("predictions", predictions)
    targets = np.asarray(targets)
    if targets.dtype.kind not in "fiub":
        raise TypeError(f"targets has dtype {targets.dtype}, expected numbers")
    if targets.shape != predictions.shape:
        raise ValueError(f"targets has shape {targets.shape}, "
                         f"expected that of predictions, {predictions.shape}")
    counts = _mask(mask, predictions.shape[:-1], predictions.shape)
    targets = np.where(counts, targets, 0).astype(predictions.dtype)
    check_finite("targets", targets)
    return predictions, targets, counts, _count(counts)


def _mask(mask, leading, full):
    """-> bool array of shape `full`, from None, a mask of the leading axes or a mask of the full shape"""
    if mask is None:
        return np.ones(full, dtype=bool)
    mask = np.asarray(mask)
    if mask.dtype.kind not in "bfiu" or not np.all((mask == 0) | (mask == 1)):
        raise ValueError("mask holds other things than True and False (or 1 and 0)")
    if mask.shape == leading and leading != full:
        mask = np.broadcast_to(mask[..., None], full)
    if mask.shape != full:
        either = f"{leading} or {full}" if leading != full else f"{full}"
        raise ValueError(f"mask has shape {mask.shape}, expected {either}")
    return mask.astype(bool)


def _count(counts):
    n = int(np.count_nonzero(counts))
    if n == 0:
        why = "mask is False everywhere" if counts.size else "predictions are empty"
        raise ValueError(f"{why}: nothing to average over")
    return n


def _classes(targets, leading, classes, counts):
    targets = np.asarray(targets)
    if targets.dtype.kind not in "iu":
        raise TypeError(f"targets has dtype {targets.dtype}, expected whole numbers, the right classes")
    if targets.shape != leading:
        raise ValueError(f"targets has shape {targets.shape}, "
                         f"expected {leading}, one class for each row of logits")
    wrong = counts & ((targets < 0) | (targets >= classes))
    if wrong.any():
        raise ValueError(f"targets hold {_first(targets, wrong)}, expected classes from 0 to {classes - 1}")
    return targets


def _first(array, where):
    """'7 at index (3, 0)': the first entry that `where` marks"""
    index = tuple(map(int, np.argwhere(where)[0]))
    return f"{array[index]} at index {index}"
