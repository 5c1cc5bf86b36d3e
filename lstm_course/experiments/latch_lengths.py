"""The latch over 5, 20 and 50 steps: which recurrent matrices let a tanh RNN learn it, and what is the cause if not?

RNNs of 32 units whose U is ρ times an orthogonal matrix; plain gradient descent, rate 0.05, clipped to norm 1, 150
updates of 8 sequences; 20 runs each. And what a sceptic would try: the recurrent layer frozen (the linear layer alone
learns), ten times the updates, Adam, and growing lengths (5, 10, 20, 35, 50: the same network, 150 updates each). A run
has learned it if more than 99 % of 500 new sequences are right; a coin has 50 %. Takes about a minute.

Expected: with ρ = 0.5 all runs learn 5 steps and none learns 20 or 50; with ρ = 1.05 all learn 5 and 20, and 18 learn
50. With growing lengths all learn 50 steps even from ρ = 0.5. Frozen, ρ = 1.05 is enough for 20 steps, but not for 50.
"""

import numpy as np

from lstm_course.experiments.shared.side_by_side import RECURRENT, SideBySide, shorten
from lstm_course.training.optimizers import SGD, Adam

RATE, ADAM_RATE, CLIP, UPDATES, SEEDS = 0.05, 0.01, 1.0, 150, tuple(range(20))
GROWING = (5, 10, 20, 35, 50)
RHOS, LENGTHS = (0.5, 0.9, 1.05), (5, 20, 50)
WAYS = {
    "as it is": {},
    "frozen": {"freeze": RECURRENT},
    "ten times the updates": {"longer": 10},
    "Adam": {"adam": True},
    "growing lengths": {"growing": True},
}
CASES = (*((way, rho, T) for way in ("as it is", "frozen") for rho in RHOS for T in LENGTHS),
         *((way, 0.5, T) for way in ("ten times the updates", "Adam", "growing lengths") for T in (20, 50)))


def clip(grads, norms):
    """To norm 1, both layers together."""
    shorten(grads, tuple(grads), np.hypot(*norms), CLIP)


def train(way, rho, T, seeds=SEEDS, updates=UPDATES):
    """-> the trained networks"""
    setting, networks = WAYS[way], SideBySide(rho, seeds)
    optimizer = Adam(ADAM_RATE) if setting.get("adam") else SGD(RATE)
    for length in [t for t in GROWING if t <= T] if setting.get("growing") else [T]:
        for _ in networks.train(length, updates * setting.get("longer", 1), optimizer, clip, setting.get("freeze", ())):
            pass
    return networks


def run(cases=CASES, seeds=SEEDS, updates=UPDATES):
    """ways, rhos, lengths (M,) and right (M, seeds), the share of right answers"""
    ways, rhos, lengths = zip(*cases, strict=True)
    right = [train(way, rho, T, seeds, updates).right(T) for way, rho, T in cases]
    return {"ways": np.array(ways), "rhos": np.array(rhos), "lengths": np.array(lengths), "right": np.array(right)}
