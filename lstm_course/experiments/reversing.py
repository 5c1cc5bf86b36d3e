"""A sequence-to-sequence network that writes digits backwards: what fits through a state of H numbers, 20 seeds.

An encoder LSTM reads 1 to 12 digits; its last state (h, c) is the first state of a decoder LSTM, which writes them in
reversed order (Sutskever, Vinyals & Le, "Sequence to Sequence Learning with Neural Networks", 2014). Trained with
teacher forcing, tested writing on its own. Adam, 64 sequences of one length in each update. It takes about five
minutes.

Expected: the longer the state, the longer the digits that come back: half of the sequences are right up to length 6
or 7 with 8 units, up to 13 with 64. Without the state: chance.
"""

from itertools import islice

import numpy as np

from lstm_course import LSTM, Embedding, Linear
from lstm_course.networks.functions import softmax
from lstm_course.training.losses import softmax_cross_entropy
from lstm_course.training.optimizers import Adam, clip_by_norm

SEEDS, DIGITS, LONGEST, TESTED = 20, 10, 12, 16
SIZES = (8, 16, 32, 64)
UPDATES, BATCH, RATE, CLIP, EMBEDDED = 3000, 64, 5e-3, 1.0, 16
GO = DIGITS                             # the token with which the decoder begins
PARTS = ("read", "encode", "written", "decode", "head")


def network(units, seed=None, look=None, dtype=np.float32):
    """Five layers: digits in, encoder, what was written, decoder, one logit for each digit.

    look: what the decoder sees of the encoder beside its first state: None, the "last" state h, or "all" of them.
    """
    rng = np.random.default_rng(seed)
    layers = [Embedding(DIGITS, EMBEDDED, rng, dtype), LSTM(EMBEDDED, units, rng=rng, dtype=dtype),
              Embedding(DIGITS + 1, EMBEDDED, rng, dtype), LSTM(EMBEDDED, units, rng=rng, dtype=dtype),
              Linear(units * (2 if look else 1), DIGITS, rng, dtype)]
    return {**dict(zip(PARTS, layers, strict=True)), "look": look}


# ---- looking back --------------------------------------------------------------------------------------------

def attend(asking, states):
    """asking (T,B,H), states (S,B,H) -> weights (T,B,S), a softmax over the states; context (T,B,H), their mean."""
    weights = softmax(np.einsum("tbh,sbh->tbs", asking, states))
    return weights, np.einsum("tbs,sbh->tbh", weights, states)


def attend_backward(asking, states, weights, grad_context):
    """The gradient of the context (T,B,H) -> those of `asking` (T,B,H) and of the states (S,B,H)."""
    grad_weights = np.einsum("tbh,sbh->tbs", grad_context, states)
    grad_scores = weights * (grad_weights - (weights * grad_weights).sum(axis=-1, keepdims=True))
    grad_asking = np.einsum("tbs,sbh->tbh", grad_scores, states)
    grad_states = np.einsum("tbs,tbh->sbh", weights, grad_context) + np.einsum("tbs,tbh->sbh", grad_scores, asking)
    return grad_asking, grad_states


def seen(net, decoded, states):
    """What the head reads (T,B,H or 2H): the decoder's h, and what it sees of the encoder; and the weights, or None."""
    if net["look"] is None:
        return decoded, None
    if net["look"] == "last":
        return np.concatenate([decoded, np.broadcast_to(states[-1], decoded.shape)], axis=-1), None
    weights, context = attend(decoded, states)
    return np.concatenate([decoded, context], axis=-1), weights


def seen_backward(net, decoded, states, weights, grad):
    """The gradient of `seen` -> those of the decoder's h and of the encoder's states."""
    grad_decoded, nothing = grad[..., :decoded.shape[-1]], np.zeros_like(states)
    if net["look"] is None:
        return grad, nothing
    if net["look"] == "last":
        nothing[-1] = grad[..., decoded.shape[-1]:].sum(axis=0)
        return grad_decoded, nothing
    by_asking, grad_states = attend_backward(decoded, states, weights, grad[..., decoded.shape[-1]:])
    return grad_decoded + by_asking, grad_states


# ---- training ------------------------------------------------------------------------------------------------

def slopes(net, digits, answer):
    """digits and answer (T,B) -> loss, and the gradients of every part under the names "encode.U", …"""
    started = np.vstack([np.full((1, digits.shape[1]), GO), answer[:-1]])       # teacher forcing: the true digits
    read = net["read"].forward(digits)
    encoded = net["encode"].forward(read.outputs)
    written = net["written"].forward(started)
    decoded = net["decode"].forward(written.outputs, encoded.state)
    features, weights = seen(net, decoded.outputs, encoded.outputs)
    head = net["head"].forward(features)
    loss, grad = softmax_cross_entropy(head.outputs, answer)
    back = {"head": net["head"].backward(head, grad)}
    to_decoder, to_encoder = seen_backward(net, decoded.outputs, encoded.outputs, weights, back["head"].x)
    back["decode"] = net["decode"].backward(decoded, to_decoder)
    back["written"] = net["written"].backward(written, back["decode"].x)
    back["encode"] = net["encode"].backward(encoded, to_encoder, back["decode"].state)
    back["read"] = net["read"].backward(read, back["encode"].x)
    return loss, {f"{part}.{name}": grad for part in PARTS for name, grad in back[part].parameters.items()}


def parameters(net):
    return {f"{part}.{name}": array for part in PARTS for name, array in net[part].parameters.items()}


def training(units, seed, updates=UPDATES, look=None, dtype=np.float32, longest=LONGEST, batch=BATCH, rate=RATE):
    """Yields the network and its loss after each update; each update has one length from 1 to `longest`."""
    net, rng, optimizer = network(units, seed, look, dtype), np.random.default_rng(1000 + seed), Adam(rate)
    for update in range(updates):
        optimizer.learning_rate = rate * (1 if update < 0.7 * updates else 0.2)
        digits = rng.integers(0, DIGITS, (rng.integers(1, longest + 1), batch))
        loss, grads = slopes(net, digits, digits[::-1])
        clip_by_norm(grads, CLIP)
        optimizer.update(parameters(net), grads)
        yield net, float(loss)


def train(units, seed, updates=UPDATES, only=None, **given):
    """-> the network and its losses. only: stop after so many updates; given: see `training`."""
    found = list(islice(training(units, seed, updates, **given), only))
    return found[-1][0], np.array([loss for _, loss in found], np.float32)


# ---- writing -------------------------------------------------------------------------------------------------

def write(net, digits, cut=False):
    """digits (T,B) -> what the network writes (T,B), each digit from its own last one; cut: from an empty state."""
    encoded = net["encode"].forward(net["read"].forward(digits).outputs)
    state = tuple(np.zeros_like(part) for part in encoded.state) if cut else encoded.state
    last, found = np.full((1, digits.shape[1]), GO), []
    for _ in digits:
        step = net["decode"].forward(net["written"].forward(last).outputs, state)
        state = step.state
        features, _ = seen(net, step.outputs, encoded.outputs)
        last = net["head"].forward(features).outputs.argmax(axis=-1)
        found.append(last[0])
    return np.stack(found)


def scores(net, length, count=500, cut=False):
    """-> the share of digits that are right, and of whole sequences"""
    digits = np.random.default_rng(length).integers(0, DIGITS, (length, count))
    right = write(net, digits, cut) == digits[::-1]
    return right.mean(), right.all(axis=0).mean()


def run(seeds=SEEDS, sizes=SIZES, updates=UPDATES):
    """digits and sequences (sizes, seeds, TESTED): shares that are right for the lengths 1 … TESTED; cut (sizes,
    seeds): digits right at length 6 if the state is thrown away; losses (sizes, seeds, updates / 20): means of 20."""
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
