"""What the README promises is there: its links, its pictures, its map, and the message of a check that it quotes."""

import re
from pathlib import Path

import pytest

from lstm_course.exercises import check
from tests.notebooks.rules import says_something
from tests.notebooks.support import LESSONS, map_rows

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def without_code(markdown):
    """A Markdown text without its fenced blocks."""
    return re.sub(r"(?ms)^(`{3,}).*?^\1$", "", markdown)


def anchors(markdown):
    """The places that a link may name after #, as GitHub makes them from headings."""
    heads = re.findall(r"^#+ (.+)$", without_code(markdown), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def dead_links(markdown, folder):
    """Relative links that lead nowhere."""
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(markdown)):
        path, _, place = link.partition("#")
        target = folder / path if path else None
        if re.match(r"[a-z]+:", link):
            continue
        known = anchors(target.read_text(encoding="utf-8") if path else markdown) if place and (
            not path or target.suffix == ".md" and target.exists()) else {place}
        if (target and not target.exists()) or place not in known:
            dead.append(link)
    return dead


def test_every_link_leads_somewhere():
    assert not dead_links(README, ROOT)


@pytest.mark.parametrize("link", ["notebooks/15_more.ipynb", "#the-mapp", "teaching/README.md#nothing"])
def test_a_dead_link_is_found(link):
    assert dead_links(f"[a]({link}) [b](#c)\n# C", ROOT) == [link]


def test_every_picture_says_what_it_shows():
    pictures = re.findall(r"!\[([^\]]*)\]\((notebooks/pictures/[^)]+)\)", README)
    assert len(pictures) >= 4 and all(says_something(alt) for alt, _ in pictures)
    named = {ROOT / path for _, path in pictures}
    assert named == set((ROOT / "notebooks" / "pictures").iterdir()), "every picture is used"


def test_the_map_is_that_of_the_start_page():
    rows = map_rows(README)
    start = map_rows((ROOT / "lstm_course" / "lessons" / "l00_start_here" / "text.md").read_text(encoding="utf-8"))
    assert len(rows) >= 17 and set(rows) <= {path.stem for path in LESSONS}
    assert start and start == {name: row for name, row in rows.items() if name != "00_start_here"}


def test_the_quoted_message_is_what_the_check_says():
    said = check.rnn_step(check.rnn_step.mutants["u_transposed"].function).headline
    quoted = " ".join(line.strip("> ") for line in README.splitlines() if line.startswith("  > "))
    assert quoted == said
