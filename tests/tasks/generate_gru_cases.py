"""Make lstm_course/tasks/data/gru_cases.npz. Run by hand, with the extra `oracle` installed:

    python -m tests.tasks.generate_gru_cases

The PyTorch case is computed here, on one thread, with numbers from NumPy's default_rng(10); the ONNX case is taken from
the tests' reference cases.
"""

from pathlib import Path

import numpy as np

from lstm_course.tasks.gru_cases import STORED

ONNX = Path(__file__).resolve().parents[1] / "networks" / "reference" / "onnx" / "cases.npz"
ONNX_NAMES = {"in|X": "x", "in|W": "W", "in|R": "R", "in|B": "B", "in|initial_h": "h0", "out|Y_ref_f64": "y"}


def torch_case(T=3, B=2, I=2, H=3):
    """A GRU of torch.nn with states that are not zero, forward and backward -> dict of arrays."""
    import torch
    torch.set_num_threads(1)
    rng = np.random.default_rng(10)
    net = torch.nn.GRU(I, H, dtype=torch.float64)
    for weight in net.parameters():
        weight.data = torch.tensor(rng.uniform(-0.9, 0.9, tuple(weight.shape)))
    x, h0 = (torch.tensor(rng.uniform(-1, 1, shape), requires_grad=True) for shape in ((T, B, I), (1, B, H)))
    grad_y = rng.standard_normal((T, B, H))
    y, _ = net(x, h0)
    (y * torch.tensor(grad_y)).sum().backward()
    tensors = {"x": x, "h0": h0, **dict(net.named_parameters())}
    case = {name: tensor.detach().numpy() for name, tensor in tensors.items()}
    case |= {f"grad_{name}": tensor.grad.numpy() for name, tensor in tensors.items()}
    case |= {"y": y.detach().numpy(), "grad_y": grad_y}
    return {name: array[0] if name.endswith("h0") else array for name, array in case.items()}


def onnx_case():
    """The reference case without ONNX's axis of directions -> dict of arrays."""
    with np.load(ONNX) as cases:
        case = {ours: cases[f"rand_gru_lbr0_0|{name}"].astype(np.float64) for name, ours in ONNX_NAMES.items()}
    return {name: array if name == "x" else array[:, 0] if name == "y" else array[0] for name, array in case.items()}


def main():
    cases = {"torch": torch_case(), "onnx": onnx_case()}
    np.savez_compressed(STORED, **{f"{library}|{name}": array for library, case in cases.items()
                                   for name, array in case.items()})


if __name__ == "__main__":
    main()
