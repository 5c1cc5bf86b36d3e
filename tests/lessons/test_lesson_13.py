"""Lesson 13: the figure of the probes says what is stored, and right answers in other spellings are right."""

import numpy as np
import pytest

from lstm_course import experiments
from lstm_course.exercises import check
from lstm_course.explorers import probe_figure
from lstm_course.lessons.l13_rows_layers_directions.probe_figure import LOOKS, curves


def test_the_curves_are_the_stored_ones():
    found = experiments.load("digit_rows")
    rows, (trained, pixels, untrained, own) = curves()
    assert rows.tolist() == found["rows"].tolist() and len(LOOKS) == 4
    np.testing.assert_allclose(trained, 100 * found["probed"][:, 1])
    np.testing.assert_allclose(untrained, 100 * found["probed"][:, 0])
    assert trained.shape == untrained.shape == own.shape == (20, 7) and pixels.shape == (1, 7)


def test_the_figure_says_its_numbers():
    bundle, _ = probe_figure()._repr_mimebundle_()
    rows, runs = curves()
    for (name, *_), found in zip(LOOKS, runs, strict=True):
        assert f"{name}: " in bundle["text/plain"]
        assert f"{rows[-1]}: {np.median(found[:, -1]):.0f}" in bundle["text/plain"]


def by_sequence(out, n):
    H = out.shape[2] // 2
    return np.stack([np.r_[out[k - 1, b, :H], out[0, b, H:]] for b, k in enumerate(n)])


def chosen(out, n):
    forward = np.arange(out.shape[2]) < out.shape[2] // 2
    return np.where(forward, out[n - 1, range(len(n))], out[0])


def halves(out, H, at):
    return np.concatenate([out[at, np.arange(len(at)), :H], out[0, :, H:]], axis=1)


def change(forward, x, b):
    changed = x.copy()
    changed[:, b] += 1
    return np.abs(forward(changed) - forward(x))


def without_the_first(forward, x):
    one = np.eye(x.shape[1])[0][:, None]
    return np.abs(np.delete(forward(x + one) - forward(x), 0, axis=1)).max()


def one_after_the_other(forward, x):
    new = forward(np.concatenate([x[:, :1] + 1, x[:, 1:]], axis=1))
    return max(np.abs(new[:, b] - forward(x)[:, b]).max() for b in range(1, x.shape[1]))


@pytest.mark.parametrize("name, answer", [("bi_last", by_sequence), ("bi_last", chosen), ("leak", without_the_first),
                                          ("leak", one_after_the_other)])
def test_other_spellings(name, answer):
    getattr(check, name)(answer).require()


# what is said stands apart from the answers: a message may quote the line of an answer
WRONG = (
    ("bi_last", lambda out, n: np.concatenate([out[n - 1, range(len(n))], out[0]], axis=1)),
    ("bi_last", lambda out, n: halves(out, out.shape[2] / 2, n - 1)),
    ("bi_last", lambda out, n: halves(out, out.shape[2], n - 1)),
    ("bi_last", lambda out, n: halves(out, out.shape[2] // 2, n)),
    ("last_valid", lambda out, n: np.array([out[:k, b].max(axis=0) for b, k in enumerate(n)])),
    ("last_valid", lambda out, n: out[-n, range(len(n))]),
    ("leak", lambda forward, x: np.abs(forward(x + 1) - forward(x + 1))[:, 1:].max()),
    ("leak", lambda forward, x: np.abs(forward(x + 1).outputs - forward(x).outputs)[:, 1:].max()),
    ("leak", lambda forward, x: np.abs(forward.forward(x + 1))[:, 1:].max()),
    ("leak", lambda forward, x: np.abs(forward(x + 1) - forward(x))[:, 1:].max()),
    ("leak", lambda forward, x: max(change(forward, x, 0)[:, b].max() for b in range(1, x.shape[0]))),
    ("leak", lambda forward, x: max(change(forward, x, b)[:, 0].max() for b in range(1, x.shape[1]))),
    ("leak", lambda forward, x: change(forward, x, -1)[:, :-1].max()),
    ("leak", lambda forward, x: change(forward, x, 0)[0, 1:].max()),
    ("bi_last", lambda out, n: halves(out, out.shape[2] // 2, -n)),
    ("bi_last", lambda out, n: np.concatenate([out[n - 1, range(len(n)), :out.shape[2] // 2],
                                               out[len(out) - n, range(len(n)), out.shape[2] // 2:]], axis=1)),
    ("bi_last", lambda out, n: np.concatenate([out[n - 1][..., :2], out[0][:, 2:]], axis=1)),
)
SAID = ("all units", "H is out.shape[2] // 2", "Does H count", "one step too far", "largest output",
        "end of the time axis", "two equal inputs", "Leave .outputs away", "it is called as it is",
        "all sequences are changed", "Look at the index in `x.shape[0]`", "one by one",
        "you change the last sequence", "only step 0 of the outputs",
        "at -lengths, or at T - lengths", "No sequence is turned round", "counts of axes")


@pytest.mark.parametrize("given, said", [*zip(WRONG, SAID, strict=True)], ids=SAID)
def test_wrong_answers_of_readers_are_told_apart(given, said):
    name, answer = given
    assert said in getattr(check, name)(answer).message
