"""Weights from and to the layout of PyTorch's nn.RNN, nn.LSTM and nn.GRU. Arrays only, no PyTorch needed.

PyTorch multiplies columns, so its matrices are the transposes of ours; the gate orders agree (i, f, g, o and
r, z, n). PyTorch has two biases, which are only ever added; ours is their sum. The exception is the GRU's n
block, where the reset gate stands between them: bias_hh's n block is our b_hn.
"""

import re
from typing import Any

import numpy as np

from lstm_course.networks.gru import GRU
from lstm_course.networks.lstm import LSTM
from lstm_course.networks.rnn import RNN
from lstm_course.networks.validation import check_dtype, check_option
from lstm_course.networks.wrappers import Bidirectional, Stacked

BLOCKS = {"RNN": 1, "LSTM": 4, "GRU": 3}
NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def from_torch(kind: str, state_dict: dict, dtype: Any = np.float64, nonlinearity: str = "tanh") -> Any:
    """A layer with the weights of torch.nn.<kind>.state_dict().

    kind: "RNN", "LSTM" or "GRU". state_dict: dict of arrays weight_ih_l0 (nH,I), weight_hh_l0 (nH,H), bias_ih_l0
    (nH,), bias_hh_l0 (nH,), the same with _l1, … for more layers and with _reverse for the other direction.
    nonlinearity: "tanh" or "relu", as nn.RNN was made with.
    A single one-way layer comes back plain, otherwise Stacked and Bidirectional. Raises ValueError or TypeError.
    """
    check_option("kind", kind, tuple(BLOCKS))
    check_option("nonlinearity", nonlinearity, ("tanh", "relu"))
    dtype = check_dtype(dtype)
    arrays = _check_state_dict(state_dict)
    layers = []
    for k in range(1 + max(int(number) for number in re.findall(r"_l(\d+)", " ".join(arrays)))):
        layer = _layer_from(kind, arrays, f"_l{k}", dtype, nonlinearity)
        if f"weight_ih_l{k}_reverse" in arrays:
            layer = Bidirectional(layer, _layer_from(kind, arrays, f"_l{k}_reverse", dtype, nonlinearity))
        layers.append(layer)
    return layers[0] if len(layers) == 1 else Stacked(layers)


def to_torch(layer: Any, parameters: dict | None = None) -> dict[str, np.ndarray]:
    """The inverse of `from_torch`: dict of arrays, named and ordered as by PyTorch.

    Without `parameters` it gives the layer's weights: b goes to bias_ih, and bias_hh is 0 (the GRU's n block: b_hn).
    With parameters=grads.parameters it gives the gradients as in PyTorch's .grad: bias_hh's gradient repeats
    that of bias_ih (the GRU's n block: that of b_hn).
    Raises ValueError for what PyTorch lacks: peepholes, identity output, reset-before, mixed kinds or sizes.
    """
    _check_in_torch(layer)
    gradients = parameters is not None
    given: dict = layer.parameters if parameters is None else parameters
    result: dict[str, np.ndarray] = {}
    for suffix, prefix, part in _single_layers(layer):
        own = {name: given[prefix + name] for name in part.parameters}
        result |= {name + suffix: array for name, array in _torch_arrays(part, own, gradients).items()}
    return result


# -------------------------------------------------------------------------------------- from PyTorch

def _check_state_dict(state_dict):
    if not isinstance(state_dict, dict) or not state_dict:
        raise TypeError(f"state_dict is of type {type(state_dict).__name__}, expected a dict of arrays "
                        "as of torch.nn.LSTM(...).state_dict(), not empty")
    unknown = [name for name in state_dict if not re.fullmatch(rf"({'|'.join(NAMES)})_l\d+(_reverse)?", str(name))]
    if unknown:
        raise ValueError(f"state_dict holds {unknown[0]!r}, expected names such as weight_ih_l0 or bias_hh_l1_reverse "
                         "(projections and other modules are not supported)")
    return {name: np.asarray(value) for name, value in state_dict.items()}


def _layer_from(kind, arrays, suffix, dtype, nonlinearity):
    missing = [name + suffix for name in NAMES if name + suffix not in arrays]
    if missing:
        raise ValueError(f"state_dict has no {missing[0]!r}, expected {', '.join(n + suffix for n in NAMES)}")
    w_ih, w_hh, b_ih, b_hh = (arrays[name + suffix] for name in NAMES)
    n, H = BLOCKS[kind], w_hh.shape[-1]
    I = w_ih.shape[-1]
    for name, array, shape in (("weight_ih", w_ih, (n * H, I)), ("weight_hh", w_hh, (n * H, H)),
                               ("bias_ih", b_ih, (n * H,)), ("bias_hh", b_hh, (n * H,))):
        if array.shape != shape:
            raise ValueError(f"{name}{suffix} has shape {array.shape}, expected {shape} for a {kind} with H = {H}")
    options = {"activation": nonlinearity} if kind == "RNN" else {}
    layer = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}[kind](I, H, rng=0, dtype=dtype, **options)
    layer.parameters["W"][:] = w_ih.T
    layer.parameters["U"][:] = w_hh.T
    layer.parameters["b"][:] = b_ih + b_hh
    if kind == "GRU":
        layer.parameters["b"][2 * H:] = b_ih[2 * H:]
        layer.parameters["b_hn"][:] = b_hh[2 * H:]
    return layer


# ---------------------------------------------------------------------------------------- to PyTorch

def _single_layers(layer):
    """(suffix, prefix, layer) of each plain layer: suffix as in PyTorch's names, prefix as in ours."""
    stack = layer.parts if isinstance(layer, Stacked) else {"": layer}
    for k, (name, part) in enumerate(stack.items()):
        dot = f"{name}." if name else ""
        if isinstance(part, Bidirectional):
            yield f"_l{k}", f"{dot}forward.", part.forward_layer
            yield f"_l{k}_reverse", f"{dot}backward.", part.backward_layer
        else:
            yield f"_l{k}", dot, part


def _torch_arrays(layer, own, gradients):
    """The four arrays of one plain layer, copies."""
    b = own["b"]
    bias_hh = b.copy() if gradients else np.zeros_like(b)
    if isinstance(layer, GRU):
        bias_hh[2 * layer.hidden_size:] = own["b_hn"]
    return dict(zip(NAMES, (own["W"].T.copy(), own["U"].T.copy(), b.copy(), bias_hh), strict=True))


def _check_in_torch(layer):
    """PyTorch has one module for the whole layer: same kind, options and sizes everywhere."""
    singles = [part for _, _, part in _single_layers(layer)]
    for part in singles:
        if not isinstance(part, RNN | LSTM | GRU):
            raise ValueError(f"layer holds {part!r}, expected RNN, LSTM or GRU layers, stacked or bidirectional")
        for option, value in (("peephole", False), ("output_activation", "tanh"), ("reset_after", True)):
            if getattr(part, option, value) != value:
                raise ValueError(f"layer has {option}={getattr(part, option)!r}, which PyTorch lacks; "
                                 f"expected {option}={value!r}")
        if getattr(part, "activation", "tanh") == "sigmoid":
            raise ValueError("layer has activation='sigmoid', which PyTorch's nn.RNN lacks; expected tanh or relu")
    kinds = {(type(part).__name__, part.hidden_size, getattr(part, "activation", None)) for part in singles}
    two_way = {isinstance(part, Bidirectional) for part in getattr(layer, "layers", [layer])}
    if len(kinds) > 1 or len(two_way) > 1:
        raise ValueError(f"layer mixes {sorted(map(str, kinds))}; one PyTorch module has layers of one kind, one "
                         "hidden_size and one number of directions")
