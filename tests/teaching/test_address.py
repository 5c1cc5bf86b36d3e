"""The public address of the repository: every link agrees with pyproject.toml, and one command changes all of them."""

import re
import shutil
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.notebooks.support import lessons_on_the_map
from tests.packaging.test_files import BINARY, files
from tools import address

ROOT = Path(__file__).resolve().parents[2]
OURS = address.current()
LESSONS = [f"notebooks/{name}.ipynb" for name in lessons_on_the_map()]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NEW = ("ada-l", "rnn.course")
LINK = re.compile(r"mybinder\.org/v2/gh/([\w.-]+/[\w.-]+)/")


def texts(root, paths):
    """{path from the root: text} of the files that are text."""
    return {path.relative_to(root): path.read_text(encoding="utf-8") for path in paths if path.suffix not in BINARY}


@pytest.fixture
def copied(tmp_path):
    """A copy of everything that may hold the address, and of two files that must not change."""
    for place in (*address.PLACES, "constraints.txt", "LICENSE"):
        copy = shutil.copytree if (ROOT / place).is_dir() else shutil.copy2
        copy(ROOT / place, tmp_path / place)
    return tmp_path


def all_texts(root):
    """All text files of a copy."""
    return texts(root, [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts])


# ---- the links of this repository ---------------------------------------------------------------------------


def test_every_link_agrees_with_pyproject():
    ours = "/".join(OURS)
    found = {path: set(LINK.findall(text)) for path, text in texts(ROOT, files()).items()
             if LINK.search(text)}
    assert set(found) >= {Path("README.md")}
    assert set().union(*found.values()) == {ours}, found
    assert f'repository-code: "https://github.com/{ours}"\n' in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_no_file_that_the_command_leaves_alone_has_the_address():
    known = {path.relative_to(ROOT) for path in address.files()}
    held = {path for path, text in texts(ROOT, files()).items() if "/".join(OURS) in unquote(text)}
    assert {Path("pyproject.toml"), Path("README.md"), Path("CITATION.cff")} <= held <= known


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_map_opens_the_lesson_on_binder(lesson):
    [row] = [line for line in README.splitlines() if line.startswith("| [") and f"]({lesson})" in line]
    [link] = re.findall(r"\((https://mybinder[^)]*)\)", row)
    assert link == address.binder_link(OURS, lesson)
    assert parse_qs(urlsplit(link).query) == {"labpath": [lesson]}
    assert (ROOT / lesson).is_file()


def test_every_binder_link_names_a_notebook():
    found = re.findall(r"mybinder\.org/v2/[^)\s]*labpath=([^)\s\"]*)", README)
    assert len(found) >= len(LESSONS) + 1
    assert set(found) == set(LESSONS)


def test_the_badge_has_an_alternative_text():
    [text, link] = re.search(r"\[!\[([^\]]*)\]\(https://mybinder\.org/badge_logo\.svg\)\]\(([^)]*)\)", README).groups()
    assert len(text) > 10
    assert link == address.binder_link(OURS, "notebooks/00_start_here.ipynb")


# ---- the command --------------------------------------------------------------------------------------------


def test_the_command_changes_every_address_and_nothing_else(copied, capsys):
    old_name, old_repo = OURS
    folder = copied / "teaching" / "server"
    folder.mkdir(exist_ok=True)
    link = address.server_link("https://hub.example.edu", OURS, LESSONS[0])
    (folder / "made_up.md").write_text(f"{link}\r\ngit clone https://github.com/{'/'.join(OURS)}.git\ncd {old_repo}\n"
                                       f"github.com/{old_name}/{old_repo}-2 github.com/other/{old_repo}\n"
                                       f"a word: {old_repo}\n", newline="")
    before = all_texts(copied)
    assert address.main([f"https://github.com/{'/'.join(NEW)}"], copied) == 0
    after = all_texts(copied)
    assert address.current(copied) == NEW
    said, _, still = capsys.readouterr().out.partition("\nThese lines name ")
    assert f"made_up.md:5: a word: {old_repo}\n" in still
    said = said.split()
    assert {"pyproject.toml", "README.md", "CITATION.cff", "teaching/server/made_up.md"} <= set(said)
    for path, text in before.items():
        old, new = ("/".join(pair) for pair in (OURS, NEW))
        if path == Path("teaching/server/made_up.md"):
            assert address.server_link("https://hub.example.edu", NEW, LESSONS[0]) + "\n" in after[path]
            assert f"clone https://github.com/{new}.git\ncd {NEW[1]}\n" in after[path]
            assert f"\ngithub.com/{old}-2 github.com/other/{old_repo}\n" in after[path]
            assert f"a word: {old_repo}\n" in after[path]
            assert b"\r\n" in (copied / path).read_bytes(), "the line ends were changed"
            continue
        assert f"{old}/" not in unquote(after[path]) and f'{old}"' not in after[path], path
        for line, now in zip(text.splitlines(), after[path].splitlines(), strict=True):
            assert now.replace(NEW[0], old_name).replace(NEW[1], old_repo) == line, path
        assert (text != after[path]) == (str(path) in said), path
    assert LINK.findall(after[Path("README.md")]) == ["/".join(NEW)] * len(LINK.findall(README))


def test_the_same_command_again_changes_nothing(copied, capsys):
    address.main(["github.com/" + "/".join(NEW)], copied)
    once = all_texts(copied)
    assert address.main(["github.com/" + "/".join(NEW)], copied) == 0
    assert all_texts(copied) == once
    assert capsys.readouterr().out.endswith("Nothing was to be changed.\n")


def test_there_and_back_gives_the_same_files(copied):
    before = all_texts(copied)
    for new in (NEW, ("x", "y"), OURS):
        address.main(["github.com/" + "/".join(new)], copied)
    assert all_texts(copied) == before


@pytest.mark.parametrize("text", ["github.com/name", "gitlab.com/name/repo", "name/repo", "github.com/-a/b",
                                  "github.com/a/b/tree/main", "github.com/a b/c", "github.com/a/..", ""])
def test_what_is_no_address_is_told(text, copied, capsys):
    before = all_texts(copied)
    assert address.main([text], copied) == 1
    said = capsys.readouterr().err
    assert repr(text) in said and "github.com/NAME/REPO" in said
    assert all_texts(copied) == before


@pytest.mark.parametrize("text", ["github.com/a-b/c.d", "https://github.com/a-b/c.d", "http://www.github.com/a-b/c.d/",
                                  "https://github.com/a-b/c.d.git", " github.com/a-b/c.d\n"])
def test_the_usual_ways_to_write_an_address(text):
    assert address.parse(text) == ("a-b", "c.d")


@pytest.mark.parametrize("arguments", [["--server"], ["--help"], ["a", "b"], ["--server", "hub"]], ids=" ".join)
def test_other_arguments_are_told(arguments, capsys):
    assert address.main(arguments) == 1
    assert re.search("is expected|expects", capsys.readouterr().err)


def test_without_arguments_the_links_are_shown(capsys):
    every = address.lessons()
    assert set(LESSONS) <= set(every)
    assert address.main([]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [address.binder_link(OURS, lesson) for lesson in every]
    assert address.main(["--server", "https://hub.example.edu/"]) == 0
    assert capsys.readouterr().out.count("https://hub.example.edu/hub/user-redirect/git-pull?") == len(every)
