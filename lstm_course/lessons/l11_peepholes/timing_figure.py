"""Figure of lesson 11: how many of 20 networks have learned the timing task, against the updates."""

import numpy as np

from lstm_course.experiments import load
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.parts import key
from lstm_course.widgets.style import BLACK, GREY, NORMAL, SMALL, line_look

WIDTH, HEIGHT = 880, 330
PANELS = ((0, 310, 62), (310, 274, 26), (584, 274, 26))         # x, width, left margin
LOOKS = {"LSTM": line_look("LSTM"), "peepholes": {"stroke": BLACK, "stroke_width": 3, "dash": (7, 4)},
         "peepholes from 0": {"stroke": GREY, "stroke_width": 2, "dash": (2, 4)}}
WORDS = {"LSTM": "without peepholes", "peepholes": "with peepholes",
         "peepholes from 0": "with peepholes that begin at 0"}


def learned():
    """{network: (rates, N)}: how many of its runs have learned after so many updates."""
    found = load("timing_task")
    after = np.where(found["solved"], found["solved"], np.inf)[..., None]
    counts = dict(zip(found["networks"].tolist(), (after <= found["updates"]).sum(axis=2), strict=True))
    return {name: counts[name] for name in LOOKS}


def _panel(place, rate, updates, counts):
    """One learning rate: a line for each network, and the count at its end."""
    x, width, left = place
    chart = svg.Chart(width, HEIGHT - 34, (0, updates[-1]), (0, 20), "updates", "have learned, of 20" if not x else "",
                      x=x, xticks=[0, 1000, 2000], yticks=[0, 5, 10, 15, 20], margins=(left, 34, 34, 54))
    parts = [chart.frame, svg.text(chart.left + chart.width / 2, 20, f"learning rate {rate:g}", NORMAL, weight="bold")]
    for name, look in reversed(LOOKS.items()):
        parts.append(chart.line(np.repeat(updates, 2)[1:], np.repeat(counts[name], 2)[:-1], **look))
    for count in {int(row[-1]) for row in counts.values()}:
        (at, y), = chart.xy([updates[-1]], [count])
        parts.append(svg.text(at + 6, y + 5, str(count), SMALL, "start"))
    return "".join(parts)


@figure
def timing_figure():
    """With and without peepholes, at three learning rates."""
    found, counts = load("timing_task"), learned()
    panels = [_panel(place, rate, found["updates"], {name: rows[k] for name, rows in counts.items()})
              for k, (place, rate) in enumerate(zip(PANELS, found["rates"], strict=True))]
    keys = [key(x, HEIGHT - 12, [(LOOKS[name], WORDS[name])]) for x, name in zip((62, 310, 536), LOOKS, strict=True)]
    ends = "; ".join(f"{WORDS[name]}: {', '.join(str(row[-1]) for row in rows)}" for name, rows in counts.items())
    alt = ("How many of 20 networks have learned the timing task, against the updates, at the learning rates "
           f"{', '.join(f'{rate:g}' for rate in found['rates'])}. After {found['updates'][-1]} updates, {ends}. "
           "For a while the line with peepholes is ahead, by at most 4.")
    return show_svg(svg.picture(WIDTH, HEIGHT, *panels, *keys), alt, data=counts, title="Who learns to time?")
