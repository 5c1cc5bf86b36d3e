"""Right answers of lesson 14 in other spellings, for test_right_answers.py."""

import math

import numpy as np


def row_by_row(logits, targets):
    loss, grad = 0.0, np.zeros_like(logits)
    for n, (z, k) in enumerate(zip(logits, targets, strict=True)):
        top = z.max()
        total = sum(math.exp(v - top) for v in z)
        loss += top + math.log(total) - z[k]
        grad[n] = [math.exp(v - top) / total - (j == k) for j, v in enumerate(z)]
    return loss / len(targets), grad / len(targets)


def with_logaddexp(logits, targets):
    log_p = logits - np.logaddexp.reduce(logits, axis=-1)[:, None]
    one_hot = np.eye(logits.shape[1])[targets]
    return -np.mean(log_p[range(len(targets)), targets]), (np.exp(log_p) - one_hot) / len(targets)


def rung_by_rung(logits, temperature, u):
    p = np.exp((logits - max(logits)) / temperature)
    ladder = np.cumsum(p / p.sum())
    ladder[-1] = 1
    return np.array([next(k for k, rung in enumerate(ladder) if number < rung) for number in u])


def all_at_once(logits, temperature, u):
    p = np.exp((logits - logits.max()) / temperature)
    return (u[:, None] >= (p / p.sum()).cumsum()[:-1]).sum(axis=1)


def with_a_dict(training, held_out, single, strength):
    count, rows = {}, {}
    for a, b in zip(training[:-1], training[1:], strict=True):
        count[a, b], rows[a] = count.get((a, b), 0) + 1, rows.get(a, 0) + 1
    surprise = [math.log((rows.get(a, 0) + strength) / (count.get((a, b), 0) + strength * single[b]))
                for a, b in zip(held_out[:-1], held_out[1:], strict=True)]
    return math.exp(sum(surprise) / len(surprise))


def with_startswith(text, lexicon):
    left, found = text, []
    while left:
        word = max((w for w in lexicon if left.startswith(w)), key=len, default=left[0])
        found.append(len(word))
        left = left[len(word):]
    return np.array(found)


def word_by_word(text, lexicon):
    def first(rest):
        return next(n for n in range(len(rest), 0, -1) if rest[:n] in lexicon or n == 1)
    found, start = np.zeros(0, int), 0
    while start < len(text):
        found = np.append(found, first(text[start:]))
        start = found.sum()
    return found


def one_by_one(vectors, outputs, around, word, others, rate):
    new_vectors, new_outputs = np.array(vectors), np.array(outputs)
    v = sum(vectors[k] for k in around) / len(around)
    back = np.zeros_like(v)
    for j, t in [(word, 1)] + [(k, 0) for k in others]:
        error = 1 / (1 + math.exp(-(outputs[j] @ v))) - t
        back += error * outputs[j]
        new_outputs[j] -= rate * error * v
    for k in around:
        new_vectors[k] -= rate * back / len(around)
    return new_vectors, new_outputs


def with_one_hots(vectors, outputs, around, word, others, rate):
    V = len(vectors)
    mean = np.bincount(around, minlength=V) / len(around)
    asked = np.bincount(np.r_[word, others], minlength=V)
    v = mean @ vectors
    error = asked / (1 + np.exp(-outputs @ v)) - (np.arange(V) == word)
    return vectors - rate * np.outer(mean, error @ outputs), outputs - rate * np.outer(error, v)


def step_by_step(asking, states):
    rows = [np.exp(states @ d - max(states @ d)) for d in asking]
    weights = np.stack([row / row.sum() for row in rows])
    return weights, np.stack([sum(w * e for w, e in zip(row, states, strict=True)) for row in weights])


def with_einsum(asking, states):
    p = np.exp(np.einsum("th,sh->ts", asking, states))
    p /= p.sum(1)[:, None]
    return p, np.einsum("ts,sh->th", p, states)


ANSWERS = [("cross_entropy", row_by_row),
           ("cross_entropy", with_logaddexp),
           ("sample", rung_by_rung),
           ("sample", all_at_once),
           ("bigram_perplexity", with_a_dict),
           ("word_lengths", with_startswith),
           ("word_lengths", word_by_word),
           ("cbow_step", one_by_one),
           ("cbow_step", with_one_hots),
           ("attend", step_by_step),
           ("attend", with_einsum)]
