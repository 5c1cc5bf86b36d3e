"""Settings for all tests: one BLAS thread, what is quick, how the tests are dealt out, what each notebook needs."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")      # before NumPy is imported

HERE = Path(__file__).parent
QUICK = ("networks", "training", "gradients", "tasks", "widgets", "checking", "asking", "students", "lessons",
         "packaging/test_layers.py")                    # what `pytest -m quick` runs, on each change
THOROUGH = ("lessons/test_drawings.py", "lessons/test_snapshots.py", "widgets/test_colours.py", "widgets/test_han.py",
            "checking/test_search.py", "checking/test_blame.py", "checking/test_means.py")     # but for these
LONGEST = ("tests/packaging/test_offline", "tests/teaching/test_nbgrader", "tests/packaging/test_binder",
           "tests/packaging/test_contributing", "tests/teaching/test_print", "tests/browser", "tests/notebooks",
           "notebooks/")                                # they begin, so that both workers end together
BY_NOTEBOOK = ("test_notebooks.py", "test_in_jupyterlab.py")     # minutes of tests, a parameter for each notebook


def is_quick(path):
    """Whether a test file belongs to `pytest -m quick`."""
    name = path.relative_to(HERE).as_posix() if HERE in path.parents else ""
    return name.startswith(QUICK) and name not in THOROUGH


def pytest_configure(config):
    config.option.loadscopereorder = False              # xdist would begin with the files of the most tests


def pytest_ignore_collect(collection_path, config):
    """`pytest -m quick` need not read the other files."""
    slow = collection_path.suffix == ".py" and not is_quick(collection_path)
    return True if config.option.markexpr == "quick" and slow else None


def pytest_collection_modifyitems(items):
    """The longest first, the others in their order; those of the folders in QUICK are marked."""
    for item in items:
        if is_quick(item.path):
            item.add_marker("quick")
    rank = lambda item: next((place for place, start in enumerate(LONGEST) if item.nodeid.startswith(start)),
                             len(LONGEST))
    items.sort(key=rank)


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
