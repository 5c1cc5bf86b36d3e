"""Checks may think three times as long here, so that what they find does not depend on the machine's other work."""

import pytest

from lstm_course.checking import budget


@pytest.fixture(autouse=True)
def patience(monkeypatch, request):
    if "usual_pace" not in request.fixturenames:
        monkeypatch.setattr(budget, "PACE", 3)


@pytest.fixture
def usual_pace():
    """For tests of how long a check thinks."""
