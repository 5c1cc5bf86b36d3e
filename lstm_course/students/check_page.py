"""Does the browser answer? And the environment check, for notebooks that ask for both.

    check_environment()                 # a line for each part: ok, or what to do
    check_environment(details=True)     # the versions as well
    check_browser()                     # a line in the browser that turns to "ok" by itself
"""

import ipywidgets as widgets

from lstm_course.students.environment import check_environment
from lstm_course.whereabouts import is_static

__all__ = ["check_browser", "check_environment"]

WAITING = ("Waiting for the browser. If this line has not changed after ten seconds: save, reload the page, run this "
           "cell again. If that does not help: is the browser up to date (Firefox, Chrome, Edge or Safari)? Was "
           "JupyterLab restarted after the installation?")
NO_WIDGETS = ("Browser check: this program cannot show widgets. Is it JupyterLab? Then the package jupyterlab_widgets "
              "is missing where JupyterLab itself is installed, which may be another Python than this kernel's: "
              "install it there, start JupyterLab anew and reload the page.")
ANSWERED = "ok: the browser answers. Explorers will work."


class BrowserCheck:
    """A line that turns to "ok" when a value has gone from Python to the browser and come back."""

    def __init__(self):
        self.line = widgets.HTML(self._said(WAITING), layout={"min_height": "28px"})
        self.asked = widgets.IntText(1)
        self.came_back = widgets.IntText(0)
        self.came_back.observe(self._answered, "value")
        self.link = widgets.jslink((self.asked, "value"), (self.came_back, "value"))     # done by the browser

    def _answered(self, change):
        if change["new"] == self.asked.value:
            self.line.value = self._said(ANSWERED)

    @staticmethod
    def _said(words):
        return f'<div role="status" style="font-size: 16px; line-height: 1.4">{words}</div>'

    def __repr__(self):
        return NO_WIDGETS if not is_static() else (
            "Browser check: run this cell in JupyterLab, and the line turns to ok.")

    def _repr_mimebundle_(self, include=None, exclude=None, **more):
        shown = {"text/plain": repr(self)}
        if not is_static():
            shown["application/vnd.jupyter.widget-view+json"] = {
                "version_major": 2, "version_minor": 0, "model_id": self.line.model_id}
        return shown


def check_browser() -> BrowserCheck:
    """A line in the browser that turns to "ok" by itself."""
    return BrowserCheck()
