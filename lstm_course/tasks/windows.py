"""Two tasks for windows and memories: a blip somewhere in noise, and a lamp with two buttons."""

import numpy as np

BLIP, NOISE = 1.5 * np.sin(2 * np.pi * (np.arange(8) + 0.5) / 8), 0.4


def blip(steps, sequences, rng=None, places=None):
    """Noise, and in it at a random place 8 numbers that go up and down (target 1) or down and up (target 0).

    places (first, end): the blip begins at first or later, before end; without it, anywhere.
    -> x (T,B,1), targets (B,1); T is at least 8.
    """
    T, B, rng = steps, sequences, np.random.default_rng(rng)
    if len(BLIP) > T:
        raise ValueError(f"steps is {T}, expected at least {len(BLIP)}, the length of a blip")
    x, up = NOISE * rng.standard_normal((T, B)), rng.integers(0, 2, B)
    begin, end = places or (0, T - len(BLIP) + 1)
    at = rng.integers(begin, end, B) + np.arange(len(BLIP))[:, None]                         # (8,B)
    x[at, np.arange(B)] += BLIP[:, None] * (2 * up - 1)
    return x[:, :, None], up[:, None].astype(float)


def presses(steps, sequences, rng, pressed):
    """Two buttons of which at most one is pressed at a step, in a share `pressed` of them -> x (T,B,2) of 0 and 1."""
    shape, rng = (steps, sequences), np.random.default_rng(rng)
    some, which = rng.random(shape) < pressed, rng.integers(0, 2, shape)
    return some[..., None] * np.eye(2)[which]


def last_button(steps, sequences, rng=None, pressed=0.1):
    """Button 0 puts a lamp on, button 1 off; at first it is off -> x (T,B,2), targets (T,B,1): is it on?"""
    x, on = presses(steps, sequences, rng, pressed), 0
    targets = np.zeros((*x.shape[:2], 1))
    for t, (first, second) in enumerate(np.moveaxis(x, 2, 1)):
        on = targets[t, :, 0] = np.where(first + second > 0, first, on)
    return x, targets


def switch(steps, sequences, rng=None, pressed=0.3):
    """Either button changes the lamp: on, off, on, … -> x (T,B,2), targets (T,B,1): is it on? (the running parity)"""
    x = presses(steps, sequences, rng, pressed)
    return x, x.sum(axis=2, keepdims=True).cumsum(axis=0) % 2
