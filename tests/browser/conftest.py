"""A browser and a JupyterLab for the tests of this folder.

They end when a worker leaves this folder (tests/conftest.py lets it stay as long as there is something to do): while
Playwright runs, the thread has a running event loop, which no other test should see.
"""

import pytest

from tests.browser.jupyterlab import browser, need_a_browser, running_lab
from tests.notebooks.support import FOLDER


@pytest.fixture(scope="package")
def chromium():
    """The browser."""
    need_a_browser()
    with browser() as running:
        yield running


@pytest.fixture(scope="package")
def lab_folder(tmp_path_factory):
    """Where the JupyterLab keeps its settings, and its copy of the notebooks."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="package")
def lab(chromium, lab_folder):
    """The address of a JupyterLab that serves the lessons."""
    with running_lab(FOLDER, lab_folder) as address:
        yield address
