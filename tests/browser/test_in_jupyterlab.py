"""Each lesson in a real JupyterLab in headless Chromium: run it, use what it shows, the picture follows.

At the end its page is audited for students who see little, hear the page, or have no mouse.

Without a browser these tests are skipped; with CI in the environment they fail then.
"""

import pytest

from lstm_course.students.check_page import ANSWERED
from tests.browser.auditing import page_faults
from tests.browser.jupyterlab import opened
from tests.browser.using import assert_widgets_are_ours, use_explorer, use_quiz
from tests.notebooks.support import LESSONS


@pytest.mark.parametrize("name", [path.name for path in LESSONS])
def test_lesson(lab, chromium, name):
    with opened(chromium, lab, name) as notebook:
        assert notebook.run_all(), notebook.errors()
        if name.startswith("00"):           # its browser check turns to ok by itself
            notebook.page.get_by_text(ANSWERED).wait_for(timeout=20_000)
        assert_widgets_are_ours(notebook)
        for explorer in notebook.page.locator(".lstm-explorer").all():
            use_explorer(notebook, explorer)
        for quiz in notebook.page.locator(".lstm-quiz").all():
            use_quiz(notebook, quiz)
        assert not page_faults(notebook.page)
        assert not notebook.errors()
