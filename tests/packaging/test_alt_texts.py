"""Every picture has a sentence for those who do not see it: in Markdown, in HTML pages, in stored outputs.

The PNG outputs of the notebooks are checked by tests/notebooks (rules.bad_pictures), live pages by tests/browser.
"""

import json
import re
from html.parser import HTMLParser

import pytest

from tests.notebooks.rules import says_something
from tests.packaging.test_files import ROOT, files

FILE_NAME = re.compile(r"[\w-]+\.(png|svg|jpe?g|gif)\s*$", re.I)
MARKDOWN_PICTURE = re.compile(r"!\[(.*?)\]\(", re.S)
CODE = re.compile(r"(?ms)^(```|~~~).*?^\1|`[^`\n]*`")


class Pictures(HTMLParser):
    """Collects the name of each <img> and <svg> of a page; what is hidden from screen readers needs none."""

    def __init__(self, text):
        super().__init__()
        self.names, self.inside = [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "svg" and not self.inside and given.get("aria-hidden") != "true":
            self.names.append(given.get("aria-label", "") if given.get("role") == "img" else "(no role=img)")
        if tag == "img":
            self.names.append(given.get("alt") or "")
        self.inside += tag == "svg"

    def handle_endtag(self, tag):
        self.inside -= tag == "svg"

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)


def alt_faults(names):
    """The names that tell nothing."""
    return [name for name in names if not says_something(name) or FILE_NAME.search(name)]


def names_in(path):
    """The names of all pictures in a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        outputs = [output for cell in json.loads(text)["cells"] for output in cell.get("outputs", [])]
        html = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs]
        return [name for page in html for name in Pictures(page).names]
    if path.suffix == ".md":
        text = CODE.sub("", text)
        return MARKDOWN_PICTURE.findall(text) + Pictures(text).names
    return Pictures(text).names


def test_every_picture_has_a_sentence():
    found = {str(path.relative_to(ROOT)): faults for path in files() if path.suffix in (".md", ".html", ".ipynb")
             if (faults := alt_faults(names_in(path)))}
    assert found == {}


def test_pictures_are_found_at_all():
    assert names_in(ROOT / "README.md")


@pytest.mark.parametrize("name, text, faults", [
    ("a.md", "![](a.png)", 1), ("a.md", "![stepper.png](a.png)", 1), ("a.md", "![A diagram](a.png)", 1),
    ("a.md", "![The RNN stepper with two steps of a network](a.png)", 0), ("a.md", "```\n![](a.png)\n```", 0),
    ("a.html", '<img src="a.png">', 1), ("a.html", '<img src="a.png" alt="A wave that fades over ten steps">', 0),
    ("a.html", "<svg><path/></svg>", 1), ("a.html", '<svg aria-hidden="true"><path/></svg>', 0),
    ("a.html", '<svg role="img" aria-label="A wave that fades over ten steps"><svg/></svg>', 0),
    ("a.html", '<svg role="img"><title>A wave that fades</title></svg>', 1),
], ids=["none", "file name", "too short", "good", "code", "img", "img good", "svg", "hidden", "svg good",
        "svg no label"])
def test_a_picture_without_a_sentence_is_found(tmp_path, name, text, faults):
    path = tmp_path / name
    path.write_text(text)
    assert len(alt_faults(names_in(path))) == faults


def test_an_output_without_a_sentence_is_found(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": [{"outputs": [{"data": {"text/html": ["<img src='", "a.png'>"]}}]}]}))
    assert alt_faults(names_in(path)) == [""]
