"""What the network tests share: reference cases, a layer of every kind, nested states, derivatives."""

import copy
import functools
import json
from pathlib import Path

import numpy as np

from lstm_course import GRU, LSTM, RNN, Bidirectional, Stacked

REFERENCE = Path(__file__).parent / "reference"
I, H = 3, 4   # the sizes of all layers in LAYERS: different, so that a transposed matrix cannot pass


# ---------------------------------------------------------------- reference cases

@functools.cache
def reference_cases(folder):
    """All cases of a folder: name -> (its entry in the manifest, its arrays by name)."""
    manifest = json.loads((REFERENCE / folder / "manifest.json").read_text())
    arrays = {entry["name"]: {} for entry in manifest["cases"]}
    with np.load(REFERENCE / folder / "cases.npz") as stored:
        for key in stored.files:
            case, name = key.split("|", 1)
            arrays[case][name] = stored[key]
    return {entry["name"]: (entry, arrays[entry["name"]]) for entry in manifest["cases"]}


def assert_close(actual, expected, what, rtol=1e-9, atol=0.0):
    """Equal within rtol; entries beside much larger ones may be off by rtol/1000 of them, or by atol."""
    expected = np.asarray(expected)
    assert np.shape(actual) == expected.shape, f"{what}: shape {np.shape(actual)}, expected {expected.shape}"
    atol = max(atol, 1e-3 * rtol * np.abs(expected).max(initial=0.0))
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol, err_msg=what)


# ---------------------------------------------------------------- states are arrays in nested tuples

def leaves(state):
    """The arrays of a nested state, in order."""
    return [state] if isinstance(state, np.ndarray) else [leaf for part in state for leaf in leaves(part)]


def map_state(function, state):
    """The same nesting with `function` of each array."""
    if isinstance(state, np.ndarray):
        return function(state)
    assert isinstance(state, tuple), f"a state is an array or a tuple, not {type(state).__name__}"
    return tuple(map_state(function, part) for part in state)


def nesting(state):
    """The shapes of a nested state, nested alike."""
    return map_state(np.shape, state)


def assert_states_close(actual, expected, what, rtol=1e-9, atol=0.0):
    """Two nested states are equal, in structure and within rtol."""
    assert nesting(actual) == nesting(expected), what
    for k, (a, e) in enumerate(zip(leaves(actual), leaves(expected), strict=True)):
        assert_close(a, e, f"{what}, array {k}", rtol, atol)


def random_state(layer, B, rng):
    """A state with random numbers that suits the layer: its structure comes from one short forward pass."""
    like = layer.forward(np.zeros((1, B, I), first_parameter(layer).dtype)).state
    return map_state(lambda a: rng.uniform(-0.8, 0.8, a.shape).astype(a.dtype), like)


# ---------------------------------------------------------------- a layer of every kind

def _two_way(kind, *sizes, **o):
    return Bidirectional(kind(*sizes, **o), kind(*sizes, **o))


def _upwards(**o):
    return Stacked([GRU(I, H, **o), LSTM(H, 3, **o)])


PLAIN = {
    "rnn_tanh": lambda **o: RNN(I, H, **o),
    "rnn_relu": lambda **o: RNN(I, H, activation="relu", **o),
    "rnn_sigmoid": lambda **o: RNN(I, H, activation="sigmoid", **o),
    "lstm": lambda **o: LSTM(I, H, **o),
    "lstm_peephole": lambda **o: LSTM(I, H, peephole=True, **o),
    "lstm_identity": lambda **o: LSTM(I, H, output_activation="identity", **o),
    "lstm_peephole_identity": lambda **o: LSTM(I, H, peephole=True, output_activation="identity", **o),
    "gru": lambda **o: GRU(I, H, **o),
    "gru_before": lambda **o: GRU(I, H, reset_after=False, **o),
}
WRAPPERS = {
    "stacked": lambda **o: Stacked([LSTM(I, H, **o), GRU(H, 3, **o), RNN(3, 5, **o)]),
    "two_way": lambda **o: _two_way(LSTM, I, H, **o),
    "two_way_gru_before": lambda **o: _two_way(GRU, I, H, reset_after=False, **o),
    "stacked_two_way": lambda **o: Stacked([_two_way(GRU, I, H, **o), _two_way(LSTM, 2 * H, 3, **o)]),
    "two_way_stacked": lambda **o: Bidirectional(_upwards(**o), _upwards(**o)),
    "nested": lambda **o: Stacked([Stacked([RNN(I, H, **o), LSTM(H, 3, peephole=True, **o)]),
                                   GRU(3, 2, reset_after=False, **o)]),
}
LAYERS = PLAIN | WRAPPERS


def make(name, seed=0, dtype=np.float64):
    """A layer of LAYERS whose every parameter is random: zero biases or peepholes would hide mistakes."""
    rng = np.random.default_rng(seed)
    layer = LAYERS[name](rng=rng, dtype=dtype)
    for array in layer.parameters.values():
        array += rng.uniform(-0.4, 0.4, array.shape).astype(array.dtype)
    return layer


def first_parameter(layer):
    """Any parameter array, for its dtype."""
    return next(iter(layer.parameters.values()))


def example(name, T=5, B=3, seed=0, dtype=np.float64):
    """Layer, x, state and random gradients of outputs and final state: all that a pass needs."""
    layer, rng = make(name, seed, dtype), np.random.default_rng(seed + 1)
    x = rng.standard_normal((T, B, I)).astype(dtype)
    state = random_state(layer, B, rng)
    trace = layer.forward(x)
    grad_outputs = rng.standard_normal(trace.outputs.shape).astype(dtype)
    return layer, x, state, grad_outputs, random_state(layer, B, rng)


def arrays_of(value, prefix="", seen=None):
    """Every array that can be reached from an object through attributes, dicts and sequences, by path."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return {}
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        return {prefix: value}
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, (list, tuple)):
        parts = enumerate(value)
    elif hasattr(value, "__dict__") or hasattr(type(value), "__slots__"):
        names = [*getattr(type(value), "__slots__", ()), *getattr(value, "__dict__", {})]
        parts = [(name, getattr(value, name)) for name in names if hasattr(value, name)]
    else:
        return {}
    found = {}
    for name, part in parts:
        found |= arrays_of(part, f"{prefix}.{name}", seen)
    return found


def snapshot(value):
    """Bytes of every array inside an object, to see whether anything changed."""
    return {path: (a.shape, a.dtype.str, a.tobytes()) for path, a in arrays_of(value).items()}


# ---------------------------------------------------------------- derivatives, independent of the package

def loss(layer, x, state, lengths, grad_outputs, grad_state):
    """The number whose gradients backward() computes: results times the upstream gradients, summed."""
    trace = layer.forward(x, state, lengths)
    total = np.sum(trace.outputs * grad_outputs)
    return total + sum(np.sum(a * g) for a, g in zip(leaves(trace.state), leaves(grad_state), strict=True))


def numeric_gradient(function, array, step=1e-5):
    """Central differences of function() for every entry of `array`, changed in place and restored."""
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + step
        above = function()
        array[index] = kept - step
        gradient[index] = (above - function()) / (2 * step)
        array[index] = kept
    return gradient


def numeric_gradients(layer, x, state, lengths, grad_outputs, grad_state):
    """Numeric gradients by block name: "x", "state.k" for the k-th array of the state, and the parameters."""
    x, state = x.copy(), copy.deepcopy(state)
    blocks = {"x": x} | {f"state.{k}": a for k, a in enumerate(leaves(state))} | layer.parameters
    function = functools.partial(loss, layer, x, state, lengths, grad_outputs, grad_state)
    return {name: numeric_gradient(function, array) for name, array in blocks.items()}


def named_gradients(grads):
    """The gradients of a backward pass under the names of `numeric_gradients`."""
    return {"x": grads.x} | {f"state.{k}": a for k, a in enumerate(leaves(grads.state))} | grads.parameters


# ---------------------------------------------------------------- all that two passes give, by name

def forward_results(trace):
    """Outputs, final state and gates: name -> array."""
    state = {f"final state, array {k}": a for k, a in enumerate(leaves(trace.state))}
    return {"outputs": trace.outputs} | state | {f"gate {name}": a for name, a in trace.gates.items()}


def backward_results(grads):
    """The gradients of x, of the state and of the parameters: name -> array."""
    return {f"gradient of {name}": a for name, a in named_gradients(grads).items()}


def passes(layer, x, state=None, grad_outputs=None, grad_state=None, lengths=None):
    """What forward and backward give: name -> array."""
    trace = layer.forward(x, state, lengths)
    return forward_results(trace) | backward_results(layer.backward(trace, grad_outputs, grad_state))


def assert_same(actual, expected, rtol=0.0):
    """Two dicts of arrays: the same names in the same order, equal arrays (bit by bit, or within rtol)."""
    assert list(actual) == list(expected)
    for name, array in expected.items():
        if rtol:
            assert_close(actual[name], array, name, rtol)
        else:
            np.testing.assert_array_equal(actual[name], array, err_msg=name)
