"""The browser check of the start page: its line turns to ok by itself, in a real JupyterLab."""

from lstm_course.students.check_page import ANSWERED
from tests.browser.jupyterlab import opened


def test_the_line_turns_to_ok(lab, chromium):
    with opened(chromium, lab, "00_start_here.ipynb") as notebook:
        assert notebook.run_all(), notebook.errors()
        notebook.page.get_by_text(ANSWERED).wait_for(timeout=20_000)
        assert not notebook.errors()
