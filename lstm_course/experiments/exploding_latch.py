"""The latch over 50 steps with U too large (ρ = 1.5): which part of the training explodes, and what stops it?

Tanh RNNs of 32 units, plain gradient descent, 150 updates, 20 runs each: no clipping; all gradients clipped together to
norm 1; each number cut at 0.1; norm 1 for the recurrent layer alone, or for the output layer alone; no clipping and a
fifth of the rate for the linear output layer; no clipping and the recurrent layer frozen. Takes about 20 seconds.

Expected: without clipping 13 runs diverge; with a lower output rate, or with the recurrent layer frozen, none. More
than 99 % right with norm 1: 18, value 0.1: 19, norm 1 for the recurrent layer alone: 18, for the output layer alone: 6,
lower output rate: 2, frozen: 1. Where a gradient explodes the last digit decides, so other computers count otherwise.
"""

import numpy as np

from lstm_course.experiments.shared.side_by_side import OUTPUT, RECURRENT, SideBySide, shorten

RHO, T, UPDATES, RATE, SEEDS = 1.5, 50, 150, 0.05, tuple(range(20))
LIMIT, VALUE, LOW_RATE, DIVERGED, SHOWN = 1.0, 0.1, 0.01, 1e3, 5
WAYS = {
    "off": {},
    "norm": {"clip": "norm"},
    "value": {"clip": "value"},
    "norm, recurrent only": {"clip": "recurrent"},
    "norm, output only": {"clip": "output"},
    "output rate 0.01": {"output_rate": LOW_RATE},
    "frozen": {"freeze": RECURRENT},
}


class TwoRates:
    """Gradient descent with a rate of its own for the output layer (names 2.…)."""

    def __init__(self, output_rate=RATE):
        self.output_rate = output_rate

    def update(self, parameters, grads):
        for name, grad in grads.items():
            parameters[name][...] -= (self.output_rate if name in OUTPUT else RATE) * grad


def clip(kind, grads, norms):
    """kind: "norm" (both layers together), "recurrent" or "output" (one layer alone), "value" (each number), None"""
    if kind == "value":
        for grad in grads.values():
            np.clip(grad, -VALUE, VALUE, out=grad)
    elif kind == "norm":
        shorten(grads, tuple(grads), np.hypot(*norms), LIMIT)
    elif kind is not None:
        shorten(grads, RECURRENT if kind == "recurrent" else OUTPUT, norms[int(kind == "output")], LIMIT)


def updates(way, seeds, count=UPDATES):
    """The networks, and their training update by update: losses (S,), norms (2,S), mean ‖h_T‖² (S,)."""
    setting, networks = WAYS[way], SideBySide(RHO, seeds)
    return networks, networks.train(T, count, TwoRates(setting.get("output_rate", RATE)),
                                    lambda *given: clip(setting.get("clip"), *given), setting.get("freeze", ()))


def train(way, seeds=SEEDS, count=UPDATES):
    """-> rows (S, count, 4): loss, gradient norm of the recurrent and of the output layer, ‖h_T‖², NaN after an
    overflow; the share of right answers on new sequences (S,), 0 if it has diverged
    """
    networks, training = updates(way, seeds, count)
    rows = np.stack([[losses, *norms, size] for losses, norms, size in training]).transpose(2, 0, 1)
    final = final_loss(rows)
    return rows, np.where(final > DIVERGED, 0.0, networks.right(T))


def final_loss(rows):
    """The mean loss of the last 20 updates, infinite after an overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.nan_to_num(rows[..., -20:, 0].mean(axis=-1), nan=np.inf, posinf=np.inf)


def run(ways=tuple(WAYS), seeds=SEEDS, count=UPDATES):
    """ways (M,); final (M, seeds): mean loss of the last 20 updates, infinite after an overflow; diverged and right
    (M, seeds); rows (M, count, 4) of `train` for one seed.
    """
    runs = [train(way, seeds, count) for way in ways]
    rows = np.stack([one for one, _ in runs])
    final = final_loss(rows)
    shown = list(seeds).index(SHOWN) if SHOWN in seeds else 0
    return {"ways": np.array(ways), "final": final, "diverged": final > DIVERGED,
            "right": np.array([right for _, right in runs]), "rows": rows[:, shown]}
