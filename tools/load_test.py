"""A class on one JupyterHub, simulated: how fast, how much memory, and is anybody's work lost?

    python tools/load_test.py --students 30 --notebook 06_lstm_cell

It starts a JupyterHub of its own on this machine. Each student logs in, gets a server, runs all cells, saves, moves
sliders together with all others, saves again; then every student's file is read from the disk. Exit code 0: every
notebook finished without an error and nobody's work was lost. Linux only; teaching/server/README.md says what it needs.
"""

import argparse
import asyncio
import collections
import contextlib
import importlib.util
import itertools
import math
import os
import platform
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from importlib import metadata
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import load_report as report
from tools.load_student import PATIENCE, Student, check_file

SETTINGS = ROOT / "teaching" / "server" / "settings"
INSTALL_HUB = "pip install -c constraints.txt -e '.[hub]'"
COURSE = "course"           # the folder with the lessons in each home


class CannotStart(Exception):
    """Something that the load test needs is missing; the message says how to get it."""


# ---- the hub -----------------------------------------------------------------------------------------------


def check_programs():
    """JupyterHub, its proxy and Linux are there."""
    if not importlib.util.find_spec("jupyterhub"):
        raise CannotStart(f"JupyterHub must be installed in this Python. Run `{INSTALL_HUB}` first.")
    if not shutil.which("configurable-http-proxy") or not shutil.which("node"):
        raise CannotStart("configurable-http-proxy or Node.js was not found on the PATH. Install Node.js, then run "
                          "`npm install -g configurable-http-proxy`.")
    if not psutil.LINUX:
        raise CannotStart("The load test measures memory as PSS, which only Linux has.")


def hub_command(folder, settings):
    """(address, command) of a hub on free ports: any name may log in, each server is a plain process."""
    with contextlib.ExitStack() as opened:
        sockets = [opened.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        front, inner, api = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in sockets)
    options = {"JupyterHub.bind_url": front, "JupyterHub.hub_bind_url": inner, "ConfigurableHTTPProxy.api_url": api,
               "JupyterHub.authenticator_class": "dummy", "JupyterHub.spawner_class": "simple",
               "SimpleLocalProcessSpawner.home_dir_template": folder / "homes" / "{username}",
               "Spawner.default_url": "/lab", "Spawner.start_timeout": PATIENCE, "Spawner.http_timeout": PATIENCE}
    surroundings = {"OPENBLAS_NUM_THREADS": "1", "JUPYTER_CONFIG_PATH": settings}
    return front, [sys.executable, "-m", "jupyterhub", *(f"--{name}={value}" for name, value in options.items()),
                   *(f"--Spawner.environment={name}={value}" for name, value in surroundings.items()),
                   *(["--Spawner.args=--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]


@contextlib.contextmanager
def running_hub(folder, settings, patience=120):
    """A hub that runs: (address, process). It and all that it has started end afterwards."""
    address, command = hub_command(folder, settings)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with (folder / "hub.log").open("w") as log:
        hub = psutil.Popen(command, cwd=folder, env=os.environ | {"PATH": path}, stdout=log, stderr=log,
                           start_new_session=True)
    try:
        end = time.monotonic() + patience
        while not answers(f"{address}/hub/api"):
            if hub.poll() is not None or time.monotonic() > end:
                raise CannotStart(f"JupyterHub did not start. The end of its log:\n"
                                  f"{(folder / 'hub.log').read_text(errors='replace')[-2000:]}")
            time.sleep(0.2)
        yield address, hub
    finally:
        started = hub.children(recursive=True) if hub.poll() is None else []
        hub.terminate()
        for process in psutil.wait_procs([hub, *started], timeout=60)[1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def answers(address):
    """Whether there is an answer."""
    with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
        return True
    return False


# ---- the class ---------------------------------------------------------------------------------------------


class Stopwatch:
    """Seconds, CPU seconds of the hub and all that it started, and how busy the machine was."""

    def __init__(self, hub):
        self.hub = hub
        self.start = time.perf_counter(), self.cpu()
        psutil.cpu_percent()

    def cpu(self):
        """CPU seconds so far, with those of ended children."""
        return sum(sum(process.cpu_times()[:4]) for process in (self.hub, *self.hub.children(recursive=True)))

    def read(self):
        """What came since the start."""
        began, used = self.start
        return {"seconds": round(time.perf_counter() - began, 1), "cpu_seconds": round(self.cpu() - used, 1),
                "busy": round(psutil.cpu_percent() / 100, 3)}


def megabytes(*processes):
    """PSS of processes: a page that n processes share counts as 1/n for each."""
    return sum(process.memory_full_info().pss for process in processes) / 2**20


def memory(hub):
    """MB of each student's server with its kernels, of the kernels alone, and of the hub with its proxy."""
    servers = [child for child in hub.children() if "JUPYTERHUB_USER" in child.environ()]
    others = [each for child in hub.children() if child not in servers for each in (child, *child.children(True))]
    kernels = [megabytes(*server.children(recursive=True)) for server in servers]
    students = [megabytes(server) + kernel for server, kernel in zip(servers, kernels, strict=True)]
    return {"memory_mb": {"pss": report.summary(students, 0), "kernel_pss": report.summary(kernels, 0)},
            "memory_all_students_mb": round(sum(students)), "memory_hub_and_proxy_mb": round(megabytes(hub, *others))}


async def watch(students, least):
    """Note the least memory that was available, and say now and then how far the class is; until cancelled."""
    for half_seconds in itertools.count():
        least[0] = min(least[0], psutil.virtual_memory().available / 2**20)
        if half_seconds % 20 == 19:
            steps = collections.Counter(student.step for student in students)
            print(f"  {half_seconds / 2:4.0f} s   " + ", ".join(f"{n} {step}" for step, n in steps.items()), flush=True)
        await asyncio.sleep(0.5)


async def hold(chosen, address, hub):
    """Students arrive and run the notebook; when all are ready, all move sliders: (students, what was measured)."""
    rng = random.Random(chosen.seed)
    names = [f"student{number:02d}" for number in range(1, chosen.students + 1)]
    students = [Student(name, address, f"{COURSE}/{chosen.notebook}.ipynb", chosen.seed) for name in names]
    least, measured = [math.inf], {}
    watching = asyncio.create_task(watch(students, least))
    try:
        stopwatch = Stopwatch(hub)
        await asyncio.gather(*(
            each.safely(each.prepare(rng.uniform(0, chosen.arrivals)), chosen.arrivals) for each in students))
        measured["preparing"], stopwatch = stopwatch.read(), Stopwatch(hub)
        await asyncio.gather(*(
            each.safely(each.move_sliders(chosen.slider_seconds), chosen.slider_seconds) for each in students
            if not each.problems))
        measured |= {"sliders": stopwatch.read(), **memory(hub), "memory_left_mb": round(least[0])}
    finally:
        watching.cancel()
        await asyncio.gather(*(student.leave() for student in students))
    return students, measured


def machine():
    """What a reader has to know of the machine."""
    cpus = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")]
    return {"cores": len(os.sched_getaffinity(0)), "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
            "cpu": cpus[0] if cpus else platform.machine(), "system": platform.system(),
            "python": platform.python_version(), "jupyterhub": metadata.version("jupyterhub"),
            "load_before": [round(load, 2) for load in os.getloadavg()[:2]]}


def run(chosen):
    """The whole test in a folder that is removed afterwards: everything that was measured, ready for JSON."""
    known, began = machine(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="load_test_", ignore_cleanup_errors=True) as folder:
        homes = Path(folder) / "homes"
        for number in range(1, chosen.students + 1):
            subprocess.run([sys.executable, "-m", "lstm_course", "copy", homes / f"student{number:02d}" / COURSE,
                            "--from", ROOT / "notebooks"], cwd=ROOT, check=True, capture_output=True)
        with running_hub(Path(folder), SETTINGS) as (address, hub):
            students, measured = asyncio.run(hold(chosen, address, hub))
        for student in students:
            check_file(student, homes)
    latencies = [ms for each in students for ms in each.latencies]
    unanswered = sum(each.unanswered for each in students)
    problems = [f"{each.name}: {problem}" for each in students for problem in each.problems]
    if unanswered > len(latencies):
        problems.append(f"{unanswered} of {unanswered + len(latencies)} slider changes were followed by no picture")
    return {"students": chosen.students, "notebook": chosen.notebook, "arrivals_s": chosen.arrivals,
            "slider_s": chosen.slider_seconds, "seed": chosen.seed, "machine": known,
            "start_s": report.summary([each.start for each in students if each.start]),
            "finish_s": report.summary([each.finish for each in students if each.finish]),
            "slider_ms": report.summary(latencies), "without_a_new_picture": unanswered, **measured,
            "took_s": round(time.perf_counter() - began),
            "notebooks_saved_whole": sum(not each.problems for each in students), "problems": problems}


def every_lesson(chosen):
    """A class of one for each lesson: (memory by lesson, problems)."""
    lessons, problems = {}, []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        one = {"notebook": path.stem, "students": 1, "arrivals": 0, "slider_seconds": 2}
        found = run(argparse.Namespace(**vars(chosen) | one))
        used = found["memory_mb"]
        lessons[path.stem] = {"student": used["pss"]["max"], "kernel": used["kernel_pss"]["max"]}
        problems += [f"{path.stem}: {problem}" for problem in found["problems"]]
        print(f"{path.stem:28} {lessons[path.stem]}", *found["problems"], flush=True)
    return lessons, problems


def options(arguments=None):
    """The command line."""
    parser = argparse.ArgumentParser(description="Simulate a class on one JupyterHub.")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--notebook", default="06_lstm_cell", help="a lesson, as 06_lstm_cell")
    parser.add_argument("--arrivals", type=float, default=60, help="seconds within which all students arrive")
    parser.add_argument("--slider-seconds", type=float, default=60, help="how long all move sliders")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lessons", action="store_true", help="instead: the memory of every lesson, one student each")
    parser.add_argument("--write", action="store_true", help="store the result and put its figures into the page")
    chosen = parser.parse_args(arguments)
    lessons = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    if chosen.notebook not in lessons:
        parser.error(f"there is no notebook {chosen.notebook!r}, expected one of {', '.join(lessons)}")
    if chosen.students < 1:
        parser.error(f"--students is {chosen.students}, expected 1 or more")
    return chosen


def main(arguments=None):
    """Run, print, and store if asked for; 0 if all went well."""
    chosen = options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))     # so that the hub is stopped, too
    try:
        check_programs()
        found, problems = every_lesson(chosen) if chosen.lessons else (run(chosen), None)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 2
    if not chosen.lessons:
        print(report.text(found))
        problems = found["problems"]
    if problems:
        print("Not everything went well; nothing was written.", *problems, sep="\n  ", file=sys.stderr)
    elif chosen.write:
        report.write(**{"lessons" if chosen.lessons else "found": found})
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
