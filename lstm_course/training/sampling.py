"""From logits to the next token: temperature, top-k, drawing, and a network that writes on its own.

    p = distribution(logits, temperature=0.8, top_k=10)     # (..., V), sums to 1
    token = draw(p, rng)
    tokens = write(model, start, 100, temperature=0.8, rng=0)
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from lstm_course.networks.functions import softmax
from lstm_course.networks.model import Model
from lstm_course.networks.validation import check_rng


def distribution(logits: np.ndarray, temperature: float = 1.0, top_k: int | None = None) -> np.ndarray:
    """softmax(z / T) over the last axis, logits (..., V) -> (..., V); all but the `top_k` likeliest get 0.

    T below 1 makes the likely likelier, T above 1 makes all more alike. Of equal logits at the border of the top k
    all stay.
    """
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature}, expected a positive number")
    V = logits.shape[-1]
    if top_k is not None:
        if top_k < 1:
            raise ValueError(f"top_k is {top_k}, expected at least 1")
        border = np.sort(logits, axis=-1)[..., -min(top_k, V), None]
        logits = np.where(logits >= border, logits, -np.inf)
    scaled = (logits - logits.max(axis=-1, keepdims=True)) / temperature
    return softmax(scaled)


def draw(p: np.ndarray, rng: np.random.Generator) -> int:
    """One number from 0 to V - 1 with the probabilities p (V,)."""
    return int(min(np.searchsorted(np.cumsum(p), rng.random() * p.sum(), side="right"), len(p) - 1))


def write(model: Model, start: Any, count: int, temperature: float = 1.0, top_k: int | None = None,
          rng: np.random.Generator | int | None = None, never: Iterable[int] = ()) -> list[int]:
    """Reads the tokens `start`, then writes `count` more, each drawn and read in its turn -> list of tokens.

    never: tokens that are not drawn, such as the unknown one.
    """
    generator, state, given = check_rng(rng), None, np.asarray(start)[:, None]
    tokens: list[int] = []
    for _ in range(count):
        trace = model.forward(given, state)
        state, logits = trace.state, trace.outputs[-1, 0].copy()
        logits[list(never)] = -np.inf
        tokens.append(draw(distribution(logits, temperature, top_k), generator))
        given = np.array([[tokens[-1]]])
    return tokens
