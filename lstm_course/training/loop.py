"""Training: show a model a batch, take the loss and its slopes, let an optimizer improve it; again and again.

    model = Model([LSTM(2, 32, rng=0), Last(), Linear(32, 1, rng=1)])
    history = fit(model, (x, targets), mean_squared_error, Adam(1e-2), epochs=10, batch_size=50, rng=0)
    predictions = model.predict(x)
"""

import itertools
import signal
import threading
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from lstm_course.networks.validation import check_rng, check_size
from lstm_course.training.model import Last, Model, demand_finite
from lstm_course.training.optimizers import clip_by_norm, global_norm

__all__ = ["Batch", "History", "Last", "Model", "fit"]


class Batch(NamedTuple):
    """x (T,B,I) or tokens (T,B); targets (T,B,…), or (B,…) after `Last`; lengths (B,); mask (T,B) or (B,)."""

    x: Any
    targets: Any
    lengths: Any = None
    mask: Any = None


@dataclass
class History:
    """What happened.

    losses and grad_norms (before clipping): one an update; metrics: name -> values, taken after the updates
    in measured_at; interrupted: by hand; stopped: early, because `stop` said so.
    """

    losses: list = field(default_factory=list)
    grad_norms: list = field(default_factory=list)
    metrics: dict = field(default_factory=dict)
    measured_at: list = field(default_factory=list)
    interrupted: bool = False
    stopped: bool = False

    def __repr__(self):
        end = "interrupted" if self.interrupted else "stopped early" if self.stopped else "complete"
        last = f", loss {self.losses[-1]:.4g}" if self.losses else ""
        return f"History: {len(self.losses)} updates, {end}{last}"


def fit(model, data, loss, optimizer, *, epochs=None, updates=None, batch_size=None, truncate=None,
        clip_norm=None, freeze=(), metrics=None, every=100, stop=None, rng=None, progress=False):
    """Train `model` in place -> History. Ctrl-C or the stop button ends it and keeps what was learned.

    model       a Model or a list of layers
    data        (x, targets), (x, targets, lengths) or (x, targets, lengths, mask), as in `Batch`; cut into
                batches along B (along axis 0 if no layer is recurrent), in a new random order every epoch.
                Or a function rng -> such a tuple, called for a fresh batch each time
    loss        (predictions, targets[, mask]) -> (loss, grad), as in `losses`; called with a mask only if
                there is one. With lengths and one output a step, padding is masked.
    epochs      how often to go through the data, or
    updates     how many updates to make in all
    batch_size  sequences in a batch; None takes all at once
    truncate    k: truncated backpropagation through time (Williams & Peng 1990). Sequences are cut into
                windows of k steps with one update each; the state is carried on to the next window, the
                gradient is cut. After `Last` the loss comes at the end: only the last k steps get a gradient.
    clip_norm   shorten the gradient to this global norm (`optimizers.clip_by_norm`)
    freeze      names of parameters to leave alone, such as ("0.b",)
    metrics     dict name -> function(model) -> number, called after each `every` updates
    stop        a number: end when the mean loss of the last `every` updates is below it; or a function
                history -> bool, asked after each `every` updates
    progress    show a progress bar

    If the loss or the gradient becomes NaN or infinite: FloatingPointError. The parameters are then those of
    the last finite loss, and the error's attribute `history` has the history so far.
    """
    model = model if isinstance(model, Model) else Model(model)
    parameters, every = _trained(model, freeze), check_size("every", every)
    windows, total = _windows(model, data, epochs, updates, batch_size, truncate, check_rng(rng))
    history, state, before = History(metrics={name: [] for name in metrics or {}}), None, None
    try:
        with _progress_bar(total, progress) as bar:
            for lead_in, window, fresh in itertools.islice(windows, total):
                state = None if fresh else state
                try:
                    value, grads, norm, state = _slopes(model, loss, lead_in, window, state, parameters)
                except FloatingPointError as error:
                    raise _diverged(error, history, parameters, before) from None
                with _ctrl_c_waits():
                    if clip_norm is not None:
                        clip_by_norm(grads, clip_norm)
                    before = _update(optimizer, parameters, grads)
                    history.losses.append(value)
                    history.grad_norms.append(norm)
                if bar is not None:
                    bar.set_postfix(loss=f"{value:.4g}", refresh=False)
                    bar.update()
                if len(history.losses) % every == 0 and _measure(model, history, metrics or {}, every, stop):
                    history.stopped = True
                    break
    except KeyboardInterrupt:
        history.interrupted = True
    return history


def _slopes(model, loss, lead_in, batch, state, parameters):
    """One pass forward and one backward -> loss, gradients of `parameters`, their norm, final state"""
    with np.errstate(over="ignore", invalid="ignore"):              # reported below
        if lead_in is not None:
            state = model.forward(lead_in, state).state
        trace = model.forward(batch.x, state, batch.lengths)
        given = (batch.targets,) if batch.mask is None else (batch.targets, batch.mask)
        value, grad_outputs = loss(trace.outputs, *given)
        demand_finite("the loss", value)
        grads = model.backward(trace, grad_outputs).parameters
        grads = {name: grads[name] for name in parameters}
        norm = global_norm(grads)
        demand_finite("the norm of the gradient", norm)
    return float(value), grads, norm, trace.state


def _update(optimizer, parameters, grads):
    """One update, done wholly or not at all -> the parameters as they were before, copied"""
    before = {name: array.copy() for name, array in parameters.items()}
    try:
        optimizer.update(parameters, grads)
    except BaseException:
        _restore(parameters, before)
        raise
    return before


def _restore(parameters, values):
    for name, array in parameters.items():
        array[...] = values[name]


def _measure(model, history, metrics, every, stop):
    """Take the metrics -> whether to stop"""
    for name, metric in metrics.items():
        history.metrics[name].append(metric(model))
    history.measured_at.append(len(history.losses))
    if stop is None or callable(stop):
        return bool(stop and stop(history))
    return float(np.mean(history.losses[-every:])) < stop


# -------------------------------------------------------------------------------- batches and windows


def _windows(model, data, epochs, updates, batch_size, truncate, rng):
    """-> iterator of (lead-in, Batch, whether the state starts afresh), one an update; how many to take"""
    if (epochs is None) == (updates is None):
        raise ValueError("expected one of epochs and updates, for example epochs=10")
    total = check_size("updates", updates) if epochs is None else check_size("epochs", epochs)
    if truncate is not None:
        check_size("truncate", truncate)
    if callable(data):
        if epochs is not None or batch_size is not None:
            raise ValueError("data is a function that makes the batches, expected updates instead of epochs "
                             "and no batch_size")
        batches = (_checked(model, data(rng), truncate) for _ in itertools.count())
    else:
        data = _checked(model, data, truncate)
        B = data.x.shape[_batch_axis(model)]
        size = B if batch_size is None else min(B, check_size("batch_size", batch_size))
        batches = _shuffled(model, data, B, size, rng)
        if epochs is not None:
            pieces = 1 if truncate is None or model.one_output else -(-len(data.x) // truncate)
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


# -------------------------------------------------------------------------------- small helpers


def _trained(model, freeze):
    """The parameters that are not frozen"""
    parameters, frozen = model.parameters, {freeze} if isinstance(freeze, str) else set(freeze)
    if not frozen <= set(parameters):
        unknown = sorted(frozen - set(parameters))
        raise ValueError(f"freeze holds {unknown}, expected names among {list(parameters)}")
    return {name: array for name, array in parameters.items() if name not in frozen}


def _diverged(error, history, parameters, before):
    """The error to raise, after the parameters have gone back to those of the last finite loss"""
    n, kept = len(history.losses), "the parameters are unchanged"
    if before is not None:
        _restore(parameters, before)
        kept = f"the parameters are those of update {n}, whose loss was {history.losses[-1]:.4g}"
    better = FloatingPointError(f"{error} at update {n + 1}; {kept}. "
                                "Try a smaller learning rate, or clip_norm=1.0")
    better.history = history
    return better


@contextmanager
def _ctrl_c_waits():
    """Ctrl-C inside the block takes effect at its end."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is None:
        yield                                             # other threads never see Ctrl-C
        return
    pressed = []
    usual = signal.signal(signal.SIGINT, lambda *_: pressed.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if pressed:
        signal.raise_signal(signal.SIGINT)


def _progress_bar(total, show):
    if not show:
        return nullcontext()
    from tqdm.auto import tqdm
    return tqdm(total=total, unit="update")
