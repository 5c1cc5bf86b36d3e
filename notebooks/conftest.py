"""Settings for nbval, which runs every notebook here and compares its outputs with the stored ones."""

import atexit
import os
import shutil
import tempfile

from tests.notebooks.support import MINUS_ZERO
from tools.build import kernel_environment, make_ipython_dir

# nbval's kernels inherit this environment: one thread, warnings are errors, widgets and no static pictures
ipython_dir = tempfile.mkdtemp()
atexit.register(shutil.rmtree, ipython_dir, ignore_errors=True)
environment = kernel_environment(make_ipython_dir(ipython_dir), static=False)
for name in set(os.environ) - set(environment):
    del os.environ[name]
os.environ.update(environment)


def pytest_collectstart(collector):
    """A live diagram is SVG in HTML, the stored one a PNG, so neither is compared here; zeros have no sign.

    tests/notebooks/test_notebooks.py compares the HTML and the data of the pictures.
    """
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("text/html", "image/svg+xml")
        collector.sanitize_patterns.update([MINUS_ZERO])
