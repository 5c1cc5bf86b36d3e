"""Training runs of an explorer: a button that starts and stops, and words about how far it is."""

import signal
import threading
import weakref
from html import escape

import ipywidgets as widgets

from lstm_course.whereabouts import ipython
from lstm_course.widgets.ticker import Ticker

_last = {}              # (cell, title) -> the explorer that this cell has made last; weakly


class Runner:
    """Runs work(**values), which yields (share done, result); the last result is kept.

    One behaviour for all: a run ends at 100 %, or says that its time is over; Stop, ■ Interrupt, a change of a
    setting and running the cell again end it too, and keep the result. runs_if(values) says whether it makes sense.
    """

    def __init__(self, explorer, label, work, runs_if=lambda values: True):
        self.explorer, self.label, self.work, self.runs_if, self.result = explorer, label, work, runs_if, None
        self.share, self.why, self.interrupted, self.handler = 0.0, "", False, None
        self.progress = widgets.FloatProgress(value=0, min=0, max=1, description="0 %", layout={"width": "auto"},
                                              style={"description_width": "44px"})
        self.words = widgets.HTML(layout={"min_height": "22px"})
        self.ticker = Ticker(self.advance, self._ended)
        _end_the_last_of_this_cell(explorer)

    @property
    def running(self):
        return self.ticker.running

    def toggle(self):
        """Start the run, or stop it; what it has yielded is kept."""
        if self.running:
            self.stop("you stopped it")
            return
        self.pieces, self.why, self.interrupted = self.work(**self.explorer.state.inputs()), "", False
        self._show(0.0, "")
        self.explorer.buttons["Run"].description = "Stop"
        self.explorer.add_class("lstm-busy")
        self._listen(True)
        self.ticker.start(0.005)

    def stop(self, why="it was stopped"):
        if self.running:
            self.why = f"Stopped at {100 * self.share:.0f} %: {why}. The result is kept."
            self.ticker.stop()

    def reset(self):
        """Back to the time before the first run."""
        self.stop()
        self.result = None
        self._show(0.0, "")

    def advance(self):
        """One piece of the run; False at its end."""
        if self.interrupted:
            self.why = f"Interrupted at {100 * self.share:.0f} %. The result is kept."
            return False
        try:
            share, self.result = next(self.pieces)
        except StopIteration:
            self.why = "Done." if self.share > 0.995 else f"The time is over, at {100 * self.share:.0f} % of the run."
            return False
        except (Exception, KeyboardInterrupt) as error:
            self.why = f"Ended at {100 * self.share:.0f} %."
            if isinstance(error, Exception):
                self.explorer.complain(error)
            return False
        self._show(share, "")
        self.explorer.redraw()
        return True

    def allow(self, values):
        """The button is there when a run makes sense."""
        button, idle = self.explorer.buttons["Run"], not self.runs_if(values)
        button.disabled = idle
        for part in (button, self.progress, self.words):
            part.layout.display = "none" if idle else None

    def _show(self, share, words):
        self.share = share
        self.progress.value, self.progress.description = share, f"{100 * share:.0f} %"
        self.words.value = words and f"<div>{escape(words)}</div>"

    def _ended(self):
        self._listen(False)
        self._show(self.share, self.why)
        self.explorer.buttons["Run"].description = self.label
        self.explorer.remove_class("lstm-busy")

    def _listen(self, on):
        """Between two cells a kernel ignores ■ Interrupt: while a run goes on, it ends the run."""
        if threading.current_thread() is not threading.main_thread():
            return
        if on:
            self.handler = signal.signal(signal.SIGINT, lambda *_: setattr(self, "interrupted", True))
        elif self.handler is not None:
            signal.signal(signal.SIGINT, self.handler)
            self.handler = None


def _end_the_last_of_this_cell(explorer):
    """A cell that is run again makes a new explorer: the run of the old one ends."""
    shell = ipython()
    cell = getattr(shell, "parent_header", {}).get("metadata", {}).get("cellId") if shell else None
    if cell is None and hasattr(shell, "get_parent"):
        cell = shell.get_parent().get("metadata", {}).get("cellId")
    if cell is None:
        return
    old = _last.get((cell, explorer.title), lambda: None)()
    if old is not None:
        old.stop()
    _last[cell, explorer.title] = weakref.ref(explorer)
