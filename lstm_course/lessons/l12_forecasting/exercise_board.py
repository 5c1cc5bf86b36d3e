"""Lesson 12, exercise: the leaderboard. An answer passes if it beats the rule here, and on series that nobody has seen.

An answer that has read the true months, or whose numbers fit this series only, is lost on the others.
"""

from functools import cache

import numpy as np

from lstm_course import experiments
from lstm_course.checking.compare import Output
from lstm_course.checking.declare import CodeExercise
from lstm_course.checking.foreign import reads_foreign_arrays
from lstm_course.checking.run import run_quietly
from lstm_course.checking.trial import known_mistake
from lstm_course.lessons.l12_forecasting.ranking import TO_BEAT, errors, forecasters
from lstm_course.tasks import air_passengers as air

HELD_BACK = air.HELD_BACK["four years"]
OTHERS, ASKED = 32, 36              # other series, and their months that are asked for
NOISE = 0.037                       # of the airline model, fitted to the first 96 months
NEEDED, SEEN = 0.99, 1.15           # times the rule's error on the other series: at most; from here on it is no chance


def passengers():
    """The 144 months."""
    return air.load()[1].copy()


def board_cases(rng):
    """For each of the last 48 months: everything before it."""
    y = passengers()
    for t in range(len(y) - HELD_BACK, len(y)):
        year, month = 1949 + t // 12, t % 12 + 1
        yield f"the forecast of {year}-{month:02d}", {"past": y[:t].copy()}


@cache
def other_series():
    """32 series (144,): they begin with the true year 1949, and go on as the airline model does, with chance of their
    own.
    """
    rng, (last, year) = np.random.default_rng(5), experiments.load("airline_sarima")["weights"]
    found, start = [], np.log(passengers()[:13])
    for _ in range(OTHERS):
        e = rng.normal(0, NOISE, 144)
        z = np.concatenate([start, np.zeros(131)])
        for t in range(13, 144):
            change = e[t] + last * e[t - 1] + year * e[t - 12] + last * year * e[t - 13]
            z[t] = z[t - 1] + z[t - 12] - z[t - 13] + change
        found.append(np.exp(z))
    return found


def error_on(function, series, months=HELD_BACK):
    """Root of the mean square error of the forecasts of a series' last months; nan if one cannot be made"""
    at = range(len(series) - months, len(series))
    runs = [run_quietly(function, {"past": series[:t].copy()}).returned for t in at]
    try:
        return float(air.rmse(np.array(runs, float).reshape(months), series[-months:]))
    except (TypeError, ValueError):
        return np.nan


@cache
def to_beat_elsewhere():
    """The rule's error on each of the other series."""
    return np.array([error_on(growth_again, one, ASKED) for one in other_series()])


def elsewhere(function):
    """How many times the rule's error it makes on the other series, in the mean; inf if it cannot forecast them."""
    ratio = np.mean([error_on(function, one, ASKED) for one in other_series()] / to_beat_elsewhere())
    return ratio if np.isfinite(ratio) else np.inf


class Leaderboard(CodeExercise):
    """Any forecaster passes whose error is below that of the rule to beat, here and, by 1 %, on the other series."""

    only_arguments = True

    def of(self, function):
        """The error of a function over the held-back months"""
        return error_on(function, passengers())

    @property
    def to_beat(self):
        return self.of(growth_again)

    def diagnose(self, function, trials):
        """Its place on the board, unless something is wrong with what it returns or reads."""
        if any(trial.finding(function) or trial.run.changed for trial in trials):
            return super().diagnose(function, trials)
        forecasts, best = np.array([float(trial.got[0]) for trial in trials]), self.to_beat
        score = float(air.rmse(forecasts, passengers()[-HELD_BACK:]))
        known = known_mistake(self, trials)
        seen = f"First seen in the last {HELD_BACK} months: its error is {score:.2f}, to beat: {best:.2f}"
        if known is not None:
            return self.wrong_answer(known.message, seen)
        if max(forecasts) < 10:
            return self.wrong_answer("these are logarithms: np.exp makes passengers of them", seen)
        if foreign := reads_foreign_arrays(self, function, trials):
            return self.wrong_answer(*foreign, seen)
        if score >= best:
            return self.wrong_answer("it does not beat growth × last year", seen)
        ratio = elsewhere(function)
        if ratio > SEEN:
            return self.wrong_answer(self.mutants["reads_the_future"].message, seen)
        if ratio > NEEDED:
            return self.wrong_answer(
                "it beats growth × last year on these 48 months, but not by more than luck",
                f"{seen}. On {OTHERS} other series of the same kind its error is {ratio:.2f} times that of the rule, "
                f"and {NEEDED} is needed. What can it learn from `past`?")
        self.correct = placed(score, ratio)
        return super().diagnose(function, trials)


def placed(score, ratio):
    """The place of an error among all forecasters of the lesson, in words."""
    others = {name: float(np.median(errors(said))) for name, said in forecasters().items()}
    ahead = sorted(error for error in others.values() if error < score)
    return (f"Your error is {score:.2f}, that of growth × last year {others[TO_BEAT]:.2f}: place {len(ahead) + 1} of "
            f"{len(others) + 1}. On {OTHERS} other series it is {ratio:.2f} times that of the rule.")


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
    "that is the same month last year times the growth between whole years. What does the growth of the *latest* "
    "months tell?":
        lambda past: past[-12] * past[-12:].mean() / past[-24:-12].mean(),
    "that is the same month last year times its own growth of the year before. What does the growth of the *latest* "
    "months tell?":
        lambda past: past[-12] * past[-12] / past[-24],
    "that is growth × last year with the growth of two months ago, past[-2] / past[-14]. The latest is past[-1] / "
    "past[-13]":
        lambda past: past[-12] * past[-2] / past[-14],
    "past[-11] is the month after the one to forecast, a year before. The same month last year is past[-12]":
        lambda past: past[-11] * past[-1] / past[-12],
    "that is the same month last year and the mean growth of all years. Where has the growth gone lately?":
        lambda past: past[-12] * np.exp(np.mean(np.log(past[12:] / past[:-12]))),
    "that is a straight line through all months: it knows no season":
        lambda past: np.polyval(np.polyfit(np.arange(len(past)), past, 1), len(past)),
})


@next_month.mutant("it beats the rule here, and is lost on other series of the same kind: its numbers fit this "
                   "series only, or it reads the months to come (`passengers`, a file) instead of `past`")
def reads_the_future(past):
    return passengers()[len(past)]
