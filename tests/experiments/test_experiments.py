"""The stored experiments: what is stored is what the experiment computes, and nothing can change it."""

import ast
import subprocess
import sys

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.experiments import adder_checkpoints as adder
from lstm_course.experiments.__main__ import main
from lstm_course.experiments.shared import record
from lstm_course.tasks import binary_addition as adding

FIGURES = [3.45638663, 3.63389116, 3.91366595, 3.72191702, 3.58527130, 2.53352328]      # errors of the article


@pytest.mark.parametrize("name", experiments.names())
def test_results_are_stored_and_described_and_cannot_be_changed(name):
    stored = experiments.load(name)
    assert stored and all(np.isfinite(array).all() for array in stored.values() if array.dtype.kind == "f")
    assert len(experiments.experiment(name).__doc__.splitlines()[0]) > 20
    assert experiments.path(name).stat().st_size < 500_000
    for array in stored.values():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize("name", experiments.names())
def test_results_were_made_by_the_code_that_stands_there(name):
    again = f"python -m lstm_course.experiments {name}"
    assert experiments.up_to_date(name), (
        f"the code of {name} has changed since its results were stored. Run it again: {again}; or, if the tests that "
        f"replay its beginning show that it computes the same as before: {again.replace(name, '--same ' + name)}")
    assert experiments.record(name)["settings"] == record.settings(experiments.experiment(name))


def test_an_unknown_experiment_is_named():
    with pytest.raises(ValueError, match="no experiment 'adder', expected one of adder_checkpoints"):
        experiments.load("adder")


def test_the_command_refuses(capsys):
    assert main(["nothing"]) == 1 and "no experiment 'nothing'" in capsys.readouterr().err
    assert main(["--same"]) == 1 and "--same needs a name" in capsys.readouterr().err


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Results are stored in an empty folder."""
    monkeypatch.setattr(experiments, "path", lambda name: tmp_path / f"{name}.npz")
    monkeypatch.setattr(adder, "run", lambda pairs=(1, 2): {"numbers": np.arange(3)})
    for cached in (experiments.load, experiments._stored):
        cached.cache_clear()
    yield
    for cached in (experiments.load, experiments._stored):
        cached.cache_clear()


def test_the_command_stores(elsewhere, monkeypatch, capsys):
    with pytest.raises(ValueError, match="no stored results yet: python -m lstm_course.experiments adder_checkpoints"):
        experiments.load("adder_checkpoints")
    assert main(["adder_checkpoints"]) == 0 and "numbers" in capsys.readouterr().out
    assert [*experiments.load("adder_checkpoints")] == ["numbers"] and experiments.up_to_date("adder_checkpoints")
    made = experiments.record("adder_checkpoints")["settings"]
    assert made["run"] == {"pairs": [1, 2]} and made["CHECKPOINTS"] == list(adder.CHECKPOINTS)
    monkeypatch.setattr(adder, "run", lambda: {"numbers": np.arange(2)})
    experiments.store("adder_checkpoints")
    assert experiments.load("adder_checkpoints")["numbers"].tolist() == [0, 1]


def test_results_of_other_code_are_named_and_can_be_kept(elsewhere, monkeypatch, capsys):
    experiments.store("adder_checkpoints")
    monkeypatch.setattr(adder, "run", None)
    monkeypatch.setattr(experiments, "names", lambda: ["adder_checkpoints"])
    before = experiments.fingerprint
    monkeypatch.setattr(experiments, "fingerprint", lambda module: "another")
    assert main([]) == 0
    assert "out of date, made by other code: python -m lstm_course.experiments adder_ch" in capsys.readouterr().out
    monkeypatch.setattr(adder, "run", lambda: 1 / 0)
    assert main(["--same", "adder_checkpoints"]) == 0 and main([]) == 0
    assert "out of date" not in capsys.readouterr().out
    assert experiments.load("adder_checkpoints")["numbers"].tolist() == [0, 1, 2]
    monkeypatch.setattr(experiments, "fingerprint", before)
    assert not experiments.up_to_date("adder_checkpoints")


CODE = """
import numpy as np
RATE = 0.1
def run(seeds=3):
    return {"a": np.ones(seeds) * RATE}
"""
SAME = '''"""What it finds out."""

from numpy import ones                              # another import, a comment
import numpy as np

RATE: float = 0.1


def run(
    seeds: int = 3,
) -> dict:
    """What it returns."""
    return {'a': (np.ones(seeds) * RATE)}
'''


def test_the_fingerprint_is_of_what_the_code_says():
    said = lambda code: record.said(ast.parse(code))
    plain = said(CODE)
    assert said(SAME) == plain
    for old, new in (("0.1", "0.2"), ("seeds=3", "seeds=4"), ("* RATE", "+ RATE"), ('"a"', '"b"'), ("ones", "zeros")):
        assert said(CODE.replace(old, new)) != plain, old


def test_the_fingerprint_is_also_of_the_modules_that_are_used(monkeypatch):
    trees = record._trees("lstm_course.experiments.gate_ablation")
    assert {"lstm_course.experiments.forget_gate", "lstm_course.experiments.shared.races",
            "lstm_course.experiments.shared.variants", "lstm_course.tasks.reber"} < set(trees)
    before = record.fingerprint("lstm_course.experiments.gate_ablation")
    trees["lstm_course.tasks.reber"] = ast.parse("other = 1")
    monkeypatch.setattr(record, "_trees", lambda module: trees)
    assert record.fingerprint("lstm_course.experiments.gate_ablation") != before


def test_listing_needs_no_run():
    done = subprocess.run([sys.executable, "-m", "lstm_course.experiments"], capture_output=True, text=True, check=True)
    assert "adder_checkpoints" in done.stdout and not done.stderr


# ---- the adder ---------------------------------------------------------------------------------------------

def articles_errors(iterations):
    """The articles' program in its own terms: one pair, eight columns, no layers -> Σ|error| of each iteration"""
    weights, _ = adding.source_weights()
    W, V, U = weights["W"], weights["V"], weights["U"]
    logistic, errors = (lambda z: 1 / (1 + np.exp(-z))), []
    for a, b in adding.source_pairs(iterations).T:
        h, deltas = [np.zeros((1, 16))], []
        x = [np.array([[a >> t & 1, b >> t & 1]]) for t in range(8)]
        total = 0.0
        for t in range(8):
            h.append(logistic(x[t] @ W + h[-1] @ U))
            y = logistic(h[-1] @ V)
            error = (a + b >> t & 1) - y
            deltas.append(error * y * (1 - y))
            total += abs(error[0, 0])
        dW, dV, dU, later = np.zeros_like(W), np.zeros_like(V), np.zeros_like(U), np.zeros((1, 16))
        for t in reversed(range(8)):
            later = (later @ U.T + deltas[t] @ V.T) * h[t + 1] * (1 - h[t + 1])
            dV += h[t + 1].T @ deltas[t]
            dU += h[t].T @ later
            dW += x[t].T @ later
        W += 0.1 * dW
        V += 0.1 * dV
        U += 0.1 * dU
        errors.append(total)
    return np.array(errors)


@pytest.fixture(scope="module")
def whole_run():
    """The articles' training, all of it: pairs seen, weights, the error at each pair."""
    return adder.training(max(adder.CHECKPOINTS))


def test_the_adder_comes_out_as_stored(whole_run):
    stored, (seen, weights, _) = experiments.load("adder_checkpoints"), whole_run
    chosen = np.searchsorted(seen, adder.CHECKPOINTS)
    assert tuple(stored["pairs"]) == adder.CHECKPOINTS == tuple(seen[chosen])
    for name in adder.PARAMETERS:
        np.testing.assert_allclose(weights[name][chosen], stored[name], rtol=1e-7, atol=1e-9, err_msg=name)
    again, first = adder.run((0, 1000)), [adder.CHECKPOINTS.index(n) for n in (0, 1000)]
    assert again.keys() == stored.keys()
    for name, array in again.items():
        np.testing.assert_allclose(array, stored[name][first], rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_errors_on_the_way_are_the_articles(whole_run):
    _, _, errors = whole_run
    np.testing.assert_allclose(errors[:6000:1000], FIGURES, rtol=0, atol=5.1e-9)            # all printed digits
    np.testing.assert_allclose(errors[:1000], articles_errors(1000), rtol=1e-9)


def test_the_stored_scores_and_correlations_are_those_of_the_stored_weights():
    stored = experiments.load("adder_checkpoints")
    for n in (0, 2000, 10_000):
        k = adder.CHECKPOINTS.index(n)
        model, cut = (adder.network({name: stored[name][k] * whole for name, whole in (("W", 1), ("V", 1), ("U", u))})
                      for u in (1, 0))
        score, without = (adding.evaluate(lambda x, model=each: model.predict(x) > 0) for each in (model, cut))
        assert (score["bits"], score["sums"]) == (stored["bits"][k], stored["sums"][k])
        assert (without["sums"], adder.different_answers(model)) == (stored["cut_sums"][k], stored["answers"][k])
        np.testing.assert_allclose(adder.carry_correlations(model), stored["correlations"][k], atol=1e-12)
    for bits in (16, 24, 32, 64):                                   # the last one adds numbers of any length
        assert adding.score(lambda x: model.predict(x) > 0, *adding.random_sums(300, bits, rng=0))["sums"] == 1.0


def test_what_the_articles_network_knows():
    stored = experiments.load("adder_checkpoints")
    known = dict(zip(adder.CHECKPOINTS, zip(100 * stored["bits"], 100 * stored["sums"], strict=True), strict=True))
    for pairs, expected in {1000: (49.95, 0), 4000: (74.98, 17.82), 6000: (97.90, 89.28), 8000: (100, 100),
                            10_000: (100, 100)}.items():
        assert known[pairs] == pytest.approx(expected, abs=0.0055)
