"""The experiments of lesson 13 on missing blanks and on the rows of digits: replayed, and what they show."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import digit_rows, missing_blanks
from lstm_course.tasks import mnist
from lstm_course.tasks.missing_blanks import right

FEW = 3                                         # updates that are trained again


@pytest.fixture(scope="module")
def blanks():
    return experiments.load("missing_blanks")


@pytest.fixture(scope="module")
def digits():
    return experiments.load("digit_rows")


# ---- what is stored is what is computed --------------------------------------------------------------------

@pytest.mark.parametrize("name", missing_blanks.NAMES)
def test_the_first_updates_on_lines_come_out_as_stored(blanks, name):
    _, losses, _ = missing_blanks.one(name, 3, updates=FEW)
    np.testing.assert_allclose(losses, blanks[f"losses_{name}"][3, :FEW], rtol=1e-4)


@pytest.mark.parametrize("name", digit_rows.NAMES)
def test_the_first_updates_on_digits_come_out_as_stored(digits, name, monkeypatch):
    whole = digit_rows.fit

    def few(model, data, *given, epochs, every, metrics, **more):
        return whole(model, data, *given, updates=FEW, metrics={"accuracy": lambda model: 0.0}, every=FEW, **more)

    monkeypatch.setattr(digit_rows, "fit", few)
    _, losses, _ = digit_rows.one(name, 3)
    np.testing.assert_allclose(losses, digits[f"losses_{name}"][3, :FEW], rtol=1e-4)


@pytest.mark.parametrize("name", missing_blanks.KEPT)
def test_the_stored_networks_are_those_of_seed_0(blanks, name):
    _, held_out = missing_blanks.tasks()
    model = missing_blanks.stored_network(blanks, name)
    share = right(held_out, missing_blanks.answers(model, held_out))
    assert share == pytest.approx(blanks[f"right_{name}"][0], abs=0.002)


def test_the_counts_come_out_as_stored(blanks):
    found = missing_blanks.counting()
    assert all(blanks[name].tolist() == list(found[name]) for name in ("window_before", "window_around"))
    assert all(blanks[name] == pytest.approx(found[name]) for name in ("before", "around"))


def test_the_windows_are_chosen_without_the_lines_held_out(monkeypatch):
    asked, counted = [], missing_blanks.counted
    monkeypatch.setattr(missing_blanks, "AFTER", range(1))
    monkeypatch.setattr(missing_blanks, "BEFORE", range(1, 3))
    monkeypatch.setattr(missing_blanks, "counted",
                        lambda task, held_out, window: asked.append(held_out) or counted(task, held_out, window))
    missing_blanks.counting()
    learned, held_out = ({tuple(piece) for piece in part.letters.T} for part in missing_blanks.tasks())
    assert [part is missing_blanks.tasks()[1] for part in asked] == [False, False, True, False, False, True]
    assert all({tuple(piece) for piece in part.letters.T} <= learned for part in asked[:2]) and not learned & held_out


def test_the_probes_before_the_training_come_out_as_stored(digits):
    (x, labels), test = digit_rows.data("usual", 0)
    found, _ = digit_rows.probes(digit_rows.network(3), x, labels, *test)
    np.testing.assert_allclose(found, digits["probed"][3, 0], atol=0.005)
    np.testing.assert_allclose(digit_rows.pixel_probes(x, labels, *test), digits["pixels"], atol=0.002)


# ---- the parts ---------------------------------------------------------------------------------------------

def test_a_probe_finds_what_is_linear_and_no_more():
    rng = np.random.default_rng(0)
    inputs, labels = rng.standard_normal((600, 10)), np.arange(600) % 10
    noise = digit_rows.probe(inputs[:400], labels[:400], inputs[400:], labels[400:])
    told = inputs + 5 * np.eye(10)[labels]
    assert noise < 0.2 and digit_rows.probe(told[:400], labels[:400], told[400:], labels[400:]) > 0.99


def test_the_orders_keep_or_break_what_they_should():
    x = digit_rows.coarse(mnist.split(*mnist.load())[1].images[:40])
    changed = {name: digit_rows.in_order(name, x, 5) for name in digit_rows.NAMES}
    assert np.array_equal(changed["usual"], x) and np.array_equal(changed["from_below"], x[::-1])
    assert {row.tobytes() for row in changed["random"]} == {row.tobytes() for row in x}
    assert np.array_equal(np.sort(changed["own_shuffle"], axis=2), np.sort(x, axis=2))
    alike = {name: digit_rows.resemblance(part) for name, part in changed.items()}
    assert alike["usual"] == pytest.approx(alike["from_below"], abs=1e-6)
    assert max(alike["random"], alike["own_shuffle"]) < 0.5 < alike["usual"]
    assert not np.array_equal(changed["random"], digit_rows.in_order("random", x, 6))


# ---- what they show ----------------------------------------------------------------------------------------

def test_twenty_seeds_each(blanks, digits):
    assert all(blanks[f"right_{name}"].shape == (20,) for name in missing_blanks.NAMES)
    assert all(digits[f"accuracy_{name}"].shape == (20, digit_rows.EPOCHS) for name in digit_rows.NAMES)
    assert digits["probed"].shape == (20, 2, 7) and digits["own"].shape == (20, 7)
