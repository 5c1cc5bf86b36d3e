"""The gate viewer: colours, numbers and ranking are those of the stored networks, and so is what a cut costs."""

import importlib

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import quote_cells
from lstm_course.explorers import gate_viewer
from lstm_course.lessons.l14_words import units
from lstm_course.tasks import quotes
from tests.lessons.support import meeting, outside, revealed, shown

gates = importlib.import_module("lstm_course.lessons.l14_words.gate_viewer")


def unit(**values):
    start = {"network": "LSTM", "follow": "quotation", "quantity": "h", "rank": 1, "cut": 0, "text": "", "first": 8,
             "length": 14, "step": 0}
    return gates.compute(**start | values)


def test_the_traces_are_the_networks():
    found = unit(quantity="c", rank=3)
    model = quote_cells.stored_network(experiments.load("quote_cells"), "LSTM")
    trace = model.layers[1].forward(model.layers[0].forward(quotes.encode(found.text)[:, None]).outputs)
    np.testing.assert_allclose(found.traces["h"], trace.outputs[:, 0, found.unit], atol=1e-12)
    for name in "cfio":
        np.testing.assert_allclose(found.traces[name], trace.gates[name][:, 0, found.unit], atol=1e-12)


def test_the_ranking_is_that_of_the_experiment():
    stored = experiments.load("quote_cells")
    for cell in ("LSTM", "RNN"):
        for k, name in enumerate(["h", "c", "f", "i", "o"] if cell == "LSTM" else ["h"]):
            found = unit(network=cell, quantity=name)
            assert found.ranking[0] == pytest.approx(stored[f"best_{cell}"][0, k], abs=1e-5)
            assert found.untrained == pytest.approx(stored[f"untrained_{cell}"][0, k], abs=1e-5)
            assert abs(found.correlation) == found.ranking[0] and np.all(np.diff(found.ranking) <= 0)
    assert len({unit(rank=rank).unit for rank in range(1, 33)}) == 32


def test_what_cutting_costs_is_measured_and_has_a_control():
    model, tokens = units.model_of("LSTM"), quotes.text(200, 20, rng=1234)[0]
    order = np.abs(units.ranked("LSTM", "h", "quotation")).argsort(kind="stable")[::-1]
    found = unit(cut=4, quantity="f").perplexities
    for name, some in (("whole", order[:0]), ("best", order[:4]), ("least", order[::-1][:4])):
        assert found[name] == pytest.approx(quote_cells.perplexity(quote_cells.without(model, some), tokens), rel=1e-9)
    assert found["whole"] < found["least"] < found["best"] and not unit().perplexities
    assert not unit(network="sonnets", cut=4).perplexities


def test_units_are_found_for_a_stretch_of_the_text():
    found = unit(**gates.PRESETS["a stretch"])
    values = units.on_text("LSTM", found.text)["c"]
    inside = np.isin(np.arange(len(found.text)), range(8, 24))
    assert np.array_equal(found.target, inside)
    expected = [abs(np.corrcoef(column, inside)[0, 1]) for column in values.T]
    assert abs(found.correlation) == pytest.approx(max(expected), abs=1e-9)
    assert found.untrained < max(expected) and not found.perplexities
    assert unit(follow="stretch", text="abc", first=180).target.tolist() == [0, 0, 1]


def test_what_is_followed():
    text = 'ab "C D"\nEf'
    assert units.property_of(text, "quotation").tolist() == [0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]
    assert units.property_of(text, "capital").tolist() == [0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0]
    assert units.property_of(text, "blank").tolist() == [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0]
    assert units.property_of(text, "word").tolist() == [1, 2, 0, 0, 1, 0, 1, 0, 0, 1, 2]
    assert units.property_of(text, "line").tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2]
    assert not units.property_of("ab c", "line").any()


def test_a_text_is_shown_in_lines():
    assert units.lines("ab\ncd") == [(0, 3), (3, 5)] and units.lines("ab\n") == [(0, 3)]
    assert units.lines("x" * 50) == [(0, units.WIDE), (units.WIDE, 50)]
    for text in units.samples().values():
        assert len(units.lines(text)) <= units.ROWS and text.count('"') % 2 == 0


def test_an_rnn_has_no_gates():
    found = unit(network="RNN", quantity="f")
    assert found.quantity == "h" and set(found.traces) == {"h"} and "no f" in gates.describe(found)


def test_the_words_are_those_of_the_correlation():
    for values, words in (({}, "closely (correlation 0.98)"), ({"follow": "line"}, "nothing to follow"), (
            {"rank": 32}, "hardly at all"), ({"network": "sonnets", "follow": "line", "quantity": "c"}, "roughly")):
        assert words in gates.describe(unit(**values))
    weak = next(rank for rank in range(1, 33) if 0.3 < abs(unit(rank=rank).correlation) < 0.6)
    assert "weakly" in gates.describe(unit(rank=weak))


def test_step_goes_from_letter_to_letter_with_the_numbers_there():
    explorer = revealed(gate_viewer)
    for step in (0, 5):
        explorer.set(step=step)
        said = shown(explorer.picture.value)
        assert f"at letter {step + 1}" in said
        for trace in explorer.data.traces.values():
            assert f"{trace[step]:.2f}".replace("-", "−") in said
    explorer.set(step=10_000)
    assert explorer.values["step"] == len(explorer.data.text) - 1


def test_own_text():
    explorer = revealed(gate_viewer)
    box = explorer.controls["text"].parts[0]
    box.value = 'a "BC  D" e'
    assert explorer.error is None and explorer.data.text == 'a "BC  D" e' and len(explorer.data.traces["h"]) == 11
    box.value = "hello"
    assert explorer.error is not None and "Only a to h" in explorer.readout.value
    box.value = "a" * 185
    assert "At most 184 letters, please; yours has 185" in explorer.readout.value
    explorer.set(network="sonnets", text="Hello & 学")
    assert "never seen" in explorer.readout.value
    explorer.set(text="Hello you")
    assert explorer.error is None


def test_the_line_cell_counts_and_jumps_back():
    """The story of the figure: far from 0 at the end of each line, nearer to 0 after it."""
    found = unit(network="sonnets", follow="line", quantity="c")
    c = np.abs(found.traces["c"])
    for first, end in units.lines(found.text)[:3]:
        assert c[end - 4:end - 1].min() > 5 and c[end + 1] < 0.8 * c[end - 2]
        assert np.corrcoef(np.arange(first, end - 1), c[first:end - 1])[0, 1] > 0.7


@pytest.mark.parametrize("quantity", "hcfio")
@pytest.mark.parametrize("network", ["LSTM", "RNN", "sonnets"])
def test_nothing_is_cut_off_and_nothing_lies_on_another(network, quantity):
    explorer = revealed(gate_viewer, network=network, quantity=quantity, cut=8)
    for rank in (1, 7, 16, 29, 32):
        explorer.set(rank=rank, step=3 * rank)
        picture = explorer.picture.value
        assert explorer.error is None and meeting(picture) == [] and outside(picture) == []


def test_before_the_guess_no_colour_tells_and_the_stored_picture_does_not_either():
    explorer = gate_viewer()
    assert "data:image/png" not in explorer.picture.value and "?" in shown(explorer.picture.value)
    asked = {"LSTM: h", "RNN: h"}
    assert not asked & set(explorer.static)
    explorer.panel.answer.value = "both"
    explorer.panel.commit.click()
    assert "✓ You were right" in explorer.panel.verdict.value and "0.98" in explorer.panel.verdict.value
