"""What every layer promises: names, shapes, types, and what forward and backward leave alone."""

import copy

import numpy as np
import pytest

from lstm_course import GRU, LSTM, RNN, Bidirectional, Stacked

from .support import (
    LAYERS,
    PLAIN,
    WRAPPERS,
    H,
    I,
    arrays_of,
    assert_close,
    assert_states_close,
    example,
    first_parameter,
    leaves,
    make,
    map_state,
    nesting,
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


def shapes(arrays):
    """name -> shape."""
    return {name: a.shape for name, a in arrays.items()}


# ---------------------------------------------------------------- parameters

@pytest.mark.parametrize("name", PARAMETER_SHAPES)
def test_parameter_names_and_shapes(name):
    layer = make(name)
    assert shapes(layer.parameters) == PARAMETER_SHAPES[name]
    assert list(layer.parameters)[:3] == ["W", "U", "b"]


@every_layer
def test_same_rng_same_weights(name):
    first, again = (LAYERS[name](rng=np.random.default_rng(3)).parameters for _ in range(2))
    other = LAYERS[name](rng=np.random.default_rng(4)).parameters
    for key in first:
        np.testing.assert_array_equal(first[key], again[key])
    assert any(not np.array_equal(first[key], other[key]) for key in first)


@every_plain_layer
def test_rng_may_be_an_int(name):
    """An int stands for default_rng(int); the layers of one int are equal."""
    first, again, other = (LAYERS[name](rng=seed).parameters for seed in (3, 3, 4))
    generator = LAYERS[name](rng=np.random.default_rng(3)).parameters
    for key in first:
        np.testing.assert_array_equal(first[key], again[key])
        np.testing.assert_array_equal(first[key], generator[key])
    assert not np.array_equal(first["W"], other["W"])


def test_one_generator_gives_different_layers():
    """Two layers that share a Generator must not start equal, nor may NumPy's global state matter."""
    rng = np.random.default_rng(0)
    assert not np.array_equal(LSTM(I, H, rng=rng).parameters["W"], LSTM(I, H, rng=rng).parameters["W"])


def test_numpys_global_state_is_left_alone():
    np.random.seed(0)                                                                           # noqa: NPY002
    before = np.random.get_state()[1].copy()                                                    # noqa: NPY002
    LSTM(I, H).forward(np.zeros((2, 1, I)))
    np.testing.assert_array_equal(before, np.random.get_state()[1])                             # noqa: NPY002


@every_plain_layer
@both_dtypes
def test_initial_values(name, dtype):
    """Glorot for W, orthogonal U for each gate, zero biases except the forget gate's."""
    sizes = (30, 20)
    kind = type(LAYERS[name]())
    options = {"peephole": True} if name == "lstm_peephole" else {}
    layer = kind(*sizes, rng=1, dtype=dtype, **options)
    p, gates = layer.parameters, layer.parameters["b"].size // sizes[1]
    atol = 1e-5 if dtype == np.float32 else 1e-12
    for block in np.split(p["U"], gates, axis=1):
        np.testing.assert_allclose(block.T @ block, np.eye(sizes[1]), atol=atol)
    for block in np.split(p["W"], gates, axis=1):
        check_glorot(block)
    for key in {"b", "b_hn"} & set(p):
        expected = np.zeros(p[key].shape)
        if key == "b" and kind is LSTM:
            expected[sizes[1]:2 * sizes[1]] = 1.0
        np.testing.assert_array_equal(p[key], expected)


def check_glorot(block):
    """Uniform within ±sqrt(6/(I + H)) or normal with the same variance; both have this standard deviation."""
    deviation = np.sqrt(2.0 / sum(block.shape))
    assert abs(block.std() / deviation - 1) < 0.15
    assert abs(block.mean()) < 4 * deviation / np.sqrt(block.size)
    assert len(np.unique(block)) > 0.99 * block.size


def test_gates_start_different():
    """The four gates of an LSTM must not share their random numbers."""
    p = LSTM(I, H, rng=0).parameters
    for key in ("W", "U"):
        blocks = np.split(p[key], 4, axis=1)
        assert all(not np.allclose(blocks[k], blocks[m]) for k in range(4) for m in range(k))


@pytest.mark.parametrize("forget_bias", [0.0, 1.0, 3.5, -2.0])
def test_forget_bias(forget_bias):
    b = LSTM(I, H, forget_bias=forget_bias, rng=0).parameters["b"]
    np.testing.assert_array_equal(b, np.repeat([0.0, forget_bias, 0.0, 0.0], H))


def test_default_options():
    """Forget bias 1, output tanh, no peepholes, reset after, tanh."""
    np.testing.assert_array_equal(LSTM(I, H, rng=0).parameters["b"][H:2 * H], 1.0)
    assert "P" not in LSTM(I, H).parameters
    assert "b_hn" in GRU(I, H).parameters
    assert (RNN(I, H, rng=0).forward(np.full((1, 1, I), -1.0)).outputs < 0).any()


@every_layer
@both_dtypes
def test_dtype_is_kept(name, dtype):
    layer, x, state, grad_outputs, grad_state = example(name, dtype=dtype)
    trace = layer.forward(x, state)
    grads = layer.backward(trace, grad_outputs, grad_state)
    everything = [*layer.parameters.values(), trace.outputs, *leaves(trace.state), *trace.gates.values(),
                  grads.x, *leaves(grads.state), *grads.parameters.values()]
    assert {a.dtype for a in everything} == {np.dtype(dtype)}


def test_default_dtype_is_float64():
    arrays = [a for kind in (RNN, LSTM, GRU) for a in kind(2, 2).parameters.values()]
    assert {a.dtype for a in arrays} == {np.dtype("float64")}


# ---------------------------------------------------------------- shapes of results

@every_layer
@pytest.mark.parametrize(("T", "B"), [(1, 1), (1, 3), (2, 1), (5, 3)])
def test_shapes(name, T, B):
    layer, x, state, grad_outputs, grad_state = example(name, T, B)
    trace = layer.forward(x, state)
    assert trace.outputs.ndim == 3
    assert trace.outputs.shape[:2] == (T, B)
    assert nesting(trace.state) == nesting(state)
    grads = layer.backward(trace, grad_outputs, grad_state)
    assert grads.x.shape == x.shape
    assert nesting(grads.state) == nesting(state)
    assert shapes(grads.parameters) == shapes(layer.parameters)
    assert list(grads.parameters) == list(layer.parameters)


@every_plain_layer
def test_plain_state_and_gates(name):
    layer, x, state, *_ = example(name)
    trace = layer.forward(x, state)
    T, B, _ = x.shape
    assert trace.outputs.shape == (T, B, H)
    assert list(trace.gates) == GATE_NAMES[name.split("_")[0]]
    assert set(shapes(trace.gates).values()) <= {(T, B, H)}
    assert nesting(trace.state) == (((B, H), (B, H)) if name.startswith("lstm") else (B, H))


@every_plain_layer
def test_final_state_is_the_last_step(name):
    layer, x, state, *_ = example(name)
    trace = layer.forward(x, state)
    np.testing.assert_array_equal(leaves(trace.state)[0], trace.outputs[-1])
    if name.startswith("lstm"):
        np.testing.assert_array_equal(trace.state[1], trace.gates["c"][-1])


def test_lstm_gates_are_the_equations():
    """c' = f⊙c + i⊙g, h' = o⊙tanh(c'), and the blocks stand in the order i, f, g, o."""
    layer, x, (h, c), *_ = example("lstm")
    trace, p = layer.forward(x, (h, c)), layer.parameters
    i, f, g, o = np.split(x[0] @ p["W"] + h @ p["U"] + p["b"], 4, axis=1)
    for gate, z in {"i": i, "f": f, "o": o}.items():
        np.testing.assert_allclose(trace.gates[gate][0], 1 / (1 + np.exp(-z)), rtol=1e-12)
    np.testing.assert_allclose(trace.gates["g"][0], np.tanh(g), rtol=1e-12)
    gates = trace.gates
    before = np.concatenate([c[None], gates["c"][:-1]])
    np.testing.assert_allclose(gates["c"], gates["f"] * before + gates["i"] * gates["g"], rtol=1e-12)
    np.testing.assert_allclose(trace.outputs, gates["o"] * np.tanh(gates["c"]), rtol=1e-12)


def test_identity_output():
    layer, x, state, *_ = example("lstm_identity")
    trace = layer.forward(x, state)
    np.testing.assert_allclose(trace.outputs, trace.gates["o"] * trace.gates["c"], rtol=1e-12)


def test_peepholes_see_the_old_c_except_the_output_gates():
    layer, x, (h, c), *_ = example("lstm_peephole")
    p, gates = layer.parameters, layer.forward(x, (h, c)).gates
    z_i, z_f, _, z_o = np.split(x[0] @ p["W"] + h @ p["U"] + p["b"], 4, axis=1)
    expected = {"i": z_i + p["P"][0] * c, "f": z_f + p["P"][1] * c, "o": z_o + p["P"][2] * gates["c"][0]}
    for gate, z in expected.items():
        np.testing.assert_allclose(gates[gate][0], 1 / (1 + np.exp(-z)), rtol=1e-12)


@pytest.mark.parametrize("name", ["gru", "gru_before"])
def test_gru_gates_are_the_equations(name):
    """h' = (1−z)⊙n + z⊙h, the blocks in the order r, z, n, and where r acts."""
    layer, x, h, *_ = example(name)
    p, trace = layer.parameters, layer.forward(x, h)
    a, U = np.split(x[0] @ p["W"] + p["b"], 3, axis=1), np.split(p["U"], 3, axis=1)
    r, z = (1 / (1 + np.exp(-(a[k] + h @ U[k]))) for k in (0, 1))
    n = np.tanh(a[2] + (r * (h @ U[2] + p["b_hn"]) if name == "gru" else (r * h) @ U[2]))
    for gate, value in {"r": r, "z": z, "n": n}.items():
        np.testing.assert_allclose(trace.gates[gate][0], value, rtol=1e-12)
    np.testing.assert_allclose(trace.outputs[0], (1 - z) * n + z * h, rtol=1e-12)


@pytest.mark.parametrize(("activation", "function"), [("tanh", np.tanh), ("relu", lambda z: np.maximum(z, 0)),
                                                      ("sigmoid", lambda z: 1 / (1 + np.exp(-z)))])
def test_rnn_activations(activation, function):
    layer, x, h, *_ = example(f"rnn_{activation}")
    p = layer.parameters
    expected = function(x[0] @ p["W"] + h @ p["U"] + p["b"])
    np.testing.assert_allclose(layer.forward(x, h).outputs[0], expected, rtol=1e-12)


# ---------------------------------------------------------------- states

@every_layer
def test_no_state_means_zeros(name):
    layer, x, state, *_ = example(name)
    zeros = map_state(np.zeros_like, state)
    np.testing.assert_array_equal(layer.forward(x).outputs, layer.forward(x, zeros).outputs)


@pytest.mark.parametrize("name", [*PLAIN, "stacked", "nested"])
def test_state_carries_on(name):
    """Two halves, the second from the state of the first, are the whole: forward and backward."""
    layer, x, state, grad_outputs, grad_state = example(name, T=7)
    whole = layer.forward(x, state)
    first = layer.forward(x[:3], state)
    second = layer.forward(x[3:], first.state)
    assert_close(np.concatenate([first.outputs, second.outputs]), whole.outputs, "outputs", 1e-12)
    assert_states_close(second.state, whole.state, "state", 1e-12)
    grads = layer.backward(whole, grad_outputs, grad_state)
    late = layer.backward(second, grad_outputs[3:], grad_state)
    early = layer.backward(first, grad_outputs[:3], late.state)
    assert_close(np.concatenate([early.x, late.x]), grads.x, "gradient of x", 1e-11)
    assert_states_close(early.state, grads.state, "gradient of the state", 1e-11)
    for key, gradient in grads.parameters.items():
        assert_close(early.parameters[key] + late.parameters[key], gradient, key, 1e-10)


@every_layer
def test_no_grad_state_means_zeros(name):
    layer, x, state, grad_outputs, grad_state = example(name)
    trace = layer.forward(x, state)
    zeros = map_state(np.zeros_like, grad_state)
    without, with_zeros = layer.backward(trace, grad_outputs), layer.backward(trace, grad_outputs, zeros)
    np.testing.assert_array_equal(without.x, with_zeros.x)
    for key in without.parameters:
        np.testing.assert_array_equal(without.parameters[key], with_zeros.parameters[key])


@every_layer
def test_no_grad_outputs_means_zeros(name):
    """Where the loss sees the final state alone."""
    layer, x, state, grad_outputs, grad_state = example(name)
    trace = layer.forward(x, state)
    without = layer.backward(trace, None, grad_state)
    with_zeros = layer.backward(trace, np.zeros_like(grad_outputs), grad_state)
    np.testing.assert_array_equal(without.x, with_zeros.x)


# ---------------------------------------------------------------- nothing changes that should not

@every_layer
def test_forward_changes_nothing(name):
    layer, x, state, *_ = example(name)
    lengths = np.array([5, 2, 3])
    before = snapshot([layer.parameters, x, state, lengths])
    layer.forward(x, state, lengths)
    assert snapshot([layer.parameters, x, state, lengths]) == before


@every_layer
def test_forward_keeps_nothing_in_the_layer(name):
    """A layer has no memory of its own: the same call gives the same, whatever came between."""
    layer, x, state, *_ = example(name)
    first = layer.forward(x, state).outputs.copy()
    layer.forward(10 * x[:2, :1])
    np.testing.assert_array_equal(layer.forward(x, state).outputs, first)


@every_layer
@pytest.mark.parametrize("lengths", [None, [5, 2, 3]])
def test_backward_never_changes_the_trace(name, lengths):
    layer, x, state, grad_outputs, grad_state = example(name)
    trace = layer.forward(x, state, lengths)
    before, callers = snapshot(trace), snapshot([layer.parameters, grad_outputs, grad_state, x, state])
    assert len(before) >= 2
    gates = {key: a.copy() for key, a in trace.gates.items()}
    first = layer.backward(trace, grad_outputs, grad_state)
    kept = copy.deepcopy(arrays_of([first.x, first.state, first.parameters]))
    second = layer.backward(trace, grad_outputs, grad_state)
    after = snapshot(trace)
    assert {path: after[path] for path in before} == before
    assert snapshot([layer.parameters, grad_outputs, grad_state, x, state]) == callers
    for key, a in gates.items():
        np.testing.assert_array_equal(trace.gates[key], a)
    for path, a in arrays_of([second.x, second.state, second.parameters]).items():
        np.testing.assert_array_equal(a, kept[path], err_msg=path)


@every_layer
def test_second_backward_leaves_the_first_gradients_alone(name):
    layer, x, state, grad_outputs, grad_state = example(name)
    trace = layer.forward(x, state)
    first = layer.backward(trace, grad_outputs, grad_state)
    before = snapshot([first.x, first.state, first.parameters])
    layer.backward(trace, 2 * grad_outputs, grad_state)
    assert snapshot([first.x, first.state, first.parameters]) == before


@every_layer
def test_traces_do_not_share_memory(name):
    """A later forward or backward of the same layer leaves an earlier trace as it was, and usable."""
    layer, x, state, grad_outputs, grad_state = example(name)
    early = layer.forward(x, state)
    before = snapshot(early)
    expected = layer.backward(early, grad_outputs, grad_state).x.copy()
    late = layer.forward(x + 1.0, state)
    layer.backward(late, grad_outputs)
    after = snapshot(early)
    assert {path: after[path] for path in before} == before
    np.testing.assert_array_equal(layer.backward(early, grad_outputs, grad_state).x, expected)
    results = [[t.outputs, *leaves(t.state), *t.gates.values()] for t in (early, late)]
    assert not any(np.shares_memory(a, b) for a in results[0] for b in results[1])


@every_layer
def test_results_are_no_views_of_the_callers_arrays(name):
    layer, x, state, grad_outputs, grad_state = example(name)
    trace = layer.forward(x, state)
    grads = layer.backward(trace, grad_outputs, grad_state)
    mine = [x, *leaves(state), grad_outputs, *leaves(grad_state), *layer.parameters.values()]
    theirs = [trace.outputs, *leaves(trace.state), *trace.gates.values(), grads.x, *leaves(grads.state),
              *grads.parameters.values()]
    assert not any(np.shares_memory(a, b) for a in mine for b in theirs)


@every_layer
def test_changed_input_after_forward_does_not_reach_backward(name):
    """Callers reuse their batch array; the gradients belong to what was passed in."""
    layer, x, state, grad_outputs, grad_state = example(name)
    trace = layer.forward(x, state)
    expected = layer.backward(trace, grad_outputs, grad_state)
    x[...] = 99.0
    for leaf in leaves(state):
        leaf[...] = -99.0
    actual = layer.backward(trace, grad_outputs, grad_state)
    for key in expected.parameters:
        np.testing.assert_array_equal(actual.parameters[key], expected.parameters[key], err_msg=key)


@every_layer
def test_parameters_changed_in_place_count(name):
    """An optimizer changes the arrays in place; the next pass uses the new numbers."""
    layer, x, state, grad_outputs, grad_state = example(name)
    layer.backward(layer.forward(x, state), grad_outputs)
    other = make(name, seed=7)
    for key, array in layer.parameters.items():
        array[...] = other.parameters[key]
    actual, expected = layer.forward(x, state), other.forward(x, state)
    np.testing.assert_array_equal(actual.outputs, expected.outputs)
    actual = layer.backward(actual, grad_outputs, grad_state)
    np.testing.assert_array_equal(actual.x, other.backward(expected, grad_outputs, grad_state).x)


@every_layer
def test_memory_layout_of_x_does_not_matter(name):
    """Strided, Fortran-ordered and read-only arrays give the same as a plain copy."""
    layer, x, state, grad_outputs, grad_state = example(name)
    expected = layer.forward(x, state)
    wide = np.zeros((2 * x.shape[0], x.shape[1], I))
    wide[::2] = x
    frozen = x.copy()
    frozen.setflags(write=False)
    for variant in (wide[::2], np.asfortranarray(x), x.transpose(1, 0, 2).copy().transpose(1, 0, 2), frozen):
        trace = layer.forward(variant, state)
        assert_close(trace.outputs, expected.outputs, "outputs", 1e-13)
        grads = layer.backward(trace, np.asfortranarray(grad_outputs), grad_state)
        assert_close(grads.x, layer.backward(expected, grad_outputs, grad_state).x, "gradient of x", 1e-12)


# ---------------------------------------------------------------- sequences of a batch, and wrappers

@every_layer
def test_sequences_of_a_batch_are_independent(name):
    layer, x, state, grad_outputs, grad_state = example(name, B=4)
    trace = layer.forward(x, state)
    grads = layer.backward(trace, grad_outputs, grad_state)
    totals = {key: np.zeros_like(a) for key, a in layer.parameters.items()}
    for b in range(4):
        one = slice(b, b + 1)
        single = layer.forward(x[:, one], map_state(lambda a, one=one: a[one], state))
        assert_close(single.outputs, trace.outputs[:, one], "outputs", 1e-12)
        back = layer.backward(single, grad_outputs[:, one], map_state(lambda a, one=one: a[one], grad_state))
        assert_close(back.x, grads.x[:, one], "gradient of x", 1e-11)
        for key, gradient in back.parameters.items():
            totals[key] += gradient
    for key, gradient in grads.parameters.items():
        assert_close(gradient, totals[key], f"{key} is the sum over the batch", 1e-10)


def test_stacked_is_one_layer_after_the_other():
    layer, x, state, grad_outputs, grad_state = example("stacked")
    trace = layer.forward(x, state)
    inputs, parts = x, []
    for k, part in enumerate(layer.layers):
        parts.append(part.forward(inputs, state[k]))
        inputs = parts[-1].outputs
    np.testing.assert_array_equal(trace.outputs, inputs)
    assert_states_close(trace.state, tuple(part.state for part in parts), "state", 1e-15)
    grads, gradient = layer.backward(trace, grad_outputs, grad_state), grad_outputs
    for k in reversed(range(3)):
        back = layer.layers[k].backward(parts[k], gradient, grad_state[k])
        gradient = back.x
        for key, value in back.parameters.items():
            np.testing.assert_array_equal(grads.parameters[f"{k}.{key}"], value)
    np.testing.assert_array_equal(grads.x, gradient)


def test_two_way_is_a_layer_forward_and_a_layer_on_reversed_time():
    forward, backward = LSTM(I, H, rng=1), LSTM(I, H, rng=2)
    layer = Bidirectional(forward, backward)
    x = np.random.default_rng(0).standard_normal((5, 3, I))
    trace, there, back = layer.forward(x), forward.forward(x), backward.forward(x[::-1])
    np.testing.assert_allclose(trace.outputs[..., :H], there.outputs, rtol=1e-13)
    np.testing.assert_allclose(trace.outputs[..., H:], back.outputs[::-1], rtol=1e-13)
    assert_states_close(trace.state, (there.state, back.state), "state", 1e-13)
    np.testing.assert_allclose(trace.state[1][0], trace.outputs[0, :, H:], rtol=1e-13)
    np.testing.assert_allclose(trace.gates["backward.i"], back.gates["i"][::-1], rtol=1e-13)
    np.testing.assert_allclose(trace.gates["forward.i"], there.gates["i"], rtol=1e-13)


@pytest.mark.parametrize("name", WRAPPERS)
def test_wrapper_parameters_are_the_parts_own_arrays(name):
    layer = make(name)
    prefixes = {"Stacked": ["0", "1", "2"], "Bidirectional": ["forward", "backward"]}[type(layer).__name__]
    assert [p for p in prefixes if any(key.startswith(f"{p}.") for key in layer.parameters)] \
        == list(dict.fromkeys(key.split(".")[0] for key in layer.parameters))


def test_wrapper_prefixes():
    forward, backward, gru = LSTM(I, H), LSTM(I, H), GRU(2 * H, 3)
    layer = Stacked([Bidirectional(forward, backward), gru])
    parts = {"0.forward.": forward, "0.backward.": backward, "1.": gru}
    expected = {prefix + key: a for prefix, part in parts.items() for key, a in part.parameters.items()}
    assert list(layer.parameters) == list(expected)
    assert all(layer.parameters[key] is expected[key] for key in expected)
    trace = layer.forward(np.zeros((2, 1, I)))
    names = [f"0.{d}.{gate}" for d in ("forward", "backward") for gate in "ifgoc"] + ["1.r", "1.z", "1.n"]
    assert list(trace.gates) == names
    assert {a.shape for key, a in trace.gates.items() if key.startswith("0")} == {(2, 1, H)}
    assert nesting(trace.state) == ((((1, H), (1, H)), ((1, H), (1, H))), (1, 3))


def test_public_names():
    import lstm_course

    for name in ("RNN", "LSTM", "GRU", "Stacked", "Bidirectional", "Linear", "Embedding"):
        assert hasattr(lstm_course, name)
    assert first_parameter(lstm_course.Linear(2, 3)).shape == (2, 3)
