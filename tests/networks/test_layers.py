"""What every layer promises: names, shapes, types, and what forward and backward leave alone."""

import numpy as np
import pytest

from lstm_course import GRU, LSTM, RNN, Bidirectional, Stacked
from lstm_course.networks.functions import ACTIVATIONS, sigmoid

from .support import (
    LAYERS,
    PLAIN,
    H,
    I,
    arrays_of,
    assert_same,
    backward_results,
    example,
    forward_results,
    leaves,
    make,
    map_state,
    nesting,
    passes,
    snapshot,
)

GATE_NAMES = {"rnn": [], "lstm": ["i", "f", "g", "o", "c"], "gru": ["r", "z", "n"]}
PARAMETER_SHAPES = {
    "rnn_tanh": {"W": (I, H), "U": (H, H), "b": (H,)},
    "lstm": {"W": (I, 4 * H), "U": (H, 4 * H), "b": (4 * H,)},
    "lstm_peephole": {"W": (I, 4 * H), "U": (H, 4 * H), "b": (4 * H,), "P": (3, H)},
    "gru": {"W": (I, 3 * H), "U": (H, 3 * H), "b": (3 * H,), "b_hn": (H,)},
    "gru_before": {"W": (I, 3 * H), "U": (H, 3 * H), "b": (3 * H,)},
}
every_layer = pytest.mark.parametrize("name", LAYERS)
every_plain_layer = pytest.mark.parametrize("name", PLAIN)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


# ---------------------------------------------------------------- parameters

@pytest.mark.parametrize("name", PARAMETER_SHAPES)
def test_parameter_names_and_shapes(name):
    assert [(key, a.shape) for key, a in make(name).parameters.items()] == list(PARAMETER_SHAPES[name].items())


@every_layer
def test_the_same_rng_gives_the_same_weights_and_numpys_own_is_left_alone(name):
    """An int stands for default_rng(int); of one Generator each layer draws numbers of its own."""
    before, rng = np.random.get_state()[1].copy(), np.random.default_rng(3)                     # noqa: NPY002
    first, later, other = (LAYERS[name](rng=r).parameters for r in (rng, rng, np.random.default_rng(4)))
    assert_same(LAYERS[name](rng=np.random.default_rng(3)).parameters, first)
    assert all(not np.array_equal(first[key], later[key]) for key in first if key.endswith(("W", "U")))
    assert any(not np.array_equal(first[key], other[key]) for key in first)
    if name in PLAIN:
        assert_same(LAYERS[name](rng=3).parameters, first)
    np.testing.assert_array_equal(before, np.random.get_state()[1])                             # noqa: NPY002


@every_plain_layer
@both_dtypes
def test_initial_values(name, dtype):
    """Glorot for W, orthogonal U, both drawn anew for each gate; zero biases except the forget gate's, which is 1."""
    kind, size = type(LAYERS[name]()), 20
    p = kind(30, size, rng=1, dtype=dtype).parameters
    W, U = (np.split(p[key], p["b"].size // size, axis=1) for key in "WU")
    for block in U:
        np.testing.assert_allclose(block.T @ block, np.eye(size), atol=1e-5 if dtype == np.float32 else 1e-12)
    for block in W:                                     # uniform or normal: both have this standard deviation
        deviation = np.sqrt(2 / sum(block.shape))
        assert abs(block.std() / deviation - 1) < 0.15
        assert abs(block.mean()) < 4 * deviation / np.sqrt(block.size)
        assert len(np.unique(block)) > 0.99 * block.size
    assert not any(np.allclose(part[k], part[m]) for part in (W, U) for k in range(len(U)) for m in range(k))
    assert not p.get("b_hn", np.zeros(1)).any() and (kind is LSTM or not p["b"].any())


@pytest.mark.parametrize("options", [{}, {"forget_bias": 0.0}, {"forget_bias": 3.5}, {"forget_bias": -2.0}], ids=str)
def test_forget_bias(options):
    b = LSTM(I, H, rng=0, **options).parameters["b"]
    np.testing.assert_array_equal(b, np.repeat([0.0, options.get("forget_bias", 1.0), 0.0, 0.0], H))


def test_default_options():
    """tanh, no peepholes, reset after, float64."""
    for plain, name in ((RNN, "rnn_tanh"), (LSTM, "lstm"), (GRU, "gru")):
        x, rng = np.ones((2, 1, I)), 5
        assert_same(passes(plain(I, H, rng=rng), x), passes(LAYERS[name](rng=rng), x))
        assert repr(plain(I, H)) == repr(LAYERS[name]())
    assert "P" not in LSTM(I, H).parameters and "b_hn" in GRU(I, H).parameters
    assert (RNN(I, H, rng=0).forward(np.full((1, 1, I), -1.0)).outputs < 0).any()


# ---------------------------------------------------------------- results

@every_layer
@both_dtypes
@pytest.mark.parametrize(("T", "B"), [(1, 1), (1, 3), (2, 1), (5, 3)])
def test_shapes_and_types(name, T, B, dtype):
    layer, x, state, grad_outputs, grad_state = example(name, T, B, dtype=dtype)
    trace = layer.forward(x, state)
    assert trace.outputs.shape == (T, B, layer.hidden_size)
    grads = layer.backward(trace, grad_outputs, grad_state)
    assert nesting(trace.state) == nesting(grads.state) == nesting(state) and grads.x.shape == x.shape
    shapes = [[(key, a.shape) for key, a in part.parameters.items()] for part in (layer, grads)]
    assert shapes[0] == shapes[1]
    everything = forward_results(trace) | backward_results(grads) | layer.parameters
    assert {a.dtype for a in everything.values()} == {np.dtype(dtype)}
    if name in PLAIN:
        assert list(trace.gates) == GATE_NAMES[name.split("_")[0]]
        assert all(gate.shape == (T, B, H) for gate in trace.gates.values())
        assert nesting(trace.state) == (((B, H), (B, H)) if name.startswith("lstm") else (B, H))
        np.testing.assert_array_equal(leaves(trace.state)[0], trace.outputs[-1])
        if name.startswith("lstm"):
            np.testing.assert_array_equal(trace.state[1], trace.gates["c"][-1])


@every_plain_layer
def test_gates_and_outputs_are_the_equations(name):
    """The blocks stand in the order i, f, g, o and r, z, n; peepholes see the old c, the output gate's the new one."""
    layer, x, state, *_ = example(name, T=1)
    trace, p, (h, *rest) = layer.forward(x, state), layer.parameters, leaves(state)
    blocks = len(p["b"]) // H
    a, u = np.split(x[0] @ p["W"] + p["b"], blocks, axis=1), np.split(h @ p["U"], blocks, axis=1)
    if name.startswith("rnn"):
        expected, h = {}, ACTIVATIONS[name.removeprefix("rnn_")](a[0] + u[0])
    elif name.startswith("gru"):
        r, z = sigmoid(a[0] + u[0]), sigmoid(a[1] + u[1])
        n = np.tanh(a[2] + (r * (u[2] + p["b_hn"]) if name == "gru" else (r * h) @ np.split(p["U"], 3, axis=1)[2]))
        expected, h = {"r": r, "z": z, "n": n}, (1 - z) * n + z * h
    else:
        (c,), P = rest, p.get("P", np.zeros((3, H)))
        i, f, g = sigmoid(a[0] + u[0] + P[0] * c), sigmoid(a[1] + u[1] + P[1] * c), np.tanh(a[2] + u[2])
        c = f * c + i * g
        o = sigmoid(a[3] + u[3] + P[2] * c)
        expected, h = {"i": i, "f": f, "g": g, "o": o, "c": c}, o * (c if "identity" in name else np.tanh(c))
    found = {key: gate[0] for key, gate in trace.gates.items()}
    assert_same(found | {"h": trace.outputs[0]}, expected | {"h": h}, 1e-12)


@every_layer
def test_nothing_given_means_zeros(name):
    layer, x, state, grad_outputs, grad_state = example(name)
    zeros = map_state(np.zeros_like, state)
    assert_same(passes(layer, x, None, grad_outputs, None), passes(layer, x, zeros, grad_outputs, zeros))
    assert_same(passes(layer, x, state, None, grad_state), passes(layer, x, state, 0 * grad_outputs, grad_state))


@pytest.mark.parametrize("name", [*PLAIN, "stacked", "nested"])
def test_state_carries_on(name):
    """Two halves, the second from the state of the first, are the whole: forward and backward."""
    layer, x, state, grad_outputs, grad_state = example(name, T=7)
    whole, first = layer.forward(x, state), layer.forward(x[:3], state)
    second = layer.forward(x[3:], first.state)
    late = layer.backward(second, grad_outputs[3:], grad_state)
    early = layer.backward(first, grad_outputs[:3], late.state)
    found = forward_results(second) | backward_results(early)
    for key in ("outputs", *(f"gate {gate}" for gate in first.gates)):
        found[key] = np.concatenate([forward_results(first)[key], found[key]])
    found["gradient of x"] = np.concatenate([early.x, late.x])
    for key in layer.parameters:
        found[f"gradient of {key}"] = early.parameters[key] + late.parameters[key]
    expected = forward_results(whole) | backward_results(layer.backward(whole, grad_outputs, grad_state))
    assert_same(found, expected, 1e-10)


# ---------------------------------------------------------------- nothing changes that should not

@every_layer
@pytest.mark.parametrize("lengths", [None, [5, 2, 3]])
def test_traces_and_gradients_stay_what_they_are(name, lengths):
    """Whatever the layer does afterwards; nor are they views of what was given, or of each other."""
    layer, x, state, grad_outputs, grad_state = example(name)
    lengths = lengths and np.array(lengths)
    given = [layer.parameters, x, state, lengths, grad_outputs, grad_state]
    callers = snapshot(given)
    trace = layer.forward(x, state, lengths)
    before = snapshot(trace)
    grads = layer.backward(trace, grad_outputs, grad_state)
    first = forward_results(trace) | backward_results(grads)
    kept = {key: a.copy() for key, a in first.items()}
    assert_same(backward_results(layer.backward(trace, grad_outputs, grad_state)), backward_results(grads))
    layer.backward(trace, 2 * grad_outputs, grad_state)
    late = layer.forward(x + 1.0, state)
    layer.backward(late, grad_outputs)
    layer.forward(10 * x[:2, :1])
    with pytest.raises(ValueError, match="x has shape"):
        layer.forward(x[:, :, :1])
    assert snapshot(given) == callers
    assert_same(first, kept)
    after = snapshot(trace)
    assert len(before) >= 2 and {path: after[path] for path in before} == before
    assert_same(forward_results(layer.forward(x, state, lengths)) | backward_results(
        layer.backward(trace, grad_outputs, grad_state)), kept)
    others = [*arrays_of(given).values(), *forward_results(late).values()]
    assert not any(np.shares_memory(a, b) for a in first.values() for b in others)


@every_layer
def test_changed_input_after_forward_does_not_reach_backward(name):
    """Callers reuse their batch array; the gradients belong to what was passed in."""
    layer, x, state, grad_outputs, grad_state = example(name)
    trace = layer.forward(x, state)
    expected = backward_results(layer.backward(trace, grad_outputs, grad_state))
    for array in (x, *leaves(state)):
        array[...] = -99.0
    assert_same(backward_results(layer.backward(trace, grad_outputs, grad_state)), expected)


@every_layer
def test_parameters_changed_in_place_count(name):
    """An optimizer changes the arrays in place; the next pass uses the new numbers."""
    layer, *given = example(name)
    passes(layer, *given)
    other = make(name, seed=7)
    for key, array in layer.parameters.items():
        array[...] = other.parameters[key]
    assert_same(passes(layer, *given), passes(other, *given))


@every_layer
def test_memory_layout_does_not_matter(name):
    """Strided, Fortran-ordered and read-only arrays give the same as a plain copy."""
    layer, x, state, grad_outputs, grad_state = example(name)
    expected = passes(layer, x, state, grad_outputs, grad_state)
    wide = np.zeros((2 * x.shape[0], x.shape[1], I))
    wide[::2] = x
    frozen = x.copy()
    frozen.setflags(write=False)
    for variant in (wide[::2], np.asfortranarray(x), x.transpose(1, 0, 2).copy().transpose(1, 0, 2), frozen):
        assert_same(passes(layer, variant, state, np.asfortranarray(grad_outputs), grad_state), expected, 1e-12)


# ---------------------------------------------------------------- wrappers

def test_stacked_is_one_layer_after_the_other():
    layer, x, state, grad_outputs, grad_state = example("stacked")
    trace = layer.forward(x, state)
    inputs, parts = x, []
    for k, part in enumerate(layer.layers):
        parts.append(part.forward(inputs, state[k]))
        inputs = parts[-1].outputs
    gates = {f"{k}.{key}": gate for k, part in enumerate(parts) for key, gate in part.gates.items()}
    assert_same({"outputs": trace.outputs} | trace.gates, {"outputs": inputs} | gates)
    assert_same(dict(enumerate(leaves(trace.state))), dict(enumerate(leaves(tuple(part.state for part in parts)))))
    grads, gradient = layer.backward(trace, grad_outputs, grad_state), grad_outputs
    for k in reversed(range(3)):
        back = layer.layers[k].backward(parts[k], gradient, grad_state[k])
        gradient = back.x
        for key, value in back.parameters.items():
            np.testing.assert_array_equal(grads.parameters[f"{k}.{key}"], value)
    np.testing.assert_array_equal(grads.x, gradient)


def test_two_way_is_a_layer_forward_and_a_layer_on_reversed_time():
    forward, backward = LSTM(I, H, rng=1), LSTM(I, H, rng=2)
    x = np.random.default_rng(0).standard_normal((5, 3, I))
    trace, there, back = Bidirectional(forward, backward).forward(x), forward.forward(x), backward.forward(x[::-1])
    gates = {f"forward.{key}": gate for key, gate in there.gates.items()}
    gates |= {f"backward.{key}": gate[::-1] for key, gate in back.gates.items()}
    outputs = np.concatenate([there.outputs, back.outputs[::-1]], axis=2)
    assert_same({"outputs": trace.outputs} | trace.gates, {"outputs": outputs} | gates, 1e-13)
    for found, expected in zip(leaves(trace.state), leaves((there.state, back.state)), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_the_parameters_of_wrappers_are_their_parts_own_arrays():
    forward, backward, gru = LSTM(I, H), LSTM(I, H), GRU(2 * H, 3)
    layer = Stacked([Bidirectional(forward, backward), gru])
    parts = {"0.forward.": forward, "0.backward.": backward, "1.": gru}
    expected = {prefix + key: a for prefix, part in parts.items() for key, a in part.parameters.items()}
    assert list(layer.parameters) == list(expected)
    assert all(layer.parameters[key] is expected[key] for key in expected)
    trace = layer.forward(np.zeros((2, 1, I)))
    assert list(trace.gates) == [prefix + gate for prefix, part in parts.items()
                                 for gate in GATE_NAMES["gru" if part is gru else "lstm"]]
    assert nesting(trace.state) == ((((1, H), (1, H)), ((1, H), (1, H))), (1, 3))
