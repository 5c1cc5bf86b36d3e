"""The latch with truncated backpropagation: what can be learned if the gradient goes back k steps only?

Williams & Peng 1990. Over 20 and over 50 steps; k = T is the full gradient, k = 0 trains the linear layer alone, and
the network keeps its first random weights. Ten runs each, at most 400 updates. Takes about 3 minutes.

Expected: over 20 steps k = 1 solves 10 of 10 with both networks; over 50 steps the full gradient solves 9 of 10, a cut
one 1 to 3. Without any gradient into it (k = 0) the LSTM fails, the RNN over 20 steps does not.
"""

from dataclasses import replace

import numpy as np

from lstm_course.experiments.shared import races

WINDOWS = ("full", 10, 5, 1, 0)
CASES = (("LSTM b=1", 20), ("RNN", 20), ("LSTM b=1", 50))


def task_of(steps):
    return replace(races.LATCH, name=f"latch, {steps} steps", steps=steps, updates=400)


def setting(network, steps, window):
    """The arguments of `training`; the names of the recurrent layer's parameters begin with 0."""
    make_model = races.by_name(task_of(steps), network)
    if window == 0:
        recurrent = [name for name in make_model(0).parameters if name.startswith("0.")]
        return {"make_model": make_model, "freeze": recurrent}
    return {"make_model": make_model, "truncate": None if window == "full" else window}


def run(cases=CASES, windows=WINDOWS, seeds=races.SEEDS, updates=None):
    """networks, steps (M,) and windows (N,), k = T for the full gradient as text; then what `race` gives, for each case
    under its own axis: scores (M, N, seeds, …), solved and largest (M, N, seeds).
    """
    found = [races.race(task_of(steps), [setting(network, steps, k) for k in windows], seeds, updates)
             for network, steps in cases]
    names, steps = zip(*cases, strict=True)
    stacked = {name: np.stack([one[name] for one in found]) for name in ("scores", "solved", "largest")}
    return {"networks": np.array(names), "steps": np.array(steps), "windows": np.array([str(k) for k in windows]),
            "updates": found[0]["updates"], "seeds": found[0]["seeds"], **stacked}
