"""Takes the README's pictures of explorers in a real JupyterLab, by keyboard.

    python tools/readme_pictures.py            # all of them, into notebooks/pictures/
    python tools/readme_pictures.py race       # one
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.browser.jupyterlab import browser, opened, running_lab
from tests.browser.using import press
from tests.notebooks.support import FOLDER

# file name: (notebook, title of the explorer, preset, key presses on the step slider)
PICTURES = {
    "rnn_stepper": ("01_rnn", "RNN stepper", "two numbers", "End"),
    "gate_stepper": ("06_lstm_cell", "Gate stepper", "write at t = 2", "End"),
    "backward_debugger": ("07_lstm_backward", "Backward debugger", "T = 6 does", ""),
    "gradient_river": ("09_gradient_flow", "How much of the gradient is left?", "bias 0", ""),
    "gate_viewer": ("14_words", "Gate viewer", "LSTM: h", ""),
}


def take(notebook, title, preset, key, path):
    """Reveals, sets and photographs the explorer with this title."""
    head = notebook.page.locator(".lstm-title", has_text=title)
    explorer = notebook.page.locator(".lstm-explorer").filter(has=head).first
    for name in ("Just show me", preset):
        button = explorer.get_by_role("button", name=name, exact=True)
        if button.count():
            press(button.first, "Enter")
            notebook.wait()
    if key:
        press(explorer.get_by_role("slider").last, key)
        notebook.wait()
    notebook.page.evaluate("document.activeElement.blur()")
    picture = explorer.locator("svg[role=img]")
    picture.first.scroll_into_view_if_needed()
    explorer.screenshot(path=path)


def main(names):
    """Takes the named pictures, or all."""
    with tempfile.TemporaryDirectory() as place, running_lab(FOLDER, place) as address, browser() as chromium:
        for name in names or PICTURES:
            notebook_name, *how = PICTURES[name]
            with opened(chromium, address, f"{notebook_name}.ipynb", width=1280, height=1400) as notebook:
                notebook.run_all()
                take(notebook, *how, FOLDER / "pictures" / f"{name}.png")
            print(FOLDER / "pictures" / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
