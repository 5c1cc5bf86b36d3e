"""The browser tests find each fault: a notebook with explorers and a quiz that are broken on purpose."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.jupyterlab import opened
from tests.browser.using import assert_widgets_are_ours, use_explorer, use_quiz
from tools.build import NOTEBOOK_METADATA

EXPLORERS = """
import ipywidgets, itertools
count = itertools.count()

def explorer(draw, Control=ipywidgets.IntSlider, height=lambda value: 40):
    control = Control(value=0, description="x")
    picture = ipywidgets.HTML()
    def show(change=None):
        svg = f'<svg role="img" aria-label="a bar that is as long as x" width="300" height="{height(control.value)}">'
        picture.value = svg + f'<rect width="{draw(control.value)}" height="40"/></svg>'
    show()
    control.observe(show, "value")
    box = ipywidgets.VBox([control, picture])
    box.add_class("lstm-explorer")
    return box
"""
CELLS = {
    "good": "explorer(lambda x: 20 + 20 * x)",
    "dead": "explorer(lambda x: 20)",
    "does not come back": "explorer(lambda x: 20 + 20 * next(count))",
    "jumps": "explorer(lambda x: 20 + 20 * x, height=lambda x: 40 + 10 * x)",
    "raises": "explorer(lambda x: 1 / (1 - x))",
    "dead checkbox": "explorer(lambda x: 20, ipywidgets.Checkbox)",
}
QUIZ = """
def quiz(answers):
    words, rows = ipywidgets.HTML(), []
    for answer in answers:
        button = ipywidgets.Button(description=answer or "x")
        button.add_class("lstm-choice")
        say = lambda _, answer=answer: setattr(words, "value", f'<div role="status">{answer}</div>')
        button.on_click(say if answer else lambda _: None)
        rows.append(button)
    box = ipywidgets.VBox([ipywidgets.VBox([*rows, words])])
    box.add_class("lstm-quiz")
    return box
"""
QUIZZES = {"good": "quiz(['yes', 'no'])", "silent": "quiz(['yes', ''])", "same words": "quiz(['yes', 'yes'])"}


BROKEN = [
    "from IPython.display import HTML; HTML('<svg role=\"img\" width=\"9\" height=\"9\"></svg>')",
    "import sys; print('careful', file=sys.stderr)",
    "import warnings; warnings.warn('old')",
]


def write(place, name, *sources):
    """A notebook of these cells."""
    cells = [new_code_cell(source) for source in sources]
    nbformat.write(new_notebook(cells=cells, metadata=NOTEBOOK_METADATA), place / name)


@pytest.fixture(scope="module")
def broken_lab(lab, lab_folder):
    """The address of a JupyterLab with broken notebooks beside the lessons."""
    write(lab_folder / "notebooks", "broken_widgets.ipynb", EXPLORERS, *CELLS.values(), QUIZ, *QUIZZES.values())
    write(lab_folder / "notebooks", "broken_cells.ipynb", *BROKEN)
    return lab


def test_broken_explorers_and_quizzes_are_found(chromium, broken_lab):
    with opened(chromium, broken_lab, "broken_widgets.ipynb") as notebook:
        assert notebook.run_all()
        explorers = dict(zip(CELLS, notebook.page.locator(".lstm-explorer").all(), strict=True))
        quizzes = dict(zip(QUIZZES, notebook.page.locator(".lstm-quiz").all(), strict=True))
        assert_widgets_are_ours(notebook)
        use_explorer(notebook, explorers["good"])
        use_quiz(notebook, quizzes["good"])
        assert not notebook.errors()
        complaints = {"dead": "did not follow", "does not come back": "another picture", "jumps": "jumped",
                      "raises": "did not follow", "dead checkbox": "did not follow"}
        for name, complaint in complaints.items():
            with pytest.raises(AssertionError, match=complaint):
                use_explorer(notebook, explorers[name], patience=1)
        assert notebook.errors() == ["division by zero"]
        for name in ("silent", "same words"):
            with pytest.raises(AssertionError, match="yes"):
                use_quiz(notebook, quizzes[name])


def test_broken_cells_are_found(chromium, broken_lab):
    with opened(chromium, broken_lab, "broken_cells.ipynb") as notebook:
        assert not notebook.run_all()
        assert notebook.errors() == ["careful\n", "old"]
        with pytest.raises(AssertionError):
            assert_widgets_are_ours(notebook)
