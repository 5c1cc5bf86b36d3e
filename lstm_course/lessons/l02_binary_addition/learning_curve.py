"""Figure of lesson 02: when the adder article's network learned to add."""

from lstm_course import experiments
from lstm_course.tasks import binary_addition as adding
from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import GREY, INK, SMALL

ALT = ("Right bits and right sums of all 16 384 against the pairs seen. The bits stay near 50 % for 2 000 pairs, are "
       "at 75 % after 4 000 and at 100 % after 7 000. The sums stay near 0 for 2 000 pairs, reach 18 % after 4 000 and "
       "all after 8 000. The rule without memory gets 13.35 % of the sums; the article stops after 1 000 pairs.")
WIDTH, HEIGHT = 860, 360


@figure
def learning_curve():
    """The score over all sums after every 250 pairs, beside the rule without memory."""
    stored = experiments.load("adder_checkpoints")
    pairs, bits, sums = stored["pairs"], 100 * stored["bits"], 100 * stored["sums"]
    no_memory = 100 * adding.baseline("no memory")["sums"]
    chart = svg.Chart(WIDTH, HEIGHT, (0, 10_000), (-3, 104), "pairs seen", "right, % of all", margins=(74, 36, 14, 52))
    lines = [chart.level(no_memory, stroke=GREY, stroke_width=2, dash=(2, 4)),
             chart.line([1000, 1000], [-3, 104], stroke=GREY, stroke_width=1.5),
             chart.line(pairs, bits, stroke=INK, stroke_width=2.5),
             chart.line(pairs, sums, stroke=INK, stroke_width=2.5, dash=(8, 5))]
    words = [svg.text(*chart.xy([x], [y])[0].tolist(), name, SMALL, "start", halo=True) for x, y, name in
             ((1080, 90, "the article stops here"), (2900, 76, "bits"), (5650, 52, "whole sums"),
              (5900, no_memory + 4, f"rule without memory: {no_memory:.2f} % of the sums"))]
    return show_svg(svg.picture(WIDTH, HEIGHT, chart.frame, *lines, *words), ALT, [bits, sums, no_memory],
                    title="When the network learned to add")
