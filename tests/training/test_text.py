"""word2vec and sampling: slopes against differences, probabilities, and writing step by step."""

import numpy as np
import pytest

from lstm_course import LSTM, Embedding, Linear
from lstm_course.networks.functions import sigmoid, softmax
from lstm_course.networks.word_vectors import cbow, cosines, guess, keeping, mean_cosine
from lstm_course.training import Model
from lstm_course.training.sampling import distribution, draw, write


def negative_sampling_loss(vectors, outputs, around, word, others):
    v = vectors[around].mean(axis=0)
    return -np.log(sigmoid(outputs[word] @ v)) - sum(np.log(1 - sigmoid(outputs[j] @ v)) for j in others)


def test_one_update_goes_down_the_slope():
    """With a word twice in the context, and a random word drawn twice."""
    rng = np.random.default_rng(0)
    vectors, outputs = rng.standard_normal((2, 9, 4))
    around, word, others, rate, e = np.array([1, 2, 2, 5]), 3, np.array([4, 4, 6]), 0.01, 1e-6
    changed = vectors.copy(), outputs.copy()
    guess(*changed, around, word, others, rate)
    for k in (0, 1):
        slopes = np.zeros_like(vectors)
        for index in np.ndindex(slopes.shape):
            both = [[vectors.copy(), outputs.copy()] for _ in range(2)]
            both[0][k][index] += e
            both[1][k][index] -= e
            above, below = (negative_sampling_loss(*pair, around, word, others) for pair in both)
            slopes[index] = (above - below) / (2 * e)
        np.testing.assert_allclose(((vectors, outputs)[k] - changed[k]) / rate, slopes, atol=1e-7)


def test_vectors_start_small_and_around_zero():
    """Uniform in ±1/2 divided by the size, as in the authors' program."""
    first = cbow(np.arange(200), 200, size=50, epochs=0, rng=0) * 50
    assert abs(first.mean()) < 0.01 and -0.5 <= first.min() < -0.49 and 0.49 < first.max() <= 0.5


def test_words_in_the_same_company_come_near():
    """Tokens 1 and 2 occur in the same places, 3 and 4 in others."""
    rng = np.random.default_rng(0)
    text = np.concatenate([[5, rng.integers(1, 3), 6] if rng.random() < 0.5 else [7, rng.integers(3, 5), 8]
                           for _ in range(600)])
    found = cbow(text, 9, size=10, window=2, negative=5, subsample=0, epochs=8, rate=0.1, rng=0)
    near = cosines(found, found[1])
    assert near[1] == pytest.approx(1) and near[2] > 0.9 and near[2] > near[3:5].max() + 0.3
    assert np.array_equal(found, cbow(text, 9, size=10, window=2, negative=5, subsample=0, epochs=8, rate=0.1, rng=0))


def test_frequent_tokens_are_dropped():
    keep = keeping(np.array([0, 10, 100, 9890]), 1e-3)
    assert keep[:2].tolist() == [1, 1] and keep[2] > keep[3] > 0
    share = 0.989
    assert keep[3] == pytest.approx(np.sqrt(1e-3 / share) + 1e-3 / share)
    assert keeping(np.array([1, 5]), 0).tolist() == [1, 1]


def test_mean_cosine():
    vectors = np.random.default_rng(0).standard_normal((12, 5))
    pairs = [cosines(vectors, vectors[a])[b] for a in range(12) for b in range(12) if a != b]
    assert mean_cosine(vectors) == pytest.approx(np.mean(pairs), abs=1e-9)
    assert mean_cosine(np.outer(np.arange(1, 5), [1.0, 2, 3])) == pytest.approx(1)


# ---- sampling ----------------------------------------------------------------------------------------------

def test_temperature_and_top_k():
    z = np.log([5.0, 3.0, 2.0])
    np.testing.assert_allclose(distribution(z), [0.5, 0.3, 0.2])
    np.testing.assert_allclose(distribution(z, 0.5), np.array([25, 9, 4]) / 38)
    np.testing.assert_allclose(distribution(z, 2.0), np.sqrt([5, 3, 2]) / np.sqrt([5, 3, 2]).sum())
    np.testing.assert_allclose(distribution(z, top_k=2), [0.625, 0.375, 0])
    np.testing.assert_allclose(distribution(z, 2.0, top_k=1), [1, 0, 0])
    np.testing.assert_allclose(distribution(z, top_k=99), [0.5, 0.3, 0.2])
    np.testing.assert_allclose(distribution(z, 1e-3), [1, 0, 0], atol=1e-12)
    assert np.isfinite(distribution(np.array([1e4, -1e4, 9e3]), 0.01)).all()
    many = np.random.default_rng(0).standard_normal((4, 3, 7))
    np.testing.assert_allclose(distribution(many, 0.7), softmax(many / 0.7), rtol=1e-12)
    for bad in ({"temperature": 0.0}, {"top_k": 0}):
        with pytest.raises(ValueError, match="temperature is 0|top_k is 0"):
            distribution(z, **bad)


def test_draws_are_as_frequent_as_they_should_be():
    rng, p = np.random.default_rng(0), np.array([0.5, 0.0, 0.3, 0.2])
    counted = np.bincount([draw(p, rng) for _ in range(4000)], minlength=4) / 4000
    np.testing.assert_allclose(counted, p, atol=0.03)
    assert counted[1] == 0


def test_writing_is_reading_what_was_written():
    model = Model([Embedding(6, 4, rng=0), LSTM(4, 5, rng=1), Linear(5, 6, rng=2)])
    start = [1, 2, 3]
    tokens = write(model, start, 12, temperature=1.3, rng=7, never=(0,))
    assert len(tokens) == 12 and 0 not in tokens
    rng, text = np.random.default_rng(7), list(start)
    for token in tokens:                                    # the slow way: everything is read again for each token
        logits = model.predict(np.array(text)[:, None])[-1, 0].copy()
        logits[0] = -np.inf
        assert draw(distribution(logits, 1.3), rng) == token
        text.append(token)
    cold = write(model, start, 5, temperature=1e-6, rng=1)
    assert cold == write(model, start, 5, top_k=1, rng=2)
