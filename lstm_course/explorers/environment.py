"""Environment check of the start page: is everything there, and does the browser answer?

    check_environment()                 # a line for each part: ok, or what to do
    check_environment(details=True)     # the versions as well
    check_browser()                     # a line in the browser that turns to "ok" by itself
"""

import os
import platform
import sys
from importlib import metadata

import ipywidgets as widgets
import numpy as np
from packaging.requirements import Requirement

from lstm_course import GRU, LSTM, RNN

from .figures import is_static

PACKAGE = "lstm_course"
MEND = "run the README's install command again"


def wanted():
    """What the package asks for at run time: {name: range of versions}."""
    requirements = [Requirement(line) for line in metadata.requires(PACKAGE) or ()]
    return {each.name: each.specifier for each in requirements if each.marker is None}


def found(name):
    """The version that is installed, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def advice_on(name, specifier, version):
    """"ok", or one sentence on what to do."""
    if version is None:
        return f"is missing: {MEND}"
    if not specifier.contains(version, prereleases=True):
        return f"is version {version}, expected {specifier}: {MEND}"
    return "ok"


def advice_on_python(version=sys.version_info):
    """"ok", or one sentence."""
    return "ok" if version >= (3, 11) else f"is {version[0]}.{version[1]}, expected 3.11 or newer: install a newer one"


def advice_on_networks():
    """Run each network once: "ok", or one sentence."""
    for kind in (RNN, LSTM, GRU):
        layer = kind(1, 2, rng=0)
        trace = layer.forward(np.ones((3, 1, 1)))
        if layer.backward(trace, np.ones((3, 1, 2))).x.shape != (3, 1, 1) or not np.isfinite(trace.outputs).all():
            return f"{kind.__name__} gives wrong numbers: {MEND}"
    return "ok"


def advice():
    """All parts: {name: "ok" or what to do}."""
    parts = {"Python": advice_on_python()}
    try:
        parts |= {name: advice_on(name, specifier, found(name)) for name, specifier in wanted().items()}
    except metadata.PackageNotFoundError:
        parts[PACKAGE] = f"is not installed in this Python: {MEND}, and start JupyterLab from that folder"
    return parts | {"networks": advice_on_networks()}


def check_environment(details=False):
    """Print a line for each part: ok, or what to do. details: versions and threads too."""
    parts = advice()
    for name, words in parts.items():
        print(f"{name:12}{words}")
    if all(words == "ok" for words in parts.values()):
        print("Everything is there.")
    if details:
        print(*details_lines(), sep="\n")


def details_lines():
    """What to send to a teacher who helps."""
    versions = [f"{name} {found(name)}" for name in [PACKAGE, *wanted()]]
    return [f"Python {platform.python_version()} on {platform.system()} {platform.machine()}", ", ".join(versions),
            f"threads of the matrix products: {os.environ.get('OPENBLAS_NUM_THREADS', 'not limited')}"]


# ---- does the browser answer? ------------------------------------------------------------------------------

WAITING = ("Waiting for the browser. If this line has not changed after ten seconds: save, reload the page, run this "
           "cell again. If that does not help, install again and restart JupyterLab.")
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
        return "Browser check: run this cell in JupyterLab, and the line turns to ok."

    def _repr_mimebundle_(self, include=None, exclude=None, **more):
        shown = {"text/plain": repr(self)}
        if not is_static():
            shown["application/vnd.jupyter.widget-view+json"] = {
                "version_major": 2, "version_minor": 0, "model_id": self.line.model_id}
        return shown


def check_browser():
    """A line in the browser that turns to "ok" by itself."""
    return BrowserCheck()
