"""The offline folder: made once, then installed and opened by its one command where the network is cut off."""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.utils import parse_wheel_filename

from tests.browser.jupyterlab import need_a_browser
from tests.packaging.elsewhere import (
    assert_it_ran,
    bare_environment,
    need_an_index,
    run_notebook_cut_off,
    why_not_cut_off,
)
from tests.packaging.test_settings import constraints
from tools import offline

ROOT = Path(__file__).resolve().parents[2]
INSTALLER = ROOT / "teaching" / "lab_computer" / "install.py"
NO_PROXY_ANSWERS = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")


def lab_environment(home):
    """The variables of a lab's computer: this machine's, and a web proxy that answers to nobody."""
    bare = bare_environment(home)
    python = Path(sys.base_prefix) / ("" if os.name == "nt" else "bin")     # the Python for which the folder is made
    return {**bare, **NO_PROXY_ANSWERS, "PATH": f"{python}{os.pathsep}{bare['PATH']}"}


def command(folder):
    """What a person types on the lab's computer."""
    return [sys.executable, str(folder / "install.py")] if os.name == "nt" else ["sh", str(folder / "install.sh")]


def run_installer(folder, lab, home):
    """Installs without opening the course: JupyterLab only says its version."""
    return subprocess.run([*command(folder), str(lab), "--version"], env=lab_environment(home), capture_output=True,
                          text=True)


def linked_copy(folder, place):
    """A copy of the folder that takes no room: files are replaced in it, not changed."""
    return shutil.copytree(folder, place, copy_function=os.link)


def change_contents(folder, change):
    """Rewrites the list of the folder's contents."""
    path = folder / "contents.json"
    contents = json.loads(path.read_text())
    change(contents)
    path.unlink()
    path.write_text(json.dumps(contents))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where everything of this module stands (half a gigabyte, so it goes when the tests are done)."""
    place = tmp_path_factory.mktemp("offline")
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def folder(place):
    """The folder that the command makes for computers like this one, and its zip beside it."""
    if importlib.util.find_spec("pip") is None:
        pytest.skip("this Python has no pip, with which the wheels are fetched")
    made = place / "course offline"
    done = subprocess.run([sys.executable, ROOT / "tools" / "offline.py", made, "--zip"], capture_output=True,
                          text=True, cwd=place)
    if "No package index was reached" in done.stderr:
        need_an_index("Connection failed")
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d+ wheels, \d+ MB", done.stdout) and "Next: copy course offline" in done.stdout
    return made


@pytest.fixture(scope="module")
def lab(folder, place):
    """The course after its one command on the lab's computer, with what was seen of lesson 01."""
    need_a_browser()
    lab, home = place / "recurrent_networks", place / "home"
    home.mkdir()
    seen = run_notebook_cut_off(command=[*command(folder), str(lab)], name="01_rnn.ipynb", root=str(lab / "notebooks"),
                                environment=lab_environment(home), seconds=300)
    return lab, seen


# ---- the folder ---------------------------------------------------------------------------------------------


def test_the_folder_holds_what_a_computer_needs(folder):
    assert {path.name for path in folder.iterdir()} == {
        "README.txt", "install.sh", "install.bat", "install.py", "contents.json", "wheels", "notebooks"}
    wheels = dict(parse_wheel_filename(path.name)[:2] for path in (folder / "wheels").iterdir())
    pinned = constraints()
    assert set(wheels) - set(pinned) == {"lstm-course", "pip"}
    assert {name: version for name, version in wheels.items() if name in pinned and pinned[name] != version} == {}
    assert {"numpy", "jupyterlab", "setuptools", "bleach", "tinycss2"} <= set(wheels)
    lessons = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {path.name for path in (folder / "notebooks").iterdir()} == lessons | {"pictures"}
    assert str(offline.this_computer()) in (folder / "README.txt").read_text()


def test_the_list_names_every_file(folder):
    listed = json.loads((folder / "contents.json").read_text())["files"]
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(listed) == files - {"contents.json"}


def test_the_zip_holds_the_folder(folder):
    with zipfile.ZipFile(f"{folder}.zip") as archive:
        held = {name: info.file_size for name, info in ((info.filename, info) for info in archive.infolist())
                if not name.endswith("/")}
    assert held == {path.relative_to(folder.parent).as_posix(): path.stat().st_size
                    for path in folder.rglob("*") if path.is_file()}


def test_the_scripts_have_the_line_ends_of_their_system(folder):
    assert b"\r" not in (folder / "install.sh").read_bytes()
    for name in ("install.bat", "README.txt"):
        text = (folder / name).read_bytes()
        assert text.count(b"\r\n") == text.count(b"\n") > 5


# ---- the lab's computer -------------------------------------------------------------------------------------


def test_lesson_01_runs_after_one_command(lab):
    folder, seen = lab
    assert_it_ran(seen, folder / ".venv")
    assert Path(seen["course"]).is_relative_to(folder / ".venv")


def test_the_network_was_cut(lab):
    _, seen = lab
    if reason := why_not_cut_off():
        pytest.skip(f"the network could not be cut here ({reason}): only pip and a proxy kept the course from it")
    assert seen["network_error"] == "ENETUNREACH"


def test_the_command_again_keeps_what_was_written(folder, lab, place):
    lab, _ = lab
    lesson, gone = lab / "notebooks" / "01_rnn.ipynb", lab / "notebooks" / "02_binary_addition.ipynb"
    work = lesson.read_text(encoding="utf-8").replace("A network with a memory", "My own notes")
    lesson.write_text(work, encoding="utf-8")
    gone.unlink()
    environment = (lab / ".venv" / "installed.json").stat().st_mtime_ns
    done = run_installer(folder, lab, place / "home")
    assert done.returncode == 0, done.stderr
    assert lesson.read_text(encoding="utf-8") == work
    assert gone.exists()
    assert (lab / ".venv" / "installed.json").stat().st_mtime_ns == environment, "it was installed again"


def test_the_opener_needs_the_folder_no_more(lab, place):
    lab, _ = lab
    name = "open_course.bat" if os.name == "nt" else "open_course.sh"
    shell = ["cmd", "/c"] if os.name == "nt" else ["sh"]
    done = subprocess.run([*shell, lab / name, "--version"], env=lab_environment(place / "home"), cwd=place,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(constraints()["jupyterlab"])


def test_a_missing_wheel_is_told(folder, place, tmp_path):
    broken = linked_copy(folder, place / "missing wheel")
    [wheel] = (broken / "wheels").glob("numpy-*")
    wheel.unlink()
    done = run_installer(broken, tmp_path / "lab", tmp_path)
    assert done.returncode == 1
    assert f"1 of the {len(json.loads((folder / 'contents.json').read_text())['files'])} files" in done.stderr
    assert f"wheels/{wheel.name}" in done.stderr and "Copy the whole folder again" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "lab").exists()


def test_an_environment_of_somebody_else_stays(folder, tmp_path):
    mine = tmp_path / "lab" / ".venv" / "mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("years of work")
    done = run_installer(folder, tmp_path / "lab", tmp_path)
    assert done.returncode == 1 and "is not an environment of the course" in done.stderr
    assert mine.read_text() == "years of work"


def test_a_wheel_that_was_forgotten_is_told(folder, place, tmp_path):
    broken = linked_copy(folder, place / "forgotten wheel")
    [wheel] = (broken / "wheels").glob("webencodings-*")
    wheel.unlink()
    change_contents(broken, lambda contents: contents["files"].pop(f"wheels/{wheel.name}"))
    done = run_installer(broken, tmp_path / "lab", tmp_path)
    assert done.returncode == 1
    assert "could not be installed from this folder" in done.stderr and "webencodings" in done.stderr
    assert not (tmp_path / "lab" / ".venv" / "installed.json").exists(), "a broken environment counts as installed"


def test_a_damaged_file_is_told(folder, place, tmp_path):
    broken = linked_copy(folder, place / "damaged file")
    path = broken / "notebooks" / "01_rnn.ipynb"
    text = path.read_bytes()
    path.unlink()
    path.write_bytes(text[:-100])
    done = run_installer(broken, tmp_path / "lab", tmp_path)
    assert done.returncode == 1
    assert "The file notebooks/01_rnn.ipynb of this folder is damaged" in done.stderr


@pytest.mark.parametrize("kind, words", [
    (["other", "x86_64", "3.12"], ["other (x86_64)", "--platform"]),
    ([offline.HERE, offline.this_computer().machine, "3.99"], ["3.99", "--python {}.{}".format(*sys.version_info)]),
], ids=["another system", "another Python"])
def test_another_computer_is_told(folder, place, tmp_path, kind, words):
    other = linked_copy(folder, tmp_path / "folder")
    change_contents(other, lambda contents: contents.update(computers=[kind]))
    done = run_installer(other, tmp_path / "lab", tmp_path)
    assert done.returncode == 1
    assert all(word in done.stderr for word in words), done.stderr
    assert not (tmp_path / "lab").exists()


def test_an_old_python_understands_the_installer():
    ast.parse(INSTALLER.read_text(encoding="utf-8"), feature_version=(3, 7))


# ---- other systems, without a network -----------------------------------------------------------------------


INDEX = {       # package -> what it needs; the names are in constraints.txt
    "tqdm": ["colorama; platform_system == 'Windows'"],
    "bleach": ["webencodings", "tinycss2; extra == 'css'", "torch; extra == 'other'"],
    "terminado": ["ptyprocess; os_name != 'nt'", "pywinpty; os_name == 'nt'"],
    "ipykernel": ["appnope; sys_platform == 'darwin'", "six; python_version < '3.12'"],
}
COURSE = ["tqdm>=4", "bleach[css]", "terminado", "ipykernel", "bleach"]
ALL = {"tqdm", "bleach", "webencodings", "tinycss2", "terminado", "ipykernel", "setuptools", "pip", "lstm-course"}


def make_wheel(folder, name, needs):
    """A wheel with nothing but its metadata."""
    path = folder / f"{name.replace('-', '_')}-1.0-py3-none-any.whl"
    lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0", *(f"Requires-Dist: {need}" for need in needs)]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name.replace('-', '_')}-1.0.dist-info/METADATA", "\n".join(lines) + "\n")
    return path


@pytest.fixture
def asked(monkeypatch):
    """A small index instead of pip's; what was asked of it."""
    asked = []

    def download(names, computer, folder):
        asked.extend(names)
        return [make_wheel(folder, name, INDEX.get(name, [])) for name in names]

    monkeypatch.setattr(offline, "download", download)
    return asked


@pytest.mark.parametrize("system, python, more", [
    ("windows", "3.12", {"colorama", "pywinpty"}), ("macos", "3.12", {"ptyprocess", "appnope"}),
    ("linux", "3.11", {"ptyprocess", "six"}), ("linux", "3.12", {"ptyprocess"})])
def test_another_system_gets_what_it_needs(asked, tmp_path, system, python, more):
    course = make_wheel(tmp_path, "lstm-course", COURSE)
    [computer] = offline.computers([system], [python])
    files = offline.collect(computer, course, tmp_path)
    assert {parse_wheel_filename(name)[0] for name in files} == ALL | more
    assert sorted(path.name for path in tmp_path.iterdir()) == files


def test_computers_share_their_common_wheels(asked, tmp_path):
    course = make_wheel(tmp_path, "lstm-course", COURSE)
    for computer in offline.computers(["windows", "linux"], ["3.12"]):
        offline.collect(computer, course, tmp_path)
    assert sorted(asked) == sorted(ALL - {"lstm-course"} | {"colorama", "pywinpty", "ptyprocess"})


def test_what_has_no_constraint_is_told(asked, tmp_path):
    course = make_wheel(tmp_path, "lstm-course", ["unheard-of"])
    with pytest.raises(offline.OfflineError, match="constraints.txt has no version of unheard-of"):
        offline.collect(offline.this_computer(), course, tmp_path)


# ---- what can go wrong on the teacher's computer ------------------------------------------------------------


def test_a_folder_that_is_not_empty_stays_as_it_is(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("precious")
    assert offline.main([str(tmp_path)]) == 1
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("options, words", [
    (["--python", "2.7"], "version like 3.12"), (["--python", "3"], "version like 3.12"),
    (["--python", "new", "--platform", "linux"], "'new'")], ids=["2.7", "3", "new"])
def test_a_wrong_version_is_told(tmp_path, options, words, capsys):
    assert offline.main([str(tmp_path / "new"), *options]) == 1
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_an_unknown_platform_is_told(tmp_path, capsys):
    with pytest.raises(SystemExit):
        offline.main([str(tmp_path / "new"), "--platform", "amiga"])
    said = capsys.readouterr().err
    assert "amiga" in said and all(system in said for system in offline.SYSTEMS)


def test_a_folder_in_no_folder_is_told(tmp_path, capsys):
    assert offline.main([str(tmp_path / "a" / "b")]) == 1
    assert "does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("retries", ["0", "1"])
def test_without_a_network_nothing_is_left(tmp_path, monkeypatch, capsys, retries):
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in {**NO_PROXY_ANSWERS, "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": retries,
                        "PIP_INDEX_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    assert offline.main([str(tmp_path / "new")]) == 1
    assert "No package index was reached" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_systems_are_those_of_the_constraints():
    assert set(offline.SYSTEMS) == {"linux", "windows", "macos"}
    assert offline.constraints() == {name: str(version) for name, version in constraints().items()}
