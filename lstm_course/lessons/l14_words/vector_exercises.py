"""Lesson 14, words: one update of word2vec, and attention."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.networks.functions import sigmoid, softmax

# ------------------------------------------------------------------- one update of CBOW with negative sampling

def step_cases(rng):
    """Small numbers, then random ones; tokens that stand twice in `around` and in `others`."""
    yield "V = 4 tokens, E = 2 numbers each, around 0 and 2, the right word 1, one random word 3", {
        "vectors": np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.5, 0.5]]),
        "outputs": np.array([[0.5, 0.0], [1.0, 1.0], [0.0, 0.5], [-1.0, 2.0]]), "around": np.array([0, 2]), "word": 1,
        "others": np.array([3]), "rate": 0.1}
    for V, E, around, others in ((9, 5, [1, 8, 4], [2, 6, 3, 7]), (11, 3, [4, 2, 4, 9, 1], [3, 8, 3, 10])):
        yield f"random numbers (V = {V}, E = {E}, {len(around)} around, {len(others)} others)", {
            "vectors": rng.standard_normal((V, E)), "outputs": rng.standard_normal((V, E)), "around": np.array(around),
            "word": 5, "others": np.array(others), "rate": 0.3}


def step(vectors, outputs, around, word, others, rate, *, mean=np.mean, target=1.0, squash=sigmoid, share=True,
         slope_first=True, sign=1.0, subtract=np.subtract.at, all_others=True, sides=(1, 1)):
    """One update; the options make the mutants."""
    vectors, outputs = vectors.copy(), outputs.copy()
    v = mean(vectors[around], axis=0)
    asked = np.concatenate([[word], others if all_others else others[:0]])
    error = squash(outputs[asked] @ v)
    error[0] -= target
    grad_v = error @ outputs[asked]
    subtract(outputs, asked, sides[0] * sign * rate * error[:, None] * v)
    if not slope_first:
        grad_v = error @ outputs[asked]
    subtract(vectors, around, sides[1] * sign * rate * grad_v / (len(around) if share else 1))
    return vectors, outputs


@exercise(
    cases=step_cases, outputs=(Output("vectors", "V E"), Output("outputs", "V E")),
    correct="One update of word2vec, also where a token stands twice around the gap or among the random words.",
    hints=("Four steps: the mean vector v; for each asked word how likely it seems, σ(u · v); the error of that, minus "
           "1 for the right word; then the two slopes.",
           "asked = np.concatenate([[word], others]); error = sigmoid(outputs[asked] @ v); error[0] -= 1. The slope "
           "for u_j is error_j · v, the one for v is Σ error_j u_j, and each of the n vectors around has 1/n of v.",
           "vectors, outputs = vectors.copy(), outputs.copy(); grad_v = error @ outputs[asked] first; then "
           "np.subtract.at(outputs, asked, rate * error[:, None] * v) and np.subtract.at(vectors, around, rate * "
           "grad_v / len(around))."))
def cbow_step(vectors, outputs, around, word, others, rate):
    """vectors, outputs (V,E), tokens around (n,), the right word, random others (K,) -> both arrays after one update"""
    return step(vectors, outputs, around, word, others, rate)


@cbow_step.quantities
def on_the_way(vectors, outputs, around, word, others, rate):
    v, asked = vectors[around].mean(axis=0), np.concatenate([[word], others])
    error = sigmoid(outputs[asked] @ v) - (np.arange(len(asked)) == 0)
    return {"v": v, "error": error, "grad_v": error @ outputs[asked]}


def buffered(array, index, amount):
    """array[index] -= amount: each place once, the last amount counts."""
    array[index] -= amount


cbow_step.mistakes({
    "v is the sum of the vectors around the gap. It is their mean, or a wide window would shout": {"mean": np.sum},
    "the error of the right word lacks its −1: it is σ(u · v) − t with t = 1 for the right word and 0 for the others":
        {"target": 0.0},
    "the random words are left out: then all words come to be likely everywhere. Ask for them, too, with t = 0":
        {"all_others": False},
    "the sigmoid is missing: the error is σ(u · v) − t, not u · v − t": {"squash": lambda z: z},
    "the slope for the vectors around lacks 1/n: v is a mean of n vectors, and each has a share of 1/n in it":
        {"share": False},
    "the vectors around are moved with outputs that are already new: take grad_v before you change `outputs`":
        {"slope_first": False},
    "the update goes uphill: subtract rate times the slope": {"sign": -1.0},
    "array[index] -= … moves a token once, even if it stands in the index twice: NumPy reads, subtracts and writes "
    "once for all. np.subtract.at(array, index, …) counts each": {"subtract": buffered},
    "only `outputs` change. The vectors around the gap learn, too: subtract rate · grad_v / n from each": {
        "sides": (1, 0)},
    "only `vectors` change. The words that were asked for learn, too: subtract rate · error_j · v from u_j": {
        "sides": (0, 1)},
}, of=step)


@cbow_step.mutant("the random words are pushed towards v and the right word away from it: t is 1 for the right word "
                  "and 0 for the others, not the other way round")
def targets_swapped(vectors, outputs, around, word, others, rate):
    def other_way(z):
        p = sigmoid(z) - 1
        p[0] += 1
        return p
    return step(vectors, outputs, around, word, others, rate, squash=other_way, target=0.0)


@cbow_step.mutant("the right word has no vector of its own around the gap: row `word` of `outputs` is asked for, and "
                  "the rows `around` of `vectors` are averaged. Yours takes both from one array")
def one_array(vectors, outputs, around, word, others, rate):
    moved, _ = step(vectors, vectors, around, word, others, rate)
    _, asked = step(vectors, vectors, around, word, others, rate)
    return moved, asked


# ----------------------------------------------------------------------------------------------- attention

def attend_cases(rng):
    """Two states that are told apart with ease, then random numbers with S, T and H all different."""
    yield "T = 2 states that ask, S = 3 states of H = 4", {
        "asking": np.array([[np.log(3.0), 0, 0, 0], [0, np.log(2.0), 0, 0]]),
        "states": np.array([[1.0, 0, 2, 0], [0.0, 1, 4, 1], [0, 0, 8, 2]])}
    for T, S, H in ((3, 5, 4), (6, 2, 3)):
        yield f"random numbers (T = {T}, S = {S}, H = {H})", {
            "asking": rng.standard_normal((T, H)), "states": rng.standard_normal((S, H))}


def look(asking, states, *, over=-1, scale=1.0, shape=softmax, mix=lambda weights, asking, states: weights @ states):
    """Weights and context; the options make the mutants."""
    scores = asking @ states.T * scale
    weights = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum(axis=over, keepdims=True) if (
        shape is softmax) else shape(scores)
    return weights, mix(weights, asking, states)


@exercise(
    cases=attend_cases, outputs=(Output("weights", "T S"), Output("context", "T H")),
    correct="Each row of the weights adds up to 1, and each context is a mean of the encoder's states.",
    hints=("Three lines: scores, weights, context. A score compares one state of the decoder with one of the encoder.",
           "scores = asking @ states.T has the shape (T, S). The softmax runs along the S states, so that each row "
           "adds up to 1. The context is weights @ states.",
           "scores -= scores.max(axis=1, keepdims=True); weights = np.exp(scores); weights /= weights.sum(axis=1, "
           "keepdims=True); return weights, weights @ states."))
def attend(asking, states):
    """The decoder's states asking (T,H), the encoder's states (S,H) -> weights (T,S), context (T,H)"""
    return look(asking, states)


attend.mistakes({
    "the softmax runs along the T steps of the decoder: each *row* of the weights must add up to 1, over the S states "
    "of the encoder": {"over": 0},
    "all weights together add up to 1: each step of the decoder has a softmax of its own, over the S states": {
        "over": None},
    "the scores themselves are used: without the softmax they may be negative, and do not add up to 1": {
        "shape": lambda scores: scores},
    "the softmax lacks its exponential: scores may be negative": {
        "shape": lambda scores: scores / scores.sum(axis=1, keepdims=True)},
    "each step looks at its best state only: the softmax gives every state a share": {
        "shape": lambda scores: np.eye(scores.shape[1])[scores.argmax(axis=1)]},
    "the scores get a sigmoid each, so the weights of a step do not add up to 1. Use a softmax over the states": {
        "shape": sigmoid},
    "the context lies between the decoder's state and what it looks at: return weights @ states alone": {
        "mix": lambda weights, asking, states: asking + weights @ states},
    "the context is the sum of the states, whatever the weights are: it is weights @ states": {
        "mix": lambda weights, asking, states: np.ones_like(weights) @ states},
}, of=look)


@attend.mutant("the scores are divided by √H. Transformers do that; the formula of this lesson has no such factor")
def scaled(asking, states):
    return look(asking, states, scale=1 / np.sqrt(states.shape[1]))
