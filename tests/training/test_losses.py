"""The losses: PyTorch's numbers, slopes by finite differences, huge logits, masks, clear errors."""

import numpy as np
import pytest

from lstm_course.training.losses import binary_cross_entropy, mean_squared_error, softmax_cross_entropy
from tests.networks.support import assert_close, numeric_gradient, reference_cases

LOSSES = [mean_squared_error, binary_cross_entropy, softmax_cross_entropy]


def example(loss, shape=(3, 4, 2), seed=0):
    """Predictions and targets that fit the loss"""
    rng = np.random.default_rng(seed)
    predictions = rng.standard_normal(shape)
    if loss is softmax_cross_entropy:
        return predictions, rng.integers(0, shape[-1], shape[:-1])
    return predictions, rng.random(shape)


@pytest.mark.parametrize(("loss", "names"), [
    (mean_squared_error, ("p", "q", "mse", "d_p")),
    (binary_cross_entropy, ("b", "tb", "bce", "d_b")),
    (softmax_cross_entropy, ("logits", "target", "ce", "d_logits")),
    (softmax_cross_entropy, ("big", "big_t", "ce_big", "d_big")),
])
def test_pytorchs_numbers(loss, names):
    of = reference_cases("torch")["losses"][1]
    predictions, targets, value, grad = (of[name] for name in names)
    ours = loss(predictions, targets)
    assert isinstance(ours[0], float)
    assert_close(ours[0], value, "loss", rtol=1e-12)
    assert_close(ours[1], grad, "gradient", rtol=1e-12)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_slopes_are_those_of_finite_differences(loss, masked):
    predictions, targets = example(loss)
    mask = np.random.default_rng(1).random((3, 4)) < 0.5 if masked else None
    expected = numeric_gradient(lambda: loss(predictions, targets, mask)[0], predictions)
    np.testing.assert_allclose(loss(predictions, targets, mask)[1], expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_mask_leaves_the_mean_of_what_counts(loss):
    predictions, targets = example(loss)
    before = predictions.copy(), targets.copy()
    mask = np.arange(3)[:, None] < np.array([3, 1, 2, 3])
    value, grad = loss(predictions, targets, mask)
    assert np.array_equal(predictions, before[0]) and np.array_equal(targets, before[1])
    valued, graded = loss(predictions[mask], targets[mask])
    assert value == pytest.approx(valued, rel=1e-13)
    np.testing.assert_allclose(grad[mask], graded, rtol=1e-13)
    assert not grad[~mask].any()
    spoilt = targets.copy()
    spoilt[~mask] = -7
    assert loss(predictions, spoilt, mask.astype(int))[0] == value, "targets on padding do not matter"
    if loss is not softmax_cross_entropy:                       # a mask of the full shape, one entry a prediction
        mask = np.random.default_rng(2).random(predictions.shape) < 0.5
        value, grad = loss(predictions, targets, mask)
        assert value == pytest.approx(loss(predictions[mask], targets[mask])[0], rel=1e-13) and not grad[~mask].any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_logits_stay_finite(dtype):
    z = np.array([[1e4], [-1e4], [1e4], [-1e4]], dtype)
    value, grad = binary_cross_entropy(z, np.array([[1.0], [0.0], [0.0], [1.0]]))
    assert value == 5000
    assert grad.ravel().tolist() == [0, 0, 0.25, -0.25]
    value, grad = softmax_cross_entropy(np.array([[1e4, 0, -1e4]], dtype), np.array([1]))
    assert value == 1e4
    assert grad.tolist() == [[1, -1, 0]]
    assert grad.dtype == dtype


ONES = np.ones((3, 1))


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: mean_squared_error(ONES, np.ones(3)), ValueError, r"targets has shape \(3,\), expected .*\(3, 1\)"),
    (lambda: mean_squared_error(ONES.astype(int), ONES), TypeError, "predictions has dtype int64"),
    (lambda: mean_squared_error(ONES * np.nan, ONES), ValueError, "predictions holds nan"),
    (lambda: mean_squared_error(ONES, ONES * np.inf), ValueError, "targets holds inf"),
    (lambda: mean_squared_error(ONES, ONES.astype(str)), TypeError, "targets has dtype"),
    (lambda: mean_squared_error(ONES, ONES, np.ones(2)), ValueError, r"mask has shape \(2,\), expected \(3,\) or"),
    (lambda: mean_squared_error(ONES, ONES, np.zeros(3)), ValueError, "mask is False everywhere"),
    (lambda: mean_squared_error(ONES, ONES, np.full(3, 0.5)), ValueError, "mask holds other things"),
    (lambda: mean_squared_error(np.ones((0, 1)), np.ones((0, 1))), ValueError, "predictions are empty"),
    (lambda: binary_cross_entropy(ONES, 2 * ONES), ValueError, r"targets hold 2.0 at index \(0, 0\)"),
    (lambda: softmax_cross_entropy(np.ones((2, 3)), np.array([0, 3])), ValueError, r"hold 3 at index \(1,\).* 0 to 2"),
    (lambda: softmax_cross_entropy(np.ones((2, 3)), np.array([0, -1])), ValueError, "hold -1"),
    (lambda: softmax_cross_entropy(np.ones((2, 3)), np.ones(2)), TypeError, "targets has dtype float64"),
    (lambda: softmax_cross_entropy(np.ones((2, 3)), np.eye(3, dtype=int)[:2]), ValueError, r"targets has shape"),
])
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
