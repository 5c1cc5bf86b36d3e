"""Installs the course from this folder without a network, and opens it in JupyterLab.

    sh install.sh [FOLDER]          on Linux and macOS
    install.bat [FOLDER]            on Windows

FOLDER, by default recurrent_networks in the home folder, gets an environment of its own (.venv), the notebooks, and
open_course.sh or open_course.bat, which opens the course later. What a student has written stays as it is. What comes
after FOLDER on the command line goes to JupyterLab.

(Also an old Python has to understand this file, down to 3.7: it then looks for a newer one.)
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SYSTEMS = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}
MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}
SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
OPEN_SH = """\
#!/bin/sh
# Opens the course in the browser.   sh open_course.sh
cd "$(dirname "$0")/notebooks" || exit 1
export OPENBLAS_NUM_THREADS=1       # more threads are slower on a busy computer
exec ../.venv/bin/python -P -m jupyterlab 00_start_here.ipynb "$@"
"""
OPEN_BAT = """\
@echo off
rem Opens the course in the browser (a double click is enough).
pushd "%~dp0notebooks"
set OPENBLAS_NUM_THREADS=1
..\\.venv\\Scripts\\python -P -m jupyterlab 00_start_here.ipynb %*
"""
AGAIN = "Copy the whole folder again, from the computer on which it was made."


def read_contents():
    """What the folder should hold."""
    try:
        with open(os.path.join(HERE, "contents.json"), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        sys.exit("This folder is not complete: contents.json is missing or damaged. " + AGAIN)


def check_computer(computers):
    """Ends with a sentence if the wheels do not fit this computer; with another Python if only that one fits."""
    machine = platform.machine().lower()
    mine = [SYSTEMS.get(platform.system(), platform.system()), MACHINES.get(machine, machine)]
    pythons = [python for system, kind, python in computers if [system, kind] == mine]
    if not pythons:
        made_for = sorted({f"{system} ({kind})" for system, kind, _ in computers})
        sys.exit(f"This folder is made for {', '.join(made_for)}; this computer is {mine[0]} ({mine[1]}). The teacher "
                 "can make one for it: python tools/offline.py FOLDER --platform ...")
    current = "{}.{}".format(*sys.version_info)
    if current in pythons:
        return
    for python in pythons:
        for command in (["py", "-" + python], ["python" + python]):
            if shutil.which(command[0]) and not subprocess.call(command + ["-c", ""], stderr=subprocess.DEVNULL):
                sys.exit(subprocess.call(command + [os.path.abspath(__file__)] + sys.argv[1:]))
    sys.exit(f"This folder is made for Python {' or '.join(pythons)}, this computer has Python {current}. Install "
             f"Python {pythons[0]}, or let the teacher make the folder for this one: python tools/offline.py FOLDER "
             f"--python {current}")


def check_files(files):
    """Ends with a sentence if files are missing or damaged."""
    missing = [name for name in files if not os.path.isfile(os.path.join(HERE, name))]
    if missing:
        sys.exit(f"{len(missing)} of the {len(files)} files of this folder are missing, for example {missing[0]}. "
                 + AGAIN)
    for name in files:
        with open(os.path.join(HERE, name), "rb") as file:
            if hashlib.sha256(file.read()).hexdigest() != files[name]:
                sys.exit(f"The file {name} of this folder is damaged. {AGAIN}")


def is_installed(done, contents):
    """Was this version of the course installed to its end?"""
    try:
        with open(done, encoding="utf-8") as file:
            return json.load(file) == contents
    except (OSError, ValueError):
        return False


def install(folder, contents):
    """Makes the environment in the folder, if this version of the course is not in it yet; gives its Python."""
    place = os.path.join(folder, ".venv")
    python = os.path.join(place, "Scripts", "python.exe") if os.name == "nt" else os.path.join(place, "bin", "python")
    done = os.path.join(place, "installed.json")
    if is_installed(done, contents) and os.path.isfile(python):     # its Python may be gone after an update
        return python
    begun = os.path.join(place, "course_begun")
    if os.path.isdir(place) and os.listdir(place) and not (os.path.isfile(begun) or os.path.isfile(done)):
        sys.exit(f"{place} is not an environment of the course, and installing would delete it. Name another folder, "
                 "or delete that one.")
    check_files(contents["files"])
    print(f"Installing the course into {folder} ...", flush=True)
    start = time.monotonic()
    import venv

    venv.create(place, clear=True, symlinks=os.name != "nt", with_pip=False)
    open(begun, "w").close()        # this environment is ours: a second try may delete it
    wheels = os.path.join(HERE, "wheels")
    [pip] = [name for name in os.listdir(wheels) if name.startswith("pip-")]
    command = [python, os.path.join(wheels, pip, "pip"), "install", "--isolated", "--no-index", "--no-compile",
               "--disable-pip-version-check", "--quiet", "--find-links", wheels, "pip", "lstm_course"]
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    settings["PIP_CONFIG_FILE"] = os.devnull            # only the wheels of this folder count
    failed = subprocess.run(command, env=settings, stderr=subprocess.PIPE, text=True)
    if failed.returncode:
        sys.exit("The course could not be installed from this folder. pip says:\n" + failed.stderr.strip()[-1500:])
    overrides = os.path.join(place, "share", "jupyter", "lab", "settings", "overrides.json")
    os.makedirs(os.path.dirname(overrides), exist_ok=True)
    with open(overrides, "w", encoding="utf-8") as file:
        json.dump(SETTINGS, file)                       # JupyterLab asks for no news and no newer version
    with open(done, "w", encoding="utf-8") as file:
        json.dump(contents, file)
    print(f"Installed in {time.monotonic() - start:.0f} s.", flush=True)
    return python


def copy_notebooks(python, target):
    """Copies the notebooks that are new; those with a student's work stay (`python -m lstm_course copy` sees to it)."""
    command = [python, "-m", "lstm_course", "copy", target, "--from", os.path.join(HERE, "notebooks")]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                          errors="replace", cwd=HERE, env=dict(os.environ, PYTHONUTF8="1"))
    if done.returncode:
        sys.exit(f"The notebooks could not be copied into {target}: {done.stdout.strip()[-1500:]}")
    print("".join(line for line in done.stdout.splitlines(True) if " new version" in line.lower()), end="", flush=True)


def write_opener(folder):
    """Writes the file that opens the course, for the time when this folder is no longer at hand; gives the command."""
    name, text = ("open_course.bat", OPEN_BAT) if os.name == "nt" else ("open_course.sh", OPEN_SH)
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8", newline="\r\n" if os.name == "nt" else "\n") as file:
        file.write(text)
    return [path] if os.name == "nt" else ["/bin/sh", path]


def main(arguments):
    """Checks, installs, copies, opens."""
    named = arguments[:1] if arguments and not arguments[0].startswith("-") else []
    folder = os.path.abspath(named[0] if named else os.path.join(os.path.expanduser("~"), "recurrent_networks"))
    contents = read_contents()
    check_computer(contents["computers"])
    python = install(folder, contents)
    copy_notebooks(python, os.path.join(folder, "notebooks"))
    opener = write_opener(folder)
    command = opener + arguments[len(named):]
    print(f"Your notebooks are in {os.path.join(folder, 'notebooks')}. The course opens in the browser; Ctrl-C here "
          f"ends it. Later {os.path.basename(opener[-1])} in {folder} opens it again.", flush=True)
    return subprocess.call(command) if os.name == "nt" else os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
