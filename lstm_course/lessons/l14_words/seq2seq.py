"""Figure of lesson 14: a sequence-to-sequence network, unrolled; all that the decoder learns of the input is one
state."""

from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.style import CHOSEN, GREY, INK, PALE, SKY, SMALL, WRONG

WIDTH, HEIGHT, MIDDLE, BOX, PITCH = 790, 340, 190, 72, 106
READ, ANSWER = ("4", "7", "1"), ("1", "7", "4")
LEFT, GAP = 34, 118                     # where the encoder begins, and the room of the state
TRUE = 70                               # the height of the right answers


def seq2seq_svg(read=READ, answer=ANSWER):
    """The encoder reads, its last state is the decoder's first one; dashed: the right answer so far, fed in
    by the teacher instead of what the decoder itself says."""
    start = LEFT + len(read) * PITCH + GAP
    written = ("go", *answer[:-1])
    parts = []
    for k, token in enumerate(read):
        parts.append(_cell(LEFT + k * PITCH, "enc", token, None))
    for k, (token, right) in enumerate(zip(written, answer, strict=True)):
        parts.append(_cell(start + k * PITCH, "dec", token, "p"))
        parts.append(svg.text(start + k * PITCH + BOX / 2, TRUE, right, 20, fill=WRONG, weight="bold"))
        if k:
            parts.append(_teacher(start + (k - 1) * PITCH, start + k * PITCH))
    for k in range(len(read) - 1):
        parts.append(_wire(LEFT + k * PITCH + BOX, LEFT + (k + 1) * PITCH))
    for k in range(len(answer) - 1):
        parts.append(_wire(start + k * PITCH + BOX, start + (k + 1) * PITCH))
    return svg.picture(WIDTH, HEIGHT, *parts, _state(start), _names(start, len(answer)))


def _cell(x, kind, below, above):
    """One step of the encoder or decoder: what goes in below, what comes out above."""
    centre = x + BOX / 2
    fill = PALE if kind == "enc" else CHOSEN
    parts = [svg.box(x, MIDDLE - 28, BOX, 56, fill=fill), svg.text(centre, MIDDLE + 6, "LSTM"),
             svg.arrow([(centre, MIDDLE + 70), (centre, MIDDLE + 29)], head=8),
             svg.text(centre, MIDDLE + 92, below, 20, weight="bold")]
    if above is not None:
        parts += [svg.arrow([(centre, MIDDLE - 29), (centre, MIDDLE - 64)], head=8),
                  svg.text(centre, MIDDLE - 74, above, 20, fill=INK, weight="bold")]
    return "".join(parts)


def _wire(a, b):
    return svg.arrow([(a, MIDDLE), (b, MIDDLE)], head=9, stroke_width=3)


def _teacher(a, b):
    """From the right answer of one step to the input of the next; the network's own answer, p, has no part in it."""
    x = a + BOX / 2 + 14
    between, high, low = a + BOX + 17, TRUE - 7, MIDDLE + 86
    points = [(x, high), (between, high), (between, low), (b + BOX / 2 - 12, low)]
    return svg.arrow(points, head=8, stroke=WRONG, dash=(6, 4))


def _state(start):
    """The bottleneck."""
    a, b = start - GAP - PITCH + BOX, start
    middle = (a + b) / 2
    return (svg.arrow([(a, MIDDLE), (b, MIDDLE)], head=12, stroke=INK, stroke_width=7)
            + svg.box(middle - 58, MIDDLE - 26, 116, 52, fill=SKY, stroke=INK, stroke_width=3)
            + svg.text(middle, MIDDLE - 4, "(h, c)", 18, weight="bold")
            + svg.text(middle, MIDDLE + 17, "2 · H numbers", SMALL))


def _names(start, steps):
    """What the parts are called."""
    middle = start - (GAP + PITCH - BOX) / 2
    right = start + (steps - 1) * PITCH + BOX
    return (svg.text(LEFT, 24, "encoder: reads", 16, "start", weight="bold")
            + svg.text(middle, MIDDLE - 44, "the bottleneck", 16, fill=INK, weight="bold")
            + svg.text(right, 24, "decoder: writes", 16, "end", weight="bold")
            + svg.text(start - 24, TRUE, "the right answer:", SMALL, "end", WRONG)
            + svg.text(right, HEIGHT - 14, "dashed: teacher forcing, in training only", SMALL, "end", WRONG)
            + svg.text(LEFT, HEIGHT - 14, "embeddings and the softmax are not drawn", SMALL, "start", GREY))


@figure
def seq2seq_figure():
    """The figure, with alt text."""
    from lstm_course.widgets.figures import show_svg
    return show_svg(seq2seq_svg(), "A sequence-to-sequence network. Three LSTM steps of the encoder read the digits "
                    "4, 7, 1. One thick arrow carries their last state, (h, c), 2 times H numbers, to the decoder, "
                    "whose three LSTM steps give probabilities p for 1, 7, 4. Dashed arrows bring the right "
                    "answer of each step, not p, to the input of the next one, in training only.",
                    data=[*map(int, READ + ANSWER)])
