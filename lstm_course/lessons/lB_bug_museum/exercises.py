"""Appendix B, the bug museum: the repairs of cards 2 and 5. The others have files of their own."""

import warnings
from dataclasses import replace

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import CodeExercise, exercise
from lstm_course.checking.run import run
from lstm_course.lessons.lB_bug_museum.exercise_weights import gate_weights, start_state
from lstm_course.lessons.lB_bug_museum.fair_accuracy import fair_accuracy
from lstm_course.lessons.lB_bug_museum.telling_test import telling_test

__all__ = ["class_accuracy", "fair_accuracy", "gate_weights", "repaired_sigmoid", "slopes", "start_state",
           "telling_test"]

# ------------------------------------------------------------------------------------ B14: counts per class

def class_cases(rng):
    """Three classes by hand, then four with random answers; every class occurs."""
    yield "six pictures of three classes", {"predicted": np.array([0, 1, 1, 1, 2, 0]),
                                            "true": np.array([0, 0, 1, 1, 1, 2]), "classes": 3}
    true = np.concatenate([np.arange(4), rng.integers(0, 4, 76)])
    predicted = np.where(rng.random(80) < 0.6, true, rng.integers(0, 4, 80))
    predicted[:4] = [0, 2, 2, 1]
    yield "80 pictures of four classes", {"predicted": predicted, "true": true, "classes": 4}


@exercise(
    cases=class_cases, outputs=Output("shares", "C"),
    correct="Each class is judged by its own pictures.",
    hints=("For class k, which pictures count? Those whose *true* class is k.",
           "true == k picks them. Among them, what share has predicted == k?",
           "np.array([np.mean(predicted[true == k] == k) for k in range(classes)])"))
def class_accuracy(predicted, true, classes):
    """predicted, true (N,): the class of each picture, 0, 1, … -> (classes,): of each class, the share recognised."""
    return np.array([np.mean(predicted[true == k] == k) for k in range(classes)])


class_accuracy.mistakes({
    "it gives 0 for every class, as the article's program does: the counter of right answers is never increased":
        lambda predicted, true, classes: np.zeros(classes),
    "these are the right answers per class divided by *all* pictures. Divide by the pictures of that class":
        lambda predicted, true, classes: np.array([np.mean((predicted == k) & (true == k)) for k in range(classes)]),
    "each class is divided by len(true) / classes, as if all had the same number of pictures. Divide by how many "
    "pictures that class has":
        lambda predicted, true, classes: np.array([np.sum((predicted == k) & (true == k)) for k in range(classes)]) /
            (len(true) / classes),
    "all pictures count, also those of other classes that were rightly said to be no k. Pick those whose true class "
    "is k first":
        lambda predicted, true, classes: np.array([np.mean((predicted == k) == (true == k)) for k in range(classes)]),
    "it picks the pictures that were *said* to be of class k (that is the precision). Pick those that *are*: true == k":
        lambda predicted, true, classes: np.array([np.mean(true[predicted == k] == k) for k in range(classes)]),
    "the same share for every class: that is the accuracy over all pictures":
        lambda predicted, true, classes: np.full(classes, np.mean(predicted == true)),
    "the right answers of a class are divided by how many *classes* there are. Divide by the pictures of that class":
        lambda predicted, true, classes: np.array([np.sum((predicted == k) & (true == k)) for k in range(classes)]) /
            classes,
    "divided by the pictures of that class it would be right; yours divides by these and multiplies by the number of "
    "classes":
        lambda predicted, true, classes: classes * class_accuracy.reference(predicted, true, classes),
    "every class gets the right answers of all classes. Count those of class k alone, for example counts[label] += 1":
        lambda predicted, true, classes: np.array([np.sum(predicted == true) / np.sum(true == k)
                                                   for k in range(classes)]),
    "it counts how often class k was said, rightly or not. Count the pictures of class k for which it was said":
        lambda predicted, true, classes: np.array([np.sum(predicted == k) / np.sum(true == k) for k in range(classes)]),
    "only pictures with a right answer are counted as pictures of their class, so each share is 1, or 0 / 0. Count the "
    "others, too: outside the if":
        lambda predicted, true, classes: np.array([np.mean(predicted[(true == k) & (predicted == k)] == k)
                                                   for k in range(classes)]),
    "the classes are counted from 0: range(classes), not range(1, classes + 1)":
        lambda predicted, true, classes: np.array([np.mean(predicted[true == k] == k) if k < classes else np.nan
                                                   for k in range(1, classes + 1)]),
    "it counts the right answers but does not divide by how many pictures the class has":
        lambda predicted, true, classes: np.array([np.sum((predicted == k) & (true == k)) for k in range(classes)],
            float),
})


# ----------------------------------------------------------------------------------------- B17: the sigmoid

def sigmoid_cases(rng):
    """The value that everybody knows, then numbers on both sides, far out as well."""
    yield "z = 0, 2, -2", {"z": np.array([0.0, 2.0, -2.0])}
    yield "random z (B = 3, H = 4)", {"z": rng.normal(0, 3, (3, 4))}
    yield "z = -1000, 1000", {"z": np.array([-1000.0, 1000.0])}


class Sigmoid(CodeExercise):
    """Right numbers are right; a warning of NumPy on the way to them is reported, and does no harm."""

    def diagnose(self, function, trials):
        result = super().diagnose(function, trials)
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            for trial in trials if result.correct else ():
                run(function, trial.arguments)
        return replace(result, headline=f"{result.headline} (NumPy warns on the way: {seen[0].message}. For z = -1000 "
                       "np.exp(1000) is inf, and 1 / (1 + inf) is 0, as it should be.)") if seen else result


def of_sigmoid(reference):
    """Decorator: the exercise of this reference."""
    return Sigmoid(
        reference, sigmoid_cases, Output("σ(z)", "B H"),
        correct="It rises from 0 to 1, also for z = -1000 and 1000.",
        hints=("What should σ(2) be, and what does the printed formula give?",
               "With the minus, σ(z) = 1 / (1 + exp(-z)). For z = -1000 that is 1 / (1 + exp(1000)), and exp(1000) is "
               "inf for a float. How are σ and tanh related?",
               "σ(z) = ½ tanh(½ z) + ½, or 1 / (1 + np.exp(-z))"))


@of_sigmoid
def repaired_sigmoid(z):
    """z (any shape) -> σ(z), rising from 0 to 1, also for huge z."""
    return 0.5 * np.tanh(0.5 * z) + 0.5


repaired_sigmoid.mistakes({
    "your gates are mirrored: σ(2) should be .88, yours is .12. A minus is missing, as in the exponent on the card, or "
    "there is one too many":
        lambda z: 0.5 - 0.5 * np.tanh(0.5 * z),
    "that is tanh: it lies between -1 and 1, a gate between 0 and 1": lambda z: np.tanh(z),
    "σ(z) = ½ tanh(½ z) + ½: the ½ inside is missing, so yours is too steep (σ(2) would be .98)":
        lambda z: 0.5 * np.tanh(z) + 0.5,
})


@repaired_sigmoid.mutant("that is the slope σ(z) (1 - σ(z)), not σ itself")
def the_slope(z):
    s = repaired_sigmoid.reference(z)
    return s * (1 - s)


@repaired_sigmoid.mutant("that is the hard sigmoid, three straight lines (0.2 z + 0.5, cut off at 0 and 1): σ is a "
                         "curve")
def hard_sigmoid(z):
    return np.clip(0.2 * z + 0.5, 0, 1)


# --------------------------------------------------------------------------- B18: the slope, of input or output?

def slope_cases(rng):
    """At three numbers by hand, then many."""
    yield "z = 2, 0, -1", {"z": np.array([2.0, 0.0, -1.0])}
    yield "random z (B = 3, H = 4)", {"z": rng.normal(0, 2, (3, 4))}


@exercise(
    cases=slope_cases, outputs=(Output("slope_σ", "B H"), Output("slope_tanh", "B H")),
    correct="Both slopes at z, each by way of the output.",
    hints=("The printed formulas x (1 - x) and 1 - x² are right for another x. Which one?",
           "First compute the outputs s = σ(z) and y = tanh(z). The slopes are s (1 - s) and 1 - y².",
           "s, y = 1 / (1 + np.exp(-z)), np.tanh(z), then return s * (1 - s), 1 - y ** 2"))
def slopes(z):
    """Pre-activations z (any shape) -> dσ/dz and dtanh/dz at z, same shape."""
    s, y = 1 / (1 + np.exp(-z)), np.tanh(z)
    return s * (1 - s), 1 - y ** 2


slopes.mistakes({
    "the formulas get z itself, as printed: at z = 2 the slope of σ comes out as 2 · (1 - 2) = -2, but σ never falls. "
    "They want the *outputs* σ(z) and tanh(z)":
        lambda z: (z * (1 - z), 1 - z ** 2),
    "the slope of σ is right, that of tanh gets z itself. It wants the output: 1 - tanh(z)²":
        lambda z: (slopes.reference(z)[0], 1 - z ** 2),
    "the slope of tanh is right, that of σ gets z itself. It wants the output: σ(z) (1 - σ(z))":
        lambda z: (z * (1 - z), slopes.reference(z)[1]),
    "the slope of σ is right. That of tanh needs the output of tanh, 1 - tanh(z)²; yours is 1 - σ(z)²":
        lambda z: (slopes.reference(z)[0], 1 - repaired_sigmoid.reference(z) ** 2),
    "the slope of tanh is right. That of σ needs the output of σ, σ(z) (1 - σ(z)); yours has tanh(z) in its place":
        lambda z: (np.tanh(z) * (1 - np.tanh(z)), slopes.reference(z)[1]),
    "the slope of tanh is right. In that of σ one factor is still z: both take the output, σ(z) (1 - σ(z))":
        lambda z: (repaired_sigmoid.reference(z) * (1 - z), slopes.reference(z)[1]),
    "the slope of tanh is right. In that of σ the first factor is still z: both take the output, σ(z) (1 - σ(z))":
        lambda z: (z * (1 - repaired_sigmoid.reference(z)), slopes.reference(z)[1]),
    "the slope of tanh is right. That of σ has the form of tanh's, 1 - σ(z)²; it is σ(z) (1 - σ(z))":
        lambda z: (1 - repaired_sigmoid.reference(z) ** 2, slopes.reference(z)[1]),
    "1 - tanh(z) instead of 1 - tanh(z)²: the square is missing": lambda z: (slopes.reference(z)[0], 1 - np.tanh(z)),
    "these are σ and tanh themselves, not their slopes": lambda z: (1 / (1 + np.exp(-z)), np.tanh(z)),
})
