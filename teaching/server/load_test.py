"""A class on one JupyterHub, simulated: how fast, how much memory, and is anybody's work lost?

    python teaching/server/load_test.py --students 30 --notebook 06_lstm_cell

It starts a JupyterHub of its own on this machine. Each student logs in, gets a server, opens the notebook, runs all
cells, saves, moves sliders together with all others, saves again. Then every student's file is read from the disk.
Exit code 0: every notebook finished without an error and nobody's work was lost. Linux only. Needs the extra `hub`
and configurable-http-proxy (README.md beside this file). README.md says how long it takes.
"""

import argparse
import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COURSE = "course"           # the folder with the lessons in each home
sys.path.insert(0, str(ROOT))

from teaching.server.load import hub, measures, report  # noqa: E402 (the path comes first)


def options(arguments=None):
    """The command line."""
    parser = argparse.ArgumentParser(description="Simulate a class on one JupyterHub.")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--notebook", default="06_lstm_cell", help="a lesson, as 06_lstm_cell")
    parser.add_argument("--arrivals", type=float, default=60, help="seconds within which all students arrive")
    parser.add_argument("--slider-seconds", type=float, default=60, help="how long all move sliders")
    parser.add_argument("--changes", type=float, default=3.0, help="slider changes a second of each student")
    parser.add_argument("--patience", type=float, default=600, help="the most seconds for one step of a student")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--proxy", help="configurable-http-proxy, if it is not on the PATH")
    parser.add_argument("--lessons", action="store_true",
                        help="instead: the memory of every lesson, one student after the other")
    parser.add_argument("--without-settings", action="store_true",
                        help="for comparison: leave out settings/jupyter_server_config.py")
    parser.add_argument("--keep", action="store_true", help="leave the folder with the homes and the hub's log")
    parser.add_argument("--write", action="store_true", help="store the result and put its figures into the pages")
    chosen = parser.parse_args(arguments)
    if not (ROOT / "notebooks" / f"{chosen.notebook}.ipynb").is_file():
        lessons = ", ".join(sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb")))
        parser.error(f"there is no notebook {chosen.notebook!r}, expected one of {lessons}")
    if chosen.write and chosen.without_settings:
        parser.error("--write stores what a class gets, so it does not go with --without-settings")
    if chosen.students < 1:
        parser.error(f"--students is {chosen.students}, expected 1 or more")
    return chosen


def give_homes(folder, count):
    """Each student's home folder with a copy of the course."""
    for number in range(1, count + 1):
        target = folder / "homes" / f"student{number:02d}" / COURSE
        subprocess.run([sys.executable, "-m", "lstm_course", "copy", target, "--from", ROOT / "notebooks"], cwd=ROOT,
                       check=True, capture_output=True)


def run(chosen, folder):
    """The whole test in a folder: the result as report.result gives it."""
    from teaching.server.load import lesson, student
    load, began = lesson.load_average(), time.perf_counter()
    give_homes(folder, chosen.students)
    path = f"{COURSE}/{chosen.notebook}.ipynb"
    settings = folder / "no settings" if chosen.without_settings else HERE / "settings"
    server = hub.Hub(folder, chosen.proxy, settings)
    try:
        plan = student.Plan(server.address, path, chosen.seed, chosen.changes, chosen.slider_seconds, chosen.patience)
        records, measured = asyncio.run(lesson.hold(plan, server, chosen.students, chosen.arrivals))
    finally:
        server.stop()
    lesson.check_files(records, folder / "homes", path)
    measured["took_s"] = time.perf_counter() - began
    return report.result(chosen, records, measured, measures.machine() | {"load_before": load})


def in_a_folder(chosen):
    """Run in a folder that is removed afterwards, unless it is to be kept."""
    folder = Path(tempfile.mkdtemp(prefix="load_test_"))
    try:
        return run(chosen, folder)
    finally:
        if chosen.keep:
            print(f"The homes and the hub's log are in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def every_lesson(chosen):
    """A class of one for each lesson: (memory by lesson, problems)."""
    memory, problems = {}, []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        one = argparse.Namespace(**vars(chosen) | {"notebook": path.stem, "students": 1, "arrivals": 0,
                                                   "slider_seconds": 2})
        found = in_a_folder(one)
        memory[path.stem] = report.lesson_memory(found)
        problems += [f"{path.stem}: {problem}" for problem in found["problems"]]
        print(f"{path.stem:28} {memory[path.stem]}", *found["problems"][:1], flush=True)
    return memory, problems


def main(arguments=None):
    """Run, print, and store if asked for; 0 if all went well."""
    chosen = options(arguments)
    warnings.simplefilter("ignore", DeprecationWarning)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))     # so that the hub is stopped, too
    try:
        hub.check_python()
        chosen.proxy = hub.proxy_command(chosen.proxy)
        if chosen.lessons:
            found, problems = every_lesson(chosen)
        else:
            found = in_a_folder(chosen)
            problems = found["problems"]
            print(report.text(found))
    except hub.CannotStart as error:
        print(error, file=sys.stderr)
        return 2
    if problems:
        print("Not everything went well" + ("; nothing was written." if chosen.write else "."), file=sys.stderr)
    elif chosen.write:
        report.write(**{"lessons" if chosen.lessons else "found": found})
        print(f"Written: {', '.join(str(path.relative_to(ROOT)) for path in report.WRITTEN)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
