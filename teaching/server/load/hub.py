"""A JupyterHub of its own for the load test: started on free ports in a folder, stopped without a trace."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from . import measures

HERE = Path(__file__).resolve().parent
INSTALL_HUB = "pip install -c constraints.txt -e '.[hub]'"
INSTALL_PROXY = "npm install -g configurable-http-proxy"


class CannotStart(Exception):
    """Something that the load test needs is missing; the message says how to get it."""


def proxy_command(given=None):
    """The path of configurable-http-proxy, and Node.js is there to run it."""
    command = shutil.which(given or "configurable-http-proxy")
    if command is None:
        raise CannotStart(f"{given or 'configurable-http-proxy'} was not found. It needs Node.js; install it with "
                          f"`{INSTALL_PROXY}`, or give its path with --proxy.")
    if shutil.which("node") is None:
        raise CannotStart("Node.js (the program `node`) was not found; configurable-http-proxy needs it.")
    return command


def check_python():
    """JupyterHub is installed beside this Python, and the system tells what a process uses."""
    if not all(map(importlib.util.find_spec, ("jupyterhub", "aiohttp"))):
        raise CannotStart(f"JupyterHub (and aiohttp) must be installed in this Python. Run `{INSTALL_HUB}` first.")
    if not (measures.PROC / "self" / "smaps_rollup").exists():
        raise CannotStart("The load test reads memory and CPU from /proc, so it runs on Linux only.")


def free_ports(count):
    """Ports that nobody listens on now."""
    with contextlib.ExitStack() as opened:
        sockets = [opened.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Hub:
    """A running hub: its address, its process and its log."""

    def __init__(self, folder, proxy, settings, patience=120):
        self.folder, self.log = Path(folder), Path(folder) / "hub.log"
        ports = free_ports(3)
        self.address = f"http://127.0.0.1:{ports[0]}"
        environment = os.environ | {
            "LOAD_TEST_FOLDER": str(folder), "LOAD_TEST_PROXY": proxy, "LOAD_TEST_PORTS": ",".join(map(str, ports)),
            "LOAD_TEST_SETTINGS": str(settings),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])}
        command = [sys.executable, "-m", "jupyterhub", f"--config={HERE / 'jupyterhub_config.py'}"]
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log,
                                            start_new_session=True)
        try:
            self._wait(patience)
        except BaseException:
            self.stop()
            raise

    def _wait(self, patience):
        """Until the hub answers through its proxy."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/hub/api", timeout=5):
                return
            time.sleep(0.2)
        raise CannotStart(f"JupyterHub did not start. The end of its log:\n{self.last_words()}")

    def last_words(self, lines=25):
        """The end of the hub's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self, patience=60):
        """Ask the hub to end its servers and itself; what is still there afterwards is killed."""
        started = {pid: known[2] for pid in measures.tree(self.process.pid) if (known := measures.stat(pid))}
        if self.process.poll() is None:
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        for pid, start in started.items():
            known = measures.stat(pid)
            if known and known[2] == start:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.process.wait()
