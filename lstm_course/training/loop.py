"""Training: show a model a batch, take the loss and its slopes, let an optimizer improve it; again and again.

    model = Model([LSTM(2, 32, rng=0), Last(), Linear(32, 1, rng=1)])
    history = fit(model, (x, targets), mean_squared_error, Adam(1e-2), epochs=10, batch_size=50, rng=0)
    predictions = model.predict(x)

`fit` is a loop over `steps`, which hands over after every update; whoever wants to watch loops himself:

    for now in steps(model, (x, targets), mean_squared_error, Adam(1e-2), updates=500, rng=0):
        print(now.number, now.loss, now.grad_norm)
"""

import itertools
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

from lstm_course.networks.model import Model, demand_finite
from lstm_course.networks.validation import check_rng, check_size
from lstm_course.training.batches import Batch, Data, windows
from lstm_course.training.optimizers import Arrays, clip_by_norm, global_norm

Loss = Callable[..., tuple[float, np.ndarray]]          # (predictions, targets[, mask]) -> loss, its slope
Rng = np.random.Generator | int | None


class Updater(Protocol):
    """What trains: an optimizer, or anything else that changes parameters in place."""

    def update(self, parameters: Arrays, grads: Arrays) -> None:
        """One update of every parameter that has a gradient."""


@dataclass
class History:
    """What happened.

    losses and grad_norms (before clipping): one an update; metrics: name -> values, taken after the updates
    in measured_at; interrupted: by hand; stopped: early, because `stop` said so.
    """

    losses: list[float] = field(default_factory=list)
    grad_norms: list[float] = field(default_factory=list)
    metrics: dict[str, list] = field(default_factory=dict)
    measured_at: list[int] = field(default_factory=list)
    interrupted: bool = False
    stopped: bool = False

    def __repr__(self) -> str:
        end = "interrupted" if self.interrupted else "stopped early" if self.stopped else "complete"
        last = f", loss {self.losses[-1]:.4g}" if self.losses else ""
        return f"History: {len(self.losses)} updates, {end}{last}"


class Step(NamedTuple):
    """One update: its number (1, 2, …) of at most `total`, the loss before it, the norm of the gradient before it is
    clipped, and the history up to here.
    """

    number: int
    total: int
    loss: float
    grad_norm: float
    history: History


def fit(model: Any, data: Data, loss: Loss, optimizer: Updater, *, epochs: int | None = None,
        updates: int | None = None, batch_size: int | None = None, truncate: int | None = None,
        clip_norm: float | None = None, freeze: str | Collection[str] = (),
        metrics: Mapping[str, Callable[[Model], Any]] | None = None, every: int = 100,
        stop: float | Callable[[History], bool] | None = None, rng: Rng = None, progress: bool = False) -> History:
    """Train `model` in place -> History. Ctrl-C or the stop button ends it and keeps what was learned.

    What is trained, on what, and how:

    model       a Model, a layer or a list of layers
    data        (x, targets), (x, targets, lengths) or (x, targets, lengths, mask), as in `Batch`; or a function
                rng -> such a tuple, called for a fresh batch each time
    loss        (predictions, targets[, mask]) -> (loss, grad), as in `losses`; called with a mask only if
                there is one. With lengths and one output a step, padding is masked
    optimizer   what turns gradients into updates, as in `optimizers`
    clip_norm   shorten the gradient to this global norm (`optimizers.clip_by_norm`)
    freeze      names of parameters to leave alone, such as ("0.b",)

    How long, in which pieces:

    epochs      how often to go through the data, or
    updates     how many updates to make in all
    batch_size  sequences in a batch, cut from the data along B (along axis 0 if no layer is recurrent) in a new
                random order every epoch; None takes all at once
    truncate    k: truncated backpropagation through time (Williams & Peng 1990). Sequences are cut into
                windows of k steps with one update each; the state is carried on to the next window, the
                gradient is cut. After `Last` the loss comes at the end: only the last k steps get a gradient
    rng         a seed or a generator, for the order and for the fresh batches

    What is watched:

    metrics     dict name -> function(model) -> number, called after each `every` updates
    stop        a number: end when the mean loss of the last `every` updates is below it; or a function
                history -> bool, asked after each `every` updates
    progress    show a progress bar

    Raises FloatingPointError if the loss or the gradient becomes NaN or infinite: the parameters are then those of
    the last finite loss, and the error's attribute `history` has the history so far. Raises ValueError or TypeError
    if arguments do not fit together.
    """
    measures, every = dict(metrics or {}), check_size("every", every)
    history = History(metrics={name: [] for name in measures})
    bar = _ProgressBar(progress)
    try:
        for now in steps(model, data, loss, optimizer, epochs=epochs, updates=updates, batch_size=batch_size,
                         truncate=truncate, clip_norm=clip_norm, freeze=freeze, rng=rng, history=history):
            bar.show(now)
            if now.number % every == 0 and _measure(_as_model(model), history, measures, every, stop):
                history.stopped = True
                break
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        bar.close()
    return history


def steps(model: Any, data: Data, loss: Loss, optimizer: Updater, *, epochs: int | None = None,
          updates: int | None = None, batch_size: int | None = None, truncate: int | None = None,
          clip_norm: float | None = None, freeze: str | Collection[str] = (), rng: Rng = None,
          history: History | None = None) -> Iterator[Step]:
    """Train `model` in place, update by update: yields a `Step` after each. Arguments and errors are those of `fit`.

    The loop may be left after any update: what was learned until then stays. Ctrl-C during an update ends the loop
    after it, with `history.interrupted`; in the body of the loop it is the usual KeyboardInterrupt.

    history     where to note what happens; a new one if None
    """
    model, history = _as_model(model), History() if history is None else history
    parameters = _trained(model, freeze)
    batches, total = windows(model, data, epochs, updates, batch_size, truncate, check_rng(rng))
    return _run(model, batches, total, loss, optimizer, parameters, clip_norm, history)


def _run(model, batches, total, loss, optimizer, parameters, clip_norm, history):
    state = before = None
    try:
        for number, (lead_in, batch, fresh) in enumerate(itertools.islice(batches, total), 1):
            state = None if fresh else state
            try:
                value, grads, norm, state = _slopes(model, loss, lead_in, batch, state, parameters)
            except FloatingPointError as error:
                raise _diverged(error, history, parameters, before) from None
            with _ctrl_c_waits():
                if clip_norm is not None:
                    clip_by_norm(grads, clip_norm)
                before = _update(optimizer, parameters, grads)
                history.losses.append(value)
                history.grad_norms.append(norm)
            yield Step(number, total, value, norm, history)
    except KeyboardInterrupt:
        history.interrupted = True


def _slopes(model: Model, loss: Loss, lead_in: Any, batch: Batch, state: Any, parameters: Arrays):
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


def _update(optimizer: Updater, parameters: Arrays, grads: Arrays) -> Arrays:
    """One update, done wholly or not at all -> the parameters as they were before, copied"""
    before = {name: array.copy() for name, array in parameters.items()}
    try:
        optimizer.update(parameters, grads)
    except BaseException:
        _restore(parameters, before)
        raise
    return before


def _restore(parameters: Arrays, values: Arrays) -> None:
    for name, array in parameters.items():
        array[...] = values[name]


def _measure(model, history, metrics, every, stop) -> bool:
    """Take the metrics -> whether to stop"""
    for name, metric in metrics.items():
        history.metrics[name].append(metric(model))
    history.measured_at.append(len(history.losses))
    if stop is None or callable(stop):
        return bool(stop and stop(history))
    return float(np.mean(history.losses[-every:])) < stop


# -------------------------------------------------------------------------------- small helpers


def _as_model(model: Any) -> Model:
    return model if isinstance(model, Model) else Model(model)


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


class _ProgressBar:
    """tqdm's, if wanted; it appears after the first update."""

    def __init__(self, wanted: bool):
        self.wanted: bool = wanted
        self.bar: Any = None

    def show(self, now: Step) -> None:
        if not self.wanted:
            return
        if self.bar is None:
            from tqdm.auto import tqdm
            self.bar = tqdm(total=now.total, unit="update")
        self.bar.set_postfix(loss=f"{now.loss:.4g}", refresh=False)
        self.bar.update()

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
