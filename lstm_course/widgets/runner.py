"""Training runs of an explorer: a button that starts and stops, and how far it is."""

import ipywidgets as widgets

from lstm_course.widgets.ticker import Ticker


class Runner:
    """Runs work(**values), which yields (share done, result); the last result is kept."""

    def __init__(self, explorer, label, work):
        self.explorer, self.label, self.work, self.result = explorer, label, work, None
        self.progress = widgets.FloatProgress(value=0, min=0, max=1, description="0 %")
        self.ticker = Ticker(self.advance, self._ended)

    @property
    def running(self):
        return self.ticker.running

    def toggle(self):
        """Start the run, or stop it; what it has yielded is kept."""
        if self.running:
            self.stop()
            return
        self.pieces = self.work(**self.explorer.values)
        self.explorer.buttons["Run"].description = "Stop"
        self.explorer.add_class("lstm-busy")
        self.ticker.start(0.005)

    def stop(self):
        self.ticker.stop()

    def advance(self):
        """One piece of the run; False at its end."""
        try:
            share, self.result = next(self.pieces)
        except StopIteration:
            return False
        except Exception as error:
            self.explorer.complain(error)
            return False
        self.progress.value, self.progress.description = share, f"{100 * share:.0f} %"
        self.explorer.redraw()
        return True

    def _ended(self):
        self.explorer.buttons["Run"].description = self.label
        self.explorer.remove_class("lstm-busy")
