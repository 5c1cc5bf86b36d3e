"""Model, Last and fit: slopes, batches, masks, truncation, interruption, divergence."""

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from lstm_course import GRU, LSTM, RNN, Bidirectional, Embedding, Linear, Stacked
from lstm_course.training import History, Last, Model, fit, steps
from lstm_course.training.losses import binary_cross_entropy, mean_squared_error, softmax_cross_entropy
from lstm_course.training.optimizers import SGD, Adam
from tests.networks.support import leaves, numeric_gradient

T, B = 5, 4


def model_of(kind, seed=0):
    rng = np.random.default_rng(seed)
    return Model({
        "every step": lambda: [RNN(2, 3, rng=rng), Linear(3, 1, rng=rng)],
        "last": lambda: [LSTM(2, 3, rng=rng), Last(), Linear(3, 1, rng=rng)],
        "two-way": lambda: [Bidirectional(GRU(2, 3, rng=rng), GRU(2, 3, rng=rng)), Last(two_way=True),
                            Linear(6, 1, rng=rng)],
        "layers": lambda: [Linear(2, 3, rng=rng), Stacked([LSTM(3, 4, rng=rng), GRU(4, 3, rng=rng)]),
                           Linear(3, 1, rng=rng)],
    }[kind]())


def data_of(model, seed=0):
    rng = np.random.default_rng(seed)
    shape = (B, 1) if model.one_output else (T, B, 1)
    return rng.standard_normal((T, B, 2)), rng.standard_normal(shape)


def copied(model):
    return {name: array.copy() for name, array in model.parameters.items()}


def by_hand(model, x, targets, *windows):
    """Plain gradient descent, one update for each (steps that only prepare the state, steps that are learned)."""
    losses, state = [], None
    for before, window in windows:
        state = model.forward(x[before]).state if before else None if window.start == 0 else state
        trace = model.forward(x[window], state)
        value, grad = mean_squared_error(trace.outputs, targets if model.one_output else targets[window])
        SGD(0.1).update(model.parameters, model.backward(trace, grad).parameters)
        state = trace.state
        losses.append(value)
    return losses


def same(first, second):
    return all(np.array_equal(first[name], second[name]) for name in first)


KINDS = ["every step", "last", "two-way", "layers"]


# ------------------------------------------------------------------------------------------------------ the model

@pytest.mark.parametrize("lengths", [None, np.array([5, 2, 1, 4])])
@pytest.mark.parametrize("kind", KINDS)
def test_slopes_of_a_model(kind, lengths):
    model = model_of(kind)
    x, targets = data_of(model)
    mask = None if lengths is None or model.one_output else np.arange(T)[:, None] < lengths
    loss = lambda: mean_squared_error(model.forward(x, lengths=lengths).outputs, targets, mask)
    grads = model.backward(model.forward(x, lengths=lengths), loss()[1])
    assert set(grads.parameters) == set(model.parameters)
    for array, grad in [(x, grads.x), *((model.parameters[name], grad) for name, grad in grads.parameters.items())]:
        np.testing.assert_allclose(grad, numeric_gradient(lambda: loss()[0], array), rtol=0, atol=1e-7)


def test_last_takes_the_last_valid_step_and_the_backward_half_at_step_0():
    lengths, rng = np.array([5, 2, 1, 4]), np.random.default_rng(0)
    layer = Bidirectional(LSTM(2, 3, rng=rng), LSTM(2, 3, rng=rng))
    trace = layer.forward(rng.standard_normal((T, B, 2)), lengths=lengths)
    last = Last(two_way=True).forward(trace.outputs, lengths=lengths).outputs
    (h, _), (h_back, _) = trace.state
    assert np.array_equal(last, np.concatenate([h, h_back], axis=1))
    forward_only = Last().forward(trace.outputs, lengths=lengths).outputs
    assert np.array_equal(forward_only[:, :3], h)
    assert not np.array_equal(forward_only[:, 3:], h_back)


def test_a_models_parameters_are_the_layers_own_arrays():
    model = model_of("last")
    assert list(model.parameters) == ["0.W", "0.U", "0.b", "2.W", "2.b"]
    assert model.parameters["0.U"] is model.layers[0].parameters["U"]


def test_the_state_goes_in_and_out():
    model = model_of("layers")
    x = data_of(model)[0]
    whole = model.forward(x)
    first = model.forward(x[:2])
    second = model.forward(x[2:], first.state)
    np.testing.assert_allclose(np.concatenate([first.outputs, second.outputs]), whole.outputs, atol=1e-14)
    assert all(np.allclose(a, b, atol=1e-14) for a, b in
               zip(leaves(second.state[1]), leaves(whole.state[1]), strict=True))


# -------------------------------------------------------------------------------------------------- what fit does

@pytest.mark.parametrize("kind", KINDS)
def test_one_update_is_the_gradient_step(kind):
    model, twin = model_of(kind), model_of(kind)
    x, targets = data_of(model)
    history = fit(model, (x, targets), mean_squared_error, SGD(0.1), updates=1)
    assert history.losses == by_hand(twin, x, targets, (None, slice(0, T)))
    assert same(model.parameters, twin.parameters)


def test_steps_hand_over_after_every_update_and_fit_is_a_loop_over_them():
    model, twin, loss, seen = model_of("last"), model_of("last"), mean_squared_error, []
    for now in steps(model, data_of(model), loss, Adam(0.1), updates=5, clip_norm=0.1):
        seen.append((now.number, now.total, now.loss, now.grad_norm, list(now.history.losses), copied(model)))
        if now.number == 3:
            break                                                   # what was learned stays
    history = fit(twin, data_of(twin), loss, Adam(0.1), updates=3, clip_norm=0.1)
    assert [number for number, *_ in seen] == [1, 2, 3] and {total for _, total, *_ in seen} == {5}
    assert [row[2] for row in seen] == seen[-1][4] == history.losses and seen[0][4] == history.losses[:1]
    assert [row[3] for row in seen] == history.grad_norms
    assert same(model.parameters, twin.parameters) and same(seen[-1][5], twin.parameters)
    assert not same(seen[-2][5], twin.parameters)


def test_the_same_rng_gives_the_same_training_and_another_another():
    runs = []
    for rng in (0, 0, 1):
        model = model_of("every step")
        fit(model, data_of(model), mean_squared_error, Adam(0.01), epochs=3, batch_size=2, rng=rng)
        runs.append(copied(model))
    assert same(runs[0], runs[1])
    assert not same(runs[0], runs[2])


def test_every_epoch_shows_every_sequence_once_with_its_own_targets():
    seen = []

    def loss(predictions, targets, mask):
        seen.append(np.stack([targets[0, :, 0], mask[0]]))
        return mean_squared_error(predictions, targets, mask)

    model, x = model_of("every step"), np.zeros((T, 7, 2))
    targets = np.tile(np.arange(7.0)[:, None], (T, 1, 1))
    mask = np.ones((T, 7))
    mask[0, 3] = 0
    x[:, :, 0] = targets[:, :, 0]
    history = fit(model, (x, targets, None, mask), loss, SGD(1e-9), epochs=2, batch_size=3, rng=0)
    assert [batch.shape[1] for batch in seen] == [3, 3, 1] * 2
    assert len(history.losses) == 6
    for epoch in (seen[:3], seen[3:]):
        numbers, masks = np.concatenate(epoch, axis=1)
        assert sorted(numbers) == list(range(7))
        assert np.array_equal(masks == 0, numbers == 3)
    assert not np.array_equal(np.concatenate(seen[:3], axis=1), np.concatenate(seen[3:], axis=1))


def test_a_function_makes_fresh_batches_from_the_rng():
    def batch(rng):
        x = rng.standard_normal((T, B, 2))
        return x, x.sum(axis=(0, 2))[:, None]

    histories = [fit(model_of("last"), batch, mean_squared_error, Adam(0.01), updates=5, rng=0) for _ in range(2)]
    assert histories[0].losses == histories[1].losses
    assert len(set(histories[0].losses)) == 5


def test_padding_does_not_count():
    lengths = np.array([5, 2, 1, 4])
    runs = []
    for padding in (0.0, 9.0):
        model = model_of("every step")
        x, targets = data_of(model)
        for array in (x, targets):
            array[np.arange(T)[:, None] >= lengths] = padding
        fit(model, (x, targets, lengths), mean_squared_error, SGD(0.1), epochs=3, batch_size=3, rng=0)
        runs.append(copied(model))
    assert same(*runs)


def test_frozen_parameters_stay():
    model = model_of("last")
    before = copied(model)
    fit(model, data_of(model), mean_squared_error, Adam(0.1), updates=3, freeze=("0.b", "2.W"))
    moved = {name for name, array in model.parameters.items() if not np.array_equal(array, before[name])}
    assert moved == {"0.W", "0.U", "2.b"}


def test_clipping_bounds_the_step_and_the_history_keeps_the_norm_before():
    model = model_of("last")
    before = copied(model)
    history = fit(model, data_of(model), mean_squared_error, SGD(1.0), updates=1, clip_norm=0.01)
    step = np.sqrt(sum(np.sum((model.parameters[name] - before[name]) ** 2) for name in before))
    assert step == pytest.approx(0.01, rel=1e-3)
    assert history.grad_norms[0] > 0.02


def test_metrics_and_stopping():
    model = model_of("every step")
    count = lambda history: history.metrics["calls"][-1] >= 3
    calls = iter(range(1, 100))
    history = fit(model, data_of(model), mean_squared_error, Adam(0.01), updates=100, every=4, stop=count,
                  metrics={"calls": lambda given: next(calls) if given is model else None})
    assert history.metrics["calls"] == [1, 2, 3]
    assert history.measured_at == [4, 8, 12]
    assert history.stopped
    assert not history.interrupted
    assert len(history.losses) == 12
    easy = fit(model_of("last"), data_of(model_of("last")), mean_squared_error, Adam(0.05), updates=2000, every=10,
               stop=1e-3)
    assert easy.stopped
    assert np.mean(easy.losses[-10:]) < 1e-3
    assert not fit(model, data_of(model), mean_squared_error, Adam(0.01), updates=20, every=10, stop=0).stopped


def test_words_and_plain_rows():
    rng = np.random.default_rng(0)
    tokens = rng.integers(0, 5, (6, 30))
    model = [Embedding(5, 4, rng=rng), GRU(4, 8, rng=rng), Linear(8, 5, rng=rng)]
    recall = fit(model, (tokens, np.concatenate([tokens[:1], tokens[:-1]])), softmax_cross_entropy, Adam(0.02),
                 epochs=60, batch_size=10, rng=0)
    assert recall.losses[-1] < 0.2 < 1.5 < recall.losses[0]
    x = rng.standard_normal((50, 3))
    rows = fit(Linear(3, 1, rng=0), (x, (x[:, :1] > 0) * 1.0), binary_cross_entropy, SGD(1.0), epochs=30,
               batch_size=10, rng=0)
    assert len(rows.losses) == 150
    assert rows.losses[-1] < 0.3


# ------------------------------------------------------------------------------------------------------ truncation

@pytest.mark.parametrize(("kind", "truncate", "mask", "windows"), [
    ("layers", 2, None, [(None, slice(0, 2)), (None, slice(2, 4)), (None, slice(4, 5))]),
    ("last", 2, None, [(slice(0, 3), slice(3, 5))]),
    ("every step", 1, [0, 0, 0, 1, 0], [(slice(0, 3), slice(3, 4))])])
def test_truncation_carries_the_state_and_cuts_the_gradient(kind, truncate, mask, windows):
    """After `Last` only the last steps get a gradient; steps without anything to learn prepare the state only."""
    model, twin = model_of(kind), model_of(kind)
    x, targets = data_of(model)
    data = (x, targets) if mask is None else (x, targets, None, np.repeat(mask, B).reshape(T, B))
    history = fit(model, data, mean_squared_error, SGD(0.1), epochs=2, truncate=truncate)
    np.testing.assert_allclose(history.losses, by_hand(twin, x, targets, *windows, *windows), rtol=1e-13)
    for name, array in twin.parameters.items():
        np.testing.assert_allclose(model.parameters[name], array, rtol=1e-12)


def test_windows_as_long_as_the_sequence_are_no_truncation():
    runs = []
    for truncate in (None, T, T + 3):
        model = model_of("every step")
        fit(model, data_of(model), mean_squared_error, SGD(0.1), updates=3, truncate=truncate)
        runs.append(copied(model))
    assert same(runs[0], runs[1])
    assert same(runs[0], runs[2])


# ------------------------------------------------------------------------------------- interruption and divergence

class Interrupting(SGD):
    """Ctrl-C comes in the middle of update `at`, after the first parameter"""

    def __init__(self, at, press):
        super().__init__(0.1)
        self.at, self.press, self.calls = at, press, 0

    def step(self, parameter, grad, *averages):
        super().step(parameter, grad, *averages)
        self.calls += 1
        if self.calls == 5 * self.at + 1:
            self.press()


def raise_interrupt():
    raise KeyboardInterrupt


@pytest.mark.parametrize(("press", "kept"), [(lambda: os.kill(os.getpid(), signal.SIGINT), 4), (raise_interrupt, 3)],
                         ids=["a signal waits", "an exception takes the update back"])
def test_ctrl_c_never_leaves_half_an_update(press, kept):
    model, twin = model_of("last"), model_of("last")
    usual = signal.getsignal(signal.SIGINT)
    history = fit(model, data_of(model), mean_squared_error, Interrupting(3, press), updates=10)
    assert history.interrupted
    assert len(history.losses) == len(history.grad_norms) == kept
    assert signal.getsignal(signal.SIGINT) is usual
    fit(twin, data_of(twin), mean_squared_error, SGD(0.1), updates=kept)
    assert same(model.parameters, twin.parameters)


def test_ctrl_c_during_an_update_ends_the_steps_after_it():
    model, twin, history = model_of("last"), model_of("last"), History()
    press = Interrupting(3, lambda: os.kill(os.getpid(), signal.SIGINT))
    numbers = [now.number for now in steps(model, data_of(model), mean_squared_error, press, updates=10,
                                           history=history)]
    assert numbers == [1, 2, 3] and history.interrupted and len(history.losses) == 4
    fit(twin, data_of(twin), mean_squared_error, SGD(0.1), updates=4)
    assert same(model.parameters, twin.parameters)


def test_ctrl_c_elsewhere_keeps_what_was_learned():
    model, twin, calls = model_of("last"), model_of("last"), iter(range(10))

    def loss(predictions, targets):
        if next(calls) == 6:
            raise KeyboardInterrupt
        return mean_squared_error(predictions, targets)

    history = fit(model, data_of(model), loss, Adam(0.01), updates=10)
    assert history.interrupted
    assert len(history.losses) == 6
    fit(twin, data_of(twin), mean_squared_error, Adam(0.01), updates=6)
    assert same(model.parameters, twin.parameters)


def test_fit_works_in_a_thread():
    histories = []
    model = model_of("last")
    work = lambda: histories.append(fit(model, data_of(model), mean_squared_error, SGD(0.1), updates=3))
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(histories[0].losses) == 3


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_divergence_is_reported_and_the_last_finite_parameters_are_kept(activation):
    model = Model([RNN(2, 3, activation=activation, rng=0), Linear(3, 1, rng=0)])
    x, targets = data_of(model)
    with pytest.raises(FloatingPointError, match=r"NaN or infinite at update \d+; .*smaller learning rate") as caught:
        fit(model, (x, targets), mean_squared_error, SGD(1e3), updates=500)
    losses = caught.value.history.losses
    assert np.isfinite(losses).all()
    assert len(losses) > 1
    assert all(np.isfinite(array).all() for array in model.parameters.values())
    assert mean_squared_error(model.predict(x), targets)[0] == losses[-1]


def test_a_loss_that_is_nan_at_once_leaves_the_parameters_unchanged():
    model = model_of("last")
    before = copied(model)
    with pytest.raises(FloatingPointError, match="the loss became NaN or infinite at update 1; .*unchanged"):
        fit(model, data_of(model), lambda p, t: (np.nan, np.zeros_like(p)), SGD(0.1), updates=5)
    assert same(model.parameters, before)


# -------------------------------------------------------------------------------------------- progress, bad input

def test_the_progress_bar_counts_the_updates(capsys):
    model = model_of("last")
    fit(model, data_of(model), mean_squared_error, SGD(0.1), updates=3)
    assert capsys.readouterr() == ("", "")
    program = ("import sys; sys.modules['ipywidgets'] = None\n"
               "import warnings; warnings.simplefilter('ignore')\n"
               "import numpy as np; from lstm_course import Linear; from lstm_course.networks import training\n"
               "from lstm_course.training.losses import mean_squared_error as mse\n"
               "from lstm_course.training.optimizers import SGD\n"
               "assert 'tqdm' not in sys.modules\n"
               "training.fit(Linear(1, 1), (np.ones((4, 1)), np.ones((4, 1))), mse, SGD(.1), updates=7, progress=True)")
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                         env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    assert "7/7" in ran.stderr
    assert "loss=" in ran.stderr


X, Y = np.ones((T, B, 2)), np.ones((T, B, 1))


@pytest.mark.parametrize(("data", "settings", "error", "message"), [
    ((X, Y), {}, ValueError, "one of epochs and updates"),
    ((X, Y), {"epochs": 1, "updates": 1}, ValueError, "one of epochs and updates"),
    ((X, Y), {"epochs": 0}, ValueError, "epochs is 0"),
    ((X, Y), {"updates": 2.5}, TypeError, "updates is 2.5"),
    ((X, Y), {"epochs": 1, "batch_size": 0}, ValueError, "batch_size is 0"),
    ((X, Y), {"epochs": 1, "truncate": -1}, ValueError, "truncate is -1"),
    ((X, Y), {"epochs": 1, "freeze": "0.V"}, ValueError, r"freeze holds \['0.V'\]"),
    ((X, Y[:, :3]), {"epochs": 1}, ValueError, r"targets has shape \(5, 3, 1\), expected 4 on axis 1"),
    ((X, Y, [1, 2]), {"epochs": 1}, ValueError, r"lengths has shape \(2,\), expected 4 on axis 0"),
    ((X, Y, [1, 2, 3, 9]), {"epochs": 1}, ValueError, "lengths holds 9"),
    ((X, Y, [1, 2, 3, 4]), {"epochs": 1, "truncate": 2}, ValueError, "lengths and truncate"),
    ((X, Y, None, np.zeros((T, B))), {"updates": 1}, ValueError, "mask is False everywhere"),
    (X, {"epochs": 1}, TypeError, "expected .x, targets."),
    (lambda rng: (X, Y), {"epochs": 1}, ValueError, "data is a function"),
    ((X * np.nan, Y), {"epochs": 1}, ValueError, "x holds nan"),
])
def test_bad_arguments_are_named(data, settings, error, message):
    with pytest.raises(error, match=message):
        fit(model_of("every step"), data, mean_squared_error, SGD(0.1), **settings)


def test_bad_layers_are_named():
    with pytest.raises(ValueError, match="layers is empty"):
        Model([])
    with pytest.raises(TypeError, match=r"layers\[0\] is 'RNN'"):
        Model(["RNN"])
    with pytest.raises(ValueError, match=r"x has shape \(5, 4\), expected \(T, B, H\)"):
        Last().forward(np.ones((5, 4)))
