"""Bad input raises ValueError or TypeError naming the argument, what was expected and what came."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lstm_course import GRU, LSTM, RNN, Bidirectional, Embedding, Linear, Stacked

from .support import LAYERS, PLAIN, H, I, leaves, make, map_state, random_state

T, B = 4, 3
LAYER_BY_NAME = {name: make(name) for name in LAYERS}
KINDS = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}
names = st.sampled_from(sorted(LAYERS))
often = settings(deadline=None, max_examples=60, derandomize=True)
every_kind = pytest.mark.parametrize("kind", KINDS)


def refuses(call, argument, *came):
    """The call raises an error that names the argument, says what was expected, and shows what came."""
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    message = str(caught.value)
    assert argument in message, message
    assert "expected" in message, message
    for text in came:
        assert str(text) in message, f"{text!r} is not in: {message}"


def good_x(dtype=np.float64):
    """An input that every layer accepts."""
    return np.random.default_rng(0).standard_normal((T, B, I)).astype(dtype)


def good_pass(layer):
    """Trace and grad_outputs that fit."""
    trace = layer.forward(good_x())
    return trace, np.ones_like(trace.outputs)


def good_state(layer):
    """A state that fits."""
    return random_state(layer, B, np.random.default_rng(1))


# ---------------------------------------------------------------- x

@often
@given(names, st.lists(st.integers(0, 5), max_size=5).map(tuple))
@example("lstm", (28, 32))
@example("two_way", (0, B, I))
@example("stacked", (T, 0, I))
@example("gru", ())
def test_x_of_a_wrong_shape(name, shape):
    assume(len(shape) != 3 or shape[2] != I or 0 in shape)
    text = ["at least 1"] if len(shape) == 3 and shape[2] == I else ["(T, B, I)", f"I = {I}"]
    refuses(lambda: LAYER_BY_NAME[name].forward(np.zeros(shape)), "x", shape, *text)


@often
@given(names, st.sampled_from(["int8", "uint8", "int32", "int64", "bool", "object", "complex64", "complex128",
                               "S3", "U2", "datetime64[s]", "float16"]))
def test_x_of_a_wrong_type(name, dtype):
    x = np.zeros((T, B, I)).astype(dtype)
    refuses(lambda: LAYER_BY_NAME[name].forward(x), "x", x.dtype)


@often
@given(names, st.sampled_from([np.nan, np.inf, -np.inf]),
       st.tuples(st.integers(0, T - 1), st.integers(0, B - 1), st.integers(0, I - 1)))
def test_x_with_nan_or_infinity(name, value, index):
    x = good_x()
    x[index] = value
    refuses(lambda: LAYER_BY_NAME[name].forward(x), "x", value)


@pytest.mark.parametrize("x", [[[[0.0] * I] * B] * T, ((1.0,),), None, 3.0, "text", object()])
@pytest.mark.parametrize("name", LAYERS)
def test_x_that_is_no_array(name, x):
    refuses(lambda: LAYER_BY_NAME[name].forward(x), "x", type(x).__name__)


@pytest.mark.parametrize("name", LAYERS)
def test_nan_on_the_padding_is_refused_too(name):
    x = good_x()
    x[3, 0] = np.nan
    refuses(lambda: LAYER_BY_NAME[name].forward(x, None, np.array([2, 4, 4])), "x", "nan")


# ---------------------------------------------------------------- lengths

@often
@given(names, st.lists(st.integers(-3, T + 3), min_size=B, max_size=B))
@example("lstm", [0, 1, 1])
@example("lstm", [T + 1, 1, 1])
@example("two_way", [1, -1, 1])
def test_lengths_out_of_range(name, lengths):
    wrong = [n for n in lengths if not 1 <= n <= T]
    assume(wrong)
    layer, lengths = LAYER_BY_NAME[name], np.array(lengths)
    refuses(lambda: layer.forward(good_x(), None, lengths), "lengths", wrong[0], f"T = {T}")


@often
@given(names, st.lists(st.integers(0, 5), max_size=3).map(tuple))
def test_lengths_of_a_wrong_shape(name, shape):
    assume(shape != (B,))
    lengths = np.ones(shape, int)
    refuses(lambda: LAYER_BY_NAME[name].forward(good_x(), None, lengths), "lengths", shape, f"B = {B}")


@often
@given(names, st.sampled_from(["float64", "float32", "bool", "object", "complex128", "U1"]))
def test_lengths_of_a_wrong_type(name, dtype):
    lengths = np.ones(B, dtype)
    refuses(lambda: LAYER_BY_NAME[name].forward(good_x(), None, lengths), "lengths", lengths.dtype)


@pytest.mark.parametrize("lengths", [3, "321", {1, 2, 3}, 2.5])
def test_lengths_that_are_no_sequence(lengths):
    refuses(lambda: LAYER_BY_NAME["lstm"].forward(good_x(), None, lengths), "lengths")


# ---------------------------------------------------------------- state and grad_state

def forward_with(name, state):
    """A forward pass with that state."""
    return LAYER_BY_NAME[name].forward(good_x(), state)


def backward_with(name, grad_state):
    """A backward pass with that gradient of the final state."""
    layer = LAYER_BY_NAME[name]
    return layer.backward(*good_pass(layer), grad_state)


PASSES = {"state": forward_with, "grad_state": backward_with}
both_passes = pytest.mark.parametrize("argument", PASSES)


@both_passes
@often
@given(names, st.integers(1, 6))
def test_state_of_the_wrong_batch(argument, name, batch):
    assume(batch != B)
    state = random_state(LAYER_BY_NAME[name], batch, np.random.default_rng(0))
    refuses(lambda: PASSES[argument](name, state), argument, f"({batch}, ", f"B = {B}")


@both_passes
@often
@given(names, st.data())
def test_one_array_of_the_state_has_a_wrong_shape(argument, name, data):
    state = good_state(LAYER_BY_NAME[name])
    count = len(leaves(state))
    chosen = data.draw(st.integers(0, count - 1))
    shape = data.draw(st.lists(st.integers(1, 5), max_size=4).map(tuple))
    assume(shape != leaves(state)[chosen].shape)
    position = iter(range(count))
    wrong = map_state(lambda a: np.zeros(shape) if next(position) == chosen else a, state)
    refuses(lambda: PASSES[argument](name, wrong), argument, shape)


@both_passes
@often
@given(names, st.sampled_from(["int64", "bool", "complex128", "object"]))
def test_state_of_a_wrong_type(argument, name, dtype):
    state = map_state(lambda a: a.astype(dtype), good_state(LAYER_BY_NAME[name]))
    refuses(lambda: PASSES[argument](name, state), argument, dtype)


@both_passes
@often
@given(names, st.sampled_from([np.nan, np.inf]))
def test_state_with_nan_or_infinity(argument, name, value):
    state = good_state(LAYER_BY_NAME[name])
    leaves(state)[-1][0, 0] = value
    refuses(lambda: PASSES[argument](name, state), argument, value)


@both_passes
@pytest.mark.parametrize("name", LAYERS)
def test_state_of_a_wrong_structure(argument, name):
    state = good_state(LAYER_BY_NAME[name])
    array = leaves(state)[0]
    for wrong in ("h", 0.0, {"h": array}, (), (array,) * 4, (state, state, state, state), [None], object()):
        refuses(lambda wrong=wrong: PASSES[argument](name, wrong), argument)


@both_passes
def test_array_for_a_tuple_and_tuple_for_an_array(argument):
    array = np.zeros((B, H))
    refuses(lambda: PASSES[argument]("lstm", array), argument, "ndarray")
    refuses(lambda: PASSES[argument]("gru", (array, array)), argument, "tuple")
    refuses(lambda: PASSES[argument]("lstm", (array, array, array)), argument, 3)
    refuses(lambda: PASSES[argument]("two_way", ((array, array), array)), argument)


# ---------------------------------------------------------------- trace and grad_outputs

@often
@given(names, st.lists(st.integers(0, 5), max_size=4).map(tuple))
def test_grad_outputs_of_a_wrong_shape(name, shape):
    layer = LAYER_BY_NAME[name]
    trace, grad_outputs = good_pass(layer)
    assume(shape != grad_outputs.shape)
    refuses(lambda: layer.backward(trace, np.zeros(shape)), "grad_outputs", shape)


@often
@given(names, st.sampled_from(["int64", "bool", "complex128", "object"]))
def test_grad_outputs_of_a_wrong_type(name, dtype):
    layer = LAYER_BY_NAME[name]
    trace, grad_outputs = good_pass(layer)
    refuses(lambda: layer.backward(trace, grad_outputs.astype(dtype)), "grad_outputs", dtype)


@often
@given(names, st.sampled_from([np.nan, np.inf, -np.inf]))
def test_grad_outputs_with_nan_or_infinity(name, value):
    layer = LAYER_BY_NAME[name]
    trace, grad_outputs = good_pass(layer)
    grad_outputs[1, 2, 0] = value
    refuses(lambda: layer.backward(trace, grad_outputs), "grad_outputs", value)


@pytest.mark.parametrize("grad_outputs", [[[1.0]], 1.0, "text"])
@pytest.mark.parametrize("name", LAYERS)
def test_grad_outputs_that_are_no_array(name, grad_outputs):
    layer = LAYER_BY_NAME[name]
    trace, _ = good_pass(layer)
    refuses(lambda: layer.backward(trace, grad_outputs), "grad_outputs", type(grad_outputs).__name__)


@pytest.mark.parametrize("name", LAYERS)
def test_trace_of_another_layer(name):
    """Of another kind, of another size, and of an equal layer that is not this one."""
    layer, (trace, grad_outputs) = LAYER_BY_NAME[name], good_pass(LAYER_BY_NAME[name])
    for other in (make("lstm"), make("gru"), make("stacked"), make(name, seed=9)):
        refuses(lambda other=other: layer.backward(other.forward(good_x()), grad_outputs), "trace")
    for nothing in (None, trace.outputs, (trace, trace), "trace"):
        came = type(nothing).__name__
        refuses(lambda nothing=nothing: layer.backward(nothing, grad_outputs), "trace", came)


# ---------------------------------------------------------------- constructors

@every_kind
@pytest.mark.parametrize("position", [0, 1])
@often
@given(size=st.one_of(st.integers(max_value=0), st.floats(), st.booleans(), st.none(), st.text(max_size=3)))
def test_sizes(kind, position, size):
    sizes = [3, 4]
    sizes[position] = size
    refuses(lambda: KINDS[kind](*sizes), ("input_size", "hidden_size")[position], repr(size))


@every_kind
@pytest.mark.parametrize("size", [np.int8(3), np.uint64(3), np.int64(3)])
def test_numpys_integers_are_sizes(kind, size):
    layer = KINDS[kind](size, size, rng=0)
    assert layer.forward(np.zeros((1, 2, 3))).outputs.shape == (1, 2, 3)


@often
@given(st.text(max_size=8))
@example("Tanh")
@example("")
def test_unknown_activation(text):
    assume(text not in ("tanh", "relu", "sigmoid", "identity"))
    refuses(lambda: RNN(3, 4, activation=text), "activation", repr(text), "tanh", "relu", "sigmoid")
    refuses(lambda: LSTM(3, 4, output_activation=text), "output_activation", repr(text), "tanh", "identity")


@pytest.mark.parametrize("value", [None, 3, np.tanh, True, ("tanh",)])
def test_activation_that_is_no_text(value):
    refuses(lambda: RNN(3, 4, activation=value), "activation")
    refuses(lambda: LSTM(3, 4, output_activation=value), "output_activation")


def test_activations_of_the_other_layer():
    refuses(lambda: RNN(3, 4, activation="identity"), "activation", "identity")
    refuses(lambda: LSTM(3, 4, output_activation="relu"), "output_activation", "relu")


@pytest.mark.parametrize("value", [None, 1, 0, "yes", 1.0, [True]])
def test_flags(value):
    refuses(lambda: LSTM(3, 4, peephole=value), "peephole", repr(value))
    refuses(lambda: GRU(3, 4, reset_after=value), "reset_after", repr(value))


@pytest.mark.parametrize("value", [None, "1", np.nan, np.inf, -np.inf, [1.0], 1j, True])
def test_forget_bias(value):
    refuses(lambda: LSTM(3, 4, forget_bias=value), "forget_bias")


@every_kind
@pytest.mark.parametrize("dtype", [int, "int64", bool, complex, np.float16, object, "S4", "nonsense", 3])
def test_dtypes(kind, dtype):
    refuses(lambda: KINDS[kind](3, 4, dtype=dtype), "dtype")


@every_kind
@pytest.mark.parametrize("rng", [-1, 1.5, "0", True, [1, 2], np.random.RandomState(0)])                # noqa: NPY002
def test_rng(kind, rng):
    refuses(lambda: KINDS[kind](3, 4, rng=rng), "rng")


def test_stacked_parts():
    refuses(lambda: Stacked([]), "layers")
    refuses(lambda: Stacked(None), "layers", "None")
    refuses(lambda: Stacked(LSTM(2, 3)), "layers", "LSTM")
    refuses(lambda: Stacked([LSTM(2, 3), "GRU"]), "layers", "str")
    refuses(lambda: Stacked([LSTM(2, 3), Linear(3, 2)]), "layers", "Linear")
    refuses(lambda: Stacked([LSTM(2, 3), GRU(4, 5)]), "layers", 3, 4)
    refuses(lambda: Stacked([Bidirectional(LSTM(2, 3), LSTM(2, 3)), GRU(3, 5)]), "layers", 6, 3)


def test_two_way_parts():
    refuses(lambda: Bidirectional(LSTM(2, 3), None), "backward_layer", "NoneType")
    refuses(lambda: Bidirectional("LSTM", LSTM(2, 3)), "forward_layer", "str")
    refuses(lambda: Bidirectional(LSTM(2, 3), Embedding(3, 3)), "backward_layer", "Embedding")
    refuses(lambda: Bidirectional(LSTM(2, 3), LSTM(4, 3)), "backward_layer", 2, 4)


# ---------------------------------------------------------------- a refused call leaves everything usable

@pytest.mark.parametrize("name", PLAIN)
def test_after_an_error_the_layer_works_as_before(name):
    layer = make(name)
    expected = layer.forward(good_x()).outputs.copy()
    refuses(lambda: layer.forward(np.zeros((T, B, I + 1))), "x")
    refuses(lambda: layer.forward(good_x(), "state"), "state")
    np.testing.assert_array_equal(layer.forward(good_x()).outputs, expected)


@pytest.mark.parametrize("name", LAYERS)
def test_the_other_float_type_is_converted(name):
    """float32 data into a float64 layer, and the other way round: the layer's type wins."""
    for mine, yours in [(np.float32, np.float64), (np.float64, np.float32)]:
        layer = make(name, dtype=mine)
        x, rtol = good_x(yours), 1e-5
        trace = layer.forward(x)
        assert trace.outputs.dtype == mine
        np.testing.assert_allclose(trace.outputs, layer.forward(x.astype(mine)).outputs, rtol=rtol)
        assert layer.backward(trace, np.ones(trace.outputs.shape, yours)).x.dtype == mine
