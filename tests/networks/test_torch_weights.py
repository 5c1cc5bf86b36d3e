"""Weights from and to PyTorch's layout, arrays only."""

import numpy as np
import pytest

from lstm_course import GRU, LSTM, RNN, Bidirectional, Embedding, Linear, Stacked
from lstm_course.networks.torch_weights import from_torch, to_torch

from .support import H, I, assert_same, make

GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}
LAYERS = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}
SHAPES = [(kind, layers, directions) for kind in GATES for layers in (1, 2, 3) for directions in (1, 2)]


def torch_like(kind, layers, directions, seed=0, dtype=np.float64):
    """Random weights with the names, order and shapes of torch.nn's state_dict()."""
    rng, weights = np.random.default_rng(seed), {}
    for layer in range(layers):
        size = I if layer == 0 else H * directions
        for ending in [f"_l{layer}", f"_l{layer}_reverse"][:directions]:
            rows = GATES[kind] * H
            weights[f"weight_ih{ending}"] = rng.standard_normal((rows, size)).astype(dtype)
            weights[f"weight_hh{ending}"] = rng.standard_normal((rows, H)).astype(dtype)
            weights[f"bias_ih{ending}"] = rng.standard_normal(rows).astype(dtype)
            weights[f"bias_hh{ending}"] = rng.standard_normal(rows).astype(dtype)
    return weights


def with_summed_biases(kind, weights):
    """Each bias_hh added to its bias_ih, except the GRU's n block, as `to_torch` gives them."""
    summed, kept = dict(weights), 2 * H if kind == "GRU" else GATES[kind] * H
    for name in weights:
        if name.startswith("bias_ih"):
            other = name.replace("_ih", "_hh")
            summed[name], summed[other] = weights[name].copy(), weights[other].copy()
            summed[name][:kept] += weights[other][:kept]
            summed[other][:kept] = 0
    return summed


def our_layer(kind, layers, directions):
    """A layer of ours with random weights in every parameter."""
    rng = np.random.default_rng(5)

    def part(size):
        parts = [LAYERS[kind](size, H, rng=rng) for _ in range(directions)]
        return parts[0] if directions == 1 else Bidirectional(*parts)

    parts = [part(I if k == 0 else H * directions) for k in range(layers)]
    layer = parts[0] if layers == 1 else Stacked(parts)
    for array in layer.parameters.values():
        array[...] = rng.standard_normal(array.shape)
    return layer


@pytest.mark.parametrize(("kind", "layers", "directions"), SHAPES)
def test_there_and_back_again(kind, layers, directions):
    """The right kind of layer; from PyTorch and back sums the biases, to PyTorch and back is exact."""
    weights = torch_like(kind, layers, directions)
    layer, ours = from_torch(kind, weights), our_layer(kind, layers, directions)
    assert type(layer) is ((LAYERS[kind] if directions == 1 else Bidirectional) if layers == 1 else Stacked)
    assert list(layer.parameters) == list(ours.parameters)
    assert layer.forward(np.zeros((2, 3, I))).outputs.shape == (2, 3, H * directions)
    assert_same(to_torch(layer), with_summed_biases(kind, weights))
    assert_same(from_torch(kind, to_torch(ours)).parameters, ours.parameters)


@pytest.mark.parametrize(("kind", "layers", "directions"), SHAPES)
def test_gradients_are_named_and_ordered_like_torchs(kind, layers, directions):
    """bias_hh repeats bias_ih, except in the GRU's n block, where it is b_hn's gradient."""
    layer = our_layer(kind, layers, directions)
    trace = layer.forward(np.random.default_rng(0).standard_normal((4, 2, I)))
    grads = layer.backward(trace, np.ones_like(trace.outputs))
    named = to_torch(layer, grads.parameters)
    assert list(named) == list(torch_like(kind, layers, directions))
    kept = 2 * H if kind == "GRU" else GATES[kind] * H
    for name in named:
        if name.startswith("bias_ih"):
            other = named[name.replace("_ih", "_hh")]
            np.testing.assert_array_equal(named[name][:kept], other[:kept])
    last = [array for name, array in grads.parameters.items() if name.endswith("b_hn")]
    hidden = [array for name, array in named.items() if name.startswith("bias_hh")]
    for b_hn, bias_hh in zip(last, hidden, strict=kind == "GRU"):
        np.testing.assert_array_equal(bias_hh[2 * H:], b_hn)
    assert kind != "GRU" or len(last) == layers * directions


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype(kind, dtype):
    weights = torch_like(kind, 2, 2, dtype=dtype)
    layer = from_torch(kind, weights, dtype=dtype)
    assert {a.dtype for a in layer.parameters.values()} == {np.dtype(dtype)}
    assert {a.dtype for a in to_torch(layer).values()} == {np.dtype(dtype)}
    assert layer.forward(np.zeros((1, 1, I), dtype)).outputs.dtype == dtype
    assert {a.dtype for a in from_torch(kind, weights).parameters.values()} == {np.dtype(np.float64)}


@pytest.mark.parametrize("kind", GATES)
def test_nothing_is_shared(kind):
    """A change of the layer leaves the dict alone, and a change of the dict leaves the layer alone."""
    weights = torch_like(kind, 1, 2)
    layer = from_torch(kind, weights)
    kept = {name: a.copy() for name, a in weights.items()}
    out = to_torch(layer)
    arrays = {name: a.copy() for name, a in layer.parameters.items()}
    for array in out.values():
        array[...] = 7.0
    assert_same(layer.parameters, arrays)
    for array in layer.parameters.values():
        array[...] = 9.0
    assert_same(weights, kept)


@pytest.mark.parametrize("layer", [*map(make, ["lstm_peephole", "gru_before", "two_way_gru_before", "nested",
                                               "rnn_sigmoid", "lstm_identity"]),
                                   Linear(3, 2), Embedding(3, 2)], ids=repr)
def test_layers_that_torch_lacks(layer):
    with pytest.raises((ValueError, TypeError), match="PyTorch|expected"):
        to_torch(layer)


def test_unknown_kind():
    with pytest.raises((ValueError, TypeError), match="kind"):
        from_torch("Transformer", torch_like("LSTM", 1, 1))


@pytest.mark.parametrize("fault", ["missing", "wrong shape", "wrong kind"])
def test_incomplete_or_wrong_state_dict(fault):
    weights = torch_like("LSTM", 2, 1)
    if fault == "missing":
        del weights["weight_hh_l1"]
    elif fault == "wrong shape":
        weights["weight_hh_l1"] = weights["weight_hh_l1"][:, :-1]
    kind = "GRU" if fault == "wrong kind" else "LSTM"
    with pytest.raises((ValueError, TypeError), match="weight_|state_dict"):
        from_torch(kind, weights)
