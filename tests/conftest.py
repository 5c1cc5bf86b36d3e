"""Settings for all tests: one BLAS thread, how they are dealt out, and a table of what each notebook needs."""

import os

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")      # before NumPy is imported

BY_NOTEBOOK = ("test_notebooks.py", "test_in_jupyterlab.py")     # minutes of tests, a parameter for each notebook


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """The tests of one file stay together on one worker; in the longest files, those of one notebook do."""
    from xdist.scheduler import LoadFileScheduling

    class ByFileOrNotebook(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file, _, test = nodeid.partition("::")
            notebook = test.partition("[")[2] if file.endswith(BY_NOTEBOOK) else ""
            return file + notebook

    return ByFileOrNotebook(config, log)


def pytest_terminal_summary(terminalreporter):
    """CPU seconds and memory of each notebook, from the properties that the tests recorded."""
    found = [dict(report.user_properties) for report in terminalreporter.stats.get("passed", [])]
    rows = [row for row in found if "notebook" in row]
    if rows:
        terminalreporter.section("notebooks: CPU seconds, peak memory")
        for row in sorted(rows, key=lambda row: row["notebook"]):
            measured = f"{row['seconds']:6.1f} s {row['megabytes']:6.0f} MB"
            terminalreporter.write_line(f"{row['notebook']:40s} {measured}")
