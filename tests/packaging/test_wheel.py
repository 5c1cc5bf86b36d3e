"""The wheel holds every module and every data file: built from a copy, installed elsewhere, and loaded there."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "lstm_course"
NO_DATA = {".py", ".pyc"}

LOAD_ALL = """
import importlib, json, pathlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import lstm_course
names = [module.name for module in pkgutil.walk_packages(lstm_course.__path__, "lstm_course.")
         if not module.name.endswith("__main__")]
for name in names:
    importlib.import_module(name)
place = pathlib.Path(lstm_course.__file__).parent
data = {str(path.relative_to(place)): path.stat().st_size for path in place.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")}
print(json.dumps({"file": lstm_course.__file__, "names": names, "data": data}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder into which the wheel is installed."""
    copy, wheels, target = (tmp_path_factory.mktemp(name) for name in ("copy", "wheels", "target"))
    ignored = shutil.ignore_patterns(".*", "*.egg-info", "__pycache__", "build", "dist", "tests", "notebooks")
    shutil.copytree(ROOT, copy, dirs_exist_ok=True, ignore=ignored)
    build = f"from setuptools import build_meta; build_meta.build_wheel({str(wheels)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=copy, check=True, capture_output=True)
    [wheel] = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)          # what `pip install --no-deps --target` does with a pure wheel
    return target


@pytest.fixture(scope="module")
def loaded(installed, tmp_path_factory):
    """What a fresh Python finds in the installed package after it has imported every module of it."""
    done = subprocess.run([sys.executable, "-c", LOAD_ALL, str(installed)], capture_output=True, text=True,
                          cwd=tmp_path_factory.mktemp("empty"))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_module_can_be_imported(installed, loaded):
    assert Path(loaded["file"]).is_relative_to(installed)
    sources = [path.relative_to(ROOT).with_suffix("") for path in PACKAGE.rglob("*.py")]
    expected = {".".join(path.parts).removesuffix(".__init__") for path in sources if path.name != "__main__"}
    assert set(loaded["names"]) == expected - {"lstm_course"}


def test_every_data_file_is_there(loaded):
    files = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    expected = {str(path.relative_to(PACKAGE)): path.stat().st_size for path in files if path.suffix not in NO_DATA}
    assert loaded["data"] == expected


def test_the_licence_is_in_the_wheel(installed):
    assert list(installed.glob("lstm_course-*.dist-info/licenses/LICENSE"))
