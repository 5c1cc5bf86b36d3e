"""Figures of lesson 04: two nudged starts in a latch, and what explodes in a training without clipping."""

import numpy as np

from lstm_course.experiments import load
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.parts import key
from lstm_course.widgets.style import BLACK, FRAME, GREY, NORMAL

STARTS = (1.0, 0.9, -1.0, -0.9)
WAYS = {"off": "no clipping", "norm": "norm ≤ 1"}
LEAST, MOST, SHOWN = 1e-3, 1e3, 24      # of the losses that are drawn; updates of the one run
LOWEST = 1e-9                           # of the gradients that are drawn
OUTPUT = {"stroke": BLACK, "stroke_width": 2}


def nudged_starts(gain=2.5, T=14, noise=0.3, seed=0):
    """The states (T+1, 4) of h ← tanh(gain · h + noise) from STARTS, all with the same noise."""
    h, rng = [np.array(STARTS)], np.random.default_rng(seed)
    for _ in range(T):
        h.append(np.tanh(gain * h[-1] + noise * rng.standard_normal()))
    return np.array(h)


@figure
def latch_figure():
    """Left the states from four starts, right how far the upper two are apart."""
    h = nudged_starts()
    t, apart = np.arange(len(h)), np.abs(h[:, 0] - h[:, 1])
    left = svg.Chart(470, 330, (-0.5, 14.5), (-1.2, 1.2), "t", "state h", yticks=[-1, 0, 1], xticks=[0, 5, 10])
    right = svg.Chart(410, 330, (-0.5, 14.5), (1e-17, 1), "t", "how far apart", yscale="log", x=470, xticks=[0, 5, 10],
                      margins=(90, 16, 14, 52), yticks=[1e-16, 1e-12, 1e-8, 1e-4, 1])
    parts = [left.frame, right.frame, right.line(t, apart, **OUTPUT), right.dots(t, apart, 4, fill=BLACK)]
    for k, twin in enumerate((False, True, False, True)):
        look = {"fill": "#ffffff", "stroke_width": 2} if twin else {"fill": BLACK}
        parts += [left.line(t, h[:, k], **OUTPUT, dash=(2, 4) if twin else ()), left.dots(t, h[:, k], 4, **look)]
    for y, words in ((0.6, "● from +1, ○ from 0.9"), (-0.6, "● from −1, ○ from −0.9")):
        (x, at), = left.xy([7], [y])
        parts.append(svg.text(x, at, words, NORMAL))
    (x, at), = right.xy([8], [0.02])
    parts.append(svg.text(x + 20, at, "the upper two", NORMAL, weight="bold"))
    alt = (f"Left: the states from +1 and 0.9 run together near {h[-1, 0]:.2f} and stay there, those from −1 and −0.9 "
           f"near {h[-1, 2]:.2f}, whatever the noise. Right: the distance of the upper two, on a logarithmic scale, "
           f"falls from 0.1 to {apart[5]:.0e} after 5 and {apart[-1]:.0e} after {t[-1]} steps.")
    return show_svg(svg.picture(880, 330, *parts), alt, data=h.round(6), title="Two nudged starts")


@figure
def exploding_figure():
    """Left one run without clipping, the gradient norms of both layers apart; right the final losses of 20 runs, and
    how many of them learn.
    """
    stored = load("exploding_latch")
    row = stored["ways"].tolist().index
    run = stored["rows"][row("off")][:SHOWN, 1:3]
    diverged = {way: int(stored["diverged"][row(way)].sum()) for way in WAYS}
    learned = {way: int((stored["right"][row(way)] > 0.99).sum()) for way in WAYS}
    peak = int(run[:12, 0].argmax())
    alt = (f"Left: at update {peak + 1} the gradient of the recurrent layer jumps to {run[peak, 0]:.0e}. In the "
           f"updates after it, it is at most {run[peak + 1:peak + 12, 0].max():.0e}; later it has peaks again. "
           f"That of the output layer wavers up to update 11 and then grows with every update, to {run[-1, 1]:.0e}. "
           "Right: the final losses of 20 runs for each way, with a line at 1, the loss of always answering 0. ")
    alt += "; ".join(f"{name}: {diverged[way]} diverged, {learned[way]} learn" for way, name in WAYS.items()) + "."
    finals = {way: np.clip(stored["final"][row(way)], LEAST, MOST) for way in WAYS}
    picture = svg.picture(880, 400, _one_run(run), _losses(finals, learned))
    return show_svg(picture, alt, data=[run, stored["diverged"]], title="What explodes")


def _one_run(run):
    chart = svg.Chart(420, 400, (0, SHOWN + 1), (LOWEST, 1e9), "update", "gradient norm", yscale="log",
                      margins=(84, 12, 60, 52), yticks=[1e-8, 1e-4, 1, 1e4, 1e8])
    n = np.arange(1, len(run) + 1)
    lines = chart.line(n, np.maximum(run[:, 0], LOWEST), "gradient") + chart.line(n, run[:, 1], **OUTPUT)
    names = key(90, 20, [("gradient", "recurrent layer"), (OUTPUT, "output layer")])
    least = svg.text(chart.left + 6, chart.top + chart.height - 8, "≤ 10^{−9}", 14, "start", GREY, halo=True)
    return chart.frame + lines + chart.dots(n, run[:, 1], 3, fill=BLACK) + names + least


def _losses(finals, learned):
    chart = svg.Chart(460, 400, (LEAST / 2, 2 * MOST), (len(finals) - 0.5, -0.5),
                      "final loss, drawn from 0.001 to 1000", "", xscale="log", x=420, margins=(140, 16, 60, 52),
                      xticks=[1e-3, 1e-1, 1e1, 1e3], yticks=[])
    bottom = len(finals) - 0.5
    rng, parts = np.random.default_rng(0), [chart.frame, chart.line([1, 1], [-0.5, bottom], stroke=FRAME, dash=(4, 4))]
    for y, (way, values) in enumerate(finals.items()):
        words = [*WAYS[way].split(", "), f"{learned[way]} of 20 learn"]
        (_, at), = chart.xy([1], [y])
        parts += [svg.text(chart.left - 8, at + 5 + 18 * (k - (len(words) - 1) / 2), line, 14, "end",
                           weight="bold" if line == words[-1] else None) for k, line in enumerate(words)]
        parts.append(chart.dots(values, y + rng.uniform(-0.25, 0.25, len(values)), 4, fill=GREY, stroke_width=0.5))
    (x, top), = chart.xy([1], [-0.5])
    return "".join(parts) + svg.text(x, top - 8, "always 0", 14, fill=GREY) + svg.text(
        chart.left + chart.width, top - 8, "diverged", 14, "end", GREY)
