"""Figure of lesson 09: by which ways the gradient of c comes through 50 steps, before and after the training."""

import numpy as np

from lstm_course.experiments import load
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import FRAME, GREY, INK, MARKS, NORMAL

LINES = (("ifgo", "all ways", {"stroke": MARKS["c"].colour, "stroke_width": 7}),
         ("g", "direct and g", {"stroke": MARKS["g"].colour, "stroke_width": 3, "dash": MARKS["g"].dash}),
         ("ifo", "direct and i, f, o", {"stroke": GREY, "stroke_width": 3, "dash": (2, 5)}),
         ("", "direct: ∏ f", {"stroke": MARKS["f"].colour, "stroke_width": 3}))
NEW, TRAINED = {"fill": "#ffffff", "stroke": INK, "stroke_width": 1.5}, {"fill": INK}


def norms(ways):
    """(6 biases, 20 networks, untrained or trained): the norm of ∂c_50/∂c_0 by these ways."""
    found = load("ways_into_c")
    return found["norms"][..., found["ways"].tolist().index(ways)]


@figure
def ways_figure():
    """Left the norms of untrained networks by four sets of ways, right the share that the gates and ∏ f have."""
    biases = load("ways_into_c")["biases"]
    left = svg.Chart(470, 350, (-0.3, 5.3), (1e-16, 1e4), "forget bias", "untrained: norm over 50 steps", yscale="log",
                     xticks=biases, yticks=[1e-15, 1e-10, 1e-5, 1], margins=(84, 14, 14, 54))
    right = svg.Chart(410, 350, (-0.4, 5.4), (-0.01, 0.42), "forget bias at the start",
                      "direct, i, f, o: share of the norm", x=476, xticks=biases, yticks=[0, 0.1, 0.2, 0.3, 0.4],
                      margins=(76, 14, 14, 54))
    parts = [left.frame, left.level(1, stroke=FRAME, stroke_width=1.5), right.frame]
    medians = {ways: np.median(norms(ways)[..., 0], axis=1) for ways, *_ in LINES}
    for k, (ways, words, look) in enumerate(LINES):
        y = 190 + 28 * k
        parts += [left.line(biases, medians[ways], **look), svg.path([(270, y), (312, y)], **look),
                  svg.text(320, y + 5, words, NORMAL, "start")]
    share = norms("ifo") / norms("ifgo")
    for when, (side, look) in enumerate(((-0.12, NEW), (0.12, TRAINED))):
        parts += [right.dots(np.full(20, bias + side), share[k, :, when], 3.5, **look)
                  for k, bias in enumerate(biases)]
    parts.append(svg.text(566, 34, "○ untrained   ● after 300 updates", NORMAL, "start"))
    alt = ("Left, untrained networks: the norm of the gradient of c over 50 steps against the forget bias, median of "
           "20. All ways, and the direct path with g, rise together from 4e-7 to about 400. The direct path, alone and "
           "with i, f, o, rises from 1e-15 to about 1. Right: the share of the full norm that the direct path and "
           f"i, f, o have, 20 networks a bias. Untrained at most {share[..., 0].max():.3f}; after the training, from "
           f"bias 1 on, {share[1:, :, 1].min():.3f} to {share[..., 1].max():.2f}.")
    return show_svg(svg.picture(890, 350, *parts), alt, data=[medians, share], title="By which ways the gradient comes")
