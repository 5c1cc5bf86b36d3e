"""Uses a notebook with the keyboard alone: no mouse, no focus set by the test.

A Walk presses keys, says what has the focus (role, name and state as Chromium gives them to a screen reader), and
hears what live regions announce: a text counts only if it changes inside a region that was there before, as screen
readers demand.
"""

from dataclasses import dataclass

from tests.browser.jupyterlab import PANEL

HEAR = """() => {
    window.heard = [];
    const node = target => target.nodeType === 1 ? target : target.parentElement;
    new MutationObserver(records => {
        for (const {target, type, oldValue} of records) {
            if (type === 'attributes' && oldValue !== 'true') continue;
            const region = node(target)?.closest('[role=status], [role=alert], [aria-live]');
            const words = region && region.ariaBusy !== 'true' && region.innerText.trim();
            if (words && words !== window.heard.at(-1)) window.heard.push(words);
        }
    }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true,
                               attributeFilter: ['aria-busy'], attributeOldValue: true});
}"""
PLACE = f"""() => {{
    const at = document.activeElement, look = getComputedStyle(at), {{content}} = {PANEL};
    return {{cell: content.activeCellIndex, cells: content.widgets.length, mode: content.mode,
             inside: Boolean(at.closest('.lstm-explorer, .lstm-quiz')), is_cell: at.matches('.jp-Cell'),
             in_notebook: content.node.contains(at),
             ring: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2}};
}}"""
SOURCE = f"{PANEL}.content.activeCell.model.sharedModel.source"
OUTPUT = f"{PANEL}.content.activeCell.node.querySelector('.jp-OutputArea')?.innerText || ''"
MOST_TABS = 60


@dataclass
class Focus:
    """What has the focus: role, name, value (of a slider as it is read out), and whether it is pressed."""

    role: str
    name: str
    value: str
    pressed: bool


class Walk:
    """A student at the keyboard of an open notebook."""

    def __init__(self, notebook):
        self.notebook, self.page = notebook, notebook.page
        self.tree = self.page.context.new_cdp_session(self.page)
        self.page.evaluate(HEAR)

    # ---- keys --------------------------------------------------------------------------------------------

    def press(self, *keys):
        """Presses keys one after the other; waits until the kernel has answered the last."""
        for key in keys:
            self.page.keyboard.press(key)
        self.notebook.wait()

    def run_to(self, beginning):
        """Runs cells, from the active one on, until one with this beginning is active."""
        while not self.source().startswith(beginning):
            before = self.place()
            self.press("Shift+Enter")
            at = self.place()
            assert at["cells"] == before["cells"], f"no cell begins with {beginning}"
            assert at["cell"] == before["cell"] + 1 and at["in_notebook"], f"Shift+Enter led from {before} to {at}"

    def run_here(self):
        """Runs the active cell and stays there."""
        self.press("Control+Enter")
        self.page.locator(".jp-Cell.jp-mod-active .jp-OutputArea-output").first.wait_for()
        self.notebook.wait()

    def tab_to(self, role, name, key="Tab"):
        """Presses Tab until a control with this role and a name that begins so has the focus."""
        passed = []
        for _ in range(MOST_TABS):
            self.page.keyboard.press(key)
            focus = self.focus()
            if focus.role == role and focus.name.startswith(name):
                if role != "checkbox":
                    assert self.place()["ring"], f"no ring shows that {name!r} has the focus"
                return focus
            passed.append(focus.name or focus.role)
        raise AssertionError(f"Tab never came to the {role} {name!r}, but to {passed}")

    def tab_out(self):
        """Presses Tab until the focus has left the explorer or the quiz."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if not self.place()["inside"]:
                return
        raise AssertionError(f"Tab never left the explorer; the focus is on {self.focus()}")

    # ---- what the student perceives ------------------------------------------------------------------------

    def focus(self):
        """What Chromium tells a screen reader about the node with the focus."""
        node = self.tree.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]
        asked = {"objectId": node["objectId"], "fetchRelatives": False}
        found = self.tree.send("Accessibility.getPartialAXTree", asked)["nodes"][0]
        state = {each["name"]: each["value"].get("value") for each in found.get("properties", [])}
        value = self.page.evaluate("document.activeElement.ariaValueText || document.activeElement.value || ''")
        return Focus(found.get("role", {}).get("value", ""), found.get("name", {}).get("value", ""), str(value),
                     state.get("pressed") == "true")

    def place(self):
        """Where the focus is: cell, mode, inside an explorer or not; whether a ring shows it."""
        return self.page.evaluate(PLACE)

    def source(self):
        """The code of the active cell."""
        return self.page.evaluate(SOURCE)

    def output(self):
        """What stands below the active cell."""
        return self.page.evaluate(OUTPUT)

    def hears(self):
        """What has been announced since the last time."""
        self.notebook.wait()
        heard = self.page.evaluate("heard.splice(0)")
        assert heard, f"nothing was announced; the focus is on {self.focus()}"
        return " ".join(heard)
