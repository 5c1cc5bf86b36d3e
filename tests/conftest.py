"""Settings for all tests: one BLAS thread, and a table of what each notebook needs at the end of the run."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")      # before NumPy is imported


def pytest_terminal_summary(terminalreporter):
    """CPU seconds and memory of each notebook, from the properties that the tests recorded."""
    found = [dict(report.user_properties) for report in terminalreporter.stats.get("passed", [])]
    rows = [row for row in found if "notebook" in row]
    if rows:
        terminalreporter.section("notebooks: CPU seconds, peak memory")
        for row in rows:
            measured = f"{row['seconds']:6.1f} s {row['megabytes']:6.0f} MB"
            terminalreporter.write_line(f"{row['notebook']:40s} {measured}")
