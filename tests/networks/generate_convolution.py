"""Make tests/networks/reference/convolution.npz. Run by hand, with the extra `oracle` installed:

    python -m tests.networks.generate_convolution

Convolutions, max-pooling and a small LeNet of PyTorch, forward and backward in float64, with numbers from NumPy's
default_rng; on one thread.
"""

from pathlib import Path

import numpy as np

STORED = Path(__file__).parent / "reference" / "convolution.npz"
LAYERS = {"plain": (2, 3, 3, 0), "padded": (3, 4, 5, 2), "one": (1, 2, 1, 0)}     # channels in and out, kernel, padding


def numbers(net, x, inputs):
    """Outputs and all gradients of (outputs · random numbers)."""
    import torch
    x = torch.tensor(x, requires_grad=True)
    y = net(x)
    grad_y = inputs.standard_normal(tuple(y.shape))
    (y * torch.tensor(grad_y)).sum().backward()
    found = {"x": x, "y": y, **dict(net.named_parameters())}
    grads = {f"grad_{name}": tensor.grad.numpy() for name, tensor in found.items() if name != "y"}
    return {name: tensor.detach().numpy() for name, tensor in found.items()} | grads | {"grad_y": grad_y}


def main():
    import torch
    from torch import nn
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rng, cases = np.random.default_rng(0), {}
    for name, (channels, out, kernel, padding) in LAYERS.items():
        net = nn.Conv2d(channels, out, kernel, padding=padding, dtype=torch.float64)
        cases[name] = numbers(net, rng.standard_normal((2, channels, 6, 7)), rng)
    cases["pool2"] = numbers(nn.MaxPool2d(2), rng.standard_normal((2, 3, 6, 7)), rng)
    cases["pool3"] = numbers(nn.MaxPool2d(3), rng.integers(0, 3, (2, 2, 7, 6)).astype(float), rng)      # with ties
    small = nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(3, 4, 3), nn.ReLU(),
                          nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 5), nn.ReLU(), nn.Linear(5, 3)).double()
    cases["lenet"] = numbers(small, rng.standard_normal((3, 2, 14, 14)), rng)
    np.savez_compressed(STORED, **{f"{case}|{name}": array for case, arrays in cases.items()
                                   for name, array in arrays.items()})


if __name__ == "__main__":
    main()
