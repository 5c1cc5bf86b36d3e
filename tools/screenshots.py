"""Runs a notebook in JupyterLab and saves a screenshot of each cell with outputs and of the whole notebook.

    python -m tools.screenshots notebooks/01_rnn.ipynb FOLDER

The window is 1280 x 800 while the notebook runs. The files are 00_notebook.png, then cell_03.png and so on;
what went wrong is printed.
"""

import sys
import tempfile
from pathlib import Path

from tests.browser.jupyterlab import PANEL, browser, opened, running_lab, why_not

HIGHEST = 16_000        # px: Chromium draws no higher picture


def save(notebook, folder):
    """Saves the screenshots; gives the paths."""
    page, cells = notebook.page, notebook.page.locator(".jp-Cell")
    height = page.evaluate(f"{PANEL}.content.node.querySelector('.jp-WindowedPanel-outer').scrollHeight")
    page.set_viewport_size({"width": 1280, "height": min(height + 200, HIGHEST)})      # nothing is cut off
    page.wait_for_timeout(500)
    saved = [folder / "00_notebook.png"]
    page.screenshot(path=saved[0])
    for number in range(cells.count()):
        outputs = cells.nth(number).locator(".jp-Cell-outputWrapper .jp-OutputArea-output")
        if outputs.count() and outputs.first.is_visible():
            saved.append(folder / f"cell_{number:02d}.png")
            cells.nth(number).screenshot(path=saved[-1])
    return saved


def main(path, folder):
    """Opens, runs, saves; returns 1 if something went wrong."""
    path, folder = Path(path), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if reason := why_not():
        print(reason, file=sys.stderr)
        return 1
    with (tempfile.TemporaryDirectory() as place, running_lab(path.parent, place) as address, browser() as chromium,
          opened(chromium, address, path.name, width=1280, height=800) as notebook):
        notebook.run_all()
        for saved in save(notebook, folder):
            print(saved)
        errors = notebook.errors()
    for error in errors:
        print(error, file=sys.stderr)
    return bool(errors)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
