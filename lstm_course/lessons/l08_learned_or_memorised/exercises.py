"""Lesson 08, learned or memorised: the exercises; the first three in files of their own.

Samples are rows: X (N,C) has N windows of C inputs, y (N,) their targets.
"""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise
from lstm_course.lessons.l08_learned_or_memorised.exercise_leak import find_leak
from lstm_course.lessons.l08_learned_or_memorised.exercise_shuffle import shuffled_control
from lstm_course.lessons.l08_learned_or_memorised.exercise_split import split_in_time

__all__ = ["find_leak", "majority_accuracy", "shuffled_control", "split_in_time"]

# --------------------------------------------------------------------- the majority class

def majority_cases(rng):
    """Six gaps by hand, a random draw whose most frequent classes differ, and one in which classes are missing."""
    yield "train 2, 0, 0, 1, 3, 0 and test 3, 0, 3, 0, 3, 1, 3 (classes 0 to 3)", {
        "train": np.array([2, 0, 0, 1, 3, 0]), "test": np.array([3, 0, 3, 0, 3, 1, 3])}
    train = np.repeat(np.arange(4), [10, 14, 20, 9] + rng.integers(0, 3, 4))
    test = np.repeat(np.arange(4), [12, 30, 16, 8])
    yield "random classes, more often 2 in the training and more often 1 in the test", {
        "train": rng.permutation(train), "test": rng.permutation(test)}
    yield "train 1, 2, 1, 2, 2 and test 1, 2, 2, 2: no class 0 and no class 3", {
        "train": np.array([1, 2, 1, 2, 2]), "test": np.array([1, 2, 2, 2])}


@exercise(
    cases=majority_cases, outputs=Output("accuracy"),
    correct="This number stands beside every accuracy from now on.",
    hints=("Which class would you always say if you knew the training only?",
           "np.bincount(train) counts the classes; argmax gives the most frequent one. How often is it right in "
           "`test`?",
           "answer = np.bincount(train).argmax(), then np.mean(test == answer)."))
def majority_accuracy(train, test):
    """Classes (N,) and (M,) -> the accuracy on `test` if the answer is always the most frequent class of `train`"""
    return np.mean(test == np.bincount(train).argmax())


@majority_accuracy.quantities
def counted(train, test):
    return {"counts": np.bincount(train), "answer": np.bincount(train).argmax(),
            "hits": test == np.bincount(train).argmax()}


majority_accuracy.mistakes({
    "the most frequent class is taken from the *test*. That is not known yet when one answers: count in the training":
        lambda train, test: np.mean(test == np.bincount(test).argmax()),
    "that is how often the class is right in the *training*. Asked is the accuracy on the test":
        lambda train, test: np.mean(train == np.bincount(train).argmax()),
    "training and test are pooled to find the most frequent class. That looks at the test's answers":
        lambda train, test: np.mean(test == np.bincount(np.concatenate([train, test])).argmax()),
    "bincount(…).max() is *how often* the class comes; argmax() says *which* class it is":
        lambda train, test: np.mean(test == np.bincount(train).max()),
    "that is train.max(), the class with the largest number. Asked is the most frequent one":
        lambda train, test: np.mean(test == train.max()),
    "that is the class of the first sample, train[0]. Asked is the most frequent one":
        lambda train, test: np.mean(test == train[0]),
    "train.argmax() is the *place* of the largest number in train. Count first: np.bincount(train).argmax()":
        lambda train, test: np.mean(test == train.argmax()),
    "the answer is class 3, whatever the training says. Which class is most frequent has to be counted in `train`":
        lambda train, test: np.mean(test == 3),
    "that is the median of the class numbers. Classes are names: their order means nothing. Count them":
        lambda train, test: np.mean(test == np.median(train)),
    "you round the mean of the class numbers. Classes are names: a mean of them means nothing":
        lambda train, test: np.mean(test == np.round(train.mean())),
    "that is 1 / 4, as if all classes were equally frequent. Count them": lambda train, test: 1 / 4,
    "that is the number of right answers: divide by how many there are, or take the mean":
        lambda train, test: float(np.sum(test == np.bincount(train).argmax())),
    "that is the share of *wrong* answers: count what agrees (==)":
        lambda train, test: np.mean(test != np.bincount(train).argmax()),
})
