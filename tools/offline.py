r"""Makes a folder from which the computers of a lab install and start the course without a network.

    python tools/offline.py FOLDER                  # for computers like this one
    python tools/offline.py FOLDER --zip            # and FOLDER.zip beside it
    python tools/offline.py FOLDER --platform windows --platform linux --python 3.12 --python 3.13

Start it with the Python of the course (`.venv/bin/python` or `.venv\Scripts\python`), on a computer with a network.
teaching/offline.md says what to do with the folder. The files that each computer runs are those of
teaching/lab_computer/.

pip's own `--platform` chooses the wheels of another system, but not what that system needs (it asks this one), so
the requirements are followed here, wheel by wheel. constraints.txt has a version for each of them.
"""

import argparse
import email
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

try:
    from packaging.markers import default_environment
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.utils import canonicalize_name, parse_wheel_filename
except ImportError:
    sys.exit("This Python does not have the course's packages. Start the command with the Python of the course: "
             ".venv/bin/python, on Windows .venv\\Scripts\\python (the README says how to make .venv).")

ROOT = Path(__file__).resolve().parents[1]
LAB_COMPUTER = ROOT / "teaching" / "lab_computer"
TOOLS = ("setuptools", "pip")       # the build backend; and what installs (an Ubuntu may have a venv without pip)
SYSTEMS = {
    "linux": ({"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}, "x86_64",
              [f"manylinux_2_{minor}_x86_64" for minor in (28, 27, 26, 24, 17, 12, 5)] + ["manylinux2014_x86_64"]),
    "windows": ({"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}, "x86_64", ["win_amd64"]),
    "macos": ({"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"}, "arm64",
              ["macosx_12_0_arm64"]),
}
HERE = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}.get(platform.system(), platform.system())
MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}      # two names of the same
NO_INDEX = ("NewConnectionError", "ConnectTimeout", "Connection refused", "Max retries", "Temporary failure in name",
            "Network is unreachable")                   # pip's words when it reaches no package index
NO_NETWORK = ("No package index was reached. The command needs the network, once and on this computer only; try again "
              "when `pip download setuptools` works.")


class OfflineError(Exception):
    """What went wrong, in words for the teacher."""


@dataclass(frozen=True)
class Computer:
    """A kind of computer in the lab; `like_this` is the one on which the command runs."""

    system: str
    python: str
    machine: str
    like_this: bool = False

    def __str__(self):
        return f"{self.system} ({self.machine}), Python {self.python}"

    def environment(self):
        """What markers like `sys_platform == "win32"` are compared with on it."""
        if self.like_this:
            return default_environment()
        return {**default_environment(), **SYSTEMS[self.system][0], "python_version": self.python,
                "python_full_version": f"{self.python}.0", "platform_machine": self.machine,
                "implementation_name": "cpython", "platform_python_implementation": "CPython"}

    def pip_options(self):
        """pip's options that choose wheels for it."""
        if self.like_this:
            return []
        tags = [f"--platform={tag}" for tag in SYSTEMS[self.system][2]]
        return [*tags, f"--python-version={self.python}", "--implementation=cp"]


def this_computer():
    """The kind of computer on which the command runs."""
    machine = platform.machine().lower()
    return Computer(HERE, "{}.{}".format(*sys.version_info), MACHINES.get(machine, machine), like_this=True)


def computers(systems, pythons):
    """The kinds of computers that the options ask for."""
    here = this_computer()
    allowed = SpecifierSet(project()["requires-python"])
    for python in pythons:
        if not re.fullmatch(r"\d+\.\d+", python) or python not in allowed:
            raise OfflineError(f"--python expects a version like 3.12 that the course can use ({allowed}); "
                               f"{python!r} came.")
    if not systems and not pythons:
        return [here]
    if not systems and (HERE not in SYSTEMS or here.machine != SYSTEMS[HERE][1]):
        raise OfflineError(f"Name the lab's computers with --platform ({', '.join(SYSTEMS)}): they are not like this "
                           f"one, {here}.")
    return [Computer(system, python, SYSTEMS[system][1])
            for system in dict.fromkeys(systems or [HERE]) for python in dict.fromkeys(pythons or [here.python])]


def project():
    """The table [project] of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def constraints():
    """Canonical name -> version, from constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


# ---- pip ----------------------------------------------------------------------------------------------------


def pip(*arguments):
    """Runs pip with this Python; OfflineError if it fails."""
    if importlib.util.find_spec("pip") is None:
        raise OfflineError("This Python has no pip (uv makes environments without it): `uv pip install pip` adds it.")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        return
    said = done.stderr.strip()
    if any(words in done.stdout + said for words in NO_INDEX):
        raise OfflineError(NO_NETWORK)
    raise OfflineError(f"pip failed: {said[-1500:]}")


def download(names, computer, folder):
    """Fetches the wheels of these packages for a kind of computer into an empty folder; their paths."""
    pinned = constraints()
    wanted = [f"{name}=={pinned[name]}" if name in pinned else name for name in names]
    try:
        pip("download", "--no-deps", "--only-binary=:all:", "--dest", folder, *computer.pip_options(), *wanted)
    except OfflineError as error:
        if missing := re.search(r"No matching distribution found for (\S+)|Cannot install (\S+)", str(error)):
            raise OfflineError(f"There is no wheel of {missing[1] or missing[2]} for {computer}, so these computers "
                               "cannot install the course without a compiler. Another --python may have one.") from None
        raise
    return sorted(folder.glob("*.whl"))


def requirements(wheel, extras, environment):
    """What a wheel needs on a computer with this environment: [Requirement]."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        metadata = email.message_from_bytes(archive.read(name))
    listed = map(Requirement, metadata.get_all("Requires-Dist") or [])
    return [one for one in listed if one.marker is None
            or any(one.marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras))]


def collect(computer, course, wheels):
    """Fetches into `wheels` all that the course's wheel needs on a kind of computer; the files' names."""
    environment, pinned = computer.environment(), constraints()
    have = {wheel_name(path): path for path in wheels.glob("*-py3-none-any.whl")}   # these serve every computer
    files, extras = {wheel_name(course): course}, {}
    waiting = [(name, Requirement(name)) for name in TOOLS]
    waiting += [(course.name, one) for one in requirements(course, (), environment)]
    while waiting:
        new = {}                    # canonical name -> by what it is needed
        for needed_by, one in waiting:
            name = canonicalize_name(one.name)
            if name not in files or not one.extras <= extras.get(name, set()):
                new.setdefault(name, needed_by)
                extras.setdefault(name, set()).update(one.extras)
            if name not in pinned and name not in TOOLS:
                raise OfflineError(f"constraints.txt has no version of {one.name}, which {needed_by} needs on "
                                   f"{computer}.")
        files.update({name: have[name] for name in new if name in have})
        if missing := [name for name in new if name not in files]:
            with tempfile.TemporaryDirectory(dir=wheels) as folder:
                for path in download(missing, computer, Path(folder)):
                    files[wheel_name(path)] = path.replace(wheels / path.name)
        waiting = [(name, one) for name in new for one in requirements(files[name], extras[name], environment)]
    return sorted(path.name for path in files.values())


def wheel_name(path):
    """The canonical name of the package in a wheel."""
    return parse_wheel_filename(path.name)[0]


def build_course(wheels):
    """Builds the course's own wheel from a copy of the sources, with the build backend among the wheels."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "source"
        ignored = shutil.ignore_patterns(".*", "*.egg-info", "__pycache__", "build", "dist", "tests")
        shutil.copytree(ROOT, source, ignore=ignored)
        try:
            [backend] = download(TOOLS[:1], this_computer(), Path(place))       # every package index has this one
        except OfflineError as error:
            raise OfflineError(f"{NO_NETWORK} ({error})") from None
        backend.replace(wheels / backend.name)
        pip("wheel", "--quiet", "--no-deps", "--no-index", "--find-links", wheels, "--wheel-dir", wheels, source)
    return next(wheels.glob("lstm_course-*.whl"))


# ---- the folder ---------------------------------------------------------------------------------------------


def make(folder, kinds):
    """Fills the folder for these kinds of computers: everything or, after an error, nothing."""
    folder = Path(folder).resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OfflineError(f"{folder} is there already and not empty: nothing was changed in it. Choose another name.")
    if not folder.parent.is_dir():
        raise OfflineError(f"The folder {folder.parent}, in which {folder.name} would stand, does not exist.")
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fill(part, kinds)
        part.chmod(0o755)           # the folder is to be read by everyone, mkdtemp's by its owner only
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def fill(folder, kinds):
    """The wheels, the notebooks, the installer, and a list of them all."""
    wheels = folder / "wheels"
    wheels.mkdir()
    course = build_course(wheels)
    for kind in kinds:
        names = collect(kind, course, wheels)
        print(f"{kind}: {len(names)} wheels, {megabytes(wheels / name for name in names)} MB", flush=True)
    copy_lessons(folder / "notebooks")
    listed = "\n".join(f"  {kind}" for kind in kinds)
    for path in LAB_COMPUTER.iterdir():
        if path.is_file():
            text = path.read_text(encoding="utf-8").replace("{computers}", listed)
            newline = "\r\n" if path.suffix in (".bat", ".txt") else "\n"
            (folder / path.name).write_text(text, encoding="utf-8", newline=newline)
    contents = {"computers": [[kind.system, kind.machine, kind.python] for kind in kinds],
                "files": {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
                          for path in sorted(folder.rglob("*")) if path.is_file()}}
    (folder / "contents.json").write_text(json.dumps(contents, indent=1) + "\n", encoding="utf-8", newline="\n")


def copy_lessons(folder):
    """The lessons, without solutions, and the pictures in them."""
    folder.mkdir()
    for source in sorted((ROOT / "lstm_course" / "lessons").glob("l*/text.md")):  # not a teacher's own notebooks
        shutil.copy(ROOT / "notebooks" / f"{source.parent.name[1:]}.ipynb", folder)
    shutil.copytree(ROOT / "notebooks" / "pictures", folder / "pictures")


def megabytes(paths):
    """The size of files together, rounded."""
    return round(sum(path.stat().st_size for path in paths) / 1e6)


def main(arguments=None):
    """Makes the folder and says what to do next; returns 1 if that was not possible."""
    parser = argparse.ArgumentParser(prog="python tools/offline.py", description=__doc__.splitlines()[0],
                                     epilog="What to do with the folder: teaching/offline.md")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="a new folder")
    parser.add_argument("--zip", action="store_true", help="also make FOLDER.zip")
    parser.add_argument("--platform", action="append", choices=list(SYSTEMS), default=[],
                        help="the lab's computers, if they differ from this one (repeat it for several)")
    parser.add_argument("--python", action="append", metavar="3.12", default=[],
                        help="their version of Python (repeat it for several)")
    options = parser.parse_args(arguments)
    start = time.monotonic()
    try:
        make(options.folder, computers(options.platform, options.python))
    except OfflineError as error:
        print(error, file=sys.stderr)
        return 1
    folder = options.folder.resolve()
    print(f"{folder}: {megabytes(path for path in folder.rglob('*') if path.is_file())} MB together, "
          f"made in {time.monotonic() - start:.0f} s")
    if options.zip:
        archive = Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))
        print(f"{archive}: {megabytes([archive])} MB")
    print(f"Next: copy {folder.name} to a USB stick or a shared folder. On each computer, in that folder, the command\n"
          "    sh install.sh        (Linux, macOS)\n    install.bat          (Windows: a double click)\n"
          "installs the course into the person's own folder and opens it. More in teaching/offline.md.")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUTF8", "1")
    sys.exit(main())
