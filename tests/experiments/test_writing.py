"""The networks that write: their beginning comes out as stored, and the stored weights have the stored perplexity."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import writing

SINGLE = 2e-3               # float32 after a few updates on another machine


@pytest.mark.parametrize("name", writing.TEXTS)
def test_the_beginning_comes_out_as_stored(name):
    stored = experiments.load("writing")
    given = writing.text(name)
    model, losses = given.network(), []
    for number, loss in writing.learning(model, given, 5):
        losses.append(loss)
        if number in writing.MOMENTS:
            place = writing.MOMENTS.index(number)
            assert given.perplexity(model) == pytest.approx(stored[f"perplexity_{name}"][place], rel=SINGLE)
    np.testing.assert_allclose(losses[1:], stored[f"losses_{name}"][:5], rtol=SINGLE)


def test_the_stored_weights_have_the_stored_perplexity():
    stored = experiments.load("writing")
    found = writing.text("analects").perplexity(writing.stored_network(stored))
    assert found == pytest.approx(stored["perplexity_analects"][-1], rel=2e-3)


def test_counting_is_stored_and_beaten_but_for_six_letters():
    stored = experiments.load("writing")
    for name in writing.TEXTS:
        given, counts = writing.text(name), stored[f"counts_{name}"]
        np.testing.assert_allclose([given.counted(1), given.counted(2)], counts[:2], rtol=1e-9)
        assert stored[f"perplexity_{name}"][-1] < 0.9 * counts[1] < counts[0]
    assert stored["counts_sonnets"][2] < 0.9 * stored["perplexity_sonnets"][-1]


def test_unknown_tokens_are_left_out():
    given = writing.text("analects")
    assert 0.05 < (~given.known).mean() < 0.08 and writing.text("sonnets").known.mean() > 0.999
    p = np.where(given.known, 0.5, 1e-9)
    assert writing.known_perplexity(p, given.known) == pytest.approx(2)
