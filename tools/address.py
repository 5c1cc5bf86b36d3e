"""Sets the public address of this repository wherever it stands, or shows the links to the lessons.

    python tools/address.py                                   # the address that is set, and the Binder links
    python tools/address.py github.com/NAME/REPO              # sets it; again for a fork or after a move
    python tools/address.py --server https://hub.example.edu  # the lessons' links on a class server

pyproject.toml ([project.urls], Repository) says what the address is. The command changes it there and in README.md,
CITATION.cff, CHANGELOG.md and the files of teaching/. Links on a class server need nbgitpuller there: a click gives a
student a copy of this repository, or brings the copy up to date without touching what the student has changed.
"""

import re
import sys
import tomllib
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
PLACES = ("README.md", "CITATION.cff", "CHANGELOG.md", "teaching", "pyproject.toml")     # what holds the old one last
WANTED = "github.com/NAME/REPO, as in github.com/ada/rnn-course"
ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?github\.com/(?P<name>[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))/"
                     r"(?P<repo>[A-Za-z0-9._-]+?)(?:\.git)?/?")
SLASH = "(/|%2F)"       # %2F inside the query of another link


class AddressError(ValueError):
    """What is wrong with an address, in a sentence for the person who gave it."""


def parse(text):
    """(name, repo) of an address on GitHub."""
    found = ADDRESS.fullmatch(text.strip())
    if not found or found["repo"] in (".", ".."):
        raise AddressError(f"An address is expected that looks like {WANTED}; {text!r} does not. Nothing was changed.")
    return found["name"], found["repo"]


def current(root=ROOT):
    """(name, repo) as pyproject.toml has them."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if not (address := project.get("urls", {}).get("Repository")):
        raise AddressError("pyproject.toml has no [project.urls] with the line Repository = \"https://github.com/…\".")
    return parse(address)


def files(root=ROOT):
    """The text files that may hold the address."""
    for place in PLACES:
        path = root / place
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts and is_text(file):
                yield file


def is_text(file):
    """Can it be read as UTF-8? A picture or an old class list is left alone."""
    try:
        return "\0" not in file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return False


def replaced(text, old, new):
    """The text with the new address: links to GitHub and Binder, and what names the folder of a copy."""
    (old_name, old_repo), (name, repo) = old, new
    begin, end = r"(?:\b|(?<=%2F))", r"(?![\w-]|\.(?!git\b)\w)"        # not within a longer name
    was = rf"{re.escape(old_name)}{SLASH}{re.escape(old_repo)}{end}"
    text = re.sub(rf"{begin}(github\.com|mybinder\.org/v2/gh){SLASH}{was}", rf"\g<1>\g<2>{name}\g<3>{repo}", text)
    text = re.sub(rf"{begin}((?:lab|doc){SLASH}tree{SLASH}){re.escape(old_repo)}{SLASH}", rf"\g<1>{repo}\g<4>", text)
    return re.sub(rf"(\bgit clone [^\n]*\s+cd ){re.escape(old_repo)}{end}", rf"\g<1>{repo}", text)


def change(address, root=ROOT):
    """Sets the address; gives the files that were changed."""
    old, new = current(root), parse(address)
    changed = []
    for file in files(root):
        before = file.read_bytes().decode("utf-8")          # as bytes: line ends stay as they are
        after = replaced(before, old, new)
        if after != before:
            file.write_bytes(after.encode("utf-8"))
            changed.append(file)
    return changed


def left(name, root=ROOT):
    """The lines that hold a name still, for a person to look at: a word in a text may mean something else."""
    for file in files(root):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line):
                yield f"{file.relative_to(root)}:{number}: {line.strip()[:80]}"


def lessons(root=ROOT):
    """The paths of the lessons, as links have them."""
    return [path.relative_to(root).as_posix() for path in sorted((root / "notebooks").glob("*.ipynb"))]


def binder_link(address, lesson):
    """Opens a lesson in a JupyterLab on Binder."""
    return f"https://mybinder.org/v2/gh/{'/'.join(address)}/HEAD?labpath={lesson}"


def server_link(server, address, lesson):
    """Opens a lesson in a student's own copy of the repository on a class server that has nbgitpuller."""
    if not re.fullmatch(r"https?://[\w.-]+(:\d+)?(/\S*)?", server):
        raise AddressError(f"--server expects the address of the class server, as in https://hub.example.edu; "
                           f"{server!r} came.")
    repository = quote(f"https://github.com/{'/'.join(address)}", safe="")
    path = quote(f"lab/tree/{address[1]}/{lesson}", safe="")
    return f"{server.rstrip('/')}/hub/user-redirect/git-pull?repo={repository}&urlpath={path}"


def main(arguments, root=ROOT):
    """Does what the arguments say; returns 1 if they cannot be used."""
    try:
        if arguments[:1] == ["--server"] and len(arguments) == 2:
            links = [server_link(arguments[1], current(root), lesson) for lesson in lessons(root)]
        elif len(arguments) == 1 and not arguments[0].startswith("-"):
            old = current(root)
            changed = change(arguments[0], root)
            print("\n".join(f"changed {file.relative_to(root)}" for file in changed) or "Nothing was to be changed.")
            if old[1] != current(root)[1] and (lines := list(left(old[1], root))):
                print(f"These lines name {old[1]} still. Look whether they mean the folder of the repository:",
                      *lines[:20], sep="\n")
            return 0
        elif not arguments:
            print(f"The address is github.com/{'/'.join(current(root))}. The lessons on Binder:")
            links = [binder_link(current(root), lesson) for lesson in lessons(root)]
        else:
            raise AddressError(f"One address is expected: {WANTED}.\n{__doc__}")
    except AddressError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(links))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
