"""A sequence-to-sequence network that writes digits backwards: what fits through a state of H numbers, five seeds.

An encoder LSTM reads 1 to 12 digits; its last state (h, c) is the first state of a decoder LSTM, which writes them in
reversed order (Sutskever, Vinyals & Le, "Sequence to Sequence Learning with Neural Networks", 2014). Trained with
teacher forcing, tested writing on its own. Adam, 64 sequences of one length in each update. It takes about 15 minutes.

Expected: the longer the state, the longer the digits that come back: half of the sequences are right at length 7 with 8
units, at length 13 or 14 with 64. Without the state: chance.
"""

import numpy as np

from lstm_course import LSTM, Embedding, Linear
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam, clip_by_norm

SEEDS, DIGITS, LONGEST, TESTED = 5, 10, 12, 16
SIZES = (8, 16, 32, 64)
UPDATES, BATCH, RATE, CLIP, EMBEDDED = 3000, 64, 5e-3, 1.0, 16
GO = DIGITS                             # the token with which the decoder begins
PARTS = ("read", "encode", "written", "decode", "head")


def network(units, seed=None, dtype=np.float32):
    """Five layers: digits in, encoder, what was written, decoder, one logit for each digit."""
    rng = np.random.default_rng(seed)
    layers = [Embedding(DIGITS, EMBEDDED, rng, dtype), LSTM(EMBEDDED, units, rng=rng, dtype=dtype),
              Embedding(DIGITS + 1, EMBEDDED, rng, dtype), LSTM(EMBEDDED, units, rng=rng, dtype=dtype),
              Linear(units, DIGITS, rng, dtype)]
    return dict(zip(PARTS, layers, strict=True))


def slopes(net, digits, answer):
    """digits and answer (T,B) -> loss, and the gradients of every part under the names "encode.U", …"""
    started = np.vstack([np.full((1, digits.shape[1]), GO), answer[:-1]])       # teacher forcing: the true digits
    read = net["read"].forward(digits)
    encoded = net["encode"].forward(read.outputs)
    written = net["written"].forward(started)
    decoded = net["decode"].forward(written.outputs, encoded.state)             # the bottleneck: (h, c), no more
    head = net["head"].forward(decoded.outputs)
    loss, grad = softmax_cross_entropy(head.outputs, answer)
    back = {"head": net["head"].backward(head, grad)}
    back["decode"] = net["decode"].backward(decoded, back["head"].x)
    back["written"] = net["written"].backward(written, back["decode"].x)
    nothing = np.zeros_like(encoded.outputs)
    back["encode"] = net["encode"].backward(encoded, nothing, back["decode"].state)
    back["read"] = net["read"].backward(read, back["encode"].x)
    return loss, {f"{part}.{name}": grad for part in PARTS for name, grad in back[part].parameters.items()}


def parameters(net):
    return {f"{part}.{name}": array for part in PARTS for name, array in net[part].parameters.items()}


def train(units, seed, updates=UPDATES, dtype=np.float32, only=None):
    """-> the network and its losses; each update has one length from 1 to LONGEST. only: stop after so many."""
    net, rng, optimizer, losses = network(units, seed, dtype), np.random.default_rng(1000 + seed), Adam(RATE), []
    for update in range(only or updates):
        optimizer.learning_rate = RATE * (1 if update < 0.7 * updates else 0.2)
        digits = rng.integers(0, DIGITS, (rng.integers(1, LONGEST + 1), BATCH))
        loss, grads = slopes(net, digits, digits[::-1])
        clip_by_norm(grads, CLIP)
        optimizer.update(parameters(net), grads)
        losses.append(loss)
    return net, np.array(losses, np.float32)


def write(net, digits, cut=False):
    """digits (T,B) -> what the network writes (T,B), each digit from its own last one; cut: from an empty state."""
    state = net["encode"].forward(net["read"].forward(digits).outputs).state
    state = tuple(np.zeros_like(part) for part in state) if cut else state
    last, found = np.full((1, digits.shape[1]), GO), []
    for _ in digits:
        step = net["decode"].forward(net["written"].forward(last).outputs, state)
        state = step.state
        last = net["head"].forward(step.outputs).outputs.argmax(axis=-1)
        found.append(last[0])
    return np.stack(found)


def scores(net, length, count=500, cut=False):
    """-> the share of digits that are right, and of whole sequences"""
    digits = np.random.default_rng(length).integers(0, DIGITS, (length, count))
    right = write(net, digits, cut) == digits[::-1]
    return right.mean(), right.all(axis=0).mean()


def run(seeds=SEEDS, sizes=SIZES, updates=UPDATES):
    """digits and sequences (sizes, seeds, TESTED): shares that are right for the lengths 1 … TESTED; cut (sizes,
    seeds):
    digits right at length 6 if the state is thrown away; losses (sizes, seeds, updates / 20): means of 20."""
    results = {key: [] for key in ("digits", "sequences", "cut", "losses")}
    for units in sizes:
        rows = {key: [] for key in results}
        for seed in range(seeds):
            net, losses = train(units, seed, updates)
            found = np.array([scores(net, length) for length in range(1, TESTED + 1)])
            rows["digits"].append(found[:, 0])
            rows["sequences"].append(found[:, 1])
            rows["cut"].append(scores(net, 6, cut=True)[0])
            rows["losses"].append(losses[:len(losses) // 20 * 20].reshape(-1, 20).mean(axis=1))
        for key, row in rows.items():
            results[key].append(row)
    return {"sizes": np.array(sizes), **{key: np.array(rows) for key, rows in results.items()}}
