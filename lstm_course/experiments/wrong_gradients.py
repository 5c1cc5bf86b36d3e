"""Can a network learn to add with a wrong gradient, and why? The adder of the articles, 20 seeds, 10 000 pairs each.

Every run trains as the adder article does (16 sigmoid units, no biases, squared error, rate 0.1, one pair an update),
from the article's first weights and on its pairs for that seed. What differs is written in RUNS: the matrix on the way
back from δ_{t+1} to h_t, the size of U at first, what learns, and the target.

`run` measures after every 1 000 pairs, on 1 000 random ones: the sums that are right; the cosine between the gradient
of U that the run uses and the right one; how much of the carry out of a column can be read from its state by a linear
rule, fitted to half of the pairs and tried on the others. At the end also on all 16 384 sums.

Expected: with the right gradient all 20 seeds know all sums. Without the future 30 to 99.8 % (median 92), although
the cosine falls from 0.94 to 0.55 (medians; below 0.5 at some time in 14 seeds). From U = 0 it is the same, 27 to 100
%; if U stays as it was drawn at most 27 %, if only V learns 1.5 %. The rule then misreads 0.7 % of the carries (median;
5.7 % at first), less than with a ≠ b as the target (6.6 %) in all 20 seeds. Takes four minutes on a quiet machine.
"""

from dataclasses import dataclass, replace

import numpy as np

from lstm_course.networks.functions import sigmoid
from lstm_course.tasks import binary_addition as adding

SEEDS, PAIRS, EVERY, RATE, MEASURED = tuple(range(20)), 10_000, 1000, 0.1, 1000


@dataclass(frozen=True)
class Run:
    """back: "U.T", "nothing" or "U". first_U: a factor. learns: names of weights. target: "sum" or "a ≠ b"."""

    back: str = "U.T"
    first_U: float = 1.0
    learns: str = "WUV"
    target: str = "sum"


RIGHT, OFF = Run(), Run(back="nothing")
RUNS = {
    "right": RIGHT, "no future": OFF, "U, not its transpose": Run(back="U"),
    "no future, U = 0 at first": replace(OFF, first_U=0.0), "no future, U frozen": replace(OFF, learns="WV"),
    "only V learns": replace(OFF, learns="V"), "no future, target a ≠ b": replace(OFF, target="a ≠ b"),
}
NAMES = tuple(RUNS)


class Networks:
    """All runs and seeds side by side, N of them, on the first axis of W (N,2,16), U (N,16,16) and V (N,16,1)."""

    def __init__(self, names=NAMES, seeds=SEEDS):
        self.runs = [RUNS[name] for name in names for _ in seeds]
        drawn = [adding.source_weights(seed)[0] for seed in seeds] * len(names)
        self.W, self.U, self.V = (np.stack([weights[name] for weights in drawn]) for name in "WUV")
        self.U *= self.each(lambda run: run.first_U)

    def each(self, value):
        """value(run) for each network (N,1,1)."""
        return np.array([value(run) for run in self.runs])[:, None, None]

    def forward(self, x):
        """x (T,N,B,2) -> states (T+1,N,B,16), h_0 = 0 first, and outputs (T,N,B,1)."""
        states = [np.zeros((*x.shape[1:3], 16))]
        for x_t in x:
            states.append(sigmoid(x_t @ self.W + states[-1] @ self.U))
        states = np.stack(states)
        return states, sigmoid(states[1:] @ self.V)

    def way_back(self):
        """The matrix on the way from δ_{t+1} to h_t, (N,16,16)."""
        kinds = self.each(lambda run: run.back)
        return np.where(kinds == "U.T", self.U.swapaxes(1, 2), np.where(kinds == "U", self.U, 0.0))

    def gradients(self, x, targets, way_back):
        """The gradients of ½ Σ (y - target)² over that way back, {"W", "U", "V"}, and the outputs."""
        states, y = self.forward(x)
        delta_y = (y - targets) * y * (1 - y)
        arriving, delta = delta_y @ self.V.swapaxes(1, 2), np.zeros_like(states[0])
        W, U = np.zeros_like(self.W), np.zeros_like(self.U)
        for t in reversed(range(len(x))):
            h_before, h = states[t], states[t + 1]
            delta = (arriving[t] + delta @ way_back) * h * (1 - h)
            W += x[t].swapaxes(1, 2) @ delta
            U += h_before.swapaxes(1, 2) @ delta
        return {"W": W, "U": U, "V": (states[1:].swapaxes(2, 3) @ delta_y).sum(axis=0)}, y

    def update(self, x, targets):
        """One step of gradient descent -> Σ |target - y| of each network (N,), what the article prints."""
        found, y = self.gradients(x, targets, self.way_back())
        for name, gradient in found.items():
            weights = getattr(self, name)
            weights -= RATE * gradient * self.each(lambda run, name=name: name in run.learns)
        return np.abs(targets - y).sum(axis=(0, 2, 3))

    def alone(self, n):
        """Network n by itself."""
        one = Networks.__new__(Networks)
        one.runs, one.W, one.U, one.V = self.runs[n:n + 1], self.W[n:n + 1], self.U[n:n + 1], self.V[n:n + 1]
        return one


def pairs_of_bits(networks, seeds=SEEDS, pairs=PAIRS):
    """The seeds' own pairs: x (pairs,8,N,1,2) and targets (pairs,8,N,1,1)."""
    data = [adding.dataset(*adding.source_pairs(pairs, seed)) for seed in seeds]
    copies = len(networks.runs) // len(seeds)
    x, sums = (np.tile(np.stack(part, axis=2).swapaxes(0, 1), (1, 1, copies, 1))[:, :, :, None]
               for part in zip(*data, strict=True))
    other = networks.each(lambda run: run.target == "a ≠ b")
    return x, np.where(other, x[..., :1] != x[..., 1:], sums)


# ---- what is measured ----------------------------------------------------------------------------------------

def cosines(networks, x, targets):
    """Between the gradient of U that a run uses and the right one, (N,); NaN where there is none."""
    used, right = (networks.gradients(x, targets, back)[0]["U"].reshape(len(x[0]), -1)
                   for back in (networks.way_back(), networks.U.swapaxes(1, 2)))
    with np.errstate(invalid="ignore"):
        return (used * right).sum(axis=1) / np.sqrt((used ** 2).sum(axis=1) * (right ** 2).sum(axis=1))


def right_sums(network, x, targets):
    """In percent, of one network on x (8,B,2)."""
    return 100 * ((network.forward(x[:, None])[1][:, 0] > 0.5) == (targets > 0.5)).all(axis=0).mean()


def carry_read(network, x, carries):
    """In how many percent of the columns 0 … 6 a linear rule reads the carry out from the state, of one network.

    x (8,B,2), carries (8,B). The rule is fitted by least squares to the first half of the pairs.
    """
    states = network.forward(x[:, None])[0][1:8, 0]
    states = np.concatenate([states, np.ones_like(states[..., :1])], axis=-1)
    half, carry = x.shape[1] // 2, 2.0 * carries[:7] - 1
    rule, *_ = np.linalg.lstsq(states[:, :half].reshape(-1, 17), carry[:, :half].ravel(), rcond=None)
    return 100 * np.mean((states[:, half:] @ rule > 0) == (carry[:, half:] > 0))


def alone(networks):
    """The networks one by one."""
    return [networks.alone(n) for n in range(len(networks.runs))]


def measure(networks):
    """{"sums", "carry", "cosine"}, each (N,)."""
    a, b = np.random.default_rng(0).integers(0, 128, (2, MEASURED))
    x, targets = adding.dataset(a, b)
    aims = {"sum": targets, "a ≠ b": (x[..., :1] != x[..., 1:]).astype(float)}
    found = {"sums": [], "carry": [], "cosine": []}
    for one in alone(networks):
        found["sums"].append(right_sums(one, x, targets))
        found["carry"].append(carry_read(one, x, adding.carries(a, b)))
        found["cosine"].append(cosines(one, x[:, None], aims[one.runs[0].target][:, None])[0])
    return {name: np.array(values) for name, values in found.items()}


def run(seeds=SEEDS, pairs=PAIRS, every=EVERY):
    """Runs in the order of NAMES, seeds: sums, cosine, carry (R,S,M) along the training; all (R,S) at its end, of all
    sums; first (R,S,10): the article's error for the first pairs.
    """
    networks = Networks(seeds=seeds)
    x, targets = pairs_of_bits(networks, seeds, pairs)
    found, errors = [measure(networks)], []
    for n in range(pairs):
        errors.append(networks.update(x[n], targets[n]))
        if (n + 1) % every == 0:
            found.append(measure(networks))
    shape = (len(RUNS), len(seeds), -1)
    arrays = {name: np.stack([one[name] for one in found], axis=1).reshape(shape) for name in found[0]}
    final = [right_sums(one, *adding.dataset(*adding.all_pairs())) for one in alone(networks)]
    arrays["all"] = np.reshape(final, shape[:2])
    return arrays | {"first": np.stack(errors[:10], axis=1).reshape(shape)}
