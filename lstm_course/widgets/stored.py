"""The last picture of an explorer, kept in the notebook: what one sees when it is opened again without its kernel.

JupyterLab shows "Error displaying widget: model not found" then. So an explorer shows two outputs: the widget, and a
copy of its picture and sentence, which the widget's style sheet hides while it is live. The copy follows the state,
a moment after the last change.
"""

import asyncio
import base64
from html import escape

from lstm_course.widgets import han
from lstm_course.widgets.view import AGAIN

PAUSE = 0.8             # seconds after the last change
CSS = """<style>.jp-OutputArea:has(.lstm-stored) .jp-OutputArea-output.jupyter-widgets:not(:has(*)) {display: none;}
</style>"""


class Stored:
    """The copy of an explorer in the output of its cell."""

    def __init__(self, explorer):
        self.explorer, self.handle, self.planned = explorer, None, None

    def display(self):
        """Show the copy below the widget."""
        from IPython.display import display
        self.handle = display(self.bundle(), raw=True, display_id=True)

    def bundle(self):
        """The copy as a notebook shows it; without a word of plain text, which the widget's output has already."""
        return {"text/html": self.html()}

    def html(self):
        """Picture and sentence; as an image, which is shown in an untrusted notebook too."""
        explorer = self.explorer
        picture, words = explorer.shown
        code = base64.b64encode(han.embedded(picture).encode()).decode()
        return (f'{CSS}<div class="lstm-stored-{explorer.model_id} lstm-stored"><b>{escape(explorer.title)}</b>'
                f'<p><img src="data:image/svg+xml;base64,{code}" alt="{escape(explorer.title)}: {escape(words)}"></p>'
                f"<p>{escape(words)}</p><p><i>This is the last picture. {AGAIN}</i></p></div>")

    def follow(self):
        """Plan to bring the copy up to date."""
        if self.handle is None:
            return
        if self.planned is not None:
            self.planned.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.update()
        else:
            self.planned = loop.call_later(PAUSE, self.update)

    def update(self):
        self.planned = None
        self.handle.update(self.bundle(), raw=True)
