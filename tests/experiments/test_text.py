"""The experiments of lesson 14: a small part of each comes out as stored; what is stored tells the lesson's story."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import (
    attention,
    cosine_words,
    letter_model,
    neighbours,
    quote_cells,
    reversing,
    word_models,
)
from lstm_course.experiments.shared import language
from lstm_course.networks.word_vectors import cbow, mean_cosine
from lstm_course.tasks import quotes, words
from lstm_course.training import fit
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam

SINGLE = 2e-3               # float32 after a few updates on another machine


def first_losses(model, numbers, streams, updates):
    text = words.streams(numbers, streams)
    return fit(model, (text[:-1], text[1:]), softmax_cross_entropy, Adam(language.RATE), updates=updates,
               truncate=language.TRUNCATE, clip_norm=language.CLIP, rng=0).losses


@pytest.mark.parametrize("module, stored, key", [
    (letter_model, "letter_model", "letters"), (word_models, "word_models", "sonnets"),
    (word_models, "word_models", "analects")])
def test_the_first_losses_are_the_stored_ones(module, stored, key):
    given = {"name": key} if module is word_models else {}
    _, training, _ = module.data(**given)
    losses = first_losses(module.network(0, **given), training, module.STREAMS, 4)
    np.testing.assert_allclose(losses, experiments.load(stored)[f"losses_{key}"][0, :4], rtol=SINGLE)


def test_the_counts_are_the_stored_ones():
    stored = experiments.load("word_models")
    for name in word_models.TEXTS:
        vocabulary, training, held_out = word_models.data(name)
        found = [word_models.split_perplexity(p, vocabulary, held_out)
                 for p in word_models.counted(training, len(vocabulary), held_out)]
        np.testing.assert_allclose(found, stored[f"counts_{name}"], rtol=1e-9)
        unigram, bigram = words.Unigram(training, len(vocabulary)), words.Bigram(training, len(vocabulary))
        np.testing.assert_allclose([unigram.perplexity(held_out), bigram.perplexity(held_out)],
                                   stored[f"counts_{name}"][:2, 0], rtol=1e-9)
        accuracy = word_models.counted_accuracy(name)
        np.testing.assert_allclose(accuracy, stored[f"counts_accuracy_{name}"], rtol=1e-12)
        assert accuracy[0, 0] == unigram.accuracy(held_out) and accuracy[1, 0] >= bigram.accuracy(held_out)


def test_the_groups_part_the_tokens():
    vocabulary = words.Vocabulary(["，", "子", "曰", "\n", "don't"])
    numbers = np.array([1, 0, *(vocabulary.numbers[token] for token in ("，", "子", "\n", "don't", "曰"))])
    found = word_models.groups(vocabulary, numbers)
    assert tuple(found) == word_models.GROUPS and found["all"].all()
    assert found["unknown"].tolist() == [True] + 5 * [False]
    assert found["marks"].tolist() == [False, True, False, True, False, False]
    assert sum(found[name].astype(int) for name in ("unknown", "marks", "words")).tolist() == 6 * [1]


def test_right_by_group_and_among_known_words():
    """Tokens □ ， 子 曰; the highest score is right at □ and ，, and at 曰 only among words."""
    vocabulary = words.Vocabulary(["，", "，", "，", "子", "子", "曰"])
    comma, zi, yue = (vocabulary.numbers[token] for token in "，子曰")
    numbers = np.array([zi, 0, comma, zi, yue])
    scores = np.full((4, 4), -3.0)
    scores[[0, 1, 2, 3], [0, comma, yue, comma]] = -1
    scores[3, yue] = -2
    np.testing.assert_allclose(word_models.right(scores, vocabulary, numbers), [2 / 4, 1, 1, 0, 1 / 2])


@pytest.mark.parametrize("name", word_models.TEXTS)
def test_the_stored_weights_have_the_stored_perplexities(name):
    """To the rounding of float16."""
    stored = experiments.load("word_models")
    vocabulary, _, held_out = word_models.data(name)
    model = word_models.stored_network(stored, name=name)
    found = word_models.split_perplexity(word_models.of_next(model, held_out), vocabulary, held_out)
    np.testing.assert_allclose(found, stored[f"perplexity_{name}"][0], rtol=4e-3)
    assert found[0] == pytest.approx(language.perplexity(model, held_out), rel=1e-9)
    accuracy = word_models.right(model.predict(held_out[:-1, None])[:, 0], vocabulary, held_out)
    np.testing.assert_allclose(accuracy, stored[f"accuracy_{name}"][0], atol=5e-3)
    assert stored[f"accuracy_{name}"].shape == (20, 5) and stored[f"perplexity_{name}"].shape == (20, 4)


def test_the_stored_weights_of_letters_have_the_stored_perplexity():
    results = experiments.load("letter_model")
    _, _, held_out = letter_model.data()
    found = language.perplexity(letter_model.stored_network(results), held_out)
    assert found == pytest.approx(results["perplexity_letters"][0, -1], rel=2e-3)


def test_the_epochs_were_chosen_on_the_training_text():
    results = experiments.load("letter_model")
    assert results["perplexity_letters"].shape == (5, results["curve_letters"].argmin() + 1)


def test_order_is_what_the_network_learns():
    results = experiments.load("letter_model")
    assert results["perplexity_shuffled"][:, -1].min() > results["counts_shuffled"][0]
    assert sorted(letter_model.shuffled(words.sonnets()[:3])) == sorted(words.letters(words.sonnets()[:3]))


# ---- by cosine ---------------------------------------------------------------------------------------------

def test_windows_are_cut_right():
    vectors, numbers = np.arange(60.0).reshape(30, 2), np.arange(30)[::-1].copy()
    x, nexts = cosine_words.windows(vectors, numbers, 3)
    assert x.shape == (20, 3, 2) and nexts.tolist() == [numbers[20], numbers[21], numbers[22]]
    np.testing.assert_array_equal(x[:, 1], vectors[numbers[1:21]])
    assert cosine_words.windows(vectors, numbers)[0].shape == (20, 10, 2)


def test_the_nearest_vector_wins_and_the_unknown_one_never():
    vectors = np.array([[1.0, 0], [0.9, 0.1], [0, 1], [-1, 0]])
    found = cosine_words.all_cosines(vectors, np.array([[2.0, 0], [0, 3]]))
    assert found.argmax(axis=-1).tolist() == [1, 2] and (found[:, 0] == -1).all()
    np.testing.assert_allclose(found[0, 1:], [0.9 / np.hypot(0.9, 0.1), 0, -1])


def test_a_small_part_of_the_article_comes_out_as_stored():
    """The vectors with the article's settings point one way after few updates already; the stored ranges say so."""
    stored = experiments.load("cosine_words")
    vocabulary, training, held_out = cosine_words.analects()
    assert stored["ten"].shape == stored["ten_shuffled"].shape == (5, 4) and stored["mean_cosine"].shape == (5, 2)
    vectors = cbow(training, len(vocabulary), 200, epochs=1, rng=0)
    assert mean_cosine(vectors[1:]) < 0.9 * stored["mean_cosine"][:, 0].min()
    frequent = experiments.load("word_models")["counts_accuracy_analects"][0, 0]
    assert stored["ten"][:, 2].max() < frequent and stored["text_article"].max() < frequent
    assert (stored["ten"][:, 0] > 0.94).all() and (stored["ten_shuffled"][:, 0] > 0.94).all()


def test_the_explorers_network_is_as_good_as_stored():
    stored = experiments.load("cosine_words")
    model, vectors = cosine_words.stored_network(stored)
    _, _, held_out = word_models.data("sonnets")
    share, _ = cosine_words.judge(model, vectors, vectors[held_out[:-1, None]], held_out[1:, None])
    assert share == pytest.approx(stored["text_sonnets"][0, -1], abs=5e-3)


# ---- quotes ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("cell", quote_cells.CELLS)
def test_quotes_train_as_stored(cell):
    stored = experiments.load("quote_cells")
    _, losses = quote_cells.trained(cell, 0, updates=10)
    np.testing.assert_allclose(losses, stored[f"losses_{cell}"][0, :10], rtol=1e-8)
    assert stored[f"cut_{cell}"].shape == (quote_cells.SEEDS, 3, len(quote_cells.CUTS))


@pytest.mark.parametrize("cell", quote_cells.CELLS)
def test_the_stored_correlations_belong_to_the_stored_weights(cell):
    stored = experiments.load("quote_cells")
    model = quote_cells.stored_network(stored, cell)
    tokens, inside = quotes.text(200, 20, rng=1234)
    values = quote_cells.watched(model, tokens)
    assert set(values) == ({"h", "c", "f", "i", "o"} if cell == "LSTM" else {"h"})
    best = [np.abs(quote_cells.correlations(v[10:], inside[10:])).max() for v in values.values()]
    np.testing.assert_allclose(best, stored[f"best_{cell}"][0], atol=1e-5)
    assert quote_cells.perplexity(model, tokens) == pytest.approx(stored[f"perplexity_{cell}"][0], rel=1e-5)
    unit = np.abs(quote_cells.correlations(values["h"][10:], inside[10:])).argmax()
    cut = quote_cells.without(model, unit)
    assert not cut.parameters["1.U"][unit].any() and not cut.parameters["2.W"][unit].any()
    assert model.parameters["2.W"][unit].any()
    assert quote_cells.perplexity(cut, tokens) == pytest.approx(stored[f"cut_{cell}"][0, 0, 0], rel=1e-4)
    ranking = np.abs(quote_cells.correlations(values["h"][10:], inside[10:])).argsort()[::-1]
    found = quote_cells.cut_off(model, ranking, tokens, 0)
    np.testing.assert_allclose(found, stored[f"cut_{cell}"][0], rtol=1e-4)


def test_correlations_are_numpys():
    rng = np.random.default_rng(0)
    values, followed = rng.standard_normal((30, 4, 3)), rng.random((30, 4)) < 0.5
    values[:, :, 2] = 1.5
    found = quote_cells.correlations(values, followed)
    expected = [np.corrcoef(values[:, :, k].ravel(), followed.ravel())[0, 1] for k in (0, 1)]
    np.testing.assert_allclose(found, [*expected, 0], atol=1e-12)


# ---- neighbours ----------------------------------------------------------------------------------------------

def test_neighbours_of_vectors():
    vectors = np.array([[1.0, 0], [1, 0], [1, 0.1], [0, 1], [0.1, 1]])
    assert neighbours.nearest(vectors, 1, 3).tolist() == [2, 4, 3]
    assert neighbours.names_near_names(vectors, np.array([1, 2])) == pytest.approx(1 / 3)
    found = neighbours.counted(np.array([1, 2, 1, 3]), 4)
    np.testing.assert_allclose(np.expm1(found), [[0, 0, 0, 0], [0, 0, 2, 1], [0, 2, 0, 0], [0, 1, 0, 0]], atol=1e-12)


def test_neighbours_as_stored():
    stored = experiments.load("neighbours")
    vocabulary, numbers, persons = neighbours.data()
    assert neighbours.names_near_names(neighbours.counted(numbers, len(vocabulary)), persons) == stored["counted"]
    assert neighbours.names_near_names(stored["vectors"].astype(float), persons) == pytest.approx(
        stored["word2vec"][0], abs=0.04)
    assert stored["chance"] == (len(persons) - 1) / (len(vocabulary) - 2)
    first = neighbours.cbow(numbers, len(vocabulary), neighbours.SIZE, neighbours.WINDOW, rng=0,
                            **neighbours.ARTICLE | {"epochs": 1})
    assert first.shape == stored["vectors"].shape


# ---- reversing ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("look", [None, "last", "all"])
def test_the_gradients_of_the_two_networks(look):
    net, e = reversing.network(4, 0, look, np.float64), 1e-5
    digits = np.random.default_rng(1).integers(0, 10, (4, 3))
    _, grads = reversing.slopes(net, digits, digits[::-1])
    for name, array in reversing.parameters(net).items():
        index = tuple(np.random.default_rng(len(name)).integers(0, n) for n in array.shape)
        index = (digits[0, 0], *index[1:]) if name == "read.W" else index
        old = array[index]
        array[index] = old + e
        above = reversing.slopes(net, digits, digits[::-1])[0]
        array[index] = old - e
        below = reversing.slopes(net, digits, digits[::-1])[0]
        array[index] = old
        assert grads[name][index] == pytest.approx((above - below) / (2 * e), abs=1e-8), name


def test_reversing_trains_as_stored():
    stored = experiments.load("reversing")
    assert stored["sequences"].shape == stored["digits"].shape == (4, 20, reversing.TESTED)
    _, losses = reversing.train(reversing.SIZES[0], 0, only=20)
    assert losses.mean() == pytest.approx(float(stored["losses"][0, 0, 0]), rel=SINGLE)


def test_looking_back_trains_as_stored():
    stored = experiments.load("attention")
    for look, losses in zip(attention.LOOKS, stored["losses"][:, 0], strict=True):
        _, found = reversing.train(attention.UNITS, 0, attention.UPDATES, only=8, look=look, **attention.SHORT)
        np.testing.assert_allclose(found, losses[:8], rtol=SINGLE)


def test_the_stored_network_looks_back():
    stored = experiments.load("attention")
    net = attention.stored_network(stored)
    assert reversing.scores(net, 6)[1] == pytest.approx(stored["sequences"][1, 0, 5], abs=0.02)
    weights = attention.weights(net, np.array([[2, 6, 5, 4, 1, 3], [1, 2, 3, 4, 5, 6]]).T)
    assert weights.shape == (6, 2, 6)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-5)
    assert attention.looks_right(net) == pytest.approx(stored["looked"][0], abs=0.01)


def test_attention_is_a_mean_of_the_states():
    rng = np.random.default_rng(0)
    asking, states = rng.standard_normal((3, 2, 4)), rng.standard_normal((5, 2, 4))
    weights, context = reversing.attend(asking, states)
    assert weights.shape == (3, 2, 5)
    scores = np.exp(states[:, 1] @ asking[2, 1])
    np.testing.assert_allclose(context[2, 1], scores / scores.sum() @ states[:, 1], rtol=1e-12)


def test_the_state_is_all_that_passes():
    """Two inputs with one encoder state cannot be told apart; an empty state leaves nothing of the input."""
    net = reversing.network(8, 0, dtype=np.float64)
    digits = np.random.default_rng(0).integers(0, 10, (5, 6))
    answers = reversing.write(net, digits, cut=True)
    assert (answers == answers[:, :1]).all()
    assert experiments.load("reversing")["cut"].max() < 0.13
