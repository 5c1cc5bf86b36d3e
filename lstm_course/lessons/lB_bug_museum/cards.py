"""The museum's cards: what each one hides, and what a run shows. A card stays closed until its question is answered.

    reveal(3)       the verdict on card 3 beside the student's own answer; the notebook asks predict("museum 3", …)
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from lstm_course import LSTM, experiments
from lstm_course.asking import predictions
from lstm_course.lessons.lB_bug_museum import loops
from lstm_course.networks.cells import lstm_step
from lstm_course.networks.functions import sigmoid, sigmoid_slope, tanh_slope
from lstm_course.tasks import air_passengers
from lstm_course.whereabouts import is_student
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import BLACK, GREY, NORMAL

CARDS: dict[int, Callable] = {}         # number -> a function that gives the true choice, and lines about it
HELD_BACK = 43                          # months, as in the article
FOUND = {                               # how the mistakes of the core could be found
    1: "a number and a simple rule beside the picture",
    2: "two printed numbers that cannot both be right",
    3: "counting what should be different",
    4: "a test that is large enough to notice",
    5: "one value, worked out on paper",
    6: "asking what would be printed if the claim were empty"}


def card(number):
    """Decorator: the verdict on a card, () -> (the true choice, lines to print)."""
    def keep(function):
        CARDS[number] = cache(function)
        return function
    return keep


def name(number):
    """The name under which the student's answer is kept."""
    return f"museum {number}"


def reveal(number):
    """Open a card: the truth beside the student's answer, then what a run shows."""
    if number not in CARDS:
        raise ValueError(f"there is no card {number!r}, expected a number from 1 to {len(CARDS)}")
    if is_student() and predictions.predicted(name(number)) is None:
        print(f"Card {number} is closed. Choose an answer to its question above, then run this cell again.")
        return
    truth, lines = CARDS[number]()
    predictions.reveal(name(number), truth)
    print(*lines, *([f"Found by {FOUND[number]}."] if number in FOUND else []), sep="\n")


# ---- 1: two lines -------------------------------------------------------------------------------------------------

def forecast_errors():
    """Root mean square errors on the last 43 months: of the dashed line, and of growth × last year."""
    passengers = air_passengers.load()[1]
    year = passengers[-HELD_BACK - 12:-12] * passengers[-HELD_BACK - 1:-1] / passengers[-HELD_BACK - 13:-13]
    return [float(np.sqrt(np.mean((forecast - passengers[-HELD_BACK:]) ** 2)))
            for forecast in (passengers[-HELD_BACK - 1:-1], year)]


def network_errors():
    """Root mean square errors (10,) on the last 43 months of the article's LSTM, one for each seed."""
    forecasts = experiments.load("airline_networks")["article_43_forecasts"][:, 0, -HELD_BACK:] / 100
    return np.sqrt(np.mean((forecasts - air_passengers.load()[1][-HELD_BACK:]) ** 2, axis=1))


@figure
def two_lines_figure():
    """The passengers of twelve years, and a forecast of each month, made one month before."""
    passengers = air_passengers.load()[1]
    years = 1949 + np.arange(144) / 12
    chart = svg.Chart(880, 320, (1949, 1961), (50, 650), "year", "passengers, thousands", xticks=range(1949, 1961))
    key = [svg.path([(130, y - 5), (180, y - 5)], **look) + svg.text(190, y, words, NORMAL, "start")
           for y, words, look in ((40, "truth", SOLID), (64, "forecast", DASHED))]
    alt = ("Passengers in thousands from 1949 to 1960, rising from about 100 to above 600, with a peak each summer. A "
           "dashed line, the forecasts, follows every rise and fall of the solid line of the truth, and stays close to "
           "it in all years.")
    return show_svg(svg.picture(880, 320, chart.frame, chart.line(years, passengers, **SOLID),
                                chart.line(years[1:], passengers[:-1], **DASHED), *key), alt, data=[years, passengers],
                    title="A forecast beside the truth")


SOLID = {"stroke": BLACK, "stroke_width": 2.5}
DASHED = {"stroke": GREY, "stroke_width": 2.5, "dash": (8, 5)}


@card(1)
def two_lines():
    copied, year = forecast_errors()
    lstm = network_errors()
    return "copied from the month before", [
        "The dashed line is the truth, one month late; so it rises and falls with it, and lies close by.",
        f"Its error on the last 43 months (root mean square) is {copied:.1f} thousand.",
        f"The rule y[t-12] · y[t-1] / y[t-13], last year's month times the growth since, has {year:.1f}.",
        f"The article's LSTM, ten seeds: {lstm.min():.0f} to {lstm.max():.0f}, {(lstm > copied).sum()} of them larger "
        f"than {copied:.1f}.",
        "Repair: a number instead of a look, and a simple rule beside it."]


# ---- 2: three classes ---------------------------------------------------------------------------------------------

def answers():
    """Answers and true classes (60,) of three classes: 30, 20 and 10 pictures."""
    rng, true = np.random.default_rng(0), np.repeat([0, 1, 2], [30, 20, 10])
    return np.where(rng.random(60) < 0.7, true, rng.integers(0, 3, 60)), true


def half_mended():
    """The share of class 0 that the program gives if its counter counts."""
    predicted, true = answers()
    return float(np.sum((predicted == 0) & (true == 0)) / (len(true) / 3))


@card(2)
def three_classes():
    return "two", [
        "First: class_performance is never incremented. `right` counts the right answers, and nothing else does.",
        "(The printed numbers show it: the whole is the weighted mean of the classes: 0 % in each cannot give 82 %.)",
        "Second: len(true) / classes is the size of a class only if all classes have the same size.",
        "The article has the first one alone: its test set has 1 000 pictures of each class. The second is ours.",
        f"Mend the first one alone, and class 0 gets {100 * half_mended():.0f} %."]


# ---- 3: first weights ---------------------------------------------------------------------------------------------

@card(3)
def first_weights():
    return "12", [
        "Each call seeds the generator anew, so each call draws the same twelve numbers:",
        "np.array_equal(w_g, w_i) is True, and so for all pairs.",
        "Repair: seed once, outside, and hand the generator on."]


# ---- 4: three steps -----------------------------------------------------------------------------------------------

def three_steps_both():
    """The last state after x = 1, 0, 0 with W = U = 0.5: of the card's loop, and of the right one."""
    x, h0, half = np.array([1.0, 0.0, 0.0])[:, None, None], np.zeros((1, 1)), np.array([[0.5]])
    return [float(loops.states(x, h0, half, half, loop)[-1, 0, 0]) for loop in ("A", "")]


@card(4)
def three_steps():
    wrong, right = three_steps_both()
    return "0", [
        f"The loop gives {wrong:g}. The right one gives {right:.3f}: tanh 0.5, then half of it and tanh, twice.",
        "The two lines of the step stand under `if t > 0`. So step 0 never happens, and the first input is lost.",
        "With x = 0, 1, 0 and h0 = 0 nobody would notice.",
        "Repair: take the two lines out of the `if`. At t = 0 h is h0."]


# ---- 5: three formulas --------------------------------------------------------------------------------------------

@card(5)
def three_formulas():
    z, s, y = 2.0, float(sigmoid(2.0)), float(np.tanh(2.0))
    return "none", [
        "at x = 2          printed    right",
        f"σ(x)            {1 / (1 + np.exp(z)):9.3f} {s:8.3f}    the minus in the exponent is lost: this σ falls",
        f"σ'(x)           {z * (1 - z):9.3f} {sigmoid_slope(s):8.3f}",
        f"tanh'(x)        {1 - z * z:9.3f} {tanh_slope(y):8.3f}",
        "The slopes are right if x stands for the output: s (1 - s) with s = σ(2), and 1 - y² with y = tanh(2).",
        "On paper: σ rises through 1/2 at 0, so σ(2) is above 1/2; and where a function rises, no slope is negative.",
        "Repair: other letters for other things."]


# ---- 6: a score ---------------------------------------------------------------------------------------------------

def batch(seed=0, pictures=100):
    """A batch: x (N,200), labels (N,) from 0 to 9."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((pictures, 200))
    return x, rng.integers(0, 10, pictures)


def update(weights, x, labels):
    """weights (200,10) after one update of the card's loop on x (N,200), labels (N,)."""
    p = np.exp(x @ weights)
    return weights - 0.5 * x.T @ (p / p.sum(axis=1, keepdims=True) - np.eye(10)[labels]) / len(x)


def right_share(weights, x, labels):
    """The share of the pictures x (N,200) whose label (N,) has the largest sum."""
    return float(np.mean((x @ weights).argmax(axis=1) == labels))


def scores(seed, learnable=False):
    """Accuracy after 100 updates on a batch, and on 100 other pictures; learnable: each class has a mean of its own."""
    x, labels = batch(seed, 200)
    if learnable:
        x += 0.5 * np.random.default_rng([seed, 1]).standard_normal((10, 200))[labels]
    weights = np.zeros((200, 10))
    for _ in range(100):
        weights = update(weights, x[:100], labels[:100])
    return right_share(weights, x[:100], labels[:100]), right_share(weights, x[100:], labels[100:])


def each_once(seed, batches=200):
    """One update on each batch: mean accuracy on the later half of the batches, before and after their own update."""
    weights, found = np.zeros((200, 10)), []
    for k in range(batches):
        one = batch([seed, k])
        before, weights = weights, update(weights, *one)
        found.append((right_share(before, *one), right_share(weights, *one)))
    return np.mean(found[batches // 2:], axis=0)


@card(6)
def a_score():
    seen, new = np.array([scores(seed) for seed in range(20)]).T
    seen_too, better = np.array([scores(seed, learnable=True) for seed in range(20)]).T
    return "about 10 %", [
        "The accuracy is that of the batch just trained. These labels were drawn at random: there is nothing to learn.",
        f"Twenty such batches: on the batch {100 * seen.min():.0f} % in all of them, on 100 other pictures "
        f"{100 * new.min():.0f} to {100 * new.max():.0f} %.",
        f"With classes that do differ: {100 * seen_too.min():.0f} % on the batch as well, and on other pictures "
        f"{100 * better.min():.0f} to {100 * better.max():.0f} %. So the printed number cannot tell.",
        "Repair: measure on pictures that were kept back, or on each batch before it is trained on."]


# ---- 7 to 12 ------------------------------------------------------------------------------------------------------

@card(7)
def a_constant():
    return "0", [
        "The second argument is dtype, so the 1 is no value: value = 0, dtype = 1, shape = [10].",
        "(In TensorFlow type number 1 is float32, so probably nothing complains. We did not run it.)",
        "Repair: constant(0.1, shape=[10]), with a point, and arguments by name."]


@card(8)
def no_state_yet():
    return "ValueError", [
        "== compares an array number by number. The answers are two, and `if` wants one.",
        "(Old versions of NumPy answered False, so the program ran when it was written.)",
        "Repair: s_prev is None asks one question: is this the object None?"]


@card(9)
def scaling():
    passengers = air_passengers.load()[1]
    scaled = passengers / (passengers.max() - passengers.min())
    low, high = passengers[:-HELD_BACK].min(), passengers[:-HELD_BACK].max()
    right = (passengers - low) / (high - low)
    return "0.201 and 1.201", [
        f"{scaled.min():.3f} to {scaled.max():.3f}: the minimum is not subtracted.",
        "Wrong, too: the largest month is one of the test months: the training sees something of the future.",
        f"Repair: both numbers from the training months. These then lie in {right[:-HELD_BACK].min():.0f} to "
        f"{right[:-HELD_BACK].max():.0f}, the test months go up to {right[-HELD_BACK:].max():.2f}, as the future does."]


def remembered(seed):
    """Least squares from 20 random vectors of 200 numbers to the next: mean cosine on 10 seen and 10 new windows."""
    words = np.random.default_rng(seed).standard_normal((60, 200))
    windows = np.stack([words[k:k + 20].ravel() for k in range(40)])
    found = windows @ np.linalg.lstsq(windows[:10], words[20:30], rcond=None)[0]
    cosine = (found * words[20:]).sum(axis=1) / np.linalg.norm(found, axis=1) / np.linalg.norm(words[20:], axis=1)
    return float(cosine[:10].mean()), float(cosine[30:].mean())


@card(10)
def a_cosine():
    seen, new = np.array([remembered(seed) for seed in range(20)]).T
    return "near 1", [
        f"Twenty draws: {seen.min():.2f} to {seen.max():.2f} on the ten windows, {new.min():.2f} to {new.max():.2f} on "
        "ten new ones.",
        "Random vectors have no language in them. But ten windows and 4 000 weights a number can be learned by heart.",
        "Repair: test on windows that were not trained on, beside a simple rule (lesson 14)."]


def gates_at(c):
    """The gates i, f, g, o of a plain LSTM's first step, from the memory c."""
    layer = LSTM(3, 5, rng=0)
    return lstm_step(np.ones((1, 3)), np.zeros((1, 5)), np.full((1, 5), c), *layer.parameters.values())[2]


@card(11)
def three_gates():
    moved = [gate for gate, a, b in zip("ifgo", gates_at(0.0), gates_at(9.0), strict=True) if not np.array_equal(a, b)]
    return "none", [
        f"With c₀ = 0 and c₀ = 9: {', '.join(moved) or 'no gate'} differs in the first step.",
        "The gates read x and h. W (3, 20), U (5, 20) and b (20,) hold no weight for c.",
        "Repair of the text: gates that read c belong to the peephole LSTM (lesson 11), with 3 H more weights."]


@card(12)
def lost_signs():
    return "2*16", [
        f"216 is 2*16 = {2 * 16}, 161 is 16*1, 1655 is 16*5*5 = {16 * 5 * 5}.",
        "What stands between two asterisks Markdown sets in italics, and the asterisks are gone.",
        "\"main\" was \"__main__\": two underscores make bold type. And layer_20 was probably layer_2[0].",
        "Repair: put programs into code blocks, and run what the page shows, not what the editor shows."]
