"""gradient_flow: spectral norms of ∂s_T/∂s_t against stored Jacobians and against central differences."""

import numpy as np
import pytest

from lstm_course import GRU, LSTM, RNN, Bidirectional, Linear, Stacked
from lstm_course.gradients import gradient_flow
from tests.networks.support import PLAIN, I, leaves, make, map_state, random_state, reference_cases

KINDS = {"rnn_tanh": RNN, "lstm": LSTM, "RNN": RNN, "LSTM": LSTM, "GRU": GRU}
CASES = {name: (entry.get("cell", entry.get("kind")), arrays)
         for folder in ("torch", "more") for name, (entry, arrays) in reference_cases(folder).items()
         if name.startswith("jac")}


def layer_of(kind, arrays):
    """The layer with a case's weights; all cases have PyTorch's two biases."""
    H, I = arrays["weight_hh"].shape[1], arrays["weight_ih"].shape[1]
    layer, b_ih, b_hh = KINDS[kind](I, H), arrays["bias_ih"], arrays["bias_hh"]
    p = layer.parameters
    p["W"][...], p["U"][...], p["b"][...] = arrays["weight_ih"].T, arrays["weight_hh"].T, b_ih + b_hh
    if kind == "GRU":
        p["b"][2 * H:], p["b_hn"][...] = b_ih[2 * H:], b_hh[2 * H:]
    return layer


def unpacked(s, layer):
    """A state vector as (1,H), or as a tuple of two."""
    H = layer.parameters["U"].shape[0]
    return (s[None, :H], s[None, H:]) if isinstance(layer, LSTM) else s[None]


def test_the_cases_are_there():
    assert len(CASES) == 5


@pytest.mark.parametrize("case", CASES)
def test_reference_norms(case):
    """Of the states that are stored, at the same place."""
    kind, arrays = CASES[case]
    layer, x = layer_of(kind, arrays), arrays["x"].reshape(len(arrays["x"]), 1, -1)
    start = unpacked(arrays["states"][0], layer)
    flow, trace = gradient_flow(layer, x, start), layer.forward(x, start)
    states = np.concatenate([trace.outputs, *([trace.gates["c"]] if kind.lower() == "lstm" else [])], axis=2)
    np.testing.assert_allclose(states[:, 0], arrays["states"][1:], rtol=1e-9)
    names = {"state": "spec_full", "h": "spec_dhT_dht", "c": "spec_dcT_dct", "direct": "prod_f_max"}
    compared = {mine: key for mine, key in names.items() if key in arrays}
    assert "state" in compared
    for mine, key in compared.items():
        norms = getattr(flow, mine)
        assert norms.shape == (len(x) + 1,)
        np.testing.assert_allclose(norms, arrays[key], rtol=1e-6, err_msg=mine)


# ---------------------------------------------------------------- central differences

def numeric_jacobian(layer, x, state, step=1e-6):
    """∂(final state)/∂(state), one column for each entry of the state."""
    def final(change, entry):
        position = iter(np.cumsum([0] + [a.size for a in leaves(state)])[:-1])

        def moved(a):
            start, b = next(position), a.copy()
            if start <= entry < start + a.size:
                b[0, entry - start] += change
            return b
        return np.concatenate(leaves(layer.forward(x, map_state(moved, state)).state), axis=1)[0]

    size = sum(a.size for a in leaves(state))
    return np.stack([(final(step, k) - final(-step, k)) / (2 * step) for k in range(size)], axis=1)


@pytest.mark.parametrize("name", PLAIN)
def test_every_layer_against_central_differences(name):
    layer, rng = make(name, seed=2), np.random.default_rng(4)
    x, state = rng.standard_normal((6, 1, I)), random_state(layer, 1, rng)
    flow, H = gradient_flow(layer, x, state), layer.parameters["U"].shape[0]
    for t in range(6):
        reached = layer.forward(x[:t], state).state if t else state
        jacobian = numeric_jacobian(layer, x[t:], reached)
        blocks = {"state": jacobian, "h": jacobian[:H, :H]}
        if name.startswith("lstm"):
            blocks["c"] = jacobian[H:, H:]
        for block, matrix in blocks.items():
            norm = np.linalg.norm(matrix, 2)
            np.testing.assert_allclose(getattr(flow, block)[t], norm, rtol=1e-6, atol=1e-9, err_msg=block)


# ---------------------------------------------------------------- the interface

@pytest.mark.parametrize("name", PLAIN)
def test_ends_with_the_identity(name):
    layer, rng = make(name), np.random.default_rng(0)
    flow = gradient_flow(layer, rng.standard_normal((5, 1, I)))
    parts = ["h", "state", *(["c", "direct"] if name.startswith("lstm") else [])]
    for part in parts:
        norms = getattr(flow, part)
        assert norms.shape == (6,)
        assert norms.dtype == np.float64
        assert norms[-1] == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("name", ["rnn_tanh", "rnn_relu", "gru", "gru_before"])
def test_one_block_only(name):
    """For RNN and GRU h is the whole state, and there is no c."""
    flow = gradient_flow(make(name), np.random.default_rng(0).standard_normal((5, 1, I)))
    np.testing.assert_array_equal(flow.h, flow.state)
    assert getattr(flow, "c", None) is None
    assert getattr(flow, "direct", None) is None


def test_direct_path_is_the_product_of_the_forget_gates():
    layer, rng = make("lstm"), np.random.default_rng(0)
    x = rng.standard_normal((7, 1, I))
    f = layer.forward(x).gates["f"][:, 0]
    expected = [np.prod(f[t:], axis=0).max() for t in range(8)]
    np.testing.assert_allclose(gradient_flow(layer, x).direct, expected, rtol=1e-12)


def test_no_state_means_zeros_and_layer_and_input_stay_as_they_were():
    layer, x = make("lstm_peephole"), np.random.default_rng(0).standard_normal((4, 1, I))
    before = [a.tobytes() for a in [x, *layer.parameters.values()]]
    zeros = (np.zeros((1, 4)), np.zeros((1, 4)))
    np.testing.assert_array_equal(gradient_flow(layer, x).state, gradient_flow(layer, x, zeros).state)
    assert [a.tobytes() for a in [x, *layer.parameters.values()]] == before


def test_a_float32_layer_is_measured_too():
    layer = make("lstm", dtype=np.float32)
    x = np.random.default_rng(0).standard_normal((4, 1, I))
    double = make("lstm")
    for name, array in double.parameters.items():
        array[...] = layer.parameters[name]
    norms = gradient_flow(layer, x.astype(np.float32)).state
    np.testing.assert_allclose(norms, gradient_flow(double, x).state, rtol=1e-4)


# ---------------------------------------------------------------- bad input

@pytest.mark.parametrize("x", [*map(np.zeros, [(5, 2, I), (5, 1, I + 1), (5, I), (0, 1, I)]), None, [[[1.0, 2.0, 3.0]]],
                               np.zeros((5, 1, I), int)], ids=range(7))
def test_wrong_x(x):
    with pytest.raises((ValueError, TypeError), match=r"\bx\b.*expected"):
        gradient_flow(make("lstm"), x)


@pytest.mark.parametrize("layer", [Stacked([LSTM(I, 4), LSTM(4, 4)]), Bidirectional(LSTM(I, 4), LSTM(I, 4)),
                                   Linear(I, 4), None, "LSTM"])
def test_only_single_one_way_layers(layer):
    with pytest.raises((ValueError, TypeError), match="layer.*expected"):
        gradient_flow(layer, np.zeros((5, 1, I)))


def test_wrong_state():
    with pytest.raises((ValueError, TypeError), match="state.*expected"):
        gradient_flow(make("lstm"), np.zeros((5, 1, I)), np.zeros((1, 4)))
    with pytest.raises(ValueError, match="state.*expected"):
        gradient_flow(make("gru"), np.zeros((5, 1, I)), np.zeros((2, 4)))
