"""Which gates does an LSTM need to hold a flagged number, and where do its gates then stand?

Twenty steps, fresh batches of 50, 400 updates with Adam 0.02, gradients clipped to norm 1; 20 seeds each, and the
error (root of the mean square) on 1 000 new sequences. The full LSTM has 8 units (361 weights), those without a gate 10
(401), the simple network 17 (358). The simple network is also given 1 000 updates at the rate 0.01, and a task with
signs only, +1 or -1. "frozen" is the best readout of an untrained LSTM. Takes about 5 minutes.

Expected: full 0.03 to 0.08, without i or f or o more, the simple network far more; signs it holds in 18 of 20. In the
trained networks f separates flagged steps from others, i hardly; yet holding i at its mean costs more than holding f.
Away from the flags f is near 0.7, so c alone does not hold the number: if g reads the mean of h in place of h, the
error is 0.40 to 0.49; if i, f and o do, 0.14 to 0.38.
"""

from dataclasses import dataclass

import numpy as np

from lstm_course import RNN, Linear
from lstm_course.experiments.shared.variants import variant
from lstm_course.networks.functions import sigmoid
from lstm_course.tasks.flagged_number import flagged_number
from lstm_course.training import Last, Model, fit
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import Adam

STEPS, BATCH, HELD_OUT, FIRST, SEEDS = 20, 50, 1000, 5, tuple(range(20))


@dataclass(frozen=True)
class Setting:
    """A network and its training."""

    kind: str                           # a variant of the LSTM, or "RNN"
    units: int
    updates: int = 400
    rate: float = 0.02
    signs: bool = False


SETTINGS = {
    "full": Setting("full", 8),
    "no i": Setting("no i", 10),
    "no f": Setting("no f", 10),
    "no o": Setting("no o", 10),
    "RNN": Setting("RNN", 17),
    "RNN, slowly": Setting("RNN", 17, updates=1000, rate=0.01),
    "RNN, signs": Setting("RNN", 17, signs=True),
}


def new_model(setting, rng):
    """The layer with two inputs, then one answer from its last output."""
    layer = RNN(2, setting.units, rng=rng) if setting.kind == "RNN" else variant(setting.kind, 2, setting.units, rng)
    return Model([layer, Last(), Linear(setting.units, 1, rng=rng)])


def trained(setting, seed, updates=None):
    """-> the model and its losses, one an update."""
    rng = np.random.default_rng(seed)
    model = new_model(setting, rng)
    draw = lambda rng: flagged_number(STEPS, BATCH, rng, setting.signs)
    history = fit(model, draw, mean_squared_error, Adam(setting.rate), updates=updates or setting.updates,
                  clip_norm=1.0, rng=rng)
    return model, history.losses


def new_sequences(setting, seed):
    return flagged_number(STEPS, HELD_OUT, 1000 + seed, setting.signs)


def root_mean_square(answers, targets):
    return float(np.sqrt(np.mean((answers - targets) ** 2)))


def gates_of(model, x):
    """i, f, g, o and c of the LSTM over the sequences: each (T,B,H)."""
    return model.layers[0].forward(x).gates


def at_flags(gate, x):
    """The mean of a gate (T,B,H) for each unit: at flagged steps and at all others, (2, H)."""
    flagged = x[:, :, 1] == 1
    return np.stack([gate[flagged].mean(axis=0), gate[~flagged].mean(axis=0)])


def error_with(model, x, targets, gate="", value=None, deaf=""):
    """The error if the units of one gate stand at fixed values (H,), whatever they read; or if the blocks of "ifgo"
    in `deaf` read the mean of h over all steps and sequences in place of h."""
    parameters, (_, B, _), H = model.layers[0].parameters, x.shape, model.layers[0].hidden_size
    is_deaf = np.repeat([name in deaf for name in "ifgo"], H)
    mean_h = model.layers[0].forward(x).outputs.mean(axis=(0, 1))
    h = c = np.zeros((B, H))
    for x_t in x:
        heard = np.where(is_deaf, mean_h @ parameters["U"], h @ parameters["U"])
        z = dict(zip("ifgo", np.split(x_t @ parameters["W"] + heard + parameters["b"], 4, axis=1), strict=True))
        at = {name: np.tanh(z[name]) if name == "g" else sigmoid(z[name]) for name in "ifgo"}
        at |= {gate: value} if gate else {}
        c = at["f"] * c + at["i"] * at["g"]
        h = at["o"] * np.tanh(c)
    return root_mean_square(model.layers[2].forward(h).outputs, targets)


def frozen(seed):
    """The error of the best readout (least squares on 2 000 sequences) of the LSTM before its training."""
    setting = SETTINGS["full"]
    layer = new_model(setting, np.random.default_rng(seed)).layers[0]
    last = lambda x: np.c_[layer.forward(x).outputs[-1], np.ones(x.shape[1])]
    x, targets = flagged_number(STEPS, 2 * HELD_OUT, seed)
    readout = np.linalg.lstsq(last(x), targets, rcond=None)[0]
    x, targets = new_sequences(setting, seed)
    return root_mean_square(last(x) @ readout, targets)


def run(settings=tuple(SETTINGS), seeds=SEEDS):
    """settings (N,), seeds (S,); errors and wrong_signs (N,S), losses (N,S,FIRST) of the first updates. Of the full
    LSTM: gates (S, i and f, before and after, flagged and not, units), pinned (S,3): the error with i, f or o at
    its mean, and deaf (S,2): with g, or with i, f and o, that do not hear h; frozen (S,).
    """
    shape = len(settings), len(seeds)
    errors, wrong, first = np.zeros(shape), np.zeros(shape), np.zeros((*shape, FIRST))
    gates, pinned = np.zeros((len(seeds), 2, 2, 2, SETTINGS["full"].units)), np.zeros((len(seeds), 3))
    deaf = np.zeros((len(seeds), 2))
    for n, name in enumerate(settings):
        for s, seed in enumerate(seeds):
            setting = SETTINGS[name]
            (model, losses), (x, targets) = trained(setting, seed), new_sequences(setting, seed)
            answers, first[n, s] = model.predict(x), losses[:FIRST]
            errors[n, s] = root_mean_square(answers, targets)
            wrong[n, s] = np.mean(np.sign(answers) != np.sign(targets))
            if name == "full":
                before, after = gates_of(new_model(setting, np.random.default_rng(seed)), x), gates_of(model, x)
                gates[s] = [[at_flags(g[gate], x) for g in (before, after)] for gate in "if"]
                pinned[s] = [error_with(model, x, targets, gate, after[gate].mean(axis=(0, 1))) for gate in "ifo"]
                deaf[s] = [error_with(model, x, targets, deaf=blocks) for blocks in ("g", "ifo")]
    return {"settings": np.array(settings), "seeds": np.array(seeds), "errors": errors, "wrong_signs": wrong,
            "losses": first, "gates": gates, "pinned": pinned, "deaf": deaf,
            "frozen": np.array([frozen(seed) for seed in seeds])}
