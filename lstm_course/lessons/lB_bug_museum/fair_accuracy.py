"""Card 6: the accuracy on each batch, measured before the network learns from it."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise


def descend(weights, x, labels):
    """One long step of a softmax classifier: weights (D,C), x (N,D), labels (N,) -> new weights (D,C)."""
    shapes = [np.shape(one) for one in (weights, x, labels)]
    if [len(shape) for shape in shapes] != [2, 2, 1] or shapes[0][:1] != shapes[1][1:] or shapes[1][:1] != shapes[2]:
        raise ValueError(f"train wants weights (D, C), x (N, D), labels (N,), in this order; it got {shapes}")
    z = x @ weights
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return weights - 4 * x.T @ (p - np.eye(weights.shape[1])[labels]) / len(x)


def batch_cases(rng):
    """Pictures whose class can be learned: that of the largest of C sums."""
    for title, K, N, D, C, random in (("three batches of 20 pictures, two pixels, four classes", 3, 20, 2, 4,
                                       np.random.default_rng(7)),
                                      ("seven batches of 30 pictures, five pixels, six classes", 7, 30, 5, 6, rng)):
        truth = random.standard_normal((D, C))
        pictures = random.standard_normal((K, N, D))
        yield title, {"batches": [(x, (x @ truth).argmax(axis=1)) for x in pictures],
                      "weights": random.standard_normal((D, C)), "train": descend}


def accuracy(x, labels, weights):
    """The share of the pictures x (N,D) whose label (N,) has the largest sum."""
    return np.mean((x @ weights).argmax(axis=1) == labels)


def watch(batches, weights, train, *, before=True, learns=True, again=False):
    """Accuracies, one a batch; the options make the mutants: measured before it learns, does it learn, from where."""
    first, found = weights, []
    for x, labels in batches:
        weights = first if again else weights
        after = train(weights, x, labels) if learns else weights
        found.append(accuracy(x, labels, weights if before else after))
        weights = after
    return np.array(found)


@exercise(
    cases=batch_cases, outputs=Output("accuracy", "K"),
    correct="Each batch is a test first, and training data after it.",
    hints=("When has the network learned nothing yet from a batch?",
           "In the loop over the batches two things happen: the accuracy is measured, and the network learns. In which "
           "order?",
           "for x, labels in batches: first append np.mean((x @ weights).argmax(axis=1) == labels), then weights = "
           "train(weights, x, labels)."))
def fair_accuracy(batches, weights, train):
    """batches: K pairs x (N,D), labels (N,); train(weights, x, labels) gives new weights -> accuracies (K,)"""
    return watch(batches, weights, train)


fair_accuracy.mistakes({
    "each batch is measured after the network has learned from it, as on the card. Measure first, then train":
        {"before": False},
    "every batch finds the first weights again and is measured after it was learned. Hand the weights on, and measure "
    "first": {"again": True, "before": False},
    "the network learns nothing: train gives *new* weights. Keep them, weights = train(weights, x, labels)":
        {"learns": False},
}, of=watch)
fair_accuracy.mistakes({
    "the network learns from every batch first, and is then measured on all of them. So all pictures count from which "
    "it has learned": lambda batches, weights, train: np.array([accuracy(*batch, all_learned(batches, weights, train))
                                                                for batch in batches]),
    "each batch is scored after training on all the others. That is honest, too, but asked is one pass in their order: "
    "score a batch, then learn from it": lambda batches, weights, train: np.array([
        accuracy(*one, all_learned(batches[:k] + batches[k + 1:], weights, train)) for k, one in enumerate(batches)]),
    "the first batch is left out: before any training its accuracy is that of the first weights, and it counts":
        lambda batches, weights, train: watch(batches, weights, train)[1:],
    "argmax(axis=0) looks for the picture that is largest in each class. Asked is the largest class of each picture: "
    "axis=1": lambda batches, weights, train: np.array([np.mean((x @ weights).argmax(axis=0) == labels)
                                                        for x, labels in batches]),
    "the sums x @ weights are compared with the numbers of classes. Which column is the largest? argmax(axis=1) says "
    "it": lambda batches, weights, train: np.array([np.mean(x @ weights == labels[:, None]) for x, labels in batches]),
    "this is the mean over all batches. Asked is the accuracy on each of them":
        lambda batches, weights, train: np.full(len(batches), watch(batches, weights, train).mean()),
    "these are counts of right answers. Divide by how many pictures the batch has: np.mean does it":
        lambda batches, weights, train: watch(batches, weights, train) * len(batches[0][1]),
})


def all_learned(batches, weights, train):
    """The weights after all batches."""
    for x, labels in batches:
        weights = train(weights, x, labels)
    return weights
