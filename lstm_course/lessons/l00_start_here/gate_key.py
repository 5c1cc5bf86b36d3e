"""Figure of the start page: how each gate, state and gradient is drawn in the whole course."""

from lstm_course.widgets import svg
from lstm_course.widgets.declare import figure
from lstm_course.widgets.figures import show_svg
from lstm_course.widgets.style import ALL, FRAME, GREY, LOOKS, MARKS

ROLES = {
    "f": "how much of the old memory is kept",
    "i": "how much of the new candidate is written",
    "o": "how much of the memory is shown",
    "g": "what could be written; a value, not a gate",
    "c": "the memory of an LSTM",
    "h": "what a network hands on and shows",
    "gradient": "how the loss changes; it runs backwards",
}
WIDTH, ROW, HEAD = 880, 46, 52
COLUMNS = 30, 80, 310, 500              # letter, line, name, role


def gate_key_svg():
    """The key as SVG text: one row for each quantity."""
    height = HEAD + ROW * (len(ROLES) + 1) + 8
    heads = [svg.text(x, 30, words, 16, "start", GREY) for x, words in zip(
        COLUMNS, ("letter", "\u2003line and colour", "name", "what it does"), strict=True)]
    rule = svg.path([(16, HEAD - 8), (WIDTH - 16, HEAD - 8)], stroke=FRAME, stroke_width=1)
    rows = [_row(HEAD + ROW * (k + 0.5), name) for k, name in enumerate(ROLES)]
    return svg.picture(WIDTH, height, *heads, rule, *rows, _looks(height - ROW))


def _looks(top):
    """Whose curve it is: the lines of the networks and of runs, in a row."""
    places = dict(zip(LOOKS, (16, 182, 352, 520, 694), strict=True))
    lines = [svg.wire([(x, top + 20), (x + 50, top + 20)], name) for name, x in places.items()]
    names = [svg.text(x + 58, top + 26, LOOKS[name].letter, 16, "start", LOOKS[name].ink, "bold")
             for name, x in places.items()]
    rule = svg.path([(16, top - 4), (WIDTH - 16, top - 4)], stroke=FRAME, stroke_width=1)
    return rule + "".join(lines + names)


def _row(y, name):
    mark, (letter, line, words, role) = MARKS[name], COLUMNS
    drawn = svg.wire([(line + 14, y), (line + 194, y)], name)
    return drawn + svg.text(letter + 18, y + 8, mark.letter, 24, fill=mark.ink, weight="bold") + svg.text(
        words, y + 6, mark.name, 17, "start", weight="bold") + svg.text(role, y + 6, ROLES[name], 16, "start")


def line_words(mark):
    """The line of a quantity in words."""
    if mark.double:
        return "a double line"
    return {(): "solid", (9, 5): "dashed", (2, 4): "dotted", (10, 4, 2, 4): "dash-dot", (14, 4): "long dashes",
            (5, 3): "short dashes", (16, 3): "very long dashes", (12, 3, 3, 3): "long and short dashes",
            (9, 4): "dashed"}[mark.dash] + (", thick" if mark.width >= 5 else "")


@figure
def gate_key():
    """Colour, line and letter of every quantity of the course, and whose curve it is."""
    rows = [f"{mark.letter}, {mark.name}: {line_words(mark)}" for mark in ALL.values()]
    return show_svg(gate_key_svg(), "The key of the course's pictures. " + "; ".join(rows) + ".", title="Key")
