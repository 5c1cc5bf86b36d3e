"""The texts of lesson 14: what is in them, how they are cut, what counting knows; the quote language."""

import numpy as np
import pytest

from lstm_course.tasks import ngrams, quotes, words


def test_the_analects():
    book = words.analects()
    assert len(book) == 512 and sum(map(len, book)) == 21480
    assert book[0].startswith("子曰：“学而时习之") and book[-1].endswith("无以知人也。”")


def test_the_sonnets():
    poems = words.sonnets()
    assert len(poems) == 154
    assert {len(poem.split("\n")) for poem in poems} == {14, 15, 12}        # 99 has 15 lines, 126 has 12
    assert [k + 1 for k, poem in enumerate(poems) if poem.count("\n") != 13] == [99, 126]
    assert poems[17].startswith("Shall I compare thee") and poems[-1].endswith("water cools not love.")
    lines = [line for poem in poems for line in poem.split("\n")]
    assert all(line and line == line.strip() and not words.NUMERAL.fullmatch(line) for line in lines)


def test_the_held_out_part_is_the_last():
    training, held_out = words.split(list(range(10)))
    assert training == list(range(8)) and held_out == [8, 9]
    for pieces, share in (([1], 0.2), ([1, 2, 3], 0.0), ([1, 2, 3], 1.0), ([1, 2], 0.1)):
        with pytest.raises(ValueError, match="held_out|too few"):
            words.split(pieces, share)


def test_longest_match():
    lexicon = {"而已", "而已矣", "君子"}
    assert words.longest_match("不亦君子乎", lexicon) == ["不", "亦", "君子", "乎"]
    assert words.longest_match("忠恕而已矣。", lexicon) == ["忠", "恕", "而已矣", "。"]
    assert words.longest_match("而已", lexicon) == ["而已"] and words.longest_match("", lexicon) == []
    assert words.longest_match("君子", frozenset()) == ["君", "子"]


def test_nothing_is_lost_when_a_text_is_cut():
    assert "".join(words.chinese(words.analects())) == "\n".join(words.analects()) + "\n"
    assert "".join(words.letters(words.sonnets())) == "\n\n".join(words.sonnets()) + "\n\n"
    assert words.english(["Feed'st thy light's flame,\nself-substantial fuel:"]) == [
        "feed'st", "thy", "light's", "flame", ",", "\n", "self-substantial", "fuel", ":", "\n"]


def test_the_vocabulary():
    vocabulary = words.Vocabulary(list("abacab?"), at_least=1)
    assert vocabulary.tokens == (words.UNKNOWN, "a", "b", "?", "c") and len(vocabulary) == 5
    assert vocabulary.encode("abz?").tolist() == [1, 2, 0, 3] and vocabulary.decode([2, 0]) == ["b", words.UNKNOWN]
    assert words.Vocabulary(list("abacab"), at_least=2).tokens == (words.UNKNOWN, "a", "b")


def test_streams_lose_no_neighbours():
    numbers = np.arange(23)
    found = words.streams(numbers, 4)
    assert found.shape == (6, 4) and found[:, 0].tolist() == [0, 1, 2, 3, 4, 5] and found[0].tolist() == [0, 5, 10, 15]
    with pytest.raises(ValueError, match="too few"):
        words.streams(numbers, 23)


@pytest.fixture(scope="module")
def text():
    """Numbers 0 to 4 in which the next depends on the last two."""
    rng, numbers = np.random.default_rng(0), [0, 1]
    for _ in range(4000):
        numbers.append(int((numbers[-1] + 2 * numbers[-2] + (rng.random() < 0.2)) % 5))
    return np.array(numbers)


@pytest.mark.parametrize("make", [lambda n: words.Unigram(n, 5), lambda n: words.Bigram(n, 5),
                                  lambda n: words.Ngram(n, 5, 2), lambda n: words.Ngram(n, 5, 3),
                                  lambda n: ngrams.KneserNey(n, 5, 2), lambda n: ngrams.KneserNey(n, 5, 3)])
def test_counting_gives_probabilities(make, text):
    """Over all five possible next tokens they add up to 1."""
    counts, before = make(text[:3000]), [3, 1, 4]
    total = sum(counts.of_next(np.array([*before, k]))[-1] for k in range(5))
    assert total == pytest.approx(1, abs=1e-12)
    if not isinstance(counts, ngrams.KneserNey):
        assert counts.perplexity(text[3000:]) == pytest.approx(np.exp(-np.log(counts.of_next(text[3000:])).mean()))


def test_longer_contexts_know_more_here(text):
    training, held_out = text[:3000], text[3000:]
    found = [words.Unigram(training, 5), words.Bigram(training, 5), words.Ngram(training, 5, 3)]
    one, two, three = (counts.perplexity(held_out) for counts in found)
    assert 4.5 < one <= 5.01 and two < one + 0.01 and three < 2.2
    assert words.Ngram(training, 5, 2, 20.0).perplexity(held_out) == pytest.approx(
        words.Bigram(training, 5, 20.0).perplexity(held_out), rel=1e-12)
    pairs = words.Bigram(training, 5)
    guesses = pairs.probabilities.argmax(axis=1)[held_out[:-1]]
    assert pairs.accuracy(held_out) == (guesses == held_out[1:]).mean()


def test_the_strength_is_chosen_without_the_held_out_text(text):
    counts = words.Bigram(text[:3000], 5)
    tried = {s: words.Bigram(text[:2700], 5, s).perplexity(text[2700:3000]) for s in (1, 10, 100, 1000)}
    assert words.Bigram(text[:2700], 5, counts.strength).perplexity(text[2700:3000]) <= min(tried.values())


def test_kneser_ney_by_hand():
    """a b a b a c with discount ½: of the pairs ab, ba, ab, ba, ac three kinds; b, a and c follow one kind each."""
    counts = ngrams.KneserNey(np.array([0, 1, 0, 1, 0, 2]), 4, 2, discount=0.5)
    lower = (1 - 0.5) / 3 + 0.5 * 3 / 3 / 4                             # p(b), by kinds; of four tokens one is new
    assert counts.of_next(np.array([0, 1]))[0] == pytest.approx((2 - 0.5) / 3 + 0.5 * 2 / 3 * lower)
    assert counts.of_next(np.array([0, 3]))[0] == pytest.approx(0.5 * 2 / 3 * 0.5 / 4)
    assert counts.of_next(np.array([2, 1]))[0] == pytest.approx(lower)  # after c nothing is known: the shorter context


def test_the_discount_is_chosen_without_the_held_out_text(text):
    counts = ngrams.KneserNey(text[:3000], 5, 3)
    tried = [ngrams.surprise(ngrams.KneserNey(text[:2700], 5, 3, d).of_next(text[2700:3000])) for d in ngrams.DISCOUNTS]
    assert counts.discount == ngrams.DISCOUNTS[int(np.argmin(tried))]


def test_a_cache_mixes_in_what_was_said_lately():
    numbers, p = np.array([0, 1, 1, 2, 1]), np.full(4, 0.1)
    found = ngrams.with_cache(p, numbers, 0.5, window=2)
    np.testing.assert_allclose(found, [0.05, 0.05 + 0.5 / 2, 0.05, 0.05 + 0.5 / 2])
    np.testing.assert_array_equal(ngrams.with_cache(p, numbers, 0.0), p)


# ---- the quote language ------------------------------------------------------------------------------------

def test_the_quote_language_keeps_its_rule():
    tokens, inside = quotes.text(300, 40, rng=0)
    letters = np.array(list(quotes.ALPHABET))[tokens]
    is_capital, is_small = np.isin(letters, list(quotes.CAPITAL)), np.isin(letters, list(quotes.SMALL))
    assert not (is_capital & ~inside).any() and not (is_small & inside).any()
    assert ((letters == '"')[1:] == (inside[1:] != inside[:-1])).all()
    assert (letters == '"').mean() == pytest.approx(quotes.P_MARK, abs=0.01)
    assert (letters == " ").mean() == pytest.approx(quotes.P_BLANK, abs=0.01)
    assert 0.4 < inside[0].mean() < 0.6
    again = quotes.text(300, 40, rng=0)
    assert np.array_equal(again[0], tokens) and np.array_equal(again[1], inside)


def test_the_best_perplexity_is_the_entropy():
    p = [quotes.P_MARK, quotes.P_BLANK] + [(1 - quotes.P_MARK - quotes.P_BLANK) / 8] * 8
    assert sum(p) == pytest.approx(1)
    assert quotes.best_perplexity() == pytest.approx(np.exp(-np.sum(p * np.log(p))))
    assert quotes.best_perplexity() < quotes.best_perplexity(knows=False) < 18


def test_bad_quotes_are_named():
    assert quotes.encode('ab "C').tolist() == [0, 1, 16, 17, 10]
    with pytest.raises(ValueError, match="not 'x'"):
        quotes.encode("abx")
    with pytest.raises(ValueError, match="steps is 0"):
        quotes.text(0, 3)
