"""The start page: the environment check, the browser check, and the key of the pictures."""

import re

import ipywidgets as widgets
import pytest
from packaging.specifiers import SpecifierSet

from lstm_course.explorers import check_browser, check_environment, gate_key
from lstm_course.lessons.l00_start_here.gate_key import ROLES, gate_key_svg, line_words
from lstm_course.students import environment
from lstm_course.students.check_page import ANSWERED, WAITING
from lstm_course.whereabouts import STATIC
from lstm_course.widgets.style import LOOKS, MARKS


def test_here_everything_is_there(capsys):
    check_environment()
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "Everything is there." and all(line.endswith(" ok") for line in lines[:-1])
    assert [line.split()[0] for line in lines[:-1]] == ["Python", *environment.wanted(), "networks"]
    assert {"numpy", "jupyterlab", "ipywidgets", "matplotlib"} <= set(environment.wanted())


def test_versions_are_shown_on_demand_only(capsys):
    check_environment()
    assert not re.search(r"\d\.\d", capsys.readouterr().out)
    check_environment(details=True)
    words = capsys.readouterr().out
    assert f"numpy {environment.found('numpy')}" in words and "threads" in words


@pytest.mark.parametrize("version, words", [(None, "is missing: run"), ("1.26.4", "is version 1.26.4, expected"),
                                            ("3.0", "is version 3.0"), ("2.1.0", "ok")])
def test_a_wrong_version_gets_advice(version, words):
    assert environment.advice_on("numpy", SpecifierSet(">=2.0,<3"), version).startswith(words)


def test_an_old_python_and_a_missing_package_get_advice(monkeypatch, capsys):
    assert "expected 3.11 or newer" in environment.advice_on_python((3, 9)) and environment.advice_on_python() == "ok"
    monkeypatch.setattr(environment, "found", lambda name: None if name == "tqdm" else "2.1")
    check_environment()
    words = capsys.readouterr().out
    assert "tqdm        is missing" in words and "Everything is there" not in words


def test_a_package_that_is_not_installed_gets_advice(monkeypatch):
    monkeypatch.setattr(environment, "PACKAGE", "no_such_course")
    assert "is not installed in this Python" in environment.advice()["no_such_course"]


def test_the_browser_has_to_send_the_value_back():
    check = check_browser()
    assert WAITING in check.line.value
    assert check.link.source == (check.asked, "value") and check.link.target == (check.came_back, "value")
    check.came_back.value = 1                                   # what the browser does
    assert ANSWERED in check.line.value and WAITING not in check.line.value


def test_the_browser_check_is_text_without_a_kernel(monkeypatch):
    shown = check_browser()._repr_mimebundle_()
    assert set(shown) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    assert isinstance(check_browser().line, widgets.HTML)
    monkeypatch.setenv(STATIC, "1")
    stored = check_browser()._repr_mimebundle_()
    assert set(stored) == {"text/plain"} and "run this cell" in stored["text/plain"]


def test_the_key_shows_colour_line_and_letter_of_everything():
    picture = gate_key_svg()
    assert set(ROLES) == set(MARKS)
    for name, mark in MARKS.items():
        assert mark.colour in picture and f">{mark.letter}</text>" in picture and mark.name in picture
        assert ROLES[name] in picture
    assert all(mark.colour in picture and f">{mark.letter}</text>" in picture for mark in LOOKS.values())
    assert len({line_words(mark) for mark in MARKS.values()}) == len(MARKS)
    alt = gate_key().data["text/plain"]
    assert "f, forget gate: solid" in alt and "h, hidden state: a double line" in alt
    assert min(float(s) for s in re.findall(r'<text[^>]*font-size="([\d.]+)"', picture)) >= 14
