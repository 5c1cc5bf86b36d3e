"""The figures of lesson 14: the network from sequence to sequence, and bars with the range of runs."""

import re
from html import unescape

import matplotlib
import numpy as np

from lstm_course.lessons.l14_words import seq2seq
from lstm_course.lessons.l14_words.bars import COUNTS, SKY, bars
from lstm_course.lessons.l14_words.seq2seq import seq2seq_svg


def words_of(picture):
    """The words of a picture, text by text."""
    return [unescape(re.sub("<[^>]*>", "", found)) for found in re.findall(r"<text[^>]*>(.*?)</text>", picture)]


def text_boxes(picture):
    """(left, right, baseline, size) of each text, from a cautious width of its letters."""
    for x, y, size, anchor, inner in re.findall(
            r'<text x="([\d.-]+)" y="([\d.-]+)" font-size="([\d.]+)" text-anchor="(\w+)"[^>]*>(.*?)</text>', picture):
        width = 0.62 * float(size) * len(unescape(re.sub("<[^>]*>", "", inner)))
        left = float(x) - {"start": 0, "middle": width / 2, "end": width}[anchor]
        yield left, left + width, float(y), float(size)


def overlaps(picture):
    boxes = sorted(text_boxes(picture), key=lambda box: (box[2], box[0]))
    return [(a, b) for k, a in enumerate(boxes) for b in boxes[k + 1:]
            if abs(a[2] - b[2]) < 10 and a[0] < b[1] - 4 and b[0] < a[1] - 4]


def test_the_figure_of_the_bottleneck():
    picture = seq2seq_svg()
    shown = words_of(picture)
    assert shown.count("LSTM") == 6 and "(h, c)" in shown and "go" in shown and not overlaps(picture)
    assert [word for word in shown if word in "147"].count("7") == 3
    assert picture.count("stroke-dasharray") == 2                   # one teacher's arrow from each answer but the last


def test_the_teacher_hands_on_the_right_answer_and_not_what_the_network_says():
    picture = seq2seq_svg()
    says = {float(y) for y in re.findall(r'<text x="[\d.]+" y="([\d.]+)"[^>]*>p<', picture)}
    starts = {float(y) for y in re.findall(r'<path d="M[\d.]+ ([\d.]+)[^>]*stroke-dasharray', picture)}
    (start,), (p,) = starts, says
    assert abs(start - seq2seq.TRUE) < 10 < p - start


def test_bars_show_the_mean_and_the_range_of_runs():
    fig = bars({"all": {"network": np.array([0.1, 0.3]), "pairs": 0.25}, "some": {"network": np.array([0.05, 0.15])}})
    first, second = fig.axes
    assert [round(bar.get_width(), 6) for bar in first.patches] == [20, 25] and second.patches[0].get_width() == 10
    assert [text.get_text() for text in first.texts] == ["20.0 %", "25.0 %"]
    np.testing.assert_allclose(first.lines[0].get_xdata(), [10, 30])
    assert first.yaxis_inverted()
    assert [matplotlib.colors.to_hex(bar.get_facecolor()).upper() for bar in first.patches] == [SKY, COUNTS]
