"""One screen: how high each explorer is in a real JupyterLab, and what a student finds who opens the notebook again.

All explorers stand in one notebook. At 1280 × 800 an answered explorer has controls, picture and sentence in MOST px.
"""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lstm_course import explorers
from tests.browser.jupyterlab import IN_TIME, PANEL, opened, running_lab
from tools.build import NOTEBOOK_METADATA

NAMES = list(explorers.places()["explorer"])
BEFORE, MOST = 690, 640             # px, before the guess and after it
SIZES = """() => [...document.querySelectorAll('.lstm-explorer')].map(explorer => {
    const box = node => node ? node.getBoundingClientRect() : {};
    const [sheet, side] = ['.lstm-sheet', '.lstm-side'].map(part => box(explorer.querySelector(part)));
    const all = box(explorer);
    return {title: explorer.querySelector('.lstm-title').innerText, height: Math.round(all.height),
            from: Math.round(sheet.top - all.top), to: Math.round(sheet.bottom - all.top),
            side: Math.round(side.height), width: Math.round(all.width),
            beside: side.top < sheet.bottom && side.right <= sheet.left,
            cut: [...explorer.querySelectorAll('.lstm-slider, button, label, .lstm-box input')]
                .filter(n => n.offsetParent && n.scrollWidth > n.clientWidth + 1).map(n => n.innerText || n.value)};
})"""
SAVE = f"""async () => {{
    {IN_TIME}
    await inTime({PANEL}.context.save(), 60, 'saving');
    await {PANEL}.sessionContext.shutdown();
}}"""
RESTART = f"async () => {{ await {PANEL}.sessionContext.restartKernel(); }}"


@pytest.fixture(scope="module")
def all_explorers(chromium, tmp_path_factory):
    """The address of a JupyterLab with all explorers in one notebook."""
    folder = tmp_path_factory.mktemp("all")
    calls = [f"import lstm_course.explorers as e; e.{name}()" for name in NAMES]
    for file, sources in {"all": calls, "one": calls[:1]}.items():
        cells = [new_code_cell(source) for source in sources]
        nbformat.write(new_notebook(cells=cells, metadata=NOTEBOOK_METADATA), folder / f"{file}.ipynb")
    with running_lab(folder, tmp_path_factory.mktemp("lab")) as address:
        yield address


def test_each_explorer_fits_on_the_screen(chromium, all_explorers):
    with opened(chromium, all_explorers, "all.ipynb", width=1280, height=800) as notebook:
        assert notebook.run_all(), notebook.errors()
        shown = "document.querySelectorAll('.lstm-explorer .lstm-title').length"
        notebook.page.wait_for_function(f"{shown} >= {len(NAMES)}")
        before = dict(zip(NAMES, notebook.page.evaluate(SIZES), strict=True))
        notebook.page.get_by_role("button", name="Just show me").evaluate_all("all => all.forEach(b => b.click())")
        notebook.wait()
        after = dict(zip(NAMES, notebook.page.evaluate(SIZES), strict=True))
        for name in NAMES:
            print(name, before[name]["height"], after[name])
        assert not notebook.errors()
        assert {name: size["height"] for name, size in before.items() if size["height"] > BEFORE} == {}
        assert {name: size["height"] for name, size in after.items() if size["height"] > MOST} == {}
        assert [name for name, size in after.items() if not size["beside"]] == [], "controls are not beside the picture"
        assert {name: size["cut"] for name, size in after.items() if size["cut"]} == {}, "words or a slider are cut"


def test_the_picture_stays_when_the_notebook_is_opened_again(chromium, all_explorers):
    with opened(chromium, all_explorers, "one.ipynb") as notebook:
        notebook.run_all()
        page = notebook.page
        assert not page.locator(".lstm-stored").is_visible(), "the copy shows beside the widget"
        page.get_by_role("button", name="Just show me").click()
        notebook.wait()
        said = page.locator(".lstm-readout").inner_text()
        page.wait_for_function("words => document.querySelector('.lstm-stored img').alt.includes(words)", arg=said)
        page.evaluate(RESTART)
        page.get_by_text("The kernel was restarted").wait_for()
        assert page.locator(".lstm-sheet svg[role=img]").is_visible() and not page.locator(".lstm-side").is_visible()
        page.evaluate(SAVE)
    with opened(chromium, all_explorers, "one.ipynb") as notebook:
        copy = notebook.page.locator(".lstm-stored")
        copy.wait_for()
        assert said in copy.inner_text() and "Run this cell again" in copy.inner_text()
        assert copy.locator("img").evaluate("img => img.complete && img.naturalWidth > 400")
        notebook.page.wait_for_timeout(1000)
        assert not notebook.page.get_by_text("model not found").is_visible()
