"""The course without a mouse and without a picture: three lessons by keyboard alone, and planted faults.

test_in_jupyterlab.py audits every lesson. Here a name, an alt text, a state, a colour or a keyboard path is taken
away from the page, and the audit and the walk have to find it.
"""

import pytest

from tests.browser.auditing import AXE_LOOKS_AT, axe_faults, our_faults, page_faults
from tests.browser.jupyterlab import opened
from tests.browser.walking import Walk

# ---- three lessons by keyboard alone -----------------------------------------------------------------------

EXPLORERS = {       # how the cell begins; the guess, a slider, a preset
    "00_start_here": ("first_widget(", ("half", "x", "almost open")),
    "01_rnn": ("rnn_stepper(", ("not at all", "U₁₁", "wire cut")),
    "06_lstm_cell": ("gate_stepper(", (0.5, "f", "overwrite")),
}
EXERCISES = {       # how the cell begins, the answer that is typed, the check after it
    "00_start_here": ("def sigmoid", "sigmoid = lambda x: 1 / (1 + np.exp(-x))", "check.sigmoid("),
    "01_rnn": ("parameter_count", "parameter_count = 3 * 5 + 5 * 5 + 5", "check.rnn_parameter_count("),
    "06_lstm_cell": ("parameter_count", "parameter_count = 4 * (28 + 128 + 1) * 128", "check.lstm_parameter_count("),
}
PREDICTIONS = {"01_rnn": "B. in about one half of the sums", "06_lstm_cell": "B. h alone, which is 0"}
QUIZ_FIRST = {"01_rnn", "06_lstm_cell"}


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_lesson_by_keyboard_alone(lab, chromium, name):
    with opened(chromium, lab, f"{name}.ipynb") as notebook:
        walk = Walk(notebook)
        if name in PREDICTIONS:
            record_a_guess(walk, PREDICTIONS[name])
        beginning, acts = EXPLORERS[name]
        walk.run_to(beginning)
        use_an_explorer(walk, *acts)
        if name in QUIZ_FIRST:
            answer_a_quiz(walk)
        solve_an_exercise(walk, *EXERCISES[name])
        if name not in QUIZ_FIRST:
            answer_a_quiz(walk)
        assert not notebook.errors()


def record_a_guess(walk, choice):
    walk.run_to("predict(")
    walk.run_here()
    walk.tab_to("button", choice)
    walk.press("Enter")
    assert "Recorded: " + choice.split(". ", 1)[1] in walk.hears()
    leave(walk)


def use_an_explorer(walk, guess, slider, preset, broken="() => {}"):
    walk.run_here()
    walk.page.evaluate(broken)
    commit(walk, guess)
    old = walk.tab_to("slider", slider).value
    walk.press("ArrowLeft")
    assert float(walk.focus().value) < float(old) and walk.hears()
    cells = walk.place()["cells"]
    walk.press("x", "1")
    assert walk.place()["cells"] == cells, "a letter was a command of JupyterLab"
    assert walk.focus().role == "textbox", "a digit on a slider goes into its box"
    walk.tab_to("button", preset)
    walk.press("Enter")
    assert walk.hears()
    walk.tab_to("button", "◀ Back")
    walk.press("Enter")
    walk.hears()
    walk.tab_out()
    assert not walk.focus().pressed
    walk.tab_to("button", "Show this state as NumPy code", key="Shift+Tab")
    walk.press("Space")
    assert walk.focus().pressed
    leave(walk)


def commit(walk, guess):
    """Predicts in an explorer: one of the answers, or a number."""
    if isinstance(guess, str):
        walk.tab_to("button", guess)
        walk.press("Enter")
        assert walk.focus().pressed
    else:
        walk.tab_to("textbox", "my guess")
        walk.press("Control+A", *str(guess))
    walk.tab_to("button", "Commit to my guess")
    walk.press("Enter")
    assert f"You predicted: {guess}." in walk.hears()


def solve_an_exercise(walk, beginning, answer, check):
    walk.run_to(beginning)
    walk.press("Enter")
    assert walk.place()["mode"] == "edit" and walk.focus().role == "textbox"
    walk.press("Control+A")
    walk.page.keyboard.type(answer)
    walk.press("Escape")
    assert walk.source() == answer and walk.place()["is_cell"], "Escape leads from the editor to the cell"
    walk.run_to(check)
    walk.run_here()
    assert "correct" in walk.output()


def answer_a_quiz(walk):
    walk.run_to("quiz(")
    walk.run_here()
    for letter in "AB":
        walk.tab_to("button", f"{letter}. ")
        walk.press("Enter")
        assert walk.focus().pressed and walk.hears().startswith(("✓ Right", "✗ Not this one"))
    leave(walk)


def leave(walk):
    """From a button, the down arrow leads to the next cell."""
    before = walk.place()["cell"]
    walk.press("ArrowDown")
    at = walk.place()
    assert at["cell"] == before + 1 and at["is_cell"]


# ---- planted faults ----------------------------------------------------------------------------------------

LIVE = ".lstm-live > .widget-html-content"
FAULTS = {          # where, which attribute (or the text), its new value (None: taken away), what is said
    "an <img> without alt": (".jp-OutputArea-output img", "alt", None, "Images must have alternative text"),
    "an <img> with a file name": (".jp-OutputArea-output img", "alt", "plot.png", "is a picture without a sentence"),
    "an explorer without alt": ("svg[role=img]", "aria-label", None, "is a picture without a sentence"),
    "a slider without a name": ("[role=slider]", "aria-label", None, "ARIA input fields must have an accessible name"),
    "a number box without a label": (".lstm-box label", "for", None, "is a box without a label"),
    "a check box without a label": (".widget-checkbox span", "text", "", "Form elements must have labels"),
    "a button without a name": (".lstm-row button", "text", "", "Buttons must have discernible text"),
    "a slider out of reach": ("[role=slider]", "tabindex", "-1", "cannot be reached by Tab"),
    "a button out of reach": (".lstm-choice", "tabindex", "-1", "cannot be reached by Tab"),
    "a button that jumps the queue": (".lstm-choice", "tabindex", "1", "is reached out of order"),
    "a toggle without its state": (".widget-toggle-button", "aria-pressed", None, "does not say whether it is chosen"),
    "a choice with a wrong state": (".lstm-choice", "aria-pressed", "mixed", "does not say whether it is chosen"),
    "an explorer without a name": (".lstm-explorer", "aria-label", None, "is no group with a name"),
    "a question without a group": (".lstm-quiz .lstm-group", "role", None, "is no group with a name"),
    "silent changes": (LIVE, "role", None, "is not announced when it changes"),
    "changes announced twice": (LIVE + " > div", "aria-live", "polite", "would be announced twice"),
    "pale words": (".lstm-question", "style", "color: #808080", "can hardly be read"),
    "a pointless tooltip": (".lstm-explorer button", "title", "null", 'by its title "null"'),
}
PUT = """([part, name, value]) => {
    const node = [...document.querySelectorAll(part)].find(node => node.checkVisibility());
    const old = name === 'text' ? node.textContent : node.getAttribute(name);
    if (name === 'text') { node.textContent = value; node.removeAttribute('title'); }
    else value === null ? node.removeAttribute(name) : node.setAttribute(name, value);
    return old;
}"""


PICTURE = """() => [...document.querySelectorAll('.jp-OutputArea-output')].find(node => node.checkVisibility())
    .insertAdjacentHTML('beforeend', '<img alt="A line that falls from 1 to 0 in ten steps" width="40" height="40" ' +
                        'src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">')"""


@pytest.fixture(scope="module")
def page(lab, chromium):
    """Lesson 06 with all cells run, and an <img>, which it has not; its first explorer shows the answer."""
    with opened(chromium, lab, "06_lstm_cell.ipynb") as notebook:
        assert notebook.run_all()
        notebook.page.get_by_role("button", name="Just show me").first.press("Enter")
        notebook.page.locator(".lstm-quiz .lstm-choice").first.press("Enter")       # there are words in a live region
        notebook.wait()
        notebook.page.evaluate(PICTURE)
        assert not page_faults(notebook.page)
        yield notebook.page


@pytest.mark.parametrize("part, name, value, words", FAULTS.values(), ids=FAULTS)
def test_the_audit_finds(page, part, name, value, words):
    old = page.evaluate(PUT, [part, name, value])
    try:
        found = our_faults(page)
        assert words in " | ".join(found if any(words in fault for fault in found) else axe_faults(page, AXE_LOOKS_AT))
    finally:
        page.evaluate(PUT, [part, name, old])


TRAP = "document.querySelector('.lstm-explorer [role=slider]').addEventListener('keydown', e => e.preventDefault())"
REPLACED = """() => document.querySelectorAll('.lstm-live > .widget-html-content').forEach(live => {
    live.parentElement.classList.remove('lstm-live');
    live.removeAttribute('role');       // as ipywidgets leaves it: the announced node itself is new at each change
    const anew = () => live.firstElementChild?.setAttribute('role', 'status');
    new MutationObserver(anew).observe(live, {childList: true});
})"""
OFF = "document.querySelectorAll('.lstm-explorer button').forEach(button => button.tabIndex = -1)"
GO = "cell => { const {content} = jupyterapp.shell.currentWidget; content.activeCellIndex = cell; " \
     "content.activeCell.node.focus(); }"
NO_RING = "document.querySelectorAll('.lstm-explorer button').forEach(" \
          "button => button.style.setProperty('outline', 'none', 'important'))"
BROKEN = {
    "a trap": (TRAP, "Tab never"), "no ring": (NO_RING, "no ring shows"),
    "a live region that is replaced": (REPLACED, "nothing was announced"),
    "a button out of reach": (OFF, "Tab never came to the button"),         # the last: it leads out of the notebook
}


@pytest.fixture(scope="module")
def at_an_explorer(lab, chromium):
    """A walk in lesson 00 that has come to the cell of the explorer."""
    with opened(chromium, lab, "00_start_here.ipynb") as notebook:
        walk = Walk(notebook)
        walk.run_to(EXPLORERS["00_start_here"][0])
        yield walk, walk.place()["cell"]


@pytest.mark.parametrize("script, words", BROKEN.values(), ids=BROKEN)
def test_the_walk_finds(at_an_explorer, script, words):
    (walk, cell), (_, acts) = at_an_explorer, EXPLORERS["00_start_here"]
    walk.page.evaluate(GO, cell)                        # wherever the last fault has led
    with pytest.raises(AssertionError, match=words):
        use_an_explorer(walk, *acts, broken=script)
