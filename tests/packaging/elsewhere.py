"""The course in another environment than the tests' own: what the tests of Binder and of the offline folder share.

    python -m tests.packaging.elsewhere JSON

opens a notebook in the JupyterLab that a command starts, runs it, and prints as JSON what was seen (the arguments
of `run_notebook`, `cut_off` among them, come as JSON). As a command it can run where the network is cut off.
"""

import contextlib
import errno
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.browser.jupyterlab import browser, opened, serving

OURS = ("PIP_", "PYTHON", "PYTEST", "JUPYTER", "IPYTHON", "LSTM_COURSE", "OPENBLAS", "OMP_", "MKL_", "MPLBACKEND",
        "VIRTUAL_ENV")                      # variables of the tests' own environment
UNREACHABLE = ("Connection", "resolution", "Network is unreachable", "No matching distribution found")   # pip's words
SEEN = """{
    'prefix': __import__('sys').prefix,
    'threads': __import__('os').environ.get('OPENBLAS_NUM_THREADS'),
    'course': __import__('importlib.util').util.find_spec('lstm_course').origin,
}"""
PEAK = r"""{name: int(__import__('re').search(r'VmHWM:\s+(\d+)', open(f'/proc/{pid}/status').read())[1]) // 1024
    for name, pid in (('kernel', __import__('os').getpid()), ('server', __import__('os').getppid()))}"""


def need_an_index(said):
    """Skips the test if these words of pip say that no package index was reached (fails with CI)."""
    if any(words in said for words in UNREACHABLE) and not os.environ.get("CI"):
        pytest.skip(f"this test installs from a package index, which was not reached: {said.strip()[-300:]}")


def make_venv(place, python=sys.executable):
    """A fresh virtual environment."""
    subprocess.run([python, "-m", "venv", place], check=True, capture_output=True)
    return Path(place)


def run_pip(command, **options):
    """Runs a pip command; gives what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        need_an_index(done.stderr)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def bare_environment(home):
    """The variables of this machine without the tests' own, with another home folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "HOME": str(home)}


def run_notebook(command, name, root, environment, cwd=None, seconds=120):
    """Opens a notebook as Binder's links do, runs all its cells; gives what was seen, as a dict.

    The command is what starts JupyterLab, `name` the notebook's path from the server's root folder.
    """
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        lab = stack.enter_context(serving(root, place, environment, command, cwd, seconds))
        notebook = stack.enter_context(opened(stack.enter_context(browser()), lab, name))
        seen = notebook.ask(SEEN)               # before a cell has imported anything
        seen["ran"] = notebook.run_all()
        seen["errors"] = notebook.errors()
        seen["pictures"] = notebook.page.locator(".lstm-explorer svg[role=img]").count()
        seen["megabytes"] = notebook.ask(PEAK) if Path("/proc/self/status").exists() else {}
        return seen


def assert_it_ran(seen, prefix):
    """The notebook ran in this environment, with its explorer, without an error, with one BLAS thread."""
    assert Path(seen["prefix"]).resolve() == Path(prefix).resolve(), f"the kernel is that of {seen['prefix']}"
    assert seen["ran"] and not seen["errors"], seen["errors"]
    assert seen["pictures"], "there is no explorer"
    assert seen["threads"] == "1", f"OPENBLAS_NUM_THREADS is {seen['threads']}"


# ---- without a network --------------------------------------------------------------------------------------


CUT_OFF = ["unshare", "--user", "--map-root-user", "--net"]     # Linux: a network of its own, which leads nowhere


def why_not_cut_off():
    """Why no command can be run without a network here; an empty string if one can."""
    if not shutil.which("unshare"):
        return "there is no command `unshare` (of Linux) here"
    done = subprocess.run([*CUT_OFF, "true"], capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else ""


def start_loopback():
    """This machine's own address 127.0.0.1 begins to work, which in a fresh network it does not."""
    import fcntl

    up_and_running, set_flags = 0x1 | 0x40, 0x8914      # IFF_UP | IFF_RUNNING, SIOCSIFFLAGS
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh", b"lo", up_and_running))


def network_error():
    """The name of the error of an attempt to reach another machine; an empty string if a way leads there.

    The address is kept for documentation (RFC 5737); UDP's connect looks for the way and sends nothing.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            any_socket.connect(("192.0.2.1", 9))
        except OSError as error:
            return errno.errorcode[error.errno]
    return ""


def run_notebook_cut_off(**arguments):
    """`run_notebook` in a process that has no network where the system allows that; what was seen."""
    cut_off = not why_not_cut_off()
    command = [sys.executable, "-m", "tests.packaging.elsewhere", json.dumps({**arguments, "cut_off": cut_off})]
    done = subprocess.run([*CUT_OFF, *command] if cut_off else command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def main(text):
    """Runs a notebook as described by the JSON text; prints what was seen."""
    arguments = json.loads(text)
    if arguments.pop("cut_off"):
        start_loopback()
    seen = run_notebook(**arguments)
    print(json.dumps({**seen, "network_error": network_error()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
