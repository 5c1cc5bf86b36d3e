"""Where time passes in an explorer: Back, Step, Play and Reset."""

from lstm_course.widgets.ticker import Ticker


class Clock:
    """Moves the step of an explorer, by hand or every `interval` seconds."""

    def __init__(self, explorer, interval):
        self.explorer, self.interval = explorer, interval
        self.ticker = Ticker(self._tick, self._ended)

    @property
    def at_end(self):
        return self.explorer.values["step"] >= self.explorer.state.last()

    def step(self, by=1):
        """One step on, or back; Play stops."""
        self.ticker.stop()
        self.explorer.add_class("lstm-moved")
        self.explorer.set(step=self.explorer.values["step"] + by)

    def play(self):
        """Start to play, from the beginning if at the end; or stop."""
        if self.ticker.running:
            self.ticker.stop()
            return
        if self.at_end:
            self.explorer.set(step=0)
        self.explorer.buttons["Play"].description = "Stop"
        self.explorer.add_class("lstm-busy")
        self.ticker.start(self.interval)

    def stop(self):
        self.ticker.stop()

    def _tick(self):
        self.explorer.add_class("lstm-moved")
        self.explorer.set(step=self.explorer.values["step"] + 1)
        return not self.at_end

    def _ended(self):
        self.explorer.buttons["Play"].description = "Play"
        self.explorer.remove_class("lstm-busy")
