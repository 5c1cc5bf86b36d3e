"""check_gradients passes every layer, and finds planted mistakes in exactly the block they are in."""

import numpy as np
import pytest

from lstm_course import GRU, LSTM, RNN, Bidirectional, Embedding, Linear, Stacked
from lstm_course.gradients import check_gradients
from lstm_course.networks import cells
from tests.networks.support import LAYERS, H, I, leaves, make, map_state, random_state

LENGTHS = {"full": None, "ragged": np.array([4, 1, 3])}


def good_x(T=4, B=3):
    """An input of the layers in LAYERS."""
    return np.random.default_rng(8).standard_normal((T, B, I))


def state_names(layer):
    """How the report calls the parts of the state."""
    count = len(leaves(layer.forward(good_x()).state))
    return ["state"] if count == 1 else [f"state[{k}]" for k in range(count)]


# ---------------------------------------------------------------- right layers pass

@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_passes(name, lengths):
    layer = make(name)
    report = check_gradients(layer, good_x(), lengths=LENGTHS[lengths])
    assert report.ok, report
    assert report.wrong == []
    assert report.warnings == []
    assert set(report.errors) == {*layer.parameters, "x", *state_names(layer)}
    assert max(report.errors.values()) < 1e-6


@pytest.mark.parametrize("shape", [(4, 3), (5,), (2, 3, 3)])
def test_linear(shape):
    layer = Linear(shape[-1], 2, rng=0)
    layer.parameters["b"] += 0.3
    report = check_gradients(layer, np.random.default_rng(0).standard_normal(shape))
    assert report.ok, report
    assert set(report.errors) == {"W", "b", "x"}


def test_embedding():
    """A token that stands twice counts twice; there is no gradient of x."""
    report = check_gradients(Embedding(6, 3, rng=0), np.array([[0, 2, 2], [5, 0, 2]]))
    assert report.ok, report
    assert set(report.errors) == {"W"}


def test_a_given_state_is_checked_and_all_stays_as_it_was():
    layer, x = make("stacked_two_way"), good_x()
    state = random_state(layer, 3, np.random.default_rng(2))
    before = [a.tobytes() for a in [x, *leaves(state), *layer.parameters.values()]]
    report = check_gradients(layer, x, state=state)
    assert report.ok and report.warnings == [], report
    assert [a.tobytes() for a in [x, *leaves(state), *layer.parameters.values()]] == before


def test_same_rng_same_report():
    layer = make("lstm")
    one, two, other = (check_gradients(layer, good_x(), rng=seed).errors for seed in (1, 1, 2))
    assert one == two
    assert one != other


def test_at_most_so_many_entries_are_compared():
    report = check_gradients(make("lstm"), good_x(), entries=7)
    assert {block.name: block.checked for block in report.blocks}["U"] == 7
    assert all(block.checked == min(7, np.prod(block.shape)) for block in report.blocks)


# ---------------------------------------------------------------- planted mistakes

def faulty(kind, spoil, *sizes, **options):
    """A layer of this kind whose gradients are spoilt by `spoil(grads)` after a right backward pass."""
    class Faulty(kind):
        def backward(self, trace, grad_outputs, grad_state=None):
            grads = super().backward(trace, grad_outputs, grad_state)
            spoil(grads)
            return grads
    return Faulty(*sizes, rng=0, **options)


def scale(block, factor=1.01):
    """A spoiler that multiplies one block by a factor."""
    def spoil(grads):
        if block == "x":
            grads.x = grads.x * factor
        elif block.startswith("state"):
            wanted = iter(range(9))
            chosen = int(block[6]) if "[" in block else 0
            grads.state = map_state(lambda a: a * factor if next(wanted) == chosen else a, grads.state)
        else:
            grads.parameters[block] = grads.parameters[block] * factor
    return spoil


BLOCKS = [(RNN, {}, ["W", "U", "b", "x", "state"]),
          (LSTM, {"peephole": True}, ["W", "U", "b", "P", "x", "state[0]", "state[1]"]),
          (GRU, {}, ["W", "U", "b", "b_hn", "x", "state"])]


@pytest.mark.parametrize(("kind", "options", "block"),
                         [(kind, options, block) for kind, options, blocks in BLOCKS for block in blocks])
def test_a_wrong_block_is_reported_and_no_other(kind, options, block):
    report = check_gradients(faulty(kind, scale(block), I, H, **options), good_x())
    assert not report.ok
    assert report.wrong == [block]
    assert report.errors[block] == pytest.approx(0.01 / 1.01, rel=1e-3)
    assert f"{block} " in repr(report)
    assert "WRONG" in repr(report)


def test_a_single_wrong_entry_is_found_and_named():
    def spoil(grads):
        grads.parameters["U"] = grads.parameters["U"].copy()
        grads.parameters["U"][2, 5] += 1.0
    report = check_gradients(faulty(LSTM, spoil, I, H), good_x())
    assert report.wrong == ["U"]
    assert {block.name: block.worst for block in report.blocks}["U"] == (2, 5)


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_nan_infinity_and_zero_are_wrong(value):
    def spoil(grads):
        grads.parameters["b"] = np.full_like(grads.parameters["b"], value)
    assert check_gradients(faulty(GRU, spoil, I, H), good_x()).wrong == ["b"]


def test_a_transposed_gradient_is_wrong():
    """The recurrent matrix of an RNN is square: the shape gives nothing away."""
    def spoil(grads):
        grads.parameters["U"] = grads.parameters["U"].T
    assert check_gradients(faulty(RNN, spoil, I, H), good_x()).wrong == ["U"]


def test_inside_wrappers():
    """A wrong block of one part is reported under that part's name."""
    right, wrong = LSTM(I, H, rng=1), faulty(LSTM, scale("U"), I, H)
    assert check_gradients(Bidirectional(right, wrong), good_x()).wrong == ["backward.U"]
    above = faulty(GRU, scale("b_hn"), 2 * H, 2)
    stack = Stacked([Bidirectional(right, LSTM(I, H, rng=2)), above])
    assert check_gradients(stack, good_x()).wrong == ["1.b_hn"]


def test_ragged_mistakes():
    """A gradient that reaches the padding is wrong in x, and only there."""
    def spoil(grads):
        grads.x = grads.x + 0.1 * (grads.x == 0)
    layer = faulty(LSTM, spoil, I, H)
    assert check_gradients(layer, good_x()).ok
    assert check_gradients(layer, good_x(), lengths=LENGTHS["ragged"]).wrong == ["x"]


# ---------------------------------------------------------------- classic mistakes of hand-written backward passes

class HandWritten(RNN):
    """A backward pass as one writes it by hand, step by step, with one of the classic mistakes."""

    mistake = None

    def backward(self, trace, grad_outputs, grad_state=None):
        h, dh = np.concatenate([self.start[None], trace.outputs]), grad_state
        total, grad_x = {}, np.empty_like(self.inputs)
        for t in reversed(range(len(self.inputs))):
            forgets = self.mistake == "no dh_next" and t < len(self.inputs) - 1
            dh = grad_outputs[t] + (0 if forgets else dh)
            seen = h[t + 1] if self.mistake == "dU with h_t" else h[t]
            grad_x[t], dh, step = cells.rnn_step_backward(dh, self.inputs[t], seen, h[t + 1],
                                                          self.parameters["W"], self.parameters["U"])
            for name, gradient in step.items():
                keep = name in total and self.mistake != "= for +="
                total[name] = total[name] + gradient if keep else gradient
        if self.mistake == "mean over the batch":
            total = {name: gradient / len(dh) for name, gradient in total.items()}
        return type("Gradients", (), {"x": grad_x, "state": dh, "parameters": total})()

    def forward(self, x, state=None, lengths=None):
        self.inputs, self.start = x.copy(), np.zeros((x.shape[1], H)) if state is None else state.copy()
        return super().forward(x, state, lengths)


def hand_written(mistake):
    """A layer with that mistake."""
    layer = HandWritten(I, H, rng=0)
    layer.mistake = mistake
    return layer


@pytest.mark.parametrize(("mistake", "wrong"), [
    (None, set()),
    ("dU with h_t", {"U"}),
    ("= for +=", {"W", "U", "b"}),
    ("mean over the batch", {"W", "U", "b"}),
    ("no dh_next", {"W", "U", "b", "x", "state"})])
def test_classic_mistakes(mistake, wrong):
    report = check_gradients(hand_written(mistake), good_x())
    assert set(report.wrong) == wrong
    assert report.warnings == []


@pytest.mark.parametrize(("mistake", "T", "B", "warning"), [("= for +=", 1, 3, "T = 1"), ("no dh_next", 1, 3, "T = 1"),
                                                            ("mean over the batch", 4, 1, "B = 1")])
def test_one_step_or_sequence_hides_mistakes_and_the_report_warns(mistake, T, B, warning):
    report = check_gradients(hand_written(mistake), good_x(T, B))
    assert report.ok and any(warning in text for text in report.warnings)


def test_a_zero_state_is_warned_of():
    report = check_gradients(hand_written(None), good_x(), state=np.zeros((3, H)))
    assert report.ok
    assert any("state" in warning for warning in report.warnings)


@pytest.mark.parametrize(("T", "B", "count"), [(1, 1, 2), (2, 2, 1), (3, 1, 1), (2, 1, 2), (3, 2, 0)])
def test_warnings(T, B, count):
    warnings = check_gradients(make("lstm"), good_x(T, B)).warnings
    assert len(warnings) == count
    assert any(f"T = {T}" in warning for warning in warnings) == (T < 3)
    assert any(f"B = {B}" in warning for warning in warnings) == (B < 2)


# ---------------------------------------------------------------- the report's looks, bad input

def test_prints_as_a_table():
    report = check_gradients(make("lstm"), good_x(2, 1))
    text, html = repr(report), report._repr_html_()
    for word in ("W", "U", "b", "x", "state[0]", "state[1]", "ok", "Warning"):
        assert word in text
        assert word in html
    assert len({line.index("ok") for line in text.splitlines() if line.endswith("ok")}) == 1
    assert html.count("<tr>") == html.count("</tr>") == 7
    assert "<td>< " not in html


def test_float32_is_refused():
    with pytest.raises(ValueError, match="float32.*expected float64"):
        check_gradients(make("lstm", dtype=np.float32), good_x())


@pytest.mark.parametrize("layer", [None, "LSTM", 3])
def test_what_is_no_layer_is_refused(layer):
    with pytest.raises((TypeError, ValueError), match="layer.*expected"):
        check_gradients(layer, good_x())


@pytest.mark.parametrize(("argument", "value"), [
    ("epsilon", 0), ("epsilon", -1e-5), ("epsilon", np.nan), ("tolerance", -1.0), ("entries", 0), ("entries", 1.5),
    ("rng", "seed"), ("lengths", [9, 1, 1]), ("state", "state")])
def test_bad_options(argument, value):
    with pytest.raises((TypeError, ValueError), match=f"{argument}.*expected"):
        check_gradients(make("lstm"), good_x(), **{argument: value})


@pytest.mark.parametrize("x", [np.zeros((4, 3, I + 1)), np.zeros((4, 3)), np.full((4, 3, I), np.nan), "text"])
def test_bad_x(x):
    with pytest.raises((TypeError, ValueError), match="x .*expected"):
        check_gradients(make("lstm"), x)
