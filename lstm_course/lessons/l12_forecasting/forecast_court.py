"""Explorer of lesson 12: networks and rules forecast the same 48 months, and are judged by the same error."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import count

import numpy as np

from lstm_course import experiments
from lstm_course.experiments import airline_networks as court
from lstm_course.experiments.airline_networks import HORIZONS, LOOK_BACKS, SEEDS, UPDATES, Setting
from lstm_course.tasks import air_passengers as air
from lstm_course.widgets import svg
from lstm_course.widgets.controls import Checkbox, Choice, Slider
from lstm_course.widgets.declare import explorer
from lstm_course.widgets.guess import Guess
from lstm_course.widgets.numbers import span
from lstm_course.widgets.shell import Explorer
from lstm_course.widgets.style import FRAME, GREY, INK, MARKS, PALE, SMALL, VERMILION, YELLOW

HELD_BACK = air.HELD_BACK["four years"]
RULES = ("last month", "same month last year", "growth × last year", "linear, lags 1, 2, 12, 13",
         "linear, lags 1 to 12")
LSTM, TO_BEAT = "LSTM", "growth × last year"
MODELS = (*RULES, LSTM)
SHARE = 0.9                                 # of the training months that the interval holds


@dataclass
class Forecast:
    """One forecaster beside all others, on the 48 months held back."""

    model: str
    setting: Setting
    horizon: int
    network: int                    # which of the stored networks is drawn
    truth: np.ndarray               # (144,)
    forecast: np.ndarray            # (144,), NaN where too little was known
    limits: np.ndarray              # (2,): the interval, as factors of the forecast
    rules: dict                     # name -> error of each rule
    networks: np.ndarray            # (5,): errors of the stored networks in this setting
    new: dict | None                # a network trained just now: seed, updates, error

    @property
    def errors(self):
        """Of the chosen forecaster: one number for a rule, five for the LSTM."""
        return self.networks if self.model == LSTM else np.array([self.rules[self.model]])

    @property
    def held(self):
        """How many of the months held back lie in the interval."""
        low, high = (factor * self.forecast[-HELD_BACK:] for factor in self.limits)
        return int(np.sum((low <= self.truth[-HELD_BACK:]) & (self.truth[-HELD_BACK:] <= high)))

    @property
    def beaten(self):
        """How many of the networks have a smaller error than the rule to beat."""
        return int(np.sum(self.networks < self.rules[TO_BEAT]))

    @property
    def likeness(self):
        """Correlation of the forecasts with the truth, and with the month that was the last one known."""
        said, now = self.forecast[-HELD_BACK:], np.arange(len(self.truth) - HELD_BACK, len(self.truth))
        return tuple(float(np.corrcoef(said, self.truth[t])[0, 1]) for t in (now, now - self.horizon))


# ---- numbers -------------------------------------------------------------------------------------------------

@lru_cache
def of_rules(horizon):
    """name -> forecasts (144,), and name -> error."""
    y = air.load()[1]
    said = {name: air.forecast(rule, y, horizon) for name, rule in air.rules(y[:-HELD_BACK]).items()}
    return said, {name: float(air.rmse(row[-HELD_BACK:], y[-HELD_BACK:])) for name, row in said.items()}


@lru_cache
def of_networks(setting, horizon):
    """The stored networks: forecasts (5,144) and errors (5,)."""
    said = court.unpacked(experiments.load("airline_networks")[setting.name][:, HORIZONS.index(horizon)])
    return said, air.rmse(said[:, -HELD_BACK:], air.load()[1][-HELD_BACK:])


def compute(model, look_back, form, scaling, layers, horizon, network, result=None):
    """The forecasts of one forecaster, and the errors of all."""
    y, setting = air.load()[1], Setting(look_back, form, scaling, layers)
    (said, errors), (all_said, networks) = of_rules(horizon), of_networks(setting, horizon)
    forecast = all_said[network] if model == LSTM else said[model]
    new = None
    if result is not None and result["setting"] == setting and model == LSTM:
        forecast = result["forecasts"][HORIZONS.index(horizon)]
        new = {"seed": result["seed"], "updates": result["updates"],
               "error": float(air.rmse(forecast[-HELD_BACK:], y[-HELD_BACK:]))}
    limits = air.limits(forecast[:-HELD_BACK], y[:-HELD_BACK], SHARE)
    return Forecast(model, setting, horizon, network, y, forecast, limits, errors, networks, new)


NEXT_SEED = count(SEEDS)


def train(model, look_back, form, scaling, layers, horizon, network):
    """Train one more network in this setting, with a seed of its own -> (share done, what it forecasts by now)."""
    if model != LSTM:
        raise ValueError("Only the LSTM is trained step by step: choose the forecaster LSTM first.")
    setting, seed = Setting(look_back, form, scaling, layers), next(NEXT_SEED)
    for trained, losses in court.training(setting, HELD_BACK, seed, every=25):
        yield len(losses) / UPDATES, {"setting": setting, "seed": seed, "updates": len(losses),
                                      "forecasts": court.forecasts(trained, setting, HELD_BACK)}


# ---- words ---------------------------------------------------------------------------------------------------

FORMS = {"features": "features", "a sequence": "steps"}
SCALINGS = {"the article's": "article", "training part only": "train"}
AHEAD = {1: "one month ahead", 12: "twelve months ahead"}


def errors_words(values):
    """"59.6 to 102.2", or "48.0" for one number."""
    return span(values, lambda error: svg.num(error, 1), " to ")


def describe(data):
    """What the picture shows, in words."""
    who = f"{_name(data)}, {AHEAD[data.horizon]}." if data.model == LSTM else f"{data.model}, {AHEAD[data.horizon]}."
    truth, last = (svg.num(value, 2) for value in data.likeness)
    known = "last month" if data.horizon == 1 else "the last month known"
    return (f"{who[0].upper()}{who[1:]} {_error_words(data)} The 90\u00a0% interval holds {data.held} of "
            f"{HELD_BACK} months. The forecasts correlate with the truth {truth}, with {known} {last}.")


def _name(data):
    s = data.setting
    months = "1 month" if s.look_back == 1 else f"{s.look_back} months"
    kind = "features" if s.form == "features" else "a sequence"
    scale = "the article's scaling" if s.scaling == "article" else "scaled on the training part"
    return f"LSTM with {s.layers} {'layer' if s.layers == 1 else 'layers'}, {months} as {kind}, {scale}"


def _error_words(data):
    to_beat = f"{TO_BEAT} {svg.num(data.rules[TO_BEAT], 1)}"
    if data.model != LSTM:
        others = "" if data.model == TO_BEAT else f" ({to_beat})"
        return f"Error {svg.num(data.rules[data.model], 1)}{others}."
    drawn = svg.num(data.networks[data.network], 1)
    shown = f"network {data.network}, drawn, {drawn}"
    if data.new:
        state = "trained now" if data.new["updates"] == UPDATES else f"after {data.new['updates']} of {UPDATES} updates"
        shown = f"the new network {data.new['seed']}, {state}, {svg.num(data.new['error'], 1)}"
    return (f"Errors of {SEEDS} networks {errors_words(data.networks)} ({shown}); {to_beat}. "
            f"{('None', 'One', 'Two', 'Three', 'Four', 'All')[data.beaten]} of the {SEEDS} "
            f"{'beats' if data.beaten < 2 else 'beat'} it.")


def code(values):
    """The current state as NumPy code."""
    head = ("from lstm_course import experiments\nfrom lstm_course.tasks import air_passengers as air\n\n"
            "months, y = air.load()\n")
    if values["model"] == LSTM:
        setting = Setting(values["look_back"], values["form"], values["scaling"], values["layers"])
        body = (f"stored = experiments.load('airline_networks')['{setting.name}']\n"
                f"forecast = stored[{values['network']}, {HORIZONS.index(values['horizon'])}] / 100\n")
    else:
        body = (f"rule = air.rules(y[:-{HELD_BACK}])['{values['model']}']\n"
                f"forecast = air.forecast(rule, y, horizon={values['horizon']})\n")
    return head + body + f"print(air.rmse(forecast[-{HELD_BACK}:], y[-{HELD_BACK}:]))"


# ---- the picture ---------------------------------------------------------------------------------------------

WIDTH, HEIGHT, CHART = 880, 372, 580
FROM, TOP = 72, 800                         # the first month drawn (January 1955), the highest number
YEARS = 1949 + np.arange(144) / 12
BOARD, LOW, HIGH, RIGHT = CHART + 18, 10, 320, WIDTH - 14
ROW, FIRST_ROW = 42, 58


@lru_cache
def _chart():
    return svg.Chart(CHART, HEIGHT - 34, (1955, 1961), (100, TOP), "", "passengers (thousands)",
                     margins=(78, 12, 34, 30), xticks=range(1955, 1962), yticks=range(100, TOP + 1, 100))


@lru_cache
def _ground():
    """What never changes: the frame, the truth, and where the held-back months begin."""
    chart, y = _chart(), air.load()[1]
    (x, _), = chart.xy([YEARS[-HELD_BACK]], [TOP])
    held = svg.box(x, chart.top, chart.left + chart.width - x, chart.height, fill="#EEF4FA", stroke="none", rx=0)
    words = [svg.text(x + 8, chart.top + 20, "held back: 48 months", SMALL, "start"),
             svg.text(x - 8, chart.top + 20, "training", SMALL, "end")]
    edge = svg.path([(x, chart.top), (x, chart.top + chart.height)], stroke=FRAME, stroke_width=1.5, dash=(4, 4))
    return held + chart.frame + edge + "".join(words), chart.line(YEARS[FROM:], y[FROM:], stroke=INK, stroke_width=2)


def draw(data, hidden=False):
    """On the left the forecasts over the truth, on the right the errors of all; hidden: without the LSTM's."""
    under, truth = _ground()
    secret = hidden and data.model == LSTM
    marks = truth if secret else _band(data) + truth + _line(data)
    unknown = svg.text(_chart().left + 420, 300, "?", 64, weight="bold", fill=GREY) if secret else ""
    return svg.picture(WIDTH, HEIGHT, under, marks, unknown, _key(data), _board(data, hidden), _footer(data, hidden))


def _band(data):
    """The interval as a pale area."""
    said = data.forecast[FROM:]
    low, high = (factor * said for factor in data.limits)
    return _chart().band(YEARS[FROM:], low, high, fill="#F9DCC4", stroke=VERMILION, stroke_width=0.7)


def _line(data):
    return _chart().line(YEARS[FROM:], data.forecast[FROM:], stroke=VERMILION, stroke_width=2.5, dash=(7, 3))


@lru_cache
def _key_marks():
    """The lines of the key above the chart."""
    truth, said = [(78, 17), (108, 17)], [(172, 17), (206, 17)]
    return (svg.path(truth, stroke=INK, stroke_width=2) + svg.text(114, 22, "truth", SMALL, "start")
            + svg.path(said, stroke=VERMILION, stroke_width=2.5, dash=(7, 3)))


def _key(data):
    who = f"forecast {AHEAD[data.horizon]}, and its 90 % interval"
    return _key_marks() + svg.text(212, 22, who, SMALL, "start", MARKS["o"].ink)


def _at(error):
    """Where an error stands on the board, in px; its axis is logarithmic."""
    share = np.log(np.clip(error, LOW, HIGH) / LOW) / np.log(HIGH / LOW)
    return BOARD + 8 + share * (RIGHT - BOARD - 16)


@lru_cache(64)
def _rows(horizon):
    """The board without the LSTM."""
    _, errors = of_rules(horizon)
    bottom = FIRST_ROW + 6 * ROW - 8
    parts = [svg.text(BOARD, 22, "error, 48 months held back", 16, "start", weight="bold")]
    for tick in (10, 30, 100, 300):
        x = _at(tick)
        parts += [svg.path([(x, 36), (x, bottom)], stroke="#DDDDDD", stroke_width=1),
                  svg.text(x, bottom + 17, tick, SMALL, fill=GREY)]
    x = _at(errors[TO_BEAT])
    parts.append(svg.path([(x, 36), (x, bottom)], stroke=INK, stroke_width=1.5, dash=(3, 3)))
    for k, name in enumerate(RULES):
        y = FIRST_ROW + k * ROW
        parts += [svg.text(BOARD, y, name, SMALL, "start", halo=True),
                  svg.text(RIGHT, y, svg.num(errors[name], 1), SMALL, "end", weight="bold", halo=True),
                  _diamond(_at(errors[name]), y + 16)]
    return "".join(parts)


def _diamond(x, y):
    return svg.path([(x - 7, y), (x, y - 7), (x + 7, y), (x, y + 7)], fill=INK, stroke=INK, stroke_width=1, close=True)


def _board(data, hidden):
    """The errors of the five rules and of the five networks; the chosen one on a yellow ground."""
    top = FIRST_ROW - 17 + MODELS.index(data.model) * ROW
    chosen = svg.box(BOARD - 8, top, RIGHT - BOARD + 16, ROW - 1, fill=YELLOW, stroke="none", rx=4, fill_opacity=0.55)
    y = FIRST_ROW + 5 * ROW
    name = svg.text(BOARD, y, f"LSTM, {SEEDS} networks", SMALL, "start", halo=True)
    if hidden:
        return chosen + _rows(data.horizon) + name + svg.text(RIGHT, y + 10, "?", 26, "end", weight="bold")
    dots = "".join(svg.circle(_at(error), y + 16, 5.5, fill="#ffffff", stroke=VERMILION, stroke_width=2.5)
                   for error in data.networks)
    drawn = data.new["error"] if data.new else data.networks[data.network]
    mark = svg.circle(_at(drawn), y + 16, 5.5, fill=VERMILION, stroke=INK, stroke_width=2) if data.model == LSTM else ""
    words = svg.text(RIGHT, y, errors_words(data.networks), SMALL, "end", weight="bold", halo=True)
    return chosen + _rows(data.horizon) + name + words + dots + mark


def _footer(data, hidden):
    """The verdict in one line."""
    ground = svg.box(8, HEIGHT - 34, WIDTH - 16, 28, fill=PALE, stroke="none", rx=6)
    if hidden and data.model == LSTM:
        words = f"{_name(data)}, network {data.network}"
    else:
        truth, last = (svg.num(value, 2) for value in data.likeness)
        known = "last month" if data.horizon == 1 else "last month known"
        words = (f"interval holds {data.held} of {HELD_BACK} · correlation with the truth {truth}, "
                 f"with {known} {last}")
    return ground + svg.text(WIDTH / 2, HEIGHT - 14, words, 15, weight="bold")


# ---- the explorer --------------------------------------------------------------------------------------------

PRESETS = {
    "the article's network": {},
    "13 months as features": {"look_back": 13, "layers": 1},
    "12 months as a sequence": {"look_back": 12, "form": "steps", "scaling": "train", "layers": 1},
    "growth × last year": {"model": TO_BEAT},
}
OPTIONS = ["all five", "some of them", "none"]
ASKED = {"model": LSTM, "horizon": 1, "form": "features", "scaling": "article"} | PRESETS["13 months as features"]


def _truth(data):
    return OPTIONS[0 if data.beaten == SEEDS else 1 if data.beaten else 2]


def _because(data):
    return (f"The rule without parameters has the error {svg.num(data.rules[TO_BEAT], 1)}, the five networks "
            f"{errors_words(data.networks)}.")


@explorer
def forecast_court():
    """The forecast court: five rules and an LSTM in many settings, on the same 48 months."""
    question = ("Growth × last year looks back 13 months. Five networks read these 13 months. How many of the networks "
                "have a smaller error than that rule?")
    predict = Guess(question, options=OPTIONS, truth=_truth, because=_because,
                      mask=lambda data: draw(data, hidden=True), at=ASKED)
    network = lambda values: values["model"] == LSTM            # a rule has nothing to set
    more = lambda values: network(values) and values["more"]
    controls = [Choice("model", "forecaster", list(MODELS), LSTM),
                Choice("look_back", "look-back", {str(n): n for n in LOOK_BACKS}, 2, network),
                Choice("horizon", "months ahead", {str(n): n for n in HORIZONS}, 1),
                Checkbox("more", "more settings", shown_if=network, for_controls=True),
                Choice("layers", "layers", {"1": 1, "2": 2}, 2, more),
                Choice("form", "months as", FORMS, None, more),
                Choice("scaling", "scaling", SCALINGS, None, more),
                Slider("network", "network", 0, SEEDS - 1, 1, 0, "270px", more)]
    controls[0].view.description = ""                           # the buttons say it, and the label would take a row
    return Explorer("Forecast court", controls, compute, draw, describe, presets=PRESETS, predict=predict,
                    run=("Train one more network", train), code=code, static=list(PRESETS)[:3], lines=3)
