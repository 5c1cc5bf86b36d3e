"""Lesson 12, forecasting airline passengers: the exercises and the quiz."""

from functools import cache
from pathlib import Path

import numpy as np

import lstm_course
from lstm_course.checking.compare import Output
from lstm_course.checking.declare import CodeExercise, exercise, value
from lstm_course.checking.run import run_quietly
from lstm_course.checking.trial import known_mistake
from lstm_course.networks.cells import lstm_step

# ---------------------------------------------------------------------------------------------- 1. windows


def window_cases(rng):
    """Six months by hand, then random ones."""
    yield "the months 1, 2, 3, 4, 5, 6 with look_back = 2", {"series": np.arange(1.0, 7), "look_back": 2}
    yield "9 random months with look_back = 3", {"series": rng.uniform(100, 600, 9), "look_back": 3}


def stacked(series, look_back, starts, first=0):
    """Windows of the series that begin at the starts."""
    return np.stack([series[k + first:k + first + look_back] for k in starts])


@exercise(
    cases=window_cases, outputs=(Output("x", "window month"), Output("y", "window")),
    correct="Each row holds only what was known, and y what came next.",
    hints=("Write the windows of 1, 2, 3, 4, 5, 6 with look_back = 2 on paper: (1, 2) → 3, (2, 3) → 4, … How many are "
           "there?",
           "Window k is series[k:k + look_back], without its end. What comes next stands at series[k + look_back]. So "
           "k runs from 0 as long as k + look_back < len(series).",
           "x = np.stack([series[k:k + look_back] for k in range(len(series) - look_back)]), y = series[look_back:]"))
def make_windows(series, look_back):
    """series (T,) -> x (T - look_back, look_back), y (T - look_back,): what came right after each window"""
    return stacked(series, look_back, range(len(series) - look_back)), series[look_back:].copy()


@make_windows.mutant("the answer stands in the window: y is the *last month of the window* itself. It has to be the "
                     "month after it")
def target_is_the_last_month_known(series, look_back):
    return make_windows.reference(series, look_back)[0], series[look_back - 1:-1].copy()


@make_windows.mutant("the windows begin one month late and reach into the future: each one ends with its own y. "
                     "Window k is series[k:k + look_back]")
def window_holds_its_target(series, look_back):
    count = len(series) - look_back
    return stacked(series, look_back, range(count), first=1), series[look_back:].copy()


@make_windows.mutant("each window is one month too long, and its last month is its own y: series[a:b] ends before b, "
                     "so window k is series[k:k + look_back]")
def one_month_too_long(series, look_back):
    x, y = make_windows.reference(series, look_back + 1)
    return np.concatenate([x, np.append(x[-1, 1:], y[-1])[None]]), series[look_back:].copy()


@make_windows.mutant("the last window is missing: the last month of the series has to be a target too, so there are "
                     "len(series) - look_back windows, not one less")
def one_window_too_few(series, look_back):
    x, y = make_windows.reference(series, look_back)
    return x[:-1], y[:-1]


@make_windows.mutant("a month is left out between window and target: y stands right behind the window, at "
                     "series[k + look_back]")
def skips_a_month(series, look_back):
    return stacked(series, look_back, range(len(series) - look_back - 1)), series[look_back + 1:].copy()


@make_windows.mutant("the windows do not overlap: the next window begins one month later, not look_back months later")
def no_overlap(series, look_back):
    starts = range(0, len(series) - look_back, look_back)
    return stacked(series, look_back, starts), series[look_back::look_back].copy()


@make_windows.mutant("each window runs backwards: the oldest month stands first")
def backwards(series, look_back):
    x, y = make_windows.reference(series, look_back)
    return x[:, ::-1], y


@make_windows.mutant("x is transposed: a window is a row")
def transposed(series, look_back):
    x, y = make_windows.reference(series, look_back)
    return x.T, y


@make_windows.mutant("y is the first month of each window: it was known already. y stands behind the window")
def target_is_the_first_month(series, look_back):
    x, _ = make_windows.reference(series, look_back)
    return x, series[:len(x)].copy()


@make_windows.mutant("one window too many: behind the last months nothing follows, so that a window that ends with the "
                     "series has no target")
def one_window_too_many(series, look_back):
    starts = range(len(series) - look_back + 1)
    y = np.array([series[k + look_back] for k in starts])
    return stacked(series, look_back, starts), y


# -------------------------------------------------------------------------------- 2. scaling without a leak

def scale_cases(rng):
    """Five months by hand; then a series whose held-back part is both higher and lower than the training part."""
    yield "the months 2, 4, 6, 10, 12, of which 3 are for training", {
        "series": np.array([2.0, 4, 6, 10, 12]), "train_months": 3}
    series = np.concatenate([rng.uniform(200, 400, 7), [rng.uniform(420, 500)], rng.uniform(100, 700, 3),
                             [rng.uniform(710, 800), rng.uniform(50, 90)]])
    yield "13 random months, of which 7 are for training", {"series": series, "train_months": 7}


def between(series, low, high):
    """0 at low, 1 at high"""
    return (series - low) / (high - low)


@exercise(
    cases=scale_cases, outputs=Output("scaled", "T"),
    correct="0 and 1 are the lowest and the highest month of the training part; later months may lie outside.",
    hints=("Which months may the scale know? Take the minimum and the maximum of these only.",
           "train = series[:train_months]. The lowest of these becomes 0, the highest 1, and *all* months are scaled "
           "with the same two numbers.",
           "(series - train.min()) / (train.max() - train.min())"))
def scale_on_train(series, train_months):
    """series (T,) -> scaled (T,): its first train_months lie between 0 and 1, and only they decide the scale"""
    train = series[:train_months]
    return between(series, train.min(), train.max())


@scale_on_train.quantities
def limits(series, train_months):
    train = series[:train_months]
    return {"train": train, "min": train.min(), "max": train.max(), "range": train.max() - train.min()}


scale_on_train.mistakes({
    "minimum and maximum are those of *all* months: your scale knows how high the future goes. Take them from "
    "series[:train_months]":
        lambda series, train_months: between(series, series.min(), series.max()),
    "that is the article's scaling: the minimum is not subtracted, so 0 and 1 are not the ends, and the range is that "
    "of all months":
        lambda series, train_months: series / (series.max() - series.min()),
})


@scale_on_train.mutant("the minimum is not subtracted: divided by (max - min) alone, the lowest "
                       "month does not become 0")
def without_the_minimum(series, train_months):
    train = series[:train_months]
    return series / (train.max() - train.min())


scale_on_train.mistakes({
    "this runs from -1 to 1: here the lowest month of the training part is to become 0":
        lambda series, train_months: 2 * scale_on_train.reference(series, train_months) - 1,
    "only the training part is scaled, the later months are left as they were: scale all of them with the two numbers "
    "of the training part":
        lambda series, train_months: np.concatenate([scale_on_train.reference(series, train_months)[:train_months],
            series[train_months:]]),
    "divided by the maximum: the highest month becomes 1, but the lowest does not become 0":
        lambda series, train_months: series / series[:train_months].max(),
})


@scale_on_train.mutant("the minimum is subtracted, but then it is divided by the maximum: the range is max - min")
def not_divided_by_the_range(series, train_months):
    train = series[:train_months]
    return (series - train.min()) / train.max()


@scale_on_train.mutant("the range is that of the training part, but the minimum is that of all months")
def minimum_of_all(series, train_months):
    train = series[:train_months]
    return (series - series.min()) / (train.max() - train.min())


@scale_on_train.mutant("the minimum is that of the training part, but the maximum is that of all months")
def maximum_of_all(series, train_months):
    return between(series, series[:train_months].min(), series.max())


@scale_on_train.mutant("both parts are scaled, each by its own minimum and maximum: then the same number of passengers "
                       "means two different things. Scale all months by the numbers of the training part")
def each_part_by_itself(series, train_months):
    parts = series[:train_months], series[train_months:]
    return np.concatenate([between(part, part.min(), part.max()) for part in parts])


scale_on_train.mistakes({
    "everything above 1 and below 0 is cut off: the growth of the later years is lost. Let them lie outside":
        lambda series, train_months: np.clip(scale_on_train.reference(series, train_months), 0, 1),
    "the month after the training part is taken along: series[:train_months] ends before it":
        lambda series, train_months: scale_on_train.reference(series, train_months + 1),
    "only the training part comes back: scale *all* months with its two numbers":
        lambda series, train_months: scale_on_train.reference(series, train_months)[:train_months],
})


@scale_on_train.mutant("this is (x - mean) / standard deviation, another scaling: here the lowest month is to become 0 "
                       "and the highest 1")
def standardised(series, train_months):
    train = series[:train_months]
    return (series - train.mean()) / train.std()


# ------------------------------------------------------------------------------------- 3. two layers, one step

def layer(rng, inputs, H):
    """W, U, b of one LSTM layer"""
    return (rng.standard_normal((inputs, 4 * H)), rng.standard_normal((H, 4 * H)), rng.standard_normal(4 * H))


def two_layer_cases(rng):
    """One input; then B = 3, I = 2, H = 4, with states that are not 0."""
    for title, B, I, H in [("one input (B = 2, I = 1, H = 3)", 2, 1, 3),
                           ("random numbers (B = 3, I = 2, H = 4)", 3, 2, 4)]:
        states = {name: rng.uniform(-0.9, 0.9, (B, H)) for name in ("h1", "c1", "h2", "c2")}
        yield title, {"x": rng.standard_normal((B, I)), **states, "first": layer(rng, I, H), "second": layer(rng, H, H)}


@exercise(
    cases=two_layer_cases, outputs=tuple(Output(name, "B H") for name in ("h1", "c1", "h2", "c2")),
    correct="Only h goes up. Each layer keeps its own c.",
    hints=("The first layer reads x. What does the second layer read: what does an LSTM show to the outside?",
           "lstm_step gives h, c and the gates. The second layer's input is the *new* h1; its state is its own, h2 and "
           "c2.",
           "h1, c1, _ = lstm_step(x, h1, c1, *first), then h2, c2, _ = lstm_step(h1, h2, c2, *second)."))
def two_layer_step(x, h1, c1, h2, c2, first, second):
    """One step of two LSTM layers: x (B,I), states (B,H), first = (W, U, b), second = (W, U, b) -> h1, c1, h2, c2"""
    h1, c1, _ = lstm_step(x, h1, c1, *first)
    h2, c2, _ = lstm_step(h1, h2, c2, *second)
    return h1, c1, h2, c2


@two_layer_step.quantities
def on_the_way(x, h1, c1, h2, c2, first, second):
    h1, c1, _ = lstm_step(x, h1, c1, *first)
    return {"the new h1": h1, "the new c1": c1}


@two_layer_step.mutant("c goes up: the second layer reads the cell state of the first. A layer shows only h; c is its "
                       "own memory")
def c_goes_up(x, h1, c1, h2, c2, first, second):
    h1, c1, _ = lstm_step(x, h1, c1, *first)
    return h1, c1, *lstm_step(c1, h2, c2, *second)[:2]


@two_layer_step.mutant("the second layer reads the *old* h1, from before this step: it is always one step late. First "
                       "compute the new h1, then hand it up")
def old_h_goes_up(x, h1, c1, h2, c2, first, second):
    return (*lstm_step(x, h1, c1, *first)[:2], *lstm_step(h1, h2, c2, *second)[:2])


@two_layer_step.mutant("the second layer starts from the new state of the first, (h1, c1). It reads h1 as its *input*, "
                       "and its state is its own: (h2, c2)")
def state_goes_up(x, h1, c1, h2, c2, first, second):
    h1, c1, _ = lstm_step(x, h1, c1, *first)
    return h1, c1, *lstm_step(h1, h1, c1, *second)[:2]


@two_layer_step.mutant("the second layer keeps no c of its own: it starts from (h2, c1)")
def one_cell_for_both(x, h1, c1, h2, c2, first, second):
    h1, c1, _ = lstm_step(x, h1, c1, *first)
    return h1, c1, *lstm_step(h1, h2, c1, *second)[:2]


@two_layer_step.mutant("the second layer starts from a state of zeros at each step: hand it h2 and c2")
def second_forgets(x, h1, c1, h2, c2, first, second):
    h1, c1, _ = lstm_step(x, h1, c1, *first)
    return h1, c1, *lstm_step(h1, 0 * h2, 0 * c2, *second)[:2]


@two_layer_step.mutant("the results stand in another order: h1, c1, h2, c2 is asked, each layer's h followed by its c")
def both_h_first(x, h1, c1, h2, c2, first, second):
    h1, c1, h2, c2 = two_layer_step.reference(x, h1, c1, h2, c2, first, second)
    return h1, h2, c1, c2


@two_layer_step.mutant("h and c of a layer have changed places: lstm_step gives h first")
def c_before_h(x, h1, c1, h2, c2, first, second):
    h1, c1, h2, c2 = two_layer_step.reference(x, h1, c1, h2, c2, first, second)
    return c1, h1, c2, h2


@two_layer_step.mutant("the second layer has not been run: h2 and c2 come back as they went in")
def second_untouched(x, h1, c1, h2, c2, first, second):
    return *lstm_step(x, h1, c1, *first)[:2], h2, c2


def count(inputs, H, blocks=4):
    """The parameters of one LSTM layer: W, U, b"""
    return blocks * (inputs * H + H * H + H)


article_parameters = value(
    "article_parameters", count(2, 4) + count(4, 4) + 5,
    correct="112 + 144 + 5. PyTorch counts 293, because it keeps a second bias vector of 16 for each LSTM layer.",
    wrong=[
        (293, "that is PyTorch's count, with two bias vectors a layer. Ours has one: 16 less for each layer"),
        (256, "the linear layer is missing: 4 weights and a bias"),
        (260, "the bias of the linear layer is missing"),
        (288, "that is PyTorch's count (two bias vectors a layer) without the linear layer"),
        (117, "that is one LSTM layer and the linear one. The second LSTM layer has parameters of its own"),
        (229, "either the second LSTM layer is counted with 2 inputs (it reads the 4 units of the first), or the "
              "biases b of both layers are missing, 16 each"),
        (325, "the second layer is counted with 8 inputs, as if c went up together with h. It reads h alone: 4"),
        (197, "that is three blocks a layer. i, f, g and o make four"),
        (245, "the bias b of one LSTM layer is missing: 16 numbers"),
        (261 * 99, "the same weights serve all steps: the number of months does not matter"),
    ],
    otherwise="For each LSTM layer: W (I, 16), U (4, 16), b (16). Then the linear layer: W (4, 1), b (1).",
    hints=("How many inputs has the first LSTM layer, how many the second?",
           "An LSTM layer with I inputs and H units has 4 (I H + H H + H) parameters.",
           "4 (2·4 + 4·4 + 4) + 4 (4·4 + 4·4 + 4) + (4 + 1)"))


# ---------------------------------------------------------------------------------------------- 4. leaderboard

HELD_BACK, MARGIN = 48, 0.99         # months; better than the rule by less than 1 % is luck
LOST = 1.8                          # times the rule's error, where other months follow; honest answers make up to 1.5


@cache
def passengers():
    """The 144 months, from the package's data file."""
    file = Path(lstm_course.__file__).parent / "tasks" / "data" / "air_passengers.csv"
    return np.loadtxt(file, delimiter=",", skiprows=1, usecols=1)


def board_cases(rng):
    """For each of the last 48 months: everything before it."""
    y = passengers()
    for t in range(len(y) - HELD_BACK, len(y)):
        year, month = 1949 + t // 12, t % 12 + 1
        yield f"the forecast of {year}-{month:02d}", {"past": y[:t].copy()}


def other_worlds(rng, count=3):
    """Series (144,) that go on from month 96 otherwise: the growth over a year turns into a decline."""
    z = np.log(passengers())
    growth = z[12:] - z[:-12]
    slope, start = np.polyfit(growth[:-1], growth[1:], 1)
    left_over = growth[1:] - start - slope * growth[:-1]
    for _ in range(count):
        series, last = list(z[:-HELD_BACK]), growth[-HELD_BACK - 1]
        for _ in range(HELD_BACK):
            last = start - 0.24 * (1 - slope) + slope * last + rng.choice(left_over)
            series.append(series[-12] + last)
        yield np.exp(series)


def error_on(function, series, months=HELD_BACK):
    """Root of the mean square error of the forecasts of a series' last months; nan if one cannot be made"""
    at = range(len(series) - months, len(series))
    runs = [run_quietly(function, {"past": series[:t].copy()}).returned for t in at]
    try:
        return float(np.sqrt(np.mean((np.array(runs, float).reshape(months) - series[-months:]) ** 2)))
    except (TypeError, ValueError):
        return np.nan


class Leaderboard(CodeExercise):
    """Any forecaster passes whose error over the held-back months is below that of the rule to beat, by its own merit.

    In other worlds, where other months follow on the same 96, an answer that has seen the true ones is lost.
    """

    only_arguments = True

    def of(self, function):
        """The error of a function over the held-back months"""
        return error_on(function, passengers())

    @property
    def to_beat(self):
        return self.of(growth_again)

    def is_lost_elsewhere(self, function):
        """How many times the error of the rule it makes in other worlds, in the mean; is that too much?"""
        worlds = list(other_worlds(np.random.default_rng(5)))
        return np.mean([error_on(function, one, 24) / error_on(growth_again, one, 24) for one in worlds]) > LOST

    def diagnose(self, function, trials):
        """Its place on the board, unless something is wrong with what it returns or reads."""
        if any(trial.finding(function) or trial.run.changed for trial in trials):
            return super().diagnose(function, trials)
        forecasts, best = np.array([float(trial.got[0]) for trial in trials]), self.to_beat
        score = float(np.sqrt(np.mean((forecasts - passengers()[-HELD_BACK:]) ** 2)))
        known = known_mistake(self, trials)
        seen = f"First seen in the last {HELD_BACK} months: its error is {score:.2f}, to beat: {best:.2f}"
        if known is None and score < best and self.is_lost_elsewhere(function):
            known = self.mutants["reads_the_future"]
        if known is not None:
            return self.wrong_answer(known.message, seen)
        if score >= best * MARGIN:
            close = ", by more than luck (1 %)" if score < best else ""
            return self.wrong_answer(f"it does not beat growth × last year{close}", seen)
        self.correct = f"Your error is {score:.2f}, that of growth × last year {best:.2f}."
        return super().diagnose(function, trials)


def board(reference):
    """Decorator: the exercise of this reference."""
    return Leaderboard(
        reference, board_cases, Output("forecast"), rtol=np.inf,
        hints=("Begin with growth × last year: past[-12] * past[-1] / past[-13]. Where is it too bold? It says that "
               "the growth of last month goes on in full.",
               "Take logarithms, z = np.log(past). The growth over a year is z[12:] - z[:-12]. How does the growth of "
               "one month depend on that of the month before? np.polyfit fits a straight line through all of them.",
               "growth = z[12:] - z[:-12], then slope, start = np.polyfit(growth[:-1], growth[1:], 1), and the "
               "forecast is np.exp(z[-12] + start + slope * growth[-1])."))


@board
def next_month(past):
    """All months so far (n,) -> a forecast of the next one"""
    z = np.log(past)
    growth = z[12:] - z[:-12]
    slope, start = np.polyfit(growth[:-1], growth[1:], 1)
    return np.exp(z[-12] + start + slope * growth[-1])


@next_month.mutant("that is “as last month”: it knows no season and no growth")
def last_month_again(past):
    return past[-1]


@next_month.mutant("that is “same month last year”: it knows the season, but not that more people fly each year")
def last_year_again(past):
    return past[-12]


@next_month.mutant("that is growth × last year itself. Equal is not better: what could you learn from the "
                   "months so far?")
def growth_again(past):
    return past[-12] * past[-1] / past[-13]


next_month.mistakes({
    "you count from the wrong end by one: the month to forecast is not in past, so a year before it is past[-12], and "
    "a year before past[-1] is past[-13]":
        lambda past: past[-13] * past[-1] / past[-14],
    "that is last month times the growth over a year, past[-1] / past[-13]: the season is missing. The growth belongs "
    "to the same month of last year, past[-12]":
        lambda past: past[-1] * past[-1] / past[-13],
    "that is a straight line through the last two months: it runs on where the season turns":
        lambda past: 2 * past[-1] - past[-2],
    "that is the mean of all months so far: in a growing series it is always behind": lambda past: past.mean(),
    "that is the mean of the last twelve months: it knows no season": lambda past: past[-12:].mean(),
})


@next_month.mutant("it has seen the months to come: where other months follow, it is lost. Does it read `passengers`, "
                   "or a file, instead of `past`?")
def reads_the_future(past):
    return passengers()[len(past)]
