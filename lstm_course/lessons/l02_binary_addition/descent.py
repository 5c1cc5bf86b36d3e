"""Lesson 02, exercise 1: gradient descent with one weight and several examples."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise


def descent_cases(rng):
    """The lesson's example; three examples by hand; random ones. The rates are small enough to arrive."""
    yield "the example of the text: 2 should become 6, rate 0.1, three steps", {
        "x": np.array([2.0]), "targets": np.array([6.0]), "rate": 0.1, "steps": 3}
    yield "x = (1, 2, −1), targets (2, 5, −4), rate 0.05, four steps", {
        "x": np.array([1.0, 2.0, -1.0]), "targets": np.array([2.0, 5.0, -4.0]), "rate": 0.05, "steps": 4}
    yield "8 random examples, five steps", {
        "x": rng.normal(size=8), "targets": rng.normal(size=8) + 1, "rate": 0.04, "steps": 5}


def descent(x, targets, rate, steps, slope):
    """The weights (steps,) on the way down with this slope: a function of w, x, targets."""
    w, weights = 0.0, []
    for _ in range(steps):
        w = w - rate * slope(w, x, targets)
        weights.append(w)
    return np.array(weights)


@exercise(
    cases=descent_cases, outputs=Output("weights", "N"),
    correct="The examples' slopes are added up, and one step follows them all.",
    hints=("What is the slope of the loss of one example, ½ (w x − target)², if w grows? And of a sum of such losses?",
           "The slope of one example is (w x − target) · x. Those of all examples are added: np.sum over the array.",
           "In each of the steps: slope = np.sum((w * x - targets) * x), then w = w - rate * slope, then append w to a "
           "list. At the end np.array of the list."))
def descend(x, targets, rate, steps):
    """Inputs x (B,), targets (B,), learning rate, number of steps -> the weight after each step (steps,)"""
    return descent(x, targets, rate, steps, lambda w, x, targets: np.sum((w * x - targets) * x))


@descend.mutant("you climb: each step goes *with* the slope, so that the loss grows. It has to go against it: "
                "w − rate · slope")
def uphill(x, targets, rate, steps):
    return descend.reference(x, targets, -rate, steps)


@descend.mutant("the chain rule stops half way: w x − target is the slope of the loss with respect to the *output*. "
                "The output grows by x if w grows by 1, so it has to be multiplied by x")
def without_x(x, targets, rate, steps):
    return descent(x, targets, rate, steps, lambda w, x, targets: np.sum(w * x - targets))


@descend.mutant("you follow the mean of the examples' slopes. The loss here is the *sum* over the examples, so "
                "add them up")
def mean_of_slopes(x, targets, rate, steps):
    return descend.reference(x, targets, rate / len(x), steps)


@descend.mutant("each slope is twice too large: that of (y − target)² is 2 (y − target) x, but the loss here has a ½ "
                "in front")
def without_the_half(x, targets, rate, steps):
    return descend.reference(x, targets, 2 * rate, steps)


@descend.mutant("the slope is computed once, at w = 0. It changes with w: compute it anew before each step")
def slope_of_the_start(x, targets, rate, steps):
    return descent(x, targets, rate, steps, lambda w, x, targets: -np.sum(targets * x))


@descend.mutant("the weights start one too early: w = 0 comes before the first step, and the last step is missing")
def starts_with_zero(x, targets, rate, steps):
    return np.concatenate([[0.0], descend.reference(x, targets, rate, steps)[:-1]])


@descend.mutant("w = 0 stands in front of your weights. Wanted is the weight *after* each step, so `steps` numbers")
def zero_in_front(x, targets, rate, steps):
    return np.concatenate([[0.0], descend.reference(x, targets, rate, steps)])


@descend.mutant("only the last weight comes back. Wanted is the weight after *each* step: collect them in a list")
def last_weight(x, targets, rate, steps):
    return descend.reference(x, targets, rate, steps)[-1]


@descend.mutant("you make a step after each example. Here one step follows the slopes of *all* examples, added up "
                "(one example at a time is the stochastic form, and gives other weights)")
def one_example_at_a_time(x, targets, rate, steps):
    w, weights = 0.0, []
    for _ in range(steps):
        for one, target in zip(x, targets, strict=True):
            w = w - rate * (w * one - target) * one
        weights.append(w)
    return np.array(weights)


@descend.mutant("each example has a weight of its own. There is *one* weight w for all: add the slopes of the "
                "examples up (np.sum) before the step")
def a_weight_for_each_example(x, targets, rate, steps):
    return descent(x, targets, rate, steps, lambda w, x, targets: (w * x - targets) * x)


@descend.mutant("the learning rate is not used: a step is rate · slope long")
def without_rate(x, targets, rate, steps):
    return descend.reference(x, targets, 1.0, steps)


@descend.mutant("the loss itself is subtracted. What says in which direction to go is its *slope*, dL/dw")
def loss_for_slope(x, targets, rate, steps):
    return descent(x, targets, rate, steps, lambda w, x, targets: 0.5 * np.sum((w * x - targets) ** 2))


@descend.mutant("the loss itself is subtracted, and only the last weight comes back. A step follows the *slope* of the "
                "loss, dL/dw, and the weight after each step is wanted")
def loss_and_last_weight(x, targets, rate, steps):
    return loss_for_slope(x, targets, rate, steps)[-1]


@descend.mutant("these are the losses after each step. Wanted are the weights")
def losses(x, targets, rate, steps):
    return np.array([0.5 * np.sum((w * x - targets) ** 2) for w in descend.reference(x, targets, rate, steps)])


@descend.mutant("the sum of all errors is multiplied by the sum of all inputs. Each error belongs to its own x: "
                "multiply first, example by example, then add up")
def product_of_sums(x, targets, rate, steps):
    return descent(x, targets, rate, steps, lambda w, x, targets: np.sum(w * x - targets) * np.sum(x))


@descend.mutant("your loop goes once over the examples and steps after each. Wanted are `steps` steps, and each of "
                "them follows all examples, their slopes added up")
def once_over_the_examples(x, targets, rate, steps):
    w, weights = 0.0, []
    for one, target in zip(x, targets, strict=True):
        w = w - rate * (w * one - target) * one
        weights.append(w)
    return np.array(weights)


@descend.mutant("each of your steps follows one example only, another one each time. Here each step follows *all* "
                "examples, their slopes added up")
def one_example_a_step(x, targets, rate, steps):
    w, weights = 0.0, []
    for k in range(steps):
        one, target = x[k % len(x)], targets[k % len(x)]
        w = w - rate * (w * one - target) * one
        weights.append(w)
    return np.array(weights)


descend.mistakes({
    "the slope of the loss with respect to w is (w x − target) times x. You multiply by w":
        lambda x, targets, rate, steps: descent(x, targets, rate, steps, lambda w, x, targets: np.sum(
            (w * x - targets) * w)),
    "w is set to −rate · slope. A step *changes* w: w = w − rate · slope":
        lambda x, targets, rate, steps: steps_alone(x, targets, rate, steps),
    "you begin with w = 1. The weight starts at 0":
        lambda x, targets, rate, steps: 1 + descent(x, targets - x, rate, steps, lambda w, x, targets: np.sum(
            (w * x - targets) * x)),
    "only the first example is followed. The loss is the sum over all":
        lambda x, targets, rate, steps: descend.reference(x[:1], targets[:1], rate, steps)})


def steps_alone(x, targets, rate, steps):
    """−rate · slope at each step, without the weight before it."""
    w, weights = 0.0, []
    for _ in range(steps):
        w = -rate * np.sum((w * x - targets) * x)
        weights.append(w)
    return np.array(weights)
