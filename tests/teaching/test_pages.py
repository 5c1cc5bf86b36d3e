"""The teacher's pages: they say only what their lessons say, and teaching/print is built from them."""

import os
import re
import subprocess
import sys
from urllib.parse import unquote

import pytest

from lstm_course.__main__ import COMMANDS
from tests.notebooks.support import lessons_on_the_map
from tests.teaching.page_rules import ROOT, evidence_faults, faults, read_lesson
from tools import print_pages as build

PAGES = build.sources()
TEACHING = ROOT / "teaching"


@pytest.mark.parametrize("path", PAGES, ids=build.name_of)
def test_page(path):
    found = faults(build.read_page(path), read_lesson(build.name_of(path)))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", PAGES, ids=build.name_of)
def test_a_claim_says_what_it_stands_on(path):
    assert not (found := evidence_faults(build.read_page(path))), "\n".join(found)


@pytest.mark.parametrize("end, fault", [
    ("", "does not end with"), ("Nothing yet.", "has the head"),
    ("| claim | experiment or cell | control | seeds | result |\n|---|---|---|---|---|", "makes no claim"),
    ("| claim | experiment or cell | control | seeds | result |\n|---|---|---|---|---|\n"
     "| U carries the past | ⑤ | U = 0 | | 5 of 5 |", "not filled"),
    ("| claim | experiment or cell | control | seeds | result |\n|---|---|---|---|---|\n"
     "| U carries the past | ⑤ | U = 0 | 5 | 5 of 5 |", None)])
def test_a_table_that_says_too_little_is_found(tmp_path, end, fault):
    path = tmp_path / "l01_rnn" / "teaching.md"
    path.parent.mkdir()
    text = PAGES[1].read_text(encoding="utf-8").partition("## What stands on what")[0]
    path.write_text(f"{text}\n\n## What stands on what\n\n{end}\n" if end else text, encoding="utf-8")
    found = evidence_faults(build.read_page(path))
    assert any(fault in words for words in found) if fault else not found


def test_every_lesson_on_the_map_has_a_page():
    assert sorted(map(build.name_of, PAGES)) == lessons_on_the_map()


# ---- planted faults ---------------------------------------------------------------------------------------


FAULTS = {
    "title": ("# 01 · A network with a memory", "# 01 · A network without a memory", "that of the notebook"),
    "gap in the plan": ("| 7-17 |", "| 8-17 |", "does not go on from minute 7"),
    "end of the plan": ("| 45-50 |", "| 45-55 |", "ends at minute 55"),
    "an empty cell": ("| ① Predict | keep |", "| ① Predict | |", "should have minutes like 0-5"),
    "a part of another name": ("| ② Try |", "| ② See |", "no part ② See"),
    "no part": ("| ② Try |", "| the widget |", "names no part"),
    "a question that nobody asks": ("then seven twos.", "then six twos.", "does not ask"),
    "an item less": ("- *Say next:* \"Watch", "- *Say:* \"Watch", "should have the items"),
    "no sentence": ("\"Read what stands above the figure. How many W are there?\"", "Read.", "not in quotation marks"),
    "a number of another lesson": ("$y_2 = 2.7271$", "$y_2 = 2.7272$", "does not compute 2.7272"),
    "a whole number": ("has 45 parameters", "has 461 parameters", "does not compute 461"),
    "a number in the worksheet": ("| 0.8597 |", "| 0.8579 |", "does not compute 0.8579"),
    "a sum that is not computed": ("<!-- computed: 0.5370 + 2 * 0.4621 + 0.1 -> 1.5612 -->", "",
                                   "does not compute 1.5612"),
    "a wrong sum": ("0.1 -> 1.5612 -->", "0.1 -> 1.5622 -->", "gives 1.5612, not 1.5622"),
    "a sum that cannot be computed": ("computed: 0.5370 +", "computed: z +", "cannot be computed"),
    "a long slide": ("- The past comes in through U, and nowhere else.", "- The past" + 35 * " and so on" + ".",
                     "more than 40"),
    "two formulas": ("- One W, one U, one b for all steps.", "- One $W$, one $U$.", "more than one"),
    "a lost blank": ("W has ____ numbers, U has ____ ,", "W has (____,____)", "gets lost"),
}


def planted(tmp_path, old, new):
    """The page of lesson 01 with a fault."""
    text = PAGES[1].read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "l01_rnn" / "teaching.md"
    path.parent.mkdir()
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize("old, new, said", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_found(tmp_path, old, new, said):
    path = planted(tmp_path, old, new)
    found = faults(build.read_page(path), read_lesson("01_rnn"))
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize("old, new, said", [
    ("## Board", "## Blackboard", "expected the headings"),
    ("— teacher's page", "", "the first line should be"),
    (r"\tanh(x_t W", r"\tanhyp(x_t W", r"\tanhyp"),
    (r"$b = (0.1,\ {-0.1})$", r"$b = (0.1,\ {-0.1)$", "braces"),
    (r"\begin{pmatrix}", r"\begin{aligned}", "uses aligned"),
    ("$V = (1,\\ 2)$", "$V = x_$", "cannot be"),
], ids=["heading", "first line", "command", "braces", "environment", "formula"])
def test_a_page_that_cannot_be_printed_stops_the_build(tmp_path, old, new, said):
    path = planted(tmp_path, old, new)
    with pytest.raises(build.PageError, match=re.escape(said)) as caught:
        build.said_with_its_name(path)
    assert str(caught.value).startswith("01_rnn: ")


# ---- what is built ----------------------------------------------------------------------------------------


def test_the_build_writes_everything_and_removes_what_is_old(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(build, "PRINT", tmp_path)
    monkeypatch.setattr(build, "HERE", tmp_path / "teaching")
    (tmp_path / "99_old_worksheet.html").write_text("old", encoding="utf-8")
    build.main(["01", "02_binary_addition"])
    assert len(list(tmp_path.iterdir())) == 11 and "10 pages" in capsys.readouterr().out
    build.main([])
    assert {path.name for path in tmp_path.iterdir()} == set(build.names())
    with pytest.raises(build.PageError, match="there is no page 99, expected one of 00_start_here"):
        build.main(["99"])


def test_to_html_marks_what_is_printed():
    html = build.to_html("**By hand** $h_t$\n\n| | a |\n|---|---|\n| b | ____ |\n\n____\n\n<!-- computed: 1 -> 1 -->")
    assert '<p class="lead"><strong>By hand</strong> <math' in html
    assert "<td></td>" in html and '<th scope="col">a</th>' in html and '<th scope="row">b</th>' in html
    assert '<p class="line"><span class="blank"' in html and html.count('role="img"') == 2
    assert "computed" not in html


# ---- what the texts for teachers point to -----------------------------------------------------------------


def broken_links(path):
    """The relative links of a Markdown or HTML file that lead nowhere."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(<?([^)\s>]+)>?[^)]*\)" if path.suffix == ".md" else r'href="([^"]+)"', text)
    near = [unquote(link.partition("#")[0]) for link in links if not re.match(r"[a-z]+:|#", link)]
    return [link for link in near if not (path.parent / link).exists()]


def test_links_lead_somewhere():
    files = sorted(TEACHING.rglob("*.md"))
    broken = {str(path.relative_to(ROOT)): found for path in files if (found := broken_links(path))}
    assert files and not broken, broken


def test_the_start_page_lists_every_page_and_says_how_to_print_them():
    text = (TEACHING / "README.md").read_text(encoding="utf-8")
    assert {f"../{path.relative_to(ROOT).as_posix()}" for path in PAGES} <= set(re.findall(r"\]\(([^)]+)\)", text))
    assert "python tools/print_pages.py" in text


def test_a_missing_package_is_named_with_the_command_that_brings_it(tmp_path):
    (tmp_path / "latex2mathml.py").write_text("raise ImportError('no', name='latex2mathml')", encoding="utf-8")
    done = subprocess.run([sys.executable, ROOT / "tools" / "print_pages.py"], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.startswith("The package latex2mathml is missing") and '-e ".[teach]"' in done.stderr


def wrong_commands(text):
    """Commands of the course in a text that do not exist: `python -m lstm_course WORD` and `python FILE`."""
    words = set(re.findall(r"python -m lstm_course (\w+)", text)) - set(filter(None, COMMANDS))
    files = {file for file in re.findall(r"python ((?:teaching|notebooks|tools)/[\w./]+\.py)", text)
             if not (ROOT / file).exists()}
    return sorted(words | files)


def test_commands_exist():
    wrong = {str(path.relative_to(ROOT)): found for path in sorted(TEACHING.rglob("*.md"))
             if (found := wrong_commands(path.read_text(encoding="utf-8")))}
    assert not wrong, wrong


def test_a_wrong_command_is_found():
    text = "python -m lstm_course chek, python -m lstm_course check, python tools/bild.py, python tools/print_pages.py"
    assert wrong_commands(text) == ["chek", "tools/bild.py"]


def test_a_broken_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("[a](page.md#part) [b](https://example.org/x.md) [c](other.md) `[d](no.md)`", encoding="utf-8")
    assert broken_links(page) == ["other.md"]
