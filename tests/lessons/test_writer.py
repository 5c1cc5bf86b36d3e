"""The explorer that learns to write: it trains, keeps all samples, and writes at any temperature, in any script."""

import importlib

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import writing
from lstm_course.explorers import writer
from lstm_course.lessons.l14_words import live_writing
from lstm_course.networks.functions import softmax
from lstm_course.tasks import words
from lstm_course.training.sampling import write
from tests.lessons.support import meeting, outside, revealed, shown

page = importlib.import_module("lstm_course.lessons.l14_words.writer")
START = {"text": "analects", "own": "", "units": 32, "temperature": 0.7, "start": "", "chosen": 20}
OWN = "\n".join(words.analects()[:60])


def trained(updates, **values):
    """The live run after so many updates."""
    for _, live in live_writing.train(**START | values, seconds=60.0):
        if live.update >= updates:
            break
    return live


@pytest.fixture(scope="module")
def live():
    return trained(20)


def test_it_learns_and_keeps_every_sample_with_its_update(live):
    assert [one.update for one in live.samples] == [0, 1, 2, 5, 10, 20] and live.update == 20
    assert live.samples[-1].perplexity < 0.5 * live.samples[0].perplexity
    assert len({one.text for one in live.samples}) == 6 and all(len(one.text) > 30 for one in live.samples)
    shown_ = page.compute(**START, result=live)
    assert [one.text for one in shown_.samples] == [one.text for one in live.samples]
    picture = page.draw(shown_)
    assert all(f">{one.update}<" in picture for one in live.samples) and "yours (32 units" in picture


def test_the_perplexity_is_that_of_the_known_held_out_words(live):
    given = writing.text("analects")
    tested = given.held_out[:writing.TESTED]
    p = softmax(live.model.predict(tested[:-1, None])[:, 0].astype(float))[np.arange(len(tested) - 1), tested[1:]]
    expected = np.exp(-np.log(p[tested[1:] > 0]).mean())
    assert live.samples[-1].perplexity == pytest.approx(expected, rel=1e-6)
    missing = 100 * (tested[1:] == 0).mean()
    assert f"{missing:.1f} % of the held-out tokens are unknown" in page.describe(page.compute(**START, result=live))


def test_an_old_sample_is_written_anew_at_another_temperature_by_the_network_of_that_time(live):
    sample = live.samples[3]
    cold = page.compute(**START | {"temperature": 0.2, "start": "子曰"}, result=live).samples[3].text
    model = writing.text("analects").network(32)
    for name, array in model.parameters.items():
        array[...] = sample.parameters[name]
    assert writing.text("analects").perplexity(model) == pytest.approx(sample.perplexity, rel=1e-6)
    vocabulary = writing.text("analects").vocabulary
    tokens = write(model, vocabulary.encode(["\n", "子", "曰"]), 60, 0.2, rng=sample.update, never=(0,))
    assert cold.startswith("子曰") and cold == "子曰" + live_writing.together("analects", vocabulary.decode(tokens))
    assert cold != sample.text


def test_a_stopped_run_keeps_its_result_and_every_sample_can_be_chosen():
    explorer = writer()
    pieces = live_writing.train(**START, seconds=60.0)
    for _ in range(4):
        _, explorer.runner.result = next(pieces)
    explorer.set(units=32)
    assert explorer.result.model is not None and len(explorer.result.samples) == 3 and "yours" in explorer.readout.value
    for chosen in (1, 2, 20):
        explorer.set(chosen=chosen)
        one = explorer.result.samples[min(chosen, 3) - 1]
        assert f"update {one.update}:" in shown(explorer.picture.value)
    explorer.set(text="sonnets")
    assert "stored run" in explorer.picture.value and explorer.result.text == "analects"


def test_it_stops_when_its_time_is_over():
    *_, (share, live) = live_writing.train(**START, seconds=0.0)
    assert share == 1.0 and live.update == 0 and len(live.samples) == 1


def test_an_own_text_is_learned_character_by_character():
    live = trained(5, text="own", own=OWN)
    given = live_writing.source("own", OWN)
    assert set(given.vocabulary.tokens[1:]) <= set(OWN) and live.samples[0].text.strip()
    explorer = revealed(writer, text="own")
    assert "Paste a text" in explorer.picture.value and explorer.buttons["Run"].disabled
    explorer.controls["own"].parts[0].value = OWN
    assert explorer.error is None and not explorer.buttons["Run"].disabled
    assert "not trained yet" in explorer.picture.value
    assert "unigram" in explorer.picture.value and "bigram" in explorer.picture.value


def test_an_own_text_that_is_too_short_is_refused_and_a_long_one_cut():
    with pytest.raises(ValueError, match="at least 400 characters, better some thousand; these are 5"):
        live_writing.accept_text("学而时习之")
    with pytest.raises(ValueError, match="one character only"):
        live_writing.accept_text("a" * 500)
    assert len(live_writing.accept_text("学而 " * 20_000)) == live_writing.LONGEST
    assert live_writing.accept_text("") == ""


@pytest.mark.parametrize("values, unknown", [({"start": "子曰hello龘"}, "hello, 龘"), (
    {"text": "sonnets", "start": "Love 学3"}, "学, 3")])
def test_what_is_unknown_in_the_beginning_is_said(values, unknown):
    explorer = revealed(writer, **values)
    assert f"Unknown in the beginning: {unknown}." in explorer.readout.value
    with pytest.raises(ValueError, match="At most 40 letters"):
        live_writing.accept_start("x" * 41)


def test_without_a_run_the_stored_one_is_shown():
    stored, shown_ = experiments.load("writing"), page.compute(**START)
    assert [one.perplexity for one in shown_.samples] == stored["perplexity_analects"].tolist()
    assert shown_.live is None and "stored run" in page.draw(shown_) and "Stored run" in page.describe(shown_)
    assert shown_.counts["bigram"] == stored["counts_analects"][1]


def test_the_chosen_sample_has_a_row_among_a_few():
    for chosen in range(1, 17):
        view = page.compute(**START | {"chosen": chosen})
        rows = page.shown_rows(view)
        assert len(rows) == page.ROWS and {0, 15, chosen - 1} <= set(rows) and rows == sorted(rows)


@pytest.mark.parametrize("values", [{}, {"text": "sonnets", "chosen": 3}, {"text": "own"}, {"text": "own", "own": OWN}])
def test_nothing_is_cut_off_and_nothing_lies_on_another(values):
    picture = revealed(writer, **values).picture.value
    assert meeting(picture) == [] and outside(picture) == []
