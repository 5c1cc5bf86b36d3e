"""What a check says is true: of a loop without end, an estimate, an output that is right once, a start value."""

import signal

import numpy as np
import pytest

from lstm_course.checking.solution import function_of
from lstm_course.exercises import check
from tests.checking.test_diagnosis import written


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no such clock")
def test_a_loop_without_end_is_stopped_and_named(monkeypatch):
    monkeypatch.setattr("lstm_course.checking.run.LONGEST", 0.3)
    before = signal.getsignal(signal.SIGVTALRM)
    message = check.rnn_step(written("rnn_step", "while len(x):\n    h = h + 1\nreturn h")).message
    assert "it had not ended after" in message
    assert "(line 3: h = h + 1)" in message or "(line 2: while len(x):)" in message
    assert signal.getsignal(signal.SIGVTALRM) == before


def test_an_estimate_is_told_from_its_formula():
    nudge = "e = 1e-6\nsg = lambda z: 1 / (1 + np.exp(-z))\n"
    slopes = "(sg(z + e) - sg(z - e)) / (2 * e), (np.tanh(z + e) - np.tanh(z - e)) / (2 * e)"
    namespace = {"np": np}
    exec(f"def slopes(z):\n    {nudge.replace(chr(10), chr(10) + '    ')}return {slopes}", namespace)
    message = check.slopes(namespace["slopes"]).message
    assert "agrees with the right numbers in at least six digits" in message and "another order" not in message


def test_an_output_that_is_right_in_one_case_only_is_not_called_right():
    def first_right(z):
        return 0 * z, (1 - np.tanh(z) ** 2) if np.shape(z) == FIRST else 2 * z
    cases = [arguments["z"] for _, arguments in check.slopes.cases(np.random.default_rng(1997))]
    FIRST = np.shape(cases[0])
    assert "wrong in another case" in check.slopes(first_right).message


LOOPED = """
pairs = np.zeros((len(single), len(single)))
for a, b in zip(training[:-1], training[1:]):
    pairs[a, b] += 1
total = 0
for a, b in zip(held_out[:-1], held_out[1:]):
    total -= np.log((pairs[a, b] + strength * single[b]) / (pairs[a].sum() + strength))
return np.exp(total / len(held_out))"""


def test_what_is_filled_in_more_steps_is_right_and_a_start_value_is_not_blamed(monkeypatch):
    monkeypatch.setattr("lstm_course.checking.diagnose.known_mistake", lambda *_: None)
    namespace = {"np": np}
    file = "<looped>"
    code = "def bigram_perplexity(training, held_out, single, strength):" + LOOPED.replace("\n", "\n    ")
    message = check.bigram_perplexity(function_of(code, file, namespace)).message
    assert "pairs is right" in message and "total = 0" not in message
