"""Settings for nbval, which runs every notebook here and compares its outputs with the stored ones."""

import os
import re
import shutil
import tempfile
from unittest import mock

from lstm_course.asking.questions import NO_WIDGET
from tests.notebooks.support import MINUS_ZERO
from tools.build import kernel_environment, make_ipython_dir


def pytest_ignore_collect(config):
    """`pytest -m quick` runs no notebook, and need not read them."""
    return True if config.option.markexpr == "quick" else None

# what is said to somebody whose program shows no widgets; the build stores no widgets, and says it not
ONLY_LIVE = [(re.escape(NO_WIDGET), ""), (r"Browser check: .*", "Browser check")]


def pytest_collectstart(collector):
    """A live diagram is SVG in HTML, the stored one a PNG, so neither is compared here; zeros have no sign.

    tests/notebooks/test_notebooks.py compares the HTML and the data of the pictures.
    """
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("text/html", "image/svg+xml")
        collector.sanitize_patterns.update([MINUS_ZERO, *ONLY_LIVE])
        collector.setup = in_kernel_environment(collector.setup, collector.config)


def in_kernel_environment(start, config):
    """Starts a kernel with one thread, with warnings as errors, with widgets and no static pictures.

    nbval's kernels inherit the environment of the tests, which is changed for the moment of their start only.
    """
    def setup():
        ipython_dir = tempfile.mkdtemp()
        config.add_cleanup(lambda: shutil.rmtree(ipython_dir, ignore_errors=True))
        environment = kernel_environment(make_ipython_dir(ipython_dir), static=False)
        with mock.patch.dict(os.environ, environment, clear=True):
            start()
    return setup
