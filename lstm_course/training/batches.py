"""From the data to the batches that `fit` shows a model: shuffled, cut into windows, checked, padding masked."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from lstm_course.networks.model import Model
from lstm_course.networks.validation import check_size


class Batch(NamedTuple):
    """x (T,B,I) or tokens (T,B); targets (T,B,…), or (B,…) after `Last`; lengths (B,); mask (T,B) or (B,)."""

    x: Any
    targets: Any
    lengths: Any = None
    mask: Any = None


Data = tuple | list | Callable[[np.random.Generator], tuple]


def windows(model: Model, data: Data, epochs: int | None, updates: int | None, batch_size: int | None,
            truncate: int | None, rng: np.random.Generator) -> tuple[Iterator[tuple[Any, Batch, bool]], int]:
    """-> iterator of (lead-in, Batch, whether the state starts afresh), one an update; how many to take at most

    The lead-in is what only prepares the state, or None. The arguments are those of `fit`, and so are the errors.
    """
    if (epochs is None) == (updates is None):
        raise ValueError("expected one of epochs and updates, for example epochs=10")
    total = check_size("updates", updates) if epochs is None else check_size("epochs", epochs)
    if truncate is not None:
        check_size("truncate", truncate)
    if callable(data):
        if epochs is not None or batch_size is not None:
            raise ValueError("data is a function that makes the batches, expected updates instead of epochs "
                             "and no batch_size")
        make = data
        batches: Iterator[Batch] = (_checked(model, make(rng), truncate) for _ in itertools.count())
    else:
        whole = _checked(model, data, truncate)
        B = whole.x.shape[_batch_axis(model)]
        size = B if batch_size is None else min(B, check_size("batch_size", batch_size))
        batches = _shuffled(model, whole, B, size, rng)
        if epochs is not None:
            pieces = 1 if truncate is None or model.one_output else -(-len(whole.x) // truncate)
            total = epochs * -(-B // size)
            batches, total = itertools.islice(batches, total), total * pieces
    return (window for batch in batches for window in _cut(model, batch, truncate)), total


def _shuffled(model, data, B, size, rng):
    """Endless minibatches of `size` sequences, in a new order every epoch; if size = B, the data as it is"""
    while size == B:
        yield data
    while True:
        order = rng.permutation(B)
        for start in range(0, B, size):
            chosen = order[start:start + size]
            yield Batch(*(None if array is None else np.take(array, chosen, axis)
                          for array, axis in zip(data, _batch_axes(model), strict=True)))


def _cut(model, batch, k):
    """Windows of k steps: (what only prepares the state, Batch, whether the state starts afresh)"""
    if k is None or k >= len(batch.x):
        windows = [(0, batch)]
    elif model.one_output:
        windows = [(len(batch.x) - k, batch._replace(x=batch.x[-k:]))]
    else:
        windows = [(start, Batch(*(None if array is None else array[start:start + k] for array in batch)))
                   for start in range(0, len(batch.x), k)]
    done = 0
    for start, window in windows:
        if window.mask is None or np.any(window.mask):              # without anything to learn: no update
            yield batch.x[done:start] if done < start else None, window, done == 0
            done = start + len(window.x)


def _batch_axis(model):
    return 1 if model.recurrent else 0


def _batch_axes(model):
    """The axis of the batch in x, targets, lengths, mask"""
    axis = _batch_axis(model)
    of_targets = 0 if model.one_output else axis
    return axis, of_targets, 0, of_targets


def _checked(model, data, truncate):
    """A Batch of arrays that fit together, padding masked"""
    if not isinstance(data, tuple | list) or not 2 <= len(data) <= 4:
        raise TypeError("data is no tuple, expected (x, targets), (x, targets, lengths) or "
                        "(x, targets, lengths, mask), or a function that takes rng and returns one")
    batch = Batch(*(None if array is None else np.asarray(array) for array in data))
    axes = _batch_axes(model)
    if batch.x.ndim <= axes[0]:
        raise ValueError(f"x has shape {batch.x.shape}, expected (T, B, I), or (T, B) for tokens")
    B = batch.x.shape[axes[0]]
    for name, array, axis in zip(Batch._fields, batch, axes, strict=True):
        if array is not None and (array.ndim <= axis or array.shape[axis] != B):
            raise ValueError(f"{name} has shape {array.shape}, expected {B} on axis {axis}: one for each "
                             f"sequence of x, which has shape {batch.x.shape}")
    if batch.mask is not None and not np.any(batch.mask):
        raise ValueError("mask is False everywhere, expected something to learn")
    if batch.lengths is None:
        return batch
    if truncate is not None:
        raise ValueError("lengths and truncate do not go together, expected one of them")
    if model.one_output or batch.mask is not None:
        return batch
    return batch._replace(mask=np.arange(len(batch.x))[:, None] < batch.lengths)
