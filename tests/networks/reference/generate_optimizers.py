"""Trajectories of PyTorch's optimizers -> optimizers.npz. Needs PyTorch (extra `oracle`).

Keys `case|grads|name` (updates, shape), `case|start|name`, `case|values|name` (updates, shape: after each update),
`case|norms` (updates,) where gradients were clipped.
"""

from pathlib import Path

import numpy as np
import torch

UPDATES, SHAPES = 12, {"W": (3, 4), "b": (4,)}
CASES = {
    "sgd": (lambda p: torch.optim.SGD(p, lr=0.1), None),
    "momentum": (lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), None),
    "rmsprop": (lambda p: torch.optim.RMSprop(p, lr=0.01), None),
    "rmsprop_decay": (lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-3), None),
    "adam": (lambda p: torch.optim.Adam(p, lr=0.01), None),
    "adam_betas": (lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.9), eps=1e-3), None),
    "clip_norm": (lambda p: torch.optim.SGD(p, lr=0.1), lambda p: torch.nn.utils.clip_grad_norm_(p, 3.0)),
    "clip_value": (lambda p: torch.optim.SGD(p, lr=0.1), lambda p: torch.nn.utils.clip_grad_value_(p, 0.5)),
}


def run(make, clip, rng):
    start = {name: rng.standard_normal(shape) for name, shape in SHAPES.items()}
    grads = {name: rng.standard_normal((UPDATES, *shape)) for name, shape in SHAPES.items()}
    parameters = {name: torch.nn.Parameter(torch.tensor(value)) for name, value in start.items()}
    optimizer, values, norms = make(parameters.values()), {name: [] for name in SHAPES}, []
    for t in range(UPDATES):
        for name, parameter in parameters.items():
            parameter.grad = torch.tensor(grads[name][t])
        if clip is not None:
            norms.append(clip(list(parameters.values())))
        optimizer.step()
        for name, parameter in parameters.items():
            values[name].append(parameter.detach().numpy().copy())
    arrays = {f"start|{n}": v for n, v in start.items()} | {f"grads|{n}": v for n, v in grads.items()}
    arrays |= {f"values|{n}": np.array(v) for n, v in values.items()}
    return arrays | ({"norms": np.array(norms, dtype=float)} if norms and norms[0] is not None else {})


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    cases = {f"{case}|{key}": array for case, (make, clip) in CASES.items()
             for key, array in run(make, clip, rng).items()}
    np.savez_compressed(Path(__file__).with_name("optimizers.npz"), **cases)
