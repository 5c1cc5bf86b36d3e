"""Exceptions that tell a student in one line what to do."""


class OneLine:
    """An exception that says what to do; IPython shows it as one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class NoSuchName(OneLine, AttributeError):
    """There is no exercise of that name."""


class NoSuchChoice(OneLine, ValueError):
    """A lesson, an exercise or a control was asked for that does not exist."""
