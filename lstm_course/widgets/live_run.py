"""What the race of lesson 09 and the ablation bench of lesson 11 share: a stored run trained once more, live."""

import time


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


def span(solved):
    """"75–375" updates, or "–" if none is solved."""
    times = solved[solved > 0]
    if not times.size:
        return "–"
    return f"{times.min()}" if times.min() == times.max() else f"{times.min()}–{times.max()}"
