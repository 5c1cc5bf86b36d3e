"""Runs each section of a notebook on its own: a program that `support.section_faults` starts.

It reads {"setup": [code], "sections": [[title, [[code, may raise]]]]} from stdin, runs the set-up cells once
in an IPython shell, and then forks a process for each section, so that every section starts from exactly
that state. It prints a list with a sentence for each section that failed.

`rerun` does the same with cells that are run again in a kernel that has run all of them.
"""

import contextlib
import io
import json
import os
import signal
import sys
import tempfile
import traceback
import warnings

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

SECONDS = 120
SECONDS_AGAIN = 30          # of the processor, for cells that are run again


def run_cell(shell, code, may_raise=False):
    """Runs a cell; returns what went wrong in words, or an empty string."""
    shown, complaints = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(complaints):
        result = shell.run_cell(code, store_history=False)
    if not result.success and not may_raise:
        error = result.error_before_exec or result.error_in_exec
        return f"{code}\n{type(error).__name__}: {error}"
    return f"{code}\nwrote to stderr: {complaints.getvalue()}" if complaints.getvalue() else ""


def run_section(shell, cells, report, seconds):
    """In the child process: writes the first fault of the section into the report, and ends."""
    signal.alarm(SECONDS)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        faults = (run_cell(shell, code, may_raise) for code, may_raise in cells)
        words = next((fault for fault in faults if fault), "")
    except BaseException:       # a child must never return into the parent's code
        words = traceback.format_exc()
    report.write(words)
    report.flush()
    os._exit(0)


def fault_of(shell, cells, seconds=SECONDS):
    """Runs the cells of a section in a forked process; returns its fault in words, or an empty string."""
    with tempfile.TemporaryFile("w+") as report:
        child = os.fork()
        if child == 0:
            run_section(shell, cells, report, seconds)
        _, status = os.waitpid(child, 0)
        report.seek(0)
        ended = f"it ended with signal {status & 127}" if status else ""
        return report.read() or ended


def rerun(shell, plan):
    """What goes wrong first when cells are run again: a plan is a list of [[first line, code], …], a process each."""
    for cells in plan if hasattr(os, "fork") else ():
        if fault := fault_of(shell, [(code, False) for _, code in cells], SECONDS_AGAIN):
            return [f"{' then '.join(repr(name) for name, _ in cells)}: {fault}"]
    return []


def main():
    """Reads the plan, prints the faults."""
    plan = json.load(sys.stdin)
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config)
    warnings.filterwarnings("error", module=r"(__main__|lstm_course)(\.|$)")
    faults = [f"set-up: {fault}" for code in plan["setup"] if (fault := run_cell(shell, code))]
    if not faults:
        found = ((title, fault_of(shell, cells)) for title, cells in plan["sections"])
        faults = [f"{title}: {fault}" for title, fault in found if fault]
    print(json.dumps(faults))


if __name__ == "__main__":
    main()
