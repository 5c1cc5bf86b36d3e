"""What the race of lesson 09 and the ablation bench of lesson 11 share: a stored run trained once more, live."""

import time

from lstm_course.widgets.numbers import span


def follow(training, updates, seconds):
    """Yields (share done, points so far) for each stage of a training that has `updates` and `score`.

    Ends after so many `seconds` of the processor; a point is (updates, score).
    """
    start, points = time.process_time(), []
    for now in training:
        points.append((now.updates, now.score))
        spent = (time.process_time() - start) / seconds
        yield min(1.0, max(now.updates / updates, spent)), points
        if spent >= 1:
            return
    yield 1.0, points


def updates_words(solved):
    """How many updates the runs that solve a task take: "75–375", or "–" if none does (0)."""
    return span(solved[solved > 0])
