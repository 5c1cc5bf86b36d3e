"""Bad input raises ValueError or TypeError naming the argument, what was expected and what came."""

import numpy as np
import pytest

from lstm_course import GRU, LSTM, RNN, Bidirectional, Embedding, Linear, Stacked

from .support import LAYERS, H, I, leaves, make, map_state, passes, random_state

T, B = 4, 3
LAYER_BY_NAME = {name: make(name) for name in LAYERS}
every_layer = pytest.mark.parametrize("name", LAYERS)
every_kind = pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
ARRAYS = ("x", "state", "grad_outputs", "grad_state")
every_array = pytest.mark.parametrize("argument", ARRAYS)


def refuses(call, argument, *came):
    """The call raises an error that names the argument, says what was expected, and shows what came."""
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    message = str(caught.value)
    for text in (argument, "expected", *came):
        assert str(text) in message, f"{text!r} is not in: {message}"


def good_x(dtype=np.float64):
    """An input that every layer accepts."""
    return np.random.default_rng(0).standard_normal((T, B, I)).astype(dtype)


def refuses_instead(name, argument, spoil, *came):
    """The passes of a layer refuse what `spoil` makes of one argument, the others being right."""
    layer, rng = LAYER_BY_NAME[name], np.random.default_rng(1)
    right = {"x": good_x(), "state": random_state(layer, B, rng), "lengths": np.array([4, 1, 3]),
             "grad_outputs": np.ones((T, B, layer.hidden_size)), "grad_state": random_state(layer, B, rng)}
    refuses(lambda: passes(layer, **right | {argument: spoil(right[argument])}), argument, *came)


def at_last(value):
    """A spoiler that writes the value into the last array of a nested state, or into the array itself."""
    def spoil(state):
        leaves(state)[-1].flat[-1] = value
        return state
    return spoil


# ---------------------------------------------------------------- arrays

@every_layer
def test_x_of_a_wrong_shape(name):
    for shape in [(28, 32), (), (5,), (T, B, I + 1), (T, B, 1), (0, B, 2), (T, B, I, 1), (0, B, I), (T, 0, I)]:
        words = ["at least 1"] if shape[2:] == (I,) else ["(T, B, I)", f"I = {I}"]
        refuses_instead(name, "x", lambda _, shape=shape: np.zeros(shape), shape, *words)


@every_array
@every_layer
def test_arrays_of_a_wrong_type(argument, name):
    for dtype in ("int8", "int64", "bool", "object", "complex128"):
        refuses_instead(name, argument, lambda a, dtype=dtype: map_state(lambda part: part.astype(dtype), a), dtype)
    for dtype in ("U2", "S3", "datetime64[s]", "float16") if argument == "x" else ():
        refuses_instead(name, "x", lambda a, dtype=dtype: np.zeros(a.shape).astype(dtype), np.dtype(dtype))


@every_array
@every_layer
def test_nan_and_infinity(argument, name):
    for value in (np.nan, np.inf, -np.inf):
        refuses_instead(name, argument, at_last(value), value)


@pytest.mark.parametrize("argument", ["x", "grad_outputs"])
@every_layer
def test_what_is_no_array(argument, name):
    for value in ([[[0.0] * I] * B] * T, ((1.0,),), 3.0, "text", object()):
        refuses_instead(name, argument, lambda _, value=value: value, type(value).__name__)


@every_layer
def test_grad_outputs_of_a_wrong_shape(name):
    width = LAYER_BY_NAME[name].hidden_size
    for shape in [(), (T, B), (T, B, width + 1), (B, T, width), (T, B, width, 1), (0, B, width)]:
        refuses_instead(name, "grad_outputs", lambda _, shape=shape: np.zeros(shape), shape)


# ---------------------------------------------------------------- lengths

@every_layer
def test_wrong_lengths(name):
    for lengths in ([0, 1, 1], [T + 1, 1, 1], [1, -1, 1], [1, 1, T + 3]):
        wrong = next(n for n in lengths if not 1 <= n <= T)
        refuses_instead(name, "lengths", lambda _, lengths=lengths: np.array(lengths), wrong, f"T = {T}")
    for shape in [(), (B + 1,), (B, 1), (0,)]:
        refuses_instead(name, "lengths", lambda _, shape=shape: np.ones(shape, int), shape, f"B = {B}")
    for dtype in ("float64", "float32", "bool", "object", "complex128"):
        refuses_instead(name, "lengths", lambda a, dtype=dtype: a.astype(dtype), dtype)
    for value in (3, "321", {1, 2, 3}, 2.5):
        refuses_instead(name, "lengths", lambda _, value=value: value)


# ---------------------------------------------------------------- state and grad_state

both_states = pytest.mark.parametrize("argument", ["state", "grad_state"])


@both_states
@every_layer
def test_state_of_a_wrong_shape(argument, name):
    """Of another batch, and with one array of another shape, whichever it is."""
    other = random_state(LAYER_BY_NAME[name], B + 2, np.random.default_rng(0))
    refuses_instead(name, argument, lambda _: other, f"({B + 2}, ", f"B = {B}")
    for chosen in range(len(leaves(other))):
        for shape in [(B, 9), (B,), (B, H, 1)]:
            position = iter(range(99))
            refuses_instead(name, argument, lambda state, chosen=chosen, shape=shape, position=position: map_state(
                lambda a: np.zeros(shape) if next(position) == chosen else a, state), shape)


@both_states
@every_layer
def test_state_of_a_wrong_structure(argument, name):
    for wrong in ("h", 0.0, {"h": 1}, (), [None], object()):
        refuses_instead(name, argument, lambda _, wrong=wrong: wrong)
    refuses_instead(name, argument, lambda state: (state,) * 4)
    refuses_instead(name, argument, lambda state: (leaves(state)[0],) * 4)


@both_states
def test_array_for_a_tuple_and_tuple_for_an_array(argument):
    array = np.zeros((B, H))
    for name, wrong, came in [("lstm", array, "ndarray"), ("gru", (array, array), "tuple"), ("lstm", (array,) * 3, 3),
                              ("two_way", ((array, array), array), "")]:
        refuses_instead(name, argument, lambda _, wrong=wrong: wrong, came)


@every_layer
def test_trace_of_another_layer(name):
    """Of another kind, of another size, and of an equal layer that is not this one."""
    layer = LAYER_BY_NAME[name]
    grad_outputs = np.ones(layer.forward(good_x()).outputs.shape)
    for other in (make("lstm"), make("gru"), make("stacked"), make(name, seed=9)):
        refuses(lambda other=other: layer.backward(other.forward(good_x()), grad_outputs), "trace")
    for nothing in (None, grad_outputs, (1, 2), "trace"):
        refuses(lambda nothing=nothing: layer.backward(nothing, grad_outputs), "trace", type(nothing).__name__)


# ---------------------------------------------------------------- constructors

@every_kind
def test_sizes(kind):
    for size in (0, -1, -10**9, 1.0, 2.5, np.nan, np.inf, True, None, "", "3"):
        refuses(lambda size=size: kind(size, 4), "input_size", repr(size))
        refuses(lambda size=size: kind(3, size), "hidden_size", repr(size))
    for size in (np.int8(3), np.uint64(3), np.int64(3)):
        assert kind(size, size, rng=0).forward(np.zeros((1, 2, 3))).outputs.shape == (1, 2, 3)


@pytest.mark.parametrize(("kind", "option", "values", "words"), [
    (RNN, "activation", ["Tanh", "", "identity", "σ", None, 3, np.tanh, ("tanh",)], ["tanh", "relu", "sigmoid"]),
    (LSTM, "output_activation", ["Tanh", "", "relu", None, 3, np.tanh, True], ["tanh", "identity"]),
    (LSTM, "peephole", [None, 1, 0, "yes", 1.0, [True]], []),
    (GRU, "reset_after", [None, 1, 0, "yes", 1.0, [True]], []),
    (LSTM, "forget_bias", [None, "1", np.nan, np.inf, -np.inf, [1.0], 1j, True], []),
    *((kind, "dtype", [int, "int64", bool, complex, np.float16, object, "S4", "nonsense", 3], [])
      for kind in (RNN, LSTM, GRU)),
    *((kind, "rng", [-1, 1.5, "0", True, [1, 2], np.random.RandomState(0)], [])                          # noqa: NPY002
      for kind in (RNN, LSTM, GRU))])
def test_options(kind, option, values, words):
    for value in values:
        came = [repr(value), *words] if isinstance(value, str) and option.endswith("activation") else []
        refuses(lambda value=value: kind(3, 4, **{option: value}), option, *came)


@pytest.mark.parametrize(("kind", "parts", "argument", "came"), [
    (Stacked, ([],), "layers", ()), (Stacked, (None,), "layers", ["None"]),
    (Stacked, (LSTM(2, 3),), "layers", ["LSTM"]), (Stacked, ([LSTM(2, 3), "GRU"],), "layers", ["str"]),
    (Stacked, ([LSTM(2, 3), Linear(3, 2)],), "layers", ["Linear"]),
    (Stacked, ([LSTM(2, 3), GRU(4, 5)],), "layers", [3, 4]),
    (Stacked, ([Bidirectional(LSTM(2, 3), LSTM(2, 3)), GRU(3, 5)],), "layers", [6, 3]),
    (Bidirectional, (LSTM(2, 3), None), "backward_layer", ["NoneType"]),
    (Bidirectional, ("LSTM", LSTM(2, 3)), "forward_layer", ["str"]),
    (Bidirectional, (LSTM(2, 3), Embedding(3, 3)), "backward_layer", ["Embedding"]),
    (Bidirectional, (LSTM(2, 3), LSTM(4, 3)), "backward_layer", [2, 4])])
def test_parts_of_wrappers(kind, parts, argument, came):
    refuses(lambda: kind(*parts), argument, *came)


@every_layer
def test_the_other_float_type_is_converted(name):
    """float32 data into a float64 layer, and the other way round: the layer's type wins."""
    for mine, yours in [(np.float32, np.float64), (np.float64, np.float32)]:
        layer = make(name, dtype=mine)
        x, rtol = good_x(yours), 1e-5
        trace = layer.forward(x)
        assert trace.outputs.dtype == mine
        np.testing.assert_allclose(trace.outputs, layer.forward(x.astype(mine)).outputs, rtol=rtol)
        assert layer.backward(trace, np.ones(trace.outputs.shape, yours)).x.dtype == mine
