"""What the explorers that train before one's eyes share: classifiers in training, and results that are kept."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lstm_course.training import Model, steps
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam


@dataclass
class LiveClassifier:
    """A network that is being trained: `model`, how far it is, and what it knows. Kept when the run is stopped."""

    name: str
    model: Model = field(repr=False)
    updates: int = 0
    seconds: float = 0.0
    losses: list = field(default_factory=list, repr=False)
    accuracies: list = field(default_factory=list)      # on the test data, after each epoch
    answers: np.ndarray | None = None                   # to the first test data, now

    @property
    def epochs(self) -> int:
        return len(self.accuracies)


def train_classifier(live: LiveClassifier, training: tuple, test: tuple, *, epochs: int, batch_size: int, rate: float,
                     seconds: float, rng: Any, every: int, asked: int) -> Iterator[tuple[float, LiveClassifier]]:
    """Adam on (x, labels): yields (share done, live) after each `every` updates and each epoch; ends after `seconds`.

    Each time the first `asked` test data are answered, after an epoch all of them.
    """
    begun, (test_x, test_labels) = time.perf_counter(), test
    per_epoch = -(-len(training[1]) // batch_size)
    for now in steps(live.model, training, softmax_cross_entropy, Adam(rate), epochs=epochs, batch_size=batch_size,
                     rng=rng):
        live.updates = now.number
        live.losses.append(now.loss)
        whole = now.number % per_epoch == 0
        if not whole and now.number % per_epoch % every:
            continue
        some = test_x if whole else test_x[:, :asked] if live.model.recurrent else test_x[:asked]
        live.answers = live.model.predict(some).argmax(axis=-1)
        if whole:
            live.accuracies.append(float((live.answers == test_labels).mean()))
        live.seconds = time.perf_counter() - begun
        yield now.number / now.total, live
        if live.seconds > seconds:
            return


def keeping(run: Callable[..., Iterator]) -> Callable[..., Iterator]:
    """A `run` for an explorer that keeps what it has trained in every setting: see `kept`."""
    found: dict = {}

    def start(**setting):
        for share, result in run(**setting):
            found[frozenset(setting.items())] = result
            yield share, dict(found)
    return start


def kept(found: dict | None, **setting: Any) -> Any:
    """What a run that is `keeping` has trained in this setting, or None."""
    return (found or {}).get(frozenset(setting.items()))
