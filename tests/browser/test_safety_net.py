"""A student's copy of the course in a real JupyterLab: a restart loses nothing, reset and hints do what they say."""

import json

import pytest

from lstm_course import whereabouts
from lstm_course.students import copy_course as copying
from lstm_course.students import progress as remembering
from lstm_course.students.starting_cells import starting_cell
from tests.browser.jupyterlab import IN_TIME, PANEL, opened, serving
from tools.build import kernel_environment, make_ipython_dir

LESSON = "01_rnn.ipynb"
CELLS = f"""() => [...{PANEL}.content.model.cells].map(cell => ({{
    source: cell.sharedModel.getSource(), outputs: cell.outputs ? cell.outputs.toJSON() : []}}))"""
RUN = f"""async index => {{
    {IN_TIME}
    {PANEL}.content.activeCellIndex = index;
    await inTime(jupyterapp.commands.execute('notebook:run-cell'), 60, 'running a cell');
}}"""
INSERT = f"""([index, source]) => {PANEL}.content.model.sharedModel.insertCell(index, {{cell_type: 'code', source}})"""
RESTART = f"""async () => {{
    {IN_TIME}
    await inTime({PANEL}.sessionContext.restartKernel(), 60, 'the restart');
    await inTime({PANEL}.sessionContext.session.kernel.info, 60, 'the new kernel');
}}"""


@pytest.fixture
def course(chromium, tmp_path, monkeypatch):
    """(the student's folder, the address of the JupyterLab in it), without the signs of a test."""
    for name in whereabouts.NO_STUDENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = tmp_path / "my-course"
    copying.copy(folder)
    environment = kernel_environment(make_ipython_dir(tmp_path / "ipython"), static=False)
    del environment[remembering.VARIABLE]
    with serving(folder, tmp_path, environment) as address:
        yield folder, address


def cells(notebook):
    return notebook.page.evaluate(CELLS)


def run(notebook, start):
    """Run the cell that begins like this; what it shows."""
    index = next(k for k, cell in enumerate(cells(notebook)) if cell["source"].startswith(start))
    notebook.page.evaluate(RUN, index)
    notebook.wait()
    return json.dumps(cells(notebook)[index]["outputs"], ensure_ascii=False)


def test_a_restart_loses_nothing(chromium, course):
    folder, address = course
    with opened(chromium, address, LESSON) as notebook:
        run(notebook, "import lstm_course")
        run(notebook, "predict(")
        notebook.page.locator(".lstm-quiz button.lstm-choice").first.click()
        notebook.wait()
        assert notebook.ask("__import__('os').environ['JPY_SESSION_NAME']").endswith(LESSON)
        guess = notebook.ask("__import__('lstm_course').exercises.predicted('first')")
        notebook.ask("check.rnn_step(check.rnn_step.reference).status")
        before = cells(notebook)

        notebook.page.evaluate(RESTART)
        assert cells(notebook) == before and guess, "the notebook and its outputs"
        run(notebook, "import lstm_course")
        assert notebook.ask("__import__('lstm_course').exercises.predicted('first')") == guess
        run(notebook, "predict(")
        said = notebook.page.locator(".lstm-quiz", has_text="Recorded")
        said.first.wait_for()
        assert guess in said.first.inner_text()
        kept = json.loads((folder / ".lstm_course" / "progress.json").read_text())
        assert kept["predictions"] == {"first": guess} and kept["checks"] == {"rnn_step": "passed"}

        notebook.page.evaluate(INSERT, [2, "check.rnn_step.reset()"])
        count = len(cells(notebook))
        run(notebook, "check.rnn_step.reset()")
        assert len(cells(notebook)) == count + 1 and cells(notebook)[3]["source"] == starting_cell("rnn_step")

        notebook.page.evaluate(INSERT, [2, "del np; np.zeros(3)"])
        shown = run(notebook, "del np;")
        assert "NameError" in shown and "Hint: np stands for NumPy. Run the set-up cell" in shown
    assert not (folder.parent / "home" / ".lstm_course").exists()
