"""The explorer of the next word: what it shows is what the networks and the counts say, in Chinese and in English."""

import importlib
from html import unescape

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import cosine_words, word_models, writing
from lstm_course.explorers import next_word
from lstm_course.lessons.l14_words import reader
from lstm_course.tasks import words
from lstm_course.training.sampling import write
from tests.lessons.support import meeting, outside, revealed, shown

nexts = importlib.import_module("lstm_course.lessons.l14_words.next_word")
START = {"text": "analects", "chinese": nexts.CHINESE, "english": nexts.ENGLISH, "temperature": 1.0, "top": 0,
         "seed": 1, "step": 0}


def view(**values):
    return nexts.compute(**START | values)


def model_of(text):
    if text == "analects":
        return writing.stored_network(experiments.load("writing")), writing.text("analects").vocabulary
    return word_models.stored_network(experiments.load("word_models")), word_models.data("sonnets")[0]


@pytest.mark.parametrize("text, beginning", [("analects", nexts.CHINESE), ("sonnets", nexts.ENGLISH)])
def test_the_bars_and_what_is_written_are_the_networks(text, beginning):
    model, vocabulary = model_of(text)
    numbers = vocabulary.encode([words.LINE_END, *nexts.tokens_of(text, beginning)])
    logits = model.predict(numbers[:, None])[-1, 0].copy()
    logits[0] = -np.inf
    p = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    found = view(text=text, temperature=0.8, top=5, seed=3)
    np.testing.assert_allclose(found.network.plain, np.sort(p)[::-1][:nexts.SHOWN], atol=1e-9)
    tokens = write(model, numbers, nexts.COUNT, 0.8, 5, rng=3, never=(0,))
    assert found.network.written == vocabulary.decode(tokens)
    later = view(text=text, temperature=0.8, top=5, seed=3, step=7)
    after = model.predict(np.array([*numbers, *tokens[:7]])[:, None])[-1, 0, 1:]
    assert later.network.names[0] == vocabulary.decode([1 + int(after.argmax())])[0]


@pytest.mark.parametrize("text", ["analects", "sonnets"])
def test_the_other_bars_are_counted_pairs(text):
    given = writing.text("analects")
    vocabulary, training = (given.vocabulary, given.training) if text == "analects" else word_models.data("sonnets")[:2]
    found, row = view(text=text), words.Bigram(training, len(vocabulary)).probabilities
    last = vocabulary.encode(found.begun)[-1]
    known = row[last, 1:] / row[last, 1:].sum()
    np.testing.assert_allclose(found.counting.plain, np.sort(known)[::-1][:nexts.SHOWN], rtol=1e-9)


def test_by_cosine_it_is_the_nearest_vector_and_nothing_is_drawn():
    model, vectors = cosine_words.stored_network(experiments.load("cosine_words"))
    vocabulary = word_models.data("sonnets")[0]
    numbers = vocabulary.encode([words.LINE_END, *nexts.tokens_of("cosine", nexts.ENGLISH)])
    expected = cosine_words.all_cosines(vectors, model.predict(vectors[numbers[:, None]])[-1, 0])
    first, second = view(text="cosine"), view(text="cosine", temperature=0.2, top=5, seed=9)
    np.testing.assert_allclose(first.network.plain, np.sort(expected)[::-1][:nexts.SHOWN], atol=1e-9)
    assert first.network.written == second.network.written and "no probabilities" in nexts.describe(first)


def test_temperature_and_top_k_shape_the_bars():
    plain, cold, hot = (view(temperature=t).network for t in (1.0, 0.1, 2.0))
    np.testing.assert_allclose(plain.plain, plain.shaped, atol=1e-12)
    assert plain.names == cold.names == hot.names and plain.plain[0] == cold.plain[0]
    assert cold.shaped[0] > nexts.SAME > plain.shaped[0] > hot.shaped[0]
    assert cold.choices < 1.5 < plain.choices < hot.choices
    five = view(temperature=2.0, top=5)
    for each in (five.network, five.counting):
        assert each.left == 5 and not each.shaped[5:].any() and each.shaped.sum() == pytest.approx(1)
    assert view(top=1).network.written == view(top=1, seed=9).network.written
    assert view().truth == pytest.approx(cold.shaped[0])


def test_chinese_is_cut_into_words_and_nothing_that_is_typed_is_lost():
    assert reader.cut_chinese("君子学hello之 A1") == ["君子", "学", "hello", "之", "A1"]
    assert reader.cut_english("My smartphone & 3 你好 isn't!") == ["my", "smartphone", "&", "3", "你好", "isn't", "!"]


@pytest.mark.parametrize("values, unknown", [
    ({"chinese": "学而hello龘之"}, ["hello", "龘"]), ({"text": "sonnets", "english": "my smartphone & 学而"},
                                                  ["smartphone", "&", "学而"])])
def test_what_is_unknown_is_said_and_marked(values, unknown):
    explorer = revealed(next_word, **values)
    said = unescape(explorer.readout.value)
    assert explorer.data.unknown == unknown and f"Unknown, read as □: {', '.join(unknown)}." in said
    assert explorer.picture.value.count('stroke-dasharray="5 3"') == len(unknown)
    assert "□" not in "".join(view(**values, temperature=2.0).network.written)


def test_a_beginning_of_nothing_is_refused():
    for bad, message in (("   ", "at least one word"), ("x" * 80, "At most 60 letters, please; these are 80")):
        with pytest.raises(ValueError, match=message):
            nexts.accept(bad)
    explorer = revealed(next_word)
    explorer.controls["chinese"].parts[0].value = ""
    assert "at least one word" in explorer.readout.value
    explorer.controls["chinese"].parts[0].value = "有朋自远方来"
    assert explorer.error is None and "朋" in shown(explorer.picture.value)


def test_step_reads_the_word_that_is_written_next():
    explorer = revealed(next_word, temperature=0.4)
    following = explorer.data.network.written
    explorer.buttons["Step"].click()
    explorer.buttons["Step"].click()
    assert explorer.values["step"] == 2 and explorer.data.network.written == following
    assert "Written: 2 of 40" in explorer.readout.value
    explorer.set(step=40)
    assert explorer.error is None and "← next" not in explorer.picture.value


def test_before_the_guess_the_answer_is_hidden():
    explorer = next_word()
    said = explorer.data.network.written
    assert "→ ?" in explorer.picture.value and reader.joined(said[:6]) not in shown(explorer.picture.value)
    explorer.panel.answer.value = "nearly 1"
    explorer.panel.commit.click()
    assert "✓ You were right" in explorer.panel.verdict.value and explorer.values["temperature"] == 0.1
    assert not {"T = 0.1"} & set(explorer.static), "the stored picture would give the answer"


@pytest.mark.parametrize("values", [{}, {"temperature": 0.1, "top": 1, "seed": 20}, {"temperature": 2.0, "step": 40},
                                    {"chinese": "子曰：“学而时习之，不亦说乎？有朋自远方来，不亦乐乎？”", "step": 9},
                                    {"text": "sonnets", "english": "O " * 30, "step": 23},
                                    {"text": "cosine", "step": 11}])
def test_nothing_is_cut_off_and_nothing_lies_on_another(values):
    picture = revealed(next_word, **values).picture.value
    assert meeting(picture) == [] and outside(picture) == []


# ---- lines -------------------------------------------------------------------------------------------------------

def test_lines_are_wrapped_at_blanks_and_after_characters():
    found = reader.wrapped("when forty winters shall besiege thy brow and dig deep trenches\nshort", 38)
    assert found == ["when forty winters shall besiege thy", "brow and dig deep trenches", "short"]
    assert "".join(reader.wrapped("x" * 90, 38)) == "x" * 90
    chinese = reader.wrapped("学而时习之" * 9, 20)
    assert "".join(chinese) == "学而时习之" * 9 and max(map(reader.size, chinese)) <= 20 and len(chinese) == 4


def test_a_line_is_shortened_and_a_line_end_has_a_sign():
    assert reader.shortened("short", 9) == "short" and reader.shortened("a\nb", 9) == "a ↵ b"
    assert reader.size(reader.shortened("学而时习之不亦说乎", 10)) <= 10
    assert reader.shortened("x" * 90, 10) == "x" * 9 + "…"


def test_tokens_are_joined_as_each_language_is_written():
    assert reader.joined(["子", "曰", "：", "“", "君子", "”", "\n", "孔子"]) == "子曰：“君子”\n孔子"
    assert reader.joined(["thou", ",", "art", "(", "so", ")", "\n", "fair"]) == "thou, art (so)\nfair"
