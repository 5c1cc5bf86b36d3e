"""Environment check: is everything there that the course needs, and what to do if not.

    python -m lstm_course check         # on the command line
    check_environment()                 # in a notebook

It loads nothing but NumPy and the networks, for it is needed most when something else is missing.
"""

import contextlib
import os
import platform
import shlex
import sys
import time
from importlib import metadata
from pathlib import Path

import numpy as np

from lstm_course import GRU, LSTM, RNN
from lstm_course.whereabouts import copied_folder, ipython, is_student

PACKAGE = "lstm_course"
PLACE = Path(__file__).resolve().parents[1]     # where this package is
LITTLE_MEMORY = 400                             # MB; no lesson needs more


# ---- what is installed? ------------------------------------------------------------------------------------


def wanted():
    """What the package asks for at run time: {name: range of versions, such as ">=2.0,<3"}."""
    requirements = [line.partition(";") for line in metadata.requires(PACKAGE) or ()]
    return dict(_parts(line) for line, _, marker in requirements if not marker)


def _parts(requirement):
    """"numpy<3,>=2.0" -> ("numpy", "<3,>=2.0"), without the package `packaging`, which may be what is missing."""
    end = next((k for k, sign in enumerate(requirement) if sign in "<>=!~ "), len(requirement))
    return requirement[:end].strip(), requirement[end:].strip()


def found(name):
    """The version that is installed, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def fits(version, ranges):
    """Is the version in the range? Yes, if we cannot tell."""
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:
        return True
    return SpecifierSet(str(ranges)).contains(version, prereleases=True)


def in_notebook():
    """Are we in a notebook's kernel?"""
    return getattr(ipython(), "kernel", None) is not None


def python_command():
    """How this Python is called on a command line."""
    program = quoted(sys.executable)
    return f"& {program}" if os.name == "nt" and program != sys.executable else program      # PowerShell


def quoted(words):
    """A path as one types it in a shell: sh, or PowerShell on Windows. A ~ at its beginning stays one."""
    words = str(words)
    if os.name != "nt":
        home = "~/" if words.startswith("~/") else ""
        return home + shlex.quote(words.removeprefix(home))
    if all(sign.isalnum() or sign in "@%+=:,./\\~_-" for sign in words):
        return words
    return "'" + words.replace("'", "''") + "'" if any(sign in words for sign in "$`") else f'"{words}"'


def mend(what):
    """The command that installs something into this very Python, here and on this system."""
    if in_notebook():
        return f"run %pip install {what} in a cell, then Kernel → Restart Kernel"
    return f"run {python_command()} -m pip install {what}"


def advice_on(name, ranges, version):
    """"ok", or one sentence on what to do."""
    ranges = str(ranges)
    command = mend(f'"{name}{ranges}"')
    if version is None:
        return f"is missing: {command}"
    if not fits(version, ranges):
        return f"is version {version}, expected {ranges}: {command}"
    return "ok"


def advice_on_python(version=sys.version_info):
    """"ok", or one sentence."""
    return "ok" if version >= (3, 11) else f"is {version[0]}.{version[1]}, expected 3.11 or newer: install a newer one"


def advice_on_networks():
    """Run each network once: "ok", or one sentence."""
    for kind in (RNN, LSTM, GRU):
        layer = kind(1, 2, rng=0)
        trace = layer.forward(np.ones((3, 1, 1)))
        if layer.backward(trace, np.ones((3, 1, 2))).x.shape != (3, 1, 1) or not np.isfinite(trace.outputs).all():
            return f"{kind.__name__} gives wrong numbers: {mend('--force-reinstall numpy')}"
    return "ok"


def advice():
    """All parts: {name: "ok" or what to do}."""
    parts = {"Python": advice_on_python()}
    try:
        parts |= {name: advice_on(name, ranges, found(name)) for name, ranges in wanted().items()}
    except metadata.PackageNotFoundError:
        parts[PACKAGE] = not_installed()
    if found("ipywidgets") and not found("jupyterlab_widgets"):
        parts["in browser"] = ("jupyterlab_widgets is missing, without which JupyterLab shows no explorer: "
                               f"{mend('jupyterlab_widgets')}, start JupyterLab anew and reload the page")
    return parts | {"networks": advice_on_networks()}


def not_installed():
    """The package was found in its folder, but this Python does not have it: another one was meant."""
    place = quoted(PLACE.parent)
    return (f"is not installed in this Python, {sys.executable}. Is it the one of the course? In a notebook: Kernel → "
            f"Change Kernel. Otherwise {mend(f'-e {place}')}")


# ---- where are we? -----------------------------------------------------------------------------------------


def advice_on_place():
    """Sentences on this kernel, this machine and this folder; none if all is well."""
    found = (advice_on_kernel(), advice_on_kernelspec(), advice_on_threads(), advice_on_memory(free_megabytes()),
             advice_on_folder(Path.cwd()))
    return [sentence for sentence in found if sentence]


def advice_on_kernel():
    """Another Python than that of the virtual environment which is switched on."""
    active = os.environ.get("VIRTUAL_ENV")
    if active and Path(active).exists() and Path(active).resolve() != Path(sys.prefix).resolve():
        return (f"This is the Python of {sys.prefix}, but the environment {active} is switched on. If something is "
                "missing: Kernel → Change Kernel, or start JupyterLab from the environment of the course.")
    return ""


def advice_on_kernelspec():
    """JupyterLab's "Python 3" may be the kernel of another Python, or of one that is gone."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager
        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except Exception:                               # not installed, which the lines above say
        return ""
    if not os.path.isabs(program) or _same_folder(program, sys.executable):
        return ""
    what = "another Python" if Path(program).exists() else "a Python that is gone"
    return (f"JupyterLab's kernel “Python 3” is {what}, {program}. To have this one: "
            f"{python_command()} -m ipykernel install --sys-prefix")


def _same_folder(a, b):
    return os.path.realpath(os.path.dirname(a)) == os.path.realpath(os.path.dirname(b))


def advice_on_threads():
    """More than one BLAS thread makes a busy machine many times slower."""
    threads = threads_of_products()
    if threads == 1:
        return ""
    return (f"The matrix products use {threads} threads, which is slower on a shared machine. Set OPENBLAS_NUM_THREADS "
            "to 1 before you start JupyterLab, or import lstm_course before NumPy.")


def threads_of_products(size=400, seconds=0.04):
    """How many threads work on a matrix product: the processor time of all of them by that of this one."""
    a, mine, everyone = np.ones((size, size)), time.thread_time(), time.process_time()
    while time.thread_time() - mine < seconds:
        a @ a
    return max(1, round((time.process_time() - everyone) / (time.thread_time() - mine)))


def advice_on_memory(megabytes):
    """Too little memory for a lesson."""
    if megabytes is None or megabytes >= LITTLE_MEMORY:
        return ""
    return (f"Only {megabytes:.0f} MB of memory are free, and a lesson takes up to {LITTLE_MEMORY}. Shut down other "
            "notebooks (the square in the left bar), and close programs and tabs.")


def free_megabytes(meminfo="/proc/meminfo", group="/sys/fs/cgroup"):
    """Free memory in MB on Linux, in a container what is left of its share; None where we cannot tell."""
    free = []
    with contextlib.suppress(OSError, ValueError, IndexError):
        line = next(line for line in Path(meminfo).read_text().splitlines() if line.startswith("MemAvailable"))
        free.append(int(line.split()[1]) / 1024)
    with contextlib.suppress(OSError, ValueError):
        most, used = (int(Path(group, f"memory.{name}").read_text()) for name in ("max", "current"))
        free.append((most - used + _cache(group)) / 1e6)
    return min(free, default=None)


def _cache(group):
    """Bytes of files that the kernel keeps in memory and gives back when somebody needs it."""
    with contextlib.suppress(OSError):
        words = Path(group, "memory.stat").read_text().split()
        return int(words[words.index("inactive_file") + 1]) if "inactive_file" in words else 0
    return 0


def advice_on_folder(folder):
    """Where a student's notes would be lost: on Binder, in a folder that is read only, in the course's own."""
    with contextlib.suppress(RuntimeError):         # there may be no home
        at_home = os.access(Path.home(), os.W_OK)
        where = quoted(Path("~") / "my-course") if at_home else "FOLDER, with a folder in which you may write"
    copy = f"{python_command()} -m {PACKAGE} copy {where}"
    if os.environ.get("BINDER_LAUNCH_HOST") or os.environ.get("BINDER_REPO_URL"):
        return "Binder deletes everything when you leave. Keep your notebook with File → Download."
    if not os.access(folder, os.W_OK):
        return f"Nothing can be saved in this folder. Work on a copy of the lessons: {copy}"
    if folder.resolve() == PLACE.parent / "notebooks" and not copied_folder(folder):
        return f"This is the course's own folder, which an update changes. Work on a copy of the lessons: {copy}"
    return ""


# ---- what is printed ---------------------------------------------------------------------------------------


def check_environment(details=False):
    """Print a line for each part: ok, or what to do. details: versions, threads and memory too."""
    parts = advice()
    for name, words in parts.items():
        print(f"{name:12}{words}")
    if is_complete(parts):
        print("Everything is there.")
    if is_student():                        # the lines above are the same on each machine, these are not
        print(*(f"Advice: {sentence}\n" for sentence in advice_on_place()), sep="", end="")
    if details:
        print(*details_lines(), sep="\n")


def is_complete(parts):
    return all(words == "ok" for words in parts.values())


def details_lines():
    """What to send to a teacher who helps."""
    versions = [f"{name} {found(name)}" for name in (PACKAGE, *(wanted() if found(PACKAGE) else ["numpy"]))]
    free = free_megabytes()
    return [f"Python {platform.python_version()} on {platform.system()} {platform.machine()}", ", ".join(versions),
            f"threads of the matrix products: {threads_of_products()}",
            f"free memory: {f'{free:.0f} MB' if free is not None else 'not known'}", f"this Python: {sys.executable}"]
