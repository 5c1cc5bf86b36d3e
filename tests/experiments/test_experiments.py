"""The stored experiments: what is stored is what the experiment computes, and nothing can change it."""

import subprocess
import sys

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import adder_checkpoints as adder
from lstm_course.experiments.__main__ import main
from lstm_course.tasks import binary_addition as adding

FIGURES = [3.45638663, 3.63389116, 3.91366595, 3.72191702, 3.58527130, 2.53352328]      # errors of the article


@pytest.mark.parametrize("name", experiments.names())
def test_results_are_stored_and_described(name):
    stored = experiments.load(name)
    assert stored and all(np.isfinite(array).all() for array in stored.values() if array.dtype.kind == "f")
    assert len(experiments.experiment(name).__doc__.splitlines()[0]) > 20
    assert experiments.path(name).stat().st_size < 500_000


@pytest.mark.parametrize("name", experiments.names())
def test_stored_results_cannot_be_changed(name):
    for array in experiments.load(name).values():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_an_unknown_experiment_is_named():
    with pytest.raises(ValueError, match="no experiment 'adder', expected one of adder_checkpoints"):
        experiments.load("adder")


def test_the_command_lists_and_refuses(capsys):
    assert main([]) == 0 and "adder_checkpoints" in capsys.readouterr().out
    assert main(["nothing"]) == 1 and "no experiment 'nothing'" in capsys.readouterr().err


def test_the_command_stores(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(experiments, "path", lambda name: tmp_path / f"{name}.npz")
    monkeypatch.setattr(adder, "run", lambda: {"numbers": np.arange(3)})
    experiments.load.cache_clear()
    with pytest.raises(ValueError, match="no stored results yet: python -m lstm_course.experiments adder_checkpoints"):
        experiments.load("adder_checkpoints")
    assert main(["adder_checkpoints"]) == 0 and "numbers" in capsys.readouterr().out
    assert experiments.load("adder_checkpoints")["numbers"].tolist() == [0, 1, 2]
    monkeypatch.setattr(adder, "run", lambda: {"numbers": np.arange(2)})
    experiments.store("adder_checkpoints")
    assert experiments.load("adder_checkpoints")["numbers"].tolist() == [0, 1]
    experiments.load.cache_clear()


def test_listing_needs_no_run():
    done = subprocess.run([sys.executable, "-m", "lstm_course.experiments"], capture_output=True, text=True, check=True)
    assert "adder_checkpoints" in done.stdout and not done.stderr


# ---- the adder ---------------------------------------------------------------------------------------------

def test_a_part_of_the_adder_comes_out_as_stored():
    stored, again = experiments.load("adder_checkpoints"), adder.run((0, 1000, 2000))
    assert again.keys() == stored.keys()
    for name, array in again.items():
        np.testing.assert_allclose(array, stored[name][:3], rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_errors_on_the_way_are_the_articles():
    _, _, errors = adder.training(5001)
    np.testing.assert_allclose(errors[::1000], FIGURES, rtol=0, atol=5.1e-9)


def test_the_stored_scores_and_correlations_are_those_of_the_stored_weights():
    stored = experiments.load("adder_checkpoints")
    assert tuple(stored["pairs"]) == adder.CHECKPOINTS
    for k in (0, 3, 7):
        model = adder.network({name: stored[name][k] for name in adder.PARAMETERS})
        score = adding.evaluate(lambda x, model=model: model.predict(x) > 0)
        assert (score["bits"], score["sums"]) == (stored["bits"][k], stored["sums"][k])
        np.testing.assert_allclose(adder.carry_correlations(model), stored["correlations"][k], atol=1e-12)


def test_what_the_articles_network_knows():
    stored = experiments.load("adder_checkpoints")
    known = dict(zip(adder.CHECKPOINTS, zip(100 * stored["bits"], 100 * stored["sums"], strict=True), strict=True))
    for pairs, expected in {1000: (49.95, 0), 4000: (74.98, 17.82), 6000: (97.90, 89.28), 8000: (100, 100),
                            10_000: (100, 100)}.items():
        assert known[pairs] == pytest.approx(expected, abs=0.0055)
