"""The explorers of lesson 14: next word, gate viewer, writer, and the figure of the sequence-to-sequence network."""

import importlib
import re
from html import unescape

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import cosine_words, letter_model, quote_cells, word_models
from lstm_course.explorers import gate_viewer, next_word, writer
from lstm_course.lessons.l14_words import seq2seq
from lstm_course.lessons.l14_words.seq2seq import seq2seq_svg
from lstm_course.networks.functions import softmax
from lstm_course.tasks import quotes
from lstm_course.training.sampling import write

gates = importlib.import_module("lstm_course.lessons.l14_words.gate_viewer")
nexts = importlib.import_module("lstm_course.lessons.l14_words.next_word")
trainer = importlib.import_module("lstm_course.lessons.l14_words.writer")


def words_of(picture):
    """The words of a picture, text by text."""
    return [unescape(re.sub("<[^>]*>", "", found)) for found in re.findall(r"<text[^>]*>(.*?)</text>", picture)]


def text_boxes(picture):
    """(left, right, baseline, size) of each text, from a cautious width of its letters."""
    for x, y, size, anchor, inner in re.findall(
            r'<text x="([\d.-]+)" y="([\d.-]+)" font-size="([\d.]+)" text-anchor="(\w+)"[^>]*>(.*?)</text>', picture):
        width = 0.62 * float(size) * len(unescape(re.sub("<[^>]*>", "", inner)))
        left = float(x) - {"start": 0, "middle": width / 2, "end": width}[anchor]
        yield left, left + width, float(y), float(size)


def overlaps(picture):
    boxes = sorted(text_boxes(picture), key=lambda box: (box[2], box[0]))
    return [(a, b) for k, a in enumerate(boxes) for b in boxes[k + 1:]
            if abs(a[2] - b[2]) < 10 and a[0] < b[1] - 4 and b[0] < a[1] - 4]


def revealed(make):
    explorer = make()
    explorer.reveal()
    return explorer


# ---- next word ---------------------------------------------------------------------------------------------

def view(**values):
    start = {"way": "words", "given": nexts.START, "temperature": 1.0, "top": 0, "seed": 1}
    return nexts.compute(**start | values)


@pytest.mark.parametrize("way, module", [("words", word_models), ("letters", letter_model)])
def test_the_reader_is_the_network(way, module):
    network, vocabulary, _ = nexts.reader(way)
    numbers = vocabulary.encode(nexts.tokens_of(way, nexts.START))
    model = module.stored_network(experiments.load(module.__name__.rsplit(".", 1)[1]))
    np.testing.assert_allclose(network.read_all(numbers)[0], model.predict(numbers[:, None])[-1, 0], atol=1e-12)


def test_the_reader_by_cosine_is_the_network():
    network, vocabulary, unit = nexts.reader("cosine")
    numbers = vocabulary.encode(nexts.tokens_of("cosine", nexts.START))
    model, vectors = cosine_words.stored_network(experiments.load("cosine_words"))
    guessed = model.predict(vectors[numbers[:, None]])[-1, 0]
    np.testing.assert_allclose(network.read_all(numbers)[0], guessed, atol=1e-12)
    found = view(way="cosine")
    expected = cosine_words.all_cosines(vectors, guessed)
    np.testing.assert_allclose(found.plain, np.sort(expected)[::-1][:10], atol=1e-9)


@pytest.mark.parametrize("way", ["words", "letters"])
def test_what_is_written_is_what_the_package_writes(way):
    found = view(way=way, temperature=0.8, top=5, seed=3)
    _, vocabulary, _ = nexts.reader(way)
    module = word_models if way == "words" else letter_model
    model = module.stored_network(experiments.load(module.__name__.rsplit(".", 1)[1]))
    start = vocabulary.encode(nexts.tokens_of(way, nexts.START))
    tokens = write(model, start, nexts.COUNT[way], 0.8, 5, rng=3, never=(0,))
    assert found.written == vocabulary.decode(tokens)


def test_temperature_and_top_k_shape_the_bars():
    plain, cold, hot = view(), view(temperature=0.1), view(temperature=2.0)
    np.testing.assert_array_equal(plain.plain, plain.shaped)
    assert plain.names == cold.names == hot.names and plain.plain[0] == cold.plain[0]
    assert cold.shaped[0] > 0.9 > plain.shaped[0] > hot.shaped[0]
    assert cold.choices < 1.5 < plain.choices < hot.choices
    five = view(temperature=2.0, top=5)
    assert five.left == 5 and not five.shaped[5:].any() and five.shaped.sum() == pytest.approx(1)
    one = view(top=1)
    assert one.choices == pytest.approx(1) and one.written == view(top=1, seed=9).written
    assert plain.truth == pytest.approx(cold.shaped[0])


def test_by_cosine_nothing_is_drawn():
    first, second = view(way="cosine"), view(way="cosine", temperature=0.2, top=5, seed=9)
    assert first.written == second.written and np.array_equal(first.shaped, second.shaped)
    assert "no probabilities" in nexts.describe(first)


def test_unknown_words_are_named():
    found = view(given="my smartphone is")
    assert found.unknown == ["smartphone"] and "read as □: smartphone" in nexts.describe(found)
    assert "□" not in "".join(view(temperature=2.0, seed=4).written)
    for bad, message in (("   ", "at least one word"), ("x" * 80, "At most 60")):
        with pytest.raises(ValueError, match=message):
            nexts.accept(bad)


def test_the_words_come_from_the_numbers():
    found = view(temperature=0.5, top=5)
    words = nexts.describe(found)
    assert f"{found.shaped[0]:.3f}" in words and f"{found.plain[0]:.3f} at temperature 1" in words
    assert "top 5" in words and found.names[0] in words


def test_before_the_guess_the_answer_is_hidden():
    explorer = next_word()
    assert "→ ?" in explorer.picture.value and "it writes" in explorer.picture.value
    shown = words_of(explorer.picture.value)
    assert not [word for word in shown if word.startswith("by heaven")] and "?" in shown
    explorer.panel.answer.value = "nearly 1"
    explorer.panel.commit.click()
    assert "✓ You were right" in explorer.panel.verdict.value and explorer.values["temperature"] == 0.1


def test_next_word_at_the_ends_of_its_controls():
    explorer = revealed(next_word)
    for values in ({"temperature": 0.1, "top": 1, "seed": 20}, {"temperature": 2.0, "top": 0}, {"given": "a"},
                   {"way": "letters", "given": "O " * 30}):
        explorer.set(**values)
        assert explorer.error is None
    explorer.controls["given"].parts[0].value = "  "
    assert "at least one word" in explorer.readout.value
    explorer.controls["given"].parts[0].value = "love is"
    assert explorer.error is None and "love is" in explorer.picture.value


def test_lines_are_wrapped_at_blanks():
    found = nexts.wrapped("when forty winters shall besiege thy brow and dig deep trenches\nshort")
    assert all(len(line) <= nexts.WRAP for line in found) and found[-1] == "short"
    assert " ".join(" ".join(found).split()) == ("when forty winters shall besiege thy brow and dig deep trenches "
                                                "short")
    assert "".join(nexts.wrapped("x" * 90)).replace(" ", "") == "x" * 90


# ---- gate viewer -------------------------------------------------------------------------------------------

def unit(**values):
    start = {"network": "LSTM", "follow": "quotation", "quantity": "h", "rank": 1, "text": ""}
    return gates.compute(**start | values)


def test_the_traces_are_the_networks():
    found = unit(quantity="c", rank=3)
    model = quote_cells.stored_network(experiments.load("quote_cells"), "LSTM")
    tokens = quotes.encode(found.text)[:, None]
    x = model.layers[0].forward(tokens).outputs
    trace = model.layers[1].forward(x)
    np.testing.assert_allclose(found.traces["h"], trace.outputs[:, 0, found.unit], atol=1e-12)
    for name in "cfio":
        np.testing.assert_allclose(found.traces[name], trace.gates[name][:, 0, found.unit], atol=1e-12)


def test_the_ranking_is_that_of_the_experiment():
    stored = experiments.load("quote_cells")
    for cell in ("LSTM", "RNN"):
        names = ["h", "c", "f", "i", "o"] if cell == "LSTM" else ["h"]
        for k, name in enumerate(names):
            found = unit(network=cell, quantity=name)
            assert found.ranking[0] == pytest.approx(stored[f"best_{cell}"][0, k], abs=1e-5)
            assert found.untrained == pytest.approx(stored[f"untrained_{cell}"][0, k], abs=1e-5)
            assert abs(found.correlation) == found.ranking[0] and np.all(np.diff(found.ranking) <= 0)
    assert len({unit(rank=rank).unit for rank in range(1, 33)}) == 32


def test_what_is_followed():
    text = 'ab "C D"\nEf'
    assert gates.property_of(text, "quotation").tolist() == [0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]
    assert gates.property_of(text, "capital").tolist() == [0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0]
    assert gates.property_of(text, "blank").tolist() == [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0]
    assert gates.property_of(text, "word").tolist() == [1, 2, 0, 0, 1, 0, 1, 0, 0, 1, 2]
    assert gates.property_of(text, "line").tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2]
    assert not gates.property_of("ab c", "line").any()


def test_an_rnn_has_no_gates():
    found = unit(network="RNN", quantity="f")
    assert found.quantity == "h" and set(found.traces) == {"h"} and "no f" in gates.describe(found)


def test_the_words_of_the_gate_viewer():
    assert "closely, correlation 0.98" in gates.describe(unit())
    assert "nothing to follow" in gates.describe(unit(follow="line"))
    assert "hardly at all" in gates.describe(unit(rank=32))
    assert "roughly" in gates.describe(unit(network="sonnets", follow="line", quantity="c"))


def test_own_text():
    explorer = revealed(gate_viewer)
    explorer.controls["text"].parts[0].value = 'a "BC  D" e'
    assert explorer.error is None and explorer.data.text == 'a "BC  D" e' and len(explorer.data.traces["h"]) == 11
    explorer.controls["text"].parts[0].value = "hello"
    assert explorer.error is not None and "Only a to h" in explorer.readout.value
    explorer.controls["text"].parts[0].value = "a" * 61
    assert "At most 60" in explorer.readout.value
    explorer.set(network="sonnets", text="Hello & <you>")
    assert "never seen" in explorer.readout.value
    explorer.set(text="Hello you")
    assert explorer.error is None


def test_the_line_cell_counts_and_jumps_back():
    """The story of the figure: far from 0 at the end of the line, nearer to 0 after it."""
    found = unit(network="sonnets", follow="line", quantity="c")
    end = found.text.index("\n")
    c = np.abs(found.traces["c"])
    assert c[0] < 1 < 5 < c[end - 2:end].min() and c[end + 2] < 0.8 * c[end - 1]
    assert np.corrcoef(np.arange(end), c[:end])[0, 1] > 0.9


@pytest.mark.parametrize("quantity", "hcfio")
@pytest.mark.parametrize("network", ["LSTM", "sonnets"])
def test_every_rank_can_be_drawn(network, quantity):
    explorer = revealed(gate_viewer)
    explorer.set(network=network, quantity=quantity)
    for rank in (1, 3, 4, 16, 29, 32):
        explorer.set(rank=rank)
        assert explorer.error is None and not overlaps(explorer.picture.value)
        assert "nan" not in words_of(explorer.picture.value)
        assert gates.high_of(explorer.data) > max(np.abs(trace).max() for trace in explorer.data.traces.values())


def test_before_the_guess_no_colour_tells():
    explorer = gate_viewer()
    assert "data:image/png" not in explorer.picture.value and "?" in words_of(explorer.picture.value)
    explorer.panel.answer.value = "both"
    explorer.panel.commit.click()
    assert "✓ You were right" in explorer.panel.verdict.value and "0.98" in explorer.panel.verdict.value


# ---- writer ------------------------------------------------------------------------------------------------

def test_the_writer_learns_and_keeps_what_it_learned():
    runs = list(trainer.train(32, seconds=0.4))
    live = runs[-1][1]
    assert runs[-1][0] == 1.0 and live.losses[-1] < live.losses[0] and live.perplexities[-1] < live.perplexities[0]
    assert len(live.written) == trainer.WRITTEN and len(live.epochs) == len(live.perplexities)
    shown = trainer.compute(32, live)
    assert "Live, 32 units" in trainer.describe(shown) and "live (line with ring): 32 units" in trainer.draw(shown)
    model = live.model
    vocabulary, _, held_out = trainer._data()
    found = -np.log(softmax(model.predict(held_out[:-1, None]))[np.arange(len(held_out) - 1), 0, held_out[1:]]).mean()
    assert live.perplexities[-1] == pytest.approx(np.exp(found), rel=1e-4)


def test_the_writer_shows_the_stored_runs():
    stored = experiments.load("letter_model")
    shown = trainer.compute(64)
    assert np.array_equal(shown.stored, stored["perplexity_letters"]) and shown.live is None
    picture = trainer.draw(shown)
    assert "not started" in picture and "counting pairs: 10.6" in picture and not overlaps(picture)
    assert f"{stored['perplexity_letters'][:, -1].max():.2f}" in trainer.describe(shown)


def test_a_run_can_be_stopped(monkeypatch):
    monkeypatch.setattr(trainer, "SECONDS", 0.2)
    explorer = writer()
    pieces = trainer.train(64, seconds=5.0)
    _, explorer.runner.result = next(pieces)
    explorer.redraw()
    assert explorer.result.model is not None and explorer.error is None and "Live" in explorer.readout.value


# ---- the figure --------------------------------------------------------------------------------------------

def test_the_figure_of_the_bottleneck():
    picture = seq2seq_svg()
    shown = words_of(picture)
    assert shown.count("LSTM") == 6 and "(h, c)" in shown and "go" in shown and not overlaps(picture)
    assert [word for word in shown if word in "147"].count("7") == 3
    assert picture.count("stroke-dasharray") == 2                   # one teacher's arrow from each answer but the last


def test_the_teacher_hands_on_the_right_answer_and_not_what_the_network_says():
    picture = seq2seq_svg()
    says = {float(y) for y in re.findall(r'<text x="[\d.]+" y="([\d.]+)"[^>]*>p<', picture)}
    starts = {float(y) for y in re.findall(r'<path d="M[\d.]+ ([\d.]+)[^>]*stroke-dasharray', picture)}
    (start,), (p,) = starts, says
    assert abs(start - seq2seq.TRUE) < 10 < p - start
