"""The marks by which explorers and figures are found (see lstm_course/explorers.py)."""


def explorer(function):
    """Mark a function of a lesson that returns an Explorer."""
    return function


def figure(function):
    """Mark a function of a lesson that shows a figure."""
    return function
